//! Findings of two runs matched by rule, subject and trigger; what differs, field by field.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Reason, Recorded};

/// What became of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Change {
    /// Only in the new run.
    Added,
    /// Only in the report.
    Gone,
    /// In both, and not alike.
    Altered,
}

impl Change {
    pub const ALL: [Self; 3] = [Self::Added, Self::Gone, Self::Altered];

    /// The JSON word.
    pub fn key(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Gone => "gone",
            Self::Altered => "altered",
        }
    }

    /// The word shown to people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Added => "新增",
            Self::Gone => "没了",
            Self::Altered => "变了",
        }
    }
}

/// A key with both values; `Null` where it is absent.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    pub key: String,
    pub old: Value,
    pub new: Value,
}

/// One finding that is not the same in both runs.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    pub change: Change,
    /// As the report has it.
    pub old: Option<Value>,
    /// As it comes out now.
    pub new: Option<Value>,
    /// For [`Change::Altered`].
    pub fields: Vec<Field>,
    /// `None` when no input changed.
    pub reason: Option<Reason>,
}

impl Difference {
    /// The finding to name it by.
    pub fn finding(&self) -> &Value {
        static NOTHING: Value = Value::Null;
        self.new.as_ref().or(self.old.as_ref()).unwrap_or(&NOTHING)
    }

    pub fn has(&self, key: &str) -> bool {
        self.fields.iter().any(|field| field.key == key)
    }
}

/// Rule and subject; and the trigger.
pub(super) fn key(finding: &Value) -> (String, String) {
    let part = |name: &str| finding.get(name).map(Value::to_string).unwrap_or_default();
    (format!("{}\u{0}{}", part("rule"), part("subject")), part("trigger"))
}

/// Matches findings. `strict`: a key the report lacks is a difference too.
pub(super) fn differences(old: &[Value], new: &[Value], strict: bool) -> Vec<Difference> {
    let mut groups: BTreeMap<String, [Vec<(String, &Value)>; 2]> = BTreeMap::new();
    for (findings, side) in [(old, 0), (new, 1)] {
        for finding in findings {
            let (group, trigger) = key(finding);
            let sides = groups.entry(group).or_default();
            if let Some(list) = sides.get_mut(side) {
                list.push((trigger, finding));
            }
        }
    }
    let mut differences = Vec::new();
    for [olds, news] in groups.into_values() {
        for (one, other) in matched(olds, news) {
            differences.extend(difference(one, other, strict));
        }
    }
    differences
}

type Pair<'f> = (Option<&'f Value>, Option<&'f Value>);

/// Those with the same trigger belong together, the rest in order: a line without 编号 may have moved.
fn matched<'f>(olds: Vec<(String, &'f Value)>, news: Vec<(String, &'f Value)>) -> Vec<Pair<'f>> {
    let mut free: BTreeMap<String, Vec<(usize, &Value)>> = BTreeMap::new();
    for (at, (trigger, finding)) in news.into_iter().enumerate().rev() {
        free.entry(trigger).or_default().push((at, finding));
    }
    let mut pairs: Vec<Pair<'f>> = Vec::with_capacity(olds.len());
    for (trigger, old) in olds {
        let same = free.get_mut(&trigger).and_then(Vec::pop);
        pairs.push((Some(old), same.map(|(_, new)| new)));
    }
    let mut rest: Vec<(usize, &Value)> = free.into_values().flatten().collect();
    rest.sort_by_key(|(at, _)| *at);
    let mut rest = rest.into_iter().map(|(_, new)| new);
    for pair in pairs.iter_mut().filter(|(_, new)| new.is_none()) {
        pair.1 = rest.next();
    }
    pairs.extend(rest.map(|new| (None, Some(new))));
    pairs
}

fn difference(old: Option<&Value>, new: Option<&Value>, strict: bool) -> Option<Difference> {
    let (change, fields) = match (old, new) {
        (Some(old), Some(new)) => (Change::Altered, fields(old, new, strict)),
        (Some(_), None) => (Change::Gone, Vec::new()),
        (None, Some(_)) => (Change::Added, Vec::new()),
        (None, None) => return None,
    };
    if change == Change::Altered && fields.is_empty() {
        return None;
    }
    Some(Difference { change, old: old.cloned(), new: new.cloned(), fields, reason: None })
}

/// What people look at first, first; the rest follows by name.
const ORDER: &[&str] = &[
    "verdict",
    "kind",
    "severity",
    "trigger",
    "deadline",
    "completed",
    "workdays_late",
    "provisional",
    "waived",
    "message",
    "reason",
    "remedy",
];

/// Keys that do not have the same value on both sides.
fn fields(old: &Value, new: &Value, strict: bool) -> Vec<Field> {
    let (Some(one), Some(other)) = (old.as_object(), new.as_object()) else { return Vec::new() };
    let mut keys: Vec<&String> = one.keys().chain(other.keys()).collect();
    let place = |key: &str| ORDER.iter().position(|one| *one == key).unwrap_or(ORDER.len());
    keys.sort_unstable_by_key(|key| (place(key), key.as_str()));
    keys.dedup();
    let field = |key: &String| {
        let (old, new) = (one.get(key), other.get(key));
        // `waived` 只在有豁免时写，没有它就是没有豁免。
        let told = strict || old.is_some() || key == "waived";
        (old != new && told).then(|| Field {
            key: key.clone(),
            old: old.cloned().unwrap_or_default(),
            new: new.cloned().unwrap_or_default(),
        })
    };
    keys.into_iter().filter_map(field).collect()
}

/// The rest of the report; what is said of inputs is compared elsewhere.
pub(super) fn head(report: &Recorded, now: &Recorded, strict: bool) -> Vec<Field> {
    let elsewhere = ["schema", "program", "inputs", "calendar", "waivers", "policy", "logs"];
    let kept = |recorded: &Recorded| {
        let rest = recorded.head.iter().filter(|(key, _)| !elsewhere.contains(&key.as_str()));
        Value::Object(rest.map(|(key, value)| (key.clone(), value.clone())).collect())
    };
    let mut found = fields(&kept(report), &kept(now), strict);
    let name = |recorded: &Recorded| recorded.policy.name.clone();
    if name(report) != name(now) {
        found.push(Field { key: "policy".to_owned(), old: name(report).into(), new: name(now).into() });
    }
    found.extend(counts(report, now));
    found
}

/// Numbers of events and entities of logs that are the same text: those can only differ by another reading.
fn counts(report: &Recorded, now: &Recorded) -> Vec<Field> {
    let list = |recorded: &Recorded| {
        recorded.head.get("logs").and_then(Value::as_array).cloned().unwrap_or_default()
    };
    let (old, new) = (list(report), list(now));
    let same = |one: &Value, other: &Value| {
        one.get("path") == other.get("path") && one.get("sha256") == other.get("sha256")
    };
    let pairs = old.iter().filter_map(|one| Some((one, new.iter().find(|other| same(one, other))?)));
    let differ = pairs.filter(|(one, other)| one != other);
    differ
        .map(|(one, other)| Field { key: "logs".to_owned(), old: one.clone(), new: other.clone() })
        .collect()
}
