//! N: how many, in a year, in any window, or altogether. A bound already broken (or reached) is judged at
//! once; otherwise an unfinished year is pending and an uncovered one undetermined (ledger 7, 20).

use chrono::{Datelike as _, NaiveDate};

use crate::calendar::{CountFrom, Deadline, RollForward, TimeLimit};
use crate::evaluate::gate::{self, Standing};
use crate::evaluate::machine::Machine;
use crate::evaluate::outcome::{Numbers, Outcome};
use crate::evaluate::value::{Note, Truth, Val};
use crate::finding::{EvidenceRole, Verdict, ViolationKind};
use crate::history::EventRef;
use crate::plan::{BoundSide, CountedNode, Node, PlanBound, PlanRule, QueryNode};
use crate::policy::{ParameterValue, Window};

pub(super) struct Cardinality<'p> {
    pub(super) counted: &'p CountedNode,
    pub(super) root: &'p Option<(usize, Node, Option<Node>)>,
    pub(super) window: Window,
    pub(super) side: BoundSide,
    pub(super) bound: PlanBound,
    pub(super) shift: i64,
}

/// One thing counted.
struct Item {
    date: NaiveDate,
    event: Option<EventRef>,
    sure: bool,
}

pub(super) fn judge(
    machine: &mut Machine<'_, '_>,
    rule: &PlanRule,
    standing: &Standing,
    duty: &Cardinality<'_>,
    out: &mut Vec<Outcome>,
) {
    let unsure = match gate::gate(machine, rule, standing, None, None) {
        Err(outcome) => {
            out.push(*outcome);
            return;
        }
        Ok(unsure) => unsure,
    };
    let year = match duty.window {
        Window::Year(slot) => {
            if let Val::Number(year) = machine.slot(slot.0) {
                i32::try_from(year).ok()
            } else {
                None
            }
        }
        Window::Sliding(_) | Window::Whole => None,
    };
    let on = year.and_then(|year| NaiveDate::from_ymd_opt(year, 12, 31)).unwrap_or(machine.bound.as_of);
    let bound = match duty.bound {
        PlanBound::Fixed(n) => i64::from(n),
        PlanBound::Parameter(index) => match machine.bound.parameter(index, on) {
            Some(ParameterValue::Number(n)) => i64::from(n),
            Some(ParameterValue::Limit(_)) | None => {
                out.push(Outcome::new(Verdict::NotApplicable, None));
                return;
            }
        },
    } + duty.shift;
    machine.notes.clear();
    let mut notes = Vec::new();
    let Items { mut items, mut open } = items(machine, duty, &mut notes);
    open |= machine.may_go_by_another_name(rule.columns.len());
    notes.append(&mut machine.notes);
    items.retain(|item| {
        year.is_none_or(|year| item.date.year() == year)
            && (year.is_none() || rule.effective.is_none_or(|from| item.date >= from))
            && (year.is_none() || rule.repealed.is_none_or(|end| item.date < end))
    });
    items.sort_by_key(|item| (item.date, item.event));
    if let CountedNode::Days { .. } = duty.counted {
        items.sort_by_key(|item| (item.date, !item.sure));
        items.dedup_by_key(|item| item.date);
    }
    let (sure, possible) = match duty.window {
        Window::Sliding(limit) => busiest(machine, &items, limit),
        Window::Year(_) | Window::Whole => {
            (count(items.iter().filter(|item| item.sure)), count(items.iter()))
        }
    };
    let evidence: Vec<_> =
        items.iter().filter_map(|item| item.event).map(|event| (EvidenceRole::Context, event)).collect();
    let numbers = Some(Numbers { found: sure, bound, lower: !matches!(duty.side, BoundSide::Upper) });
    let decided =
        |verdict: Verdict| Outcome { numbers, evidence: evidence.clone(), ..Outcome::new(verdict, None) };
    let violated = || Outcome { kind: Some(ViolationKind::Count), ..decided(Verdict::Violated) };
    let undetermined = |notes: Vec<Note>| Outcome { notes, ..decided(Verdict::Undetermined) };
    let upper = matches!(duty.side, BoundSide::Upper | BoundSide::Both);
    let lower = matches!(duty.side, BoundSide::Lower | BoundSide::Both);
    let outcome = if upper && sure > bound {
        violated()
    } else if upper && (open || possible > bound) {
        undetermined(notes)
    } else if !lower || sure >= bound {
        decided(Verdict::Satisfied)
    } else if let Some(year) = year
        && on >= machine.bound.as_of
        && machine.bound.as_of.year() <= year
    {
        decided(Verdict::Pending)
    } else if let Some(year) = year
        && !covered(machine.bound.coverage, year)
    {
        undetermined(vec![Note::Coverage { year }])
    } else if open || possible >= bound {
        undetermined(notes)
    } else {
        violated()
    };
    out.push(gate::settle(outcome, unsure));
}

fn count<'i>(items: impl Iterator<Item = &'i Item>) -> i64 {
    i64::try_from(items.count()).unwrap_or(i64::MAX)
}

fn covered(coverage: Option<(NaiveDate, NaiveDate)>, year: i32) -> bool {
    let (Some(first), Some(last)) =
        (NaiveDate::from_ymd_opt(year, 1, 1), NaiveDate::from_ymd_opt(year, 12, 31))
    else {
        return false;
    };
    coverage.is_some_and(|(from, to)| from <= first && to >= last)
}

/// The largest number of items in any window of this length that begins on an item's day.
fn busiest(machine: &Machine<'_, '_>, items: &[Item], limit: TimeLimit) -> (i64, i64) {
    let span = TimeLimit { count_from: CountFrom::SameDay, roll: RollForward::None, ..limit };
    let mut best = (0, 0);
    for (at, first) in items.iter().enumerate() {
        let end = match machine.bound.calendar.deadline(first.date, &span) {
            Deadline::On { date, .. } => date,
            Deadline::OutOfRange { known } => known,
        };
        let inside = || items.iter().skip(at).take_while(|item| item.date <= end);
        let pair = (count(inside().filter(|item| item.sure)), count(inside()));
        best = (best.0.max(pair.0), best.1.max(pair.1));
    }
    best
}

fn query(counted: &CountedNode) -> (&QueryNode, Option<&Node>) {
    match counted {
        CountedNode::Entities { query, dated_by } => (query, dated_by.as_ref()),
        CountedNode::Events { query } | CountedNode::Days { query } => (query, None),
    }
}

/// What was counted, and whether there may be more that the logs do not record.
struct Items {
    items: Vec<Item>,
    open: bool,
}

fn items(machine: &mut Machine<'_, '_>, duty: &Cardinality<'_>, notes: &mut Vec<Note>) -> Items {
    let (query, dated_by) = query(duty.counted);
    let entities = matches!(duty.counted, CountedNode::Entities { .. });
    let mut items = Vec::new();
    let undated = dated_by.is_some_and(|node| machine.picks_unrecorded(node));
    let mut open = machine.unrecorded(query) || undated;
    notes.append(&mut machine.notes);
    for (number, truth, why) in machine.matches(query) {
        notes.extend(why);
        let mut sure = truth == Truth::True;
        let element = if entities { Val::Entity(number) } else { Val::Event(number) };
        machine.set_slot(query.element, element);
        machine.notes.clear();
        let event = match (entities, dated_by) {
            (false, _) => Some(EventRef(number)),
            (true, None) => None,
            (true, Some(node)) => {
                let value = machine.value(node);
                match value.event() {
                    Some((event, certain)) => {
                        sure &= certain;
                        Some(event)
                    }
                    None => {
                        // 没有记它是哪天的，也许就在这一年里。
                        open |= value == Val::Missing;
                        notes.append(&mut machine.notes);
                        continue;
                    }
                }
            }
        };
        if let Some((slot, path, Some(scope))) = duty.root {
            let root = machine.value(path);
            machine.set_slot(*slot, root);
            let scope = if matches!(root, Val::Entity(_)) { machine.truth(scope) } else { Truth::Unknown };
            match scope {
                Truth::False => continue,
                Truth::Unknown => sure = false,
                Truth::True => {}
            }
        }
        if !sure {
            notes.append(&mut machine.notes);
        }
        let date = event.map_or(machine.bound.as_of, |event| machine.bound.history.moment(event).date);
        items.push(Item { date, event, sure });
    }
    machine.notes.clear();
    Items { items, open }
}
