//! What the suite writes and reads.

use std::pin::pin;

use domain::{
    Act, BureauId, CategoryCode, CertificationWithdrawn, Commit, Day, Event, Instant, OfficerId, OperatorCode,
    ProviderId, RequestId, StreamId, Text, Uscc,
};
use futures_util::{Stream, StreamExt};

use crate::contract::EventLog;
use crate::error::LogError;
use crate::recorded::{Followed, Recorded, Tail};

/// The `number`-th provider of the suite.
///
/// # Panics
///
/// Never, for the numbers the suite uses.
pub fn provider(number: u32) -> StreamId {
    let uscc = Uscc::synthetic("91", "321003", &format!("{number:08}")).expect("eight digits");
    StreamId::Provider(ProviderId::new(OperatorCode::Uscc(uscc), 1).expect("outlet 1"))
}

/// A commit with this id.
///
/// # Panics
///
/// Never.
pub fn commit(id: u128) -> Commit {
    commit_with(id, "搬迁")
}

pub(super) fn commit_with(id: u128, reason: &str) -> Commit {
    Commit {
        id: RequestId::from_bytes(id.to_be_bytes()),
        digest: domain::RequestDigest::from_bytes([7; 20]),
        bureau: BureauId::parse("321003-health").expect("a code"),
        officer: OfficerId::parse("hj-0042").expect("a staff number"),
        recorded_at: Instant(1_763_884_800_000),
        scheme: Text::parse("yangzhou-2026.1").expect("a version"),
        rules: domain::Position(0),
        events: vec![Event::from(CertificationWithdrawn {
            category: CategoryCode::parse("childcare").expect("a code"),
            certification: Act::new(1).expect("a number"),
            requested_on: Day::parse("2025-06-01").expect("a day"),
            effective_on: Day::parse("2025-07-01").expect("a day"),
            reason: Text::parse(reason).expect("a reason"),
        })],
    }
}

pub(super) async fn append(log: &impl EventLog, stream: &StreamId, after: Tail, id: u128) -> Tail {
    log.append(stream, after, &commit(id)).await.expect("appended")
}

pub(super) async fn take(follow: impl Stream<Item = Result<Followed, LogError>>, count: usize) -> Vec<Recorded> {
    let follow = pin!(follow);
    let commit = |next: Result<Followed, LogError>| next.expect("followed").into_commit().expect("a commit");
    follow.take(count).map(commit).collect().await
}
