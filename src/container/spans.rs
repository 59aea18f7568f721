//! The merged cells of an ods workbook. Takes the archive's bytes; gives each sheet's regions, by the sheet's name.
//! What cannot be read gives none: the values are there without them.

use std::io::{Cursor, Read as _};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use super::grid::Region;

/// Regions per sheet, in the workbook's order.
pub(super) fn of(bytes: &[u8], limit: usize) -> Vec<(String, Vec<Region>)> {
    let mut xml = String::new();
    let most = u64::try_from(limit).unwrap_or(u64::MAX);
    let Ok(mut zip) = ZipArchive::new(Cursor::new(bytes)) else { return Vec::new() };
    let read = zip.by_name("content.xml").map(|file| file.take(most).read_to_string(&mut xml));
    if !matches!(read, Ok(Ok(_))) || !xml.contains("-spanned=") {
        return Vec::new();
    }
    regions(&xml)
}

fn regions(xml: &str) -> Vec<(String, Vec<Region>)> {
    let mut sheets: Vec<(String, Vec<Region>)> = Vec::new();
    let (mut row, mut column, mut repeat) = (0u32, 0u32, 1u32);
    let mut reader = Reader::from_str(xml);
    reader.config_mut().expand_empty_elements = true;
    loop {
        match reader.read_event() {
            Ok(Event::Start(start)) => match start.name().as_ref() {
                "table:table" => {
                    (row, column) = (0, 0);
                    sheets.push((attribute(&start, "table:name").unwrap_or_default(), Vec::new()));
                }
                "table:table-row" => {
                    column = 0;
                    repeat = count(&start, "table:number-rows-repeated");
                }
                "table:table-cell" | "table:covered-table-cell" => {
                    let (down, across) = (
                        count(&start, "table:number-rows-spanned"),
                        count(&start, "table:number-columns-spanned"),
                    );
                    if (down > 1 || across > 1)
                        && let Some((_, regions)) = sheets.last_mut()
                    {
                        let rows = (row, row.saturating_add(down - 1));
                        regions.push(Region { rows, columns: (column, column.saturating_add(across - 1)) });
                    }
                    column = column.saturating_add(count(&start, "table:number-columns-repeated"));
                }
                _ => {}
            },
            Ok(Event::End(end)) if end.name().as_ref() == "table:table-row" => {
                row = row.saturating_add(repeat)
            }
            Ok(Event::Eof) | Err(_) => return sheets,
            Ok(_) => {}
        }
    }
}

fn attribute(start: &BytesStart<'_>, name: &str) -> Option<String> {
    let attribute = start.try_get_attribute(name).ok()??;
    attribute.normalized_value(quick_xml::XmlVersion::Implicit1_0).ok().map(|value| value.into_owned())
}

/// A count of at least one.
fn count(start: &BytesStart<'_>, name: &str) -> u32 {
    attribute(start, name).and_then(|value| value.parse().ok()).unwrap_or(1).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_count_repeated_rows_and_columns() {
        let xml = r#"<a><table:table table:name="台账">
            <table:table-row table:number-rows-repeated="3"><table:table-cell table:number-columns-repeated="2"/></table:table-row>
            <table:table-row><table:table-cell table:number-columns-repeated="2"/><table:table-cell table:number-columns-spanned="2" table:number-rows-spanned="3"><text:p>甲</text:p></table:table-cell><table:covered-table-cell/></table:table-row>
            </table:table></a>"#;
        assert_eq!(regions(xml), [("台账".to_owned(), vec![Region { rows: (3, 5), columns: (2, 3) }])]);
    }
}
