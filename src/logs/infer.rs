//! Logs → a vocabulary that has a place for everything in them. For converting logs without rules, and as a
//! beginning for someone who writes rules for a new field of work.
//! Relations are those OCEL declares; in JSONL and YAML, fields whose every value is the 编号 of one type's entities.

use std::borrow::Cow;

use rustc_hash::FxHashMap;

use super::format::LogFormat;
use super::node::Shape;
use super::objects::{Objects, plain, role_names};
use super::problem::What;
use super::sight::{self, Sighting};
use super::xes_head::ENTITIES;
use super::{time, value};
use crate::source::{FileId, SourceMap};
use crate::vocabulary::{EntityType, EntityTypeId, EventType, Field, FieldKind, Vocabulary};

/// What the values of a field can all be read as.
#[derive(Clone, Copy, Debug)]
struct Readings {
    any: bool,
    number: bool,
    boolean: bool,
    date: bool,
}

#[derive(Debug)]
struct FieldSeen {
    name: String,
    declared: Option<String>,
    readings: Readings,
    many: bool,
    /// The types of which every value is a 编号; `None` before the first value.
    targets: Option<Vec<usize>>,
    /// Whether such a 编号 makes a relation of it.
    by_value: bool,
    /// A relation of OCEL: to this type.
    relation: Option<usize>,
}

#[derive(Debug, Default)]
struct TypeSeen {
    name: String,
    fields: Vec<FieldSeen>,
    index: FxHashMap<(String, Option<usize>), usize>,
}

/// The types seen so far, in the order first met.
#[derive(Debug, Default)]
struct World {
    entities: Vec<TypeSeen>,
    events: Vec<TypeSeen>,
    entity_names: FxHashMap<String, usize>,
    event_names: FxHashMap<String, usize>,
    /// 编号 → types that have one of that name.
    ids: FxHashMap<String, Vec<usize>>,
}

fn format_of(name: &str, text: &str, said: Option<LogFormat>) -> LogFormat {
    said.unwrap_or_else(|| LogFormat::detect(name, text))
}

/// Nothing in an XES log of another tool names an entity, so there is no need to know them all first.
fn at_once(text: &str, format: LogFormat) -> bool {
    format == LogFormat::Xes && memchr::memmem::find(text.as_bytes(), ENTITIES.as_bytes()).is_none()
}

/// The vocabulary of these logs.
pub fn infer(sources: &SourceMap, files: &[FileId], format: Option<LogFormat>) -> Vocabulary {
    let mut world = World::default();
    let texts = || {
        files.iter().map(|file| {
            let source = sources.file(*file);
            (*file, source.text(), format_of(source.name(), source.text(), format))
        })
    };
    // First who there is, so that fields can then be told to name them.
    for (file, text, format) in texts() {
        let once = at_once(text, format);
        sight::each(file, text, format, &mut |sighting| {
            world.meet(&sighting);
            if once {
                world.see(sighting);
            }
        });
    }
    for (file, text, format) in texts().filter(|(_, text, format)| !at_once(text, *format)) {
        sight::each(file, text, format, &mut |sighting| world.see(sighting));
    }
    world.vocabulary()
}

/// The objects of OCEL logs, by the vocabulary inferred from them.
pub(super) fn objects(
    sources: &SourceMap,
    files: &[FileId],
    vocabulary: &Vocabulary,
    format: Option<LogFormat>,
    inferred: bool,
) -> Option<Objects> {
    if !inferred && !needs_objects(sources, files, vocabulary) {
        return None;
    }
    let mut objects = Objects::default();
    objects.inferred = inferred;
    for file in files {
        let source = sources.file(*file);
        let format = format_of(source.name(), source.text(), format);
        if !matches!(format, LogFormat::Ocel | LogFormat::OcelXml) {
            continue;
        }
        sight::each(*file, source.text(), format, &mut |sighting| {
            if let (What::Entity, Some(id)) = (sighting.what, &sighting.id)
                && let Some(kind) = vocabulary
                    .entity_by_name(&sighting.kind)
                    .or_else(|| vocabulary.entity_by_name(&plain(&sighting.kind)))
            {
                objects.add(id, kind);
            }
        });
    }
    Some(objects)
}

/// Whether a relation can be told only by the type of the object it leads to: the vocabulary has names made of
/// both (see [`role_names`]), or the log has nameless relations.
fn needs_objects(sources: &SourceMap, files: &[FileId], vocabulary: &Vocabulary) -> bool {
    let made = |field: &Field| match field.kind {
        FieldKind::Entity(kind) => field.name.ends_with(&format!("_{}", vocabulary.entity(kind).name)),
        FieldKind::Text | FieldKind::Number | FieldKind::Bool | FieldKind::Date | FieldKind::Enum(_) => false,
    };
    let fields = vocabulary.entities().map(|(_, kind)| &kind.fields);
    let mut fields = fields.chain(vocabulary.events().map(|(_, kind)| &kind.fields)).flatten();
    let nameless = |file: &FileId| {
        let text = sources.file(*file).text().as_bytes();
        ["qualifier\":\"\"", "qualifier\": \"\"", "qualifier=\"\""]
            .iter()
            .any(|written| memchr::memmem::find(text, written.as_bytes()).is_some())
    };
    fields.any(made) || files.iter().any(nameless)
}

fn name<'a>(sighting: &Sighting<'_>, name: &'a str) -> Cow<'a, str> {
    if sighting.foreign { plain(name) } else { Cow::Borrowed(name) }
}

impl World {
    fn entity(&mut self, name: &str) -> usize {
        if let Some(at) = self.entity_names.get(name) {
            return *at;
        }
        let at = self.entities.len();
        self.entities.push(TypeSeen { name: name.to_owned(), ..TypeSeen::default() });
        self.entity_names.insert(name.to_owned(), at);
        at
    }

    fn event(&mut self, name: &str) -> usize {
        if let Some(at) = self.event_names.get(name) {
            return *at;
        }
        let at = self.events.len();
        self.events.push(TypeSeen { name: name.to_owned(), ..TypeSeen::default() });
        self.event_names.insert(name.to_owned(), at);
        at
    }

    fn meet(&mut self, sighting: &Sighting<'_>) {
        let kind = name(sighting, &sighting.kind);
        match sighting.what {
            What::Entity => {
                let at = self.entity(&kind);
                if let Some(id) = &sighting.id {
                    match self.ids.get_mut(id.as_ref()) {
                        Some(types) if types.contains(&at) => {}
                        Some(types) => types.push(at),
                        None => {
                            self.ids.insert(id.clone().into_owned(), vec![at]);
                        }
                    }
                }
            }
            What::Event => {
                self.event(&kind);
            }
        }
    }

    fn see(&mut self, sighting: Sighting<'_>) {
        let kind = name(&sighting, &sighting.kind);
        let case = sighting.case.as_ref().map(|case| self.entity(&plain(case)));
        let Self { entities, events, entity_names, event_names, ids } = self;
        let seen = match sighting.what {
            What::Entity => entity_names.get(kind.as_ref()).and_then(|at| entities.get_mut(*at)),
            What::Event => event_names.get(kind.as_ref()).and_then(|at| events.get_mut(*at)),
        };
        let Some(seen) = seen else { return };
        for (at, field) in sighting.fields.iter().enumerate() {
            let field_name = name(&sighting, &field.name);
            let earlier = sighting.fields.iter().take(at);
            let again = earlier.clone().any(|other| other.name == field.name && other.time == field.time);
            let slot = seen.field(&field_name, None);
            slot.many |= again;
            if let Some(declared) = &field.declared {
                slot.declared.get_or_insert_with(|| declared.clone().into_owned());
            }
            if let Some(value) = &field.value {
                slot.value(value, sighting.by_value, ids);
            }
        }
        for (at, (qualifier, id)) in sighting.relations.iter().enumerate() {
            let Some(target) = ids.get(id.as_ref()).and_then(|types| types.first()) else { continue };
            let same = |(other, other_id): &(Cow<'_, str>, Cow<'_, str>)| {
                other == qualifier
                    && ids.get(other_id.as_ref()).is_some_and(|types| types.first() == Some(target))
            };
            let again = sighting.relations.iter().take(at).any(same);
            let slot = seen.field(qualifier, Some(*target));
            slot.many |= again;
        }
        if case.is_some() {
            seen.field("", case);
        }
    }

    fn vocabulary(self) -> Vocabulary {
        let names: Vec<String> = self.entities.iter().map(|kind| kind.name.clone()).collect();
        let entities = self.entities.into_iter().map(|kind| EntityType {
            name: kind.name.clone(),
            gist: None,
            fields: kind.declared(&names),
        });
        let entities = entities.collect();
        let events = self.events.into_iter().map(|kind| EventType {
            name: kind.name.clone(),
            gist: None,
            fields: kind.declared(&names),
        });
        Vocabulary::new(entities, events.collect())
    }
}

impl TypeSeen {
    fn field(&mut self, name: &str, relation: Option<usize>) -> &mut FieldSeen {
        let at = match self.index.get(&(name.to_owned(), relation)) {
            Some(at) => *at,
            None => {
                let at = self.fields.len();
                self.fields.push(FieldSeen {
                    name: name.to_owned(),
                    declared: None,
                    readings: Readings { any: false, number: true, boolean: true, date: true },
                    many: false,
                    targets: None,
                    by_value: false,
                    relation,
                });
                self.index.insert((name.to_owned(), relation), at);
                at
            }
        };
        #[expect(clippy::indexing_slicing, reason = "the index holds only places in this list")]
        &mut self.fields[at]
    }

    /// An attribute that says where a relation of the same name leads from some day on.
    fn is_relation_over_time(&self, seen: &FieldSeen) -> bool {
        let of_one_name = |other: &&FieldSeen| plain(&other.name) == plain(&seen.name);
        let mut relations = self.fields.iter().filter(of_one_name).filter_map(|other| other.relation);
        let leads = |kind| seen.targets.as_ref().is_some_and(|targets| targets.contains(&kind));
        seen.relation.is_none() && relations.any(leads)
    }

    fn declared(&self, names: &[String]) -> Vec<Field> {
        let mut fields: Vec<Field> = Vec::with_capacity(self.fields.len());
        for seen in self.fields.iter().filter(|seen| !self.is_relation_over_time(seen)) {
            let target = seen.target(names);
            let name = match (seen.relation, target) {
                (Some(_), Some(target)) => {
                    let kind = names.get(target).map_or("", String::as_str);
                    let several = self
                        .fields
                        .iter()
                        .filter(|other| plain(&other.name) == plain(&seen.name))
                        .filter(|other| !self.is_relation_over_time(other))
                        .count()
                        > 1;
                    let mut wanted = role_names(&seen.name, kind);
                    if wanted.len() > 1 && several { wanted.remove(1) } else { wanted.remove(0) }
                }
                (Some(_) | None, _) => seen.name.clone(),
            };
            let kind = match target {
                Some(target) => FieldKind::Entity(EntityTypeId(u16::try_from(target).unwrap_or(u16::MAX))),
                None => seen.kind(),
            };
            fields.push(Field {
                name,
                kind,
                many: seen.many,
                required: false,
                default: None,
                naming: false,
                latest: false,
                agrees: None,
            });
        }
        fields
    }
}

impl FieldSeen {
    fn value(&mut self, shape: &Shape<'_>, by_value: bool, ids: &FxHashMap<String, Vec<usize>>) {
        match shape {
            Shape::List(items) => {
                self.many = true;
                for item in items {
                    self.value(&item.shape, by_value, ids);
                }
                return;
            }
            Shape::Null => return,
            Shape::Bool(_)
            | Shape::Number(_)
            | Shape::Text(_)
            | Shape::Plain(_)
            | Shape::Map(_)
            | Shape::TooDeep => {}
        }
        let word = shape.word();
        let typed = self.declared.is_some() || matches!(shape, Shape::Plain(_));
        let readings = &mut self.readings;
        readings.any = true;
        let is_number = matches!(shape, Shape::Number(_)) || typed;
        readings.number &= is_number && word.and_then(value::number).is_some();
        let is_bool = typed && word.and_then(value::boolean).is_some();
        readings.boolean &= matches!(shape, Shape::Bool(_)) || is_bool;
        readings.date &= word.is_some_and(whole_day);
        self.by_value |= by_value;
        let targets = match word.and_then(|word| ids.get(word)) {
            Some(types) => types.as_slice(),
            None => &[],
        };
        match &mut self.targets {
            Some(known) => known.retain(|kind| targets.contains(kind)),
            None => self.targets = Some(targets.to_vec()),
        }
    }

    /// The entity type a relation leads to; of several that fit, the one it is called after.
    fn target(&self, names: &[String]) -> Option<usize> {
        self.relation.or_else(|| match self.targets.as_deref().filter(|_| self.by_value) {
            Some([one]) => Some(*one),
            Some(several) => several.iter().copied().find(|kind| names.get(*kind) == Some(&self.name)),
            None => None,
        })
    }

    fn kind(&self) -> FieldKind {
        let Readings { any, number, boolean, date } = self.readings;
        match (self.declared.as_deref(), any) {
            (Some("integer" | "float"), false) => FieldKind::Number,
            (Some("boolean"), false) => FieldKind::Bool,
            (Some("string"), _) | (_, false) => FieldKind::Text,
            (Some("integer" | "float"), true) if number => FieldKind::Number,
            (Some("boolean"), true) if boolean => FieldKind::Bool,
            (Some("time"), true) if date => FieldKind::Date,
            (Some(_), true) => FieldKind::Text,
            (None, true) if number => FieldKind::Number,
            (None, true) if boolean => FieldKind::Bool,
            (None, true) if date => FieldKind::Date,
            (None, true) => FieldKind::Text,
        }
    }
}

/// A date, or the midnight that stands for one: nothing is lost in keeping the date alone.
fn whole_day(word: &str) -> bool {
    time::moment(word).is_ok_and(|moment| match moment.millis {
        None => true,
        Some(millis) => millis == 0 && !time::is_exact(word),
    })
}
