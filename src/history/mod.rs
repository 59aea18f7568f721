//! What happened, in memory: interned, columnar, sorted.
//! Built record by record with [`HistoryBuilder`]; afterwards read-only.
//! Entities are numbered so that each type is one range in id order; events so that each type is one
//! range in time order. The order of the records that came in leaves no trace. Does not know file formats or rules.

mod builder;
mod column;
mod finish;
mod order;
mod texts;

use std::fmt;
use std::ops::Range;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::source::FileId;
use crate::vocabulary::{EntityTypeId, EventTypeId, FieldId};

pub use builder::{Datum, EntityRecord, EventRecord, HistoryBuilder};
use column::{Column, EntityColumn};
pub use finish::{Disagreement, Finished, HistoryProblem};
use texts::Texts;

/// One entity. Entities of a type are consecutive, in code-point order of their ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntityRef(pub u32);

/// One event. Events of a type are consecutive, in time order (see [`Moment`]), ties by id, then content, then place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventRef(pub u32);

/// One stored value: a [`Symbol`], an entity number, 0/1, a number index or a day, by the field's kind.
pub type Cell = u32;

/// An interned text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Symbol(pub u32);

/// Whose field: that of an entity type or of an event type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Holder {
    Entity(EntityTypeId),
    Event(EventTypeId),
}

/// When something happened, in Asia/Shanghai: a date, maybe with a time of day (seconds).
/// When something happened, in Asia/Shanghai: a date, maybe with a time of day (milliseconds).
/// Ordered by date; a date without time comes before the timed ones of that date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment {
    pub date: NaiveDate,
    /// Milliseconds of the day, 0..86_400_000.
    pub millis: Option<u32>,
}

impl Moment {
    pub fn day(date: NaiveDate) -> Self {
        Self { date, millis: None }
    }

    /// Strictly later: by time when both have one, otherwise by date. Same day without times is not after.
    pub fn is_after(self, other: Self) -> bool {
        match (self.millis, other.millis) {
            (Some(a), Some(b)) => (self.date, a) > (other.date, b),
            (None, _) | (_, None) => self.date > other.date,
        }
    }
}

/// `2025-09-26`, `2025-09-26T10:00`; with seconds and milliseconds only where there are any.
impl fmt::Display for Moment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.date, formatter)?;
        let Some(millis) = self.millis else { return Ok(()) };
        let (seconds, part) = (millis / 1000, millis % 1000);
        write!(formatter, "T{:02}:{:02}", seconds / 3600, seconds / 60 % 60)?;
        match (seconds % 60, part) {
            (0, 0) => Ok(()),
            (second, 0) => write!(formatter, ":{second:02}"),
            (second, part) => write!(formatter, ":{second:02}.{part:03}"),
        }
    }
}

/// Where a record came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin {
    pub file: FileId,
    /// From 1.
    pub line: u32,
    /// Byte offset of the record in its file.
    pub offset: u64,
    /// Bytes.
    pub length: u32,
}

/// A read-only history. All lookups are O(1) or O(log of an entity's versions).
#[derive(Debug)]
pub struct History {
    texts: Texts,
    numbers: Vec<Decimal>,
    entity_ranges: Vec<Range<u32>>,
    entity_ids: Vec<Symbol>,
    entity_origins: Vec<Origin>,
    entity_starts: Vec<Option<NaiveDate>>,
    entity_columns: Vec<Vec<EntityColumn>>,
    event_ranges: Vec<Range<u32>>,
    /// The 编号 of each event; empty = none.
    event_ids: Texts,
    event_moments: Vec<Moment>,
    event_origins: Vec<Origin>,
    event_columns: Vec<Vec<Column>>,
    recorded: Vec<bool>,
    given: Option<Vec<(Holder, FieldId)>>,
}

#[expect(
    clippy::indexing_slicing,
    reason = "refs, symbols and field ids are made only by the same history and vocabulary"
)]
impl History {
    /// All entities of a type.
    pub fn entities(&self, kind: EntityTypeId) -> Range<u32> {
        self.entity_ranges[usize::from(kind.0)].clone()
    }

    /// All events of a type, in time order.
    pub fn events(&self, kind: EventTypeId) -> Range<u32> {
        self.event_ranges[usize::from(kind.0)].clone()
    }

    /// Whether the logs record events of this type at all. Where they do not, having none proves nothing.
    pub fn is_recorded(&self, kind: EventTypeId) -> bool {
        self.recorded[usize::from(kind.0)]
    }

    /// Whether the logs have a place for a field at all. Where they do not, its being empty proves nothing.
    pub fn is_given(&self, holder: Holder, field: FieldId) -> bool {
        self.given.as_ref().is_none_or(|given| given.binary_search(&(holder, field)).is_ok())
    }

    pub fn entity_count(&self) -> usize {
        self.entity_ids.len()
    }

    pub fn event_count(&self) -> usize {
        self.event_ids.len()
    }

    pub fn text(&self, symbol: Symbol) -> &str {
        self.texts.get(symbol.0 as usize)
    }

    /// Number of distinct texts; symbols are `0..text_count()`.
    pub fn text_count(&self) -> u32 {
        u32::try_from(self.texts.len()).unwrap_or(u32::MAX)
    }

    /// The number behind a cell of a number field.
    pub fn number(&self, cell: Cell) -> Decimal {
        self.numbers[cell as usize]
    }

    /// The 编号 of an entity.
    pub fn entity_id(&self, entity: EntityRef) -> &str {
        self.text(self.entity_ids[entity.0 as usize])
    }

    pub fn entity_type(&self, entity: EntityRef) -> EntityTypeId {
        let index = self.entity_ranges.partition_point(|range| range.end <= entity.0);
        EntityTypeId(u16::try_from(index).unwrap_or(u16::MAX))
    }

    /// The first record of an entity.
    pub fn entity_origin(&self, entity: EntityRef) -> Origin {
        self.entity_origins[entity.0 as usize]
    }

    /// An entity by type and 编号: binary search.
    pub fn entity_by_id(&self, kind: EntityTypeId, id: &str) -> Option<EntityRef> {
        let range = self.entities(kind);
        let slice = &self.entity_ids[range.start as usize..range.end as usize];
        let at = slice.binary_search_by(|symbol| self.text(*symbol).cmp(id)).ok()?;
        Some(EntityRef(range.start + u32::try_from(at).unwrap_or(0)))
    }

    /// The values of an entity's field as of a date (inclusive); empty when the log gives none by then.
    pub fn entity_field(
        &self,
        entity: EntityRef,
        kind: EntityTypeId,
        field: FieldId,
        on: NaiveDate,
    ) -> &[Cell] {
        let row = entity.0 - self.entity_ranges[usize::from(kind.0)].start;
        self.entity_columns[usize::from(kind.0)][usize::from(field.0)].get(row, on)
    }

    /// The first day of an entity's first record; `None` = from the beginning.
    pub fn entity_start(&self, entity: EntityRef) -> Option<NaiveDate> {
        self.entity_starts[entity.0 as usize]
    }

    /// What the records say of an entity's field, in date order: the day it begins to hold ([`NaiveDate::MIN`] =
    /// from the beginning) and the values, none for an explicit nothing.
    pub fn entity_versions(
        &self,
        entity: EntityRef,
        kind: EntityTypeId,
        field: FieldId,
    ) -> impl Iterator<Item = (NaiveDate, &[Cell])> {
        let row = entity.0 - self.entity_ranges[usize::from(kind.0)].start;
        self.entity_columns[usize::from(kind.0)][usize::from(field.0)].versions(row)
    }

    /// The values of an event's field; empty when the log gives none.
    pub fn event_field(&self, event: EventRef, kind: EventTypeId, field: FieldId) -> &[Cell] {
        let row = event.0 - self.event_ranges[usize::from(kind.0)].start;
        self.event_columns[usize::from(kind.0)][usize::from(field.0)].get(row as usize)
    }

    pub fn event_type(&self, event: EventRef) -> EventTypeId {
        let index = self.event_ranges.partition_point(|range| range.end <= event.0);
        EventTypeId(u16::try_from(index).unwrap_or(u16::MAX))
    }

    pub fn moment(&self, event: EventRef) -> Moment {
        self.event_moments[event.0 as usize]
    }

    /// The 编号 of an event, if it has one.
    pub fn event_id(&self, event: EventRef) -> Option<&str> {
        Some(self.event_ids.get(event.0 as usize)).filter(|id| !id.is_empty())
    }

    pub fn origin(&self, event: EventRef) -> Origin {
        self.event_origins[event.0 as usize]
    }
}

/// The date behind a cell of a date field.
pub fn cell_date(cell: Cell) -> NaiveDate {
    i32::try_from(cell).ok().and_then(NaiveDate::from_num_days_from_ce_opt).unwrap_or(NaiveDate::MIN)
}
