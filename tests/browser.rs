//! The page of `check --format html` in a real browser: no script errors, no requests, filters by mouse, keyboard and
//! address, narrow screens, both colour schemes, print. Skipped, and said so, where there is no chromium.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test that panics has failed"
)]

mod devtools;

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::support::{hostile, text_of};
use devtools::{Browser, products};

/// Checks a log and gives the page.
fn page(name: &str, log: &str, more: &[&str]) -> PathBuf {
    let folder = products();
    std::fs::write(folder.join(format!("{name}.jsonl")), log).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_zhunsheng"))
        .current_dir(&folder)
        .args(["check", "-o", &format!("{name}.html"), &format!("{name}.jsonl")])
        .args(more)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    folder.join(format!("{name}.html"))
}

fn url(page: &Path) -> String {
    let mut url = String::from("file://");
    for byte in page.to_str().unwrap().bytes() {
        match byte {
            b'/' | b'-' | b'.' | b'_' => url.push(char::from(byte)),
            byte if byte.is_ascii_alphanumeric() => url.push(char::from(byte)),
            byte => url.push_str(&format!("%{byte:02X}")),
        }
    }
    url
}

fn example() -> String {
    text_of("examples/pingqiao.jsonl")
}

/// So many checks, each published two workdays late by one department.
fn many(count: usize) -> String {
    let mut log = String::from(
        r#"{"日志":"大","规则集":"平桥","覆盖起":"2025-01-01","覆盖止":"2025-12-31","截至":"2026-01-31"}
{"实体":"部门","编号":"D01","名称":"区市场监管局","层级":"区县"}
{"实体":"任务","编号":"T1","名称":"联合抽查","模式":"部门联合","发起部门":"D01","参与部门":[],"临时":false}
{"实体":"对象","编号":"O1","名称":"示例公司","类型":"企业"}
"#,
    );
    for number in 1..=count {
        log.push_str(&format!(
            r#"{{"实体":"检查","编号":"J{number}","任务":"T1","对象":"O1","不宜告知":false,"不宜公开":false}}
{{"事件":"检查结束","编号":"a{number}","时间":"2025-09-26","检查":"J{number}"}}
{{"事件":"公示结果","编号":"b{number}","时间":"2025-11-03","检查":"J{number}","部门":"D01","渠道":"国家企业信用信息公示系统（河南）"}}
"#
        ));
    }
    log
}

/// Cards that can be seen.
const CARDS: &str = "[...document.querySelectorAll('.card')].filter((card) => card.checkVisibility()).length";

fn count(browser: &mut Browser, expression: &str) -> u64 {
    browser.run(expression).as_u64().unwrap()
}

#[test]
fn opens_without_errors_or_requests() {
    let Some(mut browser) = Browser::start("opens") else { return };
    for (name, log) in [("example", example()), ("hostile", hostile::log())] {
        let page = page(&format!("opens-{name}"), &log, &["--all"]);
        browser.open(&url(&page));
        assert_eq!(browser.troubles(), Vec::<String>::new(), "{name}");
        assert!(count(&mut browser, CARDS) > 3);
        let picture = browser.picture(&format!("{name}.png"));
        assert!(picture.len() > 20_000, "{name}: a picture of something");
    }
    // What the page must never do, tried: the policy refuses it.
    browser.run("fetch('https://example.invalid/').catch(() => 0)");
    browser.settle();
    assert!(browser.troubles().iter().any(|trouble| trouble.contains("Content Security Policy")));
}

#[test]
fn filters_by_list_text_link_and_keyboard() {
    let Some(mut browser) = Browser::start("filters") else { return };
    let page = url(&page("filters", &example(), &[]));
    browser.open(&page);
    let all = count(&mut browser, CARDS);
    let choose = |name: &str, value: &str| {
        format!(
            "{{ const box = document.forms.filters.elements['{name}']; box.value = '{value}';
               box.dispatchEvent(new Event('input', {{ bubbles: true }})); }}"
        )
    };
    browser.run(&choose("k", "late"));
    browser.settle();
    assert_eq!(count(&mut browser, CARDS), 1);
    assert_eq!(browser.run("new URLSearchParams(location.hash.slice(1)).get('k')"), json!("late"));
    assert!(
        browser.run("document.getElementById('shown').textContent").as_str().unwrap().contains("符合的 1 条")
    );
    assert_eq!(browser.run("document.getElementById('pending').hidden"), json!(true));

    // The address says it all: opened anew, the same.
    let address = browser.run("location.href").as_str().unwrap().to_owned();
    browser.open("about:blank");
    browser.open(&address);
    assert_eq!(count(&mut browser, CARDS), 1);

    browser.run("document.forms.filters.reset()");
    browser.settle();
    assert_eq!(count(&mut browser, CARDS), all);
    assert_eq!(browser.run("location.hash"), json!(""));

    // A number in a table leads to what it counts.
    let link = "[...document.querySelectorAll('td.violated a')].find((link) => link.textContent === '2')";
    browser.run(&format!("{link}.click()"));
    browser.settle();
    assert_eq!(count(&mut browser, CARDS), 2);
    browser.run("document.forms.filters.reset()");
    browser.settle();

    // By keyboard alone: from the text field back to the first list, one down; then a word.
    browser.run("document.forms.filters.elements.v.focus()");
    browser.press("Tab", 9);
    assert_eq!(browser.run("document.activeElement.name"), json!("q"));
    browser.call("Input.insertText", json!({ "text": "宏达" }));
    browser.settle();
    assert_eq!(count(&mut browser, CARDS), 1);
    browser.press("Tab", 9);
    assert_eq!(browser.run("document.activeElement.type"), json!("reset"));
    browser.press("Enter", 13);
    browser.settle();
    assert_eq!(count(&mut browser, CARDS), all);

    // Everything that takes focus has a name and shows it.
    let nameless = "[...document.querySelectorAll('button, select, input')]
        .filter((one) => !(one.labels?.length || one.textContent.trim())).length";
    assert_eq!(count(&mut browser, nameless), 0);
    assert_eq!(browser.troubles(), Vec::<String>::new());
}

/// Every number of the tables leads to as many as it says, whatever the names.
#[test]
fn numbers_lead_to_what_they_count() {
    let Some(mut browser) = Browser::start("numbers") else { return };
    browser.open(&url(&page("numbers", &hostile::log(), &["--all"])));
    let wrong = browser.run(
        "(async () => {
            const wrong = [];
            const links = [...document.querySelectorAll('.totals a, .counts td a')];
            for (const link of links) {
                location.hash = link.hash;
                await new Promise((done) => setTimeout(done, 0));
                const shown = document.body.dataset.shown;
                if (shown !== link.textContent.trim()) wrong.push(`${link.hash} ${link.textContent} ${shown}`);
            }
            return [links.length, wrong];
        })()",
    );
    assert!(wrong[0].as_u64().unwrap() > 50);
    assert_eq!(wrong[1], json!([]));
}

#[test]
fn a_narrow_screen_does_not_scroll_sideways() {
    let Some(mut browser) = Browser::start("narrow") else { return };
    let narrow = json!({ "width": 360, "height": 740, "deviceScaleFactor": 2, "mobile": true });
    browser.call("Emulation.setDeviceMetricsOverride", narrow);
    for (name, log) in [("example", example()), ("hostile", hostile::log())] {
        let page = page(&format!("narrow-{name}"), &log, &["--all"]);
        browser.open(&url(&page));
        browser.run("document.querySelectorAll('.every').forEach((button) => button.click())");
        browser.settle();
        assert_eq!(browser.run("innerWidth"), json!(360), "{name}");
        let width = browser.run("document.scrollingElement.scrollWidth");
        assert_eq!(width, json!(360), "{name}");
        browser.picture(&format!("narrow-{name}.png"));
    }
}

#[test]
fn both_colour_schemes_can_be_read() {
    let Some(mut browser) = Browser::start("colours") else { return };
    let page = url(&page("colours", &example(), &["--all"]));
    let contrast = text_of("tests/browser/contrast.js");
    for scheme in ["light", "dark"] {
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        browser.call("Emulation.setEmulatedMedia", json!({ "features": features }));
        browser.open(&page);
        let paper = |browser: &mut Browser| browser.run("getComputedStyle(document.body).backgroundColor");
        let before = paper(&mut browser);
        let measured = browser.run(&contrast);
        assert_eq!(measured["poor"], json!([]), "{scheme}");
        assert!(measured["seen"].as_u64().unwrap() > 200);
        browser.picture(&format!("{scheme}.png"));
        // The other way by hand.
        browser.run("document.getElementById('look').click()");
        browser.settle();
        assert_ne!(paper(&mut browser), before);
        assert_eq!(browser.run(&contrast)["poor"], json!([]), "{scheme}, then the other by hand");
    }
}

#[test]
fn without_scripts_everything_is_there() {
    let Some(mut browser) = Browser::start("scriptless") else { return };
    let page = url(&page("scriptless", &many(150), &["--only", "PQ-20-4b"]));
    browser.without_scripts();
    browser.open(&page);
    assert_eq!(count(&mut browser, CARDS), 150);
    assert_eq!(browser.run("document.getElementById('filters').hidden"), json!(true));
}

#[test]
fn thousands_of_cards_come_in_batches() {
    let Some(mut browser) = Browser::start("thousands") else { return };
    let page = url(&page("thousands", &many(3000), &["--only", "PQ-20-4b"]));
    browser.open(&page);
    assert_eq!(count(&mut browser, CARDS), 100);
    browser.run("document.querySelector('#violated .next').click()");
    assert_eq!(count(&mut browser, CARDS), 200);
    browser.run("document.querySelector('#violated .every').click()");
    assert_eq!(count(&mut browser, CARDS), 3000);
    browser.open(&format!("{page}#c2999"));
    assert!(browser.run("document.getElementById('c2999').checkVisibility()").as_bool().unwrap());
    assert_eq!(browser.troubles(), Vec::<String>::new());
}

/// What a tool of poppler-utils says; `None`, and said so, without it.
fn poppler(tool: &str, words: &[&str]) -> Option<String> {
    let Ok(output) = Command::new(tool).args(words).output() else {
        assert!(std::env::var("ZHUNSHENG_BROWSER").as_deref() != Ok("required"), "没有 {tool}");
        use std::io::Write as _;
        let _ = writeln!(std::io::stderr(), "跳过：没有 {tool}，打印出来的没有看过");
        return None;
    };
    Some(String::from_utf8(output.stdout).unwrap())
}

#[test]
fn prints_on_a4_with_whole_cards() {
    let Some(mut browser) = Browser::start("print") else { return };
    let count = 130;
    let page = url(&page("print", &many(count), &["--only", "PQ-20-4b"]));
    browser.open(&page);
    let pdf = browser.print("print.pdf");
    let pdf = pdf.to_str().unwrap();
    let Some(info) = poppler("pdfinfo", &[pdf]) else { return };
    assert!(info.contains("(A4)"), "{info}");
    let text = poppler("pdftotext", &["-layout", pdf, "-"]).unwrap();
    let mut seen = 0;
    let sheets: Vec<&str> = text.split('\u{c}').filter(|sheet| !sheet.trim().is_empty()).collect();
    assert!(sheets.len() <= count / 2 + 3, "two cards on a sheet: {} sheets", sheets.len());
    for sheet in sheets {
        let bare: String = sheet.split_whitespace().collect();
        // A card begins with its rule and ends with its second proof; both are on one sheet, all cards are printed.
        let begins = bare.matches("PQ-20-4b按期公示结果J").count();
        let ends = bare.matches("\"渠道\":").count();
        assert_eq!(begins, ends, "a card is cut:\n{sheet}");
        seen += begins;
        assert!(!bare.contains("清除") && !bare.contains("再显示") && !bare.contains("file:"), "{sheet}");
    }
    assert_eq!(seen, count);
    // Long lists repeat their headings, and no line runs off the paper: the end of a long record is there.
    browser.open(&url(&self::page("print-hostile", &hostile::log(), &["--all"])));
    let pdf = browser.print("print-hostile.pdf");
    let text = poppler("pdftotext", &["-layout", pdf.to_str().unwrap(), "-"]).unwrap();
    let heads = text.lines().filter(|line| line.contains("规则") && line.contains("主体")).count();
    assert!(heads > 10, "{heads} headings of tables");
    let bare: String = text.split_whitespace().collect();
    assert!(bare.contains(&"9141".repeat(60)), "a name without end is printed to its end");
}

/// The example as the leadership sees it: shown here for whoever wants to look.
#[test]
fn pictures_for_people() {
    let Some(mut browser) = Browser::start("pictures") else { return };
    let wide = json!({ "width": 1200, "height": 1700, "deviceScaleFactor": 1, "mobile": false });
    browser.call("Emulation.setDeviceMetricsOverride", wide);
    browser.open(&url(&page("pictures", &example(), &[])));
    let picture = browser.picture("wide.png");
    assert_eq!(&picture[1..4], b"PNG");
    let sizes: Value = browser.run("[document.scrollingElement.scrollWidth, innerWidth]");
    assert_eq!(sizes[0], sizes[1]);
}
