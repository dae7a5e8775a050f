//! What a bureau recorded that was merged since: it was competent in its day, and who takes over answers for it today.

#![expect(clippy::unwrap_used, reason = "what is not as expected ends the test")]

mod world;

use std::sync::Arc;

use domain::command::*;
use domain::*;
use event_log::{EventLog, Memory};
use registrar::{Action, Operators, Outcome, Registrar, stream_anew};
use rulebook::{Editions, YANGZHOU_SCHEME};
use world::*;

const COMMERCE: &str = "321081-commerce";
const CIVIL: &str = "321081-civil";
const CITY: &str = "3210-development";

fn retail() -> CategoryCode {
    CategoryCode::parse("retail").unwrap()
}

fn here(name: &str) -> Particulars {
    Particulars { division: Division::parse("321081100001").unwrap(), ..particulars(name) }
}

/// A registry with rules on record.
struct Registry {
    log: Memory,
    registrar: Registrar<Memory>,
    asked: u128,
}

impl Registry {
    async fn begun() -> Self {
        let log = Memory::new();
        let mut registry = Self { registrar: Registrar::following(log.clone()), log, asked: 0 };
        registry.ask(CITY, begin()).await.unwrap();
        registry
    }

    async fn ask(&mut self, bureau: &str, action: Action) -> Result<Outcome, Refusal> {
        self.asked += 1;
        ask(&self.registrar, self.asked, bureau, action).await
    }

    async fn tell(&mut self, bureau: &str, command: Command) -> Result<Outcome, Refusal> {
        self.ask(bureau, Action::Provider(provider(), command)).await
    }

    async fn correct(&mut self, bureau: &str, act: u32, right: Option<Command>) -> Result<Outcome, Refusal> {
        let command = CorrectAct {
            act: Act::new(act).unwrap(),
            corrected_on: day("2026-07-01"),
            reason: text("录入有误"),
            document_number: None,
            right: right.map(|right| Box::new(MadeBy::Provider(right))),
        };
        self.ask(bureau, Action::CorrectProvider(provider(), command)).await
    }

    async fn adopt(&mut self, text: &str) {
        let command = AdoptScheme {
            text: RulesText::parse(text).unwrap(),
            adopted_on: day("2026-07-01"),
            adopted_by: Name::parse("制定机关").unwrap(),
            document_number: Text::parse("1号").unwrap(),
            corrects: None,
        };
        self.ask(CITY, Action::Rules(RulesCommand::AdoptScheme(command))).await.unwrap();
    }

    /// Commits of the outlet that come out otherwise when each is decided anew by the rules that it names.
    async fn otherwise(&self) -> usize {
        let rules = self.log.load(&StreamId::Rules).await.unwrap().commits;
        let at = |position: Position| {
            let commits = rules.iter().filter(|recorded| recorded.position <= position);
            Editions::of(commits.map(|recorded| (recorded.position, &recorded.commit))).ok().map(Arc::new)
        };
        let commits = self.log.load(&StreamId::Provider(provider())).await.unwrap().commits;
        stream_anew(&commits, at, &Operators::default()).len()
    }
}

fn applied(on: &str) -> Command {
    Command::Apply(Apply { particulars: None, category: retail(), applied_on: day(on) })
}

fn accepted(on: &str) -> Command {
    Command::AcceptCase(AcceptCase { category: retail(), accepted_on: day(on) })
}

/// The scheme in which the commerce bureau was merged with the civil affairs bureau, before it recorded what it did.
fn merged() -> String {
    let commerce = "[bureaus.321081-commerce]\nname = \"仪征市商务局\"\nareas = [\"321081\"]";
    let civil = "[bureaus.321081-civil]\nname = \"仪征市民政局\"\nareas = [\"321081\"]\ncategories = [";
    YANGZHOU_SCHEME
        .replace("yangzhou-2026.1", "yangzhou-2026.2")
        .replace("in_force_from = \"2022-12-01\"", "in_force_from = \"2026-06-20\"")
        .replace(
            commerce,
            &format!("{commerce}\nuntil = \"2026-06-25\"\nsuccessors = [\"321081-civil\", \"321081-new\"]"),
        )
        .replace(civil, &format!("{civil}\"domestic\", \"retail\", \"breakfast\", \"repair\", "))
        + "\n[bureaus.321081-new]\nname = \"仪征市服务业局\"\nareas = [\"321081\"]\ncategories = [\"retail\"]\n"
}

#[tokio::test]
async fn what_a_merged_bureau_recorded_is_put_right_by_who_takes_over() {
    for bureau in [CIVIL, "321081-new", CITY] {
        let mut registry = Registry::begun().await;
        let register = Command::RegisterProvider(RegisterProvider { particulars: here("网点") });
        for command in [register, applied("2026-06-10"), accepted("2026-06-12")] {
            assert_eq!(registry.tell(COMMERCE, command).await, Ok(Outcome::Recorded));
        }
        registry.adopt(&merged()).await;
        let ended = registry.tell(COMMERCE, accepted("2026-06-12")).await.unwrap_err();
        assert_eq!(ended.reason(), "BUREAU_ENDED");
        // Not by who was not competent then and is not now, nor by who is no more.
        let refused = registry.correct(COMMERCE, 3, None).await.unwrap_err();
        assert_eq!(refused.reason(), "BUREAU_ENDED");
        let refused = registry.correct("321081-health", 3, None).await.unwrap_err();
        assert_eq!(refused.reason(), "NOT_COMPETENT_FOR_CATEGORY");
        // A right fact of an act that others stand on, and one that nothing stands on.
        let recorded = Ok(Outcome::Recorded);
        assert_eq!(registry.correct(bureau, 2, Some(applied("2026-06-09"))).await, recorded, "{bureau}");
        assert_eq!(registry.correct(bureau, 3, Some(accepted("2026-06-11"))).await, recorded, "{bureau}");
        // Two more corrections later it is the same record, and each commit is what the rules it names make.
        assert_eq!(
            registry
                .correct(bureau, 1, Some(Command::RegisterProvider(RegisterProvider { particulars: here("新名") })))
                .await,
            recorded
        );
        assert_eq!(registry.correct(bureau, 3, None).await, recorded, "{bureau}");
        assert_eq!(registry.otherwise().await, 0, "{bureau}");
    }
}

#[tokio::test]
async fn later_rules_take_nothing_from_what_was_decided_before_them() {
    let mut registry = Registry::begun().await;
    let register = Command::RegisterProvider(RegisterProvider { particulars: here("网点") });
    for command in [register, applied("2026-06-22")] {
        assert_eq!(registry.tell(COMMERCE, command).await, Ok(Outcome::Recorded));
    }
    // In force from a day before the decision, and adopted after it: it drops the category.
    let line = YANGZHOU_SCHEME.lines().find(|line| line.starts_with("retail = ")).unwrap();
    let dropped = YANGZHOU_SCHEME
        .replace("yangzhou-2026.1", "yangzhou-2026.2")
        .replace("in_force_from = \"2022-12-01\"", "in_force_from = \"2026-06-20\"")
        .replace(line, "")
        .replace("\"retail\", ", "");
    registry.adopt(&dropped).await;
    let renamed = Command::RegisterProvider(RegisterProvider { particulars: here("新名") });
    assert_eq!(registry.correct(COMMERCE, 1, Some(renamed)).await, Ok(Outcome::Recorded));
    assert_eq!(registry.otherwise().await, 0);
}
