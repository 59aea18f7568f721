//! The known name most like a mistyped one: by characters, by look, by pinyin.
//! Takes a word and the known words; gives at most one. Never guesses far.
//!
//! People type Chinese by sound and read it by shape, so `公式` for `公示` and `工做日` for `工作日` are near,
//! though half of the characters differ. A look-alike or a homophone costs a quarter of any other change.

use std::cmp::Reverse;

use pinyin::ToPinyin as _;

/// Cost of adding, dropping or replacing a character.
const EDIT: usize = 8;
/// Cost of swapping two neighbours: a slip of the fingers, likelier than another character.
const SWAP: usize = 7;
/// Cost of another form of the same character: full-width for half-width, capital for small, 检查 for 檢查.
const SAME: usize = 1;
/// Cost of a look-alike or of a character of the same sound.
const ALIKE: usize = 2;
/// Cost of a sound many confuse: zh/z, in/ing, n/l …
const BLURRED: usize = 4;

/// The known name closest to `wanted`, if one is close enough to suggest: one plain change per three
/// characters, at least one; a word of one character is only ever taken for a look-alike or homophone.
/// Distance counts characters, not bytes. Ties go, for numbers and codes, to the name that begins like it
/// for longer — the end of a number is what people misremember — then to the smaller by code point.
pub fn nearest<'a>(wanted: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let code = wanted.is_ascii();
    let wanted: Vec<char> = wanted.chars().collect();
    let limit = match wanted.len() {
        0 => return None,
        1 => BLURRED,
        length => EDIT * (length / 3).max(1),
    };
    known
        .into_iter()
        .map(|name| {
            let differs = wanted.iter().copied().zip(name.chars()).position(|(x, y)| x != y);
            let alike = differs.unwrap_or(wanted.len());
            (
                distance(&wanted, &name.chars().collect::<Vec<_>>()),
                Reverse(if code { alike } else { 0 }),
                name,
            )
        })
        .filter(|(distance, ..)| (1..=limit).contains(distance))
        .min()
        .map(|(.., name)| name)
}

/// Edit distance with swaps of neighbours (optimal string alignment), in units of cost.
fn distance(a: &[char], b: &[char]) -> usize {
    // If the lengths alone are too far apart, the characters do not matter.
    if a.len().abs_diff(b.len()) > a.len() / 3 + 1 {
        return usize::MAX;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).map(|j| j * EDIT).collect();
    let mut last_x = None;
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![(i + 1) * EDIT];
        let mut last_y = None;
        for (j, y) in b.iter().enumerate() {
            let at = |row: &[usize], j: usize| row.get(j).copied().unwrap_or(usize::MAX / 2);
            let mut best = at(&above, j) + replacement(*x, *y);
            best = best.min(at(&above, j + 1) + EDIT).min(at(&row, j) + EDIT);
            if last_x == Some(y) && last_y == Some(x) && x != y {
                best = best.min(at(&before, j.wrapping_sub(1)) + SWAP);
            }
            row.push(best);
            last_y = Some(y);
        }
        before = std::mem::replace(&mut above, row);
        last_x = Some(x);
    }
    above.last().copied().unwrap_or(0)
}

/// Cost of writing `x` where `y` was meant.
fn replacement(x: char, y: char) -> usize {
    if x == y {
        return 0;
    }
    let (x, y) = (plain(x), plain(y));
    if x == y {
        return SAME;
    }
    if LOOK_ALIKES.split(' ').any(|group| group.contains(x) && group.contains(y)) {
        return ALIKE;
    }
    match (x.to_pinyin(), y.to_pinyin()) {
        (Some(x), Some(y)) if x.plain() == y.plain() => ALIKE,
        (Some(x), Some(y)) if blurred(x.plain()) == blurred(y.plain()) => BLURRED,
        (Some(_) | None, Some(_) | None) => EDIT,
    }
}

/// The ordinary form of a character: half-width, small, simplified.
fn plain(c: char) -> char {
    let c = match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        '、' => ',',
        '。' => '.',
        _ => c,
    };
    let simplified = TRADITIONAL.split(' ').find_map(|pair| pair.strip_prefix(c)?.chars().next());
    simplified.unwrap_or(c).to_ascii_lowercase()
}

/// A syllable without the differences that many speakers do not make.
fn blurred(syllable: &str) -> String {
    let mut sound = syllable.to_owned();
    for (from, to) in [("zh", "z"), ("ch", "c"), ("sh", "s"), ("l", "n"), ("f", "h"), ("r", "y")] {
        if let Some(rest) = sound.strip_prefix(from) {
            sound = format!("{to}{rest}");
            break;
        }
    }
    match sound.strip_suffix("ng") {
        Some(stem) => format!("{stem}n"),
        None => sound,
    }
}

/// Characters that are read for one another, by groups.
const LOOK_ALIKES: &str = "\
    己已巳 未末 干千于 人入八 日曰目 土士 天夭 戊戍戌戎 拆折析 侯候 作做 的地得 大太犬 王玉主 由甲申 田由 \
    刀力 九丸 午牛 贝见 鸟乌 今令 代伐 住往 治冶 准淮 准谁 即既 账帐 检捡 查杳 签鉴 \
    抽柚 任仕 仟任 务各 公众 示禾 期斯 限根 案按 部陪 象像 设没 投没 复夏 幕暮 辨辩辫 \
    徽微 赢羸 末来 审申 经径 名各 录彔 告吿";

/// Traditional form and simplified form of characters that regulations and logs are full of.
const TRADITIONAL: &str = "\
    檢检 對对 結结 務务 規规 則则 據据 發发 進进 單单 計计 劃划 錄录 庫库 應应 當当 條条 員员 \
    執执 時时 間间 個个 見见 實实 現现 場场 書书 報报 處处 違违 訴诉 認认 證证 記记 號号 區区 \
    縣县 級级 門门 業业 經经 營营 監监 類类 種种 導导 領领 總总 統统 組组 織织 網网 線线 終终 \
    從从 後后 開开 關关 閉闭 參参 數数 屬属 態态 狀状 無无 與与 為为 過过 還还 變变";
