//! R and O: after a trigger, within a limit, the requirement. Deadlines count days (ledger 1–3); the
//! earliest response counts even when it came before the trigger, unless the rule says 之后.

use chrono::{Days, NaiveDate};

use crate::calendar::{Calendar, CountFrom, Deadline, RollForward, TimeLimit, Unit};
use crate::evaluate::gate::{self, Standing};
use crate::evaluate::machine::Machine;
use crate::evaluate::outcome::Outcome;
use crate::evaluate::value::{ALWAYS, Note, Truth, Val, When};
use crate::finding::{EvidenceRole, Verdict, ViolationKind};
use crate::history::EventRef;
use crate::plan::{Node, PlanLimit, PlanRule};
use crate::policy::ParameterValue;

pub(super) struct Response<'p> {
    pub(super) trigger: &'p Node,
    pub(super) slot: usize,
    pub(super) each: bool,
    pub(super) limit: &'p PlanLimit,
    pub(super) requirement: &'p Node,
    pub(super) after: bool,
}

pub(super) fn judge(
    machine: &mut Machine<'_, '_>,
    rule: &PlanRule,
    standing: &Standing,
    duty: &Response<'_>,
    out: &mut Vec<Outcome>,
) {
    let triggers = triggers(machine, duty);
    if triggers.is_empty() {
        out.push(gate::no_trigger(standing));
    }
    for (event, truth, notes) in triggers {
        let Some(event) = event else {
            machine.notes = notes;
            out.push(gate::untold(machine, rule, standing, Val::Missing));
            continue;
        };
        let date = machine.bound.history.moment(event).date;
        out.push(match gate::gate(machine, rule, standing, Some(event), Some(date)) {
            Err(outcome) => *outcome,
            Ok(_) if truth == Truth::Unknown => Outcome::undetermined(Some(event), notes),
            Ok(unsure) => gate::settle(one(machine, duty, event), unsure),
        });
    }
}

/// Trigger events with whether they surely are; `None` for "cannot be told at all".
fn triggers(machine: &mut Machine<'_, '_>, duty: &Response<'_>) -> Vec<(Option<EventRef>, Truth, Vec<Note>)> {
    machine.notes.clear();
    machine.seek();
    if duty.each {
        let Node::Query(query) = duty.trigger else { return Vec::new() };
        let found = machine.matches(query);
        if found.is_empty() && machine.unrecorded(query) {
            return vec![(None, Truth::Unknown, std::mem::take(&mut machine.notes))];
        }
        return found
            .into_iter()
            .map(|(event, truth, notes)| (Some(EventRef(event)), truth, notes))
            .collect();
    }
    let trigger = machine.value(duty.trigger);
    match trigger.event() {
        Some((event, true)) => vec![(Some(event), Truth::True, Vec::new())],
        Some((event, false)) => vec![(Some(event), Truth::Unknown, std::mem::take(&mut machine.notes))],
        None if trigger == Val::Missing => vec![(None, Truth::Unknown, std::mem::take(&mut machine.notes))],
        None => Vec::new(),
    }
}

fn resolve(machine: &Machine<'_, '_>, limit: &PlanLimit, on: NaiveDate) -> Option<TimeLimit> {
    match limit {
        PlanLimit::Fixed(limit) => Some(*limit),
        PlanLimit::Parameter { index, include_start, no_roll } => {
            let value = machine.bound.parameter(*index, on)?;
            let ParameterValue::Limit(mut limit) = value else { return None };
            if *include_start {
                limit.count_from = CountFrom::SameDay;
            }
            if *no_roll {
                limit.roll = RollForward::None;
            }
            Some(limit)
        }
    }
}

fn one(machine: &mut Machine<'_, '_>, duty: &Response<'_>, event: EventRef) -> Outcome {
    let moment = machine.bound.history.moment(event);
    machine.set_slot(duty.slot, Val::Event(event.0));
    machine.not_before = duty.after.then_some(moment);
    let when = machine.when(duty.requirement);
    machine.not_before = None;
    let as_of = machine.bound.as_of;
    let Some(limit) = resolve(machine, duty.limit, moment.date) else {
        return open_ended(machine, event, when);
    };
    let base = |outcome: Outcome| Outcome { calculation: Some((moment.date, limit)), ..outcome };
    let response = when.yes.and_then(|(_, event)| event);
    let completed = when.yes.filter(|(at, _)| *at != ALWAYS).map(|(at, _)| at.date);
    // 同日（0 日、不顺延）不计逾期工作日（台账口径 21）。
    let same_day = limit.count == 0 && limit.roll == RollForward::None;
    let calendar = machine.bound.calendar;
    let late = |from, to| if same_day { None } else { calendar.workdays_after(from, to) };
    match calendar.deadline(moment.date, &limit) {
        Deadline::On { date, provisional } => {
            let dated = |outcome: Outcome| Outcome { deadline: Some(date), provisional, ..base(outcome) };
            if when.yes.is_some_and(|(at, _)| at.date <= date) {
                let outcome =
                    Outcome::new(Verdict::Satisfied, Some(event)).with(EvidenceRole::Response, response);
                return Outcome { completed, ..dated(outcome) };
            }
            if when.maybe.is_some_and(|at| at.date <= date) || when.doubtful() {
                return dated(Outcome::undetermined(Some(event), std::mem::take(&mut machine.notes)));
            }
            if let Some((at, _)) = when.yes {
                let outcome = Outcome::violated(ViolationKind::Late, Some(event))
                    .with(EvidenceRole::Response, response);
                let workdays_late = late(date, at.date);
                return Outcome { completed, workdays_late, ..dated(outcome) };
            }
            if date >= as_of {
                return dated(Outcome::new(Verdict::Pending, Some(event)));
            }
            let workdays_late = late(date, as_of);
            Outcome { workdays_late, ..dated(Outcome::violated(ViolationKind::Missing, Some(event))) }
        }
        Deadline::OutOfRange { known } => {
            let provisional = |outcome: Outcome| Outcome { provisional: true, ..base(outcome) };
            if let Some((at, _)) = when.yes
                && at.date <= known
            {
                let outcome =
                    Outcome::new(Verdict::Satisfied, Some(event)).with(EvidenceRole::Response, response);
                return Outcome { completed, ..provisional(outcome) };
            }
            if when.yes.is_none()
                && when.maybe.is_none()
                && as_of <= earliest(machine.bound.calendar, moment.date, &limit, known)
            {
                return provisional(Outcome::new(Verdict::Pending, Some(event)));
            }
            let mut notes = std::mem::take(&mut machine.notes);
            notes.push(Note::Calendar { known });
            provisional(Outcome::undetermined(Some(event), notes))
        }
    }
}

/// The first day that could be the deadline, if every day not yet published were a workday:
/// until then the duty is surely not overdue.
fn earliest(calendar: &Calendar, start: NaiveDate, limit: &TimeLimit, known: NaiveDate) -> NaiveDate {
    let counted = if start < known { calendar.workdays_after(start, known).unwrap_or(0) } else { 0 };
    let left = match limit.unit {
        Unit::Workday => u64::from(limit.count).saturating_sub(u64::try_from(counted).unwrap_or(0)),
        Unit::Day | Unit::Month | Unit::Year => 0,
    };
    known.max(start).checked_add_days(Days::new(left)).unwrap_or(known)
}

/// No limit is set: done or still open, never a violation.
fn open_ended(machine: &mut Machine<'_, '_>, event: EventRef, when: When) -> Outcome {
    if let Some((_, response)) = when.yes {
        return Outcome::new(Verdict::Satisfied, Some(event)).with(EvidenceRole::Response, response);
    }
    if when.maybe.is_some() {
        return Outcome::undetermined(Some(event), std::mem::take(&mut machine.notes));
    }
    let start = machine.bound.history.moment(event).date;
    let elapsed = Some((machine.bound.as_of - start).num_days());
    Outcome { elapsed, ..Outcome::new(Verdict::Pending, Some(event)) }
}
