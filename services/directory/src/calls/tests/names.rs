//! A past day is told under its own name, and a former name finds the outlet.

use api::directory::v1;
use api::directory::v1::directory_service_server::DirectoryService;
use domain::*;
use tonic::Request;

use super::then::noon;
use crate::outlet::view::View;
use crate::tell::provider::operator_code;
use crate::world::{World, certified, day, id, registered, text};

fn called(name: &str, division: &str, from: &str) -> Event {
    let Event::ProviderRegistered(ProviderRegistered { particulars }) = registered(name, division) else {
        unreachable!()
    };
    let particulars = Particulars { address: Some(text(&format!("{name}路1号"))), ..particulars };
    ParticularsAmended {
        particulars,
        effective_on: day(from),
        document_number: Some(text(&format!("更名{from}"))),
        site_checked_on: None,
        release: None,
    }
    .into()
}

/// 阳光 until 2026-03-01, then 朝阳; on 2026-05-01 it moves to another county. What holds between is recorded last.
async fn renamed() -> World {
    let mut world = World::new();
    let steps = [
        ("2026-01-05", vec![registered("阳光托育园", "321003005007"), certified("2026-01-05", "2028-12-31")]),
        ("2026-05-02", vec![called("朝阳托育园", "321002401001", "2026-05-01")]),
        ("2026-06-01", vec![called("朝阳托育园", "321003005007", "2026-03-01")]),
    ];
    for (on, events) in steps {
        world.recorded_at = noon(on);
        world.add(1, events).await;
    }
    world
}

fn plaque() -> PlaqueNumber {
    PlaqueNumber::new(id(1), 1).unwrap()
}

async fn with_plaque(issued_on: &str) -> World {
    let mut world = renamed().await;
    let ordered = PlaqueOrdered { plaque_number: plaque(), ordered_on: day(issued_on), replaces: None, place: None };
    let issued = PlaqueIssued { plaque_number: plaque(), issued_on: day(issued_on), design_version: text("2026") };
    world.add(1, vec![ordered.into(), issued.into()]).await;
    world
}

#[tokio::test]
async fn a_day_is_told_under_its_own_name_and_address() {
    let world = renamed().await;
    let told = async |as_of: &str| {
        let particulars = world.get(1, as_of).await.particulars.unwrap();
        format!("{} {} {}", particulars.name, particulars.division, particulars.address)
    };
    assert_eq!(told("2026-02-28").await, "阳光托育园 321003005007 文昌西路1号");
    assert_eq!(told("2026-03-01").await, "朝阳托育园 321003005007 朝阳托育园路1号");
    assert_eq!(told("2026-04-30").await, "朝阳托育园 321003005007 朝阳托育园路1号");
    assert_eq!(told("2026-05-01").await, "朝阳托育园 321002401001 朝阳托育园路1号");
    assert_eq!(told("").await, "朝阳托育园 321002401001 朝阳托育园路1号");
    let page = world.get(1, "").await;
    let version = |v: &v1::ParticularsVersion| {
        let (act, particulars) = (v.act.clone().unwrap(), v.particulars.clone().unwrap());
        format!(
            "{} [{}, {}) {} 第{}项 {}",
            particulars.name, v.from, v.until, v.document_number, act.number, act.recorded_on
        )
    };
    assert_eq!(
        page.versions.iter().map(version).collect::<Vec<_>>(),
        [
            "阳光托育园 [, 2026-03-01)  第1项 2026-01-05",
            "朝阳托育园 [2026-03-01, 2026-05-01) 更名2026-03-01 第4项 2026-06-01",
            "朝阳托育园 [2026-05-01, ) 更名2026-05-01 第3项 2026-05-02",
        ]
    );
    let act = page.versions[1].act.clone().unwrap();
    assert_eq!(
        (act.bureau_id.as_str(), act.bureau_name.is_empty(), act.scheme.as_str()),
        ("321003-health", false, "test")
    );
}

#[tokio::test]
async fn a_former_name_finds_the_outlet_and_it_says_so() {
    let world = renamed().await;
    let found = async |words: &str, as_of: &str| {
        let request =
            v1::ListProvidersRequest { text: words.to_owned(), as_of: as_of.to_owned(), ..Default::default() };
        let told = |p: v1::ProviderSummary| {
            format!("{}<{}[{},{})", p.name, p.found_by_name, p.found_by_name_from, p.found_by_name_until)
        };
        world.list(request).await.providers.into_iter().map(told).collect::<Vec<_>>()
    };
    for words in ["阳光托育园", "阳光", "阳"] {
        let told = if words == "阳" { "朝阳托育园<[,)" } else { "朝阳托育园<阳光托育园[,2026-03-01)" };
        assert_eq!(found(words, "").await, [told], "{words}");
    }
    assert_eq!(found("朝阳", "").await, ["朝阳托育园<[,)"]);
    // On a day before it is called otherwise, what it will be called finds it as well.
    assert_eq!(found("阳光", "2026-02-01").await, ["阳光托育园<[,)"]);
    assert_eq!(found("朝阳", "2026-02-01").await, ["阳光托育园<朝阳托育园[2026-03-01,)"]);
    assert_eq!(found("朝阳 阳光", "").await, ["朝阳托育园<阳光托育园[,2026-03-01)"]);
    assert_eq!(found("月光", "").await, [""; 0]);
}

#[tokio::test]
async fn an_outlet_that_moved_is_listed_and_counted_where_it_was_on_the_day() {
    let world = renamed().await;
    let there = async |division: &str, as_of: &str| {
        let request =
            v1::ListProvidersRequest { division: division.to_owned(), as_of: as_of.to_owned(), ..Default::default() };
        let listed = world.list(request).await.providers.len();
        let request =
            v1::GetStatisticsRequest { division: division.to_owned(), as_of: as_of.to_owned(), ..Default::default() };
        let counted = world.directory().await.get_statistics(Request::new(request)).await.unwrap().into_inner();
        assert_eq!(u64::try_from(listed).unwrap(), counted.live_providers, "{division} {as_of}");
        listed
    };
    for (as_of, places) in [("2026-02-01", [1, 0]), ("2026-04-30", [1, 0]), ("2026-05-01", [0, 1]), ("", [0, 1])] {
        assert_eq!([there("321003", as_of).await, there("321002", as_of).await], places, "{as_of}");
        assert_eq!(there("3210", as_of).await, 1, "once in the city: {as_of}");
    }
}

#[tokio::test]
async fn a_plaque_is_told_by_the_name_it_was_issued_to_and_the_name_of_the_day() {
    let world = with_plaque("2026-01-20").await;
    let told = world.verify(plaque().as_str(), "").await;
    assert_eq!((told.outlet_name.as_str(), told.issued_to_name.as_str()), ("朝阳托育园", "阳光托育园"));
    let sentence = told.sentence.unwrap();
    assert!(sentence.zh.contains("此牌匾发放给“阳光托育园”(现名“朝阳托育园”)"), "{}", sentence.zh);
    assert!(sentence.en.contains("issued to 阳光托育园 (now 朝阳托育园)"), "{}", sentence.en);
    // On a day on which it was called so there is nothing to tell apart.
    let told = world.verify(plaque().as_str(), "2026-02-01").await;
    assert_eq!((told.outlet_name.as_str(), told.issued_to_name.as_str()), ("阳光托育园", ""));
    // Issued under the new name, asked about today.
    let told = with_plaque("2026-05-20").await.verify(plaque().as_str(), "").await;
    assert_eq!((told.outlet_name.as_str(), told.issued_to_name.as_str()), ("朝阳托育园", ""));
}

#[tokio::test]
async fn an_operator_that_was_identified_is_named_so_from_that_day_on() {
    let mut world = World::new();
    world.add(1, vec![registered("网点", "321003"), certified("2026-01-05", "2028-12-31")]).await;
    let identified = OperatorIdentified {
        operator_uscc: Uscc::parse("914403001922038216").unwrap(),
        operator_name: text("查明的主体"),
        identified_on: day("2026-03-01"),
        document_number: text("执照1号"),
    };
    world.add(1, vec![identified.clone().into()]).await;
    let operator = async |as_of: &str| world.get(1, as_of).await.particulars.unwrap().operator_name;
    assert_eq!((operator("2026-02-28").await, operator("2026-03-01").await), ("运营主体".into(), "查明的主体".into()));
    let told = world.get(1, "").await.operator_identification.unwrap();
    assert_eq!((told.document_number.as_str(), told.act.unwrap().number), ("执照1号", 3));
    // Nobody knew the code before: neither it nor how it became known is told of an earlier day.
    assert_eq!(world.get(1, "2026-02-28").await.operator_identification, None);
    assert!(world.get(1, "2026-03-01").await.operator_identification.is_some());
    let key = ProviderId::new(OperatorCode::to_be_completed("321003", [7; 8]).unwrap(), 1).unwrap();
    let mut view = View::default();
    for fact in [registered("网点", "321003"), identified.into()] {
        view.fold(Some(&fact), 1, day("2026-03-02").number());
    }
    let told = |on: &str| operator_code(&key, &view.clone().told_of(day(on).number()));
    assert_eq!(told("2026-02-28"), (key.operator().to_string(), true));
    assert_eq!(told("2026-03-01"), ("914403001922038216".to_owned(), false));
}

/// An address that was shown on an earlier day may be the home that was withheld afterwards.
#[tokio::test]
async fn an_address_withheld_later_is_withheld_of_every_day_before() {
    let mut world = World::new();
    world.add(1, vec![registered("家庭托育点", "321003005007"), certified("2026-01-05", "2028-12-31")]).await;
    let Event::ProviderRegistered(ProviderRegistered { particulars }) = registered("家庭托育点", "321003005007")
    else {
        unreachable!()
    };
    let home = Particulars { withhold_address: true, ..particulars.clone() };
    let amended = |particulars, on: &str| {
        let (effective_on, document_number, site_checked_on) = (day(on), None, None);
        ParticularsAmended { particulars, effective_on, document_number, site_checked_on, release: None }.into()
    };
    world.add(1, vec![amended(home, "2026-03-01"), amended(particulars, "2026-05-01")]).await;
    let all = ["321003005000", "321003005000", "321003005007"];
    for ((as_of, place), begun) in [("2026-02-01", all[0]), ("2026-04-01", all[1]), ("", all[2])].into_iter().zip(1..) {
        let told = world.get(1, as_of).await;
        assert_eq!(told.particulars.unwrap().division, place, "{as_of}");
        let request = v1::ListProvidersRequest {
            division: "321003005007".to_owned(),
            as_of: as_of.to_owned(),
            ..Default::default()
        };
        assert_eq!(world.list(request).await.providers.is_empty(), place.ends_with("000"), "{as_of}");
        let divisions = told.versions.into_iter().map(|version| version.particulars.unwrap().division);
        assert_eq!(divisions.collect::<Vec<_>>(), all[..begun], "those that had begun by the day");
    }
}
