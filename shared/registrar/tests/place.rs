//! A correction of where an outlet is: what was decided after it is asked of the scheme of the right place.

#![expect(clippy::unwrap_used, reason = "what is not as expected ends the test")]

mod world;

use domain::command::*;
use domain::*;
use event_log::Memory;
use registrar::{Action, Outcome, Registrar, Submission, SubmitError};
use world::*;

const CITY: &str = "3210-development";

fn by_city(id: u128, action: Action) -> Submission {
    Submission { bureau: BureauId::parse(CITY).unwrap(), action, ..submission(id, register()) }
}

async fn taken(registrar: &Registrar<Memory>, id: u128, action: Action) {
    let receipt = registrar.submit(&by_city(id, action)).await.unwrap();
    assert_eq!(receipt.outcome, Outcome::Recorded, "{id}");
}

/// A scheme of 广陵区 that asks for notices of seven days, where the city's asks for five.
fn county() -> RulesCommand {
    let text = "area = \"321002\"\nversion = \"gl-1\"\nin_force_from = \"2026-01-01\"\n[defaults]\nnotice_days = 7\n";
    RulesCommand::AdoptScheme(AdoptScheme {
        text: RulesText::parse(text).unwrap(),
        adopted_on: day("2026-06-01"),
        adopted_by: text_of("制定机关"),
        document_number: text_of("1号"),
        corrects: None,
    })
}

fn text_of<const MAX: usize>(of: &str) -> Text<MAX> {
    text(of)
}

fn at(division: &str) -> Particulars {
    Particulars { division: Division::parse(division).unwrap(), ..particulars("网点") }
}

fn open_notice() -> Command {
    let notice = NoticeWindow::new(day("2026-06-08"), day("2026-06-12")).unwrap();
    Command::OpenNotice(OpenNotice { category: CategoryCode::parse("childcare").unwrap(), notice, published_at: None })
}

fn steps() -> Vec<Command> {
    let category = CategoryCode::parse("childcare").unwrap();
    vec![
        Command::RegisterProvider(RegisterProvider { particulars: at("321003") }),
        Command::Apply(Apply { particulars: None, category: category.clone(), applied_on: day("2026-06-01") }),
        Command::AcceptCase(AcceptCase { category: category.clone(), accepted_on: day("2026-06-02") }),
        Command::RecordInspection(RecordInspection {
            category,
            inspected_on: day("2026-06-03"),
            passed: true,
            findings: text("合格"),
        }),
        open_notice(),
    ]
}

/// A notice of five working days stands in 邗江区; the outlet is in 广陵区, which asks for seven.
#[tokio::test]
async fn what_came_after_is_asked_of_the_scheme_of_the_right_place() {
    let log = Memory::new();
    let registrar = Registrar::following(log.clone());
    taken(&registrar, 1, begin()).await;
    taken(&registrar, 2, Action::Rules(county())).await;
    for (id, command) in (3..).zip(steps()) {
        taken(&registrar, id, Action::Provider(provider(), command)).await;
    }
    let correct = |id, division: &str| {
        let right = Command::RegisterProvider(RegisterProvider { particulars: at(division) });
        let command = CorrectAct {
            act: Act::new(1).unwrap(),
            corrected_on: day("2026-07-01"),
            reason: text("区划录错"),
            document_number: None,
            right: Some(Box::new(MadeBy::Provider(right))),
        };
        by_city(id, Action::CorrectProvider(provider(), command))
    };
    match registrar.submit(&correct(10, "321002")).await {
        Err(SubmitError::Refused(Refusal::ActRestsOnIt { acts, en, .. })) => {
            assert_eq!((acts.as_str(), en.contains("asks 7")), ("5", true), "{en}");
        }
        other => panic!("{other:?}"),
    }
    // Another place of the city's scheme asks for no more.
    assert_eq!(registrar.submit(&correct(11, "321012")).await.unwrap().outcome, Outcome::Recorded);
}

/// Certified in 邗江区 by its own bureau, on a notice of five working days that is sent as evidence; and then moved within it.
fn certified() -> Vec<(&'static str, Command)> {
    let category = CategoryCode::parse("childcare").unwrap();
    let pledge = PledgeForm {
        number: PledgeNumber::parse("32100320260601000001").unwrap(),
        promisor_name: text("主体"),
        promisor_class: PromisorClass::Organisation,
        promisor_uscc: match operator() {
            OperatorCode::Uscc(code) => Some(code),
            OperatorCode::ToBeCompleted(_) => None,
        },
        pledge_type: PledgeType::Voluntary,
        other_type: None,
        reason: text("认定"),
        content: text("按价收费"),
        liability: text("整改"),
        made_on: day("2026-06-01"),
        valid_until: None,
        accepting_unit: text("单位"),
        accepting_unit_uscc: Uscc::parse("914403001922038216").unwrap(),
        publication: PublicationScope::Public,
        remarks: None,
    };
    vec![
        ("321003-health", Command::RegisterProvider(RegisterProvider { particulars: at("321003") })),
        ("321003-health", Command::MakePledge(MakePledge { pledge: pledge.clone() })),
        (
            "321003-health",
            Command::Certify(Certify {
                particulars: None,
                category,
                decided_on: day("2026-06-15"),
                valid_from: day("2026-06-15"),
                valid_to: day("2029-06-14"),
                document_number: text("认定1号"),
                pledge_number: pledge.number,
                notice: NoticeWindow::new(day("2026-06-08"), day("2026-06-12")).ok(),
                deciding_body: None,
            }),
        ),
    ]
}

/// A correction of the county asks again whether the certification would have been taken there, by whom and on which notice; one within the county
/// changes neither.
#[tokio::test]
async fn a_certification_is_asked_again_where_the_county_was_wrong() {
    let log = Memory::new();
    let registrar = Registrar::following(log.clone());
    taken(&registrar, 1, begin()).await;
    taken(&registrar, 2, Action::Rules(county())).await;
    for (id, (bureau, command)) in (3..).zip(certified()) {
        let bureau = BureauId::parse(bureau).unwrap();
        let asked = Submission { bureau, ..by_city(id, Action::Provider(provider(), command)) };
        assert_eq!(registrar.submit(&asked).await.unwrap().outcome, Outcome::Recorded, "{id}");
    }
    let correct = |id, bureau: &str, particulars: Particulars| {
        let right = Command::RegisterProvider(RegisterProvider { particulars });
        let command = CorrectAct {
            act: Act::new(1).unwrap(),
            corrected_on: day("2026-07-01"),
            reason: text("区划录错"),
            document_number: None,
            right: Some(Box::new(MadeBy::Provider(right))),
        };
        let bureau = BureauId::parse(bureau).unwrap();
        Submission { bureau, ..by_city(id, Action::CorrectProvider(provider(), command)) }
    };
    // Its own bureau does not decide there, nor would it have.
    let refused = registrar.submit(&correct(10, "321003-health", at("321012"))).await;
    assert!(matches!(refused, Err(SubmitError::Refused(Refusal::NotCompetentForPlace))), "{refused:?}");
    // The city's does, and the notice would have been too short.
    match registrar.submit(&correct(11, CITY, at("321002"))).await {
        Err(SubmitError::Refused(Refusal::ActRestsOnIt { acts, en, .. })) => {
            assert_eq!((acts.as_str(), en.contains("asks 7")), ("3", true), "{en}");
        }
        other => panic!("{other:?}"),
    }
    // Where as much is asked, whoever corrects answers for it; and in a zone, which follows from the place.
    for (id, place) in [(12, "321012"), (13, "321002401"), (14, "321003005")] {
        let outcome = registrar.submit(&correct(id, CITY, at(place))).await;
        let is_in_county = place.starts_with("321002");
        match outcome {
            Ok(receipt) => assert!(!is_in_county && receipt.outcome == Outcome::Recorded, "{place}"),
            Err(SubmitError::Refused(Refusal::ActRestsOnIt { acts, .. })) => {
                assert!(is_in_county && acts == "3", "{place}");
            }
            other => panic!("{place}: {other:?}"),
        }
    }
}
