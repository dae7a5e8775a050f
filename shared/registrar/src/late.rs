//! A command that is typed after acts of later days: what it makes is asked of those, and so of the whole stream.

use domain::{Day, Event, Position, is_late, stands_beside};
use event_log::EventLog;
use rulebook::Editions;

use crate::correction::operators;
use crate::history::History;
use crate::submission::{Action, Submission, SubmitError};
use crate::then::{InForce, Then, entries};

/// Whether the acts of later days that are on record stand beside what a late command makes; of one that is not late, nothing is read.
pub(crate) async fn stands<L: EventLog>(
    log: &L,
    editions: &Editions,
    history: &History,
    submission: &Submission,
    made: &[Event],
) -> Result<(), SubmitError> {
    let Action::Provider(provider, command) = &submission.action else { return Ok(()) };
    if made.is_empty() || !is_late(&history.provider, command) {
        return Ok(());
    }
    let loaded = log.load(&submission.action.stream()).await?;
    let known = loaded.partition_point(|recorded| recorded.revision <= history.tail.revision);
    let commits = loaded.get(..known).unwrap_or_default();
    let operators = operators(log, provider, None, commits).await?;
    let today = Day::of(submission.now);
    let rules = InForce::of_provider(editions, commits, None, today).map_err(SubmitError::Refused)?;
    let then = Then { rules: &rules, provider, operators: &operators, now: Position(u64::MAX) };
    stands_beside(&entries(commits), command, made, &then).map_err(SubmitError::Refused)
}
