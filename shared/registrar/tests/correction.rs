//! A correction through the write loop: it is asked of the whole stream, what follows is decided on what then stands, and a log with corrections is
//! the same when every commit is decided anew.

#![expect(clippy::unwrap_used, reason = "what is not as expected ends the test")]

mod world;

use std::sync::Arc;

use domain::command::*;
use domain::*;
use event_log::{EventLog, Memory, Recorded};
use registrar::{Action, Anew, Operators, Outcome, Registrar, Submission, SubmitError, stream_anew};
use world::*;

fn correct(id: u128, act: u32, right: Option<Command>) -> Submission {
    let command = CorrectAct {
        act: Act::new(act).unwrap(),
        corrected_on: day("2026-07-01"),
        reason: text("录入有误"),
        document_number: None,
        right: right.map(|right| Box::new(MadeBy::Provider(right))),
    };
    Submission { action: Action::CorrectProvider(provider(), command), ..submission(id, register()) }
}

async fn commits(log: &Memory) -> Vec<Recorded> {
    log.load(&StreamId::Provider(provider())).await.unwrap().commits
}

fn otherwise(commits: &[Recorded]) -> Vec<(u64, Anew)> {
    let rules = Arc::new(rules().editions());
    let found = stream_anew(commits, |_| Some(Arc::clone(&rules)), &Operators::default());
    found.into_iter().map(|otherwise| (otherwise.position.0, otherwise.anew)).collect()
}

#[tokio::test]
async fn what_was_entered_wrong_is_put_right_and_what_follows_goes_by_that() {
    let log = Memory::new();
    let registrar = on(&log);
    for (id, command) in (1..).zip([register(), rename("甲园"), apply()]) {
        let command = match command {
            Command::Apply(apply) => Command::Apply(Apply { particulars: None, ..apply }),
            other => other,
        };
        registrar.submit(&submission(id, command)).await.unwrap();
    }
    // Act 2 said another name than it should have.
    let mended = correct(4, 2, Some(rename("乙园")));
    let receipt = registrar.submit(&mended).await.unwrap();
    assert_eq!((receipt.outcome, receipt.tail.revision), (Outcome::Recorded, Revision(4)));
    // Sent again, by its id and under another.
    for id in [4, 5] {
        let again =
            registrar.submit(&Submission { id: RequestId::from_bytes(u128::to_be_bytes(id)), ..mended.clone() }).await;
        let again = again.unwrap();
        assert_eq!((again.outcome, again.tail, again.act), (Outcome::AlreadyRecorded, receipt.tail, Act::new(4).ok()));
    }
    // The state that is decided on from now on has the right name: what is renamed to it is so already.
    for registrar in [&registrar, &on(&log)] {
        let so = registrar.submit(&submission(6, rename("乙园"))).await.unwrap();
        assert_eq!((so.outcome, so.tail, so.act), (Outcome::AlreadyRecorded, receipt.tail, Act::new(2).ok()));
    }
    // Without its registration there is no case.
    let refused = registrar.submit(&correct(7, 1, None)).await.unwrap_err();
    let SubmitError::Refused(refusal) = refused else { panic!("{refused}") };
    assert_eq!(refusal.reason(), "ACT_RESTS_ON_IT");
    assert!(refusal.zh().contains("第3、2项"), "{}", refusal.zh());
    // Validated only, nothing is written.
    let asked = Submission { validate_only: true, ..correct(8, 3, None) };
    let validated = registrar.submit(&asked).await.unwrap();
    assert_eq!(
        (validated.outcome, validated.events.len(), validated.tail.revision),
        (Outcome::Validated, 1, Revision(4))
    );
    // Taken back, the wrong name stands again.
    registrar.submit(&correct(9, 4, None)).await.unwrap();
    let commits = commits(&log).await;
    let stands = replay(commits.iter().flat_map(|recorded| &recorded.commit.events));
    assert_eq!(stands.particulars.last().unwrap().particulars.name, text("甲园"));
    assert_eq!(otherwise(&commits), []);
}

#[tokio::test]
async fn a_bar_on_the_operator_is_counted_as_it_stood_in_its_day() {
    let log = Memory::new();
    let registrar = on(&log);
    registrar.submit(&submission(1, register())).await.unwrap();
    registrar.submit(&submission(2, apply())).await.unwrap();
    let bar = BarOperator {
        ground: GroundCode::parse("overcharging").unwrap(),
        barred_on: day("2026-06-20"),
        until: day("2028-06-20"),
        document_number: text("禁入1号"),
        detail: text("情形"),
    };
    let action = Action::Operator(operator(), OperatorCommand::BarOperator(bar));
    registrar.submit(&Submission { action, ..submission(3, register()) }).await.unwrap();
    // The application came before the bar: its day is corrected all the same.
    let earlier = Command::Apply(Apply {
        particulars: None,
        category: CategoryCode::parse("childcare").unwrap(),
        applied_on: day("2026-05-31"),
    });
    registrar.submit(&correct(4, 2, Some(earlier.clone()))).await.unwrap();
    // But not to one within the bar, which is known by now.
    let Command::Apply(earlier) = earlier else { unreachable!() };
    let within = Command::Apply(Apply { applied_on: day("2026-06-25"), ..earlier });
    let SubmitError::Refused(refusal) = registrar.submit(&correct(5, 2, Some(within))).await.unwrap_err() else {
        panic!("the rules refuse it")
    };
    assert_eq!(refusal.reason(), "OPERATOR_BARRED");
    let mut operators = Operators::default();
    operators.of(operator(), &log.load(&StreamId::Operator(operator())).await.unwrap());
    let rules = Arc::new(rules().editions());
    assert_eq!(stream_anew(&commits(&log).await, |_| Some(Arc::clone(&rules)), &operators), []);
}

#[tokio::test]
async fn a_fact_that_the_rules_would_not_give_is_found() {
    let log = Memory::new();
    let registrar: Registrar<Memory> = on(&log);
    registrar.submit(&submission(1, register())).await.unwrap();
    registrar.submit(&submission(2, rename("甲园"))).await.unwrap();
    let mut commits = commits(&log).await;
    let mut planted = |events: Vec<Event>| {
        commits[1].commit.events = events;
        otherwise(&commits)
    };
    let category = CategoryCode::parse("childcare").unwrap();
    let resumed = CaseAccepted { category: category.clone(), accepted_on: day("2026-06-02") };
    assert!(matches!(&planted(vec![resumed.into()])[..], [(2, Anew::Refused(Refusal::NoOpenCase))]));
    let expired =
        CertificationExpired { category, certification: Act::new(1).unwrap(), effective_on: day("2026-06-02") };
    assert!(matches!(&planted(vec![expired.into()])[..], [(2, Anew::Refused(_))]));
    let registered = ProviderRegistered { particulars: particulars("网点") };
    assert!(matches!(&planted(vec![registered.clone().into()])[..], [(2, Anew::Facts(facts))] if facts.is_empty()));
    assert!(matches!(&planted(vec![registered.clone().into(), registered.into()])[..], [(2, Anew::NoCommand(_))]));
}

/// What was corrected away is not on record: asked for anew it is recorded anew. The request that recorded it has its answer all the same.
#[tokio::test]
async fn an_act_that_was_corrected_away_can_be_entered_again_and_its_request_takes_no_effect_anew() {
    let log = Memory::new();
    let registrar = on(&log);
    registrar.submit(&submission(1, register())).await.unwrap();
    let first = registrar.submit(&submission(2, rename("甲园"))).await.unwrap();
    let same = registrar.submit(&submission(3, rename("甲园"))).await.unwrap();
    assert_eq!((first.outcome, first.act), (Outcome::Recorded, Act::new(2).ok()));
    assert_eq!((same.outcome, same.act, same.tail), (Outcome::AlreadyRecorded, first.act, first.tail));
    let away = registrar.submit(&correct(4, 2, None)).await.unwrap();
    assert_eq!((away.outcome, away.act), (Outcome::Recorded, Act::new(3).ok()));
    for registrar in [&registrar, &on(&log)] {
        let late = registrar.submit(&submission(2, rename("甲园"))).await.unwrap();
        assert_eq!((late.outcome, late.act, late.tail), (Outcome::AlreadyRecorded, first.act, first.tail));
        assert_eq!(commits(&log).await.len(), 3);
    }
    let anew = registrar.submit(&submission(5, rename("甲园"))).await.unwrap();
    assert_eq!((anew.outcome, anew.act), (Outcome::Recorded, Act::new(4).ok()));
    let again = on(&log).submit(&submission(6, rename("甲园"))).await.unwrap();
    assert_eq!((again.outcome, again.act, again.tail), (Outcome::AlreadyRecorded, anew.act, anew.tail));
    assert_eq!(otherwise(&commits(&log).await), []);
}

/// Applied for, refused on 2026-06-20, and found to have been taken back before: the decision names what is asked of it first.
#[tokio::test]
async fn an_act_that_is_typed_late_is_asked_of_the_later_ones() {
    let log = Memory::new();
    let registrar = on(&log);
    let category = || CategoryCode::parse("childcare").unwrap();
    let applied = Command::Apply(Apply {
        particulars: Some(particulars("网点")),
        category: category(),
        applied_on: day("2026-06-02"),
    });
    let accepted = Command::AcceptCase(AcceptCase { category: category(), accepted_on: day("2026-06-04") });
    let decided = Command::RefuseCase(RefuseCase {
        category: category(),
        decided_on: day("2026-06-20"),
        explanation: text("不符合条件"),
        document_number: text("不予认定1号"),
    });
    let inspected = Command::RecordInspection(RecordInspection {
        category: category(),
        inspected_on: day("2026-06-10"),
        passed: true,
        findings: text("符合"),
    });
    let taken_back =
        || Command::WithdrawCase(WithdrawCase { category: category(), withdrawn_on: day("2026-06-12"), reason: None });
    for (id, command) in [(1, applied), (2, accepted), (3, decided)] {
        registrar.submit(&submission(id, command)).await.unwrap();
    }
    for asked in [submission(4, taken_back()), Submission { validate_only: true, ..submission(5, taken_back()) }] {
        let refused = registrar.submit(&asked).await.unwrap_err();
        let SubmitError::Refused(refusal) = refused else { panic!("{refused}") };
        assert_eq!(refusal.reason(), "CONTRADICTS_LATER");
        assert!(refusal.zh().contains("第4项日期在后而先已登记"), "{}", refusal.zh());
    }
    // What does not bear on it is taken, and so is all once the decision is corrected to none.
    registrar.submit(&submission(6, inspected)).await.unwrap();
    registrar.submit(&correct(7, 4, None)).await.unwrap();
    registrar.submit(&submission(8, taken_back())).await.unwrap();
    assert_eq!(otherwise(&commits(&log).await), []);
}

/// Certified, ordered to mend on 2026-06-10, and found to have left before: the order falls, and the log is the same when it is decided anew.
#[tokio::test]
async fn what_was_done_on_what_was_over_stays_and_falls() {
    let log = Memory::new();
    let registrar = on(&log);
    let category = || CategoryCode::parse("childcare").unwrap();
    let listed = Command::RecordCertification(RecordCertification {
        ended: None,
        particulars: Some(particulars("网点")),
        category: category(),
        decided_on: Some(day("2026-05-04")),
        valid_from: None,
        valid_to: None,
        document_number: None,
        deciding_body: text("教育局"),
        publicity: None,
        source: text("名单"),
        valid_to_worked_out_from: None,
    });
    let ordered = |on: &str, document: &str| {
        Command::OrderRectification(OrderRectification {
            category: category(),
            ground: GroundCode::parse("overcharging").unwrap(),
            detail: text("情形"),
            ordered_on: day(on),
            due_on: day("2026-06-30"),
            legal_basis: text("第十一条"),
            document_number: text(document),
        })
    };
    let left = |on: &str| {
        let (requested_on, effective_on) = (day("2026-06-01"), day(on));
        Command::Withdraw(Withdraw { category: category(), requested_on, effective_on, reason: text("停业") })
    };
    let names = |receipt: &registrar::Receipt| receipt.events.iter().map(Event::name).collect::<Vec<_>>();
    registrar.submit(&submission(1, listed)).await.unwrap();
    registrar.submit(&submission(2, ordered("2026-06-10", "责改1号"))).await.unwrap();
    let late = registrar.submit(&submission(3, left("2026-06-12"))).await.unwrap();
    assert_eq!(names(&late), ["CertificationWithdrawn"]);
    registrar.submit(&submission(4, ordered("2026-06-11", "责改2号"))).await.unwrap();
    let moved = registrar.submit(&correct(5, 4, Some(left("2026-06-05")))).await.unwrap();
    assert_eq!(names(&moved), ["ActCorrected", "MeasureFell", "MeasureFell"]);
    assert_eq!(otherwise(&commits(&log).await), []);
}
