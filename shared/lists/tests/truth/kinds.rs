//! What is told, and how a workbook tells it.

use std::collections::BTreeMap;

use domain::Day;

/// One outlet as it is.
#[derive(Debug, Clone)]
pub(super) struct Outlet {
    pub(super) name: String,
    pub(super) category: usize,
    pub(super) county: usize,
    pub(super) verdict: Kind,
    pub(super) street: &'static str,
    pub(super) remark: &'static str,
    pub(super) address: String,
    pub(super) document: String,
    pub(super) decided: Day,
    pub(super) from: Day,
    pub(super) to: Day,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Certified,
    Proposed,
    Refused,
    Ended,
}

/// A sheet as it is set: lines of cells, some of them merged, hidden or struck out.
#[derive(Debug, Default, Clone)]
pub(super) struct Page {
    pub(super) name: String,
    pub(super) lines: Vec<Set>,
    /// First line, last line, column: merged downwards. The value stands in the first.
    pub(super) down: Vec<(usize, usize, usize)>,
    /// Line, first column, last column: merged to the right.
    pub(super) across: Vec<(usize, usize, usize)>,
    pub(super) width: usize,
    /// The column that is hidden, where one is.
    pub(super) hidden: Option<usize>,
}

#[derive(Debug, Default, Clone)]
pub(super) struct Set {
    pub(super) cells: Vec<String>,
    /// Whether the first cell is merged over the whole width.
    pub(super) over: bool,
    pub(super) hidden: bool,
    pub(super) struck: bool,
}

/// How a list tells one of its things.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    Column,
    /// In a column whose equal neighbours are merged.
    Merged,
    /// In a title between the rows.
    Group,
    /// In the list's title.
    Title,
    /// In the sheet's name.
    Sheet,
}

/// How one workbook is set.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a column that the list has or not")]
pub(super) struct Setting {
    pub(super) county: Told,
    pub(super) category: Told,
    pub(super) status: bool,
    pub(super) term: Term,
    pub(super) document: bool,
    pub(super) address: bool,
    pub(super) decided: bool,
    pub(super) ordinal: bool,
    pub(super) street: bool,
    pub(super) remarks: bool,
    pub(super) blocks: usize,
    /// Whether blocks are filled one after the other, and not line by line.
    pub(super) down: bool,
    pub(super) text: bool,
    pub(super) heads: Heads,
}

/// Whether headings stand in two lines, some of the first over two of the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Heads {
    One,
    /// What a heading is over is left empty.
    Two,
    /// It is merged over them, and others downwards.
    TwoMerged,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Term {
    None,
    Range,
    Columns,
    Length,
    /// In a line above the headings.
    Above,
}

/// Where an outlet stands: the page, the line from 1, the block from 1; block 0 where none stand side by side.
pub(super) type Place = (usize, u64, u32);

pub(super) struct Case {
    pub(super) truth: BTreeMap<Place, Outlet>,
    pub(super) setting: Setting,
    pub(super) pages: Vec<Page>,
    /// Names of outlets that stand in hidden and struck-out rows.
    pub(super) unseen: usize,
}

pub(super) fn day(year: i32, month: u8, day: u8) -> Day {
    Day::new(year, month, day).unwrap()
}

/// A heading and what it holds.
pub(super) type Column = (&'static str, char);
/// The first of two columns that one heading stands over, and that heading.
pub(super) type Over = (usize, &'static str);
