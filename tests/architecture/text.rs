//! Rust source as text: comments cut away, string literals set apart. Knows just enough of the language for that.

use std::fs;
use std::path::{Path, PathBuf};

/// One file of `src/`.
pub struct SourceFile {
    /// Inside `src/`, with `/`.
    pub path: String,
    pub text: String,
    /// Everything that is neither comment nor inside a string; newlines kept.
    pub code: String,
    pub strings: Vec<Literal>,
}

pub struct Literal {
    pub line: usize,
    pub text: String,
}

impl SourceFile {
    /// The first folder, or the file's own name without `.rs`.
    pub fn module(&self) -> &str {
        let first = self.path.split('/').next().unwrap();
        first.strip_suffix(".rs").unwrap_or(first)
    }

    /// How many modules deep the file's own module is; `lib.rs` is 0.
    pub fn depth(&self) -> usize {
        let parts = self.path.split('/').count();
        if self.path.ends_with("/mod.rs") { parts - 1 } else { parts }
    }
}

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Paths of files with this extension in a folder of the repository, sorted, relative to it.
pub fn files(folder: &str, extension: &str) -> Vec<String> {
    fn collect(folder: &Path, extension: &str, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(&path, extension, found);
            } else if path.extension().is_some_and(|e| e == extension) {
                found.push(path);
            }
        }
    }
    let base = root().join(folder);
    let mut found = Vec::new();
    collect(&base, extension, &mut found);
    let relative = |path: &PathBuf| path.strip_prefix(&base).unwrap().to_str().unwrap().replace('\\', "/");
    let mut names: Vec<String> = found.iter().map(relative).collect();
    names.sort();
    names
}

/// All of `src/`.
pub fn source() -> Vec<SourceFile> {
    files("src", "rs")
        .into_iter()
        .map(|path| {
            let text = read(&format!("src/{path}"));
            let (code, strings) = split(&text);
            SourceFile { path, text, code, strings }
        })
        .collect()
}

/// Code and string literals of Rust text.
pub fn split(text: &str) -> (String, Vec<Literal>) {
    let mut code = String::new();
    let mut strings = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let word = code.chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == '_');
        let taken = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |at| at + 2)
        } else if let Some((open, close)) = string_marks(rest, word) {
            let body = &rest[open..];
            let length = if close == "\"" { quoted(body) } else { body.find(&close).unwrap_or(body.len()) };
            let line = text[..text.len() - rest.len()].matches('\n').count() + 1;
            strings.push(Literal { line, text: body[..length].to_owned() });
            code.push_str("\"\"");
            open + length + close.len()
        } else if let Some(length) = character(rest) {
            code.push_str("' '");
            length
        } else {
            code.push(first);
            first.len_utf8()
        };
        let skipped = &rest[..taken.min(rest.len())];
        if skipped.len() > 1 {
            code.extend(skipped.chars().filter(|c| *c == '\n'));
        }
        rest = &rest[skipped.len()..];
    }
    (code, strings)
}

/// Length of the opening and the text of the closing mark, at the start of a string literal.
fn string_marks(rest: &str, after_word: bool) -> Option<(usize, String)> {
    if rest.starts_with('"') {
        return Some((1, "\"".to_owned()));
    }
    let raw = rest.strip_prefix("br").or_else(|| rest.strip_prefix('r')).filter(|_| !after_word)?;
    let hashes = raw.chars().take_while(|c| *c == '#').count();
    raw[hashes..]
        .starts_with('"')
        .then(|| (rest.len() - raw.len() + hashes + 1, format!("\"{}", "#".repeat(hashes))))
}

fn quoted(body: &str) -> usize {
    let mut escaped = false;
    for (at, c) in body.char_indices() {
        match c {
            '"' if !escaped => return at,
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    body.len()
}

/// Length of a character literal; `None` for a lifetime.
fn character(rest: &str) -> Option<usize> {
    let inside = rest.strip_prefix('\'')?;
    if let Some(escape) = inside.strip_prefix('\\') {
        return escape.char_indices().skip(1).find(|(_, c)| *c == '\'').map(|(at, _)| at + 3);
    }
    let c = inside.chars().next()?;
    inside[c.len_utf8()..].starts_with('\'').then(|| c.len_utf8() + 2)
}

/// Rows of the Markdown table under a heading: cells without the header row and the rule below it.
pub fn table(page: &str, heading: &str) -> Vec<Vec<String>> {
    let section =
        page.split(&format!("## {heading}\n")).nth(1).unwrap_or_else(|| panic!("no section {heading}"));
    let section = section.split("\n## ").next().unwrap();
    let rows = section.lines().filter(|line| line.starts_with('|')).skip(2);
    rows.map(|row| row.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()).collect()
}

/// Names in a cell, separated by commas; a dash is none.
pub fn names(cell: &str) -> Vec<&str> {
    if cell == "–" { Vec::new() } else { cell.split(',').map(str::trim).collect() }
}

/// Every `start::name` in code, as `name`; not where `start` is part of a longer path or word.
pub fn paths<'a>(code: &'a str, start: &str) -> Vec<&'a str> {
    let mark = format!("{start}::");
    let word = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(&mark)
        .filter(|(at, _)| !code[..*at].ends_with(|c: char| word(c) || c == ':' || c == '.'))
        .map(|(at, _)| {
            let rest = &code[at + mark.len()..];
            rest.split(|c: char| !word(c)).next().unwrap_or_default()
        })
        .collect()
}
