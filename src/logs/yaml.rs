//! YAML logs: three sections, 日志 (a mapping), 实体 and 事件 (lists). For logs written by hand and for tests.
//! Keys are those of JSONL; unquoted dates, 是/否 and numbers are read by the declared type.

use std::ops::ControlFlow;

use granit_parser::{Event, Span};

use super::intake::Intake;
use super::node::{Map, Node, Place, Shape};
use super::problem::{Mistake, Problem, ShapeSlip};
use super::record::{Batch, ENTITY, EVENT, HEADER, Reader};
use super::yaml_slip::{YamlSlip, full_width_colon};
use super::yaml_tree::{Tree, YamlError};
use crate::diagnostic::nearest;
use crate::history::Origin;
use crate::source::LineTable;

/// Reads a whole file into `intake`. Broken YAML ends the reading, with one problem.
pub(super) fn read<'a>(reader: Reader<'a>, text: &'a str, lines: &LineTable, intake: &mut Intake<'a>) {
    let mut document = Document { reader, text, lines, tree: Tree::new(text, 0), batch: Batch::default() };
    if let Err(YamlError { place, slip, too_deep }) = document.read(intake) {
        let mistake = if too_deep { Mistake::TooDeep } else { Mistake::Yaml(slip) };
        let span = reader.span(&place);
        // The same slip may have been met before it broke the file.
        document.batch.problems.retain(|problem| problem.span != span);
        document.batch.problems.push(Problem::fatal(span, mistake));
    }
    intake.take(document.batch, 0);
}

struct Document<'a, 't> {
    reader: Reader<'a>,
    text: &'a str,
    lines: &'t LineTable,
    tree: Tree<'a>,
    batch: Batch<'a>,
}

impl<'a> Document<'a, '_> {
    #[expect(clippy::wildcard_enum_match_arm, reason = "the parser's events are non-exhaustive")]
    fn read(&mut self, intake: &mut Intake<'a>) -> Result<(), YamlError> {
        let mut documents = 0;
        while let Some((event, span)) = self.tree.next()? {
            match event {
                Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
                Event::DocumentStart(..) => {
                    documents += 1;
                    if documents > 1 {
                        let (place, slip) = (self.tree.place(&span), YamlSlip::SecondDocument);
                        return Err(YamlError { place, slip, too_deep: false });
                    }
                }
                Event::MappingStart(..) => self.sections(intake)?,
                event => {
                    let node = self.tree.node(event, &span)?;
                    self.not_sections(&node.place);
                }
            }
        }
        Ok(())
    }

    fn not_sections(&mut self, place: &Place) {
        let (place, mistake) = match full_width_colon(self.text, place.start) {
            Some(colon) => (colon, Mistake::Yaml(YamlSlip::FullWidthColon)),
            None => (place.clone(), Mistake::Shape(ShapeSlip::YamlRoot)),
        };
        self.batch.problems.push(Problem::fatal(self.reader.span(&place), mistake));
    }

    fn sections(&mut self, intake: &mut Intake<'a>) -> Result<(), YamlError> {
        let mut seen: Vec<(String, Place)> = Vec::new();
        while let Some((event, span)) = self.tree.next()? {
            if matches!(event, Event::MappingEnd) {
                break;
            }
            let (key, place) = self.tree.key(event, &span)?;
            if let Some((_, first)) = seen.iter().find(|(name, _)| *name == key) {
                let (key, first) = (key.clone().into_owned(), self.reader.span(first));
                self.fatal(&place, Mistake::RepeatedKey { key, first });
            }
            seen.push((key.clone().into_owned(), place.clone()));
            let Some((event, span)) = self.tree.next()? else { break };
            match key.as_ref() {
                HEADER => self.header(event, &span, intake)?,
                ENTITY | EVENT => {
                    if let ControlFlow::Break(place) = self.records(&key, event, &span, intake)? {
                        let slip = ShapeSlip::Section {
                            name: key.into_owned(),
                            wanted: "列表（每项以「- 」开头）",
                        };
                        self.fatal(&place, Mistake::Shape(slip));
                    }
                }
                name => {
                    let slip = ShapeSlip::UnknownSection { name: name.to_owned(), near: near_section(name) };
                    self.fatal(&place, Mistake::Shape(slip));
                    self.tree.node(event, &span)?;
                }
            }
        }
        Ok(())
    }

    fn fatal(&mut self, place: &Place, mistake: Mistake) {
        self.batch.problems.push(Problem::fatal(self.reader.span(place), mistake));
    }

    fn header(&mut self, event: Event<'a>, span: &Span, intake: &mut Intake<'a>) -> Result<(), YamlError> {
        let node = self.tree.node(event, span)?;
        match node.shape {
            Shape::Map(map) => intake.header(self.reader.header(map, "名称", &mut self.batch)),
            // A name alone: `日志: 名称`.
            Shape::Text(_) | Shape::Plain(_) => {
                let key =
                    super::node::Entry { key: "名称".into(), key_place: node.place.clone(), value: node };
                intake.header(self.reader.header(vec![key], "名称", &mut self.batch));
            }
            Shape::Null | Shape::Bool(_) | Shape::Number(_) | Shape::List(_) | Shape::TooDeep => {
                let slip = ShapeSlip::Section { name: HEADER.to_owned(), wanted: "若干「键: 值」" };
                self.fatal(&node.place, Mistake::Shape(slip));
            }
        }
        self.swallowed();
        Ok(())
    }

    /// Breaks with the place of a section that is not a list.
    fn records(
        &mut self,
        section: &str,
        event: Event<'a>,
        span: &Span,
        intake: &mut Intake<'a>,
    ) -> Result<ControlFlow<Place>, YamlError> {
        if !matches!(event, Event::SequenceStart(..)) {
            let node = self.tree.node(event, span)?;
            let empty = super::record::is_null(&node);
            return Ok(if empty { ControlFlow::Continue(()) } else { ControlFlow::Break(node.place) });
        }
        while let Some((event, span)) = self.tree.next()? {
            if matches!(event, Event::SequenceEnd) {
                break;
            }
            let node = self.tree.node(event, &span)?;
            self.record(section, node);
            if self.batch.data.len() > 1 << 16 {
                intake.take(std::mem::take(&mut self.batch), 0);
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn record(&mut self, section: &str, node: Node<'a>) {
        let Node { place, shape } = node;
        if self.swallowed() {
            self.batch.bad += 1;
        } else if let Shape::Map(mut map) = shape {
            let origin = self.origin(&place);
            self.reader.record(&mut map, origin, &mut self.batch);
        } else {
            let (place, mistake) = match full_width_colon(self.text, place.start) {
                Some(colon) => (colon, Mistake::Yaml(YamlSlip::FullWidthColon)),
                None => (place, Mistake::Shape(ShapeSlip::Item { section: section.to_owned() })),
            };
            self.batch.problems.push(self.reader.problem(&place, mistake));
            self.batch.bad += 1;
        }
    }

    /// Reports full-width colons that made a key part of the value before it.
    fn swallowed(&mut self) -> bool {
        let places = std::mem::take(&mut self.tree.swallowed);
        for place in &places {
            let problem = self.reader.problem(place, Mistake::Yaml(YamlSlip::FullWidthColon));
            self.batch.problems.push(problem);
        }
        !places.is_empty()
    }

    fn origin(&self, place: &Place) -> Origin {
        Origin {
            file: self.reader.file,
            line: u32::try_from(self.lines.line(place.start)).unwrap_or(u32::MAX),
            offset: u64::try_from(place.start).unwrap_or(u64::MAX),
            length: u32::try_from(place.len()).unwrap_or(u32::MAX),
        }
    }
}

fn near_section(name: &str) -> Option<&'static str> {
    let near = nearest(name, [HEADER, ENTITY, EVENT])?;
    [HEADER, ENTITY, EVENT].into_iter().find(|known| *known == near)
}

/// Reads one record again from its place alone. Spaces stand for what comes before it on its line, so that
/// its keys keep their columns; aliases to places outside of it make this fail.
pub(super) fn reread<T>(text: &str, place: Place, look: impl FnOnce(&Map<'_>) -> Option<T>) -> Option<T> {
    let line = text.get(..place.start)?.rfind('\n').map_or(0, |at| at + 1);
    let padded = format!("{}{}", " ".repeat(place.start - line), text.get(place)?);
    let mut tree = Tree::new(&padded, line);
    while let Ok(Some((event, span))) = tree.next() {
        if matches!(event, Event::MappingStart(..)) {
            let place = tree.place(&span);
            return tree.map(place).ok().and_then(|(map, _)| look(&map));
        }
    }
    None
}
