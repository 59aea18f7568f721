//! All records taken → [`History`]. Numbers entities in id order, resolves references, orders events, keeps only
//! what is known by the as-of date. Finds repeated and dangling ids; leaves such records out, never a good one.

use std::hash::BuildHasher as _;
use std::ops::Range;

use chrono::NaiveDate;
use rayon::prelude::*;
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};
use string_interner::Symbol as _;

use super::builder::{EntityLine, EntityRows, HistoryBuilder, Interner, index, text};
use super::column::{EntityColumn, NONE};
use super::order::{self, Ordered};
use super::texts::Texts;
use super::{Cell, EntityRef, EventRef, History, Origin, Symbol};
use crate::vocabulary::{EntityTypeId, EventTypeId, FieldId, FieldKind, Fields as _, Vocabulary};

/// A mistake that only the whole log can show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HistoryProblem {
    /// A relation names an entity the log never describes. An event is left out; an entity loses only that relation.
    Dangling { origin: Origin, field: String, entity: EntityTypeId, id: String },
    /// Two event records carry the same 编号. The later one is left out.
    RepeatedEvent { origin: Origin, first: Origin, id: String },
    /// Two entity records of the same id begin on the same day. The later one is left out.
    RepeatedEntity {
        origin: Origin,
        first: Origin,
        entity: EntityTypeId,
        id: String,
        since: Option<NaiveDate>,
    },
}

impl HistoryProblem {
    /// The record the problem is about.
    pub fn origin(&self) -> Origin {
        match self {
            Self::Dangling { origin, .. }
            | Self::RepeatedEvent { origin, .. }
            | Self::RepeatedEntity { origin, .. } => *origin,
        }
    }
}

/// 应与…一致 does not hold: `field` of an event says `said`, the entity `id` says `known`, which is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disagreement {
    pub origin: Origin,
    pub field: String,
    pub said: String,
    /// Name of the entity type.
    pub entity: String,
    pub id: String,
    /// Name of the entity's field.
    pub entity_field: String,
    pub known: String,
}

/// What [`HistoryBuilder::finish`] gives. Lists are in place order.
#[derive(Debug)]
pub struct Finished {
    pub history: History,
    /// The first problems, up to the limit asked for.
    pub problems: Vec<HistoryProblem>,
    /// All problems, listed or not.
    pub problem_count: usize,
    /// Records with at least one problem.
    pub bad_records: usize,
    pub disagreements: Vec<Disagreement>,
}

/// A [`HistoryProblem`] without its texts: there can be millions of them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Flaw {
    pub(super) origin: Origin,
    pub(super) fault: Fault,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Fault {
    DanglingInEntity { owner: EntityTypeId, field: FieldId, target: EntityTypeId, id: Cell },
    DanglingInEvent { owner: EventTypeId, field: FieldId, target: EntityTypeId, id: Cell },
    RepeatedEvent { first: Origin, id: Cell },
    RepeatedEntity { first: Origin, kind: EntityTypeId, id: Cell, since: Option<NaiveDate> },
}

/// One entity: its usable lines, in date order.
#[derive(Debug)]
struct Group {
    id: Cell,
    origin: Origin,
    /// 有效起 of the first line.
    start: Option<NaiveDate>,
    lines: Range<usize>,
    /// Known by the as-of date.
    current: bool,
}

/// Per entity type, symbol of the 编号 → entity number, or [`NONE`] for one not known by the as-of date.
pub(super) type Numbers = Vec<FxHashMap<Cell, Cell>>;

impl HistoryBuilder<'_> {
    /// The finished history: only events on or before `as_of`, only entity lines in force by then.
    /// At most `limit` problems are put into words.
    pub fn finish(mut self, as_of: NaiveDate, limit: usize) -> Finished {
        let mut flaws = Vec::new();
        let mut groups = self.group_entities(as_of, &mut flaws);
        self.keep_referenced(as_of, &mut groups);
        let (entity_ranges, numbers) = number(&groups);
        let mut entity_ids = Vec::new();
        let mut entity_origins = Vec::new();
        let mut entity_starts = Vec::new();
        let mut entity_columns = Vec::new();
        for ((kind, _), groups) in self.vocabulary.entities().zip(&groups) {
            let current = groups.iter().filter(|group| group.current);
            entity_ids.extend(current.clone().map(|group| Symbol(group.id)));
            entity_origins.extend(current.clone().map(|group| group.origin));
            entity_starts.extend(current.map(|group| group.start));
            entity_columns.push(self.entity_columns(kind, as_of, groups, &numbers, &mut flaws));
        }
        self.entities = Vec::new();

        let repeated = self.repeated_events(&mut flaws);
        let events = std::mem::take(&mut self.events);
        let kinds: Vec<EventTypeId> = self.vocabulary.events().map(|(kind, _)| kind).collect();
        let ordered: Vec<Ordered> = events
            .into_par_iter()
            .zip(kinds)
            .map(|(rows, kind)| order::order(&self, kind, rows, as_of, &numbers, &repeated))
            .collect();
        drop(numbers);
        let total = ordered.iter().map(|events| events.order.len()).sum();
        let mut event_ranges = Vec::with_capacity(ordered.len());
        let mut event_ids =
            Texts::with_capacity(total, ordered.iter().map(|events| events.rows.ids.bytes()).sum());
        let mut event_moments = Vec::with_capacity(total);
        let mut event_origins = Vec::with_capacity(total);
        let mut event_columns = Vec::with_capacity(ordered.len());
        for Ordered { rows, order, flaws: found } in ordered {
            let start = index(event_moments.len());
            for row in order.iter().map(|row| *row as usize) {
                event_ids.push(rows.ids.get(row));
                event_moments.extend(rows.moments.get(row));
                event_origins.extend(rows.origins.get(row));
            }
            event_columns.push(rows.columns);
            flaws.extend(found);
            event_ranges.push(start..index(event_moments.len()));
        }

        flaws.sort_by_key(|flaw| flaw.origin);
        let problems = flaws.iter().take(limit).map(|flaw| self.put_in_words(flaw)).collect();
        let problem_count = flaws.len();
        flaws.dedup_by_key(|flaw| flaw.origin);
        let vocabulary = self.vocabulary;
        let mut texts =
            Texts::with_capacity(self.interner.len(), self.interner.iter().map(|(_, text)| text.len()).sum());
        for (_, text) in &self.interner {
            texts.push(text);
        }
        drop(self.interner);
        let history = History {
            texts,
            numbers: self.numbers,
            entity_ranges,
            entity_ids,
            entity_origins,
            entity_starts,
            entity_columns,
            event_ranges,
            event_ids,
            event_moments,
            event_origins,
            event_columns,
            recorded: self.recorded,
            given: self.given,
        };
        let disagreements = history.disagreements(vocabulary, as_of);
        Finished { history, problems, problem_count, bad_records: flaws.len(), disagreements }
    }

    /// Sorts the lines of every type by entity and day; drops repeated ones.
    fn group_entities(&mut self, as_of: NaiveDate, flaws: &mut Vec<Flaw>) -> Vec<Vec<Group>> {
        let interner = &self.interner;
        let kinds = self.vocabulary.entities().map(|(kind, _)| kind);
        kinds.zip(&mut self.entities).map(|(kind, rows)| group(interner, kind, rows, as_of, flaws)).collect()
    }

    /// An entity with only later lines is still known to exist when a record in force refers to it.
    fn keep_referenced(&self, as_of: NaiveDate, groups: &mut [Vec<Group>]) {
        let later: Vec<FxHashSet<Cell>> = groups
            .iter()
            .map(|groups| groups.iter().filter(|group| !group.current).map(|group| group.id).collect())
            .collect();
        if later.iter().all(FxHashSet::is_empty) {
            return;
        }
        let mut wanted: FxHashSet<(u16, Cell)> = FxHashSet::default();
        let mut see = |kind: &FieldKind, cells: &[Cell]| {
            if let FieldKind::Entity(target) = kind
                && let Some(later) = later.get(usize::from(target.0))
            {
                wanted.extend(cells.iter().filter(|cell| later.contains(cell)).map(|cell| (target.0, *cell)));
            }
        };
        for ((_, kind), rows) in self.vocabulary.events().zip(&self.events) {
            for (field, column) in kind.fields.iter().zip(&rows.columns) {
                for (row, moment) in rows.moments.iter().enumerate() {
                    if moment.date <= as_of {
                        see(&field.kind, column.get(row));
                    }
                }
            }
        }
        for ((_, kind), rows) in self.vocabulary.entities().zip(&self.entities) {
            for line in rows.lines.iter().filter(|line| line.since.is_none_or(|since| since <= as_of)) {
                for (field, cell) in rows.values.get(line.values()).unwrap_or_default() {
                    see(&kind.field(*field).kind, &[*cell]);
                }
            }
        }
        for (kind, groups) in (0u16..).zip(groups) {
            for group in groups {
                group.current |= wanted.contains(&(kind, group.id));
            }
        }
    }

    fn entity_columns(
        &self,
        kind: EntityTypeId,
        as_of: NaiveDate,
        groups: &[Group],
        numbers: &Numbers,
        flaws: &mut Vec<Flaw>,
    ) -> Vec<EntityColumn> {
        let fields = &self.vocabulary.entity(kind).fields;
        let mut columns: Vec<EntityColumn> =
            fields.iter().map(|field| EntityColumn::new(field.many)).collect();
        let Some(rows) = self.entities.get(usize::from(kind.0)) else { return columns };
        let mut row = 0;
        for group in groups {
            for line in rows.lines.get(group.lines.clone()).unwrap_or_default() {
                let values = rows.values.get(line.values()).unwrap_or_default();
                for same in values.chunk_by(|(a, _), (b, _)| a == b) {
                    let Some((field, _)) = same.first().copied() else { continue };
                    let Some((declared, column)) =
                        fields.get(usize::from(field.0)).zip(columns.get_mut(usize::from(field.0)))
                    else {
                        continue;
                    };
                    let mut cells: Vec<Cell> = same.iter().map(|(_, cell)| *cell).collect();
                    cells.retain(|cell| *cell != NONE);
                    let mut sound = true;
                    if let FieldKind::Entity(target) = declared.kind {
                        for cell in &mut cells {
                            match numbers.get(usize::from(target.0)).and_then(|numbers| numbers.get(cell)) {
                                Some(number) => *cell = *number,
                                None => {
                                    sound = false;
                                    let fault =
                                        Fault::DanglingInEntity { owner: kind, field, target, id: *cell };
                                    flaws.push(Flaw { origin: line.origin, fault });
                                }
                            }
                        }
                    }
                    if sound && line.since.is_none_or(|since| since <= as_of) {
                        column.push(row, line.since.unwrap_or(NaiveDate::MIN), cells.into_iter());
                    }
                }
            }
            row += usize::from(group.current);
        }
        columns
    }

    /// Rows (event type, row) to leave out because an earlier place uses the same 编号.
    fn repeated_events(&mut self, flaws: &mut Vec<Flaw>) -> FxHashSet<(u16, u32)> {
        let Self { events, interner, .. } = self;
        let mut hashes: Vec<u64> = events
            .par_iter()
            .flat_map_iter(|rows| rows.ids.iter().filter(|id| !id.is_empty()).map(hash))
            .collect();
        hashes.par_sort_unstable();
        let twice: FxHashSet<u64> = hashes
            .windows(2)
            .filter_map(|pair| if let [a, b] = pair { (a == b).then_some(*a) } else { None })
            .collect();
        drop(hashes);
        let mut repeated = FxHashSet::default();
        if twice.is_empty() {
            return repeated;
        }
        let mut rows: Vec<(&str, Origin, u16, u32)> = Vec::new();
        for (kind, events) in (0u16..).zip(&*events) {
            for ((row, id), origin) in (0u32..).zip(events.ids.iter()).zip(&events.origins) {
                if !id.is_empty() && twice.contains(&hash(id)) {
                    rows.push((id, *origin, kind, row));
                }
            }
        }
        rows.sort_unstable();
        for same in rows.chunk_by(|a, b| a.0 == b.0) {
            let Some(((id, first, ..), others)) = same.split_first() else { continue };
            for (_, origin, kind, row) in others {
                repeated.insert((*kind, *row));
                let id = index(interner.get_or_intern(id).to_usize());
                flaws.push(Flaw { origin: *origin, fault: Fault::RepeatedEvent { first: *first, id } });
            }
        }
        repeated
    }

    fn put_in_words(&self, flaw: &Flaw) -> HistoryProblem {
        let word = |id: Cell| text(&self.interner, id).to_owned();
        let origin = flaw.origin;
        match flaw.fault {
            Fault::DanglingInEntity { owner, field, target, id } => {
                let field = self.vocabulary.entity(owner).field(field).name.clone();
                HistoryProblem::Dangling { origin, field, entity: target, id: word(id) }
            }
            Fault::DanglingInEvent { owner, field, target, id } => {
                let field = self.vocabulary.event(owner).field(field).name.clone();
                HistoryProblem::Dangling { origin, field, entity: target, id: word(id) }
            }
            Fault::RepeatedEvent { first, id } => {
                HistoryProblem::RepeatedEvent { origin, first, id: word(id) }
            }
            Fault::RepeatedEntity { first, kind, id, since } => {
                HistoryProblem::RepeatedEntity { origin, first, entity: kind, id: word(id), since }
            }
        }
    }
}

fn hash(text: &str) -> u64 {
    FxBuildHasher.hash_one(text)
}

impl EntityLine {
    fn values(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

fn group(
    interner: &Interner,
    kind: EntityTypeId,
    rows: &mut EntityRows,
    as_of: NaiveDate,
    flaws: &mut Vec<Flaw>,
) -> Vec<Group> {
    rows.lines.par_sort_unstable_by(|a, b| {
        let ids = if a.id == b.id {
            std::cmp::Ordering::Equal
        } else {
            text(interner, a.id).cmp(text(interner, b.id))
        };
        ids.then_with(|| (a.since, a.origin).cmp(&(b.since, b.origin)))
    });
    let mut unique: Vec<EntityLine> = Vec::with_capacity(rows.lines.len());
    for line in &rows.lines {
        match unique.last() {
            Some(last) if last.id == line.id && last.since == line.since => {
                let fault =
                    Fault::RepeatedEntity { first: last.origin, kind, id: line.id, since: line.since };
                flaws.push(Flaw { origin: line.origin, fault });
            }
            Some(_) | None => unique.push(*line),
        }
    }
    rows.lines = unique;
    let mut groups = Vec::new();
    let mut start = 0;
    for same in rows.lines.chunk_by(|a, b| a.id == b.id) {
        let lines = start..start + same.len();
        start = lines.end;
        let Some(first) = same.first() else { continue };
        let current = first.since.is_none_or(|since| since <= as_of);
        groups.push(Group { id: first.id, origin: first.origin, start: first.since, lines, current });
    }
    if !rows.mentions.is_empty() {
        let known: FxHashSet<Cell> = groups.iter().map(|group| group.id).collect();
        rows.mentions.sort_unstable();
        rows.mentions.dedup_by_key(|(id, _)| *id);
        let unknown = rows.mentions.iter().filter(|(id, _)| !known.contains(id));
        groups.extend(unknown.map(|(id, origin)| Group {
            id: *id,
            origin: *origin,
            start: None,
            lines: 0..0,
            current: true,
        }));
        groups.sort_by(|a, b| text(interner, a.id).cmp(text(interner, b.id)));
    }
    groups
}

/// Entity numbers: types in vocabulary order, within a type in id order.
fn number(groups: &[Vec<Group>]) -> (Vec<Range<u32>>, Numbers) {
    let mut next = 0u32;
    let mut ranges = Vec::with_capacity(groups.len());
    let mut numbers = Vec::with_capacity(groups.len());
    for groups in groups {
        let start = next;
        let mut map = FxHashMap::default();
        map.reserve(groups.len());
        for group in groups {
            map.insert(group.id, if group.current { next } else { NONE });
            next += u32::from(group.current);
        }
        ranges.push(start..next);
        numbers.push(map);
    }
    (ranges, numbers)
}

impl History {
    fn disagreements(&self, vocabulary: &Vocabulary, as_of: NaiveDate) -> Vec<Disagreement> {
        let mut found = Vec::new();
        for (id, kind) in vocabulary.events() {
            for (field_id, field) in (0u16..).map(FieldId).zip(&kind.fields) {
                let Some(agreement) = &field.agrees else { continue };
                let FieldKind::Entity(owner) = kind.field(agreement.role).kind else { continue };
                for event in self.events(id).map(EventRef) {
                    let said = self.event_field(event, id, field_id);
                    let Some(&entity) = self.event_field(event, id, agreement.role).first() else { continue };
                    let known = self.entity_field(EntityRef(entity), owner, agreement.field, as_of);
                    if let (Some(&said_cell), Some(&known_cell)) = (said.first(), known.first())
                        && said != known
                    {
                        let owner = vocabulary.entity(owner);
                        found.push(Disagreement {
                            origin: self.origin(event),
                            field: field.name.clone(),
                            said: self.entity_id(EntityRef(said_cell)).to_owned(),
                            entity: owner.name.clone(),
                            id: self.entity_id(EntityRef(entity)).to_owned(),
                            entity_field: owner.field(agreement.field).name.clone(),
                            known: self.entity_id(EntityRef(known_cell)).to_owned(),
                        });
                    }
                }
            }
        }
        found.sort_by_key(|disagreement| disagreement.origin);
        found
    }
}
