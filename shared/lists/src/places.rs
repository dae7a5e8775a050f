//! Which place a list means: by code, by name, by path, by the list's own city, by what a place was called before. A name that could be two places is
//! not guessed at, and neither is one that no word of the list ties to a city.

mod above;
mod below;
mod find;
mod found;
mod index;
mod mention;
mod nearest;
mod scope;
mod tables;

#[cfg(test)]
mod tests;

pub(crate) use above::{Above, Titles};
pub(crate) use find::unknown;
pub(crate) use found::{Found, Place};
pub(crate) use scope::{Mention, Scope};
pub use tables::Gazetteer;
pub(crate) use tables::Places;
