//! What new rules change on given logs, for people: totals by rule and by group, then each change.

use std::io::{self, Write};

use chrono::NaiveDate;
use comfy_table::{ContentArrangement, Table, presets};
use serde_json::{Value, json};

use super::text::{clean, wrap};
use crate::compare::{Change, ChangeKind, Changes, Impact};
use crate::finding::{Finding, SubjectValue};

/// How dates are shown, how wide a line may be, how many changes of a kind are listed.
#[derive(Clone, Copy)]
pub struct ImpactOptions<'a> {
    pub width: usize,
    pub show_date: &'a dyn Fn(NaiveDate) -> String,
    /// `None`: all.
    pub limit: Option<usize>,
    /// Hide identity-card and mobile numbers.
    pub mask: bool,
}

/// For the terminal.
pub fn table(out: &mut dyn Write, impact: &Impact, options: &ImpactOptions<'_>) -> io::Result<()> {
    let [old, new] = &impact.policies;
    let [before, after] = impact.violations;
    writeln!(out, "旧 {old} → 新 {new}，截至 {}", impact.as_of)?;
    writeln!(out, "违规 {before} → {after}；判了 {} → {} 项", impact.instances[0], impact.instances[1])?;
    if impact.changes.is_empty() {
        return writeln!(out, "这些历史上，结论没有一处不同。");
    }
    let totals: Vec<String> = ChangeKind::ALL
        .into_iter()
        .filter(|kind| impact.total.get(*kind) > 0)
        .map(|kind| format!("{} {}", kind.label(), impact.total.get(kind)))
        .collect();
    writeln!(out, "结论变了 {} 项：{}", impact.changes.len(), totals.join("，"))?;
    writeln!(out)?;
    let rules = impact.by_rule.iter().map(|(id, title, changes)| (format!("{id} {title}"), changes));
    sums(out, "规则", rules, impact, options.width)?;
    writeln!(out)?;
    let groups = impact
        .by_group
        .iter()
        .map(|(name, changes)| (name.clone().unwrap_or_else(|| "（没有）".to_owned()), changes));
    sums(out, impact.group_name.as_deref().unwrap_or("汇总"), groups, impact, options.width)?;
    for kind in ChangeKind::ALL {
        let list: Vec<&Change> = impact.changes.iter().filter(|change| change.kind == kind).collect();
        if list.is_empty() {
            continue;
        }
        writeln!(out, "\n{}（{}）", kind.label(), list.len())?;
        let shown = options.limit.unwrap_or(list.len()).min(list.len());
        for change in list.iter().take(shown) {
            one(out, change, options)?;
        }
        if shown < list.len() {
            writeln!(out, "  ……还有 {} 项，--limit 0 全列", list.len() - shown)?;
        }
    }
    Ok(())
}

fn sums<'c>(
    out: &mut dyn Write,
    name: &str,
    rows: impl Iterator<Item = (String, &'c Changes)>,
    impact: &Impact,
    columns: usize,
) -> io::Result<()> {
    let kinds: Vec<ChangeKind> =
        ChangeKind::ALL.into_iter().filter(|kind| impact.total.get(*kind) > 0).collect();
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(u16::try_from(columns).unwrap_or(80));
    let head = std::iter::once(name.to_owned()).chain(kinds.iter().map(|kind| kind.label().to_owned()));
    table.set_header(head);
    for (name, changes) in rows {
        let cells = kinds.iter().map(|kind| match changes.get(*kind) {
            0 => String::new(),
            count => count.to_string(),
        });
        table.add_row(std::iter::once(name).chain(cells));
    }
    for line in table.lines() {
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

fn one(out: &mut dyn Write, change: &Change, options: &ImpactOptions<'_>) -> io::Result<()> {
    let Some(finding) = change.finding() else { return Ok(()) };
    let mut put = |indent: usize, text: String| -> io::Result<()> {
        let text = clean(&text, options.mask).into_owned();
        for (number, line) in wrap(&text, options.width.saturating_sub(indent + 2)).into_iter().enumerate() {
            writeln!(out, "{}{line}", " ".repeat(if number == 0 { indent } else { indent + 2 }))?;
        }
        Ok(())
    };
    let ids = match (&change.old, &change.new) {
        (Some(old), Some(new)) if old.rule != new.rule => format!("{} → {}", old.rule, new.rule),
        (_, _) => finding.rule.clone(),
    };
    put(2, format!("{ids} {}：{}", finding.title, finding.subject.label()))?;
    put(4, format!("旧：{}", said(change.old.as_ref(), options)))?;
    put(4, format!("新：{}", said(change.new.as_ref(), options)))
}

/// `违规（逾期），截止日 2025-04-09（周三）`.
fn said(finding: Option<&Finding>, options: &ImpactOptions<'_>) -> String {
    let Some(finding) = finding else { return "不判".to_owned() };
    let kind = finding.kind.map(|kind| format!("（{}）", kind.label())).unwrap_or_default();
    let severity =
        if finding.kind.is_some() { format!("，{}", finding.severity.label()) } else { String::new() };
    let date = |word: &str, date: Option<NaiveDate>| {
        date.map(|date| format!("，{word} {}", (options.show_date)(date))).unwrap_or_default()
    };
    format!(
        "{}{kind}{severity}{}{}",
        finding.verdict.label(),
        date("截止日", finding.deadline),
        date("完成日", finding.completed)
    )
}

/// Schema `zhunsheng.impact/1`.
pub fn json(out: &mut dyn Write, impact: &Impact, options: &ImpactOptions<'_>) -> io::Result<()> {
    let side = |at: usize| {
        json!({
            "name": impact.policies.get(at),
            "sha256": impact.sha256.get(at),
            "instances": impact.instances.get(at),
            "violations": impact.violations.get(at),
        })
    };
    let rules = impact
        .by_rule
        .iter()
        .map(|(id, title, changes)| json!({ "rule": id, "title": title, "changes": totals(changes) }));
    let groups =
        impact.by_group.iter().map(|(name, changes)| json!({ "group": name, "changes": totals(changes) }));
    let document = json!({
        "schema": "zhunsheng.impact/1",
        "old": side(0),
        "new": side(1),
        "as_of": impact.as_of.to_string(),
        "calendar": { "sha256": impact.calendar_sha256 },
        "summary": totals(&impact.total),
        "by_rule": rules.collect::<Vec<_>>(),
        "by_group": groups.collect::<Vec<_>>(),
        "changes": impact.changes.iter().map(|change| change_json(change, options)).collect::<Vec<_>>(),
    });
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

fn totals(changes: &Changes) -> Value {
    Value::Object(
        ChangeKind::ALL.map(|kind| (kind.key().to_owned(), json!(changes.get(kind)))).into_iter().collect(),
    )
}

fn change_json(change: &Change, options: &ImpactOptions<'_>) -> Value {
    let text = |text: &str| clean(text, options.mask).into_owned();
    let side = |finding: &Finding| {
        json!({
            "rule": finding.rule,
            "verdict": finding.verdict.key(),
            "kind": finding.kind.map(crate::finding::ViolationKind::key),
            "severity": finding.severity.key(),
            "deadline": finding.deadline.map(|date| date.to_string()),
            "completed": finding.completed.map(|date| date.to_string()),
            "trigger": finding.trigger.as_ref().map(|trigger| trigger.event.clone()),
            "message": text(&finding.message),
        })
    };
    let column = |value: &SubjectValue| match value {
        SubjectValue::Entity { id, .. } => json!(text(id)),
        SubjectValue::Name(name) => json!(text(name)),
        SubjectValue::Year(year) => json!(year),
    };
    let subject = change.finding().map(|finding| {
        let columns = finding.subject.0.iter().map(|(name, value)| (name.clone(), column(value)));
        Value::Object(columns.collect())
    });
    json!({
        "change": change.kind.key(),
        "title": change.finding().map(|finding| finding.title.clone()),
        "subject": subject,
        "group": change.finding().and_then(|finding| finding.group.clone()),
        "old": change.old.as_ref().map(side),
        "new": change.new.as_ref().map(side),
    })
}
