//! One pledge number on two outlets: both bureaus find it in their work lists, each with the other outlet, until one of them is put right.

use api::directory::v1;
use api::directory::v1::directory_service_server::DirectoryService;
use domain::*;
use tonic::Request;

use crate::world::{World, certified, day, id, pledge_form, registered, text};

fn made(number: &str) -> Event {
    PledgeMade { pledge: PledgeForm { number: PledgeNumber::parse(number).unwrap(), ..pledge_form() } }.into()
}

fn corrected(act: u32, fact: Option<Event>) -> Event {
    ActCorrected {
        act: Act::new(act).unwrap(),
        corrected_on: day("2026-07-01"),
        reason: text("录错"),
        document_number: None,
        fact: fact.map(Box::new),
    }
    .into()
}

/// Outlets that are told of a doubled number, and with which others.
async fn doubled(world: &World) -> Vec<(String, Vec<String>)> {
    let kinds = vec![v1::TaskKind::PledgeDoubled.into()];
    let request = v1::ListTasksRequest { kinds, ..Default::default() };
    let answer = world.directory().await.list_tasks(Request::new(request)).await.unwrap().into_inner();
    for task in &answer.tasks {
        let sentence = task.sentence.clone().unwrap().zh;
        assert!(task.other_provider_ids.iter().all(|other| sentence.contains(other.as_str())), "{sentence}");
    }
    answer.tasks.into_iter().map(|task| (task.provider_id, task.other_provider_ids)).collect()
}

const NUMBER: &str = "32100320200101000001";
const OTHER: &str = "32100320200101000002";

#[tokio::test]
async fn a_number_on_two_outlets_is_found_by_both_until_one_is_put_right() {
    let mut world = World::new();
    let mut ids: Vec<String> = (1..=3).map(|number| id(number).to_string()).collect();
    ids.sort();
    let with = |all: &[usize]| -> Vec<(String, Vec<String>)> {
        let others = |own: usize| all.iter().filter(|at| **at != own).map(|at| ids[*at].clone()).collect();
        all.iter().map(|at| (ids[*at].clone(), others(*at))).collect()
    };
    let of = |at: usize| (1..=3).find(|number| id(*number).as_str() == ids[at]).unwrap();
    for at in 0..3 {
        let facts = vec![registered("网点", "321003"), certified("2026-01-05", "2028-12-31")];
        world.add(of(at), facts).await;
    }
    world.add(of(0), vec![made(NUMBER)]).await;
    assert_eq!(doubled(&world).await, []);
    world.add(of(1), vec![made(NUMBER)]).await;
    assert_eq!(doubled(&world).await, with(&[0, 1]));
    world.add(of(2), vec![made(OTHER), made(NUMBER)]).await;
    assert_eq!(doubled(&world).await, with(&[0, 1, 2]));
    // Entered wrong: the first should have said another number, and the third none.
    world.add(of(2), vec![corrected(4, None)]).await;
    assert_eq!(doubled(&world).await, with(&[0, 1]));
    let rows = |world: &World| world.started.reader().rows().snapshot().dump().unwrap();
    let kept = rows(&world);
    let mut world = world.restart(false).await;
    world.directory().await;
    assert_eq!(rows(&world), kept, "made anew from the log they are the same");
    world.add(of(0), vec![corrected(3, Some(made(OTHER)))]).await;
    assert_eq!(doubled(&world).await, with(&[0, 2]), "now it is the other number");
    world.add(of(2), vec![corrected(3, None)]).await;
    assert_eq!(doubled(&world).await, []);
}
