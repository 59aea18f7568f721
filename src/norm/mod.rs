//! Rules as sentences of names: every rule of a `Policy` with its definitions written out and its
//! parameters and lists looked up, so that rules of different rule sets can be laid side by side.
//! Takes a policy; gives [`Norm`]s. Knows no numbering of slots, types or fields any more, and no history.

mod build;
mod term;
mod words;

use chrono::NaiveDate;

use crate::calendar::TimeLimit;
use crate::policy::{Severity, Window};

pub use build::{entries, grounds, norms, scope};
pub use term::{Entry, Head, Term};

/// One rule, by names only.
#[derive(Clone, Debug, PartialEq)]
pub struct Norm {
    pub id: String,
    pub title: String,
    pub citation: String,
    pub severity: Severity,
    pub effective: Option<NaiveDate>,
    pub repealed: Option<NaiveDate>,
    /// Subject columns in order: name, and what they range over.
    pub subject: Vec<(String, Term)>,
    /// From the subject up to the entity that 适用 speaks of.
    pub root: Option<Term>,
    pub conditions: Vec<Term>,
    pub exemptions: Vec<Term>,
    pub read_at: Option<Term>,
    pub duties: Vec<Duty>,
}

/// One sentence of duty.
#[derive(Clone, Debug, PartialEq)]
pub struct Duty {
    /// The ledger's letter of its shape.
    pub letter: char,
    pub parts: Vec<Part>,
    pub limit: Option<Values<TimeLimit>>,
    pub count: Option<CountRule>,
    /// Marks that change how it is judged: 每次, 含当日, 之后 …; in a fixed order.
    pub marks: Vec<Mark>,
}

/// What a term does in a duty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// 起算: the clock starts here.
    Trigger,
    /// 之前: the event that must not come first.
    Later,
    /// 每次: the events a condition is about.
    Each,
    /// What must be done or hold.
    Required,
    /// What must not happen.
    Forbidden,
    /// The event a prohibition is measured from.
    Reference,
    /// What is counted.
    Counted,
    /// What decides the year of a counted thing.
    DatedBy,
    /// From a counted thing up to the entity that 适用 speaks of.
    Belongs,
    /// `有 … 的，结案前`
    Given,
    /// The closing event.
    Closure,
    /// The fixed date.
    Date,
}

impl Role {
    /// The word shown to people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Trigger => "起算",
            Self::Later => "须早于",
            Self::Each => "每次",
            Self::Required => "要求",
            Self::Forbidden => "不得",
            Self::Reference => "以何为界",
            Self::Counted => "计什么",
            Self::DatedBy => "按何计年",
            Self::Belongs => "所属",
            Self::Given => "前提",
            Self::Closure => "结案",
            Self::Date => "日期",
        }
    }
}

/// A term in its role.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    pub role: Role,
    pub term: Term,
}

/// A mark on a duty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mark {
    /// Every trigger counts, not one.
    EachTrigger,
    /// Only what happened at or after the trigger counts.
    OnlyAfter,
    /// 含当日
    SameDay,
    /// 之前, of a prohibition.
    Before,
    /// 之后, of a prohibition.
    After,
    /// The date itself does not count any more.
    Exclusive,
    /// A fixed date that moves to the next workday.
    Rolls,
}

impl Mark {
    /// The word shown to people.
    pub fn label(self) -> &'static str {
        match self {
            Self::EachTrigger => "每次都起算",
            Self::OnlyAfter => "起算之后做的才算",
            Self::SameDay => "含当日",
            Self::Before => "之前不得",
            Self::After => "之后不得",
            Self::Exclusive => "不含当日",
            Self::Rolls => "遇休息日顺延",
        }
    }
}

/// A value written out or given by a parameter, with the days from which it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Values<T> {
    /// Name of the parameter, if it is one.
    pub parameter: Option<String>,
    /// In date order; the first has no date. No value = 不设.
    pub steps: Vec<(Option<NaiveDate>, Option<T>)>,
}

impl<T: Copy> Values<T> {
    /// The value in force on a day.
    pub fn on(&self, day: NaiveDate) -> Option<T> {
        let known = self.steps.iter().rev().find(|(from, _)| from.is_none_or(|from| from <= day));
        known.and_then(|(_, value)| *value)
    }
}

/// How a count is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CountRule {
    /// 不少于, 不超过, 恰为 …
    pub op: crate::policy::CompareOp,
    pub bound: Values<u32>,
    pub window: CountWindow,
    pub of: CountOf,
}

/// Over which time a count runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CountWindow {
    Year,
    Sliding(TimeLimit),
    Whole,
}

impl From<Window> for CountWindow {
    fn from(window: Window) -> Self {
        match window {
            Window::Year(_) => Self::Year,
            Window::Sliding(limit) => Self::Sliding(limit),
            Window::Whole => Self::Whole,
        }
    }
}

/// What is counted: entities, events, or different days of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CountOf {
    Entities,
    Events,
    Days,
}

impl Norm {
    /// All terms that decide anything, subject columns and the way to the root included.
    pub fn terms(&self) -> impl Iterator<Item = &Term> {
        let duties = self.duties.iter().flat_map(|duty| duty.parts.iter().map(|part| &part.term));
        let subject = self.subject.iter().map(|(_, term)| term);
        subject
            .chain(&self.root)
            .chain(&self.conditions)
            .chain(&self.exemptions)
            .chain(&self.read_at)
            .chain(duties)
    }

    /// Letters of its duties, each once.
    pub fn letters(&self) -> String {
        let mut letters = String::new();
        for duty in self.duties.iter().filter(|duty| duty.letter != ' ') {
            if !letters.contains(duty.letter) {
                letters.push(duty.letter);
            }
        }
        letters
    }

    /// A duty that comes back every year.
    pub fn is_periodic(&self) -> bool {
        self.duties.iter().any(|duty| {
            let lower =
                |op| matches!(op, crate::policy::CompareOp::AtLeast | crate::policy::CompareOp::Greater);
            duty.count.as_ref().is_some_and(|count| count.window == CountWindow::Year && lower(count.op))
        })
    }
}
