//! A stream that is told now with and now without its last commit: a command is decided anew as often as is told, and no more.

#![expect(clippy::unwrap_used, reason = "a value of the test that is not one ends it")]

mod world;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use domain::StreamId;
use event_log::conformance::{Double, Doubled};
use event_log::{EventLog, Loaded, LogError, Memory, Tail};
use registrar::{CONFLICT_RETRIES_MAX, Registrar, SubmitError};
use world::{on, register, rename, submission};

/// A log whose reads lag every other time, as of a server that is behind the one asked before.
#[derive(Clone)]
struct Moving {
    log: Memory,
    loads: Arc<AtomicU32>,
}

impl Double for Moving {
    fn log(&self) -> Memory {
        self.log.clone()
    }

    async fn load(&self, stream: &StreamId) -> Result<Loaded, LogError> {
        let loads = self.loads.fetch_add(1, Ordering::Relaxed);
        assert!(loads < 100, "decided anew without an end");
        let mut loaded = self.log.load(stream).await?;
        if loads % 2 == 1 {
            loaded.commits.pop();
            loaded.tail =
                loaded.commits.last().map(|last| Tail { revision: last.revision, position: last.position }).unwrap();
        }
        Ok(loaded)
    }
}

/// It is already so where it is decided, and not any more where the commit that made it so is looked for.
#[tokio::test]
async fn what_is_already_so_now_and_then_is_not_asked_for_without_an_end() {
    let log = Memory::new();
    on(&log).submit(&submission(1, register())).await.unwrap();
    on(&log).submit(&submission(3, rename("那边"))).await.unwrap();
    let moving = Moving { log, loads: Arc::default() };
    let registrar = Registrar::new(Doubled(moving.clone()), &world::rules());
    let answer = registrar.submit(&submission(2, rename("那边"))).await;
    assert!(matches!(answer, Err(SubmitError::Contended)), "{answer:?}");
    assert_eq!(moving.loads.load(Ordering::Relaxed), 2 * (CONFLICT_RETRIES_MAX + 1));
}
