//! One operator: the bar that crosses its providers, kept in the operator's own stream.

pub(crate) mod commands;
pub(crate) mod decide;
pub(crate) mod facts;
pub(crate) mod fold;
pub(crate) mod state;
