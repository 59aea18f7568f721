//! Which rule of one set speaks of the same duty as which rule of the other. Not by id, unless both sets
//! have it: two versions of one regulation. Otherwise by what must be done, what starts it, whom it is about.
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a term has thirty heads; each walk is about a few of them"
)]

use std::collections::BTreeSet;

use crate::norm::{Head, Norm, Role, Term};

/// Below this two rules are not about the same duty.
const ENOUGH: f64 = 0.5;

/// Pairs of (left, right) positions, in left order. Every rule is in at most one pair.
pub fn align(left: &[Norm], right: &[Norm]) -> Vec<(usize, usize)> {
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    for (at, norm) in left.iter().enumerate() {
        if let Some(to) = right.iter().position(|other| other.id == norm.id) {
            pairs.push((at, to));
        }
    }
    let free =
        |pairs: &[(usize, usize)], at: usize, to: usize| !pairs.iter().any(|(l, r)| *l == at || *r == to);
    let [lefts, rights]: [Vec<Signature>; 2] =
        [left, right].map(|norms| norms.iter().map(Signature::of).collect());
    let mut scored: Vec<(f64, usize, usize)> = Vec::new();
    for (at, one) in lefts.iter().enumerate() {
        for (to, other) in rights.iter().enumerate() {
            let score = one.likeness(other);
            if score >= ENOUGH && free(&pairs, at, to) {
                scored.push((score, at, to));
            }
        }
    }
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| (a.1, a.2).cmp(&(b.1, b.2))));
    for (_, at, to) in scored {
        if free(&pairs, at, to) {
            pairs.push((at, to));
        }
    }
    pairs.sort_unstable();
    pairs
}

/// What a rule is about, as sets of names.
#[derive(Debug, Default)]
struct Signature {
    letters: String,
    /// Events that must, or must not, happen; things counted.
    targets: BTreeSet<String>,
    /// Attributes a condition looks at.
    fields: BTreeSet<String>,
    /// Events that start it or that it is measured from.
    triggers: BTreeSet<String>,
    subject: BTreeSet<String>,
    /// Direction of a count, and whether it is by year.
    count: Option<(bool, bool)>,
    /// Pairs of neighbouring characters of the title.
    title: BTreeSet<(char, char)>,
}

impl Signature {
    fn of(norm: &Norm) -> Self {
        let mut found = Self { letters: norm.letters(), ..Self::default() };
        for duty in &norm.duties {
            for part in &duty.parts {
                let events = part.term.leading_events().into_iter().map(str::to_owned);
                match part.role {
                    Role::Required | Role::Forbidden => found.targets.extend(events),
                    Role::Counted => found.targets.extend(counted(&part.term)),
                    Role::Trigger
                    | Role::Later
                    | Role::Each
                    | Role::Reference
                    | Role::DatedBy
                    | Role::Date => {
                        found.triggers.extend(events);
                    }
                    Role::Given | Role::Closure | Role::Belongs => {}
                }
                if matches!(part.role, Role::Required | Role::Forbidden) {
                    found.fields.extend(attributes(&part.term));
                }
            }
            if let Some(count) = &duty.count {
                use crate::policy::CompareOp::{AtLeast, Greater};
                found.count = Some((
                    matches!(count.op, AtLeast | Greater),
                    count.window == crate::norm::CountWindow::Year,
                ));
            }
        }
        for (name, domain) in &norm.subject {
            found.subject.insert(match &domain.head {
                Head::All(kind) | Head::Entries { of: kind, .. } => kind.clone(),
                _ => name.clone(),
            });
        }
        let title: Vec<char> = norm.title.chars().collect();
        found.title = title.windows(2).filter_map(|two| Some((*two.first()?, *two.last()?))).collect();
        found
    }

    /// 0 (nothing in common) to 1.
    fn likeness(&self, other: &Self) -> f64 {
        if self.count.map(|count| count.0) != other.count.map(|count| count.0) {
            return 0.0;
        }
        let apart =
            |a: &BTreeSet<String>, b: &BTreeSet<String>| !a.is_empty() && !b.is_empty() && a.is_disjoint(b);
        let shared = !self.targets.is_disjoint(&other.targets) || !self.fields.is_disjoint(&other.fields);
        // 要做的是两件事，或者管的是两种事，就不是同一条义务。
        let conditions = self.letters == "C" && other.letters == "C";
        if !shared
            || apart(&self.targets, &other.targets)
            || (conditions && apart(&self.triggers, &other.triggers))
        {
            return 0.0;
        }
        let letter = letter_likeness(&self.letters, &other.letters);
        if letter == 0.0 {
            return 0.0;
        }
        let count = f64::from(u8::from(self.count == other.count));
        let mut weighted = vec![(2.0, letter), (1.0, overlap(&self.title, &other.title))];
        let mut add = |weight: f64, a: &BTreeSet<String>, b: &BTreeSet<String>| {
            if !a.is_empty() || !b.is_empty() {
                weighted.push((weight, overlap(a, b)));
            }
        };
        add(4.0, &self.targets, &other.targets);
        add(3.0, &self.fields, &other.fields);
        add(2.0, &self.triggers, &other.triggers);
        add(1.5, &self.subject, &other.subject);
        if self.count.is_some() {
            weighted.push((4.0, count));
        }
        let total: f64 = weighted.iter().map(|(weight, _)| weight).sum();
        weighted.iter().map(|(weight, score)| weight * score).sum::<f64>() / total
    }
}

/// The same letters, or shapes by which the same thing can be asked for.
fn letter_likeness(a: &str, b: &str) -> f64 {
    if a == b {
        return 1.0;
    }
    let near = |x: char, y: char| {
        matches!(
            (x, y),
            ('R', 'E') | ('R', 'D') | ('E', 'D') | ('C', 'S') | ('E', 'S') | ('C', 'P') | ('E', 'P')
        )
    };
    let best = a
        .chars()
        .flat_map(|x| b.chars().map(move |y| (x, y)))
        .any(|(x, y)| x == y || near(x, y) || near(y, x));
    if best { 0.4 } else { 0.0 }
}

fn counted(term: &Term) -> Vec<String> {
    match &term.head {
        Head::Query { kind, .. } => vec![kind.clone()],
        _ => Vec::new(),
    }
}

/// What a condition looks at, as `holder.name`: ends of paths, not the steps on the way.
fn attributes(term: &Term) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    collect(term, &mut found);
    found
}

fn collect(term: &Term, found: &mut BTreeSet<String>) {
    match &term.head {
        Head::Anchor(_) => {}
        Head::Field { holder, name } => {
            found.insert(format!("{holder}.{name}"));
            // 主人若是又一段路，只是路过；若是一次查询，查询里的条件也算。
            let owners = term.parts.iter().filter(|owner| !matches!(owner.head, Head::Field { .. }));
            owners.for_each(|owner| collect(owner, found));
        }
        _ => term.parts.iter().for_each(|part| collect(part, found)),
    }
}

fn overlap<T: Ord>(a: &BTreeSet<T>, b: &BTreeSet<T>) -> f64 {
    let shared = a.intersection(b).count();
    let all = a.len() + b.len() - shared;
    if all == 0 {
        return 0.0;
    }
    #[expect(clippy::cast_precision_loss, reason = "a rule has a handful of names")]
    let ratio = shared as f64 / all as f64;
    ratio
}
