//! A composed rule set as text again: every rule with its template filled in and its origin noted, and the
//! parameters, lists, tables and definitions that hold. Used by `show` and `explain`.

use crate::analyze::{ComposedRule, Composition};
use crate::calendar::Unit;
use crate::source::{SourceMap, Span};
use crate::syntax::ast::{CodeTableBlock, Expr, ExprKind, ListBlock, ParameterBlock, ParameterValue, Term};

/// `rules/pingqiao/plan.rule:12`
pub(super) fn place(sources: &SourceMap, span: Span) -> String {
    format!("{}:{}", sources.file(span.file).name(), sources.position(span).line)
}

/// A rule as its author would have written it without templates; two comment lines say where it comes from.
pub(super) fn rule(sources: &SourceMap, rule: &ComposedRule) -> String {
    let block = &rule.block;
    let mut text = format!("# 来自 {} {}\n", rule.origin, place(sources, block.id.span));
    for filled in &rule.filled {
        text.push_str(&format!("# 照范本 {} {}\n", filled.template.text, template_place(sources, filled)));
    }
    for (by, reason) in &rule.amended {
        let reason = reason.as_ref().map(|reason| format!("：{reason}")).unwrap_or_default();
        text.push_str(&format!("# {by} 改过{reason}\n"));
    }
    text.push_str(&format!("规则 {} {}\n", block.id.text, block.title.text));
    for clause in &block.clauses {
        let mut line = sources.slice(clause.span).trim().to_owned();
        for filled in &rule.filled {
            if filled.places.contains(&clause.span) {
                for (hole, by) in &filled.holes {
                    line = line.replace(hole.as_str(), sources.slice(*by).trim());
                }
            }
        }
        let folded: Vec<&str> = line.lines().map(str::trim).collect();
        text.push_str(&format!("    {}\n", folded.join("\n        ")));
    }
    text
}

fn template_place(sources: &SourceMap, filled: &crate::analyze::Filled) -> String {
    filled.places.first().map(|span| place(sources, *span)).unwrap_or_default()
}

fn quoted(text: &str) -> String {
    let plain = text.chars().all(|c| c.is_alphanumeric() || c == '_');
    if plain { text.to_owned() } else { format!("“{text}”") }
}

fn term(term: &Term) -> String {
    let synonyms: Vec<String> = term.synonyms.iter().map(|name| quoted(&name.text)).collect();
    let same =
        if synonyms.is_empty() { String::new() } else { format!("（同 {}）", synonyms.join("、")) };
    format!("{}{same}", quoted(&term.name.text))
}

pub(super) fn list(sources: &SourceMap, list: &ListBlock) -> String {
    let of = list.of.as_ref().map(|of| format!("（{}）", of.text)).unwrap_or_default();
    let from = list.from.as_ref().map(|from| format!("，取自 {}", quoted(&from.text))).unwrap_or_default();
    let entries: Vec<String> = list.entries.iter().map(term).collect();
    let place = place(sources, list.name.span);
    format!("# 来自 {place}\n名单 {}{of}{from}：{}\n", quoted(&list.name.text), entries.join("、"))
}

pub(super) fn code_table(sources: &SourceMap, table: &CodeTableBlock) -> String {
    let mut text =
        format!("# 来自 {}\n代码表 {}\n", place(sources, table.name.span), quoted(&table.name.text));
    for row in &table.rows {
        let code = row.kind.code.as_ref().map(|code| format!("{} ", code.text)).unwrap_or_default();
        text.push_str(&format!("    {code}{}\n", term(&row.kind.term)));
    }
    text
}

pub(super) fn parameter(sources: &SourceMap, parameter: &ParameterBlock) -> String {
    let kind = parameter.kind.as_ref().map(|kind| format!("（{}）", kind.text)).unwrap_or_default();
    let first = match value(&parameter.first) {
        Some(value) => format!("为 {value}"),
        None => "不设".to_owned(),
    };
    let later: String = parameter
        .later
        .iter()
        .map(|(from, one)| format!("，自 {from} 起 {}", value(one).unwrap_or_else(|| "不设".to_owned())))
        .collect();
    let place = place(sources, parameter.name.span);
    format!("# 来自 {place}\n参数 {}{kind} {first}{later}\n", quoted(&parameter.name.text))
}

fn value(value: &ParameterValue) -> Option<String> {
    value.value.as_ref().map(amount)
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "a parameter's value is a quantity or a number; nothing else is analyzed"
)]
fn amount(expr: &Expr) -> String {
    match expr.kind.as_ref() {
        ExprKind::Quantity { count, unit } => match unit {
            Unit::Workday => format!("{count} 个工作日"),
            Unit::Day => format!("{count} 日"),
            Unit::Month => format!("{count} 个月"),
            Unit::Year => format!("{count} 年"),
        },
        ExprKind::Number(digits) => digits.clone(),
        _ => String::new(),
    }
}

/// Parameters, lists, tables and definitions whose names occur in a text, also through definitions:
/// (name, text), in order of the composed rules.
pub(super) fn used(sources: &SourceMap, composition: &Composition, text: &str) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = Vec::new();
    all.extend(composition.parameters.iter().map(|p| (p.name.text.clone(), parameter(sources, p))));
    all.extend(composition.lists.iter().map(|l| (l.name.text.clone(), list(sources, l))));
    all.extend(composition.tables.iter().map(|t| (t.name.text.clone(), code_table(sources, t))));
    all.extend(composition.definitions.iter().map(|d| (d.name.text.clone(), definition(sources, d))));
    let mut seen = vec![false; all.len()];
    let mut texts = vec![text.to_owned()];
    while let Some(text) = texts.pop() {
        for ((name, body), seen) in all.iter().zip(&mut seen) {
            if !*seen && text.contains(name.as_str()) {
                *seen = true;
                texts.push(body.clone());
            }
        }
    }
    all.into_iter().zip(seen).filter(|(_, seen)| *seen).map(|(one, _)| one).collect()
}

pub(super) fn definition(sources: &SourceMap, definition: &crate::syntax::ast::DefinitionBlock) -> String {
    let parameters: Vec<String> = definition
        .parameters
        .iter()
        .map(|parameter| match &parameter.kind {
            Some(kind) => format!("{}：{}", parameter.name.text, kind.text),
            None => parameter.name.text.clone(),
        })
        .collect();
    let parameters =
        if parameters.is_empty() { String::new() } else { format!("（{}）", parameters.join("，")) };
    let body: Vec<&str> = sources.slice(definition.body.span).lines().map(str::trim).collect();
    let place = place(sources, definition.name.span);
    format!(
        "# 来自 {place}\n定义 {}{parameters}：\n    {}\n",
        quoted(&definition.name.text),
        body.join("\n    ")
    )
}
