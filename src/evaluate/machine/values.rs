//! A node as one value: absent, missing and "several" are values too.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "forms and values not named answer alike: one value, or none"
)]

use chrono::{Datelike as _, NaiveDate};
use rust_decimal::Decimal;

use super::{Machine, distinct};
use crate::evaluate::credit_code;
use crate::evaluate::value::{Truth, Val};
use crate::history::{EventRef, Symbol};
use crate::plan::Node;
use crate::policy::{Function, NumberOp};

impl Machine<'_, '_> {
    pub(in crate::evaluate) fn value(&mut self, node: &Node) -> Val {
        match node {
            Node::Bool(value) => Val::Bool(*value),
            Node::Number(number) => Val::Number(*number),
            Node::Text(at) => Val::Literal(*at),
            Node::Date(date) => Val::Date(*date),
            Node::Slot(at) => self.slot(*at),
            Node::Today => Val::Date(self.today),
            Node::Field(owner, read) => self.field(owner, read),
            Node::Pick(pick, query) => self.pick(*pick, query),
            Node::Earliest { key, indexes } => {
                let Val::Entity(entity) = self.value(key) else { return Val::Absent };
                let history = self.bound.history;
                indexes
                    .iter()
                    .filter_map(|at| self.bound.indexes.get(*at)?.get(entity).first().copied())
                    .min_by_key(|event| (history.moment(EventRef(*event)), *event))
                    .map_or(Val::Absent, Val::Event)
            }
            Node::MomentOf(of) => match self.value(of) {
                Val::Event(event) => Val::Moment(self.bound.history.moment(EventRef(event))),
                Val::Maybe(_) => Val::Missing,
                other => other,
            },
            Node::DateOf(of) => match self.value(of) {
                Val::Event(event) => Val::Date(self.bound.history.moment(EventRef(event)).date),
                Val::Moment(moment) => Val::Date(moment.date),
                Val::Maybe(_) => Val::Missing,
                other => other,
            },
            Node::YearOf(of) => match self.value(of) {
                Val::Event(event) => year(self.bound.history.moment(EventRef(event)).date),
                Val::Moment(moment) => year(moment.date),
                Val::Date(date) => year(date),
                Val::Maybe(_) => Val::Missing,
                other => other,
            },
            Node::MonthDay { year, month, day } => {
                let Val::Number(year) = self.value(year) else { return Val::Missing };
                month_day(year, *month, *day).map_or(Val::Missing, Val::Date)
            }
            Node::Size(of) => {
                let mut set = Vec::new();
                let doubt = self.set(of, &mut set);
                if doubt.short || doubt.excess {
                    return Val::Missing;
                }
                distinct(&mut set);
                Val::Number(Decimal::from(set.len()))
            }
            Node::Arithmetic(op, left, right) => {
                let (left, right) = (self.value(left), self.value(right));
                let (Val::Number(l), Val::Number(r)) = (left, right) else {
                    return if matches!(left, Val::Absent) || matches!(right, Val::Absent) {
                        Val::Absent
                    } else {
                        Val::Missing
                    };
                };
                let result = match op {
                    NumberOp::Add => l.checked_add(r),
                    NumberOp::Subtract => l.checked_sub(r),
                    NumberOp::Multiply => l.checked_mul(r),
                    NumberOp::Divide => l.checked_div(r),
                };
                result.map_or(Val::Missing, Val::Number)
            }
            Node::OrElse(list) => {
                let before = self.notes.len();
                let mut last = Val::Absent;
                for alternative in list {
                    last = self.value(alternative);
                    match last {
                        Val::Missing | Val::Absent => {}
                        Val::Maybe(_) => return last,
                        _ => {
                            self.notes.truncate(before);
                            return last;
                        }
                    }
                }
                last
            }
            Node::Let { bindings, body } => {
                self.bind(bindings);
                self.value(body)
            }
            Node::Function(function, of) => self.function(*function, of),
            Node::Probe(probe, of) => self.probed_value(*probe, of),
            Node::Query(_) | Node::Set(..) | Node::Dates(_) => {
                let mut set = Vec::new();
                self.set(node, &mut set);
                match set.as_slice() {
                    [] => Val::Absent,
                    [one] => *one,
                    _ => Val::Many,
                }
            }
            Node::Compare(..)
            | Node::In(..)
            | Node::NamedIn { .. }
            | Node::Listed(..)
            | Node::Contains(..)
            | Node::SetEqual(..)
            | Node::Present(_)
            | Node::Not(_)
            | Node::And(_)
            | Node::Or(_)
            | Node::Every { .. } => match self.truth(node) {
                Truth::True => Val::Bool(true),
                Truth::False => Val::Bool(false),
                Truth::Unknown => Val::Missing,
            },
        }
    }

    fn function(&mut self, function: Function, of: &Node) -> Val {
        let value = self.value(of);
        match (function, value) {
            (_, Val::Missing) => Val::Missing,
            (Function::Abs, Val::Number(number)) => Val::Number(number.abs()),
            (Function::CreditCodeValid, Val::Text(symbol)) => {
                Val::Bool(credit_code::valid(self.bound.history.text(Symbol(symbol))))
            }
            (Function::Abs | Function::CreditCodeValid, _) => Val::Absent,
        }
    }
}

fn year(date: NaiveDate) -> Val {
    Val::Number(Decimal::from(date.year()))
}

fn month_day(year: Decimal, month: u32, day: Option<u32>) -> Option<NaiveDate> {
    let year = i32::try_from(year).ok()?;
    match day {
        Some(day) => NaiveDate::from_ymd_opt(year, month, day),
        None => {
            let next = if month == 12 {
                NaiveDate::from_ymd_opt(year.checked_add(1)?, 1, 1)
            } else {
                NaiveDate::from_ymd_opt(year, month + 1, 1)
            };
            next?.pred_opt()
        }
    }
}
