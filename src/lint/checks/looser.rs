//! W010: what the set asks less of than its superior: a longer limit, a lower number, one more exemption or
//! condition, a milder severity, a word more permitted or one fewer bound, a duty or a rule left out.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "only some forms can be ranked; every other is left alone"
)]

use super::contrast::{self, Aspect, Side, Than, dated, weight};
use super::model::{Model, RuleModel};
use super::normal::{conjuncts, key};
use super::{Context, Problem, impossible_words, place};
use crate::policy::{Domain, Expr, Limit, ParameterValue, Shape};
use crate::source::Span;
use crate::syntax::ast::{Amendment, BlockKind, RuleClause};
use crate::vocabulary::{Fields as _, Vocabulary};

/// Compares with the superior of this name.
pub(in crate::lint) fn looser(context: &Context<'_, '_>, name: &str, upper: &Model<'_>) -> Vec<Problem> {
    if !speaks(&context.model.policy.vocabulary, &upper.policy.vocabulary) {
        return Vec::new();
    }
    let mut found = parameters(context, name, upper);
    found.extend(lists(context, name, upper));
    for rule in &upper.rules {
        let same = context.model.rules.iter().find(|lower| lower.rule.id == rule.rule.id);
        match same.or_else(|| alike(context, upper, rule)) {
            Some(lower) => found.extend(rules(context, name, lower, upper, rule)),
            None => found.push(Problem::LeftOut {
                rule: rule.rule.id.clone(),
                upper: name.to_owned(),
                at: repealed_at(context, &rule.rule.id),
                above: rule.span(),
            }),
        }
    }
    found
}

/// Every word of the superior's vocabulary means the same here.
fn speaks(lower: &Vocabulary, upper: &Vocabulary) -> bool {
    let entities = upper.entities().zip(lower.entities());
    let events = upper.events().zip(lower.events());
    upper.entities().len() <= lower.entities().len()
        && upper.events().len() <= lower.events().len()
        && entities.into_iter().all(|((_, a), (_, b))| a.name == b.name && a.fields() == b.fields())
        && events.into_iter().all(|((_, a), (_, b))| a.name == b.name && a.fields() == b.fields())
}

/// A rule under another id with a comparable duty.
fn alike<'m, 'p>(
    context: &Context<'m, 'p>,
    upper: &Model<'_>,
    rule: &RuleModel<'_>,
) -> Option<&'m RuleModel<'p>> {
    let above = rule.duties.first()?;
    context.model.rules.iter().find(|lower| {
        lower.columns == rule.columns
            && lower.duties.iter().any(|duty| {
                let one = Side { model: context.model, duty };
                let respects = contrast::duties(one, Side { model: upper, duty: above });
                respects.is_some_and(|list| list.iter().all(|(_, than)| *than != Than::Unclear))
            })
    })
}

/// Where the set repeals a rule; else its heading.
fn repealed_at(context: &Context<'_, '_>, id: &str) -> Option<Span> {
    let blocks = || context.own.iter().flat_map(|file| &file.blocks);
    let repeal = blocks().find_map(|block| match &block.kind {
        BlockKind::Repeal(repeal) if repeal.id.text == id => Some(repeal.id.span),
        _ => None,
    });
    repeal.or_else(|| {
        blocks().find_map(|block| match &block.kind {
            BlockKind::Policy(policy) => Some(policy.name.span),
            _ => None,
        })
    })
}

fn rules(
    context: &Context<'_, '_>,
    name: &str,
    lower: &RuleModel<'_>,
    upper: &Model<'_>,
    above: &RuleModel<'_>,
) -> Vec<Problem> {
    let mut found = Vec::new();
    let mut say = |how: &'static str, at: Span, above_at: Span| {
        found.push(Problem::Looser {
            rule: lower.rule.id.clone(),
            upper: name.to_owned(),
            how,
            place: place(lower, at),
            above: place(above, above_at),
        });
    };
    let keys = |rule: &RuleModel<'_>| -> Vec<String> {
        let parts = rule.conditions.iter().flat_map(|part| conjuncts(&part.expr));
        parts.map(|expr| key(&expr)).collect()
    };
    let exempt: Vec<String> = above.exemptions.iter().map(|part| key(&part.expr)).collect();
    if let Some(added) = lower.exemptions.iter().find(|part| !exempt.contains(&key(&part.expr))) {
        say("多了一种除外", added.span, above.span());
    }
    let known = keys(above);
    let added = lower
        .conditions
        .iter()
        .find(|part| conjuncts(&part.expr).iter().any(|expr| !known.contains(&key(expr))));
    let fewer = known.iter().all(|one| keys(lower).contains(one));
    if let Some(added) = added.filter(|_| fewer) {
        say("多了一个条件，管的少了", added.span, above.span());
    }
    if weight(lower.rule.severity) < weight(above.rule.severity) {
        let clause = lower.composed.block.clauses.iter().find(|c| matches!(c.kind, RuleClause::Severity(_)));
        let duty = lower.duties.first().map(|duty| duty.span);
        say("强度低了", clause.map(|c| c.span).or(duty).unwrap_or(lower.span()), above.span());
    }
    let mut missing = false;
    for duty in &above.duties {
        let pairs = lower.duties.iter().filter_map(|mine| {
            let respects =
                contrast::duties(Side { model: context.model, duty: mine }, Side { model: upper, duty })?;
            Some((mine, respects))
        });
        let Some((mine, respects)) = pairs.min_by_key(|(_, respects)| respects.len()) else {
            missing |= !changed(lower, duty);
            continue;
        };
        for (aspect, than) in respects {
            // 用同名参数写的期限，按参数说一次。
            let shared = lower.rule.id == above.rule.id
                && aspect == Aspect::Limit
                && same_parameter(context.model, &mine.shape, upper, &duty.shape);
            if than != Than::Looser || shared {
                continue;
            }
            let how = match aspect {
                Aspect::Limit => "期限长了",
                Aspect::Date => "截止的日子晚了",
                Aspect::Requirement => "要求的少了",
                Aspect::Bound => "次数松了",
                Aspect::SameDay => "当日的也算了",
            };
            say(how, mine.span, duty.span);
        }
    }
    if missing || (lower.duties.is_empty() && !above.duties.is_empty()) {
        say("少了一句义务", lower.span(), above.span());
    }
    found
}

/// The rule has a duty of the same shape that says something else: changed, and not to be ranked.
fn changed(lower: &RuleModel<'_>, duty: &super::model::DutyModel) -> bool {
    lower.duties.iter().any(|mine| mine.shape.letter() == duty.shape.letter())
}

fn same_parameter(lower: &Model<'_>, mine: &Shape, upper: &Model<'_>, theirs: &Shape) -> bool {
    let name = |model: &Model<'_>, shape: &Shape| match shape {
        Shape::Response { limit: limit @ Limit::Parameter { .. }, .. } => {
            model.parameter(limit).map(|parameter| parameter.name.clone())
        }
        _ => None,
    };
    let mine = name(lower, mine);
    mine.is_some() && mine == name(upper, theirs)
}

fn parameters(context: &Context<'_, '_>, name: &str, upper: &Model<'_>) -> Vec<Problem> {
    let mut found = Vec::new();
    for lower in &context.model.policy.parameters {
        let above = upper.policy.parameters.iter().find(|parameter| parameter.name == lower.name);
        let Some(above) = above.filter(|above| above.kind == lower.kind) else { continue };
        // 别的规定里同名的参数，未必是同一个：编号相同的规则都用它，才是。
        let used = context.model.rules.iter().find(|rule| {
            upper.rules.iter().any(|above| above.rule.id == rule.rule.id)
                && rule.duties.iter().any(|duty| match &duty.shape {
                    Shape::Response { limit, .. } => {
                        context.model.parameter(limit).is_some_and(|parameter| parameter.name == lower.name)
                    }
                    _ => false,
                })
        });
        let than = dated(&lower.values, &above.values, |a, b| {
            let limit = |value: Option<ParameterValue>| match value {
                Some(ParameterValue::Limit(limit)) => Some(limit),
                Some(ParameterValue::Number(_)) | None => None,
            };
            contrast::limits(context.model, limit(a), limit(b))
        });
        if than == Than::Looser && used.is_some() {
            found.push(Problem::LooserParameter {
                name: lower.name.clone(),
                upper: name.to_owned(),
                span: lower.span,
                above: above.span,
            });
        }
    }
    found
}

fn lists(context: &Context<'_, '_>, name: &str, upper: &Model<'_>) -> Vec<Problem> {
    let mut found = Vec::new();
    for (number, lower) in &context.model.logic.lists {
        let Some(above) = upper.logic.lists.get(number) else { continue };
        let missing = |list: &crate::policy::NameList, word: &str| {
            !list.entries.iter().any(|entry| entry.words.iter().any(|one| one == word))
        };
        let added: Vec<(usize, String)> = (0..)
            .zip(&lower.entries)
            .filter(|(_, entry)| missing(above, &entry.name))
            .map(|(at, entry)| (at, entry.name.clone()))
            .collect();
        let removed: Vec<String> = above
            .entries
            .iter()
            .filter(|entry| missing(lower, &entry.name))
            .map(|entry| entry.name.clone())
            .collect();
        let (permits, binds) = uses(context.model, *number, &lower.name);
        if let (Some((at, _)), Some(rule)) = (added.first(), permits) {
            found.push(Problem::LooserList {
                list: lower.name.clone(),
                upper: name.to_owned(),
                words: added.iter().map(|(_, word)| word.clone()).collect(),
                added: true,
                span: impossible_words::entry_span(context, lower, *at),
                rule: (rule.rule.id.clone(), rule.span()),
            });
        }
        if let (false, Some(rule)) = (removed.is_empty(), binds) {
            found.push(Problem::LooserList {
                list: lower.name.clone(),
                upper: name.to_owned(),
                words: removed,
                added: false,
                span: amended_at(context, &lower.name).unwrap_or(lower.span),
                rule: (rule.rule.id.clone(), rule.span()),
            });
        }
    }
    found
}

fn amended_at(context: &Context<'_, '_>, list: &str) -> Option<Span> {
    context.own.iter().flat_map(|file| &file.blocks).find_map(|block| match &block.kind {
        BlockKind::Amend(amend) => match &amend.target {
            Amendment::List { name, .. } if name.text == list => Some(name.span),
            _ => None,
        },
        _ => None,
    })
}

/// A rule that a longer list makes milder, and one that a shorter list does.
fn uses<'m, 'p>(
    model: &'m Model<'p>,
    number: usize,
    name: &str,
) -> (Option<&'m RuleModel<'p>>, Option<&'m RuleModel<'p>>) {
    let (mut permits, mut binds) = (None, None);
    for rule in &model.rules {
        let (mut more, mut less) = (false, false);
        let mut see = |expr: &Expr, milder: bool| {
            signed(expr, number, milder, &mut |milder| if milder { more = true } else { less = true });
        };
        rule.exemptions.iter().for_each(|part| see(&part.expr, true));
        rule.conditions.iter().for_each(|part| see(&part.expr, false));
        for demand in rule.duties.iter().flat_map(|duty| &duty.demands) {
            demand.given.iter().for_each(|expr| see(expr, false));
            demand.wanted.iter().for_each(|expr| see(expr, true));
        }
        less |= rule.rule.binders.iter().any(|binder| match binder.domain {
            Domain::List(_, index) => model.policy.lists.get(index).is_some_and(|list| list.name == name),
            Domain::All(_) | Domain::Set(..) | Domain::Years => false,
        });
        if more && permits.is_none() {
            permits = Some(rule);
        }
        if less && binds.is_none() {
            binds = Some(rule);
        }
    }
    (permits, binds)
}

/// Calls back for every use of a list with whether a longer list makes the whole truer.
fn signed(expr: &Expr, number: usize, positive: bool, see: &mut dyn FnMut(bool)) {
    match expr {
        Expr::Listed(_, list) if *list == number => see(positive),
        Expr::Not(inner) => signed(inner, number, !positive, see),
        Expr::And(list) | Expr::Or(list) => list.iter().for_each(|e| signed(e, number, positive, see)),
        Expr::Present(of) => signed(of, number, positive, see),
        Expr::Query(query) | Expr::Pick(_, query) => {
            if let Some(filter) = &query.filter {
                signed(filter, number, positive, see);
            }
        }
        Expr::Every { body, .. } => signed(body, number, positive, see),
        _ => {}
    }
}
