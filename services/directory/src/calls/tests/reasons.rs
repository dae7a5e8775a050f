//! Refusals and failures by their reasons, where no other test comes to them.

use api::directory::v1;
use api::directory::v1::directory_service_server::DirectoryService;
use api::directory::v1::rows_service_server::RowsService;
use domain::CertificationExpired;
use event_log::EventLog;
use prost::bytes::Bytes;
use tonic::{Code, Request, Status};
use tonic_types::StatusExt;

use crate::Maintenance;
use crate::ask::then::LOADED_COMMITS_MAX;
use crate::tell::page::Page;
use crate::world::{World, care, clock, day, id, registered, second};

fn told(error: &Status) -> (Code, String) {
    let details = error.get_error_details();
    assert!(details.localized_message().is_some(), "{error}");
    assert_eq!(details.retry_info().is_some(), error.code() == Code::Unavailable, "{error}");
    (error.code(), details.error_info().unwrap().reason.clone())
}

#[tokio::test]
async fn an_outlet_with_more_commits_than_are_loaded_is_not_told_as_it_was() {
    let mut world = World::new();
    world.add(1, vec![registered("网点", "321003")]).await;
    let over = CertificationExpired { category: care(), certification: second(), effective_on: day("2026-01-01") };
    for _ in 0..LOADED_COMMITS_MAX {
        world.add(1, vec![over.clone().into()]).await;
    }
    let get = v1::GetProviderRequest { provider_id: id(1).to_string(), as_of_position: 2, ..Default::default() };
    let refused = world.directory().await.get_provider(Request::new(get)).await.unwrap_err();
    assert_eq!(told(&refused), (Code::FailedPrecondition, "HISTORY_TOO_LONG".to_owned()));
}

#[tokio::test]
async fn a_work_list_of_too_many_counties_is_refused() {
    let mut world = World::new();
    let counties = u32::try_from(crate::ask::work::PARTS_MAX).unwrap() + 1;
    for number in 0..counties {
        // Due for ever: it was back-entered without a pledge.
        let recorded = crate::world::recorded();
        world.add(number, vec![registered("网点", &format!("{}", 321_001 + number)), recorded]).await;
    }
    let directory = world.directory().await;
    let kinds = vec![v1::TaskKind::PledgeToCheck.into()];
    let ask = |division: &str| {
        let (division, kinds) = (division.to_owned(), kinds.clone());
        v1::ListTasksRequest { division, kinds, ..Default::default() }
    };
    let refused = directory.list_tasks(Request::new(ask(""))).await.unwrap_err();
    assert_eq!(told(&refused), (Code::FailedPrecondition, "TOO_MANY_COUNTIES".to_owned()));
    assert_eq!(directory.list_tasks(Request::new(ask("321003"))).await.unwrap().into_inner().tasks.len(), 1);
}

#[tokio::test]
async fn rows_that_nobody_keeps_are_not_built_and_a_pause_that_cannot_be_kept_is_told() {
    let mut world = World::new();
    world.add(1, vec![registered("网点", "321003")]).await;
    world.directory().await;
    let maintenance = Maintenance::new(world.log.id(), world.started.reader().clone(), clock);
    let ask = async |action: v1::RebuildAction| {
        maintenance.rebuild(Request::new(v1::RebuildRequest { action: action.into() })).await.map(|_| ())
    };
    // Where the mark of a pause would be written there is a folder.
    let rows = std::fs::read_dir(world.folder.path()).unwrap().map(|entry| entry.unwrap().path());
    let rows = rows.filter(|path| path.is_dir()).min().unwrap();
    let next = format!("{}-1", rows.file_name().unwrap().to_str().unwrap());
    std::fs::create_dir_all(world.folder.path().join(next).join("paused")).unwrap();
    ask(v1::RebuildAction::Begin).await.unwrap();
    let failed = ask(v1::RebuildAction::Pause).await.unwrap_err();
    assert_eq!(told(&failed), (Code::Internal, "PAUSE_NOT_KEPT".to_owned()));

    world.started.stop().await;
    let refused = ask(v1::RebuildAction::Begin).await.unwrap_err();
    assert_eq!(told(&refused), (Code::FailedPrecondition, "ROWS_NOT_KEPT".to_owned()));
}

#[test]
fn a_page_that_is_no_message_has_a_reason() {
    let page = Page { providers: vec![Bytes::from_static(&[0xff])], ..Default::default() };
    assert_eq!(told(&page.decoded().unwrap_err()), (Code::Internal, "ANSWER_MALFORMED".to_owned()));
}
