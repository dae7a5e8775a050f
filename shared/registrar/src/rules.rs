//! What decisions are taken with where no log says it.

use std::collections::BTreeMap;

use domain::{Calendar, DivisionTable, Scheme};
use rulebook::{Editions, SchemeTables};

/// What decisions are taken with where no log says it: one scheme for every place and day, and tables.
#[derive(Debug, Clone)]
pub struct Rules {
    /// The scheme (办法).
    pub scheme: Scheme,
    /// Working days.
    pub calendar: Calendar,
    /// Places that exist.
    pub divisions: DivisionTable,
}

impl Rules {
    /// The same as editions.
    pub fn editions(&self) -> Editions {
        let tables = SchemeTables { scheme: self.scheme.clone(), statistical_classes: BTreeMap::new() };
        Editions::fixed(tables, self.calendar.clone(), self.divisions.clone())
    }
}
