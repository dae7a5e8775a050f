//! Building the rows anew, as who runs a directory asks for it.

use api::directory::v1;
use api::directory::v1::rows_service_server::RowsService;
use event_log::EventLog;
use tonic::{Code, Request};
use tonic_types::StatusExt;

use crate::Maintenance;
use crate::world::{World, certified, clock, registered};

async fn progress(maintenance: &Maintenance) -> v1::GetProgressResponse {
    maintenance.get_progress(Request::new(v1::GetProgressRequest {})).await.unwrap().into_inner()
}

async fn ask(maintenance: &Maintenance, action: v1::RebuildAction) -> Result<bool, tonic::Status> {
    let request = v1::RebuildRequest { action: action.into() };
    Ok(maintenance.rebuild(Request::new(request)).await?.into_inner().changed)
}

#[tokio::test]
async fn rows_are_built_anew_while_questions_are_answered() {
    let mut world = World::new();
    for number in 0..20 {
        world.add(number, vec![registered("网点", "321003"), certified("2026-01-01", "2027-12-31")]).await;
    }
    let list = async || world.list(v1::ListProvidersRequest { min_position: 20, ..Default::default() }).await;
    let before = list().await;
    let maintenance = Maintenance::new(world.log.id(), world.started.reader().clone(), clock);
    let now = progress(&maintenance).await;
    assert_eq!((now.position, now.generation, now.state()), (20, 0, v1::RowsState::Live));
    assert_eq!((now.digest, now.building), (before.digest.clone(), None));
    assert_eq!((now.dropped_because.as_str(), now.stopped_because.as_str()), ("", ""));

    let unknown = ask(&maintenance, v1::RebuildAction::Unspecified).await.unwrap_err();
    assert_eq!(unknown.code(), Code::InvalidArgument);
    assert_eq!(unknown.get_details_bad_request().unwrap().field_violations[0].field, "action");
    for action in [v1::RebuildAction::Pause, v1::RebuildAction::Resume] {
        let refused = ask(&maintenance, action).await.unwrap_err();
        assert_eq!(refused.code(), Code::FailedPrecondition);
        assert_eq!(refused.get_details_error_info().unwrap().reason, "NOT_BUILDING");
    }

    assert!(ask(&maintenance, v1::RebuildAction::Begin).await.unwrap());
    let reached = async {
        while progress(&maintenance).await.generation == 0 {
            assert_eq!(list().await.providers, before.providers, "no question fails meanwhile");
        }
    };
    tokio::time::timeout(std::time::Duration::from_mins(1), reached).await.expect("it takes over");
    let after = list().await;
    assert_eq!((&after.providers, &after.digest), (&before.providers, &before.digest));
    assert_eq!(progress(&maintenance).await.building, None);
}

#[tokio::test]
async fn the_rows_are_not_told_as_whole_before_they_have_caught_up() {
    let world = World::new();
    let mut parts = world.started.parts();
    let mut whole = parts.swap_remove(0);
    // Nothing has run yet on this test's one thread.
    assert_eq!(whole.name(), "rows-whole");
    assert!(!whole.state().is_well());
    while !whole.state().is_well() {
        assert!(whole.changed().await, "it has ended");
    }
}
