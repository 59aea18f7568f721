//! Rule text in, tree or diagnostics out.

mod compact;

use std::fs;

use compact::compact;
use zhunsheng::diagnostic::Diagnostic;
use zhunsheng::source::{FileId, SourceMap};
use zhunsheng::syntax;

const SAMPLES: &[&str] = &["vocabulary", "pingqiao", "others"];

fn sample(name: &str) -> String {
    fs::read_to_string(format!("tests/data/syntax/{name}.rule")).unwrap()
}

/// One line per problem: code, line:column, sentence, label, help.
fn report(text: &str, problems: &[Diagnostic]) -> String {
    let mut sources = SourceMap::new();
    sources.add("规则.rule", text);
    let line = |problem: &Diagnostic| {
        let span = problem.primary().unwrap();
        let at = sources.position(span);
        let label = problem.labels.iter().find(|label| label.primary).map_or("", |label| &label.text);
        let words = sources.slice(span);
        format!("{} {}:{} {}｜{words}｜{label}｜{}\n", problem.code, at.line, at.column, problem.message, problem.help.join("；"))
    };
    problems.iter().map(line).collect()
}

#[test]
fn good_samples_have_no_problems() {
    for name in SAMPLES {
        let text = sample(name);
        let (tree, problems) = syntax::parse(FileId(0), &text);
        assert_eq!(report(&text, &problems), "", "{name}");
        insta::assert_snapshot!(*name, compact(&tree));
    }
}
