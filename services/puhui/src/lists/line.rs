//! One row of a file, whichever kind of file it is.

/// One row of a list that holds anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// Its line or row in the file, from 1.
    pub(crate) number: u64,
    /// Its cells, cleaned.
    pub(crate) cells: Vec<String>,
}
