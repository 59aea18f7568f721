//! `--format junit`: one test case per rule, for CI. Violations fail the case, waived ones do not; a rule with nothing
//! violated but something undecided is skipped: it was not tested for want of data. Takes [`Facts`]; writes XML.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::facts::Facts;
use super::provenance::provenance;
use crate::finding::{Finding, Verdict, WAIVER_RULE, WAIVER_WORD};

/// Undecided findings named per rule.
const NAMED: usize = 20;

/// Writes the document.
pub fn write(out: &mut dyn Write, facts: &Facts<'_>) -> io::Result<()> {
    let report = facts.report;
    let mut cases: Vec<(&str, String)> =
        report.by_rule.iter().map(|(id, title, _)| (id.as_str(), format!("{id} {title}"))).collect();
    if report.findings.iter().any(Finding::about_waiver) {
        cases.push((WAIVER_RULE, WAIVER_WORD.to_owned()));
    }
    let mut body = String::new();
    let (mut failures, mut skipped) = (0, 0);
    let mut by_rule: std::collections::BTreeMap<&str, Vec<&Finding>> = std::collections::BTreeMap::new();
    for finding in &report.findings {
        by_rule.entry(finding.rule.as_str()).or_default().push(finding);
    }
    for (id, name) in &cases {
        let findings = by_rule.get(id).map_or(&[][..], Vec::as_slice);
        match case(facts, &mut body, name, findings) {
            Outcome::Passed => {}
            Outcome::Failed => failures += 1,
            Outcome::Skipped => skipped += 1,
        }
    }
    let suite = facts.xml(&report.policy_name);
    let counts =
        format!("tests=\"{}\" failures=\"{failures}\" errors=\"0\" skipped=\"{skipped}\"", cases.len());
    let all = format!("tests=\"{}\" failures=\"{failures}\" errors=\"0\"", cases.len());
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(out, "<testsuites name=\"准绳\" {all}>")?;
    writeln!(out, "  <testsuite name=\"{suite}\" {counts}>")?;
    writeln!(out, "    <properties>")?;
    for (label, value) in provenance(report) {
        writeln!(out, "      <property name=\"{}\" value=\"{}\"/>", facts.xml(&label), facts.xml(&value))?;
    }
    writeln!(out, "    </properties>")?;
    out.write_all(body.as_bytes())?;
    writeln!(out, "  </testsuite>\n</testsuites>")
}

enum Outcome {
    Passed,
    Failed,
    Skipped,
}

fn case(facts: &Facts<'_>, body: &mut String, name: &str, findings: &[&Finding]) -> Outcome {
    let of = |verdict, waived| {
        let matching =
            move |finding: &&&Finding| finding.verdict == verdict && finding.waived.is_some() == waived;
        findings.iter().filter(matching).copied().collect::<Vec<_>>()
    };
    let violated = of(Verdict::Violated, false);
    let waived = of(Verdict::Violated, true);
    let undetermined = of(Verdict::Undetermined, false);
    let head = format!(
        "    <testcase classname=\"{}\" name=\"{}\"",
        facts.xml(&facts.report.policy_name),
        facts.xml(name)
    );
    let mut notes = String::new();
    for finding in &waived {
        let _ = writeln!(notes, "已豁免：{}；{}", line(facts, finding), facts.xml(&facts.waived(finding)));
    }
    let mut missing = String::new();
    for finding in undetermined.iter().take(NAMED) {
        let reason = finding.reason.as_deref().unwrap_or_default();
        let _ = writeln!(missing, "无法判定：{}；{}", line(facts, finding), facts.xml(reason));
    }
    if undetermined.len() > NAMED {
        let _ = writeln!(missing, "另有 {} 条无法判定", undetermined.len() - NAMED);
    }
    let outcome = if !violated.is_empty() {
        let worst =
            violated.iter().map(|finding| finding.severity).min().map_or("", |severity| severity.key());
        let _ = writeln!(body, "{head}>");
        let _ = write!(body, "      <failure message=\"违规 {} 条\" type=\"{worst}\">", violated.len());
        for (index, finding) in violated.iter().enumerate() {
            let gap = if index > 0 { "\n" } else { "" };
            let _ = write!(body, "{gap}{} {}", finding.severity.label(), line(facts, finding));
        }
        let _ = writeln!(body, "</failure>");
        notes.push_str(&missing);
        Outcome::Failed
    } else if !undetermined.is_empty() {
        let reason = undetermined.first().and_then(|finding| finding.reason.as_deref()).unwrap_or_default();
        let _ = writeln!(body, "{head}>");
        let _ = writeln!(
            body,
            "      <skipped message=\"无法判定 {} 条：{}\"/>",
            undetermined.len(),
            facts.xml(reason)
        );
        notes.push_str(&missing);
        Outcome::Skipped
    } else if notes.is_empty() {
        let _ = writeln!(body, "{head}/>");
        return Outcome::Passed;
    } else {
        let _ = writeln!(body, "{head}>");
        Outcome::Passed
    };
    if !notes.is_empty() {
        let _ = writeln!(body, "      <system-out>{}</system-out>", notes.trim_end());
    }
    let _ = writeln!(body, "    </testcase>");
    outcome
}

/// One finding on one line, escaped.
fn line(facts: &Facts<'_>, finding: &Finding) -> String {
    let place = facts.first_place(finding);
    facts.xml(&format!("{}：{}（{place}）", facts.subject(finding), finding.message))
}

impl Facts<'_> {
    /// A text for XML: nothing invisible, so no character XML forbids but the two non-characters.
    fn xml(&self, text: &str) -> String {
        super::page::escape(text, self.mask).replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}")
    }
}
