//! The timeline of a violation, as SVG: where the clock started, the deadline, when it was done, days off and
//! days at work by order. Takes a finding; gives nothing when there are no two days to show.
//! Places are percentages, so that the text keeps its size on a narrow screen.

use std::fmt::Write as _;

use chrono::{Datelike, NaiveDate};

use super::super::facts::Facts;
use super::super::page::escape;
use crate::calendar::DayKind;
use crate::finding::{Evidence, Finding};

/// Days of the longest span that shows days off.
const FINE: i64 = 200;
/// Events drawn at most.
const MOST_EVENTS: usize = 60;
/// Labels of the scale at most.
const MOST_TICKS: i64 = 6;

/// A drawn timeline, and what its legend has to explain.
#[derive(Default)]
pub(super) struct Chart {
    pub svg: String,
    /// Days off are drawn.
    pub rest: bool,
    /// Days at work by order are drawn.
    pub work: bool,
    /// Too long for days.
    pub coarse: bool,
}

struct Axis {
    first: NaiveDate,
    days: i64,
}

impl Axis {
    /// Left edge of a day, in percent.
    fn left(&self, date: NaiveDate) -> f64 {
        percent((date - self.first).num_days() * 2, self.days * 2)
    }

    /// Middle of a day, in percent.
    fn middle(&self, date: NaiveDate) -> f64 {
        percent((date - self.first).num_days() * 2 + 1, self.days * 2)
    }

    fn last(&self) -> NaiveDate {
        self.first + chrono::Days::new(u64::try_from(self.days - 1).unwrap_or(0))
    }

    fn dates(&self) -> impl Iterator<Item = NaiveDate> {
        self.first.iter_days().take(usize::try_from(self.days).unwrap_or(0))
    }
}

#[allow(clippy::cast_precision_loss, reason = "days of a report are far below 2^53")]
fn percent(part: i64, whole: i64) -> f64 {
    part as f64 * 100.0 / whole.max(1) as f64
}

/// One named day.
struct Mark {
    date: NaiveDate,
    class: &'static str,
    label: String,
    /// Baseline of the label, and the ends of the line down to the band or up to it.
    y: u32,
    line: (u32, u32),
}

/// Draws a violation; `number` makes its ids unique on the page.
pub(super) fn draw(facts: &Facts<'_>, finding: &Finding, number: usize) -> Option<Chart> {
    let marks = marks(facts, finding);
    let events = events(finding, &marks);
    let dates = || marks.iter().map(|mark| mark.date).chain(events.iter().map(|event| event.date));
    let (first, last) = (dates().min()?, dates().max()?);
    if first == last {
        return None;
    }
    let length = (last - first).num_days() + 1;
    let room = u64::try_from((length / 25).max(1)).unwrap_or(1);
    let first = first.checked_sub_days(chrono::Days::new(room))?;
    let last = last.checked_add_days(chrono::Days::new(room))?;
    let axis = Axis { first, days: (last - first).num_days() + 1 };

    let mut chart = Chart { coarse: axis.days > FINE, ..Chart::default() };
    let mut body = String::new();
    band(&mut body, facts, &axis, &mut chart);
    periods(&mut body, finding, facts, &axis);
    ticks(&mut body, &axis);
    draw_events(&mut body, facts, &axis, &marks, &events);
    for mark in &marks {
        draw_mark(&mut body, &axis, mark, facts.mask);
    }
    let mut told: Vec<String> =
        marks.iter().map(|mark| mark.label.trim_start_matches(|c| "●◆▲▽ ".contains(c)).to_owned()).collect();
    if !events.is_empty() {
        told.push(format!("相关事件 {} 个", events.len()));
    }
    let told = escape(&told.join("，"), facts.mask);
    chart.svg = format!(
        "<svg class=\"time\" role=\"img\" aria-labelledby=\"t{number} d{number}\" width=\"100%\" height=\"96\">\
         <title id=\"t{number}\">时间线</title><desc id=\"d{number}\">{told}。</desc>{body}</svg>"
    );
    Some(chart)
}

fn marks(facts: &Facts<'_>, finding: &Finding) -> Vec<Mark> {
    let show = |date| facts.calendar.show_date(date);
    let start = finding.calculation.as_ref().map(|calculation| calculation.start);
    let start = start.or_else(|| finding.trigger.as_ref().map(|trigger| trigger.moment.date));
    let mut marks = Vec::new();
    if let Some(date) = start {
        let word = if finding.calculation.is_some() { "起算" } else { "触发" };
        let label = format!("● {word} {}", show(date));
        marks.push(Mark { date, class: "start", label, y: 12, line: (16, 52) });
    }
    if let Some(date) = finding.deadline {
        let tail = if finding.provisional { "（暂定）" } else { "" };
        let label = format!("◆ 截止 {}{tail}", show(date));
        marks.push(Mark { date, class: "due", label, y: 29, line: (33, 52) });
    }
    match finding.completed {
        Some(date) => {
            let label = format!("▲ 完成 {}", show(date));
            marks.push(Mark { date, class: "done", label, y: 70, line: (36, 58) });
        }
        None if finding.deadline.is_some() => {
            let date = facts.report.as_of;
            let label = format!("▽ 截至 {}，没有做", show(date));
            marks.push(Mark { date, class: "done", label, y: 70, line: (36, 58) });
        }
        None => {}
    }
    marks
}

/// An event that no mark shows.
struct Event<'f> {
    date: NaiveDate,
    kind: &'f str,
    /// Its place in the list of evidence, from 1.
    number: usize,
}

/// The other events a finding rests on.
fn events<'f>(finding: &'f Finding, marks: &[Mark]) -> Vec<Event<'f>> {
    let events = finding.evidence.iter().enumerate().filter(|(_, evidence)| {
        let marked = marks.iter().any(|mark| mark.date == evidence.moment.date);
        !marked
    });
    let event = |(index, evidence): (usize, &'f Evidence)| Event {
        date: evidence.moment.date,
        kind: &evidence.event_type,
        number: index + 1,
    };
    events.take(MOST_EVENTS).map(event).collect()
}

/// A dot per event, under it its number in the list of evidence; a lone one is named.
fn draw_events(body: &mut String, facts: &Facts<'_>, axis: &Axis, marks: &[Mark], events: &[Event<'_>]) {
    let below = marks.iter().any(|mark| mark.y > 52);
    let mut free = f64::NEG_INFINITY;
    for Event { date, kind, number } in events {
        let (x, title) =
            (axis.middle(*date), escape(&format!("{kind} {}", facts.calendar.show_date(*date)), facts.mask));
        let _ = write!(
            body,
            "<circle class=\"event\" cx=\"{x:.2}%\" cy=\"44\" r=\"4.5\"><title>{title}</title></circle>"
        );
        if below || x < free {
            continue;
        }
        let (text, edge) = if events.len() == 1 { (title, 30.0) } else { (number.to_string(), 0.0) };
        let _ = write!(body, "<text x=\"{x:.2}%\" y=\"70\"{}>{text}</text>", anchor(x, edge));
        free = x + 4.0;
    }
}

/// The band of days, with days off and days at work by order.
fn band(body: &mut String, facts: &Facts<'_>, axis: &Axis, chart: &mut Chart) {
    body.push_str("<rect class=\"band\" x=\"0\" y=\"36\" width=\"100%\" height=\"16\"/>");
    if chart.coarse {
        return;
    }
    // What a run of days is: at work by order or off, and by which holiday.
    let mut runs: Vec<(bool, &str, NaiveDate, i64)> = Vec::new();
    for date in axis.dates() {
        let (work, name) = match facts.calendar.day_kind(date) {
            Some(DayKind::MakeUpWorkday { name }) => (true, name),
            Some(DayKind::Holiday { name, .. }) => (false, name),
            Some(DayKind::Weekend) => (false, ""),
            Some(DayKind::Workday) | None => continue,
        };
        match runs.last_mut() {
            Some((was, named, from, days))
                if *was == work
                    && *named == name
                    && *from + chrono::Days::new(days.unsigned_abs()) == date =>
            {
                *days += 1;
            }
            Some(_) | None => runs.push((work, name, date, 1)),
        }
    }
    for (work, name, from, days) in runs {
        let (x, width) = (axis.left(from), percent(days, axis.days));
        let class = if work { "work" } else { "rest" };
        let fill = if work { " fill=\"url(#work)\"" } else { "" };
        let _ = write!(
            body,
            "<rect class=\"{class}\" x=\"{x:.2}%\" y=\"36\" width=\"{width:.2}%\" height=\"16\"{fill}"
        );
        if name.is_empty() {
            body.push_str("/>");
        } else {
            let what = if work { "调休上班" } else { "放假" };
            let until = from + chrono::Days::new((days - 1).unsigned_abs());
            let span = if days > 1 { format!("{from} 至 {until}") } else { from.to_string() };
            let _ = write!(body, "><title>{span} {}{what}</title></rect>", escape(name, false));
        }
        chart.rest |= !work;
        chart.work |= work;
    }
}

/// The time allowed, and the time it was late.
fn periods(body: &mut String, finding: &Finding, facts: &Facts<'_>, axis: &Axis) {
    let Some(due) = finding.deadline else { return };
    let mut bar = |class: &str, from: NaiveDate, to: NaiveDate| {
        let (x, width) = (axis.middle(from), axis.middle(to) - axis.middle(from));
        if width > 0.0 {
            let _ = write!(
                body,
                "<rect class=\"{class}\" x=\"{x:.2}%\" y=\"41\" width=\"{width:.2}%\" height=\"6\"/>"
            );
        }
    };
    if let Some(calculation) = &finding.calculation {
        bar("allowed", calculation.start.min(due), calculation.start.max(due));
    }
    bar("late", due, finding.completed.unwrap_or(facts.report.as_of));
}

/// The scale: days, weeks, months or years, few enough to read on a narrow screen.
fn ticks(body: &mut String, axis: &Axis) {
    let week = |date: NaiveDate| date.weekday().num_days_from_monday() == 0;
    let months = |date: NaiveDate| i64::from(date.year()) * 12 + i64::from(date.month0());
    let every = |step: i64| (axis.days + step - 1) / step <= MOST_TICKS;
    let step_months =
        [1, 2, 3, 6, 12, 24, 60, 120].into_iter().find(|step| axis.days / (step * 30) <= MOST_TICKS);
    let dates: Vec<NaiveDate> = if every(1) {
        axis.dates().collect()
    } else if let Some(step) = [2i64, 3].into_iter().find(|step| every(*step)) {
        axis.dates().step_by(usize::try_from(step).unwrap_or(1)).collect()
    } else if every(7) {
        axis.dates().filter(|date| week(*date)).collect()
    } else if every(14) {
        axis.dates().filter(|date| week(*date)).step_by(2).collect()
    } else {
        let step = step_months.unwrap_or(1200);
        axis.dates().filter(|date| date.day() == 1 && months(*date) % step == 0).collect()
    };
    let long = axis.days > 14 * MOST_TICKS;
    let same_year = axis.first.year() == axis.last().year();
    for date in dates {
        let x = axis.middle(date);
        let label = match (long, same_year) {
            (true, false) => date.format("%Y-%m").to_string(),
            (true, true) | (false, _) => date.format("%m-%d").to_string(),
        };
        let anchor = anchor(x, 6.0);
        let _ = write!(
            body,
            "<line class=\"tick\" x1=\"{x:.2}%\" y1=\"52\" x2=\"{x:.2}%\" y2=\"57\"/>\
             <text class=\"scale\" x=\"{x:.2}%\" y=\"90\"{anchor}>{label}</text>"
        );
    }
}

fn draw_mark(body: &mut String, axis: &Axis, mark: &Mark, mask: bool) {
    let Mark { date, class, label, y, line: (top, bottom) } = mark;
    let x = axis.middle(*date);
    let (anchor, label) = (anchor(x, 30.0), escape(label, mask));
    let _ = write!(
        body,
        "<line class=\"mark {class}\" x1=\"{x:.2}%\" y1=\"{top}\" x2=\"{x:.2}%\" y2=\"{bottom}\"/>\
         <text class=\"{class}\" x=\"{x:.2}%\" y=\"{y}\"{anchor}>{label}</text>"
    );
}

/// On which side of its place a label stands, so that it stays inside.
fn anchor(x: f64, edge: f64) -> &'static str {
    if x < edge {
        " text-anchor=\"start\""
    } else if x > 100.0 - edge {
        " text-anchor=\"end\""
    } else {
        " text-anchor=\"middle\""
    }
}
