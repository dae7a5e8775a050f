//! Every end that was decided is told, also one that comes after another, and what was overturned stays, as overturned.

use api::directory::v1::directory_service_server::DirectoryService;
use api::directory::v1::{self, EndKind};
use api::registry::v1::CertificationStatus;
use domain::*;
use tonic::Request;

use super::then::noon;
use crate::world::{World, care, certified, day, pledge_number, recorded, registered, second, text};

pub(super) fn act(number: u32) -> Act {
    Act::new(number).unwrap()
}

fn left(on: &str) -> Event {
    let (category, certification) = (care(), second());
    let (requested_on, effective_on) = (day(on), day(on));
    CertificationWithdrawn { category, certification, requested_on, effective_on, reason: text("停业") }.into()
}

fn annulled(decided_on: &str, effective_on: &str) -> Event {
    CertificationRevoked {
        category: care(),
        certification: second(),
        // Of a notice that is left out here.
        notice: act(9),
        kind: domain::RevocationKind::Annulled,
        ground: GroundCode::parse("deceit").unwrap(),
        legal_basis: text("条"),
        document_number: text("撤1号"),
        decided_on: day(decided_on),
        effective_on: day(effective_on),
        bar_until: None,
    }
    .into()
}

/// Undone by a ruling, and that by another: each is told from its day on, of a past day as it stood, and the same outlet stands in the lists.
#[tokio::test]
async fn an_end_stands_again_once_the_ruling_that_undid_it_is_undone() {
    use CertificationStatus::{Valid, Withdrawn};
    let mut world = World::new();
    let certified = certified("2026-01-05", "2028-12-31");
    world.add(1, vec![registered("网点", "321003"), certified, left("2026-02-10")]).await;
    world.add(1, vec![overturned(3, "2026-03-10")]).await;
    world.add(1, vec![overturned(4, "2026-04-10")]).await;
    let told = async |on: &str| {
        let certification = world.get(1, on).await.certifications.remove(0);
        let ends = certification.ends.iter().map(|end| {
            let act = |act: &Option<v1::Act>| act.as_ref().map_or(0, |act| act.number);
            (act(&end.act), end.effective_on.clone(), end.overturned.is_some(), act(&end.again))
        });
        (certification.status(), certification.status_since.clone(), ends.collect::<Vec<_>>())
    };
    let first = |undone| (3, "2026-02-10".to_owned(), undone, 0);
    let again = (3, "2026-04-10".to_owned(), false, 5);
    for (on, status, since, ends) in [
        ("2026-02-09", Valid, "2026-01-05", vec![]),
        ("2026-02-10", Withdrawn, "2026-02-10", vec![first(false)]),
        ("2026-03-09", Withdrawn, "2026-02-10", vec![first(false)]),
        ("2026-03-10", Valid, "2026-03-10", vec![first(true)]),
        ("2026-04-09", Valid, "2026-03-10", vec![first(true)]),
        ("2026-04-10", Withdrawn, "2026-04-10", vec![first(true), again.clone()]),
        ("", Withdrawn, "2026-04-10", vec![first(true), again.clone()]),
    ] {
        assert_eq!(told(on).await, (status, since.to_owned(), ends), "{on}");
    }
}

/// A certification that was overturned is there again once that ruling is undone.
#[tokio::test]
async fn a_certification_stands_again_once_the_ruling_that_undid_it_is_undone() {
    use CertificationStatus::{Revoked, Valid};
    let mut world = World::new();
    world.add(1, vec![registered("网点", "321003"), certified("2026-01-05", "2028-12-31")]).await;
    world.add(1, vec![overturned(2, "2026-03-10")]).await;
    world.add(1, vec![overturned(3, "2026-04-10")]).await;
    world.add(1, vec![overturned(4, "2026-05-10")]).await;
    for (on, status, since) in [
        ("2026-03-09", Valid, "2026-01-05"),
        ("2026-03-10", Revoked, "2026-03-10"),
        ("2026-04-10", Valid, "2026-04-10"),
        ("2026-05-09", Valid, "2026-04-10"),
        ("2026-05-10", Revoked, "2026-05-10"),
        ("", Revoked, "2026-05-10"),
    ] {
        let told = world.get(1, on).await.certifications.remove(0);
        assert_eq!((told.status(), told.status_since.as_str()), (status, since), "{on}");
    }
}

pub(super) fn overturned(of: u32, on: &str) -> Event {
    ActOverturned {
        act: act(of),
        overturned_on: day(on),
        body: text("扬州市人民政府"),
        document_number: text("复议1号"),
        explanation: text("事实不清"),
    }
    .into()
}

pub(super) async fn world(events: Vec<Event>) -> World {
    let mut world = World::new();
    world.recorded_at = noon("2026-06-30");
    world.add(1, vec![registered("网点", "321003"), certified("2026-01-05", "2028-12-31")]).await;
    world.add(1, events).await;
    world
}

async fn months(world: &World) -> Vec<(String, [u64; 5])> {
    let request = v1::GetFlowsRequest {
        from_month: "2026-02".to_owned(),
        to_month: "2026-12".to_owned(),
        ..v1::GetFlowsRequest::default()
    };
    let rows = world.directory().await.get_flows(Request::new(request)).await.unwrap().into_inner().rows;
    rows.into_iter().map(|r| (r.month, [r.cancelled, r.annulled, r.withdrawn, r.overturned, r.restored])).collect()
}

#[tokio::test]
async fn whoever_left_and_had_deceived_is_told_as_both() {
    let mut world = world(vec![left("2026-05-31"), annulled("2026-06-20", "2026-06-20")]).await;
    let plaque = PlaqueNumber::new(crate::world::id(1), 1).unwrap();
    let ordered =
        PlaqueOrdered { plaque_number: plaque.clone(), ordered_on: day("2026-01-06"), replaces: None, place: None };
    let issued =
        PlaqueIssued { plaque_number: plaque.clone(), issued_on: day("2026-01-07"), design_version: text("1") };
    world.add(1, vec![ordered.into(), issued.into()]).await;
    let c = world.get(1, "").await.certifications.remove(0);
    assert_eq!(c.status(), CertificationStatus::Withdrawn);
    assert_eq!(
        c.ends.iter().map(v1::CertificationEnd::kind).collect::<Vec<_>>(),
        [EndKind::Withdrawn, EndKind::Annulled]
    );
    let checked = world.verify(plaque.as_str(), "").await;
    assert_eq!((checked.end_kind(), checked.graver_end_kind()), (EndKind::Withdrawn, EndKind::Annulled));
    let said = checked.sentence.unwrap().zh;
    assert!(said.contains("已自愿退出(自2026-05-31起),其后于2026-06-20被撤销"), "{said}");
    let all = v1::ListProvidersRequest { statuses: vec![CertificationStatus::Withdrawn.into()], ..Default::default() };
    let found = world.list(all).await.providers.remove(0).certifications.remove(0);
    assert_eq!((found.graver_end_kind(), found.graver_end_on.as_str()), (EndKind::Annulled, "2026-06-20"));
    // Between the two only the first had been decided.
    let before = world.verify(plaque.as_str(), "2026-06-10").await;
    assert_eq!((before.end_kind(), before.graver_end_kind()), (EndKind::Withdrawn, EndKind::Unspecified));
    assert_eq!(world.get(1, "2026-06-10").await.certifications[0].ends.len(), 1);
    // Each is of the month in which it was decided.
    assert_eq!(
        months(&world).await,
        [("2026-05".to_owned(), [0, 0, 1, 0, 0]), ("2026-06".to_owned(), [0, 1, 0, 0, 0])]
    );
}

#[tokio::test]
async fn a_decision_counts_in_its_own_month_and_the_ruling_in_its_own() {
    // Annulled in May from January on, and quashed in June.
    let world = world(vec![annulled("2026-05-20", "2026-01-05"), overturned(3, "2026-06-15")]).await;
    assert_eq!(
        months(&world).await,
        [("2026-05".to_owned(), [0, 1, 0, 0, 0]), ("2026-06".to_owned(), [0, 0, 0, 0, 1])]
    );
    let other = self::world(vec![overturned(2, "2026-06-15")]).await;
    assert_eq!(months(&other).await, [("2026-06".to_owned(), [0, 0, 0, 1, 0])]);
    let end = other.get(1, "").await.certifications.remove(0).end.unwrap();
    assert_eq!((end.kind(), end.deciding_body.as_str()), (EndKind::Overturned, "扬州市人民政府"));
}

#[tokio::test]
async fn what_was_overturned_stays_in_its_list() {
    let review = ReviewRecorded {
        category: care(),
        certification: second(),
        year: Year::new(2026).unwrap(),
        result: domain::ReviewResult::Failed,
        reviewed_on: day("2026-03-01"),
        note: None,
    };
    let renewal = CertificationRenewed {
        category: care(),
        certification: second(),
        decided_on: day("2026-04-01"),
        valid_from: day("2029-01-01"),
        valid_to: day("2031-12-31"),
        document_number: text("延1号"),
        pledge_number: pledge_number(),
        deciding_body: None,
    };
    let noticed = RevocationNoticed {
        category: care(),
        certification: second(),
        ground: GroundCode::parse("overcharging").unwrap(),
        detail: text("情形"),
        noticed_on: day("2026-04-10"),
        hearing_until: day("2026-04-20"),
        hearing_ends_on: day("2026-04-20"),
        legal_basis: text("条"),
        document_number: text("告1号"),
        kind: RevocationKind::Cancelled,
    };
    let rulings = [3, 4, 5].map(|of| overturned(of, "2026-06-01"));
    let events = [review.into(), renewal.into(), noticed.into()].into_iter().chain(rulings).collect();
    let world = world(events).await;
    let c = world.get(1, "").await.certifications.remove(0);
    let ruling = |of: &Option<v1::Overturning>| {
        let ruling = of.clone().unwrap();
        (ruling.body, ruling.overturned_on, ruling.act.unwrap().number)
    };
    let by = |act| ("扬州市人民政府".to_owned(), "2026-06-01".to_owned(), act);
    assert_eq!((c.reviews.len(), ruling(&c.reviews[0].overturned)), (1, by(6)));
    assert_eq!((c.renewals.len(), ruling(&c.renewals[0].overturned)), (1, by(7)));
    assert_eq!((c.notices.len(), ruling(&c.notices[0].overturned), c.notices[0].closed.is_none()), (1, by(8), true));
    assert_eq!((c.valid_to.as_str(), c.revocation_notice), ("2028-12-31", None));
    // On a day between they were so.
    let then = world.get(1, "2026-05-01").await.certifications.remove(0);
    assert_eq!((then.valid_to.as_str(), then.renewals[0].overturned.is_none()), ("2031-12-31", true));
    assert!(then.revocation_notice.is_some());
    assert_eq!(world.get(1, "2026-03-15").await.certifications[0].valid_to, "2028-12-31");
}

#[tokio::test]
async fn certifications_are_numbered_by_the_days_of_their_decisions() {
    let Event::CertificationRecorded(list) = recorded() else { unreachable!() };
    let older =
        CertificationRecorded { decided_on: Some(day("2021-03-01")), valid_to: Some(day("2024-02-29")), ..list };
    let world = world(vec![older.into()]).await;
    let told = world.get(1, "").await.certifications;
    let told: Vec<_> = told.iter().map(|c| (c.ordinal, c.predecessor, c.decided_on.as_str())).collect();
    assert_eq!(told, [(1, 0, "2021-03-01"), (2, 1, "2026-01-05")]);
}

#[tokio::test]
async fn a_revocation_is_told_behind_a_plaque_where_another_category_is_valid() {
    let mut world = World::new();
    world.recorded_at = noon("2026-06-30");
    let Event::Certified(of_care) = certified("2026-01-05", "2028-12-31") else { unreachable!() };
    let health = Certified { category: CategoryCode::parse("community-health").unwrap(), ..of_care.clone() };
    let plaque_number = PlaqueNumber::new(crate::world::id(1), 1).unwrap();
    let ordered = PlaqueOrdered {
        plaque_number: plaque_number.clone(),
        ordered_on: day("2026-01-10"),
        replaces: None,
        place: None,
    };
    let issued =
        PlaqueIssued { plaque_number: plaque_number.clone(), issued_on: day("2026-01-20"), design_version: text("1") };
    let Event::CertificationRevoked(deceit) = annulled("2026-05-20", "2026-05-25") else { unreachable!() };
    let revoked = CertificationRevoked {
        kind: domain::RevocationKind::Cancelled,
        ground: GroundCode::parse("overcharging").unwrap(),
        document_number: text("取消1号"),
        ..deceit
    };
    world
        .add(1, vec![registered("网点", "321003"), of_care.into(), health.into(), ordered.into(), issued.into()])
        .await;
    world.add(1, vec![revoked.into()]).await;
    let told = world.verify(plaque_number.as_str(), "").await;
    assert_eq!(told.verdict(), v1::PlaqueVerdict::Valid);
    let of = |one: &v1::PlaqueStanding| {
        (one.category.clone(), one.status(), one.since.clone(), one.ground_name.clone(), one.end_kind())
    };
    assert_eq!(
        told.standings.iter().map(of).collect::<Vec<_>>(),
        [
            (
                "childcare".to_owned(),
                CertificationStatus::Revoked,
                "2026-05-25".to_owned(),
                "违规乱收费".to_owned(),
                EndKind::Cancelled
            ),
            (
                "community-health".to_owned(),
                CertificationStatus::Valid,
                "2026-01-05".to_owned(),
                String::new(),
                EndKind::Unspecified
            ),
        ]
    );
    let said = told.sentence.unwrap();
    assert!(
        said.zh
            .contains("其认定:普惠托育被取消(自2026-05-25起),事由违规乱收费,文号取消1号;社区卫生有效(自2026-01-05起)"),
        "{}",
        said.zh
    );
    assert!(said.en.contains("revoked for a breach since 2026-05-25"), "{}", said.en);
    let before = world.verify(plaque_number.as_str(), "2026-05-24").await.sentence.unwrap().zh;
    assert!(!before.contains("取消"), "{before}");
}

/// A term to 2026-03-31, renewed from then on, whose renewal a court undid on 2026-06-15: it did not run out by itself.
#[tokio::test]
async fn a_renewal_that_was_undone_after_the_old_term_is_told_as_what_ended_it() {
    let renewed: Event = CertificationRenewed {
        category: care(),
        certification: second(),
        decided_on: day("2026-03-20"),
        valid_from: day("2026-04-01"),
        valid_to: day("2029-03-31"),
        document_number: text("延续1号"),
        pledge_number: pledge_number(),
        deciding_body: None,
    }
    .into();
    let of = async |ruling: &str| {
        let mut world = World::new();
        world.recorded_at = noon("2026-06-30");
        let plaque = PlaqueNumber::new(crate::world::id(1), 1).unwrap();
        let ordered =
            PlaqueOrdered { plaque_number: plaque.clone(), ordered_on: day("2026-01-06"), replaces: None, place: None };
        let issued =
            PlaqueIssued { plaque_number: plaque.clone(), issued_on: day("2026-01-07"), design_version: text("1") };
        let begun = vec![registered("网点", "321003"), certified("2026-01-05", "2026-03-31"), renewed.clone()];
        world.add(1, [begun, vec![ordered.into(), issued.into(), overturned(3, ruling)]].concat()).await;
        (world, plaque)
    };
    let (world, plaque) = of("2026-06-15").await;
    let c = world.get(1, "").await.certifications.remove(0);
    assert_eq!((c.status(), c.status_since.as_str()), (CertificationStatus::Expired, "2026-06-15"));
    let end = c.end.unwrap();
    let told = (end.kind(), end.effective_on.as_str(), end.reason.as_str(), end.act.as_ref().unwrap().number);
    assert_eq!(told, (EndKind::RenewalOverturned, "2026-06-15", "延续前的有效期至2026-03-31届满", 6));
    assert_eq!((end.deciding_body.as_str(), end.document_number.as_str()), ("扬州市人民政府", "复议1号"));
    assert!(c.renewals[0].overturned.is_some());
    // No document says the day before the ruling: the term that stands is the first one's, and the renewal keeps its own.
    let terms = (c.valid_to.as_str(), c.renewals[0].valid_from.as_str(), c.renewals[0].valid_to.as_str());
    assert_eq!(terms, ("2026-03-31", "2026-04-01", "2029-03-31"));
    let listed = v1::ListProvidersRequest { statuses: vec![CertificationStatus::Expired.into()], ..Default::default() };
    let listed = world.list(listed).await.providers.remove(0).certifications.remove(0);
    assert_eq!((listed.valid_to.as_str(), listed.status_since.as_str()), ("2026-03-31", "2026-06-15"));
    assert_eq!(world.get(1, "2026-06-14").await.certifications[0].valid_to, "2029-03-31");
    let checked = world.verify(plaque.as_str(), "").await;
    assert_eq!((checked.verdict(), checked.end_kind()), (v1::PlaqueVerdict::Expired, EndKind::RenewalOverturned));
    let said = checked.sentence.unwrap().zh;
    assert!(said.contains("因延续被复议或诉讼撤销而终止(自2026-06-15起)"), "{said}");
    let then = world.get(1, "2026-06-14").await.certifications.remove(0);
    assert_eq!((then.status(), then.ends.len()), (CertificationStatus::Valid, 0));
    assert_eq!(months(&world).await, [("2026-06".to_owned(), [0, 0, 0, 1, 0])]);
    // While the old term runs, it runs to its end.
    let (world, _) = of("2026-03-25").await;
    let c = world.get(1, "").await.certifications.remove(0);
    assert_eq!((c.status(), c.status_since.as_str(), c.ends.len()), (CertificationStatus::Expired, "2026-04-01", 0));
}
