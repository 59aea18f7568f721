//! `graph`: the flow of a small rule set in three formats, and of the built-in ones as far as it can be checked.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that panics has failed")]

use insta::assert_snapshot;
use zhunsheng::graph::{self, Flow, Tie};
use zhunsheng::norm;
use zhunsheng::render::graph::{dot, mermaid};
use zhunsheng::render::graph_svg::svg;

use super::compare::load;
use super::impact::run;

fn flow(name: &str) -> Flow {
    let loaded = load(name);
    graph::flow(name, &norm::norms(loaded.policy().unwrap()))
}

fn text(draw: impl Fn(&mut dyn std::io::Write) -> std::io::Result<()>) -> String {
    let mut out = Vec::new();
    draw(&mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn a_small_flow_as_text() {
    let flow = flow("joint.rule");
    assert_snapshot!("dot", text(|out| dot(out, &flow)));
    assert_snapshot!("mermaid", text(|out| mermaid(out, &flow)));
}

#[test]
fn a_small_flow_as_a_picture() {
    let flow = flow("permit-v1.rule");
    assert_snapshot!(text(|out| svg(out, &flow)));
}

#[test]
fn every_rule_of_order_and_time_is_on_an_edge() {
    let loaded = load("平桥");
    let norms = norm::norms(loaded.policy().unwrap());
    let flow = graph::flow("平桥", &norms);
    let named: Vec<&String> = flow.graph.edge_weights().flat_map(|edge| &edge.rules).collect();
    for norm in &norms {
        let wanted = norm.duties.iter().any(|duty| matches!(duty.letter, 'P' | 'R' | 'E' | 'A'));
        assert_eq!(named.contains(&&norm.id), wanted, "{}", norm.id);
    }
    let limited = flow.graph.edge_weights().find(|edge| edge.rules.iter().any(|rule| rule == "PQ-20-3b"));
    let edge = limited.unwrap();
    assert_eq!((edge.tie, edge.lines()), (Tie::Within, vec!["7 个工作日".to_owned(), "PQ-20-3b".to_owned()]));
}

/// No two boxes or labels of the picture lie on one another, and everything is inside it.
#[test]
fn boxes_and_labels_have_room() {
    for name in ["平桥", "舞钢", "偃师", "宛城", "joint.rule"] {
        let flow = flow(name);
        let sizes = graph::Sizes {
            nodes: flow.graph.node_weights().map(|name| (14.0 * name.chars().count() as f64, 34.0)).collect(),
            labels: flow.graph.edge_weights().map(|edge| (90.0, 15.0 * edge.lines().len() as f64)).collect(),
        };
        let plan = graph::layout(&flow.graph, &sizes);
        let labels = plan.routes.iter().map(|route| route.bends[route.label]);
        let boxes: Vec<graph::Box2> = plan.nodes.iter().copied().chain(labels).collect();
        for (at, one) in boxes.iter().enumerate() {
            assert!(one.x >= -0.01 && one.x + one.width <= plan.width + 0.01, "{name}: {one:?}");
            assert!(one.y - one.height / 2.0 >= -0.01 && one.y + one.height / 2.0 <= plan.height + 0.01);
            for other in boxes.iter().skip(at + 1) {
                let apart = one.x + one.width <= other.x + 0.01
                    || other.x + other.width <= one.x + 0.01
                    || (one.y - other.y).abs() >= (one.height + other.height) / 2.0 - 0.01;
                assert!(apart, "{name}: {one:?} {other:?}");
            }
        }
    }
}

#[test]
fn pictures_are_whole_and_the_same_every_time() {
    for name in ["平桥", "舞钢", "偃师", "宛城"] {
        let picture = text(|out| svg(out, &flow(name)));
        assert_eq!(picture, text(|out| svg(out, &flow(name))));
        assert!(picture.starts_with("<svg xmlns=") && picture.ends_with("</svg>\n"));
        assert!(
            !picture.contains("http://") || picture.matches("http://").count() == 1,
            "only the namespace"
        );
        assert!(!picture.contains("NaN"));
    }
}

#[test]
fn the_file_name_says_the_format() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    for (file, begins) in [("flow.svg", "<svg"), ("flow.mmd", "flowchart LR"), ("flow.dot", "digraph")] {
        let path = folder.join(file);
        let (code, said) = run(&["graph", "平桥", "-o", path.to_str().unwrap()]);
        assert_eq!((code, said.as_str()), (0, ""));
        assert!(std::fs::read_to_string(path).unwrap().starts_with(begins), "{file}");
    }
    assert_eq!(run(&["graph", "没有这套"]).0, 2);
}
