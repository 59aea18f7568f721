//! Whether holiday notices can be right: the numbered checks of the calendar manual.
//! Takes notices with the places of their parts, and all national days merged; gives problems.
//! Says nothing about how a file is written (that is `placed.rs`).

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike as _, Days, NaiveDate};

use super::date::is_weekend;
use super::days::{DayKind, NamedDays};
use super::notice::{HolidayNotice, Status};
use super::placed::Places;
use super::problem::{List, Problem};

/// A notice under check.
#[derive(Debug)]
pub(super) struct Given {
    pub notice: HolidayNotice,
    pub places: Places,
    /// Read in full. With mistakes of form in it the checks that add up the year would only mislead.
    pub whole: bool,
}

/// What the checks of one notice may look at besides the notice.
#[derive(Debug)]
pub(super) struct Surroundings<'a> {
    /// All national notices merged, those under check included.
    pub national: &'a NamedDays,
    /// National years whose workdays can be counted.
    pub published: &'a BTreeSet<i32>,
}

/// Longest run of days off ever arranged (2020).
const LONGEST_REST: i64 = 10;

/// Checks without which a notice cannot be used.
pub(super) fn errors(given: &Given, around: &Surroundings<'_>, problems: &mut Vec<Problem>) {
    let Given { notice, places, whole } = given;
    if notice.status.published() && notice.off_days.is_empty() && *whole {
        problems.push(Problem::EmptyNotice { year: notice.year, at: places.status });
    }
    dates_in_year(given, problems);
    if !notice.is_overlay() {
        make_up_days_on_weekends(given, problems);
    } else if around.published.contains(&notice.year) {
        make_up_days_change_something(given, around.national, problems);
    } else {
        let (region, year) = (notice.region.clone(), notice.year);
        problems.push(Problem::OverlayWithoutBase { region, year, at: places.region });
    }
}

/// Checks that only make a notice look wrong. For notices without errors: those would show here once more.
pub(super) fn warnings(given: &Given, around: &Surroundings<'_>, problems: &mut Vec<Problem>) {
    let Given { notice, .. } = given;
    if notice.status.published() && !notice.is_overlay() {
        days_off_belong_to_holidays(given, around.national, problems);
        balance(given, problems);
        runs(given, around, problems);
        make_up_days_are_near(given, problems);
    }
    references(given, problems);
    order(given, problems);
}

/// Check 3: 20 December of the year before to 31 December.
fn dates_in_year(given: &Given, problems: &mut Vec<Problem>) {
    let year = given.notice.year;
    let outside = |date: NaiveDate| {
        !(date.year() == year || (date.year() == year - 1 && date.month() == 12 && date.day() >= 20))
    };
    for (date, _, at) in entries(given).filter(|(date, ..)| outside(*date)) {
        problems.push(Problem::DayOutsideYear { date, year, at });
    }
}

/// Check 4 for national notices.
fn make_up_days_on_weekends(given: &Given, problems: &mut Vec<Problem>) {
    for (date, list, at) in entries(given) {
        if list == List::Work && !is_weekend(date) {
            problems.push(Problem::MakeUpOnWorkday { date, overlay: false, at });
        }
    }
}

/// Check 4 for regional notices: a national day off on a weekday may become a workday.
fn make_up_days_change_something(given: &Given, national: &NamedDays, problems: &mut Vec<Problem>) {
    for (date, list, at) in entries(given) {
        if list == List::Work && national.kind(date).is_workday() {
            problems.push(Problem::MakeUpOnWorkday { date, overlay: true, at });
        }
    }
}

/// Check 5: a weekday off lies in an unbroken run of days off that contains a statutory day.
fn days_off_belong_to_holidays(given: &Given, national: &NamedDays, problems: &mut Vec<Problem>) {
    let off = |date: &NaiveDate| !national.kind(*date).is_workday();
    let statutory = |date: NaiveDate| matches!(national.kind(date), DayKind::Holiday { statutory: true, .. });
    for (index, day) in given.notice.off_days.iter().enumerate().filter(|(_, day)| !is_weekend(day.date)) {
        let before =
            std::iter::successors(Some(day.date), NaiveDate::pred_opt).take_while(off).any(statutory);
        let after = std::iter::successors(Some(day.date), NaiveDate::succ_opt).take_while(off).any(statutory);
        if !before && !after {
            let (date, name, at) = (day.date, day.name.clone(), given.places.off(index));
            problems.push(Problem::LonelyDayOff { date, name, at });
        }
    }
}

/// Number of statutory days of a year (全国年节及纪念日放假办法 and its revisions).
fn statutory_days(year: i32) -> i64 {
    match year {
        ..=2007 => 10,
        2008..=2024 => 11,
        2025.. => 13,
    }
}

/// Check 6, the balance law: what is taken from the week is given back at weekends, but for the statutory days.
fn balance(given: &Given, problems: &mut Vec<Problem>) {
    let Given { notice, places, .. } = given;
    let year = notice.year;
    let weekdays_off = notice.off_days.iter().filter(|day| !is_weekend(day.date)).count();
    let (weekdays_off, make_up) = (weekdays_off as i64, notice.work_days.len() as i64);
    let statutory = statutory_days(year);
    if weekdays_off - make_up != statutory {
        problems.push(Problem::Unbalanced { year, weekdays_off, make_up, statutory, at: places.year });
    }
}

/// Check 7: runs of workdays and of days off that begin in the year.
fn runs(given: &Given, around: &Surroundings<'_>, problems: &mut Vec<Problem>) {
    let year = given.notice.year;
    let works = |date: NaiveDate| around.national.kind(date).is_workday();
    let Some(first) = NaiveDate::from_ymd_opt(year, 1, 1) else { return };
    let mut from = first;
    // A run that began in the year before belongs to that year, if its days are known.
    if around.published.contains(&(year - 1))
        && first.pred_opt().is_some_and(|eve| works(eve) == works(first))
    {
        while from.year() == year && works(from) == works(first) {
            let Some(next) = from.succ_opt() else { return };
            from = next;
        }
    }
    while from.year() == year {
        let run = std::iter::successors(Some(from), NaiveDate::succ_opt)
            .take_while(|date| works(*date) == works(from))
            .take_while(|date| date.year() == year || around.published.contains(&date.year()));
        let days = run.count() as i64;
        let workdays = works(from);
        let limit = match (workdays, year) {
            (true, 2025..) => 6,
            (true, _) => 10,
            (false, _) => LONGEST_REST,
        };
        if days > limit {
            problems.push(Problem::LongRun { from, days, limit, workdays, at: given.places.year });
        }
        let Some(next) = from.checked_add_days(Days::new(days.unsigned_abs().max(1))) else { return };
        from = next;
    }
}

/// Check 8: a make-up day lies within 14 days of a day off of the same name.
fn make_up_days_are_near(given: &Given, problems: &mut Vec<Problem>) {
    let Given { notice, places, .. } = given;
    for (index, day) in notice.work_days.iter().enumerate() {
        let same = notice.off_days.iter().filter(|off| off.name == day.name);
        let nearest = same.map(|off| (off.date - day.date).num_days().abs()).min();
        if nearest.is_none_or(|days| days > 14) {
            let (date, name, at) = (day.date, day.name.clone(), places.work(index));
            problems.push(Problem::FarMakeUp { date, name, nearest, at });
        }
    }
}

/// Checks 9 and 11: number and date of each notice; no notice later than the first day it governs,
/// unless it amends an earlier one.
fn references(given: &Given, problems: &mut Vec<Problem>) {
    let Given { notice, places, .. } = given;
    for (index, source) in notice.sources.iter().enumerate() {
        let (number, date) = (source.number.is_none(), source.date.is_none());
        if number || date {
            let (title, at) = (source.title.clone(), places.source(index));
            problems.push(Problem::MissingReference { title, number, date, at });
        }
    }
    let dated = notice.sources.iter().enumerate().filter_map(|(index, source)| Some((source.date?, index)));
    let governed = entries(given).map(|(date, ..)| date).min();
    if let (Some((first, index)), Some(governed)) = (dated.min(), governed)
        && first > governed
        && notice.status != Status::StatutoryOnly
    {
        problems.push(Problem::LateNotice { notice: first, governed, at: places.source(index) });
    }
}

/// Check 9: lists in date order. One report per list is enough to find the spot.
fn order(given: &Given, problems: &mut Vec<Problem>) {
    for wanted in [List::Off, List::Work] {
        let days: Vec<_> = entries(given).filter(|(_, list, _)| *list == wanted).collect();
        let late = days.iter().zip(days.iter().skip(1)).find(|(before, after)| after.0 < before.0);
        if let Some(((before, ..), (date, list, at))) = late {
            problems.push(Problem::Unsorted { list: *list, date: *date, before: *before, at: *at });
        }
    }
}

/// Every day a notice names, in file order: days off, then make-up days.
fn entries(given: &Given) -> impl Iterator<Item = (NaiveDate, List, crate::source::Span)> + '_ {
    let Given { notice, places, .. } = given;
    let off = notice.off_days.iter().enumerate().map(|(i, day)| (day.date, List::Off, places.off(i)));
    let work = notice.work_days.iter().enumerate().map(|(i, day)| (day.date, List::Work, places.work(i)));
    off.chain(work)
}

/// Check 2: no day twice among the notices of one region, whether under check or already in force.
pub(super) fn repeated_days(given: &[Given], in_force: &[&HolidayNotice], problems: &mut Vec<Problem>) {
    let mut seen: BTreeMap<(&str, NaiveDate), (List, i32, Option<crate::source::Span>)> = BTreeMap::new();
    for notice in in_force {
        let days = notice.off_days.iter().map(|day| (day.date, List::Off));
        for (date, list) in days.chain(notice.work_days.iter().map(|day| (day.date, List::Work))) {
            seen.insert((&notice.region, date), (list, notice.year, None));
        }
    }
    for one in given {
        for (date, list, at) in entries(one) {
            match seen.get(&(one.notice.region.as_str(), date)) {
                Some((other, year, first)) => {
                    let (other, year, first) = (*other, *year, *first);
                    problems.push(Problem::RepeatedDay { date, list, other, year, at, first });
                }
                None => {
                    seen.insert((&one.notice.region, date), (list, one.notice.year, Some(at)));
                }
            }
        }
    }
}

/// Check 1: between the first and the last published year every year is published.
/// Told at the year under check that stands right after a gap, or else inside or right before it.
pub(super) fn year_gaps(given: &[Given], published: &BTreeSet<i32>, problems: &mut Vec<Problem>) {
    for (before, after) in published.iter().zip(published.iter().skip(1)).filter(|(a, b)| **a + 1 < **b) {
        let national = || given.iter().filter(|one| !one.notice.is_overlay());
        let place = national().find(|one| one.notice.year == *after);
        let place = place.or_else(|| national().find(|one| (*before..*after).contains(&one.notice.year)));
        if let Some(place) = place {
            problems.push(Problem::YearGap { missing: before + 1, after: *after, at: place.places.year });
        }
    }
}
