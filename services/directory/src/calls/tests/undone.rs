//! What review or a court undid beside an end: a breach, a price, a decision against an application. It was so until the ruling.

use api::directory::v1;
use api::registry::v1::{CaseStage, CertificationStatus, PledgeStatus};
use domain::*;

use super::endings::{act, overturned, world};
use crate::world::{World, broken, care, day, pledge_form, second, text};

/// The rows are the same when they are made anew.
async fn stays(world: World) {
    let digest = |world: &World| world.started.reader().rows().snapshot().digest();
    let before = digest(&world);
    let world = world.restart(false).await;
    world.directory().await;
    assert_eq!(digest(&world), before);
}

#[tokio::test]
async fn a_breach_that_was_none_is_shown_no_more_and_its_order_is_over() {
    let breach = PledgeBroken { determined_on: day("2026-06-01"), ..broken() };
    let order = RectificationOrdered {
        category: care(),
        certification: second(),
        ground: GroundCode::parse("pledge-broken").unwrap(),
        detail: text("承诺未履行"),
        ordered_on: day("2026-06-01"),
        due_on: day("2026-07-20"),
        legal_basis: None,
        document_number: None,
        because: Some(act(4)),
    };
    let made = PledgeMade { pledge: pledge_form() };
    let mut world = world(vec![made.into(), breach.into(), order.into()]).await;
    let told = |record: &v1::Provider| {
        let (pledge, certification) = (&record.pledges[0], &record.certifications[0]);
        (pledge.status(), pledge.breaches.len(), certification.status())
    };
    let before = world.get(1, "2026-06-15").await;
    assert_eq!(told(&before).1, 1);
    assert_eq!(told(&before).2, CertificationStatus::Rectifying);
    world.add(1, vec![overturned(4, "2026-06-10")]).await;
    let now = world.get(1, "2026-06-15").await;
    assert_eq!(told(&now), (PledgeStatus::UnderSupervision, 0, CertificationStatus::Valid));
    let ruling = now.certifications[0].orders[0].overturned.as_ref().unwrap();
    assert_eq!((&*ruling.body, ruling.act.as_ref().unwrap().number), ("扬州市人民政府", 6));
    stays(world).await;
}

#[tokio::test]
async fn a_price_that_was_undone_was_paid_until_the_ruling() {
    let price = |fen: u32| Price {
        amount_fen: Fen::new(fen).unwrap(),
        unit: PriceUnit::Month,
        rise_percent_max: Percent::new(10).unwrap(),
    };
    let item = || text("全日托");
    let proposed = |fen: u32, on: &str| -> Event {
        PriceProposed { category: care(), item: item(), price: price(fen), proposed_on: day(on) }.into()
    };
    let approved = |of: u32, fen: u32, on: &str| -> Event {
        PriceApproved {
            category: care(),
            item: item(),
            proposal: act(of),
            decided_on: day(on),
            effective_on: day(on),
            from: None,
            to: price(fen),
            document_number: None,
        }
        .into()
    };
    let events = vec![
        proposed(90_000, "2026-02-01"),
        approved(3, 90_000, "2026-02-10"),
        proposed(99_000, "2026-04-01"),
        approved(5, 99_000, "2026-04-10"),
        overturned(6, "2026-05-01"),
    ];
    let world = world(events).await;
    let mut told = Vec::new();
    for on in ["2026-02-10", "2026-04-10", "2026-04-30", "2026-05-01"] {
        let promise = world.get(1, on).await.prices.remove(0);
        told.push((promise.price.map(|price| price.amount_fen), promise.approval, promise.proposal));
    }
    let of = |fen: u32, approval: u32, proposal: u32| (Some(fen), approval, proposal);
    assert_eq!(told, [of(90_000, 4, 0), of(99_000, 6, 0), of(99_000, 6, 0), of(90_000, 4, 5)]);
    stays(world).await;
}

#[tokio::test]
async fn a_refusal_that_was_undone_lets_its_case_go_on() {
    let domestic = || CategoryCode::parse("domestic").unwrap();
    let filed = |on: &str| ApplicationFiled { category: domestic(), applied_on: day(on) };
    let refused = CaseRefused {
        category: domestic(),
        decided_on: day("2026-03-20"),
        explanation: text("不合格"),
        document_number: text("不予1号"),
    };
    let accepted = CaseAccepted { category: domestic(), accepted_on: day("2026-03-02") };
    let case = || vec![filed("2026-03-01").into(), accepted.clone().into(), refused.clone().into()];
    let of = |case: &v1::Case| {
        let undone = case.refusals.iter().filter(|refusal| refusal.overturned.is_some()).count();
        (case.stage(), case.stage_since.clone(), case.refusals.len(), undone)
    };
    let goes_on = world([case(), vec![overturned(5, "2026-04-01")]].concat()).await;
    let on = |stage: CaseStage, since: &str, undone: usize| (stage, since.to_owned(), 1, undone);
    assert_eq!(of(&goes_on.get(1, "").await.cases[0]), on(CaseStage::Accepted, "2026-04-01", 1));
    assert_eq!(of(&goes_on.get(1, "2026-03-31").await.cases[0]), on(CaseStage::Refused, "2026-03-20", 0));
    stays(goes_on).await;
    // The category was certified since, without an application.
    let granted = Certified {
        category: domestic(),
        ordinal: Ordinal::FIRST,
        predecessor: None,
        basis: CertificationBasis::Evidence,
        decided_on: day("2026-03-25"),
        valid_from: day("2026-03-25"),
        valid_to: day("2029-03-24"),
        document_number: text("认定9号"),
        pledge_number: crate::world::pledge_number(),
        notice: NoticeWindow::new(day("2026-03-10"), day("2026-03-20")).unwrap(),
        counted: crate::world::counted(),
        notice_opened: None,
        deciding_body: None,
    };
    // Granted for a term ahead, and that was ended on the day of the ruling, until review undid the end: on that day nothing was granted.
    let ahead = Certified { valid_from: day("2026-09-01"), ..granted.clone() };
    let ended = CertificationWithdrawn {
        category: domestic(),
        certification: act(6),
        requested_on: day("2026-03-28"),
        effective_on: day("2026-03-30"),
        reason: text("停业"),
    };
    let ruled = vec![ahead.into(), ended.into(), overturned(7, "2026-05-01"), overturned(5, "2026-04-01")];
    let goes_on = world([case(), ruled].concat()).await;
    assert_eq!(of(&goes_on.get(1, "").await.cases[0]), on(CaseStage::Accepted, "2026-04-01", 1));
    let granted = world([case(), vec![granted.into(), overturned(5, "2026-04-01")]].concat()).await;
    assert_eq!(of(&granted.get(1, "").await.cases[0]), on(CaseStage::Refused, "2026-03-20", 1));
    // Another application took its place.
    let events = [case(), vec![filed("2026-03-25").into(), overturned(5, "2026-04-01")]].concat();
    let replaced = world(events).await.get(1, "").await;
    let first = replaced.cases.iter().find(|case| !case.refusals.is_empty()).unwrap();
    assert_eq!(of(first), on(CaseStage::Refused, "2026-03-20", 1));
}
