//! Instructions of a plan: expressions with slots, field reads with their column and default, and
//! queries with the indexes that answer them.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::policy::{CompareOp, Function, NumberOp, Pick, SetOp};
use crate::vocabulary::{EntityTypeId, EventTypeId, FieldId};

/// What a query ranges over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Source {
    Events(EventTypeId),
    Entities(EntityTypeId),
}

/// How to read a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellKind {
    Text,
    Number,
    Bool,
    Date,
    Entity(EntityTypeId),
}

/// One column to read, and what to assume when it is empty.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldRead {
    pub source: Source,
    pub field: FieldId,
    pub kind: CellKind,
    pub many: bool,
    /// A text anyone may write, not a term of an enumeration: 含 looks inside each value.
    pub free: bool,
    /// Read at the as-of date, whatever date is being judged.
    pub latest: bool,
    pub default: Option<Box<Node>>,
}

/// Elements for which any of the pairs holds: the index, looked up with the key, lists them.
#[derive(Clone, Debug, PartialEq)]
pub struct Lookup {
    pub any: Vec<(usize, Node)>,
    /// Elements without the relation may belong too: the filter will say that it is not known.
    pub open: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct QueryNode {
    pub source: Source,
    /// All must hold; none = every element of the source.
    pub lookups: Vec<Lookup>,
    pub element: usize,
    pub filter: Option<Box<Node>>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    Bool(bool),
    Number(Decimal),
    /// Index into `Plan::texts`.
    Text(usize),
    Date(NaiveDate),
    Slot(usize),
    Today,
    Field(Box<Node>, FieldRead),
    Query(QueryNode),
    Pick(Pick, QueryNode),
    /// The earliest event among these indexes.
    Earliest {
        key: Box<Node>,
        indexes: Vec<usize>,
    },
    MomentOf(Box<Node>),
    DateOf(Box<Node>),
    YearOf(Box<Node>),
    MonthDay {
        year: Box<Node>,
        month: u32,
        day: Option<u32>,
    },
    Size(Box<Node>),
    Dates(Box<Node>),
    Arithmetic(NumberOp, Box<Node>, Box<Node>),
    Set(SetOp, Box<Node>, Box<Node>),
    OrElse(Vec<Node>),
    Compare(CompareOp, Box<Node>, Box<Node>),
    In(Box<Node>, Box<Node>),
    /// Left is named in `role` of one of the events: answered by an index on the role.
    NamedIn {
        left: Box<Node>,
        slot: usize,
        hits: QueryNode,
        all: QueryNode,
        role: FieldRead,
    },
    Listed(Box<Node>, usize),
    Contains(Box<Node>, Box<Node>),
    SetEqual(Box<Node>, Box<Node>),
    Present(Box<Node>),
    Not(Box<Node>),
    And(Vec<Node>),
    Or(Vec<Node>),
    Every {
        set: Box<Node>,
        element: usize,
        body: Box<Node>,
    },
    /// Values for slots, then the body: an inlined definition.
    Let {
        bindings: Vec<(usize, Node)>,
        body: Box<Node>,
    },
    Function(Function, Box<Node>),
    /// Notes what its node comes to under this number; only in plans compiled for coverage.
    Probe(usize, Box<Node>),
}

impl Node {
    /// Whether it yields several values.
    pub fn is_set(&self) -> bool {
        match self {
            Self::Field(owner, read) => read.many || owner.is_set(),
            Self::Query(_) | Self::Set(..) | Self::Dates(_) => true,
            Self::OrElse(list) => list.iter().any(Self::is_set),
            Self::Let { body, .. } | Self::Probe(_, body) => body.is_set(),
            Self::Bool(_)
            | Self::Number(_)
            | Self::Text(_)
            | Self::Date(_)
            | Self::Slot(_)
            | Self::Today
            | Self::Pick(..)
            | Self::Earliest { .. }
            | Self::MomentOf(_)
            | Self::DateOf(_)
            | Self::YearOf(_)
            | Self::MonthDay { .. }
            | Self::Size(_)
            | Self::Arithmetic(..)
            | Self::Compare(..)
            | Self::In(..)
            | Self::NamedIn { .. }
            | Self::Listed(..)
            | Self::Contains(..)
            | Self::SetEqual(..)
            | Self::Present(_)
            | Self::Not(_)
            | Self::And(_)
            | Self::Or(_)
            | Self::Every { .. }
            | Self::Function(..) => false,
        }
    }

    /// Whether a slot is read anywhere in it.
    pub fn reads(&self, slot: usize) -> bool {
        match self {
            Self::Slot(at) => *at == slot,
            Self::Bool(_) | Self::Number(_) | Self::Text(_) | Self::Date(_) | Self::Today => false,
            Self::Field(of, _)
            | Self::MomentOf(of)
            | Self::DateOf(of)
            | Self::YearOf(of)
            | Self::Size(of)
            | Self::Dates(of)
            | Self::Listed(of, _)
            | Self::Present(of)
            | Self::Not(of)
            | Self::Function(_, of)
            | Self::Probe(_, of)
            | Self::Earliest { key: of, .. }
            | Self::MonthDay { year: of, .. } => of.reads(slot),
            Self::Arithmetic(_, l, r)
            | Self::Set(_, l, r)
            | Self::Compare(_, l, r)
            | Self::In(l, r)
            | Self::Contains(l, r)
            | Self::SetEqual(l, r)
            | Self::Every { set: l, body: r, .. } => l.reads(slot) || r.reads(slot),
            Self::OrElse(list) | Self::And(list) | Self::Or(list) => list.iter().any(|node| node.reads(slot)),
            Self::Query(query) | Self::Pick(_, query) => query.reads(slot),
            Self::NamedIn { left, hits, all, .. } => left.reads(slot) || hits.reads(slot) || all.reads(slot),
            Self::Let { bindings, body } => {
                bindings.iter().any(|(_, node)| node.reads(slot)) || body.reads(slot)
            }
        }
    }
}

impl QueryNode {
    fn reads(&self, slot: usize) -> bool {
        self.lookups.iter().flat_map(|lookup| &lookup.any).any(|(_, key)| key.reads(slot))
            || self.filter.as_ref().is_some_and(|filter| filter.reads(slot))
    }
}
