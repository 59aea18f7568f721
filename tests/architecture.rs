//! The rules of the house, checked as text: who may use whom, foreign crates at their doors, headers,
//! lengths, no domain words in `src/`, no forgotten test or diagnostics page.
//! The tables stand in `docs/architecture.md` only.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests fail as tests do"
)]

mod licences;
mod text;

use std::collections::BTreeSet;

use text::{SourceFile, files, names, paths, read, source, table};

/// Files that may be longer than [`LONGEST`], and why.
const LONG: &[(&str, &str)] = &[];
const LONGEST: usize = 600;

/// Vocabulary words that are everyday words of this program too, and so may stand in `src/`.
const EVERYDAY: &[(&str, &str)] = &[
    ("触发", "what starts a duty, a word of the rule language"),
    ("检查", "to check: what the program does"),
    ("计划", "a compiled plan"),
];

/// Layers whose codes must each have a page, and whose pages must each have a code. Flip when the pages of
/// the others are written: all is `["S", "N", "T", "U", "L", "K"]`.
const LETTERS_WITH_PAGES: &[&str] = &["A", "B", "C", "F", "K", "L", "N", "R", "S", "T", "U", "V", "W"];

/// Dependencies that no file of `src/` uses yet, and why they stay.
const UNUSED: &[(&str, &str)] = &[];

const PAGE: &str = "docs/architecture.md";

fn modules() -> Vec<Vec<String>> {
    table(&read(PAGE), "Who may use whom")
}

fn fail_if(problems: Vec<String>) {
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
}

#[test]
fn the_table_lists_the_modules_in_reading_order() {
    let lib = read("src/lib.rs");
    let declared: Vec<&str> =
        lib.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    let rows = modules();
    let listed: Vec<&str> = rows.iter().map(|row| row[0].as_str()).collect();
    assert_eq!(listed, declared, "{PAGE} and src/lib.rs");
    for (at, row) in rows.iter().enumerate() {
        for used in names(&row[1]) {
            assert!(listed[..at].contains(&used), "{} uses {used}, which does not stand above it", row[0]);
        }
    }
}

#[test]
fn modules_use_only_what_the_table_allows() {
    let rows = modules();
    let mut problems = Vec::new();
    for file in source().iter().filter(|file| !matches!(file.path.as_str(), "lib.rs" | "main.rs")) {
        let row = rows.iter().find(|row| row[0] == file.module());
        let allowed = row.map_or_else(Vec::new, |row| names(&row[1]));
        let used: BTreeSet<&str> = paths(&file.code, "crate").into_iter().collect();
        for module in used {
            if module.is_empty() {
                problems.push(format!(
                    "src/{}: `crate::{{…}}` hides what it uses; one line per module",
                    file.path
                ));
            } else if module != file.module() && !allowed.contains(&module) {
                problems.push(format!("src/{} uses crate::{module}; {PAGE} does not allow it", file.path));
            }
        }
        let production = file.code.split("#[cfg(").next().unwrap();
        if production.contains(&"super::".repeat(file.depth())) {
            problems.push(format!("src/{}: `super` leaves the module; write `crate::`", file.path));
        }
    }
    fail_if(problems);
}

#[test]
fn foreign_crates_stay_behind_their_doors() {
    let rows = table(&read(PAGE), "Foreign crates at their doors");
    let manifest = read("Cargo.toml");
    let section = manifest.split("[dependencies]\n").nth(1).unwrap().split("\n[").next().unwrap();
    let declared: Vec<String> = section
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| Some(line.split_once(" = ")?.0.replace('-', "_")))
        .collect();
    let listed: Vec<&str> = rows.iter().map(|row| row[0].as_str()).collect();
    let mut problems = Vec::new();
    let missing = declared.iter().filter(|name| !listed.contains(&name.as_str()));
    problems.extend(missing.map(|name| format!("{name}: in Cargo.toml, not in {PAGE}")));
    let gone = listed.iter().filter(|name| !declared.iter().any(|declared| declared == *name));
    problems.extend(gone.map(|name| format!("{name}: in {PAGE}, not in Cargo.toml")));

    let files = source();
    for row in &rows {
        let (name, doors) = (row[0].as_str(), names(&row[1]));
        let users: Vec<&SourceFile> = files
            .iter()
            .filter(|file| !paths(&file.code, name).is_empty() || file.code.contains(&format!("use {name};")))
            .collect();
        if users.is_empty() != UNUSED.iter().any(|(unused, _)| *unused == name) {
            problems
                .push(format!("{name}: no file of src/ uses it, or it is used and still listed as unused"));
        }
        for door in &doors {
            let opened = |file: &&&SourceFile| inside(&file.path, door);
            if *door != "everywhere" && !users.is_empty() && users.iter().filter(opened).count() == 0 {
                problems.push(format!("{name}: nobody uses the door {door}"));
            }
        }
        for file in users {
            if doors != ["everywhere"] && !doors.iter().any(|door| inside(&file.path, door)) {
                problems.push(format!("src/{} uses {name}, whose doors are {}", file.path, row[1]));
            }
        }
    }
    fail_if(problems);
}

#[test]
fn every_dependency_has_its_reason() {
    let doors = table(&read(PAGE), "Foreign crates at their doors");
    let page = read("docs/dependencies.md");
    let reasons: Vec<&str> =
        page.lines().filter_map(|line| line.strip_prefix("| ")?.split(" |").next()).collect();
    let names: Vec<&str> = doors.iter().map(|row| row[0].as_str()).collect();
    assert_eq!(reasons[1..], names, "docs/dependencies.md and {PAGE}");
    let manifest = read("Cargo.toml");
    let tools = manifest.split("[dev-dependencies]\n").nth(1).unwrap().split("\n[").next().unwrap();
    for name in tools.lines().filter_map(|line| Some(line.split_once(" = ")?.0)) {
        assert!(page.contains(&format!("`{name}`")), "{name}: not in docs/dependencies.md");
    }
}

/// The glossary names what is really there.
#[test]
fn the_words_of_the_glossary_are_used() {
    let files = source();
    let mut problems = Vec::new();
    for heading in ["规则", "历史", "日子", "结果"] {
        for row in table(&read("docs/glossary.md"), heading) {
            for name in row[1].split('、').map(|name| name.trim_matches('`')) {
                let word = |c: char| c.is_alphanumeric() || c == '_';
                if !files.iter().any(|file| file.code.split(|c| !word(c)).any(|found| found == name)) {
                    problems.push(format!("docs/glossary.md: 「{}」 is not called {name} in src/", row[0]));
                }
            }
        }
    }
    fail_if(problems);
}

fn inside(path: &str, door: &str) -> bool {
    path == door || path.strip_prefix(door).is_some_and(|rest| rest.starts_with('/'))
}

#[test]
fn every_file_says_what_it_is() {
    let bare = |file: &&SourceFile| !file.text.starts_with("//! ");
    fail_if(source().iter().filter(bare).map(|file| format!("src/{}: no `//!` header", file.path)).collect());
}

/// At most 600 lines; 200 or fewer are better.
#[test]
fn files_are_short() {
    let mut problems = Vec::new();
    for file in source() {
        let lines = file.text.lines().count();
        let excused = LONG.iter().any(|(path, _)| *path == file.path);
        if (lines > LONGEST) != excused {
            problems.push(format!(
                "src/{}: {lines} lines, at most {LONGEST}, listed as long: {excused}",
                file.path
            ));
        }
    }
    fail_if(problems);
}

/// Event, entity and region names, rule ids: they belong to `rules/`.
fn domain_words() -> Vec<String> {
    let vocabulary = read("rules/vocabulary.rule");
    let mut words: Vec<String> = vocabulary
        .lines()
        .filter_map(|line| line.strip_prefix("事件 ").or_else(|| line.strip_prefix("实体 ")))
        .filter_map(|rest| rest.split_whitespace().next())
        .filter(|name| name.chars().count() > 1)
        .filter(|name| !EVERYDAY.iter().any(|(word, _)| word == name))
        .map(str::to_owned)
        .collect();
    assert!(words.len() > 50, "rules/vocabulary.rule names {} events and entities", words.len());
    let fixed = [
        "平桥", "舞钢", "偃师", "宛城", "PQ-", "WG-", "YS-", "WC-", "pingqiao", "wugang", "yanshi",
        "wancheng",
    ];
    words.extend(fixed.map(str::to_owned));
    words
}

#[test]
fn the_engine_knows_no_domain() {
    let words = domain_words();
    let mut problems = Vec::new();
    for file in source() {
        for literal in &file.strings {
            for word in words.iter().filter(|word| literal.text.contains(word.as_str())) {
                problems.push(format!("src/{}:{}: 「{word}」", file.path, literal.line));
            }
        }
        for word in words.iter().filter(|word| file.code.contains(word.as_str())) {
            problems.push(format!("src/{}: 「{word}」 in code", file.path));
        }
    }
    fail_if(problems);
}

#[test]
fn no_test_file_is_forgotten() {
    let main = read("tests/main.rs");
    let manifest = read("Cargo.toml");
    let mut problems = Vec::new();
    let mut wanted = BTreeSet::new();
    for path in files("tests", "rs") {
        let module = match path.split_once('/') {
            None => path.strip_suffix(".rs").unwrap().to_owned(),
            Some((folder, _)) => folder.to_owned(),
        };
        let program = manifest.contains(&format!("path = \"tests/{module}.rs\""));
        let shared = module == "support";
        if !program && !shared && wanted.insert(module.clone()) && !main.contains(&format!("mod {module};")) {
            problems.push(format!("tests/{path}: not a module of tests/main.rs"));
        }
    }
    assert!(wanted.contains("architecture"));
    fail_if(problems);
}

#[test]
fn every_code_has_a_page_and_every_page_a_code() {
    let is_code = |text: &str| {
        let letter = text.chars().next().unwrap_or_default().to_string();
        text.len() == 4
            && LETTERS_WITH_PAGES.contains(&letter.as_str())
            && text.chars().skip(1).all(|c| c.is_ascii_digit())
    };
    let files_of_src = source();
    let literals = files_of_src.iter().flat_map(|file| &file.strings);
    let codes: BTreeSet<String> = literals.map(|l| l.text.clone()).filter(|text| is_code(text)).collect();
    let pages: BTreeSet<String> = files("docs/diagnostics", "md")
        .iter()
        .map(|path| path.trim_end_matches(".md").to_owned())
        .filter(|code| is_code(code))
        .collect();
    assert!(codes.len() > 20);
    let without = codes.difference(&pages).map(|code| format!("{code}: no docs/diagnostics/{code}.md"));
    let stale =
        pages.difference(&codes).map(|code| format!("docs/diagnostics/{code}.md: no such code in src/"));
    fail_if(without.chain(stale).collect());
}

#[test]
fn source_text_is_split_as_rust_does() {
    let (code, strings) = text::split(
        "let a = \"x\\\"//y\"; // 平桥\nlet b = r#\"z\"w\"#; /* \"no\" */ let c: &'a str = f('\"', '\\'', '”');\n",
    );
    let texts: Vec<&str> = strings.iter().map(|literal| literal.text.as_str()).collect();
    assert_eq!(texts, ["x\\\"//y", "z\"w"]);
    assert_eq!(code, "let a = \"\"; \nlet b = \"\";  let c: &'a str = f(' ', ' ', ' ');\n");
    assert_eq!(strings[1].line, 2);
    assert_eq!(paths("use crate::a::b; xcrate::c; self::crate::d; crate::{e}", "crate"), ["a", ""]);
}
