//! The command line: words in, text and an exit code out. One subcommand per file.
//! The only layer that touches disk, clock, environment and terminal; all words on it are Chinese.

mod bulletin;
mod calendar;
mod check;
mod clock;
mod columns;
mod common;
mod composed;
mod convert;
mod coverage;
mod deadline;
mod diff;
mod due;
mod error;
mod explain;
mod fmt;
mod graph;
mod impact;
mod inputs;
mod judged;
mod lint;
mod log_files;
mod mutate;
mod pages;
mod save;
mod show;
mod terminal;
mod test;
mod usage;
mod verify;

use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

pub use error::CliError;

/// Exit code for a wrong command line, wrong rules, wrong logs, wrong calendars.
const FAILED: u8 = 2;
/// What the shell reports of a program stopped by a closed pipe (128 + SIGPIPE).
const BROKEN_PIPE: u8 = 141;

#[derive(Parser)]
#[command(
    name = "zhunsheng",
    version,
    long_version = crate::program::LONG_VERSION,
    about = "准绳：把规定写成规则，拿历史记录去对，按放假安排算期限",
    after_help = "例：\n  zhunsheng check 台账.jsonl               拿日志对规则\n  zhunsheng deadline 2025-09-26 20        9 月 26 日起 20 个工作日到哪天\n  zhunsheng calendar show 2026            画出 2026 年的休与班\n每个命令后加 -h 看它的用法。"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// 拿日志对规则，列出违规、未到期、无法判定
    #[command(alias = "检查")]
    Check(check::CheckArgs),
    /// 通报：一段时间里各项指标，逐项可查
    #[command(alias = "通报")]
    Bulletin(bulletin::BulletinArgs),
    /// 快到期的义务：按天、按部门，可导入日历
    #[command(alias = "到期")]
    Due(due::DueArgs),
    /// 看台账的列认成了什么，写出映射草稿
    #[command(alias = "列名")]
    Columns(columns::ColumnsArgs),
    /// 把日志转成别的格式：jsonl、yaml、OCEL 2.0、XES、csv、xlsx
    #[command(alias = "转换")]
    Convert(convert::ConvertArgs),
    /// 从日志推断词汇，写成规则文件的开头
    #[command(alias = "词汇")]
    Vocabulary(convert::VocabularyArgs),
    /// 看规则：合成后的全文，或计划
    #[command(alias = "规则")]
    Show(show::ShowArgs),
    /// 讲一条规则，或一个错误代码
    #[command(alias = "说明")]
    Explain(explain::ExplainArgs),
    /// 给规则文件排版
    #[command(alias = "排版")]
    Fmt(fmt::FmtArgs),
    /// 跑用例：规则、历史、期望
    #[command(alias = "用例")]
    Test(test::TestArgs),
    /// 比较两套规则：逐条说同、严、宽、只在一边
    #[command(alias = "比较")]
    Diff(diff::DiffArgs),
    /// 新旧规则在同一批日志上哪些结论变了
    #[command(alias = "影响")]
    Impact(impact::ImpactArgs),
    /// 复核一份报告：照它记的输入重跑，逐条比对，说哪条变了、为什么
    #[command(alias = "复核")]
    Verify(verify::VerifyArgs),
    /// 画出先后与期限：DOT、Mermaid、SVG
    #[command(alias = "图")]
    Graph(graph::GraphArgs),
    /// 用例走到了哪些条、规则、子句
    #[command(alias = "覆盖")]
    Coverage(coverage::CoverageArgs),
    /// 找规则里的可疑之处：永不触发、互相矛盾、没有用到、比上级宽松
    Lint(lint::LintArgs),
    /// 算截止日，说出怎么算的
    #[command(alias = "期限")]
    Deadline(deadline::DeadlineArgs),
    /// 看日历、查日历文件
    #[command(alias = "日历", subcommand)]
    Calendar(calendar::CalendarCommand),
}

/// Runs one command. `args` begin with the program's own name.
pub fn run(args: impl IntoIterator<Item = OsString>, out: &mut dyn Write, err: &mut dyn Write) -> ExitCode {
    let result = dispatch(args, out, err).and_then(|code| {
        out.flush()?;
        Ok(code)
    });
    match result {
        Ok(code) => code,
        Err(CliError::Write(error)) if error.kind() == io::ErrorKind::BrokenPipe => {
            ExitCode::from(BROKEN_PIPE)
        }
        Err(error) => {
            // What was written before the failure still belongs above the message.
            let _ = out.flush();
            let _ = error.report(err);
            ExitCode::from(FAILED)
        }
    }
}

fn dispatch(
    args: impl IntoIterator<Item = OsString>,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<ExitCode, CliError> {
    let matches = match usage::dress(Cli::command()).try_get_matches_from(args) {
        Ok(matches) => matches,
        Err(error) => return usage::answer(&error, out),
    };
    let cli = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(error) => return usage::answer(&error, out),
    };
    match cli.command {
        Command::Check(args) => check::run(&args, out, err),
        Command::Bulletin(args) => bulletin::run(&args, out, err),
        Command::Due(args) => due::run(&args, out, err),
        Command::Columns(args) => columns::run(&args, out, err),
        Command::Convert(args) => convert::run(&args, out, err),
        Command::Vocabulary(args) => convert::run_vocabulary(&args, out, err),
        Command::Show(args) => show::run(&args, out, err),
        Command::Explain(args) => explain::run(&args, out, err),
        Command::Fmt(args) => fmt::run(&args, out),
        Command::Test(args) => test::run(&args, out, err),
        Command::Diff(args) => diff::run(&args, out, err),
        Command::Impact(args) => impact::run(&args, out, err),
        Command::Verify(args) => verify::run(&args, out, err),
        Command::Graph(args) => graph::run(&args, out, err),
        Command::Coverage(args) => coverage::run(&args, out, err),
        Command::Lint(args) => lint::run(&args, out),
        Command::Deadline(args) => deadline::run(&args, out),
        Command::Calendar(command) => calendar::run(&command, out),
    }
}
