//! `zhunsheng convert`: logs in any format → one log in another; `zhunsheng vocabulary`: the vocabulary of logs.
//! With the rules the log names (or `--rules`); without rules by a vocabulary inferred from the logs.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chrono::NaiveDate;
use clap::{Args, ValueEnum};
use flate2::Compression;
use flate2::write::GzEncoder;

use super::columns::ColumnsOption;
use super::inputs::{RulesOption, read_logs};
use super::save::save;
use super::talk;
use super::terminal::Screen;
use super::{CliError, clock};
use crate::convert::{self, Log, Target};
use crate::diagnostic::nearest;
use crate::library;
use crate::logs::{self, Foreign, LogFormat, LogReading, ReadOptions};
use crate::progress::Stage;
use crate::render::pretty;
use crate::source::{FileId, SourceMap};
use crate::vocabulary::Vocabulary;

#[derive(Args)]
#[command(after_help = "例：
  zhunsheng convert 日志.jsonl -o 日志.xes               格式看扩展名
  zhunsheng convert 日志.sqlite -o 日志.jsonl.gz         以 .gz 结尾的压缩
  zhunsheng convert --to csv 日志.xes.gz > 日志.csv      没有规则的日志，词汇由日志推断
退出码：0 写好了；2 命令、规则或日志有错")]
pub(super) struct ConvertArgs {
    /// 日志文件、装日志的文件夹；- 读标准输入
    #[arg(value_name = "日志", required = true)]
    logs: Vec<PathBuf>,
    #[command(flatten)]
    rules: RulesOption,
    /// 写到文件；不写时写到标准输出，要用 --to
    #[arg(short, long, value_name = "文件")]
    output: Option<PathBuf>,
    /// 格式：jsonl、yaml、ocel-json、ocel-xml、ocel-sqlite、xes、csv、xlsx；
    /// 缺省看扩展名
    #[arg(long, value_name = "格式", hide_possible_values = true)]
    to: Option<Format>,
    /// XES：一个 trace 是哪种实体（读时、写时都用）
    #[arg(long, value_name = "实体名")]
    case: Option<String>,
    #[command(flatten)]
    columns: ColumnsOption,
    /// 跳过坏行，计数并列出；不加时有一行坏就退出 2
    #[arg(long)]
    lenient: bool,
    /// 最多列多少处坏行
    #[arg(long, value_name = "处数", default_value_t = 100, hide_default_value = true)]
    max_errors: usize,
    /// 画图只用 ASCII 字符
    #[arg(long)]
    ascii: bool,
}

#[derive(Args)]
#[command(after_help = "例：
  zhunsheng vocabulary 罚单.xes.gz -o 罚单.rule          推断的词汇，接着在这个文件里写规则
  zhunsheng check --rules 罚单.rule 罚单.xes.gz")]
pub(super) struct VocabularyArgs {
    /// 日志文件、装日志的文件夹；- 读标准输入
    #[arg(value_name = "日志", required = true)]
    logs: Vec<PathBuf>,
    /// 写到文件；不写时写到标准输出
    #[arg(short, long, value_name = "文件")]
    output: Option<PathBuf>,
    /// 规则集的名称
    #[arg(long, value_name = "名称", default_value = "推断的词汇", hide_default_value = true)]
    name: String,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Jsonl,
    Yaml,
    OcelJson,
    OcelXml,
    OcelSqlite,
    Xes,
    Csv,
    Xlsx,
}

impl Format {
    fn target(self) -> Target {
        match self {
            Self::Jsonl => Target::Jsonl,
            Self::Yaml => Target::Yaml,
            Self::OcelJson => Target::OcelJson,
            Self::OcelXml => Target::OcelXml,
            Self::OcelSqlite => Target::OcelSqlite,
            Self::Xes => Target::Xes,
            Self::Csv => Target::Csv,
            Self::Xlsx => Target::Xlsx,
        }
    }
}

fn is_gzip(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("gz"))
}

pub(super) fn run(
    args: &ConvertArgs,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<ExitCode, CliError> {
    let named = args.output.as_ref().and_then(|path| Target::of_name(&path.to_string_lossy()));
    let Some(target) = args.to.map(Format::target).or(named) else {
        let message = match &args.output {
            Some(path) => format!("看不出「{}」要写成什么格式", path.display()),
            None => "没有说写成什么格式".to_owned(),
        };
        let help = "加上 --to（jsonl、yaml、ocel-json、ocel-xml、ocel-sqlite、xes、csv、xlsx），或用 -o 给出带扩展名的文件";
        return Err(CliError::usage(message, help));
    };
    let mut sources = SourceMap::new();
    let files = read_logs(&mut sources, &args.logs, err)?;
    let columns = args.columns.open(&mut sources)?;
    let screen = Screen { unicode: !args.ascii, ..Screen::detect(false) };
    let (vocabulary, inferred) = vocabulary(args, &mut sources, &files, &screen, err)?;
    if let Some(case) = args.case.as_deref().filter(|case| vocabulary.entity_by_name(case).is_none()) {
        let known: Vec<&str> = vocabulary.entities().map(|(_, kind)| kind.name.as_str()).collect();
        let help = match nearest(case, known.iter().copied()) {
            Some(near) => format!("你是不是要写「{near}」"),
            None => format!("词汇里的实体有：{}", known.join("、")),
        };
        return Err(CliError::usage(format!("没有叫「{case}」的实体"), help));
    }
    let options = ReadOptions {
        format: None,
        // Nothing is cut off: what lies ahead is converted too.
        as_of: Some(NaiveDate::MAX),
        today: clock::today(),
        lenient: args.lenient,
        max_errors: args.max_errors,
        columns: columns.as_ref(),
        year: args.columns.year,
        progress: talk::progress(),
    };
    let foreign = Foreign { case: args.case.as_deref(), inferred };
    let watch = talk::watch();
    let reading = logs::read_foreign(&sources, &files, &vocabulary, &options, &foreign);
    talk::progress().begin(Stage::Idle, 0);
    drop(watch);
    if !reading.problems.is_empty() {
        return Err(CliError::Faulty { sources, diagnostics: reading.problems });
    }
    for count in &reading.counts {
        let name = sources.file(count.file).name();
        talk::note(|| format!("日志 {name}：{} 个事件，{} 个实体", count.events, count.entities));
    }
    if !talk::quiet() {
        notes(&sources, &reading, &screen, err)?;
    }
    let case = args.case.as_deref();
    let log = Log { vocabulary: &vocabulary, history: &reading.history, header: &reading.header, case };
    talk::progress().begin(Stage::Write, 0);
    // 写到终端的不出进度条，免得混在一起。
    let _watch = args.output.is_some().then(talk::watch);
    match &args.output {
        Some(path) if is_gzip(path) => save(path, &mut |file| {
            let mut packed = GzEncoder::new(file, Compression::default());
            convert::write(&mut packed, target, &log)?;
            packed.finish().map(|_| ())
        })?,
        Some(path) => save(path, &mut |file| convert::write(file, target, &log))?,
        None => convert::write(out, target, &log)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// That of the rules asked for or named by the log; else inferred (`true`).
fn vocabulary(
    args: &ConvertArgs,
    sources: &mut SourceMap,
    files: &[FileId],
    screen: &Screen,
    err: &mut dyn Write,
) -> Result<(Vocabulary, bool), CliError> {
    let header = files.iter().find_map(|file| logs::peek_policy(sources.file(*file).text()));
    let is_table = |file: &FileId| {
        let source = sources.file(*file);
        LogFormat::detect(source.name(), source.text()) == LogFormat::Table
    };
    // The built-in column mapping speaks the vocabulary of the built-in sets: any of them will do.
    let any = || library::builtin_names().into_iter().next().map(|(name, _)| name);
    let header = header.or_else(|| files.iter().any(is_table).then(any).flatten());
    if args.rules.rules.is_none() && header.is_none() {
        talk::note(|| "没有规则：词汇由日志推断".to_owned());
        return Ok((infer(sources, files), true));
    }
    let (_, plan) = args.rules.load(sources, header.as_deref(), screen, err)?;
    Ok((plan.vocabulary, false))
}

fn infer(sources: &SourceMap, files: &[FileId]) -> Vocabulary {
    talk::progress().begin(Stage::Read, 0);
    let _watch = talk::watch();
    let vocabulary = logs::infer(sources, files, None);
    talk::progress().begin(Stage::Idle, 0);
    vocabulary
}

/// Says what was skipped and what was passed over.
fn notes(sources: &SourceMap, reading: &LogReading, screen: &Screen, err: &mut dyn Write) -> io::Result<()> {
    if !reading.skips.is_empty() {
        writeln!(err, "跳过 {} 条坏记录：", reading.skipped)?;
        pretty::diagnostics(err, sources, &reading.skips, &screen.pretty())?;
    }
    for (sentence, origins) in &reading.remarks {
        let places: Vec<String> = origins
            .iter()
            .map(|origin| format!("{}:{}", sources.file(origin.file).name(), origin.line))
            .collect();
        let places = if places.is_empty() { String::new() } else { format!("（{}）", places.join("、")) };
        writeln!(err, "注意：{sentence}{places}")?;
    }
    Ok(())
}

pub(super) fn run_vocabulary(
    args: &VocabularyArgs,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<ExitCode, CliError> {
    let mut sources = SourceMap::new();
    let files = read_logs(&mut sources, &args.logs, err)?;
    let vocabulary = infer(&sources, &files);
    let (entities, events) = (vocabulary.entities().count(), vocabulary.events().count());
    talk::note(|| format!("推断出 {entities} 种实体，{events} 种事件"));
    let text = convert::vocabulary(&args.name, &vocabulary);
    match &args.output {
        Some(path) => save(path, &mut |file| file.write_all(text.as_bytes()))?,
        None => out.write_all(text.as_bytes())?,
    }
    Ok(ExitCode::SUCCESS)
}
