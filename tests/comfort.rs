//! What makes the program pleasant: quiet and talkative runs, completions, manual pages, a bar for long work,
//! and a clean end on Ctrl-C. Tools that a machine does not have are passed over, and said so.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "helpers of tests fail as tests do, and say what they pass over"
)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const PROGRAM: &str = env!("CARGO_BIN_EXE_zhunsheng");
const LOG: &str = "examples/pingqiao.jsonl";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn folder(name: &str) -> PathBuf {
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("comfort").join(name);
    let _ = std::fs::remove_dir_all(&place);
    std::fs::create_dir_all(&place).unwrap();
    place
}

fn run(words: &[&str]) -> Output {
    let mut command = Command::new(PROGRAM);
    command.args(words).current_dir(root()).env("NO_COLOR", "1").stdin(Stdio::null()).output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// Whether a tool is there; says so when it is not.
fn has(tool: &str) -> bool {
    let found = Command::new(tool).arg("--version").stdin(Stdio::null()).output().is_ok();
    if !found {
        eprintln!("没有 {tool}，跳过");
    }
    found
}

#[test]
fn quiet_keeps_results_and_errors() {
    let place = folder("quiet");
    let log = std::fs::read_to_string(root().join(LOG)).unwrap();
    std::fs::write(place.join("坏.jsonl"), format!("{log}{{\"事件\":\n")).unwrap();
    let path = place.join("坏.jsonl").display().to_string();
    let plain = run(&["check", "--lenient", &path]);
    let quiet = run(&["-q", "check", "--lenient", &path]);
    assert!(text(&plain.stderr).contains("跳过 1 条坏记录"));
    assert_eq!(text(&quiet.stderr), "");
    assert_eq!(plain.stdout, quiet.stdout);
    let failed = run(&["check", "--quiet", &path]);
    assert!(text(&failed.stderr).contains("错误 L"), "{}", text(&failed.stderr));
    assert_eq!(failed.status.code(), Some(2));
}

#[test]
fn verbose_says_what_was_used_and_only_on_the_error_stream() {
    let plain = run(&["check", LOG]);
    let verbose = run(&["check", "-v", LOG]);
    assert_eq!(plain.stdout, verbose.stdout);
    assert_eq!(text(&plain.stderr), "");
    let said = text(&verbose.stderr);
    for words in [
        "· 读 examples/pingqiao.jsonl：",
        "388 个事件，108 个实体",
        "· 规则 平桥：45 条",
        "· 日历：",
        "· 用时：",
    ] {
        assert!(said.contains(words), "{words}\n{said}");
    }
}

/// Each of the commands that read logs says as much as `check` does, and with `-q` nothing of it.
#[test]
fn all_that_read_logs_say_what_they_read() {
    let place = folder("newer");
    let log = std::fs::read_to_string(root().join(LOG)).unwrap();
    std::fs::write(place.join("坏.jsonl"), format!("{log}{{\"事件\":\n")).unwrap();
    let bad = place.join("坏.jsonl").display().to_string();
    for (words, said, hint) in [
        (&["bulletin", "--period", "2025", LOG, LOG][..], "388 个事件，108 个实体", "给了两次"),
        (&["due", LOG, LOG], "规则 平桥：45 条", "给了两次"),
        (&["columns", "examples/ledgers/wugang.xlsx", LOG], "张表", "不是表，不看列名"),
        (&["convert", "--to", "jsonl", "--lenient", &bad], "个实体", "跳过 1 条坏记录"),
        (&["vocabulary", LOG, LOG], "推断出", "给了两次"),
    ] {
        let verbose = run(&[words, &["-v"]].concat());
        let verbose = text(&verbose.stderr);
        for part in ["· 读 ", said, "· 用时：", hint] {
            assert!(verbose.contains(part), "{words:?}: {part}\n{verbose}");
        }
        let quiet = run(&[words, &["-q"]].concat());
        assert_eq!(text(&quiet.stderr), "", "{words:?}");
    }
}

/// A file is replaced whole: what `-o` writes is what stands on standard output, with nothing left beside it.
#[test]
fn files_are_written_whole() {
    let place = folder("whole");
    for (name, words) in [
        ("通报.json", &["bulletin", "--period", "2025", "--format", "json", LOG][..]),
        ("到期.csv", &["due", "--format", "csv", LOG]),
        ("列.json", &["columns", "--format", "json", "examples/ledgers/wugang.xlsx"]),
        ("日志.xes", &["convert", "--to", "xes", LOG]),
        ("词汇.rule", &["vocabulary", LOG]),
    ] {
        let path = place.join(name);
        std::fs::write(&path, "旧的".repeat(1 << 20)).unwrap();
        let shown = path.display().to_string();
        assert!(run(&[words, &["-o", &shown]].concat()).status.success(), "{name}");
        assert_eq!(std::fs::read(&path).unwrap(), run(words).stdout, "{name}");
        let there = place.display().to_string();
        let refused = run(&[words, &["-o", &there]].concat());
        assert_eq!(refused.status.code(), Some(2), "{name}");
    }
    assert_eq!(std::fs::read_dir(&place).unwrap().count(), 5, "nothing is left half written");
}

#[test]
fn every_command_can_be_quiet_or_verbose() {
    for words in [
        &["show", "平桥"][..],
        &["explain", "L001"],
        &["lint", "平桥"],
        &["deadline", "2025-09-26", "20"],
        &["calendar", "check"],
        &["graph", "平桥"],
        &["fmt", "--check", "rules"],
        &["bulletin", "--period", "2025", LOG],
        &["due", LOG],
        &["columns", "examples/ledgers/wugang.xlsx"],
        &["convert", "--to", "csv", LOG],
        &["vocabulary", LOG],
    ] {
        let plain = run(words);
        for flag in ["--quiet", "--verbose", "-q", "-v"] {
            let said = run(&[words, &[flag]].concat());
            assert_eq!(said.stdout, plain.stdout, "{words:?} {flag}");
            assert_eq!(said.status.code(), plain.status.code(), "{words:?} {flag}");
        }
    }
}

#[test]
fn completions_are_scripts_the_shells_accept() {
    let place = folder("completions");
    for (shell, syntax) in [
        ("bash", Some("bash")),
        ("zsh", Some("zsh")),
        ("fish", Some("fish")),
        ("powershell", None),
        ("elvish", None),
    ] {
        let script = run(&["completions", shell]);
        assert!(script.status.success());
        let said = text(&script.stdout);
        let newer = ["bulletin", "due", "columns", "convert", "vocabulary", "within", "period"];
        for word in ["check", "verify", "completions", "as-of", "quiet"].iter().chain(&newer) {
            assert!(said.contains(word), "{shell}: {word}");
        }
        let file = place.join(shell);
        std::fs::write(&file, said).unwrap();
        if let Some(tool) = syntax.filter(|tool| has(tool)) {
            let read = Command::new(tool).arg("-n").arg(&file).output().unwrap();
            assert!(read.status.success(), "{shell}: {}", text(&read.stderr));
        }
    }
    let wrong = run(&["completions", "bsh"]);
    assert!(text(&wrong.stderr).contains("是不是要写「bash」"), "{}", text(&wrong.stderr));
}

#[test]
fn manual_pages_are_chinese_and_can_be_set() {
    let place = folder("man");
    let folder = place.join("man1").display().to_string();
    assert!(run(&["man", "-o", &folder]).status.success());
    let help = run(&["-h"]);
    let groff = has("groff");
    let mut pages = 0;
    for entry in std::fs::read_dir(place.join("man1")).unwrap() {
        let path = entry.unwrap().path();
        let page = std::fs::read_to_string(&path).unwrap();
        pages += 1;
        for heading in [".SH 名称", ".SH 用法", ".SH 选项"] {
            assert!(page.contains(heading), "{}: {heading}", path.display());
        }
        for word in
            ["SYNOPSIS", "OPTIONS", "DESCRIPTION", "SUBCOMMANDS", "Possible", "default", "Print", "help for"]
        {
            assert!(!page.contains(word), "{}: {word}", path.display());
        }
        if groff {
            let set =
                Command::new("groff").args(["-k", "-Tutf8", "-man", "-ww"]).arg(&path).output().unwrap();
            assert!(set.status.success(), "{}", path.display());
            let shown = text(&set.stdout);
            assert!(shown.contains("用法"), "{}: {shown}", path.display());
        }
    }
    let commands = text(&help.stdout).lines().skip_while(|line| !line.starts_with("命令"));
    let commands = commands.skip(1).take_while(|line| line.starts_with("  "));
    // 一个命令一页，主页，calendar 下面两页。
    let named = commands.filter(|line| !line.starts_with("   ")).count();
    assert_eq!(pages, named + 3);
    assert_eq!(std::fs::read(place.join("man1/zhunsheng.1")).unwrap(), run(&["man"]).stdout);
}

#[test]
fn what_cannot_be_written_is_said() {
    let place = folder("save");
    let path = place.display().to_string();
    let said = run(&["check", LOG, "-o", &path]);
    assert!(text(&said.stderr).contains("这是文件夹，不是文件"), "{}", text(&said.stderr));
    let inside = place.join("没有/结果.json").display().to_string();
    let said = run(&["check", LOG, "-o", &inside]);
    assert!(text(&said.stderr).contains("没有这个文件或文件夹"), "{}", text(&said.stderr));
    assert_eq!(said.status.code(), Some(2));
}

/// Runs a line of shell on a terminal of its own; what appeared on it.
#[cfg(unix)]
fn on_a_terminal(line: &str, set: &[(&str, &str)]) -> String {
    let mut command = Command::new("script");
    command.args(["-qec", line, "/dev/null"]).current_dir(root()).stdin(Stdio::null());
    command.env_remove("CI").env("TERM", "xterm").envs(set.iter().copied());
    String::from_utf8_lossy(&command.output().unwrap().stdout).into_owned()
}

/// Standard input that comes late is long work.
#[cfg(unix)]
#[test]
fn long_work_shows_a_bar_on_a_terminal() {
    if !has("script") {
        return;
    }
    let late = format!("(sleep 1.6; cat {LOG}) | {PROGRAM} check - 2>&1 >/dev/null");
    let shown = on_a_terminal(&late, &[]);
    assert!(shown.contains("读文件……已用 1 秒"), "{shown:?}");
    assert!(shown.ends_with("\u{1b}[2K") || shown.trim_end().ends_with("\u{1b}[2K"), "{shown:?}");
    let hidden = [
        on_a_terminal(&late.replace(" check", " -q check"), &[]),
        on_a_terminal(&late, &[("TERM", "dumb")]),
        on_a_terminal(&late, &[("CI", "true")]),
        on_a_terminal(&format!("{PROGRAM} check {LOG} 2>&1 >/dev/null"), &[]),
    ];
    assert_eq!(hidden, ["", "", "", ""]);
}

/// Enough that writing takes a while: many inspections of one task.
#[cfg(unix)]
fn large_log(count: usize) -> String {
    let mut log = std::fs::read_to_string(root().join("examples/policy-repo/logs/2025.jsonl")).unwrap();
    for number in 0..count {
        let _ = writeln!(log, r#"{{"实体":"检查","编号":"K{number}","任务":"T1","对象":"O1"}}"#);
        let _ = writeln!(log, r#"{{"事件":"检查结束","时间":"2025-05-15","检查":"K{number}"}}"#);
    }
    log
}

#[cfg(unix)]
#[test]
fn an_interrupt_leaves_the_old_file_and_no_half_one() {
    let place = folder("interrupt");
    let (result, part) = (place.join("结果.json"), place.join("结果.json.part"));
    for count in [10_000, 40_000, 160_000] {
        std::fs::write(place.join("日志.jsonl"), large_log(count)).unwrap();
        std::fs::write(&result, "旧的").unwrap();
        let mut child = Command::new(PROGRAM)
            .args(["check", "--rules"])
            .arg(root().join("examples/policy-repo/rules"))
            .args(["--all", "--format", "json", "-o", "结果.json", "日志.jsonl"])
            .current_dir(&place)
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        while !part.exists() && child.try_wait().unwrap().is_none() {
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).output().unwrap();
        let ended = child.wait_with_output().unwrap();
        if !killed.status.success() || ended.status.code() != Some(130) {
            // 写得太快，没赶上；换份更大的再来。
            continue;
        }
        assert_eq!(std::fs::read_to_string(&result).unwrap(), "旧的");
        assert!(!part.exists());
        assert!(text(&ended.stderr).contains("中断了"), "{}", text(&ended.stderr));
        return;
    }
    panic!("the program was never caught writing");
}

#[cfg(unix)]
#[test]
fn an_interrupt_while_reading_ends_with_130() {
    for signal in ["-INT", "-TERM"] {
        let mut child = Command::new(PROGRAM)
            .args(["check", "-"])
            .stdin(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        std::thread::sleep(std::time::Duration::from_millis(500));
        Command::new("kill").args([signal, &child.id().to_string()]).output().unwrap();
        // 标准输入不能先关：关了它就读完了。
        let input = child.stdin.take();
        let status = child.wait().unwrap();
        drop(input);
        assert_eq!(status.code(), Some(130), "{signal}");
    }
}
