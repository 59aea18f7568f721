//! From grammar nodes to the syntax tree. One `Reader` reads one clause; what the grammar lets
//! through but nobody could mean (a date that does not exist, a limit without a unit) is caught here.

mod block;
mod clause;
mod duty;
mod expression;

use crate::source::{FileId, Span};

use super::ast::{Name, Term};
use super::grammar::{Node, Nonterminal, parse};
use super::layout::RawClause;
use super::problem::Problem;
use super::words::{Mode, Words};

pub use block::read_block;
pub use clause::{ClauseText, clause_text, free_text};

/// What a file is read with.
pub struct Source<'a> {
    pub file: FileId,
    /// Without comments.
    pub text: &'a str,
}

impl Source<'_> {
    fn span(&self, (start, end): (usize, usize)) -> Span {
        Span::new(self.file, start, end)
    }

    fn slice(&self, start: usize, end: usize) -> &str {
        self.text.get(start..end).unwrap_or("")
    }
}

/// Reads one clause: its words, their places, the problems met.
struct Reader<'a> {
    file: FileId,
    words: &'a Words,
    problems: Vec<Problem>,
}

type Read<T> = Result<T, Problem>;

/// Parses a clause with an entry rule and hands its node to `build`.
/// Either the result, perhaps with problems that do not spoil it, or one problem.
fn read<T>(
    source: &Source<'_>,
    raw: &RawClause,
    mode: Mode,
    goal: Nonterminal,
    problems: &mut Vec<Problem>,
    build: impl FnOnce(&mut Reader<'_>, Node<'_>) -> Read<T>,
) -> Option<T> {
    let built = Words::read(source.text, raw.start, raw.end, mode).and_then(|words| {
        let node = parse(goal, &words)?;
        let mut reader = Reader { file: source.file, words: &words, problems: Vec::new() };
        let value = build(&mut reader, node)?;
        Ok((value, reader.problems))
    });
    match built {
        Ok((value, more)) => {
            problems.extend(more);
            Some(value)
        }
        Err(problem) => {
            problems.push(problem);
            None
        }
    }
}

impl Reader<'_> {
    fn place(&self, node: &Node<'_>) -> (usize, usize) {
        let span = node.as_span();
        self.words.source(span.start(), span.end())
    }

    fn span(&self, node: &Node<'_>) -> Span {
        let (start, end) = self.place(node);
        Span::new(self.file, start, end)
    }

    /// The grammar promised a part that is not there; it cannot happen, but nothing is lost by saying so.
    fn missing(&self) -> Problem {
        let end = self.words.source_end();
        Problem::Unfinished { at: (end, end), expected: Vec::new() }
    }

    fn only<'w>(&self, node: Node<'w>) -> Read<Node<'w>> {
        let problem = self.missing();
        node.into_inner().next().ok_or(problem)
    }

    /// A name, word, label or title; quotation marks are taken off.
    fn name(&self, node: &Node<'_>) -> Name {
        Name { text: unquote(word(node)).to_string(), span: self.span(node) }
    }

    /// `区公安局（同 公安、公安分局）`
    fn term(&self, node: Node<'_>) -> Read<Term> {
        let missing = self.missing();
        let mut parts = node.into_inner();
        let name = self.name(&parts.next().ok_or(missing)?);
        let synonyms = parts
            .flat_map(Node::into_inner)
            .filter(|part| part.as_rule() == Nonterminal::label)
            .map(|part| self.name(&part))
            .collect();
        Ok(Term { name, synonyms })
    }
}

/// The node's text without the space after it.
fn word<'w>(node: &Node<'w>) -> &'w str {
    node.as_str().trim_end_matches(' ')
}

fn unquote(text: &str) -> &str {
    for (open, close) in [('“', '”'), ('「', '」')] {
        if let Some(inside) = text.strip_prefix(open).and_then(|rest| rest.strip_suffix(close)) {
            return inside;
        }
    }
    text
}
