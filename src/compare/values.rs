//! Values a field may take in a made-up history, and whether a simple condition holds of one.
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a term has thirty heads; each walk is about a few of them"
)]

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::norm::{Entry, Head, Term};
use crate::policy::{CompareOp, Function};

/// A value of a field, or when an event happened.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Absent,
    Bool(bool),
    Number(Decimal),
    Text(String),
    Date(NaiveDate),
    /// Numbers of entities of the relation's type, from 1.
    Entities(Vec<usize>),
    /// How many copies of the counted thing there are.
    Copies(u32),
}

/// A code with a right check character, and one with a wrong one (GB 32100-2015).
pub(super) const CREDIT_CODES: [&str; 2] = ["91410000000000000J", "91410000000000000K"];

/// Whether an atomic condition on one field holds when the field has this value; `None` = cannot tell.
pub(super) fn fits(atom: &Term, value: &Value, day: NaiveDate) -> Option<bool> {
    match &atom.head {
        Head::Field { .. } => match value {
            Value::Bool(value) => Some(*value),
            _ => None,
        },
        Head::Not => fits(atom.first()?, value, day).map(|holds| !holds),
        Head::Present => Some(*value != Value::Absent && *value != Value::Entities(Vec::new())),
        Head::Listed { entries, .. } => match value {
            Value::Text(text) => Some(entries.iter().any(|entry| entry.words.contains(text))),
            _ => None,
        },
        Head::Contains => match (value, &atom.parts.get(1)?.head) {
            (Value::Text(text), Head::Text(part)) => Some(text.contains(part.as_str())),
            _ => None,
        },
        Head::Function(Function::CreditCodeValid) => match value {
            Value::Text(text) => Some(CREDIT_CODES.first() == Some(&text.as_str())),
            _ => None,
        },
        Head::Compare(op) => {
            let right = &atom.parts.get(1)?.head;
            match (value, right) {
                (Value::Bool(a), Head::Bool(b)) => equal(*op, a == b),
                (Value::Text(a), Head::Text(b)) => equal(*op, a == b),
                (Value::Number(a), Head::Number(b)) => Some(op.holds(a.cmp(b))),
                (Value::Entities(a), Head::Number(b)) => Some(op.holds(Decimal::from(a.len()).cmp(b))),
                (Value::Date(a), Head::Date(b)) => Some(op.holds(a.cmp(b))),
                (Value::Date(a), _) => Some(op.holds(a.cmp(&day))),
                _ => None,
            }
        }
        _ => None,
    }
}

fn equal(op: CompareOp, same: bool) -> Option<bool> {
    match op {
        CompareOp::Equal => Some(same),
        CompareOp::NotEqual => Some(!same),
        CompareOp::Greater
        | CompareOp::AtLeast
        | CompareOp::Less
        | CompareOp::AtMost
        | CompareOp::Before
        | CompareOp::After => None,
    }
}

/// The field an atomic condition is about: of `x.f`, `x.f 为 …`, `x.f 属于 …`, `x.f 的个数 …`.
pub(super) fn field_of(atom: &Term) -> Option<(&str, &str)> {
    match &atom.head {
        Head::Field { holder, name } => Some((holder, name)),
        Head::Not
        | Head::Present
        | Head::Listed { .. }
        | Head::Contains
        | Head::Compare(_)
        | Head::Size
        | Head::In
        | Head::SetEqual
        | Head::Function(_) => field_of(atom.first()?),
        _ => None,
    }
}

/// Values that conditions mention for a field, with their neighbours: the interesting ones.
pub(super) fn mentioned(terms: &[&Term], holder: &str, name: &str) -> Vec<Value> {
    let mut found: Vec<Value> = Vec::new();
    let mut lists: Vec<Vec<Vec<String>>> = Vec::new();
    for term in terms {
        term.walk(&mut |term| {
            if !matches!(field_of(term), Some(of) if of == (holder, name)) {
                return;
            }
            let mut put = |value: Value| {
                if !found.contains(&value) {
                    found.push(value);
                }
            };
            match &term.head {
                Head::Compare(_) | Head::Contains => match term.parts.get(1).map(|right| &right.head) {
                    Some(Head::Text(text)) => put(Value::Text(text.clone())),
                    Some(Head::Bool(value)) => put(Value::Bool(*value)),
                    Some(Head::Date(date)) => {
                        [Some(*date), date.pred_opt(), date.succ_opt()]
                            .into_iter()
                            .flatten()
                            .for_each(|date| put(Value::Date(date)));
                    }
                    Some(Head::Number(number))
                        if matches!(term.first().map(|l| &l.head), Some(Head::Size)) =>
                    {
                        let bound = usize::try_from(*number).unwrap_or(0).min(6);
                        for count in bound.saturating_sub(1)..=bound + 1 {
                            put(Value::Entities((1..=count).collect()));
                        }
                    }
                    Some(Head::Number(number)) => {
                        [*number, *number - Decimal::ONE, *number + Decimal::ONE]
                            .into_iter()
                            .for_each(|n| put(Value::Number(n)));
                    }
                    Some(_) | None => {}
                },
                Head::Listed { entries, .. } => {
                    lists.push(entries.iter().map(named).collect());
                }
                Head::Function(Function::CreditCodeValid) => {
                    CREDIT_CODES.iter().for_each(|code| put(Value::Text((*code).to_owned())));
                }
                _ => {}
            }
        });
    }
    let words = list_words(&lists);
    words.into_iter().map(Value::Text).chain(found).fold(Vec::new(), |mut all, value| {
        if !all.contains(&value) {
            all.push(value);
        }
        all
    })
}

/// All words of an entry, the one shown first.
pub(super) fn named(entry: &Entry) -> Vec<String> {
    let others = entry.words.iter().filter(|word| **word != entry.name);
    std::iter::once(&entry.name).chain(others).cloned().collect()
}

/// Words of lists: one that is in all first, then those not in every list, some of each list; the word
/// shown of an entry before its other spellings.
pub(super) fn list_words(lists: &[Vec<Vec<String>>]) -> Vec<String> {
    const OF_EACH: usize = 4;
    let everywhere = |word: &String| lists.iter().all(|list| list.iter().any(|words| words.contains(word)));
    let mut shared: Option<String> = None;
    let mut apart: Vec<String> = Vec::new();
    for list in lists {
        let firsts = list.iter().filter_map(|words| words.first());
        let others = list.iter().flat_map(|words| words.iter().skip(1));
        let mut own = 0;
        for word in firsts.chain(others) {
            if everywhere(word) {
                shared.get_or_insert_with(|| word.clone());
            } else if !apart.contains(word) && own < OF_EACH {
                apart.push(word.clone());
                own += 1;
            }
        }
    }
    shared.into_iter().chain(apart).collect()
}
