//! The rules as a network of time constraints: nodes are first and last happenings of events (for the same
//! subjects), an edge `a → b` with weight `w` says that b comes at most `w` days after a.
//! Weights are conservative: an upper bound is never too small, a lower bound never too big, so what is
//! impossible here is impossible on every calendar. Takes a modelled rule set; judges nothing.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "only plain events and dates are nodes; every other is left out"
)]

use std::collections::BTreeMap;

use chrono::Datelike as _;
use petgraph::graph::{DiGraph, NodeIndex};

use super::length;
use super::logic::{bare, walk};
use super::model::{Model, RuleModel};
use super::normal::{ELEMENT, TRIGGER, event_type, filters, key};
use crate::policy::{CompareOp, Direction, Expr, Literal, Pick, Query, Shape, Slot};
use crate::source::Span;
use crate::vocabulary::EventTypeId;

/// Days by which a date that rolls forward can move.
const ROLL: i64 = 15;

#[derive(Clone, Debug)]
pub(super) struct Node {
    /// 首次 公示结果
    pub(super) word: String,
    /// The event type, unless put together from several; none for the day counting starts at.
    pub(super) event: Option<EventTypeId>,
}

/// What makes an edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// One before the other. `demands`: the earlier one must happen; otherwise only when it happens at all.
    Order { same_day: bool, demands: bool },
    /// Within a limit that takes at least this many days.
    Limit { least: i64 },
    /// Not after, or not before, a date.
    Date,
    /// True of any events: the first of all is not after the first of some.
    Structure,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Edge {
    pub(super) weight: i64,
    pub(super) kind: Kind,
    /// The rule (by number) and the sentence that say so.
    pub(super) by: Option<(usize, Span)>,
}

#[derive(Debug, Default)]
pub(super) struct Network {
    pub(super) graph: DiGraph<Node, Edge>,
    nodes: BTreeMap<String, NodeIndex>,
    picks: Vec<(NodeIndex, Pick, Query)>,
}

/// One side of a comparison of times.
enum Term {
    Event(NodeIndex),
    /// A day, at the earliest and at the latest, counted from a node.
    Day {
        from: NodeIndex,
        low: i64,
        high: i64,
    },
}

/// Builds the network of all rules.
pub(super) fn build(model: &Model<'_>) -> Network {
    let mut network = Network::default();
    for (at, rule) in model.rules.iter().enumerate() {
        for duty in &rule.duties {
            Builder { model, network: &mut network, by: (at, duty.span) }.duty(rule, &duty.shape);
        }
    }
    network.structure(model);
    network
}

impl Network {
    fn node(&mut self, name: String, word: String, event: Option<EventTypeId>) -> (NodeIndex, bool) {
        if let Some(known) = self.nodes.get(&name) {
            return (*known, false);
        }
        let index = self.graph.add_node(Node { word, event });
        self.nodes.insert(name, index);
        (index, true)
    }

    /// Firsts and lasts of the same event type, wider and narrower.
    fn structure(&mut self, model: &Model<'_>) {
        let picks = std::mem::take(&mut self.picks);
        let edge = Edge { weight: 0, kind: Kind::Structure, by: None };
        for (one, pick, query) in &picks {
            for (other, pick2, query2) in &picks {
                if one == other || query.kind != query2.kind {
                    continue;
                }
                // one 不晚于 other：边从 other 到 one。
                let not_after = match (pick, pick2) {
                    (Pick::First, Pick::First) => model.wider(query, query2),
                    (Pick::Last, Pick::Last) => model.wider(query2, query),
                    (Pick::First, Pick::Last) => model.wider(query, query2) || model.wider(query2, query),
                    (Pick::Last, Pick::First) => false,
                };
                if not_after {
                    self.graph.add_edge(*other, *one, edge);
                }
            }
        }
    }
}

struct Builder<'b, 'p> {
    model: &'b Model<'p>,
    network: &'b mut Network,
    by: (usize, Span),
}

impl Builder<'_, '_> {
    fn duty(&mut self, rule: &RuleModel<'_>, shape: &Shape) {
        let order = Kind::Order { same_day: false, demands: true };
        match shape {
            Shape::Response { trigger, each, limit, requirement, .. } => {
                let from = match (each, trigger) {
                    (true, Expr::Query(query)) => self.pick(Pick::First, query),
                    _ => self.event(trigger),
                };
                let values: Vec<_> = self.model.values(limit).into_iter().map(|(_, value)| value).collect();
                // 有一段不设，就不能说一定有期限。
                let limits: Option<Vec<_>> = values.into_iter().collect();
                let Some(limits) = limits else { return };
                let lengths = limits.iter().map(|limit| length::days(self.model.calendar, limit));
                let (least, most) = lengths.fold((i64::MAX, 0), |(a, b), (c, d)| (a.min(c), b.max(d)));
                if let Some(from) = from {
                    for to in self.required(requirement) {
                        self.edge(from, to, most, Kind::Limit { least });
                    }
                }
            }
            Shape::Precedence { later, same_day, requirement, .. } => {
                let required = self.required(requirement);
                if let Some(later) = self.event(later) {
                    let kind = Kind::Order { same_day: *same_day, demands: true };
                    required.into_iter().for_each(|one| self.edge(later, one, 0, kind));
                }
            }
            Shape::Absence { reference: Some(reference), forbidden } => {
                let kind = Kind::Order { same_day: false, demands: false };
                let pick = match reference.direction {
                    Direction::Before => Pick::First,
                    Direction::After => Pick::Last,
                };
                let (event, one) = (self.event(&reference.event), self.pick(pick, forbidden));
                if let (Some(event), Some(one)) = (event, one) {
                    match reference.direction {
                        Direction::Before => self.edge(one, event, 0, kind),
                        Direction::After => self.edge(event, one, 0, kind),
                    }
                }
            }
            Shape::DueAtClosure { requirement, .. } => {
                let closure = self.model.closure.clone();
                let closing =
                    closure.filter(|_| rule.rule.root.is_some()).and_then(|event| self.event(&event));
                let required = self.required(requirement);
                if let Some(closing) = closing {
                    required.into_iter().for_each(|one| self.edge(closing, one, 0, order));
                }
            }
            Shape::DueOnDate { date, roll, requirement, .. } => {
                let term = self.term(date, None);
                let required = self.required(requirement);
                if let Some(Term::Day { from, high, .. }) = term {
                    let high = high + if *roll { ROLL } else { 0 };
                    required.into_iter().for_each(|one| self.edge(from, one, high, Kind::Date));
                }
            }
            Shape::EntityCondition { condition } => {
                for part in super::normal::conjuncts(condition) {
                    self.compare(&part, None);
                }
            }
            Shape::EventCondition { cases } => {
                for case in cases {
                    for pick in [Pick::First, Pick::Last] {
                        let Some(element) = self.pick(pick, &case.events) else { continue };
                        for part in super::normal::conjuncts(&case.condition) {
                            self.compare(&part, Some((TRIGGER, element)));
                        }
                    }
                }
            }
            Shape::Absence { reference: None, .. } | Shape::Cardinality { .. } => {}
        }
    }

    fn edge(&mut self, from: NodeIndex, to: NodeIndex, weight: i64, kind: Kind) {
        self.network.graph.add_edge(from, to, Edge { weight, kind, by: Some(self.by) });
    }

    /// First happenings that a requirement demands, all of them.
    fn required(&mut self, requirement: &Expr) -> Vec<NodeIndex> {
        let mut nodes = Vec::new();
        for part in super::normal::conjuncts(requirement) {
            if let Expr::Present(of) = &part
                && let Expr::Query(query) = of.as_ref()
            {
                nodes.extend(self.pick(Pick::First, query));
            } else {
                self.compare(&part, None);
            }
        }
        nodes
    }

    fn event(&mut self, event: &Expr) -> Option<NodeIndex> {
        match bare(event) {
            Expr::Pick(pick, query) => self.pick(*pick, query),
            other @ (Expr::OrElse(_) | Expr::Earliest { .. }) if !speaks_of(other, TRIGGER) => {
                let word = format!("{}等", self.word(other));
                Some(self.network.node(key(other), word, None).0)
            }
            _ => None,
        }
    }

    fn word(&self, event: &Expr) -> String {
        let vocabulary = &self.model.policy.vocabulary;
        match event {
            Expr::Pick(pick, query) => {
                let name = event_type(query).map_or("", |id| vocabulary.event(id).name.as_str());
                let pick = if *pick == Pick::First { "首次" } else { "末次" };
                format!("{pick} {name}")
            }
            Expr::OrElse(list) => list.first().map(|first| self.word(first)).unwrap_or_default(),
            _ => "最早事件".to_owned(),
        }
    }

    fn pick(&mut self, pick: Pick, query: &Query) -> Option<NodeIndex> {
        let event = event_type(query)?;
        let whole = Expr::Pick(pick, query.clone());
        if speaks_of(&whole, TRIGGER) {
            return None;
        }
        let (node, new) = self.network.node(key(&whole), self.word(&whole), Some(event));
        if new {
            self.network.picks.push((node, pick, query.clone()));
            for part in filters(query) {
                self.compare(&part, Some((ELEMENT, node)));
            }
        }
        Some(node)
    }

    /// `a 不晚于 b`, as an edge. The slot, if given, stands for the node.
    fn compare(&mut self, part: &Expr, element: Option<(Slot, NodeIndex)>) {
        let Expr::Compare(CompareOp::Less | CompareOp::AtMost | CompareOp::Before, l, r) = part else {
            return;
        };
        let (Some(l), Some(r)) = (self.term(l, element), self.term(r, element)) else { return };
        match (l, r) {
            (Term::Event(one), Term::Event(other)) if one != other => {
                self.edge(other, one, 0, Kind::Order { same_day: true, demands: false });
            }
            (Term::Day { from, low, .. }, Term::Event(one)) => self.edge(one, from, -low, Kind::Date),
            (Term::Event(one), Term::Day { from, high, .. }) => self.edge(from, one, high, Kind::Date),
            (Term::Event(_), Term::Event(_)) | (Term::Day { .. }, Term::Day { .. }) => {}
        }
    }

    fn term(&mut self, expr: &Expr, element: Option<(Slot, NodeIndex)>) -> Option<Term> {
        match (bare(expr), element) {
            (Expr::Slot(slot), Some((wanted, node))) if *slot == wanted => Some(Term::Event(node)),
            (Expr::Literal(Literal::Date(date)), _) => {
                let day = i64::from(date.num_days_from_ce());
                Some(Term::Day { from: self.origin("day"), low: day, high: day })
            }
            (Expr::MonthDay { year, month, day }, _) => {
                let (low, high) = length::day_of_year(*month, *day)?;
                // 每次的那件事所属的年度，与主体的年度写法不同，不当作同一年。
                let year = (!speaks_of(year, ELEMENT)).then(|| key(year))?;
                Some(Term::Day { from: self.origin(&year), low, high })
            }
            (event, element) => {
                let foreign = element.is_none_or(|(slot, _)| !speaks_of(event, slot));
                if foreign { self.event(event).map(Term::Event) } else { None }
            }
        }
    }

    fn origin(&mut self, year: &str) -> NodeIndex {
        self.network.node(format!("origin {year}"), String::new(), None).0
    }
}

/// Whether a slot is free in it. Elements of inner queries have the numbers of their depth.
fn speaks_of(expr: &Expr, slot: Slot) -> bool {
    let mut found = false;
    match expr {
        // 查询自己的元素不算。
        Expr::Pick(_, query) | Expr::Query(query) if slot == ELEMENT && query.element == ELEMENT => {
            for anchor in &query.anchors {
                walk(&anchor.key, &mut |part| found |= *part == Expr::Slot(slot));
            }
        }
        other => walk(other, &mut |part| found |= *part == Expr::Slot(slot)),
    }
    found
}
