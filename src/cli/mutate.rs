//! `zhunsheng test --mutate`: which changes to the rules no case page would notice.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::json;

use super::common::read_text;
use super::inputs::RulesOption;
use super::pages;
use super::{CliError, FAILED};
use crate::calendar::Calendar;
use crate::library;
use crate::mutation::{self, Equivalent, Mutation, Survivor};
use crate::source::{SourceMap, Span};

/// What was found for one rule set.
struct Tried {
    name: String,
    sources: SourceMap,
    pages: usize,
    mutation: Mutation,
    /// Where declarations of equivalence are (or would be).
    declarations: String,
}

/// Mutates every rule set the pages speak of (or the one given).
pub(super) fn run(
    paths: &[PathBuf],
    rules: &RulesOption,
    json: bool,
    calendar: &Calendar,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<ExitCode, CliError> {
    let given = rules.rules.iter().map(|given| (given.clone(), String::new()));
    // 规则集，和头一页写着它的。
    let mut wanted: Vec<(String, String)> = given.collect();
    if wanted.is_empty() {
        for path in pages::find(paths)? {
            let name = path.display().to_string();
            let Some(page) = pages::read(&name, &read_text(&path)?, err)? else {
                return Ok(ExitCode::from(FAILED));
            };
            if !wanted.iter().any(|(known, _)| *known == page.policy) {
                wanted.push((page.policy, name));
            }
        }
    }
    let mut tried = Vec::new();
    for (wanted, page) in wanted {
        let mut sources = SourceMap::new();
        let loaded = pages::rules(rules, &mut sources, &wanted, &page)?;
        let (Some(policy), Some(plan)) = (loaded.policy(), &loaded.plan) else {
            return Err(CliError::Faulty { sources, diagnostics: loaded.problems });
        };
        let Some(ready) = pages::ready(paths, plan, &loaded.name, err)? else {
            return Ok(ExitCode::from(FAILED));
        };
        let mut sound = true;
        for page in &ready {
            if let Some((line, title)) = page.first_failure(plan, calendar) {
                writeln!(
                    err,
                    "{}:{line}：「{title}」现在就不符，先用 zhunsheng test 改到全部符合",
                    page.name
                )?;
                sound = false;
            }
        }
        if !sound {
            return Ok(ExitCode::from(FAILED));
        }
        let (declarations, equivalents) = equivalents(&wanted, &mut sources)?;
        let mutation =
            mutation::mutate(&sources, &loaded.library, &loaded.name, policy, &ready, calendar, &equivalents);
        tried.push(Tried { name: loaded.name.clone(), sources, pages: ready.len(), mutation, declarations });
    }
    if json {
        write_json(out, &tried)?
    } else {
        tried.iter().try_for_each(|one| write_table(out, one))?
    }
    let clean = tried.iter().all(|one| one.mutation.survivors.is_empty());
    Ok(if clean { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// `equivalent.yaml` beside the rules: its name, and what it declares.
fn equivalents(wanted: &str, sources: &mut SourceMap) -> Result<(String, Vec<Equivalent>), CliError> {
    const NAME: &str = "equivalent.yaml";
    let folder = Path::new(wanted);
    let folder = if folder.is_file() { folder.parent().unwrap_or(Path::new("")) } else { folder };
    let beside = folder.join(NAME);
    let (name, text) = match library::builtin_data(wanted, NAME) {
        Some((path, text)) => (format!("rules/{path}"), text.to_owned()),
        None if beside.is_file() => (beside.display().to_string(), read_text(&beside)?),
        None => return Ok((NAME.to_owned(), Vec::new())),
    };
    let file = sources.add(name.clone(), text);
    let read = mutation::read_equivalents(sources, file);
    read.map(|list| (name, list))
        .map_err(|problem| CliError::Faulty { sources: std::mem::take(sources), diagnostics: vec![problem] })
}

fn place(one: &Tried, span: Span) -> String {
    let at = one.sources.position(span);
    format!("{}:{}", one.sources.file(span.file).name(), at.line)
}

fn write_table(out: &mut dyn Write, one: &Tried) -> io::Result<()> {
    let mutation = &one.mutation;
    let line = |out: &mut dyn Write, survivor: &Survivor| {
        writeln!(out, "  {}  {}  {}", place(one, survivor.span), survivor.block, survivor.change())
    };
    if !mutation.survivors.is_empty() {
        writeln!(out, "没有用例能发现的改动：")?;
        for survivor in &mutation.survivors {
            line(out, survivor)?;
        }
        writeln!(out, "给它补一个情形；确实等价的，写进 {}，说明理由。", one.declarations)?;
    }
    if !mutation.equivalent.is_empty() {
        writeln!(out, "写明等价的改动：")?;
        for (survivor, declared) in &mutation.equivalent {
            line(out, survivor)?;
            writeln!(out, "    理由：{}", declared.reason)?;
        }
    }
    for unused in &mutation.unused {
        writeln!(
            out,
            "{}:{}：没有对上任何存活的改动（{} {}），可以删去",
            one.declarations, unused.line, unused.at, unused.change
        )?;
    }
    writeln!(
        out,
        "{}：{} 页用例，{} 处改动，发现 {} 处，存活 {} 处，写明等价 {} 处。",
        one.name,
        one.pages,
        mutation.tried,
        mutation.tried - mutation.survivors.len() - mutation.equivalent.len(),
        mutation.survivors.len(),
        mutation.equivalent.len(),
    )
}

fn write_json(out: &mut dyn Write, tried: &[Tried]) -> io::Result<()> {
    let sets = tried.iter().map(|one| {
        let survivor = |survivor: &Survivor| {
            let at = one.sources.position(survivor.span);
            json!({
                "path": one.sources.file(survivor.span.file).name(), "line": at.line, "column": at.column,
                "at": survivor.block, "from": survivor.from, "to": survivor.to, "change": survivor.change(),
                "rules": survivor.rules,
            })
        };
        let mutation = &one.mutation;
        let equivalent = mutation.equivalent.iter().map(|(found, declared)| {
            let mut value = survivor(found);
            if let Some(object) = value.as_object_mut() {
                object.insert("reason".to_owned(), declared.reason.clone().into());
            }
            value
        });
        let unused = mutation.unused.iter().map(|one| {
            json!({"file": one.file, "at": one.at, "change": one.change, "reason": one.reason, "line": one.line})
        });
        json!({
            "policy": one.name,
            "pages": one.pages,
            "tried": mutation.tried,
            "refused": mutation.refused,
            "untouched": mutation.untouched,
            "survivors": mutation.survivors.iter().map(survivor).collect::<Vec<_>>(),
            "equivalent": equivalent.collect::<Vec<_>>(),
            "unused": unused.collect::<Vec<_>>(),
        })
    });
    let document = json!({"schema": "zhunsheng.mutation/1", "policies": sets.collect::<Vec<_>>()});
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}
