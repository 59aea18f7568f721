//! `zhunsheng deadline 2025-09-26 20`: the deadline, one line that says why, and the days one by one.

use std::io::{self, Write};
use std::process::ExitCode;

use chrono::{Datelike as _, NaiveDate};
use clap::{Args, ValueEnum};

use super::common::{CalendarOption, date};
use super::terminal::{Palette, pad, pad_left};
use super::{CliError, FAILED};
use crate::calendar::{
    Calendar, CountFrom, DayKind, Deadline, Derivation, DerivedDay, Direction, HolidayNotice, RollForward,
    Step, TimeLimit, Unit, weekday,
};

/// More days than this are folded unless all are asked for.
const LISTED: usize = 62;

#[derive(Args)]
#[command(after_help = "例：
  zhunsheng deadline 2025-09-26 20                  次日起第 20 个工作日
  zhunsheng deadline 2025-09-16 15日                15 日，逢休息日顺延
  zhunsheng deadline 2025-08-31 6个月 --no-roll     6 个月，不顺延
  zhunsheng deadline 2025-10-09 5 --before          往前数 5 个工作日
  zhunsheng deadline 2013-02-01 15日 --include-start --extend
                                                    税收征管法实施细则一百零九条")]
pub(super) struct DeadlineArgs {
    /// 起算日，写作 2025-09-26（2025年9月26日、20250926、今天也行）
    #[arg(value_name = "起算日", value_parser = date)]
    start: NaiveDate,
    /// 期限：20（工作日）、20个工作日、30日、6个月、2年
    #[arg(value_name = "期限", allow_negative_numbers = true)]
    limit: String,
    /// 期限里空了一格时，空格后面的部分（`20 个工作日`）
    #[arg(value_name = "单位", hide = true)]
    rest: Option<String>,
    /// 期限只写数字时的单位：工作日、日、月、年；不写就是工作日
    #[arg(long, value_name = "单位", hide_possible_values = true)]
    unit: Option<UnitWord>,
    /// 含当日：起算日算第 1 日（通常不计）
    #[arg(long, alias = "含当日")]
    include_start: bool,
    /// 不顺延：最后一日是休息日也不移到下一工作日
    #[arg(long, alias = "不顺延")]
    no_roll: bool,
    /// 往前数：期限在起算日之前；往前数的不顺延
    #[arg(long, alias = "往前数")]
    before: bool,
    /// 连休顺延：期内连休三日以上的，期限按天数延长
    #[arg(long, alias = "连休顺延", conflicts_with = "before")]
    extend: bool,
    /// 很长的期限也逐日全列
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    calendar: CalendarOption,
}

#[derive(Clone, Copy, ValueEnum)]
enum UnitWord {
    #[value(name = "工作日", alias = "个工作日")]
    Workday,
    #[value(name = "日", aliases = ["天", "自然日"])]
    Day,
    #[value(name = "月", alias = "个月")]
    Month,
    #[value(name = "年")]
    Year,
}

impl UnitWord {
    fn unit(self) -> Unit {
        match self {
            Self::Workday => Unit::Workday,
            Self::Day => Unit::Day,
            Self::Month => Unit::Month,
            Self::Year => Unit::Year,
        }
    }
}

pub(super) fn run(args: &DeadlineArgs, out: &mut dyn Write) -> Result<ExitCode, CliError> {
    let limit = limit(args)?;
    let open = args.calendar.open()?;
    let derivation = open.calendar.derivation(args.start, &limit);
    let palette = Palette::stdout();
    let found = match derivation.deadline {
        Deadline::On { date, provisional } => {
            let mark = if provisional { "（暂定）" } else { "" };
            writeln!(out, "截止日：{}{mark}", palette.strong(&open.calendar.show_date(date)))?;
            true
        }
        Deadline::OutOfRange { .. } => {
            writeln!(out, "截止日：{}", palette.strong("定不下来"))?;
            false
        }
    };
    writeln!(out, "{}", derivation.summary())?;
    if !found {
        let (first, last) = open.calendar.horizon();
        let next = last.year() + 1;
        writeln!(out, "放假安排已有 {first} 至 {last}。下一年的通常在 10 月下旬至 12 月上旬公布；")?;
        writeln!(
            out,
            "公布后写成 {next}.yaml，用 --calendar {next}.yaml 加上再算。没公布的年份不按周一到周五硬算。"
        )?;
    }
    writeln!(out)?;
    table(&derivation, args.all, palette, out)?;
    basis(&open.calendar, &derivation, out)?;
    if open.warnings > 0 {
        writeln!(out, "所给日历文件有 {} 处可疑，用 zhunsheng calendar check 查看。", open.warnings)?;
    }
    Ok(if found { ExitCode::SUCCESS } else { ExitCode::from(FAILED) })
}

fn limit(args: &DeadlineArgs) -> Result<TimeLimit, CliError> {
    let text = format!("{}{}", args.limit, args.rest.as_deref().unwrap_or(""));
    if text.starts_with('-') {
        let count = text.trim_start_matches('-');
        return Err(CliError::usage(
            format!("期限「{text}」是负数"),
            format!("往前数写「{count} --before」"),
        ));
    }
    let mut limit = TimeLimit::parse_parameter(&text).map_err(|problem| {
        let diagnostic = problem.diagnostic();
        CliError::Usage { message: diagnostic.message, help: diagnostic.help }
    })?;
    if let Some(unit) = args.unit {
        let bare = text.chars().all(|c| c.is_numeric());
        if !bare && unit.unit() != limit.unit {
            let message = format!("期限「{text}」已经有单位，与 --unit 不一致");
            return Err(CliError::usage(message, "只留一处单位"));
        }
        limit.unit = unit.unit();
    }
    limit.extend = args.extend;
    limit.direction = if args.before { Direction::Before } else { Direction::After };
    limit.roll = if args.no_roll { RollForward::None } else { RollForward::NextWorkday };
    limit.count_from = if args.include_start { CountFrom::SameDay } else { CountFrom::NextDay };
    Ok(limit)
}

fn table(derivation: &Derivation<'_>, all: bool, palette: Palette, out: &mut dyn Write) -> io::Result<()> {
    let end = match derivation.deadline {
        Deadline::On { date, .. } => Some(date),
        Deadline::OutOfRange { .. } => None,
    };
    writeln!(out, "日期        星期   第几  说明")?;
    let fold = !all && derivation.days.len() > LISTED;
    let mut folded: Vec<&DerivedDay<'_>> = Vec::new();
    for day in &derivation.days {
        let stretch = stretch(day).filter(|_| fold && Some(day.date) != end);
        if stretch.is_none() || folded.last().is_some_and(|last| self::stretch(last) != stretch) {
            unfold(&mut folded, end, palette, out)?;
        }
        match stretch {
            Some(_) => folded.push(day),
            None => print(day, end, palette, out)?,
        }
    }
    unfold(&mut folded, end, palette, out)?;
    if fold {
        writeln!(out, "（连着的同类日子已合并，--all 逐日全列）")?;
    }
    writeln!(out)
}

/// Days that may share a line: the same word for each. Ordinary days, weekends among them, have none.
fn stretch<'c>(day: &DerivedDay<'c>) -> Option<Option<&'c str>> {
    match (day.step, day.kind) {
        (Step::Counted(2..), Some(DayKind::Workday | DayKind::Weekend)) => Some(None),
        (Step::Skipped, Some(DayKind::Weekend)) => Some(None),
        (Step::Skipped, Some(DayKind::Holiday { name, .. })) => Some(Some(name)),
        (
            Step::Start | Step::Counted(_) | Step::Skipped | Step::Reached | Step::Passed | Step::RolledTo,
            _,
        ) => None,
    }
}

/// A stretch of days in one line; a single day as a day.
fn unfold(
    folded: &mut Vec<&DerivedDay<'_>>,
    end: Option<NaiveDate>,
    palette: Palette,
    out: &mut dyn Write,
) -> io::Result<()> {
    let days = std::mem::take(folded);
    let (Some(first), Some(last)) = (days.first(), days.last()) else { return Ok(()) };
    if first.date == last.date {
        return print(first, end, palette, out);
    }
    let counts: Vec<u32> = days.iter().filter_map(|day| count(day.step)).collect();
    let skipped = days.iter().filter(|day| day.step == Step::Skipped).count();
    let mut parts = Vec::new();
    if let (Some(from), Some(to)) = (counts.first(), counts.last()) {
        parts.push(if from == to { format!("第 {from}") } else { format!("第 {from} 至 {to}") });
    }
    let name = stretch(first).flatten();
    if skipped > 0 {
        parts.push(
            name.map_or_else(
                || format!("周末 {skipped} 天"),
                |name| format!("{name}放假 {skipped} 天，不计"),
            ),
        );
    }
    let line = format!("{} 至 {}  {}", first.date, last.date, parts.join("，"));
    writeln!(out, "{}", if name.is_some() { palette.off(&line) } else { palette.dim(&line) })
}

fn count(step: Step) -> Option<u32> {
    match step {
        Step::Counted(count) => Some(count),
        Step::Start | Step::Skipped | Step::Reached | Step::Passed | Step::RolledTo => None,
    }
}

fn print(
    day: &DerivedDay<'_>,
    end: Option<NaiveDate>,
    palette: Palette,
    out: &mut dyn Write,
) -> io::Result<()> {
    let is_end = Some(day.date) == end;
    let mut remarks = Vec::new();
    match day.kind {
        Some(DayKind::MakeUpWorkday { name }) => remarks.push(format!("调休上班（{name}）")),
        Some(DayKind::Holiday { name, .. }) => remarks.push(format!("{name}放假")),
        Some(DayKind::Weekend) => remarks.push("周末".to_owned()),
        Some(DayKind::Workday) => {}
        None => remarks.push("放假安排未公布".to_owned()),
    }
    match day.step {
        Step::Start => remarks.push("起算日，不计".to_owned()),
        Step::Passed => remarks.push("顺延".to_owned()),
        Step::Skipped => remarks.push("不计".to_owned()),
        Step::RolledTo => remarks.push("顺延到这天".to_owned()),
        Step::Counted(_) | Step::Reached => {}
    }
    if is_end {
        remarks.push("截止日".to_owned());
    }
    let number = count(day.step).map_or_else(|| "－".to_owned(), |count| count.to_string());
    let line = format!(
        "{}  {}  {}  {}",
        day.date,
        pad(weekday(day.date), 5),
        pad_left(&number, 4),
        remarks.join("，")
    );
    let line = line.trim_end();
    let painted = match (is_end, day.kind) {
        (true, _) => palette.strong(line),
        (false, Some(DayKind::MakeUpWorkday { .. })) => palette.work(line),
        (false, Some(DayKind::Holiday { .. })) => palette.off(line),
        (false, Some(DayKind::Weekend)) => palette.dim(line),
        (false, Some(DayKind::Workday) | None) => line.to_owned(),
    };
    writeln!(out, "{painted}")
}

/// The notices the days were taken from: those of the years, and those that name one of the days
/// (a notice may reach back into December).
fn basis(calendar: &Calendar, derivation: &Derivation<'_>, out: &mut dyn Write) -> io::Result<()> {
    let dates = || derivation.days.iter().map(|day| day.date);
    let (Some(first), Some(last)) = (dates().min(), dates().max()) else { return Ok(()) };
    let within = |date: &NaiveDate| (first..=last).contains(date);
    let governs = |notice: &&HolidayNotice| {
        let mut named =
            notice.off_days.iter().map(|day| &day.date).chain(notice.work_days.iter().map(|day| &day.date));
        notice.status.published()
            && ((first.year()..=last.year()).contains(&notice.year) || named.any(within))
    };
    for source in calendar.notices().filter(governs).flat_map(|notice| &notice.sources) {
        let number = source.number.as_ref().map_or(String::new(), |number| format!("（{number}）"));
        writeln!(out, "依据：{}{number}", source.title)?;
    }
    Ok(())
}
