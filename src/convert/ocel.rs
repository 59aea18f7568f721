//! What the three ways of OCEL 2.0 share: objects with attributes over time, events, both with relationships.
//! Relations that begin on a later day stand among the attributes: OCEL relationships have no time.

use chrono::NaiveDate;

use super::Log;
use super::record::{self, EntityRecord, EventRecord, Given, Value};
use crate::history::{EntityRef, Moment};
use crate::logs::NAMELESS;
use crate::vocabulary::{EntityTypeId, Field, FieldKind};

/// An attribute that holds from a time on; no value: an explicit nothing.
#[derive(Clone, Debug)]
pub(super) struct Attribute<'h> {
    pub(super) name: &'h str,
    pub(super) value: Option<Value<'h>>,
    /// For objects: `None` = from the beginning.
    pub(super) since: Option<NaiveDate>,
}

/// An object or event.
#[derive(Clone, Debug)]
pub(super) struct Item<'h> {
    pub(super) kind: &'h str,
    pub(super) id: String,
    /// Events only.
    pub(super) time: Option<String>,
    /// 有效起 of an object that is not there from the beginning.
    pub(super) start: Option<NaiveDate>,
    pub(super) attributes: Vec<Attribute<'h>>,
    /// Qualifier and object.
    pub(super) relationships: Vec<(&'h str, &'h str)>,
}

/// All objects.
pub(super) fn objects<'h>(log: &Log<'h>) -> impl Iterator<Item = Item<'h>> {
    let log = *log;
    log.vocabulary
        .entities()
        .flat_map(move |(kind, _)| log.history.entities(kind).map(move |at| (kind, EntityRef(at))))
        .map(move |(kind, at)| object(&log, kind, record::entity(&log, kind, at)))
}

fn object<'h>(log: &Log<'h>, kind: EntityTypeId, records: Vec<EntityRecord<'h>>) -> Item<'h> {
    let first = records.first();
    let mut item = Item {
        kind: &log.vocabulary.entity(kind).name,
        id: first.map_or("", |first| first.id).to_owned(),
        time: None,
        start: first.and_then(|first| first.since),
        attributes: Vec::new(),
        relationships: Vec::new(),
    };
    for record in records {
        for given in record.given {
            item.add(given, record.since);
        }
    }
    item
}

/// All events in time order.
pub(super) fn events<'h>(log: &Log<'h>) -> impl Iterator<Item = Item<'h>> {
    let vocabulary = log.vocabulary;
    record::events(log).enumerate().map(move |(at, EventRecord { kind, id, moment, given })| {
        let mut item = Item {
            kind: &vocabulary.event(kind).name,
            id: id.map_or_else(|| format!("{NAMELESS}{}", at + 1), str::to_owned),
            time: Some(record::instant(moment)),
            start: None,
            attributes: Vec::new(),
            relationships: Vec::new(),
        };
        for given in given {
            item.add(given, None);
        }
        item
    })
}

impl<'h> Item<'h> {
    fn add(&mut self, given: Given<'h>, since: Option<NaiveDate>) {
        let name = given.field.name.as_str();
        let is_relation = given.is_relation() && since.is_none();
        if given.values.is_empty() {
            self.attributes.push(Attribute { name, value: None, since });
        }
        for value in given.values {
            if let (Value::Entity(id), true) = (value, is_relation) {
                self.relationships.push((name, id));
            } else {
                self.attributes.push(Attribute { name, value: Some(value), since });
            }
        }
    }
}

/// The time of an attribute.
pub(super) fn since(since: Option<NaiveDate>) -> String {
    match since {
        Some(date) => record::instant(Moment::day(date)),
        None => "1970-01-01T00:00:00Z".to_owned(),
    }
}

/// A value as a text.
pub(super) fn word(value: &Value<'_>) -> String {
    match value {
        Value::Date(date) => record::instant(Moment::day(*date)),
        Value::Text(_) | Value::Number(_) | Value::Bool(_) | Value::Entity(_) => value.word(),
    }
}

/// OCEL's word for what a field holds.
pub(super) fn type_word(field: &Field) -> &'static str {
    match field.kind {
        FieldKind::Text | FieldKind::Enum(_) | FieldKind::Entity(_) => "string",
        FieldKind::Number => "float",
        FieldKind::Bool => "boolean",
        FieldKind::Date => "time",
    }
}

/// Types with their attributes, as `objectTypes` and `eventTypes` declare them.
pub(super) fn types<'h>(log: &Log<'h>) -> [Vec<(&'h str, Vec<&'h Field>)>; 2] {
    fn attributes(fields: &[Field]) -> Vec<&Field> {
        fields.iter().filter(|field| !matches!(field.kind, FieldKind::Entity(_))).collect()
    }
    let vocabulary = log.vocabulary;
    [
        vocabulary.entities().map(|(_, kind)| (kind.name.as_str(), attributes(&kind.fields))).collect(),
        vocabulary.events().map(|(_, kind)| (kind.name.as_str(), attributes(&kind.fields))).collect(),
    ]
}
