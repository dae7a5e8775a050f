//! A past day is told with what was so on it: nothing that was decided later, and nothing that the public is kept from by now.

use api::directory::v1::directory_service_server::DirectoryService;
use api::directory::v1::{self, PlaqueVerdict, TaskKind};
use api::registry::v1::{PlaqueStatus, PledgeStatus};
use domain::*;
use tonic::Request;

use super::then::noon;
use crate::world::{
    World, broken, care, certified, day, id, pledge_form, recorded, registered, repaired, second, text,
};

fn price(fen: u32) -> Price {
    Price { amount_fen: Fen::new(fen).unwrap(), unit: PriceUnit::Month, rise_percent_max: Percent::new(10).unwrap() }
}

fn plaque() -> PlaqueNumber {
    PlaqueNumber::new(id(1), 1).unwrap()
}

fn recalled(due: &str) -> Event {
    PlaqueRecoveryOrdered { plaque_number: plaque(), due_on: day(due) }.into()
}

/// An outlet whose plaque was issued on 2026-01-20 and called back in June.
async fn outlet() -> World {
    let mut world = World::new();
    world.recorded_at = noon("2026-01-25");
    let ordered = PlaqueOrdered { plaque_number: plaque(), ordered_on: day("2026-01-10"), replaces: None, place: None };
    let issued = PlaqueIssued { plaque_number: plaque(), issued_on: day("2026-01-20"), design_version: text("1") };
    let hung = PlaqueHung { plaque_number: plaque(), hung_on: day("2026-01-22") };
    let certified = certified("2026-01-05", "2028-12-31");
    world.add(1, vec![registered("网点", "321003"), certified, ordered.into(), issued.into(), hung.into()]).await;
    world.recorded_at = noon("2026-06-10");
    let left = CertificationWithdrawn {
        category: care(),
        certification: second(),
        requested_on: day("2026-06-10"),
        effective_on: day("2026-06-10"),
        reason: text("停业"),
    };
    world.add(1, vec![left.into(), recalled("2026-07-10")]).await;
    world
}

#[tokio::test]
async fn a_plaque_is_told_as_it_was_on_the_day() {
    let world = outlet().await;
    let now = world.verify(plaque().as_str(), "").await;
    assert!(now.sentence.unwrap().zh.contains("期限至2026-07-10止(含当日)"));
    let then = world.verify(plaque().as_str(), "2026-04-15").await;
    assert_eq!((then.verdict(), then.plaque_status()), (PlaqueVerdict::Valid, PlaqueStatus::Hung));
    assert!(!then.sentence.unwrap().zh.contains("收回"));
    let before = world.verify(plaque().as_str(), "2026-01-18").await;
    assert_eq!((before.verdict(), before.plaque_status()), (PlaqueVerdict::NotYetIssued, PlaqueStatus::Ordered));
    let shown = world.get(1, "2026-04-15").await.plaques.remove(0);
    assert_eq!((shown.status(), shown.recovery_due.as_str(), shown.acts.len()), (PlaqueStatus::Hung, "", 3));
    let shown = world.get(1, "").await.plaques.remove(0);
    assert_eq!((shown.recovery_due.as_str(), shown.acts[3].act), ("2026-07-10", 7));
    assert!(world.get(1, "2026-01-05").await.plaques.is_empty());
}

#[tokio::test]
async fn that_a_plaque_was_not_returned_is_so_until_it_may_stay() {
    let mut world = outlet().await;
    world.recorded_at = noon("2026-07-20");
    let withheld =
        PlaqueNotReturned {
            plaque_number: plaque(), recorded_on: day("2026-07-15"), detail: text("电话无人接听")
        };
    world.add(1, vec![withheld.into()]).await;
    world.recorded_at = noon("2026-08-01");
    let lifted = PlaqueRecoveryLifted { plaque_number: plaque(), lifted_on: day("2026-07-30") };
    world.add(1, vec![super::endings::overturned(6, "2026-07-30"), lifted.into()]).await;
    let told = async |on: &str| {
        let shown = world.get(1, on).await.plaques.remove(0);
        (shown.status(), shown.status_since.clone(), shown.recovery_due)
    };
    let hangs = (PlaqueStatus::Hung, "2026-01-22".to_owned(), String::new());
    assert_eq!(told("2026-08-01").await, hangs.clone());
    assert_eq!(told("2026-07-30").await, hangs);
    assert_eq!(told("2026-07-29").await, (PlaqueStatus::NotReturned, "2026-07-15".to_owned(), "2026-07-10".to_owned()));
    let checked = world.verify(plaque().as_str(), "2026-08-01").await;
    assert_eq!((checked.verdict(), checked.plaque_status()), (PlaqueVerdict::Valid, PlaqueStatus::Hung));
    assert!(!checked.sentence.unwrap().zh.contains("未交回"));
    let acts = world.get(1, "2026-08-01").await.plaques.remove(0).acts;
    assert_eq!(acts.iter().map(|act| act.act).collect::<Vec<_>>(), [3, 4, 5, 7, 8, 10]);
}

/// That it is to come back is told from the day on which the cause of that took effect, and that it may stay from the ruling on, whenever either was
/// typed: between the ruling and its typing nothing was withheld. An order to return is told from its day on.
#[tokio::test]
async fn a_recall_and_what_lifts_it_are_told_by_their_own_days() {
    let mut world = outlet().await;
    world.recorded_at = noon("2026-08-20");
    let left = CertificationWithdrawn {
        category: care(),
        certification: second(),
        requested_on: day("2026-05-10"),
        effective_on: day("2026-05-20"),
        reason: text("停业"),
    };
    world.add(1, vec![left.into()]).await;
    assert_eq!(world.get(1, "2026-05-20").await.plaques.remove(0).due_back_since, "2026-05-20");
    let told = async |world: &mut World, on: &str| {
        let checked = world.verify(plaque().as_str(), on).await;
        let shown = world.get(1, on).await.plaques.remove(0);
        (checked.plaque_status(), shown.recovery_due, checked.sentence.unwrap().zh.contains("未交回"))
    };
    let due = || (PlaqueStatus::Hung, "2026-07-10".to_owned(), false);
    let hangs = || (PlaqueStatus::Hung, String::new(), false);
    assert_eq!(told(&mut world, "2026-05-19").await, hangs());
    assert_eq!(told(&mut world, "2026-05-20").await, hangs());
    assert_eq!(told(&mut world, "2026-06-10").await, due());
    let withheld =
        PlaqueNotReturned {
            plaque_number: plaque(), recorded_on: day("2026-07-15"), detail: text("电话无人接听")
        };
    world.add(1, vec![withheld.into()]).await;
    let missing = || (PlaqueStatus::NotReturned, "2026-07-10".to_owned(), true);
    assert_eq!(told(&mut world, "2026-07-16").await, missing());
    // Both ends are undone by rulings of a day before, typed in the end.
    let lifted = PlaqueRecoveryLifted { plaque_number: plaque(), lifted_on: day("2026-07-10") };
    let rulings = [super::endings::overturned(6, "2026-07-10"), super::endings::overturned(8, "2026-07-10")];
    world.add(1, rulings.into_iter().chain([lifted.into()]).collect()).await;
    for on in ["2026-07-10", "2026-07-15", "2026-07-16", "2026-08-20"] {
        assert_eq!(told(&mut world, on).await, hangs(), "{on}");
    }
    assert_eq!(told(&mut world, "2026-07-09").await, due());
}

#[tokio::test]
async fn a_price_of_a_later_decision_is_not_told_of_a_day_before_it() {
    let mut world = World::new();
    let (category, item): (_, Name) = (care(), text("全日托"));
    let proposed = |on: &str, fen| {
        let (category, item, price) = (category.clone(), item.clone(), price(fen));
        Event::from(PriceProposed { category, item, price, proposed_on: day(on) })
    };
    let approved = |proposal: u32, on: &str, from: &str, fen| {
        let (category, item, proposal) = (category.clone(), item.clone(), Act::new(proposal).unwrap());
        let (decided_on, effective_on) = (day(on), day(from));
        let (from, to, document_number) = (None, price(fen), None);
        Event::from(PriceApproved { category, item, proposal, decided_on, effective_on, from, to, document_number })
    };
    let certified = certified("2026-01-05", "2028-12-31");
    world.add(1, vec![registered("网点", "321003"), certified, proposed("2026-01-10", 90_000)]).await;
    world.add(1, vec![approved(3, "2026-01-15", "2026-01-15", 90_000)]).await;
    world.add(1, vec![proposed("2026-03-01", 95_000), approved(5, "2026-03-10", "2026-09-01", 95_000)]).await;
    world.add(1, vec![proposed("2026-05-01", 99_000)]).await;
    let told = async |on: &str| {
        let prices = world.get(1, on).await.prices;
        let fen = |price: &Option<api::registry::v1::Price>| price.as_ref().map_or(0, |price| price.amount_fen);
        let of = |p: &v1::PricePromise| (fen(&p.price), fen(&p.coming_price), fen(&p.proposed_price), p.approval);
        prices.iter().map(of).collect::<Vec<_>>()
    };
    assert_eq!(told("").await, [(90_000, 95_000, 99_000, 4)]);
    assert_eq!(told("2026-02-01").await, [(90_000, 0, 0, 4)]);
    assert_eq!(told("2026-03-05").await, [(90_000, 0, 95_000, 4)]);
    assert_eq!(told("2026-01-12").await, [(0, 0, 90_000, 0)]);
    assert_eq!(told("2026-01-09").await, []);
}

#[tokio::test]
async fn a_breach_is_shown_for_as_long_as_its_gravity_has_it() {
    let mut world = World::new();
    // By the clock it is 2026-07-01.
    let of = |severity, on: &str| Event::from(PledgeBroken { severity, determined_on: day(on), ..broken() });
    let made = || Event::from(PledgeMade { pledge: pledge_form() });
    let cases = [
        (BreachSeverity::Minor, "2026-04-01", true),
        (BreachSeverity::Minor, "2026-03-31", false),
        (BreachSeverity::General, "2025-07-01", true),
        (BreachSeverity::General, "2025-06-30", false),
        (BreachSeverity::Serious, "2023-07-01", true),
        (BreachSeverity::Serious, "2023-06-30", false),
    ];
    for ((severity, on, _), number) in cases.iter().zip(1..) {
        world.add(number, vec![registered("网点", "321003"), made()]).await;
        world.add(number, vec![of(*severity, on)]).await;
    }
    for ((severity, on, shown), number) in cases.iter().zip(1..) {
        for asked in ["", on] {
            let pledge = world.get(number, asked).await.pledges.remove(0);
            let status = if *shown { PledgeStatus::PartlyFulfilled } else { PledgeStatus::Unspecified };
            assert_eq!((pledge.breaches.len(), pledge.status()), (usize::from(*shown), status), "{severity:?} {on}");
        }
        // Before it was determined nothing was wrong.
        let before = world.get(number, "2021-01-01").await.pledges.remove(0);
        assert_eq!(before.status(), PledgeStatus::UnderSupervision);
    }
    let changes = world.directory().await.list_changes(Request::new(v1::ListChangesRequest::default())).await.unwrap();
    let told = changes.into_inner().changes;
    let broken = told.iter().filter(|change| change.event_names.iter().any(|name| name == "PledgeBroken"));
    assert_eq!(broken.map(|change| change.position).collect::<Vec<_>>(), [2, 6, 10]);
}

/// Certified until 03-31, and again from 05-01 on, where a price is approved on 06-01.
#[tokio::test]
async fn a_price_is_promised_for_the_certification_it_was_approved_for() {
    let proposed = |on: &str, fen| -> Event {
        PriceProposed { category: care(), item: text("全日托"), price: price(fen), proposed_on: day(on) }.into()
    };
    let approved = |of: u32, on: &str, from: &str, fen| -> Event {
        PriceApproved {
            category: care(),
            item: text("全日托"),
            proposal: Act::new(of).unwrap(),
            decided_on: day(on),
            effective_on: day(from),
            from: None,
            to: price(fen),
            document_number: None,
        }
        .into()
    };
    let mut world = World::new();
    world.add(1, vec![registered("网点", "321003"), certified("2026-01-05", "2026-03-31")]).await;
    world.add(1, vec![proposed("2026-01-20", 100_000), approved(3, "2026-01-25", "2026-02-01", 100_000)]).await;
    world.add(1, vec![proposed("2026-03-20", 105_000), approved(5, "2026-03-25", "2026-06-15", 105_000)]).await;
    world.add(1, vec![certified("2026-05-01", "2028-12-31")]).await;
    world.add(1, vec![proposed("2026-05-20", 98_000), approved(8, "2026-06-01", "2026-06-10", 98_000)]).await;
    let told = async |on: &str| {
        let promises = world.get(1, on).await.prices;
        let fen = |price: &Option<api::registry::v1::Price>| price.as_ref().map_or(0, |price| price.amount_fen);
        promises.first().map(|promise| [fen(&promise.price), fen(&promise.coming_price)])
    };
    for (on, prices) in [
        ("2026-01-31", Some([0, 100_000])),
        ("2026-02-01", Some([100_000, 0])),
        ("2026-03-31", Some([100_000, 105_000])),
        // Nothing is promised, and no row without a price is told.
        ("2026-04-01", None),
        ("2026-05-01", None),
        ("2026-06-01", Some([0, 98_000])),
        ("2026-06-10", Some([98_000, 0])),
        ("", Some([98_000, 0])),
    ] {
        assert_eq!(told(on).await, prices, "{on}");
    }
}

/// One that was decided and is yet to begin is told beside those that have begun, of the outlet and in a list.
#[tokio::test]
async fn a_certification_that_lies_ahead_is_told_with_its_first_day() {
    let Event::Certified(now) = certified("2026-01-05", "2028-12-31") else { unreachable!() };
    let category = CategoryCode::parse("community-health").unwrap();
    let ahead = Certified { category, decided_on: day("2026-05-10"), valid_from: day("2026-09-01"), ..now.clone() };
    let mut world = World::new();
    world.add(1, vec![registered("网点", "321003"), now.into(), ahead.into()]).await;
    let told = async |on: &str| {
        let told = world.get(1, on).await;
        let ahead = told.certifications_ahead.iter();
        let ahead: Vec<_> = ahead.map(|c| (c.category.clone(), c.status, c.valid_from.clone())).collect();
        (told.certifications.len(), ahead)
    };
    let later = ("community-health".to_owned(), 0, "2026-09-01".to_owned());
    assert_eq!(told("2026-05-09").await, (1, vec![]));
    assert_eq!(told("2026-05-10").await, (1, vec![later.clone()]));
    assert_eq!(told("").await, (1, vec![later]));
    assert_eq!(told("2026-09-01").await, (2, vec![]));
    let listed = async |on: &str| {
        let asked = v1::ListProvidersRequest { page_size: 5, as_of: on.to_owned(), ..Default::default() };
        let answer = world.directory().await.list_providers(Request::new(asked)).await.unwrap().into_inner();
        answer.providers.into_iter().flat_map(|one| one.certifications_ahead).map(|c| c.valid_from).collect::<Vec<_>>()
    };
    assert_eq!(listed("2026-05-09").await, [""; 0]);
    assert_eq!(listed("").await, ["2026-09-01"]);
}

/// The directory asks the domain which price binds: also one that was approved for a certification that is yet to begin, and of two that take
/// effect on one day the one approved last, before it and on it.
#[tokio::test]
async fn a_price_of_a_certification_ahead_is_promised_before_it_begins() {
    let proposed = |on: &str, fen| -> Event {
        PriceProposed { category: care(), item: text("全日托"), price: price(fen), proposed_on: day(on) }.into()
    };
    let approved = |of: u32, on: &str, from: &str, fen| -> Event {
        PriceApproved {
            category: care(),
            item: text("全日托"),
            proposal: Act::new(of).unwrap(),
            decided_on: day(on),
            effective_on: day(from),
            from: None,
            to: price(fen),
            document_number: None,
        }
        .into()
    };
    let Event::Certified(ahead) = certified("2026-05-01", "2028-12-31") else { unreachable!() };
    let ahead = Certified { decided_on: day("2026-04-10"), ..ahead };
    let mut world = World::new();
    world.add(1, vec![registered("网点", "321003"), certified("2026-01-05", "2026-03-31")]).await;
    world.add(1, vec![proposed("2026-01-20", 100_000), approved(3, "2026-01-25", "2026-02-01", 100_000)]).await;
    world.add(1, vec![ahead.into()]).await;
    world.add(1, vec![proposed("2026-04-11", 98_000), approved(6, "2026-04-12", "2026-05-01", 98_000)]).await;
    world.add(1, vec![proposed("2026-04-13", 97_000), approved(8, "2026-04-14", "2026-05-01", 97_000)]).await;
    let told = async |on: &str| {
        let promises = world.get(1, on).await.prices;
        let fen = |price: &Option<api::registry::v1::Price>| price.as_ref().map_or(0, |price| price.amount_fen);
        promises.first().map(|promise| [fen(&promise.price), fen(&promise.coming_price)])
    };
    for (on, prices) in [
        ("2026-03-31", Some([100_000, 0])),
        ("2026-04-09", None),
        ("2026-04-12", Some([0, 98_000])),
        ("2026-04-14", Some([0, 97_000])),
        ("2026-05-01", Some([97_000, 0])),
        ("", Some([97_000, 0])),
    ] {
        assert_eq!(told(on).await, prices, "{on}");
    }
}

/// Of 1: found broken on 02-10, repaired on 05-10, and so is a wholly broken one from 03-01, which was none from 04-01 on. 2: as well, and a minor
/// breach of 03-20, the showing of which is over.
#[tokio::test]
async fn a_pledge_is_told_of_a_past_day_as_it_stood_on_it() {
    let mut world = World::new();
    let of = |extent, severity, on: &str| {
        let unperformed = text(&format!("未履行{on}"));
        Event::from(PledgeBroken { extent, severity, unperformed, determined_on: day(on), ..broken() })
    };
    let partly = || of(BreachExtent::Partly, BreachSeverity::Serious, "2026-02-10");
    let made = || Event::from(PledgeMade { pledge: pledge_form() });
    let mended = || Event::from(PledgeRepaired { repaired_on: day("2026-05-10"), ..repaired(3) });
    let undone = ActOverturned {
        act: Act::new(4).unwrap(),
        overturned_on: day("2026-04-01"),
        body: text("法院"),
        document_number: text("判1号"),
        explanation: text("理由"),
    };
    let wholly = of(BreachExtent::Wholly, BreachSeverity::General, "2026-03-01");
    world.add(1, vec![registered("网点", "321003"), made(), partly(), wholly, undone.into()]).await;
    world.add(1, vec![mended()]).await;
    let minor = of(BreachExtent::Wholly, BreachSeverity::Minor, "2026-03-20");
    world.add(2, vec![registered("网点", "321003"), made(), partly(), minor, mended()]).await;
    let told = async |number, on: &str| {
        let pledge = world.get(number, on).await.pledges.remove(0);
        (pledge.status(), pledge.breaches.len())
    };
    // What was repaired or undone since is not shown; how the pledge stood for it is told.
    for (on, first, second) in [
        ("2026-02-09", PledgeStatus::UnderSupervision, PledgeStatus::UnderSupervision),
        ("2026-02-10", PledgeStatus::PartlyFulfilled, PledgeStatus::PartlyFulfilled),
        ("2026-03-01", PledgeStatus::Unfulfilled, PledgeStatus::PartlyFulfilled),
        ("2026-03-31", PledgeStatus::Unfulfilled, PledgeStatus::PartlyFulfilled),
        ("2026-04-01", PledgeStatus::PartlyFulfilled, PledgeStatus::PartlyFulfilled),
        ("2026-05-09", PledgeStatus::PartlyFulfilled, PledgeStatus::PartlyFulfilled),
        ("2026-05-10", PledgeStatus::Repaired, PledgeStatus::Repaired),
        ("", PledgeStatus::Repaired, PledgeStatus::Repaired),
    ] {
        assert_eq!(told(1, on).await, (first, 0), "{on}");
        assert_eq!(told(2, on).await, (second, 0), "{on}");
    }
}

async fn listed(world: &World) -> Vec<v1::Task> {
    let answer = world.directory().await.list_tasks(Request::new(v1::ListTasksRequest::default())).await.unwrap();
    answer.into_inner().tasks
}

async fn tasks(world: &World) -> Vec<(TaskKind, String, bool, String, u32)> {
    let told = |task: &v1::Task| (task.kind(), task.due_on.clone(), task.overdue, task.subject.clone(), task.act);
    listed(world).await.iter().map(told).collect()
}

#[tokio::test]
async fn a_plaque_is_overdue_once_its_term_is_over_and_not_before() {
    let of = |kind, on: &str, overdue, act| (kind, on.to_owned(), overdue, plaque().to_string(), act);
    // Ordered back by a day that lies ahead.
    assert_eq!(tasks(&outlet().await).await, [of(TaskKind::PlaqueToRecover, "2026-07-10", false, 7)]);
    // Ended from a day that lies ahead: what is to come back then, by when, is told since it was decided, and is not late before.
    let mut world = World::new();
    world.recorded_at = noon("2026-01-25");
    let ordered = PlaqueOrdered { plaque_number: plaque(), ordered_on: day("2026-01-10"), replaces: None, place: None };
    let issued = PlaqueIssued { plaque_number: plaque(), issued_on: day("2026-01-20"), design_version: text("1") };
    let certified = certified("2026-01-05", "2028-12-31");
    world.add(1, vec![registered("网点", "321003"), certified, ordered.into(), issued.into()]).await;
    let left = CertificationWithdrawn {
        category: care(),
        certification: second(),
        requested_on: day("2026-01-25"),
        effective_on: day("2026-08-01"),
        reason: text("停业"),
    };
    world.add(1, vec![left.into(), recalled("2026-08-31")]).await;
    assert_eq!(tasks(&world).await, [of(TaskKind::PlaqueToRecover, "2026-08-31", false, 6)]);
    let task = listed(&world).await.remove(0);
    assert_eq!((task.not_before.as_str(), task.category_name.as_str()), ("2026-08-01", ""));
    let sentence = "已定于2026-08-01起终止,届时收回牌匾,期限至2026-08-31止(含当日)";
    assert_eq!(task.sentence.unwrap().zh, sentence);
    // Its term ended by itself: to be recovered, and nothing is late before somebody ordered it.
    let mut world = World::new();
    let ordered = PlaqueOrdered { plaque_number: plaque(), ordered_on: day("2020-01-10"), replaces: None, place: None };
    let issued = PlaqueIssued { plaque_number: plaque(), issued_on: day("2020-01-20"), design_version: text("1") };
    let certified = crate::world::certified("2020-01-05", "2022-12-31");
    world.add(1, vec![registered("网点", "321003"), certified, ordered.into(), issued.into()]).await;
    assert_eq!(tasks(&world).await, [of(TaskKind::PlaqueToRecover, "2023-01-01", false, 0)]);
}

#[tokio::test]
async fn an_open_objection_is_on_the_work_list_also_of_a_case_that_is_over() {
    let mut world = World::new();
    let window = NoticeWindow::new(day("2026-06-01"), day("2026-06-05")).unwrap();
    let applied = ApplicationFiled { category: care(), applied_on: day("2026-05-01") };
    let opened =
        NoticeOpened { category: care(), notice: window, counted: crate::world::counted(), published_at: None };
    let raised = ObjectionRaised {
        category: care(),
        notice: Act::new(3).unwrap(),
        objection_number: text("异1号"),
        raised_on: day("2026-06-03"),
        summary: text("内容"),
    };
    let withdrawn = CaseWithdrawn { category: care(), withdrawn_on: day("2026-06-10"), reason: None };
    world
        .add(1, vec![registered("网点", "321003"), applied.into(), opened.into(), raised.into(), withdrawn.into()])
        .await;
    let open = (TaskKind::ObjectionOpen, "2026-06-03".to_owned(), false, "异1号".to_owned(), 4);
    assert_eq!(tasks(&world).await, [open]);
    let resolved = ObjectionResolved {
        category: care(),
        objection: Act::new(4).unwrap(),
        resolved_on: day("2026-06-20"),
        upheld: false,
        finding: text("不实"),
    };
    world.add(1, vec![resolved.into()]).await;
    assert_eq!(tasks(&world).await, []);
    let told = world.get(1, "2026-06-04").await.cases.remove(0);
    assert_eq!((told.open_objections, told.stage()), (1, api::registry::v1::CaseStage::Publicised));
}

/// A step of a case that is typed when the case is over, or when another is open, is told of its own days.
#[tokio::test]
async fn a_step_that_is_typed_late_is_told_where_it_belongs() {
    use api::registry::v1::CaseStage;
    let mut world = World::new();
    let applied = |on: &str| Event::from(ApplicationFiled { category: care(), applied_on: day(on) });
    let accepted = CaseAccepted { category: care(), accepted_on: day("2026-02-03") };
    let refused = CaseRefused {
        category: care(),
        decided_on: day("2026-02-20"),
        explanation: text("不合格"),
        document_number: text("不予1号"),
    };
    let inspected =
        CaseInspected { category: care(), inspected_on: day("2026-02-10"), passed: true, findings: text("合格") };
    let first = vec![registered("网点", "321003"), applied("2026-02-02"), accepted.into(), refused.into()];
    world.add(1, [first, vec![applied("2026-03-01"), inspected.into()]].concat()).await;
    let told = async |on: &str| {
        let cases = world.get(1, on).await.cases;
        cases.iter().map(|case| (case.stage(), case.stage_since.clone())).collect::<Vec<_>>()
    };
    let of = |stage: CaseStage, since: &str| (stage, since.to_owned());
    assert_eq!(told("2026-02-09").await, [of(CaseStage::Accepted, "2026-02-03")]);
    assert_eq!(told("2026-02-12").await, [of(CaseStage::Inspected, "2026-02-10")]);
    let now = [of(CaseStage::Refused, "2026-02-20"), of(CaseStage::Applied, "2026-03-01")];
    assert_eq!(told("").await, now);
}

#[tokio::test]
async fn two_orders_of_one_day_are_two_tasks_each_with_its_act_and_ground() {
    let mut world = World::new();
    let order = |ground: &str| {
        Event::from(RectificationOrdered {
            category: care(),
            certification: second(),
            ground: GroundCode::parse(ground).unwrap(),
            detail: text("情形"),
            ordered_on: day("2026-06-20"),
            due_on: day("2026-07-20"),
            legal_basis: None,
            document_number: None,
            because: None,
        })
    };
    let orders = vec![
        registered("网点", "321003"),
        certified("2026-01-05", "2028-12-31"),
        order("overcharging"),
        order("deceit"),
    ];
    world.add(1, orders).await;
    let answer = world.directory().await.list_tasks(Request::new(v1::ListTasksRequest::default())).await.unwrap();
    let tasks = answer.into_inner().tasks;
    let told: Vec<_> = tasks.iter().map(|task| (task.act, task.ground.as_str())).collect();
    assert_eq!(told, [(3, "overcharging"), (4, "deceit")]);
    assert!(tasks.iter().all(|task| !task.ground_name.is_empty()));
}

#[tokio::test]
async fn what_was_corrected_to_none_and_who_gave_an_outlet_up_is_told() {
    let mut world = World::new();
    let Event::ProviderRegistered(first) = registered("网点", "321002001001") else { unreachable!() };
    let moved = ParticularsAmended {
        particulars: Particulars { division: Division::parse("321003005007").unwrap(), ..first.particulars.clone() },
        effective_on: day("2026-06-01"),
        document_number: None,
        site_checked_on: None,
        release: Some(Release {
            bureau_id: BureauId::parse("321002-health").unwrap(),
            document_number: text("迁1号"),
            released_on: day("2026-05-20"),
        }),
    };
    world.add(1, vec![first.into(), moved.into(), recorded()]).await;
    let corrected = ActCorrected {
        act: Act::new(3).unwrap(),
        corrected_on: day("2026-06-20"),
        reason: text("误录"),
        document_number: None,
        fact: None,
    };
    world.add(1, vec![corrected.into()]).await;
    let told = world.get(1, "").await;
    let release = told.versions[1].release.clone().unwrap();
    assert_eq!((release.document_number.as_str(), told.versions[1].releasing_bureau_name.is_empty()), ("迁1号", false));
    let [correction] = &told.corrections[..] else { panic!("{:?}", told.corrections) };
    assert_eq!(
        (correction.corrected, correction.fact.as_str(), correction.to_none),
        (3, "CertificationRecorded", true)
    );
    assert_eq!(world.get(1, "2026-06-19").await.corrections, []);
    assert_eq!(world.get(1, "2026-05-31").await.versions.len(), 1);
}
