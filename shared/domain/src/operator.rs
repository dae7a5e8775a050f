//! One operator: that its code was confirmed, and the bar that crosses its providers, kept in the operator's own stream.

pub(crate) mod codes;
pub(crate) mod commands;
pub(crate) mod decide;
pub(crate) mod facts;
pub(crate) mod fold;
pub(crate) mod state;
