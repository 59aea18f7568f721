//! Writes the list of files that are built into the program: calendars, rules and what stands beside them,
//! and the pages `explain` shows; and the sums that say which program this is.
//! Takes folders, gives one Rust array of (name, text) per folder, in name order.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs, io};

use sha2::{Digest as _, Sha256};

/// What decides how rules, calendars and logs are read and judged.
const ENGINE: &[&str] = &["Cargo.lock", "Cargo.toml", "build.rs", "grammar", "src"];

/// What is built in besides.
const DATA: &[&str] = &["calendars", "docs/diagnostics", "rules", "tests/cases"];

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
    fs::write(Path::new(&out).join("rule-data.rs"), list)?;
    fs::write(Path::new(&out).join("program.rs"), sums(Path::new(&root))?)
}

/// Two constants: the sum over everything, and the one without what a report names by sums of its own
/// (rules, calendars) and without pages that judge nothing.
fn sums(root: &Path) -> io::Result<String> {
    let mut names = Vec::new();
    for &place in ENGINE.iter().chain(DATA) {
        println!("cargo::rerun-if-changed={place}");
        if root.join(place).is_dir() {
            collect(&root.join(place), &format!("{place}/"), None, &mut names)?;
        } else if root.join(place).is_file() {
            names.push(place.to_owned());
        }
    }
    // 编辑器留下的文件不是程序。
    names.retain(|name| !name.split('/').any(|part| part.starts_with('.') || part.ends_with('~')));
    names.sort();
    let (mut whole, mut engine) = (Sha256::new(), Sha256::new());
    for name in names {
        let bytes = fs::read(root.join(&name))?;
        // 换行归一：同一份源码在哪里检出都是同一个和。
        let text: Vec<u8> = bytes.split(|byte| *byte == b'\r').flatten().copied().collect();
        let judges = ENGINE.iter().any(|place| name == *place || name.starts_with(&format!("{place}/")))
            || (name.starts_with("rules/") && !name.ends_with(".rule"));
        let sums = [Some(&mut whole), judges.then_some(&mut engine)];
        for sum in sums.into_iter().flatten() {
            sum.update(format!("{name}\0{}\0", text.len()));
            sum.update(&text);
        }
    }
    let hex = |sum: Sha256| sum.finalize().iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
    let (whole, engine) = (hex(whole), hex(engine));
    let long = format!("{}\n程序 sha256 {whole}", env!("CARGO_PKG_VERSION"));
    Ok(format!(
        "const SHA256: &str = {whole:?};\nconst ENGINE: &str = {engine:?};\n\
         /// For `--version`.\npub const LONG_VERSION: &str = {long:?};\n"
    ))
}

/// An array expression of all files with an extension in a folder, as `(path inside the folder, text)`.
fn embed(root: &Path, folder: &str, extension: &str) -> io::Result<String> {
    println!("cargo::rerun-if-changed={folder}");
    let mut names = Vec::new();
    collect(&root.join(folder), "", Some(extension), &mut names)?;
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

/// All files below a folder, or those with the extension.
fn collect(folder: &Path, prefix: &str, extension: Option<&str>, names: &mut Vec<String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), &format!("{name}/"), extension, names)?;
        } else if extension.is_none_or(|wanted| Path::new(&name).extension().is_some_and(|one| one == wanted))
        {
            names.push(name);
        }
    }
    Ok(())
}
