//! Expressions of rules: typed, resolved, over numbered slots.
//! A slot holds a subject column, a definition's parameter, the trigger event, or an element being filtered.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::source::Span;
use crate::vocabulary::{EntityTypeId, EventTypeId, FieldId};

/// Index of a value on the evaluator's stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot(pub usize);

/// What an expression yields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Type {
    Bool,
    Number,
    Text,
    Date,
    /// A date maybe with a time of day.
    Moment,
    Entity(EntityTypeId),
    Event(EventTypeId),
    /// Any event: 最早事件.
    AnyEvent,
    Set(Box<Type>),
}

impl Type {
    /// The element of a set; itself otherwise.
    pub fn element(&self) -> &Self {
        match self {
            Self::Set(element) => element,
            Self::Bool
            | Self::Number
            | Self::Text
            | Self::Date
            | Self::Moment
            | Self::Entity(_)
            | Self::Event(_)
            | Self::AnyEvent => self,
        }
    }

    pub fn is_set(&self) -> bool {
        matches!(self, Self::Set(_))
    }

    pub fn set(self) -> Self {
        Self::Set(Box::new(self))
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Literal {
    Bool(bool),
    Number(Decimal),
    /// A quoted text or an enumeration term (canonical).
    Text(String),
    Date(NaiveDate),
}

/// Who owns a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Holder {
    Entity(EntityTypeId),
    Event(EventTypeId),
}

/// A field of a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Field {
    pub holder: Holder,
    pub id: FieldId,
}

/// One step of a path from an element up to an entity.
pub type Step = Field;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pick {
    First,
    Last,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompareOp {
    Equal,
    NotEqual,
    Greater,
    AtLeast,
    Less,
    AtMost,
    /// Strictly before / after, with the tie rule of partial times.
    Before,
    After,
}

impl CompareOp {
    /// Whether it holds of two values that stand in this order. For values whose order is total; partial
    /// times have their tie rule in `evaluate`.
    pub fn holds(self, order: std::cmp::Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::NotEqual => order.is_ne(),
            Self::Greater | Self::After => order.is_gt(),
            Self::AtLeast => order.is_ge(),
            Self::Less | Self::Before => order.is_lt(),
            Self::AtMost => order.is_le(),
        }
    }

    /// Its word in the rule language.
    pub fn word(self) -> &'static str {
        match self {
            Self::Equal => "为",
            Self::NotEqual => "不为",
            Self::Greater => "大于",
            Self::AtLeast => "不少于",
            Self::Less => "小于",
            Self::AtMost => "不超过",
            Self::Before => "早于",
            Self::After => "晚于",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberOp {
    Add,
    Subtract,
    Multiply,
    Divide,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetOp {
    Union,
    Difference,
}

/// Functions that know no domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    /// 绝对值
    Abs,
    /// 信用代码有效: GB 32100-2015 check character.
    CreditCodeValid,
}

/// The thing a query ranges over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum QueryKind {
    Events(EventTypeId),
    Entities(EntityTypeId),
}

/// `key` is among the entities reached from the element by `path`.
#[derive(Clone, Debug, PartialEq)]
pub struct Anchor {
    pub path: Vec<Step>,
    /// An entity, or a set of entities (then any of them).
    pub key: Expr,
}

/// A set of events or entities: those that satisfy every anchor and the filter.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    pub kind: QueryKind,
    pub anchors: Vec<Anchor>,
    /// Slot of the element while the filter is judged.
    pub element: Slot,
    pub filter: Option<Box<Expr>>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    Literal(Literal),
    Slot(Slot),
    /// 当日: the date of the event being judged, else the as-of date.
    Today,
    /// A field of one entity or event, or of every element of a set.
    Field(Box<Expr>, Field),
    /// All elements of a query.
    Query(Query),
    /// The first or last event of a query.
    Pick(Pick, Query),
    /// 最早事件: the earliest event of any type that leads to the entity, by these paths.
    Earliest {
        key: Box<Expr>,
        paths: Vec<(EventTypeId, Vec<Step>)>,
    },
    /// When an event happened.
    MomentOf(Box<Expr>),
    /// The calendar day of a moment or event.
    DateOf(Box<Expr>),
    /// The year of a date.
    YearOf(Box<Expr>),
    /// Month and day of a year; no day = the month's last.
    MonthDay {
        year: Box<Expr>,
        month: u32,
        day: Option<u32>,
    },
    /// Number of different elements.
    Size(Box<Expr>),
    /// The days on which a set of events happened.
    Dates(Box<Expr>),
    Number(NumberOp, Box<Expr>, Box<Expr>),
    Set(SetOp, Box<Expr>, Box<Expr>),
    /// The first alternative that is present (not empty).
    OrElse(Vec<Expr>),
    Compare(CompareOp, Box<Expr>, Box<Expr>),
    /// Left (a value, or every element of a set) is an element of the right set.
    In(Box<Expr>, Box<Expr>),
    /// Left (a value, or every element) is a word of a list. Index into `Policy::lists`.
    Listed(Box<Expr>, usize),
    /// Left (set or text) contains right (element or text).
    Contains(Box<Expr>, Box<Expr>),
    /// Two sets have the same elements.
    SetEqual(Box<Expr>, Box<Expr>),
    /// 有: a field is given and not blank, or a query has an element.
    Present(Box<Expr>),
    Not(Box<Expr>),
    And(Vec<Expr>),
    Or(Vec<Expr>),
    /// 凡 … 都: the body holds for every element.
    Every {
        set: Box<Expr>,
        element: Slot,
        body: Box<Expr>,
    },
    Call {
        definition: usize,
        arguments: Vec<Expr>,
    },
    Function(Function, Box<Expr>),
    /// A clause, an operand or an alternative with its place in the rule file. It means what it holds;
    /// only coverage looks at the place.
    At(Span, Box<Expr>),
}

impl Expr {
    /// The expression itself, without the place it was written at.
    pub fn bare(&self) -> &Self {
        let mut expr = self;
        while let Self::At(_, of) = expr {
            expr = of;
        }
        expr
    }
}
