//! OLE compound files (the old Office formats): which streams are inside, and their bytes.
//! Takes the file's bytes; gives a [`Compound`]. Chains that loop or leave the file end where they do.

/// A file of streams: its allocation table and its directory.
pub(super) struct Compound<'a> {
    bytes: &'a [u8],
    /// Bytes in a sector.
    sector: usize,
    /// Which sector follows each.
    fat: Vec<u32>,
    entries: Vec<Entry>,
    /// Streams shorter than this lie in the mini stream.
    cutoff: usize,
    mini_fat: Vec<u32>,
}

struct Entry {
    name: String,
    start: u32,
    size: usize,
}

/// Bytes in a sector of the mini stream.
const MINI: usize = 64;

/// What a compound file begins with.
pub(super) const MAGIC: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

impl<'a> Compound<'a> {
    /// `None` where the header makes no sense, or the file ends before its directory.
    pub(super) fn open(bytes: &'a [u8]) -> Option<Self> {
        let sector = match u16_at(bytes, 30)? {
            shift @ 7..=16 => 1usize << shift,
            _ => return None,
        };
        let mut compound = Self {
            bytes,
            sector,
            fat: Vec::new(),
            entries: Vec::new(),
            cutoff: size(u32_at(bytes, 56)?),
            mini_fat: Vec::new(),
        };
        let mut tables: Vec<u32> = (0..109).filter_map(|at| u32_at(bytes, 76 + at * 4)).collect();
        // 分配表太长时，余下的扇区号自成一链，每个扇区的最后一项指向下一个。
        let mut next = u32_at(bytes, 68)?;
        for _ in 0..bytes.len() / sector {
            let Some(list) = compound.at(next) else { break };
            let numbers: Vec<u32> = words(list).collect();
            let Some((last, listed)) = numbers.split_last() else { break };
            tables.extend(listed);
            next = *last;
        }
        let fat: Vec<u32> = tables.iter().filter_map(|table| compound.at(*table)).flat_map(words).collect();
        compound.fat = fat;
        let directory = compound.chain(u32_at(bytes, 48)?);
        compound.entries = directory.chunks_exact(128).filter_map(Entry::read).collect();
        // 目录总在：找不到根，就是没下完，或者指到了别处。
        compound.entries.first().filter(|root| !root.name.is_empty())?;
        compound.mini_fat = words(&compound.chain(u32_at(bytes, 60)?)).collect();
        Some(compound)
    }

    /// Whether there is a stream or folder of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.entries.iter().any(|entry| entry.name == name)
    }

    /// The bytes of a stream.
    pub(super) fn stream(&self, name: &str) -> Option<Vec<u8>> {
        let entry = self.entries.iter().find(|entry| entry.name == name)?;
        let mut stream = if entry.size >= self.cutoff {
            self.chain(entry.start)
        } else {
            let mini = self.chain(self.entries.first()?.start);
            let mut stream = Vec::new();
            let mut next = entry.start;
            for _ in 0..=self.mini_fat.len() {
                let begin = size(next).saturating_mul(MINI);
                let Some(piece) = mini.get(begin..begin.saturating_add(MINI)) else { break };
                stream.extend_from_slice(piece);
                let Some(after) = self.mini_fat.get(size(next)) else { break };
                next = *after;
            }
            stream
        };
        stream.truncate(entry.size);
        Some(stream)
    }

    /// One sector; the last may be short.
    fn at(&self, number: u32) -> Option<&'a [u8]> {
        let begin = size(number).checked_add(1)?.checked_mul(self.sector)?;
        let end = begin.saturating_add(self.sector).min(self.bytes.len());
        self.bytes.get(begin..end).filter(|sector| !sector.is_empty())
    }

    /// All sectors of a chain on end.
    fn chain(&self, start: u32) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut next = start;
        for _ in 0..=self.fat.len() {
            let Some(sector) = self.at(next) else { break };
            bytes.extend_from_slice(sector);
            let Some(after) = self.fat.get(size(next)) else { break };
            next = *after;
        }
        bytes
    }
}

impl Entry {
    fn read(bytes: &[u8]) -> Option<Self> {
        let length = usize::from(u16_at(bytes, 64)?).saturating_sub(2).min(62);
        let units = bytes.get(..length)?.chunks_exact(2);
        let units: Vec<u16> = units.filter_map(|unit| u16_at(unit, 0)).collect();
        Some(Self {
            name: String::from_utf16_lossy(&units),
            start: u32_at(bytes, 116)?,
            size: size(u32_at(bytes, 120)?),
        })
    }
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at + 2)?.try_into().ok().map(u16::from_le_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4)?.try_into().ok().map(u32::from_le_bytes)
}

fn words(bytes: &[u8]) -> impl Iterator<Item = u32> {
    bytes.chunks_exact(4).filter_map(|word| u32_at(word, 0))
}

fn size(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
