//! Whom a finding is about: the columns of its subject, for people and for sorting.

use std::collections::BTreeMap;

use serde_json::Value;

/// One column of a subject: an entity (by 编号, with the name people know it by), a list entry
/// that the log has no entity for (only `name`), or a year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SubjectValue {
    Entity { id: String, name: Option<String> },
    Name(String),
    Year(i32),
}

/// 主体: what the rule is about, by column name (检查, 部门, 年度 …), in the rule's order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject(pub Vec<(String, SubjectValue)>);

impl Subject {
    /// For people: names where known, joined by ` · `.
    pub fn label(&self) -> String {
        let columns = self.0.iter().map(|(_, value)| match value {
            SubjectValue::Entity { id, name: Some(name) } if name != id => format!("{name}（{id}）"),
            SubjectValue::Entity { id, .. } => id.clone(),
            SubjectValue::Name(name) => name.clone(),
            SubjectValue::Year(year) => format!("{year} 年度"),
        });
        columns.collect::<Vec<_>>().join(" · ")
    }

    /// 主体按键的码位次序序列化的文字 (contract §4): what findings are sorted by.
    /// `{"检查":"J1","部门":"D1"}`, compact, nothing escaped that JSON does not require.
    pub fn sort_text(&self) -> String {
        let columns = self.0.iter().map(|(name, value)| {
            let value = match value {
                SubjectValue::Entity { id: text, .. } | SubjectValue::Name(text) => {
                    Value::from(text.as_str())
                }
                SubjectValue::Year(year) => Value::from(*year),
            };
            (name.as_str(), value)
        });
        let sorted: BTreeMap<&str, Value> = columns.collect();
        serde_json::to_string(&sorted).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_in_code_point_order() {
        let department = SubjectValue::Entity { id: "D1".into(), name: Some("区市场监管局".into()) };
        let subject = Subject(vec![("机构".into(), department), ("年度".into(), SubjectValue::Year(2025))]);
        assert_eq!(subject.sort_text(), r#"{"年度":2025,"机构":"D1"}"#);
    }
}
