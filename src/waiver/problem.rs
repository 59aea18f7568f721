//! What can be wrong in a waiver file, and its wording.

use crate::diagnostic::Diagnostic;
use crate::source::Span;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Problem {
    /// The text is not YAML, or not a list under 豁免.
    Shape {
        detail: String,
        /// There is a full-width colon after a word, which YAML does not know.
        colon: bool,
        span: Span,
    },
    UnknownRule {
        name: String,
        span: Span,
        near: Option<String>,
    },
    UnknownColumn {
        rule: String,
        column: String,
        span: Span,
        columns: Vec<String>,
    },
    BadDate {
        text: String,
        span: Span,
    },
    EndsBeforeStart {
        span: Span,
    },
    Blank {
        field: &'static str,
        span: Span,
    },
}

impl Problem {
    pub(super) fn diagnostic(&self) -> Diagnostic {
        match self {
            Self::Shape { detail, colon, span } => {
                let shape = Diagnostic::error("V001", format!("豁免文件读不懂：{detail}"))
                    .at(*span, "")
                    .help("写成：豁免: 下面每条以 - 开头，有 规则、主体、起、止、批准人、理由");
                if *colon {
                    shape.help("项名后面要用半角冒号加一个空格（: ），不能用全角的「：」")
                } else {
                    shape
                }
            }
            Self::UnknownRule { name, span, near } => {
                let label = near.as_ref().map_or_else(String::new, |near| format!("你是不是要写「{near}」"));
                Diagnostic::error("V002", format!("没有编号「{name}」的规则")).at(*span, label)
            }
            Self::UnknownColumn { rule, column, span, columns } => {
                Diagnostic::error("V003", format!("规则 {rule} 的主体里没有「{column}」"))
                    .at(*span, format!("它的主体是 {}", columns.join("、")))
            }
            Self::BadDate { text, span } => {
                Diagnostic::error("V004", format!("「{text}」不是日期")).at(*span, "写作 2026-06-30")
            }
            Self::EndsBeforeStart { span } => {
                Diagnostic::error("V005", "豁免的止早于起").at(*span, "止要等于或晚于起")
            }
            Self::Blank { field, span } => Diagnostic::error("V006", format!("豁免没有写{field}"))
                .at(*span, "这一条")
                .help("规则、起、批准人、理由都要写；没有写明谁批准、为什么的豁免不作数"),
        }
    }
}
