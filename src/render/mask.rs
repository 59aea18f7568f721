//! 脱敏: identity-card and mobile numbers hidden in any text that is shown.
//! `411503199001010010` → `411503********0010`, `13812345678` → `138****5678`.
//! Byte length and display width stay the same, so spans and labels stay right.

use std::borrow::Cow;

use chrono::NaiveDate;

/// Hides identity-card numbers (GB 11643: 18 characters with a plausible region and birth date) and
/// mobile numbers (11 digits). Longer runs of digits, credit codes and hashes are left alone;
/// full-width digits are seen too.
pub fn mask(text: &str) -> Cow<'_, str> {
    if !could_hold_number(text) {
        return Cow::Borrowed(text);
    }
    let chars: Vec<char> = text.chars().collect();
    let mut hidden: Vec<usize> = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let length = chars.iter().skip(at).take_while(|c| digit(**c).is_some()).count();
        if length == 0 {
            at += 1;
            continue;
        }
        hide_run(&chars, at, length, &mut hidden);
        at += length;
    }
    if hidden.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut next = hidden.into_iter().peekable();
    let masked = chars.iter().enumerate().map(|(index, &c)| match next.next_if_eq(&index) {
        Some(_) if c.is_ascii() => '*',
        Some(_) => '＊',
        None => c,
    });
    Cow::Owned(masked.collect())
}

/// Cheap test that spares most texts the closer look: eleven digits in a row, or a full-width digit.
fn could_hold_number(text: &str) -> bool {
    let mut run = 0;
    for byte in text.bytes() {
        run = if byte.is_ascii_digit() { run + 1 } else { 0 };
        if run >= 11 {
            return true;
        }
    }
    text.contains(|c| matches!(c, '０'..='９'))
}

fn hide_run(chars: &[char], start: usize, length: usize, hidden: &mut Vec<usize>) {
    let end = start + length;
    let follower = chars.get(end).copied();
    let check_x = length == 17 && matches!(follower, Some('X' | 'x' | 'Ｘ' | 'ｘ'));
    let after = if check_x { chars.get(end + 1).copied() } else { follower };
    if after.is_some_and(|c| c.is_ascii_alphanumeric()) || !begins_number(chars, start) {
        return;
    }
    let run: Vec<u32> = chars.iter().skip(start).take(length).filter_map(|c| digit(*c)).collect();
    let plus =
        start.checked_sub(1).and_then(|before| chars.get(before)).is_some_and(|c| matches!(c, '+' | '＋'));
    match (run.as_slice(), check_x) {
        (body, true) if is_identity(body, 10) => hidden.extend(start + 6..start + 14),
        ([body @ .., last], false) if body.len() == 17 && is_identity(body, *last) => {
            hidden.extend(start + 6..start + 14);
        }
        ([1, 3..=9, rest @ ..], false) if rest.len() == 9 => hidden.extend(start + 3..start + 7),
        ([8, 6, 1, 3..=9, rest @ ..], false) if rest.len() == 9 && plus => {
            hidden.extend(start + 5..start + 9)
        }
        _ => {}
    }
}

/// A number cannot begin inside a word (`a1381234…`, a hash) or after a decimal point; the letter of a
/// JSON escape (`\n138…`) is no word.
fn begins_number(chars: &[char], start: usize) -> bool {
    let before = |back: usize| start.checked_sub(back).and_then(|at| chars.get(at)).copied();
    match before(1) {
        Some('n' | 't' | 'r') if before(2) == Some('\\') => true,
        Some('.') => !before(2).is_some_and(|c| c.is_ascii_digit()),
        Some(c) => !c.is_ascii_alphanumeric(),
        None => true,
    }
}

fn digit(c: char) -> Option<u32> {
    match c {
        '0'..='9' => c.to_digit(10),
        '０'..='９' => u32::from(c).checked_sub(u32::from('０')),
        _ => None,
    }
}

fn number(digits: &[u32]) -> u32 {
    digits.iter().fold(0, |sum, digit| sum * 10 + digit)
}

/// Shape of an identity-card number: 17 digits and the check character (10 for X).
fn is_identity(body: &[u32], check: u32) -> bool {
    let [province_high, province_low, _, _, _, _, date @ .., _, _, _] = body else { return false };
    let province = province_high * 10 + province_low;
    if !matches!(province, 11..=15 | 21..=23 | 31..=37 | 41..=46 | 50..=54 | 61..=65 | 71 | 81..=83) {
        return false;
    }
    let [year @ .., m1, m2, d1, d2] = date else { return false };
    let year = number(year);
    let born =
        i32::try_from(year).ok().and_then(|year| NaiveDate::from_ymd_opt(year, m1 * 10 + m2, d1 * 10 + d2));
    if born.is_none() || !(1900..=2099).contains(&year) {
        return false;
    }
    identity_check(body) == check || credit_check(body) != Some(check)
}

/// GB 11643 check character.
fn identity_check(body: &[u32]) -> u32 {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = body.iter().zip(WEIGHTS).map(|(digit, weight)| digit * weight).sum();
    (12 - sum % 11) % 11
}

/// GB 32100 check character of an all-digit 统一社会信用代码 (bodies registered under 1 or 5);
/// `None` if it is not a digit, or if no such code begins like this.
fn credit_check(body: &[u32]) -> Option<u32> {
    const WEIGHTS: [u32; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
    if !matches!(body, [1, 1..=3 | 9, ..] | [5, 1..=3 | 9, ..]) {
        return None;
    }
    let sum: u32 = body.iter().zip(WEIGHTS).map(|(digit, weight)| digit * weight).sum();
    Some((31 - sum % 31) % 31).filter(|check| *check < 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hides_identity_and_mobile_numbers() {
        let cases = [
            ("身份证411503199001010010。", "身份证411503********0010。"),
            ("41150319900101001X", "411503********001X"),
            ("电话13812345678，", "电话138****5678，"),
            (r#"{"备注":"\n13812345678"}"#, r#"{"备注":"\n138****5678"}"#),
            ("+8613812345678", "+86138****5678"),
            ("１３８１２３４５６７８", "１３８＊＊＊＊５６７８"),
        ];
        for (text, expected) in cases {
            assert_eq!(mask(text), expected);
            assert_eq!(mask(text).len(), text.len());
        }
    }

    #[test]
    fn leaves_everything_else() {
        let cases = [
            "91411503MA45ABCD1X",  // credit code with letters
            "914115037191234567",  // credit code, digits only: no such province
            "411503199013010010",  // month 13
            "4115031990010100101", // 19 digits
            "138123456789",        // 12 digits
            "0376-6200296",        // land line
            "ab13812345678cd",     // part of a hash
            "113.13812345678",     // coordinates
            "2025-09-26T10:00",
        ];
        for text in cases {
            assert_eq!(mask(text), text);
        }
    }

    #[test]
    fn a_code_that_only_a_credit_code_can_be_stays() {
        // A government body whose code happens to read like a birth date, told apart by its check digit.
        assert_eq!(mask("114115201001120004"), "114115201001120004");
        assert_eq!(mask("114115201001120005"), "114115********0005");
    }
}
