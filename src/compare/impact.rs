//! The same history under old and new rules: which conclusions change. Takes two reports of everything and
//! which rules correspond; gives the [`Changes`] by instance, by rule and by group.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::finding::{Finding, Report, Severity, Verdict};

/// What became of a conclusion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChangeKind {
    /// 新增违规
    NewViolation,
    /// 消失的违规
    GoneViolation,
    /// 判定变
    Verdict,
    /// 强度变: a violation of another severity.
    Severity,
    /// 截止日变
    Deadline,
}

impl ChangeKind {
    pub const ALL: [Self; 5] =
        [Self::NewViolation, Self::GoneViolation, Self::Verdict, Self::Severity, Self::Deadline];

    /// The word shown to people.
    pub fn label(self) -> &'static str {
        match self {
            Self::NewViolation => "新增违规",
            Self::GoneViolation => "消失的违规",
            Self::Verdict => "判定变",
            Self::Severity => "强度变",
            Self::Deadline => "截止日变",
        }
    }

    /// The JSON word.
    pub fn key(self) -> &'static str {
        match self {
            Self::NewViolation => "new_violation",
            Self::GoneViolation => "gone_violation",
            Self::Verdict => "verdict",
            Self::Severity => "severity",
            Self::Deadline => "deadline",
        }
    }
}

/// How many changes of each kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes(BTreeMap<ChangeKind, usize>);

impl Changes {
    pub fn get(&self, kind: ChangeKind) -> usize {
        self.0.get(&kind).copied().unwrap_or(0)
    }

    fn add(&mut self, kind: ChangeKind) {
        *self.0.entry(kind).or_default() += 1;
    }

    pub fn total(&self) -> usize {
        self.0.values().sum()
    }
}

/// One changed conclusion. A side without a finding has no such instance.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    pub kind: ChangeKind,
    pub old: Option<Finding>,
    pub new: Option<Finding>,
}

impl Change {
    /// The finding to name it by: the new one, else the old one.
    pub fn finding(&self) -> Option<&Finding> {
        self.new.as_ref().or(self.old.as_ref())
    }
}

/// All changes, in the order of rules, subjects and triggers.
#[derive(Clone, Debug, PartialEq)]
pub struct Impact {
    /// Names of the old and the new rule set.
    pub policies: [String; 2],
    pub sha256: [String; 2],
    pub as_of: NaiveDate,
    pub calendar_sha256: String,
    /// Instances judged under the old and the new rules.
    pub instances: [usize; 2],
    pub violations: [usize; 2],
    pub changes: Vec<Change>,
    /// (rule id under the new rules, or the old one if it is gone; title)
    pub by_rule: Vec<(String, String, Changes)>,
    pub by_group: Vec<(Option<String>, Changes)>,
    /// The column name of the groups, if the new rules declare one.
    pub group_name: Option<String>,
    pub total: Changes,
}

/// Compares two reports that list everything. `pairs`: ids of corresponding rules.
pub fn impact(old: &Report, new: &Report, pairs: &[(String, String)]) -> Impact {
    let mut changes = Vec::new();
    let renamed = |id: &str| pairs.iter().find(|(from, _)| from == id).map(|(_, to)| to.as_str());
    let mut olds: BTreeMap<(String, String), Vec<&Finding>> = BTreeMap::new();
    for finding in &old.findings {
        // 旧规则没有对应的新规则：编号前加一个不会有的字，免得与新规则撞上。
        let rule = renamed(&finding.rule).map_or_else(|| format!("\u{0}{}", finding.rule), str::to_owned);
        olds.entry((rule, finding.subject.label())).or_default().push(finding);
    }
    let mut news: BTreeMap<(String, String), Vec<&Finding>> = BTreeMap::new();
    for finding in &new.findings {
        news.entry((finding.rule.clone(), finding.subject.label())).or_default().push(finding);
    }
    let mut keys: Vec<&(String, String)> = olds.keys().chain(news.keys()).collect();
    keys.sort_unstable();
    keys.dedup();
    for key in keys {
        let (one, other) = (olds.get(key).cloned(), news.get(key).cloned());
        for (one, other) in matched(&one.unwrap_or_default(), &other.unwrap_or_default()) {
            if let Some(kind) = change(one, other) {
                changes.push(Change { kind, old: one.cloned(), new: other.cloned() });
            }
        }
    }
    let mut total = Changes::default();
    let mut by_rule: BTreeMap<String, (String, Changes)> = BTreeMap::new();
    let mut by_group: BTreeMap<Option<String>, Changes> = BTreeMap::new();
    for one in &changes {
        let Some(finding) = one.finding() else { continue };
        total.add(one.kind);
        let rule = by_rule
            .entry(finding.rule.clone())
            .or_insert_with(|| (finding.title.clone(), Changes::default()));
        rule.1.add(one.kind);
        by_group.entry(finding.group.clone()).or_default().add(one.kind);
    }
    let count = |report: &Report| report.findings.len();
    Impact {
        policies: [old.policy_name.clone(), new.policy_name.clone()],
        sha256: [old.policy_sha256.clone(), new.policy_sha256.clone()],
        as_of: new.as_of,
        calendar_sha256: new.calendar_sha256.clone(),
        instances: [count(old), count(new)],
        violations: [old.summary.violated, new.summary.violated],
        changes,
        by_rule: by_rule.into_iter().map(|(id, (title, changes))| (id, title, changes)).collect(),
        by_group: by_group.into_iter().collect(),
        group_name: new.group_name.clone().or_else(|| old.group_name.clone()),
        total,
    }
}

/// Instances of one rule and subject: those with the same trigger belong together, the rest in order.
fn matched<'f>(
    olds: &[&'f Finding],
    news: &[&'f Finding],
) -> Vec<(Option<&'f Finding>, Option<&'f Finding>)> {
    let trigger = |finding: &Finding| finding.trigger.as_ref().map(|trigger| trigger.origin);
    let mut free: Vec<&Finding> = news.to_vec();
    let mut pairs: Vec<(Option<&Finding>, Option<&Finding>)> = Vec::new();
    for old in olds {
        let same = free.iter().position(|new| trigger(new) == trigger(old));
        pairs.push((Some(old), same.map(|at| free.remove(at))));
    }
    for pair in pairs.iter_mut().filter(|(_, new)| new.is_none()) {
        if !free.is_empty() {
            pair.1 = Some(free.remove(0));
        }
    }
    pairs.extend(free.into_iter().map(|new| (None, Some(new))));
    pairs
}

fn change(old: Option<&Finding>, new: Option<&Finding>) -> Option<ChangeKind> {
    let violated =
        |finding: Option<&Finding>| finding.is_some_and(|finding| finding.verdict == Verdict::Violated);
    match (violated(old), violated(new)) {
        (false, true) => return Some(ChangeKind::NewViolation),
        (true, false) => return Some(ChangeKind::GoneViolation),
        (true, true) | (false, false) => {}
    }
    let (Some(old), Some(new)) = (old, new) else {
        // 只有一边有的实例：合规、除外、不适用的，等于没有这一条。
        let only = old.or(new)?;
        let open = matches!(only.verdict, Verdict::Pending | Verdict::Undetermined);
        return open.then_some(ChangeKind::Verdict);
    };
    if old.verdict != new.verdict || old.kind != new.kind {
        return Some(ChangeKind::Verdict);
    }
    let severity = |finding: &Finding| -> Severity { finding.severity };
    if old.verdict == Verdict::Violated && severity(old) != severity(new) {
        return Some(ChangeKind::Severity);
    }
    (old.deadline != new.deadline).then_some(ChangeKind::Deadline)
}
