//! Which program this is: name, version, and the sums over its source, for reports that are to be made again.
//! Takes what `build.rs` summed up; the same source gives the same sums on every machine.

include!(concat!(env!("OUT_DIR"), "/program.rs"));

/// A program that made a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Program {
    pub name: &'static str,
    pub version: &'static str,
    /// SHA-256 over every file it was built from: source, grammar, locked dependencies, and what is built in
    /// (rules, calendars, pages). Hexadecimal.
    pub sha256: &'static str,
    /// The same without built-in rules, calendars and pages: two programs with this sum in common judge alike
    /// when they are given the same rules, calendar and logs.
    pub engine_sha256: &'static str,
}

/// This program.
pub const PROGRAM: Program = Program {
    name: env!("CARGO_PKG_NAME"),
    version: env!("CARGO_PKG_VERSION"),
    sha256: SHA256,
    engine_sha256: ENGINE,
};
