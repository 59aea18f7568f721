//! Which entity type the traces of an XES log are of: said by the caller or the log, or told from the vocabulary,
//! when all event types of the log lead to one entity type.

use std::collections::BTreeSet;

use super::objects::plain;
use super::problem::Mistake;
use super::record::Reader;
use super::xes_head::Head;
use crate::diagnostic::nearest;
use crate::vocabulary::{EntityTypeId, EventTypeId, Field, FieldKind, Vocabulary};

/// The type of the traces, and by which field each event type leads to it.
#[derive(Debug)]
pub(super) struct Case<'a> {
    /// `None`: no trace stands for an entity.
    pub(super) kind: Option<EntityTypeId>,
    fields: Vec<Option<&'a str>>,
}

impl<'a> Case<'a> {
    pub(super) fn field(&self, event: EventTypeId) -> Option<&'a str> {
        self.fields.get(usize::from(event.0)).copied().flatten()
    }
}

/// The field by which events of a type lead to their case: the required one, else the only one.
pub fn case_field(fields: &[Field], case: EntityTypeId) -> Option<&Field> {
    let mut leading = fields.iter().filter(|field| field.kind == FieldKind::Entity(case));
    let required = leading.clone().find(|field| field.required);
    required.or_else(|| leading.next().filter(|_| leading.next().is_none()))
}

/// The entity types that every one of these event types leads to.
fn candidates(vocabulary: &Vocabulary, events: &[EventTypeId]) -> Vec<EntityTypeId> {
    let leads = |event: &EventTypeId, case| case_field(&vocabulary.event(*event).fields, case).is_some();
    vocabulary
        .entities()
        .map(|(case, _)| case)
        .filter(|case| !events.is_empty() && events.iter().all(|event| leads(event, *case)))
        .collect()
}

pub(super) fn find<'a>(
    reader: Reader<'a>,
    text: &str,
    head: &Head<'a>,
    said: Option<&str>,
) -> Result<Case<'a>, Mistake> {
    let vocabulary = reader.vocabulary;
    let known = || vocabulary.entities().map(|(_, kind)| kind.name.as_str());
    let kind = match said.or(head.case.as_deref()) {
        Some("") => None,
        Some(name) => Some(reader.found(name, |name| vocabulary.entity_by_name(name)).ok_or_else(|| {
            let near = nearest(name, known()).map(str::to_owned);
            Mistake::NoCase { said: Some(name.to_owned()), near, fit: known().map(str::to_owned).collect() }
        })?),
        None => {
            let events: Vec<EventTypeId> = events(vocabulary, text).into_iter().collect();
            let fit = candidates(vocabulary, &events);
            match *fit.as_slice() {
                [one] => Some(one),
                _ => {
                    let names = fit.iter().map(|kind| vocabulary.entity(*kind).name.clone()).collect();
                    return Err(Mistake::NoCase { said: None, near: None, fit: names });
                }
            }
        }
    };
    let field = |fields: &'a [Field]| Some(case_field(fields, kind?)?.name.as_str());
    let fields = vocabulary.events().map(|(_, event)| field(&event.fields)).collect();
    Ok(Case { kind, fields })
}

/// The event types whose names stand in the text as a `concept:name`; all, when none does.
fn events(vocabulary: &Vocabulary, text: &str) -> BTreeSet<EventTypeId> {
    const KEY: &str = "\"concept:name\"";
    let mut found = BTreeSet::new();
    let mut last = "";
    for at in memchr::memmem::find_iter(text.as_bytes(), KEY) {
        let rest = text.get(at + KEY.len()..).unwrap_or("");
        let Some(value) = rest.trim_start().strip_prefix("value=\"") else { continue };
        let name = value.split('"').next().unwrap_or("");
        if name != last {
            let name = quick_xml::escape::unescape(name).unwrap_or_default();
            found.extend(vocabulary.event_by_name(&name).or_else(|| vocabulary.event_by_name(&plain(&name))));
        }
        last = name;
    }
    if found.is_empty() { vocabulary.events().map(|(kind, _)| kind).collect() } else { found }
}
