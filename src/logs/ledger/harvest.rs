//! What rows say, before rows that speak of the same thing are put together.

use std::borrow::Cow;
use std::hash::{Hash, Hasher};
use std::ops::Range;

use chrono::NaiveDate;

use crate::history::{Datum, Moment, Origin};
use crate::logs::problem::Problem;
use crate::vocabulary::{EntityTypeId, EventTypeId, FieldId};

/// A stretch of rows, read.
#[derive(Debug, Default)]
pub(super) struct Harvest<'a> {
    pub(super) entities: Vec<EntityFound<'a>>,
    pub(super) events: Vec<EventFound<'a>>,
    pub(super) values: Vec<Value<'a>>,
    pub(super) problems: Vec<Problem>,
    /// Rows with problems.
    pub(super) bad: usize,
    pub(super) notes: Vec<Note>,
}

#[derive(Debug)]
pub(super) struct EntityFound<'a> {
    pub(super) kind: EntityTypeId,
    pub(super) id: Cow<'a, str>,
    pub(super) since: Option<NaiveDate>,
    pub(super) values: Range<usize>,
    pub(super) origin: Origin,
    /// Number of the row, from 1.
    pub(super) row: u32,
    /// Which of several values of one cell.
    pub(super) piece: u32,
}

#[derive(Debug)]
pub(super) struct EventFound<'a> {
    pub(super) kind: EventTypeId,
    pub(super) id: Option<Cow<'a, str>>,
    pub(super) moment: Moment,
    pub(super) values: Range<usize>,
    pub(super) origin: Origin,
    /// Of type, time and values: equal events have equal ones.
    pub(super) hash: u64,
}

/// A value and the column of the file it came from (`u32::MAX`: none).
#[derive(Clone, Debug)]
pub(super) struct Value<'a> {
    pub(super) field: FieldId,
    pub(super) column: u32,
    pub(super) datum: Datum<'a>,
}

/// A number that stood in a cell with a note.
#[derive(Clone, Debug)]
pub(super) struct Note {
    pub(super) slot: usize,
    pub(super) cell: String,
    pub(super) written: String,
    pub(super) origin: Origin,
}

impl Hash for Value<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.field.hash(state);
        match &self.datum {
            Datum::Text(text) | Datum::Reference(text) => text.hash(state),
            Datum::Bool(value) => value.hash(state),
            Datum::Number(number) => number.hash(state),
            Datum::Date(date) => date.hash(state),
            Datum::Nothing => 0u8.hash(state),
        }
    }
}
