//! The days that notices name, merged: which holiday, off or at work. And what any day is.
//! Takes notices in the order they are laid on one another; does not know which years are published.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::date::is_weekend;
use super::notice::HolidayNotice;

/// What a day is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayKind<'c> {
    /// An ordinary workday.
    Workday,
    /// A Saturday or Sunday no notice names.
    Weekend,
    /// A day off by notice. `statutory`: 法定节日 proper.
    Holiday { name: &'c str, statutory: bool },
    /// 调休上班.
    MakeUpWorkday { name: &'c str },
}

impl DayKind<'_> {
    pub fn is_workday(self) -> bool {
        match self {
            Self::Workday | Self::MakeUpWorkday { .. } => true,
            Self::Weekend | Self::Holiday { .. } => false,
        }
    }
}

#[derive(Clone, Debug)]
enum Mark {
    Off { name: String, statutory: bool },
    Work { name: String },
}

/// Named days by date. A later notice overrides an earlier one, in both directions.
#[derive(Clone, Debug, Default)]
pub(super) struct NamedDays(BTreeMap<NaiveDate, Mark>);

impl NamedDays {
    /// Lays one notice over what is there.
    pub fn lay(&mut self, notice: &HolidayNotice) {
        for day in &notice.off_days {
            self.0.insert(day.date, Mark::Off { name: day.name.clone(), statutory: day.statutory });
        }
        for day in &notice.work_days {
            self.0.insert(day.date, Mark::Work { name: day.name.clone() });
        }
    }

    /// What a named day is.
    pub fn named(&self, date: NaiveDate) -> Option<DayKind<'_>> {
        self.0.get(&date).map(|mark| match mark {
            Mark::Off { name, statutory } => DayKind::Holiday { name, statutory: *statutory },
            Mark::Work { name } => DayKind::MakeUpWorkday { name },
        })
    }

    /// What a day is if nothing but these notices changes it.
    pub fn kind(&self, date: NaiveDate) -> DayKind<'_> {
        self.named(date).unwrap_or(if is_weekend(date) { DayKind::Weekend } else { DayKind::Workday })
    }

    /// All named days in date order, with whether people work on them.
    pub fn iter(&self) -> impl Iterator<Item = (NaiveDate, bool)> + '_ {
        self.0.iter().map(|(date, mark)| (*date, matches!(mark, Mark::Work { .. })))
    }
}
