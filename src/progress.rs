//! How far a long piece of work is: counters that the work adds to and the command line looks at.
//! Takes numbers from any thread; changes no result. Draws nothing and knows no clock.

use std::fmt;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};

/// What is being done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Nothing yet.
    Idle,
    /// Files come from the disk. Not counted.
    Load,
    /// Texts of logs are read; counted in bytes.
    Read,
    /// What was read is put in order. Not counted.
    Arrange,
    /// Rules are judged; counted in rules.
    Judge,
    /// Output is written. Not counted.
    Write,
}

impl Stage {
    pub const ALL: [Self; 6] = [Self::Idle, Self::Load, Self::Read, Self::Arrange, Self::Judge, Self::Write];

    /// The word shown to people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Idle => "准备",
            Self::Load => "读文件",
            Self::Read => "解析日志",
            Self::Arrange => "整理历史",
            Self::Judge => "逐条判定",
            Self::Write => "写结果",
        }
    }
}

/// The counters. One relaxed addition per piece of work.
pub struct Counters {
    stage: AtomicU8,
    done: AtomicU64,
    total: AtomicU64,
    /// Told of every new stage, on the thread that begins it.
    told: fn(Stage),
}

impl Counters {
    pub const fn new(told: fn(Stage)) -> Self {
        Self { stage: AtomicU8::new(0), done: AtomicU64::new(0), total: AtomicU64::new(0), told }
    }

    /// Stage, how much of it is done, and how much there is (0: not counted).
    pub fn now(&self) -> (Stage, u64, u64) {
        let stage = usize::from(self.stage.load(Ordering::Relaxed));
        let stage = Stage::ALL.get(stage).copied().unwrap_or(Stage::Idle);
        (stage, self.done.load(Ordering::Relaxed), self.total.load(Ordering::Relaxed))
    }
}

/// Where to report to; by default nowhere.
#[derive(Clone, Copy, Default)]
pub struct Progress(Option<&'static Counters>);

impl Progress {
    pub const fn to(counters: &'static Counters) -> Self {
        Self(Some(counters))
    }

    /// A new stage with so much to do; 0: it will not be counted.
    pub fn begin(self, stage: Stage, total: u64) {
        let Some(counters) = self.0 else { return };
        counters.done.store(0, Ordering::Relaxed);
        counters.total.store(total, Ordering::Relaxed);
        let number = Stage::ALL.iter().position(|one| *one == stage).unwrap_or(0);
        counters.stage.store(u8::try_from(number).unwrap_or(0), Ordering::Relaxed);
        (counters.told)(stage);
    }

    /// So much more is done.
    pub fn add(self, done: u64) {
        if let Some(counters) = self.0 {
            counters.done.fetch_add(done, Ordering::Relaxed);
        }
    }
}

impl fmt::Debug for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Progress(watched)" } else { "Progress(unwatched)" })
    }
}
