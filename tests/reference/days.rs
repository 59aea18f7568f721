//! Working days, one day at a time.
//!
//! Takes the texts of the calendar files and gives: is this a working day, the N-th working day after
//! a date, how many working days lie between two dates. Every answer is a walk from day to day; a day
//! of a year without a published notice has no answer (`None`), never Monday to Friday.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate, Weekday};

/// The published holiday notices (放假安排), day by day.
#[derive(Debug, Clone, Default)]
pub struct DayTable {
    published: BTreeSet<i32>,
    off: BTreeSet<NaiveDate>,
    work: BTreeSet<NaiveDate>,
}

impl DayTable {
    /// Reads calendar files; only years with `status: final` or `amended` count as published.
    pub fn from_yaml(files: &[&str]) -> DayTable {
        let mut table = DayTable::default();
        for text in files {
            table.read(text);
        }
        table
    }

    fn read(&mut self, text: &str) {
        let mut year = None;
        let mut published = false;
        let mut section = "";
        let mut off = Vec::new();
        let mut work = Vec::new();
        for line in text.lines() {
            if !line.starts_with(' ') {
                let (key, rest) = line.split_once(':').unwrap_or((line, ""));
                let word = rest.split_whitespace().next().unwrap_or("");
                section = key;
                match key {
                    "year" => year = word.parse::<i32>().ok(),
                    "status" => published = word == "final" || word == "amended",
                    _ => {}
                }
                continue;
            }
            let Some(entry) = line.trim_start().strip_prefix("- {date: ") else { continue };
            let date: NaiveDate = entry[..10].parse().expect("a date in a calendar file");
            match section {
                "off_days" => off.push(date),
                "work_days" => work.push(date),
                _ => {}
            }
        }
        if published {
            self.published.insert(year.expect("a year in a calendar file"));
            self.off.extend(off);
            self.work.extend(work);
        }
    }

    /// Whether people work on this day; `None` when the year's notice is not published.
    pub fn is_workday(&self, day: NaiveDate) -> Option<bool> {
        if !self.published.contains(&day.year()) {
            return None;
        }
        if self.work.contains(&day) {
            return Some(true);
        }
        if self.off.contains(&day) {
            return Some(false);
        }
        Some(!matches!(day.weekday(), Weekday::Sat | Weekday::Sun))
    }

    /// The N-th working day after `start`; the start day itself is not counted.
    /// Zero working days: the day itself, or the next working day when it is off.
    pub fn workdays_after(&self, start: NaiveDate, n: u32) -> Option<NaiveDate> {
        if n == 0 {
            return self.roll_forward(start);
        }
        let mut day = start;
        let mut seen = 0;
        while seen < n {
            day = day.succ_opt()?;
            if self.is_workday(day)? {
                seen += 1;
            }
        }
        Some(day)
    }

    /// N calendar days after `start`; when that day is off, the next working day.
    pub fn days_after(&self, start: NaiveDate, n: u32) -> Option<NaiveDate> {
        let mut day = start;
        for _ in 0..n {
            day = day.succ_opt()?;
        }
        self.roll_forward(day)
    }

    /// The day itself when people work on it, else the next working day.
    pub fn roll_forward(&self, day: NaiveDate) -> Option<NaiveDate> {
        let mut day = day;
        while !self.is_workday(day)? {
            day = day.succ_opt()?;
        }
        Some(day)
    }

    /// Working days after `from` up to and including `to`.
    pub fn count(&self, from: NaiveDate, to: NaiveDate) -> Option<i64> {
        let mut day = from;
        let mut count = 0;
        while day < to {
            day = day.succ_opt()?;
            if self.is_workday(day)? {
                count += 1;
            }
        }
        Some(count)
    }

    /// 31 December of the last published year.
    pub fn last_published(&self) -> NaiveDate {
        let year = *self.published.last().expect("at least one published year");
        NaiveDate::from_ymd_opt(year, 12, 31).expect("31 December")
    }

    /// A deadline that a future notice may still move: unknown, or on 12-29 to 12-31 of the last
    /// published year (the next notice may change those days).
    pub fn is_provisional(&self, deadline: Option<NaiveDate>) -> bool {
        let last = self.last_published();
        match deadline {
            None => true,
            Some(day) => day.year() == last.year() && day.month() == 12 && day.day() >= 29,
        }
    }
}
