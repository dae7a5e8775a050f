//! Which outlet on record a row is of, and what is to be recorded of it: decided from what is on record ([`Register`]) and the row alone, in the
//! list's order ([`Register::place`]). A list may be taken again, an older one after a newer, or the same under another name: nothing is recorded
//! twice, nothing on record is overwritten without being asked for, and what cannot be told is a question.

mod alike;
mod called;
mod fresh;
mod known;
mod matching;
mod placing;
mod plan;
mod said;
mod step;
mod term;
mod twice;

#[cfg(test)]
mod tests;

pub use fresh::new_id;
pub use known::{Held, HeldEnd, Lookup, Outlet, Register};
pub use plan::{Plan, Shown, is_of_the_record, left_out, plan};
pub use step::{Act, Decision, Placed, Said, Step};

/// Questions that are asked of a whole list when it is held against the record; of one outlet they have its name behind a colon.
pub const QUESTIONS: [&str; 6] = ["outlet", "alike", "renamed", "twice", "differs", "unended"];
