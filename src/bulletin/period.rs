//! The stretch of time a bulletin is about: `2025`, `2025Q1`, `2025-01..2025-06`, and how people write these.
//! Takes text; gives the first and the last day, both inclusive, and its name.

use chrono::{Datelike as _, Months, NaiveDate};

use crate::calendar::parse_date_loosely;

/// First and last day, both inclusive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Period {
    pub from: NaiveDate,
    pub to: NaiveDate,
    /// `2025 年`, `2025 年第一季度`, `2025-01-10 至 2025-03-31`.
    pub name: String,
}

const HELP: &str = "写作 2025、2025Q1、2025年上半年、2025-01..2025-06、2025-01-01..2025-06-30";

impl Period {
    /// Reads a period; `Err`: what is wrong and how to write it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let plain: String = text.chars().filter(|c| !c.is_whitespace()).map(half_width).collect();
        let ends = ["..", "至", "到", "~", "—"].iter().find_map(|mark| plain.split_once(mark));
        let (from, to) = match ends {
            Some((from, to)) => (part(from), part(to.trim_start_matches('.'))),
            None => (part(&plain), part(&plain)),
        };
        let (Some((from, _)), Some((_, to))) = (from, to) else {
            return Err(format!("「{text}」不是期间；{HELP}"));
        };
        if to < from {
            return Err(format!("期间的止（{to}）早于起（{from}）；{HELP}"));
        }
        Ok(Self { from, to, name: name(from, to) })
    }

    /// Whether a day lies inside.
    pub fn contains(&self, day: NaiveDate) -> bool {
        (self.from..=self.to).contains(&day)
    }
}

fn half_width(c: char) -> char {
    match c {
        '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' | '．' | '－' | '／' | '～' => {
            char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c)
        }
        other => other,
    }
}

/// First and last day of a year, half, quarter, month or day.
fn part(text: &str) -> Option<(NaiveDate, NaiveDate)> {
    if let Some(day) = parse_date_loosely(text) {
        return Some((day, day));
    }
    let year: i32 = text.get(..4).filter(|year| year.bytes().all(|b| b.is_ascii_digit()))?.parse().ok()?;
    let rest = text.get(4..)?.trim_start_matches(['年', '-', '.', '/']);
    let (month, months) = match rest {
        "" | "度" | "全年" => (1, 12),
        "H1" | "h1" | "上半年" => (1, 6),
        "H2" | "h2" | "下半年" => (7, 6),
        _ => match quarter(rest) {
            Some(quarter) => (quarter * 3 - 2, 3),
            None => {
                let month = rest.strip_suffix('月').unwrap_or(rest);
                let digits = (1..=2).contains(&month.len()) && month.bytes().all(|b| b.is_ascii_digit());
                (digits.then(|| month.parse().ok())??, 1)
            }
        },
    };
    let first = NaiveDate::from_ymd_opt(year, month, 1)?;
    Some((first, first.checked_add_months(Months::new(months))?.pred_opt()?))
}

/// `Q1`, `第一季度`, `一季度`, `1季度`.
fn quarter(text: &str) -> Option<u32> {
    let word = match text.strip_prefix(['Q', 'q']) {
        Some(number) => number,
        None => text.strip_prefix('第').unwrap_or(text).strip_suffix("季度")?,
    };
    let words = [["1", "一"], ["2", "二"], ["3", "三"], ["4", "四"]];
    let at = words.iter().position(|words| words.contains(&word))?;
    u32::try_from(at + 1).ok()
}

fn name(from: NaiveDate, to: NaiveDate) -> String {
    let year = from.year();
    let whole_months = from.day() == 1 && to.succ_opt().is_none_or(|next| next.day() == 1);
    if !whole_months || to.year() != year {
        return if from == to { from.to_string() } else { format!("{from} 至 {to}") };
    }
    match (from.month(), to.month()) {
        (1, 12) => format!("{year} 年"),
        (1, 6) => format!("{year} 年上半年"),
        (7, 12) => format!("{year} 年下半年"),
        (1, 3) => format!("{year} 年第一季度"),
        (4, 6) => format!("{year} 年第二季度"),
        (7, 9) => format!("{year} 年第三季度"),
        (10, 12) => format!("{year} 年第四季度"),
        (first, last) if first == last => format!("{year} 年 {first} 月"),
        (first, last) => format!("{year} 年 {first} 月至 {last} 月"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_write_periods_in_many_ways() {
        let cases = [
            ("2025", "2025-01-01", "2025-12-31", "2025 年"),
            ("２０２５年度", "2025-01-01", "2025-12-31", "2025 年"),
            ("2025-01..2025-06", "2025-01-01", "2025-06-30", "2025 年上半年"),
            ("2025-01-01..2025-06-30", "2025-01-01", "2025-06-30", "2025 年上半年"),
            ("2025Q1", "2025-01-01", "2025-03-31", "2025 年第一季度"),
            ("2025年第一季度", "2025-01-01", "2025-03-31", "2025 年第一季度"),
            ("2025年二季度", "2025-04-01", "2025-06-30", "2025 年第二季度"),
            ("2025年下半年", "2025-07-01", "2025-12-31", "2025 年下半年"),
            ("2024年2月", "2024-02-01", "2024-02-29", "2024 年 2 月"),
            ("2025年1月至2025年2月", "2025-01-01", "2025-02-28", "2025 年 1 月至 2 月"),
            ("2025-03-18..2026-03-17", "2025-03-18", "2026-03-17", "2025-03-18 至 2026-03-17"),
            ("2024..2025", "2024-01-01", "2025-12-31", "2024-01-01 至 2025-12-31"),
        ];
        for (text, from, to, name) in cases {
            let period = Period::parse(text).unwrap();
            assert_eq!(
                (period.from.to_string().as_str(), period.to.to_string().as_str()),
                (from, to),
                "{text}"
            );
            assert_eq!(period.name, name, "{text}");
        }
        for text in ["", "去年", "25", "2025Q5", "2025-13", "2025-06..2025-01", "2025年第五季度"] {
            assert!(Period::parse(text).is_err(), "{text}");
        }
    }
}
