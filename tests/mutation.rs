//! Changes to rules that case pages notice, and those they do not.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics has failed")]

use std::process::{Command, Stdio};

use zhunsheng::calendar::Calendar;
use zhunsheng::cases::ReadyPage;
use zhunsheng::library;
use zhunsheng::mutation::{self, Equivalent, Mutation, read_equivalents};
use zhunsheng::source::SourceMap;

use crate::support::rulesets::{self, Rules, SMALL, small_page};

/// Rule sets of which every change must be noticed, or declared to make no difference.
const WHOLE: [&str; 4] = ["平桥", "舞钢", "偃师", "宛城"];

fn mutate(rules: &Rules, pages: &[ReadyPage], equivalents: &[Equivalent]) -> Mutation {
    let loaded = &rules.loaded;
    let policy = loaded.policy().unwrap();
    let calendar = Calendar::builtin();
    mutation::mutate(&rules.sources, &loaded.library, &loaded.name, policy, pages, calendar, equivalents)
}

fn survivors(found: &Mutation) -> Vec<String> {
    found.survivors.iter().map(|one| format!("{} {}", one.block, one.change())).collect()
}

fn declared(text: &str) -> Vec<Equivalent> {
    let mut sources = SourceMap::new();
    let file = sources.add("equivalent.yaml", text);
    read_equivalents(&sources, file).unwrap()
}

#[test]
fn every_change_is_noticed() {
    for name in WHOLE {
        let rules = rulesets::builtin(name);
        let equivalents =
            library::builtin_data(name, "equivalent.yaml").map_or_else(Vec::new, |(_, text)| declared(text));
        let found = mutate(&rules, &rules.pages(), &equivalents);
        assert!(found.tried > 150, "{}", found.tried);
        assert_eq!(survivors(&found), Vec::<String>::new());
        assert_eq!(found.unused, []);
    }
}

/// Received on 2025-03-03, six workdays: until 2025-03-11.
const LATE: (&str, &str, Option<&str>, &str) =
    ("违规：晚很久", ",\"级别\":\"高\"", Some("2025-05-06"), "违规");
const DAY_LATE: (&str, &str, Option<&str>, &str) =
    ("违规：晚一天", ",\"级别\":\"高\"", Some("2025-03-12"), "违规");
const LAST_DAY: (&str, &str, Option<&str>, &str) =
    ("合规：最后一天", ",\"级别\":\"低\"", Some("2025-03-11"), "合规");
const OTHERS: [(&str, &str, Option<&str>, &str); 2] = [
    ("不适用：不用办的", ",\"级别\":\"免\"", None, "不适用"),
    ("除外：特批", ",\"级别\":\"高\",\"特批\":true", None, "除外"),
];

#[test]
fn without_the_boundary_a_changed_limit_survives() {
    let rules = rulesets::written(SMALL);
    let page = |scenarios: &[_]| [rules.page("A-1.md", &small_page(scenarios))];
    let found = mutate(&rules, &page(&[LATE, OTHERS[0], OTHERS[1]]), &[]);
    assert_eq!(
        survivors(&found),
        [
            "办结期限 6 个工作日 → 5 个工作日",
            "办结期限 6 个工作日 → 6 日",
            "办结期限 6 个工作日 → 7 个工作日",
            "要办的 「低」 → （删去）",
            "A-1 首次 收件 → 末次 收件",
            "A-1 起算日不计 → 起算日计入",
        ]
    );
    let at = rules.sources.position(found.survivors[0].span);
    assert_eq!(at.line, SMALL.lines().position(|line| line.starts_with("参数")).unwrap() + 1);
    let found = mutate(&rules, &page(&[DAY_LATE, LAST_DAY, OTHERS[0], OTHERS[1]]), &[]);
    assert_eq!(survivors(&found), ["A-1 首次 收件 → 末次 收件"]);
}

#[test]
fn a_declared_equivalent_is_listed_apart_and_must_match() {
    let rules = rulesets::written(SMALL);
    let page = [rules.page("A-1.md", &small_page(&[DAY_LATE, LAST_DAY, OTHERS[0], OTHERS[1]]))];
    let list = declared(
        "- { file: a.rule, at: A-1, change: 首次 收件 → 末次 收件, reason: 一件只收一次 }\n\
         - { file: a.rule, at: 自 首次 收件 之日起 办结期限 内，应当 办结, change: 首次 收件 → 末次 收件, reason: 同上 }\n",
    );
    let found = mutate(&rules, &page, &list);
    assert_eq!(survivors(&found), Vec::<String>::new());
    let [(_, by)] = found.equivalent.as_slice() else { panic!("{:?}", found.equivalent) };
    assert_eq!((by.reason.as_str(), by.line), ("一件只收一次", 1));
    assert_eq!(found.unused.iter().map(|one| one.line).collect::<Vec<_>>(), [2]);
    // 按那一行的文字也对得上。
    let found = mutate(&rules, &page, &list[1..]);
    assert_eq!((found.survivors.len(), found.equivalent.len(), found.unused.len()), (0, 1, 0));
}

#[test]
fn a_bad_list_of_equivalents_is_explained() {
    let page = include_str!("../docs/diagnostics/A010.md");
    let example = page.split("```yaml\n").nth(1).unwrap().split("```").next().unwrap();
    let mut sources = SourceMap::new();
    let file = sources.add("equivalent.yaml", example);
    assert_eq!(read_equivalents(&sources, file).unwrap_err().code, "A010");
}

#[test]
fn one_page_is_asked_about_its_own_rule_only() {
    let output = Command::new(env!("CARGO_BIN_EXE_zhunsheng"))
        .args(["test", "--mutate", "--format", "json", "tests/cases/pingqiao/PQ-15b.md"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let set = &document["policies"][0];
    assert_eq!((set["policy"].as_str(), set["pages"].as_u64()), (Some("平桥"), Some(1)));
    let all = set["survivors"].as_array().unwrap();
    assert!(all.iter().all(|one| one["rules"] == serde_json::json!(["PQ-15b"])), "{all:?}");
    assert_eq!(output.status.code(), Some(i32::from(!all.is_empty())));
}
