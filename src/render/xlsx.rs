//! `--format xlsx`: a workbook to filter and to hand on: the list of violations, totals by group and by rule, what is
//! pending, what could not be decided, what it was made of. Takes [`Facts`]; writes the file.

use std::io::{self, Write};

use super::book::{Book, Cell, Column};
use super::columns::Field;
use super::facts::{Facts, by_reason};
use super::provenance::provenance;
use crate::finding::{Finding, Severity, Summary, Verdict};

/// What is printed comes first: the others do not fit on the sheet.
const LIST: [Field; 20] = [
    Field::Severity,
    Field::Rule,
    Field::Title,
    Field::Group,
    Field::Subject,
    Field::Message,
    Field::Citation,
    Field::Deadline,
    Field::Completed,
    Field::Late,
    Field::Remedy,
    Field::Kind,
    Field::Ids,
    Field::Liability,
    Field::Start,
    Field::Derivation,
    Field::Waived,
    Field::Evidence,
    Field::Places,
    Field::Sentence,
];

const PENDING: [Field; 11] = [
    Field::Ends,
    Field::Left,
    Field::Provisional,
    Field::Rule,
    Field::Title,
    Field::Group,
    Field::Subject,
    Field::Ids,
    Field::Message,
    Field::Citation,
    Field::Places,
];

const UNDETERMINED: [Field; 9] = [
    Field::Reason,
    Field::Rule,
    Field::Title,
    Field::Group,
    Field::Subject,
    Field::Ids,
    Field::Message,
    Field::Citation,
    Field::Places,
];

/// Writes the workbook.
pub fn write(out: &mut dyn Write, facts: &Facts<'_>) -> io::Result<()> {
    let report = facts.report;
    let mut book = Book::new(&format!("{} 核对结果", report.policy_name), facts.mask)?;
    findings(&mut book, facts, "清单", &LIST, &facts.of(Verdict::Violated))?;
    let name = facts.group_name().unwrap_or("组");
    let groups =
        report.by_group.iter().map(|(group, summary)| (vec![facts.group(group.as_deref())], *summary));
    let group = |finding: &Finding| facts.group(finding.group.as_deref());
    totals(&mut book, facts, &format!("按{name}汇总"), &[name], groups, &group)?;
    findings(&mut book, facts, "未到期", &PENDING, &facts.pending())?;
    let undetermined = facts.of(Verdict::Undetermined);
    let undetermined: Vec<_> =
        by_reason(&undetermined).into_iter().flat_map(|(_, findings)| findings).collect();
    findings(&mut book, facts, "无法判定", &UNDETERMINED, &undetermined)?;
    let rules = report.by_rule.iter().map(|(id, title, summary)| (vec![id.clone(), title.clone()], *summary));
    totals(&mut book, facts, "按规则汇总", &["规则", "标题"], rules, &|finding| {
        finding.rule.clone()
    })?;
    if report.findings.iter().any(|finding| !listed_anyway(finding.verdict)) {
        let all: Vec<_> = report.findings.iter().collect();
        findings(&mut book, facts, "全部", &Field::ALL, &all)?;
    }
    remarks(&mut book, facts)?;
    let columns = [Column::new("项目", 20), Column::new("内容", 90)];
    let mut sheet = book.sheet("输入与版本", &[], &columns)?;
    for (label, value) in provenance(report) {
        sheet.row(&[Cell::text(label), Cell::text(value)])?;
    }
    sheet.finish()?;
    book.save(out)
}

fn listed_anyway(verdict: Verdict) -> bool {
    match verdict {
        Verdict::Violated | Verdict::Pending | Verdict::Undetermined => true,
        Verdict::Satisfied | Verdict::Exempt | Verdict::NotApplicable => false,
    }
}

fn findings(
    book: &mut Book,
    facts: &Facts<'_>,
    name: &str,
    fields: &[Field],
    findings: &[&Finding],
) -> io::Result<()> {
    let columns: Vec<Column> = fields.iter().map(|field| field.column(facts)).collect();
    let mut sheet = book.sheet(name, &[], &columns)?;
    for finding in findings {
        let cells: Vec<Cell> = fields.iter().map(|field| field.cell(facts, finding)).collect();
        sheet.row(&cells)?;
    }
    sheet.finish()
}

/// Counts of every verdict, and of violations by severity; a last row with the sums.
fn totals(
    book: &mut Book,
    facts: &Facts<'_>,
    name: &str,
    keys: &[&str],
    rows: impl Iterator<Item = (Vec<String>, Summary)>,
    key: &dyn Fn(&Finding) -> String,
) -> io::Result<()> {
    const SEVERITIES: [Severity; 3] = [Severity::Error, Severity::Warning, Severity::Advice];
    let mut columns: Vec<Column> = keys.iter().map(|key| Column::new(*key, 40)).collect();
    columns.extend(Verdict::ALL.map(|verdict| Column::new(verdict.label(), 10)));
    columns.extend(SEVERITIES.map(|severity| Column::new(format!("违规：{}", severity.label()), 12)));
    columns.push(Column::new("违规：已豁免", 14));
    let violations = facts.of(Verdict::Violated);
    let mut by_key: std::collections::BTreeMap<String, [usize; 4]> = std::collections::BTreeMap::new();
    for finding in violations {
        let [errors, warnings, advice, waived] = by_key.entry(key(finding)).or_default();
        *match finding.severity {
            Severity::Error => errors,
            Severity::Warning => warnings,
            Severity::Advice => advice,
        } += 1;
        *waived += usize::from(finding.waived.is_some());
    }
    let mut sheet = book.sheet(name, &[], &columns)?;
    let mut sums = [0; 10];
    for (names, summary) in rows {
        let more = names.first().and_then(|name| by_key.get(name)).copied().unwrap_or_default();
        let counts: Vec<usize> =
            Verdict::ALL.map(|verdict| summary.get(verdict)).into_iter().chain(more).collect();
        for (sum, count) in sums.iter_mut().zip(&counts) {
            *sum += count;
        }
        let names = names.into_iter().map(Cell::text);
        sheet.row(&names.chain(counts.into_iter().map(Cell::count)).collect::<Vec<_>>())?;
    }
    let names = std::iter::once(Cell::text("合计")).chain(std::iter::repeat(Cell::Empty)).take(keys.len());
    sheet.total(&names.chain(sums.map(Cell::count)).collect::<Vec<_>>())?;
    sheet.finish()
}

/// Remarks that change no verdict, and records that were left out; no sheet if there are none.
fn remarks(book: &mut Book, facts: &Facts<'_>) -> io::Result<()> {
    const PLACES: usize = 30;
    if facts.report.warnings.is_empty() && facts.skipped.is_empty() {
        return Ok(());
    }
    let columns = [Column::new("类别", 14), Column::new("说明", 70), Column::new("位置", 50)];
    let mut sheet = book.sheet("提醒", &[], &columns)?;
    for remark in &facts.report.warnings {
        let places = facts.origins(&remark.origins, PLACES);
        sheet.row(&[Cell::text("提醒"), Cell::text(remark.message.clone()), Cell::text(places)])?;
    }
    for problem in facts.skipped {
        let text = format!("{} {}", problem.code, problem.message);
        sheet.row(&[
            Cell::text("跳过的坏记录"),
            Cell::text(text),
            Cell::text(facts.problem_place(problem)),
        ])?;
    }
    sheet.finish()
}
