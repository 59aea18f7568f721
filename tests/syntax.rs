//! Rule text in, tree or diagnostics out.

use std::fs;
use zhunsheng::source::FileId;
use zhunsheng::syntax;

#[test]
fn good_samples_have_no_problems() {
    for entry in fs::read_dir("tests/data/syntax").unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let (tree, problems) = syntax::parse(FileId(0), &text);
        for p in &problems {
            let s = p.primary().unwrap();
            println!("{} {} {:?} | {} | {:?}", p.code, p.message, p.labels[0].text, &text[s.start..s.end], text[..s.start].lines().count());
        }
        println!("{path:?} {} blocks", tree.blocks.len());
        assert!(problems.is_empty());
    }
}
