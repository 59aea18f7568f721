//! Comparisons and 有 / 没有: both sides get a type, and the types must fit.

use super::at;
use super::{Outcome, Typed, typed};
use crate::analyze::environment::Environment;
use crate::analyze::problem::{Problem, Wanted};
use crate::analyze::rule::Analyzer;
use crate::diagnostic::nearest;
use crate::policy::{CompareOp, Expr, Holder, Literal, Type};
use crate::source::Span;
use crate::syntax::ast::{self, ExprKind};
use crate::vocabulary::{FieldKind, Fields as _};

impl Analyzer<'_> {
    /// 有 / 没有
    pub(super) fn has(
        &mut self,
        owner: Option<&ast::Expr>,
        negated: bool,
        items: &[ast::Expr],
        env: &mut Environment,
    ) -> Option<Expr> {
        let owner = match owner {
            Some(owner) => Some(self.expr(owner, env)?),
            None => None,
        };
        let mut parts = Vec::new();
        let mut sound = true;
        let alone = items.len() == 1;
        let placed = |span: Span, part: Expr| if alone { part } else { at(span, part) };
        for item in items {
            let value = match &owner {
                Some(owner) => self.member(owner.clone(), item, env),
                None => self.expr(item, env),
            };
            match value {
                Some(Typed { expr: Expr::Pick(_, query), .. }) => {
                    parts.push(placed(item.span, Expr::Present(Box::new(Expr::Query(query)))));
                }
                Some(Typed { expr, .. }) => parts.push(placed(item.span, Expr::Present(Box::new(expr)))),
                None => sound = false,
            }
        }
        if !sound {
            return None;
        }
        let all = if parts.len() == 1 { parts.pop()? } else { Expr::And(parts) };
        Some(if negated { Expr::Not(Box::new(all)) } else { all })
    }

    pub(super) fn compare(
        &mut self,
        left: Option<&ast::Expr>,
        op: ast::CompareOp,
        right: &ast::Expr,
        span: Span,
        env: &mut Environment,
    ) -> Option<Expr> {
        let left_value = match left {
            Some(left) => self.expr(left, env)?,
            None => match env.innermost() {
                Some((slot, kind @ (Type::Event(_) | Type::AnyEvent))) => {
                    Typed { expr: Expr::Slot(slot), kind: kind.clone() }
                }
                Some(_) | None => {
                    self.report(Problem::NoLeftSide { span });
                    return None;
                }
            },
        };
        let left_span = left.map_or(span, |left| left.span);
        match op {
            ast::CompareOp::Is | ast::CompareOp::IsNot => {
                let right = self.operand(&left_value, right, env)?;
                let (l, r) = self.comparable(left_value, right, span)?;
                let op = if op == ast::CompareOp::Is { CompareOp::Equal } else { CompareOp::NotEqual };
                Some(Expr::Compare(op, Box::new(l), Box::new(r)))
            }
            ast::CompareOp::Greater
            | ast::CompareOp::AtLeast
            | ast::CompareOp::Less
            | ast::CompareOp::AtMost => {
                let right_value = self.expr(right, env)?;
                let (l, r) = if left_value.kind == Type::Number && right_value.kind == Type::Number {
                    (left_value.expr, right_value.expr)
                } else {
                    let timed = |kind: &Type| {
                        matches!(kind, Type::Date | Type::Moment | Type::Event(_) | Type::AnyEvent)
                    };
                    if !timed(&left_value.kind) || !timed(&right_value.kind) {
                        let (left, right) =
                            (self.type_word(&left_value.kind), self.type_word(&right_value.kind));
                        self.report(Problem::CannotCompare { left, right, span });
                        return None;
                    }
                    let l = self.moment(left_value, left_span)?;
                    let r = self.moment(right_value, right.span)?;
                    (l.expr, r.expr)
                };
                let op = match op {
                    ast::CompareOp::Greater => CompareOp::Greater,
                    ast::CompareOp::AtLeast => CompareOp::AtLeast,
                    ast::CompareOp::Less => CompareOp::Less,
                    ast::CompareOp::Is
                    | ast::CompareOp::IsNot
                    | ast::CompareOp::In
                    | ast::CompareOp::NotIn
                    | ast::CompareOp::SetIs
                    | ast::CompareOp::AtMost
                    | ast::CompareOp::Contains
                    | ast::CompareOp::Lacks
                    | ast::CompareOp::Before
                    | ast::CompareOp::After => CompareOp::AtMost,
                };
                Some(Expr::Compare(op, Box::new(l), Box::new(r)))
            }
            ast::CompareOp::Before | ast::CompareOp::After => {
                let l = self.moment(left_value, left_span)?;
                let right_value = self.expr(right, env)?;
                if let Type::Set(_) = right_value.kind {
                    let event = self.element_name(right_value.kind.element());
                    self.report(Problem::PickNeeded { event, span: right.span });
                    return None;
                }
                let r = self.moment(right_value, right.span)?;
                let op = if op == ast::CompareOp::Before { CompareOp::Before } else { CompareOp::After };
                Some(Expr::Compare(op, Box::new(l.expr), Box::new(r.expr)))
            }
            ast::CompareOp::In | ast::CompareOp::NotIn => {
                let inside = self.inside(left_value, right, span, env)?;
                Some(if op == ast::CompareOp::NotIn { Expr::Not(Box::new(inside)) } else { inside })
            }
            ast::CompareOp::SetIs => {
                let right = self.expr(right, env)?;
                if left_value.kind.element() != right.kind.element() {
                    let (left, right) = (self.type_word(&left_value.kind), self.type_word(&right.kind));
                    self.report(Problem::CannotCompare { left, right, span });
                    return None;
                }
                Some(Expr::SetEqual(Box::new(left_value.expr), Box::new(right.expr)))
            }
            ast::CompareOp::Contains | ast::CompareOp::Lacks => {
                let right_value = self.operand(&left_value, right, env)?;
                let text = left_value.kind == Type::Text && right_value.kind == Type::Text;
                let member =
                    left_value.kind.is_set() && *left_value.kind.element() == *right_value.kind.element();
                if !text && !member {
                    let (left, right) = (self.type_word(&left_value.kind), self.type_word(&right_value.kind));
                    self.report(Problem::CannotCompare { left, right, span });
                    return None;
                }
                let contains = Expr::Contains(Box::new(left_value.expr), Box::new(right_value.expr));
                Some(if op == ast::CompareOp::Lacks { Expr::Not(Box::new(contains)) } else { contains })
            }
        }
    }

    /// 属于: a list, or a set.
    fn inside(&mut self, left: Typed, right: &ast::Expr, span: Span, env: &mut Environment) -> Option<Expr> {
        if let ExprKind::Name(name) = right.kind.as_ref()
            && let Some(index) = self.list_index(&name.text)
        {
            if *left.kind.element() != Type::Text && !matches!(left.kind.element(), Type::Entity(_)) {
                let found = self.type_word(&left.kind);
                self.report(Problem::CannotCompare {
                    left: found,
                    right: format!("名单「{}」", name.text),
                    span,
                });
                return None;
            }
            return Some(Expr::Listed(Box::new(left.expr), index));
        }
        if *left.kind.element() == Type::Text
            && let ExprKind::Name(name) = right.kind.as_ref()
            && self.local(&name.text, env).is_none()
            && self.definition_index(&name.text).is_none()
        {
            let near = nearest(&name.text, self.lists.iter().map(|l| l.name.as_str())).map(str::to_owned);
            self.report(Problem::Unknown {
                wanted: Wanted::List,
                name: name.text.clone(),
                span: name.span,
                near,
            });
            return None;
        }
        let right_value = self.expr(right, env)?;
        if left.kind.element() != right_value.kind.element() {
            let (left, right) = (self.type_word(&left.kind), self.type_word(&right_value.kind));
            self.report(Problem::CannotCompare { left, right, span });
            return None;
        }
        Some(Expr::In(Box::new(left.expr), Box::new(right_value.expr)))
    }

    fn comparable(&mut self, left: Typed, right: Typed, span: Span) -> Option<(Expr, Expr)> {
        let date = |kind: &Type| matches!(kind, Type::Date | Type::Moment);
        if left.kind == right.kind || (date(&left.kind) && date(&right.kind)) {
            return Some((left.expr, right.expr));
        }
        if left.kind.element() == right.kind.element() && matches!(left.kind.element(), Type::Entity(_)) {
            // 单值与多值相比：多值的须恰为那一个。
            return Some((left.expr, right.expr));
        }
        let (left, right) = (self.type_word(&left.kind), self.type_word(&right.kind));
        self.report(Problem::CannotCompare { left, right, span });
        None
    }

    /// The right side of a comparison; a bare word may be a term of the left side's enumeration.
    fn operand(&mut self, left: &Typed, right: &ast::Expr, env: &mut Environment) -> Outcome {
        let ExprKind::Name(name) = right.kind.as_ref() else { return self.expr(right, env) };
        if *left.kind.element() != Type::Text {
            return self.expr(right, env);
        }
        let Expr::Field(_, field) = &left.expr else { return self.expr(right, env) };
        let declared = match field.holder {
            Holder::Entity(id) => self.vocabulary.entity(id).field(field.id),
            Holder::Event(id) => self.vocabulary.event(id).field(field.id),
        };
        let (field_name, terms) = match &declared.kind {
            FieldKind::Enum(terms) => (declared.name.clone(), terms.clone()),
            FieldKind::Text
            | FieldKind::Number
            | FieldKind::Bool
            | FieldKind::Date
            | FieldKind::Entity(_) => {
                let known =
                    self.local(&name.text, env).is_some() || self.definition_index(&name.text).is_some();
                if known {
                    return self.expr(right, env);
                }
                if let Some(what) = self.misplaced(&name.text) {
                    return self.report(Problem::Misplaced {
                        what,
                        name: name.text.clone(),
                        span: name.span,
                    });
                }
                return self.report(Problem::TextNotQuoted { name: name.text.clone(), span: name.span });
            }
        };
        let term = terms.iter().find(|term| term.name == name.text || term.synonyms.contains(&name.text));
        if let Some(term) = term {
            return typed(Expr::Literal(Literal::Text(term.name.clone())), Type::Text);
        }
        if let Some(found) = self.local(&name.text, env)
            && found.kind == Type::Text
        {
            return Some(found);
        }
        let names: Vec<String> = terms.into_iter().map(|term| term.name).collect();
        self.report(Problem::UnknownTerm {
            field: field_name,
            name: name.text.clone(),
            span: name.span,
            near: nearest(&name.text, names.iter().map(String::as_str)).map(str::to_owned),
            terms: names,
        })
    }
}
