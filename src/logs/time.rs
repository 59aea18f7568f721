//! Dates and times as logs write them → [`NaiveDate`], [`Moment`] in Asia/Shanghai.
//! Fixed layout only: `2025-05-06`, `2025-05-06T10:00`, `…T10:00:00`, each maybe with a zone. Anything else is a
//! [`TimeSlip`], with the way it should be written when that is clear.

use chrono::{Datelike as _, Days, NaiveDate};

use crate::history::Moment;

/// Asia/Shanghai: seconds east of UTC. The summer time of 1990 and 1991 is left out of account.
const SHANGHAI: i64 = 8 * 3600;

/// Milliseconds of a day.
const DAY: i64 = 86_400_000;

/// Years (inclusive) in which records may lie.
pub(super) const YEARS: std::ops::RangeInclusive<i32> = 1990..=2100;

/// What is wrong with a written date or time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum TimeSlip {
    /// Not of the form asked for; the form it probably means.
    Form { meant: Option<String> },
    /// Month 0 or past 12.
    NoSuchMonth { month: u32 },
    /// The month has fewer days.
    NoSuchDay { year: i32, month: u32, days: u32 },
    /// Hour past 23, minute or second past 59.
    NoSuchTime,
    /// A time of day where only a date is wanted.
    DateOnly { date: String },
}

/// `2025-05-06` and nothing else.
pub(super) fn date(text: &str) -> Result<NaiveDate, TimeSlip> {
    match day(text.as_bytes()) {
        Some(result) => result,
        None => Err(match moment(text) {
            Ok(moment) => TimeSlip::DateOnly { date: moment.date.to_string() },
            Err(slip) => slip,
        }),
    }
}

/// A date, maybe with a time of day; another zone is converted to Asia/Shanghai.
pub(super) fn moment(text: &str) -> Result<Moment, TimeSlip> {
    let form = || TimeSlip::Form { meant: meant(text) };
    let (head, rest) = text.as_bytes().split_at_checked(10).ok_or_else(form)?;
    let date = day(head).ok_or_else(form)??;
    let [b'T' | b't' | b' ', clock @ ..] = rest else {
        return if rest.is_empty() { Ok(Moment::day(date)) } else { Err(form()) };
    };
    let (millis, zone) = clock_millis(clock).ok_or_else(form)??;
    let offset = zone_seconds(zone).ok_or_else(form)?;
    let local = i64::from(millis) + offset.map_or(0, |offset| (SHANGHAI - offset) * 1000);
    let date = match local.div_euclid(DAY) {
        0 => Some(date),
        days if days > 0 => date.checked_add_days(Days::new(days.unsigned_abs())),
        days => date.checked_sub_days(Days::new(days.unsigned_abs())),
    };
    let date = date.ok_or_else(form)?;
    Ok(Moment { date, millis: u32::try_from(local.rem_euclid(DAY)).ok() })
}

/// `None` when the ten bytes are not of the form `0000-00-00`.
fn day(bytes: &[u8]) -> Option<Result<NaiveDate, TimeSlip>> {
    let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = bytes else { return None };
    let year = i32::try_from(two(y1, y2)? * 100 + two(y3, y4)?).ok()?;
    let (month, day) = (two(m1, m2)?, two(d1, d2)?);
    Some(NaiveDate::from_ymd_opt(year, month, day).ok_or_else(|| {
        match NaiveDate::from_ymd_opt(year, month, 1) {
            None => TimeSlip::NoSuchMonth { month },
            Some(first) => TimeSlip::NoSuchDay { year, month, days: u32::from(first.num_days_in_month()) },
        }
    }))
}

/// Milliseconds of the day and what follows the time of day.
fn clock_millis(bytes: &[u8]) -> Option<Result<(u32, &[u8]), TimeSlip>> {
    let [h1, h2, b':', m1, m2, rest @ ..] = bytes else { return None };
    let (hour, minute) = (two(*h1, *h2)?, two(*m1, *m2)?);
    let (second, (millis, rest)) = match rest {
        [b':', s1, s2, rest @ ..] => (two(*s1, *s2)?, fraction(rest)?),
        _ => (0, (0, rest)),
    };
    if hour > 23 || minute > 59 || second > 59 {
        return Some(Err(TimeSlip::NoSuchTime));
    }
    Some(Ok(((hour * 3600 + minute * 60 + second) * 1000 + millis, rest)))
}

/// Whether a time shows by parts finer than are kept that it means the very moment: midnight, and not the whole day.
pub(super) fn is_exact(text: &str) -> bool {
    let Some((_, fraction)) = text.split_once('.') else { return false };
    fraction.bytes().take_while(u8::is_ascii_digit).any(|digit| digit != b'0')
}

/// `.123` as milliseconds, and what follows it; finer parts of a second are not kept.
fn fraction(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let [b'.', digits @ ..] = bytes else { return Some((0, bytes)) };
    let count = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let weights = digits.iter().take(count).zip([100, 10, 1]);
    let millis = weights.map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    if count == 0 { None } else { Some((millis, digits.get(count..)?)) }
}

/// Seconds east of UTC; `Some(None)` when no zone is written.
fn zone_seconds(bytes: &[u8]) -> Option<Option<i64>> {
    let (sign, h1, h2, m1, m2) = match *bytes {
        [] => return Some(None),
        [b'Z' | b'z'] => return Some(Some(0)),
        [sign, h1, h2, b':', m1, m2] | [sign, h1, h2, m1, m2] => (sign, h1, h2, m1, m2),
        [sign, h1, h2] => (sign, h1, h2, b'0', b'0'),
        _ => return None,
    };
    let (hours, minutes) = (two(h1, h2)?, two(m1, m2)?);
    let seconds = i64::from(hours * 3600 + minutes * 60);
    match sign {
        _ if hours > 14 || minutes > 59 => None,
        b'+' => Some(Some(seconds)),
        b'-' => Some(Some(-seconds)),
        _ => None,
    }
}

fn two(tens: u8, ones: u8) -> Option<u32> {
    (tens.is_ascii_digit() && ones.is_ascii_digit())
        .then(|| u32::from(tens - b'0') * 10 + u32::from(ones - b'0'))
}

/// `2025/5/6`, `2025.5.6`, `2025年5月6日 9时30分`, `20250506`, full-width digits → how to write it; only if it is a real date.
fn meant(text: &str) -> Option<String> {
    let plain: String = text
        .chars()
        .map(|c| match c {
            '０'..='９' => char::from_u32(u32::from(c) - u32::from('０') + u32::from('0')).unwrap_or(c),
            _ => c,
        })
        .collect();
    let mut groups: Vec<&str> =
        plain.split(|c: char| !c.is_ascii_digit()).filter(|group| !group.is_empty()).collect();
    if let [eight, ..] = *groups.as_slice()
        && eight.len() == 8
    {
        groups.splice(0..1, [eight.get(..4)?, eight.get(4..6)?, eight.get(6..)?]);
    }
    let (year, month, day_of_month, clock) = match *groups.as_slice() {
        [year, month, day] => (year, month, day, None),
        [year, month, day, hour, minute] => (year, month, day, Some((hour, minute, None))),
        [year, month, day, hour, minute, second] => (year, month, day, Some((hour, minute, Some(second)))),
        _ => return None,
    };
    if year.len() != 4 || plain.contains(['+', 'Z']) {
        return None;
    }
    let mut written = format!("{year}-{month:0>2}-{day_of_month:0>2}");
    if let Some((hour, minute, second)) = clock {
        written.push_str(&format!("T{hour:0>2}:{minute:0>2}"));
        if let Some(second) = second {
            written.push_str(&format!(":{second:0>2}"));
        }
    }
    let sound = day(written.as_bytes().get(..10)?)?.is_ok_and(|date| YEARS.contains(&date.year()));
    (sound && written != text).then_some(written)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Moment {
        moment(text).unwrap_or_else(|slip| panic!("{text}: {slip:?}"))
    }

    fn on(year: i32, month: u32, day: u32, seconds: Option<u32>) -> Moment {
        let millis = seconds.map(|seconds| seconds * 1000);
        Moment { date: NaiveDate::from_ymd_opt(year, month, day).unwrap(), millis }
    }

    #[test]
    fn reads_every_form() {
        assert_eq!(at("2025-05-06"), on(2025, 5, 6, None));
        assert_eq!(at("2025-05-06T10:00"), on(2025, 5, 6, Some(36_000)));
        assert_eq!(at("2025-05-06T10:00:07"), on(2025, 5, 6, Some(36_007)));
        assert_eq!(at("2025-05-06 10:00:07.000"), on(2025, 5, 6, Some(36_007)));
        let millis = |text| at(text).millis;
        assert_eq!(millis("2025-05-06 10:00:07.25"), Some(36_007_250));
        assert_eq!(millis("2025-05-06T10:00:07.0019+08:00"), Some(36_007_001));
        assert_eq!(at("2025-05-06T10:00:07+08:00"), on(2025, 5, 6, Some(36_007)));
    }

    #[test]
    fn converts_zones_to_shanghai() {
        assert_eq!(at("2025-05-06T16:00:00Z"), on(2025, 5, 7, Some(0)));
        assert_eq!(at("2025-01-01T00:30+09:00"), on(2024, 12, 31, Some(23 * 3600 + 1800)));
        assert_eq!(at("2025-12-31T20:00-0500"), on(2026, 1, 1, Some(9 * 3600)));
    }

    #[test]
    fn says_what_is_wrong() {
        let slip = |text| moment(text).unwrap_err();
        assert_eq!(slip("2025-02-30"), TimeSlip::NoSuchDay { year: 2025, month: 2, days: 28 });
        assert_eq!(slip("2025-13-01"), TimeSlip::NoSuchMonth { month: 13 });
        assert_eq!(slip("2025-05-06T24:00"), TimeSlip::NoSuchTime);
        let meant = |text| {
            let TimeSlip::Form { meant } = slip(text) else { panic!("{text}") };
            meant.unwrap_or_default()
        };
        assert_eq!(meant("2025/5/6"), "2025-05-06");
        assert_eq!(meant("2025年5月6日"), "2025-05-06");
        assert_eq!(meant("２０２５．５．６"), "2025-05-06");
        assert_eq!(meant("20250506"), "2025-05-06");
        assert_eq!(meant("2025/5/6 9:30"), "2025-05-06T09:30");
        assert_eq!(meant("去年五月"), "");
        assert_eq!(date("2025-05-06T10:00"), Err(TimeSlip::DateOnly { date: "2025-05-06".into() }));
    }
}
