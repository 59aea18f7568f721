//! The cells of one sheet → CSV: commas, quotes doubled (RFC 4180), one line per row from row 1, empty rows too.
//! Takes cells in any order and the merged regions; gives text. Rows end with their last cell, so lengths differ.
//!
//! A line break inside a cell is written `↵`; breaks around the content are dropped. A merged region's value fills
//! every blank cell it covers, because each row must be readable alone. A region that starts in the sheet's first
//! column and covers more than half of its columns is a title, not a value: only its first column is filled.

use super::problem::Problem;

/// One sheet of a workbook.
#[derive(Debug)]
pub(super) struct Sheet {
    pub name: String,
    pub grid: Grid,
    pub merged: Vec<Region>,
}

/// Merged cells: first and last row, first and last column, from 0, inclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Region {
    pub rows: (u32, u32),
    pub columns: (u32, u32),
}

/// A cell: where, and which bytes of the texts are its own.
#[derive(Clone, Copy, Debug)]
struct Cell {
    row: u32,
    column: u32,
    start: usize,
    end: usize,
}

/// Cells that hold something. All texts lie in one string: a sheet of a million cells makes no million strings.
#[derive(Debug, Default)]
pub(super) struct Grid {
    texts: String,
    cells: Vec<Cell>,
    cut: Vec<(u32, u32)>,
}

impl Grid {
    /// Adds a cell (row and column from 0) whose words `write` appends; blank ones are not kept.
    pub(super) fn add(&mut self, row: u32, column: u32, write: impl FnOnce(&mut String)) {
        let start = self.texts.len();
        write(&mut self.texts);
        let written = self.texts.get(start..).unwrap_or("");
        if written.trim().is_empty() {
            self.texts.truncate(start);
            return;
        }
        self.cells.push(Cell { row, column, start, end: self.texts.len() });
    }

    /// Notes that the number in a cell is not the one that was meant.
    pub(super) fn note_cut(&mut self, row: u32, column: u32) {
        self.cut.push((row, column));
    }

    /// Cells whose numbers were cut, in the order they were added.
    pub(super) fn cut_numbers(&self) -> Vec<(u32, u32)> {
        self.cut.clone()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// Bytes of all texts.
    pub(super) fn size(&self) -> usize {
        self.texts.len()
    }

    /// As CSV. Fails when it would be longer than `limit` bytes, as with a merged region over a million rows.
    pub(super) fn csv(mut self, merged: &[Region], limit: usize) -> Result<String, Problem> {
        let place = |cell: &Cell| (cell.row, cell.column);
        if !self.cells.is_sorted_by_key(place) {
            self.cells.sort_by_key(place);
        }
        self.cells.dedup_by_key(|cell| place(cell));
        if !merged.is_empty() {
            self.fill(merged, limit)?;
        }
        let mut csv = String::with_capacity(self.texts.len() + self.texts.len() / 4);
        let (mut row, mut column) = (0, 0);
        for cell in &self.cells {
            let blanks = usize::try_from(cell.row - row).unwrap_or(usize::MAX);
            if cell.row > row {
                if csv.len().saturating_add(blanks) > limit {
                    return Err(Problem::TooLarge { limit });
                }
                csv.extend(std::iter::repeat_n('\n', blanks));
                (row, column) = (cell.row, 0);
            }
            csv.extend(std::iter::repeat_n(',', usize::try_from(cell.column - column).unwrap_or(usize::MAX)));
            column = cell.column;
            quote(&mut csv, self.texts.get(cell.start..cell.end).unwrap_or(""));
            if csv.len() > limit {
                return Err(Problem::TooLarge { limit });
            }
        }
        csv.push('\n');
        Ok(csv)
    }

    /// Gives every blank cell of a region the region's value. Cells are in place order, before and after.
    fn fill(&mut self, merged: &[Region], limit: usize) -> Result<(), Problem> {
        let first = self.cells.iter().map(|cell| cell.column).min().unwrap_or(0);
        let last = self.cells.iter().map(|cell| cell.column).max().unwrap_or(0);
        let bottom = self.cells.last().map_or(0, |cell| cell.row);
        let mut filled = Vec::new();
        for region in merged {
            let (left, mut right) = (region.columns.0, region.columns.1.min(last));
            let anchor =
                self.cells.binary_search_by_key(&(region.rows.0, left), |cell| (cell.row, cell.column));
            let Some(anchor) = anchor.ok().and_then(|at| self.cells.get(at)).copied() else { continue };
            if left == first && right > left && (right - left + 1) * 2 > last - first + 1 {
                right = left;
            }
            for row in region.rows.0..=region.rows.1.min(bottom) {
                for column in left..=right {
                    filled.push(Cell { row, column, ..anchor });
                }
                if filled.len().saturating_mul(size_of::<Cell>()) > limit {
                    return Err(Problem::TooLarge { limit });
                }
            }
        }
        // 稳定排序：格子自己的值排在填进来的前面，去重时留下的是它。
        self.cells.append(&mut filled);
        self.cells.sort_by_key(|cell| (cell.row, cell.column));
        self.cells.dedup_by_key(|cell| (cell.row, cell.column));
        Ok(())
    }
}

/// Appends one field.
fn quote(csv: &mut String, text: &str) {
    let text = text.trim_matches(['\r', '\n']);
    if !text.contains([',', '"', '\r', '\n']) {
        csv.push_str(text);
        return;
    }
    let quoted = text.contains([',', '"']);
    if quoted {
        csv.push('"');
    }
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' => csv.push_str("\"\""),
            '\r' => {
                chars.next_if_eq(&'\n');
                csv.push('↵');
            }
            '\n' => csv.push('↵'),
            other => csv.push(other),
        }
    }
    if quoted {
        csv.push('"');
    }
}

/// `B12` for row 11, column 1.
pub(super) fn cell_name(row: u32, column: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = u64::from(column) + 1;
    while rest > 0 {
        let letter = u8::try_from((rest - 1) % 26).unwrap_or(0);
        letters.push(char::from(b'A' + letter));
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().collect::<String>() + &(u64::from(row) + 1).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(cells: &[(u32, u32, &str)]) -> Grid {
        let mut grid = Grid::default();
        for (row, column, text) in cells {
            grid.add(*row, *column, |out| out.push_str(text));
        }
        grid
    }

    #[test]
    fn rows_keep_their_numbers_and_breaks_are_marked() {
        let cells = [(2, 1, "甲\r\n乙\n"), (2, 3, "说\"好\",的"), (5, 0, "末"), (4, 0, "  "), (2, 0, "先")];
        assert_eq!(grid(&cells).csv(&[], 1000).unwrap(), "\n\n先,甲↵乙,,\"说\"\"好\"\",的\"\n\n\n末\n");
    }

    #[test]
    fn merged_values_fill_their_cells_and_titles_do_not() {
        let cells = [
            (0, 0, "标题"),
            (1, 0, "姓名"),
            (1, 1, "单位"),
            (1, 2, "日期"),
            (2, 0, "住建局"),
            (2, 1, "甲"),
            (3, 1, "乙"),
            (3, 2, "自己的"),
        ];
        let merged = [
            Region { rows: (0, 0), columns: (0, 2) },
            Region { rows: (2, 3), columns: (0, 0) },
            Region { rows: (2, 3), columns: (1, 2) },
        ];
        assert_eq!(
            grid(&cells).csv(&merged, 1000).unwrap(),
            "标题\n姓名,单位,日期\n住建局,甲,甲\n住建局,乙,自己的\n"
        );
    }

    #[test]
    fn a_region_over_everything_is_refused() {
        let merged = [Region { rows: (0, 999_999), columns: (0, 0) }];
        let cells = [(0, 0, "甲"), (999_999, 1, "乙")];
        assert_eq!(grid(&cells).csv(&merged, 100_000), Err(Problem::TooLarge { limit: 100_000 }));
    }

    #[test]
    fn cells_have_the_names_people_see() {
        for (place, name) in
            [((0, 0), "A1"), ((11, 1), "B12"), ((0, 26), "AA1"), ((1_048_575, 16_383), "XFD1048576")]
        {
            assert_eq!(cell_name(place.0, place.1), name);
        }
    }
}
