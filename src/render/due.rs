//! What is due, for people: a terminal page and Markdown; and the words every format of it shares.
//! Takes a [`Due`]; writes sections by day or by department. Decides nothing.

use std::io::{self, Write};

use chrono::NaiveDate;

use super::text::{clean, pad, width, wrap};
use crate::calendar::weekday;
use crate::due::{Due, Item, Order};
use crate::source::SourceMap;

/// How to show what is due.
#[derive(Clone, Copy)]
pub struct DueOptions<'a> {
    /// Columns of the terminal.
    pub width: usize,
    /// Hide identity-card and mobile numbers.
    pub mask: bool,
    pub order: Order,
    /// List what has no last day; otherwise only count it.
    pub open: bool,
    /// A date with what people know it by: `2025-09-28（周日，调休上班）`.
    pub show_date: &'a dyn Fn(NaiveDate) -> String,
}

/// The words of one item, masked and with nothing invisible in them.
pub(super) struct Words {
    /// Name of its group, or that it has none.
    pub group: String,
    pub subject: String,
    pub title: String,
    pub duty: String,
    /// 文号 and article.
    pub basis: String,
    /// `检查结束 2025-08-19`; empty without a trigger.
    pub trigger: String,
    /// `还剩 7 个工作日`, `今天到期`, `逾期 3 个工作日`, `已过 17 天`.
    pub left: String,
    /// `台账.jsonl:358`.
    pub place: String,
}

impl Words {
    pub fn new(item: &Item<'_>, due: &Due<'_>, sources: &SourceMap, mask: bool) -> Self {
        let finding = item.finding;
        let text = |text: &str| clean(text, mask).into_owned();
        let trigger = finding.trigger.as_ref();
        let place = trigger.map(|trigger| trigger.origin).or_else(|| finding.origins.first().copied());
        Self {
            group: text(&group(item, due)),
            subject: text(&item.subject()),
            title: text(&finding.title),
            duty: text(&item.duty),
            basis: text(&[finding.document.as_deref().unwrap_or(""), &finding.citation].join(" "))
                .trim()
                .into(),
            trigger: text(
                &trigger.map_or(String::new(), |trigger| {
                    format!("{} {}", trigger.event_type, trigger.moment.date)
                }),
            ),
            left: left(item, due),
            place: place.map_or(String::new(), |place| {
                text(&format!("{}:{}", sources.file(place.file).name(), place.line))
            }),
        }
    }
}

/// What the groups are called.
pub(super) fn group_name<'d>(due: &'d Due<'_>) -> &'d str {
    due.group_name.as_deref().unwrap_or("归属")
}

fn group(item: &Item<'_>, due: &Due<'_>) -> String {
    item.group().map_or_else(|| format!("（没有{}）", group_name(due)), str::to_owned)
}

fn left(item: &Item<'_>, due: &Due<'_>) -> String {
    let words = match (item.deadline, item.workdays, item.elapsed) {
        (Some(day), _, _) if day == due.as_of => "今天到期".to_owned(),
        (Some(day), Some(count), _) if day < due.as_of => format!("逾期 {count} 个工作日"),
        (Some(day), None, _) if day < due.as_of => format!("逾期 {} 天", (due.as_of - day).num_days()),
        (Some(_), Some(count), _) => format!("还剩 {count} 个工作日"),
        (Some(day), None, _) => format!("还剩 {} 天", (day - due.as_of).num_days()),
        (None, _, Some(days)) => format!("已过 {days} 天"),
        (None, _, None) if item.finding.kind.is_some() => "已结案，没有做".to_owned(),
        (None, _, None) => "结案前".to_owned(),
    };
    if item.provisional { format!("{words}，暂定") } else { words }
}

/// `截至 2025-09-05（周五），看到 2025-09-19（周五），10 个工作日：快到期 8 项，已逾期未做 0 项。`, and what is doubtful.
pub(super) fn opening(due: &Due<'_>, show_date: &dyn Fn(NaiveDate) -> String) -> Vec<String> {
    let mut lines = vec![format!(
        "截至 {}，往后看 {}，到 {}（含当日）：快到期 {} 项，已逾期仍未做 {} 项。",
        show_date(due.as_of),
        due.within,
        show_date(due.until),
        due.soon.len(),
        due.overdue.len()
    )];
    if due.unpublished {
        lines.push(
            "往后看的日子里有还没公布放假安排的年度，看到哪天是暂定的；公布后用 --calendar 补上再看。".into(),
        );
    }
    if due.undetermined > 0 {
        lines.push(format!("另有 {} 项缺记录、无法判定，用 zhunsheng check 看缺什么。", due.undetermined));
    }
    lines
}

/// `另有 3 项在这之后到期；16 项没有期限（加 --open 列出）。`
pub(super) fn closing(due: &Due<'_>, open: bool) -> Option<String> {
    let later = (due.later > 0).then(|| format!("{} 项在 {} 之后到期", due.later, due.until));
    let hidden =
        (!open && !due.open.is_empty()).then(|| format!("{} 项没有期限（加 --open 列出）", due.open.len()));
    let parts: Vec<String> = later.into_iter().chain(hidden).collect();
    (!parts.is_empty()).then(|| format!("另有 {}。", parts.join("，")))
}

/// Heading, items, and whether they are shown: always the overdue and the near ones, the open ones if asked.
pub(super) fn sections<'d, 'r>(due: &'d Due<'r>, open: bool) -> Vec<(&'static str, &'d [Item<'r>])> {
    let open = open.then_some(("没有期限、还没有做", due.open.as_slice()));
    let sections = [("已逾期仍未做", due.overdue.as_slice()), ("快到期", due.soon.as_slice())];
    sections.into_iter().chain(open).collect()
}

/// Heads of the groups of a section, with their items in order.
fn groups<'i, 'r>(
    items: &'i [Item<'r>],
    due: &Due<'_>,
    options: &DueOptions<'_>,
) -> Vec<(String, Vec<&'i Item<'r>>)> {
    let head = |item: &Item<'_>| match options.order {
        Order::Day => item.deadline.map_or("没有期限".to_owned(), options.show_date),
        Order::Group => clean(&group(item, due), options.mask).into_owned(),
    };
    let mut groups: Vec<(String, Vec<&Item<'_>>)> = Vec::new();
    for item in items {
        let head = head(item);
        match groups.last_mut() {
            Some((last, members)) if *last == head => members.push(item),
            Some(_) | None => groups.push((head, vec![item])),
        }
    }
    groups
}

/// For a terminal.
pub fn pretty(
    out: &mut dyn Write,
    sources: &SourceMap,
    due: &Due<'_>,
    options: &DueOptions<'_>,
) -> io::Result<()> {
    for line in opening(due, options.show_date).iter().flat_map(|line| wrap(line, options.width)) {
        writeln!(out, "{line}")?;
    }
    for (title, items) in sections(due, options.open) {
        writeln!(out)?;
        if items.is_empty() {
            writeln!(out, "{title}：没有")?;
            continue;
        }
        writeln!(out, "{title} {} 项", items.len())?;
        for (head, members) in groups(items, due, options) {
            writeln!(out, "  {head}  {} 项", members.len())?;
            for item in members {
                let words = Words::new(item, due, sources, options.mask);
                let lead = match options.order {
                    Order::Day => words.group.clone(),
                    Order::Group => item.deadline.map_or("没有期限".to_owned(), options.show_date),
                };
                let basis = format!("依据 {}", words.basis);
                let trigger = (!words.trigger.is_empty()).then(|| format!("自 {} 起", words.trigger));
                let parts =
                    [Some(words.left), trigger, Some(basis)].into_iter().flatten().collect::<Vec<_>>();
                block(
                    out,
                    options.width,
                    &format!("{lead} · {} {}：{}", item.finding.rule, words.title, words.duty),
                )?;
                detail(out, options.width, &words.subject)?;
                detail(out, options.width, &parts.join("，"))?;
            }
        }
    }
    if let Some(line) = closing(due, options.open) {
        writeln!(out)?;
        wrap(&line, options.width).iter().try_for_each(|line| writeln!(out, "{line}"))?;
    }
    Ok(())
}

fn block(out: &mut dyn Write, columns: usize, text: &str) -> io::Result<()> {
    indented(out, columns, 4, text)
}

fn detail(out: &mut dyn Write, columns: usize, text: &str) -> io::Result<()> {
    indented(out, columns, 6, text)
}

fn indented(out: &mut dyn Write, columns: usize, indent: usize, text: &str) -> io::Result<()> {
    let lines = wrap(text, columns.saturating_sub(indent).max(20));
    lines.iter().try_for_each(|line| writeln!(out, "{}{line}", " ".repeat(indent)))
}

/// Titles of the columns of every table of due items.
pub(super) fn columns<'d>(due: &'d Due<'_>) -> [&'d str; 11] {
    let group = group_name(due);
    ["状态", "截止日", "星期", "还剩", group, "主体", "要做什么", "规则", "依据", "触发", "记录"]
}

/// One row under [`columns`].
pub(super) fn row(section: &str, item: &Item<'_>, words: Words) -> [String; 11] {
    let Words { group, subject, title, duty, basis, trigger, left, place } = words;
    [
        section.to_owned(),
        item.deadline.map_or(String::new(), |day| day.to_string()),
        item.deadline.map_or(String::new(), |day| weekday(day).to_owned()),
        left,
        group,
        subject,
        format!("{title}：{duty}"),
        item.finding.rule.clone(),
        basis,
        trigger,
        place,
    ]
}

/// Markdown: one table a section, fit to paste into a document.
pub fn markdown(
    out: &mut dyn Write,
    sources: &SourceMap,
    due: &Due<'_>,
    options: &DueOptions<'_>,
) -> io::Result<()> {
    writeln!(out, "# 到期提醒\n")?;
    opening(due, options.show_date).iter().try_for_each(|line| writeln!(out, "{}\n", escaped(line)))?;
    for (title, items) in sections(due, options.open) {
        writeln!(out, "## {title}\n")?;
        if items.is_empty() {
            writeln!(out, "没有。\n")?;
            continue;
        }
        let rows: Vec<Vec<String>> = items
            .iter()
            .map(|item| {
                let words = Words::new(item, due, sources, options.mask);
                let [_, day, week, left, group, subject, duty, rule, basis, trigger, _] =
                    row(title, item, words);
                let day = if day.is_empty() { "—".to_owned() } else { format!("{day} {week}") };
                vec![day, left, group, subject, duty, rule, basis, trigger]
            })
            .collect();
        let heads = ["截止日", "还剩", group_name(due), "主体", "要做什么", "规则", "依据", "触发"];
        table(out, &heads, &rows)?;
        writeln!(out)?;
    }
    closing(due, options.open).iter().try_for_each(|line| writeln!(out, "{}", escaped(line)))
}

/// A Markdown table with columns as wide as their widest cell.
pub(super) fn table(out: &mut dyn Write, heads: &[&str], rows: &[Vec<String>]) -> io::Result<()> {
    let rows: Vec<Vec<String>> =
        rows.iter().map(|row| row.iter().map(|cell| escaped(cell)).collect()).collect();
    let column = |at: usize| {
        let cells = rows.iter().filter_map(|row| row.get(at)).map(|cell| width(cell));
        cells.chain(heads.get(at).map(|head| width(head))).max().unwrap_or(3).max(3)
    };
    let widths: Vec<usize> = (0..heads.len()).map(column).collect();
    let line = |cells: &[String]| {
        let cells = cells.iter().zip(&widths).map(|(cell, size)| pad(cell, *size));
        format!("| {} |", cells.collect::<Vec<_>>().join(" | "))
    };
    writeln!(out, "{}", line(&heads.iter().map(|head| (*head).to_owned()).collect::<Vec<_>>()))?;
    writeln!(out, "{}", line(&widths.iter().map(|size| "-".repeat(*size)).collect::<Vec<_>>()))?;
    rows.iter().try_for_each(|row| writeln!(out, "{}", line(row)))
}

/// Text that Markdown shows as it is, in a table too.
pub(super) fn escaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | '|' | '*' | '_' | '`' | '[' | ']' | '~' => plain.extend(['\\', c]),
            '<' => plain.push_str("&lt;"),
            '>' => plain.push_str("&gt;"),
            '&' => plain.push_str("&amp;"),
            '\n' => plain.push_str("<br>"),
            other => plain.push(other),
        }
    }
    plain
}
