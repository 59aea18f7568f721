//! Syntax trees → [`Policy`]: composition, names, types, units. One pass, one file.
//! Takes parsed rule sets; gives a policy only when nothing is wrong, and always every problem.
//! Does not read files and does not know any history.

mod compose;
mod composition;
mod duty;
mod environment;
mod expression;
mod paths;
mod problem;
mod rule;
mod substitute;
mod tables;
mod vocabulary;

use std::collections::BTreeSet;

use crate::diagnostic::{self, Diagnostic};
use crate::policy::Policy;
use crate::source::{SourceMap, Span};
use crate::syntax::ast::{BlockKind, PolicyClause, RuleFile};

pub use composition::{Amended, ComposedRule, Composition, Filled, RepealedRule};
pub use problem::{Problem, Wanted};

/// One rule set as parsed: all files of its folder.
#[derive(Clone, Debug)]
pub struct RuleSet {
    pub name: String,
    pub files: Vec<RuleFile>,
    /// It has no 规则集 block, or that or a part of its vocabulary could not be read: whatever else seems
    /// wrong may only follow from that.
    pub groundless: bool,
    /// Lines with a syntax error: a name that stands there may have been meant to be declared there.
    pub faulty: Vec<String>,
}

impl RuleSet {
    /// Parsed files with their syntax problems. Blocks that hold an error are set aside, so that neither
    /// what is missing in them nor the use of their names is reported as well.
    pub fn new(name: String, mut files: Vec<RuleFile>, problems: &[Diagnostic], sources: &SourceMap) -> Self {
        let errors: Vec<Span> =
            problems.iter().filter(|problem| problem.is_error()).filter_map(Diagnostic::primary).collect();
        let mut groundless = declared_name(&files).is_none();
        for file in &mut files {
            let holds_error = |span: Span| {
                errors.iter().any(|at| at.file == span.file && span.start <= at.start && at.start <= span.end)
            };
            let blocks = std::mem::take(&mut file.blocks);
            for block in blocks {
                if !holds_error(block.span) {
                    file.blocks.push(block);
                    continue;
                }
                match &block.kind {
                    BlockKind::Policy(_) | BlockKind::Entity(_) | BlockKind::Event(_) => {
                        groundless = true;
                        // 名称要留着：别的规则集靠它找到这一个。
                        file.blocks.push(block);
                    }
                    BlockKind::Parameter(parameter) => file.broken.push(parameter.name.clone()),
                    BlockKind::List(list) => file.broken.push(list.name.clone()),
                    BlockKind::CodeTable(table) => file.broken.push(table.name.clone()),
                    BlockKind::Definition(definition) => file.broken.push(definition.name.clone()),
                    BlockKind::Template(template) => file.broken.push(template.name.clone()),
                    BlockKind::Rule(rule) => file.broken.push(rule.id.clone()),
                    BlockKind::Amend(_) | BlockKind::Repeal(_) => {}
                }
            }
        }
        let faulty = errors.iter().map(|at| line(sources, *at)).collect();
        Self { name, files, groundless, faulty }
    }
}

/// The line a place begins on.
fn line(sources: &SourceMap, at: Span) -> String {
    let text = sources.file(at.file).text();
    let (before, after) = text.split_at_checked(at.start).unwrap_or((text, ""));
    let head = before.rsplit('\n').next().unwrap_or("");
    let tail = after.split('\n').next().unwrap_or("");
    format!("{head}{tail}")
}

/// The rule sets at hand: the one to analyze and all it inherits from or uses.
#[derive(Clone, Debug, Default)]
pub struct Library {
    pub sets: Vec<RuleSet>,
    /// Names of further rule sets that could have been asked for, to suggest.
    pub known: Vec<String>,
}

impl Library {
    pub fn get(&self, name: &str) -> Option<&RuleSet> {
        self.sets.iter().find(|set| set.name == name)
    }
}

/// What analysis gives: the composed text always (for `show`), the policy when sound.
#[derive(Debug)]
pub struct Analysis {
    pub policy: Option<Policy>,
    pub composition: Option<Composition>,
    /// In place order; warnings too.
    pub problems: Vec<Diagnostic>,
}

/// The name a rule set's files give it, if they do.
pub fn declared_name(files: &[RuleFile]) -> Option<&str> {
    files.iter().flat_map(|file| &file.blocks).find_map(|block| match &block.kind {
        BlockKind::Policy(policy) => Some(policy.name.text.as_str()),
        BlockKind::Entity(_)
        | BlockKind::Event(_)
        | BlockKind::Parameter(_)
        | BlockKind::List(_)
        | BlockKind::CodeTable(_)
        | BlockKind::Definition(_)
        | BlockKind::Template(_)
        | BlockKind::Rule(_)
        | BlockKind::Amend(_)
        | BlockKind::Repeal(_) => None,
    })
}

/// Names of the rule sets that files inherit from or use, as written.
pub fn dependencies(files: &[RuleFile]) -> Vec<String> {
    let mut names = Vec::new();
    for block in files.iter().flat_map(|file| &file.blocks) {
        if let BlockKind::Policy(policy) = &block.kind {
            for clause in &policy.clauses {
                if let PolicyClause::Inherit(list) | PolicyClause::Use(list) = &clause.kind {
                    names.extend(list.iter().map(|name| name.text.clone()));
                }
            }
        }
    }
    names
}

/// Analyzes the rule set `name` of the library.
pub fn analyze(library: &Library, name: &str) -> Analysis {
    if library.sets.iter().any(|set| set.groundless) {
        return Analysis { policy: None, composition: None, problems: Vec::new() };
    }
    let mut problems = Vec::new();
    let composition = compose::compose(library, name, &mut problems);
    if problems.iter().any(Problem::hides_others) {
        problems.retain(Problem::hides_others);
        let problems = diagnostics(&problems);
        return Analysis { policy: None, composition, problems };
    }
    let policy = composition.as_ref().and_then(|composition| rule::build(composition, &mut problems));
    let files = library.sets.iter().flat_map(|set| &set.files);
    let broken: BTreeSet<&str> = files.flat_map(|file| &file.broken).map(|name| name.text.as_str()).collect();
    let faulty: Vec<&String> = library.sets.iter().flat_map(|set| &set.faulty).collect();
    let follows = |name: &str| broken.contains(name) || faulty.iter().any(|line| line.contains(name));
    problems.retain(|problem| !problem.unknown_name().is_some_and(follows));
    let problems = diagnostics(&problems);
    let sound = broken.is_empty() && faulty.is_empty() && !problems.iter().any(Diagnostic::is_error);
    Analysis { policy: policy.filter(|_| sound), composition, problems }
}

/// In place order; a template or definition used twice says the same thing twice, once is enough.
fn diagnostics(problems: &[Problem]) -> Vec<Diagnostic> {
    let mut problems: Vec<Diagnostic> = problems.iter().map(Problem::diagnostic).collect();
    diagnostic::sort(&mut problems);
    problems.dedup();
    problems
}
