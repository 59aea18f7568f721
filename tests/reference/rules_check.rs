//! 平桥 articles 19 to 27 and 附件2: the inspection itself, results, publication, follow-up, form.
//!
//! One function per line of the ledger, written straight from it.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde_json::json;

use super::Outcome;
use super::history::{Event, History, is_direct_result, is_on_site, result_code};
use super::judge::{
    Duty, Instance, Limit, Trigger, and, done_at_closure, each, filled, first_date, first_that, or, preceded,
    responded, responded_some_day,
};

/// PQ-19 (E, 检查): an inspection on site before the task is closed, except where the result was
/// formed directly.
pub fn pq_19(h: &History) -> Vec<Outcome> {
    let mut out = Vec::new();
    for check in h.ids("检查") {
        let task = h.task_of(check);
        let mut possible = h.events("实施检查", "检查", check);
        possible.retain(|event| is_on_site(event) != Some(false));
        let mut certain = possible.clone();
        certain.retain(|event| is_on_site(event) == Some(true));
        let duty = match task.as_deref() {
            Some(task) => Duty::either_way(
                done_at_closure(h, task, first_date(&certain)),
                done_at_closure(h, task, first_date(&possible)),
            ),
            None => Duty::undetermined(),
        };
        let subject = json!({"检查": check});
        let instance = Instance::new("PQ-19", subject, task.as_deref(), Trigger::Task);
        out.push(instance.except(h.formed_directly(check)).judge(h, duty));
    }
    out
}

/// PQ-20-1 (P, 检查): preparation (预查比对) before the first inspection.
pub fn pq_20_1(h: &History) -> Vec<Outcome> {
    let mut out = Vec::new();
    for check in h.ids("检查") {
        let task = h.task_of(check);
        let prepared = h.events("预查比对", "检查", check);
        let (trigger, duty) = match h.events("实施检查", "检查", check).first() {
            Some(first) => (Trigger::Event(first), preceded(&prepared, first)),
            None => (Trigger::Missing, Duty::undetermined()),
        };
        let subject = json!({"检查": check});
        out.push(Instance::new("PQ-20-1", subject, task.as_deref(), trigger).judge(h, duty));
    }
    out
}

/// PQ-20-2a (P, 检查): notice (告知) before the first inspection that includes 实地检查, except where
/// notice is out of place (不宜告知, missing = no).
pub fn pq_20_2a(h: &History) -> Vec<Outcome> {
    let mut out = Vec::new();
    for check in h.ids("检查") {
        let task = h.task_of(check);
        let subject = json!({"检查": check});
        let inspections = h.events("实施检查", "检查", check);
        let Some((first, on_site)) = first_that(&inspections, is_on_site) else {
            let instance = Instance::new("PQ-20-2a", subject, task.as_deref(), Trigger::Missing);
            out.push(instance.judge(h, Duty::undetermined()));
            continue;
        };
        let duty = match on_site {
            Some(_) => preceded(&h.events("告知", "检查", check), first),
            None => Duty::undetermined(),
        };
        let secret = h.flag("检查", check, "不宜告知", first.when.date).unwrap_or(false);
        let instance = Instance::new("PQ-20-2a", subject, task.as_deref(), Trigger::Event(first));
        out.push(instance.except(Some(secret)).judge(h, duty));
    }
    out
}

/// PQ-20-2b (A, 检查): where notice is out of place, none is given before the first inspection; a
/// notice without any inspection yet is one too.
pub fn pq_20_2b(h: &History) -> Vec<Outcome> {
    let mut out = Vec::new();
    for check in h.ids("检查") {
        let task = h.task_of(check);
        let subject = json!({"检查": check});
        let secret = |day: NaiveDate| Some(h.flag("检查", check, "不宜告知", day).unwrap_or(false));
        let inspections = h.events("实施检查", "检查", check);
        let first = inspections.first().copied();
        let mut notices = h.events("告知", "检查", check);
        notices.retain(|notice| first.is_none_or(|first| first.strictly_after(notice)));
        for notice in &notices {
            let trigger = Trigger::Event(notice);
            Instance::new("PQ-20-2b", subject.clone(), task.as_deref(), trigger)
                .only_if(secret(notice.when.date))
                .judge(h, Duty::violated("forbidden"))
                .push_to(&mut out);
        }
        if notices.is_empty() {
            let trigger = first.map_or(Trigger::Task, Trigger::Event);
            Instance::new("PQ-20-2b", subject, task.as_deref(), trigger)
                .only_if(secret(first.map_or(h.as_of, |first| first.when.date)))
                .judge(h, Duty::satisfied())
                .push_to(&mut out);
        }
    }
    out
}

/// PQ-20-2c (E, 检查): once a check has ended, the object signs before the task is closed, or it
/// refuses and the reason is noted.
pub fn pq_20_2c(h: &History) -> Vec<Outcome> {
    ended_before_closure(h, "PQ-20-2c", |check| {
        let signed = first_date(&h.events("对象签章", "检查", check));
        let refused = both(
            first_date(&h.events("拒签", "检查", check)),
            first_date(&h.events("注明原因", "检查", check)),
        );
        match (signed, refused) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        }
    })
}

/// PQ-20-3a (E, 检查): once a check has ended, the form is filled in and the inspectors sign it
/// before the task is closed.
pub fn pq_20_3a(h: &History) -> Vec<Outcome> {
    ended_before_closure(h, "PQ-20-3a", |check| {
        both(
            first_date(&h.events("填写记录表", "检查", check)),
            first_date(&h.events("人员签字", "检查", check)),
        )
    })
}

fn both(a: Option<NaiveDate>, b: Option<NaiveDate>) -> Option<NaiveDate> {
    Some(a?.max(b?))
}

/// E for checks that have ended; dated by the last 检查结束, which is not reported as trigger.
fn ended_before_closure(
    h: &History,
    rule: &'static str,
    done: impl Fn(&str) -> Option<NaiveDate>,
) -> Vec<Outcome> {
    let mut out = Vec::new();
    for check in h.ids("检查") {
        let task = h.task_of(check);
        let trigger = match h.events("检查结束", "检查", check).last() {
            Some(end) => Trigger::On(end.when.date),
            None => Trigger::Missing,
        };
        let duty = match task.as_deref() {
            Some(task) => done_at_closure(h, task, done(check)),
            None => Duty::undetermined(),
        };
        let subject = json!({"检查": check});
        out.push(Instance::new(rule, subject, task.as_deref(), trigger).judge(h, duty));
    }
    out
}

/// PQ-20-3b (R, 线索): a clue to be handed over is handed over within 7 working days of the last
/// result of its check.
pub fn pq_20_3b(h: &History) -> Vec<Outcome> {
    let mut out = Vec::new();
    for clue in h.ids("线索") {
        let subject = json!({"线索": clue});
        let check = h.text("线索", clue, "检查", h.as_of);
        let task = check.as_deref().and_then(|check| h.task_of(check));
        let results = check.as_deref().map(|check| h.events("形成结果", "检查", check));
        let results = results.unwrap_or_default();
        let Some(last) = results.last() else {
            let instance = Instance::new("PQ-20-3b", subject, task.as_deref(), Trigger::Missing);
            out.push(instance.judge(h, Duty::undetermined()));
            continue;
        };
        let day = last.when.date;
        let handed_over = first_date(&h.events("移送", "线索", clue));
        Instance::new("PQ-20-3b", subject, task.as_deref(), Trigger::Event(last))
            .only_if(h.flag("线索", clue, "需移送", day))
            .judge(h, responded(h, day, Limit::Workdays(7), handed_over))
            .push_to(&mut out);
    }
    out
}

/// The end of a check: its last 检查结束; without any, the last result when it was formed directly.
/// The second value is unknown when a missing 结果 leaves that open.
fn end_of_check<'a>(h: &'a History, check: &str) -> Option<(&'a Event, Option<bool>)> {
    if let Some(end) = h.events("检查结束", "检查", check).last() {
        return Some((end, Some(true)));
    }
    let direct = h.formed_directly(check);
    let results = h.events("形成结果", "检查", check);
    results.last().filter(|_| direct != Some(false)).map(|last| (*last, direct))
}

/// R or O for every 检查部门, from the end of the check.
fn after_the_end(
    h: &History,
    rule: &'static str,
    response: &str,
    exempt: impl Fn(&str, NaiveDate) -> bool,
    duty: impl Fn(NaiveDate, Option<NaiveDate>) -> Duty,
) -> Vec<Outcome> {
    let mut out = Vec::new();
    for check in h.ids("检查") {
        let task = h.task_of(check);
        for department in h.departments_of_check(check) {
            let subject = json!({"检查": check, "部门": department});
            let Some((end, certain)) = end_of_check(h, check) else {
                let instance = Instance::new(rule, subject, task.as_deref(), Trigger::Missing);
                out.push(instance.judge(h, Duty::undetermined()));
                continue;
            };
            let day = end.when.date;
            let done = first_date(&h.events_by(response, "检查", check, &department));
            Instance::new(rule, subject, task.as_deref(), Trigger::Event(end))
                .except(Some(exempt(check, day)))
                .judge(h, if certain == Some(true) { duty(day, done) } else { Duty::undetermined() })
                .push_to(&mut out);
        }
    }
    out
}

/// PQ-20-4a (R, 检查 × 部门): results entered within 20 working days of the end of the check.
pub fn pq_20_4a(h: &History) -> Vec<Outcome> {
    after_the_end(
        h,
        "PQ-20-4a",
        "录入结果",
        |_, _| false,
        |from, done| responded(h, from, Limit::Workdays(20), done),
    )
}

/// PQ-20-4b (R, 检查 × 部门): results published within 20 working days of the end of the check,
/// except where publication is out of place (不宜公开, missing = no).
pub fn pq_20_4b(h: &History) -> Vec<Outcome> {
    let secret = |check: &str, day: NaiveDate| h.flag("检查", check, "不宜公开", day).unwrap_or(false);
    after_the_end(h, "PQ-20-4b", "公示结果", secret, |from, done| {
        responded(h, from, Limit::Workdays(20), done)
    })
}

/// PQ-27 (O, 检查 × 部门): files are archived some day after the end of the check (参数 归档期限).
pub fn pq_27(h: &History) -> Vec<Outcome> {
    after_the_end(
        h,
        "PQ-27",
        "归档",
        |_, _| false,
        |from, done| responded_some_day(h, from, "归档期限", done),
    )
}

/// PQ-20-5 (C, 检查 × 部门): every result is one of the result table, as code or text.
pub fn pq_20_5(h: &History) -> Vec<Outcome> {
    let mut out = Vec::new();
    for check in h.ids("检查") {
        let task = h.task_of(check);
        for department in h.departments_of_check(check) {
            let subject = json!({"检查": check, "部门": department});
            let base = Instance::new("PQ-20-5", subject, task.as_deref(), Trigger::Missing);
            let results = h.events_by("形成结果", "检查", check, &department);
            out.extend(each(
                h,
                base,
                &results,
                |_| Some(true),
                |result| Duty::condition(result.text("结果").map(|text| result_code(&text).is_some())),
            ));
        }
    }
    out
}

/// PQ-21 (P, 检查 × 部门): evidence (取证) before, or on the day of, the department's first result
/// that says 无法联系 or 不配合检查情节严重.
pub fn pq_21(h: &History) -> Vec<Outcome> {
    let mut out = Vec::new();
    for check in h.ids("检查") {
        let task = h.task_of(check);
        for department in h.departments_of_check(check) {
            let subject = json!({"检查": check, "部门": department});
            let results = h.events_by("形成结果", "检查", check, &department);
            let Some((first, direct)) = first_that(&results, is_direct_result) else {
                let instance = Instance::new("PQ-21", subject, task.as_deref(), Trigger::Missing);
                out.push(instance.judge(h, Duty::undetermined()));
                continue;
            };
            let duty = match first_date(&h.events("取证", "检查", check)) {
                Some(day) if day <= first.when.date => Duty::satisfied(),
                Some(_) => Duty::violated("order"),
                None => Duty::violated("missing"),
            };
            Instance::new("PQ-21", subject, task.as_deref(), Trigger::Event(first))
                .only_if(direct)
                .judge(h, duty)
                .push_to(&mut out);
        }
    }
    out
}

/// PQ-22 (C, 检查 × 部门): every change of a result strictly after its first publication is
/// approved by 主要负责人; earlier changes are no instance.
pub fn pq_22(h: &History) -> Vec<Outcome> {
    let mut out = Vec::new();
    for check in h.ids("检查") {
        let task = h.task_of(check);
        for department in h.departments_of_check(check) {
            let published = h.events_by("公示结果", "检查", check, &department);
            let first = published.first().copied();
            let mut changes = h.events_by("更改结果", "检查", check, &department);
            changes.retain(|change| first.is_some_and(|first| change.strictly_after(first)));
            let subject = json!({"检查": check, "部门": department});
            let base = Instance::new("PQ-22", subject, task.as_deref(), Trigger::Missing);
            out.extend(each(
                h,
                base,
                &changes,
                |_| Some(true),
                |change| Duty::condition(change.text("批准人职务").map(|post| post == "主要负责人")),
            ));
        }
    }
    out
}

/// PQ-23 (O, 检查 × 部门): every result 发现问题待后续处理 is followed up some day (参数 后续处理期限).
pub fn pq_23(h: &History) -> Vec<Outcome> {
    let open = |result: &Event| result.text("结果").map(|text| result_code(&text) == Some("8"));
    let mut out = Vec::new();
    for check in h.ids("检查") {
        let task = h.task_of(check);
        for department in h.departments_of_check(check) {
            let done = first_date(&h.events_by("后续处理", "检查", check, &department));
            let subject = json!({"检查": check, "部门": department});
            let base = Instance::new("PQ-23", subject, task.as_deref(), Trigger::Missing);
            let results = h.events_by("形成结果", "检查", check, &department);
            out.extend(each(h, base, &results, open, |result| {
                responded_some_day(h, result.when.date, "后续处理期限", done)
            }));
        }
    }
    out
}

/// PQ-F2a (S, 检查): once the form is filled in, the object has name, head and address, and a
/// correct 统一社会信用代码 or a 注册号. Products, projects and conduct are not addressed. Read on
/// the day the form was first filled in.
pub fn pq_f2a(h: &History) -> Vec<Outcome> {
    let mut out = Vec::new();
    for check in h.ids("检查") {
        let task = h.task_of(check);
        let subject = json!({"检查": check});
        let forms = h.events("填写记录表", "检查", check);
        let object = h.text("检查", check, "对象", h.as_of);
        let (addressed, holds) = match (first_date(&forms), object) {
            (None, _) => (Some(false), None),
            (Some(_), None) => (None, None),
            (Some(day), Some(object)) => {
                let value = |key: &str| h.text("对象", &object, key, day);
                let kind = value("类型");
                let complete = filled(value("名称"))
                    && filled(value("负责人"))
                    && filled(value("地址"))
                    && (filled(value("注册号"))
                        || value("统一社会信用代码").is_some_and(|code| is_credit_code(&code)));
                let addressed = kind.map(|kind| !["产品", "项目", "行为"].contains(&kind.as_str()));
                (addressed, Some(complete))
            }
        };
        Instance::new("PQ-F2a", subject, task.as_deref(), Trigger::Task)
            .only_if(addressed)
            .judge(h, Duty::condition(holds))
            .push_to(&mut out);
    }
    out
}

/// GB 32100-2015: 18 characters of 0-9 and letters without I, O, S, V, Z; weights are powers of 3
/// modulo 31; the last character makes the sum divisible.
pub fn is_credit_code(code: &str) -> bool {
    let alphabet: Vec<char> = "0123456789ABCDEFGHJKLMNPQRTUWXY".chars().collect();
    let characters: Vec<char> = code.chars().collect();
    if characters.len() != 18 {
        return false;
    }
    let mut sum = 0;
    let mut weight = 1;
    for character in &characters[..17] {
        let Some(value) = alphabet.iter().position(|c| c == character) else { return false };
        sum += value * weight;
        weight = weight * 3 % 31;
    }
    characters[17] == alphabet[(31 - sum % 31) % 31]
}

/// PQ-F2b (S, 检查): once the form is filled in, everyone who took part in an inspection has name,
/// department, and card number or identity number. Read on the day of the first form.
pub fn pq_f2b(h: &History) -> Vec<Outcome> {
    let mut out = Vec::new();
    for check in h.ids("检查") {
        let task = h.task_of(check);
        let day = first_date(&h.events("填写记录表", "检查", check));
        let mut holds = Some(true);
        let mut people = BTreeSet::new();
        for inspection in h.events("实施检查", "检查", check) {
            match inspection.list("人员") {
                Some(present) => people.extend(present),
                None => holds = None,
            }
        }
        for person in people {
            let has = |key: &str| Some(filled(h.text("人员", &person, key, day.unwrap_or(h.as_of))));
            let known = and(has("姓名"), has("部门"));
            holds = and(holds, and(known, or(has("执法证号"), has("身份证号"))));
        }
        Instance::new("PQ-F2b", json!({"检查": check}), task.as_deref(), Trigger::Task)
            .only_if(Some(day.is_some()))
            .judge(h, Duty::condition(holds))
            .push_to(&mut out);
    }
    out
}
