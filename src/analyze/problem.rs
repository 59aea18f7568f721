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
    ClauseTwice { clause: &'static str, span: Span, first: Span },
    ListRemovesUnknown { list: String, word: String, span: Span, near: Option<String> },
    WrongType { wanted: &'static str, found: String, span: Span },
    Misplaced { what: &'static str, name: String, span: Span },
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
    ForbiddenWithin { span: Span },
    NoCountingDate { span: Span },
}

/// What a label says when a name is near.
fn near_words(near: Option<&String>) -> String {
    near.map_or_else(String::new, |near| format!("你是不是要写「{near}」"))
}

impl Problem {
    /// What is missing or wrong is the rule set's footing: every other problem may follow from it.
    pub(super) fn hides_others(&self) -> bool {
        matches!(
            self,
            Self::UnknownRuleSet { .. } | Self::InheritanceCycle { .. } | Self::SecondHeader { .. }
        )
    }

    /// The name nobody knows, if that is the problem.
    pub(super) fn unknown_name(&self) -> Option<&str> {
        match self {
            Self::Unknown { name, .. }
            | Self::UnknownField { name, .. }
            | Self::UnknownTerm { name, .. }
            | Self::TextNotQuoted { name, .. } => Some(name),
            Self::UnknownRuleSet { .. }
            | Self::InheritanceCycle { .. }
            | Self::Repeated { .. }
            | Self::AmendedTwice { .. }
            | Self::Ambiguous { .. }
            | Self::Unrelated { .. }
            | Self::DefinitionCycle { .. }
            | Self::ArgumentCount { .. }
            | Self::NoHeader { .. }
            | Self::SecondHeader { .. }
            | Self::RowRepeated { .. }
            | Self::NotInTable { .. }
            | Self::NoDuty { .. }
            | Self::NoBinder { .. }
            | Self::ClauseTwice { .. }
            | Self::ListRemovesUnknown { .. }
            | Self::WrongType { .. }
            | Self::Misplaced { .. }
            | Self::NotAnEvent { .. }
            | Self::PickNeeded { .. }
            | Self::CannotCompare { .. }
            | Self::NeedsRoot { .. }
            | Self::NoLeftSide { .. }
            | Self::WrongHead { .. }
            | Self::LimitWanted { .. }
            | Self::NumberWanted { .. }
            | Self::DatesOutOfOrder { .. }
            | Self::MixedDuties { .. }
            | Self::RepealBeforeEffective { .. }
            | Self::ForbiddenWithin { .. }
            | Self::NoCountingDate { .. } => None,
        }
    }

    /// Code, sentence, places and help.
    pub fn diagnostic(&self) -> Diagnostic {
        match self {
            Self::UnknownRuleSet { name, span, near } => {
                Diagnostic::error("N001", format!("没有叫「{name}」的规则集"))
                    .at(
                        *span,
                        near.as_ref().map_or_else(|| "找不到它".to_owned(), |_| near_words(near.as_ref())),
                    )
                    .help("内置的规则集写它的名称；自己的放在同一个文件夹，或在命令行用 --with 一并给出")
            }
            Self::InheritanceCycle { names, span } => {
                Diagnostic::error("N002", format!("规则集互相继承成了环：{}", names.join(" → ")))
                    .at(*span, "从这里又回到了前面的规则集")
                    .help("去掉环上的一处「继承」或「引用」")
            }
            Self::Repeated { what, name, span, first, inherited } => {
                let base = Diagnostic::error("N003", format!("{what}「{name}」写了两次"))
                    .at(*span, "第二次在这里")
                    .also(*first, "第一次在这里");
                if *inherited {
                    base.help(format!("要改动继承来的，写成「改 {what} {name} …」；另立一个，就换个名字"))
                } else {
                    base.help("留一个，或给其中一个换个名字")
                }
            }
            Self::AmendedTwice { name, span, first } => Diagnostic::error(
                "N005",
                format!("「{name}」被改（或废）了两次"),
            )
            .at(*span, "第二次在这里")
            .also(*first, "第一次在这里")
            .help("同一条只改一次：把两处并成一处，或去掉一处；两个上级各改一次的，在本级再改一次定下来"),
            Self::Unknown { wanted, name, span, near } => {
                let code = wanted.code();
                let sentence = if *wanted == Wanted::Name {
                    format!("不认识「{name}」这个名字")
                } else {
                    format!("没有叫「{name}」的{}", wanted.word())
                };
                let problem = Diagnostic::error(code, sentence).at(*span, near_words(near.as_ref()));
                match (near, wanted) {
                    (None, Wanted::Rule) => {
                        problem.help("编号要和继承来的规则一字不差；用 show 可以看全部编号")
                    }
                    (None, Wanted::Parameter) => {
                        problem.help("先写一行「参数 X 为 20 个工作日」，或直接写期限")
                    }
                    (None, Wanted::List | Wanted::CodeTable) => {
                        problem.help("先写一段「名单 X：甲、乙」或「代码表 X」")
                    }
                    (None, Wanted::Name | Wanted::Definition) => {
                        problem.help("它要么是词汇里的名字，要么在「定义」里起过；一段文字要加引号")
                    }
                    (None, Wanted::Entity | Wanted::Event | Wanted::Template) | (Some(_), _) => problem,
                }
            }
            Self::UnknownField { owner, name, span, near } => {
                Diagnostic::error("N011", format!("{owner}没有叫「{name}」的关系或属性"))
                    .at(*span, near_words(near.as_ref()))
            }
            Self::UnknownTerm { field, name, span, near, terms } => {
                Diagnostic::error("N016", format!("「{field}」不会是「{name}」"))
                    .at(*span, near_words(near.as_ref()))
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
            Self::Unrelated { event, subjects, span } => {
                Diagnostic::error("N019", format!("「{event}」和「{}」对不上", subjects.join("」「")))
                    .at(*span, "没有关系能从它走过去")
                    .help(format!("写明是谁的，如「甲.乙 的 {event}」，或换一个事件"))
            }
            Self::DefinitionCycle { name, span } => {
                Diagnostic::error("N020", format!("定义「{name}」绕回来用到了它自己"))
                    .at(*span, "在这里又用到")
                    .help("定义只能用别的名字说明自己；去掉绕回来的这一处")
            }
            Self::ArgumentCount { name, wanted, given, span } => {
                let problem = |sentence| Diagnostic::error("N021", sentence).at(*span, "");
                match wanted {
                    0 => problem(format!("「{name}」不用给东西，这里给了 {given} 样"))
                        .help(format!("只写「{name}」，后面不带括号")),
                    _ => problem(format!("「{name}」要 {wanted} 样东西，这里给了 {given} 样"))
                        .help(format!("写在括号里，用逗号隔开，如「{name}（甲，乙）」")),
                }
            }
            Self::NoHeader { span } => Diagnostic::error("N022", "没有写这是哪个规则集")
                .at(*span, "文件（或文件夹）里要有一段「规则集」")
                .help("在开头写一行：规则集 X"),
            Self::SecondHeader { span, first } => Diagnostic::error("N023", "一个规则集只能有一段「规则集」")
                .at(*span, "第二段")
                .also(*first, "第一段")
                .help("合成一段；如果是另一个规则集，放到另一个文件里"),
            Self::RowRepeated { word, span, first } => {
                Diagnostic::error("N024", format!("「{word}」在这里列了两次"))
                    .at(*span, "第二次")
                    .also(*first, "第一次")
                    .help("代码、文字、同义的文字，每一个都只能出现一次")
            }
            Self::NotInTable { table, word, span, near } => {
                Diagnostic::error("N025", format!("代码表「{table}」里没有「{word}」"))
                    .at(*span, near_words(near.as_ref()))
                    .help("写代码表里有的代码或文字")
            }
            Self::NoDuty { rule, span } => {
                Diagnostic::error("N026", format!("规则 {rule} 没有写应当或不得做什么"))
                    .at(*span, "这一条没有义务句")
                    .help("加一句，如「首次 X 之前，应当 Y」「自 X 之日起 20 个工作日 内，应当 Y」")
            }
            Self::NoBinder { rule, span } => Diagnostic::error("N027", format!("规则 {rule} 没有写对谁"))
                .at(*span, "这一条没有「对」")
                .help("加一句，如「对 每个 甲」「对 每个 甲、每个 年度」"),
            Self::ClauseTwice { clause, span, first } => {
                Diagnostic::error("N030", format!("「{clause}」写了两次"))
                    .at(*span, "第二次")
                    .also(*first, "第一次")
                    .help("留一个")
            }
            Self::ListRemovesUnknown { list, word, span, near } => {
                Diagnostic::error("N031", format!("名单「{list}」里没有「{word}」，减不掉"))
                    .at(*span, near_words(near.as_ref()))
                    .help("写名单里有的；已经不在名单上的，去掉这一处")
            }
            Self::WrongType { wanted, found, span } => {
                Diagnostic::error("T001", format!("这里要{wanted}，写的是{found}"))
                    .at(*span, format!("这是{found}"))
            }
            Self::NotAnEvent { found, span } => {
                Diagnostic::error("T002", format!("这里要一个事件，写的是{found}"))
                    .at(*span, format!("这是{found}"))
                    .help("写词汇里的一个事件，如「首次 X」「末次 X」")
            }
            Self::PickNeeded { event, span } => {
                Diagnostic::error("T003", format!("「{event}」可能有多次，要写明哪一次"))
                    .at(*span, format!("写成「首次 {event}」或「末次 {event}」"))
            }
            Self::CannotCompare { left, right, span } => {
                Diagnostic::error("T004", format!("{left}和{right}不是一类，不能放在一起比或算"))
                    .at(*span, format!("一边是{left}，一边是{right}"))
            }
            Self::NeedsRoot { clause, span } => {
                Diagnostic::error("T005", format!("规则集没有写「{clause}」，这一句无从判断"))
                    .at(*span, "什么时候算结案，没有写")
                    .help(format!("在「规则集」一段里加一行，如「{clause} 甲 的 首次 X」；主体要能走到甲"))
            }
            Self::NoLeftSide { span } => Diagnostic::error("T006", "不知道拿什么来比")
                .at(*span, "前面缺了要比的东西")
                .help("写成「甲 属于 乙」「甲 不少于 2」；只有括号里限定事件的时间先后可以省去左边"),
            Self::WrongHead { span } => {
                Diagnostic::error("T007", "「之后，应当」没有期限，不知道什么时候算没做到")
                    .at(*span, "这一句没有期限")
                    .help("写成「自 X 之日起 20 个工作日 内，应当 Y」；说先后的，写成「首次 Y 之前，应当 X」")
            }
            Self::TextNotQuoted { name, span } => {
                Diagnostic::error("T008", format!("「{name}」不是已有的名字；要是一段文字，请加引号"))
                    .at(*span, format!("写成 “{name}”"))
            }
            Self::MixedDuties { rule, span } => {
                Diagnostic::error("T009", format!("规则 {rule} 有几句义务时，每一句都只能对每个主体判一次"))
                    .at(*span, "这一句可能判多次")
                    .help("「每次 …」和没有先后的「不得 …」另写一条规则")
            }
            Self::Misplaced { what, name, span } => {
                let problem = Diagnostic::error("T010", format!("{what}「{name}」不能当一个值用"))
                    .at(*span, format!("这是{what}"));
                match *what {
                    "参数" => problem.help(format!("期限参数写在期限的位置：「自 X 之日起 {name} 内」；次数参数写在次数的位置：「不超过 {name} 次」")),
                    "范本" => problem.help(format!("套用范本写成「照 {name}」")),
                    _ => problem.help(format!("要说在不在{what}上，写成「甲 属于 {name}」")),
                }
            }
            Self::ForbiddenWithin { span } => {
                Diagnostic::error("T011", "「不得」不能和期限、结案、「含当日」写在一句里")
                    .at(*span, "这样写判不了")
                    .help("写成「首次 X 之前，不得 Y」「首次 X 之后，不得 Y」，或只写「不得 Y」")
            }
            Self::NoCountingDate { span } => {
                Diagnostic::error("T012", "没有写每一个算在哪一天，按年、按连续时间就数不了")
                    .at(*span, "要数的没有日子")
                    .help("加上「按 首次 X 计年」或「按 首次 X 计日」")
            }
            Self::LimitWanted { found, span } => {
                Diagnostic::error("U003", format!("这里要一个期限，写的是{found}"))
                    .at(*span, format!("这是{found}"))
                    .help("写成「20 个工作日」「30 日」「3 个月」，或一个期限参数的名字")
            }
            Self::NumberWanted { found, span } => {
                Diagnostic::error("U004", format!("这里要一个次数，写的是{found}"))
                    .at(*span, format!("这是{found}"))
                    .help("写成「2 次」，或一个次数参数的名字")
            }
            Self::DatesOutOfOrder { name, span } => {
                Diagnostic::error("U005", format!("参数「{name}」各段的起始日没有按先后写，或有重复"))
                    .at(*span, "这一段不晚于前一段")
                    .help("从早到晚写；同一天起只能有一个值")
            }
            Self::RepealBeforeEffective { span } => Diagnostic::error("U006", "废止日要晚于施行日")
                .at(*span, "照这样写，它一天也没有生效")
                .help("看看两个日期是不是写反了"),
        }
    }
}
