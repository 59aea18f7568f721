//! `zhunsheng impact`: the same logs under old and new rules; which conclusions change.
//! Exit code 1 when there are new violations (unless `--fail-on never`), 2 when something could not be used.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use chrono::NaiveDate;
use clap::{Args, ValueEnum};

use super::columns::ColumnsOption;
use super::common::{CalendarOption, date};
use super::diff::sound;
use super::inputs::{coverage, read_logs};
use super::terminal::Screen;
use super::{CliError, clock};
use crate::check::{self, CheckOptions};
use crate::compare::{self, ChangeKind};
use crate::finding::Report;
use crate::library::Loaded;
use crate::logs::ReadOptions;
use crate::norm;
use crate::render::impact::{ImpactOptions, json, table};
use crate::source::{FileId, SourceMap};

#[derive(Args)]
#[command(after_help = "例：
  zhunsheng impact --old 旧.rule --new 新.rule 台账.jsonl     改了规则，哪些历史的结论跟着变
  zhunsheng impact --old 旧.rule --new 新.rule --format json 台账/
退出码：0 没有新增违规；1 有；2 命令、规则或日志有错")]
pub(super) struct ImpactArgs {
    /// 旧规则：内置的名称，或规则文件、文件夹
    #[arg(long, value_name = "规则", alias = "旧")]
    old: String,
    /// 新规则：内置的名称，或规则文件、文件夹
    #[arg(long, value_name = "规则", alias = "新")]
    new: String,
    /// 日志、台账，装它们的文件夹，通配；- 读标准输入
    #[arg(value_name = "日志", required = true)]
    logs: Vec<PathBuf>,
    /// 一并给出的规则文件或文件夹（被继承、引用的）
    #[arg(long = "with", value_name = "路径")]
    with: Vec<PathBuf>,
    /// 截至日；缺省看日志首行，再缺省是今天
    #[arg(long, value_name = "日期", value_parser = date, alias = "截至")]
    as_of: Option<NaiveDate>,
    /// 覆盖期间：日志收全了哪一段
    #[arg(long, value_name = "起..止", value_parser = coverage, alias = "覆盖")]
    coverage: Option<(NaiveDate, NaiveDate)>,
    /// 输出格式：table（终端）、json
    #[arg(
        long,
        value_name = "格式",
        default_value = "table",
        hide_default_value = true,
        hide_possible_values = true
    )]
    format: Format,
    /// 每一类变化最多列多少项，0 为全部
    #[arg(long, value_name = "条数", default_value_t = 20, hide_default_value = true)]
    limit: usize,
    /// 何时退出 1：new（缺省，有新增违规）、never
    #[arg(
        long,
        value_name = "何时",
        default_value = "new",
        hide_default_value = true,
        hide_possible_values = true
    )]
    fail_on: FailOn,
    /// 不隐去身份证号、手机号
    #[arg(long)]
    no_mask: bool,
    #[command(flatten)]
    columns: ColumnsOption,
    #[command(flatten)]
    calendar: CalendarOption,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Table,
    Json,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FailOn {
    #[value(alias = "新增")]
    New,
    #[value(alias = "不")]
    Never,
}

pub(super) fn run(args: &ImpactArgs, out: &mut dyn Write, err: &mut dyn Write) -> Result<ExitCode, CliError> {
    let screen = Screen::detect(false);
    let old = sound(&args.with, &args.old, &screen, err)?;
    let new = sound(&args.with, &args.new, &screen, err)?;
    let calendar = args.calendar.open()?;
    let calendar = &calendar.calendar;
    let (Some(before), Some(after)) = (old.policy(), new.policy()) else {
        return Err(CliError::usage("规则没有编好", "先把规则里的错误改掉"));
    };
    let (lefts, rights) = (norm::norms(before), norm::norms(after));
    let pairs: Vec<(String, String)> = compare::align(&lefts, &rights)
        .into_iter()
        .filter_map(|(left, right)| Some((lefts.get(left)?.id.clone(), rights.get(right)?.id.clone())))
        .collect();
    // 两边判的是同一份日志：标准输入只能读一次。
    let mut sources = SourceMap::new();
    let logs = read_logs(&mut sources, &args.logs, err)?;
    let mut report = |loaded| report(args, loaded, calendar, &mut sources, &logs);
    let reports = [report(&old)?, report(&new)?];
    let [old, new] = &reports;
    let impact = compare::impact(old, new, &pairs);
    let show_date = |date| calendar.show_date(date);
    let options = ImpactOptions {
        width: screen.width,
        show_date: &show_date,
        limit: (args.limit > 0).then_some(args.limit),
        mask: !args.no_mask,
    };
    match args.format {
        Format::Table => table(out, &impact, &options)?,
        Format::Json => json(out, &impact, &options)?,
    }
    let fails = args.fail_on == FailOn::New && impact.total.get(ChangeKind::NewViolation) > 0;
    Ok(if fails { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

/// Everything these rules say of the logs. Understood anew for each side: vocabularies may differ.
fn report(
    args: &ImpactArgs,
    loaded: &Loaded,
    calendar: &crate::calendar::Calendar,
    sources: &mut SourceMap,
    logs: &[FileId],
) -> Result<Report, CliError> {
    let columns = args.columns.open(sources)?;
    let plan = loaded.plan.as_ref().ok_or_else(|| CliError::usage("规则没有编好", "先把规则里的错误改掉"))?;
    let options = CheckOptions {
        read: ReadOptions {
            format: None,
            as_of: args.as_of,
            today: clock::today(),
            lenient: false,
            max_errors: 100,
            columns: columns.as_ref(),
            year: args.columns.year,
        },
        coverage: args.coverage,
        all: true,
        only: None,
    };
    let checked = check::check(sources, loaded, plan, calendar, logs, &options);
    checked
        .report
        .ok_or_else(|| CliError::Faulty { sources: std::mem::take(sources), diagnostics: checked.problems })
}
