//! XES: a trace is an entity, its events happen to it. `concept:name` is the event's type, `time:timestamp` its time,
//! `identity:id` its 编号; every other key is a relation or attribute, and one the vocabulary does not have is counted.
//! The text is cut after traces into pieces that are read in parallel; what stands before the first is `xes_head`.

use std::borrow::Cow;

use rayon::prelude::*;

use super::intake::Intake;
use super::node::{Entry, Map, Node, Place, Shape};
use super::ocel_record::NAMELESS;
use super::problem::{Mistake, Problem, What};
use super::record::{Batch, Draft, HEADER, Reader};
use super::unread::Why;
use super::xes_case::{self, Case};
use super::xes_head::{self, Head};
use super::xml::{Inside, Tag, Token, Xml, XmlError, XmlSlip};
use crate::history::Origin;
use crate::progress::Progress;
use crate::source::LineTable;
use crate::vocabulary::Field;

/// Keys of the standard's extensions that say what a record is.
pub(super) const NAME: &str = "concept:name";
pub(super) const TIME: &str = "time:timestamp";
pub(super) const ID: &str = "identity:id";
/// The trace of the events that belong to no entity of the case type.
pub const NO_CASE: &str = "zhunsheng:none";

/// Bytes of text read as one piece.
const PIECE: usize = 1 << 20;

/// Reads a whole file into `intake`; `case`: the entity type of traces, if the caller says so.
/// Broken XML ends the reading of its piece, with one problem. Gives how many bytes were reported as read on the way.
pub(super) fn read<'a>(
    reader: Reader<'a>,
    text: &'a str,
    lines: &LineTable,
    case: Option<&str>,
    intake: &mut Intake<'a>,
    progress: Progress,
) -> usize {
    let mut batch = Batch::default();
    let head = match xes_head::read(text) {
        Ok(head) => head,
        Err(error) => {
            batch.problems.push(fatal(reader, error));
            intake.take(batch, 0);
            return 0;
        }
    };
    if !head.header.is_empty() {
        let header = reader.header(head.header.clone(), HEADER, &mut batch);
        intake.header(header);
    }
    for (map, place) in &head.entities {
        reader.record(&mut map.clone(), origin(reader, place, lines), &mut batch);
    }
    let case = match xes_case::find(reader, text, &head, case) {
        Ok(case) => case,
        Err(mistake) => {
            batch.problems.push(Problem::fatal(reader.span(&head.log), mistake));
            intake.take(batch, 0);
            return 0;
        }
    };
    intake.take(batch, 0);
    let pieces = cut(text, head.end);
    let at_once = rayon::current_num_threads().max(1) * 4;
    for group in pieces.chunks(at_once) {
        let batches: Vec<Batch<'a>> = group
            .par_iter()
            .map(|piece| {
                let mut piece_reader =
                    PieceReader { reader, head: &head, case: &case, lines, batch: Batch::default() };
                if let Err(error) = piece_reader.read(text, piece.clone()) {
                    piece_reader.batch.problems.push(fatal(reader, error));
                }
                progress.add(u64::try_from(piece.len()).unwrap_or(0));
                piece_reader.batch
            })
            .collect();
        for batch in batches {
            intake.take(batch, 0);
        }
    }
    if memchr::memmem::rfind(text.as_bytes(), b"log>").is_none_or(|at| at < head.end) && !head.closed {
        let end = text.len();
        intake.problem(fatal(reader, XmlError { place: end..end, slip: XmlSlip::Truncated }));
    }
    pieces.iter().map(Place::len).sum()
}

fn fatal(reader: Reader<'_>, XmlError { place, slip }: XmlError) -> Problem {
    Problem::fatal(reader.span(&place), Mistake::Xml(slip))
}

fn origin(reader: Reader<'_>, place: &Place, lines: &LineTable) -> Origin {
    Origin {
        file: reader.file,
        line: u32::try_from(lines.line(place.start)).unwrap_or(u32::MAX),
        offset: u64::try_from(place.start).unwrap_or(u64::MAX),
        length: u32::try_from(place.len()).unwrap_or(u32::MAX),
    }
}

/// Pieces of about [`PIECE`] bytes that end after a trace.
pub(super) fn cut(text: &str, start: usize) -> Vec<Place> {
    const END: &[u8] = b"</trace>";
    let bytes = text.as_bytes();
    let finder = memchr::memmem::Finder::new(END);
    let mut pieces = Vec::with_capacity(bytes.len() / PIECE + 1);
    let mut from = start;
    while from < bytes.len() {
        let wanted = from.saturating_add(PIECE).min(bytes.len());
        let rest = bytes.get(wanted..).unwrap_or_default();
        let to = finder.find(rest).map_or(bytes.len(), |at| wanted + at + END.len());
        pieces.push(from..to);
        from = to;
    }
    pieces
}

struct PieceReader<'a, 'h> {
    reader: Reader<'a>,
    head: &'h Head<'a>,
    case: &'h Case<'a>,
    lines: &'h LineTable,
    batch: Batch<'a>,
}

impl<'a> PieceReader<'a, '_> {
    fn read(&mut self, text: &'a str, piece: Place) -> Result<(), XmlError> {
        let mut xml = Xml::piece(text.get(piece.clone()).unwrap_or(""), piece.start);
        loop {
            match xml.next()? {
                Token::Start(tag) => match tag.name {
                    "trace" => self.trace(&mut xml, &tag)?,
                    "event" => self.event(&mut xml, &tag, None)?,
                    _ => xml.skip(&tag)?,
                },
                Token::End | Token::Text(_) => {}
                Token::Eof => return Ok(()),
            }
        }
    }

    fn trace(&mut self, xml: &mut Xml<'a>, tag: &Tag<'a>) -> Result<(), XmlError> {
        let mut attributes = Map::new();
        let mut id = None;
        let mut begun = false;
        while let Some(inside) = xml.inside(tag)? {
            match inside {
                Inside::Element(inner) if inner.name == "event" => {
                    if !begun {
                        id = self.entity(tag, std::mem::take(&mut attributes));
                        begun = true;
                    }
                    self.event(xml, &inner, id.as_ref())?;
                }
                Inside::Element(inner) => attributes.extend(attribute(xml, &inner)?),
                Inside::Text(_) => {}
            }
        }
        if !begun {
            self.entity(tag, attributes);
        }
        Ok(())
    }

    /// The trace's own record; gives its 编号 for its events.
    fn entity(&mut self, tag: &Tag<'a>, mut attributes: Map<'a>) -> Option<Node<'a>> {
        let place = tag.place();
        let id = take(&mut attributes, NAME).or_else(|| take(&mut attributes, ID));
        if id.as_ref().is_some_and(|id| id.value.shape.word() == Some(NO_CASE)) {
            return None;
        }
        let kind = self.case.kind?;
        let origin = origin(self.reader, &place, self.lines);
        let id = id.map(|entry| entry.value);
        if self.head.has_entities {
            return id;
        }
        self.head.fill_trace(&mut attributes);
        let declared = self.reader.vocabulary.entity(kind);
        let fields = self.known(attributes, &declared.fields, origin);
        let found = self.batch.problems.len();
        let shape = Shape::Text(Cow::Borrowed(declared.name.as_str()));
        let draft = Draft {
            what: What::Entity,
            kind: Node { place, shape },
            id: id.clone(),
            time: None,
            since: None,
        };
        self.reader.draft(draft, fields, origin, found, &mut self.batch);
        id
    }

    fn event(&mut self, xml: &mut Xml<'a>, tag: &Tag<'a>, case: Option<&Node<'a>>) -> Result<(), XmlError> {
        let mut attributes = Map::with_capacity(8);
        while let Some(inside) = xml.inside(tag)? {
            match inside {
                Inside::Element(inner) => attributes.extend(attribute(xml, &inner)?),
                Inside::Text(_) => {}
            }
        }
        let place = tag.start..xml.offset();
        let origin = origin(self.reader, &place, self.lines);
        let found = self.batch.problems.len();
        let Some(kind) = take(&mut attributes, NAME) else {
            let (owner, key, example) =
                ("事件".to_owned(), NAME, "<string key=\"concept:name\" value=\"…\"/>");
            let mistake = Mistake::MissingReserved { owner, key, example };
            self.batch.problems.push(self.reader.problem(&tag.place(), mistake));
            self.batch.bad += 1;
            return Ok(());
        };
        let time = take(&mut attributes, TIME).map(|entry| entry.value);
        let id = take(&mut attributes, ID)
            .map(|entry| entry.value)
            .filter(|id| id.shape.word().is_none_or(|id| !id.starts_with(NAMELESS)));
        self.head.fill_event(&mut attributes);
        let name = kind.value.shape.word().unwrap_or("");
        let vocabulary = self.reader.vocabulary;
        if let Some(event) = self.reader.found(name, |name| vocabulary.event_by_name(name)) {
            attributes = self.known(attributes, &vocabulary.event(event).fields, origin);
            if let (Some(case), Some(field)) = (case, self.case.field(event))
                && !attributes.iter().any(|entry| entry.key == field)
            {
                attributes.push(Entry {
                    key: Cow::Borrowed(field),
                    key_place: case.place.clone(),
                    value: case.clone(),
                });
            }
        }
        let draft = Draft { what: What::Event, kind: kind.value, id, time, since: None };
        self.reader.draft(draft, attributes, origin, found, &mut self.batch);
        Ok(())
    }

    /// The attributes that the vocabulary has; the others are counted.
    fn known(&mut self, mut attributes: Map<'a>, fields: &[Field], origin: Origin) -> Map<'a> {
        let named = |name: &str| fields.iter().any(|field| field.name == name).then_some(());
        attributes.retain(|entry| {
            let known = self.reader.found(&entry.key, named).is_some();
            if !known {
                self.batch.unread.note(Why::Key, &entry.key, origin);
            }
            known
        });
        attributes
    }
}

fn take<'a>(map: &mut Map<'a>, key: &str) -> Option<Entry<'a>> {
    let at = map.iter().position(|entry| entry.key == key)?;
    Some(map.swap_remove(at))
}

/// One attribute element with everything in it; `None` without a key.
pub(super) fn attribute<'a>(xml: &mut Xml<'a>, tag: &Tag<'a>) -> Result<Option<Entry<'a>>, XmlError> {
    let (mut key, mut value) = (None, None);
    for attribute in tag.attributes() {
        let attribute = attribute?;
        match attribute.name {
            "key" => key = Some((attribute.value, attribute.place)),
            "value" => value = Some((attribute.value, attribute.place)),
            _ => {}
        }
    }
    let shape = match tag.name {
        "list" | "values" | "container" => {
            let mut entries = Map::new();
            children(xml, tag, &mut entries)?;
            if tag.name == "container" {
                Shape::Map(entries)
            } else {
                Shape::List(entries.into_iter().map(|entry| entry.value).collect())
            }
        }
        _ => {
            xml.skip(tag)?;
            Shape::Null
        }
    };
    let Some((key, key_place)) = key else { return Ok(None) };
    let value = match value {
        Some((text, place)) => Node { place, shape: scalar(tag.name, text) },
        None => Node { place: tag.place(), shape },
    };
    Ok(Some(Entry { key, key_place, value }))
}

/// A value by the element it stands in.
fn scalar<'a>(element: &str, text: Cow<'a, str>) -> Shape<'a> {
    match (element, text) {
        ("int" | "float", Cow::Borrowed(literal)) => Shape::Number(literal),
        ("boolean", text) if text == "true" || text == "false" => Shape::Bool(text == "true"),
        (_, text) => Shape::Text(text),
    }
}

/// The attributes inside a list or container; those in `<values>` count as its own.
fn children<'a>(xml: &mut Xml<'a>, tag: &Tag<'a>, into: &mut Map<'a>) -> Result<(), XmlError> {
    while let Some(inside) = xml.inside(tag)? {
        match inside {
            Inside::Element(inner) if inner.name == "values" => children(xml, &inner, into)?,
            Inside::Element(inner) => into.extend(attribute(xml, &inner)?),
            Inside::Text(_) => {}
        }
    }
    Ok(())
}

/// The attributes of an event or trace again, from its text alone.
pub(super) fn reread<'t>(text: &'t str, place: &Place) -> Option<Map<'t>> {
    let mut xml = Xml::piece(text.get(place.clone())?, place.start);
    let mut map = Map::new();
    match xml.next() {
        Ok(Token::Start(tag)) => children(&mut xml, &tag, &mut map).ok().map(|()| map),
        Ok(Token::End | Token::Text(_) | Token::Eof) | Err(_) => None,
    }
}
