//! The engine against the slow reference, on random histories of 平桥; and properties that need no reference.
//! `PROPTEST_CASES=2000 cargo test differential` runs longer.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "helpers of tests fail as tests do"
)]

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use zhunsheng::check::set_parameter;
use zhunsheng::library::Loaded;

use crate::reference::{self, generate};
use crate::support::{Ask, builtin, check_text, lines};

fn cases(count: u32) -> Config {
    let count = std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(count);
    Config { cases: count, failure_persistence: None, max_shrink_iters: 4_000, ..Config::default() }
}

/// The same cases on every run, so that a failure can be seen again.
fn runner(count: u32) -> TestRunner {
    TestRunner::new_with_rng(cases(count), TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

fn days() -> reference::DayTable {
    let texts: Vec<&str> =
        zhunsheng::calendar::Calendar::builtin_files().iter().map(|(_, text)| *text).collect();
    reference::DayTable::from_yaml(&texts)
}

fn engine(loaded: &Loaded, case: &generate::Case) -> Vec<String> {
    let mut plan = loaded.plan.clone().unwrap();
    for (name, value) in &case.params {
        set_parameter(&mut plan, &format!("{name}={value}")).unwrap();
    }
    let text = generate::to_jsonl(&case.log);
    let ask = Ask { as_of: Some(case.as_of), coverage: case.coverage, only: None };
    let checked = check_text(loaded, &plan, "随机.jsonl", &text, ask);
    assert!(checked.problems.is_empty(), "{:?}\n{text}", checked.problems);
    let mut found = lines(&checked.report.unwrap());
    found.sort();
    found
}

fn slow(case: &generate::Case, days: &reference::DayTable) -> Vec<String> {
    let date = |date: Option<chrono::NaiveDate>| date.map_or("-".to_owned(), |date| date.to_string());
    let outcomes = reference::evaluate(&case.log, case.as_of, case.coverage, &case.params, days);
    let mut found: Vec<String> = outcomes
        .iter()
        .map(|outcome| {
            format!(
                "{} {} {} {} {} {} {} {} {}",
                outcome.rule,
                outcome.subject_text(),
                outcome.trigger.as_deref().unwrap_or("-"),
                outcome.verdict,
                outcome.kind.as_deref().unwrap_or("-"),
                date(outcome.deadline),
                date(outcome.completed),
                outcome.workdays_late.map_or("-".to_owned(), |days| days.to_string()),
                outcome.provisional,
            )
        })
        .collect();
    found.sort();
    found
}

#[test]
fn the_plan_agrees_with_the_reference() {
    let loaded = builtin("平桥");
    let days = days();
    let result = runner(150).run(&generate::cases(), |case| {
        let (fast, slow) = (engine(&loaded, &case), slow(&case, &days));
        if fast != slow {
            let only_fast: Vec<_> = fast.iter().filter(|line| !slow.contains(line)).collect();
            let only_slow: Vec<_> = slow.iter().filter(|line| !fast.contains(line)).collect();
            return Err(TestCaseError::fail(format!(
                "截至 {}\n引擎 {only_fast:#?}\n参考 {only_slow:#?}\n{}",
                case.as_of,
                generate::to_jsonl(&case.log)
            )));
        }
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
}

/// The same case with every date moved into a stretch without holidays, plus `shift` days.
fn moved(case: &generate::Case, shift: i64) -> generate::Case {
    let start = crate::support::day("2025-07-01");
    let place = |date: chrono::NaiveDate| {
        let offset = (date - crate::support::day("2025-01-01")).num_days().rem_euclid(40);
        start + chrono::Duration::days(offset + shift)
    };
    let text = |text: &str| -> Option<String> {
        let date: chrono::NaiveDate = text.get(..10)?.parse().ok()?;
        Some(format!("{}{}", place(date), text.get(10..19.min(text.len()))?))
    };
    let mut log = case.log.clone();
    for record in &mut log {
        for key in ["时间", "有效起", "证件有效期至"] {
            if let Some(value) = record.get_mut(key)
                && let Some(new) = value.as_str().and_then(text)
            {
                *value = new.into();
            }
        }
    }
    // 起始日相同的两行会成为重复：只留不带「有效起」的和第一行。
    let mut seen = std::collections::BTreeSet::new();
    log.retain(|record| {
        let key = ["实体", "编号", "有效起"].map(|key| record.get(key).map(ToString::to_string));
        key[0].is_none() || seen.insert(key)
    });
    let as_of = crate::support::day("2025-08-29") + chrono::Duration::days(shift);
    // 自然日的期限会顺延，移了七天可能正好撞上调休上班，所以这里只用工作日。
    let params = [("归档期限".to_owned(), "15".to_owned())].into();
    generate::Case { log, as_of, coverage: None, params }
}

#[test]
fn moving_a_history_between_equal_stretches_of_calendar_moves_the_dates_and_nothing_else() {
    let loaded = builtin("平桥");
    let result = runner(60).run(&generate::cases(), |case| {
        let here = engine(&loaded, &moved(&case, 0));
        let mut back: Vec<String> = engine(&loaded, &moved(&case, 7))
            .iter()
            .map(|line| {
                let words = line.split(' ').map(|word| match word.parse::<chrono::NaiveDate>() {
                    Ok(date) => (date - chrono::Duration::days(7)).to_string(),
                    Err(_) => word.to_owned(),
                });
                words.collect::<Vec<_>>().join(" ")
            })
            .collect();
        back.sort();
        let lost: Vec<_> = here.iter().filter(|line| !back.contains(line)).collect();
        let won: Vec<_> = back.iter().filter(|line| !here.contains(line)).collect();
        prop_assert!(here == back, "{lost:#?} → {won:#?}");
        Ok(())
    });
    result.unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn the_order_of_lines_does_not_matter() {
    let loaded = builtin("平桥");
    let strategy = generate::cases().prop_flat_map(|case| {
        let shuffled = Just(case.log.clone()).prop_shuffle();
        (Just(case), shuffled)
    });
    let result = runner(60).run(&strategy, |(case, log)| {
        let shuffled = generate::Case { log, ..case.clone() };
        prop_assert_eq!(engine(&loaded, &case), engine(&loaded, &shuffled));
        Ok(())
    });
    result.unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn events_of_another_matter_change_nothing() {
    let loaded = builtin("平桥");
    let result = runner(60).run(&generate::cases(), |case| {
        let mut more = case.clone();
        for (at, kind) in ["议事会商", "公布清单"].iter().enumerate() {
            more.log.push(serde_json::json!({"事件": kind, "编号": format!("x{at}"), "时间": "2025-06-10"}));
        }
        prop_assert_eq!(engine(&loaded, &case), engine(&loaded, &more));
        Ok(())
    });
    result.unwrap_or_else(|error| panic!("{error}"));
}

/// The finding without its dates: rule, subject, trigger.
fn key(line: &str) -> String {
    line.split(' ').take(3).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_tighter_limit_never_turns_a_violation_into_compliance() {
    let loaded = builtin("平桥");
    let strategy = (generate::cases(), 1u32..20);
    let result = runner(60).run(&strategy, |(case, tighter)| {
        let mut short = case.clone();
        for name in ["公示期限", "录入期限"] {
            short.params.insert(name.to_owned(), tighter.to_string());
        }
        let after: std::collections::BTreeMap<String, String> =
            engine(&loaded, &short).into_iter().map(|line| (key(&line), line)).collect();
        for line in engine(&loaded, &case) {
            let rule = line.split(' ').next().unwrap_or("");
            if !["PQ-20-4a", "PQ-20-4b"].contains(&rule) || !line.contains(" violated ") {
                continue;
            }
            let now = &after[&key(&line)];
            prop_assert!(now.contains(" violated "), "{} → {}", line, now);
        }
        Ok(())
    });
    result.unwrap_or_else(|error| panic!("{error}"));
}
