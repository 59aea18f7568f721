//! SpreadsheetML 2003 (the XML that Excel 2003 and many older systems write, often named `.xls`) → sheets.
//! Takes decoded text; gives every sheet. Reads `Index`, `Span`, `MergeAcross`, `MergeDown` and the types of data;
//! comments and styles are passed over. Prefixes of names do not matter.

use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};

use super::cell;
use super::grid::{Grid, Region, Sheet};
use super::problem::Problem;

/// Where the reader stands in a sheet.
#[derive(Default)]
struct Place {
    /// Row and column of the cell being read, from 0.
    row: u32,
    column: u32,
    next_row: u32,
    next_column: u32,
}

/// Reads all sheets; `limit`: bytes of one sheet's texts.
pub(super) fn read(xml: &str, limit: usize) -> Result<Vec<Sheet>, Problem> {
    let damaged = |why: String| Problem::Damaged { what: "表格文件（SpreadsheetML）", why };
    let mut reader = Reader::from_str(xml);
    let config = reader.config_mut();
    config.expand_empty_elements = true;
    config.allow_dangling_amp = true;
    let mut sheets: Vec<Sheet> = Vec::new();
    let mut place = Place::default();
    // 批注里也有 Data；只有格子直接装着的才是值。
    let mut in_comment = false;
    let mut data: Option<(Option<String>, String)> = None;
    loop {
        let event = reader.read_event().map_err(|error| {
            damaged(format!("第 {} 个字节：{error}", reader.error_position().saturating_add(1)))
        })?;
        match event {
            Event::Start(start) => match start.local_name().as_ref() {
                "Worksheet" => {
                    place = Place::default();
                    let name = attribute(&start, "Name").unwrap_or_else(|| format!("表{}", sheets.len() + 1));
                    sheets.push(Sheet { name, grid: Grid::default(), merged: Vec::new() });
                }
                "Row" => {
                    place.row = index(&start).unwrap_or(place.next_row);
                    place.next_row = place.row.saturating_add(1).saturating_add(number(&start, "Span"));
                    place.next_column = 0;
                }
                "Cell" => {
                    place.column = index(&start).unwrap_or(place.next_column);
                    let (across, down) = (number(&start, "MergeAcross"), number(&start, "MergeDown"));
                    place.next_column = place.column.saturating_add(1).saturating_add(across);
                    if across + down > 0
                        && let Some(sheet) = sheets.last_mut()
                    {
                        let rows = (place.row, place.row.saturating_add(down));
                        let columns = (place.column, place.column.saturating_add(across));
                        sheet.merged.push(Region { rows, columns });
                    }
                }
                "Comment" => in_comment = true,
                "Data" if !in_comment => data = Some((attribute(&start, "Type"), String::new())),
                _ => {}
            },
            Event::End(end) => match end.local_name().as_ref() {
                "Comment" => in_comment = false,
                "Data" => {
                    if let (Some((kind, text)), Some(sheet)) = (data.take(), sheets.last_mut()) {
                        add(&mut sheet.grid, &place, kind.as_deref(), &text);
                        if sheet.grid.size() > limit {
                            return Err(Problem::TooLarge { limit });
                        }
                    }
                }
                _ => {}
            },
            Event::Text(text) => append(&mut data, &text.xml10_content()),
            Event::CData(text) => append(&mut data, &text.xml10_content()),
            Event::GeneralRef(entity) => match entity.resolve_char_ref() {
                Ok(Some(c)) => append(&mut data, c.encode_utf8(&mut [0; 4])),
                Ok(None) => {
                    let name = entity.xml10_content();
                    match resolve_predefined_entity(&name) {
                        Some(text) => append(&mut data, text),
                        None => append(&mut data, &format!("&{name};")),
                    }
                }
                Err(error) => return Err(damaged(error.to_string())),
            },
            Event::Eof => break,
            Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
    }
    Ok(sheets)
}

fn append(data: &mut Option<(Option<String>, String)>, more: &str) {
    if let Some((_, text)) = data {
        text.push_str(more);
    }
}

fn add(grid: &mut Grid, place: &Place, kind: Option<&str>, text: &str) {
    let (row, column) = (place.row, place.column);
    match kind {
        Some("DateTime") => grid.add(row, column, |out| cell::iso(out, text)),
        Some("Boolean") => grid.add(row, column, |out| out.push_str(cell::truth(text.trim() != "0"))),
        // 全是数字的照抄：写文件的系统没有经过浮点数，位数就没有丢。
        Some("Number") if !text.trim().bytes().all(|byte| byte.is_ascii_digit()) => {
            let text = text.trim();
            match text.parse::<f64>() {
                Ok(value) if value.is_finite() => {
                    if cell::is_cut(value) {
                        grid.note_cut(row, column);
                    }
                    grid.add(row, column, |out| cell::number(out, value));
                }
                Ok(_) | Err(_) => grid.add(row, column, |out| out.push_str(text)),
            }
        }
        Some("Number") => grid.add(row, column, |out| out.push_str(text.trim())),
        Some(_) | None => grid.add(row, column, |out| out.push_str(text)),
    }
}

/// An attribute by its name without prefix.
fn attribute(start: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut attributes = start.attributes();
    let mut named = attributes.with_checks(false).flatten();
    let found = named.find(|attribute| attribute.key.local_name().as_ref() == name)?;
    found.normalized_value(XmlVersion::Implicit1_0).ok().map(|value| value.into_owned())
}

/// `Index`, from 1 in the file, from 0 here; within what a sheet can have.
fn index(start: &BytesStart<'_>) -> Option<u32> {
    const MOST: u32 = 1 << 20;
    attribute(start, "Index")?.parse::<u32>().ok()?.checked_sub(1).filter(|index| *index < MOST)
}

/// A count, 0 when absent.
fn number(start: &BytesStart<'_>, name: &str) -> u32 {
    const MOST: u32 = 1 << 20;
    attribute(start, name).and_then(|value| value.parse().ok()).unwrap_or(0).min(MOST)
}
