//! `zhunsheng calendar check`: every problem of calendar files, then what they amount to.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use chrono::{Datelike as _, NaiveDate};
use clap::Args;

use crate::calendar::Calendar;
use crate::cli::common::read_all;
use crate::cli::terminal::Screen;
use crate::cli::{CliError, FAILED, clock};
use crate::render::pretty;
use crate::source::SourceMap;

#[derive(Args)]
#[command(after_help = "例：
  zhunsheng calendar check                    查内置日历
  zhunsheng calendar check 2027.yaml          查新写的一年，连同内置日历一起
  zhunsheng calendar check --alone 日历/      只查这个文件夹里的，不用内置日历")]
pub(in crate::cli) struct CheckArgs {
    /// 日历文件或文件夹
    #[arg(value_name = "路径")]
    paths: Vec<PathBuf>,
    /// 不用内置日历，只看所给的文件
    #[arg(long, requires = "paths")]
    alone: bool,
}

pub(super) fn run(args: &CheckArgs, out: &mut dyn Write) -> Result<ExitCode, CliError> {
    let mut sources = SourceMap::new();
    let (files, base) = if args.paths.is_empty() {
        let builtin = Calendar::builtin_files().iter();
        (builtin.map(|(name, text)| sources.add(format!("内置/cn/{name}"), *text)).collect(), None)
    } else {
        let base = (!args.alone).then(Calendar::builtin);
        (read_all(&mut sources, &args.paths, &["yaml", "yml"])?, base)
    };
    let (calendar, diagnostics) = Calendar::load(&sources, &files, base);
    pretty::diagnostics(out, &sources, &diagnostics, &Screen::detect(false).pretty())?;
    let errors = diagnostics.iter().filter(|diagnostic| diagnostic.is_error()).count();
    let warnings = diagnostics.len() - errors;
    writeln!(out, "查了 {} 份放假安排：{errors} 处错误，{warnings} 处警告。", files.len())?;
    let Some(calendar) = calendar else { return Ok(ExitCode::from(FAILED)) };
    let (first, last) = calendar.horizon();
    writeln!(out, "工作日从 {first} 到 {last} 都能算。")?;
    let unsettled: Vec<String> = calendar
        .notices()
        .filter(|notice| !notice.status.published())
        .map(|notice| format!("{} 年", notice.year))
        .collect();
    if !unsettled.is_empty() {
        writeln!(out, "{}只知道法定节日，工作日还不能算。", unsettled.join("、"))?;
    }
    if let Some(reminder) = reminder(clock::today(), last) {
        writeln!(out, "{reminder}")?;
    }
    writeln!(out, "sha256 {}", calendar.sha256())?;
    Ok(ExitCode::SUCCESS)
}

/// From 25 October of the last published year on, the next notice may be out.
fn reminder(today: NaiveDate, last: NaiveDate) -> Option<String> {
    let due = NaiveDate::from_ymd_opt(last.year(), 10, 25)?;
    let year = last.year() + 1;
    (today >= due).then(|| format!("今天 {today}，{year} 年的放假安排可能已经公布，请到 gov.cn 看看。"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reminds_when_the_next_notice_may_be_out() {
        let date = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(reminder(date("2026-10-24"), date("2026-12-31")), None);
        assert!(reminder(date("2026-10-25"), date("2026-12-31")).unwrap().contains("2027 年"));
    }
}
