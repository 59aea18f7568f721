//! W001: a rule whose conditions can never hold together, or which governs no day.

#![expect(clippy::wildcard_enum_match_arm, reason = "only a plain event has one query behind it")]

use super::model::{Part, RuleModel, counted_query};
use super::normal::{conjuncts, present};
use super::{Context, Problem, conflict, place};
use crate::policy::{CompareOp, Domain, Expr, Query, Shape};
use crate::syntax::ast::RuleClause;

pub(super) fn check(context: &Context<'_, '_>) -> Vec<Problem> {
    context.model.rules.iter().filter_map(|rule| one(context, rule)).collect()
}

/// Whether W001 is already said of a rule: other checks need not look.
pub(super) fn one(context: &Context<'_, '_>, rule: &RuleModel<'_>) -> Option<Problem> {
    let id = rule.rule.id.clone();
    if let (Some(begun), Some(end)) = (rule.rule.effective, rule.rule.repealed)
        && end <= begun
    {
        let clause = rule
            .composed
            .block
            .clauses
            .iter()
            .find(|clause| matches!(clause.kind, RuleClause::Repealed(_) | RuleClause::Effective(_)));
        let at = clause.map_or(rule.span(), |clause| clause.span);
        return Some(Problem::GovernsNoDay { rule: id, begun, end, place: place(rule, at) });
    }
    for binder in &rule.rule.binders {
        if let Domain::List(_, index) = binder.domain
            && let Some(list) = context.model.policy.lists.get(index)
            && list.entries.is_empty()
        {
            let (name, list) = (list.name.clone(), list.span);
            return Some(Problem::EmptyList { rule: id, name, list, place: place(rule, rule.span()) });
        }
    }
    let parts = rule.context();
    if let Some((one, other)) = conflict(context.model, &parts) {
        return Some(said(rule, one, other));
    }
    // 触发的事件自己就不可能有：每一句义务都这样，规则才永不触发。
    let mut found = None;
    for duty in &rule.duties {
        let queries: Vec<Query> = match &duty.shape {
            Shape::Response { trigger, .. } => whole(trigger)?,
            Shape::Precedence { later, .. } => whole(later)?,
            Shape::EventCondition { cases } => cases.iter().map(|case| case.events.clone()).collect(),
            Shape::Absence { forbidden, .. } => vec![forbidden.clone()],
            Shape::Cardinality { counted, op: CompareOp::AtMost | CompareOp::Less, .. } => {
                vec![counted_query(counted).clone()]
            }
            Shape::Cardinality { .. }
            | Shape::EntityCondition { .. }
            | Shape::DueAtClosure { .. }
            | Shape::DueOnDate { .. } => return None,
        };
        for query in queries {
            let filter = super::normal::filters(&query).into_iter();
            let mut all: Vec<Part> = filter.map(|expr| Part { expr, span: duty.span }).collect();
            all.extend(parts.iter().cloned());
            // 「没有 X」的情形下，以 X 触发的永远没有触发。
            let there = present(Expr::Query(query));
            all.extend(conjuncts(&there).into_iter().map(|expr| Part { expr, span: duty.span }));
            let (one, other) = conflict(context.model, &all)?;
            found.get_or_insert(said(rule, one, other));
        }
    }
    found
}

fn said(rule: &RuleModel<'_>, one: &Part, other: &Part) -> Problem {
    let second = (one.span != other.span).then(|| place(rule, other.span));
    Problem::NeverFires { rule: rule.rule.id.clone(), place: place(rule, one.span), second }
}

/// The query behind an event; `None` when it is put together from several.
fn whole(event: &Expr) -> Option<Vec<Query>> {
    match event {
        Expr::Query(query) | Expr::Pick(_, query) => Some(vec![query.clone()]),
        _ => None,
    }
}
