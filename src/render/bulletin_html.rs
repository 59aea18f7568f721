//! A bulletin on one page to be shown and printed (A4, landscape): summary, table, definitions, and under every
//! number what it counts. Takes a [`BulletinPage`]; writes HTML. Without JavaScript everything is there.

use std::io::{self, Write};

use serde::Serialize;

use super::bulletin::{
    BulletinPage, figure, gaps, group_word, listed, opening, reading, reason, records, rules,
};
use super::page::{Frame, Pages};
use crate::bulletin::Cell;

const STYLE: &str = include_str!("html/bulletin.css");
const SCRIPT: &str = include_str!("html/bulletin.js");

#[derive(Serialize)]
struct Content<'a> {
    remarks: &'a [String],
    summary: Vec<String>,
    group_name: &'a str,
    metrics: Vec<Metric<'a>>,
    rows: Vec<Row>,
    total: Vec<Shown>,
    gaps: Vec<String>,
    reading: Vec<String>,
    detailed: bool,
}

#[derive(Serialize)]
struct Metric<'a> {
    name: &'a str,
    note: &'a str,
    target: Option<String>,
}

#[derive(Serialize)]
struct Row {
    name: String,
    cells: Vec<Shown>,
}

#[derive(Serialize)]
struct Shown {
    metric: String,
    main: String,
    /// Numerator and denominator, under the rate.
    share: Option<String>,
    notes: Vec<String>,
    /// Short of the target.
    short: bool,
    /// Id of the list of what it counts.
    link: Option<String>,
    members: Vec<Member>,
}

#[derive(Serialize)]
struct Member {
    subject: String,
    state: &'static str,
    rules: String,
    reason: String,
    records: Vec<String>,
}

/// Writes the page.
pub fn write(out: &mut dyn Write, page: &BulletinPage<'_>) -> io::Result<()> {
    let bulletin = page.bulletin;
    let pages = Pages::new(page.mask)?;
    let lines = [format!("{} 至 {}　截至 {}", bulletin.period.from, bulletin.period.to, bulletin.as_of)];
    let word = |text: &str, id: &str| (text.to_owned(), id.to_owned());
    let mut sections =
        vec![word("总述", "summary"), word(&format!("各{}情况", bulletin.group_name), "table")];
    sections.push(word("说明", "definitions"));
    if !page.brief {
        sections.push(word("明细", "members"));
    }
    sections.push(word("输入与版本", "provenance"));
    let frame =
        Frame { title: &bulletin.title, lines: &lines, style: STYLE, script: SCRIPT, sections: &sections };
    pages.head(out, &frame)?;
    let rows = bulletin.groups.iter().zip(&bulletin.rows).enumerate();
    let content = Content {
        remarks: &bulletin.remarks,
        summary: opening(bulletin),
        group_name: &bulletin.group_name,
        metrics: bulletin
            .metrics
            .iter()
            .map(|metric| Metric {
                name: &metric.name,
                note: &metric.note,
                target: metric.target.as_ref().map(|target| target.words()),
            })
            .collect(),
        rows: rows
            .map(|(number, (group, row))| Row {
                name: group_word(bulletin, group.as_deref()),
                cells: row.iter().enumerate().map(|(at, cell)| shown(page, at, cell, Some(number))).collect(),
            })
            .collect(),
        total: bulletin.total.iter().enumerate().map(|(at, cell)| shown(page, at, cell, None)).collect(),
        gaps: gaps(bulletin),
        reading: reading(bulletin),
        detailed: !page.brief,
    };
    pages.part(out, "bulletin.html", content)?;
    #[derive(Serialize)]
    struct Provenance<'a> {
        rows: &'a [(String, String)],
    }
    pages.part(out, "provenance.html", Provenance { rows: page.provenance })?;
    pages.foot(out, &frame)
}

/// A number; with what it counts when it stands in the row of a group.
fn shown(page: &BulletinPage<'_>, at: usize, cell: &Cell<'_>, row: Option<usize>) -> Shown {
    let figure = figure(page.bulletin, at, cell, row.is_none());
    let metric = page.bulletin.metrics.get(at);
    let members: Vec<Member> = match (row, metric) {
        (Some(_), Some(metric)) if !page.brief => cell
            .members
            .iter()
            .filter(|member| listed(member, metric))
            .map(|member| Member {
                subject: member.label.clone(),
                state: member.state.label(),
                rules: rules(member, metric),
                reason: reason(member, metric).unwrap_or_default(),
                records: records(member, metric, page.sources),
            })
            .collect(),
        _ => Vec::new(),
    };
    // 表里率在上、分子分母在下，窄得下一张横的 A4。
    let (main, share) = match figure.main.strip_suffix('）').and_then(|main| main.split_once('（')) {
        Some((rate, share)) => (rate.to_owned(), Some(share.to_owned())),
        None => (figure.main, None),
    };
    Shown {
        metric: metric.map_or(String::new(), |metric| metric.name.clone()),
        main,
        share,
        notes: figure.notes,
        short: figure.reached == Some(false),
        link: row.filter(|_| !members.is_empty()).map(|row| format!("g{row}-{at}")),
        members,
    }
}
