//! Which objects a log has, for logs read with a vocabulary that was inferred from them; and the names of other
//! tools' logs as the rule language can write them.

use std::borrow::Cow;

use rustc_hash::FxHashMap;

use super::record::{ENTITY, EVENT, HEADER, ID, SINCE, TIME};
use crate::vocabulary::{EntityTypeId, Field, FieldKind, Vocabulary};

/// The objects of all logs read together: id → the types that have one of that id.
#[derive(Debug, Default)]
pub(super) struct Objects {
    types: FxHashMap<String, Vec<EntityTypeId>>,
    /// The vocabulary was inferred from these logs: what it has no place for is passed over.
    pub(super) inferred: bool,
}

impl Objects {
    pub(super) fn add(&mut self, id: &str, kind: EntityTypeId) {
        match self.types.get_mut(id) {
            Some(types) if types.contains(&kind) => {}
            Some(types) => types.push(kind),
            None => {
                self.types.insert(id.to_owned(), vec![kind]);
            }
        }
    }

    /// `None`: no such object.
    pub(super) fn types(&self, id: &str) -> Option<&[EntityTypeId]> {
        self.types.get(id).map(Vec::as_slice)
    }
}

/// The field of a relation called `name` to an object of this type. See [`role_names`].
pub(super) fn role<'f>(
    vocabulary: &Vocabulary,
    fields: &'f [Field],
    name: &str,
    kind: EntityTypeId,
) -> Option<&'f Field> {
    role_names(name, &vocabulary.entity(kind).name).into_iter().find_map(|name| {
        fields.iter().find(|field| field.name == name && field.kind == FieldKind::Entity(kind))
    })
}

/// The names an inferred relation may have, the better one first: its own name, or with that of the type when
/// relations of one name lead to several types, or when the name is taken. A nameless one is called after the type.
pub(super) fn role_names(name: &str, kind: &str) -> Vec<String> {
    let plain_name = plain(name);
    if plain_name.is_empty() {
        return vec![kind.to_owned(), format!("{kind}_")];
    }
    vec![plain_name.clone().into_owned(), format!("{plain_name}_{kind}")]
}

/// A name as the rule language can write it: letters and digits of any script; what else stands between them
/// becomes one `_`. `Create Fine` → `Create_Fine`, `org:resource` → `org_resource`.
pub(super) fn plain(name: &str) -> Cow<'_, str> {
    let starts_well = name.chars().next().is_some_and(char::is_alphabetic);
    if starts_well && name.chars().all(|c| c.is_alphanumeric() || c == '_') {
        return unreserved(Cow::Borrowed(name));
    }
    let words: Vec<&str> =
        name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let joined = words.join("_");
    // A name that begins with a digit would be read as a number.
    Cow::Owned(if joined.starts_with(char::is_numeric) { format!("n{joined}") } else { joined })
}

/// A name that no reserved key has.
fn unreserved(name: Cow<'_, str>) -> Cow<'_, str> {
    const RESERVED: [&str; 6] = [HEADER, ENTITY, EVENT, ID, TIME, SINCE];
    if RESERVED.contains(&name.as_ref()) { Cow::Owned(format!("{name}_")) } else { name }
}
