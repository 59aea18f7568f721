//! E: by the day the root entity is closed (结案), the requirement. Done later is `Late` with the closing
//! day as deadline; never is `Missing`; not closed yet is pending (ledger 6, 16).

use crate::evaluate::gate::{self, Standing};
use crate::evaluate::machine::Machine;
use crate::evaluate::outcome::Outcome;
use crate::evaluate::value::{ALWAYS, Val};
use crate::finding::{EvidenceRole, Verdict, ViolationKind};
use crate::history::EventRef;
use crate::plan::{Node, PlanRule};

pub(super) fn judge(
    machine: &mut Machine<'_, '_>,
    rule: &PlanRule,
    standing: &Standing,
    given: Option<&Node>,
    requirement: &Node,
    out: &mut Vec<Outcome>,
) {
    machine.at(machine.bound.as_of);
    machine.notes.clear();
    let mut date = None;
    let mut doubtful = None;
    if let Some(given) = given {
        let value = machine.value(given);
        let Some((event, sure)) = value.event() else {
            out.push(gate::untold(machine, rule, standing, value));
            return;
        };
        date = Some(machine.bound.history.moment(event).date);
        if !sure {
            doubtful = Some(std::mem::take(&mut machine.notes));
        }
    }
    out.push(match gate::gate(machine, rule, standing, None, date) {
        Err(outcome) => *outcome,
        Ok(unsure) => match doubtful {
            Some(notes) => Outcome::undetermined(None, notes),
            None => gate::settle(one(machine, rule, requirement), unsure),
        },
    });
}

fn one(machine: &mut Machine<'_, '_>, rule: &PlanRule, requirement: &Node) -> Outcome {
    let when = machine.when(requirement);
    let notes = std::mem::take(&mut machine.notes);
    let closing = rule.closure.as_ref().map_or(Val::Absent, |closure| machine.value(closure));
    let untold = std::mem::take(&mut machine.notes);
    if closing == Val::Missing && when.yes.is_none_or(|(at, _)| at != ALWAYS) {
        return Outcome::undetermined(None, [notes, untold].concat());
    }
    let closed = if let Val::Event(event) = closing { Some(EventRef(event)) } else { None };
    let response = when.yes.and_then(|(_, event)| event);
    let Some(closed) = closed else {
        return match (when.yes, when.maybe) {
            (Some(_), _) => Outcome::new(Verdict::Satisfied, None).with(EvidenceRole::Response, response),
            (None, Some(_)) => Outcome::undetermined(None, notes),
            (None, None) => Outcome::new(Verdict::Pending, None),
        };
    };
    let day = machine.bound.history.moment(closed).date;
    if when.yes.is_some_and(|(at, _)| at.date <= day) {
        return Outcome::new(Verdict::Satisfied, None).with(EvidenceRole::Response, response);
    }
    if when.maybe.is_some_and(|at| at.date <= day) || when.doubtful() {
        return Outcome::undetermined(None, notes);
    }
    let failing = std::mem::take(&mut machine.failing);
    match when.yes {
        Some((at, _)) => Outcome {
            deadline: Some(day),
            completed: (at != ALWAYS).then_some(at.date),
            ..Outcome::violated(ViolationKind::Late, None)
                .with(EvidenceRole::Context, Some(closed))
                .with(EvidenceRole::Response, response)
        },
        None => Outcome {
            failing,
            ..Outcome::violated(ViolationKind::Missing, None).with(EvidenceRole::Context, Some(closed))
        },
    }
}
