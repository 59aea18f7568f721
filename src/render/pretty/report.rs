//! A whole report for the terminal: what was checked, violations in full, what is open, totals.

use std::io::{self, Write};

use super::{Canvas, PrettyOptions, Tone};
use crate::finding::{Asked, Finding, Report, Severity, Verdict};
use crate::source::SourceMap;

/// Logs named in the heading.
const MAX_LOGS: usize = 8;

/// Writes the report. Violations come worst first, otherwise in the report's order.
pub fn report(
    out: &mut dyn Write,
    sources: &SourceMap,
    report: &Report,
    options: &PrettyOptions<'_>,
) -> io::Result<()> {
    let mut canvas = Canvas::new(sources, options);
    canvas.checked(out, report)?;
    let mut violations = of(report, Verdict::Violated);
    violations.sort_by_key(|finding| finding.severity);
    let shown = options.limit.unwrap_or(usize::MAX);
    for finding in violations.iter().take(shown) {
        canvas.violation(out, finding)?;
    }
    if violations.len() > shown {
        let rest = violations.len() - shown;
        let text = format!("另有 {rest} 条违规没有展开：加 --limit 0 全部展开，或用 --format json 取全部。");
        canvas.row(out, 0, "", &text)?;
        writeln!(out)?;
    }
    canvas.undetermined(out, &of(report, Verdict::Undetermined))?;
    canvas.pending(out, &of(report, Verdict::Pending))?;
    for verdict in [Verdict::Satisfied, Verdict::Exempt, Verdict::NotApplicable] {
        canvas.listed(out, verdict, &of(report, verdict))?;
    }
    canvas.warnings(out, &report.warnings)?;
    if report.summary.violated + report.summary.undetermined > 0 {
        canvas.tables(out, report)?;
    }
    canvas.totals(out, report, &violations)
}

fn of(report: &Report, verdict: Verdict) -> Vec<&Finding> {
    report.findings.iter().filter(|finding| finding.verdict == verdict).collect()
}

impl Canvas<'_> {
    /// Which policy, which logs, up to which day.
    fn checked(&self, out: &mut dyn Write, report: &Report) -> io::Result<()> {
        let number = report.policy_number.as_deref().map(|number| format!("  {number}")).unwrap_or_default();
        let dot = self.dot();
        let name = format!("准绳{dot}{}", self.clean(&report.policy_name));
        writeln!(out, "{}{}", self.paint(Tone::Strong, &name), self.clean(&number))?;
        let logs = report.logs.iter().take(MAX_LOGS);
        let logs = logs.map(|log| format!("{}（事件 {}，实体 {}）", log.path, log.events, log.entities));
        let mut logs: Vec<_> = logs.collect();
        if report.logs.len() > MAX_LOGS {
            logs.push(format!("等 {} 份", report.logs.len()));
        }
        self.row(out, 2, "日志  ", &logs.join("\n"))?;
        self.row(out, 2, "截至  ", &(self.options.show_date)(report.as_of))?;
        let coverage = match report.coverage {
            Some((first, last)) => format!("{first} 至 {last}"),
            None => "日志没有写明覆盖期间".into(),
        };
        self.row(out, 2, "覆盖  ", &coverage)?;
        self.asked(out, &report.asked)?;
        writeln!(out)
    }

    /// What was asked for besides logs and rules.
    fn asked(&self, out: &mut dyn Write, asked: &Asked) -> io::Result<()> {
        if !asked.set.is_empty() {
            let set = asked.set.iter().map(|(name, value)| format!("{name}＝{value}"));
            self.row(out, 2, "参数  ", &format!("命令里设的：{}", set.collect::<Vec<_>>().join("，")))?;
        }
        if let Some(date) = asked.policy_as_of {
            self.row(out, 2, "规则  ", &format!("用 {date} 施行的规则和参数重查全部历史"))?;
        }
        if let Some(only) = &asked.only {
            self.row(out, 2, "只判  ", only)?;
        }
        let waivers: Vec<&str> = asked.waivers.iter().map(|file| file.path.as_str()).collect();
        if !waivers.is_empty() {
            self.row(out, 2, "豁免  ", &waivers.join("\n"))?;
        }
        Ok(())
    }

    /// The last line: how many of each, or plainly that there are no violations.
    fn totals(&self, out: &mut dyn Write, report: &Report, violations: &[&Finding]) -> io::Result<()> {
        let summary = report.summary;
        let total: usize = Verdict::ALL.iter().map(|verdict| summary.get(*verdict)).sum();
        if total == 0 {
            return self.row(out, 0, "", "没有可判的：日志里没有这些规则管到的事。");
        }
        let count = |verdict: Verdict| format!("{} {}", verdict.label(), summary.get(verdict));
        if summary.violated > 0 {
            let by = |severity: Severity| {
                let count = violations.iter().filter(|finding| finding.severity == severity).count();
                (count > 0).then(|| format!("{} {count}", severity.label()))
            };
            let severities =
                [Severity::Error, Severity::Warning, Severity::Advice].into_iter().filter_map(by);
            let mut severities = severities.collect::<Vec<_>>().join("、");
            if report.waived() > 0 {
                severities.push_str(&format!("；已豁免 {}", report.waived()));
            }
            let counts = Verdict::ALL.into_iter().map(|verdict| match verdict {
                Verdict::Violated => format!("{}（{severities}）", count(verdict)),
                Verdict::Pending
                | Verdict::Undetermined
                | Verdict::Satisfied
                | Verdict::Exempt
                | Verdict::NotApplicable => count(verdict),
            });
            let text = format!("共 {total} 条：{}", counts.collect::<Vec<_>>().join("、"));
            return self.row(out, 0, "", &text);
        }
        let but = if summary.undetermined > 0 {
            format!("，但有 {} 条无法判定", summary.undetermined)
        } else {
            String::new()
        };
        let rest = [Verdict::Pending, Verdict::Satisfied, Verdict::Exempt, Verdict::NotApplicable].map(count);
        let lead = format!("未见违规{but}");
        writeln!(out, "{}；{}。", self.paint(Tone::Good, &lead), rest.join("、"))
    }
}
