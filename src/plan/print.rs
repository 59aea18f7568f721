//! A plan as text, for `show --plan`: indexes, then rules as instructions. For reading, not for parsing.

use std::fmt::{self, Write as _};

use super::{ColumnDomain, Plan, PlanRule};

impl Plan {
    /// The whole plan, or only the rule with this id.
    pub fn print(&self, only: Option<&str>) -> String {
        let mut text = String::new();
        // 写进 String 不会失败。
        let _ = self.write(&mut text, only);
        text
    }

    fn write(&self, text: &mut String, only: Option<&str>) -> fmt::Result {
        writeln!(
            text,
            "计划 {}：{} 条规则，{} 个索引",
            self.policy_name,
            self.rules.len(),
            self.indexes.len()
        )?;
        if only.is_none() {
            for (at, key) in self.indexes.iter().enumerate() {
                writeln!(text, "索引 #{at} {:?} 沿 {} 步", key.source, key.path.len())?;
            }
        }
        for rule in self.rules.iter().filter(|rule| only.is_none_or(|id| rule.id == id)) {
            write_rule(text, rule)?;
        }
        Ok(())
    }
}

fn write_rule(text: &mut String, rule: &PlanRule) -> fmt::Result {
    writeln!(text, "\n规则 {} {}（{} 个槽位）", rule.id, rule.title, rule.slots)?;
    for (slot, column) in rule.columns.iter().enumerate() {
        match &column.domain {
            ColumnDomain::All(id) => writeln!(text, "  槽 {slot} {}：全部实体 {}", column.name, id.0)?,
            ColumnDomain::Set(_, node) => writeln!(text, "  槽 {slot} {}：{node:?}", column.name)?,
            ColumnDomain::List(_, list) => writeln!(text, "  槽 {slot} {}：名单 {list}", column.name)?,
            ColumnDomain::Years => writeln!(text, "  槽 {slot} {}：年度", column.name)?,
        }
    }
    if let Some((slot, node)) = &rule.root {
        writeln!(text, "  槽 {slot} 所属：{node:?}")?;
    }
    for condition in &rule.conditions {
        writeln!(text, "  情形 {condition:?}")?;
    }
    for exemption in &rule.exemptions {
        writeln!(text, "  除外 {exemption:?}")?;
    }
    for duty in &rule.duties {
        writeln!(text, "  义务 {}：{:#?}", duty.words, duty.shape)?;
    }
    Ok(())
}
