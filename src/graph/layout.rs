//! Where nodes, bends and labels stand: layers from left to right, so that edges run forwards.
//! Layer = longest path over the graph without the edges that close a cycle (found by the strongly connected
//! components). Between any two layers there is one for labels: every edge has a place of its own there.
//! Order within a layer by barycentre. Only whole steps on vectors: the same graph gives the same picture.

use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, EdgeIndex, NodeIndex};
use petgraph::visit::EdgeRef as _;

/// Sizes of what is drawn, in pixels.
#[derive(Clone, Debug)]
pub struct Sizes {
    /// Width and height of each node.
    pub nodes: Vec<(f64, f64)>,
    /// Width and height of each edge's label.
    pub labels: Vec<(f64, f64)>,
}

/// A box by its left edge, its middle height, and its size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Box2 {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

/// A place an edge runs through, level from `x` to `x + width`.
pub type Bend = Box2;

/// The way of one edge, from source to target.
#[derive(Clone, Debug)]
pub struct Route {
    pub edge: EdgeIndex,
    pub bends: Vec<Bend>,
    /// Which bend carries the label.
    pub label: usize,
    /// It runs against the layers.
    pub backwards: bool,
}

/// A finished layout.
#[derive(Clone, Debug)]
pub struct Layout {
    /// Box of each node.
    pub nodes: Vec<Box2>,
    pub routes: Vec<Route>,
    pub width: f64,
    pub height: f64,
}

const LAYER_GAP: f64 = 26.0;
const ROW_GAP: f64 = 13.0;
const SWEEPS: usize = 12;

/// One thing that stands in a layer: a node, or the passage of an edge.
#[derive(Clone, Debug)]
struct Item {
    layer: usize,
    width: f64,
    height: f64,
    x: f64,
    y: f64,
    /// Items it is tied to in the layers before and after.
    left: Vec<usize>,
    right: Vec<usize>,
}

/// Lays out every node and edge of the graph.
pub fn layout<N, E>(graph: &DiGraph<N, E>, sizes: &Sizes) -> Layout {
    let layers = layers(graph);
    let layer_of = |node: NodeIndex| layers.get(node.index()).copied().unwrap_or(0);
    let mut items: Vec<Item> = graph
        .node_indices()
        .map(|node| {
            let (width, height) = sizes.nodes.get(node.index()).copied().unwrap_or((0.0, 0.0));
            item(2 * layer_of(node), width, height)
        })
        .collect();
    let mut ways: Vec<(EdgeIndex, Vec<usize>, usize, bool)> = Vec::new();
    for edge in graph.edge_references() {
        let (from, to) = (edge.source(), edge.target());
        let backwards = layer_of(from) > layer_of(to);
        let (start, end) = if backwards { (to, from) } else { (from, to) };
        let (first, last) = (2 * layer_of(start) + 1, (2 * layer_of(end)).max(2 * layer_of(start) + 2) - 1);
        let middle = usize::midpoint(first, last) | 1;
        let mut chain = Vec::new();
        let mut before = start.index();
        let mut label = 0;
        for layer in first..=last {
            let here = items.len();
            let (width, height) = if layer == middle {
                label = chain.len();
                sizes.labels.get(edge.id().index()).copied().unwrap_or((0.0, 0.0))
            } else {
                (0.0, 14.0)
            };
            items.push(item(layer, width, height));
            link(&mut items, before, here);
            chain.push(here);
            before = here;
        }
        link(&mut items, before, end.index());
        if backwards {
            chain.reverse();
            label = chain.len() - 1 - label;
        }
        ways.push((edge.id(), chain, label, backwards));
    }
    let mut rows = rows(&items);
    order(&items, &mut rows);
    let width = columns(&mut items, &rows);
    let height = heights(&mut items, &rows);
    let place = |at: usize| {
        let item = items.get(at);
        item.map_or(Box2 { x: 0.0, y: 0.0, width: 0.0, height: 0.0 }, |item| Box2 {
            x: item.x,
            y: item.y,
            width: item.width,
            height: item.height,
        })
    };
    Layout {
        nodes: (0..graph.node_count()).map(place).collect(),
        routes: ways
            .into_iter()
            .map(|(edge, chain, label, backwards)| Route {
                edge,
                bends: chain.into_iter().map(place).collect(),
                label,
                backwards,
            })
            .collect(),
        width,
        height,
    }
}

fn item(layer: usize, width: f64, height: f64) -> Item {
    Item { layer, width, height, x: 0.0, y: 0.0, left: Vec::new(), right: Vec::new() }
}

fn link(items: &mut [Item], from: usize, to: usize) {
    if let Some(item) = items.get_mut(from) {
        item.right.push(to);
    }
    if let Some(item) = items.get_mut(to) {
        item.left.push(from);
    }
}

/// Layer of each node: the longest way to it. Within a strongly connected component an edge to a node
/// mentioned earlier closes a cycle and does not count.
fn layers<N, E>(graph: &DiGraph<N, E>) -> Vec<usize> {
    let mut component = vec![0; graph.node_count()];
    for (number, members) in tarjan_scc(graph).iter().enumerate() {
        for node in members {
            if let Some(slot) = component.get_mut(node.index()) {
                *slot = number;
            }
        }
    }
    let same = |a: NodeIndex, b: NodeIndex| component.get(a.index()) == component.get(b.index());
    let edges: Vec<(usize, usize)> = graph
        .edge_references()
        .filter(|edge| !same(edge.source(), edge.target()) || edge.source() < edge.target())
        .map(|edge| (edge.source().index(), edge.target().index()))
        .collect();
    let mut layers = vec![0usize; graph.node_count()];
    // 没有环，最长路不超过节点数：每一轮至少定下一层。
    for _ in 0..graph.node_count() {
        let mut moved = false;
        for (from, to) in &edges {
            let wanted = layers.get(*from).copied().unwrap_or(0) + 1;
            if let Some(layer) = layers.get_mut(*to)
                && *layer < wanted
            {
                *layer = wanted;
                moved = true;
            }
        }
        if !moved {
            break;
        }
    }
    // 源头往后靠，挨着它最近的下一步，边就短。
    for node in (0..layers.len()).rev() {
        let has_before = edges.iter().any(|(_, to)| *to == node);
        let after =
            edges.iter().filter(|(from, _)| *from == node).filter_map(|(_, to)| layers.get(*to)).min();
        if let (false, Some(after)) = (has_before, after.copied())
            && let Some(layer) = layers.get_mut(node)
        {
            *layer = after.saturating_sub(1);
        }
    }
    layers
}

fn rows(items: &[Item]) -> Vec<Vec<usize>> {
    let count = items.iter().map(|item| item.layer + 1).max().unwrap_or(0);
    let mut rows = vec![Vec::new(); count];
    for (at, item) in items.iter().enumerate() {
        if let Some(row) = rows.get_mut(item.layer) {
            row.push(at);
        }
    }
    rows
}

/// Sorts each layer by the mean position of neighbours, forwards and backwards in turn.
fn order(items: &[Item], rows: &mut [Vec<usize>]) {
    let mut position: Vec<f64> = vec![0.0; items.len()];
    let note = |row: &[usize], position: &mut Vec<f64>| {
        let mut place = 0.0;
        for at in row {
            if let Some(slot) = position.get_mut(*at) {
                *slot = place;
            }
            place += 1.0;
        }
    };
    rows.iter().for_each(|row| note(row, &mut position));
    for sweep in 0..SWEEPS {
        let forwards = sweep % 2 == 0;
        for turn in 0..rows.len() {
            let layer = if forwards { turn } else { rows.len() - 1 - turn };
            let Some(row) = rows.get_mut(layer) else { continue };
            let mut keyed: Vec<(f64, usize)> = row
                .iter()
                .map(|at| {
                    let near = items.get(*at).map(|item| if forwards { &item.left } else { &item.right });
                    let own = position.get(*at).copied().unwrap_or(0.0);
                    (mean(near.map_or(&[], |near| near.as_slice()), &position).unwrap_or(own), *at)
                })
                .collect();
            keyed.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            *row = keyed.into_iter().map(|(_, at)| at).collect();
            note(row, &mut position);
        }
    }
}

fn mean(near: &[usize], values: &[f64]) -> Option<f64> {
    let mut sum = 0.0;
    let mut count = 0.0;
    for value in near.iter().filter_map(|at| values.get(*at)) {
        sum += value;
        count += 1.0;
    }
    (count > 0.0).then(|| sum / count)
}

/// Left edges, layer by layer; items narrower than their layer stand in its middle. Gives the total width.
fn columns(items: &mut [Item], rows: &[Vec<usize>]) -> f64 {
    let mut x = 0.0;
    for row in rows {
        let widest = row.iter().filter_map(|at| items.get(*at)).map(|item| item.width).fold(0.0, f64::max);
        for at in row {
            if let Some(item) = items.get_mut(*at) {
                item.x = x + (widest - item.width) / 2.0;
            }
        }
        x += widest + LAYER_GAP;
    }
    (x - LAYER_GAP).max(0.0)
}

/// Middle heights: as near to the neighbours as the order and the gaps allow. Gives the total height.
fn heights(items: &mut [Item], rows: &[Vec<usize>]) -> f64 {
    for row in rows {
        let mut top = 0.0;
        for at in row {
            if let Some(item) = items.get_mut(*at) {
                item.y = top + item.height / 2.0;
                top += item.height + ROW_GAP;
            }
        }
    }
    for sweep in 0..SWEEPS * 2 {
        let forwards = sweep % 2 == 0;
        for turn in 0..rows.len() {
            let layer = if forwards { turn } else { rows.len() - 1 - turn };
            if let Some(row) = rows.get(layer) {
                settle(items, row);
            }
        }
    }
    let top = items.iter().map(|item| item.y - item.height / 2.0).fold(f64::INFINITY, f64::min);
    let bottom = items.iter().map(|item| item.y + item.height / 2.0).fold(f64::NEG_INFINITY, f64::max);
    for item in items.iter_mut() {
        item.y -= top;
    }
    if bottom > top { bottom - top } else { 0.0 }
}

/// Moves one layer's items towards their neighbours: blocks of touching items share the mean of their wishes.
fn settle(items: &mut [Item], row: &[usize]) {
    let ys: Vec<f64> = items.iter().map(|item| item.y).collect();
    // (items, offset of the block's first middle, sum of wishes for it)
    let mut blocks: Vec<(Vec<(usize, f64)>, f64)> = Vec::new();
    for at in row {
        let Some(item) = items.get(*at) else { continue };
        let near: Vec<usize> = item.left.iter().chain(&item.right).copied().collect();
        let wish = mean(&near, &ys).unwrap_or(item.y);
        blocks.push((vec![(*at, 0.0)], wish));
        while let [.., upper, lower] = blocks.as_mut_slice() {
            let half = |at: usize| items.get(at).map_or(0.0, |item| item.height / 2.0);
            let (last, last_offset) = upper.0.last().copied().unwrap_or((0, 0.0));
            let first = lower.0.first().map_or(0, |(at, _)| *at);
            let step = last_offset + half(last) + ROW_GAP + half(first);
            if upper.1 + step <= lower.1 {
                break;
            }
            let (a, b) = (count(&upper.0), count(&lower.0));
            upper.1 = (upper.1 * a + (lower.1 - step) * b) / (a + b);
            let moved: Vec<(usize, f64)> = lower.0.iter().map(|(at, offset)| (*at, offset + step)).collect();
            upper.0.extend(moved);
            blocks.pop();
        }
    }
    for (members, start) in blocks {
        for (at, offset) in members {
            if let Some(item) = items.get_mut(at) {
                item.y = start + offset;
            }
        }
    }
}

fn count(members: &[(usize, f64)]) -> f64 {
    members.iter().map(|_| 1.0).sum()
}
