//! What judging one trigger of one duty gives, before it is put into words.

use chrono::NaiveDate;

use super::value::{Note, Val};
use crate::calendar::TimeLimit;
use crate::finding::{EvidenceRole, Verdict, ViolationKind};
use crate::history::EventRef;

/// Numbers of a count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Numbers {
    pub(super) found: i64,
    pub(super) bound: i64,
    pub(super) lower: bool,
}

/// A verdict with what decided it.
#[derive(Clone, Debug)]
pub(super) struct Outcome {
    pub(super) verdict: Verdict,
    pub(super) kind: Option<ViolationKind>,
    /// Index of the duty that decided.
    pub(super) duty: usize,
    pub(super) trigger: Option<EventRef>,
    pub(super) deadline: Option<NaiveDate>,
    pub(super) completed: Option<NaiveDate>,
    pub(super) workdays_late: Option<i64>,
    pub(super) provisional: bool,
    pub(super) calculation: Option<(NaiveDate, TimeLimit)>,
    pub(super) numbers: Option<Numbers>,
    pub(super) evidence: Vec<(EvidenceRole, EventRef)>,
    pub(super) notes: Vec<Note>,
    /// Elements for which a 凡 or 属于 failed.
    pub(super) failing: Vec<Val>,
    /// Field values a broken condition looked at.
    pub(super) facts: Vec<(String, String)>,
    /// An open-ended duty has run this many days.
    pub(super) elapsed: Option<i64>,
    /// Not applicable because there is no trigger, or because of its date.
    pub(super) outside: Option<Outside>,
}

/// Why a version of a rule does not speak of something another version may speak of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outside {
    /// Before 施行, or without a trigger: the first version says so.
    Before,
    /// On or after 废止: the last version says so.
    After,
}

impl Outcome {
    pub(super) fn new(verdict: Verdict, trigger: Option<EventRef>) -> Self {
        Self {
            verdict,
            kind: None,
            duty: 0,
            trigger,
            deadline: None,
            completed: None,
            workdays_late: None,
            provisional: false,
            calculation: None,
            numbers: None,
            evidence: trigger.map(|event| (EvidenceRole::Trigger, event)).into_iter().collect(),
            notes: Vec::new(),
            failing: Vec::new(),
            facts: Vec::new(),
            elapsed: None,
            outside: None,
        }
    }

    pub(super) fn violated(kind: ViolationKind, trigger: Option<EventRef>) -> Self {
        Self { kind: Some(kind), ..Self::new(Verdict::Violated, trigger) }
    }

    /// Undetermined for what the machine has noted.
    pub(super) fn undetermined(trigger: Option<EventRef>, notes: Vec<Note>) -> Self {
        Self { notes, ..Self::new(Verdict::Undetermined, trigger) }
    }

    pub(super) fn with(mut self, role: EvidenceRole, event: Option<EventRef>) -> Self {
        self.evidence.extend(event.map(|event| (role, event)));
        self
    }
}
