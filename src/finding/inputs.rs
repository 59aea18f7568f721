//! How a check was called: everything needed to call it again. Only data; paths as the caller wrote them.
//! What the files were is said by sums beside their names.

use super::FileInfo;

/// Where a day or a period was taken from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Origin {
    /// Nobody said; a default was used (the day of the run), or there is none.
    #[default]
    Default,
    /// The caller said it.
    Caller,
    /// The log said it.
    Log,
}

impl Origin {
    pub const ALL: [Self; 3] = [Self::Default, Self::Caller, Self::Log];

    /// The JSON word.
    pub fn key(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Caller => "caller",
            Self::Log => "log",
        }
    }
}

/// One call of the check, as it was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inputs {
    /// Log files, folders, patterns, `-`.
    pub logs: Vec<String>,
    /// Name or path of the rules; `None`: the log names them.
    pub rules: Option<String>,
    /// Rule files and folders given besides.
    pub with: Vec<String>,
    /// Every rule file that took part, with those built in (`rules/…`), in order of loading.
    pub rule_files: Vec<FileInfo>,
    /// Per rule judged, in order of the rules: id, and the sum over what it says once definitions are written out.
    /// Sixteen hexadecimal digits. Tells whether a rule changed though only its file did.
    pub rule_sums: Vec<(String, String)>,
    /// `名=值`.
    pub parameters: Vec<String>,
    /// Calendar files and folders given besides the built-in ones.
    pub calendars: Vec<String>,
    pub calendar_files: Vec<FileInfo>,
    /// Files that say what the columns of a table mean.
    pub columns: Vec<FileInfo>,
    /// The year of dates in tables that have none.
    pub year: Option<i32>,
    /// Waiver file or folder; what it held is `Asked::waivers`.
    pub waivers: Option<String>,
    /// Every instance is listed.
    pub all: bool,
    /// Bad records were skipped.
    pub lenient: bool,
    /// How many bad records and remarks were listed at most.
    pub max_errors: usize,
    /// Identity-card and mobile numbers are hidden in the report.
    pub mask: bool,
}
