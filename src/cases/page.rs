//! A case page as text: head, scenarios, their logs and expected tables.
//! Takes Markdown; gives a [`Page`] that remembers where its tables stand, so they can be rewritten in place.

use std::ops::Range;

/// Words that stand at the beginning of a line of their own.
const KEYS: [&str; 5] = ["截至", "覆盖", "参数", "规则", "依据"];

/// One page: one rule, several histories.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// Title line without `# `.
    pub title: String,
    /// `规则：平桥 PQ-07a` → rule set and id.
    pub policy: String,
    pub rule: String,
    pub head: Settings,
    pub scenarios: Vec<Scenario>,
}

/// What a page's head or a scenario sets.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    pub as_of: Option<String>,
    pub coverage: Option<String>,
    pub parameters: Vec<String>,
    /// JSONL lines with the line of the page (from 1) they stand on.
    pub log: Vec<(usize, String)>,
}

/// One `## ` section.
#[derive(Clone, Debug)]
pub struct Scenario {
    pub title: String,
    /// Line of its heading, from 1.
    pub line: usize,
    pub settings: Settings,
    pub columns: Vec<String>,
    pub rows: Vec<Vec<String>>,
    /// Bytes of the table in the page; empty at the section's end when there is none.
    pub table: Range<usize>,
}

/// Why a page cannot be run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadPage {
    pub line: usize,
    pub message: String,
}

fn bad(line: usize, message: impl Into<String>) -> BadPage {
    BadPage { line, message: message.into() }
}

/// Reads a page.
pub fn read(text: &str) -> Result<Page, BadPage> {
    let mut page = Page::default();
    let mut fence: Option<(bool, usize)> = None;
    let mut offset = 0;
    for (index, raw) in text.split_inclusive('\n').enumerate() {
        let number = index + 1;
        let start = offset;
        offset += raw.len();
        let line = raw.trim_end();
        let settings = match page.scenarios.last_mut() {
            Some(scenario) => &mut scenario.settings,
            None => &mut page.head,
        };
        if let Some((log, _)) = fence {
            if line.trim_start().starts_with("```") {
                fence = None;
            } else if log && !line.trim().is_empty() {
                settings.log.push((number, line.to_owned()));
            }
            continue;
        }
        if let Some(info) = line.trim_start().strip_prefix("```") {
            fence = Some((info.trim() == "jsonl", number));
        } else if let Some(title) = line.strip_prefix("## ") {
            page.scenarios.push(Scenario {
                title: title.trim().to_owned(),
                line: number,
                settings: Settings::default(),
                columns: Vec::new(),
                rows: Vec::new(),
                table: offset..offset,
            });
        } else if let Some(title) = line.strip_prefix("# ") {
            page.title = title.trim().to_owned();
        } else if let Some((key, value)) = key_line(line) {
            match key {
                "截至" => settings.as_of = Some(value.to_owned()),
                "覆盖" => settings.coverage = Some(value.to_owned()),
                "参数" => settings.parameters.push(value.to_owned()),
                "规则" => {
                    let (policy, rule) = value
                        .split_once(char::is_whitespace)
                        .ok_or_else(|| bad(number, "「规则：」要写规则集和编号，如「规则：某规则集 A-1」"))?;
                    policy.trim().clone_into(&mut page.policy);
                    rule.trim().clone_into(&mut page.rule);
                }
                _ => {}
            }
        } else if line.trim_start().starts_with('|')
            && let Some(scenario) = page.scenarios.last_mut()
        {
            table_line(scenario, line, start..offset, number)?;
        }
    }
    if let Some((_, line)) = fence {
        return Err(bad(line, "这一段代码没有收尾的 ```"));
    }
    if page.rule.is_empty() {
        return Err(bad(1, "缺「规则：规则集 编号」一行"));
    }
    if page.scenarios.is_empty() {
        return Err(bad(1, "没有一个「## 」开头的情形"));
    }
    Ok(page)
}

fn key_line(line: &str) -> Option<(&str, &str)> {
    KEYS.iter().find_map(|key| {
        let rest = line.strip_prefix(key)?;
        let value = rest.strip_prefix('：').or_else(|| rest.strip_prefix(':'))?;
        Some((*key, value.trim()))
    })
}

fn table_line(
    scenario: &mut Scenario,
    line: &str,
    bytes: Range<usize>,
    number: usize,
) -> Result<(), BadPage> {
    let cells: Vec<String> =
        line.trim().trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect();
    if scenario.columns.is_empty() {
        scenario.columns = cells;
        scenario.table = bytes;
        return Ok(());
    }
    scenario.table.end = bytes.end;
    if cells.iter().all(|cell| !cell.is_empty() && cell.chars().all(|c| c == '-' || c == ':')) {
        return Ok(());
    }
    if cells.len() != scenario.columns.len() {
        return Err(bad(
            number,
            format!("表头有 {} 列，这一行有 {} 列", scenario.columns.len(), cells.len()),
        ));
    }
    scenario.rows.push(cells);
    Ok(())
}
