//! A small world in which two rules can be tried: one entity of every type they mention, with every relation
//! they follow filled in, and the events they mention on days that matter. Each thing that can be varied is a
//! [`Var`] with its options; a choice of options becomes the lines of a log. Built from names alone.
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a term has thirty heads; each walk is about a few of them"
)]

use std::collections::BTreeSet;

use chrono::{Datelike as _, Days};
use rust_decimal::Decimal;
use serde_json::{Value as Json, json};

use super::record::{Record, multiply, number};
use super::timetable::Timetable;
use super::values::{self, Value};
use crate::norm::{CountOf, Head, Norm, Role, Term};
use crate::vocabulary::{Field, FieldKind, Fields as _, Vocabulary};

/// What can be varied.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    /// A field of the first entity of a type, or of the n-th event of a type.
    Field { holder: String, copy: usize, field: String },
    /// When the n-th event of a type happened, if it did.
    When { event: String, copy: usize },
    /// How many of the counted thing there are.
    Copies,
}

/// A thing that can be varied.
#[derive(Clone, Debug)]
pub(super) struct Var {
    pub key: Key,
    pub options: Vec<Value>,
    /// How far from the difference it is: what differs is varied first.
    pub cost: u32,
}

/// For every variable the option chosen.
pub(super) type Choice = Vec<usize>;

/// Names the two rules use.
#[derive(Debug, Default)]
pub(super) struct Uses {
    pub entities: BTreeSet<String>,
    pub events: BTreeSet<String>,
    /// (holder, field)
    pub fields: BTreeSet<(String, String)>,
}

impl Uses {
    pub fn of<'t>(terms: impl Iterator<Item = &'t Term>) -> Self {
        let mut uses = Self::default();
        for term in terms {
            term.walk(&mut |term| match &term.head {
                Head::Field { holder, name } => {
                    uses.fields.insert((holder.clone(), name.clone()));
                }
                Head::Anchor(path) => uses.fields.extend(path.iter().cloned()),
                Head::Query { kind, event: true, .. } => {
                    uses.events.insert(kind.clone());
                }
                Head::Query { kind, event: false, .. } | Head::All(kind) | Head::Entries { of: kind, .. } => {
                    uses.entities.insert(kind.clone());
                }
                _ => {}
            });
        }
        uses
    }

    /// Adds what the vocabularies demand: required relations, types that relations lead to, names that lists match.
    fn close(&mut self, vocabularies: [&Vocabulary; 2], named: &BTreeSet<String>) {
        for holder in self.fields.iter().map(|(holder, _)| holder.clone()).collect::<Vec<_>>() {
            let known = vocabularies.iter().any(|vocabulary| vocabulary.entity_by_name(&holder).is_some());
            if known {
                self.entities.insert(holder)
            } else {
                self.events.insert(holder)
            };
        }
        loop {
            let before = (self.entities.len(), self.fields.len());
            for (holder, field) in declared(vocabularies, self) {
                let is_named = field.naming && named.contains(&holder);
                let first = is_named
                    && !self.fields.iter().any(|(of, name)| {
                        *of == holder
                            && declared_field(vocabularies, of, name).is_some_and(|known| known.naming)
                    });
                if field.required || first {
                    self.fields.insert((holder.clone(), field.name.clone()));
                }
                if self.fields.contains(&(holder, field.name.clone()))
                    && let Some(target) = target(vocabularies, &field)
                {
                    self.entities.insert(target);
                }
            }
            if before == (self.entities.len(), self.fields.len()) {
                return;
            }
        }
    }
}

/// Fields of all types in use.
fn declared(vocabularies: [&Vocabulary; 2], uses: &Uses) -> Vec<(String, Field)> {
    let mut found: Vec<(String, Field)> = Vec::new();
    for vocabulary in vocabularies {
        for name in &uses.entities {
            if let Some(id) = vocabulary.entity_by_name(name) {
                found.extend(vocabulary.entity(id).fields.iter().map(|field| (name.clone(), field.clone())));
            }
        }
        for name in &uses.events {
            if let Some(id) = vocabulary.event_by_name(name) {
                found.extend(vocabulary.event(id).fields.iter().map(|field| (name.clone(), field.clone())));
            }
        }
    }
    found
}

/// Fields in use, in the order their types declare them.
fn in_order(vocabularies: [&Vocabulary; 2], uses: &Uses) -> Vec<(String, String, Field)> {
    let mut found: Vec<(String, String, Field)> = Vec::new();
    for (holder, field) in declared(vocabularies, uses) {
        let used = uses.fields.contains(&(holder.clone(), field.name.clone()));
        if used && !found.iter().any(|(of, name, _)| *of == holder && *name == field.name) {
            found.push((holder, field.name.clone(), field));
        }
    }
    found
}

pub(super) fn declared_field(vocabularies: [&Vocabulary; 2], holder: &str, name: &str) -> Option<Field> {
    vocabularies.into_iter().find_map(|vocabulary| {
        if let Some(id) = vocabulary.entity_by_name(holder) {
            let kind = vocabulary.entity(id);
            return kind.field_by_name(name).map(|id| kind.field(id).clone());
        }
        let kind = vocabulary.event(vocabulary.event_by_name(holder)?);
        kind.field_by_name(name).map(|id| kind.field(id).clone())
    })
}

/// Name of the entity type a relation leads to. Ids are tied to a vocabulary, so the name is looked up in each.
fn target(vocabularies: [&Vocabulary; 2], field: &Field) -> Option<String> {
    let FieldKind::Entity(id) = field.kind else { return None };
    let [left, right] = vocabularies;
    let known = |vocabulary: &Vocabulary| {
        let fields = vocabulary
            .entities()
            .flat_map(|(_, kind)| kind.fields.iter())
            .chain(vocabulary.events().flat_map(|(_, kind)| kind.fields.iter()));
        fields.into_iter().any(|other| other == field)
    };
    let owner = if known(left) { left } else { right };
    Some(owner.entity(id).name.clone())
}

/// The world of a pair of rules.
#[derive(Debug)]
pub(super) struct World {
    pub vars: Vec<Var>,
    pub days: Timetable,
    entities: BTreeSet<String>,
    /// (holder, field) → target type, for relations in use.
    relations: Vec<(String, String, String, bool)>,
    /// What is counted: kind, whether an event, whether days.
    counted: Option<(String, CountOf)>,
}

impl World {
    pub fn new(
        norms: [&Norm; 2],
        scopes: &[&Term],
        vocabularies: [&Vocabulary; 2],
        hot: &Uses,
        days: Timetable,
    ) -> Self {
        let terms: Vec<&Term> =
            norms.iter().flat_map(|norm| norm.terms()).chain(scopes.iter().copied()).collect();
        let mut uses = Uses::of(terms.iter().copied());
        let lists = naming_lists(&norms, &terms, vocabularies);
        uses.close(vocabularies, &lists.iter().map(|(kind, _)| kind.clone()).collect());
        let mut world = Self {
            vars: Vec::new(),
            days,
            entities: uses.entities.clone(),
            relations: Vec::new(),
            counted: counted(norms),
        };
        world.add_events(&uses, hot);
        for (holder, name, field) in &in_order(vocabularies, &uses) {
            if let Some(target) = target(vocabularies, field) {
                world.entities.insert(target.clone());
                world.relations.push((holder.clone(), name.clone(), target, field.many));
            }
            let listed =
                lists.iter().filter(|(kind, _)| kind == holder && field.naming).map(|(_, list)| list.clone());
            let listed = values::list_words(&listed.collect::<Vec<_>>());
            let options = world.options(field, holder, &terms, &listed);
            let cost = if hot.fields.contains(&(holder.clone(), name.clone())) { 1 } else { 3 };
            let copies = if uses.events.contains(holder) { 1..=2 } else { 1..=1 };
            for copy in copies {
                let cost = if copy == 1 { cost } else { cost + 2 };
                let key = Key::Field { holder: holder.clone(), copy, field: name.clone() };
                world.vars.push(Var { key, options: options.clone(), cost });
            }
        }
        if world.counted.is_some() {
            let most = norms.iter().flat_map(|norm| &norm.duties).filter_map(|duty| duty.count.as_ref());
            let most = most.flat_map(|count| count.bound.steps.iter().filter_map(|(_, bound)| *bound)).max();
            let most = most.unwrap_or(1).min(12) + 1;
            let options =
                std::iter::once(1).chain((0..=most).filter(|n| *n != 1)).map(Value::Copies).collect();
            world.vars.push(Var { key: Key::Copies, options, cost: 1 });
        }
        world
    }

    fn add_events(&mut self, uses: &Uses, hot: &Uses) {
        let days = &self.days;
        let mut dates = vec![days.start, days.before, days.after];
        dates.extend(&days.due);
        dates.push(days.later);
        let options: Vec<Value> = dates.into_iter().fold(vec![Value::Absent], |mut all, date| {
            if !all.contains(&Value::Date(date)) {
                all.push(Value::Date(date));
            }
            all
        });
        for event in &uses.events {
            let cost = if hot.events.contains(event) { 1 } else { 2 };
            for copy in 1..=2 {
                let key = Key::When { event: event.clone(), copy };
                self.vars.push(Var {
                    key,
                    options: options.clone(),
                    cost: cost + 2 * (u32::from(copy == 2)),
                });
            }
        }
    }

    fn options(&self, field: &Field, holder: &str, terms: &[&Term], listed: &[String]) -> Vec<Value> {
        let mut options: Vec<Value> = listed.iter().cloned().map(Value::Text).collect();
        let mentioned = values::mentioned(terms, holder, &field.name);
        let text = |word: &str| Value::Text(word.to_owned());
        match &field.kind {
            FieldKind::Entity(_) => {
                options.push(Value::Entities(vec![1]));
                options.extend(mentioned);
                if field.many {
                    options.push(Value::Entities(vec![1, 2]));
                }
                options.push(Value::Entities(vec![2]));
            }
            FieldKind::Bool => {
                options.extend(mentioned);
                options.extend([Value::Bool(true), Value::Bool(false)]);
            }
            FieldKind::Enum(words) => {
                let known = |value: &Value| matches!(value, Value::Text(text) if words.iter().any(|word| word.name == *text || word.synonyms.contains(text)));
                options.extend(mentioned.into_iter().filter(known));
                options.extend(words.iter().take(6).map(|word| text(&word.name)));
            }
            FieldKind::Text => {
                options.extend(mentioned);
                options.push(text(&format!("某{}", field.name)));
            }
            FieldKind::Number => {
                options.extend(mentioned);
                let year = self.days.start.year();
                options
                    .extend([Decimal::ONE, Decimal::from(year), Decimal::from(year + 1)].map(Value::Number));
            }
            FieldKind::Date => {
                options.extend(mentioned);
                let start = self.days.start;
                let far = start.checked_add_days(Days::new(365)).unwrap_or(start);
                options.extend([far, start, self.days.before].map(Value::Date));
            }
        }
        options.push(Value::Absent);
        let mut unique: Vec<Value> = Vec::new();
        for option in options {
            if !unique.contains(&option) {
                unique.push(option);
            }
        }
        unique
    }

    /// Position of a variable.
    pub fn find(&self, key: &Key) -> Option<usize> {
        self.vars.iter().position(|var| var.key == *key)
    }

    /// Every field given and no event: what a base is made from.
    pub fn blank(&self) -> Choice {
        vec![0; self.vars.len()]
    }

    fn value(&self, choice: &Choice, key: &Key) -> Option<&Value> {
        let at = self.find(key)?;
        self.vars.get(at)?.options.get(*choice.get(at)?)
    }

    /// The lines of a log, one choice per side. Choices differ only where the sides' scopes need it.
    pub fn records(&self, choices: [&Choice; 2]) -> Vec<Record> {
        let mut records = Vec::new();
        let mut second: BTreeSet<(String, usize)> = BTreeSet::new();
        let [left, right] = choices;
        for var in &self.vars {
            let Key::When { event, copy } = &var.key else { continue };
            let Some(Value::Date(date)) = self.value(left, &var.key) else { continue };
            let fields = self.fields(event, *copy, left, right, &mut second);
            records.push(Record {
                event: true,
                kind: event.clone(),
                id: String::new(),
                date: Some(*date),
                fields,
            });
        }
        records.sort_by_key(|record| record.date);
        let mut entities = Vec::new();
        for kind in &self.entities {
            let fields = self.fields(kind, 1, left, right, &mut second);
            entities.push(Record { event: false, kind: kind.clone(), id: id(kind, 1), date: None, fields });
        }
        let mut done: BTreeSet<(String, usize)> = BTreeSet::new();
        while let Some((kind, number)) = second.iter().find(|next| !done.contains(*next)).cloned() {
            done.insert((kind.clone(), number));
            if number == 1 {
                continue;
            }
            let fields = self.fields(&kind, 1, left, right, &mut second);
            entities.push(Record { event: false, id: id(&kind, number), kind, date: None, fields });
        }
        entities.sort_by(|a, b| (&a.kind, &a.id).cmp(&(&b.kind, &b.id)));
        entities.append(&mut records);
        let mut records = entities;
        if let (Some((kind, of)), Some(Value::Copies(copies))) =
            (&self.counted, self.value(left, &Key::Copies))
        {
            multiply(&mut records, kind, *of, *copies);
        }
        number(&mut records);
        records
    }

    fn fields(
        &self,
        holder: &str,
        copy: usize,
        left: &Choice,
        right: &Choice,
        seen: &mut BTreeSet<(String, usize)>,
    ) -> Vec<(String, [Json; 2])> {
        let mut fields = Vec::new();
        for var in &self.vars {
            let Key::Field { holder: of, copy: number, field } = &var.key else { continue };
            if of != holder || *number != copy {
                continue;
            }
            let relation = self.relations.iter().find(|(of, name, ..)| of == holder && name == field);
            let sides = [left, right].map(|choice| match self.value(choice, &var.key) {
                Some(Value::Entities(numbers)) => {
                    let Some((_, _, target, many)) = relation else { return Json::Null };
                    seen.extend(numbers.iter().map(|number| (target.clone(), *number)));
                    let ids: Vec<Json> = numbers.iter().map(|number| json!(id(target, *number))).collect();
                    if *many { Json::Array(ids) } else { ids.into_iter().next().unwrap_or(Json::Null) }
                }
                Some(value) => plain(value),
                None => Json::Null,
            });
            if sides.iter().any(|side| !side.is_null()) {
                fields.push((field.clone(), sides));
            }
        }
        fields
    }
}

fn plain(value: &Value) -> Json {
    match value {
        Value::Bool(value) => json!(value),
        Value::Number(number) => {
            number.to_string().parse::<serde_json::Number>().map_or(Json::Null, Json::Number)
        }
        Value::Text(text) => json!(text),
        Value::Date(date) => json!(date.to_string()),
        Value::Absent | Value::Entities(_) | Value::Copies(_) => Json::Null,
    }
}

pub(super) fn id(kind: &str, number: usize) -> String {
    format!("{kind}{number}")
}

/// Entities a list may name: (type, words of each entry of one list).
fn naming_lists(
    norms: &[&Norm; 2],
    terms: &[&Term],
    vocabularies: [&Vocabulary; 2],
) -> Vec<(String, Vec<Vec<String>>)> {
    let mut found = Vec::new();
    let subjects = norms.iter().flat_map(|norm| norm.subject.iter().map(|(_, term)| term));
    for term in terms.iter().copied().chain(subjects) {
        term.walk(&mut |term| match &term.head {
            Head::Entries { of, entries, .. } => {
                found.push((of.clone(), entries.iter().map(values::named).collect()));
            }
            Head::Listed { entries, .. } => {
                if let Some(Head::Field { holder, name }) = term.first().map(|of| &of.head)
                    && let Some(field) = declared_field(vocabularies, holder, name)
                    && let Some(target) = target(vocabularies, &field)
                {
                    found.push((target, entries.iter().map(values::named).collect()));
                }
            }
            _ => {}
        });
    }
    found.dedup();
    found
}

fn counted(norms: [&Norm; 2]) -> Option<(String, CountOf)> {
    norms.iter().flat_map(|norm| &norm.duties).find_map(|duty| {
        let of = duty.count.as_ref()?.of;
        let part = duty.parts.iter().find(|part| part.role == Role::Counted)?;
        match &part.term.head {
            Head::Query { kind, .. } => Some((kind.clone(), of)),
            _ => None,
        }
    })
}
