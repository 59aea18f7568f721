//! The lines a problem or finding points at, ready to be drawn.
//! Takes marked places in loaded files; gives, per file, runs of neighbouring lines with labels whose
//! offsets count in the drawn text. Knows widths and masking; does not draw.

use std::collections::BTreeMap;

use super::super::text::{clean, width, wrap};
use super::columns::Columns;
use super::window::{Focus, Frame, Shown, show};
use crate::source::{FileId, SourceMap, Span};

/// Records of more lines than this are shown by their first [`HEAD_LINES`].
const MAX_LINES: usize = 8;
const HEAD_LINES: usize = 6;
/// Columns a label's text is given: at most if it is to stay on one line, at least if it is wrapped.
const LABEL_WHOLE: usize = 40;
const LABEL_WRAPPED: usize = 16;
/// Columns of the hook before a label's text.
const HOOK: usize = 4;

/// A place to show.
#[derive(Clone)]
pub(super) struct Mark {
    pub span: Span,
    /// Words under it; may be empty.
    pub text: String,
    /// The header names this place. At most one mark has it; otherwise the first counts.
    pub head: bool,
    /// Drawn in the colour of the problem.
    pub hot: bool,
}

/// What is shown of one file.
pub(super) struct Excerpt {
    pub name: String,
    pub line: usize,
    pub column: usize,
    pub chunks: Vec<Chunk>,
}

/// A run of neighbouring lines.
#[derive(Debug)]
pub(super) struct Chunk {
    /// The lines as drawn, each ended by a line break.
    pub text: String,
    /// Offset in `text` and line number of each line.
    pub lines: Vec<(usize, usize)>,
    pub labels: Vec<Placed>,
}

/// A label in a chunk: offsets into its text.
#[derive(Debug)]
pub(super) struct Placed {
    pub start: usize,
    pub end: usize,
    pub text: String,
    pub hot: bool,
}

/// A mark with its lines known.
#[derive(Clone)]
struct Piece {
    start: usize,
    end: usize,
    first: usize,
    last: usize,
    text: String,
    head: bool,
    hot: bool,
}

/// Cuts excerpts out of the files of one run.
pub(super) struct Excerpter<'a> {
    sources: &'a SourceMap,
    /// Columns of the whole terminal.
    width: usize,
    ellipsis: &'a str,
    mask: bool,
    columns: Columns,
}

impl<'a> Excerpter<'a> {
    pub fn new(sources: &'a SourceMap, width: usize, ellipsis: &'a str, mask: bool) -> Self {
        Self { sources, width, ellipsis, mask, columns: Columns::default() }
    }

    /// What to draw for these marks, the file of the head mark first, and the columns line numbers take.
    pub fn cut(&mut self, marks: &[Mark]) -> (Vec<Excerpt>, usize) {
        let mut files: Vec<(FileId, Vec<Piece>)> = Vec::new();
        let head = marks.iter().find(|mark| mark.head).or(marks.first());
        for mark in head.into_iter().chain(marks) {
            if !files.iter().any(|(file, _)| *file == mark.span.file) {
                files.push((mark.span.file, Vec::new()));
            }
        }
        for mark in marks {
            let piece = self.piece(mark);
            if let Some((_, pieces)) = files.iter_mut().find(|(file, _)| *file == mark.span.file) {
                pieces.push(piece);
            }
        }
        let last = files.iter().flat_map(|(_, pieces)| pieces).map(|piece| piece.last).max().unwrap_or(1);
        let number_width = last.to_string().len().max(2);
        let excerpts = files.into_iter().map(|(file, pieces)| self.excerpt(file, pieces, number_width));
        (excerpts.collect(), number_width)
    }

    /// Trims blanks off the span, keeps it inside the text, finds its lines.
    fn piece(&self, mark: &Mark) -> Piece {
        let file = self.sources.file(mark.span.file);
        let (text, lines) = (file.text(), file.lines());
        let mut start = text.floor_char_boundary(mark.span.start.min(text.len()));
        let mut end = text.ceil_char_boundary(mark.span.end.clamp(start, text.len()));
        let inside = text.get(start..end).unwrap_or("");
        if !inside.trim().is_empty() {
            end = start + inside.trim_end().len();
            start += inside.len() - inside.trim_start().len();
        }
        let mut first = lines.line(start).max(1);
        // Past the last line break there is nothing to point at: point at the end of the last line.
        if start == text.len() && first > 1 && lines.start(first) == Some(start) {
            first -= 1;
            start = lines.range(text, first).map_or(start, |(_, end)| end);
            end = start;
        }
        // A line break is on no line: point at the end of its line.
        start = lines.range(text, first).map_or(start, |(_, end)| start.min(end));
        let mut last = if end > start { lines.line(end - 1) } else { first };
        let mut words = clean(&mark.text, self.mask).into_owned();
        let count = last + 1 - first;
        if count > MAX_LINES {
            last = first + HEAD_LINES - 1;
            end = lines.range(text, last).map_or(end, |(_, end)| end);
            words.push_str(&format!("（共 {count} 行，只列前 {HEAD_LINES} 行）"));
        }
        if let Some((_, line_end)) = lines.range(text, last) {
            end = end.min(line_end).max(start);
        }
        Piece { start, end, first, last, text: words, head: mark.head, hot: mark.hot }
    }

    fn excerpt(&mut self, id: FileId, mut pieces: Vec<Piece>, number_width: usize) -> Excerpt {
        let file = self.sources.file(id);
        let head = pieces.iter().find(|piece| piece.head).or(pieces.first());
        let (line, start) = head.map_or((1, 0), |piece| (piece.first, piece.start));
        let line_start = file.lines().start(line).unwrap_or(0);
        let column = self.columns.column(id, file, line_start, start);
        part(&mut pieces);
        let mut lines: BTreeMap<usize, Vec<&Piece>> = BTreeMap::new();
        for piece in &pieces {
            for line in piece.first..=piece.last {
                lines.entry(line).or_default().push(piece);
            }
        }
        let gutter = if pieces.iter().any(|piece| piece.last > piece.first) { 5 } else { 0 };
        let columns = self.width.saturating_sub(number_width + 4 + gutter).max(20);
        let frame = Frame { columns, ellipsis: self.ellipsis, mask: self.mask };
        let mut chunks: Vec<Vec<(usize, Shown)>> = Vec::new();
        for (number, pieces) in lines {
            let shown = self.line(id, number, &pieces, frame);
            match chunks.last_mut() {
                Some(chunk) if chunk.last().is_some_and(|(last, _)| last + 1 == number) => {
                    chunk.push((number, shown));
                }
                Some(_) | None => chunks.push(vec![(number, shown)]),
            }
        }
        let chunks = chunks.into_iter().map(|lines| chunk(lines, &pieces, columns)).collect();
        Excerpt { name: clean(file.name(), false).into_owned(), line, column, chunks }
    }

    fn line(&self, id: FileId, number: usize, pieces: &[&Piece], frame: Frame<'_>) -> Shown {
        let file = self.sources.file(id);
        let (start, end) = file.lines().range(file.text(), number).unwrap_or((0, 0));
        let within = |piece: &Piece| (piece.start.clamp(start, end), piece.end.clamp(start, end));
        let head = pieces.iter().find(|piece| piece.head).or(pieces.first());
        let (focus_start, focus_end) = head.map_or((start, start), |piece| within(piece));
        let label = pieces.iter().map(|piece| width(&piece.text)).max().unwrap_or(0);
        let [label, wrapped] = [LABEL_WHOLE, LABEL_WRAPPED].map(|most| match label {
            0 => 0,
            label => label.min(most) + HOOK,
        });
        let all_start = pieces.iter().map(|piece| within(piece).0).min().unwrap_or(focus_start);
        let all_end = pieces.iter().map(|piece| within(piece).1).max().unwrap_or(focus_end);
        // Everything marked on this line, if it can be seen at once; otherwise the head.
        let near = all_end - all_start <= frame.columns * 2 + 64;
        let all_fits = near && width(file.text().get(all_start..all_end).unwrap_or("")) + 8 <= frame.columns;
        let focus = if all_fits {
            Focus { start: all_start, end: all_end, label, wrapped }
        } else {
            Focus { start: focus_start, end: focus_end, label, wrapped }
        };
        show(file.text(), (start, end), focus, frame)
    }
}

/// Makes labels on one line apart: equal ones are joined, overlapping ones share the ground.
fn part(pieces: &mut Vec<Piece>) {
    let one_line = |piece: &Piece| piece.first == piece.last;
    pieces.sort_by_key(|piece| (piece.start, std::cmp::Reverse(piece.end)));
    let mut at = 0;
    while at + 1 < pieces.len() {
        let [a, b] = pieces.get_mut(at..at + 2).unwrap_or_default() else { break };
        let same = (a.start, a.end) == (b.start, b.end);
        if same {
            if !b.text.is_empty() && a.text != b.text {
                let comma = if a.text.is_empty() { "" } else { "；" };
                a.text = format!("{}{comma}{}", a.text, b.text);
            }
            (a.head, a.hot) = (a.head || b.head, a.hot || b.hot);
            pieces.remove(at + 1);
            continue;
        }
        if one_line(a) && one_line(b) && b.start < a.end {
            if a.start < b.start {
                a.end = b.start;
            } else {
                a.start = b.end;
                pieces.swap(at, at + 1);
                at = at.saturating_sub(1);
                continue;
            }
        }
        at += 1;
    }
}

fn chunk(lines: Vec<(usize, Shown)>, pieces: &[Piece], columns: usize) -> Chunk {
    let mut chunk = Chunk { text: String::new(), lines: Vec::new(), labels: Vec::new() };
    for (number, shown) in &lines {
        chunk.lines.push((chunk.text.len(), *number));
        chunk.text.push_str(&shown.text);
        chunk.text.push('\n');
    }
    let place = |line: usize, offset: usize| {
        let index = lines.iter().position(|(number, _)| *number == line)?;
        let (start, _) = chunk.lines.get(index)?;
        Some((*start, start + lines.get(index)?.1.place(offset)))
    };
    for piece in pieces {
        let Some((line_start, start)) = place(piece.first, piece.start) else { continue };
        let Some((_, end)) = place(piece.last, piece.end) else { continue };
        let mut text = piece.text.clone();
        if piece.first == piece.last {
            let edge = |to: usize| width(chunk.text.get(line_start..to).unwrap_or(""));
            let room = columns.saturating_sub((edge(start) + edge(end)) / 2 + HOOK);
            if width(&text) > room {
                text = wrap(&text, room.max(LABEL_WRAPPED)).join("\n");
            }
        }
        chunk.labels.push(Placed { start, end, text, hot: piece.hot });
    }
    chunk
}
