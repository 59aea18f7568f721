//! `zhunsheng man`: manual pages, one for the program and one per command, in Chinese.
//! The pages come from the same text as `-h`; clap's English headings are replaced here.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use clap_mangen::Man;

use super::CliError;
use super::save::save;

#[derive(Args)]
#[command(after_help = "例：
  zhunsheng man | man -l -                                看主页
  zhunsheng man -o ~/.local/share/man/zh_CN/man1          主页和每个命令一页")]
pub(super) struct ManArgs {
    /// 写到这个文件夹，每个命令一页；不写就把主页打出来
    #[arg(short, long, value_name = "文件夹")]
    output: Option<PathBuf>,
}

/// `command`: the whole command line, dressed.
pub(super) fn run(
    args: &ManArgs,
    mut command: clap::Command,
    out: &mut dyn Write,
) -> Result<ExitCode, CliError> {
    command.build();
    let Some(folder) = &args.output else {
        page(&command, "zhunsheng", out)?;
        return Ok(ExitCode::SUCCESS);
    };
    std::fs::create_dir_all(folder).map_err(|error| CliError::Save { path: folder.clone(), error })?;
    let mut pages = Vec::new();
    collect(&command, "zhunsheng".to_owned(), &mut pages);
    for (name, command) in &pages {
        save(&folder.join(format!("{name}.1")), &mut |file| page(command, name, file))?;
    }
    writeln!(out, "写了 {} 页", pages.len())?;
    Ok(ExitCode::SUCCESS)
}

/// All commands people are told of, each under its page's name: `zhunsheng-calendar-show`.
fn collect<'c>(command: &'c clap::Command, name: String, pages: &mut Vec<(String, &'c clap::Command)>) {
    pages.push((name.clone(), command));
    for inner in command.get_subcommands().filter(|inner| !inner.is_hide_set()) {
        collect(inner, format!("{name}-{}", inner.get_name()), pages);
    }
}

/// clap's headings and ours.
const HEADINGS: &[(&str, &str)] = &[
    (".SH NAME", ".SH 名称"),
    (".SH SYNOPSIS", ".SH 用法"),
    (".SH DESCRIPTION", ".SH 说明"),
    (".SH VERSION", ".SH 版本"),
];

fn page(command: &clap::Command, name: &str, out: &mut dyn Write) -> io::Result<()> {
    let usage = command.clone().render_usage().to_string();
    let usage = usage.trim().trim_start_matches("Usage:").trim().replace("[OPTIONS]", "[选项]");
    let extra = command.get_after_help().map(ToString::to_string);
    let dressed = command.clone().display_name(name.to_owned()).override_usage(usage);
    let man = Man::new(dressed)
        .title(name.to_owned())
        .section("1")
        .date("")
        .source(concat!("准绳 ", env!("CARGO_PKG_VERSION")))
        .manual("准绳手册");
    let mut text = Vec::new();
    man.render_title(&mut text)?;
    man.render_name_section(&mut text)?;
    man.render_synopsis_section(&mut text)?;
    man.render_description_section(&mut text)?;
    man.render_options_section(&mut text)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut text)?;
    }
    for line in String::from_utf8_lossy(&text).lines() {
        let heading = HEADINGS.iter().find(|(english, _)| *english == line);
        writeln!(out, "{}", heading.map_or(line, |(_, chinese)| chinese))?;
    }
    if let Some(extra) = extra {
        // 例子照原样分行。
        writeln!(out, ".SH 例子与退出码\n.nf")?;
        for line in extra.lines() {
            let line = line.replace('\\', "\\e").replace('-', "\\-");
            let guard = if line.starts_with(['.', '\'']) { "\\&" } else { "" };
            writeln!(out, "{guard}{line}")?;
        }
        writeln!(out, ".fi")?;
    }
    Ok(())
}
