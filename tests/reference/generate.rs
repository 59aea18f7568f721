//! Random histories of 平桥, as proptest strategies.
//!
//! Gives logs that any reader accepts (no dangling references, 部门 where it is required), yet full of
//! near misses: dates on and around deadlines, same-day ties, attributes that are missing or change,
//! tasks outside the scope. Every choice is a die whose zero is the ordinary case, so shrinking leads
//! to an orderly history with one thing wrong. Knows no rule.

use std::collections::BTreeMap;

use chrono::{NaiveDate, TimeDelta};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// Everything one comparison needs.
#[derive(Debug, Clone)]
pub struct Case {
    pub log: Vec<Value>,
    pub as_of: NaiveDate,
    pub coverage: Option<(NaiveDate, NaiveDate)>,
    pub params: BTreeMap<String, String>,
}

pub fn cases() -> impl Strategy<Value = Case> {
    (logs(), as_of_dates(), coverages(), parameters()).prop_map(|(log, as_of, coverage, params)| Case {
        log,
        as_of,
        coverage,
        params,
    })
}

/// The log as JSONL text.
pub fn to_jsonl(log: &[Value]) -> String {
    log.iter().map(|record| format!("{record}\n")).collect()
}

pub fn as_of_dates() -> impl Strategy<Value = NaiveDate> {
    let marked = [
        "2026-03-31",
        "2025-12-31",
        "2026-01-01",
        "2025-10-09",
        "2025-10-11",
        "2025-11-04",
        "2025-03-17",
        "2025-03-18",
        "2026-02-24",
        "2026-12-28",
        "2026-12-31",
        "2027-01-15",
    ];
    prop_oneof![
        1 => proptest::sample::select(marked.to_vec()).prop_map(date),
        1 => (0i64..200).prop_map(|days| plus(date("2026-02-15"), days)),
        1 => (0i64..700).prop_map(|days| plus(date("2025-03-10"), days)),
    ]
}

pub fn coverages() -> impl Strategy<Value = Option<(NaiveDate, NaiveDate)>> {
    let spans = [
        ("2025-01-01", "2025-12-31"),
        ("2025-01-01", "2026-12-31"),
        ("2024-01-01", "2025-12-31"),
        ("2025-03-18", "2025-12-31"),
        ("2025-01-01", "2025-12-30"),
        ("2026-01-01", "2026-12-31"),
        ("2025-06-01", "2026-06-30"),
        ("2023-01-01", "2024-12-31"),
    ];
    proptest::option::weighted(
        0.8,
        proptest::sample::select(spans.to_vec()).prop_map(|(from, to)| (date(from), date(to))),
    )
}

pub fn parameters() -> impl Strategy<Value = BTreeMap<String, String>> {
    let limit = || {
        let texts = ["30日", "20个工作日", "10", "5", "0", "0日", "45日"];
        proptest::option::weighted(0.5, proptest::sample::select(texts.to_vec()))
    };
    (limit(), limit()).prop_map(|(filing, follow_up)| {
        let named = [("归档期限", filing), ("后续处理期限", follow_up)];
        named.iter().filter_map(|(k, v)| Some((k.to_string(), (*v)?.to_string()))).collect()
    })
}

const TASKS: usize = 3;
const CHECKS_PER_TASK: usize = 2;
const DEPARTMENTS: usize = 6;
const PEOPLE: usize = 8;
const OBJECTS: usize = 4;
const PLANS: usize = 2;

/// Random logs: entities with dated changes, for every task and check a course of events with gaps
/// and shifts, and some events twice.
pub fn logs() -> impl Strategy<Value = Vec<Value>> {
    let slots = slots();
    let entities = DEPARTMENTS + PEOPLE + OBJECTS + PLANS + TASKS * (1 + 2 * CHECKS_PER_TASK);
    let again = (0..slots.len(), draft());
    (
        1..=TASKS,
        0..=CHECKS_PER_TASK,
        vec(dice(), entities..=entities),
        vec((0..entities, 0u16..600, dice()), 0..12),
        vec(proptest::option::weighted(0.9, draft()), slots.len()..=slots.len()),
        vec(again, 0..30),
        any::<u16>(),
    )
        .prop_map(move |(tasks, checks, entities, changes, course, again, order)| {
            let mut world = World::new(tasks, checks, &entities);
            for (entity, day, dice) in changes {
                world.change(entity, plus(date("2025-03-01"), i64::from(day)), dice);
            }
            let mut log = world.lines();
            let course = course.iter().enumerate().filter_map(|(slot, d)| Some((slot, (*d)?)));
            for (number, (slot, draft)) in course.chain(again).enumerate() {
                log.extend(world.event(&slots[slot], draft, number));
            }
            shuffle(&mut log, order);
            log
        })
}

/// Dice; zero is the ordinary case.
type Dice = [u8; 7];

fn dice() -> impl Strategy<Value = Dice> {
    any::<Dice>()
}

/// How one planned event turns out: shift of its date, clock time, and dice for its content.
#[derive(Debug, Clone, Copy)]
struct Draft {
    shift: u8,
    clock: u8,
    dice: Dice,
}

fn draft() -> impl Strategy<Value = Draft> {
    (any::<u8>(), any::<u8>(), dice()).prop_map(|(shift, clock, dice)| Draft { shift, clock, dice })
}

/// Picks by percent: the first choice for low dice, the later ones for high dice.
fn pick<T: Copy>(die: u8, choices: &[(u8, T)]) -> T {
    let mut left = u16::from(die) * 100 / 256;
    for (percent, choice) in choices {
        if left < u16::from(*percent) {
            return *choice;
        }
        left -= u16::from(*percent);
    }
    choices[choices.len() - 1].1
}

/// True for the highest `percent` of the die.
fn odd(die: u8, percent: u8) -> bool {
    u16::from(die) * 100 / 256 >= u16::from(100 - percent)
}

/// Adds the key, unless the choice is to leave it out.
fn put(fields: &mut Map<String, Value>, key: &str, value: Option<Value>) {
    if let Some(value) = value {
        fields.insert(key.to_string(), value);
    }
}

fn text(choice: Option<&str>) -> Option<Value> {
    choice.map(Value::from)
}

fn date(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

fn plus(day: NaiveDate, days: i64) -> NaiveDate {
    day + TimeDelta::days(days)
}

/// Lines in any order; order 0 leaves them as they are.
fn shuffle(log: &mut [Value], order: u16) {
    if order < 20_000 {
        return;
    }
    let mut state = u64::from(order);
    for last in (1..log.len()).rev() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let other = (state >> 33) as usize % (last + 1);
        log.swap(last, other);
    }
}

/// The entities, and what the events need to know about them.
struct World {
    lines: Vec<Value>,
    changed: Vec<(usize, NaiveDate)>,
    tasks: usize,
    checks: usize,
    starts: Vec<NaiveDate>,
    /// Departments of each task: the leading one first.
    departments: Vec<Vec<usize>>,
    plans: Vec<usize>,
    /// An event type that never happens in the task.
    omitted: Vec<&'static str>,
}

fn list(ids: &[String], die: u8) -> Value {
    if ids.len() == 1 && !odd(die, 60) { json!(ids[0]) } else { json!(ids) }
}

fn ids(prefix: &str, numbers: &[usize]) -> Vec<String> {
    numbers.iter().map(|number| format!("{prefix}{}", number + 1)).collect()
}

impl World {
    fn new(tasks: usize, checks: usize, dice: &[Dice]) -> World {
        let mut world = World {
            lines: Vec::new(),
            changed: Vec::new(),
            tasks,
            checks,
            starts: Vec::new(),
            departments: Vec::new(),
            plans: Vec::new(),
            omitted: Vec::new(),
        };
        for (index, dice) in dice.iter().enumerate() {
            if let Some((kind, number)) = world.entity(index) {
                let fields = world.fields(kind, number, *dice, false);
                world.lines.push(line(kind, number, None, fields));
            }
        }
        world
    }

    fn lines(&self) -> Vec<Value> {
        self.lines.clone()
    }

    /// Which entity a position in the dice stands for; `None` when this world has no such one.
    fn entity(&self, index: usize) -> Option<(&'static str, usize)> {
        let mut number = index;
        let kinds = [
            ("部门", DEPARTMENTS, DEPARTMENTS),
            ("人员", PEOPLE, PEOPLE),
            ("对象", OBJECTS, OBJECTS),
            ("计划", PLANS, PLANS),
            ("任务", TASKS, self.tasks),
            ("检查", TASKS * CHECKS_PER_TASK, self.tasks * CHECKS_PER_TASK),
            ("线索", TASKS * CHECKS_PER_TASK, self.tasks * CHECKS_PER_TASK),
        ];
        for (kind, most, present) in kinds {
            if number < most {
                let in_task = number % CHECKS_PER_TASK;
                let of_check = kind == "检查" || kind == "线索";
                let absent = number >= present || (of_check && in_task >= self.checks);
                return if absent { None } else { Some((kind, number)) };
            }
            number -= most;
        }
        None
    }

    /// A later line with 有效起: some values are new from that day on.
    fn change(&mut self, index: usize, from: NaiveDate, dice: Dice) {
        let Some((kind, number)) = self.entity(index) else { return };
        if self.changed.contains(&(index, from)) {
            return;
        }
        self.changed.push((index, from));
        let fields = self.fields(kind, number, dice, true);
        self.lines.push(line(kind, number, Some(from), fields));
    }

    fn fields(&mut self, kind: &str, number: usize, dice: Dice, later: bool) -> Map<String, Value> {
        match kind {
            "部门" => department(number, dice),
            "人员" => person(number, dice),
            "对象" => object(number, dice),
            "计划" => plan(number, dice),
            "任务" => self.task(number, dice, later),
            "检查" => self.check(number, dice),
            _ => clue(number, dice),
        }
    }

    fn task(&mut self, number: usize, dice: Dice, later: bool) -> Map<String, Value> {
        let [mode, temporary, lead, joining, plan, start, omitted] = dice;
        let mut fields = Map::new();
        let modes = [
            (80, Some("部门联合")),
            (8, None),
            (4, Some("部门内部")),
            (4, Some("触发式")),
            (4, Some("一业一查")),
        ];
        put(&mut fields, "模式", text(pick(mode, &modes)));
        let flags = [(60, Some(false)), (28, Some(true)), (12, None)];
        put(&mut fields, "临时", pick(temporary, &flags).map(Value::from));
        let leading = lead as usize % DEPARTMENTS;
        if !odd(lead, 3) {
            fields.insert("发起部门".into(), json!(format!("D{}", leading + 1)));
        }
        let mut others: Vec<usize> = match joining as usize % 8 {
            0..=2 => vec![(leading + 1) % DEPARTMENTS],
            3..=5 => vec![(leading + 2) % DEPARTMENTS, (leading + 3) % DEPARTMENTS],
            6 => vec![leading, (leading + 1) % DEPARTMENTS],
            _ => vec![],
        };
        if !others.is_empty() {
            fields.insert("参与部门".into(), list(&ids("D", &others), joining));
        }
        let planned = plan as usize % PLANS;
        if !odd(plan, 12) {
            fields.insert("计划".into(), json!(format!("P{}", planned + 1)));
        }
        if !later {
            let mut all = vec![leading];
            others.retain(|other| *other != leading);
            all.extend(others);
            self.departments.push(all);
            self.plans.push(planned);
            self.starts.push(start_date(start, number));
            self.omitted.push(omitted_kind(omitted));
        }
        fields
    }

    fn check(&self, number: usize, dice: Dice) -> Map<String, Value> {
        let [own, which, secret, silent, object, ..] = dice;
        let task = number / CHECKS_PER_TASK;
        let mut fields = Map::new();
        fields.insert("任务".into(), json!(format!("T{}", task + 1)));
        if odd(own, 25) {
            let one = self.departments[task][which as usize % self.departments[task].len()];
            let numbers = if odd(own, 8) { vec![one, (one + 1) % DEPARTMENTS] } else { vec![one] };
            fields.insert("部门".into(), list(&ids("D", &numbers), which));
        }
        if !odd(object, 3) {
            let choices = [(65, 0), (20, number % OBJECTS), (8, 1), (7, 2)];
            fields.insert("对象".into(), json!(format!("O{}", pick(object, &choices) + 1)));
        }
        let flags = [(50, None), (25, Some(false)), (25, Some(true))];
        put(&mut fields, "不宜公开", pick(secret, &flags).map(Value::from));
        put(&mut fields, "不宜告知", pick(silent, &flags).map(Value::from));
        fields
    }
}

fn line(kind: &str, number: usize, from: Option<NaiveDate>, fields: Map<String, Value>) -> Value {
    let letter = match kind {
        "部门" => "D",
        "人员" => "R",
        "对象" => "O",
        "计划" => "P",
        "任务" => "T",
        "检查" => "J",
        _ => "C",
    };
    let mut record = Map::new();
    record.insert("实体".into(), json!(kind));
    record.insert("编号".into(), json!(format!("{letter}{}", number + 1)));
    put(&mut record, "有效起", from.map(|from| json!(from.to_string())));
    record.extend(fields);
    Value::Object(record)
}

/// When the course of a task begins: before and at 施行, around the autumn holidays, year ends.
fn start_date(die: u8, number: usize) -> NaiveDate {
    let marked = [
        "2025-09-01",
        "2025-08-25",
        "2025-09-10",
        "2025-09-18",
        "2025-03-01",
        "2025-03-10",
        "2025-03-16",
        "2025-03-18",
        "2025-04-20",
        "2025-11-20",
        "2025-12-10",
        "2025-12-22",
        "2026-01-20",
        "2026-02-02",
        "2026-11-10",
        "2026-11-23",
        "2026-12-14",
        "2024-12-20",
    ];
    if odd(die, 30) {
        return plus(date("2025-03-01"), i64::from(die) * 97 % 640);
    }
    plus(date(marked[die as usize % marked.len()]), number as i64)
}

/// In half of the tasks one type of event never happens.
fn omitted_kind(die: u8) -> &'static str {
    let kinds = [
        "创建任务",
        "抽取对象",
        "抽取人员",
        "实施检查",
        "检查结束",
        "形成结果",
        "制定方案",
        "任务完成",
        "报送计划",
        "公示计划",
        "备案任务",
        "预查比对",
        "告知",
        "填写记录表",
        "移送",
        "取证",
        "录入结果",
    ];
    if odd(die, 50) { kinds[die as usize % kinds.len()] } else { "" }
}

/// Listed by 名称, by 别名, or not at all; the names of different departments never coincide.
fn department(number: usize, dice: Dice) -> Map<String, Value> {
    let (name, others): (Option<&str>, &[&str]) = match (number, dice[0] % 4) {
        (0, 0 | 1) => (Some("区市场监管局"), &[]),
        (0, 2) => (Some("平桥区市场监督管理局"), &["市监局", "区市场监管局"]),
        (0, _) => (Some("平桥区市场监督管理局"), &[]),
        (1, 0) => (Some("区交通局"), &["区交通运输局"]),
        (1, 1 | 2) => (Some("信阳市平桥区交通运输局"), &["区交通局"]),
        (1, _) => (None, &["区交通局"]),
        (2, 0) => (Some("公安"), &[]),
        (2, 1) => (Some("区公安局"), &["平桥公安分局"]),
        (2, 2) => (Some("平桥公安分局"), &["公安"]),
        (2, _) => (Some("信阳市公安局平桥分局"), &["区公安局"]),
        (3, 0 | 1) => (Some("区税务局"), &[]),
        (3, 2) => (None, &[]),
        (3, _) => (Some("平桥区税务局"), &["税务"]),
        (4, 0 | 1) => (Some("区应急局"), &[]),
        (4, _) => (Some("平桥区应急管理局"), &["区应急局", "应急"]),
        _ => (Some("区烟草局"), &["烟草"]),
    };
    let mut fields = Map::new();
    put(&mut fields, "名称", text(name));
    match others {
        [] => {}
        [one] if dice[1] >= 128 => put(&mut fields, "别名", text(Some(one))),
        all => put(&mut fields, "别名", Some(json!(all))),
    }
    fields
}

fn person(number: usize, dice: Dice) -> Map<String, Value> {
    let [place, name, card, until, identity, ..] = dice;
    let mut fields = Map::new();
    let department = if odd(place, 15) { place as usize } else { number } % DEPARTMENTS;
    if !odd(place, 4) {
        fields.insert("部门".into(), json!(format!("D{}", department + 1)));
    }
    put(&mut fields, "姓名", (!odd(name, 5)).then(|| json!(format!("人员{}", number + 1))));
    put(&mut fields, "执法证号", (!odd(card, 15)).then(|| json!(format!("16-{number:04}"))));
    let dates = [
        (55, Some("2028-12-31")),
        (12, Some("2025-09-30")),
        (8, Some("2025-09-05")),
        (15, None),
        (10, Some("2025-03-31")),
    ];
    put(&mut fields, "证件有效期至", text(pick(until, &dates)));
    put(&mut fields, "身份证号", odd(identity, 40).then(|| json!("411503198506122030")));
    fields
}

fn object(number: usize, dice: Dice) -> Map<String, Value> {
    let [name, code, registered, kind, head, address, _] = dice;
    let valid = ["91411503MA0000015P", "92411503MA0000023F", "91411503MA000004X5", "93411503MA0000082F"];
    let mut fields = Map::new();
    let names = [(88, Some("信阳商贸有限公司")), (6, None), (3, Some(" ")), (3, Some("　"))];
    put(&mut fields, "名称", text(pick(name, &names)));
    let codes = [
        (70, Some(valid[number])),
        (8, Some("91411503MA0000016P")),
        (12, None),
        (4, Some("91411503MA000001")),
        (3, Some("91411503ma0000015p")),
        (3, Some("9141150IMA0000015P")),
    ];
    put(&mut fields, "统一社会信用代码", text(pick(code, &codes)));
    put(&mut fields, "注册号", odd(registered, 20).then(|| json!("411503600123456")));
    let kinds = [
        (50, Some("企业")),
        (20, Some("个体工商户")),
        (10, None),
        (8, Some("产品")),
        (6, Some("项目")),
        (6, Some("行为")),
    ];
    put(&mut fields, "类型", text(pick(kind, &kinds)));
    put(&mut fields, "负责人", text(pick(head, &[(90, Some("刘静")), (6, None), (4, Some(""))])));
    put(&mut fields, "地址", text(pick(address, &[(90, Some("人民路4号")), (10, None)])));
    fields
}

fn plan(number: usize, dice: Dice) -> Map<String, Value> {
    let mut fields = Map::new();
    fields.insert("年度".into(), json!(2025 + number));
    put(&mut fields, "类型", (!odd(dice[0], 20)).then(|| json!("年度联合")));
    fields
}

fn clue(number: usize, dice: Dice) -> Map<String, Value> {
    let mut fields = Map::new();
    fields.insert("检查".into(), json!(format!("J{}", number + 1)));
    let flags = [(65, Some(true)), (15, Some(false)), (20, None)];
    put(&mut fields, "需移送", pick(dice[0], &flags).map(Value::from));
    fields
}

/// A planned event: its type, what it is about, its day in the course of the task, and how likely
/// it is to happen at all.
#[derive(Debug, Clone, Copy)]
struct Slot {
    kind: &'static str,
    task: usize,
    check: Option<usize>,
    /// Which of the departments of the task.
    department: usize,
    day: i64,
    percent: u8,
}

fn slots() -> Vec<Slot> {
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
    fn event(&self, slot: &Slot, draft: Draft, number: usize) -> Option<Value> {
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
