//! `实体` / `事件` blocks → [`Vocabulary`].
//! Takes composed type blocks; reports unknown types, repeated names, terms written twice.

use std::collections::BTreeMap;

use super::problem::{Problem, Wanted};
use crate::diagnostic::nearest;
use crate::source::Span;
use crate::syntax::ast::{FieldClause, FieldType, Mark, TypeBlock};
use crate::vocabulary::{
    Agreement, Default, EntityType, EntityTypeId, EventType, Field, FieldId, FieldKind, Term, Vocabulary,
};

/// Builds the vocabulary; fields with a problem are left out.
pub(super) fn build(
    entities: &[&TypeBlock],
    events: &[&TypeBlock],
    problems: &mut Vec<Problem>,
) -> Vocabulary {
    let mut ids = BTreeMap::new();
    for block in entities {
        let id = EntityTypeId(u16::try_from(ids.len()).unwrap_or(u16::MAX));
        ids.entry(block.name.text.as_str()).or_insert(id);
    }
    let entity_types: Vec<EntityType> = entities
        .iter()
        .map(|block| EntityType {
            name: block.name.text.clone(),
            gist: block.gist.as_ref().map(|gist| gist.text.clone()),
            fields: fields(block, &ids, problems),
        })
        .collect();
    let event_types: Vec<EventType> = events
        .iter()
        .map(|block| {
            let mut fields = fields(block, &ids, problems);
            agreements(block, &mut fields, &entity_types, problems);
            EventType {
                name: block.name.text.clone(),
                gist: block.gist.as_ref().map(|gist| gist.text.clone()),
                fields,
            }
        })
        .collect();
    Vocabulary::new(entity_types, event_types)
}

fn fields(block: &TypeBlock, ids: &BTreeMap<&str, EntityTypeId>, problems: &mut Vec<Problem>) -> Vec<Field> {
    let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
    let mut fields = Vec::new();
    for clause in &block.fields {
        let field = &clause.kind;
        if let Some(first) = seen.get(field.name.text.as_str()) {
            problems.push(Problem::Repeated {
                what: if field.relation { "关系" } else { "属性" },
                name: field.name.text.clone(),
                span: field.name.span,
                first: *first,
                inherited: false,
            });
            continue;
        }
        seen.insert(&field.name.text, field.name.span);
        if let Some(kind) = kind(field, ids, problems) {
            fields.push(with_marks(field, kind, problems));
        }
    }
    fields
}

fn kind(
    field: &FieldClause,
    ids: &BTreeMap<&str, EntityTypeId>,
    problems: &mut Vec<Problem>,
) -> Option<FieldKind> {
    match &field.kind {
        FieldType::Words(terms) => {
            let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
            for word in terms.iter().flat_map(|term| std::iter::once(&term.name).chain(&term.synonyms)) {
                if let Some(first) = seen.insert(&word.text, word.span) {
                    problems.push(Problem::RowRepeated { word: word.text.clone(), span: word.span, first });
                }
            }
            Some(FieldKind::Enum(
                terms
                    .iter()
                    .map(|term| Term {
                        name: term.name.text.clone(),
                        synonyms: term.synonyms.iter().map(|name| name.text.clone()).collect(),
                    })
                    .collect(),
            ))
        }
        FieldType::Named(name) => match (name.text.as_str(), field.relation) {
            ("文本", false) => Some(FieldKind::Text),
            ("数", false) => Some(FieldKind::Number),
            ("是否", false) => Some(FieldKind::Bool),
            ("日期", false) => Some(FieldKind::Date),
            (other, relation) => {
                if let Some(id) = ids.get(other) {
                    return Some(FieldKind::Entity(*id));
                }
                let plain = ["文本", "数", "是否", "日期"];
                let known = ids.keys().copied().chain(plain.iter().filter(|_| !relation).copied());
                problems.push(Problem::Unknown {
                    wanted: Wanted::Entity,
                    name: other.to_owned(),
                    span: name.span,
                    near: nearest(other, known).map(str::to_owned),
                });
                None
            }
        },
    }
}

fn with_marks(clause: &FieldClause, kind: FieldKind, problems: &mut Vec<Problem>) -> Field {
    let mut field = Field {
        name: clause.name.text.clone(),
        kind,
        many: false,
        required: false,
        default: None,
        naming: false,
        latest: false,
        agrees: None,
    };
    for mark in &clause.marks {
        match mark {
            Mark::Many(_) => field.many = true,
            Mark::Required(_) => field.required = true,
            Mark::Naming(_) => field.naming = true,
            Mark::Latest(_) => field.latest = true,
            Mark::Agrees { .. } => {}
            Mark::Default(word) => field.default = default(&field, &word.text, word.span, problems),
        }
    }
    field
}

fn default(field: &Field, word: &str, span: Span, problems: &mut Vec<Problem>) -> Option<Default> {
    match &field.kind {
        FieldKind::Bool => match word {
            "是" => Some(Default::Bool(true)),
            "否" => Some(Default::Bool(false)),
            other => {
                problems.push(Problem::UnknownTerm {
                    field: field.name.clone(),
                    name: other.to_owned(),
                    span,
                    near: None,
                    terms: vec!["是".to_owned(), "否".to_owned()],
                });
                None
            }
        },
        FieldKind::Enum(terms) => {
            if terms.iter().any(|term| term.name == word) {
                return Some(Default::Word(word.to_owned()));
            }
            let names: Vec<String> = terms.iter().map(|term| term.name.clone()).collect();
            problems.push(Problem::UnknownTerm {
                field: field.name.clone(),
                name: word.to_owned(),
                span,
                near: nearest(word, names.iter().map(String::as_str)).map(str::to_owned),
                terms: names,
            });
            None
        }
        FieldKind::Text => Some(Default::Word(word.to_owned())),
        FieldKind::Number | FieldKind::Date | FieldKind::Entity(_) => {
            problems.push(Problem::WrongType {
                wanted: "是否、文本或枚举的属性",
                found: "别的属性".to_owned(),
                span,
            });
            None
        }
    }
}

fn agreements(block: &TypeBlock, fields: &mut [Field], entities: &[EntityType], problems: &mut Vec<Problem>) {
    for clause in &block.fields {
        for mark in &clause.kind.marks {
            let Mark::Agrees { role, field } = mark else { continue };
            let position = |fields: &[Field], name: &str| {
                fields.iter().position(|f| f.name == name).and_then(|i| u16::try_from(i).ok()).map(FieldId)
            };
            let Some(role_id) = position(fields, &role.text) else {
                let names = fields.iter().map(|f| f.name.as_str());
                problems.push(Problem::UnknownField {
                    owner: block.name.text.clone(),
                    name: role.text.clone(),
                    span: role.span,
                    near: nearest(&role.text, names).map(str::to_owned),
                });
                continue;
            };
            let owner = fields.get(usize::from(role_id.0)).and_then(|f| match f.kind {
                FieldKind::Entity(id) => entities.get(usize::from(id.0)),
                FieldKind::Text
                | FieldKind::Number
                | FieldKind::Bool
                | FieldKind::Date
                | FieldKind::Enum(_) => None,
            });
            let Some(owner) = owner else {
                problems.push(Problem::WrongType {
                    wanted: "一个关系",
                    found: "属性".to_owned(),
                    span: role.span,
                });
                continue;
            };
            match position(&owner.fields, &field.text) {
                Some(field_id) => {
                    if let Some(target) = fields.iter_mut().find(|f| f.name == clause.kind.name.text) {
                        target.agrees = Some(Agreement { role: role_id, field: field_id });
                    }
                }
                None => problems.push(Problem::UnknownField {
                    owner: owner.name.clone(),
                    name: field.text.clone(),
                    span: field.span,
                    near: nearest(&field.text, owner.fields.iter().map(|f| f.name.as_str()))
                        .map(str::to_owned),
                }),
            }
        }
    }
}
