//! The same as one JSON document, schema `zhunsheng.coverage/1`.

use std::io::{self, Write};

use serde_json::{Map, Value, json};

use super::{Measured, enough};
use crate::coverage::Share;
use crate::finding::Verdict;
use crate::plan::ClauseKind;
use crate::source::Span;

pub(super) fn write(out: &mut dyn Write, measured: &Measured, min: Option<u8>) -> io::Result<()> {
    let coverage = &measured.coverage;
    let place = |span: Span| {
        let at = measured.sources.position(span);
        json!({"path": measured.sources.file(span.file).name(), "line": at.line, "column": at.column})
    };
    let share = |share: &Share| json!({"covered": share.covered, "total": share.total});
    let articles = coverage.articles.as_ref().map(|rows| {
        let rows = rows.iter().map(|row| {
            json!({
                "article": row.name, "gist": row.gist, "rules": row.rules, "reason": row.reason,
                "covered": row.settled, "location": place(row.span),
            })
        });
        rows.collect::<Vec<Value>>()
    });
    let rules = coverage.rules.iter().map(|row| {
        let verdicts: Map<String, Value> = Verdict::ALL
            .into_iter()
            .zip(row.counts)
            .map(|(verdict, count)| (verdict.key().to_owned(), count.into()))
            .collect();
        let missing: Vec<&str> = row.missing().into_iter().map(Verdict::key).collect();
        json!({
            "rule": row.id, "title": row.title, "pages": row.pages, "verdicts": verdicts, "missing": missing,
            "covered": row.covered(), "location": place(row.span),
        })
    });
    let clauses = coverage.clauses.iter().map(|row| {
        json!({
            "kind": kind(row.clause.kind), "text": measured.sources.slice(row.clause.span),
            "reached": row.seen.reached, "yes": row.seen.yes, "no": row.seen.no,
            "covered": row.covered(), "location": place(row.clause.span),
        })
    });
    let problems = measured.problems.iter().map(|problem| {
        json!({"code": problem.code, "message": problem.message, "location": problem.primary().map(place)})
    });
    let document = json!({
        "schema": "zhunsheng.coverage/1",
        "policy": measured.name,
        "scenarios": coverage.scenarios,
        "failing_pages": coverage.failing,
        "summary": {
            "articles": coverage.article_share().as_ref().map(share),
            "rules": share(&coverage.rule_share()),
            "clauses": share(&coverage.clause_share()),
        },
        "min": min,
        "enough": min.map(|min| enough(coverage, min)),
        "articles": articles,
        "rules": rules.collect::<Vec<Value>>(),
        "clauses": clauses.collect::<Vec<Value>>(),
        "problems": problems.collect::<Vec<Value>>(),
    });
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

fn kind(kind: ClauseKind) -> &'static str {
    match kind {
        ClauseKind::Condition => "condition",
        ClauseKind::Alternative => "alternative",
        ClauseKind::Definition => "definition",
        ClauseKind::Entry => "entry",
        ClauseKind::Parameter => "parameter",
    }
}
