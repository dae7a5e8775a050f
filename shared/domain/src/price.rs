//! Price promises (普惠价格): proposed, then approved or rejected by the bureau.

pub(crate) mod commands;
pub(crate) mod decide;
pub(crate) mod facts;
pub(crate) mod fold;
pub(crate) mod promised;
pub(crate) mod state;
pub(crate) mod terms;
