//! `zhunsheng test`: runs case pages; `--update` rewrites their tables as they come out.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use super::common::CalendarOption;
use super::inputs::RulesOption;
use super::{CliError, FAILED};
use crate::cases::{self, Page};
use crate::library::Loaded;
use crate::source::SourceMap;

#[derive(Args)]
#[command(after_help = "例：
  zhunsheng test tests/cases                          跑一个文件夹的用例
  zhunsheng test --rules 本地.rule 我的用例/           用自己的规则
  zhunsheng test --with 我的规则/ 我的用例/            页里的「规则：」写自己规则集的名称
  zhunsheng test --update 我的用例/一条.md            照实际结果改写期望的表，再逐行看过
退出码：0 全部符合；1 有不符；2 规则或用例写错")]
pub(super) struct TestArgs {
    /// 用例页（.md）或装用例的文件夹
    #[arg(value_name = "用例", required = true)]
    pages: Vec<PathBuf>,
    #[command(flatten)]
    rules: RulesOption,
    /// 照实际结果改写期望的表
    #[arg(long)]
    update: bool,
    #[command(flatten)]
    calendar: CalendarOption,
}

pub(super) fn run(args: &TestArgs, out: &mut dyn Write, err: &mut dyn Write) -> Result<ExitCode, CliError> {
    let calendar = args.calendar.open()?;
    let mut loaded: BTreeMap<String, Loaded> = BTreeMap::new();
    let (mut scenarios, mut failed, mut broken, mut updated) = (0, 0, 0, 0);
    for path in pages(&args.pages)? {
        let text =
            std::fs::read_to_string(&path).map_err(|error| CliError::Read { path: path.clone(), error })?;
        let name = path.display().to_string();
        let page: Page = match cases::read(&text) {
            Ok(page) => page,
            Err(bad) => {
                writeln!(err, "{name}:{}：{}", bad.line, bad.message)?;
                broken += 1;
                continue;
            }
        };
        let wanted = args.rules.rules.clone().unwrap_or_else(|| page.policy.clone());
        if !loaded.contains_key(&wanted) {
            let mut sources = SourceMap::new();
            let one = args.rules.open(&mut sources, &wanted)?;
            if one.plan.is_none() {
                return Err(CliError::Faulty { sources, diagnostics: one.problems });
            }
            loaded.insert(wanted.clone(), one);
        }
        let Some(rules) = loaded.get(&wanted) else { continue };
        let outcome = cases::run(&page, &text, &name, rules, &calendar.calendar);
        scenarios += outcome.scenarios;
        if args.update && outcome.rewritten != text {
            std::fs::write(&path, &outcome.rewritten)
                .map_err(|error| CliError::Save { path: path.clone(), error })?;
            writeln!(out, "改写 {name}")?;
            updated += 1;
            continue;
        }
        for failure in &outcome.failures {
            failed += 1;
            writeln!(out, "不符 {name}:{} {}", failure.line, failure.scenario)?;
            for detail in &failure.details {
                writeln!(out, "    {detail}")?;
            }
        }
    }
    writeln!(out, "{scenarios} 个情形，{} 个符合，{failed} 个不符。", scenarios - failed)?;
    if updated > 0 {
        writeln!(out, "改写了 {updated} 页，请逐行看过再提交。")?;
    }
    Ok(match (broken, failed) {
        (0, 0) => ExitCode::SUCCESS,
        (0, _) => ExitCode::from(1),
        (_, _) => ExitCode::from(FAILED),
    })
}

/// Pages in folders, in name order.
fn pages(paths: &[PathBuf]) -> Result<Vec<PathBuf>, CliError> {
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
