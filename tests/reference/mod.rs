//! 平桥, evaluated slowly and obviously, for comparison with the engine.
//!
//! Takes the records of a JSONL log, the as-of date, the coverage, parameters and the calendar; gives
//! every instance of every rule with its verdict. Written from the ledger alone, rule by rule, without
//! the rule language, the plan or any code of the crate; `generate` makes random logs for both.
//!
//! ```text
//! records ─ history ─ rules_* (judge, days) ─ outcomes, sorted
//! ```

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "slow and obvious; a surprise here is a failed test"
)]

pub mod days;
pub mod generate;
mod history;
mod judge;
mod rules_check;
mod rules_draw;
mod rules_plan;
#[cfg(test)]
mod selftest;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde_json::Value;

pub use days::DayTable;
use history::History;

/// One instance of a rule and what became of it; names as in the JSON output.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    pub rule: String,
    pub subject: Value,
    /// violated, pending, undetermined, satisfied, exempt, not_applicable
    pub verdict: String,
    /// Of a violation: late, missing, order, forbidden, condition, count.
    pub kind: Option<String>,
    /// 编号 of the triggering event.
    pub trigger: Option<String>,
    pub deadline: Option<NaiveDate>,
    pub completed: Option<NaiveDate>,
    pub workdays_late: Option<i64>,
    pub provisional: bool,
}

impl Outcome {
    fn push_to(self, outcomes: &mut Vec<Outcome>) {
        outcomes.push(self);
    }

    /// The subject as JSON text, keys in code point order.
    pub fn subject_text(&self) -> String {
        let fields = self.subject.as_object().expect("a subject is an object");
        let sorted: BTreeMap<&String, &Value> = fields.iter().collect();
        serde_json::to_string(&sorted).expect("a subject is JSON")
    }
}

/// A rule of the ledger: all its outcomes for a history.
type Rule = fn(&History) -> Vec<Outcome>;

const RULES: [Rule; 45] = [
    rules_plan::pq_05,
    rules_plan::pq_07a,
    rules_plan::pq_07b,
    rules_plan::pq_08a,
    rules_plan::pq_08b,
    rules_plan::pq_09a,
    rules_plan::pq_09b,
    rules_plan::pq_10,
    rules_plan::pq_11a,
    rules_plan::pq_11b,
    rules_plan::pq_12a,
    rules_plan::pq_12b,
    rules_draw::pq_14a,
    rules_draw::pq_14b,
    rules_draw::pq_14c,
    rules_draw::pq_14d,
    rules_draw::pq_14e,
    rules_draw::pq_15a,
    rules_draw::pq_15b,
    rules_draw::pq_15c,
    rules_draw::pq_15d,
    rules_draw::pq_16a,
    rules_draw::pq_16b,
    rules_draw::pq_16c,
    rules_draw::pq_16d,
    rules_draw::pq_17a,
    rules_draw::pq_17b,
    rules_draw::pq_18a,
    rules_draw::pq_18b,
    rules_check::pq_19,
    rules_check::pq_20_1,
    rules_check::pq_20_2a,
    rules_check::pq_20_2b,
    rules_check::pq_20_2c,
    rules_check::pq_20_3a,
    rules_check::pq_20_3b,
    rules_check::pq_20_4a,
    rules_check::pq_20_4b,
    rules_check::pq_20_5,
    rules_check::pq_21,
    rules_check::pq_22,
    rules_check::pq_23,
    rules_check::pq_27,
    rules_check::pq_f2a,
    rules_check::pq_f2b,
];

/// All instances of all rules of 平桥, sorted by rule, subject and time of trigger.
pub fn evaluate(
    log: &[Value],
    as_of: NaiveDate,
    coverage: Option<(NaiveDate, NaiveDate)>,
    params: &BTreeMap<String, String>,
    days: &DayTable,
) -> Vec<Outcome> {
    let history = History::new(log, as_of, coverage, params, days);
    let mut outcomes: Vec<Outcome> = RULES.iter().flat_map(|rule| rule(&history)).collect();
    outcomes.sort_by_cached_key(|outcome| {
        let trigger = outcome.trigger.as_deref().and_then(|id| history.event(id));
        let time = trigger.map(|event| (event.when, event.id.clone()));
        (outcome.rule.clone(), outcome.subject_text(), time)
    });
    outcomes
}
