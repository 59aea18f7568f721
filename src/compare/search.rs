//! Looking for histories on which two rules come to different conclusions. Starts from a world in which both
//! rules apply and are met, and changes one, two or three things at a time, what differs first. Bounded: not
//! finding one proves nothing, and nothing is claimed then.

use std::collections::BTreeSet;

use chrono::{Datelike as _, NaiveDate};

use super::judge::{Bench, Contrast};
use super::record::text;
use super::shrink::{Story, shrink, size};
use super::timetable::Timetable;
use super::values::fits;
use super::wish::Wisher;
use super::world::{Choice, Key, Uses, World};
use super::{Aspect, Difference, Party, Side, Witness};
use crate::calendar::{Calendar, Deadline, TimeLimit};
use crate::norm::{self, CountWindow, Head, Norm, Role, Term};

/// Histories tried for one pair at most.
const TRIES: usize = 1600;
/// Of those that show a difference, how many are made small to find the smallest.
const KEPT: usize = 3;

/// Workdays between the first day in force and the start of a clock: what comes before it is in force too.
const MARGIN: i64 = 5;

/// At most one witness for each side being the stricter, the left first.
pub(super) fn witnesses(
    parties: [Party<'_>; 2],
    sides: [&Norm; 2],
    differences: &[Difference],
    calendar: &Calendar,
) -> Vec<Witness> {
    let [left, right] = sides;
    let Some(bench) = Bench::new(parties, [&left.id, &right.id], calendar) else { return Vec::new() };
    let scopes = parties.map(|party| norm::scope(party.policy).map(|(_, scope)| scope));
    let hot = hot(left, right);
    let mut search = Search { bench: &bench, seen: BTreeSet::new(), hits: Vec::new(), tried: 0 };
    let mut starts = starts([left, right], calendar);
    // 规则自己的施行日不同：只有一边施行的日子也试。
    if differences.iter().any(|difference| difference.aspect == Aspect::Effective) {
        let earlier = [left, right].into_iter().filter_map(|norm| norm.effective).min();
        starts.extend(earlier.and_then(|day| calendar.add_workdays(day, MARGIN)));
    }
    let share = TRIES / starts.len().max(1);
    for (number, start) in (1..).zip(starts) {
        let table = timetable([left, right], start, calendar);
        let vocabularies = parties.map(|party| &party.policy.vocabulary);
        let known: Vec<&Term> = scopes.iter().flatten().collect();
        let world = World::new([left, right], &known, vocabularies, &hot, table);
        let scope = Scope::of(&world, &scopes);
        let rounds =
            [([left, right], true), ([left, right], false), ([right, left], true), ([right, left], false)];
        for (turn, (order, met)) in (1..).zip(rounds) {
            search.round(&world, &scope, order, met, share * (number - 1) + share * turn / 4);
        }
    }
    search.finish()
}

/// What differs between the rules: its events and fields are varied first.
fn hot(left: &Norm, right: &Norm) -> Uses {
    let apart = |one: &Norm, other: &Norm| -> Vec<Term> {
        let others: Vec<&Term> = other.terms().collect();
        one.terms().filter(|term| !others.contains(term)).cloned().collect()
    };
    let limits = |norm: &Norm| norm.duties.iter().map(|duty| duty.limit.clone()).collect::<Vec<_>>();
    let mut terms = apart(left, right);
    terms.extend(apart(right, left));
    let mut uses = Uses::of(terms.iter());
    let marks = |norm: &Norm| norm.duties.iter().map(|duty| duty.marks.clone()).collect::<Vec<_>>();
    if limits(left) != limits(right) || marks(left) != marks(right) || terms.is_empty() {
        let parts = [left, right].into_iter().flat_map(|norm| &norm.duties).flat_map(|duty| &duty.parts);
        for part in parts.filter(|part| part.role != Role::Closure) {
            uses.events.extend(part.term.leading_events().into_iter().map(str::to_owned));
        }
    }
    uses
}

fn limits(norms: [&Norm; 2]) -> [Vec<TimeLimit>; 2] {
    norms.map(|norm| {
        let limits = norm.duties.iter().filter_map(|duty| duty.limit.as_ref());
        limits.flat_map(|limit| limit.steps.iter().filter_map(|(_, value)| *value)).collect()
    })
}

/// Days to start from: the first on which both rules are in force, and the first later ones on which one
/// side's deadline comes before, and after, the other's.
fn starts(norms: [&Norm; 2], calendar: &Calendar) -> Vec<NaiveDate> {
    const AHEAD: i64 = 120;
    let (first, last) = calendar.horizon();
    let recent = NaiveDate::from_ymd_opt(last.year() - 1, 3, 3).unwrap_or(first);
    let steps = norms.iter().flat_map(|norm| &norm.duties).filter_map(|duty| duty.limit.as_ref());
    // 还没公布放假安排的日子试不了。
    let changes = steps
        .flat_map(|limit| limit.steps.iter().filter_map(|(from, _)| *from))
        .filter(|from| calendar.add_workdays(*from, AHEAD).is_some_and(|day| day <= last));
    let in_force =
        norms.iter().filter_map(|norm| norm.effective).chain([recent]).chain(changes.clone()).max();
    let in_force = in_force.unwrap_or(recent);
    // 前后都留几天余地：世界里最早的事也要在施行之后。
    let Some(start) = calendar.add_workdays(in_force, MARGIN) else { return vec![in_force] };
    let mut found = vec![start];
    let [lefts, rights] = limits(norms);
    if let ([.., left], [.., right]) = (lefts.as_slice(), rights.as_slice()) {
        let due = |day: NaiveDate, limit: &TimeLimit| match calendar.deadline(day, limit) {
            Deadline::On { date, .. } => Some(date),
            Deadline::OutOfRange { .. } => None,
        };
        for wanted in [std::cmp::Ordering::Less, std::cmp::Ordering::Greater] {
            let days = (0..AHEAD).filter_map(|n| calendar.add_workdays(start, n));
            let day = days.into_iter().find(|day| {
                due(*day, left).zip(due(*day, right)).is_some_and(|(one, other)| one.cmp(&other) == wanted)
            });
            found.extend(day);
        }
    }
    // 参数分段的：换段之前也试一天。
    found.extend(changes.filter_map(|from| calendar.add_workdays(from, -30)));
    let effective = norms.iter().filter_map(|norm| norm.effective).max();
    let early = |day: NaiveDate| calendar.add_workdays(day, -MARGIN).unwrap_or(day);
    let mut unique = Vec::new();
    for day in found {
        if !unique.contains(&day) && effective.is_none_or(|from| from <= early(day)) {
            unique.push(day);
        }
    }
    unique
}

fn timetable(norms: [&Norm; 2], start: NaiveDate, calendar: &Calendar) -> Timetable {
    let mut all: Vec<TimeLimit> = Vec::new();
    for limit in limits(norms).concat() {
        if !all.contains(&limit) {
            all.push(limit);
        }
    }
    let duties = || norms.into_iter().flat_map(|norm| &norm.duties);
    let mut fixed = Vec::new();
    for part in duties().flat_map(|duty| &duty.parts).filter(|part| part.role == Role::Date) {
        part.term.walk(&mut |term| {
            if let Head::MonthDay { month, day } = term.head {
                fixed.push((month, day));
            }
        });
    }
    let year =
        duties().any(|duty| duty.count.as_ref().is_some_and(|count| count.window == CountWindow::Year));
    Timetable::new(start, &all, year, &fixed, calendar)
}

/// Options that make each side's 适用 hold.
#[derive(Debug)]
struct Scope {
    /// (variable, option on the left, option on the right)
    set: Vec<(usize, [usize; 2])>,
    /// In words, when the sides need different options.
    words: Option<[String; 2]>,
}

impl Scope {
    fn of(world: &World, scopes: &[Option<Term>; 2]) -> Self {
        let wishes = scopes.each_ref().map(|scope| {
            let mut wisher = Wisher::new(world);
            if let Some(scope) = scope {
                wisher.want(scope, true, world.days.before);
            }
            let touched: Vec<usize> = match scope {
                Some(scope) => {
                    let uses = Uses::of([scope].into_iter());
                    let is_used = |key: &Key| matches!(key, Key::Field { holder, field, .. } if uses.fields.contains(&(holder.clone(), field.clone())));
                    (0..world.vars.len()).filter(|at| world.vars.get(*at).is_some_and(|var| is_used(&var.key))).collect()
                }
                None => Vec::new(),
            };
            (wisher.choice, touched)
        });
        let [(left, lefts), (right, rights)] = &wishes;
        let mut set = Vec::new();
        let mut apart = false;
        for at in 0..world.vars.len() {
            let pick = |choice: &Choice| choice.get(at).copied().unwrap_or(0);
            let options = match (lefts.contains(&at), rights.contains(&at)) {
                (true, true) => {
                    shared(world, at, scopes).map_or([pick(left), pick(right)], |both| [both, both])
                }
                (true, false) => [pick(left); 2],
                (false, true) => [pick(right); 2],
                (false, false) => continue,
            };
            apart |= options[0] != options[1];
            set.push((at, options));
        }
        let words = apart
            .then(|| scopes.each_ref().map(|scope| scope.as_ref().map(Term::to_string).unwrap_or_default()));
        Self { set, words }
    }

    fn apply(&self, choice: &Choice, side: usize) -> Choice {
        let mut choice = choice.clone();
        for (at, options) in &self.set {
            if let (Some(slot), Some(option)) = (choice.get_mut(*at), options.get(side)) {
                *slot = *option;
            }
        }
        choice
    }

    fn holds(&self, at: usize) -> bool {
        self.set.iter().any(|(known, _)| *known == at)
    }
}

/// An option on which both scopes hold, when both are simple.
fn shared(world: &World, at: usize, scopes: &[Option<Term>; 2]) -> Option<usize> {
    let [Some(left), Some(right)] = scopes else { return None };
    let day = world.days.start;
    let both = |value| fits(left, value, day) == Some(true) && fits(right, value, day) == Some(true);
    world.vars.get(at)?.options.iter().position(both)
}

/// A history that shows a difference.
#[derive(Debug)]
struct Hit {
    story: Story,
    contrast: Contrast,
    scopes: Option<[String; 2]>,
}

struct Search<'b> {
    bench: &'b Bench<'b>,
    seen: BTreeSet<String>,
    hits: Vec<Hit>,
    tried: usize,
}

impl Search<'_> {
    fn round(&mut self, world: &World, scope: &Scope, order: [&Norm; 2], met: bool, limit: usize) {
        let mut wisher = Wisher::new(world);
        order.into_iter().for_each(|norm| wisher.meet(norm, met));
        let base = wisher.choice;
        for changes in deviations(world, scope, &base, limit) {
            if self.tried >= limit || self.enough() {
                return;
            }
            let mut choice = base.clone();
            for (at, option) in changes {
                if let Some(slot) = choice.get_mut(at) {
                    *slot = option;
                }
            }
            self.attempt(world, scope, &choice);
        }
    }

    fn attempt(&mut self, world: &World, scope: &Scope, choice: &Choice) {
        let records = world.records([&scope.apply(choice, 0), &scope.apply(choice, 1)]);
        let (as_of, coverage) = (world.days.as_of, world.days.coverage);
        if !self.seen.insert(format!("{as_of}{}", text(&records, 0))) {
            return;
        }
        self.tried += 1;
        for contrast in self.bench.contrasts(&records, as_of, coverage) {
            let story = Story { records: records.clone(), as_of, coverage };
            self.hits.push(Hit { story, contrast, scopes: scope.words.clone() });
        }
    }

    /// Both directions are shown as clearly as can be.
    fn enough(&self) -> bool {
        Side::BOTH.iter().all(|side| {
            self.hits.iter().filter(|hit| hit.contrast.stricter == *side && hit.contrast.clarity == 0).count()
                >= KEPT
        })
    }

    fn finish(self) -> Vec<Witness> {
        let mut found = Vec::new();
        for side in Side::BOTH {
            let mut hits: Vec<&Hit> = self.hits.iter().filter(|hit| hit.contrast.stricter == side).collect();
            hits.sort_by_key(|hit| (hit.contrast.clarity, size(&hit.story)));
            let small = hits.into_iter().take(KEPT).map(|hit| {
                let (story, contrast) = shrink(self.bench, hit.story.clone(), &hit.contrast);
                (hit.contrast.clarity, size(&story), story, contrast, hit.scopes.clone())
            });
            let best =
                small.min_by_key(|(clarity, size, story, ..)| (*clarity, *size, text(&story.records, 0)));
            let Some((_, _, story, contrast, scopes)) = best else { continue };
            let logs = [text(&story.records, 0), text(&story.records, 1)];
            let scopes = scopes.filter(|_| logs[0] != logs[1]);
            let witness = Witness {
                stricter: side,
                as_of: story.as_of,
                coverage: story.coverage,
                logs,
                scopes,
                conclusions: contrast.conclusions,
            };
            if self.bench.replay(&witness) {
                found.push(witness);
            }
        }
        found
    }
}

/// Changes to a base, the cheapest first: none, one, two, and three of what differs.
fn deviations(world: &World, scope: &Scope, base: &Choice, most: usize) -> Vec<Vec<(usize, usize)>> {
    let mut singles: Vec<(u32, usize, usize)> = Vec::new();
    for (at, var) in world.vars.iter().enumerate() {
        if scope.holds(at) {
            continue;
        }
        let chosen = base.get(at).copied().unwrap_or(0);
        singles.extend(
            (0..var.options.len()).filter(|option| *option != chosen).map(|option| (var.cost, at, option)),
        );
    }
    singles.sort_by_key(|(cost, at, _)| (*cost, *at));
    let mut all: Vec<(u32, Vec<(usize, usize)>)> = vec![(0, Vec::new())];
    all.extend(singles.iter().map(|(cost, at, option)| (*cost, vec![(*at, *option)])));
    let width = all.len();
    for (number, (cost, at, option)) in singles.iter().enumerate() {
        for (other_cost, other, other_option) in
            singles.iter().skip(number + 1).filter(|(_, other, _)| other != at)
        {
            all.push((cost + other_cost, vec![(*at, *option), (*other, *other_option)]));
        }
        if all.len() > most * 8 + width {
            break;
        }
    }
    let hot: Vec<_> = singles.iter().filter(|(cost, ..)| *cost == 1).take(24).collect();
    for (first, a) in hot.iter().enumerate() {
        for (second, b) in hot.iter().enumerate().skip(first + 1) {
            for c in hot.iter().skip(second + 1) {
                if a.1 != b.1 && b.1 != c.1 && a.1 != c.1 {
                    all.push((3, vec![(a.1, a.2), (b.1, b.2), (c.1, c.2)]));
                }
            }
        }
    }
    all.sort_by_key(|(cost, _)| *cost);
    all.into_iter().map(|(_, changes)| changes).collect()
}
