//! Rule files changed one small piece at a time, to see whether case pages notice. Takes parsed rule sets
//! and pages that all come out as written; gives the changes no page noticed. A change nobody notices is a
//! case somebody should write, or a difference that makes none (`equivalent.yaml`).
//!
//! ```text
//! Library ─ block, expression ─▶ changes ─ analyze ─▶ Policy ─ fingerprint ─▶ rules touched ─ their pages ─▶ noticed?
//! ```
//!
//! Changes that analysis refuses, and those that touch no rule with a page, do not count.

mod block;
mod equivalent;
mod expression;
mod fingerprint;
mod variant;

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::analyze::{self, Library};
use crate::calendar::{Calendar, Unit};
use crate::cases::ReadyPage;
use crate::plan;
use crate::policy::Policy;
use crate::source::{SourceMap, Span};
use crate::syntax::ast::{Amendment, Block, BlockKind, ExprKind, ParameterBlock};
use variant::{Mutator, Variant};

pub use equivalent::{Equivalent, read_equivalents};

/// One change that no page noticed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Survivor {
    pub span: Span,
    /// Rule id, or the name of the definition, list, parameter … it is in.
    pub block: String,
    pub from: String,
    pub to: String,
    /// Rules whose pages were run.
    pub rules: Vec<String>,
}

impl Survivor {
    /// The change in words, as `equivalent.yaml` names it.
    pub fn change(&self) -> String {
        format!("{} → {}", self.from, self.to)
    }
}

/// What came of all changes.
#[derive(Clone, Debug, Default)]
pub struct Mutation {
    /// Changes that made sense and touched a rule with a page.
    pub tried: usize,
    /// Changes analysis refused, and changes that touched no such rule.
    pub refused: usize,
    pub untouched: usize,
    /// In order of place; those declared equivalent apart.
    pub survivors: Vec<Survivor>,
    pub equivalent: Vec<(Survivor, Equivalent)>,
    /// Declarations that matched nothing.
    pub unused: Vec<Equivalent>,
}

/// One change, ready to be made.
struct Job {
    set: usize,
    file: usize,
    block: usize,
    name: String,
    /// The only rule it can touch, if it is inside a rule.
    rule: Option<String>,
    variant: Variant<BlockKind>,
}

enum Fate {
    Refused,
    Untouched,
    Noticed,
    Survived(Vec<String>),
}

/// Makes every change to the rule set `name` and runs the pages of the rules it touches.
/// `policy` is the set as it is; the pages must come out as written under it.
pub fn mutate(
    sources: &SourceMap,
    library: &Library,
    name: &str,
    policy: &Policy,
    pages: &[ReadyPage],
    calendar: &Calendar,
    equivalents: &[Equivalent],
) -> Mutation {
    let mut by_rule: BTreeMap<&str, Vec<&ReadyPage>> = BTreeMap::new();
    for page in pages {
        by_rule.entry(&page.page.rule).or_default().push(page);
    }
    let before: BTreeMap<&str, u64> =
        by_rule.keys().filter_map(|id| Some((*id, fingerprint::of(policy, id)?))).collect();
    let jobs = jobs(sources, library);
    let fates: Vec<Fate> = jobs
        .par_iter()
        .map_init(
            || library.clone(),
            |library, job| {
                let Some(mutant) = analyzed(library, name, job) else { return Fate::Refused };
                let touched: Vec<&str> = before
                    .iter()
                    .filter(|(id, _)| job.rule.as_ref().is_none_or(|only| only == **id))
                    .filter(|(id, before)| fingerprint::of(&mutant, id) != Some(**before))
                    .map(|(id, _)| *id)
                    .collect();
                if touched.is_empty() {
                    return Fate::Untouched;
                }
                let noticed = touched.iter().any(|id| {
                    let Some(one) = fingerprint::only(&mutant, id) else { return true };
                    let plan = plan::compile(&one);
                    let pages = by_rule.get(id).map(Vec::as_slice).unwrap_or_default();
                    pages.iter().any(|page| page.first_failure(&plan, calendar).is_some())
                });
                if noticed {
                    Fate::Noticed
                } else {
                    Fate::Survived(touched.into_iter().map(str::to_owned).collect())
                }
            },
        )
        .collect();
    let mut result = Mutation::default();
    let mut used = BTreeSet::new();
    let mut survivors: Vec<Survivor> = Vec::new();
    for (job, fate) in jobs.into_iter().zip(fates) {
        match fate {
            Fate::Refused => result.refused += 1,
            Fate::Untouched => result.untouched += 1,
            Fate::Noticed => result.tried += 1,
            Fate::Survived(rules) => {
                result.tried += 1;
                let Variant { span, from, to, .. } = job.variant;
                survivors.push(Survivor { span, block: job.name, from, to, rules });
            }
        }
    }
    survivors.sort_by(|a, b| (a.span, &a.from, &a.to).cmp(&(b.span, &b.from, &b.to)));
    for survivor in survivors {
        match equivalents.iter().position(|one| one.is(&survivor, sources)) {
            Some(at) => {
                used.insert(at);
                result.equivalent.extend(equivalents.get(at).map(|one| (survivor, one.clone())));
            }
            None => result.survivors.push(survivor),
        }
    }
    let unused = equivalents.iter().enumerate().filter(|(at, _)| !used.contains(at));
    result.unused = unused.map(|(_, one)| one.clone()).collect();
    result
}

/// The rule set with one change, or `None` when it then has an error.
fn analyzed(library: &mut Library, name: &str, job: &Job) -> Option<Policy> {
    let place = |library: &mut Library, kind: BlockKind| {
        let set = library.sets.get_mut(job.set)?;
        let block = set.files.get_mut(job.file)?.blocks.get_mut(job.block)?;
        Some(std::mem::replace(&mut block.kind, kind))
    };
    let original = place(library, job.variant.value.clone())?;
    let analysis = analyze::analyze(library, name);
    place(library, original)?;
    analysis.policy
}

/// Every change to every block, in order of sets and files.
fn jobs(sources: &SourceMap, library: &Library) -> Vec<Job> {
    let workday_parameters = workday_parameters(library);
    let mutator = Mutator { sources, workday_parameters: &workday_parameters };
    let mut jobs = Vec::new();
    for (set, rule_set) in library.sets.iter().enumerate() {
        for (file, rule_file) in rule_set.files.iter().enumerate() {
            for (block, one) in rule_file.blocks.iter().enumerate() {
                let (name, rule) = named(one);
                jobs.extend(mutator.block(&one.kind).into_iter().map(|variant| Job {
                    set,
                    file,
                    block,
                    name: name.clone(),
                    rule: rule.then(|| name.clone()),
                    variant,
                }));
            }
        }
    }
    jobs
}

/// A block's name, and whether it is (about) one rule.
fn named(block: &Block) -> (String, bool) {
    let (name, rule) = match &block.kind {
        BlockKind::Policy(policy) => (&policy.name, false),
        BlockKind::Entity(kind) | BlockKind::Event(kind) => (&kind.name, false),
        BlockKind::Parameter(parameter) => (&parameter.name, false),
        BlockKind::List(list) => (&list.name, false),
        BlockKind::CodeTable(table) => (&table.name, false),
        BlockKind::Definition(definition) => (&definition.name, false),
        BlockKind::Template(template) => (&template.name, false),
        BlockKind::Rule(rule) => (&rule.id, true),
        BlockKind::Repeal(repeal) => (&repeal.id, true),
        BlockKind::Amend(amend) => match &amend.target {
            Amendment::Rule { id, .. } => (id, true),
            Amendment::List { name, .. } => (name, false),
            Amendment::Parameter(parameter) => (&parameter.name, false),
            Amendment::Definition(definition) => (&definition.name, false),
            Amendment::CodeTable(table) => (&table.name, false),
        },
    };
    (name.text.clone(), rule)
}

/// Parameters set to workdays wherever they are set, and set everywhere.
fn workday_parameters(library: &Library) -> BTreeSet<String> {
    let mut found: BTreeMap<String, bool> = BTreeMap::new();
    let mut note = |parameter: &ParameterBlock| {
        let mut values =
            std::iter::once(&parameter.first).chain(parameter.later.iter().map(|(_, value)| value));
        let workdays = values.all(|value| {
            value
                .value
                .as_ref()
                .is_some_and(|e| matches!(e.kind.as_ref(), ExprKind::Quantity { unit: Unit::Workday, .. }))
        });
        *found.entry(parameter.name.text.clone()).or_insert(true) &= workdays;
    };
    for block in library.sets.iter().flat_map(|set| &set.files).flat_map(|file| &file.blocks) {
        if let BlockKind::Parameter(parameter) = &block.kind {
            note(parameter);
        } else if let BlockKind::Amend(amend) = &block.kind
            && let Amendment::Parameter(parameter) = &amend.target
        {
            note(parameter);
        }
    }
    found.into_iter().filter(|(_, workdays)| *workdays).map(|(name, _)| name).collect()
}
