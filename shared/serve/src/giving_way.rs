//! Threads for work that costs much and that others must not wait behind: they run where no other thread of the machine wants to.
//!
//! With a few such questions at one time every processor is taken, and a quick question that has just come would wait for the rest of
//! somebody's turn, some milliseconds each time it has to wait for anything. A thread of the idle class is left at once.

use std::io;
use std::sync::OnceLock;

use thread_priority::{
    NormalThreadSchedulePolicy, ThreadPriority, ThreadSchedulePolicy, set_thread_priority_and_policy, thread_native_id,
};
use tokio::runtime::{Builder, Handle, Runtime};

/// How they give way.
const GIVES_WAY: ThreadSchedulePolicy = ThreadSchedulePolicy::Normal(NormalThreadSchedulePolicy::Idle);
/// Threads that carry tasks on: as many as most machines this runs on have processors.
const WORKERS: usize = 2;
/// Threads for what blocks. Who starts it bounds how much there is; more than this waits.
const BLOCKING_MAX: usize = 32;

fn gives_way() {
    if let Err(error) = set_thread_priority_and_policy(thread_native_id(), ThreadPriority::Min, GIVES_WAY) {
        tracing::warn!(%error, "work that costs much takes as much processor time as quick questions do");
    }
}

fn build() -> io::Result<Runtime> {
    Builder::new_multi_thread()
        .worker_threads(WORKERS)
        .max_blocking_threads(BLOCKING_MAX)
        .thread_name("gives-way")
        .on_thread_start(gives_way)
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

    fn policy() -> ThreadSchedulePolicy {
        thread_priority::thread_schedule_policy().expect("told")
    }

    #[tokio::test]
    async fn what_costs_much_runs_where_others_come_first() {
        assert_eq!(giving_way().spawn_blocking(policy).await.expect("done"), GIVES_WAY);
        assert_eq!(giving_way().spawn(async { policy() }).await.expect("done"), GIVES_WAY);
        let child = || std::thread::spawn(policy).join().expect("done");
        assert_eq!(giving_way().spawn_blocking(child).await.expect("done"), GIVES_WAY, "and what it starts");
        assert_ne!(policy(), GIVES_WAY);
    }
}
