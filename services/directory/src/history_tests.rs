//! What was on record earlier, as the directory showed it then, less what was taken from the public since.

use api::directory::v1;
use api::directory::v1::directory_service_server::DirectoryService;
use api::registry::v1::{CertificationStatus, PledgeStatus};
use domain::*;
use tonic::{Code, Request, Status};
use tonic_types::StatusExt;

use crate::tests::{World, broken, certified, clock, day, id, pledge_form, registered, repaired, withdrawn};

/// Noon of a day in China.
pub(crate) fn noon(on: &str) -> Instant {
    let days = u64::try_from(day(on).number()).unwrap();
    Instant((days * 24 + 4) * 3_600_000)
}

fn get(provider: u32) -> v1::GetProviderRequest {
    v1::GetProviderRequest { provider_id: id(provider).to_string(), ..Default::default() }
}

async fn ask(world: &World, request: v1::GetProviderRequest) -> Result<v1::GetProviderResponse, Status> {
    world.directory().await.get_provider(Request::new(request)).await.map(tonic::Response::into_inner)
}

async fn at(world: &World, provider: u32, as_of_position: u64) -> v1::Provider {
    let request = v1::GetProviderRequest { as_of_position, ..get(provider) };
    ask(world, request).await.unwrap().provider.unwrap()
}

pub(crate) fn amended(name: &str, division: &str, withhold_address: bool) -> Event {
    let Event::ProviderRegistered(ProviderRegistered { particulars }) = registered(name, division) else {
        unreachable!()
    };
    let particulars = Particulars { withhold_address, ..particulars };
    let effective_on = day("2026-02-01");
    ParticularsAmended { particulars, effective_on, document_number: None, site_checked_on: None }.into()
}

#[tokio::test]
async fn a_page_is_told_again_as_it_was_shown_at_each_position_and_on_each_day() {
    let mut world = World::new();
    let steps = [
        ("2026-03-01", 1, vec![registered("旧名", "321003005007")]),
        ("2026-03-01", 2, vec![registered("别家", "321003005007")]),
        ("2026-03-03", 1, vec![certified("2026-03-01", "2026-05-31")]),
        ("2026-03-07", 1, vec![amended("新名", "321002401001", false)]),
        ("2026-03-08", 2, vec![certified("2026-03-08", "2027-05-31")]),
        ("2026-03-08", 1, vec![withdrawn("2026-03-02")]),
    ];
    let (mut shown, mut by_day) = (Vec::new(), std::collections::BTreeMap::new());
    for (on, provider, events) in steps {
        world.recorded_at = noon(on);
        let position = world.add(provider, events).await.0;
        let page = ask(&world, v1::GetProviderRequest { as_of: on.to_owned(), ..get(1) }).await.unwrap();
        by_day.insert(on, (position, page.provider.clone()));
        shown.push((position, on, page.provider));
    }
    for (position, on, page) in &shown {
        let request = v1::GetProviderRequest { as_of_position: *position, ..get(1) };
        let told = ask(&world, request).await.unwrap();
        assert_eq!(&told.provider, page, "at {position}");
        assert_eq!((told.as_of_position, told.known_on.as_str(), told.as_of.as_str()), (*position, *on, *on));
        assert_eq!(told.position, 6);
    }
    for (on, (position, page)) in by_day {
        let told = ask(&world, v1::GetProviderRequest { known_on: on.to_owned(), ..get(1) }).await.unwrap();
        assert_eq!(told.provider, page, "on {on}");
        assert_eq!((told.as_of_position, told.known_on.as_str(), told.as_of.as_str()), (position, on, on));
    }
    // The two times: known then, of another day; and known now, of that day.
    let then = v1::GetProviderRequest { known_on: "2026-03-07".to_owned(), as_of: "2026-03-05".to_owned(), ..get(1) };
    let now = v1::GetProviderRequest { as_of: "2026-03-05".to_owned(), ..get(1) };
    let status = |answer: v1::GetProviderResponse| answer.provider.unwrap().certifications[0].status();
    assert_eq!(status(ask(&world, then).await.unwrap()), CertificationStatus::Valid);
    assert_eq!(status(ask(&world, now).await.unwrap()), CertificationStatus::Withdrawn);
}

#[tokio::test]
async fn what_was_taken_from_the_public_since_is_not_told_by_an_old_page() {
    let mut world = World::new();
    world.add(1, vec![registered("旧址", "321003005007"), PledgeMade { pledge: pledge_form() }.into()]).await;
    world.add(1, vec![broken().into()]).await;
    let address = |page: &v1::Provider| page.particulars.clone().unwrap().address;
    let page = at(&world, 1, 1).await;
    assert_eq!((address(&page).as_str(), page.pledges[0].status()), ("文昌西路1号", PledgeStatus::UnderSupervision));
    assert!(at(&world, 1, 2).await.pledges[0].breach.is_some());
    world.add(1, vec![repaired().into()]).await;
    // A home for a while, and then a shop.
    world.add(1, vec![amended("家庭", "321003005007", true)]).await;
    world.add(1, vec![amended("门店", "321003006001", false)]).await;
    let page = at(&world, 1, 2).await;
    assert_eq!((page.pledges[0].status(), &page.pledges[0].breach), (PledgeStatus::Repaired, &None));
    assert_eq!(at(&world, 1, 1).await.pledges[0].status(), PledgeStatus::UnderSupervision, "before the breach");
    for position in [1, 2, 3, 4] {
        let page = at(&world, 1, position).await;
        assert_eq!((address(&page).as_str(), page.particulars.unwrap().withhold_address), ("", true), "{position}");
    }
    let page = at(&world, 1, 5).await;
    assert_eq!((address(&page).as_str(), page.particulars.unwrap().division.as_str()), ("文昌西路1号", "321003006001"));
}

#[tokio::test]
async fn an_earlier_record_that_cannot_be_told_is_refused_by_name() {
    let mut world = World::new();
    world.recorded_at = noon("2026-03-01");
    world.add(1, vec![registered("网点", "321003")]).await;
    world.add(2, vec![registered("网点", "321003")]).await;
    world.add(1, vec![certified("2026-03-01", "2027-05-31")]).await;
    let later = v1::GetProviderRequest { as_of_position: 1, ..get(2) };
    assert_eq!(ask(&world, later).await.unwrap_err().code(), Code::NotFound);
    let before_all = v1::GetProviderRequest { known_on: "2026-02-28".to_owned(), ..get(1) };
    assert_eq!(ask(&world, before_all).await.unwrap_err().code(), Code::NotFound);
    // The clock stands at 2026-07-01.
    for (as_of_position, known_on, rule) in [(0, "2026-07-02", "RANGE"), (1, "2026-03-01", "EXCLUSIVE")] {
        let known_on = known_on.to_owned();
        let refused = ask(&world, v1::GetProviderRequest { as_of_position, known_on, ..get(1) }).await.unwrap_err();
        let violation = refused.get_details_bad_request().unwrap().field_violations.remove(0);
        assert_eq!((violation.field.as_str(), violation.description.split(':').next()), ("known_on", Some(rule)));
    }
    let today = v1::GetProviderRequest { known_on: Day::of(clock()).to_string(), ..get(1) };
    assert_eq!(ask(&world, today).await.unwrap().as_of_position, 3);
    // What has not been recorded yet is waited for, as with min_position.
    tokio::time::pause();
    let ahead = v1::GetProviderRequest { as_of_position: 4, ..get(1) };
    let behind = ask(&world, ahead).await.unwrap_err();
    assert_eq!(
        (behind.code(), behind.get_details_error_info().unwrap().reason.as_str()),
        (Code::Unavailable, "BEHIND")
    );
}
