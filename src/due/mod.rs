//! What must be done soon: duties still running whose last day is near, those already overdue and still not
//! done, and those that run without a last day. Takes a report; gives items in order. Reads no clock.

use chrono::{Days, NaiveDate};

use crate::calendar::{Calendar, Deadline, RollForward, TimeLimit, Unit};
use crate::finding::{Finding, Report, SubjectValue, Verdict, ViolationKind};
use crate::plan::{Plan, PlanDuty, PlanShape};

/// One duty of one subject.
#[derive(Clone, Debug)]
pub struct Item<'r> {
    pub finding: &'r Finding,
    /// What is to be done, in the words of the rule.
    pub duty: String,
    /// The last day on which it is in time.
    pub deadline: Option<NaiveDate>,
    /// Workdays after the as-of date up to and including the last day, or, for what is overdue, after the
    /// last day up to and including the as-of date. `None` when some of these days are not published.
    pub workdays: Option<i64>,
    /// Days since the trigger, for what has no last day.
    pub elapsed: Option<i64>,
    /// The last day may still be moved by a holiday notice to come.
    pub provisional: bool,
}

impl Item<'_> {
    /// Name of the group it counts for.
    pub fn group(&self) -> Option<&str> {
        self.finding.group.as_deref()
    }

    /// Subject for people, led by what it belongs to: `某任务 · J13 · 某部门`.
    pub fn subject(&self) -> String {
        let label = self.finding.subject.label();
        let named = match &self.finding.root {
            Some(SubjectValue::Entity { id, name: Some(name) }) => {
                let itself = |(_, value): &(String, SubjectValue)| matches!(value, SubjectValue::Entity { id: own, .. } if own == id);
                (!self.finding.subject.0.iter().any(itself)).then_some(name)
            }
            Some(SubjectValue::Entity { .. } | SubjectValue::Name(_) | SubjectValue::Year(_)) | None => None,
        };
        named.map_or_else(|| label.clone(), |name| format!("{name} · {label}"))
    }
}

/// How far to look, and what there is.
#[derive(Clone, Debug)]
pub struct Due<'r> {
    /// What the groups are called.
    pub group_name: Option<String>,
    pub as_of: NaiveDate,
    pub within: TimeLimit,
    /// Last day looked at, inclusive.
    pub until: NaiveDate,
    /// `within` ends after the last published holiday notice, so `until` is reckoned without it.
    pub unpublished: bool,
    /// Last day before the as-of date, not done yet.
    pub overdue: Vec<Item<'r>>,
    /// Last day between the as-of date and `until`.
    pub soon: Vec<Item<'r>>,
    /// Last day after `until`.
    pub later: usize,
    /// No last day: the rule sets none, or it takes a holiday notice that is not published.
    pub open: Vec<Item<'r>>,
    /// Duties that cannot be judged for want of data.
    pub undetermined: usize,
}

/// By what the items are sorted first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    Day,
    Group,
}

/// Sorts a report's findings into what is overdue, due within a limit (the as-of day and the last day
/// included) and open. A 日 limit is counted straight, without rolling over days off.
/// Cost: in proportion to the findings.
pub fn due<'r>(
    report: &'r Report,
    plan: &Plan,
    calendar: &Calendar,
    within: &TimeLimit,
    order: Order,
) -> Due<'r> {
    let as_of = report.as_of;
    let straight = TimeLimit { roll: RollForward::None, ..*within };
    let (until, unpublished) = match calendar.deadline(as_of, &straight) {
        Deadline::On { date, .. } => (date, false),
        Deadline::OutOfRange { known } => {
            let least = match within.unit {
                Unit::Workday | Unit::Day => u64::from(within.count),
                Unit::Month => u64::from(within.count).saturating_mul(28),
                Unit::Year => u64::from(within.count).saturating_mul(365),
            };
            let counted = as_of.checked_add_days(Days::new(least)).unwrap_or(known);
            (counted.max(known), within.unit == Unit::Workday)
        }
    };
    let mut due = Due {
        group_name: plan.group_name.clone(),
        as_of,
        within: *within,
        until,
        unpublished,
        overdue: Vec::new(),
        soon: Vec::new(),
        later: 0,
        open: Vec::new(),
        undetermined: 0,
    };
    for finding in report.findings.iter().filter(|finding| !finding.about_waiver()) {
        let Some(duty) = duty_of(plan, finding) else { continue };
        match finding.verdict {
            Verdict::Violated => {
                if finding.kind == Some(ViolationKind::Missing) && still_owed(&duty.shape) {
                    let mut item = item(finding, duty, finding.deadline);
                    item.workdays = item.deadline.and_then(|day| calendar.workdays_after(day, as_of));
                    due.overdue.push(item);
                }
            }
            Verdict::Pending => {
                let deadline = finding.deadline.or_else(|| finding.year_end());
                let mut item = item(finding, duty, deadline);
                match deadline {
                    Some(day) if day > until => due.later += 1,
                    Some(day) => {
                        item.workdays = calendar.workdays_after(as_of, day);
                        due.soon.push(item);
                    }
                    None => {
                        let start = finding.trigger.as_ref().map(|trigger| trigger.moment.date);
                        item.elapsed = start.map(|start| (as_of - start).num_days());
                        due.open.push(item);
                    }
                }
            }
            Verdict::Undetermined => due.undetermined += 1,
            Verdict::Satisfied | Verdict::Exempt | Verdict::NotApplicable => {}
        }
    }
    for list in [&mut due.overdue, &mut due.soon, &mut due.open] {
        sort(list, order);
    }
    due
}

fn item<'r>(finding: &'r Finding, duty: &PlanDuty, deadline: Option<NaiveDate>) -> Item<'r> {
    let (duty, provisional) = (duty.words.clone(), finding.provisional);
    Item { finding, duty, deadline, workdays: None, elapsed: None, provisional }
}

/// The duty that decided a finding.
fn duty_of<'p>(plan: &'p Plan, finding: &Finding) -> Option<&'p PlanDuty> {
    let rules = plan.rules.iter().filter(|rule| rule.id == finding.rule);
    let duties = || rules.clone().flat_map(|rule| &rule.duties);
    duties().find(|duty| duty.span == finding.rule_span).or_else(|| duties().next())
}

/// Whether what is missing can still be done: a last day has passed. What had to come before something
/// else, or on each occasion, cannot be made up for.
fn still_owed(shape: &PlanShape) -> bool {
    match shape {
        PlanShape::Response { .. } | PlanShape::DueAtClosure { .. } | PlanShape::DueOnDate { .. } => true,
        PlanShape::Precedence { .. }
        | PlanShape::Absence { .. }
        | PlanShape::EventCondition { .. }
        | PlanShape::EntityCondition { .. }
        | PlanShape::Cardinality { .. } => false,
    }
}

/// Items without a last day come first among the overdue (their case is closed), and the longest running
/// first among the open; ties as the report has them.
fn sort(items: &mut [Item<'_>], order: Order) {
    let key = |item: &Item<'_>| (item.deadline, std::cmp::Reverse(item.elapsed));
    match order {
        Order::Day => items.sort_by(|a, b| key(a).cmp(&key(b)).then(a.group().cmp(&b.group()))),
        Order::Group => items.sort_by(|a, b| a.group().cmp(&b.group()).then(key(a).cmp(&key(b)))),
    }
}
