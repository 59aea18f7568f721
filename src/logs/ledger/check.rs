//! The names in a mapping against the vocabulary and against its own columns.
//! Names of the built-in mapping are not reported: with another vocabulary its tables simply do not apply.

use super::mapping::{Columns, From, Kind, Make, Named, Table};
use super::problem::LedgerSlip;
use crate::diagnostic::nearest;
use crate::logs::problem::{Mistake, Problem, What};
use crate::vocabulary::{Field, FieldKind, Fields as _, Vocabulary};

/// Everything in the user's files that nothing is called, in file order.
pub(super) fn problems(columns: &Columns, vocabulary: &Vocabulary) -> Vec<Problem> {
    let mut check = Check { vocabulary, problems: Vec::new() };
    for table in columns.tables.iter().filter(|table| !table.unused) {
        check.table(table);
    }
    check.problems
}

/// The column names in `{甲|乙}/{丙}`, or the one name it is.
pub(super) fn columns_of(template: &str) -> Vec<&str> {
    if !template.contains('{') {
        return vec![template];
    }
    let parts = template.split('{').skip(1).filter_map(|part| part.split('}').next());
    parts.flat_map(|part| part.split('|')).collect()
}

struct Check<'v> {
    vocabulary: &'v Vocabulary,
    problems: Vec<Problem>,
}

impl Check<'_> {
    fn unknown<'k>(
        &mut self,
        what: &'static str,
        owner: &str,
        name: &Named,
        known: impl Iterator<Item = &'k str>,
    ) {
        let Some(span) = name.span else { return };
        let known: Vec<&str> = known.collect();
        let slip = LedgerSlip::MappingName {
            what,
            owner: owner.to_owned(),
            name: name.text.clone(),
            near: nearest(&name.text, known.iter().copied()).map(str::to_owned),
            known: known.into_iter().map(str::to_owned).collect(),
        };
        self.problems.push(Problem::fatal(span, Mistake::Ledger(Box::new(slip))));
    }

    fn table(&mut self, table: &Table) {
        for name in table.need.iter().flatten() {
            self.column(table, name);
        }
        let events = self.vocabulary;
        for name in table.covers.iter().flatten().chain(&table.covers_not) {
            if events.event_by_name(&name.text).is_none() {
                self.unknown("事件", "词汇里", name, events.events().map(|(_, kind)| kind.name.as_str()));
            }
        }
        for make in table.makes.iter().filter(|make| !make.unused) {
            self.make(table, make);
        }
    }

    fn column(&mut self, table: &Table, name: &Named) {
        if !table.has_column(&name.text) {
            let known = table.columns.iter().map(|column| column.name.text.as_str());
            self.unknown("列", &format!("「{}」", table.name.text), name, known);
        }
    }

    fn template(&mut self, table: &Table, name: &Named) {
        for part in columns_of(&name.text) {
            self.column(table, &Named { text: part.to_owned(), span: name.span });
        }
    }

    fn make(&mut self, table: &Table, make: &Make) {
        let vocabulary = self.vocabulary;
        for name in make.ids.iter() {
            self.template(table, name);
        }
        let when = make.when.as_ref().map(|(name, _)| name);
        for name in make.time.iter().chain(when) {
            self.column(table, name);
        }
        let event_names = || vocabulary.events().map(|(_, kind)| kind.name.as_str());
        match &make.kind {
            Kind::Column(column, words) => {
                self.column(table, column);
                for (_, name) in words {
                    if vocabulary.event_by_name(&name.text).is_none() {
                        self.unknown("事件", "词汇里", name, event_names());
                    }
                }
                let fields: Vec<&Field> = vocabulary.events().flat_map(|(_, kind)| &kind.fields).collect();
                self.fields(table, make, "事件", &fields);
            }
            Kind::Fixed(name) => {
                let fields = match make.what {
                    What::Entity => {
                        vocabulary.entity_by_name(&name.text).map(|id| vocabulary.entity(id).fields())
                    }
                    What::Event => {
                        vocabulary.event_by_name(&name.text).map(|id| vocabulary.event(id).fields())
                    }
                };
                match (fields, make.what) {
                    (Some(fields), _) => {
                        let fields: Vec<&Field> = fields.iter().collect();
                        self.fields(table, make, &name.text, &fields);
                    }
                    (None, What::Entity) => {
                        let known = vocabulary.entities().map(|(_, kind)| kind.name.as_str());
                        self.unknown("实体", "词汇里", name, known);
                    }
                    (None, What::Event) => self.unknown("事件", "词汇里", name, event_names()),
                }
            }
        }
    }

    fn fields(&mut self, table: &Table, make: &Make, owner: &str, fields: &[&Field]) {
        for (name, from) in &make.fields {
            let Some(field) = fields.iter().find(|field| field.name == name.text) else {
                let known = fields.iter().map(|field| field.name.as_str());
                self.unknown("关系或属性", &format!("「{owner}」"), name, known);
                continue;
            };
            let From::Names(sources) = from else { continue };
            for source in sources {
                if let FieldKind::Entity(target) = &field.kind {
                    let kind = &self.vocabulary.entity(*target).name;
                    let made = |other: &&Make| {
                        other.what == What::Entity
                            && matches!(&other.kind, Kind::Fixed(made) if made.text == *kind)
                    };
                    let labels = table.makes.iter().filter(made).map(|make| make.label.as_str());
                    if !labels.clone().any(|label| label == source.text) {
                        let owner = format!("「{}」里的{kind}", table.name.text);
                        self.unknown("那一个", &owner, source, labels);
                    }
                } else {
                    self.column(table, source);
                }
            }
        }
    }
}
