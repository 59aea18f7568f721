//! `--columns`, `--year`: how the tables among the logs are read.

use std::path::PathBuf;

use clap::Args;

use super::CliError;
use super::common::read_all;
use crate::logs::Columns;
use crate::source::SourceMap;

/// For every command that reads logs.
#[derive(Args, Debug)]
pub(super) struct ColumnsOption {
    /// 台账的列名对照（YAML），补充或改掉内置的；可给几份，后面的补充前面的
    #[arg(long = "columns", value_name = "文件", alias = "列名")]
    mappings: Vec<PathBuf>,
    /// 台账里没有写年份的日期（5月6日）是哪一年的
    #[arg(long, value_name = "年", value_parser = clap::value_parser!(i32).range(1990..=2100), alias = "年")]
    pub year: Option<i32>,
}

impl ColumnsOption {
    /// The built-in mapping with the given files on top; `None` when there are none.
    pub fn open(&self, sources: &mut SourceMap) -> Result<Option<Columns>, CliError> {
        if self.mappings.is_empty() {
            return Ok(None);
        }
        let files = read_all(sources, &self.mappings, &["yaml", "yml"])?;
        match Columns::read(sources, &files) {
            Ok(columns) => Ok(Some(columns)),
            Err(diagnostics) => Err(CliError::Faulty { sources: std::mem::take(sources), diagnostics }),
        }
    }
}
