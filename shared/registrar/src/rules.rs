//! What decisions are taken with.

use domain::{Calendar, DivisionTable, Scheme};

/// What decisions are taken with: the scheme and the tables of the place.
#[derive(Debug)]
pub struct Rules {
    /// The scheme (办法).
    pub scheme: Scheme,
    /// Working days.
    pub calendar: Calendar,
    /// Places that exist.
    pub divisions: DivisionTable,
}
