//! Ledgers as people keep them: one row a check and department, several tables, every bad shape seen in the wild.
//! What a history holds is shown as JSON Lines would write it, so that expectations read like logs.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests fail as tests do"
)]

use std::fmt::Write as _;

use super::support::{builtin, day};
use zhunsheng::diagnostic::Diagnostic;
use zhunsheng::history::{EntityRef, EventRef, History, Symbol, cell_date};
use zhunsheng::library::Loaded;
use zhunsheng::logs::{self, Columns, LogReading, ReadOptions};
use zhunsheng::source::{Container, SourceMap};
use zhunsheng::vocabulary::{FieldId, FieldKind, Vocabulary};

fn options() -> ReadOptions<'static> {
    ReadOptions {
        format: None,
        as_of: Some(day("2026-01-31")),
        today: day("2026-01-31"),
        lenient: false,
        max_errors: 100,
        columns: None,
        year: None,
        progress: zhunsheng::progress::Progress::default(),
    }
}

/// A history in lines.
fn dump(history: &History, vocabulary: &Vocabulary) -> String {
    let mut out = String::new();
    let value = |kind: &FieldKind, cell: u32| match kind {
        FieldKind::Text | FieldKind::Enum(_) => history.text(Symbol(cell)).to_owned(),
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
            write!(out, "{} {}", entity_type.name, history.entity_id(entity)).unwrap();
            for (id, field) in (0u16..).map(FieldId).zip(&entity_type.fields) {
                let now = words(&field.kind, history.entity_field(entity, kind, id, day("2026-01-31")));
                if !now.is_empty() {
                    write!(out, " {}={now}", field.name).unwrap();
                }
            }
            out.push('\n');
        }
    }
    for (kind, event_type) in vocabulary.events() {
        for event in history.events(kind).map(EventRef) {
            let moment = history.moment(event);
            write!(out, "{} {}", history.event_id(event).unwrap_or("-"), moment.date).unwrap();
            if let Some(s) = moment.millis.map(|millis| millis / 1000) {
                write!(out, "T{:02}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60).unwrap();
            }
            for (id, field) in (0u16..).map(FieldId).zip(&event_type.fields) {
                let now = words(&field.kind, history.event_field(event, kind, id));
                if !now.is_empty() {
                    write!(out, " {}={now}", field.name).unwrap();
                }
            }
            out.push('\n');
        }
    }
    out
}

/// Diagnostics as a reader meets them.
fn show(sources: &SourceMap, diagnostics: &[Diagnostic]) -> String {
    let mut out = String::new();
    for problem in diagnostics {
        let span = problem.primary().unwrap();
        let at = sources.position(span);
        let marked = sources.slice(span).lines().next().unwrap_or("").to_owned();
        writeln!(out, "{} {}:{} {}〔{marked}〕", problem.code, at.line, at.column, problem.message).unwrap();
        for help in &problem.help {
            writeln!(out, "    {help}").unwrap();
        }
    }
    out
}

struct Ledger {
    loaded: Loaded,
    sources: SourceMap,
    columns: Option<Columns>,
}

impl Ledger {
    fn new() -> Self {
        Self { loaded: builtin("平桥"), sources: SourceMap::new(), columns: None }
    }

    /// With a mapping laid over the built-in one.
    fn mapped(yaml: &str) -> Self {
        let mut ledger = Self::new();
        let file = ledger.sources.add("映射.yaml", yaml);
        ledger.columns = Some(Columns::read(&ledger.sources, &[file]).unwrap_or_else(|problems| {
            panic!("{}", show(&ledger.sources, &problems));
        }));
        ledger
    }

    fn vocabulary(&self) -> &Vocabulary {
        &self.loaded.plan.as_ref().unwrap().vocabulary
    }

    fn read_with(&mut self, files: &[(&str, &str)], options: &ReadOptions<'_>) -> LogReading {
        let ids: Vec<_> = files
            .iter()
            .map(|(name, text)| {
                let container = name
                    .rsplit_once('!')
                    .map(|(path, _)| Container { path: path.to_owned(), sha256: String::new() });
                self.sources.add_part(*name, *text, container)
            })
            .collect();
        let options = ReadOptions { columns: self.columns.as_ref(), ..*options };
        logs::read(&self.sources, &ids, self.vocabulary(), &options)
    }

    fn read(&mut self, name: &str, text: &str) -> LogReading {
        self.read_with(&[(name, text)], &options())
    }

    /// The history of tables that must be sound.
    fn sound(&mut self, files: &[(&str, &str)]) -> String {
        let reading = self.read_with(files, &options());
        assert_eq!(show(&self.sources, &reading.problems), "");
        dump(&reading.history, self.vocabulary())
    }

    fn problems(&mut self, text: &str) -> String {
        let reading = self.read("台账.csv", text);
        show(&self.sources, &reading.problems)
    }
}

fn sound(text: &str) -> String {
    Ledger::new().sound(&[("台账.csv", text)])
}

fn problems(text: &str) -> String {
    Ledger::new().problems(text)
}

fn remarks(text: &str) -> Vec<String> {
    Ledger::new().read("台账.csv", text).remarks.into_iter().map(|(sentence, _)| sentence).collect()
}

/// Names of the event types that the logs record.
fn covered(ledger: &Ledger, reading: &LogReading) -> Vec<String> {
    let events = ledger.vocabulary().events();
    events
        .filter(|(kind, _)| reading.history.is_recorded(*kind))
        .map(|(_, event)| event.name.clone())
        .collect()
}

#[test]
fn a_wide_table() {
    insta::assert_snapshot!(sound(include_str!("data/ledger/wide.csv")));
}

#[test]
fn the_pages_show_what_they_explain() {
    for number in 1..=13 {
        let code = format!("C{number:03}");
        let path = format!("{}/docs/diagnostics/{code}.md", env!("CARGO_MANIFEST_DIR"));
        let page = std::fs::read_to_string(path).unwrap();
        for heading in ["## 说明", "## 错误示例", "## 改法"] {
            assert!(page.contains(heading), "{code} has no {heading}");
        }
        let example = page.split("## 错误示例").nth(1).unwrap();
        let (language, body) = example.split_once("```").unwrap().1.split_once('\n').unwrap();
        let body = body.split("```").next().unwrap();
        let mut ledger = Ledger::new();
        let (mapping, table) = match language {
            "yaml" => (body, ""),
            "yaml csv" => body.split_once("---\n").unwrap(),
            "csv" => ("", body),
            other => panic!("{code}: {other}"),
        };
        let file = ledger.sources.add("映射.yaml", mapping);
        let codes: Vec<&str> = match Columns::read(&ledger.sources, &[file]) {
            Err(problems) => problems.iter().map(|problem| problem.code).collect(),
            Ok(columns) => {
                ledger.columns = Some(columns);
                let files = [("台账.csv", table)];
                let files = if table.is_empty() { &[][..] } else { &files };
                ledger.read_with(files, &options()).problems.iter().map(|problem| problem.code).collect()
            }
        };
        assert_eq!(codes, [code.as_str()], "{code}");
    }
}

const HEAD: &str = "检查编号,检查部门,检查日期\n";

#[test]
fn rows_around_the_table_are_no_data() {
    let text = "平桥区2025年双随机检查台账,,,,\n\
        填报单位：区市场监管局,,填报时间：2025年12月31日,,\n\
        ,,,,\n\
        序号,检查编号,检查单位,检查日期（年月日）*,备注\n\
        ,必填,必填,格式：2025-01-01,选填\n\
        1,J01,甲局,2025-05-06,\n\
        ,,,,\n\
        平桥区2025年双随机检查台账,,,,\n\
        序号,检查编号,检查单位,检查日期（年月日）*,备注\n\
        2,J02,甲局,2025-05-07,说明见附件\n\
        合计,2,,,\n\
        说明：一、本表由各部门填写,,,,\n\
        二、按时报送,,,,\n\
        制表人：张三,,审核人：李四,,\n";
    assert_eq!(
        sound(text),
        "部门 甲局 名称=甲局\n检查 J01 部门=甲局\n检查 J02 部门=甲局\n\
         J01·实施检查 2025-05-06 检查=J01\nJ02·实施检查 2025-05-07 检查=J02\n\
         "
    );
}

#[test]
fn headings_are_recognised_however_they_are_written() {
    let plain = sound("检查编号,检查部门,检查日期,结果公示日期\nJ1,甲局,2025-05-06,2025-05-08\n");
    for text in [
        "检 查 编 号,检查部门（全称）,检查日期(年月日)*,公示时间：\nJ1,甲局,2025-05-06,2025-05-08\n",
        "检查编号\t检查单位\t检查↵日期\t公示日期\nJ1\t甲局\t2025-05-06\t2025-05-08\n",
        "检查编号;检查单位;检查日期;公示日期\nJ1;甲局;2025-05-06;2025-05-08\n",
        "\u{feff}检查编号|检查单位|检查日期|公示日期\r\nJ1|甲局|2025-05-06|2025-05-08\r\n",
        "检查记录编号,检查情况,,公示情况\n,检查部门,检查日期,公示日期\nJ1,甲局,2025-05-06,2025-05-08\n",
        "检查记录编号,检查,检查,公示\n检查记录编号,部门,日期,日期\nJ1,甲局,2025-05-06,2025-05-08\n",
        "\"检查\n编号\",检查部门,检查日期,公示日期\nJ1,甲局,2025-05-06,2025-05-08\n",
    ] {
        assert_eq!(sound(text), plain, "{text}");
    }
}

#[test]
fn columns_that_are_not_used_are_said() {
    let text =
        "检查编号,检查部门,检查日期,公式日期,颜色,备注,检查日期\nJ1,甲局,2025-05-06,x,红,,2025-05-09\n";
    assert_eq!(
        remarks(text),
        [
            "没有认出的列，没有用：D 列「公式日期」（是不是「公示日期」）、E 列「颜色」；运行 zhunsheng columns 看",
            "重复的列，只用前面的一列：G 列「检查日期」",
        ]
    );
}

#[test]
fn what_the_columns_do_not_hold_is_not_recorded() {
    let mut ledger = Ledger::new();
    let reading = ledger.read("台账.csv", "检查编号,检查部门,检查日期,公示日期\nJ1,甲局,2025-05-06,\n");
    assert_eq!(covered(&ledger, &reading), ["实施检查", "公示结果"]);
    let mut ledger = Ledger::mapped("表:\n  - 名称: 检查台账\n    不覆盖: [实施检查]\n");
    let reading = ledger.read("台账.csv", "检查编号,检查部门,检查日期,公示日期\nJ1,甲局,2025-05-06,\n");
    assert_eq!(covered(&ledger, &reading), ["公示结果"]);
    // Several tables record what each of them records.
    let mut ledger = Ledger::new();
    let files = [
        ("甲.xlsx!检查", "检查编号,检查部门,公示日期\nJ1,甲局,2025-05-06\n"),
        ("甲.xlsx!任务", "任务编号,任务名称,完成日期\nT1,甲,2025-05-06\n"),
        ("甲.xlsx!部门", "编号,名称\nD1,甲局\n"),
        ("甲.xlsx!空", ""),
        ("甲.xlsx!下拉", "是,否\n有,无\n"),
    ];
    let reading = ledger.read_with(&files, &options());
    assert_eq!(show(&ledger.sources, &reading.problems), "");
    assert_eq!(covered(&ledger, &reading), ["任务完成", "公示结果"]);
    let said: Vec<&str> = reading.remarks.iter().map(|(sentence, _)| sentence.as_str()).collect();
    assert_eq!(said, ["「甲.xlsx!下拉」这张表没有认出来，没有用；运行 zhunsheng columns 看"]);
}

#[test]
fn days_as_people_write_them() {
    for day in
        ["2025.5.6", "2025年5月6日", "2025/5/6", "20250506", "45783", "45783.0", "２０２５.5.6", " 2025-5-6 "]
    {
        let text = format!("{HEAD}J1,甲局,{day}\n");
        assert!(sound(&text).contains("J1·实施检查 2025-05-06 检查=J1"), "{day}");
    }
    assert!(sound(&format!("{HEAD}J1,甲局,2025-05-06 09:30:00\n")).contains("2025-05-06T09:30:00"));
    assert!(sound(&format!("{HEAD}J1,甲局,2025年5月6日9时30分\n")).contains("2025-05-06T09:30:00"));
    let mut bad = String::from(HEAD);
    for (number, day) in [
        "5/6",
        "25.5.6",
        "2025年5月6日至8日",
        "5月6日-5月8日",
        "已公示",
        "2025-02-30",
        "2025-13-01",
        "1985-01-01",
        "123",
    ]
    .iter()
    .enumerate()
    {
        writeln!(bad, "J{number},甲局,{day}").unwrap();
    }
    insta::assert_snapshot!(problems(&bad));
}

#[test]
fn a_year_can_be_given() {
    let text = format!("{HEAD}J1,甲局,5月6日\n");
    let mut ledger = Ledger::new();
    let reading = ledger.read_with(&[("台账.csv", &text)], &ReadOptions { year: Some(2025), ..options() });
    assert!(dump(&reading.history, ledger.vocabulary()).contains("J1·实施检查 2025-05-06"));
    for mapping in ["年: 2025\n", "表:\n  - 名称: 检查台账\n    年: 2025\n"] {
        assert!(Ledger::mapped(mapping).sound(&[("台账.csv", &text)]).contains("实施检查 2025-05-06"));
    }
    let mapping = "表:\n  - 名称: 检查台账\n    列:\n      检查日期: {区间: 止}\n";
    let text = format!("{HEAD}J1,甲局,2025年5月6日至8日\n");
    assert!(Ledger::mapped(mapping).sound(&[("台账.csv", &text)]).contains("实施检查 2025-05-08"));
}

#[test]
fn several_people_in_one_cell() {
    let people = |cell: &str| -> Vec<String> {
        let text = format!("检查编号,检查部门,检查日期,检查人员\nJ1,甲局,2025-05-06,\"{cell}\"\n");
        sound(&text).lines().filter_map(|line| Some(line.strip_prefix("人员 ")?.to_owned())).collect()
    };
    let two = ["甲局/张三 部门=甲局 姓名=张三", "甲局/李四 部门=甲局 姓名=李四"];
    for cell in [
        "张三、李四",
        "张三，李四",
        "张三,李四",
        "张三;李四",
        "张三 李四",
        "张三/李四",
        "张三↵李四",
        "张三\n李四",
        "张 三、李 四",
    ] {
        assert_eq!(people(cell), two, "{cell}");
    }
    assert_eq!(
        people("张三(16150001)、李四（16150002）"),
        ["16150001 部门=甲局 姓名=张三 执法证号=16150001", "16150002 部门=甲局 姓名=李四 执法证号=16150002"]
    );
    assert_eq!(people("张三 (16150001) 李四(16150002)").len(), 2);
    assert_eq!(people("张三（组长）、李四"), two);
    assert_eq!(people("/"), [""; 0]);
}

#[test]
fn a_separator_can_be_turned_off() {
    let mapping = "表:\n  - 名称: 检查台账\n    列:\n      检查人员: {拆分: [顿号]}\n";
    let text = "检查编号,检查部门,检查日期,检查人员\nJ1,甲局,2025-05-06,阿 卜杜、李四\n";
    let found = Ledger::mapped(mapping).sound(&[("台账.csv", text)]);
    assert!(found.contains("姓名=阿 卜杜"), "{found}");
}

#[test]
fn codes_and_blanks_and_invisible_characters() {
    let text = "检查编号,检查部门,检查日期,统一社会信用代码/注册号,企业名称,地址,检查结果,公示日期\n\
        J\u{200b}1,甲局,2025-05-06,91411503FAKE000137,甲\u{feff}公司,/,1,—\n\
        Ｊ２,甲局,2025-05-06,411503600000015,乙公司,无,，,\n";
    assert_eq!(
        sound(text),
        "部门 甲局 名称=甲局\n\
         对象 411503600000015 名称=乙公司 注册号=411503600000015\n\
         对象 91411503FAKE000137 名称=甲公司 统一社会信用代码=91411503FAKE000137\n\
         检查 J1 对象=91411503FAKE000137 部门=甲局\n检查 J2 对象=411503600000015 部门=甲局\n\
         J1·实施检查 2025-05-06 检查=J1\nJ2·实施检查 2025-05-06 检查=J2\n\
         "
    );
}

#[test]
fn numbers_percentages_and_dates_without_end() {
    let text =
        "任务编号,任务名称,抽查比例,抽取库总户数,抽取日期\nT1,甲,5%,\"1,234户(实际以…为准。)\",2025-05-06\n";
    assert_eq!(sound(text), "任务 T1 名称=甲 比例=0.05\nT1·抽取对象 2025-05-06 任务=T1 库规模=1234\n");
    assert_eq!(remarks(text), ["「抽取库总户数」列 D2「1,234户(实际以…为准。)」数字后面有注，只取数字"]);
    let text = "姓名,单位,执法证号,执法证有效期\n张三,甲局,16150001,9999-09-09\n李四,甲局,16150002,长期\n王五,甲局,16150003,2027.12.31\n";
    assert_eq!(
        sound(text),
        "部门 甲局 名称=甲局\n\
         人员 16150001 部门=甲局 姓名=张三 执法证号=16150001 证件有效期至=9999-12-31\n\
         人员 16150002 部门=甲局 姓名=李四 执法证号=16150002 证件有效期至=9999-12-31\n\
         人员 16150003 部门=甲局 姓名=王五 执法证号=16150003 证件有效期至=2027-12-31\n"
    );
}

#[test]
fn yes_and_no_and_published_without_a_day() {
    let text = "检查编号,检查部门,检查日期,是否签字,出示证件\nJ1,甲局,2025-05-06,√,是\nJ2,甲局,2025-05-07,×,N\nJ3,甲局,2025-05-08,,\n";
    let found = sound(text);
    assert!(found.contains("J1·对象签章 2025-05-06 检查=J1\n"), "{found}");
    assert!(!found.contains("J2·对象签章") && !found.contains("J3·对象签章"), "{found}");
    assert!(found.contains("J1·实施检查 2025-05-06 检查=J1 出示证件=true"), "{found}");
    assert!(found.contains("J2·实施检查 2025-05-07 检查=J2 出示证件=false"), "{found}");
    insta::assert_snapshot!(problems(
        "检查编号,检查部门,检查日期,检查结果状态,公示日期,是否签字,出示证件,检查方式\n\
         J1,甲局,2025-05-06,已公示,,是,是,实地检查\n\
         J2,甲局,2025-05-06,未录入,,大概,也许,隔空检查\n"
    ));
}

/// One bad row does not touch the others; it is named by row, column and cell.
#[test]
fn bad_rows_are_named_and_the_others_read() {
    let text = "检查编号,检查部门,检查日期,公示日期\nJ1,甲局,2025-05-06,2025-05-08\nJ2,甲局,2025-05-06,5/8\n,甲局,2025-05-06,\n,,,2025-05-06\nJ5,甲局,2025-05-06,2025-05-09\n";
    insta::assert_snapshot!(problems(text));
    let mut ledger = Ledger::new();
    let reading = ledger.read_with(&[("台账.csv", text)], &ReadOptions { lenient: true, ..options() });
    assert_eq!(show(&ledger.sources, &reading.problems), "");
    assert_eq!(reading.skipped, 3);
    let found = dump(&reading.history, ledger.vocabulary());
    assert!(found.contains("J5·甲局·公示结果 2025-05-09") && found.contains("J2·实施检查"), "{found}");
}

#[test]
fn rows_that_disagree_about_one_entity() {
    let text = "检查编号,任务编号,任务组织部门,检查部门,统一社会信用代码,企业名称,检查日期\n\
        J1,T1,甲局,甲局,91411503FAKE000137,甲公司,2025-05-06\n\
        J1,T1,乙局,乙局,91411503FAKE000137,甲有限公司,2025-05-06\n";
    insta::assert_snapshot!(problems(text));
    assert_eq!(
        remarks(text),
        [
            "对象「91411503FAKE000137」的「名称」两处写法不一样：F2 是「甲公司」，F3 是「甲有限公司」，以先出现的为准"
        ]
    );
}

#[test]
fn several_tables_and_the_same_event_twice() {
    let files = [
        (
            "台账.xlsx!检查台账",
            "检查编号,任务编号,检查部门,检查日期,公示日期\nJ1,T1,甲局,2025-05-06,2025-05-08\n",
        ),
        (
            "台账.xlsx!结果",
            "检查编号,检查部门,检查结果,检查日期,公示日期\nJ1,甲局,1,2025-05-06,2025-05-08\nJ1,甲局,1,2025-05-06,2025-05-20\n",
        ),
        (
            "台账.xlsx!任务",
            "任务编号,任务名称,任务组织部门,任务来源,任务类型,抽取日期\nT1,甲,甲局,临时任务,跨部门,2025-05-01\n",
        ),
        ("台账.xlsx!计划", "计划编号,计划名称,责任单位,计划年度,公告日期\nP1,甲,甲局,2025年,2025-03-01\n"),
    ];
    assert_eq!(
        Ledger::new().sound(&files),
        "部门 甲局 名称=甲局\n计划 P1 牵头部门=甲局 年度=2025\n\
         任务 T1 发起部门=甲局 名称=甲 模式=部门联合 临时=true\n检查 J1 任务=T1 部门=甲局\n\
         P1·公示计划 2025-03-01 计划=P1\nT1·抽取对象 2025-05-01 任务=T1\n\
         J1·实施检查 2025-05-06 检查=J1\nJ1·甲局·公示结果 2025-05-08 检查=J1 部门=甲局\nJ1·甲局·公示结果·2 2025-05-20 检查=J1 部门=甲局\n"
    );
}

#[test]
fn a_table_of_records_is_the_same_as_its_lines() {
    let table = "日志,规则集,覆盖起,覆盖止,覆盖事件,实体,事件,编号,时间,有效起,名称,任务,检查,对象,部门,库规模,不宜公开,证件有效期至,姓名\n\
        示例,平桥,2025-01-01,2025-12-31,检查结束、抽取对象,,,,,,,,,,,,,,\n\
        ,,,,,部门,,D1,,,\"甲,局\",,,,,,,,\n\
        ,,,,,人员,,R1,,,,,,,D1,,,2027/1/1,张三\n\
        ,,,,,对象,,O1,,,[1]号店,,,,,,,,\n\
        ,,,,,对象,,O2,,,\"[\"\"[甲]\"\"]\",,,,,,,,\n\
        ,,,,,任务,,T1,,,,,,,,,,,\n\
        ,,,,,检查,,J1,,,,T1,,O1,,,是,,\n\
        ,,,,,检查,,J1,,2025-06-01,,,,,,,否,,\n\
        ,,,,,,抽取对象,e1,2025-05-06 10:00,,,T1,,\"[\"\"O1\"\",\"\"O2\"\"]\",D1,120,,,\n\
        ,,,,,,检查结束,,2025.5.6,,,,J1,,,,,,\n";
    let lines = r#"{"日志":"示例","规则集":"平桥","覆盖起":"2025-01-01","覆盖止":"2025-12-31","覆盖事件":["检查结束","抽取对象"]}
{"实体":"部门","编号":"D1","名称":"甲,局"}
{"实体":"人员","编号":"R1","部门":"D1","姓名":"张三","证件有效期至":"2027-01-01"}
{"实体":"对象","编号":"O1","名称":"[1]号店"}
{"实体":"对象","编号":"O2","名称":"[甲]"}
{"实体":"任务","编号":"T1"}
{"实体":"检查","编号":"J1","任务":"T1","对象":"O1","不宜公开":true}
{"实体":"检查","编号":"J1","有效起":"2025-06-01","不宜公开":false}
{"事件":"抽取对象","编号":"e1","时间":"2025-05-06T10:00:00","任务":"T1","部门":"D1","对象":["O1","O2"],"库规模":120}
{"事件":"检查结束","时间":"2025-05-06","检查":"J1"}
"#;
    let (mut a, mut b) = (Ledger::new(), Ledger::new());
    let (table, lines) = (a.read("记录.csv", table), b.read("记录.jsonl", lines));
    assert_eq!(show(&a.sources, &table.problems), "");
    assert_eq!(show(&b.sources, &lines.problems), "");
    assert_eq!(dump(&table.history, a.vocabulary()), dump(&lines.history, b.vocabulary()));
    assert_eq!(table.header, lines.header);
    assert_eq!(covered(&a, &table), ["抽取对象", "检查结束"]);
    assert_eq!(covered(&b, &lines), ["抽取对象", "检查结束"]);
    assert_eq!(table.counts[0].events, lines.counts[0].events);
    assert_eq!(table.counts[0].entities + 1, lines.counts[0].entities + 1);
}

#[test]
fn a_bad_table_of_records() {
    insta::assert_snapshot!(problems(
        "实体,事件,编号,时间,名称,检查,层级\n\
         部门,,D1,,甲,,区县\n\
         部们,,D2,,乙,,\n\
         ,检查结束,,昨天,,J9,\n\
         ,检查结束,,2025-05-06,,J9,\n\
         ,检查结束,,2025-05-06,名,J9,\n"
    ));
}

/// Two companies whose codes a spreadsheet cut to the same fifteen digits.
const CUT: &str = "检查编号,检查部门,检查日期,检查对象,统一社会信用代码/注册号,检查人员,执法证号\n\
    J1,甲局,2025-05-06,甲公司,9.1101011990030E+17,张三,3.70202199003074E+17\n\
    J2,甲局,2025-05-07,乙公司,9.1101011990030e+17,李四,1601\n\
    9.1E+15,甲局,2025-05-08,丙公司,,王五,1602\n";

#[test]
fn a_number_cut_by_a_spreadsheet_is_no_code() {
    insta::assert_snapshot!(problems(CUT));
    let mut ledger = Ledger::new();
    let reading = ledger.read_with(&[("台账.csv", CUT)], &ReadOptions { lenient: true, ..options() });
    assert_eq!((reading.problems.len(), reading.skipped), (0, 3));
    let text = dump(&reading.history, ledger.vocabulary());
    assert!(text.contains("对象 甲公司") && text.contains("对象 乙公司"), "{text}");
    assert!(!text.contains("E+") && !text.contains("e+"), "{text}");
}

#[test]
fn a_sheet_for_each_type() {
    let files = [
        ("甲.xlsx!部门", "编号,名称,别名,备注\nD1,甲局,甲、老甲,x\n"),
        ("甲.xlsx!检查", "编号,部门,不宜公开\nJ1,\"D1\",×\n合计,1,\n"),
        ("甲.xlsx!公示结果", "时间,检查,部门\n2025.5.8,J1,D1\n45785,J1,D1\n"),
    ];
    assert_eq!(
        Ledger::new().sound(&files),
        "部门 D1 名称=甲局 别名=甲、老甲\n检查 J1 部门=D1 不宜公开=false\nJ1·D1·公示结果 2025-05-08 检查=J1 部门=D1\n"
    );
    let mut ledger = Ledger::new();
    let reading = ledger.read_with(&files, &options());
    assert_eq!(covered(&ledger, &reading), ["公示结果"]);
}

#[test]
fn a_mapping_says_what_is_wrong_with_it() {
    let mut ledger = Ledger::new();
    let file = ledger.sources.add(
        "映射.yaml",
        "表:\n  - 名称: 检查台账\n    列:\n      检查日期: {同意: [到店日]}\n    必由: [检查编号]\n    年: 25\n  - 说明: 没有名称\n",
    );
    let form = match Columns::read(&ledger.sources, &[file]) {
        Ok(_) => panic!("sound"),
        Err(problems) => show(&ledger.sources, &problems),
    };
    let mut ledger = Ledger::mapped(
        "表:\n  - 名称: 检查台账\n    覆盖: [检查接束]\n    必有: [检查编好]\n    实体:\n      - {实体: 对象, 地止: 地址, 负责人: 附责人}\n      - {实体: 对像, 编号: '{任务编号}/{对向}'}\n    事件:\n      - {事件: 归档, 部门: 发起部们}\n",
    );
    let names = ledger.problems("检查编号,检查部门,检查日期\nJ1,甲局,2025-05-06\n");
    insta::assert_snapshot!(format!("{form}\n{names}"));
}

#[test]
fn a_table_not_recognised_says_what_it_lacks() {
    insta::assert_snapshot!(format!(
        "{}\n{}",
        problems("检查编号,检查日期,单位名\nJ1,2025-05-06,甲\n"),
        problems("甲,乙\n1,2\n")
    ));
}

#[test]
fn an_event_type_in_a_column() {
    let mapping = "表:\n  - 名称: 流水\n    必有: [单号, 动作]\n    列: {单号: [case], 动作: [activity], 时刻: [timestamp], 谁: []}\n    实体:\n      - {实体: 部门, 编号: 谁}\n      - {实体: 检查, 编号: 单号, 部门: 部门}\n    事件:\n      - {事件类型: 动作, 时间: 时刻, 部门: 部门, 对照: {Close: 检查结束, Publish: 公示结果}}\n";
    let text = "case,activity,timestamp,谁\nJ1,Close,2025-05-06T10:00:00,甲局\nJ1,Publish,2025-05-08,甲局\nJ1,归档,2025-05-09,甲局\n";
    let mut ledger = Ledger::mapped(mapping);
    assert_eq!(
        ledger.sound(&[("流水.csv", text)]),
        "部门 甲局\n检查 J1 部门=甲局\nJ1·检查结束 2025-05-06T10:00:00 检查=J1\nJ1·甲局·公示结果 2025-05-08 检查=J1 部门=甲局\nJ1·甲局·归档 2025-05-09 检查=J1 部门=甲局\n"
    );
}

/// The headings that platforms really export are recognised without any mapping.
#[test]
fn headings_of_real_exports() {
    let cases = [
        (
            "抽查任务",
            "抽查任务编号,抽查任务名称,任务来源,任务类型,任务执行状态,任务公告状态,抽查类型,检查对象类型,检查对象数量,检查事项数量,任务期限始,任务期限止,任务组织部门,任务参与部门,任务设置人,任务设置日期",
        ),
        (
            "检查台账",
            "检查结果状态,后续处置状态,统一代码/注册号,企业名称,任务编号,任务名称,任务结束日期,检查日期,检查结果,检查人员,检查部门,登记机关,管辖单位,片区,录入员,录入日期",
        ),
        ("检查对象名录", "统一社会信用代码/注册号,企业名称"),
        ("检查对象名录", "企业名称,注册号/统一社会信用代码,登记机关,管辖单位"),
        ("检查对象名录", "名称,统一社会信用代码(注册号),法定代表人,注册地址,联络人,联系方式"),
        (
            "执法人员名录",
            "单位工号,姓名,性别,身份证号,手机号,学历,学历专业,岗位大类,从事本岗起始日期,岗位资质资格,执法事项范围,地区,层级,担任职务,所在业务部门（机构）,是否专家,工商执法证编号,执法证有效期,省执法证编号,执法人员状态",
        ),
        ("执法人员名录", "序号,姓名,单位及职务,学历及专业,编制属性,执法证件"),
        ("执法人员名录", "姓名,单位,执法证号,执法领域"),
        (
            "抽查事项清单",
            "抽查事项,抽查内容,检查对象,事项类别,检查方式,抽查比例及频次,检查时间,检查主体,参检单位,检查依据",
        ),
        (
            "抽查事项清单",
            "序号,抽查事项,抽查依据,抽查对象,抽查基数,抽查比例,抽查周期,随机抽查方式,抽查主体,实施日期",
        ),
        ("抽查计划", "序号,检查主体,年度计划名称,检查内容,计划开展时间,股室,抽查比例,抽查频次,抽查数量"),
    ];
    let ledger = Ledger::new();
    for (table, header) in cases {
        let mut sources = SourceMap::new();
        let file = sources.add("导出.csv", format!("{header}\n"));
        let found = logs::describe(sources.file(file), Columns::builtin(), ledger.vocabulary(), None);
        let logs::RecognisedSort::Mapped(name, _) = &found.sort else { panic!("{header}: {:?}", found.sort) };
        assert_eq!(name, table, "{header}");
    }
}

#[test]
fn what_columns_shows() {
    let mut sources = SourceMap::new();
    let text = "标题,,,\n检查编号,检查部门,检查日期,公式日期\nJ1,甲局,2025-05-06,2025-05-08\n";
    let file = sources.add("台账.csv", text);
    let vocabulary = &Ledger::new().loaded.plan.unwrap().vocabulary;
    let found = logs::describe(sources.file(file), Columns::builtin(), vocabulary, None);
    assert_eq!((found.header, found.data), (Some(2), Some((3, 3))));
    let draft = logs::draft(&[found], &str::to_owned);
    // The draft can be used as it is, and puts the column where it probably belongs.
    let mut ledger = Ledger::mapped(&draft);
    assert!(ledger.sound(&[("台账.csv", text)]).contains("J1·甲局·公示结果 2025-05-08"), "{draft}");
}

/// A ledger names people and departments; the rosters give their numbers.
#[test]
fn names_are_taken_for_the_numbered_ones_of_the_rosters() {
    let files = [
        ("台账.xlsx!检查台账", "检查编号,检查部门,检查日期,检查人员\nJ1,甲局,2025-05-06,张三、李四、王五\n"),
        (
            "台账.xlsx!人员",
            "姓名,单位,执法证号,有效期至\n张三,甲局,16150001,2027-12-31\n李四,乙局,16150002,长期\n王五,甲局,1601,长期\n王五,甲局,1602,长期\n",
        ),
        ("台账.xlsx!部门", "部门编号,部门名称,简称\nD1,区甲局,甲局\nD2,乙局,\n"),
    ];
    let found = Ledger::new().sound(&files);
    for line in [
        "部门 D1 名称=区甲局 别名=甲局",
        "人员 16150001 部门=D1 姓名=张三 执法证号=16150001 证件有效期至=2027-12-31",
        "人员 16150002 部门=D2 姓名=李四 执法证号=16150002 证件有效期至=9999-12-31",
        // Another department; two of the same name: not taken for anyone.
        "人员 甲局/李四 部门=D1 姓名=李四",
        "人员 甲局/王五 部门=D1 姓名=王五",
        "检查 J1 部门=D1",
        "J1·实施检查 2025-05-06 检查=J1 人员=16150001、甲局/李四、甲局/王五",
    ] {
        assert!(found.contains(line), "{line}\n{found}");
    }
}

/// The mapping shown in the guide can be used.
#[test]
fn the_mapping_of_the_guide_is_sound() {
    let guide = include_str!("../docs/guide/ledger.md");
    let blocks = guide.split("```yaml\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    for block in blocks {
        let text = "检查编号,检查部门,到店日期,带队人,是否录像\nJ1,甲局,5月6日至8日,张 三、李四,是\n";
        let found = Ledger::mapped(block).sound(&[("台账.csv", text)]);
        assert!(found.contains("J1·录音录像 2025-05-08 检查=J1") && found.contains("姓名=李四"), "{found}");
    }
}

/// The engine knows no domain: a log of fines, its event types in a column, by another vocabulary and mapping.
#[test]
fn another_domain_has_its_own_mapping() {
    use zhunsheng::library::{self, Wanted};
    let mut sources = SourceMap::new();
    let rules = sources.add("fines.rule", include_str!("data/ledger/fines/fines.rule"));
    let words = sources.add("vocabulary.rule", include_str!("data/ledger/fines/vocabulary.rule"));
    let loaded = library::load(&mut sources, &Wanted::Files(&[rules]), &[vec![words]]).unwrap();
    let mapping = sources.add("columns.yaml", include_str!("data/ledger/fines/columns.yaml"));
    let columns = Columns::read(&sources, &[mapping]).unwrap();
    let file = sources.add("fines.csv", include_str!("data/ledger/fines/sample.csv"));
    let vocabulary = &loaded.plan.as_ref().unwrap().vocabulary;
    let reading =
        logs::read(&sources, &[file], vocabulary, &ReadOptions { columns: Some(&columns), ..options() });
    assert_eq!(show(&sources, &reading.problems), "");
    let found = dump(&reading.history, vocabulary);
    assert_eq!(found.lines().count(), 10 + 3 + 39, "{found}");
    assert!(found.contains("A1·开具 2006-07-24T06:00:00 罚单=A1 经办人=561 金额=35 条款=157"), "{found}");
}

/// The same history, as a ledger and as the lines it could be converted to, is judged alike.
#[test]
fn a_ledger_is_judged_like_its_lines() {
    use super::support::{Ask, line, report};
    let loaded = builtin("平桥");
    let table = include_str!("data/ledger/wide.csv");
    let mut ledger = Ledger::new();
    let reading = ledger.read("台账.csv", table);
    let (vocabulary, history, header) = (ledger.vocabulary(), &reading.history, &reading.header);
    let mut lines = Vec::new();
    let log = zhunsheng::convert::Log { vocabulary, history, header, case: None };
    zhunsheng::convert::write(&mut lines, zhunsheng::convert::Target::Jsonl, &log).unwrap();
    let lines = String::from_utf8(lines).unwrap();
    assert!(lines.contains("\"覆盖事件\":["), "{lines}");
    let ask = || Ask { as_of: Some(day("2026-01-31")), coverage: None, only: None };
    let told = |name: &str, text: &str| -> Vec<String> {
        report(&loaded, name, text, ask()).findings.iter().map(line).collect()
    };
    assert_eq!(told("台账.csv", table), told("台账.jsonl", &lines));
}
