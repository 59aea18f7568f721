//! One small change to a piece of a rule file: where, what it said, what it says now.

use std::collections::BTreeSet;

use crate::source::{SourceMap, Span};

/// A changed piece, still to be put back into what holds it.
#[derive(Clone, Debug)]
pub(super) struct Variant<T> {
    pub(super) span: Span,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) value: T,
}

/// What a removed piece becomes, in words.
pub(super) const REMOVED: &str = "（删去）";
/// What a negated piece becomes, in words.
pub(super) const NEGATED: &str = "（反过来）";

impl<T> Variant<T> {
    pub(super) fn map<U>(self, put: impl FnOnce(T) -> U) -> Variant<U> {
        Variant { span: self.span, from: self.from, to: self.to, value: put(self.value) }
    }
}

/// Puts changed pieces back into what holds them.
pub(super) fn within<T, U>(
    variants: Vec<Variant<T>>,
    put: impl Fn(T) -> U,
) -> impl Iterator<Item = Variant<U>> {
    variants.into_iter().map(move |variant| variant.map(&put))
}

/// A list with one element replaced.
pub(super) fn replaced<T: Clone>(list: &[T], at: usize, by: T) -> Vec<T> {
    let mut list = list.to_vec();
    if let Some(place) = list.get_mut(at) {
        *place = by;
    }
    list
}

/// A list without one element.
pub(super) fn without<T: Clone>(list: &[T], at: usize) -> Vec<T> {
    list.iter().enumerate().filter(|(index, _)| *index != at).map(|(_, one)| one.clone()).collect()
}

/// Makes variants; knows the texts, to quote what was written.
#[derive(Clone, Copy)]
pub(super) struct Mutator<'s> {
    pub(super) sources: &'s SourceMap,
    /// Parameters that only ever count workdays: their deadlines never fall on a day off.
    pub(super) workday_parameters: &'s BTreeSet<String>,
}

impl Mutator<'_> {
    /// The text of a place on one line.
    pub(super) fn text(self, span: Span) -> String {
        self.sources.slice(span).split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The piece at `span` changed into `value`; both sides in words.
    pub(super) fn change<T>(
        self,
        span: Span,
        from: impl Into<String>,
        to: impl Into<String>,
        value: T,
    ) -> Variant<T> {
        Variant { span, from: from.into(), to: to.into(), value }
    }

    /// The text at `span` removed.
    pub(super) fn removal<T>(self, span: Span, value: T) -> Variant<T> {
        self.change(span, format!("「{}」", self.text(span)), REMOVED, value)
    }
}
