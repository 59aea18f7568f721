//! Delimited text → rows of cells with their bytes: which delimiter, where a row ends, which cells it has.
//! Takes a text; gives byte ranges and cells borrowed from it. RFC 4180 quotes; a stray quote is a character.

use std::borrow::Cow;

use crate::logs::node::Place;

/// Characters that may stand between cells, likeliest first.
const DELIMITERS: [u8; 4] = [b',', b'\t', b';', b'|'];
/// Rows looked at to tell the delimiter.
const LOOKED_AT: usize = 12;
/// Bytes of text converted as one piece.
const PIECE: usize = 1 << 18;

/// A cell as written; quotes taken off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cell<'a> {
    pub(super) text: Cow<'a, str>,
    pub(super) place: Place,
}

/// One row of a text: its bytes without the line break, the line it begins on, its number, both from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) place: Place,
    pub(super) line: u32,
    pub(super) number: u32,
}

/// A run of whole rows.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub(super) place: Place,
    /// Line and row number of its first row.
    pub(super) line: u32,
    pub(super) number: u32,
}

/// The delimiter whose number of cells is the most alike from row to row, and large.
pub(super) fn delimiter(text: &str) -> u8 {
    let score = |delimiter: u8| {
        let counts: Vec<usize> = rows(text, delimiter, 0..text.len(), 1, 1)
            .take(LOOKED_AT)
            .map(|row| cells(text, delimiter, &row.place).len())
            .filter(|count| *count > 1)
            .collect();
        let alike = |count: &usize| counts.iter().filter(|other| *other == count).count();
        counts.iter().map(|count| (alike(count), *count)).max().unwrap_or((0, 0))
    };
    let mut best = (b',', (0, 0));
    for delimiter in DELIMITERS {
        let found = score(delimiter);
        if found > best.1 {
            best = (delimiter, found);
        }
    }
    best.0
}

/// The rows of a stretch of text that begins at the start of a row.
pub(super) fn rows(
    text: &str,
    delimiter: u8,
    place: Place,
    line: u32,
    number: u32,
) -> impl Iterator<Item = Row> + '_ {
    let (mut at, mut line, mut number) = (place.start, line, number);
    std::iter::from_fn(move || {
        if at >= place.end {
            return None;
        }
        let (end, lines) = row_end(text.as_bytes(), delimiter, at, place.end);
        let written = text.get(at..end).unwrap_or("");
        let body = written.strip_suffix('\n').unwrap_or(written);
        let body = body.strip_suffix('\r').unwrap_or(body);
        let row = Row { place: at..at + body.len(), line, number };
        at = end;
        line = line.saturating_add(lines);
        number = number.saturating_add(1);
        Some(row)
    })
}

/// Where the row that begins at `start` ends (after its line break), and how many lines it takes.
fn row_end(bytes: &[u8], delimiter: u8, start: usize, limit: usize) -> (usize, u32) {
    let mut at = start;
    let mut lines = 1;
    loop {
        let rest = bytes.get(at..limit).unwrap_or_default();
        match memchr::memchr2(b'"', b'\n', rest) {
            None => return (limit, lines),
            Some(found) if rest.get(found) == Some(&b'\n') => return (at + found + 1, lines),
            Some(found) => {
                let quote = at + found;
                at = quote + 1;
                if opens(bytes, delimiter, start, quote) {
                    // A quote that is never closed is a character after all: one row must not eat the file.
                    if let Some((end, breaks)) = closing(bytes, delimiter, at, limit) {
                        at = end;
                        lines += breaks;
                    }
                }
            }
        }
    }
}

/// Whether a quote at `quote` begins a quoted cell.
fn opens(bytes: &[u8], delimiter: u8, row: usize, quote: usize) -> bool {
    quote == row || quote.checked_sub(1).and_then(|before| bytes.get(before)) == Some(&delimiter)
}

/// Past the quote that closes a cell begun before `from`, and the line breaks inside.
fn closing(bytes: &[u8], delimiter: u8, from: usize, limit: usize) -> Option<(usize, u32)> {
    let mut at = from;
    loop {
        let found = memchr::memchr(b'"', bytes.get(at..limit)?)? + at;
        match bytes.get(found + 1).filter(|_| found + 1 < limit) {
            Some(b'"') => at = found + 2,
            Some(next) if *next != delimiter && !matches!(next, b'\n' | b'\r') => at = found + 1,
            Some(_) | None => {
                let inside = bytes.get(from..found)?;
                let breaks = memchr::memchr_iter(b'\n', inside).count();
                return Some((found + 1, u32::try_from(breaks).unwrap_or(u32::MAX)));
            }
        }
    }
}

/// The cells of one row.
pub(super) fn cells<'a>(text: &'a str, delimiter: u8, row: &Place) -> Vec<Cell<'a>> {
    let mut found = Vec::new();
    split(text, delimiter, row, &mut found);
    found
}

/// The same into a list that is reused from row to row.
pub(super) fn split<'a>(text: &'a str, delimiter: u8, row: &Place, found: &mut Vec<Cell<'a>>) {
    found.clear();
    let bytes = text.as_bytes();
    let slice = |place: Place| text.get(place).unwrap_or("");
    let mut at = row.start;
    loop {
        let quoted = (bytes.get(at) == Some(&b'"') && at < row.end)
            .then(|| closing(bytes, delimiter, at + 1, row.end))
            .flatten();
        let end = match quoted {
            Some((end, _)) => {
                let inner = slice(at + 1..end - 1);
                let text = if inner.contains("\"\"") {
                    Cow::Owned(inner.replace("\"\"", "\""))
                } else {
                    Cow::Borrowed(inner)
                };
                found.push(Cell { text, place: at + 1..end - 1 });
                end
            }
            None => {
                let rest = bytes.get(at..row.end).unwrap_or_default();
                let end = memchr::memchr(delimiter, rest).map_or(row.end, |length| at + length);
                found.push(Cell { text: Cow::Borrowed(slice(at..end)), place: at..end });
                end
            }
        };
        if end >= row.end {
            return;
        }
        at = end + 1;
    }
}

/// The text from the row at `start` on, cut at row ends into pieces to be read in parallel.
pub(super) fn pieces(text: &str, delimiter: u8, from: &Row, end: usize) -> Vec<Piece> {
    let bytes = text.as_bytes();
    let mut found = Vec::with_capacity(text.len() / PIECE + 1);
    let (mut at, mut line, mut number) = (from.place.start, from.line, from.number);
    let quoted = memchr::memchr(b'"', bytes.get(at..end).unwrap_or_default()).is_some();
    while at < end {
        let begin = Piece { place: at..at, line, number };
        let wanted = at.saturating_add(PIECE).min(end);
        if quoted {
            while at < wanted {
                let (next, lines) = row_end(bytes, delimiter, at, end);
                line = line.saturating_add(lines);
                number = number.saturating_add(1);
                at = next;
            }
        } else {
            let rest = bytes.get(wanted..end).unwrap_or_default();
            let next = memchr::memchr(b'\n', rest).map_or(end, |length| wanted + length + 1);
            let breaks = memchr::memchr_iter(b'\n', bytes.get(at..next).unwrap_or_default()).count();
            let breaks = u32::try_from(breaks).unwrap_or(u32::MAX);
            line = line.saturating_add(breaks);
            number = number.saturating_add(breaks);
            at = next;
        }
        found.push(Piece { place: begin.place.start..at, ..begin });
    }
    found
}

/// `A`, `B` … `Z`, `AA` …: a column's letters, from its index.
pub(super) fn letters(column: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = column;
    loop {
        letters.push(char::from(b'A' + u8::try_from(rest % 26).unwrap_or(0)));
        if rest < 26 {
            break;
        }
        rest = rest / 26 - 1;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<Vec<String>> {
        let delimiter = delimiter(text);
        rows(text, delimiter, 0..text.len(), 1, 1)
            .map(|row| {
                cells(text, delimiter, &row.place).into_iter().map(|cell| cell.text.into_owned()).collect()
            })
            .collect()
    }

    #[test]
    fn quotes_line_breaks_and_delimiters() {
        assert_eq!(read("a,\"b,\"\"c\"\"\",d\r\ne,,\n"), [vec!["a", "b,\"c\"", "d"], vec!["e", "", ""]]);
        assert_eq!(read("a\tb,c\n1\t2\n"), [vec!["a", "b,c"], vec!["1", "2"]]);
        assert_eq!(read("a;b\n1;2\n"), [vec!["a", "b"], vec!["1", "2"]]);
        assert_eq!(read("a,b\n\"x\ny\",2\n"), [vec!["a", "b"], vec!["x\ny", "2"]]);
        assert_eq!(
            read("a,5\" 管\n1,\"没关\n3,4\n"),
            [vec!["a", "5\" 管"], vec!["1", "\"没关"], vec!["3", "4"]]
        );
    }

    #[test]
    fn lines_and_numbers() {
        let text = "a,b\n\"x\ny\",2\n3,4";
        let found: Vec<(u32, u32)> =
            rows(text, b',', 0..text.len(), 1, 1).map(|row| (row.line, row.number)).collect();
        assert_eq!(found, [(1, 1), (2, 2), (4, 3)]);
    }

    #[test]
    fn letters_of_columns() {
        assert_eq!([0, 25, 26, 701, 702].map(letters), ["A", "Z", "AA", "ZZ", "AAA"]);
    }
}
