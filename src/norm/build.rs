//! Policy → norms: slots to names, calls to the bodies they stand for, parameters and lists to their values.

use std::collections::BTreeMap;

use super::{CountOf, CountRule, Duty, Entry, Head, Mark, Norm, Part, Role, Term, Values};
use crate::calendar::{CountFrom, RollForward, TimeLimit};
use crate::policy::{
    Binder, Bound, Counted, Direction, Domain, Expr, Field, Holder, Limit, Literal, NameList, ParameterValue,
    Pick, Policy, Query, QueryKind, Rule, Shape, Slot, Step,
};
use crate::vocabulary::Fields as _;

/// All rules of a policy, in its order.
pub fn norms(policy: &Policy) -> Vec<Norm> {
    let builder = Builder { policy };
    policy.rules.iter().map(|rule| builder.norm(rule)).collect()
}

/// 适用 as a term, and the name of the entity type it is about: that entity is a variable of its type's name.
pub fn scope(policy: &Policy) -> Option<(String, Term)> {
    let root = policy.root.as_ref()?;
    let name = policy.vocabulary.entity(root.kind).name.clone();
    let frame = Frame::default().with(Slot(0), Term::leaf(Head::Variable(name.clone())));
    let scope = root.scope.as_ref()?;
    Some((name, Builder { policy }.term(scope, &frame)))
}

/// What every rule leans on: 适用, 起始 and 结案 as terms, those that are there.
pub fn grounds(policy: &Policy) -> Vec<Term> {
    let Some(root) = policy.root.as_ref() else { return Vec::new() };
    let name = policy.vocabulary.entity(root.kind).name.clone();
    let frame = Frame::default().with(Slot(0), Term::leaf(Head::Variable(name)));
    let said = [&root.scope, &root.basis, &root.closure].into_iter().flatten();
    said.map(|expr| Builder { policy }.term(expr, &frame)).collect()
}

/// Entries of a list without their places.
pub fn entries(list: &NameList) -> Vec<Entry> {
    list.entries.iter().map(|entry| Entry { name: entry.name.clone(), words: entry.words.clone() }).collect()
}

/// What slots stand for, and how many queries enclose the place.
#[derive(Clone, Debug, Default)]
struct Frame {
    slots: BTreeMap<usize, Term>,
    depth: usize,
}

impl Frame {
    fn with(mut self, slot: Slot, term: Term) -> Self {
        self.slots.insert(slot.0, term);
        self
    }

    fn element(&self, slot: Slot) -> Self {
        let mut inner = self.clone().with(slot, Term::leaf(Head::Element(self.depth)));
        inner.depth += 1;
        inner
    }
}

struct Builder<'p> {
    policy: &'p Policy,
}

impl Builder<'_> {
    fn norm(&self, rule: &Rule) -> Norm {
        let mut frame = Frame::default();
        let mut subject = Vec::new();
        for (at, binder) in rule.binders.iter().enumerate() {
            subject.push((binder.name.clone(), self.domain(binder, &frame)));
            frame = frame.with(Slot(at), Term::leaf(Head::Variable(binder.name.clone())));
        }
        let all = |list: &[Expr]| list.iter().map(|expr| self.term(expr, &frame)).collect();
        Norm {
            id: rule.id.clone(),
            title: rule.title.clone(),
            citation: rule.citation.clone(),
            severity: rule.severity,
            effective: rule.effective,
            repealed: rule.repealed,
            subject,
            root: rule.root.as_ref().map(|root| self.term(root, &frame)),
            conditions: all(&rule.conditions),
            exemptions: all(&rule.exemptions),
            read_at: rule.read_at.as_ref().map(|event| self.term(event, &frame)),
            duties: rule.duties.iter().map(|duty| self.duty(&duty.shape, &frame, rule)).collect(),
        }
    }

    fn domain(&self, binder: &Binder, frame: &Frame) -> Term {
        match &binder.domain {
            Domain::All(id) => Term::leaf(Head::All(self.policy.vocabulary.entity(*id).name.clone())),
            Domain::Set(_, expr) => self.term(expr, frame),
            Domain::List(id, index) => {
                let of = self.policy.vocabulary.entity(*id).name.clone();
                let (list, entries) = self.list(*index);
                Term::leaf(Head::Entries { of, list, entries })
            }
            Domain::Years => Term::leaf(Head::Years),
        }
    }

    fn list(&self, index: usize) -> (String, Vec<Entry>) {
        let list = self.policy.lists.get(index);
        list.map(|list| (list.name.clone(), entries(list))).unwrap_or_default()
    }

    fn duty(&self, shape: &Shape, frame: &Frame, rule: &Rule) -> Duty {
        let mut duty =
            Duty { letter: shape.letter(), parts: Vec::new(), limit: None, count: None, marks: Vec::new() };
        let mut part = |role, term| duty.parts.push(Part { role, term });
        let trigger = |at: &Slot| frame.clone().with(*at, Term::leaf(Head::Variable("起点".to_owned())));
        match shape {
            Shape::Response { trigger: event, slot, each, limit, requirement, after } => {
                part(Role::Trigger, self.term(event, frame));
                part(Role::Required, self.term(requirement, &trigger(slot)));
                duty.limit = Some(self.limit(limit));
                duty.marks.extend(each.then_some(Mark::EachTrigger));
                duty.marks.extend(after.then_some(Mark::OnlyAfter));
            }
            Shape::Precedence { later, slot, same_day, requirement, owner: _ } => {
                part(Role::Later, self.term(later, frame));
                part(Role::Required, self.term(requirement, &trigger(slot)));
                duty.marks.extend(same_day.then_some(Mark::SameDay));
            }
            Shape::Absence { reference, forbidden } => {
                if let Some(reference) = reference {
                    part(Role::Reference, self.term(&reference.event, frame));
                    duty.marks.push(match reference.direction {
                        Direction::Before => Mark::Before,
                        Direction::After => Mark::After,
                    });
                }
                part(Role::Forbidden, self.query(forbidden, frame));
            }
            Shape::EventCondition { cases } => {
                for case in cases {
                    part(Role::Each, self.query(&case.events, frame));
                    part(Role::Required, self.term(&case.condition, &frame.element(case.events.element)));
                }
            }
            Shape::EntityCondition { condition } => part(Role::Required, self.term(condition, frame)),
            Shape::Cardinality { counted, window, op, bound } => {
                let (Counted::Entities { query, root, .. }
                | Counted::Events { query, root }
                | Counted::Days { query, root }) = counted;
                if let Some(root) = root {
                    part(Role::Belongs, self.term(root, &frame.element(query.element)));
                }
                let of = match counted {
                    Counted::Entities { query, dated_by, .. } => {
                        part(Role::Counted, self.query(query, frame));
                        if let Some(event) = dated_by {
                            part(Role::DatedBy, self.term(event, &frame.element(query.element)));
                        }
                        CountOf::Entities
                    }
                    Counted::Events { query, .. } => {
                        part(Role::Counted, self.query(query, frame));
                        CountOf::Events
                    }
                    Counted::Days { query, .. } => {
                        part(Role::Counted, self.query(query, frame));
                        CountOf::Days
                    }
                };
                let bound = self.bound(bound);
                duty.count = Some(CountRule { op: *op, bound, window: (*window).into(), of });
            }
            Shape::DueAtClosure { given, requirement } => {
                if let Some(given) = given {
                    part(Role::Given, self.term(given, frame));
                }
                part(Role::Required, self.term(requirement, frame));
                if let Some(closure) = self.closure(frame, rule) {
                    part(Role::Closure, closure);
                }
            }
            Shape::DueOnDate { date, inclusive, roll, requirement } => {
                part(Role::Date, self.term(date, frame));
                part(Role::Required, self.term(requirement, frame));
                duty.marks.extend((!inclusive).then_some(Mark::Exclusive));
                duty.marks.extend(roll.then_some(Mark::Rolls));
            }
        }
        duty
    }

    /// 结案 of the policy, with the rule's way to the root entity in the place of that entity.
    fn closure(&self, frame: &Frame, rule: &Rule) -> Option<Term> {
        let closure = self.policy.root.as_ref()?.closure.as_ref()?;
        let root = self.term(rule.root.as_ref()?, frame);
        Some(self.term(closure, &Frame::default().with(Slot(0), root)))
    }

    fn limit(&self, limit: &Limit) -> Values<TimeLimit> {
        match limit {
            Limit::Fixed(limit) => Values { parameter: None, steps: vec![(None, Some(*limit))] },
            Limit::Parameter { index, include_start, no_roll } => {
                let mark = |value: &Option<ParameterValue>| match value {
                    Some(ParameterValue::Limit(limit)) => {
                        let mut limit = *limit;
                        if *include_start {
                            limit.count_from = CountFrom::SameDay;
                        }
                        if *no_roll {
                            limit.roll = RollForward::None;
                        }
                        Some(limit)
                    }
                    Some(ParameterValue::Number(_)) | None => None,
                };
                self.parameter(*index, mark)
            }
        }
    }

    fn bound(&self, bound: &Bound) -> Values<u32> {
        match bound {
            Bound::Fixed(number) => Values { parameter: None, steps: vec![(None, Some(*number))] },
            Bound::Parameter(index) => self.parameter(*index, |value| match value {
                Some(ParameterValue::Number(number)) => Some(*number),
                Some(ParameterValue::Limit(_)) | None => None,
            }),
        }
    }

    fn parameter<T>(&self, index: usize, take: impl Fn(&Option<ParameterValue>) -> Option<T>) -> Values<T> {
        let Some(parameter) = self.policy.parameters.get(index) else {
            return Values { parameter: None, steps: Vec::new() };
        };
        let steps = parameter.values.iter().map(|(from, value)| (*from, take(value))).collect();
        Values { parameter: Some(parameter.name.clone()), steps }
    }

    fn field(&self, field: Field) -> (String, String) {
        let vocabulary = &self.policy.vocabulary;
        match field.holder {
            Holder::Entity(id) => {
                let kind = vocabulary.entity(id);
                (kind.name.clone(), kind.field(field.id).name.clone())
            }
            Holder::Event(id) => {
                let kind = vocabulary.event(id);
                (kind.name.clone(), kind.field(field.id).name.clone())
            }
        }
    }

    fn query(&self, query: &Query, frame: &Frame) -> Term {
        let (kind, event) = match query.kind {
            QueryKind::Events(id) => (self.policy.vocabulary.event(id).name.clone(), true),
            QueryKind::Entities(id) => (self.policy.vocabulary.entity(id).name.clone(), false),
        };
        let mut parts: Vec<Term> = Vec::new();
        for anchor in &query.anchors {
            let path = anchor.path.iter().map(|step: &Step| self.field(*step)).collect();
            parts.push(Term::over(Head::Anchor(path), self.term(&anchor.key, frame)));
        }
        let anchors = parts.len();
        if let Some(filter) = &query.filter {
            parts.push(self.term(filter, &frame.element(query.element)));
        }
        Term { head: Head::Query { kind, event, anchors }, parts }
    }

    fn term(&self, expr: &Expr, frame: &Frame) -> Term {
        let one = |head, of: &Expr| Term::over(head, self.term(of, frame));
        let two =
            |head, l: &Expr, r: &Expr| Term { head, parts: vec![self.term(l, frame), self.term(r, frame)] };
        let all =
            |head, list: &[Expr]| Term { head, parts: list.iter().map(|e| self.term(e, frame)).collect() };
        match expr {
            Expr::Literal(literal) => Term::leaf(match literal {
                Literal::Bool(value) => Head::Bool(*value),
                Literal::Number(number) => Head::Number(number.normalize()),
                Literal::Text(text) => Head::Text(text.clone()),
                Literal::Date(date) => Head::Date(*date),
            }),
            Expr::Slot(slot) => {
                let known = frame.slots.get(&slot.0).cloned();
                known.unwrap_or_else(|| Term::leaf(Head::Variable(format!("#{}", slot.0))))
            }
            Expr::At(_, of) => self.term(of, frame),
            Expr::Today => Term::leaf(Head::Today),
            Expr::Field(owner, field) => {
                let (holder, name) = self.field(*field);
                one(Head::Field { holder, name }, owner)
            }
            Expr::Query(query) => self.query(query, frame),
            Expr::Pick(pick, query) => {
                let head = match pick {
                    Pick::First => Head::First,
                    Pick::Last => Head::Last,
                };
                Term::over(head, self.query(query, frame))
            }
            Expr::Earliest { key, .. } => one(Head::Earliest, key),
            Expr::MomentOf(of) => one(Head::Moment, of),
            Expr::DateOf(of) => one(Head::Day, of),
            Expr::YearOf(of) => one(Head::Year, of),
            Expr::MonthDay { year, month, day } => one(Head::MonthDay { month: *month, day: *day }, year),
            Expr::Size(of) => one(Head::Size, of),
            Expr::Dates(of) => one(Head::Dates, of),
            Expr::Number(op, l, r) => two(Head::Arithmetic(*op), l, r),
            Expr::Set(op, l, r) => two(Head::Set(*op), l, r),
            Expr::OrElse(list) => all(Head::OrElse, list),
            Expr::Compare(op, l, r) => two(Head::Compare(*op), l, r),
            Expr::In(l, r) => two(Head::In, l, r),
            Expr::Listed(of, index) => {
                let (list, entries) = self.list(*index);
                one(Head::Listed { list, entries }, of)
            }
            Expr::Contains(l, r) => two(Head::Contains, l, r),
            Expr::SetEqual(l, r) => two(Head::SetEqual, l, r),
            Expr::Present(of) => one(Head::Present, of),
            Expr::Not(of) => one(Head::Not, of),
            Expr::And(list) => all(Head::And, list),
            Expr::Or(list) => all(Head::Or, list),
            Expr::Every { set, element, body } => Term {
                head: Head::Every,
                parts: vec![self.term(set, frame), self.term(body, &frame.element(*element))],
            },
            Expr::Call { definition, arguments } => self.call(*definition, arguments, frame),
            Expr::Function(function, of) => one(Head::Function(*function), of),
        }
    }

    /// The body of a definition, with the arguments in the place of its parameters.
    fn call(&self, definition: usize, arguments: &[Expr], frame: &Frame) -> Term {
        let Some(definition) = self.policy.definitions.get(definition) else {
            return Term::leaf(Head::Bool(false));
        };
        let mut inner = Frame { slots: BTreeMap::new(), depth: frame.depth };
        for (slot, argument) in arguments.iter().enumerate() {
            inner = inner.with(Slot(slot), self.term(argument, frame));
        }
        self.term(&definition.body, &inner)
    }
}
