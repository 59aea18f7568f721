//! Rule text in, tree or diagnostics out.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "helpers of tests are tests")]

mod compact;
mod documents;

use std::fs;

use compact::compact;
use zhunsheng::diagnostic::Diagnostic;
use zhunsheng::source::{FileId, SourceMap};
use zhunsheng::syntax;

const SAMPLES: &[&str] = &["vocabulary", "pingqiao", "others"];

fn sample(name: &str) -> String {
    fs::read_to_string(format!("tests/data/syntax/{name}.rule")).unwrap()
}

/// One line per problem: code, line:column, sentence, label, help.
fn report(text: &str, problems: &[Diagnostic]) -> String {
    let mut sources = SourceMap::new();
    sources.add("规则.rule", text);
    let line = |problem: &Diagnostic| {
        let span = problem.primary().unwrap();
        let at = sources.position(span);
        let label = problem.labels.iter().find(|label| label.primary).map_or("", |label| &label.text);
        let words = sources.slice(span);
        format!(
            "{} {}:{} {}｜{words}｜{label}｜{}\n",
            problem.code,
            at.line,
            at.column,
            problem.message,
            problem.help.join("；")
        )
    };
    problems.iter().map(line).collect()
}

#[test]
fn good_samples_have_no_problems() {
    for name in SAMPLES {
        let text = sample(name);
        let (tree, problems) = syntax::parse(FileId(0), &text);
        assert_eq!(report(&text, &problems), "", "{name}");
        insta::assert_snapshot!(*name, compact(&tree));
    }
}

/// The tree without what layout may change: blank lines and the blank-line marks between comments.
fn meaning(text: &str) -> String {
    let (tree, problems) = syntax::parse(FileId(0), text);
    assert_eq!(report(text, &problems), "", "{text}");
    compact(&tree).replace(", blank_before: true", "").replace("blank_before: true", "")
}

fn formatted(text: &str) -> String {
    syntax::format(FileId(0), text).unwrap_or_else(|problems| panic!("{}", report(text, &problems)))
}

#[test]
fn formatting_keeps_the_meaning_and_settles_at_once() {
    for name in SAMPLES {
        let text = sample(name);
        let once = formatted(&text);
        assert_eq!(once, formatted(&once), "{name}");
        assert_eq!(meaning(&text), meaning(&once), "{name}");
        insta::assert_snapshot!(format!("{name}_formatted"), once);
    }
}

/// A duty, a definition, … alone, in a rule if it is a clause.
fn alone(line: &str) -> String {
    if line.starts_with("参数")
        || line.starts_with("名单")
        || line.starts_with("定义")
        || line.starts_with("改")
    {
        return format!("{line}\n");
    }
    format!("规则 甲-1 试\n    {line}\n")
}

#[test]
fn as_typed_reads_like_the_canonical_form() {
    let pairs = [
        (
            "首次抽取对象之前，应当确认名录库（库 为 检查对象名录库）",
            "首次 抽取对象 之前，应当 确认名录库（库 为 检查对象名录库）",
        ),
        (
            "首次抽取对象之前应当确认名录库(库 为 检查对象名录库)",
            "首次 抽取对象 之前，应当 确认名录库（库 为 检查对象名录库）",
        ),
        ("自检查结束之日起20个工作日内,应当公示结果", "自 检查结束 之日起 20 个工作日 内，应当 公示结果"),
        (
            "自末次检查结束之日起二十工作日内，应当公示结果。",
            "自 末次 检查结束 之日起 20 个工作日 内，应当 公示结果",
        ),
        (
            "自 末次 检查结束 之日起 ２０ 个 工作日 以内，须 公示结果",
            "自 末次 检查结束 之日起 20 个工作日 内，应当 公示结果",
        ),
        ("自 检查终结 之日起公示期限内，应当公示结果", "自 检查终结 之日起 公示期限 内，应当 公示结果"),
        ("自检查终结当日起30天内，应当公示结果", "自 检查终结 之日起 30 日 内（含当日），应当 公示结果"),
        (
            "自 检查终结 之日起 30 日（不顺延） 内，应当 公示结果",
            "自 检查终结 之日起 30 自然日 内（不顺延），应当 公示结果",
        ),
        (
            "每次吹哨之后响应期限内，应当响应（环节 同 吹哨．环节）",
            "每次 吹哨 之后 响应期限 内，应当 响应（环节 同 吹哨.环节）",
        ),
        ("每次更换人员，批准人职务应当属于 换人批准人", "每次 更换人员，批准人职务 应当 属于 换人批准人"),
        ("每次 实施检查，人员的个数一般应当不少于2", "每次 实施检查，人员 的个数 一般 应当 不少于 2"),
        (
            "每次 实施检查，人员 的 个数 原则上 应当 不少于 两",
            "每次 实施检查，人员 的个数 一般 应当 不少于 2",
        ),
        (
            "对象 的 检查，按首次实施检查计年，一般不超过两次",
            "对象 的 检查，按 首次 实施检查 计年，一般 不超过 2 次",
        ),
        ("一般 检查（有 实施检查）不超过 2 次", "检查（有 实施检查）一般 不超过 2 次"),
        ("对象 的 检查，任意连续12个月内，不超过2次", "对象 的 检查，任意连续 12 个月 内，不超过 2 次"),
        ("结案前应当 有 对象签章，或者有 拒签、注明原因", "结案前，应当 有 对象签章 或 有 拒签、注明原因"),
        ("有检查结束的，结案前应当 有 填写记录表", "有 检查结束 的，结案前，应当 有 填写记录表"),
        ("任务的首次实施检查之前，应当派发名单", "任务 的 首次 实施检查 之前，应当 派发名单"),
        ("首次 创建任务 之前，任务.计划 应当已报送计划", "首次 创建任务 之前，任务.计划 应当 报送计划"),
        (
            "计划.年度 的 2月底前（含当日、不顺延），应当 报送计划",
            "计划.年度 的 二月最后一日 前（含当日，不顺延），应当 报送计划",
        ),
        ("2025年6月30日前，应当 报送计划", "2025-06-30 之前，应当 报送计划"),
        ("首次 抽取对象 前，应当 报送计划", "首次 抽取对象 之前，应当 报送计划"),
        ("除外：检查.不宜公开", "除外 检查.不宜公开"),
        ("对每个检查、每个检查部门", "对 每个 检查、每个 检查部门"),
        ("对　每个　检查，检查 有 检查结束", "对 每个 检查，检查 有 检查结束"),
        ("依据第二十条", "依据 第二十条"),
        ("参数 公示期限 为 20工作日", "参数 公示期限 为 二十个工作日"),
        (
            "参数 公示期限 为 20 个工作日，自2027年1月1日起15个工作日",
            "参数 公示期限 为 20 个工作日，自 2027-01-01 起 15 个工作日",
        ),
        ("参数 年度会商次数 为 4 次", "参数 年度会商次数（次数）为 4"),
        ("名单 甲类(部门):区公安局(同公安),区交通局", "名单 甲类（部门）：区公安局（同 公安）、区交通局"),
        ("名单 直接形成的结果，取自检查结果：４、６", "名单 直接形成的结果，取自 检查结果：4、6"),
        ("改 名单 甲类：加区商务局，减 区商工局", "改 名单 甲类：加 区商务局、减 区商工局"),
        ("定义 数（甲）：甲 的个数 + 1 * 2 / 3 - 4", "定义 数（甲）：甲 的个数 加 1 乘 2 除以 3 减 4"),
    ];
    for (typed, canonical) in pairs {
        let (typed, canonical) = (alone(typed), alone(canonical));
        assert_eq!(meaning(&typed), meaning(&canonical), "{typed}{canonical}");
        assert_eq!(formatted(&formatted(&typed)), formatted(&typed));
        assert_eq!(meaning(&typed), meaning(&formatted(&typed)), "{typed}");
    }
}

#[test]
fn mistakes_are_said_once_and_at_their_place() {
    let text = sample("mistakes");
    let (tree, problems) = syntax::parse(FileId(0), &text);
    insta::assert_snapshot!(report(&text, &problems));
    insta::assert_snapshot!("what_survives_mistakes", compact(&tree));
}

/// The good samples, block by block.
fn blocks() -> Vec<String> {
    SAMPLES
        .iter()
        .flat_map(|name| sample(name).split("\n\n").map(str::to_string).collect::<Vec<_>>())
        .collect()
}

#[test]
fn a_lost_character_is_at_most_one_problem() {
    for block in blocks() {
        for (at, c) in block.char_indices() {
            let mut text = block.clone();
            text.remove(at);
            let (_, problems) = syntax::parse(FileId(0), &text);
            let touched = if c == '\n' { 2 } else { 1 };
            assert!(
                problems.len() <= touched,
                "without {c:?} at {at}:\n{text}\n{}",
                report(&text, &problems)
            );
        }
    }
}

#[test]
fn a_foreign_character_is_at_most_one_problem() {
    for block in blocks() {
        for (at, _) in block.char_indices() {
            for c in ['有', '（', '”', '，', '\n', '@', '1'] {
                let mut text = block.clone();
                text.insert(at, c);
                let (_, problems) = syntax::parse(FileId(0), &text);
                let touched = if c == '\n' { 2 } else { 1 };
                assert!(
                    problems.len() <= touched,
                    "with {c:?} at {at}:\n{text}\n{}",
                    report(&text, &problems)
                );
            }
        }
    }
}

#[test]
fn deep_nesting_is_a_problem_and_not_a_crash() {
    let deep = [
        format!("定义 甲：{}乙{}\n", "（".repeat(100_000), "）".repeat(100_000)),
        format!("定义 甲：{}乙\n", "非 ".repeat(100_000)),
        format!("定义 甲：{}乙\n", "凡 甲 都 ".repeat(100_000)),
        format!("定义 甲：乙{}\n", " 的 乙".repeat(100_000)),
        format!("定义 甲：乙{}\n", ".乙".repeat(100_000)),
        format!("定义 甲：乙{}\n", " 加 乙".repeat(100_000)),
        format!("定义 甲：{}乙{}\n", "（乙 的 ".repeat(10_000), "）".repeat(10_000)),
        format!("规则 甲-1\n    首次 乙 之前，应当 乙{}\n", " 的 乙".repeat(100_000)),
    ];
    for text in deep {
        let (_, problems) = syntax::parse(FileId(0), &text);
        assert_eq!(problems.len(), 1);
        assert_eq!(problems[0].code, "S011");
    }
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config { failure_persistence: None, ..Default::default() })]

    #[test]
    fn arbitrary_text_never_panics(text in "\\PC{0,200}") {
        let _ = syntax::parse(FileId(0), &text);
        let _ = syntax::format(FileId(0), &text);
    }

    /// Words of the language in any order: what parses keeps its meaning when laid out.
    #[test]
    fn arbitrary_sentences_keep_their_meaning(
        words in proptest::collection::vec(proptest::sample::select(WORDS), 1..14),
        glued in proptest::bool::ANY,
        clause in proptest::bool::ANY,
    ) {
        let sentence = words.join(if glued { "" } else { " " });
        let text = if clause { format!("规则 甲-1 试\n    {sentence}\n") } else { format!("定义 甲：{sentence}\n") };
        let (_, problems) = syntax::parse(FileId(0), &text);
        proptest::prop_assert!(problems.len() <= 1);
        if problems.is_empty() {
            let once = formatted(&text);
            proptest::prop_assert_eq!(&once, &formatted(&once));
            proptest::prop_assert_eq!(meaning(&text), meaning(&once));
        }
    }
}

const WORDS: &[&str] = &[
    "检查",
    "任务",
    "公示结果",
    "期限",
    "首次",
    "末次",
    "每次",
    "的",
    "有",
    "没有",
    "为",
    "属于",
    "不少于",
    "20",
    "个工作日",
    "日",
    "之日起",
    "之前",
    "之后",
    "内",
    "，",
    "、",
    "；",
    "（",
    "）",
    ".",
    "应当",
    "不得",
    "一般",
    "且",
    "或者",
    "非",
    "凡",
    "都",
    "在",
    "之内",
    "自",
    "对",
    "每个",
    "结案前",
    "的个数",
    "的日期",
    "加",
    "−",
    "与",
    "除去",
    "没有则",
    "按",
    "计年",
    "不超过",
    "2",
    "次",
    "“文字”",
    "2025-03-18",
    "2月最后一日",
    "前",
    "除外",
    "情形",
    "依据",
    "是",
    "已",
    "同",
    "任意连续",
];

#[test]
fn indentation_and_line_ends_do_not_matter() {
    for name in SAMPLES {
        let text = sample(name);
        let same = meaning(&text);
        assert_eq!(meaning(&text.replace('\n', "\r\n")), same, "{name}");
        assert_eq!(meaning(&text.replace("    ", "\t")), same, "{name}");
        assert_eq!(meaning(&text.replace("    ", "\u{3000}\u{3000}")), same, "{name}");
        assert_eq!(meaning(&text.replace("    ", "  ")), same, "{name}");
        let half: String = text
            .chars()
            .map(|c| {
                "，、：；（）"
                    .chars()
                    .zip(",、:;()".chars())
                    .find(|(wide, _)| *wide == c)
                    .map_or(c, |(_, half)| half)
            })
            .collect();
        let loose = |text: &str| {
            meaning(text)
                .replace(['，', ','], "")
                .replace(['；', ';'], "")
                .replace(['（', '('], "")
                .replace(['）', ')'], "")
                .replace(['：', ':'], "")
        };
        assert_eq!(loose(&half), loose(&text), "{name}");
    }
}

#[test]
fn comments_and_single_blank_lines_stay() {
    let text = "# 一\n\n# 二\n参数 甲 为 20 个工作日  # 三\n参数 乙 不设\n\n# 四\n规则 甲-1 试\n    # 五\n    依据 第一条  # 六\n\n    对 每个 检查\n    首次 甲 之前，应当 乙\n\n# 七\n";
    assert_eq!(formatted(text), text);
}
