//! `check` as html, xlsx, csv, md, sarif and junit: the same findings in each, nothing that breaks out of its text,
//! the same bytes again. One history with hostile names goes through all of them.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test that panics has failed"
)]

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use calamine::{Data, Reader as _, Xlsx};
use insta::assert_snapshot;
use quick_xml::events::Event;
use serde_json::Value;

use crate::support::{hostile, text_of};

/// What no document may hold as it is: characters that cannot be seen, numbers of people, markup of the names.
const NEVER: &[&str] = &["\u{202e}", "\u{200b}", "\u{2028}", "411503199001010010", "13812345678"];

fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("documents");
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn run(words: &[&str]) -> (Vec<u8>, String, i32) {
    let output = Command::new(env!("CARGO_BIN_EXE_zhunsheng"))
        .args(words)
        .current_dir(folder())
        .env("NO_COLOR", "1")
        .output()
        .unwrap();
    (output.stdout, String::from_utf8(output.stderr).unwrap(), output.status.code().unwrap())
}

/// The hostile history in one format, to standard output.
fn document(format: &str) -> &'static [u8] {
    static MADE: OnceLock<BTreeMap<&str, Vec<u8>>> = OnceLock::new();
    let made = MADE.get_or_init(|| {
        std::fs::write(folder().join("台账.jsonl"), hostile::log()).unwrap();
        let formats = ["json", "html", "xlsx", "csv", "md", "sarif", "junit"];
        let make = |format| {
            let (out, error, code) = run(&["check", "--all", "--format", format, "台账.jsonl"]);
            assert_eq!(code, 1, "{format}: {error}");
            (format, out)
        };
        formats.into_iter().map(make).collect()
    });
    &made[format]
}

fn text(format: &str) -> &'static str {
    std::str::from_utf8(document(format)).unwrap()
}

fn json() -> Value {
    serde_json::from_slice(document("json")).unwrap()
}

/// How many findings of each verdict, by the JSON word.
fn totals() -> BTreeMap<String, usize> {
    let summary = json()["summary"].clone();
    let numbers = summary.as_object().unwrap().iter();
    numbers.map(|(key, count)| (key.clone(), usize::try_from(count.as_u64().unwrap()).unwrap())).collect()
}

fn label(key: &str) -> &'static str {
    match key {
        "violated" => "违规",
        "pending" => "未到期",
        "undetermined" => "无法判定",
        "satisfied" => "合规",
        "exempt" => "除外",
        "not_applicable" => "不适用",
        other => panic!("{other}"),
    }
}

#[test]
fn nothing_hostile_comes_through() {
    for format in ["html", "csv", "md", "sarif", "junit"] {
        for never in NEVER {
            assert!(!text(format).contains(never), "{format}: {never:?}");
        }
        assert!(text(format).contains("U+"), "{format}: an invisible character is shown by its number");
        assert!(
            text(format).replace("\\", "").contains("411503********0010"),
            "{format}: masked, not dropped"
        );
    }
}

#[test]
fn the_same_bytes_again() {
    for format in ["html", "xlsx", "csv", "md", "sarif", "junit"] {
        let (again, ..) = run(&["check", "--all", "--format", format, "台账.jsonl"]);
        assert!(again == document(format), "{format}");
    }
}

#[test]
fn html_is_one_page_without_links_or_foreign_markup() {
    let html = text("html");
    assert_eq!(html.matches("<script").count(), 1);
    assert!(!html.contains("<script>alert") && !html.contains("\" onload=\"alert"));
    assert!(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert!(!html.contains("<!--"));
    for outside in ["src=", "<link", "<img", "<iframe", "url(http", "@import", "href=\"http"] {
        assert!(!html.contains(outside), "{outside}");
    }
    assert!(html.contains("http-equiv=\"Content-Security-Policy\" content=\"default-src &#39;none&#39;"));
    assert!(!html.contains("unsafe-inline"));
    for (key, count) in totals() {
        let listed = html.matches(&format!("data-v=\"{key}\"")).count();
        assert_eq!(listed, count, "{key}");
    }
}

#[test]
fn csv_is_for_spreadsheets() {
    let csv = text("csv");
    assert!(csv.starts_with("\u{feff}判定,"));
    assert_eq!(csv.matches('\n').count(), csv.matches("\r\n").count());
    let mut reader = csv::Reader::from_reader(csv.trim_start_matches('\u{feff}').as_bytes());
    let head = reader.headers().unwrap().clone();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let (mut formulas, mut rows) = (0, 0);
    for record in reader.records() {
        let record = record.unwrap();
        assert_eq!(record.len(), head.len());
        for cell in &record {
            let first = cell.chars().next().unwrap_or(' ');
            assert!(!"=+-@＝＋－＠".contains(first), "{cell}");
            formulas += usize::from(cell.starts_with("'="));
        }
        *counts.entry(record[0].to_owned()).or_default() += 1;
        rows += 1;
    }
    let expected = totals().into_iter().filter(|(_, count)| *count > 0);
    assert_eq!(counts, expected.map(|(key, count)| (label(&key).to_owned(), count)).collect());
    assert_eq!(rows, json()["findings"].as_array().unwrap().len());
    assert!(formulas > 0, "the name that begins like a formula is there");
}

#[test]
fn xlsx_has_its_sheets_dates_and_no_formula() {
    let bytes = document("xlsx");
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes)).unwrap();
    let names = ["清单", "按部门汇总", "未到期", "无法判定", "按规则汇总", "全部", "输入与版本"];
    assert_eq!(book.sheet_names(), names);
    let totals = totals();
    for (name, key) in [("清单", "violated"), ("未到期", "pending"), ("无法判定", "undetermined")] {
        assert_eq!(book.worksheet_range(name).unwrap().height() - 1, totals[key], "{name}");
    }
    let all = book.worksheet_range("全部").unwrap();
    assert_eq!(all.height() - 1, totals.values().sum::<usize>());
    let head: Vec<String> = all.rows().next().unwrap().iter().map(ToString::to_string).collect();
    for column in ["起算日", "截止日", "完成日"] {
        let at = head.iter().position(|title| title == column).unwrap();
        let cells: Vec<&Data> =
            all.rows().skip(1).map(|row| &row[at]).filter(|cell| **cell != Data::Empty).collect();
        assert!(!cells.is_empty() && cells.iter().all(|cell| matches!(cell, Data::DateTime(_))), "{column}");
    }
    let subject = head.iter().position(|title| title == "主体").unwrap();
    assert!(all.rows().any(|row| row[subject].to_string().starts_with("=cmd|")), "as text, unchanged");
    for name in names {
        assert_eq!(book.worksheet_formula(name).unwrap().used_cells().count(), 0, "{name}");
    }
    for (name, xml) in parts(bytes) {
        for never in NEVER {
            assert!(!xml.contains(never), "{name}: {never:?}");
        }
        if name.starts_with("xl/worksheets/sheet") {
            assert!(xml.contains("state=\"frozen\""), "{name}: frozen heading");
            assert!(xml.contains("<autoFilter ref=\"A1:"), "{name}: filter");
            assert!(
                xml.contains("paperSize=\"9\"") && xml.contains("orientation=\"landscape\""),
                "{name}: A4"
            );
            assert!(!xml.contains("<f>") && !xml.contains("<hyperlink"), "{name}");
        }
    }
}

/// The texts inside a workbook.
fn parts(bytes: &[u8]) -> Vec<(String, String)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    (0..archive.len())
        .map(|index| {
            let mut file = archive.by_index(index).unwrap();
            let mut text = String::new();
            file.read_to_string(&mut text).unwrap();
            (file.name().unwrap().into_owned(), text)
        })
        .collect()
}

#[test]
fn markdown_tables_keep_their_columns() {
    let mut columns = 0;
    let mut rows = 0;
    for line in text("md").lines() {
        if !line.starts_with('|') {
            columns = 0;
            continue;
        }
        let bars = line.replace("\\\\", "").replace("\\|", "").matches('|').count();
        assert!(columns == 0 || columns == bars, "{line}");
        columns = bars;
        rows += 1;
    }
    assert!(rows > 50);
    assert!(text("md").contains("\\<script\\>alert(1)\\</script\\>") && text("md").contains("\\*甲\\*"));
}

#[test]
fn junit_has_one_case_per_rule() {
    let xml = text("junit");
    let mut reader = quick_xml::Reader::from_str(xml);
    let (mut cases, mut failures, mut skipped) = (0, 0, 0);
    loop {
        let event = reader.read_event().unwrap();
        if matches!(event, Event::Eof) {
            break;
        }
        if let Event::Start(tag) | Event::Empty(tag) = event {
            cases += usize::from(tag.name().as_ref() == "testcase");
            failures += usize::from(tag.name().as_ref() == "failure");
            skipped += usize::from(tag.name().as_ref() == "skipped");
        }
    }
    let json = json();
    let of = |verdict: &str| -> std::collections::BTreeSet<String> {
        let findings = json["findings"].as_array().unwrap().iter();
        let findings = findings.filter(|finding| finding["verdict"] == verdict);
        findings.map(|finding| finding["rule"].as_str().unwrap().to_owned()).collect()
    };
    let (violated, undetermined) = (of("violated"), of("undetermined"));
    assert_eq!(failures, violated.len());
    assert_eq!(skipped, undetermined.difference(&violated).count());
    assert!(xml.contains(&format!("<testsuite name=\"平桥\" tests=\"{cases}\"")));
    assert!(!xml.chars().any(|c| c.is_control() && c != '\n'));
}

/// Problems of a document with the official schema.
fn against_schema(document: &Value) -> Vec<String> {
    // One pattern of the official text leaves a `]` unescaped, which the validator's regular expressions refuse.
    let schema = text_of("tests/data/sarif/sarif-schema-2.1.0.json").replace("{2}]?$", "{2}\\\\]?$");
    let schema: Value = serde_json::from_str(&schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    validator.iter_errors(document).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

#[test]
fn sarif_follows_the_official_schema() {
    let sarif: Value = serde_json::from_slice(document("sarif")).unwrap();
    assert_eq!(against_schema(&sarif), Vec::<String>::new());
    let run = &sarif["runs"][0];
    let results = run["results"].as_array().unwrap();
    let totals = totals();
    assert_eq!(results.len(), totals.values().sum::<usize>());
    let fails = results.iter().filter(|result| result["kind"].is_null()).count();
    assert_eq!(fails, totals["violated"]);
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
    }
    assert!(rules.iter().any(|rule| rule["help"]["text"].as_str().is_some_and(|help| help.contains("依据"))));
    assert_eq!(run["artifacts"][0]["hashes"]["sha-256"], json()["logs"][0]["sha256"]);
    assert_eq!(run["artifacts"][0]["location"]["uri"], "%E5%8F%B0%E8%B4%A6.jsonl");
}

#[test]
fn sarif_of_lint_follows_it_too() {
    let rule = "规则集 甲\n    继承 平桥\n\n规则 甲-1 没有依据\n    对 每个 检查\n    首次 检查结束 之后 3 个工作日 内，应当 公示结果\n";
    std::fs::write(folder().join("甲.rule"), rule).unwrap();
    let (out, error, _) = run(&["lint", "--format", "sarif", "甲.rule"]);
    let sarif: Value = serde_json::from_slice(&out).unwrap_or_else(|_| panic!("{error}"));
    assert!(!sarif["runs"][0]["results"].as_array().unwrap().is_empty());
    assert_eq!(against_schema(&sarif), Vec::<String>::new());
}

/// The example with one late publication, by that rule alone.
fn small(name: &str) -> String {
    let log = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/examples/pingqiao-20-4b-late.jsonl");
    std::fs::copy(log, folder().join("小.jsonl")).unwrap();
    let (_, error, code) = run(&["check", "--only", "PQ-20-4b", "-o", name, "小.jsonl"]);
    assert_eq!((code, error.as_str()), (1, ""), "{name}");
    std::fs::read_to_string(folder().join(name)).unwrap()
}

/// Sums of rules and calendar change whenever those do.
fn without_sums(text: &str) -> String {
    let hex = |piece: &&str| piece.len() == 64 && piece.bytes().all(|b| b.is_ascii_hexdigit());
    let pieces: Vec<&str> = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(hex).collect();
    pieces.into_iter().fold(text.to_owned(), |text, sum| text.replace(sum, "（散列）"))
}

/// Also: the format goes by the extension of the file.
#[test]
fn small_documents_word_for_word() {
    let html = small("小.html");
    let (start, end) = (html.find("<article").unwrap(), html.find("</article>").unwrap());
    assert_snapshot!("card", &html[start..end]);
    assert_snapshot!("markdown", without_sums(&small("小.md")));
    assert_snapshot!("csv", small("小.csv").replace("\r\n", "\n"));
    assert_snapshot!("junit", without_sums(&small("小.xml")));
    assert_snapshot!("sarif", without_sums(&small("小.sarif")));
}

#[test]
fn no_mask_shows_numbers_and_limit_does_not_matter() {
    let (html, ..) = run(&["check", "--no-mask", "--limit", "1", "--format", "html", "台账.jsonl"]);
    let html = String::from_utf8(html).unwrap();
    assert!(html.contains("411503199001010010"));
    assert_eq!(html.matches("<article").count(), totals()["violated"]);
}
