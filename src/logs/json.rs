//! JSON text → [`Node`]s with exact places. `serde_json` does the reading; every key and value is kept as the
//! slice it came from, so places are pointer differences and numbers keep their literal text.
//! What went wrong in broken JSON is said by `json_slip`.

use std::borrow::Cow;

use serde::de::{Deserializer as _, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::json_slip::{self, JsonSlip};
use super::node::{Entry, Map, Node, Place, Shape};

/// Lists and maps nested deeper than this are not looked into.
const MAX_DEPTH: usize = 32;

/// Broken JSON: what is wrong, and where in the file.
#[derive(Debug)]
pub(super) struct JsonError {
    pub(super) place: Place,
    pub(super) slip: JsonSlip,
}

/// A piece of JSON text that begins at byte `base` of its file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece<'a> {
    pub(super) text: &'a str,
    pub(super) base: usize,
}

impl<'a> Piece<'a> {
    /// The same file, a part of this text.
    fn part(self, raw: &'a RawValue) -> Self {
        let text = raw.get();
        let within = (text.as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize);
        Self { text, base: self.base + within }
    }

    /// Whether this is the JSON string of a text without escapes.
    pub(super) fn is_text(self, text: &str) -> bool {
        self.text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) == Some(text)
    }

    fn place(self) -> Place {
        self.base..self.base + self.text.len()
    }

    /// Keys and values of an object, unread. What was read before an error stays in `into`.
    pub(super) fn pairs(self, into: &mut Vec<(Self, Self)>) -> Result<(), JsonError> {
        let mut raw = Vec::new();
        let mut reader = serde_json::Deserializer::from_str(self.text);
        let result = reader.deserialize_map(Pairs(&mut raw)).and_then(|()| reader.end());
        into.extend(raw.into_iter().map(|(key, value)| (self.part(key), self.part(value))));
        result.map_err(|error| json_slip::explain(self, &error))
    }

    /// Items of an array, unread.
    pub(super) fn items(self) -> Result<Vec<Self>, JsonError> {
        let mut raw = Vec::new();
        let mut reader = serde_json::Deserializer::from_str(self.text);
        let result = reader.deserialize_seq(Items(&mut raw)).and_then(|()| reader.end());
        result.map_err(|error| json_slip::explain(self, &error))?;
        Ok(raw.into_iter().map(|item| self.part(item)).collect())
    }

    /// The entries of an object, added to `map`. What was read before an error stays in `map`.
    pub(super) fn object(self, map: &mut Map<'a>) -> Result<(), JsonError> {
        self.object_at(map, 0)
    }

    fn object_at(self, map: &mut Map<'a>, depth: usize) -> Result<(), JsonError> {
        let mut reader = serde_json::Deserializer::from_str(self.text);
        let mut failed = None;
        let result = reader
            .deserialize_map(Entries { piece: self, map, depth, failed: &mut failed })
            .and_then(|()| reader.end());
        match failed {
            Some(error) => Err(error),
            None => result.map_err(|error| json_slip::explain(self, &error)),
        }
    }

    /// Any value, read to the bottom. The text must be one sound JSON value.
    pub(super) fn node(self) -> Result<Node<'a>, JsonError> {
        self.node_at(0)
    }

    fn node_at(self, depth: usize) -> Result<Node<'a>, JsonError> {
        let place = self.place();
        let shape = match self.text.as_bytes().first() {
            Some(b'"') => Shape::Text(self.string()?),
            Some(b'n') => Shape::Null,
            Some(b't') => Shape::Bool(true),
            Some(b'f') => Shape::Bool(false),
            Some(b'[' | b'{') if depth >= MAX_DEPTH => Shape::TooDeep,
            Some(b'[') => {
                let items = self.items()?;
                Shape::List(items.into_iter().map(|item| item.node_at(depth + 1)).collect::<Result<_, _>>()?)
            }
            Some(b'{') => {
                let mut map = Map::new();
                self.object_at(&mut map, depth + 1)?;
                Shape::Map(map)
            }
            Some(_) | None => Shape::Number(self.text),
        };
        Ok(Node { place, shape })
    }

    fn string(self) -> Result<Cow<'a, str>, JsonError> {
        let inner = self.text.get(1..self.text.len().saturating_sub(1)).unwrap_or("");
        if memchr::memchr(b'\\', inner.as_bytes()).is_none() {
            return Ok(Cow::Borrowed(inner));
        }
        serde_json::from_str(self.text)
            .map(Cow::Owned)
            .map_err(|_| JsonError { place: self.place(), slip: JsonSlip::Escape })
    }
}

struct Pairs<'v, 'a>(&'v mut Vec<(&'a RawValue, &'a RawValue)>);

impl<'a> Visitor<'a> for Pairs<'_, 'a> {
    type Value = ();

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut access: A) -> Result<(), A::Error> {
        while let Some(pair) = access.next_entry()? {
            self.0.push(pair);
        }
        Ok(())
    }
}

struct Items<'v, 'a>(&'v mut Vec<&'a RawValue>);

impl<'a> Visitor<'a> for Items<'_, 'a> {
    type Value = ();

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'a>>(self, mut access: A) -> Result<(), A::Error> {
        while let Some(item) = access.next_element()? {
            self.0.push(item);
        }
        Ok(())
    }
}

struct Entries<'m, 'a> {
    piece: Piece<'a>,
    map: &'m mut Map<'a>,
    depth: usize,
    /// An error inside a value, which serde cannot carry.
    failed: &'m mut Option<JsonError>,
}

impl<'a> Visitor<'a> for Entries<'_, 'a> {
    type Value = ();

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut access: A) -> Result<(), A::Error> {
        while let Some((key, value)) = access.next_entry::<&RawValue, &RawValue>()? {
            let key = self.piece.part(key);
            let read = key.string().and_then(|text| Ok((text, self.piece.part(value).node_at(self.depth)?)));
            match read {
                Ok((text, value)) => self.map.push(Entry { key: text, key_place: key.place(), value }),
                Err(error) => {
                    self.failed.get_or_insert(error);
                }
            }
        }
        Ok(())
    }
}
