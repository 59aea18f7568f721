//! Article numbers: 第二十一条 → 21. Only as far as finding gaps needs it.

/// The number of an article's name, if it begins with 第…条.
pub(super) fn article(name: &str) -> Option<u32> {
    let (digits, _) = name.strip_prefix('第')?.split_once('条')?;
    if let Ok(number) = digits.parse() {
        return Some(number);
    }
    let (mut total, mut digit) = (0, None);
    for c in digits.chars() {
        match c {
            '百' => total += digit.take().unwrap_or(1) * 100,
            '十' => total += digit.take().unwrap_or(1) * 10,
            '零' | '〇' => {}
            other => {
                digit =
                    Some(u32::try_from("一二三四五六七八九".chars().position(|one| one == other)?).ok()? + 1)
            }
        }
    }
    Some(total + digit.unwrap_or(0))
}

/// 21 → 第二十一条.
pub(super) fn name(number: u32) -> String {
    let digit = |n: u32| "零一二三四五六七八九".chars().nth(n as usize % 10).unwrap_or('零');
    let mut text = String::from("第");
    if number >= 100 {
        text.push(digit(number / 100));
        text.push('百');
    }
    let (tens, ones) = (number / 10 % 10, number % 10);
    if tens > 1 || (tens == 1 && number >= 100) {
        text.push(digit(tens));
    } else if tens == 0 && number >= 100 && ones > 0 {
        text.push('零');
    }
    if tens > 0 {
        text.push('十');
    }
    if ones > 0 {
        text.push(digit(ones));
    }
    text.push('条');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names_agree() {
        for number in 1..200 {
            assert_eq!(article(&name(number)), Some(number), "{}", name(number));
        }
        assert_eq!(name(21), "第二十一条");
        assert_eq!(name(10), "第十条");
        assert_eq!(article("第二十条（四）"), Some(20));
        assert_eq!(article("附件2"), None);
    }
}
