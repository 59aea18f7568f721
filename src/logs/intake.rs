//! Batches of records from the readers → the history builder, the lists of problems, the counts.
//! Decides what a mistake means: an error, or in lenient reading a record skipped.

use super::header::Header;
use super::problem::Problem;
use super::record::Batch;
use super::unread::Unread;
use crate::history::{EntityRecord, EventRecord, HistoryBuilder, Holder, Origin};
use crate::source::FileId;
use crate::vocabulary::{EventTypeId, FieldId, Vocabulary};

/// The first problems up to a limit, and how many there are in all.
#[derive(Debug)]
pub(super) struct Limited {
    limit: usize,
    pub(super) listed: Vec<Problem>,
    pub(super) total: usize,
}

impl Limited {
    fn new(limit: usize) -> Self {
        Self { limit, listed: Vec::new(), total: 0 }
    }

    pub(super) fn push(&mut self, problem: Problem) {
        self.total += 1;
        if self.listed.len() < self.limit {
            self.listed.push(problem);
        }
    }
}

/// What was read from one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileCount {
    pub file: FileId,
    /// Sound entity records.
    pub entities: usize,
    /// Sound event records.
    pub events: usize,
}

/// Everything read so far.
#[derive(Debug)]
pub(super) struct Intake<'a> {
    pub(super) builder: HistoryBuilder<'a>,
    pub(super) headers: Vec<Header>,
    pub(super) counts: Vec<FileCount>,
    pub(super) errors: Limited,
    /// Lenient reading: why records were skipped.
    pub(super) skips: Limited,
    /// Lenient reading: records skipped.
    pub(super) skipped: usize,
    /// Per file that says so, the event types it records; a file that says nothing records all.
    recorded: Vec<(FileId, Vec<EventTypeId>)>,
    /// The same for the fields it has a place for; a file that says nothing has one for all.
    given: Vec<(FileId, Vec<(Holder, FieldId)>)>,
    /// What the vocabulary has no place for.
    pub(super) unread: Unread<'a>,
    lenient: bool,
}

impl<'a> Intake<'a> {
    pub(super) fn new(vocabulary: &'a Vocabulary, lenient: bool, limit: usize) -> Self {
        Self {
            builder: HistoryBuilder::new(vocabulary),
            headers: Vec::new(),
            counts: Vec::new(),
            errors: Limited::new(limit),
            skips: Limited::new(limit),
            skipped: 0,
            recorded: Vec::new(),
            given: Vec::new(),
            unread: Unread::default(),
            lenient,
        }
    }

    /// The following batches belong to this file.
    pub(super) fn begin(&mut self, file: FileId) {
        self.counts.push(FileCount { file, entities: 0, events: 0 });
    }

    /// The current file records only events of these types: that it has none of another says nothing.
    pub(super) fn records_only(&mut self, kinds: Vec<EventTypeId>) {
        if let Some(count) = self.counts.last() {
            self.recorded.push((count.file, kinds));
        }
    }

    /// The event types that some file records; `None` = all. No file at all is a history in which nothing happened.
    pub(super) fn recorded(&self) -> Option<Vec<EventTypeId>> {
        self.declared(&self.recorded)
    }

    /// The current file has a place for these fields only: that it does not fill in another says nothing.
    pub(super) fn gives_only(&mut self, fields: Vec<(Holder, FieldId)>) {
        if let Some(count) = self.counts.last() {
            self.given.push((count.file, fields));
        }
    }

    /// The fields that some file has a place for; `None` = all.
    pub(super) fn given(&self) -> Option<Vec<(Holder, FieldId)>> {
        self.declared(&self.given)
    }

    /// What all files say of themselves together; `None` when one of them says nothing, or there is none.
    fn declared<T: Copy>(&self, said: &[(FileId, Vec<T>)]) -> Option<Vec<T>> {
        let speaks = |count: &FileCount| said.iter().any(|(file, _)| *file == count.file);
        let all = !self.counts.is_empty() && self.counts.iter().all(speaks);
        all.then(|| said.iter().flat_map(|(_, list)| list.iter().copied()).collect())
    }

    /// A header of the current file; it may say which events the file records.
    pub(super) fn header(&mut self, mut header: Header) {
        if let Some(recorded) = header.recorded.take() {
            self.records_only(recorded.kinds);
            if !recorded.fields.is_empty() {
                self.gives_only(recorded.fields);
            }
        }
        self.headers.push(header);
    }

    /// Sound records of a file that did not come in a batch.
    pub(super) fn count(&mut self, file: FileId, entities: usize, events: usize) {
        if let Some(count) = self.counts.iter_mut().find(|count| count.file == file) {
            count.entities += entities;
            count.events += events;
        }
    }

    /// Records with problems that did not come in a batch.
    pub(super) fn skip(&mut self, bad: usize) {
        if self.lenient {
            self.skipped += bad;
        }
    }

    /// Takes a batch whose line numbers count from `lines`.
    pub(super) fn take(&mut self, batch: Batch<'a>, lines: u32) {
        let shift = |origin: Origin| Origin { line: origin.line.saturating_add(lines), ..origin };
        if let Some(count) = self.counts.last_mut() {
            count.entities += batch.entities.len();
            count.events += batch.events.len();
        }
        for head in &batch.entities {
            self.builder.entity(&EntityRecord {
                kind: head.kind,
                id: &head.id,
                since: head.since,
                fields: batch.data.get(head.data.clone()).unwrap_or_default(),
                origin: shift(head.origin),
            });
        }
        for head in &batch.events {
            self.builder.event(&EventRecord {
                kind: head.kind,
                id: head.id.as_deref(),
                moment: head.moment,
                fields: batch.data.get(head.data.clone()).unwrap_or_default(),
                origin: shift(head.origin),
            });
        }
        for (kind, id, origin) in &batch.mentions {
            self.builder.mention(*kind, id, shift(*origin));
        }
        for problem in batch.problems {
            self.problem(problem);
        }
        self.unread.merge(batch.unread, lines);
        if self.lenient {
            self.skipped += batch.bad;
        }
    }

    /// Fatal problems are errors always; others only when nothing may be skipped.
    pub(super) fn problem(&mut self, problem: Problem) {
        if self.lenient && !problem.fatal { self.skips.push(problem) } else { self.errors.push(problem) }
    }
}
