//! `zhunsheng test`: runs case pages; `--update` rewrites their tables as they come out.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::common::{CalendarOption, read_text};
use super::inputs::RulesOption;
use super::save::save;
use super::{CliError, FAILED};
use super::{mutate, pages};
use crate::cases;
use crate::library::Loaded;
use crate::source::SourceMap;

#[derive(Args)]
#[command(after_help = "例：
  zhunsheng test tests/cases                          跑一个文件夹的用例
  zhunsheng test --rules 本地.rule 我的用例/           用自己的规则
  zhunsheng test --with 我的规则/ 我的用例/            页里的「规则：」写自己规则集的名称
  zhunsheng test --update 我的用例/一条.md            照实际结果改写期望的表，再逐行看过
  zhunsheng test --mutate tests/cases                 把规则逐处改动，看用例发现不发现
退出码：0 全部符合；1 有不符（--mutate：有没被发现的改动）；2 规则或用例写错")]
pub(super) struct TestArgs {
    /// 用例页（.md）或装用例的文件夹
    #[arg(value_name = "用例", required = true)]
    pages: Vec<PathBuf>,
    #[command(flatten)]
    rules: RulesOption,
    /// 照实际结果改写期望的表
    #[arg(long)]
    update: bool,
    /// 把规则里的期限、比较、名单项、首末次等逐处改动，列出用例发现不了的
    #[arg(long, conflicts_with = "update")]
    mutate: bool,
    /// --mutate 的输出格式：table、json；缺省 table
    #[arg(
        long,
        value_enum,
        value_name = "格式",
        default_value_t,
        requires = "mutate",
        hide_default_value = true,
        hide_possible_values = true
    )]
    format: Format,
    #[command(flatten)]
    calendar: CalendarOption,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    #[default]
    Table,
    Json,
}

pub(super) fn run(args: &TestArgs, out: &mut dyn Write, err: &mut dyn Write) -> Result<ExitCode, CliError> {
    let calendar = args.calendar.open()?;
    if args.mutate {
        let json = args.format == Format::Json;
        return mutate::run(&args.pages, &args.rules, json, &calendar.calendar, out, err);
    }
    let mut loaded: BTreeMap<String, Loaded> = BTreeMap::new();
    let (mut scenarios, mut failed, mut broken, mut updated) = (0, 0, 0, 0);
    for path in pages::find(&args.pages)? {
        let text = read_text(&path)?;
        let name = path.display().to_string();
        let Some(page) = pages::read(&name, &text, err)? else {
            broken += 1;
            continue;
        };
        let wanted = args.rules.rules.clone().unwrap_or_else(|| page.policy.clone());
        if !loaded.contains_key(&wanted) {
            let mut sources = SourceMap::new();
            let one = pages::rules(&args.rules, &mut sources, &wanted, &name)?;
            if one.plan.is_none() {
                return Err(CliError::Faulty { sources, diagnostics: one.problems });
            }
            loaded.insert(wanted.clone(), one);
        }
        let Some(rules) = loaded.get(&wanted) else { continue };
        let outcome = cases::run(&page, &text, &name, rules, &calendar.calendar);
        scenarios += outcome.scenarios;
        if args.update && outcome.rewritten != text {
            save(&path, &mut |file| file.write_all(outcome.rewritten.as_bytes()))?;
            writeln!(out, "改写 {name}")?;
            updated += 1;
            continue;
        }
        for failure in &outcome.failures {
            failed += 1;
            writeln!(out, "不符 {name}:{} {}", failure.line, failure.scenario)?;
            for detail in &failure.details {
                writeln!(out, "    {detail}")?;
            }
        }
    }
    writeln!(out, "{scenarios} 个情形，{} 个符合，{failed} 个不符。", scenarios - failed)?;
    if updated > 0 {
        writeln!(out, "改写了 {updated} 页，请逐行看过再提交。")?;
    }
    Ok(match (broken, failed) {
        (0, 0) => ExitCode::SUCCESS,
        (0, _) => ExitCode::from(1),
        (_, _) => ExitCode::from(FAILED),
    })
}
