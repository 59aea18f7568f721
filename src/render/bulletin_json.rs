//! A bulletin as JSON, schema `zhunsheng.bulletin/1`: two spaces per level, the same bytes for the same input.
//! Takes a [`BulletinPage`]; rates are numbers between 0 and 1, `null` without a denominator.

use std::io::{self, Write};

use serde::Serialize;

use super::bulletin::{BulletinPage, figure, gaps, records, rules};
use super::mask::mask;
use crate::bulletin::{Cell, Show, State};

#[derive(Serialize)]
struct Document {
    schema: &'static str,
    title: String,
    period: Period,
    as_of: String,
    partial: bool,
    remarks: Vec<String>,
    metrics: Vec<Metric>,
    groups: Vec<Group>,
    total: Vec<Number>,
    gaps: Vec<String>,
    provenance: Vec<(String, String)>,
}

#[derive(Serialize)]
struct Period {
    name: String,
    from: String,
    to: String,
}

#[derive(Serialize)]
struct Metric {
    name: String,
    note: String,
    show: &'static str,
    unit: String,
    target: Option<String>,
}

#[derive(Serialize)]
struct Group {
    name: Option<String>,
    cells: Vec<Number>,
}

#[derive(Serialize)]
struct Number {
    shown: String,
    counted: usize,
    of: usize,
    rate: Option<f64>,
    pending: usize,
    undetermined: usize,
    exempt: usize,
    reached: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    members: Option<Vec<Member>>,
}

#[derive(Serialize)]
struct Member {
    subject: String,
    state: &'static str,
    rules: String,
    records: Vec<String>,
}

/// Writes the whole document and a final newline.
pub fn write(out: &mut dyn Write, page: &BulletinPage<'_>) -> io::Result<()> {
    let bulletin = page.bulletin;
    let text = |text: &str| if page.mask { mask(text).into_owned() } else { text.to_owned() };
    let cells = |row: &[Cell<'_>], total: bool| -> Vec<Number> {
        row.iter().enumerate().map(|(at, cell)| number(page, at, cell, total)).collect()
    };
    let document = Document {
        schema: "zhunsheng.bulletin/1",
        title: text(&bulletin.title),
        period: Period {
            name: bulletin.period.name.clone(),
            from: bulletin.period.from.to_string(),
            to: bulletin.period.to.to_string(),
        },
        as_of: bulletin.as_of.to_string(),
        partial: bulletin.partial,
        remarks: bulletin.remarks.iter().map(|remark| text(remark)).collect(),
        metrics: bulletin
            .metrics
            .iter()
            .map(|metric| Metric {
                name: text(&metric.name),
                note: text(&metric.note),
                show: match metric.show {
                    Show::Rate => "rate",
                    Show::Number => "number",
                },
                unit: text(&metric.unit),
                target: metric.target.as_ref().map(|target| target.words()),
            })
            .collect(),
        groups: bulletin
            .groups
            .iter()
            .zip(&bulletin.rows)
            .map(|(group, row)| Group { name: group.as_deref().map(text), cells: cells(row, false) })
            .collect(),
        total: cells(&bulletin.total, true),
        gaps: gaps(bulletin).iter().map(|gap| text(gap)).collect(),
        provenance: page.provenance.iter().map(|(label, value)| (label.clone(), text(value))).collect(),
    };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

fn number(page: &BulletinPage<'_>, at: usize, cell: &Cell<'_>, total: bool) -> Number {
    let text = |text: &str| if page.mask { mask(text).into_owned() } else { text.to_owned() };
    let (counted, of) = cell.share();
    let figure = figure(page.bulletin, at, cell, total);
    let metric = page.bulletin.metrics.get(at).filter(|_| !total && !page.brief);
    Number {
        shown: figure.main,
        counted,
        of,
        #[allow(clippy::cast_precision_loss, reason = "thousandths are at most 1000")]
        rate: cell.thousandths().map(|rate| rate as f64 / 1000.0),
        pending: cell.count(State::Pending),
        undetermined: cell.count(State::Unknown),
        exempt: cell.exempt,
        reached: figure.reached,
        members: metric.map(|metric| {
            let member = |member: &crate::bulletin::Member<'_>| Member {
                subject: text(&member.label),
                state: match member.state {
                    State::Counted => "counted",
                    State::Rest => "rest",
                    State::Pending => "pending",
                    State::Unknown => "undetermined",
                },
                rules: rules(member, metric),
                records: records(member, metric, page.sources).iter().map(|record| text(record)).collect(),
            };
            cell.members.iter().map(member).collect()
        }),
    }
}
