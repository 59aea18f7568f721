//! Syntax trees → [`Policy`]: composition, names, types, units. One pass, one file.
//! Takes parsed rule sets; gives a policy only when nothing is wrong, and always every problem.
//! Does not read files and does not know any history.

mod compose;
mod duty;
mod environment;
mod expression;
mod paths;
mod problem;
mod rule;
mod substitute;
mod tables;
mod vocabulary;

use crate::diagnostic::{self, Diagnostic};
use crate::policy::Policy;
use crate::syntax::ast::{PolicyClause, RuleFile};

pub use compose::{ComposedRule, Composition, Filled, RepealedRule};
pub use problem::{Problem, Wanted};

/// One rule set as parsed: all files of its folder.
#[derive(Clone, Debug)]
pub struct RuleSet {
    pub name: String,
    pub files: Vec<RuleFile>,
}

/// The rule sets at hand: the one to analyze and all it inherits from or uses.
#[derive(Clone, Debug, Default)]
pub struct Library {
    pub sets: Vec<RuleSet>,
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
        crate::syntax::ast::BlockKind::Policy(policy) => Some(policy.name.text.as_str()),
        crate::syntax::ast::BlockKind::Entity(_)
        | crate::syntax::ast::BlockKind::Event(_)
        | crate::syntax::ast::BlockKind::Parameter(_)
        | crate::syntax::ast::BlockKind::List(_)
        | crate::syntax::ast::BlockKind::CodeTable(_)
        | crate::syntax::ast::BlockKind::Definition(_)
        | crate::syntax::ast::BlockKind::Template(_)
        | crate::syntax::ast::BlockKind::Rule(_)
        | crate::syntax::ast::BlockKind::Amend(_)
        | crate::syntax::ast::BlockKind::Repeal(_) => None,
    })
}

/// Names of the rule sets that files inherit from or use, as written.
pub fn dependencies(files: &[RuleFile]) -> Vec<String> {
    let mut names = Vec::new();
    for block in files.iter().flat_map(|file| &file.blocks) {
        if let crate::syntax::ast::BlockKind::Policy(policy) = &block.kind {
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
    let mut problems = Vec::new();
    let composition = compose::compose(library, name, &mut problems);
    let policy = composition.as_ref().and_then(|composition| rule::build(composition, &mut problems));
    let mut problems: Vec<Diagnostic> = problems.iter().map(Problem::diagnostic).collect();
    diagnostic::sort(&mut problems);
    problems.dedup();
    let sound = !problems.iter().any(Diagnostic::is_error);
    Analysis { policy: policy.filter(|_| sound), composition, problems }
}
