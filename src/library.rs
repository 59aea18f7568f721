//! Rule sets by name: those built into the program, and those given as files.
//! Takes texts; gives parsed [`RuleSet`]s with everything they inherit, and all syntax problems.
//! Does not read the disk: `cli` does, and hands the texts over.

use std::collections::BTreeMap;

use crate::analyze::{self, Analysis, Library, RuleSet};
use crate::diagnostic::Diagnostic;
use crate::plan::{self, Plan};
use crate::policy::Policy;
use crate::source::{Digest, FileId, SourceMap};
use crate::syntax;

/// Files built into the program: (path inside `rules/`, text), in path order.
pub static BUILTIN: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/rules.rs"));

/// What stands beside the built-in rules (`articles.yaml`, …): (path inside `rules/`, text), in path order.
static BUILTIN_DATA: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/rule-data.rs"));

/// Path and text of a file beside the built-in rule set of this name (Chinese name or folder).
pub fn builtin_data(wanted: &str, file: &str) -> Option<(&'static str, &'static str)> {
    let (_, folder) =
        builtin_names().into_iter().find(|(name, folder)| name == wanted || folder == wanted)?;
    let path = format!("{folder}/{file}");
    BUILTIN_DATA.iter().find(|(known, _)| *known == path).copied()
}

/// Text of a file that stands beside the built-in rules, by its path inside `rules/`.
pub fn builtin_file(path: &str) -> Option<&'static str> {
    BUILTIN_DATA.iter().find(|(known, _)| *known == path).map(|(_, text)| *text)
}

/// A rule set ready to check with, or the reasons why it is not.
#[derive(Debug)]
pub struct Loaded {
    pub name: String,
    /// The parsed rule sets that took part, the checked one first.
    pub library: Library,
    pub analysis: Analysis,
    pub plan: Option<Plan>,
    /// Hash of every file that took part, names and texts, in order of sets and files.
    pub sha256: String,
    /// Rule sets that took part, the checked one last, with their files.
    pub files: Vec<FileId>,
    /// Syntax problems, then analysis problems, each in place order.
    pub problems: Vec<Diagnostic>,
}

impl Loaded {
    /// What became of a rule nobody finds any more: who repealed it, and why.
    pub fn repealed(&self, id: &str) -> Option<String> {
        let composition = self.analysis.composition.as_ref()?;
        composition.repealed_rule(id).map(analyze::RepealedRule::sentence)
    }

    /// The policy, when nothing is wrong.
    pub fn policy(&self) -> Option<&Policy> {
        self.analysis.policy.as_ref()
    }
}

/// Pages of diagnostic codes: (`N012.md`, text).
pub static PAGES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/pages.rs"));

/// Case pages of the built-in rules: (`pingqiao/PQ-05.md`, text).
pub static CASES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/cases.rs"));

/// Folder names of built-in rule sets: `pingqiao` → its files. Files directly in `rules/` are sets of their own.
fn builtin_sets() -> BTreeMap<&'static str, Vec<usize>> {
    let mut sets: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, (path, _)) in BUILTIN.iter().enumerate() {
        let folder = path.split_once('/').map_or(*path, |(folder, _)| folder);
        sets.entry(folder.trim_end_matches(".rule")).or_default().push(at);
    }
    sets
}

/// The name after `规则集` in a text, without parsing it.
fn header_name(text: &str) -> Option<&str> {
    text.lines().find_map(|line| {
        let rest = line.strip_prefix("规则集")?;
        let name = rest.trim_start_matches([' ', '\u{3000}', '\t']);
        (name.len() < rest.len()).then(|| name.trim().trim_end_matches(['：', ':']))
    })
}

/// Built-in rule sets by the name in their text: (name, folder).
pub fn builtin_names() -> Vec<(String, String)> {
    builtin_sets()
        .into_iter()
        .filter_map(|(folder, files)| {
            let name =
                files.iter().find_map(|at| BUILTIN.get(*at).and_then(|(_, text)| header_name(text)))?;
            Some((name.to_owned(), folder.to_owned()))
        })
        .collect()
}

/// Parses the built-in rule set of this name (Chinese name or folder), if there is one.
fn builtin(
    sources: &mut SourceMap,
    wanted: &str,
    problems: &mut Vec<Diagnostic>,
) -> Option<(RuleSet, Vec<FileId>)> {
    let (name, folder) =
        builtin_names().into_iter().find(|(name, folder)| name == wanted || folder == wanted)?;
    let sets = builtin_sets();
    let files = sets.get(folder.as_str())?;
    let texts = files.iter().filter_map(|at| BUILTIN.get(*at));
    let ids: Vec<FileId> = texts.map(|(path, text)| sources.add(format!("rules/{path}"), *text)).collect();
    Some((parse(sources, name, &ids, problems), ids))
}

fn parse(sources: &SourceMap, name: String, files: &[FileId], problems: &mut Vec<Diagnostic>) -> RuleSet {
    let mut found = Vec::new();
    let files = files
        .iter()
        .map(|id| {
            let (file, more) = syntax::parse(*id, sources.file(*id).text());
            found.extend(more);
            file
        })
        .collect();
    let set = RuleSet::new(name, files, &found, sources);
    problems.extend(found);
    set
}

/// Which rule set is wanted.
#[derive(Clone, Debug)]
pub enum Wanted<'a> {
    /// A built-in one, by name or folder.
    Builtin(&'a str),
    /// Files already in the source map that together are one rule set.
    Files(&'a [FileId]),
}

/// Loads a rule set with all it inherits from or uses. `others`: further rule sets given as files, found by name.
/// `None`: there is no built-in rule set of that name.
pub fn load(sources: &mut SourceMap, wanted: &Wanted<'_>, others: &[Vec<FileId>]) -> Option<Loaded> {
    let mut problems = Vec::new();
    let (target, ids) = match wanted {
        Wanted::Builtin(name) => builtin(sources, name, &mut problems)?,
        Wanted::Files(ids) => {
            let set = parse(sources, String::new(), ids, &mut problems);
            let name = analyze::declared_name(&set.files).map(str::to_owned);
            if name.is_none()
                && problems.is_empty()
                && let Some(first) = ids.first()
            {
                let span = crate::source::Span::new(*first, 0, 0);
                problems.push(analyze::Problem::NoHeader { span }.diagnostic());
            }
            (RuleSet { name: name.unwrap_or_else(|| "未命名".to_owned()), ..set }, ids.to_vec())
        }
    };
    let name = target.name.clone();
    // 没有用到的规则集，写错了也不碍事；要找的找不到时，说不出名称的可能正是它。
    let mut nearby: Vec<(RuleSet, Vec<FileId>, Vec<Diagnostic>)> = Vec::new();
    let mut nameless: Vec<Diagnostic> = Vec::new();
    for ids in others.iter().filter(|other| **other != ids) {
        let mut found = Vec::new();
        let set = parse(sources, String::new(), ids, &mut found);
        match analyze::declared_name(&set.files).map(str::to_owned) {
            Some(name) => nearby.push((RuleSet { name, ..set }, ids.clone(), found)),
            None => nameless.extend(found),
        }
    }
    let mut library = Library::default();
    let mut files: Vec<FileId> = Vec::new();
    let mut queue: Vec<String> = analyze::dependencies(&target.files);
    library.sets.push(target);
    files.extend(&ids);
    while let Some(next) = queue.pop() {
        if library.get(&next).is_some() {
            continue;
        }
        let at = nearby.iter().position(|(set, ..)| set.name == next);
        let found = match at {
            Some(at) => {
                let (set, ids, found) = nearby.swap_remove(at);
                problems.extend(found);
                Some((set, ids))
            }
            None => builtin(sources, &next, &mut problems),
        };
        let Some((mut set, ids)) = found else {
            problems.append(&mut nameless);
            continue;
        };
        // 用文件夹名继承的，也按写的名字找得到。
        set.name.clone_from(&next);
        queue.extend(analyze::dependencies(&set.files));
        files.extend(&ids);
        library.sets.push(set);
    }
    library.known = builtin_names().into_iter().map(|(name, _)| name).collect();
    library.known.extend(nearby.into_iter().map(|(set, ..)| set.name));
    let analysis = analyze::analyze(&library, &name);
    problems.extend(analysis.problems.iter().cloned());
    let sound = !problems.iter().any(Diagnostic::is_error);
    let plan = analysis.policy.as_ref().filter(|_| sound).map(plan::compile);
    let sha256 = digest(sources, &files);
    Some(Loaded { name, library, analysis, plan, sha256, files, problems })
}

/// Files given together as rule sets: one set, or where several files say whose they are, one set a file.
pub fn separate(sources: &SourceMap, files: &[FileId]) -> Vec<Vec<FileId>> {
    let headed = files.iter().filter(|id| header_name(sources.file(**id).text()).is_some()).count();
    if headed > 1 { files.iter().map(|id| vec![*id]).collect() } else { vec![files.to_vec()] }
}

/// The files among `sets` whose text names the rule set so.
pub fn named<'s>(sources: &SourceMap, sets: &'s [Vec<FileId>], name: &str) -> Option<&'s [FileId]> {
    let says = |id: &FileId| header_name(sources.file(*id).text()) == Some(name);
    sets.iter().find(|files| files.iter().any(says)).map(Vec::as_slice)
}

/// Over file names without folders, and texts: the same files give the same sum wherever they lie.
fn digest(sources: &SourceMap, files: &[FileId]) -> String {
    let part = |id: &FileId| {
        let file = sources.file(*id);
        (file.name().rsplit(['/', '\\']).next().unwrap_or(file.name()), file.text())
    };
    let mut parts: Vec<(&str, &str)> = files.iter().map(part).collect();
    parts.sort_unstable();
    let mut digest = Digest::default();
    for (name, text) in parts {
        [name, "\0", text, "\0"].into_iter().for_each(|part| digest.add(part));
    }
    digest.hex()
}
