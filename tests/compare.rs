//! `diff`: what is aligned with what, what differs, and whether every printed history shows what it claims.
//! The rule sets are small and stand in `tests/data/rules-compare/`; one pair is of another domain.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that panics has failed")]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock};

use insta::assert_snapshot;
use zhunsheng::calendar::Calendar;
use zhunsheng::check::{self, CheckOptions};
use zhunsheng::compare::{self, Comparison, Relation, Side, Witness};
use zhunsheng::finding::Verdict;
use zhunsheng::library::{self, Loaded, Wanted};
use zhunsheng::logs::ReadOptions;
use zhunsheng::render::compare::{CompareOptions, markdown, table};
use zhunsheng::render::compare_json;
use zhunsheng::source::SourceMap;

use unicode_width::UnicodeWidthStr as _;

/// A rule set by built-in name, or a file of the test data.
pub(crate) fn load(name: &str) -> Loaded {
    let mut sources = SourceMap::new();
    let path = format!("{}/tests/data/rules-compare/{name}", env!("CARGO_MANIFEST_DIR"));
    let loaded = match std::fs::read_to_string(path) {
        Ok(text) => {
            let file = sources.add(name, text);
            library::load(&mut sources, &Wanted::Files(&[file]), &[])
        }
        Err(_) => library::load(&mut sources, &Wanted::Builtin(name), &[]),
    };
    let loaded = loaded.unwrap();
    assert!(loaded.plan.is_some(), "{name}: {:#?}", loaded.problems);
    loaded
}

/// Each pair is compared once for all tests.
fn compared(left: &str, right: &str) -> Arc<Comparison> {
    type Slots = Mutex<BTreeMap<(String, String), Arc<OnceLock<Arc<Comparison>>>>>;
    static KNOWN: Slots = Slots::new(BTreeMap::new());
    let slot = KNOWN.lock().unwrap().entry((left.to_owned(), right.to_owned())).or_default().clone();
    slot.get_or_init(|| Arc::new(afresh(left, right))).clone()
}

fn afresh(left: &str, right: &str) -> Comparison {
    compare::compare(&load(left), &load(right), Calendar::builtin()).unwrap()
}

fn drawn(draw: impl Fn(&mut dyn std::io::Write, &CompareOptions<'_>) -> std::io::Result<()>) -> String {
    let show_date = |date| Calendar::builtin().show_date(date);
    let mut out = Vec::new();
    draw(&mut out, &CompareOptions { width: 80, show_date: &show_date, all: false, given: ["旧版", "新版"] })
        .unwrap();
    String::from_utf8(out).unwrap()
}

fn page(comparison: &Comparison) -> String {
    drawn(|out, options| table(out, comparison, options))
}

/// Every subject of a rule, and whether it is violated, by the whole rule set and the program's own front door.
fn verdicts(loaded: &Loaded, rule: &str, log: &str, witness: &Witness) -> BTreeMap<String, Vec<Verdict>> {
    let mut sources = SourceMap::new();
    let files = if log.is_empty() { vec![] } else { vec![sources.add("历史.jsonl", log)] };
    let options = CheckOptions {
        read: ReadOptions {
            format: None,
            as_of: Some(witness.as_of),
            today: witness.as_of,
            lenient: false,
            max_errors: 10,
            columns: None,
            year: None,
        },
        coverage: witness.coverage,
        all: true,
        only: Some(rule),
    };
    let plan = loaded.plan.as_ref().unwrap();
    let checked = check::check(&sources, loaded, plan, Calendar::builtin(), &files, &options);
    assert!(checked.problems.is_empty(), "{rule}\n{log}{:#?}", checked.problems);
    let mut found: BTreeMap<String, Vec<Verdict>> = BTreeMap::new();
    for finding in checked.report.unwrap().findings {
        found.entry(finding.subject.label()).or_default().push(finding.verdict);
    }
    found
}

/// Runs both sides again on every history; returns how many there were.
fn replay(left: &str, right: &str, comparison: &Comparison) -> usize {
    let sides = [load(left), load(right)];
    let mut count = 0;
    for pair in &comparison.pairs {
        let claims = |side: Side| pair.witnesses.iter().any(|witness| witness.stricter == side);
        match pair.relation {
            Relation::Stricter => assert!(claims(Side::Right) && !claims(Side::Left)),
            Relation::Looser => assert!(claims(Side::Left) && !claims(Side::Right)),
            Relation::Mixed => assert!(claims(Side::Left) && claims(Side::Right)),
            Relation::Same | Relation::Unproven | Relation::LeftOnly | Relation::RightOnly => {
                assert!(pair.witnesses.is_empty());
            }
        }
        for witness in &pair.witnesses {
            count += 1;
            let ids = [&pair.left, &pair.right].map(|rule| rule.as_ref().unwrap().id.clone());
            for at in 0..2 {
                let found = verdicts(&sides[at], &ids[at], &witness.logs[at], witness);
                let said = &witness.conclusions[at];
                let own = found.get(&said.subject).cloned().unwrap_or_default();
                match said.verdict {
                    Some(verdict) => assert!(own.contains(&verdict), "{}: {found:?} {witness:#?}", ids[at]),
                    None => assert!(own.is_empty(), "{}: {found:?}", ids[at]),
                }
                let stricter = usize::from(witness.stricter == Side::Right) == at;
                assert!(!stricter || said.verdict == Some(Verdict::Violated));
                assert!(!own.contains(&Verdict::Undetermined));
            }
        }
    }
    count
}

#[test]
fn two_regulations() {
    let comparison = compared("joint.rule", "trigger.rule");
    assert_snapshot!(page(&comparison));
    assert_eq!(replay("joint.rule", "trigger.rule", &comparison), 9);
}

#[test]
fn two_versions_of_one_set_in_another_domain() {
    let comparison = compared("permit-v1.rule", "permit-v2.rule");
    assert_snapshot!(page(&comparison));
    assert_eq!(replay("permit-v1.rule", "permit-v2.rule", &comparison), 4);
}

#[test]
fn as_a_document_and_as_json() {
    let comparison = compared("permit-v1.rule", "permit-v2.rule");
    assert_snapshot!("markdown", drawn(|out, options| markdown(out, &comparison, options)));
    let mut json = Vec::new();
    compare_json::write(&mut json, &comparison).unwrap();
    let value: serde_json::Value = serde_json::from_slice(&json).unwrap();
    assert_eq!(value["schema"], "zhunsheng.comparison/1");
    assert_eq!(value["summary"]["stricter"], 3);
    assert_snapshot!("json_pair", serde_json::to_string_pretty(&value["pairs"][0]).unwrap());
}

#[test]
fn fifteen_workdays_for_twenty() {
    let comparison = compared("平桥", "fifteen.rule");
    let changed: Vec<_> = comparison.pairs.iter().filter(|pair| pair.relation != Relation::Same).collect();
    assert_eq!(changed.len(), 1);
    let pair = changed[0];
    assert_eq!(pair.left.as_ref().unwrap().id, "PQ-20-4b");
    assert_eq!(pair.relation, Relation::Stricter);
    assert_eq!(replay("平桥", "fifteen.rule", &comparison), 1);
    let deadlines = pair.witnesses[0].conclusions.each_ref().map(|one| one.deadline.unwrap());
    let between = Calendar::builtin().workdays_after(deadlines[1], deadlines[0]);
    assert_eq!(between, Some(5));
}

#[test]
fn a_local_set_with_many_changes() {
    let comparison = compared("平桥", "local.rule");
    let of = |relation| -> Vec<&str> {
        let pairs = comparison.pairs.iter().filter(|pair| pair.relation == relation);
        pairs
            .flat_map(|pair| pair.left.iter().chain(&pair.right).take(1))
            .map(|rule| rule.id.as_str())
            .collect()
    };
    let mut stricter = of(Relation::Stricter);
    stricter.sort_unstable();
    assert_eq!(stricter, ["PQ-09a", "PQ-10", "PQ-16a", "PQ-18a", "PQ-20-2c", "PQ-20-4b", "PQ-27"]);
    assert_eq!(of(Relation::Mixed), ["PQ-19", "PQ-20-4a"]);
    assert_eq!((of(Relation::LeftOnly), of(Relation::RightOnly)), (vec!["PQ-23"], vec!["BD-01"]));
    assert_eq!((of(Relation::Looser), of(Relation::Unproven)), (vec![], vec![]));
    assert_eq!(replay("平桥", "local.rule", &comparison), 11);
}

#[test]
fn periodic_duties_that_only_one_side_has_are_seen() {
    let comparison = compared("平桥", "偃师");
    let text = page(&comparison);
    assert!(text.contains("平桥有每年都要履行的义务，偃师一条也没有："), "{text}");
    for id in ["PQ-09a", "PQ-09b"] {
        let pair = comparison.pairs.iter().find(|pair| pair.left.as_ref().is_some_and(|rule| rule.id == id));
        assert_eq!(pair.unwrap().relation, Relation::LeftOnly, "{id}");
    }
    replay("平桥", "偃师", &comparison);
}

#[test]
fn nothing_differs_from_itself() {
    for name in ["平桥", "permit-v1.rule", "trigger.rule"] {
        let comparison = compared(name, name);
        assert_eq!(comparison.count(Relation::Same), comparison.pairs.len(), "{name}");
        assert!(comparison.differences.is_empty());
    }
}

#[test]
fn sides_exchanged_the_claims_are_exchanged() {
    let forth = compared("joint.rule", "trigger.rule");
    let back = compared("trigger.rule", "joint.rule");
    for (one, other) in [
        (Relation::Stricter, Relation::Looser),
        (Relation::Looser, Relation::Stricter),
        (Relation::Mixed, Relation::Mixed),
        (Relation::Same, Relation::Same),
        (Relation::LeftOnly, Relation::RightOnly),
        (Relation::RightOnly, Relation::LeftOnly),
    ] {
        assert_eq!(forth.count(one), back.count(other), "{one:?}");
    }
}

#[test]
fn the_same_bytes_whatever_the_threads() {
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| page(&afresh("permit-v1.rule", "permit-v2.rule")))
    };
    assert_eq!(with(1), with(4));
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    for (left, right) in [("joint.rule", "trigger.rule"), ("平桥", "local.rule")] {
        for line in page(&compared(left, right)).lines() {
            assert!(line.width() <= 80, "{line}");
        }
    }
}
