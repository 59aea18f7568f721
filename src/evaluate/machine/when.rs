//! Since when a requirement holds, and by which event.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "forms and values not named answer alike: one value, or none"
)]

use super::{Machine, distinct};
use crate::evaluate::value::{ALWAYS, Truth, Val, When};
use crate::history::EventRef;
use crate::plan::{Node, QueryNode, Source};

impl Machine<'_, '_> {
    /// Since when a requirement holds; events before `not_before` do not count.
    pub(in crate::evaluate) fn when(&mut self, node: &Node) -> When {
        match node {
            Node::And(list) => {
                let mut when = When::of(Truth::True);
                for part in list {
                    when = when.and(self.when(part));
                }
                when
            }
            Node::Or(list) => {
                let mut when = When::NEVER;
                for part in list {
                    when = when.or(self.when(part));
                }
                when
            }
            Node::Present(of) => match of.as_ref() {
                Node::Query(query) => self.query_when(query),
                Node::OrElse(list) => {
                    let mut when = When::NEVER;
                    for part in list {
                        when = when.or(self.when(&Node::Present(Box::new(part.clone()))));
                    }
                    when
                }
                Node::Probe(probe, of) => self.probed_when(*probe, &Node::Present(of.clone())),
                _ => When::of(self.truth(node)),
            },
            Node::Probe(probe, of) => self.probed_when(*probe, of),
            Node::Query(query) | Node::Pick(_, query) => self.query_when(query),
            Node::Every { set, element, body } => {
                let mut elements = Vec::new();
                let doubt = self.set(set, &mut elements);
                distinct(&mut elements);
                let mut when = When::of(if doubt.short { Truth::Unknown } else { Truth::True });
                for value in elements {
                    self.set_slot(*element, value);
                    let one = self.when(body);
                    if one.yes.is_none() {
                        self.failing.push(value);
                    }
                    when = when.and(one);
                }
                when
            }
            Node::Let { bindings, body } => {
                self.bind(bindings);
                self.when(body)
            }
            other => When::of(self.truth(other)),
        }
    }

    fn query_when(&mut self, query: &QueryNode) -> When {
        let (candidates, missing) = self.candidates(query);
        let missing = missing | self.unrecorded(query);
        let mut when = When::of(if missing { Truth::Unknown } else { Truth::False });
        for at in 0..candidates.len() {
            let number = candidates.get(at);
            match query.source {
                Source::Events(_) => {
                    let moment = self.bound.history.moment(EventRef(number));
                    if self.not_before.is_some_and(|start| start.is_after(moment)) {
                        continue;
                    }
                    match self.passes(query, number) {
                        Truth::True => {
                            // 时间先后排好了，第一个合格的就是最早的。
                            return when.or(When {
                                yes: Some((moment, Some(EventRef(number)))),
                                maybe: Some(moment),
                            });
                        }
                        Truth::Unknown => when = when.or(When { yes: None, maybe: Some(moment) }),
                        Truth::False => {}
                    }
                }
                Source::Entities(_) => {
                    self.set_slot(query.element, Val::Entity(number));
                    let one = match &query.filter {
                        Some(filter) => self.when(filter),
                        None => When { yes: Some((ALWAYS, None)), maybe: Some(ALWAYS) },
                    };
                    when = when.or(one);
                }
            }
        }
        when
    }
}
