//! Splits a run of characters where words of the language are written without spaces:
//! 首次抽取对象之前，应当确认名录库 reads as 首次 抽取对象 之前 ， 应当 确认名录库.
//! Only words that cannot be part of a name are split off; one-character words are not.

use super::scan::Scanner;
use super::{Kind, Mode, numeral};

/// Split off wherever a run begins with them.
const LEADING: &[&str] = &[
    "每个",
    "每次",
    "首次",
    "末次",
    "应当",
    "必须",
    "不得",
    "可以",
    "结案前",
    "没有则",
    "没有",
    "或者",
    "并且",
    "除去",
    "加上",
    "任意连续",
    "不少于",
    "不超过",
    "不小于",
    "不大于",
    "不多于",
    "不早于",
    "不晚于",
    "不低于",
    "不高于",
    "不属于",
    "都属于",
    "不等于",
    "不同于",
    "大于",
    "小于",
    "多于",
    "少于",
    "早于",
    "晚于",
    "等于",
    "属于",
    "之日起",
    "当日起",
    "之前",
    "之后",
    "之内",
    "以内",
    "的个数",
    "凡",
];
/// First characters of all that `leading` looks for.
const LEADING_FIRST: &[char] = &[
    '每', '首', '末', '应', '必', '不', '可', '结', '没', '或', '并', '除', '加', '任', '都', '大', '小',
    '多', '少', '早', '晚', '等', '属', '之', '当', '以', '的', '凡', '一', '原', '至', '恰', '按', '在',
    '自', '有', '为', '与', '对', '已',
];
/// Split off after a name, wherever they are met.
const INNER: &[&str] = &[
    "应当",
    "必须",
    "不得",
    "可以",
    "之日起",
    "当日起",
    "不少于",
    "不超过",
    "不早于",
    "不晚于",
    "不属于",
    "的个数",
    "的首次",
    "的末次",
    "的每次",
];
const MODALS: &[&str] = &["应当", "必须", "不得", "可以"];
const USUALLY: &[&str] = &["一般", "原则上"];
const PICKS: &[&str] = &["首次", "末次", "每次"];
/// 的日期, 的年度: only at the end of a run, since 检查的日期安排 may be a name.
const MEASURES: &[&str] = &["的日期", "的年度"];
/// Words that may follow a unit or a date without a space.
const AFTER_AMOUNT: &[&str] = &["之内", "以内", "内", "之前", "之后", "前", "之日起", "起"];

fn from(text: &str, at: usize) -> &str {
    text.get(at..).unwrap_or("")
}

fn starts_with_any<'w>(text: &str, words: &[&'w str]) -> Option<&'w str> {
    words.iter().find(|word| text.starts_with(**word)).copied()
}

/// 应当, 不得 or a bound comes next.
fn force_follows(rest: &str) -> bool {
    starts_with_any(rest, MODALS).is_some() || rest.starts_with("不超过") || rest.starts_with("不少于")
}

/// A force follows, perhaps with 一般 before it, or nothing follows.
fn sentence_goes_on(rest: &str) -> bool {
    let rest = starts_with_any(rest, USUALLY).map_or(rest, |word| from(rest, word.len()));
    rest.is_empty() || force_follows(rest)
}

impl Scanner<'_> {
    /// Turns the collected run into words.
    pub(super) fn split_run(&mut self) {
        let run = std::mem::take(&mut self.run);
        match self.mode {
            Mode::Plain => self.split_plain(&run),
            Mode::Sentence => {
                let mut at = 0;
                while at < run.len() {
                    let taken = self.split_sentence(&run, at);
                    at += taken.max(1);
                }
            }
        }
        self.run = run;
    }

    fn emit(&mut self, word: &str, at: usize, len: usize, kind: Kind) {
        let start = self.places.get(at).copied().unwrap_or(self.at);
        let end = self.places.get(at + len).copied().unwrap_or(self.at);
        self.out.push(word, (start, end), kind);
    }

    fn emit_word(&mut self, word: &str, at: usize) {
        self.emit(word, at, word.len(), Kind::Word);
    }

    /// In lists: 取自X after a comma, （同X） and 加X、减X where nothing else can stand.
    fn split_plain(&mut self, run: &str) {
        let previous = self.out.last();
        let amending = self.out.words().next() == Some("改");
        let glued: &[&str] = match previous {
            "，" => &["取自", "应与"],
            "（" if self.out.words().any(|word| word == "：") || self.out.words().next() != Some("名单") => {
                &["同"]
            }
            "：" if amending => &["加", "减"],
            _ => &[],
        };
        let mut at = 0;
        if let Some(word) = starts_with_any(run, glued)
            && run.len() > word.len()
        {
            self.emit_word(word, 0);
            at = word.len();
        }
        self.emit_word(from(run, at), at);
    }

    /// Emits the words at `at` and tells how many bytes of the run they took.
    fn split_sentence(&mut self, run: &str, at: usize) -> usize {
        let rest = from(run, at);
        if let Some(word) = self.leading(rest) {
            match word {
                "之日起" | "当日起" | "之后" | "任意连续" => self.expects_within = true,
                "之内" | "以内" => self.expects_within = false,
                _ => {}
            }
            self.emit_word(word, at);
            return word.len();
        }
        let mut cut = self.cut(rest, true);
        loop {
            // What is left of a cut is a run of its own, as if a space stood after it.
            let shorter = self.cut(rest.get(..cut).unwrap_or(rest), cut == rest.len());
            if shorter == cut {
                break;
            }
            cut = shorter;
        }
        let piece = rest.get(..cut).unwrap_or(rest);
        if let Some(taken) = self.amount(piece, at).or_else(|| self.after_amount(piece, at)) {
            return taken;
        }
        let after = from(rest, cut);
        let forced =
            if after.is_empty() { force_follows(self.rest().trim_start()) } else { force_follows(after) };
        self.emit_name(piece, at, forced);
        cut
    }

    /// 20, 20个工作日, 二十日内, 2次, 2月最后一日前.
    fn amount(&mut self, rest: &str, at: usize) -> Option<usize> {
        if let Some(piece) = numeral::month_day(rest)
            && (from(rest, piece.len).is_empty()
                || starts_with_any(from(rest, piece.len), AFTER_AMOUNT).is_some())
        {
            self.emit(&piece.text, at, piece.len, Kind::Date);
            return Some(piece.len);
        }
        let piece = numeral::number(rest)?;
        let after = from(rest, piece.len);
        let unit_follows = numeral::unit(after).is_some_and(|(_, len)| {
            let tail = from(after, len);
            tail.is_empty() || starts_with_any(tail, AFTER_AMOUNT).is_some()
        });
        let counter_follows = numeral::COUNTERS.contains(&after);
        if !(after.is_empty() || unit_follows || counter_follows) {
            return None;
        }
        self.emit(&piece.text, at, piece.len, Kind::Number);
        Some(piece.len)
    }

    /// What follows a number (unit, counter) or a unit or date (内, 前, 起).
    fn after_amount(&mut self, rest: &str, at: usize) -> Option<usize> {
        match self.out.last_kind()? {
            Kind::Number => self.after_number(rest, at),
            Kind::Unit | Kind::Date => {
                let word = starts_with_any(rest, AFTER_AMOUNT)?;
                let canonical = match word {
                    "之内" | "以内" | "内" => "内",
                    other => other,
                };
                self.expects_within &= canonical != "内";
                self.emit(canonical, at, word.len(), Kind::Word);
                Some(word.len())
            }
            Kind::Word | Kind::Quoted | Kind::Mark => None,
        }
    }

    fn after_number(&mut self, rest: &str, at: usize) -> Option<usize> {
        if rest == "个" {
            // 20 个 工作日: the unit itself is the next run.
            let next = self.rest().trim_start_matches([' ', '\u{3000}', '\t']);
            if numeral::unit(next).is_some_and(|(word, _)| word == "个工作日")
                || next.starts_with("自然日")
                || next.starts_with('月')
            {
                return Some(rest.len());
            }
        }
        if let Some((word, len)) = numeral::unit(rest)
            && (from(rest, len).is_empty() || starts_with_any(from(rest, len), AFTER_AMOUNT).is_some())
        {
            self.emit(word, at, len, Kind::Unit);
            return Some(len);
        }
        if rest == "月" && self.text.get(..*self.places.first()?)?.trim_end().ends_with('个') {
            self.emit("个月", at, rest.len(), Kind::Unit);
            return Some(rest.len());
        }
        let counter = numeral::COUNTERS.iter().find(|counter| rest == **counter)?;
        self.emit(counter, at, counter.len(), Kind::Word);
        Some(counter.len())
    }

    /// A word of the language at the start of the rest.
    fn leading(&self, rest: &str) -> Option<&'static str> {
        if !rest.starts_with(LEADING_FIRST) {
            return None;
        }
        if let Some(word) = starts_with_any(rest, LEADING) {
            return Some(word);
        }
        let previous = self.out.last();
        let after = |word: &str| from(rest, word.len());
        if let Some(word) = starts_with_any(rest, MEASURES)
            && sentence_goes_on(after(word))
        {
            return Some(word);
        }
        if let Some(word) = starts_with_any(rest, USUALLY)
            && !after(word).is_empty()
            && sentence_goes_on(after(word))
        {
            return Some(word);
        }
        if let Some(word) = starts_with_any(rest, &["至少", "至多", "恰为"])
            && numeral::number(after(word)).is_some()
        {
            return Some(word);
        }
        if let Some(word) = starts_with_any(rest, &["按", "在", "自", "有", "为", "与", "对", "的"])
            && (starts_with_any(after(word), PICKS).is_some()
                || (word == "对" && after(word).starts_with("每个")))
        {
            return Some(word);
        }
        if rest.starts_with("已") && rest.len() > 3 && MODALS.contains(&previous) {
            return Some("已");
        }
        if rest.starts_with("在") && rest.len() > 3 && matches!(previous, "都" | "不") {
            return Some("在");
        }
        let first = self.out.tokens.is_empty();
        if first && rest.starts_with("自") && rest.len() > 3 && self.opens_time_limit(rest) {
            return Some("自");
        }
        if first && rest.starts_with("有") && rest.ends_with("的") && rest.len() > 6 && self.closure_follows()
        {
            return Some("有");
        }
        None
    }

    /// The clause goes on with 之日起, so a run that begins with 自 begins with the word 自.
    fn opens_time_limit(&self, rest: &str) -> bool {
        let here = |text: &str| text.contains("之日起") || text.contains("当日起");
        here(rest) || here(self.rest().split(['，', ',']).next().unwrap_or(""))
    }

    /// `…的，结案前` comes next.
    fn closure_follows(&self) -> bool {
        let next = self.rest().trim_start().trim_start_matches(['，', ',']).trim_start();
        next.starts_with("结案前")
    }

    /// Bytes up to the next word of the language inside the rest; `last` if it ends the run.
    fn cut(&self, rest: &str, last: bool) -> usize {
        for (at, c) in rest.char_indices().skip(1) {
            let here = from(rest, at);
            let found = match c {
                '应' | '必' | '不' | '可' | '当' => starts_with_any(here, INNER).is_some(),
                '的' => {
                    starts_with_any(here, INNER).is_some()
                        || starts_with_any(here, MEASURES)
                            .is_some_and(|word| sentence_goes_on(from(here, word.len())))
                        || (here == "的" && last && self.closure_follows())
                }
                '之' => {
                    here.starts_with("之日起")
                        || (here.starts_with("之后") && !here.starts_with("之后续"))
                        || (here.starts_with("之前") && sentence_goes_on(from(here, "之前".len())))
                        || here == "之内"
                }
                '内' => here == "内" && self.expects_within,
                '计' => matches!(here, "计年" | "计日"),
                '没' => here.starts_with("没有则"),
                _ => false,
            };
            if found {
                return at;
            }
        }
        rest.len()
    }

    /// A name, with what may be glued to its end; `forced` if 应当 or the like follows.
    fn emit_name(&mut self, piece: &str, at: usize, forced: bool) {
        if piece == "内" {
            self.expects_within = false;
        }
        if matches!(piece, "个数" | "日期" | "年度") && self.out.last() == "的" {
            let start = self.out.pop().map_or(self.at, |token| token.source.0);
            let end = self.places.get(at + piece.len()).copied().unwrap_or(self.at);
            self.out.push(&format!("的{piece}"), (start, end), Kind::Word);
            return;
        }
        for word in USUALLY {
            if forced && piece.len() > word.len() && piece.ends_with(word) {
                let head = piece.len() - word.len();
                self.emit_name(piece.get(..head).unwrap_or(piece), at, true);
                self.emit_word(word, at + head);
                return;
            }
        }
        for word in MEASURES {
            if piece.len() > word.len() && piece.ends_with(word) {
                let head = piece.len() - word.len();
                self.emit_name(piece.get(..head).unwrap_or(piece), at, false);
                self.emit_word(word, at + head);
                return;
            }
        }
        match piece.split_once('.') {
            Some((head, tail)) if !head.is_empty() && !tail.is_empty() => {
                self.emit_word(head, at);
                self.emit(".", at + head.len(), 1, Kind::Mark);
                self.emit_name(tail, at + head.len() + 1, false);
            }
            _ => self.emit_word(piece, at),
        }
    }
}
