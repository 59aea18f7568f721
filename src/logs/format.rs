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
    /// Delimited text: a ledger.
    Table,
}

impl LogFormat {
    /// Names ending in `.jsonl`, `.ndjson`, `.yaml`, `.yml`, `.jsonocel`, `.xmlocel`, `.xes` decide, with `.gz` or `.zst` after it too (the
    /// text was unpacked, the name was not); any other text is looked at.
    pub fn detect(name: &str, text: &str) -> Self {
        let name = name.to_ascii_lowercase();
        let name = [".gz", ".zst"].iter().find_map(|packed| name.strip_suffix(packed)).unwrap_or(&name);
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
        } else if ends(&[".csv", ".tsv", ".tab"]) {
            Self::Table
        } else if name.contains('!') && !text.trim_start().starts_with(['{', '[']) {
            // A sheet of a workbook.
            Self::Table
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
            return match text {
                _ if is_json || text.starts_with('[') => Self::Jsonl,
                _ if looks_like_table(text) => Self::Table,
                _ => Self::Yaml,
            };
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

/// No sections of YAML at the top, and the first lines are divided alike.
fn looks_like_table(text: &str) -> bool {
    let yaml = |line: &&str| line.starts_with(['#', '-', '%']) || line.trim_end().ends_with([':', '：']);
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).take(8).collect();
    if lines.first().is_some_and(yaml) || lines.iter().any(|line| line.contains(": ")) {
        return false;
    }
    let divided = |mark: char| lines.iter().filter(|line| line.matches(mark).count() > 1).count();
    [',', '\t', ';', '|'].into_iter().any(|mark| divided(mark) * 2 > lines.len())
}

#[cfg(test)]
mod tests {
    use super::LogFormat::{self, *};

    #[test]
    fn names_and_beginnings_tell_the_format() {
        let cases = [
            ("a.jsonl", "事件:", Jsonl),
            ("a.yml", "{}", Yaml),
            ("a.yaml.GZ", "{}", Yaml),
            ("a.json", "{\n  \"objectTypes\": []", Ocel),
            ("a.json", "{\"objects\":[],\"events\":[]}", Ocel),
            ("a.json", "{\"实体\":\"单位\"}\n{\"实体\":\"单位\"}", Jsonl),
            ("<stdin>", "  {\"实体\":\"单位\"", Jsonl),
            ("<stdin>", "# 说明\n日志:\n", Yaml),
            ("a.json", "[1]", Jsonl),
            ("a.CSV", "{", Table),
            ("a.xlsx!甲", "a,b", Table),
            ("a.db!甲", "{\"objects\":[],\"events\":[]}", Ocel),
            ("<stdin>", "标题,,\n编号,名称,日期\n1,甲,2025-01-01\n", Table),
        ];
        for (name, text, wanted) in cases {
            assert_eq!(LogFormat::detect(name, text), wanted, "{name} {text}");
        }
    }
}
