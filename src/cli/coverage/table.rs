//! The three tables as text. Tables of articles and rules are whole; of clauses, only what is missing.

use std::io::{self, Write};

use super::Measured;
use crate::cli::terminal::{Palette, Screen, pad, pad_left, width};
use crate::coverage::{Coverage, Share};
use crate::finding::Verdict;
use crate::render::pretty;
use crate::source::Span;

pub(super) fn write(out: &mut dyn Write, measured: &Measured, min: Option<u8>) -> io::Result<()> {
    let palette = Palette::stdout();
    let coverage = &measured.coverage;
    articles(out, coverage, palette)?;
    rules(out, coverage, palette)?;
    clauses(out, measured, palette)?;
    if !measured.problems.is_empty() {
        pretty::diagnostics(out, &measured.sources, &measured.problems, &Screen::detect(false).pretty())?;
    }
    if !coverage.failing.is_empty() {
        writeln!(
            out,
            "有 {} 页和实际不符（{}），先用 zhunsheng test 看",
            coverage.failing.len(),
            coverage.failing.join("、")
        )?;
    }
    let words = |share: Option<Share>| share.map_or_else(|| "没有条文表".to_owned(), |share| percent(&share));
    writeln!(
        out,
        "{}：条 {}，规则 {}，子句 {}",
        measured.name,
        words(coverage.article_share()),
        percent(&coverage.rule_share()),
        percent(&coverage.clause_share()),
    )?;
    if let Some(min) = min {
        shortfalls(out, measured, min)?;
    }
    Ok(())
}

/// `44/45（97.77%）`
fn percent(share: &Share) -> String {
    let hundredths = share.hundredths();
    let text = match hundredths % 100 {
        0 => format!("{}", hundredths / 100),
        rest => format!("{}.{rest:02}", hundredths / 100),
    };
    format!("{}/{}（{text}%）", share.covered, share.total)
}

fn articles(out: &mut dyn Write, coverage: &Coverage, palette: Palette) -> io::Result<()> {
    let Some(rows) = &coverage.articles else { return Ok(()) };
    writeln!(out, "{}", palette.strong("条 → 规则"))?;
    let widest = rows.iter().map(|row| width(&row.name)).max().unwrap_or(0);
    for row in rows {
        let name = pad(&row.name, widest);
        let reason = row.reason.as_deref().unwrap_or_default();
        if row.rules.is_empty() {
            let why = if row.settled {
                format!("不入规则：{reason}")
            } else {
                "缺：没有规则，也没有理由".to_owned()
            };
            writeln!(out, "  {name}  {}  {}", row.gist, palette.dim(&why))?;
        } else {
            writeln!(out, "  {name}  {}  {}", row.gist, row.rules.join(" "))?;
            if !reason.is_empty() {
                writeln!(
                    out,
                    "  {}  {}",
                    pad("", widest),
                    palette.dim(&format!("余下的不入规则：{reason}"))
                )?;
            }
        }
    }
    writeln!(out)
}

fn rules(out: &mut dyn Write, coverage: &Coverage, palette: Palette) -> io::Result<()> {
    writeln!(out, "{}", palette.strong("规则 → 用例里出现过的判定（· 这条规则不会有）"))?;
    let widest = coverage.rules.iter().map(|row| width(&row.id)).max().unwrap_or(0).max(4);
    let header: Vec<String> = Verdict::ALL.iter().map(|verdict| pad_left(verdict.label(), 8)).collect();
    writeln!(out, "  {}{}", pad("规则", widest), header.concat())?;
    for row in &coverage.rules {
        let cells: Vec<String> = row
            .counts
            .iter()
            .zip(row.expected)
            .map(|(count, expected)| match (count, expected) {
                (0, false) => pad_left("·", 8),
                (0, true) => pad_left("缺", 8),
                (count, _) => pad_left(&count.to_string(), 8),
            })
            .collect();
        let note = if row.pages.is_empty() { "  没有用例页" } else { "" };
        writeln!(out, "  {}{}{note}", pad(&row.id, widest), cells.concat())?;
    }
    writeln!(out)
}

fn clauses(out: &mut dyn Write, measured: &Measured, palette: Palette) -> io::Result<()> {
    let missing: Vec<_> = measured.coverage.clauses.iter().filter(|row| !row.covered()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    writeln!(out, "{}", palette.strong("用例没有走到的子句"))?;
    for row in missing {
        let words = clause_words(measured, row.clause.span, &row.clause.name);
        writeln!(out, "  {}  {words}：{}", place(measured, row.clause.span), row.lack())?;
    }
    writeln!(out)
}

fn place(measured: &Measured, span: Span) -> String {
    let at = measured.sources.position(span);
    format!("{}:{}:{}", measured.sources.file(span.file).name(), at.line, at.column)
}

fn clause_words(measured: &Measured, span: Span, name: &str) -> String {
    if name.is_empty() {
        let text: String = measured.sources.slice(span).split_whitespace().collect::<Vec<_>>().join(" ");
        format!("「{text}」")
    } else {
        name.to_owned()
    }
}

/// Under `--min`: every article and rule that is missing, with its place (clauses are listed above).
fn shortfalls(out: &mut dyn Write, measured: &Measured, min: u8) -> io::Result<()> {
    let coverage = &measured.coverage;
    let article_share = coverage.article_share();
    if article_share.is_none_or(|share| !share.reaches(min)) {
        writeln!(out, "条不到 {min}%：")?;
        match &coverage.articles {
            None => writeln!(out, "  没有条文表；在规则旁边放一份 articles.yaml，或用 --articles 给出")?,
            Some(rows) => {
                for row in rows.iter().filter(|row| !row.settled) {
                    writeln!(out, "  {}  {}", place(measured, row.span), row.name)?;
                }
            }
        }
    }
    if !coverage.rule_share().reaches(min) {
        writeln!(out, "规则不到 {min}%：")?;
        for row in coverage.rules.iter().filter(|row| !row.covered()) {
            let lack = if row.pages.is_empty() {
                "没有用例页".to_owned()
            } else {
                let missing: Vec<&str> = row.missing().into_iter().map(Verdict::label).collect();
                format!("缺 {}", missing.join("、"))
            };
            writeln!(out, "  {}  {} {}：{lack}", place(measured, row.span), row.id, row.title)?;
        }
    }
    if !coverage.clause_share().reaches(min) {
        writeln!(out, "子句不到 {min}%，见上面「用例没有走到的子句」")?;
    }
    Ok(())
}
