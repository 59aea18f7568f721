//! Every doubt the checks can have, and its wording: one code, one sentence, one page each (`W….md`).
//! All are warnings. Checks never write prose.

use chrono::NaiveDate;

use crate::diagnostic::Diagnostic;
use crate::source::Span;

/// A place in a rule; when the words stand in another file (a template), there too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub at: Span,
    pub also: Option<Span>,
}

/// A doubt about rules, with its places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    NeverFires {
        rule: String,
        place: Place,
        second: Option<Place>,
    },
    GovernsNoDay {
        rule: String,
        begun: NaiveDate,
        end: NaiveDate,
        place: Place,
    },
    EmptyList {
        rule: String,
        name: String,
        list: Span,
        place: Place,
    },
    AlwaysViolated {
        rule: String,
        place: Place,
        second: Option<Place>,
    },
    Contradiction {
        rule: String,
        other: String,
        place: Place,
        second: Place,
    },
    Duplicate {
        rule: String,
        other: String,
        span: Span,
        first: Span,
    },
    Shadowed {
        rule: String,
        by: String,
        span: Span,
        other: Span,
    },
    Unused {
        what: &'static str,
        name: String,
        span: Span,
    },
    NoCitation {
        rule: String,
        span: Span,
    },
    TwoLimits {
        rule: String,
        other: String,
        limits: (String, String),
        place: Place,
        second: Place,
    },
    IdleLimit {
        rule: String,
        limit: String,
        place: Place,
        by: Vec<(String, Span)>,
    },
    /// `steps`: rule, what it wants first, before what, where.
    Cycle {
        names: Vec<String>,
        steps: Vec<(String, String, String, Span)>,
    },
    Impossible {
        steps: Vec<(String, Span)>,
        short: i64,
    },
    Looser {
        rule: String,
        upper: String,
        how: &'static str,
        place: Place,
        above: Place,
    },
    LooserParameter {
        name: String,
        upper: String,
        span: Span,
        above: Span,
    },
    LooserList {
        list: String,
        upper: String,
        words: Vec<String>,
        added: bool,
        span: Span,
        rule: (String, Span),
    },
    LeftOut {
        rule: String,
        upper: String,
        at: Option<Span>,
        above: Span,
    },
    Expiring {
        what: &'static str,
        name: String,
        end: NaiveDate,
        over: bool,
        span: Span,
    },
    Changing {
        name: String,
        from: NaiveDate,
        unset: bool,
        span: Span,
    },
    OwnEvidence {
        rule: String,
        place: Place,
        second: Option<Place>,
    },
    BeyondCalendar {
        limit: String,
        today: NaiveDate,
        last: NaiveDate,
        spans: Vec<Span>,
    },
    IdleExemption {
        rule: String,
        always: bool,
        place: Place,
        second: Option<Place>,
    },
    ImpossibleWord {
        list: String,
        word: String,
        field: String,
        terms: Vec<String>,
        span: Span,
        rule: (String, Span),
    },
}

impl Place {
    fn at(self, diagnostic: Diagnostic, text: &str) -> Diagnostic {
        match self.also {
            Some(template) => diagnostic.at(self.at, "用到的范本里").also(template, text),
            None => diagnostic.at(self.at, text),
        }
    }

    fn also(self, diagnostic: Diagnostic, text: &str) -> Diagnostic {
        match self.also {
            Some(template) => diagnostic.also(template, text),
            None => diagnostic.also(self.at, text),
        }
    }
}

/// `甲 → 乙 → 甲`
fn round(names: &[String]) -> String {
    let mut names: Vec<&str> = names.iter().map(String::as_str).collect();
    names.extend(names.first().copied());
    names.join(" → ")
}

/// Rules, each once.
fn ids<'a>(list: impl Iterator<Item = &'a String>) -> String {
    let mut ids: Vec<&str> = Vec::new();
    for id in list {
        if !ids.contains(&id.as_str()) {
            ids.push(id);
        }
    }
    ids.join("、")
}

impl Problem {
    /// Code, sentence, places and help.
    pub fn diagnostic(&self) -> Diagnostic {
        match self {
            Self::NeverFires { rule, place, second } => {
                let base = Diagnostic::warning("W001", format!("规则 {rule} 永远不会触发"));
                match second {
                    Some(second) => second
                        .also(place.at(base, "这里说的"), "和这里说的不能同时成立")
                        .help("两处有一处写错了；要是说「或者」，写成一个条件，中间用「或者」"),
                    None => place
                        .at(base, "这里说的不能成立")
                        .help("看看是不是同一个属性写了两个不同的值，或者本想写「或者」"),
                }
            }
            Self::GovernsNoDay { rule, begun, end, place } => place
                .at(
                    Diagnostic::warning("W001", format!("规则 {rule} 永远不会触发：一天也没有施行")),
                    &format!("{begun} 施行，{end} 废止"),
                )
                .help("废止日要晚于施行日；不要这条了就删去，或写「废 规则」"),
            Self::EmptyList { rule, name, list, place } => place
                .at(
                    Diagnostic::warning("W001", format!("规则 {rule} 永远不会触发：名单「{name}」是空的")),
                    "对名单里的每一个，可名单里没有",
                )
                .also(*list, "名单在这里"),
            Self::AlwaysViolated { rule, place, second } => {
                let base = place.at(
                    Diagnostic::warning("W002", format!("规则 {rule} 的要求谁也做不到")),
                    "这里的要求不能成立",
                );
                match second {
                    Some(second) => second
                        .also(base, "因为这里说的正相反")
                        .help("要求与条件相反时，规则一触发就违规；改其中一处"),
                    None => base.help("看看是不是同一个属性写了两个不同的值，或者名单、次数写错了"),
                }
            }
            Self::Contradiction { rule, other, place, second } => {
                let base = Diagnostic::warning("W002", format!("规则 {rule} 与 {other} 不能同时做到"));
                second
                    .also(place.at(base, "这里要这样"), "这里要那样")
                    .help("两条管的是同一件事；改一条，或给其中一条加上「情形」「除外」把它们分开")
            }
            Self::Duplicate { rule, other, span, first } => {
                Diagnostic::warning("W003", format!("规则 {rule} 与 {other} 说的是同一件事"))
                    .at(*span, "后一条")
                    .also(*first, "前一条")
                    .help("留一条；两条的依据可以并在一条里写")
            }
            Self::Shadowed { rule, by, span, other } => {
                Diagnostic::warning("W004", format!("规则 {rule} 被更严的 {by} 盖住了，有它没它一样"))
                    .at(*span, "违反这一条的，必定也违反另一条")
                    .also(*other, "另一条在这里")
                    .help("删去它；要是它管的是别的情形，把那条更严的限定窄些")
            }
            Self::Unused { what, name, span } => {
                Diagnostic::warning("W005", format!("{what}「{name}」没有用到"))
                    .at(*span, "")
                    .help("删去它；要是该用而没有用，看看用的地方是不是写成了别的名字")
            }
            Self::NoCitation { rule, span } => Diagnostic::warning("W006", format!("规则 {rule} 没有写依据"))
                .at(*span, "")
                .help("加一行「依据」，写明是第几条，如：依据 第二十条（四）"),
            Self::TwoLimits { rule, other, limits: (mine, theirs), place, second } => {
                let base = Diagnostic::warning(
                    "W007",
                    format!("同一件事有两个期限：{rule} 写 {mine}，{other} 写 {theirs}"),
                );
                second.also(place.at(base, mine), theirs).help("哪个先到，要看遇上什么假日；照规定留一个")
            }
            Self::IdleLimit { rule, limit, place, by } => {
                let names = ids(by.iter().map(|(id, _)| id));
                let mut base = place.at(
                    Diagnostic::warning("W007", format!("规则 {rule} 的期限用不上：{names} 早就要求做完了")),
                    limit,
                );
                for (id, span) in by {
                    base = base.also(*span, id.clone());
                }
                base.help("看看是这一条的期限写长了，还是别处的先后或期限写错了")
            }
            Self::Cycle { names, steps } => {
                let rules = ids(steps.iter().map(|(id, ..)| id));
                let mut base =
                    Diagnostic::warning("W008", format!("先后成了环：{}（{rules}）", round(names)));
                for (at, (id, first, then, span)) in steps.iter().enumerate() {
                    let text = format!("{id}：{first} 在先，{then} 在后");
                    base = if at == 0 { base.at(*span, text) } else { base.also(*span, text) };
                }
                base.help("谁在先谁在后，至少有一条写反了；首次、末次说的也可能不是想说的那一次")
            }
            Self::Impossible { steps, short } => {
                let rules = ids(steps.iter().map(|(id, _)| id));
                let mut base =
                    Diagnostic::warning("W009", format!("{rules} 的时限合在一起办不到，至少差 {short} 天"));
                for (at, (id, span)) in steps.iter().enumerate() {
                    base = if at == 0 { base.at(*span, id.clone()) } else { base.also(*span, id.clone()) };
                }
                base.help("按最宽的假日算也来不及；改其中一处的日子或期限")
            }
            Self::Looser { rule, upper, how, place, above } => {
                let base = Diagnostic::warning("W010", format!("规则 {rule} 比「{upper}」宽松：{how}"));
                above
                    .also(place.at(base, how), "上级在这里")
                    .help("下级只能从严；确有依据的，在「理由」里写明，审阅时好核对")
            }
            Self::LooserParameter { name, upper, span, above } => {
                Diagnostic::warning("W010", format!("参数「{name}」比「{upper}」宽松"))
                    .at(*span, "这里的期限长了，或者不设")
                    .also(*above, "上级在这里")
                    .help("下级只能从严；确有依据的，在「理由」里写明，审阅时好核对")
            }
            Self::LooserList { list, upper, words, added, span, rule: (rule, at) } => {
                let (words, change) = (words.join("、"), if *added { "多了" } else { "少了" });
                Diagnostic::warning("W010", format!("名单「{list}」比「{upper}」宽松：{change}{words}"))
                    .at(*span, change)
                    .also(*at, format!("规则 {rule} 因此管得松了"))
                    .help("下级只能从严；确有依据的，在「理由」里写明，审阅时好核对")
            }
            Self::LeftOut { rule, upper, at, above } => {
                let base = Diagnostic::warning("W010", format!("「{upper}」的规则 {rule}，这里没有"));
                let base = match at {
                    Some(at) => base.at(*at, "这里没有它").also(*above, "上级在这里"),
                    None => base.at(*above, "上级在这里"),
                };
                base.help("上级的义务不能少；确实不适用的，写明理由")
            }
            Self::Expiring { what, name, end, over, span } => {
                let state = if *over { "已经" } else { "快要" };
                Diagnostic::warning("W011", format!("{what}「{name}」{state}到期：{end} 起不再有效"))
                    .at(*span, format!("{end} 起不再有效"))
                    .help("有新规定的，换上新的；继续有效的，改日子；要查过去的事，旧的留着")
            }
            Self::Changing { name, from, unset, span } => {
                let how = if *unset { "不再有期限" } else { "换成新的值" };
                Diagnostic::warning("W011", format!("参数「{name}」快要变了：{from} 起{how}"))
                    .at(*span, format!("{from} 起"))
                    .help("核对新的值和起始日；从那天起触发的按新的算，以前触发的仍按旧的")
            }
            Self::OwnEvidence { rule, place, second } => {
                let base = place.at(
                    Diagnostic::warning("W012", format!("规则 {rule} 要求的，正是触发它的那件事")),
                    "要求的是它",
                );
                let base = match second {
                    Some(second) => second.also(base, "有了它才适用"),
                    None => base,
                };
                base.help("没有做的，规则就不触发，查不出来；换一件先发生的事来触发")
            }
            Self::BeyondCalendar { limit, today, last, spans } => {
                let mut base = Diagnostic::warning(
                    "W013",
                    format!("从 {today} 起算 {limit}，到期的那天还没有放假安排（已有的到 {last}）"),
                );
                for (at, span) in spans.iter().enumerate() {
                    base = if at == 0 {
                        base.at(*span, "这个期限")
                    } else {
                        base.also(*span, "这个也是")
                    };
                }
                base.help("放假安排公布后，用新版本或 --calendar 加上；在那以前，到期日列为未定")
            }
            Self::IdleExemption { rule, always, place, second } => {
                let (message, text) = if *always {
                    (format!("规则 {rule} 的除外总是成立，规则等于没有"), "适用的时候，它总成立")
                } else {
                    (format!("规则 {rule} 的除外从来用不上"), "适用的时候，它不会成立")
                };
                let base = place.at(Diagnostic::warning("W014", message), text);
                let base = match second {
                    Some(second) => second.also(base, "因为这里已经说了"),
                    None => base,
                };
                base.help("删去除外，或改条件；「除外」说的是本来适用、而不用做的")
            }
            Self::ImpossibleWord { list, word, field, terms, span, rule: (rule, at) } => Diagnostic::warning(
                "W015",
                format!("名单「{list}」里的「{word}」不会出现：{field} 没有这个词"),
            )
            .at(*span, "")
            .also(*at, format!("规则 {rule} 拿 {field} 来比"))
            .help(format!("{field} 只能是：{}", terms.join("、"))),
        }
    }
}
