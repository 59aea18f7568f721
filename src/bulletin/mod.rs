//! 通报: indicators per group over a period, each with what it counts. Which there are, how they are called and
//! what they take is data: a YAML file, and rules judged like all others. Takes two reports — of the rules
//! checked and of the indicator rules — and a layout; gives numbers and their members. Reads no disk.

mod file;
mod period;
mod problem;
mod tally;

use chrono::NaiveDate;

use crate::finding::{Finding, Severity, Verdict, ViolationKind};

pub use file::{Names, indicator_rules, read};
pub use period::Period;
pub use tally::tally;

/// The columns of a bulletin, as its file says.
#[derive(Clone, Debug)]
pub struct Layout {
    /// `{期间}` stands for the period.
    pub title: String,
    pub metrics: Vec<Metric>,
}

/// One column.
#[derive(Clone, Debug)]
pub struct Metric {
    pub name: String,
    pub note: String,
    pub source: Source,
    /// How the total and, unless said otherwise, the groups are shown.
    pub show: Show,
    pub show_groups: Show,
    /// What counts: the numerator of a rate, or the number.
    pub counted: Vec<Counted>,
    /// Subject columns, or the root entity's kind, that make two instances one. Empty: none.
    pub distinct: Vec<String>,
    pub placed: Placed,
    pub unit: String,
    pub target: Option<Target>,
}

/// Whose findings a column takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A rule of the indicator rules.
    Metric(String),
    /// Rules of the rule set checked that bear a tag.
    Tag(String),
    /// Rules of the rule set checked, by id.
    Rules(Vec<String>),
    /// Findings of one severity of the rule set checked.
    Severity(Severity),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Show {
    Rate,
    Number,
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    Satisfied,
    Violated,
    Kind(ViolationKind),
}

impl Counted {
    fn holds(self, finding: &Finding) -> bool {
        match self {
            Self::Satisfied => finding.verdict == Verdict::Satisfied,
            Self::Violated => finding.verdict == Verdict::Violated,
            Self::Kind(kind) => finding.verdict == Verdict::Violated && finding.kind == Some(kind),
        }
    }
}

/// Which day decides whether a finding lies in the period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placed {
    /// The 起始 of what the subject belongs to.
    Start,
    /// The trigger; without one, 起始.
    Event,
}

/// What a rate should reach, in thousandths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    pub thousandths: u64,
    pub at_most: bool,
}

impl Target {
    /// `≥60%`.
    pub fn words(&self) -> String {
        let sign = if self.at_most { '≤' } else { '≥' };
        let (whole, rest) = (self.thousandths / 10, self.thousandths % 10);
        if rest == 0 { format!("{sign}{whole}%") } else { format!("{sign}{whole}.{rest}%") }
    }
}

/// What became of one member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// In the numerator, or in the number.
    Counted,
    /// In the denominator only.
    Rest,
    /// Not due yet: in neither.
    Pending,
    /// Cannot be judged: in neither, and not taken for undone.
    Unknown,
}

impl State {
    /// The word shown to people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Counted => "计入",
            Self::Rest => "未计入",
            Self::Pending => "未到期",
            Self::Unknown => "无法判定",
        }
    }
}

/// One thing a cell is about, and the findings that say so.
#[derive(Clone, Debug)]
pub struct Member<'r> {
    pub label: String,
    pub state: State,
    /// How many of the findings count.
    pub hits: usize,
    pub findings: Vec<&'r Finding>,
}

/// One number with its members, in report order.
#[derive(Clone, Debug, Default)]
pub struct Cell<'r> {
    pub members: Vec<Member<'r>>,
    pub exempt: usize,
}

impl Cell<'_> {
    pub fn count(&self, state: State) -> usize {
        self.members.iter().filter(|member| member.state == state).count()
    }

    /// How many instances count, each by itself, whatever is one in the members.
    pub fn hits(&self) -> usize {
        self.members.iter().map(|member| member.hits).sum()
    }

    /// Numerator and denominator.
    pub fn share(&self) -> (usize, usize) {
        let counted = self.count(State::Counted);
        (counted, counted + self.count(State::Rest))
    }

    /// The share in thousandths, rounded half up; but nothing short of everything is shown as 1000, and
    /// nothing more than none as 0. `None` without a denominator.
    pub fn thousandths(&self) -> Option<u64> {
        let (part, whole) = self.share();
        let (part, whole) = (u64::try_from(part).ok()?, u64::try_from(whole).ok()?);
        let rounded = (part * 2000 + whole).checked_div(whole * 2)?;
        Some(match (part, rounded) {
            (part, 1000) if part < whole => 999,
            (1.., 0) => 1,
            (_, rounded) => rounded,
        })
    }
}

/// Why some members of a column cannot be judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// Index of the column.
    pub metric: usize,
    pub reason: String,
    pub count: usize,
}

/// A bulletin ready to be written.
#[derive(Clone, Debug)]
pub struct Bulletin<'r> {
    pub title: String,
    pub period: Period,
    pub as_of: NaiveDate,
    pub metrics: &'r [Metric],
    /// What the groups are called.
    pub group_name: String,
    /// Names of the groups in order; the last may be `None`, for what belongs to none.
    pub groups: Vec<Option<String>>,
    /// For each group, for each column.
    pub rows: Vec<Vec<Cell<'r>>>,
    /// For each column.
    pub total: Vec<Cell<'r>>,
    /// For each column: no rule of the rule set bears its tag, so there is nothing to count.
    pub absent: Vec<bool>,
    pub gaps: Vec<Gap>,
    /// The logs do not cover the whole period, or it has not passed: every number may be short.
    pub partial: bool,
    /// What a reader must know, first things first.
    pub remarks: Vec<String>,
}

impl Member<'_> {
    /// The findings that make it what it is.
    pub fn decisive(&self, metric: &Metric) -> impl Iterator<Item = &Finding> {
        let counted = |finding: &Finding| metric.counted.iter().any(|counted| counted.holds(finding));
        self.findings.iter().copied().filter(move |finding| match self.state {
            State::Counted => counted(finding),
            State::Rest => !counted(finding),
            State::Pending => finding.verdict == Verdict::Pending,
            State::Unknown => finding.verdict == Verdict::Undetermined,
        })
    }
}

impl Bulletin<'_> {
    /// Whether a total or a group reaches the target of a column; `None` without a target or a rate.
    pub fn reached(&self, metric: usize, cell: &Cell<'_>) -> Option<bool> {
        let target = self.metrics.get(metric)?.target.as_ref()?;
        let (part, whole) = cell.share();
        if whole == 0 {
            return None;
        }
        let (part, bound) = (part as u128 * 1000, u128::from(target.thousandths) * whole as u128);
        Some(if target.at_most { part <= bound } else { part >= bound })
    }
}
