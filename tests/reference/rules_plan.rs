//! 平桥 articles 5 to 12: platform, plans, temporary tasks, yearly numbers, registers, schemes.
//!
//! One function per line of the ledger, written straight from it.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate};
use serde_json::json;

use super::Outcome;
use super::history::{Event, History};
use super::judge::{
    Duty, Instance, Trigger, done_at_closure, each, effective, filled, first_date, outcome, preceded,
};

/// PQ-05 (C, 任务): whenever objects or people are drawn or a result is entered and a 平台 is
/// named, it must be 省级平台. Events that name none are no instance.
pub fn pq_05(h: &History) -> Vec<Outcome> {
    let mut out = Vec::new();
    for task in h.ids("任务") {
        let mut events = h.events("抽取对象", "任务", task);
        events.extend(h.events("抽取人员", "任务", task));
        events.extend(h.events_at_checks("录入结果", task));
        let base = Instance::new("PQ-05", json!({"任务": task}), Some(task), Trigger::Missing);
        let named = |event: &Event| Some(event.text("平台").is_some());
        out.extend(each(h, base, &events, named, |event| {
            Duty::condition(Some(event.at("平台", "省级平台")))
        }));
    }
    out
}

/// PQ-07a (P, 任务): a task that is not 临时 may be created only after its plan was reported; a
/// created task without plan violates as a condition, without trigger.
pub fn pq_07a(h: &History) -> Vec<Outcome> {
    plan_before_task(h, "PQ-07a", "报送计划", Duty::violated("condition"))
}

/// PQ-07b (P, 任务): the same for publishing the plan; without a plan PQ-07a reports, this one
/// cannot be judged.
pub fn pq_07b(h: &History) -> Vec<Outcome> {
    plan_before_task(h, "PQ-07b", "公示计划", Duty::undetermined())
}

fn plan_before_task(h: &History, rule: &'static str, earlier: &str, without_plan: Duty) -> Vec<Outcome> {
    let mut out = Vec::new();
    for task in h.ids("任务") {
        let subject = json!({"任务": task});
        let Some(created) = h.created(task) else {
            let instance = Instance::new(rule, subject, Some(task), Trigger::Missing);
            out.push(instance.judge(h, Duty::undetermined()));
            continue;
        };
        let regular = h.flag("任务", task, "临时", created.when.date).map(|temporary| !temporary);
        let (trigger, duty) = match h.text("任务", task, "计划", h.as_of) {
            Some(plan) => (Trigger::Event(created), preceded(&h.events(earlier, "计划", &plan), created)),
            None => (Trigger::On(created.when.date), without_plan.clone()),
        };
        let instance = Instance::new(rule, subject, Some(task), trigger);
        out.push(instance.only_if(regular).judge(h, duty));
    }
    out
}

/// PQ-08a (E, 任务): a temporary task is put on record (备案任务) before it is closed.
pub fn pq_08a(h: &History) -> Vec<Outcome> {
    temporary_before_closure(h, "PQ-08a", "备案任务")
}

/// PQ-08b (E, 任务): a temporary task is published (公示任务) before it is closed.
pub fn pq_08b(h: &History) -> Vec<Outcome> {
    temporary_before_closure(h, "PQ-08b", "公示任务")
}

fn temporary_before_closure(h: &History, rule: &'static str, needed: &str) -> Vec<Outcome> {
    let mut out = Vec::new();
    for task in h.ids("任务") {
        let temporary = h.flag("任务", task, "临时", h.as_of);
        let duty = done_at_closure(h, task, first_date(&h.events(needed, "任务", task)));
        let instance = Instance::new(rule, json!({"任务": task}), Some(task), Trigger::Task);
        out.push(instance.only_if(temporary).judge(h, duty));
    }
    out
}

/// 甲类名单: must lead at least one task a year. Each entry with its own other names.
const LEADING: [&[&str]; 7] = [
    &["区市场监管局"],
    &["区交通局"],
    &["区应急局"],
    &["区商工局"],
    &["区农业农村局"],
    &["区卫健委"],
    &["区文旅局"],
];

/// 乙类名单: must lead or join at least one task a year.
const LEADING_OR_JOINING: [&[&str]; 7] = [
    &["区教体局"],
    &["区公安局", "公安"],
    &["区人社局"],
    &["区住建局"],
    &["区发改委"],
    &["区税务局"],
    &["市生态环境局直属二分局"],
];

/// PQ-09a (N, 部门 × 年度): each department of the first list leads at least one joint task a year,
/// the year being that of 创建任务.
pub fn pq_09a(h: &History) -> Vec<Outcome> {
    at_least_one_task(h, "PQ-09a", &LEADING, |task, department| {
        h.text("任务", task, "发起部门", h.as_of).as_deref() == Some(department)
    })
}

/// PQ-09b (N, 部门 × 年度): each department of the second list leads or joins at least one.
pub fn pq_09b(h: &History) -> Vec<Outcome> {
    at_least_one_task(h, "PQ-09b", &LEADING_OR_JOINING, |task, department| {
        h.departments_of_task(task).contains(department)
    })
}

fn at_least_one_task(
    h: &History,
    rule: &'static str,
    entries: &[&[&str]],
    takes_part: impl Fn(&str, &str) -> bool,
) -> Vec<Outcome> {
    let mut out = Vec::new();
    for names in entries {
        let department = department_named(h, names);
        for year in years_judged(h) {
            let mut certain = 0;
            let mut possible = 0;
            for task in h.ids("任务") {
                let counted = h.created(task).is_some_and(|e| counts_in(e.when.date, year))
                    && department.is_some_and(|department| takes_part(task, department));
                match h.is_joint(task) {
                    Some(true) if counted => certain += 1,
                    None if counted => possible += 1,
                    _ => {}
                }
            }
            let duty = if certain >= 1 {
                Duty::satisfied()
            } else if h.as_of <= last_day(year) {
                Duty::pending()
            } else if !covers(h, year) || certain + possible >= 1 {
                Duty::undetermined()
            } else {
                Duty::violated("count")
            };
            let subject = json!({"部门": department.unwrap_or(names[0]), "年度": year});
            out.push(outcome(rule, subject, None, duty));
        }
    }
    out
}

/// The department whose name or other name is on the list entry.
fn department_named<'a>(h: &'a History, names: &[&str]) -> Option<&'a str> {
    h.ids("部门").into_iter().find(|id| {
        let mut own = h.list("部门", id, "别名", h.as_of);
        own.extend(h.text("部门", id, "名称", h.as_of));
        own.iter().any(|name| names.contains(&name.as_str()))
    })
}

/// PQ-10 (N, 对象 × 年度): at most two joint checks of the same object a year, a check counting in
/// the year of its first 实施检查.
pub fn pq_10(h: &History) -> Vec<Outcome> {
    let mut out = Vec::new();
    for object in h.ids("对象") {
        for year in years_judged(h) {
            let mut certain = 0;
            let mut possible = 0;
            for check in h.ids("检查") {
                let inspected = h.events("实施检查", "检查", check);
                let counted = h.text("检查", check, "对象", h.as_of).as_deref() == Some(object)
                    && first_date(&inspected).is_some_and(|date| counts_in(date, year));
                match h.task_of(check).and_then(|task| h.is_joint(&task)) {
                    Some(true) if counted => certain += 1,
                    None if counted => possible += 1,
                    _ => {}
                }
            }
            let duty = if certain > 2 {
                Duty::violated("count")
            } else if certain + possible > 2 {
                Duty::undetermined()
            } else {
                Duty::satisfied()
            };
            out.push(outcome("PQ-10", json!({"对象": object, "年度": year}), None, duty));
        }
    }
    out
}

/// Years of the coverage and of created joint tasks, from the year of 施行 to that of as-of.
fn years_judged(h: &History) -> BTreeSet<i32> {
    let mut years = BTreeSet::new();
    if let Some((from, to)) = h.coverage {
        years.extend(from.year()..=to.year());
    }
    for task in h.ids("任务") {
        if h.is_joint(task) == Some(true) {
            years.extend(h.created(task).map(|created| created.when.date.year()));
        }
    }
    years.retain(|year| (effective().year()..=h.as_of.year()).contains(year));
    years
}

/// What happened before 施行 does not count.
fn counts_in(date: NaiveDate, year: i32) -> bool {
    date.year() == year && date >= effective()
}

fn last_day(year: i32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, 12, 31).expect("31 December")
}

fn covers(h: &History, year: i32) -> bool {
    let first_day = NaiveDate::from_ymd_opt(year, 1, 1).expect("1 January");
    h.coverage.is_some_and(|(from, to)| from <= first_day && last_day(year) <= to)
}

/// PQ-11a (P, 任务 × 部门): leading and joining departments confirm the register of objects before
/// objects are first drawn.
pub fn pq_11a(h: &History) -> Vec<Outcome> {
    register_before_draw(h, "PQ-11a", "抽取对象", "检查对象名录库")
}

/// PQ-11b (P, 任务 × 部门): they confirm the register of people before people are first drawn in
/// the task, by whichever department.
pub fn pq_11b(h: &History) -> Vec<Outcome> {
    register_before_draw(h, "PQ-11b", "抽取人员", "执法检查人员名录库")
}

fn register_before_draw(h: &History, rule: &'static str, draw: &str, register: &str) -> Vec<Outcome> {
    let mut out = Vec::new();
    for task in h.ids("任务") {
        for department in h.departments_of_task(task) {
            let subject = json!({"任务": task, "部门": department});
            let draws = h.events(draw, "任务", task);
            let Some(first) = draws.first() else {
                let instance = Instance::new(rule, subject, Some(task), Trigger::Missing);
                out.push(instance.judge(h, Duty::undetermined()));
                continue;
            };
            let mut possible = h.events_by("确认名录库", "任务", task, &department);
            possible.retain(|e| e.text("库").is_none_or(|which| which == register));
            let mut certain = possible.clone();
            certain.retain(|e| e.text("库").is_some());
            let duty = Duty::either_way(preceded(&certain, first), preceded(&possible, first));
            let instance = Instance::new(rule, subject, Some(task), Trigger::Event(first));
            out.push(instance.judge(h, duty));
        }
    }
    out
}

/// PQ-12a (P, 任务): before the first inspection in the task a scheme (制定方案) exists.
pub fn pq_12a(h: &History) -> Vec<Outcome> {
    let mut out = Vec::new();
    for task in h.ids("任务") {
        let inspections = h.events_at_checks("实施检查", task);
        let schemes = h.events("制定方案", "任务", task);
        let (trigger, duty) = match inspections.first() {
            Some(first) => (Trigger::Event(first), preceded(&schemes, first)),
            None => (Trigger::Missing, Duty::undetermined()),
        };
        let instance = Instance::new("PQ-12a", json!({"任务": task}), Some(task), trigger);
        out.push(instance.judge(h, duty));
    }
    out
}

/// PQ-12b (C, 任务): every scheme names its contents, time and way of checking, none blank; here
/// absence is a violation, not a gap in the data (须有).
pub fn pq_12b(h: &History) -> Vec<Outcome> {
    let mut out = Vec::new();
    for task in h.ids("任务") {
        let base = Instance::new("PQ-12b", json!({"任务": task}), Some(task), Trigger::Missing);
        let schemes = h.events("制定方案", "任务", task);
        out.extend(each(
            h,
            base,
            &schemes,
            |_| Some(true),
            |scheme| {
                let needed = ["检查内容", "检查时间", "检查方式"];
                Duty::condition(Some(needed.iter().all(|key| filled(scheme.text(key)))))
            },
        ));
    }
    out
}
