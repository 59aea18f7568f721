//! Subjects of a rule: every combination of its columns. The first column is split among threads;
//! results keep column order, so the outcome does not depend on the number of threads.

use chrono::{Datelike as _, NaiveDate};
use rayon::prelude::*;
use rust_decimal::Decimal;

use super::bound::{self, Bound};
use super::gate;
use super::machine::{Machine, distinct};
use super::outcome::{Outcome, Outside};
use super::shapes;
use super::value::Val;
use crate::finding::{Summary, Verdict};
use crate::plan::{ColumnDomain, PlanRule, Source};

/// An outcome together with its subject.
#[derive(Clone, Debug)]
pub(super) struct Instance {
    pub(super) rule: usize,
    pub(super) columns: Vec<Val>,
    pub(super) group: Val,
    /// The root entity, and the date of its 起始.
    pub(super) root: Val,
    pub(super) basis: Option<NaiveDate>,
    pub(super) outcome: Outcome,
}

/// What one rule gave: the instances to list, and totals over all of them by group.
#[derive(Debug, Default)]
pub(super) struct RuleResult {
    pub(super) instances: Vec<Instance>,
    pub(super) totals: Vec<(Val, Summary)>,
}

impl RuleResult {
    /// `place`: the root entity and its 起始, asked only for what is listed.
    fn add(
        &mut self,
        rule: usize,
        columns: &[Val],
        group: Val,
        outcomes: Vec<Outcome>,
        all: bool,
        place: &mut dyn FnMut() -> (Val, Option<NaiveDate>),
    ) {
        let mut placed = None;
        for outcome in outcomes {
            match self.totals.iter_mut().find(|(known, _)| known.key() == group.key()) {
                Some((_, summary)) => summary.add(outcome.verdict),
                None => {
                    let mut summary = Summary::default();
                    summary.add(outcome.verdict);
                    self.totals.push((group, summary));
                }
            }
            let listed = match outcome.verdict {
                Verdict::Violated | Verdict::Pending | Verdict::Undetermined => true,
                Verdict::Satisfied | Verdict::Exempt | Verdict::NotApplicable => all,
            };
            if listed {
                let (root, basis) = *placed.get_or_insert_with(&mut *place);
                let columns = columns.to_vec();
                self.instances.push(Instance { rule, columns, group, root, basis, outcome });
            }
        }
    }

    fn join(mut self, other: Self) -> Self {
        self.instances.extend(other.instances);
        for (group, summary) in other.totals {
            match self.totals.iter_mut().find(|(known, _)| known.key() == group.key()) {
                Some((_, total)) => total.join(&summary),
                None => self.totals.push((group, summary)),
            }
        }
        self
    }
}

/// How many subjects of the first column one task takes.
const CHUNK: usize = 512;

/// Judges a rule for every subject.
pub(super) fn evaluate(bound: &Bound<'_>, number: usize, rule: &PlanRule, all: bool) -> RuleResult {
    let Some((first, rest)) = rule.columns.split_first() else { return RuleResult::default() };
    let firsts: Vec<Val> = match &first.domain {
        ColumnDomain::All(kind) => {
            bound::elements(Source::Entities(*kind), bound.history).map(Val::Entity).collect()
        }
        other @ (ColumnDomain::Set(..) | ColumnDomain::List(..) | ColumnDomain::Years) => {
            domain(&mut Machine::new(bound, rule.slots), rule, other)
        }
    };
    let parts: Vec<RuleResult> = firsts
        .par_chunks(CHUNK)
        .map(|chunk| {
            let mut machine = Machine::new(bound, rule.slots);
            let mut result = RuleResult::default();
            let mut columns = Vec::with_capacity(rule.columns.len());
            for value in chunk {
                columns.clear();
                columns.push(*value);
                machine.set_slot(0, *value);
                descend(&mut machine, number, rule, rest, &mut columns, &mut result, all);
            }
            result
        })
        .collect();
    parts.into_iter().fold(RuleResult::default(), RuleResult::join)
}

fn descend(
    machine: &mut Machine<'_, '_>,
    number: usize,
    rule: &PlanRule,
    rest: &[crate::plan::Column],
    columns: &mut Vec<Val>,
    result: &mut RuleResult,
    all: bool,
) {
    let Some((next, rest)) = rest.split_first() else {
        let standing = gate::standing(machine, rule);
        let group = match &rule.group {
            Some(group) => {
                let value = machine.value(group);
                machine.notes.clear();
                value
            }
            None => Val::Absent,
        };
        let mut outcomes = Vec::new();
        shapes::judge(machine, rule, &standing, &mut outcomes);
        outcomes.retain(|outcome| match outcome.outside {
            Some(Outside::Before) => rule.first_version,
            Some(Outside::After) => rule.last_version,
            None => true,
        });
        let mut place = || {
            machine.at(machine.bound.as_of);
            let basis = gate::basis(machine, rule);
            machine.notes.clear();
            (standing.root, basis)
        };
        result.add(number, columns, group, outcomes, all, &mut place);
        return;
    };
    let slot = columns.len();
    for value in domain(machine, rule, &next.domain) {
        columns.push(value);
        machine.set_slot(slot, value);
        descend(machine, number, rule, rest, columns, result, all);
        columns.pop();
    }
}

/// Values of a column, given the columns before it.
fn domain(machine: &mut Machine<'_, '_>, rule: &PlanRule, domain: &ColumnDomain) -> Vec<Val> {
    match domain {
        ColumnDomain::All(kind) => {
            bound::elements(Source::Entities(*kind), machine.bound.history).map(Val::Entity).collect()
        }
        ColumnDomain::Set(_, node) => {
            machine.at(machine.bound.as_of);
            let mut set = Vec::new();
            machine.set(node, &mut set);
            machine.notes.clear();
            set.retain(|value| matches!(value, Val::Entity(_)));
            distinct(&mut set);
            set
        }
        ColumnDomain::List(_, list) => {
            let Some(bound) = machine.bound.lists.get(*list) else { return Vec::new() };
            for entity in bound.entities.iter().flatten() {
                machine.bound.trace_listed(&Val::Entity(*entity), *list);
            }
            let entries = bound.entities.iter().enumerate();
            entries.map(|(at, entity)| entity.map_or(Val::Name(*list, at), Val::Entity)).collect()
        }
        ColumnDomain::Years => {
            let from = rule.effective.map_or(i32::MIN, |date| date.year());
            // 废止日是第一个不再管的日子：当年一月一日就废止的，这一年不判。
            let end = rule.repealed.and_then(|date| date.pred_opt()).map_or(i32::MAX, |date| date.year());
            let years = machine.bound.years.iter().filter(|year| (from..=end).contains(*year));
            years.map(|year| Val::Number(Decimal::from(*year))).collect()
        }
    }
}
