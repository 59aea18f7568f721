//! What a report says of itself: whose 文号 a finding cites, and what was asked on the command line.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "helpers of tests fail as tests do"
)]

use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use zhunsheng::program::PROGRAM;
use zhunsheng::source::sha256;

const LOCAL: &str = "examples/local/local.rule";
const LEDGER: &str = "examples/local/ledger.jsonl";

fn zhunsheng(words: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_zhunsheng"))
        .args(words)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("NO_COLOR", "1")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

fn check(words: &[&str]) -> Value {
    serde_json::from_str(&zhunsheng(&[&["check", "--format", "json"], words].concat())).unwrap()
}

/// 文号 of the findings of a rule.
fn document(report: &Value, rule: &str) -> Value {
    let findings = report["findings"].as_array().unwrap();
    findings.iter().find(|finding| finding["rule"] == rule).unwrap()["document"].clone()
}

fn written(name: &str, text: &str) -> String {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, text).unwrap();
    path.display().to_string()
}

#[test]
fn a_finding_cites_the_number_of_the_set_that_wrote_its_rule() {
    let inherited = json!("信平双随机办〔2025〕4号");
    let report = check(&["--rules", LOCAL, LEDGER]);
    assert_eq!((document(&report, "PQ-23"), document(&report, "BD-01")), (inherited.clone(), Value::Null));
    let local = std::fs::read_to_string(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(LOCAL)).unwrap();
    let numbered = local.replace("    继承 平桥\n", "    继承 平桥\n    文号 “平桥本地〔2026〕1号”\n");
    let report = check(&["--rules", &written("文号.rule", &numbered), LEDGER]);
    assert_eq!(
        (document(&report, "PQ-23"), document(&report, "BD-01")),
        (inherited, json!("平桥本地〔2026〕1号"))
    );
    // 连依据也改了的，引改的人的文号。
    let cited = numbered.replace("    施行 2025-07-01\n", "    施行 2025-07-01\n    依据 第三条\n");
    let report = check(&["--rules", &written("依据.rule", &cited), LEDGER]);
    assert_eq!(document(&report, "PQ-16a"), json!("平桥本地〔2026〕1号"));
}

#[test]
fn what_was_asked_is_recorded_and_nothing_else() {
    let plain = check(&["--rules", LOCAL, LEDGER]);
    for key in ["parameters", "policy_as_of", "only", "waivers", "waived"] {
        assert!(plain.get(key).is_none(), "{key}");
    }
    let waivers = "examples/local/waivers.yaml";
    let words = ["--rules", LOCAL, "--param", "归档期限=10日", "--policy-as-of", "2026-01-01"];
    let report = check(&[&words, &["--only", "PQ-27", "--waivers", waivers, LEDGER][..]].concat());
    assert_eq!(report["parameters"]["归档期限"], "10 日");
    assert_eq!(report["parameters"]["及时"], "3 个工作日");
    assert_eq!((&report["policy_as_of"], &report["only"]), (&json!("2026-01-01"), &json!("PQ-27")));
    assert_eq!(report["waivers"][0]["path"], waivers);
    assert_eq!(report["waivers"][0]["sha256"].as_str().unwrap().len(), 64);
    assert_eq!(report["waived"], 1);
}

#[test]
fn all_versions_of_a_rule_are_shown_and_amendments_say_whose_they_are() {
    for words in [&["show", LOCAL, "PQ-16a"][..], &["explain", "--rules", LOCAL, "PQ-16a"]] {
        let text = zhunsheng(words);
        assert!(text.contains("# 第 1 版，共 2 版，2025-03-18 施行，2025-07-01 废止\n"), "{text}");
        assert!(text.contains("# 第 2 版，共 2 版，2025-07-01 施行\n"), "{text}");
    }
    let text = zhunsheng(&["show", LOCAL]);
    let list = "名单 每年至少发起一次的部门";
    let above = text.split(list).next().unwrap().lines().last().unwrap();
    assert_eq!(above, "# 平桥本地 改过 examples/local/local.rule:19");
    let rules: std::collections::BTreeSet<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("规则 "))
        .map(|line| line.split(' ').next().unwrap())
        .collect();
    assert!(text.contains(&format!("合成后的全文，{} 条规则\n", rules.len())));
}

/// Whatever the report is written as, every file that took part stands in it with its sum, and so does the program.
#[test]
fn every_document_names_what_it_was_made_from() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let built_in = std::fs::read_to_string(root.join("calendars/cn/2025.yaml")).unwrap();
    let calendar = written("来源-2025.yaml", &built_in);
    let mapping = "表:\n  - 名称: 检查台账\n    列: {公示日期: [上网日]}\n";
    let columns = written("来源-列名.yaml", mapping);
    let waiver = "豁免:\n  - {规则: PQ-20-4b, 主体: {检查: J01}, 起: 2025-01-01, 批准人: 甲, 理由: 乙}\n";
    let waivers = written("来源-豁免.yaml", waiver);
    let rules = std::fs::read_to_string(root.join(LOCAL)).unwrap();
    let (local, log) = (LOCAL, LEDGER);
    let common = ["--rules", local, "--calendar", &calendar, "--columns", &columns, "--year", "2025"];
    let sums = [&built_in, mapping, &rules, PROGRAM.sha256].map(|one| match one.len() {
        64 => one.to_owned(),
        _ => sha256(one),
    });
    for format in ["html", "md", "sarif", "junit"] {
        let made = [&["check", "--waivers", &waivers, "--format", format, log], &common[..]].concat();
        let made = zhunsheng(&made);
        for sum in sums.iter().chain([&sha256(waiver)]) {
            assert!(made.contains(sum.as_str()), "{format}: {sum}");
        }
        assert!(made.contains("算 2025 年"), "{format}");
    }
    for format in ["html", "md", "json"] {
        let made = [&["bulletin", "--period", "2025", "--format", format, log], &common[..]].concat();
        let made = zhunsheng(&made);
        for sum in &sums {
            assert!(made.contains(sum.as_str()), "bulletin {format}: {sum}");
        }
    }
}
