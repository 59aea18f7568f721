//! A comparison of two rule sets for people: a table for the terminal, or Markdown. Every 严 and 宽 is
//! followed by the history that shows it. JSON is in `compare_json`.

use std::io::{self, Write};

use chrono::NaiveDate;
use comfy_table::{ContentArrangement, Table, presets};

use super::text::{pad, width, wrap};
use crate::compare::{Aspect, Comparison, Conclusion, Difference, Pair, Relation, RuleName, Side, Witness};
use crate::finding::Verdict;
use crate::policy::Severity;

/// How dates are shown, and how wide a line may be.
#[derive(Clone, Copy)]
pub struct CompareOptions<'a> {
    pub width: usize,
    pub show_date: &'a dyn Fn(NaiveDate) -> String,
    /// 同 pairs get their lines too.
    pub all: bool,
    /// What the sets were called for, shown when they bear the same name: two versions of one.
    pub given: [&'a str; 2],
}

/// For the terminal.
pub fn table(out: &mut dyn Write, comparison: &Comparison, options: &CompareOptions<'_>) -> io::Result<()> {
    head(out, comparison, options, "")?;
    if !comparison.differences.is_empty() {
        writeln!(out, "\n规则集本身")?;
        differences(out, &comparison.differences, options.width, 2)?;
    }
    writeln!(out)?;
    overview(out, comparison, options)?;
    for relation in Relation::ALL {
        let pairs: Vec<&Pair> = comparison.pairs.iter().filter(|pair| pair.relation == relation).collect();
        let quiet = match relation {
            Relation::Same => !options.all,
            Relation::LeftOnly | Relation::RightOnly => true,
            Relation::Stricter | Relation::Looser | Relation::Mixed | Relation::Unproven => false,
        };
        if pairs.is_empty() || quiet {
            continue;
        }
        writeln!(out, "\n{}", title(relation))?;
        for pair in pairs {
            one(out, pair, options)?;
        }
    }
    alone(out, comparison, options.width)
}

fn head(
    out: &mut dyn Write,
    comparison: &Comparison,
    options: &CompareOptions<'_>,
    mark: &str,
) -> io::Result<()> {
    let [left, right] = &comparison.policies;
    for ((side, policy), given) in Side::BOTH.into_iter().zip([left, right]).zip(options.given) {
        let number = policy.number.as_ref().map(|number| format!("，{number}")).unwrap_or_default();
        let given = if left.name == right.name { format!("（{given}）") } else { String::new() };
        writeln!(out, "{mark}{} {}{given}{number}，{} 条", side.label(), policy.name, policy.rules)?;
    }
    Ok(())
}

/// What a group of pairs means, in a sentence.
fn title(relation: Relation) -> &'static str {
    match relation {
        Relation::Stricter => "乙比甲严：乙判违规而甲不判",
        Relation::Looser => "乙比甲宽：甲判违规而乙不判",
        Relation::Mixed => "互有严宽：有的历史甲判违规，有的乙判违规",
        Relation::Unproven => "写法不同，没有找到结论不同的历史（一边判违规、另一边不判）",
        Relation::Same => "同",
        Relation::LeftOnly => "只在甲",
        Relation::RightOnly => "只在乙",
    }
}

/// One line per pair, in the order of the left rules.
fn overview(out: &mut dyn Write, comparison: &Comparison, options: &CompareOptions<'_>) -> io::Result<()> {
    let counts: Vec<String> = Relation::ALL
        .into_iter()
        .filter(|relation| comparison.count(*relation) > 0)
        .map(|relation| format!("{} {}", relation.label(), comparison.count(relation)))
        .collect();
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(u16::try_from(options.width).unwrap_or(80));
    table.set_header(["甲", "乙", "比较", "义务", "差别"]);
    for pair in comparison.pairs.iter().filter(|pair| options.all || pair.relation != Relation::Same) {
        table.add_row(cells(pair));
    }
    for line in table.lines() {
        writeln!(out, "{}", line.trim_end())?;
    }
    same(out, comparison, options)?;
    writeln!(out, "共 {} 项：{}。", comparison.pairs.len(), counts.join("，"))
}

/// Pairs without a difference, in one paragraph.
fn same(out: &mut dyn Write, comparison: &Comparison, options: &CompareOptions<'_>) -> io::Result<()> {
    let id = |rule: &Option<RuleName>| rule.as_ref().map(|rule| rule.id.clone()).unwrap_or_default();
    let same = comparison.pairs.iter().filter(|pair| pair.relation == Relation::Same);
    let names: Vec<String> = same
        .map(|pair| {
            let (left, right) = (id(&pair.left), id(&pair.right));
            if left == right { left } else { format!("{left}＝{right}") }
        })
        .collect();
    if names.is_empty() || options.all {
        return Ok(());
    }
    writeln!(out)?;
    let text = format!("相同的 {} 项：{}", names.len(), names.join("、"));
    wrap(&text, options.width).into_iter().try_for_each(|line| writeln!(out, "{line}"))
}

fn cells(pair: &Pair) -> [String; 5] {
    let id = |rule: &Option<RuleName>| rule.as_ref().map_or_else(|| "—".to_owned(), |rule| rule.id.clone());
    [id(&pair.left), id(&pair.right), pair.relation.label().to_owned(), duty(pair), aspects(pair)]
}

/// The duty's title; both when they differ much is too long for a table, so the left one.
fn duty(pair: &Pair) -> String {
    pair.left.as_ref().or(pair.right.as_ref()).map(|rule| rule.title.clone()).unwrap_or_default()
}

/// Aspects that differ, each once; for a rule of one side whether it comes back every year.
fn aspects(pair: &Pair) -> String {
    if let Relation::LeftOnly | Relation::RightOnly = pair.relation {
        let periodic = pair.left.iter().chain(&pair.right).any(|rule| rule.periodic);
        return if periodic { "每年的义务".to_owned() } else { String::new() };
    }
    let mut names: Vec<String> = Vec::new();
    for difference in &pair.differences {
        let name = difference.aspect.label();
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.join("、")
}

/// `甲 PQ-20-4b 按期公示（第二十条）  乙 …`, differences, witnesses.
fn one(out: &mut dyn Write, pair: &Pair, options: &CompareOptions<'_>) -> io::Result<()> {
    writeln!(out)?;
    for (side, rule) in [(Side::Left, &pair.left), (Side::Right, &pair.right)] {
        if let Some(rule) = rule {
            writeln!(out, "  {} {} {}（{}）", side.label(), rule.id, rule.title, rule.citation)?;
        }
    }
    differences(out, &pair.differences, options.width, 4)?;
    for witness in &pair.witnesses {
        history(out, witness, options)?;
    }
    Ok(())
}

fn differences(out: &mut dyn Write, list: &[Difference], columns: usize, indent: usize) -> io::Result<()> {
    let labels: Vec<String> = list.iter().map(|difference| difference.aspect.label()).collect();
    let widest = labels.iter().map(|label| width(label)).max().unwrap_or(0).min(24);
    for (difference, label) in list.iter().zip(labels) {
        let mut label = label.as_str();
        for (side, text) in [(Side::Left, &difference.left), (Side::Right, &difference.right)] {
            let text = match (text, is_list(difference)) {
                (Some(text), true) => format!("另有 {text}"),
                (Some(text), false) => text.clone(),
                (None, true) => continue,
                (None, false) => "（没有）".to_owned(),
            };
            let label = std::mem::take(&mut label);
            let lead = format!("{}{}  {} ", " ".repeat(indent), pad(label, widest), side.label());
            let room = columns.saturating_sub(width(&lead)).max(20);
            for (number, line) in wrap(&text, room).into_iter().enumerate() {
                let lead = if number == 0 { lead.clone() } else { " ".repeat(width(&lead)) };
                writeln!(out, "{lead}{line}")?;
            }
        }
    }
    Ok(())
}

/// Differences of lists are what one side has besides what both have.
fn is_list(difference: &Difference) -> bool {
    matches!(difference.aspect, Aspect::List(_) | Aspect::Words(_))
}

fn history(out: &mut dyn Write, witness: &Witness, options: &CompareOptions<'_>) -> io::Result<()> {
    writeln!(out, "    {}", story_title(witness))?;
    for line in story(witness, options) {
        for (number, line) in wrap(&line, options.width.saturating_sub(8)).into_iter().enumerate() {
            writeln!(out, "{}{line}", " ".repeat(if number == 0 { 6 } else { 8 }))?;
        }
    }
    for (side, conclusion) in Side::BOTH.into_iter().zip(&witness.conclusions) {
        let lead = format!("    → {} ", side.label());
        let room = options.width.saturating_sub(width(&lead));
        for (number, line) in wrap(&conclude(conclusion, options), room).into_iter().enumerate() {
            let lead = if number == 0 { lead.clone() } else { " ".repeat(width(&lead)) };
            writeln!(out, "{lead}{line}")?;
        }
    }
    Ok(())
}

fn story_title(witness: &Witness) -> String {
    let (more, less) = (witness.stricter.label(), witness.stricter.other().label());
    let both = witness.conclusions.iter().all(|conclusion| conclusion.verdict == Some(Verdict::Violated));
    // 两边的适用范围合不到一起时，各给各的值，历史里就有「甲：」「乙：」两行。
    let apart = if witness.scopes.is_some() { "（适用范围各按各的）" } else { "" };
    let subject = witness.conclusions.get(usize::from(witness.stricter == Side::Right));
    let subject = subject.map_or("", |conclusion| &conclusion.subject);
    let what = if both { format!("{more}更重") } else { format!("{more}判违规、{less}不判") };
    format!("{what}的一例{apart}：{subject}")
}

/// The lines of a log, with dates spelled out, and the frame they are judged in.
fn story(witness: &Witness, options: &CompareOptions<'_>) -> Vec<String> {
    let [left, right] = &witness.logs;
    let mut lines = Vec::new();
    for (one, other) in left.lines().zip(right.lines()) {
        if one == other {
            lines.push(record(one, options));
        } else {
            lines.push(format!("甲：{}", record(one, options)));
            lines.push(format!("乙：{}", record(other, options)));
        }
    }
    if lines.is_empty() {
        lines.push("（一条记录也没有）".to_owned());
    }
    let coverage = witness.coverage.map(|(from, to)| format!("，覆盖 {from} 至 {to}")).unwrap_or_default();
    lines.push(format!("截至 {}{coverage}", witness.as_of));
    lines
}

/// `2025-04-16（周三）公示结果：检查 检查1、部门 部门1`.
fn record(line: &str, options: &CompareOptions<'_>) -> String {
    let Ok(serde_json::Value::Object(map)) = serde_json::from_str(line) else { return line.to_owned() };
    let text = |value: &serde_json::Value| match value {
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Bool(true) => "是".to_owned(),
        serde_json::Value::Bool(false) => "否".to_owned(),
        serde_json::Value::Array(list) => {
            let words: Vec<&str> = list.iter().filter_map(serde_json::Value::as_str).collect();
            words.join("、")
        }
        serde_json::Value::Null | serde_json::Value::Number(_) | serde_json::Value::Object(_) => {
            value.to_string()
        }
    };
    let word = |key: &str| map.get(key).map(text).unwrap_or_default();
    // 字段照写的次序：日志这一行里先后出现的次序。
    let mut fields: Vec<(usize, String)> = map
        .iter()
        .filter(|(key, _)| !["实体", "事件", "编号", "时间"].contains(&key.as_str()))
        .map(|(key, value)| {
            (line.find(&format!("\"{key}\":")).unwrap_or(0), format!("{key} {}", text(value)))
        })
        .collect();
    fields.sort();
    let fields: Vec<String> = fields.into_iter().map(|(_, field)| field).collect();
    let tail = if fields.is_empty() { String::new() } else { format!("：{}", fields.join("，")) };
    match word("时间").parse::<NaiveDate>() {
        Ok(date) => format!("{}{}{tail}", (options.show_date)(date), word("事件")),
        Err(_) => format!("{}{tail}", word("编号")),
    }
}

fn conclude(conclusion: &Conclusion, options: &CompareOptions<'_>) -> String {
    let Some(verdict) = conclusion.verdict else { return "没有这个主体，不判".to_owned() };
    let kind = conclusion.kind.map(|kind| format!("（{}）", kind.label())).unwrap_or_default();
    let severity = match (verdict, conclusion.severity) {
        (Verdict::Violated, Severity::Error) => "错误，",
        (Verdict::Violated, Severity::Warning) => "警告，",
        (Verdict::Violated, Severity::Advice) => "提示，",
        (_, _) => "",
    };
    let deadline =
        conclusion.deadline.map(|date| format!("截止日 {}，", (options.show_date)(date))).unwrap_or_default();
    let message = match verdict {
        Verdict::Violated => conclusion.message.as_str(),
        Verdict::Pending
        | Verdict::Undetermined
        | Verdict::Satisfied
        | Verdict::Exempt
        | Verdict::NotApplicable => "",
    };
    let text = format!("{}{kind}：{severity}{deadline}{message}", verdict.label());
    text.trim_end_matches(['，', '：']).to_owned()
}

/// Rules without a counterpart, those that come back every year first: their absence is easily overlooked.
fn alone(out: &mut dyn Write, comparison: &Comparison, columns: usize) -> io::Result<()> {
    for relation in [Relation::LeftOnly, Relation::RightOnly] {
        let pairs = comparison.pairs.iter().filter(|pair| pair.relation == relation);
        let rules: Vec<&RuleName> = pairs.flat_map(|pair| pair.left.iter().chain(&pair.right)).collect();
        if rules.is_empty() {
            continue;
        }
        let own = if relation == Relation::RightOnly { Side::Right } else { Side::Left };
        let other = own.other();
        writeln!(out, "\n{}（{} 条）", title(relation), rules.len())?;
        let periodic: Vec<&&RuleName> = rules.iter().filter(|rule| rule.periodic).collect();
        let others = comparison.pairs.iter().flat_map(|pair| match other {
            Side::Left => &pair.left,
            Side::Right => &pair.right,
        });
        if !periodic.is_empty() && !others.into_iter().any(|rule| rule.periodic) {
            let name = |side: Side| {
                comparison.policies.get(usize::from(side == Side::Right)).map_or("", |policy| &policy.name)
            };
            writeln!(out, "  {}有每年都要履行的义务，{}一条也没有：", name(own), name(other))?;
        }
        for rule in periodic.into_iter().chain(rules.iter().filter(|rule| !rule.periodic)) {
            let mark = if rule.periodic { "【每年】" } else { "" };
            let text = format!("{} {mark}{}（{}）", rule.id, rule.title, rule.citation);
            for (number, line) in wrap(&text, columns.saturating_sub(6)).into_iter().enumerate() {
                writeln!(out, "{}{line}", " ".repeat(if number == 0 { 4 } else { 6 }))?;
            }
        }
    }
    Ok(())
}

/// For documents.
pub fn markdown(
    out: &mut dyn Write,
    comparison: &Comparison,
    options: &CompareOptions<'_>,
) -> io::Result<()> {
    let [left, right] = &comparison.policies;
    let names = if left.name == right.name {
        format!("{} 的两个版本", left.name)
    } else {
        format!("{} 与 {}", left.name, right.name)
    };
    writeln!(out, "# {names}\n")?;
    head(out, comparison, options, "- ")?;
    if !comparison.differences.is_empty() {
        writeln!(out, "\n## 规则集本身\n")?;
        markdown_differences(out, &comparison.differences)?;
    }
    writeln!(out, "\n## 逐项\n\n| 甲 | 乙 | 比较 | 义务 | 差别 |\n|---|---|---|---|---|")?;
    for pair in &comparison.pairs {
        writeln!(out, "| {} |", cells(pair).map(|cell| escape(&cell)).join(" | "))?;
    }
    for relation in Relation::ALL {
        let shown =
            matches!(relation, Relation::Stricter | Relation::Looser | Relation::Mixed | Relation::Unproven);
        let pairs: Vec<&Pair> = comparison.pairs.iter().filter(|pair| pair.relation == relation).collect();
        if !shown || pairs.is_empty() {
            continue;
        }
        writeln!(out, "\n## {}", title(relation))?;
        for pair in pairs {
            let mut names: Vec<String> =
                pair.left.iter().chain(&pair.right).map(|rule| rule.id.clone()).collect();
            names.dedup();
            writeln!(out, "\n### {} {}\n", names.join(" / "), duty(pair))?;
            markdown_differences(out, &pair.differences)?;
            for witness in &pair.witnesses {
                markdown_history(out, witness, options)?;
            }
        }
    }
    Ok(())
}

fn markdown_differences(out: &mut dyn Write, list: &[Difference]) -> io::Result<()> {
    writeln!(out, "| 项 | 甲 | 乙 |\n|---|---|---|")?;
    for difference in list {
        let side = |text: &Option<String>| match text {
            Some(text) if is_list(difference) => escape(&format!("另有 {text}")),
            Some(text) => escape(text),
            None => "—".to_owned(),
        };
        writeln!(
            out,
            "| {} | {} | {} |",
            difference.aspect.label(),
            side(&difference.left),
            side(&difference.right)
        )?;
    }
    Ok(())
}

fn markdown_history(out: &mut dyn Write, witness: &Witness, options: &CompareOptions<'_>) -> io::Result<()> {
    writeln!(out, "\n{}\n", story_title(witness))?;
    for line in story(witness, options) {
        writeln!(out, "- {line}")?;
    }
    writeln!(out)?;
    for (side, conclusion) in Side::BOTH.into_iter().zip(&witness.conclusions) {
        writeln!(out, "- {}：{}", side.label(), conclude(conclusion, options))?;
    }
    Ok(())
}

fn escape(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}
