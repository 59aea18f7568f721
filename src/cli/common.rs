//! What several subcommands share: reading files, opening a calendar, reading dates, printing diagnostics.

use std::borrow::Cow;
use std::io;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use clap::Args;

use super::{CliError, clock, talk};
use crate::calendar::{BadDate, Calendar, parse_date, parse_date_loosely};
use crate::finding::FileInfo;
use crate::logs;
use crate::source::{self, FileId, SourceMap};

/// `--calendar`, for every command that counts workdays.
#[derive(Args, Debug)]
pub(super) struct CalendarOption {
    /// 另加的日历文件或文件夹（别的年份、地区安排）
    #[arg(long = "calendar", value_name = "路径")]
    pub paths: Vec<PathBuf>,
}

/// A calendar to count with, and what is doubtful about the files it was read from.
pub(super) struct OpenCalendar {
    pub calendar: Cow<'static, Calendar>,
    pub warnings: usize,
    /// The given files.
    pub files: Vec<FileInfo>,
}

impl CalendarOption {
    /// The built-in calendar, with the given files on top.
    pub fn open(&self) -> Result<OpenCalendar, CliError> {
        if self.paths.is_empty() {
            let calendar = Cow::Borrowed(Calendar::builtin());
            return Ok(OpenCalendar { calendar, warnings: 0, files: Vec::new() });
        }
        let mut sources = SourceMap::new();
        let files = read_all(&mut sources, &self.paths, &["yaml", "yml"])?;
        match Calendar::load(&sources, &files, Some(Calendar::builtin())) {
            (Some(calendar), diagnostics) => Ok(OpenCalendar {
                calendar: Cow::Owned(calendar),
                warnings: diagnostics.len(),
                files: files.iter().map(|file| file_info(&sources, *file)).collect(),
            }),
            (None, diagnostics) => Err(CliError::Faulty { sources, diagnostics }),
        }
    }
}

/// A file that took part, by the name it was read under.
pub(super) fn file_info(sources: &SourceMap, file: FileId) -> FileInfo {
    let (path, sha256) = sources.file(file).on_disk();
    FileInfo { path, sha256 }
}

/// Reads files, and all files with one of the extensions in folders, in name order.
pub(super) fn read_all(
    sources: &mut SourceMap,
    paths: &[PathBuf],
    extensions: &[&str],
) -> Result<Vec<FileId>, CliError> {
    let mut found = Vec::new();
    for path in paths {
        let before = found.len();
        if path.is_dir() {
            collect(path, extensions, &mut found)?;
            if found.len() == before {
                let message = format!("文件夹「{}」里没有 .{} 文件", path.display(), extensions.join("、."));
                return Err(CliError::usage(message, "看看路径是不是写错了"));
            }
        } else {
            found.push(path.clone());
        }
    }
    let read = |path: &PathBuf| Ok(sources.add(path.display().to_string(), read_text(path)?));
    found.iter().map(read).collect()
}

/// Text of a file, UTF-8 or GB18030.
pub(super) fn read_text(path: &Path) -> Result<String, CliError> {
    let bytes = std::fs::read(path).map_err(|error| CliError::Read { path: path.to_owned(), error })?;
    talk::note(|| format!("读 {}：{} 字节", path.display(), bytes.len()));
    source::decode(bytes).map_err(|problem| CliError::Faulty {
        sources: SourceMap::new(),
        diagnostics: vec![logs::encoding(&path.display().to_string(), &problem)],
    })
}

fn collect(folder: &Path, extensions: &[&str], found: &mut Vec<PathBuf>) -> Result<(), CliError> {
    let refused = |error| CliError::Read { path: folder.to_owned(), error };
    let entries =
        std::fs::read_dir(folder).and_then(Iterator::collect::<io::Result<Vec<_>>>).map_err(refused)?;
    let mut paths: Vec<PathBuf> = entries.iter().map(std::fs::DirEntry::path).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            collect(&path, extensions, found)?;
        } else if path.extension().is_some_and(|one| extensions.iter().any(|known| one == *known)) {
            found.push(path);
        }
    }
    Ok(())
}

/// A date on the command line: `2025-09-26`, the looser ways people write it, or 今天.
pub(super) fn date(text: &str) -> Result<NaiveDate, String> {
    if text.trim() == "今天" {
        return Ok(clock::today());
    }
    let read = parse_date(text).or_else(|why| parse_date_loosely(text).ok_or(why));
    read.map_err(|why| match why {
        BadDate::Form => {
            format!("「{text}」不是日期；写作 2025-09-26，也可以写 2025年9月26日、20250926、今天")
        }
        BadDate::Month(_) | BadDate::Day { .. } => format!("「{text}」不是日期：{why}"),
    })
}
