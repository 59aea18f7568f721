//! Rows of one table → what they say, by a compiled [`Program`]. One row makes several entities and events;
//! what is wrong in one cell spoils only what needs that cell. Runs on pieces of the text in parallel.

use std::borrow::Cow;
use std::hash::{Hash as _, Hasher as _};
use std::ops::Range;

use chrono::NaiveDate;
use rustc_hash::FxHasher;

use super::cell::{self, Reading};
use super::compile::{
    EntityPlan, EventKind, EventPlan, FieldPlan, Part, Program, Slot, Source, Template, When,
};
use super::divide::{divide, take_brackets};
use super::harvest::{EntityFound, EventFound, Harvest, Note, Value};
use super::mapping::Words;
use super::problem::{CellSlip, LedgerSlip};
use super::rows::{self, Cell, Row};
use super::tail::Tail;
use crate::diagnostic::nearest;
use crate::history::{Datum, Origin};
use crate::logs::node::Place;
use crate::logs::problem::{Mistake, Problem};
use crate::source::{FileId, Span};
use crate::vocabulary::{Field, FieldId, Fields as _, Vocabulary};

/// Everything needed to read rows of one text.
pub(super) struct Converter<'a, 'p> {
    pub(super) vocabulary: &'a Vocabulary,
    pub(super) file: FileId,
    pub(super) text: &'a str,
    pub(super) delimiter: u8,
    pub(super) program: &'p Program,
    pub(super) words: &'p Words,
    pub(super) tail: &'p Tail,
}

/// What a standard column holds in the row being read.
#[derive(Default)]
struct Held<'a> {
    /// Empty: nothing.
    whole: Cow<'a, str>,
    pieces: Vec<Cow<'a, str>>,
    column: usize,
    place: Place,
}

/// The row being read; its lists are used again for the next.
pub(super) struct Line<'a> {
    cells: Vec<Cell<'a>>,
    held: Vec<Held<'a>>,
    /// Per entity plan, the ids made.
    made: Vec<Vec<Cow<'a, str>>>,
    /// A number in the row was cut short: what the row is about may be missing for that reason.
    is_cut: bool,
}

impl<'a> Converter<'a, '_> {
    pub(super) fn line(&self) -> Line<'a> {
        Line {
            cells: Vec::new(),
            held: self.program.slots.iter().map(|_| Held::default()).collect(),
            made: self.program.entities.iter().map(|_| Vec::new()).collect(),
            is_cut: false,
        }
    }

    /// Reads one row into `out`.
    pub(super) fn row(&self, row: &Row, line: &mut Line<'a>, out: &mut Harvest<'a>) {
        rows::split(self.text, self.delimiter, &row.place, &mut line.cells);
        if self.tail.passes_over(&line.cells) {
            return;
        }
        let found = out.problems.len();
        let before = (out.entities.len(), out.events.len());
        self.hold(row, line, out);
        let empty = |slot: &usize| line.held.get(*slot).is_none_or(|held| held.whole.is_empty());
        let need = &self.program.need;
        if need.iter().any(empty) && self.tail.is_below(&line.cells) {
            return;
        }
        if !need.is_empty() && need.iter().all(empty) && !line.is_cut {
            let missing = need.iter().filter_map(|slot| self.slot_name(*slot)).collect();
            self.problem(&row.place, LedgerSlip::Nothing { row: row.number, missing }, out);
            out.bad += 1;
            return;
        }
        let origin = self.origin(row);
        for made in &mut line.made {
            made.clear();
        }
        let mut starts = Vec::with_capacity(self.program.entities.len());
        for (index, plan) in self.program.entities.iter().enumerate() {
            starts.push(out.entities.len());
            self.entity_ids(index, plan, row, line, origin, out);
        }
        starts.push(out.entities.len());
        for (plan, range) in self.program.entities.iter().zip(starts.windows(2)) {
            if let [start, end] = range {
                self.entity_values(plan, *start..*end, row, line, out);
            }
        }
        let mut unowned = Vec::new();
        for plan in &self.program.events {
            self.event(plan, row, line, origin, &mut unowned, out);
        }
        if out.problems.len() == found && (out.entities.len(), out.events.len()) == before {
            let missing =
                self.program.entities.iter().flat_map(|plan| &plan.missing).take(4).cloned().collect();
            self.problem(&row.place, LedgerSlip::Nothing { row: row.number, missing }, out);
        }
        if out.problems.len() > found {
            once_each(&mut out.problems, found);
            out.bad += 1;
        }
    }

    fn origin(&self, row: &Row) -> Origin {
        Origin {
            file: self.file,
            line: row.line,
            offset: u64::try_from(row.place.start).unwrap_or(u64::MAX),
            length: u32::try_from(row.place.len()).unwrap_or(u32::MAX),
        }
    }

    fn problem(&self, place: &Place, slip: LedgerSlip, out: &mut Harvest<'a>) {
        let span = Span::new(self.file, place.start, place.end);
        out.problems.push(Problem::new(span, Mistake::Ledger(Box::new(slip))));
    }

    fn slot_name(&self, slot: usize) -> Option<String> {
        self.program.slots.get(slot).map(|slot| slot.name.clone())
    }

    /// What the file calls a column; its standard name when another column fills it.
    fn heading(&self, slot: usize) -> String {
        let named =
            |slot: &Slot| if slot.heading.is_empty() { slot.name.clone() } else { slot.heading.clone() };
        self.program.slots.get(slot).map(named).unwrap_or_default()
    }

    /// A problem of the cell a slot was read from.
    fn cell_problem(&self, slot: usize, row: &Row, line: &Line<'a>, slip: CellSlip, out: &mut Harvest<'a>) {
        let Some(held) = line.held.get(slot) else { return };
        let (place, cell) = (held.place.clone(), cell_name(held.column, row));
        let column = self.heading(slot);
        self.problem(&place, LedgerSlip::Cell { cell, column, slip }, out);
    }

    fn reading(&self) -> Reading<'_> {
        Reading { words: self.words, year: self.program.year }
    }

    /// Fills the slots from the cells.
    fn hold(&self, row: &Row, line: &mut Line<'a>, out: &mut Harvest<'a>) {
        for held in &mut line.held {
            held.whole = Cow::Borrowed("");
            held.pieces.clear();
        }
        line.is_cut = false;
        let slots = &self.program.slots;
        for (index, slot) in slots.iter().enumerate().filter(|(_, slot)| slot.used) {
            let Some(column) = slot.column else { continue };
            let Some(cell) = line.cells.get(column) else { continue };
            let text = cell::tidy(cell.text.clone());
            let blank = slot.blank.as_ref().unwrap_or(&self.words.blank);
            let says_nothing = |text: &str| text.is_empty() || blank.iter().any(|word| word == text);
            if says_nothing(&text) {
                continue;
            }
            let text = match slot.words.iter().find(|(word, _)| *word == text) {
                Some((_, meant)) if meant.is_empty() => continue,
                Some((_, meant)) => Cow::Owned(meant.clone()),
                None => text,
            };
            let place = cell.place.clone();
            if cell::is_cut(&text) {
                line.is_cut = true;
                let (cell, column) = (cell_name(column, row), self.heading(index));
                let slip = CellSlip::Cut { written: text.into_owned() };
                self.problem(&place, LedgerSlip::Cell { cell, column, slip }, out);
                continue;
            }
            let mut pieces =
                line.held.get_mut(index).map(|held| std::mem::take(&mut held.pieces)).unwrap_or_default();
            divide(slot, &text, &cell.text, &mut pieces);
            pieces.retain(|piece| !says_nothing(piece));
            if let Some(target) = slot.brackets {
                let codes: Vec<Cow<'a, str>> = pieces.iter_mut().map(take_brackets).collect();
                if codes.iter().any(|code| !code.is_empty())
                    && let Some(held) = line.held.get_mut(target).filter(|held| held.whole.is_empty())
                {
                    let whole = codes.join("、");
                    *held = Held { whole: Cow::Owned(whole), pieces: codes, column, place: place.clone() };
                }
            }
            for (number, piece) in pieces.iter().enumerate().filter(|_| !slot.shapes.is_empty()) {
                let piece = cell::code(piece.clone());
                let length = piece.chars().count();
                let fits = |wanted: Option<usize>| slot.shapes.iter().find(|(known, _)| *known == wanted);
                match fits(Some(length)).or_else(|| fits(None)) {
                    Some((_, target)) => {
                        if let Some(held) = line.held.get_mut(*target).filter(|held| held.whole.is_empty()) {
                            let pieces = vec![piece.clone()];
                            *held = Held { whole: piece, pieces, column, place: place.clone() };
                        }
                    }
                    None if number == 0 => {
                        let known: Vec<String> = slot
                            .shapes
                            .iter()
                            .filter_map(|(length, to)| {
                                Some(format!("{} 位的「{}」", (*length)?, slots.get(*to)?.name))
                            })
                            .collect();
                        let (column_name, cell) = (slot.heading.clone(), cell_name(column, row));
                        let slip =
                            CellSlip::Shape { written: piece.into_owned(), length, known: known.join("、") };
                        self.problem(&place, LedgerSlip::Cell { cell, column: column_name, slip }, out);
                    }
                    None => {}
                }
            }
            if let Some(held) = line.held.get_mut(index) {
                if pieces.is_empty() {
                    continue;
                }
                let whole = match (slot.brackets, pieces.as_slice()) {
                    (Some(_), [one]) => one.clone(),
                    _ => text,
                };
                *held = Held { whole, pieces, column, place };
            }
        }
    }

    fn happened(&self, when: &Option<When>, row: &Row, line: &Line<'a>, out: &mut Harvest<'a>) -> bool {
        let Some(when) = when else { return true };
        let Some(held) = line.held.get(when.slot).filter(|held| !held.whole.is_empty()) else { return false };
        if !when.words.is_empty() {
            return when.words.iter().any(|word| word == "*" || *word == held.whole);
        }
        match cell::boolean(&held.whole, self.words) {
            Some(value) => value,
            None => {
                let slip = CellSlip::Bool { written: held.whole.clone().into_owned() };
                self.cell_problem(when.slot, row, line, slip, out);
                false
            }
        }
    }

    /// The text of a slot for the `index`-th of `count` entities.
    fn text(&self, slot: usize, index: usize, count: usize, line: &Line<'a>) -> Option<Cow<'a, str>> {
        let held = line.held.get(slot).filter(|held| !held.whole.is_empty())?;
        let splits =
            held.pieces.len() > 1 || self.program.slots.get(slot).is_some_and(|slot| !slot.split.is_empty());
        let text = if splits && held.pieces.len() == count { held.pieces.get(index)? } else { &held.whole };
        (!text.is_empty()).then(|| text.clone())
    }

    fn id(&self, template: &Template, index: usize, count: usize, line: &Line<'a>) -> Option<Cow<'a, str>> {
        let first = |slots: &[usize]| slots.iter().find_map(|slot| self.text(*slot, index, count, line));
        if let [Part::Slot(slots)] = template.0.as_slice() {
            return first(slots).map(cell::code);
        }
        let mut id = String::new();
        for part in &template.0 {
            match part {
                Part::Text(text) => id.push_str(text),
                Part::Slot(slots) => id.push_str(&first(slots)?),
            }
        }
        Some(cell::code(Cow::Owned(id)))
    }

    fn entity_ids(
        &self,
        index: usize,
        plan: &EntityPlan,
        row: &Row,
        line: &mut Line<'a>,
        origin: Origin,
        out: &mut Harvest<'a>,
    ) {
        if !self.happened(&plan.when, row, line, out) {
            return;
        }
        let count = count(plan, line);
        self.even(plan, count, row, line, out);
        let since = self.since(plan, row, line, out);
        for number in 0..count {
            let id = plan.ids.iter().find_map(|template| self.id(template, number, count, line));
            let Some(id) = id else { continue };
            if let Some(made) = line.made.get_mut(index)
                && !made.contains(&id)
            {
                made.push(id.clone());
                out.entities.push(EntityFound {
                    kind: plan.kind,
                    id,
                    since,
                    values: 0..0,
                    origin,
                    row: row.number,
                    piece: u32::try_from(number).unwrap_or(0),
                });
            }
        }
    }

    /// Two columns of the same entities must have the same number of values.
    fn even(&self, plan: &EntityPlan, count: usize, row: &Row, line: &Line<'a>, out: &mut Harvest<'a>) {
        let Some(each) = each(plan, line) else { return };
        let parts = plan.ids.iter().flat_map(|id| &id.0);
        let ids = parts.filter_map(|part| if let Part::Slot(slots) = part { Some(slots) } else { None });
        for slot in ids.flatten().filter(|slot| **slot != each) {
            let splits = self.program.slots.get(*slot).is_some_and(|slot| !slot.split.is_empty());
            let pieces = line.held.get(*slot).map_or(0, |held| held.pieces.len());
            if splits && pieces > 0 && pieces != count {
                let other = self.slot_name(*slot).unwrap_or_default();
                self.cell_problem(each, row, line, CellSlip::Uneven { count, other, others: pieces }, out);
                return;
            }
        }
    }

    fn since(
        &self,
        plan: &EntityPlan,
        row: &Row,
        line: &Line<'a>,
        out: &mut Harvest<'a>,
    ) -> Option<NaiveDate> {
        let slot = plan
            .since
            .iter()
            .find(|slot| line.held.get(**slot).is_some_and(|held| !held.whole.is_empty()))?;
        let held = line.held.get(*slot)?;
        let edge = self.program.slots.get(*slot).and_then(|slot| slot.range);
        match cell::moment(&held.whole, self.reading(), edge) {
            Ok(moment) => Some(moment.date),
            Err(slip) => {
                self.cell_problem(*slot, row, line, slip, out);
                None
            }
        }
    }

    fn entity_values(
        &self,
        plan: &EntityPlan,
        range: Range<usize>,
        row: &Row,
        line: &Line<'a>,
        out: &mut Harvest<'a>,
    ) {
        let declared = self.vocabulary.entity(plan.kind).fields();
        let count = count(plan, line);
        for at in range {
            let start = out.values.len();
            let piece = out.entities.get(at).map_or(0, |found| found.piece);
            let piece = usize::try_from(piece).unwrap_or(0);
            self.fields(&plan.fields, declared, piece, count, row, line, out);
            let end = out.values.len();
            if let Some(found) = out.entities.get_mut(at) {
                found.values = start..end;
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the row, the plan and where it goes")]
    fn fields(
        &self,
        plans: &[FieldPlan],
        declared: &'a [Field],
        index: usize,
        count: usize,
        row: &Row,
        line: &Line<'a>,
        out: &mut Harvest<'a>,
    ) {
        for FieldPlan { field: id, source } in plans {
            let Some(field) = declared.get(usize::from(id.0)) else { continue };
            match source {
                Source::Fixed(word) => self.one(field, *id, Cow::Owned(word.clone()), None, row, line, out),
                Source::Made(plans) => {
                    let ids = plans.iter().filter_map(|plan| line.made.get(*plan)).flatten();
                    let start = out.values.len();
                    for made in ids.take(if field.many { usize::MAX } else { 1 }) {
                        let datum = Datum::Reference(made.clone());
                        if !out
                            .values
                            .get(start..)
                            .unwrap_or_default()
                            .iter()
                            .any(|value| value.datum == datum)
                        {
                            out.values.push(Value { field: *id, column: u32::MAX, datum });
                        }
                    }
                }
                Source::Slots(slots) => {
                    let present =
                        |slot: &&usize| line.held.get(**slot).is_some_and(|held| !held.whole.is_empty());
                    let Some(&slot) = slots.iter().find(present) else { continue };
                    let Some(held) = line.held.get(slot) else { continue };
                    if field.many && (count == 1 || held.pieces.len() != count) {
                        for piece in held.pieces.iter().filter(|piece| !piece.is_empty()) {
                            self.one(field, *id, piece.clone(), Some(slot), row, line, out);
                        }
                    } else if let Some(text) = self.text(slot, index, count, line) {
                        self.one(field, *id, text, Some(slot), row, line, out);
                    }
                }
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the field, its text and where it goes")]
    fn one(
        &self,
        field: &'a Field,
        id: FieldId,
        text: Cow<'a, str>,
        slot: Option<usize>,
        row: &Row,
        line: &Line<'a>,
        out: &mut Harvest<'a>,
    ) {
        let edge = slot.and_then(|slot| self.program.slots.get(slot)).and_then(|slot| slot.range);
        let column = slot.and_then(|slot| line.held.get(slot)).map(|held| held.column);
        match cell::datum(self.vocabulary, field, id, text, self.reading(), edge) {
            Ok((datum, note)) => {
                if let (true, Some(column), Some(slot)) = (note, column, slot) {
                    let written = line.held.get(slot).map(|held| held.whole.clone().into_owned());
                    out.notes.push(Note {
                        slot,
                        cell: cell_name(column, row),
                        written: written.unwrap_or_default(),
                        origin: self.origin(row),
                    });
                }
                let column = column.and_then(|column| u32::try_from(column).ok()).unwrap_or(u32::MAX);
                out.values.push(Value { field: id, column, datum });
            }
            Err(slip) => {
                if let Some(slot) = slot {
                    self.cell_problem(slot, row, line, slip, out);
                }
            }
        }
    }

    fn event(
        &self,
        plan: &EventPlan,
        row: &Row,
        line: &Line<'a>,
        origin: Origin,
        unowned: &mut Vec<usize>,
        out: &mut Harvest<'a>,
    ) {
        let full = |slot: &&usize| line.held.get(**slot).is_some_and(|held| !held.whole.is_empty());
        let (kind, list) = match &plan.kind {
            EventKind::Fixed(kind) => (*kind, 0),
            EventKind::Column { slot, words } => {
                let Some(held) = line.held.get(*slot).filter(|held| !held.whole.is_empty()) else { return };
                let Some(kind) = words.get(held.whole.as_ref()) else {
                    let mut known: Vec<&str> = words.keys().map(String::as_str).collect();
                    known.sort_unstable();
                    let near = nearest(&held.whole, known).map(str::to_owned);
                    let slip = CellSlip::EventType { written: held.whole.clone().into_owned(), near };
                    return self.cell_problem(*slot, row, line, slip, out);
                };
                (*kind, usize::from(kind.0))
            }
        };
        let time = plan.time.iter().find(full).copied();
        if (time.is_none() && plan.when.is_none()) || !self.happened(&plan.when, row, line, out) {
            return;
        }
        let declared = self.vocabulary.event(kind);
        let Some(time) = time else {
            if let Some(when) = &plan.when {
                let columns = plan.time.iter().filter_map(|slot| self.slot_name(*slot)).collect();
                let slip = CellSlip::NoDay { kind: declared.name.clone(), columns };
                self.cell_problem(when.slot, row, line, slip, out);
            }
            return;
        };
        let needs = plan.needs.get(list).map_or(&[][..], Vec::as_slice);
        if let Some(need) = needs.iter().find(|need| line.made.get(**need).is_none_or(Vec::is_empty)) {
            if !unowned.contains(need)
                && !line.is_cut
                && let (Some(owner), Some(held)) = (self.program.entities.get(*need), line.held.get(time))
            {
                unowned.push(*need);
                let slip = LedgerSlip::NoOwner {
                    cell: cell_name(held.column, row),
                    column: self.heading(time),
                    kind: declared.name.clone(),
                    owner: self.vocabulary.entity(owner.kind).name.clone(),
                    missing: owner.missing.clone(),
                };
                self.problem(&held.place, slip, out);
            }
            return;
        }
        let Some(held) = line.held.get(time) else { return };
        let edge = self.program.slots.get(time).and_then(|slot| slot.range);
        let moment = match cell::moment(&held.whole, self.reading(), edge) {
            Ok(moment) => moment,
            Err(slip) => return self.cell_problem(time, row, line, slip, out),
        };
        let start = out.values.len();
        let fields = plan.fields.get(list).map_or(&[][..], Vec::as_slice);
        self.fields(fields, &declared.fields, 0, 1, row, line, out);
        let values = start..out.values.len();
        let id = plan.ids.iter().find_map(|template| self.id(template, 0, 1, line));
        let mut hasher = FxHasher::default();
        (kind, moment).hash(&mut hasher);
        for value in out.values.get(values.clone()).unwrap_or_default() {
            value.hash(&mut hasher);
        }
        out.events.push(EventFound { kind, id, moment, values, origin, hash: hasher.finish() });
    }
}

/// The slot that says how many entities there are.
fn each(plan: &EntityPlan, line: &Line<'_>) -> Option<usize> {
    plan.each.iter().copied().find(|slot| line.held.get(*slot).is_some_and(|held| !held.pieces.is_empty()))
}

fn count(plan: &EntityPlan, line: &Line<'_>) -> usize {
    each(plan, line).and_then(|slot| line.held.get(slot)).map_or(1, |held| held.pieces.len().max(1))
}

/// Several events may need the same cell: what is wrong with it is said once.
fn once_each(problems: &mut Vec<Problem>, from: usize) {
    let row = problems.split_off(from);
    for problem in row {
        if !problems.iter().skip(from).any(|known| known.span == problem.span) {
            problems.push(problem);
        }
    }
}

/// `B12`.
pub(super) fn cell_name(column: usize, row: &Row) -> String {
    format!("{}{}", rows::letters(column), row.number)
}
