//! Entities that one table knows by name only and another by number: taken for the same when the name fits one.
//! Takes the entities of all tables; gives, per type, which id stands for which.

use std::borrow::Cow;

use rustc_hash::FxHashMap;

use super::merge::Entity;
use crate::history::Datum;
use crate::vocabulary::{EntityTypeId, Field, FieldId, FieldKind, Fields as _, Vocabulary};

/// Per entity type, id made of a name → id of the entity that has the name.
#[derive(Default)]
pub(super) struct Links<'a>(FxHashMap<EntityTypeId, FxHashMap<Cow<'a, str>, Cow<'a, str>>>);

impl<'a> Links<'a> {
    pub(super) fn of(&self, kind: EntityTypeId, id: &str) -> Option<&Cow<'a, str>> {
        if self.0.is_empty() {
            return None;
        }
        self.0.get(&kind)?.get(id)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The reference a value really means.
    pub(super) fn follow(&self, field: &Field, datum: &mut Datum<'a>) {
        if let (FieldKind::Entity(target), Datum::Reference(id)) = (&field.kind, &mut *datum)
            && let Some(other) = self.of(*target, id)
        {
            *id = other.clone();
        }
    }
}

/// The names of an entity: values of its naming fields.
fn names<'e, 'a>(entity: &'e Entity<'a>, fields: &'e [Field]) -> impl Iterator<Item = &'e str> + use<'e, 'a> {
    entity.values.iter().filter_map(|(value, _)| {
        let naming = fields.get(usize::from(value.field.0)).is_some_and(|field| field.naming);
        match &value.datum {
            Datum::Text(text) if naming => Some(text.as_ref()),
            Datum::Text(_)
            | Datum::Bool(_)
            | Datum::Number(_)
            | Datum::Date(_)
            | Datum::Reference(_)
            | Datum::Nothing => None,
        }
    })
}

/// An id that is the name itself, or ends in it after a slash.
fn by_name(id: &str, name: &str) -> bool {
    id == name || id.strip_suffix(name).is_some_and(|head| head.ends_with('/'))
}

/// Finds what belongs together. Types in the order of the vocabulary, so that relations to earlier ones are settled.
pub(super) fn links<'a>(entities: &[Entity<'a>], vocabulary: &Vocabulary) -> Links<'a> {
    let mut links = Links::default();
    for (kind, declared) in vocabulary.entities() {
        let fields = declared.fields();
        if !fields.iter().any(|field| field.naming) {
            continue;
        }
        let of_kind = || entities.iter().filter(|entity| entity.kind == kind);
        let (mut numbered, mut named): (FxHashMap<&str, Vec<&Entity<'a>>>, Vec<_>) = Default::default();
        for entity in of_kind() {
            match names(entity, fields).find(|name| by_name(&entity.id, name)) {
                Some(name) => named.push((entity, name)),
                None => {
                    for name in names(entity, fields) {
                        numbered.entry(name).or_default().push(entity);
                    }
                }
            }
        }
        for (entity, name) in named {
            let candidates = numbered.get(name).map_or(&[][..], Vec::as_slice);
            let mut fitting = candidates.iter().filter(|other| agree(entity, other, fields, &links));
            if let (Some(other), None) = (fitting.next(), fitting.next()) {
                links.0.entry(kind).or_default().insert(entity.id.clone(), other.id.clone());
            }
        }
    }
    links
}

/// No relation that can have one value only tells them apart.
fn agree<'a>(a: &Entity<'a>, b: &Entity<'a>, fields: &[Field], links: &Links<'a>) -> bool {
    (0u16..).map(FieldId).zip(fields).filter(|(_, field)| !field.many).all(|(id, field)| {
        let FieldKind::Entity(target) = field.kind else { return true };
        let of = |entity: &Entity<'a>| {
            entity.values.iter().find_map(|(value, _)| match &value.datum {
                Datum::Reference(said) if value.field == id => {
                    Some(links.of(target, said).cloned().unwrap_or_else(|| said.clone()))
                }
                Datum::Reference(_)
                | Datum::Text(_)
                | Datum::Bool(_)
                | Datum::Number(_)
                | Datum::Date(_)
                | Datum::Nothing => None,
            })
        };
        match (of(a), of(b)) {
            (Some(a), Some(b)) => a == b,
            (Some(_) | None, _) => true,
        }
    })
}
