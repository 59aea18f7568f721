//! A [`Policy`](crate::policy::Policy) made ready to run: calls inlined, names gone, every event and entity set with the
//! indexes that find it. Takes a policy; gives a [`Plan`] that can be printed. Cannot fail.

mod compile;
mod describe;
mod node;
mod print;
mod probe;

use chrono::NaiveDate;

use crate::calendar::TimeLimit;
use crate::policy::{Direction, ParameterKind, ParameterValue, Severity, Step, Window};
use crate::source::Span;
use crate::vocabulary::{EntityTypeId, Vocabulary};

pub use compile::{compile, compile_probed};
pub use node::{CellKind, FieldRead, Lookup, Node, QueryNode, Source};
pub use probe::{Clause, ClauseKind, Probes};

/// One way elements are found: all elements of `source` from which `path` leads to an entity.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct IndexKey {
    pub source: Source,
    pub path: Vec<Step>,
}

/// Everything the evaluator needs, and nothing it has to look up by name.
#[derive(Clone, Debug)]
pub struct Plan {
    pub policy_name: String,
    pub policy_number: Option<String>,
    pub vocabulary: Vocabulary,
    pub parameters: Vec<PlanParameter>,
    /// Word lists: for each entry the word shown and every spelling.
    pub lists: Vec<PlanList>,
    /// Texts that rules compare with.
    pub texts: Vec<String>,
    pub indexes: Vec<IndexKey>,
    pub root: Option<PlanRoot>,
    pub rules: Vec<PlanRule>,
    pub group_name: Option<String>,
}

impl Plan {
    /// The plan with the rules as they stood on a date, applied whatever the date of the events:
    /// rules not in force that day are gone, parameters have that day's value.
    #[must_use]
    pub fn as_it_stood_on(mut self, date: NaiveDate) -> Self {
        self.rules.retain(|rule| {
            rule.effective.is_none_or(|from| from <= date) && rule.repealed.is_none_or(|end| date < end)
        });
        for rule in &mut self.rules {
            rule.effective = None;
            rule.repealed = None;
            rule.first_version = true;
            rule.last_version = true;
        }
        for parameter in &mut self.parameters {
            parameter.values = vec![(None, parameter.on(date))];
        }
        self
    }
}

#[derive(Clone, Debug)]
pub struct PlanParameter {
    pub name: String,
    pub kind: ParameterKind,
    /// In date order; the first has no date.
    pub values: Vec<(Option<NaiveDate>, Option<ParameterValue>)>,
}

impl PlanParameter {
    /// The value in force on a date.
    pub fn on(&self, date: NaiveDate) -> Option<ParameterValue> {
        self.values
            .iter()
            .rev()
            .find(|(from, _)| from.is_none_or(|from| from <= date))
            .and_then(|(_, value)| *value)
    }
}

#[derive(Clone, Debug)]
pub struct PlanList {
    pub name: String,
    pub of: Option<EntityTypeId>,
    pub entries: Vec<crate::policy::Entry>,
}

/// 适用, 起始 (for finding years).
#[derive(Clone, Debug)]
pub struct PlanRoot {
    pub kind: EntityTypeId,
    pub slots: usize,
    pub scope: Option<Node>,
    /// The first alternative of 起始: an event.
    pub year_event: Option<Node>,
}

#[derive(Clone, Debug)]
pub struct PlanRule {
    pub id: String,
    pub title: String,
    pub citation: String,
    /// 文号 of the regulation the 依据 belongs to.
    pub document: Option<String>,
    pub liability: Option<String>,
    pub tags: Vec<String>,
    pub severity: Severity,
    pub effective: Option<NaiveDate>,
    pub repealed: Option<NaiveDate>,
    /// Among rules of the same id (versions, in date order): what lies before all of them is told by the
    /// first, what lies after all of them by the last.
    pub first_version: bool,
    pub last_version: bool,
    pub columns: Vec<Column>,
    pub slots: usize,
    /// Slot that holds the root entity, and how to get it from the subject.
    pub root: Option<(usize, Node)>,
    pub scope: Option<Node>,
    /// 起始 over the root slot.
    pub basis: Option<Node>,
    pub closure: Option<Node>,
    pub group: Option<Node>,
    pub conditions: Vec<Node>,
    pub exemptions: Vec<Node>,
    pub read_at: Option<Node>,
    pub duties: Vec<PlanDuty>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Column {
    pub name: String,
    pub domain: ColumnDomain,
}

#[derive(Clone, Debug)]
pub enum ColumnDomain {
    All(EntityTypeId),
    Set(EntityTypeId, Node),
    List(EntityTypeId, usize),
    Years,
}

#[derive(Clone, Debug)]
pub struct PlanDuty {
    pub shape: PlanShape,
    pub span: Span,
    /// What is required, in words: 公示结果; 对象签章 或者 拒签、注明原因.
    pub words: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlanLimit {
    Fixed(TimeLimit),
    Parameter { index: usize, include_start: bool, no_roll: bool },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlanBound {
    Fixed(u32),
    Parameter(usize),
}

/// How the number found is compared with the bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BoundSide {
    /// At least this many.
    Lower,
    /// At most this many.
    Upper,
    /// Exactly.
    Both,
}

#[derive(Clone, Debug)]
pub enum CountedNode {
    Entities { query: QueryNode, dated_by: Option<Node> },
    Events { query: QueryNode },
    Days { query: QueryNode },
}

#[derive(Clone, Debug)]
pub enum PlanShape {
    Response {
        trigger: Node,
        slot: usize,
        each: bool,
        limit: PlanLimit,
        requirement: Node,
        after: bool,
    },
    Precedence {
        later: Node,
        slot: usize,
        same_day: bool,
        requirement: Node,
        owner: Option<Node>,
    },
    Absence {
        reference: Option<(Direction, Node)>,
        forbidden: QueryNode,
    },
    EventCondition {
        cases: Vec<(QueryNode, Node)>,
    },
    EntityCondition {
        condition: Node,
    },
    Cardinality {
        counted: CountedNode,
        /// Slot for, and path to, the root entity of a counted element; scope over that slot.
        root: Option<(usize, Node, Option<Node>)>,
        window: Window,
        side: BoundSide,
        bound: PlanBound,
        /// Added to the bound: 多于 N = at least N + 1.
        shift: i64,
    },
    DueAtClosure {
        given: Option<Node>,
        requirement: Node,
    },
    DueOnDate {
        date: Node,
        inclusive: bool,
        roll: bool,
        requirement: Node,
    },
}
