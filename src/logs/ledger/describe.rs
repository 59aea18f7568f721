//! What was recognised in a table, for people: which kind it is, what each column is and where it goes,
//! what is missing and so not recorded. Takes one text; gives a [`Recognised`].

use super::compile::{self, EventKind, Part, Program, Source, Template, When};
use super::layout::{self, Layout, Sort, Use};
use super::mapping::{Columns, Kind, Table};
use super::rows;
use super::sheet_name;
use super::tail::{self, Tail};
use crate::logs::problem::What;
use crate::logs::record::{EVENT, ID, SINCE, TIME};
use crate::source::SourceFile;
use crate::vocabulary::{EventTypeId, FieldId, Fields as _, Vocabulary};

/// Rows of data looked at for samples.
const SAMPLED: usize = 20;

/// One table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recognised {
    /// Name of the text.
    pub name: String,
    pub sort: RecognisedSort,
    /// Rows of the header and of the first and last data, from 1.
    pub header: Option<u32>,
    pub data: Option<(u32, u32)>,
    pub columns: Vec<RecognisedColumn>,
    /// Event types it records; `None` = all.
    pub covers: Option<Vec<String>>,
    /// Event types it could record, and the columns (any of them) it lacks for that.
    pub lacking: Vec<(String, Vec<String>)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecognisedSort {
    /// A table of the mapping: name and gist.
    Mapped(String, String),
    /// One record a row.
    Records,
    /// One type a sheet.
    OfType(String),
    /// Unknown; the name of the table that fits best and what it lacks.
    Unknown(Option<(String, Vec<String>)>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecognisedColumn {
    /// `A`, `B` …
    pub letter: String,
    pub heading: String,
    pub role: ColumnRole,
    /// Where it goes: `检查.编号`, `公示结果.时间`.
    pub writes: Vec<String>,
    /// The first value.
    pub sample: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ColumnRole {
    /// A standard column.
    Standard(String),
    /// The same standard column again.
    Repeated(String),
    Ignored,
    /// Unknown; the standard column it is most like.
    Unknown(Option<String>),
}

/// Recognises one table.
pub fn describe(
    source: &SourceFile,
    columns: &Columns,
    vocabulary: &Vocabulary,
    year: Option<i32>,
) -> Recognised {
    let text = source.text();
    let delimiter = rows::delimiter(text);
    let known = layout::known(columns, vocabulary);
    let sheet = sheet_name(source.name());
    let name = source.name().to_owned();
    match layout::recognise(text, sheet, delimiter, &known, columns, vocabulary) {
        Ok(layout) => {
            let program = match layout.sort {
                Sort::Mapped(table) => {
                    Some((table, compile::compile(table, &columns.words, &layout, vocabulary, year)))
                }
                Sort::Records | Sort::OfEntity(_) | Sort::OfEvent(_) => None,
            };
            let (data, samples) = data(text, delimiter, &layout, columns);
            let nearest = |heading: &str| {
                let (table, _) = program.as_ref()?;
                let known = known.iter().find(|known| std::ptr::eq(known.table, *table))?;
                known.nearest(heading).map(str::to_owned)
            };
            let found = layout.headings.iter().enumerate().map(|(index, heading)| {
                let standard = |at: usize| {
                    let column = program.as_ref().and_then(|(table, _)| table.columns.get(at));
                    column.map(|column| column.name.text.clone()).unwrap_or_default()
                };
                let (role, writes) = match &heading.role {
                    Use::Standard(at) => {
                        let program = program.as_ref().map(|(_, program)| program);
                        let writes =
                            program.map_or_else(Vec::new, |program| writes(program, *at, vocabulary));
                        (ColumnRole::Standard(standard(*at)), writes)
                    }
                    Use::Repeated(at) => (ColumnRole::Repeated(standard(*at)), Vec::new()),
                    Use::Key(key) => (ColumnRole::Standard(key.clone()), vec![key.clone()]),
                    Use::Ignored | Use::Empty => (ColumnRole::Ignored, Vec::new()),
                    Use::Unknown => (ColumnRole::Unknown(nearest(&heading.text)), Vec::new()),
                };
                RecognisedColumn {
                    letter: rows::letters(index),
                    heading: heading.text.clone(),
                    role,
                    writes,
                    sample: samples.get(index).cloned().flatten(),
                }
            });
            let columns = found.collect();
            let named = |kinds: &[EventTypeId]| {
                kinds.iter().map(|kind| vocabulary.event(*kind).name.clone()).collect::<Vec<_>>()
            };
            let (sort, covers, lacking) = match (&program, layout.sort) {
                (Some((table, program)), _) => (
                    RecognisedSort::Mapped(table.name.text.clone(), table.gist.clone()),
                    Some(named(&program.covers)),
                    lacking(table, program, vocabulary),
                ),
                (None, Sort::OfEntity(kind)) => (
                    RecognisedSort::OfType(vocabulary.entity(kind).name.clone()),
                    Some(Vec::new()),
                    Vec::new(),
                ),
                (None, Sort::OfEvent(kind)) => (
                    RecognisedSort::OfType(vocabulary.event(kind).name.clone()),
                    Some(named(&[kind])),
                    Vec::new(),
                ),
                (None, Sort::Records | Sort::Mapped(_)) => (RecognisedSort::Records, None, Vec::new()),
            };
            Recognised { name, sort, header: Some(layout.header.number), data, columns, covers, lacking }
        }
        Err(near) => unknown(
            name,
            text,
            delimiter,
            near.map(|(row, near)| (row, near.table, near.missing, near.alike)),
        ),
    }
}

type Nearest = (rows::Row, String, Vec<String>, Vec<(String, String)>);

/// The headings of the row that looks most like a header, or of the first row with several cells.
fn unknown(name: String, text: &str, delimiter: u8, near: Option<Nearest>) -> Recognised {
    let all = rows::rows(text, delimiter, 0..text.len(), 1, 1);
    let header = match &near {
        Some((row, ..)) => Some(row.clone()),
        None => {
            let wide = |row: &rows::Row| {
                let cells = tail::plain(&rows::cells(text, delimiter, &row.place));
                cells.iter().filter(|cell| !cell.is_empty()).count() > 1
            };
            all.take(30).find(wide)
        }
    };
    let cells = header.as_ref().map(|row| tail::plain(&rows::cells(text, delimiter, &row.place)));
    let alike = near.as_ref().map(|(_, _, _, alike)| alike.clone()).unwrap_or_default();
    let columns =
        cells.unwrap_or_default().into_iter().enumerate().filter(|(_, heading)| !heading.is_empty());
    let columns = columns
        .map(|(index, heading)| RecognisedColumn {
            letter: rows::letters(index),
            role: ColumnRole::Unknown(
                alike.iter().find(|(known, _)| *known == heading).map(|(_, near)| near.clone()),
            ),
            heading,
            writes: Vec::new(),
            sample: None,
        })
        .collect();
    Recognised {
        name,
        sort: RecognisedSort::Unknown(near.map(|(_, table, missing, _)| (table, missing))),
        header: header.map(|row| row.number),
        data: None,
        columns,
        covers: Some(Vec::new()),
        lacking: Vec::new(),
    }
}

/// The first and last row of data, and the first value of each column.
fn data(
    text: &str,
    delimiter: u8,
    layout: &Layout<'_>,
    columns: &Columns,
) -> (Option<(u32, u32)>, Vec<Option<String>>) {
    let mut samples: Vec<Option<String>> = vec![None; layout.headings.len()];
    let Some(start) = &layout.start else { return (None, samples) };
    let tail = Tail {
        headers: layout.headers.clone(),
        titles: layout.titles.clone(),
        footer: columns.words.footer.clone(),
    };
    let mut last = None;
    for row in rows::rows(text, delimiter, start.place.start..text.len(), start.line, start.number) {
        let cells = rows::cells(text, delimiter, &row.place);
        if tail.passes_over(&cells) || tail.is_below(&cells) {
            continue;
        }
        last = Some(row.number);
        if usize::try_from(row.number - start.number).is_ok_and(|count| count < SAMPLED) {
            for (sample, cell) in samples.iter_mut().zip(tail::plain(&cells)) {
                if sample.is_none() && !cell.is_empty() {
                    *sample = Some(cell);
                }
            }
        }
    }
    (last.map(|last| (start.number, last)), samples)
}

/// Everything a slot is read for, and what the slots it fills are read for.
fn writes(program: &Program, slot: usize, vocabulary: &Vocabulary) -> Vec<String> {
    let mut from = vec![slot];
    if let Some(slot) = program.slots.get(slot) {
        from.extend(slot.brackets.iter().chain(slot.shapes.iter().map(|(_, to)| to)));
    }
    let reads = |slots: &[usize]| slots.iter().any(|slot| from.contains(slot));
    let in_ids = |ids: &[Template]| {
        // The ways that come later are only for rows where the first has no value.
        let first = ids.first().map_or(&[][..], |id| id.0.as_slice());
        first.iter().any(|part| matches!(part, Part::Slot(slots) if reads(slots)))
    };
    let asked = |when: &Option<When>| when.as_ref().is_some_and(|when| from.contains(&when.slot));
    let mut written = Vec::new();
    for plan in &program.entities {
        let declared = vocabulary.entity(plan.kind);
        let mut add = |key: &str| written.push(format!("{}.{key}", plan.label));
        if in_ids(&plan.ids) {
            add(ID);
        }
        if reads(&plan.since) {
            add(SINCE);
        }
        for field in &plan.fields {
            if matches!(&field.source, Source::Slots(slots) if reads(slots)) {
                add(&declared.field(field.field).name);
            }
        }
    }
    for plan in &program.events {
        let (name, fields) = match &plan.kind {
            EventKind::Fixed(kind) => {
                let declared = vocabulary.event(*kind);
                let name_of = |field: FieldId| declared.field(field).name.as_str();
                let plans = plan.fields.first().map_or(&[][..], Vec::as_slice);
                let fields: Vec<&str> = plans
                    .iter()
                    .filter(|plan| matches!(&plan.source, Source::Slots(slots) if reads(slots)))
                    .map(|plan| name_of(plan.field))
                    .collect();
                (declared.name.as_str(), fields)
            }
            EventKind::Column { slot, .. } => {
                if from.contains(slot) {
                    written.push(format!("{EVENT}的类型"));
                }
                (EVENT, Vec::new())
            }
        };
        let mut add = |key: &str| written.push(format!("{name}.{key}"));
        if in_ids(&plan.ids) {
            add(ID);
        }
        match plan.time.iter().position(|slot| from.contains(slot)) {
            Some(0) => add(TIME),
            Some(_) => add("时间（备用）"),
            None => {}
        }
        if asked(&plan.when) {
            add("有无");
        }
        fields.into_iter().for_each(add);
    }
    written.dedup();
    written
}

/// Event types of the mapping that no plan of the program makes.
fn lacking(table: &Table, program: &Program, vocabulary: &Vocabulary) -> Vec<(String, Vec<String>)> {
    let mut lacking: Vec<(String, Vec<String>)> = Vec::new();
    let has = |name: &str| program.slots.iter().any(|slot| slot.name == name && slot.column.is_some());
    for make in table.makes.iter().filter(|make| make.what == What::Event && !make.unused) {
        let Kind::Fixed(name) = &make.kind else { continue };
        let Some(kind) = vocabulary.event_by_name(&name.text) else { continue };
        let made = |plan: &compile::EventPlan| matches!(plan.kind, EventKind::Fixed(made) if made == kind);
        if program.events.iter().any(made) || lacking.iter().any(|(known, _)| *known == name.text) {
            continue;
        }
        let when = make.when.iter().map(|(name, _)| name);
        let columns: Vec<String> = if make.time.iter().any(|name| has(&name.text)) {
            when.filter(|name| !has(&name.text)).map(|name| name.text.clone()).collect()
        } else {
            make.time.first().map(|name| name.text.clone()).into_iter().collect()
        };
        lacking.push((name.text.clone(), columns));
    }
    lacking
}
