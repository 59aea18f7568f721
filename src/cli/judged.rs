//! Logs judged by rules, for commands that make something of the findings: what they take, and doing it.
//! One place for the options they share with `check`.

use std::borrow::Cow;
use std::io::Write;
use std::path::PathBuf;

use chrono::NaiveDate;
use clap::Args;

use super::check::say;
use super::columns::{ColumnsOption, OpenColumns};
use super::common::{CalendarOption, date, file_info};
use super::inputs::{RulesOption, coverage, read_logs};
use super::talk;
use super::terminal::Screen;
use super::{CliError, clock};
use crate::calendar::Calendar;
use crate::check::{self, CheckOptions};
use crate::finding::{Inputs, Report};
use crate::logs::{self, Columns, ReadOptions};
use crate::plan::{Plan, PlanParameter};
use crate::progress::Stage;
use crate::source::{FileId, SourceMap};

/// Logs, rules, and what they are read with.
#[derive(Args, Debug)]
pub(super) struct JudgedArgs {
    /// 日志文件、装日志的文件夹；- 读标准输入
    #[arg(value_name = "日志", required = true)]
    logs: Vec<PathBuf>,
    #[command(flatten)]
    pub rules: RulesOption,
    /// 截至日；缺省看日志首行，再缺省是今天
    #[arg(long, value_name = "日期", value_parser = date, alias = "截至")]
    as_of: Option<NaiveDate>,
    /// 覆盖期间：日志收全了哪一段
    #[arg(long, value_name = "起..止", value_parser = coverage, alias = "覆盖")]
    coverage: Option<(NaiveDate, NaiveDate)>,
    /// 不隐去身份证号、手机号
    #[arg(long)]
    pub no_mask: bool,
    #[command(flatten)]
    columns: ColumnsOption,
    #[command(flatten)]
    calendar: CalendarOption,
}

/// What came of it.
pub(super) struct Judged {
    pub sources: SourceMap,
    pub logs: Vec<FileId>,
    pub plan: Plan,
    pub calendar: Cow<'static, Calendar>,
    pub report: Report,
    /// How tables were read, where the caller said so.
    pub columns: OpenColumns,
}

impl JudgedArgs {
    /// Reads and judges; `all`: keep the findings of every verdict.
    pub fn judge(&self, all: bool, screen: &Screen, err: &mut dyn Write) -> Result<Judged, CliError> {
        let mut sources = SourceMap::new();
        let logs = read_logs(&mut sources, &self.logs, err)?;
        let columns = self.columns.open(&mut sources)?;
        let header = logs.iter().find_map(|file| logs::peek_policy(sources.file(*file).text()));
        let (loaded, plan) = self.rules.load(&mut sources, header.as_deref(), screen, err)?;
        let calendar = self.calendar.open()?;
        let options = self.options(columns.as_ref(), all);
        let watch = talk::watch();
        let checked = check::check(&sources, &loaded, &plan, &calendar.calendar, &logs, &options);
        talk::progress().begin(Stage::Idle, 0);
        drop(watch);
        let Some(mut report) = checked.report else {
            return Err(CliError::Faulty { sources, diagnostics: checked.problems });
        };
        say(&report, &loaded, &calendar);
        let words = |paths: &[PathBuf]| paths.iter().map(|path| path.display().to_string()).collect();
        report.asked.inputs = Some(Inputs {
            logs: words(&self.logs),
            rules: self.rules.rules.clone(),
            with: words(&self.rules.with),
            rule_files: loaded.files.iter().map(|file| file_info(&sources, *file)).collect(),
            parameters: self.rules.parameters.clone(),
            calendars: words(&self.calendar.paths),
            calendar_files: calendar.files,
            columns: columns.files.iter().map(|file| file_info(&sources, *file)).collect(),
            year: self.columns.year,
            all,
            mask: !self.no_mask,
            ..Inputs::default()
        });
        if !self.rules.parameters.is_empty() {
            let words =
                |parameter: &PlanParameter| (parameter.name.clone(), check::parameter_words(parameter));
            report.asked.parameters = plan.parameters.iter().map(words).collect();
        }
        Ok(Judged { sources, logs, plan, calendar: calendar.calendar, report, columns })
    }

    /// What is asked of the engine.
    pub fn options<'c>(&self, columns: Option<&'c Columns>, all: bool) -> CheckOptions<'c> {
        let read = ReadOptions {
            format: None,
            as_of: self.as_of,
            today: clock::today(),
            lenient: false,
            max_errors: 100,
            columns,
            year: self.columns.year,
            progress: talk::progress(),
        };
        CheckOptions { read, coverage: self.coverage, all, only: None }
    }
}
