//! What a text comes to as a place.

use domain::Division;

use crate::words::places::{Level, Zone};

/// A place that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// The county, or the place below it.
    pub(crate) division: Division,
    /// The street or community as written, where the table does not hold it.
    pub(crate) street: Option<String>,
    /// Whether the text itself says in which city it lies, or gives its code.
    pub(crate) explicit: bool,
    /// Why it is this one, where the text alone does not say so.
    pub(crate) because: Option<String>,
}

/// What a text comes to as a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Found {
    /// One place.
    At(Place),
    /// One of several, or one that nothing ties to the list: their codes.
    Several(Vec<String>),
    /// A province or a city, by its code.
    Above(String),
    /// A level instead of a place (市本级), and the area named before it, where one was.
    Own(Level, Option<String>),
    /// A zone, of which the street has to be known.
    InZone(&'static Zone),
    /// A street or community of a county that is not named.
    Below(String),
    /// No place that is known: the names that are nearest.
    Unknown(Vec<String>),
}

/// A place's code without the levels that it does not reach.
pub(super) fn short_code(division: &Division) -> &str {
    match division.street() {
        Some(street) if division.as_str().ends_with("000") => street,
        Some(_) => division.as_str(),
        None => division.county(),
    }
}
