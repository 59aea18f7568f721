//! Text of a report, json or jsonl → [`Recorded`]: every word of it, and the call it was made by.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::Problem;
use crate::source::{FileId, Span};

const SCHEMA: &str = "zhunsheng.findings/1";

/// A report read back.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    /// All keys but `findings`.
    pub head: Map<String, Value>,
    pub findings: Vec<Value>,
    pub call: Call,
    pub policy: Named,
    pub calendar_sha256: String,
    pub logs: Vec<Named>,
    pub waivers: Vec<Named>,
    pub program: Maker,
    pub as_of: NaiveDate,
    pub coverage: Option<(NaiveDate, NaiveDate)>,
    pub policy_as_of: Option<NaiveDate>,
    pub only: Option<String>,
}

/// Something with a sum: a file by its path, a rule set by its name.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Named {
    #[serde(alias = "path")]
    pub name: String,
    pub sha256: String,
}

/// The program a report names.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Maker {
    pub name: String,
    pub version: String,
    pub sha256: String,
    pub engine_sha256: String,
}

/// The key `inputs`: see `finding::Inputs`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Call {
    pub logs: Vec<String>,
    pub rules: Option<String>,
    pub with: Vec<String>,
    pub rule_files: Vec<Named>,
    pub rule_sums: BTreeMap<String, String>,
    pub parameters: Vec<String>,
    pub calendars: Vec<String>,
    pub calendar_files: Vec<Named>,
    pub columns: Vec<Named>,
    pub year: Option<i32>,
    pub waivers: Option<String>,
    pub as_of: String,
    pub coverage: String,
    pub all: bool,
    pub lenient: bool,
    pub max_errors: usize,
    pub mask: bool,
}

#[derive(Deserialize)]
struct Digest {
    sha256: String,
}

/// `2026-01-31`.
#[derive(Deserialize)]
#[serde(try_from = "String")]
struct Day(NaiveDate);

impl TryFrom<String> for Day {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse().map(Self).map_err(|_| format!("「{text}」不是日期"))
    }
}

/// What must be in every report, to be found missing by name.
#[derive(Deserialize)]
struct Wire {
    policy: Named,
    calendar: Digest,
    logs: Vec<Named>,
    as_of: Day,
    coverage: Option<(Day, Day)>,
    #[serde(rename = "summary")]
    _summary: BTreeMap<String, u64>,
    #[serde(default)]
    policy_as_of: Option<Day>,
    #[serde(default)]
    only: Option<String>,
    #[serde(default)]
    waivers: Vec<Named>,
    program: Maker,
    inputs: Call,
}

/// Reads a report: one JSON document, or a line for the head and one per finding.
pub fn read(file: FileId, text: &str) -> Result<Recorded, Problem> {
    let start = Span::new(file, 0, 0);
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    let mut next = || values.next().map(|value| value.map_err(|error| broken(file, text, &error)));
    let end = Span::new(file, text.len(), text.len());
    let first = next().ok_or(Problem::CutOff { span: end })??;
    let Value::Object(mut head) = first else { return Err(Problem::NotReport { span: start, schema: None }) };
    match head.get("schema").and_then(Value::as_str) {
        Some(SCHEMA) => {}
        schema => return Err(Problem::NotReport { span: start, schema: schema.map(str::to_owned) }),
    }
    let mut findings = match head.remove("findings") {
        Some(Value::Array(findings)) => findings,
        Some(_) => return Err(Problem::BadKey { span: start, detail: "findings 不是列表".to_owned() }),
        None => Vec::new(),
    };
    while let Some(value) = next() {
        findings.push(value?);
    }
    if let Some(at) = findings.iter().position(|finding| !whole(finding)) {
        let detail = format!("第 {} 条结论没有 rule、verdict 或 subject", at + 1);
        return Err(Problem::BadKey { span: start, detail });
    }
    if !head.contains_key("inputs") {
        return Err(Problem::NoCall { span: start });
    }
    let wire: Wire = serde_json::from_value(Value::Object(head.clone()))
        .map_err(|error| Problem::BadKey { span: start, detail: detail(&error.to_string()) })?;
    Ok(Recorded {
        head,
        findings,
        call: wire.inputs,
        policy: wire.policy,
        calendar_sha256: wire.calendar.sha256,
        logs: wire.logs,
        waivers: wire.waivers,
        program: wire.program,
        as_of: wire.as_of.0,
        coverage: wire.coverage.map(|(first, last)| (first.0, last.0)),
        policy_as_of: wire.policy_as_of.map(|day| day.0),
        only: wire.only,
    })
}

fn whole(finding: &Value) -> bool {
    let text = |key| finding.get(key).is_some_and(Value::is_string);
    text("rule") && text("verdict") && finding.get("subject").is_some_and(Value::is_object)
}

fn broken(file: FileId, text: &str, error: &serde_json::Error) -> Problem {
    let before: usize = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
    let at = (before + error.column().saturating_sub(1)).min(text.len());
    let span = Span::new(file, text.floor_char_boundary(at), text.ceil_char_boundary(at + 1));
    if error.is_eof() { Problem::CutOff { span } } else { Problem::NotJson { span } }
}

/// serde's sentence in Chinese, where it is one of the common ones.
fn detail(said: &str) -> String {
    let named = said.split('`').nth(1).unwrap_or_default();
    if said.starts_with("missing field") {
        format!("缺「{named}」")
    } else {
        format!("有一项的值不是该有的样子（{said}）")
    }
}
