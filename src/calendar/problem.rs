//! Mistakes in calendar files and in written time limits, and all the words about them.
//! Takes a typed mistake, gives a [`Diagnostic`]. Detection is in `placed.rs`, `check.rs` and `limit.rs`.

use chrono::NaiveDate;

use super::date::{BadDate, parse_date_loosely, weekday};
use super::notice::{SCHEMA, Status};
use crate::diagnostic::Diagnostic;
use crate::source::Span;

/// What a value should have been.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// A whole file: a mapping with the keys of the format.
    Notice,
    /// `{title: …, number: …, date: …, url: …}`
    Source,
    /// `{date: …, name: …}`
    Day,
    Text,
    Year,
    Truth,
    List,
}

impl Expected {
    fn name(self) -> &'static str {
        match self {
            Self::Notice => "一份放假安排",
            Self::Source => "一份通知",
            Self::Day => "一天",
            Self::Text => "文字",
            Self::Year => "年份",
            Self::Truth => "是或否",
            Self::List => "列表",
        }
    }

    fn form(self) -> &'static str {
        match self {
            Self::Notice => {
                "schema、region、year、status、sources、off_days、work_days 各占一行，冒号后空一格"
            }
            Self::Source => "写成「title: ……」「number: ……」「date: ……」「url: ……」四行",
            Self::Day => "写成「{date: 2025-10-01, name: 国庆节}」",
            Self::Text => "冒号后空一格，写上文字",
            Self::Year => "写成四位数字，如「year: 2025」",
            Self::Truth => "写 true 或 false",
            Self::List => "每项一行，以「- 」开头；一项也没有就写 []",
        }
    }
}

/// Which of the two lists of a notice a day is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    Off,
    Work,
}

impl List {
    fn word(self) -> &'static str {
        match self {
            Self::Off => "放假",
            Self::Work => "调休上班",
        }
    }

    fn key(self) -> &'static str {
        match self {
            Self::Off => "off_days",
            Self::Work => "work_days",
        }
    }
}

/// One mistake in a calendar file, or in a time limit given as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// Not YAML. `wide_colon`: a `：` was found where `:` was probably meant.
    BrokenYaml {
        at: Span,
        wide_colon: bool,
    },
    RepeatedKey {
        key: String,
        at: Span,
    },
    UnknownKey {
        key: String,
        near: Option<String>,
        known: Vec<&'static str>,
        at: Span,
    },
    MissingKey {
        key: &'static str,
        at: Span,
    },
    WrongValue {
        key: Option<&'static str>,
        found: String,
        expected: Expected,
        at: Span,
    },
    UnknownSchema {
        found: String,
        at: Span,
    },
    UnknownStatus {
        found: String,
        near: Option<String>,
        at: Span,
    },
    UnreadableDate {
        text: String,
        why: BadDate,
        at: Span,
    },
    /// A published year without a single day off.
    EmptyNotice {
        year: i32,
        at: Span,
    },
    RepeatedNotice {
        region: String,
        year: i32,
        at: Span,
        first: Span,
    },
    /// From `missing` up to `after` (not inclusive) no year is published, though years before and after are.
    YearGap {
        missing: i32,
        after: i32,
        at: Span,
    },
    /// `first` is `None` when the other file is a built-in one.
    RepeatedDay {
        date: NaiveDate,
        list: List,
        other: List,
        year: i32,
        at: Span,
        first: Option<Span>,
    },
    DayOutsideYear {
        date: NaiveDate,
        year: i32,
        at: Span,
    },
    /// A make-up day that was a workday anyway.
    MakeUpOnWorkday {
        date: NaiveDate,
        overlay: bool,
        at: Span,
    },
    LonelyDayOff {
        date: NaiveDate,
        name: String,
        at: Span,
    },
    /// Weekdays off minus make-up days should be the statutory days of the year.
    Unbalanced {
        year: i32,
        weekdays_off: i64,
        make_up: i64,
        statutory: i64,
        at: Span,
    },
    /// A run of workdays, or of days off, longer than has ever been arranged.
    LongRun {
        from: NaiveDate,
        days: i64,
        limit: i64,
        workdays: bool,
        at: Span,
    },
    FarMakeUp {
        date: NaiveDate,
        name: String,
        nearest: Option<i64>,
        at: Span,
    },
    MissingReference {
        title: String,
        number: bool,
        date: bool,
        at: Span,
    },
    Unsorted {
        list: List,
        date: NaiveDate,
        before: NaiveDate,
        at: Span,
    },
    LateNotice {
        notice: NaiveDate,
        governed: NaiveDate,
        at: Span,
    },
    /// A regional file for a year whose national arrangement is not published.
    OverlayWithoutBase {
        region: String,
        year: i32,
        at: Span,
    },
    /// All files together give no year whose workdays can be counted.
    NothingPublished {
        at: Option<Span>,
    },
    /// `20天`, `-5`, ` 20` … where a limit was expected.
    UnreadableLimit {
        text: String,
        near: Option<String>,
    },
}

fn day(date: NaiveDate) -> String {
    format!("{date}（{}）", weekday(date))
}

impl Problem {
    /// Code, sentence, places, help: everything this layer ever says about a mistake.
    pub fn diagnostic(&self) -> Diagnostic {
        match self {
            Self::BrokenYaml { at, wide_colon: true } => {
                Diagnostic::error("K001", "这里用了中文冒号「：」，日历文件读不下去")
                    .at(*at, "全角冒号")
                    .help("冒号写成半角，后面空一格：「date: 2025-10-01」")
            }
            Self::BrokenYaml { at, wide_colon: false } => {
                Diagnostic::error("K001", "日历文件从这里起读不下去").at(*at, "读到这里断了").help(
                    "看看这一行和上一行：缩进是否对齐（只用空格）、引号和括号是否成对、冒号后是否空了一格",
                )
            }
            Self::RepeatedKey { key, at } => Diagnostic::error("K002", format!("「{key}」在同一处写了两次"))
                .at(*at, "又写了一次")
                .help("只留一个"),
            Self::UnknownKey { key, near, known, at } => {
                let diagnostic =
                    Diagnostic::error("K003", format!("不认识的项「{key}」")).at(*at, "没有这一项");
                match near {
                    Some(near) => diagnostic.help(format!("是不是要写「{near}」")),
                    None => diagnostic.help(format!("这里可以写的有：{}", known.join("、"))),
                }
            }
            Self::MissingKey { key, at } => Diagnostic::error("K004", format!("缺少「{key}」"))
                .at(*at, format!("这一份里没有 {key}"))
                .help(match *key {
                    "schema" => format!("加一行「schema: {SCHEMA}」"),
                    "region" => "加一行「region: CN」；地区的放假安排写地区代码，如 CN-GX".to_owned(),
                    "year" => "加一行「year: 2026」，是通知标题里的年份".to_owned(),
                    "status" => format!("加一行「status: final」；可以写的有 {}", Status::WORDS.join("、")),
                    "sources" | "off_days" | "work_days" => {
                        format!("加上「{key}:」；一项也没有就写「{key}: []」")
                    }
                    _ => format!("加上「{key}: ……」"),
                }),
            Self::WrongValue { key, found, expected, at } => {
                let subject = key.map_or_else(|| "这里".to_owned(), |key| format!("「{key}」"));
                let found = if found.is_empty() {
                    "现在是空的".to_owned()
                } else {
                    format!("不是「{}」", shorten(found))
                };
                let message = format!("{subject}应当是{}，{found}", expected.name());
                Diagnostic::error("K005", message).at(*at, "写得不对").help(expected.form())
            }
            Self::UnknownSchema { found, at } => {
                Diagnostic::error("K006", format!("不认识的日历格式「{found}」"))
                    .at(*at, "格式名")
                    .help(format!("这一版只认「schema: {SCHEMA}」"))
            }
            Self::UnknownStatus { found, near, at } => {
                let diagnostic =
                    Diagnostic::error("K007", format!("不认识的状态「{found}」")).at(*at, "状态");
                let known = "final 已公布、amended 年中改过、statutory_only 只知道法定节日";
                match near {
                    Some(near) => diagnostic.help(format!("是不是要写「{near}」；可以写的有：{known}")),
                    None => diagnostic.help(format!("可以写的有：{known}")),
                }
            }
            Self::UnreadableDate { text, why, at } => {
                let diagnostic =
                    Diagnostic::error("K008", format!("「{text}」不是日期：{why}")).at(*at, "日期");
                match parse_date_loosely(text) {
                    Some(date) => diagnostic.help(format!("写成「{date}」")),
                    None => diagnostic.help("写成 2025-10-01 这样，月和日不足两位的前面补 0"),
                }
            }
            Self::EmptyNotice { year, at } => {
                Diagnostic::error("K009", format!("{year} 年写着已公布，却没有一个放假日"))
                    .at(*at, "状态")
                    .help("把通知里的放假日写进 off_days；还没公布的，状态写 statutory_only")
            }
            Self::RepeatedNotice { region, year, at, first } => {
                Diagnostic::error("K010", format!("{region} {year} 年的放假安排给了两份"))
                    .at(*at, "第二份")
                    .also(*first, "第一份")
                    .help("只留一份；年中改过的，改在同一份里，状态写 amended，两份通知都列进 sources")
            }
            Self::YearGap { missing, after, at } => {
                let missing = match after - 1 {
                    last if last > *missing => format!("{missing} 至 {last} 年"),
                    _ => format!("{missing} 年"),
                };
                Diagnostic::error("K011", format!("有 {after} 年的放假安排，却没有 {missing}的，中间断了"))
                    .at(*at, "这一年")
                    .help(format!("补上 {missing}的文件；期限跨过没有安排的年份算不出来"))
            }
            Self::RepeatedDay { date, list, other, year, at, first } => {
                let message = if list == other {
                    format!("{}在{}里写了两次", day(*date), list.word())
                } else {
                    format!("{}既写了放假，又写了调休上班", day(*date))
                };
                let diagnostic =
                    Diagnostic::error("K012", message).at(*at, format!("{}（{}）", list.word(), list.key()));
                match first {
                    Some(first) => {
                        let text = format!("{} 年安排里的{}（{}）", year, other.word(), other.key());
                        diagnostic.also(*first, text).help("对照通知原文，只留对的那一个")
                    }
                    None => diagnostic
                        .help(format!("内置的 {year} 年安排里已有这一天；对照通知原文，只留对的那一个")),
                }
            }
            Self::DayOutsideYear { date, year, at } => {
                Diagnostic::error("K013", format!("{}不会出现在 {year} 年的放假安排里", day(*date)))
                    .at(*at, "日期")
                    .help(format!(
                        "{year} 年的通知管 {}-12-20 至 {year}-12-31；看看年份是不是写错了",
                        year - 1
                    ))
            }
            Self::MakeUpOnWorkday { date, overlay: false, at } => {
                Diagnostic::error("K014", format!("{}不是周末，不用调休上班", day(*date)))
                    .at(*at, "调休上班（work_days）")
                    .help("调休上班的日子只会是周六、周日；看看日期是不是写错了，或者本该写在 off_days 里")
            }
            Self::MakeUpOnWorkday { date, overlay: true, at } => {
                Diagnostic::error("K014", format!("{}本来就上班，不用再写调休上班", day(*date)))
                    .at(*at, "调休上班（work_days）")
                    .help("地区安排里只写与全国安排不同的日子；看看日期是不是写错了")
            }
            Self::LonelyDayOff { date, name, at } => {
                Diagnostic::warning("K015", format!("{}放假，但前后连着的休息日里没有法定节日", day(*date)))
                    .at(*at, format!("「{name}」放假"))
                    .help("看看日期是不是写错了；法定节日当天要写「statutory: true」")
            }
            Self::Unbalanced { year, weekdays_off, make_up, statutory, at } => {
                let difference = weekdays_off - make_up;
                let message = format!(
                    "{year} 年放假的工作日 {weekdays_off} 天，调休上班 {make_up} 天，相差 {difference} 天，而这一年法定节日是 {statutory} 天"
                );
                let help = if difference > *statutory {
                    "看看是不是漏写了调休上班的日子，或者多写了放假的日子；年中另外加放的假（如 2015、2020 年）不算错"
                } else {
                    "看看是不是漏写了放假的日子，或者多写了调休上班的日子"
                };
                Diagnostic::warning("K016", message).at(*at, "这一年").help(help)
            }
            Self::LongRun { from, days, limit, workdays, at } => {
                let what = if *workdays { "上班" } else { "休息" };
                let message = format!("从 {}起连着{what} {days} 天，往年没有超过 {limit} 天的", day(*from));
                let help = if *workdays {
                    "看看是不是漏写了放假的日子"
                } else {
                    "看看是不是多写了放假的日子，或者漏写了调休上班"
                };
                Diagnostic::warning("K017", message).at(*at, "这一年").help(help)
            }
            Self::FarMakeUp { date, name, nearest, at } => {
                let message = match nearest {
                    Some(days) => {
                        format!("{}为「{name}」调休上班，离最近的「{name}」放假日有 {days} 天", day(*date))
                    }
                    None => format!("{}为「{name}」调休上班，但没有叫「{name}」的放假日", day(*date)),
                };
                Diagnostic::warning("K018", message)
                    .at(*at, "调休上班（work_days）")
                    .help("看看日期和节日名是不是写错了")
            }
            Self::MissingReference { title, number, date, at } => {
                let what = match (number, date) {
                    (true, true) => "文号和日期",
                    (true, false) => "文号",
                    (false, true) | (false, false) => "日期",
                };
                Diagnostic::warning("K019", format!("「{title}」没有{what}"))
                    .at(*at, "通知")
                    .help("补上 number 与 date，报告里就能引用这份通知")
            }
            Self::Unsorted { list, date, before, at } => Diagnostic::warning(
                "K020",
                format!("{}排在 {}后面，{}没有按日期排", day(*date), day(*before), list.word()),
            )
            .at(*at, format!("{}（{}）", list.word(), list.key()))
            .help("按日期从早到晚排，便于核对"),
            Self::LateNotice { notice, governed, at } => Diagnostic::warning(
                "K021",
                format!("通知 {notice} 才发，管的却是更早的 {}", day(*governed)),
            )
            .at(*at, "通知")
            .help(
                "看看通知的日期和年份是不是写错了；年中改过的，状态写 amended，并把原来的通知也列进 sources",
            ),
            Self::OverlayWithoutBase { region, year, at } => {
                Diagnostic::error("K022", format!("{region} {year} 年的地区安排没有全国的安排可叠加"))
                    .at(*at, "地区安排")
                    .help(format!("先给出 {year} 年国务院办公厅的放假安排（region: CN）"))
            }
            Self::NothingPublished { at } => {
                let diagnostic = Diagnostic::error("K023", "没有任何一年已公布的放假安排，工作日算不出来");
                let diagnostic = diagnostic.help("至少给一份 status 为 final 或 amended 的全国安排");
                at.iter().fold(diagnostic, |diagnostic, at| diagnostic.at(*at, "只知道法定节日"))
            }
            Self::UnreadableLimit { text, near } => {
                let shown = if text.is_empty() { "空的".to_owned() } else { format!("「{text}」") };
                let diagnostic = Diagnostic::error("K030", format!("{shown}不是期限"));
                let forms = "20（工作日）、20个工作日、30日、6个月、2年；数字不能是负的，前后不留空白";
                match near {
                    Some(near) => diagnostic.help(format!("是不是要写「{near}」；期限写作 {forms}")),
                    None => diagnostic.help(format!("期限写作 {forms}")),
                }
            }
        }
    }
}

/// A value as it may be quoted in a sentence: one line, not too long.
fn shorten(text: &str) -> String {
    let line = text.lines().next().unwrap_or("");
    let short: String = line.chars().take(24).collect();
    if short.len() < text.len() { format!("{short}……") } else { short }
}
