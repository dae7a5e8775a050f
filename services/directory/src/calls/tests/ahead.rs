//! What lies ahead: a certification that is yet to begin is found and told with its first day, and one that was ended before it began is told as
//! ended since that was decided.

use api::directory::v1::directory_service_server::DirectoryService;
use api::directory::v1::{self, EndKind};
use api::registry::v1::CertificationStatus;
use domain::*;
use tonic::Request;

use super::endings::{act, overturned};
use super::then::noon;
use crate::world::{World, care, certified, day, id, registered, second, text};

/// Decided on 2026-05-10, for a term from 2026-09-01.
fn certified_ahead() -> Event {
    let Event::Certified(now) = certified("2026-01-05", "2028-12-31") else { unreachable!() };
    Certified { decided_on: day("2026-05-10"), valid_from: day("2026-09-01"), ..now }.into()
}

fn revoked(kind: RevocationKind, (decided_on, effective_on): (&str, &str)) -> Event {
    let ground = if kind == RevocationKind::Annulled { "deceit" } else { "overcharging" };
    CertificationRevoked {
        category: care(),
        certification: second(),
        notice: act(9),
        kind,
        ground: GroundCode::parse(ground).unwrap(),
        legal_basis: text("条"),
        document_number: text("决1号"),
        decided_on: day(decided_on),
        effective_on: day(effective_on),
        bar_until: None,
    }
    .into()
}

fn left(requested_on: &str, effective_on: &str) -> Event {
    let (category, certification) = (care(), second());
    let (requested_on, effective_on) = (day(requested_on), day(effective_on));
    CertificationWithdrawn { category, certification, requested_on, effective_on, reason: text("停业") }.into()
}

async fn world(events: Vec<Event>) -> World {
    let mut world = World::new();
    world.recorded_at = noon("2026-06-30");
    world.add(1, [vec![registered("文昌托育", "321003005007"), certified_ahead()], events].concat()).await;
    world
}

/// What is told ahead on a day: status, since when, by which ends.
async fn told(world: &World, on: &str) -> Vec<(CertificationStatus, String, Vec<EndKind>)> {
    let told = world.get(1, on).await.certifications_ahead;
    let ends = |c: &v1::Certification| c.ends.iter().map(v1::CertificationEnd::kind).collect();
    told.iter().map(|c| (c.status(), c.status_since.clone(), ends(c))).collect()
}

#[tokio::test]
async fn what_ended_before_it_began_is_told_since_it_was_decided() {
    use CertificationStatus::{Revoked, Unspecified, Withdrawn};
    use RevocationKind::{Annulled, Cancelled};
    let table: [(Event, CertificationStatus, EndKind); 5] = [
        (revoked(Cancelled, ("2026-06-20", "2026-06-20")), Revoked, EndKind::Cancelled),
        // With effect from a later day, and from the very day on which the term would begin.
        (revoked(Cancelled, ("2026-06-20", "2026-08-01")), Revoked, EndKind::Cancelled),
        (revoked(Annulled, ("2026-06-20", "2026-09-01")), Revoked, EndKind::Annulled),
        (left("2026-06-20", "2026-06-25"), Withdrawn, EndKind::Withdrawn),
        (overturned(2, "2026-06-20"), Revoked, EndKind::Overturned),
    ];
    for (end, status, kind) in table {
        let name = format!("{end:?}");
        let world = world(vec![end]).await;
        assert_eq!(told(&world, "2026-05-09").await, [], "{name}");
        assert_eq!(told(&world, "2026-06-19").await, [(Unspecified, String::new(), vec![])], "{name}");
        for on in ["2026-06-20", "", "2026-08-31"] {
            assert_eq!(told(&world, on).await, [(status, "2026-06-20".to_owned(), vec![kind])], "{name} on {on}");
        }
        // From its first day on as what has begun and ended.
        assert_eq!(told(&world, "2026-09-01").await, [], "{name}");
        let begun = world.get(1, "2026-09-01").await.certifications.remove(0);
        assert_eq!((begun.status(), begun.status_since.as_str()), (status, "2026-09-01"), "{name}");
    }
}

#[tokio::test]
async fn an_end_after_the_term_ahead_begins_leaves_it_to_begin() {
    use CertificationStatus::Unspecified;
    let world = world(vec![left("2026-06-20", "2026-10-01")]).await;
    assert_eq!(told(&world, "").await, [(Unspecified, String::new(), vec![EndKind::Withdrawn])]);
}

#[tokio::test]
async fn an_end_ahead_that_was_undone_leaves_the_term_to_begin() {
    use CertificationStatus::{Revoked, Unspecified};
    let revoked = revoked(RevocationKind::Cancelled, ("2026-06-01", "2026-08-01"));
    let world = world(vec![revoked, overturned(3, "2026-06-20")]).await;
    let ends = || vec![EndKind::Cancelled];
    assert_eq!(told(&world, "2026-06-19").await, [(Revoked, "2026-06-01".to_owned(), ends())]);
    assert_eq!(told(&world, "2026-06-20").await, [(Unspecified, String::new(), ends())]);
}

/// Which outlets a list holds, by how many certifications of each are told as begun, and how those ahead stand.
async fn listed(world: &World, request: v1::ListProvidersRequest) -> Vec<(usize, Vec<(i32, String, EndKind)>)> {
    let answer = world.list(request).await;
    let ahead = |c: &v1::CertificationSummary| (c.status, c.status_since.clone(), c.end_kind());
    let of =
        |one: &v1::ProviderSummary| (one.certifications.len(), one.certifications_ahead.iter().map(ahead).collect());
    answer.providers.iter().map(of).collect()
}

fn asked(statuses: &[i32]) -> v1::ListProvidersRequest {
    v1::ListProvidersRequest {
        division: "321003".to_owned(),
        statuses: statuses.to_vec(),
        page_size: 9,
        ..Default::default()
    }
}

/// Every status but one.
fn ended() -> Vec<i32> {
    (4..=7).collect()
}

#[tokio::test]
async fn an_outlet_with_nothing_but_a_certification_ahead_is_found() {
    let ahead = i32::from(CertificationStatus::Ahead);
    let to_begin = || vec![(0, vec![(0, String::new(), EndKind::Unspecified)])];
    let world = world(vec![]).await;
    // The list of those that are certified holds it no sooner than it begins.
    assert_eq!(listed(&world, asked(&[])).await, []);
    assert_eq!(listed(&world, asked(&ended())).await, []);
    assert_eq!(listed(&world, asked(&[ahead])).await, to_begin());
    assert_eq!(listed(&world, asked(&(1..=8).collect::<Vec<_>>())).await, to_begin());
    // Who names it means it.
    let by_name = v1::ListProvidersRequest { text: "文昌".to_owned(), ..asked(&[]) };
    let by_code = v1::ListProvidersRequest { operator_code: id(1).operator().to_string(), ..asked(&[]) };
    let by_number = v1::ListProvidersRequest { number: "认定1号".to_owned(), ..asked(&[]) };
    for request in [by_name, by_code, by_number] {
        assert_eq!(listed(&world, request.clone()).await, to_begin(), "{request:?}");
        let before = v1::ListProvidersRequest { as_of: "2026-05-09".to_owned(), ..request.clone() };
        assert_eq!(listed(&world, before).await, [], "{request:?}");
        let begun = v1::ListProvidersRequest { as_of: "2026-09-01".to_owned(), ..request.clone() };
        assert_eq!(listed(&world, begun).await, [(1, vec![])], "{request:?}");
        let live = v1::ListProvidersRequest { statuses: vec![1, 2, 3], ..request };
        assert_eq!(listed(&world, live).await, []);
    }
}

#[tokio::test]
async fn what_ended_before_it_began_is_listed_as_ended() {
    let annulled = revoked(RevocationKind::Annulled, ("2026-06-20", "2026-09-01"));
    let world = world(vec![left("2026-06-01", "2026-06-10"), annulled]).await;
    let withdrawn = i32::from(CertificationStatus::Withdrawn);
    let told = vec![(0, vec![(withdrawn, "2026-06-01".to_owned(), EndKind::Withdrawn)])];
    assert_eq!(listed(&world, asked(&[withdrawn])).await, told);
    assert_eq!(listed(&world, asked(&ended())).await, told);
    assert_eq!(listed(&world, asked(&[CertificationStatus::Ahead.into()])).await, []);
    assert_eq!(listed(&world, v1::ListProvidersRequest { text: "文昌".to_owned(), ..asked(&[]) }).await, []);
    let found = world.list(asked(&[withdrawn])).await.providers.remove(0).certifications_ahead.remove(0);
    assert_eq!((found.graver_end_kind(), found.graver_end_on.as_str()), (EndKind::Annulled, "2026-06-20"));
    let before = v1::ListProvidersRequest { as_of: "2026-05-31".to_owned(), ..asked(&ended()) };
    assert_eq!(listed(&world, before).await, []);
    // On its first day the annulment, which says that there never was one, is the graver of two that had ended it.
    let begun = v1::ListProvidersRequest { as_of: "2026-09-01".to_owned(), ..asked(&[withdrawn]) };
    assert_eq!(listed(&world, begun).await, [(1, vec![])]);
}

#[tokio::test]
async fn a_plaque_of_what_ended_before_it_began_says_so() {
    let plaque = PlaqueNumber::new(id(1), 1).unwrap();
    let ordered =
        PlaqueOrdered { plaque_number: plaque.clone(), ordered_on: day("2026-05-11"), replaces: None, place: None };
    let issued =
        PlaqueIssued { plaque_number: plaque.clone(), issued_on: day("2026-05-12"), design_version: text("1") };
    let annulled = revoked(RevocationKind::Annulled, ("2026-06-20", "2026-09-01"));
    let world = world(vec![ordered.into(), issued.into(), annulled]).await;
    let said = async |on: &str| world.verify(plaque.as_str(), on).await.sentence.unwrap();
    let before = said("2026-06-19").await;
    assert!(before.zh.contains("其认定在所问日期尚未生效,将于2026-09-01起生效"), "{}", before.zh);
    let ended = said("").await;
    assert!(ended.zh.contains("其认定未及生效即于2026-06-20被撤销"), "{}", ended.zh);
    assert!(ended.zh.contains("文号决1号"), "{}", ended.zh);
    assert!(ended.en.contains("annulled"), "{}", ended.en);
    assert_eq!(world.verify(plaque.as_str(), "").await.end_kind(), EndKind::Annulled);
}

/// What ended before it could begin never began, and is counted as an end alone; what was annulled later had begun.
#[tokio::test]
async fn what_never_began_is_not_counted_as_certified() {
    let months = async |world: &World| -> Vec<(String, [u64; 3])> {
        let request = v1::GetFlowsRequest {
            from_month: "2026-05".to_owned(),
            to_month: "2026-12".to_owned(),
            ..v1::GetFlowsRequest::default()
        };
        let rows = world.directory().await.get_flows(Request::new(request)).await.unwrap().into_inner().rows;
        rows.into_iter().map(|row| (row.month, [row.certified, row.withdrawn, row.annulled])).collect()
    };
    let month = |month: &str, counts| (month.to_owned(), counts);
    let annulled_since = revoked(RevocationKind::Annulled, ("2026-09-20", "2026-09-01"));
    for (events, expected) in [
        (vec![], vec![month("2026-09", [1, 0, 0])]),
        (vec![left("2026-06-20", "2026-08-01")], vec![month("2026-06", [0, 1, 0])]),
        (vec![left("2026-06-20", "2026-09-01")], vec![month("2026-06", [0, 1, 0])]),
        (vec![left("2026-06-20", "2026-09-02")], vec![month("2026-06", [0, 1, 0]), month("2026-09", [1, 0, 0])]),
        (vec![annulled_since], vec![month("2026-09", [1, 0, 1])]),
        // What had ended it was undone, before the term began and after it.
        (
            vec![left("2026-06-20", "2026-08-01"), overturned(3, "2026-08-15")],
            vec![month("2026-06", [0, 1, 0]), month("2026-09", [1, 0, 0])],
        ),
        (
            vec![left("2026-06-20", "2026-08-01"), overturned(3, "2026-09-15")],
            vec![month("2026-06", [0, 1, 0]), month("2026-09", [1, 0, 0])],
        ),
    ] {
        let name = format!("{events:?}");
        let mut told = months(&world(events).await).await;
        told.retain(|(_, counts)| *counts != [0, 0, 0]);
        assert_eq!(told, expected, "{name}");
    }
}
