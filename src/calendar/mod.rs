//! Dates, workdays, holiday notices, time limits, deadlines.
//! Takes calendar files; gives a [`Calendar`]. Does not know what a rule is.

use chrono::NaiveDate;

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

/// 起算: whether the day of the event counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CountFrom {
    /// 不计当日 (民法典第二百零一条), the default.
    NextDay,
    /// 含当日.
    SameDay,
}

/// 顺延: what happens when the last day of a 日/月/年 limit is not a workday.
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
}

impl TimeLimit {
    /// `count` units after the start, start day not counted, rolling forward.
    pub fn new(count: u32, unit: Unit) -> Self {
        Self { count, unit, count_from: CountFrom::NextDay, roll: RollForward::NextWorkday, direction: Direction::After }
    }
}

/// 截止日.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deadline {
    /// The last day on which it is in time (inclusive).
    /// `provisional`: the span touches days a later notice may still change (12-29 to 12-31 of the last published year).
    On { date: NaiveDate, provisional: bool },
    /// It takes days whose holiday notice is not known; the last (or first) known day is given.
    OutOfRange { known: NaiveDate },
}
