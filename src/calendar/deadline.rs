//! 截止日: where a time limit ends. Takes a start day and a [`TimeLimit`]; gives a [`Deadline`].
//! Never guesses days whose notice is not published. How it came about is told by `derivation.rs`.
//!
//! Counting: 工作日 limits count workdays only, so their last day is always a workday. 日 limits count every
//! day; 月 and 年 limits end on the day of the same number, or the last of that month (民法典第二百零二条);
//! if such a last day is off, the next workday takes its place (第二百零三条).

use chrono::{Datelike as _, Days, Months, NaiveDate};

use super::{Calendar, CountFrom, Direction, RollForward, TimeLimit, Unit};

/// 截止日.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deadline {
    /// The last day on which it is in time (inclusive).
    /// `provisional`: it depends on days a later notice may still change (12-29 to 12-31 of the last published year).
    On { date: NaiveDate, provisional: bool },
    /// It takes days whose holiday notice is not known; the last (or first) known day is given.
    OutOfRange { known: NaiveDate },
}

/// The steps by which a deadline was reached.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reckoning {
    /// Where counting ended, before anything rolled; `None` if it left the horizon.
    pub counted_to: Option<NaiveDate>,
    /// Days added for 连休顺延.
    pub extended: u64,
    /// The month had no day of that number, so its last day was taken.
    pub month_end: bool,
    pub deadline: Deadline,
}

impl Calendar {
    /// Where a limit that starts on a day ends. Constant time, but for 连休顺延.
    ///
    /// `0 个工作日` is the start itself, or the next workday (counting back: the one before).
    pub fn deadline(&self, start: NaiveDate, limit: &TimeLimit) -> Deadline {
        self.reckon(start, limit).deadline
    }

    pub(super) fn reckon(&self, start: NaiveDate, limit: &TimeLimit) -> Reckoning {
        match limit.unit {
            Unit::Workday => self.reckon_workdays(start, limit),
            Unit::Day => self.reckon_dates(start, limit, days_from(start, limit).map(|date| (date, false))),
            Unit::Month => self.reckon_dates(start, limit, months_from(start, limit, limit.count)),
            Unit::Year => {
                let months = limit.count.checked_mul(12);
                self.reckon_dates(start, limit, months.and_then(|months| months_from(start, limit, months)))
            }
        }
    }

    fn reckon_workdays(&self, start: NaiveDate, limit: &TimeLimit) -> Reckoning {
        // The start is day 1 if it counts; 0 days look at the start too.
        let includes_start = limit.count == 0 || limit.count_from == CountFrom::SameDay;
        let steps = i64::from(limit.count.max(1));
        let (before, through) =
            (self.table.before(start).map(i64::from), self.table.through(start).map(i64::from));
        let position = match (limit.direction, includes_start) {
            (Direction::After, false) => through.map(|n| n + steps),
            (Direction::After, true) => before.map(|n| n + steps),
            (Direction::Before, false) => before.map(|n| n + 1 - steps),
            (Direction::Before, true) => through.map(|n| n + 1 - steps),
        };
        let date = position.and_then(|n| self.table.nth(n));
        let deadline = match date {
            Some(date) => {
                let nearest = match (includes_start, limit.direction) {
                    (true, _) => Some(start),
                    (false, Direction::After) => start.succ_opt(),
                    (false, Direction::Before) => start.pred_opt(),
                };
                self.settled(nearest.unwrap_or(start), date)
            }
            None => self.out_of_range(start, limit.direction),
        };
        Reckoning { counted_to: date, extended: 0, month_end: false, deadline }
    }

    /// For 日, 月 and 年: from the last day as counted to the deadline.
    fn reckon_dates(
        &self,
        start: NaiveDate,
        limit: &TimeLimit,
        counted: Option<(NaiveDate, bool)>,
    ) -> Reckoning {
        let lost = |counted_to: Option<NaiveDate>, extended, month_end| {
            let deadline = self.out_of_range(start.max(counted_to.unwrap_or(start)), limit.direction);
            Reckoning { counted_to, extended, month_end, deadline }
        };
        let Some((mut last, month_end)) = counted else { return lost(None, 0, false) };
        let mut extended = 0;
        let mut nearest = last;
        if limit.extend && limit.direction == Direction::After {
            let first = match limit.count_from {
                CountFrom::NextDay => start.succ_opt().unwrap_or(start),
                CountFrom::SameDay => start,
            };
            let longer = self
                .long_rests(first, last)
                .and_then(|rests| Some((rests, last.checked_add_days(Days::new(rests))?)));
            let Some((rests, later)) = longer else { return lost(Some(last), 0, month_end) };
            (extended, last, nearest) = (rests, later, first);
        }
        let rolls = limit.roll == RollForward::NextWorkday && limit.direction == Direction::After;
        if !rolls {
            let deadline = match limit.extend && limit.direction == Direction::After {
                true => self.settled(nearest, last),
                false => Deadline::On { date: last, provisional: false },
            };
            return Reckoning { counted_to: Some(last), extended, month_end, deadline };
        }
        match self.add_workdays(last, 0) {
            Some(date) => Reckoning {
                counted_to: Some(last),
                extended,
                month_end,
                deadline: self.settled(nearest, date),
            },
            None => lost(Some(last), extended, month_end),
        }
    }

    /// Total length of the runs of three or more days off within a span (both ends inclusive).
    fn long_rests(&self, first: NaiveDate, last: NaiveDate) -> Option<u64> {
        let (mut total, mut run) = (0, 0);
        self.is_workday(last)?;
        for date in std::iter::successors(Some(first), NaiveDate::succ_opt).take_while(|date| *date <= last) {
            run = if self.is_workday(date)? { 0 } else { run + 1 };
            total += match run {
                0..=2 => 0,
                3 => 3,
                _ => 1,
            };
        }
        Some(total)
    }

    /// A deadline that depended on the days between two (both inclusive, in either order).
    fn settled(&self, one: NaiveDate, date: NaiveDate) -> Deadline {
        let (_, last) = self.horizon();
        let open = last - chrono::TimeDelta::days(2);
        Deadline::On { date, provisional: one.max(date) >= open && one.min(date) <= last }
    }

    /// The edge of the horizon a limit ran over.
    fn out_of_range(&self, latest: NaiveDate, direction: Direction) -> Deadline {
        let (first, last) = self.horizon();
        let early = match direction {
            Direction::After => latest < first,
            Direction::Before => latest <= last,
        };
        Deadline::OutOfRange { known: if early { first } else { last } }
    }
}

/// The last day of a 日 limit.
fn days_from(start: NaiveDate, limit: &TimeLimit) -> Option<NaiveDate> {
    let steps = match limit.count_from {
        CountFrom::NextDay => limit.count,
        CountFrom::SameDay => limit.count.saturating_sub(1),
    };
    match limit.direction {
        Direction::After => start.checked_add_days(Days::new(u64::from(steps))),
        Direction::Before => start.checked_sub_days(Days::new(u64::from(steps))),
    }
}

/// The last day of a 月 or 年 limit, and whether the month was too short for it.
/// If the start counts, the period is full one day sooner: 01-01 含当日 + 1 个月 = 01-31.
fn months_from(start: NaiveDate, limit: &TimeLimit, months: u32) -> Option<(NaiveDate, bool)> {
    let months_later = match limit.direction {
        Direction::After => start.checked_add_months(Months::new(months))?,
        Direction::Before => start.checked_sub_months(Months::new(months))?,
    };
    let month_end = months_later.day() != start.day();
    let whole = limit.count_from == CountFrom::SameDay && months > 0;
    let date = match limit.direction {
        Direction::After if whole && !month_end => months_later.pred_opt()?,
        Direction::Before if whole => months_later.succ_opt()?,
        Direction::After | Direction::Before => months_later,
    };
    Some((date, month_end))
}
