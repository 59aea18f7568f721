//! `zhunsheng calendar`: look at the calendar, check calendar files. One subcommand per file.

mod check;
mod show;

use std::io::Write;
use std::process::ExitCode;

use clap::Subcommand;

use super::CliError;

#[derive(Subcommand)]
pub(super) enum CalendarCommand {
    /// 查日历文件有没有错；不写路径就查内置的
    #[command(alias = "查")]
    Check(check::CheckArgs),
    /// 画出一年或一月的日历，标出休与班
    #[command(alias = "看")]
    Show(show::ShowArgs),
}

pub(super) fn run(command: &CalendarCommand, out: &mut dyn Write) -> Result<ExitCode, CliError> {
    match command {
        CalendarCommand::Check(args) => check::run(args, out),
        CalendarCommand::Show(args) => show::run(args, out),
    }
}
