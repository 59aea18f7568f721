//! W011: rule sets, rules and parameters that have run out, or will within ninety days.

use chrono::Days;

use super::{Context, Problem};
use crate::syntax::ast::{BlockKind, PolicyClause, RuleClause};

/// How long before the end to say so.
const NOTICE: Days = Days::new(90);

pub(super) fn check(context: &Context<'_, '_>) -> Vec<Problem> {
    let today = context.today;
    let soon = today.checked_add_days(NOTICE).unwrap_or(today);
    let mut found = Vec::new();
    let governs = |name: &str| context.model.rules.iter().any(|rule| rule.composed.origin == name);
    for set in context.library.sets.iter().filter(|set| governs(&set.name)) {
        for block in set.files.iter().flat_map(|file| &file.blocks) {
            let BlockKind::Policy(policy) = &block.kind else { continue };
            for clause in &policy.clauses {
                if let PolicyClause::Repealed(end) = clause.kind
                    && end <= soon
                {
                    let (what, name) = ("规则集", set.name.clone());
                    found.push(Problem::Expiring { what, name, end, over: end <= today, span: clause.span });
                }
            }
        }
    }
    for rule in &context.model.rules {
        for clause in &rule.composed.block.clauses {
            if let RuleClause::Repealed(end) = clause.kind
                && end <= soon
                && rule.rule.effective.is_none_or(|begun| begun < end)
            {
                let (what, name) = ("规则", rule.rule.id.clone());
                found.push(Problem::Expiring { what, name, end, over: end <= today, span: clause.span });
            }
        }
    }
    for (parameter, block) in
        context.model.policy.parameters.iter().zip(&context.model.composition.parameters)
    {
        let spans = std::iter::once(block.first.span).chain(block.later.iter().map(|(_, value)| value.span));
        let values: Vec<_> = parameter.values.iter().zip(spans).collect();
        let mut set = false;
        for ((from, value), span) in values {
            let Some(from) = from else {
                set = value.is_some();
                continue;
            };
            let name = parameter.name.clone();
            if set && value.is_none() && *from <= today {
                found.push(Problem::Expiring { what: "参数", name, end: *from, over: true, span });
            } else if *from > today && *from <= soon {
                found.push(Problem::Changing { name, from: *from, unset: value.is_none(), span });
            }
            set = value.is_some();
        }
    }
    found
}
