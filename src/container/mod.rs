//! Bytes of an input file → the texts in it: a text file gives one, a workbook one per sheet, a database its records.
//! Compressed files are unpacked first; what a file is, its bytes decide, not its name.
//! Takes a name and bytes; gives texts for `logs` to read. Reads no disk; knows no domain word.

mod sqlite;

use std::io::Read as _;

use crate::diagnostic::Diagnostic;
use crate::logs;
use crate::source::{self, Container};

/// How every gzip file begins.
const GZIP: &[u8] = b"\x1f\x8b";

/// One text of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The file's name, with the sheet's after `!` where there is one: `台账.xlsx!检查台账`.
    pub name: String,
    pub text: String,
    /// For a text that is not the file itself.
    pub container: Option<Container>,
}

/// All texts of a file, in the file's order.
pub fn open(name: &str, bytes: Vec<u8>) -> Result<Vec<Part>, Vec<Diagnostic>> {
    if bytes.starts_with(GZIP) {
        let mut inside = Vec::new();
        // What a cut file still gives is read: the readers say where it ends.
        let _ = flate2::read::MultiGzDecoder::new(bytes.as_slice()).read_to_end(&mut inside);
        return open(name.strip_suffix(".gz").unwrap_or(name), inside);
    }
    if bytes.starts_with(sqlite::MAGIC) {
        let text = sqlite::text(name, &bytes).map_err(|problem| vec![problem])?;
        let container = Container { path: name.to_owned(), sha256: source::sha256_bytes(&bytes) };
        return Ok(vec![Part { name: format!("{name}!记录"), text, container: Some(container) }]);
    }
    match source::decode(bytes) {
        Ok(text) => Ok(vec![Part { name: name.to_owned(), text, container: None }]),
        Err(problem) => Err(vec![logs::encoding(name, &problem)]),
    }
}
