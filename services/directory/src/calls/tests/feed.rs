//! Changes and codes: what does not exist is refused, and what was taken back leaves no hole.

use api::directory::v1;
use api::directory::v1::directory_service_server::DirectoryService;
use domain::PledgeMade;
use tonic::{Code, Request};
use tonic_types::StatusExt;

use crate::world::{World, broken, certified, pledge_form, registered, repaired};

#[tokio::test]
async fn a_position_that_does_not_exist_is_refused() {
    let mut world = World::new();
    let head = world.add(1, vec![registered("网点", "321003")]).await.0;
    let directory = world.directory().await;
    let ask = |after_position| v1::ListChangesRequest { after_position, ..Default::default() };
    let watch = |after_position| v1::WatchRequest { after_position, ..Default::default() };
    assert_eq!(directory.list_changes(Request::new(ask(head))).await.unwrap().into_inner().next_after_position, head);
    assert!(directory.watch(Request::new(watch(head))).await.is_ok());
    let list = directory.list_changes(Request::new(ask(head + 1))).await.map(|_| ()).unwrap_err();
    let watch = directory.watch(Request::new(watch(head + 1000))).await.map(|_| ()).unwrap_err();
    for error in [list, watch] {
        let info = error.get_details_error_info().unwrap();
        assert_eq!((error.code(), info.reason.as_str()), (Code::OutOfRange, "POSITION_AHEAD"));
        assert_eq!(info.metadata["head"], head.to_string());
    }
}

#[tokio::test]
async fn a_commit_of_nothing_but_a_repaired_breach_is_not_told() {
    let mut world = World::new();
    let pledge = PledgeMade { pledge: pledge_form() };
    world.add(1, vec![registered("网点", "321003"), pledge.into()]).await;
    world.add(1, vec![broken().into()]).await;
    world.add(1, vec![repaired(3).into()]).await;
    let changes = v1::ListChangesRequest::default();
    let told = world.directory().await.list_changes(Request::new(changes)).await.unwrap().into_inner();
    assert_eq!(told.changes.iter().map(|change| change.position).collect::<Vec<_>>(), [1, 3]);
    assert!(told.changes.iter().all(|change| !change.event_names.is_empty()));
    assert_eq!((told.next_after_position, told.has_more), (3, false));
}

#[tokio::test]
async fn a_code_that_is_in_no_table_is_refused_with_the_nearest() {
    let mut world = World::new();
    world.add(1, vec![registered("网点", "321003"), certified("2026-01-01", "2028-12-31")]).await;
    let directory = world.directory().await;
    let list = v1::ListProvidersRequest::default;
    let asked = [
        ("category", "childcare", v1::ListProvidersRequest { category: "childcre".to_owned(), ..list() }),
        ("zone", "eco-tech-city", v1::ListProvidersRequest { zone: "eco-tech".to_owned(), ..list() }),
        ("statistical_class", "011", v1::ListProvidersRequest { statistical_class: "019".to_owned(), ..list() }),
        ("division", "321003 邗江区", v1::ListProvidersRequest { division: "321099".to_owned(), ..list() }),
        ("division", "321003108 杨寿镇", v1::ListProvidersRequest { division: "321003998".to_owned(), ..list() }),
        ("division", "31 上海市", v1::ListProvidersRequest { division: "39".to_owned(), ..list() }),
        ("division", "32 江苏省", v1::ListProvidersRequest { division: "92".to_owned(), ..list() }),
        ("order", "3 LIST_ORDER_DISTANCE", v1::ListProvidersRequest { order: 99, ..list() }),
        (
            "statuses",
            "7 CERTIFICATION_STATUS_DEREGISTERED",
            v1::ListProvidersRequest { statuses: vec![1, 99], ..list() },
        ),
        ("statuses", "1 CERTIFICATION_STATUS_VALID", v1::ListProvidersRequest { statuses: vec![0], ..list() }),
    ];
    for (field, nearest, request) in asked {
        let error = directory.list_providers(Request::new(request)).await.unwrap_err();
        let violation = &error.get_details_bad_request().unwrap().field_violations[0];
        assert_eq!((error.code(), violation.field.as_str()), (Code::InvalidArgument, field));
        assert!(violation.description.starts_with("UNKNOWN: "), "{violation:?}");
        assert!(violation.description.contains(nearest), "{violation:?}");
    }
    let tasks = v1::ListTasksRequest { bureau_id: "321003-helth".to_owned(), ..Default::default() };
    let error = directory.list_tasks(Request::new(tasks)).await.unwrap_err();
    let violation = &error.get_details_bad_request().unwrap().field_violations[0];
    assert_eq!((error.code(), violation.field.as_str()), (Code::InvalidArgument, "bureau_id"));
    assert!(violation.description.contains("321003-health"), "{violation:?}");
    let tasks = v1::ListTasksRequest { kinds: vec![99], ..Default::default() };
    let error = directory.list_tasks(Request::new(tasks)).await.unwrap_err();
    let violation = &error.get_details_bad_request().unwrap().field_violations[0];
    assert_eq!((error.code(), violation.field.as_str()), (Code::InvalidArgument, "kinds"));
    assert!(violation.description.contains("10 TASK_KIND_OBJECTION_OPEN"), "{violation:?}");
    let digits = v1::GetStatisticsRequest { group_digits: 5, ..Default::default() };
    let error = directory.get_statistics(Request::new(digits)).await.unwrap_err();
    assert!(error.message().contains("2, 4, 6, 9 or 12"), "{error}");
    let counts = v1::GetStatisticsRequest { category: "nosuch".to_owned(), ..Default::default() };
    assert_eq!(directory.get_statistics(Request::new(counts)).await.unwrap_err().code(), Code::InvalidArgument);
    let changes = v1::ListChangesRequest { category: "nosuch".to_owned(), ..Default::default() };
    assert_eq!(directory.list_changes(Request::new(changes)).await.unwrap_err().code(), Code::InvalidArgument);
}
