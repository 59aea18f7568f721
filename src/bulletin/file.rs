//! A bulletin file: YAML, a title and columns. Every mistake at its line and column, all at once.
//! Takes the text and the names the rules have; gives a [`Layout`] or what is wrong.

use serde::Deserialize;
use serde_saphyr::{Location, Spanned};

use super::problem::Problem;
use super::{Counted, Layout, Metric, Placed, Show, Source, Target};
use crate::diagnostic::{Diagnostic, nearest};
use crate::finding::{Severity, ViolationKind};
use crate::plan::Plan;
use crate::source::{FileId, Span};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(rename = "标题")]
    title: String,
    #[serde(rename = "指标规则")]
    rules: Spanned<String>,
    #[serde(rename = "栏目")]
    metrics: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    #[serde(rename = "名称")]
    name: Spanned<String>,
    #[serde(rename = "说明", default)]
    note: String,
    #[serde(rename = "指标", default)]
    metric: Option<Spanned<String>>,
    #[serde(rename = "标签", default)]
    tag: Option<Spanned<String>>,
    #[serde(rename = "规则", default)]
    rules: Option<Vec<Spanned<String>>>,
    #[serde(rename = "强度", default)]
    severity: Option<Spanned<String>>,
    #[serde(rename = "显示", default)]
    show: Option<Spanned<String>>,
    #[serde(rename = "分组显示", default)]
    show_groups: Option<Spanned<String>>,
    #[serde(rename = "分子", default)]
    counted: Vec<Spanned<String>>,
    #[serde(rename = "去重", default)]
    distinct: Vec<Spanned<String>>,
    #[serde(rename = "期内", default)]
    placed: Option<Spanned<String>>,
    #[serde(rename = "单位", default)]
    unit: String,
    #[serde(rename = "目标", default)]
    target: Option<Spanned<String>>,
}

/// Every key of a bulletin file.
const KEYS: [&str; 16] = [
    "标题",
    "指标规则",
    "栏目",
    "名称",
    "说明",
    "指标",
    "标签",
    "规则",
    "强度",
    "显示",
    "分组显示",
    "分子",
    "去重",
    "期内",
    "单位",
    "目标",
];

/// The names a file can speak of.
#[derive(Clone, Copy)]
pub struct Names<'p> {
    /// The rules checked.
    pub plan: &'p Plan,
    /// The indicator rules; `None` when they could not be found.
    pub metrics: Option<&'p Plan>,
}

/// The indicator rules a file names, and where: read first, because the rest speaks of what is in them.
pub fn indicator_rules(file: FileId, text: &str) -> Result<(String, Span), Vec<Diagnostic>> {
    let rules = document(file, text)?.rules;
    let span = place(file, &rules);
    Ok((rules.value, span))
}

fn document(file: FileId, text: &str) -> Result<Document, Vec<Diagnostic>> {
    let options = serde_saphyr::options! { with_snippet: false };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| {
        let error = error.without_snippet();
        let span = error.location().map_or(Span::new(file, 0, 0), |location| span(file, text, &location));
        let colon = text.lines().any(full_width_colon);
        vec![Problem::Shape { detail: detail(error), colon, span }.diagnostic()]
    })
}

fn place<T>(file: FileId, spanned: &Spanned<T>) -> Span {
    let span = spanned.referenced.span();
    let part = |value: Option<u64>| value.and_then(|value| usize::try_from(value).ok()).unwrap_or(0);
    let start = part(span.byte_offset());
    Span::new(file, start, start + part(span.byte_len()))
}

/// Reads a bulletin file. `Err`: every problem, in place order.
pub fn read(file: FileId, text: &str, names: Names<'_>) -> Result<Layout, Vec<Diagnostic>> {
    let document = document(file, text)?;
    let mut reader = Reader { file, names, problems: Vec::new() };
    let mut metrics: Vec<Metric> = Vec::new();
    for entry in &document.metrics {
        if metrics.iter().any(|metric| metric.name == entry.name.value) {
            let span = reader.place(&entry.name);
            reader.problems.push(Problem::SameName { name: entry.name.value.clone(), span });
        }
        metrics.extend(reader.metric(entry));
    }
    if !reader.problems.is_empty() {
        return Err(reader.problems.iter().map(Problem::diagnostic).collect());
    }
    Ok(Layout { title: document.title, metrics })
}

fn span(file: FileId, text: &str, location: &Location) -> Span {
    let span = location.span();
    Span::clamped(file, text, span.byte_offset(), span.byte_len())
}

fn full_width_colon(line: &str) -> bool {
    let line = line.trim_start_matches(['-', ' ']);
    KEYS.iter().any(|word| line.strip_prefix(word).is_some_and(|rest| rest.trim_start().starts_with('：')))
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the reader has many errors; most are mistakes of YAML")]
fn detail(error: &serde_saphyr::Error) -> String {
    match error {
        serde_saphyr::Error::SerdeUnknownField { field, .. } => match nearest(field, KEYS) {
            Some(near) => format!("没有「{field}」这一项，你是不是要写「{near}」"),
            None => format!("没有「{field}」这一项"),
        },
        serde_saphyr::Error::SerdeMissingField { field, .. } => format!("缺「{field}」"),
        serde_saphyr::Error::DuplicateMappingKey { key: Some(key), .. } => format!("「{key}」写了两次"),
        _ => "不是约定的写法".to_owned(),
    }
}

struct Reader<'p> {
    file: FileId,
    names: Names<'p>,
    problems: Vec<Problem>,
}

const SHOWS: &[(&str, Show)] = &[("率", Show::Rate), ("个数", Show::Number)];
const PLACES: &[(&str, Placed)] = &[("起始", Placed::Start), ("发生", Placed::Event)];
const SEVERITIES: &[(&str, Severity)] =
    &[("错误", Severity::Error), ("警告", Severity::Warning), ("提示", Severity::Advice)];
const COUNTED: &[(&str, Counted)] = &[
    ("合规", Counted::Satisfied),
    ("违规", Counted::Violated),
    ("逾期", Counted::Kind(ViolationKind::Late)),
    ("未做", Counted::Kind(ViolationKind::Missing)),
    ("颠倒", Counted::Kind(ViolationKind::Order)),
    ("禁止", Counted::Kind(ViolationKind::Forbidden)),
    ("条件", Counted::Kind(ViolationKind::Condition)),
    ("次数", Counted::Kind(ViolationKind::Count)),
];

impl Reader<'_> {
    fn place<T>(&self, spanned: &Spanned<T>) -> Span {
        place(self.file, spanned)
    }

    fn word<T: Copy>(
        &mut self,
        field: &'static str,
        spanned: &Spanned<String>,
        words: &'static [(&'static str, T)],
        known: &'static [&'static str],
    ) -> Option<T> {
        let found = words.iter().find(|(word, _)| *word == spanned.value.trim()).map(|(_, value)| *value);
        if found.is_none() {
            let (word, span) = (spanned.value.clone(), self.place(spanned));
            self.problems.push(Problem::UnknownWord { field, word, known, span });
        }
        found
    }

    fn show(&mut self, field: &'static str, word: Option<&Spanned<String>>) -> Option<Show> {
        word.and_then(|word| self.word(field, word, SHOWS, &["率", "个数"]))
    }

    fn metric(&mut self, entry: &Entry) -> Option<Metric> {
        let before = self.problems.len();
        let source = self.source(entry);
        let show = self.show("显示", entry.show.as_ref()).unwrap_or(Show::Rate);
        let show_groups = self.show("分组显示", entry.show_groups.as_ref()).unwrap_or(show);
        let words = &["合规", "违规", "逾期", "未做", "颠倒", "禁止", "条件", "次数"];
        let mut counted: Vec<Counted> =
            entry.counted.iter().filter_map(|word| self.word("分子", word, COUNTED, words)).collect();
        if counted.is_empty() {
            counted.push(match show {
                Show::Rate => Counted::Satisfied,
                Show::Number => Counted::Violated,
            });
        }
        let placed =
            entry.placed.as_ref().and_then(|word| self.word("期内", word, PLACES, &["起始", "发生"]));
        let target = entry.target.as_ref().and_then(|target| self.target(target, show));
        if let Some(source) = &source {
            self.distinct(entry, source);
        }
        if self.problems.len() > before {
            return None;
        }
        Some(Metric {
            name: entry.name.value.clone(),
            note: entry.note.clone(),
            source: source?,
            show,
            show_groups,
            counted,
            distinct: entry.distinct.iter().map(|word| word.value.clone()).collect(),
            placed: placed.unwrap_or(Placed::Start),
            unit: entry.unit.clone(),
            target,
        })
    }

    fn source(&mut self, entry: &Entry) -> Option<Source> {
        let count = usize::from(entry.metric.is_some())
            + usize::from(entry.tag.is_some())
            + usize::from(entry.rules.is_some())
            + usize::from(entry.severity.is_some());
        if count != 1 {
            let span = self.place(&entry.name);
            self.problems.push(Problem::Sources { count, span });
            return None;
        }
        if let Some(metric) = &entry.metric {
            if let Some(plan) = self.names.metrics {
                self.known("指标规则", metric, &ids(plan));
            }
            return Some(Source::Metric(metric.value.clone()));
        }
        if let Some(tag) = &entry.tag {
            return Some(Source::Tag(tag.value.clone()));
        }
        if let Some(rules) = &entry.rules {
            let known = ids(self.names.plan);
            rules.iter().for_each(|rule| self.known("编号", rule, &known));
            return Some(Source::Rules(rules.iter().map(|rule| rule.value.clone()).collect()));
        }
        let severity = entry.severity.as_ref()?;
        self.word("强度", severity, SEVERITIES, &["错误", "警告", "提示"]).map(Source::Severity)
    }

    fn known(&mut self, what: &'static str, name: &Spanned<String>, known: &[String]) {
        if known.contains(&name.value) {
            return;
        }
        let near = nearest(&name.value, known.iter().map(String::as_str)).map(str::to_owned);
        let listed = if known.len() <= 12 { known.to_vec() } else { Vec::new() };
        let (name, span) = (name.value.clone(), self.place(name));
        self.problems.push(Problem::UnknownName { what, name, near, known: listed, span });
    }

    /// 去重 names subject columns of every rule of the source, or the kind of the root entity.
    fn distinct(&mut self, entry: &Entry, source: &Source) {
        let plan = match source {
            Source::Metric(_) => self.names.metrics,
            Source::Tag(_) | Source::Rules(_) | Source::Severity(_) => Some(self.names.plan),
        };
        let Some(plan) = plan else { return };
        let taken = plan.rules.iter().filter(|rule| match source {
            Source::Metric(id) => rule.id == *id,
            Source::Tag(tag) => rule.tags.contains(tag),
            Source::Rules(ids) => ids.contains(&rule.id),
            Source::Severity(_) => true,
        });
        let mut known: Vec<String> =
            taken.flat_map(|rule| rule.columns.iter().map(|column| column.name.clone())).collect();
        if known.is_empty() {
            return;
        }
        known.extend(plan.root.as_ref().map(|root| plan.vocabulary.entity(root.kind).name.clone()));
        known.sort();
        known.dedup();
        for word in &entry.distinct {
            self.known("主体", word, &known);
        }
    }

    fn target(&mut self, text: &Spanned<String>, show: Show) -> Option<Target> {
        let word = text.value.trim();
        let (at_most, number) = match (word.strip_prefix(['≤', '<']), word.strip_prefix(['≥', '>'])) {
            (Some(number), _) => (true, number),
            (None, Some(number)) => (false, number),
            (None, None) => (false, word),
        };
        let number = number.trim_start_matches('=').trim().strip_suffix(['%', '％']);
        let parts = number.map(|number| number.split_once('.').unwrap_or((number, "0")));
        let thousandths = parts.and_then(|(whole, rest)| {
            let rest = (rest.len() == 1).then(|| rest.parse::<u64>().ok())??;
            whole.parse::<u64>().ok().filter(|whole| *whole <= 100).map(|whole| whole * 10 + rest)
        });
        match thousandths.filter(|thousandths| *thousandths <= 1000 && show == Show::Rate) {
            Some(thousandths) => Some(Target { thousandths, at_most }),
            None => {
                let span = self.place(text);
                self.problems.push(Problem::Target { text: text.value.clone(), span });
                None
            }
        }
    }
}

fn ids(plan: &Plan) -> Vec<String> {
    let mut ids: Vec<String> = plan.rules.iter().map(|rule| rule.id.clone()).collect();
    ids.dedup();
    ids
}
