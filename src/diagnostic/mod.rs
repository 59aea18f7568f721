//! A problem found in somebody's text — rules, logs, calendars, command words.
//! Takes code, sentence, places, help; gives plain data. Each layer has its own
//! `problem.rs` that turns typed mistakes into these; `render/pretty.rs` draws them.
//! A [`Diagnostic`] is about text; what a history did wrong is a `Finding`.

mod similar;

use crate::source::Span;

pub use similar::nearest;

/// How bad a problem in a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// The text cannot be used.
    Error,
    /// The text can be used, but probably does not say what was meant.
    Warning,
}

/// A place with a few words under it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    pub span: Span,
    pub text: String,
    /// The header of the drawing names this place; exactly one label should be primary.
    pub primary: bool,
}

/// One mistake: stable code, one Chinese sentence, places, and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Letter and number, stable, never reused; `docs/diagnostics/<code>.md` explains it.
    pub code: &'static str,
    pub level: Level,
    pub message: String,
    pub labels: Vec<Label>,
    pub help: Vec<String>,
}

impl Diagnostic {
    /// An error with no place yet.
    pub fn error(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, level: Level::Error, message: message.into(), labels: Vec::new(), help: Vec::new() }
    }

    /// A warning with no place yet.
    pub fn warning(code: &'static str, message: impl Into<String>) -> Self {
        Self { level: Level::Warning, ..Self::error(code, message) }
    }

    /// The place the mistake is at, with a few words (may be empty).
    pub fn at(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into(), primary: true });
        self
    }

    /// Another place that matters.
    pub fn also(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into(), primary: false });
        self
    }

    /// What to write instead.
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help.push(text.into());
        self
    }

    /// The primary place, for sorting and headers.
    pub fn primary(&self) -> Option<Span> {
        self.labels.iter().find(|label| label.primary).or_else(|| self.labels.first()).map(|label| label.span)
    }

    pub fn is_error(&self) -> bool {
        self.level == Level::Error
    }
}

/// Sorts by place (file, then offset), then code: the order in which a reader meets them.
pub fn sort(diagnostics: &mut [Diagnostic]) {
    diagnostics.sort_by(|a, b| (a.primary(), a.code, &a.message).cmp(&(b.primary(), b.code, &b.message)));
}
