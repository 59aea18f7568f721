//! Ledgers: tables of delimited text, from spreadsheets and platform exports → entities and events.
//! Takes texts one after another and a column mapping; what they say together goes to the history in the end.
//!
//! ```text
//! text ─ rows ─ layout (+ mapping) ─▶ compile ─▶ convert ─▶ Harvest ─ merge ─▶ HistoryBuilder
//!                └ 实体, 事件 columns or a sheet named after a type ─ plain ┘
//! ```

mod cell;
mod check;
mod compile;
mod convert;
mod day;
mod describe;
mod divide;
mod draft;
mod harvest;
mod layout;
mod link;
mod mapping;
mod merge;
mod parse;
mod plain;
mod problem;
mod rows;
mod tail;
mod written;

use rayon::prelude::*;

use super::intake::Intake;
use super::node::Place;
use super::problem::{Mistake, Problem, What};
use super::record::Reader;
use super::value::Dialect;
use crate::history::Origin;
use crate::progress::Progress;
use crate::source::{FileId, SourceFile, Span};
use crate::vocabulary::Vocabulary;

pub(crate) use cell::is_cut;
pub use describe::{ColumnRole, Recognised, RecognisedColumn, RecognisedSort, describe};
pub use draft::draft;
pub use mapping::Columns;
pub(super) use problem::LedgerSlip;
pub(super) use written::{Books, policy};

use convert::Converter;
use harvest::Harvest;
use layout::{Known, Layout, Sort, Use};
use merge::Ledger;
use plain::Plain;
use rows::{Piece, Row};
use tail::Tail;
use written::Written;

/// All tables of one reading.
pub(super) struct Tables<'a, 'c> {
    vocabulary: &'a Vocabulary,
    columns: &'c Columns,
    known: Vec<Known<'c>>,
    year: Option<i32>,
    ledger: Ledger<'a>,
    /// Texts that are no known table, with the file they are a sheet of.
    strange: Vec<(FileId, String, Option<String>, Problem)>,
    /// Files some sheet of which was recognised.
    familiar: Vec<String>,
    books: Books,
    /// What is wrong with the names in the mapping; then no table is read by it.
    faults: Vec<Problem>,
    progress: Progress,
}

impl<'a, 'c> Tables<'a, 'c> {
    pub(super) fn new(
        vocabulary: &'a Vocabulary,
        columns: &'c Columns,
        year: Option<i32>,
        progress: Progress,
        books: Books,
    ) -> Self {
        Self {
            vocabulary,
            columns,
            known: layout::known(columns, vocabulary),
            year,
            ledger: Ledger::new(vocabulary),
            strange: Vec::new(),
            familiar: Vec::new(),
            books,
            faults: check::problems(columns, vocabulary),
            progress,
        }
    }

    /// Reads one text. Its entities and events wait for those of the others. Gives how many bytes of it were
    /// reported as read on the way.
    pub(super) fn read(&mut self, file: FileId, source: &'a SourceFile, intake: &mut Intake<'a>) -> usize {
        if !self.faults.is_empty() {
            return 0;
        }
        let text = source.text();
        let is_sheet = source.container().is_some() && source.name().contains('!');
        let delimiter = if is_sheet { b',' } else { rows::delimiter(text) };
        let sheet = sheet_name(source.name());
        let container = source.container().map(|container| container.path.clone());
        if text.trim_start_matches(['\u{feff}', ',', '\t', ';', '"', '\n', '\r', ' ']).is_empty() {
            intake.records_only(Vec::new());
            intake.gives_only(Vec::new());
            return 0;
        }
        let (kind, says_recorded) = match self.books.sheet(source.name()) {
            Some(Written::About) => {
                self.familiar.extend(container);
                self.about(file, text, intake);
                return 0;
            }
            Some(Written::Of(kind, says_recorded)) => (Some(kind), says_recorded),
            None => (None, false),
        };
        let written = layout::written(text, delimiter, kind, self.vocabulary);
        let is_written = written.is_some();
        let found = match written {
            Some(layout) => Ok(layout),
            None => layout::recognise(text, sheet, delimiter, &self.known, self.columns, self.vocabulary),
        };
        let layout = match found {
            Ok(layout) => layout,
            Err(near) => {
                let place = near.as_ref().map_or(0..first_line(text), |(row, _)| row.place.clone());
                let slip = LedgerSlip::NotATable { near: near.map(|(_, near)| near) };
                let span = Span::new(file, place.start, place.end);
                let problem = Problem::fatal(span, Mistake::Ledger(Box::new(slip)));
                self.strange.push((file, source.name().to_owned(), container, problem));
                intake.records_only(Vec::new());
                intake.gives_only(Vec::new());
                return 0;
            }
        };
        self.familiar.extend(container);
        self.unknown_columns(&layout, file);
        let tail = Tail {
            headers: layout.headers.clone(),
            titles: layout.titles.clone(),
            footer: self.columns.words.footer.clone(),
        };
        let from = layout.start.clone();
        let pieces = from.map_or_else(Vec::new, |row| rows::pieces(text, delimiter, &row, text.len()));
        match layout.sort {
            Sort::Mapped(table) => {
                let words = &self.columns.words;
                let program = compile::compile(table, words, &layout, self.vocabulary, self.year);
                intake.records_only(program.covers.clone());
                intake.gives_only(program.given.clone());
                let vocabulary = self.vocabulary;
                let converter =
                    Converter { vocabulary, file, text, delimiter, program: &program, words, tail: &tail };
                let mut notes = Vec::new();
                in_groups(
                    &pieces,
                    self.progress,
                    |piece| converter.piece(piece),
                    |mut harvest| {
                        notes.append(&mut harvest.notes);
                        self.ledger.take(harvest, intake);
                    },
                );
                self.ledger.remarks.extend(noted(&notes, &program));
            }
            Sort::Records | Sort::OfEntity(_) | Sort::OfEvent(_) => {
                // A workbook of our own records all events unless its sheet 日志 says which.
                match layout.sort {
                    Sort::OfEntity(_) | Sort::OfEvent(_) if is_written && !says_recorded => {}
                    Sort::OfEvent(kind) if !is_written => intake.records_only(vec![kind]),
                    Sort::OfEntity(_) | Sort::OfEvent(_) => {
                        intake.records_only(Vec::new());
                        if is_written {
                            intake.gives_only(Vec::new());
                        }
                    }
                    Sort::Records | Sort::Mapped(_) => {}
                }
                self.plain(file, text, delimiter, &layout, &tail, &pieces, is_written, intake);
            }
        }
        pieces.iter().map(|piece| piece.place.len()).sum()
    }

    /// The sheet 日志 of a workbook of our own: a row for every key of the header.
    fn about(&mut self, file: FileId, text: &'a str, intake: &mut Intake<'a>) {
        let headings: [layout::Heading; 0] = [];
        let tail = Tail::default();
        let words = &self.columns.words;
        let reader = Reader { vocabulary: self.vocabulary, file, dialect: Dialect::Yaml, objects: None };
        let year = self.year.or(words.year);
        let plain = Plain {
            reader,
            text,
            delimiter: b',',
            headings: &headings,
            kind: None,
            words,
            year,
            tail: &tail,
            is_written: true,
        };
        let (header, batch) = plain.about();
        intake.header(header);
        intake.take(batch, 0);
    }

    #[expect(clippy::too_many_arguments, reason = "the text and what was found out about it")]
    fn plain(
        &mut self,
        file: FileId,
        text: &'a str,
        delimiter: u8,
        layout: &Layout<'c>,
        tail: &Tail,
        pieces: &[Piece],
        is_written: bool,
        intake: &mut Intake<'a>,
    ) {
        let vocabulary = self.vocabulary;
        let kind = match layout.sort {
            Sort::OfEntity(kind) => Some((What::Entity, vocabulary.entity(kind).name.as_str())),
            Sort::OfEvent(kind) => Some((What::Event, vocabulary.event(kind).name.as_str())),
            Sort::Records | Sort::Mapped(_) => None,
        };
        let words = &self.columns.words;
        let plain = Plain {
            reader: Reader { vocabulary, file, dialect: Dialect::Yaml, objects: None },
            text,
            delimiter,
            headings: &layout.headings,
            kind,
            words,
            year: self.year.or(words.year),
            tail,
            is_written,
        };
        in_groups(
            pieces,
            self.progress,
            |piece| plain.piece(piece),
            |found| {
                for header in found.headers {
                    intake.header(header);
                }
                intake.take(found.batch, 0);
                self.ledger.take(found.harvest, intake);
            },
        );
    }

    /// Hands everything over; gives what is to be remarked.
    pub(super) fn finish(mut self, intake: &mut Intake<'a>) -> Vec<(String, Vec<Origin>)> {
        for problem in std::mem::take(&mut self.faults) {
            intake.problem(problem);
        }
        for (file, name, container, problem) in std::mem::take(&mut self.strange) {
            // A workbook has sheets of explanations and drop-down lists beside its tables.
            if container.is_some_and(|container| self.familiar.contains(&container)) {
                let sentence = format!("「{name}」这张表没有认出来，没有用；运行 zhunsheng columns 看");
                self.ledger.remarks.push((sentence, vec![Origin { file, line: 1, offset: 0, length: 0 }]));
            } else {
                intake.problem(problem);
            }
        }
        self.ledger.finish(intake)
    }

    fn unknown_columns(&mut self, layout: &Layout<'c>, file: FileId) {
        let known = match layout.sort {
            Sort::Mapped(table) => self.known.iter().find(|known| std::ptr::eq(known.table, table)),
            Sort::Records | Sort::OfEntity(_) | Sort::OfEvent(_) => None,
        };
        let (mut unknown, mut repeated) = (Vec::new(), Vec::new());
        for (column, heading) in layout.headings.iter().enumerate() {
            let name = format!("{} 列「{}」", rows::letters(column), heading.text);
            match heading.role {
                Use::Unknown => unknown.push(match known.and_then(|known| known.nearest(&heading.text)) {
                    Some(near) => format!("{name}（是不是「{near}」）"),
                    None => name,
                }),
                Use::Repeated(_) => repeated.push(name),
                Use::Standard(_) | Use::Key(_) | Use::Ignored | Use::Empty => {}
            }
        }
        let origin = vec![origin(file, &layout.header)];
        if !unknown.is_empty() {
            let sentence = format!("没有认出的列，没有用：{}；运行 zhunsheng columns 看", unknown.join("、"));
            self.ledger.remarks.push((sentence, origin.clone()));
        }
        if !repeated.is_empty() {
            let sentence = format!("重复的列，只用前面的一列：{}", repeated.join("、"));
            self.ledger.remarks.push((sentence, origin));
        }
    }
}

impl<'a> Converter<'a, '_> {
    fn piece(&self, piece: &Piece) -> Harvest<'a> {
        let mut harvest = Harvest::default();
        let mut line = self.line();
        for row in rows::rows(self.text, self.delimiter, piece.place.clone(), piece.line, piece.number) {
            self.row(&row, &mut line, &mut harvest);
        }
        harvest
    }
}

/// Pieces in parallel, a few at a time; what they give in order.
fn in_groups<T: Send>(
    pieces: &[Piece],
    progress: Progress,
    read: impl Fn(&Piece) -> T + Sync,
    mut take: impl FnMut(T),
) {
    let at_once = rayon::current_num_threads().max(1) * 4;
    let read = |piece: &Piece| {
        let got = read(piece);
        progress.add(u64::try_from(piece.place.len()).unwrap_or(0));
        got
    };
    for group in pieces.chunks(at_once) {
        let read: Vec<T> = group.par_iter().map(read).collect();
        read.into_iter().for_each(&mut take);
    }
}

/// One remark for each column whose numbers have notes.
fn noted(notes: &[harvest::Note], program: &compile::Program) -> Vec<(String, Vec<Origin>)> {
    let mut remarks = Vec::new();
    for (index, slot) in program.slots.iter().enumerate() {
        let mut of_slot = notes.iter().filter(|note| note.slot == index);
        let Some(first) = of_slot.next() else { continue };
        let more = of_slot.count();
        let rest = if more > 0 { format!("等 {} 格", more + 1) } else { String::new() };
        let sentence =
            format!("「{}」列 {}「{}」{rest}数字后面有注，只取数字", slot.heading, first.cell, first.written);
        remarks.push((sentence, vec![first.origin]));
    }
    remarks
}

fn origin(file: FileId, row: &Row) -> Origin {
    let Place { start, end } = row.place.clone();
    Origin {
        file,
        line: row.line,
        offset: u64::try_from(start).unwrap_or(0),
        length: u32::try_from(end - start).unwrap_or(0),
    }
}

fn first_line(text: &str) -> usize {
    text.find('\n').unwrap_or(text.len())
}

/// `台账/2025.xlsx!检查` → `检查`; `台账/检查.csv` → `检查`.
fn sheet_name(name: &str) -> &str {
    if let Some((_, sheet)) = name.rsplit_once('!') {
        return sheet.trim();
    }
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    file.rsplit_once('.').map_or(file, |(stem, _)| stem).trim()
}

/// The places of the cells of a row that hold a word: where a dangling reference stands.
pub(super) fn cell_with(text: &str, row: &Place, word: &str) -> Option<Place> {
    let delimiter = rows::delimiter(text);
    let cells = rows::cells(text, delimiter, row);
    let whole = cells.iter().find(|cell| cell.text.trim() == word);
    whole.or_else(|| cells.iter().find(|cell| cell.text.contains(word))).map(|cell| cell.place.clone())
}
