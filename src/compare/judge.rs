//! Both rules on one made-up history, through the same door as any log: read, evaluated, reported.
//! A history one side cannot read, or on which a side lacks data, shows nothing.

use chrono::NaiveDate;

use super::record::{Record, text};
use super::{Conclusion, Party, Side, Witness};
use crate::calendar::Calendar;
use crate::check::{self, CheckOptions};
use crate::finding::{self, Finding, Severity, Verdict};
use crate::library::Loaded;
use crate::logs::ReadOptions;
use crate::plan::{self, Plan};
use crate::policy;
use crate::source::SourceMap;

/// One rule of each side, compiled alone.
#[derive(Debug)]
pub(super) struct Bench<'a> {
    loaded: [&'a Loaded; 2],
    plans: [Plan; 2],
    severities: [policy::Severity; 2],
    calendar: &'a Calendar,
}

/// A difference of conclusions; less is clearer to people.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Contrast {
    pub stricter: Side,
    pub clarity: u8,
    pub conclusions: [Conclusion; 2],
}

impl Contrast {
    /// Whether another contrast shows the same thing.
    pub fn is_like(&self, other: &Self) -> bool {
        let verdicts = |contrast: &Self| contrast.conclusions.each_ref().map(|one| (one.verdict, one.kind));
        self.stricter == other.stricter && self.clarity == other.clarity && verdicts(self) == verdicts(other)
    }
}

impl<'a> Bench<'a> {
    /// `rules`: their ids; an id may stand for several rules, one after the other in time.
    pub fn new(parties: [Party<'a>; 2], rules: [&str; 2], calendar: &'a Calendar) -> Option<Self> {
        let [left, right] = parties;
        let compile = |party: Party<'_>, id: &str| {
            let rules: Vec<policy::Rule> =
                party.policy.rules.iter().filter(|rule| rule.id == id).cloned().collect();
            let severity = rules.last()?.severity;
            let alone = policy::Policy { rules, ..party.policy.clone() };
            Some((plan::compile(&alone), severity))
        };
        let (one, one_severity) = compile(left, rules[0])?;
        let (other, other_severity) = compile(right, rules[1])?;
        Some(Self {
            loaded: [left.loaded, right.loaded],
            plans: [one, other],
            severities: [one_severity, other_severity],
            calendar,
        })
    }

    fn findings(
        &self,
        side: usize,
        log: &str,
        as_of: NaiveDate,
        coverage: Option<(NaiveDate, NaiveDate)>,
    ) -> Option<Vec<Finding>> {
        let mut sources = SourceMap::new();
        let files = if log.is_empty() { Vec::new() } else { vec![sources.add("历史.jsonl", log)] };
        let options = CheckOptions {
            read: ReadOptions {
                format: None,
                as_of: Some(as_of),
                today: as_of,
                lenient: false,
                max_errors: 1,
                columns: None,
                year: None,
            },
            coverage,
            all: true,
            only: None,
        };
        let (loaded, plan) = (self.loaded.get(side)?, self.plans.get(side)?);
        let report = check::check(&sources, loaded, plan, self.calendar, &files, &options).report?;
        report.warnings.is_empty().then_some(report.findings)
    }

    /// Where the two conclusions part, one for each side being the stricter at most.
    pub fn contrasts(
        &self,
        records: &[Record],
        as_of: NaiveDate,
        coverage: Option<(NaiveDate, NaiveDate)>,
    ) -> Vec<Contrast> {
        self.of_logs([&text(records, 0), &text(records, 1)], as_of, coverage)
    }

    /// The same for finished logs.
    pub fn of_logs(
        &self,
        logs: [&str; 2],
        as_of: NaiveDate,
        coverage: Option<(NaiveDate, NaiveDate)>,
    ) -> Vec<Contrast> {
        let Some(left) = self.findings(0, logs[0], as_of, coverage) else { return Vec::new() };
        let Some(right) = self.findings(1, logs[1], as_of, coverage) else { return Vec::new() };
        let mut best: Vec<Contrast> = Vec::new();
        for key in keys(&left, &right) {
            let sides = [(&left, 0), (&right, 1)]
                .map(|(findings, side)| self.conclude(findings, key.as_deref(), side));
            let [Some((one, low)), Some((other, high))] = sides else { continue };
            let stricter = match low.cmp(&high) {
                std::cmp::Ordering::Less => Side::Right,
                std::cmp::Ordering::Greater => Side::Left,
                std::cmp::Ordering::Equal => continue,
            };
            let milder = if low < high { &one } else { &other };
            let clarity = match milder.verdict {
                Some(Verdict::Satisfied) => 0,
                Some(Verdict::Exempt | Verdict::Violated) => 1,
                Some(Verdict::Pending) => 2,
                Some(Verdict::NotApplicable | Verdict::Undetermined) => 3,
                None => 4,
            };
            let contrast = Contrast { stricter, clarity, conclusions: [one, other] };
            match best.iter_mut().find(|known| known.stricter == stricter) {
                Some(known) if contrast.clarity < known.clarity => *known = contrast,
                Some(_) => {}
                None => best.push(contrast),
            }
        }
        best
    }

    /// The gravest finding of a subject and how grave it is; `None` when something is undetermined.
    fn conclude(&self, findings: &[Finding], key: Option<&str>, side: usize) -> Option<(Conclusion, u8)> {
        let own: Vec<&Finding> =
            findings.iter().filter(|finding| key.is_none_or(|key| finding.subject.label() == key)).collect();
        if own.iter().any(|finding| finding.verdict == Verdict::Undetermined) {
            return None;
        }
        let severity = *self.severities.get(side)?;
        let Some(worst) = own.iter().rev().max_by_key(|finding| (gravity(finding), plainness(finding)))
        else {
            let conclusion = Conclusion {
                verdict: None,
                kind: None,
                severity,
                subject: key.unwrap_or("").to_owned(),
                deadline: None,
                message: String::new(),
            };
            return Some((conclusion, 0));
        };
        let conclusion = Conclusion {
            verdict: Some(worst.verdict),
            kind: worst.kind,
            severity: match worst.severity {
                Severity::Error => policy::Severity::Error,
                Severity::Warning => policy::Severity::Warning,
                Severity::Advice => policy::Severity::Advice,
            },
            subject: worst.subject.label(),
            deadline: worst.deadline,
            message: worst.message.clone(),
        };
        Some((conclusion, gravity(worst)))
    }

    /// The history once more, on both sides: a witness only if they still part in the same way.
    pub fn replay(&self, witness: &Witness) -> bool {
        let logs = [witness.logs[0].as_str(), witness.logs[1].as_str()];
        self.of_logs(logs, witness.as_of, witness.coverage).iter().any(|contrast| {
            contrast.stricter == witness.stricter && contrast.conclusions == witness.conclusions
        })
    }
}

fn gravity(finding: &Finding) -> u8 {
    match (finding.verdict, finding.severity) {
        (Verdict::Violated, Severity::Error) => 3,
        (Verdict::Violated, Severity::Warning) => 2,
        (Verdict::Violated, Severity::Advice) => 1,
        (
            Verdict::Pending
            | Verdict::Undetermined
            | Verdict::Satisfied
            | Verdict::Exempt
            | Verdict::NotApplicable,
            _,
        ) => 0,
    }
}

/// Among findings that are no violations, the one that says most.
fn plainness(finding: &Finding) -> u8 {
    match finding.verdict {
        finding::Verdict::Violated => 5,
        finding::Verdict::Satisfied => 4,
        finding::Verdict::Exempt => 3,
        finding::Verdict::Pending => 2,
        finding::Verdict::NotApplicable | finding::Verdict::Undetermined => 1,
    }
}

/// Subjects to compare one by one when both sides speak of the same columns; otherwise all together.
fn keys(left: &[Finding], right: &[Finding]) -> Vec<Option<String>> {
    let columns = |findings: &[Finding]| -> Option<Vec<String>> {
        Some(findings.first()?.subject.0.iter().map(|(name, _)| name.clone()).collect())
    };
    match (columns(left), columns(right)) {
        (Some(one), Some(other)) if one != other => vec![None],
        (None, None) => Vec::new(),
        (_, _) => {
            let mut keys: Vec<String> =
                left.iter().chain(right).map(|finding| finding.subject.label()).collect();
            keys.sort_unstable();
            keys.dedup();
            keys.into_iter().map(Some).collect()
        }
    }
}
