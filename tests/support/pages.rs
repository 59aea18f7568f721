//! Case pages as tests: finds them, loads each rule set once, runs them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use libtest_mimic::{Failed, Trial};
use zhunsheng::calendar::Calendar;
use zhunsheng::cases;
use zhunsheng::library::{self, Loaded, Wanted};
use zhunsheng::source::{FileId, SourceMap};

type Shelf = Arc<Mutex<BTreeMap<String, Arc<Loaded>>>>;

/// One trial per page, named by its path.
pub fn trials() -> Vec<Trial> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut pages = Vec::new();
    collect(&root, &mut pages);
    pages.sort();
    let shelf = Shelf::default();
    pages
        .into_iter()
        .map(|path| {
            let name = path.strip_prefix(&root).unwrap_or(&path).display().to_string();
            let shelf = Arc::clone(&shelf);
            Trial::test(name.clone(), move || run(&path, &name, &shelf))
        })
        .collect()
}

fn collect(folder: &Path, pages: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, pages);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            pages.push(path);
        }
    }
}

/// A built-in rule set, or the one in `tests/data/rules/` whose text names it so.
fn load(shelf: &Shelf, name: &str) -> Result<Arc<Loaded>, Failed> {
    let mut shelf = shelf.lock().map_err(|error| error.to_string())?;
    if let Some(loaded) = shelf.get(name) {
        return Ok(Arc::clone(loaded));
    }
    let mut sources = SourceMap::new();
    let loaded = match library::load(&mut sources, &Wanted::Builtin(name), &[]) {
        Some(loaded) => loaded,
        None => {
            let given = given(&mut sources)?;
            let files =
                library::named(&sources, &given, name).ok_or_else(|| format!("没有规则集「{name}」"))?;
            library::load(&mut sources, &Wanted::Files(files), &given).ok_or("装不了")?
        }
    };
    if loaded.plan.is_none() {
        return Err(format!("规则集「{name}」有错：{:#?}", loaded.problems).into());
    }
    let loaded = Arc::new(loaded);
    shelf.insert(name.to_owned(), Arc::clone(&loaded));
    Ok(loaded)
}

/// Every file of `tests/data/rules/`, a rule set each.
fn given(sources: &mut SourceMap) -> Result<Vec<Vec<FileId>>, Failed> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/rules");
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)?.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    let read =
        |path: &PathBuf| Ok(vec![sources.add(path.display().to_string(), std::fs::read_to_string(path)?)]);
    paths.iter().map(read).collect()
}

fn run(path: &Path, name: &str, shelf: &Shelf) -> Result<(), Failed> {
    let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    let page = cases::read(&text).map_err(|bad| format!("{name}:{}：{}", bad.line, bad.message))?;
    let loaded = load(shelf, &page.policy)?;
    let outcome = cases::run(&page, &text, name, &loaded, Calendar::builtin());
    if std::env::var_os("UPDATE_CASES").is_some() && outcome.rewritten != text {
        std::fs::write(path, &outcome.rewritten).map_err(|error| error.to_string())?;
        return Ok(());
    }
    if outcome.failures.is_empty() {
        return Ok(());
    }
    let failures = outcome.failures.iter().map(|failure| {
        format!("{name}:{} {}\n    {}", failure.line, failure.scenario, failure.details.join("\n    "))
    });
    Err(failures.collect::<Vec<_>>().join("\n").into())
}
