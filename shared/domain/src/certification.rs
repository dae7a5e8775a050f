//! The certification (认定): how it comes to be, goes on and is put right.

pub(crate) mod commands;
pub(crate) mod decide;
pub(crate) mod facts;
pub(crate) mod fold;
pub(crate) mod state;
pub(crate) mod terms;
