//! Cell values → words, the same for every workbook format. Takes numbers, serial dates, ISO dates; appends text.
//!
//! | cell | text |
//! |---|---|
//! | whole number | `120`, no `.0` |
//! | other number | shortest that reads back the same: `0.1` |
//! | number of more than 15 digits | `1.10101199003074E+17`: the spreadsheet has dropped the rest, see [`is_cut`] |
//! | date, date and time, time | `2025-05-06`, `2025-05-06T10:00:00`, `10:00:00`; to the second |
//! | length of time | `26:30:00` |
//! | truth | `TRUE`, `FALSE`, as spreadsheets write it to CSV |
//! | error | `#REF!`, as shown |

use std::fmt::Write as _;

use calamine::ExcelDateTime;

/// Whole numbers up to here are exact in a workbook.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Spreadsheets keep 15 digits of what is typed, and put zeros for the rest. A number of 16 digits that does not end
/// in zero was put there by a program, whole.
pub(super) fn is_cut(value: f64) -> bool {
    let size = value.abs();
    size >= 1e15 && value.fract() == 0.0 && (size >= EXACT || size % 10.0 == 0.0)
}

/// A plain number.
#[expect(clippy::cast_possible_truncation, reason = "whole and below 2^53")]
pub(super) fn number(text: &mut String, value: f64) {
    let written = if is_cut(value) {
        let written = format!("{value:.14E}");
        let (digits, power) = written.split_once('E').unwrap_or((&written, "0"));
        let digits = digits.trim_end_matches('0').trim_end_matches('.');
        write!(text, "{digits}E+{power}")
    } else if value.fract() == 0.0 && value.abs() < EXACT {
        write!(text, "{}", value as i64)
    } else {
        write!(text, "{value}")
    };
    debug_assert!(written.is_ok(), "writing to a String does not fail");
}

/// A serial date. Days outside the calendar of spreadsheets (1900 or 1904 to 9999) stay numbers.
pub(super) fn date_time(text: &mut String, cell: &ExcelDateTime) {
    const PAST_9999: f64 = 2_958_466.0;
    let serial = cell.as_f64();
    if !(0.0..PAST_9999).contains(&serial) {
        number(text, serial);
        return;
    }
    if cell.is_duration() {
        duration(text, serial * 86_400.0);
        return;
    }
    let (year, month, day, hour, minute, second, milli) = cell.to_ymd_hms_milli();
    let mut seconds = u32::from(hour) * 3600 + u32::from(minute) * 60 + u32::from(second);
    // 时刻存成一天的几分之几，十点可能是 9:59:59.9996；取最近的秒，但不进到第二天。
    if milli >= 500 && seconds < 86_399 {
        seconds += 1;
    }
    let written = if serial < 1.0 {
        clock(text, seconds);
        Ok(())
    } else {
        write!(text, "{year:04}-{month:02}-{day:02}")
    };
    debug_assert!(written.is_ok(), "writing to a String does not fail");
    if serial >= 1.0 && seconds > 0 {
        text.push('T');
        clock(text, seconds);
    }
}

/// A length of time in seconds, not below zero.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "checked by the caller: 0 to 1e12"
)]
fn duration(text: &mut String, seconds: f64) {
    let seconds = seconds.round() as u64;
    let written = write!(text, "{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    debug_assert!(written.is_ok(), "writing to a String does not fail");
}

fn clock(text: &mut String, seconds: u32) {
    let written = write!(text, "{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    debug_assert!(written.is_ok(), "writing to a String does not fail");
}

/// A date as XML formats write it, `2025-05-06T00:00:00.000`: without a midnight, without fractions of a second;
/// a time of the day that hangs on the day zero of spreadsheets is a time.
pub(super) fn iso(text: &mut String, written: &str) {
    let written = written.trim();
    let (day, time) = written.split_once(['T', ' ']).unwrap_or((written, ""));
    let time = time.trim_end_matches('Z');
    let time = time.split_once('.').map_or(time, |(whole, _)| whole);
    if ["1899-12-31", "1899-12-30"].contains(&day) && !time.is_empty() {
        text.push_str(time);
        return;
    }
    text.push_str(day);
    if !time.is_empty() && !time.trim_matches(['0', ':']).is_empty() {
        text.push('T');
        text.push_str(time);
    }
}

/// `PT10H30M00S` as `10:30:00`; anything else as it stands.
pub(super) fn iso_duration(text: &mut String, written: &str) {
    let parts = || {
        let rest = written.strip_prefix("PT")?;
        let (hours, rest) = rest.split_once('H')?;
        let (minutes, rest) = rest.split_once('M')?;
        let seconds = rest.strip_suffix('S')?;
        let seconds = seconds.split_once(['.', ',']).map_or(seconds, |(whole, _)| whole);
        let read = |part: &str| part.parse::<u64>().ok();
        Some((read(hours)?, read(minutes)?, read(seconds)?))
    };
    match parts() {
        Some((hours, minutes, seconds)) => {
            let written = write!(text, "{hours:02}:{minutes:02}:{seconds:02}");
            debug_assert!(written.is_ok(), "writing to a String does not fail");
        }
        None => text.push_str(written),
    }
}

/// A truth value.
pub(super) fn truth(value: bool) -> &'static str {
    if value { "TRUE" } else { "FALSE" }
}

#[cfg(test)]
mod tests {
    use calamine::ExcelDateTimeType;

    use super::*;

    fn words(write: impl FnOnce(&mut String)) -> String {
        let mut text = String::new();
        write(&mut text);
        text
    }

    #[test]
    fn numbers_are_whole_shortest_or_visibly_cut() {
        for (value, wanted) in [
            (120.0, "120"),
            (-3.0, "-3"),
            (0.1, "0.1"),
            (1.0 / 3.0, "0.3333333333333333"),
            (999_999_999_999_999.0, "999999999999999"),
            (6_222_021_234_567_891.0, "6222021234567891"),
            (6_222_021_234_567_890.0, "6.22202123456789E+15"),
            (110_101_199_003_074_000.0, "1.10101199003074E+17"),
            (-2e20, "-2E+20"),
        ] {
            assert_eq!(words(|text| number(text, value)), wanted);
        }
    }

    #[test]
    fn serial_dates_of_both_epochs() {
        use ExcelDateTimeType::{DateTime, TimeDelta};
        for (serial, kind, is_1904, wanted) in [
            (45_783.0, DateTime, false, "2025-05-06"),
            (44_321.0, DateTime, true, "2025-05-06"),
            (45_783.416_666_666_66, DateTime, false, "2025-05-06T10:00:00"),
            (45_783.999_999_9, DateTime, false, "2025-05-06T23:59:59"),
            (0.5, DateTime, false, "12:00:00"),
            (1.0, DateTime, false, "1900-01-01"),
            (60.0, DateTime, false, "1900-02-29"),
            (61.0, DateTime, false, "1900-03-01"),
            (2_958_465.0, DateTime, false, "9999-12-31"),
            (2_958_466.0, DateTime, false, "2958466"),
            (-1.0, DateTime, false, "-1"),
            (20_250_506.0, DateTime, false, "20250506"),
            (1.104_166_666_666_666_7, TimeDelta, false, "26:30:00"),
        ] {
            let cell = ExcelDateTime::new(serial, kind, is_1904);
            assert_eq!(words(|text| date_time(text, &cell)), wanted, "{serial}");
        }
    }

    #[test]
    fn iso_dates_lose_their_midnight() {
        for (written, wanted) in [
            ("2025-05-06T00:00:00.000", "2025-05-06"),
            ("2025-05-06T10:00:00.000", "2025-05-06T10:00:00"),
            ("2025-05-06", "2025-05-06"),
            ("1899-12-31T10:30:00.000", "10:30:00"),
        ] {
            assert_eq!(words(|text| iso(text, written)), wanted);
        }
        assert_eq!(words(|text| iso_duration(text, "PT10H30M00S")), "10:30:00");
        assert_eq!(words(|text| iso_duration(text, "P1D")), "P1D");
    }
}
