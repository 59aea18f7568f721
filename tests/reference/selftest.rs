//! The reference against the published examples and vectors, and the generator against the
//! vocabulary and the verdicts it should reach.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};

use super::history::{Moment, result_code};
use super::judge::Limit;
use super::rules_check::is_credit_code;
use super::{DayTable, Outcome, evaluate, generate};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_path_buf()
}

fn calendar() -> DayTable {
    let folder = root().join("calendars/cn");
    let texts: Vec<String> = fs::read_dir(folder)
        .expect("calendars/cn")
        .map(|entry| fs::read_to_string(entry.expect("an entry").path()).expect("a calendar file"))
        .collect();
    DayTable::from_yaml(&texts.iter().map(String::as_str).collect::<Vec<_>>())
}

fn date(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

fn as_json(outcome: &Outcome) -> Value {
    json!({
        "kind": outcome.kind, "deadline": outcome.deadline.map(|d| d.to_string()),
        "completed": outcome.completed.map(|d| d.to_string()),
        "workdays_late": outcome.workdays_late, "provisional": outcome.provisional,
    })
}

fn example(name: &str) {
    let folder = root().join("tests/data/examples");
    let read = |end: &str| fs::read_to_string(folder.join(format!("{name}.{end}"))).expect(name);
    let log: Vec<Value> =
        read("jsonl").lines().map(|line| serde_json::from_str(line).expect("a JSON line")).collect();
    let expect: Value = serde_json::from_str(&read("expect.json")).expect("JSON");
    let word = |value: &Value| date(value.as_str().expect("text"));
    let coverage = (word(&expect["coverage"][0]), word(&expect["coverage"][1]));
    let outcomes = evaluate(&log, word(&expect["as_of"]), Some(coverage), &BTreeMap::new(), &calendar());
    let key = |rule: &str, subject: &Value| format!("{rule} {subject}");
    let listed = |verdict: &str| -> BTreeMap<String, &Outcome> {
        let with_verdict = outcomes.iter().filter(|o| o.verdict == verdict);
        with_verdict.map(|o| (key(&o.rule, &o.subject), o)).collect()
    };
    for (field, verdict) in [("expect_violated", "violated"), ("expect_pending", "pending")] {
        let found = listed(verdict);
        let mut wanted = BTreeSet::new();
        for entry in expect[field].as_array().expect("a list") {
            let key = key(entry[0].as_str().expect("a rule"), &entry[1]);
            let outcome = found.get(&key).unwrap_or_else(|| panic!("{name}: no {verdict} {key}"));
            let fields = as_json(outcome);
            for (name, value) in entry[2].as_object().expect("fields") {
                if name != "severity" && name != "citation" {
                    assert_eq!(&fields[name], value, "{key} {name}");
                }
            }
            wanted.insert(key);
        }
        if verdict == "violated" {
            assert_eq!(found.keys().cloned().collect::<BTreeSet<_>>(), wanted, "{name}");
        }
    }
}

#[test]
fn example_base() {
    example("pingqiao-base");
}

#[test]
fn example_plan_reported_after_task_was_created() {
    example("pingqiao-07a-order");
}

#[test]
fn example_no_notice_before_inspection() {
    example("pingqiao-20-2a-missing");
}

#[test]
fn example_published_two_workdays_late() {
    example("pingqiao-20-4b-late");
}

/// Rows of the calendar vectors (start day not counted).
#[test]
fn calendar_vectors() {
    let days = calendar();
    let workdays = [
        ("2023-09-20", 20, "2023-10-24"),
        ("2023-09-28", 2, "2023-10-08"),
        ("2023-10-07", 20, "2023-11-02"),
        ("2024-02-02", 20, "2024-03-06"),
        ("2024-02-10", 1, "2024-02-18"),
        ("2024-09-13", 20, "2024-10-17"),
        ("2025-01-15", 20, "2025-02-18"),
        ("2025-09-15", 20, "2025-10-17"),
        ("2025-09-26", 1, "2025-09-28"),
        ("2025-10-11", 1, "2025-10-13"),
        ("2025-10-05", 20, "2025-11-04"),
        ("2026-01-01", 3, "2026-01-06"),
        ("2026-02-14", 1, "2026-02-24"),
        ("2026-02-10", 20, "2026-03-16"),
        ("2026-09-18", 20, "2026-10-22"),
        ("2022-12-30", 1, "2023-01-03"),
        ("2018-12-28", 2, "2019-01-02"),
        ("2011-12-30", 1, "2011-12-31"),
        ("2007-12-28", 20, "2008-01-28"),
        ("2015-09-02", 1, "2015-09-06"),
        ("2020-01-17", 20, "2020-02-21"),
        ("2013-06-07", 3, "2013-06-13"),
        ("2026-03-03", 0, "2026-03-03"),
        ("2026-10-03", 0, "2026-10-08"),
    ];
    for (start, n, expected) in workdays {
        let found = days.workdays_after(date(start), n);
        assert_eq!(found, Some(date(expected)), "{start} + {n}");
        let counted = if n == 0 { None } else { days.count(date(start), date(expected)) };
        assert_eq!(counted, (n > 0).then_some(i64::from(n)), "{start}..{expected}");
    }
    let calendar_days = [
        ("2025-09-13", 15, "2025-09-28"),
        ("2025-09-16", 15, "2025-10-09"),
        ("2026-01-30", 15, "2026-02-14"),
        ("2022-12-01", 30, "2023-01-03"),
    ];
    for (start, n, expected) in calendar_days {
        assert_eq!(days.days_after(date(start), n), Some(date(expected)), "{start} + {n}");
    }
    assert_eq!(days.workdays_after(date("2026-12-15"), 20), None);
    assert_eq!(days.last_published(), date("2026-12-31"));
    assert!(days.is_provisional(None));
    assert!(days.is_provisional(Some(date("2026-12-29"))));
    assert!(!days.is_provisional(Some(date("2026-12-28"))));
    assert!(!days.is_provisional(Some(date("2025-12-31"))));
}

#[test]
fn times_and_their_order() {
    let moment = Moment::parse;
    assert_eq!(moment("2025-05-06T02:00:00Z"), moment("2025-05-06T10:00"));
    assert_eq!(moment("2025-05-06T20:00Z"), moment("2025-05-07T04:00+08:00"));
    assert!(moment("2025-05-06T11:00").strictly_after(&moment("2025-05-06T10:00:00")));
    assert!(!moment("2025-05-06T11:00").strictly_after(&moment("2025-05-06")));
    assert!(!moment("2025-05-06").strictly_after(&moment("2025-05-06T11:00")));
    assert!(!moment("2025-05-06T11:00").strictly_after(&moment("2025-05-06T11:00")));
    assert!(moment("2025-05-07").strictly_after(&moment("2025-05-06T11:00")));
    assert!(moment("2025-05-06") < moment("2025-05-06T00:30"));
}

#[test]
fn credit_codes_and_results() {
    assert!(is_credit_code("91411503MA0000015P"));
    assert!(is_credit_code("92411503MA000012XM"));
    assert!(!is_credit_code("91411503MA0000016P"));
    assert!(!is_credit_code("91411503ma0000015p"));
    assert_eq!(result_code("通过登记的住所(经营场所)无法取得联系"), Some("4"));
    assert_eq!(result_code("责令整改。"), None);
    assert!(matches!(Limit::parse("3个工作日"), Limit::Workdays(3)));
    assert!(matches!(Limit::parse("30日"), Limit::Days(30)));
    assert!(matches!(Limit::parse("20"), Limit::Workdays(20)));
}

/// One task with one check by one department, and these events at the check or task.
fn outcomes_of(rule: &str, as_of: &str, check: Value, events: &[(&str, &str)]) -> Vec<Outcome> {
    let mut log = vec![
        json!({"日志": "一个任务"}),
        json!({"实体": "部门", "编号": "D1", "名称": "公安"}),
        json!({"实体": "任务", "编号": "T1", "模式": "部门联合", "临时": true, "发起部门": "D1"}),
        json!({"实体": "检查", "编号": "J1", "任务": "T1"}),
    ];
    let mut later = check;
    later["实体"] = json!("检查");
    later["编号"] = json!("J1");
    later["有效起"] = json!("2025-03-18");
    log.push(later);
    for (number, (kind, time)) in events.iter().enumerate() {
        let mut event = json!({"事件": kind, "编号": format!("e{number}"), "时间": time});
        let of_task = ["创建任务", "任务完成", "备案任务", "抽取对象", "变更名单"].contains(kind);
        let (role, id) = if of_task { ("任务", "T1") } else { ("检查", "J1") };
        event[role] = json!(id);
        event["部门"] = json!("D1");
        log.push(event);
    }
    let coverage = Some((date("2025-01-01"), date("2026-12-31")));
    let mut found = evaluate(&log, date(as_of), coverage, &BTreeMap::new(), &calendar());
    found.retain(|outcome| outcome.rule == rule);
    found
}

/// Verdict, kind, trigger, deadline, working days late, provisional.
fn shown(outcomes: &[Outcome]) -> Vec<String> {
    let dash = || "-".to_string();
    let line = |o: &Outcome| {
        format!(
            "{} {} {} {} {} {}",
            o.verdict,
            o.kind.clone().unwrap_or_else(dash),
            o.trigger.clone().unwrap_or_else(dash),
            o.deadline.map_or_else(dash, |d| d.to_string()),
            o.workdays_late.map_or_else(dash, |n| n.to_string()),
            o.provisional,
        )
    };
    outcomes.iter().map(line).collect()
}

#[test]
fn deadlines_inside_and_beyond_the_published_years() {
    let one = |end: &str, done: Option<&str>, as_of: &str| {
        let mut events = vec![("检查结束", end)];
        events.extend(done.map(|done| ("录入结果", done)));
        shown(&outcomes_of("PQ-20-4a", as_of, json!({}), &events))
    };
    let ended = "2025-09-26";
    assert_eq!(one(ended, None, "2025-10-30"), ["pending - e0 2025-10-30 - false"]);
    assert_eq!(one(ended, None, "2025-11-01"), ["violated missing e0 2025-10-30 1 false"]);
    let done = Some("2025-10-30T23:59");
    assert_eq!(one(ended, done, "2025-12-01"), ["satisfied - e0 2025-10-30 - false"]);
    let done = Some("2025-11-03");
    assert_eq!(one(ended, done, "2025-12-01"), ["violated late e0 2025-10-30 2 false"]);
    assert_eq!(one("2025-03-17", None, "2025-12-01"), ["not_applicable - e0 - - false"]);
    let ended = "2026-12-02";
    assert_eq!(one(ended, None, "2026-12-20"), ["pending - e0 2026-12-30 - true"]);
    let ended = "2026-12-15";
    assert_eq!(one(ended, None, "2027-01-08"), ["pending - e0 - - true"]);
    assert_eq!(one(ended, None, "2027-01-09"), ["undetermined - e0 - - true"]);
    assert_eq!(one(ended, Some("2026-12-31"), "2027-03-01"), ["satisfied - e0 - - true"]);
    assert_eq!(one(ended, Some("2027-01-04"), "2027-03-01"), ["undetermined - e0 - - true"]);
}

#[test]
fn closure_and_prohibition() {
    let record = |events: &[(&str, &str)]| shown(&outcomes_of("PQ-08a", "2025-12-01", json!({}), events));
    let created = ("创建任务", "2025-09-01");
    let closed = ("任务完成", "2025-10-10T09:00");
    assert_eq!(record(&[created]), ["pending - - - - false"]);
    assert_eq!(record(&[created, closed]), ["violated missing - - - false"]);
    assert_eq!(record(&[created, closed, ("备案任务", "2025-10-10T18:00")]), ["satisfied - - - - false"]);
    assert_eq!(
        record(&[created, closed, ("备案任务", "2025-10-11")]),
        ["violated late - 2025-10-10 - false"]
    );

    let secret = json!({"不宜告知": true});
    let notice = |check: &Value, events: &[(&str, &str)]| {
        shown(&outcomes_of("PQ-20-2b", "2025-12-01", check.clone(), events))
    };
    let inspected = ("实施检查", "2025-09-10T10:00");
    assert_eq!(notice(&secret, &[created]), ["satisfied - - - - false"]);
    assert_eq!(notice(&secret, &[inspected]), ["satisfied - e0 - - false"]);
    assert_eq!(notice(&secret, &[inspected, ("告知", "2025-09-10")]), ["satisfied - e0 - - false"]);
    assert_eq!(
        notice(&secret, &[inspected, ("告知", "2025-09-10T09:00"), ("告知", "2025-09-08")]),
        ["violated forbidden e2 - - false", "violated forbidden e1 - - false"]
    );
    assert_eq!(notice(&secret, &[("告知", "2025-09-08")]), ["violated forbidden e0 - - false"]);
    assert_eq!(notice(&json!({}), &[inspected]), ["not_applicable - e0 - - false"]);
}

/// The same random cases every time.
fn sample(count: usize) -> Vec<generate::Case> {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let cases = generate::cases();
    (0..count).map(|_| cases.new_tree(&mut runner).expect("a case").current()).collect()
}

/// No two events share a 编号, nothing refers to something that is not there, and every reference
/// that makes a log good is present.
#[test]
fn generated_logs_are_sound() {
    let letters = [
        ("部门", 'D'),
        ("人员", 'R'),
        ("对象", 'O'),
        ("计划", 'P'),
        ("任务", 'T'),
        ("检查", 'J'),
        ("线索", 'C'),
    ];
    let roles = [
        ("部门", 'D'),
        ("发起部门", 'D'),
        ("参与部门", 'D'),
        ("人员", 'R'),
        ("原人员", 'R'),
        ("新人员", 'R'),
        ("组长", 'R'),
        ("对象", 'O'),
        ("计划", 'P'),
        ("任务", 'T'),
        ("检查", 'J'),
        ("线索", 'C'),
    ];
    let with_department = [
        "确认名录库",
        "派发名单",
        "抽取人员",
        "响应",
        "形成结果",
        "录入结果",
        "公示结果",
        "更改结果",
        "后续处理",
        "归档",
    ];
    for case in sample(150) {
        let mut ids = BTreeSet::new();
        let mut plain = BTreeSet::new();
        let mut dated = BTreeSet::new();
        for record in case.log.iter().filter(|record| record.get("实体").is_some()) {
            let id = record["编号"].as_str().expect("编号").to_string();
            let kind = record["实体"].as_str().expect("实体");
            assert!(letters.iter().any(|(k, c)| *k == kind && id.starts_with(*c)), "{record}");
            match record.get("有效起") {
                None => assert!(plain.insert(id.clone()), "twice: {record}"),
                Some(from) => assert!(dated.insert((id.clone(), from.to_string())), "{record}"),
            }
            ids.insert(id);
        }
        let text = generate::to_jsonl(&case.log);
        let read: Vec<Value> =
            text.lines().map(|line| serde_json::from_str(line).expect("a JSON line")).collect();
        assert_eq!(read, case.log);
        assert_eq!(plain, ids, "every entity has a line without 有效起");
        let mut events = BTreeSet::new();
        for record in &case.log {
            for (role, letter) in roles {
                let value = record.get(role).cloned().unwrap_or(json!([]));
                let several = value.as_array().cloned().unwrap_or(vec![value]);
                for one in several {
                    let id = one.as_str().expect("a reference");
                    assert!(id.starts_with(letter) && ids.contains(id), "dangling: {record}");
                }
            }
            if let Some(kind) = record.get("事件").and_then(Value::as_str) {
                assert!(events.insert(record["编号"].to_string()), "twice: {record}");
                if with_department.contains(&kind) {
                    assert!(record.get("部门").is_some(), "{record}");
                }
            }
        }
    }
}

/// Every rule is seen satisfied and violated or pending, undetermined where data can be missing,
/// exempt where it has an exemption; and all kinds of violation occur.
#[test]
fn generated_histories_reach_the_verdicts() {
    let days = calendar();
    let mut seen: BTreeMap<(String, String), usize> = BTreeMap::new();
    let mut subjects = BTreeMap::new();
    for case in sample(800) {
        let outcomes = evaluate(&case.log, case.as_of, case.coverage, &case.params, &days);
        for outcome in outcomes {
            let kind = outcome.kind.map(|kind| format!(" {kind}")).unwrap_or_default();
            let verdict = format!("{}{kind}", outcome.verdict);
            *seen.entry((outcome.rule.clone(), verdict)).or_default() += 1;
            if outcome.provisional {
                *seen.entry((outcome.rule.clone(), "provisional".into())).or_default() += 1;
            }
            subjects.insert(outcome.rule, outcome.subject);
        }
    }
    // `cargo test reference -- --nocapture` shows how often each verdict came up.
    #[expect(clippy::print_stdout, reason = "shown on request only")]
    for ((rule, verdict), count) in &seen {
        println!("{rule:10} {verdict:22} {count}");
    }
    assert_eq!(subjects.len(), 45);
    let reached = |rule: &str, verdict: &str| seen.keys().any(|(r, v)| r == rule && v.starts_with(verdict));
    let mut missing = Vec::new();
    for rule in subjects.keys().map(String::as_str) {
        let open_ended = ["PQ-23", "PQ-27"].contains(&rule);
        let mut wanted = vec!["satisfied", "violated", "undetermined"];
        if !rule.starts_with("PQ-09") && rule != "PQ-10" {
            wanted.push("not_applicable");
        }
        if ["PQ-14e", "PQ-19", "PQ-20-2a", "PQ-20-4b"].contains(&rule) {
            wanted.push("exempt");
        }
        if ["PQ-08a", "PQ-08b", "PQ-09a", "PQ-19", "PQ-20-2c", "PQ-20-3a"].contains(&rule) {
            wanted.push("pending");
        }
        if ["PQ-20-3b", "PQ-20-4a", "PQ-20-4b"].contains(&rule) || open_ended {
            wanted.extend(["pending", "violated late", "violated missing", "provisional"]);
        }
        missing.extend(wanted.into_iter().filter(|v| !reached(rule, v)).map(|v| (rule, v)));
    }
    assert!(missing.is_empty(), "never reached: {missing:?}");
}

/// The order of the lines of a log does not matter.
#[test]
fn order_of_lines_does_not_matter() {
    let days = calendar();
    for mut case in sample(40) {
        let forward = evaluate(&case.log, case.as_of, case.coverage, &case.params, &days);
        case.log.reverse();
        let backward = evaluate(&case.log, case.as_of, case.coverage, &case.params, &days);
        assert_eq!(forward, backward);
    }
}
