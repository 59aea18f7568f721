//! The merged cells of ods and xlsx workbooks. Takes the archive's bytes; gives each sheet's regions, by the sheet's name.
//! The library that reads the cells tells none for ods, and for xlsx reads the whole sheet again to find them; they stand
//! at its end. What cannot be read gives none, or `None`: the values are there without them.

use std::io::{Cursor, Read as _};

use memchr::memmem;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use super::grid::Region;

type Archive<'a> = ZipArchive<Cursor<&'a [u8]>>;

/// Regions of an ods workbook per sheet, in the workbook's order.
pub(super) fn ods(bytes: &[u8], limit: usize) -> Vec<(String, Vec<Region>)> {
    let xml =
        ZipArchive::new(Cursor::new(bytes)).ok().and_then(|mut zip| file(&mut zip, "content.xml", limit));
    let xml = xml.and_then(|xml| String::from_utf8(xml).ok()).filter(|xml| xml.contains("-spanned="));
    xml.map(|xml| regions(&xml)).unwrap_or_default()
}

/// Regions of an xlsx workbook, sheet after sheet as asked for.
pub(super) struct Xlsx<'a> {
    zip: Archive<'a>,
    /// Sheet name and the path of its file.
    sheets: Vec<(String, String)>,
    limit: usize,
}

impl<'a> Xlsx<'a> {
    /// `None` where the workbook does not say which file is which sheet in the common way.
    pub(super) fn open(bytes: &'a [u8], limit: usize) -> Option<Self> {
        let mut zip = ZipArchive::new(Cursor::new(bytes)).ok()?;
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).ok();
        let book = text(file(&mut zip, "xl/workbook.xml", limit)?)?;
        let relations = text(file(&mut zip, "xl/_rels/workbook.xml.rels", limit)?)?;
        let targets = elements(&relations, "Relationship", ["Id", "Target"]);
        let sheets = elements(&book, "sheet", ["name", "id"]).into_iter().filter_map(|[name, id]| {
            let [_, target] = targets.iter().find(|[known, _]| *known == id)?;
            let path = target.strip_prefix('/').map_or_else(|| format!("xl/{target}"), str::to_owned);
            Some((name, path))
        });
        let sheets = sheets.collect();
        Some(Self { zip, sheets, limit })
    }

    /// `None` where the sheet's file is not as expected.
    pub(super) fn of(&mut self, sheet: &str) -> Option<Vec<Region>> {
        let (_, path) = self.sheets.iter().find(|(name, _)| name == sheet)?;
        let xml = file(&mut self.zip, path, self.limit)?;
        let end = memmem::rfind(&xml, b"sheetData")?;
        let rest = std::str::from_utf8(xml.get(end..)?).ok()?;
        let Some((_, merged)) = rest.split_once("mergeCells") else { return Some(Vec::new()) };
        let merged = merged.split_once("mergeCells").map_or(merged, |(inside, _)| inside);
        let mut regions = Vec::new();
        for after in merged.split("ref=").skip(1) {
            let quote = after.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
            regions.push(range(after.get(1..)?.split(quote).next()?)?);
        }
        Some(regions)
    }
}

/// A file of the archive, up to `limit` bytes.
fn file(zip: &mut Archive<'_>, path: &str, limit: usize) -> Option<Vec<u8>> {
    let file = zip.by_name(path).ok()?;
    let mut bytes = Vec::with_capacity(usize::try_from(file.size()).unwrap_or(0).min(limit));
    file.take(u64::try_from(limit).unwrap_or(u64::MAX)).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// Two attributes, by their names without prefix, of every element of a name.
fn elements(xml: &str, name: &str, wanted: [&str; 2]) -> Vec<[String; 2]> {
    let mut found = Vec::new();
    let mut reader = Reader::from_str(xml);
    loop {
        match reader.read_event() {
            Ok(Event::Start(start) | Event::Empty(start)) if start.local_name().as_ref() == name => {
                let mut attributes = start.attributes();
                let values: Vec<(String, String)> = attributes
                    .with_checks(false)
                    .flatten()
                    .filter_map(|one| {
                        let value = one.normalized_value(quick_xml::XmlVersion::Implicit1_0).ok()?;
                        Some((one.key.local_name().as_ref().to_owned(), value.into_owned()))
                    })
                    .collect();
                let value =
                    |name: &str| values.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
                if let [Some(first), Some(second)] = wanted.map(value) {
                    found.push([first, second]);
                }
            }
            Ok(Event::Eof) | Err(_) => return found,
            Ok(_) => {}
        }
    }
}

/// `A1:B3`, with or without `$`.
fn range(text: &str) -> Option<Region> {
    let (from, to) = text.split_once(':').unwrap_or((text, text));
    let (from, to) = (place(from)?, place(to)?);
    Some(Region { rows: (from.0.min(to.0), from.0.max(to.0)), columns: (from.1.min(to.1), from.1.max(to.1)) })
}

/// `B12` as row 11, column 1.
fn place(text: &str) -> Option<(u32, u32)> {
    let text = text.replace('$', "");
    let digits = text.find(|c: char| c.is_ascii_digit())?;
    let (letters, digits) = text.split_at_checked(digits)?;
    let column = letters.bytes().try_fold(0u32, |column, letter| {
        let letter =
            letter.is_ascii_alphabetic().then(|| u32::from(letter.to_ascii_uppercase() - b'A') + 1)?;
        column.checked_mul(26)?.checked_add(letter)
    })?;
    Some((digits.parse::<u32>().ok()?.checked_sub(1)?, column.checked_sub(1)?))
}

/// Regions in the content of an ods workbook.
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
    fn ranges_are_read() {
        let region = |rows, columns| Some(Region { rows, columns });
        assert_eq!(range("A1:XFD1048576"), region((0, 1_048_575), (0, 16_383)));
        assert_eq!(range("$AA$3"), region((2, 2), (26, 26)));
        for bad in ["", "A", "1", "A0", "甲1", "A1:B"] {
            assert_eq!(range(bad), None, "{bad}");
        }
    }

    #[test]
    fn spans_count_repeated_rows_and_columns() {
        let xml = r#"<a><table:table table:name="台账">
            <table:table-row table:number-rows-repeated="3"><table:table-cell table:number-columns-repeated="2"/></table:table-row>
            <table:table-row><table:table-cell table:number-columns-repeated="2"/><table:table-cell table:number-columns-spanned="2" table:number-rows-spanned="3"><text:p>甲</text:p></table:table-cell><table:covered-table-cell/></table:table-row>
            </table:table></a>"#;
        assert_eq!(regions(xml), [("台账".to_owned(), vec![Region { rows: (3, 5), columns: (2, 3) }])]);
    }
}
