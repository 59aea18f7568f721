//! C and S: a condition on every such event, or on the subject itself.

use crate::evaluate::gate::{self, Standing};
use crate::evaluate::machine::Machine;
use crate::evaluate::outcome::Outcome;
use crate::evaluate::value::{Truth, Val};
use crate::finding::{EvidenceRole, Verdict, ViolationKind};
use crate::history::EventRef;
use crate::plan::{Node, PlanRule, QueryNode};

pub(super) fn judge_events(
    machine: &mut Machine<'_, '_>,
    rule: &PlanRule,
    standing: &Standing,
    cases: &[(QueryNode, Node)],
    out: &mut Vec<Outcome>,
) {
    let mut any = false;
    for (query, condition) in cases {
        machine.seek();
        machine.notes.clear();
        for (number, truth, notes) in machine.matches(query) {
            any = true;
            let event = EventRef(number);
            let date = machine.bound.history.moment(event).date;
            let mut outcome = match gate::gate(machine, rule, standing, Some(event), Some(date)) {
                Err(outcome) => *outcome,
                Ok(_) if truth == Truth::Unknown => Outcome::undetermined(Some(event), notes),
                Ok(unsure) => {
                    machine.set_slot(query.element, Val::Event(number));
                    gate::settle(decide(machine, condition, Some(event)), unsure)
                }
            };
            if outcome.verdict == Verdict::Violated {
                outcome.evidence = vec![(EvidenceRole::Offence, event)];
            }
            out.push(outcome);
        }
    }
    if !any {
        machine.notes.clear();
        let unrecorded = cases.iter().filter(|(query, _)| machine.unrecorded(query)).count() > 0;
        let none = if unrecorded { Val::Missing } else { Val::Absent };
        out.push(gate::untold(machine, rule, standing, none));
    }
}

pub(super) fn judge_entity(
    machine: &mut Machine<'_, '_>,
    rule: &PlanRule,
    standing: &Standing,
    condition: &Node,
    out: &mut Vec<Outcome>,
) {
    // 没有起始的，看的是截至日的样子：截至日在施行以前，还不受约束。
    let date = rule.basis.is_none().then_some(machine.bound.as_of);
    out.push(match gate::gate(machine, rule, standing, None, date) {
        Err(outcome) => *outcome,
        Ok(unsure) => {
            let outcome = decide(machine, condition, None);
            let outcome =
                if machine.bound.witnesses { witnessed(machine, condition, outcome) } else { outcome };
            gate::settle(outcome, unsure)
        }
    });
}

/// With the event by which a condition that holds does so, if there is one.
fn witnessed(machine: &mut Machine<'_, '_>, condition: &Node, outcome: Outcome) -> Outcome {
    if outcome.verdict != Verdict::Satisfied {
        return outcome;
    }
    let witness = machine.when(condition).yes.and_then(|(_, event)| event);
    machine.notes.clear();
    machine.failing.clear();
    outcome.with(EvidenceRole::Response, witness)
}

fn decide(machine: &mut Machine<'_, '_>, condition: &Node, trigger: Option<EventRef>) -> Outcome {
    match machine.truth(condition) {
        Truth::True => Outcome::new(Verdict::Satisfied, trigger),
        Truth::Unknown => Outcome::undetermined(trigger, std::mem::take(&mut machine.notes)),
        Truth::False => {
            let failing = std::mem::take(&mut machine.failing);
            let mut facts = Vec::new();
            machine.facts(condition, &mut facts);
            machine.notes.clear();
            Outcome { failing, facts, ..Outcome::violated(ViolationKind::Condition, trigger) }
        }
    }
}
