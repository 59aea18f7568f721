//! The README is run: every command in a `console` block gives the text shown below it, and every link leads
//! somewhere. A line of only `……` stands for lines left out.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics has failed")]

use std::path::Path;
use std::process::{Command, Stdio};

const README: &str = include_str!("../README.md");

/// Folders whose pages are still being written; an entry that exists fails the test and is to be removed.
const COMING: &[&str] = &[];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Commands with the text shown for them.
fn sessions() -> Vec<(&'static str, Vec<&'static str>)> {
    let blocks = README.split("```console\n").skip(1).map(|rest| rest.split("\n```").next().unwrap());
    blocks
        .map(|block| {
            let mut lines = block.lines();
            (lines.next().unwrap().strip_prefix("$ ").unwrap(), lines.collect())
        })
        .collect()
}

/// Both outputs of a command line of the README, run with the program just built.
fn run(line: &str) -> String {
    let words = line.strip_prefix("cargo run --release -- ").unwrap().split(' ');
    let output = Command::new(env!("CARGO_BIN_EXE_zhunsheng"))
        .args(words)
        .current_dir(root())
        .env("NO_COLOR", "1")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
}

#[test]
fn the_output_shown_is_the_output() {
    let sessions = sessions();
    assert!(sessions.len() >= 3);
    for (command, shown) in sessions {
        let text = run(command);
        let mut rest: Vec<&str> = text.lines().collect();
        for part in shown.split(|line| *line == "……").filter(|part| !part.is_empty()) {
            let Some(at) = rest.windows(part.len()).position(|window| window == part) else {
                panic!(
                    "$ {command}\nthe README shows\n\n{}\n\nbut the rest of the output is\n\n{}",
                    part.join("\n"),
                    rest.join("\n")
                );
            };
            rest.drain(..at + part.len());
        }
    }
}

#[test]
fn the_rule_shown_is_the_rule_in_the_file() {
    let local = std::fs::read_to_string(root().join("examples/local.rule")).unwrap();
    let rules = local.split_once("\n\n").unwrap().1.trim_end();
    assert!(README.contains(&format!("```text\n{rules}\n```")), "examples/local.rule");
    let policy = std::fs::read_to_string(root().join("rules/pingqiao/policy.rule")).unwrap();
    assert!(policy.contains("\n参数 公示期限 为 20 个工作日\n"), "rules/pingqiao/policy.rule");
}

#[test]
fn the_lines_to_try_are_where_the_readme_says() {
    let log = std::fs::read_to_string(root().join("examples/pingqiao.jsonl")).unwrap();
    let line = |number: usize| log.lines().nth(number - 1).unwrap();
    assert!(line(123).contains("公示结果") && line(123).contains("2025-11-03"));
    assert!(line(117).contains("检查结束"));
}

#[test]
fn links_lead_somewhere() {
    let targets = README.split("](").skip(1).map(|rest| rest.split(')').next().unwrap());
    for target in targets.filter(|target| !target.starts_with("http")) {
        assert_ne!(root().join(target).exists(), COMING.contains(&target), "{target}");
    }
}
