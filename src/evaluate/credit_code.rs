//! 统一社会信用代码: the check character of GB 32100-2015.
//! Takes any text; says whether it is an 18-character code with the right check character.

const ALPHABET: &[u8] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
const WEIGHTS: [usize; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

/// The standard knows capital letters only; anything else that is not a code is false too.
pub(super) fn valid(text: &str) -> bool {
    let bytes = text.as_bytes();
    if bytes.len() != 18 {
        return false;
    }
    let mut sum = 0;
    let mut check = None;
    for (at, byte) in bytes.iter().enumerate() {
        let Some(value) = ALPHABET.iter().position(|known| known == byte) else { return false };
        match WEIGHTS.get(at) {
            Some(weight) => sum += value * weight,
            None => check = Some(value),
        }
    }
    check == Some((31 - sum % 31) % 31)
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn the_standards_own_example_and_fictitious_codes() {
        for good in ["91350100M000100Y43", "91411503FAKE000137", "92411302FAKE00048X"] {
            assert!(valid(good), "{good}");
        }
        for bad in [
            "91350100M000100Y44",
            "91350100M000100Y4",
            "9135010OM000100Y43",
            "91350100m000100y43",
            "",
            "九一三五",
        ] {
            assert!(!valid(bad), "{bad}");
        }
    }
}
