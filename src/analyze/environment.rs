//! What names mean at a place in a rule: subject columns, parameters of a definition, and the thing
//! being filtered or judged. Slots are handed out once and never reused within a rule.

use crate::policy::{Slot, Type};

/// One layer of names; inner layers come later.
#[derive(Clone, Debug)]
pub(super) enum Frame {
    /// A subject column or a parameter of a definition.
    Variable { name: String, slot: Slot, kind: Type },
    /// The element of a filter, of 凡, or the event being judged: its fields are names by themselves,
    /// and so is the name of its type.
    Element { type_name: String, slot: Slot, kind: Type },
}

/// Names in scope and the next free slot.
#[derive(Clone, Debug, Default)]
pub(super) struct Environment {
    pub(super) frames: Vec<Frame>,
    pub(super) next: usize,
}

impl Environment {
    /// A fresh slot.
    pub(super) fn slot(&mut self) -> Slot {
        let slot = Slot(self.next);
        self.next += 1;
        slot
    }

    pub(super) fn variable(&mut self, name: impl Into<String>, kind: Type) -> Slot {
        let slot = self.slot();
        self.column(name, slot, kind);
        slot
    }

    /// A subject column, in a slot kept for it.
    pub(super) fn column(&mut self, name: impl Into<String>, slot: Slot, kind: Type) {
        self.frames.push(Frame::Variable { name: name.into(), slot, kind });
    }

    pub(super) fn element(&mut self, type_name: impl Into<String>, kind: Type) -> Slot {
        let slot = self.slot();
        self.push_element(type_name, slot, kind);
        slot
    }

    pub(super) fn push_element(&mut self, type_name: impl Into<String>, slot: Slot, kind: Type) {
        self.frames.push(Frame::Element { type_name: type_name.into(), slot, kind });
    }

    pub(super) fn pop(&mut self) {
        self.frames.pop();
    }

    /// The innermost element.
    pub(super) fn innermost(&self) -> Option<(Slot, &Type)> {
        self.frames.iter().rev().find_map(|frame| match frame {
            Frame::Element { slot, kind, .. } => Some((*slot, kind)),
            Frame::Variable { .. } => None,
        })
    }

    /// The innermost element that is an event.
    pub(super) fn event(&self) -> Option<(Slot, &Type)> {
        self.frames.iter().rev().find_map(|frame| match frame {
            Frame::Element { slot, kind: kind @ (Type::Event(_) | Type::AnyEvent), .. } => {
                Some((*slot, kind))
            }
            Frame::Element { .. } | Frame::Variable { .. } => None,
        })
    }
}
