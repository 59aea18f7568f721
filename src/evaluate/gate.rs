//! What comes before a duty is judged: scope, 施行 and 废止, conditions, exemptions — in this order.
//! A verdict reached here is final; otherwise the duty decides.

use chrono::NaiveDate;

use super::machine::Machine;
use super::outcome::{Outcome, Outside};
use super::value::{Note, Truth, Val};
use crate::finding::Verdict;
use crate::history::EventRef;
use crate::plan::PlanRule;

/// Whether the subject is in the policy's scope.
#[derive(Clone, Debug)]
pub(super) struct Standing {
    pub(super) scope: Truth,
    pub(super) notes: Vec<Note>,
    /// The root entity the subject belongs to, if the policy has one.
    pub(super) root: Val,
}

/// Puts the root entity into its slot and judges 适用, as of the as-of date.
pub(super) fn standing(machine: &mut Machine<'_, '_>, rule: &PlanRule) -> Standing {
    machine.at(machine.bound.as_of);
    machine.notes.clear();
    let Some((slot, node)) = &rule.root else {
        return Standing { scope: Truth::True, notes: Vec::new(), root: Val::Absent };
    };
    let root = machine.value(node);
    machine.set_slot(*slot, root);
    let scope = match (&rule.scope, root) {
        (None, _) => Truth::True,
        (Some(scope), Val::Entity(_)) => machine.truth(scope),
        (Some(_), _) => Truth::Unknown,
    };
    let notes = std::mem::take(&mut machine.notes);
    Standing { scope, notes, root }
}

/// For a subject without any trigger.
pub(super) fn no_trigger(standing: &Standing) -> Outcome {
    match standing.scope {
        Truth::Unknown => Outcome::undetermined(None, standing.notes.clone()),
        Truth::True | Truth::False => outside(Outside::Before, None),
    }
}

fn outside(side: Outside, trigger: Option<EventRef>) -> Outcome {
    Outcome { outside: Some(side), ..Outcome::new(Verdict::NotApplicable, trigger) }
}

/// For a subject whose trigger is not there, or cannot be told because data is missing.
pub(super) fn untold(
    machine: &mut Machine<'_, '_>,
    rule: &PlanRule,
    standing: &Standing,
    value: Val,
) -> Outcome {
    if value != Val::Missing {
        return no_trigger(standing);
    }
    let notes = std::mem::take(&mut machine.notes);
    match gate(machine, rule, standing, None, None) {
        Err(outcome) => *outcome,
        Ok(_) => Outcome::undetermined(None, notes),
    }
}

/// `date`: the day that decides 施行; without one, 起始 of the root entity does, and without that, nothing.
/// `Ok`: the duty is to be judged; the notes are those of exemptions that could not be decided.
pub(super) fn gate(
    machine: &mut Machine<'_, '_>,
    rule: &PlanRule,
    standing: &Standing,
    trigger: Option<EventRef>,
    date: Option<NaiveDate>,
) -> Result<Option<Vec<Note>>, Box<Outcome>> {
    match standing.scope {
        Truth::False => return Err(Box::new(Outcome::new(Verdict::NotApplicable, trigger))),
        Truth::Unknown => return Err(Box::new(Outcome::undetermined(trigger, standing.notes.clone()))),
        Truth::True => {}
    }
    machine.at(machine.bound.as_of);
    machine.notes.clear();
    let date = date.or_else(|| basis(machine, rule));
    machine.notes.clear();
    let early = date.is_some_and(|date| rule.effective.is_some_and(|from| date < from));
    let late = date.is_some_and(|date| rule.repealed.is_some_and(|end| date >= end));
    if early {
        return Err(Box::new(outside(Outside::Before, trigger)));
    }
    if late {
        return Err(Box::new(outside(Outside::After, trigger)));
    }
    match (trigger, &rule.read_at) {
        (Some(event), _) => machine.at(machine.bound.history.moment(event).date),
        (None, Some(read_at)) => {
            if let Val::Event(event) = machine.value(read_at) {
                machine.at(machine.bound.history.moment(EventRef(event)).date);
            }
            machine.notes.clear();
        }
        (None, None) => {}
    }
    let mut unknown = false;
    for condition in &rule.conditions {
        match machine.truth(condition) {
            Truth::True => {}
            Truth::False => {
                machine.notes.clear();
                return Err(Box::new(Outcome::new(Verdict::NotApplicable, trigger)));
            }
            Truth::Unknown => unknown = true,
        }
    }
    if unknown {
        return Err(Box::new(Outcome::undetermined(trigger, std::mem::take(&mut machine.notes))));
    }
    let mut unsure = false;
    for exemption in &rule.exemptions {
        match machine.truth(exemption) {
            Truth::True => {
                machine.notes.clear();
                return Err(Box::new(Outcome::new(Verdict::Exempt, trigger)));
            }
            Truth::False => {}
            Truth::Unknown => unsure = true,
        }
    }
    let notes = std::mem::take(&mut machine.notes);
    machine.failing.clear();
    Ok(unsure.then_some(notes))
}

/// The date of 起始; the as-of date when nothing has happened yet.
pub(super) fn basis(machine: &mut Machine<'_, '_>, rule: &PlanRule) -> Option<NaiveDate> {
    let basis = machine.value(rule.basis.as_ref()?).event();
    Some(basis.map_or(machine.bound.as_of, |(event, _)| machine.bound.history.moment(event).date))
}

/// An exemption that may apply leaves only a met duty certain.
pub(super) fn settle(outcome: Outcome, unsure: Option<Vec<Note>>) -> Outcome {
    match (unsure, outcome.verdict) {
        (Some(notes), Verdict::Violated | Verdict::Pending | Verdict::Undetermined) => {
            Outcome::undetermined(outcome.trigger, notes)
        }
        (Some(_), Verdict::Satisfied | Verdict::Exempt | Verdict::NotApplicable) | (None, _) => outcome,
    }
}
