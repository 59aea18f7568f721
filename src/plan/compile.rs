//! Policy → plan: inlines definitions, gives every slot its final number, and finds for every query
//! the indexes that answer it — from its anchors, and from filters that compare a relation with
//! something known beforehand.

use std::collections::BTreeMap;

use super::describe;
use super::node::{CellKind, FieldRead, Lookup, Node, QueryNode, Source};
use super::probe::{ClauseKind, Probes};
use super::{
    BoundSide, Column, ColumnDomain, CountedNode, IndexKey, Plan, PlanBound, PlanDuty, PlanLimit, PlanList,
    PlanParameter, PlanRoot, PlanRule, PlanShape,
};
use crate::policy::{
    Bound, CompareOp, Counted, Domain, Expr, Field, Holder, Limit, Literal, Policy, Query, QueryKind, Rule,
    Shape, Slot, Step,
};
use crate::source::Span;
use crate::vocabulary::{Default, FieldKind, Fields as _};

/// Compiles a policy. Deterministic: the same policy gives the same plan.
pub fn compile(policy: &Policy) -> Plan {
    build(policy, None).0
}

/// Compiles a policy for coverage: every clause in a probe, and no filter answered by an index, so that
/// a filter is also seen to be false. Slower than the plain plan.
pub fn compile_probed(policy: &Policy) -> (Plan, Probes) {
    let (plan, probes) = build(policy, Some(Probes::new(policy)));
    (plan, probes.unwrap_or_default())
}

fn build(policy: &Policy, probes: Option<Probes>) -> (Plan, Option<Probes>) {
    let mut compiler =
        Compiler { policy, indexes: BTreeMap::new(), order: Vec::new(), texts: Vec::new(), next: 0, probes };
    let mut rules: Vec<PlanRule> = policy.rules.iter().map(|rule| compiler.rule(rule)).collect();
    mark_versions(&mut rules);
    let root = policy.root.as_ref().map(|root| {
        compiler.next = root.slots;
        let scope = root.scope.as_ref().map(|scope| compiler.node(scope, 0));
        let year_event = root.basis.as_ref().map(|basis| {
            let Expr::OrElse(list) = basis.bare() else { return compiler.node(basis, 0) };
            list.first().map_or(Node::Bool(false), |first| compiler.node(first, 0))
        });
        PlanRoot { kind: root.kind, slots: compiler.next, scope, year_event }
    });
    let plan = Plan {
        policy_name: policy.name.clone(),
        policy_number: policy.number.clone(),
        vocabulary: policy.vocabulary.clone(),
        parameters: policy
            .parameters
            .iter()
            .map(|p| PlanParameter { name: p.name.clone(), kind: p.kind, values: p.values.clone() })
            .collect(),
        lists: policy
            .lists
            .iter()
            .map(|l| PlanList { name: l.name.clone(), of: l.of, entries: l.entries.clone() })
            .collect(),
        texts: compiler.texts,
        indexes: compiler.order,
        root,
        rules,
        group_name: policy.group_name.clone(),
    };
    (plan, compiler.probes)
}

/// Rules of one id stand in date order (see composition).
fn mark_versions(rules: &mut [PlanRule]) {
    let ids: Vec<String> = rules.iter().map(|rule| rule.id.clone()).collect();
    for (at, rule) in rules.iter_mut().enumerate() {
        rule.first_version = ids.iter().position(|id| *id == rule.id) == Some(at);
        rule.last_version = ids.iter().rposition(|id| *id == rule.id) == Some(at);
    }
}

struct Compiler<'p> {
    policy: &'p Policy,
    indexes: BTreeMap<IndexKey, usize>,
    order: Vec<IndexKey>,
    texts: Vec<String>,
    /// First slot not yet used in the rule being compiled.
    next: usize,
    /// Clauses numbered so far, when compiling for coverage.
    probes: Option<Probes>,
}

fn source(kind: QueryKind) -> Source {
    match kind {
        QueryKind::Events(id) => Source::Events(id),
        QueryKind::Entities(id) => Source::Entities(id),
    }
}

impl Compiler<'_> {
    fn index(&mut self, source: Source, path: Vec<Step>) -> usize {
        let key = IndexKey { source, path };
        if let Some(known) = self.indexes.get(&key) {
            return *known;
        }
        let at = self.order.len();
        self.order.push(key.clone());
        self.indexes.insert(key, at);
        at
    }

    fn text(&mut self, text: &str) -> usize {
        match self.texts.iter().position(|known| known == text) {
            Some(at) => at,
            None => {
                self.texts.push(text.to_owned());
                self.texts.len() - 1
            }
        }
    }

    fn fresh(&mut self) -> usize {
        let slot = self.next;
        self.next += 1;
        slot
    }

    fn rule(&mut self, rule: &Rule) -> PlanRule {
        self.next = rule.slots;
        let columns = rule
            .binders
            .iter()
            .map(|binder| Column {
                name: binder.name.clone(),
                domain: match &binder.domain {
                    Domain::All(id) => ColumnDomain::All(*id),
                    Domain::Set(id, expr) => ColumnDomain::Set(*id, self.node(expr, 0)),
                    Domain::List(id, index) => {
                        self.uses_list(*index);
                        ColumnDomain::List(*id, *index)
                    }
                    Domain::Years => ColumnDomain::Years,
                },
            })
            .collect();
        let root = rule.root.as_ref().map(|root| {
            let node = self.node(root, 0);
            (self.fresh(), node)
        });
        let policy = self.policy;
        let (scope, basis, closure) = match (&policy.root, &root) {
            (Some(over), Some((slot, _))) => (
                over.scope.as_ref().map(|e| self.over_root(e, *slot)),
                over.basis.as_ref().map(|e| self.over_root(e, *slot)),
                over.closure.as_ref().map(|e| self.over_root(e, *slot)),
            ),
            (Some(_) | None, _) => (None, None, None),
        };
        let group = rule.group.as_ref().map(|e| self.node(e, 0));
        let conditions = rule.conditions.iter().map(|e| self.node(e, 0)).collect();
        let exemptions = rule.exemptions.iter().map(|e| self.node(e, 0)).collect();
        let read_at = rule.read_at.as_ref().map(|e| self.node(e, 0));
        let duties = rule
            .duties
            .iter()
            .map(|duty| PlanDuty {
                words: describe::duty(&duty.shape, policy),
                shape: self.shape(&duty.shape),
                span: duty.span,
            })
            .collect();
        PlanRule {
            id: rule.id.clone(),
            title: rule.title.clone(),
            citation: rule.citation.clone(),
            document: rule.document.clone(),
            liability: rule.liability.clone(),
            tags: rule.tags.clone(),
            severity: rule.severity,
            effective: rule.effective,
            repealed: rule.repealed,
            first_version: true,
            last_version: true,
            columns,
            slots: self.next,
            root,
            scope,
            basis,
            closure,
            group,
            conditions,
            exemptions,
            read_at,
            duties,
            span: rule.span,
        }
    }

    /// An expression of the root: its slot 0 is the root entity's slot, its others are fresh.
    fn over_root(&mut self, expr: &Expr, root: usize) -> Node {
        let base = self.next;
        self.next += self.policy.root.as_ref().map_or(0, |root| root.slots);
        let body = self.node(expr, base);
        Node::Let { bindings: vec![(base, Node::Slot(root))], body: Box::new(body) }
    }

    fn uses_list(&mut self, index: usize) {
        if let Some(probes) = &mut self.probes {
            probes.list(index, self.policy);
        }
    }

    fn uses_parameter(&mut self, index: usize) {
        if let Some(probes) = &mut self.probes {
            probes.parameter(index, self.policy);
        }
    }

    /// The node of a clause, in a probe when compiling for coverage.
    fn clause(&mut self, kind: ClauseKind, span: Span, name: &str, expr: &Expr, base: usize) -> Node {
        let number = self.probes.as_mut().map(|probes| probes.number(kind, span, name));
        let node = self.node(expr, base);
        match number {
            Some(number) => Node::Probe(number, Box::new(node)),
            None => node,
        }
    }

    fn alternative(&mut self, expr: &Expr, base: usize) -> Node {
        let Expr::At(span, of) = expr else { return self.node(expr, base) };
        self.clause(ClauseKind::Alternative, *span, "", of, base)
    }

    fn limit(&mut self, limit: &Limit) -> PlanLimit {
        match limit {
            Limit::Fixed(limit) => PlanLimit::Fixed(*limit),
            Limit::Parameter { index, include_start, no_roll } => {
                self.uses_parameter(*index);
                PlanLimit::Parameter { index: *index, include_start: *include_start, no_roll: *no_roll }
            }
        }
    }

    fn shape(&mut self, shape: &Shape) -> PlanShape {
        match shape {
            Shape::Response { trigger, slot, each, limit, requirement, after } => PlanShape::Response {
                trigger: self.node(trigger, 0),
                slot: slot.0,
                each: *each,
                limit: self.limit(limit),
                requirement: self.node(requirement, 0),
                after: *after,
            },
            Shape::Precedence { later, slot, same_day, requirement, owner } => PlanShape::Precedence {
                later: self.node(later, 0),
                slot: slot.0,
                same_day: *same_day,
                requirement: self.node(requirement, 0),
                owner: owner.as_ref().map(|owner| self.node(owner, 0)),
            },
            Shape::Absence { reference, forbidden } => PlanShape::Absence {
                reference: reference.as_ref().map(|r| (r.direction, self.node(&r.event, 0))),
                forbidden: self.query(forbidden, 0),
            },
            Shape::EventCondition { cases } => PlanShape::EventCondition {
                cases: cases
                    .iter()
                    .map(|case| (self.query(&case.events, 0), self.node(&case.condition, 0)))
                    .collect(),
            },
            Shape::EntityCondition { condition } => {
                PlanShape::EntityCondition { condition: self.node(condition, 0) }
            }
            Shape::Cardinality { counted, window, op, bound } => {
                let (counted, root) = match counted {
                    Counted::Entities { query, dated_by, root } => (
                        CountedNode::Entities {
                            query: self.query(query, 0),
                            dated_by: dated_by.as_ref().map(|e| self.node(e, 0)),
                        },
                        root,
                    ),
                    Counted::Events { query, root } => {
                        (CountedNode::Events { query: self.query(query, 0) }, root)
                    }
                    Counted::Days { query, root } => {
                        (CountedNode::Days { query: self.query(query, 0) }, root)
                    }
                };
                let root = root.as_ref().map(|path| {
                    let path = self.node(path, 0);
                    let slot = self.fresh();
                    let policy = self.policy;
                    let scope = policy.root.as_ref().and_then(|root| root.scope.as_ref());
                    let scope = scope.map(|scope| self.over_root(scope, slot));
                    (slot, path, scope)
                });
                let (side, shift) = match op {
                    CompareOp::AtLeast => (BoundSide::Lower, 0),
                    CompareOp::Greater | CompareOp::After => (BoundSide::Lower, 1),
                    CompareOp::AtMost => (BoundSide::Upper, 0),
                    CompareOp::Less | CompareOp::Before => (BoundSide::Upper, -1),
                    CompareOp::Equal | CompareOp::NotEqual => (BoundSide::Both, 0),
                };
                let bound = match bound {
                    Bound::Fixed(n) => PlanBound::Fixed(*n),
                    Bound::Parameter(index) => {
                        self.uses_parameter(*index);
                        PlanBound::Parameter(*index)
                    }
                };
                PlanShape::Cardinality { counted, root, window: *window, side, bound, shift }
            }
            Shape::DueAtClosure { given, requirement } => PlanShape::DueAtClosure {
                given: given.as_ref().map(|e| self.node(e, 0)),
                requirement: self.node(requirement, 0),
            },
            Shape::DueOnDate { date, inclusive, roll, requirement } => PlanShape::DueOnDate {
                date: self.node(date, 0),
                inclusive: *inclusive,
                roll: *roll,
                requirement: self.node(requirement, 0),
            },
        }
    }

    fn literal(&mut self, literal: &Literal) -> Node {
        match literal {
            Literal::Bool(value) => Node::Bool(*value),
            Literal::Number(number) => Node::Number(*number),
            Literal::Text(text) => Node::Text(self.text(text)),
            Literal::Date(date) => Node::Date(*date),
        }
    }

    fn boxed(&mut self, expr: &Expr, base: usize) -> Box<Node> {
        Box::new(self.node(expr, base))
    }

    fn all(&mut self, list: &[Expr], base: usize) -> Vec<Node> {
        list.iter().map(|expr| self.node(expr, base)).collect()
    }

    /// `base`: added to every slot number of the expression.
    fn node(&mut self, expr: &Expr, base: usize) -> Node {
        match expr {
            Expr::Literal(literal) => self.literal(literal),
            Expr::Slot(Slot(at)) => Node::Slot(at + base),
            Expr::Today => Node::Today,
            Expr::Field(owner, field) => {
                let read = self.read(*field);
                Node::Field(self.boxed(owner, base), read)
            }
            Expr::Query(query) => Node::Query(self.query(query, base)),
            Expr::Pick(pick, query) => Node::Pick(*pick, self.query(query, base)),
            Expr::Earliest { key, paths } => Node::Earliest {
                key: self.boxed(key, base),
                indexes: paths
                    .iter()
                    .map(|(id, path)| self.index(Source::Events(*id), path.clone()))
                    .collect(),
            },
            Expr::MomentOf(of) => Node::MomentOf(self.boxed(of, base)),
            Expr::DateOf(of) => Node::DateOf(self.boxed(of, base)),
            Expr::YearOf(of) => Node::YearOf(self.boxed(of, base)),
            Expr::MonthDay { year, month, day } => {
                Node::MonthDay { year: self.boxed(year, base), month: *month, day: *day }
            }
            Expr::Size(of) => Node::Size(self.boxed(of, base)),
            Expr::Dates(of) => Node::Dates(self.boxed(of, base)),
            Expr::Number(op, l, r) => Node::Arithmetic(*op, self.boxed(l, base), self.boxed(r, base)),
            Expr::Set(op, l, r) => Node::Set(*op, self.boxed(l, base), self.boxed(r, base)),
            Expr::OrElse(list) => {
                Node::OrElse(list.iter().map(|part| self.alternative(part, base)).collect())
            }
            Expr::Compare(op, l, r) => Node::Compare(*op, self.boxed(l, base), self.boxed(r, base)),
            Expr::In(l, r) => self.inside(l, r, base),
            Expr::Listed(of, list) => {
                self.uses_list(*list);
                Node::Listed(self.boxed(of, base), *list)
            }
            Expr::Contains(l, r) => Node::Contains(self.boxed(l, base), self.boxed(r, base)),
            Expr::SetEqual(l, r) => Node::SetEqual(self.boxed(l, base), self.boxed(r, base)),
            Expr::Present(of) => Node::Present(self.boxed(of, base)),
            Expr::Not(of) => Node::Not(self.boxed(of, base)),
            Expr::And(list) => Node::And(self.all(list, base)),
            Expr::Or(list) => Node::Or(self.all(list, base)),
            Expr::Every { set, element, body } => Node::Every {
                set: self.boxed(set, base),
                element: element.0 + base,
                body: self.boxed(body, base),
            },
            Expr::Call { definition, arguments } => self.call(*definition, arguments, base),
            Expr::Function(function, of) => Node::Function(*function, self.boxed(of, base)),
            Expr::At(span, of) => self.clause(ClauseKind::Condition, *span, "", of, base),
        }
    }

    /// An inlined definition: its parameters become fresh slots.
    fn call(&mut self, definition: usize, arguments: &[Expr], base: usize) -> Node {
        let values = self.all(arguments, base);
        let policy = self.policy;
        let Some(definition) = policy.definitions.get(definition) else { return Node::Bool(false) };
        let start = self.next;
        self.next += definition.slots;
        let name = format!("定义「{}」", definition.name);
        let body = self.clause(ClauseKind::Definition, definition.span, &name, &definition.body, start);
        Node::Let { bindings: (start..).zip(values).collect(), body: Box::new(body) }
    }

    /// `x 属于 事件们.角色`: an index on the role finds x's events directly, instead of listing everyone's.
    fn inside(&mut self, left: &Expr, right: &Expr, base: usize) -> Node {
        let l = self.node(left, base);
        let r = self.node(right, base);
        if !l.is_set()
            && let Node::Field(owner, role) = &r
            && let Node::Query(all) = owner.as_ref()
            && let (Source::Events(_), CellKind::Entity(_)) = (all.source, role.kind)
        {
            let holder = match all.source {
                Source::Events(id) => Holder::Event(id),
                Source::Entities(id) => Holder::Entity(id),
            };
            let index = self.index(all.source, vec![Step { holder, id: role.field }]);
            let slot = self.fresh();
            let mut hits = all.clone();
            hits.lookups.push(Lookup { any: vec![(index, Node::Slot(slot))], open: false });
            return Node::NamedIn { left: Box::new(l), slot, hits, all: all.clone(), role: role.clone() };
        }
        Node::In(Box::new(l), Box::new(r))
    }

    fn read(&mut self, field: Field) -> FieldRead {
        let policy = self.policy;
        let (source, declared) = match field.holder {
            Holder::Entity(id) => (Source::Entities(id), policy.vocabulary.entity(id).field(field.id)),
            Holder::Event(id) => (Source::Events(id), policy.vocabulary.event(id).field(field.id)),
        };
        let free = declared.kind == FieldKind::Text;
        let kind = match declared.kind {
            FieldKind::Text | FieldKind::Enum(_) => CellKind::Text,
            FieldKind::Number => CellKind::Number,
            FieldKind::Bool => CellKind::Bool,
            FieldKind::Date => CellKind::Date,
            FieldKind::Entity(id) => CellKind::Entity(id),
        };
        let default = declared.default.as_ref().map(|default| {
            Box::new(match default {
                Default::Bool(value) => Node::Bool(*value),
                Default::Word(word) => Node::Text(self.text(word)),
            })
        });
        FieldRead {
            source,
            field: field.id,
            kind,
            many: declared.many,
            free,
            latest: declared.latest,
            default,
        }
    }

    fn query(&mut self, query: &Query, base: usize) -> QueryNode {
        let source = source(query.kind);
        let element = query.element.0 + base;
        let mut lookups: Vec<Lookup> = Vec::new();
        for anchor in &query.anchors {
            let key = self.node(&anchor.key, base);
            let index = self.index(source, anchor.path.clone());
            lookups.push(Lookup { any: vec![(index, key)], open: false });
        }
        let filter = query.filter.as_ref().map(|filter| self.boxed(filter, base));
        if let Some(filter) = filter.as_ref().filter(|_| self.probes.is_none()) {
            let conjuncts = if let Node::And(list) = filter.as_ref() {
                list.as_slice()
            } else {
                std::slice::from_ref(filter.as_ref())
            };
            for conjunct in conjuncts {
                if let Some(any) = self.indexable(conjunct, element) {
                    lookups.push(Lookup { any, open: true });
                }
            }
        }
        QueryNode { source, lookups, element, filter }
    }

    /// A filter that an index answers: `关系 为/含 X`, or several of those joined by 或者.
    #[expect(clippy::wildcard_enum_match_arm, reason = "no other filter has an index")]
    fn indexable(&mut self, filter: &Node, element: usize) -> Option<Vec<(usize, Node)>> {
        let (left, right) = match filter {
            Node::Or(list) => {
                let parts: Vec<Vec<(usize, Node)>> =
                    list.iter().map(|part| self.indexable(part, element)).collect::<Option<_>>()?;
                return Some(parts.into_iter().flatten().collect());
            }
            Node::Compare(CompareOp::Equal, left, right) | Node::Contains(left, right) => (left, right),
            _ => return None,
        };
        let (Node::Field(owner, read), key) = (left.as_ref(), right.as_ref()) else { return None };
        if **owner != Node::Slot(element) || key.reads(element) || key.is_set() {
            return None;
        }
        let CellKind::Entity(_) = read.kind else { return None };
        let holder = match read.source {
            Source::Events(id) => Holder::Event(id),
            Source::Entities(id) => Holder::Entity(id),
        };
        let index = self.index(read.source, vec![Step { holder, id: read.field }]);
        Some(vec![(index, key.clone())])
    }
}
