//! Which verdicts a rule can give, by its shape: what its pages are asked to show.

use crate::finding::Verdict;
use crate::policy::{CompareOp, Policy, Rule, Shape, Window};

/// For each of [`Verdict::ALL`].
pub(super) fn verdicts(rule: &Rule, policy: &Policy) -> [bool; 6] {
    let shapes = || rule.duties.iter().map(|duty| &duty.shape);
    let scoped = rule.root.is_some() && policy.root.as_ref().is_some_and(|root| root.scope.is_some());
    let bounded = !rule.conditions.is_empty() || rule.effective.is_some() || rule.repealed.is_some();
    // 对名单逐个、按年度数的，没有任务可依，施行与适用只决定数不数。
    let listed = rule.root.is_none();
    Verdict::ALL.map(|verdict| match verdict {
        Verdict::Violated | Verdict::Satisfied => !rule.duties.is_empty(),
        Verdict::Pending => shapes().any(waits),
        Verdict::Exempt => !rule.exemptions.is_empty(),
        Verdict::NotApplicable => scoped || (bounded && !listed),
        Verdict::Undetermined => scoped || shapes().any(|shape| matches!(shape, Shape::Cardinality { .. })),
    })
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
