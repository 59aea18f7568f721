//! The records of an old workbook (BIFF), looked over before the library reads them: it sets aside memory for whatever
//! size a sheet says it has. Takes the workbook's stream; says whether its sheets stay within what a sheet can be, and
//! whether it is encrypted.

/// Rows and columns of the largest sheet these files can hold.
const ROWS: u32 = 65_536;
const COLUMNS: u32 = 256;

const EOF: u16 = 0x000a;
const PASSWORD: u16 = 0x002f;
const SHEET: u16 = 0x0085;
const DIMENSIONS: u16 = 0x0200;

/// Formula, Rk, Number, Label, RString, BoolErr, LabelSst, MulRk: records that begin with row and column.
const CELLS: [u16; 8] = [0x0006, 0x027e, 0x0203, 0x0204, 0x00d6, 0x0205, 0x00fd, 0x00bd];

/// Whether the workbook needs a password, by either of the two methods there were.
pub(super) fn is_locked(stream: &[u8]) -> bool {
    records(stream).any(|(kind, _)| kind == PASSWORD)
}

/// Whether every sheet's size and cells are possible.
pub(super) fn is_sound(stream: &[u8]) -> bool {
    let sheets = records(stream).filter(|(kind, _)| *kind == SHEET);
    let starts: Vec<usize> = sheets.filter_map(|(_, data)| usize::try_from(u32_at(data, 0)?).ok()).collect();
    starts.iter().all(|start| stream.get(*start..).is_some_and(|sheet| records(sheet).all(is_possible)))
}

fn is_possible((kind, data): (u16, &[u8])) -> bool {
    if kind == DIMENSIONS {
        let sizes = match data.len() {
            10 => [u16_at(data, 0), u16_at(data, 2), u16_at(data, 4), u16_at(data, 6)],
            _ => [u32_at(data, 0), u32_at(data, 4), u16_at(data, 8), u16_at(data, 10)],
        };
        // 写错了列数的老程序不少，读的库自己会当 0；行数乘列数不大就行。
        return match sizes {
            [Some(top), Some(bottom), Some(_), Some(right)] => {
                bottom <= ROWS
                    && (top < bottom || bottom == 0 && top <= ROWS)
                    && u64::from(bottom) * u64::from(right) <= u64::from(ROWS) * u64::from(COLUMNS)
            }
            _ => false,
        };
    }
    !CELLS.contains(&kind) || u16_at(data, 2).is_some_and(|column| column < COLUMNS)
}

/// Kind and data of each record up to the end mark.
fn records(stream: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    let mut rest = stream;
    std::iter::from_fn(move || {
        let kind = u16::try_from(u16_at(rest, 0)?).ok()?;
        let end = usize::try_from(u16_at(rest, 2)?).ok()? + 4;
        let data = rest.get(4..end)?;
        rest = rest.get(end..)?;
        if kind == EOF {
            rest = &[];
        }
        Some((kind, data))
    })
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 2)?.try_into().ok().map(u16::from_le_bytes).map(u32::from)
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4)?.try_into().ok().map(u32::from_le_bytes)
}

#[cfg(test)]
mod tests {
    use super::is_sound;

    #[test]
    fn sheets_larger_than_a_sheet_can_be_are_refused() {
        let record = |kind: u16, data: &[u8]| {
            [&kind.to_le_bytes()[..], &u16::try_from(data.len()).unwrap().to_le_bytes(), data].concat()
        };
        let book = |rows: u32, columns: u16, column: u16| {
            let size =
                [&0u32.to_le_bytes()[..], &rows.to_le_bytes(), &[0, 0], &columns.to_le_bytes(), &[0, 0]]
                    .concat();
            let sheet = [
                record(0x0200, &size),
                record(0x0203, &[&[0, 0][..], &column.to_le_bytes(), &[0; 10]].concat()),
                record(0x000a, &[]),
            ];
            let start = 4 + 8 + 4;
            let bound = record(0x0085, &[&u32::to_le_bytes(start)[..], &[0; 4]].concat());
            [bound, record(0x000a, &[]), sheet.concat()].concat()
        };
        assert!(is_sound(&book(65_536, 256, 255)));
        assert!(is_sound(&book(0, 0, 0)));
        assert!(!is_sound(&book(65_537, 1, 0)));
        assert!(!is_sound(&book(65_536, 65_535, 0)));
        assert!(!is_sound(&book(1, 1, 256)));
    }
}
