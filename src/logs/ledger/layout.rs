//! Which kind of table a text is, where its header is and which column is which.
//! Takes the first rows and the known tables; gives a [`Layout`], or the table that fits best and what it lacks.

use rustc_hash::FxHashMap;

use super::mapping::{Columns, Table, fits};
use super::problem::Near;
use super::rows::{self, Row};
use super::tail;
use super::written;
use crate::diagnostic::nearest;
use crate::logs::problem::What;
use crate::logs::record;
use crate::vocabulary::{EntityTypeId, EventTypeId, Fields as _, Vocabulary};

/// Rows in which the header may stand.
const HEAD: usize = 30;

/// A table of the mapping, with its headings to look up.
pub(super) struct Known<'c> {
    pub(super) table: &'c Table,
    /// Heading in its plain form → index of the standard column.
    headings: FxHashMap<String, usize>,
}

/// What a column of a file is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// A standard column of the table, by index.
    Standard(usize),
    /// The same column once more; the first is used.
    Repeated(usize),
    /// A key or field of a record table or of a table of one type.
    Key(String),
    Ignored,
    Unknown,
    Empty,
}

#[derive(Clone, Debug)]
pub(super) struct Heading {
    /// As written, without line breaks.
    pub(super) text: String,
    pub(super) role: Use,
}

/// What kind of table.
#[derive(Clone, Copy, Debug)]
pub(super) enum Sort<'c> {
    /// Of the mapping.
    Mapped(&'c Table),
    /// One record a row: columns 实体 or 事件.
    Records,
    /// One type a table, named by the sheet.
    OfEntity(EntityTypeId),
    OfEvent(EventTypeId),
}

#[derive(Debug)]
pub(super) struct Layout<'c> {
    pub(super) sort: Sort<'c>,
    /// The last row of the header.
    pub(super) header: Row,
    pub(super) headings: Vec<Heading>,
    /// The first row of data; `None` = there is none.
    pub(super) start: Option<Row>,
    /// Rows of the header and above it, tidied.
    pub(super) headers: Vec<Vec<String>>,
    pub(super) titles: Vec<Vec<String>>,
    score: usize,
}

/// The tables that can apply with this vocabulary.
pub(super) fn known<'c>(columns: &'c Columns, vocabulary: &Vocabulary) -> Vec<Known<'c>> {
    use super::mapping::Kind;
    let makes_something = |table: &Table| {
        table.makes.iter().any(|make| match (&make.kind, make.what) {
            (Kind::Column(..), _) => true,
            (Kind::Fixed(name), What::Entity) => vocabulary.entity_by_name(&name.text).is_some(),
            (Kind::Fixed(name), What::Event) => vocabulary.event_by_name(&name.text).is_some(),
        })
    };
    let tables = columns.tables.iter().filter(|table| !table.unused && makes_something(table));
    tables
        .map(|table| {
            let mut headings = FxHashMap::default();
            for (index, column) in table.columns.iter().enumerate() {
                headings.entry(plain(&column.name.text)).or_insert(index);
            }
            for (index, column) in table.columns.iter().enumerate() {
                for word in &column.synonyms {
                    headings.entry(plain(word)).or_insert(index);
                }
            }
            Known { table, headings }
        })
        .collect()
}

/// A heading without blanks, stars, invisible characters and differences of width.
pub(super) fn plain(heading: &str) -> String {
    let dropped = |c: char| {
        c.is_whitespace()
            || c.is_control()
            || matches!(c, '*' | '＊' | '※' | '↵' | '"' | '\u{200b}'..='\u{200f}' | '\u{feff}')
    };
    let narrow = super::cell::narrow(heading);
    let text: String = narrow.chars().filter(|c| !dropped(*c)).map(|c| c.to_ascii_lowercase()).collect();
    text.trim_end_matches([':', '：']).to_owned()
}

/// Without notes in brackets: `检查日期(年月日)` → `检查日期`.
fn bare(plain: &str) -> String {
    let mut kept = String::new();
    let mut depth = 0usize;
    for c in plain.chars() {
        match c {
            '(' | '[' | '【' | '〔' => depth += 1,
            ')' | ']' | '】' | '〕' => depth = depth.saturating_sub(1),
            c if depth == 0 => kept.push(c),
            _ => {}
        }
    }
    kept
}

impl Known<'_> {
    fn find(&self, heading: &str) -> Option<usize> {
        let full = plain(heading);
        let found = self.headings.get(&full).copied();
        found.or_else(|| {
            let bare = bare(&full);
            (!bare.is_empty() && bare != full).then(|| self.headings.get(&bare).copied()).flatten()
        })
    }

    /// The standard column an unknown heading is most like.
    pub(super) fn nearest(&self, heading: &str) -> Option<&str> {
        let full = plain(heading);
        let bare = bare(&full);
        let mut words: Vec<&str> = self.headings.keys().map(String::as_str).collect();
        words.sort_unstable();
        let word = nearest(if bare.is_empty() { &full } else { &bare }, words.iter().copied())?;
        let index = self.headings.get(word)?;
        self.table.columns.get(*index).map(|column| column.name.text.as_str())
    }

    fn satisfied(&self, found: &[usize]) -> bool {
        let has = |name: &str| {
            self.table.columns.iter().enumerate().any(|(index, column)| {
                (column.name.text == name || column.gives(name)) && found.contains(&index)
            })
        };
        self.table.need.is_empty() && found.len() > 1
            || self.table.need.iter().any(|group| group.iter().all(|name| has(&name.text)))
    }
}

/// What may be the header: one row, or two of which the lower divides the upper.
struct Candidate {
    rows: Vec<usize>,
    names: Vec<Vec<String>>,
    texts: Vec<String>,
}

/// Recognises a text. `sheet`: its name, without folders and ending. `Err`: the table that fits best.
pub(super) fn recognise<'c>(
    text: &str,
    sheet: &str,
    delimiter: u8,
    known: &[Known<'c>],
    columns: &Columns,
    vocabulary: &Vocabulary,
) -> Result<Layout<'c>, Option<(Row, Near)>> {
    let head: Vec<(Row, Vec<String>)> = rows::rows(text, delimiter, 0..text.len(), 1, 1)
        .map(|row| {
            let cells = tail::plain(&rows::cells(text, delimiter, &row.place));
            (row, cells)
        })
        .filter(|(_, cells)| cells.iter().any(|cell| !cell.is_empty()))
        .take(HEAD)
        .collect();
    let mut best: Option<Layout<'c>> = None;
    let mut near: Option<(usize, Row, Near)> = None;
    let mut keep = |layout: Layout<'c>| {
        if best.as_ref().is_none_or(|best| layout.score > best.score) {
            best = Some(layout);
        }
    };
    for candidate in candidates(&head) {
        if let Some(layout) = by_keys(&candidate, &head, sheet, vocabulary) {
            keep(layout);
        }
        for known in known {
            let (headings, found) = headings(&candidate, known, columns);
            let hinted = known.table.sheets.iter().any(|pattern| fits(pattern, sheet));
            if known.satisfied(&found) {
                // Ten times the columns, so that a hint or one row instead of two only breaks ties.
                let score =
                    found.len() * 10 + usize::from(hinted) * 15 + usize::from(candidate.rows.len() == 1);
                keep(layout(Sort::Mapped(known.table), &candidate, &head, headings, score));
            } else if found.len() + usize::from(hinted) > 1
                && near.as_ref().is_none_or(|(score, ..)| found.len() > *score)
                && let Some((row, _)) = candidate.rows.last().and_then(|at| head.get(*at))
            {
                near = Some((found.len(), row.clone(), lacking(known, &headings, &found)));
            }
        }
    }
    match best {
        Some(mut layout) => {
            layout.skip_instructions(text, delimiter, columns);
            Ok(layout)
        }
        None => Err(near.map(|(_, row, near)| (row, near))),
    }
}

fn candidates(head: &[(Row, Vec<String>)]) -> Vec<Candidate> {
    let mut found = Vec::new();
    for (at, (_, cells)) in head.iter().enumerate() {
        let filled = cells.iter().filter(|cell| !cell.is_empty()).count();
        if filled < 2 && cells.len() > 1 {
            continue;
        }
        let names = cells.iter().map(|cell| vec![cell.clone()]).collect();
        found.push(Candidate { rows: vec![at], names, texts: cells.clone() });
        if let Some((_, below)) = head.get(at + 1) {
            found.push(two_rows(at, cells, below));
        }
    }
    found
}

fn two_rows(at: usize, upper: &[String], lower: &[String]) -> Candidate {
    let mut above = String::new();
    let (mut names, mut texts) = (Vec::new(), Vec::new());
    for column in 0..upper.len().max(lower.len()) {
        let over = upper.get(column).map_or("", String::as_str);
        let under = lower.get(column).map_or("", String::as_str);
        if !over.is_empty() {
            over.clone_into(&mut above);
        } else if under.is_empty() {
            above.clear();
        }
        let over = if over.is_empty() { above.as_str() } else { over };
        if under.is_empty() || over == under {
            names.push(vec![over.to_owned()]);
            texts.push(over.to_owned());
        } else {
            names.push(vec![format!("{over}{under}"), under.to_owned(), over.to_owned()]);
            texts.push(format!("{over}/{under}"));
        }
    }
    Candidate { rows: vec![at, at + 1], names, texts }
}

fn headings(candidate: &Candidate, known: &Known<'_>, columns: &Columns) -> (Vec<Heading>, Vec<usize>) {
    let mut found: Vec<usize> = Vec::new();
    let ignored = |name: &str| {
        let plain = plain(name);
        let bare = bare(&plain);
        columns.words.ignore.iter().chain(&known.table.ignore).any(|pattern| {
            let pattern = self::plain_pattern(pattern);
            fits(&pattern, &plain) || fits(&pattern, &bare)
        })
    };
    let headings = candidate
        .names
        .iter()
        .zip(&candidate.texts)
        .map(|(names, text)| {
            let role = if text.is_empty() {
                Use::Empty
            } else {
                match names.iter().find_map(|name| known.find(name)) {
                    Some(index) if found.contains(&index) => Use::Repeated(index),
                    Some(index) => {
                        found.push(index);
                        Use::Standard(index)
                    }
                    None if names.iter().any(|name| ignored(name)) => Use::Ignored,
                    None => Use::Unknown,
                }
            };
            Heading { text: text.replace('↵', ""), role }
        })
        .collect();
    (headings, found)
}

/// A pattern in the plain form of headings; its stars stay.
fn plain_pattern(pattern: &str) -> String {
    pattern.split('*').map(plain).collect::<Vec<_>>().join("*")
}

fn layout<'c>(
    sort: Sort<'c>,
    candidate: &Candidate,
    head: &[(Row, Vec<String>)],
    headings: Vec<Heading>,
    score: usize,
) -> Layout<'c> {
    let first = candidate.rows.first().copied().unwrap_or(0);
    let last = candidate.rows.last().copied().unwrap_or(0);
    let cells = |range: std::ops::Range<usize>| {
        head.get(range).unwrap_or_default().iter().map(|(_, cells)| cells.clone()).collect()
    };
    let header = head.get(last).map_or(Row { place: 0..0, line: 1, number: 1 }, |(row, _)| row.clone());
    Layout {
        sort,
        header,
        headings,
        start: None,
        headers: cells(first..last + 1),
        titles: cells(0..first),
        score,
    }
}

/// A record table (columns 实体, 事件), or a sheet named after a type whose columns are its fields.
fn by_keys<'c>(
    candidate: &Candidate,
    head: &[(Row, Vec<String>)],
    sheet: &str,
    vocabulary: &Vocabulary,
) -> Option<Layout<'c>> {
    let [at] = candidate.rows.as_slice() else { return None };
    let names: Vec<String> = candidate.texts.iter().map(|text| text.trim().to_owned()).collect();
    let position = |key: &str| names.iter().position(|name| name == key);
    let kinds = [position(record::ENTITY), position(record::EVENT)];
    let says_type = |column: usize| {
        head.iter()
            .skip(at + 1)
            .filter_map(|(_, cells)| cells.get(column))
            .any(|cell| vocabulary.entity_by_name(cell).is_some() || vocabulary.event_by_name(cell).is_some())
    };
    let key = |name: &String| {
        let role = if name.is_empty() { Use::Empty } else { Use::Key(name.clone()) };
        Heading { text: name.clone(), role }
    };
    if kinds.iter().flatten().any(|column| says_type(*column)) {
        let headings = names.iter().map(key).collect();
        return Some(layout(Sort::Records, candidate, head, headings, 10_000));
    }
    let (sort, fields) = match (vocabulary.entity_by_name(sheet), vocabulary.event_by_name(sheet)) {
        (Some(kind), _) => (Sort::OfEntity(kind), vocabulary.entity(kind).fields()),
        (None, Some(kind)) => (Sort::OfEvent(kind), vocabulary.event(kind).fields()),
        (None, None) => return None,
    };
    let reserved = match sort {
        Sort::OfEntity(_) => [record::ID, record::SINCE],
        Sort::OfEvent(_) | Sort::Mapped(_) | Sort::Records => [record::TIME, record::ID],
    };
    let is_key =
        |name: &String| reserved.contains(&name.as_str()) || fields.iter().any(|field| field.name == *name);
    let [first, _] = reserved;
    position(first)?;
    let headings: Vec<Heading> = names
        .iter()
        .map(|name| {
            if is_key(name) || name.is_empty() {
                key(name)
            } else {
                Heading { text: name.clone(), role: Use::Unknown }
            }
        })
        .collect();
    let found = names.iter().filter(|name| is_key(name)).count();
    Some(layout(sort, candidate, head, headings, found * 10 + 25))
}

/// The layout of what `convert` wrote: the headings stand in the first row and every other row is data.
/// `kind`: the type of a sheet; `None`: maybe a table of records.
pub(super) fn written<'c>(
    text: &str,
    delimiter: u8,
    kind: Option<&str>,
    vocabulary: &Vocabulary,
) -> Option<Layout<'c>> {
    let mut all = rows::rows(text, delimiter, 0..text.len(), 1, 1);
    let first = all.next()?;
    let texts = tail::plain(&rows::cells(text, delimiter, &first.place));
    let head = [(first, texts.clone())];
    let candidate = Candidate { rows: vec![0], names: Vec::new(), texts };
    let mut layout = match kind {
        Some(kind) => by_keys(&candidate, &head, kind, vocabulary)?,
        None if written::is_records(&candidate.texts) => {
            let key = |name: &String| {
                let role = if name.is_empty() { Use::Empty } else { Use::Key(name.clone()) };
                Heading { text: name.clone(), role }
            };
            layout(Sort::Records, &candidate, &head, candidate.texts.iter().map(key).collect(), 10_000)
        }
        None => return None,
    };
    layout.start = all.next();
    Some(layout)
}

fn lacking(known: &Known<'_>, headings: &[Heading], found: &[usize]) -> Near {
    let has =
        |name: &str| {
            known.table.columns.iter().enumerate().any(|(index, column)| {
                (column.name.text == name || column.gives(name)) && found.contains(&index)
            })
        };
    let groups = known.table.need.iter().map(|group| {
        group.iter().filter(|name| !has(&name.text)).map(|name| name.text.clone()).collect::<Vec<_>>()
    });
    let missing = groups.min_by_key(Vec::len).unwrap_or_default();
    let unknown = headings.iter().filter(|heading| heading.role == Use::Unknown);
    let alike = unknown
        .filter_map(|heading| Some((heading.text.clone(), known.nearest(&heading.text)?.to_owned())))
        .collect();
    Near { table: known.table.name.text.clone(), missing, alike }
}

impl Layout<'_> {
    /// The physical column of each of `count` standard columns.
    pub(super) fn columns(&self, count: usize) -> Vec<Option<usize>> {
        (0..count)
            .map(|index| self.headings.iter().position(|heading| heading.role == Use::Standard(index)))
            .collect()
    }

    /// Finds the first row of data: rows that tell how to fill in the table stand between it and the header.
    fn skip_instructions(&mut self, text: &str, delimiter: u8, columns: &Columns) {
        let mut after = rows::rows(
            text,
            delimiter,
            self.header.place.start..text.len(),
            self.header.line,
            self.header.number,
        );
        after.next();
        let mut skipped = 0;
        for row in after {
            let cells = tail::plain(&rows::cells(text, delimiter, &row.place));
            let words = &columns.words.instruction;
            let tells = tells(&cells, words);
            let numbered = !cells.is_empty()
                && cells
                    .iter()
                    .zip(1..)
                    .all(|(cell, number)| *cell == number.to_string() || *cell == format!("({number})"));
            let blank = cells.iter().all(String::is_empty);
            if !(blank || ((tells || numbered) && skipped < 3)) || matches!(self.sort, Sort::Records) {
                self.start = Some(row);
                return;
            }
            if !blank {
                skipped += 1;
                self.headers.push(cells);
            }
        }
    }
}

/// Whether a row tells how to fill in the table: most of its cells do, or it begins with such a word and nothing
/// else. One cell that happens to hold the word (a company called 示例…) is data: no row of data may be lost here.
fn tells(cells: &[String], words: &[String]) -> bool {
    let filled: Vec<&String> = cells.iter().filter(|cell| !cell.is_empty()).collect();
    let telling = filled.iter().filter(|cell| words.iter().any(|word| cell.contains(word.as_str()))).count();
    let bare = |cell: &str| {
        words.iter().any(|word| cell.trim_end_matches(['：', ':']) == word.trim_end_matches('：'))
    };
    telling > 0 && (telling * 2 > filled.len() || filled.first().is_some_and(|first| bare(first)))
}
