//! A mapping file (YAML) → [`Columns`]; every mistake of form at its line and column, all at once.
//! Keys are Chinese, for people who know tables and not programs. Names are checked later, by `check`.

use std::sync::OnceLock;

use granit_parser::Event;

use super::day::Edge;
use super::mapping::{Column, Columns, From, Kind, Make, Named, Table};
use super::problem::LedgerSlip;
use crate::diagnostic::{Diagnostic, nearest};
use crate::logs::node::{Entry, Map, Node, Shape};
use crate::logs::problem::{Mistake, Problem, What};
use crate::logs::value;
use crate::logs::yaml_slip::YamlSlip;
use crate::logs::yaml_tree::{Tree, YamlError};
use crate::source::{FileId, SourceMap, Span};

const BUILTIN: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/rules/ledger-columns.yaml"));

const TOP: &[&str] = &["表", "忽略", "当空", "是", "否", "长期", "说明行", "表尾", "年"];
const TABLE: &[&str] =
    &["名称", "说明", "表名", "必有", "列", "忽略", "待定", "年", "实体", "事件", "覆盖", "不覆盖", "不用"];
const COLUMN: &[&str] = &["同义", "拆分", "括号里", "按形状", "当空", "对照", "区间"];
const MARKS: &[(&str, &[char])] = &[
    ("顿号", &['、']),
    ("逗号", &[',', '，']),
    ("分号", &[';', '；']),
    ("斜线", &['/', '／', '|', '\\']),
    ("空格", &[' ', '\u{3000}', '\u{a0}', '\t']),
    ("换行", &['↵', '\n', '\r']),
];

impl Columns {
    /// The mapping built into the program.
    pub fn builtin() -> &'static Self {
        static COLUMNS: OnceLock<Columns> = OnceLock::new();
        COLUMNS.get_or_init(|| Parser { file: None, problems: Vec::new() }.file(BUILTIN))
    }

    /// The built-in mapping with files laid over it, one after another. `Err`: everything wrong in them.
    pub fn read(sources: &SourceMap, files: &[FileId]) -> Result<Self, Vec<Diagnostic>> {
        let mut columns = Self::builtin().clone();
        let mut problems = Vec::new();
        for file in files {
            let mut parser = Parser { file: Some(*file), problems: Vec::new() };
            columns.lay(parser.file(sources.file(*file).text()));
            problems.extend(parser.problems.iter().map(Problem::diagnostic));
        }
        if problems.is_empty() { Ok(columns) } else { Err(problems) }
    }
}

struct Parser {
    /// `None`: the built-in file.
    file: Option<FileId>,
    problems: Vec<Problem>,
}

fn root<'a>(tree: &mut Tree<'a>) -> Result<Option<Node<'a>>, YamlError> {
    while let Some((event, span)) = tree.next()? {
        if matches!(event, Event::StreamStart | Event::DocumentStart(..)) {
            continue;
        }
        if matches!(event, Event::StreamEnd | Event::DocumentEnd) {
            return Ok(None);
        }
        return tree.node(event, &span).map(Some);
    }
    Ok(None)
}

impl Parser {
    fn span(&self, place: &std::ops::Range<usize>) -> Option<Span> {
        self.file.map(|file| Span::new(file, place.start, place.end))
    }

    fn problem(&mut self, place: &std::ops::Range<usize>, mistake: Mistake) {
        let span = Span::new(self.file.unwrap_or(FileId(0)), place.start, place.end);
        self.problems.push(Problem::fatal(span, mistake));
    }

    fn shape(&mut self, node: &Node<'_>, key: &str, wanted: &'static str) {
        let slip = LedgerSlip::MappingShape { key: key.to_owned(), wanted };
        self.problem(&node.place, Mistake::Ledger(Box::new(slip)));
    }

    fn unknown(&mut self, entry: &Entry<'_>, known: &[&str]) {
        let slip = LedgerSlip::MappingKey {
            key: entry.key.clone().into_owned(),
            near: nearest(&entry.key, known.iter().copied()).map(str::to_owned),
            known: known.iter().map(|&key| key.to_owned()).collect(),
        };
        self.problem(&entry.key_place, Mistake::Ledger(Box::new(slip)));
    }

    fn file(&mut self, text: &str) -> Columns {
        let mut tree = Tree::new(text, 0);
        let mut columns = Columns::default();
        let root = match root(&mut tree) {
            Ok(root) => root,
            Err(YamlError { place, slip, too_deep }) => {
                let mistake = if too_deep { Mistake::TooDeep } else { Mistake::Yaml(slip) };
                self.problem(&place, mistake);
                return columns;
            }
        };
        for colon in std::mem::take(&mut tree.swallowed) {
            self.problem(&colon, Mistake::Yaml(YamlSlip::FullWidthColon));
        }
        let Some(root) = root else { return columns };
        let Some(map) = self.map(&root, "映射文件") else { return columns };
        for entry in map {
            match entry.key.as_ref() {
                "表" => columns.tables = self.each(entry, Self::table),
                "忽略" => columns.words.ignore = self.words(&entry.value, "忽略"),
                "当空" => columns.words.blank = self.words(&entry.value, "当空"),
                "是" => columns.words.yes = self.words(&entry.value, "是"),
                "否" => columns.words.no = self.words(&entry.value, "否"),
                "长期" => columns.words.forever = self.words(&entry.value, "长期"),
                "说明行" => columns.words.instruction = self.words(&entry.value, "说明行"),
                "表尾" => columns.words.footer = self.words(&entry.value, "表尾"),
                "年" => columns.words.year = self.year(&entry.value),
                _ => self.unknown(entry, TOP),
            }
        }
        columns
    }

    fn map<'n, 'a>(&mut self, node: &'n Node<'a>, key: &str) -> Option<&'n Map<'a>> {
        if let Shape::Map(map) = &node.shape {
            return Some(map);
        }
        if !is_null(node) {
            self.shape(node, key, "若干「键: 值」");
        }
        None
    }

    /// Each item of a list.
    fn each<T>(&mut self, entry: &Entry<'_>, one: impl Fn(&mut Self, &Node<'_>) -> Option<T>) -> Vec<T> {
        match &entry.value.shape {
            Shape::List(items) => items.iter().filter_map(|item| one(self, item)).collect(),
            _ if is_null(&entry.value) => Vec::new(),
            Shape::Null
            | Shape::Bool(_)
            | Shape::Number(_)
            | Shape::Text(_)
            | Shape::Plain(_)
            | Shape::Map(_)
            | Shape::TooDeep => {
                self.shape(&entry.value, &entry.key, "一个列表，每项以「- 」开头");
                Vec::new()
            }
        }
    }

    /// One word, or a list of words, with places.
    fn names(&mut self, node: &Node<'_>, key: &str) -> Vec<Named> {
        let items = match &node.shape {
            Shape::List(items) => items.as_slice(),
            _ if is_null(node) => &[],
            Shape::Null
            | Shape::Bool(_)
            | Shape::Number(_)
            | Shape::Text(_)
            | Shape::Plain(_)
            | Shape::Map(_)
            | Shape::TooDeep => std::slice::from_ref(node),
        };
        let mut names = Vec::new();
        for item in items {
            match word(item) {
                Some(text) => names.push(Named { text, span: self.span(&item.place) }),
                None => self.shape(item, key, "一个词，或几个词的列表"),
            }
        }
        names
    }

    fn words(&mut self, node: &Node<'_>, key: &str) -> Vec<String> {
        self.names(node, key).into_iter().map(|name| name.text).collect()
    }

    fn pairs(&mut self, node: &Node<'_>, key: &str) -> Vec<(String, Named)> {
        let Some(map) = self.map(node, key) else { return Vec::new() };
        let mut pairs = Vec::new();
        for entry in map {
            match word(&entry.value) {
                Some(text) => {
                    let meant = Named { text, span: self.span(&entry.value.place) };
                    pairs.push((entry.key.clone().into_owned(), meant));
                }
                None => self.shape(&entry.value, &entry.key, "一个词"),
            }
        }
        pairs
    }

    fn year(&mut self, node: &Node<'_>) -> Option<i32> {
        let year = word(node).and_then(|word| word.trim_end_matches('年').parse().ok());
        let year = year.filter(|year| (1990..=2100).contains(year));
        if year.is_none() && !is_null(node) {
            self.shape(node, "年", "四位的年份，如 2025");
        }
        year
    }

    fn flag(&mut self, entry: &Entry<'_>) -> bool {
        match word(&entry.value).as_deref() {
            Some("是" | "true") => true,
            Some("否" | "false") => false,
            Some(_) | None => {
                self.shape(&entry.value, &entry.key, "是 或 否");
                false
            }
        }
    }

    fn table(&mut self, node: &Node<'_>) -> Option<Table> {
        let map = self.map(node, "表")?;
        let mut table = Table {
            name: Named { text: String::new(), span: self.span(&node.place) },
            gist: String::new(),
            sheets: Vec::new(),
            need: Vec::new(),
            columns: Vec::new(),
            ignore: Vec::new(),
            year: None,
            makes: Vec::new(),
            covers: None,
            covers_not: Vec::new(),
            unused: false,
        };
        for entry in map {
            let value = &entry.value;
            match entry.key.as_ref() {
                "名称" => {
                    if let Some(text) = word(value) {
                        table.name = Named { text, span: self.span(&value.place) };
                    }
                }
                "说明" => table.gist = word(value).unwrap_or_default(),
                "表名" => table.sheets = self.words(value, "表名"),
                "必有" => table.need = self.need(value),
                "列" => {
                    if let Some(map) = self.map(value, "列") {
                        table.columns = map.iter().map(|entry| self.column(entry)).collect();
                    }
                }
                // Columns of a draft that nobody has placed yet are not used either.
                "忽略" | "待定" => table.ignore.extend(self.words(value, &entry.key)),
                "年" => table.year = self.year(value),
                "实体" => {
                    table.makes.extend(self.each(entry, |parser, node| parser.make(What::Entity, node)))
                }
                "事件" => {
                    table.makes.extend(self.each(entry, |parser, node| parser.make(What::Event, node)))
                }
                "覆盖" => table.covers = Some(self.names(value, "覆盖")),
                "不覆盖" => table.covers_not = self.names(value, "不覆盖"),
                "不用" => table.unused = self.flag(entry),
                _ => self.unknown(entry, TABLE),
            }
        }
        if table.name.text.is_empty() {
            let slip = LedgerSlip::MappingMissing { owner: "一份表".to_owned(), key: "名称" };
            self.problem(&node.place, Mistake::Ledger(Box::new(slip)));
            return None;
        }
        Some(table)
    }

    /// A list of groups; a plain list of words is one group.
    fn need(&mut self, node: &Node<'_>) -> Vec<Vec<Named>> {
        if let Shape::List(items) = &node.shape
            && items.iter().any(|item| matches!(item.shape, Shape::List(_)))
        {
            return items.iter().map(|item| self.names(item, "必有")).collect();
        }
        let group = self.names(node, "必有");
        if group.is_empty() { Vec::new() } else { vec![group] }
    }

    fn column(&mut self, entry: &Entry<'_>) -> Column {
        let name = Named { text: entry.key.clone().into_owned(), span: self.span(&entry.key_place) };
        let mut column = Column {
            name,
            synonyms: Vec::new(),
            split: None,
            brackets: None,
            shapes: Vec::new(),
            blank: None,
            words: Vec::new(),
            range: None,
        };
        let Shape::Map(map) = &entry.value.shape else {
            column.synonyms = self.words(&entry.value, &entry.key);
            return column;
        };
        for entry in map {
            let value = &entry.value;
            match entry.key.as_ref() {
                "同义" => column.synonyms = self.words(value, "同义"),
                "拆分" => column.split = Some(self.marks(value)),
                "括号里" => column.brackets = word(value),
                "按形状" => {
                    for (length, other) in self.pairs(value, "按形状") {
                        let count = length.trim_end_matches('位').parse().ok();
                        if count.is_none() && length != "其他" {
                            self.shape(
                                value,
                                "按形状",
                                "「位数: 列名」，如 18位: 信用代码；余下的写「其他」",
                            );
                        }
                        column.shapes.push((count, other.text));
                    }
                }
                "当空" => column.blank = Some(self.words(value, "当空")),
                "对照" => {
                    let pairs = self.pairs(value, "对照");
                    column.words = pairs.into_iter().map(|(word, meant)| (word, meant.text)).collect();
                }
                "区间" => {
                    column.range = match word(value).as_deref() {
                        Some("起") => Some(Edge::First),
                        Some("止") => Some(Edge::Last),
                        Some(_) | None => {
                            self.shape(value, "区间", "起 或 止：几天的，算第一天还是最后一天");
                            None
                        }
                    };
                }
                _ => self.unknown(entry, COLUMN),
            }
        }
        column
    }

    /// 是 = all but blanks, 否 = none, or names of marks.
    fn marks(&mut self, node: &Node<'_>) -> Vec<char> {
        let all = |names: &[&str]| -> Vec<char> {
            MARKS
                .iter()
                .filter(|(name, _)| names.contains(name))
                .flat_map(|(_, marks)| *marks)
                .copied()
                .collect()
        };
        match word(node).as_deref() {
            Some("是" | "true") => return all(&["顿号", "逗号", "分号", "斜线", "换行"]),
            Some("否" | "false") => return Vec::new(),
            Some(_) | None => {}
        }
        let names = self.words(node, "拆分");
        if names.iter().any(|name| !MARKS.iter().any(|(mark, _)| mark == name)) {
            self.shape(node, "拆分", "是、否，或 [顿号, 逗号, 分号, 斜线, 空格, 换行] 里的几个");
        }
        all(&names.iter().map(String::as_str).collect::<Vec<_>>())
    }

    fn make(&mut self, what: What, node: &Node<'_>) -> Option<Make> {
        let map = self.map(node, what.word())?;
        let none = Named { text: String::new(), span: None };
        let mut make = Make {
            what,
            kind: Kind::Fixed(none),
            label: String::new(),
            ids: Vec::new(),
            time: Vec::new(),
            when: None,
            fields: Vec::new(),
            unused: false,
        };
        let mut meanings = Vec::new();
        for entry in map {
            let value = &entry.value;
            let first = |parser: &mut Self| parser.names(value, &entry.key).into_iter().next();
            match (entry.key.as_ref(), what) {
                ("实体", What::Entity) | ("事件", What::Event) => {
                    if let Some(name) = first(self) {
                        make.kind = Kind::Fixed(name);
                    }
                }
                ("事件类型", What::Event) => {
                    if let Some(name) = first(self) {
                        make.kind = Kind::Column(name, Vec::new());
                    }
                }
                ("对照", What::Event) => meanings = self.pairs(value, "对照"),
                ("叫作", _) => make.label = word(value).unwrap_or_default(),
                ("编号", _) => make.ids = self.names(value, "编号"),
                ("时间", What::Event) | ("有效起", What::Entity) => {
                    make.time = self.names(value, &entry.key)
                }
                ("当", _) => make.when = self.when(value),
                ("不用", _) => make.unused = self.flag(entry),
                _ => {
                    let field =
                        Named { text: entry.key.clone().into_owned(), span: self.span(&entry.key_place) };
                    let from = self.from(entry);
                    make.fields.push((field, from));
                }
            }
        }
        match &mut make.kind {
            Kind::Column(column, words) => {
                *words = meanings;
                if make.label.is_empty() {
                    make.label = format!("{{{}}}", column.text);
                }
            }
            Kind::Fixed(kind) if make.label.is_empty() => make.label.clone_from(&kind.text),
            Kind::Fixed(_) => {}
        }
        if let Kind::Fixed(kind) = &make.kind
            && kind.text.is_empty()
        {
            let slip = LedgerSlip::MappingMissing { owner: "这一项".to_owned(), key: what.word() };
            self.problem(&node.place, Mistake::Ledger(Box::new(slip)));
            return None;
        }
        Some(make)
    }

    fn when(&mut self, node: &Node<'_>) -> Option<(Named, Vec<String>)> {
        if let Shape::Map(map) = &node.shape {
            let entry = map.first()?;
            let name = Named { text: entry.key.clone().into_owned(), span: self.span(&entry.key_place) };
            return Some((name, self.words(&entry.value, "当")));
        }
        self.names(node, "当").into_iter().next().map(|name| (name, Vec::new()))
    }

    fn from(&mut self, entry: &Entry<'_>) -> From {
        if let Shape::Map(map) = &entry.value.shape {
            let [fixed] = map.as_slice() else {
                self.shape(&entry.value, &entry.key, "列名，或 {值: 一个词}");
                return From::Names(Vec::new());
            };
            if fixed.key != "值" {
                self.unknown(fixed, &["值"]);
            }
            return From::Fixed(word(&fixed.value).unwrap_or_default());
        }
        From::Names(self.names(&entry.value, &entry.key))
    }
}

fn word(node: &Node<'_>) -> Option<String> {
    if let Shape::Bool(value) = node.shape {
        return Some(value.to_string());
    }
    node.shape.word().map(str::to_owned)
}

fn is_null(node: &Node<'_>) -> bool {
    matches!(&node.shape, Shape::Null) || matches!(&node.shape, Shape::Plain(word) if value::is_null(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_mapping_has_no_mistake_of_form() {
        let mut parser = Parser { file: None, problems: Vec::new() };
        let columns = parser.file(BUILTIN);
        let found: Vec<Diagnostic> = parser.problems.iter().map(Problem::diagnostic).collect();
        assert_eq!(found, []);
        assert!(!columns.tables.is_empty());
    }
}
