//! What people and programs are shown, for every kind of finding and problem: one snapshot per picture.
//! Reports are built by hand; nothing is evaluated here. Run with `INSTA_UPDATE=always`, then read each one.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests: a wrong fixture should stop the test"
)]

use chrono::{Datelike, NaiveDate};
use insta::assert_snapshot;
use zhunsheng::calendar::{Calendar, TimeLimit, Unit};
use zhunsheng::diagnostic::Diagnostic;
use zhunsheng::finding::*;
use zhunsheng::history::{Moment, Origin};
use zhunsheng::program::Program;
use zhunsheng::render::facts::Facts;
use zhunsheng::render::json::JsonOptions;
use zhunsheng::render::pretty::PrettyOptions;
use zhunsheng::render::{csv_lines, html, json, jsonl, junit, pretty, sarif_report};
use zhunsheng::source::{Container, FileId, SourceMap, Span};

const LOG: &str = r#"{"日志":"平桥区2025年联合抽查","规则集":"平桥","覆盖起":"2025-01-01","覆盖止":"2025-12-31"}
{"实体":"部门","编号":"D1","名称":"区市场监管局"}
{"实体":"检查","编号":"J1","任务":"T1","对象":"O1"}
{"事件":"检查结束","编号":"e41","时间":"2025-09-26","检查":"J1"}
{"事件":"抽取对象","编号":"e5","时间":"2025-05-06T10:00","任务":"T1","部门":"D1","对象":["O1","O2"]}
{"事件":"确认名录库","编号":"e6","时间":"2025-05-07","任务":"T1","部门":"D1"}
{"事件":"公示结果","编号":"e47","时间":"2025-11-03","检查":"J1","部门":"D1"}
{"事件":"更换人员","编号":"e9","时间":"2025-06-01","任务":"T1","原人员":"张三","新人员":"李四","批准人职务":"科员"}
{"事件":"实施检查","编号":"e10","时间":"2025-03-01","检查":"J1","人员":["张三"],"电话":"13812345678"}
{"事件":"实施检查","编号":"e11","时间":"2025-06-01","检查":"J1","人员":["张三"],"身份证号":"411503199001010010"}
{"事件":"实施检查","编号":"e12","时间":"2025-09-01","检查":"J1","人员":["张三"]}
"#;

const RULES: &str = "规则 PQ-20-4b 按期公示
    依据 第二十条（四）
    对   每个 检查、每个 检查部门
    自   末次 检查结束 之日起 公示期限 内，应当 公示结果
    除外 检查.不宜公开
";

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// The texts, and places in them.
struct World {
    sources: SourceMap,
    log: FileId,
    rules: FileId,
}

impl World {
    fn new() -> Self {
        Self::with_log(LOG)
    }

    fn with_log(log: &str) -> Self {
        let mut sources = SourceMap::new();
        let log = sources.add("台账.jsonl", log);
        Self::with(sources, log)
    }

    /// The log as a sheet of a workbook.
    fn with_sheet(log: &str) -> Self {
        let mut sources = SourceMap::new();
        let container = Container { path: "台账.xlsx".into(), sha256: "9a8b".into() };
        let log = sources.add_part("台账.xlsx!检查台账", log, Some(container));
        Self::with(sources, log)
    }

    fn with(mut sources: SourceMap, log: FileId) -> Self {
        let rules = sources.add("rules/pingqiao/publication.rule", RULES);
        Self { sources, log, rules }
    }

    /// The log line that holds `word`.
    fn origin(&self, word: &str) -> Origin {
        let file = self.sources.file(self.log);
        let line = file.lines().line(file.text().find(word).unwrap());
        let (start, end) = file.lines().range(file.text(), line).unwrap();
        Origin { file: self.log, line: line as u32, offset: start as u64, length: (end - start) as u32 }
    }

    /// The event with this id, read from its log line.
    fn event(&self, role: EvidenceRole, id: &str) -> Evidence {
        let origin = self.origin(&format!("\"编号\":\"{id}\""));
        let start = origin.offset as usize;
        let line = &self.sources.file(self.log).text()[start..start + origin.length as usize];
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        let (date, time) = value["时间"].as_str().unwrap().split_at(10);
        let millis = time.strip_prefix('T').map(|time| {
            let parts: Vec<u32> = time.split(':').map(|part| part.parse().unwrap()).collect();
            (parts[0] * 3600 + parts[1] * 60) * 1000
        });
        let event_type = value["事件"].as_str().unwrap().to_owned();
        Evidence { role, event: id.into(), event_type, moment: Moment { date: day(date), millis }, origin }
    }

    /// A violation of the 公示 rule; tests change what they are about.
    fn finding(&self, kind: ViolationKind, message: &str) -> Finding {
        let sentence = "自   末次 检查结束 之日起 公示期限 内，应当 公示结果";
        let start = RULES.find(sentence).unwrap();
        let department = SubjectValue::Entity { id: "D1".into(), name: Some("区市场监管局".into()) };
        let check = SubjectValue::Entity { id: "J1".into(), name: None };
        Finding {
            rule: "PQ-20-4b".into(),
            title: "按期公示".into(),
            verdict: Verdict::Violated,
            kind: Some(kind),
            severity: Severity::Error,
            subject: Subject(vec![("检查".into(), check), ("部门".into(), department)]),
            citation: "第二十条（四）".into(),
            document: Some("信平双随机办〔2025〕4号".into()),
            liability: None,
            tags: vec![],
            trigger: None,
            deadline: None,
            completed: None,
            workdays_late: None,
            provisional: false,
            message: message.into(),
            reason: None,
            remedy: None,
            evidence: vec![],
            origins: vec![],
            rule_span: Span::new(self.rules, start, start + sentence.len()),
            calculation: None,
            group: Some("区市场监管局".into()),
            root: None,
            basis: None,
            waived: None,
        }
    }

    fn late(&self) -> Finding {
        let trigger = self.event(EvidenceRole::Trigger, "e41");
        Finding {
            deadline: Some(day("2025-10-30")),
            completed: Some(day("2025-11-03")),
            workdays_late: Some(2),
            remedy: Some("已公示，无需补做；通报时按时公示率计入分母".into()),
            evidence: vec![trigger.clone(), self.event(EvidenceRole::Response, "e47")],
            trigger: Some(trigger),
            calculation: Some(Calculation {
                start: day("2025-09-26"),
                limit: TimeLimit::new(20, Unit::Workday),
            }),
            ..self.finding(
                ViolationKind::Late,
                "2025-09-26 检查结束，20 个工作日内应当公示结果，2025-11-03 才公示",
            )
        }
    }

    fn missing(&self) -> Finding {
        Finding {
            kind: Some(ViolationKind::Missing),
            completed: None,
            workdays_late: Some(61),
            message: "2025-09-26 检查结束，20 个工作日内应当公示结果，截至 2026-01-31 没有公示".into(),
            remedy: Some("尽快公示，并说明逾期原因".into()),
            liability: Some("未依法及时公示抽查检查结果".into()),
            evidence: vec![self.event(EvidenceRole::Trigger, "e41")],
            ..self.late()
        }
    }

    fn open(&self, verdict: Verdict) -> Finding {
        Finding {
            verdict,
            kind: None,
            completed: None,
            workdays_late: None,
            remedy: None,
            evidence: vec![self.event(EvidenceRole::Trigger, "e41")],
            ..self.late()
        }
    }

    fn report(&self, findings: Vec<Finding>) -> Report {
        let mut summary = Summary { satisfied: 90, exempt: 2, not_applicable: 5, ..Summary::default() };
        for finding in &findings {
            summary.add(finding.verdict);
        }
        let others = Summary { satisfied: 3, ..Summary::default() };
        Report {
            program: Program { name: "zhunsheng", version: "0.1.0", sha256: "9a87", engine_sha256: "6b54" },
            policy_name: "平桥".into(),
            policy_number: Some("信平双随机办〔2025〕4号".into()),
            policy_sha256: "ab12".into(),
            calendar_sha256: "cd34".into(),
            logs: vec![LogInfo {
                path: "台账.jsonl".into(), sha256: "ef56".into(), events: 8, entities: 2
            }],
            as_of: day("2026-01-31"),
            coverage: Some((day("2025-01-01"), day("2025-12-31"))),
            summary,
            by_rule: vec![
                ("PQ-20-4b".into(), "按期公示".into(), summary),
                ("PQ-07a".into(), "抽取前在平台建好任务并发给参与部门确认".into(), others),
            ],
            by_group: vec![(Some("区市场监管局".into()), summary), (None, others)],
            group_name: Some("部门".into()),
            findings,
            warnings: vec![],
            asked: Asked::default(),
        }
    }
}

fn derive(calculation: &Calculation) -> Option<String> {
    let count = calculation.limit.count;
    Some(format!(
        "{}次日起第 {count} 个工作日 = 2025-10-30（周四）\n跳过 国庆节、中秋节 10-01 至 10-08，周末 6 天；计入调休上班 09-28（周日）、10-11（周六）",
        show_date(calculation.start)
    ))
}

fn show_date(date: NaiveDate) -> String {
    let names = ["一", "二", "三", "四", "五", "六", "日"];
    format!("{date}（周{}）", names[date.weekday().num_days_from_monday() as usize])
}

fn options() -> PrettyOptions<'static> {
    PrettyOptions { derive: &derive, show_date: &show_date, ..PrettyOptions::default() }
}

fn drawn(world: &World, report: &Report, options: PrettyOptions<'_>) -> String {
    let mut out = Vec::new();
    pretty::report(&mut out, &world.sources, report, &options).unwrap();
    String::from_utf8(out).unwrap()
}

/// Only the violations: without the heading and what follows the first blank line after them.
fn block(world: &World, finding: Finding) -> String {
    let text = drawn(world, &world.report(vec![finding]), options());
    text.split("\n\n").nth(1).unwrap().to_owned()
}

fn problems(sources: &SourceMap, diagnostics: &[Diagnostic], options: PrettyOptions<'_>) -> String {
    let mut out = Vec::new();
    pretty::diagnostics(&mut out, sources, diagnostics, &options).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn late_with_trigger_and_response() {
    let world = World::new();
    assert_snapshot!(drawn(&world, &world.report(vec![world.late()]), options()));
}

#[test]
fn missing() {
    let world = World::new();
    assert_snapshot!(block(&world, Finding { provisional: true, ..world.missing() }));
}

#[test]
fn order() {
    let world = World::new();
    let trigger = world.event(EvidenceRole::Trigger, "e5");
    assert_snapshot!(block(
        &world,
        Finding {
            rule: "PQ-11a".into(),
            title: "抽取前更新确认检查对象名录库".into(),
            evidence: vec![trigger.clone(), world.event(EvidenceRole::Response, "e6")],
            trigger: Some(trigger),
            ..world.finding(
                ViolationKind::Order,
                "2025-05-06 10:00 抽取对象之前应当确认名录库，2025-05-07 才确认"
            )
        }
    ));
}

#[test]
fn forbidden() {
    let world = World::new();
    assert_snapshot!(block(
        &world,
        Finding {
            rule: "PQ-17b".into(),
            title: "公示后不得再更换人员".into(),
            severity: Severity::Warning,
            evidence: vec![world.event(EvidenceRole::Offence, "e9")],
            ..world.finding(ViolationKind::Forbidden, "2025-06-01 更换人员，此时不得更换")
        }
    ));
}

#[test]
fn condition() {
    let world = World::new();
    let trigger = world.event(EvidenceRole::Trigger, "e9");
    assert_snapshot!(block(
        &world,
        Finding {
            rule: "PQ-16a".into(),
            title: "更换人员经分管负责人同意".into(),
            evidence: vec![trigger.clone()],
            trigger: Some(trigger),
            ..world.finding(ViolationKind::Condition, "更换人员应当批准人职务为分管负责人，记录的是「科员」")
        }
    ));
}

#[test]
fn count_over_and_none() {
    let world = World::new();
    let over = Finding {
        rule: "PQ-10".into(),
        title: "年度联合抽查不超过两次".into(),
        severity: Severity::Warning,
        subject: Subject(vec![
            ("对象".into(), SubjectValue::Name("某某超市".into())),
            ("年度".into(), SubjectValue::Year(2025)),
        ]),
        evidence: vec![
            world.event(EvidenceRole::Context, "e10"),
            world.event(EvidenceRole::Context, "e11"),
            world.event(EvidenceRole::Offence, "e12"),
        ],
        ..world.finding(ViolationKind::Count, "2025 年度检查 3 次，一般不超过 2 次")
    };
    let none = Finding {
        rule: "PQ-09a".into(),
        title: "每年至少发起一次".into(),
        origins: vec![world.origin("\"编号\":\"D1\"")],
        ..world.finding(ViolationKind::Count, "2025 年度应当发起不少于 1 次，记录 0 次")
    };
    let eight = Finding {
        evidence: ["e5", "e6", "e9", "e10", "e11", "e12", "e41", "e47"]
            .map(|id| world.event(EvidenceRole::Context, id))
            .to_vec(),
        ..over.clone()
    };
    let absent = Finding {
        subject: Subject(vec![("部门".into(), SubjectValue::Name("区应急局".into()))]),
        origins: vec![],
        ..none.clone()
    };
    assert_snapshot!([over, eight, none, absent].map(|finding| block(&world, finding)).join("\n\n"));
}

#[test]
fn undetermined_and_pending() {
    let world = World::new();
    let undetermined =
        |reason: &str| Finding { reason: Some(reason.into()), ..world.open(Verdict::Undetermined) };
    let pending = |date: &str| Finding { deadline: Some(day(date)), ..world.open(Verdict::Pending) };
    let mut findings = vec![undetermined("日志没有写明 检查 的 形成结果 时间")];
    findings.extend(vec![
        undetermined("2027 年的放假安排尚未公布，2026-12-31 之后的工作日算不出");
        5
    ]);
    findings.push(Finding { deadline: None, ..world.open(Verdict::Pending) });
    findings.push(Finding { provisional: true, ..pending("2026-12-30") });
    findings.push(pending("2026-02-03"));
    let mut report = world.report(findings);
    report.warnings = vec![Remark {
        message: "检查 J1 的部门与任务的发起部门不一致，按检查自己的算".into(),
        origins: vec![world.origin("\"编号\":\"J1\"")],
    }];
    assert_snapshot!(drawn(&world, &report, options()));
}

#[test]
fn clean() {
    let world = World::new();
    assert_snapshot!(drawn(&world, &world.report(vec![]), options()));
}

#[test]
fn clean_listing_everything() {
    let world = World::new();
    let findings = vec![world.open(Verdict::Satisfied), world.open(Verdict::Exempt)];
    assert_snapshot!(drawn(&world, &world.report(findings), options()));
}

#[test]
fn many_are_limited() {
    let world = World::new();
    let mut findings = vec![Finding { severity: Severity::Warning, ..world.late() }; 60];
    findings.extend(vec![world.late(); 60]);
    findings.extend(vec![world.open(Verdict::Pending); 9]);
    let mut report = world.report(findings);
    let row = |name: &str, satisfied| {
        (Some(name.to_owned()), Summary { satisfied, not_applicable: 1, ..Summary::default() })
    };
    report.by_group.extend((1..=9).map(|n| row(&format!("第{n}局"), n)));
    assert_snapshot!(drawn(&world, &report, PrettyOptions { limit: Some(2), ..options() }));
}

#[test]
fn widths_and_themes() {
    let world = World::new();
    let report = world.report(vec![world.late(), world.missing()]);
    assert_snapshot!("width_120", drawn(&world, &report, PrettyOptions { width: 120, ..options() }));
    assert_snapshot!("ascii", drawn(&world, &report, PrettyOptions { unicode: false, ..options() }));
    let narrow = PrettyOptions { width: 50, ..options() };
    assert_snapshot!("width_50", drawn(&world, &report, narrow));
    let colour = drawn(&world, &report, PrettyOptions { colour: true, ..options() });
    assert_snapshot!("colour", colour.replace('\x1b', "␛"));
}

#[test]
fn nothing_is_wider_than_the_terminal() {
    use unicode_width::UnicodeWidthStr as _;
    let world = World::new();
    let report = world.report(vec![world.late(), world.missing(), world.open(Verdict::Pending)]);
    for width in [60, 80, 100, 120] {
        let text = drawn(&world, &report, PrettyOptions { width, ..options() });
        for line in text.lines() {
            assert!(line.width() <= width, "{width}: {line}");
        }
    }
}

#[test]
fn rule_problems() {
    let mut sources = SourceMap::new();
    let text = "参数 公示期限 为 20\n规则 A-1 按期公示\n    自 末次 检查结束 之日起 20 个工作日 内，应当 公式结果\n\n\n规则 A-1 又一条\n    对 每个 检查\n";
    let file = sources.add("本地.rule", text);
    let at = |word: &str| {
        let start = text.find(word).unwrap();
        Span::new(file, start, start + word.len())
    };
    let end = Span::new(file, text.len(), text.len());
    let again = text.rfind("A-1").unwrap();
    let list = [
        Diagnostic::error("U003", "期限没有单位")
            .at(at("20"), "写成「20 个工作日」还是「20 日」（自然日）？"),
        Diagnostic::error("N012", "没有叫「公式结果」的事件").at(at("公式结果"), "你是不是要写「公示结果」"),
        Diagnostic::error("N020", "规则编号「A-1」用了两次")
            .at(Span::new(file, again, again + 3), "又用了一次")
            .also(at("A-1"), "先前在这里")
            .help("给后一条换一个编号，例如「A-2」；编号会出现在通报里，改动前先看看有没有人引用它"),
        Diagnostic::warning("S031", "这条规则没有写完").at(end, "还应当有「应当」或「不得」"),
        Diagnostic::warning("T040", "这两条规则说的是同一件事").at(
            Span::new(file, text.find("规则 A-1 按").unwrap(), text.find("\n\n").unwrap()),
            "前一条已经管到",
        ),
    ];
    assert_snapshot!(problems(&sources, &list, options()));
}

#[test]
fn problem_across_two_files() {
    let mut sources = SourceMap::new();
    let upper = "规则集 平桥\n    参数 公示期限 为 20 个工作日\n";
    let lower = "规则集 平桥本地\n    继承 平桥\n    参数 公示期限 为 １５ 日\n";
    let base = sources.add("rules/pingqiao/plan.rule", upper);
    let local = sources.add("本地.rule", lower);
    let span = |file, text: &str, word: &str| {
        let start = text.find(word).unwrap();
        Span::new(file, start, start + word.len())
    };
    let list = [Diagnostic::error("U007", "参数「公示期限」改了单位：原来是工作日，这里是自然日")
        .also(span(base, upper, "20 个工作日"), "原来这样定")
        .at(span(local, lower, "１５ 日"), "这里按自然日")
        .help("写成「15 个工作日」")];
    assert_snapshot!(problems(&sources, &list, options()));
}

#[test]
fn log_problems_in_hard_text() {
    let mut sources = SourceMap::new();
    let people: Vec<String> = (0..400).map(|n| format!("\"人员{n:03}\"")).collect();
    let long = format!(
        "{{\"事件\":\"抽取人员\",\"人员\":[{}],\"检察方式\":\"随机\",\"备注\":\"{}\"}}\n",
        people.join(","),
        "很长的备注".repeat(200)
    );
    let text = format!(
        "{long}{{\"事件\":\"公示\u{200b}结果\",\"说明\":\"\x1b[31m\u{202e}倒\"}}\n{{\"事件\":\"检查结束\",\"时间\":\"2025-13-01\""
    );
    let file = sources.add("台账.jsonl", text.clone());
    let at = |word: &str| {
        let start = text.find(word).unwrap();
        Span::new(file, start, start + word.len())
    };
    let list = [
        Diagnostic::error("L012", "事件「抽取人员」没有叫「检察方式」的属性")
            .at(at("\"检察方式\""), "你是不是要写「检查方式」"),
        Diagnostic::error("L010", "没有叫「公示\u{200b}结果」的事件")
            .at(at("公示\u{200b}结果"), "名称里有看不见的字符，删去它"),
        Diagnostic::error("L003", "没有这个日期").at(at("2025-13-01"), "月份只到 12"),
        Diagnostic::error("L001", "这一行 JSON 没有写完")
            .at(Span::new(file, text.len(), text.len()), "这里应当有「}」"),
    ];
    assert_snapshot!(problems(&sources, &list, options()));
    let ascii = PrettyOptions { unicode: false, width: 60, ..options() };
    assert_snapshot!("log_problems_ascii_60", problems(&sources, &list[..2], ascii));
}

#[test]
fn evidence_in_two_logs_and_many_lines() {
    let mut world = World::new();
    let yaml = "事件:\n  - 事件: 公示结果\n    编号: e47\n    时间: 2025-11-03\n    检查: J1\n";
    let second = world.sources.add("补录.yaml", yaml);
    let start = yaml.find("- 事件").unwrap();
    let mut finding = world.late();
    finding.evidence[1].origin =
        Origin { file: second, line: 2, offset: start as u64, length: (yaml.len() - start) as u32 };
    assert_snapshot!(block(&world, finding));
}

#[test]
fn personal_numbers_are_hidden_and_labels_stay() {
    let world = World::new();
    let finding = Finding {
        evidence: vec![world.event(EvidenceRole::Offence, "e10"), world.event(EvidenceRole::Offence, "e11")],
        ..world
            .finding(ViolationKind::Condition, "张三（411503199001010010，电话 13812345678）不在抽中人员之内")
    };
    let report = world.report(vec![finding]);
    let hide =
        |text: &str| text.replace("199001010010", "********0010").replace("13812345678", "138****5678");
    for width in [160, 80] {
        let masked = drawn(&world, &report, PrettyOptions { width, ..options() });
        let open = drawn(&world, &report, PrettyOptions { width, mask: false, ..options() });
        assert!(open.contains("411503199001010010") && open.contains("13812345678"));
        assert_eq!(masked, hide(&open), "masking moves nothing");
    }
    let wide = drawn(&world, &report, PrettyOptions { width: 120, ..options() });
    assert_snapshot!(wide.split("\n\n").nth(1).unwrap());
}

fn json_text(world: &World, report: &Report, options: &JsonOptions<'_>) -> String {
    let mut out = Vec::new();
    json::write(&mut out, &world.sources, report, options).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn json_documents() {
    let world = World::new();
    let mut order = world.finding(ViolationKind::Order, "张三 13812345678");
    order.trigger = Some(world.event(EvidenceRole::Trigger, "e5"));
    order.origins = vec![world.origin("\"编号\":\"J1\""), world.origin("\"编号\":\"J1\"")];
    order.tags = vec!["公示".into()];
    let undetermined = Finding { reason: Some("缺时间".into()), ..world.open(Verdict::Undetermined) };
    let mut report = world.report(vec![world.late(), order, undetermined]);
    report.warnings = vec![Remark { message: "关系不一致".into(), origins: vec![world.origin("e9")] }];
    let skipped = [Diagnostic::error("L001", "这一行 JSON 没有写完").at(Span::new(world.log, 5, 6), "")];
    let options = JsonOptions { mask: true, skipped: &skipped };
    assert_snapshot!("json", json_text(&world, &report, &options));
    let mut lines = Vec::new();
    jsonl::write(&mut lines, &world.sources, &report, &options).unwrap();
    assert_snapshot!("jsonl", String::from_utf8(lines).unwrap());
}

#[test]
fn json_without_findings() {
    let world = World::new();
    let report = Report { coverage: None, ..world.report(vec![]) };
    assert_snapshot!(json_text(&world, &report, &JsonOptions::default()));
}

type Writer = fn(&mut dyn std::io::Write, &Facts<'_>) -> std::io::Result<()>;

fn document(world: &World, report: &Report, skipped: &[Diagnostic], write: Writer) -> String {
    let calendar = Calendar::builtin();
    let facts = Facts { sources: &world.sources, report, calendar, mask: true, skipped };
    let mut out = Vec::new();
    write(&mut out, &facts).unwrap();
    String::from_utf8(out).unwrap()
}

/// A place in a workbook is a row of a sheet; SARIF names the file, and the sheet beside it.
#[test]
fn places_in_a_workbook() {
    let world = World::with_sheet(LOG);
    let mut report = world.report(vec![world.late()]);
    report.logs[0].path = "台账.xlsx!检查台账".into();
    let csv = document(&world, &report, &[], csv_lines::write);
    assert!(csv.contains("台账.xlsx!检查台账 第 4 行、台账.xlsx!检查台账 第 7 行"), "{csv}");
    let sarif: serde_json::Value =
        serde_json::from_str(&document(&world, &report, &[], sarif_report::write)).unwrap();
    let run = &sarif["runs"][0];
    let workbook = serde_json::json!("%E5%8F%B0%E8%B4%A6.xlsx");
    assert_eq!(run["artifacts"][0]["location"]["uri"], workbook);
    assert_eq!(run["artifacts"][0]["hashes"]["sha-256"], "9a8b");
    let place = &run["results"][0]["locations"][0];
    assert_eq!(place["physicalLocation"]["artifactLocation"]["uri"], workbook);
    assert_eq!(place["physicalLocation"]["region"], serde_json::json!({ "startLine": 4 }));
    assert_eq!(place["logicalLocations"][0]["fullyQualifiedName"], "台账.xlsx!检查台账");
    assert_eq!(place["logicalLocations"][0]["name"], "检查台账");
}

/// What was accepted is still listed everywhere, and says so; what was left out and what is doubtful too.
#[test]
fn waived_skipped_and_remarked() {
    let world = World::new();
    let waived = Waived {
        approver: "李四".into(),
        reason: "平台停机".into(),
        from: day("2025-11-01"),
        to: day("2026-06-30"),
    };
    let mut report = world.report(vec![Finding { waived: Some(waived), ..world.late() }]);
    report.warnings = vec![Remark { message: "关系不一致".into(), origins: vec![world.origin("e9")] }];
    let skipped = [Diagnostic::error("L001", "这一行 JSON 没有写完").at(Span::new(world.log, 5, 6), "")];
    let html = document(&world, &report, &skipped, html::write);
    for expected in [
        "已豁免 1 条",
        "李四 批准，2025-11-01 至 2026-06-30：平台停机",
        "提醒 1 条",
        "台账.jsonl:8",
        "跳过的坏记录 1 处",
    ] {
        assert!(html.contains(expected), "{expected}");
    }
    let junit = document(&world, &report, &skipped, junit::write);
    assert!(junit.contains("failures=\"0\"") && junit.contains("已豁免："), "{junit}");
    let sarif: serde_json::Value =
        serde_json::from_str(&document(&world, &report, &skipped, sarif_report::write)).unwrap();
    let suppressed = &sarif["runs"][0]["results"][0]["suppressions"][0];
    assert_eq!((&suppressed["status"], &suppressed["kind"]), (&"accepted".into(), &"external".into()));
}

/// Long spans are drawn by month, without days off; a single day is not drawn at all.
#[test]
fn timelines_of_all_lengths() {
    let world = World::new();
    let drawn = |completed: &str| {
        let finding = Finding { completed: Some(day(completed)), ..world.late() };
        document(&world, &world.report(vec![finding]), &[], html::write)
    };
    let short = drawn("2025-11-03");
    assert!(
        short.contains("class=\"rest\"") && short.contains("class=\"work\"") && short.contains(">09-29<")
    );
    let long = drawn("2028-11-03");
    assert!(!long.contains("class=\"rest\"") && long.contains("跨度长") && long.contains(">2026-01<"));
    let one = Finding { deadline: None, completed: None, calculation: None, ..world.late() };
    let one = Finding { evidence: one.evidence[..1].to_vec(), ..one };
    assert!(!document(&world, &world.report(vec![one]), &[], html::write).contains("<svg class=\"time\""));
}

/// Text as users manage to write it: mixed widths, tabs, breaks, invisible and direction-changing characters.
const TEXT: &str = "[a0\\t\\r\\n 规则，（「\u{200b}\u{202e}é\u{301}😀\x1b１]{0,120}";

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config { failure_persistence: None, ..Default::default() })]

    /// Labels anywhere, overlapping or empty, in any text, at any width: something is drawn, nothing panics.
    #[test]
    fn any_labels_in_any_text(
        text in TEXT,
        words in "[规则 a「」]{0,30}",
        spans in proptest::collection::vec((0usize..400, 0usize..60), 0..5),
        width in 10usize..130,
        unicode in proptest::prelude::any::<bool>(),
    ) {
        let mut sources = SourceMap::new();
        let files = [sources.add("甲", text.clone()), sources.add("乙", text.repeat(9))];
        let mut diagnostic = Diagnostic::error("S000", words.clone()).help(words.clone());
        for (index, (start, length)) in spans.iter().enumerate() {
            let span = Span::new(files[index % 2], *start, start + length);
            diagnostic = if index == 1 { diagnostic.at(span, &*words) } else { diagnostic.also(span, &*words) };
        }
        let options = PrettyOptions { width, unicode, ..options() };
        let drawn = problems(&sources, &[diagnostic], options);
        proptest::prop_assert!(drawn.starts_with("错误 S000"));
        let raw = ['\x1b', '\u{202e}', '\u{200b}', '\t', '\r'];
        proptest::prop_assert!(!drawn.contains(raw));
    }
}
