//! What several tests share: built-in rules, a check of log lines, findings by their key.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "helpers of tests fail as tests do"
)]

pub mod hostile;
pub mod rulesets;

use chrono::NaiveDate;
use zhunsheng::calendar::Calendar;
use zhunsheng::check::{self, CheckOptions, Checked};
use zhunsheng::finding::{Finding, Report};
use zhunsheng::library::{self, Loaded, Wanted};
use zhunsheng::logs::ReadOptions;
use zhunsheng::plan::Plan;
use zhunsheng::source::SourceMap;

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// A built-in rule set; fails the test when it has problems.
pub fn builtin(name: &str) -> Loaded {
    let mut sources = SourceMap::new();
    let loaded = library::load(&mut sources, &Wanted::Builtin(name), &[]).unwrap();
    assert!(loaded.problems.is_empty(), "{:?}", loaded.problems);
    loaded
}

/// What a check is asked in tests.
#[derive(Clone, Copy, Default)]
pub struct Ask<'a> {
    pub as_of: Option<NaiveDate>,
    pub coverage: Option<(NaiveDate, NaiveDate)>,
    pub only: Option<&'a str>,
}

/// Checks one log text; the name tells the format.
pub fn check_text(loaded: &Loaded, plan: &Plan, name: &str, text: &str, ask: Ask<'_>) -> Checked {
    let mut sources = SourceMap::new();
    let file = sources.add(name, text);
    let options = CheckOptions {
        read: ReadOptions {
            format: None,
            as_of: ask.as_of,
            today: day("2026-06-01"),
            lenient: false,
            max_errors: 20,
            columns: None,
            year: None,
        },
        coverage: ask.coverage,
        all: true,
        only: ask.only,
    };
    check::check(&sources, loaded, plan, Calendar::builtin(), &[file], &options)
}

/// The report of a log that must be sound.
pub fn report(loaded: &Loaded, name: &str, text: &str, ask: Ask<'_>) -> Report {
    let checked = check_text(loaded, loaded.plan.as_ref().unwrap(), name, text, ask);
    assert!(checked.problems.is_empty(), "{:?}", checked.problems);
    checked.report.unwrap()
}

/// One line that says everything a verdict consists of.
pub fn line(finding: &Finding) -> String {
    let date = |date: Option<NaiveDate>| date.map_or("-".to_owned(), |date| date.to_string());
    format!(
        "{} {} {} {} {} {} {} {} {}",
        finding.rule,
        finding.subject.sort_text(),
        finding.trigger.as_ref().map_or("-", |trigger| trigger.event.as_str()),
        finding.verdict.key(),
        finding.kind.map_or("-", |kind| kind.key()),
        date(finding.deadline),
        date(finding.completed),
        finding.workdays_late.map_or("-".to_owned(), |days| days.to_string()),
        finding.provisional,
    )
}

/// All findings as lines, in report order.
pub fn lines(report: &Report) -> Vec<String> {
    report.findings.iter().map(line).collect()
}

/// A file of the repository.
pub fn text_of(path: &str) -> String {
    std::fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}
