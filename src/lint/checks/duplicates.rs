//! W003: a rule that says what another says. W004: a rule that another, stricter one covers altogether.

use super::contrast::{Aspect, Side, Than, duties, reach, weight};
use super::model::RuleModel;
use super::{Context, Problem};

pub(super) fn check(context: &Context<'_, '_>) -> Vec<Problem> {
    let mut found = Vec::new();
    let fires = |rule: &&RuleModel<'_>| super::never_fires::one(context, rule).is_none();
    let rules: Vec<&RuleModel<'_>> = context.model.rules.iter().filter(fires).collect();
    for (at, first) in rules.iter().enumerate() {
        for second in rules.iter().skip(at + 1) {
            let (id, other) = (second.rule.id.clone(), first.rule.id.clone());
            match compare(context, first, second) {
                Some(Than::Same) => found.push(Problem::Duplicate {
                    rule: id,
                    other,
                    span: second.span(),
                    first: first.span(),
                }),
                Some(Than::Tighter) => found.push(shadow(second, first)),
                Some(Than::Looser) => found.push(shadow(first, second)),
                Some(Than::Unclear) | None => {}
            }
        }
    }
    found
}

fn shadow(rule: &RuleModel<'_>, by: &RuleModel<'_>) -> Problem {
    let (span, other) = (rule.span(), by.span());
    Problem::Shadowed { rule: rule.rule.id.clone(), by: by.rule.id.clone(), span, other }
}

/// How the first compares with the second; `None`: they are about different things.
fn compare(context: &Context<'_, '_>, first: &RuleModel<'_>, second: &RuleModel<'_>) -> Option<Than> {
    if first.columns != second.columns
        || first.read_at != second.read_at
        || first.duties.is_empty()
        || first.duties.len() != second.duties.len()
    {
        return None;
    }
    let model = context.model;
    let mut all = vec![reach(first, second)];
    for duty in &first.duties {
        let same = second.duties.iter().find_map(|other| {
            duties(Side { model, duty }, Side { model, duty: other })
                .filter(|respects| respects.iter().all(|(_, than)| *than != Than::Unclear))
        })?;
        all.extend(same.into_iter().map(|(_, than)| than));
    }
    all.push(match weight(first.rule.severity).cmp(&weight(second.rule.severity)) {
        std::cmp::Ordering::Equal => Than::Same,
        std::cmp::Ordering::Greater => Than::Tighter,
        std::cmp::Ordering::Less => Than::Looser,
    });
    Some(Than::all(all))
}

/// Whether two rules are about one duty and differ in nothing but limits that cannot be ranked.
pub(super) fn same_but_limit(
    context: &Context<'_, '_>,
    first: &RuleModel<'_>,
    second: &RuleModel<'_>,
) -> Option<(usize, usize)> {
    if first.columns != second.columns || reach(first, second) != Than::Same {
        return None;
    }
    let model = context.model;
    first.duties.iter().enumerate().find_map(|(at, duty)| {
        second.duties.iter().enumerate().find_map(|(other_at, other)| {
            let respects = duties(Side { model, duty }, Side { model, duty: other })?;
            (respects == [(Aspect::Limit, Than::Unclear)]).then_some((at, other_at))
        })
    })
}
