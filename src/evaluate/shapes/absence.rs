//! A: events that must not happen, or not on one side of a reference event. Strictly before or after:
//! the same day without times is neither (ledger 24). One outcome per forbidden event.

use crate::evaluate::gate::{self, Standing};
use crate::evaluate::machine::Machine;
use crate::evaluate::outcome::Outcome;
use crate::evaluate::value::{Truth, Val};
use crate::finding::{EvidenceRole, Verdict, ViolationKind};
use crate::history::EventRef;
use crate::plan::{Node, PlanRule, QueryNode};
use crate::policy::Direction;

pub(super) fn judge(
    machine: &mut Machine<'_, '_>,
    rule: &PlanRule,
    standing: &Standing,
    reference: Option<&(Direction, Node)>,
    forbidden: &QueryNode,
    out: &mut Vec<Outcome>,
) {
    machine.seek();
    machine.notes.clear();
    let (direction, at, sure, value) = match reference {
        None => (Direction::Before, None, true, Val::Absent),
        Some((direction, event)) => {
            let value = machine.value(event);
            match value.event() {
                Some((event, sure)) => (*direction, Some(event), sure, value),
                None => (*direction, None, value != Val::Missing, value),
            }
        }
    };
    if at.is_none() && direction == Direction::After {
        out.push(gate::untold(machine, rule, standing, value));
        return;
    }
    let unsure_notes = std::mem::take(&mut machine.notes);
    let limit = at.map(|event| machine.bound.history.moment(event));
    let found = machine.matches(forbidden);
    let mut any = false;
    for (event, truth, notes) in found {
        let event = EventRef(event);
        let moment = machine.bound.history.moment(event);
        let offends = match (direction, limit) {
            (_, None) => true,
            (Direction::After, Some(limit)) => moment.is_after(limit),
            (Direction::Before, Some(limit)) => limit.is_after(moment),
        };
        if !offends {
            continue;
        }
        any = true;
        out.push(match gate::gate(machine, rule, standing, Some(event), Some(moment.date)) {
            Err(outcome) => *outcome,
            Ok(_) if truth == Truth::Unknown => Outcome::undetermined(Some(event), notes),
            Ok(_) if !sure => Outcome::undetermined(Some(event), unsure_notes.clone()),
            Ok(unsure) => {
                let mut outcome = Outcome::violated(ViolationKind::Forbidden, Some(event));
                outcome.evidence = vec![(EvidenceRole::Offence, event)];
                gate::settle(outcome.with(EvidenceRole::Context, at), unsure)
            }
        });
    }
    if !any {
        let date = at.map(|event| machine.bound.history.moment(event).date);
        out.push(match gate::gate(machine, rule, standing, at, date) {
            Err(outcome) => *outcome,
            Ok(_) if machine.unrecorded(forbidden) => {
                Outcome::undetermined(at, std::mem::take(&mut machine.notes))
            }
            Ok(_) => Outcome::new(Verdict::Satisfied, at),
        });
    }
}
