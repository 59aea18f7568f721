//! One clause: by its first word, its entry rule, its part of the tree.
//! Free text (依据, 要点 …) does not go through the grammar.

use super::{Read, Reader, Source, read, unquote, word};
use crate::diagnostic::nearest;
use crate::syntax::ast::{
    Binder, Clause, CodeRow, Expr, ExprKind, FieldClause, FieldType, Mark, Name, PolicyClause, RuleClause,
    Text,
};
use crate::syntax::grammar::{Node, Nonterminal};
use crate::syntax::keyword;
use crate::syntax::layout::{RawClause, first_word};
use crate::syntax::problem::Problem;
use crate::syntax::words::{Mode, Words, quote_end};

/// Words that make `情形 应当 …` a duty about an attribute called 情形.
const FORCES: &[&str] = &["应当", "须", "必须", "应", "不得", "禁止", "可以", "可", "一般", "原则上"];

/// All clauses of a block; those that cannot be read are reported and left out.
pub(super) fn read_clauses<T>(
    source: &Source<'_>,
    raw: Vec<RawClause>,
    problems: &mut Vec<Problem>,
    read_one: impl Fn(&Source<'_>, &RawClause, &mut Vec<Problem>) -> Option<T>,
) -> Vec<Clause<T>> {
    raw.into_iter()
        .filter_map(|clause| {
            let kind = read_one(source, &clause, problems)?;
            Some(Clause { span: source.span((clause.start, clause.end)), trivia: clause.trivia, kind })
        })
        .collect()
}

/// The clause word at the start, if it is one of `known`. A colon after it is allowed;
/// free text may follow 依据 without a space.
fn clause_word<'s>(
    source: &'s Source<'_>,
    raw: &RawClause,
    known: &[&'static str],
) -> (&'s str, Option<&'static str>) {
    let first = first_word(source.text, raw.start, raw.end);
    let found = known.iter().copied().find(|word| *word == first);
    let glued = match first {
        _ if first.starts_with("对每个") => known.iter().copied().find(|word| *word == "对"),
        _ if first.starts_with("依据第") => known.iter().copied().find(|word| *word == "依据"),
        _ => None,
    };
    let after = source.slice(raw.start + first.len(), raw.end).trim_start();
    if found.is_some()
        && known == keyword::RULE
        && FORCES.iter().any(|force| starts_with_force(after, force))
        && !keyword::FREE.contains(&first)
    {
        return (first, None);
    }
    (first, found.or(glued))
}

/// A force of one character may also begin a name (可收费), so it counts only when it stands alone.
fn starts_with_force(text: &str, force: &str) -> bool {
    let rest = text.strip_prefix(force);
    rest.is_some_and(|rest| force.chars().count() > 1 || rest.starts_with(char::is_whitespace))
}

/// How the text of a clause is to be taken.
pub enum ClauseText {
    /// Free text after this clause word.
    Free(&'static str),
    Words(Mode),
}

/// For `format`: what a clause of the block that begins with `word` (and `second`) is made of.
pub fn clause_text(source: &Source<'_>, raw: &RawClause, word: &str, second: &str) -> ClauseText {
    let known = match (word, second) {
        ("规则集", _) => keyword::POLICY,
        ("规则" | "范本", _) | ("改", "规则") => keyword::RULE,
        _ => return ClauseText::Words(Mode::Plain),
    };
    match clause_word(source, raw, known).1 {
        Some(keyword) if keyword::FREE.contains(&keyword) => ClauseText::Free(keyword),
        Some("标签") => ClauseText::Words(Mode::Plain),
        _ => ClauseText::Words(Mode::Sentence),
    }
}

/// Text after the clause word, over all its lines, without the quotation marks around it.
pub fn free_text(source: &Source<'_>, start: usize, end: usize) -> Text {
    let rest = source.slice(start, end);
    let skipped =
        rest.len() - rest.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '：' | ':')).len();
    let start = start + skipped;
    let written = source.slice(start, end).trim_end();
    let end = start + written.len();
    let mut text = String::with_capacity(written.len());
    for line in written.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let latin = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        if latin(text.chars().next_back()) && latin(line.chars().next()) {
            text.push(' ');
        }
        text.push_str(line);
    }
    let wrapped = written.starts_with(['“', '"', '「', '＂'])
        && quote_end(source.text, start, end)
            .is_some_and(|close| source.slice(close, end).chars().count() == 1);
    if wrapped {
        let mut inside = text.chars();
        inside.next();
        inside.next_back();
        text = inside.as_str().to_string();
    }
    Text { text, span: source.span((start, end.max(start))) }
}

/// A clause of 规则, 范本 or 改 规则.
pub(super) fn rule_clause(
    source: &Source<'_>,
    raw: &RawClause,
    problems: &mut Vec<Problem>,
) -> Option<RuleClause> {
    let (first, known) = clause_word(source, raw, keyword::RULE);
    let Some(keyword) = known else { return duty_clause(source, raw, first, problems) };
    let after = raw.start + keyword.len();
    let sentence =
        |goal, problems: &mut Vec<Problem>, build: fn(&mut Reader<'_>, Node<'_>) -> Read<RuleClause>| {
            read(source, raw, Mode::Sentence, goal, problems, build)
        };
    match keyword {
        "依据" | "要点" | "责任" => {
            let text = free_text(source, after, raw.end);
            if text.text.is_empty() {
                problems.push(Problem::Unfinished { at: (raw.start, raw.end), expected: vec!["文字"] });
                return None;
            }
            Some(match keyword {
                "依据" => RuleClause::Citation(text),
                "要点" => RuleClause::Gist(text),
                _ => RuleClause::Liability(text),
            })
        }
        "标签" => read(source, raw, Mode::Plain, Nonterminal::tags_clause, problems, |reader, node| {
            Ok(RuleClause::Tags(reader.labels(node)))
        }),
        "强度" => sentence(Nonterminal::severity_clause, problems, |reader, node| {
            let severity = reader.only(node)?;
            Ok(RuleClause::Severity(reader.name(&severity)))
        }),
        "施行" => sentence(Nonterminal::date_clause, problems, |reader, node| {
            let date = reader.only(node)?;
            Ok(RuleClause::Effective(reader.date(&date)?))
        }),
        "废止" => sentence(Nonterminal::date_clause, problems, |reader, node| {
            let date = reader.only(node)?;
            Ok(RuleClause::Repealed(reader.date(&date)?))
        }),
        "对" => sentence(Nonterminal::for_clause, problems, |reader, node| reader.binders(node)),
        "情形" => sentence(Nonterminal::given_clause, problems, |reader, node| {
            Ok(RuleClause::Given(reader.inner_expression(node)?))
        }),
        "除外" => sentence(Nonterminal::except_clause, problems, |reader, node| {
            Ok(RuleClause::Except(reader.inner_expression(node)?))
        }),
        "取值日" => sentence(Nonterminal::read_at_clause, problems, |reader, node| {
            Ok(RuleClause::ReadAt(reader.inner_expression(node)?))
        }),
        _ => sentence(Nonterminal::use_clause, problems, |reader, node| {
            let missing = reader.missing();
            let mut parts = node.into_inner();
            let template = reader.name(&parts.next().ok_or(missing)?);
            let arguments = parts.find(|part| part.as_rule() == Nonterminal::arguments);
            let arguments = arguments.map_or(Ok(Vec::new()), |part| reader.arguments(part))?;
            Ok(RuleClause::Use { template, arguments })
        }),
    }
}

/// Anything else is a sentence of duty; if it is not, its first word may be a mistyped clause word.
fn duty_clause(
    source: &Source<'_>,
    raw: &RawClause,
    first: &str,
    problems: &mut Vec<Problem>,
) -> Option<RuleClause> {
    let mut own = Vec::new();
    let duty = read(source, raw, Mode::Sentence, Nonterminal::duty, &mut own, |reader, node| {
        reader.not_a_clause(first)?;
        Ok(RuleClause::Duty(reader.duty(node)?))
    });
    if duty.is_none() {
        let at = (raw.start, raw.start + first.len());
        let near = nearest(first, keyword::RULE.iter().copied().filter(|word| word.chars().count() > 1));
        let near = keyword::RULE.iter().copied().find(|word| near == Some(*word));
        if near.is_some() {
            own = vec![Problem::UnknownClause { at, word: first.to_string(), near, known: keyword::RULE }];
        } else if let Some(word) =
            keyword::RULE.iter().find(|word| word.chars().count() > 1 && first.starts_with(**word))
        {
            let parts = vec![(*word).to_string(), first.get(word.len()..).unwrap_or("").to_string()];
            if first.len() > word.len() {
                own = vec![Problem::Glued { at, word: first.to_string(), parts }];
            }
        } else if own
            .iter()
            .any(|problem| matches!(problem, Problem::Unexpected { .. } | Problem::Unfinished { .. }))
            && !has_force(source, raw)
        {
            own = vec![Problem::NoForce { at: (raw.start, raw.end) }];
        }
    }
    problems.extend(own);
    duty
}

fn has_force(source: &Source<'_>, raw: &RawClause) -> bool {
    Words::read(source.text, raw.start, raw.end, Mode::Sentence).is_ok_and(|words| {
        words.tokens.iter().any(|token| {
            let word = words.word(*token);
            FORCES.contains(&word) || matches!(word, "不少于" | "不超过" | "至少" | "至多")
        })
    })
}

/// A clause of 规则集.
pub(super) fn policy_clause(
    source: &Source<'_>,
    raw: &RawClause,
    problems: &mut Vec<Problem>,
) -> Option<PolicyClause> {
    let (first, known) = clause_word(source, raw, keyword::POLICY);
    let Some(keyword) = known else {
        problems.push(unknown(source, raw, first, keyword::POLICY));
        return None;
    };
    let after = raw.start + keyword.len();
    let sentence =
        |goal, problems: &mut Vec<Problem>, build: fn(&mut Reader<'_>, Node<'_>) -> Read<PolicyClause>| {
            read(source, raw, Mode::Sentence, goal, problems, build)
        };
    match keyword {
        "名称" => Some(PolicyClause::Title(free_text(source, after, raw.end))),
        "文号" => Some(PolicyClause::Number(free_text(source, after, raw.end))),
        "施行" => sentence(Nonterminal::date_clause, problems, |reader, node| {
            let date = reader.only(node)?;
            Ok(PolicyClause::Effective(reader.date(&date)?))
        }),
        "废止" => sentence(Nonterminal::date_clause, problems, |reader, node| {
            let date = reader.only(node)?;
            Ok(PolicyClause::Repealed(reader.date(&date)?))
        }),
        "继承" => sentence(Nonterminal::names_clause, problems, |reader, node| {
            Ok(PolicyClause::Inherit(reader.labels(node)))
        }),
        "引用" => sentence(Nonterminal::names_clause, problems, |reader, node| {
            Ok(PolicyClause::Use(reader.labels(node)))
        }),
        "适用" => sentence(Nonterminal::scope_clause, problems, |reader, node| reader.scope(node)),
        "起始" => sentence(Nonterminal::value_clause, problems, |reader, node| {
            Ok(PolicyClause::Basis(reader.inner_expression(node)?))
        }),
        "结案" => sentence(Nonterminal::value_clause, problems, |reader, node| {
            Ok(PolicyClause::Closure(reader.inner_expression(node)?))
        }),
        _ => sentence(Nonterminal::value_clause, problems, |reader, node| {
            Ok(PolicyClause::Group(reader.inner_expression(node)?))
        }),
    }
}

/// A 关系 or 属性.
pub(super) fn field_clause(
    source: &Source<'_>,
    raw: &RawClause,
    problems: &mut Vec<Problem>,
) -> Option<FieldClause> {
    let (first, known) = clause_word(source, raw, keyword::TYPE);
    if known.is_none() {
        problems.push(unknown(source, raw, first, keyword::TYPE));
        return None;
    }
    read(source, raw, Mode::Plain, Nonterminal::field_clause, problems, |reader, node| reader.field(node))
}

/// A row of a 代码表.
pub(super) fn code_row(source: &Source<'_>, raw: &RawClause, problems: &mut Vec<Problem>) -> Option<CodeRow> {
    read(source, raw, Mode::Plain, Nonterminal::code_row, problems, |reader, node| {
        let missing = reader.missing();
        let (mut code, mut term) = (None, None);
        for part in node.into_inner() {
            match part.as_rule() {
                Nonterminal::code => code = Some(reader.name(&part)),
                Nonterminal::entry => term = Some(reader.term(part)?),
                _ => {}
            }
        }
        Ok(CodeRow { code, term: term.ok_or(missing)? })
    })
}

fn unknown(source: &Source<'_>, raw: &RawClause, first: &str, known: &'static [&'static str]) -> Problem {
    let word: String = match first {
        "" => source.slice(raw.start, raw.end).chars().take(1).collect(),
        _ => first.to_string(),
    };
    let near = nearest(&word, known.iter().copied());
    let near = known.iter().copied().find(|known| near == Some(*known));
    Problem::UnknownClause { at: (raw.start, raw.start + word.len()), word, near, known }
}

impl Reader<'_> {
    /// `除外之前 …`: a clause word glued to what follows is not the name of anything.
    fn not_a_clause(&self, first: &str) -> Read<()> {
        let Some(token) = self.words.tokens.first() else { return Ok(()) };
        let word = self.words.word(*token);
        if word != first && keyword::RULE.contains(&word) {
            let parts = vec![word.to_string(), first.get(word.len()..).unwrap_or("").to_string()];
            return Err(Problem::Glued {
                at: (token.source.0, token.source.0 + first.len()),
                word: first.to_string(),
                parts,
            });
        }
        Ok(())
    }

    fn labels(&self, node: Node<'_>) -> Vec<Name> {
        node.into_inner()
            .filter(|part| matches!(part.as_rule(), Nonterminal::label | Nonterminal::title))
            .map(|part| self.name(&part))
            .collect()
    }

    fn inner_expression(&mut self, node: Node<'_>) -> Read<Expr> {
        let inside = self.only(node)?;
        self.expression(inside)
    }

    /// 对 每个 检查、每个 检查部门 称 甲，检查 有 检查结束
    fn binders(&mut self, node: Node<'_>) -> Read<RuleClause> {
        let (mut binders, mut conditions) = (Vec::new(), Vec::new());
        for part in node.into_inner() {
            match part.as_rule() {
                Nonterminal::binder => {
                    let missing = self.missing();
                    let mut parts = part.into_inner();
                    let domain = self.operand(parts.next().ok_or(missing)?)?;
                    let alias = parts.next().map(|alias| self.name(&alias));
                    binders.push(Binder { domain, alias });
                }
                Nonterminal::expression => conditions.push(self.expression(part)?),
                _ => {}
            }
        }
        Ok(RuleClause::For { binders, conditions })
    }

    /// 适用 任务，模式 为 部门联合
    fn scope(&mut self, node: Node<'_>) -> Read<PolicyClause> {
        let missing = self.missing();
        let mut entity = None;
        let mut conditions: Vec<Expr> = Vec::new();
        for part in node.into_inner() {
            match part.as_rule() {
                Nonterminal::name => entity = Some(self.name(&part)),
                Nonterminal::expression => conditions.push(self.expression(part)?),
                _ => {}
            }
        }
        let condition =
            match (conditions.first().map(|first| first.span), conditions.last().map(|last| last.span)) {
                (Some(first), Some(last)) if conditions.len() > 1 => {
                    Some(Expr { kind: Box::new(ExprKind::And(conditions)), span: first.to(last) })
                }
                _ => conditions.pop(),
            };
        let (Some(entity), Some(condition)) = (entity, condition) else { return Err(missing) };
        Ok(PolicyClause::Scope { entity, condition })
    }

    /// 关系 检查：检查，可多
    fn field(&mut self, node: Node<'_>) -> Read<FieldClause> {
        let missing = self.missing();
        let (mut relation, mut name, mut terms, mut marks) = (false, None, Vec::new(), Vec::new());
        for part in node.into_inner() {
            let span = self.span(&part);
            match part.as_rule() {
                Nonterminal::field_kind => relation = word(&part) == "关系",
                Nonterminal::label => name = Some(self.name(&part)),
                Nonterminal::entry => terms.push(self.term(part)?),
                Nonterminal::many => marks.push(Mark::Many(span)),
                Nonterminal::required => marks.push(Mark::Required(span)),
                Nonterminal::naming => marks.push(Mark::Naming(span)),
                Nonterminal::latest => marks.push(Mark::Latest(span)),
                Nonterminal::default => {
                    let value = self.only(part)?;
                    marks.push(Mark::Default(self.name(&value)));
                }
                Nonterminal::agrees => {
                    let mut parts = part.into_inner();
                    let (Some(role), Some(field)) = (parts.next(), parts.next()) else { return Err(missing) };
                    marks.push(Mark::Agrees { role: self.name(&role), field: self.name(&field) });
                }
                _ => {}
            }
        }
        let single = terms.len() == 1 && terms.iter().all(|term| term.synonyms.is_empty());
        let kind = match terms.pop() {
            Some(term) if single => FieldType::Named(term.name),
            last => {
                terms.extend(last);
                FieldType::Words(terms)
            }
        };
        Ok(FieldClause { relation, name: name.ok_or(missing)?, kind, marks })
    }

    /// `，理由 “…”`; without quotation marks the text as written.
    pub(super) fn reason(&self, source: &Source<'_>, node: Node<'_>) -> Option<Text> {
        let inside = node.into_inner().last()?;
        let (start, end) = self.place(&inside);
        let text = source.slice(start, end);
        let text = if inside.as_rule() == Nonterminal::quoted { unquote(word(&inside)) } else { text };
        Some(Text { text: text.to_string(), span: source.span((start, end)) })
    }
}
