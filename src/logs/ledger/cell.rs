//! One cell → a clean text, or the [`Datum`] its field declares: blanks, invisible characters, full-width digits,
//! percentages, numbers with notes, yes and no, dates without end. What cannot be read is a [`CellSlip`].

use std::borrow::Cow;

use chrono::{Datelike as _, NaiveDate};
use rust_decimal::Decimal;

use super::day::{self, Edge};
use super::mapping::Words;
use super::problem::CellSlip;
use crate::history::{Datum, Moment};
use crate::logs::node::{Node, Shape};
use crate::logs::problem::{ATTRIBUTE_YEARS, RECORD_YEARS};
use crate::logs::value::{self, Dialect};
use crate::vocabulary::{Field, FieldId, FieldKind, Vocabulary};

/// The last day of a date without end.
const FOREVER: Option<NaiveDate> = NaiveDate::from_ymd_opt(9999, 12, 31);

/// What a value is read with.
#[derive(Clone, Copy)]
pub(super) struct Reading<'r> {
    pub(super) words: &'r Words,
    pub(super) year: Option<i32>,
}

/// Without blanks around it, without control and invisible characters; a line break inside becomes a space.
pub(super) fn tidy(text: Cow<'_, str>) -> Cow<'_, str> {
    let plain = |byte: u8| (0x21..0x7f).contains(&byte);
    if text.bytes().all(plain) {
        return text;
    }
    let odd =
        |c: char| c.is_control() || matches!(c, '↵' | '\u{ad}' | '\u{2028}' | '\u{2029}') || invisible(c);
    if text.contains(odd) {
        let kept: String = text
            .chars()
            .filter_map(|c| match c {
                '\n' | '\r' | '\t' | '↵' | '\u{2028}' | '\u{2029}' => Some(' '),
                c if c.is_control() || c == '\u{ad}' || invisible(c) => None,
                c => Some(c),
            })
            .collect();
        return Cow::Owned(kept.trim().to_owned());
    }
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
    }
}

fn invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// Full-width letters and digits as half-width ones: for ids and codes.
pub(super) fn code(text: Cow<'_, str>) -> Cow<'_, str> {
    let wide = |c: char| matches!(c, '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ');
    if !text.contains(wide) {
        return text;
    }
    let narrow = |c: char| if wide(c) { char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c) } else { c };
    Cow::Owned(text.chars().map(narrow).collect())
}

/// `1.10101199003074E+17`: a number of more than 15 digits as spreadsheets show it. The digits after the fifteenth
/// are gone, so it is no code, and two codes may look like one.
pub(crate) fn is_cut(text: &str) -> bool {
    let Some((digits, power)) = text.split_once(['E', 'e']) else { return false };
    let all = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let power = power.strip_prefix('+').filter(|power| power.len() == 2 && all(power));
    whole.len() == 1 && all(whole) && all(part) && power.is_some_and(|power| power >= "15")
}

/// All full-width forms as half-width ones: for dates and numbers.
pub(super) fn narrow(text: &str) -> String {
    let one = |c: char| match c {
        '！'..='～' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{3000}' | '\u{a0}' => ' ',
        '−' => '-',
        c => c,
    };
    text.chars().map(one).collect()
}

/// A time of an event.
pub(super) fn moment(text: &str, reading: Reading<'_>, edge: Option<Edge>) -> Result<Moment, CellSlip> {
    let written = || text.to_owned();
    let moment =
        day::moment(text, reading.year, edge).map_err(|slip| CellSlip::Day { written: written(), slip })?;
    if RECORD_YEARS.contains(&moment.date.year()) {
        return Ok(moment);
    }
    Err(CellSlip::Year { written: written(), from: *RECORD_YEARS.start(), to: *RECORD_YEARS.end() })
}

/// Yes or no, by the words of the mapping.
pub(super) fn boolean(text: &str, words: &Words) -> Option<bool> {
    let is = |list: &[String]| list.iter().any(|word| word.eq_ignore_ascii_case(text));
    if is(&words.yes) {
        Some(true)
    } else if is(&words.no) {
        Some(false)
    } else {
        None
    }
}

/// A number; and whether something besides it stands in the cell.
pub(super) fn number(text: &str) -> Option<(Decimal, bool)> {
    let plain = narrow(text);
    let plain = plain.trim();
    let (sign, body) = match plain.strip_prefix('-') {
        Some(body) => (Decimal::NEGATIVE_ONE, body),
        None => (Decimal::ONE, plain.strip_prefix('+').unwrap_or(plain)),
    };
    let digits = body.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ','))).unwrap_or(body.len());
    let (digits, rest) = body.split_at_checked(digits)?;
    let groups = digits.split_once('.').map_or(digits, |(whole, _)| whole);
    let grouped = groups.split(',').skip(1).all(|group| group.len() == 3);
    if !digits.starts_with(|c: char| c.is_ascii_digit()) || !grouped {
        return None;
    }
    let mut number = Decimal::from_str_exact(&digits.replace(',', "")).ok()? * sign;
    let rest = rest.trim_start();
    let rest = match rest.strip_prefix('%') {
        Some(rest) => {
            number = number.checked_div(Decimal::ONE_HUNDRED)?;
            rest.trim_start()
        }
        None => rest,
    };
    // A unit, then maybe a note in brackets: `1户(实际以…为准)`. Another number outside brackets is no note.
    let outside = rest.split(['(', '[', '【']).next().unwrap_or("");
    let unit = outside.trim();
    if unit.chars().count() > 3
        || unit.contains(|c: char| c.is_ascii_digit() || matches!(c, '-' | '~' | '/' | 'e' | 'E'))
    {
        return None;
    }
    Some((number.normalize(), !rest.is_empty()))
}

/// The data of one value; the second part says that a number stood there with a note.
pub(super) fn datum<'a>(
    vocabulary: &'a Vocabulary,
    field: &'a Field,
    id: FieldId,
    text: Cow<'a, str>,
    reading: Reading<'_>,
    edge: Option<Edge>,
) -> Result<(Datum<'a>, bool), CellSlip> {
    let written = |text: &Cow<'_, str>| text.clone().into_owned();
    match &field.kind {
        FieldKind::Text => Ok((Datum::Text(text), false)),
        FieldKind::Number => {
            let (number, note) = number(&text).ok_or_else(|| CellSlip::Number { written: written(&text) })?;
            Ok((Datum::Number(number), note))
        }
        FieldKind::Bool => {
            let value = boolean(&text, reading.words);
            value
                .map(|value| (Datum::Bool(value), false))
                .ok_or_else(|| CellSlip::Bool { written: written(&text) })
        }
        FieldKind::Date => {
            if reading.words.forever.iter().any(|word| *word == text)
                && let Some(last) = FOREVER
            {
                return Ok((Datum::Date(last), false));
            }
            let day = match day::moment(&text, reading.year, edge) {
                Ok(moment) => moment.date,
                Err(slip) => return Err(CellSlip::Day { written: written(&text), slip }),
            };
            match FOREVER {
                Some(last) if day.year() == last.year() => Ok((Datum::Date(last), false)),
                _ if ATTRIBUTE_YEARS.contains(&day.year()) => Ok((Datum::Date(day), false)),
                _ => {
                    let (from, to) = (*ATTRIBUTE_YEARS.start(), *ATTRIBUTE_YEARS.end());
                    Err(CellSlip::Year { written: written(&text), from, to })
                }
            }
        }
        FieldKind::Enum(_) | FieldKind::Entity(_) => {
            let node = Node { place: 0..0, shape: Shape::Text(text) };
            let (mut data, mut slips) = (Vec::new(), Vec::new());
            value::read(vocabulary, field, id, node, Dialect::Ocel, &mut data, &mut slips);
            if let Some((_, mistake)) = slips.pop() {
                return Err(CellSlip::Value(Box::new(mistake)));
            }
            Ok((data.pop().map_or(Datum::Nothing, |(_, datum)| datum), false))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_with_notes() {
        let read = |text| number(text).map(|(number, note)| (number.to_string(), note));
        let is = |text: &str, note| Some((text.to_owned(), note));
        assert_eq!(read("1,234"), is("1234", false));
        assert_eq!(read("５％"), is("0.05", false));
        assert_eq!(read("1户(实际以…为准。)"), is("1", true));
        assert_eq!(read("2025年度"), is("2025", true));
        assert_eq!(read("0.5"), is("0.5", false));
        for text in ["", "约5", "3-5", "1,23", "3至5", "5/6", "多"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_cut_short() {
        for text in ["1.10101199003074E+17", "9e+15", "1.2E+99"] {
            assert!(is_cut(text), "{text}");
        }
        for text in ["1.1E+14", "1.1E17", "11.0E+17", "1.E+17", "E+17", "1.1E+170", "91AFAKE0E+17", "1"] {
            assert!(!is_cut(text), "{text}");
        }
    }

    #[test]
    fn invisible_characters_go() {
        assert_eq!(tidy(Cow::Borrowed(" 甲\u{200b}公司\u{feff} ")), "甲公司");
        assert_eq!(tidy(Cow::Borrowed("甲↵乙")), "甲 乙");
        assert_eq!(tidy(Cow::Borrowed("甲\u{7}乙")), "甲乙");
        assert_eq!(code(Cow::Borrowed("Ｊ０1（甲）")), "J01（甲）");
    }
}
