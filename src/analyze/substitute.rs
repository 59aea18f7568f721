//! Templates: a rule body with holes, filled with the arguments of `照 …（…）`.
//! Takes clauses and a mapping from hole to expression; gives clauses without holes.

use std::collections::BTreeMap;

use crate::syntax::ast::{Binder, Body, Clause, Count, Duty, Expr, ExprKind, Head, Limit, Name, RuleClause};

/// Hole → what stands in it.
pub(super) type Holes<'a> = BTreeMap<&'a str, &'a Expr>;

pub(super) fn clause(clause: &Clause<RuleClause>, holes: &Holes<'_>) -> Clause<RuleClause> {
    let kind = match &clause.kind {
        RuleClause::For { binders, conditions } => RuleClause::For {
            binders: binders
                .iter()
                .map(|binder| Binder { domain: expr(&binder.domain, holes), alias: binder.alias.clone() })
                .collect(),
            conditions: all(conditions, holes),
        },
        RuleClause::Given(e) => RuleClause::Given(expr(e, holes)),
        RuleClause::Except(e) => RuleClause::Except(expr(e, holes)),
        RuleClause::ReadAt(e) => RuleClause::ReadAt(expr(e, holes)),
        RuleClause::Use { template, arguments } => {
            RuleClause::Use { template: template.clone(), arguments: all(arguments, holes) }
        }
        RuleClause::Duty(duty) => RuleClause::Duty(fill_duty(duty, holes)),
        RuleClause::Citation(_)
        | RuleClause::Gist(_)
        | RuleClause::Liability(_)
        | RuleClause::Tags(_)
        | RuleClause::Severity(_)
        | RuleClause::Effective(_)
        | RuleClause::Repealed(_) => clause.kind.clone(),
    };
    Clause { kind, ..clause.clone() }
}

fn fill_duty(duty: &Duty, holes: &Holes<'_>) -> Duty {
    let head = match &duty.head {
        Head::Within { trigger, each, limit } => Head::Within {
            trigger: expr(trigger, holes),
            each: *each,
            limit: Limit { amount: expr(&limit.amount, holes), ..limit.clone() },
        },
        Head::Before(e) => Head::Before(expr(e, holes)),
        Head::ByDayOf(e) => Head::ByDayOf(expr(e, holes)),
        Head::After(e) => Head::After(expr(e, holes)),
        Head::Each(list) => Head::Each(all(list, holes)),
        Head::AtClosure { given } => Head::AtClosure { given: given.as_ref().map(|e| expr(e, holes)) },
        Head::By { date, inclusive, roll } => {
            Head::By { date: expr(date, holes), inclusive: *inclusive, roll: *roll }
        }
        Head::Plain => Head::Plain,
    };
    let body = match &duty.body {
        Body::State(e) => Body::State(expr(e, holes)),
        Body::Count(count) => Body::Count(Count {
            of: expr(&count.of, holes),
            dated_by: count.dated_by.as_ref().map(|e| expr(e, holes)),
            window: count.window.as_ref().map(|e| expr(e, holes)),
            op: count.op,
            bound: expr(&count.bound, holes),
            counter: count.counter.clone(),
        }),
    };
    Duty { head, force: duty.force.clone(), body }
}

fn all(list: &[Expr], holes: &Holes<'_>) -> Vec<Expr> {
    list.iter().map(|e| expr(e, holes)).collect()
}

/// The word a hole in a pattern's name position is filled with.
fn word(name: &Name, holes: &Holes<'_>) -> Name {
    match holes.get(name.text.as_str()).map(|filling| filling.kind.as_ref()) {
        Some(ExprKind::Name(filling)) => filling.clone(),
        Some(_) | None => name.clone(),
    }
}

fn expr(e: &Expr, holes: &Holes<'_>) -> Expr {
    if let ExprKind::Name(name) = e.kind.as_ref()
        && let Some(filling) = holes.get(name.text.as_str())
    {
        return (*filling).clone();
    }
    let kind = match e.kind.as_ref() {
        ExprKind::Name(_)
        | ExprKind::Text(_)
        | ExprKind::Number(_)
        | ExprKind::Date(_)
        | ExprKind::Quantity { .. } => {
            return e.clone();
        }
        ExprKind::MonthDay { year, month, day } => {
            ExprKind::MonthDay { year: expr(year, holes), month: *month, day: *day }
        }
        ExprKind::Pattern { pick, name, arguments } => {
            ExprKind::Pattern { pick: *pick, name: word(name, holes), arguments: all(arguments, holes) }
        }
        ExprKind::Field(owner, name) => ExprKind::Field(expr(owner, holes), word(name, holes)),
        ExprKind::Of(owner, member) => ExprKind::Of(expr(owner, holes), expr(member, holes)),
        ExprKind::Measure(of, measure) => ExprKind::Measure(expr(of, holes), *measure),
        ExprKind::Compare { left, op, right } => ExprKind::Compare {
            left: left.as_ref().map(|e| expr(e, holes)),
            op: *op,
            right: expr(right, holes),
        },
        ExprKind::Has { owner, negated, items } => ExprKind::Has {
            owner: owner.as_ref().map(|e| expr(e, holes)),
            negated: *negated,
            items: all(items, holes),
        },
        ExprKind::Not(inner) => ExprKind::Not(expr(inner, holes)),
        ExprKind::And(list) => ExprKind::And(all(list, holes)),
        ExprKind::Or(list) => ExprKind::Or(all(list, holes)),
        ExprKind::Binary { op, left, right } => {
            ExprKind::Binary { op: *op, left: expr(left, holes), right: expr(right, holes) }
        }
        ExprKind::Every { set, body } => ExprKind::Every { set: expr(set, holes), body: expr(body, holes) },
        ExprKind::OrElse(list) => ExprKind::OrElse(all(list, holes)),
    };
    Expr { kind: Box::new(kind), span: e.span }
}
