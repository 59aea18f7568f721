//! The interpreter of plan nodes: values, sets, truth, and since when.
//! Works on a stack of slots; allocates only for unions of sets. Pure: reads [`Bound`], nothing else.

use chrono::{Datelike as _, NaiveDate};
use rust_decimal::Decimal;

use super::bound::{self, Bound};
use super::value::{ALWAYS, Doubt, Note, Truth, Val, When};
use crate::history::{Cell, EntityRef, EventRef, Moment, Symbol, cell_date};
use crate::plan::{CellKind, FieldRead, Node, QueryNode, Source};
use crate::policy::{CompareOp, Function, NumberOp, Pick, SetOp};

/// One thread's working memory.
pub(super) struct Machine<'b, 'a> {
    pub(super) bound: &'b Bound<'a>,
    slots: Vec<Val>,
    /// 当日: the date of the event judged.
    pub(super) today: NaiveDate,
    /// Date at which attributes are read.
    pub(super) read_on: NaiveDate,
    /// Events before this do not count as responses.
    pub(super) not_before: Option<Moment>,
    /// What was missing so far.
    pub(super) notes: Vec<Note>,
    /// Elements for which a 凡 failed.
    pub(super) failing: Vec<Val>,
}

/// Candidates of a query, ascending.
enum Candidates<'b> {
    Slice(&'b [u32]),
    Range(std::ops::Range<u32>),
    Owned(Vec<u32>),
}

impl Candidates<'_> {
    fn len(&self) -> usize {
        match self {
            Self::Slice(list) => list.len(),
            Self::Range(range) => range.len(),
            Self::Owned(list) => list.len(),
        }
    }

    fn get(&self, at: usize) -> u32 {
        match self {
            Self::Slice(list) => list.get(at).copied().unwrap_or(0),
            Self::Range(range) => range.start + u32::try_from(at).unwrap_or(0),
            Self::Owned(list) => list.get(at).copied().unwrap_or(0),
        }
    }
}

impl<'b, 'a> Machine<'b, 'a> {
    pub(super) fn new(bound: &'b Bound<'a>, slots: usize) -> Self {
        Self {
            bound,
            slots: vec![Val::Absent; slots],
            today: bound.as_of,
            read_on: bound.as_of,
            not_before: None,
            notes: Vec::new(),
            failing: Vec::new(),
        }
    }

    pub(super) fn set_slot(&mut self, slot: usize, value: Val) {
        if let Some(place) = self.slots.get_mut(slot) {
            *place = value;
        }
    }

    pub(super) fn slot(&self, slot: usize) -> Val {
        self.slots.get(slot).copied().unwrap_or(Val::Absent)
    }

    /// 当日 and reading date for what follows.
    pub(super) fn at(&mut self, date: NaiveDate) {
        self.today = date;
        self.read_on = date;
    }

    // ---- fields ----

    fn cells(&self, owner: Val, read: &FieldRead) -> Option<&'b [Cell]> {
        let history = self.bound.history;
        match (owner, read.source) {
            (Val::Entity(entity), Source::Entities(kind)) => {
                let on = if read.latest { self.bound.as_of } else { self.read_on };
                Some(history.entity_field(EntityRef(entity), kind, read.field, on))
            }
            (Val::Event(event) | Val::Maybe(event), Source::Events(kind)) => {
                Some(history.event_field(EventRef(event), kind, read.field))
            }
            _ => None,
        }
    }

    fn cell(&self, cell: Cell, kind: CellKind) -> Val {
        match kind {
            CellKind::Text => Val::Text(cell),
            CellKind::Number => Val::Number(self.bound.history.number(cell)),
            CellKind::Bool => Val::Bool(cell != 0),
            CellKind::Date => Val::Date(cell_date(cell)),
            CellKind::Entity(_) => Val::Entity(cell),
        }
    }

    fn note_field(&mut self, owner: Val, read: &FieldRead) {
        if let Val::Entity(holder) | Val::Event(holder) | Val::Maybe(holder) = owner {
            self.notes.push(Note::Field { source: read.source, field: read.field, holder });
        }
    }

    fn field(&mut self, owner: &Node, read: &FieldRead) -> Val {
        let owner = self.value(owner);
        let cells = match owner {
            Val::Missing | Val::Many => return Val::Missing,
            _ => match self.cells(owner, read) {
                Some(cells) => cells,
                None => return Val::Absent,
            },
        };
        match cells {
            [] => match &read.default {
                Some(default) => self.value(default),
                None => {
                    self.note_field(owner, read);
                    Val::Missing
                }
            },
            [one] => self.cell(*one, read.kind),
            _ => Val::Many,
        }
    }

    // ---- values ----

    pub(super) fn value(&mut self, node: &Node) -> Val {
        match node {
            Node::Bool(value) => Val::Bool(*value),
            Node::Number(number) => Val::Number(*number),
            Node::Text(at) => Val::Literal(*at),
            Node::Date(date) => Val::Date(*date),
            Node::Slot(at) => self.slot(*at),
            Node::Today => Val::Date(self.today),
            Node::Field(owner, read) => self.field(owner, read),
            Node::Pick(pick, query) => self.pick(*pick, query),
            Node::Earliest { key, indexes } => {
                let Val::Entity(entity) = self.value(key) else { return Val::Absent };
                let history = self.bound.history;
                indexes
                    .iter()
                    .filter_map(|at| self.bound.indexes.get(*at)?.get(entity).first().copied())
                    .min_by_key(|event| (history.moment(EventRef(*event)), *event))
                    .map_or(Val::Absent, Val::Event)
            }
            Node::MomentOf(of) => match self.value(of) {
                Val::Event(event) => Val::Moment(self.bound.history.moment(EventRef(event))),
                Val::Maybe(_) => Val::Missing,
                other => other,
            },
            Node::DateOf(of) => match self.value(of) {
                Val::Event(event) => Val::Date(self.bound.history.moment(EventRef(event)).date),
                Val::Moment(moment) => Val::Date(moment.date),
                Val::Maybe(_) => Val::Missing,
                other => other,
            },
            Node::YearOf(of) => match self.value(of) {
                Val::Event(event) => year(self.bound.history.moment(EventRef(event)).date),
                Val::Moment(moment) => year(moment.date),
                Val::Date(date) => year(date),
                Val::Maybe(_) => Val::Missing,
                other => other,
            },
            Node::MonthDay { year, month, day } => {
                let Val::Number(year) = self.value(year) else { return Val::Missing };
                month_day(year, *month, *day).map_or(Val::Missing, Val::Date)
            }
            Node::Size(of) => {
                let mut set = Vec::new();
                let doubt = self.set(of, &mut set);
                if doubt.short || doubt.excess {
                    return Val::Missing;
                }
                distinct(&mut set);
                Val::Number(Decimal::from(set.len()))
            }
            Node::Arithmetic(op, left, right) => {
                let (left, right) = (self.value(left), self.value(right));
                let (Val::Number(l), Val::Number(r)) = (left, right) else {
                    return if matches!(left, Val::Absent) || matches!(right, Val::Absent) {
                        Val::Absent
                    } else {
                        Val::Missing
                    };
                };
                let result = match op {
                    NumberOp::Add => l.checked_add(r),
                    NumberOp::Subtract => l.checked_sub(r),
                    NumberOp::Multiply => l.checked_mul(r),
                    NumberOp::Divide => l.checked_div(r),
                };
                result.map_or(Val::Missing, Val::Number)
            }
            Node::OrElse(list) => {
                let before = self.notes.len();
                let mut last = Val::Absent;
                for alternative in list {
                    last = self.value(alternative);
                    if !matches!(last, Val::Missing | Val::Absent) {
                        self.notes.truncate(before);
                        return last;
                    }
                }
                last
            }
            Node::Let { bindings, body } => {
                self.bind(bindings);
                self.value(body)
            }
            Node::Function(function, of) => self.function(*function, of),
            Node::Query(_) | Node::Set(..) | Node::Dates(_) => {
                let mut set = Vec::new();
                self.set(node, &mut set);
                match set.as_slice() {
                    [] => Val::Absent,
                    [one] => *one,
                    _ => Val::Many,
                }
            }
            Node::Compare(..)
            | Node::In(..)
            | Node::NamedIn { .. }
            | Node::Listed(..)
            | Node::Contains(..)
            | Node::SetEqual(..)
            | Node::Present(_)
            | Node::Not(_)
            | Node::And(_)
            | Node::Or(_)
            | Node::Every { .. } => match self.truth(node) {
                Truth::True => Val::Bool(true),
                Truth::False => Val::Bool(false),
                Truth::Unknown => Val::Missing,
            },
        }
    }

    fn bind(&mut self, bindings: &[(usize, Node)]) {
        for (slot, node) in bindings {
            let value = self.value(node);
            self.set_slot(*slot, value);
        }
    }

    fn function(&mut self, function: Function, of: &Node) -> Val {
        let value = self.value(of);
        match (function, value) {
            (_, Val::Missing) => Val::Missing,
            (Function::Abs, Val::Number(number)) => Val::Number(number.abs()),
            (Function::CreditCodeValid, Val::Text(symbol)) => {
                Val::Bool(super::credit_code::valid(self.bound.history.text(Symbol(symbol))))
            }
            (Function::Abs | Function::CreditCodeValid, _) => Val::Absent,
        }
    }

    // ---- sets ----

    /// Appends the elements of a set; duplicates may remain.
    pub(super) fn set(&mut self, node: &Node, out: &mut Vec<Val>) -> Doubt {
        match node {
            Node::Field(owner, read) if owner.is_set() => {
                let mut owners = Vec::new();
                let mut doubt = self.set(owner, &mut owners);
                distinct(&mut owners);
                for owner in owners {
                    doubt = doubt.join(self.field_elements(owner, read, out));
                }
                doubt
            }
            Node::Field(owner, read) => {
                let owner = self.value(owner);
                self.field_elements(owner, read, out)
            }
            Node::Query(query) => self.elements(query, out),
            Node::Set(SetOp::Union, left, right) => {
                let l = self.set(left, out);
                let r = self.set(right, out);
                l.join(r)
            }
            Node::Set(SetOp::Difference, left, right) => {
                let start = out.len();
                let l = self.set(left, out);
                let mut removed = Vec::new();
                let r = self.set(right, &mut removed);
                distinct(&mut removed);
                let kept: Vec<Val> = out.drain(start..).filter(|value| !contains(&removed, value)).collect();
                out.extend(kept);
                Doubt { short: l.short || r.excess, excess: l.excess || r.short }
            }
            Node::Dates(of) => {
                let mut events = Vec::new();
                let doubt = self.set(of, &mut events);
                for event in events {
                    if let Val::Event(event) = event {
                        out.push(Val::Date(self.bound.history.moment(EventRef(event)).date));
                    }
                }
                doubt
            }
            Node::OrElse(list) => {
                let before = self.notes.len();
                let start = out.len();
                let mut doubt = Doubt::default();
                for alternative in list {
                    doubt = self.set(alternative, out);
                    if out.len() > start {
                        self.notes.truncate(before);
                        return doubt;
                    }
                }
                doubt
            }
            Node::Let { bindings, body } => {
                self.bind(bindings);
                self.set(body, out)
            }
            other => match self.value(other) {
                Val::Missing => Doubt { short: true, excess: false },
                Val::Absent => Doubt::default(),
                value => {
                    out.push(value);
                    Doubt::default()
                }
            },
        }
    }

    fn field_elements(&mut self, owner: Val, read: &FieldRead, out: &mut Vec<Val>) -> Doubt {
        if matches!(owner, Val::Missing | Val::Many) {
            return Doubt { short: true, excess: false };
        }
        let Some(cells) = self.cells(owner, read) else { return Doubt::default() };
        if cells.is_empty() {
            if let Some(default) = &read.default {
                let value = self.value(default);
                out.push(value);
                return Doubt::default();
            }
            self.note_field(owner, read);
            return Doubt { short: true, excess: false };
        }
        for cell in cells {
            let value = self.cell(*cell, read.kind);
            out.push(value);
        }
        Doubt::default()
    }

    // ---- queries ----

    /// Candidates by the cheapest lookup, checked against the others. `true`: a key was missing.
    fn candidates(&mut self, query: &QueryNode) -> (Candidates<'b>, bool) {
        let bound = self.bound;
        let mut lists: Vec<Candidates<'b>> = Vec::with_capacity(query.lookups.len());
        let mut missing = false;
        for lookup in &query.lookups {
            let mut union: Option<Vec<u32>> = None;
            let mut single: Option<&'b [u32]> = None;
            for (index, key) in &lookup.any {
                let Some(index) = bound.indexes.get(*index) else { continue };
                let mut keys = Vec::new();
                let value = if key.is_set() {
                    missing |= self.set(key, &mut keys).short;
                    Val::Absent
                } else {
                    self.value(key)
                };
                missing |= matches!(value, Val::Missing | Val::Maybe(_));
                if let Val::Entity(entity) = value {
                    let list = index.get(entity);
                    match (single, &mut union) {
                        (None, None) => single = Some(list),
                        (Some(first), None) => union = Some([first, list].concat()),
                        (_, Some(union)) => union.extend_from_slice(list),
                    }
                }
                for key in keys {
                    if let Val::Entity(entity) = key {
                        union.get_or_insert_with(Vec::new).extend_from_slice(index.get(entity));
                    }
                }
            }
            lists.push(match (union, single) {
                (Some(mut union), _) => {
                    union.sort_unstable();
                    union.dedup();
                    Candidates::Owned(union)
                }
                (None, Some(list)) => Candidates::Slice(list),
                (None, None) => Candidates::Slice(&[]),
            });
        }
        let Some(at) = (0..lists.len()).min_by_key(|at| lists.get(*at).map_or(0, Candidates::len)) else {
            return (Candidates::Range(bound::elements(query.source, bound.history)), missing);
        };
        let best = lists.swap_remove(at);
        if lists.is_empty() || best.len() == 0 {
            return (best, missing);
        }
        let kept: Vec<u32> = (0..best.len())
            .map(|at| best.get(at))
            .filter(|element| {
                lists.iter().all(|list| match list {
                    Candidates::Slice(list) => list.binary_search(element).is_ok(),
                    Candidates::Range(range) => range.contains(element),
                    Candidates::Owned(list) => list.binary_search(element).is_ok(),
                })
            })
            .collect();
        (Candidates::Owned(kept), missing)
    }

    fn element(query: &QueryNode, number: u32) -> Val {
        match query.source {
            Source::Events(_) => Val::Event(number),
            Source::Entities(_) => Val::Entity(number),
        }
    }

    /// The filter on one candidate; notes stay only when it is unknown.
    pub(super) fn passes(&mut self, query: &QueryNode, number: u32) -> Truth {
        self.set_slot(query.element, Self::element(query, number));
        let Some(filter) = &query.filter else { return Truth::True };
        self.truth(filter)
    }

    fn elements(&mut self, query: &QueryNode, out: &mut Vec<Val>) -> Doubt {
        let (candidates, missing) = self.candidates(query);
        let mut doubt = Doubt { short: missing, excess: false };
        for at in 0..candidates.len() {
            let number = candidates.get(at);
            match self.passes(query, number) {
                Truth::True => out.push(Self::element(query, number)),
                Truth::False => {}
                Truth::Unknown => doubt.short = true,
            }
        }
        doubt
    }

    /// Every candidate that passes or may pass, in order.
    pub(super) fn matches(&mut self, query: &QueryNode) -> Vec<(u32, Truth, Vec<Note>)> {
        let (candidates, _) = self.candidates(query);
        let mut found = Vec::new();
        for at in 0..candidates.len() {
            let number = candidates.get(at);
            let before = self.notes.len();
            match self.passes(query, number) {
                Truth::True => found.push((number, Truth::True, Vec::new())),
                Truth::False => {}
                Truth::Unknown => found.push((number, Truth::Unknown, self.notes.split_off(before))),
            }
        }
        found
    }

    fn pick(&mut self, pick: Pick, query: &QueryNode) -> Val {
        let (candidates, missing) = self.candidates(query);
        let count = candidates.len();
        for step in 0..count {
            let at = match pick {
                Pick::First => step,
                Pick::Last => count - 1 - step,
            };
            let number = candidates.get(at);
            match self.passes(query, number) {
                Truth::True => return Val::Event(number),
                Truth::Unknown => return Val::Maybe(number),
                Truth::False => {}
            }
        }
        if missing { Val::Missing } else { Val::Absent }
    }

    fn any(&mut self, query: &QueryNode) -> Truth {
        let before = self.notes.len();
        let (candidates, missing) = self.candidates(query);
        let mut unknown = missing;
        for at in 0..candidates.len() {
            match self.passes(query, candidates.get(at)) {
                Truth::True => {
                    self.notes.truncate(before);
                    return Truth::True;
                }
                Truth::Unknown => unknown = true,
                Truth::False => {}
            }
        }
        if unknown { Truth::Unknown } else { Truth::False }
    }

    // ---- truth ----

    /// Whether a condition holds. Notes are added only when the answer is unknown.
    pub(super) fn truth(&mut self, node: &Node) -> Truth {
        let before = self.notes.len();
        let truth = self.judge(node);
        if truth != Truth::Unknown {
            self.notes.truncate(before);
        }
        truth
    }

    fn judge(&mut self, node: &Node) -> Truth {
        match node {
            Node::Bool(value) => Truth::of(*value),
            Node::And(list) => {
                let mut all = Truth::True;
                for part in list {
                    match self.truth(part) {
                        Truth::False => return Truth::False,
                        Truth::Unknown => all = Truth::Unknown,
                        Truth::True => {}
                    }
                }
                all
            }
            Node::Or(list) => {
                let mut any = Truth::False;
                for part in list {
                    match self.truth(part) {
                        Truth::True => return Truth::True,
                        Truth::Unknown => any = Truth::Unknown,
                        Truth::False => {}
                    }
                }
                any
            }
            Node::Not(of) => self.truth(of).not(),
            Node::Present(of) => self.present(of),
            Node::Compare(op, left, right) => {
                let (left, right) = (self.value(left), self.value(right));
                self.compare(*op, left, right)
            }
            Node::In(left, right) => self.inside(left, right),
            Node::NamedIn { left, slot, hits, all, role } => {
                let value = self.value(left);
                match value {
                    Val::Missing | Val::Many | Val::Maybe(_) => return Truth::Unknown,
                    Val::Entity(_) => {}
                    _ => return Truth::False,
                }
                self.set_slot(*slot, value);
                match self.any(hits) {
                    Truth::False => {}
                    found @ (Truth::True | Truth::Unknown) => return found,
                }
                let mut unknown = false;
                for (event, truth, _) in self.matches(all) {
                    let silent = self.cells(Val::Event(event), role).is_none_or(<[Cell]>::is_empty);
                    if silent || truth == Truth::Unknown {
                        self.note_field(Val::Event(event), role);
                        unknown = true;
                    }
                }
                if unknown { Truth::Unknown } else { Truth::False }
            }
            Node::Listed(of, list) => {
                let mut values = Vec::new();
                let doubt = if of.is_set() {
                    self.set(of, &mut values)
                } else {
                    match self.value(of) {
                        Val::Missing | Val::Maybe(_) | Val::Many => return Truth::Unknown,
                        value => values.push(value),
                    }
                    Doubt::default()
                };
                if values.iter().any(|value| !self.listed(value, *list)) {
                    return Truth::False;
                }
                if doubt.short { Truth::Unknown } else { Truth::of(!values.is_empty()) }
            }
            Node::Contains(left, right) => self.contains(left, right),
            Node::SetEqual(left, right) => {
                let (mut l, mut r) = (Vec::new(), Vec::new());
                let doubt = self.set(left, &mut l).join(self.set(right, &mut r));
                if doubt.short || doubt.excess {
                    return Truth::Unknown;
                }
                distinct(&mut l);
                distinct(&mut r);
                Truth::of(l.len() == r.len() && l.iter().all(|value| contains(&r, value)))
            }
            Node::Every { set, element, body } => {
                let mut elements = Vec::new();
                let doubt = self.set(set, &mut elements);
                distinct(&mut elements);
                let mut all = if doubt.short { Truth::Unknown } else { Truth::True };
                for value in elements {
                    self.set_slot(*element, value);
                    match self.truth(body) {
                        Truth::False if !doubt.excess => {
                            self.failing.push(value);
                            return Truth::False;
                        }
                        Truth::False | Truth::Unknown => all = Truth::Unknown,
                        Truth::True => {}
                    }
                }
                all
            }
            Node::Let { bindings, body } => {
                self.bind(bindings);
                self.truth(body)
            }
            Node::Query(query) | Node::Pick(_, query) => self.any(query),
            other => match self.value(other) {
                Val::Bool(value) => Truth::of(value),
                Val::Missing | Val::Many | Val::Maybe(_) => Truth::Unknown,
                _ => Truth::False,
            },
        }
    }

    fn listed(&self, value: &Val, list: usize) -> bool {
        let Some(bound) = self.bound.lists.get(list) else { return false };
        match value {
            Val::Text(symbol) => bound.symbols.binary_search(symbol).is_ok(),
            Val::Literal(text) => bound.literals.contains(text),
            Val::Entity(entity) => bound.members.binary_search(entity).is_ok(),
            Val::Name(other, _) => *other == list,
            _ => false,
        }
    }

    fn present(&mut self, of: &Node) -> Truth {
        match of {
            Node::Query(query) => self.any(query),
            Node::Field(owner, read) => {
                let mut owners = Vec::new();
                let doubt = self.set(owner, &mut owners);
                let given = owners.iter().any(|owner| {
                    read.default.is_some()
                        || self
                            .cells(*owner, read)
                            .is_some_and(|cells| cells.iter().any(|cell| !self.blank(*cell, read)))
                });
                match (given, doubt.short) {
                    (true, _) => Truth::True,
                    (false, true) => Truth::Unknown,
                    (false, false) => Truth::False,
                }
            }
            Node::OrElse(list) => {
                let mut any = Truth::False;
                for alternative in list {
                    match self.present(alternative) {
                        Truth::True => return Truth::True,
                        Truth::Unknown => any = Truth::Unknown,
                        Truth::False => {}
                    }
                }
                any
            }
            Node::Let { bindings, body } => {
                self.bind(bindings);
                self.present(body)
            }
            Node::Set(..) | Node::Dates(_) => {
                let mut set = Vec::new();
                let doubt = self.set(of, &mut set);
                if set.is_empty() && doubt.short { Truth::Unknown } else { Truth::of(!set.is_empty()) }
            }
            other => match self.value(other) {
                Val::Missing | Val::Maybe(_) => Truth::Unknown,
                Val::Absent => Truth::False,
                _ => Truth::True,
            },
        }
    }

    fn blank(&self, cell: Cell, read: &FieldRead) -> bool {
        read.kind == CellKind::Text && self.bound.history.text(Symbol(cell)).trim().is_empty()
    }

    fn inside(&mut self, left: &Node, right: &Node) -> Truth {
        let mut elements = Vec::new();
        let doubt = if left.is_set() {
            self.set(left, &mut elements)
        } else {
            match self.value(left) {
                Val::Missing | Val::Maybe(_) | Val::Many => return Truth::Unknown,
                Val::Absent => return Truth::False,
                value => elements.push(value),
            }
            Doubt::default()
        };
        let mut set = Vec::new();
        let known = self.set(right, &mut set);
        distinct(&mut set);
        let mut all = if doubt.short { Truth::Unknown } else { Truth::True };
        for value in &elements {
            let inside = contains(&set, value);
            match (inside, known.excess, known.short) {
                (true, false, _) => {}
                (true, true, _) | (false, _, true) => all = Truth::Unknown,
                (false, _, false) => {
                    self.failing.push(*value);
                    return Truth::False;
                }
            }
        }
        all
    }

    fn contains(&mut self, left: &Node, right: &Node) -> Truth {
        let wanted = self.value(right);
        if matches!(wanted, Val::Missing | Val::Maybe(_)) {
            return Truth::Unknown;
        }
        if left.is_set() {
            let mut set = Vec::new();
            let doubt = self.set(left, &mut set);
            let found = set.iter().any(|value| self.same(*value, wanted));
            return match (found, doubt.short) {
                (true, _) => Truth::True,
                (false, true) => Truth::Unknown,
                (false, false) => Truth::False,
            };
        }
        let value = self.value(left);
        match (self.text(value), self.text(wanted)) {
            (Some(text), Some(part)) => Truth::of(text.contains(part)),
            (None, _) if value == Val::Missing => Truth::Unknown,
            (None, _) | (_, None) => Truth::False,
        }
    }

    fn text(&self, value: Val) -> Option<&str> {
        match value {
            Val::Text(symbol) => Some(self.bound.history.text(Symbol(symbol))),
            Val::Literal(at) => self.bound.plan.texts.get(at).map(String::as_str),
            _ => None,
        }
    }

    fn same(&self, left: Val, right: Val) -> bool {
        match (left, right) {
            (Val::Text(symbol), Val::Literal(at)) | (Val::Literal(at), Val::Text(symbol)) => {
                self.bound.texts.get(at).is_some_and(|symbols| symbols.binary_search(&symbol).is_ok())
            }
            (left, right) => match (moment(left), moment(right)) {
                (Some(l), Some(r)) => {
                    l.date == r.date && (l.seconds.is_none() || r.seconds.is_none() || l == r)
                }
                (None, _) | (_, None) => left == right,
            },
        }
    }

    fn compare(&self, op: CompareOp, left: Val, right: Val) -> Truth {
        if matches!(left, Val::Absent) || matches!(right, Val::Absent) {
            return Truth::False;
        }
        if matches!(left, Val::Missing | Val::Maybe(_)) || matches!(right, Val::Missing | Val::Maybe(_)) {
            return Truth::Unknown;
        }
        let ordered = |less: bool, greater: bool| match op {
            CompareOp::Less | CompareOp::Before => less,
            CompareOp::Greater | CompareOp::After => greater,
            CompareOp::AtMost => !greater,
            CompareOp::AtLeast => !less,
            CompareOp::Equal | CompareOp::NotEqual => false,
        };
        match op {
            CompareOp::Equal => Truth::of(self.same(left, right)),
            CompareOp::NotEqual => Truth::of(!self.same(left, right)),
            CompareOp::Greater
            | CompareOp::AtLeast
            | CompareOp::Less
            | CompareOp::AtMost
            | CompareOp::Before
            | CompareOp::After => match (left, right) {
                (Val::Number(l), Val::Number(r)) => Truth::of(ordered(l < r, l > r)),
                (left, right) => match (self.moment_of(left), self.moment_of(right)) {
                    (Some(l), Some(r)) => Truth::of(ordered(r.is_after(l), l.is_after(r))),
                    (None, _) | (_, None) => Truth::False,
                },
            },
        }
    }

    fn moment_of(&self, value: Val) -> Option<Moment> {
        match value {
            Val::Event(event) => Some(self.bound.history.moment(EventRef(event))),
            other => moment(other),
        }
    }

    // ---- since when ----

    /// Since when a requirement holds; events before `not_before` do not count.
    pub(super) fn when(&mut self, node: &Node) -> When {
        match node {
            Node::And(list) => {
                let mut when = When::of(Truth::True);
                for part in list {
                    when = when.and(self.when(part));
                }
                when
            }
            Node::Or(list) => {
                let mut when = When::NEVER;
                for part in list {
                    when = when.or(self.when(part));
                }
                when
            }
            Node::Present(of) => match of.as_ref() {
                Node::Query(query) => self.query_when(query),
                Node::OrElse(list) => {
                    let mut when = When::NEVER;
                    for part in list {
                        when = when.or(self.when(&Node::Present(Box::new(part.clone()))));
                    }
                    when
                }
                _ => When::of(self.truth(node)),
            },
            Node::Query(query) | Node::Pick(_, query) => self.query_when(query),
            Node::Every { set, element, body } => {
                let mut elements = Vec::new();
                let doubt = self.set(set, &mut elements);
                distinct(&mut elements);
                let mut when = When::of(if doubt.short { Truth::Unknown } else { Truth::True });
                for value in elements {
                    self.set_slot(*element, value);
                    let one = self.when(body);
                    if one.yes.is_none() {
                        self.failing.push(value);
                    }
                    when = when.and(one);
                }
                when
            }
            Node::Let { bindings, body } => {
                self.bind(bindings);
                self.when(body)
            }
            other => When::of(self.truth(other)),
        }
    }

    fn query_when(&mut self, query: &QueryNode) -> When {
        let (candidates, missing) = self.candidates(query);
        let mut when = When::of(if missing { Truth::Unknown } else { Truth::False });
        for at in 0..candidates.len() {
            let number = candidates.get(at);
            match query.source {
                Source::Events(_) => {
                    let moment = self.bound.history.moment(EventRef(number));
                    if self.not_before.is_some_and(|start| start.is_after(moment)) {
                        continue;
                    }
                    match self.passes(query, number) {
                        Truth::True => {
                            // 时间先后排好了，第一个合格的就是最早的。
                            return when.or(When {
                                yes: Some((moment, Some(EventRef(number)))),
                                maybe: Some(moment),
                            });
                        }
                        Truth::Unknown => when = when.or(When { yes: None, maybe: Some(moment) }),
                        Truth::False => {}
                    }
                }
                Source::Entities(_) => {
                    self.set_slot(query.element, Val::Entity(number));
                    let one = match &query.filter {
                        Some(filter) => self.when(filter),
                        None => When { yes: Some((ALWAYS, None)), maybe: Some(ALWAYS) },
                    };
                    when = when.or(one);
                }
            }
        }
        when
    }
}

fn moment(value: Val) -> Option<Moment> {
    match value {
        Val::Date(date) => Some(Moment::day(date)),
        Val::Moment(moment) => Some(moment),
        _ => None,
    }
}

fn year(date: NaiveDate) -> Val {
    Val::Number(Decimal::from(date.year()))
}

fn month_day(year: Decimal, month: u32, day: Option<u32>) -> Option<NaiveDate> {
    let year = i32::try_from(year).ok()?;
    match day {
        Some(day) => NaiveDate::from_ymd_opt(year, month, day),
        None => {
            let next = if month == 12 {
                NaiveDate::from_ymd_opt(year.checked_add(1)?, 1, 1)
            } else {
                NaiveDate::from_ymd_opt(year, month + 1, 1)
            };
            next?.pred_opt()
        }
    }
}

/// Sorts and removes duplicates.
pub(super) fn distinct(set: &mut Vec<Val>) {
    set.sort_by_key(Val::key);
    set.dedup_by_key(|value| value.key());
}

fn contains(sorted: &[Val], value: &Val) -> bool {
    sorted.binary_search_by_key(&value.key(), Val::key).is_ok()
}
