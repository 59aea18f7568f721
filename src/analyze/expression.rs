//! One expression: names to meanings, and a type for every part.
//! Takes a syntax expression and an [`Environment`]; gives a typed expression, or has reported why not.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::environment::{Environment, Frame};
use super::paths::{self, PathSearch};
use super::problem::{Problem, Wanted};
use super::rule::Analyzer;
use crate::diagnostic::nearest;
use crate::policy::{
    Anchor, CompareOp, Expr, Field, Function, Holder, Literal, NumberOp, Pick, Query, QueryKind, SetOp, Type,
};
use crate::source::Span;
use crate::syntax::ast::{self, ExprKind, Measure, Name, Operator};
use crate::vocabulary::{EntityTypeId, EventTypeId, FieldKind, Fields as _};

/// An expression with its type.
#[derive(Clone, Debug)]
pub(super) struct Typed {
    pub(super) expr: Expr,
    pub(super) kind: Type,
}

/// `None`: reported already.
pub(super) type Outcome = Option<Typed>;

fn typed(expr: Expr, kind: Type) -> Outcome {
    Some(Typed { expr, kind })
}

impl Analyzer<'_> {
    pub(super) fn report(&mut self, problem: Problem) -> Outcome {
        self.problems.push(problem);
        None
    }

    /// A type's name for messages.
    pub(super) fn type_word(&self, kind: &Type) -> String {
        match kind {
            Type::Bool => "「是/否」".to_owned(),
            Type::Number => "数".to_owned(),
            Type::Text => "文本".to_owned(),
            Type::Date => "日期".to_owned(),
            Type::Moment => "时刻".to_owned(),
            Type::Entity(id) => format!("实体「{}」", self.vocabulary.entity(*id).name),
            Type::Event(id) => format!("事件「{}」", self.vocabulary.event(*id).name),
            Type::AnyEvent => "事件".to_owned(),
            Type::Set(element) => format!("一组{}", self.type_word(element)),
        }
    }

    /// A value of any type.
    pub(super) fn expr(&mut self, e: &ast::Expr, env: &mut Environment) -> Outcome {
        match e.kind.as_ref() {
            ExprKind::Name(name) => self.name(name, env),
            ExprKind::Text(text) => typed(Expr::Literal(Literal::Text(text.clone())), Type::Text),
            ExprKind::Number(digits) => match digits.parse::<Decimal>() {
                Ok(number) => typed(Expr::Literal(Literal::Number(number)), Type::Number),
                Err(_) => {
                    self.report(Problem::NumberWanted { found: format!("「{digits}」"), span: e.span })
                }
            },
            ExprKind::Date(date) => typed(Expr::Literal(Literal::Date(*date)), Type::Date),
            ExprKind::Quantity { .. } => {
                self.report(Problem::WrongType {
                    wanted: "一个值", found: "期限".to_owned(), span: e.span
                })
            }
            ExprKind::MonthDay { year, month, day } => {
                let year = self.expr(year, env)?;
                if year.kind != Type::Number {
                    let found = self.type_word(&year.kind);
                    return self
                        .report(Problem::WrongType { wanted: "年度（数）", found, span: e.span });
                }
                let sample = day.unwrap_or(1);
                if NaiveDate::from_ymd_opt(2024, *month, sample).is_none() {
                    return self.report(Problem::WrongType {
                        wanted: "有的日子",
                        found: format!("{month}月{sample}日"),
                        span: e.span,
                    });
                }
                typed(Expr::MonthDay { year: Box::new(year.expr), month: *month, day: *day }, Type::Date)
            }
            ExprKind::Pattern { pick, name, arguments } => self.pattern(*pick, name, arguments, e.span, env),
            ExprKind::Field(owner, field) => {
                let owner = self.expr(owner, env)?;
                self.field(owner, field)
            }
            ExprKind::Of(owner, member) => {
                let owner = self.expr(owner, env)?;
                self.member(owner, member, env)
            }
            ExprKind::Measure(of, measure) => self.measure(of, *measure, env),
            ExprKind::Binary { op, left, right } => self.binary(*op, left, right, e.span, env),
            ExprKind::OrElse(list) => {
                let alternatives: Vec<Typed> =
                    list.iter().map(|alternative| self.expr(alternative, env)).collect::<Option<_>>()?;
                let first = alternatives.first()?;
                let set = alternatives.iter().any(|a| a.kind.is_set());
                let element = first.kind.element().clone();
                let events = |kind: &Type| matches!(kind, Type::Event(_) | Type::AnyEvent);
                for (alternative, source) in alternatives.iter().zip(list) {
                    let other = alternative.kind.element();
                    if *other != element && !(events(other) && events(&element)) {
                        let (left, right) = (self.type_word(&element), self.type_word(other));
                        return self.report(Problem::CannotCompare { left, right, span: source.span });
                    }
                }
                let same = alternatives.iter().all(|a| *a.kind.element() == element);
                let element = if same { element } else { Type::AnyEvent };
                let kind = if set { element.set() } else { element };
                typed(Expr::OrElse(alternatives.into_iter().map(|a| a.expr).collect()), kind)
            }
            ExprKind::Compare { .. }
            | ExprKind::Has { .. }
            | ExprKind::Not(_)
            | ExprKind::And(_)
            | ExprKind::Or(_)
            | ExprKind::Every { .. } => {
                let condition = self.condition(e, env)?;
                typed(condition, Type::Bool)
            }
        }
    }

    /// Something true or false. An event set is true when it has an event, an entity set when it has an entity.
    pub(super) fn condition(&mut self, e: &ast::Expr, env: &mut Environment) -> Option<Expr> {
        match e.kind.as_ref() {
            ExprKind::And(list) => Some(Expr::And(self.conditions(list, env)?)),
            ExprKind::Or(list) => Some(Expr::Or(self.conditions(list, env)?)),
            ExprKind::Not(inner) => Some(Expr::Not(Box::new(self.condition(inner, env)?))),
            ExprKind::Has { owner, negated, items } => self.has(owner.as_ref(), *negated, items, env),
            ExprKind::Compare { left, op, right } => self.compare(left.as_ref(), *op, right, e.span, env),
            ExprKind::Every { set, body } => {
                let set_span = set.span;
                let set = self.expr(set, env)?;
                let element = set.kind.element().clone();
                if !set.kind.is_set() && !matches!(element, Type::Entity(_)) {
                    let found = self.type_word(&set.kind);
                    self.report(Problem::WrongType {
                        wanted: "一组实体或事件", found, span: set_span
                    });
                    return None;
                }
                let name = self.element_name(&element);
                let slot = env.element(name, element);
                let body = self.condition(body, env);
                env.pop();
                Some(Expr::Every { set: Box::new(set.expr), element: slot, body: Box::new(body?) })
            }
            ExprKind::Name(_)
            | ExprKind::Text(_)
            | ExprKind::Number(_)
            | ExprKind::Date(_)
            | ExprKind::Quantity { .. }
            | ExprKind::MonthDay { .. }
            | ExprKind::Pattern { .. }
            | ExprKind::Field(..)
            | ExprKind::Of(..)
            | ExprKind::Measure(..)
            | ExprKind::Binary { .. }
            | ExprKind::OrElse(_) => {
                let value = self.expr(e, env)?;
                self.as_condition(value, e.span)
            }
        }
    }

    fn conditions(&mut self, list: &[ast::Expr], env: &mut Environment) -> Option<Vec<Expr>> {
        let parts: Vec<Option<Expr>> = list.iter().map(|part| self.condition(part, env)).collect();
        parts.into_iter().collect()
    }

    fn as_condition(&mut self, value: Typed, span: Span) -> Option<Expr> {
        match (value.kind, value.expr) {
            (Type::Bool, expr) => Some(expr),
            (_, Expr::Pick(_, query)) => Some(Expr::Present(Box::new(Expr::Query(query)))),
            (Type::Set(_) | Type::Event(_) | Type::AnyEvent, expr) => Some(Expr::Present(Box::new(expr))),
            (kind @ (Type::Number | Type::Text | Type::Date | Type::Moment | Type::Entity(_)), _) => {
                let found = self.type_word(&kind);
                self.report(Problem::WrongType { wanted: "一个条件", found, span });
                None
            }
        }
    }

    pub(super) fn element_name(&self, kind: &Type) -> String {
        match kind {
            Type::Entity(id) => self.vocabulary.entity(*id).name.clone(),
            Type::Event(id) => self.vocabulary.event(*id).name.clone(),
            Type::Bool
            | Type::Number
            | Type::Text
            | Type::Date
            | Type::Moment
            | Type::AnyEvent
            | Type::Set(_) => String::new(),
        }
    }

    /// Field of the element's type by name.
    fn field_of(&self, kind: &Type, name: &str) -> Option<(Field, Type)> {
        let (holder, fields) = match kind {
            Type::Entity(id) => (Holder::Entity(*id), self.vocabulary.entity(*id).fields()),
            Type::Event(id) => (Holder::Event(*id), self.vocabulary.event(*id).fields()),
            Type::Bool
            | Type::Number
            | Type::Text
            | Type::Date
            | Type::Moment
            | Type::AnyEvent
            | Type::Set(_) => {
                return None;
            }
        };
        let index = fields.iter().position(|field| field.name == name)?;
        let field = fields.get(index)?;
        let id = crate::vocabulary::FieldId(u16::try_from(index).ok()?);
        let element = match field.kind {
            FieldKind::Text | FieldKind::Enum(_) => Type::Text,
            FieldKind::Number => Type::Number,
            FieldKind::Bool => Type::Bool,
            FieldKind::Date => Type::Date,
            FieldKind::Entity(target) => Type::Entity(target),
        };
        Some((Field { holder, id }, if field.many { element.set() } else { element }))
    }

    fn field_names(&self, kind: &Type) -> Vec<String> {
        let fields = match kind {
            Type::Entity(id) => self.vocabulary.entity(*id).fields(),
            Type::Event(id) => self.vocabulary.event(*id).fields(),
            Type::Bool
            | Type::Number
            | Type::Text
            | Type::Date
            | Type::Moment
            | Type::AnyEvent
            | Type::Set(_) => &[],
        };
        fields.iter().map(|field| field.name.clone()).collect()
    }

    fn field(&mut self, owner: Typed, name: &Name) -> Outcome {
        let element = owner.kind.element().clone();
        let Some((field, kind)) = self.field_of(&element, &name.text) else {
            let names = self.field_names(&element);
            let owner = self.type_word(&element);
            return self.report(Problem::UnknownField {
                owner,
                name: name.text.clone(),
                span: name.span,
                near: nearest(&name.text, names.iter().map(String::as_str)).map(str::to_owned),
            });
        };
        let kind = if owner.kind.is_set() { kind.element().clone().set() } else { kind };
        typed(Expr::Field(Box::new(owner.expr), field), kind)
    }

    /// A bare word.
    fn name(&mut self, name: &Name, env: &mut Environment) -> Outcome {
        if let Some(found) = self.local(&name.text, env) {
            return Some(found);
        }
        match name.text.as_str() {
            "当日" => return typed(Expr::Today, Type::Date),
            "当时" => {
                return match env.event() {
                    Some((slot, _)) => typed(Expr::MomentOf(Box::new(Expr::Slot(slot))), Type::Moment),
                    None => {
                        self.report(Problem::NotAnEvent { found: "「当时」".to_owned(), span: name.span })
                    }
                };
            }
            "是" => return typed(Expr::Literal(Literal::Bool(true)), Type::Bool),
            "否" => return typed(Expr::Literal(Literal::Bool(false)), Type::Bool),
            _ => {}
        }
        self.global(None, name, &[], name.span, env)
    }

    /// Fields of elements, elements by type name, columns and parameters — innermost first; then fields of
    /// columns. `该X` skips fields: it means the column or element called X.
    fn local(&self, text: &str, env: &Environment) -> Outcome {
        let (text, fields) = match text.strip_prefix('该') {
            Some(rest) if !rest.is_empty() => (rest, false),
            Some(_) | None => (text, true),
        };
        for frame in env.frames.iter().rev() {
            match frame {
                Frame::Element { type_name, slot, kind } => {
                    if fields && let Some((field, kind)) = self.field_of(kind, text) {
                        return typed(Expr::Field(Box::new(Expr::Slot(*slot)), field), kind);
                    }
                    if type_name == text {
                        return typed(Expr::Slot(*slot), kind.clone());
                    }
                }
                Frame::Variable { name, slot, kind } => {
                    if name == text {
                        return typed(Expr::Slot(*slot), kind.clone());
                    }
                }
            }
        }
        let columns = env.frames.iter().rev().filter(|_| fields);
        columns.into_iter().find_map(|frame| match frame {
            Frame::Variable { slot, kind, .. } => {
                let (field, kind) = self.field_of(kind, text)?;
                typed(Expr::Field(Box::new(Expr::Slot(*slot)), field), kind)
            }
            Frame::Element { .. } => None,
        })
    }

    /// A definition, function, event type or entity type, with filters or arguments.
    fn global(
        &mut self,
        pick: Option<ast::Pick>,
        name: &Name,
        arguments: &[ast::Expr],
        span: Span,
        env: &mut Environment,
    ) -> Outcome {
        if let Some(index) = self.definition_index(&name.text) {
            return self.call(index, name, arguments, env);
        }
        if let Some(function) = builtin(&name.text) {
            return self.function(function, name, arguments, env);
        }
        if let Some(event) = self.vocabulary.event_by_name(&name.text) {
            let anchors = self.anchors(event, name, arguments, env)?;
            return self.query(QueryKind::Events(event), anchors, pick, name, arguments, span, env);
        }
        if let Some(entity) = self.vocabulary.entity_by_name(&name.text) {
            return self.query(QueryKind::Entities(entity), Vec::new(), pick, name, arguments, span, env);
        }
        if let Some(what) = self.misplaced(&name.text) {
            return self.report(Problem::Misplaced { what, name: name.text.clone(), span: name.span });
        }
        let near = self.nearest_name(&name.text, env);
        let wanted = if pick.is_some()
            || near.as_deref().is_some_and(|n| self.vocabulary.event_by_name(n).is_some())
        {
            Wanted::Event
        } else {
            Wanted::Name
        };
        self.report(Problem::Unknown { wanted, name: name.text.clone(), span: name.span, near })
    }

    /// What a name is that has its own place in a sentence and is no value.
    fn misplaced(&self, text: &str) -> Option<&'static str> {
        if self.composition.tables.iter().any(|table| table.name.text == text) {
            return Some("代码表");
        }
        if self.list_index(text).is_some() {
            return Some("名单");
        }
        if self.parameter_index(text).is_some() {
            return Some("参数");
        }
        self.composition.templates.iter().any(|template| template.name.text == text).then_some("范本")
    }

    fn nearest_name(&self, text: &str, env: &Environment) -> Option<String> {
        let mut known: Vec<String> = Vec::new();
        for frame in env.frames.iter().rev() {
            match frame {
                Frame::Element { type_name, kind, .. } => {
                    known.extend(self.field_names(kind));
                    known.push(type_name.clone());
                }
                Frame::Variable { name, .. } => known.push(name.clone()),
            }
        }
        known.extend(self.vocabulary.events().map(|(_, e)| e.name.clone()));
        known.extend(self.vocabulary.entities().map(|(_, e)| e.name.clone()));
        known.extend(self.composition.definitions.iter().map(|d| d.name.text.clone()));
        known.extend(self.lists.iter().map(|l| l.name.clone()));
        known.extend(self.parameters.iter().map(|p| p.name.clone()));
        nearest(text, known.iter().map(String::as_str)).map(str::to_owned)
    }

    fn pattern(
        &mut self,
        pick: Option<ast::Pick>,
        name: &Name,
        arguments: &[ast::Expr],
        span: Span,
        env: &mut Environment,
    ) -> Outcome {
        self.global(pick, name, arguments, span, env)
    }

    /// `owner 的 member`
    fn member(&mut self, owner: Typed, member: &ast::Expr, env: &mut Environment) -> Outcome {
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
    fn query(
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
    fn anchors(
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
        let variables: Vec<(crate::policy::Slot, EntityTypeId)> = env
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

    fn call(&mut self, index: usize, name: &Name, arguments: &[ast::Expr], env: &mut Environment) -> Outcome {
        let (parameters, result) = self.definition(index, name.span)?;
        let mut given = Vec::new();
        if arguments.is_empty() {
            for (parameter, kind) in &parameters {
                match self.local(parameter, env) {
                    Some(found) if found.kind == *kind => given.push(found.expr),
                    Some(_) | None => {
                        return self.report(Problem::ArgumentCount {
                            name: name.text.clone(),
                            wanted: parameters.len(),
                            given: 0,
                            span: name.span,
                        });
                    }
                }
            }
        } else if arguments.len() == parameters.len() {
            for (argument, (_, kind)) in arguments.iter().zip(&parameters) {
                let value = self.expr(argument, env)?;
                let dated =
                    matches!((&value.kind, kind), (Type::Date, Type::Moment) | (Type::Moment, Type::Date));
                if value.kind != *kind && !dated {
                    let (left, right) = (self.type_word(&value.kind), self.type_word(kind));
                    return self.report(Problem::CannotCompare { left, right, span: argument.span });
                }
                given.push(value.expr);
            }
        } else {
            return self.report(Problem::ArgumentCount {
                name: name.text.clone(),
                wanted: parameters.len(),
                given: arguments.len(),
                span: name.span,
            });
        }
        typed(Expr::Call { definition: index, arguments: given }, result)
    }

    fn function(
        &mut self,
        function: Function,
        name: &Name,
        arguments: &[ast::Expr],
        env: &mut Environment,
    ) -> Outcome {
        let [argument] = arguments else {
            return self.report(Problem::ArgumentCount {
                name: name.text.clone(),
                wanted: 1,
                given: arguments.len(),
                span: name.span,
            });
        };
        let value = self.expr(argument, env)?;
        let (wanted, result) = match function {
            Function::Abs => (Type::Number, Type::Number),
            Function::CreditCodeValid => (Type::Text, Type::Bool),
        };
        if value.kind != wanted {
            let (left, right) = (self.type_word(&value.kind), self.type_word(&wanted));
            return self.report(Problem::CannotCompare { left, right, span: argument.span });
        }
        typed(Expr::Function(function, Box::new(value.expr)), result)
    }

    fn measure(&mut self, of: &ast::Expr, measure: Measure, env: &mut Environment) -> Outcome {
        let value = self.expr(of, env)?;
        match measure {
            Measure::Count => {
                if !value.kind.is_set() {
                    let found = self.type_word(&value.kind);
                    return self.report(Problem::WrongType { wanted: "一组东西", found, span: of.span });
                }
                typed(Expr::Size(Box::new(value.expr)), Type::Number)
            }
            Measure::Dates => match value.kind {
                Type::Set(ref element) if matches!(**element, Type::Event(_)) => {
                    typed(Expr::Dates(Box::new(value.expr)), Type::Date.set())
                }
                Type::Event(_) | Type::AnyEvent | Type::Moment => {
                    typed(Expr::DateOf(Box::new(value.expr)), Type::Date)
                }
                ref other => {
                    let found = self.type_word(other);
                    self.report(Problem::NotAnEvent { found, span: of.span })
                }
            },
            Measure::Year => {
                if let Type::Entity(_) = value.kind {
                    let name = Name { text: "年度".to_owned(), span: of.span };
                    return self.field(value, &name);
                }
                let date = self.moment(value, of.span)?;
                typed(Expr::YearOf(Box::new(date.expr)), Type::Number)
            }
        }
    }

    fn binary(
        &mut self,
        op: Operator,
        left: &ast::Expr,
        right: &ast::Expr,
        span: Span,
        env: &mut Environment,
    ) -> Outcome {
        let left_value = self.expr(left, env);
        let right_value = self.expr(right, env);
        let (left, right) = (left_value?, right_value?);
        let numbers = left.kind == Type::Number && right.kind == Type::Number;
        let sets = !numbers && left.kind.element() == right.kind.element();
        let (l, r) = (Box::new(left.expr), Box::new(right.expr));
        let set = left.kind.element().clone().set();
        match op {
            Operator::Add if numbers => typed(Expr::Number(NumberOp::Add, l, r), Type::Number),
            Operator::Subtract if numbers => typed(Expr::Number(NumberOp::Subtract, l, r), Type::Number),
            Operator::Multiply if numbers => typed(Expr::Number(NumberOp::Multiply, l, r), Type::Number),
            Operator::Divide if numbers => typed(Expr::Number(NumberOp::Divide, l, r), Type::Number),
            Operator::Union | Operator::Add if sets => typed(Expr::Set(SetOp::Union, l, r), set),
            Operator::Difference | Operator::Subtract if sets => {
                typed(Expr::Set(SetOp::Difference, l, r), set)
            }
            Operator::Add
            | Operator::Subtract
            | Operator::Multiply
            | Operator::Divide
            | Operator::Union
            | Operator::Difference => {
                let (left, right) = (self.type_word(&left.kind), self.type_word(&right.kind));
                self.report(Problem::CannotCompare { left, right, span })
            }
        }
    }

    /// 有 / 没有
    fn has(
        &mut self,
        owner: Option<&ast::Expr>,
        negated: bool,
        items: &[ast::Expr],
        env: &mut Environment,
    ) -> Option<Expr> {
        let owner = match owner {
            Some(owner) => Some(self.expr(owner, env)?),
            None => None,
        };
        let mut parts = Vec::new();
        let mut sound = true;
        for item in items {
            let value = match &owner {
                Some(owner) => self.member(owner.clone(), item, env),
                None => self.expr(item, env),
            };
            match value {
                Some(Typed { expr: Expr::Pick(_, query), .. }) => {
                    parts.push(Expr::Present(Box::new(Expr::Query(query))));
                }
                Some(Typed { expr, .. }) => parts.push(Expr::Present(Box::new(expr))),
                None => sound = false,
            }
        }
        if !sound {
            return None;
        }
        let all = if parts.len() == 1 { parts.pop()? } else { Expr::And(parts) };
        Some(if negated { Expr::Not(Box::new(all)) } else { all })
    }

    /// A date or moment out of a date, moment or event.
    pub(super) fn moment(&mut self, value: Typed, span: Span) -> Outcome {
        match value.kind {
            Type::Date | Type::Moment => Some(value),
            Type::Event(_) | Type::AnyEvent => typed(Expr::MomentOf(Box::new(value.expr)), Type::Moment),
            ref other => {
                let found = self.type_word(other);
                self.report(Problem::WrongType { wanted: "一个日子或事件", found, span })
            }
        }
    }

    fn compare(
        &mut self,
        left: Option<&ast::Expr>,
        op: ast::CompareOp,
        right: &ast::Expr,
        span: Span,
        env: &mut Environment,
    ) -> Option<Expr> {
        let left_value = match left {
            Some(left) => self.expr(left, env)?,
            None => match env.innermost() {
                Some((slot, kind @ (Type::Event(_) | Type::AnyEvent))) => {
                    Typed { expr: Expr::Slot(slot), kind: kind.clone() }
                }
                Some(_) | None => {
                    self.report(Problem::NoLeftSide { span });
                    return None;
                }
            },
        };
        let left_span = left.map_or(span, |left| left.span);
        match op {
            ast::CompareOp::Is | ast::CompareOp::IsNot => {
                let right = self.operand(&left_value, right, env)?;
                let (l, r) = self.comparable(left_value, right, span)?;
                let op = if op == ast::CompareOp::Is { CompareOp::Equal } else { CompareOp::NotEqual };
                Some(Expr::Compare(op, Box::new(l), Box::new(r)))
            }
            ast::CompareOp::Greater
            | ast::CompareOp::AtLeast
            | ast::CompareOp::Less
            | ast::CompareOp::AtMost => {
                let right_value = self.expr(right, env)?;
                let (l, r) = if left_value.kind == Type::Number && right_value.kind == Type::Number {
                    (left_value.expr, right_value.expr)
                } else {
                    let timed = |kind: &Type| {
                        matches!(kind, Type::Date | Type::Moment | Type::Event(_) | Type::AnyEvent)
                    };
                    if !timed(&left_value.kind) || !timed(&right_value.kind) {
                        let (left, right) =
                            (self.type_word(&left_value.kind), self.type_word(&right_value.kind));
                        self.report(Problem::CannotCompare { left, right, span });
                        return None;
                    }
                    let l = self.moment(left_value, left_span)?;
                    let r = self.moment(right_value, right.span)?;
                    (l.expr, r.expr)
                };
                let op = match op {
                    ast::CompareOp::Greater => CompareOp::Greater,
                    ast::CompareOp::AtLeast => CompareOp::AtLeast,
                    ast::CompareOp::Less => CompareOp::Less,
                    ast::CompareOp::Is
                    | ast::CompareOp::IsNot
                    | ast::CompareOp::In
                    | ast::CompareOp::NotIn
                    | ast::CompareOp::SetIs
                    | ast::CompareOp::AtMost
                    | ast::CompareOp::Contains
                    | ast::CompareOp::Lacks
                    | ast::CompareOp::Before
                    | ast::CompareOp::After => CompareOp::AtMost,
                };
                Some(Expr::Compare(op, Box::new(l), Box::new(r)))
            }
            ast::CompareOp::Before | ast::CompareOp::After => {
                let l = self.moment(left_value, left_span)?;
                let right_value = self.expr(right, env)?;
                if let Type::Set(_) = right_value.kind {
                    let event = self.element_name(right_value.kind.element());
                    self.report(Problem::PickNeeded { event, span: right.span });
                    return None;
                }
                let r = self.moment(right_value, right.span)?;
                let op = if op == ast::CompareOp::Before { CompareOp::Before } else { CompareOp::After };
                Some(Expr::Compare(op, Box::new(l.expr), Box::new(r.expr)))
            }
            ast::CompareOp::In | ast::CompareOp::NotIn => {
                let inside = self.inside(left_value, right, span, env)?;
                Some(if op == ast::CompareOp::NotIn { Expr::Not(Box::new(inside)) } else { inside })
            }
            ast::CompareOp::SetIs => {
                let right = self.expr(right, env)?;
                if left_value.kind.element() != right.kind.element() {
                    let (left, right) = (self.type_word(&left_value.kind), self.type_word(&right.kind));
                    self.report(Problem::CannotCompare { left, right, span });
                    return None;
                }
                Some(Expr::SetEqual(Box::new(left_value.expr), Box::new(right.expr)))
            }
            ast::CompareOp::Contains | ast::CompareOp::Lacks => {
                let right_value = self.operand(&left_value, right, env)?;
                let text = left_value.kind == Type::Text && right_value.kind == Type::Text;
                let member =
                    left_value.kind.is_set() && *left_value.kind.element() == *right_value.kind.element();
                if !text && !member {
                    let (left, right) = (self.type_word(&left_value.kind), self.type_word(&right_value.kind));
                    self.report(Problem::CannotCompare { left, right, span });
                    return None;
                }
                let contains = Expr::Contains(Box::new(left_value.expr), Box::new(right_value.expr));
                Some(if op == ast::CompareOp::Lacks { Expr::Not(Box::new(contains)) } else { contains })
            }
        }
    }

    /// 属于: a list, or a set.
    fn inside(&mut self, left: Typed, right: &ast::Expr, span: Span, env: &mut Environment) -> Option<Expr> {
        if let ExprKind::Name(name) = right.kind.as_ref()
            && let Some(index) = self.list_index(&name.text)
        {
            if *left.kind.element() != Type::Text && !matches!(left.kind.element(), Type::Entity(_)) {
                let found = self.type_word(&left.kind);
                self.report(Problem::CannotCompare {
                    left: found,
                    right: format!("名单「{}」", name.text),
                    span,
                });
                return None;
            }
            return Some(Expr::Listed(Box::new(left.expr), index));
        }
        if *left.kind.element() == Type::Text
            && let ExprKind::Name(name) = right.kind.as_ref()
            && self.local(&name.text, env).is_none()
            && self.definition_index(&name.text).is_none()
        {
            let near = nearest(&name.text, self.lists.iter().map(|l| l.name.as_str())).map(str::to_owned);
            self.report(Problem::Unknown {
                wanted: Wanted::List,
                name: name.text.clone(),
                span: name.span,
                near,
            });
            return None;
        }
        let right_value = self.expr(right, env)?;
        if left.kind.element() != right_value.kind.element() {
            let (left, right) = (self.type_word(&left.kind), self.type_word(&right_value.kind));
            self.report(Problem::CannotCompare { left, right, span });
            return None;
        }
        Some(Expr::In(Box::new(left.expr), Box::new(right_value.expr)))
    }

    fn comparable(&mut self, left: Typed, right: Typed, span: Span) -> Option<(Expr, Expr)> {
        let date = |kind: &Type| matches!(kind, Type::Date | Type::Moment);
        if left.kind == right.kind || (date(&left.kind) && date(&right.kind)) {
            return Some((left.expr, right.expr));
        }
        if left.kind.element() == right.kind.element() && matches!(left.kind.element(), Type::Entity(_)) {
            // 单值与多值相比：多值的须恰为那一个。
            return Some((left.expr, right.expr));
        }
        let (left, right) = (self.type_word(&left.kind), self.type_word(&right.kind));
        self.report(Problem::CannotCompare { left, right, span });
        None
    }

    /// The right side of a comparison; a bare word may be a term of the left side's enumeration.
    fn operand(&mut self, left: &Typed, right: &ast::Expr, env: &mut Environment) -> Outcome {
        let ExprKind::Name(name) = right.kind.as_ref() else { return self.expr(right, env) };
        if *left.kind.element() != Type::Text {
            return self.expr(right, env);
        }
        let Expr::Field(_, field) = &left.expr else { return self.expr(right, env) };
        let declared = match field.holder {
            Holder::Entity(id) => self.vocabulary.entity(id).field(field.id),
            Holder::Event(id) => self.vocabulary.event(id).field(field.id),
        };
        let (field_name, terms) = match &declared.kind {
            FieldKind::Enum(terms) => (declared.name.clone(), terms.clone()),
            FieldKind::Text
            | FieldKind::Number
            | FieldKind::Bool
            | FieldKind::Date
            | FieldKind::Entity(_) => {
                let known =
                    self.local(&name.text, env).is_some() || self.definition_index(&name.text).is_some();
                if known {
                    return self.expr(right, env);
                }
                if let Some(what) = self.misplaced(&name.text) {
                    return self.report(Problem::Misplaced {
                        what,
                        name: name.text.clone(),
                        span: name.span,
                    });
                }
                return self.report(Problem::TextNotQuoted { name: name.text.clone(), span: name.span });
            }
        };
        let term = terms
            .iter()
            .find(|term| term.name == name.text || term.synonyms.iter().any(|synonym| *synonym == name.text));
        if let Some(term) = term {
            return typed(Expr::Literal(Literal::Text(term.name.clone())), Type::Text);
        }
        if let Some(found) = self.local(&name.text, env)
            && found.kind == Type::Text
        {
            return Some(found);
        }
        let names: Vec<String> = terms.into_iter().map(|term| term.name).collect();
        self.report(Problem::UnknownTerm {
            field: field_name,
            name: name.text.clone(),
            span: name.span,
            near: nearest(&name.text, names.iter().map(String::as_str)).map(str::to_owned),
            terms: names,
        })
    }
}

/// `原人员 为 甲`, also among others: the filter itself says which relation is meant.
fn names_role(filter: &ast::Expr, roles: &[String]) -> bool {
    match filter.kind.as_ref() {
        ExprKind::Compare { left: Some(left), .. } => match left.kind.as_ref() {
            ExprKind::Name(name) => roles.contains(&name.text),
            _ => false,
        },
        ExprKind::And(parts) | ExprKind::Or(parts) => parts.iter().any(|part| names_role(part, roles)),
        _ => false,
    }
}

fn builtin(name: &str) -> Option<Function> {
    match name {
        "绝对值" => Some(Function::Abs),
        "信用代码有效" => Some(Function::CreditCodeValid),
        _ => None,
    }
}
