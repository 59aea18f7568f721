//! A flow as one self-contained SVG file: boxes for events, lines for what ties them, a legend.
//! Takes the flow; asks `graph` where things stand; knows only how to draw them.

use std::fmt::Write as _;
use std::io::{self, Write};

use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef as _;

use super::text::width;
use crate::graph::{Bend, Box2, Edge, Flow, Route, Sizes, Tie, layout};

const FONT: &str =
    "'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei','PingFang SC','SimHei',sans-serif";
const MARGIN: f64 = 24.0;
const TOP: f64 = 64.0;
const LINE: f64 = 15.0;

/// Writes the picture.
pub fn svg(out: &mut dyn Write, flow: &Flow) -> io::Result<()> {
    let (tied, loose) = split(flow);
    let sizes = Sizes {
        nodes: tied.node_weights().map(|name| (columns(name) * 7.5 + 24.0, 34.0)).collect(),
        labels: tied
            .edge_weights()
            .map(|edge| {
                let lines = edge.lines();
                let widest = lines.iter().map(|line| columns(line)).fold(0.0, f64::max);
                (widest * 6.0 + 10.0, lines.iter().map(|_| LINE).sum::<f64>() + 4.0)
            })
            .collect(),
    };
    let plan = layout(&tied, &sizes);
    let wide = plan.width.max(720.0) + 2.0 * MARGIN;
    let rows = wrap(&loose, wide - 2.0 * MARGIN);
    let below = TOP + plan.height + 30.0;
    let extra = if rows.is_empty() { 0.0 } else { 30.0 + rows.iter().map(|_| 44.0).sum::<f64>() };
    let high = below + extra + MARGIN;
    let mut text = String::new();
    // 写进 String 不会失败。
    let _ = write(&mut text, flow, (&tied, &plan.nodes, &plan.routes), (wide, high), (below, &rows));
    out.write_all(text.as_bytes())
}

/// Nodes with edges as a graph of their own, and the names of the others.
fn split(flow: &Flow) -> (DiGraph<String, Edge>, Vec<String>) {
    let mut tied = DiGraph::new();
    let mut loose = Vec::new();
    let mut known: Vec<Option<NodeIndex>> = Vec::new();
    for node in flow.graph.node_indices() {
        let name = flow.graph.node_weight(node).cloned().unwrap_or_default();
        let alone = flow.graph.neighbors_undirected(node).next().is_none();
        known.push(if alone { None } else { Some(tied.add_node(name.clone())) });
        if alone {
            loose.push(name);
        }
    }
    for edge in flow.graph.edge_references() {
        let ends = [edge.source(), edge.target()].map(|node| known.get(node.index()).copied().flatten());
        if let [Some(from), Some(to)] = ends {
            tied.add_edge(from, to, edge.weight().clone());
        }
    }
    (tied, loose)
}

/// Names in rows of boxes.
fn wrap(names: &[String], room: f64) -> Rows {
    let mut rows = Rows::new();
    let mut x = 0.0;
    for name in names {
        let wide = columns(name) * 7.5 + 24.0;
        if rows.is_empty() || x + wide > room {
            rows.push(Vec::new());
            x = 0.0;
        }
        if let Some(row) = rows.last_mut() {
            row.push((name.clone(), x, wide));
        }
        x += wide + 12.0;
    }
    rows
}

fn columns(text: &str) -> f64 {
    u32::try_from(width(text)).map_or(0.0, f64::from)
}

fn colour(tie: Tie) -> &'static str {
    match tie {
        Tie::Before => "#555555",
        Tie::Within => "#1f6fb2",
        Tie::Closing => "#8a6d3b",
        Tie::Never => "#c0392b",
    }
}

fn stroke(tie: Tie) -> &'static str {
    match tie {
        Tie::Before | Tie::Closing => "stroke-width=\"1.3\"",
        Tie::Within => "stroke-width=\"2.2\"",
        Tie::Never => "stroke-width=\"1.5\" stroke-dasharray=\"6 4\"",
    }
}

type Drawn<'a> = (&'a DiGraph<String, Edge>, &'a [Box2], &'a [Route]);

/// Rows of names with their left edge and width.
type Rows = Vec<Vec<(String, f64, f64)>>;

fn write(
    text: &mut String,
    flow: &Flow,
    (graph, boxes, routes): Drawn<'_>,
    (wide, high): (f64, f64),
    (below, rows): (f64, &Rows),
) -> std::fmt::Result {
    writeln!(
        text,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{wide:.0}\" height=\"{high:.0}\" viewBox=\"0 0 {wide:.0} {high:.0}\" font-family=\"{FONT}\">"
    )?;
    writeln!(text, "<title>{}：先后与期限</title>", escape(&flow.name))?;
    writeln!(text, "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>")?;
    writeln!(text, "<defs>")?;
    for tie in Tie::ALL {
        writeln!(
            text,
            "<marker id=\"{}\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" markerWidth=\"9\" markerHeight=\"9\" markerUnits=\"userSpaceOnUse\" orient=\"auto\"><path d=\"M0 0L10 5L0 10z\" fill=\"{}\"/></marker>",
            tie.key(),
            colour(tie)
        )?;
    }
    writeln!(text, "</defs>")?;
    legend(text, flow)?;
    writeln!(text, "<g transform=\"translate({MARGIN:.0} {TOP:.0})\">")?;
    for route in routes {
        let Some(edge) = graph.edge_weight(route.edge) else { continue };
        let Some((from, to)) = graph.edge_endpoints(route.edge) else { continue };
        let ends = [from, to].map(|node| boxes.get(node.index()).copied());
        if let [Some(from), Some(to)] = ends {
            line(text, edge, route, from, to)?;
        }
    }
    for route in routes {
        if let (Some(edge), Some(bend)) = (graph.edge_weight(route.edge), route.bends.get(route.label)) {
            label(text, edge, bend)?;
        }
    }
    for (node, place) in graph.node_weights().zip(boxes) {
        event(text, node, place.x, place.y, place.width)?;
    }
    writeln!(text, "</g>")?;
    if !rows.is_empty() {
        writeln!(
            text,
            "<text x=\"{MARGIN:.0}\" y=\"{below:.0}\" font-size=\"13\" fill=\"#555555\">规则提到、但不在先后与期限里的事件</text>"
        )?;
        let mut y = below + 34.0;
        for row in rows {
            for (name, x, width) in row {
                event(text, name, MARGIN + x, y, *width)?;
            }
            y += 44.0;
        }
    }
    writeln!(text, "</svg>")
}

fn legend(text: &mut String, flow: &Flow) -> std::fmt::Result {
    writeln!(
        text,
        "<text x=\"{MARGIN:.0}\" y=\"30\" font-size=\"18\" fill=\"#222222\">{}：先后与期限</text>",
        escape(&flow.name)
    )?;
    let mut x = MARGIN + columns(&flow.name) * 9.0 + 150.0;
    for tie in Tie::ALL {
        writeln!(
            text,
            "<path d=\"M{:.0} 25H{:.0}\" stroke=\"{}\" {} fill=\"none\" marker-end=\"url(#{})\"/><text x=\"{:.0}\" y=\"29\" font-size=\"12\" fill=\"#333333\">{}</text>",
            x,
            x + 34.0,
            colour(tie),
            stroke(tie),
            tie.key(),
            x + 40.0,
            tie.label()
        )?;
        x += 100.0;
    }
    Ok(())
}

fn event(text: &mut String, name: &str, x: f64, y: f64, wide: f64) -> std::fmt::Result {
    writeln!(
        text,
        "<rect x=\"{x:.1}\" y=\"{:.1}\" width=\"{wide:.1}\" height=\"34\" rx=\"7\" fill=\"#f4f7fb\" stroke=\"#44546a\"/><text x=\"{:.1}\" y=\"{:.1}\" font-size=\"14\" fill=\"#1a1a1a\" text-anchor=\"middle\">{}</text>",
        y - 17.0,
        x + wide / 2.0,
        y + 5.0,
        escape(name)
    )
}

/// From the source's side through every bend to the target's side, level at the bends.
fn line(text: &mut String, edge: &Edge, route: &Route, from: Box2, to: Box2) -> std::fmt::Result {
    let out = |place: &Box2| if route.backwards { place.x } else { place.x + place.width };
    let inward = |place: &Box2| if route.backwards { place.x + place.width } else { place.x };
    let mut path = format!("M{:.1} {:.1}", out(&from), from.y);
    let (mut x, mut y) = (out(&from), from.y);
    let mut curve = |to_x: f64, to_y: f64, x: &mut f64, y: &mut f64| {
        let middle = (*x + to_x) / 2.0;
        let _ = write!(path, "C{middle:.1} {:.1} {middle:.1} {to_y:.1} {to_x:.1} {to_y:.1}", *y);
        (*x, *y) = (to_x, to_y);
    };
    for bend in &route.bends {
        curve(inward(bend), bend.y, &mut x, &mut y);
        curve(out(bend), bend.y, &mut x, &mut y);
    }
    curve(inward(&to), to.y, &mut x, &mut y);
    writeln!(
        text,
        "<path class=\"{0}\" d=\"{path}\" fill=\"none\" stroke=\"{1}\" {2} marker-end=\"url(#{0})\"/>",
        edge.tie.key(),
        colour(edge.tie),
        stroke(edge.tie)
    )
}

fn label(text: &mut String, edge: &Edge, bend: &Bend) -> std::fmt::Result {
    let lines = edge.lines();
    writeln!(
        text,
        "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" fill=\"#ffffff\"/>",
        bend.x,
        bend.y - bend.height / 2.0,
        bend.width,
        bend.height
    )?;
    let mut y = bend.y - bend.height / 2.0 + 13.0;
    for line in lines {
        writeln!(
            text,
            "<text x=\"{:.1}\" y=\"{y:.1}\" font-size=\"11\" fill=\"{}\" text-anchor=\"middle\">{}</text>",
            bend.x + bend.width / 2.0,
            colour(edge.tie),
            escape(&line)
        )?;
        y += LINE;
    }
    Ok(())
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
