//! Making conditions true: a choice of options under which a rule applies and is met, as far as its
//! conditions are simple. It need not succeed: whatever comes out is judged by the evaluator, not believed.
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a term has thirty heads; each walk is about a few of them"
)]

use super::values::{Value, field_of, fits};
use super::world::{Choice, Key, World};
use crate::norm::{Head, Norm, Role, Term};
use chrono::NaiveDate;

/// A choice being made. What has been wished for once is not overturned by a later wish.
#[derive(Clone, Debug)]
pub(super) struct Wisher<'w> {
    world: &'w World,
    pub choice: Choice,
    fixed: Vec<usize>,
}

impl<'w> Wisher<'w> {
    pub fn new(world: &'w World) -> Self {
        Self { world, choice: world.blank(), fixed: Vec::new() }
    }

    fn set(&mut self, key: &Key, wanted: impl Fn(&Value) -> bool) {
        let Some(at) = self.world.find(key) else { return };
        if self.fixed.contains(&at) {
            return;
        }
        let Some(var) = self.world.vars.get(at) else { return };
        if let (Some(option), Some(chosen)) = (var.options.iter().position(wanted), self.choice.get_mut(at)) {
            *chosen = option;
            self.fixed.push(at);
        }
    }

    /// The event happens on this day.
    fn happen(&mut self, event: &str, day: NaiveDate) {
        self.set(&Key::When { event: event.to_owned(), copy: 1 }, |value| *value == Value::Date(day));
    }

    /// The rule applies, and is met or not.
    pub fn meet(&mut self, norm: &Norm, met: bool) {
        let (start, before, after) = (self.world.days.start, self.world.days.before, self.world.days.after);
        for condition in &norm.conditions {
            self.want(condition, true, before);
        }
        for exemption in &norm.exemptions {
            self.want(exemption, false, before);
        }
        for duty in &norm.duties {
            let day = |role| match (duty.letter, role) {
                ('P', Role::Required) => before,
                ('R', Role::Required) => after,
                (_, Role::Closure) => after,
                (_, _) => start,
            };
            for part in &duty.parts {
                match part.role {
                    Role::Forbidden | Role::Date | Role::Belongs => {}
                    Role::Required => self.want(&part.term, met, day(part.role)),
                    _ => self.want(&part.term, true, day(part.role)),
                }
            }
            for part in duty.parts.iter().filter(|part| part.role == Role::Forbidden) {
                if let Some(filter) = part.term.filter() {
                    self.want(filter, true, start);
                }
            }
        }
        if let Some(event) = &norm.read_at {
            self.want(event, true, start);
        }
    }

    /// Tries to make a condition true or false; events it needs happen on `day`.
    pub fn want(&mut self, term: &Term, truth: bool, day: NaiveDate) {
        match &term.head {
            Head::And if truth => term.parts.iter().for_each(|part| self.want(part, true, day)),
            Head::Or if !truth => term.parts.iter().for_each(|part| self.want(part, false, day)),
            Head::And | Head::Or | Head::OrElse => {
                if let Some(part) = term.first() {
                    self.want(part, truth, day);
                }
            }
            Head::Not if self.is_plain(term) => self.atom(term, truth),
            Head::Not => {
                if let Some(of) = term.first() {
                    self.want(of, !truth, day);
                }
            }
            Head::Query { kind, event: true, .. } => {
                if truth {
                    self.happen(kind, day);
                    if let Some(filter) = term.filter() {
                        self.want(filter, true, day);
                    }
                } else if let Some(filter) = term.filter() {
                    self.want(filter, false, day);
                } else {
                    self.set(&Key::When { event: kind.clone(), copy: 1 }, |value| *value == Value::Absent);
                }
            }
            Head::Query { event: false, .. } => {
                if let Some(filter) = term.filter() {
                    self.want(filter, truth, day);
                }
            }
            Head::First | Head::Last | Head::Moment | Head::Day | Head::Dates | Head::Year => {
                if let Some(of) = term.first() {
                    self.want(of, truth, day);
                }
            }
            Head::Present if !self.is_plain(term) => {
                if let Some(of) = term.first() {
                    self.want(of, truth, day);
                }
            }
            Head::Every => {
                term.parts.iter().for_each(|part| self.want(part, truth, day));
            }
            Head::In | Head::SetEqual => {
                if let Some(set) = term.parts.get(1) {
                    set.leading_events().into_iter().for_each(|event| self.happen(event, day));
                }
            }
            _ => {
                for event in term.leading_events() {
                    self.happen(event, day);
                }
                self.atom(term, truth);
            }
        }
    }

    /// A condition on one field, nothing about events.
    fn is_plain(&self, term: &Term) -> bool {
        field_of(term).is_some() && term.leading_events().is_empty()
    }

    fn atom(&mut self, atom: &Term, truth: bool) {
        let Some((holder, field)) = field_of(atom) else { return };
        let start = self.world.days.start;
        for copy in 1..=2 {
            let key = Key::Field { holder: holder.to_owned(), copy, field: field.to_owned() };
            self.set(&key, |value| fits(atom, value, start) == Some(truth));
        }
    }
}
