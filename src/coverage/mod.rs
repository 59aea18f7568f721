//! What case pages reach of a rule set: articles by rules, rules by verdicts, clauses by truth.
//! Takes a loaded rule set, its list of articles and pages ready to run; gives three tables as data.
//! Does not print.

mod expected;

use rayon::prelude::*;

use crate::articles::Articles;
use crate::calendar::Calendar;
use crate::cases::ReadyPage;
use crate::evaluate::{Seen, Trace};
use crate::finding::Verdict;
use crate::plan::{self, Clause, ClauseKind, Plan};
use crate::policy::Policy;
use crate::source::Span;

/// How many of how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    pub covered: usize,
    pub total: usize,
}

impl Share {
    fn of(covered: impl Iterator<Item = bool>) -> Self {
        covered.fold(Self { covered: 0, total: 0 }, |share, one| Self {
            covered: share.covered + usize::from(one),
            total: share.total + 1,
        })
    }

    /// In hundredths of a percent, rounded down: 100 % means all.
    pub fn hundredths(&self) -> usize {
        (self.covered * 10_000).checked_div(self.total).unwrap_or(10_000)
    }

    /// Whether it reaches so many percent.
    pub fn reaches(&self, percent: u8) -> bool {
        self.covered * 100 >= usize::from(percent) * self.total
    }
}

/// One article and whether it is accounted for.
#[derive(Clone, Debug)]
pub struct ArticleRow {
    pub name: String,
    pub gist: String,
    pub span: Span,
    pub rules: Vec<String>,
    pub reason: Option<String>,
    pub settled: bool,
}

/// One rule and the verdicts that occurred in its pages.
#[derive(Clone, Debug)]
pub struct RuleRow {
    pub id: String,
    pub title: String,
    pub span: Span,
    /// Names of its pages.
    pub pages: Vec<String>,
    /// How often each verdict of [`Verdict::ALL`] occurred.
    pub counts: [usize; 6],
    /// Which of them a rule of this shape can give.
    pub expected: [bool; 6],
}

impl RuleRow {
    /// Verdicts it can give and no page shows.
    pub fn missing(&self) -> Vec<Verdict> {
        let rows = Verdict::ALL.into_iter().zip(self.counts).zip(self.expected);
        rows.filter(|((_, count), expected)| *expected && *count == 0)
            .map(|((verdict, _), _)| verdict)
            .collect()
    }

    pub fn covered(&self) -> bool {
        !self.pages.is_empty() && self.missing().is_empty()
    }
}

/// One clause and what it came to.
#[derive(Clone, Debug)]
pub struct ClauseRow {
    pub clause: Clause,
    pub seen: Seen,
}

impl ClauseRow {
    pub fn covered(&self) -> bool {
        match self.clause.kind {
            // 说不清也可以是决定性的：只在缺数据时才起作用的除外。
            ClauseKind::Condition => (self.seen.yes || self.seen.unknown) && self.seen.no,
            ClauseKind::Alternative | ClauseKind::Entry | ClauseKind::Parameter => self.seen.yes,
            ClauseKind::Definition => self.seen.reached,
        }
    }

    /// What is missing, in words.
    pub fn lack(&self) -> &'static str {
        match (self.clause.kind, self.seen) {
            (ClauseKind::Condition, Seen { yes: true, .. }) => "只见过成立，没有不成立的情形",
            (ClauseKind::Condition, Seen { no: true, .. }) => "只见过不成立，没有成立的情形",
            (ClauseKind::Condition, Seen { reached: true, .. }) => "每次都因缺数据判不了",
            (ClauseKind::Alternative, Seen { reached: true, .. }) => "走到了，没有取到值",
            (ClauseKind::Condition | ClauseKind::Alternative, _) => "没有走到",
            (ClauseKind::Definition | ClauseKind::Parameter, _) => "没有用到",
            (ClauseKind::Entry, _) => "没有哪个值是它",
        }
    }
}

/// The three tables.
#[derive(Clone, Debug)]
pub struct Coverage {
    /// `None`: there is no list of articles.
    pub articles: Option<Vec<ArticleRow>>,
    /// In order of the rule files.
    pub rules: Vec<RuleRow>,
    /// In order of place.
    pub clauses: Vec<ClauseRow>,
    /// Scenarios run, and pages whose outcome is not the one written.
    pub scenarios: usize,
    pub failing: Vec<String>,
}

impl Coverage {
    pub fn article_share(&self) -> Option<Share> {
        self.articles.as_ref().map(|rows| Share::of(rows.iter().map(|row| row.settled)))
    }

    pub fn rule_share(&self) -> Share {
        Share::of(self.rules.iter().map(RuleRow::covered))
    }

    pub fn clause_share(&self) -> Share {
        Share::of(self.clauses.iter().map(ClauseRow::covered))
    }
}

/// Runs the pages and fills the tables. `plan` is the policy's plain plan.
pub fn measure(
    policy: &Policy,
    plan: &Plan,
    articles: Option<&Articles>,
    pages: &[ReadyPage],
    calendar: &Calendar,
) -> Coverage {
    let (probed, probes) = plan::compile_probed(policy);
    let trace = Trace::new(&probed, &probes);
    let counted: Vec<([usize; 6], bool)> = pages
        .par_iter()
        .map(|page| {
            let mut counts = [0; 6];
            for ready in page.scenarios() {
                let rule = &page.page.rule;
                for finding in ready.findings(rule, plan, calendar, None).unwrap_or_default() {
                    for (verdict, count) in Verdict::ALL.into_iter().zip(&mut counts) {
                        *count += usize::from(finding.verdict == verdict);
                    }
                }
                // 带探针的一遍只为记下走到哪里，结论以上一遍为准。
                let _ = ready.findings(rule, &probed, calendar, Some(&trace));
            }
            (counts, page.first_failure(plan, calendar).is_some())
        })
        .collect();
    let rules = policy
        .rules
        .iter()
        .map(|rule| {
            let own = || pages.iter().zip(&counted).filter(|(page, _)| page.page.rule == rule.id);
            let mut counts = [0; 6];
            for (_, (found, _)) in own() {
                counts.iter_mut().zip(found).for_each(|(sum, one)| *sum += one);
            }
            RuleRow {
                id: rule.id.clone(),
                title: rule.title.clone(),
                span: rule.span,
                pages: own().map(|(page, _)| page.name.clone()).collect(),
                counts,
                expected: expected::verdicts(rule, policy),
            }
        })
        .collect();
    let mut clauses: Vec<ClauseRow> = probes
        .clauses
        .into_iter()
        .enumerate()
        .map(|(number, clause)| ClauseRow { clause, seen: trace.seen(number) })
        .collect();
    clauses.sort_by_key(|row| (row.clause.span, row.clause.kind));
    Coverage {
        articles: articles.map(article_rows),
        rules,
        clauses,
        scenarios: pages.iter().map(|page| page.scenarios().len()).sum(),
        failing: pages
            .iter()
            .zip(&counted)
            .filter(|(_, (_, failing))| *failing)
            .map(|(page, _)| page.name.clone())
            .collect(),
    }
}

fn article_rows(articles: &Articles) -> Vec<ArticleRow> {
    articles
        .articles
        .iter()
        .map(|article| ArticleRow {
            name: article.name.value.clone(),
            gist: article.gist.clone(),
            span: article.name.span,
            rules: article.rules.iter().map(|rule| rule.value.clone()).collect(),
            reason: article.reason.clone(),
            settled: article.settled(),
        })
        .collect()
}
