//! The syntax tree of a rule file: what was written, where, with its comments.
//! Names are not resolved here; a `Name` may be an event, a field, a list or a variable.
//! Every node has a byte span; comments hang on the block or clause they precede or follow.

use chrono::NaiveDate;

use crate::calendar::Unit;
use crate::source::{FileId, Span};

/// A whole file. Blocks that could not be read are left out; their problems were reported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleFile {
    pub file: FileId,
    pub blocks: Vec<Block>,
    /// Comments after the last block.
    pub trailing: Vec<Comment>,
    /// Names of left-out blocks: a use of one is not to be reported as unknown as well.
    pub broken: Vec<Name>,
}

/// `# …` to the end of the line, without the mark.
/// An empty span stands for a blank line between comments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    pub text: String,
    pub span: Span,
}

/// Comments around a block or clause, kept for `fmt`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trivia {
    /// Whole-line comments before it.
    pub leading: Vec<Comment>,
    /// A comment at the end of its (last) line.
    pub trailing: Option<Comment>,
    /// A blank line stood before it.
    pub blank_before: bool,
}

/// A word as written (half-width digits and ASCII after normalisation), with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    pub text: String,
    pub span: Span,
}

/// Free text to the end of a clause, or between quotes.
pub type Text = Name;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    pub trivia: Trivia,
    pub span: Span,
    pub kind: BlockKind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BlockKind {
    /// 规则集
    Policy(PolicyBlock),
    /// 实体
    Entity(TypeBlock),
    /// 事件
    Event(TypeBlock),
    /// 参数
    Parameter(ParameterBlock),
    /// 名单
    List(ListBlock),
    /// 代码表
    CodeTable(CodeTableBlock),
    /// 定义
    Definition(DefinitionBlock),
    /// 范本
    Template(TemplateBlock),
    /// 规则
    Rule(RuleBlock),
    /// 改
    Amend(AmendBlock),
    /// 废
    Repeal(RepealBlock),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyBlock {
    pub name: Name,
    pub clauses: Vec<Clause<PolicyClause>>,
}

/// One clause with its comments and place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clause<T> {
    pub trivia: Trivia,
    pub span: Span,
    pub kind: T,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PolicyClause {
    /// 名称
    Title(Text),
    /// 文号
    Number(Text),
    /// 施行
    Effective(NaiveDate),
    /// 废止
    Repealed(NaiveDate),
    /// 继承: everything of another rule set, rules included.
    Inherit(Vec<Name>),
    /// 引用: definitions, templates, lists, tables, parameters of another rule set — not its rules.
    Use(Vec<Name>),
    /// 适用 任务，模式 为 部门联合
    Scope { entity: Name, condition: Expr },
    /// 起始 任务 的 首次 创建任务；没有则 任务 的 最早事件
    Basis(Expr),
    /// 结案 任务 的 首次 任务完成
    Closure(Expr),
    /// 汇总 部门；没有则 任务.发起部门
    Group(Expr),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeBlock {
    pub name: Name,
    pub gist: Option<Text>,
    pub fields: Vec<Clause<FieldClause>>,
}

/// `关系 检查：检查，可多` or `属性 环节：方案制定、随机抽取（同 抽取）`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldClause {
    pub relation: bool,
    pub name: Name,
    pub kind: FieldType,
    pub marks: Vec<Mark>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldType {
    /// 文本, 数, 是否, 日期, or an entity type.
    Named(Name),
    /// An enumeration (two or more words, or one word with synonyms).
    Words(Vec<Term>),
}

/// `实地检查（同 实地核查、现场检查）`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    pub name: Name,
    pub synonyms: Vec<Name>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mark {
    /// 可多
    Many(Span),
    /// 必填
    Required(Span),
    /// 缺省 否
    Default(Name),
    /// 作名称
    Naming(Span),
    /// 取最新
    Latest(Span),
    /// 应与 线索.检查 一致
    Agrees { role: Name, field: Name },
}

/// `参数 公示期限 为 20 个工作日，自 2027-01-01 起 15 个工作日` / `参数 归档期限 不设`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParameterBlock {
    pub name: Name,
    /// `（次数）`: a plain number; default is a time limit.
    pub kind: Option<Name>,
    pub first: ParameterValue,
    pub later: Vec<(NaiveDate, ParameterValue)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParameterValue {
    pub span: Span,
    /// `None` = 不设.
    pub value: Option<Expr>,
}

/// `名单 甲类（部门）：区市场监管局、区公安局（同 公安）` / `名单 直接形成的结果，取自 检查结果：4、6`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListBlock {
    pub name: Name,
    /// Entity type its entries name.
    pub of: Option<Name>,
    /// Code table its entries are taken from.
    pub from: Option<Name>,
    pub entries: Vec<Term>,
}

/// Rows `代码 文字（同 …）`; the code may be missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeTableBlock {
    pub name: Name,
    pub rows: Vec<Clause<CodeRow>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeRow {
    pub code: Option<Name>,
    pub term: Term,
}

/// `定义 检查部门（检查）：检查.部门；没有则 检查.任务.发起部门 与 检查.任务.参与部门`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DefinitionBlock {
    pub name: Name,
    pub parameters: Vec<TypedName>,
    pub body: Expr,
}

/// `某日：日期`; without a type the name itself is the type (an entity type).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypedName {
    pub name: Name,
    pub kind: Option<Name>,
}

/// A rule body with holes; see [`RuleClause::Use`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateBlock {
    pub name: Name,
    pub parameters: Vec<TypedName>,
    pub clauses: Vec<Clause<RuleClause>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleBlock {
    pub id: Name,
    /// Rest of the header line; may be empty.
    pub title: Text,
    pub clauses: Vec<Clause<RuleClause>>,
}

/// `改 规则 X，理由 “…”` with clauses; `改 名单 甲类：加 A、减 B`; `改 参数 P 为 …`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AmendBlock {
    pub target: Amendment,
    pub reason: Option<Text>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Amendment {
    /// Clauses replace those of the same kind; all duties together are one kind.
    Rule {
        id: Name,
        clauses: Vec<Clause<RuleClause>>,
    },
    List {
        name: Name,
        add: Vec<Term>,
        remove: Vec<Name>,
    },
    Parameter(ParameterBlock),
    /// The body replaces that of an inherited definition.
    Definition(DefinitionBlock),
    /// Rows replace all rows of an inherited table.
    CodeTable(CodeTableBlock),
}

/// `废 规则 PQ-18b，理由 “…”`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepealBlock {
    pub id: Name,
    pub reason: Option<Text>,
}

#[expect(clippy::large_enum_variant, reason = "a rule has one duty, sometimes two; a box would save nothing")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RuleClause {
    /// 依据
    Citation(Text),
    /// 要点
    Gist(Text),
    /// 责任
    Liability(Text),
    /// 标签
    Tags(Vec<Text>),
    /// 强度 错误｜警告｜提示
    Severity(Name),
    /// 施行
    Effective(NaiveDate),
    /// 废止
    Repealed(NaiveDate),
    /// 对 每个 检查、每个 检查部门，检查 有 检查结束
    For {
        binders: Vec<Binder>,
        conditions: Vec<Expr>,
    },
    /// 情形: one more condition for the rule to apply.
    Given(Expr),
    /// 除外
    Except(Expr),
    /// 取值日: the event on whose date attributes are read.
    ReadAt(Expr),
    /// 照 按期公示（检查终结，公示期限）
    Use {
        template: Name,
        arguments: Vec<Expr>,
    },
    Duty(Duty),
}

/// `每个 检查部门 称 甲`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binder {
    /// An entity type, 年度, a list, a definition, or a path.
    pub domain: Expr,
    pub alias: Option<Name>,
}

/// One sentence of duty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duty {
    pub head: Head,
    pub force: Force,
    pub body: Body,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Head {
    /// `自 X 之日起 L 内，` (each: false; `自 每次 X 之日起` judges every X) or
    /// `每次 X 之后 L 内，` (each: true, response must be at or after).
    Within {
        trigger: Expr,
        each: bool,
        limit: Limit,
    },
    /// `X 之前，`
    Before(Expr),
    /// `X 之前（含当日），`: the whole day of X is still in time.
    ByDayOf(Expr),
    /// `X 之后，`
    After(Expr),
    /// `每次 X、Y，`
    Each(Vec<Expr>),
    /// `[有 X 的，] 结案前，`
    AtClosure {
        given: Option<Expr>,
    },
    /// `D 前（含当日，不顺延），`
    By {
        date: Expr,
        inclusive: bool,
        roll: bool,
    },
    Plain,
}

/// A time limit: a quantity or a parameter's name, with its counting marks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limit {
    pub amount: Expr,
    /// （含当日）
    pub include_start: bool,
    /// （不顺延）
    pub no_roll: bool,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Force {
    pub modality: Modality,
    /// 一般、原则上: a warning instead of an error.
    pub usually: bool,
    pub span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Modality {
    /// 应当、须、必须
    Obligation,
    /// 不得
    Prohibition,
    /// 可以
    Permission,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// What must hold, or must (not) happen. `A 应当 不少于 2` is already the comparison `A 不少于 2`.
    State(Expr),
    /// `X，按 首次 Y 计年，应当 不少于 N 次`
    Count(Count),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Count {
    pub of: Expr,
    /// 按 … 计年 / 计日: the event that dates a counted entity.
    pub dated_by: Option<Expr>,
    /// 任意连续 12 个月 内
    pub window: Option<Expr>,
    pub op: CompareOp,
    pub bound: Expr,
    /// 次, 个, 日, 天 …
    pub counter: Name,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expr {
    pub kind: Box<ExprKind>,
    pub span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pick {
    /// 首次
    First,
    /// 末次
    Last,
    /// 每次
    Each,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// 的个数
    Count,
    /// 的日期: dates of a set of events (one per day)
    Dates,
    /// 的年度: the year of a date or event
    Year,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompareOp {
    /// 为、是、同、等于
    Is,
    /// 不为、不是、不同于、不等于
    IsNot,
    /// 属于、都属于、在 … 之内
    In,
    /// 不属于
    NotIn,
    /// 恰为: two sets are equal
    SetIs,
    /// 大于、多于、晚于
    Greater,
    /// 不少于、不小于、不早于
    AtLeast,
    /// 小于、少于、早于
    Less,
    /// 不超过、不大于、不多于、不晚于
    AtMost,
    /// 含
    Contains,
    /// 不含
    Lacks,
    /// 在 … 之前 (strictly)
    Before,
    /// 在 … 之后 (strictly)
    After,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// 加、+ ; on sets 加上、与
    Add,
    /// 减、− ; on sets 除去
    Subtract,
    /// 乘、×
    Multiply,
    /// 除以、÷
    Divide,
    /// 与、加上
    Union,
    /// 除去
    Difference,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExprKind {
    Name(Name),
    /// “…”
    Text(String),
    /// The literal digits, half-width, Chinese numerals converted.
    Number(String),
    Date(NaiveDate),
    /// 20 个工作日
    Quantity {
        count: u32,
        unit: Unit,
    },
    /// 2月最后一日 / 3月15日, of a year: `计划.年度 的 2月最后一日`
    MonthDay {
        year: Expr,
        month: u32,
        day: Option<u32>,
    },
    /// `首次 X（条件，…）`, `X（…）`, `首次 X`: event pattern, definition or function call, or entity set with a filter.
    Pattern {
        pick: Option<Pick>,
        name: Name,
        arguments: Vec<Expr>,
    },
    /// `a.b`
    Field(Expr, Name),
    /// `a 的 b`; b is a name or pattern.
    Of(Expr, Expr),
    /// `a 的个数`
    Measure(Expr, Measure),
    /// Without a left side it speaks of the thing being filtered: `（不晚于 某日）`, `（在 首次 X 之后）`.
    Compare {
        left: Option<Expr>,
        op: CompareOp,
        right: Expr,
    },
    /// `[owner] 有 A、B` / `没有 A`
    Has {
        owner: Option<Expr>,
        negated: bool,
        items: Vec<Expr>,
    },
    Not(Expr),
    And(Vec<Expr>),
    Or(Vec<Expr>),
    Binary {
        op: Operator,
        left: Expr,
        right: Expr,
    },
    /// `凡 S 都 P`
    Every {
        set: Expr,
        body: Expr,
    },
    /// `A；没有则 B；没有则 C`
    OrElse(Vec<Expr>),
}
