//! Values, missing data and outcomes in Chinese words. The only place evaluation writes sentences.

use chrono::NaiveDate;

use super::bound::{Bound, naming};
use super::machine::Machine;
use super::outcome::Outcome;
use super::value::{Note, Val};
use crate::calendar;
use crate::finding::{Verdict, ViolationKind};
use crate::history::{EntityRef, EventRef, Symbol};
use crate::plan::{CountedNode, Node, PlanDuty, PlanRule, PlanShape, Source};
use crate::policy::Direction;
use crate::vocabulary::{FieldId, Fields as _};

/// How many values or names a sentence lists before it says 等.
const LISTED: usize = 6;

/// `2025-10-30 前`; `2026-11-10 当日` where the day it begins is the day it ends.
fn by(outcome: &Outcome) -> String {
    let same_day = outcome.calculation.is_some_and(|(start, limit)| {
        limit.count == 0 && limit.direction == calendar::Direction::After && outcome.deadline == Some(start)
    });
    let date = outcome.deadline.map_or_else(|| "？".to_owned(), |date| date.to_string());
    format!("{date} {}", if same_day { "当日" } else { "前" })
}

impl Machine<'_, '_> {
    /// Names and values of the fields a condition reads, for explaining why it does not hold.
    pub(super) fn facts(&mut self, node: &Node, out: &mut Vec<(String, String)>) {
        if out.len() >= LISTED {
            return;
        }
        match node {
            Node::Field(owner, read) => {
                let name = self.bound.field_name(read.source, read.field).to_owned();
                let mut values = Vec::new();
                self.set(node, &mut values);
                let words: Vec<String> =
                    values.iter().take(LISTED).map(|value| self.bound.value_word(*value)).collect();
                let word = if words.is_empty() { "（没有填）".to_owned() } else { words.join("、") };
                if !out.iter().any(|(known, _)| *known == name) {
                    out.push((name, word));
                }
                if !matches!(owner.as_ref(), Node::Slot(_)) && !owner.is_set() {
                    self.facts_of_owner(owner, out);
                }
            }
            Node::Compare(_, left, right)
            | Node::In(left, right)
            | Node::Contains(left, right)
            | Node::SetEqual(left, right)
            | Node::Arithmetic(_, left, right) => {
                self.facts(left, out);
                self.facts(right, out);
            }
            Node::Size(of)
            | Node::Dates(of)
            | Node::Not(of)
            | Node::Present(of)
            | Node::Listed(of, _)
            | Node::Function(_, of)
            | Node::Probe(_, of)
            | Node::NamedIn { left: of, .. } => self.facts(of, out),
            Node::And(list) | Node::Or(list) | Node::OrElse(list) => {
                for part in list {
                    self.facts(part, out);
                }
            }
            Node::Let { bindings, body } => {
                for (slot, binding) in bindings {
                    let value = self.value(binding);
                    self.set_slot(*slot, value);
                }
                self.facts(body, out);
            }
            Node::Bool(_)
            | Node::Number(_)
            | Node::Text(_)
            | Node::Date(_)
            | Node::Slot(_)
            | Node::Today
            | Node::Query(_)
            | Node::Pick(..)
            | Node::Earliest { .. }
            | Node::MomentOf(_)
            | Node::DateOf(_)
            | Node::YearOf(_)
            | Node::MonthDay { .. }
            | Node::Set(..)
            | Node::Every { .. } => {}
        }
    }

    fn facts_of_owner(&mut self, owner: &Node, out: &mut Vec<(String, String)>) {
        if let Node::Field(..) = owner {
            self.facts(owner, out);
        }
    }
}

/// Measure word of what a duty counts.
fn unit(duty: &PlanDuty) -> &'static str {
    let entities = matches!(duty.shape, PlanShape::Cardinality { counted: CountedNode::Entities { .. }, .. });
    if entities { "个" } else { "次" }
}

impl Bound<'_> {
    pub(super) fn field_name(&self, source: Source, field: FieldId) -> &str {
        match source {
            Source::Events(id) => &self.plan.vocabulary.event(id).field(field).name,
            Source::Entities(id) => &self.plan.vocabulary.entity(id).field(field).name,
        }
    }

    /// What people call an entity; its 编号 when the log gives no name.
    pub(super) fn entity_name(&self, entity: u32) -> Option<&str> {
        let kind = self.history.entity_type(EntityRef(entity));
        let symbols = naming(self.history, &self.plan.vocabulary, kind, entity, self.as_of);
        symbols.first().map(|symbol| self.history.text(Symbol(*symbol)))
    }

    /// A value in words.
    pub(super) fn value_word(&self, value: Val) -> String {
        match value {
            Val::Missing | Val::Absent => "（没有填）".to_owned(),
            Val::Many => "（多个）".to_owned(),
            Val::Bool(true) => "是".to_owned(),
            Val::Bool(false) => "否".to_owned(),
            Val::Number(number) => number.normalize().to_string(),
            Val::Text(symbol) => self.history.text(Symbol(symbol)).to_owned(),
            Val::Literal(at) => self.plan.texts.get(at).cloned().unwrap_or_default(),
            Val::Date(date) => date.to_string(),
            Val::Moment(moment) => moment.date.to_string(),
            Val::Entity(entity) => match self.entity_name(entity) {
                Some(name) => name.to_owned(),
                None => self.history.entity_id(EntityRef(entity)).to_owned(),
            },
            Val::Event(event) | Val::Maybe(event) => self.event_word(EventRef(event)),
            Val::Name(list, entry) => {
                let entry = self.plan.lists.get(list).and_then(|list| list.entries.get(entry));
                entry.map(|entry| entry.name.clone()).unwrap_or_default()
            }
        }
    }

    /// `检查结束（2025-09-26）`
    fn event_word(&self, event: EventRef) -> String {
        let kind = self.history.event_type(event);
        format!("{}（{}）", self.plan.vocabulary.event(kind).name, self.history.moment(event).date)
    }

    /// What is missing, and how to supply it.
    pub(super) fn reason(&self, notes: &[Note]) -> String {
        let mut notes = notes.to_vec();
        notes.sort_unstable();
        notes.dedup();
        let mut parts = Vec::new();
        for note in notes.iter().take(LISTED) {
            parts.push(match note {
                Note::Field { source: Source::Entities(kind), field, holder } => format!(
                    "缺 {} {} 的「{}」",
                    self.plan.vocabulary.entity(*kind).name,
                    self.history.entity_id(EntityRef(*holder)),
                    self.field_name(Source::Entities(*kind), *field)
                ),
                Note::Field { source: Source::Events(kind), field, holder } => {
                    let event = EventRef(*holder);
                    let id = self.history.event_id(event).map_or_else(String::new, |id| format!(" {id}"));
                    format!(
                        "缺 {}{id}（{}）的「{}」",
                        self.plan.vocabulary.event(*kind).name,
                        self.history.moment(event).date,
                        self.field_name(Source::Events(*kind), *field)
                    )
                }
                Note::Unrecorded { kind } => {
                    format!("日志没有记「{}」这类事件", self.plan.vocabulary.event(*kind).name)
                }
                Note::Ungiven { source, field } => {
                    let owner = match source {
                        Source::Entities(kind) => &self.plan.vocabulary.entity(*kind).name,
                        Source::Events(kind) => &self.plan.vocabulary.event(*kind).name,
                    };
                    format!("台账没有记「{owner}」的「{}」这一项", self.field_name(*source, *field))
                }
                Note::Coverage { year } => format!(
                    "日志没有声明覆盖 {year} 全年：首行写「\"覆盖起\":\"{year}-01-01\",\"覆盖止\":\"{year}-12-31\"」，或用 --coverage {year}-01-01..{year}-12-31"
                ),
                Note::Calendar { known } => {
                    format!("{known} 以后的放假安排还没有公布，截止日定不下来；公布后加进 calendars/ 再查")
                }
            });
        }
        if parts.is_empty() {
            return "日志里没有写判断所要的数据".to_owned();
        }
        let more = if notes.len() > LISTED { format!("；等 {} 处", notes.len()) } else { String::new() };
        format!("{}{more}", parts.join("；"))
    }

    /// One sentence: fact and norm.
    pub(super) fn message(&self, rule: &PlanRule, outcome: &Outcome) -> String {
        let Some(duty) = rule.duties.get(outcome.duty).or_else(|| rule.duties.first()) else {
            return String::new();
        };
        let (words, unit) = (&duty.words, unit(duty));
        match outcome.verdict {
            Verdict::Violated => self.violation(duty, outcome),
            Verdict::Undetermined => format!("判断不了：{}", self.reason(&outcome.notes)),
            Verdict::Pending => match (outcome.deadline, outcome.elapsed) {
                (Some(_), _) => {
                    format!("{}应于 {}{words}，还没有到期", self.since(outcome), by(outcome))
                }
                (None, Some(days)) => {
                    format!("{}应及时{words}，已过 {days} 天；没有设定期限，不判违规", self.since(outcome))
                }
                (None, None) if outcome.numbers.is_some() => match outcome.numbers {
                    Some(numbers) => format!(
                        "到 {} 为止 {} {unit}，应不少于 {} {unit}，年度还没有结束",
                        self.as_of, numbers.found, numbers.bound
                    ),
                    None => String::new(),
                },
                (None, None) if outcome.provisional => {
                    format!("{}应{words}，截止日要等下一年放假安排公布", self.since(outcome))
                }
                (None, None) => format!("结案前应有 {words}，还没有结案"),
            },
            Verdict::Satisfied => match outcome.completed {
                Some(date) => format!("{words}：{date} 已做"),
                None => format!("符合：{words}"),
            },
            Verdict::Exempt => "符合除外情形，不判".to_owned(),
            Verdict::NotApplicable => "这条规则对它不适用（不在适用范围、施行日之前，或没有触发）".to_owned(),
        }
    }

    fn since(&self, outcome: &Outcome) -> String {
        outcome.trigger.map(|event| format!("自{}起，", self.event_word(event))).unwrap_or_default()
    }

    fn named(&self, values: &[Val]) -> String {
        let mut words: Vec<String> = Vec::new();
        for value in values {
            let word = if let Val::Entity(entity) = value {
                let id = self.history.entity_id(EntityRef(*entity));
                self.entity_name(*entity).map_or_else(|| id.to_owned(), |name| format!("{name}（{id}）"))
            } else {
                self.value_word(*value)
            };
            if !words.contains(&word) {
                words.push(word);
            }
        }
        let more = if words.len() > LISTED { format!(" 等 {} 个", words.len()) } else { String::new() };
        words.truncate(LISTED);
        format!("{}{more}", words.join("、"))
    }

    fn violation(&self, duty: &PlanDuty, outcome: &Outcome) -> String {
        let (words, unit) = (&duty.words, unit(duty));
        let failing = if outcome.failing.is_empty() {
            String::new()
        } else {
            format!("：{}", self.named(&outcome.failing))
        };
        let day = |date: Option<NaiveDate>| date.map_or_else(|| "？".to_owned(), |date| date.to_string());
        let late = outcome.workdays_late.map(|n| format!("，逾期 {n} 个工作日")).unwrap_or_default();
        match outcome.kind {
            Some(ViolationKind::Late) => match &duty.shape {
                PlanShape::DueAtClosure { .. } => format!(
                    "{words} 应在结案（{}）前做，{} 才做",
                    day(outcome.deadline),
                    day(outcome.completed)
                ),
                PlanShape::Response { .. }
                | PlanShape::Precedence { .. }
                | PlanShape::Absence { .. }
                | PlanShape::EventCondition { .. }
                | PlanShape::EntityCondition { .. }
                | PlanShape::Cardinality { .. }
                | PlanShape::DueOnDate { .. } => format!(
                    "{}应于 {}{words}，{} 才完成{late}",
                    self.since(outcome),
                    by(outcome),
                    day(outcome.completed)
                ),
            },
            Some(ViolationKind::Missing) => match &duty.shape {
                PlanShape::Precedence { .. } => {
                    format!("{}之前应当有 {words}，没有{failing}", self.trigger_word(outcome))
                }
                PlanShape::DueAtClosure { .. } => format!("已经结案，没有做到：{words}{failing}"),
                PlanShape::Response { .. }
                | PlanShape::Absence { .. }
                | PlanShape::EventCondition { .. }
                | PlanShape::EntityCondition { .. }
                | PlanShape::Cardinality { .. }
                | PlanShape::DueOnDate { .. } => format!(
                    "{}应于 {}{words}，到 {} 仍没有做{late}",
                    self.since(outcome),
                    by(outcome),
                    self.as_of
                ),
            },
            Some(ViolationKind::Order) => {
                let done =
                    outcome.evidence.iter().find(|(role, _)| *role == crate::finding::EvidenceRole::Response);
                let done = done.map(|(_, event)| self.event_word(*event)).unwrap_or_default();
                format!("{}之前应当有 {words}，{done}在它之后", self.trigger_word(outcome))
            }
            Some(ViolationKind::Forbidden) => {
                let context =
                    outcome.evidence.iter().find(|(role, _)| *role == crate::finding::EvidenceRole::Context);
                let side = match (&duty.shape, context) {
                    (PlanShape::Absence { reference: Some((direction, _)), .. }, Some((_, event))) => {
                        let side = match direction {
                            Direction::Before => "之前",
                            Direction::After => "之后",
                        };
                        format!("{}{side}", self.event_word(*event))
                    }
                    _ => String::new(),
                };
                format!("{side}不得{words}，{}做了", self.trigger_word(outcome))
            }
            Some(ViolationKind::Condition) => {
                let facts: Vec<String> =
                    outcome.facts.iter().map(|(name, value)| format!("{name}＝{value}")).collect();
                let facts =
                    if facts.is_empty() { String::new() } else { format!("；实际 {}", facts.join("，")) };
                format!(
                    "{}应当 {words}{facts}{}",
                    self.trigger_word(outcome),
                    failing.replace('：', "；不合的：")
                )
            }
            Some(ViolationKind::Count) => match outcome.numbers {
                Some(numbers) if numbers.lower => {
                    format!("{words}应不少于 {} {unit}，只有 {} {unit}", numbers.bound, numbers.found)
                }
                Some(numbers) => {
                    format!("{words}不应超过 {} {unit}，有 {} {unit}", numbers.bound, numbers.found)
                }
                None => words.clone(),
            },
            None => words.clone(),
        }
    }

    fn trigger_word(&self, outcome: &Outcome) -> String {
        outcome.trigger.map(|event| self.event_word(event)).unwrap_or_default()
    }

    /// What can still be done about a violation.
    pub(super) fn remedy(&self, rule: &PlanRule, outcome: &Outcome) -> Option<String> {
        let duty = rule.duties.get(outcome.duty)?;
        let words = &duty.words;
        Some(match outcome.kind? {
            ViolationKind::Late => "已经做了，无需补做；逾期如实列入台账".to_owned(),
            ViolationKind::Missing => match &duty.shape {
                PlanShape::Precedence { .. } => {
                    format!("事后补不了先后；确有 {words} 而漏记的，补录并附当时的材料")
                }
                PlanShape::Response { .. }
                | PlanShape::Absence { .. }
                | PlanShape::EventCondition { .. }
                | PlanShape::EntityCondition { .. }
                | PlanShape::Cardinality { .. }
                | PlanShape::DueAtClosure { .. }
                | PlanShape::DueOnDate { .. } => format!("尽快补做：{words}；确已做而漏记的，补录并附材料"),
            },
            ViolationKind::Order => "先后已成事实；日期录错的，更正并附材料".to_owned(),
            ViolationKind::Forbidden => "说明原因并留存材料；误录的，更正记录".to_owned(),
            ViolationKind::Condition => "核对这条记录：填错的更正，属实的按规定处理".to_owned(),
            ViolationKind::Count => match outcome.numbers {
                Some(numbers) if numbers.lower => "补办或说明；日志不全的，补齐当年的记录再查".to_owned(),
                Some(_) | None => "说明必要性；以后合并进行".to_owned(),
            },
        })
    }
}
