//! The example ledgers: each workbook is the history beside it as a department would keep it — title rows, merged
//! cells, several ways to write a date, several people in a cell, notes at the end. The workbooks are made here;
//! `UPDATE_EXAMPLES=1 cargo test ledger_examples` writes them again.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::wildcard_enum_match_arm,
    reason = "helpers of tests fail as tests do"
)]

use std::collections::BTreeMap;
use std::path::Path;

use chrono::{Datelike as _, NaiveDate};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet};
use serde_json::Value;

/// A district's ledger: file, history, title, and how its people write.
struct Ledger {
    file: &'static str,
    history: &'static str,
    title: &'static str,
    keeper: &'static str,
    style: Style,
    /// Standard heading → what this district calls it.
    headings: &'static [(&'static str, &'static str)],
}

/// How dates and lists are written.
#[derive(Clone, Copy, PartialEq)]
enum Style {
    /// Real Excel dates, people joined by 、.
    Cells,
    /// `2025年5月6日`, people on several lines.
    Chinese,
    /// `2024.5.6`, people joined by a comma.
    Dots,
    /// Excel serial numbers that lost their format, people joined by a space.
    Serial,
}

const LEDGERS: &[Ledger] = &[
    Ledger {
        file: "examples/ledgers/pingqiao.xlsx",
        history: "examples/pingqiao.jsonl",
        title: "平桥区 2025 年部门联合“双随机、一公开”抽查台账",
        keeper: "填报单位：区联席办          填报时间：2026年1月31日",
        style: Style::Cells,
        headings: &[
            ("检查结束日期", "抽查完成日期"),
            ("代码", "统一社会信用代码/注册号"),
            ("发起部门", "任务组织部门"),
        ],
    },
    Ledger {
        file: "examples/ledgers/wugang.xlsx",
        history: "examples/ledgers/wugang.jsonl",
        title: "舞钢市 2025 年随机抽查台账",
        keeper: "填报单位：市市场监管局",
        style: Style::Chinese,
        headings: &[
            ("对象名称", "企业名称"),
            ("检查人员", "执法人员"),
            ("公示日期", "结果公示日期（年月日）"),
        ],
    },
    Ledger {
        file: "examples/ledgers/yanshi.xlsx",
        history: "examples/ledgers/yanshi.jsonl",
        title: "偃师区触发式抽查情况汇总表",
        keeper: "制表：区工信商务局",
        style: Style::Dots,
        headings: &[("检查日期", "实施检查日期"), ("检查部门", "检查单位"), ("参与部门", "联查部门")],
    },
    Ledger {
        file: "examples/ledgers/wancheng.xlsx",
        history: "examples/ledgers/wancheng.jsonl",
        title: "宛城区“一业一查”部门联合抽查台账",
        keeper: "填报单位：区教体局    填报时间：2026.12.31",
        style: Style::Serial,
        headings: &[("检查结束日期", "检查终结日期"), ("归档日期", "立卷日期"), ("对象名称", "被检查单位")],
    },
];

enum Cell {
    None,
    Text(String),
    Date(NaiveDate),
}

struct History(Vec<Value>);

impl History {
    fn read(path: &str) -> Self {
        let text = std::fs::read_to_string(root().join(path)).unwrap();
        Self(text.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
    }

    fn entities<'h>(&'h self, kind: &'h str) -> impl Iterator<Item = &'h Value> {
        self.0.iter().filter(move |record| record["实体"] == kind)
    }

    fn entity(&self, kind: &str, id: &Value) -> &Value {
        self.0.iter().find(|record| record["实体"] == kind && record["编号"] == *id).unwrap_or(&Value::Null)
    }

    fn name(&self, kind: &str, id: &Value) -> String {
        let record = self.entity(kind, id);
        let name = record["名称"].as_str().or(record["姓名"].as_str());
        name.or(id.as_str()).unwrap_or("").to_owned()
    }

    fn names(&self, kind: &str, ids: &Value) -> Vec<String> {
        list(ids).iter().map(|id| self.name(kind, id)).collect()
    }

    /// The first event of a kind for which every given pair holds.
    fn event(&self, kind: &str, pairs: &[(&str, &Value)]) -> &Value {
        let mut found: Vec<&Value> = self
            .0
            .iter()
            .filter(|record| {
                record["事件"] == kind && pairs.iter().all(|(key, value)| record[*key] == **value)
            })
            .collect();
        found.sort_by_key(|record| record["时间"].as_str().unwrap_or("").to_owned());
        found.first().copied().unwrap_or(&Value::Null)
    }

    fn day(&self, kind: &str, pairs: &[(&str, &Value)]) -> Cell {
        day(&self.event(kind, pairs)["时间"])
    }
}

fn list(value: &Value) -> Vec<Value> {
    match value {
        Value::Array(items) => items.clone(),
        Value::Null => Vec::new(),
        one => vec![one.clone()],
    }
}

fn day(time: &Value) -> Cell {
    time.as_str().map_or(Cell::None, |time| Cell::Date(time[..10].parse().unwrap()))
}

fn text(value: &Value) -> Cell {
    match value {
        Value::Null => Cell::None,
        Value::Bool(true) => Cell::Text("是".into()),
        Value::Bool(false) => Cell::Text("否".into()),
        Value::String(text) => Cell::Text(text.clone()),
        other => Cell::Text(other.to_string()),
    }
}

type Row = Vec<(&'static str, Cell)>;

/// One row per 检查 and 部门.
fn checks(history: &History, style: Style) -> Vec<Row> {
    let mut rows = Vec::new();
    for check in history.entities("检查") {
        let (id, task) = (&check["编号"], history.entity("任务", &check["任务"]));
        let object = history.entity("对象", &check["对象"]);
        let mut departments = list(&check["部门"]);
        if departments.is_empty() {
            departments = [list(&task["发起部门"]), list(&task["参与部门"])].concat();
        }
        for department in &departments {
            let (about, both) = ([("检查", id)], [("检查", id), ("部门", department)]);
            let visit = history.event("实施检查", &about);
            let here = |person: &Value| history.entity("人员", person)["部门"] == *department;
            let people: Vec<String> = list(&visit["人员"])
                .iter()
                .filter(|person| here(person))
                .map(|person| history.name("人员", person))
                .collect();
            let result = history.event("形成结果", &both);
            let refused = !history.event("拒签", &about).is_null();
            rows.push(vec![
                ("检查编号", text(id)),
                ("任务编号", text(&check["任务"])),
                ("任务名称", text(&task["名称"])),
                ("任务模式", text(&task["模式"])),
                ("发起部门", Cell::Text(history.name("部门", &task["发起部门"]))),
                ("参与部门", joined(&history.names("部门", &task["参与部门"]), Style::Cells)),
                ("对象名称", text(&object["名称"])),
                ("代码", text(object.get("统一社会信用代码").unwrap_or(&object["注册号"]))),
                ("对象类型", text(&object["类型"])),
                ("检查部门", Cell::Text(history.name("部门", department))),
                ("检查人员", joined(&people, style)),
                ("检查方式", joined(&words(&visit["检查方式"]), Style::Cells)),
                ("出示证件", text(&visit["出示证件"])),
                ("不宜告知", text(&check["不宜告知"])),
                ("不宜公开", text(&check["不宜公开"])),
                ("预查日期", history.day("预查比对", &about)),
                ("告知日期", history.day("告知", &about)),
                ("检查日期", day(&visit["时间"])),
                ("检查结束日期", history.day("检查结束", &about)),
                ("人员签字日期", history.day("人员签字", &about)),
                ("对象签字日期", history.day("对象签章", &about)),
                ("是否拒签", if refused { Cell::Text("√".into()) } else { Cell::None }),
                ("拒签日期", history.day("拒签", &about)),
                ("检查结果", text(&result["结果"])),
                ("结果日期", day(&result["时间"])),
                ("录入日期", history.day("录入结果", &both)),
                ("公示日期", history.day("公示结果", &both)),
                ("后续处理日期", history.day("后续处理", &both)),
                ("归档日期", history.day("归档", &both)),
            ]);
        }
    }
    rows
}

fn tasks(history: &History) -> Vec<Row> {
    let rows = history.entities("任务").map(|task| {
        let about = [("任务", &task["编号"])];
        vec![
            ("任务编号", text(&task["编号"])),
            ("任务名称", text(&task["名称"])),
            ("任务模式", text(&task["模式"])),
            ("任务来源", Cell::Text(if task["临时"] == true { "临时任务" } else { "年度计划" }.into())),
            ("抽查类型", text(&task["抽查类型"])),
            ("发起部门", Cell::Text(history.name("部门", &task["发起部门"]))),
            ("参与部门", joined(&history.names("部门", &task["参与部门"]), Style::Cells)),
            ("计划编号", text(&task["计划"])),
            ("方案日期", history.day("制定方案", &about)),
            ("创建日期", history.day("创建任务", &about)),
            ("完成日期", history.day("任务完成", &about)),
        ]
    });
    rows.collect()
}

fn people(history: &History) -> Vec<Row> {
    let rows = history.entities("人员").map(|person| {
        vec![
            ("姓名", text(&person["姓名"])),
            ("单位", Cell::Text(history.name("部门", &person["部门"]))),
            ("执法证号", text(&person["执法证号"])),
            ("执法证有效期", text(&person["证件有效期至"])),
            ("联系电话", text(&person["联系方式"])),
        ]
    });
    rows.collect()
}

fn objects(history: &History) -> Vec<Row> {
    let rows = history.entities("对象").map(|object| {
        vec![
            ("名称", text(&object["名称"])),
            ("统一社会信用代码(注册号)", text(object.get("统一社会信用代码").unwrap_or(&object["注册号"]))),
            ("对象类型", text(&object["类型"])),
            ("法定代表人", text(&object["负责人"])),
            ("注册地址", text(&object["地址"])),
        ]
    });
    rows.collect()
}

fn plans(history: &History) -> Vec<Row> {
    let rows = history.entities("计划").map(|plan| {
        let about = [("计划", &plan["编号"])];
        vec![
            ("计划编号", text(&plan["编号"])),
            ("牵头部门", Cell::Text(history.name("部门", &plan["牵头部门"]))),
            ("年度", text(&plan["年度"])),
            ("计划类型", text(&plan["类型"])),
            ("报送日期", history.day("报送计划", &about)),
            ("审议日期", history.day("审议计划", &about)),
            ("印发日期", history.day("印发计划", &about)),
            ("公示日期", history.day("公示计划", &about)),
        ]
    });
    rows.collect()
}

fn departments(history: &History) -> Vec<Row> {
    let rows = history.entities("部门").map(|department| {
        vec![
            ("部门名称", text(&department["名称"])),
            ("简称", joined(&words(&department["别名"]), Style::Cells)),
            ("层级", text(&department["层级"])),
        ]
    });
    rows.collect()
}

fn words(value: &Value) -> Vec<String> {
    list(value).iter().filter_map(|word| word.as_str().map(str::to_owned)).collect()
}

fn joined(words: &[String], style: Style) -> Cell {
    let mark = match style {
        Style::Cells => "、",
        Style::Chinese => "\n",
        Style::Dots => "，",
        Style::Serial => " ",
    };
    if words.is_empty() { Cell::None } else { Cell::Text(words.join(mark)) }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A sheet with a merged title, a line about who filled it in, headings, rows and closing notes.
fn fill(sheet: &mut Worksheet, ledger: &Ledger, title: &str, rows: &[Row]) {
    let bold = Format::new().set_bold().set_align(FormatAlign::Center).set_border(FormatBorder::Thin);
    let plain = Format::new().set_text_wrap().set_border(FormatBorder::Thin);
    let date = Format::new().set_num_format("yyyy/m/d").set_border(FormatBorder::Thin);
    let last = u16::try_from(rows[0].len()).unwrap();
    sheet.merge_range(0, 0, 0, last, title, &bold).unwrap();
    sheet.merge_range(1, 0, 1, last, ledger.keeper, &plain).unwrap();
    sheet.write_with_format(2, 0, "序号", &bold).unwrap();
    for (column, (heading, _)) in (1u16..).zip(&rows[0]) {
        let local = ledger.headings.iter().find(|(standard, _)| standard == heading);
        let heading = local.map_or(*heading, |(_, local)| *local);
        sheet.write_with_format(2, column, heading, &bold).unwrap();
        sheet.set_column_width(column, 14).unwrap();
    }
    let mut at = 3;
    for (number, row) in (1u32..).zip(rows) {
        sheet.write_with_format(at, 0, number, &plain).unwrap();
        for (column, (_, cell)) in (1u16..).zip(row) {
            match cell {
                Cell::None => {}
                Cell::Text(text) => {
                    sheet.write_with_format(at, column, text, &plain).unwrap();
                }
                Cell::Date(day) => write_day(sheet, at, column, *day, ledger.style, &plain, &date),
            }
        }
        at += 1;
    }
    sheet.merge_range(at, 0, at, last, "说明：本表由平台导出后补填，空白处为尚未办理。", &plain).unwrap();
    sheet.set_freeze_panes(3, 1).unwrap();
}

fn write_day(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    day: NaiveDate,
    style: Style,
    plain: &Format,
    date: &Format,
) {
    let (year, month, of_month) = (day.year(), day.month(), day.day());
    match style {
        Style::Cells => {
            let value = ExcelDateTime::from_ymd(
                u16::try_from(year).unwrap(),
                u8::try_from(month).unwrap(),
                u8::try_from(of_month).unwrap(),
            );
            sheet.write_with_format(row, column, value.unwrap(), date).unwrap();
        }
        Style::Chinese => {
            sheet.write_with_format(row, column, format!("{year}年{month}月{of_month}日"), plain).unwrap();
        }
        Style::Dots => {
            sheet.write_with_format(row, column, format!("{year}.{month}.{of_month}"), plain).unwrap();
        }
        Style::Serial => {
            let serial = (day - NaiveDate::from_ymd_opt(1899, 12, 30).unwrap()).num_days();
            sheet.write_with_format(row, column, u32::try_from(serial).unwrap(), plain).unwrap();
        }
    }
}

/// `only`: just this sheet, as when somebody sends one table.
fn workbook(ledger: &Ledger, only: Option<&str>) -> Vec<u8> {
    let history = History::read(ledger.history);
    let mut book = Workbook::new();
    let made = ExcelDateTime::from_ymd(2026, 1, 31).unwrap();
    book.set_properties(&DocProperties::new().set_creation_datetime(&made));
    let note = book.add_worksheet();
    note.set_name("填表说明").unwrap();
    note.write(0, 0, "一、本台账一行一个检查对象、一个检查部门。").unwrap();
    note.write(1, 0, "二、日期按实际办理日期填写；人名、企业、号码皆为虚构。").unwrap();
    let sheets: BTreeMap<usize, (&str, Vec<Row>)> = [
        ("检查结果", checks(&history, ledger.style)),
        ("抽查任务", tasks(&history)),
        ("年度计划", plans(&history)),
        ("执法人员名录", people(&history)),
        ("检查对象名录", objects(&history)),
        ("成员单位", departments(&history)),
    ]
    .into_iter()
    .enumerate()
    .collect();
    for (name, rows) in sheets.into_values().filter(|(name, _)| only.is_none_or(|only| only == *name)) {
        let sheet = book.add_worksheet();
        sheet.set_name(name).unwrap();
        let title = if name == "检查结果" { ledger.title } else { name };
        fill(sheet, ledger, title, &rows);
    }
    book.save_to_buffer().unwrap()
}

#[test]
fn the_workbooks_are_what_is_made_here() {
    let updating = std::env::var_os("UPDATE_EXAMPLES").is_some();
    let mut stale = Vec::new();
    for ledger in LEDGERS {
        let (path, made) = (root().join(ledger.file), workbook(ledger, None));
        if updating {
            std::fs::write(&path, &made).unwrap();
        } else if std::fs::read(&path).ok().as_ref() != Some(&made) {
            stale.push(ledger.file);
        }
    }
    assert!(stale.is_empty(), "UPDATE_EXAMPLES=1 cargo test ledger_examples：{stale:?}");
}

/// As of which day each ledger is judged: the day its history says.
fn as_of(history: &History) -> String {
    history.0[0]["截至"].as_str().unwrap().to_owned()
}

/// Rule, kind and subject of every violation; entities by what a ledger calls them.
fn violations(path: &str, policy: &str, as_of: &str, history: &History) -> Vec<String> {
    let header = &history.0[0];
    let coverage = format!("{}..{}", header["覆盖起"].as_str().unwrap(), header["覆盖止"].as_str().unwrap());
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_zhunsheng"))
        .args(["check", "--rules", policy, "--as-of", as_of, "--coverage", &coverage])
        .args(["--format", "json", "--all", path])
        .current_dir(root())
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{path}: {error}\n{}", String::from_utf8_lossy(&output.stderr)));
    let called = |kind: &str, id: &Value| {
        let record = history.entity(kind, id);
        let name = match kind {
            "部门" => record["名称"].as_str(),
            "对象" => record["统一社会信用代码"].as_str().or(record["注册号"].as_str()),
            "人员" => record["执法证号"].as_str(),
            _ => None,
        };
        name.map_or_else(|| id.to_string().trim_matches('"').to_owned(), str::to_owned)
    };
    let findings = report["findings"].as_array().unwrap().iter().filter(|one| one["verdict"] == "violated");
    let mut lines: Vec<String> = findings
        .map(|one| {
            let subject = one["subject"].as_object().unwrap();
            let words: Vec<String> = subject.iter().map(|(kind, id)| called(kind, id)).collect();
            format!("{} {} {}", one["rule"], one["kind"], words.join(" "))
        })
        .collect();
    lines.sort();
    lines.dedup();
    lines
}

/// What a ledger leaves out is never held against anybody: every violation found in a workbook is one of the full
/// history too; and those that a ledger can show are found.
#[test]
fn a_ledger_accuses_nobody_the_full_record_does_not() {
    let policies = ["平桥", "舞钢", "偃师", "宛城"];
    for (ledger, policy) in LEDGERS.iter().zip(policies) {
        let history = History::read(ledger.history);
        let day = as_of(&history);
        let full = violations(ledger.history, policy, &day, &history);
        let table = violations(ledger.file, policy, &day, &history);
        let wrong: Vec<&String> = table.iter().filter(|line| !full.contains(line)).collect();
        assert!(wrong.is_empty(), "{policy}: {wrong:#?}\nof the full record: {full:#?}");
        assert!(table.iter().any(|line| line.contains("late")), "{policy}: {table:#?}");

        let alone = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{policy}.xlsx"));
        std::fs::write(&alone, workbook(ledger, Some("检查结果"))).unwrap();
        let alone = violations(&alone.display().to_string(), policy, &day, &history);
        let wrong: Vec<&String> = alone.iter().filter(|line| !full.contains(line)).collect();
        assert!(wrong.is_empty(), "{policy}: {wrong:#?}\nof the full record: {full:#?}");
    }
}
