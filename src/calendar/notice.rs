//! 放假安排: one year's holiday notice, and the file format `cn-workday-calendar/1` it is kept in.
//! Takes the text of one file; gives a [`HolidayNotice`] or nothing. The fast reader: it says only that a
//! file is not right. What is wrong, and where, is found by `placed.rs`.

use chrono::NaiveDate;
use serde::Deserialize;
use serde::de::{self, Deserializer};

use super::date::parse_date;

/// The only format this version reads.
pub const SCHEMA: &str = "cn-workday-calendar/1";

/// How settled a year is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// As the notice said.
    Final,
    /// Changed during the year; the file holds what came out, and all notices as sources.
    Amended,
    /// Only the statutory days are known; make-up days are not, so workdays cannot be counted.
    StatutoryOnly,
}

impl Status {
    /// The words a file may use, in the order of the variants.
    pub const WORDS: [&'static str; 3] = ["final", "amended", "statutory_only"];

    /// The status a word stands for.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "final" => Some(Self::Final),
            "amended" => Some(Self::Amended),
            "statutory_only" => Some(Self::StatutoryOnly),
            _ => None,
        }
    }

    /// Whether workdays of the year can be counted.
    pub fn published(self) -> bool {
        match self {
            Self::Final | Self::Amended => true,
            Self::StatutoryOnly => false,
        }
    }
}

/// The document a year is taken from.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticeSource {
    pub title: String,
    /// 文号.
    #[serde(default)]
    pub number: Option<String>,
    /// 成文日期.
    #[serde(default, deserialize_with = "optional_date")]
    pub date: Option<NaiveDate>,
    #[serde(default)]
    pub url: Option<String>,
}

/// A day off the notice names (a weekday or a weekend day).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OffDay {
    #[serde(deserialize_with = "date")]
    pub date: NaiveDate,
    /// The holiday, as the notice calls it.
    pub name: String,
    /// 法定节日 proper, as opposed to weekend days and days swapped in.
    #[serde(default)]
    pub statutory: bool,
}

/// 调休上班: a weekend day on which people work.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MakeUpWorkday {
    #[serde(deserialize_with = "date")]
    pub date: NaiveDate,
    /// The holiday it makes up for.
    pub name: String,
}

/// One year's notice (放假安排) of one region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HolidayNotice {
    /// `CN`, or a region inside it such as `CN-GX`, which is laid over `CN`.
    pub region: String,
    /// The year in the title of the notice; days may fall in December of the year before.
    pub year: i32,
    pub status: Status,
    pub sources: Vec<NoticeSource>,
    /// In file order.
    pub off_days: Vec<OffDay>,
    /// In file order.
    pub work_days: Vec<MakeUpWorkday>,
    /// Remarks for people.
    pub notes: Vec<String>,
}

/// The region all others are laid over.
pub const NATIONAL: &str = "CN";

impl HolidayNotice {
    /// Whether it is laid over the national notices instead of being one.
    pub fn is_overlay(&self) -> bool {
        self.region != NATIONAL
    }

    /// Reads a file; `None` if anything in it is not as the format says.
    pub fn read(text: &str) -> Option<Self> {
        let wire: Wire = serde_yaml::from_str(text).ok()?;
        let Wire { schema, region, year, status, sources, off_days, work_days, notes } = wire;
        let named = off_days.iter().map(|day| &day.name).chain(work_days.iter().map(|day| &day.name));
        let sound = schema == SCHEMA
            && !region.trim().is_empty()
            && YEARS.contains(&year)
            && named.into_iter().all(|name| !name.trim().is_empty());
        sound.then_some(Self { region, year, status, sources, off_days, work_days, notes })
    }
}

/// Years a notice can be about.
pub const YEARS: std::ops::RangeInclusive<i32> = 1949..=2200;

/// The keys of a file, in the usual order, and whether a file must have them.
pub const KEYS: [(&str, bool); 8] = [
    ("schema", true),
    ("region", true),
    ("year", true),
    ("status", true),
    ("sources", true),
    ("off_days", true),
    ("work_days", true),
    ("notes", false),
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    schema: String,
    region: String,
    year: i32,
    status: Status,
    sources: Vec<NoticeSource>,
    off_days: Vec<OffDay>,
    work_days: Vec<MakeUpWorkday>,
    #[serde(default)]
    notes: Vec<String>,
}

fn date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NaiveDate, D::Error> {
    struct Text;
    impl de::Visitor<'_> for Text {
        type Value = NaiveDate;
        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("YYYY-MM-DD")
        }
        fn visit_str<E: de::Error>(self, text: &str) -> Result<NaiveDate, E> {
            parse_date(text).map_err(|_| E::custom("YYYY-MM-DD"))
        }
    }
    deserializer.deserialize_str(Text)
}

fn optional_date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<NaiveDate>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    text.map(|text| parse_date(&text).map_err(|_| de::Error::custom("YYYY-MM-DD"))).transpose()
}
