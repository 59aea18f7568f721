//! What a table of findings has columns for: one list for spreadsheets and CSV, so that they say the same.
//! Takes [`Facts`] and a finding; gives typed cells.

use super::book::{Cell, Column};
use super::facts::{Facts, ends};
use super::wording;
use crate::finding::{Finding, Verdict};

/// One column of a table of findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Verdict,
    Severity,
    Kind,
    Rule,
    Title,
    Group,
    Subject,
    Ids,
    Message,
    Citation,
    Liability,
    Start,
    Deadline,
    Ends,
    Completed,
    Late,
    Left,
    Provisional,
    Derivation,
    Reason,
    Remedy,
    Waived,
    Evidence,
    Places,
    Sentence,
}

/// Events named in one cell at most.
const EVENTS: usize = 30;

impl Field {
    /// Every fact, for a table that holds findings of all verdicts.
    pub const ALL: [Self; 24] = [
        Self::Verdict,
        Self::Kind,
        Self::Severity,
        Self::Rule,
        Self::Title,
        Self::Group,
        Self::Subject,
        Self::Ids,
        Self::Message,
        Self::Citation,
        Self::Liability,
        Self::Start,
        Self::Deadline,
        Self::Completed,
        Self::Late,
        Self::Left,
        Self::Provisional,
        Self::Derivation,
        Self::Reason,
        Self::Remedy,
        Self::Waived,
        Self::Evidence,
        Self::Places,
        Self::Sentence,
    ];

    /// The heading, and how wide the column may get.
    pub fn column(self, facts: &Facts<'_>) -> Column {
        let (title, widest) = match self {
            Self::Verdict => ("判定", 10),
            Self::Severity => ("级别", 6),
            Self::Kind => ("种类", 6),
            Self::Rule => ("规则", 16),
            Self::Title => ("标题", 22),
            Self::Group => (facts.group_name().unwrap_or("组"), 20),
            Self::Subject => ("主体", 26),
            Self::Ids => ("主体编号", 24),
            Self::Message => ("事实", 44),
            Self::Citation => ("依据", 22),
            Self::Liability => ("责任", 26),
            Self::Start => ("起算日", 12),
            Self::Deadline | Self::Ends => ("截止日", 12),
            Self::Completed => ("完成日", 12),
            Self::Late => ("逾期工作日", 12),
            Self::Left => ("还剩工作日", 12),
            Self::Provisional => ("暂定", 6),
            Self::Derivation => ("期限推算", 50),
            Self::Reason => ("缺什么", 50),
            Self::Remedy => ("补救", 24),
            Self::Waived => ("豁免", 30),
            Self::Evidence => ("证据", 40),
            Self::Places => ("位置", 32),
            Self::Sentence => ("规则原文", 50),
        };
        Column::new(title, widest)
    }

    /// What it holds of one finding.
    pub fn cell(self, facts: &Facts<'_>, finding: &Finding) -> Cell {
        let words = |text: &Option<String>| Cell::text(text.clone().unwrap_or_default());
        match self {
            Self::Verdict => Cell::text(finding.verdict.label()),
            Self::Severity => Cell::text(finding.severity.label()),
            Self::Kind => Cell::text(finding.kind.map_or("", |kind| kind.label())),
            Self::Rule => Cell::text(finding.rule.clone()),
            Self::Title => Cell::text(finding.title.clone()),
            Self::Group => words(&finding.group),
            Self::Subject => Cell::text(facts.subject(finding)),
            Self::Ids => Cell::text(facts.subject_ids(finding)),
            Self::Message => Cell::text(finding.message.clone()),
            Self::Citation => Cell::text(facts.citation(finding)),
            Self::Liability => words(&finding.liability),
            Self::Start => Cell::date(finding.calculation.as_ref().map(|calculation| calculation.start)),
            Self::Deadline => Cell::date(finding.deadline),
            Self::Ends => Cell::date(ends(finding)),
            Self::Completed => Cell::date(finding.completed),
            Self::Late => finding.workdays_late.map_or(Cell::Empty, Cell::Count),
            Self::Left if finding.verdict == Verdict::Pending => {
                facts.workdays_left(finding).map_or(Cell::Empty, Cell::Count)
            }
            Self::Left => Cell::Empty,
            Self::Provisional => Cell::text(if finding.provisional { "是" } else { "" }),
            Self::Derivation => Cell::text(facts.deadline(finding)),
            Self::Reason => words(&finding.reason),
            Self::Remedy => words(&finding.remedy),
            Self::Waived => Cell::text(facts.waived(finding)),
            Self::Evidence => Cell::text(events(finding)),
            Self::Places => Cell::text(places(facts, finding)),
            Self::Sentence => Cell::text(facts.sentence(finding).0),
        }
    }
}

/// `2025-09-26 某事 e41；2025-11-03 某事 e47`.
fn events(finding: &Finding) -> String {
    let events = if finding.evidence.is_empty() { finding.trigger.as_slice() } else { &finding.evidence };
    let words = events.iter().take(EVENTS).map(|event| {
        let id = wording::event_id(event).map(|id| format!(" {id}")).unwrap_or_default();
        format!("{} {}{id}", super::facts::time(event.moment), event.event_type)
    });
    let mut words: Vec<String> = words.collect();
    if events.len() > EVENTS {
        words.push(format!("等 {} 件", events.len()));
    }
    words.join("；")
}

fn places(facts: &Facts<'_>, finding: &Finding) -> String {
    let events = if finding.evidence.is_empty() { finding.trigger.as_slice() } else { &finding.evidence };
    let origins: Vec<_> = if events.is_empty() {
        finding.origins.clone()
    } else {
        events.iter().map(|event| event.origin).collect()
    };
    facts.origins(&origins, EVENTS)
}
