//! What is due as CSV for spreadsheet programs: UTF-8 with a byte-order mark, lines end in CRLF.
//! Takes a [`Due`]; one line an item, under the headings every table of due items has.

use std::io::{self, Write};

use csv::{QuoteStyle, Terminator, WriterBuilder};

use super::due::{DueOptions, Words, columns, row, sections};
use super::guard::guard;
use crate::due::Due;
use crate::source::SourceMap;

/// Text that begins like a formula is kept text.
pub fn write(
    out: &mut dyn Write,
    sources: &SourceMap,
    due: &Due<'_>,
    options: &DueOptions<'_>,
) -> io::Result<()> {
    out.write_all("\u{feff}".as_bytes())?;
    let mut table =
        WriterBuilder::new().terminator(Terminator::CRLF).quote_style(QuoteStyle::Necessary).from_writer(out);
    table.write_record(columns(due))?;
    for (title, items) in sections(due, options.open) {
        for item in items {
            let words = Words::new(item, due, sources, options.mask);
            table.write_record(row(title, item, words).iter().map(|cell| guard(cell).into_owned()))?;
        }
    }
    table.flush()
}
