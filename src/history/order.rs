//! The events of one type, as they came → resolved, in time order, in columns.
//! The order is total and uses only what the records say (place last), so shuffled logs give the same history.

use std::cmp::Ordering;

use chrono::{Datelike as _, NaiveDate};
use rayon::prelude::*;
use rustc_hash::FxHashSet;

use super::builder::{EventRows, HistoryBuilder, text};
use super::finish::{Fault, Flaw, Numbers};
use super::{Cell, Moment};
use crate::vocabulary::{EventTypeId, FieldId, FieldKind};

/// The events of one type and the order to take them in.
#[derive(Debug)]
pub(super) struct Ordered {
    /// As they came; only the columns are already in order.
    pub(super) rows: EventRows,
    /// The rows to keep.
    pub(super) order: Vec<u32>,
    pub(super) flaws: Vec<Flaw>,
}

/// Sort key of a row: time, then the first bytes of the 编号; ties are looked at in full.
#[derive(Clone, Copy)]
struct Key {
    moment: u64,
    id: u64,
    row: u32,
}

pub(super) fn order(
    builder: &HistoryBuilder<'_>,
    kind: EventTypeId,
    mut rows: EventRows,
    as_of: NaiveDate,
    numbers: &Numbers,
    repeated: &FxHashSet<(u16, u32)>,
) -> Ordered {
    let fields = &builder.vocabulary.event(kind).fields;
    let mut flaws = Vec::new();
    let mut dangling: FxHashSet<usize> = FxHashSet::default();
    for ((field_id, field), column) in (0u16..).map(FieldId).zip(fields).zip(&mut rows.columns) {
        let FieldKind::Entity(target) = field.kind else { continue };
        let Some(numbers) = numbers.get(usize::from(target.0)) else { continue };
        column.for_each_mut(|row, cell| match numbers.get(cell) {
            Some(number) => *cell = *number,
            None => {
                dangling.insert(row);
                if let Some(origin) = rows.origins.get(row) {
                    let fault = Fault::DanglingInEvent { owner: kind, field: field_id, target, id: *cell };
                    flaws.push(Flaw { origin: *origin, fault });
                }
            }
        });
    }

    let mut keys: Vec<Key> = (0u32..)
        .zip(rows.moments.iter().zip(rows.ids.iter()))
        .filter(|(row, (moment, _))| {
            moment.date <= as_of
                && !repeated.contains(&(kind.0, *row))
                && !dangling.contains(&(*row as usize))
        })
        .map(|(row, (moment, id))| Key { moment: moment_key(*moment), id: prefix(id), row })
        .collect();
    keys.par_sort_unstable_by(|a, b| {
        (a.moment, a.id).cmp(&(b.moment, b.id)).then_with(|| tie(builder, kind, &rows, a.row, b.row))
    });

    let order: Vec<u32> = keys.into_iter().map(|key| key.row).collect();
    for column in &mut rows.columns {
        *column = column.pick(&order);
    }
    Ordered { rows, order, flaws }
}

/// Same order as [`Moment`]: date, then time of day, none first.
fn moment_key(moment: Moment) -> u64 {
    let day = u64::try_from(moment.date.num_days_from_ce()).unwrap_or(0);
    day << 32 | moment.millis.map_or(0, |millis| u64::from(millis) + 1)
}

/// The first eight bytes, so that comparing numbers compares text beginnings.
fn prefix(text: &str) -> u64 {
    let mut bytes = [0; 8];
    for (to, from) in bytes.iter_mut().zip(text.bytes()) {
        *to = from;
    }
    u64::from_be_bytes(bytes)
}

/// Two rows of the same time whose ids begin alike: by id, by content, by place.
fn tie(builder: &HistoryBuilder<'_>, kind: EventTypeId, rows: &EventRows, a: u32, b: u32) -> Ordering {
    let (a, b) = (a as usize, b as usize);
    let fields = &builder.vocabulary.event(kind).fields;
    rows.ids
        .get(a)
        .cmp(rows.ids.get(b))
        .then_with(|| {
            let mut columns = fields.iter().zip(&rows.columns);
            columns
                .find_map(|(field, column)| {
                    let order = compare(builder, &field.kind, column.get(a), column.get(b));
                    (order != Ordering::Equal).then_some(order)
                })
                .unwrap_or(Ordering::Equal)
        })
        .then_with(|| rows.origins.get(a).cmp(&rows.origins.get(b)))
}

fn compare(builder: &HistoryBuilder<'_>, kind: &FieldKind, a: &[Cell], b: &[Cell]) -> Ordering {
    if a == b {
        return Ordering::Equal;
    }
    match kind {
        FieldKind::Text | FieldKind::Enum(_) => {
            let text = |cell: &Cell| text(&builder.interner, *cell);
            a.iter().map(text).cmp(b.iter().map(text))
        }
        FieldKind::Number => {
            let number = |cell: &Cell| builder.numbers.get(*cell as usize).copied();
            a.iter().map(number).cmp(b.iter().map(number))
        }
        FieldKind::Bool | FieldKind::Date | FieldKind::Entity(_) => a.cmp(b),
    }
}
