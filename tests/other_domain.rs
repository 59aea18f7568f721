//! The engine knows no domain: permits, with their own vocabulary, ten rules and a history, checked by the
//! same program. Nothing in `src/` was written for them.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use chrono::NaiveDate;
use zhunsheng::calendar::Calendar;
use zhunsheng::check::{self, CheckOptions};
use zhunsheng::finding::{Finding, SubjectValue, Verdict};
use zhunsheng::library::{self, Wanted};
use zhunsheng::logs::ReadOptions;
use zhunsheng::source::SourceMap;

fn line(finding: &Finding) -> String {
    let subject = finding.subject.0.iter().map(|(column, value)| match value {
        SubjectValue::Entity { id, .. } => format!("{column}={id}"),
        SubjectValue::Name(name) => format!("{column}={name}"),
        SubjectValue::Year(year) => format!("{column}={year}"),
    });
    let mut words = vec![finding.rule.clone()];
    words.extend(subject);
    words.push(finding.verdict.label().to_owned());
    words.extend(finding.kind.map(|kind| kind.label().to_owned()));
    words.extend(finding.deadline.map(|date| date.to_string()));
    words.join(" ") + "\n"
}

#[test]
fn permits_are_checked_by_the_same_engine() {
    let mut sources = SourceMap::new();
    let rules = sources.add("permit.rule", include_str!("other-domain/permit.rule"));
    let vocabulary = sources.add("vocabulary.rule", include_str!("other-domain/vocabulary.rule"));
    let log = sources.add("history.jsonl", include_str!("other-domain/history.jsonl"));
    let loaded = library::load(&mut sources, &Wanted::Files(&[rules]), &[vec![vocabulary]]).unwrap();
    assert_eq!(loaded.problems, []);
    let plan = loaded.plan.as_ref().unwrap();
    assert_eq!(plan.rules.len(), 10);
    let today = NaiveDate::from_ymd_opt(2026, 1, 31).unwrap();
    let options = CheckOptions {
        read: ReadOptions {
            format: None,
            as_of: None,
            today,
            lenient: false,
            max_errors: 20,
            columns: None,
            year: None,
        },
        coverage: None,
        all: false,
        only: None,
    };
    let checked = check::check(&sources, &loaded, plan, Calendar::builtin(), &[log], &options);
    assert_eq!(checked.problems, []);
    let findings = checked.report.unwrap().findings;
    let count = |verdict| findings.iter().filter(|finding| finding.verdict == verdict).count();
    let mut found: String = findings.iter().map(line).collect();
    found.push_str(&format!(
        "合计 违规 {} 未到期 {} 无法判定 {}\n",
        count(Verdict::Violated),
        count(Verdict::Pending),
        count(Verdict::Undetermined)
    ));
    assert_eq!(found, include_str!("other-domain/expected.txt"));
}
