//! What was on record earlier, as the directory showed it then, less what was taken from the public since.

use api::directory::v1;
use api::directory::v1::directory_service_server::DirectoryService;
use api::registry::v1::{CertificationStatus, PledgeStatus};
use domain::*;
use tonic::{Code, Request, Status};
use tonic_types::StatusExt;

use crate::ask::then::OUTLETS_MAX;
use crate::world::{World, broken, certified, clock, day, id, pledge_form, registered, repaired, withdrawn};

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
    ParticularsAmended { particulars, effective_on, document_number: None, site_checked_on: None, release: None }.into()
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
    assert!(at(&world, 1, 2).await.pledges[0].breaches.len() == 1);
    world.add(1, vec![repaired(3).into()]).await;
    // A home for a while, and then a shop.
    world.add(1, vec![amended("家庭", "321003005007", true)]).await;
    world.add(1, vec![amended("门店", "321003006001", false)]).await;
    let page = at(&world, 1, 2).await;
    assert_eq!((page.pledges[0].status(), page.pledges[0].breaches.len()), (PledgeStatus::Repaired, 0));
    assert_eq!(at(&world, 1, 1).await.pledges[0].status(), PledgeStatus::UnderSupervision, "before the breach");
    for position in [1, 2, 3, 4] {
        let page = at(&world, 1, position).await;
        assert_eq!((address(&page).as_str(), page.particulars.unwrap().withhold_address), ("", true), "{position}");
    }
    let page = at(&world, 1, 5).await;
    assert_eq!((address(&page).as_str(), page.particulars.unwrap().division.as_str()), ("文昌西路1号", "321003006001"));
}

/// Questions about lists: places, words, a number, an operator, orders.
fn lists() -> Vec<v1::ListProvidersRequest> {
    let plain = v1::ListProvidersRequest { page_size: 3, ..Default::default() };
    let of = |division: &str, category: &str, text: &str, number: &str, order: v1::ListOrder| {
        let [division, category, text, number] = [division, category, text, number].map(str::to_owned);
        v1::ListProvidersRequest { division, category, text, number, order: order.into(), ..plain.clone() }
    };
    let any = v1::ListOrder::Unspecified;
    let operator_code = id(3).operator().as_str().to_owned();
    vec![
        plain.clone(),
        of("321003", "", "", "", any),
        of("321003005007", "childcare", "", "", any),
        of("321002", "childcare", "", "", any),
        of("", "childcare", "旧名", "", any),
        of("", "", "新名", "", any),
        of("", "", "", "", v1::ListOrder::Name),
        of("3210", "", "", "", v1::ListOrder::CertifiedOn),
        of("", "", "", "认定1号", any),
        v1::ListProvidersRequest { operator_code, ..plain.clone() },
        v1::ListProvidersRequest { statuses: vec![CertificationStatus::Withdrawn.into()], ..plain.clone() },
    ]
}

/// Every page, with a commit before each that follows.
async fn pages(world: &mut World, question: v1::ListProvidersRequest, between: bool) -> Vec<v1::ProviderSummary> {
    let (mut found, mut page_token) = (Vec::new(), String::new());
    loop {
        let page = world.list(v1::ListProvidersRequest { page_token, ..question.clone() }).await;
        assert_eq!(page.as_of, "2026-07-01");
        assert_eq!(page.as_of_position, question.as_of_position);
        found.extend(page.providers);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return found;
        }
        if between {
            let number = u32::try_from(world.commits % 12).unwrap();
            world.add(number, vec![amended("又一名", "321002401001", false)]).await;
        }
    }
}

#[tokio::test]
async fn lists_and_counts_are_told_again_as_they_were() {
    let mut world = World::new();
    for number in 0..12 {
        let division = if number % 2 == 0 { "321003005007" } else { "321002401001" };
        let registered = registered(&format!("旧名{number}"), division);
        world.add(number, vec![registered, certified("2026-01-01", "2028-12-31")]).await;
    }
    world.add(7, vec![withdrawn("2026-03-01")]).await;
    let counts = |as_of_position| v1::GetStatisticsRequest { as_of_position, group_digits: 12, ..Default::default() };
    let counted = world.directory().await.get_statistics(Request::new(counts(0))).await.unwrap().into_inner();
    let mut shown = Vec::new();
    for question in lists() {
        shown.push(pages(&mut world, question, false).await);
    }
    assert_eq!(shown.iter().map(Vec::len).collect::<Vec<_>>(), [11, 6, 6, 5, 11, 0, 11, 11, 11, 1, 1]);
    // Moves in and out, another name, an end, a newcomer.
    for number in 0..6 {
        let division = if number % 3 == 0 { "321002401001" } else { "321003005007" };
        world.add(number, vec![amended("新名", division, false)]).await;
    }
    world.add(8, vec![withdrawn("2026-03-01")]).await;
    world.add(20, vec![registered("旧名", "321003005007"), certified("2026-01-01", "2028-12-31")]).await;
    for (question, shown) in lists().into_iter().zip(shown) {
        let question = v1::ListProvidersRequest { as_of_position: 13, ..question };
        let mut told = pages(&mut world, question.clone(), true).await;
        let mut shown = shown;
        if !question.text.is_empty() {
            // Among outlets of one rank, the order is the one of the index they were found by.
            told.sort_by(|a, b| a.provider_id.cmp(&b.provider_id));
            shown.sort_by(|a, b| a.provider_id.cmp(&b.provider_id));
        }
        assert_eq!(told, shown, "{question:?}");
    }
    // A day that is not over goes on; the pages that follow keep the position of the first.
    let question = v1::ListProvidersRequest { known_on: "2026-07-01".to_owned(), page_size: 3, ..Default::default() };
    let first = world.list(question.clone()).await;
    world.add(30, vec![registered("旧名", "321003005007"), certified("2026-01-01", "2028-12-31")]).await;
    let second = world.list(v1::ListProvidersRequest { page_token: first.next_page_token, ..question }).await;
    assert_eq!((second.as_of_position, second.position), (first.as_of_position, first.position + 1));
    let told = world.directory().await.get_statistics(Request::new(counts(13))).await.unwrap().into_inner();
    assert_eq!((told.as_of_position, told.known_on.as_str()), (13, "2026-07-01"));
    let numbers = |a: v1::GetStatisticsResponse| (a.rows, a.totals, a.providers, a.live_providers, a.as_of);
    assert_eq!(numbers(told), numbers(counted));
}

/// Its certification was corrected to nothing: it stands among those of the category no more, and stood there before.
#[tokio::test]
async fn what_was_corrected_away_is_in_the_lists_of_before() {
    let mut world = World::new();
    for number in 0..3 {
        world.add(number, vec![registered("网点", "321003005007"), certified("2026-01-01", "2028-12-31")]).await;
    }
    let corrected = ActCorrected {
        act: Act::new(2).unwrap(),
        corrected_on: day("2026-06-20"),
        reason: crate::world::text("误录"),
        document_number: None,
        fact: None,
    };
    world.add(1, vec![corrected.into()]).await;
    for (division, category) in [("", ""), ("", "childcare"), ("321003005007", "childcare"), ("321003", "childcare")] {
        for (as_of_position, found) in [(3, 3), (4, 2), (0, 2)] {
            let (division, category) = (division.to_owned(), category.to_owned());
            let question = v1::ListProvidersRequest { division, category, as_of_position, ..Default::default() };
            assert_eq!(pages(&mut world, question.clone(), false).await.len(), found, "{question:?}");
        }
    }
}

#[tokio::test]
async fn a_sorted_list_that_has_changed_too_much_since_is_refused() {
    let mut world = World::new();
    let outlets = u32::try_from(OUTLETS_MAX).unwrap();
    for number in 0..=outlets {
        let division = if number == 0 { "321003" } else { "321002" };
        world.add(number, vec![registered("网点", division), certified("2026-01-01", "2028-12-31")]).await;
    }
    for number in 0..=outlets {
        world.add(number, vec![withdrawn("2026-03-01")]).await;
    }
    let order = v1::ListOrder::Name.into();
    let far = v1::ListProvidersRequest { order, as_of_position: u64::from(outlets) + 1, ..Default::default() };
    let refused = world.directory().await.list_providers(Request::new(far.clone())).await.unwrap_err();
    let reason = refused.get_details_error_info().unwrap().reason;
    assert_eq!((refused.code(), reason.as_str()), (Code::FailedPrecondition, "AS_OF_TOO_FAR"));
    // A smaller place, or a later position, has fewer.
    let smaller = v1::ListProvidersRequest { division: "321003".to_owned(), ..far.clone() };
    assert_eq!(world.list(smaller).await.providers.len(), 1);
    let later = v1::ListProvidersRequest { as_of_position: far.as_of_position + 1, page_size: 100, ..far.clone() };
    assert_eq!(world.list(later).await.providers.len(), OUTLETS_MAX);
    // Newcomers are not loaded: before them there was nothing.
    let nothing = v1::ListProvidersRequest { as_of_position: 0, known_on: "2026-06-30".to_owned(), ..far };
    assert_eq!(world.list(nothing).await.providers.len(), 0);
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
    // A position that the log does not have is none, and where it ends is told.
    let directory = world.directory().await;
    let list = v1::ListProvidersRequest { as_of_position: 4, ..Default::default() };
    let counts = v1::GetStatisticsRequest { as_of_position: 4, ..Default::default() };
    for ahead in [
        ask(&world, v1::GetProviderRequest { as_of_position: 4, ..get(1) }).await.unwrap_err(),
        directory.list_providers(Request::new(list)).await.unwrap_err(),
        directory.get_statistics(Request::new(counts)).await.unwrap_err(),
    ] {
        let info = ahead.get_details_error_info().unwrap();
        assert_eq!((ahead.code(), info.reason.as_str()), (Code::OutOfRange, "POSITION_AHEAD"));
        assert_eq!((info.metadata["position"].as_str(), info.metadata["head"].as_str()), ("3", "3"));
    }
}
