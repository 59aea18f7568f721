//! What came of checking a report against a second run: for the terminal, or as JSON (`zhunsheng.verify/1`).

use std::io::{self, Write};

use serde_json::{Value, json};

use super::text::{clean, pad, width, wrap};
use crate::verify::{Change, Difference, Field, InputState, Kind, Outcome, Recorded, State, Verdict};

/// How wide a line may be, how many differences are listed.
#[derive(Clone, Copy, Debug)]
pub struct VerifyOptions<'a> {
    pub width: usize,
    /// `None`: all.
    pub limit: Option<usize>,
    /// Name of the report.
    pub name: &'a str,
}

/// For the terminal.
pub fn table(
    out: &mut dyn Write,
    report: &Recorded,
    outcome: &Outcome,
    options: &VerifyOptions<'_>,
) -> io::Result<()> {
    let listing = if report.call.all { "全部列出" } else { "只列违规、未到期、无法判定" };
    writeln!(out, "复核 {}：{}，截至 {}，{listing}", options.name, report.policy.name, report.as_of)?;
    writeln!(out, "\n输入")?;
    let names: Vec<String> = outcome.inputs.iter().map(input_name).collect();
    let column = names.iter().map(|name| width(name)).max().unwrap_or(0).min(options.width / 2);
    for (input, name) in outcome.inputs.iter().zip(&names) {
        let note = if input.note.is_empty() { String::new() } else { format!("：{}", input.note) };
        put(out, 2, &format!("{}  {}{note}", pad(name, column), input.state.label()), options.width)?;
        if input.kind != Kind::Program && input.state == State::Changed {
            let short = |sum: &Option<String>| -> String {
                sum.as_deref().unwrap_or_default().chars().take(12).collect()
            };
            writeln!(out, "    sha256 {}… → {}…", short(&input.old), short(&input.new))?;
        }
    }
    writeln!(out)?;
    for doubt in &outcome.doubts {
        put(out, 0, &format!("报告自己对不上：{doubt}，像是被截断或改过"), options.width)?;
    }
    match outcome.verdict() {
        Verdict::Same => {
            return writeln!(out, "逐条一致：列出的 {} 条结论和各项合计都与重算的相同。", outcome.listed);
        }
        Verdict::Suspect => put(
            out,
            0,
            "输入和程序都没变，报告里的结论与重算的不同：报告写出来以后可能被改过，或者其实是不同版本的程序写的。",
            options.width,
        )?,
        Verdict::Changed => {
            let kinds: Vec<&str> = outcome.changed().into_iter().map(Kind::label).collect();
            put(out, 0, &format!("变了的输入：{}", kinds.join("、")), options.width)?;
        }
    }
    for field in &outcome.head {
        head(out, field, options.width)?;
    }
    differences(out, outcome, options)
}

fn differences(out: &mut dyn Write, outcome: &Outcome, options: &VerifyOptions<'_>) -> io::Result<()> {
    let total = outcome.differences.len();
    if total == 0 {
        return writeln!(out, "列出的 {} 条结论与重算的逐条相同。", outcome.listed);
    }
    let of = |change: Change| outcome.differences.iter().filter(|one| one.change == change).count();
    let parts = Change::ALL.map(|change| (change.label(), of(change)));
    let parts = parts.iter().filter(|(_, count)| *count > 0).map(|(label, count)| format!("{label} {count}"));
    writeln!(out, "结论不同的 {total} 条：{}", parts.collect::<Vec<_>>().join("，"))?;
    let why = tally(outcome);
    if !why.is_empty() {
        let why = why.iter().map(|(label, count)| format!("{label} {count} 条"));
        writeln!(out, "为什么：{}", why.collect::<Vec<_>>().join("，"))?;
    }
    let shown = options.limit.unwrap_or(total).min(total);
    for difference in outcome.differences.iter().take(shown) {
        writeln!(out)?;
        one(out, difference, options.width)?;
    }
    if shown < total {
        writeln!(out, "\n……还有 {} 条，--limit 0 全列", total - shown)?;
    }
    Ok(())
}

/// How many differences come from what.
fn tally(outcome: &Outcome) -> Vec<(String, usize)> {
    let mut counts: Vec<(String, usize)> = Vec::new();
    for reason in outcome.differences.iter().filter_map(|one| one.reason.as_ref()) {
        let names: Vec<&str> = reason.kinds.iter().map(|kind| kind.label()).collect();
        let sure = if reason.certain { "" } else { "（推断）" };
        let label = format!("{}{sure}", names.join("与"));
        match counts.iter_mut().find(|(known, _)| *known == label) {
            Some((_, count)) => *count += 1,
            None => counts.push((label, 1)),
        }
    }
    counts
}

fn input_name(input: &InputState) -> String {
    if input.name.is_empty() {
        input.kind.label().to_owned()
    } else {
        format!("{} {}", input.kind.label(), clean(&input.name, false))
    }
}

fn put(out: &mut dyn Write, indent: usize, text: &str, columns: usize) -> io::Result<()> {
    let text = clean(text, false);
    for (number, line) in wrap(&text, columns.saturating_sub(indent + 2)).into_iter().enumerate() {
        writeln!(out, "{}{line}", " ".repeat(if number == 0 { indent } else { indent + 2 }))?;
    }
    Ok(())
}

/// Totals word by word, anything else whole.
fn head(out: &mut dyn Write, field: &Field, columns: usize) -> io::Result<()> {
    if field.key != "summary" {
        let line = format!("{}：{} → {}", label(&field.key), words(&field.old), words(&field.new));
        return put(out, 0, &line, columns);
    }
    let parts = crate::finding::Verdict::ALL.into_iter().filter_map(|verdict| {
        let (old, new) = (field.old.get(verdict.key()), field.new.get(verdict.key()));
        let count = |value: Option<&Value>| value.map_or("没有写".to_owned(), words);
        (old != new).then(|| format!("{} {} → {}", verdict.label(), count(old), count(new)))
    });
    put(out, 0, &format!("合计：{}", parts.collect::<Vec<_>>().join("，")), columns)
}

fn one(out: &mut dyn Write, difference: &Difference, columns: usize) -> io::Result<()> {
    let finding = difference.finding();
    let text = |key: &str| finding.get(key).and_then(Value::as_str).unwrap_or_default();
    let subject: Vec<String> = finding
        .get("subject")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .map(|(key, value)| format!("{key} {}", words(value)))
        .collect();
    let trigger = finding.get("trigger").filter(|trigger| !trigger.is_null());
    let trigger = trigger.map(|trigger| format!("；触发 {}", words(trigger))).unwrap_or_default();
    let line = format!(
        "{}  {} {}：{}{trigger}",
        difference.change.label(),
        text("rule"),
        text("title"),
        subject.join("，")
    );
    put(out, 0, &line, columns)?;
    let said = |finding: &Value| {
        let text = |key: &str| finding.get(key).and_then(Value::as_str).unwrap_or_default();
        format!("{}：{}", word("verdict", text("verdict")), text("message"))
    };
    match (difference.change, &difference.old, &difference.new) {
        (Change::Gone, Some(old), _) => put(out, 4, &format!("报告里 {}", said(old)), columns)?,
        (Change::Added, _, Some(new)) => put(out, 4, &format!("重算 {}", said(new)), columns)?,
        (Change::Gone | Change::Added | Change::Altered, _, _) => {}
    }
    for Field { key, old, new } in &difference.fields {
        let show = |value: &Value| value.as_str().map_or_else(|| words(value), |text| word(key, text));
        put(out, 4, &format!("{}：{} → {}", label(key), show(old), show(new)), columns)?;
    }
    match &difference.reason {
        Some(reason) => {
            let kinds: Vec<&str> = reason.kinds.iter().map(|kind| kind.label()).collect();
            let sure = if reason.certain { "" } else { "推断：" };
            put(out, 4, &format!("为什么：{}（{sure}{}）", kinds.join("、"), reason.words), columns)
        }
        None => Ok(()),
    }
}

/// What a key of a report is called by people.
fn label(key: &str) -> &str {
    match key {
        "rule" => "规则",
        "verdict" => "判定",
        "kind" => "种类",
        "severity" => "强度",
        "subject" => "主体",
        "citation" => "依据",
        "liability" => "责任",
        "tags" => "标签",
        "trigger" => "触发",
        "deadline" => "截止日",
        "completed" => "完成日",
        "workdays_late" => "晚的工作日",
        "provisional" => "暂定",
        "message" => "说明",
        "evidence" => "证据",
        "locations" => "位置",
        "reason" => "缺什么",
        "title" => "标题",
        "remedy" => "补救",
        "waived" => "豁免",
        "document" => "文号",
        "as_of" => "截至日",
        "coverage" => "覆盖期间",
        "warnings" => "提醒",
        "skipped" => "跳过的记录",
        "parameters" => "参数",
        "policy_as_of" => "规则取哪一日",
        "only" => "只判",
        "policy" => "规则集",
        "logs" => "日志里的条数",
        other => other,
    }
}

/// Words of verdicts, kinds and severities; other text as it is.
fn word(key: &str, text: &str) -> String {
    use crate::finding::{Severity, Verdict, ViolationKind};
    let found = match key {
        "verdict" => Verdict::ALL.into_iter().find(|one| one.key() == text).map(Verdict::label),
        "kind" => ViolationKind::ALL.into_iter().find(|one| one.key() == text).map(ViolationKind::label),
        "severity" => [Severity::Error, Severity::Warning, Severity::Advice]
            .into_iter()
            .find(|one| one.key() == text)
            .map(Severity::label),
        _ => None,
    };
    found.unwrap_or(text).to_owned()
}

/// A JSON value for people: no quotes, no braces; `—` for nothing.
fn words(value: &Value) -> String {
    match value {
        Value::Null => "—".to_owned(),
        Value::Bool(true) => "是".to_owned(),
        Value::Bool(false) => "否".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        Value::Array(list) if list.is_empty() => "—".to_owned(),
        Value::Array(list) => list.iter().map(words).collect::<Vec<_>>().join("、"),
        Value::Object(map) => match (map.get("event"), map.get("type"), map.get("time")) {
            (Some(event), Some(kind), Some(time)) => {
                format!("{} {}（{}）", words(event), words(kind), words(time))
            }
            (_, _, _) => match (map.get("path"), map.get("line")) {
                (Some(path), Some(line)) => format!("{}:{}", words(path), words(line)),
                (_, _) => map
                    .iter()
                    .map(|(key, value)| format!("{key} {}", words(value)))
                    .collect::<Vec<_>>()
                    .join("，"),
            },
        },
    }
}

/// Schema `zhunsheng.verify/1`.
pub fn json(
    out: &mut dyn Write,
    report: &Recorded,
    outcome: &Outcome,
    options: &VerifyOptions<'_>,
) -> io::Result<()> {
    let inputs = outcome.inputs.iter().map(|input| {
        json!({
            "kind": input.kind.key(), "name": input.name, "state": input.state.key(),
            "old": input.old, "new": input.new, "note": input.note,
        })
    });
    let fields = |fields: &[Field]| -> Vec<Value> {
        fields.iter().map(|field| json!({ "key": field.key, "old": field.old, "new": field.new })).collect()
    };
    let differences = outcome.differences.iter().map(|one| {
        let finding = one.finding();
        json!({
            "change": one.change.key(),
            "rule": finding.get("rule"), "subject": finding.get("subject"), "trigger": finding.get("trigger"),
            "fields": fields(&one.fields),
            "old": one.old, "new": one.new,
            "why": one.reason.as_ref().map(|reason| json!({
                "kinds": reason.kinds.iter().map(|kind| kind.key()).collect::<Vec<_>>(),
                "certain": reason.certain,
                "words": reason.words,
            })),
        })
    });
    let document = json!({
        "schema": "zhunsheng.verify/1",
        "report": options.name,
        "policy": report.policy.name,
        "as_of": report.as_of.to_string(),
        "verdict": outcome.verdict().key(),
        "inputs": inputs.collect::<Vec<_>>(),
        "changed": outcome.changed().iter().map(|kind| kind.key()).collect::<Vec<_>>(),
        "doubts": outcome.doubts,
        "head": fields(&outcome.head),
        "listed": outcome.listed,
        "differences": differences.collect::<Vec<_>>(),
    });
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}
