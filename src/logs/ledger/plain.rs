//! Tables whose columns are keys and fields themselves: one record a row, or one type a sheet.
//! Rows become the same maps that JSONL gives, so the same reader checks them. Needs no mapping.

use std::borrow::Cow;
use std::hash::{Hash as _, Hasher as _};

use rust_decimal::Decimal;
use rustc_hash::FxHasher;
use serde_json::value::RawValue;

use super::cell::{self, Reading};
use super::day;
use super::harvest::{EntityFound, EventFound, Harvest, Value};
use super::layout::{Heading, Use};
use super::mapping::Words;
use super::problem::{CellSlip, LedgerSlip};
use super::rows::{self, Cell, Piece, Row};
use super::tail::Tail;
use super::written;
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
    /// By `convert`: every row is data, every text is meant as it stands.
    pub(super) is_written: bool,
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
            if self.is_no_data(&cells) {
                continue;
            }
            let (problems, bad) = (batch.problems.len(), batch.bad);
            map.clear();
            let (is_header, cut) = self.fill(&cells, &mut map);
            // What a number without its end is the 编号 of cannot be told.
            let has_id =
                |column: &usize| self.headings.get(*column).is_some_and(|heading| heading.text == ID);
            if is_header {
                found.headers.push(self.reader.header(std::mem::take(&mut map), HEADER, &mut batch));
            } else if !cut.iter().any(has_id) {
                self.reader.record(&mut map, self.origin(&row), &mut batch);
            }
            name_cells(&mut batch, problems, &cells, &row);
            self.cut(&cut, &cells, &row, &mut batch);
            batch.bad = batch.bad.max(bad + usize::from(!cut.is_empty()));
            rows_of.resize(batch.entities.len(), row.number);
        }
        self.sort(batch, &rows_of, &mut found);
        found
    }

    fn is_no_data(&self, cells: &[Cell<'a>]) -> bool {
        if self.is_written {
            return cells.iter().all(|cell| cell.text.is_empty());
        }
        self.tail.passes_over(cells) || (self.kind.is_some() && self.is_below(cells))
    }

    /// Says which cells hold numbers that were cut short.
    fn cut(&self, columns: &[usize], cells: &[Cell<'a>], row: &Row, batch: &mut Batch<'a>) {
        for (column, cell) in columns.iter().filter_map(|column| Some((*column, cells.get(*column)?))) {
            let slip = LedgerSlip::Cell {
                cell: super::convert::cell_name(column, row),
                column: self.headings.get(column).map(|heading| heading.text.clone()).unwrap_or_default(),
                slip: CellSlip::Cut { written: cell.text.clone().into_owned() },
            };
            batch.problems.push(self.reader.problem(&cell.place, Mistake::Ledger(Box::new(slip))));
        }
    }

    /// The sheet 日志: key and value in each row, and what is wrong with them.
    pub(super) fn about(&self) -> (Header, Batch<'a>) {
        let (mut map, mut batch) = (Map::new(), Batch::default());
        for row in rows::rows(self.text, self.delimiter, 0..self.text.len(), 1, 1).skip(1) {
            let cells = rows::cells(self.text, self.delimiter, &row.place);
            let [key, value, ..] = cells.as_slice() else { continue };
            if !matches!(key.text.as_ref(), "" | written::SHEET) {
                let value = self.written(&key.text, None, value.text.clone(), &value.place);
                map.push(Entry { key: key.text.clone(), key_place: key.place.clone(), value });
            }
        }
        let header = self.reader.header(map, HEADER, &mut batch);
        (header, batch)
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

    /// The keys and values of a row; whether it is a header row; the columns with numbers cut short.
    fn fill(&self, cells: &[Cell<'a>], map: &mut Map<'a>) -> (bool, Vec<usize>) {
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
        let kind = kind.map(|kind| kind.strip_prefix('\'').filter(|_| self.is_written).unwrap_or(kind));
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
        let mut cut = Vec::new();
        for (column, (heading, cell)) in self.headings.iter().zip(cells).enumerate() {
            let Use::Key(key) = &heading.role else { continue };
            let by_hand = self.kind.is_some() && !self.is_written;
            let text = if by_hand { cell::tidy(cell.text.clone()) } else { cell.text.clone() };
            let blank = by_hand && self.words.blank.iter().any(|word| *word == text);
            if text.trim().is_empty() || blank {
                continue;
            }
            let field = fields.iter().find(|field| field.name == *key);
            let is_code = key == ID
                || field.is_some_and(|field| {
                    matches!(field.kind, FieldKind::Text | FieldKind::Enum(_) | FieldKind::Entity(_))
                });
            if is_code && cell::is_cut(&text) {
                cut.push(column);
                continue;
            }
            let value = if self.is_written {
                self.written(key, field, text, &cell.place)
            } else {
                self.value(key, field, text, &cell.place)
            };
            map.push(Entry { key: Cow::Owned(key.clone()), key_place: cell.place.clone(), value });
        }
        (is_header, cut)
    }

    /// A value as `convert` writes it.
    fn written(&self, key: &str, field: Option<&Field>, text: Cow<'a, str>, place: &Place) -> Node<'a> {
        let shape = match written::marked(&text) {
            Some(text) => Shape::Text(text),
            None if text == "null" => Shape::Null,
            None => return self.value(key, field, text, place),
        };
        Node { place: place.clone(), shape }
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
            Some(FieldKind::Number) if self.is_written && Decimal::from_str_exact(&text).is_ok() => {
                Shape::Plain(text)
            }
            Some(FieldKind::Number) => match cell::number(&text) {
                Some((number, _)) => Shape::Plain(Cow::Owned(number.to_string())),
                None => Shape::Plain(text),
            },
            Some(FieldKind::Bool) if text.eq_ignore_ascii_case("true") => Shape::Bool(true),
            Some(FieldKind::Bool) if text.eq_ignore_ascii_case("false") => Shape::Bool(false),
            Some(FieldKind::Bool) => match cell::boolean(&text, reading.words) {
                Some(value) => Shape::Bool(value),
                None => Shape::Plain(text),
            },
            Some(FieldKind::Text | FieldKind::Enum(_) | FieldKind::Entity(_)) | None => Shape::Text(text),
        }
    }

    /// Entities are put together with those of other tables; events of one-type tables too.
    fn sort(&self, mut batch: Batch<'a>, rows_of: &[u32], found: &mut Found<'a>) {
        if self.is_written {
            found.batch = batch;
            return;
        }
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
    let items: Vec<&RawValue> = serde_json::from_str(text).ok()?;
    // Numbers keep all their digits: no float comes between.
    let number = |text: &str| text.starts_with(|c: char| c == '-' || c.is_ascii_digit());
    let shape = |item: &RawValue| match serde_json::from_str(item.get()).ok()? {
        serde_json::Value::Number(_) if number(item.get()) => {
            Some(Shape::Plain(Cow::Owned(item.get().to_owned())))
        }
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
