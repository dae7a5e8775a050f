//! What is withheld is withheld from filters, tasks and old changes too.

use api::directory::v1;
use api::directory::v1::directory_service_server::DirectoryService;
use domain::{CertificationRecorded, Event, Instant, Ordinal};
use projection::Health;
use tonic::Request;

use crate::world::{World, amended, care, certified, clock, names, registered, text};

fn home(withheld: bool) -> domain::Particulars {
    let Event::ProviderRegistered(registered) = registered("家庭托育点", "321003005007") else { unreachable!() };
    domain::Particulars { withhold_address: withheld, ..registered.particulars }
}

async fn tasks(world: &World, division: &str) -> usize {
    let request = v1::ListTasksRequest { division: division.to_owned(), ..Default::default() };
    world.directory().await.list_tasks(Request::new(request)).await.unwrap().into_inner().tasks.len()
}

async fn changes(world: &World, division: &str) -> Vec<u64> {
    let request = v1::ListChangesRequest { division: division.to_owned(), ..Default::default() };
    let answer = world.directory().await.list_changes(Request::new(request)).await.unwrap().into_inner();
    answer.changes.iter().map(|change| change.position).collect()
}

#[tokio::test]
async fn the_community_of_a_home_cannot_be_asked_for() {
    let mut world = World::new();
    let shown = domain::ProviderRegistered { particulars: home(false) };
    world.add(1, vec![shown.into(), certified("2026-01-01", "2026-08-31")]).await;
    assert_eq!((tasks(&world, "321003005007").await, changes(&world, "321003005007").await), (1, vec![1]));
    world.add(1, vec![amended(home(true))]).await;
    assert_eq!((tasks(&world, "321003005").await, changes(&world, "321003005").await), (1, vec![1, 2]));
    assert_eq!((tasks(&world, "321003005007").await, changes(&world, "321003005007").await), (0, vec![]));
    // Shown again, it is shown from then on; what was withheld meanwhile stays so.
    world.add(1, vec![amended(home(false))]).await;
    assert_eq!((tasks(&world, "321003005007").await, changes(&world, "321003005007").await), (1, vec![3]));
}

#[tokio::test]
async fn a_task_without_a_term_keeps_the_day_it_came_up_and_grows_overdue() {
    let mut world = World::new();
    let recorded = CertificationRecorded {
        category: care(),
        ordinal: Ordinal::FIRST,
        predecessor: None,
        decided_on: None,
        valid_from: None,
        valid_to: None,
        document_number: None,
        deciding_body: text("单位"),
        publicity: None,
        source: text("名单"),
    };
    world.add(6, vec![registered("补录", "321002"), recorded.into()]).await;
    let later = || Instant(clock().0 + 20 * 86_400_000);
    for (clock, overdue) in [(clock as fn() -> Instant, false), (later, true)] {
        let folder = tempfile::tempdir().unwrap();
        let started = crate::start(world.log.clone(), folder.path(), names(), clock).unwrap();
        started.progress().wait_for(|now| now.health == Health::Live).await.unwrap();
        let asked = Request::new(v1::ListTasksRequest::default());
        let tasks = started.directory.list_tasks(asked).await.unwrap().into_inner().tasks;
        assert_eq!(
            tasks.iter().map(|task| (task.due_on.as_str(), task.overdue)).collect::<Vec<_>>(),
            [("2026-07-01", overdue)]
        );
    }
}
