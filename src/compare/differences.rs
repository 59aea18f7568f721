//! What differs between two rules or two rule sets, value by value. Only what is written is compared here,
//! after names are looked up; what the difference does is for `search` to show.
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a term has thirty heads; each walk is about a few of them"
)]

use std::collections::BTreeMap;
use std::fmt::Display;

use chrono::NaiveDate;

use crate::calendar::{CountFrom, Direction, RollForward, TimeLimit, Unit};
use crate::norm::{self, CountRule, Duty, Entry, Head, Norm, Role, Term, Values};
use crate::policy::{ParameterValue, Policy, Severity};

/// What a difference is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Aspect {
    /// 强度
    Severity,
    /// 主体
    Subject,
    /// 形态
    Shape,
    /// 期限: count and unit.
    Limit,
    /// 起算日: 不计当日, 含当日.
    CountFrom,
    /// 顺延
    Roll,
    /// 往前数, 往后数.
    Direction,
    /// A term of the duty.
    Part(Role),
    /// 含当日, 每次 …
    Marks,
    /// A number compared with.
    Number,
    /// Bound of a count.
    Bound,
    /// 计数的期间
    Window,
    /// Entries of a list or rows of a code table, by its name.
    List(String),
    /// Words a field may have, by its name.
    Words(String),
    /// A parameter, by its name.
    Parameter(String),
    Condition,
    Exemption,
    ReadAt,
    Effective,
    Repealed,
    Scope,
}

impl Aspect {
    /// The word shown to people.
    pub fn label(&self) -> String {
        match self {
            Self::Severity => "强度".to_owned(),
            Self::Subject => "主体".to_owned(),
            Self::Shape => "形态".to_owned(),
            Self::Limit => "期限".to_owned(),
            Self::CountFrom => "起算日".to_owned(),
            Self::Roll => "顺延".to_owned(),
            Self::Direction => "方向".to_owned(),
            Self::Part(role) => role.label().to_owned(),
            Self::Marks => "标注".to_owned(),
            Self::Number => "数".to_owned(),
            Self::Bound => "次数".to_owned(),
            Self::Window => "计数期间".to_owned(),
            Self::List(name) => format!("名单「{name}」"),
            Self::Words(name) => format!("{name}可为"),
            Self::Parameter(name) => format!("参数「{name}」"),
            Self::Condition => "情形".to_owned(),
            Self::Exemption => "除外".to_owned(),
            Self::ReadAt => "取值日".to_owned(),
            Self::Effective => "施行".to_owned(),
            Self::Repealed => "废止".to_owned(),
            Self::Scope => "适用".to_owned(),
        }
    }

    /// The JSON word.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Severity => "severity",
            Self::Subject => "subject",
            Self::Shape => "shape",
            Self::Limit => "limit",
            Self::CountFrom => "count_from",
            Self::Roll => "roll",
            Self::Direction => "direction",
            Self::Part(Role::Trigger) => "trigger",
            Self::Part(Role::Later) => "later",
            Self::Part(Role::Each) => "each",
            Self::Part(Role::Required) => "requirement",
            Self::Part(Role::Forbidden) => "forbidden",
            Self::Part(Role::Reference) => "reference",
            Self::Part(Role::Counted) => "counted",
            Self::Part(Role::DatedBy) => "dated_by",
            Self::Part(Role::Belongs) => "belongs",
            Self::Part(Role::Given) => "given",
            Self::Part(Role::Closure) => "closure",
            Self::Part(Role::Date) => "date",
            Self::Marks => "marks",
            Self::Number => "number",
            Self::Bound => "bound",
            Self::Window => "window",
            Self::List(_) => "list",
            Self::Words(_) => "words",
            Self::Parameter(_) => "parameter",
            Self::Condition => "condition",
            Self::Exemption => "exemption",
            Self::ReadAt => "read_at",
            Self::Effective => "effective",
            Self::Repealed => "repealed",
            Self::Scope => "scope",
        }
    }
}

/// One difference; a side without a value says nothing about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    pub aspect: Aspect,
    pub left: Option<String>,
    pub right: Option<String>,
}

#[derive(Debug, Default)]
struct Found(Vec<Difference>);

impl Found {
    fn put(&mut self, aspect: Aspect, left: Option<String>, right: Option<String>) {
        let difference = Difference { aspect, left, right };
        if !self.0.contains(&difference) {
            self.0.push(difference);
        }
    }

    fn texts(&mut self, aspect: Aspect, left: impl Display, right: impl Display) {
        let (left, right) = (left.to_string(), right.to_string());
        if left != right {
            self.put(aspect, Some(left), Some(right));
        }
    }

    fn optional(&mut self, aspect: Aspect, left: Option<String>, right: Option<String>) {
        if left != right {
            self.put(aspect, left, right);
        }
    }
}

/// Differences between two aligned rules. 依据, 要点, title and id are not among them.
/// A rule's own 施行 and 废止 are; those of its rule set are told once, by [`of_policies`].
pub(super) fn of_rules([left, right]: [&Norm; 2], [one, other]: [&Policy; 2]) -> Vec<Difference> {
    let mut found = Found::default();
    let own = |date: Option<NaiveDate>, set: Option<NaiveDate>| date.filter(|_| date != set);
    let date = |date: Option<NaiveDate>| date.map(|date| date.to_string());
    let (from, to) = (own(left.effective, one.effective), own(right.effective, other.effective));
    found.optional(Aspect::Effective, date(from), date(to));
    let (from, to) = (own(left.repealed, one.repealed), own(right.repealed, other.repealed));
    found.optional(Aspect::Repealed, date(from), date(to));
    found.texts(Aspect::Severity, severity(left.severity), severity(right.severity));
    subjects(left, right, &mut found);
    let letters =
        |norm: &Norm| norm.duties.iter().map(|duty| shape_word(duty.letter)).collect::<Vec<_>>().join("、");
    if letters(left) == letters(right) {
        for (one, other) in left.duties.iter().zip(&right.duties) {
            duties(one, other, &mut found);
        }
    } else {
        found.texts(Aspect::Shape, letters(left), letters(right));
        let all = |norm: &Norm| norm.duties.iter().map(sentence).collect::<Vec<_>>().join("；");
        found.texts(Aspect::Part(Role::Required), all(left), all(right));
    }
    sets(&left.conditions, &right.conditions, Aspect::Condition, &mut found);
    sets(&left.exemptions, &right.exemptions, Aspect::Exemption, &mut found);
    let read_at = |norm: &Norm| norm.read_at.as_ref().map(Term::to_string);
    found.optional(Aspect::ReadAt, read_at(left), read_at(right));
    found.0
}

/// 错误, 警告, 提示.
pub(super) fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "错误",
        Severity::Warning => "警告",
        Severity::Advice => "提示",
    }
}

/// A shape in a word.
fn shape_word(letter: char) -> &'static str {
    match letter {
        'R' => "限期",
        'P' => "先行",
        'A' => "禁止",
        'C' => "每次",
        'S' => "自身",
        'N' => "计数",
        'E' => "结案前",
        'D' => "固定日期",
        _ => "其他",
    }
}

/// A duty in one sentence, when it cannot be laid side by side part by part.
fn sentence(duty: &Duty) -> String {
    let parts = duty.parts.iter().map(|part| format!("{} {}", part.role.label(), part.term));
    let limit = duty.limit.iter().map(|limit| format!("期限 {}", values(limit)));
    let count = duty.count.iter().map(|count| format!("{} {}", count.word(), values(&count.bound)));
    parts.chain(limit).chain(count).collect::<Vec<_>>().join("，")
}

fn subjects(left: &Norm, right: &Norm, found: &mut Found) {
    for (one, other) in left.subject.iter().zip(&right.subject) {
        match (&one.1.head, &other.1.head) {
            (Head::Entries { list, entries, .. }, Head::Entries { entries: others, .. }) => {
                lists(Aspect::List(list.clone()), entries, others, found);
            }
            _ if one.1 == other.1 => {}
            _ => found.put(Aspect::Subject, Some(column(one)), Some(column(other))),
        }
    }
    let rest = |norm: &Norm, from: usize| {
        let more: Vec<String> = norm.subject.iter().skip(from).map(column).collect();
        (!more.is_empty()).then(|| more.join("、"))
    };
    let shared = left.subject.len().min(right.subject.len());
    found.optional(Aspect::Subject, rest(left, shared), rest(right, shared));
}

fn column((name, domain): &(String, Term)) -> String {
    match domain.head {
        Head::All(_) | Head::Years | Head::Entries { .. } => domain.to_string(),
        _ => format!("每个 {name}（{domain}）"),
    }
}

fn duties(left: &Duty, right: &Duty, found: &mut Found) {
    if let (Some(one), Some(other)) = (&left.limit, &right.limit) {
        limits(one, other, found);
    }
    if let (Some(one), Some(other)) = (&left.count, &right.count) {
        let bound = |count: &CountRule| format!("{} {}", count.word(), values(&count.bound));
        found.texts(Aspect::Bound, bound(one), bound(other));
        found.texts(Aspect::Window, one.window, other.window);
    }
    let marks = |duty: &Duty| {
        let words: Vec<&str> = duty.marks.iter().map(|mark| mark.label()).collect();
        (!words.is_empty()).then(|| words.join("、"))
    };
    found.optional(Aspect::Marks, marks(left), marks(right));
    let roles: BTreeMap<Role, (Vec<&Term>, Vec<&Term>)> = {
        let mut roles: BTreeMap<Role, (Vec<&Term>, Vec<&Term>)> = BTreeMap::new();
        left.parts.iter().for_each(|part| roles.entry(part.role).or_default().0.push(&part.term));
        right.parts.iter().for_each(|part| roles.entry(part.role).or_default().1.push(&part.term));
        roles
    };
    // 所属由词汇和「适用」定，不是规则里写的。
    for (role, (lefts, rights)) in roles.into_iter().filter(|(role, _)| *role != Role::Belongs) {
        let aspect = Aspect::Part(role);
        if let ([one], [other]) = (lefts.as_slice(), rights.as_slice()) {
            terms(one, other, &aspect, found);
        } else {
            let own = |terms: &[&Term], others: &[&Term]| -> Vec<Term> {
                terms.iter().filter(|term| !others.contains(term)).map(|term| (*term).clone()).collect()
            };
            sets(&own(&lefts, &rights), &own(&rights, &lefts), aspect, found);
        }
    }
}

/// Value by value: how long, from which day, rolling or not.
fn limits(left: &Values<TimeLimit>, right: &Values<TimeLimit>, found: &mut Found) {
    if let ([(None, Some(one))], [(None, Some(other))]) = (left.steps.as_slice(), right.steps.as_slice()) {
        let long = |limit: &TimeLimit| format!("{} {}", limit.count, limit.unit.word());
        found.texts(Aspect::Limit, long(one), long(other));
        let from = |limit: &TimeLimit| match limit.count_from {
            CountFrom::NextDay => "不计当日",
            CountFrom::SameDay => "含当日",
        };
        found.texts(Aspect::CountFrom, from(one), from(other));
        let rolls = |limit: &TimeLimit| match (limit.unit, limit.roll) {
            (Unit::Workday, _) | (_, RollForward::NextWorkday) => "遇休息日顺延",
            (_, RollForward::None) => "不顺延",
        };
        found.texts(Aspect::Roll, rolls(one), rolls(other));
        let direction = |limit: &TimeLimit| match limit.direction {
            Direction::After => "往后数",
            Direction::Before => "往前数",
        };
        found.texts(Aspect::Direction, direction(one), direction(other));
    } else {
        found.texts(Aspect::Limit, values(left), values(right));
    }
}

/// `20 个工作日`, `不设`, `20 个工作日；2025-07-01 起 15 个工作日`.
fn values<T: Display>(values: &Values<T>) -> String {
    steps(values.steps.iter().map(|(from, value)| (*from, value.as_ref().map(ToString::to_string))))
}

fn steps(values: impl Iterator<Item = (Option<NaiveDate>, Option<String>)>) -> String {
    let step = |(from, value): (Option<NaiveDate>, Option<String>)| {
        let value = value.unwrap_or_else(|| "不设".to_owned());
        from.map_or(value.clone(), |from| format!("{from} 起 {value}"))
    };
    values.map(step).collect::<Vec<_>>().join("；")
}

/// Entries only on one side, and rows whose spellings differ.
fn lists(aspect: Aspect, left: &[Entry], right: &[Entry], found: &mut Found) {
    let apart = |own: &[Entry], others: &[Entry]| {
        let rows: Vec<String> = own
            .iter()
            .filter_map(|entry| {
                let Some(other) = others.iter().find(|other| alike(entry, other)) else {
                    return Some(row(entry));
                };
                let extra: Vec<&str> = entry
                    .words
                    .iter()
                    .filter(|word| !other.words.contains(word))
                    .map(String::as_str)
                    .collect();
                (!extra.is_empty()).then(|| format!("{} 多认「{}」", entry.name, extra.join("」「")))
            })
            .collect();
        (!rows.is_empty()).then(|| rows.join("、"))
    };
    found.optional(aspect, apart(left, right), apart(right, left));
}

fn alike(one: &Entry, other: &Entry) -> bool {
    one.name == other.name
}

fn row(entry: &Entry) -> String {
    let codes =
        entry.words.iter().filter(|word| **word != entry.name && word.chars().all(|c| c.is_ascii_digit()));
    match codes.map(String::as_str).next() {
        Some(code) => format!("{code} {}", entry.name),
        None => entry.name.clone(),
    }
}

/// Conditions in any order: what only one side has; one against one is looked into.
fn sets(left: &[Term], right: &[Term], aspect: Aspect, found: &mut Found) {
    let own = |terms: &[Term], others: &[Term]| -> Vec<Term> {
        terms.iter().filter(|term| !others.iter().any(|other| says_same(term, other))).cloned().collect()
    };
    let (lefts, rights) = (own(left, right), own(right, left));
    if let ([one], [other]) = (lefts.as_slice(), rights.as_slice()) {
        terms(one, other, &aspect, found);
        return;
    }
    for term in &lefts {
        found.put(aspect.clone(), Some(term.to_string()), None);
    }
    for term in &rights {
        found.put(aspect.clone(), None, Some(term.to_string()));
    }
}

fn says_same(one: &Term, other: &Term) -> bool {
    let mut found = Found::default();
    terms(one, other, &Aspect::Condition, &mut found);
    found.0.is_empty()
}

/// Looks into two terms as far as they are built alike.
fn terms(left: &Term, right: &Term, aspect: &Aspect, found: &mut Found) {
    if left == right {
        return;
    }
    if let (Some((of, aspect, one)), Some((other_of, other_aspect, other))) =
        (membership(left), membership(right))
        && of == other_of
    {
        lists(
            if aspect == other_aspect { aspect } else { Aspect::Words(last_name(of)) },
            &one,
            &other,
            found,
        );
        return;
    }
    match (&left.head, &right.head) {
        (Head::And, Head::And) | (Head::Or, Head::Or) => {
            sets(&left.parts, &right.parts, aspect.clone(), found);
        }
        (Head::Present, Head::Present)
        | (Head::Not, Head::Not)
        | (Head::First, Head::First)
        | (Head::Last, Head::Last)
        | (Head::OrElse, Head::OrElse)
            if left.parts.len() == right.parts.len() =>
        {
            left.parts.iter().zip(&right.parts).for_each(|(one, other)| terms(one, other, aspect, found));
        }
        (Head::Query { .. }, Head::Query { .. })
            if left.head == right.head && left.parts.len() == right.parts.len() =>
        {
            let before = found.0.len();
            left.parts.iter().zip(&right.parts).for_each(|(one, other)| terms(one, other, aspect, found));
            // A bare filter says too little: name the event with it.
            for difference in found.0.iter_mut().skip(before) {
                if difference.aspect == *aspect {
                    let plain = [left.to_string(), right.to_string()];
                    let owned = [left.with_owner(), right.with_owner()];
                    let [one, other] = if plain[0] == plain[1] { owned } else { plain };
                    difference.left = Some(one);
                    difference.right = Some(other);
                }
            }
        }
        (Head::Anchor(one), Head::Anchor(other)) if one == other => {
            left.parts.iter().zip(&right.parts).for_each(|(one, other)| terms(one, other, aspect, found));
        }
        (Head::Compare(one), Head::Compare(other)) => {
            let number = |term: &Term| term.parts.iter().any(|part| matches!(part.head, Head::Number(_)));
            let same = left.first() == right.first();
            let what = if (one == other || same) && number(left) && number(right) {
                Aspect::Number
            } else {
                aspect.clone()
            };
            found.texts(what, left, right);
        }
        (_, _) => {
            let (one, other) = (left.to_string(), right.to_string());
            let same = one == other;
            let mark = |text: String, term: &Term| {
                if same { format!("{text}〔{}〕", term.spelled_out()) } else { text }
            };
            found.put(aspect.clone(), Some(mark(one, left)), Some(mark(other, right)));
        }
    }
}

/// `x 属于 list`, `x 为 词`: the thing, what to call its entries, the entries.
fn membership(term: &Term) -> Option<(&Term, Aspect, Vec<Entry>)> {
    match &term.head {
        Head::Listed { list, entries } => Some((term.first()?, Aspect::List(list.clone()), entries.clone())),
        Head::Compare(crate::policy::CompareOp::Equal) => {
            let (of, word) = (term.parts.first()?, term.parts.get(1)?);
            let Head::Text(text) = &word.head else { return None };
            let entry = Entry { name: text.clone(), words: vec![text.clone()] };
            Some((of, Aspect::Words(last_name(of)), vec![entry]))
        }
        _ => None,
    }
}

fn last_name(of: &Term) -> String {
    match &of.head {
        Head::Field { name, .. } => name.clone(),
        _ => of.to_string(),
    }
}

/// Differences of the rule sets themselves.
pub(super) fn of_policies(left: &Policy, right: &Policy) -> Vec<Difference> {
    let mut found = Found::default();
    let date = |date: Option<NaiveDate>| date.map(|date| date.to_string());
    found.optional(Aspect::Effective, date(left.effective), date(right.effective));
    found.optional(Aspect::Repealed, date(left.repealed), date(right.repealed));
    let scope = |policy: &Policy| match norm::scope(policy) {
        Some((_, scope)) => scope.to_string(),
        None => "全部".to_owned(),
    };
    found.texts(Aspect::Scope, scope(left), scope(right));
    parameters(left, right, &mut found);
    for list in &left.lists {
        let other = right.lists.iter().find(|other| other.name == list.name);
        match other {
            Some(other) => lists(
                Aspect::List(list.name.clone()),
                &norm::entries(list),
                &norm::entries(other),
                &mut found,
            ),
            None => found.put(Aspect::List(list.name.clone()), Some(rows(&norm::entries(list))), None),
        }
    }
    for list in right.lists.iter().filter(|list| !left.lists.iter().any(|other| other.name == list.name)) {
        found.put(Aspect::List(list.name.clone()), None, Some(rows(&norm::entries(list))));
    }
    found.0
}

fn rows(entries: &[Entry]) -> String {
    entries.iter().map(row).collect::<Vec<_>>().join("、")
}

fn parameters(left: &Policy, right: &Policy, found: &mut Found) {
    let shown = |policy: &Policy, name: &str| {
        let parameter = policy.parameters.iter().find(|parameter| parameter.name == name)?;
        Some(steps(parameter.values.iter().map(|(from, value)| {
            let value = value.map(|value| match value {
                ParameterValue::Limit(limit) => limit.to_string(),
                ParameterValue::Number(number) => format!("{number} 次"),
            });
            (*from, value)
        })))
    };
    let mut names: Vec<&str> = left.parameters.iter().map(|parameter| parameter.name.as_str()).collect();
    for parameter in &right.parameters {
        if !names.contains(&parameter.name.as_str()) {
            names.push(&parameter.name);
        }
    }
    for name in names {
        found.optional(Aspect::Parameter(name.to_owned()), shown(left, name), shown(right, name));
    }
}
