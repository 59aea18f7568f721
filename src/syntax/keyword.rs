//! The words that begin blocks and clauses. Takes a word; tells what it begins.

/// Words at column 0.
pub const BLOCKS: &[&str] =
    &["规则集", "实体", "事件", "参数", "名单", "代码表", "定义", "范本", "规则", "改", "废"];
/// Clauses of 规则, 范本, 改 规则; all other lines there are duties.
pub const RULE: &[&str] =
    &["依据", "要点", "责任", "标签", "强度", "施行", "废止", "对", "情形", "除外", "取值日", "照"];
/// Clauses of 规则集.
pub const POLICY: &[&str] = &["名称", "文号", "施行", "废止", "继承", "引用", "适用", "起始", "结案", "汇总"];
/// Clauses of 实体, 事件.
pub const TYPE: &[&str] = &["关系", "属性"];
/// Clauses whose text is free.
pub const FREE: &[&str] = &["依据", "要点", "责任", "名称", "文号"];

/// Begins a clause of some block.
pub fn is_clause(word: &str) -> bool {
    RULE.contains(&word) || POLICY.contains(&word)
}

/// What a block is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    /// A header and clauses that begin with these words (other lines, too, where `sentences`).
    Clauses { known: &'static [&'static str], sentences: bool },
    /// One sentence over all its lines.
    Whole,
}

/// The body of the block that begins with this word, followed by that one.
pub fn body(word: &str, second: &str) -> Option<Body> {
    Some(match (word, second) {
        ("规则集", _) => Body::Clauses { known: POLICY, sentences: false },
        ("实体" | "事件", _) => Body::Clauses { known: TYPE, sentences: false },
        ("规则" | "范本", _) | ("改", "规则") => Body::Clauses { known: RULE, sentences: true },
        ("代码表", _) | ("改", "代码表") => Body::Clauses { known: &[], sentences: true },
        ("参数" | "名单" | "定义" | "改" | "废", _) => Body::Whole,
        _ => return None,
    })
}
