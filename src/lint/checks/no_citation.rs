//! W006: a rule that does not say which article it comes from.

use super::{Context, Problem};

pub(super) fn check(context: &Context<'_, '_>) -> Vec<Problem> {
    let rules = context.model.rules.iter().filter(|rule| rule.rule.citation.trim().is_empty());
    rules.map(|rule| Problem::NoCitation { rule: rule.rule.id.clone(), span: rule.span() }).collect()
}
