//! Days on which things may happen in a made-up history: around the start of a clock, and around every
//! deadline that either rule sets. All are real days of the calendar.

use chrono::{Datelike as _, Days, NaiveDate};

use crate::calendar::{Calendar, Deadline, TimeLimit};

/// Days that matter for a pair of rules.
#[derive(Clone, Debug)]
pub(super) struct Timetable {
    /// The day on which the clock starts.
    pub start: NaiveDate,
    /// A workday a week later.
    pub later: NaiveDate,
    pub before: NaiveDate,
    pub after: NaiveDate,
    /// Last days in time and the workdays after them.
    pub due: Vec<NaiveDate>,
    pub as_of: NaiveDate,
    pub coverage: Option<(NaiveDate, NaiveDate)>,
}

impl Timetable {
    /// Days for a clock that starts on `start`.
    pub fn new(
        start: NaiveDate,
        limits: &[TimeLimit],
        year: bool,
        fixed: &[(u32, Option<u32>)],
        calendar: &Calendar,
    ) -> Self {
        let workday = |from: NaiveDate, n: i64| calendar.add_workdays(from, n).unwrap_or(from);
        let later = workday(start, 5);
        let mut due = Vec::new();
        for from in [start, later] {
            for limit in limits {
                if let Deadline::On { date, .. } = calendar.deadline(from, limit) {
                    due.extend([date, workday(date, 1)]);
                }
            }
        }
        for (month, day) in fixed {
            for of in [start.year(), start.year() + 1] {
                let date = match day {
                    Some(day) => NaiveDate::from_ymd_opt(of, *month, *day),
                    None => NaiveDate::from_ymd_opt(of, *month, 1).and_then(|first| {
                        NaiveDate::from_ymd_opt(of, *month, u32::from(first.num_days_in_month()))
                    }),
                };
                due.extend(
                    date.into_iter()
                        .flat_map(|date| [Some(date), date.succ_opt()])
                        .flatten()
                        .filter(|date| *date >= start),
                );
            }
        }
        due.dedup();
        let (before, after) = (workday(start, -1), workday(start, 1));
        let last = due.iter().copied().chain([later]).max().unwrap_or(start);
        let mut as_of = last.succ_opt().unwrap_or(last);
        let year_end = |year: i32| NaiveDate::from_ymd_opt(year, 12, 31);
        if year && let Some(end) = year_end(as_of.year()).and_then(|end| end.checked_add_days(Days::new(5))) {
            as_of = end;
        }
        let coverage = match (NaiveDate::from_ymd_opt(start.year(), 1, 1), year_end(start.year())) {
            (Some(first), Some(end)) if year => Some((first, end)),
            _ => None,
        };
        Self { start, later, before, after, due, as_of, coverage }
    }
}
