//! Files as they come: workbooks of every kind, compressed logs, encodings, and files that are something else.
//! What is in them is read the same whatever they are wrapped in; what cannot be read is named.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that panics has failed"
)]

use std::io::{Cursor, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use encoding_rs::GB18030;
use flate2::Compression;
use flate2::write::GzEncoder;
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};
use ruzstd::encoding::{CompressionLevel, compress_to_vec};
use zhunsheng::calendar::Calendar;
use zhunsheng::check::{self, CheckOptions};
use zhunsheng::container::{self, Part};
use zhunsheng::logs::{LogFormat, ReadOptions};
use zhunsheng::source::{self, Container, SourceMap};

use super::support::{builtin, day};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(root().join("tests/data/containers").join(name)).unwrap()
}

fn open(name: &str, bytes: Vec<u8>) -> Vec<Part> {
    container::open(name, bytes).unwrap_or_else(|problems| panic!("{problems:?}"))
}

/// What is said of a file that cannot be read, as one line per problem.
fn refusal(name: &str, bytes: &[u8]) -> String {
    let problems = container::open(name, bytes.to_vec()).unwrap_err();
    let lines = problems
        .iter()
        .map(|problem| format!("{} {}\n    {}", problem.code, problem.message, problem.help.join("\n    ")));
    lines.collect::<Vec<_>>().join("\n")
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    compress_to_vec(bytes, CompressionLevel::Fastest)
}

fn utf16(text: &str) -> Vec<u8> {
    std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

/// A workbook with what real ledgers have: empty rows first, a title over all columns, merged cells, dates, breaks.
fn ledger() -> Vec<u8> {
    let mut book = Workbook::new();
    let day = Format::new().set_num_format("yyyy\"年\"m\"月\"d\"日\"");
    let time = Format::new().set_num_format("yyyy-mm-dd hh:mm");
    let plain = Format::new();
    let sheet = book.add_worksheet().set_name("检查台账").unwrap();
    sheet.merge_range(2, 0, 2, 4, "2025年检查台账", &plain).unwrap();
    sheet.write_row(3, 0, ["部门", "对象", "日期", "数量", "备注"]).unwrap();
    sheet.merge_range(4, 0, 5, 0, "区住建局", &plain).unwrap();
    sheet.write(4, 1, "甲,\"公司\"").unwrap();
    sheet.write_with_format(4, 2, ExcelDateTime::from_ymd(2025, 5, 6).unwrap(), &day).unwrap();
    sheet.write(4, 3, 12).unwrap();
    sheet.write(4, 4, "第一行\n第二行").unwrap();
    sheet.write(5, 1, "乙").unwrap();
    let ten = ExcelDateTime::from_ymd(2025, 5, 7).unwrap().and_hms(10, 0, 0).unwrap();
    sheet.write_with_format(5, 2, &ten, &time).unwrap();
    sheet.write(5, 3, 0.1).unwrap();
    sheet.write(5, 4, true).unwrap();
    sheet.write(7, 1, Formula::new("=1+2").set_result("3")).unwrap();
    sheet.write(7, 2, Formula::new("=A99").set_result("#REF!")).unwrap();
    sheet.write(7, 3, "末").unwrap();
    book.add_worksheet().set_name("空表").unwrap();
    let hidden = book.add_worksheet().set_name("人员 📋!").unwrap();
    hidden.set_hidden(true);
    hidden.write(0, 0, "姓名").unwrap();
    book.save_to_buffer().unwrap()
}

const LEDGER: &str = "\n\n2025年检查台账\n部门,对象,日期,数量,备注\n\
    区住建局,\"甲,\"\"公司\"\"\",2025-05-06,12,第一行↵第二行\n\
    区住建局,乙,2025-05-07T10:00:00,0.1,TRUE\n\n,3,#REF!,末\n";

#[test]
fn every_sheet_with_content_is_a_text_of_rows() {
    let bytes = ledger();
    let sha256 = source::sha256_bytes(&bytes);
    let parts = open("甲!乙 📋.xlsx", bytes);
    let names: Vec<&str> = parts.iter().map(|part| part.name.as_str()).collect();
    assert_eq!(names, ["甲!乙 📋.xlsx!检查台账", "甲!乙 📋.xlsx!人员 📋!"]);
    assert_eq!(parts[0].text, LEDGER);
    assert_eq!(parts[1].text, "姓名\n");
    for part in &parts {
        let container = part.container.as_ref().unwrap();
        assert_eq!((container.path.as_str(), &container.sha256), ("甲!乙 📋.xlsx", &sha256));
        assert!(part.warnings.is_empty());
    }
}

#[test]
fn the_bytes_decide_what_a_file_is() {
    let bytes = ledger();
    for name in ["台账.xls", "台账.csv", "<stdin>", "台账"] {
        assert_eq!(open(name, bytes.clone())[0].text, LEDGER, "{name}");
    }
    let packed = gzip(&bytes);
    let parts = open("台账.xlsx.gz", packed.clone());
    assert_eq!(parts[0].name, "台账.xlsx.gz!检查台账");
    assert_eq!(parts[0].text, LEDGER);
    assert_eq!(parts[0].container.as_ref().unwrap().sha256, source::sha256_bytes(&packed));
    assert_eq!(open("台账.zst", zstd(&bytes))[0].text, LEDGER);
}

#[test]
fn a_text_is_the_same_in_every_wrapping() {
    let text = "{\"实体\":\"单位\",\"编号\":\"D1\",\"名称\":\"区市场监管局\"}\n";
    let bytes = text.as_bytes().to_vec();
    let marked = [b"\xef\xbb\xbf".to_vec(), bytes.clone()].concat();
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let local = GB18030.encode(text).0.into_owned();
    for written in
        [bytes.clone(), marked, utf16(text), big, local.clone(), gzip(&bytes), zstd(&bytes), gzip(&local)]
    {
        let wanted = Part { name: "a.jsonl".into(), text: text.into(), container: None, warnings: vec![] };
        assert_eq!(open("a.jsonl", written), [wanted]);
    }
}

#[test]
fn both_epochs_are_told_apart() {
    let mut book = Workbook::new();
    let day = Format::new().set_num_format("yyyy-mm-dd");
    book.add_worksheet().write_with_format(0, 0, 44321, &day).unwrap();
    let bytes = book.save_to_buffer().unwrap();
    assert_eq!(open("a.xlsx", bytes.clone())[0].text, "2021-05-05\n");
    let bytes =
        rewrite(&bytes, "xl/workbook.xml", |xml| xml.replace("<workbookPr ", "<workbookPr date1904=\"1\" "));
    assert_eq!(open("a.xlsx", bytes)[0].text, "2025-05-06\n");
    assert_eq!(open("a.xls", fixture("epoch1904.xls"))[0].text, "2025-05-06\n");
}

/// The archive with one file changed.
fn rewrite(bytes: &[u8], name: &str, change: impl Fn(String) -> String) -> Vec<u8> {
    let mut from = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut to = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..from.len() {
        let mut file = from.by_index(at).unwrap();
        let path = file.name().unwrap().into_owned();
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        to.start_file(path.as_str(), zip::write::SimpleFileOptions::default()).unwrap();
        let text = if path == name { change(text) } else { text };
        to.write_all(text.as_bytes()).unwrap();
    }
    to.finish().unwrap().into_inner()
}

#[test]
fn numbers_the_spreadsheet_has_cut_are_never_given_as_true() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("人员").unwrap();
    sheet.write_row(0, 0, ["姓名", "证件号"]).unwrap();
    for row in 1..11 {
        sheet.write(row, 1, 110_101_199_003_074_512_f64).unwrap();
    }
    sheet.write(11, 1, "11010119900307451X").unwrap();
    let parts = open("人员.xlsx", book.save_to_buffer().unwrap());
    assert!(parts[0].text.starts_with("姓名,证件号\n,1.10101199003075E+17\n"), "{}", parts[0].text);
    assert!(parts[0].text.ends_with(",11010119900307451X\n"));
    let warning = &parts[0].warnings[0];
    assert_eq!(warning.code, "F006");
    assert!(!warning.is_error());
    insta::assert_snapshot!(
        warning.message,
        @"人员.xlsx!人员：10 个格子里的号码超过 15 位，被存成了数字，后面的位已经丢了（B2、B3、B4、B5、B6、B7、B8、B9 等）"
    );
}

#[test]
fn old_workbooks_are_read_in_their_code_page() {
    let parts = open("台账.xls", fixture("ledger.xls"));
    let names: Vec<&str> = parts.iter().map(|part| part.name.as_str()).collect();
    assert_eq!(names, ["台账.xls!检查台账", "台账.xls!藏着的"]);
    assert_eq!(
        parts[0].text,
        "2025年检查台账\n\n部门,对象,日期,数量\n区住建局,\"甲,\"\"公司\"\"\",2025-05-06,12\n\
         区住建局,乙↵公司,2025-05-07T10:00:00,0.5\n,1.10101199003075E+17,,TRUE\n"
    );
    assert_eq!(parts[0].warnings[0].code, "F006");
    let parts = open("老.xls", fixture("gbk5.xls"));
    assert_eq!((parts[0].name.as_str(), parts[0].text.as_str()), ("老.xls!台账", "部门,数量\n区住建局,3\n"));
}

#[test]
fn open_document_sheets_are_read() {
    assert_eq!(
        open("a.ods", fixture("ledger.ods"))[0].text,
        "2025年检查台账\n\n\n部门,对象,日期,数量\n区住建局,甲↵公司,2025-05-06,12\n\
         区住建局,乙,2025-05-07T10:00:00,TRUE\n"
    );
}

const SPREADSHEETML: &str = r#"<?xml version="1.0" encoding="GB2312"?>
<?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
 <Worksheet ss:Name="检查&amp;台账"><Table>
  <Row ss:Index="2"><Cell ss:MergeAcross="3"><Data ss:Type="String">2025年检查台账</Data></Cell></Row>
  <Row><Cell><Data ss:Type="String">部门</Data></Cell><Cell><Data ss:Type="String">对象</Data></Cell><Cell><Data ss:Type="String">日期</Data></Cell><Cell ss:Index="5"><Data ss:Type="String">数量</Data></Cell></Row>
  <Row><Cell ss:MergeDown="1"><Data ss:Type="String">区住建局</Data><Comment><ss:Data>批注</ss:Data></Comment></Cell><Cell><ss:Data ss:Type="String"><B>甲</B>&#10;公司</ss:Data></Cell><Cell><Data ss:Type="DateTime">2025-05-06T00:00:00.000</Data></Cell><Cell/><Cell><Data ss:Type="Number">12</Data></Cell></Row>
  <Row><Cell ss:Index="2"><Data ss:Type="String">乙</Data></Cell><Cell><Data ss:Type="DateTime">2025-05-07T10:00:00.000</Data></Cell><Cell><Data ss:Type="Boolean">1</Data></Cell><Cell><Data ss:Type="Number">1.10101199003074E+17</Data></Cell></Row>
  <Row><Cell ss:Index="5"><Data ss:Type="Number">110101199003074512</Data></Cell></Row>
 </Table></Worksheet>
 <Worksheet ss:Name="空的"><Table/></Worksheet>
</Workbook>"#;

#[test]
fn spreadsheetml_is_read_in_any_encoding() {
    let wanted = "\n2025年检查台账\n部门,对象,日期,,数量\n区住建局,甲↵公司,2025-05-06,,12\n\
        区住建局,乙,2025-05-07T10:00:00,TRUE,1.10101199003074E+17\n,,,,110101199003074512\n";
    let local = GB18030.encode(SPREADSHEETML).0.into_owned();
    for bytes in [SPREADSHEETML.as_bytes().to_vec(), local.clone(), utf16(SPREADSHEETML), gzip(&local)] {
        let sha256 = source::sha256_bytes(&bytes);
        let parts = open("导出.xls", bytes);
        assert_eq!((parts.len(), parts[0].name.as_str()), (1, "导出.xls!检查&台账"));
        assert_eq!(parts[0].text, wanted);
        assert_eq!(parts[0].warnings.len(), 1, "only the number that went through a float");
        assert_eq!(parts[0].container.as_ref().unwrap().sha256, sha256);
    }
}

#[test]
fn web_pages_named_xls_are_read() {
    let page = "<html xmlns:x=\"urn:schemas-microsoft-com:office:excel\"><head><meta charset=gb2312></head>\n\
        <table border=1><tr><td colspan=3>检查台账</td></tr><tr><th>部门</th><th>对象</th><th>日期</th></tr>\
        <tr><td>区住建局</td><td style='mso-number-format:\"\\@\"'>甲&amp;乙<br>公司</td><td>2025-05-06</td></tr></table>";
    let parts = open("导出.xls", GB18030.encode(page).0.into_owned());
    assert_eq!(parts[0].name, "导出.xls!表1");
    assert_eq!(parts[0].text, "检查台账\n部门,对象,日期\n区住建局,甲&乙↵公司,2025-05-06\n");
}

#[test]
fn files_that_are_no_logs_are_named() {
    let good = ledger();
    let mut word = zip::ZipWriter::new(Cursor::new(Vec::new()));
    word.start_file("word/document.xml", zip::write::SimpleFileOptions::default()).unwrap();
    let word = word.finish().unwrap().into_inner();
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file("台账.csv", zip::write::SimpleFileOptions::default()).unwrap();
    let archive = archive.finish().unwrap().into_inner();
    let empty = {
        let mut book = Workbook::new();
        book.add_worksheet();
        book.save_to_buffer().unwrap()
    };
    let broken_sheet = rewrite(&good, "xl/worksheets/sheet1.xml", |xml| xml[..xml.len() / 2].to_owned());
    let gz = gzip(&good);
    let mut cut_xls = fixture("ledger.xls");
    cut_xls.truncate(1600);
    let said = [
        refusal("截断.xlsx", &good[..good.len() / 2]),
        refusal("坏表.xlsx", &broken_sheet),
        refusal("截断.xls", &cut_xls),
        refusal("截断.gz", &gz[..gz.len() / 2]),
        refusal("假.gz", b"\x1f\x8b\x08\x00garbage"),
        refusal("坏.xml", SPREADSHEETML.replace("</Row>", "</Raw>").as_bytes()),
        refusal("有密码.xlsx", &fixture("locked.xlsx")),
        refusal("说明.docx", &word),
        refusal("打包.zip", &archive),
        refusal("通报.pdf", b"%PDF-1.7 ..."),
        refusal("空.xlsx", &empty),
        refusal("网页.xls", "<html><body>请重新登录</body></html>".as_bytes()),
        refusal("库.db", b"SQLite format 3\0"),
        refusal("归档.xls", b"MIME-Version: 1.0\r\nContent-Type: multipart/related"),
        refusal("断.txt", &utf16("甲乙")[..5]),
        refusal("乱.txt", b"a\n\xff\xff\xff"),
    ];
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn no_damaged_file_ends_the_program() {
    let xml = SPREADSHEETML.as_bytes().to_vec();
    let page = b"<table><tr><td rowspan=2 colspan=3>a&amp;b<td>&#20013;</td></tr></table>".to_vec();
    let files = [
        ("a.xls", fixture("ledger.xls"), 7),
        ("b.xls", fixture("gbk5.xls"), 7),
        ("c.ods", fixture("ledger.ods"), 3),
        ("d.xlsx", ledger(), 11),
        ("e.xml", xml, 5),
        ("f.html", page, 1),
        ("g.gz", gzip(&fixture("ledger.ods")), 3),
        ("h.zst", zstd(&fixture("ledger.ods")), 3),
    ];
    for (name, good, step) in files {
        for at in (0..good.len()).step_by(step) {
            let mut bytes = good.clone();
            bytes[at] = bytes[at].wrapping_add(0x55);
            let _ = container::open(name, bytes);
            let _ = container::open(name, good[..at].to_vec());
        }
    }
}

#[test]
fn every_page_explains_a_code_that_is_said() {
    let folder = root().join("docs/diagnostics");
    let mut pages: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
        .filter(|code| code.starts_with('F'))
        .collect();
    pages.sort();
    let mut packed = gzip(b"{}");
    packed.truncate(12);
    let bomb = (0..5).fold(b"x".to_vec(), |inside, _| gzip(&inside));
    let mut book = Workbook::new();
    book.add_worksheet();
    let empty = book.save_to_buffer().unwrap();
    let mut book = Workbook::new();
    book.add_worksheet().write(0, 0, 1e17).unwrap();
    let cut = book.save_to_buffer().unwrap();
    let cases = [packed, bomb, fixture("locked.xlsx"), b"%PDF-".to_vec(), empty, cut];
    let said = cases.map(|bytes| match container::open("a", bytes) {
        Ok(parts) => parts[0].warnings[0].code,
        Err(problems) => problems[0].code,
    });
    assert_eq!(said.to_vec(), pages);
    for code in &pages {
        let text = std::fs::read_to_string(root().join(format!("docs/diagnostics/{code}.md"))).unwrap();
        for heading in ["## 说明", "## 错误示例", "## 改法"] {
            assert!(text.contains(heading), "{code} has no {heading}");
        }
    }
}

// 命令行：文件、文件夹、通配、标准输入。

fn folder(name: &str, files: &[(&str, &[u8])]) -> PathBuf {
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("containers").join(name);
    if place.exists() {
        std::fs::remove_dir_all(&place).unwrap();
    }
    std::fs::create_dir_all(&place).unwrap();
    for (file, bytes) in files {
        std::fs::create_dir_all(place.join(file).parent().unwrap()).unwrap();
        std::fs::write(place.join(file), bytes).unwrap();
    }
    place
}

/// Standard output, standard error, exit code.
fn zhunsheng(place: &Path, words: &[&str], input: &[u8]) -> (String, String, i32) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_zhunsheng"))
        .args(words)
        .current_dir(place)
        .env("NO_COLOR", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // 用法错误时程序不读标准输入，写不进去不算错。
    let _ = child.stdin.take().unwrap().write_all(input);
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr), output.status.code().unwrap())
}

fn log() -> Vec<u8> {
    std::fs::read(root().join("tests/data/same.jsonl")).unwrap()
}

fn report(place: &Path, words: &[&str], input: &[u8]) -> serde_json::Value {
    let all = [&["check", "--rules", "平桥", "--format", "json"], words].concat();
    let (out, err, code) = zhunsheng(place, &all, input);
    assert!(code < 2, "{words:?}: {err}");
    serde_json::from_str(&out).unwrap()
}

#[test]
fn compressed_logs_give_the_same_findings() {
    let log = log();
    let text = String::from_utf8(log.clone()).unwrap();
    let yaml = std::fs::read(root().join("tests/data/same.yaml")).unwrap();
    let place = folder(
        "compressed",
        &[
            ("a.jsonl", &log),
            ("a.jsonl.gz", &gzip(&log)),
            ("a.jsonl.zst", &zstd(&log)),
            ("甲 📋!.jsonl", &utf16(&text)),
            ("b.yaml", &yaml),
            ("b.yaml.gz", &gzip(&yaml)),
        ],
    );
    let plain = report(&place, &["a.jsonl"], b"");
    for name in ["a.jsonl.gz", "a.jsonl.zst", "甲 📋!.jsonl"] {
        let other = report(&place, &[name], b"");
        let findings =
            |report: &serde_json::Value, name: &str| report["findings"].to_string().replace(name, "X");
        assert_eq!(findings(&other, name), findings(&plain, "a.jsonl"), "{name}");
        assert_eq!(other["logs"][0]["path"], name);
        assert_eq!(other["logs"][0]["sha256"], plain["logs"][0]["sha256"], "{name}");
    }
    let (plain, packed) = (report(&place, &["b.yaml"], b""), report(&place, &["b.yaml.gz"], b""));
    assert_eq!(plain["logs"][0]["sha256"], packed["logs"][0]["sha256"]);
    let from_stdin = report(&place, &["-"], &zstd(&gzip(&log)));
    assert_eq!(from_stdin["logs"][0]["path"], "<stdin>");
    assert_eq!(from_stdin["summary"], report(&place, &["a.jsonl"], b"")["summary"]);
}

/// The texts of sheets as SpreadsheetML, every cell a text.
fn spreadsheetml(parts: &[Part]) -> String {
    let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('↵', "&#10;");
    let mut xml = String::from(
        "<?xml version=\"1.0\"?>\n<Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\" xmlns:ss=\"urn:schemas-microsoft-com:office:spreadsheet\">\n",
    );
    for part in parts {
        let sheet = part.name.rsplit('!').next().unwrap();
        xml.push_str(&format!("<Worksheet ss:Name=\"{sheet}\"><Table>\n"));
        let mut rows =
            csv::ReaderBuilder::new().flexible(true).has_headers(false).from_reader(part.text.as_bytes());
        for row in rows.records() {
            let row = row.unwrap();
            xml.push_str(&format!("<Row ss:Index=\"{}\">", row.position().unwrap().line()));
            for cell in &row {
                xml.push_str(&format!("<Cell><Data ss:Type=\"String\">{}</Data></Cell>", escape(cell)));
            }
            xml.push_str("</Row>\n");
        }
        xml.push_str("</Table></Worksheet>\n");
    }
    xml + "</Workbook>\n"
}

#[test]
fn one_ledger_in_several_formats_gives_the_same_findings() {
    let book = std::fs::read(root().join("examples/ledgers/pingqiao.xlsx")).unwrap();
    let xml = spreadsheetml(&open("台账.xlsx", book.clone()));
    let local = GB18030.encode(&xml).0.into_owned();
    let mut wanted = None;
    for (name, bytes) in [
        ("xlsx", book.clone()),
        ("gzip", gzip(&book)),
        ("xml", local),
        ("utf16", utf16(&xml)),
        ("zstd", zstd(&book)),
    ] {
        let place = folder(&format!("ledger-{name}"), &[("台账.xlsx", &bytes)]);
        let report = report(&place, &["台账.xlsx"], b"");
        assert_eq!(report["logs"].as_array().unwrap().len(), 1, "{name}");
        assert_eq!(report["logs"][0]["path"], "台账.xlsx");
        assert_eq!(report["logs"][0]["sha256"], source::sha256_bytes(&bytes));
        let findings = report["findings"].to_string();
        assert!(findings.len() > 1000, "{name}");
        assert_eq!(*wanted.get_or_insert_with(|| findings.clone()), findings, "{name}");
    }
}

#[test]
fn the_sheets_of_a_workbook_are_one_log_in_the_report() {
    let loaded = builtin("平桥");
    let container = |path: &str| Some(Container { path: path.into(), sha256: format!("{path} 的散列") });
    let entity = |id: &str| format!("{{\"实体\":\"部门\",\"编号\":\"{id}\",\"名称\":\"{id}\"}}\n");
    let mut sources = SourceMap::new();
    let files = [
        sources.add_part("甲.xlsx!一", entity("D1"), container("甲.xlsx")),
        sources.add_part("甲.xlsx!二", entity("D2") + &entity("D3"), container("甲.xlsx")),
        sources.add_part("乙.xlsx!一", entity("D4"), container("乙.xlsx")),
        sources.add("丙.jsonl", entity("D5")),
    ];
    let options = CheckOptions {
        read: ReadOptions {
            format: Some(LogFormat::Jsonl),
            as_of: None,
            today: day("2026-06-01"),
            lenient: false,
            max_errors: 20,
            columns: None,
            year: None,
        },
        coverage: None,
        all: false,
        only: None,
    };
    let plan = loaded.plan.as_ref().unwrap();
    let checked = check::check(&sources, &loaded, plan, Calendar::builtin(), &files, &options);
    let logs = checked.report.unwrap().logs;
    let logs: Vec<_> =
        logs.iter().map(|log| (log.path.as_str(), log.sha256.as_str(), log.entities)).collect();
    let sha256 = source::sha256(&entity("D5"));
    assert_eq!(
        logs,
        [
            ("甲.xlsx", "甲.xlsx 的散列", 3),
            ("乙.xlsx", "乙.xlsx 的散列", 1),
            ("丙.jsonl", sha256.as_str(), 1)
        ]
    );
}

#[test]
fn folders_and_wildcards_find_logs_once() {
    let log = log();
    let entity =
        |id: &str| format!("{{\"实体\":\"部门\",\"编号\":\"{id}\",\"名称\":\"{id}\"}}\n").into_bytes();
    let place = folder(
        "found",
        &[
            ("日志/2025-1.jsonl", &log),
            ("日志/2025-2.jsonl.gz", &gzip(&entity("甲"))),
            ("日志/说明.md", b"#"),
            ("日志/~$2025.xlsx", b"lock"),
            ("日志/.藏.jsonl", b"?"),
            ("日志/下级/更多.jsonl", b"?"),
            ("[1].jsonl", &log),
        ],
    );
    let paths = |words: &[&str]| -> Vec<String> {
        let report = report(&place, words, b"");
        report["logs"]
            .as_array()
            .unwrap()
            .iter()
            .map(|log| log["path"].as_str().unwrap().to_owned())
            .collect()
    };
    let both = ["日志/2025-1.jsonl", "日志/2025-2.jsonl.gz"];
    assert_eq!(paths(&["日志"]), both);
    assert_eq!(paths(&["日志/2025-*"]), both);
    assert_eq!(paths(&["日志/2025-*", "日志", "./日志/../日志/2025-1.jsonl"]), both);
    assert_eq!(paths(&["[1].jsonl"]), ["[1].jsonl"], "a file that is there is no pattern");

    let said = |words: &[&str]| {
        let (_, err, code) = zhunsheng(&place, &[&["check", "--rules", "平桥"], words].concat(), b"");
        format!("$ check {}\n{err}（{code}）\n", words.join(" "))
    };
    let said = [
        said(&["日志/2025-1.jsonl", "./日志/2025-1.jsonl"]),
        said(&["日志/~$2025.xlsx", "[1].jsonl"]),
        said(&["日志/2024-*.jsonl"]),
        said(&["日志/2024-[1.jsonl"]),
        said(&["日志/下级/.."]),
        said(&["没有.jsonl", "日志/~$2025.xlsx"]),
        said(&["没有.jsonl", "日志/2025-1.jsonl", "也没有.xlsx"]),
        said(&["日志/~$2025.xlsx"]),
    ];
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn bad_files_are_all_named() {
    let place = folder("bad", &[("a.xlsx", b"PK\x03\x04"), ("b.pdf", b"%PDF-"), ("c.jsonl", &log())]);
    let (out, err, code) = zhunsheng(&place, &["check", "a.xlsx", "c.jsonl", "没有.csv", "b.pdf"], b"");
    assert_eq!((out.as_str(), code), ("", 2));
    insta::assert_snapshot!(err);
}

#[test]
fn standard_input_serves_both_sides_of_a_comparison() {
    let words = ["impact", "--old", "平桥", "--new", "平桥", "-"];
    let (out, err, code) = zhunsheng(root(), &words, &gzip(&log()));
    assert_eq!(code, 0, "{out}{err}");
}
