//! Several rule sets → one text: what is inherited, used, amended, repealed, and templates filled in.
//! Takes the library and a name; gives a [`Composition`] whose parts still say where they come from.
//! Names inside expressions are not looked at here.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::composition::{Amended, ComposedRule, Composition, Filled, RepealedRule};
use super::problem::{Problem, Wanted};
use super::substitute::{self, Holes};
use super::{Library, RuleSet, dependencies};
use crate::diagnostic::nearest;
use crate::source::Span;
use crate::syntax::ast::{
    AmendBlock, Amendment, BlockKind, Clause, Name, ParameterBlock, PolicyBlock, PolicyClause, RuleClause,
    Text,
};

/// Composes the rule set `name`; `None` when the set itself is not there.
pub(super) fn compose(library: &Library, name: &str, problems: &mut Vec<Problem>) -> Option<Composition> {
    library.get(name)?;
    let mut order: Vec<(&RuleSet, bool)> = Vec::new();
    visit(library, name, true, &mut Vec::new(), &mut order, problems);
    let mut composer = Composer {
        into: Composition { name: name.to_owned(), ..Composition::default() },
        touched: BTreeMap::new(),
        conflicts: BTreeMap::new(),
        library,
        problems,
    };
    for (set, with_rules) in order {
        composer.add(set, with_rules);
    }
    composer.problems.extend(std::mem::take(&mut composer.conflicts).into_values());
    let mut composition = composer.into;
    fill_templates(&mut composition, problems);
    Some(composition)
}

/// Depth-first, parents before children; a set reached twice is taken once (with rules if either wants them).
fn visit<'l>(
    library: &'l Library,
    name: &str,
    with_rules: bool,
    path: &mut Vec<&'l str>,
    order: &mut Vec<(&'l RuleSet, bool)>,
    problems: &mut Vec<Problem>,
) {
    let Some(set) = library.get(name) else { return };
    if let Some(known) = order.iter_mut().find(|(known, _)| known.name == name) {
        known.1 |= with_rules;
        return;
    }
    path.push(&set.name);
    for block in set.files.iter().flat_map(|file| &file.blocks) {
        let BlockKind::Policy(policy) = &block.kind else { continue };
        for clause in &policy.clauses {
            let (names, rules) = match &clause.kind {
                PolicyClause::Inherit(names) => (names, with_rules),
                PolicyClause::Use(names) => (names, false),
                PolicyClause::Title(_)
                | PolicyClause::Number(_)
                | PolicyClause::Effective(_)
                | PolicyClause::Repealed(_)
                | PolicyClause::Scope { .. }
                | PolicyClause::Basis(_)
                | PolicyClause::Closure(_)
                | PolicyClause::Group(_) => continue,
            };
            for parent in names {
                if path.contains(&parent.text.as_str()) {
                    let mut cycle: Vec<String> = path.iter().map(|&n| n.to_owned()).collect();
                    cycle.push(parent.text.clone());
                    problems.push(Problem::InheritanceCycle { names: cycle, span: parent.span });
                } else if library.get(&parent.text).is_none() {
                    let sets = library.sets.iter().map(|set| &set.name);
                    let known = sets.chain(&library.known).map(String::as_str);
                    problems.push(Problem::UnknownRuleSet {
                        name: parent.text.clone(),
                        span: parent.span,
                        near: nearest(&parent.text, known).map(str::to_owned),
                    });
                } else {
                    visit(library, &parent.text, rules, path, order, problems);
                }
            }
        }
    }
    path.pop();
    order.push((set, with_rules));
}

/// Whether `from` inherits from or uses `to`, perhaps through others.
fn reaches(library: &Library, from: &str, to: &str) -> bool {
    let mut seen: Vec<String> = Vec::new();
    let mut queue = vec![from.to_owned()];
    while let Some(name) = queue.pop() {
        for next in library.get(&name).map(|set| dependencies(&set.files)).unwrap_or_default() {
            if next == to {
                return true;
            }
            if !seen.contains(&next) {
                seen.push(next.clone());
                queue.push(next);
            }
        }
    }
    false
}

/// What a rule set's header says of the rules written in it.
struct Header {
    effective: Option<NaiveDate>,
    repealed: Option<NaiveDate>,
    document: Option<String>,
}

struct Composer<'p> {
    library: &'p Library,
    into: Composition,
    /// What was amended or repealed, and by which sets, as far as nobody below them decided anew.
    touched: BTreeMap<(&'static str, String), Vec<(Span, String)>>,
    /// Amended by two sets neither of which is above the other.
    conflicts: BTreeMap<(&'static str, String), Problem>,
    problems: &'p mut Vec<Problem>,
}

impl Composer<'_> {
    fn add(&mut self, set: &RuleSet, with_rules: bool) {
        let blocks = || set.files.iter().flat_map(|file| &file.blocks);
        let mut header: Option<&PolicyBlock> = None;
        let mut header_span: Option<Span> = None;
        for block in blocks() {
            if let BlockKind::Policy(policy) = &block.kind {
                match header_span {
                    Some(first) => {
                        self.problems.push(Problem::SecondHeader { span: policy.name.span, first });
                    }
                    None => {
                        header = Some(policy);
                        header_span = Some(policy.name.span);
                    }
                }
            }
        }
        let Header { effective, repealed, document } = self.header(header, with_rules);
        for block in blocks() {
            match &block.kind {
                BlockKind::Policy(_) | BlockKind::Amend(_) | BlockKind::Repeal(_) => {}
                BlockKind::Entity(entity) => {
                    if self.claim("实体", &entity.name, set) {
                        self.into.entities.push(entity.clone());
                    }
                }
                BlockKind::Event(event) => {
                    if self.claim("事件", &event.name, set) {
                        self.into.events.push(event.clone());
                    }
                }
                BlockKind::Parameter(parameter) => {
                    if self.claim("参数", &parameter.name, set) {
                        self.into.parameters.push(parameter.clone());
                    }
                }
                BlockKind::List(list) => {
                    if self.claim("名单", &list.name, set) {
                        self.into.lists.push(list.clone());
                    }
                }
                BlockKind::CodeTable(table) => {
                    if self.claim("代码表", &table.name, set) {
                        self.into.tables.push(table.clone());
                    }
                }
                BlockKind::Definition(definition) => {
                    if self.claim("定义", &definition.name, set) {
                        self.into.definitions.push(definition.clone());
                    }
                }
                BlockKind::Template(template) => {
                    if self.claim("范本", &template.name, set) {
                        self.into.templates.push(template.clone());
                    }
                }
                BlockKind::Rule(rule) => {
                    if with_rules && self.claim("规则", &rule.id, set) {
                        self.into.rules.push(ComposedRule {
                            block: rule.clone(),
                            origin: set.name.clone(),
                            effective,
                            repealed,
                            document: document.clone(),
                            amended: Vec::new(),
                            incomplete: false,
                            filled: Vec::new(),
                        });
                    }
                }
            }
        }
        for block in blocks() {
            match &block.kind {
                BlockKind::Amend(amend) => self.amend(amend, set, document.as_ref()),
                BlockKind::Repeal(repeal) => self.repeal(&repeal.id, repeal.reason.as_ref(), set),
                BlockKind::Policy(_)
                | BlockKind::Entity(_)
                | BlockKind::Event(_)
                | BlockKind::Parameter(_)
                | BlockKind::List(_)
                | BlockKind::CodeTable(_)
                | BlockKind::Definition(_)
                | BlockKind::Template(_)
                | BlockKind::Rule(_) => {}
            }
        }
    }

    /// Takes over header clauses; those of a set only used (not inherited) that name the regulation are left.
    fn header(&mut self, header: Option<&PolicyBlock>, with_rules: bool) -> Header {
        let into = &mut self.into;
        let (mut effective, mut repealed, mut document) = (None, None, None);
        let mut seen: BTreeMap<&'static str, Span> = BTreeMap::new();
        for clause in header.map(|header| header.clauses.as_slice()).unwrap_or_default() {
            let word = match &clause.kind {
                PolicyClause::Title(_) => "名称",
                PolicyClause::Number(_) => "文号",
                PolicyClause::Effective(_) => "施行",
                PolicyClause::Repealed(_) => "废止",
                PolicyClause::Scope { .. } => "适用",
                PolicyClause::Basis(_) => "起始",
                PolicyClause::Closure(_) => "结案",
                PolicyClause::Group(_) => "汇总",
                PolicyClause::Inherit(_) | PolicyClause::Use(_) => continue,
            };
            if let Some(first) = seen.insert(word, clause.span) {
                self.problems.push(Problem::ClauseTwice { clause: word, span: clause.span, first });
            }
            match &clause.kind {
                PolicyClause::Title(text) if with_rules => into.title = Some(text.clone()),
                PolicyClause::Number(text) if with_rules => {
                    document = Some(text.text.clone());
                    into.number = Some(text.clone());
                }
                PolicyClause::Effective(date) => {
                    effective = Some(*date);
                    if with_rules {
                        into.effective = effective;
                    }
                }
                PolicyClause::Repealed(date) => {
                    repealed = Some(*date);
                    if with_rules {
                        into.repealed = repealed;
                    }
                }
                PolicyClause::Scope { entity, condition } if with_rules => {
                    into.scope = Some((entity.clone(), condition.clone()));
                }
                PolicyClause::Basis(basis) => into.basis = Some(basis.clone()),
                PolicyClause::Closure(closure) => into.closure = Some(closure.clone()),
                PolicyClause::Group(group) => into.group = Some(group.clone()),
                PolicyClause::Title(_)
                | PolicyClause::Number(_)
                | PolicyClause::Scope { .. }
                | PolicyClause::Inherit(_)
                | PolicyClause::Use(_) => {}
            }
        }
        let last = seen.get("废止").max(seen.get("施行"));
        if let (Some(from), Some(end), Some(span)) = (effective, repealed, last)
            && end <= from
        {
            self.problems.push(Problem::RepealBeforeEffective { span: *span });
        }
        Header { effective: effective.or(into.effective), repealed, document }
    }

    fn claim(&mut self, what: &'static str, name: &Name, set: &RuleSet) -> bool {
        if let Some((first, by)) = self.into.places.get(&(what, name.text.clone())) {
            self.problems.push(Problem::Repeated {
                what,
                name: name.text.clone(),
                span: name.span,
                first: *first,
                inherited: *by != set.name,
            });
            return false;
        }
        self.into.places.insert((what, name.text.clone()), (name.span, set.name.clone()));
        true
    }

    /// Whether `set` may amend or repeal this. What a set above it did, it may change again.
    fn touch(&mut self, what: &'static str, name: &Name, set: &RuleSet) -> bool {
        let key = (what, name.text.clone());
        let before = self.touched.entry(key.clone()).or_default();
        before.retain(|(_, by)| !reaches(self.library, &set.name, by));
        let first = before.first().cloned();
        before.push((name.span, set.name.clone()));
        match first {
            None => {
                self.conflicts.remove(&key);
                true
            }
            Some((first, by)) => {
                let problem = Problem::AmendedTwice { name: name.text.clone(), span: name.span, first };
                if by == set.name {
                    self.problems.push(problem);
                } else {
                    self.conflicts.insert(key, problem);
                }
                false
            }
        }
    }

    fn unknown<'n>(&mut self, wanted: Wanted, name: &Name, known: impl Iterator<Item = &'n str>) {
        self.problems.push(Problem::Unknown {
            wanted,
            name: name.text.clone(),
            span: name.span,
            near: nearest(&name.text, known).map(str::to_owned),
        });
    }

    fn amend(&mut self, amend: &AmendBlock, set: &RuleSet, document: Option<&String>) {
        let amended = |span| Amended {
            by: set.name.clone(),
            reason: amend.reason.as_ref().map(|reason| reason.text.clone()),
            span,
        };
        match &amend.target {
            Amendment::Rule { id, clauses } => {
                if !self.touch("规则", id, set) {
                    return;
                }
                let versions = self.into.rules.iter_mut().filter(|rule| rule.block.id.text == id.text);
                let Some(rule) = versions.last() else {
                    let ids: Vec<String> = self.into.rules.iter().map(|r| r.block.id.text.clone()).collect();
                    self.unknown(Wanted::Rule, id, ids.iter().map(String::as_str));
                    return;
                };
                let from = clauses.iter().find_map(|clause| {
                    if let RuleClause::Effective(date) = clause.kind { Some(date) } else { None }
                });
                let old = from.map(|date| ComposedRule { repealed: Some(date), ..rule.clone() });
                replace_clauses(&mut rule.block.clauses, clauses);
                if clauses.iter().any(|clause| matches!(clause.kind, RuleClause::Citation(_))) {
                    rule.document = document.cloned();
                }
                rule.amended.push(amended(id.span));
                // 写了施行日的改动是一个新版本：以前的事仍按旧的判。
                if let Some(old) = old
                    && let Some(at) = self.into.rules.iter().rposition(|rule| rule.block.id.text == id.text)
                {
                    self.into.rules.insert(at, old);
                }
            }
            Amendment::List { name, add, remove } => {
                if !self.touch("名单", name, set) {
                    return;
                }
                let Some(list) = self.into.lists.iter_mut().find(|list| list.name.text == name.text) else {
                    let names: Vec<String> = self.into.lists.iter().map(|l| l.name.text.clone()).collect();
                    self.unknown(Wanted::List, name, names.iter().map(String::as_str));
                    return;
                };
                for word in remove {
                    let before = list.entries.len();
                    list.entries.retain(|entry| {
                        entry.name.text != word.text && entry.synonyms.iter().all(|s| s.text != word.text)
                    });
                    if list.entries.len() == before {
                        let known = list.entries.iter().map(|entry| entry.name.text.as_str());
                        self.problems.push(Problem::ListRemovesUnknown {
                            list: name.text.clone(),
                            word: word.text.clone(),
                            span: word.span,
                            near: nearest(&word.text, known).map(str::to_owned),
                        });
                    }
                }
                list.entries.extend(add.iter().cloned());
                self.note("名单", name, amended(name.span));
            }
            Amendment::Parameter(parameter) => {
                if self.touch("参数", &parameter.name, set) {
                    match self.into.parameters.iter_mut().find(|p| p.name.text == parameter.name.text) {
                        Some(old) if is_number(parameter) && !is_number(old) => {
                            let span = parameter.first.span;
                            self.problems.push(Problem::LimitWanted { found: "次数".to_owned(), span });
                        }
                        Some(old) => {
                            let kind = parameter.kind.clone().or_else(|| old.kind.clone());
                            *old = ParameterBlock { kind, ..parameter.clone() };
                            self.note("参数", &parameter.name, amended(parameter.name.span));
                        }
                        None => {
                            let names: Vec<String> =
                                self.into.parameters.iter().map(|p| p.name.text.clone()).collect();
                            self.unknown(
                                Wanted::Parameter,
                                &parameter.name,
                                names.iter().map(String::as_str),
                            );
                        }
                    }
                }
            }
            Amendment::Definition(definition) => {
                if self.touch("定义", &definition.name, set) {
                    match self.into.definitions.iter_mut().find(|d| d.name.text == definition.name.text) {
                        Some(old) => {
                            *old = definition.clone();
                            self.note("定义", &definition.name, amended(definition.name.span));
                        }
                        None => {
                            let names: Vec<String> =
                                self.into.definitions.iter().map(|d| d.name.text.clone()).collect();
                            self.unknown(
                                Wanted::Definition,
                                &definition.name,
                                names.iter().map(String::as_str),
                            );
                        }
                    }
                }
            }
            Amendment::CodeTable(table) => {
                if self.touch("代码表", &table.name, set) {
                    match self.into.tables.iter_mut().find(|t| t.name.text == table.name.text) {
                        Some(old) => {
                            *old = table.clone();
                            self.note("代码表", &table.name, amended(table.name.span));
                        }
                        None => {
                            let names: Vec<String> =
                                self.into.tables.iter().map(|t| t.name.text.clone()).collect();
                            self.unknown(Wanted::CodeTable, &table.name, names.iter().map(String::as_str));
                        }
                    }
                }
            }
        }
    }

    fn note(&mut self, what: &'static str, name: &Name, amended: Amended) {
        self.into.amended.entry((what, name.text.clone())).or_default().push(amended);
    }

    fn repeal(&mut self, id: &Name, reason: Option<&Text>, set: &RuleSet) {
        if !self.touch("规则", id, set) {
            return;
        }
        let Some(at) = self.into.rules.iter().position(|rule| rule.block.id.text == id.text) else {
            let ids: Vec<String> = self.into.rules.iter().map(|r| r.block.id.text.clone()).collect();
            self.unknown(Wanted::Rule, id, ids.iter().map(String::as_str));
            return;
        };
        let rule = self.into.rules.remove(at);
        self.into.rules.retain(|version| version.block.id.text != id.text);
        self.into.repeals.push(RepealedRule {
            id: rule.block.id.text,
            title: rule.block.title.text,
            origin: rule.origin,
            by: set.name.clone(),
            reason: reason.map(|r| r.text.clone()),
        });
    }
}

/// A parameter that says it is a 次数.
fn is_number(parameter: &ParameterBlock) -> bool {
    parameter.kind.as_ref().is_some_and(|kind| kind.text == "次数")
}

/// Kind of a clause, for replacing like by like; duties and a template's use are one kind.
fn clause_kind(clause: &RuleClause) -> &'static str {
    match clause {
        RuleClause::Citation(_) => "依据",
        RuleClause::Gist(_) => "要点",
        RuleClause::Liability(_) => "责任",
        RuleClause::Tags(_) => "标签",
        RuleClause::Severity(_) => "强度",
        RuleClause::Effective(_) => "施行",
        RuleClause::Repealed(_) => "废止",
        RuleClause::For { .. } => "对",
        RuleClause::Given(_) => "情形",
        RuleClause::Except(_) => "除外",
        RuleClause::ReadAt(_) => "取值日",
        RuleClause::Use { .. } | RuleClause::Duty(_) => "义务",
    }
}

fn replace_clauses(old: &mut Vec<Clause<RuleClause>>, new: &[Clause<RuleClause>]) {
    for kind in new.iter().map(|clause| clause_kind(&clause.kind)) {
        old.retain(|clause| clause_kind(&clause.kind) != kind);
    }
    old.extend(new.iter().cloned());
}

/// Replaces every `照 T（…）` by T's clauses; the rule's own clauses of single kinds win.
fn fill_templates(composition: &mut Composition, problems: &mut Vec<Problem>) {
    let templates = std::mem::take(&mut composition.templates);
    for rule in &mut composition.rules {
        let mut clauses: Vec<Clause<RuleClause>> = Vec::new();
        for clause in &rule.block.clauses {
            let RuleClause::Use { template, arguments } = &clause.kind else {
                clauses.push(clause.clone());
                continue;
            };
            let Some(found) = templates.iter().find(|t| t.name.text == template.text) else {
                let known = templates.iter().map(|t| t.name.text.as_str());
                problems.push(Problem::Unknown {
                    wanted: Wanted::Template,
                    name: template.text.clone(),
                    span: template.span,
                    near: nearest(&template.text, known).map(str::to_owned),
                });
                rule.incomplete = true;
                continue;
            };
            if found.parameters.len() != arguments.len() {
                problems.push(Problem::ArgumentCount {
                    name: template.text.clone(),
                    wanted: found.parameters.len(),
                    given: arguments.len(),
                    span: clause.span,
                });
                rule.incomplete = true;
                continue;
            }
            rule.filled.push(Filled {
                template: template.clone(),
                places: found.clauses.iter().map(|clause| clause.span).collect(),
                holes: found
                    .parameters
                    .iter()
                    .zip(arguments)
                    .map(|(parameter, argument)| (parameter.name.text.clone(), argument.span))
                    .collect(),
            });
            let holes: Holes<'_> =
                found.parameters.iter().map(|p| p.name.text.as_str()).zip(arguments.iter()).collect();
            let own: Vec<&'static str> = rule.block.clauses.iter().map(|c| clause_kind(&c.kind)).collect();
            for filled in found.clauses.iter().map(|clause| substitute::clause(clause, &holes)) {
                let kind = clause_kind(&filled.kind);
                let many = matches!(kind, "义务" | "除外" | "情形");
                if many || !own.contains(&kind) {
                    clauses.push(filled);
                }
            }
        }
        rule.block.clauses = clauses;
    }
    composition.templates = templates;
}
