//! `articles.yaml` beside a rule set: every article of the regulation, with the rules that carry it out or
//! the reason why none does. Takes its text and the rules there are; gives the list and what is wrong with it.
//! Does not know what any article says.
//!
//! ```yaml
//! policy: 平桥
//! articles:
//!   - { article: 第九条, gist: 每年至少发起一次, rules: [PQ-09a, PQ-09b] }
//!   - { article: 第三条, gist: 联席会议的职责, reason: 组织安排，没有要检查的事 }
//! ```

mod number;
mod problem;
mod read;

use std::collections::BTreeMap;

use crate::diagnostic::nearest;
use crate::source::{Span, Spanned};

pub use problem::Problem;
pub use read::read;

/// The whole list.
#[derive(Clone, Debug)]
pub struct Articles {
    /// Name of the rule set it belongs to.
    pub policy: Spanned<String>,
    /// In order of the file.
    pub articles: Vec<Article>,
}

/// One article.
#[derive(Clone, Debug)]
pub struct Article {
    /// 第九条, 第二十条（四）, 附件2
    pub name: Spanned<String>,
    /// What it asks, in our own words.
    pub gist: String,
    pub rules: Vec<Spanned<String>>,
    /// Why it has no rules (or why not all of it has).
    pub reason: Option<String>,
}

impl Article {
    /// Whether it is accounted for: by rules, or by a reason.
    pub fn settled(&self) -> bool {
        !self.rules.is_empty() || self.reason.as_ref().is_some_and(|reason| !reason.trim().is_empty())
    }
}

/// A rule the list must mention.
#[derive(Clone, Copy, Debug)]
pub struct KnownRule<'a> {
    pub id: &'a str,
    pub title: &'a str,
    pub span: Span,
}

impl Articles {
    /// Everything wrong with the list, in order of the file, then rules in no article.
    pub fn check(&self, policy: &str, rules: &[KnownRule<'_>]) -> Vec<Problem> {
        let mut problems = Vec::new();
        if self.policy.value != policy {
            problems.push(Problem::OtherPolicy {
                written: self.policy.value.clone(),
                wanted: policy.to_owned(),
                span: self.policy.span,
            });
        }
        let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
        for article in &self.articles {
            let (name, span) = (&article.name.value, article.name.span);
            if let Some(first) = seen.insert(name, span) {
                problems.push(Problem::Repeated { article: name.clone(), span, first });
            }
            for rule in &article.rules {
                if !rules.iter().any(|known| known.id == rule.value) {
                    let near = nearest(&rule.value, rules.iter().map(|known| known.id)).map(str::to_owned);
                    problems.push(Problem::UnknownRule { rule: rule.value.clone(), span: rule.span, near });
                }
            }
            if !article.settled() {
                problems.push(Problem::Unsettled { article: name.clone(), span });
            }
        }
        problems.extend(self.gaps());
        for rule in rules {
            let listed = |article: &Article| article.rules.iter().any(|one| one.value == rule.id);
            if !self.articles.iter().any(listed) {
                problems.push(Problem::Unlisted {
                    rule: rule.id.to_owned(),
                    title: rule.title.to_owned(),
                    span: rule.span,
                    list: self.policy.span,
                });
            }
        }
        problems
    }

    /// Numbers between the first article and the last that no entry has.
    fn gaps(&self) -> Option<Problem> {
        let numbered: BTreeMap<u32, Span> = self
            .articles
            .iter()
            .filter_map(|article| Some((number::article(&article.name.value)?, article.name.span)))
            .collect();
        let last = *numbered.keys().next_back()?;
        let missing: Vec<u32> = (1..last).filter(|number| !numbered.contains_key(number)).collect();
        let first = *missing.first()?;
        let after = numbered.range(first..).next().map(|(_, span)| *span)?;
        Some(Problem::Gap { missing, span: after })
    }
}
