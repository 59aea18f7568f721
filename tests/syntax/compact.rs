//! A syntax tree as short text without spans, made from its `Debug` form:
//! names in 「」, wrappers and empty fields left out, one node a line where long.

#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "only tests use it")]

/// What `Debug` prints, read back.
enum Node {
    Word(String),
    List(Vec<Node>),
    Made { name: String, parts: Vec<(Option<String>, Node)> },
}

/// The compact form of anything with `Debug`.
pub fn compact(tree: &impl std::fmt::Debug) -> String {
    let text: Vec<char> = format!("{tree:?}").chars().collect();
    let mut at = 0;
    let node = read(&text, &mut at);
    let mut out = String::new();
    print(&simplify(node), 0, &mut out);
    out.push('\n');
    out
}

fn space(text: &[char], at: &mut usize) {
    while matches!(text.get(*at), Some(' ' | ',')) {
        *at += 1;
    }
}

fn word(text: &[char], at: &mut usize) -> String {
    let start = *at;
    while text.get(*at).is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':')) {
        *at += 1;
    }
    text[start..*at].iter().collect()
}

fn read(text: &[char], at: &mut usize) -> Node {
    space(text, at);
    match text[*at] {
        '"' => {
            *at += 1;
            let mut inside = String::new();
            while text[*at] != '"' {
                if text[*at] == '\\' {
                    *at += 1;
                }
                inside.push(text[*at]);
                *at += 1;
            }
            *at += 1;
            Node::Word(format!("“{inside}”"))
        }
        '[' => Node::List(parts(text, at, ']').into_iter().map(|(_, node)| node).collect()),
        '(' => Node::Made { name: String::new(), parts: parts(text, at, ')') },
        _ => {
            let name = word(text, at);
            let mark = *at;
            space(text, at);
            match text.get(*at) {
                Some('{') => Node::Made { name, parts: parts(text, at, '}') },
                Some('(') => Node::Made { name, parts: parts(text, at, ')') },
                _ => {
                    *at = mark;
                    Node::Word(name)
                }
            }
        }
    }
}

fn parts(text: &[char], at: &mut usize, close: char) -> Vec<(Option<String>, Node)> {
    *at += 1;
    let mut parts = Vec::new();
    loop {
        space(text, at);
        if text[*at] == close {
            *at += 1;
            return parts;
        }
        let mark = *at;
        let label = word(text, at);
        if label.ends_with(':') {
            parts.push((Some(label.trim_end_matches(':').to_string()), read(text, at)));
        } else {
            *at = mark;
            parts.push((None, read(text, at)));
        }
    }
}

fn simplify(node: Node) -> Node {
    match node {
        Node::Word(word) => Node::Word(word),
        Node::List(nodes) => Node::List(nodes.into_iter().map(simplify).collect()),
        Node::Made { name, parts } => {
            let mut parts: Vec<_> = parts
                .into_iter()
                .filter(|(label, node)| !matches!(label.as_deref(), Some("span" | "file")) && !is_span(node))
                .map(|(label, node)| (label, simplify(node)))
                .filter(|(_, node)| !is_empty(node))
                .collect();
            match name.as_str() {
                "Name" | "Comment" => match parts.pop() {
                    Some((_, Node::Word(text))) => Node::Word(text.replace('“', "「").replace('”', "」")),
                    _ => Node::Word("「」".into()),
                },
                "Some" | "Expr" | "Clause" | "Block" if parts.len() == 1 => parts.pop().unwrap().1,
                _ if parts.len() == 1 && parts[0].0.is_none() => match parts.pop() {
                    Some((_, Node::Made { name: inner, parts }))
                        if name.starts_with(&inner) || inner.ends_with("Block") =>
                    {
                        Node::Made { name, parts }
                    }
                    Some(part) => Node::Made { name, parts: vec![part] },
                    None => Node::Word(name),
                },
                _ if parts.is_empty() => Node::Word(name),
                _ => Node::Made { name, parts },
            }
        }
    }
}

fn is_span(node: &Node) -> bool {
    matches!(node, Node::Made { name, .. } if name == "Span")
}

fn is_empty(node: &Node) -> bool {
    match node {
        Node::Word(word) => matches!(word.as_str(), "None" | "false" | "Trivia"),
        Node::List(nodes) => nodes.is_empty(),
        Node::Made { parts, .. } => parts.is_empty(),
    }
}

fn flat(node: &Node) -> String {
    let join = |parts: Vec<String>| parts.join(", ");
    match node {
        Node::Word(word) => word.clone(),
        Node::List(nodes) => format!("[{}]", join(nodes.iter().map(flat).collect())),
        Node::Made { name, parts } => {
            let inside = parts.iter().map(|(label, node)| match label {
                Some(label) => format!("{label}: {}", flat(node)),
                None => flat(node),
            });
            format!("{name}({})", join(inside.collect()))
        }
    }
}

fn print(node: &Node, depth: usize, out: &mut String) {
    let line = flat(node);
    if depth > 1 && line.chars().count() + depth * 2 <= 150 {
        out.push_str(&line);
        return;
    }
    let pad = "  ".repeat(depth + 1);
    match node {
        Node::Word(word) => out.push_str(word),
        Node::List(nodes) => {
            out.push('[');
            for node in nodes {
                out.push_str(&format!("\n{pad}"));
                print(node, depth + 1, out);
            }
            out.push(']');
        }
        Node::Made { name, parts } => {
            out.push_str(name);
            for (label, node) in parts {
                out.push_str(&format!("\n{pad}"));
                if let Some(label) = label {
                    out.push_str(&format!("{label}: "));
                }
                print(node, depth + 1, out);
            }
        }
    }
}
