//! Two values side by side: equal, ordered, one within the other.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "forms and values not named answer alike: one value, or none"
)]

use super::Machine;
use crate::evaluate::value::{Truth, Val};
use crate::history::{EventRef, Moment, Symbol};
use crate::plan::Node;
use crate::policy::CompareOp;

impl Machine<'_, '_> {
    pub(super) fn compare(&self, op: CompareOp, left: Val, right: Val) -> Truth {
        if matches!(left, Val::Absent) || matches!(right, Val::Absent) {
            return Truth::False;
        }
        if matches!(left, Val::Missing | Val::Maybe(_)) || matches!(right, Val::Missing | Val::Maybe(_)) {
            return Truth::Unknown;
        }
        let ordered = |less: bool, greater: bool| match op {
            CompareOp::Less | CompareOp::Before => less,
            CompareOp::Greater | CompareOp::After => greater,
            CompareOp::AtMost => !greater,
            CompareOp::AtLeast => !less,
            CompareOp::Equal | CompareOp::NotEqual => false,
        };
        match op {
            CompareOp::Equal => Truth::of(self.same(left, right)),
            CompareOp::NotEqual => Truth::of(!self.same(left, right)),
            CompareOp::Greater
            | CompareOp::AtLeast
            | CompareOp::Less
            | CompareOp::AtMost
            | CompareOp::Before
            | CompareOp::After => match (left, right) {
                (Val::Number(l), Val::Number(r)) => Truth::of(ordered(l < r, l > r)),
                (left, right) => match (self.moment_of(left), self.moment_of(right)) {
                    (Some(l), Some(r)) => Truth::of(ordered(r.is_after(l), l.is_after(r))),
                    (None, _) | (_, None) => Truth::False,
                },
            },
        }
    }

    pub(super) fn contains(&mut self, left: &Node, right: &Node) -> Truth {
        let wanted = self.value(right);
        if matches!(wanted, Val::Missing | Val::Maybe(_)) {
            return Truth::Unknown;
        }
        if left.is_set() {
            let mut set = Vec::new();
            let doubt = self.set(left, &mut set);
            let free = matches!(left, Node::Field(_, read) if read.free);
            let part = self.text(wanted).filter(|_| free);
            let found = set.iter().any(|value| {
                self.same(*value, wanted)
                    || part.is_some_and(|part| self.text(*value).is_some_and(|text| text.contains(part)))
            });
            return match (found, doubt.short) {
                (true, _) => Truth::True,
                (false, true) => Truth::Unknown,
                (false, false) => Truth::False,
            };
        }
        let value = self.value(left);
        match (self.text(value), self.text(wanted)) {
            (Some(text), Some(part)) => Truth::of(text.contains(part)),
            (None, _) if value == Val::Missing => Truth::Unknown,
            (None, _) | (_, None) => Truth::False,
        }
    }

    fn same(&self, left: Val, right: Val) -> bool {
        match (left, right) {
            (Val::Text(symbol), Val::Literal(at)) | (Val::Literal(at), Val::Text(symbol)) => {
                self.bound.texts.get(at).is_some_and(|symbols| symbols.binary_search(&symbol).is_ok())
            }
            (left, right) => match (moment(left), moment(right)) {
                (Some(l), Some(r)) => {
                    l.date == r.date && (l.millis.is_none() || r.millis.is_none() || l == r)
                }
                (None, _) | (_, None) => left == right,
            },
        }
    }

    fn text(&self, value: Val) -> Option<&str> {
        match value {
            Val::Text(symbol) => Some(self.bound.history.text(Symbol(symbol))),
            Val::Literal(at) => self.bound.plan.texts.get(at).map(String::as_str),
            _ => None,
        }
    }

    fn moment_of(&self, value: Val) -> Option<Moment> {
        match value {
            Val::Event(event) => Some(self.bound.history.moment(EventRef(event))),
            other => moment(other),
        }
    }
}

fn moment(value: Val) -> Option<Moment> {
    match value {
        Val::Date(date) => Some(Moment::day(date)),
        Val::Moment(moment) => Some(moment),
        _ => None,
    }
}
