//! States that are large: what is kept of them is bounded in bytes, and what was let go is read again.

#![expect(clippy::unwrap_used, reason = "a value of the test that is not one ends it")]

mod world;

use domain::command::{Command, MakePledge};
use domain::{OperatorCode, PledgeForm, PledgeNumber, PledgeType, PromisorClass, ProviderId, PublicationScope, Uscc};
use event_log::Memory;
use registrar::{Action, CACHE_BYTES_MAX, Outcome, Submission, SubmitError};
use world::{day, on, register, submission, text};

/// Providers whose states take more than there is room for: three pledges each, of two statements of 4,000 characters.
const PROVIDERS: u32 = 1_500;
const PLEDGES: u32 = 3;

fn uscc(number: u32) -> Uscc {
    Uscc::synthetic("91", "321003", &format!("{number:08}")).unwrap()
}

fn to(number: u32, id: u32, command: Command) -> Submission {
    let provider = ProviderId::new(OperatorCode::Uscc(uscc(number)), 1).unwrap();
    Submission { action: Action::Provider(provider, command), ..submission(u128::from(number * 10 + id), register()) }
}

fn pledge(number: u32, pledge: u32) -> Submission {
    let statement = || text(&"诺".repeat(4_000));
    let form = PledgeForm {
        number: PledgeNumber::parse(&format!("32100320260302{pledge:06}")).unwrap(),
        promisor_name: text("主体"),
        promisor_class: PromisorClass::Organisation,
        promisor_uscc: Some(uscc(number)),
        pledge_type: PledgeType::Voluntary,
        other_type: None,
        reason: text("合成"),
        content: statement(),
        liability: statement(),
        made_on: day("2026-03-02"),
        valid_until: None,
        accepting_unit: text("单位"),
        accepting_unit_uscc: uscc(number),
        publication: PublicationScope::Public,
        remarks: None,
    };
    to(number, pledge, Command::MakePledge(MakePledge { pledge: form }))
}

#[tokio::test]
async fn large_states_are_bounded_in_bytes_and_let_go_without_a_wrong_answer() {
    let registrar = on(&Memory::new());
    let mut fullest = 0;
    for number in 0..PROVIDERS {
        registrar.submit(&to(number, 0, register())).await.unwrap();
        for made in 1..=PLEDGES {
            let receipt = registrar.submit(&pledge(number, made)).await.unwrap();
            assert_eq!(receipt.tail.revision.0, u64::from(made) + 1);
            fullest = fullest.max(registrar.cached_bytes());
            assert!(fullest <= CACHE_BYTES_MAX, "{fullest}");
        }
    }
    assert!(fullest > CACHE_BYTES_MAX * 9 / 10, "{fullest}: not filled");
    // The first are not kept any more, the last are: all answer alike.
    for number in [0, 1, PROVIDERS / 2, PROVIDERS - 1] {
        let again = registrar.submit(&pledge(number, 2)).await.unwrap();
        assert_eq!((again.outcome, again.tail.revision.0), (Outcome::AlreadyRecorded, 3));
        let reused = Submission { digest: world::digest(99), ..pledge(number, 1) };
        assert!(matches!(registrar.submit(&reused).await, Err(SubmitError::RequestReused)));
        let next = registrar.submit(&pledge(number, PLEDGES + 1)).await.unwrap();
        assert_eq!((next.outcome, next.tail.revision.0), (Outcome::Recorded, 5));
    }
}
