//! 豁免: an approver's written word that a violation is accepted for a time. Takes a waiver file and a report;
//! marks the violations it covers — they stay in the list — and adds a finding for every waiver that is
//! expired, has no end, or covers nothing. Knows no rule.

mod file;
mod problem;

use chrono::NaiveDate;

use crate::finding::{
    Finding, Report, Severity, Subject, SubjectValue, Summary, Verdict, ViolationKind, WAIVER_RULE,
    WAIVER_WORD, Waived,
};
use crate::history::Origin;
use crate::source::Span;

pub use file::read;

/// The rule name under which waivers that need attention are listed.
pub const RULE: &str = WAIVER_RULE;

/// What is asked of every waiver.
const TITLE: &str = "豁免须有到期日、在期内、对得上违规";

/// One entry of a waiver file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiver {
    /// Rule id.
    pub rule: String,
    /// Columns the subject must have, by 编号 or name; none = every subject of the rule.
    pub subject: Vec<(String, String)>,
    /// First day in force (inclusive).
    pub from: NaiveDate,
    /// Last day in force (inclusive); a waiver without one never applies.
    pub to: Option<NaiveDate>,
    /// 批准人
    pub approver: String,
    /// 理由
    pub reason: String,
    pub span: Span,
    /// Line of `span`, from 1.
    pub line: u32,
}

impl Waiver {
    /// In force on the as-of date.
    fn in_force(&self, as_of: NaiveDate) -> bool {
        self.from <= as_of && self.to.is_some_and(|to| as_of <= to)
    }

    fn covers(&self, finding: &Finding) -> bool {
        finding.rule == self.rule
            && self.subject.iter().all(|(column, wanted)| {
                let value = finding.subject.0.iter().find(|(name, _)| name == column).map(|(_, value)| value);
                match value {
                    Some(SubjectValue::Entity { id, name }) => id == wanted || name.as_ref() == Some(wanted),
                    Some(SubjectValue::Name(name)) => name == wanted,
                    Some(SubjectValue::Year(year)) => year.to_string() == *wanted,
                    None => false,
                }
            })
    }

    fn words(&self) -> String {
        let subject: Vec<&str> = self.subject.iter().map(|(_, value)| value.as_str()).collect();
        let subject = if subject.is_empty() { "全部主体".to_owned() } else { subject.join(" · ") };
        format!("对 {} {subject} 的豁免（{} 批准）", self.rule, self.approver)
    }
}

/// Marks what is waived and lists the waivers that need attention, sorted into the report.
pub fn apply(report: &mut Report, waivers: &[Waiver]) {
    let as_of = report.as_of;
    let checked = |waiver: &Waiver| report.asked.only.as_ref().is_none_or(|only| *only == waiver.rule);
    let waivers: Vec<(usize, &Waiver)> =
        waivers.iter().enumerate().filter(|(_, waiver)| checked(waiver)).collect();
    let mut used = vec![false; waivers.len()];
    let mut wanting = Summary::default();
    for finding in &mut report.findings {
        if finding.verdict != Verdict::Violated {
            continue;
        }
        for ((_, waiver), used) in waivers.iter().zip(&mut used) {
            if !waiver.covers(finding) || !waiver.in_force(as_of) {
                continue;
            }
            *used = true;
            if finding.waived.is_none() {
                finding.waived = Some(Waived {
                    approver: waiver.approver.clone(),
                    reason: waiver.reason.clone(),
                    from: waiver.from,
                    to: waiver.to.unwrap_or(as_of),
                });
            }
        }
    }
    for ((at, waiver), used) in waivers.iter().zip(&used) {
        let message = match waiver.to {
            None => format!("{}没有写到期日，不起作用", waiver.words()),
            Some(to) if to < as_of => format!("{}到 {to} 已过期，不再起作用", waiver.words()),
            Some(_) if waiver.from > as_of => continue,
            Some(_) if *used => continue,
            Some(_) => format!("{}没有对上任何违规", waiver.words()),
        };
        report.summary.add(Verdict::Violated);
        wanting.add(Verdict::Violated);
        report.findings.push(attention(*at, waiver, message));
    }
    if wanting.violated > 0 {
        report.by_rule.push((WAIVER_WORD.to_owned(), TITLE.to_owned(), wanting));
    }
    report.findings.sort_by(|a, b| {
        let key = |finding: &Finding| {
            (finding.rule.clone(), finding.rule == RULE, finding.origins.first().copied())
        };
        // 规则的发现已按约定排好；豁免的发现排在它们之后，各按文件里的次序。
        (a.rule == RULE).cmp(&(b.rule == RULE)).then_with(|| {
            if a.rule == RULE && b.rule == RULE { key(a).cmp(&key(b)) } else { std::cmp::Ordering::Equal }
        })
    });
}

fn attention(at: usize, waiver: &Waiver, message: String) -> Finding {
    Finding {
        rule: RULE.to_owned(),
        title: TITLE.to_owned(),
        verdict: Verdict::Violated,
        kind: Some(ViolationKind::Condition),
        severity: Severity::Warning,
        subject: Subject(vec![("豁免".to_owned(), SubjectValue::Name((at + 1).to_string()))]),
        citation: "豁免文件".to_owned(),
        document: None,
        liability: None,
        tags: Vec::new(),
        trigger: None,
        deadline: waiver.to,
        completed: None,
        workdays_late: None,
        provisional: false,
        message,
        reason: None,
        remedy: Some("改好到期日，或从豁免文件里去掉这一条".to_owned()),
        evidence: Vec::new(),
        origins: vec![Origin {
            file: waiver.span.file,
            line: waiver.line,
            offset: u64::try_from(waiver.span.start).unwrap_or(0),
            length: u32::try_from(waiver.span.end.saturating_sub(waiver.span.start)).unwrap_or(0),
        }],
        rule_span: waiver.span,
        calculation: None,
        group: None,
        root: None,
        basis: None,
        waived: None,
    }
}
