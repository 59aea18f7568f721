//! Every record of a log as it is written, before any vocabulary: type, 编号, fields, relations.
//! For inferring a vocabulary; what cannot be read is passed over here and reported when the log is read.

use std::borrow::Cow;

use granit_parser::Event;

use super::format::LogFormat;
use super::json::Piece;
use super::node::{Map, Node, Shape, find};
use super::problem::What;
use super::record::{ENTITY, EVENT, HEADER, ID, SINCE, TIME};
use super::xml::{Inside, Token};
use super::yaml_tree::Tree;
use super::{ocel_xml, xes, xes_head, xml::Xml};
use crate::source::FileId;

/// The entity type of the traces of an XES log that does not name it.
pub(super) const CASE: &str = "案例";

/// One record, or one declaration of a type.
#[derive(Debug)]
pub(super) struct Sighting<'a> {
    pub(super) what: What,
    pub(super) kind: Cow<'a, str>,
    pub(super) id: Option<Cow<'a, str>>,
    /// Name, value, and the OCEL type declared for it.
    pub(super) fields: Vec<Seen<'a>>,
    /// OCEL: qualifier and object.
    pub(super) relations: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    /// XES: the entity type of the trace an event is in.
    pub(super) case: Option<Cow<'a, str>>,
    /// The names are those of another tool, to be written as the rule language can.
    pub(super) foreign: bool,
    /// Texts may be the 编号 of entities.
    pub(super) by_value: bool,
}

#[derive(Debug)]
pub(super) struct Seen<'a> {
    pub(super) name: Cow<'a, str>,
    pub(super) value: Option<Shape<'a>>,
    /// 有效起, or what else tells values of one name apart that follow each other.
    pub(super) time: Option<Cow<'a, str>>,
    pub(super) declared: Option<Cow<'a, str>>,
}

impl<'a> Sighting<'a> {
    fn new(what: What, kind: Cow<'a, str>) -> Self {
        let (fields, relations) = (Vec::new(), Vec::new());
        Self { what, kind, id: None, fields, relations, case: None, foreign: true, by_value: false }
    }

    fn field(&mut self, name: Cow<'a, str>, value: Option<Shape<'a>>) {
        self.fields.push(Seen { name, value, time: None, declared: None });
    }
}

/// Calls `take` for every record of a text.
pub(super) fn each<'a>(file: FileId, text: &'a str, format: LogFormat, take: &mut dyn FnMut(Sighting<'a>)) {
    match format {
        LogFormat::Jsonl => {
            for line in text.lines() {
                let mut map = Map::new();
                if (Piece { text: line, base: 0 }).object(&mut map).is_ok() {
                    record(map, take);
                }
            }
        }
        LogFormat::Yaml => yaml(text, take),
        LogFormat::Ocel => ocel(text, take),
        LogFormat::OcelXml => {
            declarations(text, take);
            let _ = ocel_xml::log(file, text, &mut |what, _, map| object(what, map, take));
        }
        LogFormat::Xes => xes(text, take),
        // What a table holds, the mapping of its columns says.
        LogFormat::Table => {}
    }
}

/// A record whose keys are those of JSONL.
fn record<'a>(map: Map<'a>, take: &mut dyn FnMut(Sighting<'a>)) {
    let kind = |key, what| Some((what, find(&map, key)?.value.shape.clone().into_word().ok()?));
    let Some((what, name)) = kind(ENTITY, What::Entity).or_else(|| kind(EVENT, What::Event)) else { return };
    let mut sighting = Sighting { foreign: false, by_value: true, ..Sighting::new(what, name) };
    for entry in map {
        match entry.key.as_ref() {
            ENTITY | EVENT | HEADER | TIME | SINCE => {}
            ID => sighting.id = entry.value.shape.into_word().ok(),
            _ => sighting.field(entry.key, Some(entry.value.shape)),
        }
    }
    take(sighting);
}

fn yaml<'a>(text: &'a str, take: &mut dyn FnMut(Sighting<'a>)) {
    let mut tree = Tree::new(text, 0);
    while let Ok(Some((event, span))) = tree.next() {
        if !matches!(event, Event::MappingStart(..)) {
            continue;
        }
        let place = tree.place(&span);
        let Ok((map, _)) = tree.map(place) else { return };
        for section in map.into_iter().filter(|entry| [ENTITY, EVENT].contains(&entry.key.as_ref())) {
            if let Shape::List(items) = section.value.shape {
                for item in items {
                    if let Shape::Map(map) = item.shape {
                        record(map, take);
                    }
                }
            }
        }
    }
}

fn ocel<'a>(text: &'a str, take: &mut dyn FnMut(Sighting<'a>)) {
    let mut pairs = Vec::new();
    if (Piece { text, base: 0 }).pairs(&mut pairs).is_err() {
        return;
    }
    for (key, value) in pairs {
        let (what, types) = match () {
            () if key.is_text("objectTypes") => (What::Entity, true),
            () if key.is_text("eventTypes") => (What::Event, true),
            () if key.is_text("objects") => (What::Entity, false),
            () if key.is_text("events") => (What::Event, false),
            () => continue,
        };
        for item in value.items().unwrap_or_default() {
            let mut map = Map::new();
            if item.object(&mut map).is_err() {
                continue;
            }
            if types { declaration(what, &map, take) } else { object(what, map, take) }
        }
    }
}

fn word<'a>(map: &Map<'a>, key: &str) -> Option<Cow<'a, str>> {
    find(map, key)?.value.shape.clone().into_word().ok()
}

fn maps<'a>(map: &Map<'a>, key: &str) -> Vec<Map<'a>> {
    let Some(Node { shape: Shape::List(items), .. }) = find(map, key).map(|entry| &entry.value) else {
        return Vec::new();
    };
    items
        .iter()
        .filter_map(|item| if let Shape::Map(map) = &item.shape { Some(map.clone()) } else { None })
        .collect()
}

/// An item of `objectTypes`, `eventTypes`.
fn declaration<'a>(what: What, map: &Map<'a>, take: &mut dyn FnMut(Sighting<'a>)) {
    let Some(name) = word(map, "name") else { return };
    let mut sighting = Sighting::new(what, name);
    for attribute in maps(map, "attributes") {
        if let Some(name) = word(&attribute, "name") {
            let declared = word(&attribute, "type");
            sighting.fields.push(Seen { name, value: None, time: None, declared });
        }
    }
    take(sighting);
}

/// An item of `objects`, `events`.
fn object<'a>(what: What, map: Map<'a>, take: &mut dyn FnMut(Sighting<'a>)) {
    let Some(kind) = word(&map, "type") else { return };
    let mut sighting = Sighting { id: word(&map, "id"), ..Sighting::new(what, kind) };
    for pair in maps(&map, "relationships") {
        sighting.relations.extend(word(&pair, "qualifier").zip(word(&pair, "objectId")));
    }
    for pair in maps(&map, "attributes") {
        let value = find(&pair, "value").map(|entry| entry.value.shape.clone());
        if let Some(name) = word(&pair, "name") {
            sighting.fields.push(Seen { name, value, time: word(&pair, "time"), declared: None });
        }
    }
    take(sighting);
}

/// `<object-types>`, `<event-types>`.
fn declarations<'a>(text: &'a str, take: &mut dyn FnMut(Sighting<'a>)) {
    let mut xml = Xml::new(text, 0);
    let mut current: Option<Sighting<'a>> = None;
    while let Ok(token) = xml.next() {
        let tag = match token {
            Token::Start(tag) => tag,
            Token::End | Token::Text(_) => continue,
            Token::Eof => break,
        };
        let what = match tag.name {
            "object-type" => Some(What::Entity),
            "event-type" => Some(What::Event),
            "objects" | "events" => break,
            _ => None,
        };
        let named = |wanted: &str| {
            let mut found = tag.attributes().flatten().filter(|attribute| attribute.name == wanted);
            found.next().map(|attribute| attribute.value)
        };
        if let (Some(what), Some(name)) = (what, named("name")) {
            if let Some(done) = current.replace(Sighting::new(what, name)) {
                take(done);
            }
        } else if let (Some(sighting), "attribute", Some(name)) = (&mut current, tag.name, named("name")) {
            sighting.fields.push(Seen { name, value: None, time: None, declared: named("type") });
        }
    }
    if let Some(done) = current {
        take(done);
    }
}

fn xes<'a>(text: &'a str, take: &mut dyn FnMut(Sighting<'a>)) {
    let Ok(mut head) = xes_head::read(text) else { return };
    for (map, _) in std::mem::take(&mut head.entities) {
        record(map, take);
    }
    let case = head.case.clone().unwrap_or(Cow::Borrowed(CASE));
    let mut defaults = Map::new();
    head.fill_trace(&mut defaults);
    let mut xml = Xml::piece(text.get(head.end..).unwrap_or(""), head.end);
    // The trace being read, with its attributes so far.
    let mut trace: Option<Sighting<'a>> = None;
    let finish = |trace: Option<Sighting<'a>>, take: &mut dyn FnMut(Sighting<'a>)| {
        if let Some(mut trace) = trace {
            for default in defaults.iter().filter(|_| !head.has_entities) {
                if !trace.fields.iter().any(|field| field.name == default.key) {
                    trace.field(default.key.clone(), Some(default.value.shape.clone()));
                }
            }
            take(trace);
        }
    };
    while let Ok(token) = xml.next() {
        match token {
            Token::Start(tag) if tag.name == "trace" => {
                finish(trace.replace(Sighting::new(What::Entity, case.clone())), take);
            }
            Token::Start(tag) if tag.name == "event" => {
                let mut map = Map::new();
                let read = loop {
                    match xml.inside(&tag) {
                        Ok(Some(Inside::Element(inner))) => match xes::attribute(&mut xml, &inner) {
                            Ok(entry) => map.extend(entry),
                            Err(_) => break false,
                        },
                        Ok(Some(Inside::Text(_))) => {}
                        Ok(None) => break true,
                        Err(_) => break false,
                    }
                };
                if !read {
                    break;
                }
                head.fill_event(&mut map);
                let Some(name) = word(&map, xes::NAME) else { continue };
                let by_value = head.has_entities;
                let mut event = Sighting { by_value, ..Sighting::new(What::Event, name) };
                for entry in map {
                    if ![xes::NAME, xes::TIME, xes::ID].contains(&entry.key.as_ref()) {
                        event.field(entry.key, Some(entry.value.shape));
                    }
                }
                if !head.has_entities {
                    event.case = Some(case.clone());
                }
                take(event);
            }
            Token::Start(tag) => match xes::attribute(&mut xml, &tag) {
                Ok(Some(entry)) => {
                    if let Some(trace) = trace.as_mut().filter(|_| !head.has_entities) {
                        if entry.key == xes::NAME || (entry.key == xes::ID && trace.id.is_none()) {
                            trace.id = entry.value.shape.into_word().ok();
                        } else {
                            trace.field(entry.key, Some(entry.value.shape));
                        }
                    }
                }
                Ok(None) => {}
                Err(_) => return,
            },
            Token::End | Token::Text(_) => {}
            Token::Eof => break,
        }
    }
    finish(trace, take);
}
