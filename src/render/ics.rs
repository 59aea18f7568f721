//! What is due as a calendar, RFC 5545: one all-day event an item, for phones and desktop calendars.
//! Takes a [`Due`]; lines end in CRLF and are folded at 75 bytes, never inside a character. Every field
//! follows from the input: the same duty keeps its UID, so a later import replaces the earlier one.

use std::io::{self, Write};

use super::due::{DueOptions, Words};
use super::text::clean;
use crate::due::Due;
use crate::source::{SourceMap, sha256};

/// Bytes of a line before it is folded, the line end not counted.
const LINE: usize = 75;

/// Writes the near items (not the overdue, not those without a last day). `alarm`: remind on the day before.
pub fn write(
    out: &mut dyn Write,
    sources: &SourceMap,
    due: &Due<'_>,
    name: &str,
    alarm: bool,
    options: &DueOptions<'_>,
) -> io::Result<()> {
    let stamp = due.as_of.format("%Y%m%dT000000Z").to_string();
    let mut line = |text: &str| fold(out, text);
    line("BEGIN:VCALENDAR")?;
    line("VERSION:2.0")?;
    line(&format!("PRODID:-//zhunsheng//{}//ZH", env!("CARGO_PKG_VERSION")))?;
    line("CALSCALE:GREGORIAN")?;
    line("METHOD:PUBLISH")?;
    line(&format!("X-WR-CALNAME:{}", escape(&clean(name, options.mask))))?;
    for item in &due.soon {
        let Some(day) = item.deadline else { continue };
        let words = Words::new(item, due, sources, options.mask);
        let finding = item.finding;
        let trigger = finding.trigger.as_ref().map_or("", |trigger| trigger.event.as_str());
        let identity = sha256(&format!("{}\0{}\0{trigger}", finding.rule, finding.subject.sort_text()));
        let provisional = if item.provisional { "（暂定）" } else { "" };
        let summary = format!("{}：{}{provisional}｜{}", words.group, words.duty, words.subject);
        let mut description = vec![
            format!("{} {}：{}", finding.rule, words.title, words.duty),
            format!("依据 {}", words.basis),
        ];
        if !words.trigger.is_empty() {
            description.push(format!("自 {} 起，截止 {day}", words.trigger));
        }
        description.push(format!("记录 {}", words.place));
        if item.provisional {
            description.push("截止日还可能随放假安排变动".to_owned());
        }
        line("BEGIN:VEVENT")?;
        line(&format!("UID:{}@zhunsheng", identity.get(..32).unwrap_or(&identity)))?;
        line(&format!("DTSTAMP:{stamp}"))?;
        line(&format!("DTSTART;VALUE=DATE:{}", day.format("%Y%m%d")))?;
        line(&format!("DTEND;VALUE=DATE:{}", day.succ_opt().unwrap_or(day).format("%Y%m%d")))?;
        line(&format!("SUMMARY:{}", escape(&summary)))?;
        line(&format!("DESCRIPTION:{}", escape(&description.join("\n"))))?;
        line(&format!("CATEGORIES:{}", escape(&words.group)))?;
        line("TRANSP:TRANSPARENT")?;
        if alarm {
            line("BEGIN:VALARM")?;
            line("ACTION:DISPLAY")?;
            line(&format!("DESCRIPTION:{}", escape(&summary)))?;
            line("TRIGGER:-P1D")?;
            line("END:VALARM")?;
        }
        line("END:VEVENT")?;
    }
    line("END:VCALENDAR")
}

/// Text as a value: `\`, `,`, `;` and line breaks escaped.
fn escape(text: &str) -> String {
    let mut value = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | ',' | ';' => value.extend(['\\', c]),
            '\n' => value.push_str("\\n"),
            other => value.push(other),
        }
    }
    value
}

/// Writes a content line, folded: what follows a fold begins with a space, which counts.
fn fold(out: &mut dyn Write, line: &str) -> io::Result<()> {
    let mut used = 0;
    let mut piece = String::with_capacity(LINE);
    for c in line.chars() {
        if used + c.len_utf8() > LINE {
            write!(out, "{piece}\r\n ")?;
            piece.clear();
            used = 1;
        }
        piece.push(c);
        used += c.len_utf8();
    }
    write!(out, "{piece}\r\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_at_75_bytes_between_characters() {
        let mut out = Vec::new();
        let text = format!("SUMMARY:{}", "写明答案，".repeat(20));
        fold(&mut out, &text).unwrap();
        let folded = String::from_utf8(out).unwrap();
        for line in folded.split("\r\n") {
            assert!(line.len() <= 75, "{line}");
        }
        assert_eq!(folded.replace("\r\n ", "").trim_end(), text);
    }

    #[test]
    fn a_line_of_exactly_75_bytes_is_not_folded() {
        let mut out = Vec::new();
        fold(&mut out, &"x".repeat(75)).unwrap();
        assert_eq!(out.len(), 77);
    }

    #[test]
    fn values_are_escaped() {
        assert_eq!(escape("甲;乙,丙\\丁\n戊"), "甲\\;乙\\,丙\\\\丁\\n戊");
    }
}
