//! Duty sentences: when (`Head`), how strongly (`Force`), what (`Body`).

use super::expression::{compare_op, connective, expr};
use super::{Read, Reader, word};
use crate::source::Span;
use crate::syntax::ast::{
    Body, CompareOp, Count, Duty, Expr, ExprKind, Force, Head, Limit, Measure, Modality, Name, Pick,
};
use crate::syntax::grammar::{Node, Nodes, Nonterminal};
use crate::syntax::problem::Problem;

impl Reader<'_> {
    /// The node of the entry rule `duty`.
    pub(super) fn duty(&mut self, node: Node<'_>) -> Read<Duty> {
        let missing = self.missing();
        let sentence = self.only(node)?;
        let rule = sentence.as_rule();
        match rule {
            Nonterminal::since => self.since(sentence.into_inner()),
            Nonterminal::on_each => self.on_each(sentence.into_inner()),
            Nonterminal::at_closure => self.at_closure(sentence.into_inner()),
            Nonterminal::anchored => self.anchored(sentence.into_inner()),
            Nonterminal::count => self.count(sentence),
            Nonterminal::sentence => self.with_head(Head::Plain, Some(sentence), missing),
            _ => Err(missing),
        }
    }

    fn with_head(&mut self, head: Head, sentence: Option<Node<'_>>, missing: Problem) -> Read<Duty> {
        let (force, body) = self.sentence(sentence.ok_or(missing)?)?;
        Ok(Duty { head, force, body: Body::State(body) })
    }

    fn since(&mut self, parts: Nodes<'_>) -> Read<Duty> {
        let (mut trigger, mut limit, mut sentence) = (None, None, None);
        let mut same_day = false;
        for part in parts {
            match part.as_rule() {
                Nonterminal::arithmetic => trigger = Some(self.arithmetic(part)?),
                Nonterminal::start_mark => same_day = word(&part) == "当日起",
                Nonterminal::limit => limit = Some(self.limit(part)?),
                Nonterminal::sentence => sentence = Some(part),
                _ => {}
            }
        }
        let (Some(trigger), Some(mut limit)) = (trigger, limit) else { return Err(self.missing()) };
        limit.include_start |= same_day;
        self.with_head(Head::Within { trigger, each: false, limit }, sentence, self.missing())
    }

    fn limit(&mut self, node: Node<'_>) -> Read<Limit> {
        let span = self.span(&node);
        let (mut amount, mut include_start, mut no_roll) = (None, false, false);
        for part in node.into_inner() {
            match part.as_rule() {
                Nonterminal::amount => {
                    let inside = self.only(part)?;
                    amount = Some(match inside.as_rule() {
                        Nonterminal::quantity => self.quantity(inside)?,
                        Nonterminal::loose => return Err(self.no_unit(inside)),
                        _ => self.operand(inside)?,
                    });
                }
                Nonterminal::marks => {
                    let (include, keep) = limit_marks(part);
                    include_start |= include;
                    no_roll |= keep;
                }
                _ => {}
            }
        }
        Ok(Limit { amount: amount.ok_or_else(|| self.missing())?, include_start, no_roll, span })
    }

    /// `20` or `20 周` where a limit belongs.
    pub(super) fn no_unit(&self, node: Node<'_>) -> Problem {
        let at = self.place(&node);
        let mut parts = node.into_inner();
        let number = parts.next().map_or("", |part| word(&part)).to_string();
        match parts.next() {
            Some(unit) if word(&unit) != "个" => {
                Problem::UnknownUnit { at, number, unit: word(&unit).to_string() }
            }
            _ => Problem::NoUnit { at, number },
        }
    }

    fn on_each(&mut self, parts: Nodes<'_>) -> Read<Duty> {
        let mut triggers = Vec::new();
        let (mut limit, mut sentence, mut after, mut before) = (None, None, false, false);
        for part in parts {
            match part.as_rule() {
                Nonterminal::operand => triggers.push(self.operand(part)?),
                Nonterminal::each_path => triggers.push(self.each_path(part)?),
                Nonterminal::limit => limit = Some(self.limit(part)?),
                Nonterminal::after_mark => after = true,
                Nonterminal::before_mark => before = true,
                Nonterminal::sentence => sentence = Some(part),
                _ => {}
            }
        }
        let head = match limit {
            Some(limit) => {
                Head::Within { trigger: triggers.pop().ok_or_else(|| self.missing())?, each: true, limit }
            }
            None if after || before => {
                let trigger = picked_each(triggers.pop().ok_or_else(|| self.missing())?);
                if before { Head::Before(trigger) } else { Head::After(trigger) }
            }
            None => Head::Each(triggers),
        };
        self.with_head(head, sentence, self.missing())
    }

    /// `任务 的 每次 更换人员` is 更换人员 of 任务.
    fn each_path(&mut self, node: Node<'_>) -> Read<Expr> {
        let at = self.place(&node);
        let span = self.span(&node);
        let mut owner = None;
        let mut steps = Vec::new();
        let mut last = None;
        for part in node.into_inner() {
            match part.as_rule() {
                Nonterminal::each => {}
                Nonterminal::operand => last = Some(self.operand(part)?),
                Nonterminal::field | Nonterminal::of => steps.push(part),
                _ => owner = Some(self.primary(part)?),
            }
        }
        let (Some(owner), Some(last)) = (owner, last) else { return Err(self.missing()) };
        let owner = self.suffixes(owner, steps.into_iter(), at)?;
        Ok(expr(ExprKind::Of(owner, last), span))
    }

    fn at_closure(&mut self, parts: Nodes<'_>) -> Read<Duty> {
        let (mut given, mut sentence) = (None, None);
        for part in parts {
            match part.as_rule() {
                Nonterminal::given => {
                    let inside = self.only(part)?;
                    given = Some(self.logic(inside)?);
                }
                Nonterminal::sentence => sentence = Some(part),
                _ => {}
            }
        }
        self.with_head(Head::AtClosure { given }, sentence, self.missing())
    }

    /// `X 之前`, `X 之后`, `D 前`: a date gives a day to be done by, an event an order.
    fn anchored(&mut self, parts: Nodes<'_>) -> Read<Duty> {
        let (mut anchor, mut sentence, mut marks, mut mark) =
            (None, None, (false, false), Nonterminal::before_mark);
        let mut marks_at = None;
        for part in parts {
            match part.as_rule() {
                Nonterminal::arithmetic => anchor = Some(self.arithmetic(part)?),
                Nonterminal::sentence => sentence = Some(part),
                Nonterminal::marks => {
                    marks_at = Some(part.clone());
                    marks = limit_marks(part);
                }
                rule @ (Nonterminal::before_mark | Nonterminal::after_mark | Nonterminal::by_mark) => {
                    mark = rule
                }
                _ => {}
            }
        }
        let anchor = anchor.ok_or_else(|| self.missing())?;
        let by = match (mark, &*anchor.kind) {
            (Nonterminal::after_mark, _) => false,
            (_, ExprKind::Date(_) | ExprKind::MonthDay { .. }) => true,
            (Nonterminal::by_mark, _) => !has_pick(&anchor),
            _ => false,
        };
        let head = if by {
            Head::By { date: anchor, inclusive: marks.0, roll: !marks.1 }
        } else {
            if let Some(marks_at) = marks_at {
                let same_day = marks.0 && !marks.1 && mark != Nonterminal::after_mark;
                if !same_day {
                    return Err(Problem::Unexpected {
                        at: self.place(&marks_at),
                        word: word(&marks_at).to_string(),
                        expected: vec!["「，」"],
                    });
                }
                return self.with_head(Head::ByDayOf(anchor), sentence, self.missing());
            }
            if mark == Nonterminal::after_mark { Head::After(anchor) } else { Head::Before(anchor) }
        };
        self.with_head(head, sentence, self.missing())
    }

    /// `对象 的 检查，按 首次 实施检查 计年，一般 不超过 2 次`
    fn count(&mut self, node: Node<'_>) -> Read<Duty> {
        let whole = self.span(&node);
        let (mut of, mut dated_by, mut window, mut op, mut bound, mut counter) =
            (None, None, None, None, None, None);
        let mut force = Force { modality: Modality::Obligation, usually: false, span: whole };
        for part in node.into_inner() {
            let span = self.span(&part);
            match part.as_rule() {
                Nonterminal::usually => force = Force { usually: true, span, ..force },
                Nonterminal::force => {
                    let usually = force.usually;
                    force = self.force(part);
                    force.usually |= usually;
                }
                Nonterminal::counted => {
                    let inside = self.only(part)?;
                    of = Some(self.arithmetic(inside)?);
                }
                Nonterminal::dated => {
                    let inside = self.only(part)?;
                    dated_by = Some(self.arithmetic(inside)?);
                }
                Nonterminal::window => {
                    let inside = self.only(part)?;
                    window = Some(self.quantity(inside)?);
                }
                Nonterminal::count_word => {
                    if force.span == whole {
                        force.span = span;
                    }
                    op = Some(match compare_op(word(&part)) {
                        CompareOp::SetIs => CompareOp::Is,
                        other => other,
                    });
                }
                Nonterminal::bound => {
                    let inside = self.only(part)?;
                    bound = Some(match inside.as_rule() {
                        Nonterminal::number => self.primary(inside)?,
                        _ => self.operand(inside)?,
                    });
                }
                Nonterminal::counter => counter = Some(self.name(&part)),
                _ => {}
            }
        }
        let (Some(of), Some(op), Some(bound), Some(counter)) = (of, op, bound, counter) else {
            return Err(self.missing());
        };
        let body = match (&*of.kind, &dated_by, &window) {
            // 人员 的个数 应当 不少于 2 个: the counter word adds nothing.
            (ExprKind::Measure(_, Measure::Count), None, None) => {
                Body::State(expr(ExprKind::Compare { left: Some(of), op, right: bound }, whole))
            }
            _ => Body::Count(Count { of, dated_by, window, op, bound, counter }),
        };
        Ok(Duty { head: Head::Plain, force, body })
    }

    /// `[X] 应当 P [且 Q]`
    fn sentence(&mut self, node: Node<'_>) -> Read<(Force, Expr)> {
        let at = self.place(&node);
        let (mut subject, mut force) = (None, None);
        let mut terms = Vec::new();
        let mut connectives = Vec::new();
        for part in node.into_inner() {
            match part.as_rule() {
                Nonterminal::subject => {
                    let inside = self.only(part)?;
                    subject = Some(self.arithmetic(inside)?);
                }
                Nonterminal::force => force = Some(self.force(part)),
                Nonterminal::connective => connectives.push(connective(part)),
                _ => {
                    let inside = self.only(part)?;
                    let open_every =
                        inside.as_rule() == Nonterminal::every && !inside.as_str().ends_with("） ");
                    terms.push((self.term_expr(inside)?, open_every));
                }
            }
        }
        let start = terms.first().map_or(at.0, |(term, _)| term.span.start);
        let body = self.join(terms, &connectives, (start, at.1))?;
        let body = match subject {
            Some(subject) => {
                let first = form(&body);
                with_subject(body, &subject, first)
            }
            None => body,
        };
        Ok((force.ok_or_else(|| self.missing())?, body))
    }

    fn force(&self, node: Node<'_>) -> Force {
        let span = self.span(&node);
        let mut force = Force { modality: Modality::Obligation, usually: false, span };
        for part in node.into_inner() {
            if part.as_rule() == Nonterminal::usually {
                force.usually = true;
            } else {
                force.modality = match word(&part) {
                    "不得" | "禁止" => Modality::Prohibition,
                    "可以" | "可" => Modality::Permission,
                    _ => Modality::Obligation,
                };
            }
        }
        force
    }
}

/// 含当日, 不顺延.
fn limit_marks(node: Node<'_>) -> (bool, bool) {
    let mut marks = (false, false);
    for part in node.into_inner() {
        match word(&part) {
            "含当日" => marks.0 = true,
            "不顺延" => marks.1 = true,
            _ => {}
        }
    }
    marks
}

/// `每次 X` as a pattern.
fn picked_each(trigger: Expr) -> Expr {
    let span = trigger.span;
    match *trigger.kind {
        ExprKind::Name(name) => {
            expr(ExprKind::Pattern { pick: Some(Pick::Each), name, arguments: Vec::new() }, span)
        }
        ExprKind::Pattern { pick: None, name, arguments } => {
            expr(ExprKind::Pattern { pick: Some(Pick::Each), name, arguments }, span)
        }
        ExprKind::Of(owner, last) => expr(ExprKind::Of(owner, picked_each(last)), span),
        other => expr(other, span),
    }
}

/// An event was picked in the last step: 首次 X, 任务 的 首次 X.
fn has_pick(anchor: &Expr) -> bool {
    match &*anchor.kind {
        ExprKind::Pattern { pick, .. } => pick.is_some(),
        ExprKind::Of(_, last) => has_pick(last),
        _ => false,
    }
}

/// What a part of a sentence is, for telling which later parts run parallel to the first.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Comparison,
    Possession,
    Deed,
    Other,
}

fn form(body: &Expr) -> Form {
    match &*body.kind {
        ExprKind::Compare { left: None, .. } => Form::Comparison,
        ExprKind::Has { owner: None, .. } => Form::Possession,
        ExprKind::Name(_) | ExprKind::Pattern { .. } => Form::Deed,
        ExprKind::Not(inside) => form(inside),
        ExprKind::And(parts) | ExprKind::Or(parts) => parts.first().map_or(Form::Other, form),
        ExprKind::Text(_)
        | ExprKind::Number(_)
        | ExprKind::Date(_)
        | ExprKind::Quantity { .. }
        | ExprKind::MonthDay { .. }
        | ExprKind::Field(..)
        | ExprKind::Of(..)
        | ExprKind::Measure(..)
        | ExprKind::Compare { .. }
        | ExprKind::Has { .. }
        | ExprKind::Binary { .. }
        | ExprKind::Every { .. }
        | ExprKind::OrElse(_) => Form::Other,
    }
}

/// `X 应当 有 A 且 有 B` says both of X: a part without a subject of its own gets it, if it is of the
/// first part's form. A comparison always does, since it cannot stand alone; but in
/// `来源 应当 属于 A 或者 没有 来源` the second part speaks of the rule's subject.
fn with_subject(body: Expr, subject: &Expr, first: Form) -> Expr {
    let span = body.span;
    let each = |parts: Vec<Expr>| parts.into_iter().map(|part| with_subject(part, subject, first)).collect();
    let whole: Span = if subject.span.start < span.start { subject.span.to(span) } else { span };
    match *body.kind {
        ExprKind::Compare { left: None, op, right } => {
            expr(ExprKind::Compare { left: Some(subject.clone()), op, right }, whole)
        }
        ExprKind::Has { owner: None, negated, items } if first == Form::Possession => {
            expr(ExprKind::Has { owner: Some(subject.clone()), negated, items }, whole)
        }
        kind @ (ExprKind::Name(_) | ExprKind::Pattern { .. }) if first == Form::Deed => {
            expr(ExprKind::Of(subject.clone(), expr(kind, span)), whole)
        }
        ExprKind::Not(inside) => expr(ExprKind::Not(with_subject(inside, subject, first)), whole),
        ExprKind::And(parts) => expr(ExprKind::And(each(parts)), whole),
        ExprKind::Or(parts) => expr(ExprKind::Or(each(parts)), whole),
        other => expr(other, span),
    }
}

/// A name made from a word of the language, such as the 次数 that `4 次` implies.
pub(super) fn implied(text: &str, span: Span) -> Name {
    Name { text: text.to_string(), span }
}
