//! What a file is, by its first bytes and, for an archive, by the names in it. Takes unpacked bytes; gives a [`Kind`].
//! Files that are certainly no log (PDF, Word, archives, pictures) are named as what they are.

use std::io::Cursor;

use zip::ZipArchive;
use zip::result::ZipError;

use super::biff;
use super::compound::{self, Compound};
use super::problem::{Foreign, Problem};

/// What to read a file as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Workbook(Format),
    /// Sheets as XML text.
    SpreadsheetMl,
    /// Sheets as tables of a web page.
    Html,
    Sqlite,
    Text,
}

/// How a workbook is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Xlsx,
    Xlsb,
    Xls,
    Ods,
}

const SQLITE: &[u8] = b"SQLite format 3\0";

/// Beginnings of files that are certainly no log.
const FOREIGN: [(&[u8], Foreign); 9] = [
    (b"%PDF-", Foreign::Pdf),
    (b"Rar!\x1a\x07", Foreign::Archive("RAR")),
    (b"7z\xbc\xaf\x27\x1c", Foreign::Archive("7z")),
    (b"\xfd7zXZ\0", Foreign::Archive("xz")),
    (b"BZh", Foreign::Archive("bzip2")),
    (b"\x89PNG\r\n", Foreign::Picture),
    (b"\xff\xd8\xff", Foreign::Picture),
    (b"GIF8", Foreign::Picture),
    (b"{\\rtf", Foreign::Document),
];

/// What the bytes are. Fails when they are certainly nothing that can be read here.
pub(super) fn of(bytes: &[u8]) -> Result<Kind, Problem> {
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return archive(bytes).map(Kind::Workbook);
    }
    if bytes.starts_with(compound::MAGIC) {
        return compound(bytes);
    }
    if bytes.starts_with(SQLITE) {
        return Ok(Kind::Sqlite);
    }
    if let Some((_, foreign)) = FOREIGN.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Err(Problem::Foreign(*foreign));
    }
    if bytes.get(257..262) == Some(b"ustar") {
        return Err(Problem::Foreign(Foreign::Archive("tar")));
    }
    // BIFF2–BIFF5 没有装进复合文档的样子：记录号 09、版本、长度。
    if matches!(bytes, [0x09, 0x00 | 0x02 | 0x04 | 0x08, 0x04 | 0x06 | 0x08 | 0x10, 0x00, ..]) {
        return Err(Problem::Foreign(Foreign::OldExcel));
    }
    text(bytes)
}

/// Which workbook a zip archive is.
fn archive(bytes: &[u8]) -> Result<Format, Problem> {
    let damaged =
        |error: ZipError| Problem::Damaged { what: "表格文件（zip）", why: error.to_string() };
    let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
    let has = |wanted: &dyn Fn(&str) -> bool| zip.file_names().flatten().any(|name| wanted(&name));
    let workbook = |name: &str| name.eq_ignore_ascii_case("xl/workbook.xml");
    if has(&workbook) || has(&|name| name.starts_with("xl/worksheets/")) {
        let binary = !has(&workbook) && has(&|name| name.eq_ignore_ascii_case("xl/workbook.bin"));
        return Ok(if binary { Format::Xlsb } else { Format::Xlsx });
    }
    if has(&|name| name.starts_with("word/")) {
        return Err(Problem::Foreign(Foreign::Document));
    }
    if has(&|name| name.starts_with("ppt/")) {
        return Err(Problem::Foreign(Foreign::Slides));
    }
    let mut mime = String::new();
    if let Ok(mut file) = zip.by_name("mimetype") {
        // 只是看一眼类型；读不出就当普通的压缩包。
        let _ = std::io::Read::read_to_string(&mut std::io::Read::take(&mut file, 256), &mut mime);
    }
    if mime.contains("opendocument.spreadsheet") {
        return Ok(Format::Ods);
    }
    Err(Problem::Foreign(if mime.contains("opendocument") {
        Foreign::Document
    } else {
        Foreign::Archive("zip")
    }))
}

/// An OLE compound file: an old workbook, an encrypted new one, or something else of those years.
fn compound(bytes: &[u8]) -> Result<Kind, Problem> {
    let damaged = |why: &str| Problem::Damaged { what: "表格文件（xls）", why: why.to_owned() };
    let file = Compound::open(bytes).ok_or_else(|| damaged("不完整：没下完或被截断"))?;
    if file.has("EncryptedPackage") {
        return Err(Problem::Locked);
    }
    match file.stream("Workbook").or_else(|| file.stream("Book")) {
        Some(stream) if biff::is_locked(&stream) => Err(Problem::Locked),
        Some(stream) if biff::is_sound(&stream) => Ok(Kind::Workbook(Format::Xls)),
        Some(_) => Err(damaged("表的大小超出了这种文件的上限")),
        None if file.has("WordDocument") => Err(Problem::Foreign(Foreign::Document)),
        None => Err(Problem::Foreign(Foreign::Compound)),
    }
}

/// What a text is. Only ASCII tells, so the encoding need not be known: UTF-16 of it is the same with zeros between.
fn text(bytes: &[u8]) -> Result<Kind, Problem> {
    const HEAD: usize = 8192;
    let head = bytes.get(..HEAD).unwrap_or(bytes);
    let head = head.iter().filter(|byte| byte.is_ascii() && **byte != 0);
    let head: String = head.map(|byte| char::from(byte.to_ascii_lowercase())).collect();
    let head = head.trim_start();
    if head.starts_with("mime-version:") {
        return Err(Problem::Foreign(Foreign::WebArchive));
    }
    let has = |word: &str| head.contains(word);
    Ok(if !head.starts_with('<') {
        Kind::Text
    } else if has("workbook") && (has("urn:schemas-microsoft-com:office:spreadsheet") || has("excel.sheet")) {
        Kind::SpreadsheetMl
    } else if has("<html") || has("<table") || has("<!doctype html") {
        Kind::Html
    } else {
        Kind::Text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beginnings_tell_the_kind() {
        assert!(matches!(of("{\"事件\":1}".as_bytes()), Ok(Kind::Text)));
        assert!(matches!(of(b"SQLite format 3\0rest"), Ok(Kind::Sqlite)));
        assert!(matches!(of(b"%PDF-1.7"), Err(Problem::Foreign(Foreign::Pdf))));
        assert!(matches!(of(b"\x09\x08\x08\x00\x00\x05"), Err(Problem::Foreign(Foreign::OldExcel))));
        assert!(matches!(of(b""), Ok(Kind::Text)));
        let xes = "<?xml version='1.0'?><log xes.version='1.0'>";
        let xml =
            "<?xml version=\"1.0\"?>\n<Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\">";
        for (text, kind) in
            [(xes, Kind::Text), ("\n<TABLE border=1>", Kind::Html), (xml, Kind::SpreadsheetMl)]
        {
            let wide: Vec<u8> = format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_be_bytes).collect();
            assert!(of(text.as_bytes()).is_ok_and(|found| found == kind), "{text}");
            assert!(of(&wide).is_ok_and(|found| found == kind), "{text}");
        }
    }
}
