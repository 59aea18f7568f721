//! Scenarios whose histories are read, so that they can be judged again and again by rule sets over the
//! same vocabulary. Takes a page; gives findings, or whether the page still comes out as written.

use std::borrow::Cow;

use chrono::NaiveDate;

use super::page::{Page, Scenario};
use super::run;
use crate::calendar::{Calendar, parse_date};
use crate::check;
use crate::evaluate::{self, Settings, Trace};
use crate::finding::Finding;
use crate::history::History;
use crate::logs::{self, ReadOptions};
use crate::plan::Plan;
use crate::source::{FileId, SourceMap};
use crate::vocabulary::Vocabulary;

/// One scenario ready to be judged.
#[derive(Debug)]
pub struct Ready {
    as_of: NaiveDate,
    coverage: Option<(NaiveDate, NaiveDate)>,
    /// `名=值`
    parameters: Vec<String>,
    sources: SourceMap,
    history: History,
}

/// A page with all its scenarios ready.
#[derive(Debug)]
pub struct ReadyPage {
    pub page: Page,
    /// What messages call the page.
    pub name: String,
    scenarios: Vec<Ready>,
}

fn day(text: &str, what: &str) -> Result<NaiveDate, Vec<String>> {
    parse_date(text).map_err(|_| vec![format!("{what}「{text}」不是日期，写作 2025-12-31")])
}

impl Ready {
    /// Reads a scenario's history and settings; `name` is what problems call the page. `Err`: what is
    /// wrong, one line each.
    pub fn read(
        page: &Page,
        scenario: &Scenario,
        name: &str,
        vocabulary: &Vocabulary,
    ) -> Result<Self, Vec<String>> {
        let settings = &scenario.settings;
        let parameters =
            if settings.parameters.is_empty() { &page.head.parameters } else { &settings.parameters };
        let parameters =
            parameters.iter().flat_map(|line| line.split(['；', ';'])).map(str::to_owned).collect();
        let as_of = match settings.as_of.as_ref().or(page.head.as_of.as_ref()) {
            Some(text) => day(text, "截至")?,
            None => return Err(vec!["没有写「截至：」".to_owned()]),
        };
        let coverage = match settings.coverage.as_ref().or(page.head.coverage.as_ref()) {
            Some(text) if matches!(text.as_str(), "无" | "—" | "") => None,
            Some(text) => {
                let (from, to) = text
                    .split_once("..")
                    .or_else(|| text.split_once('至'))
                    .ok_or_else(|| vec![format!("覆盖「{text}」写作 2025-01-01..2025-12-31")])?;
                Some((day(from.trim(), "覆盖")?, day(to.trim(), "覆盖")?))
            }
            None => None,
        };
        // 日志的行号就是页里的行号，出错时一看便知。
        let mut lines: Vec<&str> = Vec::new();
        let mut placed: Vec<&(usize, String)> = page.head.log.iter().chain(&settings.log).collect();
        placed.sort_by_key(|(line, _)| *line);
        for (line, text) in placed {
            while lines.len() + 1 < *line {
                lines.push("");
            }
            lines.push(text);
        }
        let mut sources = SourceMap::new();
        let file = sources.add(format!("{name}.jsonl"), format!("{}\n", lines.join("\n")));
        let options = ReadOptions {
            format: None,
            as_of: Some(as_of),
            today: as_of,
            lenient: false,
            max_errors: 20,
            columns: None,
            year: None,
        };
        let files: &[FileId] = if lines.is_empty() { &[] } else { &[file] };
        let reading = logs::read(&sources, files, vocabulary, &options);
        if !reading.problems.is_empty() {
            return Err(reading
                .problems
                .iter()
                .map(|problem| {
                    let place = problem.primary().map(|span| sources.position(span));
                    let place = place
                        .map_or_else(String::new, |at| format!("第 {} 行第 {} 字：", at.line, at.column));
                    format!("日志有错：{place}{}", problem.message)
                })
                .collect());
        }
        let coverage = coverage.or(reading.header.coverage);
        Ok(Self { as_of: reading.as_of, coverage, parameters, sources, history: reading.history })
    }

    /// Every finding of one rule. `plan` must be over the vocabulary the scenario was read with; with
    /// `trace`, it is a plan with probes.
    pub fn findings(
        &self,
        rule: &str,
        plan: &Plan,
        calendar: &Calendar,
        trace: Option<&Trace>,
    ) -> Result<Vec<Finding>, Vec<String>> {
        if !plan.rules.iter().any(|known| known.id == rule) {
            return Err(vec![format!("规则集「{}」没有编号「{rule}」", plan.policy_name)]);
        }
        let mut plan = Cow::Borrowed(plan);
        for parameter in &self.parameters {
            check::set_parameter(plan.to_mut(), parameter).map_err(|bad| vec![bad.message])?;
        }
        let file_name = |id: FileId| {
            let name = self.sources.file(id).name();
            name.rsplit(['/', '\\']).next().unwrap_or(name).to_owned()
        };
        let settings = Settings {
            as_of: self.as_of,
            coverage: self.coverage,
            all: true,
            only: Some(rule),
            file_name: &file_name,
        };
        let evaluation = match trace {
            Some(trace) => evaluate::evaluate_traced(&plan, &self.history, calendar, &settings, trace),
            None => evaluate::evaluate(&plan, &self.history, calendar, &settings),
        };
        Ok(evaluation.findings)
    }
}

impl ReadyPage {
    /// Reads every scenario. `Err`: the line of the first scenario that cannot be read, and why.
    pub fn read(page: Page, name: String, vocabulary: &Vocabulary) -> Result<Self, (usize, Vec<String>)> {
        let scenarios = page
            .scenarios
            .iter()
            .map(|one| Ready::read(&page, one, &name, vocabulary).map_err(|details| (one.line, details)))
            .collect::<Result<_, _>>()?;
        Ok(Self { page, name, scenarios })
    }

    pub fn scenarios(&self) -> &[Ready] {
        &self.scenarios
    }

    /// Line and title of the first scenario that does not come out as its table says.
    pub fn first_failure(&self, plan: &Plan, calendar: &Calendar) -> Option<(usize, &str)> {
        let failing = self.page.scenarios.iter().zip(&self.scenarios).find(|(scenario, ready)| {
            ready
                .findings(&self.page.rule, plan, calendar, None)
                .map_or(true, |findings| !run::compare(scenario, &findings).is_empty())
        });
        failing.map(|(scenario, _)| (scenario.line, scenario.title.as_str()))
    }
}
