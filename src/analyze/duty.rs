//! One sentence of duty → one [`Shape`]. Which shape it is follows from how the sentence begins.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a sentence takes a few forms of expression; every other is reported alike"
)]

use super::environment::Environment;
use super::expression::Typed;
use super::problem::{Problem, Wanted};
use super::rule::Analyzer;
use super::tables::in_words;
use crate::calendar::{CountFrom, RollForward, TimeLimit};
use crate::diagnostic::nearest;
use crate::policy::{
    Bound, CompareOp, Counted, Direction, Duty, EventCase, Expr, Limit, ParameterKind, Pick, Query,
    Reference, Shape, Slot, Type, Window,
};
use crate::source::Span;
use crate::syntax::ast::{self, Body, ExprKind, Head, Modality};

impl Analyzer<'_> {
    /// `years`: the slot of a 年度 column, if the subject has one.
    pub(super) fn duty(
        &mut self,
        duty: &ast::Duty,
        span: Span,
        years: Option<Slot>,
        env: &mut Environment,
    ) -> Option<Duty> {
        let depth = env.frames.len();
        let shape = self.shape(duty, span, years, env);
        env.frames.truncate(depth);
        Some(Duty { shape: shape?, span })
    }

    fn shape(
        &mut self,
        duty: &ast::Duty,
        span: Span,
        years: Option<Slot>,
        env: &mut Environment,
    ) -> Option<Shape> {
        let forbidden = duty.force.modality == Modality::Prohibition;
        if forbidden
            && matches!(
                duty.head,
                Head::Within { .. } | Head::ByDayOf(_) | Head::AtClosure { .. } | Head::By { .. }
            )
        {
            self.report(Problem::ForbiddenWithin { span });
            return None;
        }
        match &duty.head {
            Head::Within { trigger, each, limit } => {
                let limit = self.limit(limit);
                let (trigger, slot, kind, every) = self.trigger(trigger, *each, env)?;
                env.push_element(self.element_name(&kind), slot, kind);
                let requirement = self.requirement(&duty.body, forbidden, env)?;
                Some(Shape::Response { trigger, slot, each: every, limit: limit?, requirement, after: *each })
            }
            Head::Before(later) if forbidden => {
                let event = self.event(later, env)?;
                let forbidden = self.event_query(&duty.body, env)?;
                Some(Shape::Absence {
                    reference: Some(Reference { direction: Direction::Before, event: event.expr }),
                    forbidden,
                })
            }
            Head::After(earlier) if forbidden => {
                let event = self.event(earlier, env)?;
                let forbidden = self.event_query(&duty.body, env)?;
                Some(Shape::Absence {
                    reference: Some(Reference { direction: Direction::After, event: event.expr }),
                    forbidden,
                })
            }
            Head::Before(later) => self.precedence(later, false, &duty.body, env),
            Head::ByDayOf(later) => self.precedence(later, true, &duty.body, env),
            Head::After(_) => {
                self.report(Problem::WrongHead { span });
                None
            }
            Head::Each(patterns) => {
                let mut cases = Vec::new();
                for pattern in patterns {
                    cases.push(self.event_case(pattern, &duty.body, forbidden, env));
                }
                Some(Shape::EventCondition { cases: cases.into_iter().collect::<Option<_>>()? })
            }
            Head::AtClosure { given } => {
                if self.composition.closure.is_none() {
                    self.report(Problem::NeedsRoot { clause: "结案", span });
                    return None;
                }
                let given = match given {
                    Some(given) => Some(self.given(given, env)?),
                    None => None,
                };
                let requirement = self.requirement(&duty.body, forbidden, env)?;
                Some(Shape::DueAtClosure { given, requirement })
            }
            Head::By { date, inclusive, roll } => {
                let date_span = date.span;
                let date = self.expr(date, env)?;
                if date.kind != Type::Date {
                    let found = self.type_word(&date.kind);
                    self.report(Problem::WrongType { wanted: "一个日期", found, span: date_span });
                    return None;
                }
                let requirement = self.requirement(&duty.body, forbidden, env)?;
                Some(Shape::DueOnDate { date: date.expr, inclusive: *inclusive, roll: *roll, requirement })
            }
            Head::Plain => match &duty.body {
                Body::Count(count) => self.count(count, years, env),
                Body::State(state) => {
                    if forbidden
                        && let Some(Typed { expr: Expr::Query(query), kind: Type::Set(element) }) =
                            self.try_expr(state, env)
                        && matches!(*element, Type::Event(_))
                    {
                        return Some(Shape::Absence { reference: None, forbidden: query });
                    }
                    let condition = self.requirement(&duty.body, forbidden, env)?;
                    Some(Shape::EntityCondition { condition })
                }
            },
        }
    }

    fn precedence(
        &mut self,
        later: &ast::Expr,
        same_day: bool,
        body: &Body,
        env: &mut Environment,
    ) -> Option<Shape> {
        let event = self.event(later, env)?;
        let slot = env.slot();
        let requirement = self.requirement(body, false, env)?;
        let owner = self.owner(body, env);
        Some(Shape::Precedence { later: event.expr, slot, same_day, requirement, owner })
    }

    /// The owner written before the required event, when it is not itself a subject column:
    /// without it nothing can be said.
    fn owner(&mut self, body: &Body, env: &mut Environment) -> Option<Expr> {
        let Body::State(state) = body else { return None };
        let owner = self.try_expr(written_owner(state)?, env)?;
        matches!(owner.expr, Expr::Field(..)).then_some(owner.expr)
    }

    /// Analyzes without reporting; for second looks at text that is analyzed for real elsewhere.
    fn try_expr(&mut self, e: &ast::Expr, env: &mut Environment) -> Option<Typed> {
        let reported = self.problems.len();
        let result = self.expr(e, env);
        self.problems.truncate(reported);
        result
    }

    /// What must hold. A count has no place here.
    fn requirement(&mut self, body: &Body, forbidden: bool, env: &mut Environment) -> Option<Expr> {
        match body {
            Body::State(state) => {
                let condition = self.condition(state, env)?;
                Some(if forbidden { Expr::Not(Box::new(condition)) } else { condition })
            }
            Body::Count(count) => {
                self.report(Problem::WrongType {
                    wanted: "一个事件或条件",
                    found: "次数（次数要单独成句）".to_owned(),
                    span: count.of.span,
                });
                None
            }
        }
    }

    /// Exactly one event: 首次、末次, or a definition that gives one.
    pub(super) fn event(&mut self, e: &ast::Expr, env: &mut Environment) -> Option<Typed> {
        let value = self.expr(e, env)?;
        match value.kind {
            Type::Event(_) | Type::AnyEvent => Some(value),
            Type::Set(ref element) if matches!(**element, Type::Event(_) | Type::AnyEvent) => {
                let event = self.element_name(element);
                self.report(Problem::PickNeeded { event, span: e.span });
                None
            }
            ref other @ (Type::Bool
            | Type::Number
            | Type::Text
            | Type::Date
            | Type::Moment
            | Type::Entity(_)
            | Type::Set(_)) => {
                let found = self.type_word(other);
                self.report(Problem::NotAnEvent { found, span: e.span });
                None
            }
        }
    }

    /// A trigger: one event, or with 每次 every event of a query.
    fn trigger(
        &mut self,
        e: &ast::Expr,
        each: bool,
        env: &mut Environment,
    ) -> Option<(Expr, Slot, Type, bool)> {
        if each || is_each(e) {
            let value = self.expr(e, env)?;
            return match value {
                Typed { expr: Expr::Query(query), kind: Type::Set(element) }
                    if matches!(*element, Type::Event(_)) =>
                {
                    let slot = query.element;
                    Some((Expr::Query(query), slot, *element, true))
                }
                Typed { kind, .. } => {
                    let found = self.type_word(&kind);
                    self.report(Problem::NotAnEvent { found, span: e.span });
                    None
                }
            };
        }
        let value = self.event(e, env)?;
        Some((value.expr, env.slot(), value.kind, false))
    }

    fn event_query(&mut self, body: &Body, env: &mut Environment) -> Option<Query> {
        let Body::State(state) = body else {
            self.requirement(body, true, env);
            return None;
        };
        match self.expr(state, env)? {
            Typed { expr: Expr::Query(query) | Expr::Pick(_, query), kind }
                if matches!(kind.element(), Type::Event(_)) =>
            {
                Some(query)
            }
            Typed { kind, .. } => {
                let found = self.type_word(&kind);
                self.report(Problem::NotAnEvent { found, span: state.span });
                None
            }
        }
    }

    fn event_case(
        &mut self,
        pattern: &ast::Expr,
        body: &Body,
        forbidden: bool,
        env: &mut Environment,
    ) -> Option<EventCase> {
        let value = self.expr(pattern, env)?;
        let Typed { expr: Expr::Query(events), kind } = value else {
            let found = self.type_word(&value.kind);
            self.report(Problem::NotAnEvent { found, span: pattern.span });
            return None;
        };
        let element = kind.element().clone();
        if !matches!(element, Type::Event(_)) {
            let found = self.type_word(&element);
            self.report(Problem::NotAnEvent { found, span: pattern.span });
            return None;
        }
        env.push_element(self.element_name(&element), events.element, element);
        let condition = self.requirement(body, forbidden, env);
        env.pop();
        Some(EventCase { events, condition: condition? })
    }

    /// `有 X 的，结案前`: the last X.
    fn given(&mut self, given: &ast::Expr, env: &mut Environment) -> Option<Expr> {
        let inner = match given.kind.as_ref() {
            ExprKind::Has { owner: None, negated: false, items } if items.len() == 1 => items.first()?,
            _ => given,
        };
        match self.expr(inner, env)? {
            Typed { expr: Expr::Query(query), kind } if matches!(kind.element(), Type::Event(_)) => {
                Some(Expr::At(inner.span, Box::new(Expr::Pick(Pick::Last, query))))
            }
            Typed { expr, kind: Type::Event(_) | Type::AnyEvent } => {
                Some(Expr::At(inner.span, Box::new(expr)))
            }
            Typed { kind, .. } => {
                let found = self.type_word(&kind);
                self.report(Problem::NotAnEvent { found, span: inner.span });
                None
            }
        }
    }

    /// A quantity or a limit parameter.
    pub(super) fn limit(&mut self, limit: &ast::Limit) -> Option<Limit> {
        match limit.amount.kind.as_ref() {
            ExprKind::Quantity { count, unit } => {
                let mut fixed = TimeLimit::new(*count, *unit);
                if limit.include_start {
                    fixed.count_from = CountFrom::SameDay;
                }
                if limit.no_roll {
                    fixed.roll = RollForward::None;
                }
                Some(Limit::Fixed(fixed))
            }
            ExprKind::Name(name) => {
                let Some(index) = self.parameter_index(&name.text) else {
                    let known = self.parameters.iter().map(|p| p.name.as_str());
                    let near = nearest(&name.text, known).map(str::to_owned);
                    self.report(Problem::Unknown {
                        wanted: Wanted::Parameter,
                        name: name.text.clone(),
                        span: name.span,
                        near,
                    });
                    return None;
                };
                if self.parameters.get(index).is_some_and(|p| p.kind == ParameterKind::Number) {
                    let found = format!("次数参数「{}」", name.text);
                    self.report(Problem::LimitWanted { found, span: name.span });
                    return None;
                }
                Some(Limit::Parameter { index, include_start: limit.include_start, no_roll: limit.no_roll })
            }
            _ => {
                self.report(Problem::LimitWanted { found: in_words(&limit.amount), span: limit.amount.span });
                None
            }
        }
    }

    fn count(&mut self, count: &ast::Count, years: Option<Slot>, env: &mut Environment) -> Option<Shape> {
        let bound = match count.bound.kind.as_ref() {
            ExprKind::Number(digits) => match digits.parse() {
                Ok(number) => Some(Bound::Fixed(number)),
                Err(_) => {
                    self.report(Problem::NumberWanted {
                        found: format!("「{digits}」"),
                        span: count.bound.span,
                    });
                    None
                }
            },
            ExprKind::Name(name) => match self.parameter_index(&name.text) {
                Some(index)
                    if self.parameters.get(index).is_some_and(|p| p.kind == ParameterKind::Number) =>
                {
                    Some(Bound::Parameter(index))
                }
                Some(_) => {
                    let found = format!("期限参数「{}」", name.text);
                    self.report(Problem::NumberWanted { found, span: name.span });
                    None
                }
                None => {
                    let known = self.parameters.iter().map(|p| p.name.as_str());
                    let near = nearest(&name.text, known).map(str::to_owned);
                    let (name, span) = (name.text.clone(), name.span);
                    self.report(Problem::Unknown { wanted: Wanted::Parameter, name, span, near });
                    None
                }
            },
            _ => {
                self.report(Problem::NumberWanted { found: in_words(&count.bound), span: count.bound.span });
                None
            }
        };
        let op = match count.op {
            ast::CompareOp::AtLeast => CompareOp::AtLeast,
            ast::CompareOp::AtMost => CompareOp::AtMost,
            ast::CompareOp::Is => CompareOp::Equal,
            ast::CompareOp::Greater => CompareOp::Greater,
            ast::CompareOp::Less => CompareOp::Less,
            ast::CompareOp::IsNot
            | ast::CompareOp::In
            | ast::CompareOp::NotIn
            | ast::CompareOp::SetIs
            | ast::CompareOp::Contains
            | ast::CompareOp::Lacks
            | ast::CompareOp::Before
            | ast::CompareOp::After => {
                self.report(Problem::WrongType {
                    wanted: "不少于、不超过或恰为",
                    found: "别的比较".to_owned(),
                    span: count.of.span,
                });
                return None;
            }
        };
        let window = match &count.window {
            Some(window) => {
                let ExprKind::Quantity { count, unit } = window.kind.as_ref() else {
                    self.report(Problem::LimitWanted { found: in_words(window), span: window.span });
                    return None;
                };
                Window::Sliding(TimeLimit::new(*count, *unit))
            }
            None => years.map_or(Window::Whole, Window::Year),
        };
        let counted = self.counted(count, env)?;
        if window != Window::Whole && matches!(counted, Counted::Entities { dated_by: None, .. }) {
            self.report(Problem::NoCountingDate { span: count.of.span });
            return None;
        }
        Some(Shape::Cardinality { counted, window, op, bound: bound? })
    }

    fn counted(&mut self, count: &ast::Count, env: &mut Environment) -> Option<Counted> {
        let value = self.expr(&count.of, env)?;
        let root_of = |analyzer: &Self, query: &Query| analyzer.root_of_element(query);
        match value.expr {
            Expr::Query(query) if matches!(value.kind.element(), Type::Entity(_)) => {
                let element = value.kind.element().clone();
                env.push_element(self.element_name(&element), query.element, element);
                let dated_by = match &count.dated_by {
                    Some(dated_by) => Some(self.event(dated_by, env)?.expr),
                    None => None,
                };
                env.pop();
                let root = root_of(self, &query);
                Some(Counted::Entities { query, dated_by, root })
            }
            Expr::Query(query) => {
                let root = root_of(self, &query);
                Some(Counted::Events { query, root })
            }
            Expr::Dates(events) => match *events {
                Expr::Query(query) => {
                    let root = root_of(self, &query);
                    Some(Counted::Days { query, root })
                }
                _ => self.not_countable(&value.kind, count.of.span),
            },
            _ => self.not_countable(&value.kind, count.of.span),
        }
    }

    fn not_countable(&mut self, kind: &Type, span: Span) -> Option<Counted> {
        let found = self.type_word(kind);
        self.report(Problem::WrongType { wanted: "能数的实体或事件", found, span });
        None
    }
}

/// The owner of the required event; of several events joined by 且 or 或者, the one they share.
fn written_owner(state: &ast::Expr) -> Option<&ast::Expr> {
    match state.kind.as_ref() {
        ExprKind::Of(owner, _) => Some(owner),
        ExprKind::And(list) | ExprKind::Or(list) => {
            let mut owners = list.iter().map(written_owner);
            let first = owners.next()??;
            owners.all(|owner| owner == Some(first)).then_some(first)
        }
        _ => None,
    }
}

/// `每次 X`, also behind an owner.
fn is_each(e: &ast::Expr) -> bool {
    match e.kind.as_ref() {
        ExprKind::Pattern { pick, .. } => *pick == Some(ast::Pick::Each),
        ExprKind::Of(_, member) => is_each(member),
        _ => false,
    }
}
