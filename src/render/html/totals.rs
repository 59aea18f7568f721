//! The head of the page: how many of each verdict, tables by group and by rule, what can be filtered by.
//! Every number leads to what it counts.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::{self, Write};

use serde::Serialize;

use super::Report;
use crate::finding::{Finding, Summary, Verdict, ViolationKind};

#[derive(Serialize)]
struct Count {
    key: &'static str,
    label: &'static str,
    count: usize,
    /// Where the number leads; empty if what it counts is not listed.
    link: String,
}

#[derive(Serialize)]
struct Row {
    name: String,
    link: String,
    counts: Vec<Count>,
    /// Nothing to see: all satisfied or not applicable.
    quiet: bool,
}

#[derive(Serialize)]
struct Table {
    name: String,
    labels: Vec<&'static str>,
    rows: Vec<Row>,
    quiet: usize,
}

impl Report<'_> {
    /// Links to the sections that are there.
    pub(super) fn contents(&self) -> Vec<(String, String)> {
        let report = self.facts.report;
        let summary = report.summary;
        let mut contents = vec![("总览".to_owned(), "overview".to_owned())];
        let mut section = |label: &str, count: usize, id: &str| {
            if count > 0 {
                contents.push((format!("{label} {count}"), id.to_owned()));
            }
        };
        section("违规", summary.violated, "violated");
        section("未到期", summary.pending, "pending");
        section("无法判定", summary.undetermined, "undetermined");
        section("已豁免", report.waived(), "waived");
        section("提醒", report.warnings.len(), "warnings");
        section("跳过的坏记录", self.facts.skipped.len(), "skipped");
        contents.push(("输入与版本".to_owned(), "provenance".to_owned()));
        contents
    }

    /// Totals and both tables.
    pub(super) fn overview(&self, out: &mut dyn Write) -> io::Result<()> {
        #[derive(Serialize)]
        struct Overview {
            sentence: String,
            totals: Vec<Count>,
            tables: Vec<Table>,
        }
        let report = self.facts.report;
        let mut tables = Vec::new();
        if let Some(name) = self.facts.group_name() {
            let rows = report.by_group.iter().map(|(group, summary)| {
                let name = self.facts.group(group.as_deref());
                self.row(name.clone(), "g", &name, summary)
            });
            tables.push(table(name, rows.collect()));
        }
        let rows = report
            .by_rule
            .iter()
            .map(|(id, title, summary)| self.row(format!("{id} {title}"), "r", id, summary));
        tables.push(table("规则", rows.collect()));
        let overview =
            Overview { sentence: self.facts.overview(), totals: self.counts(&report.summary, &[]), tables };
        self.pages.part(out, "report-overview.html", overview)
    }

    fn row(&self, name: String, key: &str, value: &str, summary: &Summary) -> Row {
        let counts = self.counts(summary, &[(key, value)]);
        let quiet = summary.violated + summary.pending + summary.undetermined + summary.exempt == 0;
        let shown = self.listed.iter().any(|verdict| summary.get(*verdict) > 0);
        let link = if shown { self.link(&[(key, value)]) } else { String::new() };
        Row { name, link, counts, quiet }
    }

    fn counts(&self, summary: &Summary, filter: &[(&str, &str)]) -> Vec<Count> {
        let counts = Verdict::ALL.into_iter().map(|verdict| {
            let count = summary.get(verdict);
            let link = if count > 0 && self.listed.contains(&verdict) {
                let mut filter = filter.to_vec();
                filter.push(("v", verdict.key()));
                self.link(&filter)
            } else {
                String::new()
            };
            Count { key: verdict.key(), label: verdict.label(), count, link }
        });
        counts.collect()
    }

    /// The part of an address after `#` that sets filters; values as they are shown.
    fn link(&self, filter: &[(&str, &str)]) -> String {
        let mut link = String::from("#");
        for (index, (key, value)) in filter.iter().enumerate() {
            if index > 0 {
                link.push('&');
            }
            link.push_str(key);
            link.push('=');
            for byte in self.facts.clean(value).bytes() {
                if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                    link.push(char::from(byte));
                } else {
                    let _ = write!(link, "%{byte:02X}");
                }
            }
        }
        link
    }

    /// The bar of filters, with the choices that occur.
    pub(super) fn filters(&self, out: &mut dyn Write) -> io::Result<()> {
        #[derive(Serialize)]
        struct Filters {
            group: Option<String>,
            groups: BTreeSet<String>,
            rules: Vec<(String, String)>,
            kinds: Vec<(&'static str, &'static str)>,
            verdicts: Vec<(&'static str, &'static str)>,
        }
        let findings = &self.facts.report.findings;
        let groups = findings.iter().map(|finding| self.group_of(finding));
        let rules: BTreeSet<_> =
            findings.iter().map(|finding| (finding.rule.clone(), self.facts.rule(finding))).collect();
        let kinds: BTreeSet<ViolationKind> = findings.iter().filter_map(|finding| finding.kind).collect();
        let verdicts: BTreeSet<Verdict> = findings.iter().map(|finding| finding.verdict).collect();
        let filters = Filters {
            group: self.facts.group_name().map(str::to_owned),
            groups: groups.collect(),
            rules: rules.into_iter().collect(),
            kinds: kinds.into_iter().map(|kind| (kind.key(), kind.label())).collect(),
            verdicts: verdicts.into_iter().map(|verdict| (verdict.key(), verdict.label())).collect(),
        };
        self.pages.part(out, "report-filters.html", filters)
    }

    /// The group of a finding, as the table calls it.
    pub(super) fn group_of(&self, finding: &Finding) -> String {
        match self.facts.group_name() {
            Some(_) => self.facts.group(finding.group.as_deref()),
            None => String::new(),
        }
    }
}

fn table(name: &str, rows: Vec<Row>) -> Table {
    let quiet = rows.iter().filter(|row| row.quiet).count();
    let labels = Verdict::ALL.map(Verdict::label).to_vec();
    Table { name: name.to_owned(), labels, rows, quiet }
}
