//! What every format of a bulletin says alike: a number in words, the opening sentences, the records a number
//! rests on. Takes a [`Bulletin`]; gives texts, not masked and not escaped. Decides nothing.

use crate::bulletin::{Bulletin, Cell, Member, Metric, Show, State};
use crate::finding::{Evidence, Finding};
use crate::source::SourceMap;

/// A bulletin with what it was made of.
#[derive(Clone, Copy)]
pub struct BulletinPage<'a> {
    pub bulletin: &'a Bulletin<'a>,
    pub sources: &'a SourceMap,
    /// Labels and values: inputs, rules, calendar, program.
    pub provenance: &'a [(String, String)],
    pub mask: bool,
    /// Without the list of what each number counts.
    pub brief: bool,
}

/// A number in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Figure {
    /// `96.3%（26/27）`, `3`, `—`, `无法算`.
    pub main: String,
    /// `未到期 2`, `无法判定 1`, `不全`.
    pub notes: Vec<String>,
    /// Whether it reaches the target.
    pub reached: Option<bool>,
}

impl Figure {
    /// On one line.
    pub fn line(&self) -> String {
        if self.notes.is_empty() {
            return self.main.clone();
        }
        format!("{}；{}", self.main, self.notes.join("，"))
    }
}

/// Index of a column with its total, or with the cell of a group.
pub(super) fn figure(bulletin: &Bulletin<'_>, at: usize, cell: &Cell<'_>, total: bool) -> Figure {
    let Some(metric) = bulletin.metrics.get(at) else {
        return Figure { main: "—".to_owned(), notes: Vec::new(), reached: None };
    };
    let show = if total { metric.show } else { metric.show_groups };
    let (part, whole) = cell.share();
    let (pending, unknown) = (cell.count(State::Pending), cell.count(State::Unknown));
    let nothing = bulletin.absent.get(at) == Some(&true);
    let main = match show {
        _ if nothing => "—".to_owned(),
        _ if whole == 0 && unknown > 0 => "无法算".to_owned(),
        Show::Rate => match cell.thousandths() {
            Some(rate) => format!("{}.{}%（{part}/{whole}）", rate / 10, rate % 10),
            None => "—".to_owned(),
        },
        Show::Number if metric.show == Show::Rate => number(cell.hits(), metric),
        Show::Number => number(part, metric),
    };
    let mut notes = Vec::new();
    if pending > 0 {
        notes.push(format!("未到期 {pending}"));
    }
    if unknown > 0 {
        notes.push(format!("无法判定 {unknown}"));
    }
    if bulletin.partial && show == Show::Rate && whole > 0 {
        notes.push("不全".to_owned());
    }
    let reached = if show == Show::Rate && !nothing { bulletin.reached(at, cell) } else { None };
    Figure { main, notes, reached }
}

fn number(count: usize, metric: &Metric) -> String {
    if metric.unit.is_empty() { count.to_string() } else { format!("{count} {}", metric.unit) }
}

/// What the groups are called in a row.
pub(super) fn group_word(bulletin: &Bulletin<'_>, group: Option<&str>) -> String {
    group.map_or_else(|| format!("（没有归到{}）", bulletin.group_name), str::to_owned)
}

/// The opening: how it stands on the whole, and who is short of a target. Every number is in the table.
pub(super) fn opening(bulletin: &Bulletin<'_>) -> Vec<String> {
    let named = bulletin.groups.iter().flatten().count();
    let mut sentences = vec![format!(
        "本期为 {}（{} 至 {}），截至 {}，统计 {named} 个{}。",
        bulletin.period.name, bulletin.period.from, bulletin.period.to, bulletin.as_of, bulletin.group_name
    )];
    let totals = bulletin.metrics.iter().zip(&bulletin.total).enumerate();
    let words: Vec<String> = totals
        .map(|(at, (metric, cell))| {
            let figure = figure(bulletin, at, cell, true);
            let target = metric.target.as_ref().and_then(|target| {
                let word = if figure.reached? { "达到" } else { "未达到" };
                Some(format!("，{word}目标 {}", target.words()))
            });
            let pending = cell.count(State::Pending);
            let pending =
                if pending > 0 { format!("，另有 {pending} 项未到期") } else { String::new() };
            format!("{} {}{}{pending}", metric.name, figure.main, target.unwrap_or_default())
        })
        .collect();
    sentences.push(format!("{}。", words.join("；")));
    for (at, metric) in bulletin.metrics.iter().enumerate() {
        let short: Vec<String> = bulletin
            .groups
            .iter()
            .zip(&bulletin.rows)
            .filter_map(|(group, row)| {
                let figure = figure(bulletin, at, row.get(at)?, false);
                (figure.reached == Some(false))
                    .then(|| format!("{} {}", group_word(bulletin, group.as_deref()), figure.main))
            })
            .collect();
        if !short.is_empty() {
            sentences.push(format!("{}未达目标的 {} 个：{}。", metric.name, short.len(), short.join("、")));
        }
    }
    sentences
}

/// Columns some of whose members cannot be judged, and what is missing.
pub(super) fn gaps(bulletin: &Bulletin<'_>) -> Vec<String> {
    let word = |at: usize| bulletin.metrics.get(at).map_or("", |metric| metric.name.as_str());
    bulletin
        .gaps
        .iter()
        .map(|gap| format!("{}：{} 项，{}", word(gap.metric), gap.count, gap.reason))
        .collect()
}

/// How the numbers are to be read; the same in every format.
pub(super) fn reading(bulletin: &Bulletin<'_>) -> Vec<String> {
    vec![
        format!(
            "率以外标明的「未到期」「无法判定」既不在分子，也不在分母；没有分母的写「—」；缺记录算不出的写「无法算」，不当作没有做。合计按主体去重，不一定等于各{}之和。",
            bulletin.group_name
        ),
        "一项算在哪一期：看它所属的那件事哪天起始；标明按触发那天的，看触发。".to_owned(),
    ]
}

/// The records a member rests on: `公示 e0041 2025-11-03（台账.jsonl:123）`; without events, where it stands.
pub(super) fn records(member: &Member<'_>, metric: &Metric, sources: &SourceMap) -> Vec<String> {
    let mut records: Vec<String> = Vec::new();
    for finding in member.decisive(metric) {
        let lines: Vec<String> = if finding.evidence.is_empty() {
            let places = finding.origins.iter();
            places.map(|origin| format!("{}:{}", sources.file(origin.file).name(), origin.line)).collect()
        } else {
            finding.evidence.iter().map(|evidence| record(evidence, sources)).collect()
        };
        for line in lines {
            if !records.contains(&line) {
                records.push(line);
            }
        }
    }
    records
}

fn record(evidence: &Evidence, sources: &SourceMap) -> String {
    let place = format!("{}:{}", sources.file(evidence.origin.file).name(), evidence.origin.line);
    format!("{} {} {}（{place}）", evidence.event_type, evidence.event, evidence.moment.date)
}

/// Why a member stands where it does, where that is worth a sentence.
pub(super) fn reason(member: &Member<'_>, metric: &Metric) -> Option<String> {
    let sentence = |finding: &Finding| match member.state {
        State::Unknown => finding.reason.clone(),
        State::Rest if finding.trigger.is_none() => {
            // 「……；不合的：某事」：说得出哪一个不合，而且不是主体自己。
            let (_, failing) = finding.message.split_once("不合的：")?;
            (!member.label.contains(failing)).then(|| format!("不合的：{failing}"))
        }
        State::Counted | State::Rest | State::Pending => {
            finding.trigger.as_ref().filter(|_| finding.kind.is_some() || member.state == State::Pending)?;
            Some(finding.message.clone())
        }
    };
    let (count, first) = (member.decisive(metric).count(), member.decisive(metric).find_map(sentence)?);
    Some(if count > 1 { format!("{first}（等 {count} 条）") } else { first })
}

/// Rules behind a member: their ids, each once.
pub(super) fn rules(member: &Member<'_>, metric: &Metric) -> String {
    let mut ids: Vec<&str> = member.decisive(metric).map(|finding| finding.rule.as_str()).collect();
    ids.dedup();
    ids.join("、")
}

/// Whether a member is listed: of a number, only what counts and what may.
pub(super) fn listed(member: &Member<'_>, metric: &Metric) -> bool {
    match metric.show {
        Show::Rate => true,
        Show::Number => matches!(member.state, State::Counted | State::Unknown | State::Pending),
    }
}
