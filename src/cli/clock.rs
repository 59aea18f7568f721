//! Today, and how long things took. The only place that reads the clock; everything else is given a date.

use chrono::{DateTime, FixedOffset, NaiveDate};

/// Seconds that Shanghai is ahead of UTC.
const SHANGHAI: i32 = 8 * 60 * 60;

/// Today's date in Asia/Shanghai, whatever the machine's own zone.
#[expect(clippy::disallowed_methods, reason = "this is the one place that may")]
pub(super) fn today() -> NaiveDate {
    let now: DateTime<chrono::Utc> = std::time::SystemTime::now().into();
    match FixedOffset::east_opt(SHANGHAI) {
        Some(zone) => now.with_timezone(&zone).date_naive(),
        None => now.date_naive(),
    }
}

/// How long something took; only for `--verbose`, never in a result.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stopwatch(std::time::Instant);

impl Stopwatch {
    #[expect(clippy::disallowed_methods, reason = "times are said on standard error only")]
    pub fn start() -> Self {
        Self(std::time::Instant::now())
    }

    pub fn elapsed(self) -> std::time::Duration {
        self.0.elapsed()
    }
}
