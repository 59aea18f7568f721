//! One file read by `process_mining` and by the `zhunsheng` program, three times each; the fastest of each, and the ratio.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use process_mining::{Importable, EventLog};

fn fastest(mut run: impl FnMut()) -> Duration {
    let once = |run: &mut dyn FnMut()| {
        let begun = Instant::now();
        run();
        begun.elapsed()
    };
    (0..3).map(|_| once(&mut run)).min().unwrap_or_default()
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [program, rules, log] = arguments.as_slice() else {
        eprintln!("用法：compare zhunsheng程序 规则文件 日志.xes.gz");
        std::process::exit(2);
    };
    let theirs = fastest(|| {
        let read = EventLog::import_from_path(log).expect("process_mining 读得了这个文件");
        assert!(!read.traces.is_empty());
    });
    let ours = fastest(|| {
        let status = Command::new(program)
            .args(["check", "--rules", rules, log, "--as-of", "2020-12-31", "--format", "json"])
            .stdout(Stdio::null())
            .status()
            .expect("程序在那里");
        assert!(status.code() != Some(2));
    });
    println!("process_mining {theirs:.2?}");
    println!("zhunsheng      {ours:.2?}");
    println!("比值           {:.2}", ours.as_secs_f64() / theirs.as_secs_f64());
}
