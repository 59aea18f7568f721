//! XES: one trace for every entity of the case type, its events in time order. What plain XES has no place for
//! stands in attributes of the log: the 日志 record, and all entities as a list; other tools pass these over.

use std::io::{self, Write};

use super::Log;
use super::record::{self, Given, Value};
use super::xml::{attribute, escape};
use crate::history::{EntityRef, EventRef, Moment};
use crate::logs::{CASE, ENTITIES, NO_CASE, PREFIX, case_field};
use crate::vocabulary::{EntityTypeId, EventTypeId, FieldId};

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<log xes.version=\"1849-2016\" xes.features=\"nested-attributes\" xmlns=\"http://www.xes-standard.org/\">
  <extension name=\"Concept\" prefix=\"concept\" uri=\"http://www.xes-standard.org/concept.xesext\"/>
  <extension name=\"Time\" prefix=\"time\" uri=\"http://www.xes-standard.org/time.xesext\"/>
  <extension name=\"Identity\" prefix=\"identity\" uri=\"http://www.xes-standard.org/identity.xesext\"/>
  <global scope=\"trace\"><string key=\"concept:name\" value=\"\"/></global>
  <global scope=\"event\"><string key=\"concept:name\" value=\"\"/><date key=\"time:timestamp\" value=\"1970-01-01T00:00:00+08:00\"/></global>
  <classifier name=\"Event Name\" keys=\"concept:name\"/>
";

pub(super) fn write(out: &mut dyn Write, log: &Log<'_>) -> io::Result<()> {
    out.write_all(HEAD.as_bytes())?;
    let mut line = String::new();
    if record::has_header(log) {
        let name = ("日志", log.header.name.clone().unwrap_or_default());
        for (key, value) in std::iter::once(name).chain(record::header(log)) {
            scalar(&mut line, "  ", &format!("{PREFIX}{key}"), "string", &value);
        }
    }
    let case = case(log);
    scalar(&mut line, "  ", CASE, "string", case.map_or("", |case| &log.vocabulary.entity(case).name));
    out.write_all(line.as_bytes())?;
    writeln!(out, "  <list key=\"{ENTITIES}\"><values>")?;
    for record in record::entities(log) {
        line.clear();
        line.push_str("    <container key=\"实体\">\n");
        scalar(&mut line, "      ", "实体", "string", &log.vocabulary.entity(record.kind).name);
        scalar(&mut line, "      ", "编号", "string", record.id);
        if let Some(since) = record.since {
            scalar(&mut line, "      ", "有效起", "string", &since.to_string());
        }
        for given in &record.given {
            field(&mut line, "      ", given);
        }
        writeln!(out, "{line}    </container>")?;
    }
    writeln!(out, "  </values></list>")?;
    traces(out, log, case)?;
    writeln!(out, "</log>")
}

/// The entity type that traces are of: the one asked for, else the one most events lead to.
fn case(log: &Log<'_>) -> Option<EntityTypeId> {
    if let Some(name) = log.case {
        return log.vocabulary.entity_by_name(name);
    }
    let events = |case: EntityTypeId| -> usize {
        let leading = log.vocabulary.events().filter(|(_, event)| case_field(&event.fields, case).is_some());
        leading.map(|(kind, _)| log.history.events(kind).len()).sum()
    };
    let counts = log.vocabulary.entities().map(|(case, _)| (events(case), case));
    let most = counts.max_by_key(|(count, case)| (*count, std::cmp::Reverse(*case)));
    most.filter(|(count, _)| *count > 0).map(|(_, case)| case)
}

fn traces(out: &mut dyn Write, log: &Log<'_>, case: Option<EntityTypeId>) -> io::Result<()> {
    let fields: Vec<Option<FieldId>> = log
        .vocabulary
        .events()
        .map(|(_, event)| {
            let leading = case_field(&event.fields, case?)?;
            let at = event.fields.iter().position(|field| field.name == leading.name)?;
            Some(FieldId(u16::try_from(at).ok()?))
        })
        .collect();
    let of = |kind: EventTypeId, event: EventRef| -> Option<EntityRef> {
        let field = fields.get(usize::from(kind.0)).copied().flatten()?;
        log.history.event_field(event, kind, field).first().map(|cell| EntityRef(*cell))
    };
    let mut events: Vec<(Option<EntityRef>, EventTypeId, EventRef)> =
        record::in_time_order(log).into_iter().map(|(kind, event)| (of(kind, event), kind, event)).collect();
    events.sort_by_key(|(entity, _, _)| (entity.is_none(), *entity));
    let mut line = String::new();
    for same in events.chunk_by(|(a, ..), (b, ..)| a == b) {
        line.clear();
        line.push_str("  <trace>\n");
        match same.first().and_then(|(entity, ..)| *entity).zip(case) {
            Some((entity, kind)) => {
                scalar(&mut line, "    ", "concept:name", "string", log.history.entity_id(entity));
                for record in record::entity(log, kind, entity).iter().take(1) {
                    for given in record.given.iter().filter(|given| given.field.name != "concept:name") {
                        field(&mut line, "    ", given);
                    }
                }
            }
            None => scalar(&mut line, "    ", "concept:name", "string", NO_CASE),
        }
        for (_, kind, event) in same {
            let record = record::event(log, *kind, *event);
            line.push_str("    <event>\n");
            scalar(&mut line, "      ", "concept:name", "string", &log.vocabulary.event(*kind).name);
            scalar(&mut line, "      ", "time:timestamp", "date", &record::instant(record.moment));
            if let Some(id) = record.id {
                scalar(&mut line, "      ", "identity:id", "string", id);
            }
            for given in &record.given {
                field(&mut line, "      ", given);
            }
            line.push_str("    </event>\n");
        }
        writeln!(out, "{line}  </trace>")?;
    }
    Ok(())
}

fn scalar(line: &mut String, indent: &str, key: &str, element: &str, value: &str) {
    line.push_str(indent);
    line.push('<');
    line.push_str(element);
    attribute(line, "key", key);
    line.push_str(" value=\"");
    escape(line, value);
    line.push_str("\"/>\n");
}

fn field(line: &mut String, indent: &str, given: &Given<'_>) {
    let key = given.field.name.as_str();
    if let [value] = given.values.as_slice() {
        one(line, indent, key, value);
        return;
    }
    line.push_str(indent);
    line.push_str("<list");
    attribute(line, "key", key);
    line.push_str("><values>\n");
    for value in &given.values {
        one(line, &format!("{indent}  "), key, value);
    }
    line.push_str(indent);
    line.push_str("</values></list>\n");
}

fn one(line: &mut String, indent: &str, key: &str, value: &Value<'_>) {
    let element = match value {
        Value::Text(_) | Value::Entity(_) => "string",
        Value::Number(number) if number.scale() == 0 => "int",
        Value::Number(_) => "float",
        Value::Bool(_) => "boolean",
        Value::Date(date) => {
            scalar(line, indent, key, "date", &record::instant(Moment::day(*date)));
            return;
        }
    };
    scalar(line, indent, key, element, &value.word());
}
