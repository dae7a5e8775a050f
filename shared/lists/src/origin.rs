//! Where a file comes from, as far as that tells something of its outlets.

use domain::DivisionPrefix;

/// Where a file comes from.
#[derive(Debug, Clone, Copy, Default)]
pub struct Origin<'a> {
    /// The file's name; empty where it has none.
    pub file: &'a str,
    /// The area of the bureau that enters the list: where it says nothing of itself, a name that several places have most likely means the one
    /// there.
    pub home: Option<&'a DivisionPrefix>,
}
