//! Writes the list of files that are built into the program: calendars, rules and what stands beside them,
//! and the pages `explain` shows.
//! Takes folders, gives one Rust array of (name, text) per folder, in name order.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default();
    let out = env::var_os("OUT_DIR").unwrap_or_default();
    let list = embed(Path::new(&root), "calendars/cn", "yaml")?;
    fs::write(Path::new(&out).join("calendars.rs"), list)?;
    let list = embed(Path::new(&root), "rules", "rule")?;
    fs::write(Path::new(&out).join("rules.rs"), list)?;
    let list = embed(Path::new(&root), "docs/diagnostics", "md")?;
    fs::write(Path::new(&out).join("pages.rs"), list)?;
    let list = embed(Path::new(&root), "tests/cases", "md")?;
    fs::write(Path::new(&out).join("cases.rs"), list)?;
    let list = embed(Path::new(&root), "rules", "yaml")?;
    fs::write(Path::new(&out).join("rule-data.rs"), list)
}

/// An array expression of all files with an extension in a folder, as `(path inside the folder, text)`.
fn embed(root: &Path, folder: &str, extension: &str) -> io::Result<String> {
    println!("cargo::rerun-if-changed={folder}");
    let mut names = Vec::new();
    collect(&root.join(folder), "", extension, &mut names)?;
    names.sort();
    let mut list = String::from("&[\n");
    for name in names {
        let path = root.join(folder).join(&name);
        println!("cargo::rerun-if-changed={}", path.display());
        let _ = writeln!(list, "    ({name:?}, include_str!({:?})),", path.display().to_string());
    }
    list.push_str("]\n");
    Ok(list)
}

fn collect(folder: &Path, prefix: &str, extension: &str, names: &mut Vec<String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), &format!("{name}/"), extension, names)?;
        } else if Path::new(&name).extension().is_some_and(|found| found == extension) {
            names.push(name);
        }
    }
    Ok(())
}
