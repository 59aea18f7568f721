//! Judging, one shape a file. Each takes the machine with the subject in its slots and appends one
//! outcome per instance.

mod absence;
mod cardinality;
mod closure;
mod condition;
mod due_on_date;
mod precedence;
mod response;

use super::gate::Standing;
use super::machine::Machine;
use super::outcome::Outcome;
use crate::finding::Verdict;
use crate::plan::{PlanDuty, PlanRule, PlanShape};

/// Every instance of a rule for the subject in the slots.
pub(super) fn judge(
    machine: &mut Machine<'_, '_>,
    rule: &PlanRule,
    standing: &Standing,
    out: &mut Vec<Outcome>,
) {
    match rule.duties.as_slice() {
        [] => {}
        [one] => duty(machine, rule, one, standing, out),
        several => {
            let mut results = Vec::with_capacity(several.len());
            for (at, one) in several.iter().enumerate() {
                let mut outcomes = Vec::new();
                duty(machine, rule, one, standing, &mut outcomes);
                results.extend(outcomes.into_iter().map(|outcome| Outcome { duty: at, ..outcome }));
            }
            out.extend(combine(results));
        }
    }
}

fn duty(
    machine: &mut Machine<'_, '_>,
    rule: &PlanRule,
    duty: &PlanDuty,
    standing: &Standing,
    out: &mut Vec<Outcome>,
) {
    machine.failing.clear();
    match &duty.shape {
        PlanShape::Response { trigger, slot, each, limit, requirement, after } => response::judge(
            machine,
            rule,
            standing,
            &response::Response { trigger, slot: *slot, each: *each, limit, requirement, after: *after },
            out,
        ),
        PlanShape::Precedence { later, slot, same_day, requirement, owner } => precedence::judge(
            machine,
            rule,
            standing,
            &precedence::Precedence {
                later,
                slot: *slot,
                same_day: *same_day,
                requirement,
                owner: owner.as_ref(),
            },
            out,
        ),
        PlanShape::Absence { reference, forbidden } => {
            absence::judge(machine, rule, standing, reference.as_ref(), forbidden, out);
        }
        PlanShape::EventCondition { cases } => condition::judge_events(machine, rule, standing, cases, out),
        PlanShape::EntityCondition { condition } => {
            condition::judge_entity(machine, rule, standing, condition, out);
        }
        PlanShape::Cardinality { counted, root, window, side, bound, shift } => cardinality::judge(
            machine,
            rule,
            standing,
            &cardinality::Cardinality {
                counted,
                root,
                window: *window,
                side: *side,
                bound: *bound,
                shift: *shift,
            },
            out,
        ),
        PlanShape::DueAtClosure { given, requirement } => {
            closure::judge(machine, rule, standing, given.as_ref(), requirement, out);
        }
        PlanShape::DueOnDate { date, inclusive, roll, requirement } => {
            let due = due_on_date::DueOnDate { date, inclusive: *inclusive, roll: *roll, requirement };
            due_on_date::judge(machine, rule, standing, &due, out);
        }
    }
}

/// Several duties of one rule: the first broken one decides; then what is unknown, then what is pending.
/// The trigger is that of any duty that has one, unless the deciding duty is a broken one.
fn combine(mut results: Vec<Outcome>) -> Option<Outcome> {
    let order = [
        Verdict::Violated,
        Verdict::Undetermined,
        Verdict::Pending,
        Verdict::Exempt,
        Verdict::Satisfied,
        Verdict::NotApplicable,
    ];
    let trigger = results.iter().find_map(|outcome| outcome.trigger);
    let at =
        order.iter().find_map(|verdict| results.iter().position(|outcome| outcome.verdict == *verdict))?;
    let mut decided = results.swap_remove(at);
    if decided.verdict != Verdict::Violated && decided.trigger.is_none() {
        decided.trigger = trigger;
    }
    Some(decided)
}
