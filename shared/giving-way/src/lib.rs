//! How a thread gives way to every other of the machine: questions that cost much, and rows that are built beside those that serve.
//!
//! It is nice, and lets others first every few steps: a thread that wakes takes its processor within a tenth of a millisecond, while there is
//! processor time to be had. On a machine whose other programs take all of it (a backup, an import, a server of NATS), it still has about a tenth
//! of a processor: the idle class had a third of a hundredth there, and answers of some megabytes took half a minute, or were never made.

use std::cell::Cell;
use std::io;
use std::time::{Duration, Instant};

use rustix::process::{getpriority_process, setpriority_process};
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

/// How nice a thread is that gives way: its share beside one that is not is a tenth (sched(7): 1.25 for each step).
const NICE: i32 = 10;

/// Longest that a thread that gives way works before it asks whether others wait.
const AT_A_STRETCH_MAX: Duration = Duration::from_micros(100);
/// The same of one that has just waited for others that take all there is: whoever yields gives the rest of a turn away, so of one tenth of a
/// millisecond for each turn of theirs nothing would ever be done. About a turn.
const AT_A_STRETCH_AFTER_A_WAIT_MAX: Duration = Duration::from_millis(3);
/// The part of such a wait that it works for.
const OF_A_WAIT: u32 = 8;

/// When and how a thread lets others first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Lets {
    /// When it last asked whether others wait.
    asked: Instant,
    /// How long it works until it asks again.
    stretch: Duration,
}

thread_local! {
    /// `None` where this thread does not let others first.
    static LETS: Cell<Option<Lets>> = const { Cell::new(None) };
}

/// From now on this thread gives way, and those that it starts take after it. An error where the system does not let it: it then takes as
/// much processor time as others do.
pub fn give_way() -> io::Result<()> {
    // Of Linux's threads each has its own.
    setpriority_process(None, NICE)?;
    lets_others_first(true);
    Ok(())
}

/// Says whether this thread lets others first from now on ([`let_others_first`]): one that was started by a thread that gives way and does its
/// work, or that does it for those who wait by now.
pub fn lets_others_first(lets: bool) {
    LETS.set(lets.then(|| Lets { asked: Instant::now(), stretch: AT_A_STRETCH_MAX }));
}

/// Lets those first who wait for this processor, where this thread gives way ([`give_way`], [`lets_others_first`]) and has worked for a while since it
/// last let them. Whoever works long calls it every few steps; on other threads it does nothing: who yields where the processors are taken waits a
/// whole turn of each other thread.
pub fn let_others_first() {
    let Some(Lets { asked, stretch }) = LETS.get() else { return };
    let asks = Instant::now();
    if asks.duration_since(asked) >= stretch {
        std::thread::yield_now();
        let asked = Instant::now();
        LETS.set(Some(Lets { asked, stretch: after(asked.duration_since(asks)) }));
    }
}

/// How long a thread works that has waited so long for others.
fn after(wait: Duration) -> Duration {
    (wait / OF_A_WAIT).clamp(AT_A_STRETCH_MAX, AT_A_STRETCH_AFTER_A_WAIT_MAX)
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
    Ok(getpriority_process(None)? >= NICE)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    #[test]
    fn a_thread_lets_others_first_while_it_says_so() {
        let asked = || {
            let before = LETS.get();
            while before.is_some_and(|before| before.asked.elapsed() < before.stretch) {
                std::hint::spin_loop();
            }
            let_others_first();
            LETS.get() != before
        };
        assert!(!asked());
        lets_others_first(true);
        assert!(asked());
        lets_others_first(false);
        assert!(!asked());
    }

    #[test]
    fn who_has_waited_long_works_longer() {
        for (wait, stretch) in [(0, 100), (800, 100), (8_000, 1_000), (24_000, 3_000), (1_000_000, 3_000)] {
            assert_eq!(after(Duration::from_micros(wait)), Duration::from_micros(stretch), "after {wait} µs");
        }
    }

    /// Where another takes all it can have of a processor there is something left for one that gives way: a tenth or so, less what its yields give
    /// away. Of the idle class it would be a third of a hundredth.
    #[test]
    fn who_gives_way_is_not_starved() {
        let step = || {
            for number in 0..1_000_u32 {
                std::hint::black_box(number);
            }
            let_others_first();
        };
        let count = move |ended: &AtomicBool| {
            let mut done = 0_u64;
            while !ended.load(Ordering::Relaxed) {
                step();
                done += 1;
            }
            done
        };
        let (nice, other) = std::thread::spawn(move || {
            // Both on one processor.
            let (allowed, mut one) = (sched_getaffinity(None).expect("told"), CpuSet::new());
            one.set((0..CpuSet::MAX_CPU).rfind(|processor| allowed.is_set(*processor)).expect("one"));
            sched_setaffinity(None, &one).expect("it may");
            let ended = AtomicBool::new(false);
            std::thread::scope(|scope| {
                let other = scope.spawn(|| count(&ended));
                let nice = scope.spawn(|| {
                    give_way().expect("it may");
                    count(&ended)
                });
                std::thread::park_timeout(Duration::from_secs(2));
                ended.store(true, Ordering::Relaxed);
                (nice.join().expect("ended"), other.join().expect("ended"))
            })
        })
        .join()
        .expect("ended");
        println!("{nice} steps beside {other}");
        assert!(nice * 40 >= other, "{nice} steps beside {other}");
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
