//! Case pages named on the command line: found, read, made ready. Shared by `test` and `coverage`.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::CliError;
use super::common::read_text;
use super::inputs::RulesOption;
use crate::cases::{self, Page, ReadyPage};
use crate::library::Loaded;
use crate::plan::Plan;
use crate::source::SourceMap;

/// Pages in folders, in name order.
pub(super) fn find(paths: &[PathBuf]) -> Result<Vec<PathBuf>, CliError> {
    let mut found = Vec::new();
    for path in paths {
        let before = found.len();
        if path.is_dir() {
            collect(path, &mut found)?;
            if found.len() == before {
                let message = format!("文件夹「{}」里没有用例（.md）", path.display());
                return Err(CliError::usage(message, "看看路径是不是写错了"));
            }
        } else {
            found.push(path.clone());
        }
    }
    Ok(found)
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) -> Result<(), CliError> {
    let refused = |error| CliError::Read { path: folder.to_owned(), error };
    let mut entries = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(refused)? {
        entries.push(entry.map_err(refused)?.path());
    }
    entries.sort();
    for path in entries {
        if path.is_dir() {
            collect(&path, found)?;
        } else if path.extension().is_some_and(|extension| extension == "md") {
            found.push(path);
        }
    }
    Ok(())
}

/// The rules a page is for. Where they are not known, says which page named them and how to give them.
pub(super) fn rules(
    option: &RulesOption,
    sources: &mut SourceMap,
    wanted: &str,
    page: &str,
) -> Result<Loaded, CliError> {
    let mut opened = option.open(sources, wanted);
    if let Err(CliError::Usage { help, .. }) = &mut opened
        && option.rules.is_none()
    {
        help.push(format!("「{wanted}」写在 {page} 的「规则：」一行；是自己的规则，用 --rules 给出规则文件"));
        help.push("几套规则一起测的，用 --with 一并给出；页里写规则文件里「规则集」后面的名称".to_owned());
    }
    opened
}

/// A page, or a line about it on `err`.
pub(super) fn read(name: &str, text: &str, err: &mut dyn Write) -> Result<Option<Page>, CliError> {
    match cases::read(text) {
        Ok(page) => Ok(Some(page)),
        Err(bad) => {
            writeln!(err, "{name}:{}：{}", bad.line, bad.message)?;
            Ok(None)
        }
    }
}

/// Makes one page ready, or says on `err` what is wrong with its logs.
pub(super) fn make_ready(
    page: Page,
    name: String,
    plan: &Plan,
    err: &mut dyn Write,
) -> Result<Option<ReadyPage>, CliError> {
    match ReadyPage::read(page, name.clone(), &plan.vocabulary) {
        Ok(ready) => Ok(Some(ready)),
        Err((line, details)) => {
            for detail in details {
                writeln!(err, "{name}:{line}：{detail}")?;
            }
            Ok(None)
        }
    }
}

/// The pages of one rule set, ready to run; pages of other rule sets are left out. `None`: some page is
/// wrong, and `err` says how.
pub(super) fn ready(
    paths: &[PathBuf],
    plan: &Plan,
    policy: &str,
    err: &mut dyn Write,
) -> Result<Option<Vec<ReadyPage>>, CliError> {
    let mut pages = Vec::new();
    let mut sound = true;
    for path in find(paths)? {
        let name = path.display().to_string();
        let Some(page) = read(&name, &read_text(&path)?, err)? else {
            sound = false;
            continue;
        };
        if page.policy != policy {
            continue;
        }
        match make_ready(page, name, plan, err)? {
            Some(ready) => pages.push(ready),
            None => sound = false,
        }
    }
    Ok(sound.then_some(pages))
}
