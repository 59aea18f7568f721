//! Changes to one block of a rule file: clauses and duties of rules and templates, entries of lists and
//! tables, values of parameters, bodies of definitions, dates and scope of the rule set. Severity and
//! everything that only speaks (要点, 责任, 标题) is left alone; so is 汇总, which decides no verdict.

use chrono::{Days, NaiveDate};

use super::expression::{compare_word, comparisons, quantity};
use super::variant::{Mutator, REMOVED, Variant, replaced, within, without};
use crate::calendar::Unit;
use crate::source::Span;
use crate::syntax::ast::{
    AmendBlock, Amendment, BlockKind, Body, Clause, CodeTableBlock, Count, DefinitionBlock, Duty, Expr,
    ExprKind, Head, Limit, ListBlock, Modality, Name, ParameterBlock, ParameterValue, Pick, PolicyBlock,
    PolicyClause, RuleBlock, RuleClause, TemplateBlock, Term,
};

/// For a parameter that is not set: some limit.
const SOME_DAYS: u32 = 10;

impl Mutator<'_> {
    /// Every change to a block, each on its own.
    pub(super) fn block(self, block: &BlockKind) -> Vec<Variant<BlockKind>> {
        match block {
            BlockKind::Entity(_) | BlockKind::Event(_) | BlockKind::Repeal(_) => Vec::new(),
            BlockKind::Policy(policy) => {
                within(self.clauses(&policy.clauses, Self::policy_clause), |clauses| {
                    BlockKind::Policy(PolicyBlock { name: policy.name.clone(), clauses })
                })
                .collect()
            }
            BlockKind::Parameter(parameter) => {
                within(self.parameter(parameter), BlockKind::Parameter).collect()
            }
            BlockKind::List(list) => within(self.terms(&list.entries), |entries| {
                BlockKind::List(ListBlock { entries, ..list.clone() })
            })
            .collect(),
            BlockKind::CodeTable(table) => within(self.code_table(table), BlockKind::CodeTable).collect(),
            BlockKind::Definition(definition) => {
                within(self.definition(definition), BlockKind::Definition).collect()
            }
            BlockKind::Template(template) => within(self.rule_clauses(&template.clauses), |clauses| {
                BlockKind::Template(TemplateBlock { clauses, ..template.clone() })
            })
            .collect(),
            BlockKind::Rule(rule) => within(self.rule_clauses(&rule.clauses), |clauses| {
                BlockKind::Rule(RuleBlock { clauses, ..rule.clone() })
            })
            .collect(),
            BlockKind::Amend(amend) => within(self.amendment(&amend.target), |target| {
                BlockKind::Amend(AmendBlock { target, reason: amend.reason.clone() })
            })
            .collect(),
        }
    }

    fn amendment(self, target: &Amendment) -> Vec<Variant<Amendment>> {
        match target {
            Amendment::Rule { id, clauses } => {
                within(self.rule_clauses(clauses), |clauses| Amendment::Rule { id: id.clone(), clauses })
                    .collect()
            }
            Amendment::List { name, add, remove } => {
                let mut found: Vec<_> = within(self.terms(add), |add| Amendment::List {
                    name: name.clone(),
                    add,
                    remove: remove.clone(),
                })
                .collect();
                for (at, word) in remove.iter().enumerate() {
                    let rest =
                        Amendment::List { name: name.clone(), add: add.clone(), remove: without(remove, at) };
                    found.push(self.change(word.span, format!("减「{}」", word.text), REMOVED, rest));
                }
                found
            }
            Amendment::Parameter(parameter) => {
                within(self.parameter(parameter), Amendment::Parameter).collect()
            }
            Amendment::Definition(definition) => {
                within(self.definition(definition), Amendment::Definition).collect()
            }
            Amendment::CodeTable(table) => within(self.code_table(table), Amendment::CodeTable).collect(),
        }
    }

    /// Each clause changed; `None` as the changed clause means: gone.
    fn clauses<T: Clone>(
        self,
        clauses: &[Clause<T>],
        change: impl Fn(Self, &Clause<T>) -> Vec<Variant<Option<T>>>,
    ) -> Vec<Variant<Vec<Clause<T>>>> {
        let mut found = Vec::new();
        for (at, clause) in clauses.iter().enumerate() {
            found.extend(within(change(self, clause), |changed| match changed {
                Some(kind) => replaced(clauses, at, Clause { kind, ..clause.clone() }),
                None => without(clauses, at),
            }));
        }
        found
    }

    fn dates<T>(self, date: NaiveDate, span: Span, put: impl Fn(NaiveDate) -> T) -> Vec<Variant<Option<T>>> {
        [date.checked_sub_days(Days::new(1)), date.checked_add_days(Days::new(1))]
            .into_iter()
            .flatten()
            .map(|to| self.change(span, date.to_string(), to.to_string(), Some(put(to))))
            .collect()
    }

    fn policy_clause(self, clause: &Clause<PolicyClause>) -> Vec<Variant<Option<PolicyClause>>> {
        match &clause.kind {
            PolicyClause::Title(_)
            | PolicyClause::Number(_)
            | PolicyClause::Inherit(_)
            | PolicyClause::Use(_)
            | PolicyClause::Group(_) => Vec::new(),
            PolicyClause::Effective(date) => self.dates(*date, clause.span, PolicyClause::Effective),
            PolicyClause::Repealed(date) => self.dates(*date, clause.span, PolicyClause::Repealed),
            PolicyClause::Scope { entity, condition } => {
                let mut found = vec![self.removal(clause.span, None)];
                found.extend(within(self.condition(condition), |condition| {
                    Some(PolicyClause::Scope { entity: entity.clone(), condition })
                }));
                found
            }
            PolicyClause::Basis(e) => within(self.expr(e), |e| Some(PolicyClause::Basis(e))).collect(),
            PolicyClause::Closure(e) => within(self.expr(e), |e| Some(PolicyClause::Closure(e))).collect(),
        }
    }

    fn rule_clauses(self, clauses: &[Clause<RuleClause>]) -> Vec<Variant<Vec<Clause<RuleClause>>>> {
        let duties = clauses.iter().filter(|clause| matches!(clause.kind, RuleClause::Duty(_))).count();
        self.clauses(clauses, |mutator, clause| {
            let mut found = mutator.rule_clause(clause);
            if duties > 1 && matches!(clause.kind, RuleClause::Duty(_)) {
                found.push(mutator.removal(clause.span, None));
            }
            found
        })
    }

    fn rule_clause(self, clause: &Clause<RuleClause>) -> Vec<Variant<Option<RuleClause>>> {
        match &clause.kind {
            RuleClause::Citation(_)
            | RuleClause::Gist(_)
            | RuleClause::Liability(_)
            | RuleClause::Tags(_)
            | RuleClause::Severity(_) => Vec::new(),
            RuleClause::Effective(date) => self.dates(*date, clause.span, RuleClause::Effective),
            RuleClause::Repealed(date) => self.dates(*date, clause.span, RuleClause::Repealed),
            RuleClause::For { binders, conditions } => {
                let put = |conditions| Some(RuleClause::For { binders: binders.clone(), conditions });
                let mut found = Vec::new();
                for (at, condition) in conditions.iter().enumerate() {
                    found.push(self.removal(condition.span, put(without(conditions, at))));
                    found.extend(within(self.condition(condition), |one| put(replaced(conditions, at, one))));
                }
                found
            }
            RuleClause::Given(e) => {
                let mut found = vec![self.removal(clause.span, None)];
                found.extend(within(self.condition(e), |e| Some(RuleClause::Given(e))));
                found
            }
            RuleClause::Except(e) => {
                let mut found = vec![self.removal(clause.span, None)];
                found.extend(within(self.condition(e), |e| Some(RuleClause::Except(e))));
                found
            }
            RuleClause::ReadAt(e) => {
                let mut found = vec![self.removal(clause.span, None)];
                found.extend(within(self.expr(e), |e| Some(RuleClause::ReadAt(e))));
                found
            }
            RuleClause::Use { template, arguments } => {
                let mut found = Vec::new();
                for (at, argument) in arguments.iter().enumerate() {
                    found.extend(within(self.expr(argument), |one| {
                        Some(RuleClause::Use {
                            template: template.clone(),
                            arguments: replaced(arguments, at, one),
                        })
                    }));
                }
                found
            }
            RuleClause::Duty(duty) => {
                within(self.duty(duty, clause.span), |duty| Some(RuleClause::Duty(duty))).collect()
            }
        }
    }

    fn duty(self, duty: &Duty, span: Span) -> Vec<Variant<Duty>> {
        let with_head = |head| Duty { head, ..duty.clone() };
        let with_body = |body| Duty { body, ..duty.clone() };
        let mut found: Vec<Variant<Duty>> = within(self.head(duty, span), with_head).collect();
        match &duty.body {
            Body::State(e) => found.extend(within(self.expr(e), |e| with_body(Body::State(e)))),
            Body::Count(count) => {
                found.extend(within(self.count(count, span), |count| with_body(Body::Count(count))));
            }
        }
        found
    }

    fn head(self, duty: &Duty, span: Span) -> Vec<Variant<Head>> {
        let forbidden = duty.force.modality == Modality::Prohibition;
        let mut found = Vec::new();
        match &duty.head {
            Head::Plain => {}
            Head::Within { trigger, each, limit } => {
                let put = |trigger, limit| Head::Within { trigger, each: *each, limit };
                if *each {
                    let earlier =
                        Head::Within { trigger: each_of(trigger), each: false, limit: limit.clone() };
                    found.push(self.change(span, "每次 … 之后", "自 每次 … 之日起（之前做的也算）", earlier));
                }
                found.extend(within(self.expr(trigger), |trigger| put(trigger, limit.clone())));
                found.extend(within(self.limit(limit), |limit| put(trigger.clone(), limit)));
            }
            Head::Before(e) => {
                if forbidden {
                    found.push(self.change(span, "之前", "之后", Head::After(e.clone())));
                } else {
                    found.push(self.change(span, "之前", "之前（含当日）", Head::ByDayOf(e.clone())));
                }
                found.extend(within(self.expr(e), Head::Before));
            }
            Head::ByDayOf(e) => {
                found.push(self.change(span, "之前（含当日）", "之前", Head::Before(e.clone())));
                found.extend(within(self.expr(e), Head::ByDayOf));
            }
            Head::After(e) => {
                found.push(self.change(span, "之后", "之前", Head::Before(e.clone())));
                found.extend(within(self.expr(e), Head::After));
            }
            Head::Each(patterns) => {
                for (at, pattern) in patterns.iter().enumerate() {
                    if patterns.len() > 1 {
                        found.push(self.removal(pattern.span, Head::Each(without(patterns, at))));
                    }
                    found.extend(within(self.expr(pattern), |one| Head::Each(replaced(patterns, at, one))));
                }
            }
            Head::AtClosure { given } => {
                if let Some(given) = given {
                    found.push(self.removal(given.span, Head::AtClosure { given: None }));
                    found.extend(within(self.expr(given), |given| Head::AtClosure { given: Some(given) }));
                }
            }
            Head::By { date, inclusive, roll } => {
                let put = |date, inclusive, roll| Head::By { date, inclusive, roll };
                let day = |inclusive| if inclusive { "含当日" } else { "不含当日" };
                let rolls = |roll| if roll { "顺延" } else { "不顺延" };
                found.push(self.change(
                    span,
                    day(*inclusive),
                    day(!inclusive),
                    put(date.clone(), !inclusive, *roll),
                ));
                found.push(self.change(
                    span,
                    rolls(*roll),
                    rolls(!roll),
                    put(date.clone(), *inclusive, !roll),
                ));
                found.extend(within(self.expr(date), |date| put(date, *inclusive, *roll)));
            }
        }
        found
    }

    fn limit(self, limit: &Limit) -> Vec<Variant<Limit>> {
        let mut found: Vec<Variant<Limit>> =
            within(self.expr(&limit.amount), |amount| Limit { amount, ..limit.clone() }).collect();
        let day = |include| if include { "起算日计入" } else { "起算日不计" };
        let start = Limit { include_start: !limit.include_start, ..limit.clone() };
        found.push(self.change(limit.span, day(limit.include_start), day(!limit.include_start), start));
        // 按工作日数的，末日总是工作日，顺延与否没有两样。
        let amount = limit.amount.kind.as_ref();
        let by_workdays = matches!(amount, ExprKind::Quantity { unit: Unit::Workday, .. })
            || matches!(amount, ExprKind::Name(name) if self.workday_parameters.contains(&name.text));
        if !by_workdays {
            let rolls = |no_roll| if no_roll { "不顺延" } else { "顺延" };
            let roll = Limit { no_roll: !limit.no_roll, ..limit.clone() };
            found.push(self.change(limit.span, rolls(limit.no_roll), rolls(!limit.no_roll), roll));
        }
        found
    }

    fn count(self, count: &Count, span: Span) -> Vec<Variant<Count>> {
        let mut found: Vec<Variant<Count>> = Vec::new();
        for to in comparisons(count.op) {
            let changed = Count { op: *to, ..count.clone() };
            found.push(self.change(span, compare_word(count.op), compare_word(*to), changed));
        }
        found.extend(within(self.expr(&count.bound), |bound| Count { bound, ..count.clone() }));
        found.extend(within(self.expr(&count.of), |of| Count { of, ..count.clone() }));
        if let Some(dated_by) = &count.dated_by {
            found.extend(within(self.expr(dated_by), |e| Count { dated_by: Some(e), ..count.clone() }));
        }
        if let Some(window) = &count.window {
            found.extend(within(self.expr(window), |e| Count { window: Some(e), ..count.clone() }));
        }
        found
    }

    fn definition(self, definition: &DefinitionBlock) -> Vec<Variant<DefinitionBlock>> {
        within(self.condition(&definition.body), |body| DefinitionBlock { body, ..definition.clone() })
            .collect()
    }

    fn parameter(self, parameter: &ParameterBlock) -> Vec<Variant<ParameterBlock>> {
        let mut found: Vec<Variant<ParameterBlock>> =
            within(self.parameter_value(&parameter.first, parameter), |first| ParameterBlock {
                first,
                ..parameter.clone()
            })
            .collect();
        for (at, (from, value)) in parameter.later.iter().enumerate() {
            let put = |later| ParameterBlock { later, ..parameter.clone() };
            found.push(self.change(
                value.span,
                format!("自 {from} 起的「{}」", self.text(value.span)),
                REMOVED,
                put(without(&parameter.later, at)),
            ));
            let days = [from.checked_sub_days(Days::new(1)), from.checked_add_days(Days::new(1))];
            for day in days.into_iter().flatten() {
                let later = replaced(&parameter.later, at, (day, value.clone()));
                found.push(self.change(
                    value.span,
                    format!("自 {from} 起"),
                    format!("自 {day} 起"),
                    put(later),
                ));
            }
            found.extend(within(self.parameter_value(value, parameter), |value| {
                put(replaced(&parameter.later, at, (*from, value)))
            }));
        }
        found
    }

    fn parameter_value(
        self,
        value: &ParameterValue,
        parameter: &ParameterBlock,
    ) -> Vec<Variant<ParameterValue>> {
        let put = |e| ParameterValue { value: Some(e), span: value.span };
        match &value.value {
            Some(e) => within(self.expr(e), put).collect(),
            None => {
                let number = parameter.kind.as_ref().is_some_and(|kind| kind.text == "次数");
                let (kind, to) = if number {
                    (ExprKind::Number("1".to_owned()), "1".to_owned())
                } else {
                    let kind = ExprKind::Quantity { count: SOME_DAYS, unit: Unit::Workday };
                    (kind, quantity(SOME_DAYS, Unit::Workday))
                };
                let e = Expr { kind: Box::new(kind), span: value.span };
                vec![self.change(value.span, format!("{} 不设", parameter.name.text), to, put(e))]
            }
        }
    }

    /// Entries removed, and synonyms of entries removed.
    fn terms(self, entries: &[Term]) -> Vec<Variant<Vec<Term>>> {
        let mut found = Vec::new();
        for (at, entry) in entries.iter().enumerate() {
            found.push(self.word(&entry.name, without(entries, at)));
            found.extend(within(self.synonyms(entry), |entry| replaced(entries, at, entry)));
        }
        found
    }

    fn synonyms(self, term: &Term) -> Vec<Variant<Term>> {
        let put = |synonyms| Term { name: term.name.clone(), synonyms };
        term.synonyms
            .iter()
            .enumerate()
            .map(|(at, synonym)| self.word(synonym, put(without(&term.synonyms, at))))
            .collect()
    }

    fn word<T>(self, word: &Name, value: T) -> Variant<T> {
        self.change(word.span, format!("「{}」", word.text), REMOVED, value)
    }

    fn code_table(self, table: &CodeTableBlock) -> Vec<Variant<CodeTableBlock>> {
        let put = |rows| CodeTableBlock { name: table.name.clone(), rows };
        let mut found = Vec::new();
        for (at, row) in table.rows.iter().enumerate() {
            found.push(self.removal(row.span, put(without(&table.rows, at))));
            let changed = |kind| put(replaced(&table.rows, at, Clause { kind, ..row.clone() }));
            if let Some(code) = &row.kind.code {
                let mut kind = row.kind.clone();
                kind.code = None;
                found.push(self.change(code.span, format!("代码「{}」", code.text), REMOVED, changed(kind)));
            }
            found.extend(within(self.synonyms(&row.kind.term), |term| {
                changed(crate::syntax::ast::CodeRow { code: row.kind.code.clone(), term })
            }));
        }
        found
    }
}

/// `X` → `每次 X`, so that it stays a trigger for every X.
fn each_of(trigger: &Expr) -> Expr {
    let each = |name: &Name, arguments: &[Expr]| ExprKind::Pattern {
        pick: Some(Pick::Each),
        name: name.clone(),
        arguments: arguments.to_vec(),
    };
    let kind = if let ExprKind::Pattern { name, arguments, .. } = trigger.kind.as_ref() {
        each(name, arguments)
    } else if let ExprKind::Name(name) = trigger.kind.as_ref() {
        each(name, &[])
    } else if let ExprKind::Of(owner, member) = trigger.kind.as_ref() {
        ExprKind::Of(owner.clone(), each_of(member))
    } else {
        return trigger.clone();
    };
    Expr { kind: Box::new(kind), span: trigger.span }
}
