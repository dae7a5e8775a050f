//! Tables for people on a terminal, and tab-separated lines for other programs.

mod cards;
mod column;
mod table;
mod text;

pub mod terminal;

pub use column::Column;
pub use table::Table;
pub use text::harmless;
