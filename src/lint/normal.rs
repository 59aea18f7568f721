//! Expressions in one form, so that two that mean the same look the same: definitions written out, subject
//! columns and elements numbered alike, comparisons turned one way, 且 and 或 flat and in order.
//! Takes expressions of one or several policies that share a [`Registry`]; does not judge them.

#![expect(clippy::wildcard_enum_match_arm, reason = "only some forms have more than one spelling")]

use std::collections::BTreeMap;

use crate::policy::{
    Anchor, Binder, CompareOp, Domain, Expr, Field, Holder, Literal, Policy, Query, QueryKind, Slot,
};
use crate::vocabulary::{self, EntityTypeId, FieldKind, Fields as _};

/// The slot of the event (or element) a duty is judged at.
pub(super) const TRIGGER: Slot = Slot(500_000);
/// Slots of subject columns start here, by their number in the registry.
const LABELS: usize = 1_000_000;
/// Slots of elements start here, by depth.
const BOUND: usize = 2_000_000;
/// The element of a query that stands by itself.
pub(super) const ELEMENT: Slot = Slot(BOUND);

/// Numbers for words: the same word has the same number in every policy of one run.
#[derive(Debug, Default)]
pub(super) struct Registry {
    words: BTreeMap<String, usize>,
}

impl Registry {
    fn number(&mut self, word: String) -> usize {
        let next = self.words.len();
        *self.words.entry(word).or_insert(next)
    }

    pub(super) fn list(&mut self, name: &str) -> usize {
        self.number(format!("list {name}"))
    }

    fn entity(&mut self, name: &str) -> Slot {
        Slot(LABELS + self.number(format!("every {name}")))
    }
}

/// What slots stand for.
pub(super) type Environment = BTreeMap<Slot, Expr>;

/// Text of an expression, for comparing.
pub(super) fn key(expr: &Expr) -> String {
    format!("{expr:?}")
}

/// The parts of a conjunction.
pub(super) fn conjuncts(expr: &Expr) -> Vec<Expr> {
    match expr {
        Expr::And(list) => list.iter().flat_map(conjuncts).collect(),
        other => vec![other.clone()],
    }
}

/// A declared field.
pub(super) fn declared(vocabulary: &vocabulary::Vocabulary, field: Field) -> &vocabulary::Field {
    match field.holder {
        Holder::Entity(id) => vocabulary.entity(id).field(field.id),
        Holder::Event(id) => vocabulary.event(id).field(field.id),
    }
}

/// Puts expressions of one policy into that form.
pub(super) struct Normaliser<'p, 'r> {
    pub(super) policy: &'p Policy,
    pub(super) registry: &'r mut Registry,
    /// A relation of an element that is tied to something known is that thing.
    ties: Vec<(Slot, Field, Expr)>,
}

impl<'p, 'r> Normaliser<'p, 'r> {
    pub(super) fn new(policy: &'p Policy, registry: &'r mut Registry) -> Self {
        Self { policy, registry, ties: Vec::new() }
    }
}

impl Normaliser<'_, '_> {
    /// Slots of subject columns: columns over the same domain are the same column in every rule.
    pub(super) fn columns(&mut self, binders: &[Binder]) -> Environment {
        let mut env = Environment::new();
        let mut seen: Vec<Slot> = Vec::new();
        for (at, binder) in binders.iter().enumerate() {
            let word = match &binder.domain {
                Domain::All(id) => format!("every {}", self.policy.vocabulary.entity(*id).name),
                Domain::Set(id, expr) => {
                    let set = self.expr(expr, &env, 0);
                    format!("{} of {}", self.policy.vocabulary.entity(*id).name, key(&set))
                }
                Domain::List(_, index) => {
                    format!("listed in {}", self.policy.lists.get(*index).map_or("", |list| &list.name))
                }
                Domain::Years => "year".to_owned(),
            };
            let mut slot = Slot(LABELS + self.registry.number(word.clone()));
            if seen.contains(&slot) {
                slot = Slot(LABELS + self.registry.number(format!("{word} #{at}")));
            }
            seen.push(slot);
            env.insert(Slot(at), Expr::Slot(slot));
        }
        env
    }

    /// The column of an entity type.
    pub(super) fn entity(&mut self, id: EntityTypeId) -> Expr {
        let name = self.policy.vocabulary.entity(id).name.clone();
        Expr::Slot(self.registry.entity(&name))
    }

    fn all(&mut self, list: &[Expr], env: &Environment, depth: usize) -> Vec<Expr> {
        list.iter().map(|e| self.expr(e, env, depth)).collect()
    }

    fn boxed(&mut self, e: &Expr, env: &Environment, depth: usize) -> Box<Expr> {
        Box::new(self.expr(e, env, depth))
    }

    pub(super) fn expr(&mut self, e: &Expr, env: &Environment, depth: usize) -> Expr {
        match e {
            Expr::At(_, of) => self.expr(of, env, depth),
            Expr::Literal(_) | Expr::Today => e.clone(),
            Expr::Slot(slot) => env.get(slot).cloned().unwrap_or(Expr::Slot(*slot)),
            Expr::Field(owner, field) => {
                let owner = self.expr(owner, env, depth);
                self.step(owner, *field)
            }
            Expr::Query(query) => Expr::Query(self.query(query, env, depth)),
            Expr::Pick(pick, query) => Expr::Pick(*pick, self.query(query, env, depth)),
            Expr::Earliest { key, paths } => {
                Expr::Earliest { key: self.boxed(key, env, depth), paths: paths.clone() }
            }
            Expr::MomentOf(of) => Expr::MomentOf(self.boxed(of, env, depth)),
            Expr::DateOf(of) => Expr::DateOf(self.boxed(of, env, depth)),
            Expr::YearOf(of) => Expr::YearOf(self.boxed(of, env, depth)),
            Expr::MonthDay { year, month, day } => {
                Expr::MonthDay { year: self.boxed(year, env, depth), month: *month, day: *day }
            }
            Expr::Size(of) => Expr::Size(self.boxed(of, env, depth)),
            Expr::Dates(of) => Expr::Dates(self.boxed(of, env, depth)),
            Expr::Number(op, l, r) => Expr::Number(*op, self.boxed(l, env, depth), self.boxed(r, env, depth)),
            Expr::Set(op, l, r) => Expr::Set(*op, self.boxed(l, env, depth), self.boxed(r, env, depth)),
            Expr::OrElse(list) => Expr::OrElse(self.all(list, env, depth)),
            Expr::Compare(op, l, r) => compare(*op, self.expr(l, env, depth), self.expr(r, env, depth)),
            Expr::In(l, r) => Expr::In(self.boxed(l, env, depth), self.boxed(r, env, depth)),
            Expr::Listed(of, index) => {
                let name = self.policy.lists.get(*index).map_or("", |list| &list.name);
                let number = self.registry.list(name);
                Expr::Listed(self.boxed(of, env, depth), number)
            }
            Expr::Contains(l, r) => Expr::Contains(self.boxed(l, env, depth), self.boxed(r, env, depth)),
            Expr::SetEqual(l, r) => Expr::SetEqual(self.boxed(l, env, depth), self.boxed(r, env, depth)),
            Expr::Present(of) => match self.expr(of, env, depth) {
                Expr::Pick(_, query) => Expr::Present(Box::new(Expr::Query(query))),
                other => Expr::Present(Box::new(other)),
            },
            Expr::Not(of) => negate(self.expr(of, env, depth)),
            Expr::And(list) => flat(self.all(list, env, depth), true),
            Expr::Or(list) => flat(self.all(list, env, depth), false),
            Expr::Every { set, element, body } => {
                let set = self.boxed(set, env, depth);
                let inner = with(env, *element, depth);
                Expr::Every { set, element: Slot(BOUND + depth), body: self.boxed(body, &inner, depth + 1) }
            }
            Expr::Call { definition, arguments } => {
                let arguments = self.all(arguments, env, depth);
                let Some(called) = self.policy.definitions.get(*definition) else { return e.clone() };
                let inner = (0..).map(Slot).zip(arguments).collect();
                self.expr(&called.body, &inner, depth)
            }
            Expr::Function(function, of) => Expr::Function(*function, self.boxed(of, env, depth)),
        }
    }

    pub(super) fn query(&mut self, query: &Query, env: &Environment, depth: usize) -> Query {
        let mut anchors: Vec<Anchor> = query
            .anchors
            .iter()
            .map(|anchor| Anchor { path: anchor.path.clone(), key: self.expr(&anchor.key, env, depth) })
            .collect();
        anchors.sort_by_cached_key(|anchor| format!("{anchor:?}"));
        let inner = with(env, query.element, depth);
        let ties = self.tie(Slot(BOUND + depth), &anchors);
        let filter = query.filter.as_ref().map(|filter| self.boxed(filter, &inner, depth + 1));
        self.ties.truncate(ties);
        Query { kind: query.kind, anchors, element: Slot(BOUND + depth), filter }
    }

    /// From now on the element in a slot is known to lead to the keys of its anchors; gives what to undo to.
    fn tie(&mut self, element: Slot, anchors: &[Anchor]) -> usize {
        let before = self.ties.len();
        for anchor in anchors {
            if let [field] = anchor.path.as_slice()
                && !declared(&self.policy.vocabulary, *field).many
            {
                self.ties.push((element, *field, anchor.key.clone()));
            }
        }
        before
    }

    /// What is said of the event (or element) of a query, which is in the [`TRIGGER`] slot.
    pub(super) fn about(&mut self, query: &Query, said: &Expr, slot: Slot, env: &Environment) -> Expr {
        let mut inner = env.clone();
        inner.insert(slot, Expr::Slot(TRIGGER));
        let anchors = self.query(query, env, 0).anchors;
        let ties = self.tie(TRIGGER, &anchors);
        let said = self.expr(said, &inner, 0);
        self.ties.truncate(ties);
        said
    }

    /// What a query's filter says of the element in the [`TRIGGER`] slot.
    pub(super) fn filter(&mut self, query: &Query, env: &Environment) -> Vec<Expr> {
        let filter = query.filter.as_ref().map(|filter| self.about(query, filter, query.element, env));
        filter.map(|filter| conjuncts(&filter)).unwrap_or_default()
    }

    /// A relation named like the type it leads to leads to *the* entity of that type: 检查.任务 is 任务.
    fn step(&mut self, owner: Expr, field: Field) -> Expr {
        if let Expr::Slot(slot) = owner
            && let Some((_, _, known)) = self.ties.iter().rev().find(|tie| (tie.0, tie.1) == (slot, field))
        {
            return known.clone();
        }
        let found = declared(&self.policy.vocabulary, field);
        if let (Expr::Slot(Slot(at)), Holder::Entity(_), FieldKind::Entity(target), false) =
            (&owner, field.holder, &found.kind, found.many)
            && (LABELS..BOUND).contains(at)
            && self.policy.vocabulary.entity(*target).name == found.name
        {
            return self.entity(*target);
        }
        Expr::Field(Box::new(owner), field)
    }

    /// Follows relations from an entity.
    pub(super) fn follow(&mut self, start: &Expr, path: &[Field]) -> Expr {
        path.iter().fold(start.clone(), |at, field| self.step(at, *field))
    }

    /// Every element of `narrow` surely is one of `wide`.
    pub(super) fn wider(&mut self, wide: &Query, narrow: &Query) -> bool {
        let known: Vec<String> = filters(narrow).iter().map(key).collect();
        wide.kind == narrow.kind
            && filters(wide).iter().all(|part| known.contains(&key(part)))
            && wide.anchors.iter().all(|wanted| {
                narrow.anchors.iter().any(|given| {
                    wanted.path.strip_prefix(given.path.as_slice()).is_some_and(|rest| {
                        let reached = self.follow(&given.key, rest);
                        key(&reached) == key(&wanted.key)
                    })
                })
            })
    }

    /// If `fact` holds, so does `claim`.
    pub(super) fn implies(&mut self, fact: &Expr, claim: &Expr) -> bool {
        if key(fact) == key(claim) {
            return true;
        }
        match (fact, claim) {
            (Expr::Present(one), Expr::Present(other)) => match (one.as_ref(), other.as_ref()) {
                (Expr::Query(narrow), Expr::Query(wide)) => self.wider(wide, narrow),
                (Expr::OrElse(list), _) => {
                    list.iter().all(|part| self.implies(&present(part.clone()), claim))
                }
                _ => false,
            },
            _ => false,
        }
    }
}

/// 有 …
pub(super) fn present(of: Expr) -> Expr {
    match of {
        Expr::Pick(_, query) => Expr::Present(Box::new(Expr::Query(query))),
        other => Expr::Present(Box::new(other)),
    }
}

/// Conditions of a query's filter.
pub(super) fn filters(query: &Query) -> Vec<Expr> {
    query.filter.as_ref().map(|filter| conjuncts(filter)).unwrap_or_default()
}

/// The event type a query ranges over.
pub(super) fn event_type(query: &Query) -> Option<crate::vocabulary::EventTypeId> {
    match query.kind {
        QueryKind::Events(id) => Some(id),
        QueryKind::Entities(_) => None,
    }
}

fn with(env: &Environment, element: Slot, depth: usize) -> Environment {
    let mut inner = env.clone();
    inner.insert(element, Expr::Slot(Slot(BOUND + depth)));
    inner
}

fn flat(list: Vec<Expr>, and: bool) -> Expr {
    let mut parts: Vec<Expr> = Vec::new();
    for part in list {
        match part {
            Expr::And(inner) if and => parts.extend(inner),
            Expr::Or(inner) if !and => parts.extend(inner),
            other => parts.push(other),
        }
    }
    parts.sort_by_cached_key(key);
    parts.dedup();
    if parts.len() == 1
        && let Some(only) = parts.pop()
    {
        return only;
    }
    if and { Expr::And(parts) } else { Expr::Or(parts) }
}

/// 非
pub(super) fn negate(expr: Expr) -> Expr {
    match expr {
        Expr::Not(inner) => *inner,
        Expr::Literal(Literal::Bool(value)) => Expr::Literal(Literal::Bool(!value)),
        Expr::Compare(CompareOp::Equal, l, r) => Expr::Compare(CompareOp::NotEqual, l, r),
        Expr::Compare(CompareOp::NotEqual, l, r) => Expr::Compare(CompareOp::Equal, l, r),
        other => Expr::Not(Box::new(other)),
    }
}

fn compare(op: CompareOp, l: Expr, r: Expr) -> Expr {
    let truth = |e: &Expr| match e {
        Expr::Literal(Literal::Bool(value)) => Some(*value),
        _ => None,
    };
    if let (CompareOp::Equal | CompareOp::NotEqual, Some(wanted)) = (op, truth(&r)) {
        return if wanted == (op == CompareOp::Equal) { l } else { negate(l) };
    }
    let (l, r) = (Box::new(l), Box::new(r));
    match op {
        CompareOp::Greater => Expr::Compare(CompareOp::Less, r, l),
        CompareOp::AtLeast => Expr::Compare(CompareOp::AtMost, r, l),
        CompareOp::After => Expr::Compare(CompareOp::Before, r, l),
        CompareOp::Equal | CompareOp::NotEqual if matches!(*l, Expr::Literal(_)) => Expr::Compare(op, r, l),
        CompareOp::Equal | CompareOp::NotEqual | CompareOp::Less | CompareOp::AtMost | CompareOp::Before => {
            Expr::Compare(op, l, r)
        }
    }
}
