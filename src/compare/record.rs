//! Lines of a made-up history, before they become the text of a log. A field may have one value for the left
//! side and another for the right, where the two scopes exclude each other.
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "JSON has other kinds of value that a made-up history never has"
)]

use chrono::{Days, NaiveDate};
use serde_json::{Map, Value as Json, json};

use super::world::id;
use crate::norm::CountOf;

/// One line of a log; fields may differ between the sides.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Record {
    pub event: bool,
    pub kind: String,
    pub id: String,
    pub date: Option<NaiveDate>,
    pub fields: Vec<(String, [Json; 2])>,
}

impl Record {
    /// As a line of a JSONL log.
    fn line(&self, side: usize) -> String {
        let mut map = Map::new();
        map.insert(if self.event { "事件" } else { "实体" }.to_owned(), json!(self.kind));
        map.insert("编号".to_owned(), json!(self.id));
        if let Some(date) = self.date {
            map.insert("时间".to_owned(), json!(date.to_string()));
        }
        for (name, sides) in &self.fields {
            if let Some(value) = sides.get(side).filter(|value| !value.is_null()) {
                map.insert(name.clone(), value.clone());
            }
        }
        let pairs: Vec<String> = ["实体", "事件", "编号", "时间"]
            .into_iter()
            .filter_map(|key| map.get(key).map(|value| format!("{}:{value}", json!(key))))
            .chain(
                self.fields
                    .iter()
                    .filter_map(|(name, _)| map.get(name).map(|value| format!("{}:{value}", json!(name)))),
            )
            .collect();
        format!("{{{}}}", pairs.join(","))
    }

    fn mentions(&self, id: &str) -> bool {
        self.fields.iter().any(|(_, sides)| {
            sides.iter().any(|side| match side {
                Json::String(text) => text == id,
                Json::Array(list) => list.iter().any(|one| one == id),
                _ => false,
            })
        })
    }

    /// Another id for an entity: its own, or one it refers to.
    pub fn rename(&mut self, from: &str, to: &str) {
        if !self.event && self.id == from {
            to.clone_into(&mut self.id);
        }
        let change = |value: &mut Json| {
            if value == from {
                *value = json!(to);
            }
        };
        for side in self.fields.iter_mut().flat_map(|(_, sides)| sides) {
            match side {
                Json::Array(list) => list.iter_mut().for_each(change),
                other => change(other),
            }
        }
    }
}

/// The log of one side: 0 left, 1 right.
pub(super) fn text(records: &[Record], side: usize) -> String {
    records.iter().map(|record| format!("{}\n", record.line(side))).collect()
}

/// Event numbers in order of the lines.
pub(super) fn number(records: &mut [Record]) {
    for (number, record) in (1..).zip(records.iter_mut().filter(|record| record.event)) {
        record.id = format!("e{number}");
    }
}

/// As many copies of the counted thing as wanted, each with its own events.
pub(super) fn multiply(records: &mut Vec<Record>, kind: &str, of: CountOf, copies: u32) {
    let thing = id(kind, 1);
    let belongs = |record: &Record| match of {
        CountOf::Entities => record.id == thing || record.mentions(&thing),
        CountOf::Events | CountOf::Days => record.event && record.kind == kind,
    };
    if copies == 0 {
        records.retain(|record| !belongs(record));
        return;
    }
    let cluster: Vec<Record> = records.iter().filter(|record| belongs(record)).cloned().collect();
    for copy in 2..=copies {
        for record in &cluster {
            let mut record = record.clone();
            match of {
                CountOf::Entities => {
                    record.rename(&thing, &format!("{kind}-{copy}"));
                }
                CountOf::Events => {}
                CountOf::Days => {
                    let days = Days::new(u64::from(copy - 1));
                    record.date = record.date.and_then(|date| date.checked_add_days(days));
                }
            }
            records.push(record);
        }
    }
    records.sort_by_key(|record| (record.event, record.date));
}
