//! Many texts kept one after the other in a single buffer, numbered from 0.
//! Costs eight bytes a text besides its own; a lookup is two array reads.

/// Texts by number. They need not be distinct.
#[derive(Debug, Default)]
pub(super) struct Texts {
    buffer: String,
    /// Byte offset in `buffer` where each text ends.
    ends: Vec<usize>,
}

impl Texts {
    /// `bytes` is the length of all texts together.
    pub(super) fn with_capacity(texts: usize, bytes: usize) -> Self {
        Self { buffer: String::with_capacity(bytes), ends: Vec::with_capacity(texts) }
    }

    pub(super) fn push(&mut self, text: &str) {
        self.buffer.push_str(text);
        self.ends.push(self.buffer.len());
    }

    /// Empty for a number that is not used.
    pub(super) fn get(&self, index: usize) -> &str {
        let start = index.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        let end = self.ends.get(index).copied().unwrap_or(start);
        self.buffer.get(start..end).unwrap_or("")
    }

    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Length of all texts together.
    pub(super) fn bytes(&self) -> usize {
        self.buffer.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|index| self.get(index))
    }
}
