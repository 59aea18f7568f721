//! `--format html`: a whole report on one page that needs nothing else: overview, one card per violation with its
//! timeline, what is pending, what could not be decided, what it was made of. Takes [`Facts`]; writes HTML.
//! Without JavaScript everything is there; with it, it can be filtered and long lists open step by step.

mod sections;
mod timeline;
mod totals;

use std::collections::BTreeSet;
use std::io::{self, Write};

use super::facts::Facts;
use super::page::{Frame, Pages};
use crate::finding::Verdict;

const STYLE: &str = include_str!("html/report.css");
const SCRIPT: &str = include_str!("html/report.js");

/// Logs named at the head.
const MAX_LOGS: usize = 4;

/// Writes the page.
pub fn write(out: &mut dyn Write, facts: &Facts<'_>) -> io::Result<()> {
    let report = facts.report;
    let pages = Pages::new(facts.mask)?;
    let listed = report.findings.iter().map(|finding| finding.verdict).collect();
    let writer = Report { facts, pages: &pages, listed };
    let mut lines: Vec<String> = report.policy_number.iter().cloned().collect();
    let coverage = match report.coverage {
        Some((first, last)) => format!("覆盖 {first} 至 {last}"),
        None => "日志没有写明覆盖期间".to_owned(),
    };
    lines.push(format!("截至 {}　{coverage}", facts.calendar.show_date(report.as_of)));
    lines.push(format!("日志 {}", facts.logs(MAX_LOGS)));
    let title = format!("{}　核对报告", report.policy_name);
    let sections = writer.contents();
    let frame = Frame { title: &title, lines: &lines, style: STYLE, script: SCRIPT, sections: &sections };
    pages.head(out, &frame)?;
    writer.overview(out)?;
    writer.filters(out)?;
    writer.violations(out)?;
    writer.pending(out)?;
    writer.undetermined(out)?;
    for verdict in [Verdict::Satisfied, Verdict::Exempt, Verdict::NotApplicable] {
        writer.listed(out, verdict)?;
    }
    writer.waivers(out)?;
    writer.remarks(out)?;
    writer.provenance(out)?;
    pages.foot(out, &frame)
}

/// Writes the parts of one report.
struct Report<'r> {
    facts: &'r Facts<'r>,
    pages: &'r Pages,
    /// Verdicts of which there are findings on the page, so that their numbers can lead to them.
    listed: BTreeSet<Verdict>,
}
