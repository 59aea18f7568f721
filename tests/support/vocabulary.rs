//! The contract's vocabulary for tests that must not depend on the rule language.
//! Reads `tests/data/vocabulary.yaml`, adds what that file says only in comments or in the ledger.

use serde_yaml::{Mapping, Value};
use zhunsheng::vocabulary::{
    Agreement, Default, EntityType, EntityTypeId, EventType, Field, FieldId, FieldKind, Fields as _, Term,
    Vocabulary,
};

/// Events about an inspection or a task and one department: the department must be given (台账口径 24、33).
const WITH_DEPARTMENT: [&str; 12] = [
    "形成结果",
    "录入结果",
    "公示结果",
    "发现公示有误",
    "更改结果",
    "后续处理",
    "作出查处",
    "公示查处结果",
    "归档",
    "确认名录库",
    "派发名单",
    "抽取人员",
];

/// The whole vocabulary.
pub fn vocabulary() -> Vocabulary {
    let document: Value = serde_yaml::from_str(include_str!("../data/vocabulary.yaml")).unwrap();
    let section = |name: &str| document[name].as_mapping().unwrap().clone();
    let entity_names: Vec<String> = section("实体").keys().map(text).collect();
    let entities: Vec<EntityType> = section("实体")
        .iter()
        .map(|(name, body)| EntityType { name: text(name), gist: None, fields: fields(body, &entity_names) })
        .collect();
    let events = section("事件")
        .iter()
        .map(|(name, body)| {
            let mut kind = EventType { name: text(name), gist: None, fields: fields(body, &entity_names) };
            if let Some(first) = kind.fields.first_mut() {
                first.required = true;
            }
            for field in &mut kind.fields {
                let department = WITH_DEPARTMENT.contains(&kind.name.as_str()) || kind.name == "响应";
                field.required |= department && field.name == "部门";
                if kind.name == "拒签" && field.name == "情形" {
                    field.default = Some(Default::Word("拒绝".into()));
                }
            }
            if kind.name == "发现线索" {
                let role = kind.field_by_name("线索").unwrap();
                let said = usize::from(kind.field_by_name("检查").unwrap().0);
                let clue = entities.iter().find(|entity| entity.name == "线索").unwrap();
                kind.fields[said].agrees =
                    Some(Agreement { role, field: clue.field_by_name("检查").unwrap() });
            }
            kind
        })
        .collect();
    Vocabulary::new(entities, events)
}

fn fields(body: &Value, entities: &[String]) -> Vec<Field> {
    let empty = Mapping::new();
    let part = |name: &str| body.get(name).and_then(Value::as_mapping).unwrap_or(&empty);
    let relations = part("关系").iter().map(|(name, kind)| (text(name), text(kind), true));
    let attributes = part("属性").iter().map(|(name, kind)| (text(name), text(kind), false));
    relations.chain(attributes).map(|(name, kind, relation)| field(name, &kind, relation, entities)).collect()
}

fn field(name: String, kind: &str, relation: bool, entities: &[String]) -> Field {
    let (kind, many) = kind.strip_suffix('*').map_or((kind, false), |kind| (kind, true));
    let kind = if relation {
        let index = entities.iter().position(|entity| entity == kind).unwrap();
        FieldKind::Entity(EntityTypeId(u16::try_from(index).unwrap()))
    } else {
        match kind {
            "文本" => FieldKind::Text,
            "数" => FieldKind::Number,
            "布尔" => FieldKind::Bool,
            "日期" => FieldKind::Date,
            terms => {
                let terms = terms.strip_prefix("枚举(").unwrap().strip_suffix(')').unwrap();
                FieldKind::Enum(terms.split('|').map(term).collect())
            }
        }
    };
    let naming = !relation && ["名称", "别名", "姓名"].contains(&name.as_str());
    let default =
        ["不宜告知", "不宜公开", "重点监管"].contains(&name.as_str()).then_some(Default::Bool(false));
    Field { name, kind, many, required: false, default, naming, latest: false, agrees: None }
}

fn term(name: &str) -> Term {
    let synonyms = if name == "实地检查" { vec!["实地核查".to_owned()] } else { Vec::new() };
    Term { name: name.to_owned(), synonyms }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// The field of an entity or event type, by name.
pub fn field_id(kind: &impl zhunsheng::vocabulary::Fields, name: &str) -> FieldId {
    kind.field_by_name(name).unwrap()
}
