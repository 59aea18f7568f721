//! Every code of the rule language has a page; its example gives that code once and nothing else.

use std::collections::BTreeSet;

use super::{drawn, load};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/diagnostics");

/// Fenced `rule` blocks of the 错误示例 section: the rule set checked, then others at hand.
fn examples(page: &str) -> Vec<&str> {
    let section = page.split("## 错误示例").nth(1).unwrap().split("## 改法").next().unwrap();
    section.split("```").skip(1).step_by(2).map(|block| block.strip_prefix("rule\n").unwrap()).collect()
}

/// Codes of `src/analyze/problem.rs`; that each has a page is seen to in `architecture`.
fn codes() -> Vec<String> {
    let quoted = include_str!("../../src/analyze/problem.rs").split('"').skip(1).step_by(2);
    let is_code = |word: &&str| {
        word.len() == 4
            && word.starts_with(['N', 'T', 'U'])
            && word.bytes().skip(1).all(|byte| byte.is_ascii_digit())
    };
    let codes: BTreeSet<String> = quoted.filter(is_code).map(str::to_owned).collect();
    codes.into_iter().collect()
}

#[test]
fn every_page_shows_the_mistake_it_explains() {
    let (mut all, mut wrong) = (String::new(), String::new());
    for code in codes() {
        let page = std::fs::read_to_string(format!("{FOLDER}/{code}.md")).unwrap();
        assert!(page.starts_with(&format!("# {code} ")) && page.contains("\n## 说明\n"), "{code}");
        let examples = examples(&page);
        let (loaded, sources) = load(examples[0], &examples[1..]);
        let found: Vec<&str> = loaded.problems.iter().map(|problem| problem.code).collect();
        let shown = drawn(&sources, &loaded.problems);
        if found != [code.as_str()] {
            wrong.push_str(&format!("{code}：\n{shown}\n"));
        }
        all.push_str(&shown);
        all.push('\n');
    }
    assert!(wrong.is_empty(), "{wrong}");
    insta::assert_snapshot!(all);
}
