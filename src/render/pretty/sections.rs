//! The parts of a report that take one line per finding: 无法判定 by what is missing, 未到期 by deadline,
//! the listed rest, and remarks.

use std::io::{self, Write};

use super::super::facts::{by_reason, ends};
use super::super::text::{pad, width, wrap};
use super::{Canvas, Tone};
use crate::finding::{Finding, Remark, Verdict};

impl Canvas<'_> {
    fn section(&self, out: &mut dyn Write, tone: Tone, title: &str, note: &str) -> io::Result<()> {
        writeln!(out, "{}{note}", self.paint(tone, title))
    }

    /// Says how many lines were not shown.
    fn rest(&self, out: &mut dyn Write, indent: usize, rest: usize) -> io::Result<()> {
        if rest == 0 {
            return Ok(());
        }
        self.row(out, indent, "", &format!("另有 {rest} 条没有列出，加 --limit 0 全列"))
    }

    fn shown(&self) -> usize {
        self.options.limit.unwrap_or(usize::MAX)
    }

    /// Findings that lack data, grouped by what is missing; what is missing most often comes first.
    pub(super) fn undetermined(&self, out: &mut dyn Write, findings: &[&Finding]) -> io::Result<()> {
        if findings.is_empty() {
            return Ok(());
        }
        self.section(out, Tone::Warning, &format!("无法判定 {} 条", findings.len()), "，补上所缺的再查：")?;
        let groups = by_reason(findings);
        let per_group = self.shown().max(1).div_ceil(groups.len()).max(3).min(self.shown());
        for (reason, group) in groups.iter().take(self.shown()) {
            self.row(out, 2, "原因  ", &format!("{reason}（{} 条）", group.len()))?;
            for finding in group.iter().take(per_group) {
                let place = self.place(finding).map(|place| format!("  {place}")).unwrap_or_default();
                self.row(out, 8, "", &format!("{}{place}", self.name(finding)))?;
            }
            self.rest(out, 8, group.len().saturating_sub(per_group))?;
        }
        self.rest(out, 2, groups.iter().skip(self.shown()).map(|(_, group)| group.len()).sum())?;
        writeln!(out)
    }

    /// Duties still running, the next deadline first; those without one last.
    pub(super) fn pending(&self, out: &mut dyn Write, findings: &[&Finding]) -> io::Result<()> {
        if findings.is_empty() {
            return Ok(());
        }
        self.section(out, Tone::Advice, &format!("未到期 {} 条", findings.len()), "，按截止日：")?;
        let mut findings = findings.to_vec();
        findings.sort_by_key(|finding| (ends(finding).is_none(), ends(finding)));
        let shown = || findings.iter().take(self.shown());
        let date = |finding: &Finding| match ends(finding) {
            Some(date) if finding.provisional => format!("{} 暂定", (self.options.show_date)(date)),
            Some(date) => (self.options.show_date)(date),
            None => "无期限".into(),
        };
        let column = shown().map(|finding| width(&date(finding))).max().unwrap_or(0);
        for finding in shown() {
            self.row(out, 2, &format!("{}  ", pad(&date(finding), column)), &self.name(finding))?;
        }
        self.rest(out, 2, findings.len().saturating_sub(self.shown()))?;
        writeln!(out)
    }

    /// 合规, 除外, 不适用 under `--all`.
    pub(super) fn listed(
        &self,
        out: &mut dyn Write,
        verdict: Verdict,
        findings: &[&Finding],
    ) -> io::Result<()> {
        if findings.is_empty() {
            return Ok(());
        }
        self.section(out, Tone::Quiet, &format!("{} {} 条", verdict.label(), findings.len()), "：")?;
        for finding in findings.iter().take(self.shown()) {
            self.row(out, 2, "", &self.name(finding))?;
        }
        self.rest(out, 2, findings.len().saturating_sub(self.shown()))?;
        writeln!(out)
    }

    /// Remarks that change no verdict.
    pub(super) fn warnings(&self, out: &mut dyn Write, warnings: &[Remark]) -> io::Result<()> {
        if warnings.is_empty() {
            return Ok(());
        }
        self.section(out, Tone::Warning, &format!("提醒 {} 条", warnings.len()), "，不影响判定：")?;
        for remark in warnings.iter().take(self.shown()) {
            let places = remark
                .origins
                .iter()
                .take(3)
                .map(|origin| format!("{}:{}", self.sources.file(origin.file).name(), origin.line));
            let mut places = places.collect::<Vec<_>>().join("、");
            if remark.origins.len() > 3 {
                places.push_str(&format!(" 等 {} 处", remark.origins.len()));
            }
            let gap = if places.is_empty() { "" } else { "  " };
            self.row(out, 2, "", &format!("{}{gap}{places}", remark.message))?;
        }
        self.rest(out, 2, warnings.len().saturating_sub(self.shown()))?;
        writeln!(out)
    }

    /// Where to look in the log: the trigger, else the first record.
    pub(super) fn place(&self, finding: &Finding) -> Option<String> {
        let events = finding.trigger.iter().chain(&finding.evidence).map(|evidence| evidence.origin);
        let origin = events.chain(finding.origins.iter().copied()).next()?;
        Some(format!("{}:{}", self.sources.file(origin.file).name(), origin.line))
    }
}

/// The text on one line, cut with `ellipsis` if it does not fit.
pub(super) fn fit(text: &str, columns: usize, ellipsis: &str) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let room = columns.saturating_sub(width(ellipsis)).max(1);
    format!("{}{ellipsis}", wrap(text, room).into_iter().next().unwrap_or_default())
}
