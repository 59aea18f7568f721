//! `zhunsheng bulletin` from the outside: numbers reckoned by hand from the example, what stands apart from
//! them, periods, own columns, and what is wrong with a bulletin file.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that panics has failed"
)]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The example without the lines that hold one of these.
fn log(without: &[&str]) -> String {
    let text = std::fs::read_to_string(root().join("examples/pingqiao.jsonl")).unwrap();
    let kept = text.lines().filter(|line| !without.iter().any(|word| line.contains(word)));
    kept.flat_map(|line| [line, "\n"]).collect()
}

fn folder(name: &str, files: &[(&str, &str)]) -> PathBuf {
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bulletin").join(name);
    std::fs::create_dir_all(&place).unwrap();
    for (file, text) in files {
        std::fs::write(place.join(file), text).unwrap();
    }
    place
}

fn bulletin(place: &Path, words: &[&str]) -> (String, i32) {
    let output = Command::new(env!("CARGO_BIN_EXE_zhunsheng"))
        .args(["bulletin", "台账.jsonl"])
        .args(words)
        .current_dir(place)
        .env("NO_COLOR", "1")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    (text, output.status.code().unwrap())
}

fn json(place: &Path, words: &[&str]) -> Value {
    let (text, code) = bulletin(place, &[words, &["--format", "json"]].concat());
    assert_eq!(code, 0, "{text}");
    serde_json::from_str(&text).unwrap()
}

/// What is shown in one column for a department, or in the total for `合计`.
fn cell<'d>(document: &'d Value, group: &str, metric: &str) -> &'d Value {
    let metrics = document["metrics"].as_array().unwrap();
    let at = metrics.iter().position(|one| one["name"] == metric).unwrap_or_else(|| panic!("{metric}"));
    if group == "合计" {
        return &document["total"][at];
    }
    let groups = document["groups"].as_array().unwrap();
    let row = groups.iter().find(|one| one["name"] == group).unwrap_or_else(|| panic!("{group}"));
    &row["cells"][at]
}

fn shown(document: &Value, group: &str, metric: &str) -> String {
    let cell = cell(document, group, metric);
    let mut text = cell["shown"].as_str().unwrap().to_owned();
    for (key, word) in [("pending", "未到期"), ("undetermined", "无法判定"), ("exempt", "除外")] {
        if cell[key] != 0 && !(key == "exempt" && text.ends_with('条')) {
            text.push_str(&format!(" {word}{}", cell[key]));
        }
    }
    text
}

/// Reckoned by hand from `examples/pingqiao.jsonl`.
#[test]
fn the_numbers_of_the_example() {
    let document = json(&folder("example", &[("台账.jsonl", &log(&[]))]), &["--period", "2025"]);
    let expected = [
        // 发起 T1、T8（联合）、T9（内部）；J01 晚公示，J17 没有公示（不在部门联合里，只进公示率）。
        ("区市场监管局", "计划完成率", "100.0%（1/1）"),
        ("区市场监管局", "部门联合占比", "66.7%（2/3）"),
        ("区市场监管局", "部门参与率", "2 个任务"),
        ("区市场监管局", "检查率", "100.0%（4/4）"),
        ("区市场监管局", "公示率", "80.0%（4/5）"),
        ("区市场监管局", "按时公示率", "75.0%（3/4）"),
        ("区市场监管局", "问题发现率", "20.0%（1/5）"),
        ("区市场监管局", "后续处置完结率", "—"),
        ("区市场监管局", "视为未完成任务数", "0 个"),
        ("区市场监管局", "违规（错误）", "2 条"),
        ("区市场监管局", "违规（警告）", "0 条"),
        // 发起 T6，参与 T1；J01 待后续处理，已处理；T6 名单抽出后改过。
        ("区卫健委", "部门参与率", "2 个任务"),
        ("区卫健委", "检查率", "100.0%（4/4）"),
        ("区卫健委", "问题发现率", "25.0%（1/4）"),
        ("区卫健委", "后续处置完结率", "100.0%（1/1）"),
        ("区卫健委", "违规（错误）", "1 条"),
        // T3 一月才检查完，公示期限到二月；任务也没有完成。
        ("区应急局", "计划完成率", "0.0%（0/1）"),
        ("区应急局", "公示率", "— 未到期2"),
        ("区应急局", "按时公示率", "— 未到期2"),
        ("区应急局", "问题发现率", "50.0%（1/2）"),
        // J09 不宜公开。
        ("区农业农村局", "公示率", "100.0%（1/1） 除外1"),
        ("区农业农村局", "违规（警告）", "0 条 无法判定1"),
        ("合计", "计划完成率", "85.7%（6/7）"),
        ("合计", "部门联合占比", "88.9%（8/9）"),
        ("合计", "部门参与率", "100.0%（15/15）"),
        // 16 户次：同一任务的同一户，几个部门去查也只算一个。
        ("合计", "检查率", "100.0%（16/16）"),
        ("合计", "公示率", "96.6%（28/29） 未到期6 除外2"),
        ("合计", "按时公示率", "96.4%（27/28） 未到期6 除外2"),
        ("合计", "问题发现率", "29.4%（5/17）"),
        ("合计", "后续处置完结率", "100.0%（1/1）"),
        ("合计", "视为未完成任务数", "0 个 未到期1"),
        ("合计", "违规（错误）", "5 条"),
        ("合计", "违规（警告）", "1 条 无法判定1"),
    ];
    for (group, metric, words) in expected {
        assert_eq!(shown(&document, group, metric), words, "{group} {metric}");
    }
    assert_eq!(document["partial"], false);
    // 没有违规的部门也列，按名称排。
    let groups = document["groups"].as_array().unwrap();
    assert_eq!(groups.iter().filter(|group| group["name"].is_string()).count(), 15);
}

#[test]
fn a_result_never_entered_makes_its_task_unfinished() {
    // J14 两个部门都没有录入：一个任务，算一个。
    let text = log(&[r#""e0335""#, r#""e0339""#, r#""e0336""#]);
    let document = json(&folder("unfinished", &[("台账.jsonl", &text)]), &["--period", "2025"]);
    assert_eq!(shown(&document, "合计", "视为未完成任务数"), "1 个 未到期1");
    assert_eq!(shown(&document, "区文旅局", "视为未完成任务数"), "1 个");
    assert_eq!(shown(&document, "区文旅局", "公示率"), "50.0%（1/2）");
    let member = &cell(&document, "区文旅局", "视为未完成任务数")["members"][0];
    assert_eq!(member["subject"], "互联网上网服务营业场所联合抽查（T7）");
    assert_eq!(member["rules"], "PQ-20-4a");
}

#[test]
fn every_number_says_what_it_counts() {
    let document = json(&folder("members", &[("台账.jsonl", &log(&[]))]), &["--period", "2025"]);
    for group in document["groups"].as_array().unwrap() {
        for cell in group["cells"].as_array().unwrap() {
            let members = cell["members"].as_array().unwrap();
            let of = |state: &str| members.iter().filter(|member| member["state"] == state).count();
            assert_eq!(cell["counted"], of("counted"));
            assert_eq!(cell["of"], of("counted") + of("rest"));
            assert_eq!(cell["pending"], of("pending"));
            assert!(members.iter().all(|member| !member["records"].as_array().unwrap().is_empty()));
        }
    }
    let late = &cell(&document, "区市场监管局", "按时公示率")["members"][0];
    assert_eq!(late["state"], "rest");
    assert_eq!(
        late["records"],
        serde_json::json!([
            "检查结束 e0035 2025-09-26（台账.jsonl:117）",
            "公示结果 e0041 2025-11-03（台账.jsonl:123）"
        ])
    );
}

#[test]
fn a_period_takes_the_tasks_that_begin_in_it() {
    let place = folder("period", &[("台账.jsonl", &log(&[]))]);
    // 二季度起始的任务：T2、T4、T5。
    let document = json(&place, &["--period", "2025年第二季度"]);
    assert_eq!(document["period"]["name"], "2025 年第二季度");
    assert_eq!(shown(&document, "合计", "部门联合占比"), "100.0%（3/3）");
    assert_eq!(shown(&document, "合计", "部门参与率"), "40.0%（6/15）");
    assert_eq!(shown(&document, "合计", "检查率"), "100.0%（6/6）");
    // 年度的计划，年末所在的那一期才算。
    assert_eq!(shown(&document, "合计", "计划完成率"), "—");
    // 违规看触发那天：T2 先建任务后报计划、J03 没有告知。
    assert_eq!(shown(&document, "合计", "违规（错误）"), "2 条");
    let (text, code) = bulletin(&place, &["--period", "去年"]);
    assert_eq!((code, text.contains("写作 2025、2025Q1")), (2, true), "{text}");
}

#[test]
fn what_the_log_does_not_cover_is_said_first() {
    let place = folder("partial", &[("台账.jsonl", &log(&[]))]);
    let document = json(&place, &["--period", "2024-07..2025-06"]);
    assert_eq!(document["partial"], true);
    assert!(document["remarks"][0].as_str().unwrap().contains("没有盖住"));
    let document = json(&place, &["--period", "2025", "--as-of", "2025-09-30"]);
    assert!(document["remarks"][0].as_str().unwrap().contains("这一期还没有结束"));
    let (text, _) = bulletin(&place, &["--period", "2025", "--as-of", "2025-09-30"]);
    assert!(text.contains("；不全") || text.contains("，不全"), "{text}");
    let bare = log(&[]).replace(r#""覆盖起":"2025-01-01","覆盖止":"2025-12-31","#, "");
    let document = json(&folder("bare", &[("台账.jsonl", &bare)]), &["--period", "2025"]);
    assert!(document["remarks"][0].as_str().unwrap().contains("没有写明收全了哪一段"));
}

#[test]
fn missing_data_is_neither_done_nor_undone() {
    // T9 没有写模式：联合不联合说不准。
    let text = log(&[]).replace(r#""模式":"部门内部","#, "");
    let document = json(&folder("missing", &[("台账.jsonl", &text)]), &["--period", "2025"]);
    assert_eq!(shown(&document, "合计", "部门联合占比"), "100.0%（8/8） 无法判定1");
    assert!(document["gaps"][0].as_str().unwrap().starts_with("部门联合占比：1 项，缺 任务 T9 的「模式」"));
}

const OWN: &str = r#"
标题: "{期间}检查情况"
指标规则: 自己的.rule
栏目:
  - 名称: 亮证率
    指标: 亮证
    目标: 90.5%
  - 名称: 未告知
    规则: [PQ-20-2a]
    显示: 个数
    期内: 发生
    单位: 次
"#;

const OWN_RULE: &str = "规则集 自己的指标
    引用 通用

规则 亮证 检查时出示证件
    对 每个 检查
    情形 检查 有 实施检查
    应当 有 实施检查（出示证件）
";

#[test]
fn own_columns_and_own_rules() {
    let place = folder("own", &[("台账.jsonl", &log(&[])), ("我的.yaml", OWN), ("自己的.rule", OWN_RULE)]);
    let document = json(&place, &["--period", "2025", "--metrics", "我的.yaml"]);
    assert_eq!(document["title"], "2025 年检查情况");
    assert_eq!(shown(&document, "合计", "未告知"), "1 次");
    let cell = cell(&document, "合计", "亮证率");
    // J04 没有查成，不算；J17 没有出示，J10 没有写。
    assert_eq!((&cell["counted"], &cell["of"], &cell["undetermined"]), (&14.into(), &15.into(), &1.into()));
    assert_eq!(cell["reached"], true);
    let (text, _) =
        bulletin(&place, &["--period", "2025", "--metrics", "我的.yaml", "--title", "{期间}通报"]);
    assert!(text.starts_with("2025 年通报\n"), "{text}");
}

#[test]
fn a_parameter_of_the_rules_holds_for_the_indicators_too() {
    let place = folder("parameter", &[("台账.jsonl", &log(&[]))]);
    // 期限放到 60 个工作日，J01 不晚了，J17 还没有到期。
    let document = json(&place, &["--period", "2025", "--param", "公示期限=60个工作日"]);
    assert_eq!(shown(&document, "区市场监管局", "公示率"), "100.0%（4/4） 未到期1");
    assert_eq!(shown(&document, "区市场监管局", "按时公示率"), "100.0%（4/4）");
}

#[test]
fn a_tag_no_rule_bears_is_not_zero() {
    let text = log(&[]).replace(r#""规则集":"平桥""#, r#""规则集":"舞钢""#);
    let document = json(&folder("tag", &[("台账.jsonl", &text)]), &["--period", "2025"]);
    assert_eq!(shown(&document, "合计", "视为未完成任务数"), "—");
    let remarks = document["remarks"].to_string();
    assert!(remarks.contains("规则集「舞钢」没有带标签「视为未完成任务」的规则"), "{remarks}");
    assert_ne!(shown(&document, "合计", "按时公示率"), "—");
}

#[test]
fn markdown_fits_a_document() {
    let text = log(&[]).replace("区烟草局", "区|烟<草>局");
    let place = folder("md", &[("台账.jsonl", &text)]);
    let (page, code) = bulletin(&place, &["--period", "2025", "--format", "md", "--brief"]);
    assert_eq!(code, 0);
    insta::assert_snapshot!(without_sums(&page));
}

#[test]
fn the_terminal_page() {
    let place = folder("pretty", &[("台账.jsonl", &log(&[]))]);
    let (page, code) = bulletin(&place, &["--period", "2025"]);
    assert_eq!(code, 0);
    insta::assert_snapshot!(page);
}

/// The page of each code shows a file that gives it.
#[test]
fn pages_of_the_codes_show_the_mistake() {
    for code in ["B001", "B002", "B003", "B004", "B005", "B006"] {
        let page = std::fs::read_to_string(root().join(format!("docs/diagnostics/{code}.md"))).unwrap();
        let example = page.split("```yaml\n").nth(1).unwrap().split("```").next().unwrap();
        let place = folder(code, &[("台账.jsonl", &log(&[])), ("写错.yaml", example)]);
        let (text, exit) = bulletin(&place, &["--period", "2025", "--metrics", "写错.yaml"]);
        assert_eq!(exit, 2, "{text}");
        assert!(text.contains(&format!("错误 {code} ")), "{code}\n{text}");
        let codes = text.matches("错误 B").count();
        assert_eq!(codes, 1, "{text}");
    }
}

#[test]
fn mistakes_are_told_all_at_once_with_the_nearest_name() {
    let wrong = "标题: 通报\n指标规则: 指标\n栏目:\n  - 名称: 甲\n    指标: 检察\n  - 名称: 乙\n    指标: 公示\n    去重: [建查]\n  - 名称: 丙\n    强度: 严重\n    显示: 数\n";
    let place = folder("wrong", &[("台账.jsonl", &log(&[])), ("写错.yaml", wrong)]);
    let (text, code) = bulletin(&place, &["--period", "2025", "--metrics", "写错.yaml"]);
    assert_eq!(code, 2);
    insta::assert_snapshot!(text);
    let rules = wrong.replace("指标规则: 指标", "指标规则: 指镖");
    let place = folder("wrong-rules", &[("台账.jsonl", &log(&[])), ("写错.yaml", &rules)]);
    let (text, code) = bulletin(&place, &["--period", "2025", "--metrics", "写错.yaml"]);
    assert_eq!(
        (code, text.contains("没有叫「指镖」的规则集"), text.contains("共 3 处错误")),
        (2, true, true),
        "{text}"
    );
}

/// The sums change with every rule; what matters is that they are there.
fn without_sums(page: &str) -> String {
    let mut lines = Vec::new();
    for line in page.lines() {
        let sum = line.split(|c: char| !c.is_ascii_alphanumeric()).find(|word| word.len() == 64);
        lines.push(sum.map_or(line.to_owned(), |sum| line.replace(sum, "（散列）")));
    }
    lines.join("\n")
}

/// Names that would be markup or formulas.
fn hostile() -> String {
    log(&[])
        .replace("区烟草局", "=cmd|'<script>alert(1)</script>")
        .replace("药品经营企业联合抽查", "@甲 13812345678")
}

#[test]
fn the_web_page_stands_alone() {
    let place = folder("html", &[("台账.jsonl", &hostile())]);
    let (text, code) = bulletin(&place, &["--period", "2025", "-o", "通报.html"]);
    assert_eq!(code, 0, "{text}");
    let page = std::fs::read_to_string(place.join("通报.html")).unwrap();
    assert!(page.contains("<h1>2025 年部门联合抽查情况通报</h1>"));
    assert!(!page.contains("<script>alert"), "names are escaped");
    assert!(!page.contains("13812345678"), "numbers are masked");
    for outside in ["http://", "https://", "src=", "@import", "url("] {
        assert!(!page.contains(outside), "{outside}");
    }
    // 表里的每个链接都有它的明细。
    let links: Vec<&str> =
        page.split("href=\"#g").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert!(links.len() > 50);
    for link in links {
        if link != "aps" {
            assert_eq!(page.matches(&format!("<details id=\"g{link}\">")).count(), 1, "{link}");
        }
    }
    let (_, code) = bulletin(&place, &["--period", "2025", "-o", "简.html", "--brief"]);
    let brief = std::fs::read_to_string(place.join("简.html")).unwrap();
    assert!(code == 0 && !brief.contains("<details"));
}

#[test]
fn the_workbook_has_numbers_that_are_numbers() {
    use calamine::{Data, Reader as _, Xlsx};
    let place = folder("xlsx", &[("台账.jsonl", &hostile())]);
    let (text, code) = bulletin(&place, &["--period", "2025", "-o", "通报.xlsx"]);
    assert_eq!(code, 0, "{text}");
    let first = std::fs::read(place.join("通报.xlsx")).unwrap();
    let mut book: Xlsx<_> = calamine::open_workbook(place.join("通报.xlsx")).unwrap();
    assert_eq!(book.sheet_names(), ["通报", "明细", "指标定义", "输入与版本"]);
    let sheet = book.worksheet_range("通报").unwrap();
    let rows: Vec<&[Data]> = sheet.rows().collect();
    let total = rows.last().unwrap();
    assert_eq!(total[0], Data::String("合计".to_owned()));
    assert_eq!(total[1], Data::Float(0.857));
    assert_eq!(total[2], Data::String("6/7".to_owned()));
    assert!(rows.iter().any(|row| row[0] == Data::String("=cmd|'<script>alert(1)</script>".to_owned())));
    let formulas = book.worksheet_formula("通报").unwrap();
    assert!(formulas.cells().all(|(_, _, formula)| formula.is_empty()));
    bulletin(&place, &["--period", "2025", "-o", "通报.xlsx"]);
    assert_eq!(std::fs::read(place.join("通报.xlsx")).unwrap(), first, "the same bytes");
    let (text, code) = bulletin(&place, &["--period", "2025", "--format", "xlsx"]);
    assert_eq!((code, text.contains("-o 通报.xlsx")), (2, true), "{text}");
}
