//! `--format jsonl`: the same facts as `json`, one object per line, for large results and for pipes.
//! First line: everything but the findings. Then one finding per line.

use std::io::{self, Write};

use super::json::{Header, JsonOptions, One, View};
use crate::finding::Report;
use crate::source::SourceMap;

/// Writes the header line and one line per finding.
pub fn write(
    out: &mut dyn Write,
    sources: &SourceMap,
    report: &Report,
    options: &JsonOptions<'_>,
) -> io::Result<()> {
    let view = View { sources, report, options };
    serde_json::to_writer(&mut *out, &Header(view))?;
    writeln!(out)?;
    for finding in &report.findings {
        serde_json::to_writer(&mut *out, &One { view, finding })?;
        writeln!(out)?;
    }
    Ok(())
}
