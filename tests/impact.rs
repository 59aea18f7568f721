//! `impact`: the same log under old and new rules, as people and programs see it.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::process::{Command, Stdio};

use insta::assert_snapshot;

const LOG: &str = "tests/data/examples/pingqiao-20-4b-late.jsonl";
const FIFTEEN: &str = "tests/data/rules-compare/fifteen.rule";

/// Exit code and standard output.
pub(crate) fn run(words: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_zhunsheng"))
        .args(words)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("NO_COLOR", "1")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    (output.status.code().unwrap(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
}

#[test]
fn fifteen_workdays_for_twenty() {
    let (code, text) = run(&["impact", "--old", "平桥", "--new", FIFTEEN, "--limit", "2", LOG]);
    assert_snapshot!(text);
    assert_eq!(code, 1);
}

#[test]
fn the_other_way_round_violations_go() {
    let (code, text) = run(&["impact", "--old", FIFTEEN, "--new", "平桥", "--limit", "1", LOG]);
    assert_snapshot!(text);
    assert_eq!(code, 0);
}

#[test]
fn the_same_rules_change_nothing() {
    let (code, text) = run(&["impact", "--old", "平桥", "--new", "平桥", LOG]);
    assert!(text.ends_with("这些历史上，结论没有一处不同。\n"), "{text}");
    assert_eq!(code, 0);
}

#[test]
fn new_violations_can_be_let_pass() {
    let words = ["impact", "--old", "平桥", "--new", FIFTEEN, "--fail-on", "never", LOG];
    assert_eq!(run(&words).0, 0);
    assert_eq!(run(&["impact", "--old", "没有这套", "--new", "平桥", LOG]).0, 2);
}

#[test]
fn as_json() {
    let words = ["impact", "--old", "平桥", "--new", FIFTEEN, "--format", "json", LOG];
    let (_, text) = run(&words);
    let document: serde_json::Value = serde_json::from_str(&text).unwrap();
    let changes = document["changes"].as_array().unwrap();
    assert_eq!(document["schema"], "zhunsheng.impact/1");
    let count = |kind: &str| changes.iter().filter(|change| change["change"] == kind).count();
    for kind in ["new_violation", "gone_violation", "verdict", "severity", "deadline"] {
        assert_eq!(document["summary"][kind], count(kind), "{kind}");
    }
    let added =
        document["new"]["violations"].as_u64().unwrap() - document["old"]["violations"].as_u64().unwrap();
    assert_eq!(u64::try_from(count("new_violation")).unwrap(), added);
    assert_snapshot!(serde_json::to_string_pretty(&changes.first()).unwrap());
    assert_eq!(run(&words).1, text, "the same bytes again");
}

#[test]
fn rules_of_other_ids_are_matched_by_their_duty() {
    let (joint, trigger) = ("tests/data/rules-compare/joint.rule", "tests/data/rules-compare/trigger.rule");
    let (_, text) = run(&["impact", "--old", joint, "--new", trigger, "--format", "json", LOG]);
    let document: serde_json::Value = serde_json::from_str(&text).unwrap();
    let changes = document["changes"].as_array().unwrap();
    assert!(
        changes.iter().any(|change| change["old"]["rule"] == "LH-4" && change["new"]["rule"] == "CF-4"),
        "{text}"
    );
}
