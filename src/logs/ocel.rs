//! OCEL 2.0 JSON: object type = entity type, relationship qualifier = role name, attribute time = 有效起.
//! 1970-01-01 (or no time) means from the beginning; an attribute given several times has several values.
//! The declarations in `objectTypes` and `eventTypes` are not needed: the vocabulary says what things are.

use super::intake::Intake;
use super::json::{JsonError, Piece};
use super::node::{Map, Node, Shape};
use super::ocel_record;
use super::problem::{Mistake, Problem, ShapeSlip, What};
use super::record::{Batch, HEADER, Reader};
use crate::diagnostic::nearest;
use crate::history::Origin;
use crate::source::LineTable;

const OBJECTS: &str = "objects";
const EVENTS: &str = "events";
/// Our own key at the top, for the 日志 record. Other tools pass it over.
pub(super) const EXTENSION: &str = "zhunsheng";

/// Reads a whole file into `intake`. Broken JSON ends the reading, with one problem.
pub(super) fn read<'a>(reader: Reader<'a>, text: &'a str, lines: &LineTable, intake: &mut Intake<'a>) {
    let mut batch = Batch::default();
    let mut pairs = Vec::new();
    if let Err(JsonError { place, slip }) = (Piece { text, base: 0 }).pairs(&mut pairs) {
        batch.problems.push(Problem::fatal(reader.span(&place), Mistake::Json(slip)));
        intake.take(batch, 0);
        return;
    }
    let mut known = 0;
    for (key, value) in pairs {
        let Ok(Node { place, shape: Shape::Text(name) }) = key.node() else { continue };
        let what = match name.as_ref() {
            OBJECTS => What::Entity,
            EVENTS => What::Event,
            "objectTypes" | "eventTypes" => continue,
            EXTENSION => {
                if let Ok(Node { shape: Shape::Map(map), .. }) = value.node() {
                    let header = reader.header(map, HEADER, &mut batch);
                    intake.header(header);
                }
                continue;
            }
            other => {
                let near = [OBJECTS, EVENTS].into_iter().find(|known| nearest(other, [*known]).is_some());
                if near.is_some() {
                    let slip = ShapeSlip::UnknownSection { name: other.to_owned(), near };
                    batch.problems.push(Problem::fatal(reader.span(&place), Mistake::Shape(slip)));
                    known += 1;
                }
                continue;
            }
        };
        known += 1;
        let Ok(items) = value.items() else {
            let slip = ShapeSlip::Section { name: name.into_owned(), wanted: "数组" };
            batch.problems.push(Problem::fatal(reader.span(&place), Mistake::Shape(slip)));
            continue;
        };
        for item in items {
            record(reader, what, item, lines, &mut batch);
            if batch.data.len() > 1 << 16 {
                intake.take(std::mem::take(&mut batch), 0);
            }
        }
    }
    if known == 0 {
        let mistake = Mistake::Shape(ShapeSlip::NotOcel);
        batch.problems.push(Problem::fatal(reader.span(&(0..text.len().min(1))), mistake));
    }
    intake.take(batch, 0);
}

fn record<'a>(reader: Reader<'a>, what: What, item: Piece<'a>, lines: &LineTable, batch: &mut Batch<'a>) {
    let origin = Origin {
        file: reader.file,
        line: u32::try_from(lines.line(item.base)).unwrap_or(u32::MAX),
        offset: u64::try_from(item.base).unwrap_or(u64::MAX),
        length: u32::try_from(item.text.len()).unwrap_or(u32::MAX),
    };
    let mut map = Map::new();
    if let Err(JsonError { place, slip }) = item.object(&mut map) {
        batch.problems.push(reader.problem(&place, Mistake::Json(slip)));
        batch.bad += 1;
        return;
    }
    ocel_record::record(reader, what, map, origin, batch);
}
