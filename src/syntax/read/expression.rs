//! Expressions: flat runs of operators become trees by precedence.
//! Does not know what a name stands for.

use chrono::NaiveDate;

use super::{Read, Reader, unquote, word};
use crate::calendar::Unit;
use crate::source::Span;
use crate::syntax::ast::{CompareOp, Expr, ExprKind, Measure, Operator, Pick};
use crate::syntax::grammar::{Node, Nonterminal};
use crate::syntax::problem::Problem;

/// `的`, `.`, `＋` and the like in a row in one place; keeps trees shallow enough to walk.
const MAX_CHAIN: usize = 40;
/// Bound on a count of days; a century of workdays fits.
const MAX_COUNT: u32 = 100_000;

/// A connective in a flat run.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Connective {
    pub(super) or: bool,
    pub(super) comma: bool,
}

pub(super) fn expr(kind: ExprKind, span: Span) -> Expr {
    Expr { kind: Box::new(kind), span }
}

impl Reader<'_> {
    /// `A；没有则 B`
    pub(super) fn expression(&mut self, node: Node<'_>) -> Read<Expr> {
        let span = self.span(&node);
        let mut parts = Vec::new();
        for part in node.into_inner().filter(|part| part.as_rule() == Nonterminal::logic) {
            parts.push(self.logic(part)?);
        }
        Ok(single(parts, span, ExprKind::OrElse))
    }

    /// Terms joined by 且 and 或者.
    pub(super) fn logic(&mut self, node: Node<'_>) -> Read<Expr> {
        let at = self.place(&node);
        let mut terms = Vec::new();
        let mut connectives = Vec::new();
        for part in node.into_inner() {
            if part.as_rule() == Nonterminal::connective {
                connectives.push(connective(part));
            } else {
                let open_every = part.as_rule() == Nonterminal::every && !part.as_str().ends_with("） ");
                terms.push((self.term_expr(part)?, open_every));
            }
        }
        self.join(terms, &connectives, at)
    }

    /// 且 binds tighter than 或者. Where a comma or an open 凡 … 都 suggests another reading, ask.
    pub(super) fn join(
        &mut self,
        terms: Vec<(Expr, bool)>,
        connectives: &[Connective],
        at: (usize, usize),
    ) -> Read<Expr> {
        let mixed = connectives.iter().any(|c| c.or) && connectives.iter().any(|c| !c.or);
        let misleading = mixed
            && connectives.iter().any(|and| !and.or && and.comma)
            && connectives.iter().any(|or| or.or && !or.comma);
        let last = terms.len().saturating_sub(1);
        if misleading {
            return Err(Problem::MixedConnectives { at });
        }
        if terms.iter().take(last).any(|(_, open_every)| *open_every) {
            return Err(Problem::OpenEvery { at });
        }
        let mut alternatives: Vec<Vec<Expr>> = vec![Vec::new()];
        let mut before = std::iter::once(false).chain(connectives.iter().map(|c| c.or));
        for (term, _) in terms {
            if before.next().unwrap_or(false) {
                alternatives.push(Vec::new());
            }
            if let Some(all) = alternatives.last_mut() {
                all.push(term);
            }
        }
        let span = Span::new(self.file, at.0, at.1);
        let alternatives: Vec<Expr> = alternatives
            .into_iter()
            .map(|all| {
                let span = match (all.first(), all.last()) {
                    (Some(first), Some(last)) => first.span.to(last.span),
                    _ => span,
                };
                single(all, span, ExprKind::And)
            })
            .collect();
        Ok(single(alternatives, span, ExprKind::Or))
    }

    /// 非 …, 凡 … 都 …, or a comparison.
    pub(super) fn term_expr(&mut self, node: Node<'_>) -> Read<Expr> {
        let span = self.span(&node);
        match node.as_rule() {
            Nonterminal::negated => {
                let inside = self.only(node)?;
                let inside = self.term_expr(inside)?;
                Ok(expr(ExprKind::Not(inside), span))
            }
            Nonterminal::every => {
                let missing = self.missing();
                let mut parts = node.into_inner().filter(|part| part.as_rule() != Nonterminal::all);
                let set = self.arithmetic(parts.next().ok_or(missing.clone())?)?;
                let body = parts.next().ok_or(missing)?;
                let body = match body.as_rule() {
                    Nonterminal::compared | Nonterminal::placed | Nonterminal::possession => {
                        self.predicate(None, body)?
                    }
                    _ => self.term_expr(body)?,
                };
                Ok(expr(ExprKind::Every { set, body }, span))
            }
            _ => self.comparison(node),
        }
    }

    /// `left 为 right`, or a predicate about whatever is being filtered.
    fn comparison(&mut self, node: Node<'_>) -> Read<Expr> {
        let mut left = None;
        for part in node.into_inner() {
            if part.as_rule() == Nonterminal::arithmetic {
                left = Some(self.arithmetic(part)?);
            } else {
                return self.predicate(left, part);
            }
        }
        left.ok_or(Problem::Unfinished {
            at: (self.words.source_end(), self.words.source_end()),
            expected: Vec::new(),
        })
    }

    fn predicate(&mut self, left: Option<Expr>, node: Node<'_>) -> Read<Expr> {
        let own = self.span(&node);
        let span = left.as_ref().map_or(own, |left| left.span.to(own));
        let missing = self.missing();
        let rule = node.as_rule();
        let mut parts = node.into_inner();
        let first = parts.next().ok_or(missing.clone())?;
        match rule {
            Nonterminal::possession => {
                let mut items = Vec::new();
                for part in parts {
                    items.push(self.arithmetic(part)?);
                }
                Ok(expr(ExprKind::Has { owner: left, negated: word(&first) == "没有", items }, span))
            }
            Nonterminal::placed => {
                let right = self.arithmetic(parts.next().ok_or(missing.clone())?)?;
                let place = parts.next().ok_or(missing)?;
                let negated = word(&first) == "不在";
                let (op, turn) = match word(&place) {
                    "之前" => (CompareOp::Before, negated),
                    "之后" => (CompareOp::After, negated),
                    _ if negated => (CompareOp::NotIn, false),
                    _ => (CompareOp::In, false),
                };
                let compared = expr(ExprKind::Compare { left, op, right }, span);
                Ok(if turn { expr(ExprKind::Not(compared), span) } else { compared })
            }
            _ => {
                let op = compare_op(word(&first));
                let right = parts.next().ok_or(missing)?;
                let right = if right.as_rule() == Nonterminal::yes {
                    expr(ExprKind::Name(self.name(&right)), self.span(&right))
                } else {
                    self.arithmetic(right)?
                };
                Ok(expr(ExprKind::Compare { left, op, right }, span))
            }
        }
    }

    /// Operands and operators in a row: × ÷ before + − before 与, 加上, 除去.
    pub(super) fn arithmetic(&mut self, node: Node<'_>) -> Read<Expr> {
        let at = self.place(&node);
        let mut operands = Vec::new();
        let mut operators = Vec::new();
        for part in node.into_inner() {
            if part.as_rule() == Nonterminal::operator {
                operators.push(operator(word(&part)));
            } else {
                operands.push(self.operand(part)?);
            }
        }
        if operands.len() > MAX_CHAIN {
            return Err(Problem::TooDeep { at });
        }
        for tightness in [2, 1, 0] {
            fold(&mut operands, &mut operators, tightness);
        }
        operands.into_iter().next().ok_or(Problem::Unfinished { at, expected: Vec::new() })
    }

    /// A primary and its `.b`, `的 b`, `的个数`.
    pub(super) fn operand(&mut self, node: Node<'_>) -> Read<Expr> {
        let at = self.place(&node);
        let missing = self.missing();
        let mut parts = node.into_inner();
        let first = self.primary(parts.next().ok_or(missing)?)?;
        self.suffixes(first, parts, at)
    }

    pub(super) fn suffixes<'w>(
        &mut self,
        first: Expr,
        parts: impl Iterator<Item = Node<'w>>,
        at: (usize, usize),
    ) -> Read<Expr> {
        let mut whole = first;
        for (count, part) in parts.enumerate() {
            if count > MAX_CHAIN {
                return Err(Problem::TooDeep { at });
            }
            let span = whole.span.to(self.span(&part));
            let kind = match part.as_rule() {
                Nonterminal::measure => ExprKind::Measure(
                    whole,
                    match word(&part) {
                        "的个数" => Measure::Count,
                        "的日期" => Measure::Dates,
                        _ => Measure::Year,
                    },
                ),
                Nonterminal::field => self.field_step(whole, part)?,
                _ => {
                    let inside = self.only(part)?;
                    if inside.as_rule() == Nonterminal::month_day {
                        self.month_day(whole, &inside)?
                    } else {
                        ExprKind::Of(whole, self.primary(inside)?)
                    }
                }
            };
            whole = expr(kind, span);
        }
        Ok(whole)
    }

    /// `a.b`; with a filter it says the same as `a 的 b（…）`.
    fn field_step(&mut self, owner: Expr, node: Node<'_>) -> Read<ExprKind> {
        let missing = self.missing();
        let mut parts = node.into_inner();
        let name = self.name(&parts.next().ok_or(missing)?);
        let Some(filter) = parts.next() else { return Ok(ExprKind::Field(owner, name)) };
        let span = name.span.to(self.span(&filter));
        let arguments = self.arguments(filter)?;
        if arguments.is_empty() {
            return Ok(ExprKind::Field(owner, name));
        }
        Ok(ExprKind::Of(owner, expr(ExprKind::Pattern { pick: None, name, arguments }, span)))
    }

    fn month_day(&self, year: Expr, node: &Node<'_>) -> Read<ExprKind> {
        let text = word(node);
        let problem = || Problem::NoSuchDate { at: self.place(node), date: text.to_string() };
        let (month, day) = text.split_once('月').ok_or_else(problem)?;
        let month: u32 = month.parse().map_err(|_| problem())?;
        let day = match day.strip_suffix('日') {
            Some("最后一") | None => None,
            Some(day) => Some(day.parse::<u32>().map_err(|_| problem())?),
        };
        // 2024 has a 29 February, so it has every day some year has.
        NaiveDate::from_ymd_opt(2024, month, day.unwrap_or(1)).ok_or_else(problem)?;
        Ok(ExprKind::MonthDay { year, month, day })
    }

    pub(super) fn primary(&mut self, node: Node<'_>) -> Read<Expr> {
        let span = self.span(&node);
        Ok(match node.as_rule() {
            Nonterminal::group => {
                let missing = self.missing();
                let inside = node.into_inner().find(|part| part.as_rule() == Nonterminal::expression);
                let inside = self.expression(inside.ok_or(missing)?)?;
                Expr { span, ..inside }
            }
            Nonterminal::quoted => expr(ExprKind::Text(unquote(word(&node)).to_string()), span),
            Nonterminal::date => expr(ExprKind::Date(self.date(&node)?), span),
            Nonterminal::number => expr(ExprKind::Number(word(&node).to_string()), span),
            Nonterminal::quantity => self.quantity(node)?,
            _ => self.reference(node)?,
        })
    }

    pub(super) fn date(&self, node: &Node<'_>) -> Read<NaiveDate> {
        let text = word(node);
        text.parse().map_err(|_| Problem::NoSuchDate { at: self.place(node), date: text.to_string() })
    }

    pub(super) fn quantity(&mut self, node: Node<'_>) -> Read<Expr> {
        let span = self.span(&node);
        let at = self.place(&node);
        let mut count = None;
        let mut unit = Unit::Day;
        for part in node.into_inner() {
            if part.as_rule() == Nonterminal::number {
                let number = word(&part);
                count = number.parse::<u32>().ok().filter(|count| *count <= MAX_COUNT);
                if count.is_none() {
                    return Err(Problem::BadNumber { at: self.place(&part), number: number.to_string() });
                }
            } else {
                unit = match word(&part) {
                    "个工作日" => Unit::Workday,
                    "个月" => Unit::Month,
                    "年" => Unit::Year,
                    _ => Unit::Day,
                };
            }
        }
        let count = count.ok_or(Problem::Unfinished { at, expected: Vec::new() })?;
        Ok(expr(ExprKind::Quantity { count, unit }, span))
    }

    /// `X`, `首次 X`, `X（…）`.
    fn reference(&mut self, node: Node<'_>) -> Read<Expr> {
        let span = self.span(&node);
        let missing = self.missing();
        let (mut pick, mut name, mut arguments) = (None, None, Vec::new());
        for part in node.into_inner() {
            match part.as_rule() {
                Nonterminal::pick => {
                    pick = Some(match word(&part) {
                        "首次" => Pick::First,
                        "末次" => Pick::Last,
                        _ => Pick::Each,
                    });
                }
                Nonterminal::name => name = Some(self.name(&part)),
                _ => arguments = self.arguments(part)?,
            }
        }
        let name = name.ok_or(missing)?;
        Ok(if pick.is_none() && arguments.is_empty() {
            expr(ExprKind::Name(name), span)
        } else {
            expr(ExprKind::Pattern { pick, name, arguments }, span)
        })
    }

    pub(super) fn arguments(&mut self, node: Node<'_>) -> Read<Vec<Expr>> {
        let mut arguments = Vec::new();
        for part in node.into_inner().filter(|part| part.as_rule() == Nonterminal::expression) {
            arguments.push(self.expression(part)?);
        }
        Ok(arguments)
    }
}

pub(super) fn connective(node: Node<'_>) -> Connective {
    let comma = node.as_str().starts_with('，');
    let or = node.into_inner().any(|part| part.as_rule() == Nonterminal::or);
    Connective { or, comma }
}

/// The only one, or all of them wrapped.
fn single(mut parts: Vec<Expr>, span: Span, wrap: impl FnOnce(Vec<Expr>) -> ExprKind) -> Expr {
    if parts.len() == 1
        && let Some(only) = parts.pop()
    {
        return only;
    }
    expr(wrap(parts), span)
}

fn fold(operands: &mut Vec<Expr>, operators: &mut Vec<Operator>, level: u8) {
    let mut folded: Vec<Expr> = Vec::with_capacity(operands.len());
    let mut kept = Vec::new();
    let mut waiting = std::iter::once(None).chain(std::mem::take(operators).into_iter().map(Some));
    for right in std::mem::take(operands) {
        match waiting.next().flatten() {
            Some(op) if tightness(op) == level => {
                if let Some(left) = folded.pop() {
                    let span = left.span.to(right.span);
                    folded.push(expr(ExprKind::Binary { op, left, right }, span));
                }
            }
            op => {
                kept.extend(op);
                folded.push(right);
            }
        }
    }
    *operands = folded;
    *operators = kept;
}

fn tightness(op: Operator) -> u8 {
    match op {
        Operator::Multiply | Operator::Divide => 2,
        Operator::Add | Operator::Subtract => 1,
        Operator::Union | Operator::Difference => 0,
    }
}

fn operator(text: &str) -> Operator {
    match text.trim_start_matches("， ") {
        "与" | "加上" => Operator::Union,
        "除去" => Operator::Difference,
        "加" | "+" => Operator::Add,
        "减" | "−" => Operator::Subtract,
        "乘" | "×" => Operator::Multiply,
        _ => Operator::Divide,
    }
}

pub(super) fn compare_op(text: &str) -> CompareOp {
    match text {
        "不为" | "不是" | "不同于" | "不同" | "不等于" => CompareOp::IsNot,
        "属于" | "都属于" => CompareOp::In,
        "不属于" => CompareOp::NotIn,
        "恰为" => CompareOp::SetIs,
        "不少于" | "不小于" | "不早于" | "不低于" | "至少" => CompareOp::AtLeast,
        "不超过" | "不大于" | "不多于" | "不晚于" | "不高于" | "至多" => CompareOp::AtMost,
        "大于" | "多于" | "晚于" | "超过" | "高于" => CompareOp::Greater,
        "小于" | "少于" | "早于" | "低于" => CompareOp::Less,
        "含" | "包含" => CompareOp::Contains,
        "不含" | "不包含" => CompareOp::Lacks,
        _ => CompareOp::Is,
    }
}
