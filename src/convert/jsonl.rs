//! One JSON record a line.

use std::io::{self, Write};

use super::Log;
use super::record::{self, Given, Value};
use crate::logs::RECORDED;

pub(super) fn write(out: &mut dyn Write, log: &Log<'_>) -> io::Result<()> {
    if record::has_header(log) {
        writeln!(out, "{}", header(log))?;
    }
    let mut line = String::new();
    for record in record::entities(log) {
        line.clear();
        line.push_str("{\"实体\":");
        text(&mut line, &log.vocabulary.entity(record.kind).name);
        line.push_str(",\"编号\":");
        text(&mut line, record.id);
        if let Some(since) = record.since {
            line.push_str(&format!(",\"有效起\":\"{since}\""));
        }
        given(&mut line, &record.given);
        writeln!(out, "{line}}}")?;
    }
    for record in record::events(log) {
        line.clear();
        line.push_str("{\"事件\":");
        text(&mut line, &log.vocabulary.event(record.kind).name);
        if let Some(id) = record.id {
            line.push_str(",\"编号\":");
            text(&mut line, id);
        }
        line.push_str(&format!(",\"时间\":\"{}\"", record.moment));
        given(&mut line, &record.given);
        writeln!(out, "{line}}}")?;
    }
    Ok(())
}

/// The 日志 record as a JSON object.
pub(super) fn header(log: &Log<'_>) -> String {
    let mut line = String::from("{\"日志\":");
    text(&mut line, log.header.name.as_deref().unwrap_or(""));
    let mut recorded = Vec::new();
    for (key, value) in record::header(log) {
        if key == RECORDED {
            recorded.push(value);
            continue;
        }
        line.push_str(&format!(",\"{key}\":"));
        text(&mut line, &value);
    }
    if !recorded.is_empty() {
        line.push_str(&format!(",\"{RECORDED}\":"));
        list(&mut line, recorded.iter().map(|kind| Value::Text(kind)));
    }
    line.push('}');
    line
}

fn given(line: &mut String, fields: &[Given<'_>]) {
    for Given { field, values } in fields {
        line.push(',');
        text(line, &field.name);
        line.push(':');
        cell(line, field.many, values);
    }
}

/// The values of a field: an array where it may have several, null for none.
pub(super) fn cell(line: &mut String, many: bool, values: &[Value<'_>]) {
    match values {
        [] => line.push_str("null"),
        [one] if !many => value(line, one),
        several => list(line, several.iter().copied()),
    }
}

fn list<'v>(line: &mut String, values: impl Iterator<Item = Value<'v>>) {
    line.push('[');
    for (at, one) in values.enumerate() {
        if at > 0 {
            line.push(',');
        }
        value(line, &one);
    }
    line.push(']');
}

pub(super) fn value(line: &mut String, value: &Value<'_>) {
    match value {
        Value::Text(word) | Value::Entity(word) => text(line, word),
        Value::Number(number) => line.push_str(&number.to_string()),
        Value::Bool(value) => line.push_str(if *value { "true" } else { "false" }),
        Value::Date(date) => line.push_str(&format!("\"{date}\"")),
    }
}

/// A JSON string.
pub(super) fn text(line: &mut String, text: &str) {
    line.push('"');
    for c in text.chars() {
        match c {
            '"' => line.push_str("\\\""),
            '\\' => line.push_str("\\\\"),
            '\n' => line.push_str("\\n"),
            '\r' => line.push_str("\\r"),
            '\t' => line.push_str("\\t"),
            // Line separators break the lines of YAML; neither it nor XML may hold the last two.
            c if c.is_control()
                || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}') =>
            {
                line.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c => line.push(c),
        }
    }
    line.push('"');
}
