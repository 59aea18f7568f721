//! Doubts about rules that can be used: what can never apply, never be met, says a thing twice, or falls
//! behind its superior. Takes an analyzed rule set; gives warnings, never errors, in one order.
//! Certain or silent: a check that cannot tell says nothing. Reads no history and no clock.

mod checks;
mod contrast;
mod length;
mod logic;
mod model;
mod names;
mod network;
mod normal;
mod pages;
mod problem;

use std::cell::RefCell;

use chrono::NaiveDate;

use crate::analyze::{self, Analysis, Library};
use crate::calendar::Calendar;
use crate::diagnostic::{self, Diagnostic};
use crate::syntax::ast::{BlockKind, PolicyClause, RuleFile};

use model::Model;
use normal::Registry;

pub use pages::{PAGES, title};
pub use problem::Problem;

/// What is to be looked at.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    pub name: &'a str,
    pub analysis: &'a Analysis,
    /// The rule set and everything it inherits from or uses, as parsed.
    pub library: &'a Library,
}

/// What the doubts depend on besides the rules.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    pub today: NaiveDate,
    pub calendar: &'a Calendar,
    /// The rule set this one must not fall behind; without one, those it inherits from.
    pub upper: Option<Input<'a>>,
}

/// One rule set as the checks get it.
struct Context<'m, 'p> {
    model: &'m Model<'p>,
    /// The files of the rule set itself.
    own: &'m [RuleFile],
    library: &'m Library,
    today: NaiveDate,
}

/// Looks for everything doubtful; in place order. Nothing for a rule set with errors.
pub fn lint(input: &Input<'_>, options: &Options<'_>) -> Vec<Diagnostic> {
    let (Some(policy), Some(composition)) = (&input.analysis.policy, &input.analysis.composition) else {
        return Vec::new();
    };
    let registry = RefCell::new(Registry::default());
    let model = Model::new(policy, composition, options.calendar, &registry);
    let own = input.library.get(input.name).map(|set| set.files.as_slice()).unwrap_or_default();
    let context = Context { model: &model, own, library: input.library, today: options.today };
    let mut problems: Vec<Problem> = checks::ALL.iter().flat_map(|check| check(&context)).collect();
    let inherited: Vec<(String, Analysis)> = match options.upper {
        Some(_) => Vec::new(),
        None => parents(own)
            .into_iter()
            .map(|name| {
                let analysis = analyze::analyze(input.library, &name);
                (name, analysis)
            })
            .collect(),
    };
    let uppers = options.upper.into_iter().map(|upper| (upper.name, upper.analysis));
    let uppers = uppers.chain(inherited.iter().map(|(name, analysis)| (name.as_str(), analysis)));
    for (name, analysis) in uppers {
        if let (Some(policy), Some(composition)) = (&analysis.policy, &analysis.composition) {
            let upper = Model::new(policy, composition, options.calendar, &registry);
            problems.extend(checks::looser(&context, name, &upper));
        }
    }
    let mut diagnostics: Vec<Diagnostic> = problems.iter().map(Problem::diagnostic).collect();
    diagnostic::sort(&mut diagnostics);
    diagnostics.dedup();
    diagnostics
}

/// Rule sets that files inherit from.
fn parents(files: &[RuleFile]) -> Vec<String> {
    let mut names = Vec::new();
    for block in files.iter().flat_map(|file| &file.blocks) {
        let BlockKind::Policy(policy) = &block.kind else { continue };
        for clause in &policy.clauses {
            if let PolicyClause::Inherit(list) = &clause.kind {
                names.extend(list.iter().map(|name| name.text.clone()));
            }
        }
    }
    names
}
