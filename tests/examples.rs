//! The examples: one compliant history per district and a few with violations, field by field.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;
use zhunsheng::finding::{Finding, Severity, Verdict};
use zhunsheng::render::subject_text;

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
            found.map(|finding| ((finding.rule.clone(), subject_text(&finding.subject)), finding)).collect()
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
