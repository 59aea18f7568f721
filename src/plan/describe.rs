//! What a duty requires, in a few Chinese words, for messages: 公示结果; 对象签章 或者 拒签、注明原因.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a few forms have shorter words; every other is said in full"
)]

use crate::policy::{CompareOp, Expr, Field, Holder, Policy, QueryKind, Shape};
use crate::vocabulary::Fields as _;

/// Words for the requirement (or condition, or forbidden event) of a duty.
pub(super) fn duty(shape: &Shape, policy: &Policy) -> String {
    match shape {
        Shape::Response { requirement, .. }
        | Shape::Precedence { requirement, .. }
        | Shape::DueAtClosure { requirement, .. }
        | Shape::DueOnDate { requirement, .. } => words(requirement, policy),
        Shape::Absence { forbidden, .. } => name(forbidden.kind, policy),
        Shape::EventCondition { cases } => {
            cases.first().map(|case| words(&case.condition, policy)).unwrap_or_default()
        }
        Shape::EntityCondition { condition } => words(condition, policy),
        Shape::Cardinality { counted, .. } => match counted {
            crate::policy::Counted::Entities { query, .. } | crate::policy::Counted::Events { query, .. } => {
                name(query.kind, policy)
            }
            crate::policy::Counted::Days { query, .. } => format!("{}的日期", name(query.kind, policy)),
        },
    }
}

fn name(kind: QueryKind, policy: &Policy) -> String {
    match kind {
        QueryKind::Events(id) => policy.vocabulary.event(id).name.clone(),
        QueryKind::Entities(id) => policy.vocabulary.entity(id).name.clone(),
    }
}

fn field_name(field: Field, policy: &Policy) -> String {
    match field.holder {
        Holder::Entity(id) => policy.vocabulary.entity(id).field(field.id).name.clone(),
        Holder::Event(id) => policy.vocabulary.event(id).field(field.id).name.clone(),
    }
}

fn joined(list: &[Expr], by: &str, policy: &Policy) -> String {
    list.iter().map(|e| words(e, policy)).collect::<Vec<_>>().join(by)
}

fn words(expr: &Expr, policy: &Policy) -> String {
    match expr.bare() {
        Expr::At(_, of) => words(of, policy),
        Expr::Present(of) => match of.bare() {
            Expr::Query(query) => words(&Expr::Query(query.clone()), policy),
            other => format!("有{}", words(other, policy)),
        },
        Expr::Query(query) | Expr::Pick(_, query) => match &query.filter {
            Some(filter) => format!("{}（{}）", name(query.kind, policy), words(filter, policy)),
            None => name(query.kind, policy),
        },
        Expr::And(list) => {
            let parts = list.iter().map(|part| match part.bare() {
                Expr::Or(_) => format!("（{}）", words(part, policy)),
                other => words(other, policy),
            });
            parts.collect::<Vec<_>>().join(" 且 ")
        }
        Expr::Or(list) => joined(list, " 或者 ", policy),
        Expr::OrElse(list) => joined(list, "，没有则 ", policy),
        Expr::Not(of) => match of.bare() {
            Expr::Present(inner) => format!("没有{}", words(inner, policy)),
            Expr::Compare(CompareOp::Equal, l, r) => {
                format!("{} 不为 {}", words(l, policy), words(r, policy))
            }
            other => format!("不得 {}", words(other, policy)),
        },
        Expr::Literal(literal) => match literal {
            crate::policy::Literal::Bool(true) => "是".to_owned(),
            crate::policy::Literal::Bool(false) => "否".to_owned(),
            crate::policy::Literal::Number(number) => number.normalize().to_string(),
            crate::policy::Literal::Text(text) => text.clone(),
            crate::policy::Literal::Date(date) => date.to_string(),
        },
        Expr::Slot(_) => String::new(),
        Expr::Today => "当日".to_owned(),
        Expr::Field(owner, field) => {
            let owner = words(owner, policy);
            let field = field_name(*field, policy);
            if owner.is_empty() { field } else { format!("{owner}的{field}") }
        }
        Expr::Earliest { .. } => "最早事件".to_owned(),
        Expr::MomentOf(of) | Expr::DateOf(of) => match of.bare() {
            Expr::Slot(_) => "当时".to_owned(),
            other => words(other, policy),
        },
        Expr::YearOf(of) => format!("{}的年度", words(of, policy)),
        Expr::MonthDay { month, day, .. } => match day {
            Some(day) => format!("{month}月{day}日"),
            None => format!("{month}月最后一日"),
        },
        Expr::Size(of) => format!("{}的个数", words(of, policy)),
        Expr::Dates(of) => format!("{}的日期", words(of, policy)),
        Expr::Number(op, l, r) => {
            let sign = match op {
                crate::policy::NumberOp::Add => "＋",
                crate::policy::NumberOp::Subtract => "－",
                crate::policy::NumberOp::Multiply => "×",
                crate::policy::NumberOp::Divide => "÷",
            };
            format!("{}{sign}{}", words(l, policy), words(r, policy))
        }
        Expr::Set(op, l, r) => {
            let word = match op {
                crate::policy::SetOp::Union => "与",
                crate::policy::SetOp::Difference => "除去",
            };
            format!("{}{word}{}", words(l, policy), words(r, policy))
        }
        Expr::Compare(op, l, r) if timed(l, policy) || timed(r, policy) => {
            let word = match op {
                CompareOp::Equal => "为",
                CompareOp::NotEqual => "不为",
                CompareOp::Greater | CompareOp::After => "晚于",
                CompareOp::AtLeast => "不早于",
                CompareOp::Less | CompareOp::Before => "早于",
                CompareOp::AtMost => "不晚于",
            };
            format!("{} {word} {}", words(l, policy), words(r, policy))
        }
        Expr::Compare(op, l, r) => {
            format!("{} {} {}", words(l, policy), op.word(), words(r, policy))
        }
        Expr::In(l, r) => format!("{} 属于 {}", words(l, policy), words(r, policy)),
        Expr::Listed(l, list) => {
            let name = policy.lists.get(*list).map_or("", |list| list.name.as_str());
            format!("{} 属于「{name}」", words(l, policy))
        }
        Expr::Contains(l, r) => format!("{} 含 {}", words(l, policy), words(r, policy)),
        Expr::SetEqual(l, r) => format!("{} 恰为 {}", words(l, policy), words(r, policy)),
        Expr::Every { set, body, .. } => format!("{} 都 {}", words(set, policy), words(body, policy)),
        Expr::Call { definition, .. } => {
            policy.definitions.get(*definition).map_or_else(String::new, |d| d.name.clone())
        }
        Expr::Function(function, of) => match function {
            crate::policy::Function::Abs => format!("绝对值（{}）", words(of, policy)),
            crate::policy::Function::CreditCodeValid => format!("{}校验位正确", words(of, policy)),
        },
    }
}

/// A date or a moment, so that it is earlier or later rather than more or less.
fn timed(expr: &Expr, policy: &Policy) -> bool {
    match expr.bare() {
        Expr::MomentOf(_) | Expr::DateOf(_) | Expr::Today | Expr::MonthDay { .. } => true,
        Expr::Literal(literal) => matches!(literal, crate::policy::Literal::Date(_)),
        Expr::Field(_, field) => {
            let declared = match field.holder {
                Holder::Entity(id) => policy.vocabulary.entity(id).field(field.id),
                Holder::Event(id) => policy.vocabulary.event(id).field(field.id),
            };
            declared.kind == crate::vocabulary::FieldKind::Date
        }
        _ => false,
    }
}
