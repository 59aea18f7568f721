//! Logs → [`History`]: JSONL, YAML, OCEL 2.0 (JSON, XML), XES, tables: the same history whichever way it is written.
//! Takes loaded texts and the vocabulary; gives the history, what the logs say of themselves, and every problem
//! at once, each at the exact characters. Knows no domain word; reads no disk and no clock.
//!
//! ```text
//! text ─ jsonl | yaml | ocel | xes ─▶ Map ─ record, value, time ─▶ Batch ─ intake ─▶ HistoryBuilder ─▶ History
//!      └ ledger ──────────────────────────────────────────────────┘
//! ```

mod format;
mod header;
mod infer;
mod intake;
mod json;
mod json_slip;
mod jsonl;
mod ledger;
mod locate;
mod node;
mod objects;
mod ocel;
mod ocel_record;
mod ocel_xml;
mod problem;
mod record;
mod sight;
mod time;
mod unread;
mod value;
mod xes;
mod xes_case;
mod xes_head;
mod xml;
mod yaml;
mod yaml_slip;
mod yaml_tree;

use chrono::NaiveDate;

use crate::diagnostic::Diagnostic;
use crate::history::{Disagreement, History, Origin};
use crate::progress::{Progress, Stage};
use crate::source::{FileId, SourceMap, Span};
use crate::vocabulary::Vocabulary;

pub use format::LogFormat;
pub use header::RECORDED;
pub use header::{LogHeader, peek_policy};
pub use infer::infer;
pub use intake::FileCount;
pub use ledger::{ColumnRole, Columns, Recognised, RecognisedColumn, RecognisedSort, describe, draft};
pub use ocel_record::NAMELESS;
pub use problem::{DatabaseSlip, database, encoding};

pub use xes::NO_CASE;
pub use xes_case::case_field;
pub use xes_head::{CASE, ENTITIES, PREFIX};

use intake::{Intake, Limited};
pub(crate) use ledger::is_cut;
use ledger::{Books, Tables};
use locate::Locator;
use problem::{Mistake, Problem, ShapeSlip};
use record::Reader;
use value::Dialect;

/// How to read.
#[derive(Clone, Copy, Debug)]
pub struct ReadOptions<'c> {
    /// `None`: told from each file's name and text.
    pub format: Option<LogFormat>,
    /// 截至 given by the caller; overrides the logs'.
    pub as_of: Option<NaiveDate>,
    /// 截至 when nobody gives one.
    pub today: NaiveDate,
    /// Skip bad records instead of failing.
    pub lenient: bool,
    /// Problems (and skipped records) listed at most.
    pub max_errors: usize,
    /// What the columns of tables are; `None`: the built-in mapping.
    pub columns: Option<&'c Columns>,
    /// The year of dates in tables that have none.
    pub year: Option<i32>,
    /// Told how many bytes are read.
    pub progress: Progress,
}

/// What logs of other tools leave open.
#[derive(Clone, Copy, Debug, Default)]
pub struct Foreign<'o> {
    /// XES: the entity type of the traces, when the log and the vocabulary do not tell. Empty: none.
    pub case: Option<&'o str>,
    /// The vocabulary was inferred from these logs: what it has no place for is passed over and counted.
    pub inferred: bool,
}

/// What was read.
#[derive(Debug)]
pub struct LogReading {
    /// All sound records, as known on `as_of`. Complete only if `problems` is empty.
    pub history: History,
    pub header: LogHeader,
    /// The as-of date used.
    pub as_of: NaiveDate,
    /// Per file, in the order given: records sound by themselves, whatever their date.
    pub counts: Vec<FileCount>,
    /// Errors in place order, at most `max_errors`, then one that says how many more there are.
    pub problems: Vec<Diagnostic>,
    /// Lenient reading: records skipped.
    pub skipped: usize,
    /// Lenient reading: why they were, in place order, listed like `problems`.
    pub skips: Vec<Diagnostic>,
    /// Warnings that change nothing: a sentence and the records it is about.
    pub remarks: Vec<(String, Vec<Origin>)>,
}

/// Reads all files into one history. Never fails: what is wrong is in `problems`.
pub fn read(
    sources: &SourceMap,
    files: &[FileId],
    vocabulary: &Vocabulary,
    options: &ReadOptions<'_>,
) -> LogReading {
    read_foreign(sources, files, vocabulary, options, &Foreign::default())
}

/// The same, for logs of other tools.
pub fn read_foreign(
    sources: &SourceMap,
    files: &[FileId],
    vocabulary: &Vocabulary,
    options: &ReadOptions<'_>,
    foreign: &Foreign<'_>,
) -> LogReading {
    let objects = infer::objects(sources, files, vocabulary, options.format, foreign.inferred);
    let objects = objects.as_ref();
    let mut intake = Intake::new(vocabulary, options.lenient, options.max_errors);
    let mut formats = Vec::with_capacity(files.len());
    // Most readings have no table: nothing is made ready for them.
    let mut tables: Option<Tables<'_, '_>> = None;
    let progress = options.progress;
    let bytes = |length: usize| u64::try_from(length).unwrap_or(u64::MAX);
    progress.begin(Stage::Read, files.iter().map(|file| bytes(sources.file(*file).text().len())).sum());
    for &file in files {
        let source = sources.file(file);
        let text = source.text();
        let format = options.format.unwrap_or_else(|| LogFormat::detect(source.name(), text));
        formats.push((file, format));
        intake.begin(file);
        if text.trim_start().is_empty() && source.container().is_none() {
            intake.problem(Problem::fatal(Span::new(file, 0, 0), Mistake::Shape(ShapeSlip::Empty)));
            continue;
        }
        let reader = |dialect| Reader { vocabulary, file, dialect, objects };
        // 读的时候已报过的字节；余下的读完一起报。
        let reported = match format {
            LogFormat::Jsonl => jsonl::read(reader(Dialect::Json), text, &mut intake, progress),
            LogFormat::Yaml => {
                yaml::read(reader(Dialect::Yaml), text, source.lines(), &mut intake);
                0
            }
            LogFormat::Ocel => {
                ocel::read(reader(Dialect::Ocel), text, source.lines(), &mut intake);
                0
            }
            LogFormat::Table => tables
                .get_or_insert_with(|| {
                    let columns: &Columns = match options.columns {
                        Some(columns) => columns,
                        None => Columns::builtin(),
                    };
                    Tables::new(vocabulary, columns, options.year, progress, Books::find(sources, files))
                })
                .read(file, source, &mut intake),
            LogFormat::OcelXml => {
                ocel_xml::read(reader(Dialect::Ocel), text, source.lines(), &mut intake);
                0
            }
            LogFormat::Xes => {
                let reader = reader(Dialect::Ocel);
                xes::read(reader, text, source.lines(), foreign.case, &mut intake, progress)
            }
        };
        progress.add(bytes(text.len().saturating_sub(reported)));
    }
    let tables = match (tables, options.columns) {
        // A mapping that was given is looked at even when there is no table to use it on.
        (None, Some(columns)) => {
            Some(Tables::new(vocabulary, columns, options.year, progress, Books::default()))
        }
        (tables, _) => tables,
    };
    let mut told = Vec::new();
    if let Some(tables) = tables {
        told = tables.finish(&mut intake);
    }
    progress.begin(Stage::Arrange, 0);
    let mut reading = finish(sources, &formats, vocabulary, options, intake);
    reading.remarks.splice(0..0, told);
    reading
}

fn finish(
    sources: &SourceMap,
    formats: &[(FileId, LogFormat)],
    vocabulary: &Vocabulary,
    options: &ReadOptions<'_>,
    mut intake: Intake<'_>,
) -> LogReading {
    let (header, conflicts) = header::merge(std::mem::take(&mut intake.headers), options.as_of.is_some());
    for problem in conflicts {
        intake.problem(problem);
    }
    let as_of = options.as_of.or(header.as_of).unwrap_or(options.today);
    let (recorded, given) = (intake.recorded(), intake.given());
    let Intake { mut builder, counts, mut errors, mut skips, mut skipped, unread, .. } = intake;
    if let Some(recorded) = recorded {
        builder.records_only(&recorded);
    }
    if let Some(given) = given {
        builder.gives_only(&given);
    }
    let finished = builder.finish(as_of, options.max_errors);
    let locator = Locator { sources, formats, vocabulary, history: &finished.history };
    let list = if options.lenient { &mut skips } else { &mut errors };
    list.total += finished.problem_count;
    list.listed.extend(finished.problems.iter().map(|problem| locator.problem(problem)));
    if options.lenient {
        skipped += finished.bad_records;
    }
    let mut remarks = remarks(&finished.disagreements, options.max_errors);
    remarks.extend(unread.remarks(vocabulary));
    LogReading {
        history: finished.history,
        header,
        as_of,
        counts,
        problems: listing(errors, options.max_errors),
        skipped,
        skips: listing(skips, options.max_errors),
        remarks,
    }
}

/// In place order, cut at the limit, with a line that says what was cut.
fn listing(problems: Limited, limit: usize) -> Vec<Diagnostic> {
    let Limited { listed, total, .. } = problems;
    let mut diagnostics: Vec<Diagnostic> = listed.iter().map(Problem::diagnostic).collect();
    crate::diagnostic::sort(&mut diagnostics);
    diagnostics.truncate(limit);
    if total > diagnostics.len() {
        diagnostics.push(problem::more(total - diagnostics.len()));
    }
    diagnostics
}

/// One warning per disagreement, up to the limit, then one for the rest.
fn remarks(disagreements: &[Disagreement], limit: usize) -> Vec<(String, Vec<Origin>)> {
    let mut remarks: Vec<(String, Vec<Origin>)> = disagreements
        .iter()
        .take(limit)
        .map(|Disagreement { origin, field, said, entity, id, entity_field, known }| {
            let sentence = format!(
                "这里的「{field}」写作「{said}」，与{entity}「{id}」的「{entity_field}」「{known}」不一致，以{entity}的为准"
            );
            (sentence, vec![*origin])
        })
        .collect();
    if let Some(rest) = disagreements.get(limit..).filter(|rest| !rest.is_empty()) {
        remarks.push((format!("还有 {} 处这样的不一致没有列出", rest.len()), Vec::new()));
    }
    remarks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Counters;
    use crate::vocabulary::EntityType;

    /// What is reported while reading and what is left make the whole text, whichever way it is written.
    #[test]
    fn pieces_report_what_they_read_once() {
        static SEEN: Counters = Counters::new(|_| {});
        let progress = Progress::to(&SEEN);
        let kind = EntityType { name: "甲".to_owned(), gist: None, fields: Vec::new() };
        let (vocabulary, columns) = (Vocabulary::new(vec![kind], Vec::new()), Columns::default());
        let mut sources = SourceMap::new();
        let xes = "<log><trace></trace></log>".to_owned();
        let long = format!("<log>{}</log>", "<trace><!-- 甲 --></trace>".repeat(100_000));
        let table = format!("实体,编号\n{}", "甲,1\n".repeat(100_000));
        for (name, text) in [("短.xes", xes), ("长.xes", long), ("表.csv", table)] {
            let file = sources.add(name, text);
            let (source, text) = (sources.file(file), sources.file(file).text());
            let name = source.name();
            progress.begin(Stage::Read, 0);
            let mut intake = Intake::new(&vocabulary, true, 1);
            intake.begin(file);
            let reported = if name.ends_with("xes") {
                let reader = Reader { vocabulary: &vocabulary, file, dialect: Dialect::Ocel, objects: None };
                xes::read(reader, text, source.lines(), Some(""), &mut intake, progress)
            } else {
                Tables::new(&vocabulary, &columns, None, progress, Books::default()).read(
                    file,
                    source,
                    &mut intake,
                )
            };
            assert_eq!(SEEN.now().1, u64::try_from(reported).unwrap(), "{name}");
            assert!(reported <= text.len(), "{name}");
            assert!(reported + 30 > text.len(), "{name}: all but the head is reported on the way");
        }
    }
}
