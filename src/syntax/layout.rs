//! Lines, indentation, comments: cuts a file into blocks and blocks into clauses, before any grammar.
//! Takes the text; gives byte ranges with their comments. What a sentence says is not looked at,
//! so that a mistake in one cannot spoil the next.

use super::ast::{Comment, Trivia};
use super::keyword::{self, Body};
use super::problem::Problem;
use super::words::{half_width, is_word_char, opens_quote, quote_end};
use crate::diagnostic::nearest;
use crate::source::{FileId, Span};

/// Columns of a tab and of a full-width space.
const TAB: usize = 4;
const WIDE_SPACE: usize = 2;
/// A line this much deeper than the clauses of its block continues the clause before it.
const CONTINUATION: usize = 2;

/// The file cut up.
#[derive(Debug, Default)]
pub struct Layout {
    /// The text with comments blanked out, byte for byte as long as the original.
    pub clean: String,
    pub blocks: Vec<RawBlock>,
    pub trailing: Vec<Comment>,
    pub problems: Vec<Problem>,
}

/// A block: its header (or, for one-sentence blocks, everything) and its clauses.
#[derive(Debug)]
pub struct RawBlock {
    pub header: RawClause,
    pub body: Body,
    /// First word of the header and the one after it.
    pub word: String,
    pub second: String,
    pub clauses: Vec<RawClause>,
    /// Its mistake was reported here already; its lines are not read.
    pub reported: bool,
}

#[derive(Debug)]
pub struct RawClause {
    pub start: usize,
    pub end: usize,
    pub trivia: Trivia,
}

struct Line {
    /// First character that is not space.
    start: usize,
    /// After the last character that is neither space nor comment.
    end: usize,
    indent: usize,
    comment: Option<Comment>,
}

impl Line {
    fn is_empty(&self) -> bool {
        self.start >= self.end
    }
}

/// The run of name characters at `at`.
pub fn first_word(text: &str, at: usize, end: usize) -> &str {
    let rest = text.get(at..end).unwrap_or("");
    let len = rest.char_indices().find(|(_, c)| !is_word_char(*c)).map_or(rest.len(), |(offset, _)| offset);
    rest.get(..len).unwrap_or("")
}

/// Cuts the file.
pub fn cut(file: FileId, text: &str) -> Layout {
    let mut cutter =
        Cutter { layout: Layout { clean: text.to_string(), ..Layout::default() }, ..Cutter::default() };
    let lines = lines(file, text);
    for comment in lines.iter().filter_map(|line| line.comment.as_ref()) {
        blank(&mut cutter.layout.clean, comment.span);
    }
    for line in lines {
        cutter.line(file, text, line);
    }
    cutter.finish_block(text);
    cutter.layout.trailing = std::mem::take(&mut cutter.pending.leading);
    cutter.layout
}

fn blank(text: &mut String, span: Span) {
    text.replace_range(span.start..span.end, &" ".repeat(span.end - span.start));
}

fn lines(file: FileId, text: &str) -> Vec<Line> {
    let mut lines = Vec::with_capacity(text.len() / 40 + 1);
    let mut at = 0;
    for full in text.split_inclusive('\n') {
        let end = at + full.trim_end_matches(['\n', '\r']).len();
        lines.push(line(file, text, at, end));
        at += full.len();
    }
    lines
}

fn line(file: FileId, text: &str, start: usize, end: usize) -> Line {
    let mut indent = 0;
    let mut first = end;
    for (offset, c) in text.get(start..end).unwrap_or("").char_indices() {
        match c {
            '\t' => indent = indent / TAB * TAB + TAB,
            '\u{3000}' => indent += WIDE_SPACE,
            c if c.is_whitespace() => indent += 1,
            _ => {
                first = start + offset;
                break;
            }
        }
    }
    let hash = comment_start(text, first, end);
    let body = text.get(first..hash.unwrap_or(end)).unwrap_or("").trim_end();
    let comment = hash.map(|at| {
        let written = text.get(at..end).unwrap_or("");
        let inside = written.trim_start_matches(['#', '＃']).trim();
        Comment { text: inside.to_string(), span: Span::new(file, at, at + written.trim_end().len()) }
    });
    Line { start: first, end: first + body.len(), indent, comment }
}

/// Where `#` begins a comment: not inside quotation marks.
fn comment_start(text: &str, start: usize, end: usize) -> Option<usize> {
    let rest = text.get(start..end)?;
    if !rest.contains(['#', '＃']) {
        return None;
    }
    let mut skip_to = start;
    for (offset, c) in rest.char_indices() {
        let at = start + offset;
        if at < skip_to {
            continue;
        }
        if half_width(c) == '#' {
            return Some(at);
        }
        if opens_quote(c)
            && let Some(close) = quote_end(text, at, end)
        {
            skip_to = close + 1;
        }
    }
    None
}

#[derive(Default)]
struct Cutter {
    layout: Layout,
    /// Comments and blank line waiting for what comes next.
    pending: Trivia,
    blank: bool,
    block: Option<RawBlock>,
    /// Lines of the present block after its header.
    body: Vec<(Line, Trivia)>,
}

impl Cutter {
    fn line(&mut self, file: FileId, text: &str, mut line: Line) {
        if line.is_empty() {
            match line.comment.take() {
                Some(comment) => {
                    self.note_blank(file, comment.span.start);
                    self.pending.leading.push(comment);
                }
                None => self.blank = true,
            }
            return;
        }
        self.note_blank(file, line.start);
        let mut trivia = std::mem::take(&mut self.pending);
        trivia.trailing = line.comment.take();
        if line.indent == 0 {
            self.at_column_zero(text, line, trivia);
        } else if self.block.is_some() {
            self.body.push((line, trivia));
        } else {
            self.layout.problems.push(Problem::NoBlock { at: (line.start, line.end) });
            self.block = Some(unknown_block(line, trivia));
        }
    }

    /// A blank line came: before the first comment it is `blank_before`, between comments
    /// it is kept as a comment with an empty span.
    fn note_blank(&mut self, file: FileId, at: usize) {
        if std::mem::take(&mut self.blank) {
            if self.pending.leading.is_empty() {
                self.pending.blank_before = true;
            } else {
                self.pending.leading.push(Comment { text: String::new(), span: Span::new(file, at, at) });
            }
        }
    }

    fn at_column_zero(&mut self, text: &str, line: Line, trivia: Trivia) {
        let word = first_word(text, line.start, line.end);
        let after = line.start + word.len();
        let at = (line.start, after.max(line.start + 1).min(line.end));
        let gap = text.get(after..line.end).map_or(0, |rest| rest.len() - rest.trim_start().len());
        let second = first_word(text, after + gap, line.end);
        if let Some(body) = keyword::body(word, second) {
            self.finish_block(text);
            let header = RawClause { start: line.start, end: line.end, trivia };
            self.block = Some(RawBlock {
                header,
                body,
                word: word.to_string(),
                second: second.to_string(),
                clauses: Vec::new(),
                reported: false,
            });
            return;
        }
        let glued =
            keyword::BLOCKS.iter().find(|known| known.chars().count() > 1 && word.starts_with(**known));
        if let Some(known) = glued {
            self.finish_block(text);
            let parts = vec![(*known).to_string(), word.get(known.len()..).unwrap_or("").to_string()];
            self.layout.problems.push(Problem::Glued { at, word: word.to_string(), parts });
            self.block = Some(RawBlock { word: (*known).to_string(), ..unknown_block(line, trivia) });
            return;
        }
        let change = ["改", "废"].iter().find_map(|change| {
            let rest = word.strip_prefix(change)?;
            let block = keyword::BLOCKS
                .iter()
                .find(|block| block.chars().count() > 1 && rest.starts_with(**block))?;
            Some([*change, *block, rest.get(block.len()..).unwrap_or("")])
        });
        if let Some(parts) = change {
            self.finish_block(text);
            let parts =
                parts.iter().filter(|part| !part.is_empty()).map(|part| (*part).to_string()).collect();
            self.layout.problems.push(Problem::Glued { at, word: word.to_string(), parts });
            self.block = Some(unknown_block(line, trivia));
            return;
        }
        if let Some(block) = self.unfinished_whole(text) {
            block.reported = true;
            self.layout.problems.push(Problem::NotIndented { at, word: word.to_string() });
            return;
        }
        let known = keyword::RULE.iter().chain(keyword::POLICY).chain(keyword::TYPE);
        let alike = |block: &&str| block.chars().any(|c| word.contains(c));
        let near = nearest(word, keyword::BLOCKS.iter().copied().filter(alike));
        let near = keyword::BLOCKS.iter().copied().find(|block| near == Some(*block));
        if known.clone().any(|clause| *clause == word) && self.block.is_some() {
            self.layout.problems.push(Problem::NotIndented { at, word: word.to_string() });
        } else {
            let word = if word.is_empty() {
                text.get(at.0..line.end).unwrap_or("").chars().take(1).collect()
            } else {
                word.to_string()
            };
            let at = (at.0, at.0 + word.len().max(1));
            self.layout.problems.push(Problem::UnknownBlock { at, word, near });
            let in_sentences = self
                .block
                .as_ref()
                .is_some_and(|block| matches!(block.body, Body::Clauses { sentences: true, .. }));
            if near.is_some() || !in_sentences {
                self.finish_block(text);
                self.block = Some(unknown_block(line, trivia));
            }
        }
    }

    /// The present block, if it is one sentence that visibly goes on.
    fn unfinished_whole(&mut self, text: &str) -> Option<&mut RawBlock> {
        let end = self.body.last().map(|(line, _)| line.end);
        let block = self.block.as_mut().filter(|block| block.body == Body::Whole && !block.reported)?;
        let written = text.get(block.header.start..end.unwrap_or(block.header.end))?;
        written.ends_with(['：', ':', '，', ',', '、', '；', ';', '（', '(']).then_some(block)
    }

    fn finish_block(&mut self, text: &str) {
        let body = std::mem::take(&mut self.body);
        let Some(mut block) = self.block.take() else { return };
        self.rule_or_policy(text, &mut block, &body);
        match block.body {
            Body::Whole => {
                for (line, trivia) in body {
                    extend(&mut block.header, line, trivia);
                }
            }
            Body::Clauses { known, sentences } => {
                self.clauses(text, &mut block, body, known, sentences);
            }
        }
        self.layout.blocks.push(block);
    }

    /// 规则 where 规则集 was meant, told by what stands in it.
    fn rule_or_policy(&mut self, text: &str, block: &mut RawBlock, body: &[(Line, Trivia)]) {
        let words = |known: &[&str], other: &[&str]| {
            body.iter()
                .map(|(line, _)| first_word(text, line.start, line.end))
                .filter(|word| known.contains(word) && !other.contains(word))
                .count()
        };
        if block.word == "规则"
            && !block.reported
            && words(keyword::POLICY, keyword::RULE) > words(keyword::RULE, keyword::POLICY)
        {
            let at = (block.header.start, block.header.start + block.word.len());
            self.layout.problems.push(Problem::WrongBlock { at, word: "规则", near: "规则集" });
            block.reported = true;
        }
    }

    /// Lines at the block's own depth begin clauses; deeper ones continue them.
    fn clauses(
        &mut self,
        text: &str,
        block: &mut RawBlock,
        body: Vec<(Line, Trivia)>,
        known: &[&str],
        sentences: bool,
    ) {
        let begins = |line: &Line| known.contains(&first_word(text, line.start, line.end));
        let base = body
            .iter()
            .enumerate()
            .filter(|(index, (line, _))| *index == 0 || begins(line))
            .map(|(_, (line, _))| line.indent)
            .max()
            .unwrap_or(0);
        for (line, trivia) in body {
            let word = first_word(text, line.start, line.end);
            let misplaced = keyword::BLOCKS.contains(&word) && !known.contains(&word) && !block.reported;
            if misplaced
                && (!sentences || line.indent < base + CONTINUATION)
                && block.word != "代码表"
                && block.second != "代码表"
            {
                let at = (line.start, line.start + word.len());
                self.layout.problems.push(Problem::Indented { at, word: word.to_string() });
                continue;
            }
            match block.clauses.last_mut() {
                Some(clause) if line.indent >= base + CONTINUATION => extend(clause, line, trivia),
                _ => block.clauses.push(RawClause { start: line.start, end: line.end, trivia }),
            }
        }
    }
}

/// Adds a line to a clause; its comments move before the clause, but one at the very end stays there.
fn extend(clause: &mut RawClause, line: Line, trivia: Trivia) {
    clause.end = line.end;
    clause.trivia.leading.extend(clause.trivia.trailing.take());
    clause
        .trivia
        .leading
        .extend(trivia.leading.into_iter().filter(|comment| comment.span.start < comment.span.end));
    clause.trivia.trailing = trivia.trailing;
}

fn unknown_block(line: Line, trivia: Trivia) -> RawBlock {
    RawBlock {
        header: RawClause { start: line.start, end: line.end, trivia },
        body: Body::Whole,
        word: String::new(),
        second: String::new(),
        clauses: Vec::new(),
        reported: true,
    }
}
