//! Gzip and Zstandard → what they hold, told by their first bytes. Takes bytes and a limit; gives bytes.
//! Several members or frames on end are one file, as for the tools that write them.

use std::io::{self, Read};

use flate2::read::MultiGzDecoder;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use super::problem::Problem;

/// Packed twice happens (a server that compresses what is compressed); more is a trick.
const LAYERS: usize = 3;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Packing {
    Gzip,
    Zstd,
}

impl Packing {
    fn of(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0x1f, 0x8b, ..] => Some(Self::Gzip),
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Some(Self::Zstd),
            _ => None,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Gzip => "压缩文件（gzip）",
            Self::Zstd => "压缩文件（zstd）",
        }
    }
}

/// What compressed bytes hold; `None` when they are not compressed.
pub(super) fn unpack(bytes: &[u8], limit: usize) -> Result<Option<Vec<u8>>, Problem> {
    let mut unpacked: Option<Vec<u8>> = None;
    for _ in 0..LAYERS {
        let packed = unpacked.as_deref().unwrap_or(bytes);
        let Some(packing) = Packing::of(packed) else { return Ok(unpacked) };
        let inside = match packing {
            Packing::Gzip => gunzip(packed, limit),
            Packing::Zstd => unzstd(packed, limit),
        };
        let inside =
            inside.map_err(|error| Problem::Damaged { what: packing.word(), why: error.to_string() })?;
        unpacked = Some(inside.ok_or(Problem::TooLarge { limit })?);
    }
    match Packing::of(unpacked.as_deref().unwrap_or(bytes)) {
        Some(_) => Err(Problem::Layers { layers: LAYERS }),
        None => Ok(unpacked),
    }
}

/// `None`: more than `limit` bytes.
fn gunzip(bytes: &[u8], limit: usize) -> io::Result<Option<Vec<u8>>> {
    let mut inside = Vec::with_capacity(bytes.len().saturating_mul(4).min(limit));
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    MultiGzDecoder::new(bytes).take(most).read_to_end(&mut inside)?;
    Ok((inside.len() <= limit).then_some(inside))
}

/// `None`: more than `limit` bytes.
fn unzstd(mut bytes: &[u8], limit: usize) -> io::Result<Option<Vec<u8>>> {
    const STEP: usize = 1 << 20;
    let mut inside = Vec::with_capacity(bytes.len().saturating_mul(4).min(limit));
    let mut frame = FrameDecoder::new();
    while !bytes.is_empty() {
        match frame.init(&mut bytes) {
            Ok(()) => {}
            Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                length, ..
            })) => {
                let length = usize::try_from(length).unwrap_or(usize::MAX);
                bytes = bytes.get(length..).ok_or_else(|| io::Error::other("文件不完整"))?;
                continue;
            }
            Err(error) => return Err(io::Error::other(error)),
        }
        while !frame.is_finished() {
            frame
                .decode_blocks(&mut bytes, BlockDecodingStrategy::UptoBytes(STEP))
                .map_err(io::Error::other)?;
            frame.collect_to_writer(&mut inside)?;
            if inside.len() > limit {
                return Ok(None);
            }
        }
        frame.collect_to_writer(&mut inside)?;
        if frame.get_checksum_from_data().is_some()
            && frame.get_checksum_from_data() != frame.get_calculated_checksum()
        {
            return Err(io::Error::other("校验和不符"));
        }
    }
    Ok((inside.len() <= limit).then_some(inside))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::GzEncoder;
    use ruzstd::encoding::{CompressionLevel, compress_to_vec};

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn members_and_frames_on_end_are_one_file() {
        let gz = [gzip("甲".as_bytes()), gzip("乙".as_bytes())].concat();
        assert_eq!(unpack(&gz, 100).unwrap().unwrap(), "甲乙".as_bytes());
        let frame = |text: &str| compress_to_vec(text.as_bytes(), CompressionLevel::Fastest);
        let skipped = [0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 1, 2];
        let zst = [skipped.to_vec(), frame("甲"), frame("乙")].concat();
        assert_eq!(unpack(&zst, 100).unwrap().unwrap(), "甲乙".as_bytes());
        assert_eq!(unpack(b"{}", 100).unwrap(), None);
        assert_eq!(unpack(&gzip(&gz), 100).unwrap().unwrap(), "甲乙".as_bytes());
    }

    #[test]
    fn bombs_and_damage_are_refused() {
        let big = vec![0u8; 100_000];
        for packed in [gzip(&big), compress_to_vec(big.as_slice(), CompressionLevel::Fastest)] {
            assert!(matches!(unpack(&packed, 99_999), Err(Problem::TooLarge { .. })));
            assert_eq!(unpack(&packed, 100_000).unwrap().unwrap(), big);
            for cut in 5..packed.len() {
                assert!(matches!(unpack(&packed[..cut], 100_000), Err(Problem::Damaged { .. })), "{cut}");
            }
        }
        let deep = (0..4).fold(b"x".to_vec(), |inside, _| gzip(&inside));
        assert!(matches!(unpack(&deep, 1000), Err(Problem::Layers { .. })));
    }
}
