//! A table of records: one record a row, one column a key, several values of a field as a JSON array.
//! A text that a reader or a spreadsheet could take for something else has an apostrophe before it.

use std::io::{self, Write};

use super::Log;
use super::jsonl;
use super::record::{self, Given, Value};
use crate::logs::{RECORDED, is_cut};
use crate::vocabulary::Field;

const RESERVED: [&str; 6] = ["日志", "实体", "事件", "编号", "时间", "有效起"];

pub(super) fn write(out: &mut dyn Write, log: &Log<'_>) -> io::Result<()> {
    let mut writer = csv::WriterBuilder::new().from_writer(out);
    let mut columns: Vec<&str> = RESERVED.to_vec();
    let header = record::header(log);
    let mut add = |name| {
        if !columns.contains(&name) {
            columns.push(name);
        }
    };
    let entities = log.vocabulary.entities().flat_map(|(_, kind)| &kind.fields);
    let events = log.vocabulary.events().flat_map(|(_, kind)| &kind.fields);
    entities.chain(events).map(|field: &Field| field.name.as_str()).for_each(&mut add);
    header.iter().map(|(key, _)| *key).for_each(&mut add);
    let mut row = Row { cells: vec![String::new(); columns.len()], columns };
    writer.write_record(&row.columns)?;
    if record::has_header(log) {
        row.set("日志", safe(log.header.name.as_deref().unwrap_or("")));
        let recorded: Vec<Value<'_>> =
            header.iter().filter(|(key, _)| *key == RECORDED).map(|(_, kind)| Value::Text(kind)).collect();
        for (key, value) in header.iter().filter(|(key, _)| *key != RECORDED) {
            row.set(key, safe(value));
        }
        if !recorded.is_empty() {
            row.set(RECORDED, cell(true, &recorded));
        }
        writer.write_record(row.taken())?;
    }
    for record in record::entities(log) {
        row.set("实体", safe(&log.vocabulary.entity(record.kind).name));
        row.set("编号", safe(record.id));
        row.set("有效起", record.since.map_or_else(String::new, |since| since.to_string()));
        row.given(&record.given);
        writer.write_record(row.taken())?;
    }
    for record in record::events(log) {
        row.set("事件", safe(&log.vocabulary.event(record.kind).name));
        row.set("编号", record.id.map_or_else(String::new, safe));
        row.set("时间", record.moment.to_string());
        row.given(&record.given);
        writer.write_record(row.taken())?;
    }
    writer.flush()
}

struct Row<'c> {
    columns: Vec<&'c str>,
    cells: Vec<String>,
}

impl Row<'_> {
    fn set(&mut self, column: &str, text: String) {
        let at = self.columns.iter().position(|name| *name == column);
        if let Some(cell) = at.and_then(|at| self.cells.get_mut(at)) {
            *cell = text;
        }
    }

    fn given(&mut self, fields: &[Given<'_>]) {
        for Given { field, values } in fields {
            self.set(&field.name, cell(field.many, values));
        }
    }

    /// The cells; the row is empty afterwards.
    fn taken(&mut self) -> Vec<String> {
        self.cells.iter_mut().map(std::mem::take).collect()
    }
}

/// The values of a field in one cell.
pub(super) fn cell(many: bool, values: &[Value<'_>]) -> String {
    match values {
        [Value::Text(text) | Value::Entity(text)] if !many => safe(text),
        [one] if !many => one.word(),
        values => {
            let mut text = String::new();
            jsonl::cell(&mut text, many, values);
            text
        }
    }
}

/// A text that nothing can take for a formula, an array, nothing, or an apostrophe of ours.
fn safe(text: &str) -> String {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if is_formula || needs_mark(text) { format!("'{text}") } else { text.to_owned() }
}

/// Whether a text must be marked even where no formula can come of it.
pub(super) fn needs_mark(text: &str) -> bool {
    text.is_empty() || text == "null" || text.starts_with(['\'', '[']) || text.trim() != text || is_cut(text)
}
