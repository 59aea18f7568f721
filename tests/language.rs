//! Forms of the rule language that the built-in rules do not use: pages in `tests/cases/language`, rule sets
//! in `tests/data/rules`, run as `zhunsheng test --with` runs them.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use zhunsheng::calendar::Calendar;
use zhunsheng::cases;
use zhunsheng::library::{self, Wanted};
use zhunsheng::source::SourceMap;

fn files(folder: &str, extension: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|one| one == extension));
    paths.sort();
    paths
}

#[test]
fn every_page_comes_out_as_written() {
    let mut wrong = String::new();
    for path in files("tests/cases/language", "md") {
        let text = std::fs::read_to_string(&path).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let page = match cases::read(&text) {
            Ok(page) => page,
            Err(bad) => {
                writeln!(wrong, "{name}:{} {}", bad.line, bad.message).unwrap();
                continue;
            }
        };
        let mut sources = SourceMap::new();
        let given: Vec<_> = files("tests/data/rules", "rule")
            .iter()
            .map(|path| vec![sources.add(path.display().to_string(), std::fs::read_to_string(path).unwrap())])
            .collect();
        let wanted = library::named(&sources, &given, &page.policy).unwrap().to_vec();
        let loaded = library::load(&mut sources, &Wanted::Files(&wanted), &given).unwrap();
        assert_eq!(loaded.problems, [], "{name}");
        let outcome = cases::run(&page, &text, &name, &loaded, Calendar::builtin());
        for failure in outcome.failures {
            writeln!(
                wrong,
                "{name}:{} {}\n  {}",
                failure.line,
                failure.scenario,
                failure.details.join("\n  ")
            )
            .unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
