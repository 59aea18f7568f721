//! Numbers, units and dates as people type them: `20`, `２０`, `二十`, `20工作日`, `2025年3月18日`.
//! Takes the half-width text from one point on; gives what stands there in canonical spelling
//! and how many bytes it took. Does not check that a date exists.

/// Canonical units, the spellings accepted for each; longer spellings first.
const UNITS: &[(&str, &str)] = &[
    ("个工作日", "个工作日"),
    ("工作日", "个工作日"),
    ("个自然日", "日"),
    ("自然日", "日"),
    ("个月", "个月"),
    ("日", "日"),
    ("天", "日"),
    ("年", "年"),
];

/// Counter words after a plain number.
pub const COUNTERS: &[&str] = &["次", "个", "日", "天", "户", "家", "人", "件", "项", "份", "名", "条"];

/// A canonical piece and the bytes of the text it covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    pub text: String,
    pub len: usize,
}

fn from(text: &str, at: usize) -> &str {
    text.get(at..).unwrap_or("")
}

/// A unit at the start of the text: canonical word and bytes taken.
pub fn unit(text: &str) -> Option<(&'static str, usize)> {
    UNITS.iter().find(|(written, _)| text.starts_with(written)).map(|(written, word)| (*word, written.len()))
}

/// A plain number at the start of the text, Arabic or Chinese.
pub fn number(text: &str) -> Option<Piece> {
    arabic(text).or_else(|| chinese(text))
}

fn arabic(text: &str) -> Option<Piece> {
    let whole = digits(text);
    if whole == 0 {
        return None;
    }
    let rest = from(text, whole);
    let fraction = rest.strip_prefix('.').map_or(0, digits);
    let len = if fraction > 0 { whole + 1 + fraction } else { whole };
    Some(Piece { text: text.get(..len)?.to_string(), len })
}

fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

fn digit(c: char) -> Option<u64> {
    "零一二三四五六七八九".chars().position(|d| d == c).map(|d| d as u64).or(match c {
        '〇' | '○' => Some(0),
        '两' => Some(2),
        _ => None,
    })
}

/// 二十, 一百二十, 两, 十五, 三万; up to 9999万.
fn chinese(text: &str) -> Option<Piece> {
    let (mut total, mut section, mut current) = (0u64, 0u64, None::<u64>);
    let mut len = 0;
    for c in text.chars() {
        if let Some(value) = digit(c) {
            if current.is_some_and(|d| d != 0) {
                return None;
            }
            current = Some(value);
        } else {
            let scale = match c {
                '十' => 10,
                '百' => 100,
                '千' => 1000,
                '万' => 10_000,
                _ => break,
            };
            let multiplier = match current.take() {
                Some(value) => value,
                None if scale == 10 => 1,
                None if scale == 10_000 && section > 0 => 0,
                None => return None,
            };
            if scale == 10_000 {
                total = (section + multiplier).checked_mul(scale)?;
                section = 0;
            } else {
                section = section.checked_add(multiplier * scale)?;
            }
        }
        len += c.len_utf8();
    }
    if len == 0 {
        return None;
    }
    Some(Piece { text: (total + section + current.unwrap_or(0)).to_string(), len })
}

/// `2025-03-18`, `2025.3.18`, `2025/3/18`, `2025年3月18日`, `二〇二五年三月十八日` → `2025-03-18`.
pub fn date(text: &str) -> Option<Piece> {
    let (year, mut len) = year(text)?;
    let separator = from(text, len).chars().next()?;
    len += separator.len_utf8();
    let (month, taken) = small(from(text, len))?;
    len += taken;
    let second = from(text, len).chars().next()?;
    let matching = match separator {
        '-' | '.' | '/' => second == separator,
        '年' => second == '月',
        _ => false,
    };
    if !matching {
        return None;
    }
    len += second.len_utf8();
    let (day, taken) = small(from(text, len))?;
    len += taken;
    if separator == '年' {
        let end = from(text, len).chars().next().filter(|c| matches!(c, '日' | '号'))?;
        len += end.len_utf8();
    }
    if from(text, len).starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    Some(Piece { text: format!("{year:04}-{month:02}-{day:02}"), len })
}

fn year(text: &str) -> Option<(u64, usize)> {
    if digits(text) == 4 {
        return Some((text.get(..4)?.parse().ok()?, 4));
    }
    let mut value = 0;
    let mut len = 0;
    for c in text.chars().take(4) {
        value = value * 10 + digit(c).filter(|_| c != '两')?;
        len += c.len_utf8();
    }
    (len >= 4 && from(text, len).starts_with('年')).then_some((value, len))
}

/// One or two digits, or a Chinese number below 100.
fn small(text: &str) -> Option<(u64, usize)> {
    let taken = digits(text);
    if taken > 0 {
        return (taken <= 2).then_some((text.get(..taken)?.parse().ok()?, taken));
    }
    let piece = chinese(text)?;
    let value = piece.text.parse().ok()?;
    (value < 100).then_some((value, piece.len))
}

/// `2月最后一日`, `2月底`, `二月末`, `3月15日`.
pub fn month_day(text: &str) -> Option<Piece> {
    let (month, mut len) = small(text)?;
    let rest = from(text, len).strip_prefix('月')?;
    len += '月'.len_utf8();
    for last in ["最后一日", "最后一天", "底", "末"] {
        if rest.starts_with(last) {
            return Some(Piece { text: format!("{month}月最后一日"), len: len + last.len() });
        }
    }
    let (day, taken) = small(rest)?;
    let end = from(rest, taken).chars().next().filter(|c| matches!(c, '日' | '号'))?;
    Some(Piece { text: format!("{month}月{day}日"), len: len + taken + end.len_utf8() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        for (written, canonical) in [
            ("20个", "20"),
            ("0.5 ", "0.5"),
            ("二十个", "20"),
            ("一百二十", "120"),
            ("两次", "2"),
            ("十五", "15"),
            ("三万二", "30002"),
        ] {
            assert_eq!(number(written).unwrap().text, canonical, "{written}");
        }
        assert_eq!(number("百"), None);
        assert_eq!(number("东西"), None);
    }

    #[test]
    fn dates() {
        for written in
            ["2025-03-18", "2025-3-18", "2025.3.18", "2025/3/18", "2025年3月18日", "二〇二五年三月十八日"]
        {
            let piece = date(written).unwrap();
            assert_eq!((piece.text.as_str(), piece.len), ("2025-03-18", written.len()), "{written}");
        }
        assert_eq!(date("2025年3月"), None);
        assert_eq!(month_day("2月底前").unwrap(), Piece { text: "2月最后一日".into(), len: 7 });
        assert_eq!(month_day("三月十五日").unwrap().text, "3月15日");
    }
}
