//! Speed of each step, on what is in the repository: `cargo bench`. Compare ratios, not single times.
//! Doubling the history (`copies`) should at most double `read` and `evaluate`.

#![expect(
    clippy::expect_used,
    reason = "a bench on the repository's own files may stop when they are broken"
)]

use std::fmt::Write as _;

use divan::{Bencher, black_box};
use zhunsheng::calendar::Calendar;
use zhunsheng::convert::{self, Log, Target};
use zhunsheng::evaluate::{self, Settings};
use zhunsheng::library::{self, Loaded, Wanted};
use zhunsheng::logs::{self, LogReading, ReadOptions};
use zhunsheng::progress::Progress;
use zhunsheng::source::SourceMap;

fn main() {
    divan::main();
}

const EXAMPLE: &str = include_str!("../tests/data/examples/pingqiao-base.jsonl");

fn load() -> Loaded {
    named("平桥")
}

fn named(name: &str) -> Loaded {
    library::load(&mut SourceMap::new(), &Wanted::Builtin(name), &[]).expect("内置的规则集")
}

/// The example, its tasks and what belongs to them repeated under other ids.
fn history(copies: usize) -> String {
    let shared = |line: &str| {
        ["\"部门\"", "\"人员\"", "\"对象\""]
            .iter()
            .any(|kind| line.starts_with(&format!("{{\"实体\": {kind}")))
    };
    let mut text = String::new();
    let (head, body): (Vec<&str>, Vec<&str>) =
        EXAMPLE.lines().partition(|line| line.contains("\"日志\"") || shared(line));
    for line in head {
        let _ = writeln!(text, "{line}");
    }
    for copy in 0..copies {
        for line in &body {
            let mut record: serde_json::Value = serde_json::from_str(line).expect("例子是好的");
            for key in ["编号", "任务", "检查", "计划", "线索"] {
                if let Some(value) = record.get_mut(key) {
                    *value = format!("{}-{copy}", value.as_str().unwrap_or_default()).into();
                }
            }
            let _ = writeln!(text, "{record}");
        }
    }
    text
}

fn read(loaded: &Loaded, name: &str, text: String) -> LogReading {
    let mut sources = SourceMap::new();
    let file = sources.add(name, text);
    let today = chrono::NaiveDate::from_ymd_opt(2026, 3, 31).expect("有这一天");
    let options = ReadOptions {
        format: None,
        as_of: None,
        today,
        lenient: false,
        max_errors: 10,
        columns: None,
        year: None,
        progress: Progress::default(),
    };
    let plan = loaded.plan.as_ref().expect("规则没有错");
    logs::read(&sources, &[file], &plan.vocabulary, &options)
}

/// Rule text to plan: every file of the rule set and of what it uses, parsed, analyzed, compiled.
#[divan::bench]
fn rules_to_plan(bencher: Bencher) {
    bencher.bench(|| black_box(load()));
}

/// The same for all four districts, one after another.
#[divan::bench]
fn four_districts_to_plans(bencher: Bencher) {
    bencher.bench(|| ["平桥", "舞钢", "偃师", "宛城"].map(|name| black_box(named(name))));
}

#[divan::bench]
fn calendar(bencher: Bencher) {
    let texts = Calendar::builtin_files();
    bencher.bench(|| {
        let mut sources = SourceMap::new();
        let files: Vec<_> = texts.iter().map(|(name, text)| sources.add(*name, *text)).collect();
        black_box(Calendar::load(&sources, &files, None))
    });
}

#[divan::bench(args = [10, 20, 100, 200])]
fn read_log(bencher: Bencher, copies: usize) {
    let loaded = load();
    bencher.with_inputs(|| history(copies)).bench_values(|text| black_box(read(&loaded, "例.jsonl", text)));
}

/// The same history in another format, read.
fn read_format(bencher: Bencher, copies: usize, target: Target, name: &str) {
    let loaded = load();
    let vocabulary = &loaded.plan.as_ref().expect("规则没有错").vocabulary;
    let reading = read(&loaded, "例.jsonl", history(copies));
    let mut bytes = Vec::new();
    let log = Log { vocabulary, history: &reading.history, header: &reading.header, case: None };
    convert::write(&mut bytes, target, &log).expect("写得进内存");
    let text = String::from_utf8(bytes).expect("写的是 UTF-8");
    bencher.with_inputs(|| text.clone()).bench_values(|text| black_box(read(&loaded, name, text)));
}

#[divan::bench(args = [10, 20, 100, 200])]
fn read_xes(bencher: Bencher, copies: usize) {
    read_format(bencher, copies, Target::Xes, "例.xes");
}

#[divan::bench(args = [10, 20, 100, 200])]
fn read_csv(bencher: Bencher, copies: usize) {
    read_format(bencher, copies, Target::Csv, "历史.csv");
}

#[divan::bench(args = [10, 20, 100, 200])]
fn read_ocel_xml(bencher: Bencher, copies: usize) {
    read_format(bencher, copies, Target::OcelXml, "例.xmlocel");
}

#[divan::bench(args = [10, 20, 100, 200])]
fn evaluate_history(bencher: Bencher, copies: usize) {
    let loaded = load();
    let reading = read(&loaded, "例.jsonl", history(copies));
    let plan = loaded.plan.as_ref().expect("规则没有错");
    let settings = Settings {
        as_of: reading.as_of,
        coverage: reading.header.coverage,
        all: false,
        only: None,
        file_name: &|_| "例.jsonl".to_owned(),
        progress: Progress::default(),
    };
    bencher.bench(|| black_box(evaluate::evaluate(plan, &reading.history, Calendar::builtin(), &settings)));
}
