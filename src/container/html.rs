//! Web pages with tables, as many government systems export them under the name `.xls` → sheets, one per table.
//! Takes decoded text; reads tags as browsers do, without asking for a well-formed page. Knows rows, cells, spans,
//! line breaks and the common entities; everything else is passed over. Tables in tables run on in the outer one.

use super::grid::{Grid, Region, Sheet};
use super::problem::{Foreign, Problem};

/// Columns and rows one cell may span, so that a slip of the pen does not fill the memory.
const MOST_SPAN: u32 = 10_000;

/// A table being read.
struct Table {
    sheet: Sheet,
    row: u32,
    column: u32,
    /// Whether a row has begun.
    begun: bool,
    /// Per column: how many rows more are covered from above.
    covered: Vec<u32>,
    /// The cell being read and its words.
    cell: Option<(u32, u32, String)>,
}

/// Reads all tables; `limit`: bytes of one table's texts.
pub(super) fn read(html: &str, limit: usize) -> Result<Vec<Sheet>, Problem> {
    let mut sheets = Vec::new();
    let mut table: Option<Table> = None;
    let mut depth = 0usize;
    let mut rest = html;
    while !rest.is_empty() {
        let Some(at) = rest.find('<') else {
            text(&mut table, rest);
            break;
        };
        let (before, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
        text(&mut table, before);
        if let Some(comment) = from.strip_prefix("<!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        let Some((tag, after)) = tag(from) else {
            text(&mut table, "<");
            rest = from.get(1..).unwrap_or("");
            continue;
        };
        rest = after;
        let closing = tag.starts_with('/');
        let tag = tag.trim_start_matches('/');
        let name =
            tag.split(|c: char| c.is_whitespace() || c == '/').next().unwrap_or("").to_ascii_lowercase();
        match (name.as_str(), closing) {
            ("script" | "style" | "title" | "xml", false) if !tag.ends_with('/') => {
                rest = past_end(rest, &name);
            }
            ("table", false) => {
                depth += 1;
                if depth == 1 {
                    table = Some(Table::new(sheets.len() + 1));
                }
            }
            ("table", true) => {
                depth = depth.saturating_sub(1);
                if depth == 0
                    && let Some(mut done) = table.take()
                {
                    done.end_cell();
                    sheets.push(done.sheet);
                }
            }
            ("tr", _) if depth == 1 => {
                if let Some(table) = &mut table {
                    table.end_cell();
                    if !closing {
                        table.begin_row();
                    }
                }
            }
            ("td" | "th", _) if depth == 1 => {
                if let Some(table) = &mut table {
                    table.end_cell();
                    if !closing {
                        table.begin_cell(tag);
                    }
                }
            }
            ("br" | "p" | "div" | "li" | "tr", _) => text(&mut table, "<br>"),
            _ => {}
        }
        if table.as_ref().is_some_and(|table| table.sheet.grid.size() > limit) {
            return Err(Problem::TooLarge { limit });
        }
    }
    if let Some(mut unfinished) = table {
        unfinished.end_cell();
        sheets.push(unfinished.sheet);
    }
    if sheets.iter().all(|sheet| sheet.grid.is_empty()) {
        return Err(Problem::Foreign(Foreign::WebPage));
    }
    Ok(sheets)
}

impl Table {
    fn new(number: usize) -> Self {
        let sheet = Sheet { name: format!("表{number}"), grid: Grid::default(), merged: Vec::new() };
        Self { sheet, row: 0, column: 0, begun: false, covered: Vec::new(), cell: None }
    }

    fn begin_row(&mut self) {
        if self.begun {
            self.row += 1;
            self.covered.iter_mut().for_each(|rows| *rows = rows.saturating_sub(1));
        }
        self.begun = true;
        self.column = 0;
    }

    fn begin_cell(&mut self, tag: &str) {
        if !self.begun {
            self.begin_row();
        }
        let is_covered = |column: u32| {
            usize::try_from(column).is_ok_and(|at| self.covered.get(at).is_some_and(|rows| *rows > 0))
        };
        let mut column = self.column;
        while is_covered(column) {
            column += 1;
        }
        let (across, down) = (span(tag, "colspan"), span(tag, "rowspan"));
        self.column = column.saturating_add(across);
        if across > 1 || down > 1 {
            let rows = (self.row, self.row.saturating_add(down - 1));
            self.sheet.merged.push(Region { rows, columns: (column, self.column - 1) });
        }
        if down > 1 {
            let end = usize::try_from(self.column).unwrap_or(usize::MAX);
            if self.covered.len() < end {
                self.covered.resize(end, 0);
            }
            let begin = usize::try_from(column).unwrap_or(usize::MAX);
            // 这一行自己也算一行，到下一行时减去。
            self.covered.get_mut(begin..end).into_iter().flatten().for_each(|rows| *rows = down);
        }
        self.cell = Some((self.row, column, String::new()));
    }

    fn end_cell(&mut self) {
        let Some((row, column, words)) = self.cell.take() else { return };
        self.sheet.grid.add(row, column, |out| tidy(out, &words));
    }
}

/// The words between tags; `<br>` stands for a line break.
fn text(table: &mut Option<Table>, words: &str) {
    if let Some((.., cell)) = table.as_mut().and_then(|table| table.cell.as_mut()) {
        if words == "<br>" {
            cell.push('\u{2028}');
        } else {
            entities(cell, words);
        }
    }
}

/// White space as browsers show it: runs are one blank, breaks are breaks.
fn tidy(out: &mut String, words: &str) {
    let mut first = true;
    for line in words.split('\u{2028}') {
        let line = line.split([' ', '\t', '\r', '\n']).filter(|word| !word.is_empty());
        let line = line.collect::<Vec<_>>().join(" ");
        let line = line.trim_matches('\u{a0}').replace('\u{a0}', " ");
        if line.is_empty() {
            continue;
        }
        if !first {
            out.push('\n');
        }
        out.push_str(&line);
        first = false;
    }
}

/// The tag at the beginning of `from`, without its brackets, and what follows it.
fn tag(from: &str) -> Option<(&str, &str)> {
    let inside = from.strip_prefix('<')?;
    if !inside.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?')) {
        return None;
    }
    let mut quote = None;
    for (at, c) in inside.char_indices() {
        match (c, quote) {
            ('"' | '\'', None) => quote = Some(c),
            (c, Some(open)) if c == open => quote = None,
            ('>', None) => return Some((inside.get(..at)?, inside.get(at + 1..)?)),
            _ => {}
        }
    }
    None
}

/// Past `</name>`.
fn past_end<'a>(rest: &'a str, name: &str) -> &'a str {
    let mut from = 0;
    while let Some(at) = rest.get(from..).and_then(|rest| rest.find("</")) {
        let start = from + at + 2;
        let after = rest.get(start..).unwrap_or("");
        if after.get(..name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name)) {
            return after.split_once('>').map_or("", |(_, after)| after);
        }
        from = start;
    }
    ""
}

/// `colspan="3"`, at least 1.
fn span(tag: &str, name: &str) -> u32 {
    let lower = tag.to_ascii_lowercase();
    let value = lower.split_once(name).and_then(|(_, after)| after.trim_start().strip_prefix('='));
    let digits = value.map(|value| value.trim_start_matches([' ', '"', '\''])).unwrap_or("");
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    digits.get(..end).and_then(|digits| digits.parse().ok()).unwrap_or(1).clamp(1, MOST_SPAN)
}

/// Appends text with its entities resolved; unknown ones stay as they are.
fn entities(out: &mut String, words: &str) {
    let mut rest = words;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let resolved =
            after.split_once(';').filter(|(name, _)| name.len() <= 10).and_then(|(name, after)| {
                let c = match name.strip_prefix('#') {
                    Some(number) => {
                        let hexadecimal =
                            number.strip_prefix(['x', 'X']).map(|digits| u32::from_str_radix(digits, 16));
                        char::from_u32(hexadecimal.unwrap_or_else(|| number.parse()).ok()?)?
                    }
                    None => match name {
                        "amp" => '&',
                        "lt" => '<',
                        "gt" => '>',
                        "quot" => '"',
                        "apos" => '\'',
                        "nbsp" => '\u{a0}',
                        "middot" => '·',
                        "ldquo" => '“',
                        "rdquo" => '”',
                        "mdash" => '—',
                        "hellip" => '…',
                        "times" => '×',
                        _ => return None,
                    },
                };
                Some((c, after))
            });
        match resolved {
            Some((c, after)) => {
                out.push(c);
                rest = after;
            }
            None => {
                out.push('&');
                rest = after;
            }
        }
    }
    out.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn csv(html: &str) -> Vec<String> {
        let sheets = read(html, 1 << 20).unwrap();
        sheets.into_iter().map(|sheet| sheet.grid.csv(&sheet.merged, 1 << 20).unwrap()).collect()
    }

    #[test]
    fn tables_of_sloppy_pages_are_read() {
        let html = "<html><head><style>td { a: '<b>' }</style><title>x</title></head><body><!-- <table> -->
            <TABLE border=1><tr><th colspan=\"3\">检查 <b>台账</b></th></tr>
            <tr><td>姓名<td>单位<td>日期
            <tr><td rowspan=2>住建&nbsp;局</td><td>甲&amp;乙&#65;</td><td style='x:\">\"'>2025-05-06</td></tr>
            <tr><td>丙<br>丁</td><td>&nbsp;</td></tr></TABLE>
            <table><tr><td>a < b</td></tr></table></body></html>";
        assert_eq!(
            csv(html),
            ["检查 台账\n姓名,单位,日期\n住建 局,甲&乙A,2025-05-06\n住建 局,丙↵丁\n", "a < b\n"]
        );
    }

    #[test]
    fn a_page_without_table_is_named() {
        assert!(matches!(read("<html><p>请登录</p>", 100), Err(Problem::Foreign(Foreign::WebPage))));
        assert!(read("<table><tr><td colspan=999999999>甲", 100).is_ok());
    }
}
