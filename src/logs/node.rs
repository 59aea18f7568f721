//! A value as a log wrote it, before the vocabulary says what it should be. Borrowed from the text where possible.
//! Made by `json` and `yaml_tree`; read by `record`, `header`, `value`. The same for every format.

use std::borrow::Cow;

/// Byte offsets `[start, end)` in the file.
pub(super) type Place = std::ops::Range<usize>;

/// A value with its place.
#[derive(Clone, Debug)]
pub(super) struct Node<'a> {
    pub(super) place: Place,
    pub(super) shape: Shape<'a>,
}

#[derive(Clone, Debug)]
pub(super) enum Shape<'a> {
    Null,
    Bool(bool),
    /// A number exactly as written.
    Number(&'a str),
    /// A quoted text.
    Text(Cow<'a, str>),
    /// An unquoted YAML scalar: what it is depends on the declared type.
    Plain(Cow<'a, str>),
    List(Vec<Node<'a>>),
    Map(Map<'a>),
    /// Nested deeper than anything a log needs; not looked into.
    TooDeep,
}

/// Entries in the order they were written; keys may repeat.
pub(super) type Map<'a> = Vec<Entry<'a>>;

#[derive(Clone, Debug)]
pub(super) struct Entry<'a> {
    pub(super) key: Cow<'a, str>,
    pub(super) key_place: Place,
    pub(super) value: Node<'a>,
}

impl<'a> Shape<'a> {
    /// The text of a quoted, unquoted or numeric scalar; anything else comes back as it is.
    pub(super) fn into_word(self) -> Result<Cow<'a, str>, Self> {
        match self {
            Self::Text(text) | Self::Plain(text) => Ok(text),
            Self::Number(literal) => Ok(Cow::Borrowed(literal)),
            Self::Null | Self::Bool(_) | Self::List(_) | Self::Map(_) | Self::TooDeep => Err(self),
        }
    }

    /// The text of a scalar whose kind is left open: unquoted, or (`loose`) quoted too.
    pub(super) fn open_word(&self, loose: bool) -> Option<&str> {
        match self {
            Self::Plain(text) => Some(text),
            Self::Text(text) if loose => Some(text),
            Self::Text(_)
            | Self::Null
            | Self::Bool(_)
            | Self::Number(_)
            | Self::List(_)
            | Self::Map(_)
            | Self::TooDeep => None,
        }
    }

    /// The text of a quoted, unquoted or numeric scalar.
    pub(super) fn word(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::Plain(text) => Some(text),
            Self::Number(literal) => Some(literal),
            Self::Null | Self::Bool(_) | Self::List(_) | Self::Map(_) | Self::TooDeep => None,
        }
    }
}

/// The entry of a key, the first if it repeats.
pub(super) fn find<'m, 'a>(map: &'m [Entry<'a>], key: &str) -> Option<&'m Entry<'a>> {
    map.iter().find(|entry| entry.key == key)
}

/// Indices of the entries whose key an earlier entry already has, with the index of that entry.
pub(super) fn repeated_keys(map: &[Entry<'_>]) -> Vec<(usize, usize)> {
    const FEW: usize = 24;
    let mut repeated = Vec::new();
    if map.len() <= FEW {
        for (at, entry) in map.iter().enumerate() {
            if let Some(first) = map.iter().take(at).position(|earlier| earlier.key == entry.key) {
                repeated.push((at, first));
            }
        }
    } else {
        let mut first = rustc_hash::FxHashMap::default();
        for (at, entry) in map.iter().enumerate() {
            match first.get(entry.key.as_ref()) {
                Some(earlier) => repeated.push((at, *earlier)),
                None => {
                    first.insert(entry.key.as_ref(), at);
                }
            }
        }
    }
    repeated
}
