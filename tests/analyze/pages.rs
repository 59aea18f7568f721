//! Every code of the rule language has a page; its example gives that code once and nothing else.

use super::{drawn, load};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/diagnostics");

/// Fenced `rule` blocks of the 错误示例 section: the rule set checked, then others at hand.
fn examples(page: &str) -> Vec<&str> {
    let section = page.split("## 错误示例").nth(1).unwrap().split("## 改法").next().unwrap();
    section.split("```").skip(1).step_by(2).map(|block| block.strip_prefix("rule\n").unwrap()).collect()
}

fn codes() -> Vec<String> {
    let mut codes: Vec<String> = std::fs::read_dir(FOLDER)
        .unwrap()
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
        .filter(|code| code.starts_with(['N', 'T', 'U']))
        .collect();
    codes.sort();
    codes
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

#[test]
fn every_code_has_a_page() {
    let known = codes();
    for source in ["src/analyze/problem.rs", "src/syntax/problem.rs"] {
        let text = std::fs::read_to_string(format!("{}/{source}", env!("CARGO_MANIFEST_DIR"))).unwrap();
        let quoted = text.split('"').skip(1).step_by(2);
        let is_code = |word: &&str| {
            word.len() == 4
                && word.starts_with(['N', 'T', 'U'])
                && word.bytes().skip(1).all(|byte| byte.is_ascii_digit())
        };
        for code in quoted.filter(is_code) {
            assert!(known.iter().any(|page| page == code), "{code}：没有说明页");
        }
    }
}
