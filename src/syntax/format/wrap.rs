//! Breaking long lines: at the sentence's own commas first, then anywhere between words.
//! A continuation line never begins with a word that would begin a clause.

/// Columns of a line; a Han character takes two.
const WIDTH: usize = 100;
/// How much deeper a continuation stands.
const DEEPER: usize = 4;

/// A word and whether a space stands before it.
pub struct Piece {
    pub word: String,
    pub spaced: bool,
}

fn width(text: &str) -> usize {
    text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}

/// Words as one line if they fit; otherwise broken after 「：」「；」 and 「，」 outside brackets,
/// and what is still too long is filled line by line.
pub fn words(pieces: &[Piece], indent: usize, clause_words: &[&str]) -> String {
    let all = join(pieces);
    if indent + width(&all) <= WIDTH {
        return format!("{}{all}", " ".repeat(indent));
    }
    let mut lines: Vec<String> = Vec::new();
    let mut left = " ".repeat(indent);
    for segment in segments(pieces, clause_words) {
        fill(segment, &mut left, indent + DEEPER, clause_words, &mut lines);
    }
    lines.join("\n")
}

fn join(pieces: &[Piece]) -> String {
    let mut line = String::new();
    for piece in pieces {
        if piece.spaced && !line.is_empty() {
            line.push(' ');
        }
        line.push_str(&piece.word);
    }
    line
}

/// Cut after the first 「：」, every 「；」 and every 「，」 outside brackets.
fn segments<'p>(pieces: &'p [Piece], clause_words: &[&str]) -> Vec<&'p [Piece]> {
    let mut segments = Vec::new();
    let (mut start, mut depth, mut colons) = (0, 0usize, 0);
    for (index, piece) in pieces.iter().enumerate() {
        let next = pieces.get(index + 1).map_or("", |next| next.word.as_str());
        let breaks = match piece.word.as_str() {
            "（" => {
                depth += 1;
                false
            }
            "）" => {
                depth = depth.saturating_sub(1);
                false
            }
            "：" if depth == 0 => {
                colons += 1;
                colons == 1
            }
            "，" | "；" => depth == 0,
            _ => false,
        };
        if breaks && !clause_words.contains(&next) {
            segments.extend(pieces.get(start..=index));
            start = index + 1;
        }
    }
    segments.extend(pieces.get(start..).filter(|rest| !rest.is_empty()));
    segments
}

/// Fills lines with the words of one segment; `left` is the margin of the next line.
fn fill(segment: &[Piece], left: &mut String, deeper: usize, clause_words: &[&str], lines: &mut Vec<String>) {
    let mut rest = segment;
    while !rest.is_empty() {
        let mut taken = 0;
        let mut line = String::new();
        let mut best = None;
        for (index, piece) in rest.iter().enumerate() {
            let gap = usize::from(piece.spaced && !line.is_empty());
            if width(left) + width(&line) + gap + width(&piece.word) > WIDTH && taken > 0 {
                break;
            }
            if gap > 0 {
                line.push(' ');
            }
            line.push_str(&piece.word);
            taken = index + 1;
            let next = rest.get(taken);
            let may_break = next.is_none_or(|next| {
                !clause_words.contains(&next.word.as_str())
                    && (next.spaced || matches!(piece.word.as_str(), "，" | "、" | "；" | "："))
            });
            if may_break {
                best = Some(taken);
            }
        }
        let next_breakable = || {
            let from = taken.max(1);
            rest.iter().enumerate().skip(from).find_map(|(index, next)| {
                let previous = rest.get(index - 1).map_or("", |piece| piece.word.as_str());
                let free = !clause_words.contains(&next.word.as_str());
                (free && (next.spaced || matches!(previous, "，" | "、" | "；" | "："))).then_some(index)
            })
        };
        let cut = best.or_else(next_breakable).unwrap_or(rest.len());
        let (now, later) = rest.split_at(cut.min(rest.len()));
        lines.push(format!("{left}{}", join(now)));
        *left = " ".repeat(deeper);
        rest = later;
    }
}

/// `依据 …`: broken between two Han characters outside quotation marks, since lines are joined
/// again without a space.
pub fn free(keyword: &str, text: &str, indent: usize, clause_words: &[&str]) -> String {
    let mut line = format!("{}{keyword} ", " ".repeat(indent));
    let mut lines = Vec::new();
    let mut room = width(&line);
    let mut depth = 0usize;
    let mut previous = 'a';
    for (at, c) in text.char_indices() {
        let here = if c.is_ascii() { 1 } else { 2 };
        let wide = |c: char| !c.is_ascii() && !c.is_whitespace();
        let breakable = depth == 0
            && wide(previous)
            && wide(c)
            && !matches!(c, '，' | '。' | '、' | '；' | '：' | '）' | '》' | '”' | '」' | '＃')
            && !matches!(previous, '（' | '《' | '“' | '「')
            && !clause_words.iter().any(|word| text.get(at..).is_some_and(|rest| rest.starts_with(word)));
        if room + here > WIDTH && breakable {
            lines.push(std::mem::replace(&mut line, " ".repeat(indent + DEEPER)));
            room = indent + DEEPER;
        }
        match c {
            '“' | '「' | '『' => depth += 1,
            '”' | '」' | '』' => depth = depth.saturating_sub(1),
            '"' | '＂' => depth = usize::from(depth == 0),
            _ => {}
        }
        line.push(c);
        room += here;
        previous = c;
    }
    lines.push(line);
    lines.join("\n")
}
