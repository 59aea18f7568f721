//! Which verdicts a rule can give, by its shape: what its pages are asked to show.

use crate::finding::Verdict;
use crate::policy::{CompareOp, Policy, Rule, Shape, Window};

/// For each of [`Verdict::ALL`].
pub(super) fn verdicts(rule: &Rule, policy: &Policy) -> [bool; 6] {
    let shapes = || rule.duties.iter().map(|duty| &duty.shape);
    let scoped = rule.root.is_some() && policy.root.as_ref().is_some_and(|root| root.scope.is_some());
    Verdict::ALL.map(|verdict| match verdict {
        Verdict::Violated | Verdict::Satisfied => !rule.duties.is_empty(),
        Verdict::Pending => shapes().any(waits),
        Verdict::Exempt => !rule.exemptions.is_empty(),
        Verdict::NotApplicable => scoped || !rule.conditions.is_empty() || shapes().any(triggered),
        Verdict::Undetermined => scoped || shapes().any(|shape| matches!(shape, Shape::Cardinality { .. })),
    })
}

/// A duty that begins with an event, which may not have happened, or have happened before 施行.
fn triggered(shape: &Shape) -> bool {
    match shape {
        Shape::Response { .. }
        | Shape::Precedence { .. }
        | Shape::EventCondition { .. }
        | Shape::Absence { reference: Some(_), .. }
        | Shape::DueAtClosure { given: Some(_), .. } => true,
        Shape::Absence { reference: None, .. }
        | Shape::DueAtClosure { given: None, .. }
        | Shape::EntityCondition { .. }
        | Shape::Cardinality { .. }
        | Shape::DueOnDate { .. } => false,
    }
}

/// A duty that may still be met later.
fn waits(shape: &Shape) -> bool {
    match shape {
        Shape::Response { .. } | Shape::DueAtClosure { .. } | Shape::DueOnDate { .. } => true,
        Shape::Cardinality { window, op, .. } => {
            matches!(window, Window::Year(_))
                && matches!(op, CompareOp::AtLeast | CompareOp::Greater | CompareOp::Equal)
        }
        Shape::Precedence { .. }
        | Shape::Absence { .. }
        | Shape::EventCondition { .. }
        | Shape::EntityCondition { .. } => false,
    }
}
