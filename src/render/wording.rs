//! The words under and beside what a finding points at. All of them on this page.
//! Takes kinds and roles; gives short Chinese phrases. Knows no domain word: event names come from data.

use crate::calendar::{CountFrom, Direction};
use crate::finding::{Calculation, Evidence, EvidenceRole, Finding, SubjectValue, ViolationKind};

/// `逾期 2 个工作日`: what a violation comes to, for the end of its heading.
pub(super) fn outcome(finding: &Finding) -> String {
    if finding.about_waiver() {
        return "要处理".into();
    }
    let late = finding.workdays_late.filter(|days| *days > 0);
    match (finding.kind, late) {
        (Some(ViolationKind::Late), Some(days)) => format!("逾期 {days} 个工作日"),
        (Some(ViolationKind::Late), None) => "逾期".into(),
        (Some(ViolationKind::Missing), Some(days)) => format!("未做，已逾期 {days} 个工作日"),
        (Some(ViolationKind::Missing), None) => "未做".into(),
        (Some(ViolationKind::Order), _) => "先后颠倒".into(),
        (Some(ViolationKind::Forbidden), _) => "做了不得做的".into(),
        (Some(ViolationKind::Condition), _) => "条件不满足".into(),
        (Some(ViolationKind::Count), _) => "次数不符".into(),
        (None, _) => finding.verdict.label().into(),
    }
}

/// The subject as people call it: names where known, otherwise 编号.
pub(super) fn subject(finding: &Finding, dot: &str) -> String {
    let columns = finding.subject.0.iter().map(|(_, value)| match value {
        SubjectValue::Entity { name: Some(name), .. } | SubjectValue::Name(name) => name.clone(),
        SubjectValue::Entity { id, name: None } => id.clone(),
        SubjectValue::Year(year) => format!("{year} 年度"),
    });
    columns.collect::<Vec<_>>().join(dot)
}

/// Under the log line of an event: what part it plays.
pub(super) fn evidence(finding: &Finding, evidence: &Evidence, nth: usize) -> String {
    let name = &evidence.event_type;
    match (evidence.role, finding.kind) {
        (EvidenceRole::Trigger, Some(ViolationKind::Missing)) => match &finding.calculation {
            Some(calculation) => format!("{}，到截至日没有做", counted_from(calculation)),
            None => "有这一步，而该做的没有做".into(),
        },
        (EvidenceRole::Trigger, Some(ViolationKind::Order)) => "这一步之前应当先做的，没有先做".into(),
        (EvidenceRole::Trigger, Some(ViolationKind::Forbidden)) => "有这一步之后就不得做".into(),
        (EvidenceRole::Trigger, Some(ViolationKind::Condition)) => "这一步不合条件".into(),
        (EvidenceRole::Trigger, Some(ViolationKind::Late | ViolationKind::Count) | None) => {
            finding.calculation.as_ref().map_or_else(|| "由这一步起".into(), |it| counted_from(it).into())
        }
        (EvidenceRole::Response, Some(ViolationKind::Late)) => format!("这一天才{name}"),
        (EvidenceRole::Response, Some(ViolationKind::Order)) => format!("{name}反而在后"),
        (EvidenceRole::Response, _) => format!("这一天{name}"),
        (EvidenceRole::Offence, Some(ViolationKind::Forbidden)) => "不得有这一步".into(),
        (EvidenceRole::Offence, Some(ViolationKind::Condition)) => "这一步不合条件".into(),
        (EvidenceRole::Offence, Some(ViolationKind::Count)) => format!("第 {nth} 次，超出"),
        (EvidenceRole::Offence, _) => "问题在这一步".into(),
        (EvidenceRole::Context, Some(ViolationKind::Count)) => format!("第 {nth} 次"),
        (EvidenceRole::Context, _) => format!("参照这一步（{name}）"),
    }
}

/// Under the log line of the subject's own record, when no event decides.
pub(super) fn record(finding: &Finding) -> &'static str {
    if finding.about_waiver() {
        return "说的是这一条豁免";
    }
    match finding.kind {
        Some(ViolationKind::Missing | ViolationKind::Late) => "日志里没有它该做的那一步",
        Some(ViolationKind::Count) => "日志里没有可以计入的事件",
        Some(ViolationKind::Condition) => "这里不合条件",
        Some(ViolationKind::Order | ViolationKind::Forbidden) | None => "说的是它",
    }
}

fn counted_from(calculation: &Calculation) -> &'static str {
    match (calculation.limit.direction, calculation.limit.count_from) {
        (Direction::After, _) if calculation.limit.count == 0 => "以这一天当日为限",
        (Direction::After, CountFrom::NextDay) => "自这一天次日起算",
        (Direction::After, CountFrom::SameDay) => "自这一天起算，含当日",
        (Direction::Before, _) => "从这一天往前数",
    }
}

/// 编号 of an event; `None` for one that is known by its place only.
pub(super) fn event_id(evidence: &Evidence) -> Option<&str> {
    let placed = evidence.event.ends_with(&format!(":{}", evidence.origin.line));
    (!placed).then_some(evidence.event.as_str())
}
