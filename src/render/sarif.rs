//! SARIF 2.1.0: results with places, for code scanning. Takes [`Item`]s — made from diagnostics here, from findings in
//! `sarif_report.rs` — and writes one log with one run.
//! Lines and columns from 1; columns count UTF-16 code units, SARIF's default and said so; ends are exclusive.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::ser::{Serialize, Serializer};
use serde_json::{Value, json};

use crate::diagnostic::Diagnostic;
use crate::source::{SourceFile, SourceMap, Span};

/// One result.
#[derive(Clone, Debug)]
pub struct Item<'a> {
    /// Code of a diagnostic, or id of a rule.
    pub rule: &'a str,
    /// `error`, `warning` or `note`; `none` for what does not fail.
    pub level: &'static str,
    /// What SARIF calls the outcome: `fail`, `open`, `pass`, `informational`, `notApplicable`.
    pub kind: &'static str,
    pub message: String,
    /// Where it is; with a few words. The first is where it is shown.
    pub places: Vec<(Span, String)>,
    /// What is the same in the next run as long as it is the same thing; empty if nothing is.
    pub fingerprint: String,
    /// Why it was accepted, if it was.
    pub accepted: Option<String>,
    /// Whatever else is known, by name.
    pub properties: Vec<(&'static str, Value)>,
}

impl<'a> Item<'a> {
    /// A result with a place or several, and nothing more.
    pub fn new(rule: &'a str, level: &'static str, message: String, places: Vec<(Span, String)>) -> Self {
        Self {
            rule,
            level,
            kind: "fail",
            message,
            places,
            fingerprint: String::new(),
            accepted: None,
            properties: Vec::new(),
        }
    }
}

/// A file that took part: its name and, in lower-case hexadecimal, its SHA-256.
pub type Artifact<'a> = (&'a str, &'a str);

/// Everything one run says.
#[derive(Clone, Debug, Default)]
pub struct Run<'a> {
    pub items: Vec<Item<'a>>,
    pub rules: Vec<Rule<'a>>,
    pub artifacts: Vec<Artifact<'a>>,
    /// What the run was made of, by name.
    pub properties: Vec<(String, String)>,
}

/// What is known of a code or rule besides its results.
#[derive(Clone, Debug)]
pub struct Rule<'a> {
    pub id: &'a str,
    pub title: &'a str,
    /// Help as Markdown.
    pub help: Cow<'a, str>,
    /// How bad its results are if they do not say.
    pub level: &'static str,
}

/// Writes diagnostics; `pages`: the page of every code that has one here.
pub fn diagnostics(
    out: &mut dyn Write,
    sources: &SourceMap,
    diagnostics: &[Diagnostic],
    pages: &[(&str, &str)],
) -> io::Result<()> {
    let items: Vec<Item<'_>> = diagnostics
        .iter()
        .map(|diagnostic| {
            let mut labels: Vec<_> = diagnostic.labels.iter().collect();
            labels.sort_by_key(|label| !label.primary);
            let mut message = diagnostic.message.clone();
            for help in &diagnostic.help {
                message.push('。');
                message.push_str(help);
            }
            let places = labels.into_iter().map(|label| (label.span, label.text.clone())).collect();
            Item::new(diagnostic.code, super::problems::level(diagnostic.level), message, places)
        })
        .collect();
    let rules: Vec<Rule<'_>> = pages
        .iter()
        .map(|(id, page)| {
            let (heading, help) = page.split_once('\n').unwrap_or((page, ""));
            let title = heading.trim_start_matches("# ").split_once(' ').map_or("", |(_, title)| title);
            Rule { id, title, help: help.trim().into(), level: "warning" }
        })
        .collect();
    write(out, sources, &Run { items, rules, ..Run::default() })
}

/// Writes the log and a final newline. Rules without results are listed too: they were looked for.
pub fn write(out: &mut dyn Write, sources: &SourceMap, run: &Run<'_>) -> io::Result<()> {
    let Run { items, rules, artifacts, properties } = run;
    let mut index: BTreeMap<&str, usize> = BTreeMap::new();
    let mut listed: Vec<Value> = Vec::new();
    for rule in rules {
        index.insert(rule.id, listed.len());
        let mut entry = json!({
            "id": rule.id,
            "shortDescription": { "text": rule.title },
            "defaultConfiguration": { "level": rule.level },
        });
        if let (false, Some(map)) = (rule.help.is_empty(), entry.as_object_mut()) {
            let help = json!({ "text": plain(&rule.help), "markdown": rule.help });
            map.insert("help".to_owned(), help);
        }
        listed.push(entry);
    }
    for item in items {
        if !index.contains_key(item.rule) {
            index.insert(item.rule, listed.len());
            listed.push(json!({ "id": item.rule }));
        }
    }
    let artifacts: Vec<Value> = artifacts
        .iter()
        .map(|(name, sha256)| json!({ "location": { "uri": uri(name) }, "hashes": { "sha-256": sha256 } }))
        .collect();
    let provenance: Vec<[&str; 2]> = properties.iter().map(|(name, value)| [&**name, &**value]).collect();
    let log = Log {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        runs: [LogRun {
            artifacts,
            column_kind: "utf16CodeUnits",
            invocations: json!([{ "executionSuccessful": true }]),
            properties: (!provenance.is_empty()).then(|| json!({ "provenance": provenance })),
            results: Results { sources, items, index },
            tool: json!({ "driver": {
                "name": "zhunsheng",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "language": "zh-CN",
                "rules": listed,
            } }),
        }],
        version: "2.1.0",
    };
    serde_json::to_writer_pretty(&mut *out, &log)?;
    writeln!(out)
}

#[derive(serde::Serialize)]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    runs: [LogRun<'a>; 1],
    version: &'static str,
}

#[derive(serde::Serialize)]
#[serde(rename_all = "camelCase")]
struct LogRun<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    artifacts: Vec<Value>,
    column_kind: &'static str,
    invocations: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    properties: Option<Value>,
    results: Results<'a>,
    tool: Value,
}

/// Made one by one as they are written: there may be many.
struct Results<'a> {
    sources: &'a SourceMap,
    items: &'a [Item<'a>],
    index: BTreeMap<&'a str, usize>,
}

impl Serialize for Results<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let result = |item: &Item<'_>| result(self.sources, item, self.index.get(item.rule));
        serializer.collect_seq(self.items.iter().map(result))
    }
}

fn result(sources: &SourceMap, item: &Item<'_>, index: Option<&usize>) -> Value {
    let mut result = json!({
        "ruleId": item.rule,
        "level": item.level,
        "message": { "text": item.message },
        "locations": item.places.first().map(|place| location(sources, place, None)).into_iter().collect::<Vec<_>>(),
    });
    if let (Some(index), Some(map)) = (index, result.as_object_mut()) {
        map.insert("ruleIndex".to_owned(), json!(index));
        let others = item.places.iter().skip(1).enumerate();
        let others: Vec<Value> =
            others.map(|(number, place)| location(sources, place, Some(number))).collect();
        if !others.is_empty() {
            map.insert("relatedLocations".to_owned(), Value::Array(others));
        }
        if item.kind != "fail" {
            map.insert("kind".to_owned(), json!(item.kind));
        }
        if !item.fingerprint.is_empty() {
            map.insert("partialFingerprints".to_owned(), json!({ "finding/v1": item.fingerprint }));
        }
        if let Some(why) = &item.accepted {
            let accepted = json!([{ "kind": "external", "status": "accepted", "justification": why }]);
            map.insert("suppressions".to_owned(), accepted);
        }
        if !item.properties.is_empty() {
            let properties = item.properties.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
            map.insert("properties".to_owned(), Value::Object(properties.collect()));
        }
    }
    result
}

fn location(sources: &SourceMap, (span, text): &(Span, String), number: Option<usize>) -> Value {
    let file = sources.file(span.file);
    let (start_line, start_column) = utf16(file, span.start);
    let mut location = match file.container() {
        // A sheet of a workbook, a table of a database: the file as the artifact, the part by name, its row as the
        // line. Columns of the text made of it would mean nothing to the reader of the file.
        Some(container) => json!({
            "physicalLocation": {
                "artifactLocation": { "uri": uri(&container.path) },
                "region": { "startLine": start_line },
            },
            "logicalLocations": [{
                "name": part(file.name(), &container.path),
                "fullyQualifiedName": file.name(),
                "kind": "module",
            }],
        }),
        None => {
            let (end_line, end_column) = utf16(file, span.end.max(span.start));
            json!({
                "physicalLocation": {
                    "artifactLocation": { "uri": uri(file.name()) },
                    "region": {
                        "startLine": start_line,
                        "startColumn": start_column,
                        "endLine": end_line,
                        "endColumn": end_column,
                    },
                },
            })
        }
    };
    if let Some(map) = location.as_object_mut() {
        if let Some(number) = number {
            map.insert("id".to_owned(), json!(number));
        }
        if !text.is_empty() {
            map.insert("message".to_owned(), json!({ "text": text }));
        }
    }
    location
}

/// The name of a part of a file, without the file.
fn part<'n>(name: &'n str, container: &str) -> &'n str {
    name.strip_prefix(container).and_then(|rest| rest.strip_prefix('!')).unwrap_or(name)
}

/// Line, and column in UTF-16 code units, of a byte offset; both from 1.
fn utf16(file: &SourceFile, offset: usize) -> (usize, usize) {
    let line = file.position(offset).line;
    let start = file.lines().start(line).unwrap_or(0);
    let before = file.text().get(start..offset.min(file.text().len())).unwrap_or("");
    (line, before.encode_utf16().count() + 1)
}

/// A path as a URI: relative ones stay relative, all but the plain characters are percent-encoded.
fn uri(path: &str) -> String {
    use std::fmt::Write as _;
    let path = path.replace('\\', "/");
    let path = path.strip_prefix("./").unwrap_or(&path);
    let drive = path.as_bytes().get(1) == Some(&b':');
    let mut uri = match (path.starts_with('/'), drive) {
        (true, _) => "file://".to_owned(),
        (false, true) => "file:///".to_owned(),
        (false, false) => String::new(),
    };
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) || (drive && byte == b':') {
            uri.push(char::from(byte));
        } else {
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}

/// Markdown without its marks.
fn plain(markdown: &str) -> String {
    let lines = markdown.lines().filter(|line| !line.starts_with("```"));
    let bare =
        lines.map(|line| line.strip_prefix('#').map_or(line, |rest| rest.trim_start_matches('#').trim()));
    bare.collect::<Vec<_>>().join("\n").trim().to_owned()
}
