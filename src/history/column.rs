//! Columns of cells: one value or several per row, and for entities one version per 有效起.
//! A column nobody ever filled takes no memory; a lookup never allocates.

use chrono::NaiveDate;

use super::Cell;

/// "No value here". Never a symbol, an entity number, a number index or a day.
pub(super) const NONE: Cell = Cell::MAX;

/// The values of one field for consecutive rows. Rows past the last filled one are empty.
#[derive(Debug)]
pub(super) enum Column {
    /// At most one value per row; [`NONE`] where there is none. 4 bytes a row.
    One(Vec<Cell>),
    /// Row `r` owns `cells[offsets[r]..offsets[r + 1]]`.
    Many { offsets: Vec<u32>, cells: Vec<Cell> },
}

impl Column {
    pub(super) fn new(many: bool) -> Self {
        if many { Self::Many { offsets: Vec::new(), cells: Vec::new() } } else { Self::One(Vec::new()) }
    }

    /// Adds a value to `row`. Rows must be filled in ascending order; a second value for a row
    /// of a single-valued column is ignored (the readers report it as a mistake before).
    pub(super) fn push(&mut self, row: usize, cell: Cell) {
        match self {
            Self::One(cells) => {
                if cells.len() <= row {
                    cells.resize(row, NONE);
                    cells.push(cell);
                }
            }
            Self::Many { offsets, cells } => {
                let start = u32::try_from(cells.len()).unwrap_or(u32::MAX);
                if offsets.len() < row + 2 {
                    offsets.resize(row + 2, start);
                }
                cells.push(cell);
                if let Some(end) = offsets.last_mut() {
                    *end = start + 1;
                }
            }
        }
    }

    pub(super) fn get(&self, row: usize) -> &[Cell] {
        match self {
            Self::One(cells) => match cells.get(row..=row) {
                Some([cell]) if *cell == NONE => &[],
                Some(one) => one,
                None => &[],
            },
            Self::Many { offsets, cells } => match (offsets.get(row), offsets.get(row + 1)) {
                (Some(&start), Some(&end)) => cells.get(start as usize..end as usize).unwrap_or(&[]),
                (None, _) | (_, None) => &[],
            },
        }
    }

    /// Calls `change` for every value with its row.
    pub(super) fn for_each_mut(&mut self, mut change: impl FnMut(usize, &mut Cell)) {
        match self {
            Self::One(cells) => {
                for (row, cell) in cells.iter_mut().enumerate() {
                    if *cell != NONE {
                        change(row, cell);
                    }
                }
            }
            Self::Many { offsets, cells } => {
                for (row, pair) in offsets.windows(2).enumerate() {
                    let &[start, end] = pair else { continue };
                    for cell in cells.get_mut(start as usize..end as usize).unwrap_or_default() {
                        change(row, cell);
                    }
                }
            }
        }
    }

    /// The rows named by `order`, in that order.
    pub(super) fn pick(&self, order: &[u32]) -> Self {
        match self {
            Self::One(cells) if cells.is_empty() => Self::One(Vec::new()),
            Self::One(cells) => {
                Self::One(order.iter().map(|row| cells.get(*row as usize).copied().unwrap_or(NONE)).collect())
            }
            Self::Many { cells, .. } if cells.is_empty() => Self::new(true),
            Self::Many { cells, .. } => {
                let mut picked = Vec::with_capacity(cells.len());
                let mut offsets = Vec::with_capacity(order.len() + 1);
                offsets.push(0);
                for row in order {
                    picked.extend_from_slice(self.get(*row as usize));
                    offsets.push(u32::try_from(picked.len()).unwrap_or(u32::MAX));
                }
                Self::Many { offsets, cells: picked }
            }
        }
    }
}

/// Versions of a field over time, each with its own values.
#[derive(Debug)]
pub(super) struct EntityColumn {
    /// Row `r` owns the versions `rows[r]..rows[r + 1]`.
    rows: Vec<u32>,
    /// Version → first day it holds; `NaiveDate::MIN` means from the beginning.
    since: Vec<NaiveDate>,
    /// Version → its values. An empty version says that the field has no value from that day.
    values: Column,
}

impl EntityColumn {
    pub(super) fn new(many: bool) -> Self {
        Self { rows: Vec::new(), since: Vec::new(), values: Column::new(many) }
    }

    /// Adds a version to `row`. Rows must come in ascending order, versions of a row in date order.
    pub(super) fn push(&mut self, row: usize, since: NaiveDate, values: impl Iterator<Item = Cell>) {
        let version = self.since.len();
        let start = u32::try_from(version).unwrap_or(u32::MAX);
        if self.rows.len() < row + 2 {
            self.rows.resize(row + 2, start);
        }
        self.since.push(since);
        if let Some(end) = self.rows.last_mut() {
            *end = start + 1;
        }
        for cell in values {
            self.values.push(version, cell);
        }
    }

    /// All versions of a row, in date order.
    pub(super) fn versions(&self, row: u32) -> impl Iterator<Item = (NaiveDate, &[Cell])> {
        let row = row as usize;
        let bounds = self.rows.get(row).zip(self.rows.get(row + 1));
        let (start, end) = bounds.map_or((0, 0), |(start, end)| (*start as usize, *end as usize));
        let since = self.since.get(start..end).unwrap_or_default();
        since.iter().enumerate().map(move |(at, since)| (*since, self.values.get(start + at)))
    }

    /// The version in force on a date: the last one that began on or before it.
    pub(super) fn get(&self, row: u32, on: NaiveDate) -> &[Cell] {
        let row = row as usize;
        let (Some(&start), Some(&end)) = (self.rows.get(row), self.rows.get(row + 1)) else { return &[] };
        let Some(versions) = self.since.get(start as usize..end as usize) else { return &[] };
        match versions.partition_point(|from| *from <= on) {
            0 => &[],
            n => self.values.get(start as usize + n - 1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn single_values_keep_their_rows_and_gaps() {
        let mut column = Column::new(false);
        column.push(1, 10);
        column.push(4, 40);
        assert_eq!(
            [0, 1, 2, 4, 9].map(|row| column.get(row).to_vec()),
            [vec![], vec![10], vec![], vec![40], vec![]]
        );
        let picked = column.pick(&[4, 0, 1]);
        assert_eq!([0, 1, 2].map(|row| picked.get(row).to_vec()), [vec![40], vec![], vec![10]]);
    }

    #[test]
    fn several_values_keep_their_order() {
        let mut column = Column::new(true);
        column.push(1, 11);
        column.push(1, 12);
        column.push(3, 31);
        let rows = |c: &Column| (0..5).map(|row| c.get(row).to_vec()).collect::<Vec<_>>();
        assert_eq!(rows(&column), [vec![], vec![11, 12], vec![], vec![31], vec![]]);
        assert_eq!(rows(&column.pick(&[3, 1])), [vec![31], vec![11, 12], vec![], vec![], vec![]]);
        let mut seen = Vec::new();
        column.for_each_mut(|row, cell| seen.push((row, *cell)));
        assert_eq!(seen, [(1, 11), (1, 12), (3, 31)]);
    }

    #[test]
    fn versions_hold_from_their_day() {
        let day = |d| NaiveDate::from_ymd_opt(2025, 1, d).unwrap();
        let mut column = EntityColumn::new(false);
        column.push(1, NaiveDate::MIN, [7].into_iter());
        column.push(1, day(10), [8].into_iter());
        column.push(1, day(20), [].into_iter());
        assert_eq!(column.get(0, day(1)), &[] as &[Cell]);
        assert_eq!(column.get(1, day(9)), &[7]);
        assert_eq!(column.get(1, day(10)), &[8]);
        assert_eq!(column.get(1, day(20)), &[] as &[Cell]);
        assert_eq!(column.get(2, day(20)), &[] as &[Cell]);
    }
}
