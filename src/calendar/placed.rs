//! The slow reader of holiday notices: reads a file that is not right and says where each thing stands.
//! Takes a loaded file; gives what could be read, a span for each part of it, and every mistake of form.
//! Used only once something is wrong: the fast reader (`notice.rs`) has no places, this one has.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde_saphyr::Spanned;

use super::date::parse_date;
use super::node::Node;
use super::notice::{HolidayNotice, KEYS, MakeUpWorkday, NoticeSource, OffDay, SCHEMA, Status, YEARS};
use super::problem::{Expected, Problem};
use crate::diagnostic::nearest;
use crate::source::{FileId, SourceMap, Span};

/// Where the parts of a notice stand. Lists run parallel to those of the notice.
#[derive(Debug)]
pub(super) struct Places {
    whole: Span,
    pub year: Span,
    pub region: Span,
    pub status: Span,
    off_days: Vec<Span>,
    work_days: Vec<Span>,
    sources: Vec<Span>,
}

impl Places {
    /// For a first look, when nobody will see the places: everything at the top of the file.
    pub fn unknown(file: FileId) -> Self {
        let top = Span::new(file, 0, 0);
        Self {
            whole: top,
            year: top,
            region: top,
            status: top,
            off_days: Vec::new(),
            work_days: Vec::new(),
            sources: Vec::new(),
        }
    }

    /// The date of the off-day at an index.
    pub fn off(&self, index: usize) -> Span {
        self.off_days.get(index).copied().unwrap_or(self.whole)
    }

    /// The date of the make-up day at an index.
    pub fn work(&self, index: usize) -> Span {
        self.work_days.get(index).copied().unwrap_or(self.whole)
    }

    /// The title of the source at an index.
    pub fn source(&self, index: usize) -> Span {
        self.sources.get(index).copied().unwrap_or(self.whole)
    }
}

/// What could be read of a file. The notice is there if year, region and status could be read;
/// entries with mistakes are missing from it.
#[derive(Debug)]
pub(super) struct Placed {
    pub notice: Option<HolidayNotice>,
    pub places: Places,
    pub problems: Vec<Problem>,
}

/// Reads a file with places.
pub(super) fn read(sources: &SourceMap, file: FileId) -> Placed {
    let text = sources.file(file).text();
    let mut reader = Reader { text, file, problems: Vec::new(), places: Places::unknown(file) };
    let options = serde_saphyr::options! { with_snippet: false };
    let notice = match serde_saphyr::from_str_with_options::<Spanned<Node>>(text, options) {
        Ok(root) => reader.notice(root),
        Err(error) => {
            let problem = reader.broken(&error);
            reader.problems.push(problem);
            None
        }
    };
    Placed { notice, places: reader.places, problems: reader.problems }
}

type Fields = BTreeMap<&'static str, Spanned<Node>>;

struct Reader<'t> {
    text: &'t str,
    file: FileId,
    problems: Vec<Problem>,
    places: Places,
}

impl Reader<'_> {
    fn span<T>(&self, node: &Spanned<T>) -> Span {
        self.location(&node.referenced)
    }

    fn location(&self, location: &serde_saphyr::Location) -> Span {
        let span = location.span();
        Span::clamped(self.file, self.text, span.byte_offset(), span.byte_len())
    }

    fn slice(&self, span: Span) -> String {
        self.text.get(span.start..span.end).unwrap_or("").trim().to_owned()
    }

    /// The reader of YAML gave up: it stops at the first mistake of its own grammar.
    fn broken(&self, error: &serde_saphyr::Error) -> Problem {
        let error = error.without_snippet();
        let at = error.location().map_or(Span::new(self.file, 0, 0), |location| self.location(&location));
        if let serde_saphyr::Error::DuplicateMappingKey { key, .. } = error {
            return Problem::RepeatedKey { key: key.clone().unwrap_or_else(|| self.slice(at)), at };
        }
        let line_start = self.text.get(..at.start).and_then(|before| before.rfind('\n')).map_or(0, |n| n + 1);
        let line = self.text.get(line_start..).and_then(|rest| rest.lines().next()).unwrap_or("");
        let wide_colon = line.find('：').map(|offset| line_start + offset);
        let wide_colon = wide_colon.or_else(|| self.text.find('：').filter(|_| at.start == 0));
        match wide_colon {
            Some(colon) => Problem::BrokenYaml {
                at: Span::new(self.file, colon, colon + '：'.len_utf8()),
                wide_colon: true,
            },
            None => Problem::BrokenYaml { at, wide_colon: false },
        }
    }

    /// Sorts the entries of a mapping by known key; reports unknown keys, a missing required key, no mapping at all.
    fn fields(
        &mut self,
        node: Spanned<Node>,
        keys: &[(&'static str, bool)],
        what: Expected,
    ) -> Option<(Span, Fields)> {
        let at = self.span(&node);
        let Node::Map(entries) = node.value else {
            self.problems.push(Problem::WrongValue { key: None, found: self.slice(at), expected: what, at });
            return None;
        };
        let at = entries.first().map_or(at, |(key, _)| self.span(key));
        let mut fields = Fields::new();
        for (key, value) in entries {
            match keys.iter().find(|(known, _)| *known == key.value) {
                Some((known, _)) => {
                    fields.insert(known, value);
                }
                None => {
                    let near = nearest(&key.value, keys.iter().map(|(known, _)| *known));
                    let at = self.span(&key);
                    let known = keys.iter().map(|(known, _)| *known).collect();
                    self.problems.push(Problem::UnknownKey {
                        key: key.value,
                        near: near.map(str::to_owned),
                        known,
                        at,
                    });
                }
            }
        }
        for (key, _) in keys.iter().filter(|(key, required)| *required && !fields.contains_key(key)) {
            self.problems.push(Problem::MissingKey { key, at });
        }
        Some((at, fields))
    }

    fn notice(&mut self, root: Spanned<Node>) -> Option<HolidayNotice> {
        let (top, mut fields) = self.fields(root, &KEYS, Expected::Notice)?;
        self.places.whole = top;
        let schema = self.text_field(&mut fields, "schema");
        if let Some((schema, at)) = schema
            && schema != SCHEMA
        {
            self.problems.push(Problem::UnknownSchema { found: schema, at });
        }
        let region = self.text_field(&mut fields, "region");
        let year = self.text_field(&mut fields, "year");
        let status = self.text_field(&mut fields, "status");
        let sources = self.list(&mut fields, "sources", Self::source);
        let off_days = self.list(&mut fields, "off_days", Self::off_day);
        let work_days = self.list(&mut fields, "work_days", Self::work_day);
        let notes = self.list(&mut fields, "notes", |reader, node| reader.text("notes", &node));

        let year = year.and_then(|(word, at)| {
            self.places.year = at;
            let year = word.parse().ok().filter(|year| YEARS.contains(year));
            if year.is_none() {
                let problem =
                    Problem::WrongValue { key: Some("year"), found: word, expected: Expected::Year, at };
                self.problems.push(problem);
            }
            year
        });
        let status = status.and_then(|(word, at)| {
            self.places.status = at;
            let status = Status::from_word(&word);
            if status.is_none() {
                let near = nearest(&word, Status::WORDS).map(str::to_owned);
                self.problems.push(Problem::UnknownStatus { found: word, near, at });
            }
            status
        });
        let (region, at) = region?;
        self.places.region = at;
        let (sources, source_places) = sources.into_iter().unzip();
        let (off_days, off_places) = off_days.into_iter().unzip();
        let (work_days, work_places) = work_days.into_iter().unzip();
        self.places.sources = source_places;
        self.places.off_days = off_places;
        self.places.work_days = work_places;
        let notes = notes.into_iter().map(|(note, _)| note).collect();
        Some(HolidayNotice { region, year: year?, status: status?, sources, off_days, work_days, notes })
    }

    /// The items of a list that could be read, each with its place.
    fn list<T>(
        &mut self,
        fields: &mut Fields,
        key: &'static str,
        item: impl Fn(&mut Self, Spanned<Node>) -> Option<(T, Span)>,
    ) -> Vec<(T, Span)> {
        let Some(node) = fields.remove(key) else { return Vec::new() };
        let at = self.span(&node);
        match node.value {
            Node::List(items) => items.into_iter().filter_map(|node| item(self, node)).collect(),
            Node::Text(_) | Node::Plain | Node::Null | Node::Map(_) => {
                let found = self.slice(at);
                self.problems.push(Problem::WrongValue {
                    key: Some(key),
                    found,
                    expected: Expected::List,
                    at,
                });
                Vec::new()
            }
        }
    }

    fn source(&mut self, node: Spanned<Node>) -> Option<(NoticeSource, Span)> {
        let keys = [("title", true), ("number", false), ("date", false), ("url", false)];
        let (_, mut fields) = self.fields(node, &keys, Expected::Source)?;
        let title = self.text_field(&mut fields, "title");
        let number = self.optional_field(&mut fields, "number").map(|(text, _)| text);
        let date = self.optional_field(&mut fields, "date").and_then(|(text, at)| self.date(&text, at));
        let url = self.optional_field(&mut fields, "url").map(|(text, _)| text);
        let (title, at) = title?;
        Some((NoticeSource { title, number, date, url }, at))
    }

    fn off_day(&mut self, node: Spanned<Node>) -> Option<(OffDay, Span)> {
        let keys = [("date", true), ("name", true), ("statutory", false)];
        let (_, mut fields) = self.fields(node, &keys, Expected::Day)?;
        let date = self.text_field(&mut fields, "date");
        let name = self.text_field(&mut fields, "name");
        let statutory =
            fields.remove("statutory").map(|node| (self.slice(self.span(&node)), self.span(&node)));
        let statutory = match statutory {
            None => Some(false),
            Some((word, at)) => match word.as_str() {
                "true" | "True" | "TRUE" => Some(true),
                "false" | "False" | "FALSE" => Some(false),
                _ => {
                    let expected = Expected::Truth;
                    let problem = Problem::WrongValue { key: Some("statutory"), found: word, expected, at };
                    self.problems.push(problem);
                    None
                }
            },
        };
        let (date, at) = date.and_then(|(text, at)| self.date(&text, at).map(|date| (date, at)))?;
        Some((OffDay { date, name: name?.0, statutory: statutory? }, at))
    }

    fn work_day(&mut self, node: Spanned<Node>) -> Option<(MakeUpWorkday, Span)> {
        let (_, mut fields) = self.fields(node, &[("date", true), ("name", true)], Expected::Day)?;
        let date = self.text_field(&mut fields, "date");
        let name = self.text_field(&mut fields, "name");
        let (date, at) = date.and_then(|(text, at)| self.date(&text, at).map(|date| (date, at)))?;
        Some((MakeUpWorkday { date, name: name?.0 }, at))
    }

    fn date(&mut self, text: &str, at: Span) -> Option<NaiveDate> {
        let date = parse_date(text);
        if let Err(why) = date {
            self.problems.push(Problem::UnreadableDate { text: text.to_owned(), why, at });
        }
        date.ok()
    }

    fn text_field(&mut self, fields: &mut Fields, key: &'static str) -> Option<(String, Span)> {
        let node = fields.remove(key)?;
        self.text(key, &node)
    }

    /// A text that may be left out or null.
    fn optional_field(&mut self, fields: &mut Fields, key: &'static str) -> Option<(String, Span)> {
        let node = fields.remove(key)?;
        match node.value {
            Node::Null => None,
            Node::Text(_) | Node::Plain | Node::List(_) | Node::Map(_) => self.text(key, &node),
        }
    }

    /// A scalar that is not empty.
    fn text(&mut self, key: &'static str, node: &Spanned<Node>) -> Option<(String, Span)> {
        let at = self.span(node);
        let text = match &node.value {
            Node::Text(text) => Some(text.clone()),
            Node::Plain => Some(self.slice(at)),
            Node::Null | Node::List(_) | Node::Map(_) => None,
        };
        let text = text.filter(|text| !text.trim().is_empty());
        if text.is_none() {
            let found = self.slice(at);
            self.problems.push(Problem::WrongValue { key: Some(key), found, expected: Expected::Text, at });
        }
        text.map(|text| (text, at))
    }
}
