//! Everything that can be wrong with a table or a column mapping, as data, and the words for it.
//! Codes begin with C; each has a page `docs/diagnostics/C….md`. Cells are named as spreadsheets name them: B12.

use super::day::DaySlip;
use crate::diagnostic::Diagnostic;
use crate::logs::problem::{Mistake, Problem};
use crate::logs::time::TimeSlip;
use crate::source::Span;

#[derive(Clone, Debug)]
pub(in crate::logs) enum LedgerSlip {
    /// A part of a mapping is not of the form it must have.
    MappingShape {
        key: String,
        wanted: &'static str,
    },
    MappingKey {
        key: String,
        near: Option<String>,
        known: Vec<String>,
    },
    MappingMissing {
        owner: String,
        key: &'static str,
    },
    /// A name in a mapping that nothing is called.
    MappingName {
        what: &'static str,
        name: String,
        owner: String,
        near: Option<String>,
        known: Vec<String>,
    },
    /// No known kind of table fits.
    NotATable {
        near: Option<Near>,
    },
    /// A cell that cannot be read.
    Cell {
        cell: String,
        column: String,
        slip: CellSlip,
    },
    /// What every format would say, of a cell.
    In {
        cell: String,
        mistake: Box<Mistake>,
    },
    /// A row of which nothing came.
    Nothing {
        row: u32,
        missing: Vec<String>,
    },
    /// Something happened, but the row does not say to what.
    NoOwner {
        cell: String,
        column: String,
        kind: String,
        owner: String,
        missing: Vec<String>,
    },
    /// Two rows say different things of one entity.
    Conflict {
        entity: String,
        id: String,
        field: String,
        said: Said,
        first: Said,
    },
}

/// The table that fits best, and the columns it lacks.
#[derive(Clone, Debug)]
pub(in crate::logs) struct Near {
    pub(super) table: String,
    pub(super) missing: Vec<String>,
    /// Unknown headings and the columns they may mean.
    pub(super) alike: Vec<(String, String)>,
}

/// A value and the cell it stands in.
#[derive(Clone, Debug)]
pub(in crate::logs) struct Said {
    pub(super) value: String,
    pub(super) cell: String,
}

#[derive(Clone, Debug)]
pub(in crate::logs) enum CellSlip {
    Day {
        written: String,
        slip: DaySlip,
    },
    /// A year no record lies in.
    Year {
        written: String,
        from: i32,
        to: i32,
    },
    Number {
        written: String,
    },
    Bool {
        written: String,
    },
    /// What every format would say of the value.
    Value(Box<Mistake>),
    /// Two columns with several values each, not the same number of them.
    Uneven {
        count: usize,
        other: String,
        others: usize,
    },
    /// Said to have happened, without a day.
    NoDay {
        kind: String,
        columns: Vec<String>,
    },
    EventType {
        written: String,
        near: Option<String>,
    },
    /// A code of a length that no column takes.
    Shape {
        written: String,
        length: usize,
        known: String,
    },
    /// A code that a spreadsheet took for a number and cut after 15 digits.
    Cut {
        written: String,
    },
}

fn quote(word: &str) -> String {
    const LONGEST: usize = 40;
    let short: String = word.chars().take(LONGEST).collect();
    if short.len() < word.len() { format!("「{short}…」") } else { format!("「{word}」") }
}

fn list<S: AsRef<str>>(words: &[S]) -> String {
    const MOST: usize = 16;
    let mut text = words.iter().take(MOST).map(AsRef::as_ref).collect::<Vec<_>>().join("、");
    if words.len() > MOST {
        text.push_str(&format!(" 等 {} 个", words.len()));
    }
    text
}

/// How to see what was recognised.
const SEE: &str =
    "运行 `zhunsheng columns 文件` 看每一列认成了什么；`--draft` 写出映射草稿，改好后用 `--columns` 给出";

impl LedgerSlip {
    pub(in crate::logs) fn diagnostic(&self, here: Span) -> Diagnostic {
        match self {
            Self::MappingShape { key, wanted } => {
                Diagnostic::error("C001", format!("{}这里应是{wanted}", quote(key))).at(here, "")
            }
            Self::MappingKey { key, near, known } => {
                let problem =
                    Diagnostic::error("C001", format!("映射里没有{}这一项", quote(key))).at(here, "");
                match near {
                    Some(near) => problem.help(format!("是不是要写「{near}」？")),
                    None => problem.help(format!("这里可写：{}", list(known))),
                }
            }
            Self::MappingMissing { owner, key } => {
                Diagnostic::error("C001", format!("{owner}没有写「{key}」")).at(here, "")
            }
            Self::MappingName { what, name, owner, near, known } => {
                let problem =
                    Diagnostic::error("C002", format!("{owner}没有叫{}的{what}", quote(name))).at(here, "");
                match near {
                    Some(near) => problem.help(format!("是不是要写「{near}」？")),
                    None if known.is_empty() => problem,
                    None => problem.help(format!("有：{}", list(known))),
                }
            }
            Self::NotATable { near } => not_a_table(here, near.as_ref()),
            Self::Cell { cell, column, slip } => cell_problem(here, cell, column, slip),
            Self::In { cell, mistake } => {
                let mut problem = Problem::new(here, Mistake::clone(mistake)).diagnostic();
                if let Some(label) = problem.labels.iter_mut().find(|label| label.primary) {
                    let more =
                        if label.text.is_empty() { String::new() } else { format!("：{}", label.text) };
                    label.text = format!("{cell}{more}");
                }
                problem
            }
            Self::Nothing { row, missing } => {
                Diagnostic::error("C008", format!("第 {row} 行不知道记的是什么：缺{}", list(missing)))
                    .at(here, "")
                    .help("补上；是说明、合计一类的行，删去，或在映射的「表尾」里写上它开头的词")
            }
            Self::NoOwner { cell, column, kind, owner, missing } => Diagnostic::error(
                "C008",
                format!("{cell}（{}列）记了「{kind}」，这一行却没有{owner}", quote(column)),
            )
            .at(here, cell)
            .help(format!("补上{}，否则不知道算在谁头上", list(missing))),
            Self::Conflict { entity, id, field, said, first } => Diagnostic::error(
                "C009",
                format!(
                    "{entity}{}的「{field}」两处不一样：{} 写{}，{} 写{}",
                    quote(id),
                    first.cell,
                    quote(&first.value),
                    said.cell,
                    quote(&said.value)
                ),
            )
            .at(here, &said.cell)
            .help("改成一致；后来才变的，另用一行写「有效起」；加 --lenient 时以先出现的为准"),
        }
    }
}

fn not_a_table(here: Span, near: Option<&Near>) -> Diagnostic {
    let Some(Near { table, missing, alike }) = near else {
        return Diagnostic::error("C003", "没有认出这是哪一种表：没有一行像表头")
            .at(here, "")
            .help("第一行写列名；一行一条记录的表，要有「实体」或「事件」这一列")
            .help(SEE);
    };
    let mut problem =
        Diagnostic::error("C004", format!("最像「{table}」，但是缺{}", list(missing))).at(here, "表头");
    if !alike.is_empty() {
        let pairs: Vec<String> =
            alike.iter().map(|(heading, column)| format!("「{heading}」是不是「{column}」")).collect();
        problem = problem.help(format!("{}？", list(&pairs)));
    }
    problem.help(SEE)
}

fn cell_problem(here: Span, cell: &str, column: &str, slip: &CellSlip) -> Diagnostic {
    let place = format!("{cell}（{}列）", quote(column));
    match slip {
        CellSlip::Day { written, slip } => day(here, cell, &place, written, slip),
        CellSlip::Year { written, from, to } => {
            Diagnostic::error("C005", format!("{place}{}不在 {from} 年到 {to} 年之间", quote(written)))
                .at(here, cell)
                .help("核对年份")
        }
        CellSlip::Number { written } => {
            Diagnostic::error("C006", format!("{place}应是数，这里是{}", quote(written)))
                .at(here, cell)
                .help("只写数字；百分数可以写 5%")
        }
        CellSlip::Bool { written } => {
            Diagnostic::error("C006", format!("{place}应是「是」或「否」，这里是{}", quote(written)))
                .at(here, cell)
                .help("写 是、否（√、×、有、无也认）；别的词在映射的「是」「否」里加上")
        }
        CellSlip::Value(mistake) => {
            let inner = Problem::new(here, Mistake::clone(mistake)).diagnostic();
            let mut problem = Diagnostic::error("C006", format!("{place}{}", inner.message)).at(here, cell);
            problem.help = inner.help;
            problem.help("平台里写法不同的，在映射这一列的「对照」里写：它写的词: 该读作的词")
        }
        CellSlip::Uneven { count, other, others } => Diagnostic::error(
            "C007",
            format!("{place}有 {count} 个，{}列有 {others} 个，对不上", quote(other)),
        )
        .at(here, cell)
        .help("两列一一对应地写；分隔用顿号，名称里本来就有顿号、空格的，在映射里改「拆分」"),
        CellSlip::NoDay { kind, columns } => {
            Diagnostic::error("C010", format!("{place}说有「{kind}」，却没有日期"))
                .at(here, cell)
                .help(format!("在{}里填日期", list(columns)))
                .help("没有日期就没法算期限，也不能当作没发生过")
        }
        CellSlip::EventType { written, near } => {
            let problem =
                Diagnostic::error("C011", format!("{place}{}不是已知的事件", quote(written))).at(here, cell);
            let problem = match near {
                Some(near) => problem.help(format!("是不是要写「{near}」？")),
                None => problem,
            };
            problem.help("在映射的「对照」里写上它是哪种事件")
        }
        CellSlip::Shape { written, length, known } => {
            Diagnostic::error("C012", format!("{place}{}是 {length} 位，认不出是哪种号码", quote(written)))
                .at(here, cell)
                .help(format!("可以是 {known}"))
        }
        CellSlip::Cut { written } => Diagnostic::error(
            "C013",
            format!("{place}{}是被表格软件截短的号码：只留了前 15 位，后面的已经丢了", quote(written)),
        )
        .at(here, cell)
        .help("回到原来的台账或平台，先把这一列的格式设成“文本”，再填、再导出；截短以后再改格式，号码回不来"),
    }
}

fn day(here: Span, cell: &str, place: &str, written: &str, slip: &DaySlip) -> Diagnostic {
    let error =
        |what: &str| Diagnostic::error("C005", format!("{place}{}{what}", quote(written))).at(here, cell);
    match slip {
        DaySlip::NoYear { month, day } => error("没有写年份")
            .help(format!("补上年份，如 2025-{month:02}-{day:02}"))
            .help("整份台账都是同一年的，命令里加 --year 2025，或在映射里写 `年: 2025`"),
        DaySlip::ShortYear => error("的年份只有两位，不猜").help("年份写四位，如 2025-05-06"),
        DaySlip::Range => error("是一段日子，不是一天")
            .help("填一天，或分成起、止两列")
            .help("在映射这一列写 `区间: 止`（或 起），就一律取最后（最早）一天"),
        DaySlip::Word => error("里没有日期").help("填上日期；没有发生的留空"),
        DaySlip::Number => error("不是日期").help("核对；表格里的序列日期是五位数，如 45783"),
        DaySlip::Other(TimeSlip::NoSuchMonth { month }) => error("不存在").help(format!("没有 {month} 月")),
        DaySlip::Other(TimeSlip::NoSuchDay { year, month, days }) => {
            error("不存在").help(format!("{year} 年 {month} 月只有 {days} 天"))
        }
        DaySlip::Other(TimeSlip::NoSuchTime) => error("的时刻不存在").help("时 00 到 23，分、秒 00 到 59"),
        DaySlip::Other(TimeSlip::Form { .. } | TimeSlip::DateOnly { .. }) => {
            error("不是日期").help("日期写成 2025-05-06；2025.5.6、2025年5月6日 也认")
        }
    }
}
