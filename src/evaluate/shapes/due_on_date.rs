//! D: by a fixed date, the requirement. The date itself decides 施行; it rolls only when the rule says so.

use chrono::Days;

use crate::calendar::{CountFrom, Deadline, Direction, RollForward, TimeLimit, Unit};
use crate::evaluate::gate::{self, Standing};
use crate::evaluate::machine::Machine;
use crate::evaluate::outcome::Outcome;
use crate::evaluate::value::{ALWAYS, Note, Val};
use crate::finding::{EvidenceRole, Verdict, ViolationKind};
use crate::plan::{Node, PlanRule};

pub(super) struct DueOnDate<'p> {
    pub(super) date: &'p Node,
    pub(super) inclusive: bool,
    pub(super) roll: bool,
    pub(super) requirement: &'p Node,
}

pub(super) fn judge(
    machine: &mut Machine<'_, '_>,
    rule: &PlanRule,
    standing: &Standing,
    duty: &DueOnDate<'_>,
    out: &mut Vec<Outcome>,
) {
    machine.at(machine.bound.as_of);
    machine.notes.clear();
    let due = machine.value(duty.date);
    let Val::Date(mut date) = due else {
        out.push(gate::untold(machine, rule, standing, due));
        return;
    };
    let outcome = match gate::gate(machine, rule, standing, None, Some(date)) {
        Err(outcome) => *outcome,
        Ok(unsure) => {
            let mut unpublished = None;
            // 不含当日的，最后一日是前一天；遇休假日要顺延的是最后一日。
            if !duty.inclusive {
                date = date.checked_sub_days(Days::new(1)).unwrap_or(date);
            }
            if duty.roll {
                let limit = TimeLimit {
                    count_from: CountFrom::NextDay,
                    roll: RollForward::NextWorkday,
                    direction: Direction::After,
                    ..TimeLimit::new(0, Unit::Day)
                };
                match machine.bound.calendar.deadline(date, &limit) {
                    Deadline::On { date: rolled, .. } => date = rolled,
                    Deadline::OutOfRange { known } => unpublished = Some(known),
                }
            }
            let when = machine.when(duty.requirement);
            let response = when.yes.and_then(|(_, event)| event);
            let completed = when.yes.filter(|(at, _)| *at != ALWAYS).map(|(at, _)| at.date);
            let dated = |outcome: Outcome| Outcome { deadline: Some(date), completed, ..outcome };
            let judged = if when.yes.is_some_and(|(at, _)| at.date <= date) {
                dated(Outcome::new(Verdict::Satisfied, None).with(EvidenceRole::Response, response))
            } else if let Some(known) = unpublished {
                Outcome::undetermined(None, vec![Note::Calendar { known }])
            } else if when.maybe.is_some_and(|at| at.date <= date) || when.doubtful() {
                dated(Outcome::undetermined(None, std::mem::take(&mut machine.notes)))
            } else if when.yes.is_some() {
                dated(Outcome::violated(ViolationKind::Late, None).with(EvidenceRole::Response, response))
            } else if date >= machine.bound.as_of {
                dated(Outcome::new(Verdict::Pending, None))
            } else {
                dated(Outcome::violated(ViolationKind::Missing, None))
            };
            gate::settle(judged, unsure)
        }
    };
    out.push(outcome);
}
