//! Particulars (网点信息): who the provider is and where.

pub(crate) mod commands;
pub(crate) mod decide;
pub(crate) mod facts;
pub(crate) mod fold;
pub(crate) mod state;
pub(crate) mod terms;
