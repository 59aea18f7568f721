//! Random histories of 平桥, as proptest strategies.
//!
//! Gives logs that any reader accepts (no dangling references, 部门 where it is required), yet full of
//! near misses: dates on and around deadlines, same-day ties, attributes that are missing or change,
//! tasks outside the scope. Every choice is a die whose zero is the ordinary case, so shrinking leads
//! to an orderly history with one thing wrong. Knows no rule.

mod entities;
mod events;

use std::collections::BTreeMap;

use chrono::{NaiveDate, TimeDelta};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Map, Value};

use entities::World;
use events::slots;

/// Everything one comparison needs.
#[derive(Debug, Clone)]
pub struct Case {
    pub log: Vec<Value>,
    pub as_of: NaiveDate,
    pub coverage: Option<(NaiveDate, NaiveDate)>,
    pub params: BTreeMap<String, String>,
}

pub fn cases() -> impl Strategy<Value = Case> {
    (logs(), as_of_dates(), coverages(), parameters()).prop_map(|(log, as_of, coverage, params)| Case {
        log,
        as_of,
        coverage,
        params,
    })
}

/// The log as JSONL text.
pub fn to_jsonl(log: &[Value]) -> String {
    log.iter().map(|record| format!("{record}\n")).collect()
}

pub fn as_of_dates() -> impl Strategy<Value = NaiveDate> {
    let marked = [
        "2026-03-31",
        "2025-12-31",
        "2026-01-01",
        "2025-10-09",
        "2025-10-11",
        "2025-11-04",
        "2025-03-17",
        "2025-03-18",
        "2026-02-24",
        "2026-12-28",
        "2026-12-31",
        "2027-01-15",
    ];
    prop_oneof![
        1 => proptest::sample::select(marked.to_vec()).prop_map(date),
        1 => (0i64..200).prop_map(|days| plus(date("2026-02-15"), days)),
        1 => (0i64..60).prop_map(|days| plus(date("2026-12-01"), days)),
        1 => (0i64..700).prop_map(|days| plus(date("2025-03-10"), days)),
    ]
}

pub fn coverages() -> impl Strategy<Value = Option<(NaiveDate, NaiveDate)>> {
    let spans = [
        ("2025-01-01", "2025-12-31"),
        ("2025-01-01", "2026-12-31"),
        ("2024-01-01", "2025-12-31"),
        ("2025-03-18", "2025-12-31"),
        ("2025-01-01", "2025-12-30"),
        ("2026-01-01", "2026-12-31"),
        ("2025-06-01", "2026-06-30"),
        ("2023-01-01", "2024-12-31"),
    ];
    proptest::option::weighted(
        0.8,
        proptest::sample::select(spans.to_vec()).prop_map(|(from, to)| (date(from), date(to))),
    )
}

pub fn parameters() -> impl Strategy<Value = BTreeMap<String, String>> {
    let limit = || {
        let texts = ["30日", "20个工作日", "10", "5", "0", "0日", "45日"];
        proptest::option::weighted(0.5, proptest::sample::select(texts.to_vec()))
    };
    (limit(), limit()).prop_map(|(filing, follow_up)| {
        let named = [("归档期限", filing), ("后续处理期限", follow_up)];
        named.iter().filter_map(|(k, v)| Some((k.to_string(), (*v)?.to_string()))).collect()
    })
}

const TASKS: usize = 3;
const CHECKS_PER_TASK: usize = 2;
const DEPARTMENTS: usize = 6;
const PEOPLE: usize = 8;
const OBJECTS: usize = 4;
const PLANS: usize = 2;

/// Random logs: entities with dated changes, for every task and check a course of events with gaps
/// and shifts, and some events twice.
pub fn logs() -> impl Strategy<Value = Vec<Value>> {
    let slots = slots();
    let entities = DEPARTMENTS + PEOPLE + OBJECTS + PLANS + TASKS * (1 + 2 * CHECKS_PER_TASK);
    let again = (0..slots.len(), draft());
    (
        1..=TASKS,
        0..=CHECKS_PER_TASK,
        vec(dice(), entities..=entities),
        vec((0..entities, 0u16..600, dice()), 0..12),
        vec(proptest::option::weighted(0.9, draft()), slots.len()..=slots.len()),
        vec(again, 0..30),
        any::<u16>(),
    )
        .prop_map(move |(tasks, checks, entities, changes, course, again, order)| {
            let mut world = World::new(tasks, checks, &entities);
            for (entity, day, dice) in changes {
                world.change(entity, plus(date("2025-03-01"), i64::from(day)), dice);
            }
            let mut log = world.lines();
            let course = course.iter().enumerate().filter_map(|(slot, d)| Some((slot, (*d)?)));
            for (number, (slot, draft)) in course.chain(again).enumerate() {
                log.extend(world.event(&slots[slot], draft, number));
            }
            shuffle(&mut log, order);
            log
        })
}

/// Dice; zero is the ordinary case.
type Dice = [u8; 7];

fn dice() -> impl Strategy<Value = Dice> {
    any::<Dice>()
}

/// How one planned event turns out: shift of its date, clock time, and dice for its content.
#[derive(Debug, Clone, Copy)]
struct Draft {
    shift: u8,
    clock: u8,
    dice: Dice,
}

fn draft() -> impl Strategy<Value = Draft> {
    (any::<u8>(), any::<u8>(), dice()).prop_map(|(shift, clock, dice)| Draft { shift, clock, dice })
}

/// Picks by percent: the first choice for low dice, the later ones for high dice.
fn pick<T: Copy>(die: u8, choices: &[(u8, T)]) -> T {
    let mut left = u16::from(die) * 100 / 256;
    for (percent, choice) in choices {
        if left < u16::from(*percent) {
            return *choice;
        }
        left -= u16::from(*percent);
    }
    choices[choices.len() - 1].1
}

/// True for the highest `percent` of the die.
fn odd(die: u8, percent: u8) -> bool {
    u16::from(die) * 100 / 256 >= u16::from(100 - percent)
}

/// Adds the key, unless the choice is to leave it out.
fn put(fields: &mut Map<String, Value>, key: &str, value: Option<Value>) {
    if let Some(value) = value {
        fields.insert(key.to_string(), value);
    }
}

fn text(choice: Option<&str>) -> Option<Value> {
    choice.map(Value::from)
}

fn date(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

fn plus(day: NaiveDate, days: i64) -> NaiveDate {
    day + TimeDelta::days(days)
}

/// Lines in any order; order 0 leaves them as they are.
fn shuffle(log: &mut [Value], order: u16) {
    if order < 20_000 {
        return;
    }
    let mut state = u64::from(order);
    for last in (1..log.len()).rev() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let other = (state >> 33) as usize % (last + 1);
        log.swap(last, other);
    }
}
