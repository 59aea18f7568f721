//! Plan × history × calendar × as-of → findings. A pure function: no clock, no disk, no environment, no
//! hash order; the result does not depend on the number of threads or the order of the log.
//! Missing data gives `Undetermined` with a reason, never a guess.

mod bound;
mod credit_code;
mod gate;
mod machine;
mod outcome;
mod report;
mod shapes;
mod subject;
mod trace;
mod value;
mod words;

use chrono::NaiveDate;
use rayon::prelude::*;

use crate::calendar::Calendar;
use crate::history::History;
use crate::plan::Plan;
use crate::progress::{Progress, Stage};
use crate::source::FileId;

pub use report::Evaluation;
pub use trace::{Seen, Trace};

/// What a check is asked for, besides the plan and the history.
#[derive(Clone, Copy)]
pub struct Settings<'a> {
    /// 截至日 (inclusive): what happened later has not happened.
    pub as_of: NaiveDate,
    /// 覆盖期间, first and last day inclusive.
    pub coverage: Option<(NaiveDate, NaiveDate)>,
    /// List every instance, not only violated, pending and undetermined ones.
    pub all: bool,
    /// Only this rule, by id.
    pub only: Option<&'a str>,
    /// File name for events without 编号 (`文件名:行号`).
    pub file_name: &'a (dyn Fn(FileId) -> String + Sync),
    /// Told how many rules are judged.
    pub progress: Progress,
}

/// Judges every rule of the plan for every subject.
/// Cost: in proportion to the events each rule touches.
pub fn evaluate(plan: &Plan, history: &History, calendar: &Calendar, settings: &Settings<'_>) -> Evaluation {
    run(plan, history, calendar, settings, None)
}

/// The same for a plan with probes: what its clauses came to is noted.
pub fn evaluate_traced(
    plan: &Plan,
    history: &History,
    calendar: &Calendar,
    settings: &Settings<'_>,
    trace: &Trace,
) -> Evaluation {
    run(plan, history, calendar, settings, Some(trace))
}

fn run(
    plan: &Plan,
    history: &History,
    calendar: &Calendar,
    settings: &Settings<'_>,
    trace: Option<&Trace>,
) -> Evaluation {
    let mut bound = bound::Bound::new(plan, history, calendar, settings.as_of, settings.coverage, trace);
    bound.witnesses = settings.all;
    let progress = settings.progress;
    progress.begin(Stage::Judge, u64::try_from(plan.rules.len()).unwrap_or(0));
    let results = plan
        .rules
        .par_iter()
        .enumerate()
        .map(|(number, rule)| {
            if settings.only.is_some_and(|only| only != rule.id) {
                return subject::RuleResult::default();
            }
            let result = subject::evaluate(&bound, number, rule, settings.all);
            progress.add(1);
            result
        })
        .collect();
    report::assemble(&bound, results, settings)
}
