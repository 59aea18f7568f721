//! OCEL 2.0 JSON: object type = entity type, relationship qualifier = role name, attribute time = 有效起.
//! 1970-01-01 (or no time) means from the beginning; an attribute given several times has several values.
//! The declarations in `objectTypes` and `eventTypes` are not needed: the vocabulary says what things are.

use std::collections::BTreeMap;

use chrono::{Datelike as _, NaiveDate};

use super::intake::Intake;
use super::json::{JsonError, Piece};
use super::node::{Entry, Map, Node, Place, Shape, find};
use super::problem::{Mistake, Problem, RECORD_YEARS, ShapeSlip, What};
use super::record::{Batch, Draft, Reader};
use super::time;
use crate::diagnostic::nearest;
use crate::history::Origin;
use crate::source::LineTable;
use crate::vocabulary::{Field, FieldKind};

const OBJECTS: &str = "objects";
const EVENTS: &str = "events";

/// Reads a whole file into `intake`. Broken JSON ends the reading, with one problem.
pub(super) fn read<'a>(reader: Reader<'a>, text: &'a str, lines: &LineTable, intake: &mut Intake<'a>) {
    let mut batch = Batch::default();
    let mut pairs = Vec::new();
    if let Err(JsonError { place, slip }) = (Piece { text, base: 0 }).pairs(&mut pairs) {
        batch.problems.push(Problem::fatal(reader.span(&place), Mistake::Json(slip)));
        intake.take(batch, 0);
        return;
    }
    let mut known = 0;
    for (key, value) in pairs {
        let Ok(Node { place, shape: Shape::Text(name) }) = key.node() else { continue };
        let what = match name.as_ref() {
            OBJECTS => What::Entity,
            EVENTS => What::Event,
            "objectTypes" | "eventTypes" => continue,
            other => {
                let near = [OBJECTS, EVENTS].into_iter().find(|known| nearest(other, [*known]).is_some());
                if near.is_some() {
                    let slip = ShapeSlip::UnknownSection { name: other.to_owned(), near };
                    batch.problems.push(Problem::fatal(reader.span(&place), Mistake::Shape(slip)));
                    known += 1;
                }
                continue;
            }
        };
        known += 1;
        let Ok(items) = value.items() else {
            let slip = ShapeSlip::Section { name: name.into_owned(), wanted: "数组" };
            batch.problems.push(Problem::fatal(reader.span(&place), Mistake::Shape(slip)));
            continue;
        };
        for item in items {
            record(reader, what, item, lines, &mut batch);
            if batch.data.len() > 1 << 16 {
                intake.take(std::mem::take(&mut batch), 0);
            }
        }
    }
    if known == 0 {
        let mistake = Mistake::Shape(ShapeSlip::NotOcel);
        batch.problems.push(Problem::fatal(reader.span(&(0..text.len().min(1))), mistake));
    }
    intake.take(batch, 0);
}

fn record<'a>(reader: Reader<'a>, what: What, item: Piece<'a>, lines: &LineTable, batch: &mut Batch<'a>) {
    let (found, bad) = (batch.problems.len(), batch.bad);
    let origin = Origin {
        file: reader.file,
        line: u32::try_from(lines.line(item.base)).unwrap_or(u32::MAX),
        offset: u64::try_from(item.base).unwrap_or(u64::MAX),
        length: u32::try_from(item.text.len()).unwrap_or(u32::MAX),
    };
    let whole = item.base..item.base + item.text.len();
    let mut map = Map::new();
    if let Err(JsonError { place, slip }) = item.object(&mut map) {
        batch.problems.push(reader.problem(&place, Mistake::Json(slip)));
        batch.bad += 1;
        return;
    }
    reader.repeated(&map, batch);
    let (mut kind, mut id, mut time, mut attributes, mut relationships) = (None, None, None, None, None);
    for entry in map {
        match entry.key.as_ref() {
            "type" => kind = Some(entry.value),
            "id" => id = Some(entry.value),
            "time" => time = Some(entry.value),
            "attributes" => attributes = Some(entry.value),
            "relationships" => relationships = Some(entry.value),
            _ => {}
        }
    }
    let Some(kind) = kind else {
        let (owner, key, example) = (what.word().to_owned(), "type", "\"type\":\"…\"");
        batch.problems.push(reader.problem(&whole, Mistake::MissingReserved { owner, key, example }));
        batch.bad += 1;
        return;
    };
    let mut parts = Parts { reader, what, beginning: Map::new(), later: BTreeMap::new() };
    let fields = parts.declared(&kind);
    for node in items(&parts, relationships, "relationships", batch) {
        parts.relationship(node, fields, batch);
    }
    for node in items(&parts, attributes, "attributes", batch) {
        parts.attribute(node, batch);
    }
    let Parts { beginning, later, .. } = parts;
    for (since, fields) in later {
        let draft = Draft { what, kind: kind.clone(), id: id.clone(), time: None, since: Some(since) };
        reader.draft(draft, fields, origin, found, batch);
    }
    let draft = Draft { what, kind, id, time, since: None };
    reader.draft(draft, beginning, origin, found, batch);
    batch.bad = batch.bad.min(bad + 1);
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
    beginning: Map<'a>,
    later: BTreeMap<NaiveDate, Map<'a>>,
}

impl<'a> Parts<'a> {
    /// The fields the vocabulary gives this type; none for an unknown one, which is reported elsewhere.
    fn declared(&self, kind: &Node<'a>) -> &'a [Field] {
        let vocabulary = self.reader.vocabulary;
        let name = kind.shape.word().unwrap_or("");
        match self.what {
            What::Entity => {
                vocabulary.entity_by_name(name).map_or(&[], |kind| &vocabulary.entity(kind).fields)
            }
            What::Event => vocabulary.event_by_name(name).map_or(&[], |kind| &vocabulary.event(kind).fields),
        }
    }

    fn relationship(&mut self, map: Map<'a>, fields: &[Field], batch: &mut Batch<'a>) {
        let Some((name, place, value)) = self.pair(map, "qualifier", "objectId", batch) else { return };
        let field = fields.iter().find(|field| field.name == name);
        if field.is_some_and(|field| !matches!(field.kind, FieldKind::Entity(_))) {
            let slip = ShapeSlip::NotRelation { name: name.into_owned() };
            batch.problems.push(self.reader.problem(&place, Mistake::Shape(slip)));
            return;
        }
        gather(&mut self.beginning, name, place, value);
    }

    fn attribute(&mut self, map: Map<'a>, batch: &mut Batch<'a>) {
        let time = match self.what {
            What::Entity => find(&map, "time").map(|entry| entry.value.clone()),
            What::Event => None,
        };
        let Some((name, place, value)) = self.pair(map, "name", "value", batch) else { return };
        match time.map(|node| self.since(&node, batch)) {
            None | Some(Some(None)) => gather(&mut self.beginning, name, place, value),
            Some(Some(Some(since))) => gather(self.later.entry(since).or_default(), name, place, value),
            Some(None) => {}
        }
    }

    /// `Some(None)` = from the beginning; `None` = not a time, reported.
    fn since(&self, node: &Node<'a>, batch: &mut Batch<'a>) -> Option<Option<NaiveDate>> {
        if matches!(node.shape, Shape::Null) {
            return Some(None);
        }
        let (key, written) = ("time".to_owned(), node.shape.word().unwrap_or("").to_owned());
        let mistake = match time::moment(&written) {
            Ok(moment) if moment.date.year() <= 1970 => return Some(None),
            Ok(moment) if RECORD_YEARS.contains(&moment.date.year()) => return Some(Some(moment.date)),
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
    ) -> Option<(std::borrow::Cow<'a, str>, Place, Node<'a>)> {
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
fn gather<'a>(map: &mut Map<'a>, key: std::borrow::Cow<'a, str>, key_place: Place, value: Node<'a>) {
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
