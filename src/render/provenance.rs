//! What a report was made of: inputs, rules, calendar and program, with versions and sums.
//! Takes a report; gives labels and values in a fixed order. One list for every format.

use crate::finding::Report;

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
    row("规则 SHA-256", report.policy_sha256.clone());
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
    row("程序", format!("准绳 {}", env!("CARGO_PKG_VERSION")));
    rows
}
