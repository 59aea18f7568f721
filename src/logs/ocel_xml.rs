//! OCEL 2.0 XML: the same records as in JSON, as elements. Each `object` and `event` element becomes the map that
//! the JSON of the same record would be, with the places of this file; `ocel_record` reads it.
//! `xsi:nil="true"` on an attribute says that it has no value from that time on.

use std::borrow::Cow;

use super::header::RECORDED;
use super::intake::Intake;
use super::node::{Entry, Map, Node, Place, Shape};
use super::ocel::EXTENSION;
use super::ocel_record;
use super::problem::{Mistake, Problem, ShapeSlip, What};
use super::record::{Batch, HEADER, Reader};
use super::xml::{Inside, Tag, Token, Xml, XmlError};
use crate::history::Origin;
use crate::source::{FileId, LineTable};

/// Reads a whole file into `intake`. Broken XML ends the reading, with one problem.
pub(super) fn read<'a>(reader: Reader<'a>, text: &'a str, lines: &LineTable, intake: &mut Intake<'a>) {
    let mut batch = Batch::default();
    let result = log(reader.file, text, &mut |what, origin: Origin, map| {
        let line = u32::try_from(lines.line(usize::try_from(origin.offset).unwrap_or(0))).unwrap_or(u32::MAX);
        ocel_record::record(reader, what, map, Origin { line, ..origin }, &mut batch);
        if batch.data.len() > 1 << 16 {
            intake.take(std::mem::take(&mut batch), 0);
        }
    });
    match result {
        Ok(Top { header, found }) => {
            if let Some(map) = header {
                let header = reader.header(map, HEADER, &mut batch);
                intake.header(header);
            }
            if !found {
                let mistake = Mistake::Shape(ShapeSlip::NotOcelXml);
                batch.problems.push(Problem::fatal(reader.span(&(0..text.len().min(1))), mistake));
            }
        }
        Err(XmlError { place, slip }) => {
            batch.problems.push(Problem::fatal(reader.span(&place), Mistake::Xml(slip)));
        }
    }
    intake.take(batch, 0);
}

/// What stands at the top besides records.
pub(super) struct Top<'a> {
    /// The 日志 record, if the file has one.
    pub(super) header: Option<Map<'a>>,
    /// Whether there is a list of objects or events at all.
    pub(super) found: bool,
}

/// Calls `take` for every object and event. The line of an origin is left 0.
pub(super) fn log<'a>(
    file: FileId,
    text: &'a str,
    take: &mut dyn FnMut(What, Origin, Map<'a>),
) -> Result<Top<'a>, XmlError> {
    let mut xml = Xml::new(text, 0);
    let mut top = Top { header: None, found: false };
    let (mut depth, mut section) = (0, None);
    loop {
        match xml.next()? {
            Token::Start(tag) => match (depth, tag.name, section) {
                (0, _, _) => depth += usize::from(!tag.empty),
                (1, "objects", _) => {
                    top.found = true;
                    section = Some(What::Entity);
                    depth += usize::from(!tag.empty);
                }
                (1, "events", _) => {
                    top.found = true;
                    section = Some(What::Event);
                    depth += usize::from(!tag.empty);
                }
                (1, EXTENSION, _) => top.header = Some(header(&mut xml, &tag)?),
                (2, "object", Some(What::Entity)) | (2, "event", Some(What::Event)) => {
                    let map = element(&mut xml, &tag)?;
                    let length = xml.offset().saturating_sub(tag.start);
                    let origin = Origin {
                        file,
                        line: 0,
                        offset: u64::try_from(tag.start).unwrap_or(u64::MAX),
                        length: u32::try_from(length).unwrap_or(u32::MAX),
                    };
                    if let Some(what) = section {
                        take(what, origin, map);
                    }
                }
                (_, _, _) => xml.skip(&tag)?,
            },
            Token::End => depth = depth.saturating_sub(1),
            Token::Text(_) => {}
            Token::Eof => return Ok(top),
        }
    }
}

/// `<zhunsheng><value key="规则集">…</value>…</zhunsheng>`
fn header<'a>(xml: &mut Xml<'a>, tag: &Tag<'a>) -> Result<Map<'a>, XmlError> {
    let mut map = Map::new();
    while let Some(inside) = xml.inside(tag)? {
        match inside {
            Inside::Element(tag) => {
                let mut key = None;
                for attribute in tag.attributes() {
                    let attribute = attribute?;
                    if attribute.name == "key" {
                        key = Some((attribute.value, attribute.place));
                    }
                }
                let (text, place) = xml.content(&tag)?;
                if let Some((key, key_place)) = key {
                    add(&mut map, key, key_place, Node { place, shape: Shape::Text(text) });
                }
            }
            Inside::Text(_) => {}
        }
    }
    Ok(map)
}

/// Adds a value of the header; 覆盖事件 is a list however many there are.
pub(super) fn add<'a>(map: &mut Map<'a>, key: Cow<'a, str>, key_place: Place, value: Node<'a>) {
    if key != RECORDED {
        map.push(Entry { key, key_place, value });
        return;
    }
    let known = map.iter_mut().find(|entry| entry.key == key);
    match known.map(|entry| &mut entry.value.shape) {
        Some(Shape::List(items)) => items.push(value),
        Some(_) | None => {
            let place = value.place.clone();
            let value = Node { place, shape: Shape::List(vec![value]) };
            map.push(Entry { key, key_place, value });
        }
    }
}

/// The record of an `object` or `event` element again, from its text alone.
pub(super) fn reread<'t>(text: &'t str, place: &Place) -> Option<Map<'t>> {
    let mut xml = Xml::new(text.get(place.clone())?, place.start);
    match xml.next() {
        Ok(Token::Start(tag)) => element(&mut xml, &tag).ok(),
        Ok(Token::End | Token::Text(_) | Token::Eof) | Err(_) => None,
    }
}

/// An `object` or `event` element as the map its JSON would be.
fn element<'a>(xml: &mut Xml<'a>, tag: &Tag<'a>) -> Result<Map<'a>, XmlError> {
    let mut map = flat(tag)?;
    let (mut attributes, mut relationships) = (Vec::new(), Vec::new());
    // Of the two lists, whichever is open: 1 deep, their items 2 deep.
    let mut depth = usize::from(!tag.empty);
    while depth > 0 {
        match xml.next()? {
            Token::Start(inner) => match inner.name {
                "attribute" => attributes.push(attribute(xml, &inner)?),
                "relationship" => {
                    let mut pair = flat(&inner)?;
                    for entry in &mut pair {
                        if entry.key == "object-id" {
                            entry.key = Cow::Borrowed("objectId");
                        }
                    }
                    relationships.push(Node { place: inner.place(), shape: Shape::Map(pair) });
                    xml.skip(&inner)?;
                }
                _ => depth += usize::from(!inner.empty),
            },
            Token::End => depth -= 1,
            Token::Text(_) => {}
            Token::Eof => break,
        }
    }
    for (key, items) in [("attributes", attributes), ("relationships", relationships)] {
        let value = Node { place: tag.place(), shape: Shape::List(items) };
        map.push(Entry { key: Cow::Borrowed(key), key_place: tag.place(), value });
    }
    Ok(map)
}

fn attribute<'a>(xml: &mut Xml<'a>, tag: &Tag<'a>) -> Result<Node<'a>, XmlError> {
    let mut map = flat(tag)?;
    let (text, place) = xml.content(tag)?;
    let nil = map.iter().any(|entry| entry.key == "xsi:nil" && entry.value.shape.word() == Some("true"));
    let shape = if nil { Shape::Null } else { Shape::Text(text) };
    map.push(Entry { key: Cow::Borrowed("value"), key_place: tag.place(), value: Node { place, shape } });
    Ok(Node { place: tag.place(), shape: Shape::Map(map) })
}

/// The attributes of a tag.
fn flat<'a>(tag: &Tag<'a>) -> Result<Map<'a>, XmlError> {
    tag.attributes()
        .map(|attribute| {
            let attribute = attribute?;
            let value = Node { place: attribute.place.clone(), shape: Shape::Text(attribute.value) };
            Ok(Entry { key: Cow::Borrowed(attribute.name), key_place: attribute.place, value })
        })
        .collect()
}
