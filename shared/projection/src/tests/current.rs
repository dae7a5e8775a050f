//! When the rows are known to have held everything the log had.

use event_log::conformance::{Double, Doubled};

use super::*;

/// Waits until the rows were current once, and checks at every step that they were not before they held `end`.
async fn current_at(reader: &Reader, end: u64) -> std::time::Instant {
    let mut progress = reader.progress();
    let reached = async {
        loop {
            let now = progress.borrow_and_update().clone();
            if let Some(current) = now.current {
                assert!(now.cursor >= Position(end), "current at {} of {end}", now.cursor.0);
                return current;
            }
            progress.changed().await.unwrap();
        }
    };
    tokio::time::timeout(LONGEST, reached).await.expect("in time")
}

#[tokio::test]
async fn rows_were_current_when_the_log_was_asked_and_not_before_they_held_what_it_said() {
    let (log, folder) = (Memory::new(), tempfile::tempdir().unwrap());
    fill(&log, 9).await;
    let all = recorded(&log).await;
    let some: Vec<_> =
        all[..5].iter().cloned().map(Ok).chain([Err(LogError::Unavailable("a test".to_owned()))]).collect();
    let rest = all[4..].iter().cloned().map(Ok).collect();
    let before = std::time::Instant::now();
    let running = Running::start::<1>(folder.path(), Script::new(9, [some, rest]));
    assert_eq!(running.reader.progress().borrow().current, None, "nobody has asked yet");
    let current = current_at(&running.reader, 9).await;
    assert!(before <= current && current <= std::time::Instant::now());
    running.stop().await;
}

/// A log that goes on while it says where it ends: what is appended meanwhile must be applied before it answers.
struct Slow {
    log: Memory,
    reader: Reader,
    asked: Mutex<u32>,
    answered: tokio::sync::watch::Sender<u32>,
}

impl Double for Slow {
    fn log(&self) -> Memory {
        self.log.clone()
    }

    async fn head(&self) -> Result<Position, LogError> {
        let first = {
            let mut asked = self.asked.lock().unwrap();
            *asked += 1;
            *asked == 1
        };
        // Nothing follows before the first answer.
        if !first {
            fill(&self.log, 1).await;
            let head = self.log.head().await?;
            self.reader.wait_for(head, LONGEST).await.unwrap();
            self.answered.send_modify(|answered| *answered += 1);
        }
        self.log.head().await
    }
}

#[tokio::test]
async fn a_log_that_is_slow_to_say_where_it_ends_does_not_hold_up_what_it_has() {
    let folder = tempfile::tempdir().unwrap();
    let (reader, applier) = Reader::open(folder.path(), Counts::<1>).unwrap();
    let (answered, mut answers) = tokio::sync::watch::channel(0);
    let slow = Slow { log: Memory::new(), reader: reader.clone(), asked: Mutex::new(0), answered };
    let running = Running::run(reader, applier, Doubled(slow));
    tokio::time::timeout(LONGEST, answers.wait_for(|answers| *answers >= 2)).await.expect("in time").unwrap();
    running.stop().await;
}
