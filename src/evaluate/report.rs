//! Instances → findings and totals: ids, names, evidence with places, order.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::Settings;
use super::bound::Bound;
use super::subject::{Instance, RuleResult};
use super::value::Val;
use crate::finding::{
    Calculation, Evidence, EvidenceRole, Finding, Severity, Subject, SubjectValue, Summary, Verdict,
};
use crate::history::{EntityRef, EventRef};
use crate::plan::PlanRule;
use crate::policy;

/// Findings in contract order, and totals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evaluation {
    pub findings: Vec<Finding>,
    pub summary: Summary,
    /// Rule id, title, totals; in rule id order.
    pub by_rule: Vec<(String, String, Summary)>,
    /// Group name, totals; in name order, `None` first.
    pub by_group: Vec<(Option<String>, Summary)>,
}

pub(super) fn assemble(bound: &Bound<'_>, results: Vec<RuleResult>, settings: &Settings<'_>) -> Evaluation {
    let mut summary = Summary::default();
    let mut by_rule = Vec::new();
    let mut groups: Vec<(Option<String>, Summary)> = Vec::new();
    let mut places: FxHashMap<Option<String>, usize> = FxHashMap::default();
    for (rule, result) in bound.plan.rules.iter().zip(&results) {
        let mut total = Summary::default();
        for (group, part) in &result.totals {
            total.join(part);
            let name = group_name(bound, *group);
            let at = *places.entry(name.clone()).or_insert_with(|| {
                groups.push((name, Summary::default()));
                groups.len() - 1
            });
            if let Some((_, sum)) = groups.get_mut(at) {
                sum.join(part);
            }
        }
        summary.join(&total);
        match by_rule.iter_mut().find(|(id, _, _): &&mut (String, String, Summary)| *id == rule.id) {
            Some((_, _, sum)) => sum.join(&total),
            None => by_rule.push((rule.id.clone(), rule.title.clone(), total)),
        }
    }
    by_rule.sort_by(|a, b| a.0.cmp(&b.0));
    groups.sort_by(|a, b| a.0.cmp(&b.0));
    let instances: Vec<Instance> = results.into_iter().flat_map(|result| result.instances).collect();
    let mut keyed: Vec<_> = instances
        .into_par_iter()
        .filter_map(|instance| {
            let rule = bound.plan.rules.get(instance.rule)?;
            let finding = finding(bound, rule, &instance, settings);
            let when = finding.trigger.as_ref().map(|trigger| (trigger.moment, trigger.event.clone()));
            Some(((finding.rule.clone(), finding.subject.sort_text(), when), finding))
        })
        .collect();
    keyed.sort_by(|a, b| a.0.cmp(&b.0));
    Evaluation {
        findings: keyed.into_iter().map(|(_, finding)| finding).collect(),
        summary,
        by_rule,
        by_group: groups,
    }
}

fn group_name(bound: &Bound<'_>, group: Val) -> Option<String> {
    matches!(group, Val::Entity(_) | Val::Name(..)).then(|| bound.value_word(group))
}

#[expect(clippy::wildcard_enum_match_arm, reason = "whatever is neither is said in words")]
fn subject_value(bound: &Bound<'_>, value: Val) -> SubjectValue {
    match value {
        Val::Entity(entity) => SubjectValue::Entity {
            id: bound.history.entity_id(EntityRef(entity)).to_owned(),
            name: bound.entity_name(entity).map(str::to_owned),
        },
        Val::Number(number) => SubjectValue::Year(i32::try_from(number).unwrap_or(0)),
        other => SubjectValue::Name(bound.value_word(other)),
    }
}

fn evidence(bound: &Bound<'_>, role: EvidenceRole, event: EventRef, settings: &Settings<'_>) -> Evidence {
    let origin = bound.history.origin(event);
    let id = match bound.history.event_id(event) {
        Some(id) => id.to_owned(),
        None => format!("{}:{}", (settings.file_name)(origin.file), origin.line),
    };
    Evidence {
        role,
        event: id,
        event_type: bound.plan.vocabulary.event(bound.history.event_type(event)).name.clone(),
        moment: bound.history.moment(event),
        origin,
    }
}

fn finding(bound: &Bound<'_>, rule: &PlanRule, instance: &Instance, settings: &Settings<'_>) -> Finding {
    let outcome = &instance.outcome;
    let columns = rule.columns.iter().zip(&instance.columns);
    let subject =
        Subject(columns.map(|(column, value)| (column.name.clone(), subject_value(bound, *value))).collect());
    let mut seen = Vec::new();
    for (role, event) in &outcome.evidence {
        if !seen.iter().any(|(_, known)| known == event) {
            seen.push((*role, *event));
        }
    }
    let origins = instance
        .columns
        .iter()
        .filter_map(|value| {
            let Val::Entity(entity) = value else { return None };
            Some(bound.history.entity_origin(EntityRef(*entity)))
        })
        .collect();
    Finding {
        rule: rule.id.clone(),
        title: rule.title.clone(),
        verdict: outcome.verdict,
        kind: outcome.kind,
        severity: match rule.severity {
            policy::Severity::Error => Severity::Error,
            policy::Severity::Warning => Severity::Warning,
            policy::Severity::Advice => Severity::Advice,
        },
        subject,
        citation: rule.citation.clone(),
        document: rule.document.clone(),
        liability: rule.liability.clone(),
        tags: rule.tags.clone(),
        trigger: outcome.trigger.map(|event| evidence(bound, EvidenceRole::Trigger, event, settings)),
        deadline: outcome.deadline,
        completed: outcome.completed,
        workdays_late: outcome.workdays_late,
        provisional: outcome.provisional,
        message: bound.message(rule, outcome),
        reason: (outcome.verdict == Verdict::Undetermined).then(|| bound.reason(&outcome.notes)),
        remedy: bound.remedy(rule, outcome),
        evidence: seen.into_iter().map(|(role, event)| evidence(bound, role, event, settings)).collect(),
        origins,
        rule_span: rule.duties.get(outcome.duty).map_or(rule.span, |duty| duty.span),
        calculation: outcome.calculation.map(|(start, limit)| Calculation { start, limit }),
        group: group_name(bound, instance.group),
        root: matches!(instance.root, Val::Entity(_)).then(|| subject_value(bound, instance.root)),
        basis: instance.basis,
        waived: None,
    }
}
