//! One slip of the pen, one diagnostic: built-in rule texts with a single character lost, replaced by a
//! look-alike or made full-width.

use std::collections::BTreeMap;

use zhunsheng::library::{self, Loaded, Wanted};
use zhunsheng::source::{FileId, SourceMap};

use super::{builtin, lines};

/// What people write for what.
const ALIKE: &[(char, char)] = &[
    ('示', '式'),
    ('己', '已'),
    ('末', '未'),
    ('日', '曰'),
    ('人', '入'),
    ('查', '察'),
    ('为', '未'),
    ('部', '步'),
    ('任', '仁'),
    ('次', '此'),
    ('属', '数'),
    ('应', '因'),
    ('对', '队'),
    ('的', '得'),
    ('每', '母'),
    ('个', '各'),
    ('前', '钱'),
    ('有', '又'),
    ('，', '、'),
    ('、', '，'),
    ('（', '('),
    ('）', ' '),
    ('.', '。'),
    ('；', '，'),
    ('：', '；'),
    ('“', '\''),
];

/// The rule set with one file's text replaced.
fn load(changed: &str, text: &str) -> (Loaded, SourceMap) {
    let mut sources = SourceMap::new();
    let mut add = |(path, original): (&'static str, &'static str)| {
        sources.add(path, if path == changed { text } else { original })
    };
    let files: Vec<FileId> = builtin("pingqiao/").into_iter().map(&mut add).collect();
    let others: Vec<Vec<FileId>> =
        ["common.rule", "vocabulary.rule"].iter().map(|name| vec![add(builtin(name)[0])]).collect();
    let loaded = library::load(&mut sources, &Wanted::Files(&files), &others).unwrap();
    (loaded, sources)
}

fn full_width(c: char) -> Option<char> {
    matches!(c, '!'..='~').then(|| char::from_u32(u32::from(c) + 0xfee0).unwrap())
}

/// A pseudo-random but fixed walk over the places of a text.
fn places(text: &str, every: usize) -> impl Iterator<Item = (usize, char)> + '_ {
    let comments: Vec<(usize, usize)> = text
        .match_indices('#')
        .map(|(at, _)| (at, at + text[at..].find('\n').unwrap_or(text.len() - at)))
        .collect();
    text.char_indices()
        .filter(move |(at, c)| {
            !c.is_whitespace() && !comments.iter().any(|(from, to)| (from..to).contains(&at))
        })
        .enumerate()
        .filter(move |(number, _)| (number * 7919) % every == 0)
        .map(|(_, place)| place)
}

/// Mutations of one file that came out as more problems than a slip should.
fn cascades(path: &'static str, every: usize, most: usize) -> (usize, Vec<String>) {
    let text = builtin(path)[0].1;
    let mut mutations: Vec<(String, String)> = Vec::new();
    for (at, c) in places(text, every) {
        let mut lost = text.to_owned();
        lost.remove(at);
        mutations.push((format!("{path}:{at} 去掉「{c}」"), lost));
        if let Some((_, other)) = ALIKE.iter().find(|(from, _)| *from == c) {
            let mut other_text = text.to_owned();
            other_text.replace_range(at..at + c.len_utf8(), &other.to_string());
            mutations.push((format!("{path}:{at} 「{c}」写成「{other}」"), other_text));
        }
        if let Some(wide) = full_width(c) {
            let mut wide_text = text.to_owned();
            wide_text.replace_range(at..at + c.len_utf8(), &wide.to_string());
            mutations.push((format!("{path}:{at} 「{c}」写成全角"), wide_text));
        }
    }
    let mut bad = Vec::new();
    for (what, changed) in &mutations {
        let (loaded, sources) = load(path, changed);
        let mut by_word: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        for problem in &loaded.problems {
            *by_word.entry((problem.code, sources.slice(problem.primary().unwrap()))).or_default() += 1;
        }
        // 改动的是大家都用的名字时，每个用处都可以报，但报的是同一个名字。
        if by_word.len() > most {
            bad.push(format!("{what}\n{}", lines(&sources, &loaded.problems)));
        }
    }
    (mutations.len(), bad)
}

#[test]
fn one_slip_is_one_problem() {
    let files = [
        ("pingqiao/policy.rule", 5),
        ("pingqiao/plan.rule", 9),
        ("pingqiao/draw.rule", 17),
        ("pingqiao/inspection.rule", 13),
        ("pingqiao/publication.rule", 7),
        ("pingqiao/form.rule", 7),
        ("common.rule", 5),
        ("vocabulary.rule", 31),
    ];
    let (mut tried, mut bad) = (0, Vec::new());
    for (path, every) in files {
        let (number, cascades) = cascades(path, every, 1);
        tried += number;
        bad.extend(cascades);
    }
    assert!(bad.is_empty(), "{} / {tried}\n{}", bad.len(), bad.join("\n"));
}
