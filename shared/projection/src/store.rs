//! Rows and cursor of one generation: the view that readers take, the folding of commits into the next one, and the writing of what is
//! worth a write.

mod base;
mod beginning;
mod folding;
mod gathering;
mod under_way;
mod writing;

pub(crate) use base::Store;
pub(crate) use folding::Halt;
pub(crate) use under_way::write_every;
pub(crate) use writing::HELD_BYTES_MAX;

#[cfg(test)]
mod tests;
