//! Findings and problems turned into output: one format, one file.
//! Takes a `Report` or `Diagnostic`s and the texts they point into; writes to any `io::Write`, in small
//! pieces: hand in a `BufWriter`.
//! Decides nothing: no verdict, no exit code, no clock, no terminal detection.

pub mod compare;
pub mod compare_json;
pub mod graph;
pub mod graph_svg;
pub mod impact;
pub mod json;
pub mod jsonl;
pub mod mask;
pub mod pretty;
pub mod problems;
pub mod sarif;
mod subject;
mod text;
pub mod verify;

pub use text::{pad, width, wrap};
