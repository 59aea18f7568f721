//! Bytes of a file → text. UTF-8 with or without byte order mark, or GB18030 (GBK, GB2312 are parts of it).
//! Never replaces what it cannot read: a byte that fits neither is a problem with its place.

use encoding_rs::GB18030;

/// Why bytes could not be read as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EncodingProblem {
    /// The file starts with the byte order mark of UTF-16.
    Utf16,
    /// Mostly UTF-8, but broken at a byte offset on a line (from 1).
    BrokenUtf8 { offset: usize, line: usize },
    /// Neither UTF-8 nor GB18030; the first byte that is not UTF-8.
    Unknown { offset: usize, line: usize },
}

/// The text of a file, without byte order mark.
pub fn decode(bytes: Vec<u8>) -> Result<String, EncodingProblem> {
    let (mut bytes, offset) = match String::from_utf8(bytes) {
        Ok(mut text) => {
            if text.starts_with('\u{feff}') {
                text.drain(..'\u{feff}'.len_utf8());
            }
            return Ok(text);
        }
        Err(error) => {
            let offset = error.utf8_error().valid_up_to();
            (error.into_bytes(), offset)
        }
    };
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(EncodingProblem::Utf16);
    }
    let line = memchr::memchr_iter(b'\n', bytes.get(..offset).unwrap_or_default()).count() + 1;
    if is_mostly_utf8(&bytes) {
        return Err(EncodingProblem::BrokenUtf8 { offset, line });
    }
    let decoded =
        GB18030.decode_without_bom_handling_and_without_replacement(&bytes).map(|text| text.into_owned());
    bytes.clear();
    decoded.ok_or(EncodingProblem::Unknown { offset, line })
}

/// One stray byte in a UTF-8 file must not turn the whole file into other characters:
/// in real GB18030 text, valid multi-byte UTF-8 is rarer than breaks.
fn is_mostly_utf8(bytes: &[u8]) -> bool {
    let head = bytes.get(..1 << 20).unwrap_or(bytes);
    let (mut wide, mut breaks) = (0usize, 0usize);
    for chunk in head.utf8_chunks() {
        wide += chunk.valid().chars().filter(|c| c.len_utf8() >= 3).count();
        breaks += usize::from(!chunk.invalid().is_empty());
    }
    wide > breaks * 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_utf8_and_gb18030() {
        let text = "{\"实体\":\"单位\",\"编号\":\"D1\",\"名称\":\"区市场监管局\"}\n";
        assert_eq!(decode(text.as_bytes().to_vec()).unwrap(), text);
        assert_eq!(decode(format!("\u{feff}{text}").into_bytes()).unwrap(), text);
        assert_eq!(decode(GB18030.encode(text).0.into_owned()).unwrap(), text);
    }

    #[test]
    fn a_broken_byte_is_reported_not_guessed() {
        let mut bytes = "{\"实体\":\"单位\"}\n{\"实体\":\"单位\"}".as_bytes().to_vec();
        let last = bytes.len() - 3;
        bytes[last] = 0xff;
        assert_eq!(decode(bytes), Err(EncodingProblem::BrokenUtf8 { offset: last - 2, line: 2 }));
        assert_eq!(decode(vec![0xff, 0xfe, 0x7b, 0]), Err(EncodingProblem::Utf16));
        assert_eq!(
            decode(b"abc\n\xff\xff\xff".to_vec()),
            Err(EncodingProblem::Unknown { offset: 4, line: 2 })
        );
    }
}
