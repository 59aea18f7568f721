//! Every crate that is built into the program or its tests has a licence on `deny.toml`'s list.

use std::process::Command;

use serde_json::Value;

use super::text::{read, root};

/// Strings of the first `name = [ … ]` of a TOML text.
fn list(toml: &str, name: &str) -> Vec<String> {
    let body =
        toml.split(&format!("\n{name} = [")).nth(1).unwrap_or_else(|| panic!("no {name} in deny.toml"));
    let body = body.split(']').next().unwrap();
    let lines = body.lines().map(|line| line.split('#').next().unwrap());
    lines
        .flat_map(|line| line.split(','))
        .map(|item| item.trim().trim_matches('"').to_owned())
        .filter(|i| !i.is_empty())
        .collect()
}

/// Whether an SPDX expression can be met; AND binds closer than OR.
fn met(expression: &str, allowed: &[String]) -> bool {
    let words = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = words.split_whitespace().collect();
    let mut at = 0;
    let met = any(&words, &mut at, allowed);
    met && at == words.len()
}

fn any(words: &[&str], at: &mut usize, allowed: &[String]) -> bool {
    let mut met = all(words, at, allowed);
    while words.get(*at) == Some(&"OR") {
        *at += 1;
        met |= all(words, at, allowed);
    }
    met
}

fn all(words: &[&str], at: &mut usize, allowed: &[String]) -> bool {
    let mut met = one(words, at, allowed);
    while words.get(*at) == Some(&"AND") {
        *at += 1;
        met &= one(words, at, allowed);
    }
    met
}

fn one(words: &[&str], at: &mut usize, allowed: &[String]) -> bool {
    let Some(word) = words.get(*at) else {
        *at = words.len() + 1; // 表达式没有写完
        return false;
    };
    *at += 1;
    if *word == "(" {
        let met = any(words, at, allowed);
        *at += 1;
        return met;
    }
    let mut name = (*word).to_owned();
    if words.get(*at) == Some(&"WITH") {
        name = format!("{name} WITH {}", words.get(*at + 1).copied().unwrap_or_default());
        *at += 2;
    }
    allowed.contains(&name)
}

#[test]
fn expressions_are_read_as_spdx_does() {
    let allowed = ["MIT".to_owned(), "Apache-2.0 WITH LLVM-exception".to_owned(), "Unicode-3.0".to_owned()];
    for good in [
        "MIT",
        "MIT OR GPL-3.0",
        "GPL-3.0/MIT",
        "(MIT OR X) AND Unicode-3.0",
        "Apache-2.0 WITH LLVM-exception",
    ] {
        assert!(met(good, &allowed), "{good}");
    }
    for bad in ["", "GPL-3.0", "MIT AND GPL-3.0", "Apache-2.0", "MIT OR", "(GPL-3.0 OR X) AND MIT"] {
        assert!(!met(bad, &allowed), "{bad}");
    }
}

#[test]
fn every_dependency_has_an_allowed_licence() {
    let version = Command::new("rustc").arg("-vV").output().unwrap().stdout;
    let version = String::from_utf8(version).unwrap();
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--offline", "--locked", "--filter-platform", host])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    assert!(packages.len() > 50);

    let allowed = list(&read("deny.toml"), "allow");
    let mut bad = Vec::new();
    let mut used = Vec::new();
    for package in packages {
        let licence = package["license"].as_str().unwrap_or("");
        used.extend(allowed.iter().filter(|name| licence.contains(name.as_str())));
        if !met(licence, &allowed) {
            bad.push(format!("{} {}: {licence}", package["name"], package["version"]));
        }
        let source = package["source"].as_str();
        if source.is_some_and(|source| !source.starts_with("registry+")) {
            bad.push(format!("{}: not from the registry", package["name"]));
        }
    }
    assert!(bad.is_empty(), "not on deny.toml's list:\n{}", bad.join("\n"));
    let idle: Vec<&String> = allowed.iter().filter(|name| !used.contains(name)).collect();
    assert!(idle.is_empty(), "deny.toml allows licences nobody uses: {idle:?}");
}
