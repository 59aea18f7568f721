//! `--format csv`: one finding per line, for spreadsheet programs: UTF-8 with its mark, lines ending in CR LF,
//! headings in Chinese. Text that would be taken for a formula is kept text; numbers and dates are plain.

use std::io::{self, Write};

use super::book::Cell;
use super::columns::Field;
use super::facts::Facts;
use super::guard::guard;

/// Writes the headings and one line per finding, in the report's order.
pub fn write(out: &mut dyn Write, facts: &Facts<'_>) -> io::Result<()> {
    out.write_all("\u{feff}".as_bytes())?;
    line(out, Field::ALL.iter().map(|field| field.column(facts).title().to_owned()))?;
    for finding in &facts.report.findings {
        line(out, Field::ALL.iter().map(|field| text(facts, &field.cell(facts, finding))))?;
    }
    Ok(())
}

fn text(facts: &Facts<'_>, cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => guard(&facts.clean(text)).into_owned(),
        Cell::Count(count) => count.to_string(),
        Cell::Percent(share) => format!("{:.1}%", share * 100.0),
        Cell::Date(date) => date.to_string(),
    }
}

/// Quotes where quotes are needed. What comes in has no line breaks: they were made visible.
fn line(out: &mut dyn Write, values: impl Iterator<Item = String>) -> io::Result<()> {
    for (index, value) in values.enumerate() {
        if index > 0 {
            out.write_all(b",")?;
        }
        if value.contains([',', '"', '\n', '\r']) {
            write!(out, "\"{}\"", value.replace('"', "\"\""))?;
        } else {
            out.write_all(value.as_bytes())?;
        }
    }
    out.write_all(b"\r\n")
}
