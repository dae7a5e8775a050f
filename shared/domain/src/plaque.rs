//! Plaques (统一标识、统一挂牌): ordered, handed out, hung, and called back.

pub(crate) mod commands;
pub(crate) mod decide;
pub(crate) mod facts;
pub(crate) mod fold;
pub(crate) mod recall;
pub(crate) mod state;
