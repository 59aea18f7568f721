//! Bytes of a file → text. UTF-8 with or without byte order mark, UTF-16 of either byte order with or without one,
//! or GB18030 (GBK, GB2312 are parts of it). Never replaces what it cannot read: a byte that fits none is a problem
//! with its place.

use std::cmp::Ordering;

use encoding_rs::{GB18030, UTF_16BE, UTF_16LE};

/// Why bytes could not be read as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EncodingProblem {
    /// UTF-16 by its mark, but broken at a byte offset on a line (from 1): half a character, or half a pair.
    BrokenUtf16 { offset: usize, line: usize },
    /// Mostly UTF-8, but broken at a byte offset on a line (from 1).
    BrokenUtf8 { offset: usize, line: usize },
    /// Neither UTF-8 nor UTF-16 nor GB18030; the first byte that is not UTF-8.
    Unknown { offset: usize, line: usize },
}

/// Which byte of a UTF-16 unit comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    Little,
    Big,
}

/// The text of a file, without byte order mark.
pub fn decode(bytes: Vec<u8>) -> Result<String, EncodingProblem> {
    if let Some((order, marked)) = utf16_order(&bytes) {
        let read = read_utf16(&bytes, order);
        // 没有字节序标记的只是猜：猜得不通就照别的读。
        if marked || read.is_ok() {
            return read;
        }
    }
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
    let line = memchr::memchr_iter(b'\n', bytes.get(..offset).unwrap_or_default()).count() + 1;
    if is_mostly_utf8(&bytes) {
        return Err(EncodingProblem::BrokenUtf8 { offset, line });
    }
    let decoded =
        GB18030.decode_without_bom_handling_and_without_replacement(&bytes).map(|text| text.into_owned());
    bytes.clear();
    decoded.ok_or(EncodingProblem::Unknown { offset, line })
}

/// The byte order of a file that looks like UTF-16, and whether a mark says so. Without one, line breaks, commas and
/// quotes tell: one of their two bytes is zero, which no byte of text in the other encodings is. (Counting all zeros
/// would not do: 一, U+4E00, has one on the other side.)
fn utf16_order(bytes: &[u8]) -> Option<(Order, bool)> {
    const HEAD: usize = 4096;
    const MARKS: &[u8] = b"\n\r\t,\":";
    match bytes {
        [0xff, 0xfe, ..] => return Some((Order::Little, true)),
        [0xfe, 0xff, ..] => return Some((Order::Big, true)),
        _ => {}
    }
    if !bytes.len().is_multiple_of(2) {
        return None;
    }
    let (mut little, mut big) = (0usize, 0usize);
    for pair in bytes.get(..HEAD).unwrap_or(bytes).chunks_exact(2) {
        match pair {
            [mark, 0] if MARKS.contains(mark) => little += 1,
            [0, mark] if MARKS.contains(mark) => big += 1,
            _ => {}
        }
    }
    match little.cmp(&big) {
        Ordering::Greater => Some((Order::Little, false)),
        Ordering::Less => Some((Order::Big, false)),
        Ordering::Equal => None,
    }
}

fn read_utf16(bytes: &[u8], order: Order) -> Result<String, EncodingProblem> {
    let encoding = match order {
        Order::Little => UTF_16LE,
        Order::Big => UTF_16BE,
    };
    if bytes.len().is_multiple_of(2)
        && let Some(text) = encoding.decode_without_bom_handling_and_without_replacement(bytes)
        && !text.contains('\0')
    {
        return Ok(text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned());
    }
    let (offset, line) = utf16_break(bytes, order);
    Err(EncodingProblem::BrokenUtf16 { offset, line })
}

/// Where UTF-16 breaks: byte offset and line (from 1).
fn utf16_break(bytes: &[u8], order: Order) -> (usize, usize) {
    let units = bytes.chunks_exact(2).map(|pair| {
        let pair = <[u8; 2]>::try_from(pair).unwrap_or_default();
        match order {
            Order::Little => u16::from_le_bytes(pair),
            Order::Big => u16::from_be_bytes(pair),
        }
    });
    let (mut offset, mut line) = (0usize, 1usize);
    for one in char::decode_utf16(units) {
        match one {
            Ok('\0') | Err(_) => break,
            Ok(c) => {
                offset += c.len_utf16() * 2;
                line += usize::from(c == '\n');
            }
        }
    }
    (offset, line)
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
        assert_eq!(
            decode(b"abc\n\xff\xff\xff".to_vec()),
            Err(EncodingProblem::Unknown { offset: 4, line: 2 })
        );
    }
    #[test]
    fn utf16_is_read_with_and_without_mark() {
        let text = "一,\"二\"\n一公开,一一一一😀\n";
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(decode(little.clone()).unwrap(), text);
        assert_eq!(decode(big.clone()).unwrap(), text);
        assert_eq!(decode([vec![0xff, 0xfe], little.clone()].concat()).unwrap(), text);
        assert_eq!(decode([vec![0xfe, 0xff], big].concat()).unwrap(), text);
        assert_eq!(decode(vec![0xff, 0xfe, 0x7b, 0]).unwrap(), "{");
        let cut = [vec![0xff, 0xfe], little[..little.len() - 5].to_vec()].concat();
        let wanted = EncodingProblem::BrokenUtf16 { offset: cut.len() - 1, line: 2 };
        assert_eq!(decode(cut), Err(wanted), "half a character");
        let lone = vec![0xff, 0xfe, b'a', 0, b'\n', 0, 0x3d, 0xd8, b'b', 0];
        assert_eq!(decode(lone), Err(EncodingProblem::BrokenUtf16 { offset: 6, line: 2 }));
    }
}
