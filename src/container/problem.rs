//! Everything that keeps a file from being read as texts, as data, and the one table of words for it.
//! Codes are stable, each has a page `docs/diagnostics/F….md`. These have no place in a text: there is none yet.

use crate::diagnostic::Diagnostic;
use crate::logs;
use crate::source::EncodingProblem;

use super::grid::cell_name;

/// Why a file gives no texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Problem {
    /// Compressed data or a workbook that breaks off or contradicts itself; `why` is what its reader says.
    Damaged { what: &'static str, why: String },
    /// Unpacks to more than `limit` bytes.
    TooLarge { limit: usize },
    /// Still compressed after so many layers.
    Layers { layers: usize },
    /// Needs a password.
    Locked,
    /// Something else altogether.
    Foreign(Foreign),
    /// A workbook without content.
    Empty,
    /// A sheet that cannot be read while the workbook can.
    Sheet { sheet: String, why: String },
    /// Not text: worded by `logs`, as for every text.
    Encoding(EncodingProblem),
    /// A database that is broken or holds something else: worded by `logs` too.
    Database(Box<Diagnostic>),
}

/// What a file is that is no log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Foreign {
    Pdf,
    Archive(&'static str),
    Picture,
    Document,
    Slides,
    OldExcel,
    Compound,
    WebArchive,
    /// A page without a table.
    WebPage,
}

impl Foreign {
    /// What it is, and the way out.
    fn words(self) -> (String, &'static str) {
        let text = |words: &str| words.to_owned();
        match self {
            Self::Pdf => (text(" PDF，不是日志或表格"), "要原来的 Excel 或平台导出的文件"),
            Self::Archive(kind) => (format!(" {kind} 压缩包"), "先解开，再给里面的文件；只认 .gz 和 .zst"),
            Self::Picture => (text("图片"), "要原来的 Excel 或平台导出的文件"),
            Self::Document => (text("文字处理文档（Word、WPS 文字）"), "把里面的表格另存为 xlsx"),
            Self::Slides => (text("演示文稿"), "把里面的表格另存为 xlsx"),
            Self::OldExcel => (text(" Excel 5.0 以前的表格"), "用 Excel 或 WPS 打开，另存为 xlsx"),
            Self::Compound => {
                (text(" Office 旧格式的文件，里面没有工作簿"), "用 Excel 或 WPS 打开，另存为 xlsx")
            }
            Self::WebArchive => (text("单个文件的网页（mht）"), "用 Excel 或 WPS 打开，另存为 xlsx"),
            Self::WebPage => (text("网页，里面没有表格"), "重新导出；多半是登录过期时下载到的网页"),
        }
    }
}

impl Problem {
    /// With the file's name, as the user gave it.
    pub(super) fn diagnostic(&self, name: &str) -> Diagnostic {
        match self {
            Self::Damaged { what, why } => {
                Diagnostic::error("F001", format!("{name}：{what}坏了：{}", reason(why)))
                    .help("重新下载或导出；用 Excel 或 WPS 能打开的，另存为 xlsx 再试")
            }
            Self::Sheet { sheet, why } => {
                Diagnostic::error("F001", format!("{name}：表「{sheet}」坏了：{}", reason(why)))
                    .help("用 Excel 或 WPS 打开，另存为 xlsx 再试")
            }
            Self::TooLarge { limit } => {
                Diagnostic::error("F002", format!("{name}：解开后超过 {}，不再往下解", size(*limit)))
                    .help("像是压缩炸弹；真有这么大的，先解开、按年份分成几份再给")
            }
            Self::Layers { layers } => {
                Diagnostic::error("F002", format!("{name}：解了 {layers} 层还是压缩文件，不再往下解"))
                    .help("先自己解开")
            }
            Self::Locked => Diagnostic::error("F003", format!("{name}：有打开密码，读不了"))
                .help("用 Excel 或 WPS 打开，去掉密码（文件 → 信息 → 保护工作簿），另存后再给"),
            Self::Foreign(foreign) => {
                let (what, help) = foreign.words();
                Diagnostic::error("F004", format!("{name}：这是{what}")).help(help)
            }
            Self::Empty => Diagnostic::error("F005", format!("{name}：工作簿里的表都是空的"))
                .help("看看是不是给错了文件，或者公式没有算过就存了"),
            Self::Encoding(problem) => logs::encoding(name, problem),
            Self::Database(problem) => (**problem).clone(),
        }
    }
}

/// Numbers the spreadsheet has cut, at these cells (row and column from 0).
pub(super) fn cut_numbers(name: &str, cells: &[(u32, u32)]) -> Diagnostic {
    const SHOWN: usize = 8;
    let shown: Vec<String> = cells.iter().take(SHOWN).map(|(row, column)| cell_name(*row, *column)).collect();
    let more = if cells.len() > SHOWN { " 等" } else { "" };
    let message = format!(
        "{name}：{} 个格子里的号码超过 15 位，被存成了数字，后面的位已经丢了（{}{more}）",
        cells.len(),
        shown.join("、")
    );
    Diagnostic::warning("F006", message)
        .help("这些格子读成 1.23456789012345E+17 的样子，不当真号码用")
        .help("在原系统里把这一列按文本导出；在 Excel 里改成文本格式也找不回丢掉的位")
}

/// A library's reason for people: what it comes to, where that is known, else its own words on one line.
fn reason(why: &str) -> String {
    const MOST: usize = 120;
    const KNOWN: [(&str, &str); 9] = [
        ("EOCD", "没有结尾，多半是没下完或被截断"),
        ("incomplete deflate stream", "没有结尾，多半是没下完或被截断"),
        ("failed to fill whole buffer", "没有结尾，多半是没下完或被截断"),
        ("not closed", "XML 没有写完"),
        ("ill-formed", "XML 的标签不成对"),
        ("corrupt deflate stream", "压缩的数据坏了"),
        ("Unsupported cell error value", "有一格的错误值不认得（新版 Excel 的 #SPILL!、#CALC! 之类）"),
        ("File not found", "缺了组成部分"),
        ("Checksum", "校验和不符"),
    ];
    let plain: String = why.chars().map(|c| if c.is_control() { ' ' } else { c }).take(MOST).collect();
    match KNOWN.iter().find(|(words, _)| why.contains(words)) {
        // 程序库说的是英文；位置是我们自己写的，留着。
        Some((_, meaning)) => match plain.split_once("个字节：") {
            Some((place, _)) => format!("{place}个字节附近，{meaning}"),
            None => (*meaning).to_owned(),
        },
        None => plain,
    }
}

/// A size for people: `1 GiB`, `512 KiB`, `100 字节`.
fn size(bytes: usize) -> String {
    match bytes {
        0..1024 => format!("{bytes} 字节"),
        1024..0x10_0000 => format!("{} KiB", bytes / 1024),
        0x10_0000..0x4000_0000 => format!("{} MiB", bytes / 0x10_0000),
        _ => format!("{} GiB", bytes / 0x4000_0000),
    }
}
