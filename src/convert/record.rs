//! A history as the records that would give it again: entities by type and 编号, each with one record for every day
//! something about it begins; events in time order. The same history always gives the same records.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::Log;
use crate::history::{Cell, EntityRef, EventRef, History, Holder, Moment, Symbol, cell_date};
use crate::logs::RECORDED;
use crate::vocabulary::{EntityTypeId, EventTypeId, Field, FieldId, FieldKind};

/// One value, by what its field holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Value<'h> {
    Text(&'h str),
    Number(Decimal),
    Bool(bool),
    Date(NaiveDate),
    /// The 编号 of an entity.
    Entity(&'h str),
}

impl Value<'_> {
    /// As a text, the way logs write it.
    pub(super) fn word(&self) -> String {
        match self {
            Self::Text(text) | Self::Entity(text) => (*text).to_owned(),
            Self::Number(number) => number.to_string(),
            Self::Bool(value) => value.to_string(),
            Self::Date(date) => date.to_string(),
        }
    }
}

/// A field a record names. No values: an explicit nothing, from that day on.
#[derive(Clone, Debug)]
pub(super) struct Given<'h> {
    pub(super) field: &'h Field,
    pub(super) values: Vec<Value<'h>>,
}

impl Given<'_> {
    pub(super) fn is_relation(&self) -> bool {
        matches!(self.field.kind, FieldKind::Entity(_))
    }
}

/// One record about an entity.
#[derive(Clone, Debug)]
pub(super) struct EntityRecord<'h> {
    pub(super) kind: EntityTypeId,
    pub(super) id: &'h str,
    /// 有效起; `None` = from the beginning.
    pub(super) since: Option<NaiveDate>,
    pub(super) given: Vec<Given<'h>>,
}

/// One event.
#[derive(Clone, Debug)]
pub(super) struct EventRecord<'h> {
    pub(super) kind: EventTypeId,
    pub(super) id: Option<&'h str>,
    pub(super) moment: Moment,
    pub(super) given: Vec<Given<'h>>,
}

fn value<'h>(history: &'h History, field: &Field, cell: Cell) -> Value<'h> {
    match field.kind {
        FieldKind::Text | FieldKind::Enum(_) => Value::Text(history.text(Symbol(cell))),
        FieldKind::Number => Value::Number(history.number(cell)),
        FieldKind::Bool => Value::Bool(cell == 1),
        FieldKind::Date => Value::Date(cell_date(cell)),
        FieldKind::Entity(_) => Value::Entity(history.entity_id(EntityRef(cell))),
    }
}

fn values<'h>(history: &'h History, field: &'h Field, cells: &[Cell]) -> Given<'h> {
    Given { field, values: cells.iter().map(|cell| value(history, field, *cell)).collect() }
}

/// The records of one entity, in date order; at least one. The first names nothing that has no value.
pub(super) fn entity<'h>(log: &Log<'h>, kind: EntityTypeId, entity: EntityRef) -> Vec<EntityRecord<'h>> {
    let (history, id) = (log.history, log.history.entity_id(entity));
    let first = history.entity_start(entity).unwrap_or(NaiveDate::MIN);
    let mut days: Vec<(NaiveDate, Vec<Given<'h>>)> = vec![(first, Vec::new())];
    let fields = (0u16..).map(FieldId).zip(&log.vocabulary.entity(kind).fields);
    for (field_id, field) in fields {
        for (since, cells) in history.entity_versions(entity, kind, field_id) {
            if since == first && cells.is_empty() {
                continue;
            }
            let given = values(history, field, cells);
            match days.iter_mut().find(|(day, _)| *day == since) {
                Some((_, list)) => list.push(given),
                None => days.push((since, vec![given])),
            }
        }
    }
    days.sort_by_key(|(day, _)| *day);
    let since = |day: NaiveDate| (day != NaiveDate::MIN).then_some(day);
    days.into_iter().map(|(day, given)| EntityRecord { kind, id, since: since(day), given }).collect()
}

/// All entities: types in vocabulary order, within a type by 编号.
pub(super) fn entities<'h>(log: &Log<'h>) -> impl Iterator<Item = EntityRecord<'h>> {
    let log = *log;
    log.vocabulary
        .entities()
        .flat_map(move |(kind, _)| log.history.entities(kind).map(move |at| (kind, EntityRef(at))))
        .flat_map(move |(kind, at)| entity(&log, kind, at))
}

/// An event.
pub(super) fn event<'h>(log: &Log<'h>, kind: EventTypeId, event: EventRef) -> EventRecord<'h> {
    let history = log.history;
    let given = (0u16..)
        .map(FieldId)
        .zip(&log.vocabulary.event(kind).fields)
        .map(|(field_id, field)| values(history, field, history.event_field(event, kind, field_id)))
        .filter(|given| !given.values.is_empty())
        .collect();
    EventRecord { kind, id: history.event_id(event), moment: history.moment(event), given }
}

/// All events in time order; those of one moment by type, then as within a type.
pub(super) fn in_time_order(log: &Log<'_>) -> Vec<(EventTypeId, EventRef)> {
    let mut events: Vec<(EventTypeId, EventRef)> = log
        .vocabulary
        .events()
        .flat_map(|(kind, _)| log.history.events(kind).map(move |event| (kind, EventRef(event))))
        .collect();
    events.sort_by_key(|(_, event)| log.history.moment(*event));
    events
}

/// All events in time order.
pub(super) fn events<'h>(log: &Log<'h>) -> impl Iterator<Item = EventRecord<'h>> {
    let log = *log;
    in_time_order(&log).into_iter().map(move |(kind, at)| event(&log, kind, at))
}

/// What the 日志 record says besides the name: key and value. 覆盖事件 comes once for every type.
pub(super) fn header(log: &Log<'_>) -> Vec<(&'static str, String)> {
    let header = log.header;
    let mut said = Vec::new();
    said.extend(header.policy.clone().map(|policy| ("规则集", policy)));
    if let Some((from, to)) = header.coverage {
        said.push(("覆盖起", from.to_string()));
        said.push(("覆盖止", to.to_string()));
    }
    said.extend(header.as_of.map(|as_of| ("截至", as_of.to_string())));
    let recorded = |kind: &EventTypeId| log.history.is_recorded(*kind);
    let kinds = || log.vocabulary.events().map(|(kind, _)| kind);
    let given = given(log);
    if !given.is_empty() || !kinds().all(|kind| recorded(&kind)) {
        let names = kinds().filter(recorded).map(|kind| log.vocabulary.event(kind).name.clone());
        said.extend(names.chain(given).map(|name| (RECORDED, name)));
    }
    said
}

/// `类型.字段` for every field the log has a place for; nothing when it has one for all.
fn given(log: &Log<'_>) -> Vec<String> {
    let fields = |holder: fn(u16) -> Holder, at: u16, name: &str, fields: &[Field]| {
        let holder = holder(at);
        let all = (0u16..).map(FieldId).zip(fields);
        all.map(|(id, field)| (log.history.is_given(holder, id), format!("{name}.{}", field.name)))
            .collect::<Vec<_>>()
    };
    let vocabulary = log.vocabulary;
    let entities = vocabulary
        .entities()
        .flat_map(|(id, kind)| fields(|at| Holder::Entity(EntityTypeId(at)), id.0, &kind.name, &kind.fields));
    let events = vocabulary
        .events()
        .flat_map(|(id, kind)| fields(|at| Holder::Event(EventTypeId(at)), id.0, &kind.name, &kind.fields));
    let all: Vec<(bool, String)> = entities.chain(events).collect();
    if all.iter().all(|(given, _)| *given) {
        return Vec::new();
    }
    all.into_iter().filter(|(given, _)| *given).map(|(_, name)| name).collect()
}

/// Whether there is anything to say in a 日志 record.
pub(super) fn has_header(log: &Log<'_>) -> bool {
    log.header.name.is_some() || !header(log).is_empty()
}

/// A moment for formats that must write a time: midnight stands for a date alone, and a midnight that is meant
/// shows it by a part of a second finer than any log keeps.
pub(super) fn instant(moment: Moment) -> String {
    let Moment { date, millis } = moment;
    match millis {
        None => format!("{date}T00:00:00+08:00"),
        Some(0) => format!("{date}T00:00:00.000001+08:00"),
        Some(millis) => {
            let (seconds, part) = (millis / 1000, millis % 1000);
            let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
            let fraction = if part == 0 { String::new() } else { format!(".{part:03}") };
            format!("{date}T{hour:02}:{minute:02}:{second:02}{fraction}+08:00")
        }
    }
}
