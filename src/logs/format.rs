//! Which format a log is written in: by the end of its name, else by how its text begins.

use super::json::Piece;

/// Keys that only an OCEL document has at its top.
const OCEL_KEYS: [&str; 4] = ["objectTypes", "eventTypes", "objects", "events"];

/// A way to write a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// One JSON record a line.
    Jsonl,
    /// Three YAML sections.
    Yaml,
    /// OCEL 2.0 JSON.
    Ocel,
    /// OCEL 2.0 XML.
    OcelXml,
    /// XES.
    Xes,
}

impl LogFormat {
    /// Names ending in `.jsonl`, `.ndjson`, `.yaml`, `.yml`, `.jsonocel`, `.xmlocel`, `.xes` decide; any other text is looked at.
    pub fn detect(name: &str, text: &str) -> Self {
        let name = name.to_ascii_lowercase();
        let ends = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
        if ends(&[".jsonl", ".ndjson"]) {
            Self::Jsonl
        } else if ends(&[".yaml", ".yml"]) {
            Self::Yaml
        } else if ends(&[".jsonocel"]) {
            Self::Ocel
        } else if ends(&[".xmlocel"]) {
            Self::OcelXml
        } else if ends(&[".xes"]) {
            Self::Xes
        } else {
            Self::sniff(text, ends(&[".json"]))
        }
    }

    /// XES has traces, or events right in the log; OCEL has lists of objects and events.
    fn sniff_xml(text: &str) -> Self {
        const HEAD: usize = 1 << 16;
        let head_end = (0..=HEAD.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        let head = text.get(..head_end).unwrap_or("");
        let has = |word: &str| head.contains(word);
        let is_ocel = has("<object-types") || has("<event-types") || has("<objects") || has("<events");
        if is_ocel && !has("<trace") { Self::OcelXml } else { Self::Xes }
    }

    fn sniff(text: &str, is_json: bool) -> Self {
        const HEAD: usize = 4096;
        let text = text.trim_start();
        if text.starts_with('<') {
            return Self::sniff_xml(text);
        }
        if !text.starts_with('{') {
            return if is_json || text.starts_with('[') { Self::Jsonl } else { Self::Yaml };
        }
        let first = text.lines().next().unwrap_or("");
        let mut pairs = Vec::new();
        if (Piece { text: first, base: 0 }).pairs(&mut pairs).is_ok() {
            let has =
                |names: &[&str]| pairs.iter().any(|(key, _)| names.iter().any(|name| key.is_text(name)));
            return if has(&OCEL_KEYS) && !has(&["type"]) { Self::Ocel } else { Self::Jsonl };
        }
        let head_end = (0..=HEAD.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        let head = text.get(..head_end).unwrap_or("");
        let is_ocel = OCEL_KEYS.iter().any(|key| head.contains(&format!("\"{key}\"")));
        if is_ocel { Self::Ocel } else { Self::Jsonl }
    }
}

#[cfg(test)]
mod tests {
    use super::LogFormat::{self, *};

    #[test]
    fn names_and_beginnings_tell_the_format() {
        let cases = [
            ("a.jsonl", "事件:", Jsonl),
            ("a.yml", "{}", Yaml),
            ("a.json", "{\n  \"objectTypes\": []", Ocel),
            ("a.json", "{\"objects\":[],\"events\":[]}", Ocel),
            ("a.json", "{\"实体\":\"单位\"}\n{\"实体\":\"单位\"}", Jsonl),
            ("<stdin>", "  {\"实体\":\"单位\"", Jsonl),
            ("<stdin>", "# 说明\n日志:\n", Yaml),
            ("a.json", "[1]", Jsonl),
            ("a.xml", "<?xml version='1.0'?>\n<log><object-types/>", OcelXml),
            ("a.xml", "<log xes.version=\"1.0\"><trace>", Xes),
        ];
        for (name, text, wanted) in cases {
            assert_eq!(LogFormat::detect(name, text), wanted, "{name} {text}");
        }
    }
}
