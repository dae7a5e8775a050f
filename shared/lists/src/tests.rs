//! Whole files, from bytes to readings.

#[path = "../tests/made/mod.rs"]
mod made;

pub(crate) use made::zip;
