//! Which outlet on record a row is of, and what is to be recorded of it: decided from what is on record ([`Register`]) and the row alone, in the
//! list's order ([`Register::place`]). A list may be taken again, an older one after a newer, or the same under another name: nothing is recorded
//! twice, nothing on record is overwritten without being asked for, and what cannot be told is a question.

mod alike;
mod document;
mod fresh;
mod known;
mod matching;
mod placing;
mod step;
mod term;

#[cfg(test)]
mod tests;

pub use fresh::new_id;
pub use known::{Held, HeldEnd, Lookup, Outlet, Register};
pub use step::{Act, Decision, Placed, Said, Step};
