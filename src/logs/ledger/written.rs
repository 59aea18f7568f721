//! What `convert` wrote and must come back as it was: workbooks with a sheet 日志, and tables of records with the
//! columns 日志, 实体 and 事件. Takes names and texts; says which they are. Nothing in them is tidied.

use std::borrow::Cow;

use rustc_hash::FxHashMap;

use super::cell;
use super::rows::{self, Row};
use crate::logs::record::{ENTITY, EVENT, HEADER};
use crate::source::{FileId, SourceMap};

/// The headings of the sheet 日志.
const ABOUT: [&str; 3] = ["键", "值", "类型"];
/// Its key for a sheet that is not called like its type.
pub(super) const SHEET: &str = "表";
const POLICY: &str = "规则集";

/// The workbooks among the files that were written so.
#[derive(Debug, Default)]
pub(in crate::logs) struct Books(FxHashMap<String, Book>);

#[derive(Debug, Default)]
struct Book {
    /// Name of a sheet → type, where they differ.
    kinds: FxHashMap<String, String>,
    /// The sheet 日志 says which events are recorded.
    says_recorded: bool,
}

/// What a sheet of such a workbook is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Written<'b> {
    /// 日志 itself.
    About,
    /// A type, and whether 日志 says which events are recorded.
    Of(&'b str, bool),
}

impl Books {
    pub(in crate::logs) fn find(sources: &SourceMap, files: &[FileId]) -> Self {
        let mut books = FxHashMap::default();
        for file in files {
            let source = sources.file(*file);
            let Some((book, sheet)) = source.name().rsplit_once('!') else { continue };
            if sheet != HEADER || source.container().is_none() || !is_about(source.text()) {
                continue;
            }
            let mut found = Book::default();
            for (_, [key, value, kind]) in about(source.text()) {
                if key == SHEET {
                    found.kinds.insert(value.into_owned(), kind.into_owned());
                } else if key == crate::logs::RECORDED {
                    found.says_recorded = true;
                }
            }
            books.insert(book.to_owned(), found);
        }
        Self(books)
    }

    pub(super) fn sheet<'b>(&'b self, name: &'b str) -> Option<Written<'b>> {
        let (book, sheet) = name.rsplit_once('!')?;
        let book = self.0.get(book)?;
        if sheet == HEADER {
            return Some(Written::About);
        }
        let kind = book.kinds.get(sheet).map_or(sheet, String::as_str);
        Some(Written::Of(kind, book.says_recorded))
    }
}

fn is_about(text: &str) -> bool {
    let first = rows::rows(text, b',', 0..text.len(), 1, 1).next();
    first.is_some_and(|row| {
        let cells = rows::cells(text, b',', &row.place);
        cells.iter().map(|cell| cell.text.as_ref()).eq(ABOUT)
    })
}

/// The rows of the sheet 日志 with their key, value and type.
fn about(text: &str) -> impl Iterator<Item = (Row, [Cow<'_, str>; 3])> {
    rows::rows(text, b',', 0..text.len(), 1, 1).skip(1).map(move |row| {
        let mut cells = rows::cells(text, b',', &row.place).into_iter().map(|cell| plain(cell.text));
        let mut next = || cells.next().unwrap_or_default();
        let row_cells = [next(), next(), next()];
        (row, row_cells)
    })
}

/// Whether the headings are those of a table of records with 日志.
pub(super) fn is_records<S: AsRef<str>>(headings: &[S]) -> bool {
    [HEADER, ENTITY, EVENT].iter().all(|key| headings.iter().any(|heading| heading.as_ref() == *key))
}

/// A text behind an apostrophe of ours.
pub(super) fn marked<'a>(text: &Cow<'a, str>) -> Option<Cow<'a, str>> {
    match text {
        Cow::Borrowed(text) => text.strip_prefix('\'').map(Cow::Borrowed),
        Cow::Owned(text) => text.strip_prefix('\'').map(|text| Cow::Owned(text.to_owned())),
    }
}

/// The text of a cell that holds one: without the apostrophe, out of its array.
pub(super) fn plain(text: Cow<'_, str>) -> Cow<'_, str> {
    if let Some(text) = marked(&text) {
        return text;
    }
    if !text.starts_with('[') {
        return text;
    }
    match serde_json::from_str::<[String; 1]>(&text) {
        Ok([text]) => Cow::Owned(text),
        Err(_) => text,
    }
}

/// The 规则集 a table of records or a sheet 日志 names.
pub(in crate::logs) fn policy(text: &str) -> Option<String> {
    let found = |text: Cow<'_, str>| Some(plain(text).into_owned()).filter(|name| !name.is_empty());
    if is_about(text) {
        return about(text).find(|(_, [key, ..])| key == POLICY).and_then(|(_, [_, name, _])| found(name));
    }
    let start = text.strip_prefix('\u{feff}').map_or(0, |_| '\u{feff}'.len_utf8());
    let delimiter = rows::delimiter(text);
    let mut rows = rows::rows(text, delimiter, start..text.len(), 1, 1);
    let headings = rows::cells(text, delimiter, &rows.next()?.place);
    let headings: Vec<Cow<'_, str>> = headings.into_iter().map(|cell| cell::tidy(cell.text)).collect();
    if !is_records(&headings) {
        return None;
    }
    let at = headings.iter().position(|heading| heading == POLICY)?;
    found(rows::cells(text, delimiter, &rows.next()?.place).into_iter().nth(at)?.text)
}
