//! The character loop: skips space, takes quotations, dates, runs and punctuation in turn.
//! Runs are handed to `glue`. Checks here what the grammar cannot explain well:
//! unpaired quotes and brackets, unknown symbols, nesting that goes too deep.

use super::{Kind, Mode, Words, half_width, is_word_char, mark, numeral, opens_quote, quote_end};
use crate::syntax::keyword;
use crate::syntax::problem::Problem;

/// Brackets and prefix words may nest this deep; far more than a sentence anybody can read.
const MAX_DEPTH: usize = 16;

pub struct Scanner<'a> {
    pub(super) text: &'a str,
    pub(super) at: usize,
    pub(super) end: usize,
    pub(super) mode: Mode,
    pub(super) out: Words,
    /// A run in half-width spelling and, for each of its bytes, the source byte.
    pub(super) run: String,
    pub(super) places: Vec<usize>,
    open: Vec<(usize, usize)>,
    depth: usize,
    /// 之日起, 之后 or 任意连续 was seen and its 内 is still to come.
    pub(super) expects_within: bool,
}

impl<'a> Scanner<'a> {
    pub fn new(text: &'a str, start: usize, end: usize, mode: Mode) -> Self {
        Self {
            text,
            at: start,
            end,
            mode,
            out: Words { text: String::with_capacity((end - start) + 32), tokens: Vec::new(), end: start },
            run: String::new(),
            places: Vec::new(),
            open: Vec::new(),
            depth: 0,
            expects_within: false,
        }
    }

    pub fn run(mut self) -> Result<Words, Problem> {
        while let Some(c) = self.peek() {
            let width = c.len_utf8();
            if c.is_whitespace() {
                self.at += width;
            } else if opens_quote(c) {
                self.quotation(c)?;
            } else if is_word_char(c) {
                if !self.date() {
                    self.take_run();
                    self.split_run();
                }
            } else if let Some(word) = mark(half_width(c)) {
                self.punctuation(word, width)?;
            } else if c == '。' && self.rest().trim_start_matches('。').trim().is_empty() {
                self.at = self.end;
            } else {
                return Err(Problem::UnknownSymbol { at: (self.at, self.at + width), symbol: c });
            }
        }
        if let Some(&(at, end)) = self.open.last() {
            return Err(Problem::UnclosedBracket { at: (at, end) });
        }
        let prefixes = self.out.words().filter(|word| matches!(*word, "非" | "凡")).count();
        if prefixes > MAX_DEPTH {
            return Err(Problem::TooDeep { at: self.out.source(0, self.out.text.len()) });
        }
        Ok(self.out)
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn rest(&self) -> &'a str {
        self.text.get(self.at..self.end).unwrap_or("")
    }

    fn quotation(&mut self, open: char) -> Result<(), Problem> {
        let start = self.at;
        let Some(close) = quote_end(self.text, start, self.end) else {
            return Err(Problem::UnclosedQuote { at: (start, start + open.len_utf8()) });
        };
        let inside = self.text.get(start + open.len_utf8()..close).unwrap_or("");
        let after =
            close + self.text.get(close..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8);
        let word = if matches!(open, '「' | '『') || inside.contains(['”', '“']) {
            format!("「{inside}」")
        } else {
            format!("“{inside}”")
        };
        self.out.push(&word, (start, after), Kind::Quoted);
        self.at = after;
        Ok(())
    }

    fn punctuation(&mut self, word: &'static str, width: usize) -> Result<(), Problem> {
        let source = (self.at, self.at + width);
        if word == "：" && self.out.tokens.len() == 1 && keyword::is_clause(self.out.last()) {
            // 除外：… reads as 除外 ….
            self.at += width;
            return Ok(());
        }
        match word {
            "（" => {
                self.open.push(source);
                self.depth = self.depth.max(self.open.len());
                if self.depth > MAX_DEPTH {
                    return Err(Problem::TooDeep { at: source });
                }
            }
            "）" if self.open.pop().is_none() => return Err(Problem::UnopenedBracket { at: source }),
            _ => {}
        }
        self.out.push(word, source, Kind::Mark);
        self.at += width;
        Ok(())
    }

    /// A date written with signs or words, at the present place.
    fn date(&mut self) -> bool {
        let Some((word, end)) = self.date_at(self.at) else { return false };
        self.out.push(&word, (self.at, end), Kind::Date);
        self.at = end;
        true
    }

    fn date_at(&self, at: usize) -> Option<(String, usize)> {
        if self.mode == Mode::Plain {
            return None;
        }
        let rest = self.text.get(at..self.end)?;
        let first = half_width(rest.chars().next()?);
        if !first.is_ascii_digit() && !matches!(first, '一' | '二') {
            return None;
        }
        // At most 四 + 年 + 二 + 月 + 三 + 日 = 12 characters matter; one more to see that digits ended.
        let head: String =
            rest.chars().take(13).map(half_width).map(|c| if c == '−' { '-' } else { c }).collect();
        let piece = numeral::date(&head)?;
        let characters = head.get(..piece.len)?.chars().count();
        let end = at + rest.chars().take(characters).map(char::len_utf8).sum::<usize>();
        Some((piece.text, end))
    }

    /// Collects a maximal run into `run`, stopping before a date inside it.
    fn take_run(&mut self) {
        self.run.clear();
        self.places.clear();
        let mut characters = self.rest().char_indices().peekable();
        let mut end = 0;
        let mut latin = None;
        let mut previous = ' ';
        while let Some((offset, c)) = characters.next() {
            let plain = half_width(c);
            let next = characters.peek().map_or(' ', |(_, next)| half_width(*next));
            let takes = is_word_char(c)
                || (plain == '-' && latin == Some(true) && is_word_char(next))
                || (plain == '.'
                    && self.mode == Mode::Sentence
                    && latin != Some(true)
                    && previous.is_ascii_digit()
                    && next.is_ascii_digit());
            if !takes {
                break;
            }
            if offset > 0
                && plain.is_ascii_digit()
                && !previous.is_ascii_alphanumeric()
                && previous != '-'
                && self.date_at(self.at + offset).is_some()
            {
                break;
            }
            latin.get_or_insert(plain.is_ascii_alphabetic());
            for _ in 0..plain.len_utf8() {
                self.places.push(self.at + offset);
            }
            self.run.push(plain);
            previous = plain;
            end = offset + c.len_utf8();
        }
        self.at += end;
        self.places.push(self.at);
    }
}
