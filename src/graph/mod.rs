//! The flow a rule set prescribes: events as nodes, what ties them as edges — 先后, 期限, 结案前, 不得.
//! Takes norms; gives a [`Flow`] on petgraph, the same for the same rules. Draws nothing.
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a term has thirty heads; each walk is about a few of them"
)]

mod layout;

use std::collections::BTreeMap;

use petgraph::graph::{DiGraph, NodeIndex};

use crate::norm::{Duty, Head, Mark, Norm, Role, Term};

pub use layout::{Bend, Box2, Layout, Route, Sizes, layout};

/// What an edge says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tie {
    /// 先后: the source before the target.
    Before,
    /// 期限: the target within a limit after the source.
    Within,
    /// 结案前: the source by the closing event.
    Closing,
    /// 不得: the target not after the source, or the source not before the target.
    Never,
}

impl Tie {
    pub const ALL: [Self; 4] = [Self::Before, Self::Within, Self::Closing, Self::Never];

    /// The word shown to people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Before => "先后",
            Self::Within => "期限",
            Self::Closing => "结案前",
            Self::Never => "不得",
        }
    }

    /// The word used in attributes.
    pub fn key(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::Within => "within",
            Self::Closing => "closing",
            Self::Never => "never",
        }
    }
}

/// An edge: what it says, and the rules that say so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    pub tie: Tie,
    /// `20 个工作日`, `之后不得`; nothing for a plain order.
    pub words: Option<String>,
    pub rules: Vec<String>,
}

impl Edge {
    /// The lines of its label: words, then rule ids, at most three to a line.
    pub fn lines(&self) -> Vec<String> {
        let ids = self.rules.chunks(2).map(|ids| ids.join("、"));
        self.words.iter().cloned().chain(ids).collect()
    }
}

/// The flow of one rule set.
#[derive(Clone, Debug)]
pub struct Flow {
    pub name: String,
    /// Nodes are event type names, in the order rules first mention them.
    pub graph: DiGraph<String, Edge>,
}

/// Builds the flow of the rules. Events that no edge touches are nodes too.
pub fn flow(name: &str, norms: &[Norm]) -> Flow {
    let mut builder = Builder::default();
    for norm in norms {
        for duty in &norm.duties {
            builder.duty(&norm.id, duty);
        }
        for term in norm.conditions.iter().chain(&norm.exemptions) {
            leads(term, false).into_iter().for_each(|(event, _)| {
                builder.node(event);
            });
        }
    }
    builder.finish(name)
}

#[derive(Debug, Default)]
struct Builder {
    graph: DiGraph<String, Edge>,
    nodes: BTreeMap<String, NodeIndex>,
    /// In order of mention.
    edges: Vec<(NodeIndex, NodeIndex, Edge)>,
}

/// What one duty ties: how, in which words, and which events (source, target, whether another may stand in).
type Ties = (Tie, Option<String>, Vec<(String, String, bool)>);

impl Builder {
    fn node(&mut self, event: &str) -> NodeIndex {
        if let Some(known) = self.nodes.get(event) {
            return *known;
        }
        let node = self.graph.add_node(event.to_owned());
        self.nodes.insert(event.to_owned(), node);
        node
    }

    fn tie(&mut self, from: &str, to: &str, tie: Tie, words: Option<String>, rule: &str) {
        let (from, to) = (self.node(from), self.node(to));
        let same = |(a, b, edge): &(NodeIndex, NodeIndex, Edge)| {
            (*a, *b) == (from, to) && edge.tie == tie && edge.words == words
        };
        match self.edges.iter().position(same).and_then(|at| self.edges.get_mut(at)) {
            Some((.., edge)) => {
                if !edge.rules.iter().any(|id| id == rule) {
                    edge.rules.push(rule.to_owned());
                }
            }
            None => self.edges.push((from, to, Edge { tie, words, rules: vec![rule.to_owned()] })),
        }
    }

    fn duty(&mut self, rule: &str, duty: &Duty) {
        let of = |role: Role| -> Vec<(String, bool)> {
            let parts = duty.parts.iter().filter(|part| part.role == role);
            parts
                .flat_map(|part| leads(&part.term, false))
                .map(|(event, or)| (event.to_owned(), or))
                .collect()
        };
        // 提到的事件都是节点，不论有没有边。
        for part in duty.parts.iter().filter(|part| !matches!(part.role, Role::Closure | Role::Belongs)) {
            for (event, _) in leads(&part.term, false) {
                self.node(event);
            }
        }
        let (required, pairs) = (of(Role::Required), |froms: &[(String, bool)], tos: &[(String, bool)]| {
            let mut pairs = Vec::new();
            for (from, a) in froms {
                for (to, b) in tos {
                    if from != to {
                        pairs.push((from.clone(), to.clone(), *a || *b));
                    }
                }
            }
            pairs
        });
        let or = |words: Option<String>, alternative: bool| match (words, alternative) {
            (Some(words), true) => Some(format!("{words}（或）")),
            (None, true) => Some("（或）".to_owned()),
            (words, false) => words,
        };
        let ties: Vec<Ties> = match duty.letter {
            'R' => {
                let words = duty.limit.as_ref().map(|limit| match limit.steps.as_slice() {
                    [(None, Some(value))] => value.to_string(),
                    [(None, None)] => format!("{} 不设", limit.parameter.as_deref().unwrap_or("期限")),
                    steps => steps
                        .iter()
                        .map(|(from, value)| {
                            let value = value.map_or_else(|| "不设".to_owned(), |value| value.to_string());
                            from.map_or(value.clone(), |from| format!("{from} 起 {value}"))
                        })
                        .collect::<Vec<_>>()
                        .join("，"),
                });
                vec![(Tie::Within, words, pairs(&of(Role::Trigger), &required))]
            }
            'P' => vec![(Tie::Before, None, pairs(&required, &of(Role::Later)))],
            'E' => vec![(Tie::Closing, Some("结案前".to_owned()), pairs(&required, &of(Role::Closure)))],
            'A' if duty.marks.contains(&Mark::Before) => {
                let words = Some("不得在前".to_owned());
                vec![(Tie::Never, words, pairs(&of(Role::Forbidden), &of(Role::Reference)))]
            }
            'A' => {
                let words = Some("之后不得".to_owned());
                vec![(Tie::Never, words, pairs(&of(Role::Reference), &of(Role::Forbidden)))]
            }
            _ => Vec::new(),
        };
        for (tie, words, pairs) in ties {
            for (from, to, alternative) in pairs {
                self.tie(&from, &to, tie, or(words.clone(), alternative), rule);
            }
        }
    }

    fn finish(mut self, name: &str) -> Flow {
        self.edges.sort_by_key(|(from, to, edge)| (*from, *to, edge.tie));
        for (from, to, edge) in self.edges {
            self.graph.add_edge(from, to, edge);
        }
        Flow { name: name.to_owned(), graph: self.graph }
    }
}

/// Events a term is about, and whether another may stand in for it (或者, 没有则).
fn leads(term: &Term, or: bool) -> Vec<(&str, bool)> {
    match &term.head {
        Head::Query { kind, event: true, .. } => vec![(kind, or)],
        Head::Query { event: false, .. } | Head::Anchor(_) => Vec::new(),
        // 「没有」「并非」不是要做的事。
        Head::Not => Vec::new(),
        Head::Or | Head::OrElse => {
            let several = term.parts.iter().filter(|part| !part.leading_events().is_empty()).count() > 1;
            term.parts.iter().flat_map(|part| leads(part, or || several)).collect()
        }
        _ => term.parts.iter().flat_map(|part| leads(part, or)).collect(),
    }
}
