//! Our calendar as a `bdays::HolidayCalendar`, for code that speaks that crate's language.
//! Takes a [`Calendar`]; make-up workdays are business days. Not used for our own answers:
//! `advance_bdays` moves a start on a day off forward before it counts, one workday too many.

use bdays::HolidayCalendar;
use chrono::NaiveDate;

use super::Calendar;
use super::date::is_weekend;

/// The workdays of a calendar. That trait answers a plain yes or no, so days outside
/// [`Calendar::horizon`] are taken as Monday to Friday: ask the horizon first.
#[derive(Clone, Copy, Debug)]
pub struct Workdays<'c>(pub &'c Calendar);

impl HolidayCalendar<NaiveDate> for Workdays<'_> {
    /// A weekday on which people do not work.
    fn is_holiday(&self, date: NaiveDate) -> bool {
        !is_weekend(date) && self.0.is_workday(date) == Some(false)
    }

    fn is_bday(&self, date: NaiveDate) -> bool {
        self.0.is_workday(date).unwrap_or_else(|| !is_weekend(date))
    }
}
