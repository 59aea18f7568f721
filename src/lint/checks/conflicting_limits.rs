//! W007: one duty with two limits of which now the one, now the other ends first; and a limit that never
//! matters, because other rules have the thing done long before.

use petgraph::algo::astar;
use petgraph::visit::EdgeRef as _;

use super::contrast::{Than, reach, weight};
use super::network::{self, Kind, Network};
use super::{Context, Problem, duplicates, place};
use crate::policy::Shape;

/// Longer than any path of allowed edges.
const CLOSED: u64 = 1 << 40;

pub(super) fn check(context: &Context<'_, '_>) -> Vec<Problem> {
    let rules = &context.model.rules;
    let mut found = Vec::new();
    for (at, first) in rules.iter().enumerate() {
        for second in rules.iter().skip(at + 1) {
            let Some((one, other)) = duplicates::same_but_limit(context, first, second) else { continue };
            let (Some(one), Some(other)) = (first.duties.get(one), second.duties.get(other)) else {
                continue;
            };
            found.push(Problem::TwoLimits {
                rule: second.rule.id.clone(),
                other: first.rule.id.clone(),
                limits: (limit_word(context, &other.shape), limit_word(context, &one.shape)),
                place: place(second, other.span),
                second: place(first, one.span),
            });
        }
    }
    let network = network::build(context.model);
    found.extend(network.graph.edge_references().filter_map(|edge| idle(context, &network, edge)));
    found
}

fn limit_word(context: &Context<'_, '_>, shape: &Shape) -> String {
    let Shape::Response { limit, .. } = shape else { return String::new() };
    let values = context.model.values(limit);
    values.iter().rev().find_map(|(_, value)| *value).map_or_else(|| "不设".to_owned(), |l| l.to_string())
}

/// A limit within which other rules, that apply whenever this one does, have the thing done anyway.
fn idle(
    context: &Context<'_, '_>,
    network: &Network,
    edge: petgraph::graph::EdgeReference<'_, network::Edge>,
) -> Option<Problem> {
    let Kind::Limit { least } = edge.weight().kind else { return None };
    let (at, span) = edge.weight().by?;
    let rule = context.model.rules.get(at)?;
    let open = |other: &network::Edge| {
        let Some((by, _)) = other.by else { return true };
        let Some(by_rule) = context.model.rules.get(by) else { return false };
        let demanded = match other.kind {
            Kind::Order { demands, .. } => demands,
            Kind::Limit { .. } => true,
            Kind::Date | Kind::Structure => false,
        };
        by != at
            && demanded
            && matches!(reach(by_rule, rule), Than::Same | Than::Tighter)
            && weight(by_rule.rule.severity) >= weight(rule.rule.severity)
    };
    let cost = |edge: petgraph::graph::EdgeReference<'_, network::Edge>| {
        let length = u64::try_from(edge.weight().weight).unwrap_or(CLOSED);
        if open(edge.weight()) { length } else { CLOSED }
    };
    let goal = edge.target();
    let (length, path) = astar(&network.graph, edge.source(), |node| node == goal, cost, |_| 0)?;
    if i64::try_from(length).ok()? >= least {
        return None;
    }
    let mut by = Vec::new();
    let mut ordered = false;
    for pair in path.windows(2) {
        let [from, to] = pair else { continue };
        let step = network
            .graph
            .edges_connecting(*from, *to)
            .filter(|edge| open(edge.weight()))
            .min_by_key(|edge| (edge.weight().weight, edge.id()))?;
        ordered |= matches!(step.weight().kind, Kind::Order { .. });
        if let Some((rule, span)) = step.weight().by
            && let Some(rule) = context.model.rules.get(rule)
        {
            by.push((rule.rule.id.clone(), span));
        }
    }
    // 只有一步的是同一件事两个期限，另有代码说它。
    let duty = rule.duties.iter().find(|duty| duty.span == span)?;
    (ordered && by.len() > 1).then(|| Problem::IdleLimit {
        rule: rule.rule.id.clone(),
        limit: limit_word(context, &duty.shape),
        place: place(rule, span),
        by,
    })
}
