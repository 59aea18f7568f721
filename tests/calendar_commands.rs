//! `zhunsheng deadline` and `zhunsheng calendar` as people run them: words in, text and exit code out.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics has failed")]

use std::process::{Command, Stdio};

use unicode_width::UnicodeWidthStr as _;

/// Exit code and both outputs, one after the other.
fn run(words: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_zhunsheng"))
        .args(words)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8(text).unwrap())
}

/// Sessions as a page: what was typed, what came, which exit code.
fn page(sessions: &[&str]) -> String {
    let session = |line: &&str| {
        let (code, text) = run(&line.split(' ').collect::<Vec<_>>());
        format!("$ zhunsheng {line}\n{text}［{code}］\n\n")
    };
    sessions.iter().map(session).collect()
}

#[test]
fn deadlines() {
    let shown = page(&[
        "deadline 2025-09-26 20",
        "deadline 2026-09-10 7",
        "deadline 2025年9月16日 15日",
        "deadline 2025-08-31 6 --unit 月",
        "deadline 2025-10-09 2 --before",
        "deadline 2013-02-01 15日 --include-start --extend",
        "deadline 2024-12-25 100",
        "deadline 2026-12-28 1",
        "deadline 2026-12-30 3",
    ]);
    insta::assert_snapshot!(shown);
}

#[test]
fn mistakes() {
    let shown = page(&[
        "deadline 2025-02-30 7",
        "deadline 明天 3",
        "deadline 2025-09-26",
        "deadline 2025-09-26 20天",
        "deadline 2025-09-26 -5",
        "deadline 2025-09-26 30日 --unit 月",
        "deadline 2025-09-26 20 --unit 工做日",
        "deadline 2025-09-26 20 --unit",
        "deadline 2025-09-26 20 --befor",
        "deadline 2025-09-26 20 --before --extend",
        "deadline 2025-09-26 20 个工作日 多余",
        "deadline 2025-09-26 20 --calendar 没有这个文件.yaml",
        "deadline 2025-09-26 20 --calendar src/cli",
        "calender show",
        "calendar shwo",
        "calendar show 1999",
        "calendar show 2026 13",
    ]);
    insta::assert_snapshot!(shown);
}

#[test]
fn a_year_on_the_wall() {
    let year = page(&["calendar show 2026", "calendar show 2025年 10月", "calendar show 2027 5"]);
    for line in year.lines() {
        assert!(line.width() <= 80, "{line}");
        assert_eq!(line.trim_end(), line);
    }
    insta::assert_snapshot!(year);
}

/// 休 and 班 stand under their days, in every month of every year.
#[test]
fn marks_stand_under_their_days() {
    for year in 2004..=2027 {
        let (code, text) = run(&["calendar", "show", &year.to_string()]);
        assert_eq!(code, 0);
        let mut above = String::new();
        for line in text.lines() {
            if line.trim_start().starts_with(['休', '班']) && !line.contains('=') {
                let mut column = 0;
                for c in line.chars() {
                    if c == '休' || c == '班' {
                        let day: String = above.chars().skip(column).take(2).collect();
                        assert!(day.trim().parse::<u32>().is_ok(), "{year}: {above}\n{line}");
                    }
                    column += if c == ' ' { 1 } else { 2 };
                }
            }
            above = line.to_owned();
        }
    }
}

#[test]
fn checks() {
    let (code, text) = run(&["calendar", "check"]);
    assert_eq!(code, 0);
    assert!(text.contains("查了 24 份放假安排：0 处错误，6 处警告。"), "{text}");
    let (code, text) = run(&["calendar", "check", "--alone", "calendars/cn"]);
    assert_eq!(code, 0);
    assert!(text.contains("查了 24 份放假安排：0 处错误，6 处警告。"), "{text}");
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("calendar-check");
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("2026.yaml");
    let good = std::fs::read_to_string("calendars/cn/2026.yaml").unwrap();
    std::fs::write(&file, good.replace("2026-10-10", "2026-10-32").replace("statutory", "statutroy"))
        .unwrap();
    let (code, text) = run(&["calendar", "check", file.to_str().unwrap()]);
    assert_eq!(code, 2);
    assert_eq!(text.matches("错误 K003").count(), 13, "{text}");
    assert_eq!(text.matches("错误 K008").count(), 1, "{text}");
    assert!(text.contains("「2026-10-32」不是日期：2026 年 10 月只有 1 日至 31 日"), "{text}");
    // The same file is refused where it would be used.
    let (code, _) = run(&["deadline", "2026-01-01", "1", "--calendar", folder.to_str().unwrap()]);
    assert_eq!(code, 2);
}

/// `zhunsheng … | head -1` ends without a word.
#[test]
fn a_closed_pipe_is_no_error() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_zhunsheng"))
        .args(["deadline", "2004-01-02", "5000", "--all"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    assert_eq!(output.status.code(), Some(141));
}
