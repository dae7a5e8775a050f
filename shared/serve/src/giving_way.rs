//! Threads for work that costs much and that others must not wait behind: they are nice, and let others first every few steps.
//!
//! With a few such questions at one time every processor is taken, and a quick question that has just come would wait for the rest of
//! somebody's turn, some milliseconds each time it has to wait for anything. A thread that gives way asks soon whether others wait; and one
//! processor, where there are several, is not taken at all.

use std::io;
use std::sync::OnceLock;

use giving_way::{give_way, leave_a_processor};
use tokio::runtime::{Builder, Handle, Runtime};

/// Threads that carry tasks on: as many as most machines this runs on have processors.
const WORKERS: usize = 2;
/// Threads for what blocks. Who starts it bounds how much there is; more than this waits.
const BLOCKING_MAX: usize = 32;

fn begin() {
    if let Err(error) = give_way().and_then(|()| leave_a_processor()) {
        tracing::warn!(%error, "work that costs much takes as much processor time as quick questions do");
    }
}

fn build() -> io::Result<Runtime> {
    Builder::new_multi_thread()
        .worker_threads(WORKERS)
        .max_blocking_threads(BLOCKING_MAX)
        .thread_name("gives-way")
        .on_thread_start(begin)
        .enable_all()
        .build()
}

/// Where such work is started: one set of threads for the process, made at the first call. Threads that they start take after them.
/// Where no threads can be had, it is the caller's own runtime, which has to be there.
pub fn giving_way() -> Handle {
    static THREADS: OnceLock<Option<Runtime>> = OnceLock::new();
    let threads = THREADS
        .get_or_init(|| build().inspect_err(|error| tracing::warn!(%error, "there are no threads that give way")).ok());
    threads.as_ref().map_or_else(Handle::current, |runtime| runtime.handle().clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gives_way() -> bool {
        giving_way::gives_way().expect("told")
    }

    #[tokio::test]
    async fn what_costs_much_runs_where_others_come_first() {
        assert!(giving_way().spawn_blocking(gives_way).await.expect("done"));
        assert!(giving_way().spawn(async { gives_way() }).await.expect("done"));
        let child = || std::thread::spawn(gives_way).join().expect("done");
        assert!(giving_way().spawn_blocking(child).await.expect("done"), "and what it starts");
        assert!(!gives_way());
    }
}
