//! What is due as JSON, schema `zhunsheng.due/1`: two spaces per level, the same bytes for the same input.
//! Takes a [`Due`]; writes sections in their order.

use std::io::{self, Write};

use serde::Serialize;

use super::due::{DueOptions, Words};
use crate::due::{Due, Item};
use crate::source::SourceMap;

#[derive(Serialize)]
struct Document {
    schema: &'static str,
    as_of: String,
    within: String,
    until: String,
    unpublished: bool,
    overdue: Vec<Entry>,
    due: Vec<Entry>,
    #[serde(skip_serializing_if = "Option::is_none")]
    open: Option<Vec<Entry>>,
    later: usize,
    without_deadline: usize,
    undetermined: usize,
}

#[derive(Serialize)]
struct Entry {
    deadline: Option<String>,
    workdays: Option<i64>,
    elapsed_days: Option<i64>,
    provisional: bool,
    group: Option<String>,
    subject: String,
    rule: String,
    title: String,
    duty: String,
    citation: String,
    trigger: Option<Trigger>,
    location: String,
}

#[derive(Serialize)]
struct Trigger {
    event: String,
    #[serde(rename = "type")]
    kind: String,
    date: String,
}

/// Writes the whole document and a final newline.
pub fn write(
    out: &mut dyn Write,
    sources: &SourceMap,
    due: &Due<'_>,
    options: &DueOptions<'_>,
) -> io::Result<()> {
    let list = |items: &[Item<'_>]| -> Vec<Entry> {
        items.iter().map(|item| entry(item, due, sources, options.mask)).collect()
    };
    let document = Document {
        schema: "zhunsheng.due/1",
        as_of: due.as_of.to_string(),
        within: due.within.to_string(),
        until: due.until.to_string(),
        unpublished: due.unpublished,
        overdue: list(&due.overdue),
        due: list(&due.soon),
        open: options.open.then(|| list(&due.open)),
        later: due.later,
        without_deadline: due.open.len(),
        undetermined: due.undetermined,
    };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

fn entry(item: &Item<'_>, due: &Due<'_>, sources: &SourceMap, mask: bool) -> Entry {
    let words = Words::new(item, due, sources, mask);
    Entry {
        deadline: item.deadline.map(|day| day.to_string()),
        workdays: item.workdays,
        elapsed_days: item.elapsed,
        provisional: item.provisional,
        group: item.group().map(|_| words.group),
        subject: words.subject,
        rule: item.finding.rule.clone(),
        title: words.title,
        duty: words.duty,
        citation: words.basis,
        trigger: item.finding.trigger.as_ref().map(|trigger| Trigger {
            event: trigger.event.clone(),
            kind: trigger.event_type.clone(),
            date: trigger.moment.date.to_string(),
        }),
        location: words.place,
    }
}
