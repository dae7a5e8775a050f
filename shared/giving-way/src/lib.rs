//! How a thread gives way to every other of the machine: questions that cost much, and rows that are built beside those that serve.
//!
//! It runs in the idle class: a thread that wakes takes its processor at once. Of a thread that is only nice it would wait for the rest of
//! its turn, some milliseconds.

use std::cell::Cell;
use std::io;
use std::time::{Duration, Instant};

use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
use thread_priority::{
    NormalThreadSchedulePolicy, ThreadPriority, ThreadSchedulePolicy, set_thread_priority_and_policy, thread_native_id,
    thread_schedule_policy,
};

const GIVES_WAY: ThreadSchedulePolicy = ThreadSchedulePolicy::Normal(NormalThreadSchedulePolicy::Idle);

/// Longest that a thread that gives way works before it asks whether others wait.
const AT_A_STRETCH_MAX: Duration = Duration::from_micros(100);

thread_local! {
    /// When this thread last asked whether others wait; `None` where it does not let them first.
    static ASKED: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// From now on this thread gives way, and those that it starts take after it. An error where the system does not let it: it then takes as
/// much processor time as others do.
pub fn give_way() -> io::Result<()> {
    set_thread_priority_and_policy(thread_native_id(), ThreadPriority::Min, GIVES_WAY).map_err(io::Error::other)?;
    lets_others_first(true);
    Ok(())
}

/// Says whether this thread lets others first from now on ([`let_others_first`]): one that was started by a thread that gives way and does its
/// work, or that does it for those who wait by now.
pub fn lets_others_first(lets: bool) {
    ASKED.set(lets.then(Instant::now));
}

/// Lets those first who wait for this processor, where this thread gives way ([`give_way`], [`lets_others_first`]) and has worked for a while since it
/// last let them. Whoever works long calls it every few steps; on other threads it does nothing: who yields where the processors are taken waits a
/// whole turn of each other thread.
///
/// The idle class is owed a small share of a processor too, a third of a hundredth for each of its threads that could run. Once it is
/// behind with that, one of them is not left when another thread wakes, but at the next tick of the clock, some milliseconds later, unless it
/// asks.
pub fn let_others_first() {
    let Some(asked) = ASKED.get() else { return };
    if asked.elapsed() >= AT_A_STRETCH_MAX {
        std::thread::yield_now();
        ASKED.set(Some(Instant::now()));
    }
}

/// From now on this thread, and those that it starts, leave one of the processors they may run on to others, where there are several.
///
/// A thread that wakes has to wait, some milliseconds now and then, for a processor that is busy even with what gives way: it has to be woken
/// there, and on a machine that is a guest of another the processor itself has to be had first.
pub fn leave_a_processor() -> io::Result<()> {
    let mut allowed = sched_getaffinity(None)?;
    if allowed.count() > 1
        && let Some(first) = (0..CpuSet::MAX_CPU).find(|processor| allowed.is_set(*processor))
    {
        allowed.unset(first);
        sched_setaffinity(None, &allowed)?;
    }
    Ok(())
}

/// Whether this thread gives way.
pub fn gives_way() -> io::Result<bool> {
    Ok(thread_schedule_policy().map_err(io::Error::other)? == GIVES_WAY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_lets_others_first_while_it_says_so() {
        let asked = || {
            let before = ASKED.get();
            while before.is_some_and(|before| before.elapsed() < AT_A_STRETCH_MAX) {
                std::hint::spin_loop();
            }
            let_others_first();
            ASKED.get() != before
        };
        assert!(!asked());
        lets_others_first(true);
        assert!(asked());
        lets_others_first(false);
        assert!(!asked());
    }

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

    #[test]
    fn a_processor_is_left_where_there_are_several() {
        let processors = || sched_getaffinity(None).expect("told").count();
        let before = processors();
        let thread = std::thread::spawn(move || {
            leave_a_processor().expect("it may");
            (processors(), std::thread::spawn(processors).join().expect("ended"))
        });
        let fewer = (before - 1).max(1);
        assert_eq!(thread.join().expect("ended"), (fewer, fewer));
        assert_eq!(processors(), before);
    }
}
