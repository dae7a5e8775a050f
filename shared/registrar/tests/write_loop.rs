//! The write loop: same id same answer, nothing doubled when an append goes wrong, no answer from a state that had passed.

#![expect(clippy::unwrap_used, reason = "a value of the test that is not one ends it")]

mod world;

use std::sync::Arc;

use domain::command::*;
use domain::*;
use event_log::{EventLog, Fault, Inspect, Memory};
use registrar::{
    Action, Aside, ClockGuard, Outcome, Receipt, SetAsideError, SettingAside, Submission, SubmitError, set_aside,
};
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
    other.digest = world::digest(99);
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
    let refused = registrar.submit(&submission(4, register())).await.unwrap();
    assert_eq!(refused.outcome, Outcome::AlreadyRecorded);
    assert_eq!(stored(&log).await, 2);
}

/// The name is changed and changed back, and another fact follows: what is already so was made so by the commit in the middle.
#[tokio::test]
async fn what_is_already_so_is_told_with_the_commit_that_made_it_so() {
    let log = Memory::new();
    let registrar = on(&log);
    let mut tails = Vec::new();
    for (id, action) in [(1, register()), (2, rename("新名")), (3, rename("网点")), (4, apply())] {
        let receipt = registrar.submit(&submission(id, action)).await.unwrap();
        assert_eq!(receipt.outcome, Outcome::Recorded);
        tails.push(receipt.tail);
    }
    for registrar in [&registrar, &on(&log)] {
        let receipt = registrar.submit(&submission(10, rename("网点"))).await.unwrap();
        assert_eq!((receipt.outcome, receipt.tail), (Outcome::AlreadyRecorded, tails[2]));
    }
    assert_eq!(stored(&log).await, 4);
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
        barred_on: day("2026-05-20"),
        until: day("2028-05-20"),
        document_number: text("禁入1号"),
        detail: text("多店乱收费"),
    };
    let action = Action::Operator(operator(), OperatorCommand::BarOperator(bar));
    there.submit(&Submission { action, ..submission(2, register()) }).await.unwrap();
    let refused = here.submit(&submission(3, apply())).await.unwrap_err();
    let SubmitError::Refused(Refusal::OperatorBarred { act, document, bureau, .. }) = &refused else {
        panic!("{refused}");
    };
    // Who asks learns what to name, and of whom.
    let recorded_by = submission(2, register()).bureau.to_string();
    assert_eq!((act.get(), &**document, bureau.code()), (1, "禁入1号", &*recorded_by));
    assert!(bureau.to_string().ends_with(&format!("({recorded_by})")), "with its name: {bureau}");
}

/// What cannot be read is set aside once it was looked at: not a commit, not other bytes, and not what a newer version may have written.
#[tokio::test]
async fn only_what_nobody_believes_is_set_aside() {
    let log = Memory::new();
    log.publish(&StreamId::Provider(provider()), b"hello".to_vec());
    log.publish(&StreamId::Log, vec![2, 0, 0]);
    let stopped = on(&log).submit(&submission(1, register())).await.unwrap_err();
    assert!(matches!(&stopped, SubmitError::Log(error) if error.stray() == Some(Position(1))), "{stopped}");
    let asked = |position, sha256, not_newer| SettingAside {
        position: Position(position),
        sha256,
        reason: Text::parse("误发").unwrap(),
        document_number: Text::parse("扬数〔2026〕3号").unwrap(),
        not_newer,
        id: RequestId::from_bytes([9; 16]),
        bureau: BureauId::parse("3210-development").unwrap(),
        officer: OfficerId::parse("hj-0042").unwrap(),
        now: Instant(1_790_000_000_000),
        scheme: Text::parse("yangzhou-2026.1").unwrap(),
        rules: domain::Position(0),
    };
    let (first, second) =
        (log.inspect(Position(1)).await.unwrap().unwrap(), log.inspect(Position(2)).await.unwrap().unwrap());
    let (hash, newer) = (first.sha256(), second.sha256());
    let refused = set_aside(&log, &asked(1, newer, true), &ClockGuard::default()).await.unwrap_err();
    assert!(matches!(refused, SetAsideError::OtherBytes { met, .. } if met == hash), "{refused}");
    let refused = set_aside(&log, &asked(3, hash, true), &ClockGuard::default()).await.unwrap_err();
    assert!(matches!(refused, SetAsideError::NothingThere(_)), "{refused}");
    let refused = set_aside(&log, &asked(2, newer, false), &ClockGuard::default()).await.unwrap_err();
    assert!(
        matches!(&refused, SetAsideError::Newer(_)) && refused.to_string().contains("newer version: form 2"),
        "{refused}"
    );
    assert_eq!(log.head().await.unwrap(), Position(2), "nothing was written");
    // What the machine knows counts where the log holds no time yet.
    let folder = tempfile::tempdir().unwrap();
    let kept = folder.path().join("clock");
    std::fs::write(&kept, "1790000000000").unwrap();
    for (position, sha256, by) in [(1, hash, 3), (2, newer, 4)] {
        // Of what was written by it the log could never be rid.
        let wrong = SettingAside { now: Instant(1_925_000_000_000), ..asked(position, sha256, true) };
        let guard = match position {
            1 => ClockGuard::new(kept.clone(), None),
            _ => ClockGuard::default(),
        };
        let refused = set_aside(&log, &wrong, &guard).await.unwrap_err();
        assert!(matches!(refused, SetAsideError::Clock(fault) if fault.reason() == "CLOCK_AHEAD"), "{refused}");
        assert_eq!(log.head().await.unwrap(), Position(by - 1), "nothing was written");
        let aside = set_aside(&log, &asked(position, sha256, true), &ClockGuard::default()).await.unwrap();
        assert_eq!(aside, Aside { by: Position(by), already: false });
        let again = set_aside(&log, &asked(position, sha256, true), &ClockGuard::default()).await.unwrap();
        assert_eq!(again, Aside { by: Position(by), already: true });
    }
    let believed = log.inspect(Position(3)).await.unwrap().unwrap();
    let refused = set_aside(&log, &asked(3, believed.sha256(), true), &ClockGuard::default()).await.unwrap_err();
    assert!(matches!(refused, SetAsideError::Believed(_)), "{refused}");
}

#[tokio::test]
async fn a_refusal_tells_in_what_the_act_on_record_is_another() {
    let registrar = on(&Memory::new());
    registrar.submit(&submission(1, register())).await.unwrap();
    let named = |name: &str| Command::RegisterProvider(RegisterProvider { particulars: particulars(name) });
    let differs = registrar.submit(&submission(2, named("别名"))).await.unwrap_err();
    let SubmitError::Differs(Refusal::ParticularsDiffer, difference) = differs else { panic!("{differs}") };
    assert_eq!((difference.act.get(), difference.names().as_str()), (1, "particulars.name"));
    // Also where they came along with something else.
    let Command::Apply(apply) = apply() else { unreachable!() };
    let applied = Command::Apply(Apply { particulars: Some(particulars("别名")), ..apply });
    let differs = registrar.submit(&submission(3, applied)).await.unwrap_err();
    assert!(matches!(&differs, SubmitError::Differs(Refusal::ParticularsDiffer, _)), "{differs}");
}
