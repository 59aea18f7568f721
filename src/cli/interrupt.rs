//! Ctrl-C and being told to end: half-written files go, the bar goes, the exit code is 130.

use std::io::{self, Write as _};

use super::{save, talk};

/// What a shell reports of a program stopped by Ctrl-C (128 + SIGINT).
const INTERRUPTED: i32 = 130;

/// From now on an interrupt ends the program cleanly. For the program's `main`; the second call does nothing.
pub fn catch_interrupts() {
    let _ = ctrlc::set_handler(|| {
        talk::silence();
        let held = save::clear();
        let _ = writeln!(io::stderr(), "中断了；没写完的文件已经清掉，原来的文件没有动");
        // 拿着不放：进程结束之前，谁也不能再开始或换上一个文件。
        std::mem::forget(held);
        std::process::exit(INTERRUPTED);
    });
}
