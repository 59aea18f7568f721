//! Findings → cells: who is in the period, which instances are one, what counts.
//! Takes both reports and the layout; gives a [`Bulletin`]. Cost: columns times findings.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::{Bulletin, Cell, Gap, Layout, Member, Metric, Period, Placed, Source, State};
use crate::diagnostic::nearest;
use crate::finding::{Finding, Report, SubjectValue, Verdict};
use crate::plan::Plan;

/// Counts. Both reports must list every instance. `plan`: the rules checked, for their tags.
pub fn tally<'r>(
    report: &'r Report,
    indicators: &'r Report,
    plan: &Plan,
    indicator_plan: &Plan,
    layout: &'r Layout,
    period: &Period,
) -> Bulletin<'r> {
    let mut groups: Vec<Option<String>> = [report, indicators]
        .into_iter()
        .flat_map(|report| report.by_group.iter().map(|(group, _)| group.clone()))
        .filter(Option::is_some)
        .collect();
    groups.sort();
    groups.dedup();
    groups.push(None);
    let places: FxHashMap<Option<&str>, usize> =
        groups.iter().enumerate().map(|(at, group)| (group.as_deref(), at)).collect();
    let mut rows: Vec<Vec<Cell<'r>>> = groups.iter().map(|_| Vec::new()).collect();
    let mut total = Vec::new();
    let mut gaps = Vec::new();
    let mut absent = Vec::new();
    let mut remarks = Vec::new();
    for (at, metric) in layout.metrics.iter().enumerate() {
        let (from, root) = match metric.source {
            Source::Metric(_) => (indicators, root_name(indicator_plan)),
            Source::Tag(_) | Source::Rules(_) | Source::Severity(_) => (report, root_name(plan)),
        };
        let mut parts: Vec<Vec<&'r Finding>> = groups.iter().map(|_| Vec::new()).collect();
        let mut all = Vec::new();
        for finding in &from.findings {
            if !takes(metric, finding) || !inside(metric, finding, period) {
                continue;
            }
            all.push(finding);
            let place = places.get(&finding.group.as_deref()).and_then(|place| parts.get_mut(*place));
            place.into_iter().for_each(|part| part.push(finding));
        }
        for (row, part) in rows.iter_mut().zip(&parts) {
            row.push(cell(metric, part, root.as_deref()));
        }
        let sum = cell(metric, &all, root.as_deref());
        gaps.extend(reasons(at, &sum));
        total.push(sum);
        let without = without_rules(metric, plan);
        absent.push(without.is_some());
        remarks.extend(without);
    }
    // 没有归属的一行，只在有东西的时候要。
    if rows.last().is_some_and(|row| row.iter().all(|cell| cell.members.is_empty())) {
        groups.pop();
        rows.pop();
    }
    let (partial, mut before) = completeness(report, period);
    before.append(&mut remarks);
    Bulletin {
        title: layout.title.replace("{期间}", &period.name),
        period: period.clone(),
        as_of: report.as_of,
        metrics: &layout.metrics,
        group_name: plan.group_name.clone().unwrap_or_else(|| "归属".to_owned()),
        groups,
        rows,
        total,
        absent,
        gaps,
        partial,
        remarks: before,
    }
}

fn root_name(plan: &Plan) -> Option<String> {
    plan.root.as_ref().map(|root| plan.vocabulary.entity(root.kind).name.clone())
}

fn takes(metric: &Metric, finding: &Finding) -> bool {
    let source = match &metric.source {
        Source::Metric(id) => finding.rule == *id,
        Source::Tag(tag) => finding.tags.contains(tag),
        Source::Rules(ids) => ids.contains(&finding.rule),
        Source::Severity(severity) => finding.severity == *severity,
    };
    source && !finding.about_waiver()
}

fn inside(metric: &Metric, finding: &Finding, period: &Period) -> bool {
    let day = match metric.placed {
        Placed::Start => finding.basis.or_else(|| finding.dated()),
        Placed::Event => finding.dated(),
    };
    day.is_none_or(|day| period.contains(day))
}

/// Instances that are one have the same key.
fn key(metric: &Metric, finding: &Finding, root: Option<&str>) -> (String, String) {
    if metric.distinct.is_empty() {
        let trigger = finding.trigger.as_ref().map_or("", |trigger| trigger.event.as_str());
        return (format!("{}\0{}\0{trigger}", finding.rule, finding.subject.sort_text()), label(finding));
    }
    let mut key = String::new();
    let mut words = Vec::new();
    for wanted in &metric.distinct {
        let column = finding.subject.0.iter().find(|(name, _)| name == wanted).map(|(_, value)| value);
        let root = finding.root.as_ref().filter(|_| root == Some(wanted));
        if let Some(value) = column.or(root) {
            let (id, word) = match value {
                SubjectValue::Entity { id, name: Some(name) } => (id.clone(), format!("{name}（{id}）")),
                SubjectValue::Entity { id, name: None } => (id.clone(), id.clone()),
                SubjectValue::Name(name) => (name.clone(), name.clone()),
                SubjectValue::Year(year) => (year.to_string(), format!("{year} 年度")),
            };
            key.push_str(&id);
            words.push(word);
        }
        key.push('\0');
    }
    (key, words.join(" · "))
}

/// Subject for people, with what it belongs to.
fn label(finding: &Finding) -> String {
    let own = finding.subject.label();
    let root = match &finding.root {
        Some(SubjectValue::Entity { id, name: Some(name) }) if !own.contains(id.as_str()) => name,
        Some(SubjectValue::Entity { .. } | SubjectValue::Name(_) | SubjectValue::Year(_)) | None => {
            return own;
        }
    };
    format!("{root} · {own}")
}

fn state(metric: &Metric, finding: &Finding) -> Option<State> {
    Some(match finding.verdict {
        Verdict::Satisfied | Verdict::Violated => {
            let counted = metric.counted.iter().any(|counted| counted.holds(finding));
            if counted { State::Counted } else { State::Rest }
        }
        Verdict::Pending => State::Pending,
        Verdict::Undetermined => State::Unknown,
        Verdict::Exempt | Verdict::NotApplicable => return None,
    })
}

/// Of several instances that are one: counted if any is; not known to be left out while one cannot be judged
/// or is not due.
fn rank(state: State) -> u8 {
    match state {
        State::Counted => 3,
        State::Unknown => 2,
        State::Pending => 1,
        State::Rest => 0,
    }
}

fn cell<'r>(metric: &Metric, findings: &[&'r Finding], root: Option<&str>) -> Cell<'r> {
    let mut cell = Cell::default();
    let mut places: FxHashMap<String, usize> = FxHashMap::default();
    for finding in findings {
        let Some(state) = state(metric, finding) else {
            cell.exempt += usize::from(finding.verdict == Verdict::Exempt);
            continue;
        };
        let (key, label) = key(metric, finding, root);
        match places.get(&key).and_then(|place| cell.members.get_mut(*place)) {
            Some(member) => {
                if rank(state) > rank(member.state) {
                    member.state = state;
                }
                member.hits += usize::from(state == State::Counted);
                member.findings.push(finding);
            }
            None => {
                places.insert(key, cell.members.len());
                cell.members.push(Member {
                    label,
                    state,
                    hits: usize::from(state == State::Counted),
                    findings: vec![finding],
                });
            }
        }
    }
    cell
}

/// Why members cannot be judged, the commonest first.
fn reasons(metric: usize, cell: &Cell<'_>) -> Vec<Gap> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for member in cell.members.iter().filter(|member| member.state == State::Unknown) {
        let unknown = member.findings.iter().find(|finding| finding.verdict == Verdict::Undetermined);
        let reason = unknown.and_then(|finding| finding.reason.as_deref()).unwrap_or("缺记录");
        *counts.entry(reason).or_default() += 1;
    }
    let mut gaps: Vec<Gap> =
        counts.into_iter().map(|(reason, count)| Gap { metric, reason: reason.to_owned(), count }).collect();
    gaps.sort_by_key(|gap| std::cmp::Reverse(gap.count));
    gaps
}

/// A tag none of the rules bears: the column is empty, and that must not be read as zero.
fn without_rules(metric: &Metric, plan: &Plan) -> Option<String> {
    let Source::Tag(tag) = &metric.source else { return None };
    if plan.rules.iter().any(|rule| rule.tags.contains(tag)) {
        return None;
    }
    let tags = plan.rules.iter().flat_map(|rule| rule.tags.iter().map(String::as_str));
    let near = nearest(tag, tags).map_or(String::new(), |near| format!("，相近的有「{near}」"));
    let set = &plan.policy_name;
    Some(format!("规则集「{set}」没有带标签「{tag}」的规则{near}，「{}」一栏不算。", metric.name))
}

/// Whether numbers may be short, and why.
fn completeness(report: &Report, period: &Period) -> (bool, Vec<String>) {
    let mut remarks = Vec::new();
    match report.coverage {
        Some((from, to)) if from <= period.from && period.to <= to => {}
        Some((from, to)) => remarks.push(format!(
            "日志只收全了 {from} 至 {to}，没有盖住 {} 至 {}；各项数字都不全。",
            period.from, period.to
        )),
        None => remarks.push(
            "日志没有写明收全了哪一段（覆盖起、覆盖止），各项数字可能不全；收全了的，用 --coverage 说明。"
                .to_owned(),
        ),
    }
    if report.as_of < period.to {
        remarks.push(format!(
            "截至 {}，这一期还没有结束（{} 止）；以后的事没有算进来。",
            report.as_of, period.to
        ));
    }
    (!remarks.is_empty(), remarks)
}
