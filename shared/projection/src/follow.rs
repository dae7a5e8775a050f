//! Following the log: the one applier of a generation, and the generations that are built beside the one that serves.

mod ended;
mod follower;
mod generations;

pub use follower::{BACKOFF_MAX, BACKOFF_MIN, GROUP_COMMITS_MAX, LOOK_EVERY, Stopped};
pub use generations::Applier;
