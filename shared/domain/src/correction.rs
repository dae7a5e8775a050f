//! Correcting (更正): an act was entered wrong, and says the right thing from then on, or nothing.

pub(crate) mod alike;
pub(crate) mod decide;
mod redo;
