//! One written record → entity or event data, the same for every format: reserved keys, relations, attributes.
//! Takes a map; adds to a [`Batch`]. A record with any mistake adds only its problems.

use std::borrow::Cow;
use std::ops::Range;

use chrono::{Datelike as _, NaiveDate};

use super::node::{Entry, Map, Node, Place, Shape, repeated_keys};
use super::objects::{Objects, plain};
use super::problem::{Mistake, Problem, RECORD_YEARS, What};
use super::time;
use super::unread::Unread;
use super::value::{self, Dialect, Slip};
use crate::diagnostic::nearest;
use crate::history::{Datum, Moment, Origin};
use crate::source::{FileId, Span};
use crate::vocabulary::{EntityTypeId, EventTypeId, Field, FieldId, Vocabulary};

/// Keys that mean the same in every record.
pub(super) const HEADER: &str = "日志";
pub(super) const ENTITY: &str = "实体";
pub(super) const EVENT: &str = "事件";
pub(super) const ID: &str = "编号";
pub(super) const TIME: &str = "时间";
pub(super) const SINCE: &str = "有效起";

/// Records of a stretch of a file, in order, with everything wrong in it.
#[derive(Debug, Default)]
pub(super) struct Batch<'a> {
    pub(super) entities: Vec<EntityHead<'a>>,
    pub(super) events: Vec<EventHead<'a>>,
    /// Fields of all records; each head owns a range.
    pub(super) data: Vec<(FieldId, Datum<'a>)>,
    /// Entities whose own record is bad but whose id is clear.
    pub(super) mentions: Vec<(EntityTypeId, Cow<'a, str>, Origin)>,
    pub(super) problems: Vec<Problem>,
    /// What the vocabulary has no place for.
    pub(super) unread: Unread<'a>,
    /// Records with problems.
    pub(super) bad: usize,
}

#[derive(Debug)]
pub(super) struct EntityHead<'a> {
    pub(super) kind: EntityTypeId,
    pub(super) id: Cow<'a, str>,
    pub(super) since: Option<NaiveDate>,
    pub(super) data: Range<usize>,
    pub(super) origin: Origin,
}

#[derive(Debug)]
pub(super) struct EventHead<'a> {
    pub(super) kind: EventTypeId,
    pub(super) id: Option<Cow<'a, str>>,
    pub(super) moment: Moment,
    pub(super) data: Range<usize>,
    pub(super) origin: Origin,
}

/// A record sorted into its parts, not yet checked.
#[derive(Debug)]
pub(super) struct Draft<'a> {
    pub(super) what: What,
    /// The type's name.
    pub(super) kind: Node<'a>,
    pub(super) id: Option<Node<'a>>,
    pub(super) time: Option<Node<'a>>,
    pub(super) since: Option<NaiveDate>,
}

/// Reads the records of one file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader<'a> {
    pub(super) vocabulary: &'a Vocabulary,
    pub(super) file: FileId,
    pub(super) dialect: Dialect,
    /// With a vocabulary inferred from the logs: their objects. A relation to any other is passed over.
    pub(super) objects: Option<&'a Objects>,
}

/// The type of a record and the fields it may have.
struct Owner<'a> {
    name: &'a str,
    fields: &'a [Field],
}

impl<'a> Reader<'a> {
    pub(super) fn span(&self, place: &Place) -> Span {
        Span::new(self.file, place.start, place.end)
    }

    pub(super) fn problem(&self, place: &Place, mistake: Mistake) -> Problem {
        Problem::new(self.span(place), mistake)
    }

    /// One record of JSONL or YAML. Empties `map`.
    pub(super) fn record(&self, map: &mut Map<'a>, origin: Origin, batch: &mut Batch<'a>) {
        let found = batch.problems.len();
        let whole = whole(origin);
        self.repeated(map, batch);
        let mut fields = Map::with_capacity(map.len());
        let (mut entity, mut event, mut id, mut time, mut since) = (None, None, None, None, None);
        let mut header = None;
        for entry in map.drain(..) {
            let slot = match entry.key.as_ref() {
                ENTITY => &mut entity,
                EVENT => &mut event,
                ID => &mut id,
                TIME => &mut time,
                SINCE => &mut since,
                HEADER => &mut header,
                _ => {
                    fields.push(entry);
                    continue;
                }
            };
            slot.get_or_insert(entry);
        }
        let mut misplaced = |entry: &Entry<'a>, record: &'static str, help: &'static str| {
            let mistake = Mistake::OutOfPlace { key: entry.key.clone().into_owned(), record, help };
            batch.problems.push(self.problem(&entry.key_place, mistake));
        };
        if let Some(header) = &header {
            misplaced(header, "记录", "「日志」是首行的键，不写在实体、事件里");
        }
        let value = |entry: Option<Entry<'a>>| entry.map(|entry| entry.value);
        match (entity, event) {
            (Some(entity), Some(event)) => {
                let second = if entity.key_place.start < event.key_place.start { &event } else { &entity };
                misplaced(second, "同一条", "「实体」和「事件」只能写一个，分成两条来记");
                batch.bad += 1;
            }
            (Some(entity), None) => {
                if let Some(time) = &time {
                    misplaced(time, "实体", "实体从某天起取新值，用「有效起」");
                }
                let since = since.and_then(|entry| self.day(SINCE, entry.value, batch));
                let draft =
                    Draft { what: What::Entity, kind: entity.value, id: value(id), time: None, since };
                self.draft(draft, fields, origin, found, batch);
            }
            (None, Some(event)) => {
                if let Some(since) = &since {
                    misplaced(since, "事件", "事件发生的时间，用「时间」");
                }
                let (id, time) = (value(id), value(time));
                let draft = Draft { what: What::Event, kind: event.value, id, time, since: None };
                self.draft(draft, fields, origin, found, batch);
            }
            (None, None) => {
                let near = fields
                    .iter()
                    .find_map(|entry| Some((entry, nearest(&entry.key, [ENTITY, EVENT, HEADER])?)))
                    .map(|(entry, kind)| (entry.key.clone().into_owned(), kind, entry.key_place.clone()));
                let place = near.as_ref().map_or(whole, |(_, _, place)| place.clone());
                let near = near.and_then(|(key, kind, _)| {
                    [ENTITY, EVENT, HEADER].into_iter().find(|known| *known == kind).map(|kind| (key, kind))
                });
                batch.problems.push(self.problem(&place, Mistake::NoKind { near }));
                batch.bad += 1;
            }
        }
    }

    /// Says which keys an object repeats.
    pub(super) fn repeated(&self, map: &[Entry<'a>], batch: &mut Batch<'a>) {
        for (at, first) in repeated_keys(map) {
            if let (Some(entry), Some(first)) = (map.get(at), map.get(first)) {
                let mistake = Mistake::RepeatedKey {
                    key: entry.key.clone().into_owned(),
                    first: self.span(&first.key_place),
                };
                batch.problems.push(self.problem(&entry.key_place, mistake));
            }
        }
    }

    /// A record whose parts are known. `found` is the number of problems before this record.
    pub(super) fn draft(
        &self,
        draft: Draft<'a>,
        fields: Map<'a>,
        origin: Origin,
        found: usize,
        batch: &mut Batch<'a>,
    ) {
        match draft.what {
            What::Entity => self.entity(draft, fields, origin, found, batch),
            What::Event => self.event(draft, fields, origin, found, batch),
        }
    }

    fn entity(&self, draft: Draft<'a>, fields: Map<'a>, origin: Origin, found: usize, batch: &mut Batch<'a>) {
        let Some(name) = self.kind_name(What::Entity, &draft.kind, batch) else {
            batch.bad += 1;
            return;
        };
        let id = self.id(draft.id, batch);
        let Some(kind) = self.found(&name, |name| self.vocabulary.entity_by_name(name)) else {
            let known: Vec<&str> = self.vocabulary.entities().map(|(_, kind)| kind.name.as_str()).collect();
            let near = nearest(&name, known.iter().copied());
            if let (Some(id), Some(meant)) = (id, near.and_then(|near| self.vocabulary.entity_by_name(near)))
            {
                batch.mentions.push((meant, id, origin));
            }
            let near = near.map(str::to_owned);
            let other = self.vocabulary.event_by_name(&name).is_some();
            let known = known.into_iter().map(str::to_owned).collect();
            let mistake =
                Mistake::UnknownType { what: What::Entity, name: name.into_owned(), near, other, known };
            batch.problems.push(self.problem(&draft.kind.place, mistake));
            batch.bad += 1;
            return;
        };
        let declared = self.vocabulary.entity(kind);
        let owner = Owner { name: &declared.name, fields: &declared.fields };
        if id.is_none() && batch.problems.len() == found {
            self.missing(&owner, ID, "\"编号\":\"…\"", &draft.kind, batch);
        }
        let since = draft.since;
        let start = batch.data.len();
        self.fields(&owner, fields, since.is_none(), &draft.kind.place, batch);
        match id {
            Some(id) if batch.problems.len() == found => {
                batch.entities.push(EntityHead { kind, id, since, data: start..batch.data.len(), origin });
            }
            id => {
                batch.data.truncate(start);
                batch.bad += 1;
                batch.mentions.extend(id.map(|id| (kind, id, origin)));
            }
        }
    }

    fn event(&self, draft: Draft<'a>, fields: Map<'a>, origin: Origin, found: usize, batch: &mut Batch<'a>) {
        let Some(name) = self.kind_name(What::Event, &draft.kind, batch) else {
            batch.bad += 1;
            return;
        };
        let Some(kind) = self.found(&name, |name| self.vocabulary.event_by_name(name)) else {
            let known: Vec<&str> = self.vocabulary.events().map(|(_, kind)| kind.name.as_str()).collect();
            let near = nearest(&name, known.iter().copied()).map(str::to_owned);
            let other = self.vocabulary.entity_by_name(&name).is_some();
            let known = known.into_iter().map(str::to_owned).collect();
            let mistake =
                Mistake::UnknownType { what: What::Event, name: name.into_owned(), near, other, known };
            batch.problems.push(self.problem(&draft.kind.place, mistake));
            batch.bad += 1;
            return;
        };
        let declared = self.vocabulary.event(kind);
        let owner = Owner { name: &declared.name, fields: &declared.fields };
        let id = self.id(draft.id, batch);
        let moment = match draft.time {
            Some(node) if !is_null(&node) => self.moment(node, batch),
            Some(_) | None => {
                self.missing(&owner, TIME, "\"时间\":\"2025-05-06\"", &draft.kind, batch);
                None
            }
        };
        let start = batch.data.len();
        self.fields(&owner, fields, true, &draft.kind.place, batch);
        match moment {
            Some(moment) if batch.problems.len() == found => {
                batch.events.push(EventHead { kind, id, moment, data: start..batch.data.len(), origin });
            }
            Some(_) | None => {
                batch.data.truncate(start);
                batch.bad += 1;
            }
        }
    }

    /// By its own name; in formats of other tools also by the name the rule language can write.
    pub(super) fn found<T>(&self, name: &str, by_name: impl Fn(&str) -> Option<T>) -> Option<T> {
        by_name(name).or_else(|| match self.dialect {
            Dialect::Ocel => by_name(&plain(name)),
            Dialect::Json | Dialect::Yaml => None,
        })
    }

    /// Relations and attributes. `complete`: this record must have every required field.
    fn fields(
        &self,
        owner: &Owner<'a>,
        fields: Map<'a>,
        complete: bool,
        kind: &Place,
        batch: &mut Batch<'a>,
    ) {
        let mut given: u64 = 0;
        let mut slips: Vec<Slip> = Vec::new();
        for entry in fields {
            let Some((id, field)) = self.found(&entry.key, |key| owner.field(key)) else {
                let mistake = self.unknown_key(owner, &entry.key);
                batch.problems.push(self.problem(&entry.key_place, mistake));
                continue;
            };
            let has = value::read(
                self.vocabulary,
                field,
                id,
                entry.value,
                self.dialect,
                &mut batch.data,
                &mut slips,
            );
            given |= u64::from(has).checked_shl(u32::from(id.0)).unwrap_or(0);
        }
        batch.problems.extend(slips.into_iter().map(|(place, mistake)| self.problem(&place, mistake)));
        if complete {
            for (bit, field) in (0u32..).zip(owner.fields).filter(|(_, field)| field.required) {
                if given.checked_shr(bit).unwrap_or(0) & 1 == 0 {
                    let mistake =
                        Mistake::MissingField { owner: owner.name.to_owned(), field: field.name.clone() };
                    batch.problems.push(self.problem(kind, mistake));
                }
            }
        }
    }

    fn unknown_key(&self, owner: &Owner<'a>, key: &str) -> Mistake {
        let known = owner.fields.iter().map(|field| field.name.as_str());
        let near = nearest(key, known.clone().chain([ID, TIME, SINCE])).map(str::to_owned);
        let known = known.map(str::to_owned).collect();
        Mistake::UnknownKey { owner: owner.name.to_owned(), key: key.to_owned(), near, known }
    }

    fn missing(
        &self,
        owner: &Owner<'a>,
        key: &'static str,
        example: &'static str,
        kind: &Node<'a>,
        batch: &mut Batch<'a>,
    ) {
        let mistake = Mistake::MissingReserved { owner: owner.name.to_owned(), key, example };
        batch.problems.push(self.problem(&kind.place, mistake));
    }

    fn kind_name(&self, what: What, node: &Node<'a>, batch: &mut Batch<'a>) -> Option<Cow<'a, str>> {
        let field = what.word().to_owned();
        let wanted = format!("{field}的类型名");
        self.word(field, wanted, node.clone(), batch)
    }

    /// `None` also when there is none; a wrong one is reported.
    fn id(&self, node: Option<Node<'a>>, batch: &mut Batch<'a>) -> Option<Cow<'a, str>> {
        let node = node.filter(|node| !is_null(node))?;
        let id = self.word(ID.to_owned(), "文本".to_owned(), node, batch)?;
        (!id.trim().is_empty()).then_some(id)
    }

    fn word(
        &self,
        field: String,
        wanted: String,
        node: Node<'a>,
        batch: &mut Batch<'a>,
    ) -> Option<Cow<'a, str>> {
        let place = node.place;
        match node.shape.into_word() {
            Ok(word) => Some(word),
            Err(shape) => {
                let mistake = Mistake::WrongType { field, wanted, found: shape.described(), fix: None };
                batch.problems.push(self.problem(&place, mistake));
                None
            }
        }
    }

    fn moment(&self, node: Node<'a>, batch: &mut Batch<'a>) -> Option<Moment> {
        let written = self.time_word(TIME, &node, batch)?;
        let mistake = match time::moment(written) {
            Ok(moment) if RECORD_YEARS.contains(&moment.date.year()) => {
                // OCEL must write a time; midnight is how it says that there is none.
                let midnight =
                    self.dialect == Dialect::Ocel && moment.millis == Some(0) && !time::is_exact(written);
                return Some(if midnight { Moment::day(moment.date) } else { moment });
            }
            Ok(_) => out_of_range(TIME, written),
            Err(slip) => Mistake::BadTime { key: TIME.to_owned(), written: written.to_owned(), slip },
        };
        batch.problems.push(self.problem(&node.place, mistake));
        None
    }

    /// A date of a reserved key.
    pub(super) fn day(&self, key: &str, node: Node<'a>, batch: &mut Batch<'a>) -> Option<NaiveDate> {
        if is_null(&node) {
            return None;
        }
        let written = self.time_word(key, &node, batch)?;
        let mistake = match time::date(written) {
            Ok(date) if RECORD_YEARS.contains(&date.year()) => return Some(date),
            Ok(_) => out_of_range(key, written),
            Err(slip) => Mistake::BadTime { key: key.to_owned(), written: written.to_owned(), slip },
        };
        batch.problems.push(self.problem(&node.place, mistake));
        None
    }

    fn time_word<'n>(&self, key: &str, node: &'n Node<'a>, batch: &mut Batch<'a>) -> Option<&'n str> {
        let word = node.shape.word();
        if word.is_none() {
            let field = key.to_owned();
            let mistake = if let Shape::List(items) = &node.shape {
                Mistake::SeveralValues { field, count: items.len() }
            } else {
                let wanted = "日期（如 2025-05-06）".to_owned();
                Mistake::WrongType { field, wanted, found: node.shape.described(), fix: None }
            };
            batch.problems.push(self.problem(&node.place, mistake));
        }
        word
    }
}

impl<'a> Owner<'a> {
    fn field(&self, key: &str) -> Option<(FieldId, &'a Field)> {
        (0u16..).map(FieldId).zip(self.fields).find(|(_, field)| field.name == key)
    }
}

fn out_of_range(key: &str, written: &str) -> Mistake {
    Mistake::OutOfRange { key: key.to_owned(), written: written.to_owned(), years: RECORD_YEARS }
}

pub(super) fn is_null(node: &Node<'_>) -> bool {
    match &node.shape {
        Shape::Null => true,
        Shape::Plain(word) => value::is_null(word),
        Shape::Bool(_)
        | Shape::Number(_)
        | Shape::Text(_)
        | Shape::List(_)
        | Shape::Map(_)
        | Shape::TooDeep => false,
    }
}

/// Where a record is in its file.
pub(super) fn whole(origin: Origin) -> Place {
    let start = usize::try_from(origin.offset).unwrap_or(usize::MAX);
    start..start.saturating_add(usize::try_from(origin.length).unwrap_or(0))
}
