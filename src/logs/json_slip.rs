//! What is wrong with broken JSON, from where the reader stopped and what stands there.
//! Takes the text and the reader's error; gives a [`JsonSlip`] at the exact characters.

use serde_json::error::Category;

use super::json::{JsonError, Piece};
use super::node::Place;

/// A slip of the pen in JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum JsonSlip {
    /// The text ends before the object does.
    Truncated,
    /// A comma before `}` or `]`.
    TrailingComma,
    /// `'…'` or `‘…’` instead of `"…"`.
    SingleQuotes,
    /// A full-width mark where JSON wants a half-width one.
    FullWidth { written: char, wanted: char },
    /// Something after the object.
    Trailing,
    /// A word without quotes, such as `True` or `是`.
    Unquoted { word: String },
    /// A comma is missing between two entries.
    MissingComma,
    /// A colon is missing after a key.
    MissingColon,
    /// A tab or another control character inside a string.
    ControlCharacter,
    /// `\` followed by something that is no escape.
    Escape,
    /// Not an object at all.
    NotObject,
    /// Anything else.
    Other,
}

/// Where in the file, and what, an error of `serde_json` is about.
pub(super) fn explain(piece: Piece<'_>, error: &serde_json::Error) -> JsonError {
    let text = piece.text;
    let stop = offset(text, error.line(), error.column());
    let (within, slip) = match error.classify() {
        Category::Eof => (last_character(text), JsonSlip::Truncated),
        Category::Data => (first_character(text), JsonSlip::NotObject),
        Category::Syntax | Category::Io => look(text, stop),
    };
    JsonError { place: piece.base + within.start..piece.base + within.end, slip }
}

/// Byte offset of a line and byte column, both from 1, as `serde_json` counts them.
fn offset(text: &str, line: usize, column: usize) -> usize {
    let start = match line.checked_sub(2) {
        Some(nth) => memchr::memchr_iter(b'\n', text.as_bytes()).nth(nth).map_or(0, |at| at + 1),
        None => 0,
    };
    (start + column.saturating_sub(1)).min(text.len())
}

fn look(text: &str, stop: usize) -> (Place, JsonSlip) {
    let start = (0..=stop).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let rest = text.get(start..).unwrap_or("");
    let before = text.get(..start).unwrap_or("").trim_end();
    let Some(here) = rest.chars().next() else { return (last_character(text), JsonSlip::Truncated) };
    let one = start..start + here.len_utf8();
    let wanted = match here {
        '，' => Some(','),
        '：' => Some(':'),
        '“' | '”' => Some('"'),
        '｛' => Some('{'),
        '｝' => Some('}'),
        '［' | '【' => Some('['),
        '］' | '】' => Some(']'),
        _ => None,
    };
    if let Some(wanted) = wanted {
        return (one, JsonSlip::FullWidth { written: here, wanted });
    }
    match here {
        '\'' | '‘' | '’' => (one, JsonSlip::SingleQuotes),
        '}' | ']' if before.ends_with(',') => (before.len() - 1..before.len(), JsonSlip::TrailingComma),
        ',' if before.ends_with(',') => (one, JsonSlip::TrailingComma),
        '\u{0}'..='\u{1f}' => (one, JsonSlip::ControlCharacter),
        _ if inside_string(text, start) => {
            // The reader stops on the character before a control character.
            if let Some((at, _)) = rest.char_indices().take(2).find(|(_, c)| c.is_ascii_control()) {
                return (start + at..start + at + 1, JsonSlip::ControlCharacter);
            }
            let backslash = before.rfind('\\').filter(|at| start - at <= 6).unwrap_or(start);
            (backslash..one.end, JsonSlip::Escape)
        }
        _ if before.is_empty() => (one, JsonSlip::NotObject),
        ',' if rest.trim_end() == "," && is_complete(before) => (one, JsonSlip::TrailingComma),
        _ if is_complete(before) => (start..text.trim_end().len().max(one.end), JsonSlip::Trailing),
        '"' if before.ends_with('"') && expects_colon(before) => (one, JsonSlip::MissingColon),
        '"' => (one, JsonSlip::MissingComma),
        _ => {
            let word: String =
                rest.chars().take_while(|c| !" ,:}]\"\t\r\n，：".contains(*c)).take(20).collect();
            let from = bare_start(before, start);
            let place = from..start + word.len().max(here.len_utf8());
            let word = text.get(place.clone()).unwrap_or("").to_owned();
            if word.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-') && !word.is_empty() {
                (place, JsonSlip::Unquoted { word })
            } else {
                (one, JsonSlip::Other)
            }
        }
    }
}

/// A literal such as `True` or `nul` is refused in its middle: go back to where it began.
fn bare_start(before: &str, start: usize) -> usize {
    let tail =
        before.chars().rev().take_while(|c| c.is_ascii_alphanumeric()).map(char::len_utf8).sum::<usize>();
    if before.len() == start { start - tail } else { start }
}

/// Whether `at` lies inside a string that began before it.
fn inside_string(text: &str, at: usize) -> bool {
    let (mut inside, mut escaped) = (false, false);
    for byte in text.bytes().take(at) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if inside => escaped = true,
            b'"' => inside = !inside,
            _ => {}
        }
    }
    inside
}

fn is_complete(text: &str) -> bool {
    serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}

/// Whether the string that ends here is a key: the mark before it is `{` or `,` inside an object.
fn expects_colon(before: &str) -> bool {
    let body = before.strip_suffix('"').unwrap_or(before);
    let open = body.rfind('"').unwrap_or(0);
    body.get(..open).is_some_and(|head| head.trim_end().ends_with(['{', ',']))
}

fn first_character(text: &str) -> Place {
    let start = text.len() - text.trim_start().len();
    start..start + text.trim_start().chars().next().map_or(0, char::len_utf8)
}

fn last_character(text: &str) -> Place {
    let end = text.trim_end().len();
    end - text.trim_end().chars().next_back().map_or(0, char::len_utf8)..end
}
