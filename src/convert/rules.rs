//! A vocabulary → a rule file that declares it, so that rules can be written over logs of another field of work.

use std::fmt::Write as _;

use crate::vocabulary::{Default, Field, FieldKind, Vocabulary};

/// The file's text. Names the rule language cannot write bare are quoted.
pub fn vocabulary(name: &str, vocabulary: &Vocabulary) -> String {
    let mut text = format!(
        "# 由日志推断的词汇：类型、关系、可多都可以再改；加上要点、必填、作名称会更好用。\n\n规则集 {}\n",
        bare(name)
    );
    for (_, kind) in vocabulary.entities() {
        let _ = write!(text, "\n实体 {}\n", bare(&kind.name));
        fields(&mut text, vocabulary, &kind.fields);
    }
    for (_, kind) in vocabulary.events() {
        let _ = write!(text, "\n事件 {}\n", bare(&kind.name));
        fields(&mut text, vocabulary, &kind.fields);
    }
    text
}

fn fields(text: &mut String, vocabulary: &Vocabulary, fields: &[Field]) {
    for field in fields {
        let (word, kind) = match &field.kind {
            FieldKind::Entity(target) => ("关系", bare(&vocabulary.entity(*target).name)),
            FieldKind::Text => ("属性", "文本".to_owned()),
            FieldKind::Number => ("属性", "数".to_owned()),
            FieldKind::Bool => ("属性", "是否".to_owned()),
            FieldKind::Date => ("属性", "日期".to_owned()),
            FieldKind::Enum(terms) => {
                let terms: Vec<String> = terms.iter().map(|term| bare(&term.name)).collect();
                ("属性", terms.join("、"))
            }
        };
        let _ = write!(text, "    {word} {}：{kind}", bare(&field.name));
        if field.many {
            text.push_str("，可多");
        }
        if field.required {
            text.push_str("，必填");
        }
        match &field.default {
            Some(Default::Bool(value)) => {
                let _ = write!(text, "，缺省 {}", if *value { "是" } else { "否" });
            }
            Some(Default::Word(word)) => {
                let _ = write!(text, "，缺省 {}", bare(word));
            }
            None => {}
        }
        text.push('\n');
    }
}

/// A name as it stands in a rule file: in quotes when it holds anything but letters, digits and `_`.
fn bare(name: &str) -> String {
    let is_plain = name.chars().all(|c| c.is_alphanumeric() || c == '_')
        && name.chars().next().is_some_and(char::is_alphabetic);
    if is_plain { name.to_owned() } else { format!("“{name}”") }
}
