//! OCEL 2.0 XML.

use std::io::{self, Write};

use super::Log;
use super::ocel::{self, Item};
use super::record;
use super::xml::{attribute, escape};

pub(super) fn write(out: &mut dyn Write, log: &Log<'_>) -> io::Result<()> {
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(out, "<log xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">")?;
    let mut line = String::new();
    if record::has_header(log) {
        line.push_str("  <zhunsheng>");
        let name = ("日志", log.header.name.clone().unwrap_or_default());
        for (key, value) in std::iter::once(name).chain(record::header(log)) {
            line.push_str("<value");
            attribute(&mut line, "key", key);
            line.push('>');
            escape(&mut line, &value);
            line.push_str("</value>");
        }
        writeln!(out, "{line}</zhunsheng>")?;
    }
    let names = [("object-types", "object-type"), ("event-types", "event-type")];
    for ((list, element), types) in names.into_iter().zip(ocel::types(log)) {
        writeln!(out, "  <{list}>")?;
        for (name, fields) in types {
            line.clear();
            line.push_str(&format!("    <{element}"));
            attribute(&mut line, "name", name);
            line.push_str("><attributes>");
            for field in fields {
                line.push_str("<attribute");
                attribute(&mut line, "name", &field.name);
                attribute(&mut line, "type", ocel::type_word(field));
                line.push_str("/>");
            }
            writeln!(out, "{line}</attributes></{element}>")?;
        }
        writeln!(out, "  </{list}>")?;
    }
    writeln!(out, "  <objects>")?;
    for item in ocel::objects(log) {
        write_item(out, "object", true, &item, &mut line)?;
    }
    writeln!(out, "  </objects>\n  <events>")?;
    for item in ocel::events(log) {
        write_item(out, "event", false, &item, &mut line)?;
    }
    writeln!(out, "  </events>\n</log>")
}

fn write_item(
    out: &mut dyn Write,
    element: &str,
    timed: bool,
    item: &Item<'_>,
    line: &mut String,
) -> io::Result<()> {
    line.clear();
    line.push_str(&format!("    <{element}"));
    attribute(line, "id", &item.id);
    attribute(line, "type", item.kind);
    if let Some(time) = &item.time {
        attribute(line, "time", time);
    }
    if let Some(start) = item.start {
        attribute(line, "有效起", &start.to_string());
    }
    line.push_str("><attributes>");
    for one in &item.attributes {
        line.push_str("<attribute");
        attribute(line, "name", one.name);
        if timed {
            attribute(line, "time", &ocel::since(one.since));
        }
        match &one.value {
            Some(value) => {
                line.push('>');
                escape(line, &ocel::word(value));
                line.push_str("</attribute>");
            }
            None => line.push_str(" xsi:nil=\"true\"/>"),
        }
    }
    line.push_str("</attributes><objects>");
    for (qualifier, id) in &item.relationships {
        line.push_str("<relationship");
        attribute(line, "object-id", id);
        attribute(line, "qualifier", qualifier);
        line.push_str("/>");
    }
    writeln!(out, "{line}</objects></{element}>")
}
