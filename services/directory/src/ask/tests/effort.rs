//! What a page costs: it looks at what it tells and at little else, however many outlets there are.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use projection::Snapshot;

use crate::ask::around::outwards;
use crate::ask::effort::{Effort, Fault};
use crate::ask::list::list;
use crate::ask::work::{Desk, work};
use crate::ask::{Ask, Filter, Near, Order};
use crate::outlet::status::Status;
use crate::world::{World, certified, clock, registered, withdrawn};

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
    // What is not known to be seldom is looked through so far, and says that there may be more.
    assert_eq!(found(&rows, vec![Status::Rectifying], &Effort::short(4)), (0, true));
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
    let filter = Filter { statuses: vec![Status::Rectifying], ..Filter::default() };
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
