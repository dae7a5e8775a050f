//! Tables for people on a terminal, and tab-separated lines for other programs.

mod cards;
mod table;
mod text;

pub mod terminal;

pub use table::{Column, Table};
pub use text::harmless;
