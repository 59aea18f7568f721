//! A report checked against a second run: are the inputs still the same, is every conclusion, and if not, why.
//! Takes two [`Recorded`] reports, read back from JSON, so that nothing a report says escapes; gives an [`Outcome`].
//! Runs nothing itself: `cli` calls the check again.

mod align;
mod cause;
mod inputs;
mod problem;
mod read;

use serde_json::Value;

pub use align::{Change, Difference, Field};
pub use cause::Reason;
pub use inputs::{InputState, State};
pub use problem::Problem;
pub use read::{Call, Named, Recorded, read};

/// What a difference can come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    Logs,
    Columns,
    Rules,
    Calendar,
    Waivers,
    Program,
}

impl Kind {
    pub const ALL: [Self; 6] =
        [Self::Logs, Self::Columns, Self::Rules, Self::Calendar, Self::Waivers, Self::Program];

    /// The JSON word.
    pub fn key(self) -> &'static str {
        match self {
            Self::Logs => "logs",
            Self::Columns => "columns",
            Self::Rules => "rules",
            Self::Calendar => "calendar",
            Self::Waivers => "waivers",
            Self::Program => "program",
        }
    }

    /// The word shown to people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Logs => "日志",
            Self::Columns => "列映射",
            Self::Rules => "规则",
            Self::Calendar => "日历",
            Self::Waivers => "豁免",
            Self::Program => "程序",
        }
    }
}

/// A third run: one kind of input put back to what it was at the time of the report.
#[derive(Clone, Debug)]
pub struct Reverted {
    pub kind: Kind,
    pub run: Recorded,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    pub inputs: Vec<InputState>,
    /// Findings that differ, in the order of rule, subject and trigger.
    pub differences: Vec<Difference>,
    /// What else differs: totals, dates, remarks.
    pub head: Vec<Field>,
    /// The report contradicts itself: sentences.
    pub doubts: Vec<String>,
    /// Findings listed in the report.
    pub listed: usize,
}

/// The whole in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Every conclusion is the same.
    Same,
    /// Conclusions differ, and so do inputs.
    Changed,
    /// Conclusions differ though no input does.
    Suspect,
}

impl Verdict {
    /// The JSON word.
    pub fn key(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Changed => "changed",
            Self::Suspect => "suspect",
        }
    }
}

impl Outcome {
    pub fn verdict(&self) -> Verdict {
        let same = self.differences.is_empty() && self.head.is_empty() && self.doubts.is_empty();
        match (same, inputs::changed(&self.inputs).is_empty()) {
            (true, _) => Verdict::Same,
            (false, true) => Verdict::Suspect,
            (false, false) => Verdict::Changed,
        }
    }

    /// Kinds of input that are not what they were.
    pub fn changed(&self) -> Vec<Kind> {
        inputs::changed(&self.inputs)
    }
}

/// Lays a report beside the run made now. Cost: in proportion to the findings, besides sorting them.
pub fn compare(report: &Recorded, now: &Recorded, reverted: &[Reverted]) -> Outcome {
    let inputs = inputs::compare(report, now);
    let changed = inputs::changed(&inputs);
    // 程序没变时，报告里少了一个键也是不同；程序变了，新程序可以多说几句。
    let strict = !changed.contains(&Kind::Program);
    let mut differences = align::differences(&report.findings, &now.findings, strict);
    cause::explain(&mut differences, report, now, &changed, reverted);
    Outcome {
        differences,
        head: align::head(report, now, strict),
        doubts: doubts(report),
        listed: report.findings.len(),
        inputs,
    }
}

/// Totals that do not agree with what is listed.
fn doubts(report: &Recorded) -> Vec<String> {
    let listed_always = ["violated", "pending", "undetermined"];
    let mut doubts = Vec::new();
    for (verdict, label) in crate::finding::Verdict::ALL.map(|one| (one.key(), one.label())) {
        let said =
            report.head.get("summary").and_then(|summary| summary.get(verdict)).and_then(Value::as_u64);
        let Some(said) = said else { continue };
        let found = report.findings.iter().filter(|finding| finding.get("verdict") == Some(&verdict.into()));
        let found = found.count() as u64;
        if (report.call.all || listed_always.contains(&verdict)) && said != found {
            doubts.push(format!("合计里{label}是 {said} 条，列出来的是 {found} 条"));
        }
    }
    doubts
}
