//! P: before (or on the day of) the later event, the requirement must have been met.
//! Never met is `Missing`, met afterwards is `Order` (ledger 15); ties follow ledger 4.

use crate::evaluate::gate::{self, Standing};
use crate::evaluate::machine::Machine;
use crate::evaluate::outcome::Outcome;
use crate::evaluate::value::Val;
use crate::finding::{EvidenceRole, Verdict, ViolationKind};
use crate::history::{EventRef, Moment};
use crate::plan::{Node, PlanRule};

pub(super) struct Precedence<'p> {
    pub(super) later: &'p Node,
    pub(super) slot: usize,
    pub(super) same_day: bool,
    pub(super) requirement: &'p Node,
    pub(super) owner: Option<&'p Node>,
}

pub(super) fn judge(
    machine: &mut Machine<'_, '_>,
    rule: &PlanRule,
    standing: &Standing,
    duty: &Precedence<'_>,
    out: &mut Vec<Outcome>,
) {
    machine.seek();
    machine.notes.clear();
    let later = machine.value(duty.later);
    let Some((event, sure)) = later.event() else {
        out.push(gate::untold(machine, rule, standing, later));
        return;
    };
    let unsure_notes = std::mem::take(&mut machine.notes);
    let moment = machine.bound.history.moment(event);
    let ownerless = duty.owner.is_some_and(|owner| machine.value(owner) == Val::Missing);
    let owner_notes = std::mem::take(&mut machine.notes);
    let outcome = match gate::gate(machine, rule, standing, Some(event), Some(moment.date)) {
        Err(outcome) => *outcome,
        Ok(_) if !sure => Outcome::undetermined(Some(event), unsure_notes),
        Ok(_) if ownerless => Outcome::undetermined(Some(event), owner_notes),
        Ok(unsure) => gate::settle(one(machine, duty, event, moment), unsure),
    };
    // 应做的事不知道属于谁，就谈不上由哪件事触发（台账口径 34）。
    out.push(if ownerless { Outcome { trigger: None, evidence: Vec::new(), ..outcome } } else { outcome });
}

fn one(machine: &mut Machine<'_, '_>, duty: &Precedence<'_>, event: EventRef, moment: Moment) -> Outcome {
    machine.set_slot(duty.slot, Val::Event(event.0));
    let end = Moment { date: moment.date, millis: Some(86_399_999) };
    machine.due = Some(if duty.same_day { end } else { moment });
    let when = machine.when(duty.requirement);
    machine.due = None;
    let in_time = |at: Moment| if duty.same_day { at.date <= moment.date } else { !at.is_after(moment) };
    let response = when.yes.and_then(|(_, event)| event);
    if when.yes.is_some_and(|(at, _)| in_time(at)) {
        return Outcome::new(Verdict::Satisfied, Some(event)).with(EvidenceRole::Response, response);
    }
    if when.maybe.is_some_and(in_time) || (when.yes.is_none() && when.maybe.is_some()) {
        return Outcome::undetermined(Some(event), std::mem::take(&mut machine.notes));
    }
    let kind = if when.yes.is_some() { ViolationKind::Order } else { ViolationKind::Missing };
    let failing = std::mem::take(&mut machine.failing);
    Outcome { failing, ..Outcome::violated(kind, Some(event)).with(EvidenceRole::Response, response) }
}
