//! Text that spreadsheet programs would take for a formula, kept text. For CSV, where a cell has no type.

use std::borrow::Cow;

/// Puts `'` before text that begins with `=`, `+`, `-`, `@` (full-width ones too), a tab or a carriage return,
/// spaces before it or not. Only for text: numbers and dates are not handed in.
pub fn guard(text: &str) -> Cow<'_, str> {
    let first = text.trim_start_matches([' ', '\u{3000}']).chars().next();
    match first {
        Some('=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠' | '\t' | '\r') => {
            Cow::Owned(format!("'{text}"))
        }
        Some(_) | None => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::guard;

    #[test]
    fn what_begins_like_a_formula_is_text() {
        assert_eq!(guard("=cmd|' /C calc'!A0"), "'=cmd|' /C calc'!A0");
        for first in ["=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "  ="] {
            assert_eq!(guard(&format!("{first}1")), format!("'{first}1"));
        }
        assert_eq!(guard("2025-09-26"), "2025-09-26");
        assert_eq!(guard("第 1 条"), "第 1 条");
        assert_eq!(guard(""), "");
    }
}
