//! A subject as JSON shows it: one object, columns in the rule's order.

use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::finding::SubjectValue;

/// Columns of a subject as one JSON object, in the order given.
pub(super) struct Columns<'a>(pub Vec<(&'a str, ColumnValue<'a>)>);

/// What JSON shows of a subject column: the 编号, the name when there is no entity, or the year.
pub(super) enum ColumnValue<'a> {
    Text(std::borrow::Cow<'a, str>),
    Year(i32),
}

impl<'a> From<&'a SubjectValue> for ColumnValue<'a> {
    fn from(value: &'a SubjectValue) -> Self {
        match value {
            SubjectValue::Entity { id, .. } => Self::Text(id.into()),
            SubjectValue::Name(name) => Self::Text(name.into()),
            SubjectValue::Year(year) => Self::Year(*year),
        }
    }
}

impl Serialize for Columns<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in &self.0 {
            match value {
                ColumnValue::Text(text) => map.serialize_entry(key, text)?,
                ColumnValue::Year(year) => map.serialize_entry(key, year)?,
            }
        }
        map.end()
    }
}
