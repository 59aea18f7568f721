//! W002: a duty that nobody can meet: it contradicts itself, the rule's own conditions, or another rule
//! that applies whenever it does.

use std::collections::BTreeSet;

use super::contrast::{Than, reach};
use super::model::{DutyModel, Part, RuleModel, counted_query};
use super::{Context, Problem, conflict, never_fires, place};
use crate::policy::{Bound, CompareOp, Expr, Shape};

pub(super) fn check(context: &Context<'_, '_>) -> Vec<Problem> {
    let mut found = Vec::new();
    let mut done = BTreeSet::new();
    for (at, rule) in context.model.rules.iter().enumerate() {
        if never_fires::one(context, rule).is_some() {
            done.insert(at);
            continue;
        }
        if let Some(problem) = rule.duties.iter().find_map(|duty| alone(context, rule, duty)) {
            done.insert(at);
            found.push(problem);
        }
    }
    let rules: Vec<(usize, &RuleModel<'_>)> =
        context.model.rules.iter().enumerate().filter(|(at, _)| !done.contains(at)).collect();
    for (at, (_, rule)) in rules.iter().enumerate() {
        let others = rules.iter().skip(at + 1);
        found.extend(others.filter_map(|(_, other)| together(context, rule, other)));
    }
    found
}

fn alone(context: &Context<'_, '_>, rule: &RuleModel<'_>, duty: &DutyModel) -> Option<Problem> {
    let id = rule.rule.id.clone();
    if let Shape::Cardinality { counted, op, bound, .. } = &duty.shape {
        let none = *op == CompareOp::Less && *bound == Bound::Fixed(0);
        let filter = super::normal::filters(counted_query(counted));
        let empty = matches!(op, CompareOp::AtLeast | CompareOp::Greater | CompareOp::Equal)
            && *bound != Bound::Fixed(0)
            && context.model.logic.conflict(&filter).is_some();
        return (none || empty).then(|| Problem::AlwaysViolated {
            rule: id,
            place: place(rule, duty.span),
            second: None,
        });
    }
    let parts = rule.context();
    for demand in &duty.demands {
        let mut all = parts.clone();
        // 触发事件的条件按截至日看，会变的属性到判的那天可能已经变了。
        let given = demand.given.iter().filter(|expr| context.model.logic.fixed(expr));
        all.extend(given.map(|expr| Part { expr: expr.clone(), span: duty.span }));
        if conflict(context.model, &all).is_some() {
            continue;
        }
        let first = all.len();
        all.extend(demand.wanted.iter().map(|expr| Part { expr: expr.clone(), span: duty.span }));
        let queries = demand.wanted.iter().filter_map(impossible(context));
        let inside = queries.map(|expr| Part { expr, span: duty.span });
        all.extend(inside);
        if let Some((one, other)) = conflict(context.model, &all) {
            let clause = [one, other].into_iter().find(|part| part.span != duty.span);
            let second = clause.filter(|_| first > 0).map(|part| place(rule, part.span));
            return Some(Problem::AlwaysViolated { rule: id, place: place(rule, duty.span), second });
        }
    }
    None
}

/// `false` for a required event whose own conditions cannot hold.
fn impossible<'c>(context: &'c Context<'_, '_>) -> impl Fn(&Expr) -> Option<Expr> + 'c {
    |wanted| {
        let Expr::Present(of) = wanted else { return None };
        let Expr::Query(query) = of.as_ref() else { return None };
        let filter = super::normal::filters(query);
        context.model.logic.conflict(&filter)?;
        Some(Expr::Literal(crate::policy::Literal::Bool(false)))
    }
}

/// Two rules about the same moment whose requirements exclude each other.
fn together(context: &Context<'_, '_>, one: &RuleModel<'_>, other: &RuleModel<'_>) -> Option<Problem> {
    if one.columns != other.columns
        || !one.overlaps(other)
        || reach(one, other) == Than::Unclear
        || one.read_at != other.read_at
    {
        return None;
    }
    for duty in &one.duties {
        for second in &other.duties {
            let clash = match (&duty.shape, &second.shape) {
                (Shape::EventCondition { cases }, Shape::EventCondition { cases: cases2 }) => {
                    cases.iter().any(|case| {
                        cases2.iter().any(|case2| {
                            let model = context.model;
                            (model.wider(&case.events, &case2.events)
                                || model.wider(&case2.events, &case.events))
                                && clashes(context, one, &case.condition, &case2.condition)
                        })
                    })
                }
                (Shape::EntityCondition { condition }, Shape::EntityCondition { condition: condition2 }) => {
                    clashes(context, one, condition, condition2)
                }
                (
                    Shape::Cardinality { counted, window, op, bound: Bound::Fixed(number) },
                    Shape::Cardinality {
                        counted: counted2,
                        window: window2,
                        op: op2,
                        bound: Bound::Fixed(number2),
                    },
                ) => {
                    let same = format!("{counted:?}{window:?}") == format!("{counted2:?}{window2:?}");
                    let (least, most) = match (op, op2) {
                        (CompareOp::AtLeast, CompareOp::AtMost) => (number, number2),
                        (CompareOp::AtMost, CompareOp::AtLeast) => (number2, number),
                        _ => continue,
                    };
                    same && least > most
                }
                _ => false,
            };
            if clash {
                return Some(Problem::Contradiction {
                    rule: one.rule.id.clone(),
                    other: other.rule.id.clone(),
                    place: place(one, duty.span),
                    second: place(other, second.span),
                });
            }
        }
    }
    None
}

fn clashes(context: &Context<'_, '_>, rule: &RuleModel<'_>, one: &Expr, other: &Expr) -> bool {
    let logic = &context.model.logic;
    let mut all: Vec<Expr> = rule.conditions.iter().map(|part| part.expr.clone()).collect();
    all.push(one.clone());
    if logic.conflict(&all).is_some() {
        return false;
    }
    all.push(other.clone());
    logic.conflict(&all).is_some()
}
