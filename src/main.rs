//! The program `zhunsheng`: hands the command line to `cli` and returns its exit code.

use std::io;
use std::process::ExitCode;

fn main() -> ExitCode {
    zhunsheng::cli::catch_interrupts();
    let mut out = io::BufWriter::new(io::stdout().lock());
    zhunsheng::cli::run(std::env::args_os(), &mut out, &mut io::stderr())
}
