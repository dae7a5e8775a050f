//! The rules of a place: its scheme (办法), its working days, its table of places.

pub(crate) mod calendar;
pub(crate) mod commands;
pub(crate) mod facts;
pub(crate) mod places;
pub(crate) mod scheme;
