//! A checked rule set as the checks look at it: every rule's conditions with their places, its duties with
//! what is given when they are judged and what they demand, all in one form.
//! Takes a policy and the composed text it came from; judges nothing.

#![expect(clippy::wildcard_enum_match_arm, reason = "only a plain event has a filter that surely holds")]

use std::cell::RefCell;
use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::length::marked;
use super::logic::Logic;
use super::normal::{Environment, Normaliser, Registry, TRIGGER, conjuncts, present};
use crate::analyze::{ComposedRule, Composition};
use crate::calendar::{Calendar, TimeLimit};
use crate::policy::{
    Bound, Counted, Duty, EventCase, Expr, Limit, Parameter, ParameterValue, Policy, Query, Reference, Rule,
    Shape, Slot,
};
use crate::source::Span;
use crate::syntax::ast::RuleClause;

/// A condition and the clause that says it.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub(super) expr: Expr,
    pub(super) span: Span,
}

/// One thing a duty demands, and what surely holds whenever it is judged.
#[derive(Clone, Debug)]
pub(super) struct Demand {
    pub(super) given: Vec<Expr>,
    pub(super) wanted: Vec<Expr>,
}

/// One sentence of duty.
#[derive(Debug)]
pub(super) struct DutyModel {
    pub(super) span: Span,
    /// The shape with expressions in one form; the judged event is in the [`TRIGGER`] slot.
    pub(super) shape: Shape,
    pub(super) demands: Vec<Demand>,
}

#[derive(Debug)]
pub(super) struct RuleModel<'p> {
    pub(super) rule: &'p Rule,
    pub(super) composed: &'p ComposedRule,
    /// Subject columns, in one order.
    pub(super) columns: Vec<Slot>,
    /// 适用, as far as it says the same on every day.
    pub(super) scope: Vec<Part>,
    pub(super) conditions: Vec<Part>,
    pub(super) exemptions: Vec<Part>,
    pub(super) read_at: Option<Expr>,
    pub(super) duties: Vec<DutyModel>,
    /// Clauses that a template says for it.
    borrowed: Vec<Span>,
}

impl RuleModel<'_> {
    /// 适用 and the conditions, each with its place.
    pub(super) fn context(&self) -> Vec<Part> {
        self.scope.iter().chain(&self.conditions).cloned().collect()
    }

    /// Whether a template in another file says this for the rule.
    pub(super) fn borrows(&self, span: Span) -> bool {
        span.file != self.rule.span.file && self.borrowed.iter().any(|clause| within(*clause, span))
    }

    /// Where the rule's id stands.
    pub(super) fn span(&self) -> Span {
        self.rule.span
    }

    /// 施行 and 废止 leave days for the rule to govern.
    pub(super) fn overlaps(&self, other: &Self) -> bool {
        let begun = self.rule.effective.max(other.rule.effective);
        let ends = [self.rule.repealed, other.rule.repealed].into_iter().flatten().min();
        !matches!((begun, ends), (Some(begun), Some(ends)) if ends <= begun)
    }
}

/// The whole rule set.
#[derive(Debug)]
pub(super) struct Model<'p> {
    pub(super) policy: &'p Policy,
    pub(super) composition: &'p Composition,
    pub(super) calendar: &'p Calendar,
    pub(super) logic: Logic<'p>,
    pub(super) rules: Vec<RuleModel<'p>>,
    /// 结案, for the root entity.
    pub(super) closure: Option<Expr>,
    registry: &'p RefCell<Registry>,
}

impl<'p> Model<'p> {
    pub(super) fn new(
        policy: &'p Policy,
        composition: &'p Composition,
        calendar: &'p Calendar,
        registry: &'p RefCell<Registry>,
    ) -> Self {
        let shared = registry;
        let registry = &mut *shared.borrow_mut();
        let lists: BTreeMap<usize, _> =
            policy.lists.iter().map(|list| (registry.list(&list.name), list)).collect();
        let logic = Logic { vocabulary: &policy.vocabulary, lists };
        let mut normaliser = Normaliser::new(policy, registry);
        let (mut closure, mut scope) = (None, Vec::new());
        if let Some(root) = &policy.root {
            let env = Environment::from([(Slot(0), normaliser.entity(root.kind))]);
            closure = root.closure.as_ref().map(|closure| normaliser.expr(closure, &env, 0));
            let said = root.scope.as_ref().map(|scope| normaliser.expr(scope, &env, 0));
            let span = composition.scope.as_ref().map(|(_, condition)| condition.span);
            if let (Some(said), Some(span)) = (said, span) {
                scope = conjuncts(&said).into_iter().map(|expr| Part { expr, span }).collect();
                scope.retain(|part| logic.fixed(&part.expr));
            }
        }
        let rules = policy
            .rules
            .iter()
            .zip(&composition.rules)
            .map(|(rule, composed)| {
                let scope = if rule.root.is_some() { scope.clone() } else { Vec::new() };
                let mut one = rule_model(&mut normaliser, rule, composed, scope, closure.as_ref());
                one.borrowed = borrowed(composed, composition);
                one
            })
            .collect();
        Self { policy, composition, calendar, logic, rules, closure, registry: shared }
    }

    /// If `fact` holds, so does `claim`.
    pub(super) fn implies(&self, fact: &Expr, claim: &Expr) -> bool {
        self.normaliser(|normaliser| normaliser.implies(fact, claim)) || self.logic.implies(fact, claim)
    }

    /// Every element of `narrow` surely is one of `wide`.
    pub(super) fn wider(&self, wide: &Query, narrow: &Query) -> bool {
        self.normaliser(|normaliser| normaliser.wider(wide, narrow))
    }

    fn normaliser<T>(&self, work: impl FnOnce(&mut Normaliser<'_, '_>) -> T) -> T {
        let mut registry = self.registry.borrow_mut();
        work(&mut Normaliser::new(self.policy, &mut registry))
    }

    /// Values a limit takes, by the day each begins; one without a day for a limit written out.
    pub(super) fn values(&self, limit: &Limit) -> Vec<(Option<NaiveDate>, Option<TimeLimit>)> {
        match limit {
            Limit::Fixed(fixed) => vec![(None, Some(*fixed))],
            Limit::Parameter { index, include_start, no_roll } => {
                let parameter = self.policy.parameters.get(*index);
                let values = parameter.map(|p| p.values.as_slice()).unwrap_or_default();
                let marked = values.iter().map(|(from, value)| match value {
                    Some(ParameterValue::Limit(limit)) => {
                        (*from, Some(marked(*limit, *include_start, *no_roll)))
                    }
                    Some(ParameterValue::Number(_)) | None => (*from, None),
                });
                marked.collect()
            }
        }
    }

    /// Values a bound takes.
    pub(super) fn numbers(&self, bound: &Bound) -> Vec<(Option<NaiveDate>, Option<u32>)> {
        match bound {
            Bound::Fixed(number) => vec![(None, Some(*number))],
            Bound::Parameter(index) => {
                let values = self.policy.parameters.get(*index).map(|p| p.values.as_slice());
                let numbers = values.unwrap_or_default().iter().map(|(from, value)| match value {
                    Some(ParameterValue::Number(number)) => (*from, Some(*number)),
                    Some(ParameterValue::Limit(_)) | None => (*from, None),
                });
                numbers.collect()
            }
        }
    }

    /// The parameter a limit is written with, and its place.
    pub(super) fn parameter(&self, limit: &Limit) -> Option<&'p Parameter> {
        match limit {
            Limit::Fixed(_) => None,
            Limit::Parameter { index, .. } => self.policy.parameters.get(*index),
        }
    }
}

fn rule_model<'p>(
    normaliser: &mut Normaliser<'p, '_>,
    rule: &'p Rule,
    composed: &'p ComposedRule,
    scope: Vec<Part>,
    closure: Option<&Expr>,
) -> RuleModel<'p> {
    let env = normaliser.columns(&rule.binders);
    let mut columns: Vec<Slot> = env.values().filter_map(slot).collect();
    columns.sort_unstable();
    let (mut said, mut exempt) = (Vec::new(), Vec::new());
    for clause in &composed.block.clauses {
        if let RuleClause::For { conditions, .. } = &clause.kind {
            said.extend(conditions.iter().map(|condition| condition.span));
        }
    }
    for clause in &composed.block.clauses {
        match &clause.kind {
            RuleClause::Given(condition) => said.push(condition.span),
            RuleClause::Except(_) => exempt.push(clause.span),
            RuleClause::Citation(_)
            | RuleClause::Gist(_)
            | RuleClause::Liability(_)
            | RuleClause::Tags(_)
            | RuleClause::Severity(_)
            | RuleClause::Effective(_)
            | RuleClause::Repealed(_)
            | RuleClause::For { .. }
            | RuleClause::ReadAt(_)
            | RuleClause::Use { .. }
            | RuleClause::Duty(_) => {}
        }
    }
    let mut parts = |exprs: &[Expr], spans: Vec<Span>| -> Vec<Part> {
        let spans = spans.into_iter().chain(std::iter::repeat(rule.span));
        exprs.iter().zip(spans).map(|(e, span)| Part { expr: normaliser.expr(e, &env, 0), span }).collect()
    };
    let conditions = parts(&rule.conditions, said);
    let exemptions = parts(&rule.exemptions, exempt);
    let read_at = rule.read_at.as_ref().map(|event| normaliser.expr(event, &env, 0));
    let duties = rule.duties.iter().map(|duty| duty_model(normaliser, duty, &env, closure)).collect();
    let borrowed = Vec::new();
    RuleModel { rule, composed, columns, scope, conditions, exemptions, read_at, duties, borrowed }
}

fn within(whole: Span, part: Span) -> bool {
    whole.file == part.file && whole.start <= part.start && part.end <= whole.end
}

fn borrowed(composed: &ComposedRule, composition: &Composition) -> Vec<Span> {
    let templates = || composition.templates.iter().flat_map(|template| &template.clauses);
    let clauses = composed.block.clauses.iter().map(|clause| clause.span);
    clauses.filter(|span| templates().any(|clause| within(clause.span, *span))).collect()
}

fn slot(expr: &Expr) -> Option<Slot> {
    if let Expr::Slot(slot) = expr { Some(*slot) } else { None }
}

/// What is known of the event something is measured from: its filter, and that it is there.
fn known(normaliser: &mut Normaliser<'_, '_>, event: &Expr, env: &Environment) -> Vec<Expr> {
    let whole = normaliser.expr(event, env, 0);
    let mut facts = match &whole {
        Expr::Query(_) | Expr::Pick(..) => match event {
            Expr::Query(query) | Expr::Pick(_, query) => normaliser.filter(query, env),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    };
    facts.push(present(whole));
    facts
}

/// What is required, with the event it is measured from in the [`TRIGGER`] slot.
fn said(
    normaliser: &mut Normaliser<'_, '_>,
    event: &Expr,
    requirement: &Expr,
    slot: Slot,
    env: &Environment,
) -> Expr {
    if let Expr::Query(query) | Expr::Pick(_, query) = event {
        return normaliser.about(query, requirement, slot, env);
    }
    let mut inner = env.clone();
    inner.insert(slot, Expr::Slot(TRIGGER));
    normaliser.expr(requirement, &inner, 0)
}

fn duty_model(
    normaliser: &mut Normaliser<'_, '_>,
    duty: &Duty,
    env: &Environment,
    closure: Option<&Expr>,
) -> DutyModel {
    let mut demands = Vec::new();
    let shape = match &duty.shape {
        Shape::Response { trigger, slot, each, limit, requirement, after } => {
            let given = known(normaliser, trigger, env);
            let requirement = said(normaliser, trigger, requirement, *slot, env);
            demands.push(Demand { given, wanted: conjuncts(&requirement) });
            let trigger = normaliser.expr(trigger, env, 0);
            let (slot, each, after, limit) = (TRIGGER, *each, *after, limit.clone());
            Shape::Response { trigger, slot, each, limit, requirement, after }
        }
        Shape::Precedence { later, slot, same_day, requirement, owner } => {
            let given = known(normaliser, later, env);
            let requirement = said(normaliser, later, requirement, *slot, env);
            demands.push(Demand { given, wanted: conjuncts(&requirement) });
            let owner = owner.as_ref().map(|owner| normaliser.expr(owner, env, 0));
            let later = normaliser.expr(later, env, 0);
            Shape::Precedence { later, slot: TRIGGER, same_day: *same_day, requirement, owner }
        }
        Shape::Absence { reference, forbidden } => Shape::Absence {
            reference: reference.as_ref().map(|reference| Reference {
                direction: reference.direction,
                event: normaliser.expr(&reference.event, env, 0),
            }),
            forbidden: normaliser.query(forbidden, env, 0),
        },
        Shape::EventCondition { cases } => {
            let mut all = Vec::new();
            for case in cases {
                let condition = normaliser.about(&case.events, &case.condition, case.events.element, env);
                let given = normaliser.filter(&case.events, env);
                demands.push(Demand { given, wanted: conjuncts(&condition) });
                all.push(EventCase { events: normaliser.query(&case.events, env, 0), condition });
            }
            Shape::EventCondition { cases: all }
        }
        Shape::EntityCondition { condition } => {
            let condition = normaliser.expr(condition, env, 0);
            demands.push(Demand { given: Vec::new(), wanted: conjuncts(&condition) });
            Shape::EntityCondition { condition }
        }
        Shape::Cardinality { counted, window, op, bound } => Shape::Cardinality {
            counted: count(normaliser, counted, env),
            window: *window,
            op: *op,
            bound: bound.clone(),
        },
        Shape::DueAtClosure { given, requirement } => {
            let mut facts: Vec<Expr> = closure.map(|event| present(event.clone())).into_iter().collect();
            if let Some(given) = given {
                facts.extend(known(normaliser, given, env));
            }
            let requirement = normaliser.expr(requirement, env, 0);
            demands.push(Demand { given: facts, wanted: conjuncts(&requirement) });
            let given = given.as_ref().map(|given| normaliser.expr(given, env, 0));
            Shape::DueAtClosure { given, requirement }
        }
        Shape::DueOnDate { date, inclusive, roll, requirement } => {
            let requirement = normaliser.expr(requirement, env, 0);
            demands.push(Demand { given: Vec::new(), wanted: conjuncts(&requirement) });
            let date = normaliser.expr(date, env, 0);
            Shape::DueOnDate { date, inclusive: *inclusive, roll: *roll, requirement }
        }
    };
    DutyModel { span: duty.span, shape, demands }
}

fn count(normaliser: &mut Normaliser<'_, '_>, counted: &Counted, env: &Environment) -> Counted {
    match counted {
        Counted::Entities { query, dated_by, .. } => {
            let mut inner = env.clone();
            inner.insert(query.element, Expr::Slot(TRIGGER));
            let dated_by = dated_by.as_ref().map(|event| normaliser.expr(event, &inner, 0));
            Counted::Entities { query: normaliser.query(query, env, 0), dated_by, root: None }
        }
        Counted::Events { query, .. } => {
            Counted::Events { query: normaliser.query(query, env, 0), root: None }
        }
        Counted::Days { query, .. } => Counted::Days { query: normaliser.query(query, env, 0), root: None },
    }
}

/// The query that is counted.
pub(super) fn counted_query(counted: &Counted) -> &Query {
    match counted {
        Counted::Entities { query, .. } | Counted::Events { query, .. } | Counted::Days { query, .. } => {
            query
        }
    }
}
