//! The clauses of a rule set that coverage asks about: conditions and their operands, alternatives,
//! definitions, list entries, parameter values. A plan compiled with probes numbers them; evaluation
//! notes what each came to. Clauses no rule reaches are not numbered: they are lint's business.

use std::collections::BTreeMap;

use crate::policy::Policy;
use crate::source::Span;

/// What a clause must have come to, to count as covered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ClauseKind {
    /// 情形、除外、且或者的一支、筛选: both true and false.
    Condition,
    /// 没有则的一支: it gave the value.
    Alternative,
    /// 定义: it was used.
    Definition,
    /// 名单、代码表的一项: some value was this one.
    Entry,
    /// 参数 (one dated value of it): it was asked for.
    Parameter,
}

/// One clause and its place in the rule file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clause {
    pub kind: ClauseKind,
    pub span: Span,
    /// 定义「直接形成」; empty when the text at the place says it all.
    pub name: String,
}

/// All clauses of a probed plan; a clause's number is its index.
#[derive(Clone, Debug, Default)]
pub struct Probes {
    pub clauses: Vec<Clause>,
    /// For each list of the plan: the number of its first entry.
    pub lists: Vec<Option<usize>>,
    /// For each parameter of the plan: the number of its first value.
    pub parameters: Vec<Option<usize>>,
    known: BTreeMap<(Span, ClauseKind), usize>,
}

impl Probes {
    pub(super) fn new(policy: &Policy) -> Self {
        Self {
            lists: vec![None; policy.lists.len()],
            parameters: vec![None; policy.parameters.len()],
            ..Self::default()
        }
    }

    /// The number of a clause; the same place asked for by several rules is one clause.
    pub(super) fn number(&mut self, kind: ClauseKind, span: Span, name: &str) -> usize {
        let next = self.clauses.len();
        let number = *self.known.entry((span, kind)).or_insert(next);
        if number == next {
            self.clauses.push(Clause { kind, span, name: name.to_owned() });
        }
        number
    }

    pub(super) fn list(&mut self, index: usize, policy: &Policy) {
        let (Some(list), Some(first)) = (policy.lists.get(index), self.lists.get_mut(index)) else { return };
        if first.is_none() {
            *first = Some(self.clauses.len());
            self.clauses.extend(list.entries.iter().map(|entry| Clause {
                kind: ClauseKind::Entry,
                span: entry.span,
                name: format!("「{}」里的「{}」", list.name, entry.name),
            }));
        }
    }

    pub(super) fn parameter(&mut self, index: usize, policy: &Policy) {
        let (Some(parameter), Some(first)) = (policy.parameters.get(index), self.parameters.get_mut(index))
        else {
            return;
        };
        if first.is_none() {
            *first = Some(self.clauses.len());
            self.clauses.extend(parameter.values.iter().map(|(from, _)| Clause {
                kind: ClauseKind::Parameter,
                span: parameter.span,
                name: match from {
                    Some(from) => format!("参数「{}」自 {from} 起的值", parameter.name),
                    None => format!("参数「{}」", parameter.name),
                },
            }));
        }
    }
}
