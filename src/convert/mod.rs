//! A history → a log in any format, so that reading it again gives the same history: JSONL, YAML, the three ways of
//! OCEL 2.0, XES, a table of records, a workbook. Takes what was read; writes bytes. One format, one file.
//! What a format has no place for goes into keys of our own, which other tools pass over.

mod csv;
mod jsonl;
mod ocel;
mod ocel_json;
mod ocel_sqlite;
mod ocel_xml;
mod record;
mod rules;
mod xes;
mod xlsx;
mod xml;
mod yaml;

use std::io::{self, Write};

use crate::history::History;
use crate::logs::LogHeader;
use crate::vocabulary::Vocabulary;

pub use rules::vocabulary;

/// A way to write a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    Jsonl,
    Yaml,
    OcelJson,
    OcelXml,
    OcelSqlite,
    Xes,
    Csv,
    Xlsx,
}

impl Target {
    /// By the end of a file's name, without `.gz`.
    pub fn of_name(name: &str) -> Option<Self> {
        const ENDINGS: [(&str, Target); 14] = [
            (".jsonl", Target::Jsonl),
            (".ndjson", Target::Jsonl),
            (".yaml", Target::Yaml),
            (".yml", Target::Yaml),
            (".jsonocel", Target::OcelJson),
            (".json", Target::OcelJson),
            (".xmlocel", Target::OcelXml),
            (".xml", Target::OcelXml),
            (".sqlite", Target::OcelSqlite),
            (".sqlite3", Target::OcelSqlite),
            (".db", Target::OcelSqlite),
            (".xes", Target::Xes),
            (".csv", Target::Csv),
            (".xlsx", Target::Xlsx),
        ];
        let name = name.to_ascii_lowercase();
        let name = name.strip_suffix(".gz").unwrap_or(&name);
        ENDINGS.iter().find(|(ending, _)| name.ends_with(ending)).map(|(_, target)| *target)
    }
}

/// What is written: everything a log says.
#[derive(Clone, Copy, Debug)]
pub struct Log<'l> {
    pub vocabulary: &'l Vocabulary,
    /// Finished as of a date so late that nothing is cut off.
    pub history: &'l History,
    pub header: &'l LogHeader,
    /// XES: the entity type of the traces; `None` = the one most events lead to.
    pub case: Option<&'l str>,
}

/// Writes a log. Fails when `out` does, or when the format cannot hold it (a sheet too long).
pub fn write(out: &mut dyn Write, target: Target, log: &Log<'_>) -> io::Result<()> {
    match target {
        Target::Jsonl => jsonl::write(out, log),
        Target::Yaml => yaml::write(out, log),
        Target::OcelJson => ocel_json::write(out, log),
        Target::OcelXml => ocel_xml::write(out, log),
        Target::OcelSqlite => ocel_sqlite::write(out, log),
        Target::Xes => xes::write(out, log),
        Target::Csv => csv::write(out, log),
        Target::Xlsx => xlsx::write(out, log),
    }
}
