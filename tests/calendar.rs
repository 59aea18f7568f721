//! Workdays, deadlines and calendar files, against dated examples and against slow, obvious counting.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that panics has failed"
)]

use std::collections::BTreeMap;

use bdays::HolidayCalendar as _;
use chrono::{Datelike as _, Days, NaiveDate, Weekday};
use zhunsheng::calendar::{
    Calendar, CountFrom, DayKind, Deadline, Direction, HolidayNotice, RollForward, TimeLimit, Unit, Workdays,
};
use zhunsheng::diagnostic::Diagnostic;
use zhunsheng::source::SourceMap;

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn load(texts: &[&str], base: Option<&Calendar>) -> (Option<Calendar>, Vec<Diagnostic>, SourceMap) {
    let mut sources = SourceMap::new();
    let files: Vec<_> =
        texts.iter().enumerate().map(|(i, text)| sources.add(format!("{i}.yaml"), *text)).collect();
    let (calendar, diagnostics) = Calendar::load(&sources, &files, base);
    (calendar, diagnostics, sources)
}

fn every_day() -> impl Iterator<Item = NaiveDate> {
    let (first, last) = Calendar::builtin().horizon();
    first.iter_days().take_while(move |day| *day <= last)
}

/// Workdays straight from the files: named days, else Monday to Friday.
fn obvious_workdays() -> BTreeMap<NaiveDate, bool> {
    let mut days: BTreeMap<_, _> =
        every_day().map(|day| (day, !matches!(day.weekday(), Weekday::Sat | Weekday::Sun))).collect();
    for (_, text) in Calendar::builtin_files() {
        let notice = HolidayNotice::read(text).unwrap();
        if notice.status.published() {
            days.extend(notice.off_days.iter().map(|off| (off.date, false)));
            days.extend(notice.work_days.iter().map(|work| (work.date, true)));
        }
    }
    days
}

fn limit_of(n: i64, unit: &str, count_start: &str, rollover: &str) -> TimeLimit {
    let kind = match unit {
        "workday" => Unit::Workday,
        "day" | "day+ext3" => Unit::Day,
        "month" => Unit::Month,
        other => panic!("{other}"),
    };
    TimeLimit {
        direction: if n < 0 { Direction::Before } else { Direction::After },
        count_from: if count_start == "yes" { CountFrom::SameDay } else { CountFrom::NextDay },
        roll: if rollover == "none" { RollForward::None } else { RollForward::NextWorkday },
        extend: unit.ends_with("ext3"),
        ..TimeLimit::new(u32::try_from(n.abs()).unwrap(), kind)
    }
}

#[test]
fn dated_examples() {
    let mut rows = 0;
    for line in include_str!("data/vectors.csv").lines().skip(1) {
        let fields: Vec<&str> = line.splitn(8, ',').collect();
        let [id, start, n, unit, count_start, rollover, expected, _] = fields[..] else { panic!("{line}") };
        let limit = limit_of(n.parse().unwrap(), unit, count_start, rollover);
        let start = date(start);
        match Calendar::builtin().deadline(start, &limit) {
            Deadline::On { date, .. } => assert_eq!(date.to_string(), expected, "{id}"),
            Deadline::OutOfRange { .. } => assert_eq!("ERROR:out_of_range", expected, "{id}"),
        }
        rows += 1;
    }
    assert_eq!(rows, 56);
    let limit = TimeLimit::new(7, Unit::Workday);
    let deadline = Calendar::builtin().deadline(date("2026-09-10"), &limit);
    assert_eq!(deadline, Deadline::On { date: date("2026-09-20"), provisional: false });
}

/// Two units of every limit, walked day by day, for every published day.
#[test]
fn every_published_day_agrees_with_walking() {
    let calendar = Calendar::builtin();
    let days = obvious_workdays();
    let workdays: Vec<NaiveDate> = days.iter().filter(|(_, work)| **work).map(|(day, _)| *day).collect();
    let (first, last) = calendar.horizon();
    assert_eq!((first, last), (date("2004-01-01"), date("2026-12-31")));
    let mut passed = 0;
    for (day, work) in &days {
        assert_eq!(calendar.is_workday(*day), Some(*work), "{day}");
        assert_eq!(calendar.day_kind(*day).map(DayKind::is_workday), Some(*work), "{day}");
        let after = workdays.get(passed + usize::from(*work)..).unwrap();
        let before = workdays.get(..passed).unwrap();
        for n in [1usize, 2, 3, 5, 10, 20, 60, 250] {
            let n_i = i64::try_from(n).unwrap();
            let (later, earlier) =
                (after.get(n - 1).copied(), before.len().checked_sub(n).map(|i| before[i]));
            assert_eq!(calendar.add_workdays(*day, n_i), later, "{day} + {n}");
            assert_eq!(calendar.add_workdays(*day, -n_i), earlier, "{day} - {n}");
            let limit = TimeLimit::new(u32::try_from(n).unwrap(), Unit::Workday);
            let on = |deadline| match deadline {
                Deadline::On { date, .. } => Some(date),
                Deadline::OutOfRange { .. } => None,
            };
            assert_eq!(on(calendar.deadline(*day, &limit)), later, "{day} + {n}");
            let back = TimeLimit { direction: Direction::Before, ..limit };
            assert_eq!(on(calendar.deadline(*day, &back)), earlier, "{day} - {n}");
            let same = TimeLimit { count_from: CountFrom::SameDay, ..limit };
            let eve = day.pred_opt().unwrap();
            let from_eve =
                if eve < first { workdays.get(n - 1).copied() } else { calendar.add_workdays(eve, n_i) };
            assert_eq!(on(calendar.deadline(*day, &same)), from_eve, "{day} 含当日 + {n}");
            if let Some(later) = later {
                assert_eq!(calendar.workdays_after(*day, later), Some(n_i));
                assert_eq!(calendar.workdays_after(later, *day), Some(-n_i));
            }
        }
        let here_or_next = if *work { Some(*day) } else { after.first().copied() };
        assert_eq!(calendar.add_workdays(*day, 0), here_or_next, "{day} + 0");
        // 日: count, then walk to a workday.
        let raw = *day + Days::new(30);
        let rolled = std::iter::successors(Some(raw), NaiveDate::succ_opt)
            .take_while(|day| *day <= last)
            .find(|day| days.get(day) == Some(&true));
        let expected = rolled.map(|date| Deadline::On { date, provisional: date >= date_of_last_days(last) });
        let expected = expected.unwrap_or(Deadline::OutOfRange { known: last });
        assert_eq!(calendar.deadline(*day, &TimeLimit::new(30, Unit::Day)), expected, "{day} + 30 日");
        passed += usize::from(*work);
    }
    assert_eq!(calendar.workdays_after(first, last), Some(i64::try_from(workdays.len()).unwrap()));
    for outside in [first.pred_opt().unwrap(), last.succ_opt().unwrap()] {
        assert_eq!(calendar.is_workday(outside), None);
        assert_eq!(calendar.add_workdays(outside, 1), None);
        assert_eq!(calendar.workdays_after(outside, first), None);
    }
}

fn date_of_last_days(last: NaiveDate) -> NaiveDate {
    last - Days::new(2)
}

/// bdays rolls a start on a day off forward before it counts, so it is given the workday before.
#[test]
fn agrees_with_bdays() {
    let calendar = Calendar::builtin();
    let workdays = Workdays(calendar);
    let (first, last) = calendar.horizon();
    let cache = bdays::HolidayCalendarCache::new(workdays, first, last);
    for day in every_day().skip(20) {
        assert_eq!(Some(cache.is_bday(day)), calendar.is_workday(day), "{day}");
        for n in [1, 5, 20] {
            let Some(later) = calendar.add_workdays(day, n) else { continue };
            let snapped = cache.to_bday(day, false);
            assert_eq!(cache.advance_bdays(snapped, i32::try_from(n).unwrap()), later, "{day} + {n}");
            assert_eq!(i64::from(cache.bdays(snapped, later)), n, "{day} + {n}");
        }
    }
    assert!(workdays.is_bday(date("2025-09-28")), "调休上班的周日");
    assert!(workdays.is_holiday(date("2025-10-08")));
    assert!(!workdays.is_holiday(date("2025-10-12")), "普通周日是周末，不是假日");
}

#[test]
fn months_and_years() {
    let calendar = Calendar::builtin();
    let plain = |count, unit| TimeLimit { roll: RollForward::None, ..TimeLimit::new(count, unit) };
    let same = |count, unit| TimeLimit { count_from: CountFrom::SameDay, ..plain(count, unit) };
    let back = |count, unit| TimeLimit { direction: Direction::Before, ..plain(count, unit) };
    for (start, limit, expected) in [
        ("2025-01-31", plain(1, Unit::Month), "2025-02-28"),
        ("2024-02-29", plain(1, Unit::Year), "2025-02-28"),
        ("2025-03-15", plain(6, Unit::Month), "2025-09-15"),
        ("2025-01-01", same(1, Unit::Month), "2025-01-31"),
        ("2025-03-01", same(1, Unit::Month), "2025-03-31"),
        ("2024-01-31", same(1, Unit::Month), "2024-02-29"),
        ("2025-01-01", same(1, Unit::Year), "2025-12-31"),
        ("2025-03-31", back(1, Unit::Month), "2025-02-28"),
        ("2025-03-31", back(2, Unit::Year), "2023-03-31"),
        ("2025-03-31", TimeLimit { count_from: CountFrom::SameDay, ..back(1, Unit::Month) }, "2025-03-01"),
        (
            "2025-10-20",
            TimeLimit { direction: Direction::Before, ..TimeLimit::new(15, Unit::Day) },
            "2025-10-05",
        ),
        ("2025-10-04", TimeLimit::new(0, Unit::Day), "2025-10-09"),
        ("2025-10-04", plain(0, Unit::Day), "2025-10-04"),
        ("2025-10-04", same(0, Unit::Month), "2025-10-04"),
        ("2099-01-01", plain(10, Unit::Day), "2099-01-11"),
    ] {
        let expected = Deadline::On { date: date(expected), provisional: false };
        assert_eq!(calendar.deadline(date(start), &limit), expected, "{start} {limit}");
    }
}

#[test]
fn the_edge_of_what_is_published() {
    let calendar = Calendar::builtin();
    let on = |text, provisional| Deadline::On { date: date(text), provisional };
    let after = |start, count| calendar.deadline(date(start), &TimeLimit::new(count, Unit::Workday));
    let days = |start, count| calendar.deadline(date(start), &TimeLimit::new(count, Unit::Day));
    let known = |text| Deadline::OutOfRange { known: date(text) };
    assert_eq!(after("2026-12-20", 6), on("2026-12-28", false));
    assert_eq!(after("2026-12-20", 7), on("2026-12-29", true));
    assert_eq!(after("2026-12-31", 0), on("2026-12-31", true));
    assert_eq!(after("2026-12-31", 1), known("2026-12-31"));
    assert_eq!(after("2003-12-31", 1), known("2004-01-01"));
    assert_eq!(after("2027-01-04", 1), known("2026-12-31"));
    assert_eq!(days("2026-12-15", 13), on("2026-12-28", false));
    assert_eq!(days("2026-12-15", 16), on("2026-12-31", true));
    assert_eq!(days("2026-12-15", 17), known("2026-12-31"));
    assert_eq!(days("2026-12-15", u32::MAX), known("2026-12-31"));
    let back = |start, count| {
        let limit = TimeLimit { direction: Direction::Before, ..TimeLimit::new(count, Unit::Workday) };
        calendar.deadline(date(start), &limit)
    };
    assert_eq!(back("2026-12-29", 1), on("2026-12-28", false));
    assert_eq!(back("2026-12-31", 3), on("2026-12-28", true));
    assert_eq!(back("2027-01-08", 3), known("2026-12-31"));
    assert_eq!(back("2004-01-05", 9), known("2004-01-01"));
    assert_eq!(back("2025-10-05", 0), on("2025-09-30", false));
    // 2027: the statutory days are known, workdays are not.
    assert_eq!(
        calendar.day_kind(date("2027-01-01")),
        Some(DayKind::Holiday { name: "元旦", statutory: true })
    );
    assert_eq!(calendar.day_kind(date("2027-01-04")), None);
    assert_eq!(calendar.is_workday(date("2027-01-01")), None);
}

#[test]
fn derivations_in_one_line() {
    let calendar = Calendar::builtin();
    let day = TimeLimit::new(15, Unit::Day);
    let workday = |count| TimeLimit::new(count, Unit::Workday);
    let mut lines = String::new();
    for (start, limit) in [
        ("2025-09-26", workday(20)),
        ("2025-10-09", TimeLimit { direction: Direction::Before, ..workday(5) }),
        ("2026-02-15", TimeLimit { count_from: CountFrom::SameDay, ..workday(1) }),
        ("2026-10-03", workday(0)),
        ("2026-09-20", workday(0)),
        ("2025-12-25", workday(5)),
        ("2026-12-15", workday(12)),
        ("2026-12-15", workday(20)),
        ("2026-12-31", workday(1)),
        ("2027-03-01", workday(1)),
        ("2025-09-16", day),
        ("2025-09-16", TimeLimit { roll: RollForward::None, ..day }),
        ("2026-12-20", day),
        ("2013-02-01", TimeLimit { count_from: CountFrom::SameDay, extend: true, ..day }),
        ("2024-01-31", TimeLimit::new(1, Unit::Month)),
        ("2025-08-31", TimeLimit::new(6, Unit::Month)),
        ("2024-05-01", TimeLimit { count_from: CountFrom::SameDay, ..TimeLimit::new(2, Unit::Year) }),
        ("2025-10-04", TimeLimit::new(0, Unit::Day)),
    ] {
        lines.push_str(&calendar.derivation(date(start), &limit).summary());
        lines.push('\n');
    }
    insta::assert_snapshot!(lines);
}

/// The table of days tells the same story as the deadline, for every kind of limit.
#[test]
fn derivations_end_at_the_deadline() {
    let calendar = Calendar::builtin();
    for day in every_day().step_by(7) {
        for unit in [Unit::Workday, Unit::Day, Unit::Month, Unit::Year] {
            for count in [0, 1, 13] {
                for direction in [Direction::After, Direction::Before] {
                    let limit = TimeLimit { direction, ..TimeLimit::new(count, unit) };
                    let derivation = calendar.derivation(day, &limit);
                    if let Deadline::On { date, .. } = derivation.deadline {
                        assert_eq!(derivation.days.last().map(|day| day.date), Some(date), "{day} {limit}");
                    }
                }
            }
        }
    }
}

/// Fenced blocks of the 错误示例 section: (words after the fence, text).
fn examples(page: &str) -> Vec<(String, String)> {
    let section = page.split("## 错误示例").nth(1).unwrap().split("## 改法").next().unwrap();
    let blocks = section.split("```").skip(1).step_by(2);
    blocks
        .map(|block| block.split_once('\n').unwrap())
        .map(|(info, text)| (info.to_owned(), text.to_owned()))
        .collect()
}

/// Each page's example yields its code and no other; its words are kept as a snapshot.
#[test]
fn every_code_has_a_page_whose_example_shows_it() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/diagnostics");
    let mut pages: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    pages.sort();
    let mut words = String::new();
    for page in pages.iter().filter(|path| path.file_name().unwrap().to_string_lossy().starts_with('K')) {
        let code = page.file_stem().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(page).unwrap();
        assert!(text.starts_with(&format!("# {code} ")) && text.contains("## 说明"), "{code}");
        let examples = examples(&text);
        let texts: Vec<&str> = examples.iter().map(|(_, text)| text.as_str()).collect();
        let (_, diagnostics, sources) = match examples[0].0.as_str() {
            "yaml" => load(&texts, Some(Calendar::builtin())),
            "yaml 不用内置日历" => load(&texts, None),
            "期限" => {
                let problem = TimeLimit::parse_parameter(texts[0].trim_end()).unwrap_err();
                (None, vec![problem.diagnostic()], SourceMap::new())
            }
            other => panic!("{code}: {other}"),
        };
        assert!(!diagnostics.is_empty(), "{code}: 没有诊断");
        for diagnostic in &diagnostics {
            assert_eq!(diagnostic.code, code, "{diagnostic:?}");
            let place = diagnostic.primary().map_or(String::new(), |span| {
                let at = sources.position(span);
                format!("{}:{} 「{}」", at.line, at.column, sources.slice(span))
            });
            words.push_str(&format!("{code} {:?} {place}\n  {}\n", diagnostic.level, diagnostic.message));
            diagnostic.help.iter().for_each(|help| words.push_str(&format!("  改法：{help}\n")));
        }
    }
    insta::assert_snapshot!(words);
}

const GUANGXI: &str = "schema: cn-workday-calendar/1
region: CN-GX
year: 2017
status: final
sources:
  - {title: 广西三月三放假通知, number: 示例, date: 2017-01-10}
off_days:
  - {date: 2017-03-30, name: 三月三}
  - {date: 2017-03-31, name: 三月三}
  - {date: 2017-04-01, name: 三月三}
work_days:
  - {date: 2017-04-08, name: 三月三}
  - {date: 2017-10-05, name: 三月三}
";

/// A region turns weekdays off, a national make-up day off, a Saturday and a national day off into workdays.
#[test]
fn regional_notices_override_both_ways() {
    let national = Calendar::builtin();
    let (calendar, diagnostics, _) = load(&[GUANGXI], Some(national));
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    let calendar = calendar.unwrap();
    for (day, before, after) in [
        ("2017-03-29", true, true),
        ("2017-03-30", true, false),
        ("2017-03-31", true, false),
        ("2017-04-01", true, false),
        ("2017-04-08", false, true),
        ("2017-10-05", false, true),
        ("2017-10-06", false, false),
    ] {
        assert_eq!(national.is_workday(date(day)), Some(before), "{day}");
        assert_eq!(calendar.is_workday(date(day)), Some(after), "{day}");
    }
    assert_eq!(
        calendar.day_kind(date("2017-04-01")),
        Some(DayKind::Holiday { name: "三月三", statutory: false })
    );
    assert_eq!(calendar.show_date(date("2017-04-08")), "2017-04-08（周六，调休上班）");
    assert_eq!(calendar.horizon(), national.horizon());
    assert_ne!(calendar.sha256(), national.sha256());
}

#[test]
fn files_replace_and_add_years() {
    let text = |year: &str| {
        Calendar::builtin_files().iter().find(|(name, _)| name.starts_with(year)).unwrap().1.to_owned()
    };
    // The same files from outside are the same calendar.
    let all: Vec<&str> = Calendar::builtin_files().iter().rev().map(|(_, text)| *text).collect();
    let (same, diagnostics, _) = load(&all, None);
    assert!(diagnostics.iter().all(|diagnostic| !diagnostic.is_error()));
    assert_eq!(same.unwrap().sha256(), Calendar::builtin().sha256());
    // A replaced year: 2026-10-10 no longer works, and the balance law notices.
    let changed =
        text("2026").lines().filter(|line| !line.contains("2026-10-10")).collect::<Vec<_>>().join("\n");
    let (calendar, diagnostics, _) = load(&[&changed], Some(Calendar::builtin()));
    assert_eq!(calendar.unwrap().is_workday(date("2026-10-10")), Some(false));
    assert_eq!(diagnostics.iter().map(|diagnostic| diagnostic.code).collect::<Vec<_>>(), ["K016"]);
    // A year taken back to statutory days shortens the horizon, or leaves a gap.
    let unsettled = |year: &str| text(year).replace("status: final", "status: statutory_only");
    let (calendar, ..) = load(&[&unsettled("2026")], Some(Calendar::builtin()));
    assert_eq!(calendar.unwrap().horizon().1, date("2025-12-31"));
    let (calendar, diagnostics, _) = load(&[&unsettled("2018")], Some(Calendar::builtin()));
    assert!(calendar.is_none() && diagnostics[0].code == "K011");
    // Only some years, without the built-in ones.
    let (calendar, diagnostics, _) = load(&[&text("2026"), &text("2025")], None);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    assert_eq!(calendar.unwrap().horizon(), (date("2025-01-01"), date("2026-12-31")));
}

/// What the built-in files are known to lack is all there is to say about them.
#[test]
fn builtin_files_pass_all_checks() {
    let texts: Vec<&str> = Calendar::builtin_files().iter().map(|(_, text)| *text).collect();
    let (calendar, diagnostics, sources) = load(&texts, None);
    assert!(calendar.is_some());
    let shown: Vec<String> = diagnostics
        .iter()
        .map(|diagnostic| {
            let file = diagnostic.primary().unwrap().file.0;
            format!("{} {}", Calendar::builtin_files()[file as usize].0, diagnostic.code)
        })
        .collect();
    let _ = sources;
    assert_eq!(
        shown,
        [
            "2004.yaml K019",
            "2005.yaml K019",
            "2008.yaml K019",
            "2009.yaml K019",
            "2015.yaml K016",
            "2020.yaml K016"
        ]
    );
}

/// The quick reader and the one with places agree on what is right: any change to a line that
/// one refuses, the other explains, with a place in the file.
#[test]
fn whatever_is_refused_is_explained() {
    let text = Calendar::builtin_files().iter().find(|(name, _)| name.starts_with("2025")).unwrap().1;
    let lines: Vec<&str> = text.lines().collect();
    let mut refused = 0;
    for (index, line) in lines.iter().enumerate() {
        let middle = line.char_indices().nth(line.chars().count() / 2).map_or(0, |(at, _)| at);
        let edits = [
            String::new(),
            line.get(..middle).unwrap().to_owned(),
            line.replace(": ", "：").replace("- ", ""),
            line.replace("2025", "2025x"),
            line.replace("name", "nmae"),
            line.replace("true", "yes"),
            line.replace("[0-9]", ""),
            format!("{line}\n{line}"),
            line.replace(": ", ": ["),
            line.replace(": ", ": {a: "),
            format!("\t{line}"),
            format!("{line}: {line}"),
            line.split(": ").next().unwrap_or("").to_owned() + ":",
        ];
        for edit in edits {
            let mut changed = lines.clone();
            changed[index] = &edit;
            let changed = changed.join("\n");
            let (calendar, diagnostics, sources) = load(&[&changed], Some(Calendar::builtin()));
            if HolidayNotice::read(&changed).is_none() {
                refused += 1;
                assert!(calendar.is_none() && diagnostics.iter().any(Diagnostic::is_error), "{edit}");
            } else {
                let form = ["K001", "K002", "K003", "K004", "K005", "K006", "K007", "K008"];
                assert!(diagnostics.iter().all(|one| !form.contains(&one.code)), "{edit}: {diagnostics:?}");
            }
            for diagnostic in diagnostics {
                let span = diagnostic.primary().unwrap();
                assert!(span.end <= sources.file(span.file).text().len());
                assert!(
                    span.start == 0
                        || span.start < span.end
                        || diagnostic.code == "K001"
                        || sources.slice(span).is_empty(),
                    "{diagnostic:?}"
                );
            }
        }
    }
    assert!(refused > 200, "{refused}");
}
