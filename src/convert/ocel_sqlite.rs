//! OCEL 2.0 as an SQLite file: the tables of the standard, and for what these cannot hold a few of our own.
//! Made in memory and written in one go.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::{self, Write};

use rusqlite::types::{ToSqlOutput, Value as Sql};
use rusqlite::{Connection, MAIN_DB, Statement, ToSql, params_from_iter};
use rustc_hash::FxHashMap;

use super::Log;
use super::ocel::{self, Item};
use super::record::{self, Value};
use crate::vocabulary::{Field, FieldKind};

pub(super) fn write(out: &mut dyn Write, log: &Log<'_>) -> io::Result<()> {
    let bytes = build(log).map_err(|error| io::Error::other(format!("写不成 SQLite：{error}")))?;
    out.write_all(&bytes)
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Names for tables: letters and digits, no two alike but for case, as SQLite compares them.
fn table_names(kinds: &[&str]) -> Vec<String> {
    let mut taken = BTreeSet::new();
    kinds
        .iter()
        .map(|kind| {
            let plain: String = kind.chars().filter(|c| c.is_alphanumeric()).collect();
            let wanted = std::iter::once(plain.clone()).chain((2..).map(|number| format!("{plain}{number}")));
            let mut free = wanted.filter(|name| taken.insert(name.to_lowercase()));
            free.next().unwrap_or(plain.clone())
        })
        .collect()
}

fn column_type(field: &Field) -> &'static str {
    match field.kind {
        FieldKind::Text | FieldKind::Enum(_) | FieldKind::Entity(_) => "TEXT",
        // SQLite turns no number of such a column into another: exact decimals are kept as texts.
        FieldKind::Number => "BLOB NUMBER",
        FieldKind::Bool => "BOOLEAN",
        FieldKind::Date => "TIMESTAMP",
    }
}

/// Whether a field of an event has a column: to SQLite, names that differ but for case are one.
fn has_column(fields: &[Field], name: &str) -> bool {
    fields.iter().find(|field| field.name.eq_ignore_ascii_case(name)).is_some_and(|first| first.name == name)
}

struct Cell<'v>(Option<&'v Value<'v>>);

impl ToSql for Cell<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let value = match self.0 {
            None => Sql::Null,
            Some(Value::Text(text) | Value::Entity(text)) => Sql::Text((*text).to_owned()),
            Some(Value::Bool(value)) => Sql::Integer(i64::from(*value)),
            Some(Value::Number(number)) => {
                let written = number.to_string();
                match (written.parse::<i64>(), written.parse::<f64>()) {
                    (Ok(whole), _) => Sql::Integer(whole),
                    (Err(_), Ok(real)) if real.to_string() == written => Sql::Real(real),
                    // More digits than a REAL keeps.
                    (Err(_), _) => Sql::Text(written),
                }
            }
            Some(date @ Value::Date(_)) => Sql::Text(ocel::word(date)),
        };
        Ok(ToSqlOutput::Owned(value))
    }
}

/// Statements, each made once.
struct Statements<'c> {
    database: &'c Connection,
    made: FxHashMap<String, Statement<'c>>,
}

impl<'c> Statements<'c> {
    fn get(&mut self, sql: &str) -> rusqlite::Result<&mut Statement<'c>> {
        if !self.made.contains_key(sql) {
            let statement = self.database.prepare(sql)?;
            self.made.insert(sql.to_owned(), statement);
        }
        self.made.get_mut(sql).ok_or(rusqlite::Error::InvalidQuery)
    }
}

fn build(log: &Log<'_>) -> rusqlite::Result<Vec<u8>> {
    let mut database = Connection::open_in_memory()?;
    let transaction = database.transaction()?;
    let mut schema = String::from(
        "CREATE TABLE event (ocel_id TEXT, ocel_type TEXT);
         CREATE TABLE object (ocel_id TEXT, ocel_type TEXT, \"有效起\" TEXT);
         CREATE TABLE event_object (ocel_event_id TEXT, ocel_object_id TEXT, ocel_qualifier TEXT);
         CREATE TABLE object_object (ocel_source_id TEXT, ocel_target_id TEXT, ocel_qualifier TEXT, zhunsheng_source_type TEXT);
         CREATE TABLE event_map_type (ocel_type TEXT, ocel_type_map TEXT);
         CREATE TABLE object_map_type (ocel_type TEXT, ocel_type_map TEXT);
         CREATE TABLE zhunsheng_event_value (ocel_id TEXT, name TEXT, value);",
    );
    if record::has_header(log) {
        schema.push_str("CREATE TABLE zhunsheng_log (key TEXT, value TEXT);");
    }
    let vocabulary = log.vocabulary;
    let objects: Vec<(&str, &[Field])> =
        vocabulary.entities().map(|(_, kind)| (kind.name.as_str(), kind.fields.as_slice())).collect();
    let events: Vec<(&str, &[Field])> =
        vocabulary.events().map(|(_, kind)| (kind.name.as_str(), kind.fields.as_slice())).collect();
    let names =
        |kinds: &[(&str, &[Field])]| table_names(&kinds.iter().map(|(kind, _)| *kind).collect::<Vec<_>>());
    let (object_tables, event_tables) = (names(&objects), names(&events));
    for ((_, fields), table) in objects.iter().zip(&object_tables) {
        let _ = write!(
            schema,
            "CREATE TABLE {} (ocel_id TEXT, ocel_time TIMESTAMP",
            quoted(&format!("object_{table}"))
        );
        // Relations too: those that change have a time, which only attributes can say.
        for field in *fields {
            let _ = write!(schema, ", {} {}", quoted(&field.name), column_type(field));
        }
        schema.push_str(", ocel_changed_field TEXT);");
    }
    for ((_, fields), table) in events.iter().zip(&event_tables) {
        let _ = write!(
            schema,
            "CREATE TABLE {} (ocel_id TEXT, ocel_time TIMESTAMP",
            quoted(&format!("event_{table}"))
        );
        let attributes = fields.iter().filter(|field| !matches!(field.kind, FieldKind::Entity(_)));
        for field in attributes.filter(|field| has_column(fields, &field.name)) {
            let _ = write!(schema, ", {} {}", quoted(&field.name), column_type(field));
        }
        schema.push_str(");");
    }
    transaction.execute_batch(&schema)?;
    for (what, kinds, tables) in [("object", &objects, &object_tables), ("event", &events, &event_tables)] {
        let mut insert = transaction.prepare(&format!("INSERT INTO {what}_map_type VALUES (?, ?)"))?;
        for ((kind, _), table) in kinds.iter().zip(tables) {
            insert.execute([*kind, table.as_str()])?;
        }
    }
    if record::has_header(log) {
        let mut insert = transaction.prepare("INSERT INTO zhunsheng_log VALUES (?, ?)")?;
        let name = ("日志", log.header.name.clone().unwrap_or_default());
        for (key, value) in std::iter::once(name).chain(record::header(log)) {
            insert.execute([key, value.as_str()])?;
        }
    }
    let mut made = Statements { database: &transaction, made: FxHashMap::default() };
    for item in ocel::objects(log) {
        object(&mut made, &item, &objects, &object_tables)?;
    }
    for item in ocel::events(log) {
        event(&mut made, &item, &events, &event_tables)?;
    }
    drop(made);
    transaction.commit()?;
    Ok(database.serialize(MAIN_DB)?.to_vec())
}

fn table_of<'k>(
    item: &Item<'_>,
    kinds: &[(&str, &'k [Field])],
    tables: &'k [String],
) -> (&'k [Field], &'k str) {
    let found = kinds.iter().zip(tables).find(|((kind, _), _)| *kind == item.kind);
    found.map_or((&[], ""), |((_, fields), table)| (fields, table.as_str()))
}

/// One row with what holds from the beginning; one more for every later or further value.
fn object(
    made: &mut Statements<'_>,
    item: &Item<'_>,
    kinds: &[(&str, &[Field])],
    tables: &[String],
) -> rusqlite::Result<()> {
    let (fields, table) = table_of(item, kinds, tables);
    let start = item.start.map(|start| start.to_string());
    made.get("INSERT INTO object VALUES (?, ?, ?)")?.execute((&item.id, item.kind, start))?;
    let table = quoted(&format!("object_{table}"));
    let (mut columns, mut marks, mut cells) = (String::new(), String::new(), Vec::new());
    let mut further = Vec::new();
    for (at, attribute) in item.attributes.iter().enumerate() {
        let first = item.attributes.iter().take(at).all(|earlier| earlier.name != attribute.name);
        if attribute.since.is_none() && first && fields.iter().any(|field| field.name == attribute.name) {
            let _ = write!(columns, ", {}", quoted(attribute.name));
            marks.push_str(", ?");
            cells.push(Cell(attribute.value.as_ref()));
        } else {
            further.push(attribute);
        }
    }
    if item.start.is_none() {
        let sql = format!("INSERT INTO {table} (ocel_id, ocel_time{columns}) VALUES (?, ?{marks})");
        let since = ocel::since(None);
        let parameters: Vec<&dyn ToSql> = [&item.id as &dyn ToSql, &since]
            .into_iter()
            .chain(cells.iter().map(|cell| cell as &dyn ToSql))
            .collect();
        made.get(&sql)?.execute(params_from_iter(parameters))?;
    }
    for attribute in further {
        let column = quoted(attribute.name);
        let sql = format!(
            "INSERT INTO {table} (ocel_id, ocel_time, ocel_changed_field, {column}) VALUES (?, ?, ?, ?)"
        );
        let cell = Cell(attribute.value.as_ref());
        made.get(&sql)?.execute((&item.id, ocel::since(attribute.since), attribute.name, &cell))?;
    }
    let relate = made.get("INSERT INTO object_object VALUES (?, ?, ?, ?)")?;
    for (qualifier, id) in &item.relationships {
        relate.execute((&item.id, id, qualifier, item.kind))?;
    }
    Ok(())
}

/// One row; values after the first of a field go into a table of our own.
fn event(
    made: &mut Statements<'_>,
    item: &Item<'_>,
    kinds: &[(&str, &[Field])],
    tables: &[String],
) -> rusqlite::Result<()> {
    let (fields, table) = table_of(item, kinds, tables);
    made.get("INSERT INTO event VALUES (?, ?)")?.execute((&item.id, item.kind))?;
    let (mut columns, mut marks) = (String::new(), String::new());
    let mut cells = Vec::new();
    let mut further = Vec::new();
    for (at, attribute) in item.attributes.iter().enumerate() {
        let again = item.attributes.iter().take(at).any(|earlier| earlier.name == attribute.name);
        if again || !has_column(fields, attribute.name) {
            further.push(attribute);
        } else {
            let _ = write!(columns, ", {}", quoted(attribute.name));
            marks.push_str(", ?");
            cells.push(Cell(attribute.value.as_ref()));
        }
    }
    let table = quoted(&format!("event_{table}"));
    let sql = format!("INSERT INTO {table} (ocel_id, ocel_time{columns}) VALUES (?, ?{marks})");
    let parameters: Vec<&dyn ToSql> = [&item.id as &dyn ToSql, &item.time]
        .into_iter()
        .chain(cells.iter().map(|cell| cell as &dyn ToSql))
        .collect();
    made.get(&sql)?.execute(params_from_iter(parameters))?;
    for attribute in further {
        made.get("INSERT INTO zhunsheng_event_value VALUES (?, ?, ?)")?.execute((
            &item.id,
            attribute.name,
            &Cell(attribute.value.as_ref()),
        ))?;
    }
    let relate = made.get("INSERT INTO event_object VALUES (?, ?, ?)")?;
    for (qualifier, id) in &item.relationships {
        relate.execute((&item.id, id, qualifier))?;
    }
    Ok(())
}
