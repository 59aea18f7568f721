//! A bulletin for a terminal and as Markdown to paste into a document.
//! Takes a [`BulletinPage`]; writes lines. Decides nothing.

use std::io::{self, Write};

use super::bulletin::{
    BulletinPage, figure, gaps, group_word, listed, opening, reading, reason, records, rules,
};
use super::due::{escaped, table};
use super::text::{clean, pad, width, wrap};

/// For a terminal: the total line by line, then each group.
pub fn pretty(out: &mut dyn Write, page: &BulletinPage<'_>, columns: usize) -> io::Result<()> {
    let bulletin = page.bulletin;
    let text = |text: &str| clean(text, page.mask).into_owned();
    writeln!(out, "{}\n", text(&bulletin.title))?;
    let mut block = |indent: usize, words: &str| -> io::Result<()> {
        let lines = wrap(&text(words), columns.saturating_sub(indent).max(20));
        lines.iter().try_for_each(|line| writeln!(out, "{}{line}", " ".repeat(indent)))
    };
    for remark in &bulletin.remarks {
        block(0, &format!("注意：{remark}"))?;
    }
    for sentence in opening(bulletin) {
        block(0, &sentence)?;
    }
    let names = bulletin.metrics.iter().map(|metric| width(&metric.name)).max().unwrap_or(0);
    let line = |at: usize, figure: &super::bulletin::Figure| {
        let metric = bulletin.metrics.get(at);
        let name = metric.map_or("", |metric| metric.name.as_str());
        let target = metric.and_then(|metric| metric.target.as_ref());
        let mark = match (figure.reached, target) {
            (Some(false), Some(target)) => format!("  未达 {}", target.words()),
            (Some(true) | None, _) | (_, None) => String::new(),
        };
        format!("  {}  {}{mark}", pad(&text(name), names), figure.line())
    };
    writeln!(out, "\n合计")?;
    for (at, cell) in bulletin.total.iter().enumerate() {
        writeln!(out, "{}", line(at, &figure(bulletin, at, cell, true)))?;
    }
    for (group, row) in bulletin.groups.iter().zip(&bulletin.rows) {
        writeln!(out, "\n{}", text(&group_word(bulletin, group.as_deref())))?;
        let mut empty = Vec::new();
        for (at, cell) in row.iter().enumerate() {
            let figure = figure(bulletin, at, cell, false);
            if cell.members.is_empty() {
                empty.extend(
                    bulletin.metrics.get(at).map(|metric| format!("{} {}", metric.name, figure.main)),
                );
            } else {
                writeln!(out, "{}", line(at, &figure))?;
            }
        }
        if !empty.is_empty() {
            let lines = wrap(&text(&empty.join("，")), columns.saturating_sub(2));
            lines.iter().try_for_each(|line| writeln!(out, "  {line}"))?;
        }
    }
    let gaps = gaps(bulletin);
    if !gaps.is_empty() {
        writeln!(out, "\n记录不全，无法判定的：")?;
        for gap in &gaps {
            let lines = wrap(&text(gap), columns.saturating_sub(2));
            lines.iter().try_for_each(|line| writeln!(out, "  {line}"))?;
        }
    }
    writeln!(out, "\n各项怎样算、算了哪些：加 --format html、xlsx 或 md 看。")
}

/// Markdown: summary, table, definitions, and the members of every number unless it is brief.
pub fn markdown(out: &mut dyn Write, page: &BulletinPage<'_>) -> io::Result<()> {
    let bulletin = page.bulletin;
    let text = |text: &str| escaped(&clean(text, page.mask));
    writeln!(out, "# {}\n", text(&bulletin.title))?;
    for remark in &bulletin.remarks {
        writeln!(out, "> **注意** {}\n", text(remark))?;
    }
    writeln!(out, "## 总述\n")?;
    opening(bulletin).iter().try_for_each(|sentence| writeln!(out, "{}\n", text(sentence)))?;
    writeln!(out, "## 各{}情况\n", text(&bulletin.group_name))?;
    let names = bulletin.metrics.iter().map(|metric| clean(&metric.name, page.mask).into_owned());
    let heads: Vec<String> = std::iter::once(bulletin.group_name.clone()).chain(names).collect();
    let row = |name: String, cells: &[crate::bulletin::Cell<'_>], total: bool| -> Vec<String> {
        let figures = cells.iter().enumerate().map(|(at, cell)| figure(bulletin, at, cell, total).line());
        std::iter::once(clean(&name, page.mask).into_owned()).chain(figures).collect()
    };
    let mut rows: Vec<Vec<String>> = bulletin
        .groups
        .iter()
        .zip(&bulletin.rows)
        .map(|(group, cells)| row(group_word(bulletin, group.as_deref()), cells, false))
        .collect();
    rows.push(row("合计".to_owned(), &bulletin.total, true));
    table(out, &heads.iter().map(String::as_str).collect::<Vec<_>>(), &rows)?;
    let gaps = gaps(bulletin);
    if !gaps.is_empty() {
        writeln!(out, "\n## 记录不全\n")?;
        gaps.iter().try_for_each(|gap| writeln!(out, "- {}", text(gap)))?;
    }
    writeln!(out, "\n## 说明\n")?;
    reading(bulletin).iter().try_for_each(|line| writeln!(out, "- {}", text(line)))?;
    writeln!(out)?;
    let definitions: Vec<Vec<String>> = bulletin
        .metrics
        .iter()
        .map(|metric| {
            let target = metric.target.as_ref().map_or("—".to_owned(), |target| target.words());
            [metric.name.clone(), metric.note.clone(), target]
                .map(|cell| clean(&cell, page.mask).into_owned())
                .to_vec()
        })
        .collect();
    table(out, &["指标", "怎样算", "目标"], &definitions)?;
    if !page.brief {
        members(out, page)?;
    }
    writeln!(out, "\n## 输入与版本\n")?;
    let rows: Vec<Vec<String>> = page
        .provenance
        .iter()
        .map(|(label, value)| vec![label.clone(), clean(value, page.mask).into_owned()])
        .collect();
    table(out, &["项", "值"], &rows)
}

/// One table a column: what each number counts.
fn members(out: &mut dyn Write, page: &BulletinPage<'_>) -> io::Result<()> {
    let bulletin = page.bulletin;
    let text = |text: &str| clean(text, page.mask).into_owned();
    writeln!(out, "\n## 附：明细")?;
    for (at, metric) in bulletin.metrics.iter().enumerate() {
        let mut rows = Vec::new();
        for (group, row) in bulletin.groups.iter().zip(&bulletin.rows) {
            let cell = row.get(at);
            let members = cell.iter().flat_map(|cell| &cell.members).filter(|member| listed(member, metric));
            for member in members {
                rows.push(vec![
                    text(&group_word(bulletin, group.as_deref())),
                    text(&member.label),
                    member.state.label().to_owned(),
                    rules(member, metric),
                    text(&reason(member, metric).unwrap_or_default()),
                    text(&records(member, metric, page.sources).join("；")),
                ]);
            }
        }
        writeln!(out, "\n### {}\n", escaped(&text(&metric.name)))?;
        if rows.is_empty() {
            writeln!(out, "没有。")?;
            continue;
        }
        table(out, &[&bulletin.group_name, "主体", "判定", "规则", "事实", "记录"], &rows)?;
    }
    Ok(())
}
