//! A part of what is told of a provider: on a terminal a table, for other programs a line a field.

use puhui::print::{Column, Table};

/// A part of the record: things of one kind, each with its fields.
pub(super) struct Section {
    title: &'static str,
    /// What the things are numbered by, then their fields.
    columns: Vec<Column>,
    things: Vec<Vec<String>>,
}

impl Section {
    pub(super) fn new(
        title: &'static str,
        columns: impl IntoIterator<Item = Column>,
        things: Vec<Vec<String>>,
    ) -> Self {
        Self { title, columns: columns.into_iter().collect(), things }
    }

    /// A line a field that has a value: section, number, field, value.
    pub(super) fn lines(&self) -> Vec<Vec<String>> {
        let of_thing = |thing: &Vec<String>| {
            let number = thing.first().cloned().unwrap_or_default();
            let fields = self.columns.iter().zip(thing).skip(1).filter(|(_, value)| !value.is_empty());
            let line = |(column, value): (&Column, &String)| {
                vec![self.title.to_owned(), number.clone(), column.title().to_owned(), value.clone()]
            };
            fields.map(line).collect::<Vec<_>>()
        };
        self.things.iter().flat_map(of_thing).collect()
    }

    /// The section under its title; empty where there is nothing of the kind. Columns that no thing fills are left out.
    pub(super) fn shown(&self, terminal: usize) -> String {
        let filled = |at: &usize| self.things.iter().any(|thing| thing.get(*at).is_some_and(|cell| !cell.is_empty()));
        let kept: Vec<usize> = (0..self.columns.len()).filter(filled).collect();
        if kept.is_empty() {
            return String::new();
        }
        let mut table = Table::new(kept.iter().filter_map(|at| self.columns.get(*at)).cloned());
        for thing in &self.things {
            table.row(kept.iter().filter_map(|at| thing.get(*at)));
        }
        format!("\n{}\n{}", self.title, table.shown(terminal))
    }
}
