//! `zhunsheng calendar show 2026 [月]`: months as people know them from the wall, 休 and 班 under the days.
//! Three months a row, 68 columns. A line of marks is drawn only under weeks that have any.

use std::io::{self, Write};
use std::process::ExitCode;

use chrono::{Datelike as _, NaiveDate};
use clap::Args;

use crate::calendar::{Calendar, DayKind, HolidayNotice, is_weekend, weekday};
use crate::cli::common::CalendarOption;
use crate::cli::terminal::{Palette, center, pad, width};
use crate::cli::{CliError, clock};

/// Seven days of two columns and a blank between.
const MONTH_WIDTH: usize = 20;
const GAP: &str = "    ";

#[derive(Args)]
#[command(after_help = "例：
  zhunsheng calendar show 2026        全年
  zhunsheng calendar show 2026 10     只看 10 月")]
pub(in crate::cli) struct ShowArgs {
    /// 年份；不写就是今年
    #[arg(value_name = "年", value_parser = year)]
    year: Option<i32>,
    /// 月份，1 至 12；不写就是全年
    #[arg(value_name = "月", value_parser = month)]
    month: Option<u32>,
    #[command(flatten)]
    calendar: CalendarOption,
}

fn year(text: &str) -> Result<i32, String> {
    let plain = text.trim_end_matches('年');
    let year = plain.parse().ok().filter(|year| (1000..=9999).contains(year));
    year.ok_or_else(|| format!("「{text}」不是年份；写作 2026"))
}

fn month(text: &str) -> Result<u32, String> {
    let month = text.trim_end_matches('月').parse().ok().filter(|month| (1..=12).contains(month));
    month.ok_or_else(|| format!("「{text}」不是月份；写 1 至 12"))
}

pub(super) fn run(args: &ShowArgs, out: &mut dyn Write) -> Result<ExitCode, CliError> {
    let open = args.calendar.open()?;
    let calendar = &*open.calendar;
    let year = args.year.unwrap_or_else(|| clock::today().year());
    let (first, last) = calendar.horizon();
    let notices: Vec<&HolidayNotice> = calendar.notices().filter(|notice| notice.year == year).collect();
    if notices.is_empty() {
        let message = format!("没有 {year} 年的放假安排");
        let known = format!("现有 {} 至 {} 年；用 --calendar 可以加上别的年份", first.year(), last.year());
        return Err(CliError::usage(message, known));
    }
    let palette = Palette::stdout();
    let months: Vec<u32> = args.month.map_or_else(|| (1..=12).collect(), |month| vec![month]);
    title(year, &notices, palette, out)?;
    for row in months.chunks(3) {
        let months: Vec<Month<'_>> =
            row.iter().filter_map(|month| Month::new(calendar, year, *month)).collect();
        draw(&months, palette, out)?;
    }
    let period = |date: NaiveDate| date.year() == year && months.contains(&date.month());
    let holidays = holidays(calendar, year, period);
    if !holidays.is_empty() {
        writeln!(out, "休 = 放假，班 = 调休上班；没有标的周六、周日照常休息")?;
    }
    let columns = holidays.iter().map(|holiday| width(holiday.name)).max().unwrap_or(0);
    holidays.iter().try_for_each(|holiday| writeln!(out, "  {}", holiday.line(columns)))?;
    Ok(ExitCode::SUCCESS)
}

fn title(year: i32, notices: &[&HolidayNotice], palette: Palette, out: &mut dyn Write) -> io::Result<()> {
    let published = notices.iter().any(|notice| notice.status.published());
    let what = if published {
        "放假安排"
    } else {
        "放假安排尚未公布，只标法定节日，工作日不能算"
    };
    writeln!(out, "{}", palette.strong(&format!("{year} 年{what}")))?;
    for source in notices.iter().flat_map(|notice| &notice.sources) {
        let number = source.number.as_ref().map_or(String::new(), |number| format!("（{number}）"));
        writeln!(out, "{}", palette.dim(&format!("{}{number}", source.title)))?;
    }
    writeln!(out)
}

/// A month as weeks of up to seven days.
struct Month<'c> {
    title: String,
    weeks: Vec<[Option<Day<'c>>; 7]>,
}

#[derive(Clone, Copy)]
struct Day<'c> {
    date: NaiveDate,
    kind: Option<DayKind<'c>>,
}

impl<'c> Month<'c> {
    fn new(calendar: &'c Calendar, year: i32, month: u32) -> Option<Self> {
        let first = NaiveDate::from_ymd_opt(year, month, 1)?;
        let mut weeks = vec![[None; 7]];
        for date in first.iter_days().take_while(|date| date.month() == month) {
            let column = date.weekday().num_days_from_monday() as usize;
            if column == 0 && date != first {
                weeks.push([None; 7]);
            }
            if let Some(cell) = weeks.last_mut().and_then(|week| week.get_mut(column)) {
                *cell = Some(Day { date, kind: calendar.day_kind(date) });
            }
        }
        Some(Self { title: format!("{month} 月"), weeks })
    }
}

impl Day<'_> {
    fn mark(self) -> &'static str {
        match self.kind {
            Some(DayKind::Holiday { .. }) => "休",
            Some(DayKind::MakeUpWorkday { .. }) => "班",
            Some(DayKind::Workday | DayKind::Weekend) | None => "",
        }
    }

    fn paint(self, text: &str, palette: Palette) -> String {
        match self.kind {
            Some(DayKind::Holiday { .. }) => palette.off(text),
            Some(DayKind::MakeUpWorkday { .. }) => palette.work(text),
            _ if is_weekend(self.date) => palette.dim(text),
            Some(DayKind::Workday | DayKind::Weekend) | None => text.to_owned(),
        }
    }
}

/// Up to three months side by side.
fn draw(months: &[Month<'_>], palette: Palette, out: &mut dyn Write) -> io::Result<()> {
    let line = |cells: Vec<String>| cells.join(GAP).trim_end().to_owned();
    writeln!(out, "{}", line(months.iter().map(|month| center(&month.title, MONTH_WIDTH)).collect()))?;
    writeln!(out, "{}", line(months.iter().map(|_| "一 二 三 四 五 六 日".to_owned()).collect()))?;
    let height = months.iter().map(|month| month.weeks.len()).max().unwrap_or(0);
    for week in 0..height {
        let weeks: Vec<[Option<Day<'_>>; 7]> =
            months.iter().map(|month| month.weeks.get(week).copied().unwrap_or([None; 7])).collect();
        let cells = |text: fn(Day<'_>) -> String| {
            let one = |day: &Option<Day<'_>>| match day {
                Some(day) => day.paint(&pad(&text(*day), 2), palette),
                None => "  ".to_owned(),
            };
            let week = |week: &[Option<Day<'_>>; 7]| week.iter().map(one).collect::<Vec<_>>().join(" ");
            line(weeks.iter().map(week).collect())
        };
        writeln!(out, "{}", cells(|day| format!("{:>2}", day.date.day())))?;
        if weeks.iter().flatten().flatten().any(|day| !day.mark().is_empty()) {
            writeln!(out, "{}", cells(|day| day.mark().to_owned()))?;
        }
    }
    writeln!(out)
}

/// A holiday within the year: its runs of days off (first and last day, inclusive) and its make-up days.
struct Holiday<'c> {
    name: &'c str,
    runs: Vec<(NaiveDate, NaiveDate)>,
    make_up: Vec<NaiveDate>,
}

impl Holiday<'_> {
    /// 元旦 may come twice a year: the next year's may begin in December.
    fn is_near(&self, date: NaiveDate) -> bool {
        let last = self.runs.last().map(|(_, last)| last).into_iter().chain(self.make_up.last()).max();
        last.is_some_and(|last| (date - *last).num_days() <= 60)
    }

    fn line(&self, columns: usize) -> String {
        let short = |date: &NaiveDate| format!("{}（{}）", date.format("%m-%d"), weekday(*date));
        let run = |(from, to): &(NaiveDate, NaiveDate)| match (*to - *from).num_days() + 1 {
            1 => format!("{}休 1 天", short(from)),
            days => format!("{}至 {}休 {days} 天", short(from), short(to)),
        };
        let mut parts: Vec<String> = self.runs.iter().map(run).collect();
        if !self.make_up.is_empty() {
            parts.push(format!("{}上班", self.make_up.iter().map(short).collect::<Vec<_>>().join("、")));
        }
        format!("{}  {}", pad(self.name, columns), parts.join("，"))
    }
}

/// The holidays of a year, in the order they come, as far as `period` wants them.
fn holidays(calendar: &Calendar, year: i32, period: impl Fn(NaiveDate) -> bool) -> Vec<Holiday<'_>> {
    let mut found: Vec<Holiday<'_>> = Vec::new();
    let Some(first) = NaiveDate::from_ymd_opt(year, 1, 1) else { return Vec::new() };
    for date in first.iter_days().take_while(|date| date.year() == year).filter(|date| period(*date)) {
        let (name, off) = match calendar.day_kind(date) {
            Some(DayKind::Holiday { name, .. }) => (name, true),
            Some(DayKind::MakeUpWorkday { name }) => (name, false),
            Some(DayKind::Workday | DayKind::Weekend) | None => continue,
        };
        let index = found.iter().position(|one| one.name == name && one.is_near(date)).unwrap_or_else(|| {
            found.push(Holiday { name, runs: Vec::new(), make_up: Vec::new() });
            found.len() - 1
        });
        let Some(holiday) = found.get_mut(index) else { continue };
        match (off, holiday.runs.last_mut()) {
            (false, _) => holiday.make_up.push(date),
            (true, Some((_, last))) if last.succ_opt() == Some(date) => *last = date,
            (true, _) => holiday.runs.push((date, date)),
        }
    }
    found
}
