//! Columns of cells: one value or several per row, and for entities one version per 有效起.
//! Rows without a value take four bytes; a lookup never allocates.

use chrono::NaiveDate;

use super::Cell;

/// Offsets into a flat list of cells; row `r` owns `offsets[r]..offsets[r + 1]`.
/// A column nobody ever filled keeps both lists empty.
#[derive(Debug, Default)]
pub(super) struct EventColumn {
    offsets: Vec<u32>,
    cells: Vec<Cell>,
}

impl EventColumn {
    /// From one list of values per row.
    pub(super) fn build<'a>(rows: impl Iterator<Item = &'a [Cell]>) -> Self {
        let mut column = Self { offsets: vec![0], cells: Vec::new() };
        for row in rows {
            column.cells.extend_from_slice(row);
            column.offsets.push(u32::try_from(column.cells.len()).unwrap_or(u32::MAX));
        }
        if column.cells.is_empty() {
            column.offsets = Vec::new();
        }
        column.offsets.shrink_to_fit();
        column.cells.shrink_to_fit();
        column
    }

    pub(super) fn get(&self, row: u32) -> &[Cell] {
        let row = row as usize;
        match (self.offsets.get(row), self.offsets.get(row + 1)) {
            (Some(&start), Some(&end)) => self.cells.get(start as usize..end as usize).unwrap_or(&[]),
            (None, _) | (_, None) => &[],
        }
    }
}

/// Versions of a field over time, each with its own list of cells.
#[derive(Debug, Default)]
pub(super) struct EntityColumn {
    /// Row → its versions.
    rows: Vec<u32>,
    /// Version → first day it holds; `NaiveDate::MIN` means from the beginning.
    since: Vec<NaiveDate>,
    values: EventColumn,
}

impl EntityColumn {
    /// From, per row, its versions in date order.
    pub(super) fn build<'a>(rows: impl Iterator<Item = &'a [(NaiveDate, Vec<Cell>)]> + Clone) -> Self {
        if rows.clone().all(<[_]>::is_empty) {
            return Self::default();
        }
        let mut offsets = vec![0];
        let mut since = Vec::new();
        for versions in rows.clone() {
            since.extend(versions.iter().map(|(from, _)| *from));
            offsets.push(u32::try_from(since.len()).unwrap_or(u32::MAX));
        }
        let values =
            EventColumn::build(rows.flat_map(|versions| versions.iter().map(|(_, cells)| cells.as_slice())));
        Self { rows: offsets, since, values }
    }

    /// The version in force on a date: the last one that began on or before it.
    pub(super) fn get(&self, row: u32, on: NaiveDate) -> &[Cell] {
        let row = row as usize;
        let (Some(&start), Some(&end)) = (self.rows.get(row), self.rows.get(row + 1)) else { return &[] };
        let Some(versions) = self.since.get(start as usize..end as usize) else { return &[] };
        match versions.partition_point(|from| *from <= on) {
            0 => &[],
            n => self.values.get(start + u32::try_from(n - 1).unwrap_or(0)),
        }
    }
}
