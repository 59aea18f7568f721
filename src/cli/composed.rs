//! A composed rule set as text again: every rule with its template filled in and its origin noted, and the
//! parameters, lists, tables and definitions that hold. Used by `show` and `explain`.

use chrono::NaiveDate;

use crate::analyze::{Amended, ComposedRule, Composition};
use crate::calendar::Unit;
use crate::source::{SourceMap, Span};
use crate::syntax::ast::{
    CodeTableBlock, DefinitionBlock, Expr, ExprKind, ListBlock, Name, ParameterBlock, ParameterValue,
    RuleClause, Term,
};

/// `rules/pingqiao/plan.rule:12`
pub(super) fn place(sources: &SourceMap, span: Span) -> String {
    format!("{}:{}", sources.file(span.file).name(), sources.position(span).line)
}

/// A rule as its author would have written it without templates; two comment lines say where it comes from.
pub(super) fn rule(sources: &SourceMap, composition: &Composition, rule: &ComposedRule) -> String {
    let block = &rule.block;
    let mut text = format!("# 来自 {} {}\n", rule.origin, place(sources, block.id.span));
    for filled in &rule.filled {
        text.push_str(&format!("# 照范本 {} {}\n", filled.template.text, template_place(sources, filled)));
    }
    text.push_str(&amended(sources, &rule.amended));
    text.push_str(&version(composition, rule));
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

/// `# 本地 改过 local.rule:12：理由`, a line for each.
fn amended(sources: &SourceMap, all: &[Amended]) -> String {
    let lines = all.iter().map(|one| {
        let reason = one.reason.as_ref().map(|reason| format!("：{reason}")).unwrap_or_default();
        format!("# {} 改过 {}{reason}\n", one.by, place(sources, one.span))
    });
    lines.collect()
}

/// Where a part that is not a rule was first written, and who amended it.
fn notes(sources: &SourceMap, composition: &Composition, what: &'static str, name: &Name) -> String {
    let key = (what, name.text.clone());
    let first = composition.places.get(&key).map_or(name.span, |(span, _)| *span);
    let all = composition.amended.get(&key).map(Vec::as_slice).unwrap_or_default();
    format!("# 来自 {}\n{}", place(sources, first), amended(sources, all))
}

/// All versions of a rule, in date order; one of a rule that was not amended from a day on.
pub(super) fn versions<'c>(composition: &'c Composition, id: &str) -> Vec<&'c ComposedRule> {
    composition.rules.iter().filter(|rule| rule.block.id.text == id).collect()
}

/// From when to when a version holds, for a rule with several.
fn version(composition: &Composition, rule: &ComposedRule) -> String {
    let all = versions(composition, &rule.block.id.text);
    let Some(at) = all.iter().position(|one| std::ptr::eq(*one, rule)).filter(|_| all.len() > 1) else {
        return String::new();
    };
    let from = own_effective(rule).or(rule.effective).map(|date| format!("，{date} 施行"));
    let until = rule.repealed.map(|date| format!("，{date} 废止"));
    let (from, until) = (from.unwrap_or_default(), until.unwrap_or_default());
    format!("# 第 {} 版，共 {} 版{from}{until}\n", at + 1, all.len())
}

fn own_effective(rule: &ComposedRule) -> Option<NaiveDate> {
    let mut clauses = rule.block.clauses.iter();
    clauses.find_map(|clause| if let RuleClause::Effective(date) = clause.kind { Some(date) } else { None })
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

fn list(sources: &SourceMap, composition: &Composition, list: &ListBlock) -> String {
    let of = list.of.as_ref().map(|of| format!("（{}）", of.text)).unwrap_or_default();
    let from = list.from.as_ref().map(|from| format!("，取自 {}", quoted(&from.text))).unwrap_or_default();
    let entries: Vec<String> = list.entries.iter().map(term).collect();
    let notes = notes(sources, composition, "名单", &list.name);
    format!("{notes}名单 {}{of}{from}：{}\n", quoted(&list.name.text), entries.join("、"))
}

fn code_table(sources: &SourceMap, composition: &Composition, table: &CodeTableBlock) -> String {
    let notes = notes(sources, composition, "代码表", &table.name);
    let mut text = format!("{notes}代码表 {}\n", quoted(&table.name.text));
    for row in &table.rows {
        let code = row.kind.code.as_ref().map(|code| format!("{} ", code.text)).unwrap_or_default();
        text.push_str(&format!("    {code}{}\n", term(&row.kind.term)));
    }
    text
}

fn parameter(sources: &SourceMap, composition: &Composition, parameter: &ParameterBlock) -> String {
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
    let notes = notes(sources, composition, "参数", &parameter.name);
    format!("{notes}参数 {}{kind} {first}{later}\n", quoted(&parameter.name.text))
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

/// Parameters, lists, tables and definitions: (name, text), in order of the composed rules.
pub(super) fn parts(sources: &SourceMap, composition: &Composition) -> Vec<(String, String)> {
    let of = composition;
    let parameters = of.parameters.iter().map(|p| (p.name.text.clone(), parameter(sources, of, p)));
    let lists = of.lists.iter().map(|l| (l.name.text.clone(), list(sources, of, l)));
    let tables = of.tables.iter().map(|t| (t.name.text.clone(), code_table(sources, of, t)));
    let definitions = of.definitions.iter().map(|d| (d.name.text.clone(), definition(sources, of, d)));
    parameters.chain(lists).chain(tables).chain(definitions).collect()
}

/// Parameters, lists, tables and definitions whose names occur in a text, also through definitions:
/// (name, text), in order of the composed rules.
pub(super) fn used(sources: &SourceMap, composition: &Composition, text: &str) -> Vec<(String, String)> {
    let all = parts(sources, composition);
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

fn definition(sources: &SourceMap, composition: &Composition, definition: &DefinitionBlock) -> String {
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
    let notes = notes(sources, composition, "定义", &definition.name);
    format!("{notes}定义 {}{parameters}：\n    {}\n", quoted(&definition.name.text), body.join("\n    "))
}
