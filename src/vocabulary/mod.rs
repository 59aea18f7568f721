//! What a log can speak of: entity types, event types, and their fields.
//! Taken from `实体` / `事件` blocks of the rule language by `analyze`; read by logs, analyze, plan.
//! The engine knows no other domain word: another vocabulary makes another domain.

use rustc_hash::FxHashMap;

/// An entity type (OCEL: object type). Index into [`Vocabulary::entities`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntityTypeId(pub u16);

/// An event type. Index into [`Vocabulary::events`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventTypeId(pub u16);

/// A relation or attribute of one entity or event type. Index into that type's `fields`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FieldId(pub u16);

/// One word of an enumeration with the words that mean the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    pub name: String,
    pub synonyms: Vec<String>,
}

/// What a field holds. A relation (OCEL: relationship with a qualifier) is `Entity`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldKind {
    Text,
    Number,
    Bool,
    Date,
    Enum(Vec<Term>),
    Entity(EntityTypeId),
}

/// A value assumed when the log gives none (`缺省 否`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Default {
    Bool(bool),
    /// The canonical name of an enumeration term, or a text.
    Word(String),
}

/// A relation (关系) or attribute (属性).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    pub name: String,
    pub kind: FieldKind,
    /// 可多: may hold several values.
    pub many: bool,
    /// 必填: a record without it is a bad record.
    pub required: bool,
    pub default: Option<Default>,
    /// 作名称: a text by which people name the entity (lists match it, reports show it).
    pub naming: bool,
    /// 取最新: read at the as-of date whatever date is asked for.
    pub latest: bool,
    /// 应与 线索.检查 一致: for an event's relation, the field of another of its entities that it should equal.
    pub agrees: Option<Agreement>,
}

/// `应与 <role>.<field> 一致`: both are fields; `role` of the same event, `field` of the entity it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agreement {
    pub role: FieldId,
    pub field: FieldId,
}

/// A kind of thing: 部门, 任务, 检查 …
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntityType {
    pub name: String,
    pub gist: Option<String>,
    pub fields: Vec<Field>,
}

/// A kind of happening: 抽取对象, 公示结果 …
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventType {
    pub name: String,
    pub gist: Option<String>,
    pub fields: Vec<Field>,
}

/// All entity and event types, with lookup by name.
#[derive(Clone, Debug, std::default::Default)]
pub struct Vocabulary {
    entities: Vec<EntityType>,
    events: Vec<EventType>,
    entity_names: FxHashMap<String, EntityTypeId>,
    event_names: FxHashMap<String, EventTypeId>,
}

impl Vocabulary {
    /// Names are unique within entities and within events (checked by analyze).
    pub fn new(entities: Vec<EntityType>, events: Vec<EventType>) -> Self {
        let entity_names = (0u16..).zip(&entities).map(|(i, e)| (e.name.clone(), EntityTypeId(i))).collect();
        let event_names = (0u16..).zip(&events).map(|(i, e)| (e.name.clone(), EventTypeId(i))).collect();
        Self { entities, events, entity_names, event_names }
    }

    pub fn entity_by_name(&self, name: &str) -> Option<EntityTypeId> {
        self.entity_names.get(name).copied()
    }

    pub fn event_by_name(&self, name: &str) -> Option<EventTypeId> {
        self.event_names.get(name).copied()
    }

    /// Ids come only from this vocabulary.
    #[expect(clippy::indexing_slicing, reason = "ids are made only by the same vocabulary")]
    pub fn entity(&self, id: EntityTypeId) -> &EntityType {
        &self.entities[usize::from(id.0)]
    }

    /// Ids come only from this vocabulary.
    #[expect(clippy::indexing_slicing, reason = "ids are made only by the same vocabulary")]
    pub fn event(&self, id: EventTypeId) -> &EventType {
        &self.events[usize::from(id.0)]
    }

    pub fn entities(&self) -> impl ExactSizeIterator<Item = (EntityTypeId, &EntityType)> {
        self.entities.iter().enumerate().map(|(i, e)| (EntityTypeId(u16::try_from(i).unwrap_or(u16::MAX)), e))
    }

    pub fn events(&self) -> impl ExactSizeIterator<Item = (EventTypeId, &EventType)> {
        self.events.iter().enumerate().map(|(i, e)| (EventTypeId(u16::try_from(i).unwrap_or(u16::MAX)), e))
    }
}

/// Lookup of fields, the same for entities and events.
pub trait Fields {
    fn fields(&self) -> &[Field];

    /// A field by its name.
    fn field_by_name(&self, name: &str) -> Option<FieldId> {
        self.fields()
            .iter()
            .position(|f| f.name == name)
            .map(|i| FieldId(u16::try_from(i).unwrap_or(u16::MAX)))
    }

    /// Ids come only from the same type.
    #[expect(clippy::indexing_slicing, reason = "ids are made only by the same type")]
    fn field(&self, id: FieldId) -> &Field {
        &self.fields()[usize::from(id.0)]
    }
}

impl Fields for EntityType {
    fn fields(&self) -> &[Field] {
        &self.fields
    }
}

impl Fields for EventType {
    fn fields(&self) -> &[Field] {
        &self.fields
    }
}
