//! `zhunsheng due`: duties whose last day is near, and those overdue and still not done.
//! Exit code 0, also when something is overdue; 2 when something could not be used.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::CliError;
use super::judged::{Judged, JudgedArgs};
use super::save::save;
use super::talk;
use super::terminal::Screen;
use crate::calendar::TimeLimit;
use crate::due::{self, Due, Order};
use crate::progress::Stage;
use crate::render::due::{DueOptions, markdown, pretty};
use crate::render::{due_csv, due_json, ics};

#[derive(Args)]
#[command(after_help = "例：
  zhunsheng due 台账.jsonl                                 十个工作日内到期的
  zhunsheng due --within 30日 --by group 台账.jsonl
  zhunsheng due -o 到期.ics 台账.jsonl                   导入手机的日历
退出码：0 列出来了，有逾期的也是 0；2 命令、规则或日志有错")]
pub(super) struct DueArgs {
    #[command(flatten)]
    judged: JudgedArgs,
    /// 往后看多久（含当日）：10个工作日（缺省）、30日
    #[arg(
        long,
        value_name = "期限",
        default_value = "10个工作日",
        hide_default_value = true,
        value_parser = within
    )]
    within: TimeLimit,
    /// 按什么排：日（缺省），或规则集汇总的那一种
    #[arg(long, value_name = "什么", default_value = "日", hide_default_value = true)]
    by: String,
    /// 没有期限、还没有做的也列出
    #[arg(long)]
    open: bool,
    /// 格式：pretty、md、csv、json、ics（日历）；缺省看扩展名
    #[arg(long, value_name = "格式")]
    format: Option<Format>,
    /// 写到文件
    #[arg(short, long, value_name = "文件")]
    output: Option<PathBuf>,
    /// ics 里提前一天提醒
    #[arg(long)]
    alarm: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Pretty,
    Md,
    Csv,
    Json,
    Ics,
}

impl Format {
    /// By the extension of the file to write.
    fn of(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "md" | "markdown" => Some(Self::Md),
            "csv" => Some(Self::Csv),
            "json" => Some(Self::Json),
            "ics" => Some(Self::Ics),
            _ => None,
        }
    }
}

fn within(text: &str) -> Result<TimeLimit, String> {
    TimeLimit::parse_parameter(text.trim())
        .map_err(|_| format!("「{text}」不是期限；写作 10个工作日、30日、2个月"))
}

/// `日`, or what the rule set sums up by, by its name.
fn order(word: &str, group: Option<&str>) -> Result<Order, CliError> {
    match word {
        "日" | "天" | "day" => Ok(Order::Day),
        "group" => Ok(Order::Group),
        word if group == Some(word) => Ok(Order::Group),
        _ => {
            let known: Vec<&str> = ["日"].into_iter().chain(group).collect();
            Err(CliError::usage(format!("不能按「{word}」排"), format!("可以写：{}", known.join("、"))))
        }
    }
}

pub(super) fn run(args: &DueArgs, out: &mut dyn Write, err: &mut dyn Write) -> Result<ExitCode, CliError> {
    let screen = Screen { mask: !args.judged.no_mask, ..Screen::detect(false) };
    let judged = args.judged.judge(false, &screen, err)?;
    let order = order(&args.by, judged.plan.group_name.as_deref())?;
    let due = due::due(&judged.report, &judged.plan, &judged.calendar, &args.within, order);
    match &args.output {
        Some(path) => {
            talk::progress().begin(Stage::Write, 0);
            let _watch = talk::watch();
            save(path, &mut |file| write(args, file, &judged, &due, order, &screen))?;
        }
        None => write(args, out, &judged, &due, order, &screen)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn write(
    args: &DueArgs,
    out: &mut dyn Write,
    judged: &Judged,
    due: &Due<'_>,
    order: Order,
    screen: &Screen,
) -> io::Result<()> {
    let show_date = |date| judged.calendar.show_date(date);
    let options =
        DueOptions { width: screen.width, mask: screen.mask, order, open: args.open, show_date: &show_date };
    let format = args.format.or_else(|| Format::of(args.output.as_deref()?)).unwrap_or(Format::Pretty);
    match format {
        Format::Pretty => pretty(out, &judged.sources, due, &options),
        Format::Md => markdown(out, &judged.sources, due, &options),
        Format::Csv => due_csv::write(out, &judged.sources, due, &options),
        Format::Json => due_json::write(out, &judged.sources, due, &options),
        Format::Ics => {
            let name = format!("到期提醒（{}）", judged.report.policy_name);
            ics::write(out, &judged.sources, due, &name, args.alarm, &options)
        }
    }
}
