//! What happened, as plain lists.
//!
//! Takes the JSONL records and the as-of date (截至日) and gives entities with their dated lines and
//! events in order of occurrence. Every question is a scan over everything; nothing is indexed.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use serde_json::{Map, Value};

use super::days::DayTable;

/// A date, with a clock time if the log gives one. Ordered: date, no clock before any clock, clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment {
    pub date: NaiveDate,
    pub clock: Option<NaiveTime>,
}

impl Moment {
    /// Reads `2025-05-06`, `2025-05-06T10:00`, with seconds, with an offset (moved to +08:00).
    pub fn parse(text: &str) -> Moment {
        let Some((date, rest)) = text.split_once(['T', ' ']) else {
            return Moment { date: text.parse().expect("a date"), clock: None };
        };
        let date: NaiveDate = date.parse().expect("a date");
        let cut = rest.find(['Z', '+', '-']).unwrap_or(rest.len());
        let (clock, zone) = rest.split_at(cut);
        let clock = NaiveTime::parse_from_str(clock, "%H:%M:%S%.f")
            .or_else(|_| NaiveTime::parse_from_str(clock, "%H:%M"))
            .expect("a clock time");
        let mut at = NaiveDateTime::new(date, clock);
        if !zone.is_empty() {
            at = at - TimeDelta::minutes(offset_minutes(zone)) + TimeDelta::hours(8);
        }
        Moment { date: at.date(), clock: Some(at.time()) }
    }

    /// Certainly later: by clock when both have one, else by date. Same day without a clock is not
    /// later, nor is the same minute (通用口径 4, 24).
    pub fn strictly_after(&self, other: &Moment) -> bool {
        match (self.clock, other.clock) {
            (Some(mine), Some(theirs)) if self.date == other.date => mine > theirs,
            _ => self.date > other.date,
        }
    }
}

fn offset_minutes(zone: &str) -> i64 {
    if zone == "Z" {
        return 0;
    }
    let sign = if zone.starts_with('-') { -1 } else { 1 };
    let (hours, minutes) = zone[1..].split_once(':').unwrap_or((&zone[1..], "0"));
    sign * (hours.parse::<i64>().expect("hours") * 60 + minutes.parse::<i64>().expect("minutes"))
}

/// One event line. Ordered by `when`, then `id`.
#[derive(Debug, Clone)]
pub struct Event {
    pub id: String,
    pub kind: String,
    pub when: Moment,
    fields: Map<String, Value>,
}

impl Event {
    /// The value under `key` as text; a JSON number reads as its digits.
    pub fn text(&self, key: &str) -> Option<String> {
        present(self.fields.get(key)).and_then(as_text)
    }

    pub fn list(&self, key: &str) -> Option<Vec<String>> {
        present(self.fields.get(key)).map(as_list)
    }

    pub fn flag(&self, key: &str) -> Option<bool> {
        present(self.fields.get(key)).and_then(Value::as_bool)
    }

    /// Whether `key` refers to `id`.
    pub fn at(&self, key: &str, id: &str) -> bool {
        self.text(key).as_deref() == Some(id)
    }

    pub fn strictly_after(&self, other: &Event) -> bool {
        self.when.strictly_after(&other.when)
    }
}

/// An empty list says nothing, like an absent key.
fn present(value: Option<&Value>) -> Option<&Value> {
    value.filter(|v| !v.is_null() && v.as_array().is_none_or(|a| !a.is_empty()))
}

fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

fn as_list(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().filter_map(as_text).collect(),
        single @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_)) => {
            as_text(single).into_iter().collect()
        }
    }
}

/// One entity line: from this date on (`None` = from the beginning) these values hold.
type Version = (Option<NaiveDate>, Map<String, Value>);

/// Everything known at the as-of date, with what the evaluation is asked for.
#[derive(Debug)]
pub struct History<'a> {
    entities: BTreeMap<(String, String), Vec<Version>>,
    events: Vec<Event>,
    pub as_of: NaiveDate,
    pub coverage: Option<(NaiveDate, NaiveDate)>,
    pub params: &'a BTreeMap<String, String>,
    pub days: &'a DayTable,
}

impl<'a> History<'a> {
    /// Later events and entity lines are as if not there (通用口径 5).
    pub fn new(
        log: &[Value],
        as_of: NaiveDate,
        coverage: Option<(NaiveDate, NaiveDate)>,
        params: &'a BTreeMap<String, String>,
        days: &'a DayTable,
    ) -> History<'a> {
        let mut entities: BTreeMap<(String, String), Vec<Version>> = BTreeMap::new();
        let mut events = Vec::new();
        for (index, record) in log.iter().enumerate() {
            let fields = record.as_object().expect("a record is an object").clone();
            let word = |key: &str| fields.get(key).and_then(as_text);
            if let Some(kind) = word("实体") {
                let from = word("有效起").map(|text| Moment::parse(&text).date);
                if from.is_none_or(|from| from <= as_of) {
                    let id = word("编号").expect("an entity has 编号");
                    entities.entry((kind, id)).or_default().push((from, fields));
                }
            } else if let Some(kind) = word("事件") {
                let when = Moment::parse(&word("时间").expect("an event has 时间"));
                if when.date <= as_of {
                    let id = word("编号").unwrap_or_else(|| format!("行 {}", index + 1));
                    events.push(Event { id, kind, when, fields });
                }
            }
        }
        for versions in entities.values_mut() {
            versions.sort_by_key(|(from, _)| *from);
        }
        events.sort_by(|a, b| (a.when, &a.id).cmp(&(b.when, &b.id)));
        History { entities, events, as_of, coverage, params, days }
    }

    /// The entities of one type, by 编号.
    pub fn ids(&self, kind: &str) -> Vec<&str> {
        self.entities.keys().filter(|(k, _)| k == kind).map(|(_, id)| id.as_str()).collect()
    }

    fn value(&self, kind: &str, id: &str, key: &str, on: NaiveDate) -> Option<&Value> {
        let mut found = None;
        for (from, fields) in self.entities.get(&(kind.to_string(), id.to_string()))? {
            if from.is_none_or(|from| from <= on) && fields.contains_key(key) {
                found = fields.get(key);
            }
        }
        present(found)
    }

    /// An attribute or relation of an entity as it is on a date.
    pub fn text(&self, kind: &str, id: &str, key: &str, on: NaiveDate) -> Option<String> {
        self.value(kind, id, key, on).and_then(as_text)
    }

    pub fn flag(&self, kind: &str, id: &str, key: &str, on: NaiveDate) -> Option<bool> {
        self.value(kind, id, key, on).and_then(Value::as_bool)
    }

    pub fn list(&self, kind: &str, id: &str, key: &str, on: NaiveDate) -> Vec<String> {
        self.value(kind, id, key, on).map(as_list).unwrap_or_default()
    }

    /// All events of a type whose `key` refers to `id`, in order of occurrence.
    pub fn events(&self, kind: &str, key: &str, id: &str) -> Vec<&Event> {
        self.events.iter().filter(|e| e.kind == kind && e.at(key, id)).collect()
    }

    /// The same, of one department.
    pub fn events_by(&self, kind: &str, key: &str, id: &str, department: &str) -> Vec<&Event> {
        let mut found = self.events(kind, key, id);
        found.retain(|e| e.at("部门", department));
        found
    }

    /// Events of a type at any check (检查) of a task, in order of occurrence.
    pub fn events_at_checks(&self, kind: &str, task: &str) -> Vec<&Event> {
        let checks = self.checks_of(task);
        self.events
            .iter()
            .filter(|e| e.kind == kind && checks.iter().any(|check| e.at("检查", check)))
            .collect()
    }

    pub fn event(&self, id: &str) -> Option<&Event> {
        self.events.iter().find(|e| e.id == id)
    }

    pub fn checks_of(&self, task: &str) -> Vec<&str> {
        let mut checks = self.ids("检查");
        checks.retain(|check| self.task_of(check).as_deref() == Some(task));
        checks
    }

    /// Relations of tasks, checks and plans are read at the as-of date (通用口径 33).
    pub fn task_of(&self, check: &str) -> Option<String> {
        self.text("检查", check, "任务", self.as_of)
    }

    /// Lead and participating departments (发起及各参与部门) of a task, each once.
    pub fn departments_of_task(&self, task: &str) -> BTreeSet<String> {
        let lead = self.text("任务", task, "发起部门", self.as_of);
        let others = self.list("任务", task, "参与部门", self.as_of);
        lead.into_iter().chain(others).collect()
    }

    /// 检查部门: 检查.部门, else the departments of its task (通用口径 8).
    pub fn departments_of_check(&self, check: &str) -> BTreeSet<String> {
        let own = self.list("检查", check, "部门", self.as_of);
        if !own.is_empty() {
            return own.into_iter().collect();
        }
        self.task_of(check).map(|task| self.departments_of_task(&task)).unwrap_or_default()
    }

    /// Whether the task is 部门联合; unknown when 模式 is missing.
    pub fn is_joint(&self, task: &str) -> Option<bool> {
        self.text("任务", task, "模式", self.as_of).map(|mode| mode == "部门联合")
    }

    pub fn created(&self, task: &str) -> Option<&Event> {
        self.events("创建任务", "任务", task).first().copied()
    }

    /// The date a duty without trigger is dated by: first 创建任务, else the earliest event of the
    /// task, its checks and their clues, else the as-of date.
    pub fn date_of_task(&self, task: &str) -> NaiveDate {
        if let Some(created) = self.created(task) {
            return created.when.date;
        }
        let checks = self.checks_of(task);
        let mut clues = self.ids("线索");
        clues.retain(|clue| {
            let check = self.text("线索", clue, "检查", self.as_of);
            check.is_some_and(|check| checks.contains(&check.as_str()))
        });
        let earliest = self.events.iter().find(|e| {
            e.at("任务", task)
                || checks.iter().any(|check| e.at("检查", check))
                || clues.iter().any(|clue| e.at("线索", clue))
        });
        earliest.map_or(self.as_of, |e| e.when.date)
    }

    /// 直接形成: any result of the check, by any department, is 无法联系 or 不配合检查情节严重.
    /// Unknown when none is but some result is not recorded.
    pub fn formed_directly(&self, check: &str) -> Option<bool> {
        let mut answer = Some(false);
        for event in self.events("形成结果", "检查", check) {
            match is_direct_result(event) {
                Some(true) => return Some(true),
                Some(false) => {}
                None => answer = None,
            }
        }
        answer
    }
}

/// The result codes of 平桥 with their texts and synonyms. The ledger quotes the wording of 附件2 in
/// part (“无法取得联系”, “责令整改”); both the quoted part and the whole line of 附件2 are taken.
const RESULTS: [(&str, &[&str]); 10] = [
    ("1", &["未发现问题"]),
    ("2", &["未按规定公示应当公示的信息"]),
    ("3", &["公示信息隐瞒真实情况弄虚作假"]),
    ("4", &["通过登记的住所（经营场所）无法联系", "通过登记的住所（经营场所）无法取得联系", "无法取得联系"]),
    ("5", &["发现问题已责令改正", "发现问题已责令整改", "责令整改"]),
    ("6", &["不配合检查情节严重"]),
    ("7", &["未发现开展本次抽查涉及的经营活动", "未发现本次抽查涉及的经营活动"]),
    ("8", &["发现问题待后续处理"]),
    ("9", &["合格"]),
    ("10", &["不合格"]),
];

/// The code a result text stands for; the whole text must agree, half-width brackets like full-width.
pub fn result_code(text: &str) -> Option<&'static str> {
    let text = text.replace('(', "（").replace(')', "）");
    for (code, names) in RESULTS {
        if text == code || names.contains(&text.as_str()) {
            return Some(code);
        }
    }
    None
}

pub fn is_direct_result(event: &Event) -> Option<bool> {
    event.text("结果").map(|text| matches!(result_code(&text), Some("4" | "6")))
}

/// Whether an inspection (实施检查) included 实地检查 (= 实地核查); unknown without 检查方式.
pub fn is_on_site(event: &Event) -> Option<bool> {
    let ways = event.list("检查方式")?;
    Some(ways.iter().any(|way| way == "实地检查" || way == "实地核查"))
}
