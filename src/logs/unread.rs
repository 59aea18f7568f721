//! What was passed over because the vocabulary has no place for it: counted, and said once, not once a line.
//! Readers note; the intake merges; `logs` makes one warning of each kind.

use std::borrow::Cow;

use crate::diagnostic::nearest;
use crate::history::Origin;
use crate::vocabulary::Vocabulary;

/// Why something was passed over. In the order the warnings stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Why {
    /// A relation whose name the vocabulary does not have.
    Role,
    /// A relation to an object that the log does not have.
    Dangling,
    /// An attribute that the vocabulary does not have.
    Key,
}

/// One name passed over for one reason.
#[derive(Clone, Debug)]
struct Note<'a> {
    why: Why,
    name: Cow<'a, str>,
    count: usize,
    first: Origin,
}

impl Note<'_> {
    /// 「部们」3 处（是不是「部门」？）
    fn words(&self, vocabulary: &Vocabulary) -> String {
        let fields = vocabulary.entities().map(|(_, kind)| &kind.fields);
        let fields = fields.chain(vocabulary.events().map(|(_, kind)| &kind.fields)).flatten();
        let near = match self.why {
            Why::Role => nearest(&self.name, fields.map(|field| field.name.as_str())),
            Why::Dangling | Why::Key => None,
        };
        let near = near.map_or_else(String::new, |near| format!("（是不是「{near}」？）"));
        format!("「{}」{} 处{near}", self.name, self.count)
    }
}

/// Names passed over, with how often and where first.
#[derive(Debug, Default)]
pub(super) struct Unread<'a> {
    notes: Vec<Note<'a>>,
}

impl<'a> Unread<'a> {
    /// One more of this name; the name is copied the first time only.
    pub(super) fn note(&mut self, why: Why, name: &str, at: Origin) {
        // Names come in the same order again and again, so the search ends early; there are few of them.
        match self.notes.iter_mut().find(|note| note.why == why && note.name == name) {
            Some(note) => note.count += 1,
            None => self.notes.push(Note { why, name: Cow::Owned(name.to_owned()), count: 1, first: at }),
        }
    }

    /// Takes over the notes of a later stretch, whose lines count from `lines`.
    pub(super) fn merge(&mut self, later: Unread<'a>, lines: u32) {
        for Note { why, name, count, first } in later.notes {
            match self.notes.iter_mut().find(|note| note.why == why && note.name == name) {
                Some(note) => note.count += count,
                None => {
                    let first = Origin { line: first.line.saturating_add(lines), ..first };
                    self.notes.push(Note { why, name, count, first });
                }
            }
        }
    }

    /// One warning a reason: how many, which names most, where the first of them are.
    pub(super) fn remarks(mut self, vocabulary: &Vocabulary) -> Vec<(String, Vec<Origin>)> {
        const NAMED: usize = 5;
        self.notes.sort_by(|a, b| (a.why, b.count, &a.name).cmp(&(b.why, a.count, &b.name)));
        let mut remarks = Vec::new();
        for notes in self.notes.chunk_by(|a, b| a.why == b.why) {
            let Some(first) = notes.first() else { continue };
            let total: usize = notes.iter().map(|note| note.count).sum();
            let named: Vec<String> = notes.iter().take(NAMED).map(|note| note.words(vocabulary)).collect();
            let rest = notes.len().saturating_sub(NAMED);
            let rest = if rest > 0 { format!(" 等 {} 种", notes.len()) } else { String::new() };
            let what = match first.why {
                Why::Role => "处关系的名称词汇里没有",
                Why::Dangling => "处关系指向日志里没有的实体",
                Why::Key => "处属性的名称词汇里没有",
            };
            let sentence = format!("有 {total} {what}，没有读：{}{rest}", named.join("、"));
            remarks.push((sentence, notes.iter().take(NAMED).map(|note| note.first).collect()));
        }
        remarks
    }
}
