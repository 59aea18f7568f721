//! Runs every page below `tests/cases/`, one named test per page.
//! `UPDATE_CASES=1 cargo test --test cases` rewrites the tables; review every changed line.

#[path = "support/pages.rs"]
mod pages;

fn main() -> std::process::ExitCode {
    let arguments = libtest_mimic::Arguments::from_args();
    let trials = pages::trials();
    libtest_mimic::run(&arguments, trials).exit_code()
}
