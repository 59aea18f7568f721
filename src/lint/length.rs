//! How many days a time limit can take, at least and at most, whatever day it starts on; and which of two
//! limits is the longer, if one always is. Takes limits and the calendar; knows no rule.

use chrono::NaiveDate;

use crate::calendar::{Calendar, CountFrom, Deadline, RollForward, TimeLimit, Unit};

/// Longest run of days off after which a limit that rolls can end, with room to spare.
const ROLL: i64 = 15;
/// Starts looked at: enough years to meet every kind of holiday.
const YEARS: i64 = 6 * 366;

/// A limit with the counting marks of the place it is used at.
pub(super) fn marked(mut limit: TimeLimit, include_start: bool, no_roll: bool) -> TimeLimit {
    if include_start {
        limit.count_from = CountFrom::SameDay;
    }
    if no_roll {
        limit.roll = RollForward::None;
    }
    limit
}

/// Fewest and most days from the start to the deadline.
pub(super) fn days(calendar: &Calendar, limit: &TimeLimit) -> (i64, i64) {
    let count = i64::from(limit.count);
    let first = i64::from(limit.count_from == CountFrom::SameDay && limit.count > 0);
    let roll = if limit.roll == RollForward::NextWorkday { ROLL } else { 0 };
    match limit.unit {
        Unit::Workday => workdays(calendar, limit).unwrap_or((count - first, count * 2 + ROLL)),
        Unit::Day => (count - first, count - first + roll),
        Unit::Month => (count * 28 - first, count * 31 + roll),
        Unit::Year => (count * 365 - first, count * 366 + roll),
    }
}

fn workdays(calendar: &Calendar, limit: &TimeLimit) -> Option<(i64, i64)> {
    let (first, last) = calendar.horizon();
    let start = last.checked_sub_days(chrono::Days::new(u64::try_from(YEARS).ok()?))?.max(first);
    let mut range: Option<(i64, i64)> = None;
    for day in start.iter_days().take_while(|day| *day <= last) {
        let Deadline::On { date, .. } = calendar.deadline(day, limit) else { break };
        let length = (date - day).num_days();
        let (low, high) = range.unwrap_or((length, length));
        range = Some((low.min(length), high.max(length)));
    }
    range
}

/// Which of two limits ends later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    Same,
    Shorter,
    Longer,
    /// Now the one, now the other.
    Depends,
}

/// How the first limit compares with the second.
pub(super) fn order(calendar: &Calendar, one: &TimeLimit, other: &TimeLimit) -> Order {
    if one == other {
        return Order::Same;
    }
    if one.unit == other.unit {
        // 同一单位：天数、起算、顺延都指向同一边，才说得准。
        let count = one.count.cmp(&other.count);
        let start = rank(one.count_from == CountFrom::SameDay, other.count_from == CountFrom::SameDay);
        let roll = rank(one.roll == RollForward::None, other.roll == RollForward::None);
        let rolls = one.unit != Unit::Workday;
        let all = [count, start, if rolls { roll } else { std::cmp::Ordering::Equal }];
        return match (all.iter().any(|o| o.is_lt()), all.iter().any(|o| o.is_gt())) {
            (false, false) => Order::Same,
            (true, false) => Order::Shorter,
            (false, true) => Order::Longer,
            (true, true) => Order::Depends,
        };
    }
    let ((low, high), (other_low, other_high)) = (days(calendar, one), days(calendar, other));
    if high < other_low {
        Order::Shorter
    } else if low > other_high {
        Order::Longer
    } else {
        Order::Depends
    }
}

/// A mark makes a limit shorter.
fn rank(one: bool, other: bool) -> std::cmp::Ordering {
    other.cmp(&one)
}

/// The day of the year, earliest and latest over all years; without a day, the month's last.
pub(super) fn day_of_year(month: u32, day: Option<u32>) -> Option<(i64, i64)> {
    let of = |year: i32| {
        let first = NaiveDate::from_ymd_opt(year, month, 1)?;
        let date = match day {
            Some(day) => NaiveDate::from_ymd_opt(year, month, day)?,
            None => first.checked_add_months(chrono::Months::new(1))?.pred_opt()?,
        };
        Some((date - NaiveDate::from_ymd_opt(year, 1, 1)?).num_days())
    };
    let (plain, leap) = (of(2023), of(2024)?);
    Some((plain.unwrap_or(leap).min(leap), plain.unwrap_or(leap).max(leap)))
}
