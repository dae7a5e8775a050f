//! What the write loop does when the clock cannot be believed.

#![expect(clippy::unwrap_used, reason = "a value of the test that is not one ends it")]

mod world;

use std::time::Duration;

use domain::{Instant, Position, ProviderId, StreamId};
use event_log::conformance::{Double, Doubled};
use event_log::{EventLog, Loaded, LogError, Memory};
use registrar::{Action, Outcome, Receipt, Registrar, Submission, SubmitError};
use world::{on, provider, register, rename, submission};

/// Milliseconds of a day.
const DAY_MS: u64 = 86_400_000;
/// How long the slow log takes to read a stream, longer than a clock may be behind.
const SLOW: Duration = Duration::from_mins(2);
/// The time of every submission of the suite.
const NOW: u64 = 1_782_864_000_000;

fn at(now: u64, submission: Submission) -> Submission {
    Submission { now: Instant(now), ..submission }
}

async fn recorded_at(log: &Memory) -> Vec<u64> {
    let commits = log.load(&StreamId::Provider(provider())).await.unwrap();
    commits.iter().map(|recorded| recorded.commit.recorded_at.0).collect()
}

#[tokio::test]
async fn a_clock_that_cannot_be_believed_writes_nothing() {
    let log = Memory::new();
    let registrar = on(&log);
    let refused = |answer: Result<Receipt, SubmitError>| match answer {
        Err(SubmitError::Clock(fault)) => fault.reason(),
        other => panic!("{other:?}"),
    };
    assert_eq!(refused(registrar.submit(&at(946_684_800_000, submission(1, register()))).await), "CLOCK_BEHIND");
    registrar.submit(&submission(1, register())).await.unwrap();
    for (now, reason) in [
        (946_684_800_000, "CLOCK_BEHIND"),
        (NOW - 60_001, "CLOCK_BEHIND"),
        (NOW + 31 * DAY_MS + 1, "CLOCK_AHEAD"),
        (1_925_000_000_000, "CLOCK_AHEAD"),
    ] {
        let amends = at(now, submission(2, rename("新名")));
        let validated = Submission { validate_only: true, ..amends.clone() };
        assert_eq!(refused(registrar.submit(&amends).await), reason, "{now}");
        assert_eq!(refused(registrar.submit(&validated).await), reason, "{now}");
        // Whoever asks what became of a request is told, whatever the clock shows.
        let again = registrar.submit(&at(now, submission(1, register()))).await.unwrap();
        assert_eq!(again.outcome, Outcome::AlreadyRecorded);
    }
    assert_eq!(recorded_at(&log).await, [NOW]);
    assert!(!registrar.parts()[0].state().is_well());
    registrar.look_at_clock(|| Instant(NOW + 1)).await;
    assert!(registrar.parts()[0].state().is_well(), "a mended clock needs no command");
    registrar.submit(&at(NOW - 60_000, submission(2, rename("新名")))).await.unwrap();
    registrar.submit(&at(NOW + DAY_MS, submission(3, rename("又名")))).await.unwrap();
    assert_eq!(recorded_at(&log).await, [NOW, NOW, NOW + DAY_MS]);
}

#[tokio::test]
async fn health_says_so_before_the_first_command() {
    let log = Memory::new();
    on(&log).submit(&submission(1, register())).await.unwrap();
    let registrar = on(&log);
    let state = || registrar.parts()[0].state();
    assert_eq!(registrar.parts()[0].name(), "clock");
    for (now, well) in [(1_925_000_000_000, false), (NOW, true), (946_684_800_000, false), (NOW + DAY_MS, true)] {
        registrar.look_at_clock(|| Instant(now)).await;
        assert_eq!(state().is_well(), well, "{now}: {:?}", state());
    }
}

/// A log that is slow to read, while another process writes it.
struct Slow(Memory);

impl Double for Slow {
    fn log(&self) -> Memory {
        self.0.clone()
    }

    async fn load(&self, stream: &StreamId) -> Result<Loaded, LogError> {
        let loaded = self.0.load(stream).await?;
        tokio::time::advance(SLOW).await;
        let other = ProviderId::new(world::operator(), 2).unwrap();
        let elsewhere = Submission { action: Action::Provider(other, register()), ..submission(9, register()) };
        let after_the_stamp = NOW + u64::try_from(SLOW.as_millis()).unwrap();
        on(&self.0).submit(&at(after_the_stamp, elsewhere)).await.unwrap();
        Ok(loaded)
    }
}

/// A command is stamped when it comes. One that waited is no sign of a clock that is behind.
#[tokio::test(start_paused = true)]
async fn a_command_that_waited_is_not_refused_for_it() {
    let log = Memory::new();
    let registrar = Registrar::new(Doubled(Slow(log.clone())), &world::rules());
    registrar.submit(&submission(1, register())).await.unwrap();
    assert!(registrar.parts()[0].state().is_well());
    assert_eq!(log.head().await.unwrap(), Position(2));
    let times = recorded_at(&log).await;
    assert!(times.iter().all(|time| *time > NOW), "raised to what was recorded before it: {times:?}");
}
