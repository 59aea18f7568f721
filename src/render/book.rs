//! The door to Excel workbooks: sheets with a frozen header, filters, typed cells, ready to print.
//! Takes columns and rows of [`Cell`]s; gives the bytes of an `.xlsx`, the same bytes for the same cells.
//! Text is always written as text: never a formula, never a link. Knows nothing of findings.

use std::borrow::Cow;
use std::io::{self, Write};

use chrono::NaiveDate;
use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};

use super::guard::guard;
use super::text::{clean, width};

/// What one cell holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// Written as text, whatever it begins with.
    Text(String),
    /// A whole number.
    Count(i64),
    /// 0.125 is shown as `12.5%`.
    Percent(f64),
    /// A true date, shown as `2025-09-26`.
    Date(NaiveDate),
}

impl Cell {
    /// Text, or nothing for an empty one.
    pub fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.is_empty() { Self::Empty } else { Self::Text(text) }
    }

    /// A number of things.
    pub fn count(count: usize) -> Self {
        Self::Count(i64::try_from(count).unwrap_or(i64::MAX))
    }

    /// A date, or nothing.
    pub fn date(date: Option<NaiveDate>) -> Self {
        date.map_or(Self::Empty, Self::Date)
    }
}

/// A column: its heading, and how wide it may get.
#[derive(Clone, Debug)]
pub struct Column {
    title: String,
    /// In columns of a terminal: a Chinese character takes two. Longer text is wrapped.
    widest: usize,
}

impl Column {
    /// As wide as its longest text, but at most `widest` columns; a Chinese character takes two.
    pub fn new(title: impl Into<String>, widest: usize) -> Self {
        Self { title: title.into(), widest }
    }

    /// The heading.
    pub fn title(&self) -> &str {
        &self.title
    }
}

/// Excel's limits.
const MOST_ROWS: u32 = 1_048_576;
const MOST_CHARACTERS: usize = 32_767;
const LONGEST_NAME: usize = 31;

/// Columns of text that, made to fit the width of a sheet, can still be read.
const WIDEST_PRINT: u16 = 235;

/// A workbook being filled.
pub struct Book {
    workbook: Workbook,
    formats: Formats,
    names: Vec<String>,
    mask: bool,
}

struct Formats {
    lead: Format,
    header: Format,
    text: Format,
    /// Text that would become a formula if somebody edited the cell.
    quoted: Format,
    count: Format,
    percent: Format,
    date: Format,
}

impl Book {
    /// An empty workbook with a title among its properties. `mask`: hide identity-card and mobile numbers.
    pub fn new(title: &str, mask: bool) -> io::Result<Self> {
        let mut workbook = Workbook::new();
        // Fixed, so that the same report is the same file.
        let made = ExcelDateTime::from_ymd(2025, 1, 1).map_err(failed)?;
        workbook.set_properties(
            &DocProperties::new().set_title(&*clean(title, mask)).set_creation_datetime(&made),
        );
        let cell = Format::new()
            .set_align(FormatAlign::Top)
            .set_border(FormatBorder::Thin)
            .set_border_color(Color::RGB(0x00C8_CDD3));
        let formats = Formats {
            lead: Format::new().set_bold().set_font_size(13),
            header: cell
                .clone()
                .set_bold()
                .set_text_wrap()
                .set_align(FormatAlign::Center)
                .set_align(FormatAlign::VerticalCenter)
                .set_background_color(Color::RGB(0x00E3_EAF3)),
            text: cell.clone().set_text_wrap(),
            quoted: cell.clone().set_text_wrap().set_quote_prefix(),
            count: cell.clone().set_num_format("0").set_align(FormatAlign::Right),
            percent: cell.clone().set_num_format("0.0%").set_align(FormatAlign::Right),
            date: cell.set_num_format("yyyy-mm-dd").set_align(FormatAlign::Center),
        };
        Ok(Self { workbook, formats, names: Vec::new(), mask })
    }

    /// Begins a sheet. `lead`: lines above the table. The name is made one that Excel takes, and unique.
    pub fn sheet(&mut self, name: &str, lead: &[&str], columns: &[Column]) -> io::Result<Sheet<'_>> {
        let name = self.free_name(name);
        self.names.push(name.to_lowercase());
        let sheet = self.workbook.add_worksheet();
        sheet.set_name(name).map_err(failed)?;
        let mut row = 0;
        for line in lead {
            sheet
                .write_string_with_format(row, 0, cut(&clean(line, self.mask)), &self.formats.lead)
                .map_err(failed)?;
            row += 1;
        }
        for (at, column) in (0u16..).zip(columns) {
            let title = clean(&column.title, self.mask);
            sheet.write_string_with_format(row, at, &*title, &self.formats.header).map_err(failed)?;
        }
        let last = u16::try_from(columns.len().saturating_sub(1)).unwrap_or(u16::MAX);
        sheet.set_freeze_panes(row + 1, 0).map_err(failed)?;
        sheet.set_repeat_rows(row, row).map_err(failed)?;
        sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
        sheet.set_margins(0.5, 0.5, 0.6, 0.6, 0.3, 0.3);
        sheet.set_footer("&L&A&C第 &P 页，共 &N 页");
        let used = columns.iter().map(|column| width(&column.title) + 3).collect();
        let widest = columns.iter().map(|column| column.widest).collect();
        Ok(Sheet {
            sheet,
            formats: &self.formats,
            mask: self.mask,
            header: row,
            row,
            last,
            filtered: None,
            used,
            widest,
        })
    }

    /// Writes the file.
    pub fn save(mut self, out: &mut dyn Write) -> io::Result<()> {
        let bytes = self.workbook.save_to_buffer().map_err(failed)?;
        out.write_all(&bytes)
    }

    /// At most 31 UTF-16 units, none of `[]:*?/\`, no quotation mark at either end, not yet taken.
    fn free_name(&self, name: &str) -> String {
        let plain: String =
            clean(name, self.mask).chars().map(|c| if "[]:*?/\\".contains(c) { '_' } else { c }).collect();
        let plain = plain.trim_matches('\'').trim();
        let plain = if plain.is_empty() { "表" } else { plain };
        let short = |room: usize| {
            let mut units = 0;
            plain.chars().take_while(move |c| {
                units += c.len_utf16();
                units <= room
            })
        };
        let mut free: String = short(LONGEST_NAME).collect();
        let mut number = 2;
        while self.names.contains(&free.to_lowercase()) {
            let tail = format!("（{number}）");
            free = short(LONGEST_NAME - tail.chars().count()).chain(tail.chars()).collect();
            number += 1;
        }
        free
    }
}

/// A sheet being filled, row by row; [`Sheet::finish`] sets what depends on the rows.
pub struct Sheet<'b> {
    sheet: &'b mut Worksheet,
    formats: &'b Formats,
    mask: bool,
    header: u32,
    /// The last row written.
    row: u32,
    /// The last column.
    last: u16,
    /// The last row the filter covers, if not the last row.
    filtered: Option<u32>,
    used: Vec<usize>,
    widest: Vec<usize>,
}

impl Sheet<'_> {
    /// Adds a row; fails when the sheet is full.
    pub fn row(&mut self, cells: &[Cell]) -> io::Result<()> {
        self.row += 1;
        if self.row >= MOST_ROWS {
            return Err(io::Error::other(format!(
                "一张表最多 {MOST_ROWS} 行，放不下；换 csv、jsonl，或用 --only 分开查"
            )));
        }
        for (at, cell) in (0u16..).zip(cells) {
            let shown = self.cell(at, cell).map_err(failed)?;
            if let Some(used) = self.used.get_mut(usize::from(at)) {
                *used = (*used).max(shown);
            }
        }
        Ok(())
    }

    /// Adds a last row with sums, in bold; the filter leaves it alone. No row can follow it.
    pub fn total(&mut self, cells: &[Cell]) -> io::Result<()> {
        let last = self.row;
        self.row(cells)?;
        for (at, cell) in (0u16..).zip(cells) {
            let bold = match cell {
                Cell::Empty | Cell::Text(_) => self.formats.text.clone(),
                Cell::Count(_) => self.formats.count.clone(),
                Cell::Percent(_) => self.formats.percent.clone(),
                Cell::Date(_) => self.formats.date.clone(),
            };
            self.sheet.set_cell_format(self.row, at, &bold.set_bold()).map_err(failed)?;
        }
        self.filtered = Some(last);
        Ok(())
    }

    /// Writes one cell; gives the columns it takes.
    fn cell(&mut self, at: u16, cell: &Cell) -> Result<usize, XlsxError> {
        let (row, formats) = (self.row, self.formats);
        match cell {
            Cell::Empty => {
                self.sheet.write_blank(row, at, &formats.text)?;
                Ok(0)
            }
            Cell::Text(text) => {
                let text = cut(&clean(text, self.mask));
                let shown = width(&text) + 1;
                let risky = matches!(guard(&text), Cow::Owned(_));
                let format = if risky { &formats.quoted } else { &formats.text };
                self.sheet.write_string_with_format(row, at, text, format)?;
                Ok(shown)
            }
            #[allow(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
            Cell::Count(count) => {
                self.sheet.write_number_with_format(row, at, *count as f64, &formats.count)?;
                Ok(count.to_string().len() + 1)
            }
            Cell::Percent(share) => {
                self.sheet.write_number_with_format(row, at, *share, &formats.percent)?;
                Ok(7)
            }
            Cell::Date(date) => match serial(*date) {
                Some(serial) => {
                    self.sheet.write_number_with_format(row, at, serial, &formats.date)?;
                    Ok(11)
                }
                None => {
                    self.sheet.write_string_with_format(row, at, date.to_string(), &formats.text)?;
                    Ok(11)
                }
            },
        }
    }

    /// Sets widths, the filter, and what is printed: as many of the first columns as can be read on a sheet of A4.
    pub fn finish(self) -> io::Result<()> {
        let (mut sum, mut printed) = (0, 0);
        for (at, (used, widest)) in (0u16..).zip(self.used.iter().zip(&self.widest)) {
            let columns = u16::try_from((*used).min(*widest).max(4)).unwrap_or(u16::MAX);
            self.sheet.set_column_width(at, f64::from(columns) * 1.05 + 1.0).map_err(failed)?;
            sum += columns + 1;
            if sum <= WIDEST_PRINT {
                printed = at;
            }
        }
        self.sheet.set_print_area(0, 0, self.row, printed).map_err(failed)?;
        self.sheet
            .autofilter(self.header, 0, self.filtered.unwrap_or(self.row), self.last)
            .map_err(failed)?;
        Ok(())
    }
}

/// Excel's number of a day; `None` before 1900-03-01, where Excel and the calendar disagree.
fn serial(date: NaiveDate) -> Option<f64> {
    let days = (date - NaiveDate::from_ymd_opt(1899, 12, 30)?).num_days();
    (days >= 61).then(|| u32::try_from(days).ok().map(f64::from))?
}

/// As much as a cell takes.
fn cut(text: &str) -> String {
    let mut units = 0;
    let fits = text.char_indices().find(|(_, c)| {
        units += c.len_utf16();
        units > MOST_CHARACTERS
    });
    match fits {
        None => text.to_owned(),
        Some(_) => {
            const TAIL: &str = "……（太长，截去）";
            let mut units = TAIL.encode_utf16().count();
            let kept = text.chars().take_while(|c| {
                units += c.len_utf16();
                units <= MOST_CHARACTERS
            });
            kept.chain(TAIL.chars()).collect()
        }
    }
}

fn failed(error: XlsxError) -> io::Error {
    io::Error::other(format!("写不成工作簿：{error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_made_legal_and_unique() {
        let mut book = Book::new("册", true).unwrap();
        let names = ["a/b:c", "A_B_C", "", &"长".repeat(40), &"长".repeat(40)];
        let made: Vec<String> = names
            .iter()
            .map(|name| {
                let name = book.free_name(name);
                book.names.push(name.to_lowercase());
                name
            })
            .collect();
        assert_eq!(made[..3], ["a_b_c", "A_B_C（2）", "表"]);
        assert_eq!(made[3].chars().count(), 31);
        assert!(made[4].ends_with("长（2）") && made[4].chars().count() == 31);
    }

    #[test]
    fn the_same_cells_are_the_same_bytes() {
        let bytes = || {
            let mut book = Book::new("册", true).unwrap();
            let mut sheet = book.sheet("表", &["题"], &[Column::new("甲", 20)]).unwrap();
            sheet.row(&[Cell::text("=1+1")]).unwrap();
            sheet.row(&[Cell::date(NaiveDate::from_ymd_opt(2025, 9, 26))]).unwrap();
            sheet.finish().unwrap();
            let mut out = Vec::new();
            book.save(&mut out).unwrap();
            out
        };
        assert_eq!(bytes(), bytes());
    }

    #[test]
    fn dates_count_as_excel_counts() {
        let day = |text: &str| text.parse().unwrap();
        assert_eq!(serial(day("2025-09-26")), Some(45926.0));
        assert_eq!(serial(day("1899-12-31")), None);
    }
}
