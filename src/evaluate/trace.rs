//! What the clauses of a probed plan came to, noted while histories are judged; for coverage.
//! A plain plan has no probes, and then nothing here runs.

use std::sync::atomic::{AtomicU8, Ordering};

use chrono::NaiveDate;

use super::bound::{self, Bound};
use super::machine::Machine;
use super::value::{Doubt, Truth, Val, When};
use crate::history::{EntityRef, Moment, Symbol};
use crate::plan::{Node, Plan, PlanParameter, Probes};
use crate::policy::ParameterValue;

const REACHED: u8 = 1;
const YES: u8 = 2;
const NO: u8 = 4;
const UNKNOWN: u8 = 8;

/// Notes for every clause of a probed plan; may be filled by many histories, one after another.
#[derive(Debug)]
pub struct Trace {
    marks: Vec<AtomicU8>,
    lists: Vec<Option<usize>>,
    parameters: Vec<Option<usize>>,
    /// Values as the rule files have them: a value set from outside is not theirs.
    declared: Vec<PlanParameter>,
}

/// What one clause came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// It was looked at.
    pub reached: bool,
    /// It held, or gave a value.
    pub yes: bool,
    /// It did not hold, or gave nothing.
    pub no: bool,
    /// The data did not say.
    pub unknown: bool,
}

impl Trace {
    pub fn new(plan: &Plan, probes: &Probes) -> Self {
        Self {
            marks: probes.clauses.iter().map(|_| AtomicU8::new(0)).collect(),
            lists: probes.lists.clone(),
            parameters: probes.parameters.clone(),
            declared: plan.parameters.clone(),
        }
    }

    /// What clause `number` came to.
    pub fn seen(&self, number: usize) -> Seen {
        let bits = self.marks.get(number).map_or(0, |mark| mark.load(Ordering::Relaxed));
        Seen {
            reached: bits & REACHED != 0,
            yes: bits & YES != 0,
            no: bits & NO != 0,
            unknown: bits & UNKNOWN != 0,
        }
    }

    fn mark(&self, number: usize, bits: u8) {
        if let Some(mark) = self.marks.get(number) {
            mark.fetch_or(bits | REACHED, Ordering::Relaxed);
        }
    }
}

impl Bound<'_> {
    fn mark(&self, number: usize, bits: u8) {
        if let Some(trace) = self.trace {
            trace.mark(number, bits);
        }
    }

    /// The value of a parameter in force on a date.
    pub(super) fn parameter(&self, index: usize, on: NaiveDate) -> Option<ParameterValue> {
        let parameter = self.plan.parameters.get(index)?;
        if let Some(trace) = self.trace
            && trace.declared.get(index).is_some_and(|declared| declared.values == parameter.values)
            && let Some(Some(first)) = trace.parameters.get(index)
            && let Some(at) =
                parameter.values.iter().rposition(|(from, _)| from.is_none_or(|from| from <= on))
        {
            trace.mark(first + at, YES);
        }
        parameter.on(on)
    }

    /// Notes which entries of a list a value is.
    pub(super) fn trace_listed(&self, value: &Val, list: usize) {
        let Some(trace) = self.trace else { return };
        let (Some(Some(first)), Some(planned)) = (trace.lists.get(list), self.plan.lists.get(list)) else {
            return;
        };
        let text = |symbol: u32| bound::fold(self.history.text(Symbol(symbol)));
        let spelled: Vec<String> = if let Val::Text(symbol) = value {
            vec![text(*symbol)]
        } else if let Val::Literal(at) = value {
            self.plan.texts.get(*at).map(|text| bound::fold(text)).into_iter().collect()
        } else if let Val::Entity(entity) = value {
            let kind = self.history.entity_type(EntityRef(*entity));
            let names = bound::naming(self.history, &self.plan.vocabulary, kind, *entity, self.as_of);
            names.into_iter().map(text).collect()
        } else {
            return;
        };
        for (at, entry) in planned.entries.iter().enumerate() {
            if entry.words.iter().any(|word| spelled.contains(&bound::fold(word))) {
                trace.mark(first + at, YES);
            }
        }
    }
}

fn of_truth(truth: Truth) -> u8 {
    match truth {
        Truth::True => YES,
        Truth::False => NO,
        Truth::Unknown => UNKNOWN,
    }
}

impl Machine<'_, '_> {
    pub(super) fn probed_value(&mut self, probe: usize, of: &Node) -> Val {
        let value = self.value(of);
        let bits = if matches!(value, Val::Missing | Val::Maybe(_)) {
            0
        } else if matches!(value, Val::Absent | Val::Bool(false)) {
            NO
        } else {
            YES
        };
        self.bound.mark(probe, bits);
        value
    }

    pub(super) fn probed_set(&mut self, probe: usize, of: &Node, out: &mut Vec<Val>) -> Doubt {
        let before = out.len();
        let doubt = self.set(of, out);
        let bits = if out.len() > before {
            YES
        } else if doubt.short {
            0
        } else {
            NO
        };
        self.bound.mark(probe, bits);
        doubt
    }

    pub(super) fn probed_truth(&mut self, probe: usize, of: &Node) -> Truth {
        let truth = self.truth(of);
        self.bound.mark(probe, of_truth(truth));
        truth
    }

    pub(super) fn probed_present(&mut self, probe: usize, of: &Node) -> Truth {
        let truth = self.present(of);
        self.bound.mark(probe, of_truth(truth));
        truth
    }

    pub(super) fn probed_when(&mut self, probe: usize, of: &Node) -> When {
        let when = self.when(of);
        // 做是做了，却在该做的时候之后：对这一句来说就是没有做到。
        let late = |at: Moment| self.due.is_some_and(|due| at.is_after(due));
        let bits = match (when.yes, when.maybe) {
            (Some((at, _)), _) if late(at) => NO,
            (Some(_), _) => YES,
            (None, Some(_)) => UNKNOWN,
            (None, None) => NO,
        };
        self.bound.mark(probe, bits);
        when
    }
}
