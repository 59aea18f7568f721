//! Which known word is suggested for a mistyped one: by sound, by look, never far.

use zhunsheng::diagnostic::nearest;

const WORDS: [&str; 12] = [
    "公示结果",
    "公布计划",
    "抽取对象",
    "抽取人员",
    "工作日",
    "自然日",
    "检查结束",
    "结案归档",
    "创建任务",
    "任务完成",
    "实施检查",
    "形成结果",
];

#[test]
fn by_sound_and_by_look() {
    for (typed, meant) in [
        ("公式结果", Some("公示结果")),
        ("抽取对像", Some("抽取对象")),
        ("工做日", Some("工作日")),
        ("工作曰", Some("工作日")),
        ("公是节果", Some("公示结果")),
        ("抽取任员", Some("抽取人员")),
        ("检查结速", Some("检查结束")),
        ("捡查结束", Some("检查结束")),
        ("檢查結束", Some("检查结束")),
        ("形成结裹", Some("形成结果")),
        ("结案归挡", Some("结案归档")),
        ("自燃日", Some("自然日")),
        ("公示结", Some("公示结果")),
        ("果结示公", None),
        ("公示果结", Some("公示结果")),
        ("吹哨", None),
        ("公示结果", None),
    ] {
        assert_eq!(nearest(typed, WORDS), meant, "{typed}");
    }
}

#[test]
fn the_sound_wins_over_an_equally_short_edit() {
    assert_eq!(nearest("公式结果", ["公开结果", "公示结果"]), Some("公示结果"));
    assert_eq!(nearest("公示結果", ["公示结果", "公示效果"]), Some("公示结果"));
}

#[test]
fn never_far_and_always_the_same() {
    assert_eq!(nearest("甲", ["乙", "丙"]), None);
    assert_eq!(nearest("曰", ["月", "日"]), Some("日"));
    assert_eq!(nearest("", ["日"]), None);
    assert_eq!(nearest("statutroy", ["date", "name", "statutory"]), Some("statutory"));
    assert_eq!(nearest("Date", ["date", "name"]), Some("date"));
    assert_eq!(nearest("甲丙", ["甲丁", "甲乙"]), nearest("甲丙", ["甲乙", "甲丁"]));
}

#[test]
fn a_number_is_taken_for_one_that_begins_like_it() {
    let ids = ["PQ-11b", "PQ-14c", "PQ-18a", "PQ-18b", "PQ-20-1", "PQ-20-4a", "PQ-20-4b"];
    for (typed, meant) in
        [("PQ-18c", "PQ-18a"), ("PQ-20-4", "PQ-20-4a"), ("PQ-81b", "PQ-18b"), ("pq-18b", "PQ-18b")]
    {
        assert_eq!(nearest(typed, ids), Some(meant), "{typed}");
    }
}
