//! A bare word: a column, a field, an element, a definition or an event — and whose it is.

use super::{Outcome, Typed, typed};
use crate::analyze::environment::{Environment, Frame};
use crate::analyze::problem::{Problem, Wanted};
use crate::analyze::rule::Analyzer;
use crate::diagnostic::nearest;
use crate::policy::{Expr, Field, Function, Holder, Literal, QueryKind, Type};
use crate::source::Span;
use crate::syntax::ast::{self, Name};
use crate::vocabulary::{self, FieldKind, Fields as _};

impl Analyzer<'_> {
    /// A bare word.
    pub(super) fn name(&mut self, name: &Name, env: &mut Environment) -> Outcome {
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
    pub(super) fn local(&self, text: &str, env: &Environment) -> Outcome {
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
    pub(super) fn global(
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
    pub(super) fn misplaced(&self, text: &str) -> Option<&'static str> {
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

    pub(super) fn field(&mut self, owner: Typed, name: &Name) -> Outcome {
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

    /// Field of the element's type by name.
    pub(super) fn field_of(&self, kind: &Type, name: &str) -> Option<(Field, Type)> {
        let (holder, fields) = self.fields_of(kind)?;
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

    pub(super) fn field_names(&self, kind: &Type) -> Vec<String> {
        let fields = self.fields_of(kind).map_or(&[][..], |(_, fields)| fields);
        fields.iter().map(|field| field.name.clone()).collect()
    }

    /// The declared fields of an entity or event type; other types have none.
    fn fields_of(&self, kind: &Type) -> Option<(Holder, &[vocabulary::Field])> {
        match kind {
            Type::Entity(id) => Some((Holder::Entity(*id), self.vocabulary.entity(*id).fields())),
            Type::Event(id) => Some((Holder::Event(*id), self.vocabulary.event(*id).fields())),
            Type::Bool
            | Type::Number
            | Type::Text
            | Type::Date
            | Type::Moment
            | Type::AnyEvent
            | Type::Set(_) => None,
        }
    }
}

fn builtin(name: &str) -> Option<Function> {
    match name {
        "绝对值" => Some(Function::Abs),
        "信用代码有效" => Some(Function::CreditCodeValid),
        _ => None,
    }
}
