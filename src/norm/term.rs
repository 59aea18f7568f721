//! An expression as a tree of names. Slots have become names, definitions are written out, lists carry
//! their entries: two terms of different rule sets are equal exactly when they say the same.
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a term has thirty heads; each walk is about a few of them"
)]

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::policy::{CompareOp, Function, NumberOp, SetOp};

/// An entry of a list: the word shown, and every spelling accepted. Where it was written does not matter here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub name: String,
    pub words: Vec<String>,
}

/// What the top of a term is. The comment says what its parts are.
#[derive(Clone, Debug, PartialEq)]
pub enum Head {
    Bool(bool),
    Number(Decimal),
    Text(String),
    Date(NaiveDate),
    /// A subject column, or the event a duty starts from.
    Variable(String),
    /// The element of the n-th enclosing query, counted from outside.
    Element(usize),
    Today,
    /// Subject columns only: every entity of a type, every year, the entries of a list.
    All(String),
    Years,
    Entries {
        of: String,
        list: String,
        entries: Vec<Entry>,
    },
    /// Of one owner: `[owner]`.
    Field {
        holder: String,
        name: String,
    },
    /// Anchors, then maybe a filter.
    Query {
        kind: String,
        event: bool,
        anchors: usize,
    },
    /// The element leads to the key by these (holder, field) steps: `[key]`.
    Anchor(Vec<(String, String)>),
    /// `[query]`
    First,
    Last,
    /// `[key]`
    Earliest,
    /// `[of]`
    Moment,
    Day,
    Year,
    MonthDay {
        month: u32,
        day: Option<u32>,
    },
    Size,
    Dates,
    /// `[left, right]`
    Arithmetic(NumberOp),
    Set(SetOp),
    /// Alternatives in order.
    OrElse,
    /// `[left, right]`
    Compare(CompareOp),
    In,
    /// `[of]`
    Listed {
        list: String,
        entries: Vec<Entry>,
    },
    /// `[whole, part]`
    Contains,
    /// `[left, right]`
    SetEqual,
    /// `[of]`
    Present,
    Not,
    /// Parts.
    And,
    Or,
    /// `[set, body]`
    Every,
    /// `[of]`
    Function(Function),
}

/// A term: its head and its parts.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    pub head: Head,
    pub parts: Vec<Term>,
}

impl Term {
    pub fn leaf(head: Head) -> Self {
        Self { head, parts: Vec::new() }
    }

    pub fn over(head: Head, part: Self) -> Self {
        Self { head, parts: vec![part] }
    }

    /// Calls `see` for the term and everything in it, from outside.
    pub fn walk<'t>(&'t self, see: &mut dyn FnMut(&'t Self)) {
        see(self);
        for part in &self.parts {
            part.walk(see);
        }
    }

    /// The only part, or the first.
    pub fn first(&self) -> Option<&Self> {
        self.parts.first()
    }

    /// Filter of a query, if it has one.
    pub fn filter(&self) -> Option<&Self> {
        match &self.head {
            Head::Query { anchors, .. } => self.parts.get(*anchors),
            _ => None,
        }
    }

    /// Kinds of events the term is about itself, not those inside filters, in order of mention.
    pub fn leading_events(&self) -> Vec<&str> {
        let mut found = Vec::new();
        self.lead(&mut found);
        found
    }

    fn lead<'t>(&'t self, found: &mut Vec<&'t str>) {
        match &self.head {
            Head::Query { kind, event: true, .. } => {
                if !found.contains(&kind.as_str()) {
                    found.push(kind);
                }
            }
            Head::Query { event: false, .. } | Head::Anchor(_) => {}
            _ => self.parts.iter().for_each(|part| part.lead(found)),
        }
    }
}
