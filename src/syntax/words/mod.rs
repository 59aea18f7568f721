//! From characters to words: one piece of rule text becomes canonical text for the grammar.
//! Takes comment-free text; gives the words with one space after each, and where each was written.
//! Full-width ASCII, Chinese numbers, glued words and mixed punctuation no longer exist afterwards.

mod glue;
pub mod numeral;
mod scan;

use super::problem::Problem;

/// What sort of word it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Word,
    Number,
    Unit,
    Date,
    Quoted,
    /// Punctuation and arithmetic signs.
    Mark,
}

/// A word: its bytes in the canonical text (without the space after it) and in the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    pub start: usize,
    pub end: usize,
    pub source: (usize, usize),
    pub kind: Kind,
}

/// How runs of characters are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Sentences and expressions: glued keywords are split off, numbers and dates are recognised.
    Sentence,
    /// Lists, code tables, fields: a run is a word as it stands.
    Plain,
}

/// The words of one header, clause or one-sentence block.
#[derive(Clone, Debug, Default)]
pub struct Words {
    pub text: String,
    pub tokens: Vec<Token>,
    /// The language's word at the start, where a wrong neighbour is best explained.
    end: usize,
}

impl Words {
    /// Reads `text[start..end]`; the first thing that cannot be a word is the problem.
    pub fn read(text: &str, start: usize, end: usize, mode: Mode) -> Result<Self, Problem> {
        scan::Scanner::new(text, start, end, mode).run()
    }

    pub fn word(&self, token: Token) -> &str {
        self.text.get(token.start..token.end).unwrap_or("")
    }

    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.tokens.iter().map(|token| self.word(*token))
    }

    /// Index of the token that holds canonical offset `at`; the number of tokens if past the end.
    pub fn index(&self, at: usize) -> usize {
        self.tokens.partition_point(|token| token.end < at)
    }

    /// Source bytes of the canonical range.
    pub fn source(&self, start: usize, end: usize) -> (usize, usize) {
        let first = self.index(start + 1).min(self.tokens.len().saturating_sub(1));
        let last = self.tokens.partition_point(|token| token.start < end).saturating_sub(1);
        match (self.tokens.get(first), self.tokens.get(last.max(first))) {
            (Some(first), Some(last)) => (first.source.0, last.source.1),
            _ => (self.end, self.end),
        }
    }

    /// Source offset just after the last word.
    pub fn source_end(&self) -> usize {
        self.end
    }

    fn push(&mut self, word: &str, source: (usize, usize), kind: Kind) {
        let start = self.text.len();
        self.text.push_str(word);
        let end = self.text.len();
        self.text.push(' ');
        self.tokens.push(Token { start, end, source, kind });
        self.end = source.1;
    }

    fn last(&self) -> &str {
        self.tokens.last().map_or("", |token| self.word(*token))
    }

    fn last_kind(&self) -> Option<Kind> {
        self.tokens.last().map(|token| token.kind)
    }

    /// Takes the last word back.
    fn pop(&mut self) -> Option<Token> {
        let token = self.tokens.pop()?;
        self.text.truncate(token.start);
        Some(token)
    }
}

/// Full-width ASCII as half-width; other characters unchanged.
pub fn half_width(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        _ => c,
    }
}

/// May stand in a name.
pub fn is_word_char(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}' | 'a'..='z' | 'A'..='Z' | '0'..='9' | '_')
        || c == '＿'
        || c.is_alphanumeric()
}

/// Canonical punctuation for one written character (already half-width).
fn mark(c: char) -> Option<&'static str> {
    Some(match c {
        ',' => "，",
        '、' | '､' => "、",
        ':' | '∶' => "：",
        ';' => "；",
        '(' => "（",
        ')' => "）",
        '.' => ".",
        '+' => "+",
        '-' | '−' => "−",
        '*' | '×' => "×",
        '/' | '÷' => "÷",
        _ => return None,
    })
}

/// Where the quote opened at `at` closes (offset of the closing mark), within its line.
/// Both marks typed the same way round, as input methods do, are accepted.
pub fn quote_end(text: &str, at: usize, end: usize) -> Option<usize> {
    let rest = text.get(at..end)?;
    let open = rest.chars().next()?;
    let inside_start = at + open.len_utf8();
    let line = text.get(inside_start..end)?.split('\n').next()?;
    let closers: &[char] = match open {
        '「' => &['」'],
        '『' => &['』'],
        '“' => &['”', '"', '＂', '“'],
        '”' => &['”', '“', '"'],
        '"' | '＂' => &['"', '＂', '”'],
        _ => return None,
    };
    closers.iter().find_map(|close| line.find(*close)).map(|offset| inside_start + offset)
}

/// Can open a quotation.
pub fn opens_quote(c: char) -> bool {
    matches!(c, '“' | '”' | '"' | '＂' | '「' | '『')
}
