//! What a page costs: it looks at what it tells and at little else, however many outlets there are.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use domain::Event;
use event_log::EventLog;
use projection::Snapshot;

use crate::ask::around::outwards;
use crate::ask::effort::{Effort, Fault};
use crate::ask::list::list;
use crate::ask::since::{Draft, Next, draft};
use crate::ask::work::{Desk, work};
use crate::ask::{Ask, Filter, Near, Order};
use crate::outlet::status::Status;
use crate::world::{World, amended, care, certified, clock, day, registered, second, text, withdrawn};

/// Outlets of which most go on, and are due for nothing soon.
async fn world() -> World {
    let mut world = World::new();
    for number in 0..120 {
        let to = if number % 40 == 7 { "2026-07-20" } else { "2029-12-31" };
        world.add(number, vec![registered("网点", "321003005007"), certified("2026-01-01", to)]).await;
        if number % 40 == 3 {
            world.add(number, vec![withdrawn("2026-05-01")]).await;
        }
    }
    world.directory().await;
    world
}

fn today() -> i32 {
    domain::Day::of(clock()).number()
}

fn found(rows: &Snapshot<'_>, statuses: Vec<Status>, effort: &Effort) -> (usize, bool) {
    let filter = Filter { statuses, ..Filter::default() };
    let ask = Ask { filter: &filter, day: today(), page_size: 20, effort };
    let (page, end) = list(rows, ask, None, &mut |found| found.card.id.to_owned()).unwrap().unwrap();
    (page.len(), end.is_some())
}

#[tokio::test]
async fn ended_certifications_are_found_without_those_that_go_on() {
    let world = world().await;
    let pinned = world.started.reader().rows();
    let rows = pinned.snapshot();
    assert_eq!(found(&rows, vec![Status::Withdrawn], &Effort::short(4)), (3, false));
    assert_eq!(found(&rows, vec![Status::Revoked, Status::Expired], &Effort::short(4)), (0, false));
    // What no index has apart is looked through so far, and says that there may be more.
    assert_eq!(found(&rows, vec![Status::Rectifying, Status::Expired], &Effort::short(4)), (0, true));
}

const ELSEWHERE: &str = "321084001001";
const FIRST: &str = "321003001001";
const THEN: &str = "321003005007";

fn in_zone(name: &str, division: &str) -> domain::Particulars {
    let Event::ProviderRegistered(registered) = registered(name, division) else { unreachable!() };
    domain::Particulars { zone: Some(domain::ZoneCode::parse("eco-tech-city").unwrap()), ..registered.particulars }
}

fn at(particulars: domain::Particulars) -> Event {
    domain::ProviderRegistered { particulars }.into()
}

/// The lists that the public asks for most, of what is live today.
fn lists() -> Vec<Filter> {
    let statuses = vec![Status::Valid, Status::Rectifying, Status::Suspended];
    let all = Filter { statuses, ..Filter::default() };
    let area = |area: &str| Some(domain::DivisionPrefix::parse(area).unwrap());
    let zone = Some(domain::ZoneCode::parse("eco-tech-city").unwrap());
    vec![
        Filter { division: area("321003"), ..all.clone() },
        Filter { division: area("3210"), category: Some(care()), ..all.clone() },
        Filter { category: Some(care()), ..all.clone() },
        Filter { of_class: Some(vec![care()]), ..all.clone() },
        Filter { zone: zone.clone(), ..all.clone() },
        Filter { zone, category: Some(care()), ..all.clone() },
        all,
    ]
}

/// The outlets of a page of such a list, whether more may follow, and how many rows it took.
fn page(rows: &Snapshot<'_>, filter: &Filter, page_size: usize) -> (Vec<String>, bool, usize) {
    let effort = Effort::short(usize::MAX);
    let ask = Ask { filter, day: today(), page_size, effort: &effort };
    let (page, end) = list(rows, ask, None, &mut |found| found.card.id.to_owned()).unwrap().unwrap();
    (page, end.is_some(), effort.looked.get())
}

/// Twenty outlets that are live, behind many that are not, for each reason there is.
async fn behind_others() -> World {
    let mut world = World::new();
    let filed = || {
        let (category, applied_on) = (care(), day("2026-02-01"));
        domain::ApplicationFiled { category, applied_on }.into()
    };
    let refused = || {
        let (category, decided_on) = (care(), day("2026-03-01"));
        domain::CaseRefused { category, decided_on, explanation: text("不符合条件"), document_number: text("1") }.into()
    };
    for number in 0..120 {
        let first = at(in_zone("网点", FIRST));
        let goes_on = certified("2026-01-01", "2028-12-31");
        let events = match number % 6 {
            0 => vec![first],
            1 => vec![first, filed()],
            2 => vec![first, filed(), refused()],
            3 => vec![first, goes_on, withdrawn("2026-05-01")],
            // Of earlier years, as a list has them.
            4 => vec![first, certified("2020-01-01", "2022-12-31")],
            // It has moved to the end.
            _ => vec![first, goes_on, amended(in_zone("网点", ELSEWHERE))],
        };
        world.add(number, events).await;
    }
    for number in 120..140 {
        world.add(number, vec![at(in_zone("网点", THEN)), certified("2026-01-01", "2028-12-31")]).await;
    }
    world.directory().await;
    world
}

#[tokio::test]
async fn a_list_of_what_is_live_passes_over_nobody_else() {
    let world = behind_others().await;
    let pinned = world.started.reader().rows();
    let rows = pinned.snapshot();
    for filter in lists() {
        let (found, more, looked) = page(&rows, &filter, 20);
        assert_eq!(found.len(), 20, "{filter:?}");
        assert!(looked <= 21, "{looked} rows for {filter:?}");
        // Those that have moved stand behind.
        assert_eq!(more, filter.division.as_ref().is_none_or(|area| area.as_str() == "3210"), "{filter:?}");
    }
}

/// Nor does a page that goes on from it as the record was, whatever was recorded since.
#[tokio::test]
async fn a_page_that_goes_on_from_what_is_live_passes_over_nobody_else() {
    let mut world = behind_others().await;
    let position = world.log.head().await.unwrap().0;
    for number in 200..220 {
        world.add(number, vec![at(in_zone("网点", FIRST))]).await;
    }
    // It stood there at the first page.
    world.add(125, vec![withdrawn("2026-06-30")]).await;
    world.directory().await;
    let pinned = world.started.reader().rows();
    let rows = pinned.snapshot();
    for filter in lists() {
        let effort = Effort::short(usize::MAX);
        let ask = Ask { filter: &filter, day: today(), page_size: 20, effort: &effort };
        let Draft { page, .. } = draft(&rows, ask, position, None, &mut |_| ()).unwrap().unwrap();
        let changed = page.iter().filter(|next| matches!(next, Next::Changed(_))).count();
        // At its street it would be found had its address been withheld since.
        assert_eq!((page.len(), changed), (20, 2), "{filter:?}");
        assert!(effort.looked.get() <= 21 + 40 / 16, "{} rows for {filter:?}", effort.looked.get());
    }
}

/// Searches by words and around a point look at nobody else either.
#[tokio::test]
async fn a_search_among_what_is_live_looks_at_nobody_else() {
    let mut world = World::new();
    for number in 0..130 {
        let point = domain::Point::new(32_390_000 + i32::try_from(number).unwrap(), 119_410_000).unwrap();
        let particulars = domain::Particulars { location: Some(point), ..in_zone("网点", FIRST) };
        let mut events = vec![at(particulars)];
        match number {
            0..60 => {}
            60..120 => events.extend([certified("2026-01-01", "2028-12-31"), withdrawn("2026-05-01")]),
            _ => events.push(certified("2026-01-01", "2028-12-31")),
        }
        world.add(number, events).await;
    }
    world.directory().await;
    let pinned = world.started.reader().rows();
    let rows = pinned.snapshot();
    let statuses = vec![Status::Valid, Status::Rectifying, Status::Suspended];
    let near = Some(Near { point: (32_390_000, 119_410_000), metres: 5_000 });
    let near = Filter { near, order: Order::Distance, statuses: statuses.clone(), ..Filter::default() };
    let words = Filter { words: vec!["网点".to_owned()], statuses, ..Filter::default() };
    let all = |filter: &Filter| {
        let (mut found, mut looked, mut after) = (0, 0, None::<Vec<u8>>);
        loop {
            let effort = Effort::short(usize::MAX);
            let ask = Ask { filter, day: today(), page_size: 20, effort: &effort };
            let (page, end) = list(&rows, ask, after.as_deref(), &mut |_| ()).unwrap().unwrap();
            (found, looked, after) = (found + page.len(), looked + effort.looked.get(), end);
            if after.is_none() {
                return (found, looked);
            }
        }
    };
    // By words the names of all are gone through, and nothing else of those that are over.
    for (filter, names) in [(near, 0), (words, 130)] {
        let (found, looked) = all(&filter);
        let also_ended = [filter.statuses.as_slice(), &[Status::Expired]].concat();
        let (as_many, among_all) = all(&Filter { statuses: also_ended, ..filter.clone() });
        assert_eq!((found, as_many), (10, 10), "{filter:?}");
        assert!((looked - names) * 8 < among_all - names, "{looked} and {among_all} rows for {filter:?}");
    }
}

/// Nothing is recorded when a term ends or begins: such rows stay where they are, and are passed over by their first bytes.
#[tokio::test]
async fn what_has_ended_by_itself_is_glanced_at() {
    let mut world = World::new();
    world.recorded_at = crate::calls::tests::then::noon("2026-01-05");
    for number in 0..160 {
        let (from, to) = if number % 2 == 0 { ("2026-01-01", "2026-06-30") } else { ("2026-07-02", "2028-12-31") };
        world.add(number, vec![at(in_zone("网点", FIRST)), certified(from, to)]).await;
    }
    for number in 160..180 {
        world.add(number, vec![at(in_zone("网点", THEN)), certified("2026-01-01", "2028-12-31")]).await;
    }
    world.directory().await;
    let pinned = world.started.reader().rows();
    let rows = pinned.snapshot();
    for filter in lists() {
        let (found, more, looked) = page(&rows, &filter, 20);
        assert_eq!((found.len(), more), (20, false), "{filter:?}");
        assert!(looked <= 20 + 160 / 16, "{looked} rows for {filter:?}");
    }
}

/// Those under a measure are few, and are found without the others.
#[tokio::test]
async fn what_is_under_a_measure_is_found_without_the_rest() {
    let mut world = World::new();
    let suspended = || {
        let ground = domain::GroundCode::parse("overcharging").unwrap();
        domain::CertificationSuspended {
            category: care(),
            certification: second(),
            suspended_on: day("2026-05-01"),
            ground,
            detail: text("整改"),
            document_number: text("1"),
            legal_basis: text("1"),
        }
        .into()
    };
    for number in 0..60 {
        let mut events = vec![registered("网点", THEN), certified("2026-01-01", "2028-12-31")];
        if number % 20 == 7 {
            events.push(suspended());
        }
        world.add(number, events).await;
    }
    world.directory().await;
    let pinned = world.started.reader().rows();
    let rows = pinned.snapshot();
    for (statuses, all) in [
        (vec![Status::Suspended], 3),
        (vec![Status::Rectifying], 0),
        (vec![Status::Valid, Status::Suspended], 60),
        (vec![Status::Valid], 57),
    ] {
        let filter = Filter { statuses: statuses.clone(), ..Filter::default() };
        let (found, more, looked) = page(&rows, &filter, 100);
        assert_eq!((found.len(), more), (all, false), "{statuses:?}");
        assert!(looked <= all + 3, "{looked} rows for {statuses:?}");
    }
}

#[tokio::test]
async fn tasks_are_read_in_the_order_they_are_due() {
    let world = world().await;
    let pinned = world.started.reader().rows();
    let rows = pinned.snapshot();
    let (mut told, mut after, mut pages) = (0, None::<Vec<u8>>, 0);
    loop {
        let effort = Effort::short(3);
        let (page, end) = work(&rows, &Desk::default(), (today(), 90), 2, after.as_deref(), &effort).unwrap().unwrap();
        told += page.len();
        pages += 1;
        assert!(effort.looked.get() < 20, "{} rows for page {pages}", effort.looked.get());
        match end {
            Some(end) => assert!(after.replace(end.clone()).is_none_or(|before| before < end)),
            None => break,
        }
    }
    // What is due later is not looked at.
    assert_eq!((told, pages), (3, 2));
}

#[tokio::test]
async fn a_question_ends_when_its_caller_is_gone() {
    let world = world().await;
    let pinned = world.started.reader().rows();
    let rows = pinned.snapshot();
    let gone = Effort::new(usize::MAX, Arc::new(AtomicBool::new(true)));
    let filter = Filter { statuses: vec![Status::Rectifying, Status::Expired], ..Filter::default() };
    let ask = Ask { filter: &filter, day: today(), page_size: 20, effort: &gone };
    assert!(matches!(list(&rows, ask, None, &mut |_| ()), Err(Fault::Gone)));
}

/// Many outlets at one point, and around it, as dense as a city: no page looks at all of them, and the last ones cost as the first.
#[tokio::test]
async fn a_page_around_a_point_costs_what_it_tells_however_dense_it_is() {
    let mut world = World::new();
    for number in 0..1_000_u32 {
        let step = i32::try_from(number).unwrap();
        let off = if number < 500 { 0 } else { step };
        let domain::Event::ProviderRegistered(registered) = registered("网点", "321003005007") else {
            unreachable!()
        };
        let location = Some(domain::Point::new(32_390_000 + off * (step % 3), 119_410_000 + off).unwrap());
        let particulars = domain::Particulars { location, ..registered.particulars };
        let registered = domain::ProviderRegistered { particulars };
        world.add(number, vec![registered.into(), certified("2026-01-01", "2029-12-31")]).await;
    }
    world.directory().await;
    let pinned = world.started.reader().rows();
    let rows = pinned.snapshot();
    let near = Some(Near { point: (32_390_000, 119_410_000), metres: 5_000 });
    let filter = Filter { near, order: Order::Distance, statuses: vec![Status::Valid], ..Filter::default() };
    let (mut told, mut after, mut pages) = (Vec::new(), None::<Vec<u8>>, 0);
    loop {
        let effort = Effort::short(usize::MAX);
        let ask = Ask { filter: &filter, day: today(), page_size: 5, effort: &effort };
        let (page, end) =
            outwards(&rows, ask, after.as_deref(), &mut |found| (found.distance.unwrap(), found.card.id.to_owned()))
                .unwrap();
        told.extend(page);
        pages += 1;
        assert!(effort.looked.get() < 400, "{} rows for page {pages}", effort.looked.get());
        after = end;
        if after.is_none() {
            break;
        }
    }
    assert!(told.is_sorted_by_key(|(distance, _)| *distance));
    told.sort_by(|(_, a), (_, b)| a.cmp(b));
    told.dedup_by(|(_, a), (_, b)| a == b);
    assert_eq!(told.len(), 1_000);
}
