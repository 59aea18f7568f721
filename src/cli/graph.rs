//! `zhunsheng graph`: the flow of a rule set as DOT, Mermaid or SVG.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::CliError;
use super::diff::sound;
use super::save::save;
use super::terminal::Screen;
use crate::graph::{self, Flow};
use crate::norm;
use crate::render::graph::{dot, mermaid};
use crate::render::graph_svg::svg;

#[derive(Args)]
#[command(after_help = "例：
  zhunsheng graph 本地.rule -o 本地.svg                  一张图，浏览器打开就看
  zhunsheng graph 本地.rule --format mermaid             贴进文档
节点是事件；实线先后，粗线期限，虚线不得；线上写着期限和规则编号。")]
pub(super) struct GraphArgs {
    /// 内置的名称，或规则文件、文件夹
    #[arg(value_name = "规则")]
    rules: String,
    /// 一并给出的规则文件或文件夹（被继承、引用的）
    #[arg(long = "with", value_name = "路径")]
    with: Vec<PathBuf>,
    /// 输出格式：dot、mermaid、svg；缺省看 -o 的后缀，再缺省是 dot
    #[arg(long, value_name = "格式", hide_possible_values = true)]
    format: Option<Format>,
    /// 写到文件
    #[arg(short, long, value_name = "文件")]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Dot,
    Mermaid,
    Svg,
}

pub(super) fn run(args: &GraphArgs, out: &mut dyn Write, err: &mut dyn Write) -> Result<ExitCode, CliError> {
    let loaded = sound(&args.with, &args.rules, &Screen::detect(true), err)?;
    let Some(policy) = loaded.policy() else {
        return Err(CliError::usage("规则没有编好", "先把规则里的错误改掉"));
    };
    let flow = graph::flow(&policy.name, &norm::norms(policy));
    let format = args.format.unwrap_or_else(|| {
        let extension = args.output.as_ref().and_then(|path| path.extension()).and_then(|text| text.to_str());
        match extension {
            Some("svg") => Format::Svg,
            Some("mmd" | "mermaid") => Format::Mermaid,
            Some(_) | None => Format::Dot,
        }
    });
    match &args.output {
        Some(path) => save(path, &mut |file| draw(file, &flow, format))?,
        None => draw(out, &flow, format)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn draw(out: &mut dyn Write, flow: &Flow, format: Format) -> io::Result<()> {
    match format {
        Format::Dot => dot(out, flow),
        Format::Mermaid => mermaid(out, flow),
        Format::Svg => svg(out, flow),
    }
}
