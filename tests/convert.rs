//! Logs of other tools read, and every format written and read again: the same history, the same findings.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "helpers of tests fail as tests do"
)]

use std::path::Path;

use chrono::NaiveDate;
use zhunsheng::calendar::Calendar;
use zhunsheng::check::{self, CheckOptions};
use zhunsheng::container;
use zhunsheng::convert::{self, Log, Target};
use zhunsheng::finding::Verdict;
use zhunsheng::library::{self, Loaded, Wanted};
use zhunsheng::logs::{self, Foreign, LogReading, ReadOptions};
use zhunsheng::source::{FileId, SourceMap};
use zhunsheng::vocabulary::Vocabulary;

use crate::support::{builtin, day, line};

const FORMATS: [(Target, &str); 8] = [
    (Target::Jsonl, "a.jsonl"),
    (Target::Yaml, "a.yaml"),
    (Target::OcelJson, "a.jsonocel"),
    (Target::OcelXml, "a.xmlocel"),
    (Target::OcelSqlite, "a.sqlite"),
    (Target::Xes, "a.xes"),
    (Target::Csv, "a.csv"),
    (Target::Xlsx, "a.xlsx"),
];

fn data(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)).unwrap()
}

fn open(name: &str, bytes: &[u8]) -> (SourceMap, Vec<FileId>) {
    let mut sources = SourceMap::new();
    let parts = container::open(name, bytes.to_vec()).unwrap();
    let files =
        parts.into_iter().map(|part| sources.add_part(part.name, part.text, part.container)).collect();
    (sources, files)
}

fn options(as_of: NaiveDate) -> ReadOptions<'static> {
    ReadOptions {
        format: None,
        as_of: Some(as_of),
        today: day("2026-06-01"),
        lenient: false,
        max_errors: 20,
        columns: None,
        year: None,
        progress: zhunsheng::progress::Progress::default(),
    }
}

fn read(name: &str, bytes: &[u8], vocabulary: &Vocabulary) -> LogReading {
    let (sources, files) = open(name, bytes);
    let reading = logs::read(&sources, &files, vocabulary, &options(NaiveDate::MAX));
    assert_eq!(reading.problems, [], "{name}");
    reading
}

fn write(target: Target, reading: &LogReading, vocabulary: &Vocabulary) -> Vec<u8> {
    let mut bytes = Vec::new();
    let log = Log { vocabulary, history: &reading.history, header: &reading.header, case: None };
    convert::write(&mut bytes, target, &log).unwrap();
    bytes
}

fn jsonl(reading: &LogReading, vocabulary: &Vocabulary) -> String {
    String::from_utf8(write(Target::Jsonl, reading, vocabulary)).unwrap()
}

/// Without rules, by the vocabulary inferred from the log: the log as JSONL, and the warnings.
fn inferred(name: &str, bytes: &[u8]) -> (String, Vec<String>) {
    let (sources, files) = open(name, bytes);
    let vocabulary = logs::infer(&sources, &files, None);
    let foreign = Foreign { case: None, inferred: true };
    let reading = logs::read_foreign(&sources, &files, &vocabulary, &options(NaiveDate::MAX), &foreign);
    assert_eq!(reading.problems, [], "{name}");
    let remarks = reading.remarks.iter().map(|(sentence, _)| sentence.clone()).collect();
    (jsonl(&reading, &vocabulary), remarks)
}

fn vocabulary(loaded: &Loaded) -> &Vocabulary {
    &loaded.plan.as_ref().unwrap().vocabulary
}

/// What is awkward: names with every kind of character, values that look like something else, times of all
/// kinds, things known only from a later day, an explicit nothing, events without a number.
const AWKWARD: &str = r#"{"日志":"难写的","规则集":"平桥","覆盖起":"2025-01-01","覆盖止":"2025-12-31","截至":"2026-01-31"}
{"实体":"部门","编号":"D<1>&\"'","名称":"=cmd|' /C calc'!A0","别名":[" 前后有空格 ","[1]","null","'引号","","换\n行\t\u0001","\u2028"]}
{"实体":"部门","编号":"O1","名称":"与对象同编号"}
{"实体":"人员","编号":"R1","部门":"D<1>&\"'","证件有效期至":"2028-12-31"}
{"实体":"人员","编号":"R1","有效起":"2025-07-01","部门":"O1","资质":["甲","乙"],"证件有效期至":null}
{"实体":"对象","编号":"O1","有效起":"2025-03-01","名称":"后来才有"}
{"实体":"对象","编号":"O2","有效起":"2027-01-01"}
{"实体":"计划","编号":"P1","年度":2025}
{"实体":"任务","编号":"T1","计划":"P1","比例":0.1234567890123456789012345,"临时":true}
{"实体":"检查","编号":"J1","任务":"T1","对象":"O1","部门":["D<1>&\"'","O1"]}
{"事件":"抽取对象","时间":"2025-05-06","任务":"T1","对象":["O1","O2"],"库规模":120}
{"事件":"抽取对象","编号":"e1","时间":"2025-05-06T00:00","任务":"T1","对象":["O1"]}
{"事件":"检查结束","编号":"e2","时间":"2025-05-06T00:00:00.001","检查":"J1"}
{"事件":"检查结束","时间":"2025-05-06T23:59:59.999","检查":"J1"}
{"事件":"实施检查","编号":"e3","时间":"2030-01-01T08:00:01","检查":"J1","检查方式":["实地检查","书面检查"],"出示证件":false}
"#;

/// What tables kept by hand would be tidied of, and what spreadsheets spoil: placeholders, full-width digits, totals,
/// numbers for names, line breaks, the escapes of workbooks, texts like long numbers, limited coverage.
const LIKE_A_LEDGER: &str = r#"{"日志":"'=1+1\n二行 _x0041_","规则集":"平桥","覆盖事件":["检查结束","公示结果"]}
{"实体":"部门","编号":"编号","名称":"无","别名":["/","—","甲、乙","_x000A_","￿"]}
{"实体":"部门","编号":"1","名称":"１２３"}
{"实体":"部门","编号":"合计","名称":"第一行\n第二行"}
{"实体":"部门","编号":"1.10101199003074E+17","名称":"9E+15"}
{"实体":"部门","编号":"a\rb\tc","名称":"↵甲↵"}
{"实体":"部门","编号":"_x0041_","名称":"\u0085"}
{"实体":"部门","编号":"甲|乙;丙","名称":"注：\u200b不是注","别名":["1.1E+17"]}
{"实体":"人员","编号":"二、按时报送","部门":"1.10101199003074E+17","证件有效期至":"9999-12-31"}
{"实体":"人员","编号":"R2","部门":"合计","姓名":"1.5","证件有效期至":"1900-02-28"}
{"实体":"计划","编号":"P1","年度":2025}
{"实体":"任务","编号":"T1","计划":"P1","比例":1234567890123456}
{"实体":"任务","编号":"T2","计划":"P1","比例":-0.000001}
{"实体":"检查","编号":"J1","任务":"T1","部门":["1","合计"]}
{"事件":"检查结束","时间":"2025-05-06","检查":"J1"}
{"事件":"检查结束","时间":"2025-05-06","检查":"J1"}
{"事件":"公示结果","编号":"1","时间":"2025-05-08","检查":"J1","部门":"合计"}
"#;

#[test]
fn every_format_gives_the_same_log_back() {
    let rules = builtin("平桥");
    let vocabulary = vocabulary(&rules);
    let examples =
        std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/pingqiao.jsonl")).unwrap();
    for (title, bytes) in [
        ("same", data("same.jsonl")),
        ("examples", examples),
        ("awkward", AWKWARD.as_bytes().to_vec()),
        ("like a ledger", LIKE_A_LEDGER.as_bytes().to_vec()),
    ] {
        let wanted = jsonl(&read("a.jsonl", &bytes, vocabulary), vocabulary);
        let again = read("a.jsonl", wanted.as_bytes(), vocabulary);
        for (target, name) in FORMATS {
            let written = write(target, &again, vocabulary);
            let back = read(name, &written, vocabulary);
            assert_eq!(jsonl(&back, vocabulary), wanted, "{title} {name}");
            assert_eq!(back.header, again.header, "{title} {name}");
            assert_eq!(back.counts.iter().map(|count| count.events).sum::<usize>(), again.counts[0].events);
        }
    }
}

#[test]
fn the_awkward_log_is_written_whole() {
    let rules = builtin("平桥");
    let reading = read("a.jsonl", AWKWARD.as_bytes(), vocabulary(&rules));
    insta::assert_snapshot!("awkward_jsonl", jsonl(&reading, vocabulary(&rules)));
    let table = write(Target::Csv, &reading, vocabulary(&rules));
    insta::assert_snapshot!("awkward_csv", String::from_utf8(table).unwrap());
}

/// A code that a spreadsheet spoilt when it saved the table again is no code; one that is meant so is marked.
#[test]
fn a_table_of_records_spoilt_by_a_spreadsheet_is_told_from_one_that_is_not() {
    let rules = builtin("平桥");
    let text =
        "日志,实体,事件,编号,名称\n示例,,,,\n,部门,,1.1E+17,甲\n,部门,,'1.1E+17,乙\n,部门,,D1,2.2E+18\n";
    let (sources, files) = open("a.csv", text.as_bytes());
    let reading = logs::read(&sources, &files, vocabulary(&rules), &options(NaiveDate::MAX));
    let said: Vec<(&str, usize)> = reading
        .problems
        .iter()
        .map(|problem| (problem.code, sources.position(problem.primary().unwrap()).line))
        .collect();
    assert_eq!(said, [("C013", 3), ("C013", 5)]);
    assert!(reading.problems[0].message.starts_with("D3（「编号」列）"), "{}", reading.problems[0].message);
    let lenient = ReadOptions { lenient: true, ..options(NaiveDate::MAX) };
    let reading = logs::read(&sources, &files, vocabulary(&rules), &lenient);
    assert_eq!(reading.skipped, 2);
    let log = jsonl(&reading, vocabulary(&rules));
    assert_eq!(
        log,
        "{\"日志\":\"示例\"}\n{\"实体\":\"部门\",\"编号\":\"1.1E+17\",\"名称\":\"乙\"}\n\
         {\"实体\":\"部门\",\"编号\":\"D1\"}\n"
    );
}

/// A workbook of ours records every event, though it has no sheet for those that did not happen.
#[test]
fn a_workbook_records_what_its_log_records() {
    let rules = builtin("平桥");
    let vocabulary = vocabulary(&rules);
    let recorded = |reading: &LogReading| -> usize {
        vocabulary.events().filter(|(kind, _)| reading.history.is_recorded(*kind)).count()
    };
    for (text, wanted) in [(AWKWARD, vocabulary.events().count()), (LIKE_A_LEDGER, 2)] {
        let reading = read("a.jsonl", text.as_bytes(), vocabulary);
        assert_eq!(recorded(&reading), wanted);
        let back = read("a.xlsx", &write(Target::Xlsx, &reading, vocabulary), vocabulary);
        assert_eq!(recorded(&back), wanted);
    }
}

#[test]
fn a_workbook_has_a_sheet_for_every_type_and_no_formula() {
    use calamine::{Data, Reader as _, Xlsx};
    let rules = builtin("平桥");
    let reading = read("a.jsonl", AWKWARD.as_bytes(), vocabulary(&rules));
    let bytes = write(Target::Xlsx, &reading, vocabulary(&rules));
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(std::io::Cursor::new(bytes)).unwrap();
    let names = book.sheet_names();
    assert_eq!(
        names,
        ["日志", "部门", "人员", "对象", "计划", "任务", "检查", "抽取对象", "实施检查", "检查结束"]
    );
    assert!(book.worksheet_formula("部门").unwrap().is_empty());
    let sheet = book.worksheet_range("部门").unwrap();
    let cell = |row: u32, column: u32| sheet.get_value((row, column)).unwrap().clone();
    assert_eq!(cell(0, 2), Data::String("名称".into()));
    assert_eq!(cell(1, 2), Data::String("=cmd|' /C calc'!A0".into()));
    let people = book.worksheet_range("人员").unwrap();
    let until =
        (0..8).find(|at| people.get_value((0, *at)) == Some(&Data::String("证件有效期至".into()))).unwrap();
    assert!(matches!(people.get_value((1, until)).unwrap(), Data::DateTime(_)));
}

#[test]
fn every_format_gives_the_same_findings() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/examples");
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "jsonl"));
    paths.sort();
    assert!(paths.len() >= 16);
    for path in paths {
        let bytes = std::fs::read(&path).unwrap();
        let header = logs::peek_policy(std::str::from_utf8(&bytes).unwrap()).unwrap();
        let rules = builtin(&header);
        let findings = |name: &str, bytes: &[u8]| -> Vec<String> {
            let (sources, files) = open(name, bytes);
            let named = files.iter().find_map(|file| logs::peek_policy(sources.file(*file).text()));
            assert_eq!(named.as_ref(), Some(&header), "{name}");
            let read = ReadOptions { as_of: None, ..options(NaiveDate::MAX) };
            let options = CheckOptions { read, coverage: None, all: true, only: None };
            let plan = rules.plan.as_ref().unwrap();
            let checked = check::check(&sources, &rules, plan, Calendar::builtin(), &files, &options);
            assert_eq!(checked.problems, [], "{name}");
            checked.report.unwrap().findings.iter().map(line).collect()
        };
        let wanted = findings("a.jsonl", &bytes);
        let reading = read("a.jsonl", &bytes, vocabulary(&rules));
        for (target, name) in FORMATS {
            let written = write(target, &reading, vocabulary(&rules));
            assert_eq!(findings(name, &written), wanted, "{} {name}", path.display());
        }
    }
}

/// A database made of SQL text.
fn database(sql: &str) -> Vec<u8> {
    let mut database = rusqlite::Connection::open_in_memory().unwrap();
    database.execute_batch(sql).unwrap();
    database.serialize(rusqlite::MAIN_DB).unwrap().to_vec()
}

#[test]
fn the_three_ways_of_ocel_are_one_log() {
    let rules = builtin("平桥");
    let vocabulary = vocabulary(&rules);
    let sql = database(std::str::from_utf8(&data("same.sql")).unwrap());
    let json = read("same.ocel.json", &data("same.ocel.json"), vocabulary);
    let xml = read("same.xmlocel", &data("same.xmlocel"), vocabulary);
    let sqlite = read("same.sqlite", &sql, vocabulary);
    let wanted = jsonl(&json, vocabulary);
    assert_eq!(jsonl(&xml, vocabulary), wanted);
    assert_eq!(jsonl(&sqlite, vocabulary), wanted);
    // The records of a database are numbered as they come, whatever the file is.
    let counts = |reading: &LogReading| (reading.counts[0].entities, reading.counts[0].events);
    assert_eq!(counts(&xml), counts(&json));
    assert_eq!(counts(&sqlite), counts(&json));
}

#[test]
fn a_dangling_reference_is_shown_where_it_is_written() {
    let rules = builtin("平桥");
    for (name, text, code) in [
        (
            "a.xmlocel",
            "<log><objects><object id=\"J1\" type=\"检查\"><attributes/></object></objects>\n<events><event id=\"e\" type=\"检查结束\" time=\"2025-05-06\"><objects><relationship object-id=\"J9\" qualifier=\"检查\"/></objects></event></events></log>",
            "L017",
        ),
        (
            "a.xes",
            "<log><string key=\"zhunsheng:case\" value=\"检查\"/><trace><string key=\"concept:name\" value=\"J1\"/>\n<event><string key=\"concept:name\" value=\"实施检查\"/><date key=\"time:timestamp\" value=\"2025-05-06T00:00:00+08:00\"/><string key=\"人员\" value=\"J9\"/></event></trace></log>",
            "L017",
        ),
    ] {
        let (sources, files) = open(name, text.as_bytes());
        let reading = logs::read(&sources, &files, vocabulary(&rules), &options(NaiveDate::MAX));
        let codes: Vec<&str> = reading.problems.iter().map(|problem| problem.code).collect();
        assert_eq!(codes, [code], "{name} {:?}", reading.problems);
        assert_eq!(sources.slice(reading.problems[0].primary().unwrap()), "J9", "{name}");
        assert_eq!(sources.position(reading.problems[0].primary().unwrap()).line, 2);
    }
}

fn fines() -> Loaded {
    let mut sources = SourceMap::new();
    let rules = sources.add("fines.rule", String::from_utf8(data("fines.rule")).unwrap());
    let loaded = library::load(&mut sources, &Wanted::Files(&[rules]), &[]).unwrap();
    assert_eq!(loaded.problems, []);
    loaded
}

#[test]
fn sixty_days_are_calendar_days_whatever_the_summer_time() {
    let rules = fines();
    let (sources, files) = open("fines.xes", &data("fines.xes"));
    let read = options(day("2010-01-01"));
    let options = CheckOptions { read, coverage: None, all: true, only: None };
    let plan = rules.plan.as_ref().unwrap();
    let checked = check::check(&sources, &rules, plan, Calendar::builtin(), &files, &options);
    assert_eq!(checked.problems, []);
    let report = checked.report.unwrap();
    let verdicts: Vec<Verdict> = report.findings.iter().map(|finding| finding.verdict).collect();
    assert_eq!(verdicts, [Verdict::Satisfied; 3]);
}

#[test]
fn what_the_vocabulary_lacks_is_said_once_with_a_count() {
    let rules = fines();
    let reading = read("fines.xes", &data("fines.xes"), vocabulary(&rules));
    let said: Vec<&str> = reading.remarks.iter().map(|(sentence, _)| sentence.as_str()).collect();
    assert_eq!(
        said,
        ["有 9 处属性的名称词汇里没有，没有读：「lifecycle:transition」8 处、「org:resource」1 处"],
    );
    let lines: Vec<u32> = reading.remarks[0].1.iter().map(|origin| origin.line).collect();
    assert_eq!(lines, [15, 15]);
}

#[test]
fn relations_the_vocabulary_lacks_or_that_dangle_are_said_once_each() {
    let event = |n: usize| {
        format!(
            r#"{{"id":"e{n}","type":"Load Truck","time":"2025-05-0{n}T10:00:00Z","relationships":[{{"objectId":"c1","qualifier":""}},{{"objectId":"h{n}","qualifier":"HU loaded"}}]}}"#
        )
    };
    let events: Vec<String> = (1..=5).map(event).collect();
    let text = format!(
        r#"{{"objectTypes":[],"eventTypes":[],"objects":[{{"id":"c1","type":"Container"}}],"events":[{}]}}"#,
        events.join(",\n")
    );
    let (log, remarks) = inferred("a.json", text.as_bytes());
    assert_eq!(remarks, ["有 5 处关系指向日志里没有的实体，没有读：「HU loaded」5 处"]);
    let first = log.lines().nth(1).unwrap();
    assert_eq!(first, r#"{"事件":"Load_Truck","编号":"e1","时间":"2025-05-01T18:00","Container":"c1"}"#);
    let rules = builtin("平桥");
    let text = text.replace("Container", "任务").replace("Load Truck", "公示结果");
    let (sources, files) = open("a.json", text.as_bytes());
    let reading = logs::read(&sources, &files, vocabulary(&rules), &options(NaiveDate::MAX));
    let said: Vec<&str> = reading.remarks.iter().map(|(sentence, _)| sentence.as_str()).collect();
    assert_eq!(said, ["有 10 处关系的名称词汇里没有，没有读：「」5 处、「HU loaded」5 处"]);
}

#[test]
fn an_inferred_vocabulary_is_a_sound_rule_file_that_reads_its_log() {
    let logs: [(&str, Vec<u8>); 4] = [
        ("fines.xes", data("fines.xes")),
        ("same.jsonl", data("same.jsonl")),
        ("same.ocel.json", data("same.ocel.json")),
        ("same.xmlocel", data("same.xmlocel")),
    ];
    let mut snapshot = String::new();
    for (name, bytes) in logs {
        let (sources, files) = open(name, &bytes);
        let text = convert::vocabulary("推断", &logs::infer(&sources, &files, None));
        let mut rules = SourceMap::new();
        let file = rules.add("a.rule", text.clone());
        let loaded = library::load(&mut rules, &Wanted::Files(&[file]), &[]).unwrap();
        let errors: Vec<_> = loaded.problems.iter().filter(|problem| problem.is_error()).collect();
        assert!(errors.is_empty(), "{name} {errors:?}\n{text}");
        let reading = logs::read(&sources, &files, vocabulary(&loaded), &options(NaiveDate::MAX));
        assert_eq!(reading.problems, [], "{name}");
        assert!(reading.history.event_count() > 0, "{name}");
        if name != "same.xmlocel" {
            snapshot.push_str(&format!("━━ {name}\n{text}\n"));
        }
    }
    insta::assert_snapshot!("inferred", snapshot);
}

#[test]
fn without_rules_a_log_is_converted_by_what_it_says_itself() {
    for (name, bytes) in [("fines.xes", data("fines.xes")), ("same.ocel.json", data("same.ocel.json"))] {
        let (sources, files) = open(name, &bytes);
        let vocabulary = logs::infer(&sources, &files, None);
        let foreign = Foreign { case: None, inferred: true };
        let reading = logs::read_foreign(&sources, &files, &vocabulary, &options(NaiveDate::MAX), &foreign);
        let wanted = jsonl(&reading, &vocabulary);
        for (target, file) in FORMATS {
            let written = write(target, &reading, &vocabulary);
            let back = read(file, &written, &vocabulary);
            assert_eq!(jsonl(&back, &vocabulary), wanted, "{name} {file}");
        }
    }
    let (log, remarks) = inferred("fines.xes", &data("fines.xes"));
    assert_eq!(remarks, [] as [&str; 0]);
    insta::assert_snapshot!("fines_jsonl", log);
}

#[test]
fn a_log_cut_short_or_no_log_at_all_is_said_so() {
    let rules = fines();
    let whole = String::from_utf8(data("fines.xes")).unwrap();
    for end in [whole.find("</event>").unwrap(), whole.rfind("</log>").unwrap(), 900] {
        let (sources, files) = open("a.xes", &whole.as_bytes()[..end]);
        let reading = logs::read(&sources, &files, vocabulary(&rules), &options(NaiveDate::MAX));
        assert_eq!(reading.problems.last().map(|problem| problem.code), Some("L024"), "{end}");
    }
    let empty = database("CREATE TABLE 台账 (编号 TEXT); INSERT INTO 台账 VALUES ('a');");
    let problems = container::open("台账.sqlite", empty.clone()).unwrap_err();
    assert_eq!(problems[0].code, "L025");
    assert!(problems[0].message.contains("不是 OCEL 2.0"), "{}", problems[0].message);
    let broken = container::open("坏.sqlite", empty[..5000].to_vec()).unwrap_err();
    assert_eq!(broken[0].code, "L025");
}
