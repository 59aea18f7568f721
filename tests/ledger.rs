//! Ledgers as people keep them: one row a check and department, several tables, every bad shape seen in the wild.
//! What a history holds is shown as JSON Lines would write it, so that expectations read like logs.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests fail as tests do"
)]

use std::fmt::Write as _;

use super::support::{builtin, day};
use zhunsheng::diagnostic::Diagnostic;
use zhunsheng::history::{EntityRef, EventRef, History, Symbol, cell_date};
use zhunsheng::library::Loaded;
use zhunsheng::logs::{self, Columns, LogReading, ReadOptions};
use zhunsheng::source::{Container, SourceMap};
use zhunsheng::vocabulary::{FieldId, FieldKind, Vocabulary};

fn options() -> ReadOptions<'static> {
    ReadOptions {
        format: None,
        as_of: Some(day("2026-01-31")),
        today: day("2026-01-31"),
        lenient: false,
        max_errors: 100,
        columns: None,
        year: None,
    }
}

/// A history in lines.
fn dump(history: &History, vocabulary: &Vocabulary) -> String {
    let mut out = String::new();
    let value = |kind: &FieldKind, cell: u32| match kind {
        FieldKind::Text | FieldKind::Enum(_) => history.text(Symbol(cell)).to_owned(),
        FieldKind::Bool => (cell == 1).to_string(),
        FieldKind::Number => history.number(cell).to_string(),
        FieldKind::Date => cell_date(cell).to_string(),
        FieldKind::Entity(_) => history.entity_id(EntityRef(cell)).to_owned(),
    };
    let words = |kind: &FieldKind, cells: &[u32]| {
        cells.iter().map(|c| value(kind, *c)).collect::<Vec<_>>().join("、")
    };
    for (kind, entity_type) in vocabulary.entities() {
        for entity in history.entities(kind).map(EntityRef) {
            write!(out, "{} {}", entity_type.name, history.entity_id(entity)).unwrap();
            for (id, field) in (0u16..).map(FieldId).zip(&entity_type.fields) {
                let now = words(&field.kind, history.entity_field(entity, kind, id, day("2026-01-31")));
                if !now.is_empty() {
                    write!(out, " {}={now}", field.name).unwrap();
                }
            }
            out.push('\n');
        }
    }
    for (kind, event_type) in vocabulary.events() {
        for event in history.events(kind).map(EventRef) {
            let moment = history.moment(event);
            write!(out, "{} {}", history.event_id(event).unwrap_or("-"), moment.date).unwrap();
            if let Some(s) = moment.seconds {
                write!(out, "T{:02}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60).unwrap();
            }
            for (id, field) in (0u16..).map(FieldId).zip(&event_type.fields) {
                let now = words(&field.kind, history.event_field(event, kind, id));
                if !now.is_empty() {
                    write!(out, " {}={now}", field.name).unwrap();
                }
            }
            out.push('\n');
        }
    }
    out
}

/// Diagnostics as a reader meets them.
fn show(sources: &SourceMap, diagnostics: &[Diagnostic]) -> String {
    let mut out = String::new();
    for problem in diagnostics {
        let span = problem.primary().unwrap();
        let at = sources.position(span);
        let marked = sources.slice(span).lines().next().unwrap_or("").to_owned();
        writeln!(out, "{} {}:{} {}〔{marked}〕", problem.code, at.line, at.column, problem.message).unwrap();
        for help in &problem.help {
            writeln!(out, "    {help}").unwrap();
        }
    }
    out
}

struct Ledger {
    loaded: Loaded,
    sources: SourceMap,
    columns: Option<Columns>,
}

impl Ledger {
    fn new() -> Self {
        Self { loaded: builtin("平桥"), sources: SourceMap::new(), columns: None }
    }

    /// With a mapping laid over the built-in one.
    fn mapped(yaml: &str) -> Self {
        let mut ledger = Self::new();
        let file = ledger.sources.add("映射.yaml", yaml);
        ledger.columns = Some(Columns::read(&ledger.sources, &[file]).unwrap_or_else(|problems| {
            panic!("{}", show(&ledger.sources, &problems));
        }));
        ledger
    }

    fn vocabulary(&self) -> &Vocabulary {
        &self.loaded.plan.as_ref().unwrap().vocabulary
    }

    fn read_with(&mut self, files: &[(&str, &str)], options: &ReadOptions<'_>) -> LogReading {
        let ids: Vec<_> = files
            .iter()
            .map(|(name, text)| {
                let container = name
                    .rsplit_once('!')
                    .map(|(path, _)| Container { path: path.to_owned(), sha256: String::new() });
                self.sources.add_part(*name, *text, container)
            })
            .collect();
        let options = ReadOptions { columns: self.columns.as_ref(), ..*options };
        logs::read(&self.sources, &ids, self.vocabulary(), &options)
    }

    fn read(&mut self, name: &str, text: &str) -> LogReading {
        self.read_with(&[(name, text)], &options())
    }

    /// The history of tables that must be sound.
    fn sound(&mut self, files: &[(&str, &str)]) -> String {
        let reading = self.read_with(files, &options());
        assert_eq!(show(&self.sources, &reading.problems), "");
        dump(&reading.history, self.vocabulary())
    }

    fn problems(&mut self, text: &str) -> String {
        let reading = self.read("台账.csv", text);
        show(&self.sources, &reading.problems)
    }
}

fn sound(text: &str) -> String {
    Ledger::new().sound(&[("台账.csv", text)])
}

fn problems(text: &str) -> String {
    Ledger::new().problems(text)
}

fn remarks(text: &str) -> Vec<String> {
    Ledger::new().read("台账.csv", text).remarks.into_iter().map(|(sentence, _)| sentence).collect()
}

/// Names of the event types that the logs record.
fn covered(ledger: &Ledger, reading: &LogReading) -> Vec<String> {
    let events = ledger.vocabulary().events();
    events
        .filter(|(kind, _)| reading.history.is_recorded(*kind))
        .map(|(_, event)| event.name.clone())
        .collect()
}

#[test]
fn a_wide_table() {
    insta::assert_snapshot!(sound(include_str!("data/ledger/wide.csv")));
}

#[test]
fn the_pages_show_what_they_explain() {
    for number in 1..=12 {
        let code = format!("C{number:03}");
        let path = format!("{}/docs/diagnostics/{code}.md", env!("CARGO_MANIFEST_DIR"));
        let page = std::fs::read_to_string(path).unwrap();
        for heading in ["## 说明", "## 错误示例", "## 改法"] {
            assert!(page.contains(heading), "{code} has no {heading}");
        }
        let example = page.split("## 错误示例").nth(1).unwrap();
        let (language, body) = example.split_once("```").unwrap().1.split_once('\n').unwrap();
        let body = body.split("```").next().unwrap();
        let mut ledger = Ledger::new();
        let (mapping, table) = match language {
            "yaml" => (body, ""),
            "yaml csv" => body.split_once("---\n").unwrap(),
            "csv" => ("", body),
            other => panic!("{code}: {other}"),
        };
        let file = ledger.sources.add("映射.yaml", mapping);
        let codes: Vec<&str> = match Columns::read(&ledger.sources, &[file]) {
            Err(problems) => problems.iter().map(|problem| problem.code).collect(),
            Ok(columns) => {
                ledger.columns = Some(columns);
                let files = [("台账.csv", table)];
                let files = if table.is_empty() { &[][..] } else { &files };
                ledger.read_with(files, &options()).problems.iter().map(|problem| problem.code).collect()
            }
        };
        assert_eq!(codes, [code.as_str()], "{code}");
    }
}
