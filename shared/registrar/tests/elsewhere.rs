//! An outlet certified in a category that its county alone has, and moved to another county of the city: what is there is followed up and ended
//! by who decides there, and nothing begins or is renewed.

#![expect(clippy::unwrap_used, reason = "what is not as expected ends the test")]

mod world;

use domain::command::*;
use domain::*;
use event_log::Memory;
use registrar::{Action, Outcome, Registrar};
use world::*;

const CITY: &str = "3210-development";

fn pet() -> CategoryCode {
    CategoryCode::parse("pet").unwrap()
}

fn of<const MAX: usize>(said: &str) -> Text<MAX> {
    text(said)
}

/// Takes commands one after another, by the city's bureau unless another is named.
struct Registry {
    registrar: Registrar<Memory>,
    asked: u128,
}

impl Registry {
    async fn ask(&mut self, bureau: &str, action: Action) -> Result<Outcome, Refusal> {
        self.asked += 1;
        ask(&self.registrar, self.asked, bureau, action).await
    }

    async fn tell(&mut self, bureau: &str, command: Command) -> Result<Outcome, Refusal> {
        self.ask(bureau, Action::Provider(provider(), command)).await
    }

    /// Certified in 邗江区, whose scheme alone has the category, and moved to 广陵区.
    async fn moved() -> Self {
        let mut registry = Self { registrar: Registrar::following(Memory::new()), asked: 0 };
        registry.ask(CITY, begin()).await.unwrap();
        let county = "area = \"321003\"\nversion = \"hj-1\"\nin_force_from = \"2026-01-01\"\n\
                      [categories.pet]\nname = \"宠物服务\"\nsuspension = true\n";
        let county = AdoptScheme {
            text: RulesText::parse(county).unwrap(),
            adopted_on: day("2026-06-01"),
            adopted_by: of("制定机关"),
            document_number: of("1号"),
            corrects: None,
        };
        registry.ask(CITY, Action::Rules(RulesCommand::AdoptScheme(county))).await.unwrap();
        let at = |division: &str| Particulars {
            division: Division::parse(division).unwrap(),
            address: Some(of("文昌路1号")),
            ..particulars("网点")
        };
        let pledge = MakePledge { pledge: pledge() };
        let certify = Certify {
            particulars: None,
            category: pet(),
            decided_on: day("2026-06-10"),
            valid_from: day("2026-06-10"),
            valid_to: day("2028-06-09"),
            document_number: of("认定1号"),
            pledge_number: pledge.pledge.number.clone(),
            notice: Some(NoticeWindow::new(day("2026-06-01"), day("2026-06-09")).unwrap()),
            deciding_body: None,
        };
        let moves = AmendParticulars {
            particulars: at("321002"),
            effective_on: day("2026-06-15"),
            document_number: Some(of("变更1号")),
            site_checked_on: Some(day("2026-06-14")),
            release: None,
        };
        for command in [
            Command::RegisterProvider(RegisterProvider { particulars: at("321003") }),
            Command::MakePledge(pledge),
            Command::Certify(certify),
            Command::AmendParticulars(moves),
        ] {
            assert_eq!(registry.tell(CITY, command.clone()).await, Ok(Outcome::Recorded), "{command:?}");
        }
        registry
    }
}

fn pledge() -> PledgeForm {
    PledgeForm {
        number: PledgeNumber::parse("32100320260601000001").unwrap(),
        promisor_name: of("主体"),
        promisor_class: PromisorClass::Organisation,
        promisor_uscc: Some(Uscc::parse("914403001922038216").unwrap()),
        pledge_type: PledgeType::Voluntary,
        other_type: None,
        reason: of("认定"),
        content: of("按价收费"),
        liability: of("整改"),
        made_on: day("2026-06-01"),
        valid_until: None,
        accepting_unit: of("单位"),
        accepting_unit_uscc: Uscc::parse("914403001922038216").unwrap(),
        publication: PublicationScope::Public,
        remarks: None,
    }
}

fn follow_up() -> Vec<Command> {
    let category = pet;
    let ground = || GroundCode::parse("overcharging").unwrap();
    vec![
        Command::Withdraw(Withdraw {
            category: category(),
            requested_on: day("2026-06-20"),
            effective_on: day("2026-06-30"),
            reason: of("停业"),
        }),
        Command::Deregister(Deregister {
            category: category(),
            deregistered_on: day("2026-06-20"),
            reason: of("注销登记"),
            document_number: None,
        }),
        Command::NoticeRevocation(NoticeRevocation {
            category: category(),
            certification: None,
            ground: ground(),
            detail: of("多收"),
            noticed_on: day("2026-06-20"),
            hearing_until: day("2026-06-30"),
            legal_basis: of("第十二条"),
            document_number: of("告知1号"),
        }),
        Command::RecordEnding(RecordEnding {
            category: category(),
            kind: EndingKind::Cancelled,
            decided_on: Some(day("2026-06-20")),
            effective_on: Some(day("2026-06-20")),
            document_number: Some(of("取消1号")),
            deciding_body: of("发展改革委"),
            source: of("名单"),
            bar_until: None,
        }),
        Command::RecordReview(RecordReview {
            category: category(),
            year: Year::new(2026).unwrap(),
            result: ReviewResult::Passed,
            reviewed_on: day("2026-06-20"),
            note: None,
        }),
        Command::OrderRectification(OrderRectification {
            category: category(),
            ground: ground(),
            detail: of("情形"),
            ordered_on: day("2026-06-20"),
            due_on: day("2026-07-01"),
            legal_basis: of("第十一条"),
            document_number: of("责改1号"),
        }),
        Command::Suspend(Suspend {
            category: category(),
            ground: ground(),
            detail: of("情形"),
            suspended_on: day("2026-06-20"),
            legal_basis: of("第十一条"),
            document_number: of("暂停1号"),
        }),
        Command::Overturn(Overturn {
            act: Act::new(3).unwrap(),
            overturned_on: day("2026-06-20"),
            body: of("法院"),
            document_number: of("判决1号"),
            explanation: of("理由"),
        }),
        Command::RecordBreach(RecordBreach {
            pledge_number: pledge().number,
            extent: BreachExtent::Partly,
            severity: BreachSeverity::Serious,
            unperformed: of("未公示"),
            consequence: of("整改"),
            determined_on: day("2026-06-20"),
            determining_unit: None,
            determining_unit_uscc: None,
        }),
    ]
}

#[tokio::test]
async fn what_is_there_is_followed_up_and_ended_where_it_moved_to() {
    let mut failures = Vec::new();
    for command in follow_up() {
        let mut registry = Registry::moved().await;
        // Neither by who left it, nor by who decides there on something else.
        for other in ["321003-health", "321002-health"] {
            let refused = registry.tell(other, command.clone()).await.unwrap_err();
            if !refused.reason().starts_with("NOT_COMPETENT") && refused.reason() != "DUTY_MISSING" {
                failures.push(format!("{other} {command:?}: {refused:?}"));
            }
        }
        let told = registry.tell(CITY, command.clone()).await;
        if told != Ok(Outcome::Recorded) {
            failures.push(format!("{command:?}: {told:?}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[tokio::test]
async fn nothing_begins_or_is_renewed_where_the_scheme_has_no_such_category() {
    let mut registry = Registry::moved().await;
    let renew = Command::Renew(Renew {
        category: pet(),
        decided_on: day("2026-06-20"),
        valid_from: day("2028-06-10"),
        valid_to: day("2030-06-09"),
        document_number: of("延续1号"),
        pledge_number: pledge().number,
        deciding_body: None,
    });
    let applied = Command::Apply(Apply { particulars: None, category: pet(), applied_on: day("2026-06-20") });
    let price = Price {
        amount_fen: Fen::new(1000).unwrap(),
        unit: PriceUnit::Month,
        rise_percent_max: Percent::new(10).unwrap(),
    };
    let proposed = Command::ProposePrice(ProposePrice {
        category: pet(),
        item: of("洗护"),
        price,
        proposed_on: day("2026-06-20"),
    });
    for command in [renew, applied, proposed] {
        let refused = registry.tell(CITY, command.clone()).await.unwrap_err();
        assert_eq!(refused.reason(), "CATEGORY_UNKNOWN", "{command:?}");
    }
}
