//! What the terminal can show: colours or none, and how wide Chinese text is on it.
//! Reads NO_COLOR and TERM and whether output goes to a terminal; knows nothing of what is shown.

use std::io::IsTerminal as _;

use crate::render::pretty::PrettyOptions;
pub(super) use crate::render::{pad, width};

/// What drawings may use: colours, box characters, columns.
#[derive(Clone, Copy, Debug)]
pub(super) struct Screen {
    pub colour: bool,
    pub unicode: bool,
    pub width: usize,
    pub mask: bool,
}

impl Screen {
    /// For standard output, or for standard error when that is where the drawing goes.
    #[expect(clippy::disallowed_methods, reason = "the command line may read the environment")]
    pub fn detect(error_stream: bool) -> Self {
        let set = |name| std::env::var(name).is_ok_and(|value| !value.is_empty());
        let dumb = std::env::var("TERM").is_ok_and(|value| value == "dumb");
        let terminal =
            if error_stream { std::io::stderr().is_terminal() } else { std::io::stdout().is_terminal() };
        let columns = terminal_size::terminal_size().map(|(columns, _)| usize::from(columns.0));
        let width = columns.filter(|_| terminal).unwrap_or(80).clamp(40, 160);
        Self { colour: terminal && !set("NO_COLOR") && !dumb, unicode: true, width, mask: true }
    }

    /// As options for drawing problems.
    pub fn pretty(&self) -> PrettyOptions<'static> {
        PrettyOptions {
            colour: self.colour,
            unicode: self.unicode,
            width: self.width,
            mask: self.mask,
            ..PrettyOptions::default()
        }
    }
}

/// Colours of words, or plain words.
#[derive(Clone, Copy, Debug)]
pub(super) struct Palette {
    on: bool,
}

impl Palette {
    /// For standard output: colours on a terminal, unless NO_COLOR is set or TERM is `dumb`.
    #[expect(clippy::disallowed_methods, reason = "the command line may read the environment")]
    pub fn stdout() -> Self {
        let refused = std::env::var("NO_COLOR").is_ok_and(|value| !value.is_empty());
        let dumb = std::env::var("TERM").is_ok_and(|value| value == "dumb");
        Self { on: std::io::stdout().is_terminal() && !refused && !dumb }
    }

    fn paint(self, code: &str, text: &str) -> String {
        if self.on && !text.trim().is_empty() {
            format!("\x1b[{code}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }

    /// The answer.
    pub fn strong(self, text: &str) -> String {
        self.paint("1", text)
    }

    /// Days off by notice.
    pub fn off(self, text: &str) -> String {
        self.paint("32", text)
    }

    /// Make-up workdays.
    pub fn work(self, text: &str) -> String {
        self.paint("1;33", text)
    }

    /// What matters least.
    pub fn dim(self, text: &str) -> String {
        self.paint("2", text)
    }
}

/// Text with blanks before it up to a number of columns.
pub(super) fn pad_left(text: &str, columns: usize) -> String {
    format!("{}{text}", " ".repeat(columns.saturating_sub(width(text))))
}

/// Text in the middle of a number of columns.
pub(super) fn center(text: &str, columns: usize) -> String {
    let before = columns.saturating_sub(width(text)) / 2;
    pad(&format!("{}{text}", " ".repeat(before)), columns)
}
