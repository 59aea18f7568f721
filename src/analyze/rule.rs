//! A composed text → a [`Policy`]: vocabulary, tables, definitions, then every rule.
//! Holds what all of analysis shares in [`Analyzer`].

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a path takes a few forms of expression; every other is left as it is"
)]

use super::composition::{ComposedRule, Composition};
use super::environment::Environment;
use super::paths;
use super::problem::{Problem, Wanted};
use super::{tables, vocabulary};
use crate::diagnostic::nearest;
use crate::policy::{
    Binder, Definition, Domain, Expr, NameList, Parameter, Policy, Query, QueryKind, Root, Rule, Severity,
    Shape, Slot, Step, Type,
};
use crate::source::Span;
use crate::syntax::ast::{self, ExprKind, Modality, RuleClause};
use crate::vocabulary::{EntityTypeId, Vocabulary};

/// State of a definition: looked at only when first used.
enum DefinitionState {
    Untouched,
    /// Being analyzed: using it now is a cycle.
    Open,
    Done(Option<Definition>, Type),
}

/// What the passes share while one rule set is analyzed.
pub(super) struct Analyzer<'c> {
    pub(super) composition: &'c Composition,
    pub(super) vocabulary: Vocabulary,
    pub(super) parameters: Vec<Parameter>,
    pub(super) lists: Vec<NameList>,
    pub(super) problems: &'c mut Vec<Problem>,
    definitions: Vec<DefinitionState>,
    root: Option<EntityTypeId>,
}

/// Analyzes a composition. A policy comes out even when problems were reported; the caller drops it then.
pub(super) fn build(composition: &Composition, problems: &mut Vec<Problem>) -> Option<Policy> {
    let entities: Vec<_> = composition.entities.iter().collect();
    let events: Vec<_> = composition.events.iter().collect();
    let before = problems.len();
    let vocabulary = vocabulary::build(&entities, &events, problems);
    if problems.len() > before {
        // 词汇有错，规则里的名字大半跟着认不出来：先只报词汇。
        return None;
    }
    let parameters = tables::parameters(composition, problems);
    let lists = tables::lists(composition, &vocabulary, problems);
    let definitions = composition.definitions.iter().map(|_| DefinitionState::Untouched).collect();
    let mut analyzer =
        Analyzer { composition, vocabulary, parameters, lists, problems, definitions, root: None };
    analyzer.policy()
}

impl Analyzer<'_> {
    fn policy(&mut self) -> Option<Policy> {
        let root = self.root_entity();
        self.root = root.as_ref().map(|root| root.kind);
        for index in 0..self.composition.definitions.len() {
            let span = self.composition.definitions.get(index).map(|d| d.name.span)?;
            self.definition(index, span);
        }
        let composition = self.composition;
        let rules: Vec<Option<Rule>> = composition.rules.iter().map(|rule| self.rule(rule)).collect();
        let group_name = composition.group.as_ref().and_then(|group| self.group_name(group));
        let definitions: Option<Vec<Definition>> = std::mem::take(&mut self.definitions)
            .into_iter()
            .map(|state| match state {
                DefinitionState::Done(definition, _) => definition,
                DefinitionState::Untouched | DefinitionState::Open => None,
            })
            .collect();
        Some(Policy {
            name: composition.name.clone(),
            title: composition.title.as_ref().map(|t| t.text.clone()),
            number: composition.number.as_ref().map(|t| t.text.clone()),
            effective: composition.effective,
            repealed: composition.repealed,
            vocabulary: std::mem::take(&mut self.vocabulary),
            root,
            parameters: std::mem::take(&mut self.parameters),
            lists: std::mem::take(&mut self.lists),
            definitions: definitions?,
            rules: rules.into_iter().collect::<Option<_>>()?,
            group_name,
        })
    }

    pub(super) fn parameter_index(&self, name: &str) -> Option<usize> {
        self.parameters.iter().position(|parameter| parameter.name == name)
    }

    pub(super) fn list_index(&self, name: &str) -> Option<usize> {
        self.lists.iter().position(|list| list.name == name)
    }

    pub(super) fn definition_index(&self, name: &str) -> Option<usize> {
        self.composition.definitions.iter().position(|definition| definition.name.text == name)
    }

    /// Parameters and result type of a definition, analyzing it if need be. `span`: where it is used.
    pub(super) fn definition(&mut self, index: usize, span: Span) -> Option<(Vec<(String, Type)>, Type)> {
        match self.definitions.get(index)? {
            DefinitionState::Done(Some(definition), result) => {
                return Some((definition.parameters.clone(), result.clone()));
            }
            DefinitionState::Done(None, _) => return None,
            DefinitionState::Open => {
                let name = self.composition.definitions.get(index)?.name.text.clone();
                self.problems.push(Problem::DefinitionCycle { name, span });
                return None;
            }
            DefinitionState::Untouched => {}
        }
        if let Some(state) = self.definitions.get_mut(index) {
            *state = DefinitionState::Open;
        }
        let analyzed = self.analyze_definition(index);
        let outcome =
            analyzed.as_ref().map(|(definition, result)| (definition.parameters.clone(), result.clone()));
        if let Some(state) = self.definitions.get_mut(index) {
            *state = match analyzed {
                Some((definition, result)) => DefinitionState::Done(Some(definition), result),
                None => DefinitionState::Done(None, Type::Bool),
            };
        }
        outcome
    }

    fn analyze_definition(&mut self, index: usize) -> Option<(Definition, Type)> {
        let composition = self.composition;
        let block = composition.definitions.get(index)?;
        let mut env = Environment::default();
        let mut parameters = Vec::new();
        for parameter in &block.parameters {
            let word = parameter.kind.as_ref().unwrap_or(&parameter.name);
            let kind = match word.text.as_str() {
                "日期" => Type::Date,
                "时刻" => Type::Moment,
                "数" => Type::Number,
                "文本" => Type::Text,
                "是否" => Type::Bool,
                other => match self.vocabulary.entity_by_name(other) {
                    Some(id) => Type::Entity(id),
                    None => {
                        let near = nearest(other, self.vocabulary.entities().map(|(_, e)| e.name.as_str()));
                        self.problems.push(Problem::Unknown {
                            wanted: Wanted::Entity,
                            name: other.to_owned(),
                            span: word.span,
                            near: near.map(str::to_owned),
                        });
                        return None;
                    }
                },
            };
            env.variable(parameter.name.text.clone(), kind.clone());
            parameters.push((parameter.name.text.clone(), kind));
        }
        let body = self.expr(&block.body, &mut env)?;
        let definition = Definition {
            name: block.name.text.clone(),
            parameters,
            body: body.expr,
            slots: env.next,
            span: block.name.span,
        };
        Some((definition, body.kind))
    }

    /// 适用、起始、结案: all over one entity, which is the type named in 适用, or else the one they begin with.
    fn root_entity(&mut self) -> Option<Root> {
        let composition = self.composition;
        let kind = match &composition.scope {
            Some((entity, _)) => match self.vocabulary.entity_by_name(&entity.text) {
                Some(kind) => kind,
                None => {
                    let near =
                        nearest(&entity.text, self.vocabulary.entities().map(|(_, e)| e.name.as_str()));
                    self.problems.push(Problem::Unknown {
                        wanted: Wanted::Entity,
                        name: entity.text.clone(),
                        span: entity.span,
                        near: near.map(str::to_owned),
                    });
                    return None;
                }
            },
            None => {
                let first = composition.basis.as_ref().or(composition.closure.as_ref())?;
                self.vocabulary.entity_by_name(leading_word(first)?)?
            }
        };
        let mut env = Environment::default();
        let name = self.vocabulary.entity(kind).name.clone();
        let slot = env.element(name, Type::Entity(kind));
        debug_assert_eq!(slot, Slot(0));
        let scope = composition.scope.as_ref().map(|(_, condition)| self.condition(condition, &mut env));
        let basis = composition.basis.as_ref().map(|basis| self.event(basis, &mut env));
        let closure = composition.closure.as_ref().map(|closure| self.event(closure, &mut env));
        let scope = match scope {
            Some(scope) => Some(scope?),
            None => None,
        };
        Some(Root {
            kind,
            scope,
            basis: basis.flatten().map(|event| event.expr),
            closure: closure.flatten().map(|event| event.expr),
            slots: env.next,
        })
    }

    /// From an entity in a slot up to the root entity.
    fn climb(&self, slot: Slot, from: EntityTypeId) -> Option<Expr> {
        let path = paths::upward(&self.vocabulary, from, self.root?)?;
        Some(follow(Expr::Slot(slot), &path))
    }

    /// The root entity of a query's element.
    pub(super) fn root_of_element(&self, query: &Query) -> Option<Expr> {
        match query.kind {
            QueryKind::Entities(id) => self.climb(query.element, id),
            QueryKind::Events(_) => match paths::shortest(&self.vocabulary, query.kind, self.root?) {
                paths::PathSearch::Found(path) => Some(follow(Expr::Slot(query.element), &path)),
                paths::PathSearch::None | paths::PathSearch::Several(_) => None,
            },
        }
    }

    fn rule(&mut self, composed: &ComposedRule) -> Option<Rule> {
        let block = &composed.block;
        let id = block.id.text.clone();
        let span = block.id.span;
        let reported = self.problems.len();
        let mut rule = Rule {
            id: id.clone(),
            title: block.title.text.clone(),
            citation: String::new(),
            document: composed.document.clone(),
            gist: None,
            liability: None,
            tags: Vec::new(),
            severity: Severity::Error,
            effective: composed.effective,
            repealed: composed.repealed,
            binders: Vec::new(),
            root: None,
            group: None,
            conditions: Vec::new(),
            exemptions: Vec::new(),
            read_at: None,
            duties: Vec::new(),
            slots: 0,
            origin: composed.origin.clone(),
            span,
        };
        self.single_clauses(block);
        let mut env = Environment::default();
        // 主体的各列占最前面的槽位；「每个 …」里要是有查询，它的元素排在后面。
        let columns = block.clauses.iter().map(|clause| match &clause.kind {
            RuleClause::For { binders, .. } => binders.len(),
            _ => 0,
        });
        env.next = columns.sum();
        let mut kinds = Vec::new();
        let mut conditions: Vec<&ast::Expr> = Vec::new();
        for clause in &block.clauses {
            if let RuleClause::For { binders, conditions: given } = &clause.kind {
                for binder in binders {
                    // 不知道对谁，后面的名字也就无从认起：先只报这一处。
                    let slot = Slot(rule.binders.len());
                    let (binder, kind) = self.binder(binder, slot, &mut env)?;
                    rule.binders.push(binder);
                    kinds.push(kind);
                }
                conditions.extend(given);
            }
        }
        if rule.binders.is_empty() && self.problems.len() == reported && !composed.incomplete {
            self.problems.push(Problem::NoBinder { rule: id.clone(), span });
        }
        rule.root = kinds.iter().enumerate().find_map(|(index, kind)| match kind {
            Type::Entity(id) => self.climb(Slot(index), *id),
            Type::Bool
            | Type::Number
            | Type::Text
            | Type::Date
            | Type::Moment
            | Type::Event(_)
            | Type::AnyEvent
            | Type::Set(_) => None,
        });
        let years = rule.binders.iter().position(|binder| matches!(binder.domain, Domain::Years)).map(Slot);
        let mut severity = None;
        let mut usually = false;
        let mut forced = false;
        for clause in &block.clauses {
            match &clause.kind {
                RuleClause::Citation(text) => rule.citation.clone_from(&text.text),
                RuleClause::Gist(text) => rule.gist = Some(text.text.clone()),
                RuleClause::Liability(text) => rule.liability = Some(text.text.clone()),
                RuleClause::Tags(tags) => rule.tags = tags.iter().map(|tag| tag.text.clone()).collect(),
                RuleClause::Severity(word) => severity = Some(severity_of(&word.text)),
                RuleClause::Effective(date) => rule.effective = Some(*date),
                RuleClause::Repealed(date) => rule.repealed = Some(*date),
                RuleClause::For { .. } | RuleClause::Use { .. } => {}
                RuleClause::Given(condition) => conditions.push(condition),
                RuleClause::Except(exemption) => {
                    if let Some(exemption) = self.condition(exemption, &mut env) {
                        rule.exemptions.push(exemption);
                    }
                }
                RuleClause::ReadAt(event) => {
                    rule.read_at = self.event(event, &mut env).map(|event| event.expr)
                }
                RuleClause::Duty(duty) => {
                    usually |= duty.force.usually;
                    forced = true;
                    let allowed = duty.force.modality == Modality::Permission;
                    if let Some(duty) = self.duty(duty, clause.span, years, &mut env)
                        && !allowed
                    {
                        rule.duties.push(duty);
                    }
                }
            }
        }
        for condition in conditions {
            if let Some(condition) = self.condition(condition, &mut env) {
                rule.conditions.push(condition);
            }
        }
        if !forced && !composed.incomplete {
            self.problems.push(Problem::NoDuty { rule: id.clone(), span });
        }
        let dates = |clause: &&ast::Clause<RuleClause>| {
            matches!(clause.kind, RuleClause::Effective(_) | RuleClause::Repealed(_))
        };
        if let (Some(from), Some(end)) = (rule.effective, rule.repealed)
            && end <= from
            && let Some(clause) = block.clauses.iter().rfind(dates)
        {
            self.problems.push(Problem::RepealBeforeEffective { span: clause.span });
        }
        let many = rule.duties.iter().find(|duty| {
            matches!(
                duty.shape,
                Shape::EventCondition { .. } | Shape::Absence { .. } | Shape::Response { each: true, .. }
            )
        });
        if rule.duties.len() > 1
            && let Some(duty) = many
        {
            self.problems.push(Problem::MixedDuties { rule: id, span: duty.span });
        }
        rule.group =
            self.composition.group.as_ref().and_then(|group| self.group(group, &kinds, &rule, &mut env));
        rule.severity = severity.unwrap_or(if usually { Severity::Warning } else { Severity::Error });
        rule.slots = env.next;
        Some(rule)
    }

    fn single_clauses(&mut self, block: &ast::RuleBlock) {
        let mut seen: Vec<(&'static str, Span)> = Vec::new();
        for clause in &block.clauses {
            let word = match &clause.kind {
                RuleClause::Citation(_) => "依据",
                RuleClause::Gist(_) => "要点",
                RuleClause::Liability(_) => "责任",
                RuleClause::Severity(_) => "强度",
                RuleClause::Effective(_) => "施行",
                RuleClause::Repealed(_) => "废止",
                RuleClause::ReadAt(_) => "取值日",
                RuleClause::For { .. } => "对",
                RuleClause::Tags(_)
                | RuleClause::Given(_)
                | RuleClause::Except(_)
                | RuleClause::Use { .. }
                | RuleClause::Duty(_) => continue,
            };
            match seen.iter().find(|(known, _)| *known == word) {
                Some((_, first)) => {
                    self.problems.push(Problem::ClauseTwice {
                        clause: word,
                        span: clause.span,
                        first: *first,
                    });
                }
                None => seen.push((word, clause.span)),
            }
        }
    }

    /// `每个 X`: an entity type, 年度, a list that names entities, a definition, or a path.
    fn binder(&mut self, binder: &ast::Binder, slot: Slot, env: &mut Environment) -> Option<(Binder, Type)> {
        let alias = binder.alias.as_ref().map(|alias| alias.text.clone());
        if let ExprKind::Name(name) = binder.domain.kind.as_ref() {
            if name.text == "年度" {
                let name = alias.unwrap_or_else(|| "年度".to_owned());
                env.column(name.clone(), slot, Type::Number);
                return Some((Binder { name, domain: Domain::Years }, Type::Number));
            }
            if let Some(id) = self.vocabulary.entity_by_name(&name.text) {
                let name = alias.unwrap_or_else(|| name.text.clone());
                env.column(name.clone(), slot, Type::Entity(id));
                return Some((Binder { name, domain: Domain::All(id) }, Type::Entity(id)));
            }
            if let Some(index) = self.list_index(&name.text) {
                let Some(of) = self.lists.get(index).and_then(|list| list.of) else {
                    let block = self.composition.lists.iter().find(|list| list.name.text == name.text);
                    if block.is_some_and(|list| list.of.is_some()) {
                        // 名单写的实体不认识，已在名单那里报过。
                        return None;
                    }
                    self.problems.push(Problem::WrongType {
                        wanted: "写明是哪种实体的名单（如「名单 X（甲）：…」）",
                        found: format!("没有写明的名单「{}」", name.text),
                        span: name.span,
                    });
                    return None;
                };
                let column = alias.unwrap_or_else(|| self.vocabulary.entity(of).name.clone());
                env.column(column.clone(), slot, Type::Entity(of));
                return Some((Binder { name: column, domain: Domain::List(of, index) }, Type::Entity(of)));
            }
        }
        let value = self.expr(&binder.domain, env)?;
        let Type::Entity(id) = *value.kind.element() else {
            let found = self.type_word(&value.kind);
            self.problems
                .push(Problem::WrongType { wanted: "一种实体", found, span: binder.domain.span });
            return None;
        };
        let name = alias.unwrap_or_else(|| self.vocabulary.entity(id).name.clone());
        env.column(name.clone(), slot, Type::Entity(id));
        Some((Binder { name, domain: Domain::Set(id, value.expr) }, Type::Entity(id)))
    }

    /// The entity type 汇总 begins with.
    fn group_name(&mut self, group: &ast::Expr) -> Option<String> {
        let first = alternatives(group).first().copied()?;
        let word = leading_word(first)?;
        if self.vocabulary.entity_by_name(word).is_none() {
            let near =
                nearest(word, self.vocabulary.entities().map(|(_, e)| e.name.as_str())).map(str::to_owned);
            let (name, span) = (word.to_owned(), first.span);
            self.problems.push(Problem::Unknown { wanted: Wanted::Entity, name, span, near });
            return None;
        }
        Some(word.to_owned())
    }

    /// 汇总 for one rule: the first alternative its subject can say; a type name means a column of that type.
    fn group(
        &mut self,
        group: &ast::Expr,
        kinds: &[Type],
        rule: &Rule,
        env: &mut Environment,
    ) -> Option<Expr> {
        for alternative in alternatives(group) {
            match alternative.kind.as_ref() {
                ExprKind::Name(name) => {
                    let wanted = self.vocabulary.entity_by_name(&name.text)?;
                    if let Some(at) = kinds.iter().position(|kind| *kind == Type::Entity(wanted)) {
                        return Some(Expr::Slot(Slot(at)));
                    }
                }
                _ => {
                    let root = rule.root.clone()?;
                    let kind = self.root?;
                    let name = self.vocabulary.entity(kind).name.clone();
                    let mut inner = Environment { frames: Vec::new(), next: env.next };
                    let slot = inner.element(name, Type::Entity(kind));
                    let value = self.expr(alternative, &mut inner)?;
                    env.next = inner.next;
                    return Some(replace_slot(value.expr, slot, &root));
                }
            }
        }
        None
    }
}

/// The grammar knows only these three words.
fn severity_of(word: &str) -> Severity {
    match word {
        "警告" => Severity::Warning,
        "提示" => Severity::Advice,
        _ => Severity::Error,
    }
}

fn alternatives(e: &ast::Expr) -> Vec<&ast::Expr> {
    match e.kind.as_ref() {
        ExprKind::OrElse(list) => list.iter().collect(),
        _ => vec![e],
    }
}

/// The first word of a path such as `任务 的 首次 创建任务`.
fn leading_word(e: &ast::Expr) -> Option<&str> {
    match e.kind.as_ref() {
        ExprKind::Name(name) => Some(&name.text),
        ExprKind::Of(owner, _) | ExprKind::Field(owner, _) => leading_word(owner),
        ExprKind::OrElse(list) => list.first().and_then(leading_word),
        _ => None,
    }
}

fn follow(start: Expr, path: &[Step]) -> Expr {
    path.iter().fold(start, |at, step| Expr::Field(Box::new(at), *step))
}

/// A path expression with its starting slot replaced.
fn replace_slot(expr: Expr, slot: Slot, by: &Expr) -> Expr {
    match expr {
        Expr::Slot(at) if at == slot => by.clone(),
        Expr::Field(owner, field) => Expr::Field(Box::new(replace_slot(*owner, slot, by)), field),
        other => other,
    }
}
