//! Problems and findings for people at a terminal, in Chinese, with the places drawn.
//! Takes diagnostics or a report and the loaded texts; writes lines that fit the width.
//! The only file that knows miette: it draws the lines and labels; headings and all words are ours,
//! because miette's own are English, count bytes, and scan the whole source for each label.

mod blocks;
mod columns;
mod excerpt;
mod report;
mod sections;
mod tables;
mod window;

use std::fmt;
use std::io::{self, Write};

use chrono::NaiveDate;
use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents};
use miette::{SourceCode, SourceSpan, SpanContents};

use self::excerpt::{Chunk, Excerpter, Mark};
use super::text::{clean, wrap};
use crate::diagnostic::{Diagnostic, Level};
use crate::finding::{Calculation, Severity};
use crate::source::SourceMap;

pub use report::report;

/// How to show things. Whether the terminal can is for the caller to find out.
#[derive(Clone, Copy)]
pub struct PrettyOptions<'a> {
    pub colour: bool,
    /// Box-drawing characters; otherwise plain ASCII lines.
    pub unicode: bool,
    /// Columns of the terminal.
    pub width: usize,
    /// Violations shown in full, and lines shown per other section; `None` = all.
    pub limit: Option<usize>,
    /// Hide identity-card and mobile numbers.
    pub mask: bool,
    /// How a deadline came about: one line, or several separated by line breaks.
    pub derive: &'a dyn Fn(&Calculation) -> Option<String>,
    /// A date with what people know it by: `2025-09-28（周日，调休上班）`.
    pub show_date: &'a dyn Fn(NaiveDate) -> String,
}

impl Default for PrettyOptions<'_> {
    /// 80 columns, no colour, box drawing, 20 violations, masked, plain dates.
    fn default() -> Self {
        Self {
            colour: false,
            unicode: true,
            width: 80,
            limit: Some(20),
            mask: true,
            derive: &|_| None,
            show_date: &|date| date.to_string(),
        }
    }
}

/// Draws problems found in rules, logs or calendars, one block each, then how many there are.
pub fn diagnostics(
    out: &mut dyn Write,
    sources: &SourceMap,
    diagnostics: &[Diagnostic],
    options: &PrettyOptions<'_>,
) -> io::Result<()> {
    let mut canvas = Canvas::new(sources, options);
    for diagnostic in diagnostics {
        let (tone, word) = match diagnostic.level {
            Level::Error => (Tone::Error, "错误"),
            Level::Warning => (Tone::Warning, "警告"),
        };
        let code = if diagnostic.code.is_empty() { String::new() } else { format!(" {}", diagnostic.code) };
        canvas.heading(out, tone, &format!("{word}{code}"), &diagnostic.message)?;
        let primary = diagnostic.labels.iter().position(|label| label.primary).unwrap_or(0);
        let marks = diagnostic.labels.iter().enumerate().map(|(index, label)| Mark {
            span: label.span,
            text: label.text.clone(),
            head: index == primary,
            hot: label.primary,
        });
        let indent = canvas.draw(out, &marks.collect::<Vec<_>>(), tone)?;
        for help in &diagnostic.help {
            canvas.row(out, indent, "提示：", help)?;
        }
        writeln!(out)?;
    }
    let count = |level| diagnostics.iter().filter(|diagnostic| diagnostic.level == level).count();
    let totals = [(count(Level::Error), "处错误"), (count(Level::Warning), "处警告")];
    let totals = totals.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}"));
    if diagnostics.len() > 1 {
        writeln!(out, "共 {}", totals.collect::<Vec<_>>().join("、"))?;
    }
    Ok(())
}

/// What a piece of text is, for its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tone {
    Error,
    Warning,
    Advice,
    /// Keys and other words that frame the content.
    Quiet,
    Strong,
    Good,
}

impl From<Severity> for Tone {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Error => Self::Error,
            Severity::Warning => Self::Warning,
            Severity::Advice => Self::Advice,
        }
    }
}

/// Draws onto a terminal of known width. One per run: it remembers what it counted.
struct Canvas<'a> {
    options: &'a PrettyOptions<'a>,
    sources: &'a SourceMap,
    excerpter: Excerpter<'a>,
    theme: GraphicalTheme,
}

impl<'a> Canvas<'a> {
    fn new(sources: &'a SourceMap, options: &'a PrettyOptions<'a>) -> Self {
        let theme = match (options.unicode, options.colour) {
            (true, true) => GraphicalTheme::unicode(),
            (true, false) => GraphicalTheme::unicode_nocolor(),
            (false, true) => GraphicalTheme::ascii(),
            (false, false) => GraphicalTheme::none(),
        };
        let ellipsis = if options.unicode { "…" } else { "..." };
        let excerpter = Excerpter::new(sources, options.width, ellipsis, options.mask);
        Self { options, sources, excerpter, theme }
    }

    fn paint(&self, tone: Tone, text: &str) -> String {
        let code = match tone {
            Tone::Error => "1;31",
            Tone::Warning => "1;33",
            Tone::Advice => "1;36",
            Tone::Quiet => "2",
            Tone::Strong => "1",
            Tone::Good => "1;32",
        };
        if self.options.colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    fn clean<'t>(&self, text: &'t str) -> std::borrow::Cow<'t, str> {
        clean(text, self.options.mask)
    }

    /// `错误 N012 没有叫「公式结果」的事件`, wrapped under itself.
    fn heading(&self, out: &mut dyn Write, tone: Tone, lead: &str, text: &str) -> io::Result<()> {
        let whole = format!("{lead} {}", self.clean(text));
        let lines = wrap(&whole, self.options.width.saturating_sub(4).max(20));
        for (index, line) in lines.iter().enumerate() {
            match line.strip_prefix(lead) {
                Some(rest) if index == 0 => {
                    writeln!(out, "{}{}", self.paint(tone, lead), self.paint(Tone::Strong, rest))?;
                }
                Some(_) | None => writeln!(out, "    {}", self.paint(Tone::Strong, line))?,
            }
        }
        Ok(())
    }

    /// A key and its text, wrapped and aligned after the key. Line breaks in the text are kept.
    fn row(&self, out: &mut dyn Write, indent: usize, key: &str, text: &str) -> io::Result<()> {
        let key_width = super::text::width(key);
        let room = self.options.width.saturating_sub(indent + key_width).max(20);
        let mut first = true;
        for line in text.split('\n').flat_map(|line| wrap(&self.clean(line), room)) {
            let lead = if first { self.paint(Tone::Quiet, key) } else { " ".repeat(key_width) };
            writeln!(out, "{}{lead}{line}", " ".repeat(indent))?;
            first = false;
        }
        Ok(())
    }

    /// Draws the marked places, one box with a part per file; gives the column the box stands at.
    fn draw(&mut self, out: &mut dyn Write, marks: &[Mark], tone: Tone) -> io::Result<usize> {
        let (excerpts, number_width) = self.excerpter.cut(marks);
        let indent = number_width + 2;
        let margin = " ".repeat(indent);
        for (index, excerpt) in excerpts.iter().enumerate() {
            let chars = &self.theme.characters;
            let corner = if index == 0 { chars.ltop } else { chars.lcross };
            let place = format!("{}:{}:{}", excerpt.name, excerpt.line, excerpt.column);
            writeln!(out, "{margin}{corner}{}[{}]", chars.hbar, self.paint(Tone::Advice, &place))?;
            for chunk in &excerpt.chunks {
                self.draw_chunk(out, chunk, number_width, tone)?;
            }
        }
        if !excerpts.is_empty() {
            let chars = &self.theme.characters;
            writeln!(out, "{margin}{}{}", chars.lbot, chars.hbar.to_string().repeat(4))?;
        }
        Ok(indent)
    }

    /// Lets miette draw one run of lines and takes the lines and labels out of its box.
    fn draw_chunk(
        &self,
        out: &mut dyn Write,
        chunk: &Chunk,
        number_width: usize,
        tone: Tone,
    ) -> io::Result<()> {
        let mut theme = self.theme.clone();
        let hot = match tone {
            Tone::Error => theme.styles.error,
            Tone::Warning => theme.styles.warning,
            Tone::Advice | Tone::Quiet | Tone::Strong | Tone::Good => theme.styles.advice,
        };
        let cool = theme.styles.help;
        let mut labels: Vec<_> = chunk.labels.iter().collect();
        labels.sort_by_key(|label| label.start);
        theme.styles.highlights = labels.iter().map(|label| if label.hot { hot } else { cool }).collect();
        let handler = GraphicalReportHandler::new_themed(theme).with_context_lines(0).with_links(false);
        let mut drawn = String::new();
        handler.render_report(&mut drawn, &Drawing(chunk)).map_err(io::Error::other)?;

        let last = chunk.lines.last().map_or(1, |(_, number)| *number);
        let shift = " ".repeat(number_width.saturating_sub(last.to_string().len()));
        // First the (empty) sentence and the box's head, last its foot; a box per label group is one box.
        let body: Vec<&str> = drawn.lines().skip(2).collect();
        let body = body.split_last().map_or(&[][..], |(_, body)| body);
        for line in body {
            writeln!(out, "{shift}{}", line.trim_end())?;
        }
        Ok(())
    }
}

/// A chunk as miette wants to see it.
#[derive(Debug)]
struct Drawing<'c>(&'c Chunk);

impl fmt::Display for Drawing<'_> {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

impl std::error::Error for Drawing<'_> {}

impl miette::Diagnostic for Drawing<'_> {
    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(self.0)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.0.labels.iter().map(|label| {
            let text = Some(label.text.clone()).filter(|text| !text.is_empty());
            LabeledSpan::new(text, label.start, label.end - label.start)
        })))
    }
}

/// Always the whole chunk: its lines are neighbours and all are to be shown.
impl SourceCode for Chunk {
    fn read_span<'a>(
        &'a self,
        _: &SourceSpan,
        _: usize,
        _: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let first = self.lines.first().map_or(0, |(_, number)| number.saturating_sub(1));
        let whole = SourceSpan::new(0.into(), self.text.len());
        let data = self.text.as_bytes();
        Ok(Box::new(MietteSpanContents::new(data, whole, first, 0, self.lines.len())))
    }
}
