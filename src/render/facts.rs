//! A report in words, the same ones for every document: html, xlsx, csv, md, junit.
//! Takes a report, the texts it points into and the calendar; gives names, places, sentences and orders.
//! Masked where asked. Escaping is for each format, and so is the look.

use std::borrow::Cow;
use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::text::clean;
use super::wording;
use crate::calendar::Calendar;
use crate::diagnostic::Diagnostic;
use crate::finding::{Evidence, Finding, Report, SubjectValue, Verdict, WAIVER_WORD};
use crate::history::{Moment, Origin};
use crate::source::{FileId, SourceMap};

/// A report and what is needed to put it into words.
#[derive(Clone, Copy)]
pub struct Facts<'a> {
    pub sources: &'a SourceMap,
    pub report: &'a Report,
    pub calendar: &'a Calendar,
    /// Hide identity-card and mobile numbers.
    pub mask: bool,
    /// Log records left out under `--lenient`, with what was wrong.
    pub skipped: &'a [Diagnostic],
}

/// An event, or a record, that a finding rests on.
pub(super) struct Proof {
    /// What part it plays, in a few words.
    pub part: String,
    /// Type of the event; of a record, nothing.
    pub kind: String,
    /// `2025-09-26`, `2025-09-26 10:00`.
    pub time: String,
    /// 编号 of the event, unless it is only its place.
    pub id: String,
    pub place: String,
    /// The record as the log has it, cut if long.
    pub excerpt: String,
}

/// Characters shown of a record.
const EXCERPT: usize = 400;

impl<'a> Facts<'a> {
    /// Masked if asked, with every invisible character made visible.
    pub(super) fn clean<'t>(&self, text: &'t str) -> Cow<'t, str> {
        clean(text, self.mask)
    }

    /// Findings of one verdict in the report's order; violations worst first.
    pub(super) fn of(&self, verdict: Verdict) -> Vec<&'a Finding> {
        let findings = self.report.findings.iter().filter(|finding| finding.verdict == verdict);
        let mut findings: Vec<_> = findings.collect();
        if verdict == Verdict::Violated {
            findings.sort_by_key(|finding| finding.severity);
        }
        findings
    }

    /// Duties still running, the next deadline first; those without one last.
    pub(super) fn pending(&self) -> Vec<&'a Finding> {
        let mut findings = self.of(Verdict::Pending);
        findings.sort_by_key(|finding| (ends(finding).is_none(), ends(finding)));
        findings
    }

    /// Workdays from the as-of day (exclusive) to the day a finding ends (inclusive), where known.
    pub(super) fn workdays_left(&self, finding: &Finding) -> Option<i64> {
        self.calendar.workdays_after(self.report.as_of, ends(finding)?).map(|days| days.max(0))
    }

    /// `台账.jsonl:5`; in a sheet of a workbook, `台账.xlsx!表 第 5 行`.
    pub(super) fn place(&self, file: FileId, line: usize) -> String {
        let file = self.sources.file(file);
        match file.container() {
            Some(_) => format!("{} 第 {line} 行", file.name()),
            None => format!("{}:{line}", file.name()),
        }
    }

    /// Where a record is.
    pub(super) fn origin(&self, origin: Origin) -> String {
        self.place(origin.file, usize::try_from(origin.line).unwrap_or(usize::MAX))
    }

    /// Places of records, each once; more than `most` are only counted.
    pub(super) fn origins(&self, origins: &[Origin], most: usize) -> String {
        let mut places: Vec<String> = Vec::new();
        for origin in origins.iter().take(most) {
            let place = self.origin(*origin);
            if !places.contains(&place) {
                places.push(place);
            }
        }
        let rest = if origins.len() > most { format!(" 等 {} 处", origins.len()) } else { String::new() };
        places.join("、") + &rest
    }

    /// Where a problem is; nothing for one without a place.
    pub(super) fn problem_place(&self, problem: &Diagnostic) -> String {
        let place = |span: crate::source::Span| self.place(span.file, self.sources.position(span).line);
        problem.primary().map(place).unwrap_or_default()
    }

    /// Where to look first: the trigger, else the first event, else the first record.
    pub(super) fn first_place(&self, finding: &Finding) -> String {
        let events = finding.trigger.iter().chain(&finding.evidence).map(|evidence| evidence.origin);
        let origin = events.chain(finding.origins.iter().copied()).next();
        origin.map(|origin| self.origin(origin)).unwrap_or_default()
    }

    /// Id of the rule and its title; a finding about a waiver has neither.
    pub(super) fn rule(&self, finding: &Finding) -> String {
        if finding.about_waiver() {
            return WAIVER_WORD.to_owned();
        }
        format!("{} {}", finding.rule, finding.title)
    }

    /// Whom it is about, by name where there is one.
    pub(super) fn subject(&self, finding: &Finding) -> String {
        if finding.about_waiver() { self.first_place(finding) } else { wording::subject(finding, " · ") }
    }

    /// 编号 of whom it is about, by column: `检查 J1；部门 D1`.
    pub(super) fn subject_ids(&self, finding: &Finding) -> String {
        let columns = finding.subject.0.iter().map(|(column, value)| match value {
            SubjectValue::Entity { id: text, .. } | SubjectValue::Name(text) => format!("{column} {text}"),
            SubjectValue::Year(year) => format!("{column} {year}"),
        });
        columns.collect::<Vec<_>>().join("；")
    }

    /// Number of the document and the article.
    pub(super) fn citation(&self, finding: &Finding) -> String {
        let document = finding.document.as_ref().map(|document| format!("{document} ")).unwrap_or_default();
        if finding.about_waiver() { String::new() } else { format!("{document}{}", finding.citation) }
    }

    /// The sentence of the rule, on one line, and where it stands.
    pub(super) fn sentence(&self, finding: &Finding) -> (String, String) {
        if finding.about_waiver() {
            return (String::new(), String::new());
        }
        let sentence = self.sources.slice(finding.rule_span).split_whitespace().collect::<Vec<_>>().join(" ");
        let file = self.sources.file(finding.rule_span.file);
        let place = format!("{}:{}", file.name(), file.lines().line(finding.rule_span.start));
        (sentence, place)
    }

    /// How the deadline came about, or just the deadline; empty if there is none.
    pub(super) fn deadline(&self, finding: &Finding) -> String {
        let mut text = match (&finding.calculation, finding.deadline) {
            (Some(calculation), _) => {
                self.calendar.derivation(calculation.start, &calculation.limit).summary()
            }
            (None, Some(date)) => format!("截止 {}", self.calendar.show_date(date)),
            (None, None) => return String::new(),
        };
        if finding.provisional && !text.contains("暂定") {
            text.push_str("；暂定：期间的放假安排尚未公布，公布后截止日可能变");
        }
        text
    }

    /// Who accepted it, until when and why; empty if nobody did.
    pub(super) fn waived(&self, finding: &Finding) -> String {
        finding.waived.as_ref().map_or_else(String::new, |waived| {
            format!("{} 批准，{} 至 {}：{}", waived.approver, waived.from, waived.to, waived.reason)
        })
    }

    /// The events that prove it; without events, the subject's own records.
    pub(super) fn proofs(&self, finding: &Finding) -> Vec<Proof> {
        let events = if finding.evidence.is_empty() { finding.trigger.as_slice() } else { &finding.evidence };
        if events.is_empty() {
            let record = |(index, origin): (usize, &Origin)| Proof {
                part: if index == 0 { wording::record(finding).to_owned() } else { String::new() },
                kind: String::new(),
                time: String::new(),
                id: String::new(),
                place: self.origin(*origin),
                excerpt: self.excerpt(*origin),
            };
            return finding.origins.iter().enumerate().map(record).collect();
        }
        let event = |(index, evidence): (usize, &Evidence)| Proof {
            part: wording::evidence(finding, evidence, index + 1),
            kind: evidence.event_type.clone(),
            time: time(evidence.moment),
            id: wording::event_id(evidence).unwrap_or_default().to_owned(),
            place: self.origin(evidence.origin),
            excerpt: self.excerpt(evidence.origin),
        };
        events.iter().enumerate().map(event).collect()
    }

    /// The record as the log has it, on one line. Masked before it is cut, so that no number loses the
    /// digits it is known by.
    fn excerpt(&self, origin: Origin) -> String {
        let file = self.sources.file(origin.file);
        let text = file.text();
        let line = usize::try_from(origin.line).unwrap_or(1);
        let (start, end) = match (origin.length, file.lines().range(text, line)) {
            (0, Some(range)) => range,
            (length, _) => {
                let start = usize::try_from(origin.offset).unwrap_or(usize::MAX);
                (start, start.saturating_add(usize::try_from(length).unwrap_or(0)))
            }
        };
        let end = end.min(text.len());
        let start = text.floor_char_boundary(start.min(end));
        let near = text.ceil_char_boundary(start.saturating_add(EXCERPT * 8).min(end));
        let record = text.get(start..near).unwrap_or("").trim();
        let one_line = if record.contains('\n') {
            Cow::Owned(record.split_whitespace().collect::<Vec<_>>().join(" "))
        } else {
            Cow::Borrowed(record)
        };
        let shown = self.clean(&one_line);
        match shown.char_indices().nth(EXCERPT) {
            Some((at, _)) => format!("{}…", shown.get(..at).unwrap_or("")),
            None if near < end => format!("{shown}…"),
            None => shown.into_owned(),
        }
    }

    /// The names of the logs, at most `most`.
    pub(super) fn logs(&self, most: usize) -> String {
        let logs = &self.report.logs;
        let mut names: Vec<String> = logs.iter().take(most).map(|log| log.path.clone()).collect();
        if logs.len() > most {
            names.push(format!("等 {} 份", logs.len()));
        }
        names.join("、")
    }

    /// What the groups are called, if there are any.
    pub(super) fn group_name(&self) -> Option<&'a str> {
        let some = self.report.by_group.iter().any(|(group, _)| group.is_some());
        some.then(|| self.report.group_name.as_deref().unwrap_or("组"))
    }

    /// What a group is called; `None` for what belongs to no group.
    pub(super) fn group(&self, group: Option<&str>) -> String {
        match group {
            Some(group) => group.to_owned(),
            None => format!("（不分{}）", self.report.group_name.as_deref().unwrap_or("组")),
        }
    }

    /// One sentence: what was checked and what came of it.
    pub(super) fn overview(&self) -> String {
        let report = self.report;
        let summary = report.summary;
        let total: usize = Verdict::ALL.iter().map(|verdict| summary.get(*verdict)).sum();
        let counts = Verdict::ALL.map(|verdict| format!("{} {} 条", verdict.label(), summary.get(verdict)));
        let waived = match report.waived() {
            0 => String::new(),
            waived => format!("；违规中已豁免 {waived} 条"),
        };
        format!(
            "截至 {}，依“{}”规则核对 {} 份日志，共判定 {total} 条：{}{waived}。",
            report.as_of,
            report.policy_name,
            report.logs.len(),
            counts.join("，"),
        )
    }
}

/// `2025-09-26`, `2025-09-26 10:00`; with seconds and milliseconds where there are any.
pub(super) fn time(moment: Moment) -> String {
    moment.to_string().replace('T', " ")
}

/// The day a finding ends: its deadline, or the last day of the year it is about, until which a yearly count
/// is open.
pub(super) fn ends(finding: &Finding) -> Option<NaiveDate> {
    finding.deadline.or_else(|| finding.year_end())
}

/// Findings by what is missing; what is missing most often comes first.
pub(super) fn by_reason<'f>(findings: &[&'f Finding]) -> Vec<(&'f str, Vec<&'f Finding>)> {
    let mut groups: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in findings {
        groups.entry(finding.reason.as_deref().unwrap_or(&finding.message)).or_default().push(finding);
    }
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by_key(|(_, group)| std::cmp::Reverse(group.len()));
    groups
}
