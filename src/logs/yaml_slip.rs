//! What is wrong with broken YAML, from where the parser stopped and what stands near it.
//! The commonest slip with a Chinese input method, a full-width colon, is looked for first.

use granit_parser::ErrorKind;

use super::node::Place;

/// A slip of the pen in YAML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum YamlSlip {
    FullWidthColon,
    Tab,
    Indentation,
    UnclosedQuote,
    UnclosedBracket,
    UnknownAlias,
    TooManyAliases,
    /// A character that cannot begin a plain value, such as `@`.
    Character,
    Key,
    SecondDocument,
    Other,
}

/// Lines before the stop that are looked at for a full-width colon.
const LINES_BACK: usize = 3;

/// Place in the text and kind of a parser error that stopped at byte `at`.
#[expect(clippy::wildcard_enum_match_arm, reason = "the parser's kinds are many and non-exhaustive")]
pub(super) fn explain(text: &str, at: usize, kind: &ErrorKind) -> (Place, YamlSlip) {
    let at = (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let slip = match kind {
        ErrorKind::TabNotAllowed
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabInIndentation
        | ErrorKind::TabAtBlockScalarStart
        | ErrorKind::TabInPlainScalar => YamlSlip::Tab,
        ErrorKind::UnclosedQuotedScalar
        | ErrorKind::InvalidTrailingSingleQuotedScalar
        | ErrorKind::InvalidTrailingDoubleQuotedScalar
        | ErrorKind::DocumentIndicatorInQuotedScalar
        | ErrorKind::InvalidQuotedScalarIndent => YamlSlip::UnclosedQuote,
        ErrorKind::UnexpectedEofFlowSequence
        | ErrorKind::UnexpectedEofFlowMapping
        | ErrorKind::UnexpectedEofImplicitFlowMapping
        | ErrorKind::ExpectedFlowMappingSeparator
        | ErrorKind::ExpectedFlowSequenceSeparator
        | ErrorKind::UnclosedFlowCollection { .. }
        | ErrorKind::MisplacedFlowCollectionEnd
        | ErrorKind::MismatchedFlowCollectionEnd { .. } => YamlSlip::UnclosedBracket,
        ErrorKind::UnknownAnchor | ErrorKind::MissingAnchorOrAliasName => YamlSlip::UnknownAlias,
        ErrorKind::UnexpectedCharacter { .. } => YamlSlip::Character,
        ErrorKind::ExpectedBlockMappingKey
        | ErrorKind::ExpectedBlockSequenceEntry
        | ErrorKind::ExpectedNodeContent
        | ErrorKind::InvalidIndentation
        | ErrorKind::BlockSequenceEntryNotAllowed
        | ErrorKind::MappingKeyNotAllowed
        | ErrorKind::MappingValueNotAllowed
        | ErrorKind::SimpleKeyExpected
        | ErrorKind::InvalidSimpleKey => YamlSlip::Indentation,
        _ => YamlSlip::Other,
    };
    match full_width_colon(text, at) {
        Some(place) if matches!(slip, YamlSlip::Indentation | YamlSlip::Other) => {
            (place, YamlSlip::FullWidthColon)
        }
        Some(_) | None if slip == YamlSlip::UnclosedQuote => {
            let quote = text.get(..at).and_then(|before| before.rfind(['"', '\'']));
            (quote.map_or_else(|| character(text, at), |quote| quote..quote + 1), slip)
        }
        Some(_) | None => (character(text, at), slip),
    }
}

/// A `：` that ends the first word of a line at or shortly before the stop.
pub(super) fn full_width_colon(text: &str, at: usize) -> Option<Place> {
    let end = text.get(at..).and_then(|rest| rest.find('\n')).map_or(text.len(), |line| at + line);
    let mut stop = end;
    for _ in 0..=LINES_BACK {
        let start = text.get(..stop)?.rfind('\n').map_or(0, |at| at + 1);
        let line = text.get(start..stop)?;
        let word = line.trim_start().trim_start_matches("- ");
        if let Some(colon) = word.find('：')
            && !word.get(..colon)?.contains([':', '"', '\'', ' ', '#'])
        {
            let colon = start + (line.len() - word.len()) + colon;
            return Some(colon..colon + '：'.len_utf8());
        }
        stop = start.checked_sub(1)?;
    }
    None
}

/// The character at a place, or the last one before the end.
fn character(text: &str, at: usize) -> Place {
    match text.get(at..).and_then(|rest| rest.chars().next()) {
        Some(c) if c != '\n' && c != '\r' => at..at + c.len_utf8(),
        Some(_) | None => {
            let before = text.get(..at).unwrap_or("").trim_end();
            before.len() - before.chars().next_back().map_or(0, char::len_utf8)..before.len()
        }
    }
}
