//! What a report was made of: inputs, rules, calendar and program, with versions and sums.
//! Takes a report; gives labels and values in a fixed order, the program last. One list for every format.

use crate::finding::{FileInfo, Inputs, Report};

/// The label of the first row about the program.
pub const PROGRAM_ROW: &str = "程序";

/// Labels and values, for people; the sums are whole.
pub fn provenance(report: &Report) -> Vec<(String, String)> {
    let mut rows: Vec<(String, String)> = Vec::new();
    let mut row = |label: &str, value: String| rows.push((label.to_owned(), value));
    row(
        "规则集",
        match &report.policy_number {
            Some(number) => format!("{} {number}", report.policy_name),
            None => report.policy_name.clone(),
        },
    );
    let nothing = Inputs::default();
    let inputs = report.asked.inputs.as_ref();
    if let Some(inputs) = inputs {
        row("规则来自", rules_from(inputs));
    }
    let inputs = inputs.unwrap_or(&nothing);
    let file = |file: &FileInfo| format!("{}（SHA-256 {}）", file.path, file.sha256);
    inputs.rule_files.iter().for_each(|one| row("规则文件", file(one)));
    row("规则 SHA-256", report.policy_sha256.clone());
    inputs.calendar_files.iter().for_each(|one| row("日历文件", file(one)));
    row("日历 SHA-256", report.calendar_sha256.clone());
    row("截至日", report.as_of.to_string());
    row(
        "覆盖期间",
        match report.coverage {
            Some((first, last)) => format!("{first} 至 {last}"),
            None => "日志没有写明".to_owned(),
        },
    );
    for log in &report.logs {
        row("日志", format!("{}（事件 {}，实体 {}）", log.path, log.events, log.entities));
        row("日志 SHA-256", log.sha256.clone());
    }
    inputs.columns.iter().for_each(|one| row("列名映射", file(one)));
    if let Some(year) = inputs.year {
        row("没写年份的日期", format!("算 {year} 年"));
    }
    let asked = &report.asked;
    for (name, value) in &asked.parameters {
        row("参数", format!("{name}＝{value}"));
    }
    if let Some(day) = asked.policy_as_of {
        row("规则施行日", format!("用 {day} 施行的规则和参数重查全部历史"));
    }
    if let Some(only) = &asked.only {
        row("只判", only.clone());
    }
    for file in &asked.waivers {
        row("豁免文件", file.path.clone());
        row("豁免 SHA-256", file.sha256.clone());
    }
    row(PROGRAM_ROW, format!("准绳 {}", report.program.version));
    row("程序 SHA-256", report.program.sha256.to_owned());
    rows
}

/// What the caller called the rules.
fn rules_from(inputs: &Inputs) -> String {
    let named = inputs.rules.clone().unwrap_or_else(|| "日志首行写明的".to_owned());
    if inputs.with.is_empty() { named } else { format!("{named}，一并给出 {}", inputs.with.join("、")) }
}
