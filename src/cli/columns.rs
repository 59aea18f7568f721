//! `zhunsheng columns`: what was recognised in tables, and a draft of the mapping for what was not.
//! Also `--columns`, `--year` of the commands that read logs. Exit code 0, 2 when a table was not recognised.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::common::read_all;
use super::inputs::{RulesOption, read_logs};
use super::save::save;
use super::talk;
use super::terminal::{Screen, pad, width};
use super::{CliError, FAILED};
use crate::library;
use crate::logs::{self, ColumnRole, Columns, LogFormat, Recognised, RecognisedColumn, RecognisedSort};
use crate::render::mask::mask;
use crate::render::wrap;
use crate::source::{FileId, SourceMap};

/// For every command that reads logs.
#[derive(Args, Debug)]
pub(super) struct ColumnsOption {
    /// 台账的列名映射（YAML），补充或改掉内置的；可给几份，后面的补充前面的
    #[arg(long = "columns", value_name = "文件", alias = "列名")]
    pub mappings: Vec<PathBuf>,
    /// 台账里没有写年份的日期（5月6日）是哪一年的
    #[arg(long, value_name = "年", value_parser = clap::value_parser!(i32).range(1990..=2100), alias = "年")]
    pub year: Option<i32>,
}

/// A mapping, and the files it was read from.
#[derive(Debug, Default)]
pub(super) struct OpenColumns {
    columns: Option<Columns>,
    pub files: Vec<FileId>,
}

impl OpenColumns {
    /// `None`: the built-in one.
    pub fn as_ref(&self) -> Option<&Columns> {
        self.columns.as_ref()
    }
}

impl ColumnsOption {
    /// The built-in mapping with the given files on top.
    pub fn open(&self, sources: &mut SourceMap) -> Result<OpenColumns, CliError> {
        if self.mappings.is_empty() {
            return Ok(OpenColumns::default());
        }
        let files = read_all(sources, &self.mappings, &["yaml", "yml"])?;
        match Columns::read(sources, &files) {
            Ok(columns) => Ok(OpenColumns { columns: Some(columns), files }),
            Err(diagnostics) => Err(CliError::Faulty { sources: std::mem::take(sources), diagnostics }),
        }
    }
}

#[derive(Args)]
#[command(after_help = "例：
  zhunsheng columns 台账.xlsx                     每张表认成了什么，每一列写到哪里
  zhunsheng columns 台账.csv --draft -o 映射.yaml  把认不出的列写成草稿，改好再用
  zhunsheng columns 台账.csv --columns 映射.yaml   看改得对不对
  zhunsheng check --columns 映射.yaml 台账.csv
退出码：0 都认出来了；2 有一张表没有认出来，或者命令有错")]
pub(super) struct ColumnsArgs {
    /// 台账：.csv、.tsv、工作簿；- 读标准输入
    #[arg(value_name = "台账", required = true)]
    logs: Vec<PathBuf>,
    #[command(flatten)]
    rules: RulesOption,
    #[command(flatten)]
    columns: ColumnsOption,
    /// 写出映射草稿（YAML）
    #[arg(long, alias = "草稿")]
    draft: bool,
    /// 写到文件
    #[arg(short, long, value_name = "文件")]
    output: Option<PathBuf>,
    /// 输出格式：pretty（终端）、json
    #[arg(
        long,
        value_name = "格式",
        default_value = "pretty",
        hide_default_value = true,
        hide_possible_values = true
    )]
    format: Format,
    /// 不隐去样例里的身份证号、手机号
    #[arg(long)]
    no_mask: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Pretty,
    Json,
}

pub(super) fn run(
    args: &ColumnsArgs,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<ExitCode, CliError> {
    let mut sources = SourceMap::new();
    let files = read_logs(&mut sources, &args.logs, err)?;
    let given = args.columns.open(&mut sources)?;
    let columns = given.as_ref().unwrap_or_else(|| Columns::builtin());
    let screen = Screen { mask: !args.no_mask, ..Screen::detect(false) };
    // Any of the built-in sets will do: they have one vocabulary.
    let any = library::builtin_names().into_iter().next().map(|(name, _)| name);
    let (_, plan) = args.rules.load(&mut sources, any.as_deref(), &screen, err)?;
    let mut tables = Vec::new();
    let mut books: Vec<(&str, bool)> = Vec::new();
    let watch = talk::watch();
    for file in files {
        let source = sources.file(file);
        if LogFormat::detect(source.name(), source.text()) == LogFormat::Table {
            let table = logs::describe(source, columns, &plan.vocabulary, args.columns.year);
            let known = !matches!(table.sort, RecognisedSort::Unknown(_));
            let book = source.container().map_or(source.name(), |container| &container.path);
            match books.last_mut().filter(|(last, _)| *last == book) {
                Some((_, any)) => *any |= known,
                None => books.push((book, known)),
            }
            tables.push(table);
        } else if !talk::quiet() {
            writeln!(err, "「{}」不是表，不看列名", source.name())?;
        }
    }
    drop(watch);
    talk::note(|| format!("看了 {} 张表", tables.len()));
    let show = |text: &str| if args.no_mask { text.to_owned() } else { mask(text).into_owned() };
    let mut write = |out: &mut dyn Write| match (args.draft, args.format) {
        (true, _) => out.write_all(logs::draft(&tables, &show).as_bytes()),
        (false, Format::Json) => json(out, &tables, &show),
        (false, Format::Pretty) => pretty(out, &tables, &show, screen.width),
    };
    match &args.output {
        Some(path) => save(path, &mut write)?,
        None => write(out)?,
    }
    // 工作簿里有一张认得就行：填表说明之类的表本来就不是台账。
    let strange = books.iter().any(|(_, known)| !known);
    Ok(if strange && !args.draft { ExitCode::from(FAILED) } else { ExitCode::SUCCESS })
}

fn kind(sort: &RecognisedSort) -> String {
    match sort {
        RecognisedSort::Mapped(name, gist) if gist.is_empty() => format!("认作「{name}」"),
        RecognisedSort::Mapped(name, gist) => format!("认作「{name}」：{gist}"),
        RecognisedSort::Records => "一行一条记录".to_owned(),
        RecognisedSort::OfType(name) => format!("一行一个「{name}」"),
        RecognisedSort::Unknown(None) => "没有认出来".to_owned(),
        RecognisedSort::Unknown(Some((name, missing))) => {
            format!("没有认出来，最像「{name}」，缺{}", missing.join("、"))
        }
    }
}

fn role(role: &ColumnRole) -> String {
    match role {
        ColumnRole::Standard(name) => name.clone(),
        ColumnRole::Repeated(name) => format!("（重复的「{name}」，不用）"),
        ColumnRole::Ignored => "（不用）".to_owned(),
        ColumnRole::Unknown(None) => "？认不出".to_owned(),
        ColumnRole::Unknown(Some(near)) => format!("？是不是「{near}」"),
    }
}

fn pretty(
    out: &mut dyn Write,
    tables: &[Recognised],
    show: &dyn Fn(&str) -> String,
    columns: usize,
) -> io::Result<()> {
    for (number, table) in tables.iter().enumerate() {
        if number > 0 {
            writeln!(out)?;
        }
        writeln!(out, "{}", show(&table.name))?;
        writeln!(out, "  {}", kind(&table.sort))?;
        if let Some(header) = table.header {
            let data = match table.data {
                Some((first, last)) => format!("数据第 {first} 行到第 {last} 行"),
                None => "没有数据".to_owned(),
            };
            writeln!(out, "  表头在第 {header} 行，{data}")?;
        }
        writeln!(out)?;
        let lines: Vec<[String; 5]> = table.columns.iter().map(|column| line(column, show)).collect();
        let titles = ["列", "表头", "认作", "样例", "写到"].map(str::to_owned);
        let wide = |at: usize, most: usize| {
            let all = lines.iter().chain([&titles]).filter_map(|line| line.get(at));
            all.map(|cell| width(cell)).max().unwrap_or(0).min(most)
        };
        let widths = [wide(0, 4), wide(1, 24), wide(2, 24), wide(3, 18)];
        let before: usize = widths.iter().map(|width| width + 2).sum::<usize>() + 2;
        for cells in [&titles].into_iter().chain(&lines) {
            let mut row = String::from("  ");
            for (cell, width) in cells.iter().zip(widths) {
                row.push_str(&pad(&short(cell, width), width + 2));
            }
            let writes = cells.last().map_or("", String::as_str);
            let mut parts = wrap(writes, columns.saturating_sub(before).max(16)).into_iter();
            row.push_str(&parts.next().unwrap_or_default());
            writeln!(out, "{}", row.trim_end())?;
            for part in parts {
                writeln!(out, "{}{part}", " ".repeat(before))?;
            }
        }
        covers(out, table, columns)?;
    }
    Ok(())
}

fn covers(out: &mut dyn Write, table: &Recognised, columns: usize) -> io::Result<()> {
    let words = match &table.covers {
        None => "全部事件".to_owned(),
        Some(names) if names.is_empty() => "没有事件".to_owned(),
        Some(names) => names.join("、"),
    };
    writeln!(out)?;
    labelled(out, "记了", &words, columns)?;
    if !table.lacking.is_empty() {
        let lack = table.lacking.iter().map(|(event, lacks)| match lacks.as_slice() {
            [] => event.clone(),
            lacks => format!("{event}（缺「{}」列）", lacks.join("」「")),
        });
        let words = lack.collect::<Vec<_>>().join("、");
        labelled(out, "没记", &format!("{words}。没记的事件，用到它的规则判“无法判定”"), columns)?;
    }
    Ok(())
}

fn labelled(out: &mut dyn Write, label: &str, words: &str, columns: usize) -> io::Result<()> {
    for (number, part) in wrap(words, columns.saturating_sub(8).max(20)).into_iter().enumerate() {
        let label = if number == 0 { label } else { "" };
        writeln!(out, "  {}{part}", pad(label, 6))?;
    }
    Ok(())
}

fn line(column: &RecognisedColumn, show: &dyn Fn(&str) -> String) -> [String; 5] {
    [
        column.letter.clone(),
        show(&column.heading),
        role(&column.role),
        column.sample.as_deref().map(show).unwrap_or_default(),
        column.writes.join("、"),
    ]
}

/// At most so many columns wide.
fn short(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let mut cut = String::new();
    for c in text.chars() {
        if width(&cut) + width(c.encode_utf8(&mut [0; 4])) + 1 > columns {
            break;
        }
        cut.push(c);
    }
    cut.push('…');
    cut
}

fn json(out: &mut dyn Write, tables: &[Recognised], show: &dyn Fn(&str) -> String) -> io::Result<()> {
    let list: Vec<Value> = tables
        .iter()
        .map(|table| {
            let (sort, name, missing) = match &table.sort {
                RecognisedSort::Mapped(name, _) => ("mapped", Some(name.as_str()), None),
                RecognisedSort::Records => ("records", None, None),
                RecognisedSort::OfType(name) => ("type", Some(name.as_str()), None),
                RecognisedSort::Unknown(None) => ("unknown", None, None),
                RecognisedSort::Unknown(Some((name, missing))) => {
                    ("unknown", Some(name.as_str()), Some(missing))
                }
            };
            let columns: Vec<Value> = table
                .columns
                .iter()
                .map(|column| {
                    let (role, standard) = match &column.role {
                        ColumnRole::Standard(name) => ("standard", Some(name)),
                        ColumnRole::Repeated(name) => ("repeated", Some(name)),
                        ColumnRole::Ignored => ("ignored", None),
                        ColumnRole::Unknown(near) => ("unknown", near.as_ref()),
                    };
                    json!({
                        "column": column.letter, "heading": show(&column.heading), "role": role,
                        "standard": standard, "writes": column.writes,
                        "sample": column.sample.as_deref().map(show),
                    })
                })
                .collect();
            let lacking: Vec<Value> = table
                .lacking
                .iter()
                .map(|(event, lacks)| json!({"event": event, "columns": lacks}))
                .collect();
            json!({
                "name": show(&table.name), "kind": sort, "table": name, "missing": missing,
                "header": table.header, "data": table.data, "columns": columns,
                "covers": table.covers, "lacking": lacking,
            })
        })
        .collect();
    serde_json::to_writer_pretty(&mut *out, &json!({"schema": "zhunsheng.columns/1", "tables": list}))?;
    writeln!(out)
}
