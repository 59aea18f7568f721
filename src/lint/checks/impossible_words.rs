//! W015: a word of a list that the field it is compared with can never be.

use super::logic::walk;
use super::model::RuleModel;
use super::{Context, Problem};
use crate::policy::{Counted, Expr, NameList, Query, Shape};
use crate::source::Span;
use crate::vocabulary::Fields as _;

pub(super) fn check(context: &Context<'_, '_>) -> Vec<Problem> {
    let mut found: Vec<Problem> = Vec::new();
    for rule in &context.model.rules {
        for expr in expressions(rule) {
            walk(&expr, &mut |part| {
                let Expr::Listed(of, number) = part else { return };
                let (Some(terms), Some(list)) =
                    (context.model.logic.terms(of), context.model.logic.lists.get(number))
                else {
                    return;
                };
                for (at, entry) in list.entries.iter().enumerate() {
                    let known = |word: &String| terms.iter().any(|(_, spellings)| spellings.contains(word));
                    if entry.words.iter().any(known) {
                        continue;
                    }
                    found.push(Problem::ImpossibleWord {
                        list: list.name.clone(),
                        word: entry.name.clone(),
                        field: field_name(context, of),
                        terms: terms.iter().map(|(name, _)| name.clone()).collect(),
                        span: entry_span(context, list, at),
                        rule: (rule.rule.id.clone(), rule.span()),
                    });
                }
            });
        }
    }
    // 一个词说一次，说第一条用到它的规则。
    let mut seen: Vec<(String, String)> = Vec::new();
    found.retain(|problem| {
        let Problem::ImpossibleWord { list, word, .. } = problem else { return true };
        let known = (list.clone(), word.clone());
        let new = !seen.contains(&known);
        seen.push(known);
        new
    });
    found
}

fn field_name(context: &Context<'_, '_>, expr: &Expr) -> String {
    let Expr::Field(_, field) = expr else { return String::new() };
    let vocabulary = &context.model.policy.vocabulary;
    match field.holder {
        crate::policy::Holder::Entity(id) => {
            let kind = vocabulary.entity(id);
            format!("{}.{}", kind.name, kind.field(field.id).name)
        }
        crate::policy::Holder::Event(id) => {
            let kind = vocabulary.event(id);
            format!("{}.{}", kind.name, kind.field(field.id).name)
        }
    }
}

/// Where an entry is written.
pub(super) fn entry_span(context: &Context<'_, '_>, list: &NameList, at: usize) -> Span {
    let composition = context.model.composition;
    let lists = composition.lists.iter().find(|block| block.name.text == list.name);
    let tables = composition.tables.iter().find(|block| block.name.text == list.name);
    let entry = lists.and_then(|block| block.entries.get(at)).map(|term| term.name.span);
    let row = tables.and_then(|block| block.rows.get(at)).map(|row| row.kind.term.name.span);
    entry.or(row).unwrap_or(list.span)
}

/// Every expression of a rule.
pub(super) fn expressions(rule: &RuleModel<'_>) -> Vec<Expr> {
    let mut all: Vec<Expr> =
        rule.conditions.iter().chain(&rule.exemptions).map(|part| part.expr.clone()).collect();
    for duty in &rule.duties {
        let query = |query: &Query| Expr::Query(query.clone());
        match &duty.shape {
            Shape::Response { trigger, requirement, .. } => {
                all.extend([trigger.clone(), requirement.clone()]);
            }
            Shape::Precedence { later, requirement, .. } => all.extend([later.clone(), requirement.clone()]),
            Shape::Absence { reference, forbidden } => {
                all.extend(reference.as_ref().map(|reference| reference.event.clone()));
                all.push(query(forbidden));
            }
            Shape::EventCondition { cases } => {
                all.extend(cases.iter().flat_map(|case| [query(&case.events), case.condition.clone()]));
            }
            Shape::EntityCondition { condition } => all.push(condition.clone()),
            Shape::Cardinality { counted, .. } => match counted {
                Counted::Entities { query: of, dated_by, .. } => {
                    all.push(query(of));
                    all.extend(dated_by.clone());
                }
                Counted::Events { query: of, .. } | Counted::Days { query: of, .. } => all.push(query(of)),
            },
            Shape::DueAtClosure { given, requirement } => {
                all.extend(given.clone());
                all.push(requirement.clone());
            }
            Shape::DueOnDate { date, requirement, .. } => all.extend([date.clone(), requirement.clone()]),
        }
    }
    all
}
