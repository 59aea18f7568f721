//! `zhunsheng completions`: what a shell needs to complete our commands and options on TAB.

use std::io::Write;
use std::process::ExitCode;

use clap::Args;
use clap_complete::{Shell, generate};

use super::CliError;

#[derive(Args)]
#[command(after_help = "例：
  zhunsheng completions bash > ~/.local/share/bash-completion/completions/zhunsheng
  zhunsheng completions zsh  > ~/.zfunc/_zhunsheng         （~/.zfunc 要在 fpath 里）
  zhunsheng completions fish > ~/.config/fish/completions/zhunsheng.fish")]
pub(super) struct CompletionsArgs {
    /// 哪种 shell：bash、zsh、fish、powershell、elvish
    #[arg(value_name = "shell")]
    shell: Shell,
}

/// `command`: the whole command line, dressed.
pub(super) fn run(
    args: &CompletionsArgs,
    mut command: clap::Command,
    out: &mut dyn Write,
) -> Result<ExitCode, CliError> {
    // 先写进内存：写不出时它会 panic。
    let mut script = Vec::new();
    generate(args.shell, &mut command, "zhunsheng", &mut script);
    out.write_all(&script)?;
    Ok(ExitCode::SUCCESS)
}
