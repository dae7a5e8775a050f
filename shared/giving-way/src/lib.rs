//! How a thread gives way to every other of the machine: questions that cost much, and rows that are built beside those that serve.
//!
//! It runs in the idle class: a thread that wakes takes its processor at once. Of a thread that is only nice it would wait for the rest of
//! its turn, some milliseconds.

use std::io;

use thread_priority::{
    NormalThreadSchedulePolicy, ThreadPriority, ThreadSchedulePolicy, set_thread_priority_and_policy, thread_native_id,
    thread_schedule_policy,
};

const GIVES_WAY: ThreadSchedulePolicy = ThreadSchedulePolicy::Normal(NormalThreadSchedulePolicy::Idle);

/// From now on this thread gives way, and those that it starts take after it. An error where the system does not let it: it then takes as
/// much processor time as others do.
pub fn give_way() -> io::Result<()> {
    set_thread_priority_and_policy(thread_native_id(), ThreadPriority::Min, GIVES_WAY).map_err(io::Error::other)
}

/// Whether this thread gives way.
pub fn gives_way() -> io::Result<bool> {
    Ok(thread_schedule_policy().map_err(io::Error::other)? == GIVES_WAY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_gives_way_with_what_it_starts_and_no_other_does() {
        let child = || std::thread::spawn(gives_way).join().expect("ended").expect("told");
        let thread = std::thread::spawn(move || {
            assert!(!child());
            give_way().expect("it may");
            (gives_way().expect("told"), child())
        });
        assert_eq!(thread.join().expect("ended"), (true, true));
        assert!(!gives_way().expect("told"));
    }
}
