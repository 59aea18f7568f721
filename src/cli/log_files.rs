//! Log files named on the command line: files, folders, wildcards, `-` → the files to read, each once, in order.
//! Takes the words as given; reads folders, not files. What was left out is said on the error stream.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::CliError;

/// Endings of logs and ledgers in a folder; each may be followed by one of [`PACKED`].
const ENDINGS: [&str; 17] = [
    ".jsonl",
    ".ndjson",
    ".json",
    ".yaml",
    ".yml",
    ".jsonocel",
    ".xmlocel",
    ".xml",
    ".xes",
    ".sqlite",
    ".db",
    ".csv",
    ".tsv",
    ".xlsx",
    ".xls",
    ".ods",
    ".xlsm",
];

/// Endings of compressed files.
const PACKED: [&str; 2] = [".gz", ".zst"];

/// Where a log comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum LogFile {
    Stdin,
    /// Path as given, or as found in a folder that was given.
    Path(PathBuf),
}

/// What the words name. A name with `*`, `?` or `[` that is no file is a pattern; one that fits nothing is a mistake.
/// A file named twice is read once. Office's lock files (`~$…`) are left out.
pub(super) fn find(words: &[PathBuf], err: &mut dyn Write) -> Result<Vec<LogFile>, CliError> {
    let mut found: Vec<LogFile> = Vec::new();
    // 真实路径 → 第一次怎样写的。
    let mut seen: Vec<(PathBuf, PathBuf)> = Vec::new();
    for word in words {
        if word.as_os_str() == "-" {
            if found.contains(&LogFile::Stdin) {
                writeln!(err, "提示：「-」写了两次，标准输入只读一次")?;
            } else {
                found.push(LogFile::Stdin);
            }
            continue;
        }
        for path in expand(word)? {
            let files = if path.is_dir() { inside(&path)? } else { vec![path] };
            for file in files {
                if is_lock(&file) {
                    let shown = file.display();
                    writeln!(err, "提示：跳过「{shown}」：Office 打开文件时的临时文件，不是台账")?;
                    continue;
                }
                // 认不出真实路径的（没有这个文件），留给读的时候报。
                let real = std::fs::canonicalize(&file).unwrap_or_else(|_| file.clone());
                match seen.iter().find(|(known, _)| *known == real) {
                    Some((_, first)) if *first == file => {
                        writeln!(err, "提示：「{}」给了两次，只读一次", file.display())?;
                    }
                    Some((_, first)) => writeln!(
                        err,
                        "提示：「{}」就是「{}」，同一个文件只读一次",
                        file.display(),
                        first.display()
                    )?,
                    None => {
                        seen.push((real, file.clone()));
                        found.push(LogFile::Path(file));
                    }
                }
            }
        }
    }
    if found.is_empty() {
        return Err(CliError::usage("给的都是临时文件，没有日志", "关掉 Excel 或 WPS，给台账本身"));
    }
    Ok(found)
}

/// A pattern's files in name order; any other word as it stands.
fn expand(word: &Path) -> Result<Vec<PathBuf>, CliError> {
    let Some(pattern) = word.to_str().filter(|text| text.contains(['*', '?', '[']) && !word.exists()) else {
        return Ok(vec![word.to_owned()]);
    };
    let options = glob::MatchOptions { require_literal_leading_dot: true, ..glob::MatchOptions::new() };
    let bad = |error: glob::PatternError| {
        let message = format!("「{pattern}」不是通配的写法（第 {} 个字）", error.pos + 1);
        CliError::usage(message, "* 代表任意几个字，? 代表一个字，[甲乙] 代表其中一个；方括号要成对")
    };
    let mut files = Vec::new();
    for file in glob::glob_with(pattern, options).map_err(bad)? {
        files.push(
            file.map_err(|error| CliError::Read { path: error.path().to_owned(), error: error.into() })?,
        );
    }
    files.sort();
    if files.is_empty() {
        return Err(CliError::usage(
            format!("没有文件与「{pattern}」相符"),
            "看看路径是不是写错了；* 不含下级文件夹，要含写 **",
        ));
    }
    Ok(files)
}

/// The logs in a folder, in name order; not those in folders of it, not hidden ones.
fn inside(folder: &Path) -> Result<Vec<PathBuf>, CliError> {
    let refused = |error| CliError::Read { path: folder.to_owned(), error };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(refused)? {
        let path = entry.map_err(refused)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
        if !name.starts_with('.') && is_log(&name) && !is_lock(&path) && path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    if files.is_empty() {
        let message = format!("文件夹「{}」里没有日志或台账", folder.display());
        let known = ENDINGS.join(" ");
        return Err(CliError::usage(
            message,
            format!("认得的文件：{known}，及它们的 .gz、.zst；不看下级文件夹"),
        ));
    }
    Ok(files)
}

/// By a name in lower case.
fn is_log(name: &str) -> bool {
    let name = PACKED.iter().find_map(|packed| name.strip_suffix(packed)).unwrap_or(name);
    ENDINGS.iter().any(|ending| name.len() > ending.len() && name.ends_with(ending))
}

fn is_lock(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("~$"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_tell_logs_in_a_folder() {
        for name in ["台账.xlsx", "a.jsonl.gz", "b.xes.zst", "c.csv", "2025.db"] {
            assert!(is_log(name), "{name}");
        }
        for name in ["说明.docx", ".gz", "a.gz", "xlsx", ".csv", "a.md"] {
            assert!(!is_log(name), "{name}");
        }
        assert!(is_lock(Path::new("甲/~$台账.xlsx")) && !is_lock(Path::new("~$甲/台账.xlsx")));
    }
}
