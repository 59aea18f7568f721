//! A node as a set, with the doubt left by what is missing.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "forms and values not named answer alike: one value, or none"
)]

use super::{Machine, contains, distinct};
use crate::evaluate::value::{Doubt, Val};
use crate::history::EventRef;
use crate::plan::Node;
use crate::policy::SetOp;

impl Machine<'_, '_> {
    /// Appends the elements of a set; duplicates may remain.
    pub(in crate::evaluate) fn set(&mut self, node: &Node, out: &mut Vec<Val>) -> Doubt {
        match node {
            Node::Field(owner, read) if owner.is_set() => {
                let mut owners = Vec::new();
                let mut doubt = self.set(owner, &mut owners);
                distinct(&mut owners);
                for owner in owners {
                    doubt = doubt.join(self.field_elements(owner, read, out));
                }
                doubt
            }
            Node::Field(owner, read) => {
                let owner = self.value(owner);
                self.field_elements(owner, read, out)
            }
            Node::Query(query) => self.elements(query, out),
            Node::Set(SetOp::Union, left, right) => {
                let l = self.set(left, out);
                let r = self.set(right, out);
                l.join(r)
            }
            Node::Set(SetOp::Difference, left, right) => {
                let start = out.len();
                let l = self.set(left, out);
                let mut removed = Vec::new();
                let r = self.set(right, &mut removed);
                distinct(&mut removed);
                let kept: Vec<Val> = out.drain(start..).filter(|value| !contains(&removed, value)).collect();
                out.extend(kept);
                Doubt { short: l.short || r.excess, excess: l.excess || r.short }
            }
            Node::Dates(of) => {
                let mut events = Vec::new();
                let doubt = self.set(of, &mut events);
                for event in events {
                    if let Val::Event(event) = event {
                        out.push(Val::Date(self.bound.history.moment(EventRef(event)).date));
                    }
                }
                doubt
            }
            Node::OrElse(list) => {
                let before = self.notes.len();
                let start = out.len();
                let mut doubt = Doubt::default();
                for alternative in list {
                    doubt = self.set(alternative, out);
                    if out.len() > start {
                        self.notes.truncate(before);
                        return doubt;
                    }
                }
                doubt
            }
            Node::Let { bindings, body } => {
                self.bind(bindings);
                self.set(body, out)
            }
            Node::Probe(probe, of) => self.probed_set(*probe, of, out),
            other => match self.value(other) {
                Val::Missing => Doubt { short: true, excess: false },
                Val::Absent => Doubt::default(),
                value => {
                    out.push(value);
                    Doubt::default()
                }
            },
        }
    }
}
