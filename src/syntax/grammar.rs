//! The door to pest: parses the words of one clause with one entry rule.
//! A failure becomes a `Problem` that names the word and what was expected, in Chinese.
//! Nothing of pest but `Pair` and `Nonterminal` is seen elsewhere.

use pest::Parser;
use pest::error::{ErrorVariant, InputLocation};
use pest::iterators::{Pair, Pairs};
use pest_derive::Parser;

use super::problem::Problem;
use super::words::{Kind, Words};

#[derive(Parser)]
#[grammar = "grammar/words.pest"]
#[grammar = "grammar/expression.pest"]
#[grammar = "grammar/duty.pest"]
#[grammar = "grammar/clause.pest"]
#[grammar = "grammar/block.pest"]
struct Grammar;

pub type Nonterminal = Rule;
pub type Node<'w> = Pair<'w, Rule>;
pub type Nodes<'w> = Pairs<'w, Rule>;

/// At most this many things are named as expected.
const MOST_EXPECTED: usize = 4;

const OPEN: &str = "「（」";
const NAME: &str = "名字";

/// The node of the entry rule.
pub fn parse(goal: Nonterminal, words: &Words) -> Result<Node<'_>, Problem> {
    match Grammar::parse(goal, &words.text) {
        Ok(mut nodes) => nodes.next().ok_or(Problem::Unfinished { at: end_of(words), expected: Vec::new() }),
        Err(error) => {
            let at = match error.location {
                InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
            };
            let positives = match &error.variant {
                ErrorVariant::ParsingError { positives, .. } => positives.as_slice(),
                ErrorVariant::CustomError { .. } => &[],
            };
            Err(explain(words, at, positives))
        }
    }
}

fn end_of(words: &Words) -> (usize, usize) {
    let end = words.source_end();
    let start = words.tokens.last().map_or(end, |token| token.source.0);
    (start, end)
}

fn explain(words: &Words, at: usize, positives: &[Rule]) -> Problem {
    let index = words.index(at + 1);
    let Some(token) = words.tokens.get(index).copied() else {
        return glued(words, index)
            .unwrap_or_else(|| Problem::Unfinished { at: end_of(words), expected: expected(positives) });
    };
    if let Some(problem) = glued(words, index) {
        return problem;
    }
    let word = words.word(token).to_string();
    if token.kind == Kind::Word && expected(positives) == [NAME] {
        return Problem::ReservedName { at: token.source, word };
    }
    Problem::Unexpected { at: token.source, word, expected: expected(positives) }
}

/// Words that people glue to names; the word before a failure is looked at first.
const GLUE: &[&str] = &[
    "都属于",
    "都有",
    "都在",
    "属于",
    "不为",
    "没有",
    "大于",
    "小于",
    "不含",
    "或者",
    "并且",
    "有",
    "为",
    "含",
    "的",
    "且",
    "或",
    "与",
    "同",
    "是",
    "自",
];

/// Ways to read an unknown name as two with a word of the language between them:
/// 「检查有公示结果」 as 检查 有 公示结果. Whether the parts are known is for the caller to see.
pub fn unglue(name: &str) -> impl Iterator<Item = [&str; 3]> {
    GLUE.iter().flat_map(move |glue| {
        name.match_indices(glue).filter_map(|(at, glue)| {
            let (head, tail) = (name.get(..at)?, name.get(at + glue.len()..)?);
            (!head.is_empty() || !tail.is_empty()).then_some([head, glue, tail])
        })
    })
}

/// The word at the failure begins with or holds a word of the language, or the word before it ends with one.
fn glued(words: &Words, index: usize) -> Option<Problem> {
    let long = |part: &str| part.chars().count() >= 2;
    let apart = |index: usize, suspicious: fn([bool; 2], [bool; 2]) -> bool| {
        let token = words.tokens.get(index).filter(|token| token.kind == Kind::Word)?;
        let word = words.word(*token);
        let parts = unglue(word).find(|[head, _, tail]| {
            suspicious([head.is_empty(), tail.is_empty()], [long(head), long(tail)])
        })?;
        let parts = parts.into_iter().filter(|part| !part.is_empty()).map(str::to_string).collect();
        Some(Problem::Glued { at: token.source, word: word.to_string(), parts })
    };
    apart(index, |[no_head, _], [head, tail]| tail && (no_head || head))
        .or_else(|| apart(index.checked_sub(1)?, |[_, no_tail], [head, _]| no_tail && head))
}

fn expected(positives: &[Rule]) -> Vec<&'static str> {
    let mut names: Vec<&'static str> = Vec::new();
    for name in positives.iter().filter_map(|rule| describe(*rule)) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    if names.len() > 1 {
        // An opening bracket may stand almost anywhere; naming it helps nobody.
        names.retain(|name| *name != OPEN);
    }
    names.truncate(MOST_EXPECTED);
    names
}

/// What a grammar rule is called when it was expected; `None` for what would not help.
fn describe(rule: Rule) -> Option<&'static str> {
    Some(match rule {
        Rule::name
        | Rule::title
        | Rule::word
        | Rule::label
        | Rule::operand
        | Rule::arithmetic
        | Rule::reference => NAME,
        Rule::quoted => "加引号的文字",
        Rule::number | Rule::bound => "数",
        Rule::date => "日期（如 2025-03-18）",
        Rule::quantity | Rule::limit | Rule::amount => "期限（如 20 个工作日）",
        Rule::unit => "单位（个工作日、日、个月、年）",
        Rule::counter => "「次」「个」之类的量词",
        Rule::compare_word | Rule::count_word => "「为」「属于」「不少于」之类的比较",
        Rule::has_word => "「有」",
        Rule::within => "「内」",
        Rule::start_mark => "「之日起」",
        Rule::before_mark | Rule::after_mark => "「之前」「之后」",
        Rule::place => "「之内」「之前」「之后」",
        Rule::force | Rule::modality => "「应当」「不得」",
        Rule::all => "「都」",
        Rule::comma => "「，」",
        Rule::pause => "「、」",
        Rule::colon => "「：」",
        Rule::open | Rule::arguments | Rule::parameters | Rule::synonyms => OPEN,
        Rule::close => "「）」",
        Rule::EOI => "句子的结尾",
        Rule::severity => "「错误」「警告」「提示」",
        Rule::unset_value => "「不设」",
        Rule::set_word => "「为」",
        Rule::value => "期限或数",
        Rule::limit_mark => "「含当日」「不顺延」",
        Rule::change | Rule::add | Rule::remove => "「加」「减」",
        Rule::expression | Rule::logic | Rule::term | Rule::comparison => "条件",
        Rule::binder => "「每个」",
        Rule::many | Rule::required | Rule::default | Rule::naming | Rule::latest | Rule::agrees => {
            "「可多」「必填」「缺省 …」「作名称」「取最新」"
        }
        _ => return None,
    })
}
