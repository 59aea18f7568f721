//! One check from end to end: rules, logs and calendar in, a [`Report`] out.
//! Takes loaded texts; reads no disk and no clock. `cli` calls it, and so do case pages and tests.

use chrono::NaiveDate;

use crate::calendar::{Calendar, TimeLimit};
use crate::diagnostic::{Diagnostic, nearest};
use crate::evaluate::{self, Settings};
use crate::finding::{Asked, InputOrigin, LogInfo, Remark, Report};
use crate::library::Loaded;
use crate::logs::{self, LogReading, ReadOptions};
use crate::plan::{Plan, PlanParameter};
use crate::policy::{ParameterKind, ParameterValue};
use crate::program::PROGRAM;
use crate::source::{FileId, SourceMap};

/// What is asked, besides rules and logs.
#[derive(Clone, Copy, Debug)]
pub struct CheckOptions<'a> {
    pub read: ReadOptions<'a>,
    /// 覆盖期间 given by the caller, first and last day inclusive; overrides the logs'.
    pub coverage: Option<(NaiveDate, NaiveDate)>,
    /// List every instance.
    pub all: bool,
    /// Only this rule.
    pub only: Option<&'a str>,
}

/// A report, or what is wrong with the logs.
#[derive(Debug)]
pub struct Checked {
    /// `None` when the logs have errors.
    pub report: Option<Report>,
    pub problems: Vec<Diagnostic>,
    /// Records skipped under `lenient`, and why.
    pub skipped: usize,
    pub skips: Vec<Diagnostic>,
}

/// Reads the logs and judges them by the plan.
pub fn check(
    sources: &SourceMap,
    loaded: &Loaded,
    plan: &Plan,
    calendar: &Calendar,
    logs: &[FileId],
    options: &CheckOptions<'_>,
) -> Checked {
    let reading = logs::read(sources, logs, &plan.vocabulary, &options.read);
    if !reading.problems.is_empty() {
        return Checked { report: None, problems: reading.problems, skipped: 0, skips: Vec::new() };
    }
    let coverage = options.coverage.or(reading.header.coverage);
    let origin = |given: bool, said: bool| match (given, said) {
        (true, _) => InputOrigin::Caller,
        (false, true) => InputOrigin::Log,
        (false, false) => InputOrigin::Default,
    };
    let asked = Asked {
        only: options.only.map(str::to_owned),
        as_of_from: origin(options.read.as_of.is_some(), reading.header.as_of.is_some()),
        coverage_from: origin(options.coverage.is_some(), reading.header.coverage.is_some()),
        ..Asked::default()
    };
    let file_name = |id: FileId| {
        let name = sources.file(id).name();
        name.rsplit(['/', '\\']).next().unwrap_or(name).to_owned()
    };
    let settings = Settings {
        as_of: reading.as_of,
        coverage,
        all: options.all,
        only: options.only,
        file_name: &file_name,
        progress: options.read.progress,
    };
    let evaluation = evaluate::evaluate(plan, &reading.history, calendar, &settings);
    let judged = |id: &String| options.only.is_none_or(|only| only == id);
    let by_rule = evaluation.by_rule.into_iter().filter(|(id, ..)| judged(id)).collect();
    let report = Report {
        program: PROGRAM,
        policy_name: plan.policy_name.clone(),
        policy_number: plan.policy_number.clone(),
        policy_sha256: loaded.sha256.clone(),
        calendar_sha256: calendar.sha256(),
        logs: log_infos(sources, &reading),
        as_of: reading.as_of,
        coverage,
        summary: evaluation.summary,
        by_rule,
        by_group: evaluation.by_group,
        group_name: plan.group_name.clone(),
        findings: evaluation.findings,
        asked,
        warnings: reading.remarks.into_iter().map(|(message, origins)| Remark { message, origins }).collect(),
    };
    Checked { report: Some(report), problems: Vec::new(), skipped: reading.skipped, skips: reading.skips }
}

/// One per file read: the sheets of a workbook count together. The sum is of a text as decoded, or of the bytes of
/// a file that is no text itself.
fn log_infos(sources: &SourceMap, reading: &LogReading) -> Vec<LogInfo> {
    let mut infos: Vec<LogInfo> = Vec::new();
    for count in &reading.counts {
        let file = sources.file(count.file);
        let (path, sha256) = file.on_disk();
        let same =
            |info: &&mut LogInfo| file.container().is_some() && info.path == path && info.sha256 == sha256;
        match infos.last_mut().filter(same) {
            Some(info) => {
                info.events += count.events;
                info.entities += count.entities;
            }
            None => infos.push(LogInfo { path, sha256, events: count.events, entities: count.entities }),
        }
    }
    infos
}

/// A `名=值` that cannot be used: what is wrong, and the ways out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadParameter {
    pub message: String,
    pub help: Vec<String>,
}

/// A parameter's values in words: `20 个工作日，自 2027-01-01 起 15 个工作日`, `2`, `不设`.
pub fn parameter_words(parameter: &PlanParameter) -> String {
    let parts = parameter.values.iter().map(|(from, value)| {
        let word = match value {
            Some(ParameterValue::Limit(limit)) => limit.to_string(),
            Some(ParameterValue::Number(number)) => number.to_string(),
            None => "不设".to_owned(),
        };
        from.map(|from| format!("自 {from} 起 {word}")).unwrap_or(word)
    });
    parts.collect::<Vec<_>>().join("，")
}

/// Sets a parameter of the plan from `名=值` (ledger 26, 35, 37).
pub fn set_parameter(plan: &mut Plan, text: &str) -> Result<(), BadParameter> {
    let bad = |message: String, help: String| Err(BadParameter { message, help: vec![help] });
    let Some((name, value)) = text.split_once('=').or_else(|| text.split_once('＝')) else {
        return bad(format!("「{text}」不是 名=值"), "如 --param 某期限=30日".to_owned());
    };
    let known: Vec<String> = plan.parameters.iter().map(|parameter| parameter.name.clone()).collect();
    let Some(parameter) = plan.parameters.iter_mut().find(|parameter| parameter.name == name) else {
        let help = match nearest(name, known.iter().map(String::as_str)) {
            Some(near) => format!("你是不是要写「{near}」"),
            None => format!("有的参数：{}", known.join("、")),
        };
        return bad(format!("没有叫「{name}」的参数"), help);
    };
    let set = match parameter.kind {
        ParameterKind::Number => match value.parse::<u32>() {
            Ok(number) if !value.starts_with('+') => ParameterValue::Number(number),
            Ok(_) | Err(_) => {
                return bad(
                    format!("参数「{name}」是次数，「{value}」不是次数"),
                    format!("只写数字，如 {name}=2"),
                );
            }
        },
        ParameterKind::Limit => match TimeLimit::parse_parameter(value) {
            Ok(limit) => ParameterValue::Limit(limit),
            Err(problem) => {
                let diagnostic = problem.diagnostic();
                return Err(BadParameter { message: diagnostic.message, help: diagnostic.help });
            }
        },
    };
    parameter.values = vec![(None, Some(set))];
    Ok(())
}
