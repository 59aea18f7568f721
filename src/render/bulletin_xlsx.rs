//! A bulletin as a workbook: the table, what every number counts, the definitions, what it was made of.
//! Takes a [`BulletinPage`]; rates are true percentages, so they can be sorted and charted.

use std::io::{self, Write};

use super::book::{Book, Cell, Column};
use super::bulletin::{
    BulletinPage, figure, gaps, group_word, listed, opening, reading, reason, records, rules,
};
use crate::bulletin::{self, Metric, Show, State};

/// Writes the file.
pub fn write(out: &mut dyn Write, page: &BulletinPage<'_>) -> io::Result<()> {
    let mut book = Book::new(&page.bulletin.title, page.mask)?;
    table(&mut book, page)?;
    if !page.brief {
        members(&mut book, page)?;
    }
    definitions(&mut book, page)?;
    let columns = [Column::new("项", 24), Column::new("值", 90)];
    let mut sheet = book.sheet("输入与版本", &[], &columns)?;
    for (label, value) in page.provenance {
        sheet.row(&[Cell::text(label), Cell::text(value)])?;
    }
    sheet.finish()?;
    book.save(out)
}

fn table(book: &mut Book, page: &BulletinPage<'_>) -> io::Result<()> {
    let bulletin = page.bulletin;
    let mut columns = vec![Column::new(&bulletin.group_name, 32)];
    for metric in bulletin.metrics {
        columns.push(Column::new(&metric.name, 16));
        if metric.show == Show::Rate {
            columns.push(Column::new(format!("{}的分子/分母", metric.name), 26));
        } else {
            columns.push(Column::new(format!("{}的备注", metric.name), 20));
        }
    }
    let lead: Vec<String> = std::iter::once(bulletin.title.clone())
        .chain(bulletin.remarks.iter().map(|one| format!("注意：{one}")))
        .collect();
    let lead: Vec<&str> = lead.iter().map(String::as_str).collect();
    let mut sheet = book.sheet("通报", &lead, &columns)?;
    let row = |name: String, cells: &[bulletin::Cell<'_>], total: bool| -> Vec<Cell> {
        let numbers = cells.iter().enumerate().flat_map(|(at, cell)| numbers(page, at, cell, total));
        std::iter::once(Cell::text(name)).chain(numbers).collect()
    };
    for (group, cells) in bulletin.groups.iter().zip(&bulletin.rows) {
        sheet.row(&row(group_word(bulletin, group.as_deref()), cells, false))?;
    }
    sheet.row(&row("合计".to_owned(), &bulletin.total, true))?;
    sheet.finish()
}

/// The number, and what stands beside it.
fn numbers(page: &BulletinPage<'_>, at: usize, cell: &bulletin::Cell<'_>, total: bool) -> [Cell; 2] {
    let figure = figure(page.bulletin, at, cell, total);
    let Some(metric) = page.bulletin.metrics.get(at) else { return [Cell::Empty, Cell::Empty] };
    let show = if total { metric.show } else { metric.show_groups };
    let (part, whole) = cell.share();
    let notes = figure.notes.join("，");
    let absent = page.bulletin.absent.get(at) == Some(&true);
    match show {
        _ if absent || (whole == 0 && (show == Show::Rate || cell.count(State::Unknown) > 0)) => {
            [Cell::text(figure.main), Cell::text(notes)]
        }
        #[allow(clippy::cast_precision_loss, reason = "thousandths are at most 1000")]
        Show::Rate => {
            let rate = cell.thousandths().map_or(Cell::Empty, |rate| Cell::Percent(rate as f64 / 1000.0));
            let beside = [format!("{part}/{whole}"), notes];
            [
                rate,
                Cell::text(beside.into_iter().filter(|one| !one.is_empty()).collect::<Vec<_>>().join("；")),
            ]
        }
        Show::Number if metric.show == Show::Rate => [Cell::Empty, Cell::text(figure.line())],
        Show::Number => [Cell::count(part), Cell::text(notes)],
    }
}

fn members(book: &mut Book, page: &BulletinPage<'_>) -> io::Result<()> {
    let bulletin = page.bulletin;
    let columns = [
        Column::new("指标", 18),
        Column::new(&bulletin.group_name, 26),
        Column::new("主体", 50),
        Column::new("判定", 10),
        Column::new("规则", 16),
        Column::new("事实", 60),
        Column::new("记录", 70),
    ];
    let mut sheet = book.sheet("明细", &[], &columns)?;
    for (at, metric) in bulletin.metrics.iter().enumerate() {
        for (group, row) in bulletin.groups.iter().zip(&bulletin.rows) {
            let members = row.get(at).into_iter().flat_map(|cell| &cell.members);
            for member in members.filter(|member| listed(member, metric)) {
                sheet.row(&[
                    Cell::text(&metric.name),
                    Cell::text(group_word(bulletin, group.as_deref())),
                    Cell::text(&member.label),
                    Cell::text(member.state.label()),
                    Cell::text(rules(member, metric)),
                    Cell::text(reason(member, metric).unwrap_or_default()),
                    Cell::text(records(member, metric, page.sources).join("；")),
                ])?;
            }
        }
    }
    sheet.finish()
}

fn definitions(book: &mut Book, page: &BulletinPage<'_>) -> io::Result<()> {
    let bulletin = page.bulletin;
    let columns = [Column::new("指标", 20), Column::new("怎样算", 90), Column::new("目标", 12)];
    let mut sheet = book.sheet("指标定义", &[], &columns)?;
    let target = |metric: &Metric| metric.target.as_ref().map_or(String::new(), |target| target.words());
    for metric in bulletin.metrics {
        sheet.row(&[Cell::text(&metric.name), Cell::text(&metric.note), Cell::text(target(metric))])?;
    }
    for (label, lines) in
        [("总述", opening(bulletin)), ("记录不全", gaps(bulletin)), ("说明", reading(bulletin))]
    {
        for line in lines {
            sheet.row(&[Cell::text(label), Cell::text(line)])?;
        }
    }
    sheet.finish()
}
