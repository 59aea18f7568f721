//! YAML in three sections. Every text is quoted the way JSON does, so that nothing is taken for a number or a date.

use std::io::{self, Write};

use super::Log;
use super::jsonl::{cell, text};
use super::record::{self, Given, Value};
use crate::logs::RECORDED;

pub(super) fn write(out: &mut dyn Write, log: &Log<'_>) -> io::Result<()> {
    if record::has_header(log) {
        header(out, log)?;
    }
    let mut line = String::new();
    let mut begun = false;
    for record in record::entities(log) {
        if !std::mem::replace(&mut begun, true) {
            writeln!(out, "实体:")?;
        }
        line.clear();
        item(&mut line, "实体", &log.vocabulary.entity(record.kind).name);
        pair(&mut line, "编号", record.id);
        if let Some(since) = record.since {
            line.push_str(&format!("    有效起: {since}\n"));
        }
        given(&mut line, &record.given);
        out.write_all(line.as_bytes())?;
    }
    begun = false;
    for record in record::events(log) {
        if !std::mem::replace(&mut begun, true) {
            writeln!(out, "事件:")?;
        }
        line.clear();
        item(&mut line, "事件", &log.vocabulary.event(record.kind).name);
        if let Some(id) = record.id {
            pair(&mut line, "编号", id);
        }
        pair(&mut line, "时间", &record.moment.to_string());
        given(&mut line, &record.given);
        out.write_all(line.as_bytes())?;
    }
    Ok(())
}

fn header(out: &mut dyn Write, log: &Log<'_>) -> io::Result<()> {
    let mut line = String::from("日志:\n  名称: ");
    text(&mut line, log.header.name.as_deref().unwrap_or(""));
    line.push('\n');
    let mut recorded = Vec::new();
    for (key, value) in record::header(log) {
        if key == RECORDED {
            recorded.push(value);
            continue;
        }
        line.push_str(&format!("  {key}: "));
        text(&mut line, &value);
        line.push('\n');
    }
    if !recorded.is_empty() {
        line.push_str(&format!("  {RECORDED}: "));
        let values: Vec<Value<'_>> = recorded.iter().map(|kind| Value::Text(kind)).collect();
        cell(&mut line, true, &values);
        line.push('\n');
    }
    out.write_all(line.as_bytes())
}

fn item(line: &mut String, key: &str, value: &str) {
    line.push_str(&format!("  - {key}: "));
    text(line, value);
    line.push('\n');
}

fn pair(line: &mut String, key: &str, value: &str) {
    line.push_str("    ");
    if key.chars().all(char::is_alphanumeric) && !key.is_ascii() {
        line.push_str(key);
    } else {
        text(line, key);
    }
    line.push_str(": ");
    text(line, value);
    line.push('\n');
}

fn given(line: &mut String, fields: &[Given<'_>]) {
    for Given { field, values } in fields {
        line.push_str("    ");
        // A key that could be taken for a number, yes or no is quoted.
        if field.name.chars().all(char::is_alphanumeric) && !field.name.is_ascii() {
            line.push_str(&field.name);
        } else {
            text(line, &field.name);
        }
        line.push_str(": ");
        cell(line, field.many, values);
        line.push('\n');
    }
}
