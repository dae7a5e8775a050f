//! The case kept here (申报): from application to notice.

pub(crate) mod commands;
pub(crate) mod decide;
pub(crate) mod facts;
pub(crate) mod fold;
pub(crate) mod state;
pub(crate) mod terms;
