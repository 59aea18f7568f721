//! Texts for XML. Control characters go in as references: they are outside XML 1.0, but reading them back is exact.

/// For an attribute value or the text of an element.
pub(super) fn escape(into: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => into.push_str("&amp;"),
            '<' => into.push_str("&lt;"),
            '>' => into.push_str("&gt;"),
            '"' => into.push_str("&quot;"),
            c if c.is_control() => into.push_str(&format!("&#{};", u32::from(c))),
            c => into.push(c),
        }
    }
}

/// ` name="value"`
pub(super) fn attribute(into: &mut String, name: &str, value: &str) {
    into.push(' ');
    into.push_str(name);
    into.push_str("=\"");
    escape(into, value);
    into.push('"');
}
