//! A written value → [`Datum`], by what the vocabulary says the field holds.
//! Texts stay as they are; numbers are exact decimals; enumeration words become their canonical name.

use std::borrow::Cow;

use chrono::Datelike as _;
use rust_decimal::Decimal;

use super::node::{Node, Place, Shape};
use super::problem::{ATTRIBUTE_YEARS, Mistake};
use super::time;
use crate::diagnostic::nearest;
use crate::history::Datum;
use crate::vocabulary::{Field, FieldId, FieldKind, Term, Vocabulary};

/// How much a format leaves to the declared type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// JSONL: a text is a text, a number a number.
    Json,
    /// YAML: unquoted scalars are read by the declared type.
    Yaml,
    /// OCEL: texts too, and a date may carry a time of day.
    Ocel,
}

/// Lists within lists deeper than this are reported as too deep rather than as a wrong type.
const DEEP: usize = 8;

/// A mistake about a part of the value.
pub(super) type Slip = (Place, Mistake);

/// Reads the value of a field; adds its data to `out`. `true` if there is at least one value.
pub(super) fn read<'a>(
    vocabulary: &'a Vocabulary,
    field: &'a Field,
    id: FieldId,
    node: Node<'a>,
    dialect: Dialect,
    out: &mut Vec<(FieldId, Datum<'a>)>,
    slips: &mut Vec<Slip>,
) -> bool {
    match node.shape {
        Shape::Null => {
            out.push((id, Datum::Nothing));
            false
        }
        Shape::Plain(ref word) if is_null(word) => {
            out.push((id, Datum::Nothing));
            false
        }
        Shape::List(items) => {
            if items.is_empty() {
                out.push((id, Datum::Nothing));
                return false;
            }
            if !field.many {
                let mistake = Mistake::SeveralValues { field: field.name.clone(), count: items.len() };
                slips.push((node.place, mistake));
                return true;
            }
            for item in items {
                one(vocabulary, field, id, item, dialect, out, slips);
            }
            true
        }
        Shape::Bool(_)
        | Shape::Number(_)
        | Shape::Text(_)
        | Shape::Plain(_)
        | Shape::Map(_)
        | Shape::TooDeep => {
            one(vocabulary, field, id, node, dialect, out, slips);
            true
        }
    }
}

fn one<'a>(
    vocabulary: &'a Vocabulary,
    field: &'a Field,
    id: FieldId,
    node: Node<'a>,
    dialect: Dialect,
    out: &mut Vec<(FieldId, Datum<'a>)>,
    slips: &mut Vec<Slip>,
) {
    let place = node.place.clone();
    match datum(vocabulary, field, node, dialect) {
        Ok(datum) => out.push((id, datum)),
        Err(mistake) => slips.push((place, mistake)),
    }
}

fn datum<'a>(
    vocabulary: &'a Vocabulary,
    field: &'a Field,
    node: Node<'a>,
    dialect: Dialect,
) -> Result<Datum<'a>, Mistake> {
    if matches!(node.shape, Shape::TooDeep) || depth(&node) > DEEP {
        return Err(Mistake::TooDeep);
    }
    let loose = dialect == Dialect::Ocel;
    match &field.kind {
        FieldKind::Text => {
            node.shape.into_word().map(Datum::Text).map_err(|shape| wrong(vocabulary, field, &shape))
        }
        FieldKind::Entity(_) => {
            node.shape.into_word().map(Datum::Reference).map_err(|shape| wrong(vocabulary, field, &shape))
        }
        FieldKind::Number => {
            let literal = if let Shape::Number(literal) = node.shape { Some(literal) } else { None };
            let number = literal.or_else(|| node.shape.open_word(loose)).and_then(number);
            number.map(Datum::Number).ok_or_else(|| wrong(vocabulary, field, &node.shape))
        }
        FieldKind::Bool => {
            let value = if let Shape::Bool(value) = node.shape { Some(value) } else { None };
            let value = value.or_else(|| node.shape.open_word(loose).and_then(boolean));
            value.map(Datum::Bool).ok_or_else(|| wrong(vocabulary, field, &node.shape))
        }
        FieldKind::Date => {
            let written = node.shape.word().ok_or_else(|| wrong(vocabulary, field, &node.shape))?;
            date(field, written, loose)
        }
        FieldKind::Enum(terms) => match node.shape.word() {
            Some(word) => match term(terms, word) {
                Some(name) => Ok(Datum::Text(Cow::Borrowed(name))),
                None => Err(Mistake::NotInEnum {
                    field: field.name.clone(),
                    word: word.to_owned(),
                    near: near_term(terms, word),
                    terms: terms.iter().map(|term| term.name.clone()).collect(),
                }),
            },
            None => Err(wrong(vocabulary, field, &node.shape)),
        },
    }
}

fn date<'a>(field: &Field, written: &str, loose: bool) -> Result<Datum<'a>, Mistake> {
    let (key, written) = (field.name.clone(), written.to_owned());
    let date = match time::date(&written) {
        Err(_) if loose => time::moment(&written).map(|moment| moment.date),
        result => result,
    };
    match date {
        Ok(date) if ATTRIBUTE_YEARS.contains(&date.year()) => Ok(Datum::Date(date)),
        Ok(_) => Err(Mistake::OutOfRange { key, written, years: ATTRIBUTE_YEARS }),
        Err(slip) => Err(Mistake::BadTime { key, written, slip }),
    }
}

/// An exact decimal; `None` if it is not a plain number or does not fit 28 digits.
pub(super) fn number(literal: &str) -> Option<Decimal> {
    let body = literal.strip_prefix(['-', '+']).unwrap_or(literal);
    if !body.starts_with(|c: char| c.is_ascii_digit()) || !literal.ends_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    if body.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        Decimal::from_str_exact(literal).ok()
    } else if body.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-')) {
        Decimal::from_scientific(literal).ok()
    } else {
        None
    }
}

pub(super) fn boolean(word: &str) -> Option<bool> {
    match word {
        "是" | "true" | "True" | "TRUE" => Some(true),
        "否" | "false" | "False" | "FALSE" => Some(false),
        _ => None,
    }
}

pub(super) fn is_null(word: &str) -> bool {
    matches!(word, "" | "~" | "null" | "Null" | "NULL")
}

/// The canonical name of a word of an enumeration: the name itself, a synonym, either with other brackets.
fn term<'t>(terms: &'t [Term], word: &str) -> Option<&'t str> {
    let named = |same: &dyn Fn(&str) -> bool| {
        terms.iter().find(|term| same(&term.name) || term.synonyms.iter().any(|other| same(other)))
    };
    let exact = named(&|known| known == word);
    let found = exact.or_else(|| {
        let has_bracket = |text: &str| text.contains(['(', ')', '（', '）']);
        if !has_bracket(word) {
            return None;
        }
        let plain = half_width_brackets(word);
        named(&|known| has_bracket(known) && half_width_brackets(known) == plain)
    });
    found.map(|term| term.name.as_str())
}

fn half_width_brackets(text: &str) -> String {
    text.replace('（', "(").replace('）', ")")
}

fn near_term(terms: &[Term], word: &str) -> Option<String> {
    let known = terms.iter().flat_map(|term| std::iter::once(&term.name).chain(&term.synonyms));
    nearest(word.trim(), known.clone().map(String::as_str))
        .or_else(|| known.map(String::as_str).find(|known| *known == word.trim()))
        .map(str::to_owned)
}

fn depth(node: &Node<'_>) -> usize {
    match &node.shape {
        Shape::List(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Shape::Map(map) => 1 + map.iter().map(|entry| depth(&entry.value)).max().unwrap_or(0),
        Shape::TooDeep => DEEP + 1,
        Shape::Null | Shape::Bool(_) | Shape::Number(_) | Shape::Text(_) | Shape::Plain(_) => 0,
    }
}

fn wrong(vocabulary: &Vocabulary, field: &Field, shape: &Shape<'_>) -> Mistake {
    let (wanted, fix) = match &field.kind {
        FieldKind::Text => ("文本".to_owned(), shape.written().map(|written| format!("\"{written}\""))),
        FieldKind::Number => ("数".to_owned(), shape.written().and_then(|written| fix_number(&written))),
        FieldKind::Bool => (
            "布尔（true 或 false）".to_owned(),
            shape.written().and_then(|written| boolean(written.trim())).map(|value| value.to_string()),
        ),
        FieldKind::Date => ("日期（如 2025-05-06）".to_owned(), None),
        FieldKind::Enum(terms) => (
            format!(
                "下列之一：{}",
                terms.iter().map(|term| term.name.as_str()).collect::<Vec<_>>().join("、")
            ),
            None,
        ),
        FieldKind::Entity(target) => (format!("{}的编号", vocabulary.entity(*target).name), None),
    };
    Mistake::WrongType { field: field.name.clone(), wanted, found: shape.described(), fix }
}

/// `"120"`, `１２０`, `30%`, `1,200` → how to write the number.
fn fix_number(written: &str) -> Option<String> {
    let plain: String = written
        .trim()
        .chars()
        .filter(|c| !matches!(c, ',' | '，'))
        .map(|c| match c {
            '０'..='９' => char::from_u32(u32::from(c) - u32::from('０') + u32::from('0')).unwrap_or(c),
            '．' => '.',
            '％' => '%',
            _ => c,
        })
        .collect();
    let value = match plain.strip_suffix('%') {
        Some(percent) => number(percent)?.checked_div(Decimal::ONE_HUNDRED)?,
        None => number(&plain)?,
    };
    Some(value.normalize().to_string())
}

impl Shape<'_> {
    /// A scalar as it would be written again, without quotes.
    fn written(&self) -> Option<String> {
        if let Self::Bool(value) = self { Some(value.to_string()) } else { self.word().map(str::to_owned) }
    }

    /// For a sentence: 文本「…」, 数「…」, 一个数组 …
    pub(super) fn described(&self) -> String {
        match self {
            Self::Null => "空（null）".to_owned(),
            Self::Bool(value) => format!("布尔「{value}」"),
            Self::Number(literal) => format!("数「{literal}」"),
            Self::Text(text) => format!("文本「{}」", text.chars().take(40).collect::<String>()),
            Self::Plain(text) => format!("「{}」", text.chars().take(40).collect::<String>()),
            Self::List(_) => "一个数组".to_owned(),
            Self::Map(_) | Self::TooDeep => "一层嵌套的键值".to_owned(),
        }
    }
}
