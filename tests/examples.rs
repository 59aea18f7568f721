//! The examples: one compliant history per district and a few with violations, field by field.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "helpers of tests fail as tests do"
)]

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;
use zhunsheng::finding::{Finding, Severity, Verdict};

use crate::support::{Ask, builtin, report};

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/examples")
}

/// Subject text of an expectation, keys in code-point order.
fn subject(value: &Value) -> String {
    let sorted: BTreeMap<&String, &Value> = value.as_object().unwrap().iter().collect();
    serde_json::to_string(&sorted).unwrap()
}

fn field(finding: &Finding, name: &str) -> Value {
    let date = |date: Option<chrono::NaiveDate>| date.map_or(Value::Null, |date| date.to_string().into());
    match name {
        "kind" => finding.kind.map_or(Value::Null, |kind| kind.key().into()),
        "severity" => finding.severity.key().into(),
        "citation" => finding.citation.clone().into(),
        "deadline" => date(finding.deadline),
        "completed" => date(finding.completed),
        "workdays_late" => finding.workdays_late.map_or(Value::Null, Into::into),
        "provisional" => finding.provisional.into(),
        "liability" => finding.liability.clone().map_or(Value::Null, Into::into),
        other => panic!("不认得的字段 {other}"),
    }
}

#[test]
fn every_example_comes_out_as_expected() {
    let mut paths: Vec<_> = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "jsonl"));
    paths.sort();
    assert!(paths.len() >= 4);
    let mut rules = BTreeMap::new();
    for path in paths {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let expect: Value =
            serde_json::from_str(&std::fs::read_to_string(path.with_extension("expect.json")).unwrap())
                .unwrap();
        let district = expect["district"].as_str().unwrap().to_owned();
        let loaded = rules.entry(district.clone()).or_insert_with(|| builtin(&district));
        let text = std::fs::read_to_string(&path).unwrap();
        let report = report(loaded, "例.jsonl", &text, Ask::default());
        assert_eq!(report.as_of.to_string(), expect["as_of"].as_str().unwrap(), "{name}");
        let find = |verdict: Verdict| -> BTreeMap<(String, String), &Finding> {
            let found = report.findings.iter().filter(|finding| finding.verdict == verdict);
            found.map(|finding| ((finding.rule.clone(), finding.subject.sort_text()), finding)).collect()
        };
        let compare = |list: &Value, found: &BTreeMap<(String, String), &Finding>| -> Vec<(String, String)> {
            let mut keys = Vec::new();
            for entry in list.as_array().unwrap() {
                let key = (entry[0].as_str().unwrap().to_owned(), subject(&entry[1]));
                let finding = found.get(&key).unwrap_or_else(|| panic!("{name} 没有 {key:?}"));
                for (field_name, wanted) in entry[2].as_object().unwrap() {
                    assert_eq!(field(finding, field_name), *wanted, "{name} {key:?} {field_name}");
                }
                keys.push(key);
            }
            keys.sort();
            keys
        };
        let violated = find(Verdict::Violated);
        let wanted = compare(&expect["expect_violated"], &violated);
        assert_eq!(violated.keys().cloned().collect::<Vec<_>>(), wanted, "{name}");
        compare(&expect["expect_pending"], &find(Verdict::Pending));
        let errors = violated.values().any(|finding| finding.severity == Severity::Error);
        assert_eq!(i64::from(errors), expect["exit_code"].as_i64().unwrap(), "{name}");
    }
}

#[test]
fn the_number_of_threads_does_not_matter() {
    let loaded = builtin("平桥");
    let text = std::fs::read_to_string(folder().join("pingqiao-20-4b-late.jsonl")).unwrap();
    let pools =
        [1, 2, 7].map(|threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap());
    let reports = pools.map(|pool| pool.install(|| report(&loaded, "例.jsonl", &text, Ask::default())));
    assert_eq!(reports[0], reports[1]);
    assert_eq!(reports[0], reports[2]);
}

/// The example as YAML: three sections.
fn as_yaml(records: &[Value]) -> String {
    let mut sections = serde_yaml::Mapping::new();
    let mut entities = Vec::new();
    let mut events = Vec::new();
    for record in records {
        let mut map = serde_yaml::to_value(record).unwrap();
        if record.get("日志").is_some() {
            let name = map.as_mapping_mut().unwrap().remove("日志").unwrap();
            map.as_mapping_mut().unwrap().insert("名称".into(), name);
            sections.insert("日志".into(), map);
        } else if record.get("实体").is_some() {
            entities.push(map);
        } else {
            events.push(map);
        }
    }
    sections.insert("实体".into(), entities.into());
    sections.insert("事件".into(), events.into());
    serde_yaml::to_string(&sections).unwrap()
}

/// The example as OCEL 2.0: relations by qualifier, attributes by name, several values as repeated attributes.
fn as_ocel(records: &[Value], vocabulary: &zhunsheng::vocabulary::Vocabulary) -> String {
    use serde_json::json;
    use zhunsheng::vocabulary::{Field, FieldKind, Fields as _};
    let parts = |record: &Value, fields: &[Field], time: Option<&str>| {
        let (mut attributes, mut relationships) = (Vec::new(), Vec::new());
        for field in fields {
            let Some(value) = record.get(&field.name) else { continue };
            let values = value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
            for value in values {
                if let FieldKind::Entity(_) = field.kind {
                    relationships.push(json!({"objectId": value, "qualifier": field.name}));
                } else if let Some(time) = time {
                    attributes.push(json!({"name": field.name, "value": value, "time": time}));
                } else {
                    attributes.push(json!({"name": field.name, "value": value}));
                }
            }
        }
        (attributes, relationships)
    };
    let (mut objects, mut events) = (Vec::new(), Vec::new());
    for record in records {
        if let Some(kind) = record.get("实体").and_then(Value::as_str) {
            let fields = vocabulary.entity(vocabulary.entity_by_name(kind).unwrap()).fields();
            let since = record.get("有效起").and_then(Value::as_str);
            let time = since.map_or("1970-01-01T00:00:00Z".to_owned(), |day| format!("{day}T00:00:00+08:00"));
            let (attributes, relationships) = parts(record, fields, Some(&time));
            objects.push(json!({"id": record["编号"], "type": kind, "attributes": attributes, "relationships": relationships}));
        } else if let Some(kind) = record.get("事件").and_then(Value::as_str) {
            let fields = vocabulary.event(vocabulary.event_by_name(kind).unwrap()).fields();
            let (attributes, relationships) = parts(record, fields, None);
            let time = record["时间"].as_str().unwrap();
            let time = match time.len() {
                10 => format!("{time}T00:00:00+08:00"),
                16 => format!("{time}:00+08:00"),
                _ => format!("{time}+08:00"),
            };
            events.push(json!({"id": record["编号"], "type": kind, "time": time, "attributes": attributes, "relationships": relationships}));
        }
    }
    json!({"objectTypes": [], "eventTypes": [], "objects": objects, "events": events}).to_string()
}

#[test]
fn the_same_history_in_three_formats_gives_the_same_findings() {
    use crate::support::{day, lines};
    for (district, name) in [("平桥", "pingqiao-20-4b-late"), ("平桥", "pingqiao-base")] {
        let loaded = builtin(district);
        let text = std::fs::read_to_string(folder().join(format!("{name}.jsonl"))).unwrap();
        let records: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let vocabulary = &loaded.plan.as_ref().unwrap().vocabulary;
        // OCEL 没有首行，截至、覆盖由命令行给。
        let ask = Ask {
            as_of: Some(day("2026-03-31")),
            coverage: Some((day("2025-01-01"), day("2025-12-31"))),
            only: None,
        };
        let jsonl = lines(&report(&loaded, "例.jsonl", &text, ask));
        assert_eq!(jsonl, lines(&report(&loaded, "例.yaml", &as_yaml(&records), ask)), "{name}");
        assert_eq!(jsonl, lines(&report(&loaded, "例.json", &as_ocel(&records, vocabulary), ask)), "{name}");
    }
}
