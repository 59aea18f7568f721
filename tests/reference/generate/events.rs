//! The events of a random history: for every task and check a planned course, and how it turns out.
//!
//! Takes a planned event and its dice and gives its line, or nothing when it does not happen.

use serde_json::{Map, Value, json};

use super::entities::{World, ids, list};
use super::{
    CHECKS_PER_TASK, DEPARTMENTS, Dice, Draft, PEOPLE, PLANS, TASKS, date, odd, pick, plus, put, text,
};

/// A planned event: its type, what it is about, its day in the course of the task, and how likely
/// it is to happen at all.
#[derive(Debug, Clone, Copy)]
pub struct Slot {
    kind: &'static str,
    task: usize,
    check: Option<usize>,
    /// Which of the departments of the task.
    department: usize,
    day: i64,
    percent: u8,
}

pub fn slots() -> Vec<Slot> {
    let of_task = [
        ("报送计划", -20, 80),
        ("公示计划", -15, 80),
        ("创建任务", 0, 95),
        ("备案任务", 1, 60),
        ("公示任务", 1, 60),
        ("制定方案", 1, 90),
        ("抽取对象", 2, 95),
        ("变更名单", 3, 15),
        ("更换人员", 4, 40),
        ("更换人员", 5, 25),
        ("成立小组", 4, 80),
        ("任务完成", 48, 65),
        ("任务完成", 8, 12),
        ("议事会商", 1, 10),
        ("触发", 0, 10),
        ("吹哨", 3, 5),
        ("响应", 4, 5),
    ];
    let of_department =
        [("确认名录库", -3, 85), ("确认名录库", -2, 85), ("派发名单", 3, 85), ("抽取人员", 3, 85)];
    let of_check = [
        ("预查比对", 5, 85),
        ("告知", 6, 65),
        ("实施检查", 8, 95),
        ("实施检查", 9, 20),
        ("取证", 8, 50),
        ("检查结束", 8, 75),
        ("填写记录表", 8, 80),
        ("人员签字", 8, 85),
        ("对象签章", 8, 60),
        ("拒签", 8, 35),
        ("注明原因", 8, 45),
        ("发现线索", 8, 50),
        ("移送", 18, 70),
        ("责令改正", 9, 10),
        ("停止公示", 60, 10),
    ];
    let of_both = [
        ("形成结果", 9, 85),
        ("录入结果", 36, 80),
        ("公示结果", 37, 75),
        ("更改结果", 40, 30),
        ("后续处理", 40, 50),
        ("归档", 45, 60),
    ];
    let mut slots = Vec::new();
    for task in 0..TASKS {
        let slot =
            |(kind, day, percent), check, department| Slot { kind, task, check, department, day, percent };
        slots.extend(of_task.map(|s| slot(s, None, 0)));
        for department in 0..3 {
            slots.extend(of_department.map(|s| slot(s, None, department)));
        }
        for check in 0..CHECKS_PER_TASK {
            slots.extend(of_check.map(|s| slot(s, Some(check), 0)));
            for department in 0..2 {
                slots.extend(of_both.map(|s| slot(s, Some(check), department)));
            }
        }
    }
    slots
}

impl World {
    /// The event line of a slot; `None` when it does not happen or has nothing to be about.
    pub fn event(&self, slot: &Slot, draft: Draft, number: usize) -> Option<Value> {
        let missing_check = slot.check.is_some_and(|check| check >= self.checks);
        // A rare event happens for high dice only, so that shrinking removes it.
        let happens = slot.percent >= 50 || odd(draft.dice[5], slot.percent);
        let dropped = slot.percent >= 50 && odd(draft.dice[5], (100 - slot.percent) / 2);
        let omitted = slot.task < self.tasks && self.omitted[slot.task] == slot.kind;
        if slot.task >= self.tasks || missing_check || omitted || !happens || dropped {
            return None;
        }
        let mut record = Map::new();
        record.insert("事件".into(), json!(slot.kind));
        record.insert("编号".into(), json!(format!("e{:04}", number * 7919 % 9973)));
        record.insert("时间".into(), json!(self.time(slot, draft)));
        self.content(slot, draft.dice, &mut record);
        Some(Value::Object(record))
    }

    /// On the planned day, some days off, or on a marked date; often without a clock time.
    fn time(&self, slot: &Slot, draft: Draft) -> String {
        let marked = [
            "2025-03-17",
            "2025-03-18",
            "2025-09-28",
            "2025-09-30",
            "2025-10-01",
            "2025-10-09",
            "2025-10-11",
            "2025-12-31",
            "2026-01-01",
            "2026-01-05",
            "2026-12-28",
            "2026-12-29",
            "2026-12-31",
            "2027-01-01",
            "2027-01-08",
        ];
        let shifts = [
            (50, 0),
            (6, 1),
            (6, -1),
            (4, 2),
            (4, -2),
            (3, 3),
            (3, -3),
            (3, 5),
            (3, -8),
            (3, 9),
            (3, 12),
            (2, 20),
            (2, -20),
            (2, 28),
            (1, 60),
        ];
        let planned = plus(self.starts[slot.task], slot.day);
        let day = if odd(draft.shift, 5) {
            date(marked[draft.shift as usize % marked.len()])
        } else {
            plus(planned, pick(draft.shift, &shifts))
        };
        let hour = 9 + draft.clock % 4;
        match draft.clock % 16 {
            0..=8 => format!("{day}"),
            9..=12 => format!("{day}T{hour:02}:00"),
            13 => format!("{day}T{hour:02}:30:00"),
            14 => format!("{day}T{hour:02}:00+08:00"),
            _ => format!("{day}T0{}:00:00Z", hour - 8),
        }
    }

    fn content(&self, slot: &Slot, dice: Dice, record: &mut Map<String, Value>) {
        let [a, b, c, d, ..] = dice;
        let task = slot.task;
        let check = slot.check.map(|check| task * CHECKS_PER_TASK + check);
        let departments = &self.departments[task];
        let planned = departments[slot.department % departments.len()];
        let one = if odd(d, 5) { d as usize % DEPARTMENTS } else { planned };
        let department = json!(format!("D{}", one + 1));
        if let Some(check) = check.filter(|_| slot.kind != "移送") {
            record.insert("检查".into(), json!(format!("J{}", check + 1)));
        } else if !slot.kind.ends_with("计划") && !matches!(slot.kind, "议事会商" | "移送") {
            record.insert("任务".into(), json!(format!("T{}", task + 1)));
        }
        match slot.kind {
            "报送计划" | "公示计划" => {
                let plan = if odd(a, 5) { a as usize % PLANS } else { self.plans[task] };
                record.insert("计划".into(), json!(format!("P{}", plan + 1)));
            }
            "确认名录库" => {
                record.insert("部门".into(), department);
                let people = (slot.day == -2) != odd(b, 8);
                let which = if people { "执法检查人员名录库" } else { "检查对象名录库" };
                put(record, "库", text((!odd(a, 4)).then_some(which)));
            }
            "派发名单" | "录入结果" | "公示结果" | "后续处理" | "归档" => {
                record.insert("部门".into(), department);
                if slot.kind == "录入结果" {
                    put(record, "平台", text(platform(b)));
                }
            }
            "响应" => {
                record.insert("部门".into(), department);
                record.insert("环节".into(), json!("实地检查"));
            }
            "制定方案" => {
                let words = [(90, Some("实地检查")), (4, None), (3, Some("")), (3, Some(" 　\t"))];
                put(record, "检查内容", text(pick(a, &words)));
                put(record, "检查时间", text(pick(b, &words)));
                put(record, "检查方式", text(pick(c, &words)));
            }
            "抽取对象" => {
                put(record, "方式", text(draw_mode(a, "指定")));
                put(record, "平台", text(platform(b)));
                let numbers: &[usize] =
                    pick(c, &[(40, &[0, 1, 2][..]), (25, &[0][..]), (20, &[0, 3][..]), (12, &[1][..])]);
                if !odd(c, 3) {
                    record.insert("对象".into(), list(&ids("O", numbers), c));
                }
            }
            "抽取人员" => {
                record.insert("部门".into(), department);
                put(record, "方式", text(draw_mode(a, "直接选派")));
                put(record, "平台", text(platform(b)));
                let own = [one % PEOPLE, (one + 6) % PEOPLE];
                let numbers = if odd(c, 30) { &own[..1] } else { &own[..] };
                if !odd(c, 3) {
                    record.insert("人员".into(), list(&ids("R", numbers), c));
                }
            }
            "变更名单" => put(record, "对象", odd(a, 70).then(|| json!(["O1"]))),
            "更换人员" => self.replacement(slot, dice, record),
            "成立小组" => {
                let head = pick(a, &[(75, departments[0]), (15, (one + 1) % PEOPLE), (5, 7)]);
                put(record, "组长", (!odd(a, 4)).then(|| json!(format!("R{}", head + 1))));
            }
            "实施检查" => self.inspection(slot, dice, record),
            "人员签字" => put(record, "人员", (!odd(a, 50)).then(|| json!("R1"))),
            "形成结果" => {
                record.insert("部门".into(), department);
                put(record, "结果", result(a, b));
            }
            "更改结果" => {
                record.insert("部门".into(), department);
                let posts = [(60, Some("主要负责人")), (20, Some("分管负责人")), (8, None), (12, Some("无"))];
                put(record, "批准人职务", text(pick(a, &posts)));
            }
            "发现线索" | "移送" => {
                let clue = check.expect("a clue belongs to a check") + 1;
                record.insert("线索".into(), json!(format!("C{clue}")));
            }
            _ => {}
        }
    }

    fn replacement(&self, slot: &Slot, dice: Dice, record: &mut Map<String, Value>) {
        let [a, b, c, d, ..] = dice;
        let departments = &self.departments[slot.task];
        let one = departments[d as usize % departments.len()];
        record.insert("部门".into(), json!(format!("D{}", one + 1)));
        let old = if slot.day == 4 { one % PEOPLE } else { c as usize % PEOPLE };
        let new = pick(c, &[(60, 7), (20, (one + 6) % PEOPLE), (20, c as usize % PEOPLE)]);
        record.insert("原人员".into(), json!(format!("R{}", old + 1)));
        put(record, "新人员", (!odd(c, 3)).then(|| json!(format!("R{}", new + 1))));
        let reasons = [
            (40, Some("岗位调整")),
            (15, Some("执法回避")),
            (15, Some("其他特殊情况")),
            (8, None),
            (22, Some("其他")),
        ];
        put(record, "原因", text(pick(a, &reasons)));
        let posts = [
            (45, Some("分管负责人")),
            (20, Some("主要负责人")),
            (17, Some("部门负责人")),
            (8, None),
            (10, Some("无")),
        ];
        put(record, "批准人职务", text(pick(b, &posts)));
    }

    fn inspection(&self, slot: &Slot, dice: Dice, record: &mut Map<String, Value>) {
        let [a, b, c, d, ..] = dice;
        let ways: Option<Value> = match pick(a, &[(40, 0), (15, 1), (12, 2), (8, 3), (15, 4), (7, 5)]) {
            0 => Some(json!(["实地检查"])),
            1 => Some(json!(["书面检查", "实地核查"])),
            2 => Some(json!("实地核查")),
            3 => Some(json!("实地检查")),
            4 => Some(json!(["书面检查"])),
            5 => None,
            _ => Some(json!(["网络监测", "抽样检测"])),
        };
        put(record, "检查方式", ways);
        let lead = self.departments[slot.task][0];
        let people = match pick(b, &[(55, 0), (10, 1), (12, 2), (8, 3), (10, 4), (5, 5)]) {
            0 => Some(vec![lead % PEOPLE, (lead + 6) % PEOPLE]),
            1 => Some(vec![lead % PEOPLE]),
            2 => Some(vec![7, (lead + 6) % PEOPLE]),
            3 => Some(vec![lead % PEOPLE, lead % PEOPLE]),
            4 => Some(vec![lead % PEOPLE, c as usize % PEOPLE, (lead + 1) % PEOPLE]),
            _ => None,
        };
        put(record, "人员", people.map(|people| list(&ids("R", &people), d)));
        let shown = [(75, Some(true)), (15, Some(false)), (10, None)];
        put(record, "出示证件", pick(c, &shown).map(Value::from));
    }
}

fn platform(die: u8) -> Option<&'static str> {
    pick(die, &[(50, Some("省级平台")), (30, None), (12, Some("省平台")), (8, Some("自建平台"))])
}

fn draw_mode(die: u8, other: &'static str) -> Option<&'static str> {
    pick(die, &[(75, Some("随机")), (17, Some(other)), (8, None)])
}

/// Codes as text and as number, texts, synonyms, half-width brackets, and things not in the table.
fn result(a: u8, b: u8) -> Option<Value> {
    let ordinary = [json!("1"), json!("未发现问题"), json!(9), json!("合格"), json!(10), json!(2)];
    let open = [json!("8"), json!(8), json!("发现问题待后续处理")];
    let direct = [
        json!("4"),
        json!(4),
        json!("通过登记的住所（经营场所）无法联系"),
        json!("通过登记的住所(经营场所)无法联系"),
        json!("通过登记的住所（经营场所)无法取得联系"),
        json!(6),
        json!("6"),
        json!("不配合检查情节严重"),
    ];
    let synonyms = [
        json!("发现问题已责令整改"),
        json!("未发现本次抽查涉及的经营活动"),
        json!("5"),
        json!(7),
        json!("公示信息隐瞒真实情况弄虚作假"),
        json!("未按规定公示应当公示的信息"),
    ];
    let outside = [
        json!("基本合格"),
        json!("11"),
        json!(11),
        json!(0),
        json!("不配合检查情节严重。"),
        json!("4 "),
        json!("04"),
        json!("无法联系"),
    ];
    // What the ledger leaves open: the quoted part of a line of 附件2 standing alone.
    let quoted = [json!("无法取得联系"), json!("责令整改")];
    let groups: [(u8, Option<&[Value]>); 7] = [
        (36, Some(&ordinary)),
        (18, Some(&open)),
        (18, Some(&direct)),
        (12, Some(&synonyms)),
        (8, Some(&outside)),
        (7, None),
        (1, Some(&quoted)),
    ];
    pick(a, &groups).map(|group| group[b as usize % group.len()].clone())
}
