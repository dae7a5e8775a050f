//! A term ends at midnight in China: no commit says so, and nothing is started anew.

use std::sync::atomic::{AtomicU64, Ordering};

use api::directory::v1;
use api::directory::v1::PlaqueVerdict;
use api::directory::v1::directory_service_server::DirectoryService;
use api::registry::v1::CertificationStatus;
use domain::{Instant, PlaqueIssued, PlaqueNumber, PlaqueOrdered};
use tonic::Request;

use crate::world::{World, certified, day, id, registered, text};

/// The last millisecond of 2026-07-01 in China.
const LAST_MS: u64 = 1_782_864_000_000 + 16 * 3_600_000 - 1;

static NOW_MS: AtomicU64 = AtomicU64::new(LAST_MS);

fn clock() -> Instant {
    Instant(NOW_MS.load(Ordering::Relaxed))
}

/// What every kind of answer says of the day: of the outlet, the list, the numbers, the plaque, the work.
type Said = (CertificationStatus, usize, u64, PlaqueVerdict, Vec<v1::TaskKind>);

async fn said(world: &World, day: &str) -> Said {
    let directory = world.directory().await;
    let get = v1::GetProviderRequest { provider_id: id(1).to_string(), ..Default::default() };
    let got = directory.get_provider(Request::new(get)).await.unwrap().into_inner();
    let listed = world.list(v1::ListProvidersRequest::default()).await;
    let counted =
        directory.get_statistics(Request::new(v1::GetStatisticsRequest::default())).await.unwrap().into_inner();
    let plaque_number = PlaqueNumber::new(id(1), 1).unwrap().as_str().to_owned();
    let plaque = v1::VerifyPlaqueRequest { plaque_number, ..Default::default() };
    let verified = directory.verify_plaque(Request::new(plaque)).await.unwrap().into_inner();
    let tasks = directory.list_tasks(Request::new(v1::ListTasksRequest::default())).await.unwrap().into_inner();
    for as_of in [&got.as_of, &listed.as_of, &counted.as_of, &verified.as_of, &tasks.as_of] {
        assert_eq!(as_of, day);
    }
    for position in [got.position, listed.position, counted.position, verified.position, tasks.position] {
        assert_eq!(position, 3);
    }
    let status = got.provider.unwrap().certifications[0].status();
    let kinds = tasks.tasks.iter().map(v1::Task::kind).collect();
    (status, listed.providers.len(), counted.live_providers, verified.verdict(), kinds)
}

#[tokio::test]
async fn at_midnight_every_answer_is_of_the_next_day() {
    use v1::TaskKind::{CertificationExpiring, PlaqueToRecover};

    let mut world = World::at(clock);
    let plaque_number = PlaqueNumber::new(id(1), 1).unwrap();
    let ordered = PlaqueOrdered {
        plaque_number: plaque_number.clone(),
        ordered_on: day("2026-01-02"),
        replaces: None,
        place: None,
    };
    let issued = PlaqueIssued { plaque_number, issued_on: day("2026-01-05"), design_version: text("1") };
    world.add(1, vec![registered("网点", "321003"), certified("2026-01-01", "2026-07-01")]).await;
    world.add(1, vec![ordered.into(), issued.into()]).await;
    world.add(2, vec![registered("网点", "321003"), certified("2026-01-01", "2026-07-01")]).await;
    let valid =
        (CertificationStatus::Valid, 2, 2, PlaqueVerdict::Valid, vec![CertificationExpiring, CertificationExpiring]);
    assert_eq!(said(&world, "2026-07-01").await, valid);
    let page = |page_token| v1::ListProvidersRequest { page_size: 1, page_token, ..Default::default() };
    let first = world.list(page(String::new())).await;

    NOW_MS.store(LAST_MS + 1, Ordering::Relaxed);
    let expired = (CertificationStatus::Expired, 0, 0, PlaqueVerdict::Expired, vec![PlaqueToRecover]);
    assert_eq!(said(&world, "2026-07-02").await, expired);
    // A list that was begun before midnight is of one day to its end.
    let second = world.list(page(first.next_page_token)).await;
    assert_eq!((second.as_of.as_str(), second.providers.len()), ("2026-07-01", 1));
}
