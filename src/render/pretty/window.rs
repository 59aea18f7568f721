//! One line of a text as it will be drawn: masked, made visible, cut to a window around what matters.
//! Takes a byte range and a focus; gives the text to show and where each byte went.
//! Looks only at the neighbourhood of the focus, however long the line is.

use unicode_width::UnicodeWidthChar;

use super::super::mask::mask;
use super::super::text::{visible, width};

const TAB: usize = 4;
/// Bytes looked at beyond the window, so that a number cut by its edge is still recognised and masked.
const MARGIN: usize = 64;

/// How lines are shown.
#[derive(Clone, Copy)]
pub(super) struct Frame<'a> {
    /// Columns available.
    pub columns: usize,
    /// What stands for text that was cut: `…` or `...`.
    pub ellipsis: &'a str,
    pub mask: bool,
}

/// What must be seen: a byte range of the text, and the columns its label takes from its middle on,
/// on one line or, if need be, wrapped.
#[derive(Clone, Copy)]
pub(super) struct Focus {
    pub start: usize,
    pub end: usize,
    pub label: usize,
    pub wrapped: usize,
}

/// A drawn line.
pub(super) struct Shown {
    pub text: String,
    /// (offset in the file, offset in `text`), ascending; the last is the end of what is shown.
    places: Vec<(usize, usize)>,
}

impl Shown {
    /// Where a byte of the file is in the drawn text; bytes cut off are at the nearer edge.
    pub fn place(&self, offset: usize) -> usize {
        let next = self.places.partition_point(|(raw, _)| *raw < offset);
        let found = self.places.get(next).or_else(|| self.places.last());
        found.map_or(0, |(_, shown)| *shown)
    }
}

struct Unit {
    raw: usize,
    form: String,
    width: usize,
}

impl Unit {
    fn is_blank(&self) -> bool {
        self.form.trim().is_empty()
    }
}

/// The line `[start, end)` of `text` as shown in `frame`.
pub(super) fn show(text: &str, (start, end): (usize, usize), focus: Focus, frame: Frame<'_>) -> Shown {
    let reach = frame.columns * 6;
    let low = text.floor_char_boundary(focus.start.saturating_sub(reach).max(start));
    let high = text.ceil_char_boundary((focus.start.max(start) + reach).min(end));
    let units = units(text, (low, high), (start, end), frame.mask);
    let total: usize = units.iter().map(|unit| unit.width).sum();
    let from = first_unit(&units, low == start, total, focus, frame);
    let cut_left = low > start || units.iter().take(from).any(|unit| !unit.is_blank());
    let mut room = frame.columns.saturating_sub(if cut_left { width(frame.ellipsis) } else { 0 });
    let rest: usize = units.iter().skip(from).map(|unit| unit.width).sum();
    let cut_right = rest > room || high < end;
    if cut_right {
        room = room.saturating_sub(width(frame.ellipsis));
    }

    let mut shown = Shown { text: String::new(), places: Vec::new() };
    if cut_left {
        shown.text.push_str(frame.ellipsis);
    }
    let mut last = low;
    for unit in units.iter().skip(from) {
        last = unit.raw;
        if unit.width > room {
            break;
        }
        room -= unit.width;
        shown.places.push((unit.raw, shown.text.len()));
        shown.text.push_str(&unit.form);
        last = high;
    }
    shown.places.push((last, shown.text.len()));
    if cut_right {
        shown.text.push_str(frame.ellipsis);
    }
    shown
}

/// The unit the window begins with. In order of liking: the whole line; the line without its indent;
/// either with the label wrapped; a window around the focus.
fn first_unit(units: &[Unit], from_start: bool, total: usize, focus: Focus, frame: Frame<'_>) -> usize {
    let ellipsis = width(frame.ellipsis);
    let room = frame.columns.saturating_sub(2 * ellipsis);
    let sum = |units: &mut dyn Iterator<Item = &Unit>| units.map(|unit| unit.width).sum::<usize>();
    let focus_unit = units.iter().take_while(|unit| unit.raw < focus.start).count();
    let before = sum(&mut units.iter().take(focus_unit));
    let inside = sum(&mut units.iter().skip(focus_unit).take_while(|unit| unit.raw < focus.end)).min(room);
    let indent = units.iter().take(focus_unit).take_while(|unit| unit.is_blank()).count();
    if from_start {
        for label in [focus.label, focus.wrapped] {
            for from in [0, indent] {
                let blank = sum(&mut units.iter().take(from));
                let line_fits = total - blank <= frame.columns;
                let focus_fits = before - blank + inside + ellipsis <= frame.columns;
                let label_fits = before == blank || before - blank + inside / 2 + label <= frame.columns;
                if (line_fits || focus_fits) && label_fits {
                    return from;
                }
            }
        }
    }
    let for_label = frame.columns.saturating_sub(ellipsis + inside / 2 + focus.label);
    let mut left = ((room - inside) / 2).min(for_label);
    let mut first = focus_unit;
    for unit in units.iter().take(focus_unit).rev() {
        if unit.width > left {
            break;
        }
        left -= unit.width;
        first -= 1;
    }
    first
}

/// The characters of `[low, high)`, masked with an eye on what surrounds them, each in its visible form.
fn units(text: &str, (low, high): (usize, usize), (start, end): (usize, usize), masked: bool) -> Vec<Unit> {
    let outer_low = text.floor_char_boundary(low.saturating_sub(MARGIN).max(start));
    let outer_high = text.ceil_char_boundary((high + MARGIN).min(end));
    let outer = text.get(outer_low..outer_high).unwrap_or("");
    let outer = if masked { mask(outer) } else { outer.into() };
    let inner = outer.get(low - outer_low..high - outer_low).unwrap_or("");
    let mut column = 0;
    let units = inner.char_indices().map(|(at, c)| {
        let form = match c {
            '\t' => " ".repeat(TAB - column % TAB),
            c => visible(c).unwrap_or_else(|| c.into()),
        };
        let width = if form.chars().nth(1).is_some() { width(&form) } else { c.width().unwrap_or(1) };
        column += width;
        Unit { raw: low + at, form, width }
    });
    units.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(line: &str, word: &str, columns: usize) -> (String, String) {
        let start = line.find(word).unwrap();
        let focus = Focus { start, end: start + word.len(), label: 0, wrapped: 0 };
        let frame = Frame { columns, ellipsis: "…", mask: true };
        let shown = show(line, (0, line.len()), focus, frame);
        let (from, to) = (shown.place(start), shown.place(start + word.len()));
        (shown.text[from..to].to_owned(), shown.text)
    }

    #[test]
    fn a_long_line_is_cut_around_the_focus() {
        let line = format!("{}写明答案{}", "前".repeat(5000), "后".repeat(5000));
        let (word, text) = shown(&line, "写明答案", 30);
        assert_eq!(word, "写明答案");
        assert_eq!(text, "…前前前前前写明答案后后后后后…");
        assert!(width(&text) <= 30);
    }

    #[test]
    fn a_short_line_is_whole() {
        assert_eq!(shown("自 核对完成 之日起", "核对", 40), ("核对".into(), "自 核对完成 之日起".into()));
        assert_eq!(shown("a\tb", "b", 40), ("b".into(), "a   b".into()));
    }

    #[test]
    fn a_number_cut_by_the_edge_is_masked() {
        let line = format!("{}公示 411503199001010010{}", "前".repeat(50), "后".repeat(50));
        let (_, text) = shown(&line, "公示", 24);
        assert!(!text.contains("1990"), "{text}");
    }
}
