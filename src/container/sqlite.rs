//! OCEL 2.0 in an SQLite file → the same log as OCEL 2.0 JSON text, one record a line: line N is record N.
//! Takes the file's bytes, opened in memory; gives the text, or what is wrong with the file.
//! Tables of our own carry what OCEL has no place for; files of other tools do not have them.

use std::collections::BTreeMap;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, MAIN_DB, Row};
use rustc_hash::FxHashMap;
use serde_json::{Map, Value, json};

use crate::diagnostic::Diagnostic;
use crate::logs::{self, DatabaseSlip};

/// Tables of ours.
const HEADER: &str = "zhunsheng_log";
const VALUES: &str = "zhunsheng_event_value";

/// The log in a database, as JSON text.
pub(super) fn text(name: &str, bytes: &[u8]) -> Result<String, Diagnostic> {
    read(bytes).map_err(|slip| logs::database(name, &slip))
}

/// One object or event.
#[derive(Default)]
struct Record {
    kind: String,
    id: String,
    time: Option<Value>,
    since: Option<Value>,
    attributes: Vec<Value>,
    relationships: Vec<Value>,
}

fn broken(error: &rusqlite::Error) -> DatabaseSlip {
    DatabaseSlip::Broken(error.to_string())
}

fn read(bytes: &[u8]) -> Result<String, DatabaseSlip> {
    let mut database = Connection::open_in_memory().map_err(|error| broken(&error))?;
    database.deserialize_read_exact(MAIN_DB, bytes, bytes.len(), true).map_err(|error| broken(&error))?;
    let tables = tables(&database).map_err(|error| broken(&error))?;
    for wanted in ["event", "object", "event_object", "event_map_type", "object_map_type"] {
        if !tables.contains_key(wanted) {
            return Err(DatabaseSlip::NotOcel { missing: wanted });
        }
    }
    log(&database, &tables).map_err(|error| broken(&error))
}

/// Tables, each with its columns and their declared types.
type Tables = BTreeMap<String, Vec<(String, String)>>;

fn tables(database: &Connection) -> rusqlite::Result<Tables> {
    let mut names = database.prepare("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")?;
    let names: Vec<String> = names.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    let mut tables = Tables::new();
    for name in names {
        let mut columns = database.prepare(&format!("PRAGMA table_info({})", quoted(&name)))?;
        let columns =
            columns.query_map([], |row| Ok((row.get(1)?, row.get(2)?)))?.collect::<Result<_, _>>()?;
        tables.insert(name, columns);
    }
    Ok(tables)
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Records by (type, id), in the order first met.
#[derive(Default)]
struct Records {
    list: Vec<Record>,
    by_type: FxHashMap<(String, String), usize>,
    by_id: FxHashMap<String, usize>,
}

impl Records {
    fn get(&mut self, kind: &str, id: &str) -> Option<&mut Record> {
        let key = (kind.to_owned(), id.to_owned());
        let at = *self.by_type.entry(key).or_insert_with(|| {
            let at = self.list.len();
            self.list.push(Record { kind: kind.to_owned(), id: id.to_owned(), ..Record::default() });
            self.by_id.entry(id.to_owned()).or_insert(at);
            at
        });
        self.list.get_mut(at)
    }

    fn by_id(&mut self, id: &str) -> Option<&mut Record> {
        self.list.get_mut(*self.by_id.get(id)?)
    }
}

fn log(database: &Connection, tables: &Tables) -> rusqlite::Result<String> {
    let header = header(database, tables)?;
    let objects = objects(database, tables)?;
    let events = events(database, tables)?;
    let mut text = String::from("{");
    if !header.is_empty() {
        text.push_str(&format!("\"zhunsheng\":{},", Value::Object(header)));
    }
    for (key, kind) in [("objectTypes", "object"), ("eventTypes", "event")] {
        text.push_str(&format!("\"{key}\":{},", declared(database, tables, kind)?));
    }
    text.push_str("\"objects\":[");
    records(&mut text, &objects.list);
    text.push_str("],\"events\":[");
    if !objects.list.is_empty() && !events.list.is_empty() {
        text.push('\n');
    }
    records(&mut text, &events.list);
    text.push_str("]}\n");
    Ok(text)
}

fn records(text: &mut String, records: &[Record]) {
    for (at, record) in records.iter().enumerate() {
        if at > 0 {
            text.push_str(",\n");
        }
        let mut map = Map::new();
        map.insert("id".to_owned(), json!(record.id));
        map.insert("type".to_owned(), json!(record.kind));
        for (key, value) in [("time", &record.time), ("有效起", &record.since)] {
            if let Some(value) = value {
                map.insert(key.to_owned(), value.clone());
            }
        }
        map.insert("attributes".to_owned(), Value::Array(record.attributes.clone()));
        map.insert("relationships".to_owned(), Value::Array(record.relationships.clone()));
        text.push_str(&Value::Object(map).to_string());
    }
}

/// Calls `take` for every row of a table, in the order stored. Columns are found by name.
fn rows(
    database: &Connection,
    table: &str,
    columns: &[&str],
    take: &mut dyn FnMut(&Row<'_>) -> rusqlite::Result<()>,
) -> rusqlite::Result<()> {
    let list: Vec<String> = columns.iter().map(|column| quoted(column)).collect();
    let mut statement = database.prepare(&format!("SELECT {} FROM {}", list.join(", "), quoted(table)))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        take(row)?;
    }
    Ok(())
}

/// A text whatever it is stored as; `None` for NULL.
fn word(value: ValueRef<'_>) -> Option<String> {
    match value {
        ValueRef::Null => None,
        ValueRef::Integer(number) => Some(number.to_string()),
        ValueRef::Real(number) => Some(number.to_string()),
        ValueRef::Text(text) | ValueRef::Blob(text) => Some(String::from_utf8_lossy(text).into_owned()),
    }
}

/// As JSON: numbers stay numbers; 0 and 1 of a column declared to be of yes and no become these.
fn value(value: ValueRef<'_>, declared: &str) -> Value {
    let is_bool = declared.to_ascii_uppercase().starts_with("BOOL");
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number @ (0 | 1)) if is_bool => json!(number == 1),
        ValueRef::Integer(number) => json!(number),
        ValueRef::Real(number) => json!(number),
        ValueRef::Text(text) | ValueRef::Blob(text) => json!(String::from_utf8_lossy(text)),
    }
}

/// Type → the name its table ends in.
fn kinds(database: &Connection, what: &str) -> rusqlite::Result<Vec<(String, String)>> {
    let mut kinds = Vec::new();
    rows(database, &format!("{what}_map_type"), &["ocel_type", "ocel_type_map"], &mut |row| {
        kinds.extend(word(row.get_ref(0)?).zip(word(row.get_ref(1)?)));
        Ok(())
    })?;
    Ok(kinds)
}

fn is_ours(column: &str) -> bool {
    matches!(column, "ocel_id" | "ocel_time" | "ocel_changed_field")
}

/// `objectTypes`, `eventTypes`.
fn declared(database: &Connection, tables: &Tables, what: &str) -> rusqlite::Result<Value> {
    let kinds = kinds(database, what)?.into_iter().map(|(kind, table)| {
        let columns = tables.get(&format!("{what}_{table}")).map_or(&[][..], Vec::as_slice);
        let attributes: Vec<Value> = columns
            .iter()
            .filter(|(name, _)| !is_ours(name))
            .map(|(name, declared)| json!({"name": name, "type": type_word(declared)}))
            .collect();
        json!({"name": kind, "attributes": attributes})
    });
    Ok(Value::Array(kinds.collect()))
}

/// OCEL's word for a column's declared type.
fn type_word(declared: &str) -> &'static str {
    let declared = declared.to_ascii_uppercase();
    let has = |words: &[&str]| words.iter().any(|word| declared.contains(word));
    if has(&["BOOL"]) {
        "boolean"
    } else if has(&["INT"]) {
        "integer"
    } else if has(&["REAL", "FLOA", "DOUB", "NUM", "DEC"]) {
        "float"
    } else if has(&["TIME", "DATE"]) {
        "time"
    } else {
        "string"
    }
}

fn objects(database: &Connection, tables: &Tables) -> rusqlite::Result<Records> {
    let mut records = Records::default();
    let has = |table: &str, column: &str| {
        tables.get(table).is_some_and(|columns| columns.iter().any(|(name, _)| name == column))
    };
    let since = has("object", "有效起");
    let columns: &[&str] =
        if since { &["ocel_id", "ocel_type", "有效起"] } else { &["ocel_id", "ocel_type"] };
    rows(database, "object", columns, &mut |row| {
        if let (Some(id), Some(kind)) = (word(row.get_ref(0)?), word(row.get_ref(1)?))
            && let Some(record) = records.get(&kind, &id)
            && since
        {
            record.since = word(row.get_ref(2)?).map(Value::String);
        }
        Ok(())
    })?;
    for (kind, table) in kinds(database, "object")? {
        let table = format!("object_{table}");
        let Some(declared) = tables.get(&table) else { continue };
        let names: Vec<&str> = declared.iter().map(|(name, _)| name.as_str()).collect();
        let at = |wanted: &str| names.iter().position(|name| *name == wanted);
        let (Some(id_at), time_at, changed_at) = (at("ocel_id"), at("ocel_time"), at("ocel_changed_field"))
        else {
            continue;
        };
        rows(database, &table, &names, &mut |row| {
            let Some(id) = word(row.get_ref(id_at)?) else { return Ok(()) };
            let time = time_at.map(|at| row.get_ref(at)).transpose()?.and_then(word);
            let changed = match changed_at.map(|at| row.get_ref(at)).transpose()? {
                Some(ValueRef::Text(name)) => Some(String::from_utf8_lossy(name).into_owned()),
                Some(ValueRef::Null | ValueRef::Integer(_) | ValueRef::Real(_) | ValueRef::Blob(_))
                | None => None,
            };
            let Some(record) = records.get(&kind, &id) else { return Ok(()) };
            for (at, (name, declared)) in declared.iter().enumerate() {
                let cell = row.get_ref(at)?;
                let wanted = match &changed {
                    Some(changed) => changed == name,
                    None => !is_ours(name) && cell != ValueRef::Null,
                };
                if wanted {
                    let mut attribute = json!({"name": name, "value": value(cell, declared)});
                    if let (Some(time), Some(map)) = (&time, attribute.as_object_mut()) {
                        map.insert("time".to_owned(), json!(time));
                    }
                    record.attributes.push(attribute);
                }
            }
            Ok(())
        })?;
    }
    if tables.contains_key("object_object") {
        let typed = has("object_object", "zhunsheng_source_type");
        let mut columns = vec!["ocel_source_id", "ocel_target_id", "ocel_qualifier"];
        columns.extend(typed.then_some("zhunsheng_source_type"));
        rows(database, "object_object", &columns, &mut |row| {
            let (source, target) = (word(row.get_ref(0)?), word(row.get_ref(1)?));
            let (Some(source), Some(target)) = (source, target) else { return Ok(()) };
            let qualifier = word(row.get_ref(2)?).unwrap_or_default();
            let kind = if typed { word(row.get_ref(3)?) } else { None };
            let record = match kind {
                Some(kind) => records.get(&kind, &source),
                None => records.by_id(&source),
            };
            if let Some(record) = record {
                record.relationships.push(json!({"objectId": target, "qualifier": qualifier}));
            }
            Ok(())
        })?;
    }
    Ok(records)
}

fn events(database: &Connection, tables: &Tables) -> rusqlite::Result<Records> {
    let mut records = Records::default();
    rows(database, "event", &["ocel_id", "ocel_type"], &mut |row| {
        if let (Some(id), Some(kind)) = (word(row.get_ref(0)?), word(row.get_ref(1)?)) {
            records.get(&kind, &id);
        }
        Ok(())
    })?;
    for (kind, table) in kinds(database, "event")? {
        let table = format!("event_{table}");
        let Some(declared) = tables.get(&table) else { continue };
        let names: Vec<&str> = declared.iter().map(|(name, _)| name.as_str()).collect();
        let Some(id_at) = names.iter().position(|name| *name == "ocel_id") else { continue };
        rows(database, &table, &names, &mut |row| {
            let Some(id) = word(row.get_ref(id_at)?) else { return Ok(()) };
            let Some(record) = records.get(&kind, &id) else { return Ok(()) };
            for (at, (name, declared)) in declared.iter().enumerate() {
                let cell = row.get_ref(at)?;
                if name == "ocel_time" {
                    record.time = word(cell).map(Value::String);
                } else if !is_ours(name) && cell != ValueRef::Null {
                    record.attributes.push(json!({"name": name, "value": value(cell, declared)}));
                }
            }
            Ok(())
        })?;
    }
    if tables.contains_key(VALUES) {
        rows(database, VALUES, &["ocel_id", "name", "value"], &mut |row| {
            let (id, name) = (word(row.get_ref(0)?), word(row.get_ref(1)?));
            if let (Some(id), Some(name)) = (id, name)
                && let Some(record) = records.by_id(&id)
            {
                record.attributes.push(json!({"name": name, "value": value(row.get_ref(2)?, "")}));
            }
            Ok(())
        })?;
    }
    rows(database, "event_object", &["ocel_event_id", "ocel_object_id", "ocel_qualifier"], &mut |row| {
        let (event, object) = (word(row.get_ref(0)?), word(row.get_ref(1)?));
        if let (Some(event), Some(object)) = (event, object)
            && let Some(record) = records.by_id(&event)
        {
            let qualifier = word(row.get_ref(2)?).unwrap_or_default();
            record.relationships.push(json!({"objectId": object, "qualifier": qualifier}));
        }
        Ok(())
    })?;
    Ok(records)
}

/// The 日志 record; a key given several times is a list.
fn header(database: &Connection, tables: &Tables) -> rusqlite::Result<Map<String, Value>> {
    let mut map = Map::new();
    if !tables.contains_key(HEADER) {
        return Ok(map);
    }
    rows(database, HEADER, &["key", "value"], &mut |row| {
        if let (Some(key), Some(value)) = (word(row.get_ref(0)?), word(row.get_ref(1)?)) {
            match (map.get_mut(&key), key.as_str()) {
                (Some(Value::Array(items)), _) => items.push(json!(value)),
                (_, logs::RECORDED) => {
                    map.insert(key, json!([value]));
                }
                (_, _) => {
                    map.insert(key, json!(value));
                }
            }
        }
        Ok(())
    })?;
    Ok(map)
}
