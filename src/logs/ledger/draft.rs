//! A mapping to start from: the columns that were not recognised, with the standard column each is most like.
//! Takes what was recognised; gives YAML that `--columns` reads as it is, and that a person then corrects.

use super::describe::{ColumnRole, Recognised, RecognisedColumn, RecognisedSort};

/// The draft for all tables. `show` hides what must not be shown.
pub fn draft(tables: &[Recognised], show: &dyn Fn(&str) -> String) -> String {
    let mut text = String::from(
        "# 列名映射草稿。改好后：zhunsheng check --columns 这个文件 台账…\n\
         # 「列」里：标准列名: [台账里的叫法]。猜的对不对请核对；「待定」里的，移到它该在的标准列名后面，用不着的移到「忽略」。\n\
         # 标准列名和全部写法见内置的 rules/ledger-columns.yaml。\n表:\n",
    );
    for table in tables {
        one(table, show, &mut text);
    }
    text
}

fn one(table: &Recognised, show: &dyn Fn(&str) -> String, text: &mut String) {
    let unknown = || {
        table.columns.iter().filter_map(|column| match &column.role {
            ColumnRole::Unknown(near) => Some((column, near.as_ref())),
            ColumnRole::Standard(_) | ColumnRole::Repeated(_) | ColumnRole::Ignored => None,
        })
    };
    let mut line = |words: String| {
        text.push_str(&words);
        text.push('\n');
    };
    line(format!("  # {}", show(&table.name)));
    match &table.sort {
        RecognisedSort::Mapped(name, _) | RecognisedSort::Unknown(Some((name, _))) => {
            line(format!("  - 名称: {}", scalar(name)));
            if let RecognisedSort::Unknown(Some((_, missing))) = &table.sort {
                line(format!("    # 还缺：{}", missing.join("、")));
            }
            if unknown().any(|(_, near)| near.is_some()) {
                line("    列:".to_owned());
            }
            let mut written: Vec<&str> = Vec::new();
            for (_, near) in unknown() {
                let Some(near) = near.map(String::as_str).filter(|near| !written.contains(near)) else {
                    continue;
                };
                written.push(near);
                let same: Vec<&RecognisedColumn> = unknown()
                    .filter(|(_, other)| other.map(String::as_str) == Some(near))
                    .map(|(column, _)| column)
                    .collect();
                let headings: Vec<String> = same.iter().map(|column| scalar(&column.heading)).collect();
                let notes: Vec<String> = same.iter().map(|column| note(column, show)).collect();
                line(format!("      {}: [{}]   # {}", scalar(near), headings.join(", "), notes.join("；")));
            }
            let open: Vec<String> = unknown()
                .filter(|(_, near)| near.is_none())
                .map(|(column, _)| scalar(&column.heading))
                .collect();
            line(format!("    待定: [{}]", open.join(", ")));
            line("    忽略: []".to_owned());
        }
        RecognisedSort::Unknown(None) => {
            let name = table.name.rsplit(['/', '\\', '!']).next().unwrap_or(&table.name);
            line(format!("  - 名称: {}", scalar(&show(name))));
            line("    说明: 一行一个……".to_owned());
            let headings: Vec<String> = unknown().map(|(column, _)| scalar(&column.heading)).collect();
            line(format!("    必有: [{}]   # 只留认得出这种表的几列", headings.join(", ")));
            line("    列:".to_owned());
            for heading in &headings {
                line(format!("      {heading}: []"));
            }
            line("    # 一行记下什么，例（去掉 # 再改）：".to_owned());
            line("    # 实体:".to_owned());
            line("    #   - {实体: 类型名, 编号: 列名, 属性名: 列名}".to_owned());
            line("    # 事件:".to_owned());
            line("    #   - {事件: 类型名, 时间: 列名}".to_owned());
        }
        RecognisedSort::Records | RecognisedSort::OfType(_) => {
            text.truncate(text.trim_end_matches('\n').len());
            text.push_str("：列名就是词汇里的名字，不用映射\n");
        }
    }
}

fn note(column: &RecognisedColumn, show: &dyn Fn(&str) -> String) -> String {
    let sample = column.sample.as_deref().map(|sample| format!("，如 {}", show(sample)));
    format!("{} 列{}", column.letter, sample.unwrap_or_default())
}

/// A YAML scalar; quoted unless it is surely plain.
fn scalar(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '（' | '）' | '_' | '、' | '/');
    let safe = text.chars().all(plain)
        && text.chars().next().is_some_and(char::is_alphabetic)
        && !matches!(text, "true" | "false" | "null" | "是" | "否");
    if safe { text.to_owned() } else { format!("'{}'", text.replace('\'', "''")) }
}
