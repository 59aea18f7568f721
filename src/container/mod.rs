//! Bytes of an input file → the texts in it: a text file gives one, a workbook one per sheet, a database its records.
//! Compressed files are unpacked first; what a file is, its bytes decide, not its name.
//! Takes a name and bytes; gives texts for `logs` to read. Reads no disk; knows no domain word.
//!
//! ```text
//! bytes ─ unpack ─ kind ┬▶ workbook | spreadsheetml | html ─▶ Grid ─▶ CSV text ─▶ Part
//!                       └▶ source::decode ──────────────────────────────────────▶ Part
//! ```

mod biff;
mod cell;
mod compound;
mod grid;
mod guard;
mod html;
mod kind;
mod problem;
mod spans;
mod spreadsheetml;
mod unpack;
mod workbook;

mod sqlite;

use crate::diagnostic::Diagnostic;
use crate::source::{self, Container};

use grid::Sheet;
use kind::Kind;
use problem::Problem;

/// What one file may grow to, unpacked or as text of its sheets, in bytes. A file of a few kilobytes can unpack to
/// more than the machine holds; no honest log comes near this.
const LIMIT: usize = 1 << 30;

/// One text of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The file's name, with the sheet's after `!` where there is one: `台账.xlsx!检查台账`.
    pub name: String,
    /// Of a sheet: CSV, one line per row from row 1, cells as `grid` says.
    pub text: String,
    /// For a text that is not the file itself.
    pub container: Option<Container>,
    /// What was lost on the way, all of it warnings: numbers the spreadsheet itself had cut.
    pub warnings: Vec<Diagnostic>,
}

/// All texts of a file, in the file's order; of a workbook, the sheets that hold anything, hidden ones too.
/// Fails when the file is broken, locked, no kind of log, or grows past 1 GiB.
pub fn open(name: &str, bytes: Vec<u8>) -> Result<Vec<Part>, Vec<Diagnostic>> {
    open_within(name, bytes, LIMIT).map_err(|problem| vec![problem.diagnostic(name)])
}

fn open_within(name: &str, bytes: Vec<u8>, limit: usize) -> Result<Vec<Part>, Problem> {
    let unpacked = unpack::unpack(&bytes, limit)?;
    let content = unpacked.as_deref().unwrap_or(&bytes);
    let decoded = || source::decode(content.to_vec()).map_err(Problem::Encoding);
    let sheets = match kind::of(content)? {
        Kind::Text => {
            let text = source::decode(unpacked.unwrap_or(bytes)).map_err(Problem::Encoding)?;
            return Ok(vec![Part { name: name.to_owned(), text, container: None, warnings: Vec::new() }]);
        }
        Kind::Workbook(format) => workbook::read(format, content, limit)?,
        Kind::SpreadsheetMl => spreadsheetml::read(&decoded()?, limit)?,
        Kind::Html => html::read(&decoded()?, limit)?,
        Kind::Sqlite => {
            let text = sqlite::text(name, content).map_err(|why| Problem::Database(Box::new(why)))?;
            let container = Some(Container { path: name.to_owned(), sha256: source::sha256_bytes(&bytes) });
            return Ok(vec![Part { name: format!("{name}!记录"), text, container, warnings: Vec::new() }]);
        }
    };
    parts(name, sheets, source::sha256_bytes(&bytes), limit)
}

/// Sheets as texts. Sheets without content are left out.
fn parts(name: &str, sheets: Vec<Sheet>, sha256: String, limit: usize) -> Result<Vec<Part>, Problem> {
    let container = Container { path: name.to_owned(), sha256 };
    let mut parts = Vec::new();
    for sheet in sheets {
        if sheet.grid.is_empty() {
            continue;
        }
        let name = format!("{name}!{}", sheet.name);
        let cut = sheet.grid.cut_numbers();
        let warnings = if cut.is_empty() { Vec::new() } else { vec![problem::cut_numbers(&name, &cut)] };
        let text = sheet.grid.csv(&sheet.merged, limit)?;
        parts.push(Part { name, text, container: Some(container.clone()), warnings });
    }
    if parts.is_empty() { Err(Problem::Empty) } else { Ok(parts) }
}
