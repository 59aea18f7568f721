//! W005: a parameter, list, code table, definition or template of the set itself that nothing uses.
//! A set without rules is there for others to use, so nothing in it is idle.

use super::{Context, Problem, names};
use crate::syntax::ast::{BlockKind, Name};

pub(super) fn check(context: &Context<'_, '_>) -> Vec<Problem> {
    let blocks = || context.own.iter().flat_map(|file| &file.blocks);
    let own =
        |id: &str| blocks().any(|block| matches!(&block.kind, BlockKind::Rule(rule) if rule.id.text == id));
    if !context.model.rules.iter().any(|rule| own(&rule.rule.id)) {
        return Vec::new();
    }
    // 上级的范本、定义也会用到本级的名字。
    let used: Vec<_> = context.library.sets.iter().map(|set| names::used(&set.files)).collect();
    let idle = |name: &Name| !used.iter().any(|words| words.contains(&name.text));
    let mut found = Vec::new();
    for block in blocks() {
        let (what, name) = match &block.kind {
            BlockKind::Parameter(parameter) => ("参数", &parameter.name),
            BlockKind::List(list) => ("名单", &list.name),
            BlockKind::CodeTable(table) => ("代码表", &table.name),
            BlockKind::Definition(definition) => ("定义", &definition.name),
            BlockKind::Template(template) => ("范本", &template.name),
            BlockKind::Policy(_)
            | BlockKind::Entity(_)
            | BlockKind::Event(_)
            | BlockKind::Rule(_)
            | BlockKind::Amend(_)
            | BlockKind::Repeal(_) => continue,
        };
        if idle(name) {
            found.push(Problem::Unused { what, name: name.text.clone(), span: name.span });
        }
    }
    found
}
