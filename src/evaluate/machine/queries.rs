//! Which events or entities a query finds: the cheapest lookup first, then its filter.

use super::Machine;
use crate::evaluate::bound::{self, Index};
use crate::evaluate::value::{Doubt, Note, Truth, Val};
use crate::history::{EventRef, Holder};
use crate::plan::{Node, QueryNode, Source};
use crate::policy::Pick;
use crate::vocabulary::FieldId;

/// Candidates of a query, ascending.
pub(super) enum Candidates<'b> {
    Slice(&'b [u32]),
    Range(std::ops::Range<u32>),
    Owned(Vec<u32>),
}

impl Candidates<'_> {
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Slice(list) => list.len(),
            Self::Range(range) => range.len(),
            Self::Owned(list) => list.len(),
        }
    }

    pub(super) fn get(&self, at: usize) -> u32 {
        match self {
            Self::Slice(list) => list.get(at).copied().unwrap_or(0),
            Self::Range(range) => range.start + u32::try_from(at).unwrap_or(0),
            Self::Owned(list) => list.get(at).copied().unwrap_or(0),
        }
    }
}

impl<'b> Machine<'b, '_> {
    /// Whether the logs leave out what a query looks for, so that finding none proves nothing; says so in the notes.
    pub(in crate::evaluate) fn unrecorded(&mut self, query: &QueryNode) -> bool {
        let Source::Events(kind) = query.source else { return false };
        let unrecorded = !self.bound.history.is_recorded(kind);
        if unrecorded {
            self.notes.push(Note::Unrecorded { kind });
        }
        unrecorded
    }

    /// The same for a node that picks an event: of every alternative.
    #[expect(clippy::wildcard_enum_match_arm, reason = "other nodes pick no event")]
    pub(in crate::evaluate) fn picks_unrecorded(&mut self, node: &Node) -> bool {
        match node {
            Node::Pick(_, query) | Node::Query(query) => self.unrecorded(query),
            Node::OrElse(list) => !list.is_empty() && list.iter().all(|one| self.picks_unrecorded(one)),
            Node::Let { body, .. } | Node::Probe(_, body) => self.picks_unrecorded(body),
            _ => false,
        }
    }

    /// Whether the subject is only a name of a list, and the logs have no place for all the names an entity can have:
    /// the entity may be there under another name. Says so in the notes.
    pub(in crate::evaluate) fn may_go_by_another_name(&mut self, columns: usize) -> bool {
        let mut may = false;
        for slot in 0..columns {
            let Val::Name(list, _) = self.slot(slot) else { continue };
            let Some(kind) = self.bound.plan.lists.get(list).and_then(|list| list.of) else { continue };
            let fields = &self.bound.plan.vocabulary.entity(kind).fields;
            for (field, _) in (0u16..).map(FieldId).zip(fields).filter(|(_, field)| field.naming) {
                if !self.bound.history.is_given(Holder::Entity(kind), field) {
                    self.notes.push(Note::Ungiven { source: Source::Entities(kind), field });
                    may = true;
                }
            }
        }
        may
    }

    /// Candidates by the cheapest lookup, checked against the others. `true`: a key was missing.
    pub(super) fn candidates(&mut self, query: &QueryNode) -> (Candidates<'b>, bool) {
        let bound = self.bound;
        let mut lists: Vec<Candidates<'b>> = Vec::with_capacity(query.lookups.len());
        let mut missing = false;
        for lookup in &query.lookups {
            let mut union: Option<Vec<u32>> = None;
            let mut single: Option<&'b [u32]> = None;
            for (index, key) in &lookup.any {
                let Some(index) = bound.indexes.get(*index) else { continue };
                let mut keys = Vec::new();
                let value = if key.is_set() {
                    missing |= self.set(key, &mut keys).short;
                    Val::Absent
                } else {
                    self.value(key)
                };
                missing |= matches!(value, Val::Missing | Val::Maybe(_));
                if let Val::Entity(entity) = value {
                    let list = index.get(entity);
                    match (single, &mut union) {
                        (None, None) => single = Some(list),
                        (Some(first), None) => union = Some([first, list].concat()),
                        (_, Some(union)) => union.extend_from_slice(list),
                    }
                }
                for key in keys {
                    if let Val::Entity(entity) = key {
                        union.get_or_insert_with(Vec::new).extend_from_slice(index.get(entity));
                    }
                }
            }
            for (index, _) in lookup.any.iter().filter(|_| lookup.open) {
                let silent = bound.indexes.get(*index).map(Index::missing).unwrap_or_default();
                if !silent.is_empty() {
                    let known = || single.map(<[u32]>::to_vec).unwrap_or_default();
                    union.get_or_insert_with(known).extend_from_slice(silent);
                }
            }
            lists.push(match (union, single) {
                (Some(mut union), _) => {
                    union.sort_unstable();
                    union.dedup();
                    Candidates::Owned(union)
                }
                (None, Some(list)) => Candidates::Slice(list),
                (None, None) => Candidates::Slice(&[]),
            });
        }
        let Some(at) = (0..lists.len()).min_by_key(|at| lists.get(*at).map_or(0, Candidates::len)) else {
            return (Candidates::Range(bound::elements(query.source, bound.history)), missing);
        };
        let best = lists.swap_remove(at);
        if lists.is_empty() || best.len() == 0 {
            return (best, missing);
        }
        let kept: Vec<u32> = (0..best.len())
            .map(|at| best.get(at))
            .filter(|element| {
                lists.iter().all(|list| match list {
                    Candidates::Slice(list) => list.binary_search(element).is_ok(),
                    Candidates::Range(range) => range.contains(element),
                    Candidates::Owned(list) => list.binary_search(element).is_ok(),
                })
            })
            .collect();
        (Candidates::Owned(kept), missing)
    }

    fn element(query: &QueryNode, number: u32) -> Val {
        match query.source {
            Source::Events(_) => Val::Event(number),
            Source::Entities(_) => Val::Entity(number),
        }
    }

    /// The filter on one candidate; notes stay only when it is unknown.
    pub(in crate::evaluate) fn passes(&mut self, query: &QueryNode, number: u32) -> Truth {
        self.set_slot(query.element, Self::element(query, number));
        let Some(filter) = &query.filter else { return Truth::True };
        if !self.seeking || matches!(query.source, Source::Entities(_)) {
            return self.truth(filter);
        }
        self.at(self.bound.history.moment(EventRef(number)).date);
        let truth = self.truth(filter);
        self.seek();
        truth
    }

    pub(super) fn elements(&mut self, query: &QueryNode, out: &mut Vec<Val>) -> Doubt {
        let (candidates, missing) = self.candidates(query);
        let missing = missing | self.unrecorded(query);
        let mut doubt = Doubt { short: missing, excess: false };
        for at in 0..candidates.len() {
            let number = candidates.get(at);
            match self.passes(query, number) {
                Truth::True => out.push(Self::element(query, number)),
                Truth::False => {}
                Truth::Unknown => doubt.short = true,
            }
        }
        doubt
    }

    /// Every candidate that passes or may pass, in order.
    pub(in crate::evaluate) fn matches(&mut self, query: &QueryNode) -> Vec<(u32, Truth, Vec<Note>)> {
        let (candidates, _) = self.candidates(query);
        let mut found = Vec::new();
        for at in 0..candidates.len() {
            let number = candidates.get(at);
            let before = self.notes.len();
            match self.passes(query, number) {
                Truth::True => found.push((number, Truth::True, Vec::new())),
                Truth::False => {}
                Truth::Unknown => found.push((number, Truth::Unknown, self.notes.split_off(before))),
            }
        }
        found
    }

    pub(super) fn pick(&mut self, pick: Pick, query: &QueryNode) -> Val {
        let (candidates, missing) = self.candidates(query);
        let unrecorded = self.unrecorded(query);
        let missing = missing | unrecorded;
        let count = candidates.len();
        for step in 0..count {
            let at = match pick {
                Pick::First => step,
                Pick::Last => count - 1 - step,
            };
            let number = candidates.get(at);
            match self.passes(query, number) {
                // 没有收全的一类里，首次、末次未必就是这一件。
                Truth::True if unrecorded => return Val::Maybe(number),
                Truth::True => return Val::Event(number),
                Truth::Unknown => return Val::Maybe(number),
                Truth::False => {}
            }
        }
        if missing { Val::Missing } else { Val::Absent }
    }

    pub(super) fn any(&mut self, query: &QueryNode) -> Truth {
        let before = self.notes.len();
        let (candidates, missing) = self.candidates(query);
        let mut unknown = missing | self.unrecorded(query);
        for at in 0..candidates.len() {
            match self.passes(query, candidates.get(at)) {
                Truth::True => {
                    self.notes.truncate(before);
                    return Truth::True;
                }
                Truth::Unknown => unknown = true,
                Truth::False => {}
            }
        }
        if unknown { Truth::Unknown } else { Truth::False }
    }
}
