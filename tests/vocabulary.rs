//! `rules/vocabulary.rule` says exactly what the contract's vocabulary says: names, kinds, multiplicity, words.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "helpers of tests fail as tests do"
)]

use std::collections::BTreeMap;

use serde_yaml::Value;
use zhunsheng::vocabulary::{Field, FieldKind, Fields as _, Vocabulary};

use crate::support::builtin;

/// `枚举(甲|乙)*` as the contract writes a field of ours.
fn written(field: &Field, vocabulary: &Vocabulary) -> String {
    let kind = match &field.kind {
        FieldKind::Text => "文本".to_owned(),
        FieldKind::Number => "数".to_owned(),
        FieldKind::Bool => "布尔".to_owned(),
        FieldKind::Date => "日期".to_owned(),
        FieldKind::Enum(terms) => {
            let names: Vec<&str> = terms.iter().map(|term| term.name.as_str()).collect();
            format!("枚举({})", names.join("|"))
        }
        FieldKind::Entity(id) => vocabulary.entity(*id).name.clone(),
    };
    if field.many { format!("{kind}*") } else { kind }
}

fn ours<'v>(
    types: impl Iterator<Item = (&'v str, &'v [Field])>,
    vocabulary: &Vocabulary,
) -> BTreeMap<String, BTreeMap<String, String>> {
    types
        .map(|(name, fields)| {
            let fields = fields.iter().map(|field| (field.name.clone(), written(field, vocabulary)));
            (name.to_owned(), fields.collect())
        })
        .collect()
}

fn theirs(section: &Value) -> BTreeMap<String, BTreeMap<String, String>> {
    let mut types = BTreeMap::new();
    for (name, body) in section.as_mapping().unwrap() {
        let mut fields = BTreeMap::new();
        for part in ["关系", "属性"] {
            let Some(list) = body.get(part).and_then(Value::as_mapping) else { continue };
            for (field, kind) in list {
                fields.insert(field.as_str().unwrap().to_owned(), kind.as_str().unwrap().to_owned());
            }
        }
        types.insert(name.as_str().unwrap().to_owned(), fields);
    }
    types
}

#[test]
fn the_vocabulary_is_the_contracts() {
    let loaded = builtin("平桥");
    let vocabulary = &loaded.plan.as_ref().unwrap().vocabulary;
    let contract: Value = serde_yaml::from_str(include_str!("data/vocabulary.yaml")).unwrap();
    let entities = vocabulary.entities().map(|(_, kind)| (kind.name.as_str(), kind.fields()));
    assert_eq!(ours(entities, vocabulary), theirs(&contract["实体"]));
    let events = vocabulary.events().map(|(_, kind)| (kind.name.as_str(), kind.fields()));
    assert_eq!(ours(events, vocabulary), theirs(&contract["事件"]));
}
