//! Rows of a table that are no data: blank ones, the header printed again on each page, notes and totals below.
//! Takes the words of the mapping and what stands above the data; answers for one row at a time.

use super::cell;
use super::rows::Cell;

/// What data rows are told from.
#[derive(Debug, Default)]
pub(super) struct Tail {
    /// Cells of the header rows, tidied.
    pub(super) headers: Vec<Vec<String>>,
    /// Rows above the header: a title is printed again with it.
    pub(super) titles: Vec<Vec<String>>,
    pub(super) footer: Vec<String>,
}

/// Cells without blanks around, for comparison.
pub(super) fn plain(cells: &[Cell<'_>]) -> Vec<String> {
    cells.iter().map(|cell| cell::tidy(cell.text.clone()).into_owned()).collect()
}

impl Tail {
    /// Blank, or one of the rows above the data printed again.
    pub(super) fn passes_over(&self, cells: &[Cell<'_>]) -> bool {
        let mut full = cells.iter().filter(|cell| !cell.text.trim().is_empty()).peekable();
        if full.peek().is_none() {
            return cells.iter().all(|cell| cell::tidy(cell.text.clone()).is_empty());
        }
        self.headers.iter().chain(&self.titles).any(|known| same(known, cells))
    }

    /// A note or a total: begins with such a word, or says only one thing.
    pub(super) fn is_below(&self, cells: &[Cell<'_>]) -> bool {
        let mut words: Vec<String> = plain(cells).into_iter().filter(|word| !word.is_empty()).collect();
        words.dedup();
        let Some(first) = words.first() else { return true };
        let first: String = first.chars().filter(|c| !c.is_whitespace()).collect();
        // 表尾的话只占几格；填满一行的是数据，哪怕它以「注」开头。
        let sparse = words.len() <= 4 || self.footer.contains(&first);
        let named = sparse && self.footer.iter().any(|word| first.starts_with(word.as_str()));
        named || (words.len() == 1 && is_listed(&first))
    }
}

/// `二、按时报送`, `1.按时报送`, `（三）…`: an item of the notes; `2025.5.6` is none.
fn is_listed(text: &str) -> bool {
    let text = text.trim_start_matches(['（', '(']);
    let numeral = |c: char| c.is_ascii_digit() || "一二三四五六七八九十".contains(c);
    let rest = text.trim_start_matches(numeral);
    let numerals = text.chars().take_while(|c| numeral(*c)).count();
    let mut rest = rest.chars();
    let mark = rest.next().is_some_and(|c| matches!(c, '、' | '.' | '．' | '）' | ')'));
    (1..=2).contains(&numerals) && mark && rest.next().is_some_and(|c| !c.is_ascii_digit())
}

fn same(known: &[String], cells: &[Cell<'_>]) -> bool {
    let filled = |cell: &Cell<'_>| !cell.text.trim().is_empty();
    let count = cells.iter().rposition(filled).map_or(0, |last| last + 1);
    let wanted = known.iter().rposition(|word| !word.is_empty()).map_or(0, |last| last + 1);
    count == wanted
        && known.iter().zip(cells).all(|(word, cell)| {
            // Most rows differ in the first cell already, without any copying.
            let text = cell.text.trim();
            text == word || (text.len() >= word.len() && cell::tidy(cell.text.clone()) == *word)
        })
}
