//! From a duty to an outcome: the order of judgement shared by all rules.
//!
//! Takes one instance (rule, subject, trigger) and what became of its duty, and settles scope,
//! effective date, conditions and exemption in that order. Knows no rule.

use chrono::NaiveDate;
use serde_json::Value;

use super::Outcome;
use super::history::{Event, History};

/// 施行日 of 平桥.
pub fn effective() -> NaiveDate {
    NaiveDate::from_ymd_opt(2025, 3, 18).expect("a date")
}

/// What became of a duty, before scope and exemption are looked at.
#[derive(Debug, Clone, PartialEq)]
pub struct Duty {
    pub verdict: &'static str,
    pub kind: Option<&'static str>,
    pub deadline: Option<NaiveDate>,
    pub completed: Option<NaiveDate>,
    pub workdays_late: Option<i64>,
    pub provisional: bool,
}

impl Duty {
    fn plain(verdict: &'static str) -> Duty {
        Duty { verdict, kind: None, deadline: None, completed: None, workdays_late: None, provisional: false }
    }

    pub fn satisfied() -> Duty {
        Duty::plain("satisfied")
    }

    pub fn pending() -> Duty {
        Duty::plain("pending")
    }

    pub fn undetermined() -> Duty {
        Duty::plain("undetermined")
    }

    pub fn violated(kind: &'static str) -> Duty {
        Duty { kind: Some(kind), ..Duty::plain("violated") }
    }

    /// A condition that must hold (须满足).
    pub fn condition(holds: Option<bool>) -> Duty {
        match holds {
            Some(true) => Duty::satisfied(),
            Some(false) => Duty::violated("condition"),
            None => Duty::undetermined(),
        }
    }

    /// What is certain whether or not the possible facts are facts; undetermined if that differs.
    pub fn either_way(without: Duty, with: Duty) -> Duty {
        if without == with { without } else { Duty::undetermined() }
    }
}

/// What an instance hangs on.
#[derive(Debug, Clone, Copy)]
pub enum Trigger<'a> {
    /// This event: reported, and its date decides about the effective date.
    Event(&'a Event),
    /// An event was needed and there is none: not applicable.
    Missing,
    /// No trigger by nature: dated by the task.
    Task,
    /// Dated by an event that is not reported as trigger.
    On(NaiveDate),
}

/// One instance of a rule.
#[derive(Debug, Clone)]
pub struct Instance<'a> {
    pub rule: &'static str,
    pub subject: Value,
    /// The task whose 模式 decides about the scope.
    pub task: Option<&'a str>,
    pub trigger: Trigger<'a>,
    /// “对…的”: does the rule address this subject?
    pub condition: Option<bool>,
    /// “…的除外”
    pub exemption: Option<bool>,
}

impl<'a> Instance<'a> {
    pub fn new(
        rule: &'static str,
        subject: Value,
        task: Option<&'a str>,
        trigger: Trigger<'a>,
    ) -> Instance<'a> {
        Instance { rule, subject, task, trigger, condition: Some(true), exemption: Some(false) }
    }

    pub fn only_if(mut self, condition: Option<bool>) -> Instance<'a> {
        self.condition = condition;
        self
    }

    pub fn except(mut self, exemption: Option<bool>) -> Instance<'a> {
        self.exemption = exemption;
        self
    }

    /// Scope, effective date, conditions, exemption, duty: the first that decides.
    pub fn judge(self, h: &History, duty: Duty) -> Outcome {
        let (event, date) = match self.trigger {
            Trigger::Event(event) => (Some(event), Some(event.when.date)),
            Trigger::Missing => (None, None),
            Trigger::Task => (None, Some(self.task.map_or(h.as_of, |t| h.date_of_task(t)))),
            Trigger::On(date) => (None, Some(date)),
        };
        let decided = match self.task.and_then(|task| h.is_joint(task)) {
            None => Duty::undetermined(),
            Some(false) => Duty::plain("not_applicable"),
            Some(true) if date.is_none_or(|date| date < effective()) => Duty::plain("not_applicable"),
            Some(true) => match (self.condition, self.exemption) {
                (Some(false), _) => Duty::plain("not_applicable"),
                (None, _) => Duty::undetermined(),
                (Some(true), Some(true)) => Duty::plain("exempt"),
                (Some(true), None) if duty.verdict != "satisfied" => Duty::undetermined(),
                (Some(true), Some(false) | None) => duty,
            },
        };
        outcome(self.rule, self.subject, event, decided)
    }
}

pub fn outcome(rule: &str, subject: Value, trigger: Option<&Event>, duty: Duty) -> Outcome {
    Outcome {
        rule: rule.to_string(),
        subject,
        verdict: duty.verdict.to_string(),
        kind: duty.kind.map(str::to_string),
        trigger: trigger.map(|event| event.id.clone()),
        deadline: duty.deadline,
        completed: duty.completed,
        workdays_late: duty.workdays_late,
        provisional: duty.provisional,
    }
}

/// P: something must have come before `later`. Same day without a clock counts as before.
pub fn preceded(earlier: &[&Event], later: &Event) -> Duty {
    if earlier.is_empty() {
        return Duty::violated("missing");
    }
    if earlier.iter().any(|event| !event.strictly_after(later)) {
        return Duty::satisfied();
    }
    Duty::violated("order")
}

/// R: done within the limit after `from`? `done` is the earliest response, also one before `from`.
pub fn responded(h: &History, from: NaiveDate, limit: Limit, done: Option<NaiveDate>) -> Duty {
    let deadline = match limit {
        Limit::Workdays(n) => h.days.workdays_after(from, n),
        Limit::Days(n) => h.days.days_after(from, n),
    };
    let provisional = h.days.is_provisional(deadline);
    let Some(last) = deadline else {
        return match done {
            Some(day) if day <= h.days.last_published() => {
                Duty { completed: done, provisional, ..Duty::satisfied() }
            }
            Some(_) => Duty { provisional, ..Duty::undetermined() },
            None if h.as_of <= earliest_deadline(h, from, limit) => Duty { provisional, ..Duty::pending() },
            None => Duty { provisional, ..Duty::undetermined() },
        };
    };
    let verdict = match done {
        Some(day) if day <= last => Duty::satisfied(),
        Some(day) => Duty { workdays_late: h.days.count(last, day), ..Duty::violated("late") },
        None if last >= h.as_of => Duty::pending(),
        None => Duty { workdays_late: h.days.count(last, h.as_of), ..Duty::violated("missing") },
    };
    Duty { deadline, completed: done, provisional, ..verdict }
}

/// The deadline if every day not yet published were a working day: before it nothing is overdue for certain.
fn earliest_deadline(h: &History, from: NaiveDate, limit: Limit) -> NaiveDate {
    let last = h.days.last_published();
    let counted = if from < last { h.days.count(from, last).unwrap_or(0) } else { 0 };
    let left = match limit {
        Limit::Workdays(n) => i64::from(n) - counted,
        Limit::Days(_) => 0,
    };
    last.max(from) + chrono::Duration::days(left.max(0))
}

/// E: done before the task is closed (结案前)? The day of closing is in time.
pub fn done_at_closure(h: &History, task: &str, done: Option<NaiveDate>) -> Duty {
    let closed = h.events("任务完成", "任务", task).first().map(|event| event.when.date);
    match (closed, done) {
        (None, None) => Duty::pending(),
        (None, Some(_)) => Duty::satisfied(),
        (Some(closed), Some(day)) if day <= closed => Duty::satisfied(),
        (Some(_), Some(_)) => Duty { deadline: closed, completed: done, ..Duty::violated("late") },
        (Some(_), None) => Duty::violated("missing"),
    }
}

/// A time limit: working days or calendar days (期限).
#[derive(Debug, Clone, Copy)]
pub enum Limit {
    Workdays(u32),
    Days(u32),
}

impl Limit {
    /// A parameter: `N`, `N个工作日` or `N日` (通用口径 35).
    pub fn parse(text: &str) -> Limit {
        if let Some(days) = text.strip_suffix("个工作日") {
            return Limit::Workdays(days.parse().expect("a number of working days"));
        }
        match text.strip_suffix('日') {
            Some(days) => Limit::Days(days.parse().expect("a number of days")),
            None => Limit::Workdays(text.parse().expect("a number of working days")),
        }
    }
}

/// O: without time limit unless the parameter sets one.
pub fn responded_some_day(h: &History, from: NaiveDate, parameter: &str, done: Option<NaiveDate>) -> Duty {
    match (h.params.get(parameter), done) {
        (Some(text), _) => responded(h, from, Limit::parse(text), done),
        (None, Some(_)) => Duty::satisfied(),
        (None, None) => Duty::pending(),
    }
}

/// 首次 with a filter: the first event that passes or may pass, and whether it certainly does.
pub fn first_that<'a>(
    events: &[&'a Event],
    filter: fn(&Event) -> Option<bool>,
) -> Option<(&'a Event, Option<bool>)> {
    events.iter().map(|event| (*event, filter(event))).find(|(_, passes)| *passes != Some(false))
}

/// 每次: one outcome per event; without any, one not applicable.
pub fn each<'a>(
    h: &History,
    base: Instance<'a>,
    events: &[&'a Event],
    filter: impl Fn(&Event) -> Option<bool>,
    duty: impl Fn(&Event) -> Duty,
) -> Vec<Outcome> {
    let mut found = Vec::new();
    for event in events {
        let passes = filter(event);
        if passes != Some(false) {
            let trigger = Trigger::Event(event);
            let condition = and(base.condition, passes);
            let instance = Instance { trigger, condition, ..base.clone() };
            found.push(instance.judge(h, duty(event)));
        }
    }
    if found.is_empty() {
        let instance = Instance { trigger: Trigger::Missing, ..base };
        found.push(instance.judge(h, Duty::undetermined()));
    }
    found
}

pub fn first_date(events: &[&Event]) -> Option<NaiveDate> {
    events.first().map(|event| event.when.date)
}

/// True if one is true, else unknown if one is unknown.
pub fn or(a: Option<bool>, b: Option<bool>) -> Option<bool> {
    match (a, b) {
        (Some(true), _) | (_, Some(true)) => Some(true),
        (Some(false), Some(false)) => Some(false),
        _ => None,
    }
}

/// False if one is false, else unknown if one is unknown.
pub fn and(a: Option<bool>, b: Option<bool>) -> Option<bool> {
    match (a, b) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

/// Text that is there and is not only white space.
pub fn filled(text: Option<String>) -> bool {
    text.is_some_and(|text| !text.trim().is_empty())
}
