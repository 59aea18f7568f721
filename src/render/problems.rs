//! Problems in texts as JSON: `[{code, message, level, locations, help}]`, for programs.
//! Columns count characters, as everywhere people read them. Takes diagnostics; writes one array.

use std::io::{self, Write};

use serde::Serialize;

use crate::diagnostic::{Diagnostic, Level};
use crate::source::SourceMap;

#[derive(Serialize)]
struct Problem<'a> {
    code: &'a str,
    message: &'a str,
    level: &'static str,
    /// The primary place first.
    locations: Vec<Location<'a>>,
    help: &'a [String],
}

#[derive(Serialize)]
struct Location<'a> {
    path: &'a str,
    line: usize,
    column: usize,
    #[serde(skip_serializing_if = "str::is_empty")]
    text: &'a str,
}

/// How bad it is, as both JSON and SARIF call it.
pub(super) fn level(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
    }
}

/// Writes the array and a final newline.
pub fn write(out: &mut dyn Write, sources: &SourceMap, diagnostics: &[Diagnostic]) -> io::Result<()> {
    let problems = diagnostics.iter().map(|diagnostic| {
        let mut labels: Vec<_> = diagnostic.labels.iter().collect();
        labels.sort_by_key(|label| !label.primary);
        let locations = labels.into_iter().map(|label| {
            let position = sources.position(label.span);
            let path = sources.file(label.span.file).name();
            Location { path, line: position.line, column: position.column, text: &label.text }
        });
        Problem {
            code: diagnostic.code,
            message: &diagnostic.message,
            level: level(diagnostic.level),
            locations: locations.collect(),
            help: &diagnostic.help,
        }
    });
    serde_json::to_writer_pretty(&mut *out, &problems.collect::<Vec<_>>())?;
    writeln!(out)
}
