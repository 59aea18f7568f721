//! How much a command says besides its result: nothing with `--quiet`, what it read and how long it took with
//! `--verbose`, a bar when work is long and somebody is watching. All of it goes to standard error.

use std::cell::RefCell;
use std::io::{self, IsTerminal as _, Write};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::clock::Stopwatch;
use crate::progress::{Counters, Progress, Stage};

/// Work shorter than this shows no bar.
const PATIENCE: Duration = Duration::from_secs(1);
const TICK: Duration = Duration::from_millis(100);

/// What this command may say. One command runs on one thread.
#[derive(Default)]
struct Talk {
    quiet: bool,
    verbose: bool,
    notes: Vec<String>,
    stage: Option<(Stage, Stopwatch)>,
    times: Vec<(Stage, Duration)>,
    whole: Option<Stopwatch>,
}

thread_local! {
    static TALK: RefCell<Talk> = RefCell::default();
}

static COUNTERS: Counters = Counters::new(stage);
/// The bar on the screen, if there is one.
static BAR: Mutex<Option<ProgressBar>> = Mutex::new(None);

fn bar() -> MutexGuard<'static, Option<ProgressBar>> {
    BAR.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A command begins.
pub(super) fn begin(quiet: bool, verbose: bool) {
    let whole = verbose.then(Stopwatch::start);
    TALK.with_borrow_mut(|talk| *talk = Talk { quiet, verbose, whole, ..Talk::default() });
}

/// Only results and errors are wanted.
pub(super) fn quiet() -> bool {
    TALK.with_borrow(|talk| talk.quiet)
}

/// Something only `--verbose` says.
pub(super) fn note(words: impl FnOnce() -> String) {
    TALK.with_borrow_mut(|talk| {
        if talk.verbose {
            talk.notes.push(words());
        }
    });
}

/// Where work reports to.
pub(super) fn progress() -> Progress {
    Progress::to(&COUNTERS)
}

fn stage(stage: Stage) {
    TALK.with_borrow_mut(|talk| {
        if talk.verbose {
            close(talk);
            talk.stage = Some((stage, Stopwatch::start()));
        }
    });
}

fn close(talk: &mut Talk) {
    let Some((stage, watch)) = talk.stage.take() else { return };
    match talk.times.iter_mut().find(|(known, _)| *known == stage) {
        Some((_, time)) => *time += watch.elapsed(),
        None => talk.times.push((stage, watch.elapsed())),
    }
}

/// The command is over: says what there is to say.
pub(super) fn end(err: &mut dyn Write) -> io::Result<()> {
    let mut talk = TALK.take();
    if !talk.verbose {
        return Ok(());
    }
    close(&mut talk);
    for note in &talk.notes {
        writeln!(err, "· {note}")?;
    }
    let show = |label: &str, time: Duration| format!("{label} {:.2} 秒", time.as_secs_f64());
    let times = talk.times.iter().filter(|(stage, _)| *stage != Stage::Idle);
    let mut times: Vec<String> = times.map(|(stage, time)| show(stage.label(), *time)).collect();
    times.extend(talk.whole.map(|whole| show("共", whole.elapsed())));
    writeln!(err, "· 用时：{}", times.join("，"))
}

/// Shows a bar after a second, until dropped. Nothing when nobody is watching.
pub(super) struct Watch(Option<(Sender<()>, JoinHandle<()>)>);

pub(super) fn watch() -> Watch {
    if quiet() || !watched() {
        return Watch(None);
    }
    let (sender, stopped) = mpsc::channel::<()>();
    let thread = std::thread::Builder::new().spawn(move || {
        let mut seen = Seen::new();
        while stopped.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
            seen.look();
        }
    });
    Watch(thread.ok().map(|thread| (sender, thread)))
}

impl Drop for Watch {
    fn drop(&mut self) {
        if let Some((sender, thread)) = self.0.take() {
            drop(sender);
            let _ = thread.join();
            clear();
        }
    }
}

/// Takes the bar off the screen.
pub(super) fn clear() {
    if let Some(bar) = bar().take() {
        bar.finish_and_clear();
    }
}

/// Takes the bar off the screen for good: the program is about to end.
pub(super) fn silence() {
    let mut held = bar();
    if let Some(bar) = held.take() {
        bar.finish_and_clear();
    }
    std::mem::forget(held);
}

/// Somebody sits at a terminal that can redraw a line.
#[expect(clippy::disallowed_methods, reason = "the command line may read the environment")]
fn watched() -> bool {
    let set = |name| std::env::var(name).is_ok_and(|value| !value.is_empty());
    let dumb = std::env::var("TERM").is_ok_and(|value| value == "dumb");
    io::stderr().is_terminal() && !dumb && !set("CI")
}

/// What the watching thread has seen of the present stage.
struct Seen {
    stage: Stage,
    since: Stopwatch,
    whole: Stopwatch,
}

impl Seen {
    fn new() -> Self {
        Self { stage: Stage::Idle, since: Stopwatch::start(), whole: Stopwatch::start() }
    }

    /// Looks at the counters; draws when the work has been long.
    fn look(&mut self) {
        let (stage, done, total) = COUNTERS.now();
        let mut held = bar();
        if stage != self.stage {
            (self.stage, self.since) = (stage, Stopwatch::start());
            if let Some(old) = held.take() {
                old.finish_and_clear();
            }
        }
        if self.whole.elapsed() < PATIENCE {
            return;
        }
        let line = held.get_or_insert_with(|| fresh(stage, total));
        line.set_message(self.words(done, total));
        line.set_position(done.min(total));
        line.tick();
    }

    /// `43%  每秒 12.3 MiB，还要 4 秒`, or how long it has taken where nothing is counted.
    fn words(&self, done: u64, total: u64) -> String {
        if total == 0 {
            return format!("已用 {} 秒", self.whole.elapsed().as_secs());
        }
        #[expect(clippy::cast_precision_loss, reason = "for people")]
        let (done, total) = (done.min(total) as f64, total as f64);
        let rate = done / self.since.elapsed().as_secs_f64().max(0.001);
        let left = match rate > 0.0 {
            true => format!("还要 {:.0} 秒", (total - done) / rate),
            false => "还不知道要多久".to_owned(),
        };
        let mega = f64::from(1 << 20);
        match self.stage {
            Stage::Read => {
                let (part, whole, rate) = (done / mega, total / mega, rate / mega);
                format!("{part:.1}/{whole:.1} MiB，每秒 {rate:.1} MiB，{left}")
            }
            Stage::Idle | Stage::Load | Stage::Arrange | Stage::Judge | Stage::Write => {
                format!("{done:.0}/{total:.0} 条，{left}")
            }
        }
    }
}

fn fresh(stage: Stage, total: u64) -> ProgressBar {
    let line = ProgressBar::hidden();
    let template = if total > 0 { "{prefix} [{bar:24}] {percent:>3}%  {msg}" } else { "{prefix}……{msg}" };
    if let Ok(style) = ProgressStyle::with_template(template) {
        line.set_style(style.progress_chars("=> "));
    }
    line.set_length(total);
    line.set_prefix(stage.label());
    line.set_draw_target(ProgressDrawTarget::stderr());
    line
}
