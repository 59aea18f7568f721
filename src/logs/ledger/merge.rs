//! What all tables say, put together: rows about one entity become one record, an event written on several rows
//! one event with a readable id. Tables are taken in order; the first to say something is kept.

use std::borrow::Cow;

use chrono::NaiveDate;
use rustc_hash::FxHashMap;

use super::harvest::{EventFound, Harvest, Value};
use super::link;
use super::problem::{LedgerSlip, Said};
use super::rows;
use crate::history::{Datum, EntityRecord, EventRecord, Moment, Origin};
use crate::logs::intake::Intake;
use crate::logs::problem::{Mistake, Problem};
use crate::source::Span;
use crate::vocabulary::{EntityTypeId, EventTypeId, Field, FieldId, FieldKind, Fields as _, Vocabulary};

/// Everything the tables of one reading say.
pub(in crate::logs) struct Ledger<'a> {
    vocabulary: &'a Vocabulary,
    entities: Vec<Entity<'a>>,
    index: FxHashMap<(EntityTypeId, Option<NaiveDate>, Cow<'a, str>), usize>,
    events: Vec<Event<'a>>,
    values: Vec<Value<'a>>,
    seen: FxHashMap<u64, usize>,
    pub(super) remarks: Vec<(String, Vec<Origin>)>,
}

pub(super) struct Entity<'a> {
    pub(super) kind: EntityTypeId,
    pub(super) id: Cow<'a, str>,
    since: Option<NaiveDate>,
    /// As first said; the row each was said on.
    pub(super) values: Vec<(Value<'a>, Place)>,
    origin: Origin,
}

/// A row of a file, and its number.
#[derive(Clone, Copy)]
pub(super) struct Place {
    origin: Origin,
    row: u32,
}

struct Event<'a> {
    kind: EventTypeId,
    id: Option<Cow<'a, str>>,
    moment: Moment,
    values: std::ops::Range<usize>,
    origin: Origin,
}

impl<'a> Ledger<'a> {
    pub(in crate::logs) fn new(vocabulary: &'a Vocabulary) -> Self {
        Self {
            vocabulary,
            entities: Vec::new(),
            index: FxHashMap::default(),
            events: Vec::new(),
            values: Vec::new(),
            seen: FxHashMap::default(),
            remarks: Vec::new(),
        }
    }

    /// Takes what a stretch of rows says; problems go to `intake`. `name`: how to call the file of a cell.
    pub(super) fn take(&mut self, harvest: Harvest<'a>, intake: &mut Intake<'a>) {
        let Harvest { entities, events, mut values, problems, mut bad, .. } = harvest;
        for problem in problems {
            intake.problem(problem);
        }
        let mut spoiled = u32::MAX;
        for found in entities {
            let place = Place { origin: found.origin, row: found.row };
            let said = values.get_mut(found.values).unwrap_or_default();
            let key = (found.kind, found.since, found.id);
            let at = match self.index.get(&key) {
                Some(at) => *at,
                None => {
                    let at = self.entities.len();
                    let (kind, since, id) = (key.0, key.1, key.2.clone());
                    self.index.insert(key, at);
                    self.entities.push(Entity { kind, id, since, values: Vec::new(), origin: place.origin });
                    at
                }
            };
            let mut problems = Vec::new();
            if let Some(entity) = self.entities.get_mut(at) {
                entity.add(said, place, self.vocabulary, &mut problems, &mut self.remarks);
            }
            if !problems.is_empty() && spoiled != found.row {
                spoiled = found.row;
                bad += 1;
            }
            for problem in problems {
                intake.problem(problem);
            }
        }
        let base = self.values.len();
        for found in events {
            self.event(found, base, &values);
        }
        self.values.append(&mut values);
        intake.skip(bad);
    }

    fn event(&mut self, found: EventFound<'a>, base: usize, values: &[Value<'a>]) {
        let EventFound { kind, id, moment, values: range, origin, hash } = found;
        let said = values.get(range.clone()).unwrap_or_default();
        if let Some(earlier) = self.seen.get(&hash).and_then(|at| self.events.get(*at))
            && (earlier.kind, earlier.moment) == (kind, moment)
            && (earlier.id == id || id.is_none())
        {
            let known = match earlier.values.start.checked_sub(base) {
                Some(start) => values.get(start..earlier.values.end.saturating_sub(base)),
                None => self.values.get(earlier.values.clone()),
            };
            let alike = |known: &[Value<'a>]| {
                known.len() == said.len()
                    && known.iter().zip(said).all(|(a, b)| a.field == b.field && a.datum == b.datum)
            };
            if known.is_some_and(alike) {
                return;
            }
        }
        self.seen.entry(hash).or_insert(self.events.len());
        let values = base + range.start..base + range.end;
        self.events.push(Event { kind, id, moment, values, origin });
    }

    /// Hands everything to the history builder.
    pub(in crate::logs) fn finish(mut self, intake: &mut Intake<'a>) -> Vec<(String, Vec<Origin>)> {
        self.link();
        let ids = self.event_ids();
        let mut data: Vec<(FieldId, Datum<'a>)> = Vec::new();
        for entity in &mut self.entities {
            data.clear();
            entity.values.sort_by_key(|(value, _)| value.field);
            data.extend(entity.values.drain(..).map(|(value, _)| (value.field, value.datum)));
            intake.count(entity.origin.file, 1, 0);
            intake.builder.entity(&EntityRecord {
                kind: entity.kind,
                id: &entity.id,
                since: entity.since,
                fields: &data,
                origin: entity.origin,
            });
        }
        for (event, id) in self.events.iter().zip(&ids) {
            data.clear();
            let values = self.values.get_mut(event.values.clone()).unwrap_or_default();
            let take =
                |value: &mut Value<'a>| (value.field, std::mem::replace(&mut value.datum, Datum::Nothing));
            data.extend(values.iter_mut().map(take));
            intake.count(event.origin.file, 0, 1);
            intake.builder.event(&EventRecord {
                kind: event.kind,
                id: Some(id),
                moment: event.moment,
                fields: &data,
                origin: event.origin,
            });
        }
        self.remarks
    }

    /// Entities known by name in one table and by number in another become one.
    fn link(&mut self) {
        let links = link::links(&self.entities, self.vocabulary);
        if links.is_empty() {
            return;
        }
        let vocabulary = self.vocabulary;
        for entity in &mut self.entities {
            let fields = vocabulary.entity(entity.kind).fields();
            for (value, _) in &mut entity.values {
                if let Some(field) = fields.get(usize::from(value.field.0)) {
                    links.follow(field, &mut value.datum);
                }
            }
        }
        for event in &self.events {
            let fields = vocabulary.event(event.kind).fields();
            for value in self.values.get_mut(event.values.clone()).unwrap_or_default() {
                if let Some(field) = fields.get(usize::from(value.field.0)) {
                    links.follow(field, &mut value.datum);
                }
            }
        }
        let (gone, kept): (Vec<_>, Vec<_>) = std::mem::take(&mut self.entities)
            .into_iter()
            .partition(|entity| links.of(entity.kind, &entity.id).is_some());
        self.entities = kept;
        let mut index: FxHashMap<(EntityTypeId, Cow<'a, str>), usize> = FxHashMap::default();
        for (at, entity) in self.entities.iter().enumerate() {
            index.entry((entity.kind, entity.id.clone())).or_insert(at);
        }
        for mut entity in gone {
            let other = links.of(entity.kind, &entity.id);
            let at = other.and_then(|other| index.get(&(entity.kind, other.clone())));
            let Some(known) = at.and_then(|at| self.entities.get_mut(*at)) else { continue };
            let fields = vocabulary.entity(entity.kind).fields();
            // What the table with the number says goes before what the other says.
            for (value, place) in entity.values.drain(..) {
                let many = fields.get(usize::from(value.field.0)).is_some_and(|field| field.many);
                let said = |known: &(Value<'a>, Place)| {
                    known.0.field == value.field && (!many || known.0.datum == value.datum)
                };
                if !known.values.iter().any(said) {
                    known.values.push((value, place));
                }
            }
        }
    }

    /// The id written, or one made of what the event is about, what it is, and a number when that is not enough.
    fn event_ids(&self) -> Vec<Cow<'a, str>> {
        let mut ids: Vec<Cow<'a, str>> = self
            .events
            .iter()
            .map(|event| event.id.clone().unwrap_or_else(|| Cow::Owned(self.event_name(event))))
            .collect();
        let made = |at: &usize| self.events.get(*at).is_some_and(|event| event.id.is_none());
        let mut order: Vec<usize> = (0..ids.len()).filter(made).collect();
        let of = |at: usize| (ids.get(at), self.events.get(at).map(|event| event.moment), at);
        rayon::slice::ParallelSliceMut::par_sort_unstable_by(order.as_mut_slice(), |a, b| {
            of(*a).cmp(&of(*b))
        });
        let mut changed: Vec<(usize, usize)> = Vec::new();
        for same in order.chunk_by(|a, b| ids.get(*a) == ids.get(*b)) {
            changed.extend(same.iter().skip(1).zip(2..).map(|(at, number)| (*at, number)));
        }
        for (at, number) in changed {
            if let Some(id) = ids.get_mut(at) {
                id.to_mut().push_str(&format!("·{number}"));
            }
        }
        ids
    }

    /// `J01·区市场监管局·公示结果`: the entities it must be about, or those it is about, then its type.
    fn event_name(&self, event: &Event<'a>) -> String {
        let declared = self.vocabulary.event(event.kind);
        let values = self.values.get(event.values.clone()).unwrap_or_default();
        let mut name = String::new();
        let any_required = declared.fields.iter().any(|field| field.required);
        let mut last = None;
        for value in values {
            let field: &Field = declared.field(value.field);
            if let Datum::Reference(id) = &value.datum
                && (field.required || (!any_required && !field.many))
                && last != Some(value.field)
            {
                name.push_str(id);
                name.push('·');
                last = Some(value.field);
            }
        }
        name.push_str(&declared.name);
        name
    }
}

impl<'a> Entity<'a> {
    /// Adds what another row says. Fields with several values grow; a text that differs is remarked upon;
    /// anything else that differs is a problem. What was said first stays.
    fn add(
        &mut self,
        said: &mut [Value<'a>],
        place: Place,
        vocabulary: &Vocabulary,
        problems: &mut Vec<Problem>,
        remarks: &mut Vec<(String, Vec<Origin>)>,
    ) {
        let before = self.values.len();
        for value in said {
            let known = self.values.get(..before).unwrap_or_default();
            let mut of_field = known.iter().filter(|(known, _)| known.field == value.field).peekable();
            if of_field.any(|(known, _)| known.datum == value.datum) {
                continue;
            }
            let field = vocabulary.entity(self.kind).field(value.field);
            let first = known.iter().find(|(known, _)| known.field == value.field);
            match first {
                Some((known, at)) if !field.many => {
                    let entity = vocabulary.entity(self.kind).name.clone();
                    let of = |value: &Value<'_>, place: &Place| Said {
                        value: shown(&value.datum),
                        cell: cell_of(value.column, place.row),
                    };
                    let (said, first) = (of(value, &place), of(known, at));
                    if field.kind == FieldKind::Text {
                        let sentence = format!(
                            "{entity}「{}」的「{}」两处写法不一样：{} 是「{}」，{} 是「{}」，以先出现的为准",
                            self.id, field.name, first.cell, first.value, said.cell, said.value
                        );
                        remarks.push((sentence, vec![at.origin, place.origin]));
                    } else {
                        let (id, field) = (self.id.clone().into_owned(), field.name.clone());
                        let slip = LedgerSlip::Conflict { entity, id, field, said, first };
                        let start = usize::try_from(place.origin.offset).unwrap_or(0);
                        let end = start + usize::try_from(place.origin.length).unwrap_or(0);
                        let span = Span::new(place.origin.file, start, end);
                        problems.push(Problem::new(span, Mistake::Ledger(Box::new(slip))));
                    }
                }
                Some(_) | None => {
                    let datum = std::mem::replace(&mut value.datum, Datum::Nothing);
                    self.values.push((Value { datum, ..value.clone() }, place));
                }
            }
        }
    }
}

fn shown(datum: &Datum<'_>) -> String {
    match datum {
        Datum::Text(text) | Datum::Reference(text) => text.clone().into_owned(),
        Datum::Bool(true) => "是".to_owned(),
        Datum::Bool(false) => "否".to_owned(),
        Datum::Number(number) => number.to_string(),
        Datum::Date(date) => date.to_string(),
        Datum::Nothing => "空".to_owned(),
    }
}

fn cell_of(column: u32, row: u32) -> String {
    match usize::try_from(column) {
        Ok(column) if column < usize::from(u16::MAX) => format!("{}{row}", rows::letters(column)),
        Ok(_) | Err(_) => format!("第 {row} 行"),
    }
}
