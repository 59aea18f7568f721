//! Calls and calculation: definitions, functions, measures, arithmetic and set operations.

use super::{Outcome, typed};
use crate::analyze::environment::Environment;
use crate::analyze::problem::Problem;
use crate::analyze::rule::Analyzer;
use crate::policy::{Expr, Function, NumberOp, SetOp, Type};
use crate::source::Span;
use crate::syntax::ast::{self, Measure, Name, Operator};

impl Analyzer<'_> {
    pub(super) fn call(
        &mut self,
        index: usize,
        name: &Name,
        arguments: &[ast::Expr],
        env: &mut Environment,
    ) -> Outcome {
        let (parameters, result) = self.definition(index, name.span)?;
        let mut given = Vec::new();
        if arguments.is_empty() {
            for (parameter, kind) in &parameters {
                match self.local(parameter, env) {
                    Some(found) if found.kind == *kind => given.push(found.expr),
                    Some(_) | None => {
                        return self.report(Problem::ArgumentCount {
                            name: name.text.clone(),
                            wanted: parameters.len(),
                            given: 0,
                            span: name.span,
                        });
                    }
                }
            }
        } else if arguments.len() == parameters.len() {
            for (argument, (_, kind)) in arguments.iter().zip(&parameters) {
                let value = self.expr(argument, env)?;
                let dated =
                    matches!((&value.kind, kind), (Type::Date, Type::Moment) | (Type::Moment, Type::Date));
                if value.kind != *kind && !dated {
                    let (left, right) = (self.type_word(&value.kind), self.type_word(kind));
                    return self.report(Problem::CannotCompare { left, right, span: argument.span });
                }
                given.push(value.expr);
            }
        } else {
            return self.report(Problem::ArgumentCount {
                name: name.text.clone(),
                wanted: parameters.len(),
                given: arguments.len(),
                span: name.span,
            });
        }
        typed(Expr::Call { definition: index, arguments: given }, result)
    }

    pub(super) fn function(
        &mut self,
        function: Function,
        name: &Name,
        arguments: &[ast::Expr],
        env: &mut Environment,
    ) -> Outcome {
        let [argument] = arguments else {
            return self.report(Problem::ArgumentCount {
                name: name.text.clone(),
                wanted: 1,
                given: arguments.len(),
                span: name.span,
            });
        };
        let value = self.expr(argument, env)?;
        let (wanted, result) = match function {
            Function::Abs => (Type::Number, Type::Number),
            Function::CreditCodeValid => (Type::Text, Type::Bool),
        };
        if value.kind != wanted {
            let (left, right) = (self.type_word(&value.kind), self.type_word(&wanted));
            return self.report(Problem::CannotCompare { left, right, span: argument.span });
        }
        typed(Expr::Function(function, Box::new(value.expr)), result)
    }

    pub(super) fn measure(&mut self, of: &ast::Expr, measure: Measure, env: &mut Environment) -> Outcome {
        let value = self.expr(of, env)?;
        match measure {
            Measure::Count => {
                if !value.kind.is_set() {
                    let found = self.type_word(&value.kind);
                    return self.report(Problem::WrongType { wanted: "一组东西", found, span: of.span });
                }
                typed(Expr::Size(Box::new(value.expr)), Type::Number)
            }
            Measure::Dates => match value.kind {
                Type::Set(ref element) if matches!(**element, Type::Event(_)) => {
                    typed(Expr::Dates(Box::new(value.expr)), Type::Date.set())
                }
                Type::Event(_) | Type::AnyEvent | Type::Moment => {
                    typed(Expr::DateOf(Box::new(value.expr)), Type::Date)
                }
                ref other @ (Type::Bool
                | Type::Number
                | Type::Text
                | Type::Date
                | Type::Entity(_)
                | Type::Set(_)) => {
                    let found = self.type_word(other);
                    self.report(Problem::NotAnEvent { found, span: of.span })
                }
            },
            Measure::Year => {
                if let Type::Entity(_) = value.kind {
                    let name = Name { text: "年度".to_owned(), span: of.span };
                    return self.field(value, &name);
                }
                let date = self.moment(value, of.span)?;
                typed(Expr::YearOf(Box::new(date.expr)), Type::Number)
            }
        }
    }

    pub(super) fn binary(
        &mut self,
        op: Operator,
        left: &ast::Expr,
        right: &ast::Expr,
        span: Span,
        env: &mut Environment,
    ) -> Outcome {
        let left_value = self.expr(left, env);
        let right_value = self.expr(right, env);
        let (left, right) = (left_value?, right_value?);
        let numbers = left.kind == Type::Number && right.kind == Type::Number;
        let sets = !numbers && left.kind.element() == right.kind.element();
        let (l, r) = (Box::new(left.expr), Box::new(right.expr));
        let set = left.kind.element().clone().set();
        match op {
            Operator::Add if numbers => typed(Expr::Number(NumberOp::Add, l, r), Type::Number),
            Operator::Subtract if numbers => typed(Expr::Number(NumberOp::Subtract, l, r), Type::Number),
            Operator::Multiply if numbers => typed(Expr::Number(NumberOp::Multiply, l, r), Type::Number),
            Operator::Divide if numbers => typed(Expr::Number(NumberOp::Divide, l, r), Type::Number),
            Operator::Union | Operator::Add if sets => typed(Expr::Set(SetOp::Union, l, r), set),
            Operator::Difference | Operator::Subtract if sets => {
                typed(Expr::Set(SetOp::Difference, l, r), set)
            }
            Operator::Add
            | Operator::Subtract
            | Operator::Multiply
            | Operator::Divide
            | Operator::Union
            | Operator::Difference => {
                let (left, right) = (self.type_word(&left.kind), self.type_word(&right.kind));
                self.report(Problem::CannotCompare { left, right, span })
            }
        }
    }
}
