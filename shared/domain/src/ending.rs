//! How a certification ends, how an end is undone, and the bar that an end brings.

pub(crate) mod commands;
pub(crate) mod decide;
pub(crate) mod facts;
pub(crate) mod fold;
pub(crate) mod lapse;
pub(crate) mod state;
pub(crate) mod terms;
