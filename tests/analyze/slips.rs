//! What rule authors do to rules, as they do it: each comes out as a changed verdict or as one good problem.

use zhunsheng::calendar::Calendar;
use zhunsheng::cases;
use zhunsheng::diagnostic::Diagnostic;
use zhunsheng::library::{self, Loaded, Wanted};
use zhunsheng::policy::{Limit, ParameterValue, Shape};
use zhunsheng::source::{FileId, SourceMap};

use super::{builtin, lines, load};

const HEADER: &str = "规则集 示例\n    引用 通用\n\n";
const RULE: &str = "规则 SL-1 按期公示\n    依据 第一条\n    对 每个 检查、每个 检查部门\n";

fn one(duty: &str) -> String {
    format!("{HEADER}{RULE}    {duty}\n")
}

/// The only problem: its line, without file and place.
fn only(text: &str, others: &[&str]) -> String {
    let (loaded, sources) = load(text, others);
    let all = lines(&sources, &loaded.problems);
    assert_eq!(loaded.problems.len(), 1, "{text}{all}");
    assert!(loaded.plan.is_none() || !loaded.problems[0].is_error());
    all
}

#[track_caller]
fn expect(text: &str, others: &[&str], words: &[&str]) {
    let problem = only(text, others);
    for word in words {
        assert!(problem.contains(word), "「{word}」不在：{problem}");
    }
}

/// The limit of the only rule, as people read it.
fn limit(text: &str) -> String {
    let (loaded, sources) = load(text, &[]);
    assert_eq!(lines(&sources, &loaded.problems), "", "{text}");
    let policy = loaded.policy().unwrap();
    let Shape::Response { limit, .. } = &policy.rules[0].duties[0].shape else { panic!("{text}") };
    match limit {
        Limit::Fixed(limit) => limit.to_string(),
        Limit::Parameter { index, .. } => match &policy.parameters[*index].values[0].1 {
            Some(ParameterValue::Limit(limit)) => limit.to_string(),
            other => panic!("{other:?}"),
        },
    }
}

#[test]
fn numbers_and_units_as_typed() {
    let duty = |amount: &str| one(&format!("自 末次 检查结束 之日起 {amount} 内，应当 公示结果"));
    let twenty = limit(&duty("20 个工作日"));
    for amount in [
        "20个工作日",
        "二十个工作日",
        "２０ 个工作日",
        "２０个工作日",
        "20 工作日",
        "二十 工作日",
        "20 个 工作日",
    ] {
        assert_eq!(limit(&duty(amount)), twenty, "{amount}");
    }
    let fifteen = limit(&duty("15 个工作日"));
    assert_ne!(fifteen, twenty);
    for amount in ["十五个工作日", "１５个工作日", "15 工作日"] {
        assert_eq!(limit(&duty(amount)), fifteen, "{amount}");
    }
    let parameter = |amount: &str| {
        format!(
            "{HEADER}参数 公示期限 为 {amount}\n\n{RULE}    自 末次 检查结束 之日起 公示期限 内，应当 公示结果\n"
        )
    };
    for amount in ["20 个工作日", "二十个工作日", "２０个工作日", "20工作日"] {
        assert_eq!(limit(&parameter(amount)), twenty, "{amount}");
    }
    // 没有单位、单位不认识：报在写的地方，用它的规则不再报。
    expect(&parameter("20"), &[], &["U001", "「20 个工作日」还是「20 日」"]);
    expect(&parameter("20 个"), &[], &["U001"]);
    expect(&parameter("3 周"), &[], &["U002", "21 日"]);
    expect(&duty("20"), &[], &["U001", "「20 个工作日」还是「20 日」"]);
    expect(&duty("20 个"), &[], &["U001"]);
}

#[test]
fn a_mistyped_event_is_one_problem_with_the_right_suggestion() {
    for wrong in ["公式结果", "公示结里", "公示节果", "公示", "公示结果果"] {
        let text = one(&format!("自 末次 检查结束 之日起 20 个工作日 内，应当 {wrong}"));
        expect(&text, &[], &[wrong, if wrong == "公示" { "N0" } else { "你是不是要写「公示结果」" }]);
    }
    expect(&one("自 末次 检察结束 之日起 20 个工作日 内，应当 公示结果"), &[], &["N012", "「检查结束」"]);
}

/// 平桥 with one word changed wherever it stands in one file.
fn pingqiao(path: &str, from: &str, to: &str) -> (Loaded, SourceMap) {
    let mut sources = SourceMap::new();
    let files: Vec<FileId> = builtin("pingqiao/")
        .into_iter()
        .map(|(name, text)| {
            if name == path {
                assert!(text.contains(from), "{from}");
                sources.add(name, text.replace(from, to))
            } else {
                sources.add(name, text)
            }
        })
        .collect();
    let loaded = library::load(&mut sources, &Wanted::Files(&files), &[]).unwrap();
    (loaded, sources)
}

#[test]
fn a_broken_part_is_reported_once_however_many_use_it() {
    let cases = [
        ("pingqiao/policy.rule", "公示期限 为 20 个工作日", "公示期限 为 20", "U001"),
        ("pingqiao/policy.rule", "引用 通用", "引用 通甩", "N001"),
        ("pingqiao/policy.rule", "引用 通用", "引甲 通用", "S002"),
        ("pingqiao/policy.rule", "规则集 平桥", "规责集 平桥", "S001"),
        ("pingqiao/policy.rule", "检查 有 形成结果（结果", "检查 有 形成结里（结果", "N012"),
        ("pingqiao/policy.rule", "定义 检查终结（检查）：", "定义 检查终结（检查）", "S0"),
        ("pingqiao/policy.rule", "（部门）：\n    区市场监管局", "（步门）：\n    区市场监管局", "N010"),
        ("pingqiao/policy.rule", "取自 检查结果：4、6", "取自 检查结里：4、6", "N013"),
        ("pingqiao/policy.rule", "施行 2025-03-18", "施行 2025-13-18", "S010"),
        ("pingqiao/policy.rule", "模式 为 部门联合", "模式 为 部们联合", "N016"),
        ("pingqiao/inspection.rule", "照 两人执法", "照 二人执法", "N015"),
    ];
    for (path, from, to, code) in cases {
        let (loaded, sources) = pingqiao(path, from, to);
        let all = lines(&sources, &loaded.problems);
        assert_eq!(loaded.problems.len(), 1, "{to}\n{all}");
        assert!(all.starts_with(code), "{to}\n{all}");
    }
}

#[test]
fn inheritance_that_cannot_be() {
    let local = |more: &str| format!("规则集 本地\n    继承 平桥\n    施行 2026-01-01\n\n{more}");
    expect("规则集 甲\n    继承 甲\n", &[], &["N002", "甲 → 甲"]);
    expect("规则集 甲\n    继承 乙\n", &["规则集 乙\n    引用 甲\n"], &["N002", "甲 → 乙 → 甲"]);
    let ring = ["规则集 乙\n    继承 丙\n", "规则集 丙\n    继承 甲\n"];
    expect("规则集 甲\n    继承 乙\n", &ring, &["N002", "甲 → 乙 → 丙 → 甲"]);
    expect("规则集 本地\n    继承 平乔\n", &[], &["N001", "「平桥」"]);
    expect(
        "规则集 本地\n    继承 上级规侧\n",
        &["规则集 上级规则\n    引用 通用\n"],
        &["N001", "「上级规则」"],
    );
    expect(&local("改 规则 PQ-20-4x\n    强度 警告\n"), &[], &["N004", "「PQ-20-4"]);
    expect(&local("废 规则 XX-99\n"), &[], &["N004", "一字不差"]);
    expect(&local("改 参数 公式期限 为 15 个工作日\n"), &[], &["N014", "「公示期限」"]);
    expect(&local("改 名单 换入原因：加 其他\n"), &[], &["N013", "「换人原因」"]);
    expect(&local("改 代码表 检察结果\n    1 好\n"), &[], &["N013", "「检查结果」"]);
    expect(&local("改 定义 检察终结（检查）：检查 的 末次 检查结束\n"), &[], &["N017", "「检查终结」"]);
    expect("规则集 本地\n    引用 平桥\n    施行 2026-01-01\n\n废 规则 PQ-18b\n", &[], &["N004"]);
}

#[test]
fn amended_twice() {
    let local = |more: &str| format!("规则集 本地\n    继承 平桥\n    施行 2026-01-01\n\n{more}");
    let rule = "改 规则 PQ-18b\n    强度 错误\n";
    expect(&local(&format!("{rule}\n{rule}")), &[], &["N005"]);
    expect(&local(&format!("{rule}\n废 规则 PQ-18b\n")), &[], &["N005"]);
    expect(&local("改 名单 换人原因：加 甲\n\n改 名单 换人原因：减 执法回避\n"), &[], &["N005"]);
    // 上级改过的，下级再改：可以。
    let upper = local("改 参数 公示期限 为 15 个工作日\n");
    let lower = "规则集 更下级\n    继承 本地\n\n改 参数 公示期限 为 10 个工作日\n";
    let (loaded, sources) = load(lower, &[&upper]);
    assert_eq!(lines(&sources, &loaded.problems), "");
    // 两个平级的各改一次，再一起继承：不知道听谁的。
    let other = upper.replace("规则集 本地", "规则集 外地").replace("15", "10");
    expect("规则集 合并\n    继承 本地、外地\n", &[&upper, &other], &["N005", "「公示期限」"]);
    // 继承它们的那一个再改一次，就以它为准。
    let merged = "规则集 合并\n    继承 本地、外地\n\n改 参数 公示期限 为 12 个工作日\n";
    let (loaded, sources) = load(merged, &[&upper, &other]);
    assert_eq!(lines(&sources, &loaded.problems), "");
    let repeal = "规则集 外地\n    继承 平桥\n    施行 2026-01-01\n\n废 规则 PQ-18b\n";
    let amend = "规则集 本地\n    继承 平桥\n    施行 2026-01-01\n\n改 规则 PQ-18b\n    强度 错误\n";
    expect("规则集 合并\n    继承 本地、外地\n", &[amend, repeal], &["N005", "「PQ-18b」"]);
    expect("规则集 合并\n    继承 外地、本地\n", &[amend, repeal], &["N005", "「PQ-18b」"]);
}

#[test]
fn parameters_of_the_wrong_kind() {
    let local = |more: &str| format!("规则集 本地\n    继承 平桥\n    施行 2026-01-01\n\n{more}");
    expect(&local("改 参数 公示期限 为 3 次\n"), &[], &["U003", "次数"]);
    expect(&local("改 参数 公示期限 为 3\n"), &[], &["U001"]);
    let count = "参数 上限 为 2 次\n\n规则 SL-1 不超过几次\n    依据 第一条\n    对 每个 任务\n    更换人员，不超过 上限 次\n";
    let base = format!("规则集 上级\n    引用 通用\n\n{count}");
    let lower = |value: &str| format!("规则集 下级\n    继承 上级\n\n改 参数 上限 为 {value}\n");
    expect(&lower("3 个工作日"), &[&base], &["U004", "期限"]);
    let (loaded, sources) = load(&lower("3 次"), &[&base]);
    assert_eq!(lines(&sources, &loaded.problems), "");
    // 用错了地方，两个方向。
    let mixed = |duty: &str| {
        format!(
            "{HEADER}参数 上限 为 2 次\n\n参数 限期 为 20 个工作日\n\n规则 SL-1 试\n    依据 第一条\n    对 每个 任务\n    {duty}\n"
        )
    };
    expect(&mixed("自 首次 创建任务 之日起 上限 内，应当 任务完成"), &[], &["U003", "次数参数「上限」"]);
    expect(&mixed("更换人员，不超过 限期 次"), &[], &["U004", "期限参数「限期」"]);
    expect(&mixed("自 首次 创建任务 之日起 20 个工作日 内，应当 限期"), &[], &["T010", "参数「限期」"]);
}

#[test]
fn tables_and_dates() {
    let table = |rows: &str| format!("{HEADER}代码表 结果\n{rows}");
    expect(&table("    1 好\n    1 坏\n"), &[], &["N024", "「1」"]);
    expect(&table("    1 好\n    2 好\n"), &[], &["N024", "「好」"]);
    expect(&table("    1 好（同 合格）\n    2 坏（同 合格）\n"), &[], &["N024", "「合格」"]);
    expect(&format!("{HEADER}名单 甲类：甲、乙、甲\n"), &[], &["N024", "「甲」"]);
    let parameter = |later: &str| format!("{HEADER}参数 限期 为 20 个工作日{later}\n");
    let (loaded, _) = load(&parameter("，自 2027-01-01 起 15 个工作日，自 2028-01-01 起 10 个工作日"), &[]);
    assert_eq!(loaded.problems, Vec::<Diagnostic>::new());
    expect(&parameter("，自 2027-01-01 起 15 个工作日，自 2027-01-01 起 10 个工作日"), &[], &["U005"]);
    expect(&parameter("，自 2027-01-02 起 15 个工作日，自 2027-01-01 起 10 个工作日"), &[], &["U005"]);
    expect("规则集 示例\n    引用 通用\n    施行 2026-02-01\n    废止 2026-01-01\n", &[], &["U006"]);
    expect("规则集 示例\n    引用 通用\n    废止 2026-01-01\n    施行 2026-02-01\n", &[], &["U006"]);
    expect("规则集 示例\n    引用 通用\n    施行 2026-01-01\n    废止 2026-01-01\n", &[], &["U006"]);
    let rule = |dates: &str| format!("{}{dates}", one("首次 公示结果 之前，应当 录入结果"));
    expect(&rule("    施行 2026-02-01\n    废止 2026-01-01\n"), &[], &["U006"]);
    expect(&rule("    废止 2026-01-01\n    施行 2026-02-01\n"), &[], &["U006"]);
}

#[test]
fn a_repealed_rule_is_gone() {
    let text = std::fs::read_to_string("tests/data/rules/local.rule").unwrap();
    let (loaded, sources) = load(&text, &[]);
    assert_eq!(lines(&sources, &loaded.problems), "");
    let ids: Vec<&str> = loaded.policy().unwrap().rules.iter().map(|rule| rule.id.as_str()).collect();
    assert!(!ids.contains(&"PQ-18b") && ids.contains(&"PQ-18a") && ids.contains(&"BD-01"));
    assert_eq!(ids.len(), 45);
    let composition = loaded.analysis.composition.as_ref().unwrap();
    assert_eq!(composition.repeals[0].reason.as_deref(), Some("由执法记录仪代替"));
}

#[test]
fn what_may_be_left_undone_is_checked_for_slips_too() {
    expect(&one("首次 实施检查 之前，可以 高知"), &[], &["N012", "「告知」"]);
}

#[test]
fn a_shorter_limit_changes_the_verdicts() {
    let (loaded, sources) =
        pingqiao("pingqiao/policy.rule", "公示期限 为 20 个工作日", "公示期限 为 15 个工作日");
    assert_eq!(lines(&sources, &loaded.problems), "");
    let text = std::fs::read_to_string("tests/cases/pingqiao/PQ-20-4b.md").unwrap();
    let page = cases::read(&text).unwrap();
    let outcome = cases::run(&page, &text, "PQ-20-4b", &loaded, Calendar::builtin());
    let details = |title: &str| {
        let failure = outcome.failures.iter().find(|failure| failure.scenario == title).unwrap();
        failure.details.clone()
    };
    let late = details("违规：跨国庆，晚两个工作日");
    assert!(late.contains(&"第 1 行「截止日」：期望 2025-10-30，实际 2025-10-23".to_owned()), "{late:?}");
    let last_day = details("合规：最后一天公示");
    assert!(last_day.contains(&"第 1 行「判定」：期望 合规，实际 违规".to_owned()), "{last_day:?}");
}

#[test]
fn the_declaration_may_be_the_mistyped_one() {
    let text = format!(
        "{HEADER}参数 公示期现 为 20 个工作日\n\n{RULE}    自 末次 检查结束 之日起 公示期限 内，应当 公示结果\n"
    );
    expect(&text, &[], &["N014", "你是不是要写「公示期现」"]);
    let second = |text: &str| {
        let (loaded, sources) = load(text, &[]);
        let label = loaded.problems[0].labels.iter().find(|label| !label.primary).cloned();
        label.map(|label| format!("{} {}", sources.position(label.span).line, label.text))
    };
    assert_eq!(second(&text).as_deref(), Some("4 这里写的是「公示期现」，别处没有用到"));
    // 别处也这样写的，错的就是这一处。
    let used = format!("{text}    自 首次 创建任务 之日起 公示期现 内，应当 任务完成\n");
    assert_eq!(second(&used), None);
}

#[test]
fn amendments_as_people_write_them() {
    let local = |line: &str| format!("规则集 本地\n    继承 平桥\n\n{line}\n");
    expect(&local("改 参数 归档期限 为 及时"), &[], &["U003", "不能写另一个参数的名字"]);
    expect(&local("改参数 归档期限 为 30 日"), &[], &["S009", "是不是要写「改 参数」"]);
    expect(&local("改参数归档期限 为 30 日"), &[], &["S009", "是不是要写「改 参数 归档期限」"]);
    expect(&local("改 参数 归档期限为15个工作日"), &[], &["S009", "「归档期限 为 15个工作日」"]);
    expect(&local("参数 公示期为十五个工作日"), &[], &["S009", "「公示期 为 十五个工作日」"]);
    expect(&local("废 PQ-18b"), &[], &["S007", "写成「废 规则 PQ-18b」"]);
    expect(&local("废 PQ-18b，理由 “由执法记录仪代替”"), &[], &["S007", "写成「废 规则 PQ-18b」"]);
    expect(&local("废规则 PQ-18b"), &[], &["S009", "是不是要写「废 规则」"]);
}

#[test]
fn what_there_is_is_listed_when_nothing_is_near() {
    let local = "规则集 本地\n    继承 平桥\n\n改 名单 每年至少发起一次的部门：减 某某局\n";
    expect(local, &[], &["N031", "名单里有：区市场监管局、"]);
}
