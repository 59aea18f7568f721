//! W014: an exemption that can never apply where the rule does, or always does.

use super::model::Part;
use super::normal::negate;
use super::{Context, Problem, conflict, never_fires, place};

pub(super) fn check(context: &Context<'_, '_>) -> Vec<Problem> {
    let mut found = Vec::new();
    for rule in &context.model.rules {
        if never_fires::one(context, rule).is_some() {
            continue;
        }
        let parts = rule.context();
        for exemption in &rule.exemptions {
            for always in [false, true] {
                let expr = if always { negate(exemption.expr.clone()) } else { exemption.expr.clone() };
                let mut all = parts.clone();
                all.push(Part { expr, span: exemption.span });
                let Some((one, other)) = conflict(context.model, &all) else { continue };
                let other = [one, other].into_iter().find(|part| part.span != exemption.span);
                found.push(Problem::IdleExemption {
                    rule: rule.rule.id.clone(),
                    always,
                    place: place(rule, exemption.span),
                    second: other.map(|part| place(rule, part.span)),
                });
                break;
            }
        }
    }
    found
}
