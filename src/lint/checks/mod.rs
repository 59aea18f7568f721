//! The checks, one per file, each with one code (`problem.rs` has the words). Each takes the rule set as
//! modelled and gives what it doubts.

mod always_violated;
mod beyond_calendar;
mod conflicting_limits;
mod duplicates;
mod evidence;
mod exemptions;
mod expiring;
mod impossible_times;
mod impossible_words;
mod looser;
mod never_fires;
mod no_citation;
mod precedence_cycles;
mod unused;

use super::model::{Part, RuleModel};
use super::problem::{Place, Problem};
use super::{Context, contrast, length, logic, model, names, network, normal};

pub(super) use looser::looser;

/// Every check but the comparison with a superior.
pub(super) const ALL: &[fn(&Context<'_, '_>) -> Vec<Problem>] = &[
    never_fires::check,
    always_violated::check,
    duplicates::check,
    unused::check,
    no_citation::check,
    conflicting_limits::check,
    precedence_cycles::check,
    impossible_times::check,
    expiring::check,
    evidence::check,
    beyond_calendar::check,
    exemptions::check,
    impossible_words::check,
];

/// A clause of a rule; with the rule itself when a template says it in another file.
fn place(rule: &RuleModel<'_>, span: crate::source::Span) -> Place {
    let borrowed = rule.borrows(span);
    Place { at: if borrowed { rule.span() } else { span }, also: borrowed.then_some(span) }
}

/// Conditions that cannot all hold, as two parts (the same one twice: it alone).
fn conflict<'a>(model: &model::Model<'_>, parts: &'a [Part]) -> Option<(&'a Part, &'a Part)> {
    let exprs: Vec<_> = parts.iter().map(|part| part.expr.clone()).collect();
    let found = model.logic.conflict(&exprs)?;
    Some((parts.get(found.one)?, parts.get(found.other)?))
}
