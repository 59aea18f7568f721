//! One block: its header, then its clauses. A block whose header cannot be read is dropped with
//! one problem; its name, if it can be made out, is kept so that uses of it are not reported too.

use super::clause::{code_row, field_clause, free_text, policy_clause, read_clauses, rule_clause};
use super::duty::implied;
use super::expression::expr;
use super::{Read, Reader, Source, read, word};
use crate::syntax::ast::{
    AmendBlock, Amendment, Block, BlockKind, CodeTableBlock, DefinitionBlock, ExprKind, ListBlock, Name,
    ParameterBlock, ParameterValue, PolicyBlock, RepealBlock, RuleBlock, TemplateBlock, Text, TypeBlock,
    TypedName,
};
use crate::syntax::grammar::{Node, Nonterminal};
use crate::syntax::layout::{RawBlock, first_word};
use crate::syntax::problem::Problem;
use crate::syntax::words::{Mode, half_width};

/// The block, or the name it would have declared.
pub fn read_block(
    source: &Source<'_>,
    mut raw: RawBlock,
    problems: &mut Vec<Problem>,
) -> Result<Block, Option<Name>> {
    let end = raw.clauses.last().map_or(raw.header.end, |clause| clause.end);
    let span = source.span((raw.header.start, end));
    match read_kind(source, &mut raw, problems) {
        Some(kind) => Ok(Block { trivia: raw.header.trivia, span, kind }),
        None => Err(declared(source, &raw)),
    }
}

/// The word after the block word.
fn declared(source: &Source<'_>, raw: &RawBlock) -> Option<Name> {
    let after = raw.header.start + raw.word.len();
    let rest = source.slice(after, raw.header.end);
    let start = after + (rest.len() - rest.trim_start().len());
    let name = first_word(source.text, start, raw.header.end);
    let known = !matches!(raw.word.as_str(), "" | "改" | "废") && !name.is_empty();
    known.then(|| Name {
        text: name.chars().map(half_width).collect(),
        span: source.span((start, start + name.len())),
    })
}

fn read_kind(source: &Source<'_>, raw: &mut RawBlock, problems: &mut Vec<Problem>) -> Option<BlockKind> {
    if raw.reported {
        return None;
    }
    let clauses = std::mem::take(&mut raw.clauses);
    let header = &raw.header;
    Some(match (raw.word.as_str(), raw.second.as_str()) {
        ("规则集", _) => {
            let name = read(
                source,
                header,
                Mode::Sentence,
                Nonterminal::policy_header,
                problems,
                |reader, node| {
                    let title = reader.only(node)?;
                    Ok(reader.name(&title))
                },
            )?;
            BlockKind::Policy(PolicyBlock {
                name,
                clauses: read_clauses(source, clauses, problems, policy_clause),
            })
        }
        (kind @ ("实体" | "事件"), _) => {
            let (name, gist) =
                read(source, header, Mode::Plain, Nonterminal::type_header, problems, type_header)?;
            let block =
                TypeBlock { name, gist, fields: read_clauses(source, clauses, problems, field_clause) };
            if kind == "实体" { BlockKind::Entity(block) } else { BlockKind::Event(block) }
        }
        ("规则", _) => {
            let (id, title) = rule_header(source, raw, problems)?;
            BlockKind::Rule(RuleBlock {
                id,
                title,
                clauses: read_clauses(source, clauses, problems, rule_clause),
            })
        }
        ("范本", _) => {
            let (name, parameters) = read(
                source,
                header,
                Mode::Sentence,
                Nonterminal::template_header,
                problems,
                |reader, node| reader.template(node),
            )?;
            let clauses = read_clauses(source, clauses, problems, rule_clause);
            BlockKind::Template(TemplateBlock { name, parameters, clauses })
        }
        ("代码表", _) => {
            let (name, _) = table_header(source, raw, problems)?;
            let rows = read_clauses(source, clauses, problems, code_row);
            BlockKind::CodeTable(CodeTableBlock { name, rows })
        }
        ("参数", _) => {
            let (block, _) = parameter(source, raw, problems)?;
            BlockKind::Parameter(block)
        }
        ("定义", _) => {
            let (block, _) = definition(source, raw, problems)?;
            BlockKind::Definition(block)
        }
        ("名单", _) => BlockKind::List(read(
            source,
            header,
            Mode::Plain,
            Nonterminal::list,
            problems,
            |reader, node| reader.list(node),
        )?),
        ("改" | "废", id) if !id.is_empty() && id.is_ascii() => {
            let at = (header.start, header.end);
            problems.push(Problem::NoKind { at, word: raw.word.clone(), id: id_after(source, raw) });
            return None;
        }
        ("废", _) => BlockKind::Repeal(read(
            source,
            header,
            Mode::Sentence,
            Nonterminal::repeal,
            problems,
            |reader, node| {
                let (id, reason) = reader.id_and_reason(source, node)?;
                Ok(RepealBlock { id, reason })
            },
        )?),
        ("改", "规则") => {
            let (id, reason) =
                read(source, header, Mode::Sentence, Nonterminal::amend_rule, problems, |reader, node| {
                    reader.id_and_reason(source, node)
                })?;
            let clauses = read_clauses(source, clauses, problems, rule_clause);
            BlockKind::Amend(AmendBlock { target: Amendment::Rule { id, clauses }, reason })
        }
        ("改", "代码表") => {
            let (name, reason) = table_header(source, raw, problems)?;
            let rows = read_clauses(source, clauses, problems, code_row);
            BlockKind::Amend(AmendBlock {
                target: Amendment::CodeTable(CodeTableBlock { name, rows }),
                reason,
            })
        }
        ("改", "名单") => BlockKind::Amend(read(
            source,
            header,
            Mode::Plain,
            Nonterminal::amend_list,
            problems,
            |reader, node| reader.amend_list(source, node),
        )?),
        ("改", "参数") => {
            let (block, reason) = parameter(source, raw, problems)?;
            BlockKind::Amend(AmendBlock { target: Amendment::Parameter(block), reason })
        }
        ("改", "定义") => {
            let (block, reason) = definition(source, raw, problems)?;
            BlockKind::Amend(AmendBlock { target: Amendment::Definition(block), reason })
        }
        _ => {
            // 改 something else: the grammar of 改 规则 says what it may be.
            let at = (header.start, header.start + raw.word.len());
            problems
                .push(Problem::Unfinished {
                    at, expected: vec!["规则", "名单", "参数", "定义", "代码表"]
                });
            return None;
        }
    })
}

fn type_header(reader: &mut Reader<'_>, node: Node<'_>) -> Read<(Name, Option<Text>)> {
    let missing = reader.missing();
    let mut parts = node.into_inner();
    let name = reader.name(&parts.next().ok_or(missing)?);
    let gist = parts.find(|part| part.as_rule() == Nonterminal::gist).map(|part| reader.name(&part));
    Ok((name, gist))
}

/// `规则 PQ-20-4b 按期公示`: an id without spaces, then free text.
fn rule_header(source: &Source<'_>, raw: &RawBlock, problems: &mut Vec<Problem>) -> Option<(Name, Text)> {
    let after = raw.header.start + raw.word.len();
    let rest = source.slice(after, raw.header.end);
    let start = after + (rest.len() - rest.trim_start().len());
    let written = source.slice(start, raw.header.end).split(char::is_whitespace).next().unwrap_or("");
    if written.is_empty() {
        problems.push(Problem::Unfinished {
            at: (raw.header.start, raw.header.end),
            expected: vec!["编号（如 A-1）"],
        });
        return None;
    }
    let text: String = written.chars().map(half_width).collect();
    let bad = text.char_indices().find(|(_, c)| !(c.is_alphanumeric() || matches!(c, '-' | '_')));
    if let Some((_, symbol)) = bad {
        let at = source.slice(start, raw.header.end).char_indices().find(|(_, c)| half_width(*c) == symbol);
        let at = at.map_or((start, start + written.len()), |(offset, c)| {
            (start + offset, start + offset + c.len_utf8())
        });
        problems.push(Problem::UnknownSymbol { at, symbol });
        return None;
    }
    let end = start + written.len();
    let title = free_text(source, end, raw.header.end);
    Some((Name { text, span: source.span((start, end)) }, title))
}

fn table_header(
    source: &Source<'_>,
    raw: &RawBlock,
    problems: &mut Vec<Problem>,
) -> Option<(Name, Option<Text>)> {
    read(source, &raw.header, Mode::Plain, Nonterminal::table_header, problems, |reader, node| {
        reader.id_and_reason(source, node)
    })
}

fn parameter(
    source: &Source<'_>,
    raw: &RawBlock,
    problems: &mut Vec<Problem>,
) -> Option<(ParameterBlock, Option<Text>)> {
    let before = problems.len();
    let block =
        read(source, &raw.header, Mode::Sentence, Nonterminal::parameter, problems, |reader, node| {
            reader.parameter(source, node)
        });
    if let Some(problem @ Problem::Unfinished { .. }) = problems.get_mut(before)
        && let Some(glued) = glued_value(source, raw)
    {
        *problem = glued;
    }
    block
}

/// `公示期限为15个工作日`: a name, 为 and a number in one.
fn glued_value(source: &Source<'_>, raw: &RawBlock) -> Option<Problem> {
    let header = source.slice(raw.header.start, raw.header.end);
    let word = header.split_whitespace().find(|word| word.contains('为'))?;
    let (name, value) = word.split_once('为')?;
    let number = value
        .chars()
        .next()
        .is_some_and(|c| half_width(c).is_ascii_digit() || "一二三四五六七八九十".contains(c));
    let start = raw.header.start + header.find(word)?;
    (number && !name.is_empty()).then(|| Problem::Glued {
        at: (start, start + word.len()),
        word: word.to_string(),
        parts: vec![name.to_string(), "为".to_string(), value.to_string()],
    })
}

/// The word after the one a block begins with, up to the next space or comma.
fn id_after(source: &Source<'_>, raw: &RawBlock) -> String {
    let rest = source.slice(raw.header.start + raw.word.len(), raw.header.end).trim_start();
    rest.split(|c: char| c.is_whitespace() || matches!(c, '，' | ',' | '：' | ':'))
        .next()
        .unwrap_or("")
        .to_string()
}

fn definition(
    source: &Source<'_>,
    raw: &RawBlock,
    problems: &mut Vec<Problem>,
) -> Option<(DefinitionBlock, Option<Text>)> {
    read(source, &raw.header, Mode::Sentence, Nonterminal::definition, problems, |reader, node| {
        let missing = reader.missing();
        let (mut name, mut parameters, mut body, mut reason) = (None, Vec::new(), None, None);
        for part in node.into_inner() {
            match part.as_rule() {
                Nonterminal::title => name = Some(reader.name(&part)),
                Nonterminal::parameters => parameters = reader.typed_names(part),
                Nonterminal::reason => reason = reader.reason(source, part),
                Nonterminal::expression => body = Some(reader.expression(part)?),
                _ => {}
            }
        }
        let (Some(name), Some(body)) = (name, body) else { return Err(missing) };
        Ok((DefinitionBlock { name, parameters, body }, reason))
    })
}

impl Reader<'_> {
    fn id_and_reason(&self, source: &Source<'_>, node: Node<'_>) -> Read<(Name, Option<Text>)> {
        let missing = self.missing();
        let (mut id, mut reason) = (None, None);
        for part in node.into_inner() {
            match part.as_rule() {
                Nonterminal::name | Nonterminal::label => id = Some(self.name(&part)),
                Nonterminal::reason => reason = self.reason(source, part),
                _ => {}
            }
        }
        Ok((id.ok_or(missing)?, reason))
    }

    fn template(&self, node: Node<'_>) -> Read<(Name, Vec<TypedName>)> {
        let missing = self.missing();
        let (mut name, mut parameters) = (None, Vec::new());
        for part in node.into_inner() {
            match part.as_rule() {
                Nonterminal::title => name = Some(self.name(&part)),
                Nonterminal::parameters => parameters = self.typed_names(part),
                _ => {}
            }
        }
        Ok((name.ok_or(missing)?, parameters))
    }

    fn typed_names(&self, node: Node<'_>) -> Vec<TypedName> {
        node.into_inner()
            .filter(|part| part.as_rule() == Nonterminal::typed_name)
            .filter_map(|part| {
                let mut names = part.into_inner().filter(|part| part.as_rule() == Nonterminal::name);
                let name = self.name(&names.next()?);
                Some(TypedName { name, kind: names.next().map(|kind| self.name(&kind)) })
            })
            .collect()
    }

    fn parameter(&mut self, source: &Source<'_>, node: Node<'_>) -> Read<(ParameterBlock, Option<Text>)> {
        let missing = self.missing();
        let (mut name, mut kind, mut first, mut later, mut reason) = (None, None, None, Vec::new(), None);
        for part in node.into_inner() {
            match part.as_rule() {
                Nonterminal::title => name = Some(self.name(&part)),
                Nonterminal::kind => {
                    kind = part
                        .into_inner()
                        .find(|part| part.as_rule() == Nonterminal::name)
                        .map(|part| self.name(&part));
                }
                Nonterminal::value | Nonterminal::unset_value => first = Some(self.value(part, &mut kind)?),
                Nonterminal::later => {
                    let mut parts = part.into_inner();
                    let (Some(date), Some(value)) = (parts.next(), parts.next()) else { return Err(missing) };
                    later.push((self.date(&date)?, self.value(value, &mut kind)?));
                }
                Nonterminal::reason => reason = self.reason(source, part),
                _ => {}
            }
        }
        let (Some(name), Some(first)) = (name, first) else { return Err(missing) };
        Ok((ParameterBlock { name, kind, first, later }, reason))
    }

    /// A plain number where no kind was given lacks its unit: reported, but the parameter stands,
    /// so that what uses it is not reported as well. `4 次` says itself that it is a 次数.
    fn value(&mut self, node: Node<'_>, kind: &mut Option<Name>) -> Read<ParameterValue> {
        let span = self.span(&node);
        if node.as_rule() == Nonterminal::unset_value {
            return Ok(ParameterValue { span, value: None });
        }
        let inside = self.only(node)?;
        let value = match inside.as_rule() {
            Nonterminal::quantity => self.quantity(inside)?,
            Nonterminal::loose_value => {
                let missing = self.missing();
                let mut parts = inside.clone().into_inner();
                let number = parts.next().ok_or(missing)?;
                let counter = parts.next().map(|counter| word(&counter));
                match counter {
                    Some("次") if kind.is_none() => *kind = Some(implied("次数", span)),
                    _ if kind.is_none() => self.problems.push(self.no_unit(inside)),
                    _ => {}
                }
                expr(ExprKind::Number(word(&number).to_string()), self.span(&number))
            }
            _ => self.expression(inside)?,
        };
        Ok(ParameterValue { span, value: Some(value) })
    }

    fn list(&mut self, node: Node<'_>) -> Read<ListBlock> {
        let missing = self.missing();
        let (mut name, mut of, mut from, mut entries) = (None, None, None, Vec::new());
        for part in node.into_inner() {
            match part.as_rule() {
                Nonterminal::label => name = Some(self.name(&part)),
                Nonterminal::list_of => {
                    of = part
                        .into_inner()
                        .find(|part| part.as_rule() == Nonterminal::word)
                        .map(|part| self.name(&part));
                }
                Nonterminal::list_from => from = Some(self.name(&part)),
                Nonterminal::entry => entries.push(self.term(part)?),
                _ => {}
            }
        }
        Ok(ListBlock { name: name.ok_or(missing)?, of, from, entries })
    }

    fn amend_list(&mut self, source: &Source<'_>, node: Node<'_>) -> Read<AmendBlock> {
        let missing = self.missing();
        let (mut name, mut add, mut remove, mut reason) = (None, Vec::new(), Vec::new(), None);
        for part in node.into_inner() {
            match part.as_rule() {
                Nonterminal::label => name = Some(self.name(&part)),
                Nonterminal::reason => reason = self.reason(source, part),
                Nonterminal::change => {
                    let mut removing = false;
                    for part in part.into_inner() {
                        match part.as_rule() {
                            Nonterminal::remove => removing = true,
                            Nonterminal::entry => {
                                let term = self.term(part)?;
                                self.not_a_change(&term.name)?;
                                if removing {
                                    remove.push(term.name);
                                } else {
                                    add.push(term);
                                }
                            }
                            _ => {}
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(AmendBlock { target: Amendment::List { name: name.ok_or(missing)?, add, remove }, reason })
    }

    /// `，减区商工局` may be an entry or a change; only a space or quotation marks tell.
    fn not_a_change(&self, name: &Name) -> Read<()> {
        let quoted = name.span.end - name.span.start > name.text.len();
        let glue = ["加", "减"].into_iter().find(|word| name.text.starts_with(word));
        match glue {
            Some(glue) if !quoted && name.text.len() > glue.len() => Err(Problem::Glued {
                at: (name.span.start, name.span.end),
                word: name.text.clone(),
                parts: vec![glue.to_string(), name.text.get(glue.len()..).unwrap_or("").to_string()],
            }),
            _ => Ok(()),
        }
    }
}
