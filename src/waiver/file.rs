//! A waiver file: YAML, a list under 豁免. Every mistake at its line and column, all at once.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_saphyr::{Location, Spanned};

use super::Waiver;
use super::problem::Problem;
use crate::calendar::parse_date;
use crate::diagnostic::{Diagnostic, nearest};
use crate::plan::Plan;
use crate::source::{FileId, Span};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(rename = "豁免")]
    waivers: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    #[serde(rename = "规则")]
    rule: Spanned<String>,
    #[serde(rename = "主体", default)]
    subject: BTreeMap<String, Spanned<String>>,
    #[serde(rename = "起", default)]
    from: Option<Spanned<String>>,
    #[serde(rename = "止", default)]
    to: Option<Spanned<String>>,
    #[serde(rename = "批准人", default)]
    approver: String,
    #[serde(rename = "理由", default)]
    reason: String,
}

/// What became of the rule of an id, if it was repealed.
pub type Repealed<'r> = &'r dyn Fn(&str) -> Option<String>;

/// Reads a waiver file; rules and subject columns must be those of the plan.
/// `Err`: every problem, in place order.
pub fn read(
    file: FileId,
    text: &str,
    plan: &Plan,
    repealed: Repealed<'_>,
) -> Result<Vec<Waiver>, Vec<Diagnostic>> {
    let options = serde_saphyr::options! { with_snippet: false };
    let document: Document = match serde_saphyr::from_str_with_options(text, options) {
        Ok(document) => document,
        Err(error) => {
            let error = error.without_snippet();
            let span = error.location().map_or(Span::new(file, 0, 0), |location| span(file, text, &location));
            let colon = text.lines().any(full_width_colon);
            return Err(vec![Problem::Shape { detail: detail(error), colon, span }.diagnostic()]);
        }
    };
    let mut problems = Vec::new();
    let mut waivers = Vec::new();
    for entry in document.waivers {
        if let Some(waiver) = one(entry, file, plan, repealed, &mut problems) {
            waivers.push(waiver);
        }
    }
    if problems.is_empty() {
        return Ok(waivers);
    }
    Err(problems.iter().map(Problem::diagnostic).collect())
}

fn span(file: FileId, text: &str, location: &Location) -> Span {
    let span = location.span();
    Span::clamped(file, text, span.byte_offset(), span.byte_len())
}

/// Whether one of the words of a waiver file is followed by `：`.
fn full_width_colon(line: &str) -> bool {
    let line = line.trim_start_matches(['-', ' ']);
    let words = ["豁免", "规则", "主体", "起", "止", "批准人", "理由"];
    words.iter().any(|word| line.strip_prefix(word).is_some_and(|rest| rest.trim_start().starts_with('：')))
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the reader has many errors; most are mistakes of YAML")]
fn detail(error: &serde_saphyr::Error) -> String {
    match error {
        serde_saphyr::Error::SerdeUnknownField { field, .. } => format!("没有「{field}」这一项"),
        serde_saphyr::Error::SerdeMissingField { field, .. } => format!("缺「{field}」"),
        serde_saphyr::Error::DuplicateMappingKey { key: Some(key), .. } => format!("「{key}」写了两次"),
        _ => "不是约定的写法".to_owned(),
    }
}

fn place<T>(file: FileId, spanned: &Spanned<T>) -> Span {
    let span = spanned.referenced.span();
    let part = |value: Option<u64>| value.and_then(|value| usize::try_from(value).ok()).unwrap_or(0);
    let start = part(span.byte_offset());
    Span::new(file, start, start + part(span.byte_len()))
}

fn one(
    entry: Entry,
    file: FileId,
    plan: &Plan,
    repealed: Repealed<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Waiver> {
    let before = problems.len();
    let span = place(file, &entry.rule);
    let rule = plan.rules.iter().find(|rule| rule.id == entry.rule.value);
    match rule {
        None => problems.push(Problem::UnknownRule {
            name: entry.rule.value.clone(),
            span,
            near: nearest(&entry.rule.value, plan.rules.iter().map(|rule| rule.id.as_str()))
                .map(str::to_owned),
            repealed: repealed(&entry.rule.value),
        }),
        Some(rule) => {
            let columns: Vec<String> = rule.columns.iter().map(|column| column.name.clone()).collect();
            for (column, value) in &entry.subject {
                if !columns.contains(column) {
                    let (rule, column, columns) = (rule.id.clone(), column.clone(), columns.clone());
                    problems.push(Problem::UnknownColumn { rule, column, span: place(file, value), columns });
                }
            }
        }
    }
    let mut day = |value: &Option<Spanned<String>>| {
        let value = value.as_ref()?;
        let date = parse_date(value.value.trim()).ok();
        if date.is_none() {
            problems.push(Problem::BadDate { text: value.value.clone(), span: place(file, value) });
        }
        date
    };
    let (from, to) = (day(&entry.from), day(&entry.to));
    if entry.from.is_none() {
        problems.push(Problem::Blank { field: "起（从哪天起）", span });
    }
    for (field, text) in [("批准人", &entry.approver), ("理由", &entry.reason)] {
        if text.trim().is_empty() {
            problems.push(Problem::Blank { field, span });
        }
    }
    if let (Some(from), Some(to), Some(place_of)) = (from, to, &entry.to)
        && to < from
    {
        problems.push(Problem::EndsBeforeStart { span: place(file, place_of) });
    }
    if problems.len() > before {
        return None;
    }
    Some(Waiver {
        line: u32::try_from(entry.rule.referenced.line()).unwrap_or(u32::MAX),
        rule: entry.rule.value,
        subject: entry.subject.into_iter().map(|(column, value)| (column, value.value)).collect(),
        from: from?,
        to,
        approver: entry.approver,
        reason: entry.reason,
        span,
    })
}
