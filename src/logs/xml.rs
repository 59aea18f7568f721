//! XML text → tags, attributes and texts, each with its exact place, borrowed from the text where nothing is escaped.
//! `quick-xml` does the reading; OCEL XML and XES are read through this. What is wrong with broken XML is said here.

use std::borrow::Cow;

use quick_xml::errors::{Error, IllFormedError, SyntaxError};
use quick_xml::escape;
use quick_xml::events::Event;
use quick_xml::events::attributes::Attributes;
use quick_xml::reader::Reader;

use super::node::Place;

/// What is wrong with broken XML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum XmlSlip {
    /// The text ends inside a tag, a comment, an element.
    Truncated,
    /// The end tag does not close the element that is open.
    Mismatched {
        open: String,
        found: String,
    },
    /// An end tag without a start tag.
    Unopened {
        found: String,
    },
    /// `&` that begins no known reference.
    Reference,
    /// An attribute without quotes, without value, or given twice.
    Attribute,
    Other,
}

/// Broken XML: what is wrong, and where in the file.
#[derive(Clone, Debug)]
pub(super) struct XmlError {
    pub(super) place: Place,
    pub(super) slip: XmlSlip,
}

/// A start tag: its name and its attributes, unread.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tag<'a> {
    /// Without the namespace prefix.
    pub(super) name: &'a str,
    /// Everything between `<` and `>`.
    inner: &'a str,
    name_length: usize,
    /// Byte offset of the `<` in the file.
    pub(super) start: usize,
    /// `<name/>`: no end tag follows.
    pub(super) empty: bool,
}

#[derive(Debug)]
pub(super) enum Token<'a> {
    Start(Tag<'a>),
    End,
    /// A piece of text; an element may have several.
    Text(Cow<'a, str>),
    Eof,
}

/// What stands inside an element.
#[derive(Debug)]
pub(super) enum Inside<'a> {
    Element(Tag<'a>),
    Text(Cow<'a, str>),
}

/// One attribute of a tag.
#[derive(Clone, Debug)]
pub(super) struct Attribute<'a> {
    pub(super) name: &'a str,
    pub(super) value: Cow<'a, str>,
    /// Of the value, without its quotes.
    pub(super) place: Place,
}

/// Reads a text that begins at byte `base` of its file.
pub(super) struct Xml<'a> {
    text: &'a str,
    base: usize,
    reader: Reader<&'a [u8]>,
    open: usize,
}

impl<'a> Xml<'a> {
    pub(super) fn new(text: &'a str, base: usize) -> Self {
        Self { text, base, reader: Reader::from_str(text), open: 0 }
    }

    /// A stretch of a file that may end with the end tags of elements begun before it.
    pub(super) fn piece(text: &'a str, base: usize) -> Self {
        let mut xml = Self::new(text, base);
        xml.reader.config_mut().allow_unmatched_ends = true;
        xml
    }

    /// Byte offset in the file of what comes next.
    pub(super) fn offset(&self) -> usize {
        self.base + self.at()
    }

    fn at(&self) -> usize {
        usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX).min(self.text.len())
    }

    /// The next tag or text; comments and instructions are passed over.
    pub(super) fn next(&mut self) -> Result<Token<'a>, XmlError> {
        loop {
            let start = self.at();
            let event = self.reader.read_event().map_err(|error| self.explain(&error, start))?;
            let end = self.at();
            let token = match event {
                Event::Start(tag) => {
                    self.open += 1;
                    let length = tag.name().as_ref().len();
                    Token::Start(self.tag(start, end, 1, length, false))
                }
                Event::Empty(tag) => {
                    let length = tag.name().as_ref().len();
                    Token::Start(self.tag(start, end, 2, length, true))
                }
                Event::End(_) => {
                    self.open = self.open.saturating_sub(1);
                    Token::End
                }
                Event::Text(_) => Token::Text(Cow::Borrowed(self.text.get(start..end).unwrap_or(""))),
                Event::CData(_) => {
                    let inner = self.text.get(start + 9..end.saturating_sub(3)).unwrap_or("");
                    Token::Text(Cow::Borrowed(inner))
                }
                Event::GeneralRef(_) => {
                    let written = self.text.get(start..end).unwrap_or("");
                    let text =
                        escape::unescape(written).map_err(|_| self.error(start..end, XmlSlip::Reference))?;
                    Token::Text(text)
                }
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => continue,
                Event::Eof if self.open > 0 => return Err(self.error(end..end, XmlSlip::Truncated)),
                Event::Eof => Token::Eof,
            };
            return Ok(token);
        }
    }

    fn tag(&self, start: usize, end: usize, closing: usize, name_length: usize, empty: bool) -> Tag<'a> {
        let inner = self.text.get(start + 1..end.saturating_sub(closing)).unwrap_or("");
        let full = inner.get(..name_length).unwrap_or(inner);
        let name = full.rsplit(':').next().unwrap_or(full);
        Tag { name, inner, name_length, start: self.base + start, empty }
    }

    /// What comes next inside an element whose start tag was read; `None` at its end. The caller reads an element
    /// given, to its end, before asking again.
    pub(super) fn inside(&mut self, tag: &Tag<'a>) -> Result<Option<Inside<'a>>, XmlError> {
        if tag.empty {
            return Ok(None);
        }
        Ok(match self.next()? {
            Token::Start(inner) => Some(Inside::Element(inner)),
            Token::Text(text) => Some(Inside::Text(text)),
            Token::End | Token::Eof => None,
        })
    }

    /// Passes over what is inside an element whose start tag was just read.
    pub(super) fn skip(&mut self, tag: &Tag<'a>) -> Result<(), XmlError> {
        let mut depth = usize::from(!tag.empty);
        while depth > 0 {
            match self.next()? {
                Token::Start(inner) => depth += usize::from(!inner.empty),
                Token::End => depth -= 1,
                Token::Text(_) | Token::Eof => {}
            }
        }
        Ok(())
    }

    /// The text of an element whose start tag was just read, with its place; elements in it are passed over.
    pub(super) fn content(&mut self, tag: &Tag<'a>) -> Result<(Cow<'a, str>, Place), XmlError> {
        let start = self.offset();
        let (mut text, mut end) = (Cow::Borrowed(""), start);
        while let Some(inside) = self.inside(tag)? {
            match inside {
                Inside::Text(piece) if text.is_empty() => text = piece,
                Inside::Text(piece) => text.to_mut().push_str(&piece),
                Inside::Element(inner) => self.skip(&inner)?,
            }
            end = self.offset();
        }
        Ok((text, start..end))
    }

    fn error(&self, place: Place, slip: XmlSlip) -> XmlError {
        XmlError { place: self.base + place.start..self.base + place.end, slip }
    }

    fn explain(&self, error: &Error, start: usize) -> XmlError {
        let from = usize::try_from(self.reader.error_position()).unwrap_or(start).min(self.text.len());
        let line = self.text.get(from..).and_then(|rest| rest.lines().next()).unwrap_or("");
        let place = from..from + line.char_indices().nth(30).map_or(line.len(), |(at, _)| at);
        let slip = match error {
            Error::Syntax(
                SyntaxError::UnclosedComment
                | SyntaxError::UnclosedCData
                | SyntaxError::UnclosedDoctype
                | SyntaxError::UnclosedPI
                | SyntaxError::UnclosedXmlDecl
                | SyntaxError::UnclosedTag
                | SyntaxError::UnclosedSingleQuotedAttributeValue
                | SyntaxError::UnclosedDoubleQuotedAttributeValue,
            )
            | Error::IllFormed(IllFormedError::MissingEndTag(_)) => XmlSlip::Truncated,
            Error::IllFormed(IllFormedError::MismatchedEndTag { expected, found }) => {
                XmlSlip::Mismatched { open: expected.clone(), found: found.clone() }
            }
            Error::IllFormed(IllFormedError::UnmatchedEndTag(found)) => {
                XmlSlip::Unopened { found: found.clone() }
            }
            Error::IllFormed(IllFormedError::UnclosedReference) | Error::Escape(_) => XmlSlip::Reference,
            Error::InvalidAttr(_) => XmlSlip::Attribute,
            Error::Syntax(SyntaxError::InvalidBangMarkup)
            | Error::IllFormed(
                IllFormedError::MissingDeclVersion(_)
                | IllFormedError::UnknownVersion
                | IllFormedError::MissingDoctypeName
                | IllFormedError::DoubleHyphenInComment,
            )
            | Error::Io(_)
            | Error::Encoding(_)
            | Error::Namespace(_) => XmlSlip::Other,
        };
        self.error(place, slip)
    }
}

impl<'a> Tag<'a> {
    /// Of the whole tag.
    pub(super) fn place(&self) -> Place {
        self.start..self.start + self.inner.len() + 2 + usize::from(self.empty)
    }

    /// The attributes, in the order written.
    pub(super) fn attributes(&self) -> impl Iterator<Item = Result<Attribute<'a>, XmlError>> {
        let (inner, base) = (self.inner, self.start + 1);
        let mut attributes = Attributes::new(inner, self.name_length);
        attributes.with_checks(false);
        attributes.map(move |attribute| {
            let wrong = |slip| XmlError { place: base..base + inner.len(), slip };
            let attribute = attribute.map_err(|_| wrong(XmlSlip::Attribute))?;
            let (Cow::Borrowed(raw), name) = (attribute.value, attribute.key.0) else {
                return Err(wrong(XmlSlip::Attribute));
            };
            let start = base + (raw.as_ptr() as usize).saturating_sub(inner.as_ptr() as usize);
            let place = start..start + raw.len();
            let value = if memchr::memchr(b'&', raw.as_bytes()).is_none() {
                Cow::Borrowed(raw)
            } else {
                let slip = XmlSlip::Reference;
                escape::unescape(raw).map_err(|_| XmlError { place: place.clone(), slip })?
            };
            Ok(Attribute { name, value, place })
        })
    }
}
