//! One violation in full: heading, the log lines that prove it, and the rows that explain it.

use std::io::{self, Write};

use super::excerpt::Mark;
use super::{Canvas, Tone, wording};
use crate::finding::{Finding, ViolationKind};
use crate::source::Span;

/// Log lines drawn per violation; the rest are named in a row.
const MAX_MARKS: usize = 6;

impl Canvas<'_> {
    /// Between parts of a heading.
    pub(super) fn dot(&self) -> &'static str {
        if self.options.unicode { " · " } else { " - " }
    }

    /// `PQ-20-4b 按期公示 · J1 · 区市场监管局`.
    pub(super) fn name(&self, finding: &Finding) -> String {
        let dot = self.dot();
        let subject = wording::subject(finding, dot);
        let gap = if subject.is_empty() { "" } else { dot };
        format!("{} {}{gap}{subject}", finding.rule, finding.title)
    }

    /// Draws one violation. `number` is 文号 of the regulation.
    pub(super) fn violation(
        &mut self,
        out: &mut dyn Write,
        finding: &Finding,
        number: Option<&str>,
    ) -> io::Result<()> {
        let tone = Tone::from(finding.severity);
        let dot = self.dot();
        let text = format!("{}{dot}{}", self.name(finding), wording::outcome(finding));
        self.heading(out, tone, finding.severity.label(), &text)?;
        let mut marks = evidence_marks(finding);
        let left_out = marks.split_off(marks.len().min(MAX_MARKS));
        let indent = self.draw(out, &marks, tone)?;
        if !left_out.is_empty() {
            let lines = left_out.iter().map(|mark| {
                let file = self.sources.file(mark.span.file);
                format!("{}:{}", file.name(), file.lines().line(mark.span.start))
            });
            let lines = lines.collect::<Vec<_>>().join("、");
            self.row(out, indent, "另见  ", &format!("{} 行：{lines}", left_out.len()))?;
        }
        if marks.is_empty() {
            self.row(out, indent, "没有  ", "日志里没有它的记录")?;
        }
        self.explain(out, finding, number, indent)?;
        writeln!(out)
    }

    fn explain(
        &self,
        out: &mut dyn Write,
        finding: &Finding,
        number: Option<&str>,
        indent: usize,
    ) -> io::Result<()> {
        self.row(out, indent, "事实  ", &finding.message)?;
        let file = self.sources.file(finding.rule_span.file);
        let sentence = self.sources.slice(finding.rule_span);
        let sentence = sentence.split_whitespace().collect::<Vec<_>>().join(" ");
        if !sentence.is_empty() {
            self.row(out, indent, "规则  ", &sentence)?;
        }
        let place = format!("{}:{}", file.name(), file.position(finding.rule_span.start).line);
        let number = number.map(|number| format!("{number} ")).unwrap_or_default();
        let citation = format!("{number}{}{}规则 {place}", finding.citation, self.dot());
        self.row(out, indent, "依据  ", &citation)?;
        if let Some(text) = self.deadline(finding) {
            self.row(out, indent, "期限  ", &text)?;
        }
        if let Some(liability) = &finding.liability {
            self.row(out, indent, "责任  ", liability)?;
        }
        if let Some(remedy) = &finding.remedy {
            self.row(out, indent, "补救  ", remedy)?;
        }
        Ok(())
    }

    /// How the deadline came about, or just the deadline.
    fn deadline(&self, finding: &Finding) -> Option<String> {
        let derived = finding.calculation.as_ref().and_then(|calculation| (self.options.derive)(calculation));
        let plain = || finding.deadline.map(|date| format!("截止 {}", (self.options.show_date)(date)));
        let text = derived.or_else(plain)?;
        let provisional = "\n暂定：期间的放假安排尚未公布，公布后截止日可能变";
        Some(if finding.provisional { text + provisional } else { text })
    }
}

/// The events that prove the violation, in time order as the evaluator gave them; without events, the
/// subject's own records.
fn evidence_marks(finding: &Finding) -> Vec<Mark> {
    let evidence = if finding.evidence.is_empty() { finding.trigger.as_slice() } else { &finding.evidence };
    let alone = evidence.len() == 1;
    let last_hot = finding.kind == Some(ViolationKind::Missing);
    let mut marks: Vec<Mark> = Vec::new();
    for (index, evidence) in evidence.iter().enumerate() {
        let origin = evidence.origin;
        let trigger = finding.trigger.as_ref().is_some_and(|trigger| trigger.event == evidence.event);
        marks.push(Mark {
            span: record_span(origin.file, origin.offset, origin.length),
            text: wording::evidence(finding, evidence, index + 1),
            head: index == 0,
            hot: alone || last_hot || !trigger,
        });
    }
    if marks.is_empty() {
        let records = finding.origins.iter().enumerate().map(|(index, origin)| Mark {
            span: record_span(origin.file, origin.offset, origin.length),
            text: if index == 0 { wording::record(finding.kind).into() } else { String::new() },
            head: index == 0,
            hot: true,
        });
        marks.extend(records);
    }
    marks
}

fn record_span(file: crate::source::FileId, offset: u64, length: u32) -> Span {
    let start = usize::try_from(offset).unwrap_or(usize::MAX);
    let length = usize::try_from(length).unwrap_or(0);
    Span::new(file, start, start.saturating_add(length))
}
