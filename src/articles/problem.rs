//! Every mistake in `articles.yaml`, and its wording. Codes A001 to A007.

use super::number;
use crate::diagnostic::Diagnostic;
use crate::source::Span;

/// A mistake in the list of articles, with its places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    Unreadable { detail: String, span: Span },
    UnknownRule { rule: String, span: Span, near: Option<String> },
    Unlisted { rule: String, title: String, span: Span, list: Span },
    Unsettled { article: String, span: Span },
    Repeated { article: String, span: Span, first: Span },
    OtherPolicy { written: String, wanted: String, span: Span },
    Gap { missing: Vec<u32>, span: Span },
}

impl Problem {
    /// Code, sentence, places and help.
    pub fn diagnostic(&self) -> Diagnostic {
        match self {
            Self::Unreadable { detail, span } => Diagnostic::error("A001", format!("条文表读不懂：{detail}"))
                .at(*span, "")
                .help("每条写作：- { article: 第九条, gist: 要点, rules: [编号] }，没有规则的把 rules 换成 reason: 理由"),
            Self::UnknownRule { rule, span, near } => {
                let found = Diagnostic::error("A002", format!("没有编号「{rule}」的规则")).at(*span, "");
                match near {
                    Some(near) => found.help(format!("你是不是要写「{near}」")),
                    None => found.help("编号要和规则文件里「规则」后面的一样"),
                }
            }
            Self::Unlisted { rule, title, span, list } => {
                Diagnostic::error("A003", format!("规则「{rule} {title}」没有写进任何一条"))
                    .at(*span, "这条规则")
                    .also(*list, "条文表")
                    .help(format!("在条文表里找到它的依据，把 {rule} 加进那一条的 rules"))
            }
            Self::Unsettled { article, span } => {
                Diagnostic::error("A004", format!("「{article}」没有规则，也没有说为什么不入规则"))
                    .at(*span, "")
                    .help("写上 rules: [编号]，或者 reason: 理由")
            }
            Self::Repeated { article, span, first } => {
                Diagnostic::error("A005", format!("「{article}」写了两次"))
                    .at(*span, "又写了一次")
                    .also(*first, "先写在这里")
                    .help("合成一条")
            }
            Self::OtherPolicy { written, wanted, span } => {
                Diagnostic::error("A006", format!("这是「{written}」的条文表，规则集是「{wanted}」"))
                    .at(*span, "")
                    .help(format!("用「{wanted}」自己的条文表；是名字写错了就改成 policy: {wanted}"))
            }
            Self::Gap { missing, span } => {
                let names: Vec<String> = missing.iter().map(|one| number::name(*one)).collect();
                Diagnostic::error("A007", format!("条文表里缺{}", names.join("、")))
                    .at(*span, "前面缺")
                    .help("规定的每一条都要列出；没有要检查的事的，写 reason: 理由")
            }
        }
    }
}
