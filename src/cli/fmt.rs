//! `zhunsheng fmt`: lays rule files out; `--check` only says which are not laid out.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::CliError;
use super::common::read_all;
use super::save::save;
use crate::source::SourceMap;
use crate::syntax;

#[derive(Args)]
#[command(after_help = "例：
  zhunsheng fmt 本地.rule            排好版，写回文件
  zhunsheng fmt --check rules/       只查，有没排好的就退出 1
  zhunsheng fmt --print 本地.rule    只打印，不写回")]
pub(super) struct FmtArgs {
    /// 规则文件、文件夹
    #[arg(value_name = "文件", required = true)]
    files: Vec<PathBuf>,
    /// 只查不写
    #[arg(long)]
    check: bool,
    /// 打印排好的文字，不写回
    #[arg(long, conflicts_with = "check")]
    print: bool,
}

pub(super) fn run(args: &FmtArgs, out: &mut dyn Write) -> Result<ExitCode, CliError> {
    let mut sources = SourceMap::new();
    let files = read_all(&mut sources, &args.files, &["rule"])?;
    let mut laid = Vec::new();
    let mut diagnostics = Vec::new();
    for file in files {
        let source = sources.file(file);
        match syntax::format(file, source.text()) {
            Ok(text) => laid.push((source.name().to_owned(), text != source.text(), text)),
            Err(problems) => diagnostics.extend(problems),
        }
    }
    if !diagnostics.is_empty() {
        return Err(CliError::Faulty { sources, diagnostics });
    }
    let mut changed = 0;
    for (name, differs, text) in laid {
        if args.print {
            out.write_all(text.as_bytes())?;
        } else if differs {
            changed += 1;
            if args.check {
                writeln!(out, "没排好 {name}")?;
            } else {
                save(&PathBuf::from(&name), &mut |file| file.write_all(text.as_bytes()))?;
                writeln!(out, "排好了 {name}")?;
            }
        }
    }
    if args.check && changed > 0 {
        writeln!(out, "{changed} 个文件没排好；运行 zhunsheng fmt 排好。")?;
        return Ok(ExitCode::from(1));
    }
    Ok(ExitCode::SUCCESS)
}
