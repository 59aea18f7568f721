//! A table's mapping, the columns a file really has, the vocabulary → a [`Program`]: numbers instead of names,
//! so that reading a row looks nothing up. What needs a column the file lacks is left out, and so not recorded.

use rustc_hash::FxHashMap;

use super::check::columns_of;
use super::day::Edge;
use super::layout::Layout;
use super::mapping::{Column, From, Kind, Make, Named, Table, Words};
use crate::history::Holder;
use crate::logs::problem::What;
use crate::vocabulary::{EntityTypeId, EventTypeId, Field, FieldId, FieldKind, Vocabulary};

/// What to do with each row.
#[derive(Debug)]
pub(super) struct Program {
    pub(super) slots: Vec<Slot>,
    /// In an order in which none refers to a later one by its values; references are made afterwards.
    pub(super) entities: Vec<EntityPlan>,
    pub(super) events: Vec<EventPlan>,
    /// Slots of the group of columns by which the table was known.
    pub(super) need: Vec<usize>,
    /// Event types the table records.
    pub(super) covers: Vec<EventTypeId>,
    /// The fields that some column gives.
    pub(super) given: Vec<(Holder, FieldId)>,
    pub(super) year: Option<i32>,
}

/// A standard column.
#[derive(Debug)]
pub(super) struct Slot {
    pub(super) name: String,
    /// What the file calls it.
    pub(super) heading: String,
    /// Column of the file; `None` = filled from another slot, if at all.
    pub(super) column: Option<usize>,
    pub(super) split: Vec<char>,
    pub(super) brackets: Option<usize>,
    pub(super) shapes: Vec<(Option<usize>, usize)>,
    pub(super) blank: Option<Vec<String>>,
    pub(super) words: Vec<(String, String)>,
    pub(super) range: Option<Edge>,
    /// Something reads it, or fills another slot from it.
    pub(super) used: bool,
}

#[derive(Debug)]
pub(super) struct EntityPlan {
    pub(super) kind: EntityTypeId,
    pub(super) label: String,
    pub(super) ids: Vec<Template>,
    pub(super) since: Vec<usize>,
    /// Slots whose several values make several entities; the first that has any.
    pub(super) each: Vec<usize>,
    pub(super) when: Option<When>,
    pub(super) fields: Vec<FieldPlan>,
    /// Columns to name when there is no id.
    pub(super) missing: Vec<String>,
}

#[derive(Debug)]
pub(super) struct EventPlan {
    pub(super) kind: EventKind,
    pub(super) ids: Vec<Template>,
    pub(super) time: Vec<usize>,
    pub(super) when: Option<When>,
    /// By event type for a plan whose type stands in a column; else one list.
    pub(super) fields: Vec<Vec<FieldPlan>>,
    /// Entity plans that must have made something: per list of `fields`.
    pub(super) needs: Vec<Vec<usize>>,
}

#[derive(Debug)]
pub(super) enum EventKind {
    Fixed(EventTypeId),
    Column { slot: usize, words: FxHashMap<String, EventTypeId> },
}

#[derive(Debug)]
pub(super) struct When {
    pub(super) slot: usize,
    pub(super) words: Vec<String>,
}

#[derive(Debug)]
pub(super) struct FieldPlan {
    pub(super) field: FieldId,
    pub(super) source: Source,
}

#[derive(Debug)]
pub(super) enum Source {
    Slots(Vec<usize>),
    /// Entity plans of the row.
    Made(Vec<usize>),
    Fixed(String),
}

/// Text and slots by turns; a slot part is the first of its slots that has a value.
#[derive(Debug)]
pub(super) struct Template(pub(super) Vec<Part>);

#[derive(Debug)]
pub(super) enum Part {
    Text(String),
    Slot(Vec<usize>),
}

/// Compiles `table` for a file with this layout.
pub(super) fn compile(
    table: &Table,
    words: &Words,
    layout: &Layout<'_>,
    vocabulary: &Vocabulary,
    year: Option<i32>,
) -> Program {
    let mut compiler = Compiler { table, vocabulary, slots: Vec::new(), usable: Vec::new() };
    compiler.slots(layout);
    let mut entities: Vec<(EntityPlan, &Make)> = Vec::new();
    for make in table.makes.iter().filter(|make| make.what == What::Entity && !make.unused) {
        entities.extend(compiler.entity(make).map(|plan| (plan, make)));
    }
    let labels: Vec<(String, EntityTypeId)> =
        entities.iter().map(|(plan, _)| (plan.label.clone(), plan.kind)).collect();
    let mut plans = Vec::new();
    for (mut plan, make) in entities {
        let fields = &vocabulary.entity(plan.kind).fields;
        plan.fields = compiler.fields(make, fields, &labels, false);
        plans.push(plan);
    }
    let mut events = Vec::new();
    let (mut covers, mut types) = (Vec::new(), Vec::new());
    for make in table.makes.iter().filter(|make| make.what == What::Event && !make.unused) {
        if let Some((plan, kinds)) = compiler.event(make, &labels) {
            covers.extend(kinds.iter().copied());
            types.push(kinds);
            events.push(plan);
        }
    }
    let named =
        |names: &[Named]| names.iter().filter_map(|name| vocabulary.event_by_name(&name.text)).collect();
    if let Some(names) = &table.covers {
        covers = named(names);
    }
    let not: Vec<EventTypeId> = named(&table.covers_not);
    covers.retain(|kind| !not.contains(kind));
    covers.sort_unstable();
    covers.dedup();
    let present = |group: &&Vec<Named>| group.iter().all(|name| compiler.slot(&name.text).is_some());
    let need =
        table.need.iter().find(present).map_or_else(Vec::new, |group| {
            group.iter().filter_map(|name| compiler.slot(&name.text)).collect()
        });
    let slots = compiler.finish(&plans, &events);
    let given = given(&slots, &plans, events.iter().zip(&types));
    let year = year.or(table.year).or(words.year);
    Program { slots, entities: plans, events, need, covers, given, year }
}

/// The fields that have a column of their own. What is only now and then said in brackets of another column has none:
/// where it is left out, nothing was left blank.
fn given<'p>(
    slots: &[Slot],
    entities: &[EntityPlan],
    events: impl Iterator<Item = (&'p EventPlan, &'p Vec<EventTypeId>)>,
) -> Vec<(Holder, FieldId)> {
    let own = |at: usize| slots.get(at).is_some_and(|slot| slot.column.is_some());
    let sorted_into = |at: usize| {
        slots.iter().any(|slot| slot.column.is_some() && slot.shapes.iter().any(|(_, to)| *to == at))
    };
    let has = |plan: &&FieldPlan| match &plan.source {
        Source::Slots(from) => from.iter().any(|at| own(*at) || sorted_into(*at)),
        Source::Made(_) | Source::Fixed(_) => true,
    };
    let mut given = Vec::new();
    for plan in entities {
        given.extend(plan.fields.iter().filter(has).map(|field| (Holder::Entity(plan.kind), field.field)));
    }
    for (plan, kinds) in events {
        for (kind, fields) in kinds.iter().zip(&plan.fields) {
            given.extend(fields.iter().filter(has).map(|field| (Holder::Event(*kind), field.field)));
        }
    }
    given
}

struct Compiler<'c> {
    table: &'c Table,
    vocabulary: &'c Vocabulary,
    slots: Vec<Slot>,
    /// Whether a slot can ever have a value.
    usable: Vec<bool>,
}

impl Compiler<'_> {
    fn slots(&mut self, layout: &Layout<'_>) {
        let columns = layout.columns(self.table.columns.len());
        for (column, physical) in self.table.columns.iter().zip(columns) {
            let heading = physical.and_then(|at| layout.headings.get(at)).map(|heading| heading.text.clone());
            self.slots.push(Slot { heading: heading.unwrap_or_default(), ..slot(column, physical) });
        }
        // Columns that only others fill.
        for column in &self.table.columns {
            let given = column.brackets.iter().chain(column.shapes.iter().map(|(_, name)| name));
            for name in given {
                if !self.slots.iter().any(|slot| slot.name == *name) {
                    self.slots.push(Slot { name: name.clone(), ..bare() });
                }
            }
        }
        let at = |slots: &[Slot], name: &str| slots.iter().position(|slot| slot.name == name);
        self.usable = self.slots.iter().map(|slot| slot.column.is_some()).collect();
        for (index, column) in self.table.columns.iter().enumerate() {
            let brackets = column.brackets.as_ref().and_then(|name| at(&self.slots, name));
            let shapes: Vec<(Option<usize>, usize)> = column
                .shapes
                .iter()
                .filter_map(|(length, name)| Some((*length, at(&self.slots, name)?)))
                .collect();
            if self.usable.get(index) == Some(&true) {
                for target in brackets.iter().chain(shapes.iter().map(|(_, target)| target)) {
                    if let Some(usable) = self.usable.get_mut(*target) {
                        *usable = true;
                    }
                }
            }
            if let Some(slot) = self.slots.get_mut(index) {
                (slot.brackets, slot.shapes) = (brackets, shapes);
            }
        }
    }

    /// A slot by name, if the file can fill it.
    fn slot(&self, name: &str) -> Option<usize> {
        let at = self.slots.iter().position(|slot| slot.name == name)?;
        self.usable.get(at).copied().unwrap_or(false).then_some(at)
    }

    fn usable(&self, names: &[Named]) -> Vec<usize> {
        names.iter().filter_map(|name| self.slot(&name.text)).collect()
    }

    fn template(&self, name: &str) -> Option<Template> {
        if !name.contains('{') {
            return Some(Template(vec![Part::Slot(vec![self.slot(name)?])]));
        }
        let mut parts = Vec::new();
        let mut rest = name;
        while let Some((text, tail)) = rest.split_once('{') {
            if !text.is_empty() {
                parts.push(Part::Text(text.to_owned()));
            }
            let (inside, tail) = tail.split_once('}')?;
            let slots: Vec<usize> = inside.split('|').filter_map(|name| self.slot(name)).collect();
            if slots.is_empty() {
                return None;
            }
            parts.push(Part::Slot(slots));
            rest = tail;
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest.to_owned()));
        }
        Some(Template(parts))
    }

    /// `None`: a condition on a column the file lacks.
    fn when(&self, make: &Make) -> Option<Option<When>> {
        match &make.when {
            None => Some(None),
            Some((name, words)) => Some(Some(When { slot: self.slot(&name.text)?, words: words.clone() })),
        }
    }

    fn entity(&self, make: &Make) -> Option<EntityPlan> {
        let Kind::Fixed(name) = &make.kind else { return None };
        let kind = self.vocabulary.entity_by_name(&name.text)?;
        let ids: Vec<Template> = make.ids.iter().filter_map(|name| self.template(&name.text)).collect();
        if ids.is_empty() {
            return None;
        }
        // Columns of the file before those that only brackets fill.
        let splits = |slot: &usize| self.slots.get(*slot).is_some_and(|slot| !slot.split.is_empty());
        let own = |slot: &usize| self.slots.get(*slot).is_some_and(|slot| slot.column.is_some());
        let names = make.ids.iter().flat_map(|name| columns_of(&name.text));
        let mut each: Vec<usize> = names.filter_map(|name| self.slot(name)).filter(splits).collect();
        each.sort_by_key(|slot| !own(slot));
        let mut missing: Vec<String> = Vec::new();
        for name in make.ids.iter().flat_map(|name| columns_of(&name.text)) {
            if self.slot(name).is_some() && !missing.iter().any(|known| known == name) {
                missing.push(name.to_owned());
            }
        }
        Some(EntityPlan {
            kind,
            label: make.label.clone(),
            ids,
            since: self.usable(&make.time),
            each,
            when: self.when(make)?,
            fields: Vec::new(),
            missing,
        })
    }

    fn event(&self, make: &Make, labels: &[(String, EntityTypeId)]) -> Option<(EventPlan, Vec<EventTypeId>)> {
        let time = self.usable(&make.time);
        if time.is_empty() {
            return None;
        }
        let when = self.when(make)?;
        let ids = make.ids.iter().filter_map(|name| self.template(&name.text)).collect();
        let (kind, kinds) = match &make.kind {
            Kind::Fixed(name) => {
                let kind = self.vocabulary.event_by_name(&name.text)?;
                (EventKind::Fixed(kind), vec![kind])
            }
            Kind::Column(column, meanings) => {
                let slot = self.slot(&column.text)?;
                let mut words: FxHashMap<String, EventTypeId> =
                    self.vocabulary.events().map(|(kind, event)| (event.name.clone(), kind)).collect();
                let mut kinds = Vec::new();
                for (word, name) in meanings {
                    if let Some(kind) = self.vocabulary.event_by_name(&name.text) {
                        words.insert(word.clone(), kind);
                        kinds.push(kind);
                    }
                }
                if kinds.is_empty() {
                    kinds = self.vocabulary.events().map(|(kind, _)| kind).collect();
                }
                (EventKind::Column { slot, words }, kinds)
            }
        };
        let types: Vec<EventTypeId> = match &kind {
            EventKind::Fixed(kind) => vec![*kind],
            EventKind::Column { .. } => self.vocabulary.events().map(|(kind, _)| kind).collect(),
        };
        let mut fields = Vec::new();
        let mut needs = Vec::new();
        for kind in &types {
            let declared = &self.vocabulary.event(*kind).fields;
            let plans = self.fields(make, declared, labels, true);
            let required: Vec<(FieldId, &Field)> =
                (0u16..).map(FieldId).zip(declared).filter(|(_, field)| field.required).collect();
            let has = |field: FieldId| plans.iter().find(|plan| plan.field == field);
            // Without what it must be about, an event of this kind cannot be recorded from this file.
            if types.len() == 1 && required.iter().any(|(field, _)| has(*field).is_none()) {
                return None;
            }
            let made = required.iter().filter_map(|(field, _)| match &has(*field)?.source {
                Source::Made(made) => made.first().copied(),
                Source::Slots(_) | Source::Fixed(_) => None,
            });
            needs.push(made.collect());
            fields.push(plans);
        }
        Some((EventPlan { kind, ids, time, when, fields, needs }, kinds))
    }

    /// What is written, and for events the required relations that the row can answer by itself.
    fn fields(
        &self,
        make: &Make,
        declared: &[Field],
        labels: &[(String, EntityTypeId)],
        connect: bool,
    ) -> Vec<FieldPlan> {
        let mut plans: Vec<FieldPlan> = Vec::new();
        for (index, field) in (0u16..).zip(declared) {
            let written = make.fields.iter().find(|(name, _)| name.text == field.name);
            let source = match (written, &field.kind) {
                (Some((_, From::Fixed(word))), _) => Some(Source::Fixed(word.clone())),
                (Some((_, From::Names(names))), FieldKind::Entity(target)) => {
                    let made = names.iter().filter_map(|name| {
                        labels.iter().position(|(label, kind)| *label == name.text && kind == target)
                    });
                    Some(Source::Made(made.collect()))
                }
                (Some((_, From::Names(names))), _) => Some(Source::Slots(self.usable(names))),
                (None, FieldKind::Entity(target)) if connect && field.required => {
                    let name = &self.vocabulary.entity(*target).name;
                    let of_kind = || labels.iter().enumerate().filter(|(_, (_, kind))| kind == target);
                    let plain = of_kind().find(|(_, (label, _))| label == name).map(|(at, _)| at);
                    let only =
                        || if of_kind().count() == 1 { of_kind().next().map(|(at, _)| at) } else { None };
                    plain.or_else(only).map(|at| Source::Made(vec![at]))
                }
                (None, _) => None,
            };
            let empty = |source: &Source| match source {
                Source::Slots(from) | Source::Made(from) => from.is_empty(),
                Source::Fixed(_) => false,
            };
            plans.extend(
                source
                    .filter(|source| !empty(source))
                    .map(|source| FieldPlan { field: FieldId(index), source }),
            );
        }
        plans
    }

    /// Marks the slots that are read.
    fn finish(self, entities: &[EntityPlan], events: &[EventPlan]) -> Vec<Slot> {
        let mut slots = self.slots;
        let mut used: Vec<usize> = Vec::new();
        let ids = entities.iter().flat_map(|plan| &plan.ids).chain(events.iter().flat_map(|plan| &plan.ids));
        for part in ids.flat_map(|id| &id.0) {
            if let Part::Slot(from) = part {
                used.extend(from);
            }
        }
        let fields = entities
            .iter()
            .flat_map(|plan| &plan.fields)
            .chain(events.iter().flat_map(|plan| plan.fields.iter().flatten()));
        for plan in fields {
            if let Source::Slots(from) = &plan.source {
                used.extend(from);
            }
        }
        let whens = entities.iter().map(|plan| &plan.when).chain(events.iter().map(|plan| &plan.when));
        used.extend(whens.flatten().map(|when| when.slot));
        used.extend(entities.iter().flat_map(|plan| &plan.since));
        for plan in events {
            used.extend(&plan.time);
            if let EventKind::Column { slot, .. } = &plan.kind {
                used.push(*slot);
            }
        }
        for index in 0..slots.len() {
            let gives = slots.get(index).is_some_and(|slot| {
                slot.brackets.iter().chain(slot.shapes.iter().map(|(_, to)| to)).any(|to| used.contains(to))
            });
            let reads = used.contains(&index);
            if let Some(slot) = slots.get_mut(index) {
                slot.used = gives || reads;
            }
        }
        slots
    }
}

fn bare() -> Slot {
    Slot {
        name: String::new(),
        heading: String::new(),
        column: None,
        split: Vec::new(),
        brackets: None,
        shapes: Vec::new(),
        blank: None,
        words: Vec::new(),
        range: None,
        used: false,
    }
}

fn slot(column: &Column, physical: Option<usize>) -> Slot {
    Slot {
        name: column.name.text.clone(),
        column: physical,
        split: column.split.clone().unwrap_or_default(),
        blank: column.blank.clone(),
        words: column.words.clone(),
        range: column.range,
        ..bare()
    }
}
