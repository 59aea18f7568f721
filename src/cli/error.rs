//! Why a command could not do its work. Takes what failed; writes it for people, in Chinese.
//! Every one of these ends with exit code 2, but for a closed pipe.

use std::io::{self, Write};
use std::path::PathBuf;

use super::terminal::Screen;
use crate::diagnostic::Diagnostic;
use crate::render::pretty;
use crate::source::SourceMap;

/// Why a command stopped.
#[derive(Debug)]
pub enum CliError {
    /// A file or folder could not be read.
    Read { path: PathBuf, error: io::Error },
    /// The output could not be written.
    Write(io::Error),
    /// The output file could not be written.
    Save { path: PathBuf, error: io::Error },
    /// The command line asks for something that makes no sense.
    Usage { message: String, help: Vec<String> },
    /// The command line is too short; the help page is the answer.
    Help { text: String },
    /// Texts given to the program have errors.
    Faulty { sources: SourceMap, diagnostics: Vec<Diagnostic> },
    /// Several of these, so that they can be put right together.
    Several(Vec<CliError>),
}

impl From<io::Error> for CliError {
    fn from(error: io::Error) -> Self {
        Self::Write(error)
    }
}

impl CliError {
    /// A mistake in the command line with one way out.
    pub fn usage(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self::Usage { message: message.into(), help: vec![help.into()] }
    }

    /// Writes it out.
    pub fn report(&self, err: &mut dyn Write) -> io::Result<()> {
        match self {
            Self::Read { path, error } => {
                writeln!(err, "错误：读不了「{}」：{}", path.display(), reason(error))
            }
            Self::Write(error) => writeln!(err, "错误：写不出结果：{}", reason(error)),
            Self::Save { path, error } => {
                writeln!(err, "错误：写不了「{}」：{}", path.display(), reason(error))
            }
            Self::Help { text } => err.write_all(text.as_bytes()),
            Self::Usage { message, help } => {
                writeln!(err, "错误：{message}")?;
                help.iter().try_for_each(|help| writeln!(err, "  {help}"))
            }
            Self::Faulty { sources, diagnostics } => {
                pretty::diagnostics(err, sources, diagnostics, &Screen::detect(true).pretty())
            }
            Self::Several(errors) => errors.iter().try_for_each(|error| error.report(err)),
        }
    }
}

/// The system's reason, in Chinese where it is a common one.
fn reason(error: &io::Error) -> String {
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the system has many reasons; the rest is shown as it came"
    )]
    match error.kind() {
        io::ErrorKind::NotFound => "没有这个文件或文件夹".to_owned(),
        io::ErrorKind::PermissionDenied => "没有权限".to_owned(),
        io::ErrorKind::IsADirectory => "这是文件夹，不是文件".to_owned(),
        io::ErrorKind::NotADirectory => "路径里有一段不是文件夹".to_owned(),
        io::ErrorKind::InvalidData => "不是 UTF-8 文字；请另存为 UTF-8 再试".to_owned(),
        io::ErrorKind::StorageFull => "磁盘满了".to_owned(),
        _ => format!("系统说：{error}"),
    }
}
