//! `zhunsheng lint`: what is doubtful about rules that can be used.
//! Exit code 0, 1 when something is doubtful and `--deny-warnings` is given, 2 when rules have errors.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use chrono::NaiveDate;
use clap::{Args, ValueEnum};

use super::common::{CalendarOption, date};
use super::inputs::RulesOption;
use super::terminal::Screen;
use super::{CliError, FAILED, clock};
use crate::diagnostic::{self, Diagnostic};
use crate::library::{self, Loaded};
use crate::lint::{self, Input, Options};
use crate::render::{pretty, problems, sarif};
use crate::source::SourceMap;

#[derive(Args)]
#[command(after_help = "例：
  zhunsheng lint                             内置的规则集都看一遍
  zhunsheng lint 本地.rule                    看自己的规则
  zhunsheng lint 本地.rule --upper 甲区        再看有没有比上级宽松的
  zhunsheng lint 规则/ --format sarif --deny-warnings > 结果.sarif
退出码：0 规则能用；1 有警告，而且加了 --deny-warnings；2 命令或规则有错")]
pub(super) struct LintArgs {
    /// 规则：内置的名称，或规则文件、文件夹；不写就看全部内置的
    #[arg(value_name = "规则")]
    rules: Vec<String>,
    /// 一并给出的规则文件或文件夹（被继承、引用的）
    #[arg(long = "with", value_name = "路径")]
    with: Vec<PathBuf>,
    /// 上级规则集：名称或路径；不写时，与它继承的比
    #[arg(long, value_name = "名称或路径", alias = "上级")]
    upper: Option<String>,
    /// 今天：到期的、快到期的从这天看
    #[arg(long, value_name = "日期", value_parser = date, alias = "今天")]
    today: Option<NaiveDate>,
    /// 输出格式：pretty（终端）、json、sarif
    #[arg(
        long,
        value_name = "格式",
        default_value = "pretty",
        hide_default_value = true,
        hide_possible_values = true
    )]
    format: Format,
    /// 有警告就退出 1
    #[arg(long)]
    deny_warnings: bool,
    /// 画图只用 ASCII 字符
    #[arg(long)]
    ascii: bool,
    #[command(flatten)]
    calendar: CalendarOption,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Pretty,
    Json,
    Sarif,
}

pub(super) fn run(args: &LintArgs, out: &mut dyn Write) -> Result<ExitCode, CliError> {
    let calendar = args.calendar.open()?;
    let option = RulesOption { with: args.with.clone(), ..RulesOption::default() };
    let mut sources = SourceMap::new();
    let upper = match &args.upper {
        Some(name) => Some(option.open(&mut sources, name)?),
        None => None,
    };
    let named: Vec<String> = if args.rules.is_empty() {
        library::builtin_names().into_iter().map(|(name, _)| name).collect()
    } else {
        args.rules.clone()
    };
    let mut found = upper.as_ref().map(errors).unwrap_or_default();
    let options = Options {
        today: args.today.unwrap_or_else(clock::today),
        calendar: &calendar.calendar,
        upper: upper.as_ref().map(input),
    };
    for name in &named {
        let loaded = option.open(&mut sources, name)?;
        found.extend(loaded.problems.iter().cloned());
        if errors(&loaded).is_empty() {
            found.extend(lint::lint(&input(&loaded), &options));
        }
    }
    diagnostic::sort(&mut found);
    let broken = found.iter().any(Diagnostic::is_error);
    let screen = Screen { unicode: !args.ascii, ..Screen::detect(false) };
    match args.format {
        Format::Pretty if broken => return Err(CliError::Faulty { sources, diagnostics: found }),
        Format::Pretty if found.is_empty() => {
            let list = named.join("、");
            writeln!(out, "没有可疑之处：{list}")?;
        }
        Format::Pretty => pretty::diagnostics(out, &sources, &found, &screen.pretty())?,
        Format::Json => problems::write(out, &sources, &found)?,
        Format::Sarif => sarif::diagnostics(out, &sources, &found, lint::PAGES)?,
    }
    Ok(match (broken, found.is_empty()) {
        (true, _) => ExitCode::from(FAILED),
        (false, false) if args.deny_warnings => ExitCode::from(1),
        (false, _) => ExitCode::SUCCESS,
    })
}

fn input(loaded: &Loaded) -> Input<'_> {
    Input { name: &loaded.name, analysis: &loaded.analysis, library: &loaded.library }
}

fn errors(loaded: &Loaded) -> Vec<Diagnostic> {
    loaded.problems.iter().filter(|problem| problem.is_error()).cloned().collect()
}
