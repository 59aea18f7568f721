//! What stands in an XES log before its first trace: default values, the log's own attributes, and in logs that
//! this program wrote the 日志 record and all entities, which plain XES has no place for.

use std::borrow::Cow;

use super::node::{Entry, Map, Node, Place, Shape};
use super::ocel_xml::add;
use super::xes::{self, NAME, TIME};
use super::xml::{Inside, Tag, Token, Xml, XmlError};

/// Begins the keys of the log's attributes that are ours; after it stands a key of the 日志 record.
pub const PREFIX: &str = "zhunsheng:";
/// The entity type of the traces.
pub const CASE: &str = "zhunsheng:case";
/// All entity records, as a list of containers.
pub const ENTITIES: &str = "zhunsheng:entities";

/// The head of a log.
#[derive(Debug)]
pub(super) struct Head<'a> {
    /// The `<log>` tag.
    pub(super) log: Place,
    /// Where the first trace or event begins.
    pub(super) end: usize,
    /// The log has no trace, and ends as it should.
    pub(super) closed: bool,
    pub(super) header: Map<'a>,
    pub(super) case: Option<Cow<'a, str>>,
    /// The log says of all entities what they are: traces say nothing more.
    pub(super) has_entities: bool,
    /// Entity records as JSONL would write them, with their places.
    pub(super) entities: Vec<(Map<'a>, Place)>,
    trace_defaults: Map<'a>,
    event_defaults: Map<'a>,
}

impl<'a> Head<'a> {
    pub(super) fn fill_trace(&self, attributes: &mut Map<'a>) {
        fill(&self.trace_defaults, attributes);
    }

    pub(super) fn fill_event(&self, attributes: &mut Map<'a>) {
        fill(&self.event_defaults, attributes);
    }
}

fn fill<'a>(defaults: &Map<'a>, attributes: &mut Map<'a>) {
    for default in defaults {
        if !attributes.iter().any(|entry| entry.key == default.key) {
            attributes.push(default.clone());
        }
    }
}

pub(super) fn read(text: &str) -> Result<Head<'_>, XmlError> {
    let mut xml = Xml::new(text, 0);
    let mut head = Head {
        log: 0..text.len().min(1),
        end: text.len(),
        closed: false,
        header: Map::new(),
        case: None,
        has_entities: false,
        entities: Vec::new(),
        trace_defaults: Map::new(),
        event_defaults: Map::new(),
    };
    let mut depth = 0;
    loop {
        match xml.next()? {
            Token::Start(tag) if depth == 0 => {
                head.log = tag.place();
                depth += usize::from(!tag.empty);
                head.closed = tag.empty;
            }
            Token::Start(tag) => match tag.name {
                "trace" | "event" => {
                    head.end = tag.start;
                    return Ok(head);
                }
                "global" => global(&mut xml, &tag, &mut head)?,
                "extension" | "classifier" => xml.skip(&tag)?,
                _ => {
                    if let Some(entry) = xes::attribute(&mut xml, &tag)? {
                        own(entry, &mut head);
                    }
                }
            },
            Token::End => {
                head.closed = true;
                depth = 0;
            }
            Token::Text(_) => {}
            Token::Eof => return Ok(head),
        }
    }
}

/// Default values; a type or a time is never made up.
fn global<'a>(xml: &mut Xml<'a>, tag: &Tag<'a>, head: &mut Head<'a>) -> Result<(), XmlError> {
    let mut scope = None;
    for attribute in tag.attributes() {
        let attribute = attribute?;
        if attribute.name == "scope" {
            scope = Some(attribute.value);
        }
    }
    let mut defaults = Map::new();
    while let Some(inside) = xml.inside(tag)? {
        match inside {
            Inside::Element(inner) => defaults.extend(xes::attribute(xml, &inner)?),
            Inside::Text(_) => {}
        }
    }
    defaults.retain(|entry| ![NAME, TIME, xes::ID].contains(&entry.key.as_ref()));
    match scope.as_deref() {
        Some("trace") => head.trace_defaults = defaults,
        Some("event") => head.event_defaults = defaults,
        Some(_) | None => {}
    }
    Ok(())
}

/// An attribute of the log, if it is one of ours.
fn own<'a>(entry: Entry<'a>, head: &mut Head<'a>) {
    let Entry { key, key_place, value } = entry;
    match (key.as_ref(), value) {
        (CASE, Node { shape: Shape::Text(name), .. }) => head.case = Some(name),
        (ENTITIES, Node { shape: Shape::List(items), .. }) => {
            head.has_entities = true;
            head.entities = items
                .into_iter()
                .filter_map(
                    |Node { place, shape }| {
                        if let Shape::Map(map) = shape { Some((map, place)) } else { None }
                    },
                )
                .collect();
        }
        (key, value) => {
            if let Some(key) = key.strip_prefix(PREFIX) {
                add(&mut head.header, Cow::Owned(key.to_owned()), key_place, value);
            }
        }
    }
}
