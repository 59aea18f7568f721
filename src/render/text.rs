//! Text as a terminal shows it: widths, visible forms of invisible characters, wrapping.
//! Takes any text; gives text that neither moves the cursor nor hides anything. Knows no format.

use std::borrow::Cow;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::mask::mask;

/// Columns a text takes; a Chinese character takes two.
pub fn width(text: &str) -> usize {
    text.width()
}

/// `text` and spaces up to `columns`.
pub fn pad(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(width(text))))
}

/// How an unprintable, zero-width or direction-changing character is shown; `None` = as it is.
pub(super) fn visible(c: char) -> Option<String> {
    match c {
        '\0'..='\x1f' => char::from_u32(0x2400 + u32::from(c)).map(String::from),
        '\x7f' => Some("␡".into()),
        '\u{80}'..='\u{9f}'
        | '\u{ad}'
        | '\u{34f}'
        | '\u{61c}'
        | '\u{180e}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}' => Some(format!("<U+{:04X}>", u32::from(c))),
        _ => None,
    }
}

/// Masked if asked, and with every invisible character made visible; line breaks too.
pub(super) fn clean(text: &str, masked: bool) -> Cow<'_, str> {
    let text = if masked { mask(text) } else { Cow::Borrowed(text) };
    if text.chars().all(|c| visible(c).is_none()) {
        return text;
    }
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match visible(c) {
            Some(form) => shown.push_str(&form),
            None => shown.push(c),
        }
    }
    Cow::Owned(shown)
}

/// Lines of at most `columns` columns. Breaks between Chinese characters and at spaces, keeps closing
/// punctuation with what it closes and opening punctuation with what it opens, and words whole.
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut used = 0;
    for unit in units(text) {
        let size = width(&unit);
        if used + width(unit.trim_end()) > columns && used > 0 {
            lines.push(std::mem::take(&mut line).trim_end().to_owned());
            used = 0;
        }
        if size <= columns {
            line.push_str(&unit);
            used += size;
            continue;
        }
        for c in unit.chars() {
            let size = c.width().unwrap_or(0);
            if used + size > columns && used > 0 {
                lines.push(std::mem::take(&mut line));
                used = 0;
            }
            line.push(c);
            used += size;
        }
    }
    lines.push(line.trim_end().to_owned());
    lines
}

/// Pieces no line break may fall into; spaces hang on the piece before them. A short quotation or
/// parenthesis, `「公示结果」` or `（周日）`, is one piece.
fn units(text: &str) -> Vec<String> {
    let mut units: Vec<String> = Vec::new();
    let mut before: Option<char> = None;
    let mut whole_until = 0;
    for (at, c) in text.char_indices() {
        if at >= whole_until && opens(c) {
            whole_until = text.get(at..).and_then(short_group).map_or(whole_until, |length| at + length);
        }
        let inside = at < whole_until && before.is_some_and(|before| !opens(c) || opens(before));
        let joined = before.is_some_and(|before| {
            inside || c == ' ' || closes(c) || opens(before) || (narrow(before) && narrow(c))
        });
        match units.last_mut() {
            Some(unit) if joined => unit.push(c),
            Some(_) | None => units.push(c.into()),
        }
        before = Some(c);
    }
    units
}

/// Bytes of the bracketed group the text begins with, if it is short enough to keep whole.
fn short_group(text: &str) -> Option<usize> {
    const SHORT: usize = 16;
    let mut used = 0;
    for (at, c) in text.char_indices() {
        used += c.width().unwrap_or(0);
        if used > SHORT {
            return None;
        }
        if "）」』》〉”’)".contains(c) {
            return Some(at + c.len_utf8());
        }
    }
    None
}

fn narrow(c: char) -> bool {
    c != ' ' && c.width().unwrap_or(0) <= 1
}

fn closes(c: char) -> bool {
    "，。；：、！？）」』》〉”’…—·%％,.;:!?)".contains(c)
}

fn opens(c: char) -> bool {
    "（「『《〈“‘(".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wraps_chinese_with_its_punctuation() {
        assert_eq!(wrap("应当写明答案，截至今天没有。", 12), ["应当写明答", "案，截至今天", "没有。"]);
        assert_eq!(wrap("规则 rules/plan.rule:12 那一句", 14), ["规则", "rules/plan.rul", "e:12 那一句"]);
        assert_eq!(wrap("你是不是要写「写明答案」", 16), ["你是不是要写", "「写明答案」"]);
        assert_eq!(wrap("计入调休上班 09-28（周日）", 24), ["计入调休上班 09-28", "（周日）"]);
        assert_eq!(wrap("", 10), [""]);
    }

    #[test]
    fn nothing_invisible_stays_invisible() {
        assert_eq!(clean("甲\u{202e}乙\x1b[31m\n", false), "甲<U+202E>乙␛[31m␊");
    }
}
