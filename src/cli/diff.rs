//! `zhunsheng diff`: two rule sets, or two versions of one, duty by duty.
//! Exit code 0 whatever differs, 2 when a rule set could not be used.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::common::CalendarOption;
use super::inputs::RulesOption;
use super::terminal::Screen;
use super::{CliError, talk};
use crate::compare;
use crate::diagnostic::Diagnostic;
use crate::library::Loaded;
use crate::progress::Stage;
use crate::render::compare::{CompareOptions, markdown, table};
use crate::render::{compare_json, pretty};
use crate::source::SourceMap;

#[derive(Args)]
#[command(after_help = "例：
  zhunsheng diff 规则集名 本地.rule                     本地改了哪些，改严了还是改宽了
  zhunsheng diff 旧版.rule 新版.rule --format md        一个规则集的两个版本，写成文档
每处“严”“宽”都附一份两边结论不同的历史，打印前两边都实跑过；找不到就不说严宽。
退出码：0 比完了；2 命令或规则有错")]
pub(super) struct DiffArgs {
    /// 甲：内置的名称，或规则文件、文件夹
    #[arg(value_name = "甲")]
    left: String,
    /// 乙：内置的名称，或规则文件、文件夹
    #[arg(value_name = "乙")]
    right: String,
    /// 一并给出的规则文件或文件夹（被继承、引用的）
    #[arg(long = "with", value_name = "路径")]
    with: Vec<PathBuf>,
    /// 输出格式：table（终端）、json、md
    #[arg(
        long,
        value_name = "格式",
        default_value = "table",
        hide_default_value = true,
        hide_possible_values = true
    )]
    format: Format,
    /// 相同的也逐条列出
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    calendar: CalendarOption,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Table,
    Json,
    Md,
}

pub(super) fn run(args: &DiffArgs, out: &mut dyn Write, err: &mut dyn Write) -> Result<ExitCode, CliError> {
    let screen = Screen::detect(false);
    let open = |name: &str, err: &mut dyn Write| sound(&args.with, name, &screen, err);
    let (left, right) = (open(&args.left, err)?, open(&args.right, err)?);
    let calendar = args.calendar.open()?;
    let calendar = &calendar.calendar;
    talk::progress().begin(Stage::Judge, 0);
    let watch = talk::watch();
    let comparison = compare::compare(&left, &right, calendar)
        .ok_or_else(|| CliError::usage("规则没有编好", "先把规则里的错误改掉"))?;
    drop(watch);
    let show_date = |date| calendar.show_date(date);
    let given = [args.left.as_str(), args.right.as_str()];
    let options = CompareOptions { width: screen.width, show_date: &show_date, all: args.all, given };
    match args.format {
        Format::Table => table(out, &comparison, &options)?,
        Format::Json => compare_json::write(out, &comparison)?,
        Format::Md => markdown(out, &comparison, &options)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// A rule set without errors; its warnings are printed.
pub(super) fn sound(
    with: &[PathBuf],
    name: &str,
    screen: &Screen,
    err: &mut dyn Write,
) -> Result<Loaded, CliError> {
    let mut sources = SourceMap::new();
    let rules = RulesOption { rules: None, with: with.to_vec(), parameters: Vec::new() };
    let loaded = rules.open(&mut sources, name)?;
    if loaded.plan.is_none() || loaded.problems.iter().any(Diagnostic::is_error) {
        return Err(CliError::Faulty { sources, diagnostics: loaded.problems });
    }
    if !loaded.problems.is_empty() && !talk::quiet() {
        pretty::diagnostics(err, &sources, &loaded.problems, &screen.pretty())?;
    }
    Ok(loaded)
}
