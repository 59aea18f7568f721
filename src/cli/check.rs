//! `zhunsheng check`: logs against rules; findings to the terminal or a file.
//! Exit code 0, 1 when a violation reaches `--fail-on`, 2 when something could not be used.

use std::io::{self, IsTerminal as _, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chrono::NaiveDate;
use clap::{Args, ValueEnum};

use super::columns::ColumnsOption;
use super::common::{CalendarOption, OpenCalendar, date, file_info, read_all};
use super::inputs::{RulesOption, coverage, no_such_rule, read_logs};
pub(super) use super::save::save;
use super::terminal::Screen;
use super::{CliError, clock, talk};
use crate::check::{self, CheckOptions};
use crate::diagnostic::Diagnostic;
use crate::finding::{Asked, Calculation, Inputs, Report, Severity, Verdict};
use crate::library::Loaded;
use crate::logs::{self, ReadOptions};
use crate::norm;
use crate::plan::{Plan, PlanParameter};
use crate::progress::Stage;
use crate::render::facts::Facts;
use crate::render::json::JsonOptions;
use crate::render::pretty::PrettyOptions;
use crate::render::{csv_lines, html, json, jsonl, junit, markdown, pretty, sarif_report, xlsx};
use crate::source::{self, FileId, SourceMap};
use crate::waiver;

#[derive(Args)]
#[command(after_help = "例：
  zhunsheng check 台账.jsonl                            规则、覆盖期间、截至日看日志首行
  zhunsheng check --as-of 2025-12-31 --all 台账.jsonl
  zhunsheng check --rules 本地.rule --param 及时=3个工作日 台账.jsonl
  zhunsheng check -o 报告.html 台账.jsonl               给人看的网页；写成 .xlsx .md .csv 也一样
  zhunsheng check --format json -o 结果.json 台账.jsonl
退出码：0 没有达到 --fail-on 的违规；1 有；2 命令、规则或日志有错")]
pub(super) struct CheckArgs {
    /// 日志、台账，装它们的文件夹，通配；- 读标准输入
    #[arg(value_name = "日志", required = true)]
    pub(super) logs: Vec<PathBuf>,
    #[command(flatten)]
    rules: RulesOption,
    /// 截至日：这天以后的事当作还没有发生；缺省看日志首行，再缺省是今天
    #[arg(long, value_name = "日期", value_parser = date, alias = "截至")]
    as_of: Option<NaiveDate>,
    /// 覆盖期间：日志收全了哪一段，计数的规则要用
    #[arg(long, value_name = "起..止", value_parser = coverage, alias = "覆盖")]
    coverage: Option<(NaiveDate, NaiveDate)>,
    /// 输出格式：pretty（终端） html（网页） xlsx（工作簿） md（公文） csv json jsonl sarif junit；
    /// 不写就看 -o 的扩展名（.xml 是 junit），再没有是 pretty
    #[arg(long, value_name = "格式", hide_possible_values = true)]
    format: Option<Format>,
    /// 写到文件；xlsx 不能写到终端
    #[arg(short, long, value_name = "文件")]
    output: Option<PathBuf>,
    /// 合规、除外、不适用的也列出
    #[arg(long)]
    all: bool,
    /// 终端里每一段最多列多少条，0 为全部
    #[arg(long, value_name = "条数", default_value_t = 20, hide_default_value = true)]
    limit: usize,
    /// 用某日施行的规则、某日的参数重查全部历史
    #[arg(long, value_name = "日期", value_parser = date)]
    policy_as_of: Option<NaiveDate>,
    /// 只判这一条规则
    #[arg(long, value_name = "编号")]
    only: Option<String>,
    /// 有哪一级的违规就退出 1：error（缺省）、warning、never
    #[arg(
        long,
        value_name = "级别",
        default_value = "error",
        hide_default_value = true,
        hide_possible_values = true
    )]
    fail_on: FailOn,
    /// 豁免文件（YAML）：命中的违规照样列出，但不算进退出码
    #[arg(long, value_name = "文件", alias = "豁免")]
    waivers: Option<PathBuf>,
    /// 跳过坏行，计数并列出；不加时有一行坏就退出 2
    #[arg(long)]
    lenient: bool,
    /// 最多列多少处坏行
    #[arg(long, value_name = "处数", default_value_t = 100, hide_default_value = true)]
    max_errors: usize,
    /// 不隐去身份证号、手机号
    #[arg(long)]
    no_mask: bool,
    /// 画图只用 ASCII 字符
    #[arg(long)]
    ascii: bool,
    #[command(flatten)]
    columns: ColumnsOption,
    #[command(flatten)]
    calendar: CalendarOption,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Pretty,
    #[value(alias = "网页")]
    Html,
    #[value(aliases = ["excel", "工作簿"])]
    Xlsx,
    Csv,
    #[value(aliases = ["markdown", "公文"])]
    Md,
    Json,
    Jsonl,
    Sarif,
    Junit,
}

impl Format {
    /// By the extension of the file to write.
    fn of(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        Some(match extension.as_str() {
            "html" | "htm" => Self::Html,
            "xlsx" => Self::Xlsx,
            "csv" => Self::Csv,
            "md" | "markdown" => Self::Md,
            "json" => Self::Json,
            "jsonl" | "ndjson" => Self::Jsonl,
            "sarif" => Self::Sarif,
            "xml" => Self::Junit,
            _ => return None,
        })
    }
}

/// The format asked for, or the one of the file to write; refused where it cannot go.
fn format(args: &CheckArgs) -> Result<Format, CliError> {
    let inferred = args.output.as_deref().and_then(Format::of);
    let format = args.format.or(inferred).unwrap_or(Format::Pretty);
    if format == Format::Xlsx && args.output.is_none() && io::stdout().is_terminal() {
        return Err(CliError::usage("工作簿不能写到终端", "加 -o 结果.xlsx"));
    }
    Ok(format)
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FailOn {
    #[value(alias = "错误")]
    Error,
    #[value(alias = "警告")]
    Warning,
    #[value(alias = "不")]
    Never,
}

/// A report, and what it was made from.
pub(super) struct Made {
    pub sources: SourceMap,
    pub report: Report,
    pub calendar: OpenCalendar,
    /// Records skipped under `--lenient`, and why.
    pub skipped: usize,
    pub skips: Vec<Diagnostic>,
    pub screen: Screen,
}

pub(super) fn run(args: &CheckArgs, out: &mut dyn Write, err: &mut dyn Write) -> Result<ExitCode, CliError> {
    let format = format(args)?;
    let mut sources = SourceMap::new();
    let logs = read_logs(&mut sources, &args.logs, err)?;
    let made = make(args, sources, &logs, err)?;
    let Made { sources, report, calendar, skips, screen, .. } = &made;
    if !skips.is_empty() && format == Format::Pretty && !talk::quiet() {
        writeln!(err, "跳过 {} 条坏记录：", made.skipped)?;
        pretty::diagnostics(err, sources, skips, &screen.pretty())?;
    }
    let facts = Facts { sources, report, calendar: &calendar.calendar, mask: screen.mask, skipped: skips };
    match &args.output {
        Some(path) => {
            let plain = Screen { colour: false, ..*screen };
            talk::progress().begin(Stage::Write, 0);
            let _watch = talk::watch();
            save(path, &mut |file| write(args, format, file, &facts, &plain))?;
        }
        None => write(args, format, out, &facts, screen)?,
    }
    Ok(if fails(report, args.fail_on) { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

/// Everything but the output: rules, calendar and waivers read, the given logs judged.
pub(super) fn make(
    args: &CheckArgs,
    mut sources: SourceMap,
    logs: &[FileId],
    err: &mut dyn Write,
) -> Result<Made, CliError> {
    let header = logs.iter().find_map(|file| logs::peek_policy(sources.file(*file).text()));
    let screen = Screen { unicode: !args.ascii, mask: !args.no_mask, ..Screen::detect(false) };
    let (loaded, plan) = args.rules.load(&mut sources, header.as_deref(), &screen, err)?;
    let plan = match args.policy_as_of {
        Some(date) => plan.as_it_stood_on(date),
        None => plan,
    };
    if let Some(only) = &args.only
        && !plan.rules.iter().any(|rule| rule.id == *only)
    {
        return Err(no_such_rule(&loaded, &plan, only, "用 zhunsheng show 看有哪些规则"));
    }
    let calendar = args.calendar.open()?;
    let columns = args.columns.open(&mut sources)?;
    let options = CheckOptions {
        read: ReadOptions {
            format: None,
            as_of: args.as_of,
            today: clock::today(),
            lenient: args.lenient,
            max_errors: args.max_errors,
            columns: columns.as_ref(),
            year: args.columns.year,
            progress: talk::progress(),
        },
        coverage: args.coverage,
        all: args.all,
        only: args.only.as_deref(),
    };
    let watch = talk::watch();
    let checked = check::check(&sources, &loaded, &plan, &calendar.calendar, logs, &options);
    talk::progress().begin(Stage::Idle, 0);
    drop(watch);
    let Some(mut report) = checked.report else {
        return Err(CliError::Faulty { sources, diagnostics: checked.problems });
    };
    say(&report, &loaded, &calendar);
    record(args, &plan, &mut report.asked);
    report.asked.inputs = Some(inputs(args, &sources, &loaded, &calendar, &columns.files));
    if let Some(path) = &args.waivers {
        let files = read_all(&mut sources, std::slice::from_ref(path), &["yaml", "yml"])?;
        for file in files {
            report.asked.waivers.push(file_info(&sources, file));
            match waiver::read(file, sources.file(file).text(), &plan, &|id| loaded.repealed(id)) {
                Ok(waivers) => waiver::apply(&mut report, &waivers),
                Err(diagnostics) => return Err(CliError::Faulty { sources, diagnostics }),
            }
        }
    }
    Ok(Made { sources, report, calendar, skipped: checked.skipped, skips: checked.skips, screen })
}

/// For `--verbose`.
pub(super) fn say(report: &Report, loaded: &Loaded, calendar: &OpenCalendar) {
    for log in &report.logs {
        talk::note(|| format!("日志 {}：{} 个事件，{} 个实体", log.path, log.events, log.entities));
    }
    let short = |sum: &str| sum.chars().take(12).collect::<String>();
    talk::note(|| {
        let (name, sum) = (&report.policy_name, short(&report.policy_sha256));
        format!("规则 {name}：{} 条，{} 个文件，sha256 {sum}…", report.by_rule.len(), loaded.files.len())
    });
    talk::note(|| {
        let (first, last) = calendar.calendar.horizon();
        format!("日历：{first} 至 {last} 已公布，sha256 {}…", short(&report.calendar_sha256))
    });
    talk::note(|| format!("截至 {}", report.as_of));
}

/// The call, so that it can be made again.
fn inputs(
    args: &CheckArgs,
    sources: &SourceMap,
    loaded: &Loaded,
    calendar: &OpenCalendar,
    columns: &[FileId],
) -> Inputs {
    let words = |paths: &[PathBuf]| paths.iter().map(|path| path.display().to_string()).collect();
    Inputs {
        logs: words(&args.logs),
        rules: args.rules.rules.clone(),
        with: words(&args.rules.with),
        rule_files: loaded.files.iter().map(|file| file_info(sources, *file)).collect(),
        rule_sums: rule_sums(loaded, args.only.as_deref()),
        parameters: args.rules.parameters.clone(),
        calendars: words(&args.calendar.paths),
        calendar_files: calendar.files.clone(),
        columns: columns.iter().map(|file| file_info(sources, *file)).collect(),
        year: args.columns.year,
        waivers: args.waivers.as_ref().map(|path| path.display().to_string()),
        all: args.all,
        lenient: args.lenient,
        max_errors: args.max_errors,
        mask: !args.no_mask,
    }
}

/// A short sum over what each rule says, definitions, lists and what all rules lean on written out.
fn rule_sums(loaded: &Loaded, only: Option<&str>) -> Vec<(String, String)> {
    let Some(policy) = loaded.policy() else { return Vec::new() };
    let grounds = format!("{:?} {:?} {:?}", norm::grounds(policy), policy.effective, policy.repealed);
    let norms = norm::norms(policy);
    let sums = norms.iter().zip(&policy.rules).map(|(norm, rule)| {
        let said = format!("{norm:?} {:?} {:?} {:?} {grounds}", rule.document, rule.liability, rule.tags);
        (rule.id.clone(), source::sha256(&said).chars().take(16).collect())
    });
    sums.filter(|(id, _)| only.is_none_or(|only| only == id)).collect()
}

/// Notes what was asked for that changes the findings.
fn record(args: &CheckArgs, plan: &Plan, asked: &mut Asked) {
    asked.policy_as_of = args.policy_as_of;
    if args.rules.parameters.is_empty() && args.policy_as_of.is_none() {
        return;
    }
    let words = |parameter: &PlanParameter| (parameter.name.clone(), check::parameter_words(parameter));
    asked.parameters = plan.parameters.iter().map(words).collect();
    let set =
        |name: &str| args.rules.parameters.iter().any(|text| text.split(['=', '＝']).next() == Some(name));
    asked.set = asked.parameters.iter().filter(|(name, _)| set(name)).cloned().collect();
}

fn write(
    args: &CheckArgs,
    format: Format,
    out: &mut dyn Write,
    facts: &Facts<'_>,
    screen: &Screen,
) -> io::Result<()> {
    let Facts { sources, report, calendar, .. } = *facts;
    let options = JsonOptions { mask: facts.mask, skipped: facts.skipped };
    match format {
        Format::Html => html::write(out, facts),
        Format::Xlsx => xlsx::write(out, facts),
        Format::Csv => csv_lines::write(out, facts),
        Format::Md => markdown::write(out, facts),
        Format::Sarif => sarif_report::write(out, facts),
        Format::Junit => junit::write(out, facts),
        Format::Json => json::write(out, sources, report, &options),
        Format::Jsonl => jsonl::write(out, sources, report, &options),
        Format::Pretty => {
            let derive = |calculation: &Calculation| {
                Some(calendar.derivation(calculation.start, &calculation.limit).summary())
            };
            let show_date = |date| calendar.show_date(date);
            let options = PrettyOptions {
                limit: (args.limit > 0 && !args.all).then_some(args.limit),
                derive: &derive,
                show_date: &show_date,
                ..screen.pretty()
            };
            pretty::report(out, sources, report, &options)
        }
    }
}

fn fails(report: &Report, fail_on: FailOn) -> bool {
    report.findings.iter().any(|finding| {
        finding.verdict == Verdict::Violated
            && finding.waived.is_none()
            && match (fail_on, finding.severity) {
                (FailOn::Error, Severity::Error) => true,
                (FailOn::Warning, Severity::Error | Severity::Warning) => true,
                (FailOn::Error, Severity::Warning | Severity::Advice)
                | (FailOn::Warning, Severity::Advice)
                | (FailOn::Never, _) => false,
            }
    })
}
