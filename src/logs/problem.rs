//! Everything that can be wrong with a log, as data, and the one table of words for it.
//! Readers make [`Problem`]s and never write prose; codes are stable, each has a page `docs/diagnostics/L….md`.

use std::ops::RangeInclusive;

use super::json_slip::JsonSlip;
use super::ledger::LedgerSlip;
use super::time::{TimeSlip, YEARS};
use super::xml::XmlSlip;
use super::yaml_slip::YamlSlip;
use crate::diagnostic::Diagnostic;
use crate::source::{EncodingProblem, Span};

/// A mistake and where it is.
#[derive(Clone, Debug)]
pub(super) struct Problem {
    pub(super) span: Span,
    pub(super) mistake: Mistake,
    /// The rest of the file cannot be trusted: not even `lenient` reads on.
    pub(super) fatal: bool,
}

/// What kind of record is spoken of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    Entity,
    Event,
}

impl What {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Entity => "实体",
            Self::Event => "事件",
        }
    }
}

#[derive(Clone, Debug)]
pub(super) enum Mistake {
    Json(JsonSlip),
    Yaml(YamlSlip),
    Xml(XmlSlip),
    RepeatedKey {
        key: String,
        first: Span,
    },
    TooDeep,
    /// Neither 实体 nor 事件 nor 日志.
    NoKind {
        near: Option<(String, &'static str)>,
    },
    /// A reserved key that this kind of record does not have.
    OutOfPlace {
        key: String,
        record: &'static str,
        help: &'static str,
    },
    UnknownType {
        what: What,
        name: String,
        near: Option<String>,
        other: bool,
        known: Vec<String>,
    },
    UnknownKey {
        owner: String,
        key: String,
        near: Option<String>,
        known: Vec<String>,
    },
    MissingReserved {
        owner: String,
        key: &'static str,
        example: &'static str,
    },
    MissingField {
        owner: String,
        field: String,
    },
    NotInEnum {
        field: String,
        word: String,
        near: Option<String>,
        terms: Vec<String>,
    },
    WrongType {
        field: String,
        wanted: String,
        found: String,
        fix: Option<String>,
    },
    SeveralValues {
        field: String,
        count: usize,
    },
    BadTime {
        key: String,
        written: String,
        slip: TimeSlip,
    },
    OutOfRange {
        key: String,
        written: String,
        years: RangeInclusive<i32>,
    },
    Dangling {
        field: String,
        entity: String,
        id: String,
        near: Option<String>,
        none: bool,
    },
    RepeatedId {
        owner: String,
        id: String,
        first: Span,
        since: bool,
    },
    /// A 日志 record that is not the first, or a second one.
    HeaderPlace,
    HalfCoverage {
        present: &'static str,
        absent: &'static str,
    },
    ReversedCoverage {
        from: String,
        to: String,
    },
    HeadersDisagree {
        key: &'static str,
        said: String,
        first: Span,
        first_said: String,
    },
    /// XES: it is open which entity type the traces are of.
    NoCase {
        said: Option<String>,
        near: Option<String>,
        fit: Vec<String>,
    },
    /// The file as a whole is not a log.
    Shape(ShapeSlip),
    /// A table, or a column mapping.
    Ledger(Box<LedgerSlip>),
}

/// What is wrong with the file as a whole.
#[derive(Clone, Debug)]
pub(super) enum ShapeSlip {
    Empty,
    /// A YAML log must be a mapping of sections.
    YamlRoot,
    UnknownSection {
        name: String,
        near: Option<&'static str>,
    },
    /// A section or an OCEL list is not a list (or mapping).
    Section {
        name: String,
        wanted: &'static str,
    },
    /// An item of a section or list is not a mapping.
    Item {
        section: String,
    },
    /// OCEL: neither `objects` nor `events`.
    NotOcel,
    /// OCEL XML: neither `<objects>` nor `<events>`.
    NotOcelXml,
    /// OCEL: an attribute used as a relationship.
    NotRelation {
        name: String,
    },
}

/// 「…」, cut when long.
fn quote(word: &str) -> String {
    const LONGEST: usize = 40;
    if word.chars().count() <= LONGEST {
        format!("「{word}」")
    } else {
        format!("「{}…」", word.chars().take(LONGEST).collect::<String>())
    }
}

fn list(words: &[String]) -> String {
    const MOST: usize = 16;
    let mut text = words.iter().take(MOST).cloned().collect::<Vec<_>>().join("、");
    if words.len() > MOST {
        text.push_str(&format!(" 等 {} 个", words.len()));
    }
    text
}

impl Problem {
    pub(super) fn new(span: Span, mistake: Mistake) -> Self {
        Self { span, mistake, fatal: false }
    }

    pub(super) fn fatal(span: Span, mistake: Mistake) -> Self {
        Self { span, mistake, fatal: true }
    }

    /// The sentence, the place, what to write instead.
    pub(super) fn diagnostic(&self) -> Diagnostic {
        let here = self.span;
        match &self.mistake {
            Mistake::Json(slip) => json(here, slip),
            Mistake::Yaml(slip) => yaml(here, slip),
            Mistake::Xml(slip) => xml(here, slip),
            Mistake::RepeatedKey { key, first } => {
                Diagnostic::error("L003", format!("键{}在同一条里写了两次", quote(key)))
                    .at(here, "又写了一次")
                    .also(*first, "先写在这里")
                    .help("只留一个；一个键有几个值时写成数组，如 [\"甲\", \"乙\"]")
            }
            Mistake::TooDeep => Diagnostic::error("L004", "层级过深：括号套得太多")
                .at(here, "从这里起")
                .help("一条记录里只有值和值的数组，没有更深的层级"),
            Mistake::NoKind { near } => {
                let problem =
                    Diagnostic::error("L006", "这一条既不是「实体」也不是「事件」（也不是「日志」）")
                        .at(here, "");
                match near {
                    Some((key, kind)) => problem.help(format!("键{}是不是要写「{kind}」？", quote(key))),
                    None => {
                        problem.help("用 \"实体\":\"类型名\" 或 \"事件\":\"类型名\" 说明这一条记的是什么")
                    }
                }
            }
            Mistake::OutOfPlace { key, record, help } => {
                Diagnostic::error("L007", format!("{record}里不该有键{}", quote(key)))
                    .at(here, "")
                    .help(*help)
            }
            Mistake::UnknownType { what, name, near, other, known } => {
                let problem = Diagnostic::error("L008", format!("没有叫{}的{}", quote(name), what.word()))
                    .at(here, "词汇里没有");
                match (near, other, what) {
                    (_, true, What::Entity) => problem.help(format!("{}是事件，键应写「事件」", quote(name))),
                    (_, true, What::Event) => problem.help(format!("{}是实体，键应写「实体」", quote(name))),
                    (Some(near), false, _) => problem.help(format!("是不是要写「{near}」？")),
                    (None, false, _) => problem.help(format!("词汇里的{}有：{}", what.word(), list(known))),
                }
            }
            Mistake::UnknownKey { owner, key, near, known } => {
                let problem =
                    Diagnostic::error("L009", format!("「{owner}」没有叫{}的关系或属性", quote(key)))
                        .at(here, "");
                match near {
                    Some(near) => problem.help(format!("是不是要写「{near}」？")),
                    None if known.is_empty() => problem.help(format!("「{owner}」只有保留键")),
                    None => problem.help(format!("「{owner}」有：{}", list(known))),
                }
            }
            Mistake::MissingReserved { owner, key, example } => {
                Diagnostic::error("L010", format!("「{owner}」这一条缺「{key}」"))
                    .at(here, "")
                    .help(format!("加上 {example}"))
            }
            Mistake::MissingField { owner, field } => {
                Diagnostic::error("L011", format!("「{owner}」这一条缺「{field}」"))
                    .at(here, "")
                    .help(format!("每条「{owner}」都要写明「{field}」，否则不知道算在谁头上"))
            }
            Mistake::NotInEnum { field, word, near, terms } => {
                let problem = Diagnostic::error("L012", format!("「{field}」不能是{}", quote(word)))
                    .at(here, "不在可写的词里");
                let problem = match near {
                    Some(near) => problem.help(format!("是不是要写「{near}」？")),
                    None => problem,
                };
                problem.help(format!("可写：{}", list(terms)))
            }
            Mistake::WrongType { field, wanted, found, fix } => {
                let problem =
                    Diagnostic::error("L013", format!("「{field}」应是{wanted}，这里是{found}")).at(here, "");
                match fix {
                    Some(fix) => problem.help(format!("写成 {fix}")),
                    None => problem,
                }
            }
            Mistake::SeveralValues { field, count } => {
                Diagnostic::error("L014", format!("「{field}」只能有一个值，这里是 {count} 个值的数组"))
                    .at(here, "")
                    .help(if *count == 1 {
                        "去掉方括号"
                    } else {
                        "只留一个值；确有几个的，分成几条来记"
                    })
            }
            Mistake::BadTime { key, written, slip } => bad_time(here, key, written, slip),
            Mistake::OutOfRange { key, written, years } => Diagnostic::error(
                "L016",
                format!("「{key}」{}不在 {} 年到 {} 年之间", quote(written), years.start(), years.end()),
            )
            .at(here, "")
            .help("核对年份"),
            Mistake::Dangling { field, entity, id, near, none } => {
                let problem = Diagnostic::error(
                    "L017",
                    format!("「{field}」写了{}，日志里没有这个编号的{entity}", quote(id)),
                )
                .at(here, format!("没有这个{entity}"));
                match near {
                    Some(near) => problem.help(format!("是不是要写「{near}」？")),
                    None if *none => problem.help(format!(
                        "日志里一个{entity}都没有；加一条 {{\"实体\":\"{entity}\",\"编号\":\"{id}\"}}"
                    )),
                    None => problem
                        .help(format!("改编号，或者加一条 {{\"实体\":\"{entity}\",\"编号\":\"{id}\"}}")),
                }
            }
            Mistake::RepeatedId { owner, id, first, since } => {
                Diagnostic::error("L018", format!("{owner}编号{}重复了", quote(id)))
                    .at(here, "又用了一次")
                    .also(*first, "先用在这里")
                    .help(if *since {
                        "同一个实体后来变了，用「有效起」写明从哪天起取新值；两条的日子不能相同"
                    } else {
                        "改成另一个编号；事件的编号可以不写"
                    })
            }
            Mistake::HeaderPlace => Diagnostic::error("L019", "「日志」这一条只能有一条，写在最前面")
                .at(here, "前面已经有别的记录")
                .help("移到第一行，与已有的合并"),
            Mistake::HalfCoverage { present, absent } => {
                Diagnostic::error("L020", format!("覆盖期间只写了「{present}」，没有「{absent}」"))
                    .at(here, "")
                    .help(format!(
                        "加上 \"{absent}\":\"2025-12-31\" 这样的日期；不知道覆盖到哪天就两个都不写"
                    ))
            }
            Mistake::ReversedCoverage { from, to } => {
                Diagnostic::error("L020", format!("「覆盖止」{to} 早于「覆盖起」{from}"))
                    .at(here, "")
                    .help("两个日期对调")
            }
            Mistake::HeadersDisagree { key, said, first, first_said } => Diagnostic::error(
                "L021",
                format!("几份日志的「{key}」不一致：一份是{}，一份是{}", quote(first_said), quote(said)),
            )
            .at(here, "")
            .also(*first, "另一份写的")
            .help("改成一致，或分开检查"),
            Mistake::Ledger(slip) => slip.diagnostic(here),
            Mistake::NoCase { said, near, fit } => no_case(here, said.as_deref(), near.as_deref(), fit),
            Mistake::Shape(slip) => shape(here, slip),
        }
    }
}

fn json(here: Span, slip: &JsonSlip) -> Diagnostic {
    let (message, label, help): (String, &str, String) = match slip {
        JsonSlip::Truncated => {
            ("JSON 没有写完".into(), "到这里断了", "补全；一条记录写在一行里，以 } 结束".into())
        }
        JsonSlip::TrailingComma => ("多了一个逗号".into(), "后面没有东西了", "删去这个逗号".into()),
        JsonSlip::SingleQuotes => ("JSON 的引号要用双引号".into(), "不是双引号", "改成 \"…\"".into()),
        JsonSlip::FullWidth { written, wanted } => (
            format!("这里要用半角的「{wanted}」，写成了全角的「{written}」"),
            "全角",
            format!("把「{written}」改成「{wanted}」"),
        ),
        JsonSlip::Trailing => ("一行里只能有一条记录".into(), "多出来的", "另起一行，或者删去".into()),
        JsonSlip::Unquoted { word } => (
            format!("{}没有加引号", quote(word)),
            "",
            match word.as_str() {
                "True" | "TRUE" => "是与否写 true、false（小写）".into(),
                "False" | "FALSE" => "是与否写 true、false（小写）".into(),
                "None" | "NULL" | "Null" | "nil" => "没有值就不写这个键，或写 null".into(),
                "是" => "写 true，或加上引号".into(),
                "否" => "写 false，或加上引号".into(),
                word => format!("写成 \"{word}\""),
            },
        ),
        JsonSlip::MissingComma => ("两项之间缺逗号".into(), "前面缺逗号", "在这之前加 ,".into()),
        JsonSlip::MissingColon => ("键后面缺冒号".into(), "前面缺冒号", "写成 \"键\":\"值\"".into()),
        JsonSlip::ControlCharacter => {
            ("引号里有换行、制表一类的控制字符".into(), "", "删去，或写成 \\n、\\t".into())
        }
        JsonSlip::Escape => ("反斜杠后面的写法不对".into(), "", "反斜杠本身写两个：\\\\".into()),
        JsonSlip::NotObject => {
            ("这里应是一条记录".into(), "应以 { 开头", "一行一条，如 {\"实体\":\"…\",\"编号\":\"…\"}".into())
        }
        JsonSlip::Other => ("这里不合 JSON 的写法".into(), "", "检查引号、逗号、冒号和括号是否成对".into()),
    };
    Diagnostic::error("L001", message).at(here, label).help(help)
}

fn yaml(here: Span, slip: &YamlSlip) -> Diagnostic {
    let (message, label, help) = match slip {
        YamlSlip::FullWidthColon => {
            ("键后面用了全角冒号", "全角冒号", "改成半角冒号加一个空格，如 `来源: 转办`")
        }
        YamlSlip::Tab => ("缩进里有制表符", "", "YAML 的缩进只能用空格"),
        YamlSlip::Indentation => ("缩进或层次不对", "", "同一层的键左端对齐，列表项以「- 」开头"),
        YamlSlip::UnclosedQuote => ("引号没有成对", "", "补上另一半引号"),
        YamlSlip::UnclosedBracket => {
            ("括号没有成对，或括号里缺逗号", "", "补上另一半括号；项与项之间用 , 隔开")
        }
        YamlSlip::UnknownAlias => {
            ("这个 * 引用没有对应的 & 标记", "", "先用 & 标记，再用 * 引用；值本来就以 * 开头的加引号")
        }
        YamlSlip::TooManyAliases => ("* 引用展开后太大", "", "把内容直接写出来"),
        YamlSlip::Character => ("这个字符不能用在这里", "", "给整个值加上引号"),
        YamlSlip::Key => ("键只能是一个词", "", "写成 `键: 值`"),
        YamlSlip::SecondDocument => {
            ("一个文件里只能有一份日志", "又一份从这里开始", "删去 `---`，或分成两个文件")
        }
        YamlSlip::Other => ("这里不合 YAML 的写法", "", "检查缩进、冒号后的空格和引号"),
    };
    Diagnostic::error("L002", message).at(here, label).help(help)
}

fn xml(here: Span, slip: &XmlSlip) -> Diagnostic {
    let (message, label, help): (String, &str, &str) = match slip {
        XmlSlip::Truncated => ("XML 没有写完".into(), "到这里断了", "文件可能被截断了，重新导出"),
        XmlSlip::Mismatched { open, found } => (
            format!("打开的是 <{open}>，关上的却是 </{found}>"),
            "对不上",
            "每个 <甲> 都要有 </甲>，里层的先关",
        ),
        XmlSlip::Unopened { found } => {
            (format!("</{found}> 没有对应的 <{found}>"), "", "删去，或补上开头的一半")
        }
        XmlSlip::Reference => ("& 后面不是字符引用".into(), "", "& 本身写 &amp;，< 写 &lt;"),
        XmlSlip::Attribute => ("标签里的属性写得不对".into(), "", "写成 名=\"值\"，值里的引号写 &quot;"),
        XmlSlip::Other => ("这里不合 XML 的写法".into(), "", "检查标签、引号是否成对"),
    };
    Diagnostic::error("L024", message).at(here, label).help(help)
}

fn no_case(here: Span, said: Option<&str>, near: Option<&str>, fit: &[String]) -> Diagnostic {
    let code = "L026";
    if let Some(said) = said {
        let problem =
            Diagnostic::error(code, format!("没有叫{}的实体，XES 的 trace 对不上", quote(said))).at(here, "");
        return match near {
            Some(near) => problem.help(format!("是不是要写「{near}」？")),
            None => problem.help(format!("词汇里的实体有：{}", list(fit))),
        };
    }
    let problem = Diagnostic::error(code, "看不出 XES 的一个 trace 是哪种实体").at(here, "");
    let problem = if fit.is_empty() {
        problem.help("没有哪种实体是这里每种事件都关联的")
    } else {
        problem.help(format!("每种事件都关联的实体不止一种：{}", list(fit)))
    };
    problem.help("在 <log> 里写明 <string key=\"zhunsheng:case\" value=\"实体名\"/>，或转换时用 zhunsheng convert --case 实体名")
}

fn bad_time(here: Span, key: &str, written: &str, slip: &TimeSlip) -> Diagnostic {
    let code = "L015";
    match slip {
        TimeSlip::Form { meant: Some(meant) } => {
            Diagnostic::error(code, format!("「{key}」{}的写法不对", quote(written)))
                .at(here, "")
                .help(format!("写成 {meant}"))
        }
        TimeSlip::Form { meant: None } => {
            Diagnostic::error(code, format!("「{key}」{}不是日期", quote(written)))
                .at(here, "")
                .help("日期写成 2025-05-06；有时刻的写成 2025-05-06T10:00")
        }
        TimeSlip::NoSuchMonth { month } => {
            Diagnostic::error(code, format!("「{key}」{}不存在：没有 {month} 月", quote(written)))
                .at(here, "")
                .help("写成 年-月-日，月是 01 到 12")
        }
        TimeSlip::NoSuchDay { year, month, days } => Diagnostic::error(
            code,
            format!("「{key}」{}不存在：{year} 年 {month} 月只有 {days} 天", quote(written)),
        )
        .at(here, "")
        .help("核对日期"),
        TimeSlip::NoSuchTime => Diagnostic::error(code, format!("「{key}」{}的时刻不存在", quote(written)))
            .at(here, "")
            .help("时 00 到 23，分、秒 00 到 59；半夜十二点算次日 00:00"),
        TimeSlip::DateOnly { date } => Diagnostic::error(code, format!("「{key}」只写日期，不写时刻"))
            .at(here, "")
            .help(format!("写成 {date}")),
    }
}

fn shape(here: Span, slip: &ShapeSlip) -> Diagnostic {
    let code = "L022";
    match slip {
        ShapeSlip::Empty => Diagnostic::error(code, "这份日志是空的")
            .at(here, "")
            .help("核对文件；确实没有任何记录的，至少写一行 {\"日志\":\"名称\"}"),
        ShapeSlip::YamlRoot => {
            Diagnostic::error(code, "YAML 日志分「日志:」「实体:」「事件:」三段，这里不是")
                .at(here, "")
                .help("写成 `事件:` 换行 `  - 事件: …`")
        }
        ShapeSlip::UnknownSection { name, near } => {
            let problem = Diagnostic::error(code, format!("没有叫{}的段", quote(name))).at(here, "");
            match near {
                Some(near) => problem.help(format!("是不是要写「{near}」？")),
                None => problem.help("只有「日志」「实体」「事件」三段"),
            }
        }
        ShapeSlip::Section { name, wanted } => {
            Diagnostic::error(code, format!("{}这一段应是{wanted}", quote(name))).at(here, "")
        }
        ShapeSlip::Item { section } => {
            Diagnostic::error(code, format!("{}里的每一项应是一条记录（若干「键: 值」）", quote(section)))
                .at(here, "")
        }
        ShapeSlip::NotOcel => Diagnostic::error(code, "不是 OCEL 2.0：没有 objects，也没有 events")
            .at(here, "")
            .help("一行一条的日志用扩展名 .jsonl"),
        ShapeSlip::NotOcelXml => Diagnostic::error(code, "不是 OCEL 2.0：没有 <objects>，也没有 <events>")
            .at(here, "")
            .help("XES 日志用扩展名 .xes"),
        ShapeSlip::NotRelation { name } => {
            Diagnostic::error(code, format!("{}是属性，不是关系", quote(name)))
                .at(here, "")
                .help("写在 attributes 里")
        }
    }
}

/// The line that ends a list cut at `--max-errors`.
pub(super) fn more(count: usize) -> Diagnostic {
    Diagnostic::error("L023", format!("还有 {count} 处错误没有列出"))
        .help("先改上面的；要多列，用 --max-errors 加大上限")
}

/// A file whose bytes are not text: it has no [`Span`], only a name and a line.
pub fn encoding(name: &str, problem: &EncodingProblem) -> Diagnostic {
    let code = "L005";
    match problem {
        EncodingProblem::BrokenUtf16 { offset, line } => Diagnostic::error(
            code,
            format!("{name}：第 {line} 行有损坏的 UTF-16 字符（第 {} 个字节）", offset + 1),
        )
        .help("文件可能被截断或拼接坏了，重新导出；另存为 UTF-8 更稳妥（记事本：另存为 → 编码 → UTF-8）"),
        EncodingProblem::BrokenUtf8 { offset, line } => Diagnostic::error(
            code,
            format!("{name}：第 {line} 行有损坏的 UTF-8 字符（第 {} 个字节）", offset + 1),
        )
        .help("文件可能被截断或拼接坏了，重新导出"),
        EncodingProblem::Unknown { offset, line } => Diagnostic::error(
            code,
            format!("{name}：第 {line} 行起既不是 UTF-8、UTF-16 也不是 GB18030（第 {} 个字节）", offset + 1),
        )
        .help("不是文字文件，或者坏了：用 UTF-8 重新导出"),
    }
}

/// What is wrong with an SQLite file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DatabaseSlip {
    /// The engine cannot read it; its words.
    Broken(String),
    /// A table that every OCEL 2.0 file has is not there.
    NotOcel { missing: &'static str },
}

/// A database that is not a log: it has no [`Span`], only a name.
pub fn database(name: &str, slip: &DatabaseSlip) -> Diagnostic {
    let code = "L025";
    match slip {
        DatabaseSlip::Broken(words) => Diagnostic::error(code, format!("{name}：SQLite 文件读不了（{words}）"))
            .help("文件可能被截断或正在被写，重新导出"),
        DatabaseSlip::NotOcel { missing } => {
            Diagnostic::error(code, format!("{name}：是 SQLite，但不是 OCEL 2.0：没有表「{missing}」"))
                .help("OCEL 2.0 有 event、object、event_object、event_map_type、object_map_type 和各类型的表；别的库先导出成 CSV")
        }
    }
}

/// Years in which a date attribute (a certificate's last day …) may lie.
pub(super) const ATTRIBUTE_YEARS: RangeInclusive<i32> = 1900..=9999;

/// Years in which records may lie.
pub(super) const RECORD_YEARS: RangeInclusive<i32> = YEARS;
