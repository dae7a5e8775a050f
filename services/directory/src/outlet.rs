//! One outlet as its commits make it: what is on record of it, where it stands on a day, what of it the public may see and what is to
//! be done about it. Nothing here knows rows or messages.

mod by_day;
pub(crate) mod case;
pub(crate) mod choice;
pub(crate) mod due;
pub(crate) mod ended;
pub(crate) mod fold;
pub(crate) mod happened;
pub(crate) mod known;
pub(crate) mod live;
pub(crate) mod made;
mod parts;
pub(crate) mod plaque;
pub(crate) mod pledge;
pub(crate) mod price;
mod promised;
mod recall;
pub(crate) mod ruling;
pub(crate) mod shown;
pub(crate) mod standing;
pub(crate) mod status;
pub(crate) mod view;
