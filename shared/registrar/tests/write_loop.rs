//! The write loop: same id same answer, nothing doubled when an append goes wrong, no answer from a state that had passed.

#![expect(clippy::unwrap_used, reason = "a value of the test that is not one ends it")]

mod world;

use std::sync::Arc;

use domain::command::*;
use domain::*;
use event_log::{EventLog, Fault, Memory};
use registrar::{Action, Outcome, Receipt, Submission, SubmitError};
use world::{apply, day, on, operator, particulars, provider, register, rename, submission, text};

async fn stored(log: &Memory) -> usize {
    log.load(&StreamId::Provider(provider())).await.unwrap().len()
}

#[tokio::test]
async fn the_same_request_gets_the_first_answer_again() {
    let log = Memory::new();
    let registrar = on(&log);
    let first = registrar.submit(&submission(1, register())).await.unwrap();
    assert_eq!(first.outcome, Outcome::Recorded);
    registrar.submit(&submission(2, rename("新名"))).await.unwrap();
    // Also from a process that never saw it, and although the state has moved on.
    for registrar in [registrar, on(&log)] {
        let again = registrar.submit(&submission(1, register())).await.unwrap();
        assert_eq!(again, Receipt { outcome: Outcome::AlreadyRecorded, ..first.clone() });
    }
    let mut other = submission(1, rename("别名"));
    other.digest = [99; 16];
    assert!(matches!(on(&log).submit(&other).await, Err(SubmitError::RequestReused)));
    assert_eq!(stored(&log).await, 2);
}

#[tokio::test]
async fn nothing_is_written_that_was_not_asked_for() {
    let log = Memory::new();
    let registrar = on(&log);
    let validated = Submission { validate_only: true, ..submission(1, register()) };
    assert_eq!(registrar.submit(&validated).await.unwrap().outcome, Outcome::Validated);
    assert_eq!(stored(&log).await, 0);
    registrar.submit(&submission(1, register())).await.unwrap();
    assert_eq!(registrar.submit(&submission(2, register())).await.unwrap().outcome, Outcome::AlreadyRecorded);
    let stale = Submission { expected_revision: Some(Revision(7)), ..submission(3, apply()) };
    assert!(matches!(registrar.submit(&stale).await, Err(SubmitError::RevisionMismatch { actual: Revision(1) })));
    let right = Submission { expected_revision: Some(Revision(1)), ..submission(3, apply()) };
    assert_eq!(registrar.submit(&right).await.unwrap().tail.revision, Revision(2));
    let refused = registrar.submit(&submission(4, rename("网点"))).await.unwrap();
    assert_eq!(refused.outcome, Outcome::AlreadyRecorded);
    assert_eq!(stored(&log).await, 2);
}

#[tokio::test]
async fn an_append_that_goes_wrong_is_told_as_it_is_and_never_doubled() {
    // What goes wrong, whether the caller may know, how many commits are there, and after the same request again.
    let table = [
        (Fault::NotStored, false, 0, Outcome::Recorded),
        (Fault::NotStoredUnknown, true, 0, Outcome::Recorded),
        (Fault::StoredUnknown, true, 1, Outcome::AlreadyRecorded),
        (Fault::StoredLater, true, 0, Outcome::AlreadyRecorded),
    ];
    for (fault, unknown, there, again) in table {
        let log = Memory::new();
        let registrar = on(&log);
        log.inject(fault);
        let answer = registrar.submit(&submission(1, register())).await;
        match answer {
            Err(SubmitError::OutcomeUnknown(_)) => assert!(unknown, "{fault:?}"),
            Err(SubmitError::Unavailable(_)) => assert!(!unknown, "{fault:?}"),
            other => panic!("{fault:?}: {other:?}"),
        }
        assert_eq!(stored(&log).await, there, "{fault:?}");
        assert_eq!(registrar.submit(&submission(1, register())).await.unwrap().outcome, again, "{fault:?}");
        assert_eq!(stored(&log).await, 1, "{fault:?}");
    }
}

#[tokio::test]
async fn no_answer_rests_on_a_state_that_had_passed() {
    let log = Memory::new();
    let (here, there) = (on(&log), on(&log));
    here.submit(&submission(1, register())).await.unwrap();
    // `there` changes the name; `here` still holds the old state, on which the change back would be "already so".
    there.submit(&submission(2, rename("新名"))).await.unwrap();
    let back = here.submit(&submission(3, rename("网点"))).await.unwrap();
    assert_eq!((back.outcome, back.tail.revision), (Outcome::Recorded, Revision(3)));
    // And a "no" that was right on the old state is not given on the new one.
    let differs = there
        .submit(&submission(4, Command::RegisterProvider(RegisterProvider { particulars: particulars("网点") })))
        .await;
    assert_eq!(differs.unwrap().outcome, Outcome::AlreadyRecorded);
}

#[tokio::test]
async fn writers_in_two_processes_lose_nothing_to_each_other() {
    let log = Memory::new();
    let registrars = [Arc::new(on(&log)), Arc::new(on(&log))];
    registrars[0].submit(&submission(1, register())).await.unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..64_u128 {
        let registrar = Arc::clone(&registrars[usize::try_from(number % 2).unwrap()]);
        tasks.spawn(async move {
            let submission = submission(10 + number, rename(&format!("名{number}")));
            loop {
                match registrar.submit(&submission).await {
                    Ok(receipt) => return receipt.tail.revision,
                    Err(SubmitError::Contended) => tokio::task::yield_now().await,
                    Err(error) => panic!("{error}"),
                }
            }
        });
    }
    let mut revisions = tasks.join_all().await;
    revisions.sort_unstable();
    assert_eq!(revisions, (2..=65).map(Revision).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_bar_recorded_elsewhere_is_seen_at_the_next_application() {
    let log = Memory::new();
    let (here, there) = (on(&log), on(&log));
    here.submit(&submission(1, register())).await.unwrap();
    let bar = BarOperator {
        ground: GroundCode::parse("overcharging").unwrap(),
        barred_on: day("2026-06-20"),
        until: day("2028-06-19"),
        document_number: text("禁入1号"),
        detail: text("多店乱收费"),
    };
    let action = Action::Operator(operator(), OperatorCommand::BarOperator(bar));
    there.submit(&Submission { action, ..submission(2, register()) }).await.unwrap();
    let refused = here.submit(&submission(3, apply())).await.unwrap_err();
    assert!(matches!(&refused, SubmitError::Refused(Refusal::OperatorBarred { .. })), "{refused}");
}
