//! Today. The only place that reads the clock; everything else is given a date.

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
