//! `zhunsheng due` from the outside: what is near, what is overdue, what has no last day; every format.
//! Each test runs the program in a fresh folder, over the example of one district's year.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that panics has failed"
)]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The example without the lines that hold one of these.
fn log(without: &[&str]) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/pingqiao.jsonl");
    let text = std::fs::read_to_string(path).unwrap();
    let kept = text.lines().filter(|line| !without.iter().any(|word| line.contains(word)));
    kept.flat_map(|line| [line, "\n"]).collect()
}

fn folder(name: &str, text: &str) -> PathBuf {
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("due").join(name);
    std::fs::create_dir_all(&place).unwrap();
    std::fs::write(place.join("台账.jsonl"), text).unwrap();
    place
}

/// Standard output, or standard error when it failed; the exit code.
fn due(place: &Path, words: &[&str]) -> (String, i32) {
    let output = Command::new(env!("CARGO_BIN_EXE_zhunsheng"))
        .arg("due")
        .arg("台账.jsonl")
        .args(words)
        .current_dir(place)
        .env("NO_COLOR", "1")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    (text, output.status.code().unwrap())
}

fn json(place: &Path, words: &[&str]) -> serde_json::Value {
    let (text, code) = due(place, &[words, &["--format", "json"]].concat());
    assert_eq!(code, 0, "{text}");
    serde_json::from_str(&text).unwrap()
}

/// `规则 主体` of the items of one section.
fn items(document: &serde_json::Value, section: &str) -> Vec<String> {
    let items = document[section].as_array().unwrap();
    let text = |item: &serde_json::Value, key: &str| item[key].as_str().unwrap_or("-").to_owned();
    items.iter().map(|item| format!("{} {}", text(item, "rule"), text(item, "subject"))).collect()
}

#[test]
fn the_near_duties_by_day() {
    let place = folder("day", &log(&[]));
    let (text, code) = due(&place, &["--as-of", "2025-09-05"]);
    assert_eq!(code, 0);
    insta::assert_snapshot!(text);
}

#[test]
fn by_department_with_the_overdue_first_and_the_open_last() {
    // 编号 e0335：区文旅局 J14 的录入；e0336：同一次的公示。
    let place = folder("group", &log(&[r#""e0335""#, r#""e0336""#, r#""e0296""#]));
    let (text, code) = due(&place, &["--as-of", "2025-09-19", "--by", "部门", "--open", "--within", "7日"]);
    assert_eq!(code, 0, "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn the_last_day_and_the_last_day_looked_at_are_inside() {
    let place = folder("edges", &log(&[]));
    // 截止日 2025-09-16、09-17：当日还在；第 7 个工作日恰在看的最后一天。
    let on_the_day = json(&place, &["--as-of", "2025-09-05", "--within", "7个工作日"]);
    assert_eq!(on_the_day["until"], "2025-09-16");
    assert_eq!(items(&on_the_day, "due").len(), 4);
    assert_eq!(on_the_day["due"][0]["workdays"], 7);
    let before = json(&place, &["--as-of", "2025-09-05", "--within", "6个工作日"]);
    assert_eq!(items(&before, "due").len(), 0);
    // 自然日直着数，最后一日是周日也不顺延。
    let days = json(&place, &["--as-of", "2025-09-05", "--within", "9日"]);
    assert_eq!(days["until"], "2025-09-14");
}

#[test]
fn a_yearly_count_is_due_at_the_end_of_the_year() {
    let place = folder("year", &log(&[]));
    let document = json(&place, &["--as-of", "2025-09-05", "--within", "4个月"]);
    let yearly = document["due"].as_array().unwrap().iter().filter(|item| item["deadline"] == "2025-12-31");
    let rules: Vec<&str> = yearly.map(|item| item["rule"].as_str().unwrap()).collect();
    assert_eq!(rules, ["PQ-09b", "PQ-09b", "PQ-09a"]);
}

#[test]
fn what_is_done_late_is_not_owed_any_more() {
    let place = folder("late", &log(&[]));
    // 全年看完：逾期补做的、先后颠倒的都不再是要做的事。
    let document = json(&place, &["--as-of", "2026-01-31"]);
    let owed = items(&document, "overdue");
    assert!(owed.iter().all(|item| !item.starts_with("PQ-07a") && !item.starts_with("PQ-20-2a")), "{owed:?}");
}

#[test]
fn days_without_a_published_notice_are_said_to_be_provisional() {
    let place = folder("unpublished", &log(&[]));
    let (text, code) = due(&place, &["--as-of", "2026-12-25"]);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("还没公布放假安排"), "{text}");
}

#[test]
fn the_calendar_is_sound() {
    let text = log(&[]).replace("互联网上网服务营业场所联合抽查", "网吧; 酒店, 联合\\\\抽查\\n二");
    let place = folder("ics", &text);
    let (calendar, code) = due(&place, &["--as-of", "2025-09-05", "--format", "ics", "--alarm"]);
    assert_eq!(code, 0, "{calendar}");
    assert!(calendar.ends_with("END:VCALENDAR\r\n"));
    assert!(!calendar.replace("\r\n", "").contains(['\r', '\n']), "only CRLF ends a line");
    assert!(calendar.split("\r\n").all(|line| line.len() <= 75), "lines are folded at 75 bytes");
    let unfolded = calendar.replace("\r\n ", "");
    let of = |key: &str| unfolded.lines().filter(|line| line.starts_with(key)).collect::<Vec<_>>();
    assert_eq!(of("BEGIN:VEVENT").len(), 8);
    assert_eq!(of("DTSTAMP:20250905T000000Z").len(), 8);
    assert_eq!(of("DTSTART;VALUE=DATE:20250916").len(), 4);
    assert_eq!(of("DTEND;VALUE=DATE:20250917").len(), 4);
    let mut names = of("UID:");
    names.dedup();
    assert_eq!(names.len(), 8);
    assert!(of("SUMMARY:")[0].contains("网吧\\; 酒店\\, 联合\\\\抽查␊二"), "{}", of("SUMMARY:")[0]);
    // 截至日晚一天、期限不同，还是同一件事：编号不变，导入时是更新。
    let (next, _) = due(&place, &["--as-of", "2025-09-06", "--format", "ics", "--within", "30日"]);
    let next = next.replace("\r\n ", "");
    assert!(names.iter().all(|name| next.contains(name)));
}

#[test]
fn tables_keep_text_text() {
    let text = log(&[]).replace("互联网上网服务营业场所联合抽查", "=cmd|' /C calc'!A0");
    let place = folder("csv", &text);
    let (table, code) = due(&place, &["--as-of", "2025-09-05", "--format", "csv"]);
    assert_eq!(code, 0);
    let table = table.strip_prefix('\u{feff}').unwrap();
    let lines: Vec<&str> = table.split("\r\n").collect();
    assert_eq!(lines[0], "状态,截止日,星期,还剩,部门,主体,要做什么,规则,依据,触发,记录");
    assert_eq!(lines.len(), 10);
    assert!(lines[1].contains(",'=cmd|"), "{}", lines[1]);
    let (table, _) = due(&place, &["--as-of", "2025-09-05", "--format", "md"]);
    assert!(table.contains("=cmd\\|' /C"), "{table}");
}

#[test]
fn numbers_of_people_are_masked() {
    let text = log(&[]).replace("互联网上网服务营业场所联合抽查", "13812345678 抽查");
    let place = folder("mask", &text);
    for format in ["pretty", "md", "csv", "json", "ics"] {
        let words = ["--as-of", "2025-09-05", "--format", format];
        assert!(!due(&place, &words).0.replace("\r\n ", "").contains("13812345678"), "{format}");
        let plain = due(&place, &[&words[..], &["--no-mask"]].concat()).0;
        assert!(plain.replace("\r\n ", "").contains("13812345678"), "{format}");
    }
}

#[test]
fn wrong_words_end_with_two() {
    let place = folder("wrong", &log(&[]));
    let (text, code) = due(&place, &["--within", "十天"]);
    assert_eq!((code, text.contains("写作 10个工作日、30日")), (2, true), "{text}");
    let (text, code) = due(&place, &["--by", "科室"]);
    assert_eq!((code, text.contains("可以写：日、部门")), (2, true), "{text}");
}
