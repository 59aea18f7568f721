//! Problems that only the whole log shows → [`Problem`]s at exact places, by reading the record again:
//! keeping a place for every reference of ten million events would cost more than the events.

use super::format::LogFormat;
use super::json::Piece;
use super::ledger;
use super::node::{Entry, Map, Node, Place, Shape, find};
use super::objects::plain;
use super::ocel_xml;
use super::problem::{Mistake, Problem};
use super::record::{ID, whole};
use super::{xes, yaml};
use crate::diagnostic::nearest;
use crate::history::{EntityRef, History, HistoryProblem, Origin};
use crate::source::{FileId, SourceMap, Span};
use crate::vocabulary::Vocabulary;

/// Known ids looked at for a suggestion; past that, looking would take longer than reading.
const MAX_SUGGESTIONS: usize = 50_000;

/// What is needed to find a place again.
pub(super) struct Locator<'l> {
    pub(super) sources: &'l SourceMap,
    pub(super) formats: &'l [(FileId, LogFormat)],
    pub(super) vocabulary: &'l Vocabulary,
    pub(super) history: &'l History,
}

impl Locator<'_> {
    pub(super) fn problem(&self, problem: &HistoryProblem) -> Problem {
        match problem {
            HistoryProblem::Dangling { origin, field, entity, id } => {
                let range = self.history.entities(*entity);
                let known = range.clone().take(MAX_SUGGESTIONS).map(|e| self.history.entity_id(EntityRef(e)));
                let mistake = Mistake::Dangling {
                    field: field.clone(),
                    entity: self.vocabulary.entity(*entity).name.clone(),
                    id: id.clone(),
                    near: nearest(id, known).map(str::to_owned),
                    none: range.is_empty(),
                };
                Problem::new(self.span(*origin, Part::Reference { field, id }), mistake)
            }
            HistoryProblem::RepeatedEvent { origin, first, id } => {
                let (owner, first) = ("事件".to_owned(), self.span(*first, Part::Id));
                let mistake = Mistake::RepeatedId { owner, id: id.clone(), first, since: false };
                Problem::new(self.span(*origin, Part::Id), mistake)
            }
            HistoryProblem::RepeatedEntity { origin, first, entity, id, since: _ } => {
                let owner = self.vocabulary.entity(*entity).name.clone();
                let first = self.span(*first, Part::Id);
                let mistake = Mistake::RepeatedId { owner, id: id.clone(), first, since: true };
                Problem::new(self.span(*origin, Part::Id), mistake)
            }
        }
    }

    fn span(&self, origin: Origin, part: Part<'_>) -> Span {
        let format = self.formats.iter().find(|(file, _)| *file == origin.file);
        let place = match format {
            Some((_, format)) => locate(self.sources.file(origin.file).text(), origin, *format, part),
            None => whole(origin),
        };
        Span::new(origin.file, place.start, place.end)
    }
}

/// What to look for in a record.
#[derive(Clone, Copy, Debug)]
enum Part<'p> {
    /// Its own 编号.
    Id,
    /// The 编号 that a relation names.
    Reference { field: &'p str, id: &'p str },
}

/// The place of a part; of the whole record if it cannot be told.
fn locate(text: &str, origin: Origin, format: LogFormat, part: Part<'_>) -> Place {
    let place = whole(origin);
    let found = match format {
        LogFormat::Yaml => yaml::reread(text, place.clone(), |map| in_record(map, part)),
        LogFormat::Jsonl => object(text, &place).and_then(|map| in_record(&map, part)),
        LogFormat::OcelXml => ocel_xml::reread(text, &place).and_then(|map| in_object(&map, part)),
        LogFormat::Xes => xes::reread(text, &place).and_then(|map| in_xes(&map, part)),
        LogFormat::Ocel => object(text, &place).and_then(|map| in_object(&map, part)),
        LogFormat::Table => match part {
            Part::Id => None,
            Part::Reference { id, .. } => ledger::cell_with(text, &place, id),
        },
    };
    found.unwrap_or(place)
}

fn object<'t>(text: &'t str, place: &Place) -> Option<Map<'t>> {
    let mut map = Map::new();
    let piece = Piece { text: text.get(place.clone())?, base: place.start };
    piece.object(&mut map).ok().map(|()| map)
}

fn in_record(map: &[Entry<'_>], part: Part<'_>) -> Option<Place> {
    match part {
        Part::Id => find(map, ID).map(|entry| entry.value.place.clone()),
        Part::Reference { field, id } => {
            let value = &find(map, field)?.value;
            let is_it = |node: &&Node<'_>| node.shape.word() == Some(id);
            let node = match &value.shape {
                Shape::List(items) => items.iter().find(is_it),
                Shape::Null
                | Shape::Bool(_)
                | Shape::Number(_)
                | Shape::Text(_)
                | Shape::Plain(_)
                | Shape::Map(_)
                | Shape::TooDeep => Some(value).filter(is_it),
            };
            node.map(|node| node.place.clone())
        }
    }
}

fn in_xes(map: &[Entry<'_>], part: Part<'_>) -> Option<Place> {
    match part {
        Part::Id => {
            let entry = find(map, xes::ID).or_else(|| find(map, ID)).or_else(|| find(map, xes::NAME))?;
            Some(entry.value.place.clone())
        }
        Part::Reference { field, .. } => {
            let named = map.iter().find(|entry| entry.key == field || plain(&entry.key) == field)?;
            in_record(std::slice::from_ref(named), part).or_else(|| Some(named.value.place.clone()))
        }
    }
}

fn in_object(map: &[Entry<'_>], part: Part<'_>) -> Option<Place> {
    let (field, id) = match part {
        Part::Id => return find(map, "id").map(|entry| entry.value.place.clone()),
        Part::Reference { field, id } => (field, id),
    };
    let Shape::List(items) = &find(map, "relationships")?.value.shape else { return None };
    items.iter().find_map(|item| {
        let Shape::Map(pair) = &item.shape else { return None };
        let value = &find(pair, "objectId")?.value;
        let qualifier = find(pair, "qualifier")?.value.shape.word()?;
        let same = (qualifier == field || plain(qualifier) == field) && value.shape.word() == Some(id);
        same.then(|| value.place.clone())
    })
}
