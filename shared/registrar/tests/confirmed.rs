//! Codes that fail their check through the write loop: taken once a bureau confirmed them, and the log is the same when it is decided anew.

#![expect(clippy::unwrap_used, reason = "what is not as expected ends the test")]

mod world;

use std::sync::Arc;

use domain::command::*;
use domain::*;
use event_log::{EventLog, Memory};
use registrar::{Action, Operators, Outcome, Registrar, Submission, SubmitError, stream_anew};
use world::*;

/// A real code of before 2016.
fn unchecked() -> Uscc {
    Uscc::parse_confirmed("91350203M0001QKT19").unwrap()
}

fn outlet() -> ProviderId {
    ProviderId::new(OperatorCode::Uscc(unchecked()), 1).unwrap()
}

fn of_outlet(id: u128, command: Command) -> Submission {
    Submission { action: Action::Provider(outlet(), command), ..submission(id, register()) }
}

fn of_code(id: u128, action: impl FnOnce(OperatorCode) -> Action) -> Submission {
    Submission { action: action(OperatorCode::Uscc(unchecked())), ..submission(id, register()) }
}

fn confirm(id: u128) -> Submission {
    of_code(id, |code| {
        let command = ConfirmOperatorCode {
            confirmed_on: day("2026-06-30"),
            document_number: text("执照350203-1"),
            seen: text("营业执照正本"),
        };
        Action::Operator(code, OperatorCommand::ConfirmOperatorCode(command))
    })
}

fn correct_to_none(id: u128) -> Submission {
    of_code(id, |code| {
        let command = CorrectAct {
            act: Act::new(1).unwrap(),
            corrected_on: day("2026-07-01"),
            reason: text("看错"),
            document_number: None,
            right: None,
        };
        Action::CorrectOperator(code, command)
    })
}

async fn reason(registrar: &Registrar<Memory>, asked: Submission) -> &'static str {
    match registrar.submit(&asked).await {
        Err(SubmitError::Refused(refusal)) => refusal.reason(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_code_that_fails_its_check_is_entered_once_it_was_confirmed() {
    let log = Memory::new();
    // Another process on the same log sees it as soon as it is recorded.
    let (registrar, other) = (on(&log), on(&log));
    assert_eq!(reason(&registrar, of_outlet(1, register())).await, "CODE_NOT_CONFIRMED");
    assert_eq!(reason(&other, of_outlet(1, register())).await, "CODE_NOT_CONFIRMED");
    let receipt = registrar.submit(&confirm(2)).await.unwrap();
    assert_eq!(receipt.outcome, Outcome::Recorded);
    assert_eq!(registrar.submit(&confirm(3)).await.unwrap().outcome, Outcome::AlreadyRecorded);
    assert_eq!(other.submit(&of_outlet(4, register())).await.unwrap().outcome, Outcome::Recorded);
    let identify = Command::IdentifyOperator(IdentifyOperator {
        operator_uscc: unchecked(),
        operator_name: text("主体"),
        identified_on: day("2026-06-30"),
        document_number: text("执照350203-1"),
    });
    let listed = ProviderId::new(OperatorCode::to_be_completed("321003", [7; 8]).unwrap(), 1).unwrap();
    for (id, command) in [(5, register()), (6, identify)] {
        let asked = Submission { action: Action::Provider(listed.clone(), command), ..submission(id, register()) };
        registrar.submit(&asked).await.unwrap();
    }
    // The confirmation is taken back: what came by it stands, and nothing new does.
    registrar.submit(&correct_to_none(7)).await.unwrap();
    assert_eq!(registrar.submit(&of_outlet(8, apply())).await.unwrap().outcome, Outcome::Recorded);
    let second = ProviderId::new(OperatorCode::Uscc(unchecked()), 2).unwrap();
    let asked = Submission { action: Action::Provider(second, register()), ..submission(9, register()) };
    assert_eq!(reason(&registrar, asked).await, "CODE_NOT_CONFIRMED");
    // An act of before is corrected all the same: it goes by what was confirmed in its day.
    let command = CorrectAct {
        act: Act::new(1).unwrap(),
        corrected_on: day("2026-07-01"),
        reason: text("录错"),
        document_number: None,
        right: Some(Box::new(MadeBy::Provider(Command::RegisterProvider(RegisterProvider {
            particulars: particulars("网点乙"),
        })))),
    };
    let asked = Submission { action: Action::CorrectProvider(outlet(), command), ..submission(10, register()) };
    assert_eq!(registrar.submit(&asked).await.unwrap().outcome, Outcome::Recorded);

    let mut operators = Operators::default();
    let code = OperatorCode::Uscc(unchecked());
    let of_code = log.load(&StreamId::Operator(code.clone())).await.unwrap();
    operators.of(code, &of_code);
    let rules = Arc::new(rules().editions());
    for commits in [
        of_code,
        log.load(&StreamId::Provider(outlet())).await.unwrap(),
        log.load(&StreamId::Provider(listed)).await.unwrap(),
    ] {
        assert_eq!(stream_anew(&commits, |_| Some(Arc::clone(&rules)), &operators), []);
        let found = stream_anew(&commits, |_| Some(Arc::clone(&rules)), &Operators::default());
        let of_provider = commits.iter().any(|recorded| matches!(recorded.stream, StreamId::Provider(_)));
        assert_eq!(!found.is_empty(), of_provider, "without its confirmation no code is entered");
    }
}
