//! A history whose names try everything a report could stumble over: markup, formulas, line breaks, invisible and
//! direction-changing characters, personal numbers, words without end. The example of `examples/`, renamed.

use super::text_of;

/// Names in the example, and what they become.
const NAMES: &[(&str, &str)] = &[
    ("示例宏达商贸有限公司", "=cmd|' /C calc'!A0"),
    ("区市场监管局", "区<script>alert(1)</script>局\" onload=\"alert(2)|*甲*|[乙](http://e.example)"),
    ("信阳市平桥区交通运输局", "交通\u{202e}局\u{200b}换\n行\t制表\u{2028}"),
    ("区卫健委", "＋全角\u{feff}委 411503199001010010 13812345678 ]]></failure>&amp;"),
    ("药品经营企业联合抽查", "LONGWORD"),
    ("道路运输企业联合抽查", "－科员</script><!--\u{202e} 411503199001010010 ]]></failure>"),
];

/// The renamed history, one record a line.
pub fn log() -> String {
    let long = "9141".repeat(60);
    let mut log = text_of("examples/pingqiao.jsonl");
    for (name, hostile) in NAMES {
        let json = serde_json::to_string(&hostile.replace("LONGWORD", &long)).unwrap();
        log = log.replace(&format!("\"{name}\""), &json);
    }
    log
}
