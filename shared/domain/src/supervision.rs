//! Supervision (监管): rectification, suspension and yearly review of what is certified.

pub(crate) mod commands;
pub(crate) mod decide;
pub(crate) mod facts;
pub(crate) mod fall;
pub(crate) mod fold;
pub(crate) mod state;
pub(crate) mod terms;
