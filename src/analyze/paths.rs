//! How an event or entity leads to an entity of some type: directly by a relation, or up a chain of them.
//! Takes types; gives the one shortest path, or says there is none or that several compete.

use crate::policy::{Holder, QueryKind, Step};
use crate::vocabulary::{EntityTypeId, Field, FieldId, FieldKind, Fields, Vocabulary};

/// The longest chain of relations that is still followed without being written out.
const LONGEST: usize = 3;

/// Outcome of looking for a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum PathSearch {
    Found(Vec<Step>),
    None,
    /// Names of the relations that compete.
    Several(Vec<String>),
}

fn fields(vocabulary: &Vocabulary, holder: Holder) -> &[Field] {
    match holder {
        Holder::Entity(id) => vocabulary.entity(id).fields(),
        Holder::Event(id) => vocabulary.event(id).fields(),
    }
}

/// The type's holder for a query.
pub(super) fn holder(kind: QueryKind) -> Holder {
    match kind {
        QueryKind::Events(id) => Holder::Event(id),
        QueryKind::Entities(id) => Holder::Entity(id),
    }
}

fn relations(vocabulary: &Vocabulary, holder: Holder) -> impl Iterator<Item = (Step, &Field, EntityTypeId)> {
    fields(vocabulary, holder).iter().enumerate().filter_map(move |(index, field)| match field.kind {
        FieldKind::Entity(target) => {
            let id = FieldId(u16::try_from(index).ok()?);
            Some((Step { holder, id }, field, target))
        }
        FieldKind::Text | FieldKind::Number | FieldKind::Bool | FieldKind::Date | FieldKind::Enum(_) => None,
    })
}

/// A relation of the type itself. Among several, the one named like the target type wins.
pub(super) fn direct(vocabulary: &Vocabulary, from: QueryKind, to: EntityTypeId) -> PathSearch {
    let found: Vec<(Step, &Field)> = relations(vocabulary, holder(from))
        .filter(|(_, _, target)| *target == to)
        .map(|(step, field, _)| (step, field))
        .collect();
    let name = &vocabulary.entity(to).name;
    match found.as_slice() {
        [] => PathSearch::None,
        [(step, _)] => PathSearch::Found(vec![*step]),
        several => match several.iter().find(|(_, field)| field.name == *name) {
            Some((step, _)) => PathSearch::Found(vec![*step]),
            None => PathSearch::Several(several.iter().map(|(_, field)| field.name.clone()).collect()),
        },
    }
}

/// The shortest chain: first any relation, then single-valued ones only.
pub(super) fn shortest(vocabulary: &Vocabulary, from: QueryKind, to: EntityTypeId) -> PathSearch {
    match direct(vocabulary, from, to) {
        PathSearch::None => {}
        found @ (PathSearch::Found(_) | PathSearch::Several(_)) => return found,
    }
    let mut frontier: Vec<(Vec<Step>, EntityTypeId, String)> = relations(vocabulary, holder(from))
        .map(|(step, field, target)| (vec![step], target, field.name.clone()))
        .collect();
    for _ in 1..LONGEST {
        let mut next = Vec::new();
        for (path, at, first) in &frontier {
            for (step, field, target) in relations(vocabulary, Holder::Entity(*at)) {
                if !field.many {
                    let mut longer = path.clone();
                    longer.push(step);
                    next.push((longer, target, first.clone()));
                }
            }
        }
        let hits: Vec<&(Vec<Step>, EntityTypeId, String)> =
            next.iter().filter(|(_, at, _)| *at == to).collect();
        match hits.as_slice() {
            [] => frontier = next,
            [(path, _, _)] => return PathSearch::Found(path.clone()),
            several => {
                return PathSearch::Several(several.iter().map(|(_, _, first)| first.clone()).collect());
            }
        }
    }
    PathSearch::None
}

/// From an entity up to one of a type by single-valued relations; empty when it is of that type already.
pub(super) fn upward(vocabulary: &Vocabulary, from: EntityTypeId, to: EntityTypeId) -> Option<Vec<Step>> {
    if from == to {
        return Some(Vec::new());
    }
    let mut frontier = vec![(Vec::new(), from)];
    for _ in 0..LONGEST {
        let mut next = Vec::new();
        for (path, at) in &frontier {
            for (step, field, target) in relations(vocabulary, Holder::Entity(*at)) {
                if field.many {
                    continue;
                }
                let mut longer: Vec<Step> = path.clone();
                longer.push(step);
                if target == to {
                    return Some(longer);
                }
                next.push((longer, target));
            }
        }
        frontier = next;
    }
    None
}
