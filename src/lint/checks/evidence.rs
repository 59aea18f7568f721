//! W012: a rule that applies only where the evidence is there, and demands that very evidence.

use super::normal::{TRIGGER, conjuncts, present};
use super::{Context, Problem, never_fires, place};
use crate::policy::{Expr, Shape};

pub(super) fn check(context: &Context<'_, '_>) -> Vec<Problem> {
    let mut found = Vec::new();
    for rule in &context.model.rules {
        if never_fires::one(context, rule).is_some() {
            continue;
        }
        for duty in &rule.duties {
            for demand in &duty.demands {
                let conditions = rule.conditions.iter().flat_map(|part| {
                    let span = part.span;
                    conjuncts(&part.expr).into_iter().map(move |expr| (expr, span))
                });
                let mut facts: Vec<_> = match &duty.shape {
                    // 「有甲的，甲要在乙之前」查的是先后，不算；只有乙就是甲，才是白说。
                    Shape::Precedence { later, .. } => vec![(present(later.clone()), duty.span)],
                    Shape::Response { .. }
                    | Shape::Absence { .. }
                    | Shape::EventCondition { .. }
                    | Shape::EntityCondition { .. }
                    | Shape::Cardinality { .. }
                    | Shape::DueAtClosure { .. }
                    | Shape::DueOnDate { .. } => conditions
                        .chain(demand.given.iter().map(|expr| (expr.clone(), duty.span)))
                        .filter(|(expr, _)| matches!(expr, Expr::Present(_)))
                        .collect(),
                };
                // 「每次 甲 之后 …，应当 甲」里的后一个甲，说的就是那一次。
                facts.push((present(Expr::Slot(TRIGGER)), duty.span));
                let vacuous =
                    demand.wanted.iter().filter(|wanted| matches!(wanted, Expr::Present(_))).find_map(
                        |wanted| facts.iter().find(|(fact, _)| context.model.implies(fact, wanted)),
                    );
                if let Some((_, span)) = vacuous {
                    let second = (*span != duty.span).then(|| place(rule, *span));
                    let (rule_id, place) = (rule.rule.id.clone(), place(rule, duty.span));
                    found.push(Problem::OwnEvidence { rule: rule_id, place, second });
                    break;
                }
            }
        }
    }
    found
}
