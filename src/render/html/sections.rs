//! The lists of the page: cards of violations, tables of the rest.

use std::io::{self, Write};

use serde::Serialize;

use super::super::facts::{by_reason, ends};
use super::super::provenance::provenance;
use super::super::wording;
use super::{Report, timeline};
use crate::finding::{Finding, Severity, Verdict, ViolationKind};

/// What a list item can be filtered by.
#[derive(Serialize)]
struct Keys {
    verdict: &'static str,
    group: String,
    rule: String,
    kind: &'static str,
}

#[derive(Serialize)]
struct Card {
    keys: Keys,
    number: usize,
    severity: &'static str,
    tone: &'static str,
    rule: String,
    subject: String,
    ids: String,
    outcome: String,
    message: String,
    /// SVG, already escaped.
    chart: String,
    rest: bool,
    work: bool,
    coarse: bool,
    facts: Vec<(&'static str, String)>,
    sentence: String,
    sentence_place: String,
    proofs: Vec<ProofRow>,
    waived: bool,
}

#[derive(Serialize)]
struct ProofRow {
    part: String,
    kind: String,
    time: String,
    id: String,
    place: String,
    excerpt: String,
}

#[derive(Serialize)]
struct Line {
    keys: Keys,
    date: String,
    left: String,
    soon: bool,
    rule: String,
    subject: String,
    group: String,
    citation: String,
    message: String,
    place: String,
}

/// Cards or lines shown at first, where there is JavaScript.
const FIRST: usize = 100;

/// A deadline this many workdays off is pointed out.
const SOON: i64 = 5;

#[derive(Serialize)]
struct Begin<'a> {
    id: &'a str,
    title: String,
    note: &'a str,
    first: usize,
    group: Option<&'a str>,
}

impl Report<'_> {
    fn keys(&self, finding: &Finding) -> Keys {
        Keys {
            verdict: finding.verdict.key(),
            group: self.group_of(finding),
            rule: finding.rule.clone(),
            kind: finding.kind.map_or("", |kind| kind.key()),
        }
    }

    fn begin<'a>(&'a self, id: &'a str, title: String, note: &'a str) -> Begin<'a> {
        Begin { id, title, note, first: FIRST, group: self.facts.group_name() }
    }

    /// One card per violation, all of them.
    pub(super) fn violations(&self, out: &mut dyn Write) -> io::Result<()> {
        let findings = self.facts.of(Verdict::Violated);
        if findings.is_empty() {
            let note = "没有发现违规。";
            return self.pages.part(out, "report-none.html", self.begin("violated", "违规".into(), note));
        }
        let title = format!("违规 {} 条", findings.len());
        self.pages.part(out, "report-cards.html", self.begin("violated", title, "重的在前。"))?;
        for (index, finding) in findings.iter().enumerate() {
            self.pages.part(out, "report-card.html", self.card(index + 1, finding))?;
        }
        self.pages.part(out, "report-cards-end.html", ())
    }

    fn card(&self, number: usize, finding: &Finding) -> Card {
        let facts = self.facts;
        let chart = timeline::draw(facts, finding, number).unwrap_or_default();
        let (sentence, sentence_place) = facts.sentence(finding);
        let rows = [
            ("依据", facts.citation(finding)),
            ("责任", finding.liability.clone().unwrap_or_default()),
            ("期限", facts.deadline(finding)),
            ("补救", finding.remedy.clone().unwrap_or_default()),
            ("豁免", facts.waived(finding)),
        ];
        let proofs = facts.proofs(finding).into_iter().map(|proof| ProofRow {
            part: proof.part,
            kind: proof.kind,
            time: proof.time,
            id: proof.id,
            place: proof.place,
            excerpt: proof.excerpt,
        });
        Card {
            keys: self.keys(finding),
            number,
            severity: finding.severity.label(),
            tone: match finding.severity {
                Severity::Error => "bad",
                Severity::Warning => "warn",
                Severity::Advice => "advice",
            },
            rule: facts.rule(finding),
            subject: facts.subject(finding),
            ids: facts.subject_ids(finding),
            outcome: outcome(finding),
            message: finding.message.clone(),
            rest: chart.rest,
            work: chart.work,
            coarse: chart.coarse,
            chart: chart.svg,
            facts: rows.into_iter().filter(|(_, text)| !text.is_empty()).collect(),
            sentence,
            sentence_place,
            proofs: proofs.collect(),
            waived: finding.waived.is_some(),
        }
    }

    fn line(&self, finding: &Finding) -> Line {
        let facts = self.facts;
        let left = facts.workdays_left(finding);
        let date = ends(finding).map_or_else(|| "无期限".to_owned(), |date| facts.calendar.show_date(date));
        Line {
            keys: self.keys(finding),
            date: if finding.provisional { format!("{date} 暂定") } else { date },
            left: left.map_or_else(String::new, |days| days.to_string()),
            soon: left.is_some_and(|days| days <= SOON),
            rule: facts.rule(finding),
            subject: facts.subject(finding),
            group: self.group_of(finding),
            citation: facts.citation(finding),
            message: finding.message.clone(),
            place: facts.first_place(finding),
        }
    }

    fn lines(&self, out: &mut dyn Write, begin: Begin<'_>, findings: &[&Finding]) -> io::Result<()> {
        let pending = findings.first().is_some_and(|finding| finding.verdict == Verdict::Pending);
        let template = if pending { "report-pending.html" } else { "report-listed.html" };
        self.pages.part(out, &format!("begin-{template}"), begin)?;
        for finding in findings {
            self.pages.part(out, template, self.line(finding))?;
        }
        self.pages.part(out, "report-table-end.html", ())
    }

    /// Duties still running, by deadline.
    pub(super) fn pending(&self, out: &mut dyn Write) -> io::Result<()> {
        let findings = self.facts.pending();
        if findings.is_empty() {
            return Ok(());
        }
        let title = format!("未到期 {} 条", findings.len());
        let note = "按截止日排；还剩几个工作日从截至日的次日数起。";
        self.lines(out, self.begin("pending", title, note), &findings)
    }

    /// What could not be decided, by what is missing.
    pub(super) fn undetermined(&self, out: &mut dyn Write) -> io::Result<()> {
        #[derive(Serialize)]
        struct Group<'a> {
            reason: &'a str,
            count: usize,
            first: usize,
            group: Option<&'a str>,
        }
        let findings = self.facts.of(Verdict::Undetermined);
        if findings.is_empty() {
            return Ok(());
        }
        let title = format!("无法判定 {} 条", findings.len());
        let note = "按所缺的归在一起，缺得最多的在前；补上再查。";
        self.pages.part(out, "report-section.html", self.begin("undetermined", title, note))?;
        for (reason, findings) in by_reason(&findings) {
            let group = Group { reason, count: findings.len(), first: FIRST, group: self.facts.group_name() };
            self.pages.part(out, "report-reason.html", group)?;
            for finding in findings {
                self.pages.part(out, "report-undetermined.html", self.line(finding))?;
            }
            self.pages.part(out, "report-reason-end.html", ())?;
        }
        self.pages.part(out, "report-section-end.html", ())
    }

    /// 合规, 除外, 不适用, when they were asked for.
    pub(super) fn listed(&self, out: &mut dyn Write, verdict: Verdict) -> io::Result<()> {
        let findings = self.facts.of(verdict);
        if findings.is_empty() {
            return Ok(());
        }
        let title = format!("{} {} 条", verdict.label(), findings.len());
        self.lines(out, self.begin(verdict.key(), title, ""), &findings)
    }

    /// Violations that somebody has accepted.
    pub(super) fn waivers(&self, out: &mut dyn Write) -> io::Result<()> {
        #[derive(Serialize)]
        struct Waivers {
            rows: Vec<[String; 6]>,
        }
        let findings = self.facts.of(Verdict::Violated);
        let rows: Vec<[String; 6]> = findings
            .iter()
            .filter_map(|finding| {
                let waived = finding.waived.as_ref()?;
                Some([
                    self.facts.rule(finding),
                    self.facts.subject(finding),
                    waived.approver.clone(),
                    waived.reason.clone(),
                    waived.from.to_string(),
                    waived.to.to_string(),
                ])
            })
            .collect();
        if rows.is_empty() { Ok(()) } else { self.pages.part(out, "report-waivers.html", Waivers { rows }) }
    }

    /// Remarks that change no verdict, and records that were left out.
    pub(super) fn remarks(&self, out: &mut dyn Write) -> io::Result<()> {
        #[derive(Serialize)]
        struct Remarks {
            id: &'static str,
            title: String,
            note: &'static str,
            rows: Vec<(String, String)>,
        }
        const PLACES: usize = 5;
        let facts = self.facts;
        let warnings = facts.report.warnings.iter();
        let warnings: Vec<_> =
            warnings.map(|remark| (remark.message.clone(), facts.origins(&remark.origins, PLACES))).collect();
        let skipped = facts
            .skipped
            .iter()
            .map(|problem| (format!("{} {}", problem.code, problem.message), facts.problem_place(problem)));
        let skipped: Vec<_> = skipped.collect();
        if !warnings.is_empty() {
            let title = format!("提醒 {} 条", warnings.len());
            let part = Remarks { id: "warnings", title, note: "不影响判定。", rows: warnings };
            self.pages.part(out, "report-remarks.html", part)?;
        }
        if !skipped.is_empty() {
            let title = format!("跳过的坏记录 {} 处", skipped.len());
            let part = Remarks { id: "skipped", title, note: "没有计入判定。", rows: skipped };
            self.pages.part(out, "report-remarks.html", part)?;
        }
        Ok(())
    }

    /// What the report was made of.
    pub(super) fn provenance(&self, out: &mut dyn Write) -> io::Result<()> {
        #[derive(Serialize)]
        struct Provenance {
            rows: Vec<(String, String)>,
        }
        self.pages.part(out, "provenance.html", Provenance { rows: provenance(self.facts.report) })
    }
}

/// What it comes to, with the kind named if the words do not name it.
fn outcome(finding: &Finding) -> String {
    let words = wording::outcome(finding);
    match finding.kind.map(ViolationKind::label) {
        Some(kind) if !words.contains(kind) => format!("{kind}：{words}"),
        Some(_) | None => words,
    }
}
