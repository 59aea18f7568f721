//! Two rule sets side by side: which duties are the same, which differ in what, which are stricter.
//! Takes two checked rule sets and a calendar; gives a [`Comparison`]. Stricter or looser is never claimed
//! without a history on which the two rules come to different conclusions, replayed on both sides.
//! Draws nothing and knows no domain: histories are made up from the vocabulary and the rules alone.

mod align;
mod differences;
mod impact;
mod judge;
mod record;
mod search;
mod shrink;
mod timetable;
mod values;
mod wish;
mod world;

use chrono::NaiveDate;
use rayon::prelude::*;

use crate::calendar::Calendar;
use crate::finding::{Verdict, ViolationKind};
use crate::library::Loaded;
use crate::norm::{self, Norm};
use crate::policy::{Policy, Severity};

pub use align::align;
pub use differences::{Aspect, Difference};
pub use impact::{Change, ChangeKind, Changes, Impact, impact};

/// Which of the two rule sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// 甲
    Left,
    /// 乙
    Right,
}

impl Side {
    pub const BOTH: [Self; 2] = [Self::Left, Self::Right];

    pub fn other(self) -> Self {
        match self {
            Self::Left => Self::Right,
            Self::Right => Self::Left,
        }
    }

    /// 甲, 乙.
    pub fn label(self) -> &'static str {
        match self {
            Self::Left => "甲",
            Self::Right => "乙",
        }
    }

    /// The JSON word.
    pub fn key(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Right => "right",
        }
    }
}

/// How the right rule stands to the left one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Relation {
    /// 同: nothing differs.
    Same,
    /// 严: the right one finds violations the left one does not.
    Stricter,
    /// 宽: the other way round.
    Looser,
    /// 互有严宽
    Mixed,
    /// Written differently, but no history was found on which only one of them finds a violation.
    Unproven,
    LeftOnly,
    RightOnly,
}

impl Relation {
    pub const ALL: [Self; 7] = [
        Self::Stricter,
        Self::Looser,
        Self::Mixed,
        Self::Unproven,
        Self::Same,
        Self::LeftOnly,
        Self::RightOnly,
    ];

    /// The word shown to people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Same => "同",
            Self::Stricter => "严",
            Self::Looser => "宽",
            Self::Mixed => "互有严宽",
            Self::Unproven => "写法不同",
            Self::LeftOnly => "只在甲",
            Self::RightOnly => "只在乙",
        }
    }

    /// The JSON word.
    pub fn key(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Stricter => "stricter",
            Self::Looser => "looser",
            Self::Mixed => "mixed",
            Self::Unproven => "unproven",
            Self::LeftOnly => "left_only",
            Self::RightOnly => "right_only",
        }
    }
}

/// A rule as named in a comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleName {
    pub id: String,
    pub title: String,
    pub citation: String,
    pub letters: String,
    /// Comes back every year.
    pub periodic: bool,
}

/// What one side says of a history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conclusion {
    /// `None`: the rule has no such subject.
    pub verdict: Option<Verdict>,
    pub kind: Option<ViolationKind>,
    pub severity: Severity,
    pub subject: String,
    pub deadline: Option<NaiveDate>,
    pub message: String,
}

/// A history on which the two rules come to different conclusions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    /// The side that finds the violation, or the graver one.
    pub stricter: Side,
    pub as_of: NaiveDate,
    pub coverage: Option<(NaiveDate, NaiveDate)>,
    /// JSONL for the left and for the right; the same text unless the scopes exclude each other.
    pub logs: [String; 2],
    /// What was set for each side so that its scope holds, if the two need different values.
    pub scopes: Option<[String; 2]>,
    pub conclusions: [Conclusion; 2],
}

/// A rule of one side or an aligned pair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    pub left: Option<RuleName>,
    pub right: Option<RuleName>,
    pub relation: Relation,
    pub differences: Vec<Difference>,
    /// At most one for each side being the stricter.
    pub witnesses: Vec<Witness>,
}

/// A rule set as named in a comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyName {
    pub name: String,
    pub title: Option<String>,
    pub number: Option<String>,
    pub sha256: String,
    pub rules: usize,
}

/// The whole comparison; pairs in the order of the left rules, those only on the right last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    pub policies: [PolicyName; 2],
    /// Differences of the rule sets themselves: 适用, 施行, parameters, lists.
    pub differences: Vec<Difference>,
    pub pairs: Vec<Pair>,
    pub calendar_sha256: String,
}

impl Comparison {
    /// Number of pairs that stand so.
    pub fn count(&self, relation: Relation) -> usize {
        self.pairs.iter().filter(|pair| pair.relation == relation).count()
    }
}

/// One side, ready to be compared.
#[derive(Clone, Copy, Debug)]
struct Party<'a> {
    loaded: &'a Loaded,
    policy: &'a Policy,
}

/// Compares two rule sets; `None` when one of them has errors.
pub fn compare(left: &Loaded, right: &Loaded, calendar: &Calendar) -> Option<Comparison> {
    let parties =
        [Party { loaded: left, policy: left.policy()? }, Party { loaded: right, policy: right.policy()? }];
    let [lefts, rights] = parties.map(|party| latest(norm::norms(party.policy)));
    let aligned = align(&lefts, &rights);
    let of_left = |(at, norm): (usize, &Norm)| {
        let other = aligned.iter().find(|(l, _)| *l == at).and_then(|(_, r)| rights.get(*r));
        match other {
            Some(other) => pair(parties, [norm, other], calendar),
            None => alone(norm, Side::Left),
        }
    };
    let mut pairs: Vec<Pair> = lefts.par_iter().enumerate().map(of_left).collect();
    for (at, norm) in rights.iter().enumerate() {
        if !aligned.iter().any(|(_, r)| *r == at) {
            pairs.push(alone(norm, Side::Right));
        }
    }
    Some(Comparison {
        policies: parties.map(|party| PolicyName {
            name: party.policy.name.clone(),
            title: party.policy.title.clone(),
            number: party.policy.number.clone(),
            sha256: party.loaded.sha256.clone(),
            rules: latest(norm::norms(party.policy)).len(),
        }),
        differences: differences::of_policies(parties[0].policy, parties[1].policy),
        pairs,
        calendar_sha256: calendar.sha256(),
    })
}

/// One norm per id: a rule that replaces another from some day on has the same id, and is the one compared.
/// Histories are judged by all of them.
fn latest(norms: Vec<Norm>) -> Vec<Norm> {
    let mut kept: Vec<Norm> = Vec::new();
    for norm in norms {
        match kept.iter_mut().find(|known| known.id == norm.id) {
            Some(known) if known.effective <= norm.effective => *known = norm,
            Some(_) => {}
            None => kept.push(norm),
        }
    }
    kept
}

fn rule_name(norm: &Norm) -> RuleName {
    RuleName {
        id: norm.id.clone(),
        title: norm.title.clone(),
        citation: norm.citation.clone(),
        letters: norm.letters(),
        periodic: norm.is_periodic(),
    }
}

fn alone(norm: &Norm, side: Side) -> Pair {
    let name = Some(rule_name(norm));
    let (left, right, relation) = match side {
        Side::Left => (name, None, Relation::LeftOnly),
        Side::Right => (None, name, Relation::RightOnly),
    };
    Pair { left, right, relation, differences: Vec::new(), witnesses: Vec::new() }
}

fn pair(parties: [Party<'_>; 2], sides: [&Norm; 2], calendar: &Calendar) -> Pair {
    let [left, right] = sides;
    let differences = differences::of_rules(sides, parties.map(|party| party.policy));
    let witnesses = if differences.is_empty() {
        Vec::new()
    } else {
        search::witnesses(parties, sides, &differences, calendar)
    };
    let stricter = |side: Side| witnesses.iter().any(|witness| witness.stricter == side);
    let relation = match (differences.is_empty(), stricter(Side::Left), stricter(Side::Right)) {
        (true, _, _) => Relation::Same,
        (false, false, true) => Relation::Stricter,
        (false, true, false) => Relation::Looser,
        (false, true, true) => Relation::Mixed,
        (false, false, false) => Relation::Unproven,
    };
    Pair { left: Some(rule_name(left)), right: Some(rule_name(right)), relation, differences, witnesses }
}
