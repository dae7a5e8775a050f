//! Overturning (撤销原决定): review or a court undid an act, which held until then. A ruling that ended a certification, or undid an end of one, can
//! be undone itself: then what it undid stands again from then on.

pub(crate) mod commands;
pub(crate) mod decide;
pub(crate) mod facts;
pub(crate) mod fold;
