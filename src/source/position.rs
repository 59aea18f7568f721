//! Byte offset ↔ line and column. The only place that converts.
//! Columns count characters, because a reader of Chinese text counts characters.

/// Line and column, both from 1; the column counts characters, not bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    pub line: usize,
    pub column: usize,
}

/// Start offsets of every line of a text.
#[derive(Debug)]
pub struct LineTable {
    starts: Vec<usize>,
}

impl LineTable {
    /// Scans the text once.
    pub fn new(text: &str) -> Self {
        let mut starts = Vec::with_capacity(text.len() / 64 + 1);
        starts.push(0);
        starts.extend(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1));
        Self { starts }
    }

    /// Line number (from 1) that holds a byte offset.
    pub fn line(&self, offset: usize) -> usize {
        self.starts.partition_point(|&start| start <= offset)
    }

    /// Number of lines; a text that ends in a newline has one empty last line.
    pub fn count(&self) -> usize {
        self.starts.len()
    }

    /// Byte offset where line `line` (from 1) begins; `None` past the last line.
    pub fn start(&self, line: usize) -> Option<usize> {
        self.starts.get(line.checked_sub(1)?).copied()
    }

    /// Byte range of line `line` (from 1) without its line break.
    pub fn range(&self, text: &str, line: usize) -> Option<(usize, usize)> {
        let start = self.start(line)?;
        let mut end = self.start(line + 1).map_or(text.len(), |next| next - 1);
        if end > start && text.as_bytes().get(end - 1) == Some(&b'\r') {
            end -= 1;
        }
        Some((start, end))
    }

    /// Line and column of a byte offset; inside a character counts as its start.
    pub fn position(&self, text: &str, offset: usize) -> Position {
        let offset = offset.min(text.len());
        let line = self.line(offset).max(1);
        let start = self.start(line).unwrap_or(0);
        let column =
            text.get(start..).unwrap_or("").char_indices().take_while(|(at, _)| start + at < offset).count()
                + 1;
        Position { line, column }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters() {
        let text = "规则 甲\n  依据 第三条\r\n末";
        let table = LineTable::new(text);
        let at = text.find("第三条").unwrap();
        assert_eq!(table.position(text, at), Position { line: 2, column: 6 });
        assert_eq!(table.position(text, text.len()), Position { line: 3, column: 2 });
        let (start, end) = table.range(text, 2).unwrap();
        assert_eq!(&text[start..end], "  依据 第三条");
    }
}
