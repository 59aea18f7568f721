//! Every mistake in the writing of a rule file, and all the words said about it.
//! Takes typed mistakes with places; gives diagnostics. Detection code writes no prose.

use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Span};

/// Byte range in the file.
pub type Place = (usize, usize);

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// A line at column 0 that begins no block.
    UnknownBlock {
        at: Place,
        word: String,
        near: Option<&'static str>,
    },
    /// A block whose lines belong to another kind of block.
    WrongBlock {
        at: Place,
        word: &'static str,
        near: &'static str,
    },
    /// A clause whose first word is almost a clause word.
    UnknownClause {
        at: Place,
        word: String,
        near: Option<&'static str>,
        known: &'static [&'static str],
    },
    /// A clause word at column 0.
    NotIndented {
        at: Place,
        word: String,
    },
    /// A block word inside a block.
    Indented {
        at: Place,
        word: String,
    },
    /// Indented lines before any block.
    NoBlock {
        at: Place,
    },
    UnclosedQuote {
        at: Place,
    },
    UnclosedBracket {
        at: Place,
    },
    UnopenedBracket {
        at: Place,
    },
    UnknownSymbol {
        at: Place,
        symbol: char,
    },
    /// The grammar stopped here.
    Unexpected {
        at: Place,
        word: String,
        expected: Vec<&'static str>,
    },
    /// `废 甲-1` without saying that it is a rule.
    NoKind {
        at: Place,
        word: String,
        id: String,
    },
    /// The words ended too early.
    Unfinished {
        at: Place,
        expected: Vec<&'static str>,
    },
    /// A word of the language stuck to a name.
    Glued {
        at: Place,
        word: String,
        parts: Vec<String>,
    },
    NoSuchDate {
        at: Place,
        date: String,
    },
    TooDeep {
        at: Place,
    },
    /// A word of the language where a name belongs.
    ReservedName {
        at: Place,
        word: String,
    },
    /// A sentence without 应当 or 不得.
    NoForce {
        at: Place,
    },
    /// `甲 或 乙，且 丙`
    MixedConnectives {
        at: Place,
    },
    /// `凡 甲 都 乙 且 丙`
    OpenEvery {
        at: Place,
    },
    /// A number that cannot be counted with.
    BadNumber {
        at: Place,
        number: String,
    },
    /// `20` where a time limit belongs.
    NoUnit {
        at: Place,
        number: String,
    },
    /// `20 周`
    UnknownUnit {
        at: Place,
        number: String,
        unit: String,
    },
}

impl Problem {
    /// Where it is.
    pub fn place(&self) -> Place {
        match self {
            Self::UnknownBlock { at, .. }
            | Self::WrongBlock { at, .. }
            | Self::UnknownClause { at, .. }
            | Self::NotIndented { at, .. }
            | Self::Indented { at, .. }
            | Self::NoBlock { at }
            | Self::UnclosedQuote { at }
            | Self::UnclosedBracket { at }
            | Self::UnopenedBracket { at }
            | Self::UnknownSymbol { at, .. }
            | Self::Unexpected { at, .. }
            | Self::NoKind { at, .. }
            | Self::Unfinished { at, .. }
            | Self::Glued { at, .. }
            | Self::NoSuchDate { at, .. }
            | Self::TooDeep { at }
            | Self::ReservedName { at, .. }
            | Self::NoForce { at }
            | Self::MixedConnectives { at }
            | Self::OpenEvery { at }
            | Self::BadNumber { at, .. }
            | Self::NoUnit { at, .. }
            | Self::UnknownUnit { at, .. } => *at,
        }
    }

    /// The words.
    pub fn diagnostic(self, file: FileId) -> Diagnostic {
        let (start, end) = self.place();
        let span = Span::new(file, start, end);
        match self {
            Self::UnknownBlock { word, near, .. } => {
                let problem = Diagnostic::error("S001", format!("顶格的「{word}」不是任何一块的开头"));
                match near {
                    Some(near) => problem.at(span, format!("你是不是要写「{near}」")),
                    None => problem.at(span, "不认识这个词").help(
                        "顶格的行以 规则集、实体、事件、参数、名单、代码表、定义、范本、规则、改、废 开头；\
                         如果这是上一块里的一行，请在行首空四格",
                    ),
                }
            }
            Self::WrongBlock { word, near, .. } => {
                Diagnostic::error("S001", format!("这一块写的是「{near}」的内容，开头却是「{word}」"))
                    .at(span, format!("你是不是要写「{near}」"))
            }
            Self::UnknownClause { word, near, known, .. } => {
                let problem = Diagnostic::error("S002", format!("这里没有「{word}」这一项"));
                match near {
                    Some(near) => problem.at(span, format!("你是不是要写「{near}」")),
                    None => {
                        problem.at(span, "不认识这个词").help(format!("这一块里可以写 {}", known.join("、")))
                    }
                }
            }
            Self::NotIndented { word, .. } => Diagnostic::error("S003", format!("「{word}」这一行要缩进"))
                .at(span, "它属于上面的一块")
                .help("在行首空四格（或按一下 Tab 键、打两个全角空格）"),
            Self::Indented { word, .. } => Diagnostic::error("S003", format!("「{word}」这一行要顶格写"))
                .at(span, "它自成一块，不属于上面的一块")
                .help("去掉行首的空格"),
            Self::NoBlock { .. } => Diagnostic::error("S003", "这一行缩进了，可是上面没有它所属的块")
                .at(span, "")
                .help("缩进的行要写在一个顶格的行（如「规则 …」）下面"),
            Self::UnclosedQuote { .. } => Diagnostic::error("S004", "引号没有配对")
                .at(span, "从这里开始，到行尾都没有收尾的引号")
                .help("一行之内补上收尾的引号「”」"),
            Self::UnclosedBracket { .. } => {
                Diagnostic::error("S005", "括号没有配对").at(span, "这个括号没有收尾").help("补上「）」")
            }
            Self::UnopenedBracket { .. } => Diagnostic::error("S005", "括号没有配对")
                .at(span, "前面没有与它相配的「（」")
                .help("去掉它，或在前面补上「（」"),
            Self::UnknownSymbol { symbol, .. } => {
                let problem = Diagnostic::error("S006", format!("这里不能用符号「{symbol}」"));
                match symbol {
                    '。' => problem.at(span, "一行写一句").help("换一行写下一句；句末的句号可以不写"),
                    '%' | '％' => problem.at(span, "").help("百分数写成小数，如 5% 写成 0.05"),
                    '<' | '>' | '=' | '＜' | '＞' | '＝' | '≤' | '≥' | '≠' => {
                        problem.at(span, "").help("比较用文字写：为、不为、大于、小于、不少于、不超过")
                    }
                    _ => problem.at(span, "").help("名字或文字里有标点时，整个加上引号，如 “第（一）项·甲”"),
                }
            }
            Self::Unexpected { word, expected, .. } => {
                let problem = Diagnostic::error("S007", format!("「{word}」放在这里读不懂"));
                problem.at(span, expectation("这里", &expected))
            }
            Self::NoKind { word, id, .. } => Diagnostic::error("S007", format!("「{word}」后面要写明是规则"))
                .at(span, format!("写成「{word} 规则 {id}」")),
            Self::Unfinished { expected, .. } => {
                Diagnostic::error("S008", "这一句没有写完").at(span, expectation("后面", &expected))
            }
            Self::Glued { word, parts, .. } => {
                let apart = parts.join(" ");
                Diagnostic::error("S009", format!("「{word}」里的词粘在一起了"))
                    .at(span, format!("是不是要写「{apart}」"))
                    .help("规则语言自己的词（有、为、的、属于、加、减……）前后要空一格；本来就是一个名字的，加上引号")
            }
            Self::NoSuchDate { date, .. } => Diagnostic::error("S010", format!("没有 {date} 这一天"))
                .at(span, "")
                .help("日期写成 2025-03-18 或 2025年3月18日"),
            Self::TooDeep { .. } => Diagnostic::error("S011", "这一句套得太深")
                .at(span, "括号、「非」、「凡」或一长串「的」套得太多")
                .help("把里面的一部分另写成「定义」，再用它的名字"),
            Self::ReservedName { word, .. } => {
                Diagnostic::error("S012", format!("「{word}」是规则语言自己的词，不能当名字"))
                    .at(span, "这里要一个名字")
                    .help(format!("换一个名字；它若是一个值，加上引号写成 “{word}”"))
            }
            Self::NoForce { .. } => Diagnostic::error("S013", "这一句没有写「应当」或「不得」")
                .at(span, "义务句要写明 应当、不得 或 可以")
                .help("写成「……，应当 ……」；如果它是上一行没写完的部分，行首再多空几格"),
            Self::MixedConnectives { .. } => {
                Diagnostic::error("S014", "「且」和「或者」混在一起，有两种读法")
                    .at(span, "")
                    .help("把先算的那一部分用括号括起来，如「（甲 或者 乙）且 丙」")
            }
            Self::OpenEvery { .. } => Diagnostic::error("S014", "「凡 … 都」管到哪里，有两种读法")
                .at(span, "")
                .help("把「都」管的部分用括号括起来，如「凡 甲 都（有 乙 且 有 丙）」"),
            Self::BadNumber { number, .. } => {
                Diagnostic::error("S015", format!("「{number}」不能用来数日子"))
                    .at(span, "要一个不太大的整数")
            }
            Self::NoUnit { number, .. } => Diagnostic::error("U001", "期限没有单位")
                .at(span, format!("写成「{number} 个工作日」还是「{number} 日」（自然日）？")),
            Self::UnknownUnit { number, unit, .. } => {
                Diagnostic::error("U002", format!("「{unit}」不是期限的单位"))
                    .at(span, "单位是 个工作日、日（自然日）、个月、年")
                    .help(
                        match (
                            unit.as_str(),
                            number.parse::<u32>().ok().and_then(|weeks| weeks.checked_mul(7)),
                        ) {
                            ("周" | "星期" | "个星期" | "个周", Some(days)) => {
                                format!("{number} 周写成「{days} 日」")
                            }
                            _ => format!("写成「{number} 个工作日」还是「{number} 日」（自然日）？"),
                        },
                    )
            }
        }
    }
}

fn expectation(place: &str, expected: &[&'static str]) -> String {
    match expected {
        [] => String::new(),
        [one] => format!("{place}应当是{one}"),
        [most @ .., last] => format!("{place}应当是{}或{last}", most.join("、")),
    }
}
