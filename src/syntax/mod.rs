//! Rule text ⇄ syntax tree. Takes one file; gives the tree and all problems in it.
//! The only module that knows pest. Does not know what any name means.
//!
//! ```text
//! text ─ layout ─▶ blocks and clauses ─ words ─▶ canonical words ─ grammar ─▶ nodes ─ read ─▶ RuleFile
//! ```
//!
//! Every clause is read alone, so one mistake is one diagnostic and its neighbours survive.

pub mod ast;
mod format;
#[expect(clippy::wildcard_enum_match_arm, reason = "the enum is made by pest from the grammar")]
mod grammar;
mod keyword;
mod layout;
mod problem;
#[expect(clippy::wildcard_enum_match_arm, reason = "a node has only the parts its grammar rule names")]
mod read;
mod words;

use crate::diagnostic::{self, Diagnostic};
use crate::source::FileId;

use ast::RuleFile;
pub use format::format;
pub use grammar::unglue;

/// Reads a rule file: what could be read, and every problem met, in order of place.
pub fn parse(file: FileId, text: &str) -> (RuleFile, Vec<Diagnostic>) {
    let mut layout = layout::cut(file, text);
    let mut problems = std::mem::take(&mut layout.problems);
    let source = read::Source { file, text: &layout.clean };
    let mut blocks = Vec::with_capacity(layout.blocks.len());
    let mut broken = Vec::new();
    for raw in layout.blocks {
        match read::read_block(&source, raw, &mut problems) {
            Ok(block) => blocks.push(block),
            Err(name) => broken.extend(name),
        }
    }
    let mut diagnostics: Vec<Diagnostic> =
        problems.into_iter().map(|problem| problem.diagnostic(file)).collect();
    diagnostic::sort(&mut diagnostics);
    (RuleFile { file, blocks, trailing: layout.trailing, broken }, diagnostics)
}
