//! `equivalent.yaml` beside a rule set: changes that make no difference to any history, each with its reason.
//!
//! ```yaml
//! - { file: plan.rule, at: PQ-10, change: 首次 实施检查 → 末次 实施检查, reason: 一次检查不跨年 }
//! ```
//!
//! `at` is the rule's id, the name of the definition, list or parameter, or the text of the line.

use serde::Deserialize;
use serde_saphyr::Spanned as Placed;

use super::Survivor;
use crate::diagnostic::Diagnostic;
use crate::source::{FileId, SourceMap, Span};

/// One declaration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Equivalent {
    /// Name of the rule file, without its folder.
    pub file: String,
    pub at: String,
    /// `原 → 改成`, as reports show it.
    pub change: String,
    pub reason: String,
    /// Line of `equivalent.yaml`, from 1.
    pub line: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    file: Placed<String>,
    at: String,
    change: String,
    reason: String,
}

/// Reads a file of declarations; stops at the first mistake of form.
pub fn read_equivalents(sources: &SourceMap, file: FileId) -> Result<Vec<Equivalent>, Diagnostic> {
    let text = sources.file(file).text();
    let options = serde_saphyr::options! { with_snippet: false };
    let wire: Vec<Wire> = serde_saphyr::from_str_with_options(text, options).map_err(|error| {
        let at = error.without_snippet().location().and_then(|location| location.span().byte_offset());
        Diagnostic::error("A010", "等价清单读不懂：不是这里该有的写法")
            .at(Span::clamped(file, text, at, None), "")
            .help("每条写作：- { file: 规则文件名, at: 规则编号, change: 原 → 改成, reason: 理由 }")
    })?;
    Ok(wire
        .into_iter()
        .map(|one| Equivalent {
            line: one.file.referenced.line(),
            file: one.file.value,
            at: one.at,
            change: one.change,
            reason: one.reason,
        })
        .collect())
}

impl Equivalent {
    /// Whether it declares this change.
    pub(super) fn is(&self, survivor: &Survivor, sources: &SourceMap) -> bool {
        let file = sources.file(survivor.span.file);
        let name = file.name().rsplit(['/', '\\']).next().unwrap_or_default();
        let line = file.position(survivor.span.start).line;
        let written =
            || file.lines().range(file.text(), line).and_then(|(from, to)| file.text().get(from..to));
        name == self.file
            && self.change == survivor.change()
            && (self.at == survivor.block || written().is_some_and(|text| text.trim() == self.at.trim()))
    }
}
