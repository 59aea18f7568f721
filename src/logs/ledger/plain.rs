//! Tables whose columns are keys and fields themselves: one record a row, or one type a sheet.
//! Rows become the same maps that JSONL gives, so the same reader checks them. Needs no mapping.

use std::borrow::Cow;
use std::hash::{Hash as _, Hasher as _};

use rustc_hash::FxHasher;

use super::cell::{self, Reading};
use super::day;
use super::harvest::{EntityFound, EventFound, Harvest, Value};
use super::layout::{Heading, Use};
use super::mapping::Words;
use super::problem::LedgerSlip;
use super::rows::{self, Cell, Piece, Row};
use super::tail::Tail;
use crate::history::Origin;
use crate::logs::header::{Header, RECORDED};
use crate::logs::node::{Entry, Map, Node, Place, Shape};
use crate::logs::problem::{Mistake, Problem, What};
use crate::logs::record::{Batch, ENTITY, EVENT, HEADER, ID, Reader, SINCE, TIME};
use crate::vocabulary::{Field, FieldKind, Fields as _};

/// Everything needed to read rows of one text.
pub(super) struct Plain<'a, 'p> {
    pub(super) reader: Reader<'a>,
    pub(super) text: &'a str,
    pub(super) delimiter: u8,
    pub(super) headings: &'p [Heading],
    /// The type of all rows; `None`: each row says it.
    pub(super) kind: Option<(What, &'a str)>,
    pub(super) words: &'p Words,
    pub(super) year: Option<i32>,
    pub(super) tail: &'p Tail,
}

/// What a piece says: records, and headers where rows have 日志.
#[derive(Default)]
pub(super) struct Found<'a> {
    pub(super) harvest: Harvest<'a>,
    /// Events of record tables, which keep what id they have or have not.
    pub(super) batch: Batch<'a>,
    pub(super) headers: Vec<Header>,
}

impl<'a> Plain<'a, '_> {
    pub(super) fn piece(&self, piece: &Piece) -> Found<'a> {
        let mut found = Found::default();
        let mut cells: Vec<Cell<'a>> = Vec::new();
        let mut map = Map::new();
        let mut rows_of = Vec::new();
        let mut batch = Batch::default();
        for row in rows::rows(self.text, self.delimiter, piece.place.clone(), piece.line, piece.number) {
            rows::split(self.text, self.delimiter, &row.place, &mut cells);
            if self.tail.passes_over(&cells) || (self.kind.is_some() && self.is_below(&cells)) {
                continue;
            }
            let problems = batch.problems.len();
            map.clear();
            let is_header = self.fill(&cells, &mut map);
            if is_header {
                found.headers.push(self.reader.header(std::mem::take(&mut map), HEADER, &mut batch));
            } else {
                self.reader.record(&mut map, self.origin(&row), &mut batch);
            }
            name_cells(&mut batch, problems, &cells, &row);
            rows_of.resize(batch.entities.len(), row.number);
        }
        self.sort(batch, &rows_of, &mut found);
        found
    }

    fn is_below(&self, cells: &[Cell<'a>]) -> bool {
        let key = match self.kind {
            Some((What::Event, _)) => TIME,
            Some((What::Entity, _)) | None => ID,
        };
        let at = self.headings.iter().position(|heading| heading.role == Use::Key(key.to_owned()));
        let empty = at.and_then(|at| cells.get(at)).is_none_or(|cell| cell.text.trim().is_empty());
        empty && self.tail.is_below(cells) || (at == Some(0) && self.tail.is_below(cells))
    }

    fn origin(&self, row: &Row) -> Origin {
        Origin {
            file: self.reader.file,
            line: row.line,
            offset: u64::try_from(row.place.start).unwrap_or(u64::MAX),
            length: u32::try_from(row.place.len()).unwrap_or(u32::MAX),
        }
    }

    /// The keys and values of a row; whether it is a header row.
    fn fill(&self, cells: &[Cell<'a>], map: &mut Map<'a>) -> bool {
        let named = |key: &str| {
            let at = self.headings.iter().position(|heading| heading.text == key);
            at.and_then(|at| cells.get(at)).map(|cell| cell.text.trim()).filter(|text| !text.is_empty())
        };
        let is_header = self.kind.is_none() && named(HEADER).is_some();
        let (what, kind) = match self.kind {
            Some((what, kind)) => (what, Some(kind)),
            None if named(EVENT).is_some() => (What::Event, named(EVENT)),
            None => (What::Entity, named(ENTITY)),
        };
        let vocabulary = self.reader.vocabulary;
        let fields: &[Field] = match what {
            What::Entity => kind
                .and_then(|kind| vocabulary.entity_by_name(kind))
                .map_or(&[], |id| vocabulary.entity(id).fields()),
            What::Event => kind
                .and_then(|kind| vocabulary.event_by_name(kind))
                .map_or(&[], |id| vocabulary.event(id).fields()),
        };
        if let Some((what, kind)) = self.kind {
            let row = cells.first().map_or(0, |cell| cell.place.start)
                ..cells.last().map_or(0, |cell| cell.place.end);
            let node = Node { place: row.clone(), shape: Shape::Text(Cow::Borrowed(kind)) };
            let key = Cow::Borrowed(match what {
                What::Entity => ENTITY,
                What::Event => EVENT,
            });
            map.push(Entry { key, key_place: row, value: node });
        }
        for (heading, cell) in self.headings.iter().zip(cells) {
            let Use::Key(key) = &heading.role else { continue };
            let text = if self.kind.is_some() { cell::tidy(cell.text.clone()) } else { cell.text.clone() };
            let blank = self.kind.is_some() && self.words.blank.iter().any(|word| *word == text);
            if text.trim().is_empty() || blank {
                continue;
            }
            let field = fields.iter().find(|field| field.name == *key);
            let value = self.value(key, field, text, &cell.place);
            map.push(Entry { key: Cow::Owned(key.clone()), key_place: cell.place.clone(), value });
        }
        is_header
    }

    fn value(&self, key: &str, field: Option<&Field>, text: Cow<'a, str>, place: &Place) -> Node<'a> {
        let node = |shape| Node { place: place.clone(), shape };
        let many = field.is_some_and(|field| field.many) || key == RECORDED;
        if let Some(mut items) = array(&text, place)
            && (many || items.len() == 1)
        {
            return if many { node(Shape::List(items)) } else { items.pop().unwrap_or(node(Shape::Null)) };
        }
        let marks: &[char] = &['、', '；', ';', '，', ','];
        if (many && self.kind.is_some() || key == RECORDED) && text.contains(marks) {
            let parts = text.split(marks).map(str::trim).filter(|part| !part.is_empty());
            let items = parts.map(|part| node(Shape::Text(Cow::Owned(part.to_owned())))).collect();
            return node(Shape::List(items));
        }
        node(self.scalar(key, field, text))
    }

    /// A date, number or 是/否 in the way the reader wants it, if it can be understood at all.
    fn scalar(&self, key: &str, field: Option<&Field>, text: Cow<'a, str>) -> Shape<'a> {
        let reading = Reading { words: self.words, year: self.year };
        let kind = match (key, field.map(|field| &field.kind)) {
            (TIME | SINCE | "覆盖起" | "覆盖止" | "截至", None) => Some(&FieldKind::Date),
            (_, kind) => kind,
        };
        match kind {
            Some(FieldKind::Date) => {
                let forever = reading.words.forever.iter().any(|word| *word == text);
                match day::moment(&text, reading.year, None) {
                    _ if forever => Shape::Text(Cow::Borrowed("9999-12-31")),
                    Ok(moment) if key == TIME => Shape::Text(Cow::Owned(moment.to_string())),
                    Ok(moment) => Shape::Text(Cow::Owned(moment.date.to_string())),
                    Err(_) => Shape::Text(text),
                }
            }
            Some(FieldKind::Number) => match cell::number(&text) {
                Some((number, _)) => Shape::Plain(Cow::Owned(number.to_string())),
                None => Shape::Plain(text),
            },
            Some(FieldKind::Bool) => match cell::boolean(&text, reading.words) {
                Some(value) => Shape::Bool(value),
                None => Shape::Plain(text),
            },
            Some(FieldKind::Text | FieldKind::Enum(_) | FieldKind::Entity(_)) | None => Shape::Text(text),
        }
    }

    /// Entities are put together with those of other tables; events of one-type tables too.
    fn sort(&self, mut batch: Batch<'a>, rows_of: &[u32], found: &mut Found<'a>) {
        let harvest = &mut found.harvest;
        harvest.problems = std::mem::take(&mut batch.problems);
        harvest.bad = std::mem::take(&mut batch.bad);
        for (head, row) in batch.entities.drain(..).zip(rows_of) {
            let start = harvest.values.len();
            let data = batch.data.get(head.data).unwrap_or_default();
            harvest.values.extend(data.iter().map(|(field, datum)| Value {
                field: *field,
                column: u32::MAX,
                datum: datum.clone(),
            }));
            harvest.entities.push(EntityFound {
                kind: head.kind,
                id: head.id,
                since: head.since,
                values: start..harvest.values.len(),
                origin: head.origin,
                row: *row,
                piece: 0,
            });
        }
        if self.kind.is_some() {
            for head in batch.events.drain(..) {
                let start = harvest.values.len();
                let data = batch.data.get(head.data).unwrap_or_default();
                harvest.values.extend(data.iter().map(|(field, datum)| Value {
                    field: *field,
                    column: u32::MAX,
                    datum: datum.clone(),
                }));
                harvest.values.get_mut(start..).unwrap_or_default().sort_by_key(|value| value.field);
                let mut hasher = FxHasher::default();
                (head.kind, head.moment, &head.id).hash(&mut hasher);
                for value in harvest.values.get(start..).unwrap_or_default() {
                    value.hash(&mut hasher);
                }
                harvest.events.push(EventFound {
                    kind: head.kind,
                    id: head.id,
                    moment: head.moment,
                    values: start..harvest.values.len(),
                    origin: head.origin,
                    hash: hasher.finish(),
                });
            }
        }
        found.batch = batch;
    }
}

/// A cell that is a JSON array of plain values.
fn array<'a>(text: &str, place: &Place) -> Option<Vec<Node<'a>>> {
    if !text.starts_with('[') {
        return None;
    }
    let items: Vec<serde_json::Value> = serde_json::from_str(text).ok()?;
    let shape = |item: serde_json::Value| match item {
        serde_json::Value::Null => Some(Shape::Null),
        serde_json::Value::Bool(value) => Some(Shape::Bool(value)),
        serde_json::Value::Number(number) => Some(Shape::Plain(Cow::Owned(number.to_string()))),
        serde_json::Value::String(text) => Some(Shape::Text(Cow::Owned(text))),
        serde_json::Value::Array(_) | serde_json::Value::Object(_) => None,
    };
    items.into_iter().map(|item| Some(Node { place: place.clone(), shape: shape(item)? })).collect()
}

/// Problems of a row get the names of the cells they are in.
fn name_cells(batch: &mut Batch<'_>, from: usize, cells: &[Cell<'_>], row: &Row) {
    for problem in batch.problems.iter_mut().skip(from) {
        let at = cells
            .iter()
            .position(|cell| cell.place.start <= problem.span.start && problem.span.end <= cell.place.end);
        let cell = match at {
            Some(column) => super::convert::cell_name(column, row),
            None => format!("第 {} 行", row.number),
        };
        let mistake = Box::new(problem.mistake.clone());
        *problem = Problem {
            span: problem.span,
            mistake: Mistake::Ledger(Box::new(LedgerSlip::In { cell, mistake })),
            fatal: problem.fatal,
        };
    }
}
