//! W008: rules that each want something done before the other. Looks for cycles of 先后 in the network of
//! events (strongly connected components), and for one shortest cycle in each.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use petgraph::algo::tarjan_scc;
use petgraph::graph::{EdgeIndex, NodeIndex};
use petgraph::visit::EdgeRef as _;

use super::network::{self, Kind, Network};
use super::normal::negate;
use super::{Context, Problem};
use crate::policy::Expr;

pub(super) fn check(context: &Context<'_, '_>) -> Vec<Problem> {
    let network = network::build(context.model);
    let orders = network.graph.filter_map(
        |_, node| Some(node.clone()),
        |index, edge| matches!(edge.kind, Kind::Order { .. } | Kind::Structure).then_some(index),
    );
    let mut found = Vec::new();
    for component in tarjan_scc(&orders) {
        if component.len() < 2 {
            continue;
        }
        let inside: BTreeSet<NodeIndex> = component.into_iter().collect();
        let mut cycles: Vec<Vec<EdgeIndex>> = orders
            .edge_references()
            .filter(|edge| inside.contains(&edge.source()) && inside.contains(&edge.target()))
            .filter_map(|edge| {
                let rest = shortest(&network, &inside, edge.target(), edge.source())?;
                Some(std::iter::once(*edge.weight()).chain(rest).collect())
            })
            .collect();
        cycles.sort_by_cached_key(|cycle| (cycle.len(), cycle.clone()));
        if let Some(cycle) = cycles.into_iter().find(|cycle| real(context, &network, cycle)) {
            found.push(problem(context, &network, &cycle));
        }
    }
    found
}

/// Fewest edges of 先后 from one node to another.
fn shortest(
    network: &Network,
    inside: &BTreeSet<NodeIndex>,
    from: NodeIndex,
    to: NodeIndex,
) -> Option<Vec<EdgeIndex>> {
    let mut came: BTreeMap<NodeIndex, (NodeIndex, EdgeIndex)> = BTreeMap::new();
    let mut queue = VecDeque::from([from]);
    while let Some(at) = queue.pop_front() {
        if at == to {
            let mut path = Vec::new();
            let mut at = to;
            while at != from {
                let (before, edge) = came.get(&at)?;
                path.push(*edge);
                at = *before;
            }
            path.reverse();
            return Some(path);
        }
        let mut edges: Vec<_> = network
            .graph
            .edges(at)
            .filter(|edge| matches!(edge.weight().kind, Kind::Order { .. } | Kind::Structure))
            .filter(|edge| inside.contains(&edge.target()))
            .map(|edge| (edge.id(), edge.target()))
            .collect();
        edges.sort_unstable();
        for (edge, next) in edges {
            if next != from && !came.contains_key(&next) {
                came.insert(next, (at, edge));
                queue.push_back(next);
            }
        }
    }
    None
}

/// Different events, something demanded, not only 含当日, and rules that can apply together.
fn real(context: &Context<'_, '_>, network: &Network, cycle: &[EdgeIndex]) -> bool {
    let edges = || cycle.iter().filter_map(|edge| network.graph.edge_weight(*edge));
    let strict = edges().any(|edge| matches!(edge.kind, Kind::Order { same_day: false, .. }));
    let demanded = edges().any(|edge| matches!(edge.kind, Kind::Order { demands: true, .. }));
    let ends = cycle.iter().filter_map(|edge| network.graph.edge_endpoints(*edge));
    let events: BTreeSet<_> =
        ends.filter_map(|(from, _)| network.graph.node_weight(from)).map(|node| node.event).collect();
    strict && demanded && events.len() > 1 && compatible(context, &rules(network, cycle))
}

/// Numbers of the rules on a cycle, each once, in order of the cycle.
pub(super) fn rules(network: &Network, cycle: &[EdgeIndex]) -> Vec<usize> {
    let mut rules = Vec::new();
    for (rule, _) in cycle.iter().filter_map(|edge| network.graph.edge_weight(*edge)?.by) {
        if !rules.contains(&rule) {
            rules.push(rule);
        }
    }
    rules
}

/// Whether rules can all apply to the same subjects at the same time.
pub(super) fn compatible(context: &Context<'_, '_>, rules: &[usize]) -> bool {
    let rules: Vec<_> = rules.iter().filter_map(|at| context.model.rules.get(*at)).collect();
    let windows = rules.iter().all(|one| rules.iter().all(|other| one.overlaps(other)));
    let mut all: Vec<Expr> = Vec::new();
    for rule in &rules {
        all.extend(rule.context().into_iter().map(|part| part.expr));
        all.extend(rule.exemptions.iter().map(|part| negate(part.expr.clone())));
    }
    windows && context.model.logic.conflict(&all).is_none()
}

fn problem(context: &Context<'_, '_>, network: &Network, cycle: &[EdgeIndex]) -> Problem {
    let mut names: Vec<String> = Vec::new();
    let mut steps = Vec::new();
    for index in cycle {
        let Some((later, earlier)) = network.graph.edge_endpoints(*index) else { continue };
        let word = |node| network.graph.node_weight(node).map_or(String::new(), |node| plain(&node.word));
        if names.last() != Some(&word(later)) {
            names.push(word(later));
        }
        if let Some((rule, span)) = network.graph.edge_weight(*index).and_then(|edge| edge.by) {
            let id = context.model.rules.get(rule).map_or(String::new(), |rule| rule.rule.id.clone());
            steps.push((id, word(earlier), word(later), span));
        }
    }
    if names.len() > 1 && names.first() == names.last() {
        names.pop();
    }
    Problem::Cycle { names, steps }
}

/// Without 首次 and 末次.
fn plain(word: &str) -> String {
    word.split_once(' ').map_or(word, |(_, name)| name).to_owned()
}
