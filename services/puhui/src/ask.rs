//! Questions from a terminal, a file each: tables with Chinese headings for people, JSON lines for programs.

mod anew;
mod code;
mod editions;
mod ended;
mod head;
mod health;
mod pages;
mod plaque;
mod provider;
mod replay;
mod resume;
mod rows;
mod search;
mod stats;
mod tasks;
mod to;
mod watch;

pub(crate) use anew::check;
pub(crate) use head::head;
pub(crate) use health::health;
pub(crate) use plaque::plaque;
pub(crate) use provider::provider;
pub(crate) use replay::{for_each_commit, replay};
pub(crate) use search::search;
pub(crate) use stats::stats;
pub(crate) use tasks::tasks;
pub(crate) use watch::watch;
