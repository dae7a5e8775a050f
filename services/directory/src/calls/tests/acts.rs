//! What was decided is told act by act: which, when it was recorded, by whom, on what.

use domain::*;

use super::then::noon;
use crate::world::{World, care, certified, clock, day, names, registered, text};

fn act(number: u32) -> Act {
    Act::new(number).unwrap()
}

fn ordered(document: &str) -> Event {
    RectificationOrdered {
        category: care(),
        certification: act(2),
        ground: GroundCode::parse("overcharging").unwrap(),
        detail: text("情形"),
        ordered_on: day("2026-03-01"),
        due_on: day("2026-03-20"),
        legal_basis: Some(text("第十一条")),
        document_number: Some(text(document)),
        because: None,
    }
    .into()
}

#[tokio::test]
async fn an_order_is_told_with_its_act_its_document_and_the_act_that_met_it() {
    let mut world = World::new();
    world.recorded_at = noon("2026-02-01");
    world.add(1, vec![registered("网点", "321003"), certified("2026-01-05", "2028-12-31")]).await;
    world.recorded_at = noon("2026-03-02");
    world.add(1, vec![ordered("责改1号"), ordered("责改2号")]).await;
    world.recorded_at = noon("2026-03-15");
    let accepted = RectificationAccepted {
        category: care(),
        order: act(3),
        accepted_on: day("2026-03-14"),
        findings: text("已退费"),
    };
    world.add(1, vec![accepted.into()]).await;
    let certification = world.get(1, "").await.certifications.remove(0);
    let made = certification.act.unwrap();
    assert_eq!((made.number, made.recorded_on.as_str(), made.scheme.as_str()), (2, "2026-02-01", "test"));
    assert_eq!((made.bureau_id.as_str(), made.bureau_name.is_empty()), ("321003-health", false));
    let told = |order: &api::directory::v1::RectificationOrder| {
        let number = |act: &Option<api::directory::v1::Act>| act.as_ref().map_or(0, |act| act.number);
        assert_eq!((order.legal_basis.as_str(), order.ground_name.is_empty()), ("第十一条", false));
        (number(&order.act), order.document_number.clone(), number(&order.met), order.met_on.clone())
    };
    assert_eq!(
        certification.orders.iter().map(told).collect::<Vec<_>>(),
        [(3, "责改1号".to_owned(), 5, "2026-03-14".to_owned()), (4, "责改2号".to_owned(), 0, String::new())]
    );
}

/// What a court undid was not mended by anybody: the order is told as undone, and that it was met before stays.
#[tokio::test]
async fn an_order_that_was_overturned_is_not_told_as_met() {
    let mut world = World::new();
    world.recorded_at = noon("2026-02-01");
    world.add(1, vec![registered("网点", "321003"), certified("2026-01-05", "2028-12-31")]).await;
    world.recorded_at = noon("2026-03-15");
    let accepted = RectificationAccepted {
        category: care(),
        order: act(3),
        accepted_on: day("2026-03-14"),
        findings: text("已退费"),
    };
    world.add(1, vec![ordered("责改1号"), ordered("责改2号"), accepted.into()]).await;
    world.recorded_at = noon("2026-04-20");
    let overturned = |number: u32| {
        let fact = ActOverturned {
            act: act(number),
            overturned_on: day("2026-04-18"),
            body: text("扬州市人民政府"),
            document_number: text("复议1号"),
            explanation: text("事实不清"),
        };
        Event::from(fact)
    };
    world.add(1, vec![overturned(3), overturned(4)]).await;
    let certification = world.get(1, "").await.certifications.remove(0);
    let told = |order: &api::directory::v1::RectificationOrder| {
        let ruling = order.overturned.as_ref().unwrap();
        let by = ruling.act.as_ref().unwrap().number;
        (order.met_on.clone(), order.met.is_some(), ruling.overturned_on.clone(), by)
    };
    assert_eq!(
        certification.orders.iter().map(told).collect::<Vec<_>>(),
        [
            ("2026-03-14".to_owned(), true, "2026-04-18".to_owned(), 6),
            (String::new(), false, "2026-04-18".to_owned(), 7)
        ]
    );
}

/// A bureau that was renamed is told by the name it bore on the day of the act.
#[tokio::test]
async fn an_act_is_told_with_its_bureaus_name_of_that_day() {
    let tables = std::sync::Arc::into_inner(names()).unwrap();
    let mut scheme = tables.scheme;
    let health = scheme.bureaus.get_mut(&BureauId::parse("321003-health").unwrap()).unwrap();
    let now = health.name.to_string();
    health
        .former_names
        .push(FormerName { name: text("邗江区卫生和计划生育委员会"), until: day("2026-02-28") });
    let named = std::sync::Arc::new(crate::Names { scheme, ..tables });
    let (log, folder) = (event_log::Memory::new(), tempfile::tempdir().unwrap());
    let started = crate::start(log.clone(), folder.path(), named, clock).unwrap();
    let mut world = World { log, folder, started, commits: 0, recorded_at: noon("2026-02-28") };
    world.add(1, vec![registered("网点", "321003"), certified("2026-01-05", "2028-12-31")]).await;
    world.recorded_at = noon("2026-03-01");
    world.add(1, vec![ordered("责改1号")]).await;
    let certification = world.get(1, "").await.certifications.remove(0);
    let order = certification.orders[0].act.clone().unwrap();
    assert_eq!(
        (certification.act.unwrap().bureau_name.as_str(), order.bureau_name),
        ("邗江区卫生和计划生育委员会", now)
    );
}
