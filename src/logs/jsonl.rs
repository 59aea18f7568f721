//! JSON Lines: one record a line, for logs of any size. The text is cut at line ends into pieces that are read
//! in parallel, a few at a time; records come out in file order, so the result does not depend on the threads.

use rayon::prelude::*;

use super::intake::Intake;
use super::json::{JsonError, Piece};
use super::node::{Map, Place, Shape, find};
use super::problem::{Mistake, Problem};
use super::record::{Batch, ENTITY, EVENT, HEADER, ID, Reader};
use crate::history::Origin;
use crate::progress::Progress;

/// Bytes of text read as one piece.
const PIECE: usize = 1 << 18;

/// Reads a whole file into `intake`. Gives how many bytes were reported as read on the way.
pub(super) fn read<'a>(
    reader: Reader<'a>,
    text: &'a str,
    intake: &mut Intake<'a>,
    progress: Progress,
) -> usize {
    let (start, mut lines) = read_header(reader, text, intake);
    let pieces = cut(text, start);
    let at_once = rayon::current_num_threads().max(1) * 4;
    for group in pieces.chunks(at_once) {
        let read = |piece: &Place| {
            let batch = read_piece(reader, text, piece.clone());
            progress.add(u64::try_from(piece.len()).unwrap_or(0));
            batch
        };
        let batches: Vec<(Batch<'a>, u32)> = group.par_iter().map(read).collect();
        for (batch, count) in batches {
            intake.take(batch, lines);
            lines = lines.saturating_add(count);
        }
    }
    pieces.iter().map(Place::len).sum()
}

/// Takes the first record if it is a header; gives where the rest begins and how many lines come before it.
fn read_header<'a>(reader: Reader<'a>, text: &'a str, intake: &mut Intake<'a>) -> (usize, u32) {
    let mut lines = 0;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let next = start + line.len();
        if !line.trim().is_empty() {
            let mut map = Map::new();
            let sound = Piece { text: trim(line), base: start }.object(&mut map).is_ok();
            let is_header = sound
                && find(&map, HEADER).is_some()
                && find(&map, ENTITY).is_none()
                && find(&map, EVENT).is_none();
            if !is_header {
                return (start, lines);
            }
            let mut batch = Batch::default();
            let header = reader.header(map, HEADER, &mut batch);
            intake.take(batch, lines);
            intake.header(header);
            return (next, lines + 1);
        }
        lines += 1;
        start = next;
    }
    (start, lines)
}

/// Pieces of about [`PIECE`] bytes that end at line ends.
fn cut(text: &str, start: usize) -> Vec<Place> {
    let bytes = text.as_bytes();
    let mut pieces = Vec::with_capacity(bytes.len() / PIECE + 1);
    let mut from = start;
    while from < bytes.len() {
        let wanted = from.saturating_add(PIECE).min(bytes.len());
        let rest = bytes.get(wanted..).unwrap_or_default();
        let to = memchr::memchr(b'\n', rest).map_or(bytes.len(), |at| wanted + at + 1);
        pieces.push(from..to);
        from = to;
    }
    pieces
}

/// Reads one piece; line numbers in it count from 1. Also gives its number of lines.
fn read_piece<'a>(reader: Reader<'a>, text: &'a str, piece: Place) -> (Batch<'a>, u32) {
    let mut batch = Batch::default();
    let mut map = Map::new();
    let mut lines = 0u32;
    let mut start = piece.start;
    for line in text.get(piece).unwrap_or("").split_inclusive('\n') {
        lines = lines.saturating_add(1);
        let base = start;
        start += line.len();
        let line = trim(line);
        if line.trim_ascii().is_empty() {
            continue;
        }
        let origin = Origin {
            file: reader.file,
            line: lines,
            offset: u64::try_from(base).unwrap_or(u64::MAX),
            length: u32::try_from(line.len()).unwrap_or(u32::MAX),
        };
        map.clear();
        match (Piece { text: line, base }).object(&mut map) {
            Ok(()) => {
                let is_header = !has_kind(&map) && find(&map, HEADER).is_some();
                if is_header {
                    let place = find(&map, HEADER).map_or(0..0, |entry| entry.key_place.clone());
                    batch.problems.push(Problem::fatal(reader.span(&place), Mistake::HeaderPlace));
                } else {
                    reader.record(&mut map, origin, &mut batch);
                }
            }
            Err(error) => broken(reader, error, &map, origin, &mut batch),
        }
    }
    (batch, lines)
}

fn has_kind(map: &Map<'_>) -> bool {
    find(map, ENTITY).is_some() || find(map, EVENT).is_some()
}

/// A line that is not JSON: one problem. If it still says which entity it is about, references to it stay sound.
fn broken<'a>(reader: Reader<'a>, error: JsonError, map: &Map<'a>, origin: Origin, batch: &mut Batch<'a>) {
    let JsonError { place, slip } = error;
    if let (Some(kind), Some(id)) = (find(map, ENTITY), find(map, ID))
        && let (Shape::Text(kind), Shape::Text(id)) = (&kind.value.shape, &id.value.shape)
        && let Some(kind) = reader.vocabulary.entity_by_name(kind)
    {
        batch.mentions.push((kind, id.clone(), origin));
    }
    batch.problems.push(reader.problem(&place, Mistake::Json(slip)));
    batch.bad += 1;
}

/// Without the line break.
fn trim(line: &str) -> &str {
    let line = line.strip_suffix('\n').unwrap_or(line);
    line.strip_suffix('\r').unwrap_or(line)
}
