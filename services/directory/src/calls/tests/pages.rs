//! Pages: a token goes on, wherever it is sent and whatever moves meanwhile.

use api::directory::v1;
use api::directory::v1::directory_service_server::DirectoryService;
use api::directory::v1::rows_service_server::RowsService;
use api::registry::v1 as registry;
use api::registry::v1::CertificationStatus;
use domain::{Event, Point};
use event_log::EventLog;
use futures_util::StreamExt;
use projection::Health;
use proptest::prelude::*;
use tonic::{Code, Request};
use tonic_types::StatusExt;

use crate::calls::places::Caller;
use crate::world::{World, amended, care, certified, clock, day, id, names, registered, second, text, withdrawn};

fn at(name: &str, division: &str, point: Option<(i32, i32)>) -> domain::Particulars {
    let Event::ProviderRegistered(registered) = registered(name, division) else { unreachable!() };
    let location = point.map(|(north, east)| Point::new(north, east).unwrap());
    domain::Particulars { location, ..registered.particulars }
}

async fn outlet(world: &mut World, number: u32, particulars: domain::Particulars) {
    let registered = domain::ProviderRegistered { particulars };
    world.add(number, vec![registered.into(), certified("2026-01-01", "2028-12-31")]).await;
}

#[tokio::test]
async fn a_mirror_made_while_outlets_move_holds_each_once() {
    for order in [v1::ListOrder::Unspecified, v1::ListOrder::Name] {
        let mut world = World::new();
        for number in 0..4 {
            outlet(&mut world, number, at(&format!("网点{number}"), "321003005007", None)).await;
        }
        let ask = |page_token| v1::ListProvidersRequest {
            page_size: 1,
            page_token,
            order: order.into(),
            ..Default::default()
        };
        let (mut seen, mut page_token, mut pages) = (Vec::new(), String::new(), 0);
        loop {
            let page = world.list(ask(page_token)).await;
            seen.extend(page.providers.iter().map(|provider| provider.provider_id.clone()));
            page_token = page.next_page_token;
            if page_token.is_empty() {
                break;
            }
            pages += 1;
            // One that was told goes ahead of the page, and one that was not goes behind it.
            let told = seen.last().and_then(|id| (0..4).find(|n| crate::world::id(*n).to_string() == *id)).unwrap();
            let untold = (0..4).find(|n| !seen.contains(&id(*n).to_string()));
            world.add(told, vec![amended(at("末", "321084", None))]).await;
            if let Some(untold) = untold.filter(|_| pages == 2) {
                world.add(untold, vec![amended(at("一", "321002", None))]).await;
            }
        }
        seen.sort();
        let mut all: Vec<String> = (0..4).map(|number| id(number).to_string()).collect();
        all.sort();
        assert_eq!(seen, all, "{order:?}");
    }
}

/// Those that were live at the first page, each once, whatever becomes of them meanwhile.
#[tokio::test]
async fn a_mirror_of_what_is_live_holds_what_has_ended_since() {
    let suspended = || {
        domain::CertificationSuspended {
            category: care(),
            certification: second(),
            ground: domain::GroundCode::parse("overcharging").unwrap(),
            detail: text("整改"),
            suspended_on: day("2026-05-01"),
            document_number: text("1"),
            legal_basis: text("1"),
        }
        .into()
    };
    let resumed = || {
        let (category, suspension, resumed_on) = (care(), domain::Act::new(3).unwrap(), day("2026-06-01"));
        domain::CertificationResumed { category, suspension, resumed_on }.into()
    };
    for statuses in [vec![], vec![CertificationStatus::Suspended]] {
        let mut world = World::new();
        for number in 0..40 {
            outlet(&mut world, number, at("网点", ["321003005007", "321084"][number as usize % 2], None)).await;
            if number % 3 == 0 {
                world.add(number, vec![suspended()]).await;
            }
        }
        let statuses: Vec<i32> = statuses.into_iter().map(Into::into).collect();
        let ask = |page_token| v1::ListProvidersRequest {
            page_size: 3,
            page_token,
            statuses: statuses.clone(),
            ..Default::default()
        };
        let all = world.list(v1::ListProvidersRequest { page_size: 100, ..ask(String::new()) }).await.providers;
        let (mut seen, mut page_token, mut next) = (Vec::new(), String::new(), 0);
        loop {
            let page = world.list(ask(page_token)).await;
            seen.extend(page.providers);
            page_token = page.next_page_token;
            if page_token.is_empty() {
                break;
            }
            // Of each third one that was suspended goes on, and one that was not is.
            for number in next..(next + 6).min(40) {
                let event = match number % 6 {
                    0 => resumed(),
                    1 => withdrawn("2026-06-30"),
                    2 => suspended(),
                    3 => withdrawn("2026-07-01"),
                    4 => amended(at("末", "321102", None)),
                    _ => amended(at("新名", "321084", None)),
                };
                world.add(number, vec![event]).await;
            }
            next += 6;
        }
        assert_eq!(seen, all, "{statuses:?}");
        assert!(seen.len() > 12 && next > 20, "{} in pages until {next}", seen.len());
    }
}

/// However many dear questions are asked, and though something is recorded between two pages.
#[tokio::test]
async fn a_list_of_what_is_live_waits_for_no_dear_question_on_any_page() {
    let mut world = World::new();
    for number in 0..60 {
        world.add(number, vec![registered("网点", "321003001001")]).await;
    }
    for number in 60..180 {
        outlet(&mut world, number, at("网点", "321003005007", None)).await;
    }
    let caller = Caller::at([192, 0, 2, 1]);
    let gate = &world.directory().await.gate.clone();
    let _held = [gate.heavy_place(caller).await.unwrap(), gate.heavy_place(caller).await.unwrap()];
    let (mut page_token, mut seen) = (String::new(), 0);
    loop {
        let page = world.list(v1::ListProvidersRequest { page_size: 100, page_token, ..Default::default() }).await;
        seen += page.providers.len();
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
        world.add(170, vec![withdrawn("2026-06-30")]).await;
        world.add(0, vec![amended(at("新名", "321003001001", None))]).await;
    }
    assert_eq!(seen, 120);
}

/// However much moves: each page looks at what lies behind its token alone.
#[tokio::test]
async fn a_mirror_comes_to_its_end_while_ten_thousand_outlets_move() {
    // Few, so that those that are recorded together are folded together: what is loaded is bounded by page in any case. And not too few: a
    // record keeps every version of its particulars.
    const OUTLETS: u32 = 600;
    let divisions = ["321002", "321003005007", "321003", "321084", "321012001001"];
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = move |below: usize| {
        // xorshift: the same moves in every run.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below as u64).unwrap()
    };
    let mut world = World::new();
    for number in 0..OUTLETS {
        outlet(&mut world, number, at(&format!("网点{number}"), divisions[number as usize % 5], None)).await;
    }
    let (mut seen, mut page_token, mut moves) = (Vec::new(), String::new(), 0);
    loop {
        let category = "childcare".to_owned();
        let ask = v1::ListProvidersRequest { category, page_size: 1, page_token, ..Default::default() };
        let page = world.list(ask).await;
        assert!(!page.each_page_at_its_own_position);
        seen.extend(page.providers.iter().map(|provider| (provider.provider_id.clone(), provider.name.clone())));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
        for _ in 0..18 {
            let number = u32::try_from(random(OUTLETS as usize)).unwrap();
            world.add(number, vec![amended(at("新名", divisions[random(5)], None))]).await;
            moves += 1;
        }
        // Newcomers were not on record at the first page.
        outlet(&mut world, OUTLETS + moves, at("新来", divisions[random(5)], None)).await;
    }
    assert!(moves > 10_000, "{moves}");
    let mut all: Vec<_> = (0..OUTLETS).map(|number| (id(number).to_string(), format!("网点{number}"))).collect();
    seen.sort();
    all.sort();
    assert_eq!(seen, all);
}

/// Where the pages of an answer to words are each of their own moment, they say so.
#[tokio::test]
async fn pages_that_are_each_of_their_own_moment_say_so() {
    let mut world = World::new();
    for number in 0..12 {
        let point = Some((32_390_000 + i32::try_from(number).unwrap() * 100, 119_410_000));
        let name = if number < 2 { "阳光" } else { "网点" };
        outlet(&mut world, number, at(&format!("{name}{number}"), "321003005007", point)).await;
    }
    let point = Some(registry::Point { latitude_microdegrees: 32_390_000, longitude_microdegrees: 119_410_000 });
    let words = v1::ListProvidersRequest { text: "网点".to_owned(), page_size: 4, ..Default::default() };
    let near = v1::ListProvidersRequest { near: Some(v1::Near { point, within_metres: 1000 }), ..words.clone() };
    let near = v1::ListProvidersRequest { text: String::new(), ..near };
    let few = v1::ListProvidersRequest { division: "321084".to_owned(), ..words.clone() };
    let earlier = v1::ListProvidersRequest { as_of_position: 12, ..words.clone() };
    for (ask, own) in [(words, true), (near, true), (few, false), (earlier, false)] {
        let (mut page_token, mut pages) = (String::new(), 0);
        loop {
            let page = world.list(v1::ListProvidersRequest { page_token, ..ask.clone() }).await;
            assert_eq!(page.each_page_at_its_own_position, own, "{ask:?}");
            (page_token, pages) = (page.next_page_token, pages + 1);
            if page_token.is_empty() {
                break;
            }
        }
        assert_eq!(pages > 1, own || ask.as_of_position > 0);
    }
}

#[tokio::test]
async fn a_token_serves_every_directory_of_the_log() {
    let mut world = World::new();
    for number in 0..5 {
        outlet(&mut world, number, at(&format!("网点{number}"), "321003005007", None)).await;
    }
    let folder = tempfile::tempdir().unwrap();
    let other = crate::start(world.log.clone(), folder.path(), names(), clock).unwrap();
    other.progress().wait_for(|now| now.health == Health::Live).await.unwrap();
    for text in ["", "网点"] {
        let ask = |page_token| v1::ListProvidersRequest {
            text: text.to_owned(),
            page_size: 2,
            page_token,
            ..Default::default()
        };
        let token = world.list(ask(String::new())).await.next_page_token;
        let there = other.directory.list_providers(Request::new(ask(token.clone()))).await.unwrap().into_inner();
        assert_eq!(there.providers, world.list(ask(token)).await.providers);
        assert_eq!(there.providers.len(), 2);
    }
}

#[tokio::test]
async fn a_token_of_another_log_is_refused_and_every_answer_says_which_log_it_is_of() {
    let (mut world, mut other) = (World::new(), World::new());
    for world in [&mut world, &mut other] {
        for number in 0..3 {
            outlet(world, number, at("网点", "321003005007", None)).await;
            world.add(number, vec![certified("2026-01-01", "2026-08-31")]).await;
        }
    }
    let (ours, theirs) = (world.log.id().to_string(), other.log.id().to_string());
    assert_ne!(ours, theirs);
    let foreign = |error: tonic::Status| {
        let violation = error.get_details_bad_request().unwrap().field_violations.remove(0);
        assert_eq!((error.code(), violation.field.as_str()), (Code::InvalidArgument, "page_token"));
    };
    for text in ["", "网点"] {
        let ask = |page_token| v1::ListProvidersRequest {
            text: text.to_owned(),
            page_size: 2,
            page_token,
            ..Default::default()
        };
        let first = world.list(ask(String::new())).await;
        assert_eq!(first.log_id, ours);
        foreign(
            other.directory().await.list_providers(Request::new(ask(first.next_page_token.clone()))).await.unwrap_err(),
        );
        assert_eq!(world.list(ask(first.next_page_token)).await.log_id, ours);
        let earlier = world.list(v1::ListProvidersRequest { as_of_position: 2, ..ask(String::new()) }).await;
        assert_eq!(earlier.log_id, ours);
    }
    let directory = world.directory().await;
    let tasks = |page_token| v1::ListTasksRequest { page_size: 1, within_days: 366, page_token, ..Default::default() };
    let first = directory.list_tasks(Request::new(tasks(String::new()))).await.unwrap().into_inner();
    assert_eq!(first.log_id, ours);
    let token = tasks(first.next_page_token);
    foreign(other.directory().await.list_tasks(Request::new(token)).await.unwrap_err());

    let get = |as_of_position| v1::GetProviderRequest {
        provider_id: id(1).to_string(),
        as_of_position,
        ..Default::default()
    };
    for position in [0, 3] {
        assert_eq!(directory.get_provider(Request::new(get(position))).await.unwrap().into_inner().log_id, ours);
        let counts = v1::GetStatisticsRequest { as_of_position: position, ..Default::default() };
        assert_eq!(directory.get_statistics(Request::new(counts)).await.unwrap().into_inner().log_id, ours);
    }
    assert_eq!(world.verify("扬州001号", "").await.log_id, ours);
    let changes = directory.list_changes(Request::new(v1::ListChangesRequest::default())).await.unwrap().into_inner();
    assert_eq!(changes.log_id, ours);
    let [from_month, to_month] = ["2026-01", "2026-01"].map(str::to_owned);
    let months = v1::GetFlowsRequest { from_month, to_month, ..Default::default() };
    assert_eq!(directory.get_flows(Request::new(months)).await.unwrap().into_inner().log_id, ours);
    let mut watched = directory.watch(Request::new(v1::WatchRequest::default())).await.unwrap().into_inner();
    let beat = async {
        loop {
            let message = watched.next().await.unwrap().unwrap();
            if message.change.is_none() {
                break message.log_id;
            }
        }
    };
    assert_eq!(tokio::time::timeout(std::time::Duration::from_secs(20), beat).await.unwrap(), ours);
    let maintenance = crate::calls::rows::Maintenance::new(world.log.id(), world.started.reader().clone(), clock);
    let progress = maintenance.get_progress(Request::new(v1::GetProgressRequest {})).await.unwrap().into_inner();
    assert_eq!(progress.log_id, ours);
}

#[tokio::test]
async fn sorting_is_refused_only_where_what_is_to_be_sorted_is_too_much() {
    let mut world = World::new();
    // More than are sorted at one time in tests.
    for number in 0..80 {
        let near = (number < 3).then_some((32_390_000, 119_410_000));
        let name = if number % 40 == 1 { "阳光" } else { "网点" };
        outlet(&mut world, number, at(&format!("{name}{number:02}"), "321003005007", near)).await;
    }
    let point = Some(registry::Point { latitude_microdegrees: 32_390_000, longitude_microdegrees: 119_410_000 });
    let list = || v1::ListProvidersRequest { order: v1::ListOrder::Name.into(), ..Default::default() };
    let circle = v1::ListProvidersRequest { near: Some(v1::Near { point, within_metres: 100 }), ..list() };
    assert_eq!(world.list(circle).await.providers.len(), 3);
    let words = v1::ListProvidersRequest { text: "阳光".to_owned(), ..list() };
    assert_eq!(world.list(words.clone()).await.providers.len(), 2);
    let then = v1::ListProvidersRequest { as_of_position: 70, ..words };
    assert_eq!(world.list(then).await.providers.len(), 2);
    let error = world.directory().await.list_providers(Request::new(list())).await.unwrap_err();
    let reason = error.get_details_error_info().unwrap().reason;
    assert_eq!((error.code(), reason.as_str()), (Code::FailedPrecondition, "TOO_MANY_TO_SORT"));
}

#[tokio::test]
async fn what_is_recorded_elsewhere_does_not_end_the_past_of_a_place() {
    let mut world = World::new();
    outlet(&mut world, 1, at("网点", "321003005007", None)).await;
    let then = world.add(1, vec![amended(at("新名", "321003005007", None))]).await.0;
    for _ in 0..=crate::ask::then::COMMITS_SINCE_MAX {
        world.add(2, vec![amended(at("别处", "321002001001", None))]).await;
    }
    let ask = |division: &str| v1::ListProvidersRequest {
        division: division.to_owned(),
        order: v1::ListOrder::Name.into(),
        as_of_position: then - 1,
        ..Default::default()
    };
    for division in ["321003005007", "321003"] {
        assert_eq!(world.list(ask(division)).await.providers[0].name, "网点", "{division}");
    }
    let error = world.directory().await.list_providers(Request::new(ask("3210"))).await.unwrap_err();
    let info = error.get_details_error_info().unwrap();
    assert_eq!((info.reason.as_str(), info.metadata["bound"].as_str()), ("AS_OF_TOO_FAR", "commits"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    /// Many outlets at few points, such as what geocoders answer with where they find nothing.
    #[test]
    fn a_token_is_never_its_own_successor(
        points in proptest::collection::vec((0..3_i32, 0..3_i32), 1..3),
        outlets in 20..50_u32,
        order in 0..3_usize,
        within_metres in prop_oneof![Just(100_u32), Just(5_000), Just(50_000)],
        page_size in 1..30_u32,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut world = World::new();
            for number in 0..outlets {
                let (north, east) = points[number as usize % points.len()];
                let point = (32_390_000 + north * 9_000, 119_410_000 + east * 9_000);
                outlet(&mut world, number, at(&format!("网点{number:02}"), "321003005007", Some(point))).await;
            }
            let point = Some(registry::Point { latitude_microdegrees: 32_390_000, longitude_microdegrees: 119_410_000 });
            let request = match order {
                0 => v1::ListProvidersRequest { near: Some(v1::Near { point, within_metres }), ..Default::default() },
                1 => v1::ListProvidersRequest { text: "网点".to_owned(), ..Default::default() },
                _ => v1::ListProvidersRequest::default(),
            };
            let (mut tokens, mut page_token) = (std::collections::BTreeSet::new(), String::new());
            let mut seen = std::collections::BTreeSet::new();
            loop {
                let asked = v1::ListProvidersRequest { page_size, page_token, ..request.clone() };
                let page = world.list(asked).await;
                for provider in page.providers {
                    prop_assert!(seen.insert(provider.provider_id), "told twice");
                }
                page_token = page.next_page_token;
                if page_token.is_empty() {
                    break;
                }
                prop_assert!(tokens.insert(page_token.clone()), "after {} tokens", tokens.len());
            }
            if order > 0 || within_metres > 5_000 {
                prop_assert_eq!(seen.len(), outlets as usize);
            }
            Ok(())
        })?;
    }
}
