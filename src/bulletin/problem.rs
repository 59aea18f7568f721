//! What can be wrong in a bulletin file, and its wording.

use crate::diagnostic::Diagnostic;
use crate::source::Span;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Problem {
    /// The text is not YAML, or not of this shape.
    Shape {
        detail: String,
        /// There is a full-width colon after a word, which YAML does not know.
        colon: bool,
        span: Span,
    },
    /// A name that the rules do not have.
    UnknownName {
        what: &'static str,
        name: String,
        near: Option<String>,
        known: Vec<String>,
        span: Span,
    },
    /// A word that is none of those that can stand here.
    UnknownWord {
        field: &'static str,
        word: String,
        known: &'static [&'static str],
        span: Span,
    },
    /// A column with no source, or with several.
    Sources {
        count: usize,
        span: Span,
    },
    /// A target that is no percentage, or stands at a number.
    Target {
        text: String,
        span: Span,
    },
    SameName {
        name: String,
        span: Span,
    },
}

impl Problem {
    pub(super) fn diagnostic(&self) -> Diagnostic {
        match self {
            Self::Shape { detail, colon, span } => {
                let shape = Diagnostic::error("B001", format!("通报文件读不懂：{detail}")).at(*span, "").help(
                    "写成：标题、指标规则、栏目；栏目下面每栏以 - 开头，有 名称，和 指标、标签、规则、强度 之一",
                );
                if *colon {
                    shape.help("项名后面要用半角冒号加一个空格（: ），不能用全角的「：」")
                } else {
                    shape
                }
            }
            Self::UnknownName { what, name, near, known, span } => {
                let label = match near {
                    Some(near) => format!("你是不是要写「{near}」"),
                    None if known.is_empty() => String::new(),
                    None => format!("有的是：{}", known.join("、")),
                };
                Diagnostic::error("B002", format!("没有{what}「{name}」")).at(*span, label)
            }
            Self::UnknownWord { field, word, known, span } => {
                Diagnostic::error("B003", format!("「{field}」不能写「{word}」"))
                    .at(*span, format!("可以写：{}", known.join("、")))
            }
            Self::Sources { count, span } => {
                let what =
                    if *count == 0 { "没有说取什么".to_owned() } else { format!("说了 {count} 样") };
                Diagnostic::error("B004", format!("这一栏{what}"))
                    .at(*span, "这一栏")
                    .help("从 指标、标签、规则、强度 里写一样，只写一样")
            }
            Self::Target { text, span } => Diagnostic::error("B005", format!("目标「{text}」用不了"))
                .at(*span, "写作 60%、≥60% 或 ≤5%")
                .help("目标是百分数，只有按率显示的栏目可以有"),
            Self::SameName { name, span } => {
                Diagnostic::error("B006", format!("有两栏都叫「{name}」")).at(*span, "换一个名称")
            }
        }
    }
}
