//! What an attribute or relation of an entity or event holds, on the reading date.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "forms and values not named answer alike: one value, or none"
)]

use super::Machine;
use crate::evaluate::value::{Doubt, Note, Val};
use crate::history::{Cell, EntityRef, EventRef, Holder, Symbol, cell_date};
use crate::plan::{CellKind, FieldRead, Node, Source};

impl<'b> Machine<'b, '_> {
    pub(super) fn field(&mut self, owner: &Node, read: &FieldRead) -> Val {
        let owner = self.value(owner);
        let cells = match owner {
            Val::Missing | Val::Many => return Val::Missing,
            _ => match self.cells(owner, read) {
                Some(cells) => cells,
                None => return Val::Absent,
            },
        };
        match cells {
            [] => match &read.default {
                Some(default) => self.value(default),
                None => {
                    self.note_field(owner, read);
                    Val::Missing
                }
            },
            [one] => self.cell(*one, read.kind),
            _ => Val::Many,
        }
    }

    pub(super) fn field_elements(&mut self, owner: Val, read: &FieldRead, out: &mut Vec<Val>) -> Doubt {
        if matches!(owner, Val::Missing | Val::Many) {
            return Doubt { short: true, excess: false };
        }
        let Some(cells) = self.cells(owner, read) else { return Doubt::default() };
        if cells.is_empty() {
            if let Some(default) = &read.default {
                let value = self.value(default);
                out.push(value);
                return Doubt::default();
            }
            self.note_field(owner, read);
            return Doubt { short: true, excess: false };
        }
        for cell in cells {
            let value = self.cell(*cell, read.kind);
            out.push(value);
        }
        Doubt::default()
    }

    pub(super) fn cells(&self, owner: Val, read: &FieldRead) -> Option<&'b [Cell]> {
        let history = self.bound.history;
        match (owner, read.source) {
            (Val::Entity(entity), Source::Entities(kind)) => {
                let on = if read.latest { self.bound.as_of } else { self.read_on };
                Some(history.entity_field(EntityRef(entity), kind, read.field, on))
            }
            (Val::Event(event) | Val::Maybe(event), Source::Events(kind)) => {
                Some(history.event_field(EventRef(event), kind, read.field))
            }
            _ => None,
        }
    }

    fn cell(&self, cell: Cell, kind: CellKind) -> Val {
        match kind {
            CellKind::Text => Val::Text(cell),
            CellKind::Number => Val::Number(self.bound.history.number(cell)),
            CellKind::Bool => Val::Bool(cell != 0),
            CellKind::Date => Val::Date(cell_date(cell)),
            CellKind::Entity(_) => Val::Entity(cell),
        }
    }

    pub(super) fn blank(&self, cell: Cell, read: &FieldRead) -> bool {
        read.kind == CellKind::Text && self.bound.history.text(Symbol(cell)).trim().is_empty()
    }

    /// Whether the logs have no place for a field; says so in the notes.
    pub(super) fn ungiven(&mut self, read: &FieldRead) -> bool {
        let holder = match read.source {
            Source::Entities(kind) => Holder::Entity(kind),
            Source::Events(kind) => Holder::Event(kind),
        };
        let ungiven = !self.bound.history.is_given(holder, read.field);
        if ungiven {
            self.notes.push(Note::Ungiven { source: read.source, field: read.field });
        }
        ungiven
    }

    pub(super) fn note_field(&mut self, owner: Val, read: &FieldRead) {
        if self.ungiven(read) {
            return;
        }
        if let Val::Entity(holder) | Val::Event(holder) | Val::Maybe(holder) = owner {
            self.notes.push(Note::Field { source: read.source, field: read.field, holder });
        }
    }
}
