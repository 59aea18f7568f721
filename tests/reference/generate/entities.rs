//! The entities of a random history: departments, people, objects, plans, tasks, checks, clues.
//!
//! Takes dice for each of them and gives their lines, also later ones with 有效起, and remembers what
//! the events need to know.

use chrono::NaiveDate;
use serde_json::{Map, Value, json};

use super::{
    CHECKS_PER_TASK, DEPARTMENTS, Dice, OBJECTS, PEOPLE, PLANS, TASKS, date, odd, pick, plus, put, text,
};

/// The entities, and what the events need to know about them.
pub struct World {
    lines: Vec<Value>,
    changed: Vec<(usize, NaiveDate)>,
    pub tasks: usize,
    pub checks: usize,
    pub starts: Vec<NaiveDate>,
    /// Departments of each task: the leading one first.
    pub departments: Vec<Vec<usize>>,
    pub plans: Vec<usize>,
    /// An event type that never happens in the task.
    pub omitted: Vec<&'static str>,
}

pub fn list(ids: &[String], die: u8) -> Value {
    if ids.len() == 1 && !odd(die, 60) { json!(ids[0]) } else { json!(ids) }
}

pub fn ids(prefix: &str, numbers: &[usize]) -> Vec<String> {
    numbers.iter().map(|number| format!("{prefix}{}", number + 1)).collect()
}

impl World {
    pub fn new(tasks: usize, checks: usize, dice: &[Dice]) -> World {
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

    pub fn lines(&self) -> Vec<Value> {
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
    pub fn change(&mut self, index: usize, from: NaiveDate, dice: Dice) {
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
        "2026-11-16",
        "2026-11-30",
        "2026-12-07",
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
