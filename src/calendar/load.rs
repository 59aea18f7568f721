//! Calendar files → [`Calendar`]: the built-in ones, and the user's on top of them or instead.
//! Takes loaded texts; gives a calendar if nothing is wrong with them, and every problem found.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use super::Calendar;
use super::check::{self, Given, Surroundings};
use super::days::NamedDays;
use super::notice::HolidayNotice;
use super::placed::{self, Places};
use super::problem::Problem;
use crate::diagnostic::{self, Diagnostic};
use crate::source::{FileId, SourceMap, Span};

/// Name and text of the built-in files, in name order.
const BUILTIN: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/calendars.rs"));

/// A notice with the text it was read from.
#[derive(Clone, Debug)]
pub(super) struct CalendarFile {
    pub notice: HolidayNotice,
    pub text: Cow<'static, str>,
}

impl Calendar {
    /// The national notices that come with the program, read once per process.
    pub fn builtin() -> &'static Self {
        static CALENDAR: LazyLock<Calendar> = LazyLock::new(|| {
            let read = |(_, text): &(_, &'static str)| {
                HolidayNotice::read(text).map(|notice| CalendarFile { notice, text: Cow::Borrowed(text) })
            };
            #[expect(clippy::expect_used, reason = "tests load every built-in file with all checks")]
            BUILTIN
                .iter()
                .map(read)
                .collect::<Option<_>>()
                .and_then(Calendar::from_files)
                .expect("内置日历完好")
        });
        &CALENDAR
    }

    /// Name and text of the built-in files, in name order, for those who want to look at them.
    pub fn builtin_files() -> &'static [(&'static str, &'static str)] {
        BUILTIN
    }

    /// Reads files over a calendar (its years are replaced and added to; regional files are laid over it),
    /// or from nothing. Gives no calendar if any problem is an error; warnings come with one.
    /// Diagnostics come in place order and concern the files given, not the base.
    pub fn load(
        sources: &SourceMap,
        files: &[FileId],
        base: Option<&Self>,
    ) -> (Option<Self>, Vec<Diagnostic>) {
        let quick = |file: &FileId| {
            let notice = HolidayNotice::read(sources.file(*file).text())?;
            Some(Given { notice, places: Places::unknown(*file), whole: true })
        };
        if let Some(given) = files.iter().map(quick).collect::<Option<Vec<_>>>()
            && let (Some(calendar), problems) = assemble(sources, given, base, true)
            && problems.is_empty()
        {
            return (Some(calendar), Vec::new());
        }
        // Something is wrong: read once more, slowly, this time with places.
        let mut problems = Vec::new();
        let mut given = Vec::new();
        for file in files {
            let placed = placed::read(sources, *file);
            let whole = placed.problems.is_empty();
            problems.extend(placed.problems);
            given.extend(placed.notice.map(|notice| Given { notice, places: placed.places, whole }));
        }
        let (calendar, more) = assemble(sources, given, base, problems.is_empty());
        problems.extend(more);
        let mut diagnostics: Vec<Diagnostic> = problems.iter().map(Problem::diagnostic).collect();
        diagnostic::sort(&mut diagnostics);
        let sound = !diagnostics.iter().any(Diagnostic::is_error);
        (calendar.filter(|_| sound), diagnostics)
    }

    /// A calendar from notices in any order; `None` if they leave a gap or publish nothing.
    fn from_files(mut files: Vec<CalendarFile>) -> Option<Self> {
        // National notices first, in year order; then regions, a wider region (CN-HA) before its parts (CN-HA-XY).
        files.sort_by(|a, b| {
            let key = |file: &CalendarFile| (file.notice.is_overlay(), file.notice.year);
            (&a.notice.region, key(a)).cmp(&(&b.notice.region, key(b)))
        });
        files.sort_by_key(|file| file.notice.is_overlay());
        let published: BTreeSet<i32> = published(files.iter().map(|file| &file.notice));
        let (first, last) = (*published.first()?, *published.last()?);
        if usize::try_from(last - first).ok()? + 1 != published.len() {
            return None;
        }
        let mut days = NamedDays::default();
        for file in &files {
            days.lay(&file.notice);
        }
        Self::over(first, last, files, days)
    }
}

/// National years whose workdays can be counted.
fn published<'a>(notices: impl Iterator<Item = &'a HolidayNotice>) -> BTreeSet<i32> {
    notices
        .filter(|notice| !notice.is_overlay() && notice.status.published())
        .map(|notice| notice.year)
        .collect()
}

/// Checks the notices given and puts them together with those of the base they do not replace.
/// `complete`: every file given is here; otherwise a missing year is not news.
fn assemble(
    sources: &SourceMap,
    given: Vec<Given>,
    base: Option<&Calendar>,
    complete: bool,
) -> (Option<Calendar>, Vec<Problem>) {
    let mut problems = Vec::new();
    let given = without_repeats(given, &mut problems);
    let replaced: BTreeSet<(&str, i32)> =
        given.iter().map(|one| (one.notice.region.as_str(), one.notice.year)).collect();
    let kept: Vec<&CalendarFile> = base
        .iter()
        .flat_map(|base| base.files())
        .filter(|file| !replaced.contains(&(file.notice.region.as_str(), file.notice.year)))
        .collect();
    let in_force: Vec<&HolidayNotice> = kept.iter().map(|file| &file.notice).collect();

    let all = || in_force.iter().copied().chain(given.iter().map(|one| &one.notice));
    let published = published(all());
    let mut national = NamedDays::default();
    all().filter(|notice| !notice.is_overlay()).for_each(|notice| national.lay(notice));
    let around = Surroundings { national: &national, published: &published };
    given.iter().for_each(|one| check::errors(one, &around, &mut problems));
    check::repeated_days(&given, &in_force, &mut problems);
    let faulty: BTreeSet<FileId> =
        problems.iter().filter_map(|problem| Some(problem.diagnostic().primary()?.file)).collect();
    for one in given.iter().filter(|one| one.whole && !faulty.contains(&file_of(one))) {
        check::warnings(one, &around, &mut problems);
    }
    if complete {
        check::year_gaps(&given, &published, &mut problems);
        if published.is_empty() && !given.iter().any(|one| one.notice.is_overlay()) {
            problems.push(Problem::NothingPublished { at: given.first().map(|one| one.places.status) });
        }
    }
    let own = given.into_iter().map(|one| {
        let text = sources.file(file_of(&one)).text().to_owned();
        CalendarFile { notice: one.notice, text: Cow::Owned(text) }
    });
    (Calendar::from_files(kept.into_iter().cloned().chain(own).collect()), problems)
}

fn file_of(given: &Given) -> FileId {
    given.places.year.file
}

/// Check 2 for whole files: one notice per region and year.
fn without_repeats(given: Vec<Given>, problems: &mut Vec<Problem>) -> Vec<Given> {
    let mut first: BTreeMap<(String, i32), Span> = BTreeMap::new();
    let mut kept = Vec::with_capacity(given.len());
    for one in given {
        let key = (one.notice.region.clone(), one.notice.year);
        match first.get(&key) {
            Some(first) => {
                let (region, year) = key;
                problems.push(Problem::RepeatedNotice { region, year, at: one.places.year, first: *first });
            }
            None => {
                first.insert(key, one.places.year);
                kept.push(one);
            }
        }
    }
    kept
}
