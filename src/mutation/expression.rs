//! Changes to one expression: 首次 and 末次, comparison words, 且 and 或者, thresholds, filters, alternatives.
//! Not every change makes sense; analysis drops those that do not.

use chrono::Days;

use super::variant::{Mutator, NEGATED, Variant, replaced, within, without};
use crate::calendar::Unit;
use crate::syntax::ast::{CompareOp, Expr, ExprKind, Operator, Pick};

fn again(kind: ExprKind, like: &Expr) -> Expr {
    Expr { kind: Box::new(kind), span: like.span }
}

impl Mutator<'_> {
    /// Changes to something true or false: those of the expression, and its opposite where no word of it
    /// has one.
    pub(super) fn condition(self, e: &Expr) -> Vec<Variant<Expr>> {
        let mut variants = self.expr(e);
        let has_opposite = matches!(
            e.kind.as_ref(),
            ExprKind::Compare { .. }
                | ExprKind::Has { .. }
                | ExprKind::And(_)
                | ExprKind::Or(_)
                | ExprKind::Not(_)
                | ExprKind::Every { .. }
        );
        if !has_opposite {
            let opposite = again(ExprKind::Not(e.clone()), e);
            variants.push(self.change(e.span, format!("「{}」", self.text(e.span)), NEGATED, opposite));
        }
        variants
    }

    /// Changes to any expression.
    pub(super) fn expr(self, e: &Expr) -> Vec<Variant<Expr>> {
        let put = |kind: ExprKind| again(kind, e);
        let mut found: Vec<Variant<Expr>> = Vec::new();
        match e.kind.as_ref() {
            ExprKind::Name(_) | ExprKind::Text(_) => {}
            ExprKind::Number(digits) => {
                for to in neighbours(digits) {
                    let changed = put(ExprKind::Number(to.clone()));
                    found.push(self.change(e.span, self.text(e.span), to, changed));
                }
            }
            ExprKind::Date(date) => {
                let days = [date.checked_sub_days(Days::new(1)), date.checked_add_days(Days::new(1))];
                for to in days.into_iter().flatten() {
                    found.push(self.change(
                        e.span,
                        date.to_string(),
                        to.to_string(),
                        put(ExprKind::Date(to)),
                    ));
                }
            }
            ExprKind::Quantity { count, unit } => {
                for (count, unit) in quantities(*count, *unit) {
                    let changed = put(ExprKind::Quantity { count, unit });
                    found.push(self.change(e.span, self.text(e.span), quantity(count, unit), changed));
                }
            }
            ExprKind::MonthDay { year, month, day } => {
                let rebuilt = |month, day| ExprKind::MonthDay { year: year.clone(), month, day };
                let mut others = vec![(if *month == 12 { 1 } else { month + 1 }, *day)];
                match day {
                    Some(day) => others.extend([(*month, Some(day + 1)), (*month, day.checked_sub(1))]),
                    None => others.push((*month, Some(27))),
                }
                for (month, day) in others {
                    let to = match day {
                        Some(day) => format!("{month}月{day}日"),
                        None => format!("{month}月最后一日"),
                    };
                    found.push(self.change(e.span, self.text(e.span), to, put(rebuilt(month, day))));
                }
                found.extend(within(self.expr(year), |year| {
                    put(ExprKind::MonthDay { year, month: *month, day: *day })
                }));
            }
            ExprKind::Pattern { pick, name, arguments } => {
                let rebuilt =
                    |pick, arguments| put(ExprKind::Pattern { pick, name: name.clone(), arguments });
                let others: &[(&str, &str, Pick)] = match pick {
                    Some(Pick::First) => &[("首次", "末次", Pick::Last)],
                    Some(Pick::Last) => &[("末次", "首次", Pick::First)],
                    Some(Pick::Each) => &[("每次", "首次", Pick::First), ("每次", "末次", Pick::Last)],
                    None => &[],
                };
                for (from, to, other) in others {
                    let what = |pick| format!("{pick} {}", name.text);
                    let changed = rebuilt(Some(*other), arguments.clone());
                    found.push(self.change(e.span, what(from), what(to), changed));
                }
                for (at, argument) in arguments.iter().enumerate() {
                    found.push(self.removal(argument.span, rebuilt(*pick, without(arguments, at))));
                    found.extend(within(self.condition(argument), |one| {
                        rebuilt(*pick, replaced(arguments, at, one))
                    }));
                }
            }
            ExprKind::Field(owner, name) => {
                found.extend(within(self.expr(owner), |owner| put(ExprKind::Field(owner, name.clone()))));
            }
            ExprKind::Of(owner, member) => {
                found.extend(within(self.expr(owner), |owner| put(ExprKind::Of(owner, member.clone()))));
                found.extend(within(self.expr(member), |member| put(ExprKind::Of(owner.clone(), member))));
            }
            ExprKind::Measure(of, measure) => {
                found.extend(within(self.expr(of), |of| put(ExprKind::Measure(of, *measure))));
            }
            ExprKind::Compare { left, op, right } => {
                let rebuilt = |left, op, right| put(ExprKind::Compare { left, op, right });
                for to in comparisons(*op) {
                    let (from, word) =
                        (format!("{}「{}」", compare_word(*op), self.text(e.span)), compare_word(*to));
                    found.push(self.change(e.span, from, word, rebuilt(left.clone(), *to, right.clone())));
                }
                if let Some(left) = left {
                    found.extend(within(self.expr(left), |left| rebuilt(Some(left), *op, right.clone())));
                }
                found.extend(within(self.expr(right), |right| rebuilt(left.clone(), *op, right)));
            }
            ExprKind::Has { owner, negated, items } => {
                let rebuilt = |owner, negated, items| put(ExprKind::Has { owner, negated, items });
                let words = if *negated { ("没有", "有") } else { ("有", "没有") };
                let what = |word| {
                    format!(
                        "{word} {}",
                        items.iter().map(|i| self.text(i.span)).collect::<Vec<_>>().join("、")
                    )
                };
                let opposite = rebuilt(owner.clone(), !negated, items.clone());
                found.push(self.change(e.span, what(words.0), what(words.1), opposite));
                for (at, item) in items.iter().enumerate() {
                    if items.len() > 1 {
                        found.push(
                            self.removal(item.span, rebuilt(owner.clone(), *negated, without(items, at))),
                        );
                    }
                    found.extend(within(self.expr(item), |one| {
                        rebuilt(owner.clone(), *negated, replaced(items, at, one))
                    }));
                }
                if let Some(owner) = owner {
                    found.extend(within(self.expr(owner), |owner| {
                        rebuilt(Some(owner), *negated, items.clone())
                    }));
                }
            }
            ExprKind::Not(inner) => {
                found.push(self.change(e.span, format!("「{}」", self.text(e.span)), NEGATED, inner.clone()));
                found.extend(within(self.expr(inner), |inner| put(ExprKind::Not(inner))));
            }
            ExprKind::And(list) => {
                found.extend(self.operands(e, list, ExprKind::And, ExprKind::Or, ("且", "或者")))
            }
            ExprKind::Or(list) => {
                found.extend(self.operands(e, list, ExprKind::Or, ExprKind::And, ("或者", "且")))
            }
            ExprKind::Binary { op, left, right } => {
                let rebuilt = |op, left, right| put(ExprKind::Binary { op, left, right });
                let (word, swapped) = match op {
                    Operator::Add => ("加", Some(("减", Operator::Subtract))),
                    Operator::Subtract => ("减", Some(("加", Operator::Add))),
                    Operator::Multiply => ("乘", Some(("除以", Operator::Divide))),
                    Operator::Divide => ("除以", Some(("乘", Operator::Multiply))),
                    Operator::Union => ("与", None),
                    Operator::Difference => ("除去", None),
                };
                if let Some((to, other)) = swapped {
                    found.push(self.change(e.span, word, to, rebuilt(other, left.clone(), right.clone())));
                }
                found.push(self.change(
                    right.span,
                    format!("「{word} {}」", self.text(right.span)),
                    super::variant::REMOVED,
                    left.clone(),
                ));
                if matches!(op, Operator::Union) {
                    found.push(self.removal(left.span, right.clone()));
                }
                found.extend(within(self.expr(left), |left| rebuilt(*op, left, right.clone())));
                found.extend(within(self.expr(right), |right| rebuilt(*op, left.clone(), right)));
            }
            ExprKind::Every { set, body } => {
                let rebuilt = |set, body| put(ExprKind::Every { set, body });
                found.extend(within(self.expr(set), |set| rebuilt(set, body.clone())));
                found.extend(within(self.condition(body), |body| rebuilt(set.clone(), body)));
            }
            ExprKind::OrElse(list) => {
                for (at, alternative) in list.iter().enumerate() {
                    let rest = without(list, at);
                    let rest = match rest.as_slice() {
                        [one] => one.clone(),
                        _ => put(ExprKind::OrElse(rest)),
                    };
                    found.push(self.removal(alternative.span, rest));
                    found.extend(within(self.expr(alternative), |one| {
                        put(ExprKind::OrElse(replaced(list, at, one)))
                    }));
                }
            }
        }
        found
    }

    /// Operands of 且 or 或者: the word swapped, each operand removed, each operand changed.
    fn operands(
        self,
        e: &Expr,
        list: &[Expr],
        same: impl Fn(Vec<Expr>) -> ExprKind,
        other: impl Fn(Vec<Expr>) -> ExprKind,
        words: (&str, &str),
    ) -> Vec<Variant<Expr>> {
        let whole = format!("{}「{}」", words.0, self.text(e.span));
        let mut found = vec![self.change(e.span, whole, words.1, again(other(list.to_vec()), e))];
        for (at, operand) in list.iter().enumerate() {
            let rest = without(list, at);
            let rest = match rest.as_slice() {
                [one] => one.clone(),
                _ => again(same(rest), e),
            };
            found.push(self.removal(operand.span, rest));
            found.extend(within(self.condition(operand), |one| again(same(replaced(list, at, one)), e)));
        }
        found
    }
}

/// One more and one less in the last digit written.
fn neighbours(digits: &str) -> Vec<String> {
    let places = digits.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let Ok(number) = digits.replace('.', "").parse::<u64>() else { return Vec::new() };
    [number.checked_sub(1), number.checked_add(1)]
        .into_iter()
        .flatten()
        .map(|number| {
            if places == 0 {
                return number.to_string();
            }
            let padded = format!("{number:0>width$}", width = places + 1);
            let (whole, fraction) = padded.split_at(padded.len() - places);
            format!("{whole}.{fraction}")
        })
        .collect()
}

/// One more, one less, and the other kind of day.
pub(super) fn quantities(count: u32, unit: Unit) -> Vec<(u32, Unit)> {
    let mut others: Vec<(u32, Unit)> = count.checked_sub(1).map(|less| (less, unit)).into_iter().collect();
    others.push((count + 1, unit));
    match unit {
        Unit::Workday => others.push((count, Unit::Day)),
        Unit::Day => others.push((count, Unit::Workday)),
        Unit::Month | Unit::Year => {}
    }
    others
}

pub(super) fn quantity(count: u32, unit: Unit) -> String {
    match unit {
        Unit::Workday => format!("{count} 个工作日"),
        Unit::Day => format!("{count} 日"),
        Unit::Month => format!("{count} 个月"),
        Unit::Year => format!("{count} 年"),
    }
}

/// The opposite, and the neighbour across the boundary.
pub(super) fn comparisons(op: CompareOp) -> &'static [CompareOp] {
    match op {
        CompareOp::Is => &[CompareOp::IsNot],
        CompareOp::IsNot => &[CompareOp::Is],
        CompareOp::In => &[CompareOp::NotIn],
        CompareOp::NotIn => &[CompareOp::In],
        CompareOp::SetIs => &[CompareOp::In],
        CompareOp::Greater => &[CompareOp::AtLeast, CompareOp::AtMost],
        CompareOp::AtLeast => &[CompareOp::Greater, CompareOp::Less],
        CompareOp::Less => &[CompareOp::AtMost, CompareOp::AtLeast],
        CompareOp::AtMost => &[CompareOp::Less, CompareOp::Greater],
        CompareOp::Contains => &[CompareOp::Lacks],
        CompareOp::Lacks => &[CompareOp::Contains],
        CompareOp::Before => &[CompareOp::AtMost, CompareOp::After],
        CompareOp::After => &[CompareOp::AtLeast, CompareOp::Before],
    }
}

pub(super) fn compare_word(op: CompareOp) -> &'static str {
    match op {
        CompareOp::Is => "为",
        CompareOp::IsNot => "不为",
        CompareOp::In => "属于",
        CompareOp::NotIn => "不属于",
        CompareOp::SetIs => "恰为",
        CompareOp::Greater => "多于（晚于）",
        CompareOp::AtLeast => "不少于（不早于）",
        CompareOp::Less => "少于（早于）",
        CompareOp::AtMost => "不超过（不晚于）",
        CompareOp::Contains => "含",
        CompareOp::Lacks => "不含",
        CompareOp::Before => "在…之前",
        CompareOp::After => "在…之后",
    }
}

#[cfg(test)]
mod tests {
    use super::neighbours;

    #[test]
    fn numbers_move_in_their_last_digit() {
        assert_eq!(neighbours("2"), ["1", "3"]);
        assert_eq!(neighbours("0"), ["1"]);
        assert_eq!(neighbours("0.07"), ["0.06", "0.08"]);
        assert_eq!(neighbours("1.0"), ["0.9", "1.1"]);
    }
}
