//! `--format json`: one document, schema `zhunsheng.findings/1` (contract §4).
//! Keys in the contract's order; additions come last. Written as a stream, two spaces per level,
//! byte for byte the same for the same report. `jsonl` shares the pieces.

use std::borrow::Cow;
use std::io::{self, Write};

use chrono::NaiveDate;
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::mask::mask;
use super::subject::{ColumnValue, Columns};
use crate::diagnostic::Diagnostic;
use crate::finding::{Asked, FileInfo, Finding, Inputs, Remark, Report, Summary, Verdict};
use crate::program::Program;
use crate::source::{FileId, SourceMap};

/// What the JSON formats can be told.
#[derive(Clone, Copy, Debug, Default)]
pub struct JsonOptions<'a> {
    /// Hide identity-card and mobile numbers in every text.
    pub mask: bool,
    /// Log lines left out under `--lenient`, with what was wrong; listed as `skipped`.
    pub skipped: &'a [Diagnostic],
}

/// Writes the whole document and a final newline.
pub fn write(
    out: &mut dyn Write,
    sources: &SourceMap,
    report: &Report,
    options: &JsonOptions<'_>,
) -> io::Result<()> {
    let view = View { sources, report, options };
    serde_json::to_writer_pretty(&mut *out, &Document(view))?;
    writeln!(out)
}

/// A report together with what is needed to show it.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub sources: &'a SourceMap,
    pub report: &'a Report,
    pub options: &'a JsonOptions<'a>,
}

impl<'a> View<'a> {
    fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if self.options.mask { mask(text) } else { Cow::Borrowed(text) }
    }

    /// Places in order, each once.
    fn locations(&self, places: impl Iterator<Item = (FileId, u32)>) -> Vec<Location<'a>> {
        let mut seen: Vec<(FileId, u32)> = Vec::new();
        for place in places {
            if !seen.contains(&place) {
                seen.push(place);
            }
        }
        let path = |file| self.sources.file(file).name();
        seen.into_iter().map(|(file, line)| Location { path: path(file), line }).collect()
    }

    /// Everything before `findings`.
    fn head<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        let report = self.report;
        map.serialize_entry("schema", "zhunsheng.findings/1")?;
        map.serialize_entry("policy", &Policy { name: &report.policy_name, sha256: &report.policy_sha256 })?;
        map.serialize_entry("calendar", &Digest { sha256: &report.calendar_sha256 })?;
        let logs = report.logs.iter().map(|log| Log {
            path: &log.path,
            sha256: &log.sha256,
            events: log.events,
            entities: log.entities,
        });
        map.serialize_entry("logs", &logs.collect::<Vec<_>>())?;
        map.serialize_entry("as_of", &report.as_of.to_string())?;
        let coverage = report.coverage.map(|(first, last)| [first.to_string(), last.to_string()]);
        map.serialize_entry("coverage", &coverage)?;
        map.serialize_entry("summary", &Totals(&report.summary))
    }

    /// Everything after `findings`.
    fn tail<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        let warnings = self.report.warnings.iter().map(|remark| self.warning(remark));
        map.serialize_entry("warnings", &warnings.collect::<Vec<_>>())?;
        if !self.options.skipped.is_empty() {
            map.serialize_entry("skipped", &self.skipped())?;
        }
        self.asked(map)
    }

    /// What the caller asked for that changes the findings; each key only when it was given.
    fn asked<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        let asked = &self.report.asked;
        if !asked.parameters.is_empty() {
            map.serialize_entry("parameters", &Words(&asked.parameters))?;
        }
        if let Some(day) = asked.policy_as_of {
            map.serialize_entry("policy_as_of", &date(day))?;
        }
        if let Some(only) = &asked.only {
            map.serialize_entry("only", only)?;
        }
        if !asked.waivers.is_empty() {
            map.serialize_entry("waivers", &files(&asked.waivers))?;
            map.serialize_entry("waived", &self.report.waived())?;
        }
        map.serialize_entry("program", &ProgramKey(&self.report.program))?;
        match &asked.inputs {
            Some(inputs) => map.serialize_entry("inputs", &Call { inputs, asked }),
            None => Ok(()),
        }
    }

    fn skipped(&self) -> Vec<Skipped<'_>> {
        let skipped = self.options.skipped.iter().map(|diagnostic| Skipped {
            code: diagnostic.code,
            message: self.text(&diagnostic.message),
            locations: self.locations(diagnostic.primary().into_iter().map(|span| {
                (span.file, u32::try_from(self.sources.position(span).line).unwrap_or(u32::MAX))
            })),
        });
        skipped.collect()
    }

    fn warning(&self, remark: &'a Remark) -> Warning<'a> {
        let places = remark.origins.iter().map(|origin| (origin.file, origin.line));
        Warning { message: self.text(&remark.message), locations: self.locations(places) }
    }
}

struct Document<'a>(View<'a>);

impl Serialize for Document<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        self.0.head(&mut map)?;
        map.serialize_entry("findings", &Findings(self.0))?;
        self.0.tail(&mut map)?;
        map.end()
    }
}

/// The document without its findings: first line of `jsonl`.
pub(super) struct Header<'a>(pub View<'a>);

impl Serialize for Header<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        self.0.head(&mut map)?;
        self.0.tail(&mut map)?;
        map.end()
    }
}

struct Findings<'a>(View<'a>);

impl Serialize for Findings<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let view = self.0;
        serializer.collect_seq(view.report.findings.iter().map(|finding| One { view, finding }))
    }
}

/// One finding.
pub(super) struct One<'a> {
    pub view: View<'a>,
    pub finding: &'a Finding,
}

impl Serialize for One<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { view, finding } = self;
        let evidence: Vec<_> = finding.evidence.iter().map(|evidence| view.text(&evidence.event)).collect();
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("rule", &finding.rule)?;
        map.serialize_entry("verdict", finding.verdict.key())?;
        map.serialize_entry("kind", &finding.kind.map(|kind| kind.key()))?;
        map.serialize_entry("severity", finding.severity.key())?;
        map.serialize_entry("subject", &view.subject(finding))?;
        map.serialize_entry("citation", &finding.citation)?;
        map.serialize_entry("liability", &finding.liability)?;
        map.serialize_entry("tags", &finding.tags)?;
        map.serialize_entry(
            "trigger",
            &finding.trigger.as_ref().map(|trigger| Trigger {
                event: view.text(&trigger.event),
                kind: &trigger.event_type,
                time: trigger.moment.to_string(),
            }),
        )?;
        map.serialize_entry("deadline", &finding.deadline.map(date))?;
        map.serialize_entry("completed", &finding.completed.map(date))?;
        map.serialize_entry("workdays_late", &finding.workdays_late)?;
        map.serialize_entry("provisional", &finding.provisional)?;
        map.serialize_entry("message", &view.text(&finding.message))?;
        map.serialize_entry("evidence", &evidence)?;
        map.serialize_entry("locations", &view.places(finding))?;
        map.serialize_entry("reason", &finding.reason.as_deref().map(|text| view.text(text)))?;
        map.serialize_entry("title", &finding.title)?;
        map.serialize_entry("remedy", &finding.remedy.as_deref().map(|text| view.text(text)))?;
        if let Some(waived) = &finding.waived {
            map.serialize_entry(
                "waived",
                &Waiver {
                    approver: view.text(&waived.approver),
                    reason: view.text(&waived.reason),
                    from: date(waived.from),
                    to: date(waived.to),
                },
            )?;
        }
        map.serialize_entry("document", &finding.document)?;
        map.end()
    }
}

impl View<'_> {
    fn subject<'f>(&self, finding: &'f Finding) -> Columns<'f> {
        let masked = |value| match value {
            ColumnValue::Text(text) if self.options.mask => {
                ColumnValue::Text(mask(&text).into_owned().into())
            }
            ColumnValue::Text(_) | ColumnValue::Year(_) => value,
        };
        Columns(finding.subject.0.iter().map(|(key, value)| (key.as_str(), masked(value.into()))).collect())
    }

    /// Where the evidence is; without evidence, where the subject's records are.
    fn places(&self, finding: &Finding) -> Vec<Location<'_>> {
        if finding.evidence.is_empty() {
            self.locations(finding.origins.iter().map(|origin| (origin.file, origin.line)))
        } else {
            let origins = finding.evidence.iter().map(|evidence| evidence.origin);
            self.locations(origins.map(|origin| (origin.file, origin.line)))
        }
    }
}

fn date(date: NaiveDate) -> String {
    date.to_string()
}

struct Totals<'a>(&'a Summary);

impl Serialize for Totals<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(Verdict::ALL.into_iter().map(|verdict| (verdict.key(), self.0.get(verdict))))
    }
}

/// Names and words, in order.
struct Words<'a>(&'a [(String, String)]);

impl Serialize for Words<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, word)| (name, word)))
    }
}

struct ProgramKey<'a>(&'a Program);

impl Serialize for ProgramKey<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Program { name, version, sha256, engine_sha256 } = self.0;
        let entries =
            [("name", name), ("version", version), ("sha256", sha256), ("engine_sha256", engine_sha256)];
        serializer.collect_map(entries)
    }
}

fn files(files: &[FileInfo]) -> Vec<File<'_>> {
    files.iter().map(|file| File { path: &file.path, sha256: &file.sha256 }).collect()
}

/// The call as it was written. Every key is always there, so that a reader need not guess defaults.
struct Call<'a> {
    inputs: &'a Inputs,
    asked: &'a Asked,
}

impl Serialize for Call<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let inputs = self.inputs;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("logs", &inputs.logs)?;
        map.serialize_entry("rules", &inputs.rules)?;
        map.serialize_entry("with", &inputs.with)?;
        map.serialize_entry("rule_files", &files(&inputs.rule_files))?;
        map.serialize_entry("rule_sums", &Words(&inputs.rule_sums))?;
        map.serialize_entry("parameters", &inputs.parameters)?;
        map.serialize_entry("calendars", &inputs.calendars)?;
        map.serialize_entry("calendar_files", &files(&inputs.calendar_files))?;
        map.serialize_entry("columns", &files(&inputs.columns))?;
        map.serialize_entry("year", &inputs.year)?;
        map.serialize_entry("waivers", &inputs.waivers)?;
        map.serialize_entry("as_of", self.asked.as_of_from.key())?;
        map.serialize_entry("coverage", self.asked.coverage_from.key())?;
        map.serialize_entry("all", &inputs.all)?;
        map.serialize_entry("lenient", &inputs.lenient)?;
        map.serialize_entry("max_errors", &inputs.max_errors)?;
        map.serialize_entry("mask", &inputs.mask)?;
        map.end()
    }
}

#[derive(serde::Serialize)]
struct File<'a> {
    path: &'a str,
    sha256: &'a str,
}

/// Only on findings that a waiver covers.
#[derive(serde::Serialize)]
struct Waiver<'a> {
    approver: Cow<'a, str>,
    reason: Cow<'a, str>,
    from: String,
    to: String,
}

#[derive(serde::Serialize)]
struct Policy<'a> {
    name: &'a str,
    sha256: &'a str,
}

#[derive(serde::Serialize)]
struct Digest<'a> {
    sha256: &'a str,
}

#[derive(serde::Serialize)]
struct Log<'a> {
    path: &'a str,
    sha256: &'a str,
    events: usize,
    entities: usize,
}

#[derive(serde::Serialize)]
struct Trigger<'a> {
    event: Cow<'a, str>,
    #[serde(rename = "type")]
    kind: &'a str,
    time: String,
}

#[derive(serde::Serialize)]
struct Location<'a> {
    path: &'a str,
    line: u32,
}

#[derive(serde::Serialize)]
struct Warning<'a> {
    message: Cow<'a, str>,
    locations: Vec<Location<'a>>,
}

#[derive(serde::Serialize)]
struct Skipped<'a> {
    code: &'a str,
    message: Cow<'a, str>,
    locations: Vec<Location<'a>>,
}
