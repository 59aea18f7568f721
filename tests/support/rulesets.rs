//! Rule sets and case pages for tests of coverage and mutation: built-in ones with the pages of the
//! repository, and small ones written out in the test.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics has failed")]

use std::path::{Path, PathBuf};

use zhunsheng::articles::{self, Articles};
use zhunsheng::cases::{self, ReadyPage};
use zhunsheng::library::{self, Loaded, Wanted};
use zhunsheng::source::SourceMap;

/// A sound rule set with its texts.
pub struct Rules {
    pub sources: SourceMap,
    pub loaded: Loaded,
}

fn sound(sources: SourceMap, loaded: Loaded) -> Rules {
    assert!(loaded.plan.is_some(), "{:#?}", loaded.problems);
    Rules { sources, loaded }
}

pub fn builtin(name: &str) -> Rules {
    let mut sources = SourceMap::new();
    let loaded = library::load(&mut sources, &Wanted::Builtin(name), &[]).unwrap();
    sound(sources, loaded)
}

/// One file, nothing inherited.
pub fn written(text: &str) -> Rules {
    let mut sources = SourceMap::new();
    let file = sources.add("rules/a.rule", text);
    let loaded = library::load(&mut sources, &Wanted::Files(&[file]), &[]).unwrap();
    sound(sources, loaded)
}

impl Rules {
    pub fn page(&self, name: &str, text: &str) -> ReadyPage {
        let page = cases::read(text).unwrap();
        let plan = self.loaded.plan.as_ref().unwrap();
        ReadyPage::read(page, name.to_owned(), &plan.vocabulary).unwrap()
    }

    /// The pages of the repository for a built-in rule set.
    pub fn pages(&self) -> Vec<ReadyPage> {
        let paths = page_paths(&self.loaded.name);
        paths
            .iter()
            .map(|path| {
                let name = path.file_name().unwrap().to_string_lossy();
                self.page(&name, &std::fs::read_to_string(path).unwrap())
            })
            .collect()
    }

    /// The list of articles beside a built-in rule set.
    pub fn articles(&mut self) -> Articles {
        let (path, text) = library::builtin_data(&self.loaded.name, "articles.yaml").unwrap();
        let file = self.sources.add(path, text);
        articles::read(&self.sources, file).unwrap()
    }
}

/// The pages of the repository for a built-in rule set, in name order.
pub fn page_paths(name: &str) -> Vec<PathBuf> {
    let (_, folder) = library::builtin_names().into_iter().find(|(known, _)| known == name).unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(folder);
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
    paths.sort();
    paths
}

/// A small rule set: one duty with a limit, a condition on a list, an exemption.
pub const SMALL: &str = "\
规则集 试

实体 案件
    属性 特批：是否，缺省 否
    属性 级别：高、低、免

事件 收件
    关系 案件：案件，必填

事件 办结
    关系 案件：案件，必填

参数 办结期限 为 6 个工作日

名单 要办的：高、低

规则 A-1 按期办结
    依据 第一条
    对 每个 案件，级别 属于 要办的
    自 首次 收件 之日起 办结期限 内，应当 办结
    除外 案件.特批
";

/// A page for `A-1` of [`SMALL`]: each scenario is one case file of level, dates and the row expected.
pub fn small_page(scenarios: &[(&str, &str, Option<&str>, &str)]) -> String {
    let mut text = String::from("# A-1 按期办结\n\n规则：试 A-1\n\n截至：2025-06-30\n");
    for (title, fields, done, row) in scenarios {
        text.push_str(&format!("\n## {title}\n\n```jsonl\n{{\"实体\":\"案件\",\"编号\":\"C1\"{fields}}}\n"));
        text.push_str("{\"事件\":\"收件\",\"编号\":\"e1\",\"时间\":\"2025-03-03\",\"案件\":\"C1\"}\n");
        if let Some(done) = done {
            text.push_str(&format!(
                "{{\"事件\":\"办结\",\"编号\":\"e2\",\"时间\":\"{done}\",\"案件\":\"C1\"}}\n"
            ));
        }
        text.push_str(&format!("```\n\n| 主体 | 判定 |\n|---|---|\n| 案件=C1 | {row} |\n"));
    }
    text
}
