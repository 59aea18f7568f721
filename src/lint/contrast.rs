//! Two duties side by side: are they the same duty, and which asks for more, in which respect.
//! Takes duties of one rule set, or of two that share a registry; says nothing of duties about different things.

use chrono::NaiveDate;

use super::length::{self, Order};
use super::logic::bare;
use super::model::{DutyModel, Model, RuleModel};
use super::normal::{conjuncts, key};
use crate::calendar::TimeLimit;
use crate::policy::{CompareOp, Counted, Expr, Literal, Query, Severity, Shape};

/// How the first compares with the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Than {
    Same,
    /// It asks for more.
    Tighter,
    /// It asks for less.
    Looser,
    Unclear,
}

impl Than {
    /// What several respects come to.
    pub(super) fn all(list: impl IntoIterator<Item = Self>) -> Self {
        list.into_iter().fold(Self::Same, |sum, one| match (sum, one) {
            (Self::Same, other) | (other, Self::Same) => other,
            (Self::Tighter, Self::Tighter) => Self::Tighter,
            (Self::Looser, Self::Looser) => Self::Looser,
            (Self::Unclear | Self::Tighter | Self::Looser, _) => Self::Unclear,
        })
    }

    fn flip(self) -> Self {
        match self {
            Self::Tighter => Self::Looser,
            Self::Looser => Self::Tighter,
            Self::Same | Self::Unclear => self,
        }
    }
}

/// A respect in which duties about the same thing can differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Aspect {
    Limit,
    Date,
    /// What is required, or forbidden.
    Requirement,
    /// How many.
    Bound,
    /// 含当日 or not.
    SameDay,
}

/// A rule's duty in its rule set.
#[derive(Clone, Copy)]
pub(super) struct Side<'m, 'p> {
    pub(super) model: &'m Model<'p>,
    pub(super) duty: &'m DutyModel,
}

/// Respects in which two duties about the same thing differ; `None`: they are about different things.
pub(super) fn duties(one: Side<'_, '_>, other: Side<'_, '_>) -> Option<Vec<(Aspect, Than)>> {
    let same = |a: &Expr, b: &Expr| key(a) == key(b);
    let respects = match (&one.duty.shape, &other.duty.shape) {
        (
            Shape::Response { trigger, each, after, limit, requirement, .. },
            Shape::Response {
                trigger: trigger2,
                each: each2,
                after: after2,
                limit: limit2,
                requirement: requirement2,
                ..
            },
        ) if same(trigger, trigger2) && each == each2 && after == after2 => {
            let (values, values2) = (one.model.values(limit), other.model.values(limit2));
            let than = dated(&values, &values2, |a, b| limits(one.model, a, b));
            vec![(Aspect::Limit, than), (Aspect::Requirement, wanted(one, requirement, other, requirement2))]
        }
        (
            Shape::Precedence { later, same_day, requirement, .. },
            Shape::Precedence { later: later2, same_day: same_day2, requirement: requirement2, .. },
        ) if same(later, later2) => vec![
            (Aspect::SameDay, if same_day == same_day2 { Than::Same } else { flag(*same_day2) }),
            (Aspect::Requirement, wanted(one, requirement, other, requirement2)),
        ],
        (
            Shape::Absence { reference, forbidden },
            Shape::Absence { reference: reference2, forbidden: forbidden2 },
        ) if format!("{reference:?}") == format!("{reference2:?}") => {
            vec![(Aspect::Requirement, prohibitions(one.model, forbidden, forbidden2)?)]
        }
        (Shape::EventCondition { cases }, Shape::EventCondition { cases: cases2 })
            if cases.len() == cases2.len() =>
        {
            let pairs = || cases.iter().zip(cases2);
            if pairs().any(|(a, b)| format!("{:?}", a.events) != format!("{:?}", b.events)) {
                return None;
            }
            let all = pairs().map(|(a, b)| wanted(one, &a.condition, other, &b.condition));
            vec![(Aspect::Requirement, Than::all(all.collect::<Vec<_>>()))]
        }
        (Shape::EntityCondition { condition }, Shape::EntityCondition { condition: condition2 }) => {
            vec![(Aspect::Requirement, wanted(one, condition, other, condition2))]
        }
        (
            Shape::Cardinality { counted, window, op, bound },
            Shape::Cardinality { counted: counted2, window: window2, op: op2, bound: bound2 },
        ) if same_count(counted, counted2) && window == window2 && op == op2 => {
            let (values, values2) = (one.model.numbers(bound), other.model.numbers(bound2));
            vec![(Aspect::Bound, dated(&values, &values2, |a, b| bounds(*op, a, b)))]
        }
        (
            Shape::DueAtClosure { given, requirement },
            Shape::DueAtClosure { given: given2, requirement: requirement2 },
        ) if format!("{given:?}") == format!("{given2:?}") => {
            vec![(Aspect::Requirement, wanted(one, requirement, other, requirement2))]
        }
        (
            Shape::DueOnDate { date, inclusive, roll, requirement },
            Shape::DueOnDate { date: date2, inclusive: inclusive2, roll: roll2, requirement: requirement2 },
        ) => {
            let marks = [
                if inclusive == inclusive2 { Than::Same } else { flag(*inclusive2) },
                if roll == roll2 { Than::Same } else { flag(*roll2) },
            ];
            let day = days(date, date2)?;
            vec![
                (Aspect::Date, Than::all(std::iter::once(day).chain(marks))),
                (Aspect::Requirement, wanted(one, requirement, other, requirement2)),
            ]
        }
        (
            Shape::Response { .. }
            | Shape::Precedence { .. }
            | Shape::Absence { .. }
            | Shape::EventCondition { .. }
            | Shape::EntityCondition { .. }
            | Shape::Cardinality { .. }
            | Shape::DueAtClosure { .. }
            | Shape::DueOnDate { .. },
            _,
        ) => return None,
    };
    Some(respects.into_iter().filter(|(_, than)| *than != Than::Same).collect())
}

/// The second is allowed what the first is not.
fn flag(second: bool) -> Than {
    if second { Than::Tighter } else { Than::Looser }
}

fn same_count(one: &Counted, other: &Counted) -> bool {
    format!("{one:?}") == format!("{other:?}")
}

pub(super) fn limits(model: &Model<'_>, one: Option<TimeLimit>, other: Option<TimeLimit>) -> Than {
    match (one, other) {
        (None, None) => Than::Same,
        (Some(_), None) => Than::Tighter,
        (None, Some(_)) => Than::Looser,
        (Some(one), Some(other)) => match length::order(model.calendar, &one, &other) {
            Order::Same => Than::Same,
            Order::Shorter => Than::Tighter,
            Order::Longer => Than::Looser,
            Order::Depends => Than::Unclear,
        },
    }
}

fn bounds(op: CompareOp, one: Option<u32>, other: Option<u32>) -> Than {
    let (one, other) = match (one, other) {
        (None, None) => return Than::Same,
        (Some(_), None) => return Than::Tighter,
        (None, Some(_)) => return Than::Looser,
        (Some(one), Some(other)) => (one, other),
    };
    match (op, one.cmp(&other)) {
        (_, std::cmp::Ordering::Equal) => Than::Same,
        (CompareOp::AtLeast | CompareOp::Greater, order) => {
            if order.is_gt() {
                Than::Tighter
            } else {
                Than::Looser
            }
        }
        (CompareOp::AtMost | CompareOp::Less, order) => {
            if order.is_lt() {
                Than::Tighter
            } else {
                Than::Looser
            }
        }
        (CompareOp::Equal | CompareOp::NotEqual | CompareOp::Before | CompareOp::After, _) => Than::Unclear,
    }
}

/// Compares values that change on certain days, on every one of those days.
pub(super) fn dated<T: Copy>(
    one: &[(Option<NaiveDate>, Option<T>)],
    other: &[(Option<NaiveDate>, Option<T>)],
    compare: impl Fn(Option<T>, Option<T>) -> Than,
) -> Than {
    let on = |values: &[(Option<NaiveDate>, Option<T>)], day: Option<NaiveDate>| {
        values.iter().rev().find(|(from, _)| *from <= day).and_then(|(_, value)| *value)
    };
    let mut days: Vec<Option<NaiveDate>> = one.iter().chain(other).map(|(from, _)| *from).collect();
    days.sort_unstable();
    days.dedup();
    Than::all(days.into_iter().map(|day| compare(on(one, day), on(other, day))))
}

fn days(one: &Expr, other: &Expr) -> Option<Than> {
    if key(one) == key(other) {
        return Some(Than::Same);
    }
    let order = match (bare(one), bare(other)) {
        (Expr::Literal(Literal::Date(a)), Expr::Literal(Literal::Date(b))) => a.cmp(b),
        (Expr::MonthDay { year, month, day }, Expr::MonthDay { year: year2, month: month2, day: day2 })
            if key(year) == key(year2) =>
        {
            (month, day.unwrap_or(31)).cmp(&(month2, day2.unwrap_or(31)))
        }
        _ => return None,
    };
    Some(if order.is_lt() { Than::Tighter } else { Than::Looser })
}

fn wanted(one: Side<'_, '_>, mine: &Expr, other: Side<'_, '_>, theirs: &Expr) -> Than {
    let (mine, theirs) = (conjuncts(mine), conjuncts(theirs));
    let all = |model: &Model<'_>, facts: &[Expr], claims: &[Expr]| {
        claims.iter().all(|claim| facts.iter().any(|fact| model.implies(fact, claim)))
    };
    match (all(one.model, &mine, &theirs), all(other.model, &theirs, &mine)) {
        (true, true) => Than::Same,
        (true, false) => Than::Tighter,
        (false, true) => Than::Looser,
        (false, false) => Than::Unclear,
    }
}

fn prohibitions(model: &Model<'_>, one: &Query, other: &Query) -> Option<Than> {
    match (model.wider(one, other), model.wider(other, one)) {
        (true, true) => Some(Than::Same),
        (true, false) => Some(Than::Tighter),
        (false, true) => Some(Than::Looser),
        (false, false) => None,
    }
}

/// To how many cases a rule applies, compared with another: fewer conditions and exemptions are more cases.
pub(super) fn reach(one: &RuleModel<'_>, other: &RuleModel<'_>) -> Than {
    let keys = |parts: &[super::model::Part]| -> Vec<String> {
        let mut keys: Vec<String> = parts.iter().flat_map(|p| conjuncts(&p.expr)).map(|e| key(&e)).collect();
        keys.sort();
        keys.dedup();
        keys
    };
    let subset = |a: &[String], b: &[String]| a.iter().all(|one| b.contains(one));
    let fewer = |a: &[String], b: &[String]| match (subset(a, b), subset(b, a)) {
        (true, true) => Than::Same,
        (true, false) => Than::Tighter,
        (false, true) => Than::Looser,
        (false, false) => Than::Unclear,
    };
    let window = {
        let from = one.rule.effective.cmp(&other.rule.effective);
        let end = |rule: &RuleModel<'_>| rule.rule.repealed.unwrap_or(NaiveDate::MAX);
        let until = end(one).cmp(&end(other));
        let longer = |order: std::cmp::Ordering| match order {
            std::cmp::Ordering::Equal => Than::Same,
            std::cmp::Ordering::Greater => Than::Tighter,
            std::cmp::Ordering::Less => Than::Looser,
        };
        [longer(from).flip(), longer(until)]
    };
    Than::all([
        fewer(&keys(&one.conditions), &keys(&other.conditions)),
        fewer(&keys(&one.exemptions), &keys(&other.exemptions)),
        Than::all(window),
    ])
}

/// How severe a breach is.
pub(super) fn weight(severity: Severity) -> u8 {
    match severity {
        Severity::Error => 2,
        Severity::Warning => 1,
        Severity::Advice => 0,
    }
}
