//! One violation in full: heading, the log lines that prove it, and the rows that explain it.

use std::io::{self, Write};

use super::super::wording;
use super::excerpt::Mark;
use super::{Canvas, Tone};
use crate::finding::{Finding, ViolationKind, WAIVER_WORD};
use crate::source::{FileId, Span};

/// Log lines drawn per violation, half from the first and half from the last; the rest are named in a row.
const MAX_MARKS: usize = 6;

impl Canvas<'_> {
    /// Between parts of a heading.
    pub(super) fn dot(&self) -> &'static str {
        if self.options.unicode { " · " } else { " - " }
    }

    /// `PQ-20-4b 按期公示 · J1 · 区市场监管局`; for a waiver, `豁免 waivers.yaml:3`.
    pub(super) fn name(&self, finding: &Finding) -> String {
        let dot = self.dot();
        if finding.about_waiver() {
            let place = self.place(finding).map(|place| format!(" {place}")).unwrap_or_default();
            return format!("{WAIVER_WORD}{place}");
        }
        let subject = wording::subject(finding, dot);
        let gap = if subject.is_empty() { "" } else { dot };
        format!("{} {}{gap}{subject}", finding.rule, finding.title)
    }

    /// Draws one violation.
    pub(super) fn violation(&mut self, out: &mut dyn Write, finding: &Finding) -> io::Result<()> {
        let tone = Tone::from(finding.severity);
        let dot = self.dot();
        let text = format!("{}{dot}{}", self.name(finding), wording::outcome(finding));
        let waived = if finding.waived.is_some() { " 已豁免" } else { "" };
        self.heading(out, tone, &format!("{}{waived}", finding.severity.label()), &text)?;
        let mut marks = self.evidence_marks(finding);
        let left_out: Vec<Mark> = match marks.len().checked_sub(MAX_MARKS) {
            Some(many) => marks.drain(MAX_MARKS / 2..MAX_MARKS / 2 + many).collect(),
            None => Vec::new(),
        };
        let indent = self.draw(out, &marks, tone)?;
        if !left_out.is_empty() {
            let lines = left_out.iter().take(MAX_MARKS).map(|mark| {
                let file = self.sources.file(mark.span.file);
                format!("{}:{}", file.name(), file.lines().line(mark.span.start))
            });
            let lines = lines.collect::<Vec<_>>().join("、");
            let more = if left_out.len() > MAX_MARKS { " 等" } else { "" };
            let text = format!("中间 {} 行：{lines}{more}", left_out.len());
            self.row(out, indent, "另见  ", &text)?;
        }
        if marks.is_empty() {
            self.row(out, indent, "没有  ", "日志里没有它的记录")?;
        }
        self.explain(out, finding, indent)?;
        writeln!(out)
    }

    fn explain(&self, out: &mut dyn Write, finding: &Finding, indent: usize) -> io::Result<()> {
        self.row(out, indent, "事实  ", &finding.message)?;
        if !finding.about_waiver() {
            self.norm(out, finding, indent)?;
        }
        if let Some(liability) = &finding.liability {
            self.row(out, indent, "责任  ", liability)?;
        }
        if let Some(waived) = &finding.waived {
            let (from, to) = (waived.from, waived.to);
            let text = format!("{} 批准，{from} 至 {to}：{}", waived.approver, waived.reason);
            self.row(out, indent, "已豁免  ", &text)?;
        }
        if let Some(remedy) = &finding.remedy {
            self.row(out, indent, "补救  ", remedy)?;
        }
        Ok(())
    }

    /// The rule as written, its 依据, and the deadline it gives.
    fn norm(&self, out: &mut dyn Write, finding: &Finding, indent: usize) -> io::Result<()> {
        let file = self.sources.file(finding.rule_span.file);
        let sentence = self.sources.slice(finding.rule_span);
        let sentence = sentence.split_whitespace().collect::<Vec<_>>().join(" ");
        let gap = if sentence.is_empty() { "" } else { "  " };
        let line = file.lines().line(finding.rule_span.start);
        self.row(out, indent, "规则  ", &format!("{sentence}{gap}{}:{line}", file.name()))?;
        let document = finding.document.as_ref().map(|document| format!("{document} ")).unwrap_or_default();
        self.row(out, indent, "依据  ", &format!("{document}{}", finding.citation))?;
        if let Some(text) = self.deadline(finding) {
            self.row(out, indent, "期限  ", &text)?;
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

    /// The events that prove the violation, in the evaluator's order; without events, the subject's own
    /// records.
    fn evidence_marks(&self, finding: &Finding) -> Vec<Mark> {
        let evidence =
            if finding.evidence.is_empty() { finding.trigger.as_slice() } else { &finding.evidence };
        let all_hot = evidence.len() == 1 || finding.kind == Some(ViolationKind::Missing);
        let mut marks: Vec<Mark> = Vec::new();
        for (index, evidence) in evidence.iter().enumerate() {
            let origin = evidence.origin;
            let trigger = finding.trigger.as_ref().is_some_and(|trigger| trigger.event == evidence.event);
            marks.push(Mark {
                span: self.record(origin.file, origin.line, origin.offset, origin.length),
                text: wording::evidence(finding, evidence, index + 1),
                head: index == 0,
                hot: all_hot || !trigger,
            });
        }
        if marks.is_empty() {
            let records = finding.origins.iter().enumerate().map(|(index, origin)| Mark {
                span: self.record(origin.file, origin.line, origin.offset, origin.length),
                text: if index == 0 { wording::record(finding).into() } else { String::new() },
                head: index == 0,
                hot: true,
            });
            marks.extend(records);
        }
        marks
    }

    /// Where a record is in its file; its whole line if the reader gave no length.
    fn record(&self, id: FileId, line: u32, offset: u64, length: u32) -> Span {
        let file = self.sources.file(id);
        let start = usize::try_from(offset).unwrap_or(usize::MAX);
        let end = start.saturating_add(usize::try_from(length).unwrap_or(0));
        let line = usize::try_from(line).unwrap_or(1);
        match file.lines().range(file.text(), line) {
            Some((start, end)) if length == 0 => Span::new(id, start, end),
            Some(_) | None => Span::new(id, start, end),
        }
    }
}
