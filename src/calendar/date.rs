//! Dates as text: the strict form `2025-09-26`, Chinese weekday names, and what is wrong with a bad date.
//! Takes text, gives `NaiveDate` and back. Knows nothing of holidays.

use std::fmt;

use chrono::{Datelike as _, NaiveDate, Weekday};

/// Why a text is not a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadDate {
    /// Not written as four digits, two, two.
    Form,
    /// The month is not 1 to 12.
    Month(u32),
    /// The month has fewer days.
    Day { year: i32, month: u32, last: u32 },
}

/// Half a sentence for people; the date itself is named by whoever shows it.
impl fmt::Display for BadDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Form => f.write_str("日期写作 2025-09-26 这样：四位年、两位月、两位日"),
            Self::Month(month) => write!(f, "没有 {month} 月"),
            Self::Day { year, month, last } => write!(f, "{year} 年 {month} 月只有 1 日至 {last} 日"),
        }
    }
}

/// Reads `YYYY-MM-DD`, nothing looser.
pub fn parse_date(text: &str) -> Result<NaiveDate, BadDate> {
    let bytes: [u8; 10] = text.as_bytes().try_into().map_err(|_| BadDate::Form)?;
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = bytes else { return Err(BadDate::Form) };
    let number = |digits: &[u8]| {
        digits.iter().try_fold(0u32, |sum, d| d.is_ascii_digit().then(|| sum * 10 + u32::from(d - b'0')))
    };
    let (Some(year), Some(month), Some(day)) =
        (number(&[y1, y2, y3, y4]), number(&[m1, m2]), number(&[d1, d2]))
    else {
        return Err(BadDate::Form);
    };
    date_of(i32::try_from(year).unwrap_or(i32::MAX), month, day)
}

/// Reads what people type besides: `2025-9-6`, `2025/9/6`, `2025.9.6`, `2025年9月6日`, `20250906`,
/// full-width digits. For suggestions and the command line, never for files.
pub fn parse_date_loosely(text: &str) -> Option<NaiveDate> {
    let plain: String = text
        .trim()
        .chars()
        .map(|c| match c {
            '０'..='９' => char::from_digit(u32::from(c) - u32::from('０'), 10).unwrap_or(c),
            '年' | '月' | '/' | '.' | '／' | '．' | '－' | '—' => '-',
            other => other,
        })
        .collect();
    let plain = plain.strip_suffix('日').or_else(|| plain.strip_suffix('号')).unwrap_or(&plain);
    let digits = |part: &str, most: usize| {
        ((1..=most).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit()))
            .then(|| part.parse().ok())?
    };
    let parts: Vec<&str> = match plain.len() {
        8 if !plain.contains('-') => vec![plain.get(..4)?, plain.get(4..6)?, plain.get(6..)?],
        _ => plain.split('-').collect(),
    };
    let [year, month, day] = parts.as_slice() else { return None };
    let year = digits(year, 4).filter(|_| year.len() == 4)?;
    date_of(i32::try_from(year).ok()?, digits(month.trim(), 2)?, digits(day.trim(), 2)?).ok()
}

/// The date of a year, month and day, or why there is none.
pub fn date_of(year: i32, month: u32, day: u32) -> Result<NaiveDate, BadDate> {
    if !(1..=12).contains(&month) {
        return Err(BadDate::Month(month));
    }
    NaiveDate::from_ymd_opt(year, month, day).ok_or_else(|| match NaiveDate::from_ymd_opt(year, month, 1) {
        Some(first) => BadDate::Day { year, month, last: u32::from(first.num_days_in_month()) },
        None => BadDate::Form,
    })
}

/// `周一` … `周日`.
pub fn weekday(date: NaiveDate) -> &'static str {
    match date.weekday() {
        Weekday::Mon => "周一",
        Weekday::Tue => "周二",
        Weekday::Wed => "周三",
        Weekday::Thu => "周四",
        Weekday::Fri => "周五",
        Weekday::Sat => "周六",
        Weekday::Sun => "周日",
    }
}

/// Saturday or Sunday.
pub fn is_weekend(date: NaiveDate) -> bool {
    match date.weekday() {
        Weekday::Sat | Weekday::Sun => true,
        Weekday::Mon | Weekday::Tue | Weekday::Wed | Weekday::Thu | Weekday::Fri => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strict_form_only() {
        assert_eq!(parse_date("2025-09-26").unwrap().to_string(), "2025-09-26");
        for text in ["2025-9-26", "2025/09/26", "20250926", "２０２５-09-26", "", "2025-09-26T10:00"] {
            assert_eq!(parse_date(text), Err(BadDate::Form), "{text}");
        }
        for text in ["2025-9-6", "2025/09/06", "20250906", "2025年9月6日", "２０２５-09-06", " 2025.9.6"]
        {
            assert_eq!(parse_date_loosely(text).unwrap().to_string(), "2025-09-06", "{text}");
        }
        for text in ["9-6", "25-9-6", "2025-13-01", "2025-9-6-1", "明天", "日", ""] {
            assert_eq!(parse_date_loosely(text), None, "{text}");
        }
        assert_eq!(parse_date("2025-02-30").unwrap_err().to_string(), "2025 年 2 月只有 1 日至 28 日");
        assert_eq!(parse_date("2025-13-01").unwrap_err().to_string(), "没有 13 月");
    }
}
