//! What case pages reach: every ledger id has a rule and telling cases, and the measure notices what is missing.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics has failed")]

use std::process::{Command, Stdio};

use zhunsheng::articles::{self, KnownRule};
use zhunsheng::calendar::Calendar;
use zhunsheng::cases::ReadyPage;
use zhunsheng::coverage::{self, Coverage};
use zhunsheng::evaluate::Trace;
use zhunsheng::finding::Verdict;
use zhunsheng::plan;
use zhunsheng::source::SourceMap;

use crate::support::rulesets::{self, Rules, SMALL, small_page};

/// Rule sets that must be covered wholly.
const WHOLE: [&str; 4] = ["平桥", "舞钢", "偃师", "宛城"];

fn measure(rules: &Rules, pages: &[ReadyPage]) -> Coverage {
    let (policy, plan) = (rules.loaded.policy().unwrap(), rules.loaded.plan.as_ref().unwrap());
    coverage::measure(policy, plan, None, pages, Calendar::builtin())
}

/// Uncovered clauses: the text at the place, or the name, and what is missing.
fn lacking(rules: &Rules, coverage: &Coverage) -> Vec<String> {
    let words = |row: &coverage::ClauseRow| {
        let name = &row.clause.name;
        let text = if name.is_empty() { rules.sources.slice(row.clause.span) } else { name };
        format!("{text}：{}", row.lack())
    };
    coverage.clauses.iter().filter(|row| !row.covered()).map(words).collect()
}

#[test]
fn every_ledger_id_has_a_rule_and_telling_cases() {
    let ids = include_str!("data/ledger-ids.txt").lines().filter(|line| !line.starts_with('#'));
    let mut lacking = Vec::new();
    let mut measured: Option<(String, Coverage)> = None;
    for line in ids {
        let (policy, id) = line.split_once(' ').unwrap();
        if measured.as_ref().is_none_or(|(name, _)| name != policy) {
            let rules = rulesets::builtin(policy);
            let coverage = measure(&rules, &rules.pages());
            assert_eq!(coverage.failing, Vec::<String>::new());
            measured = Some((policy.to_owned(), coverage));
        }
        let row = measured.iter().flat_map(|(_, found)| &found.rules).find(|row| row.id == id);
        let count = |verdict: Verdict| {
            let at = Verdict::ALL.iter().position(|one| *one == verdict).unwrap();
            row.map_or(0, |row| row.counts[at])
        };
        match row {
            None => lacking.push(format!("{line}：没有规则")),
            Some(row) if row.pages.is_empty() => lacking.push(format!("{line}：没有用例页")),
            Some(_) if count(Verdict::Violated) == 0 => lacking.push(format!("{line}：没有违规的情形")),
            Some(row) if row.counts.iter().sum::<usize>() == count(Verdict::Violated) => {
                lacking.push(format!("{line}：没有不违规的情形"));
            }
            Some(_) => {}
        }
    }
    assert_eq!(lacking, Vec::<String>::new());
}

#[test]
fn articles_rules_and_clauses_are_covered_wholly() {
    for name in WHOLE {
        let mut rules = rulesets::builtin(name);
        let list = rules.articles();
        let policy = rules.loaded.policy().unwrap();
        let known: Vec<KnownRule<'_>> = policy
            .rules
            .iter()
            .map(|rule| KnownRule { id: &rule.id, title: &rule.title, span: rule.span })
            .collect();
        assert_eq!(list.check(name, &known), []);
        let coverage = measure(&rules, &rules.pages());
        let missing: Vec<_> = coverage.rules.iter().filter(|row| !row.covered()).collect();
        assert!(missing.is_empty(), "{missing:#?}");
        assert_eq!(lacking(&rules, &coverage), Vec::<String>::new());
    }
}

#[test]
fn without_a_page_coverage_drops() {
    let rules = rulesets::builtin("平桥");
    let mut pages = rules.pages();
    let before = measure(&rules, &pages);
    pages.retain(|page| page.page.rule != "PQ-17b");
    let after = measure(&rules, &pages);
    assert_eq!(after.rule_share().covered, before.rule_share().covered - 1);
    assert!(after.clause_share().covered < before.clause_share().covered);
    assert!(!after.rule_share().reaches(100));
    let gone = after.rules.iter().find(|row| row.id == "PQ-17b").unwrap();
    assert!(gone.pages.is_empty() && !gone.covered());
}

#[test]
fn clauses_are_covered_when_both_ways_were_seen() {
    let rules = rulesets::written(SMALL);
    let late = ("违规：晚了", ",\"级别\":\"高\"", Some("2025-03-31"), "违规");
    let page = |scenarios: &[_]| [rules.page("A-1.md", &small_page(scenarios))];
    let coverage = measure(&rules, &page(&[late]));
    assert_eq!(
        lacking(&rules, &coverage),
        [
            "「要办的」里的「低」：没有哪个值是它",
            "级别 属于 要办的：只见过成立，没有不成立的情形",
            "办结：只见过成立，没有不成立的情形",
            "案件.特批：只见过不成立，没有成立的情形",
        ]
    );
    let missing: Vec<&str> = coverage.rules[0].missing().into_iter().map(Verdict::label).collect();
    assert_eq!(missing, ["未到期", "合规", "除外", "不适用"]);
    let more = [
        late,
        ("合规", ",\"级别\":\"低\"", Some("2025-03-10"), "合规"),
        ("不适用", ",\"级别\":\"免\"", None, "不适用"),
        ("除外", ",\"级别\":\"高\",\"特批\":true", None, "除外"),
        ("违规：没办", ",\"级别\":\"高\"", None, "违规"),
    ];
    let coverage = measure(&rules, &page(&more));
    assert_eq!(coverage.failing, Vec::<String>::new());
    assert_eq!(lacking(&rules, &coverage), Vec::<String>::new());
    assert_eq!(coverage.clause_share().hundredths(), 10_000);
}

#[test]
fn a_parameter_set_by_the_page_is_not_the_rule_files() {
    let rules = rulesets::written(SMALL);
    let text = small_page(&[("违规：晚了", ",\"级别\":\"高\"", Some("2025-03-31"), "违规")]);
    let text = text.replace("截至：", "参数：办结期限=3个工作日\n截至：");
    let coverage = measure(&rules, &[rules.page("A-1.md", &text)]);
    assert!(lacking(&rules, &coverage).contains(&"参数「办结期限」：没有用到".to_owned()));
}

/// Probes only look on: with them every page gives the same findings.
#[test]
fn probes_change_no_verdict() {
    let rules = rulesets::builtin("平桥");
    let plan = rules.loaded.plan.as_ref().unwrap();
    let (probed, probes) = plan::compile_probed(rules.loaded.policy().unwrap());
    let trace = Trace::new(&probed, &probes);
    for page in rules.pages() {
        for ready in page.scenarios() {
            let rule = &page.page.rule;
            let plain = ready.findings(rule, plan, Calendar::builtin(), None);
            assert_eq!(
                plain,
                ready.findings(rule, &probed, Calendar::builtin(), Some(&trace)),
                "{}",
                page.name
            );
        }
    }
}

/// The example on each page of `docs/diagnostics/A*.md` gives that code.
#[test]
fn article_mistakes_are_explained() {
    let small = SMALL.replace("规则集 试", "规则集 平桥");
    let small = small.replace("A-1", "PQ-09a");
    let more = "\n规则 PQ-09b 另一条\n    依据 第九条\n    对 每个 案件\n    首次 收件 之前，应当 办结\n";
    for (code, rules_text) in [
        ("A001", small.clone()),
        ("A002", small.clone()),
        ("A003", format!("{small}{more}")),
        ("A004", small.clone()),
        ("A005", format!("{small}{more}")),
        ("A006", small.clone()),
        ("A007", small.clone()),
    ] {
        let page =
            std::fs::read_to_string(format!("{}/docs/diagnostics/{code}.md", env!("CARGO_MANIFEST_DIR")))
                .unwrap();
        let example = page.split("```yaml\n").nth(1).unwrap().split("```").next().unwrap();
        let rules = rulesets::written(&rules_text);
        let mut sources = SourceMap::new();
        let file = sources.add("articles.yaml", example);
        let policy = rules.loaded.policy().unwrap();
        let known: Vec<KnownRule<'_>> = policy
            .rules
            .iter()
            .map(|rule| KnownRule { id: &rule.id, title: &rule.title, span: rule.span })
            .collect();
        let problems = match articles::read(&sources, file) {
            Ok(list) => list.check("平桥", &known),
            Err(problem) => vec![problem],
        };
        let codes: Vec<&str> = problems.iter().map(|problem| problem.diagnostic().code).collect();
        assert!(codes.contains(&code), "{code}：{codes:?}");
        if let Some(place) = problems
            .iter()
            .find(|one| one.diagnostic().code == code)
            .and_then(|one| one.diagnostic().primary().filter(|span| span.file == file))
        {
            assert!(sources.position(place).line > 0);
        }
    }
}

/// Exit code and standard output.
fn run(words: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_zhunsheng"))
        .args(words)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    (output.status.code().unwrap(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
}

#[test]
fn a_minimum_decides_the_exit_code() {
    let (code, text) = run(&["coverage", "平桥", "--min", "100"]);
    assert_eq!((code, text.lines().last().unwrap().ends_with("（100%）")), (0, true), "{text}");
    let one = "tests/cases/pingqiao/PQ-05.md";
    let (code, text) = run(&["coverage", "平桥", "--cases", one, "--min", "100"]);
    assert_eq!(code, 1);
    assert!(text.contains("rules/pingqiao/publication.rule:"), "{text}");
    assert!(text.contains("PQ-20-4b 按期公示结果：没有用例页"), "{text}");
    let (code, _) = run(&["coverage", "平桥", "--cases", one]);
    assert_eq!(code, 0);
    let (code, _) = run(&["coverage", "平桥", "--min", "101"]);
    assert_eq!(code, 2);
    let (code, text) = run(&["coverage", "pingqiao", "--format", "json", "--min", "100"]);
    let document: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!((code, document["enough"].as_bool()), (0, Some(true)));
    assert_eq!(document["summary"]["rules"]["total"], 45);
}
