//! Every word a rule file says in expressions, headings and references: what is used at all.
//! Takes syntax trees; gives words. Does not know what they mean, so a word used anywhere counts as used.

use std::collections::BTreeSet;

use crate::syntax::ast::{
    Amendment, BlockKind, Body, Clause, Duty, Expr, ExprKind, Head, Name, PolicyClause, RuleClause, RuleFile,
};

/// Words used in files; declarations do not count as use of what they declare.
pub(super) fn used(files: &[RuleFile]) -> BTreeSet<String> {
    let mut words = Words(BTreeSet::new());
    for block in files.iter().flat_map(|file| &file.blocks) {
        match &block.kind {
            BlockKind::Policy(policy) => policy.clauses.iter().for_each(|clause| words.header(&clause.kind)),
            BlockKind::Rule(rule) => words.clauses(&rule.clauses),
            BlockKind::Template(template) => words.clauses(&template.clauses),
            BlockKind::Definition(definition) => words.expr(&definition.body),
            BlockKind::List(list) => words.0.extend(list.from.iter().map(|name| name.text.clone())),
            BlockKind::Amend(amend) => match &amend.target {
                Amendment::Rule { clauses, .. } => words.clauses(clauses),
                Amendment::Definition(definition) => words.expr(&definition.body),
                Amendment::List { .. } | Amendment::Parameter(_) | Amendment::CodeTable(_) => {}
            },
            BlockKind::Entity(_)
            | BlockKind::Event(_)
            | BlockKind::Parameter(_)
            | BlockKind::CodeTable(_)
            | BlockKind::Repeal(_) => {}
        }
    }
    words.0
}

struct Words(BTreeSet<String>);

impl Words {
    fn name(&mut self, name: &Name) {
        self.0.insert(name.text.clone());
    }

    fn header(&mut self, clause: &PolicyClause) {
        match clause {
            PolicyClause::Scope { condition, .. } => self.expr(condition),
            PolicyClause::Basis(e) | PolicyClause::Closure(e) | PolicyClause::Group(e) => self.expr(e),
            PolicyClause::Title(_)
            | PolicyClause::Number(_)
            | PolicyClause::Effective(_)
            | PolicyClause::Repealed(_)
            | PolicyClause::Inherit(_)
            | PolicyClause::Use(_) => {}
        }
    }

    fn clauses(&mut self, clauses: &[Clause<RuleClause>]) {
        for clause in clauses {
            match &clause.kind {
                RuleClause::For { binders, conditions } => {
                    binders.iter().for_each(|binder| self.expr(&binder.domain));
                    self.all(conditions);
                }
                RuleClause::Given(e) | RuleClause::Except(e) | RuleClause::ReadAt(e) => self.expr(e),
                RuleClause::Use { template, arguments } => {
                    self.name(template);
                    self.all(arguments);
                }
                RuleClause::Duty(duty) => self.duty(duty),
                RuleClause::Citation(_)
                | RuleClause::Gist(_)
                | RuleClause::Liability(_)
                | RuleClause::Tags(_)
                | RuleClause::Severity(_)
                | RuleClause::Effective(_)
                | RuleClause::Repealed(_) => {}
            }
        }
    }

    fn duty(&mut self, duty: &Duty) {
        match &duty.head {
            Head::Within { trigger, limit, .. } => {
                self.expr(trigger);
                self.expr(&limit.amount);
            }
            Head::Before(e) | Head::ByDayOf(e) | Head::After(e) | Head::By { date: e, .. } => self.expr(e),
            Head::Each(list) => self.all(list),
            Head::AtClosure { given } => self.all(given.as_slice()),
            Head::Plain => {}
        }
        match &duty.body {
            Body::State(e) => self.expr(e),
            Body::Count(count) => {
                self.expr(&count.of);
                self.all(count.dated_by.as_slice());
                self.expr(&count.bound);
            }
        }
    }

    fn all(&mut self, list: &[Expr]) {
        list.iter().for_each(|e| self.expr(e));
    }

    fn expr(&mut self, e: &Expr) {
        match e.kind.as_ref() {
            ExprKind::Name(name) => self.name(name),
            ExprKind::Text(_) | ExprKind::Number(_) | ExprKind::Date(_) | ExprKind::Quantity { .. } => {}
            ExprKind::MonthDay { year, .. } => self.expr(year),
            ExprKind::Pattern { name, arguments, .. } => {
                self.name(name);
                self.all(arguments);
            }
            ExprKind::Field(owner, name) => {
                self.expr(owner);
                self.name(name);
            }
            ExprKind::Measure(of, _) | ExprKind::Not(of) => self.expr(of),
            ExprKind::Compare { left, right, .. } => {
                self.all(left.as_slice());
                self.expr(right);
            }
            ExprKind::Has { owner, items, .. } => {
                self.all(owner.as_slice());
                self.all(items);
            }
            ExprKind::And(list) | ExprKind::Or(list) | ExprKind::OrElse(list) => self.all(list),
            ExprKind::Of(l, r)
            | ExprKind::Binary { left: l, right: r, .. }
            | ExprKind::Every { set: l, body: r } => {
                self.expr(l);
                self.expr(r);
            }
        }
    }
}
