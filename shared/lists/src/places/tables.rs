//! The tables of places, turned to be asked by name.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::OnceLock;

use domain::DivisionTable;

use super::below::Below;
use super::index::{GROUPS, Index};
use super::scope::Mention;

/// The tables of places, turned to be asked by name: made once, and asked for every list.
pub struct Gazetteer<'a> {
    table: &'a DivisionTable,
    index: Index<'a>,
    below: Below<'a>,
    /// Counties by their codes with their folded names, once a text is held against all of them.
    folded: OnceLock<Vec<(String, Vec<char>)>>,
}

impl<'a> Gazetteer<'a> {
    /// Turns a table of divisions.
    pub fn new(table: &'a DivisionTable) -> Self {
        Self { table, index: Index::new(table), below: Below::new(table), folded: OnceLock::new() }
    }
}

impl std::fmt::Debug for Gazetteer<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Gazetteer").finish_non_exhaustive()
    }
}

/// The tables of places, and what was found in them for one list.
pub(crate) struct Places<'a> {
    pub(super) table: &'a DivisionTable,
    pub(super) index: &'a Index<'a>,
    pub(super) below: &'a Below<'a>,
    pub(super) folded: &'a OnceLock<Vec<(String, Vec<char>)>>,
    /// What titles were found to name: a list has few, and each stands above many rows.
    pub(super) mentions: RefCell<HashMap<String, Mention>>,
    /// The names that were found nearest to texts that are no place: each looks at every county.
    pub(super) nearest: RefCell<HashMap<String, Vec<String>>>,
}

impl<'a> Places<'a> {
    pub(crate) fn new(gazetteer: &'a Gazetteer<'a>) -> Self {
        let Gazetteer { table, index, below, folded } = gazetteer;
        Self { table, index, below, folded, mentions: RefCell::default(), nearest: RefCell::default() }
    }

    /// The counties of an area, by their codes.
    pub(crate) fn counties_of(&self, area: &str) -> Vec<String> {
        let inside = self.table.rows().filter(|(code, _)| code.len() == 6 && code.starts_with(area));
        inside.map(|(code, _)| code.to_owned()).collect()
    }

    /// A place's name with those above it.
    pub(crate) fn full_name(&self, code: &str) -> String {
        let ends = [2, 4, 6, 9, 12].into_iter().filter(|end| *end <= code.len());
        let mut names: Vec<&str> = ends.filter_map(|end| self.table.name(&code[..end])).collect();
        names.retain(|name| !GROUPS.contains(name));
        names.dedup();
        names.concat()
    }

    /// The sentence of what became of a place that is no more.
    pub(super) fn became(&self, name: &str, code: &str, year: i32, today: &str) -> String {
        let today_name = self.full_name(today);
        let code = if code == today { String::new() } else { format!("({code})") };
        format!("{name}{code}{year}年起为{today_name}")
    }
}
