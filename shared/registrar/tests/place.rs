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

fn begin() -> RulesCommand {
    let days = rulebook::carried::days().unwrap();
    let (edition, places) = rulebook::carried::places().unwrap();
    RulesCommand::BeginRules(Box::new(BeginRules {
        scheme: RulesText::parse(rulebook::YANGZHOU_SCHEME).unwrap(),
        covered_from: days.from,
        covered_until: days.until,
        source: days.source,
        days: RulesText::parse(rulebook::STATUTORY_DAYS).unwrap(),
        edition,
        places,
        adopted_on: day("2026-06-01"),
    }))
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
    taken(&registrar, 1, Action::Rules(begin())).await;
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
