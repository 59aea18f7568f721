//! `zhunsheng show`: a rule set as it stands after inheritance, amendments and templates; or its plan.

use std::collections::BTreeSet;
use std::io::Write;
use std::process::ExitCode;

use clap::Args;

use super::inputs::RulesOption;
use super::terminal::Screen;
use super::{CliError, composed};
use crate::analyze::Composition;
use crate::source::{FileId, SourceMap};
use crate::syntax;

#[derive(Args)]
#[command(after_help = "例：
  zhunsheng show 甲区                 合成后的全文，每条标出来自哪里
  zhunsheng show 甲区 甲-1            只看这一条和它用到的参数、名单、定义
  zhunsheng show 本地.rule            自己的规则：继承来的、改过的、废掉的都在
  zhunsheng show 甲区 --plan          求值器实际执行的计划")]
pub(super) struct ShowArgs {
    /// 规则：内置的名称，或规则文件、文件夹
    #[arg(value_name = "规则")]
    policy: String,
    /// 只看这一条
    #[arg(value_name = "编号")]
    rule: Option<String>,
    /// 打印计划：槽位、索引、指令
    #[arg(long)]
    plan: bool,
    #[command(flatten)]
    rules: RulesOption,
}

pub(super) fn run(args: &ShowArgs, out: &mut dyn Write, err: &mut dyn Write) -> Result<ExitCode, CliError> {
    let mut sources = SourceMap::new();
    let screen = Screen::detect(true);
    let (loaded, plan) = args.rules.load(&mut sources, Some(&args.policy), &screen, err)?;
    if let Some(rule) = &args.rule
        && !plan.rules.iter().any(|one| one.id == *rule)
    {
        let near = crate::diagnostic::nearest(rule, plan.rules.iter().map(|one| one.id.as_str()));
        let help =
            near.map_or_else(|| "不写编号就打印全部".to_owned(), |near| format!("你是不是要写「{near}」"));
        return Err(CliError::usage(format!("规则集「{}」没有编号「{rule}」", plan.policy_name), help));
    }
    if args.plan {
        out.write_all(plan.print(args.rule.as_deref()).as_bytes())?;
        return Ok(ExitCode::SUCCESS);
    }
    let Some(composition) = &loaded.analysis.composition else { return Ok(ExitCode::SUCCESS) };
    let text = match &args.rule {
        Some(rule) => one(&sources, composition, rule),
        None => all(&sources, composition),
    };
    // 排得齐才好读；排不了（不该有）就照原样。
    let laid = syntax::format(FileId(0), &text).unwrap_or(text);
    out.write_all(laid.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

fn one(sources: &SourceMap, composition: &Composition, id: &str) -> String {
    let versions = composed::versions(composition, id).into_iter();
    let texts: Vec<String> = versions.map(|rule| composed::rule(sources, composition, rule)).collect();
    let text = texts.join("\n");
    let used = composed::used(sources, composition, &text);
    std::iter::once(text).chain(used.into_iter().map(|(_, text)| text)).collect::<Vec<_>>().join("\n")
}

fn all(sources: &SourceMap, composition: &Composition) -> String {
    let ids: BTreeSet<&str> = composition.rules.iter().map(|rule| rule.block.id.text.as_str()).collect();
    let mut text = format!("# 规则集 {} 合成后的全文，{} 条规则\n\n", composition.name, ids.len());
    text.push_str(&format!("规则集 {}\n", composition.name));
    if let Some(title) = &composition.title {
        text.push_str(&format!("    名称 “{}”\n", title.text));
    }
    if let Some(number) = &composition.number {
        text.push_str(&format!("    文号 {}\n", number.text));
    }
    if let Some(date) = composition.effective {
        text.push_str(&format!("    施行 {date}\n"));
    }
    if let Some(date) = composition.repealed {
        text.push_str(&format!("    废止 {date}\n"));
    }
    if let Some((entity, condition)) = &composition.scope {
        text.push_str(&format!("    适用 {}，{}\n", entity.text, sources.slice(condition.span)));
    }
    for (word, clause) in
        [("起始", &composition.basis), ("结案", &composition.closure), ("汇总", &composition.group)]
    {
        if let Some(clause) = clause {
            text.push_str(&format!("    {word} {}\n", sources.slice(clause.span)));
        }
    }
    let mut parts: Vec<String> = Vec::new();
    parts.extend(composed::parts(sources, composition).into_iter().map(|(_, text)| text));
    parts.extend(composition.rules.iter().map(|rule| composed::rule(sources, composition, rule)));
    for part in parts {
        text.push('\n');
        text.push_str(&part);
    }
    if !composition.repeals.is_empty() {
        text.push_str("\n# 废掉的：\n");
    }
    for repealed in &composition.repeals {
        let reason = repealed.reason.as_ref().map(|reason| format!("，理由 {reason}")).unwrap_or_default();
        let (id, title, origin, by) = (&repealed.id, &repealed.title, &repealed.origin, &repealed.by);
        text.push_str(&format!("# {id} {title}（来自 {origin}，由 {by} 废{reason}）\n"));
    }
    text
}
