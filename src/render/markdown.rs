//! `--format md`: a report to paste into a document: a sentence, totals, the list of violations, what is pending,
//! what could not be decided, what it was made of. Takes [`Facts`]; writes Markdown (GFM tables).
//! Nothing in a text becomes markup.

use std::io::{self, Write};

use super::facts::{Facts, by_reason, ends};
use super::provenance::provenance;
use crate::finding::{Finding, Summary, Verdict};

/// Places named per reason, remark or problem.
const PLACES: usize = 5;

/// Writes the document.
pub fn write(out: &mut dyn Write, facts: &Facts<'_>) -> io::Result<()> {
    let report = facts.report;
    let page = Page { facts };
    writeln!(out, "# {}执行情况核对\n", page.text(&report.policy_name))?;
    if let Some(number) = &report.policy_number {
        writeln!(out, "依据：{}\n", page.text(number))?;
    }
    let mut number = Numbers(0);
    writeln!(out, "## {}总体情况\n\n{}\n", number.next(), page.text(&facts.overview()))?;
    if let Some(name) = facts.group_name() {
        writeln!(out, "## {}按{}汇总\n", number.next(), page.text(name))?;
        let rows = report.by_group.iter().map(|(group, summary)| (facts.group(group.as_deref()), *summary));
        page.totals(out, name, rows)?;
    }
    writeln!(out, "## {}按规则汇总\n", number.next())?;
    let rows = report.by_rule.iter().map(|(id, title, summary)| (format!("{id} {title}"), *summary));
    page.totals(out, "规则", rows.filter(|(_, summary)| telling(summary)))?;
    page.violations(out, &number.next())?;
    page.pending(out, &mut number)?;
    page.undetermined(out, &mut number)?;
    page.notes(out)
}

fn telling(summary: &Summary) -> bool {
    summary.violated + summary.pending + summary.undetermined + summary.exempt > 0
}

/// 一、二、三…
struct Numbers(usize);

impl Numbers {
    fn next(&mut self) -> String {
        let word = ["一", "二", "三", "四", "五", "六", "七", "八"].get(self.0).copied().unwrap_or("");
        self.0 += 1;
        format!("{word}、")
    }
}

struct Page<'p> {
    facts: &'p Facts<'p>,
}

impl Page<'_> {
    /// A text that stays a text: masked, visible, no markup.
    fn text(&self, text: &str) -> String {
        let mut escaped = String::new();
        for c in self.facts.clean(text).chars() {
            if "\\`*_[]<>|~&#$".contains(c) {
                escaped.push('\\');
            }
            escaped.push(c);
        }
        escaped
    }

    fn table(
        &self,
        out: &mut dyn Write,
        head: &[&str],
        rows: impl Iterator<Item = Vec<String>>,
    ) -> io::Result<()> {
        let head: Vec<String> = head.iter().map(|title| self.text(title)).collect();
        writeln!(out, "| {} |", head.join(" | "))?;
        writeln!(out, "|{}", " --- |".repeat(head.len()))?;
        for row in rows {
            let row: Vec<String> = row.iter().map(|cell| self.text(cell)).collect();
            writeln!(out, "| {} |", row.join(" | "))?;
        }
        writeln!(out)
    }

    fn totals(
        &self,
        out: &mut dyn Write,
        name: &str,
        rows: impl Iterator<Item = (String, Summary)>,
    ) -> io::Result<()> {
        let mut sums = Summary::default();
        let mut lines: Vec<Vec<String>> = Vec::new();
        let line = |name: String, summary: &Summary| {
            let counts = Verdict::ALL.map(|verdict| summary.get(verdict).to_string());
            std::iter::once(name).chain(counts).collect()
        };
        for (name, summary) in rows {
            sums.join(&summary);
            lines.push(line(name, &summary));
        }
        lines.push(line("合计".to_owned(), &sums));
        let head: Vec<&str> = std::iter::once(name).chain(Verdict::ALL.map(Verdict::label)).collect();
        self.table(out, &head, lines.into_iter())
    }

    fn violations(&self, out: &mut dyn Write, number: &str) -> io::Result<()> {
        let facts = self.facts;
        let findings = facts.of(Verdict::Violated);
        writeln!(out, "## {number}违规清单\n")?;
        if findings.is_empty() {
            return writeln!(out, "没有发现违规。\n");
        }
        let head = ["序号", "级别", "规则", "主体", "事实", "依据", "责任", "补救", "豁免"];
        let rows = findings.iter().enumerate().map(|(index, finding)| {
            vec![
                (index + 1).to_string(),
                finding.severity.label().to_owned(),
                facts.rule(finding),
                facts.subject(finding),
                finding.message.clone(),
                facts.citation(finding),
                finding.liability.clone().unwrap_or_default(),
                finding.remedy.clone().unwrap_or_default(),
                facts.waived(finding),
            ]
        });
        self.sparse(out, &head, rows.collect())
    }

    /// A table without the columns in which nothing stands.
    fn sparse(&self, out: &mut dyn Write, head: &[&str], rows: Vec<Vec<String>>) -> io::Result<()> {
        let used: Vec<bool> = (0..head.len())
            .map(|column| rows.iter().any(|row| row.get(column).is_some_and(|cell| !cell.is_empty())))
            .collect();
        let kept = |index: usize| used.get(index).copied().unwrap_or(false);
        let keep = |row: Vec<String>| {
            row.into_iter().enumerate().filter(|(index, _)| kept(*index)).map(|(_, cell)| cell).collect()
        };
        let head: Vec<&str> =
            head.iter().enumerate().filter(|(index, _)| kept(*index)).map(|(_, title)| *title).collect();
        self.table(out, &head, rows.into_iter().map(keep))
    }

    fn pending(&self, out: &mut dyn Write, number: &mut Numbers) -> io::Result<()> {
        let facts = self.facts;
        let findings = facts.pending();
        if findings.is_empty() {
            return Ok(());
        }
        writeln!(out, "## {}未到期\n", number.next())?;
        let date = |finding: &Finding| {
            let date = ends(finding).map_or_else(|| "无期限".to_owned(), |date| date.to_string());
            if finding.provisional { format!("{date}（暂定）") } else { date }
        };
        let rows = findings.iter().map(|finding| {
            let left = facts.workdays_left(finding).map_or_else(String::new, |days| days.to_string());
            vec![date(finding), left, facts.rule(finding), facts.subject(finding), finding.message.clone()]
        });
        self.table(out, &["截止日", "还剩工作日", "规则", "主体", "要做的"], rows)
    }

    fn undetermined(&self, out: &mut dyn Write, number: &mut Numbers) -> io::Result<()> {
        let facts = self.facts;
        let findings = facts.of(Verdict::Undetermined);
        if findings.is_empty() {
            return Ok(());
        }
        writeln!(out, "## {}无法判定\n", number.next())?;
        let rows = by_reason(&findings).into_iter().map(|(reason, findings)| {
            let some = findings.iter().take(PLACES);
            let some = some.map(|finding| format!("{} · {}", facts.rule(finding), facts.subject(finding)));
            let mut some = some.collect::<Vec<_>>().join("；");
            if findings.len() > PLACES {
                some.push_str(" 等");
            }
            vec![reason.to_owned(), findings.len().to_string(), some]
        });
        self.table(out, &["缺什么", "条数", "涉及"], rows)
    }

    fn notes(&self, out: &mut dyn Write) -> io::Result<()> {
        let facts = self.facts;
        let report = facts.report;
        writeln!(out, "## 附注\n")?;
        for remark in &report.warnings {
            let places = facts.origins(&remark.origins, PLACES);
            writeln!(out, "- 提醒：{} {}", self.text(&remark.message), self.text(&places))?;
        }
        for problem in facts.skipped {
            let text = format!("{} {} {}", problem.code, problem.message, facts.problem_place(problem));
            writeln!(out, "- 跳过的坏记录：{}", self.text(text.trim_end()))?;
        }
        if !report.warnings.is_empty() || !facts.skipped.is_empty() {
            writeln!(out)?;
        }
        let rows = provenance(report).into_iter().map(|(label, value)| vec![label, value]);
        self.table(out, &["输入与版本", "内容"], rows)
    }
}
