//! clap in Chinese: help pages, usage lines, and what is wrong with a command line.
//! Takes clap's command and errors; gives them dressed, or as [`CliError::Usage`]. Knows no subcommand.

use std::error::Error as _;
use std::io::Write;
use std::process::ExitCode;

use clap::builder::Command;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction};

use super::CliError;
use crate::diagnostic::nearest;

const TEMPLATE: &str = "{about-with-newline}\n用法：{usage}\n\n{all-args}{after-help}";

/// Chinese template, headings and `-h`, `-V` for a command and all commands below it.
pub(super) fn dress(command: Command) -> Command {
    let version = Arg::new("version").short('V').long("version").action(ArgAction::Version);
    dress_one(command)
        .disable_version_flag(true)
        .arg(version.help("显示版本").help_heading("选项").display_order(1000))
}

fn dress_one(command: Command) -> Command {
    let help = Arg::new("help").short('h').long("help").action(ArgAction::Help).help("显示这份帮助");
    let mut order = 0;
    command
        .disable_help_flag(true)
        .disable_help_subcommand(true)
        .help_template(TEMPLATE)
        .subcommand_help_heading("命令")
        .subcommand_value_name("命令")
        .mut_args(|arg| {
            if arg.is_global_set() {
                // 哪个命令都有的，放在各自的选项后面。
                return arg.help_heading("选项").display_order(990);
            }
            order += 1;
            let values = arg.get_action().takes_values();
            let heading = if arg.is_positional() { "参数" } else { "选项" };
            arg.help_heading(heading).display_order(order).hide_possible_values(values)
        })
        .arg(help.help_heading("选项").display_order(999))
        .mut_subcommands(dress_one)
}

/// Help and version are answers; everything else is a mistake in the command line.
#[expect(clippy::wildcard_enum_match_arm, reason = "clap's kinds are open; all others are mistakes")]
pub(super) fn answer(error: &clap::Error, out: &mut dyn Write) -> Result<ExitCode, CliError> {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            out.write_all(chinese(&error.render().to_string()).as_bytes())?;
            Ok(ExitCode::SUCCESS)
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            Err(CliError::Help { text: chinese(&error.render().to_string()) })
        }
        _ => Err(mistake(error)),
    }
}

/// Replaces what clap has no setting for: `[OPTIONS]`, half-width colons after headings.
fn chinese(text: &str) -> String {
    let mut page = String::with_capacity(text.len());
    for line in text.lines() {
        match line.strip_suffix(':').filter(|line| !line.starts_with(' ')) {
            Some(heading) => page.push_str(&format!("{heading}：")),
            None => page.push_str(&line.replace("[OPTIONS]", "[选项]")),
        }
        page.push('\n');
    }
    page
}

/// What clap knows about a mistake, as one sentence and ways out.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "clap's kinds are open; the rest cannot come from our commands"
)]
fn mistake(error: &clap::Error) -> CliError {
    let texts = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => vec![text.clone()],
        Some(ContextValue::Strings(texts)) => texts.clone(),
        _ => Vec::new(),
    };
    let one = |kind| texts(kind).into_iter().next().unwrap_or_default();
    let count = |kind| match error.get(kind) {
        Some(ContextValue::Number(number)) => *number,
        _ => 0,
    };
    let (arg, value) = (one(ContextKind::InvalidArg), one(ContextKind::InvalidValue));
    let arg = option_name(&arg);
    let message = match error.kind() {
        ErrorKind::InvalidValue | ErrorKind::NoEquals if value.is_empty() => format!("「{arg}」后面少了值"),
        ErrorKind::InvalidValue => format!("「{arg}」不能是「{value}」"),
        ErrorKind::UnknownArgument if arg.starts_with('-') => format!("没有「{arg}」这个选项"),
        ErrorKind::UnknownArgument => format!("多了「{arg}」，不知道是什么"),
        ErrorKind::InvalidSubcommand => format!("没有「{}」这个命令", one(ContextKind::InvalidSubcommand)),
        ErrorKind::ValueValidation => match error.source() {
            Some(reason) => reason.to_string(),
            None => format!("「{arg}」不能是「{value}」"),
        },
        ErrorKind::TooManyValues => format!("「{arg}」后面不收「{value}」"),
        ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            format!("「{arg}」的值给了 {} 个，数目不对", count(ContextKind::ActualNumValues))
        }
        ErrorKind::ArgumentConflict => match one(ContextKind::PriorArg) {
            prior if prior.is_empty() || option_name(&prior) == arg => format!("「{arg}」只能写一次"),
            prior => format!("「{arg}」与「{}」不能一起用", option_name(&prior)),
        },
        ErrorKind::MissingRequiredArgument => format!("少了 {}", texts(ContextKind::InvalidArg).join("、")),
        ErrorKind::MissingSubcommand => "少了命令".to_owned(),
        ErrorKind::InvalidUtf8 => "命令行里有读不出来的文字，请用 UTF-8".to_owned(),
        _ => "命令行读不懂".to_owned(),
    };
    let mut help = Vec::new();
    let suggestions =
        [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg, ContextKind::SuggestedValue];
    let suggested: Vec<String> = suggestions.into_iter().flat_map(texts).collect();
    let wanted = [one(ContextKind::InvalidSubcommand), value, arg.to_owned()]
        .into_iter()
        .find(|word| !word.is_empty());
    let known =
        [texts(ContextKind::ValidSubcommand), texts(ContextKind::ValidValue), suggested.clone()].concat();
    // clap's own suggestions come least likely first.
    let near = nearest(&wanted.unwrap_or_default(), known.iter().map(String::as_str));
    let near = near.or_else(|| suggested.last().map(String::as_str));
    if let Some(near) = near {
        help.push(format!("是不是要写「{}」", option_name(near)));
    }
    let known = texts(ContextKind::ValidValue);
    if !known.is_empty() {
        help.push(format!("可以写：{}", known.join("、")));
    }
    if let Some(ContextValue::StyledStr(usage)) = error.get(ContextKind::Usage) {
        let usage = usage.to_string();
        let usage = usage
            .trim()
            .strip_prefix("Usage:")
            .map_or(usage.trim(), str::trim)
            .replace("[OPTIONS]", "[选项]");
        help.push(format!("用法：{usage}"));
    }
    help.push("后面加 -h 看全部用法".to_owned());
    CliError::Usage { message, help }
}

/// `--unit <单位>` → `--unit`.
fn option_name(arg: &str) -> &str {
    if arg.starts_with('-') { arg.split([' ', '=']).next().unwrap_or(arg) } else { arg }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::cli::Cli;
    use crate::cli::terminal::width;

    /// Every command's path and help page.
    fn pages(command: &mut Command, path: &str, pages: &mut Vec<(String, String)>) {
        let path = format!("{path} {}", command.get_name());
        pages.push((path.clone(), chinese(&command.render_long_help().to_string())));
        command.get_subcommands_mut().for_each(|one| self::pages(one, &path, pages));
    }

    #[test]
    fn help_is_chinese_and_fits_eighty_columns() {
        let mut all = Vec::new();
        let mut command = dress(Cli::command()).term_width(80);
        command.build();
        pages(&mut command, "", &mut all);
        assert!(all.len() >= 5);
        for (path, page) in all {
            for word in [
                "Usage",
                "Options",
                "Commands",
                "Arguments",
                "OPTIONS",
                "COMMAND",
                "help for",
                "Print",
                "possible",
                "default",
            ] {
                assert!(!page.contains(word), "{path}: {word}\n{page}");
            }
            for line in page.lines() {
                assert!(width(line) <= 80, "{path}: {line}");
                assert!(!line.ends_with(':'), "{path}: {line}");
            }
        }
    }
}
