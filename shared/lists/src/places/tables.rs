//! The tables of places, turned to be asked by name.

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;

use domain::DivisionTable;

use super::below::Below;
use super::index::{GROUPS, Index};
use super::scope::Mention;

/// The tables of places, turned to be asked by name.
pub(crate) struct Places<'a> {
    pub(super) table: &'a DivisionTable,
    pub(super) index: Index<'a>,
    pub(super) below: Below<'a>,
    /// What titles were found to name: a list has few, and each stands above many rows.
    pub(super) mentions: RefCell<HashMap<String, Mention>>,
    /// The names that were found nearest to texts that are no place: each looks at every county.
    pub(super) nearest: RefCell<HashMap<String, Vec<String>>>,
    /// Counties by their codes with their folded names, once a text is held against all of them.
    pub(super) folded: OnceCell<Vec<(&'a str, Vec<char>)>>,
}

impl<'a> Places<'a> {
    pub(crate) fn new(table: &'a DivisionTable) -> Self {
        Self {
            table,
            index: Index::new(table),
            below: Below::new(table),
            mentions: RefCell::default(),
            nearest: RefCell::default(),
            folded: OnceCell::new(),
        }
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
