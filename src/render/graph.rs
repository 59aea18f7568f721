//! A flow as text for other programs: DOT for Graphviz, Mermaid for documents. SVG is in `graph_svg`.

use std::io::{self, Write};

use petgraph::visit::EdgeRef as _;

use crate::graph::{Flow, Tie};

/// Graphviz DOT.
pub fn dot(out: &mut dyn Write, flow: &Flow) -> io::Result<()> {
    writeln!(out, "digraph {} {{", quoted(&flow.name))?;
    writeln!(out, "    rankdir=LR;")?;
    writeln!(out, "    node [shape=box, style=rounded, fontname=\"Noto Sans CJK SC\"];")?;
    writeln!(out, "    edge [fontname=\"Noto Sans CJK SC\", fontsize=10];")?;
    for node in flow.graph.node_indices() {
        writeln!(out, "    n{} [label={}];", node.index(), quoted(name(flow, node)))?;
    }
    for edge in flow.graph.edge_references() {
        let style = match edge.weight().tie {
            Tie::Before => "color=\"#555555\"",
            Tie::Within => "color=\"#1f6fb2\", penwidth=2",
            Tie::Closing => "color=\"#8a6d3b\"",
            Tie::Never => "color=\"#c0392b\", style=dashed",
        };
        let label = edge.weight().lines().join("\n");
        writeln!(
            out,
            "    n{} -> n{} [label={}, {style}];",
            edge.source().index(),
            edge.target().index(),
            quoted(&label)
        )?;
    }
    writeln!(out, "}}")
}

/// A Mermaid flowchart.
pub fn mermaid(out: &mut dyn Write, flow: &Flow) -> io::Result<()> {
    writeln!(out, "flowchart LR")?;
    for node in flow.graph.node_indices() {
        writeln!(out, "    n{}[\"{}\"]", node.index(), name(flow, node).replace('"', "&quot;"))?;
    }
    for edge in flow.graph.edge_references() {
        let arrow = match edge.weight().tie {
            Tie::Before => "-->",
            Tie::Within => "==>",
            Tie::Closing => "--o",
            Tie::Never => "-.-x",
        };
        let label = edge.weight().lines().join("<br/>").replace('"', "&quot;");
        writeln!(out, "    n{} {arrow}|\"{label}\"| n{}", edge.source().index(), edge.target().index())?;
    }
    Ok(())
}

fn name(flow: &Flow, node: petgraph::graph::NodeIndex) -> &str {
    flow.graph.node_weight(node).map_or("", String::as_str)
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}
