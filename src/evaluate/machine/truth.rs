//! Whether a condition holds: true, false, or unknown because something is missing.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "forms and values not named answer alike: one value, or none"
)]

use super::{Machine, contains, distinct};
use crate::evaluate::value::{Doubt, Truth, Val};
use crate::history::Cell;
use crate::plan::Node;

impl Machine<'_, '_> {
    /// Whether a condition holds. Notes are added only when the answer is unknown.
    pub(in crate::evaluate) fn truth(&mut self, node: &Node) -> Truth {
        let before = self.notes.len();
        let truth = self.judge(node);
        if truth != Truth::Unknown {
            self.notes.truncate(before);
        }
        truth
    }

    fn judge(&mut self, node: &Node) -> Truth {
        match node {
            Node::Bool(value) => Truth::of(*value),
            Node::And(list) => {
                let mut all = Truth::True;
                for part in list {
                    match self.truth(part) {
                        Truth::False => return Truth::False,
                        Truth::Unknown => all = Truth::Unknown,
                        Truth::True => {}
                    }
                }
                all
            }
            Node::Or(list) => {
                let mut any = Truth::False;
                for part in list {
                    match self.truth(part) {
                        Truth::True => return Truth::True,
                        Truth::Unknown => any = Truth::Unknown,
                        Truth::False => {}
                    }
                }
                any
            }
            Node::Not(of) => self.truth(of).not(),
            Node::Present(of) => self.present(of),
            Node::Compare(op, left, right) => {
                let (left, right) = (self.value(left), self.value(right));
                self.compare(*op, left, right)
            }
            Node::In(left, right) => self.inside(left, right),
            Node::NamedIn { left, slot, hits, all, role } => {
                let value = self.value(left);
                match value {
                    Val::Missing | Val::Many | Val::Maybe(_) => return Truth::Unknown,
                    Val::Entity(_) => {}
                    _ => return Truth::False,
                }
                self.set_slot(*slot, value);
                match self.any(hits) {
                    Truth::False => {}
                    found @ (Truth::True | Truth::Unknown) => return found,
                }
                let mut unknown = false;
                for (event, truth, _) in self.matches(all) {
                    let silent = self.cells(Val::Event(event), role).is_none_or(<[Cell]>::is_empty);
                    if silent || truth == Truth::Unknown {
                        self.note_field(Val::Event(event), role);
                        unknown = true;
                    }
                }
                if unknown { Truth::Unknown } else { Truth::False }
            }
            Node::Listed(of, list) => {
                let mut values = Vec::new();
                let doubt = if of.is_set() {
                    self.set(of, &mut values)
                } else {
                    match self.value(of) {
                        Val::Missing | Val::Maybe(_) | Val::Many => return Truth::Unknown,
                        value => values.push(value),
                    }
                    Doubt::default()
                };
                if values.iter().any(|value| !self.listed(value, *list)) {
                    return Truth::False;
                }
                if doubt.short { Truth::Unknown } else { Truth::of(!values.is_empty()) }
            }
            Node::Contains(left, right) => self.contains(left, right),
            Node::SetEqual(left, right) => {
                let (mut l, mut r) = (Vec::new(), Vec::new());
                let doubt = self.set(left, &mut l).join(self.set(right, &mut r));
                if doubt.short || doubt.excess {
                    return Truth::Unknown;
                }
                distinct(&mut l);
                distinct(&mut r);
                Truth::of(l.len() == r.len() && l.iter().all(|value| contains(&r, value)))
            }
            Node::Every { set, element, body } => {
                let mut elements = Vec::new();
                let doubt = self.set(set, &mut elements);
                distinct(&mut elements);
                let mut all = if doubt.short { Truth::Unknown } else { Truth::True };
                for value in elements {
                    self.set_slot(*element, value);
                    match self.truth(body) {
                        Truth::False if !doubt.excess => {
                            self.failing.push(value);
                            return Truth::False;
                        }
                        Truth::False | Truth::Unknown => all = Truth::Unknown,
                        Truth::True => {}
                    }
                }
                all
            }
            Node::Let { bindings, body } => {
                self.bind(bindings);
                self.truth(body)
            }
            Node::Probe(probe, of) => self.probed_truth(*probe, of),
            Node::Query(query) | Node::Pick(_, query) => self.any(query),
            other => match self.value(other) {
                Val::Bool(value) => Truth::of(value),
                Val::Missing | Val::Many | Val::Maybe(_) => Truth::Unknown,
                _ => Truth::False,
            },
        }
    }

    pub(in crate::evaluate) fn present(&mut self, of: &Node) -> Truth {
        match of {
            Node::Query(query) => self.any(query),
            Node::Field(owner, read) => {
                let mut owners = Vec::new();
                let doubt = self.set(owner, &mut owners);
                let given = owners.iter().any(|owner| {
                    read.default.is_some()
                        || self
                            .cells(*owner, read)
                            .is_some_and(|cells| cells.iter().any(|cell| !self.blank(*cell, read)))
                });
                match (given, doubt.short) {
                    (true, _) => Truth::True,
                    (false, true) => Truth::Unknown,
                    // 台账没有这一栏，空着就不是没有填。
                    (false, false) if self.ungiven(read) => Truth::Unknown,
                    (false, false) => Truth::False,
                }
            }
            Node::OrElse(list) => {
                let mut any = Truth::False;
                for alternative in list {
                    match self.present(alternative) {
                        Truth::True => return Truth::True,
                        Truth::Unknown => any = Truth::Unknown,
                        Truth::False => {}
                    }
                }
                any
            }
            Node::Let { bindings, body } => {
                self.bind(bindings);
                self.present(body)
            }
            Node::Probe(probe, of) => self.probed_present(*probe, of),
            Node::Set(..) | Node::Dates(_) => {
                let mut set = Vec::new();
                let doubt = self.set(of, &mut set);
                if set.is_empty() && doubt.short { Truth::Unknown } else { Truth::of(!set.is_empty()) }
            }
            other => match self.value(other) {
                Val::Missing | Val::Maybe(_) => Truth::Unknown,
                Val::Absent => Truth::False,
                _ => Truth::True,
            },
        }
    }

    fn inside(&mut self, left: &Node, right: &Node) -> Truth {
        let mut elements = Vec::new();
        let doubt = if left.is_set() {
            self.set(left, &mut elements)
        } else {
            match self.value(left) {
                Val::Missing | Val::Maybe(_) | Val::Many => return Truth::Unknown,
                Val::Absent => return Truth::False,
                value => elements.push(value),
            }
            Doubt::default()
        };
        let mut set = Vec::new();
        let known = self.set(right, &mut set);
        distinct(&mut set);
        let mut all = if doubt.short { Truth::Unknown } else { Truth::True };
        for value in &elements {
            let inside = contains(&set, value);
            match (inside, known.excess, known.short) {
                (true, false, _) => {}
                (true, true, _) | (false, _, true) => all = Truth::Unknown,
                (false, _, false) => {
                    self.failing.push(*value);
                    return Truth::False;
                }
            }
        }
        all
    }

    fn listed(&self, value: &Val, list: usize) -> bool {
        self.bound.trace_listed(value, list);
        let Some(bound) = self.bound.lists.get(list) else { return false };
        match value {
            Val::Text(symbol) => bound.symbols.binary_search(symbol).is_ok(),
            Val::Literal(text) => bound.literals.contains(text),
            Val::Entity(entity) => bound.members.binary_search(entity).is_ok(),
            Val::Name(other, _) => *other == list,
            _ => false,
        }
    }
}
