//! A history made as small as it can be while the two sides still part in the same way: lines are dropped,
//! then single values, then the as-of date is brought forward.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::judge::{Bench, Contrast};
use super::record::{Record, number};

/// A history with its frame.
#[derive(Clone, Debug)]
pub(super) struct Story {
    pub records: Vec<Record>,
    pub as_of: NaiveDate,
    pub coverage: Option<(NaiveDate, NaiveDate)>,
}

/// The smallest story found that shows what `wanted` shows, and how the sides part on it.
pub(super) fn shrink(bench: &Bench<'_>, mut story: Story, wanted: &Contrast) -> (Story, Contrast) {
    let shows = |story: &Story| {
        let contrasts = bench.contrasts(&story.records, story.as_of, story.coverage);
        contrasts.into_iter().find(|contrast| contrast.is_like(wanted))
    };
    loop {
        let before = size(&story);
        for at in (0..story.records.len()).rev() {
            let mut less = story.clone();
            less.records.remove(at);
            if shows(&less).is_some() {
                story = less;
            }
        }
        for at in 0..story.records.len() {
            let count = story.records.get(at).map_or(0, |record| record.fields.len());
            for field in (0..count).rev() {
                let mut less = story.clone();
                if let Some(record) = less.records.get_mut(at) {
                    record.fields.remove(field);
                }
                if shows(&less).is_some() {
                    story = less;
                }
            }
        }
        if size(&story) == before {
            break;
        }
    }
    let mut less = Story { coverage: None, ..story.clone() };
    if shows(&less).is_some() {
        story = less;
    }
    if let Some(last) = story.records.iter().filter_map(|record| record.date).max() {
        less = Story { as_of: last, ..story.clone() };
        if shows(&less).is_some() {
            story = less;
        }
    }
    rename(&mut story.records);
    number(&mut story.records);
    let contrast = shows(&story).unwrap_or_else(|| wanted.clone());
    (story, contrast)
}

/// Entities of each type numbered from 1 again.
fn rename(records: &mut [Record]) {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let entities = records.iter().filter(|record| !record.event);
    let names: Vec<(String, String)> = entities
        .map(|record| {
            let count = counts.entry(record.kind.clone()).or_default();
            *count += 1;
            (record.id.clone(), format!("{}{count}", record.kind))
        })
        .collect();
    // 先改成不会重的名字，免得改到一半两个重名。
    for (from, to) in &names {
        records.iter_mut().for_each(|record| record.rename(from, &format!("\u{0}{to}")));
    }
    for (_, to) in &names {
        records.iter_mut().for_each(|record| record.rename(&format!("\u{0}{to}"), to));
    }
}

/// Lines and values.
pub(super) fn size(story: &Story) -> (usize, usize) {
    (story.records.len(), story.records.iter().map(|record| record.fields.len()).sum())
}
