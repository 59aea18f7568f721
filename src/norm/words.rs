//! Terms in words, close to how a rule would say them. For people: what cannot be mistaken is left out.
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a term has thirty heads; each walk is about a few of them"
)]

use std::fmt;

use super::{CountRule, CountWindow, Head, Term};
use crate::policy::{CompareOp, Function, NumberOp, SetOp};

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&words(self))
    }
}

fn part(term: &Term, at: usize) -> String {
    term.parts.get(at).map(words).unwrap_or_default()
}

fn joined(term: &Term, by: &str) -> String {
    let inside = |part: &Term| match part.head {
        Head::And | Head::Or => format!("（{}）", words(part)),
        _ => words(part),
    };
    term.parts.iter().map(inside).collect::<Vec<_>>().join(by)
}

fn binary(term: &Term, word: &str) -> String {
    let left = part(term, 0);
    let left = if left.is_empty() { String::new() } else { format!("{left} ") };
    format!("{left}{word} {}", part(term, 1))
}

/// Owner of a query when it is not simply a subject column.
fn owner(query: &Term) -> String {
    let anchors = query.parts.iter().filter(|part| matches!(part.head, Head::Anchor(_)));
    let keys = anchors
        .filter_map(Term::first)
        .filter(|key| !matches!(key.head, Head::Variable(_) | Head::Element(_)));
    let mut words: Vec<String> = keys.map(words).collect();
    words.dedup();
    if words.is_empty() { String::new() } else { format!("{} 的 ", words.join("、")) }
}

/// `owner 的 pick kind（filter）`.
fn query(term: &Term, pick: &str) -> String {
    let Head::Query { kind, .. } = &term.head else { return words(term) };
    let filter = term.filter().map(|filter| format!("（{}）", words(filter))).unwrap_or_default();
    format!("{}{pick}{kind}{filter}", owner(term))
}

fn words(term: &Term) -> String {
    match &term.head {
        Head::Bool(true) => "是".to_owned(),
        Head::Bool(false) => "否".to_owned(),
        Head::Number(number) => number.to_string(),
        Head::Text(text) => text.clone(),
        Head::Date(date) => date.to_string(),
        Head::Variable(name) => name.clone(),
        Head::Element(_) => String::new(),
        Head::Today => "当日".to_owned(),
        Head::All(kind) => format!("每个 {kind}"),
        Head::Years => "每个 年度".to_owned(),
        Head::Entries { list, .. } => format!("每个 {list}"),
        Head::Field { name, .. } => match term.first() {
            Some(owner) if matches!(owner.head, Head::Variable(_) | Head::Field { .. }) => {
                let owner = words(owner);
                if owner.is_empty() { name.clone() } else { format!("{owner}.{name}") }
            }
            Some(owner) => {
                let owner = words(owner);
                if owner.is_empty() { name.clone() } else { format!("{owner} 的 {name}") }
            }
            None => name.clone(),
        },
        Head::Query { .. } => query(term, ""),
        Head::Anchor(_) => part(term, 0),
        Head::First => term.first().map(|of| query(of, "首次 ")).unwrap_or_default(),
        Head::Last => term.first().map(|of| query(of, "末次 ")).unwrap_or_default(),
        Head::Earliest => format!("{} 的 最早事件", part(term, 0)),
        Head::Moment | Head::Day => match part(term, 0) {
            empty if empty.is_empty() => "当时".to_owned(),
            of => of,
        },
        Head::Year => format!("{} 的年度", part(term, 0)),
        Head::MonthDay { month, day: Some(day) } => format!("{} {month} 月 {day} 日", part(term, 0)),
        Head::MonthDay { month, day: None } => format!("{} {month} 月最后一日", part(term, 0)),
        Head::Size => format!("{} 的个数", part(term, 0)),
        Head::Dates => format!("{} 的日期", part(term, 0)),
        Head::Arithmetic(op) => binary(
            term,
            match op {
                NumberOp::Add => "＋",
                NumberOp::Subtract => "－",
                NumberOp::Multiply => "×",
                NumberOp::Divide => "÷",
            },
        ),
        Head::Set(op) => binary(
            term,
            match op {
                SetOp::Union => "与",
                SetOp::Difference => "除去",
            },
        ),
        Head::OrElse => joined(term, "；没有则 "),
        Head::Compare(op) => binary(term, op.word()),
        Head::In => binary(term, "属于"),
        Head::Listed { list, .. } => {
            let of = part(term, 0);
            if of.is_empty() { format!("属于「{list}」") } else { format!("{of} 属于「{list}」") }
        }
        Head::Contains => binary(term, "含"),
        Head::SetEqual => binary(term, "恰为"),
        Head::Present => match term.first() {
            Some(of) if matches!(of.head, Head::Query { event: true, .. } | Head::First | Head::Last) => {
                words(of)
            }
            Some(of) => format!("有 {}", words(of)),
            None => String::new(),
        },
        Head::Not => match term.first() {
            Some(of) if of.head == Head::Present => {
                format!("没有 {}", of.first().map(words).unwrap_or_default())
            }
            Some(Term { head: Head::Compare(CompareOp::Equal), parts }) => {
                binary(&Term { head: Head::Compare(CompareOp::NotEqual), parts: parts.clone() }, "不为")
            }
            Some(Term { head: Head::Listed { list, .. }, parts }) => {
                format!("{} 不属于「{list}」", parts.first().map(words).unwrap_or_default())
            }
            Some(of) => format!("并非（{}）", words(of)),
            None => String::new(),
        },
        Head::And => joined(term, " 且 "),
        Head::Or => joined(term, " 或者 "),
        Head::Every => format!("凡 {} 都（{}）", part(term, 0), part(term, 1)),
        Head::Function(Function::Abs) => format!("绝对值（{}）", part(term, 0)),
        Head::Function(Function::CreditCodeValid) => format!("信用代码有效（{}）", part(term, 0)),
    }
}

impl CountRule {
    /// 不少于, 不超过 …
    pub fn word(&self) -> &'static str {
        match self.op {
            CompareOp::Equal => "恰为",
            other => other.word(),
        }
    }
}

impl fmt::Display for CountWindow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Year => f.write_str("按年度"),
            Self::Sliding(limit) => write!(f, "任意 {limit} 内"),
            Self::Whole => f.write_str("不分时间"),
        }
    }
}

impl Term {
    /// A query with what it belongs to said even where words leave it out: `检查 的 实施检查`.
    pub fn with_owner(&self) -> String {
        let anchors = self.parts.iter().filter(|part| matches!(part.head, Head::Anchor(_)));
        let keys: Vec<String> =
            anchors.filter_map(Self::first).map(words).filter(|key| !key.is_empty()).collect();
        let bare = words(&Self {
            head: match &self.head {
                Head::Query { kind, event, .. } => {
                    Head::Query { kind: kind.clone(), event: *event, anchors: 0 }
                }
                other => other.clone(),
            },
            parts: self.filter().into_iter().cloned().collect(),
        });
        if keys.is_empty() { bare } else { format!("{} 的 {bare}", keys.join("、")) }
    }

    /// Names that words leave out: whose fields, and by which relations events are tied to what.
    pub fn spelled_out(&self) -> String {
        let mut names: Vec<String> = Vec::new();
        self.walk(&mut |term| match &term.head {
            Head::Field { holder, name } => names.push(format!("{holder}.{name}")),
            Head::Anchor(path) => names.extend(path.iter().map(|(holder, name)| format!("{holder}.{name}"))),
            _ => {}
        });
        names.dedup();
        names.join("、")
    }
}
