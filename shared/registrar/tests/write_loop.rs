//! The write loop: same id same answer, nothing doubled when an append goes wrong, no answer from a state that had passed.

#![expect(clippy::unwrap_used, reason = "a value of the test that is not one ends it")]

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::command::*;
use domain::*;
use event_log::{EventLog, Fault, Memory};
use registrar::{Action, Outcome, Receipt, Registrar, Rules, Submission, SubmitError};

fn text<const MAX: usize>(text: &str) -> Text<MAX> {
    Text::parse(text).unwrap()
}

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

fn rules() -> Arc<Rules> {
    let rules = CategoryRules {
        name: text("托育"),
        notice_days: 5,
        notice_count: DayCount::Calendar,
        validity_months: 36,
        suspension: true,
        renewal_window_days: 180,
        rectification_days: 30,
        revocation_needs_notice: true,
        hearing_days: 5,
    };
    let bureau = Bureau {
        name: text("单位"),
        areas: vec![Area::Everywhere],
        categories: vec![],
        back_enters: true,
        bars_operators: true,
    };
    let scheme = Scheme {
        version: text("test-1"),
        in_force_from: day("2022-12-01"),
        categories: BTreeMap::from([(CategoryCode::parse("childcare").unwrap(), rules)]),
        bureaus: BTreeMap::from([(BureauId::parse("health").unwrap(), bureau)]),
        grounds: BTreeMap::from([(
            GroundCode::parse("overcharging").unwrap(),
            Ground { name: text("乱收费"), bar_months: 24 },
        )]),
        zones: BTreeMap::new(),
        plaque_return_days: 15,
        repair_months: (3, 12),
    };
    let divisions = DivisionTable::new("test", [("321003".to_owned(), "邗江区".to_owned())]);
    Arc::new(Rules { scheme, calendar: Calendar::default(), divisions })
}

fn on(log: &Memory) -> Registrar<Memory> {
    Registrar::new(log.clone(), rules())
}

fn operator() -> OperatorCode {
    OperatorCode::parse("914403001922038216").unwrap()
}

fn provider() -> ProviderId {
    ProviderId::new(operator(), 1).unwrap()
}

fn submission(id: u128, command: Command) -> Submission {
    let body = u8::try_from(id % 251).unwrap();
    Submission {
        id: RequestId::from_bytes(id.to_be_bytes()),
        digest: [body; 16],
        bureau: BureauId::parse("health").unwrap(),
        officer: OfficerId::parse("hj-1").unwrap(),
        now: Instant(1_782_864_000_000),
        expected_revision: None,
        validate_only: false,
        action: Action::Provider(provider(), command),
    }
}

fn particulars(name: &str) -> Particulars {
    Particulars {
        name: text(name),
        operator_name: text("主体"),
        division: Division::parse("321003").unwrap(),
        zone: None,
        address: None,
        phone: None,
        location: None,
        withhold_address: false,
    }
}

fn register() -> Command {
    Command::RegisterProvider(RegisterProvider { particulars: particulars("网点") })
}

fn apply() -> Command {
    Command::Apply(Apply {
        particulars: Some(particulars("网点")),
        category: CategoryCode::parse("childcare").unwrap(),
        applied_on: day("2026-06-01"),
    })
}

fn rename(name: &str) -> Command {
    Command::AmendParticulars(AmendParticulars {
        particulars: particulars(name),
        effective_on: day("2026-06-01"),
        document_number: None,
        site_checked_on: None,
    })
}

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
