//! `zhunsheng verify`: the check of a report done again as the report says, and both laid side by side.
//! Exit code 0 when every conclusion is the same, 1 when not, 2 when it could not be done again.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, ValueEnum};

use super::CliError;
use super::check::{CheckArgs, make};
use super::common::read_text;
use super::inputs::read_logs;
use super::terminal::Screen;
use crate::library;
use crate::render::json::{self, JsonOptions};
use crate::render::verify::{VerifyOptions, json as as_json, table};
use crate::source::{Container, FileId, SourceMap};
use crate::verify::{self, Kind, Named, Recorded, Reverted, Verdict};

#[derive(Args)]
#[command(after_help = "例：
  zhunsheng verify 报告.json                              照报告里记的输入重跑，逐条比对
  zhunsheng verify 报告.json --logs 存档/台账.jsonl         日志搬到了这里
  zhunsheng verify 报告.json --old-logs 旧台账.jsonl        日志改过，这是报告时的那份：据此说为什么
退出码：0 逐条一致；1 有不同；2 报告或输入用不了")]
pub(super) struct VerifyArgs {
    /// 报告：check --format json 或 jsonl 写出来的
    #[arg(value_name = "报告")]
    report: PathBuf,
    /// 日志现在在哪里；不写就在报告记的地方
    #[arg(long, value_name = "日志", num_args = 1.., alias = "日志")]
    logs: Vec<PathBuf>,
    /// 规则现在在哪里
    #[arg(long, value_name = "名称或路径", alias = "规则")]
    rules: Option<String>,
    /// 一并给出的规则现在在哪里
    #[arg(long = "with", value_name = "路径")]
    with: Vec<PathBuf>,
    /// 日历文件现在在哪里
    #[arg(long, value_name = "路径")]
    calendar: Vec<PathBuf>,
    /// 列名映射现在在哪里
    #[arg(long, value_name = "文件", alias = "列名")]
    columns: Vec<PathBuf>,
    /// 豁免文件现在在哪里
    #[arg(long, value_name = "文件", alias = "豁免")]
    waivers: Option<PathBuf>,
    /// 报告时的那份日志：换回它再跑一遍，看哪些不同是日志带来的
    #[arg(long, value_name = "日志", num_args = 1..)]
    old_logs: Vec<PathBuf>,
    /// 报告时的那份规则
    #[arg(long, value_name = "路径")]
    old_rules: Option<String>,
    /// 报告时的那份日历文件
    #[arg(long, value_name = "路径")]
    old_calendar: Vec<PathBuf>,
    /// 报告时的那份列名映射
    #[arg(long, value_name = "文件")]
    old_columns: Vec<PathBuf>,
    /// 报告时的那份豁免文件
    #[arg(long, value_name = "文件")]
    old_waivers: Option<PathBuf>,
    /// 输出格式：pretty（终端）、json
    #[arg(
        long,
        value_name = "格式",
        default_value = "pretty",
        hide_default_value = true,
        hide_possible_values = true
    )]
    format: Format,
    /// 最多列多少条不同，0 为全部
    #[arg(long, value_name = "条数", default_value_t = 20, hide_default_value = true)]
    limit: usize,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Pretty,
    Json,
}

/// What the report was called with, some of it elsewhere now.
#[derive(Clone, Debug)]
struct Places {
    /// `None`: where the report says.
    logs: Option<Vec<PathBuf>>,
    rules: Option<String>,
    with: Vec<PathBuf>,
    calendars: Vec<PathBuf>,
    columns: Vec<PathBuf>,
    waivers: Option<PathBuf>,
}

pub(super) fn run(args: &VerifyArgs, out: &mut dyn Write, err: &mut dyn Write) -> Result<ExitCode, CliError> {
    let name = args.report.display().to_string();
    let mut sources = SourceMap::new();
    let file = sources.add(name.clone(), read_text(&args.report)?);
    let report = match verify::read(file, sources.file(file).text()) {
        Ok(report) => report,
        Err(problem) => return Err(CliError::Faulty { sources, diagnostics: vec![problem.diagnostic()] }),
    };
    drop(sources);
    let places = Places {
        logs: (!args.logs.is_empty()).then(|| args.logs.clone()),
        rules: args.rules.clone().or_else(|| report.call.rules.clone()),
        with: or(&args.with, &report.call.with),
        calendars: or(&args.calendar, &report.call.calendars),
        columns: match args.columns.as_slice() {
            [] => report.call.columns.iter().map(|file| PathBuf::from(&file.name)).collect(),
            given => given.to_vec(),
        },
        waivers: args.waivers.clone().or_else(|| report.call.waivers.as_ref().map(PathBuf::from)),
    };
    let missing = missing(&report, &places);
    if !missing.is_empty() {
        return Err(CliError::Usage {
            message: "报告用过的东西找不到了，没法重跑".to_owned(),
            help: missing,
        });
    }
    let now = again(&report, &places, err)?;
    let reverted = reverted(args, &report, &places)?;
    let outcome = verify::compare(&report, &now, &reverted);
    let options = VerifyOptions {
        width: Screen::detect(false).width,
        limit: (args.limit > 0).then_some(args.limit),
        name: &name,
    };
    match args.format {
        Format::Pretty => table(out, &report, &outcome, &options)?,
        Format::Json => as_json(out, &report, &outcome, &options)?,
    }
    Ok(match outcome.verdict() {
        Verdict::Same => ExitCode::SUCCESS,
        Verdict::Changed | Verdict::Suspect => ExitCode::from(1),
    })
}

fn or(given: &[PathBuf], recorded: &[String]) -> Vec<PathBuf> {
    if given.is_empty() { recorded.iter().map(PathBuf::from).collect() } else { given.to_vec() }
}

/// What is not where it should be, and how to say where it is; all of it at once.
fn missing(report: &Recorded, places: &Places) -> Vec<String> {
    let mut missing = Vec::new();
    if places.logs.is_none() {
        // 工作簿里的一张表、压缩包里的文件，名字在「!」后面。
        let there = |name: &str| {
            let outside = name.split_once('!').map_or(name, |(outside, _)| outside);
            Path::new(name).exists() || Path::new(outside).exists()
        };
        for log in report.logs.iter().filter(|log| !there(&log.name)) {
            missing.push(if log.name == "<stdin>" {
                "日志是从标准输入读的；存过的话用 --logs 指给它".to_owned()
            } else {
                format!("日志「{}」：搬走了就用 --logs 指给它", log.name)
            });
        }
    }
    let mut look = |kind: &str, path: &Path, option: &str| {
        if !path.exists() {
            missing.push(format!("{kind}「{}」：搬走了就用 {option} 指给它", path.display()));
        }
    };
    if let Some(rules) = &places.rules {
        let known = library::builtin_names().iter().any(|(name, folder)| name == rules || folder == rules);
        // 按名称要的、由 --with 给出的规则集，不是路径。
        if !known && (places.with.is_empty() || rules.contains(['/', '\\', '.'])) {
            look("规则", Path::new(rules), "--rules");
        }
    }
    places.with.iter().for_each(|path| look("规则", path, "--with"));
    places.calendars.iter().for_each(|path| look("日历文件", path, "--calendar"));
    places.columns.iter().for_each(|path| look("列名映射", path, "--columns"));
    if let Some(path) = &places.waivers {
        look("豁免文件", path, "--waivers");
    }
    missing
}

#[derive(Parser)]
#[command(no_binary_name = true)]
struct Words {
    #[command(flatten)]
    check: CheckArgs,
}

/// The command line the report was made by, with things where they are now.
fn words(report: &Recorded, places: &Places) -> Vec<std::ffi::OsString> {
    let call = &report.call;
    let mut words: Vec<String> = Vec::new();
    let mut say = |option: &str, value: String| words.push(format!("--{option}={value}"));
    if let Some(rules) = &places.rules {
        say("rules", rules.clone());
    }
    call.parameters.iter().for_each(|parameter| say("param", parameter.clone()));
    if call.as_of != "log" {
        say("as-of", report.as_of.to_string());
    }
    if let Some((first, last)) = report.coverage.filter(|_| call.coverage == "caller") {
        say("coverage", format!("{first}..{last}"));
    }
    if let Some(day) = report.policy_as_of {
        say("policy-as-of", day.to_string());
    }
    if let Some(only) = &report.only {
        say("only", only.clone());
    }
    if let Some(year) = call.year {
        say("year", year.to_string());
    }
    say("max-errors", call.max_errors.to_string());
    for (flag, set) in [("--all", call.all), ("--lenient", call.lenient), ("--no-mask", !call.mask)] {
        if set {
            words.push(flag.to_owned());
        }
    }
    let mut words: Vec<std::ffi::OsString> = words.into_iter().map(Into::into).collect();
    let mut path = |option: &str, path: &Path| {
        words.push(option.into());
        words.push(path.into());
    };
    places.with.iter().for_each(|one| path("--with", one));
    places.calendars.iter().for_each(|one| path("--calendar", one));
    places.columns.iter().for_each(|one| path("--columns", one));
    if let Some(waivers) = &places.waivers {
        path("--waivers", waivers);
    }
    words.push("--".into());
    words.extend(call.logs.iter().map(Into::into));
    words
}

/// Does the check again and reads back what it would have written.
fn again(report: &Recorded, places: &Places, err: &mut dyn Write) -> Result<Recorded, CliError> {
    let words = Words::try_parse_from(words(report, places)).map_err(|error| {
        let message =
            format!("报告里记的命令读不懂：{}", error.to_string().lines().next().unwrap_or_default());
        CliError::usage(message, "报告可能被改过，或是更新版本的程序写的；换那个版本再试")
    })?;
    let mut sources = SourceMap::new();
    let logs = match &places.logs {
        Some(paths) => moved(&mut sources, paths, &report.logs, err)?,
        None => read_logs(&mut sources, &words.check.logs, err)?,
    };
    let made = make(&words.check, sources, &logs, err)?;
    let mut text = Vec::new();
    let options = JsonOptions { mask: report.call.mask, skipped: &made.skips };
    json::write(&mut text, &made.sources, &made.report, &options)?;
    let text = String::from_utf8_lossy(&text);
    let mut sources = SourceMap::new();
    let file = sources.add("<重跑>", "");
    verify::read(file, &text)
        .map_err(|problem| CliError::Faulty { sources, diagnostics: vec![problem.diagnostic()] })
}

/// A file that was found where the caller says it is now: its own name, its sum as a report has it, and its texts.
struct Found {
    name: String,
    sha256: String,
    parts: Vec<FileId>,
}

/// Reads logs that are elsewhere now under the names the report knows them by: the same content first, then the
/// same file name, then what is left in order. The sheets of a workbook go together.
fn moved(
    sources: &mut SourceMap,
    paths: &[PathBuf],
    recorded: &[Named],
    err: &mut dyn Write,
) -> Result<Vec<FileId>, CliError> {
    let mut read = SourceMap::new();
    let mut found: Vec<Found> = Vec::new();
    for part in read_logs(&mut read, paths, err)? {
        let file = read.file(part);
        let (name, sha256) = file.on_disk();
        match found.last_mut().filter(|last| last.name == name) {
            Some(last) => last.parts.push(part),
            None => found.push(Found { name, sha256, parts: vec![part] }),
        }
    }
    let base = |name: &str| name.rsplit(['/', '\\']).next().unwrap_or(name).to_owned();
    let mut known: Vec<(Found, Option<usize>)> = found.into_iter().map(|file| (file, None)).collect();
    let mut free: Vec<(usize, &Named)> = recorded.iter().enumerate().collect();
    let mut settle = |same: &dyn Fn(&Found, &Named) -> bool| {
        for (file, place) in known.iter_mut().filter(|(_, place)| place.is_none()) {
            if let Some(which) = free.iter().position(|(_, log)| same(file, log)) {
                *place = Some(free.remove(which).0);
            }
        }
    };
    settle(&|file, log| file.sha256 == log.sha256);
    settle(&|file, log| base(&file.name) == base(&log.name));
    settle(&|_, _| true);
    // 次序照报告里的：日志有先后，结论里的位置与它无关，计数的列表与它有关。
    known.sort_by_key(|(_, place)| place.unwrap_or(usize::MAX));
    let mut files = Vec::new();
    for (file, place) in known {
        let name = place.and_then(|at| recorded.get(at)).map_or(&file.name, |log| &log.name);
        for part in file.parts {
            let old = read.file(part);
            // 工作簿的表名跟在文件名后面，文件改了名它不变。
            let sheet = old.name().strip_prefix(&file.name).unwrap_or_default();
            let container = old.container().map(|one| Container { path: name.clone(), ..one.clone() });
            files.push(sources.add_part(format!("{name}{sheet}"), old.text().to_owned(), container));
        }
    }
    Ok(files)
}

/// A run per kind of input that the caller still has as it was; each must be what the report says it was.
fn reverted(args: &VerifyArgs, report: &Recorded, places: &Places) -> Result<Vec<Reverted>, CliError> {
    let mut wanted: Vec<(Kind, &str, Places)> = Vec::new();
    if !args.old_logs.is_empty() {
        let logs = Some(args.old_logs.clone());
        wanted.push((Kind::Logs, "--old-logs", Places { logs, ..places.clone() }));
    }
    if let Some(rules) = &args.old_rules {
        let rules = Some(rules.clone());
        wanted.push((Kind::Rules, "--old-rules", Places { rules, ..places.clone() }));
    }
    if !args.old_calendar.is_empty() {
        let calendars = args.old_calendar.clone();
        wanted.push((Kind::Calendar, "--old-calendar", Places { calendars, ..places.clone() }));
    }
    if !args.old_columns.is_empty() {
        let columns = args.old_columns.clone();
        wanted.push((Kind::Columns, "--old-columns", Places { columns, ..places.clone() }));
    }
    if let Some(waivers) = &args.old_waivers {
        let waivers = Some(waivers.clone());
        wanted.push((Kind::Waivers, "--old-waivers", Places { waivers, ..places.clone() }));
    }
    let sums = |list: &[Named]| list.iter().map(|one| one.sha256.clone()).collect::<Vec<_>>();
    let mut reverted = Vec::new();
    for (kind, option, places) in wanted {
        let run = again(report, &places, &mut std::io::sink())?;
        let as_it_was = match kind {
            Kind::Logs => run.logs == report.logs,
            Kind::Rules => run.policy == report.policy,
            Kind::Calendar => run.calendar_sha256 == report.calendar_sha256,
            Kind::Columns => sums(&run.call.columns) == sums(&report.call.columns),
            Kind::Waivers => sums(&run.waivers) == sums(&report.waivers),
            Kind::Program => true,
        };
        if !as_it_was {
            let message = format!("{option} 给的不是报告时的那份{}：散列与报告里记的不同", kind.label());
            return Err(CliError::usage(message, "找到原来的那份；没有就不写这个选项，按推断来说"));
        }
        reverted.push(Reverted { kind, run });
    }
    Ok(reverted)
}
