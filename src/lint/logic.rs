//! Whether conditions can hold together. Takes expressions in one form; says which two exclude each other,
//! if it surely knows. Silent when in doubt: what it cannot see through counts as possible.

#![expect(clippy::wildcard_enum_match_arm, reason = "only some forms say something that can be contradicted")]

use std::collections::{BTreeMap, BTreeSet};

use chrono::Datelike as _;
use rust_decimal::Decimal;

use super::normal::{declared, key};
use crate::policy::{CompareOp, Expr, Literal, NameList};
use crate::vocabulary::{FieldKind, Vocabulary};

/// Branches looked at before giving up.
const PATIENCE: usize = 512;

/// Two of the given conditions (the same one twice: it alone) that cannot both hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Conflict {
    pub(super) one: usize,
    pub(super) other: usize,
}

/// Knowledge of words: enumerations and lists.
#[derive(Debug)]
pub(super) struct Logic<'p> {
    pub(super) vocabulary: &'p Vocabulary,
    /// By number in the registry.
    pub(super) lists: BTreeMap<usize, &'p NameList>,
}

/// Something claimed true or false, and by which condition.
#[derive(Clone, Debug)]
struct Claim {
    expr: Expr,
    truth: bool,
    by: usize,
}

/// What is known of one value.
#[derive(Clone, Debug, Default)]
struct Room {
    /// Words still possible, and who narrowed them last.
    words: Option<(BTreeSet<String>, Option<usize>)>,
    excluded: Vec<(String, usize)>,
    low: Option<(Decimal, bool, usize)>,
    high: Option<(Decimal, bool, usize)>,
}

#[derive(Clone, Debug, Default)]
struct Known {
    atoms: Vec<Claim>,
    rooms: BTreeMap<String, Room>,
}

enum Limit {
    Low(Decimal, bool),
    High(Decimal, bool),
}

impl Logic<'_> {
    /// Conditions that cannot all hold.
    pub(super) fn conflict(&self, conditions: &[Expr]) -> Option<Conflict> {
        let claims = conditions.iter().cloned().enumerate();
        let claims = claims.map(|(by, expr)| Claim { expr, truth: true, by }).rev().collect();
        self.search(claims, Vec::new(), Known::default(), &mut PATIENCE.clone())
    }

    fn search(
        &self,
        mut open: Vec<Claim>,
        mut splits: Vec<(Vec<Claim>, usize)>,
        mut known: Known,
        patience: &mut usize,
    ) -> Option<Conflict> {
        while let Some(Claim { expr, truth, by }) = open.pop() {
            let each = |list: Vec<Expr>| {
                list.into_iter().map(|expr| Claim { expr, truth, by }).collect::<Vec<Claim>>()
            };
            match expr {
                Expr::Not(inner) => open.push(Claim { expr: *inner, truth: !truth, by }),
                Expr::And(list) if truth => open.extend(each(list)),
                Expr::Or(list) if !truth => open.extend(each(list)),
                Expr::And(list) | Expr::Or(list) => splits.push((each(list), by)),
                atom => {
                    let claim = Claim { expr: atom, truth, by };
                    if let Some(conflict) = self.learn(&mut known, claim) {
                        return Some(conflict);
                    }
                }
            }
        }
        let (alternatives, by) = splits.pop()?;
        let mut first: Option<Conflict> = None;
        for alternative in alternatives {
            *patience = patience.checked_sub(1)?;
            let conflict = self.search(vec![alternative], splits.clone(), known.clone(), patience)?;
            first.get_or_insert(conflict);
        }
        let conflict = first.unwrap_or(Conflict { one: by, other: by });
        let other = if conflict.one == by { conflict.other } else { conflict.one };
        Some(Conflict { one: by.min(other), other: by.max(other) })
    }

    fn learn(&self, known: &mut Known, claim: Claim) -> Option<Conflict> {
        let by = claim.by;
        if self.constant(&claim.expr).is_some_and(|value| value != claim.truth) {
            return Some(Conflict { one: by, other: by });
        }
        if let Some(other) = known.atoms.iter().find(|other| excludes(other, &claim)) {
            return Some(Conflict { one: other.by.min(by), other: other.by.max(by) });
        }
        let clash = match self.words(&claim) {
            Some((subject, words, inside)) => self.narrow(known, &subject, &words, inside, by),
            None => None,
        };
        let clash = clash.or_else(|| {
            limits(&claim).into_iter().find_map(|(subject, limit)| bound(known, &subject, &limit, by))
        });
        known.atoms.push(claim);
        clash
    }

    /// Truth of what has no variables in it.
    fn constant(&self, expr: &Expr) -> Option<bool> {
        match expr {
            Expr::Literal(Literal::Bool(value)) => Some(*value),
            Expr::Listed(of, list) => {
                let list = self.lists.get(list)?;
                match of.as_ref() {
                    Expr::Literal(Literal::Text(word)) => {
                        Some(list.entries.iter().any(|entry| entry.words.contains(word)))
                    }
                    _ => list.entries.is_empty().then_some(false),
                }
            }
            Expr::Compare(op, l, r) => {
                if let (Some(l), Some(r)) = (number(l), number(r)) {
                    return Some(op.holds(l.cmp(&r)));
                }
                if let (Expr::Literal(l), Expr::Literal(r)) = (l.as_ref(), r.as_ref()) {
                    return match op {
                        CompareOp::Equal => Some(l == r),
                        CompareOp::NotEqual => Some(l != r),
                        _ => None,
                    };
                }
                (key(l) == key(r)).then(|| op.holds(std::cmp::Ordering::Equal))
            }
            _ => None,
        }
    }

    /// Words a value must be (or not be) among.
    fn words(&self, claim: &Claim) -> Option<(Expr, BTreeSet<String>, bool)> {
        match &claim.expr {
            Expr::Compare(op @ (CompareOp::Equal | CompareOp::NotEqual), l, r) if !self.many(l) => {
                let Expr::Literal(Literal::Text(word)) = r.as_ref() else { return None };
                let inside = (*op == CompareOp::Equal) == claim.truth;
                Some(((**l).clone(), BTreeSet::from([word.clone()]), inside))
            }
            Expr::Listed(of, list) if claim.truth || !self.many(of) => {
                let list = self.lists.get(list)?;
                // 名单里的是实体时，比的是名称与别名，不是一个值。
                if !self.textual(of) {
                    return None;
                }
                let terms = self.terms(of);
                let words = list.entries.iter().flat_map(|entry| match &terms {
                    Some(terms) => terms
                        .iter()
                        .filter(|(_, spellings)| entry.words.iter().any(|word| spellings.contains(word)))
                        .map(|(name, _)| name.clone())
                        .collect::<Vec<_>>(),
                    None => entry.words.clone(),
                });
                Some(((**of).clone(), words.collect(), claim.truth))
            }
            _ => None,
        }
    }

    fn narrow(
        &self,
        known: &mut Known,
        subject: &Expr,
        words: &BTreeSet<String>,
        inside: bool,
        by: usize,
    ) -> Option<Conflict> {
        let room = known.rooms.entry(key(subject)).or_default();
        if room.words.is_none()
            && let Some(terms) = self.terms(subject)
        {
            room.words = Some((terms.into_iter().map(|(name, _)| name).collect(), None));
        }
        let mut blamed = None;
        if inside {
            let mut left = words.clone();
            if let Some((possible, last)) = &room.words {
                left = left.intersection(possible).cloned().collect();
                blamed = *last;
            }
            if let Some((_, other)) = room.excluded.iter().find(|(word, _)| left.contains(word)) {
                blamed = Some(*other);
            }
            left.retain(|word| room.excluded.iter().all(|(other, _)| other != word));
            room.words = Some((left, Some(by)));
        } else {
            room.excluded.extend(words.iter().map(|word| (word.clone(), by)));
            if let Some((possible, last)) = &mut room.words {
                possible.retain(|word| !words.contains(word));
                blamed = *last;
            }
        }
        let empty = room.words.as_ref().is_some_and(|(left, _)| left.is_empty());
        let blamed = blamed.unwrap_or(by);
        empty.then(|| Conflict { one: blamed.min(by), other: blamed.max(by) })
    }

    /// Terms of an enumeration with their spellings.
    pub(super) fn terms(&self, expr: &Expr) -> Option<Vec<(String, Vec<String>)>> {
        let Expr::Field(_, field) = expr else { return None };
        let FieldKind::Enum(terms) = &declared(self.vocabulary, *field).kind else { return None };
        let spelled = terms.iter().map(|term| {
            let spellings = std::iter::once(&term.name).chain(&term.synonyms).cloned().collect();
            (term.name.clone(), spellings)
        });
        Some(spelled.collect())
    }

    fn textual(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Field(_, field) => {
                matches!(declared(self.vocabulary, *field).kind, FieldKind::Text | FieldKind::Enum(_))
            }
            _ => false,
        }
    }

    /// Whether it may be several values.
    fn many(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Field(owner, field) => declared(self.vocabulary, *field).many || self.many(owner),
            Expr::Query(_) | Expr::Set(..) | Expr::Dates(_) | Expr::OrElse(_) => true,
            _ => false,
        }
    }

    /// A narrower list or a tighter bound: if the one holds, so does the other.
    pub(super) fn implies(&self, fact: &Expr, claim: &Expr) -> bool {
        match (fact, claim) {
            (Expr::Listed(one, narrow), Expr::Listed(other, wide)) => {
                let words = |list| self.lists.get(list).map(|list| &list.entries);
                let (Some(narrow), Some(wide)) = (words(narrow), words(wide)) else { return false };
                key(one) == key(other)
                    && narrow
                        .iter()
                        .flat_map(|entry| &entry.words)
                        .all(|word| wide.iter().any(|entry| entry.words.contains(word)))
            }
            _ => {
                let claims = |expr: &Expr| limits(&Claim { expr: expr.clone(), truth: true, by: 0 });
                let (facts, wanted) = (claims(fact), claims(claim));
                !wanted.is_empty()
                    && wanted.iter().all(|(subject, limit)| {
                        facts.iter().any(|(known, given)| {
                            key(known) == key(subject)
                                && match (given, limit) {
                                    (Limit::Low(a, open), Limit::Low(b, wanted)) => {
                                        a > b || (a == b && open >= wanted)
                                    }
                                    (Limit::High(a, open), Limit::High(b, wanted)) => {
                                        a < b || (a == b && open >= wanted)
                                    }
                                    (Limit::Low(..), Limit::High(..)) | (Limit::High(..), Limit::Low(..)) => {
                                        false
                                    }
                                }
                        })
                    })
            }
        }
    }

    /// Whether it says the same whenever it is asked: no attribute of an entity that may change.
    pub(super) fn fixed(&self, expr: &Expr) -> bool {
        let mut steady = true;
        walk(expr, &mut |part| match part {
            Expr::Field(_, field) => {
                let entity = matches!(field.holder, crate::policy::Holder::Entity(_));
                steady &= !entity || declared(self.vocabulary, *field).latest;
            }
            Expr::Today => steady = false,
            _ => {}
        });
        steady
    }
}

/// Calls back for an expression and everything in it.
pub(super) fn walk(expr: &Expr, see: &mut dyn FnMut(&Expr)) {
    see(expr);
    let mut query = |query: &crate::policy::Query| {
        query.anchors.iter().for_each(|anchor| walk(&anchor.key, see));
        if let Some(filter) = &query.filter {
            walk(filter, see);
        }
    };
    match expr {
        Expr::Literal(_) | Expr::Slot(_) | Expr::Today => {}
        Expr::Query(of) | Expr::Pick(_, of) => query(of),
        Expr::Field(of, _)
        | Expr::MomentOf(of)
        | Expr::DateOf(of)
        | Expr::YearOf(of)
        | Expr::Size(of)
        | Expr::Dates(of)
        | Expr::Listed(of, _)
        | Expr::Present(of)
        | Expr::Not(of)
        | Expr::At(_, of)
        | Expr::Function(_, of)
        | Expr::Earliest { key: of, .. }
        | Expr::MonthDay { year: of, .. } => walk(of, see),
        Expr::Number(_, l, r)
        | Expr::Set(_, l, r)
        | Expr::Compare(_, l, r)
        | Expr::In(l, r)
        | Expr::Contains(l, r)
        | Expr::SetEqual(l, r)
        | Expr::Every { set: l, body: r, .. } => {
            walk(l, see);
            walk(r, see);
        }
        Expr::OrElse(list) | Expr::And(list) | Expr::Or(list) => list.iter().for_each(|e| walk(e, see)),
        Expr::Call { arguments, .. } => arguments.iter().for_each(|e| walk(e, see)),
    }
}

/// One claim is the other's opposite: the same said and denied, narrower said and wider denied, or two orders.
fn excludes(one: &Claim, other: &Claim) -> bool {
    if one.truth != other.truth {
        let (said, denied) = if one.truth { (one, other) } else { (other, one) };
        return key(&said.expr) == key(&denied.expr) || narrower(&said.expr, &denied.expr);
    }
    let (Expr::Compare(first, a, b), Expr::Compare(second, c, d)) = (&one.expr, &other.expr) else {
        return false;
    };
    let crossed = key(a) == key(d) && key(b) == key(c);
    let strict = |op: &CompareOp| matches!(op, CompareOp::Less | CompareOp::Before);
    let ordered = |op: &CompareOp| strict(op) || *op == CompareOp::AtMost;
    one.truth && crossed && ordered(first) && ordered(second) && (strict(first) || strict(second))
}

/// 有 X（甲） said, 有 X denied.
fn narrower(said: &Expr, denied: &Expr) -> bool {
    let (Expr::Present(said), Expr::Present(denied)) = (said, denied) else { return false };
    let (Expr::Query(said), Expr::Query(denied)) = (said.as_ref(), denied.as_ref()) else { return false };
    let known: Vec<String> = super::normal::filters(said).iter().map(key).collect();
    said.kind == denied.kind
        && said.anchors == denied.anchors
        && super::normal::filters(denied).iter().all(|part| known.contains(&key(part)))
}

fn number(expr: &Expr) -> Option<Decimal> {
    match expr {
        Expr::Literal(Literal::Number(number)) => Some(*number),
        Expr::Literal(Literal::Date(date)) => Some(Decimal::from(date.num_days_from_ce())),
        _ => None,
    }
}

/// The value itself, whether its day or its moment is meant.
pub(super) fn bare(expr: &Expr) -> &Expr {
    match expr {
        Expr::MomentOf(of) | Expr::DateOf(of) => bare(of),
        other => other,
    }
}

/// Numbers or days a value must keep to.
fn limits(claim: &Claim) -> Vec<(Expr, Limit)> {
    let Expr::Compare(op, l, r) = &claim.expr else { return Vec::new() };
    let (subject, at, left) = match (number(l), number(r)) {
        (None, Some(at)) => (bare(l).clone(), at, true),
        (Some(at), None) => (bare(r).clone(), at, false),
        _ => return Vec::new(),
    };
    let strict = matches!(op, CompareOp::Less | CompareOp::Before);
    let limit = match op {
        CompareOp::Equal if claim.truth => {
            return vec![(subject.clone(), Limit::Low(at, false)), (subject, Limit::High(at, false))];
        }
        CompareOp::Less | CompareOp::AtMost | CompareOp::Before => {
            // 说的是「小于」：真则在左边的有上限，假则反过来。
            match (left, claim.truth) {
                (true, true) => Limit::High(at, strict),
                (false, true) => Limit::Low(at, strict),
                (true, false) => Limit::Low(at, !strict),
                (false, false) => Limit::High(at, !strict),
            }
        }
        _ => return Vec::new(),
    };
    vec![(subject, limit)]
}

fn bound(known: &mut Known, subject: &Expr, limit: &Limit, by: usize) -> Option<Conflict> {
    let room = known.rooms.entry(key(subject)).or_default();
    match *limit {
        Limit::Low(at, strict) => {
            if room.low.is_none_or(|(low, open, _)| (at, strict) > (low, open)) {
                room.low = Some((at, strict, by));
            }
        }
        Limit::High(at, strict) => {
            if room.high.is_none_or(|(high, open, _)| (at, !strict) < (high, !open)) {
                room.high = Some((at, strict, by));
            }
        }
    }
    let counted = matches!(subject, Expr::Size(_));
    if counted && room.high.is_some_and(|(high, open, _)| high < Decimal::ZERO || (open && high.is_zero())) {
        return Some(Conflict { one: by, other: by });
    }
    let (low, low_open, one) = room.low?;
    let (high, high_open, other) = room.high?;
    let none = low > high || (low == high && (low_open || high_open));
    none.then(|| Conflict { one: one.min(other), other: one.max(other) })
}
