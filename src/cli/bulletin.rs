//! `zhunsheng bulletin`: indicators per department over a period, with what each number counts.
//! Exit code 0; 2 when something could not be used.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::CliError;
use super::common::read_text;
use super::inputs::RulesOption;
use super::judged::{Judged, JudgedArgs};
use super::save::save;
use super::talk;
use super::terminal::Screen;
use crate::bulletin::{self, Layout, Names, Period};
use crate::check;
use crate::diagnostic::Diagnostic;
use crate::library::{self, Loaded};
use crate::plan::Plan;
use crate::progress::Stage;
use crate::render::bulletin::BulletinPage;
use crate::render::{PROGRAM_ROW, bulletin_html, bulletin_json, bulletin_text, bulletin_xlsx, provenance};
use crate::source::{self, SourceMap};

/// The built-in columns, in `rules/`.
const BUILTIN: &str = "bulletin.yaml";

#[derive(Args)]
#[command(after_help = "例：
  zhunsheng bulletin --period 2025 台账.jsonl                          终端里看
  zhunsheng bulletin --period 2025 -o 通报.html 台账.jsonl
  zhunsheng bulletin --period 2025年上半年 --metrics 我的.yaml 台账.jsonl
退出码：0 写出来了；2 命令、规则、通报文件或日志有错")]
pub(super) struct BulletinArgs {
    #[command(flatten)]
    judged: JudgedArgs,
    /// 期间：2025、2025Q1、2025年上半年、2025-01..2025-06
    #[arg(long, value_name = "期间", value_parser = Period::parse, alias = "期间")]
    period: Period,
    /// 通报文件（YAML）：有哪些栏目、怎样算；缺省用内置的
    #[arg(long, value_name = "文件", alias = "指标")]
    metrics: Option<PathBuf>,
    /// 标题，代替通报文件里的；{期间} 换成期间
    #[arg(long, value_name = "标题")]
    title: Option<String>,
    /// 格式：pretty、html、xlsx、md、json；缺省看扩展名
    #[arg(long, value_name = "格式")]
    format: Option<Format>,
    /// 写到文件
    #[arg(short, long, value_name = "文件")]
    output: Option<PathBuf>,
    /// 不附明细
    #[arg(long)]
    brief: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Pretty,
    Html,
    Xlsx,
    Md,
    Json,
}

impl Format {
    /// By the extension of the file to write.
    fn of(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "html" | "htm" => Some(Self::Html),
            "xlsx" => Some(Self::Xlsx),
            "md" | "markdown" => Some(Self::Md),
            "json" => Some(Self::Json),
            _ => None,
        }
    }
}

/// The format asked for, or the one of the file to write; a workbook is not shown on a terminal.
fn format(args: &BulletinArgs) -> Result<Format, CliError> {
    let format = args.format.or_else(|| Format::of(args.output.as_deref()?)).unwrap_or(Format::Pretty);
    if format == Format::Xlsx && args.output.is_none() {
        return Err(CliError::usage("工作簿要写到文件里", "加上 -o，如 -o 通报.xlsx"));
    }
    Ok(format)
}

pub(super) fn run(
    args: &BulletinArgs,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<ExitCode, CliError> {
    let screen = Screen { mask: !args.judged.no_mask, ..Screen::detect(false) };
    let format = format(args)?;
    let mut judged = args.judged.judge(true, &screen, err)?;
    let (mut layout, indicators, plan, sum) = columns(args, &mut judged)?;
    if let Some(title) = &args.title {
        layout.title.clone_from(title);
    }
    let options = args.judged.options(judged.columns.as_ref(), true);
    let watch = talk::watch();
    let checked = check::check(&judged.sources, &indicators, &plan, &judged.calendar, &judged.logs, &options);
    talk::progress().begin(Stage::Idle, 0);
    drop(watch);
    let Some(report) = checked.report else {
        return Err(CliError::Faulty { sources: judged.sources, diagnostics: checked.problems });
    };
    let bulletin = bulletin::tally(&judged.report, &report, &judged.plan, &plan, &layout, &args.period);
    let mut rows = provenance(&judged.report);
    let program = rows.iter().position(|(label, _)| label == PROGRAM_ROW).unwrap_or(rows.len());
    let own = [("指标规则 SHA-256", report.policy_sha256.clone()), ("通报文件 SHA-256", sum)];
    rows.splice(program..program, own.map(|(label, sum)| (label.to_owned(), sum)));
    let page = BulletinPage {
        bulletin: &bulletin,
        sources: &judged.sources,
        provenance: &rows,
        mask: screen.mask,
        brief: args.brief,
    };
    match &args.output {
        Some(path) => {
            talk::progress().begin(Stage::Write, 0);
            let _watch = talk::watch();
            save(path, &mut |file| write(format, file, &page, &screen))?;
        }
        None => write(format, out, &page, &screen)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn write(format: Format, out: &mut dyn Write, page: &BulletinPage<'_>, screen: &Screen) -> io::Result<()> {
    match format {
        Format::Pretty => bulletin_text::pretty(out, page, screen.width),
        Format::Html => bulletin_html::write(out, page),
        Format::Xlsx => bulletin_xlsx::write(out, page),
        Format::Md => bulletin_text::markdown(out, page),
        Format::Json => bulletin_json::write(out, page),
    }
}

/// The layout, the indicator rules it names, and the sum of the bulletin file.
fn columns(args: &BulletinArgs, judged: &mut Judged) -> Result<(Layout, Loaded, Plan, String), CliError> {
    let (name, text) = match &args.metrics {
        Some(path) => (path.display().to_string(), read_text(path)?),
        None => (format!("rules/{BUILTIN}"), library::builtin_file(BUILTIN).unwrap_or_default().to_owned()),
    };
    let file = judged.sources.add(name, text.clone());
    let read = |names| bulletin::read(file, &text, names);
    let faulty = |sources: &mut SourceMap, diagnostics: Vec<Diagnostic>| {
        Err(CliError::Faulty { sources: std::mem::take(sources), diagnostics })
    };
    let (rules, place) = match bulletin::indicator_rules(file, &text) {
        Ok(named) => named,
        Err(diagnostics) => return faulty(&mut judged.sources, diagnostics),
    };
    let folder = args.metrics.as_deref().and_then(Path::parent);
    let beside = folder.map(|folder| folder.join(&rules)).filter(|path| path.exists());
    let wanted = beside.map_or(rules, |path| path.display().to_string());
    let option = RulesOption { with: args.judged.rules.with.clone(), ..RulesOption::default() };
    let loaded = match option.open(&mut judged.sources, &wanted) {
        Ok(loaded) => loaded,
        Err(CliError::Usage { message, help }) => {
            let mut diagnostic = Diagnostic::error("B002", format!("指标规则：{message}")).at(place, "");
            diagnostic.help.extend(help);
            let others = read(Names { plan: &judged.plan, metrics: None }).err();
            let all = std::iter::once(diagnostic).chain(others.into_iter().flatten()).collect();
            return faulty(&mut judged.sources, all);
        }
        Err(other) => return Err(other),
    };
    if loaded.problems.iter().any(Diagnostic::is_error) {
        let problems = loaded.problems.clone();
        return faulty(&mut judged.sources, problems);
    }
    let Some(mut plan) = loaded.plan.clone() else {
        return Err(CliError::usage("指标规则没有编好", "用 zhunsheng show 看哪里不对"));
    };
    // 同名的参数用所查规则集的值：本地改了期限，指标跟着改。
    for parameter in &mut plan.parameters {
        let same = judged
            .plan
            .parameters
            .iter()
            .find(|one| one.name == parameter.name && one.kind == parameter.kind);
        if let Some(same) = same {
            parameter.values.clone_from(&same.values);
        }
    }
    match read(Names { plan: &judged.plan, metrics: Some(&plan) }) {
        Ok(layout) => {
            talk::note(|| {
                format!("指标规则 {wanted}：{} 条，{} 个文件", plan.rules.len(), loaded.files.len())
            });
            Ok((layout, loaded, plan, source::sha256(&text)))
        }
        Err(diagnostics) => faulty(&mut judged.sources, diagnostics),
    }
}
