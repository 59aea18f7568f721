//! The guides and the examples are run: each page in a fresh copy of the folder its reader works in.
//!
//! - ```` ```console ````: every `$ zhunsheng …` gives the text shown below it, at 80 columns, without colours;
//!   a line of only `……` stands for lines left out; a last line `# 退出码 1` is checked;
//! - ```` ```rule 练习.rule ````: a block with a file name is that file, whole; later commands see it;
//! - ```` ```rule ````: without a name, each paragraph stands in a rule file of the folder;
//! - ```` ```diff local.rule ````: `-` lines of the file become the `+` lines.
//!
//! `UPDATE_GUIDES=1 cargo test guides` writes what came out into the pages; review every changed line.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics has failed")]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Page, and the folder its commands are given in.
const PAGES: &[(&str, &str)] = &[
    ("docs/guide/bulletin.md", "examples/local"),
    ("docs/guide/ci.md", "examples/policy-repo"),
    ("docs/guide/compare.md", "examples/local"),
    ("docs/guide/inputs.md", "."),
    ("docs/guide/ledger.md", "examples/ledger"),
    ("docs/guide/convert.md", "tests/data"),
    ("docs/guide/lint.md", "."),
    ("docs/guide/local.md", "examples/local"),
    ("docs/guide/verify.md", "examples/policy-repo"),
    ("docs/guide/waivers.md", "examples/local"),
    ("examples/README.md", "."),
    ("examples/ledgers/README.md", "examples"),
    ("examples/local/README.md", "examples/local"),
    ("examples/policy-repo/README.md", "examples/policy-repo"),
];

/// Rules of an example, and the folder of its case pages.
const CASES: &[(&str, &str)] = &[
    ("examples/local/local.rule", "examples/local/cases"),
    ("examples/policy-repo/rules", "examples/policy-repo/cases"),
];

const LEFT_OUT: &str = "……";
const EXIT_CODE: &str = "# 退出码 ";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn updating() -> bool {
    std::env::var_os("UPDATE_GUIDES").is_some()
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A fresh copy of an example to work in; the repository itself for `.`, where nothing is written.
fn workplace(folder: &str, name: &str) -> PathBuf {
    if folder == "." {
        return root().to_owned();
    }
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("guides").join(name.replace('/', "-"));
    if place.exists() {
        std::fs::remove_dir_all(&place).unwrap();
    }
    copy(&root().join(folder), &place);
    place
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            std::fs::copy(&path, &target).unwrap();
        }
    }
}

fn zhunsheng(place: &Path, words: &[&str]) -> (String, i32) {
    let output = Command::new(env!("CARGO_BIN_EXE_zhunsheng"))
        .args(words)
        .current_dir(place)
        .env("NO_COLOR", "1")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    (text, output.status.code().unwrap())
}

/// One fenced block: what stands after the fence, the page's line its body begins on (from 0), the body.
struct Block<'a> {
    info: &'a str,
    start: usize,
    body: Vec<&'a str>,
}

fn blocks(page: &str) -> Vec<Block<'_>> {
    let mut found: Vec<Block<'_>> = Vec::new();
    // The backticks a block began with; it ends with as many.
    let mut open: Option<&str> = None;
    for (number, line) in page.lines().enumerate() {
        let info = line.trim_start_matches('`');
        let fence = line.strip_suffix(info).filter(|fence| fence.len() >= 3);
        match (open, fence) {
            (Some(begun), Some(fence)) if begun == fence && info.is_empty() => open = None,
            (Some(_), _) => found.last_mut().unwrap().body.push(line),
            (None, Some(fence)) => {
                open = Some(fence);
                found.push(Block { info, start: number + 1, body: Vec::new() });
            }
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a block without its end");
    found
}

/// Whether the lines shown are those that came out, but for what is left out.
fn same(shown: &[&str], came: &[&str]) -> bool {
    let parts: Vec<&[&str]> = shown.split(|line| *line == LEFT_OUT).collect();
    let [first, middle @ ..] = parts.as_slice() else { return false };
    let Some(mut rest) = came.strip_prefix(*first) else { return false };
    let Some((last, middle)) = middle.split_last() else { return rest.is_empty() };
    for part in middle.iter().filter(|part| !part.is_empty()) {
        let Some(at) = rest.windows(part.len()).position(|window| window == *part) else { return false };
        rest = rest.get(at + part.len()..).unwrap();
    }
    rest.ends_with(last)
}

/// Runs the commands of a console block; the body as it should be.
fn console(place: &Path, block: &Block<'_>, name: &str, wrong: &mut Vec<String>) -> Vec<String> {
    let mut body: Vec<String> = Vec::new();
    let mut lines = block.body.iter().copied().enumerate().peekable();
    while let Some((at, line)) = lines.next() {
        let place_of = format!("{name}:{}", block.start + at + 1);
        let command = line.strip_prefix("$ ").unwrap_or_else(|| panic!("{place_of}: no command"));
        let mut shown: Vec<&str> = Vec::new();
        while let Some((_, line)) = lines.next_if(|(_, line)| !line.starts_with("$ ")) {
            shown.push(line);
        }
        let blank = shown.last().is_some_and(|line| line.is_empty());
        if blank {
            shown.pop();
        }
        let code = shown.last().and_then(|line| line.strip_prefix(EXIT_CODE));
        if code.is_some() {
            shown.pop();
        }
        let words: Vec<&str> = command.split_whitespace().collect();
        let (text, came) = match words.as_slice() {
            ["zhunsheng", words @ ..] => zhunsheng(place, words),
            ["del", file] => {
                std::fs::remove_file(place.join(file)).unwrap();
                (String::new(), 0)
            }
            _ => panic!("{place_of}: only zhunsheng and del are run here"),
        };
        let out: Vec<&str> = text.lines().collect();
        body.push(line.to_owned());
        if same(&shown, &out) {
            body.extend(shown.iter().map(|&line| line.to_owned()));
        } else {
            wrong.push(format!("{place_of}: $ {command}\ngives\n\n{text}"));
            body.extend(out.iter().map(|&line| line.to_owned()));
        }
        if let Some(code) = code {
            if code != came.to_string() {
                wrong.push(format!("{place_of}: $ {command}\nends with {came}, the page says {code}"));
            }
            body.push(format!("{EXIT_CODE}{came}"));
        }
        if blank {
            body.push(String::new());
        }
    }
    body
}

/// Rewrites lines of a file as a diff block says.
fn change(place: &Path, file: &str, block: &Block<'_>, name: &str) {
    let path = place.join(file);
    let text = read(&path);
    let side = |sign: char| -> String {
        block.body.iter().filter_map(|line| line.strip_prefix(sign)).flat_map(|line| [line, "\n"]).collect()
    };
    let (old, new) = (side('-'), side('+'));
    assert_eq!(text.matches(&old).count(), 1, "{name}:{}: the lines of {file}", block.start);
    std::fs::write(path, text.replacen(&old, &new, 1)).unwrap();
}

/// Paragraphs of a rule block that stand in no rule file of the folder.
fn quoted(place: &Path, block: &Block<'_>, name: &str) -> Vec<String> {
    let files = std::fs::read_dir(place).unwrap().map(|entry| entry.unwrap().path());
    let rules: Vec<String> = files
        .filter(|path| path.extension().is_some_and(|one| one == "rule"))
        .map(|path| read(&path))
        .collect();
    let text = block.body.join("\n");
    let missing = text.split("\n\n").filter(|part| !rules.iter().any(|rule| rule.contains(part)));
    missing.map(|part| format!("{name}:{}: in no rule file\n\n{part}", block.start)).collect()
}

/// Runs a page; what is not as shown.
fn run(name: &str, folder: &str) -> Vec<String> {
    let path = root().join(name);
    let page = read(&path);
    let place = workplace(folder, name);
    let mut wrong = Vec::new();
    let mut lines: Vec<String> = page.lines().map(str::to_owned).collect();
    let mut rewritten: Vec<(std::ops::Range<usize>, Vec<String>)> = Vec::new();
    for block in blocks(&page) {
        match block.info.split_once(' ') {
            None if block.info == "console" => {
                let body = console(&place, &block, name, &mut wrong);
                rewritten.push((block.start..block.start + block.body.len(), body));
            }
            None if block.info == "rule" => wrong.extend(quoted(&place, &block, name)),
            None => {}
            Some(("diff", file)) => change(&place, file, &block, name),
            Some((_, file)) => std::fs::write(place.join(file), block.body.join("\n") + "\n").unwrap(),
        }
    }
    if updating() && !wrong.is_empty() {
        for (range, body) in rewritten.into_iter().rev() {
            lines.splice(range, body);
        }
        std::fs::write(&path, lines.join("\n") + "\n").unwrap();
        return Vec::new();
    }
    wrong
}

#[test]
fn the_guides_show_what_comes_out() {
    let wrong: Vec<String> = PAGES.iter().flat_map(|(name, folder)| run(name, folder)).collect();
    assert!(wrong.is_empty(), "UPDATE_GUIDES=1 writes it into the page\n\n{}", wrong.join("\n"));
}

#[test]
fn no_guide_is_forgotten() {
    for entry in std::fs::read_dir(root().join("docs/guide")).unwrap() {
        let page = format!("docs/guide/{}", entry.unwrap().file_name().display());
        assert!(PAGES.iter().any(|(name, _)| *name == page), "{page}: not in PAGES");
    }
}

#[test]
fn links_of_the_guides_lead_somewhere() {
    for (name, _) in PAGES {
        let page = read(&root().join(name));
        let folder = root().join(name).parent().unwrap().to_owned();
        let targets = page.split("](").skip(1).map(|rest| rest.split(')').next().unwrap());
        for target in targets.filter(|target| !target.starts_with("http")) {
            let file = target.split('#').next().unwrap();
            assert!(folder.join(file).exists(), "{name}: {target}");
        }
    }
}

#[test]
fn case_pages_of_the_examples_come_out_as_they_say() {
    for (rules, cases) in CASES {
        let (text, code) = zhunsheng(root(), &["test", "--rules", rules, cases]);
        assert_eq!(code, 0, "{cases}\n{text}");
    }
}

/// Every change of the source changes the program's sums; what is kept must not change with it.
fn without_sums_of_the_program(json: &str) -> String {
    let (before, rest) = json.split_once("  \"program\": {").unwrap();
    let (program, after) = rest.split_once('}').unwrap();
    let lines = program.split('\n').map(|line| match line.split_once("sha256\": \"") {
        Some((key, sum)) => format!("{key}sha256\": \"（随程序）\"{}", sum.rsplit('"').next().unwrap()),
        None => line.to_owned(),
    });
    format!("{before}  \"program\": {{{}}}{after}", lines.collect::<Vec<_>>().join("\n"))
}

/// The steps of `check.sh`, but for commands this program does not have; each must end well.
#[test]
fn the_policy_repository_passes_its_own_check() {
    let folder = "examples/policy-repo";
    let place = workplace(folder, "check.sh");
    let script = read(&place.join("check.sh"));
    let (help, _) = zhunsheng(&place, &["--help"]);
    let has = |command: &str| help.lines().any(|line| line.trim_start().starts_with(&format!("{command} ")));
    let mut steps = 0;
    for line in script.lines().filter(|line| line.starts_with("zhunsheng ")) {
        let words: Vec<&str> = line.split_whitespace().skip(1).collect();
        if !has(words[0]) {
            continue;
        }
        let (text, code) = zhunsheng(&place, &words);
        assert_eq!(code, 0, "{line}\n{text}");
        steps += 1;
    }
    assert!(steps >= 3, "{script}");
    let kept = root().join(folder).join("expected.json");
    let came = without_sums_of_the_program(&read(&place.join("expected.json")));
    if updating() {
        std::fs::write(&kept, &came).unwrap();
    }
    assert!(read(&kept) == came, "UPDATE_GUIDES=1 writes examples/policy-repo/expected.json");
}
