//! A checked rule set: every name resolved, every type and unit known. Only data.
//! Made by `analyze` when the rules have no error; read by `plan`. Knows no text of rules beyond
//! what reports quote, and no history.

mod expr;
mod shape;

use chrono::NaiveDate;

use crate::calendar::TimeLimit;
use crate::source::Span;
use crate::vocabulary::{EntityTypeId, Vocabulary};

pub use expr::{
    Anchor, CompareOp, Expr, Field, Function, Holder, Literal, NumberOp, Pick, Query, QueryKind, SetOp, Slot,
    Step, Type,
};
pub use shape::{Bound, Counted, Direction, Duty, EventCase, Limit, Reference, Shape, Window};

/// 规则集 after composition with everything it inherits.
#[derive(Clone, Debug)]
pub struct Policy {
    pub name: String,
    /// 名称: the full title of the regulation.
    pub title: Option<String>,
    /// 文号.
    pub number: Option<String>,
    /// 施行: first day (inclusive) whose events it governs.
    pub effective: Option<NaiveDate>,
    /// 废止: first day it no longer governs.
    pub repealed: Option<NaiveDate>,
    pub vocabulary: Vocabulary,
    /// 适用, 起始, 结案 speak of this entity type.
    pub root: Option<Root>,
    pub parameters: Vec<Parameter>,
    pub lists: Vec<NameList>,
    pub definitions: Vec<Definition>,
    /// In order of the composed text.
    pub rules: Vec<Rule>,
    /// Column name of the sums by group (部门), if 汇总 is declared.
    pub group_name: Option<String>,
}

/// What 适用, 起始 and 结案 say, as expressions over one entity in slot 0.
#[derive(Clone, Debug)]
pub struct Root {
    pub kind: EntityTypeId,
    /// 适用: true = in scope.
    pub scope: Option<Expr>,
    /// 起始: the event whose date decides 施行 for duties without a trigger, and the year for counts.
    pub basis: Option<Expr>,
    /// 结案: the event that closes it.
    pub closure: Option<Expr>,
    pub slots: usize,
}

/// 参数. A value holds from its date (inclusive) until the next one's.
#[derive(Clone, Debug)]
pub struct Parameter {
    pub name: String,
    pub kind: ParameterKind,
    /// In date order; the first has no date.
    pub values: Vec<(Option<NaiveDate>, Option<ParameterValue>)>,
    pub span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterKind {
    /// 期限
    Limit,
    /// 次数
    Number,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterValue {
    Limit(TimeLimit),
    Number(u32),
}

/// 名单 or 代码表: entries with all the words that mean them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameList {
    pub name: String,
    /// Entity type the entries name, if they name entities.
    pub of: Option<EntityTypeId>,
    pub entries: Vec<Entry>,
    pub span: Span,
}

/// One entry: the word shown, and every spelling accepted (code, text, synonyms; the shown word included).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub name: String,
    pub words: Vec<String>,
    pub span: Span,
}

/// 定义: a body over its parameters (slots `0..parameters`).
#[derive(Clone, Debug)]
pub struct Definition {
    pub name: String,
    pub parameters: Vec<(String, Type)>,
    pub body: Expr,
    /// Number of slots the body uses, parameters included.
    pub slots: usize,
    pub span: Span,
}

/// 强度 of wording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    Error,
    Warning,
    Advice,
}

/// One rule, one ledger line.
#[derive(Clone, Debug)]
pub struct Rule {
    pub id: String,
    pub title: String,
    /// 依据, as written.
    pub citation: String,
    /// 文号 of the regulation the 依据 belongs to.
    pub document: Option<String>,
    /// 要点
    pub gist: Option<String>,
    /// 责任
    pub liability: Option<String>,
    pub tags: Vec<String>,
    pub severity: Severity,
    /// Rule's own 施行 / 废止, besides the policy's.
    pub effective: Option<NaiveDate>,
    pub repealed: Option<NaiveDate>,
    /// Slots `0..binders.len()` are the subject columns.
    pub binders: Vec<Binder>,
    /// The root entity (see [`Root`]) of a subject, if it can be reached.
    pub root: Option<Expr>,
    /// Who the finding counts for in sums by group.
    pub group: Option<Expr>,
    pub conditions: Vec<Expr>,
    pub exemptions: Vec<Expr>,
    /// 取值日: the event on whose date attributes are read.
    pub read_at: Option<Expr>,
    /// Several duties must all be met; the first one broken is reported.
    pub duties: Vec<Duty>,
    /// Number of slots its expressions use.
    pub slots: usize,
    /// Rule set it comes from.
    pub origin: String,
    pub span: Span,
}

/// One subject column.
#[derive(Clone, Debug)]
pub struct Binder {
    /// Column name in `subject`.
    pub name: String,
    pub domain: Domain,
}

#[derive(Clone, Debug)]
pub enum Domain {
    /// Every entity of a type.
    All(EntityTypeId),
    /// Every element of a set over the columns before it.
    Set(EntityTypeId, Expr),
    /// Every entry of a list: the entity it names, or its name alone. Index into [`Policy::lists`].
    List(EntityTypeId, usize),
    /// Every year to be judged.
    Years,
}
