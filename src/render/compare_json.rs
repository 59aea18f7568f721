//! A comparison as JSON, schema `zhunsheng.comparison/1`: every pair with its differences and the logs on
//! which the sides part, ready to be fed back to `check`.

use std::io::{self, Write};

use serde_json::{Value, json};

use crate::compare::{Comparison, Conclusion, Difference, Pair, Relation, RuleName, Side, Witness};
use crate::policy::Severity;

/// Writes the whole document and a final newline.
pub fn write(out: &mut dyn Write, comparison: &Comparison) -> io::Result<()> {
    let policies = comparison.policies.each_ref().map(|policy| {
        json!({
            "name": policy.name,
            "title": policy.title,
            "number": policy.number,
            "sha256": policy.sha256,
            "rules": policy.rules,
        })
    });
    let counts = Relation::ALL.map(|relation| (relation.key().to_owned(), json!(comparison.count(relation))));
    let document = json!({
        "schema": "zhunsheng.comparison/1",
        "policies": policies,
        "calendar": { "sha256": comparison.calendar_sha256 },
        "summary": Value::Object(counts.into_iter().collect()),
        "differences": comparison.differences.iter().map(difference).collect::<Vec<_>>(),
        "pairs": comparison.pairs.iter().map(pair).collect::<Vec<_>>(),
    });
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

fn pair(pair: &Pair) -> Value {
    json!({
        "left": pair.left.as_ref().map(rule),
        "right": pair.right.as_ref().map(rule),
        "relation": pair.relation.key(),
        "differences": pair.differences.iter().map(difference).collect::<Vec<_>>(),
        "witnesses": pair.witnesses.iter().map(witness).collect::<Vec<_>>(),
    })
}

fn rule(rule: &RuleName) -> Value {
    json!({
        "id": rule.id,
        "title": rule.title,
        "citation": rule.citation,
        "shape": rule.letters,
        "periodic": rule.periodic,
    })
}

fn difference(difference: &Difference) -> Value {
    json!({
        "aspect": difference.aspect.key(),
        "label": difference.aspect.label(),
        "left": difference.left,
        "right": difference.right,
    })
}

fn witness(witness: &Witness) -> Value {
    let [left, right] = &witness.logs;
    json!({
        "stricter": witness.stricter.key(),
        "as_of": witness.as_of.to_string(),
        "coverage": witness.coverage.map(|(from, to)| [from.to_string(), to.to_string()]),
        "scopes": witness.scopes,
        "logs": { Side::Left.key(): left, Side::Right.key(): right },
        "conclusions": {
            Side::Left.key(): conclusion(&witness.conclusions[0]),
            Side::Right.key(): conclusion(&witness.conclusions[1]),
        },
    })
}

/// Only a violation has one.
fn severity(conclusion: &Conclusion) -> Option<&'static str> {
    let severity = match conclusion.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Advice => "advice",
    };
    conclusion.kind.map(|_| severity)
}

fn conclusion(conclusion: &Conclusion) -> Value {
    json!({
        "verdict": conclusion.verdict.map(crate::finding::Verdict::key),
        "severity": severity(conclusion),
        "kind": conclusion.kind.map(crate::finding::ViolationKind::key),
        "subject": conclusion.subject,
        "deadline": conclusion.deadline.map(|date| date.to_string()),
        "message": conclusion.message,
    })
}
