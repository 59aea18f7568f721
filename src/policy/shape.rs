//! Shapes of duty, named as in Declare where it has a name.
//! R `Response`, P `Precedence`, A `Absence`, C `EventCondition`, S `EntityCondition`, N `Cardinality`,
//! E `DueAtClosure`, D `DueOnDate`; O is an R whose limit is an unset parameter.

use super::expr::{CompareOp, Expr, Query, Slot};
use crate::calendar::TimeLimit;
use crate::source::Span;

/// One sentence of duty and its place in the rule file.
#[derive(Clone, Debug)]
pub struct Duty {
    pub shape: Shape,
    pub span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// 之前
    Before,
    /// 之后
    After,
}

/// A limit written out, or a parameter (index into `Policy::parameters`) with counting marks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Limit {
    Fixed(TimeLimit),
    Parameter { index: usize, include_start: bool, no_roll: bool },
}

/// The event an absence is measured from.
#[derive(Clone, Debug, PartialEq)]
pub struct Reference {
    pub direction: Direction,
    /// An event.
    pub event: Expr,
}

/// One event type of a 每次 and what must hold of its events (in the query's element slot).
#[derive(Clone, Debug, PartialEq)]
pub struct EventCase {
    pub events: Query,
    pub condition: Expr,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Counted {
    /// Entities of a query; each is dated by an event over the element slot (none = not counted).
    Entities {
        query: Query,
        dated_by: Option<Expr>,
        root: Option<Expr>,
    },
    Events {
        query: Query,
        root: Option<Expr>,
    },
    /// Different days on which events of a query happened.
    Days {
        query: Query,
        root: Option<Expr>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// The year in this slot.
    Year(Slot),
    /// Any run of this length, counted from an item's own day.
    Sliding(TimeLimit),
    /// Everything.
    Whole,
}

/// `op` is AtLeast, AtMost, or Equal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bound {
    Fixed(u32),
    Parameter(usize),
}

#[derive(Clone, Debug)]
pub enum Shape {
    /// R/O: after the trigger, within the limit, the requirement.
    Response {
        /// An event over the subject; `each`: a query of which every event is a trigger.
        trigger: Expr,
        /// Slot the trigger is kept in while the rest is judged.
        slot: Slot,
        each: bool,
        limit: Limit,
        requirement: Expr,
        /// Only what happened at or after the trigger counts.
        after: bool,
    },
    /// P: before `later`, the requirement.
    Precedence {
        later: Expr,
        /// Slot the later event is kept in.
        slot: Slot,
        /// 含当日: anything on the later event's day is in time.
        same_day: bool,
        requirement: Expr,
        /// Whom the required event belongs to, when reached by a relation: unknown owner, undetermined.
        owner: Option<Expr>,
    },
    /// A: none of these events, or none on that side of the reference.
    Absence { reference: Option<Reference>, forbidden: Query },
    /// C: every such event meets its condition.
    EventCondition { cases: Vec<EventCase> },
    /// S, and C without an event.
    EntityCondition { condition: Expr },
    /// N.
    Cardinality { counted: Counted, window: Window, op: CompareOp, bound: Bound },
    /// E: by the closing event of the root entity.
    DueAtClosure { given: Option<Expr>, requirement: Expr },
    /// D.
    DueOnDate { date: Expr, inclusive: bool, roll: bool, requirement: Expr },
}

impl Shape {
    /// The ledger's letter (O is printed as R: it depends on a parameter).
    pub fn letter(&self) -> char {
        match self {
            Self::Response { .. } => 'R',
            Self::Precedence { .. } => 'P',
            Self::Absence { .. } => 'A',
            Self::EventCondition { .. } => 'C',
            Self::EntityCondition { .. } => 'S',
            Self::Cardinality { .. } => 'N',
            Self::DueAtClosure { .. } => 'E',
            Self::DueOnDate { .. } => 'D',
        }
    }
}
