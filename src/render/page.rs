//! The door to web pages: one file each, nothing fetched; what every page shares — head, look, colours, print.
//! Takes the name of a template of `templates/` and what to fill in; writes HTML.
//! Every text that is filled in is masked, made visible and escaped here; a template cannot forget it.

use std::io::{self, Write};

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, ValueKind};
use minijinja::{Environment, Value};
use serde::Serialize;

use super::text::clean;
use crate::source::sha256;

/// All templates, by name.
const TEMPLATES: &[(&str, &str)] = &[
    ("begin-report-listed.html", include_str!("templates/begin-report-listed.html")),
    ("begin-report-pending.html", include_str!("templates/begin-report-pending.html")),
    ("bulletin.html", include_str!("templates/bulletin.html")),
    ("foot.html", include_str!("templates/foot.html")),
    ("head.html", include_str!("templates/head.html")),
    ("provenance.html", include_str!("templates/provenance.html")),
    ("report-card.html", include_str!("templates/report-card.html")),
    ("report-cards-end.html", include_str!("templates/report-cards-end.html")),
    ("report-cards.html", include_str!("templates/report-cards.html")),
    ("report-filters.html", include_str!("templates/report-filters.html")),
    ("report-listed.html", include_str!("templates/report-listed.html")),
    ("report-none.html", include_str!("templates/report-none.html")),
    ("report-overview.html", include_str!("templates/report-overview.html")),
    ("report-pending.html", include_str!("templates/report-pending.html")),
    ("report-reason-end.html", include_str!("templates/report-reason-end.html")),
    ("report-reason.html", include_str!("templates/report-reason.html")),
    ("report-remarks.html", include_str!("templates/report-remarks.html")),
    ("report-section-end.html", include_str!("templates/report-section-end.html")),
    ("report-section.html", include_str!("templates/report-section.html")),
    ("report-table-end.html", include_str!("templates/report-table-end.html")),
    ("report-undetermined.html", include_str!("templates/report-undetermined.html")),
    ("report-waivers.html", include_str!("templates/report-waivers.html")),
];

/// What every page looks like.
const STYLE: &str = include_str!("page.css");
/// Light or dark by hand.
const SCRIPT: &str = include_str!("page.js");

/// What a page is besides its content.
#[derive(Clone, Copy, Debug, Default)]
pub struct Frame<'a> {
    /// Of the window, and the heading.
    pub title: &'a str,
    /// Under the heading, one line each.
    pub lines: &'a [String],
    /// CSS besides what every page has.
    pub style: &'a str,
    /// JavaScript besides what every page has; without it the page must still show everything.
    pub script: &'a str,
    /// Links at the head: text and id of a section.
    pub sections: &'a [(String, String)],
}

/// Fills in templates.
pub struct Pages(Environment<'static>);

impl Pages {
    /// `mask`: hide identity-card and mobile numbers in every text that is filled in.
    pub fn new(mask: bool) -> io::Result<Self> {
        let mut environment = Environment::new();
        let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build().map_err(failed)?;
        environment.set_syntax(syntax);
        for (name, text) in TEMPLATES {
            environment.add_template(name, text).map_err(failed)?;
        }
        environment.set_formatter(move |out, _, value| {
            if value.is_safe() || matches!(value.kind(), ValueKind::Number | ValueKind::Bool) {
                return Ok(write!(out, "{value}")?);
            }
            match (value.as_str(), value.kind()) {
                (Some(text), _) => Ok(out.write_str(&escape(text, mask))?),
                (None, ValueKind::None | ValueKind::Undefined) => Ok(()),
                (None, _) => Ok(out.write_str(&escape(&value.to_string(), mask))?),
            }
        });
        Ok(Self(environment))
    }

    /// Writes everything before the content: the head, the heading, links to the sections.
    pub fn head(&self, out: &mut dyn Write, frame: &Frame<'_>) -> io::Result<()> {
        #[derive(Serialize)]
        struct Head<'a> {
            title: &'a str,
            lines: &'a [String],
            sections: &'a [(String, String)],
            policy: String,
        }
        let style = format!("{STYLE}{}", frame.style);
        let policy = format!(
            "default-src 'none'; style-src '{}'; script-src '{}'; img-src data:; base-uri 'none'; form-action 'none'",
            hash(&style),
            hash(&script(frame)),
        );
        let head = Head { title: frame.title, lines: frame.lines, sections: frame.sections, policy };
        let mut values = vec![("page", Value::from(Serde(head)))];
        values.push(("style", Value::from_safe_string(style)));
        self.fill(out, "head.html", Value::from_pairs(values))
    }

    /// Writes one template, filled in.
    pub fn part(&self, out: &mut dyn Write, template: &str, content: impl Serialize) -> io::Result<()> {
        self.fill(out, template, Value::from(Serde(content)))
    }

    /// Writes everything after the content. The frame is the one the head was written with.
    pub fn foot(&self, out: &mut dyn Write, frame: &Frame<'_>) -> io::Result<()> {
        let values = [("script", Value::from_safe_string(script(frame)))];
        self.fill(out, "foot.html", Value::from_pairs(values))
    }

    fn fill(&self, out: &mut dyn Write, template: &str, content: Value) -> io::Result<()> {
        let template = self.0.get_template(template).map_err(failed)?;
        let text = template.render(content).map_err(failed)?;
        out.write_all(text.as_bytes())
    }
}

fn script(frame: &Frame<'_>) -> String {
    format!("{SCRIPT}{}", frame.script)
}

/// A text for HTML, between tags or in a quoted attribute: masked if asked, nothing invisible, escaped.
pub fn escape(text: &str, mask: bool) -> String {
    let text = clean(text, mask);
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

/// What a content security policy calls a script or style by: `sha256-` and the sum in base64.
fn hash(text: &str) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let hex = sha256(text);
    let nibbles: Vec<u32> = hex.chars().filter_map(|c| c.to_digit(16)).collect();
    let mut out = String::from("sha256-");
    // Three bytes, six hexadecimal digits, are four digits of base64.
    for group in nibbles.chunks(6) {
        let mut bits = group.iter().fold(0u32, |bits, nibble| bits << 4 | nibble);
        bits <<= 4 * (6 - group.len());
        for place in 0..4 {
            if place * 3 >= group.len() * 2 {
                out.push('=');
                continue;
            }
            let digit = usize::try_from(bits >> (18 - 6 * place) & 63).unwrap_or(0);
            out.push(DIGITS.get(digit).map_or('=', |digit| char::from(*digit)));
        }
    }
    out
}

fn failed(error: minijinja::Error) -> io::Error {
    io::Error::other(format!("写不成网页：{error:#}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_the_published_one() {
        // The sum of nothing, in base64.
        assert_eq!(hash(""), "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    }

    #[test]
    fn every_text_is_escaped_masked_and_visible() {
        let pages = Pages::new(true).unwrap();
        let mut out = Vec::new();
        let title = "<script>\"'&\u{202e}13812345678\n";
        pages.head(&mut out, &Frame { title, ..Frame::default() }).unwrap();
        let html = String::from_utf8(out).unwrap();
        assert!(html.contains("&lt;script&gt;&quot;&#39;&amp;&lt;U+202E&gt;138****5678␊"), "{html}");
    }
}
