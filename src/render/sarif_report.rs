//! Findings as SARIF results: what is violated fails, what lacks data is `open`, what runs is `informational`.
//! Takes [`Facts`]; writes one log with the rules, the files and where the events are.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde_json::{Value, json};

use super::facts::Facts;
use super::provenance::provenance;
use super::sarif::{Artifact, Item, Rule, Run};
use super::wording;
use crate::finding::{Evidence, Finding, Severity, Verdict, WAIVER_RULE, WAIVER_WORD};
use crate::history::Origin;
use crate::source::{Span, sha256};

/// Writes the log.
pub fn write(out: &mut dyn Write, facts: &Facts<'_>) -> io::Result<()> {
    let report = facts.report;
    // What a rule is based on, and how bad it is, is known from its findings.
    let mut known: BTreeMap<&str, &Finding> = BTreeMap::new();
    for finding in &report.findings {
        known.entry(finding.rule.as_str()).or_insert(finding);
    }
    let listed = report.by_rule.iter().map(|(id, title, _)| (id.as_str(), title.as_str()));
    let waiver = report.findings.iter().any(Finding::about_waiver).then_some((WAIVER_RULE, WAIVER_WORD));
    let rules = listed.chain(waiver).map(|(id, title)| {
        let finding = known.get(id);
        let help = finding.map(|finding| help(facts, finding)).unwrap_or_default();
        Rule {
            id,
            title,
            help: help.into(),
            level: finding.map_or("error", |finding| level(finding.severity)),
        }
    });
    let properties =
        provenance(report).into_iter().map(|(name, value)| (name, facts.clean(&value).into_owned()));
    let run = Run {
        rules: rules.collect(),
        items: report.findings.iter().map(|finding| item(facts, finding)).collect(),
        artifacts: artifacts(facts),
        properties: properties.collect(),
    };
    super::sarif::write(out, facts.sources, &run)
}

/// The files that were read, each once: of a sheet, the workbook.
fn artifacts<'f>(facts: &Facts<'f>) -> Vec<Artifact<'f>> {
    let mut artifacts: Vec<Artifact<'f>> = Vec::new();
    for log in &facts.report.logs {
        let mut files = facts.sources.iter().map(|(_, file)| file).filter(|file| file.name() == log.path);
        let artifact = match files.next().and_then(|file| file.container()) {
            Some(container) => (container.path.as_str(), container.sha256.as_str()),
            None => (log.path.as_str(), log.sha256.as_str()),
        };
        if !artifacts.contains(&artifact) {
            artifacts.push(artifact);
        }
    }
    artifacts
}

/// 依据 and the sentence of the rule.
fn help(facts: &Facts<'_>, finding: &Finding) -> String {
    let (sentence, place) = facts.sentence(finding);
    let citation = facts.citation(finding);
    if citation.is_empty() && sentence.is_empty() {
        return String::new();
    }
    format!("依据：{citation}\n\n规则：{sentence}（{place}）")
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Advice => "note",
    }
}

fn item<'f>(facts: &Facts<'_>, finding: &'f Finding) -> Item<'f> {
    let (kind, level) = match finding.verdict {
        Verdict::Violated => ("fail", level(finding.severity)),
        Verdict::Undetermined => ("open", "none"),
        Verdict::Pending | Verdict::Exempt => ("informational", "none"),
        Verdict::Satisfied => ("pass", "none"),
        Verdict::NotApplicable => ("notApplicable", "none"),
    };
    let mut message = format!("{}：{}", facts.subject(finding), finding.message);
    if let Some(reason) = &finding.reason {
        message.push_str(&format!("。缺：{reason}"));
    }
    let waived = facts.waived(finding);
    let date = |date: Option<chrono::NaiveDate>| date.map(|date| Value::from(date.to_string()));
    let text = |text: String| (!text.is_empty()).then(|| Value::from(facts.clean(&text).into_owned()));
    let properties = [
        ("verdict", Some(json!(finding.verdict.key()))),
        ("kind", finding.kind.map(|kind| json!(kind.key()))),
        ("subject", text(facts.subject_ids(finding))),
        ("group", text(finding.group.clone().unwrap_or_default())),
        ("citation", text(facts.citation(finding))),
        ("liability", text(finding.liability.clone().unwrap_or_default())),
        ("deadline", date(finding.deadline)),
        ("completed", date(finding.completed)),
        ("remedy", text(finding.remedy.clone().unwrap_or_default())),
    ];
    Item {
        kind,
        fingerprint: fingerprint(facts, finding),
        accepted: (!waived.is_empty()).then(|| facts.clean(&waived).into_owned()),
        properties: properties.into_iter().filter_map(|(name, value)| Some((name, value?))).collect(),
        ..Item::new(&finding.rule, level, facts.clean(&message).into_owned(), places(facts, finding))
    }
}

/// Where it is: the trigger first, then the other events; without events, the subject's own records.
fn places(facts: &Facts<'_>, finding: &Finding) -> Vec<(Span, String)> {
    let span = |origin: Origin| {
        let text = facts.sources.file(origin.file).text();
        if origin.length > 0 {
            return Span::clamped(origin.file, text, Some(origin.offset), Some(u64::from(origin.length)));
        }
        let line = usize::try_from(origin.line).unwrap_or(1);
        let (start, end) = facts.sources.file(origin.file).lines().range(text, line).unwrap_or((0, 0));
        Span::new(origin.file, start, end)
    };
    let is_trigger =
        |event: &Evidence| finding.trigger.as_ref().is_some_and(|trigger| trigger.origin == event.origin);
    let words = |(index, event): (usize, &Evidence)| {
        let words = format!("{}：{}", event.event_type, wording::evidence(finding, event, index + 1));
        (span(event.origin), facts.clean(&words).into_owned())
    };
    let mut events: Vec<(usize, &Evidence)> = finding.evidence.iter().enumerate().collect();
    if events.is_empty() {
        events.extend(finding.trigger.iter().enumerate());
    }
    events.sort_by_key(|(_, event)| !is_trigger(event));
    if events.is_empty() {
        return finding.origins.iter().map(|origin| (span(*origin), String::new())).collect();
    }
    events.into_iter().map(words).collect()
}

/// The same for the same rule, subject and trigger, wherever they stand in the log.
fn fingerprint(facts: &Facts<'_>, finding: &Finding) -> String {
    let trigger = finding.trigger.as_ref().map_or_else(String::new, |event| {
        let id = wording::event_id(event).unwrap_or_default();
        format!("{} {} {id}", event.event_type, super::facts::time(event.moment))
    });
    let parts = format!("{}\n{}\n{trigger}", finding.rule, finding.subject.sort_text());
    sha256(&facts.clean(&parts))
}
