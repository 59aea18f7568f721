//! `zhunsheng coverage`: which articles have rules, which verdicts rules' pages show, which clauses no case reaches.

mod json;
mod table;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::common::{CalendarOption, read_text};
use super::inputs::RulesOption;
use super::pages;
use super::{CliError, FAILED};
use crate::articles::{self, Articles, KnownRule};
use crate::coverage::{self, Coverage};
use crate::diagnostic::Diagnostic;
use crate::library::{self, Loaded};
use crate::source::SourceMap;

#[derive(Args)]
#[command(after_help = "例：
  zhunsheng coverage 本地/ --cases 用例/            条、规则、子句三张表
  zhunsheng coverage 本地/ --cases 用例/ --min 100  有缺就列出来，退出码 1
  zhunsheng coverage 内置的名称                     用例在 tests/cases/ 同名的文件夹
退出码：0 够了；1 不到 --min，或条文表与规则对不上；2 规则或用例写错")]
pub(super) struct CoverageArgs {
    /// 规则集：内置的名称，或规则文件、文件夹
    #[arg(value_name = "规则集")]
    policy: Option<String>,
    /// 规则文件或文件夹（也可以直接写在前面）
    #[arg(long = "rules", value_name = "路径", alias = "规则")]
    rules: Option<String>,
    /// 一并给出的规则文件或文件夹（被继承、引用的）
    #[arg(long = "with", value_name = "路径")]
    with: Vec<PathBuf>,
    /// 用例页或文件夹；缺省 tests/cases/ 下同名的文件夹
    #[arg(long, value_name = "文件夹")]
    cases: Vec<PathBuf>,
    /// 条文表；缺省是规则旁边的 articles.yaml
    #[arg(long, value_name = "文件")]
    articles: Option<PathBuf>,
    /// 条、规则、子句都要到百分之几
    #[arg(long, value_name = "百分比", value_parser = clap::value_parser!(u8).range(0..=100))]
    min: Option<u8>,
    /// 输出格式：table、json；缺省 table
    #[arg(
        long,
        value_enum,
        value_name = "格式",
        default_value_t,
        hide_default_value = true,
        hide_possible_values = true
    )]
    format: Format,
    #[command(flatten)]
    calendar: CalendarOption,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    #[default]
    Table,
    Json,
}

/// What was measured, with all it speaks of.
struct Measured {
    name: String,
    sources: SourceMap,
    coverage: Coverage,
    problems: Vec<Diagnostic>,
}

pub(super) fn run(
    args: &CoverageArgs,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<ExitCode, CliError> {
    let path = args.rules.as_ref().or(args.policy.as_ref()).ok_or_else(|| {
        CliError::usage("没有说看哪套规则", "写上内置的名称，或规则文件、文件夹，如 zhunsheng coverage 本地/")
    })?;
    let rules = RulesOption { with: args.with.clone(), ..RulesOption::default() };
    let calendar = args.calendar.open()?;
    let mut sources = SourceMap::new();
    let loaded = rules.open(&mut sources, path)?;
    let (Some(policy), Some(plan)) = (loaded.policy(), &loaded.plan) else {
        return Err(CliError::Faulty { sources, diagnostics: loaded.problems });
    };
    let ready = match pages::ready(&folders(args, path, &loaded)?, plan, &loaded.name, err)? {
        Some(ready) => ready,
        None => return Ok(ExitCode::from(FAILED)),
    };
    let list = read_articles(args, path, &mut sources)?;
    let known: Vec<KnownRule<'_>> = policy
        .rules
        .iter()
        .map(|rule| KnownRule { id: &rule.id, title: &rule.title, span: rule.span })
        .collect();
    let mut problems: Vec<Diagnostic> = list
        .iter()
        .flat_map(|list| list.check(&loaded.name, &known))
        .map(|problem| problem.diagnostic())
        .collect();
    crate::diagnostic::sort(&mut problems);
    let coverage = coverage::measure(policy, plan, list.as_ref(), &ready, &calendar.calendar);
    let measured = Measured { name: loaded.name.clone(), sources, coverage, problems };
    match args.format {
        Format::Table => table::write(out, &measured, args.min)?,
        Format::Json => json::write(out, &measured, args.min)?,
    }
    Ok(if measured.problems.is_empty() && args.min.is_none_or(|min| enough(&measured.coverage, min)) {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(1)
    })
}

/// With a minimum, a list of articles there must be.
fn enough(coverage: &Coverage, min: u8) -> bool {
    coverage.article_share().is_some_and(|share| share.reaches(min))
        && coverage.rule_share().reaches(min)
        && coverage.clause_share().reaches(min)
}

/// Where the pages are: as told, or `tests/cases/` of the folder the rules come from.
fn folders(args: &CoverageArgs, path: &str, loaded: &Loaded) -> Result<Vec<PathBuf>, CliError> {
    if !args.cases.is_empty() {
        return Ok(args.cases.clone());
    }
    let builtin = library::builtin_names().into_iter().find(|(name, folder)| name == path || folder == path);
    let folder = match &builtin {
        Some((_, folder)) => Some(folder.as_str()),
        None => Path::new(path).file_name().and_then(|name| name.to_str()),
    };
    let found = folder.map(|folder| Path::new("tests/cases").join(folder)).filter(|folder| folder.is_dir());
    found.map(|folder| vec![folder]).ok_or_else(|| {
        CliError::usage(
            format!("不知道「{}」的用例在哪里", loaded.name),
            "用 --cases 给出用例页或文件夹，如 --cases 用例/",
        )
    })
}

/// The list as told, or beside the rules; `None` when there is none.
fn read_articles(
    args: &CoverageArgs,
    path: &str,
    sources: &mut SourceMap,
) -> Result<Option<Articles>, CliError> {
    const NAME: &str = "articles.yaml";
    let beside = Path::new(path).join(NAME);
    let file = match (&args.articles, library::builtin_data(path, NAME)) {
        (Some(file), _) => Some(file.clone()),
        (None, Some((name, text))) => {
            let file = sources.add(format!("rules/{name}"), text);
            return parse(sources, file).map(Some);
        }
        (None, None) => Some(beside).filter(|beside| beside.is_file()),
    };
    let Some(path) = file else { return Ok(None) };
    let file = sources.add(path.display().to_string(), read_text(&path)?);
    parse(sources, file).map(Some)
}

fn parse(sources: &mut SourceMap, file: crate::source::FileId) -> Result<Articles, CliError> {
    articles::read(sources, file).map_err(|problem| CliError::Faulty {
        sources: std::mem::take(sources),
        diagnostics: vec![problem.diagnostic()],
    })
}
