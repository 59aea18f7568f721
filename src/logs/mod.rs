//! Logs → [`History`]: JSONL, YAML, OCEL 2.0 JSON, the same history whichever way it is written.
//! Takes loaded texts and the vocabulary; gives the history, what the logs say of themselves, and every problem
//! at once, each at the exact characters. Knows no domain word; reads no disk and no clock.
//!
//! ```text
//! text ─ jsonl | yaml | ocel ─▶ Map ─ record, value, time ─▶ Batch ─ intake ─▶ HistoryBuilder ─▶ History
//! ```

mod format;
mod header;
mod intake;
mod json;
mod json_slip;
mod jsonl;
mod locate;
mod node;
mod ocel;
mod problem;
mod record;
mod time;
mod value;
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
pub use header::{LogHeader, peek_policy};
pub use intake::FileCount;
pub use problem::encoding;

use intake::{Intake, Limited};
use locate::Locator;
use problem::{Mistake, Problem, ShapeSlip};
use record::Reader;
use value::Dialect;

/// How to read.
#[derive(Clone, Copy, Debug)]
pub struct ReadOptions {
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
    /// Told how many bytes are read.
    pub progress: Progress,
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
    options: &ReadOptions,
) -> LogReading {
    let mut intake = Intake::new(vocabulary, options.lenient, options.max_errors);
    let mut formats = Vec::with_capacity(files.len());
    let progress = options.progress;
    let bytes = |length: usize| u64::try_from(length).unwrap_or(u64::MAX);
    progress.begin(Stage::Read, files.iter().map(|file| bytes(sources.file(*file).text().len())).sum());
    for &file in files {
        let source = sources.file(file);
        let text = source.text();
        let format = options.format.unwrap_or_else(|| LogFormat::detect(source.name(), text));
        formats.push((file, format));
        intake.begin(file);
        if text.trim_start().is_empty() {
            intake.problem(Problem::fatal(Span::new(file, 0, 0), Mistake::Shape(ShapeSlip::Empty)));
            continue;
        }
        let reader = |dialect| Reader { vocabulary, file, dialect };
        match format {
            LogFormat::Jsonl => jsonl::read(reader(Dialect::Json), text, &mut intake, progress),
            LogFormat::Yaml => yaml::read(reader(Dialect::Yaml), text, source.lines(), &mut intake),
            LogFormat::Ocel => ocel::read(reader(Dialect::Ocel), text, source.lines(), &mut intake),
        }
        match format {
            LogFormat::Jsonl => {}
            LogFormat::Yaml | LogFormat::Ocel => progress.add(bytes(text.len())),
        }
    }
    progress.begin(Stage::Arrange, 0);
    finish(sources, &formats, vocabulary, options, intake)
}

fn finish(
    sources: &SourceMap,
    formats: &[(FileId, LogFormat)],
    vocabulary: &Vocabulary,
    options: &ReadOptions,
    mut intake: Intake<'_>,
) -> LogReading {
    let (header, conflicts) = header::merge(std::mem::take(&mut intake.headers), options.as_of.is_some());
    for problem in conflicts {
        intake.problem(problem);
    }
    let as_of = options.as_of.or(header.as_of).unwrap_or(options.today);
    let recorded = intake.recorded();
    let Intake { mut builder, counts, mut errors, mut skips, mut skipped, .. } = intake;
    if let Some(recorded) = recorded {
        builder.records_only(&recorded);
    }
    let finished = builder.finish(as_of, options.max_errors);
    let locator = Locator { sources, formats, vocabulary, history: &finished.history };
    let list = if options.lenient { &mut skips } else { &mut errors };
    list.total += finished.problem_count;
    list.listed.extend(finished.problems.iter().map(|problem| locator.problem(problem)));
    if options.lenient {
        skipped += finished.bad_records;
    }
    let remarks = remarks(&finished.disagreements, options.max_errors);
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
