//! The text findings are sorted by: a subject as JSON, keys in code-point order.
//! `{"检查":"J1","部门":"D1"}`, compact, nothing escaped that JSON does not require.

use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::finding::{Subject, SubjectValue};

/// 主体按键的码位次序序列化的文字 (contract §4).
pub fn subject_text(subject: &Subject) -> String {
    let mut columns: Vec<_> = subject.0.iter().collect();
    columns.sort_by(|a, b| a.0.cmp(&b.0));
    let columns = columns.into_iter().map(|(key, value)| (key.as_str(), value.into()));
    serde_json::to_string(&Columns(columns.collect())).unwrap_or_default()
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_in_code_point_order() {
        let department = SubjectValue::Entity { id: "D1".into(), name: Some("区市场监管局".into()) };
        let subject = Subject(vec![("机构".into(), department), ("年度".into(), SubjectValue::Year(2025))]);
        assert_eq!(subject_text(&subject), r#"{"年度":2025,"机构":"D1"}"#);
    }
}
