//! The manual and the diagnostics pages are run.

use std::fs;
use std::path::PathBuf;

use super::{formatted, report};
use zhunsheng::source::FileId;
use zhunsheng::syntax;

/// The ```rule blocks of a page, each with the heading it stands under.
fn examples(page: &str) -> Vec<(String, String)> {
    let mut heading = String::new();
    let mut found = Vec::new();
    let mut inside: Option<String> = None;
    for line in page.lines() {
        match &mut inside {
            Some(_) if line == "```" => found.extend(inside.take().map(|text| (heading.clone(), text))),
            Some(text) => {
                text.push_str(line);
                text.push('\n');
            }
            None if line == "```rule" => inside = Some(String::new()),
            None if line.starts_with('#') => heading = line.trim_start_matches('#').trim().to_string(),
            None => {}
        }
    }
    found
}

fn pages() -> Vec<PathBuf> {
    let pages = fs::read_dir("docs/diagnostics").unwrap().map(|entry| entry.unwrap().path());
    let mut pages: Vec<PathBuf> = pages
        .filter(|path| {
            path.file_stem()
                .unwrap()
                .to_str()
                .is_some_and(|code| code.starts_with('S') || code == "U001" || code == "U002")
        })
        .collect();
    pages.sort();
    pages
}

#[test]
fn every_diagnostics_page_shows_its_own_mistake() {
    for path in pages() {
        let code = path.file_stem().unwrap().to_str().unwrap();
        let examples = examples(&fs::read_to_string(&path).unwrap());
        assert!(examples.len() >= 2, "{code}");
        for (heading, text) in examples {
            let (_, problems) = syntax::parse(FileId(0), &text);
            let codes: Vec<_> = problems.iter().map(|problem| problem.code).collect();
            let wanted: &[&str] = if heading == "错误示例" { &[code] } else { &[] };
            assert_eq!(codes, wanted, "{code} {heading}\n{}", report(&text, &problems));
        }
    }
}

#[test]
fn every_syntax_code_has_a_page() {
    let source = fs::read_to_string("src/syntax/problem.rs").unwrap();
    let mut codes: Vec<&str> =
        source.split('"').filter(|word| word.len() == 4 && word.starts_with(['S', 'U'])).collect();
    codes.sort_unstable();
    codes.dedup();
    let named: Vec<String> =
        pages().iter().map(|path| path.file_stem().unwrap().to_str().unwrap().to_string()).collect();
    assert_eq!(codes, named);
}

#[test]
fn the_manual_is_laid_out_as_fmt_does() {
    let manual = fs::read_to_string("docs/language/README.md").unwrap();
    let examples = examples(&manual);
    assert!(examples.len() > 20);
    for (heading, text) in examples {
        if heading.ends_with("随手写也认") {
            formatted(&text);
        } else {
            assert_eq!(text, formatted(&text), "{heading}");
        }
    }
}

/// Every word that cannot be a name stands in the manual's list.
#[test]
fn the_manual_lists_every_word() {
    let grammar = fs::read_to_string("grammar/words.pest").unwrap();
    let manual = fs::read_to_string("docs/language/README.md").unwrap();
    let listed = manual.split("## 十二").last().unwrap();
    let listed: Vec<&str> = listed.split(|c: char| c.is_whitespace() || "：；-".contains(c)).collect();
    let reserved = grammar.split("reserved = _{").nth(1).unwrap();
    let mut first = "";
    for part in reserved.split('"').skip(1).step_by(2) {
        if !part.ends_with(' ') {
            first = part;
            continue;
        }
        let word = part.trim();
        let whole = format!("{first}{word}");
        assert!(listed.contains(&word) || listed.contains(&whole.as_str()), "{word} {whole}");
    }
}
