//! The interpreter of plan nodes: values, sets, truth, and since when. Works on a stack of slots and
//! allocates only for unions of sets. Pure: reads [`Bound`], nothing else. One question, one file.

mod compare;
mod fields;
mod queries;
mod sets;
mod truth;
mod values;
mod when;

use chrono::NaiveDate;

use super::bound::Bound;
use super::value::{Note, Val};
use crate::history::Moment;
use crate::plan::Node;

/// One thread's working memory.
pub(super) struct Machine<'b, 'a> {
    pub(super) bound: &'b Bound<'a>,
    slots: Vec<Val>,
    /// 当日: the date of the event judged.
    pub(super) today: NaiveDate,
    /// Date at which attributes are read.
    pub(super) read_on: NaiveDate,
    /// Whether filters of events are judged as of the event's own day.
    pub(super) seeking: bool,
    /// Events before this do not count as responses.
    pub(super) not_before: Option<Moment>,
    /// By when a requirement must be met, for telling in coverage whether it was.
    pub(in crate::evaluate) due: Option<Moment>,
    /// What was missing so far.
    pub(super) notes: Vec<Note>,
    /// Elements for which a 凡 failed.
    pub(super) failing: Vec<Val>,
}

impl<'b, 'a> Machine<'b, 'a> {
    pub(in crate::evaluate) fn new(bound: &'b Bound<'a>, slots: usize) -> Self {
        Self {
            bound,
            slots: vec![Val::Absent; slots],
            today: bound.as_of,
            read_on: bound.as_of,
            seeking: false,
            not_before: None,
            due: None,
            notes: Vec::new(),
            failing: Vec::new(),
        }
    }

    pub(in crate::evaluate) fn set_slot(&mut self, slot: usize, value: Val) {
        if let Some(place) = self.slots.get_mut(slot) {
            *place = value;
        }
    }

    pub(in crate::evaluate) fn slot(&self, slot: usize) -> Val {
        self.slots.get(slot).copied().unwrap_or(Val::Absent)
    }

    /// 当日 and reading date for what follows.
    pub(in crate::evaluate) fn at(&mut self, date: NaiveDate) {
        self.today = date;
        self.read_on = date;
        self.seeking = false;
    }

    /// Looking for trigger events: the filter of each is judged as of its own day (ledger 22).
    pub(in crate::evaluate) fn seek(&mut self) {
        self.at(self.bound.as_of);
        self.seeking = true;
    }

    fn bind(&mut self, bindings: &[(usize, Node)]) {
        for (slot, node) in bindings {
            let value = self.value(node);
            self.set_slot(*slot, value);
        }
    }
}

/// Sorts and removes duplicates.
pub(super) fn distinct(set: &mut Vec<Val>) {
    set.sort_by_key(Val::key);
    set.dedup_by_key(|value| value.key());
}

fn contains(sorted: &[Val], value: &Val) -> bool {
    sorted.binary_search_by_key(&value.key(), Val::key).is_ok()
}
