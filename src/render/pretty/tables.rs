//! The two summary tables: by department (or whatever the policy sums up by) and by rule.

use std::io::{self, Write};

use comfy_table::{Cell, CellAlignment, ContentLineStyle, LineStyle, Table, TableStyle};

use super::super::text::width;
use super::sections::fit;
use super::{Canvas, Tone};
use crate::finding::{Report, Summary, Verdict};

/// A table of at most this many rows is shown whole.
const FEW: usize = 8;

impl Canvas<'_> {
    /// Both tables; a table with nothing to say is left out.
    pub(super) fn tables(&self, out: &mut dyn Write, report: &Report) -> io::Result<()> {
        if report.by_group.iter().any(|(group, _)| group.is_some()) {
            let name = report.group_name.as_deref().unwrap_or("组");
            let rows = report.by_group.iter().map(|(group, summary)| {
                (group.clone().unwrap_or_else(|| format!("（不分{name}）")), *summary)
            });
            self.table(out, name, &rows.collect::<Vec<_>>())?;
        }
        let rows = report.by_rule.iter().map(|(id, title, summary)| (format!("{id} {title}"), *summary));
        self.table(out, "规则", &rows.collect::<Vec<_>>())
    }

    fn table(&self, out: &mut dyn Write, name: &str, rows: &[(String, Summary)]) -> io::Result<()> {
        let telling = |summary: &Summary| {
            summary.violated + summary.pending + summary.undetermined + summary.exempt > 0
        };
        let kept: Vec<_> = rows.iter().filter(|(_, summary)| rows.len() <= FEW || telling(summary)).collect();
        if kept.is_empty() {
            return Ok(());
        }
        let mut table = Table::new();
        table.load_style(self.table_style());
        let counts_width: usize = Verdict::ALL.iter().map(|verdict| width(verdict.label()) + 2).sum();
        let room = self.options.width.saturating_sub(counts_width).max(16);
        let header =
            Verdict::ALL.map(|verdict| Cell::new(verdict.label()).set_alignment(CellAlignment::Right));
        table.set_header([Cell::new(format!("按{name}"))].into_iter().chain(header));
        for (key, summary) in &kept {
            let key = fit(&self.clean(key), room, if self.options.unicode { "…" } else { "..." });
            let counts = Verdict::ALL.map(|verdict| match summary.get(verdict) {
                0 => Cell::new("-").set_alignment(CellAlignment::Right),
                count => Cell::new(count).set_alignment(CellAlignment::Right),
            });
            table.add_row([Cell::new(key)].into_iter().chain(counts));
        }
        for (index, column) in table.column_iter_mut().enumerate() {
            column.set_padding((u16::from(index > 0), 0));
        }
        for (index, line) in table.trim_fmt().lines().enumerate() {
            let tone = if index == 0 { Tone::Strong } else { Tone::Quiet };
            let line = if index <= 1 { self.paint(tone, line) } else { line.to_owned() };
            writeln!(out, "{line}")?;
        }
        if kept.len() < rows.len() {
            self.row(out, 0, "", &format!("其余 {} 项全部合规或不适用，没有列出", rows.len() - kept.len()))?;
        }
        writeln!(out)
    }

    fn table_style(&self) -> TableStyle {
        let bar = if self.options.unicode { '─' } else { '-' };
        TableStyle::new()
            .header_lines(ContentLineStyle::none())
            .header_separator(LineStyle::none().fill(bar).junction(bar))
            .content_lines(ContentLineStyle::none())
    }
}
