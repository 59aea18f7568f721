//! W013: limits that, begun today, end on days whose holidays are not published yet.

use super::{Context, Problem};
use crate::calendar::{Deadline, TimeLimit};
use crate::policy::{Limit, Shape};
use crate::source::Span;

pub(super) fn check(context: &Context<'_, '_>) -> Vec<Problem> {
    let model = context.model;
    let mut beyond: Vec<(TimeLimit, Span)> = Vec::new();
    for rule in &model.rules {
        if rule.rule.repealed.is_some_and(|end| end <= context.today) {
            continue;
        }
        for duty in &rule.duties {
            let Shape::Response { limit, .. } = &duty.shape else { continue };
            let values = model.values(limit);
            let now = values.iter().rev().find(|(from, _)| from.is_none_or(|from| from <= context.today));
            let Some(now) = now.and_then(|(_, limit)| *limit) else { continue };
            if matches!(model.calendar.deadline(context.today, &now), Deadline::On { .. }) {
                continue;
            }
            let span = match limit {
                Limit::Fixed(_) => super::place(rule, duty.span).at,
                Limit::Parameter { .. } => model.parameter(limit).map_or(duty.span, |p| p.span),
            };
            if !beyond.iter().any(|(_, known)| *known == span) {
                beyond.push((now, span));
            }
        }
    }
    beyond.sort_by_key(|(limit, _)| std::cmp::Reverse(super::length::days(model.calendar, limit).1));
    let Some((longest, _)) = beyond.first() else { return Vec::new() };
    vec![Problem::BeyondCalendar {
        limit: longest.to_string(),
        today: context.today,
        last: model.calendar.horizon().1,
        spans: beyond.iter().map(|(_, span)| *span).collect(),
    }]
}
