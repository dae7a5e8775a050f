//! Overturning (撤销原决定): review or a court undid an act, which held until then.

pub(crate) mod commands;
pub(crate) mod decide;
pub(crate) mod facts;
pub(crate) mod fold;
