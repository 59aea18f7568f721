//! How a deadline came about, day by day and in one Chinese line.
//! Takes a start and a [`TimeLimit`]; gives a [`Derivation`] for reports. The deadline itself is
//! reckoned in `deadline.rs`; this retells it and never decides anything.

use chrono::{Datelike as _, NaiveDate};

use super::deadline::Reckoning;
use super::{Calendar, CountFrom, DayKind, Deadline, Direction, TimeLimit, Unit, weekday};

/// What happened on one day of a derivation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The start, which does not count.
    Start,
    /// Counted, as the n-th, from 1.
    Counted(u32),
    /// Off, so not counted (工作日 limits only).
    Skipped,
    /// The last day of a 月 or 年 limit, reached without counting days; or a start that is itself the end.
    Reached,
    /// A day off after the last day, passed over because the deadline rolls.
    Passed,
    /// The workday the deadline rolled to.
    RolledTo,
}

/// One day of a derivation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DerivedDay<'c> {
    pub date: NaiveDate,
    /// `None` if the notice for the day is not known.
    pub kind: Option<DayKind<'c>>,
    pub step: Step,
}

/// How a deadline came about.
#[derive(Clone, Debug)]
pub struct Derivation<'c> {
    calendar: &'c Calendar,
    reckoning: Reckoning,
    pub start: NaiveDate,
    pub limit: TimeLimit,
    pub deadline: Deadline,
    /// In the order they were counted: later and later, or earlier and earlier for a limit that runs back.
    /// 月 and 年 limits, and 日 limits of more than ten years, list only the start and the end.
    pub days: Vec<DerivedDay<'c>>,
}

/// 日 limits longer than this are not listed day by day.
const LISTED_DAYS: u32 = 3660;

impl Calendar {
    /// Like [`Calendar::deadline`], with everything needed to explain it.
    pub fn derivation(&self, start: NaiveDate, limit: &TimeLimit) -> Derivation<'_> {
        let reckoning = self.reckon(start, limit);
        let mut derivation = Derivation {
            calendar: self,
            reckoning,
            start,
            limit: *limit,
            deadline: reckoning.deadline,
            days: Vec::new(),
        };
        match limit.unit {
            Unit::Workday => derivation.count_workdays(),
            Unit::Day if limit.count <= LISTED_DAYS => derivation.count_days(),
            Unit::Day | Unit::Month | Unit::Year => derivation.name_ends(),
        }
        derivation
    }
}

impl<'c> Derivation<'c> {
    fn push(&mut self, date: NaiveDate, step: Step) {
        self.days.push(DerivedDay { date, kind: self.calendar.day_kind(date), step });
    }

    fn next(&self, date: NaiveDate) -> Option<NaiveDate> {
        match self.limit.direction {
            Direction::After => date.succ_opt(),
            Direction::Before => date.pred_opt(),
        }
    }

    /// The day counting begins with. A start that is not counted itself is shown before it.
    fn first(&mut self) -> Option<NaiveDate> {
        if self.limit.count == 0 || self.limit.count_from != CountFrom::NextDay {
            return Some(self.start);
        }
        self.push(self.start, Step::Start);
        self.next(self.start)
    }

    /// All days from the start to the deadline, or to the edge of the horizon.
    fn count_workdays(&mut self) {
        let end = match self.deadline {
            Deadline::On { date, .. } => date,
            Deadline::OutOfRange { known } => known,
        };
        let mut day = self.first();
        let mut count = 0;
        while let Some(date) = day {
            let beyond = match self.limit.direction {
                Direction::After => date > end,
                Direction::Before => date < end,
            };
            let Some(workday) = self.calendar.is_workday(date).filter(|_| !beyond) else { break };
            count += u32::from(workday);
            self.push(
                date,
                match (workday, self.limit.count) {
                    (true, 0) if date == self.start => Step::Reached,
                    (true, 0) => Step::RolledTo,
                    (true, _) => Step::Counted(count),
                    (false, _) => Step::Skipped,
                },
            );
            day = self.next(date);
        }
    }

    fn count_days(&mut self) {
        let Some(last) = self.reckoning.counted_to else { return self.push(self.start, Step::Start) };
        let mut day = self.first();
        let mut count = 0;
        while let Some(date) = day {
            count += 1;
            self.push(date, if self.limit.count == 0 { Step::Reached } else { Step::Counted(count) });
            if date == last {
                break;
            }
            day = self.next(date);
        }
        self.roll(last);
    }

    fn name_ends(&mut self) {
        let last = self.reckoning.counted_to;
        if last != Some(self.start) {
            self.push(self.start, Step::Start);
        }
        if let Some(last) = last {
            self.push(last, Step::Reached);
            self.roll(last);
        }
    }

    /// The days from the last counted day to the deadline it rolled to.
    fn roll(&mut self, last: NaiveDate) {
        let Deadline::On { date: deadline, .. } = self.deadline else { return };
        for date in
            std::iter::successors(last.succ_opt(), NaiveDate::succ_opt).take_while(|date| *date <= deadline)
        {
            self.push(date, if date == deadline { Step::RolledTo } else { Step::Passed });
        }
    }

    /// One line: `2025-09-26（周五）次日起第 20 个工作日 = 2025-10-30（周四）；跳过国庆节、中秋节 10-01 至 10-08，周末 6 天；计入…`.
    pub fn summary(&self) -> String {
        let mut line = format!("{}{}", self.calendar.show_date(self.start), self.counting());
        match self.deadline {
            Deadline::On { date, provisional } => {
                line.push_str(" = ");
                match self.reckoning.counted_to.filter(|counted| *counted != date) {
                    Some(counted) => {
                        let (counted, date) =
                            (self.calendar.show_date(counted), self.calendar.show_date(date));
                        line.push_str(&format!("{counted}，顺延至 {date}"));
                    }
                    None => line.push_str(&self.calendar.show_date(date)),
                }
                line.push_str(&self.remarks());
                if provisional {
                    let (_, last) = self.calendar.horizon();
                    line.push_str(&format!(
                        "；暂定：12-29 至 12-31 还可能被 {} 年的放假安排改动",
                        last.year() + 1
                    ));
                }
            }
            Deadline::OutOfRange { known } => line.push_str(&self.unknown(known)),
        }
        line
    }

    /// `次日起第 20 个工作日`.
    fn counting(&self) -> String {
        let TimeLimit { count, unit, count_from, direction, .. } = self.limit;
        let from = match (direction, count_from) {
            (Direction::After, CountFrom::NextDay) => "次日起",
            (Direction::After, CountFrom::SameDay) => "当日起",
            (Direction::Before, CountFrom::NextDay) => "前一日起往前",
            (Direction::Before, CountFrom::SameDay) => "当日起往前",
        };
        match (unit, direction, count_from) {
            (Unit::Day, Direction::After, _) if count == 0 => "当日".to_owned(),
            (_, Direction::After, _) if count == 0 => format!("起 0 {}", unit.word()),
            (_, Direction::Before, _) if count == 0 => format!("往前 0 {}", unit.word()),
            (Unit::Workday | Unit::Day, ..) => format!("{from}第 {count} {}", unit.word()),
            (Unit::Month | Unit::Year, Direction::After, CountFrom::NextDay) => {
                format!("起 {count} {}", unit.word())
            }
            (Unit::Month | Unit::Year, Direction::Before, CountFrom::NextDay) => {
                format!("往前 {count} {}", unit.word())
            }
            (Unit::Month | Unit::Year, _, CountFrom::SameDay) => format!("{from} {count} {}", unit.word()),
        }
    }

    /// What was skipped, what weekend days counted, what moved the end.
    fn remarks(&self) -> String {
        let mut remarks = Vec::new();
        let skipped: Vec<String> = self.rests().into_iter().chain(self.weekends()).collect();
        if !skipped.is_empty() {
            remarks.push(format!("跳过{}", skipped.join("，")));
        }
        let make_up = |day: &&DerivedDay<'_>| {
            matches!((day.step, day.kind), (Step::Counted(_), Some(DayKind::MakeUpWorkday { .. })))
        };
        if self.limit.unit == Unit::Workday {
            let days = self.days.iter().filter(make_up);
            let days: Vec<String> =
                days.map(|day| format!("{}（{}）", self.short(day.date), weekday(day.date))).collect();
            if !days.is_empty() {
                remarks.push(format!("计入调休上班 {}", days.join("、")));
            }
        }
        if self.reckoning.extended > 0 {
            remarks.push(format!("期内连休 {0} 日，期限延长 {0} 日", self.reckoning.extended));
        }
        if self.reckoning.month_end
            && let Some(last) = self.reckoning.counted_to
        {
            let month = match self.limit.count_from {
                CountFrom::SameDay if self.limit.direction == Direction::Before => {
                    last.pred_opt().unwrap_or(last)
                }
                CountFrom::SameDay | CountFrom::NextDay => last,
            };
            remarks.push(format!("{} 月没有 {} 日，按月末算", month.month(), self.start.day()));
        }
        remarks.iter().map(|remark| format!("；{remark}")).collect()
    }

    /// Skipped holidays by name, each as one span of days.
    fn rests(&self) -> Vec<String> {
        let mut runs: Vec<(&str, NaiveDate, NaiveDate)> = Vec::new();
        for day in self.days.iter().filter(|day| day.step == Step::Skipped) {
            let Some(DayKind::Holiday { name, .. }) = day.kind else { continue };
            match runs.last_mut() {
                Some((last, _, end)) if *last == name && (day.date - *end).num_days().abs() == 1 => {
                    *end = day.date
                }
                Some(_) | None => runs.push((name, day.date, day.date)),
            }
        }
        let shown = runs.into_iter().map(|(name, one, other)| {
            let (from, to) = (one.min(other), one.max(other));
            if from == to {
                format!("{name} {}", self.short(from))
            } else {
                format!("{name} {} 至 {}", self.short(from), self.short(to))
            }
        });
        shown.collect()
    }

    fn weekends(&self) -> Option<String> {
        let skipped = |day: &&DerivedDay<'_>| (day.step, day.kind) == (Step::Skipped, Some(DayKind::Weekend));
        let days = self.days.iter().filter(skipped).count();
        (days > 0).then(|| format!("周末 {days} 天"))
    }

    /// `10-01`, with the year if it is not that of the start.
    fn short(&self, date: NaiveDate) -> String {
        if date.year() == self.start.year() { date.format("%m-%d").to_string() } else { date.to_string() }
    }

    /// Why there is no deadline.
    fn unknown(&self, known: NaiveDate) -> String {
        let (first, last) = self.calendar.horizon();
        if self.limit.unit == Unit::Workday && self.calendar.is_workday(self.start).is_none() {
            return format!("：已有的放假安排只管 {first} 至 {last}，起算日不在其中，算不出来");
        }
        let counted = self.days.iter().rev().find_map(|day| match day.step {
            Step::Counted(count) => Some(count),
            Step::Start | Step::Skipped | Step::Reached | Step::Passed | Step::RolledTo => None,
        });
        let reached = match self.limit.unit {
            Unit::Workday => match counted {
                Some(count) => format!("：数到 {}是第 {count} 个", self.calendar.show_date(known)),
                None => format!("：到 {}一个还没有", self.calendar.show_date(known)),
            },
            Unit::Day | Unit::Month | Unit::Year => match self.reckoning.counted_to {
                Some(date) => format!("：数到 {}，是否顺延要看放假安排", self.calendar.show_date(date)),
                None => "：超出能算的年份".to_owned(),
            },
        };
        let missing = if known == first { first.year() - 1 } else { last.year() + 1 };
        let why = if known == first { "这里没有收录" } else { "尚未公布" };
        format!("{reached}，{missing} 年的放假安排{why}，定不下来")
    }
}
