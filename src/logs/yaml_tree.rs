//! YAML text → [`Node`]s with exact places, piece by piece, so that a long list is never held as a whole.
//! The event parser is `granit-parser` (the one under serde-saphyr): it alone tells quoted from unquoted and gives
//! byte offsets of keys as well as values. Aliases and `<<` are resolved here. Does not know what a record is.

use std::borrow::Cow;

use granit_parser::{Event, Parser, ScalarStyle, ScanError, Span, StrInput, Tag};
use rustc_hash::FxHashMap;

use super::node::{Entry, Map, Node, Place, Shape, find};
use super::yaml_slip::{self, YamlSlip};

/// YAML that cannot be read on: what is wrong and where in the file.
#[derive(Debug)]
pub(super) struct YamlError {
    pub(super) place: Place,
    pub(super) slip: YamlSlip,
    /// Nested deeper than the parser follows.
    pub(super) too_deep: bool,
}

/// Nodes that aliases may add in all: guards against documents that expand without end.
const MAX_ALIASED: usize = 200_000;

/// Reads a YAML text event by event.
pub(super) struct Tree<'a> {
    text: &'a str,
    /// Added to every offset: the text may be a part of its file.
    base: usize,
    parser: Parser<'a, StrInput<'a>>,
    anchors: FxHashMap<usize, Node<'a>>,
    aliased: usize,
    /// Full-width colons that swallowed a key; the tree goes on, but what holds them is not sound.
    pub(super) swallowed: Vec<Place>,
}

impl<'a> Tree<'a> {
    pub(super) fn new(text: &'a str, base: usize) -> Self {
        Self {
            text,
            base,
            parser: Parser::new_from_str(text),
            anchors: FxHashMap::default(),
            aliased: 0,
            swallowed: Vec::new(),
        }
    }

    /// The next event; `None` at the end. Comments are passed over by the parser.
    pub(super) fn next(&mut self) -> Result<Option<(Event<'a>, Span)>, YamlError> {
        match self.parser.next_event() {
            None => Ok(None),
            Some(Ok(event)) => Ok(Some(event)),
            Some(Err(error)) => Err(self.broken(&error)),
        }
    }

    fn broken(&self, error: &ScanError) -> YamlError {
        let at = error.marker().byte_offset().unwrap_or(0).min(self.text.len());
        let (within, slip) = yaml_slip::explain(self.text, at, error.kind());
        let too_deep = matches!(error.kind(), granit_parser::ErrorKind::RecursionLimitExceeded);
        YamlError { place: self.base + within.start..self.base + within.end, slip, too_deep }
    }

    fn error(&self, place: Place, slip: YamlSlip) -> YamlError {
        YamlError { place, slip, too_deep: false }
    }

    pub(super) fn place(&self, span: &Span) -> Place {
        let start = span.start.byte_offset().unwrap_or(0);
        let end = span.end.byte_offset().unwrap_or(start).max(start);
        let written = self.text.get(start..end).unwrap_or("");
        self.base + start..self.base + start + written.trim_end().len()
    }

    /// Where a collection ends: at its closing bracket, or with its last item if it has none.
    fn end(&self, closing: &Span, last: usize) -> usize {
        let place = self.place(closing);
        if place.is_empty() { last } else { place.end }
    }

    /// The next event, which must exist: the parser closes what it opened.
    fn expect(&mut self) -> Result<(Event<'a>, Span), YamlError> {
        let end = self.base + self.text.len();
        self.next()?.ok_or_else(|| self.error(end..end, YamlSlip::Other))
    }

    /// The whole node that begins with this event.
    #[expect(clippy::wildcard_enum_match_arm, reason = "the parser's events are non-exhaustive")]
    pub(super) fn node(&mut self, event: Event<'a>, span: &Span) -> Result<Node<'a>, YamlError> {
        let place = self.place(span);
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let node = Node { shape: self.scalar(text, style, tag.as_deref(), &place), place };
                self.keep(anchor, &node);
                Ok(node)
            }
            Event::SequenceStart(_, anchor, _) => {
                let mut items: Vec<Node<'a>> = Vec::new();
                let mut place = place;
                loop {
                    let (event, span) = self.expect()?;
                    if matches!(event, Event::SequenceEnd) {
                        place.end = self.end(&span, items.last().map_or(place.end, |item| item.place.end));
                        break;
                    }
                    items.push(self.node(event, &span)?);
                }
                let node = Node { place, shape: Shape::List(items) };
                self.keep(anchor, &node);
                Ok(node)
            }
            Event::MappingStart(_, anchor, _) => {
                let (map, place) = self.map(place)?;
                let node = Node { place, shape: Shape::Map(map) };
                self.keep(anchor, &node);
                Ok(node)
            }
            Event::Alias(anchor) => {
                let mut node = self.anchors.get(&anchor).cloned().ok_or_else(|| YamlError {
                    place: place.clone(),
                    slip: YamlSlip::UnknownAlias,
                    too_deep: false,
                })?;
                self.aliased += size(&node);
                if self.aliased > MAX_ALIASED {
                    return Err(self.error(place, YamlSlip::TooManyAliases));
                }
                node.place = place;
                Ok(node)
            }
            _ => Err(self.error(place, YamlSlip::Other)),
        }
    }

    /// The entries of a mapping whose start event has been taken, and the place of it all.
    pub(super) fn map(&mut self, mut place: Place) -> Result<(Map<'a>, Place), YamlError> {
        let mut map = Map::new();
        let mut merged = Vec::new();
        loop {
            let (event, span) = self.expect()?;
            if matches!(event, Event::MappingEnd) {
                let last = map.last().map_or(place.end, |entry: &Entry<'_>| entry.value.place.end);
                place.end = self.end(&span, last);
                break;
            }
            let (key, key_place) = self.key(event, &span)?;
            let (event, span) = self.expect()?;
            let value = self.node(event, &span)?;
            if map.is_empty() {
                place.start = place.start.min(key_place.start);
            }
            if key == "<<" {
                merged.push((value, key_place));
            } else {
                map.push(Entry { key, key_place, value });
            }
        }
        for (value, key_place) in merged {
            let bases = if let Shape::List(items) = value.shape { items } else { vec![value] };
            for base in bases {
                let Shape::Map(base) = base.shape else { return Err(self.error(key_place, YamlSlip::Other)) };
                for entry in base {
                    if find(&map, &entry.key).is_none() {
                        map.push(entry);
                    }
                }
            }
        }
        Ok((map, place))
    }

    /// A key must be one word.
    pub(super) fn key(&mut self, event: Event<'a>, span: &Span) -> Result<(Cow<'a, str>, Place), YamlError> {
        let node = self.node(event, span)?;
        match node.shape {
            Shape::Text(text) | Shape::Plain(text) => Ok((text, node.place)),
            Shape::Null
            | Shape::Bool(_)
            | Shape::Number(_)
            | Shape::List(_)
            | Shape::Map(_)
            | Shape::TooDeep => Err(self.error(node.place, YamlSlip::Key)),
        }
    }

    fn scalar(
        &mut self,
        text: Cow<'a, str>,
        style: ScalarStyle,
        tag: Option<&Tag>,
        place: &Place,
    ) -> Shape<'a> {
        if style != ScalarStyle::Plain || tag.and_then(Tag::core_suffix) == Some("str") {
            return Shape::Text(text);
        }
        let start = place.start.saturating_sub(self.base);
        let written = self.text.get(start..place.end.saturating_sub(self.base)).unwrap_or("");
        if let Some(line) = memchr::memchr(b'\n', written.as_bytes())
            && let Some(colon) = written.get(line..).and_then(|rest| rest.find('：'))
        {
            let at = place.start + line + colon;
            self.swallowed.push(at..at + '：'.len_utf8());
        }
        Shape::Plain(text)
    }

    fn keep(&mut self, anchor: usize, node: &Node<'a>) {
        if anchor != 0 {
            self.anchors.insert(anchor, node.clone());
        }
    }
}

fn size(node: &Node<'_>) -> usize {
    1 + match &node.shape {
        Shape::List(items) => items.iter().map(size).sum(),
        Shape::Map(map) => map.iter().map(|entry| size(&entry.value)).sum(),
        Shape::Null
        | Shape::Bool(_)
        | Shape::Number(_)
        | Shape::Text(_)
        | Shape::Plain(_)
        | Shape::TooDeep => 0,
    }
}
