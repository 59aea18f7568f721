//! Every mistake analysis can find in rules, and its wording: one variant, one code, one sentence.
//! N = names and structure, T = types, U = units. Detection code never writes prose.

use crate::diagnostic::Diagnostic;
use crate::source::Span;

/// What a name was expected to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    Entity,
    Event,
    List,
    Parameter,
    Template,
    Definition,
    Rule,
    CodeTable,
    /// Anything usable in an expression.
    Name,
}

impl Wanted {
    fn word(self) -> &'static str {
        match self {
            Self::Entity => "实体",
            Self::Event => "事件",
            Self::List => "名单或代码表",
            Self::Parameter => "参数",
            Self::Template => "范本",
            Self::Definition => "定义",
            Self::Rule => "规则",
            Self::CodeTable => "代码表",
            Self::Name => "名字",
        }
    }

    fn code(self) -> &'static str {
        match self {
            Self::Entity => "N010",
            Self::Event => "N012",
            Self::List | Self::CodeTable => "N013",
            Self::Parameter => "N014",
            Self::Template => "N015",
            Self::Definition | Self::Name => "N017",
            Self::Rule => "N004",
        }
    }
}

/// A mistake in a rule set, with its places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    UnknownRuleSet { name: String, span: Span, near: Option<String> },
    InheritanceCycle { names: Vec<String>, span: Span },
    Repeated { what: &'static str, name: String, span: Span, first: Span, inherited: bool },
    AmendedTwice { name: String, span: Span, first: Span },
    Unknown { wanted: Wanted, name: String, span: Span, near: Option<String> },
    UnknownField { owner: String, name: String, span: Span, near: Option<String> },
    UnknownTerm { field: String, name: String, span: Span, near: Option<String>, terms: Vec<String> },
    Ambiguous { event: String, subject: String, roles: Vec<String>, span: Span },
    Unrelated { event: String, subjects: Vec<String>, span: Span },
    DefinitionCycle { name: String, span: Span },
    ArgumentCount { name: String, wanted: usize, given: usize, span: Span },
    NoHeader { span: Span },
    SecondHeader { span: Span, first: Span },
    RowRepeated { word: String, span: Span, first: Span },
    NotInTable { table: String, word: String, span: Span, near: Option<String> },
    NoDuty { rule: String, span: Span },
    NoBinder { rule: String, span: Span },
    BadSeverity { word: String, span: Span },
    ClauseTwice { clause: &'static str, span: Span, first: Span },
    ListRemovesUnknown { list: String, word: String, span: Span, near: Option<String> },
    WrongType { wanted: &'static str, found: String, span: Span },
    NotAnEvent { found: String, span: Span },
    PickNeeded { event: String, span: Span },
    CannotCompare { left: String, right: String, span: Span },
    NeedsRoot { clause: &'static str, span: Span },
    NoLeftSide { span: Span },
    WrongHead { span: Span },
    TextNotQuoted { name: String, span: Span },
    LimitWanted { found: String, span: Span },
    NumberWanted { found: String, span: Span },
    DatesOutOfOrder { name: String, span: Span },
    MixedDuties { rule: String, span: Span },
    RepealBeforeEffective { span: Span },
}

fn near_help(diagnostic: Diagnostic, near: Option<&String>) -> Diagnostic {
    match near {
        Some(near) => diagnostic.help(format!("你是不是要写「{near}」")),
        None => diagnostic,
    }
}

impl Problem {
    /// Code, sentence, places and help.
    pub fn diagnostic(&self) -> Diagnostic {
        match self {
            Self::UnknownRuleSet { name, span, near } => near_help(
                Diagnostic::error("N001", format!("没有叫「{name}」的规则集")).at(*span, "找不到它"),
                near.as_ref(),
            )
            .help("内置的规则集用名称；自己的放在同一文件夹，或在命令行一并给出路径"),
            Self::InheritanceCycle { names, span } => {
                Diagnostic::error("N002", format!("规则集互相继承成了环：{}", names.join(" → ")))
                    .at(*span, "从这里又回到了自己")
                    .help("去掉环上的一处「继承」或「引用」")
            }
            Self::Repeated { what, name, span, first, inherited } => {
                let base = Diagnostic::error("N003", format!("{what}「{name}」写了两次"))
                    .at(*span, "第二次在这里")
                    .also(*first, "第一次在这里");
                if *inherited {
                    base.help(format!("要改动继承来的，写成「改 {what} {name} …」"))
                } else {
                    base.help("留一个，或给其中一个换个名字")
                }
            }
            Self::AmendedTwice { name, span, first } => {
                Diagnostic::error("N005", format!("「{name}」被改（或废）了两次"))
                    .at(*span, "第二次在这里")
                    .also(*first, "第一次在这里")
                    .help("把两处并成一处")
            }
            Self::Unknown { wanted, name, span, near } => near_help(
                Diagnostic::error(wanted.code(), format!("没有叫「{name}」的{}", wanted.word())).at(
                    *span,
                    near.as_ref().map_or_else(String::new, |near| format!("你是不是要写「{near}」")),
                ),
                None,
            ),
            Self::UnknownField { owner, name, span, near } => Diagnostic::error(
                "N011",
                format!("「{owner}」没有叫「{name}」的关系或属性"),
            )
            .at(*span, near.as_ref().map_or_else(String::new, |near| format!("你是不是要写「{near}」"))),
            Self::UnknownTerm { field, name, span, near, terms } => {
                Diagnostic::error("N016", format!("「{field}」不会是「{name}」"))
                    .at(
                        *span,
                        near.as_ref().map_or_else(String::new, |near| format!("你是不是要写「{near}」")),
                    )
                    .help(format!("它只能是：{}", terms.join("、")))
            }
            Self::Ambiguous { event, subject, roles, span } => {
                Diagnostic::error("N018", format!("「{event}」有几个关系都指向「{subject}」，不知道对哪一个"))
                    .at(*span, format!("可能是 {}", roles.join("、")))
                    .help(format!(
                        "写明是哪一个，如「{event}（{} 为 该{subject}）」",
                        roles.first().map_or("", String::as_str)
                    ))
            }
            Self::Unrelated { event, subjects, span } => Diagnostic::error(
                "N019",
                format!("「{event}」和这条规则的主体（{}）对不上", subjects.join("、")),
            )
            .at(*span, "没有关系能从它走到主体")
            .help(format!("写明属于谁，如「检查.任务 的 {event}」，或换一个事件")),
            Self::DefinitionCycle { name, span } => {
                Diagnostic::error("N020", format!("定义「{name}」用到了它自己")).at(*span, "在这里又用到")
            }
            Self::ArgumentCount { name, wanted, given, span } => {
                Diagnostic::error("N021", format!("「{name}」要 {wanted} 个参数，这里给了 {given} 个"))
                    .at(*span, "")
            }
            Self::NoHeader { span } => Diagnostic::error("N022", "没有写这是哪个规则集")
                .at(*span, "文件（或文件夹）里要有一段「规则集」")
                .help("开头写：规则集 名称"),
            Self::SecondHeader { span, first } => Diagnostic::error("N023", "一个规则集只能有一段「规则集」")
                .at(*span, "第二段")
                .also(*first, "第一段"),
            Self::RowRepeated { word, span, first } => {
                Diagnostic::error("N024", format!("「{word}」在这张表里出现了两次"))
                    .at(*span, "第二次")
                    .also(*first, "第一次")
                    .help("代码、文字、同义文字在一张表里都只能出现一次")
            }
            Self::NotInTable { table, word, span, near } => Diagnostic::error(
                "N025",
                format!("代码表「{table}」里没有「{word}」"),
            )
            .at(*span, near.as_ref().map_or_else(String::new, |near| format!("你是不是要写「{near}」"))),
            Self::NoDuty { rule, span } => {
                Diagnostic::error("N026", format!("规则 {rule} 没有写应当或不得做什么"))
                    .at(*span, "")
                    .help("加一句，如「首次 抽取对象 之前，应当 创建任务」")
            }
            Self::NoBinder { rule, span } => Diagnostic::error("N027", format!("规则 {rule} 没有写对谁"))
                .at(*span, "")
                .help("加一句，如「对 每个 检查、每个 检查部门」"),
            Self::BadSeverity { word, span } => {
                Diagnostic::error("N029", format!("强度只能是 错误、警告、提示，没有「{word}」"))
                    .at(*span, "")
            }
            Self::ClauseTwice { clause, span, first } => {
                Diagnostic::error("N030", format!("「{clause}」写了两次"))
                    .at(*span, "第二次")
                    .also(*first, "第一次")
            }
            Self::ListRemovesUnknown { list, word, span, near } => near_help(
                Diagnostic::error("N031", format!("名单「{list}」里没有「{word}」，减不掉")).at(*span, ""),
                near.as_ref(),
            ),
            Self::WrongType { wanted, found, span } => {
                Diagnostic::error("T001", format!("这里要{wanted}，写的是{found}"))
                    .at(*span, format!("这是{found}"))
            }
            Self::NotAnEvent { found, span } => {
                Diagnostic::error("T002", format!("这里要一个事件，写的是{found}"))
                    .at(*span, format!("这是{found}"))
            }
            Self::PickNeeded { event, span } => {
                Diagnostic::error("T003", format!("「{event}」可能有多次，要写明哪一次"))
                    .at(*span, format!("写成「首次 {event}」或「末次 {event}」"))
            }
            Self::CannotCompare { left, right, span } => {
                Diagnostic::error("T004", format!("{left}和{right}不能相比")).at(*span, "")
            }
            Self::NeedsRoot { clause, span } => {
                Diagnostic::error("T005", format!("规则集没有写「{clause}」，这一句无从判断"))
                    .at(*span, "")
                    .help("在「规则集」一段里加上，如「结案 任务 的 首次 任务完成」；主体要能走到那个实体")
            }
            Self::NoLeftSide { span } => Diagnostic::error("T006", "不知道拿什么来比")
                .at(*span, "前面缺了要比的东西")
                .help("如「批准人职务 属于 名单」；只有时间先后可以省去左边"),
            Self::WrongHead { span } => {
                Diagnostic::error("T007", "「之后，应当」没有期限，不知道什么时候算没做到")
                    .at(*span, "")
                    .help("写成「自 X 之日起 20 个工作日 内，应当 …」，或「首次 Y 之前，应当 …」")
            }
            Self::TextNotQuoted { name, span } => {
                Diagnostic::error("T008", format!("「{name}」不是已有的名字；要是一段文字，请加引号"))
                    .at(*span, format!("写成 “{name}”"))
            }
            Self::LimitWanted { found, span } => {
                Diagnostic::error("U002", format!("这里要一个期限，写的是{found}"))
                    .at(*span, "")
                    .help("写成「20 个工作日」「30 日」，或一个期限参数的名字")
            }
            Self::NumberWanted { found, span } => {
                Diagnostic::error("U004", format!("这里要一个次数，写的是{found}")).at(*span, "")
            }
            Self::DatesOutOfOrder { name, span } => {
                Diagnostic::error("U005", format!("参数「{name}」各段的起始日没有按先后写，或有重复"))
                    .at(*span, "这一段不晚于前一段")
            }
            Self::MixedDuties { rule, span } => {
                Diagnostic::error("T009", format!("规则 {rule} 有几句义务时，每一句都只能对每个主体判一次"))
                    .at(*span, "「每次」的这一句请另写一条规则")
            }
            Self::RepealBeforeEffective { span } => {
                Diagnostic::error("U006", "废止日不能早于施行日").at(*span, "")
            }
        }
    }
}
