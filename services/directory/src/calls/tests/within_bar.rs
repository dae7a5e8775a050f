//! What was decided within a bar stands in the work list until it is over, whichever of the two was entered first and in whichever record the bar
//! stands: the outlet's, its operator's, or that of another of the operator's outlets.

use api::directory::v1;
use api::directory::v1::directory_service_server::DirectoryService;
use domain::*;
use event_log::EventLog;
use tonic::Request;

use crate::world::{World, care, certified, commit, day, id, registered, second, text, withdrawn};

/// The second outlet of the operator of outlet 1.
fn sibling() -> ProviderId {
    ProviderId::new(id(1).operator().clone(), 2).unwrap()
}

async fn add(world: &mut World, stream: StreamId, events: Vec<Event>) {
    world.commits += 1;
    let tail = world.log.tail(&stream).await.unwrap();
    let commit = commit(world.commits, world.recorded_at, events);
    world.log.append(&stream, tail, &commit).await.unwrap();
}

/// Of which outlet, since when, of which act, and whose the bar is.
type Told = (String, String, u32, String);

async fn within(world: &World) -> Vec<Told> {
    let kinds = vec![v1::TaskKind::WithinBar.into()];
    let request = v1::ListTasksRequest { kinds, ..Default::default() };
    let answer = world.directory().await.list_tasks(Request::new(request)).await.unwrap().into_inner();
    let told = |task: v1::Task| {
        // Whose the bar is stands there by name; the code has a field of its own.
        let whose = match (task.subject.as_str(), task.other_provider_ids.is_empty()) {
            ("", _) => "本网点",
            (_, true) => "运营主体运营主体",
            (_, false) => "同一运营主体的网点网点",
        };
        let said = task.sentence.unwrap().zh;
        assert!(!task.overdue && said.contains(&format!("的决定日在{whose}的禁入期内")), "{said}");
        (task.provider_id, task.due_on, task.act, task.subject)
    };
    answer.tasks.into_iter().map(told).collect()
}

fn barred() -> Event {
    OperatorBarred {
        ground: GroundCode::parse("overcharging").unwrap(),
        barred_on: day("2026-01-01"),
        until: day("2027-12-31"),
        document_number: text("禁1号"),
        detail: text("情形"),
    }
    .into()
}

/// The end of the certification that is act 2, decided before the one of 2026, with a bar.
fn ended() -> Event {
    EndingRecorded {
        category: care(),
        certification: second(),
        kind: EndingKind::Cancelled,
        decided_on: Some(day("2025-12-01")),
        effective_on: None,
        recorded_on: day("2026-06-30"),
        document_number: None,
        deciding_body: text("教育局"),
        source: text("公告"),
        bar_until: Some(day("2027-11-30")),
    }
    .into()
}

fn of(outlet: &ProviderId, act: u32, whose: &str) -> Told {
    (outlet.to_string(), "2026-01-05".to_owned(), act, whose.to_owned())
}

#[tokio::test]
async fn a_bar_of_its_own_is_held_against_what_was_decided_within_it() {
    let (earlier, later) = (certified("2023-01-05", "2026-01-04"), certified("2026-01-05", "2028-12-31"));
    for late in [false, true] {
        let mut world = World::new();
        let first = if late { vec![later.clone(), ended()] } else { vec![ended(), later.clone()] };
        world.add(1, vec![registered("网点", "321003"), earlier.clone()]).await;
        for event in first {
            world.add(1, vec![event]).await;
        }
        assert_eq!(within(&world).await, [of(&id(1), if late { 3 } else { 4 }, "")], "{late}");
    }
    // The bar came after it.
    let mut world = World::new();
    world.add(1, vec![registered("网点", "321003"), earlier, ended()]).await;
    assert_eq!(within(&world).await, []);
}

#[tokio::test]
async fn a_bar_on_the_operator_is_held_against_each_of_its_outlets() {
    let operator = StreamId::Operator(id(1).operator().clone());
    let lifted = OperatorBarLifted {
        bar: Act::new(1).unwrap(),
        lifted_on: day("2026-01-05"),
        document_number: text("解1号"),
        reason: text("已改正"),
    };
    for late in [false, true] {
        let mut world = World::new();
        if !late {
            add(&mut world, operator.clone(), vec![barred()]).await;
        }
        let facts = || vec![registered("网点", "321003"), certified("2026-01-05", "2028-12-31")];
        world.add(1, facts()).await;
        add(&mut world, StreamId::Provider(sibling()), facts()).await;
        world.add(3, facts()).await;
        if late {
            add(&mut world, operator.clone(), vec![barred()]).await;
        }
        let code = id(1).operator().to_string();
        assert_eq!(within(&world).await, [of(&id(1), 2, &code), of(&sibling(), 2, &code)], "{late}");
        // It is over for one that left, and for both where it did not hold on their day.
        world.add(1, vec![withdrawn("2026-06-01")]).await;
        assert_eq!(within(&world).await, [of(&sibling(), 2, &code)]);
        // Nor where a ruling had undone it by then, until that is undone itself.
        let ruling = |act: u32, on: &str| -> Event {
            ActOverturned {
                act: Act::new(act).unwrap(),
                overturned_on: day(on),
                body: text("人民法院"),
                document_number: text(&format!("判{act}号")),
                explanation: text("理由"),
            }
            .into()
        };
        add(&mut world, operator.clone(), vec![ruling(1, "2026-01-02")]).await;
        assert_eq!(within(&world).await, []);
        add(&mut world, operator.clone(), vec![ruling(2, "2026-01-05")]).await;
        assert_eq!(within(&world).await, [of(&sibling(), 2, &code)]);
        add(&mut world, operator.clone(), vec![lifted.clone().into()]).await;
        assert_eq!(within(&world).await, []);
    }
}

#[tokio::test]
async fn the_bar_of_another_outlet_of_the_operator_is_held_against_it() {
    for late in [false, true] {
        let mut world = World::new();
        let ended = || vec![registered("网点", "321003"), certified("2023-01-05", "2026-12-31"), ended()];
        if !late {
            world.add(1, ended()).await;
        }
        let facts = vec![registered("另一网点", "321003"), certified("2026-01-05", "2028-12-31")];
        add(&mut world, StreamId::Provider(sibling()), facts).await;
        if late {
            world.add(1, ended()).await;
        }
        assert_eq!(within(&world).await, [of(&sibling(), 2, id(1).as_str())], "{late}");
        let corrected = ActCorrected {
            act: Act::new(3).unwrap(),
            corrected_on: day("2026-07-01"),
            reason: text("录错"),
            document_number: None,
            fact: None,
        };
        world.add(1, vec![corrected.into()]).await;
        assert_eq!(within(&world).await, []);
    }
}
