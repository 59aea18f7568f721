//! A workbook: one sheet for every type that occurs, and a sheet 日志 for what the log says of itself.
//! Texts are texts, whatever they begin with; dates are dates, numbers numbers.

use std::collections::BTreeSet;
use std::io::{self, Write};

use chrono::Datelike as _;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use super::Log;
use super::csv::{cell, needs_mark};
use super::jsonl;
use super::record::{self, Given, Value};
use crate::history::{EntityRef, EventRef};
use crate::logs::RECORDED;
use crate::vocabulary::Field;

/// Rows of a sheet, the one with the names included.
const ROWS: usize = 1_048_576;

pub(super) fn write(out: &mut dyn Write, log: &Log<'_>) -> io::Result<()> {
    let fail = |error: XlsxError| io::Error::other(format!("写不成工作簿：{error}"));
    let bytes = build(log)?.save_to_buffer().map_err(fail)?;
    out.write_all(&bytes)
}

/// Whether a cell would not give this text back: line breaks become one mark, control characters and what looks
/// like an escape are not the same to every program. Such a text is written as a JSON array of one.
fn is_odd(text: &str) -> bool {
    text.contains(|c: char| c.is_control() || matches!(c, '\u{feff}' | '\u{fffe}' | '\u{ffff}'))
        || text.contains("_x")
}

struct Sheet<'w> {
    sheet: &'w mut Worksheet,
    row: u32,
    date: Format,
}

fn build(log: &Log<'_>) -> io::Result<Workbook> {
    let mut book = Workbook::new();
    let mut taken = BTreeSet::from(["日志".to_owned()]);
    let mut renamed = Vec::new();
    let mut name = |kind: &str| {
        let plain: String =
            kind.chars().map(|c| if "[]:*?/\\'!".contains(c) { '_' } else { c }).take(28).collect();
        let wanted = std::iter::once(plain.clone()).chain((2..).map(|number| format!("{plain}{number}")));
        let mut free = wanted.filter(|name| taken.insert(name.to_lowercase()));
        let name = free.next().unwrap_or_default();
        if name != kind {
            renamed.push((name.clone(), kind.to_owned()));
        }
        name
    };
    let names: Vec<String> = log
        .vocabulary
        .entities()
        .map(|(_, kind)| kind.name.as_str())
        .chain(log.vocabulary.events().map(|(_, kind)| kind.name.as_str()))
        .map(&mut name)
        .collect();
    let mut names = names.into_iter();
    about(&mut book, log, &renamed)?;
    for (kind, entity) in log.vocabulary.entities() {
        let name = names.next().unwrap_or_default();
        let range = log.history.entities(kind);
        if range.is_empty() {
            continue;
        }
        let mut sheet = begin(&mut book, &name, &["编号", "有效起"], &entity.fields)?;
        for record in range.flat_map(|at| record::entity(log, kind, EntityRef(at))) {
            sheet.text(0, record.id)?;
            if let Some(since) = record.since {
                sheet.value(1, &Value::Date(since))?;
            }
            sheet.given(2, &entity.fields, &record.given)?;
        }
    }
    for (kind, event) in log.vocabulary.events() {
        let name = names.next().unwrap_or_default();
        let range = log.history.events(kind);
        if range.is_empty() {
            continue;
        }
        let mut sheet = begin(&mut book, &name, &["编号", "时间"], &event.fields)?;
        for at in range {
            let record = record::event(log, kind, EventRef(at));
            if let Some(id) = record.id {
                sheet.text(0, id)?;
            }
            sheet.text(1, &record.moment.to_string())?;
            sheet.given(2, &event.fields, &record.given)?;
        }
    }
    Ok(book)
}

/// The sheet 日志: key and value; `表` says which type a sheet is whose name is not the type's.
fn about(book: &mut Workbook, log: &Log<'_>, renamed: &[(String, String)]) -> io::Result<()> {
    let mut sheet = begin(book, "日志", &["键", "值", "类型"], &[])?;
    let mut pairs = Vec::new();
    if record::has_header(log) {
        pairs.push(("日志", log.header.name.clone().unwrap_or_default()));
    }
    let header = record::header(log);
    let recorded: Vec<Value<'_>> =
        header.iter().filter(|(key, _)| *key == RECORDED).map(|(_, kind)| Value::Text(kind)).collect();
    if !recorded.is_empty() {
        pairs.push((RECORDED, cell(true, &recorded)));
    }
    pairs.extend(header.iter().filter(|(key, _)| *key != RECORDED).cloned());
    for (key, value) in pairs {
        sheet.raw(0, key)?;
        if key == RECORDED {
            sheet.array(1, &value)?
        } else {
            sheet.text(1, &value)?
        }
        sheet.next()?;
    }
    for (name, kind) in renamed {
        sheet.raw(0, "表")?;
        sheet.text(1, name)?;
        sheet.text(2, kind)?;
        sheet.next()?;
    }
    Ok(())
}

fn begin<'w>(book: &'w mut Workbook, name: &str, first: &[&str], fields: &[Field]) -> io::Result<Sheet<'w>> {
    let sheet = book.add_worksheet();
    sheet.set_name(name).map_err(io::Error::other)?;
    sheet.set_freeze_panes(1, 0).map_err(io::Error::other)?;
    let date = Format::new().set_num_format("yyyy-mm-dd");
    let mut sheet = Sheet { sheet, row: 0, date };
    let columns = first.iter().copied().chain(fields.iter().map(|field| field.name.as_str()));
    for (column, name) in (0u16..).zip(columns) {
        sheet.raw(column, name)?;
        // 一个汉字占两格。
        let width = name.chars().map(|c| if c.is_ascii() { 1.0 } else { 2.0 }).sum::<f64>();
        sheet.sheet.set_column_width(column, f64::max(width + 2.0, 12.0)).map_err(io::Error::other)?;
    }
    sheet.next()?;
    Ok(sheet)
}

impl Sheet<'_> {
    fn next(&mut self) -> io::Result<()> {
        self.row += 1;
        if self.row as usize >= ROWS {
            return Err(io::Error::other("一张表放不下：工作簿一张表最多 1048575 条，改写成 .csv 或 .jsonl"));
        }
        Ok(())
    }

    fn raw(&mut self, column: u16, text: &str) -> io::Result<()> {
        self.sheet.write_string(self.row, column, text).map(|_| ()).map_err(io::Error::other)
    }

    fn text(&mut self, column: u16, text: &str) -> io::Result<()> {
        if is_odd(text) {
            let mut array = String::from("[");
            jsonl::text(&mut array, text);
            array.push(']');
            self.array(column, &array)
        } else if needs_mark(text) {
            self.raw(column, &format!("'{text}"))
        } else {
            self.raw(column, text)
        }
    }

    /// A JSON array. What looks like one of the escapes of workbooks is written as one of JSON.
    fn array(&mut self, column: u16, array: &str) -> io::Result<()> {
        self.raw(column, &array.replace("_x", "\\u005fx"))
    }

    fn value(&mut self, column: u16, value: &Value<'_>) -> io::Result<()> {
        let done = match value {
            Value::Text(text) | Value::Entity(text) => return self.text(column, text),
            Value::Bool(value) => self.sheet.write_boolean(self.row, column, *value),
            Value::Date(date) => {
                let parts =
                    (u16::try_from(date.year()), u8::try_from(date.month()), u8::try_from(date.day()));
                let day = match parts {
                    (Ok(year), Ok(month), Ok(day)) => ExcelDateTime::from_ymd(year, month, day),
                    (_, _, _) => return self.raw(column, &date.to_string()),
                };
                match day {
                    Ok(day) => self.sheet.write_datetime_with_format(self.row, column, day, &self.date),
                    // Before 1900 a workbook has no dates.
                    Err(_) => self.sheet.write_string(self.row, column, date.to_string()),
                }
            }
            Value::Number(number) => {
                let written = number.to_string();
                match written.parse::<f64>() {
                    Ok(real) if real.abs() < 1e15 && real.to_string() == written => {
                        self.sheet.write_number(self.row, column, real)
                    }
                    // More digits than a cell keeps.
                    Ok(_) | Err(_) => self.sheet.write_string(self.row, column, written),
                }
            }
        };
        done.map(|_| ()).map_err(io::Error::other)
    }

    /// The rest of a row, from a column on; then the next row.
    fn given(&mut self, first: u16, fields: &[Field], given: &[Given<'_>]) -> io::Result<()> {
        for (column, field) in (first..).zip(fields) {
            let Some(given) = given.iter().find(|given| given.field.name == field.name) else { continue };
            match given.values.as_slice() {
                [one] if !field.many => self.value(column, one)?,
                several => self.array(column, &cell(field.many, several))?,
            }
        }
        self.next()
    }
}
