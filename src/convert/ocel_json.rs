//! OCEL 2.0 JSON, one object or event a line.

use std::io::{self, Write};

use super::Log;
use super::jsonl::{self, text};
use super::ocel::{self, Item};
use super::record::{self, Value};

pub(super) fn write(out: &mut dyn Write, log: &Log<'_>) -> io::Result<()> {
    writeln!(out, "{{")?;
    if record::has_header(log) {
        writeln!(out, "\"zhunsheng\":{},", jsonl::header(log))?;
    }
    let mut line = String::new();
    for (key, types) in ["objectTypes", "eventTypes"].into_iter().zip(ocel::types(log)) {
        write!(out, "\"{key}\":[")?;
        for (at, (name, fields)) in types.into_iter().enumerate() {
            line.clear();
            line.push_str(if at > 0 { ",\n" } else { "\n" });
            line.push_str("{\"name\":");
            text(&mut line, name);
            line.push_str(",\"attributes\":[");
            for (at, field) in fields.into_iter().enumerate() {
                line.push_str(if at > 0 { ",{\"name\":" } else { "{\"name\":" });
                text(&mut line, &field.name);
                line.push_str(&format!(",\"type\":\"{}\"}}", ocel::type_word(field)));
            }
            write!(out, "{line}]}}")?;
        }
        writeln!(out, "\n],")?;
    }
    items(out, "objects", true, ocel::objects(log))?;
    writeln!(out, ",")?;
    items(out, "events", false, ocel::events(log))?;
    writeln!(out, "\n}}")
}

fn items<'h>(
    out: &mut dyn Write,
    key: &str,
    timed: bool,
    items: impl Iterator<Item = Item<'h>>,
) -> io::Result<()> {
    write!(out, "\"{key}\":[")?;
    let mut line = String::new();
    for (at, item) in items.enumerate() {
        line.clear();
        line.push_str(if at > 0 { ",\n{\"id\":" } else { "\n{\"id\":" });
        text(&mut line, &item.id);
        line.push_str(",\"type\":");
        text(&mut line, item.kind);
        if let Some(time) = &item.time {
            line.push_str(&format!(",\"time\":\"{time}\""));
        }
        if let Some(start) = item.start {
            line.push_str(&format!(",\"有效起\":\"{start}\""));
        }
        line.push_str(",\"attributes\":[");
        for (at, attribute) in item.attributes.iter().enumerate() {
            line.push_str(if at > 0 { ",{\"name\":" } else { "{\"name\":" });
            text(&mut line, attribute.name);
            if timed {
                line.push_str(&format!(",\"time\":\"{}\"", ocel::since(attribute.since)));
            }
            line.push_str(",\"value\":");
            match &attribute.value {
                None => line.push_str("null"),
                Some(date @ Value::Date(_)) => text(&mut line, &ocel::word(date)),
                Some(value) => jsonl::value(&mut line, value),
            }
            line.push('}');
        }
        line.push_str("],\"relationships\":[");
        for (at, (qualifier, id)) in item.relationships.iter().enumerate() {
            line.push_str(if at > 0 { ",{\"objectId\":" } else { "{\"objectId\":" });
            text(&mut line, id);
            line.push_str(",\"qualifier\":");
            text(&mut line, qualifier);
            line.push('}');
        }
        write!(out, "{line}]}}")?;
    }
    write!(out, "\n]")
}
