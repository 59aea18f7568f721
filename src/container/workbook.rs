//! xlsx, xlsb, xls and ods → sheets. Takes the bytes and how they are written; gives every sheet of cells, hidden ones
//! too, in the workbook's order; chart and macro sheets are left out. Formulas count with the value last computed.

use std::io::Cursor;

use calamine::{
    Cell, Data, DataRef, DataType as _, Dimensions, Ods, OdsError, Range, Reader, Sheet as Listed, SheetType,
    Xls, XlsError, Xlsb, XlsbError, Xlsx, XlsxError,
};
use zip::ZipArchive;

use super::cell;
use super::grid::{Grid, Region, Sheet};
use super::guard::guarded;
use super::kind::Format;
use super::problem::Problem;
use super::spans;

type Bytes<'a> = Cursor<&'a [u8]>;

/// Reads all sheets. `limit`: bytes, of the archive unpacked and of one sheet's texts.
pub(super) fn read(format: Format, bytes: &[u8], limit: usize) -> Result<Vec<Sheet>, Problem> {
    let read = guarded(|| match format {
        Format::Xlsx => within(bytes, limit).and_then(|()| xlsx(bytes, limit)),
        Format::Xlsb => within(bytes, limit).and_then(|()| xlsb(bytes, limit)),
        Format::Ods => within(bytes, limit).and_then(|()| ods(bytes, limit)),
        Format::Xls => xls(bytes, limit),
    });
    read.unwrap_or_else(|| Err(damaged("结构前后不合")))
}

fn damaged(why: &str) -> Problem {
    Problem::Damaged { what: "表格文件", why: why.to_owned() }
}

/// Refuses archives that say they unpack to more than the limit.
fn within(bytes: &[u8], limit: usize) -> Result<(), Problem> {
    let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|error| damaged(&error.to_string()))?;
    let mut total = 0u64;
    for at in 0..zip.len() {
        total = total.saturating_add(zip.by_index_raw(at).map_or(0, |file| file.size()));
    }
    if usize::try_from(total).is_ok_and(|total| total <= limit) {
        Ok(())
    } else {
        Err(Problem::TooLarge { limit })
    }
}

/// Names of the sheets that hold cells.
fn names(listed: &[Listed]) -> Vec<String> {
    listed.iter().filter(|sheet| sheet.typ == SheetType::WorkSheet).map(|sheet| sheet.name.clone()).collect()
}

fn broken_sheet(sheet: &str, why: &dyn std::fmt::Display) -> Problem {
    Problem::Sheet { sheet: sheet.to_owned(), why: why.to_string() }
}

fn xlsx(bytes: &[u8], limit: usize) -> Result<Vec<Sheet>, Problem> {
    let mut book: Xlsx<Bytes<'_>> = Xlsx::new(Cursor::new(bytes)).map_err(|error| {
        if matches!(error, XlsxError::Password) { Problem::Locked } else { damaged(&error.to_string()) }
    })?;
    let mut spans = spans::Xlsx::open(bytes, limit);
    let mut sheets = Vec::new();
    for name in names(book.sheets_metadata()) {
        let broken = |error: XlsxError| broken_sheet(&name, &error);
        let mut cells = book.worksheet_cells_reader(&name).map_err(broken)?;
        let grid = streamed(|| cells.next_cell().map_err(broken), limit)?;
        drop(cells);
        let quick = spans.as_mut().and_then(|spans| spans.of(&name));
        let merged = match quick {
            _ if grid.is_empty() => Vec::new(),
            Some(merged) => merged,
            None => book.merge_cells_by_sheet_name(&name).map_err(broken)?.iter().map(region).collect(),
        };
        sheets.push(Sheet { name, grid, merged });
    }
    Ok(sheets)
}

fn xls(bytes: &[u8], limit: usize) -> Result<Vec<Sheet>, Problem> {
    let mut book: Xls<Bytes<'_>> = Xls::new(Cursor::new(bytes)).map_err(|error| {
        if matches!(error, XlsError::Password) { Problem::Locked } else { damaged(&error.to_string()) }
    })?;
    let mut sheets = Vec::new();
    for name in names(book.sheets_metadata()) {
        let broken = |error: XlsError| broken_sheet(&name, &error);
        let grid = ranged(&book.worksheet_range(&name).map_err(broken)?, limit)?;
        let merged = book.merge_cells_by_sheet_name(&name).map_err(broken)?.iter().map(region).collect();
        sheets.push(Sheet { name, grid, merged });
    }
    Ok(sheets)
}

/// Binary xlsx; the library tells no merged regions.
fn xlsb(bytes: &[u8], limit: usize) -> Result<Vec<Sheet>, Problem> {
    let mut book: Xlsb<Bytes<'_>> = Xlsb::new(Cursor::new(bytes)).map_err(|error| {
        if matches!(error, XlsbError::Password) { Problem::Locked } else { damaged(&error.to_string()) }
    })?;
    let mut sheets = Vec::new();
    for name in names(book.sheets_metadata()) {
        let broken = |error: XlsbError| broken_sheet(&name, &error);
        let mut cells = book.worksheet_cells_reader(&name).map_err(broken)?;
        let grid = streamed(|| cells.next_cell().map_err(broken), limit)?;
        drop(cells);
        sheets.push(Sheet { name, grid, merged: Vec::new() });
    }
    Ok(sheets)
}

/// The library tells no merged regions of ods; [`spans`] finds them.
fn ods(bytes: &[u8], limit: usize) -> Result<Vec<Sheet>, Problem> {
    let mut book: Ods<Bytes<'_>> = Ods::new(Cursor::new(bytes)).map_err(|error| {
        if matches!(error, OdsError::Password) {
            Problem::Locked
        } else if matches!(error, OdsError::CellLimitExceeded { .. }) {
            Problem::TooLarge { limit }
        } else {
            damaged(&error.to_string())
        }
    })?;
    let mut spans = spans::ods(bytes, limit);
    let mut sheets = Vec::new();
    for name in names(book.sheets_metadata()) {
        let range = book.worksheet_range(&name).map_err(|error| broken_sheet(&name, &error))?;
        let grid = ranged(&range, limit)?;
        let merged =
            spans.iter_mut().find(|(sheet, _)| *sheet == name).map(|(_, merged)| std::mem::take(merged));
        sheets.push(Sheet { name, grid, merged: merged.unwrap_or_default() });
    }
    Ok(sheets)
}

/// The cells of a sheet one after another: a lone cell in the last corner of a sheet takes no memory for the others.
fn streamed<'a>(
    mut next: impl FnMut() -> Result<Option<Cell<DataRef<'a>>>, Problem>,
    limit: usize,
) -> Result<Grid, Problem> {
    let mut grid = Grid::default();
    while let Some(cell) = next()? {
        let (row, column) = cell.get_position();
        add(&mut grid, row, column, cell.get_value());
        if grid.size() > limit {
            return Err(Problem::TooLarge { limit });
        }
    }
    Ok(grid)
}

/// The cells of a whole sheet in memory.
fn ranged(range: &Range<Data>, limit: usize) -> Result<Grid, Problem> {
    let mut grid = Grid::default();
    let (top, left) = range.start().unwrap_or_default();
    for (row, columns) in (top..).zip(range.rows()) {
        for (column, data) in (left..).zip(columns).filter(|(_, data)| !data.is_empty()) {
            add_owned(&mut grid, row, column, data);
        }
        if grid.size() > limit {
            return Err(Problem::TooLarge { limit });
        }
    }
    Ok(grid)
}

fn region(found: &Dimensions) -> Region {
    Region { rows: (found.start.0, found.end.0), columns: (found.start.1, found.end.1) }
}

fn add(grid: &mut Grid, row: u32, column: u32, data: &DataRef<'_>) {
    match data {
        DataRef::Empty => {}
        #[expect(clippy::cast_precision_loss, reason = "workbooks keep every number as a float")]
        DataRef::Int(value) => add_number(grid, row, column, *value as f64),
        DataRef::Float(value) => add_number(grid, row, column, *value),
        DataRef::String(text) => grid.add(row, column, |out| out.push_str(text)),
        DataRef::SharedString(text) => grid.add(row, column, |out| out.push_str(text)),
        DataRef::Bool(value) => grid.add(row, column, |out| out.push_str(cell::truth(*value))),
        DataRef::DateTime(date) => grid.add(row, column, |out| cell::date_time(out, date)),
        DataRef::DateTimeIso(text) => grid.add(row, column, |out| cell::iso(out, text)),
        DataRef::DurationIso(text) => grid.add(row, column, |out| cell::iso_duration(out, text)),
        DataRef::Error(error) => grid.add(row, column, |out| out.push_str(&error.to_string())),
    }
}

fn add_owned(grid: &mut Grid, row: u32, column: u32, data: &Data) {
    match data {
        Data::Empty => {}
        #[expect(clippy::cast_precision_loss, reason = "workbooks keep every number as a float")]
        Data::Int(value) => add_number(grid, row, column, *value as f64),
        Data::Float(value) => add_number(grid, row, column, *value),
        Data::String(text) => grid.add(row, column, |out| out.push_str(text)),
        Data::Bool(value) => grid.add(row, column, |out| out.push_str(cell::truth(*value))),
        Data::DateTime(date) => grid.add(row, column, |out| cell::date_time(out, date)),
        Data::DateTimeIso(text) => grid.add(row, column, |out| cell::iso(out, text)),
        Data::DurationIso(text) => grid.add(row, column, |out| cell::iso_duration(out, text)),
        Data::Error(error) => grid.add(row, column, |out| out.push_str(&error.to_string())),
    }
}

fn add_number(grid: &mut Grid, row: u32, column: u32, value: f64) {
    if cell::is_cut(value) {
        grid.note_cut(row, column);
    }
    grid.add(row, column, |out| cell::number(out, value));
}
