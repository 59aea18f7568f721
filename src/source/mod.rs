//! Text that was loaded from outside: files, byte spans, line tables.
//! Takes whole files; gives `FileId`, `Span` (bytes everywhere) and `Position`.
//! Knows nothing about what the text means.

mod digest;
mod encoding;
mod position;

use std::sync::OnceLock;

pub use digest::{Digest, sha256, sha256_bytes};
pub use encoding::{EncodingProblem, decode};
pub use position::{LineTable, Position};

/// Index of a file in a [`SourceMap`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

/// A half-open byte range `[start, end)` of one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    pub file: FileId,
    pub start: usize,
    pub end: usize,
}

impl Span {
    /// The bytes `[start, end)` of `file`.
    pub fn new(file: FileId, start: usize, end: usize) -> Self {
        Self { file, start, end }
    }

    /// From a byte offset and length as readers of YAML give them, kept within `text`; an unknown one is 0.
    pub fn clamped(file: FileId, text: &str, offset: Option<u64>, length: Option<u64>) -> Self {
        let bytes = |count: Option<u64>| count.and_then(|count| usize::try_from(count).ok()).unwrap_or(0);
        let start = bytes(offset).min(text.len());
        Self { file, start, end: start.saturating_add(bytes(length)).min(text.len()) }
    }

    /// The smallest span that covers both; both must lie in the same file.
    pub fn to(self, other: Self) -> Self {
        Self { file: self.file, start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

/// A value together with the place it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Spanned<T> {
    pub value: T,
    pub span: Span,
}

impl<T> Spanned<T> {
    pub fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }
}

/// One loaded file. The line table is built on first use and kept, so that many
/// diagnostics about one large log do not scan it again.
#[derive(Debug)]
pub struct SourceFile {
    name: String,
    text: String,
    container: Option<Container>,
    lines: OnceLock<LineTable>,
}

/// The file on disk that a text was taken out of: a sheet of a workbook, the records of a database.
/// Lines of such a text are rows or records, not lines of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Container {
    /// Path as the user gave it.
    pub path: String,
    /// SHA-256 of the file's bytes, in lower-case hexadecimal.
    pub sha256: String,
}

impl SourceFile {
    /// Path as the user gave it, or a name such as `<stdin>` or `内置/pingqiao/plan.rule`.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    /// What the text was taken out of; `None` for a text file.
    pub fn container(&self) -> Option<&Container> {
        self.container.as_ref()
    }

    /// The file on disk: its path, and the SHA-256 of its text as decoded, or of its bytes when it is no text itself.
    pub fn on_disk(&self) -> (String, String) {
        match &self.container {
            Some(container) => (container.path.clone(), container.sha256.clone()),
            None => (self.name.clone(), sha256(&self.text)),
        }
    }

    pub fn lines(&self) -> &LineTable {
        self.lines.get_or_init(|| LineTable::new(&self.text))
    }

    /// Line and column (both from 1, columns counted in characters) of a byte offset.
    /// An offset past the end is taken as the end.
    pub fn position(&self, offset: usize) -> Position {
        self.lines().position(&self.text, offset)
    }
}

/// All files of one run, in the order they were loaded.
#[derive(Debug, Default)]
pub struct SourceMap {
    files: Vec<SourceFile>,
}

impl SourceMap {
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file; a leading UTF-8 byte order mark is dropped, so offsets count from after it.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> FileId {
        self.add_part(name, text, None)
    }

    /// The same for a text taken out of a file that is no text itself.
    pub fn add_part(
        &mut self,
        name: impl Into<String>,
        text: impl Into<String>,
        container: Option<Container>,
    ) -> FileId {
        let mut text = text.into();
        if text.starts_with('\u{feff}') {
            text.drain(..'\u{feff}'.len_utf8());
        }
        let id = FileId(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        self.files.push(SourceFile { name: name.into(), text, container, lines: OnceLock::new() });
        id
    }

    /// The file behind an id of this map. Ids come only from [`SourceMap::add`].
    #[expect(clippy::indexing_slicing, reason = "FileId is only made by add of the same map")]
    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id.0 as usize]
    }

    pub fn iter(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        (0u32..).map(FileId).zip(self.files.iter())
    }

    /// The text of a span; empty if the span does not fall on character boundaries.
    pub fn slice(&self, span: Span) -> &str {
        self.file(span.file).text().get(span.start..span.end).unwrap_or("")
    }

    /// Where a span begins.
    pub fn position(&self, span: Span) -> Position {
        self.file(span.file).position(span.start)
    }
}
