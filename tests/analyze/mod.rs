//! What analysis says about mistakes in rules: every code on its page, one mistake one diagnostic,
//! and what the obvious slips of a rule author come out as.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "helpers of tests are tests")]

mod mutations;
mod pages;
mod slips;

use zhunsheng::diagnostic::Diagnostic;
use zhunsheng::library::{self, BUILTIN, Loaded, Wanted};
use zhunsheng::render::pretty::{self, PrettyOptions};
use zhunsheng::source::{FileId, SourceMap};

/// A rule set of one text, with others at hand.
fn load(text: &str, others: &[&str]) -> (Loaded, SourceMap) {
    let mut sources = SourceMap::new();
    let file = sources.add("本地.rule", text);
    let others: Vec<Vec<FileId>> = others
        .iter()
        .enumerate()
        .map(|(at, text)| vec![sources.add(format!("另一个{}.rule", at + 1), *text)])
        .collect();
    let loaded = library::load(&mut sources, &Wanted::Files(&[file]), &others).unwrap();
    (loaded, sources)
}

/// Built-in files of a folder (or a single file), path and text.
fn builtin(prefix: &str) -> Vec<(&'static str, &'static str)> {
    BUILTIN.iter().copied().filter(|(path, _)| path.starts_with(prefix)).collect()
}

fn drawn(sources: &SourceMap, problems: &[Diagnostic]) -> String {
    let mut out = Vec::new();
    pretty::diagnostics(&mut out, sources, problems, &PrettyOptions::default()).unwrap();
    String::from_utf8(out).unwrap()
}

/// One line a problem: code, place, words there, sentence, label, help.
fn lines(sources: &SourceMap, problems: &[Diagnostic]) -> String {
    let line = |problem: &Diagnostic| {
        let span = problem.primary().unwrap();
        let at = sources.position(span);
        let label = problem.labels.iter().find(|label| label.primary).map_or("", |label| &label.text);
        format!(
            "{} {}:{}:{}「{}」{}｜{label}｜{}\n",
            problem.code,
            sources.file(span.file).name(),
            at.line,
            at.column,
            sources.slice(span),
            problem.message,
            problem.help.join("；")
        )
    };
    problems.iter().map(line).collect()
}
