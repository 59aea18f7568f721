//! Records in, in any order. Texts are interned and values go straight into columns, so that
//! a record costs no allocation of its own. What only the whole log can show is found in `finish`.

use std::borrow::Cow;

use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;
use rustc_hash::{FxBuildHasher, FxHashMap};
use string_interner::symbol::SymbolU32;
use string_interner::{DefaultBackend, StringInterner, Symbol as _};

use super::column::{Column, NONE};
use super::texts::Texts;
use super::{Cell, Holder, Moment, Origin};
use crate::vocabulary::{EntityTypeId, EventTypeId, FieldId, Vocabulary};

/// One value of a record, already of the kind its field declares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Datum<'a> {
    /// A text, or the canonical name of an enumeration term.
    Text(Cow<'a, str>),
    Bool(bool),
    Number(Decimal),
    Date(NaiveDate),
    /// The 编号 of an entity of the type the relation declares.
    Reference(Cow<'a, str>),
    /// The field is named but has no value: for an entity, none from that day on.
    Nothing,
}

/// A line about an entity. Fields not named keep their earlier value.
#[derive(Clone, Debug)]
pub struct EntityRecord<'r, 'a> {
    pub kind: EntityTypeId,
    pub id: &'r str,
    /// 有效起: the first day these values hold; `None` = from the beginning.
    pub since: Option<NaiveDate>,
    /// A field with several values stands several times, in order.
    pub fields: &'r [(FieldId, Datum<'a>)],
    pub origin: Origin,
}

/// A line about an event.
#[derive(Clone, Debug)]
pub struct EventRecord<'r, 'a> {
    pub kind: EventTypeId,
    pub id: Option<&'r str>,
    pub moment: Moment,
    /// A field with several values stands several times, in order.
    pub fields: &'r [(FieldId, Datum<'a>)],
    pub origin: Origin,
}

/// One line about an entity; its values are `values[start..end]` of its type.
#[derive(Clone, Copy, Debug)]
pub(super) struct EntityLine {
    pub(super) id: Cell,
    pub(super) since: Option<NaiveDate>,
    pub(super) origin: Origin,
    pub(super) start: u32,
    pub(super) end: u32,
}

/// All lines about entities of one type.
#[derive(Debug, Default)]
pub(super) struct EntityRows {
    pub(super) lines: Vec<EntityLine>,
    pub(super) values: Vec<(FieldId, Cell)>,
    /// Entities known only from lines that could not be used.
    pub(super) mentions: Vec<(Cell, Origin)>,
}

/// All events of one type; row `r` of every list is one event.
#[derive(Debug)]
pub(super) struct EventRows {
    /// 编号; empty = none. Not interned: nothing refers to an event, and nearly all differ.
    pub(super) ids: Texts,
    pub(super) moments: Vec<Moment>,
    pub(super) origins: Vec<Origin>,
    pub(super) columns: Vec<Column>,
}

pub(super) type Interner = StringInterner<DefaultBackend, FxBuildHasher>;

/// Collects records; [`HistoryBuilder::finish`] makes the history.
#[derive(Debug)]
pub struct HistoryBuilder<'v> {
    pub(super) vocabulary: &'v Vocabulary,
    pub(super) interner: Interner,
    pub(super) numbers: Vec<Decimal>,
    number_index: FxHashMap<Decimal, Cell>,
    pub(super) entities: Vec<EntityRows>,
    pub(super) events: Vec<EventRows>,
    /// Per event type, whether the logs record it.
    pub(super) recorded: Vec<bool>,
    /// The fields the logs have a place for, sorted; `None` = all.
    pub(super) given: Option<Vec<(Holder, FieldId)>>,
}

impl<'v> HistoryBuilder<'v> {
    pub fn new(vocabulary: &'v Vocabulary) -> Self {
        Self {
            vocabulary,
            interner: Interner::with_hasher(FxBuildHasher),
            given: None,
            recorded: vec![true; vocabulary.events().len()],
            numbers: Vec::new(),
            number_index: FxHashMap::default(),
            entities: vocabulary.entities().map(|_| EntityRows::default()).collect(),
            events: vocabulary
                .events()
                .map(|(_, kind)| EventRows {
                    ids: Texts::default(),
                    moments: Vec::new(),
                    origins: Vec::new(),
                    columns: kind.fields.iter().map(|field| Column::new(field.many)).collect(),
                })
                .collect(),
        }
    }

    /// The logs record events of these types only: having none of another says nothing about it.
    pub fn records_only(&mut self, kinds: &[EventTypeId]) {
        for (kind, recorded) in (0u16..).map(EventTypeId).zip(&mut self.recorded) {
            *recorded = kinds.contains(&kind);
        }
    }

    /// The logs have a place for these fields only: that another is empty says nothing about it.
    pub fn gives_only(&mut self, fields: &[(Holder, FieldId)]) {
        let mut given = fields.to_vec();
        given.sort_unstable();
        given.dedup();
        self.given = Some(given);
    }

    /// Adds an entity line. References are kept as ids and resolved by [`HistoryBuilder::finish`].
    pub fn entity(&mut self, record: &EntityRecord<'_, '_>) {
        let id = self.intern(record.id);
        let start = self.entities.get(usize::from(record.kind.0)).map_or(0, |rows| rows.values.len());
        for (field, datum) in record.fields {
            let cell = self.store(datum);
            if let Some(rows) = self.entities.get_mut(usize::from(record.kind.0)) {
                rows.values.push((*field, cell));
            }
        }
        if let Some(rows) = self.entities.get_mut(usize::from(record.kind.0)) {
            let (start, end) = (index(start), index(rows.values.len()));
            rows.lines.push(EntityLine { id, since: record.since, origin: record.origin, start, end });
        }
    }

    /// An entity whose line could not be used: references to it are sound, its values unknown.
    pub fn mention(&mut self, kind: EntityTypeId, id: &str, origin: Origin) {
        let id = self.intern(id);
        if let Some(rows) = self.entities.get_mut(usize::from(kind.0)) {
            rows.mentions.push((id, origin));
        }
    }

    /// Adds an event.
    pub fn event(&mut self, record: &EventRecord<'_, '_>) {
        let kind = usize::from(record.kind.0);
        let row = self.events.get(kind).map_or(0, |rows| rows.ids.len());
        for (field, datum) in record.fields {
            let cell = self.store(datum);
            let column =
                self.events.get_mut(kind).and_then(|rows| rows.columns.get_mut(usize::from(field.0)));
            if let Some(column) = column
                && cell != NONE
            {
                column.push(row, cell);
            }
        }
        if let Some(rows) = self.events.get_mut(kind) {
            rows.ids.push(record.id.unwrap_or(""));
            rows.moments.push(record.moment);
            rows.origins.push(record.origin);
        }
    }

    fn intern(&mut self, text: &str) -> Cell {
        index(self.interner.get_or_intern(text).to_usize())
    }

    fn store(&mut self, datum: &Datum<'_>) -> Cell {
        match datum {
            Datum::Text(text) | Datum::Reference(text) => self.intern(text),
            Datum::Bool(value) => Cell::from(*value),
            Datum::Date(date) => u32::try_from(date.num_days_from_ce()).unwrap_or(0),
            Datum::Number(number) => {
                let numbers = &mut self.numbers;
                *self.number_index.entry(*number).or_insert_with(|| {
                    numbers.push(number.normalize());
                    index(numbers.len() - 1)
                })
            }
            Datum::Nothing => NONE,
        }
    }
}

/// A count as the 32 bits it is kept in; no list here can grow past that.
pub(super) fn index(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// The text behind a symbol cell.
pub(super) fn text(interner: &Interner, cell: Cell) -> &str {
    SymbolU32::try_from_usize(cell as usize).and_then(|symbol| interner.resolve(symbol)).unwrap_or("")
}
