//! Credit pledges (信用承诺): made, determined, repaired.

pub(crate) mod commands;
pub(crate) mod decide;
pub(crate) mod facts;
pub(crate) mod fold;
pub(crate) mod state;
pub(crate) mod terms;
