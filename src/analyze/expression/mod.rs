//! One expression: names to meanings, and a type for every part.
//! Takes a syntax expression and an [`Environment`]; gives a typed expression, or has reported why not.

mod calls;
mod compare;
mod names;
mod queries;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::environment::Environment;
use super::problem::Problem;
use super::rule::Analyzer;
use crate::policy::{Expr, Literal, Type};
use crate::source::Span;
use crate::syntax::ast::{self, ExprKind};

/// An expression with its type.
#[derive(Clone, Debug)]
pub(super) struct Typed {
    pub(super) expr: Expr,
    pub(super) kind: Type,
}

/// `None`: reported already.
pub(super) type Outcome = Option<Typed>;

fn typed(expr: Expr, kind: Type) -> Outcome {
    Some(Typed { expr, kind })
}

impl Analyzer<'_> {
    /// A value of any type.
    pub(in crate::analyze) fn expr(&mut self, e: &ast::Expr, env: &mut Environment) -> Outcome {
        match e.kind.as_ref() {
            ExprKind::Name(name) => self.name(name, env),
            ExprKind::Text(text) => typed(Expr::Literal(Literal::Text(text.clone())), Type::Text),
            ExprKind::Number(digits) => match digits.parse::<Decimal>() {
                Ok(number) => typed(Expr::Literal(Literal::Number(number)), Type::Number),
                Err(_) => {
                    self.report(Problem::NumberWanted { found: format!("「{digits}」"), span: e.span })
                }
            },
            ExprKind::Date(date) => typed(Expr::Literal(Literal::Date(*date)), Type::Date),
            ExprKind::Quantity { .. } => {
                self.report(Problem::WrongType {
                    wanted: "一个值", found: "期限".to_owned(), span: e.span
                })
            }
            ExprKind::MonthDay { year, month, day } => {
                let year = self.expr(year, env)?;
                if year.kind != Type::Number {
                    let found = self.type_word(&year.kind);
                    return self
                        .report(Problem::WrongType { wanted: "年度（数）", found, span: e.span });
                }
                let sample = day.unwrap_or(1);
                if NaiveDate::from_ymd_opt(2024, *month, sample).is_none() {
                    return self.report(Problem::WrongType {
                        wanted: "有的日子",
                        found: format!("{month}月{sample}日"),
                        span: e.span,
                    });
                }
                typed(Expr::MonthDay { year: Box::new(year.expr), month: *month, day: *day }, Type::Date)
            }
            ExprKind::Pattern { pick, name, arguments } => self.global(*pick, name, arguments, e.span, env),
            ExprKind::Field(owner, field) => {
                let owner = self.expr(owner, env)?;
                self.field(owner, field)
            }
            ExprKind::Of(owner, member) => {
                let owner = self.expr(owner, env)?;
                self.member(owner, member, env)
            }
            ExprKind::Measure(of, measure) => self.measure(of, *measure, env),
            ExprKind::Binary { op, left, right } => self.binary(*op, left, right, e.span, env),
            ExprKind::OrElse(list) => {
                let alternatives: Vec<Typed> =
                    list.iter().map(|alternative| self.expr(alternative, env)).collect::<Option<_>>()?;
                let first = alternatives.first()?;
                let set = alternatives.iter().any(|a| a.kind.is_set());
                let element = first.kind.element().clone();
                let events = |kind: &Type| matches!(kind, Type::Event(_) | Type::AnyEvent);
                for (alternative, source) in alternatives.iter().zip(list) {
                    let other = alternative.kind.element();
                    if *other != element && !(events(other) && events(&element)) {
                        let (left, right) = (self.type_word(&element), self.type_word(other));
                        return self.report(Problem::CannotCompare { left, right, span: source.span });
                    }
                }
                let same = alternatives.iter().all(|a| *a.kind.element() == element);
                let element = if same { element } else { Type::AnyEvent };
                let kind = if set { element.set() } else { element };
                let placed = alternatives.into_iter().zip(list).map(|(a, source)| at(source.span, a.expr));
                typed(Expr::OrElse(placed.collect()), kind)
            }
            ExprKind::Compare { .. }
            | ExprKind::Has { .. }
            | ExprKind::Not(_)
            | ExprKind::And(_)
            | ExprKind::Or(_)
            | ExprKind::Every { .. } => {
                let condition = self.condition(e, env)?;
                typed(condition, Type::Bool)
            }
        }
    }

    /// Something true or false. An event set is true when it has an event, an entity set when it has an entity.
    pub(in crate::analyze) fn condition(&mut self, e: &ast::Expr, env: &mut Environment) -> Option<Expr> {
        Some(at(e.span, self.bare_condition(e, env)?))
    }

    fn bare_condition(&mut self, e: &ast::Expr, env: &mut Environment) -> Option<Expr> {
        match e.kind.as_ref() {
            ExprKind::And(list) => Some(Expr::And(self.conditions(list, env)?)),
            ExprKind::Or(list) => Some(Expr::Or(self.conditions(list, env)?)),
            ExprKind::Not(inner) => Some(Expr::Not(Box::new(self.condition(inner, env)?))),
            ExprKind::Has { owner, negated, items } => self.has(owner.as_ref(), *negated, items, env),
            ExprKind::Compare { left, op, right } => self.compare(left.as_ref(), *op, right, e.span, env),
            ExprKind::Every { set, body } => {
                let set_span = set.span;
                let set = self.expr(set, env)?;
                let element = set.kind.element().clone();
                if !set.kind.is_set() && !matches!(element, Type::Entity(_)) {
                    let found = self.type_word(&set.kind);
                    self.report(Problem::WrongType {
                        wanted: "一组实体或事件", found, span: set_span
                    });
                    return None;
                }
                let name = self.element_name(&element);
                let slot = env.element(name, element);
                let body = self.condition(body, env);
                env.pop();
                Some(Expr::Every { set: Box::new(set.expr), element: slot, body: Box::new(body?) })
            }
            ExprKind::Name(_)
            | ExprKind::Text(_)
            | ExprKind::Number(_)
            | ExprKind::Date(_)
            | ExprKind::Quantity { .. }
            | ExprKind::MonthDay { .. }
            | ExprKind::Pattern { .. }
            | ExprKind::Field(..)
            | ExprKind::Of(..)
            | ExprKind::Measure(..)
            | ExprKind::Binary { .. }
            | ExprKind::OrElse(_) => {
                let value = self.expr(e, env)?;
                self.as_condition(value, e.span)
            }
        }
    }

    fn conditions(&mut self, list: &[ast::Expr], env: &mut Environment) -> Option<Vec<Expr>> {
        let parts: Vec<Option<Expr>> = list.iter().map(|part| self.condition(part, env)).collect();
        parts.into_iter().collect()
    }

    fn as_condition(&mut self, value: Typed, span: Span) -> Option<Expr> {
        match (value.kind, value.expr) {
            (Type::Bool, expr) => Some(expr),
            (_, Expr::Pick(_, query)) => Some(Expr::Present(Box::new(Expr::Query(query)))),
            (Type::Set(_) | Type::Event(_) | Type::AnyEvent, expr) => Some(Expr::Present(Box::new(expr))),
            (kind @ (Type::Number | Type::Text | Type::Date | Type::Moment | Type::Entity(_)), _) => {
                let found = self.type_word(&kind);
                self.report(Problem::WrongType { wanted: "一个条件", found, span });
                None
            }
        }
    }

    /// A date or moment out of a date, moment or event.
    pub(in crate::analyze) fn moment(&mut self, value: Typed, span: Span) -> Outcome {
        match value.kind {
            Type::Date | Type::Moment => Some(value),
            Type::Event(_) | Type::AnyEvent => typed(Expr::MomentOf(Box::new(value.expr)), Type::Moment),
            ref other @ (Type::Bool | Type::Number | Type::Text | Type::Entity(_) | Type::Set(_)) => {
                let found = self.type_word(other);
                self.report(Problem::WrongType { wanted: "一个日子或事件", found, span })
            }
        }
    }

    pub(in crate::analyze) fn element_name(&self, kind: &Type) -> String {
        match kind {
            Type::Entity(id) => self.vocabulary.entity(*id).name.clone(),
            Type::Event(id) => self.vocabulary.event(*id).name.clone(),
            Type::Bool
            | Type::Number
            | Type::Text
            | Type::Date
            | Type::Moment
            | Type::AnyEvent
            | Type::Set(_) => String::new(),
        }
    }

    /// A type's name for messages.
    pub(in crate::analyze) fn type_word(&self, kind: &Type) -> String {
        match kind {
            Type::Bool => "「是/否」".to_owned(),
            Type::Number => "数".to_owned(),
            Type::Text => "文本".to_owned(),
            Type::Date => "日期".to_owned(),
            Type::Moment => "时刻".to_owned(),
            Type::Entity(id) => format!("实体「{}」", self.vocabulary.entity(*id).name),
            Type::Event(id) => format!("事件「{}」", self.vocabulary.event(*id).name),
            Type::AnyEvent => "事件".to_owned(),
            Type::Set(element) => format!("一组{}", self.type_word(element)),
        }
    }

    pub(in crate::analyze) fn report(&mut self, problem: Problem) -> Outcome {
        self.problems.push(problem);
        None
    }
}

/// Remembers where a clause was written, for coverage.
fn at(span: Span, expr: Expr) -> Expr {
    Expr::At(span, Box::new(expr))
}
