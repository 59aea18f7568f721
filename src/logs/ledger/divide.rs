//! One cell → its values: several names in a cell, codes in brackets after a name.
//! Takes the cell tidied and as written, and how its column is divided; gives the pieces.

use std::borrow::Cow;

use super::cell;
use super::compile::Slot;

/// The values of a cell; one that is not split is one value.
#[expect(clippy::ptr_arg, reason = "a cell that is not split is kept as it is, without copying")]
pub(super) fn divide<'a>(slot: &Slot, text: &Cow<'a, str>, written: &str, pieces: &mut Vec<Cow<'a, str>>) {
    pieces.clear();
    if slot.split.is_empty() {
        pieces.push(text.clone());
        return;
    }
    // Line breaks are blanks by now; only the cell as written still shows them.
    let lines = slot.split.contains(&'↵') && written.contains(['↵', '\n', '\r']);
    let spaces = slot.split.contains(&' ');
    let marks = |c: char| slot.split.contains(&c) && !c.is_whitespace();
    let whole: Cow<'_, str> = if lines { Cow::Borrowed(written) } else { Cow::Borrowed(text.as_ref()) };
    let joined = if slot.brackets.is_some() { Cow::Owned(close_brackets(&whole)) } else { whole };
    for part in joined.split(|c: char| marks(c) || (lines && matches!(c, '\n' | '\r'))) {
        let part = cell::tidy(Cow::Borrowed(part));
        let words: Vec<&str> = part.split_whitespace().collect();
        // `张 三` is one name with a blank in it.
        let spelled = words.iter().all(|word| word.chars().count() == 1);
        if spaces && words.len() > 1 && !spelled {
            pieces.extend(words.into_iter().map(|word| Cow::Owned(word.to_owned())));
        } else if spaces && words.len() > 1 {
            pieces.push(Cow::Owned(words.concat()));
        } else if !part.is_empty() {
            pieces.push(if part == *text { text.clone() } else { Cow::Owned(part.into_owned()) });
        }
    }
}

/// Without blanks before brackets, so that they stay with what they belong to.
fn close_brackets(text: &str) -> String {
    let mut closed = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '(' | '（') {
            closed.truncate(closed.trim_end().len());
        }
        closed.push(c);
    }
    closed
}

/// Takes `(…)` off the end of a piece; what was in it if that is a code.
pub(super) fn take_brackets<'a>(piece: &mut Cow<'a, str>) -> Cow<'a, str> {
    let text = piece.trim_end();
    let inside = text
        .strip_suffix([')', '）'])
        .and_then(|rest| rest.rsplit_once(['(', '（']))
        .map(|(name, inside)| (name.trim().to_owned(), inside.trim().to_owned()));
    let Some((name, inside)) = inside.filter(|(name, _)| !name.is_empty()) else { return Cow::Borrowed("") };
    *piece = Cow::Owned(name);
    let digits = inside.chars().filter(char::is_ascii_digit).count();
    if digits >= 4 { cell::code(Cow::Owned(inside)) } else { Cow::Borrowed("") }
}
