//! A composed rule set: the text that holds after inheritance and amendments, and where each part comes from.
//! Only data. Made by `compose`; read by the rest of `analyze`, and by `show` and `explain`.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::source::Span;
use crate::syntax::ast::{
    CodeTableBlock, DefinitionBlock, Expr, ListBlock, Name, ParameterBlock, RuleBlock, TemplateBlock, Text,
    TypeBlock,
};

/// A rule after templates and amendments, and the rule set that wrote it.
#[derive(Clone, Debug)]
pub struct ComposedRule {
    pub block: RuleBlock,
    /// The rule set that wrote it.
    pub origin: String,
    /// 施行 / 废止 of that rule set.
    pub effective: Option<NaiveDate>,
    pub repealed: Option<NaiveDate>,
    /// 文号 its 依据 belongs to: of the rule set that wrote it, or of the one that amended its 依据.
    pub document: Option<String>,
    /// Who amended it.
    pub amended: Vec<Amended>,
    /// A template it uses could not be filled in; that was reported.
    pub incomplete: bool,
    /// Templates it was filled from: where the template stands, and what stands in each hole.
    pub filled: Vec<Filled>,
}

/// One 改: by which rule set, why, and where.
#[derive(Clone, Debug)]
pub struct Amended {
    pub by: String,
    pub reason: Option<String>,
    pub span: Span,
}

/// A use of a template.
#[derive(Clone, Debug)]
pub struct Filled {
    pub template: Name,
    /// The template's clauses, as written.
    pub places: Vec<Span>,
    /// Hole and the place of what fills it.
    pub holes: Vec<(String, Span)>,
}

/// A rule that was repealed, for `show`.
#[derive(Clone, Debug)]
pub struct RepealedRule {
    pub id: String,
    pub title: String,
    pub origin: String,
    pub by: String,
    pub reason: Option<String>,
}

/// One rule set with everything it inherits, as text.
#[derive(Clone, Debug, Default)]
pub struct Composition {
    pub name: String,
    pub title: Option<Text>,
    pub number: Option<Text>,
    pub effective: Option<NaiveDate>,
    pub repealed: Option<NaiveDate>,
    pub scope: Option<(Name, Expr)>,
    pub basis: Option<Expr>,
    pub closure: Option<Expr>,
    pub group: Option<Expr>,
    pub entities: Vec<TypeBlock>,
    pub events: Vec<TypeBlock>,
    pub parameters: Vec<ParameterBlock>,
    pub lists: Vec<ListBlock>,
    pub tables: Vec<CodeTableBlock>,
    pub definitions: Vec<DefinitionBlock>,
    pub templates: Vec<TemplateBlock>,
    pub rules: Vec<ComposedRule>,
    pub repeals: Vec<RepealedRule>,
    /// Where each (kind, name) was first written, and by which set.
    pub places: BTreeMap<(&'static str, String), (Span, String)>,
    /// Who amended parameters, lists, tables and definitions: by kind (参数, 名单 …) and name.
    pub amended: BTreeMap<(&'static str, String), Vec<Amended>>,
}
