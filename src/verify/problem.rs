//! Why a report cannot be checked, and the wording. Codes R001 to R004.

use crate::diagnostic::Diagnostic;
use crate::source::Span;

/// A mistake in a report, with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The text ends in the middle.
    CutOff { span: Span },
    /// Not JSON.
    NotJson { span: Span },
    /// JSON, but not a report of a check.
    NotReport { span: Span, schema: Option<String> },
    /// A key is missing, or has a value of another kind; `detail` names it.
    BadKey { span: Span, detail: String },
    /// Made before reports said how they were called.
    NoCall { span: Span },
}

impl Problem {
    /// Code, sentence, place and help.
    pub fn diagnostic(&self) -> Diagnostic {
        match self {
            Self::CutOff { span } => Diagnostic::error("R001", "报告没有写完，在这里断了")
                .at(*span, "到这里就没有了")
                .help("找一份完整的；多半是拷贝、传输时截断了"),
            Self::NotJson { span } => Diagnostic::error("R001", "报告不是 JSON，读到这里读不下去")
                .at(*span, "")
                .help("要 zhunsheng check --format json 或 jsonl 写出来的原样，不要手改"),
            Self::NotReport { span, schema } => {
                let found = match schema {
                    Some(schema) => format!("这份 JSON 的 schema 是「{schema}」，不是检查的报告"),
                    None => "这份 JSON 里没有 schema，不是检查的报告".to_owned(),
                };
                Diagnostic::error("R002", found).at(*span, "").help(
                    "能复核的是 zhunsheng check --format json 或 jsonl 的报告（schema 为 zhunsheng.findings/1）",
                )
            }
            Self::BadKey { span, detail } => Diagnostic::error("R003", format!("报告的内容不全：{detail}"))
                .at(*span, "")
                .help("找原来的那一份；报告写出来以后不要改"),
            Self::NoCall { span } => {
                Diagnostic::error("R004", "报告里没有 inputs：这是旧版本的程序写的，没有记下命令")
                    .at(*span, "")
                    .help("照原来的命令用现在的程序重出一份，从那一份起就能复核")
            }
        }
    }
}
