//! Which days are workdays, as prefix sums: asking, counting and adding all take constant time.
//! Takes a first day and one truth per day; knows nothing of names, notices or limits.

use chrono::{Days, NaiveDate};

/// Workdays of a span of days without a gap.
#[derive(Clone, Debug)]
pub(super) struct Table {
    first: NaiveDate,
    /// `ranks[i]` = number of workdays among the first `i` days; one longer than the span.
    ranks: Vec<u32>,
    /// Day number of each workday, from 0.
    workdays: Vec<u32>,
}

impl Table {
    /// From the first day on, one answer per day.
    pub fn new(first: NaiveDate, days: impl Iterator<Item = bool>) -> Self {
        let mut table = Self { first, ranks: vec![0], workdays: Vec::new() };
        for (day, workday) in (0u32..).zip(days) {
            if workday {
                table.workdays.push(day);
            }
            table.ranks.push(u32::try_from(table.workdays.len()).unwrap_or(u32::MAX));
        }
        table
    }

    /// First and last day, both inclusive.
    pub fn horizon(&self) -> (NaiveDate, NaiveDate) {
        let days = u64::try_from(self.ranks.len().saturating_sub(2)).unwrap_or(0);
        (self.first, self.first.checked_add_days(Days::new(days)).unwrap_or(self.first))
    }

    /// Number of workdays before a day; `None` outside the span.
    pub fn before(&self, date: NaiveDate) -> Option<u32> {
        self.through(date)?;
        let day = usize::try_from((date - self.first).num_days()).ok()?;
        self.ranks.get(day).copied()
    }

    /// Number of workdays up to and including a day; `None` outside the span.
    pub fn through(&self, date: NaiveDate) -> Option<u32> {
        let day = usize::try_from((date - self.first).num_days()).ok()?;
        self.ranks.get(day.checked_add(1)?).copied()
    }

    /// `None` outside the span.
    pub fn is_workday(&self, date: NaiveDate) -> Option<bool> {
        Some(self.through(date)? > self.before(date)?)
    }

    /// The `n`-th workday of the span, counted from 1.
    pub fn nth(&self, n: i64) -> Option<NaiveDate> {
        let index = usize::try_from(n.checked_sub(1)?).ok()?;
        let day = self.workdays.get(index)?;
        self.first.checked_add_days(Days::new(u64::from(*day)))
    }
}
