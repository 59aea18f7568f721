//! Canonical layout of a rule file: four spaces, one space between words, full-width punctuation,
//! half-width digits, lines of about a hundred columns. Words, their order and comments stay as written.
//! Takes text that parses; a file with problems is given back its problems instead.

mod wrap;

use super::ast::{Comment, Trivia};
use super::keyword::Body;
use super::layout::{self, RawBlock, RawClause};
use super::read::{ClauseText, Source, clause_text, free_text};
use super::words::{Kind, Mode, Words, half_width};
use crate::diagnostic::Diagnostic;
use crate::source::FileId;

const INDENT: usize = 4;

/// The text in canonical layout, or the problems that keep it from being laid out.
pub fn format(file: FileId, text: &str) -> Result<String, Vec<Diagnostic>> {
    let (_, problems) = super::parse(file, text);
    if problems.iter().any(Diagnostic::is_error) {
        return Err(problems);
    }
    let layout = layout::cut(file, text);
    let source = Source { file, text: &layout.clean };
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    let mut before_is_tall = false;
    for block in &layout.blocks {
        let tall = matches!(block.body, Body::Clauses { .. });
        let apart = block.header.trivia.blank_before || tall || before_is_tall;
        if !out.is_empty() && apart {
            out.push('\n');
        }
        before_is_tall = tall;
        write_block(&mut out, &source, block);
    }
    if !layout.trailing.is_empty() && !out.is_empty() {
        out.push('\n');
    }
    comments(&mut out, &layout.trailing, 0);
    Ok(out)
}

fn write_block(out: &mut String, source: &Source<'_>, block: &RawBlock) {
    comments(out, &block.header.trivia.leading, 0);
    match block.body {
        Body::Whole => {
            let mode =
                if block.word == "名单" || block.second == "名单" { Mode::Plain } else { Mode::Sentence };
            out.push_str(&wrap::words(&pieces(source, &block.header, mode, false), 0, &[]));
            trailing(out, &block.header.trivia);
        }
        Body::Clauses { known, .. } => {
            out.push_str(&header(source, block));
            trailing(out, &block.header.trivia);
            for (index, clause) in block.clauses.iter().enumerate() {
                if clause.trivia.blank_before && index > 0 {
                    out.push('\n');
                }
                comments(out, &clause.trivia.leading, INDENT);
                write_clause(out, source, block, clause, known);
                trailing(out, &clause.trivia);
            }
        }
    }
}

/// `规则 ID 标题` keeps its title as it is; other headers are words. No colon at the end.
fn header(source: &Source<'_>, block: &RawBlock) -> String {
    let raw = &block.header;
    if block.word == "规则" {
        let rest = source.text.get(raw.start + block.word.len()..raw.end).unwrap_or("").trim();
        let (id, title) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        let id: String = id.chars().map(half_width).collect();
        return format!("规则 {id} {}", title.trim()).trim_end().to_string();
    }
    let mode = match block.word.as_str() {
        "实体" | "事件" | "代码表" => Mode::Plain,
        "改" if block.second == "代码表" => Mode::Plain,
        _ => Mode::Sentence,
    };
    wrap::words(&pieces(source, raw, mode, true), 0, &[])
}

fn write_clause(out: &mut String, source: &Source<'_>, block: &RawBlock, clause: &RawClause, known: &[&str]) {
    match clause_text(source, clause, &block.word, &block.second) {
        ClauseText::Free(keyword) => {
            let (start, end) = (clause.start + keyword.len(), clause.end);
            let text = free_text(source, start, end);
            let written = source.text.get(text.span.start..text.span.end).unwrap_or("");
            let quoted = matches!(keyword, "名称" | "文号")
                || written.chars().count() > text.text.chars().count() && !written.contains('\n');
            let text = if quoted { format!("“{}”", text.text) } else { text.text };
            out.push_str(&wrap::free(keyword, &text, INDENT, known));
        }
        ClauseText::Words(mode) => {
            out.push_str(&wrap::words(&pieces(source, clause, mode, false), INDENT, known))
        }
    }
}

/// The words of a clause and whether a space stands before each.
fn pieces(source: &Source<'_>, raw: &RawClause, mode: Mode, header: bool) -> Vec<wrap::Piece> {
    let Ok(words) = Words::read(source.text, raw.start, raw.end, mode) else { return Vec::new() };
    let mut pieces: Vec<wrap::Piece> = Vec::with_capacity(words.tokens.len());
    let mut previous = "";
    for token in &words.tokens {
        let word = words.word(*token);
        let spaced = !previous.is_empty() && wants_space(previous, word, token.kind);
        pieces.push(wrap::Piece { word: word.to_string(), spaced });
        previous = word;
    }
    if header && previous == "：" {
        pieces.pop();
    }
    pieces
}

fn wants_space(previous: &str, word: &str, kind: Kind) -> bool {
    let closes = matches!(word, "，" | "、" | "：" | "；" | "）" | "（" | ".") && kind == Kind::Mark;
    let opens = matches!(previous, "，" | "、" | "：" | "；" | "（" | "）" | ".");
    !closes && !opens
}

fn comments(out: &mut String, comments: &[Comment], indent: usize) {
    for comment in comments {
        if comment.span.start < comment.span.end {
            out.push_str(&" ".repeat(indent));
            out.push_str(format!("# {}", comment.text).trim_end());
        }
        out.push('\n');
    }
}

fn trailing(out: &mut String, trivia: &Trivia) {
    if let Some(comment) = &trivia.trailing {
        out.push_str(format!("  # {}", comment.text).trim_end());
    }
    out.push('\n');
}
