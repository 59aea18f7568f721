//! Rules and logs named on the command line, read and checked: shared by every command that needs them.

use std::io::{Read as _, Write};
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use clap::Args;

use super::CliError;
use super::common::{date, read_all, read_text};
use super::log_files::{self, LogFile};
use super::talk;
use super::terminal::Screen;
use crate::check;
use crate::container;
use crate::diagnostic::{Diagnostic, nearest};
use crate::library::{self, Loaded, Wanted};
use crate::plan::Plan;
use crate::progress::Stage;
use crate::render::pretty;
use crate::source::{FileId, SourceMap};

/// `--rules`, `--param`: which rules, with which parameters.
#[derive(Args, Debug, Default)]
pub(super) struct RulesOption {
    /// 规则：内置的名称（平桥、pingqiao …），或规则文件、文件夹；缺省看日志首行的「规则集」
    #[arg(long = "rules", value_name = "名称或路径", alias = "规则")]
    pub rules: Option<String>,
    /// 一并给出的规则文件或文件夹（被继承、引用的，或按名称要检查的）
    #[arg(long = "with", value_name = "路径")]
    pub with: Vec<PathBuf>,
    /// 设参数：归档期限=30日、及时=3个工作日（可重复）
    #[arg(long = "param", value_name = "名=值", alias = "参数")]
    pub parameters: Vec<String>,
}

impl RulesOption {
    /// Loads the rules; `header`: the rule set the log names, if nothing was given. Problems are printed
    /// (warnings too) to `err`; errors end the command.
    pub fn load(
        &self,
        sources: &mut SourceMap,
        header: Option<&str>,
        screen: &Screen,
        err: &mut dyn Write,
    ) -> Result<(Loaded, Plan), CliError> {
        let wanted = self.rules.as_deref().or(header).ok_or_else(|| {
            let names: Vec<String> = library::builtin_names().into_iter().map(|(name, _)| name).collect();
            CliError::usage("没有说用哪套规则", format!("加上 --rules，如 --rules {}", names.join("、")))
        })?;
        let loaded = self.open(sources, wanted)?;
        let (errors, warnings): (Vec<Diagnostic>, Vec<Diagnostic>) =
            loaded.problems.iter().cloned().partition(Diagnostic::is_error);
        if !errors.is_empty() {
            let all = loaded.problems.clone();
            return Err(CliError::Faulty { sources: std::mem::take(sources), diagnostics: all });
        }
        if !warnings.is_empty() && !talk::quiet() {
            pretty::diagnostics(err, sources, &warnings, &screen.pretty())?;
        }
        let Some(mut plan) = loaded.plan.clone() else {
            return Err(CliError::usage("规则没有编好", "用 zhunsheng show 看哪里不对"));
        };
        for parameter in &self.parameters {
            check::set_parameter(&mut plan, parameter)
                .map_err(|bad| CliError::Usage { message: bad.message, help: bad.help })?;
        }
        Ok((loaded, plan))
    }

    /// Loads without looking at problems.
    pub fn open(&self, sources: &mut SourceMap, wanted: &str) -> Result<Loaded, CliError> {
        let mut others = Vec::new();
        for path in &self.with {
            let files = read_all(sources, std::slice::from_ref(path), &["rule"])?;
            others.extend(library::separate(sources, &files));
        }
        if let Some(files) = library::named(sources, &others, wanted).map(<[_]>::to_vec)
            && let Some(loaded) = library::load(sources, &Wanted::Files(&files), &others)
        {
            return Ok(loaded);
        }
        if let Some(loaded) = library::load(sources, &Wanted::Builtin(wanted), &others) {
            return Ok(loaded);
        }
        let path = Path::new(wanted);
        if !path.exists() {
            let names = library::builtin_names();
            let known = names.iter().flat_map(|(name, folder)| [name.as_str(), folder.as_str()]);
            let help = match nearest(wanted, known) {
                Some(near) => format!("你是不是要写「{near}」"),
                None => {
                    let list: Vec<String> = names.iter().map(|(name, _)| name.clone()).collect();
                    format!("内置的有：{}；自己的规则给文件或文件夹的路径", list.join("、"))
                }
            };
            return Err(CliError::usage(format!("没有叫「{wanted}」的规则集，也没有这个文件"), help));
        }
        let files = read_all(sources, &[path.to_owned()], &["rule"])?;
        // 同一文件夹里的别的规则文件，可能是它要继承的。
        if path.is_file()
            && let Some(folder) = path.parent()
        {
            others.extend(siblings(sources, folder, path));
        }
        library::load(sources, &Wanted::Files(&files), &others)
            .ok_or_else(|| CliError::usage(format!("「{wanted}」里没有规则"), "看看路径是不是写错了"))
    }
}

/// The rule asked for is not there: it was repealed, or mistyped, or else `otherwise`.
pub(super) fn no_such_rule(loaded: &Loaded, plan: &Plan, id: &str, otherwise: &str) -> CliError {
    let known = plan.rules.iter().map(|rule| rule.id.as_str());
    let help = match (loaded.repealed(id), nearest(id, known)) {
        (Some(repealed), _) => repealed,
        (None, Some(near)) => format!("你是不是要写「{near}」"),
        (None, None) => otherwise.to_owned(),
    };
    CliError::usage(format!("规则集「{}」没有编号「{id}」", plan.policy_name), help)
}

/// The other rule files of a folder, one set a file. What cannot be read takes no part.
fn siblings(sources: &mut SourceMap, folder: &Path, except: &Path) -> Vec<Vec<FileId>> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.retain(|path| {
        let rule = path.extension().is_some_and(|extension| extension == "rule");
        rule && path.is_file() && path.file_name() != except.file_name()
    });
    paths.sort();
    let read = |path: &PathBuf| Some(vec![sources.add(path.display().to_string(), read_text(path).ok()?)]);
    paths.iter().filter_map(read).collect()
}

/// Reads log files, folders of them, wildcards, or `-` for standard input: whatever [`container`] can open. Each file
/// is read once. Files that cannot be used are all named before the command ends; what is doubtful about the others
/// is said on `err`.
pub(super) fn read_logs(
    sources: &mut SourceMap,
    paths: &[PathBuf],
    err: &mut dyn Write,
) -> Result<Vec<FileId>, CliError> {
    let mut files = Vec::new();
    let mut warnings = Vec::new();
    let mut bad = Vec::new();
    let mut unread = Vec::new();
    talk::progress().begin(Stage::Load, 0);
    let watch = talk::watch();
    let mut silence = std::io::sink();
    let hints: &mut dyn Write = if talk::quiet() { &mut silence } else { &mut *err };
    for file in log_files::find(paths, hints)? {
        let (name, bytes) = match &file {
            LogFile::Stdin => {
                let mut bytes = Vec::new();
                ("<stdin>".to_owned(), std::io::stdin().read_to_end(&mut bytes).map(|_| bytes))
            }
            LogFile::Path(path) => (path.display().to_string(), std::fs::read(path)),
        };
        let opened = match bytes {
            Ok(bytes) => {
                talk::note(|| format!("读 {name}：{} 字节", bytes.len()));
                container::open(&name, bytes)
            }
            Err(error) => {
                unread.push(CliError::Read { path: PathBuf::from(name), error });
                continue;
            }
        };
        match opened {
            Ok(parts) => files.extend(parts.into_iter().map(|part| {
                warnings.extend(part.warnings);
                sources.add_part(part.name, part.text, part.container)
            })),
            Err(problems) => bad.extend(problems),
        }
    }
    talk::progress().begin(Stage::Idle, 0);
    drop(watch);
    if !bad.is_empty() {
        unread.push(CliError::Faulty { sources: std::mem::take(sources), diagnostics: bad });
    }
    if unread.len() > 1 {
        return Err(CliError::Several(unread));
    }
    if let Some(one) = unread.pop() {
        return Err(one);
    }
    if !warnings.is_empty() && !talk::quiet() {
        pretty::diagnostics(err, sources, &warnings, &Screen::detect(true).pretty())?;
    }
    Ok(files)
}

/// `2025-01-01..2025-12-31`: first and last day, inclusive.
pub(super) fn coverage(text: &str) -> Result<(NaiveDate, NaiveDate), String> {
    let help = "写作 起..止，如 2025-01-01..2025-12-31";
    let (from, to) = text.split_once("..").ok_or_else(|| format!("「{text}」不是期间；{help}"))?;
    let (from, to) = (date(from.trim())?, date(to.trim())?);
    if to < from {
        return Err(format!("覆盖期间的止（{to}）早于起（{from}）；{help}"));
    }
    Ok((from, to))
}
