//! A date cell as people write it → [`Moment`]: Excel serial days, `2025.5.6`, `2025年5月6日9时30分`, `20250506`.
//! What leaves the day open — no year, two digits of it, a range, a word — is a [`DaySlip`], never a guess.

use chrono::{Days, NaiveDate};

use crate::history::Moment;
use crate::logs::time::{self, TimeSlip};

/// Why a cell is not a date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::logs) enum DaySlip {
    /// `5/6`: month and day without a year.
    NoYear { month: u32, day: u32 },
    /// `25.5.6`.
    ShortYear,
    /// `5月6日至8日`.
    Range,
    /// No digits that could be a date: `已公示`.
    Word,
    /// A number out of the range of dates.
    Number,
    /// A day or a time that does not exist, or something else.
    Other(TimeSlip),
}

/// Which day of a range stands for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Edge {
    First,
    Last,
}

/// Reads a cell. `year` is what a cell without a year means; `edge` what a range means.
pub(super) fn moment(text: &str, year: Option<i32>, edge: Option<Edge>) -> Result<Moment, DaySlip> {
    if let Ok(moment) = time::moment(text) {
        return Ok(moment);
    }
    let plain: String = text.trim().chars().map(half_width).collect();
    match time::moment(&plain) {
        Ok(moment) => return Ok(moment),
        Err(slip @ (TimeSlip::NoSuchMonth { .. } | TimeSlip::NoSuchDay { .. } | TimeSlip::NoSuchTime)) => {
            return Err(DaySlip::Other(slip));
        }
        Err(TimeSlip::Form { .. } | TimeSlip::DateOnly { .. }) => {}
    }
    if let Some((first, last)) = range(&plain) {
        return match edge {
            None => Err(DaySlip::Range),
            Some(Edge::First) => moment(first, year, None),
            Some(Edge::Last) => moment(&completed(first, last), year, None),
        };
    }
    let digits = |byte: u8| byte.is_ascii_digit() || byte == b'.';
    if !plain.is_empty()
        && plain.bytes().all(digits)
        && let Some(serial) = serial(&plain)
    {
        return serial;
    }
    parts(&plain, year)
}

fn half_width(c: char) -> char {
    match c {
        '！'..='～' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{3000}' | '\u{a0}' | '↵' => ' ',
        '—' | '–' | '−' => '-',
        '。' | '·' => '.',
        _ => c,
    }
}

/// `45919`, `42473.0`, `45919.5`: days since 1899-12-30 as spreadsheets count them; `20250506` is a date.
fn serial(text: &str) -> Option<Result<Moment, DaySlip>> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    if part.contains('.') || part.is_empty() && text.contains('.') {
        return None;
    }
    if whole.len() == 8 && part.is_empty() {
        let written = format!("{}-{}-{}", whole.get(..4)?, whole.get(4..6)?, whole.get(6..)?);
        return Some(time::moment(&written).map_err(DaySlip::Other));
    }
    if whole.len() == 14 && part.is_empty() {
        let (day, clock) = (whole.get(..8)?, whole.get(8..)?);
        let day = format!("{}-{}-{}", day.get(..4)?, day.get(4..6)?, day.get(6..)?);
        let clock = format!("{}:{}:{}", clock.get(..2)?, clock.get(2..4)?, clock.get(4..)?);
        return Some(time::moment(&format!("{day}T{clock}")).map_err(DaySlip::Other));
    }
    if whole.len() != 5 {
        // `5.6` is a day without a year, not a number of days.
        let day_like = whole.len() <= 2 && !part.is_empty() && part.len() <= 2;
        return (!day_like).then_some(Err(DaySlip::Number));
    }
    let days: u64 = whole.parse().ok()?;
    let date = NaiveDate::from_ymd_opt(1899, 12, 30)?.checked_add_days(Days::new(days))?;
    let fraction: f64 = format!("0.{}", if part.is_empty() { "0" } else { part }).parse().ok()?;
    let seconds = (fraction * 86_400.0).round().clamp(0.0, 86_399.0);
    // A fraction is a time of day; none means that there is none.
    let millis = (seconds > 0.0).then_some(seconds as u32 * 1000);
    Some(Ok(Moment { date, millis }))
}

/// Both ends of `…至…`, `…到…`, `…~…`, `…--…`, or of a `-` between two whole dates.
fn range(text: &str) -> Option<(&str, &str)> {
    let digit = |part: &str| part.bytes().any(|byte| byte.is_ascii_digit());
    for mark in ["至", "到", "~", "～", "--"] {
        if let Some((first, last)) = text.split_once(mark)
            && digit(first)
            && digit(last)
        {
            return Some((first.trim(), last.trim()));
        }
    }
    let halves = text.match_indices('-').map(|(at, _)| (text.get(..at), text.get(at + 1..)));
    for (first, last) in halves {
        let (first, last) = (first?.trim(), last?.trim());
        let written = |part: &str| part.contains(['月', '日', '/', '.']);
        if written(first) && digit(last) && first.ends_with(|c: char| c == '日' || c.is_ascii_digit()) {
            return Some((first, last));
        }
    }
    None
}

/// `8日` after `2025年5月6日` → `2025年5月8日`.
fn completed(first: &str, last: &str) -> String {
    let numbers = |text: &str| text.split(|c: char| !c.is_ascii_digit()).filter(|n| !n.is_empty()).count();
    let (have, wanted) = (numbers(last), numbers(first).min(3));
    if have >= wanted {
        return last.to_owned();
    }
    let mut kept = 0;
    let mut inside = false;
    let mut head = String::new();
    for c in first.chars() {
        if c.is_ascii_digit() && !inside {
            if kept == wanted - have {
                break;
            }
            kept += 1;
        }
        inside = c.is_ascii_digit();
        head.push(c);
    }
    format!("{head}{last}")
}

/// Year, month, day and maybe a time of day, with whatever between them.
fn parts(text: &str, year: Option<i32>) -> Result<Moment, DaySlip> {
    let zone = text.contains(['+', 'Z']);
    let groups: Vec<&str> =
        text.split(|c: char| !c.is_ascii_digit()).filter(|group| !group.is_empty()).collect();
    let usual = |c: char| {
        c.is_ascii_digit()
            || matches!(c, ' ' | '年' | '月' | '日' | '号' | '时' | '点' | '分' | '秒')
            || matches!(c, '-' | '/' | '.' | ':' | 'T' | ',')
    };
    if groups.is_empty() {
        return Err(DaySlip::Word);
    }
    let other = || DaySlip::Other(TimeSlip::Form { meant: None });
    if zone || !text.chars().all(usual) {
        return Err(other());
    }
    let number = |group: &str| group.parse::<u32>().unwrap_or(u32::MAX);
    let (year, month, day, clock) = match groups.as_slice() {
        [first, rest @ ..] if first.len() == 8 => {
            let part = |range: std::ops::Range<usize>| first.get(range).map_or(0, number);
            (i32::try_from(part(0..4)).unwrap_or(0), part(4..6), part(6..8), rest)
        }
        [y, month, day, rest @ ..] if y.len() == 4 => {
            (i32::try_from(number(y)).unwrap_or(0), number(month), number(day), rest)
        }
        [month, day] if month.len() <= 2 && day.len() <= 2 && !text.contains([':', '年', '时']) => {
            let (month, day) = (number(month), number(day));
            match year {
                Some(year) => (year, month, day, [].as_slice()),
                None if (1..=12).contains(&month) && (1..=31).contains(&day) => {
                    return Err(DaySlip::NoYear { month, day });
                }
                None => return Err(other()),
            }
        }
        [y, m, d, ..] if y.len() == 2 && number(m) <= 12 && number(d) <= 31 => {
            return Err(DaySlip::ShortYear);
        }
        _ => return Err(other()),
    };
    let mut written = format!("{year:04}-{month:02}-{day:02}");
    match clock {
        [] => {}
        [hour] if text.contains(['时', '点']) => written.push_str(&format!("T{hour:0>2}:00")),
        [hour, minute] => written.push_str(&format!("T{hour:0>2}:{minute:0>2}")),
        [hour, minute, second] | [hour, minute, second, _] => {
            written.push_str(&format!("T{hour:0>2}:{minute:0>2}:{second:0>2}"));
        }
        _ => return Err(other()),
    }
    time::moment(&written).map_err(|slip| match slip {
        TimeSlip::Form { .. } => other(),
        slip @ (TimeSlip::NoSuchMonth { .. }
        | TimeSlip::NoSuchDay { .. }
        | TimeSlip::NoSuchTime
        | TimeSlip::DateOnly { .. }) => DaySlip::Other(slip),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        let moment = moment(text, None, None).unwrap_or_else(|slip| panic!("{text}: {slip:?}"));
        match moment.millis.map(|millis| millis / 1000) {
            Some(s) => format!("{} {:02}:{:02}:{:02}", moment.date, s / 3600, s / 60 % 60, s % 60),
            None => moment.date.to_string(),
        }
    }

    #[test]
    fn every_way_to_write_a_day() {
        for text in [
            "2025-05-06",
            "2025.5.6",
            "2025年5月6日",
            "2025/5/6",
            "20250506",
            "45783",
            "45783.0",
            " 2025。5。6 ",
            "２０２５年５月６日",
            "2025年05月06号",
            "2025-5-6",
        ] {
            assert_eq!(read(text), "2025-05-06", "{text}");
        }
        for text in [
            "2025-05-06 09:30:00",
            "2025年5月6日9时30分",
            "2025/5/6 9:30",
            "20250506 09:30",
            "45783.3958333333",
            "20250506093000",
        ] {
            assert_eq!(read(text), "2025-05-06 09:30:00", "{text}");
        }
        assert_eq!(read("42473.0"), "2016-04-13");
        assert_eq!(read("2025年5月6日9时"), "2025-05-06 09:00:00");
    }

    #[test]
    fn what_is_left_open_is_not_guessed() {
        let slip = |text| moment(text, None, None).unwrap_err();
        assert_eq!(slip("5/6"), DaySlip::NoYear { month: 5, day: 6 });
        assert_eq!(slip("5月6日"), DaySlip::NoYear { month: 5, day: 6 });
        assert_eq!(slip("5.6"), DaySlip::NoYear { month: 5, day: 6 });
        assert_eq!(slip("25.5.6"), DaySlip::ShortYear);
        assert_eq!(slip("2025年5月6日至8日"), DaySlip::Range);
        assert_eq!(slip("5月6日-5月8日"), DaySlip::Range);
        assert_eq!(slip("2025.5.6-2025.5.8"), DaySlip::Range);
        assert_eq!(slip("已公示"), DaySlip::Word);
        assert_eq!(slip("123"), DaySlip::Number);
        assert_eq!(slip("2025.2.30"), DaySlip::Other(TimeSlip::NoSuchDay { year: 2025, month: 2, days: 28 }));
    }

    #[test]
    fn a_year_or_an_edge_given() {
        let read = |text, edge| moment(text, Some(2025), edge).unwrap().date.to_string();
        assert_eq!(read("5/6", None), "2025-05-06");
        assert_eq!(read("5月6日-5月8日", Some(Edge::Last)), "2025-05-08");
        assert_eq!(read("2025年5月6日至8日", Some(Edge::Last)), "2025-05-08");
        assert_eq!(read("2025年5月6日至8日", Some(Edge::First)), "2025-05-06");
    }
}
