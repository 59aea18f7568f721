//! Doubts about rules: every page shows its own, built-in rules have none, and what is drawn and written.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that panics has failed"
)]

use std::fs;

use insta::assert_snapshot;
use serde_json::Value;
use zhunsheng::calendar::Calendar;
use zhunsheng::diagnostic::Diagnostic;
use zhunsheng::library::{self, Loaded, Wanted};
use zhunsheng::lint::{self, Input, Options};
use zhunsheng::render::pretty::{self, PrettyOptions};
use zhunsheng::source::SourceMap;

use crate::support::day;

fn input(loaded: &Loaded) -> Input<'_> {
    Input { name: &loaded.name, analysis: &loaded.analysis, library: &loaded.library }
}

fn look(loaded: &Loaded, upper: Option<&Loaded>) -> Vec<Diagnostic> {
    assert!(loaded.problems.is_empty(), "{:#?}", loaded.problems);
    let (today, calendar) = (day("2026-03-02"), Calendar::builtin());
    lint::lint(&input(loaded), &Options { today, calendar, upper: upper.map(input) })
}

/// One rule file with everything found in it.
fn file(name: &str, text: &str) -> (SourceMap, Vec<Diagnostic>) {
    let mut sources = SourceMap::new();
    let file = sources.add(name, text);
    let loaded = library::load(&mut sources, &Wanted::Files(&[file]), &[]).unwrap();
    let found = look(&loaded, None);
    (sources, found)
}

fn drawn(sources: &SourceMap, found: &[Diagnostic]) -> String {
    let mut out = Vec::new();
    pretty::diagnostics(&mut out, sources, found, &PrettyOptions::default()).unwrap();
    String::from_utf8(out).unwrap()
}

fn codes(found: &[Diagnostic]) -> Vec<&str> {
    found.iter().map(|one| one.code).collect()
}

/// A rule of an example, from its lines.
fn rule(id: &str, lines: &[&str]) -> String {
    format!("\n规则 {id}\n    依据 第一条\n    {}\n", lines.join("\n    "))
}

/// The ```rule blocks of a page, each with the heading it stands under.
fn examples(page: &str) -> Vec<(String, String)> {
    let mut heading = String::new();
    let mut found = Vec::new();
    let mut inside: Option<String> = None;
    for line in page.lines() {
        match &mut inside {
            Some(_) if line == "```" => found.extend(inside.take().map(|text| (heading.clone(), text))),
            Some(text) => {
                text.push_str(line);
                text.push('\n');
            }
            None if line == "```rule" => inside = Some(String::new()),
            None if line.starts_with('#') => heading = line.trim_start_matches('#').trim().to_string(),
            None => {}
        }
    }
    found
}

#[test]
fn every_page_shows_its_own_doubt_once() {
    let mut picture = String::new();
    for (code, page) in lint::PAGES {
        let examples = examples(page);
        assert_eq!(examples.len(), 2, "{code}");
        assert!(page.starts_with(&format!("# {code} ")) && !lint::title(page).is_empty(), "{code}");
        for (heading, text) in examples {
            let (sources, found) = file("示例.rule", &text);
            let wanted: &[&str] = if heading == "错误示例" { &[code] } else { &[] };
            let drawn = drawn(&sources, &found);
            assert_eq!(codes(&found), wanted, "{code} {heading}\n{drawn}");
            picture.push_str(&drawn);
        }
    }
    assert_snapshot!(picture);
}

#[test]
fn every_code_has_a_page() {
    let source = fs::read_to_string("src/lint/problem.rs").unwrap();
    let mut codes: Vec<&str> =
        source.split('"').filter(|word| word.len() == 4 && word.starts_with('W')).collect();
    codes.sort_unstable();
    codes.dedup();
    let pages: Vec<&str> = lint::PAGES.iter().map(|(code, _)| *code).collect();
    assert_eq!(codes, pages);
}

#[test]
fn built_in_rules_have_no_doubts() {
    for (name, _) in library::builtin_names() {
        let mut sources = SourceMap::new();
        let loaded = library::load(&mut sources, &Wanted::Builtin(&name), &[]).unwrap();
        let found = look(&loaded, None);
        assert!(found.is_empty(), "{name}\n{}", drawn(&sources, &found));
    }
}

/// What each check sees, and what it must leave alone: rules, and the codes they give.
#[rustfmt::skip]
#[test]
fn what_is_seen_and_what_is_left_alone() {
    let task = "对 每个 任务";
    let check = "对 每个 检查";
    let both = "对 每个 检查、每个 检查部门";
    let publish = |limit: &str| format!("自 末次 形成结果 之日起 {limit} 内，应当 公示结果");
    let cases: Vec<(&str, String, &[&str])> = vec![
        ("词表里的词都排除了", rule("甲", &[task, "情形 抽查类型 不为 定向", "情形 抽查类型 不为 不定向", "应当 有 名称"]), &["W001"]),
        ("数的上下限交叉", rule("甲", &[task, "情形 比例 大于 1，且 比例 小于 0.5", "应当 有 名称"]), &["W001"]),
        ("上下限正好相接", rule("甲", &[task, "情形 比例 不少于 1，且 比例 不超过 1", "应当 有 名称"]), &[]),
        ("有与没有", rule("甲", &[check, "情形 没有 实施检查", "情形 有 实施检查（检查方式 含 实地检查）", "应当 有 对象"]), &["W001"]),
        ("没有窄的、有宽的", rule("甲", &[check, "情形 有 实施检查", "情形 没有 实施检查（检查方式 含 实地检查）", "应当 有 对象"]), &[]),
        ("或者的一支能成立", rule("甲", &[task, "情形 模式 为 触发式 或者 模式 为 部门联合", "情形 模式 为 部门联合", "应当 有 名称"]), &[]),
        ("或者的各支都不成立", rule("甲", &[task, "情形 模式 为 触发式 或者 模式 为 部门内部", "情形 模式 为 部门联合", "应当 有 名称"]), &["W001"]),
        ("触发的条件自相矛盾", rule("甲", &[task, "自 首次 抽取人员（方式 为 随机，方式 为 指定）之日起 5 日 内，应当 成立小组"]), &["W001"]),
        ("几种事件，有一种可能有", rule("甲", &[task, "每次 抽取对象（方式 为 随机，方式 为 指定）、抽取人员（方式 为 随机），应当 有 平台"]), &[]),
        ("没有类型时，不为企业只是说不准", rule("甲", &["对 每个 对象", "情形 没有 类型 或者 类型 为 企业", "应当 有 名称", "除外 类型 不为 企业"]), &[]),
        ("要求与条件相反", rule("甲", &[check, "情形 没有 告知", "结案前，应当 告知"]), &["W002"]),
        ("要求自相矛盾", rule("甲", &[task, "应当 模式 为 触发式，且 模式 为 部门联合"]), &["W002"]),
        ("要的事件不会有", rule("甲", &[task, "结案前，应当 抽取人员（方式 为 随机，方式 为 指定）"]), &["W002"]),
        ("两条不能同时做到", rule("甲", &[task, "每次 抽取人员，方式 应当 为 随机"]) + &rule("乙", &[task, "每次 抽取人员，方式 应当 为 指定"]), &["W002"]),
        ("两条管的不是同一种", rule("甲", &["对 每个 任务，临时", "每次 抽取人员，方式 应当 为 随机"]) + &rule("乙", &["对 每个 任务，非 临时", "每次 抽取人员，方式 应当 为 指定"]), &[]),
        ("至少三次又至多两次", rule("甲", &["对 每个 对象、每个 年度", "对象 的 检查，按 首次 实施检查 计年，应当 不少于 3 次"]) + &rule("乙", &["对 每个 对象、每个 年度", "对象 的 检查，按 首次 实施检查 计年，应当 不超过 2 次"]), &["W002"]),
        ("条件的先后不同也是同一条", rule("甲", &["对 每个 任务，临时，有 计划", "应当 有 名称、抽查类型"]) + &rule("乙", &["对 每个 任务，有 计划，临时", "应当 有 抽查类型、名称"]), &["W003"]),
        ("定义写开了也是同一条", rule("甲", &["对 每个 检查、每个 检查部门", "结案前，应当 归档"]) + &rule("乙", &["对 每个 检查、每个 （检查.部门；没有则 检查.任务.发起部门 与 检查.任务.参与部门）称 部门", "结案前，应当 归档"]), &["W003"]),
        ("多一种除外的被盖住", rule("甲", &[both, &publish("20 个工作日")]) + &rule("乙", &[both, &publish("20 个工作日"), "除外 检查.不宜公开"]), &["W004"]),
        ("各有宽严的不算", rule("甲", &[both, &publish("10 个工作日"), "除外 检查.不宜公开"]) + &rule("乙", &[both, &publish("20 个工作日")]), &[]),
        ("原则上十日、应当二十日", rule("甲", &[both, "自 末次 形成结果 之日起 10 个工作日 内，原则上 应当 公示结果"]) + &rule("乙", &[both, &publish("20 个工作日")]), &[]),
        ("要求少的被盖住", rule("甲", &[task, "应当 有 名称、抽查类型"]) + &rule("乙", &[task, "应当 有 名称"]), &["W004"]),
        ("工作日怎么也比三个月短", rule("甲", &[both, &publish("20 个工作日")]) + &rule("乙", &[both, &publish("3 个月")]), &["W004"]),
        ("别的规则早就要求做完", rule("甲", &[both, &publish("5 个工作日")]) + &rule("乙", &[both, "首次 公示结果 之前，应当 录入结果"]) + &rule("丙", &[both, "自 末次 形成结果 之日起 30 个工作日 内，应当 录入结果"]), &["W007"]),
        ("早做完的那条有除外", rule("甲", &[both, &publish("5 个工作日"), "除外 检查.不宜公开"]) + &rule("乙", &[both, "首次 公示结果 之前，应当 录入结果"]) + &rule("丙", &[both, "自 末次 形成结果 之日起 30 个工作日 内，应当 录入结果"]), &[]),
        ("只说有了就要早的，不算要求做完", rule("甲", &[task, "自 首次 抽取对象 之日起 5 个工作日 内，应当 公示任务"]) + &rule("乙", &[task, "首次 备案任务 应当 不晚于 首次 公示任务"]) + &rule("丙", &[task, "自 首次 抽取对象 之日起 30 个工作日 内，应当 备案任务"]), &[]),
        ("窄的那种也要另一种", rule("甲", &[task, "每次 抽取人员（平台 为 “一”），方式 应当 为 随机"]) + &rule("乙", &[task, "每次 抽取人员，方式 应当 为 指定"]), &["W002"]),
        ("两条互相在先", rule("甲", &[task, "首次 抽取对象 之前，应当 制定方案"]) + &rule("乙", &[task, "首次 制定方案 之前，应当 抽取对象"]), &["W008"]),
        ("主体一级一级也接得上", rule("甲", &[check, "首次 实施检查 之前，应当 有 检查.任务 的 抽取对象"]) + &rule("乙", &[task, "首次 抽取对象 之前，应当 制定方案"]) + &rule("丙", &[task, "首次 制定方案 之前，应当 任务完成"]) + &rule("丁", &[check, "检查.任务 的 首次 任务完成 之前，应当 实施检查"]), &["W008"]),
        ("应当在前又不得在前", rule("甲", &[check, "首次 实施检查 之前，应当 告知"]) + &rule("乙", &[check, "首次 实施检查 之前，不得 告知"]), &["W008"]),
        ("条件互斥的不成环", rule("甲", &[check, "首次 实施检查 之前，应当 告知", "除外 检查.不宜告知"]) + &rule("乙", &["对 每个 检查，检查.不宜告知", "首次 实施检查 之前，不得 告知"]), &[]),
        ("施行的日子碰不到一起", rule("甲", &["废止 2025-01-01", task, "首次 抽取对象 之前，应当 制定方案"]) + &rule("乙", &["施行 2025-01-01", task, "首次 制定方案 之前，应当 抽取对象"]), &["W011"]),
        ("当日都算的可以同日", rule("甲", &[task, "首次 抽取对象 之前（含当日），应当 制定方案"]) + &rule("乙", &[task, "首次 制定方案 之前（含当日），应当 抽取对象"]), &[]),
        ("首次与末次不是一次", rule("甲", &[check, "末次 实施检查 之前，应当 告知"]) + &rule("乙", &[check, "首次 告知 之前，应当 实施检查"]), &[]),
        ("两份名单是两拨部门", "\n名单 甲类（部门）：甲局\n名单 乙类（部门）：乙局\n".to_owned() + &rule("甲", &["对 每个 任务、每个 甲类", "首次 派发名单 之前，应当 抽取人员"]) + &rule("乙", &["对 每个 任务、每个 乙类", "首次 抽取人员 之前，应当 派发名单"]), &[]),
        ("结案也是一件事", rule("甲", &[check, "结案前，应当 实施检查"]) + &rule("乙", &[check, "首次 实施检查 之前，应当 有 检查.任务 的 任务完成"]), &["W008"]),
        ("一条自己的条件", rule("甲", &[both, "首次 公示结果 之前，应当 更改结果（在 首次 公示结果 之后）"]), &["W008"]),
        ("先后接上日子", rule("甲", &[task, "2026-03-01 前，应当 创建任务"]) + &rule("乙", &[task, "首次 创建任务 应当 不早于 首次 制定方案"]) + &rule("丙", &[task, "首次 制定方案 应当 不早于 2026-05-01"]), &["W009"]),
        ("日子排得下", rule("甲", &[task, "2026-06-01 前，应当 创建任务"]) + &rule("乙", &[task, "首次 创建任务 应当 不早于 首次 制定方案"]) + &rule("丙", &[task, "首次 制定方案 应当 不早于 2026-05-01"]), &[]),
        ("自己之前要自己", rule("甲", &[task, "首次 抽取对象 之前，应当 抽取对象"]), &["W012"]),
        ("之后若干日内再来一次", rule("甲", &[task, "每次 吹哨 之后 30 日 内，应当 吹哨"]), &["W012"]),
        ("条件里先要有证据", rule("甲", &["对 每个 检查，有 对象签章", "结案前，应当 有 对象签章"]), &["W012"]),
        ("要求比条件窄", rule("甲", &["对 每个 检查，有 实施检查", "应当 有 实施检查（检查方式 含 实地检查）"]), &[]),
        ("两件都有的，只查先后", rule("甲", &["对 每个 检查，有 告知", "首次 实施检查 之前，应当 告知"]), &[]),
        ("除外总成立", rule("甲", &["对 每个 检查，检查.不宜公开", "结案前，应当 告知", "除外 检查.不宜公开"]), &["W014"]),
        ("同义的也算有", "\n名单 现场的方式：实地核查\n".to_owned() + &rule("甲", &[check, "每次 实施检查，检查方式 应当 属于 现场的方式"]), &[]),
    ];
    let mut wrong = String::new();
    for (what, rules, wanted) in cases {
        let text = format!("规则集 示例\n    引用 通用\n{rules}");
        let (sources, found) = file("示例.rule", &text);
        if codes(&found) != wanted {
            wrong.push_str(&format!("—— {what}：该有 {wanted:?}\n{text}\n{}\n", drawn(&sources, &found)));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// What a set that inherits, or is compared with `--upper`, asks less.
#[test]
fn looser_than_the_superior() {
    let amendments: &[(&str, &[&str])] = &[
        ("改 规则 PQ-20-4b，理由 “一”\n    自 检查终结 之日起 30 个工作日 内，应当 公示结果", &["期限长了"]),
        ("改 规则 PQ-20-4b，理由 “一”\n    自 检查终结 之日起 15 个工作日 内，应当 公示结果", &[]),
        ("改 规则 PQ-20-4a，理由 “一”\n    除外 检查.不宜公开", &["多了一种除外"]),
        ("改 规则 PQ-20-4b，理由 “一”\n    除外 检查.不宜公开", &[]),
        ("改 规则 PQ-20-4b，理由 “一”\n    强度 提示", &["强度低了"]),
        ("改 规则 PQ-19，理由 “一”\n    情形 检查.对象.重点监管", &["多了一个条件"]),
        ("改 规则 PQ-12b，理由 “一”\n    每次 制定方案，应当 有 检查内容", &["要求的少了"]),
        ("改 规则 PQ-12b，理由 “一”\n    每次 制定方案，应当 有 检查内容、检查时间、检查方式、频次", &[]),
        (
            "改 规则 PQ-10，理由 “一”\n    对象 的 检查，按 首次 实施检查 计年，一般 不超过 3 次",
            &["次数松了"],
        ),
        ("改 规则 PQ-12a，理由 “一”\n    首次 实施检查 之前（含当日），应当 制定方案", &["当日的也算了"]),
        ("废 规则 PQ-27，理由 “一”", &["没有"]),
        ("改 名单 同意换人的职务，理由 “一”：加 部门负责人", &["多了部门负责人"]),
        ("改 名单 同意换人的职务，理由 “一”：减 分管负责人", &[]),
        ("改 名单 每年至少发起一次的部门，理由 “一”：减 区应急局", &["少了区应急局"]),
        ("改 参数 归档期限 为 30 日，理由 “一”", &[]),
        ("改 参数 公示期限 不设，理由 “一”", &["公示期限"]),
        ("改 参数 公示期限 为 20 个工作日，自 2027-01-01 起 25 个工作日，理由 “一”", &["公示期限"]),
    ];
    let mut picture = String::new();
    for (amendment, wanted) in amendments {
        let (sources, found) = file("本地.rule", &format!("规则集 本地\n    继承 平桥\n\n{amendment}\n"));
        let drawn = drawn(&sources, &found);
        assert_eq!(found.len(), wanted.len(), "{amendment}\n{drawn}");
        for (one, word) in found.iter().zip(*wanted) {
            assert!(one.code == "W010" && one.message.contains(word), "{amendment}\n{drawn}");
        }
        picture.push_str(&drawn);
    }
    assert_snapshot!(picture);
}

#[test]
fn a_superior_by_name() {
    let mut sources = SourceMap::new();
    let texts = [
        "规则集 上级\n    引用 通用\n\n规则 省-1 按期公示\n    依据 第一条\n    对 每个 检查、每个 检查部门\n    自 末次 形成结果 之日起 20 个工作日 内，应当 公示结果\n\n规则 省-2 先定方案\n    依据 第二条\n    对 每个 任务\n    首次 抽取对象 之前，应当 制定方案\n",
        "规则集 下级\n    引用 通用\n\n规则 县-9 按期公示\n    依据 第一条\n    对 每个 检查、每个 检查部门\n    自 末次 形成结果 之日起 30 个工作日 内，应当 公示结果\n",
    ];
    let loaded: Vec<Loaded> = texts
        .iter()
        .enumerate()
        .map(|(at, text)| {
            let file = sources.add(format!("{at}.rule"), *text);
            library::load(&mut sources, &Wanted::Files(&[file]), &[]).unwrap()
        })
        .collect();
    let found = look(&loaded[1], Some(&loaded[0]));
    assert_eq!(codes(&found), ["W010", "W010"]);
    assert_snapshot!(drawn(&sources, &found));
}

#[test]
fn parameters_that_run_out() {
    let text = |later: &str| {
        let publish = rule(
            "甲",
            &["对 每个 检查、每个 检查部门", "自 末次 形成结果 之日起 公示期限 内，应当 公示结果"],
        );
        format!("规则集 示例\n    引用 通用\n\n参数 公示期限 为 20 个工作日，自 {later}\n{publish}")
    };
    for (later, wanted) in [
        ("2026-05-01 起 15 个工作日", &["W011"][..]),
        ("2026-07-01 起 15 个工作日", &[]),
        ("2025-07-01 起 15 个工作日", &[]),
        ("2025-07-01 起 不设", &["W011"]),
    ] {
        assert_eq!(codes(&file("示例.rule", &text(later)).1), wanted, "{later}");
    }
}

/// The words of a template stand in another file: the rule is shown with them.
#[test]
fn doubts_in_a_template() {
    let (sources, found) = file(
        "示例.rule",
        "规则集 示例\n    引用 通用\n\n规则 甲 亮证\n    依据 第一条\n    情形 没有 实施检查\n    照 亮证检查\n",
    );
    assert_eq!(codes(&found), ["W001"]);
    assert_snapshot!(drawn(&sources, &found));
}

const DOUBTFUL: &str = "规则集 示例
    引用 通用

名单 同意换人的职务：主要负责人、主管𠮷人

规则 甲-1 换人要经𠮷同意
    对 每个 任务
    每次 更换人员，批准人职务 应当 属于 同意换人的职务
";

#[test]
fn as_json() {
    let (sources, found) = file("本地规则/示例.rule", DOUBTFUL);
    let mut out = Vec::new();
    zhunsheng::render::problems::write(&mut out, &sources, &found).unwrap();
    assert_snapshot!(String::from_utf8(out).unwrap());
}

/// What the schema of SARIF 2.1.0 demands of the parts that are written, checked by hand.
fn check_sarif(log: &Value, sources: &SourceMap) {
    let text = |value: &Value| value.as_str().is_some_and(|text| !text.is_empty());
    let only = |value: &Value, known: &[&str]| {
        for name in value.as_object().unwrap().keys() {
            assert!(known.contains(&name.as_str()), "{name}");
        }
    };
    only(log, &["$schema", "version", "runs"]);
    assert_eq!(log["version"], "2.1.0");
    assert!(log["$schema"].as_str().unwrap().starts_with("https://"));
    let runs = log["runs"].as_array().unwrap();
    assert_eq!(runs.len(), 1);
    only(&runs[0], &["tool", "invocations", "columnKind", "results"]);
    assert_eq!(runs[0]["columnKind"], "utf16CodeUnits");
    let driver = &runs[0]["tool"]["driver"];
    only(driver, &["name", "semanticVersion", "language", "rules"]);
    assert!(text(&driver["name"]));
    assert_eq!(driver["language"], "zh-CN");
    let rules = driver["rules"].as_array().unwrap();
    let mut ids: Vec<&str> = rules.iter().map(|rule| rule["id"].as_str().unwrap()).collect();
    for rule in rules {
        only(rule, &["id", "shortDescription", "help", "defaultConfiguration"]);
        if !rule["help"].is_null() {
            assert!(text(&rule["shortDescription"]["text"]) && text(&rule["help"]["text"]));
            assert_eq!(rule["defaultConfiguration"]["level"], "warning");
        }
    }
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count, "规则编号不重复");
    for result in runs[0]["results"].as_array().unwrap() {
        only(result, &["ruleId", "ruleIndex", "level", "message", "locations", "relatedLocations"]);
        assert!(["none", "note", "warning", "error"].contains(&result["level"].as_str().unwrap()));
        assert!(text(&result["message"]["text"]));
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        let places = result["locations"].as_array().unwrap();
        assert_eq!(places.len(), 1);
        let others = result["relatedLocations"].as_array().cloned().unwrap_or_default();
        for place in places.iter().chain(&others) {
            only(place, &["id", "physicalLocation", "message"]);
            let uri = place["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap();
            assert!(uri.is_ascii() && !uri.contains(' '), "{uri}");
            let region = &place["physicalLocation"]["region"];
            only(region, &["startLine", "startColumn", "endLine", "endColumn"]);
            let number = |name: &str| usize::try_from(region[name].as_u64().unwrap()).unwrap();
            let (start, end) =
                ((number("startLine"), number("startColumn")), (number("endLine"), number("endColumn")));
            assert!(start.0 >= 1 && start.1 >= 1 && start <= end);
            let lines = sources.iter().map(|(_, file)| file.text().lines().count()).max().unwrap();
            assert!(end.0 <= lines);
        }
    }
}

#[test]
fn as_sarif() {
    let (sources, found) = file("本地规则/示例.rule", DOUBTFUL);
    let mut out = Vec::new();
    zhunsheng::render::sarif::diagnostics(&mut out, &sources, &found, lint::PAGES).unwrap();
    let mut log: Value = serde_json::from_slice(&out).unwrap();
    check_sarif(&log, &sources);
    // 𠮷 占两个 UTF-16 单元：主管𠮷人 从第 18 列到第 23 列。
    let region = |result: usize, place: &str, at: usize| {
        let region = &log["runs"][0]["results"][result][place][at]["physicalLocation"]["region"];
        ["startLine", "startColumn", "endLine", "endColumn"].map(|name| region[name].as_u64().unwrap())
    };
    assert_eq!(region(0, "locations", 0), [4, 18, 4, 23]);
    let rules = log["runs"][0]["tool"]["driver"]["rules"].as_array_mut().unwrap();
    assert_eq!(rules.len(), lint::PAGES.len());
    rules.truncate(1);
    assert_snapshot!(serde_json::to_string_pretty(&log).unwrap());
}

/// All pages at once, as one log; and the same bytes every time.
#[test]
fn sarif_of_everything_is_sound_and_stable() {
    for (_, page) in lint::PAGES {
        for (_, text) in examples(page) {
            let write = || {
                let (sources, found) = file("示 例.rule", &text);
                let mut out = Vec::new();
                zhunsheng::render::sarif::diagnostics(&mut out, &sources, &found, lint::PAGES).unwrap();
                (sources, out)
            };
            let (sources, out) = write();
            check_sarif(&serde_json::from_slice(&out).unwrap(), &sources);
            assert_eq!(out, write().1);
        }
    }
}

/// Runs the command; exit code, standard output.
fn command(words: &[&str]) -> (String, String) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let args = ["zhunsheng", "lint"].iter().chain(words).map(std::ffi::OsString::from);
    let code = zhunsheng::cli::run(args, &mut out, &mut err);
    (format!("{code:?}"), String::from_utf8(out).unwrap() + &String::from_utf8(err).unwrap())
}

#[test]
fn exit_codes() {
    let folder = std::env::temp_dir().join(format!("zhunsheng-lint-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let path = |name: &str, text: &str| {
        let path = folder.join(name);
        fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let doubtful = path("doubtful.rule", DOUBTFUL);
    let broken =
        path("broken.rule", "规则集 坏\n    引用 通用\n\n规则 甲\n    对 每个 任务\n    应当 有 名字\n");
    let code = |words: &[&str]| command(words).0;
    let is = |number: u8| format!("{:?}", std::process::ExitCode::from(number));
    let today = ["--today", "2026-03-02"];
    assert_eq!(code(&["平桥", "--deny-warnings", today[0], today[1]]), is(0));
    assert_eq!(code(&[&doubtful]), is(0));
    assert_eq!(code(&[&doubtful, "--deny-warnings"]), is(1));
    assert_eq!(code(&[&doubtful, "--format", "json", "--deny-warnings"]), is(1));
    assert_eq!(code(&[&broken]), is(2));
    let (code, out) = command(&[&broken, "--format", "sarif"]);
    assert_eq!(code, is(2));
    assert!(out.contains("\"level\": \"error\"") && out.contains("\"N017\""), "{out}");
    assert!(command(&["平桥", today[0], today[1]]).1.contains("没有可疑之处：平桥"));
    fs::remove_dir_all(&folder).unwrap();
}
