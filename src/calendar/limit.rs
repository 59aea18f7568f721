//! 期限: how long, in which unit, counted how. Also its short form in command lines (`20个工作日`).
//! Takes text, gives [`TimeLimit`]; knows no date, so it cannot say when a limit ends.

use std::fmt;

use super::problem::Problem;

/// Unit of a time limit. 工作日 and 日 (自然日) are different types of day; none is ever guessed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unit {
    /// 工作日, per holiday notices including make-up workdays.
    Workday,
    /// 日 / 自然日 / 天.
    Day,
    /// 个月
    Month,
    /// 年
    Year,
}

impl Unit {
    /// The word after a number, with its measure word: `个工作日`, `日`, `个月`, `年`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Workday => "个工作日",
            Self::Day => "日",
            Self::Month => "个月",
            Self::Year => "年",
        }
    }
}

/// 起算: whether the day of the event counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CountFrom {
    /// 不计当日 (民法典第二百零一条), the default.
    NextDay,
    /// 含当日.
    SameDay,
}

/// 顺延: what happens when the last day of a 日/月/年 limit is not a workday.
/// Only limits that run forward roll: 民法典第二百零三条 speaks of the last day of a period, and the day
/// found by counting back is the first of the days that must lie between.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RollForward {
    /// 顺延至下一工作日 (民法典第二百零三条), the default.
    NextWorkday,
    /// 不顺延.
    None,
}

/// Whether the limit runs forward from the start or back from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// 之后
    After,
    /// 之前
    Before,
}

/// 期限: `20 个工作日`, `30 日`, `6 个月` … with its counting rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeLimit {
    pub count: u32,
    pub unit: Unit,
    pub count_from: CountFrom,
    pub roll: RollForward,
    pub direction: Direction,
    /// 连休顺延: a run of three or more consecutive days off inside the period (as first counted, from its
    /// first to its last day, both inclusive) lengthens it by that many days (税收征收管理法实施细则第一百零九条).
    /// Only for 日/月/年 limits that run forward.
    pub extend: bool,
}

impl TimeLimit {
    /// `count` units after the start, start day not counted, rolling forward, no 连休顺延.
    pub fn new(count: u32, unit: Unit) -> Self {
        Self {
            count,
            unit,
            count_from: CountFrom::NextDay,
            roll: RollForward::NextWorkday,
            direction: Direction::After,
            extend: false,
        }
    }

    /// Reads the short form used for parameters: `20` (workdays), `20个工作日`, `30日`, `6个月`, `2年`.
    /// Full-width digits and blanks between number and unit are fine; blanks around it are not.
    pub fn parse_parameter(text: &str) -> Result<Self, Problem> {
        let unreadable = || Problem::UnreadableLimit { text: text.to_owned(), near: near(text) };
        let split = text.char_indices().find(|(_, c)| digit(*c).is_none()).map_or(text.len(), |(at, _)| at);
        let (number, unit) = (text.get(..split).unwrap_or(""), text.get(split..).unwrap_or(""));
        if number.is_empty() || text.ends_with(char::is_whitespace) {
            return Err(unreadable());
        }
        let unit = match unit.trim_start() {
            "" | "个工作日" => Unit::Workday,
            "日" => Unit::Day,
            "个月" => Unit::Month,
            "年" => Unit::Year,
            _ => return Err(unreadable()),
        };
        let count =
            number.chars().filter_map(digit).try_fold(0u32, |sum, d| sum.checked_mul(10)?.checked_add(d));
        count.map(|count| Self::new(count, unit)).ok_or_else(unreadable)
    }
}

/// `20 个工作日`, `15 日（不顺延）`, `5 个工作日（往前数、含当日）`: marks only what differs from the default.
impl fmt::Display for TimeLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.count, self.unit.word())?;
        let rolls = self.unit != Unit::Workday && self.direction == Direction::After;
        let marks = [
            (self.direction == Direction::Before).then_some("往前数"),
            (self.count_from == CountFrom::SameDay).then_some("含当日"),
            (rolls && self.roll == RollForward::None).then_some("不顺延"),
            (rolls && self.extend).then_some("连休顺延"),
        ];
        let marks: Vec<&str> = marks.into_iter().flatten().collect();
        if marks.is_empty() { Ok(()) } else { write!(f, "（{}）", marks.join("、")) }
    }
}

/// The value of an ASCII or full-width digit.
fn digit(c: char) -> Option<u32> {
    match c {
        '０'..='９' => Some(u32::from(c) - u32::from('０')),
        _ => c.to_digit(10),
    }
}

/// What was probably meant by an unreadable short form, if that is clear.
fn near(text: &str) -> Option<String> {
    let text = text.trim();
    let split = text.char_indices().find(|(_, c)| digit(*c).is_none()).map_or(text.len(), |(at, _)| at);
    let number: String =
        text.get(..split)?.chars().filter_map(digit).filter_map(|d| char::from_digit(d, 10)).collect();
    let unit = text.get(split..)?.trim();
    if number.is_empty() || number.parse::<u32>().is_err() {
        return None;
    }
    let unit = match unit {
        "" => "",
        "天" | "自然日" | "个自然日" | "号" => "日",
        "月" => "个月",
        "周年" => "年",
        _ => crate::diagnostic::nearest(unit, ["个工作日", "工作日", "日", "个月", "年"])?,
    };
    Some(format!("{number}{}", if unit == "工作日" { "个工作日" } else { unit }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_forms() {
        let read = |text| TimeLimit::parse_parameter(text).ok().map(|limit| limit.to_string());
        for (text, expected) in [
            ("20", "20 个工作日"),
            ("20个工作日", "20 个工作日"),
            ("２０个工作日", "20 个工作日"),
            ("20 个工作日", "20 个工作日"),
            ("0日", "0 日"),
            ("6个月", "6 个月"),
            ("2年", "2 年"),
        ] {
            assert_eq!(read(text).as_deref(), Some(expected), "{text}");
        }
        for text in ["", "-5", " 20", "20 ", "20\t", "二十", "20天", "20工作日", "4294967296", "1.5日", "日"]
        {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn suggests_the_unit_meant() {
        for (text, expected) in [
            ("20天", Some("20日")),
            ("20工作日", Some("20个工作日")),
            ("20个工做日", Some("20个工作日")),
            (" 20", Some("20")),
            ("-5", None),
        ] {
            assert_eq!(near(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn marks_what_differs_from_the_default() {
        let mut limit = TimeLimit::new(15, Unit::Day);
        assert_eq!(limit.to_string(), "15 日");
        limit.roll = RollForward::None;
        limit.count_from = CountFrom::SameDay;
        assert_eq!(limit.to_string(), "15 日（含当日、不顺延）");
        limit.direction = Direction::Before;
        assert_eq!(limit.to_string(), "15 日（往前数、含当日）");
    }
}
