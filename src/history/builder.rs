//! Records in, [`History`] out. Takes entity and event records in any order, keeps only what is known by
//! the as-of date, resolves references, and reports repeated and dangling ids. Never drops a good record.

use std::collections::BTreeMap;
use std::ops::Range;

use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;
use rustc_hash::FxHashMap;
use string_interner::{DefaultBackend, StringInterner, Symbol as _, symbol::SymbolU32};

use super::column::{EntityColumn, EventColumn};
use super::{Cell, History, Moment, Origin, Symbol};
use crate::vocabulary::{EntityTypeId, EventTypeId, FieldId, FieldKind, Fields as _, Vocabulary};

/// One value of a record, already of the kind its field declares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Datum<'a> {
    /// A text, or the canonical name of an enumeration term.
    Text(&'a str),
    Bool(bool),
    Number(Decimal),
    Date(NaiveDate),
    /// The 编号 of an entity of the type the relation declares.
    Reference(&'a str),
}

/// A line about an entity. Fields not named keep their earlier value.
#[derive(Clone, Debug)]
pub struct EntityRecord<'a> {
    pub kind: EntityTypeId,
    pub id: &'a str,
    /// 有效起: the first day these values hold; `None` = from the beginning.
    pub since: Option<NaiveDate>,
    pub fields: Vec<(FieldId, Vec<Datum<'a>>)>,
    pub origin: Origin,
}

/// A line about an event.
#[derive(Clone, Debug)]
pub struct EventRecord<'a> {
    pub kind: EventTypeId,
    pub id: Option<&'a str>,
    pub moment: Moment,
    pub fields: Vec<(FieldId, Vec<Datum<'a>>)>,
    pub origin: Origin,
}

/// What only the whole log can show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HistoryProblem {
    /// A relation names an entity the log never describes. The record is left out of the history.
    Dangling { origin: Origin, field: String, entity: String, id: String, near: Option<String> },
    /// Two event records carry the same 编号. The later one is left out.
    RepeatedEvent { origin: Origin, first: Origin, id: String },
    /// Two entity records of the same id begin on the same day. The later one is left out.
    RepeatedEntity { origin: Origin, first: Origin, id: String, since: Option<NaiveDate> },
    /// 应与…一致 does not hold: a warning; the entity's own relation is used.
    Disagreement { origin: Origin, field: String, said: String, entity: String, id: String, known: String },
}

type Interner = StringInterner<DefaultBackend>;

#[derive(Debug)]
struct EntityLine {
    since: Option<NaiveDate>,
    origin: Origin,
    fields: Vec<(FieldId, Range<u32>)>,
}

#[derive(Debug)]
struct EventLine {
    id: Option<SymbolU32>,
    moment: Moment,
    origin: Origin,
    fields: Range<u32>,
}

/// Collects records; see [`HistoryBuilder::finish`].
#[derive(Debug)]
pub struct HistoryBuilder<'v> {
    vocabulary: &'v Vocabulary,
    interner: Interner,
    numbers: Vec<Decimal>,
    number_index: FxHashMap<Decimal, u32>,
    cells: Vec<Cell>,
    entity_lines: Vec<FxHashMap<SymbolU32, Vec<EntityLine>>>,
    event_fields: Vec<(FieldId, Range<u32>)>,
    event_lines: Vec<Vec<EventLine>>,
}

impl<'v> HistoryBuilder<'v> {
    pub fn new(vocabulary: &'v Vocabulary) -> Self {
        Self {
            vocabulary,
            interner: Interner::new(),
            numbers: Vec::new(),
            number_index: FxHashMap::default(),
            cells: Vec::new(),
            entity_lines: vocabulary.entities().map(|_| FxHashMap::default()).collect(),
            event_fields: Vec::new(),
            event_lines: vocabulary.events().map(|_| Vec::new()).collect(),
        }
    }

    /// Adds an entity line. References are kept as ids and resolved by [`HistoryBuilder::finish`].
    pub fn entity(&mut self, record: &EntityRecord<'_>) {
        let fields = record.fields.iter().map(|(field, data)| (*field, self.store(data))).collect();
        let id = self.interner.get_or_intern(record.id);
        let line = EntityLine { since: record.since, origin: record.origin, fields };
        if let Some(lines) = self.entity_lines.get_mut(usize::from(record.kind.0)) {
            lines.entry(id).or_default().push(line);
        }
    }

    /// Adds an event.
    pub fn event(&mut self, record: &EventRecord<'_>) {
        let start = self.event_fields.len();
        for (field, data) in &record.fields {
            let cells = self.store(data);
            self.event_fields.push((*field, cells));
        }
        let fields = range(start, self.event_fields.len());
        let id = record.id.map(|id| self.interner.get_or_intern(id));
        if let Some(lines) = self.event_lines.get_mut(usize::from(record.kind.0)) {
            lines.push(EventLine { id, moment: record.moment, origin: record.origin, fields });
        }
    }

    fn store(&mut self, data: &[Datum<'_>]) -> Range<u32> {
        let start = self.cells.len();
        for datum in data {
            let cell = match datum {
                Datum::Text(text) | Datum::Reference(text) => symbol_cell(self.interner.get_or_intern(text)),
                Datum::Bool(value) => u32::from(*value),
                Datum::Date(date) => u32::try_from(date.num_days_from_ce()).unwrap_or(0),
                Datum::Number(number) => {
                    let numbers = &mut self.numbers;
                    *self.number_index.entry(*number).or_insert_with(|| {
                        numbers.push(*number);
                        u32::try_from(numbers.len() - 1).unwrap_or(u32::MAX)
                    })
                }
            };
            self.cells.push(cell);
        }
        range(start, self.cells.len())
    }

    /// Number of event lines taken so far, whatever their date.
    pub fn event_count(&self) -> usize {
        self.event_lines.iter().map(Vec::len).sum()
    }

    /// The finished history: only events on or before `as_of`, only entity lines in force by then.
    /// Problems come in place order.
    pub fn finish(mut self, as_of: NaiveDate) -> (History, Vec<HistoryProblem>) {
        let mut problems = Vec::new();
        let entities = self.number_entities(as_of, &mut problems);
        let (entity_ranges, entity_ids, lookup, kept) = entities;
        let mut entity_origins = Vec::with_capacity(entity_ids.len());
        let mut entity_columns = Vec::new();
        for (type_index, (_, kind)) in self.vocabulary.entities().enumerate() {
            let rows = kept.get(type_index).map(Vec::as_slice).unwrap_or_default();
            entity_origins.extend(rows.iter().filter_map(|lines| lines.first()).map(|line| line.origin));
            let mut columns = Vec::new();
            for (field_index, field) in kind.fields.iter().enumerate() {
                let versions: Vec<Vec<(NaiveDate, Vec<Cell>)>> = rows
                    .iter()
                    .map(|lines| {
                        lines
                            .iter()
                            .filter_map(|line| {
                                let (_, cells) =
                                    line.fields.iter().find(|(id, _)| usize::from(id.0) == field_index)?;
                                let cells = self.resolve(
                                    &field.kind,
                                    &field.name,
                                    cells,
                                    line.origin,
                                    &lookup,
                                    &mut problems,
                                )?;
                                Some((line.since.unwrap_or(NaiveDate::MIN), cells))
                            })
                            .collect()
                    })
                    .collect();
                columns.push(EntityColumn::build(versions.iter().map(Vec::as_slice)));
            }
            entity_columns.push(columns);
        }

        let mut event_ranges = Vec::new();
        let mut event_ids = Vec::new();
        let mut event_moments = Vec::new();
        let mut event_origins = Vec::new();
        let mut event_columns = Vec::new();
        self.drop_repeated_events(&mut problems);
        for (type_index, (_, kind)) in self.vocabulary.events().enumerate() {
            let mut lines = self.event_lines.get_mut(type_index).map(std::mem::take).unwrap_or_default();
            let mut rows: Vec<(EventLine, Vec<Vec<Cell>>)> = Vec::with_capacity(lines.len());
            lines.sort_by(|a, b| {
                (a.moment, self.id_text(a.id), a.origin).cmp(&(b.moment, self.id_text(b.id), b.origin))
            });
            for line in lines {
                let mut values: Vec<Vec<Cell>> = vec![Vec::new(); kind.fields.len()];
                let mut sound = true;
                let fields = self.event_fields.get(line.fields.start as usize..line.fields.end as usize);
                for (field, cells) in fields.unwrap_or_default() {
                    let declared = kind.field(*field);
                    match self.resolve(
                        &declared.kind,
                        &declared.name,
                        cells,
                        line.origin,
                        &lookup,
                        &mut problems,
                    ) {
                        Some(cells) => {
                            if let Some(slot) = values.get_mut(usize::from(field.0)) {
                                *slot = cells;
                            }
                        }
                        None => sound = false,
                    }
                }
                if sound && line.moment.date <= as_of {
                    rows.push((line, values));
                }
            }
            let start = event_ids.len();
            event_ids.extend(rows.iter().map(|(line, _)| line.id.map(|id| Symbol(symbol_cell(id)))));
            event_moments.extend(rows.iter().map(|(line, _)| line.moment));
            event_origins.extend(rows.iter().map(|(line, _)| line.origin));
            event_ranges.push(range(start, event_ids.len()));
            event_columns.push(
                (0..kind.fields.len())
                    .map(|i| {
                        EventColumn::build(
                            rows.iter().map(|(_, v)| v.get(i).map(Vec::as_slice).unwrap_or_default()),
                        )
                    })
                    .collect::<Vec<_>>(),
            );
        }
        let texts = self.interner.iter().map(|(_, text)| Box::from(text)).collect();
        let history = History {
            texts,
            numbers: self.numbers,
            entity_ranges,
            entity_ids,
            entity_origins,
            entity_columns,
            event_ranges,
            event_ids,
            event_moments,
            event_origins,
            event_columns,
        };
        history.find_disagreements(self.vocabulary, as_of, &mut problems);
        problems.sort_by_key(HistoryProblem::origin);
        (history, problems)
    }

    fn id_text(&self, id: Option<SymbolU32>) -> &str {
        id.and_then(|id| self.interner.resolve(id)).unwrap_or("")
    }

    #[expect(clippy::type_complexity, reason = "one private step of finish, split for length")]
    fn number_entities(
        &mut self,
        as_of: NaiveDate,
        problems: &mut Vec<HistoryProblem>,
    ) -> (Vec<Range<u32>>, Vec<Symbol>, Vec<FxHashMap<u32, u32>>, Vec<Vec<Vec<EntityLine>>>) {
        let mut ranges = Vec::new();
        let mut ids = Vec::new();
        let mut lookup = Vec::new();
        let mut kept = Vec::new();
        for lines in std::mem::take(&mut self.entity_lines) {
            let sorted: BTreeMap<&str, (SymbolU32, Vec<EntityLine>)> = lines
                .into_iter()
                .filter_map(|(id, lines)| Some((self.interner.resolve(id)?, (id, lines))))
                .collect();
            let start = ids.len();
            let mut index = FxHashMap::default();
            let mut rows = Vec::new();
            for (text, (id, mut lines)) in sorted {
                lines.sort_by_key(|line| (line.since, line.origin));
                let mut unique: Vec<EntityLine> = Vec::with_capacity(lines.len());
                for line in lines {
                    match unique.last() {
                        Some(last) if last.since == line.since => {
                            problems.push(HistoryProblem::RepeatedEntity {
                                origin: line.origin,
                                first: last.origin,
                                id: text.to_owned(),
                                since: line.since,
                            })
                        }
                        Some(_) | None => unique.push(line),
                    }
                }
                unique.retain(|line| line.since.is_none_or(|since| since <= as_of));
                if unique.is_empty() {
                    continue;
                }
                index.insert(symbol_cell(id), u32::try_from(ids.len()).unwrap_or(u32::MAX));
                ids.push(Symbol(symbol_cell(id)));
                rows.push(unique);
            }
            ranges.push(range(start, ids.len()));
            lookup.push(index);
            kept.push(rows);
        }
        (ranges, ids, lookup, kept)
    }

    fn drop_repeated_events(&mut self, problems: &mut Vec<HistoryProblem>) {
        let mut all: Vec<(SymbolU32, Origin)> = Vec::new();
        for line in self.event_lines.iter().flatten() {
            if let Some(id) = line.id {
                all.push((id, line.origin));
            }
        }
        all.sort_by_key(|(id, origin)| (id.to_usize(), *origin));
        let mut repeated: FxHashMap<Origin, ()> = FxHashMap::default();
        let mut first: Option<(SymbolU32, Origin)> = None;
        for (id, origin) in all {
            match first {
                Some((same, place)) if same == id => {
                    repeated.insert(origin, ());
                    let id = self.id_text(Some(id)).to_owned();
                    problems.push(HistoryProblem::RepeatedEvent { origin, first: place, id });
                }
                Some(_) | None => first = Some((id, origin)),
            }
        }
        if !repeated.is_empty() {
            for lines in &mut self.event_lines {
                lines.retain(|line| line.id.is_none() || !repeated.contains_key(&line.origin));
            }
        }
    }

    /// Cells as stored; ids of entities become entity numbers. `None` when one is dangling.
    fn resolve(
        &self,
        kind: &FieldKind,
        field: &str,
        cells: &Range<u32>,
        origin: Origin,
        lookup: &[FxHashMap<u32, u32>],
        problems: &mut Vec<HistoryProblem>,
    ) -> Option<Vec<Cell>> {
        let cells = self.cells.get(cells.start as usize..cells.end as usize).unwrap_or_default();
        let FieldKind::Entity(target) = kind else { return Some(cells.to_vec()) };
        let index = lookup.get(usize::from(target.0))?;
        let mut resolved = Vec::with_capacity(cells.len());
        let mut sound = true;
        for cell in cells {
            if let Some(entity) = index.get(cell) {
                resolved.push(*entity);
                continue;
            }
            sound = false;
            let text = |cell: u32| {
                SymbolU32::try_from_usize(cell as usize)
                    .and_then(|symbol| self.interner.resolve(symbol))
                    .unwrap_or("")
            };
            let id = text(*cell).to_owned();
            let mut known: Vec<&str> = index.keys().map(|cell| text(*cell)).collect();
            known.sort_unstable();
            problems.push(HistoryProblem::Dangling {
                origin,
                field: field.to_owned(),
                entity: self.vocabulary.entity(*target).name.clone(),
                near: crate::diagnostic::nearest(&id, known).map(str::to_owned),
                id,
            });
        }
        sound.then_some(resolved)
    }
}

impl HistoryProblem {
    /// The record the problem is about.
    pub fn origin(&self) -> Origin {
        match self {
            Self::Dangling { origin, .. }
            | Self::RepeatedEvent { origin, .. }
            | Self::RepeatedEntity { origin, .. }
            | Self::Disagreement { origin, .. } => *origin,
        }
    }
}

impl History {
    fn find_disagreements(
        &self,
        vocabulary: &Vocabulary,
        as_of: NaiveDate,
        problems: &mut Vec<HistoryProblem>,
    ) {
        for (id, kind) in vocabulary.events() {
            for (index, field) in kind.fields.iter().enumerate() {
                let Some(agreement) = &field.agrees else { continue };
                let FieldKind::Entity(owner) = kind.field(agreement.role).kind else { continue };
                let field_id = FieldId(u16::try_from(index).unwrap_or(u16::MAX));
                for event in self.events(id).map(super::EventRef) {
                    let said = self.event_field(event, id, field_id);
                    let Some(&entity) = self.event_field(event, id, agreement.role).first() else { continue };
                    let known = self.entity_field(super::EntityRef(entity), owner, agreement.field, as_of);
                    if let (Some(&said_cell), Some(&known_cell)) = (said.first(), known.first())
                        && said != known
                    {
                        problems.push(HistoryProblem::Disagreement {
                            origin: self.origin(event),
                            field: field.name.clone(),
                            said: self.entity_id(super::EntityRef(said_cell)).to_owned(),
                            entity: vocabulary.entity(owner).name.clone(),
                            id: self.entity_id(super::EntityRef(entity)).to_owned(),
                            known: self.entity_id(super::EntityRef(known_cell)).to_owned(),
                        });
                    }
                }
            }
        }
    }
}

fn range(start: usize, end: usize) -> Range<u32> {
    u32::try_from(start).unwrap_or(u32::MAX)..u32::try_from(end).unwrap_or(u32::MAX)
}

fn symbol_cell(symbol: SymbolU32) -> u32 {
    u32::try_from(symbol.to_usize()).unwrap_or(u32::MAX)
}
