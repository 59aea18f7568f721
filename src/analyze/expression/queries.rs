//! Events and entities looked for: by whom they are owned, how they are tied to what is being judged.

use super::{Outcome, Typed, typed};
use crate::analyze::environment::{Environment, Frame};
use crate::analyze::paths::{self, PathSearch};
use crate::analyze::problem::{Problem, Wanted};
use crate::analyze::rule::Analyzer;
use crate::diagnostic::nearest;
use crate::policy::{Anchor, Expr, Pick, Query, QueryKind, Slot, Type};
use crate::source::Span;
use crate::syntax::ast::{self, ExprKind, Name};
use crate::vocabulary::{EntityTypeId, EventTypeId};

impl Analyzer<'_> {
    /// `owner 的 member`
    pub(super) fn member(&mut self, owner: Typed, member: &ast::Expr, env: &mut Environment) -> Outcome {
        let (pick, name, arguments): (_, _, &[ast::Expr]) = match member.kind.as_ref() {
            ExprKind::Name(name) => (None, name, &[]),
            ExprKind::Pattern { pick, name, arguments } => (*pick, name, arguments),
            ExprKind::Text(_)
            | ExprKind::Number(_)
            | ExprKind::Date(_)
            | ExprKind::Quantity { .. }
            | ExprKind::MonthDay { .. }
            | ExprKind::Field(..)
            | ExprKind::Of(..)
            | ExprKind::Measure(..)
            | ExprKind::Compare { .. }
            | ExprKind::Has { .. }
            | ExprKind::Not(_)
            | ExprKind::And(_)
            | ExprKind::Or(_)
            | ExprKind::Binary { .. }
            | ExprKind::Every { .. }
            | ExprKind::OrElse(_) => {
                return self.report(Problem::WrongType {
                    wanted: "「的」后面一个关系、属性或事件",
                    found: "别的".to_owned(),
                    span: member.span,
                });
            }
        };
        if pick.is_none() && arguments.is_empty() && self.field_of(owner.kind.element(), &name.text).is_some()
        {
            return self.field(owner, name);
        }
        let Type::Entity(owner_type) = *owner.kind.element() else {
            return self.field(owner, name);
        };
        if name.text == "最早事件" {
            let paths = self
                .vocabulary
                .events()
                .filter_map(|(id, _)| {
                    match paths::shortest(&self.vocabulary, QueryKind::Events(id), owner_type) {
                        PathSearch::Found(path) => Some((id, path)),
                        PathSearch::None | PathSearch::Several(_) => None,
                    }
                })
                .collect();
            return typed(Expr::Earliest { key: Box::new(owner.expr), paths }, Type::AnyEvent);
        }
        let kind =
            match (self.vocabulary.event_by_name(&name.text), self.vocabulary.entity_by_name(&name.text)) {
                (Some(event), _) => QueryKind::Events(event),
                (None, Some(entity)) => QueryKind::Entities(entity),
                (None, None) => {
                    let mut known = self.field_names(owner.kind.element());
                    known.extend(self.vocabulary.events().map(|(_, e)| e.name.clone()));
                    let near = nearest(&name.text, known.iter().map(String::as_str)).map(str::to_owned);
                    let event = near.as_deref().is_none_or(|n| self.vocabulary.event_by_name(n).is_some());
                    return if event {
                        let name_text = name.text.clone();
                        self.report(Problem::Unknown {
                            wanted: Wanted::Event,
                            name: name_text,
                            span: name.span,
                            near,
                        })
                    } else {
                        let owner = self.type_word(owner.kind.element());
                        self.report(Problem::UnknownField {
                            owner,
                            name: name.text.clone(),
                            span: name.span,
                            near,
                        })
                    };
                }
            };
        match paths::shortest(&self.vocabulary, kind, owner_type) {
            PathSearch::Found(path) => {
                let anchors = vec![Anchor { path, key: owner.expr }];
                self.query(kind, anchors, pick, name, arguments, member.span, env)
            }
            PathSearch::Several(roles) => self.report(Problem::Ambiguous {
                event: name.text.clone(),
                subject: self.vocabulary.entity(owner_type).name.clone(),
                roles,
                span: name.span,
            }),
            PathSearch::None => self.report(Problem::Unrelated {
                event: name.text.clone(),
                subjects: vec![self.vocabulary.entity(owner_type).name.clone()],
                span: name.span,
            }),
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one pattern, each used once")]
    pub(super) fn query(
        &mut self,
        kind: QueryKind,
        anchors: Vec<Anchor>,
        pick: Option<ast::Pick>,
        name: &Name,
        filters: &[ast::Expr],
        span: Span,
        env: &mut Environment,
    ) -> Outcome {
        let element = match kind {
            QueryKind::Events(id) => Type::Event(id),
            QueryKind::Entities(id) => Type::Entity(id),
        };
        let slot = env.element(name.text.clone(), element.clone());
        let filter = self.conditions(filters, env);
        env.pop();
        let mut filter = filter?;
        let filter =
            if filter.len() > 1 { Some(Box::new(Expr::And(filter))) } else { filter.pop().map(Box::new) };
        let query = Query { kind, anchors, element: slot, filter };
        match (pick, kind) {
            (None | Some(ast::Pick::Each), _) => typed(Expr::Query(query), element.set()),
            (Some(ast::Pick::First), QueryKind::Events(_)) => typed(Expr::Pick(Pick::First, query), element),
            (Some(ast::Pick::Last), QueryKind::Events(_)) => typed(Expr::Pick(Pick::Last, query), element),
            (Some(ast::Pick::First | ast::Pick::Last), QueryKind::Entities(_)) => {
                let found = self.type_word(&element);
                self.report(Problem::NotAnEvent { found, span })
            }
        }
    }

    /// How an event written without an owner is tied to what is being judged.
    pub(super) fn anchors(
        &mut self,
        event: EventTypeId,
        name: &Name,
        filters: &[ast::Expr],
        env: &Environment,
    ) -> Option<Vec<Anchor>> {
        let kind = QueryKind::Events(event);
        for frame in env.frames.iter().rev() {
            if let Frame::Element { slot, kind: Type::Entity(element), .. } = frame
                && let PathSearch::Found(path) = paths::shortest(&self.vocabulary, kind, *element)
            {
                return Some(vec![Anchor { path, key: Expr::Slot(*slot) }]);
            }
        }
        let variables: Vec<(Slot, EntityTypeId)> = env
            .frames
            .iter()
            .filter_map(|frame| match frame {
                Frame::Variable { slot, kind: Type::Entity(id), .. } => Some((*slot, *id)),
                Frame::Variable { .. } | Frame::Element { .. } => None,
            })
            .collect();
        let mut anchors = Vec::new();
        for (slot, entity) in &variables {
            match paths::direct(&self.vocabulary, kind, *entity) {
                PathSearch::Found(path) => anchors.push(Anchor { path, key: Expr::Slot(*slot) }),
                PathSearch::None => {}
                // 括号里写明了是哪一个关系，不必再猜。
                PathSearch::Several(roles) if filters.iter().any(|filter| names_role(filter, &roles)) => {
                    return Some(anchors);
                }
                PathSearch::Several(roles) => {
                    let subject = self.vocabulary.entity(*entity).name.clone();
                    self.report(Problem::Ambiguous {
                        event: name.text.clone(),
                        subject,
                        roles,
                        span: name.span,
                    });
                    return None;
                }
            }
        }
        if !anchors.is_empty() || variables.is_empty() {
            return Some(anchors);
        }
        for (slot, entity) in &variables {
            if let PathSearch::Found(path) = paths::shortest(&self.vocabulary, kind, *entity) {
                return Some(vec![Anchor { path, key: Expr::Slot(*slot) }]);
            }
        }
        let subjects = variables.iter().map(|(_, id)| self.vocabulary.entity(*id).name.clone()).collect();
        self.report(Problem::Unrelated { event: name.text.clone(), subjects, span: name.span });
        None
    }
}

/// `原 为 甲`, also among others: the filter itself says which relation is meant.
fn names_role(filter: &ast::Expr, roles: &[String]) -> bool {
    if let ExprKind::And(parts) | ExprKind::Or(parts) = filter.kind.as_ref() {
        return parts.iter().any(|part| names_role(part, roles));
    }
    let ExprKind::Compare { left: Some(left), .. } = filter.kind.as_ref() else { return false };
    matches!(left.kind.as_ref(), ExprKind::Name(name) if roles.contains(&name.text))
}
