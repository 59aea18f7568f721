//! Parameters, name lists and code tables → policy data.
//! Checks units, order of dated segments, repeated words, and that a list taken from a table exists there.

use std::collections::BTreeMap;

use super::composition::Composition;
use super::problem::{Problem, Wanted};
use crate::calendar::TimeLimit;
use crate::diagnostic::nearest;
use crate::policy::{Entry, NameList, Parameter, ParameterKind, ParameterValue};
use crate::source::Span;
use crate::syntax::ast::{CodeTableBlock, Expr, ExprKind, ListBlock, ParameterBlock, Term};
use crate::vocabulary::Vocabulary;

/// All parameters, in order of the text.
pub(super) fn parameters(composition: &Composition, problems: &mut Vec<Problem>) -> Vec<Parameter> {
    composition.parameters.iter().map(|block| parameter(block, problems)).collect()
}

fn parameter(block: &ParameterBlock, problems: &mut Vec<Problem>) -> Parameter {
    let number = match block.kind.as_ref().map(|kind| kind.text.as_str()) {
        Some("次数") => true,
        Some("期限") => false,
        Some(other) => {
            let span = block.kind.as_ref().map_or(block.name.span, |kind| kind.span);
            problems.push(Problem::WrongType {
                wanted: "「期限」或「次数」",
                found: format!("「{other}」"),
                span,
            });
            false
        }
        None => false,
    };
    let kind = if number { ParameterKind::Number } else { ParameterKind::Limit };
    let mut read = |value: &crate::syntax::ast::ParameterValue| {
        let expr = value.value.as_ref()?;
        match (kind, expr.kind.as_ref()) {
            (ParameterKind::Limit, ExprKind::Quantity { count, unit }) => {
                Some(ParameterValue::Limit(TimeLimit::new(*count, *unit)))
            }
            (ParameterKind::Number, ExprKind::Number(digits)) => match digits.parse() {
                Ok(number) => Some(ParameterValue::Number(number)),
                Err(_) => {
                    problems
                        .push(Problem::NumberWanted { found: format!("「{digits}」"), span: expr.span });
                    None
                }
            },
            // 没有单位的数，语法已经报过。
            (ParameterKind::Limit, ExprKind::Number(_)) => None,
            (ParameterKind::Limit, _) => {
                problems.push(Problem::LimitWanted { found: in_words(expr), span: expr.span });
                None
            }
            (ParameterKind::Number, _) => {
                problems.push(Problem::NumberWanted { found: in_words(expr), span: expr.span });
                None
            }
        }
    };
    let mut dated = vec![(None, read(&block.first))];
    dated.extend(block.later.iter().map(|(from, value)| (Some(*from), read(value))));
    for pair in block.later.windows(2) {
        if let [(earlier, _), (later, value)] = pair
            && later <= earlier
        {
            problems.push(Problem::DatesOutOfOrder { name: block.name.text.clone(), span: value.span });
        }
    }
    Parameter { name: block.name.text.clone(), kind, values: dated, span: block.name.span }
}

/// What was written where a limit or a number belongs, for messages.
pub(super) fn in_words(expr: &Expr) -> String {
    match expr.kind.as_ref() {
        ExprKind::Quantity { .. } => "期限".to_owned(),
        ExprKind::Number(digits) => format!("数「{digits}」"),
        ExprKind::Name(name) => format!("「{}」", name.text),
        ExprKind::Text(text) => format!("一段文字“{text}”"),
        ExprKind::Date(_) | ExprKind::MonthDay { .. } => "日期".to_owned(),
        ExprKind::Pattern { .. }
        | ExprKind::Field(..)
        | ExprKind::Of(..)
        | ExprKind::Measure(..)
        | ExprKind::Compare { .. }
        | ExprKind::Has { .. }
        | ExprKind::Not(_)
        | ExprKind::And(_)
        | ExprKind::Or(_)
        | ExprKind::Binary { .. }
        | ExprKind::Every { .. }
        | ExprKind::OrElse(_) => "一句话".to_owned(),
    }
}

/// Lists first, then code tables: both are lists of words to the rest of the program.
pub(super) fn lists(
    composition: &Composition,
    vocabulary: &Vocabulary,
    problems: &mut Vec<Problem>,
) -> Vec<NameList> {
    let tables: Vec<NameList> = composition.tables.iter().map(|table| code_table(table, problems)).collect();
    let mut lists: Vec<NameList> =
        composition.lists.iter().map(|block| list(block, &tables, vocabulary, problems)).collect();
    lists.extend(tables);
    lists
}

fn entry(term: &Term) -> Entry {
    let words = std::iter::once(&term.name).chain(&term.synonyms).map(|name| name.text.clone()).collect();
    Entry { name: term.name.text.clone(), words, span: term.name.span }
}

fn code_table(block: &CodeTableBlock, problems: &mut Vec<Problem>) -> NameList {
    let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
    let mut entries = Vec::new();
    for row in &block.rows {
        let row = &row.kind;
        let words = row.code.iter().chain(std::iter::once(&row.term.name)).chain(&row.term.synonyms);
        for word in words {
            if let Some(first) = seen.insert(&word.text, word.span) {
                problems.push(Problem::RowRepeated { word: word.text.clone(), span: word.span, first });
            }
        }
        let mut entry = entry(&row.term);
        entry.words.extend(row.code.iter().map(|code| code.text.clone()));
        entries.push(entry);
    }
    NameList { name: block.name.text.clone(), of: None, entries, span: block.name.span }
}

fn list(
    block: &ListBlock,
    tables: &[NameList],
    vocabulary: &Vocabulary,
    problems: &mut Vec<Problem>,
) -> NameList {
    let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
    for word in block.entries.iter().flat_map(|term| std::iter::once(&term.name).chain(&term.synonyms)) {
        if let Some(first) = seen.insert(&word.text, word.span) {
            problems.push(Problem::RowRepeated { word: word.text.clone(), span: word.span, first });
        }
    }
    let of = block.of.as_ref().and_then(|name| {
        let found = vocabulary.entity_by_name(&name.text);
        if found.is_none() {
            problems.push(Problem::Unknown {
                wanted: Wanted::Entity,
                name: name.text.clone(),
                span: name.span,
                near: nearest(&name.text, vocabulary.entities().map(|(_, e)| e.name.as_str()))
                    .map(str::to_owned),
            });
        }
        found
    });
    let entries = match &block.from {
        None => block.entries.iter().map(entry).collect(),
        Some(name) => match tables.iter().find(|table| table.name == name.text) {
            None => {
                problems.push(Problem::Unknown {
                    wanted: Wanted::CodeTable,
                    name: name.text.clone(),
                    span: name.span,
                    near: nearest(&name.text, tables.iter().map(|t| t.name.as_str())).map(str::to_owned),
                });
                Vec::new()
            }
            Some(table) => {
                block.entries.iter().filter_map(|term| from_table(table, term, problems)).collect()
            }
        },
    };
    NameList { name: block.name.text.clone(), of, entries, span: block.name.span }
}

fn from_table(table: &NameList, term: &Term, problems: &mut Vec<Problem>) -> Option<Entry> {
    let word = &term.name.text;
    let found = table.entries.iter().find(|entry| entry.words.contains(word));
    if found.is_none() {
        let known = table.entries.iter().flat_map(|entry| entry.words.iter().map(String::as_str));
        problems.push(Problem::NotInTable {
            table: table.name.clone(),
            word: word.clone(),
            span: term.name.span,
            near: nearest(word, known).map(str::to_owned),
        });
    }
    found.map(|entry| Entry { span: term.name.span, ..entry.clone() })
}
