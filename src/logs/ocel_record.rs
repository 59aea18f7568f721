//! One object or event of OCEL 2.0, whichever way it is written (JSON, XML, SQLite) → entity or event data.
//! Takes the record as a map of `type`, `id`, `time`, `attributes`, `relationships`; adds to a [`Batch`].
//! What OCEL has no place for stands in keys of our own: 有效起 of an object, a header.

use std::borrow::Cow;
use std::collections::BTreeMap;

use chrono::{Datelike as _, NaiveDate};

use super::node::{Entry, Map, Node, Place, Shape, find};
use super::objects::{self, plain};
use super::problem::{Mistake, RECORD_YEARS, ShapeSlip, What};
use super::record::{Batch, Draft, Reader, SINCE, whole};
use super::time;
use super::unread::Why;
use crate::history::{Moment, Origin};
use crate::vocabulary::{Field, FieldKind};

/// 编号 of events that have none: the format demands one. Not read back.
pub const NAMELESS: &str = "zhunsheng:none:";

/// Reads one record. Empties `map`; adds data or problems to `batch`.
pub(super) fn record<'a>(
    reader: Reader<'a>,
    what: What,
    map: Map<'a>,
    origin: Origin,
    batch: &mut Batch<'a>,
) {
    let (found, bad) = (batch.problems.len(), batch.bad);
    reader.repeated(&map, batch);
    let (mut kind, mut id, mut time, mut attributes, mut relationships) = (None, None, None, None, None);
    let mut start = None;
    for entry in map {
        match entry.key.as_ref() {
            "type" => kind = Some(entry.value),
            "id" => id = Some(entry.value),
            "time" => time = Some(entry.value),
            "attributes" => attributes = Some(entry.value),
            "relationships" => relationships = Some(entry.value),
            SINCE => start = reader.day(SINCE, entry.value, batch),
            _ => {}
        }
    }
    let Some(kind) = kind else {
        let (owner, key, example) = (what.word().to_owned(), "type", "\"type\":\"…\"");
        batch.problems.push(reader.problem(&whole(origin), Mistake::MissingReserved { owner, key, example }));
        batch.bad += 1;
        return;
    };
    if what == What::Event {
        id = id.filter(|id| id.shape.word().is_none_or(|id| !id.starts_with(NAMELESS)));
    }
    let mut parts = Parts { reader, what, origin, beginning: Map::new(), later: BTreeMap::new() };
    let fields = parts.declared(&kind);
    for node in items(&parts, relationships, "relationships", batch) {
        parts.relationship(node, fields, batch);
    }
    for node in items(&parts, attributes, "attributes", batch) {
        parts.attribute(node, fields, batch);
    }
    let Parts { beginning, later, .. } = parts;
    let mut later = by_day(later);
    if let Some(start) = start {
        later.entry(start).or_default().extend(beginning);
    } else {
        let (kind, id) = (kind.clone(), id.clone());
        reader.draft(Draft { what, kind, id, time, since: None }, beginning, origin, found, batch);
    }
    for (since, fields) in later {
        let draft = Draft { what, kind: kind.clone(), id: id.clone(), time: None, since: Some(since) };
        reader.draft(draft, fields, origin, found, batch);
    }
    batch.bad = batch.bad.min(bad + 1);
}

/// Values hold from a day, not from a moment: the last one of a day is the day's.
fn by_day<'a>(later: BTreeMap<Moment, Map<'a>>) -> BTreeMap<NaiveDate, Map<'a>> {
    let mut days: BTreeMap<NaiveDate, Map<'a>> = BTreeMap::new();
    for (moment, map) in later {
        let day = days.entry(moment.date).or_default();
        day.retain(|entry| !map.iter().any(|later| later.key == entry.key));
        day.extend(map);
    }
    days
}

/// The items of `attributes` or `relationships`; nothing for none.
fn items<'a>(parts: &Parts<'a>, node: Option<Node<'a>>, name: &str, batch: &mut Batch<'a>) -> Vec<Map<'a>> {
    let Some(node) = node else { return Vec::new() };
    let problem = |place: &Place, slip| parts.reader.problem(place, Mistake::Shape(slip));
    let mut maps = Vec::new();
    match node.shape {
        Shape::Null => {}
        Shape::List(list) => {
            for item in list {
                if let Shape::Map(map) = item.shape {
                    maps.push(map);
                } else {
                    batch.problems.push(problem(&item.place, ShapeSlip::Item { section: name.to_owned() }));
                }
            }
        }
        Shape::Bool(_)
        | Shape::Number(_)
        | Shape::Text(_)
        | Shape::Plain(_)
        | Shape::Map(_)
        | Shape::TooDeep => {
            batch
                .problems
                .push(problem(&node.place, ShapeSlip::Section { name: name.to_owned(), wanted: "数组" }));
        }
    }
    maps
}

/// The fields of one object or event, by the day they begin to hold.
struct Parts<'a> {
    reader: Reader<'a>,
    what: What,
    origin: Origin,
    beginning: Map<'a>,
    later: BTreeMap<Moment, Map<'a>>,
}

impl<'a> Parts<'a> {
    /// The fields the vocabulary gives this type; none for an unknown one, which is reported elsewhere.
    fn declared(&self, kind: &Node<'a>) -> &'a [Field] {
        let vocabulary = self.reader.vocabulary;
        let name = kind.shape.word().unwrap_or("");
        match self.what {
            What::Entity => {
                let kind = self.reader.found(name, |name| vocabulary.entity_by_name(name));
                kind.map_or(&[], |kind| &vocabulary.entity(kind).fields)
            }
            What::Event => {
                let kind = self.reader.found(name, |name| vocabulary.event_by_name(name));
                kind.map_or(&[], |kind| &vocabulary.event(kind).fields)
            }
        }
    }

    /// A relation the vocabulary does not have is passed over and counted.
    fn relationship(&mut self, map: Map<'a>, fields: &'a [Field], batch: &mut Batch<'a>) {
        let Some((name, place, value)) = self.pair(map, "qualifier", "objectId", batch) else { return };
        if let Some(objects) = self.reader.objects {
            let types = objects.types(value.shape.word().unwrap_or("")).unwrap_or_default();
            let vocabulary = self.reader.vocabulary;
            let field = types.iter().find_map(|kind| objects::role(vocabulary, fields, &name, *kind));
            if let Some(field) = field {
                gather(&mut self.beginning, Cow::Borrowed(&field.name), place, value);
                return;
            }
            if objects.inferred {
                let why = if types.is_empty() { Why::Dangling } else { Why::Role };
                batch.unread.note(why, &name, self.origin);
                return;
            }
        }
        let named = |name: &str| fields.iter().find(|field| field.name == name);
        match named(&name).or_else(|| named(&plain(&name))) {
            Some(field) if matches!(field.kind, FieldKind::Entity(_)) => {
                gather(&mut self.beginning, Cow::Borrowed(&field.name), place, value);
            }
            Some(_) => {
                let slip = ShapeSlip::NotRelation { name: name.into_owned() };
                batch.problems.push(self.reader.problem(&place, Mistake::Shape(slip)));
            }
            None => batch.unread.note(Why::Role, &name, self.origin),
        }
    }

    fn attribute(&mut self, map: Map<'a>, fields: &[Field], batch: &mut Batch<'a>) {
        let time = match self.what {
            What::Entity => find(&map, "time").map(|entry| entry.value.clone()),
            What::Event => None,
        };
        let Some((name, place, value)) = self.pair(map, "name", "value", batch) else { return };
        if self.reader.objects.is_some_and(|objects| objects.inferred)
            && !fields.iter().any(|field| field.name == name || field.name == plain(&name))
        {
            batch.unread.note(Why::Key, &name, self.origin);
            return;
        }
        match time.map(|node| self.since(&node, batch)) {
            None | Some(Some(None)) => gather(&mut self.beginning, name, place, value),
            Some(Some(Some(since))) => gather(self.later.entry(since).or_default(), name, place, value),
            Some(None) => {}
        }
    }

    /// `Some(None)` = from the beginning; `None` = not a time, reported.
    fn since(&self, node: &Node<'a>, batch: &mut Batch<'a>) -> Option<Option<Moment>> {
        if matches!(node.shape, Shape::Null) {
            return Some(None);
        }
        let (key, written) = ("time".to_owned(), node.shape.word().unwrap_or("").to_owned());
        let mistake = match time::moment(&written) {
            Ok(moment) if moment.date.year() <= 1970 => return Some(None),
            Ok(moment) if RECORD_YEARS.contains(&moment.date.year()) => return Some(Some(moment)),
            Ok(_) => Mistake::OutOfRange { key, written, years: RECORD_YEARS },
            Err(slip) => Mistake::BadTime { key, written, slip },
        };
        batch.problems.push(self.reader.problem(&node.place, mistake));
        None
    }

    /// A name with its value; both must be there.
    fn pair(
        &self,
        map: Map<'a>,
        name_key: &'static str,
        value_key: &'static str,
        batch: &mut Batch<'a>,
    ) -> Option<(Cow<'a, str>, Place, Node<'a>)> {
        let place = map.first().map_or(0..0, |entry| entry.key_place.clone());
        let (mut name, mut value) = (None, None);
        for entry in map {
            if entry.key == name_key {
                name = Some(entry.value);
            } else if entry.key == value_key {
                value = Some(entry.value);
            }
        }
        match (name, value) {
            (Some(Node { place, shape: Shape::Text(name) }), Some(value)) => Some((name, place, value)),
            (name, _) => {
                let key = if name.is_some() { value_key } else { name_key };
                let (owner, example) =
                    (self.what.word().to_owned(), "{\"qualifier\":\"…\",\"objectId\":\"…\"}");
                let example =
                    if name_key == "name" { "{\"name\":\"…\",\"value\":\"…\"}" } else { example };
                let mistake = Mistake::MissingReserved { owner, key, example };
                batch.problems.push(self.reader.problem(&place, mistake));
                None
            }
        }
    }
}

/// Adds a value to a field; the second value makes a list.
fn gather<'a>(map: &mut Map<'a>, key: Cow<'a, str>, key_place: Place, value: Node<'a>) {
    let Some(entry) = map.iter_mut().find(|entry| entry.key == key) else {
        map.push(Entry { key, key_place, value });
        return;
    };
    let flat = |node: Node<'a>| if let Shape::List(items) = node.shape { items } else { vec![node] };
    let place = value.place.clone();
    let earlier = std::mem::replace(&mut entry.value, Node { place: place.clone(), shape: Shape::Null });
    let mut items = flat(earlier);
    items.extend(flat(value));
    items.retain(|item| !matches!(item.shape, Shape::Null));
    entry.value = Node { place, shape: Shape::List(items) };
}
