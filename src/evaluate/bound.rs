//! A plan tied to one history: its indexes built, its texts and lists turned into symbols, its years found.
//! Costs time in proportion to the events and entities the plan touches; afterwards lookups are O(1).

use std::collections::BTreeSet;
use std::ops::Range;

use chrono::{Datelike as _, NaiveDate};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::machine::Machine;
use super::trace::Trace;
use super::value::{Truth, Val};
use crate::calendar::Calendar;
use crate::history::{EntityRef, EventRef, History};
use crate::plan::{IndexKey, Plan, Source};
use crate::policy::{Holder, Step};
use crate::vocabulary::{EntityTypeId, Field, FieldKind, Fields as _, Vocabulary};

/// Entity → the elements that lead to it, ascending (events: in time order).
#[derive(Debug, Default)]
pub(super) struct Index {
    base: u32,
    offsets: Vec<u32>,
    elements: Vec<u32>,
    /// Elements whose single-valued relation the log does not give, ascending; only for one-step paths.
    missing: Vec<u32>,
}

impl Index {
    fn build(key: &IndexKey, history: &History, vocabulary: &Vocabulary, as_of: NaiveDate) -> Self {
        let Some(target) = key.path.last().and_then(|step| target(*step, vocabulary)) else {
            return Self::default();
        };
        let entities = history.entities(target);
        let range = elements(key.source, history);
        let width = entities.len();
        let mut offsets = vec![0u32; width + 1];
        let mut reached = Vec::new();
        let mut spare = Vec::new();
        for element in range.clone() {
            follow(key, element, history, as_of, &mut reached, &mut spare);
            for entity in &reached {
                if let Some(count) = offsets.get_mut((entity - entities.start) as usize + 1) {
                    *count += 1;
                }
            }
        }
        let mut total = 0u32;
        for offset in &mut offsets {
            total += *offset;
            *offset = total;
        }
        let mut next = offsets.clone();
        let mut list = vec![0u32; total as usize];
        let single = match key.path.as_slice() {
            [step] => !declared(*step, vocabulary).many,
            _ => false,
        };
        let mut missing = Vec::new();
        for element in range {
            follow(key, element, history, as_of, &mut reached, &mut spare);
            if single && reached.is_empty() {
                missing.push(element);
            }
            for entity in &reached {
                if let Some(at) = next.get_mut((entity - entities.start) as usize) {
                    if let Some(slot) = list.get_mut(*at as usize) {
                        *slot = element;
                    }
                    *at += 1;
                }
            }
        }
        Self { base: entities.start, offsets, elements: list, missing }
    }

    /// Elements of which the log does not say where they lead.
    pub(super) fn missing(&self) -> &[u32] {
        &self.missing
    }

    /// Elements that lead to an entity.
    pub(super) fn get(&self, entity: u32) -> &[u32] {
        let Some(row) = entity.checked_sub(self.base) else { return &[] };
        let row = row as usize;
        match (self.offsets.get(row), self.offsets.get(row + 1)) {
            (Some(&start), Some(&end)) => self.elements.get(start as usize..end as usize).unwrap_or(&[]),
            (None, _) | (_, None) => &[],
        }
    }
}

fn declared(step: Step, vocabulary: &Vocabulary) -> &Field {
    match step.holder {
        Holder::Entity(id) => vocabulary.entity(id).field(step.id),
        Holder::Event(id) => vocabulary.event(id).field(step.id),
    }
}

fn target(step: Step, vocabulary: &Vocabulary) -> Option<EntityTypeId> {
    match declared(step, vocabulary).kind {
        FieldKind::Entity(id) => Some(id),
        FieldKind::Text | FieldKind::Number | FieldKind::Bool | FieldKind::Date | FieldKind::Enum(_) => None,
    }
}

/// All elements of a source.
pub(super) fn elements(source: Source, history: &History) -> Range<u32> {
    match source {
        Source::Events(id) => history.events(id),
        Source::Entities(id) => history.entities(id),
    }
}

/// The entities an element leads to by the path, without duplicates.
fn follow(
    key: &IndexKey,
    element: u32,
    history: &History,
    as_of: NaiveDate,
    reached: &mut Vec<u32>,
    spare: &mut Vec<u32>,
) {
    reached.clear();
    let Some((first, rest)) = key.path.split_first() else { return };
    match first.holder {
        Holder::Event(id) => reached.extend_from_slice(history.event_field(EventRef(element), id, first.id)),
        Holder::Entity(id) => {
            reached.extend_from_slice(history.entity_field(EntityRef(element), id, first.id, as_of));
        }
    }
    for step in rest {
        let Holder::Entity(id) = step.holder else { return };
        spare.clear();
        for entity in reached.iter() {
            spare.extend_from_slice(history.entity_field(EntityRef(*entity), id, step.id, as_of));
        }
        std::mem::swap(reached, spare);
    }
    if reached.len() > 1 {
        reached.sort_unstable();
        reached.dedup();
    }
}

/// Words of one list as this history spells them.
#[derive(Debug, Default)]
pub(super) struct BoundList {
    /// Symbols that are some entry's word, sorted.
    pub(super) symbols: Vec<u32>,
    /// Plan texts that are some entry's word.
    pub(super) literals: Vec<usize>,
    /// Entry → the entity it names (the one with the smallest 编号).
    pub(super) entities: Vec<Option<u32>>,
    /// Entities that some entry names, sorted.
    pub(super) members: Vec<u32>,
}

/// What evaluation reads; shared by all threads.
#[derive(Debug)]
pub(super) struct Bound<'a> {
    pub(super) plan: &'a Plan,
    pub(super) history: &'a History,
    pub(super) calendar: &'a Calendar,
    pub(super) as_of: NaiveDate,
    pub(super) coverage: Option<(NaiveDate, NaiveDate)>,
    /// Where probes note what they came to.
    pub(super) trace: Option<&'a Trace>,
    /// Say by which event a condition on a subject holds. Only when every instance is listed: nobody sees it else.
    pub(super) witnesses: bool,
    pub(super) indexes: Vec<Index>,
    /// Plan text → symbols that spell it, sorted.
    pub(super) texts: Vec<Vec<u32>>,
    pub(super) lists: Vec<BoundList>,
    /// Years to judge, before any rule's own 施行.
    pub(super) years: Vec<i32>,
}

impl<'a> Bound<'a> {
    pub(super) fn new(
        plan: &'a Plan,
        history: &'a History,
        calendar: &'a Calendar,
        as_of: NaiveDate,
        coverage: Option<(NaiveDate, NaiveDate)>,
        trace: Option<&'a Trace>,
    ) -> Self {
        let indexes =
            plan.indexes.par_iter().map(|key| Index::build(key, history, &plan.vocabulary, as_of)).collect();
        let mut bound = Self {
            plan,
            history,
            calendar,
            as_of,
            coverage,
            trace,
            witnesses: false,
            indexes,
            texts: Vec::new(),
            lists: Vec::new(),
            years: Vec::new(),
        };
        bound.bind_words();
        bound.bind_entities();
        bound.years = bound.find_years();
        bound
    }

    fn bind_words(&mut self) {
        let mut wanted: FxHashMap<String, (Vec<usize>, Vec<usize>)> = FxHashMap::default();
        for (at, text) in self.plan.texts.iter().enumerate() {
            wanted.entry(fold(text)).or_default().0.push(at);
        }
        for (at, list) in self.plan.lists.iter().enumerate() {
            for word in list.entries.iter().flat_map(|entry| &entry.words) {
                let lists = &mut wanted.entry(fold(word)).or_default().1;
                if lists.last() != Some(&at) {
                    lists.push(at);
                }
            }
        }
        self.texts = vec![Vec::new(); self.plan.texts.len()];
        self.lists = self.plan.lists.iter().map(|_| BoundList::default()).collect();
        for list_literals in self.plan.texts.iter().enumerate() {
            if let Some((_, lists)) = wanted.get(&fold(list_literals.1)) {
                for list in lists {
                    if let Some(list) = self.lists.get_mut(*list) {
                        list.literals.push(list_literals.0);
                    }
                }
            }
        }
        let longest = wanted.keys().map(String::len).max().unwrap_or(0) + 8;
        for symbol in 0..self.history.text_count() {
            let text = self.history.text(crate::history::Symbol(symbol));
            if text.len() > longest {
                continue;
            }
            let Some((texts, lists)) = wanted.get(&fold(text)) else { continue };
            for at in texts {
                if let Some(symbols) = self.texts.get_mut(*at) {
                    symbols.push(symbol);
                }
            }
            for at in lists {
                if let Some(list) = self.lists.get_mut(*at) {
                    list.symbols.push(symbol);
                }
            }
        }
    }

    fn bind_entities(&mut self) {
        for at in 0..self.plan.lists.len() {
            let Some((planned, list)) = self.plan.lists.get(at).zip(self.lists.get(at)) else { continue };
            let Some(kind) = planned.of else { continue };
            let mut entities = vec![None; planned.entries.len()];
            let mut members = Vec::new();
            for entity in self.history.entities(kind) {
                for symbol in naming(self.history, &self.plan.vocabulary, kind, entity, self.as_of) {
                    if list.symbols.binary_search(&symbol).is_err() {
                        continue;
                    }
                    let text = fold(self.history.text(crate::history::Symbol(symbol)));
                    for (entry, slot) in planned.entries.iter().zip(&mut entities) {
                        if entry.words.iter().any(|word| fold(word) == text) {
                            slot.get_or_insert(entity);
                            members.push(entity);
                        }
                    }
                }
            }
            members.dedup();
            if let Some(list) = self.lists.get_mut(at) {
                list.entities = entities;
                list.members = members;
            }
        }
    }

    /// Years of the coverage, and years in which a root entity in scope began.
    fn find_years(&self) -> Vec<i32> {
        let mut years: BTreeSet<i32> = BTreeSet::new();
        if let Some((from, to)) = self.coverage {
            years.extend(from.year()..=to.year());
        }
        if let Some(root) = &self.plan.root
            && let Some(event) = &root.year_event
        {
            let mut machine = Machine::new(self, root.slots);
            for entity in self.history.entities(root.kind) {
                machine.set_slot(0, Val::Entity(entity));
                let scope = root.scope.as_ref().map_or(Truth::True, |scope| machine.truth(scope));
                if scope == Truth::True
                    && let Val::Event(event) = machine.value(event)
                {
                    years.insert(self.history.moment(EventRef(event)).date.year());
                }
                machine.notes.clear();
            }
        }
        years.retain(|year| *year <= self.as_of.year());
        years.into_iter().collect()
    }
}

/// Symbols people name an entity by.
pub(super) fn naming(
    history: &History,
    vocabulary: &Vocabulary,
    kind: EntityTypeId,
    entity: u32,
    on: NaiveDate,
) -> Vec<u32> {
    let fields = vocabulary.entity(kind).fields();
    let mut symbols = Vec::new();
    for (at, field) in fields.iter().enumerate() {
        if field.naming {
            let id = crate::vocabulary::FieldId(u16::try_from(at).unwrap_or(u16::MAX));
            symbols.extend_from_slice(history.entity_field(EntityRef(entity), kind, id, on));
        }
    }
    symbols
}

/// The one spelling difference that means nothing: full-width brackets (ledger 29).
pub(super) fn fold(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '（' => '(',
            '）' => ')',
            other => other,
        })
        .collect()
}
