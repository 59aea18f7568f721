//! All texts of a history, one after the other. Numbered from 0 in the order they were met.
//! Takes texts that are already distinct; a lookup is two array reads.

use super::Symbol;

/// Distinct texts behind [`Symbol`]s.
#[derive(Debug, Default)]
pub(super) struct Texts {
    buffer: String,
    /// Byte offset in `buffer` where each text ends.
    ends: Vec<usize>,
}

impl Texts {
    /// `bytes` is the total length, so that the buffer is allocated once.
    pub(super) fn collect<'a>(texts: impl ExactSizeIterator<Item = &'a str> + Clone) -> Self {
        let mut buffer = String::with_capacity(texts.clone().map(str::len).sum());
        let mut ends = Vec::with_capacity(texts.len());
        for text in texts {
            buffer.push_str(text);
            ends.push(buffer.len());
        }
        Self { buffer, ends }
    }

    /// Empty for a symbol of another history.
    pub(super) fn get(&self, symbol: Symbol) -> &str {
        let index = symbol.0 as usize;
        let start = index.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        let end = self.ends.get(index).copied().unwrap_or(start);
        self.buffer.get(start..end).unwrap_or("")
    }

    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }
}
