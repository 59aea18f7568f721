//! Logs in three formats: the same history whichever way it is written, every mistake at its exact place.
//! What each mistake looks like to a user is in the snapshot `bad_logs`; the page of each code is run here too.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests fail as tests do"
)]

#[path = "support/vocabulary.rs"]
mod vocabulary;

use std::fmt::Write as _;
use std::path::Path;

use chrono::NaiveDate;
use proptest::prelude::*;
use zhunsheng::diagnostic::Diagnostic;
use zhunsheng::history::{EntityRef, EventRef, History, cell_date};
use zhunsheng::logs::{self, LogFormat, LogReading, ReadOptions};
use zhunsheng::source::{EncodingProblem, SourceMap};
use zhunsheng::vocabulary::{FieldId, FieldKind, Vocabulary};

const SAME_JSONL: &str = include_str!("data/same.jsonl");
const SAME_YAML: &str = include_str!("data/same.yaml");
const SAME_OCEL: &str = include_str!("data/same.ocel.json");

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn options() -> ReadOptions<'static> {
    ReadOptions {
        format: None,
        as_of: None,
        today: day("2026-01-31"),
        lenient: false,
        max_errors: 100,
        columns: None,
        year: None,
    }
}

/// Reads texts given with their file names.
fn read_with(files: &[(&str, &str)], options: &ReadOptions<'_>) -> (SourceMap, LogReading) {
    let mut sources = SourceMap::new();
    let ids: Vec<_> = files.iter().map(|(name, text)| sources.add(*name, *text)).collect();
    let reading = logs::read(&sources, &ids, &vocabulary::vocabulary(), options);
    (sources, reading)
}

fn read(name: &str, text: &str) -> LogReading {
    read_with(&[(name, text)], &options()).1
}

/// A history in words, the same for equal histories.
fn dump(history: &History, vocabulary: &Vocabulary) -> String {
    let mut out = String::new();
    let value = |kind: &FieldKind, cell: u32| match kind {
        FieldKind::Text | FieldKind::Enum(_) => history.text(zhunsheng::history::Symbol(cell)).to_owned(),
        FieldKind::Bool => (cell == 1).to_string(),
        FieldKind::Number => history.number(cell).to_string(),
        FieldKind::Date => cell_date(cell).to_string(),
        FieldKind::Entity(_) => history.entity_id(EntityRef(cell)).to_owned(),
    };
    let words = |kind: &FieldKind, cells: &[u32]| {
        cells.iter().map(|c| value(kind, *c)).collect::<Vec<_>>().join("、")
    };
    for (kind, entity_type) in vocabulary.entities() {
        for entity in history.entities(kind).map(EntityRef) {
            writeln!(out, "{} {}", entity_type.name, history.entity_id(entity)).unwrap();
            for (field_id, field) in (0u16..).map(FieldId).zip(&entity_type.fields) {
                let mut last = String::new();
                for date in day("2024-12-31").iter_days().take(500) {
                    let now = words(&field.kind, history.entity_field(entity, kind, field_id, date));
                    if now != last {
                        writeln!(out, "  {} {date} {now}", field.name).unwrap();
                        last = now;
                    }
                }
            }
        }
    }
    for (kind, event_type) in vocabulary.events() {
        for event in history.events(kind).map(EventRef) {
            let moment = history.moment(event);
            let id = history.event_id(event).unwrap_or("-");
            writeln!(out, "{} {id} {} {:?}", event_type.name, moment.date, moment.millis).unwrap();
            for (field_id, field) in (0u16..).map(FieldId).zip(&event_type.fields) {
                let now = words(&field.kind, history.event_field(event, kind, field_id));
                if !now.is_empty() {
                    writeln!(out, "  {} {now}", field.name).unwrap();
                }
            }
        }
    }
    out
}

fn dumped(reading: &LogReading) -> String {
    dump(&reading.history, &vocabulary::vocabulary())
}

/// Diagnostics as a reader meets them: code, line and column, sentence, marked words, help.
fn show(sources: &SourceMap, diagnostics: &[Diagnostic]) -> String {
    let mut out = String::new();
    for diagnostic in diagnostics {
        let place = diagnostic.primary().map_or("-".to_owned(), |span| {
            let position = sources.position(span);
            format!("{}:{}:{}", sources.file(span.file).name(), position.line, position.column)
        });
        writeln!(out, "{} {place} {}", diagnostic.code, diagnostic.message).unwrap();
        for label in &diagnostic.labels {
            let mark = if label.primary { "^" } else { "·" };
            let words: String = sources.slice(label.span).chars().take(30).collect();
            writeln!(out, "  {mark} ⟦{words}⟧ {}", label.text).unwrap();
        }
        for help in &diagnostic.help {
            writeln!(out, "  改：{help}").unwrap();
        }
    }
    out
}

#[test]
fn three_formats_give_one_history() {
    let jsonl = read("same.jsonl", SAME_JSONL);
    let yaml = read("same.yaml", SAME_YAML);
    let ocel = read("same.ocel.json", SAME_OCEL);
    for reading in [&jsonl, &yaml, &ocel] {
        assert_eq!(reading.problems, []);
        assert_eq!(reading.as_of, day("2026-01-31"));
    }
    let wanted = dumped(&jsonl);
    assert_eq!(dumped(&yaml), wanted);
    assert_eq!(dumped(&ocel), wanted);
    assert_eq!(jsonl.header, yaml.header);
    assert_eq!((jsonl.counts[0].entities, jsonl.counts[0].events), (11, 5));
    insta::assert_snapshot!("same_history", wanted);
}

#[test]
fn header_says_rules_coverage_and_date() {
    let header = read("same.jsonl", SAME_JSONL).header;
    assert_eq!(header.name.as_deref(), Some("三种写法"));
    assert_eq!(header.policy.as_deref(), Some("平桥"));
    assert_eq!(header.coverage, Some((day("2025-01-01"), day("2025-12-31"))));
    assert_eq!(header.as_of, Some(day("2026-01-31")));
}

#[test]
fn the_as_of_date_cuts_events_and_later_values() {
    let reading = read_with(
        &[("same.jsonl", SAME_JSONL)],
        &ReadOptions { as_of: Some(day("2025-06-30")), ..options() },
    )
    .1;
    assert_eq!(reading.problems, []);
    assert_eq!(reading.as_of, day("2025-06-30"));
    assert_eq!(reading.history.event_count(), 1);
    let words = vocabulary::vocabulary();
    let kind = words.entity_by_name("人员").unwrap();
    let person = reading.history.entity_by_id(kind, "R1").unwrap();
    let field = vocabulary::field_id(words.entity(kind), "部门");
    let department = reading.history.entity_field(person, kind, field, day("2025-12-31"))[0];
    assert_eq!(reading.history.entity_id(EntityRef(department)), "D1");
}

#[test]
fn an_entity_known_only_later_still_exists_when_referred_to() {
    let text = "{\"实体\":\"部门\",\"编号\":\"D1\"}\n{\"实体\":\"部门\",\"编号\":\"D2\",\"有效起\":\"2026-05-01\"}\n\
                {\"实体\":\"部门\",\"编号\":\"D3\",\"有效起\":\"2026-05-01\"}\n\
                {\"事件\":\"议事会商\",\"时间\":\"2025-05-06\",\"部门\":[\"D1\",\"D2\"]}\n";
    let reading = read("a.jsonl", text);
    assert_eq!(reading.problems, []);
    let kind = vocabulary::vocabulary().entity_by_name("部门").unwrap();
    let known = ["D1", "D2", "D3"].map(|id| reading.history.entity_by_id(kind, id).is_some());
    assert_eq!(known, [true, true, false]);
}

#[test]
fn parts_of_a_second_are_kept_to_the_millisecond() {
    let line =
        |id: &str, time: &str| format!(r#"{{"事件":"检查结束","编号":"{id}","时间":"{time}","检查":"J1"}}"#);
    let text = [
        SAME_JSONL.trim_end(),
        &line("乙", "2025-11-01T10:00:00.5"),
        &line("甲", "2025-11-01T02:00:00.4999Z"),
    ]
    .join("\n");
    let reading = read("a.jsonl", &text);
    assert_eq!(reading.problems, []);
    let kind = vocabulary::vocabulary().event_by_name("检查结束").unwrap();
    let last: Vec<String> = reading
        .history
        .events(kind)
        .map(EventRef)
        .map(|event| reading.history.moment(event).to_string())
        .filter(|moment| moment.starts_with("2025-11-01"))
        .collect();
    assert_eq!(last, ["2025-11-01T10:00:00.499", "2025-11-01T10:00:00.500"]);
}

#[test]
fn an_explicit_null_ends_a_value() {
    let text = "{\"实体\":\"对象\",\"编号\":\"O1\",\"风险等级\":\"A\",\"名称\":null}\n\
                {\"实体\":\"对象\",\"编号\":\"O1\",\"有效起\":\"2025-06-01\",\"风险等级\":null}\n";
    let reading = read("a.jsonl", text);
    assert_eq!(reading.problems, []);
    assert_eq!(dumped(&reading), "对象 O1\n  风险等级 2024-12-31 A\n  风险等级 2025-06-01 \n");
}

#[test]
fn several_files_are_one_history() {
    let (head, tail) = SAME_JSONL.split_at(SAME_JSONL.find("{\"事件\"").unwrap());
    let reading = read_with(&[("b.jsonl", tail), ("a.jsonl", head)], &options()).1;
    assert_eq!(reading.problems, []);
    assert_eq!(dumped(&reading), dumped(&read("same.jsonl", SAME_JSONL)));
}

#[test]
fn a_clue_that_disagrees_is_a_remark() {
    let text = "{\"实体\":\"任务\",\"编号\":\"T1\"}\n{\"实体\":\"检查\",\"编号\":\"J1\",\"任务\":\"T1\"}\n\
                {\"实体\":\"检查\",\"编号\":\"J2\",\"任务\":\"T1\"}\n{\"实体\":\"线索\",\"编号\":\"X1\",\"检查\":\"J1\"}\n\
                {\"事件\":\"发现线索\",\"时间\":\"2025-05-06\",\"线索\":\"X1\",\"检查\":\"J2\"}\n";
    let reading = read("a.jsonl", text);
    assert_eq!(reading.problems, []);
    let [(sentence, origins)] = reading.remarks.as_slice() else { panic!("{:?}", reading.remarks) };
    assert_eq!(sentence, "这里的「检查」写作「J2」，与线索「X1」的「检查」「J1」不一致，以线索的为准");
    assert_eq!(origins[0].line, 5);
}

#[test]
fn lenient_reading_skips_bad_records_and_keeps_good_ones() {
    let bad = "{\"实体\":\"任务\",\"编号\":\"T9\",\"模式\":\"联合\"}\n\
               {\"事件\":\"创建任务\",\"时间\":\"2025-05-06\",\"任务\":\"T9\",\"部门\":\"D1\"}\n\
               {\"事件\":\"创建任务\",\"时间\":\"2025-05-06\",\"任务\":\"T8\",\"部门\":\"D1\"}\n\
               {\"事件\":\"创建任务\",\"时间\":\"2025-0\n";
    let text = format!("{SAME_JSONL}{bad}");
    let strict = read("a.jsonl", &text);
    assert_eq!(strict.problems.iter().map(|p| p.code).collect::<Vec<_>>(), ["L012", "L017", "L001"]);
    let (_, lenient) = read_with(&[("a.jsonl", &text)], &ReadOptions { lenient: true, ..options() });
    assert_eq!(lenient.problems, []);
    assert_eq!(lenient.skipped, 3);
    assert_eq!(lenient.skips.iter().map(|p| p.code).collect::<Vec<_>>(), ["L012", "L017", "L001"]);
    // The task whose line was bad is known to exist, so the event about it is kept.
    assert_eq!(lenient.history.event_count(), 5);
    let header = format!("{{\"日志\":\"甲\",\"覆盖起\":\"2025-01-01\"}}\n{bad}");
    let (_, reading) = read_with(&[("a.jsonl", &header)], &ReadOptions { lenient: true, ..options() });
    assert_eq!(reading.problems.iter().map(|p| p.code).collect::<Vec<_>>(), ["L020"]);
}

#[test]
fn lenient_reading_keeps_an_entity_whose_relation_dangles() {
    let text = "{\"实体\":\"任务\",\"编号\":\"T1\",\"名称\":\"甲\",\"计划\":\"P9\"}\n\
                {\"事件\":\"任务完成\",\"时间\":\"2025-05-06\",\"任务\":\"T1\"}\n";
    let (_, reading) = read_with(&[("a.jsonl", text)], &ReadOptions { lenient: true, ..options() });
    assert_eq!(reading.problems, []);
    assert_eq!(reading.skips.iter().map(|p| p.code).collect::<Vec<_>>(), ["L017"]);
    assert_eq!(dumped(&reading), "任务 T1\n  名称 2024-12-31 甲\n任务完成 - 2025-05-06 None\n  任务 T1\n");
}

#[test]
fn the_same_file_twice_repeats_every_id() {
    let (_, reading) = read_with(&[("a.jsonl", SAME_JSONL), ("b.jsonl", SAME_JSONL)], &options());
    assert_eq!(reading.problems.len(), 15, "eleven entity lines and four events with ids");
    assert!(reading.problems.iter().all(|problem| problem.code == "L018"));
    assert_eq!(reading.history.event_count(), 5);
}

#[test]
fn a_long_list_of_problems_is_cut_and_counted() {
    let text = "{\"事件\":\"公式结果\",\"时间\":\"2025-05-06\"}\n".repeat(7);
    let (_, reading) = read_with(&[("a.jsonl", &text)], &ReadOptions { max_errors: 3, ..options() });
    assert_eq!(reading.problems.iter().map(|p| p.code).collect::<Vec<_>>(), ["L008", "L008", "L008", "L023"]);
    assert_eq!(reading.problems[3].message, "还有 4 处错误没有列出");
}

#[test]
fn shuffled_lines_give_the_same_history() {
    let wanted = dumped(&read("a.jsonl", SAME_JSONL));
    let (header, records) = SAME_JSONL.split_once('\n').unwrap();
    let mut lines: Vec<&str> = records.lines().collect();
    for step in [1, 3, 5, 7] {
        lines.rotate_left(step);
        lines.swap(0, step);
        let text = format!("{header}\n\n{}\r\n", lines.join("\r\n"));
        let reading = read("a.jsonl", &text);
        assert_eq!(reading.problems, []);
        assert_eq!(dumped(&reading), wanted);
    }
}

#[test]
fn events_of_one_moment_are_ordered_by_what_they_say() {
    let entities = "{\"实体\":\"部门\",\"编号\":\"D1\"}\n{\"实体\":\"检查\",\"编号\":\"J1\"}\n";
    let event = |result: &str| {
        format!(
            "{{\"事件\":\"形成结果\",\"时间\":\"2025-05-06\",\"检查\":\"J1\",\"部门\":\"D1\",\"结果\":\"{result}\"}}\n"
        )
    };
    let one = read("a.jsonl", &format!("{entities}{}{}", event("合格"), event("不合格")));
    let other = read("a.jsonl", &format!("{}{}{entities}", event("不合格"), event("合格")));
    assert_eq!(one.problems, []);
    assert_eq!(dumped(&one), dumped(&other));
}

/// A record that is wrong in one way, among what it needs to be otherwise sound.
fn bad_logs() -> Vec<(&'static str, &'static str, String)> {
    let base = "{\"实体\":\"部门\",\"编号\":\"D1\"}\n{\"实体\":\"任务\",\"编号\":\"T1\"}\n{\"实体\":\"检查\",\"编号\":\"J01\"}\n";
    let line = |title, record: &str| (title, "a.jsonl", format!("{base}{record}\n"));
    let yaml = |title, text: &str| (title, "a.yaml", text.to_owned());
    let ocel = |title, text: &str| (title, "a.ocel.json", text.to_owned());
    vec![
        line("断行", r#"{"事件":"检查结束","时间":"2025-09-26","检查":"J0"#),
        line("多逗号", r#"{"事件":"检查结束","时间":"2025-09-26","检查":"J01",}"#),
        line("单引号", r#"{'事件':'检查结束','时间':'2025-09-26','检查':'J01'}"#),
        line("全角逗号", r#"{"事件":"检查结束"，"时间":"2025-09-26","检查":"J01"}"#),
        line("全角引号", r#"{“事件”:"检查结束","时间":"2025-09-26","检查":"J01"}"#),
        line("全角冒号", r#"{"事件"："检查结束","时间":"2025-09-26","检查":"J01"}"#),
        line("缺逗号", r#"{"事件":"检查结束" "时间":"2025-09-26","检查":"J01"}"#),
        line("缺冒号", r#"{"事件" "检查结束","时间":"2025-09-26","检查":"J01"}"#),
        line("没有引号", r#"{"事件":"检查结束","时间":"2025-09-26","检查":J01}"#),
        line("真写成 True", r#"{"实体":"任务","编号":"T2","临时":True}"#),
        line("反斜杠", r#"{"实体":"部门","编号":"D2","名称":"甲\乙"}"#),
        line("残缺的代理对", r#"{"实体":"部门","编号":"D2","名称":"\ud83d"}"#),
        line("制表符", "{\"实体\":\"部门\",\"编号\":\"D2\",\"名称\":\"甲\t乙\"}"),
        line("一行两条", r#"{"事件":"检查结束","时间":"2025-09-26","检查":"J01"} {"事件":"归档"}"#),
        line("行末逗号", r#"{"事件":"检查结束","时间":"2025-09-26","检查":"J01"},"#),
        line("不是对象", r#"["事件","检查结束"]"#),
        line("重复的键", r#"{"事件":"检查结束","时间":"2025-09-26","检查":"J01","时间":"2025-09-27"}"#),
        line("未知事件", r#"{"事件":"公式结果","时间":"2025-09-26","检查":"J01"}"#),
        line("未知实体", r#"{"实体":"车辆","编号":"V1"}"#),
        line("事件写成实体", r#"{"实体":"检查结束","编号":"V1"}"#),
        line("未知键", r#"{"事件":"归档","时间":"2025-09-26","检查":"J01","部们":"D1","部门":"D1"}"#),
        line("未知键没有近似", r#"{"事件":"归档","时间":"2025-09-26","检查":"J01","部门":"D1","备注":"甲"}"#),
        line("悬空引用", r#"{"事件":"检查结束","时间":"2025-09-26","检查":"J1"}"#),
        line("悬空引用在数组里", r#"{"事件":"议事会商","时间":"2025-09-26","部门":["D1","市监局"]}"#),
        line("悬空引用没有那种实体", r#"{"实体":"任务","编号":"T2","计划":"P1"}"#),
        line(
            "重复的事件编号",
            "{\"事件\":\"检查结束\",\"编号\":\"e1\",\"时间\":\"2025-09-26\",\"检查\":\"J01\"}\n{\"事件\":\"见证\",\"编号\":\"e1\",\"时间\":\"2025-09-26\",\"检查\":\"J01\"}",
        ),
        line("重复的实体编号", r#"{"实体":"部门","编号":"D1","名称":"区市场监管局"}"#),
        line("枚举外", r#"{"实体":"任务","编号":"T2","模式":"联合"}"#),
        line("枚举笔误", r#"{"事件":"告知","时间":"2025-09-26","检查":"J01","形式":"电化"}"#),
        line("没有这一天", r#"{"事件":"检查结束","时间":"2025-02-30","检查":"J01"}"#),
        line("没有这个月", r#"{"事件":"检查结束","时间":"2025-13-01","检查":"J01"}"#),
        line("斜杠日期", r#"{"事件":"检查结束","时间":"2025/5/6","检查":"J01"}"#),
        line("不是日期", r#"{"事件":"检查结束","时间":"五月六日","检查":"J01"}"#),
        line("二十四点", r#"{"事件":"检查结束","时间":"2025-05-06T24:00","检查":"J01"}"#),
        line("有效起带时刻", r#"{"实体":"部门","编号":"D1","有效起":"2025-05-06T10:00"}"#),
        line("太早", r#"{"事件":"检查结束","时间":"1899-12-31","检查":"J01"}"#),
        line("太晚", r#"{"事件":"检查结束","时间":"2101-01-01","检查":"J01"}"#),
        line("缺时间", r#"{"事件":"检查结束","检查":"J01"}"#),
        line("缺编号", r#"{"实体":"部门","名称":"区市场监管局"}"#),
        line("缺部门", r#"{"事件":"归档","时间":"2025-09-26","检查":"J01"}"#),
        line("数组给单值", r#"{"事件":"检查结束","时间":"2025-09-26","检查":["J01"]}"#),
        line("数写成文本", r#"{"实体":"计划","编号":"P1","年度":"２０２５"}"#),
        line("比例写百分数", r#"{"实体":"任务","编号":"T2","比例":"30%"}"#),
        line("布尔写成文本", r#"{"实体":"任务","编号":"T2","临时":"否"}"#),
        line("布尔给文本", r#"{"实体":"部门","编号":"D2","名称":true}"#),
        line("嵌套", r#"{"事件":"检查结束","时间":"2025-09-26","检查":{"编号":"J01"}}"#),
        line(
            "层级过深",
            &format!(
                r#"{{"事件":"议事会商","时间":"2025-09-26","部门":{}"D1"{}}}"#,
                "[".repeat(99),
                "]".repeat(99)
            ),
        ),
        line("什么都不是", r#"{"编号":"D2","名称":"区交通局"}"#),
        line("键写错", r#"{"事伴":"检查结束","时间":"2025-09-26","检查":"J01"}"#),
        line("两种都写", r#"{"实体":"检查","编号":"J2","事件":"检查结束","时间":"2025-09-26"}"#),
        line("实体写时间", r#"{"实体":"部门","编号":"D2","时间":"2025-09-26"}"#),
        line("事件写有效起", r#"{"事件":"检查结束","时间":"2025-09-26","有效起":"2025-09-26","检查":"J01"}"#),
        line("首行不在首行", r#"{"日志":"甲"}"#),
        ("首行两次", "a.jsonl", "{\"日志\":\"甲\"}\n{\"日志\":\"乙\"}\n".to_owned()),
        ("覆盖只写一半", "a.jsonl", "{\"日志\":\"甲\",\"覆盖起\":\"2025-01-01\"}\n".to_owned()),
        (
            "覆盖颠倒",
            "a.jsonl",
            "{\"日志\":\"甲\",\"覆盖起\":\"2025-12-31\",\"覆盖止\":\"2025-01-01\"}\n".to_owned(),
        ),
        ("首行键写错", "a.jsonl", "{\"日志\":\"甲\",\"截止\":\"2025-12-31\"}\n".to_owned()),
        ("空文件", "a.jsonl", " \n".to_owned()),
        yaml("YAML 全角冒号", "事件:\n  - 事件: 检查结束\n    时间：2025-09-26\n    检查: J01\n"),
        yaml("YAML 全角冒号在最后", "实体:\n  - 实体: 部门\n    编号：D1\n"),
        yaml("YAML 段名全角冒号", "实体：\n  - 实体: 部门\n    编号: D1\n"),
        yaml("YAML 记录全角冒号", "实体:\n  - 实体：部门\n"),
        yaml("YAML 缩进", "实体:\n  - 实体: 部门\n     编号: D1\n"),
        yaml("YAML 引号", "实体:\n  - 实体: \"部门\n    编号: D1\n"),
        yaml("YAML 括号", "实体:\n  - {实体: 部门, 编号: D1\n"),
        yaml("YAML 制表符", "实体:\n\t- 实体: 部门\n"),
        yaml("YAML 引用", "实体:\n  - 实体: 部门\n    编号: *甲\n"),
        yaml("YAML 两份", "实体: []\n---\n实体: []\n"),
        yaml("YAML 段名", "实体列表:\n  - 实体: 部门\n事见: []\n"),
        yaml("YAML 段不是列表", "实体:\n  实体: 部门\n"),
        yaml("YAML 项不是记录", "实体:\n  - 部门\n"),
        yaml(
            "YAML 值",
            "实体:\n  - 实体: 任务\n    编号: T1\n    临时: 也许\n    比例: 30%\n    模式: 联合\n    计划: P1\n",
        ),
        yaml("YAML 重复的键", "实体:\n  - {实体: 部门, 编号: D1, 编号: D2}\n"),
        yaml("YAML 悬空", "事件:\n  - 事件: 检查结束\n    时间: 2025-09-26\n    检查:\n      J1\n"),
        yaml("YAML 层级过深", &format!("实体:\n  - {}\n", "[".repeat(300))),
        ocel("OCEL 断", "{\"objects\": [{\"id\": \"D1\""),
        ocel(
            "OCEL 未知类型",
            "{\n  \"objects\": [{\"id\": \"D1\", \"type\": \"部们\"}],\n  \"events\": []\n}",
        ),
        ocel(
            "OCEL 悬空",
            "{\"objects\": [],\n \"events\": [{\"id\": \"e1\", \"type\": \"检查结束\", \"time\": \"2025-09-26T00:00:00+08:00\", \"relationships\": [\n  {\"objectId\": \"J1\", \"qualifier\": \"检查\"}]}]}",
        ),
        ocel(
            "OCEL 角色",
            "{\"objects\": [{\"id\": \"D1\", \"type\": \"部门\"}, {\"id\": \"R1\", \"type\": \"人员\", \"relationships\": [\n  {\"objectId\": \"D1\", \"qualifier\": \"部们\"}, {\"objectId\": \"D1\", \"qualifier\": \"姓名\"}, {\"qualifier\": \"部门\"}]}]}",
        ),
        ocel(
            "OCEL 值",
            "{\"objects\": [{\"id\": \"P1\", \"type\": \"计划\", \"attributes\": [\n  {\"name\": \"年度\", \"time\": \"昨天\", \"value\": \"2025\"},\n  {\"name\": \"年度\", \"value\": \"今年\"},\n  {\"name\": \"类型\", \"value\": \"年度联合\"}, {\"name\": \"类型\", \"value\": \"年度联合\"}]}]}",
        ),
        ocel("OCEL 键写错", "{\"object\": [], \"events\": []}"),
        ocel("OCEL 缺类型", "{\"objects\": [{\"id\": \"D1\"}]}"),
    ]
}

#[test]
fn bad_logs_say_where_what_and_how() {
    let mut out = String::new();
    for (title, name, text) in bad_logs() {
        let (sources, reading) = read_with(&[(name, &text)], &options());
        assert!(!reading.problems.is_empty(), "{title}");
        writeln!(out, "━━ {title}\n{}", show(&sources, &reading.problems)).unwrap();
    }
    insta::assert_snapshot!("bad_logs", out);
}

#[test]
fn headers_of_several_files_must_agree() {
    let one = "{\"日志\":\"甲\",\"规则集\":\"平桥\",\"覆盖起\":\"2025-01-01\",\"覆盖止\":\"2025-12-31\",\"截至\":\"2026-01-31\"}\n";
    let other = "日志: {名称: 乙, 规则集: 舞钢, 覆盖起: 2025-01-01, 覆盖止: 2025-06-30, 截至: 2026-02-28}\n";
    let files = [("a.jsonl", one), ("b.yaml", other)];
    let (sources, reading) = read_with(&files, &options());
    insta::assert_snapshot!("headers_disagree", show(&sources, &reading.problems));
    let (_, reading) = read_with(&files, &ReadOptions { as_of: Some(day("2026-01-01")), ..options() });
    assert_eq!(reading.problems.len(), 2, "截至 given by the caller settles that one");
}

#[test]
fn every_page_shows_the_mistake_it_explains() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/diagnostics");
    let mut pages: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    pages.sort();
    let mut seen = Vec::new();
    for page in pages {
        let code = page.file_stem().unwrap().to_str().unwrap().to_owned();
        if !code.starts_with('L') {
            continue;
        }
        let text = std::fs::read_to_string(&page).unwrap();
        for heading in ["## 说明", "## 错误示例", "## 改法"] {
            assert!(text.contains(heading), "{code} has no {heading}");
        }
        let example = text.split("## 错误示例").nth(1).unwrap();
        let (language, body) = example.split_once("```").unwrap().1.split_once('\n').unwrap();
        let body = body.split("```").next().unwrap();
        let codes = match language {
            "text" => {
                vec![logs::encoding("a.jsonl", &EncodingProblem::BrokenUtf16 { offset: 3, line: 1 }).code]
            }
            "sqlite" => {
                let mut database = rusqlite::Connection::open_in_memory().unwrap();
                database.execute_batch(body).unwrap();
                let bytes = database.serialize(rusqlite::MAIN_DB).unwrap().to_vec();
                let problems = zhunsheng::container::open("a.sqlite", bytes).unwrap_err();
                problems.iter().map(|problem| problem.code).collect()
            }
            "jsonl" | "yaml" | "json" | "xmlocel" | "xes" => {
                let max_errors = if code == "L023" { 0 } else { 100 };
                let name = format!("a.{language}");
                let files: Vec<(&str, &str)> =
                    body.split("---\n").map(|text| (name.as_str(), text)).collect();
                let (_, reading) = read_with(&files, &ReadOptions { max_errors, ..options() });
                reading.problems.iter().map(|problem| problem.code).collect()
            }
            other => panic!("{code}: {other}"),
        };
        assert_eq!(codes, [code.as_str()], "{code}");
        seen.push(code);
    }
    let wanted: Vec<String> = (1..=26).map(|n| format!("L{n:03}")).collect();
    assert_eq!(seen, wanted);
}

#[test]
fn no_single_deletion_breaks_the_reader() {
    for line in [
        r#"{"事件":"抽取对象","编号":"e5","时间":"2025-05-06T10:00","任务":"T1","方式":"随机","对象":["O1","O2"],"库规模":120}"#,
        r#"{"日志":"甲\u5f20","规则集":"平桥","覆盖起":"2025-01-01","覆盖止":"2025-12-31","截至":"2026-01-31"}"#,
    ] {
        for (at, c) in line.char_indices() {
            let mutant = format!("{}{}", &line[..at], &line[at + c.len_utf8()..]);
            let problems = read("a.jsonl", &mutant).problems;
            assert!(problems.iter().filter(|p| p.code == "L001").count() <= 1, "{mutant}");
        }
    }
    for (at, c) in SAME_YAML.char_indices() {
        let mutant = format!("{}{}", &SAME_YAML[..at], &SAME_YAML[at + c.len_utf8()..]);
        read("a.yaml", &mutant);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_breaks_the_readers(text in "\\PC{0,200}", at in 0usize..4000, lenient: bool) {
        for (format, sound) in [
            (LogFormat::Jsonl, SAME_JSONL), (LogFormat::Yaml, SAME_YAML), (LogFormat::Ocel, SAME_OCEL),
        ] {
            let options = ReadOptions { format: Some(format), lenient, ..options() };
            read_with(&[("a", &text)], &options);
            let at = (0..=at.min(sound.len())).rev().find(|at| sound.is_char_boundary(*at)).unwrap();
            let spliced = format!("{}{text}{}", &sound[..at], &sound[at..]);
            let (sources, reading) = read_with(&[("a", &spliced)], &options);
            for problem in reading.problems.iter().chain(&reading.skips) {
                prop_assert!(!problem.message.is_empty());
                show(&sources, std::slice::from_ref(problem));
            }
        }
    }

    #[test]
    fn no_bytes_break_the_decoder(bytes: Vec<u8>) {
        let _ = zhunsheng::source::decode(bytes);
    }
}
