//! Tells of the rows, as a part of the process, whether answers from them are whole.

use std::time::{Duration, Instant};

use event_log::EventLog;
use parts::{Part, Watch};
use projection::Progress;
use tokio::sync::watch as signal;
use tokio::time::MissedTickBehavior;

use crate::calls::whole::{STUCK_MAX, why_unwell};

/// How often it is looked whether the rows still become current.
const LOOK_EVERY: Duration = if cfg!(test) { Duration::from_millis(20) } else { Duration::from_secs(1) };
/// From when on the log is asked as well whether it answers: rows that keep up become current twice a second.
const ASKED_AFTER: Duration = if cfg!(test) { Duration::from_millis(50) } else { Duration::from_secs(2) };
/// Longest wait for the log's answer, before it counts as away.
const ANSWER_MAX: Duration = Duration::from_millis(500);

/// Whether the rows get nowhere though the log answers: a follower or an applier that hangs does not say so.
#[derive(Debug, Clone, Copy)]
struct Keeping {
    /// When the rows last held everything, and when it was seen that they did.
    current: Option<Instant>,
    seen: Instant,
    /// Since when the log has answered, each time it was asked.
    answers: Option<Instant>,
}

impl Keeping {
    fn new(now: Instant) -> Self {
        Self { current: None, seen: now, answers: None }
    }

    /// Notes when the rows were current. What lags behind a log that is written to, and goes on, becomes current again and again.
    fn note(&mut self, now: Instant, current: Option<Instant>) {
        if self.current != current {
            *self = Self { current, seen: now, answers: None };
        }
    }

    /// Whether it is to be asked if the log answers.
    fn asks(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.seen) > ASKED_AFTER
    }

    fn answered(&mut self, asked: Instant, answers: bool) {
        self.answers = answers.then(|| self.answers.unwrap_or(asked));
    }

    fn stuck(&self, now: Instant) -> bool {
        self.answers.is_some_and(|since| now.saturating_duration_since(since) > STUCK_MAX)
    }
}

/// Tells of the rows whether answers from them are whole, and whether they get on.
pub(crate) fn tell_whether_whole(log: impl EventLog, mut progress: signal::Receiver<Progress>) -> Watch {
    let part = Part::new("rows-whole");
    let watch = part.watch();
    let tell = move |progress: &Progress, stuck: bool| match why_unwell(progress, stuck) {
        Some(why) => part.unwell(why),
        None => part.well(),
    };
    tell(&progress.borrow_and_update(), false);
    tokio::spawn(async move {
        let mut keeping = Keeping::new(Instant::now());
        let mut looks = tokio::time::interval(LOOK_EVERY);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let looks = tokio::select! {
                changed = progress.changed() => match changed {
                    Ok(()) => false,
                    Err(_) => return,
                },
                _ = looks.tick() => true,
            };
            let asked = Instant::now();
            keeping.note(asked, progress.borrow().current);
            if looks && keeping.asks(asked) {
                let answers = tokio::time::timeout(ANSWER_MAX, log.head()).await;
                keeping.answered(asked, matches!(answers, Ok(Ok(_))));
            }
            let now = progress.borrow_and_update();
            keeping.note(asked, now.current);
            tell(&now, keeping.stuck(Instant::now()));
        }
    });
    watch
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_stuck_where_the_log_answers_and_they_are_never_current() {
        let begun = Instant::now();
        let at = |after: Duration| begun + after;
        let mut keeping = Keeping::new(begun);
        keeping.note(begun, Some(begun));
        assert!(!keeping.asks(at(ASKED_AFTER)) && keeping.asks(at(ASKED_AFTER * 2)));
        // A log that is away for however long.
        keeping.answered(at(STUCK_MAX), false);
        assert!(!keeping.stuck(at(STUCK_MAX * 9)));
        // It answers, and did not once between.
        let (first, second) = (at(STUCK_MAX * 9), at(STUCK_MAX * 10));
        keeping.answered(first, true);
        keeping.answered(second, false);
        keeping.answered(second, true);
        assert!(!keeping.stuck(first + STUCK_MAX * 2));
        assert!(keeping.stuck(second + STUCK_MAX * 2));
        // Rows that lag, and are current as of a moment long ago again and again.
        keeping.note(second, Some(at(STUCK_MAX)));
        assert!(!keeping.stuck(second + STUCK_MAX * 2) && !keeping.asks(second));
    }
}
