//! Character columns in files whose lines may be a hundred megabytes long (one-line JSON).
//! Takes byte offsets; gives columns. Short lines are counted directly; for long ones the whole file
//! is counted once, every 64 KiB remembered, so that ten thousand findings do not count it again.

use std::collections::BTreeMap;

use crate::source::{FileId, SourceFile};

const DIRECT: usize = 4 << 10;
const STEP: usize = 64 << 10;

/// Remembers how many characters come before each step of a file.
#[derive(Default)]
pub(super) struct Columns {
    files: BTreeMap<FileId, Vec<usize>>,
}

impl Columns {
    /// Column (from 1, in characters) of `offset` in the line that begins at `line_start`.
    pub fn column(&mut self, id: FileId, file: &SourceFile, line_start: usize, offset: usize) -> usize {
        let bytes = file.text().as_bytes();
        if offset.saturating_sub(line_start) <= DIRECT {
            return characters(bytes.get(line_start..offset).unwrap_or_default()) + 1;
        }
        let steps = self.files.entry(id).or_insert_with(|| {
            let counted = bytes.chunks(STEP).scan(0, |sum, chunk| {
                *sum += characters(chunk);
                Some(*sum)
            });
            std::iter::once(0).chain(counted).collect()
        });
        let before = |offset: usize| {
            let step = offset / STEP;
            let rest = bytes.get(step * STEP..offset).unwrap_or_default();
            steps.get(step).copied().unwrap_or(0) + characters(rest)
        };
        before(offset) - before(line_start) + 1
    }
}

/// Characters that begin in these bytes.
fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| (**byte & 0xc0) != 0x80).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceMap;

    #[test]
    fn long_lines_count_the_same_as_short_ones() {
        let mut sources = SourceMap::new();
        let text = format!("首行\n{}公示", "检x".repeat(100_000));
        let id = sources.add("a.json", text.clone());
        let offset = text.find("公示").unwrap();
        assert_eq!(Columns::default().column(id, sources.file(id), "首行\n".len(), offset), 200_001);
    }
}
