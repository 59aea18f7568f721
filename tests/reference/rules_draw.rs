//! 平桥 articles 14 to 18: the order of the steps, lists of objects, people, who may inspect.
//!
//! One function per line of the ledger, written straight from it.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::Outcome;
use super::history::{Event, History, is_on_site};
use super::judge::{Duty, Instance, Trigger, and, each, filled, preceded};

/// P for one subject: `earlier` before the first of `later`; not applicable without any.
fn precedence<'a>(
    h: &History,
    rule: &'static str,
    subject: Value,
    task: Option<&'a str>,
    earlier: &[&Event],
    later: &[&'a Event],
) -> Outcome {
    let (trigger, duty) = match later.first() {
        Some(first) => (Trigger::Event(first), preceded(earlier, first)),
        None => (Trigger::Missing, Duty::undetermined()),
    };
    Instance::new(rule, subject, task, trigger).judge(h, duty)
}

/// PQ-14a (P, 任务): objects are drawn only after the task was created.
pub fn pq_14a(h: &History) -> Vec<Outcome> {
    let mut out = Vec::new();
    for task in h.ids("任务") {
        let created = h.events("创建任务", "任务", task);
        let draws = h.events("抽取对象", "任务", task);
        out.push(precedence(h, "PQ-14a", json!({"任务": task}), Some(task), &created, &draws));
    }
    out
}

/// PQ-14b (P, 检查): before the first inspection the task's objects were drawn.
pub fn pq_14b(h: &History) -> Vec<Outcome> {
    drawn_before_inspection(h, "PQ-14b", "抽取对象")
}

/// PQ-14c (P, 检查): before the first inspection the task's people were drawn.
pub fn pq_14c(h: &History) -> Vec<Outcome> {
    drawn_before_inspection(h, "PQ-14c", "抽取人员")
}

fn drawn_before_inspection(h: &History, rule: &'static str, draw: &str) -> Vec<Outcome> {
    let mut out = Vec::new();
    for check in h.ids("检查") {
        let task = h.task_of(check);
        let draws = task.as_deref().map(|task| h.events(draw, "任务", task)).unwrap_or_default();
        let inspections = h.events("实施检查", "检查", check);
        let subject = json!({"检查": check});
        out.push(precedence(h, rule, subject, task.as_deref(), &draws, &inspections));
    }
    out
}

/// PQ-14d (P, 检查 × 部门): a result is entered before it is published.
pub fn pq_14d(h: &History) -> Vec<Outcome> {
    let mut out = Vec::new();
    for check in h.ids("检查") {
        let task = h.task_of(check);
        for department in h.departments_of_check(check) {
            let entered = h.events_by("录入结果", "检查", check, &department);
            let published = h.events_by("公示结果", "检查", check, &department);
            let subject = json!({"检查": check, "部门": department});
            out.push(precedence(h, "PQ-14d", subject, task.as_deref(), &entered, &published));
        }
    }
    out
}

/// PQ-14e (P, 检查 × 部门): a result is entered only after an inspection of the check, except where
/// the result was formed directly.
pub fn pq_14e(h: &History) -> Vec<Outcome> {
    let mut out = Vec::new();
    for check in h.ids("检查") {
        let task = h.task_of(check);
        for department in h.departments_of_check(check) {
            let inspections = h.events("实施检查", "检查", check);
            let entered = h.events_by("录入结果", "检查", check, &department);
            let (trigger, duty) = match entered.first() {
                Some(first) => (Trigger::Event(first), preceded(&inspections, first)),
                None => (Trigger::Missing, Duty::undetermined()),
            };
            let subject = json!({"检查": check, "部门": department});
            let instance = Instance::new("PQ-14e", subject, task.as_deref(), trigger);
            out.push(instance.except(h.formed_directly(check)).judge(h, duty));
        }
    }
    out
}

/// C for the events of one type of a task.
fn each_of_task(
    h: &History,
    rule: &'static str,
    kind: &str,
    holds: impl Fn(&str, &Event) -> Option<bool>,
) -> Vec<Outcome> {
    let mut out = Vec::new();
    for task in h.ids("任务") {
        let base = Instance::new(rule, json!({"任务": task}), Some(task), Trigger::Missing);
        let events = h.events(kind, "任务", task);
        out.extend(each(h, base, &events, |_| Some(true), |event| Duty::condition(holds(task, event))));
    }
    out
}

/// Whether an attribute is one of these; unknown when missing.
fn is_one_of(event: &Event, key: &str, allowed: &[&str]) -> Option<bool> {
    event.text(key).map(|text| allowed.contains(&text.as_str()))
}

/// PQ-15a (C, 任务): objects are always drawn at random.
pub fn pq_15a(h: &History) -> Vec<Outcome> {
    each_of_task(h, "PQ-15a", "抽取对象", |_, draw| is_one_of(draw, "方式", &["随机"]))
}

/// PQ-15b (A, 任务): once objects are drawn the list is not changed; each change strictly after
/// the first draw is one violation.
pub fn pq_15b(h: &History) -> Vec<Outcome> {
    let mut out = Vec::new();
    for task in h.ids("任务") {
        let subject = json!({"任务": task});
        let draws = h.events("抽取对象", "任务", task);
        let Some(first) = draws.first() else {
            let instance = Instance::new("PQ-15b", subject, Some(task), Trigger::Missing);
            out.push(instance.judge(h, Duty::undetermined()));
            continue;
        };
        let mut changes = h.events("变更名单", "任务", task);
        changes.retain(|change| change.strictly_after(first));
        for change in &changes {
            let trigger = Trigger::Event(change);
            let instance = Instance::new("PQ-15b", subject.clone(), Some(task), trigger);
            out.push(instance.judge(h, Duty::violated("forbidden")));
        }
        if changes.is_empty() {
            let instance = Instance::new("PQ-15b", subject, Some(task), Trigger::Event(first));
            out.push(instance.judge(h, Duty::satisfied()));
        }
    }
    out
}

/// PQ-15c (C, 检查): the object of a check is among the objects drawn in its task. Not judged in a
/// task that drew none; a draw that does not say what it drew may have drawn anything.
pub fn pq_15c(h: &History) -> Vec<Outcome> {
    let mut out = Vec::new();
    for check in h.ids("检查") {
        let task = h.task_of(check);
        let draws = task.as_deref().map(|task| h.events("抽取对象", "任务", task)).unwrap_or_default();
        let mut drawn = BTreeSet::new();
        let mut complete = true;
        for draw in &draws {
            match draw.list("对象") {
                Some(objects) => drawn.extend(objects),
                None => complete = false,
            }
        }
        let holds = match h.text("检查", check, "对象", h.as_of) {
            None => None,
            Some(object) if drawn.contains(&object) => Some(true),
            Some(_) if complete => Some(false),
            Some(_) => None,
        };
        let subject = json!({"检查": check});
        let instance = Instance::new("PQ-15c", subject, task.as_deref(), Trigger::Task);
        out.push(instance.only_if(Some(!draws.is_empty())).judge(h, Duty::condition(holds)));
    }
    out
}

/// PQ-15d (P, 任务 × 部门): every joining department was given the list before the first
/// inspection in the task.
pub fn pq_15d(h: &History) -> Vec<Outcome> {
    let mut out = Vec::new();
    for task in h.ids("任务") {
        let joining: BTreeSet<String> = h.list("任务", task, "参与部门", h.as_of).into_iter().collect();
        for department in joining {
            let given = h.events_by("派发名单", "任务", task, &department);
            let inspections = h.events_at_checks("实施检查", task);
            let subject = json!({"任务": task, "部门": department});
            out.push(precedence(h, "PQ-15d", subject, Some(task), &given, &inspections));
        }
    }
    out
}

/// PQ-16a (C, 任务): every replacement is approved by 分管负责人 or 主要负责人.
pub fn pq_16a(h: &History) -> Vec<Outcome> {
    each_of_task(h, "PQ-16a", "更换人员", |_, change| {
        is_one_of(change, "批准人职务", &["分管负责人", "主要负责人"])
    })
}

/// PQ-16b (C, 任务): every replacement has one of the reasons of the article.
pub fn pq_16b(h: &History) -> Vec<Outcome> {
    let reasons = ["岗位调整", "工作冲突", "健康状况", "执法回避", "其他特殊情况"];
    each_of_task(h, "PQ-16b", "更换人员", |_, change| is_one_of(change, "原因", &reasons))
}

/// PQ-16c (C, 任务): the new person has an enforcement card (须有), valid on the day of the change
/// (unknown without 证件有效期至).
pub fn pq_16c(h: &History) -> Vec<Outcome> {
    each_of_task(h, "PQ-16c", "更换人员", |_, change| {
        let person = change.text("新人员")?;
        let day = change.when.date;
        let has_card = filled(h.text("人员", &person, "执法证号", day));
        let valid = h
            .text("人员", &person, "证件有效期至", day)
            .map(|until| until.parse::<chrono::NaiveDate>().expect("a date") >= day);
        and(Some(has_card), valid)
    })
}

/// PQ-16d (C, 检查): everyone at an inspection was drawn for the task and not replaced by that day,
/// or came in by a replacement by that day. When people were drawn does not matter; not judged in
/// a task that drew nobody.
pub fn pq_16d(h: &History) -> Vec<Outcome> {
    let mut out = Vec::new();
    for check in h.ids("检查") {
        let task = h.task_of(check);
        let on_task = |kind| task.as_deref().map(|task| h.events(kind, "任务", task)).unwrap_or_default();
        let draws: Vec<&Event> = on_task("抽取人员");
        let changes: Vec<&Event> = on_task("更换人员");
        let subject = json!({"检查": check});
        let base = Instance::new("PQ-16d", subject, task.as_deref(), Trigger::Missing)
            .only_if(Some(!draws.is_empty()));
        let inspections = h.events("实施检查", "检查", check);
        out.extend(each(
            h,
            base,
            &inspections,
            |_| Some(true),
            |inspection| Duty::condition(may_inspect(inspection, &draws, &changes)),
        ));
    }
    out
}

/// Whether all people of the inspection are among drawn − replaced + replacing. A draw or change
/// that names nobody leaves the answer open where it matters.
fn may_inspect(inspection: &Event, draws: &[&Event], changes: &[&Event]) -> Option<bool> {
    let mut allowed = BTreeSet::new();
    let mut more_possible = false;
    for draw in draws {
        match draw.list("人员") {
            Some(people) => allowed.extend(people),
            None => more_possible = true,
        }
    }
    let in_force = |change: &&&Event| change.when.date <= inspection.when.date;
    for change in changes.iter().filter(in_force) {
        if let Some(person) = change.text("原人员") {
            allowed.remove(&person);
        }
    }
    for change in changes.iter().filter(in_force) {
        match change.text("新人员") {
            Some(person) => {
                allowed.insert(person);
            }
            None => more_possible = true,
        }
    }
    let people = inspection.list("人员")?;
    if people.iter().all(|person| allowed.contains(person)) {
        return Some(true);
    }
    if more_possible { None } else { Some(false) }
}

/// PQ-17a (C, 任务): people are always drawn at random.
pub fn pq_17a(h: &History) -> Vec<Outcome> {
    each_of_task(h, "PQ-17a", "抽取人员", |_, draw| is_one_of(draw, "方式", &["随机"]))
}

/// PQ-17b (C, 任务): the head of every group belongs, that day, to the leading department.
pub fn pq_17b(h: &History) -> Vec<Outcome> {
    each_of_task(h, "PQ-17b", "成立小组", |task, group| {
        let head = group.text("组长")?;
        let department = h.text("人员", &head, "部门", group.when.date)?;
        let leading = h.text("任务", task, "发起部门", h.as_of)?;
        Some(department == leading)
    })
}

/// C for the inspections of a check that include 实地检查.
fn each_on_site(h: &History, rule: &'static str, holds: fn(&Event) -> Option<bool>) -> Vec<Outcome> {
    let mut out = Vec::new();
    for check in h.ids("检查") {
        let task = h.task_of(check);
        let subject = json!({"检查": check});
        let base = Instance::new(rule, subject, task.as_deref(), Trigger::Missing);
        let inspections = h.events("实施检查", "检查", check);
        out.extend(each(h, base, &inspections, is_on_site, |inspection| Duty::condition(holds(inspection))));
    }
    out
}

/// PQ-18a (C, 检查): at least two different people at every inspection on site.
pub fn pq_18a(h: &History) -> Vec<Outcome> {
    each_on_site(h, "PQ-18a", |inspection| {
        let people: BTreeSet<String> = inspection.list("人员")?.into_iter().collect();
        Some(people.len() >= 2)
    })
}

/// PQ-18b (C, 检查): cards are shown at every inspection on site.
pub fn pq_18b(h: &History) -> Vec<Outcome> {
    each_on_site(h, "PQ-18b", |inspection| inspection.flag("出示证件"))
}
