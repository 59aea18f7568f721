//! What a column mapping says, as data: which tables there are, what their columns are called, what a row makes.
//! Read by `parse`, laid over one another here, checked against the vocabulary by `check`. Knows no domain word.

use super::day::Edge;
use crate::logs::problem::What;
use crate::source::Span;

/// A name with its place; `None` for names of the built-in mapping, which nobody can correct in their file.
#[derive(Clone, Debug)]
pub(super) struct Named {
    pub(super) text: String,
    pub(super) span: Option<Span>,
}

/// Column mappings: the built-in one with those of the user laid over it.
#[derive(Clone, Debug, Default)]
pub struct Columns {
    pub(super) tables: Vec<Table>,
    pub(super) words: Words,
}

/// Words that mean the same in every table.
#[derive(Clone, Debug, Default)]
pub(super) struct Words {
    /// Columns that are not used; `*` stands for anything.
    pub(super) ignore: Vec<String>,
    /// Cells that say nothing: `/`, `—` …
    pub(super) blank: Vec<String>,
    pub(super) yes: Vec<String>,
    pub(super) no: Vec<String>,
    /// Dates without end.
    pub(super) forever: Vec<String>,
    /// Words of a row of instructions below the header.
    pub(super) instruction: Vec<String>,
    /// Beginnings of the rows below the table.
    pub(super) footer: Vec<String>,
    /// The year of dates that have none.
    pub(super) year: Option<i32>,
}

/// One kind of table.
#[derive(Clone, Debug)]
pub(super) struct Table {
    pub(super) name: Named,
    pub(super) gist: String,
    /// Names of sheets and files that hint at it; `*` stands for anything.
    pub(super) sheets: Vec<String>,
    /// Any of these groups of columns must be there.
    pub(super) need: Vec<Vec<Named>>,
    pub(super) columns: Vec<Column>,
    pub(super) ignore: Vec<String>,
    pub(super) year: Option<i32>,
    pub(super) makes: Vec<Make>,
    /// Event types that the table records; `None` = those it has columns for.
    pub(super) covers: Option<Vec<Named>>,
    pub(super) covers_not: Vec<Named>,
    pub(super) unused: bool,
}

/// A column under its standard name.
#[derive(Clone, Debug)]
pub(super) struct Column {
    pub(super) name: Named,
    pub(super) synonyms: Vec<String>,
    /// Characters between several values of one cell.
    pub(super) split: Option<Vec<char>>,
    /// The column that gets what stands in brackets behind the value.
    pub(super) brackets: Option<String>,
    /// The column that gets the value, by its number of characters; `None` = any other number.
    pub(super) shapes: Vec<(Option<usize>, String)>,
    /// Instead of [`Words::blank`].
    pub(super) blank: Option<Vec<String>>,
    /// What a cell says → what it means.
    pub(super) words: Vec<(String, String)>,
    pub(super) range: Option<Edge>,
}

/// An entity or event that a row makes.
#[derive(Clone, Debug)]
pub(super) struct Make {
    pub(super) what: What,
    pub(super) kind: Kind,
    /// What relations of the same row call it.
    pub(super) label: String,
    /// Several ways to an id, the first that has a value is used. Empty: from the content.
    pub(super) ids: Vec<Named>,
    /// 时间 of an event, 有效起 of an entity: columns, the first that has a value is used.
    pub(super) time: Vec<Named>,
    /// The column that says whether it happened, and the words for yes (empty: the usual ones).
    pub(super) when: Option<(Named, Vec<String>)>,
    pub(super) fields: Vec<(Named, From)>,
    pub(super) unused: bool,
}

#[derive(Clone, Debug)]
pub(super) enum Kind {
    Fixed(Named),
    /// The column that names the event type, and what its words mean.
    Column(Named, Vec<(String, Named)>),
}

/// Where the value of a field comes from.
#[derive(Clone, Debug)]
pub(super) enum From {
    /// Columns (attributes) or labels of entities of the row (relations).
    Names(Vec<Named>),
    Fixed(String),
}

impl Columns {
    /// Lays another mapping over this one: tables of the same name are added to, others appended.
    pub(super) fn lay(&mut self, over: Self) {
        for table in over.tables {
            match self.tables.iter_mut().find(|known| known.name.text == table.name.text) {
                Some(known) => known.lay(table),
                None => self.tables.push(table),
            }
        }
        let words = over.words;
        append(&mut self.words.ignore, words.ignore);
        append(&mut self.words.blank, words.blank);
        append(&mut self.words.yes, words.yes);
        append(&mut self.words.no, words.no);
        append(&mut self.words.forever, words.forever);
        append(&mut self.words.instruction, words.instruction);
        append(&mut self.words.footer, words.footer);
        self.words.year = words.year.or(self.words.year);
    }
}

impl Table {
    fn lay(&mut self, over: Self) {
        if !over.gist.is_empty() {
            self.gist = over.gist;
        }
        append(&mut self.sheets, over.sheets);
        append(&mut self.ignore, over.ignore);
        if !over.need.is_empty() {
            self.need = over.need;
        }
        for column in over.columns {
            // A word the user gives to one column is taken from the others.
            for known in self.columns.iter_mut().filter(|known| known.name.text != column.name.text) {
                known.synonyms.retain(|word| !column.synonyms.contains(word));
            }
            match self.columns.iter_mut().find(|known| known.name.text == column.name.text) {
                Some(known) => known.lay(column),
                None => self.columns.push(column),
            }
        }
        for make in over.makes {
            let same = |known: &&mut Make| known.what == make.what && known.label == make.label;
            match self.makes.iter_mut().find(same) {
                Some(known) => known.lay(make),
                None => self.makes.push(make),
            }
        }
        self.year = over.year.or(self.year);
        self.covers = over.covers.or(self.covers.take());
        self.covers_not.extend(over.covers_not);
        self.unused |= over.unused;
    }

    pub(super) fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name.text == name)
    }

    /// Whether a name is a column of the table, written there or taken out of another.
    pub(super) fn has_column(&self, name: &str) -> bool {
        self.column(name).is_some() || self.columns.iter().any(|column| column.gives(name))
    }
}

impl Column {
    fn lay(&mut self, over: Self) {
        append(&mut self.synonyms, over.synonyms);
        self.split = over.split.or(self.split.take());
        self.brackets = over.brackets.or(self.brackets.take());
        if !over.shapes.is_empty() {
            self.shapes = over.shapes;
        }
        self.blank = over.blank.or(self.blank.take());
        for (word, meant) in over.words {
            self.words.retain(|(known, _)| *known != word);
            self.words.push((word, meant));
        }
        self.range = over.range.or(self.range);
    }

    /// Whether it fills another column.
    pub(super) fn gives(&self, name: &str) -> bool {
        self.brackets.as_deref() == Some(name) || self.shapes.iter().any(|(_, other)| other == name)
    }
}

impl Make {
    fn lay(&mut self, over: Self) {
        self.kind = match (over.kind, &self.kind) {
            (Kind::Column(column, words), Kind::Column(_, known)) => {
                let kept = known.iter().filter(|(word, _)| !words.iter().any(|(other, _)| word == other));
                let words = kept.cloned().chain(words.clone()).collect();
                Kind::Column(column, words)
            }
            (kind, _) => kind,
        };
        if !over.ids.is_empty() {
            self.ids = over.ids;
        }
        if !over.time.is_empty() {
            self.time = over.time;
        }
        self.when = over.when.or(self.when.take());
        for (field, from) in over.fields {
            self.fields.retain(|(known, _)| known.text != field.text);
            self.fields.push((field, from));
        }
        self.unused |= over.unused;
    }
}

fn append(words: &mut Vec<String>, more: Vec<String>) {
    for word in more {
        if !words.contains(&word) {
            words.push(word);
        }
    }
}

/// Whether a name fits a pattern in which `*` stands for anything.
pub(super) fn fits(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((head, tail)) => name.strip_prefix(head).is_some_and(|rest| {
            let ends = rest.char_indices().map(|(at, _)| at).chain([rest.len()]);
            ends.into_iter().any(|at| rest.get(at..).is_some_and(|rest| fits(tail, rest)))
        }),
    }
}
