//! Waivers: what they cover stays listed; what needs attention becomes a finding; mistakes are placed.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "helpers of tests fail as tests do"
)]

use zhunsheng::finding::{Report, Verdict};
use zhunsheng::source::SourceMap;
use zhunsheng::waiver;

use crate::support::{Ask, builtin, report};

fn late() -> Report {
    let text = std::fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/data/examples/pingqiao-20-4b-late.jsonl"
    ));
    report(&builtin("平桥"), "例.jsonl", &text.unwrap(), Ask::default())
}

fn codes(text: &str) -> Vec<&'static str> {
    let mut sources = SourceMap::new();
    let file = sources.add("豁免.yaml", text);
    let plan = builtin("平桥").plan.unwrap();
    match waiver::read(file, text, &plan, &|_| None) {
        Ok(_) => Vec::new(),
        Err(problems) => problems.iter().map(|problem| problem.code).collect(),
    }
}

/// Applies a waiver file; lists violations as `rule waived? message`.
fn applied(text: &str) -> Vec<String> {
    let mut report = late();
    let mut sources = SourceMap::new();
    let file = sources.add("豁免.yaml", text);
    let waivers = waiver::read(file, text, &builtin("平桥").plan.unwrap(), &|_| None).unwrap();
    waiver::apply(&mut report, &waivers);
    let violated = report.findings.iter().filter(|finding| finding.verdict == Verdict::Violated);
    let found: Vec<String> = violated
        .map(|finding| match &finding.waived {
            Some(waived) => format!("{} 豁免至 {}", finding.rule, waived.to),
            None if finding.rule == waiver::RULE => finding.message.clone(),
            None => finding.rule.clone(),
        })
        .collect();
    assert_eq!(report.summary.violated, found.len());
    found
}

fn file(subject: &str, from: &str, to: &str) -> String {
    format!(
        "豁免:\n  - 规则: PQ-20-4b\n    主体: {subject}\n    起: {from}\n{to}    批准人: 联席办主任\n    理由: 平台停机\n"
    )
}

#[test]
fn a_waiver_in_force_covers_its_finding_by_id_or_name() {
    // 截至 2026-03-31。
    let to = "    止: 2026-03-31\n";
    for subject in ["{检查: J01, 部门: D06}", "{部门: 区卫健委}", "{}"] {
        assert_eq!(applied(&file(subject, "2026-03-31", to)), ["PQ-20-4b 豁免至 2026-03-31"]);
    }
}

#[test]
fn a_waiver_that_covers_nothing_or_is_over_or_has_no_end_is_a_finding() {
    let found = applied(&file("{部门: 区应急局}", "2026-01-01", "    止: 2026-12-31\n"));
    assert_eq!(found, ["PQ-20-4b", "对 PQ-20-4b 区应急局 的豁免（联席办主任 批准）没有对上任何违规"]);
    let found = applied(&file("{部门: D06}", "2026-01-01", "    止: 2026-03-30\n"));
    assert_eq!(
        found,
        ["PQ-20-4b", "对 PQ-20-4b D06 的豁免（联席办主任 批准）到 2026-03-30 已过期，不再起作用"]
    );
    let found = applied(&file("{部门: D06}", "2026-01-01", ""));
    assert_eq!(found, ["PQ-20-4b", "对 PQ-20-4b D06 的豁免（联席办主任 批准）没有写到期日，不起作用"]);
    // 还没开始的，不起作用，也不用管。
    assert_eq!(applied(&file("{部门: D06}", "2026-04-01", "    止: 2026-12-31\n")), ["PQ-20-4b"]);
}

#[test]
fn waivers_of_rules_that_were_not_checked_are_left_alone() {
    let text = file("{部门: 区应急局}", "2026-01-01", "    止: 2026-12-31\n");
    let mut sources = SourceMap::new();
    let id = sources.add("豁免.yaml", text.as_str());
    let waivers = waiver::read(id, &text, &builtin("平桥").plan.unwrap(), &|_| None).unwrap();
    let wanting = |only: &str| {
        let mut report = late();
        report.asked.only = Some(only.to_owned());
        waiver::apply(&mut report, &waivers);
        report.findings.iter().filter(|finding| finding.about_waiver()).count()
    };
    assert_eq!((wanting("PQ-07a"), wanting("PQ-20-4b")), (0, 1));
}

#[test]
fn what_cannot_be_read_is_named() {
    let said = |text: &str| {
        let mut sources = SourceMap::new();
        let file = sources.add("豁免.yaml", text);
        let problem =
            waiver::read(file, text, &builtin("平桥").plan.unwrap(), &|_| None).unwrap_err().remove(0);
        (problem.message, problem.help.len())
    };
    let (message, help) = said("豁免:\n  - 规则: PQ-27\n    原因: 停机\n");
    assert_eq!((message.as_str(), help), ("豁免文件读不懂：没有「原因」这一项", 1));
    let (message, _) = said("豁免:\n  - 起: 2025-01-01\n");
    assert_eq!(message, "豁免文件读不懂：缺「规则」");
    let (_, help) = said("豁免:\n  - 规则： PQ-27\n    起: 2025-01-01\n");
    assert_eq!(help, 2);
}

#[test]
fn every_code_has_a_page_whose_example_shows_it() {
    for code in ["V001", "V002", "V003", "V004", "V005", "V006"] {
        let path = format!("{}/docs/diagnostics/{code}.md", env!("CARGO_MANIFEST_DIR"));
        let page = std::fs::read_to_string(path).unwrap();
        let example = page.split("```yaml\n").nth(1).unwrap().split("```").next().unwrap();
        assert_eq!(codes(example), [code]);
    }
}
