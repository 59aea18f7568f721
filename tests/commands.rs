//! What people run into on the command line: files beside the named one, files saved by other editors,
//! rules that no longer exist. Each test runs the program in a fresh folder.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that panics has failed"
)]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use encoding_rs::GB18030;

const LOCAL: &str = "规则集 本地\n    继承 平桥\n\n改 参数 归档期限 为 30 日\n";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A fresh folder with these files.
fn folder(name: &str, files: &[(&str, &[u8])]) -> PathBuf {
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("commands").join(name);
    if place.exists() {
        std::fs::remove_dir_all(&place).unwrap();
    }
    std::fs::create_dir_all(&place).unwrap();
    for (file, bytes) in files {
        std::fs::write(place.join(file), bytes).unwrap();
    }
    place
}

fn zhunsheng(place: &Path, words: &[&str]) -> (String, i32) {
    let output = Command::new(env!("CARGO_BIN_EXE_zhunsheng"))
        .args(words)
        .current_dir(place)
        .env("NO_COLOR", "1")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    (text, output.status.code().unwrap())
}

fn log() -> String {
    root().join("tests/data/examples/pingqiao-20-4b-late.jsonl").display().to_string()
}

fn utf16(text: &str) -> Vec<u8> {
    let units = std::iter::once(0xfeff).chain(text.encode_utf16());
    units.flat_map(u16::to_le_bytes).collect()
}

#[test]
fn drafts_and_copies_beside_the_named_file_do_not_matter() {
    let draft = "规则集 草稿\n    继承 平桥\n\n规则 甲-1 没写完\n    对 每个\n";
    let headless = "规则 甲-1 没写完\n    对 每个\n";
    let broken_header = "规则集：草稿\n规则 甲-1\n";
    let wide = utf16(draft);
    let place = folder(
        "siblings",
        &[
            ("local.rule", LOCAL.as_bytes()),
            ("local - 副本.rule", LOCAL.as_bytes()),
            ("草稿.rule", draft.as_bytes()),
            ("无头.rule", headless.as_bytes()),
            ("半头.rule", broken_header.as_bytes()),
            ("宽.rule", &wide),
            ("坏.rule", b"abc\n\xff\xff\xff"),
        ],
    );
    let (text, code) = zhunsheng(&place, &["check", "--rules", "local.rule", &log()]);
    assert_eq!(code, 1, "{text}");
    let (text, code) = zhunsheng(&place, &["show", "local.rule", "PQ-18b"]);
    assert_eq!(code, 0, "{text}");
}

#[test]
fn a_parent_beside_the_file_still_counts() {
    let parent = "规则集 上级\n    继承 平桥\n\n改 参数 归档期现 为 30 日\n";
    let child = "规则集 下级\n    继承 上级\n";
    let place = folder("parent", &[("a.rule", parent.as_bytes()), ("b.rule", child.as_bytes())]);
    let (text, code) = zhunsheng(&place, &["show", "b.rule"]);
    assert_eq!(code, 2, "{text}");
    assert!(text.contains("归档期现"), "{text}");
    // 名称写坏了的，正是要找的那一个。
    let parent = "规则集：上级\n    继承 平桥\n";
    let place = folder("broken-parent", &[("a.rule", parent.as_bytes()), ("b.rule", child.as_bytes())]);
    let (text, code) = zhunsheng(&place, &["show", "b.rule"]);
    assert_eq!(code, 2, "{text}");
    assert!(text.contains("a.rule:1"), "{text}");
}

#[test]
fn files_saved_as_ansi_or_unicode_are_read() {
    let local = GB18030.encode(LOCAL).0.into_owned();
    let waivers = "豁免:\n  - 规则: PQ-20-4b\n    主体: {部门: 区卫健委}\n    起: 2026-03-31\n    止: 2026-03-31\n    批准人: 联席办主任\n    理由: 平台停机\n";
    let waivers = GB18030.encode(waivers).0.into_owned();
    let page = std::fs::read_to_string(root().join("tests/cases/pingqiao/PQ-05.md")).unwrap();
    let page = GB18030.encode(&page).0.into_owned();
    let wide = utf16(LOCAL);
    let place = folder(
        "encodings",
        &[("local.rule", &local), ("w.yaml", &waivers), ("PQ-05.md", &page), ("wide.rule", &wide)],
    );
    let (text, code) = zhunsheng(&place, &["check", "--rules", "local.rule", &log()]);
    assert_eq!(code, 1, "{text}");
    let (text, code) = zhunsheng(&place, &["check", "--waivers", "w.yaml", &log()]);
    assert_eq!(code, 0, "{text}");
    let (text, code) = zhunsheng(&place, &["test", "PQ-05.md"]);
    assert_eq!(code, 0, "{text}");
    let (text, code) = zhunsheng(&place, &["check", "--rules", "wide.rule", &log()]);
    assert_eq!(code, 1, "{text}");
}

#[test]
fn a_repealed_rule_is_said_to_be_repealed() {
    let local = "规则集 本地\n    继承 平桥\n\n废 规则 PQ-18b，理由 “由执法记录仪代替”\n";
    let waivers =
        "豁免:\n  - 规则: PQ-18b\n    主体: {}\n    起: 2026-03-31\n    批准人: 某人\n    理由: 停机\n";
    let place = folder("repealed", &[("local.rule", local.as_bytes()), ("w.yaml", waivers.as_bytes())]);
    let log = log();
    for words in [
        vec!["check", "--rules", "local.rule", "--only", "PQ-18b", &log],
        vec!["check", "--rules", "local.rule", "--waivers", "w.yaml", &log],
        vec!["explain", "--rules", "local.rule", "PQ-18b"],
        vec!["show", "local.rule", "PQ-18b"],
    ] {
        let (text, code) = zhunsheng(&place, &words);
        assert_eq!(code, 2, "{text}");
        assert!(text.contains("规则 PQ-18b 已由 本地 废，理由 “由执法记录仪代替”"), "{text}");
        assert!(!text.contains("你是不是要写"), "{text}");
    }
}

#[test]
fn a_page_of_unknown_rules_says_how_to_give_them() {
    let page = std::fs::read_to_string(root().join("tests/cases/pingqiao/PQ-05.md")).unwrap();
    let page = page.replace("规则：平桥", "规则：我的规则");
    let place = folder("unknown-rules", &[("一条.md", page.as_bytes())]);
    let (text, code) = zhunsheng(&place, &["test", "."]);
    assert_eq!(code, 2, "{text}");
    for word in ["我的规则", "一条.md", "--rules", "--with"] {
        assert!(text.contains(word), "{text}");
    }
}

#[test]
fn updated_pages_say_what_is_missing_in_a_few_words() {
    let cases = root().join("tests/cases/pingqiao");
    let mut found = Vec::new();
    for name in ["PQ-05.md", "PQ-09a.md", "PQ-18b.md", "PQ-20-4b.md"] {
        let page = std::fs::read_to_string(cases.join(name)).unwrap();
        // 把「缺」一列写成别的，改写时重新填。
        let mut lacking = None;
        let lines = page.lines().map(|line| {
            let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
            match (line.starts_with('|'), cells.iter().position(|cell| *cell == "缺"), lacking) {
                (true, Some(at), _) => lacking = Some(at),
                (true, None, Some(at)) if cells[at] != "—" && !cells[at].contains("---") => {
                    return line.replace(cells[at], "别的");
                }
                (true, None, _) => {}
                (false, ..) => lacking = None,
            }
            line.to_owned()
        });
        let page = lines.collect::<Vec<_>>().join("\n") + "\n";
        let place = folder(&format!("update-{name}"), &[(name, page.as_bytes())]);
        let (text, code) = zhunsheng(&place, &["test", "--update", name]);
        assert_eq!(code, 0, "{text}");
        let updated = std::fs::read_to_string(place.join(name)).unwrap();
        for (before, after) in page.lines().zip(updated.lines()) {
            if before.contains("别的 |") {
                found.push(after.rsplit('|').nth(1).unwrap().trim().to_owned());
            }
        }
    }
    assert!(!found.is_empty());
    for words in &found {
        assert!(words.chars().count() <= 12 && !words.contains(['「', '；', ' ']), "{found:?}");
    }
}

#[test]
fn a_limit_of_no_days_is_the_same_day() {
    let log = "{\"日志\":\"准绳/1\",\"规则集\":\"宛城\",\"覆盖起\":\"2026-01-01\",\"覆盖止\":\"2026-12-31\",\"截至\":\"2026-12-31\"}
{\"实体\":\"部门\",\"编号\":\"D1\",\"名称\":\"区教体局\"}
{\"实体\":\"对象\",\"编号\":\"O1\",\"名称\":\"甲大药房\"}
{\"实体\":\"任务\",\"编号\":\"T1\",\"模式\":\"一业一查\",\"发起部门\":\"D1\"}
{\"实体\":\"检查\",\"编号\":\"J1\",\"任务\":\"T1\",\"对象\":\"O1\"}
{\"事件\":\"移出经营异常名录\",\"编号\":\"e1\",\"时间\":\"2026-11-10\",\"对象\":\"O1\",\"检查\":\"J1\"}
{\"事件\":\"停止公示\",\"编号\":\"e2\",\"时间\":\"2026-11-11\",\"检查\":\"J1\"}
";
    let place = folder("same-day", &[("a.jsonl", log.as_bytes())]);
    let (text, code) = zhunsheng(&place, &["check", "--rules", "宛城", "--only", "WC-25b", "a.jsonl"]);
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("应于 2026-11-10 当日") && text.contains("以这一天当日为限"), "{text}");
    assert!(!text.contains("次日") && !text.contains("起 0 日 ="), "{text}");
}

#[test]
fn explanations_fit_the_width() {
    let width = |line: &str| line.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum::<usize>();
    for rule in ["PQ-09a", "PQ-17a", "PQ-20-4b", "WC-25b"] {
        let (text, code) = zhunsheng(root(), &["explain", rule]);
        assert!(code == 0 && text.contains("规则这样写"), "{text}");
        let example = text.find("例子（").unwrap_or(text.len());
        for line in text[..example].lines() {
            assert!(width(line) <= 80, "{line}");
        }
    }
}
