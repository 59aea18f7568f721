//! `verify`: a report made again from its own inputs; what changed is found and put down to what changed it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests fail as tests do"
)]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use flate2::Compression;
use flate2::write::GzEncoder;
use insta::assert_snapshot;
use rust_xlsxwriter::Workbook;
use serde_json::{Value, json};
use zhunsheng::source::SourceMap;
use zhunsheng::verify;

const LOG: &str = "logs/2025.jsonl";
const RULE: &str = "rules/inspection.rule";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() { copy(&path, &target) } else { std::fs::copy(&path, &target).map(|_| ()).unwrap() }
    }
}

/// A fresh copy of the example to work in.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("verify").join(name);
        let _ = std::fs::remove_dir_all(&place);
        copy(&root().join("examples/policy-repo"), &place);
        Self(place)
    }

    fn run(&self, words: &str) -> (String, i32) {
        let output = Command::new(env!("CARGO_BIN_EXE_zhunsheng"))
            .args(words.split_whitespace())
            .current_dir(&self.0)
            .env("NO_COLOR", "1")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        (text, output.status.code().unwrap())
    }

    /// Writes `报告.json` of the usual check, with more words.
    fn report(&self, more: &str) {
        let words = format!("check --rules rules --fail-on never --format json -o 报告.json {more} logs");
        let (text, code) = self.run(&words);
        assert_eq!(code, 0, "{text}");
    }

    fn change(&self, file: &str, old: &str, new: &str) {
        let path = self.0.join(file);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(old), "{file}: {old}");
        std::fs::write(path, text.replace(old, new)).unwrap();
    }

    fn edit(&self, change: impl FnOnce(&mut Value)) {
        let path = self.0.join("报告.json");
        let mut value: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        change(&mut value);
        std::fs::write(path, value.to_string()).unwrap();
    }

    fn keep(&self, file: &str, to: &str) {
        std::fs::copy(self.0.join(file), self.0.join(to)).unwrap();
    }

    /// What `verify` says, as JSON.
    fn verify(&self, more: &str) -> (Value, i32) {
        let (text, code) = self.run(&format!("verify 报告.json --format json {more}"));
        (serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}")), code)
    }
}

/// `日志!` (shown) or `日志?` (supposed) of every difference, each once.
fn why(said: &Value) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for one in said["differences"].as_array().unwrap() {
        let kinds: Vec<&str> =
            one["why"]["kinds"].as_array().unwrap().iter().map(|kind| kind.as_str().unwrap()).collect();
        let mark = if one["why"]["certain"].as_bool().unwrap() { "!" } else { "?" };
        found.push(format!("{} {}{mark}", one["rule"].as_str().unwrap(), kinds.join("+")));
    }
    found.sort();
    found.dedup();
    found
}

#[test]
fn a_report_is_confirmed_however_it_was_asked_for() {
    let folder = Folder::new("same");
    for more in [
        "",
        "--all",
        "--no-mask",
        "--waivers waivers.yaml",
        "--only SL-08 --as-of 2025-12-01",
        "--coverage 2025-01-01..2025-12-31 --policy-as-of 2025-06-01 --lenient --max-errors 3",
        "--param 公示期限=15个工作日",
        "--format jsonl",
    ] {
        folder.report(&more.replace("--format jsonl", ""));
        if more == "--format jsonl" {
            folder.run("check --rules rules --format jsonl -o 报告.json logs");
        }
        let (text, code) = folder.run("verify 报告.json");
        assert!(text.contains("逐条一致"), "{more}\n{text}");
        assert_eq!(code, 0, "{more}");
    }
}

#[test]
fn the_built_in_rules_are_found_by_name_or_by_the_log() {
    let folder = Folder::new("built-in");
    let examples = root().join("tests/data/examples");
    for entry in std::fs::read_dir(examples).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|one| one == "jsonl") {
            let log = path.display().to_string();
            let (text, code) =
                folder.run(&format!("check --fail-on never --all --format json -o 报告.json {log}"));
            assert_eq!(code, 0, "{text}");
            assert_eq!(folder.run("verify 报告.json").1, 0, "{log}");
        }
    }
}

#[test]
fn a_changed_log_changes_conclusions() {
    let folder = Folder::new("log");
    folder.report("");
    folder.change(LOG, "2025-11-12", "2025-11-10");
    folder.change(LOG, "2025-06-04", "2025-08-04");
    let (text, code) = folder.run("verify 报告.json");
    assert_snapshot!(text);
    assert_eq!(code, 1);
    let (said, _) = folder.verify("");
    assert_eq!(said["changed"], json!(["logs"]));
    assert_eq!(why(&said), ["SL-08 logs!"]);
}

/// Two things changed. Without what they were, the likeliest; with it, what a run shows.
#[test]
fn each_difference_is_put_down_to_what_changed_it() {
    let folder = Folder::new("both");
    folder.report("--all");
    folder.keep(LOG, "旧.jsonl");
    copy(&folder.0.join("rules"), &folder.0.join("旧规则"));
    folder.change(RULE, "结案前，应当 有 归档", "自 末次 检查结束 之日起 5 日 内，应当 归档");
    folder.change(LOG, "2025-11-12", "2025-11-10");
    let (said, code) = folder.verify("");
    assert_eq!(code, 1);
    assert_eq!(said["changed"], json!(["logs", "rules"]));
    assert_eq!(why(&said), ["SL-08 logs?", "SL-09 rules?"]);
    let (said, _) = folder.verify("--old-logs 旧.jsonl");
    assert_eq!(why(&said), ["SL-08 logs!", "SL-09 rules!"]);
    let (said, _) = folder.verify("--old-rules 旧规则");
    assert_eq!(why(&said), ["SL-08 logs!", "SL-09 rules!"]);
    let (said, _) = folder.verify("--old-rules 旧规则 --old-logs 旧.jsonl");
    assert_eq!(why(&said), ["SL-08 logs!", "SL-09 rules!"]);
    let (text, code) = folder.run("verify 报告.json --old-logs logs/2025.jsonl");
    assert!(text.contains("--old-logs 给的不是报告时的那份日志"), "{text}");
    assert_eq!(code, 2);
}

#[test]
fn other_days_off_move_deadlines() {
    let folder = Folder::new("calendar");
    let built_in = std::fs::read_to_string(root().join("calendars/cn/2025.yaml")).unwrap();
    std::fs::write(folder.0.join("2025.yaml"), &built_in).unwrap();
    folder.report("--calendar 2025.yaml");
    assert_eq!(folder.verify("").1, 0);
    folder.keep("2025.yaml", "旧历.yaml");
    folder.change("2025.yaml", "off_days:\n", "off_days:\n  - {date: 2025-10-16, name: 国庆节}\n");
    let (said, _) = folder.verify("");
    assert_eq!(said["changed"], json!(["calendar"]));
    assert_eq!(why(&said), ["SL-08 calendar!"]);
    folder.change(
        LOG,
        "\"创建任务\",\"编号\":\"e14\",\"时间\":\"2026-01-08\"",
        "\"创建任务\",\"编号\":\"e14\",\"时间\":\"2026-01-09\"",
    );
    let (said, _) = folder.verify("");
    assert_eq!(why(&said), ["SL-08 calendar?"]);
    let (said, _) = folder.verify("--old-calendar 旧历.yaml");
    assert_eq!(why(&said), ["SL-08 calendar!"]);
}

#[test]
fn a_waiver_that_is_gone_is_named() {
    let folder = Folder::new("waiver");
    folder.report("--waivers waivers.yaml");
    folder.change("waivers.yaml", "2026-06-30", "2026-05-30");
    let (said, code) = folder.verify("");
    assert_eq!((code, why(&said)), (1, vec!["SL-08 waivers!".to_owned()]));
}

#[test]
fn a_touched_report_is_found_out() {
    let folder = Folder::new("touched");
    for (what, change) in [
        ("a date", (|report| report["findings"][0]["message"] = json!("没有这回事")) as fn(&mut Value)),
        ("a finding left out", |report| {
            report["findings"].as_array_mut().unwrap().remove(0);
        }),
        ("a key left out", |report| {
            report["findings"][0].as_object_mut().unwrap().remove("citation");
        }),
        ("a total", |report| report["summary"]["violated"] = json!(0)),
        ("a total not listed", |report| report["summary"]["satisfied"] = json!(100)),
        ("the covered period", |report| report["coverage"] = json!(["2020-01-01", "2025-12-31"])),
    ] {
        folder.report("");
        folder.edit(change);
        let (text, code) = folder.run("verify 报告.json");
        assert!(text.contains("报告写出来以后可能被改过"), "{what}\n{text}");
        assert_eq!(code, 1, "{what}");
        assert_eq!(folder.verify("").0["verdict"], "suspect", "{what}");
    }
}

#[test]
fn another_program_may_say_more_but_not_something_else() {
    let folder = Folder::new("program");
    folder.report("");
    folder.edit(|report| {
        report["program"]["version"] = json!("0.0.9");
        report["program"]["sha256"] = json!("00");
        report["program"]["engine_sha256"] = json!("00");
        for finding in report["findings"].as_array_mut().unwrap() {
            finding.as_object_mut().unwrap().remove("remedy");
        }
    });
    let (said, code) = folder.verify("");
    assert_eq!((code, &said["changed"]), (0, &json!(["program"])));
    folder.edit(|report| report["findings"][0]["message"] = json!("换个说法"));
    let (said, code) = folder.verify("");
    assert_eq!((code, why(&said)), (1, vec!["SL-03 program!".to_owned()]));
    assert_eq!(said["verdict"], "changed");
}

#[test]
fn what_moved_can_be_pointed_at() {
    let folder = Folder::new("moved");
    folder.report("--waivers waivers.yaml");
    std::fs::rename(folder.0.join("logs"), folder.0.join("存档")).unwrap();
    std::fs::rename(folder.0.join("rules"), folder.0.join("规则")).unwrap();
    std::fs::rename(folder.0.join("waivers.yaml"), folder.0.join("豁免.yaml")).unwrap();
    let (text, code) = folder.run("verify 报告.json");
    assert_snapshot!(text);
    assert_eq!(code, 2);
    let words = "verify 报告.json --logs 存档/2025.jsonl --rules 规则 --waivers 豁免.yaml";
    let (text, code) = folder.run(words);
    assert!(text.contains("逐条一致"), "{text}");
    assert!(!text.contains("变了") && !text.contains("没了"), "{text}");
    assert!(text.contains("豁免 waivers.yaml     相同：现在叫 豁免.yaml"), "{text}");
    assert_eq!(code, 0);
}

#[test]
fn a_log_that_came_to_the_folder_later_is_noticed() {
    let folder = Folder::new("more");
    folder.report("");
    folder.keep(LOG, "logs/又一份.jsonl");
    let text = std::fs::read_to_string(folder.0.join(LOG)).unwrap();
    let header = text.lines().next().unwrap();
    std::fs::write(folder.0.join("logs/又一份.jsonl"), header).unwrap();
    let (text, code) = folder.run("verify 报告.json");
    assert!(text.contains("又一份.jsonl  多出来的"), "{text}");
    assert!(text.contains("逐条一致"), "{text}");
    assert_eq!(code, 0);
}

#[test]
fn hidden_numbers_stay_hidden() {
    let folder = Folder::new("mask");
    folder.change(LOG, "\"J2\"", "\"13812345678\"");
    folder.report("--all");
    let report = std::fs::read_to_string(folder.0.join("报告.json")).unwrap();
    assert!(!report.contains("13812345678"));
    let (text, code) = folder.run("verify 报告.json");
    assert_eq!(code, 0, "{text}");
}

/// A workbook of two sheets: `end` is the day the first check ended; 上网日 and 备忘 are no headings that are known.
fn ledger(end: &str) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("说明").unwrap();
    sheet.write(0, 0, "一、本台账一行一个检查对象。").unwrap();
    let sheet = book.add_worksheet().set_name("检查结果").unwrap();
    let titles = ["任务编号", "检查对象", "检查部门", "检查开始日期", "检查完成日期", "上网日", "备忘"];
    sheet.write_row(0, 0, titles).unwrap();
    sheet.write_row(1, 0, ["X1", "甲公司", "区住建局", "2025-03-03", end, "2025-03-20", ""]).unwrap();
    let late = ["X1", "乙公司", "区住建局", "2025-03-04", "2025-03-05", "2025-06-20", "2025-06-21"];
    sheet.write_row(2, 0, late).unwrap();
    // 没有年份的日期，要 --year。
    sheet.write_row(3, 0, ["X1", "丙公司", "区住建局", "3月5日", "3月6日", "3月20日", ""]).unwrap();
    book.save_to_buffer().unwrap()
}

const MAPPING: &str = "表:\n  - 名称: 检查台账\n    列: {公示日期: [上网日]}\n";

/// What is checked here: a workbook, with the built-in rules.
const LEDGER: &str = "check --rules 平桥 --as-of 2026-01-31 --coverage 2025-01-01..2025-12-31 --year 2025 \
                      --fail-on never --all --format json -o 报告.json";

#[test]
fn the_report_of_a_workbook_is_confirmed_wherever_it_is_now() {
    let folder = Folder::new("workbook");
    std::fs::write(folder.0.join("台账.xlsx"), ledger("2025-03-10")).unwrap();
    let (text, code) = folder.run(&format!("{LEDGER} 台账.xlsx logs"));
    assert_eq!(code, 0, "{text}");
    let (text, code) = folder.run("verify 报告.json");
    assert!(text.contains("逐条一致"), "{text}");
    assert_eq!(code, 0);
    std::fs::create_dir(folder.0.join("存档")).unwrap();
    std::fs::rename(folder.0.join("台账.xlsx"), folder.0.join("存档/一.xlsx")).unwrap();
    let (text, code) = folder.run("verify 报告.json");
    assert!(text.contains("日志「台账.xlsx」：搬走了就用 --logs 指给它"), "{text}");
    assert_eq!(code, 2);
    let (text, code) = folder.run("verify 报告.json --logs logs/2025.jsonl 存档/一.xlsx");
    assert!(text.contains("逐条一致") && !text.contains("变了"), "{text}");
    assert_eq!(code, 0);
    std::fs::write(folder.0.join("存档/二.xlsx"), ledger("2025-02-10")).unwrap();
    let (said, code) = folder.verify("--logs 存档/二.xlsx logs/2025.jsonl");
    assert_eq!((code, &said["changed"]), (1, &json!(["logs"])), "{said}");
    let why = why(&said);
    assert!(!why.is_empty() && why.iter().all(|one| one.ends_with(" logs!")), "{why:?}");
    let (again, _) =
        folder.verify("--logs 存档/二.xlsx logs/2025.jsonl --old-logs 存档/一.xlsx logs/2025.jsonl");
    assert_eq!(self::why(&again), why);
}

#[test]
fn the_report_of_a_compressed_log_is_confirmed() {
    let folder = Folder::new("packed");
    let pack = |to: &str| {
        let mut packed = GzEncoder::new(Vec::new(), Compression::default());
        packed.write_all(&std::fs::read(folder.0.join(LOG)).unwrap()).unwrap();
        std::fs::write(folder.0.join(to), packed.finish().unwrap()).unwrap();
    };
    pack("一.jsonl.gz");
    let words = "check --rules rules --fail-on never --format json -o 报告.json 一.jsonl.gz";
    assert_eq!(folder.run(words).1, 0);
    assert_eq!(folder.verify("").1, 0);
    std::fs::rename(folder.0.join("一.jsonl.gz"), folder.0.join("二.gz")).unwrap();
    assert_eq!(folder.verify("--logs 二.gz").1, 0);
    // 压缩与否不变内容。
    let (said, code) = folder.verify(&format!("--logs {LOG}"));
    assert_eq!((code, &said["changed"]), (0, &json!([])));
    folder.change(LOG, "2025-11-12", "2025-11-10");
    pack("二.gz");
    let (said, code) = folder.verify("--logs 二.gz");
    assert_eq!((code, why(&said)), (1, vec!["SL-08 logs!".to_owned()]));
}

#[test]
fn another_mapping_of_columns_is_named() {
    let folder = Folder::new("columns");
    std::fs::write(folder.0.join("台账.xlsx"), ledger("2025-03-10")).unwrap();
    std::fs::write(folder.0.join("映射.yaml"), MAPPING).unwrap();
    let (text, code) = folder.run(&format!("{LEDGER} --columns 映射.yaml 台账.xlsx"));
    assert_eq!(code, 0, "{text}");
    assert_eq!(folder.verify("").1, 0);
    folder.keep("映射.yaml", "旧映射.yaml");
    folder.change("映射.yaml", "[上网日]", "[上网日, 上网之日]");
    let (said, code) = folder.verify("");
    assert_eq!((code, &said["changed"]), (0, &json!(["columns"])), "{said}");
    folder.change("映射.yaml", "[上网日, 上网之日]", "[备忘]");
    let (said, code) = folder.verify("");
    assert_eq!((code, &said["changed"]), (1, &json!(["columns"])), "{said}");
    let why = why(&said);
    assert!(!why.is_empty() && why.iter().all(|one| one.ends_with(" columns!")), "{why:?}");
    assert_eq!(self::why(&folder.verify("--old-columns 旧映射.yaml").0), why);
    assert_eq!(folder.run("verify 报告.json --old-columns 映射.yaml").1, 2);
    std::fs::remove_file(folder.0.join("映射.yaml")).unwrap();
    let (text, code) = folder.run("verify 报告.json");
    assert!(text.contains("列名映射「映射.yaml」：搬走了就用 --columns 指给它"), "{text}");
    assert_eq!(code, 2);
    let (said, code) = folder.verify("--columns 旧映射.yaml");
    assert_eq!((code, &said["changed"]), (0, &json!([])), "{said}");
}

/// The example on each page gives that code.
#[test]
fn what_cannot_be_checked_is_explained() {
    for code in ["R001", "R002", "R003", "R004"] {
        let page = std::fs::read_to_string(root().join(format!("docs/diagnostics/{code}.md"))).unwrap();
        let example = page.split("```json\n").nth(1).unwrap().split("\n```").next().unwrap();
        let mut sources = SourceMap::new();
        let file = sources.add("报告.json", example);
        let problem = verify::read(file, example).unwrap_err().diagnostic();
        assert_eq!(problem.code, code, "{}", problem.message);
    }
}

/// However much of a report is left, it is refused or found out, and nothing breaks.
#[test]
fn a_report_cut_anywhere_is_no_report() {
    let folder = Folder::new("cut");
    folder.report("");
    let whole = std::fs::read_to_string(folder.0.join("报告.json")).unwrap();
    let whole = whole.trim_end();
    for at in (0..whole.len()).filter(|at| whole.is_char_boundary(*at)) {
        let mut sources = SourceMap::new();
        let file = sources.add("报告.json", &whole[..at]);
        let problem = verify::read(file, &whole[..at]).unwrap_err().diagnostic();
        assert_eq!(problem.code, "R001", "{at}");
    }
    let (said, code) = (folder.run("verify 没有.json"), folder.run("verify rules"));
    assert_eq!((said.1, code.1), (2, 2), "{}{}", said.0, code.0);
}
