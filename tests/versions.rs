//! Versions in time: a limit that changes on a day, an amendment with its own 施行, and looking back with the
//! rules of some day.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "helpers of tests fail as tests do"
)]

use zhunsheng::library::{self, Loaded, Wanted};
use zhunsheng::source::SourceMap;

use crate::support::{Ask, check_text, day, lines, report};

const LOG: &str = r#"
{"实体":"部门","编号":"D1","名称":"区市场监管局"}
{"实体":"任务","编号":"T1","模式":"部门联合","临时":false,"发起部门":"D1"}
{"实体":"检查","编号":"J1","任务":"T1"}
{"实体":"检查","编号":"J2","任务":"T1"}
{"事件":"创建任务","编号":"e0","时间":"2025-05-06","任务":"T1"}
{"事件":"检查结束","编号":"e1","时间":"2025-06-30","检查":"J1"}
{"事件":"公示结果","编号":"e2","时间":"2025-07-25","检查":"J1","部门":"D1"}
{"事件":"检查结束","编号":"e3","时间":"2025-07-01","检查":"J2"}
{"事件":"公示结果","编号":"e4","时间":"2025-07-25","检查":"J2","部门":"D1"}
"#;

fn local(text: &str) -> Loaded {
    let mut sources = SourceMap::new();
    let file = sources.add("本地.rule", text);
    let loaded = library::load(&mut sources, &Wanted::Files(&[file]), &[]).unwrap();
    assert!(loaded.problems.is_empty(), "{:#?}", loaded.problems);
    loaded
}

fn ask() -> Ask<'static> {
    Ask { as_of: Some(day("2025-12-31")), coverage: None, only: Some("PQ-20-4b") }
}

/// 6-30 结束的按 20 个工作日，7-01 结束的按 15 个：各按各的。
const BOTH: [&str; 2] = [
    r#"PQ-20-4b {"检查":"J1","部门":"D1"} e1 satisfied - 2025-07-28 2025-07-25 - false"#,
    r#"PQ-20-4b {"检查":"J2","部门":"D1"} e3 violated late 2025-07-22 2025-07-25 3 false"#,
];

#[test]
fn a_parameter_that_changes_on_a_day() {
    let loaded = local(
        "规则集 本地\n    继承 平桥\n\n改 参数 公示期限 为 20 个工作日，自 2025-07-01 起 15 个工作日\n",
    );
    assert_eq!(lines(&report(&loaded, "例.jsonl", LOG, ask())), BOTH);
}

#[test]
fn an_amendment_with_its_own_first_day_is_a_new_version() {
    let loaded = local(
        "规则集 本地\n    继承 平桥\n\n改 规则 PQ-20-4b，理由 “本区缩短公示期限”\n    施行 2025-07-01\n    自 检查终结 之日起 15 个工作日 内，应当 公示结果\n",
    );
    assert_eq!(lines(&report(&loaded, "例.jsonl", LOG, ask())), BOTH);
}

#[test]
fn looking_back_with_the_rules_of_some_day() {
    let loaded = local(
        "规则集 本地\n    继承 平桥\n\n改 参数 公示期限 为 20 个工作日，自 2025-07-01 起 15 个工作日\n",
    );
    let plan = |date: &str| loaded.plan.clone().unwrap().as_it_stood_on(day(date));
    let found = |date: &str| {
        let checked = check_text(&loaded, &plan(date), "例.jsonl", LOG, ask());
        lines(&checked.report.unwrap())
    };
    let old = found("2025-06-30");
    assert!(old.iter().all(|line| line.contains(" satisfied ")), "{old:#?}");
    let new = found("2025-07-01");
    assert!(new.iter().all(|line| line.contains(" violated late ")), "{new:#?}");
    // 施行以前一条规则也没有。
    assert!(found("2025-03-17").is_empty());
}
