//! Values, three-valued truth, and "when did it become true".
//! Missing data is a value of its own; an event that never happened is another.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::history::{EventRef, Moment};
use crate::plan::Source;
use crate::vocabulary::{EventTypeId, FieldId};

/// A runtime value; copying it never allocates.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Val {
    /// The log should say and does not.
    Missing,
    /// It did not happen, or there is none.
    Absent,
    /// The event meant may be this one; the log does not say enough.
    Maybe(u32),
    /// Several values where one was asked for.
    Many,
    Bool(bool),
    Number(Decimal),
    /// A symbol of the history.
    Text(u32),
    /// A text of the plan.
    Literal(usize),
    Date(NaiveDate),
    Moment(Moment),
    Entity(u32),
    Event(u32),
    /// A list entry the log has no entity for: list, entry.
    Name(usize, usize),
}

impl Val {
    /// The event meant, and whether it surely is that one.
    pub(super) fn event(self) -> Option<(EventRef, bool)> {
        match self {
            Self::Event(event) => Some((EventRef(event), true)),
            Self::Maybe(event) => Some((EventRef(event), false)),
            Self::Missing
            | Self::Absent
            | Self::Many
            | Self::Bool(_)
            | Self::Number(_)
            | Self::Text(_)
            | Self::Literal(_)
            | Self::Date(_)
            | Self::Moment(_)
            | Self::Entity(_)
            | Self::Name(..) => None,
        }
    }

    /// For sorting and removing duplicates within one kind of value.
    pub(super) fn key(&self) -> (u8, i128) {
        match self {
            Self::Missing => (0, 0),
            Self::Absent => (1, 0),
            Self::Many => (2, 0),
            Self::Bool(value) => (3, i128::from(*value)),
            Self::Number(number) => {
                // 小数位数不过 28：末五位放得下，1.5 与 15 不会相混，1.0 与 1 是同一个数。
                let number = number.normalize();
                (4, number.mantissa() * 32 + i128::from(number.scale()))
            }
            Self::Text(symbol) => (5, i128::from(*symbol)),
            Self::Literal(at) => (6, i128::try_from(*at).unwrap_or(0)),
            Self::Date(date) => (7, i128::from(date.to_epoch_days())),
            Self::Moment(moment) => (
                8,
                i128::from(moment.date.to_epoch_days()) * 100_000_000 + moment.millis.map_or(-1, i128::from),
            ),
            Self::Entity(entity) => (9, i128::from(*entity)),
            Self::Event(event) | Self::Maybe(event) => (10, i128::from(*event)),
            Self::Name(list, entry) => {
                (11, i128::try_from(*list).unwrap_or(0) * 1_000_000 + i128::try_from(*entry).unwrap_or(0))
            }
        }
    }
}

/// True, false, or the data does not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Truth {
    True,
    False,
    Unknown,
}

impl Truth {
    pub(super) fn of(value: bool) -> Self {
        if value { Self::True } else { Self::False }
    }

    pub(super) fn not(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
        }
    }
}

/// Since when a requirement holds. `Moment` before all time means: always did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct When {
    /// Certainly from here, by this event.
    pub(super) yes: Option<(Moment, Option<EventRef>)>,
    /// Possibly from here already (never later than `yes`).
    pub(super) maybe: Option<Moment>,
}

/// Before all events.
pub(super) const ALWAYS: Moment = Moment { date: NaiveDate::MIN, millis: None };

impl When {
    pub(super) const NEVER: Self = Self { yes: None, maybe: None };

    pub(super) fn of(truth: Truth) -> Self {
        match truth {
            Truth::True => Self { yes: Some((ALWAYS, None)), maybe: Some(ALWAYS) },
            Truth::False => Self::NEVER,
            Truth::Unknown => Self { yes: None, maybe: Some(ALWAYS) },
        }
    }

    /// It may have been met before it certainly was, or was never certainly met: when is not known.
    pub(super) fn doubtful(&self) -> bool {
        match (self.yes, self.maybe) {
            (Some((yes, _)), Some(maybe)) => maybe < yes,
            (None, Some(_)) => true,
            (Some(_) | None, None) => false,
        }
    }

    /// Both hold: the later of the two.
    pub(super) fn and(self, other: Self) -> Self {
        let yes = match (self.yes, other.yes) {
            (Some(a), Some(b)) => Some(if b.0 > a.0 { b } else { a }),
            (None, _) | (_, None) => None,
        };
        let maybe = match (self.maybe, other.maybe) {
            (Some(a), Some(b)) => Some(a.max(b)),
            (None, _) | (_, None) => None,
        };
        Self { yes, maybe }
    }

    /// Either holds: the earlier of the two.
    pub(super) fn or(self, other: Self) -> Self {
        let yes = match (self.yes, other.yes) {
            (Some(a), Some(b)) => Some(if b.0 < a.0 { b } else { a }),
            (a, None) => a,
            (None, b) => b,
        };
        let maybe = match (self.maybe, other.maybe) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, None) => a,
            (None, b) => b,
        };
        Self { yes, maybe }
    }
}

/// Why something is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Note {
    /// An entity or event without this field.
    Field { source: Source, field: FieldId, holder: u32 },
    /// The logs do not record events of this type.
    Unrecorded { kind: EventTypeId },
    /// The logs have no place for this field.
    Ungiven { source: Source, field: FieldId },
    /// No coverage of this whole year is declared.
    Coverage { year: i32 },
    /// The holiday notice of the year after this day is not known.
    Calendar { known: NaiveDate },
}

/// Whether a computed set may lack elements, or hold some that do not belong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Doubt {
    pub(super) short: bool,
    pub(super) excess: bool,
}

impl Doubt {
    pub(super) fn join(self, other: Self) -> Self {
        Self { short: self.short || other.short, excess: self.excess || other.excess }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_the_same_by_value_and_not_by_digits() {
        let key = |text: &str| Val::Number(text.parse().unwrap()).key();
        assert_eq!(key("1.0"), key("1"));
        assert_ne!(key("1.5"), key("15"));
        assert_ne!(key("0.1"), key("1"));
        assert!(key("2") < key("10"));
    }
}
