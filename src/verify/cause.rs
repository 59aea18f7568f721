//! Why a finding is not the same: which kind of input it comes from. Certain where only one kind changed, or
//! where a run with the old one shows it; else the likeliest, and marked as such (`docs/decisions.md`, 复核).

use std::collections::BTreeMap;

use serde_json::Value;

use super::align::{Change, Difference, key};
use super::{Kind, Recorded, Reverted};

/// What a difference comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    pub kinds: Vec<Kind>,
    /// Shown, not supposed.
    pub certain: bool,
    /// One clause.
    pub words: String,
}

/// Gives every difference its reason.
pub(super) fn explain(
    differences: &mut [Difference],
    report: &Recorded,
    now: &Recorded,
    changed: &[Kind],
    reverted: &[Reverted],
) {
    if changed.is_empty() {
        return;
    }
    let runs: Vec<(Kind, Index<'_>)> =
        reverted.iter().map(|one| (one.kind, Index::of(&one.run.findings))).collect();
    for difference in differences {
        let reason = shown(difference, &runs, changed)
            .unwrap_or_else(|candidates| supposed(difference, report, now, &candidates));
        difference.reason = Some(reason);
    }
}

/// Findings by rule, subject and trigger.
struct Index<'f>(BTreeMap<(String, String), &'f Value>);

impl<'f> Index<'f> {
    fn of(findings: &'f [Value]) -> Self {
        Self(findings.iter().map(|finding| (key(finding), finding)).collect())
    }

    /// What a run has where the report has `old` and the run of today `new`.
    fn find(&self, old: Option<&Value>, new: Option<&Value>) -> Option<&'f Value> {
        let look = |finding: Option<&Value>| self.0.get(&key(finding?)).copied();
        look(old).or_else(|| look(new))
    }
}

/// By runs with old inputs, or because there is only one candidate; else the candidates that are left.
fn shown(difference: &Difference, runs: &[(Kind, Index<'_>)], changed: &[Kind]) -> Result<Reason, Vec<Kind>> {
    let (old, new) = (difference.old.as_ref(), difference.new.as_ref());
    let mut kinds = Vec::new();
    let mut whole = false;
    for (kind, run) in runs {
        let found = run.find(old, new);
        if found != new {
            kinds.push(*kind);
            whole |= found == old;
        }
    }
    if !kinds.is_empty() {
        let names = labels(&kinds);
        let words = if whole {
            format!("把{names}换回报告时的那份重跑，就与报告相同")
        } else {
            format!("把{names}换回报告时的那份重跑，结论跟着变；别的变化也有份")
        };
        return Ok(Reason { kinds, certain: true, words });
    }
    let left: Vec<Kind> =
        changed.iter().copied().filter(|kind| !runs.iter().any(|(run, _)| run == kind)).collect();
    match left.as_slice() {
        [] => {
            let words = "单把哪一样换回去都不变：几样各自都足以变成这样".to_owned();
            Ok(Reason { kinds: changed.to_vec(), certain: true, words })
        }
        [only] if runs.is_empty() => {
            let words = format!("只有{}变了", only.label());
            Ok(Reason { kinds: vec![*only], certain: true, words })
        }
        [only] => {
            let words = format!("把别的换回报告时的那份重跑，照样变；剩下只有{}变了", only.label());
            Ok(Reason { kinds: vec![*only], certain: true, words })
        }
        _ => Err(left),
    }
}

/// Fields that only put the same conclusion in other words.
const WORDS: &[&str] = &["message", "reason", "remedy", "title"];
/// Fields that can follow from other days off.
const DAYS: &[&str] =
    &["deadline", "workdays_late", "provisional", "verdict", "kind", "message", "reason", "remedy"];

/// The likeliest of several candidates.
fn supposed(difference: &Difference, report: &Recorded, now: &Recorded, candidates: &[Kind]) -> Reason {
    let has = |kind: Kind| candidates.contains(&kind);
    let only = |keys: &[&str]| {
        difference.change == Change::Altered
            && difference.fields.iter().all(|field| keys.contains(&field.key.as_str()))
    };
    let reason = |kind: Kind, words: String| Reason { kinds: vec![kind], certain: false, words };
    let rule = difference.finding().get("rule").and_then(Value::as_str).unwrap_or_default();
    if has(Kind::Waivers) && (only(&["waived"]) || rule == crate::finding::WAIVER_RULE) {
        return reason(Kind::Waivers, "只有豁免不同".to_owned());
    }
    let sums = (report.call.rule_sums.get(rule), now.call.rule_sums.get(rule));
    if has(Kind::Rules) {
        match sums {
            (Some(old), Some(new)) if old == new => {}
            (Some(_), Some(_)) => return reason(Kind::Rules, format!("规则「{rule}」写的变了")),
            (None, Some(_)) => {
                return Reason {
                    certain: true, ..reason(Kind::Rules, format!("报告时没有规则「{rule}」"))
                };
            }
            (Some(_), None) => {
                return Reason {
                    certain: true, ..reason(Kind::Rules, format!("现在没有规则「{rule}」了"))
                };
            }
            (None, None) => {}
        }
    }
    let unmoved = !difference.has("trigger") && !difference.has("evidence") && !difference.has("completed");
    if has(Kind::Calendar) && only(DAYS) && difference.has("deadline") && unmoved {
        return reason(Kind::Calendar, "规则与事实没变，截止日变了".to_owned());
    }
    if has(Kind::Program) && only(WORDS) {
        return reason(Kind::Program, "只有措辞不同".to_owned());
    }
    if has(Kind::Logs) {
        return reason(Kind::Logs, "规则没变，依据的事实变了".to_owned());
    }
    let left: Vec<Kind> = candidates.iter().copied().filter(|kind| *kind != Kind::Rules).collect();
    let kinds = if left.is_empty() { candidates.to_vec() } else { left };
    let words = match kinds.as_slice() {
        [_] => "别的变化够不着这一条".to_owned(),
        _ => format!("{}都变了，拆不开", labels(&kinds)),
    };
    Reason { kinds, certain: false, words }
}

fn labels(kinds: &[Kind]) -> String {
    kinds.iter().map(|kind| kind.label()).collect::<Vec<_>>().join("、")
}
