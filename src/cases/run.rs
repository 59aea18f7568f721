//! Running a page: each scenario is checked by its one rule, and its findings compared with the table.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::page::{Page, Scenario};
use super::ready::Ready;
use crate::calendar::Calendar;
use crate::finding::{Finding, Subject, SubjectValue, Verdict};
use crate::library::Loaded;

/// All columns a table may have.
const COLUMNS: [&str; 9] = ["主体", "判定", "种类", "触发", "截止日", "完成日", "逾期", "暂定", "缺"];

/// A scenario that did not come out as its table says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    pub scenario: String,
    /// Line of the scenario's heading, from 1.
    pub line: usize,
    /// What differs, in Chinese, one line each.
    pub details: Vec<String>,
}

/// What running a page gave.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    pub scenarios: usize,
    pub failures: Vec<Failure>,
    /// The page with every table as it came out.
    pub rewritten: String,
    /// Verdicts that occurred, with how often.
    pub verdicts: BTreeMap<&'static str, usize>,
}

/// Runs every scenario of a page. `text` is the page's own text; `name` is what problems call it.
pub fn run(page: &Page, text: &str, name: &str, loaded: &Loaded, calendar: &Calendar) -> Outcome {
    let Some(plan) = &loaded.plan else {
        let whole =
            Failure {
                scenario: page.title.clone(), line: 1, details: vec!["规则有错，跑不了".to_owned()]
            };
        return Outcome { failures: vec![whole], rewritten: text.to_owned(), ..Outcome::default() };
    };
    let mut outcome = Outcome::default();
    let mut rewritten = String::with_capacity(text.len());
    let mut copied = 0;
    for scenario in &page.scenarios {
        outcome.scenarios += 1;
        let ready = Ready::read(page, scenario, name, &plan.vocabulary);
        match ready.and_then(|ready| ready.findings(&page.rule, plan, calendar, None)) {
            Ok(findings) => {
                for finding in &findings {
                    *outcome.verdicts.entry(finding.verdict.key()).or_default() += 1;
                }
                let details = compare(scenario, &findings);
                if !details.is_empty() {
                    outcome.failures.push(Failure {
                        scenario: scenario.title.clone(),
                        line: scenario.line,
                        details,
                    });
                }
                rewritten.push_str(text.get(copied..scenario.table.start).unwrap_or(""));
                rewritten.push_str(&table(scenario, &findings));
                copied = scenario.table.end;
            }
            Err(details) => {
                outcome.failures.push(Failure {
                    scenario: scenario.title.clone(),
                    line: scenario.line,
                    details,
                });
            }
        }
    }
    rewritten.push_str(text.get(copied..).unwrap_or(""));
    outcome.rewritten = rewritten;
    outcome
}

fn subject(subject: &Subject) -> String {
    let columns = subject.0.iter().map(|(column, value)| match value {
        SubjectValue::Entity { id, .. } => format!("{column}={id}"),
        SubjectValue::Name(name) => format!("{column}={name}"),
        SubjectValue::Year(year) => format!("{column}={year}"),
    });
    columns.collect::<Vec<_>>().join(" ")
}

/// What a finding shows in a column; `—` for nothing.
fn cell(finding: &Finding, column: &str) -> String {
    let none = || "—".to_owned();
    let date = |date: Option<NaiveDate>| date.map_or_else(none, |date| date.to_string());
    match column {
        "主体" => subject(&finding.subject),
        "判定" => finding.verdict.label().to_owned(),
        "种类" => finding.kind.map_or_else(none, |kind| kind.label().to_owned()),
        "触发" => finding.trigger.as_ref().map_or_else(none, |trigger| trigger.event.clone()),
        "截止日" => date(finding.deadline),
        "完成日" => date(finding.completed),
        "逾期" => finding.workdays_late.map_or_else(none, |days| days.to_string()),
        "暂定" => if finding.provisional { "是" } else { "否" }.to_owned(),
        "缺" => match (finding.verdict, &finding.reason) {
            (Verdict::Undetermined, Some(reason)) => reason.clone(),
            _ => none(),
        },
        _ => none(),
    }
}

/// Whether a cell of the table agrees with what came out.
fn agrees(column: &str, expected: &str, actual: &str) -> bool {
    let expected = if expected.is_empty() || expected == "-" { "—" } else { expected };
    match column {
        // 「缺」写的是理由里要提到的词。
        "缺" if expected == "—" => true,
        "缺" => expected.split('、').all(|word| actual.contains(word)),
        _ => expected == actual,
    }
}

/// What differs between a scenario's table and what came out, one line each; empty when nothing does.
pub(super) fn compare(scenario: &Scenario, findings: &[Finding]) -> Vec<String> {
    if scenario.columns.is_empty() {
        return vec!["没有写期望的表；用 --update 填上，再逐行看过".to_owned()];
    }
    let mut details = Vec::new();
    for column in scenario.columns.iter().filter(|column| !COLUMNS.contains(&column.as_str())) {
        details.push(format!("表里不能有「{column}」一列；可以有：{}", COLUMNS.join("、")));
    }
    let rows: Vec<Vec<String>> = findings
        .iter()
        .map(|finding| scenario.columns.iter().map(|column| cell(finding, column)).collect())
        .collect();
    for at in 0..rows.len().max(scenario.rows.len()) {
        match (scenario.rows.get(at), rows.get(at)) {
            (Some(expected), Some(actual)) => {
                for ((column, expected), actual) in scenario.columns.iter().zip(expected).zip(actual) {
                    if !agrees(column, expected, actual) {
                        details.push(format!("第 {} 行「{column}」：期望 {expected}，实际 {actual}", at + 1));
                    }
                }
            }
            (Some(expected), None) => {
                details.push(format!("第 {} 行没有出现：{}", at + 1, expected.join("｜")))
            }
            (None, Some(actual)) => details.push(format!("多出一行：{}", actual.join("｜"))),
            (None, None) => {}
        }
    }
    details
}

/// What a reason says is missing, in the few words a page needs: names of fields, 覆盖, 放假安排.
fn lacking(reason: &str) -> String {
    let mut words: Vec<&str> = Vec::new();
    for part in reason.split('；') {
        let whole = ["放假安排", "覆盖"].into_iter().find(|word| part.contains(word));
        let named = part.split('「').skip(1).filter_map(|rest| Some(rest.split_once('」')?.0));
        let field = (part.starts_with("缺 ")).then(|| named.last()).flatten();
        if let Some(word) = field.or(whole)
            && !words.contains(&word)
        {
            words.push(word);
        }
    }
    if words.is_empty() { reason.to_owned() } else { words.join("、") }
}

/// The table as it came out, keeping the page's columns; `缺` keeps what the page says while it still holds.
fn table(scenario: &Scenario, findings: &[Finding]) -> String {
    let columns: Vec<&str> = if scenario.columns.is_empty() {
        COLUMNS.iter().copied().take(4).collect()
    } else {
        scenario.columns.iter().map(String::as_str).collect()
    };
    let mut text = String::new();
    if scenario.columns.is_empty() {
        text.push('\n');
    }
    text.push_str(&format!("| {} |\n|{}\n", columns.join(" | "), "---|".repeat(columns.len())));
    for (at, finding) in findings.iter().enumerate() {
        let cells: Vec<String> = columns
            .iter()
            .enumerate()
            .map(|(position, column)| {
                let actual = cell(finding, column);
                let old = scenario.rows.get(at).and_then(|row| row.get(position));
                match old {
                    Some(old) if *column == "缺" && agrees(column, old, &actual) => old.clone(),
                    Some(_) | None if *column == "缺" => lacking(&actual),
                    Some(_) | None => actual,
                }
            })
            .collect();
        text.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
    text
}
