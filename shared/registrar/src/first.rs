//! A request that is on record: whether it asked for the same, and the answer that it got.

use domain::{Act, Event, RequestDigest, StreamId, command_of};
use event_log::EventLog;

use crate::history::facts_before;
use crate::submission::{Outcome, Receipt, Submission, SubmitError};

/// Whether the request with this id that is on record asked for the same.
pub(crate) fn same_request(recorded: RequestDigest, submission: &Submission) -> Result<(), SubmitError> {
    if recorded == submission.digest {
        return Ok(());
    }
    let comparable = recorded.is_comparable(&submission.digest);
    Err(if comparable { SubmitError::RequestReused } else { SubmitError::RequestKeyDiffers })
}

/// The answer the first command with this id got.
pub(crate) async fn first_answer<L: EventLog>(
    log: &L,
    stream: &StreamId,
    submission: &Submission,
) -> Result<Receipt, SubmitError> {
    let commits = log.load(stream).await?;
    let at = commits.iter().position(|recorded| recorded.commit.id == submission.id);
    let (at, first) = at
        .and_then(|at| Some((at, commits.get(at)?)))
        .ok_or_else(|| SubmitError::Unavailable("the first commit was not found".to_owned()))?;
    same_request(first.commit.digest, submission)?;
    Ok(Receipt {
        log: log.id(),
        tail: first.tail(),
        act: own_act(facts_before(&commits, at), &first.commit.events),
        outcome: Outcome::AlreadyRecorded,
        events: first.commit.events.clone(),
    })
}

/// The number of the act that a commit of these facts was asked for, after so many facts.
pub(crate) fn own_act(before: u32, events: &[Event]) -> Option<Act> {
    // Mostly it is all there is.
    let up_to = if events.len() == 1 { 1 } else { command_of(events).ok()?.up_to_its_act() };
    u32::try_from(up_to).ok().and_then(|up_to| Act::new(before.saturating_add(up_to)).ok())
}
