//! Findings and problems turned into output: one format, one file.
//! Takes a `Report` or `Diagnostic`s and the texts they point into; writes to any `io::Write`, in small
//! pieces: hand in a `BufWriter`.
//! Decides nothing: no verdict, no exit code, no clock, no terminal detection.

pub mod book;
pub mod bulletin;
pub mod bulletin_html;
pub mod bulletin_json;
pub mod bulletin_text;
pub mod bulletin_xlsx;
mod columns;
pub mod compare;
pub mod compare_json;
pub mod csv_lines;
pub mod due;
pub mod due_csv;
pub mod due_json;
pub mod facts;
pub mod graph;
pub mod graph_svg;
mod guard;
pub mod html;
pub mod ics;
pub mod impact;
pub mod json;
pub mod jsonl;
pub mod junit;
pub mod markdown;
pub mod mask;
pub mod page;
pub mod pretty;
pub mod problems;
mod provenance;
pub mod sarif;
pub mod sarif_report;
mod subject;
mod text;
pub mod verify;
mod wording;
pub mod xlsx;

pub use guard::guard;
pub use provenance::{PROGRAM_ROW, provenance};
pub use text::{pad, width, wrap};
