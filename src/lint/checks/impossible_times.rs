//! W009: limits and dates that cannot all be kept. Looks for cycles of negative length in the network of
//! time constraints (Bellman-Ford): b at most so long after a, c not before that day — and no day is left.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::algo::{find_negative_cycle, tarjan_scc};
use petgraph::graph::{DiGraph, EdgeIndex, NodeIndex};
use petgraph::visit::EdgeRef as _;

use super::network::{self, Network};
use super::{Context, Problem, precedence_cycles};

pub(super) fn check(context: &Context<'_, '_>) -> Vec<Problem> {
    let network = network::build(context.model);
    let mut found = Vec::new();
    for component in tarjan_scc(&network.graph) {
        let inside: BTreeSet<NodeIndex> = component.into_iter().collect();
        let mut left_out: BTreeSet<EdgeIndex> = BTreeSet::new();
        // 条件互斥、碰不到一起的环不算，去掉它的一条边再找。
        while let Some(cycle) = negative(&network, &inside, &left_out) {
            let rules = precedence_cycles::rules(&network, &cycle);
            if precedence_cycles::compatible(context, &rules) {
                found.push(problem(context, &network, &cycle));
                break;
            }
            let Some(edge) = cycle
                .iter()
                .find(|edge| network.graph.edge_weight(**edge).is_some_and(|edge| edge.by.is_some()))
            else {
                break;
            };
            left_out.insert(*edge);
        }
    }
    found
}

/// A cycle of negative length among some nodes, as edges.
fn negative(
    network: &Network,
    inside: &BTreeSet<NodeIndex>,
    left_out: &BTreeSet<EdgeIndex>,
) -> Option<Vec<EdgeIndex>> {
    let mut graph: DiGraph<NodeIndex, f64> = DiGraph::new();
    let start = graph.add_node(NodeIndex::end());
    let nodes: BTreeMap<NodeIndex, NodeIndex> =
        inside.iter().map(|node| (*node, graph.add_node(*node))).collect();
    nodes.values().for_each(|node| {
        graph.add_edge(start, *node, 0.0);
    });
    let mut tightest: BTreeMap<(NodeIndex, NodeIndex), (i64, EdgeIndex)> = BTreeMap::new();
    for edge in network.graph.edge_references().filter(|edge| !left_out.contains(&edge.id())) {
        let (Some(from), Some(to)) = (nodes.get(&edge.source()), nodes.get(&edge.target())) else { continue };
        let entry = tightest.entry((*from, *to)).or_insert((edge.weight().weight, edge.id()));
        if edge.weight().weight < entry.0 {
            *entry = (edge.weight().weight, edge.id());
        }
    }
    for ((from, to), (weight, _)) in &tightest {
        // 天数在几百万以内，f64 装得下整数。
        #[expect(clippy::cast_precision_loss, reason = "days are far below 2^53")]
        graph.add_edge(*from, *to, *weight as f64);
    }
    let cycle = find_negative_cycle(&graph, start)?;
    let mut edges = Vec::new();
    for (at, from) in cycle.iter().enumerate() {
        let to = cycle.get(at + 1).or_else(|| cycle.first())?;
        edges.push(tightest.get(&(*from, *to))?.1);
    }
    // 从编号最小的边说起，每次都一样。
    let first = edges.iter().enumerate().min_by_key(|(_, edge)| **edge)?.0;
    edges.rotate_left(first);
    Some(edges)
}

fn problem(context: &Context<'_, '_>, network: &Network, cycle: &[EdgeIndex]) -> Problem {
    let mut steps = Vec::new();
    let mut total = 0;
    for index in cycle {
        let Some(edge) = network.graph.edge_weight(*index) else { continue };
        total += edge.weight;
        let Some((rule, span)) = edge.by else { continue };
        let id = context.model.rules.get(rule).map_or(String::new(), |rule| rule.rule.id.clone());
        steps.push((id, span));
    }
    Problem::Impossible { steps, short: -total }
}
