//! What a check found: verdicts, kinds, evidence, deadlines, totals. Only data.
//! Made by `evaluate`, drawn by `render`. About a history; a problem in a text is a `Diagnostic`.

mod inputs;
mod subject;

use chrono::NaiveDate;

use crate::calendar::TimeLimit;
use crate::history::{Moment, Origin};
use crate::program::Program;
use crate::source::Span;

pub use inputs::{Inputs, Origin as InputOrigin};
pub use subject::{Subject, SubjectValue};

/// The rule name of findings about the waivers themselves.
pub const WAIVER_RULE: &str = "waiver";

/// What people call [`WAIVER_RULE`].
pub const WAIVER_WORD: &str = "豁免";

/// 判定.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// 违规
    Violated,
    /// 未到期
    Pending,
    /// 无法判定: data is missing; `reason` says which.
    Undetermined,
    /// 合规
    Satisfied,
    /// 除外
    Exempt,
    /// 不适用
    NotApplicable,
}

impl Verdict {
    /// In the order of `summary` in the JSON output.
    pub const ALL: [Self; 6] = [
        Self::Violated,
        Self::Pending,
        Self::Undetermined,
        Self::Satisfied,
        Self::Exempt,
        Self::NotApplicable,
    ];

    /// The JSON word.
    pub fn key(self) -> &'static str {
        match self {
            Self::Violated => "violated",
            Self::Pending => "pending",
            Self::Undetermined => "undetermined",
            Self::Satisfied => "satisfied",
            Self::Exempt => "exempt",
            Self::NotApplicable => "not_applicable",
        }
    }

    /// The word shown to people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Violated => "违规",
            Self::Pending => "未到期",
            Self::Undetermined => "无法判定",
            Self::Satisfied => "合规",
            Self::Exempt => "除外",
            Self::NotApplicable => "不适用",
        }
    }
}

/// 违规种类.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ViolationKind {
    /// 逾期: done, but late.
    Late,
    /// 未做: due and not done.
    Missing,
    /// 颠倒: done in the wrong order.
    Order,
    /// 禁止: done though forbidden.
    Forbidden,
    /// 条件: a required condition does not hold.
    Condition,
    /// 次数: too few or too many.
    Count,
}

impl ViolationKind {
    pub const ALL: [Self; 6] =
        [Self::Late, Self::Missing, Self::Order, Self::Forbidden, Self::Condition, Self::Count];

    /// The JSON word.
    pub fn key(self) -> &'static str {
        match self {
            Self::Late => "late",
            Self::Missing => "missing",
            Self::Order => "order",
            Self::Forbidden => "forbidden",
            Self::Condition => "condition",
            Self::Count => "count",
        }
    }

    /// The word used in tables and case pages.
    pub fn label(self) -> &'static str {
        match self {
            Self::Late => "逾期",
            Self::Missing => "未做",
            Self::Order => "颠倒",
            Self::Forbidden => "禁止",
            Self::Condition => "条件",
            Self::Count => "次数",
        }
    }
}

/// 强度 of a rule and its findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    Error,
    Warning,
    Advice,
}

impl Severity {
    pub fn key(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Advice => "advice",
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Error => "错误",
            Self::Warning => "警告",
            Self::Advice => "提示",
        }
    }
}

/// Part an event plays in a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EvidenceRole {
    /// 触发 / 起算: the clock starts here.
    Trigger,
    /// 应答: what was done (on time, late, or too early in a precedence).
    Response,
    /// What was done though forbidden, or does not meet the condition.
    Offence,
    /// Other events that decide the verdict (counted, closing the task …).
    Context,
}

/// An event that decides the verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    pub role: EvidenceRole,
    /// 编号, or `日志文件名:行号` for an event without one.
    pub event: String,
    pub event_type: String,
    pub moment: Moment,
    pub origin: Origin,
}

/// How a deadline came about; enough to print the derivation day by day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calculation {
    pub start: NaiveDate,
    pub limit: TimeLimit,
}

/// One reported instance: rule × subject × trigger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub rule: String,
    pub title: String,
    pub verdict: Verdict,
    /// Only for [`Verdict::Violated`].
    pub kind: Option<ViolationKind>,
    pub severity: Severity,
    pub subject: Subject,
    /// 依据, as written in the rule.
    pub citation: String,
    /// 文号 of the regulation the 依据 belongs to; a rule set without one has none.
    pub document: Option<String>,
    /// 责任情形.
    pub liability: Option<String>,
    pub tags: Vec<String>,
    /// The trigger event; also present in `evidence`.
    pub trigger: Option<Evidence>,
    pub deadline: Option<NaiveDate>,
    pub completed: Option<NaiveDate>,
    /// Workdays after the deadline up to and including the day it was done (or the as-of date).
    pub workdays_late: Option<i64>,
    pub provisional: bool,
    /// One Chinese sentence: fact and norm.
    pub message: String,
    /// For [`Verdict::Undetermined`]: what is missing and how to supply it.
    pub reason: Option<String>,
    /// What can still be done about it, one Chinese sentence; for violations.
    pub remedy: Option<String>,
    pub evidence: Vec<Evidence>,
    /// Where the subject's records are, for findings without events.
    pub origins: Vec<Origin>,
    /// The duty's line in the rule file.
    pub rule_span: Span,
    pub calculation: Option<Calculation>,
    /// Name of the department (or whatever the policy sums up by) this finding counts for.
    pub group: Option<String>,
    /// What the subject belongs to: the entity 适用 and 起始 speak of (its task).
    pub root: Option<SubjectValue>,
    /// The day of its 起始; the as-of date when nothing has happened yet, `None` when there is no root.
    pub basis: Option<NaiveDate>,
    /// 豁免: accepted by somebody for a time; listed all the same, but not held against the run.
    pub waived: Option<Waived>,
}

impl Finding {
    /// The last day of the year the finding is about: until then a yearly count is open.
    pub fn year_end(&self) -> Option<NaiveDate> {
        let years = self.subject.0.iter().rev().map(|(_, value)| value);
        let mut year =
            years.filter_map(|value| if let SubjectValue::Year(year) = value { Some(*year) } else { None });
        NaiveDate::from_ymd_opt(year.next()?, 12, 31)
    }

    /// The day that places the finding in time: of its trigger, else its fixed deadline, else the end of its
    /// year, else 起始. `None`: it is about something that has no time of its own.
    pub fn dated(&self) -> Option<NaiveDate> {
        let trigger = self.trigger.as_ref().map(|trigger| trigger.moment.date);
        trigger.or(self.deadline).or_else(|| self.year_end()).or(self.basis)
    }

    /// About an entry of a waiver file, not about the log.
    pub fn about_waiver(&self) -> bool {
        self.rule == WAIVER_RULE
    }
}

/// Who accepted a violation, why, and from when to when (inclusive).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waived {
    pub approver: String,
    pub reason: String,
    pub from: NaiveDate,
    pub to: NaiveDate,
}

/// Totals over all instances, listed or not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    pub violated: usize,
    pub pending: usize,
    pub undetermined: usize,
    pub satisfied: usize,
    pub exempt: usize,
    pub not_applicable: usize,
}

impl Summary {
    pub fn add(&mut self, verdict: Verdict) {
        *self.slot(verdict) += 1;
    }

    /// Adds the totals of another part.
    pub fn join(&mut self, other: &Self) {
        for verdict in Verdict::ALL {
            *self.slot(verdict) += other.get(verdict);
        }
    }

    pub fn get(mut self, verdict: Verdict) -> usize {
        *self.slot(verdict)
    }

    fn slot(&mut self, verdict: Verdict) -> &mut usize {
        match verdict {
            Verdict::Violated => &mut self.violated,
            Verdict::Pending => &mut self.pending,
            Verdict::Undetermined => &mut self.undetermined,
            Verdict::Satisfied => &mut self.satisfied,
            Verdict::Exempt => &mut self.exempt,
            Verdict::NotApplicable => &mut self.not_applicable,
        }
    }
}

impl Report {
    /// Violations that a waiver covers.
    pub fn waived(&self) -> usize {
        self.findings.iter().filter(|finding| finding.waived.is_some()).count()
    }
}

/// A remark that changes no verdict (inconsistent relations, skipped lines …).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    pub message: String,
    pub origins: Vec<Origin>,
}

/// One log as checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogInfo {
    pub path: String,
    pub sha256: String,
    pub events: usize,
    pub entities: usize,
}

/// What the caller asked for that changes the findings, so that a report can be made again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Parameters set by the caller: name and value in words.
    pub set: Vec<(String, String)>,
    /// All parameters as they held, in words; only when the caller set any or chose the day of the rules.
    pub parameters: Vec<(String, String)>,
    pub policy_as_of: Option<NaiveDate>,
    pub only: Option<String>,
    /// Waiver files.
    pub waivers: Vec<FileInfo>,
    /// Where the as-of date and the covered period came from.
    pub as_of_from: InputOrigin,
    pub coverage_from: InputOrigin,
    /// The whole call; `None` where there was no command line.
    pub inputs: Option<Inputs>,
}

/// A file that took part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileInfo {
    pub path: String,
    pub sha256: String,
}

/// Everything a renderer needs. Sorted as the contract says: rule id by code point,
/// subject as serialised text, trigger time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// What made it.
    pub program: Program,
    pub policy_name: String,
    /// 文号 of the regulation, for the 依据 line.
    pub policy_number: Option<String>,
    pub policy_sha256: String,
    pub calendar_sha256: String,
    pub logs: Vec<LogInfo>,
    pub as_of: NaiveDate,
    /// First and last day (inclusive) the logs claim to cover.
    pub coverage: Option<(NaiveDate, NaiveDate)>,
    pub summary: Summary,
    /// Per rule (id, title), totals over all instances, in rule id order.
    pub by_rule: Vec<(String, String, Summary)>,
    /// Per group (department name), totals over all instances, in name order; `None` = no group.
    pub by_group: Vec<(Option<String>, Summary)>,
    /// The column name of the groups (部门), if the policy declares one.
    pub group_name: Option<String>,
    pub findings: Vec<Finding>,
    pub warnings: Vec<Remark>,
    pub asked: Asked,
}
