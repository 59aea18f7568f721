//! The 日志 record: name, 规则集, coverage, as-of date. Headers of several files must agree.
//! A mistake here is fatal even when bad records may be skipped: everything is judged by these dates.

use chrono::NaiveDate;

use super::node::{Entry, Map, Node, Shape, find};
use super::problem::{Mistake, Problem, What};
use super::record::{Batch, HEADER, Reader, is_null};
use crate::diagnostic::nearest;
use crate::history::Holder;
use crate::source::Span;
use crate::vocabulary::{EventTypeId, FieldId, Fields as _};

/// What the logs say of themselves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogHeader {
    /// 日志: the name of the first log that has one.
    pub name: Option<String>,
    /// 规则集.
    pub policy: Option<String>,
    /// 覆盖起, 覆盖止, both inclusive.
    pub coverage: Option<(NaiveDate, NaiveDate)>,
    /// 截至.
    pub as_of: Option<NaiveDate>,
}

/// A header with the places of what it says.
#[derive(Debug, Default)]
pub(super) struct Header {
    name: Option<String>,
    policy: Option<(String, Span)>,
    coverage: Option<((NaiveDate, NaiveDate), Span)>,
    as_of: Option<(NaiveDate, Span)>,
    /// 覆盖事件: the event types the log records; `None` = all.
    pub(super) recorded: Option<Recorded>,
}

/// What a log says it records: event types, and (`类型.字段`) fields; no fields named = all of them.
#[derive(Clone, Debug, Default)]
pub(super) struct Recorded {
    pub(super) kinds: Vec<EventTypeId>,
    pub(super) fields: Vec<(Holder, FieldId)>,
}

const POLICY: &str = "规则集";
const FROM: &str = "覆盖起";
const TO: &str = "覆盖止";
const AS_OF: &str = "截至";
/// The event types a log records, when it does not record all: a list.
pub const RECORDED: &str = "覆盖事件";

impl<'a> Reader<'a> {
    /// Reads a header; `name_key` is 日志 in a line, 名称 in a section. All its problems are fatal.
    pub(super) fn header(&self, map: Map<'a>, name_key: &'static str, batch: &mut Batch<'a>) -> Header {
        let found = batch.problems.len();
        self.repeated(&map, batch);
        let known = [name_key, POLICY, FROM, TO, AS_OF, RECORDED];
        for entry in map.iter().filter(|entry| !known.contains(&entry.key.as_ref())) {
            let mistake = Mistake::UnknownKey {
                owner: HEADER.to_owned(),
                key: entry.key.clone().into_owned(),
                near: nearest(&entry.key, known).map(str::to_owned),
                known: known.map(str::to_owned).to_vec(),
            };
            batch.problems.push(self.problem(&entry.key_place, mistake));
        }
        let text = |key| find(&map, key).and_then(|entry: &Entry<'a>| entry.value.shape.word());
        let date = |key, batch: &mut Batch<'a>| {
            let entry = find(&map, key).filter(|entry| !is_null(&entry.value))?;
            Some((entry, self.day(key, Node::clone(&entry.value), batch)))
        };
        for key in [name_key, POLICY] {
            if let Some(entry) = find(&map, key)
                && entry.value.shape.word().is_none()
                && !is_null(&entry.value)
            {
                let (field, wanted, found) =
                    (key.to_owned(), "文本".to_owned(), entry.value.shape.described());
                let mistake = Mistake::WrongType { field, wanted, found, fix: None };
                batch.problems.push(self.problem(&entry.value.place, mistake));
            }
        }
        let (from, to, as_of) = (date(FROM, batch), date(TO, batch), date(AS_OF, batch));
        let coverage = match (from, to) {
            (Some((first, Some(from))), Some((last, Some(to)))) => {
                if to < from {
                    let mistake = Mistake::ReversedCoverage { from: from.to_string(), to: to.to_string() };
                    batch.problems.push(self.problem(&last.value.place, mistake));
                }
                Some(((from, to), self.span(&(first.value.place.start..first.value.place.end))))
            }
            (Some((entry, _)), None) => {
                self.half(entry, FROM, TO, batch);
                None
            }
            (None, Some((entry, _))) => {
                self.half(entry, TO, FROM, batch);
                None
            }
            (Some(_), Some(_)) | (None, None) => None,
        };
        let as_of = as_of.and_then(|(entry, date)| Some((date?, self.span(&entry.value.place))));
        let policy = find(&map, POLICY).and_then(|entry| {
            let word = entry.value.shape.word()?;
            Some((word.to_owned(), self.span(&entry.value.place)))
        });
        let name = text(name_key).map(str::to_owned);
        let recorded = find(&map, RECORDED).and_then(|entry| self.recorded(&entry.value, batch));
        for problem in batch.problems.iter_mut().skip(found) {
            problem.fatal = true;
        }
        Header { name, policy, coverage, as_of, recorded }
    }

    /// A list of event types and fields, or one; unknown ones are reported.
    fn recorded(&self, node: &Node<'a>, batch: &mut Batch<'a>) -> Option<Recorded> {
        if is_null(node) {
            return None;
        }
        let items = if let Shape::List(items) = &node.shape { items } else { std::slice::from_ref(node) };
        let names = || self.vocabulary.events().map(|(_, kind)| kind.name.as_str());
        let mut recorded = Recorded::default();
        for item in items {
            let mistake = match item.shape.word() {
                Some(word) if word.contains('.') => match self.field_of(word) {
                    Ok(fields) => {
                        recorded.fields.extend(fields);
                        continue;
                    }
                    Err(mistake) => mistake,
                },
                Some(word) => match self.vocabulary.event_by_name(word) {
                    Some(kind) => {
                        recorded.kinds.push(kind);
                        continue;
                    }
                    None => Mistake::UnknownType {
                        what: What::Event,
                        name: word.to_owned(),
                        near: nearest(word, names()).map(str::to_owned),
                        other: self.vocabulary.entity_by_name(word).is_some(),
                        known: names().map(str::to_owned).collect(),
                    },
                },
                None => Mistake::WrongType {
                    field: RECORDED.to_owned(),
                    wanted: "事件名的数组".to_owned(),
                    found: item.shape.described(),
                    fix: None,
                },
            };
            batch.problems.push(self.problem(&item.place, mistake));
        }
        Some(recorded)
    }

    /// `类型.字段`: of the entity type, of the event type, or of both where they share a name.
    fn field_of(&self, word: &str) -> Result<Vec<(Holder, FieldId)>, Mistake> {
        let (owner, name) = word.split_once('.').unwrap_or((word, ""));
        let entity = self.vocabulary.entity_by_name(owner);
        let event = self.vocabulary.event_by_name(owner);
        let mut found = Vec::new();
        let mut known: Vec<String> = Vec::new();
        if let Some(id) = entity {
            let kind = self.vocabulary.entity(id);
            found.extend(kind.field_by_name(name).map(|field| (Holder::Entity(id), field)));
            known.extend(kind.fields.iter().map(|field| field.name.clone()));
        }
        if let Some(id) = event {
            let kind = self.vocabulary.event(id);
            found.extend(kind.field_by_name(name).map(|field| (Holder::Event(id), field)));
            known.extend(kind.fields.iter().map(|field| field.name.clone()));
        }
        if !found.is_empty() {
            return Ok(found);
        }
        if entity.is_none() && event.is_none() {
            let names = self.vocabulary.events().map(|(_, kind)| kind.name.clone());
            let known: Vec<String> =
                names.chain(self.vocabulary.entities().map(|(_, kind)| kind.name.clone())).collect();
            let near = nearest(owner, known.iter().map(String::as_str)).map(str::to_owned);
            let name = owner.to_owned();
            return Err(Mistake::UnknownType { what: What::Event, name, near, other: false, known });
        }
        let near = nearest(name, known.iter().map(String::as_str)).map(str::to_owned);
        Err(Mistake::UnknownKey { owner: owner.to_owned(), key: name.to_owned(), near, known })
    }

    fn half(&self, entry: &Entry<'a>, present: &'static str, absent: &'static str, batch: &mut Batch<'a>) {
        let mistake = Mistake::HalfCoverage { present, absent };
        batch.problems.push(self.problem(&entry.key_place, mistake));
    }
}

/// One header out of those of all files: what one leaves out another may say, but none may contradict.
/// 截至 is not compared when the caller has fixed the as-of date.
pub(super) fn merge(headers: Vec<Header>, as_of_fixed: bool) -> (LogHeader, Vec<Problem>) {
    let mut merged = Header::default();
    let mut problems = Vec::new();
    for header in headers {
        merged.name = merged.name.or(header.name);
        agree(POLICY, &mut merged.policy, header.policy, String::clone, &mut problems);
        let range = |(from, to): &(NaiveDate, NaiveDate)| format!("{from} 至 {to}");
        agree("覆盖期间", &mut merged.coverage, header.coverage, range, &mut problems);
        if as_of_fixed {
            merged.as_of = merged.as_of.or(header.as_of);
        } else {
            agree(AS_OF, &mut merged.as_of, header.as_of, NaiveDate::to_string, &mut problems);
        }
    }
    let header = LogHeader {
        name: merged.name,
        policy: merged.policy.map(|(policy, _)| policy),
        coverage: merged.coverage.map(|(coverage, _)| coverage),
        as_of: merged.as_of.map(|(as_of, _)| as_of),
    };
    (header, problems)
}

fn agree<T: PartialEq>(
    key: &'static str,
    kept: &mut Option<(T, Span)>,
    new: Option<(T, Span)>,
    show: impl Fn(&T) -> String,
    problems: &mut Vec<Problem>,
) {
    match (&kept, new) {
        (Some((first, place)), Some((said, span))) => {
            if *first != said {
                let mistake = Mistake::HeadersDisagree {
                    key,
                    said: show(&said),
                    first: *place,
                    first_said: show(first),
                };
                problems.push(Problem::fatal(span, mistake));
            }
        }
        (None, Some(new)) => *kept = Some(new),
        (Some(_) | None, None) => {}
    }
}

/// Bytes within which other formats say it.
const HEAD: usize = 4096;

/// The 规则集 a log names, seen without reading the log: from its first line (JSONL), its 日志 section (YAML), or
/// what this program writes at the beginning of the other formats and of tables.
pub fn peek_policy(text: &str) -> Option<String> {
    let within = |before: &str, after: char| {
        let head = text.get(..text.floor_char_boundary(HEAD))?;
        let (name, _) = head.split_once(before)?.1.split_once(after)?;
        (!name.is_empty()).then(|| name.to_owned())
    };
    if text.trim_start().starts_with('<') {
        return within("<value key=\"规则集\">", '<')
            .or_else(|| within("\"zhunsheng:规则集\" value=\"", '"'));
    }
    let first = text.lines().find(|line| !line.trim().is_empty())?;
    if first.trim_start().starts_with('{') {
        let Ok(record) = serde_json::from_str::<serde_json::Value>(first) else {
            return within("\"zhunsheng\":{", '}')?
                .split_once("\"规则集\":\"")?
                .1
                .split('"')
                .next()
                .map(str::to_owned);
        };
        return record.get("规则集")?.as_str().map(str::to_owned);
    }
    if first.contains("日志") && first.contains("实体") || first == "键,值,类型" {
        return super::ledger::policy(text);
    }
    let head = text.lines().take(40);
    let line = head.map(str::trim_start).find_map(|line| line.strip_prefix("规则集:"))?;
    let name = line.split('#').next()?.trim().trim_matches(['"', '\'']);
    (!name.is_empty()).then(|| name.to_owned())
}
