//! Dates, workdays, holiday notices, time limits, deadlines.
//! Takes calendar files; gives a [`Calendar`]. Does not know what a rule is.
//!
//! A day is a workday (工作日) if a notice makes it one (调休上班), or if it is Monday to Friday and no notice
//! makes it a day off. `自 2025-09-26 之日起 2 个工作日`: the 26th itself does not count; Saturday the 27th is
//! off; Sunday the 28th is a make-up workday, the first; Monday the 29th is the second and the deadline.
//! Years without a published notice are never guessed: every question about them is answered `None`.

mod bdays;
mod check;
mod date;
mod days;
mod deadline;
mod derivation;
mod limit;
mod load;
mod node;
mod notice;
mod placed;
mod problem;
mod table;

use chrono::{Datelike as _, NaiveDate};

use crate::source::Digest;

pub use bdays::Workdays;
pub use date::{BadDate, date_of, is_weekend, parse_date, parse_date_loosely, weekday};
pub use days::DayKind;
pub use deadline::Deadline;
pub use derivation::{Derivation, DerivedDay, Step};
pub use limit::{CountFrom, Direction, RollForward, TimeLimit, Unit};
pub use notice::{HolidayNotice, MakeUpWorkday, NoticeSource, OffDay, SCHEMA, Status};
pub use problem::{Expected, List, Problem};

use days::NamedDays;
use load::CalendarFile;
use table::Table;

/// Which days are workdays, from the first to the last published year.
#[derive(Clone, Debug)]
pub struct Calendar {
    files: Vec<CalendarFile>,
    days: NamedDays,
    table: Table,
}

impl Calendar {
    /// Over published years `first..=last`, without a gap; `files` in the order they are laid over one another.
    fn over(first: i32, last: i32, files: Vec<CalendarFile>, days: NamedDays) -> Option<Self> {
        let start = NaiveDate::from_ymd_opt(first, 1, 1)?;
        let length = usize::try_from((NaiveDate::from_ymd_opt(last + 1, 1, 1)? - start).num_days()).ok()?;
        let monday = start.weekday().num_days_from_monday() as usize;
        let mut works: Vec<bool> = (monday..).take(length).map(|day| day % 7 < 5).collect();
        for (date, work) in days.iter() {
            let day = usize::try_from((date - start).num_days()).ok();
            if let Some(cell) = day.and_then(|day| works.get_mut(day)) {
                *cell = work;
            }
        }
        Some(Self { files, days, table: Table::new(start, works.into_iter()) })
    }

    pub(self) fn files(&self) -> &[CalendarFile] {
        &self.files
    }

    /// First and last day whose workdays are known, both inclusive.
    pub fn horizon(&self) -> (NaiveDate, NaiveDate) {
        self.table.horizon()
    }

    /// The notices in force: national ones by year, then regional ones. Includes years of which only the
    /// statutory days are known.
    pub fn notices(&self) -> impl Iterator<Item = &HolidayNotice> {
        self.files.iter().map(|file| &file.notice)
    }

    /// Whether people work on a day; `None` outside the horizon.
    pub fn is_workday(&self, date: NaiveDate) -> Option<bool> {
        self.table.is_workday(date)
    }

    /// What a day is. Beyond the horizon only statutory days are known, everything else is `None`.
    pub fn day_kind(&self, date: NaiveDate) -> Option<DayKind<'_>> {
        match self.table.is_workday(date) {
            Some(_) => Some(self.days.kind(date)),
            None => {
                self.days.named(date).filter(|kind| matches!(kind, DayKind::Holiday { statutory: true, .. }))
            }
        }
    }

    /// Number of workdays after `from` up to and including `to`; negative if `to` is the earlier.
    /// `None` if either day is outside the horizon.
    pub fn workdays_after(&self, from: NaiveDate, to: NaiveDate) -> Option<i64> {
        Some(i64::from(self.table.through(to)?) - i64::from(self.table.through(from)?))
    }

    /// The `n`-th workday strictly after a day (before it, for negative `n`); for 0 the day itself,
    /// or the next workday. `None` if that takes a day outside the horizon.
    pub fn add_workdays(&self, start: NaiveDate, n: i64) -> Option<NaiveDate> {
        // Workdays are numbered from 1: after the start from `through + 1` on, before it down from `before`.
        let position = if n > 0 {
            i64::from(self.table.through(start)?)
        } else {
            i64::from(self.table.before(start)?) + 1
        };
        self.table.nth(position.checked_add(n)?)
    }

    /// `2025-09-28（周日，调休上班）`, `2025-10-01（周三，国庆节、中秋节放假）`, `2025-09-26（周五）`.
    pub fn show_date(&self, date: NaiveDate) -> String {
        let weekday = weekday(date);
        match self.day_kind(date) {
            Some(DayKind::MakeUpWorkday { .. }) => format!("{date}（{weekday}，调休上班）"),
            Some(DayKind::Holiday { name, .. }) => format!("{date}（{weekday}，{name}放假）"),
            Some(DayKind::Workday | DayKind::Weekend) | None => format!("{date}（{weekday}）"),
        }
    }

    /// SHA-256, in lower-case hexadecimal, over region, year and text of all files in force, in their order.
    /// The same files give the same sum wherever they lie, and whichever way their lines end.
    pub fn sha256(&self) -> String {
        let mut digest = Digest::default();
        for file in &self.files {
            digest.add(&format!("{}/{}.yaml\0", file.notice.region, file.notice.year));
            file.text.split_inclusive("\r\n").for_each(|part| match part.strip_suffix("\r\n") {
                Some(line) => digest.add(&format!("{line}\n")),
                None => digest.add(part),
            });
            digest.add("\0");
        }
        digest.hex()
    }
}
