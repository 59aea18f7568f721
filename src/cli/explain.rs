//! `zhunsheng explain`: a rule — citation, gist, wording, parameters, examples — or a diagnostic code.

use std::io::Write;
use std::process::ExitCode;

use clap::Args;

use super::inputs::RulesOption;
use super::terminal::Screen;
use super::{CliError, composed};
use crate::analyze::{ComposedRule, Composition};
use crate::cases;
use crate::diagnostic::nearest;
use crate::library;
use crate::plan::{Plan, PlanRule, PlanShape};
use crate::source::SourceMap;
use crate::syntax::ast::RuleClause;

#[derive(Args)]
#[command(after_help = "例：
  zhunsheng explain 甲-1                 这条规则的依据、要点、口径、参数、例子
  zhunsheng explain --rules 本地.rule 编号
  zhunsheng explain N012                  这个错误是什么意思，怎么改")]
pub(super) struct ExplainArgs {
    /// 规则编号，或错误代码
    #[arg(value_name = "编号或代码")]
    what: String,
    #[command(flatten)]
    rules: RulesOption,
}

pub(super) fn run(
    args: &ExplainArgs,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<ExitCode, CliError> {
    if let Some((_, page)) = library::PAGES.iter().find(|(name, _)| name.trim_end_matches(".md") == args.what)
    {
        out.write_all(page.as_bytes())?;
        return Ok(ExitCode::SUCCESS);
    }
    let names = match &args.rules.rules {
        Some(name) => vec![name.clone()],
        None => library::builtin_names().into_iter().map(|(name, _)| name).collect(),
    };
    let screen = Screen::detect(true);
    let mut known: Vec<String> =
        library::PAGES.iter().map(|(name, _)| name.trim_end_matches(".md").to_owned()).collect();
    for name in names {
        let mut sources = SourceMap::new();
        let (loaded, plan) = args.rules.load(&mut sources, Some(&name), &screen, err)?;
        known.extend(plan.rules.iter().map(|rule| rule.id.clone()));
        let Some(composition) = &loaded.analysis.composition else { continue };
        let versions = composed::versions(composition, &args.what);
        let planned: Vec<&PlanRule> = plan.rules.iter().filter(|rule| rule.id == args.what).collect();
        if !versions.is_empty() && !planned.is_empty() {
            explain(out, &sources, composition, &plan, &versions, &planned)?;
            return Ok(ExitCode::SUCCESS);
        }
    }
    let help = match nearest(&args.what, known.iter().map(String::as_str)) {
        Some(near) => format!("你是不是要写「{near}」"),
        None => "自己的规则加 --rules；用 zhunsheng show 看有哪些编号".to_owned(),
    };
    Err(CliError::usage(format!("没有编号「{}」的规则，也没有这个错误代码", args.what), help))
}

/// What a duty's shape means, in one sentence.
fn shape(shape: &PlanShape) -> &'static str {
    match shape {
        PlanShape::Response { each: false, .. } => "触发之后限期应答：每个主体一条，从那一次触发起算",
        PlanShape::Response { each: true, .. } => "触发之后限期应答：每次触发一条，各算各的",
        PlanShape::Precedence { .. } => "先行：后一件事发生之前须已有前一件；没有是「未做」，在后是「颠倒」",
        PlanShape::Absence { .. } => "禁止：每做一次一条；同一天又没有时刻的不算",
        PlanShape::EventCondition { .. } => "每次事件须满足条件：每次一条",
        PlanShape::EntityCondition { .. } => "自身须满足条件：每个主体一条",
        PlanShape::Cardinality { .. } => "计数：次数够不够、超没超",
        PlanShape::DueAtClosure { .. } => {
            "结案前须有：没结案是未到期；结案后才补是「逾期」，一直没有是「未做」"
        }
        PlanShape::DueOnDate { .. } => "固定日期之前须有",
    }
}

fn explain(
    out: &mut dyn Write,
    sources: &SourceMap,
    composition: &Composition,
    plan: &Plan,
    versions: &[&ComposedRule],
    planned: &[&PlanRule],
) -> std::io::Result<()> {
    // 有几版的，抬头说最后一版，各版的起止和全文在后面。
    let (Some(rule), Some(planned)) = (versions.last(), planned.last()) else { return Ok(()) };
    let gist = rule.block.clauses.iter().find_map(|clause| {
        if let RuleClause::Gist(text) = &clause.kind { Some(text.text.as_str()) } else { None }
    });
    writeln!(out, "{} {}", planned.id, planned.title)?;
    writeln!(out, "规则集  {}", plan.policy_name)?;
    let document = planned.document.as_ref().map(|document| format!("{document} ")).unwrap_or_default();
    writeln!(out, "依据    {document}{}", planned.citation)?;
    if let Some(gist) = gist {
        writeln!(out, "要点    {gist}")?;
    }
    let severity = match planned.severity {
        crate::policy::Severity::Error => "错误",
        crate::policy::Severity::Warning => "警告",
        crate::policy::Severity::Advice => "提示",
    };
    let columns: Vec<&str> = planned.columns.iter().map(|column| column.name.as_str()).collect();
    writeln!(out, "强度    {severity}；主体 {}", columns.join("、"))?;
    if versions.len() > 1 {
        writeln!(out, "版本    共 {} 版，以上和口径说的是最后一版；各版的施行、废止日见下", versions.len())?;
    } else if let Some(date) = planned.effective {
        writeln!(out, "施行    {date} 起；以前的不适用")?;
    }
    if let Some(liability) = &planned.liability {
        writeln!(out, "责任    {liability}")?;
    }
    for duty in &planned.duties {
        writeln!(out, "口径    {}", shape(&duty.shape))?;
    }
    let mut whole = String::new();
    writeln!(out, "\n规则这样写（{}）：", composed::place(sources, rule.block.id.span))?;
    for version in versions {
        let text = composed::rule(sources, composition, version);
        writeln!(out)?;
        for line in text.lines() {
            writeln!(out, "    {line}")?;
        }
        whole.push_str(&text);
    }
    let used = composed::used(sources, composition, &whole);
    if !used.is_empty() {
        writeln!(out, "\n其中用到：\n")?;
        for line in used.iter().flat_map(|(_, text)| text.lines()) {
            writeln!(out, "    {line}")?;
        }
    }
    let file = format!("/{}.md", planned.id);
    if let Some((_, text)) = library::CASES.iter().find(|(name, _)| name.ends_with(&file))
        && let Ok(page) = cases::read(text)
        && page.policy == plan.policy_name
    {
        writeln!(out, "\n例子（tests/cases 里的 {} 个情形）：\n", page.scenarios.len())?;
        for scenario in &page.scenarios {
            writeln!(out, "    {}", scenario.title)?;
        }
    }
    Ok(())
}
