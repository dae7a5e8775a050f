//! What review or a court undid beside an end: a breach, a price, a decision against an application. It was so until the ruling.

use api::directory::v1::directory_service_server::DirectoryService;
use api::directory::v1::{self, TaskKind};
use api::registry::v1::{CaseStage, CertificationStatus, PledgeStatus};
use domain::*;
use tonic::Request;

use super::endings::{act, overturned, world};
use crate::world::{World, broken, care, day, id, pledge_form, repaired, second, text};

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

/// A breach that is put back is shown again, with the act by which it is so, of the days on which it was one; in the changes and the counts too. One that
/// is undone anew is told of no day, but how the pledge stood is; and so it is of the record of an earlier position.
#[tokio::test]
async fn a_breach_that_is_put_back_is_shown_again() {
    let breach = PledgeBroken { determined_on: day("2026-06-01"), ..broken() };
    let made = PledgeMade { pledge: pledge_form() };
    // The breach is act 4, its rulings 5, 6 and 7.
    let mut world = world(vec![made.into(), breach.into()]).await;
    let days = ["2026-05-31", "2026-06-01", "2026-06-10", "2026-06-20", "2026-06-25"];
    let (kept, broken) = (PledgeStatus::UnderSupervision, PledgeStatus::PartlyFulfilled);
    for (of, on, again, stood) in [
        (4, "2026-06-10", [None; 5], [kept, broken, kept, kept, kept]),
        (5, "2026-06-20", [None, Some(0), None, Some(6), Some(6)], [kept, broken, kept, broken, broken]),
        (6, "2026-06-25", [None; 5], [kept, broken, kept, broken, kept]),
    ] {
        world.add(1, vec![overturned(of, on)]).await;
        let (mut shown, mut stands) = (Vec::new(), Vec::new());
        for on in days {
            let pledge = world.get(1, on).await.pledges.remove(0);
            shown.push(pledge.breaches.first().map(|breach| breach.again.as_ref().map_or(0, |act| act.number)));
            stands.push(pledge.status());
        }
        assert_eq!((shown, stands), (again.to_vec(), stood.to_vec()), "{on}");
        let is_shown = again[4].is_some();
        let changes = world.directory().await.list_changes(Request::new(v1::ListChangesRequest::default())).await;
        let told = changes.unwrap().into_inner().changes.into_iter().flat_map(|change| change.event_names);
        assert_eq!(told.filter(|name| name == "PledgeBroken").count(), usize::from(is_shown), "changes, {on}");
        let month = ["2026-06"; 2].map(str::to_owned);
        let [from_month, to_month] = month;
        let months = v1::GetFlowsRequest { from_month, to_month, ..Default::default() };
        let rows = world.directory().await.get_flows(Request::new(months)).await.unwrap().into_inner().rows;
        assert_eq!(rows.iter().map(|row| row.pledges_broken).sum::<u64>(), u64::from(is_shown), "counts, {on}");
        // As it was on record before the ruling: what is shown no more by now is not shown of then either.
        let request =
            v1::GetProviderRequest { as_of_position: 2, provider_id: id(1).to_string(), ..Default::default() };
        let then = world.directory().await.get_provider(Request::new(request)).await.unwrap().into_inner();
        let then = then.provider.unwrap().pledges.remove(0).breaches;
        let acts = then.iter().map(|breach| (breach.act, breach.again.is_some())).collect::<Vec<_>>();
        assert_eq!(acts, if is_shown { vec![(4, false)] } else { vec![] }, "on record then, {on}");
    }
    stays(world).await;
}

/// A breach that was repaired and then found to have been none was none.
#[tokio::test]
async fn a_breach_that_was_repaired_and_then_undone_is_none() {
    let breach = PledgeBroken { determined_on: day("2026-06-01"), ..broken() };
    let made = PledgeMade { pledge: pledge_form() };
    let repaired = PledgeRepaired { repaired_on: day("2026-06-05"), ..repaired(4) };
    let mut world = world(vec![made.into(), breach.into(), repaired.into()]).await;
    assert_eq!(world.get(1, "2026-06-12").await.pledges[0].status(), PledgeStatus::Repaired);
    world.add(1, vec![overturned(4, "2026-06-10")]).await;
    for (on, status) in [
        ("2026-06-01", PledgeStatus::PartlyFulfilled),
        ("2026-06-05", PledgeStatus::Repaired),
        ("2026-06-10", PledgeStatus::UnderSupervision),
        ("", PledgeStatus::UnderSupervision),
    ] {
        let pledge = world.get(1, on).await.pledges.remove(0);
        assert_eq!((pledge.status(), pledge.breaches.len()), (status, 0), "{on}");
    }
    // Put back, it is one that was repaired.
    world.add(1, vec![overturned(6, "2026-06-20")]).await;
    let pledge = world.get(1, "").await.pledges.remove(0);
    assert_eq!((pledge.status(), pledge.breaches.len()), (PledgeStatus::Repaired, 0));
    stays(world).await;
}

/// Undone, put back and undone anew: the record of each day tells by which act it is so.
#[tokio::test]
async fn an_order_that_is_put_back_is_open_again() {
    let ordered = RectificationOrdered {
        category: care(),
        certification: second(),
        ground: GroundCode::parse("overcharging").unwrap(),
        detail: text("情形"),
        ordered_on: day("2026-06-01"),
        due_on: day("2026-07-20"),
        legal_basis: Some(text("条")),
        document_number: Some(text("改1号")),
        because: None,
    };
    let suspended = CertificationSuspended {
        category: care(),
        certification: second(),
        ground: GroundCode::parse("overcharging").unwrap(),
        detail: text("情形"),
        suspended_on: day("2026-06-03"),
        legal_basis: text("条"),
        document_number: text("停1号"),
    };
    let mut world = world(vec![ordered.into(), suspended.into()]).await;
    // The order is act 3, the suspension act 4: each is undone, and then what undid it.
    let rulings = [(3, "2026-06-10"), (4, "2026-06-12"), (6, "2026-06-20"), (5, "2026-06-25"), (3, "2026-06-28")];
    for (of, on) in rulings {
        world.add(1, vec![overturned(of, on)]).await;
    }
    let number = |act: &Option<v1::Act>| act.as_ref().map_or(0, |act| act.number);
    let by = |ruling: &Option<v1::Overturning>| ruling.as_ref().map_or(0, |ruling| number(&ruling.act));
    for (on, status, since, order, suspension) in [
        ("2026-06-09", CertificationStatus::Suspended, "2026-06-03", (0, 0), (0, 0)),
        ("2026-06-11", CertificationStatus::Suspended, "2026-06-03", (5, 0), (0, 0)),
        ("2026-06-15", CertificationStatus::Valid, "2026-06-12", (5, 0), (6, 0)),
        ("2026-06-20", CertificationStatus::Suspended, "2026-06-20", (5, 0), (0, 7)),
        ("2026-06-26", CertificationStatus::Suspended, "2026-06-20", (0, 8), (0, 7)),
        ("2026-06-28", CertificationStatus::Suspended, "2026-06-20", (9, 0), (0, 7)),
    ] {
        let told = world.get(1, on).await.certifications.remove(0);
        assert_eq!((told.status(), told.status_since.as_str()), (status, since), "{on}");
        let of = &told.orders[0];
        assert_eq!((told.orders.len(), by(&of.overturned), number(&of.again)), (1, order.0, order.1), "{on}");
        let Some(of) = told.suspensions.first() else { unreachable!("{on}") };
        assert_eq!(
            (told.suspensions.len(), by(&of.overturned), number(&of.again)),
            (1, suspension.0, suspension.1),
            "{on}"
        );
    }
    stays(world).await;
}

/// A review that is put back is the review of its year again, and so is its order.
#[tokio::test]
async fn a_review_that_is_put_back_opens_its_order_again() {
    let failed = ReviewRecorded {
        category: care(),
        certification: second(),
        year: Year::new(2026).unwrap(),
        result: ReviewResult::Failed,
        reviewed_on: day("2026-06-01"),
        note: None,
    };
    let order = RectificationOrdered {
        category: care(),
        certification: second(),
        ground: GroundCode::parse("review-failed").unwrap(),
        detail: text("年度复核不合格"),
        ordered_on: day("2026-06-01"),
        due_on: day("2026-07-20"),
        legal_basis: None,
        document_number: None,
        because: Some(act(3)),
    };
    let mut world = world(vec![failed.into(), order.into()]).await;
    // The review, the order by itself, the ruling on the review, and then that on the order.
    for (of, on) in [(3, "2026-06-10"), (4, "2026-06-12"), (5, "2026-06-20"), (6, "2026-06-25")] {
        world.add(1, vec![overturned(of, on)]).await;
    }
    let number = |act: &Option<v1::Act>| act.as_ref().map_or(0, |act| act.number);
    for (on, status, review, order) in [
        ("2026-06-09", CertificationStatus::Rectifying, (false, 0), (false, 0)),
        ("2026-06-11", CertificationStatus::Valid, (true, 0), (true, 0)),
        ("2026-06-21", CertificationStatus::Valid, (false, 7), (true, 0)),
        ("2026-06-25", CertificationStatus::Rectifying, (false, 7), (false, 8)),
    ] {
        let told = world.get(1, on).await.certifications.remove(0);
        let (of, opened) = (&told.reviews[0], &told.orders[0]);
        assert_eq!(told.status(), status, "{on}");
        assert_eq!((of.overturned.is_some(), number(&of.again)), review, "{on}");
        assert_eq!((opened.overturned.is_some(), number(&opened.again)), order, "{on}");
    }
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
    let mut world = world(events).await;
    let told = async |world: &World, days: &[&str]| {
        let mut told = Vec::new();
        for on in days {
            let promise = world.get(1, on).await.prices.remove(0);
            let again = promise.approval_again.map_or(0, |act| act.number);
            told.push((promise.price.map(|price| price.amount_fen), promise.approval, promise.proposal, again));
        }
        told
    };
    let days = ["2026-02-10", "2026-04-10", "2026-04-30", "2026-05-01"];
    let of = |fen: u32, approval: u32, proposal: u32| (Some(fen), approval, proposal, 0);
    let until_then = [of(90_000, 4, 0), of(99_000, 6, 0), of(99_000, 6, 0), of(90_000, 4, 5)];
    assert_eq!(told(&world, &days).await, until_then);
    // The ruling is undone itself, as act 8, and that is undone.
    world.add(1, vec![overturned(7, "2026-05-10")]).await;
    assert_eq!(told(&world, &days).await, until_then);
    let again = (Some(99_000), 6, 0, 8);
    assert_eq!(told(&world, &["2026-05-09", "2026-05-10", ""]).await, [of(90_000, 4, 5), again, again]);
    world.add(1, vec![overturned(8, "2026-05-20")]).await;
    assert_eq!(told(&world, &["2026-05-10", "2026-05-20"]).await, [again, of(90_000, 4, 5)]);
    // Each is told since the day from which it is paid without a break.
    for (on, since) in [
        ("2026-04-09", "2026-02-10"),
        ("2026-04-30", "2026-04-10"),
        ("2026-05-09", "2026-05-01"),
        ("2026-05-19", "2026-05-10"),
        ("2026-05-20", "2026-05-20"),
        ("", "2026-05-20"),
    ] {
        assert_eq!(world.get(1, on).await.prices.remove(0).effective_on, since, "{on}");
    }
    stays(world).await;
}

/// A notice of revocation that was undone hangs over the certification again once that is undone.
#[tokio::test]
async fn a_notice_of_revocation_that_is_put_back_is_open_again() {
    let noticed = RevocationNoticed {
        category: care(),
        certification: second(),
        ground: GroundCode::parse("overcharging").unwrap(),
        detail: text("情形"),
        noticed_on: day("2026-06-01"),
        hearing_until: day("2026-06-08"),
        hearing_ends_on: day("2026-06-08"),
        legal_basis: text("条"),
        document_number: text("告知1号"),
        kind: RevocationKind::Cancelled,
    };
    let rulings = [overturned(3, "2026-06-05"), overturned(4, "2026-06-09"), overturned(5, "2026-06-12")];
    let world = world([vec![noticed.into()], rulings.to_vec()].concat()).await;
    for (on, is_closed, by, again) in [
        ("2026-06-04", false, 0, 0),
        ("2026-06-05", true, 4, 0),
        ("2026-06-09", false, 0, 5),
        ("2026-06-12", true, 6, 0),
    ] {
        let certification = world.get(1, on).await.certifications.remove(0);
        let of = &certification.notices[0];
        let number = |act: &Option<v1::Act>| act.as_ref().map_or(0, |act| act.number);
        let undone = of.overturned.as_ref().map_or(0, |ruling| number(&ruling.act));
        assert_eq!((of.is_closed, undone, number(&of.again)), (is_closed, by, again), "{on}");
    }
    stays(world).await;
}

/// Undone, the term that it was added to runs on or has run out; put back, it is there again from that day on, and was not meanwhile.
#[tokio::test]
async fn a_renewal_that_is_put_back_is_there_again() {
    let number = |act: &Option<v1::Act>| act.as_ref().map_or(0, |act| act.number);
    let [valid, expired] = [CertificationStatus::Valid, CertificationStatus::Expired];
    // Of a term to 2026-03-31 to 2026-05-31: undone before and after that began.
    for (undone, over, over_on) in
        [("2026-03-25", "2026-04-01", "2026-03-31"), ("2026-05-11", "2026-05-11", "2026-03-31")]
    {
        let mut world = World::new();
        let renewal = CertificationRenewed {
            category: care(),
            certification: second(),
            decided_on: day("2026-03-20"),
            valid_from: day("2026-04-01"),
            valid_to: day("2026-05-31"),
            document_number: text("延1号"),
            pledge_number: crate::world::pledge_number(),
            deciding_body: None,
        };
        let facts =
            vec![crate::world::registered("网点", "321003"), crate::world::certified("2026-01-05", "2026-03-31")];
        world.add(1, [facts, vec![renewal.into()]].concat()).await;
        world.add(1, vec![overturned(3, undone)]).await;
        world.add(1, vec![overturned(4, "2026-05-20")]).await;
        for (on, status, since, last, by, again) in [
            (
                undone,
                if over == undone { expired } else { valid },
                if over == undone { over } else { "2026-01-05" },
                over_on,
                4,
                0,
            ),
            (over, expired, over, over_on, 4, 0),
            ("2026-05-19", expired, over, over_on, 4, 0),
            ("2026-05-20", valid, "2026-05-20", "2026-05-31", 0, 5),
            ("2026-05-31", valid, "2026-05-20", "2026-05-31", 0, 5),
            ("2026-06-01", expired, "2026-06-01", "2026-05-31", 0, 5),
        ] {
            let c = world.get(1, on).await.certifications.remove(0);
            assert_eq!((c.status(), &*c.status_since, &*c.valid_to), (status, since, last), "{undone}, {on}");
            let of = &c.renewals[0];
            let undone_by = of.overturned.as_ref().map_or(0, |ruling| number(&ruling.act));
            assert_eq!((undone_by, number(&of.again)), (by, again), "{undone}, {on}");
        }
        world.add(1, vec![overturned(3, "2026-05-25")]).await;
        let c = world.get(1, "").await.certifications.remove(0);
        assert_eq!((c.status(), &*c.status_since), (expired, "2026-05-25"), "{undone}");
        let c = world.get(1, "2026-05-24").await.certifications.remove(0);
        assert_eq!((c.status(), &*c.status_since), (valid, "2026-05-20"), "{undone}");
        stays(world).await;
    }
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
    // That ruling did not stand either: the decision against it does, from that day on.
    let back = world([case(), vec![overturned(5, "2026-04-01"), overturned(6, "2026-05-01")]].concat()).await;
    assert_eq!(of(&back.get(1, "").await.cases[0]), on(CaseStage::Refused, "2026-05-01", 0));
    assert_eq!(back.get(1, "").await.cases[0].refusals[0].again.as_ref().map(|act| act.number), Some(7));
    assert_eq!(of(&back.get(1, "2026-04-30").await.cases[0]), on(CaseStage::Accepted, "2026-04-01", 1));
    stays(back).await;
    let anew = [overturned(5, "2026-04-01"), overturned(6, "2026-05-01"), overturned(5, "2026-05-10")];
    let goes_on = world([case(), anew.to_vec()].concat()).await;
    assert_eq!(of(&goes_on.get(1, "").await.cases[0]), on(CaseStage::Accepted, "2026-05-10", 1));
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
    // Also one of a day on which it stood refused that was typed after the ruling.
    let events = [case(), vec![overturned(5, "2026-04-01"), filed("2026-03-25").into()]].concat();
    let typed_late = world(events).await;
    let replaced = typed_late.get(1, "").await;
    let first = replaced.cases.iter().find(|case| !case.refusals.is_empty()).unwrap();
    assert_eq!(of(first), on(CaseStage::Refused, "2026-03-20", 1));
    stays(typed_late).await;
}

/// An order that fell, as its certification had been over by its day, is told with the act that says so, is due on no day, and counts for nothing.
#[tokio::test]
async fn an_order_that_fell_never_was_one() {
    let order = RectificationOrdered {
        category: care(),
        certification: second(),
        ground: GroundCode::parse("pledge-broken").unwrap(),
        detail: text("承诺未履行"),
        ordered_on: day("2026-06-01"),
        due_on: day("2026-07-20"),
        legal_basis: None,
        document_number: None,
        because: None,
    };
    let left = CertificationWithdrawn {
        category: care(),
        certification: second(),
        requested_on: day("2026-05-20"),
        effective_on: day("2026-05-20"),
        reason: text("停业"),
    };
    let fell =
        MeasureFell { category: care(), certification: second(), measure: act(3), over_since: day("2026-05-20") };
    let mut world = world(vec![order.into()]).await;
    world.add(1, vec![left.into(), fell.into()]).await;
    for on in ["2026-06-01", ""] {
        let c = world.get(1, on).await.certifications.remove(0);
        assert_eq!(c.orders[0].fell.as_ref().map(|act| act.number), Some(5), "{on}");
        assert_eq!(
            (c.status(), &*c.status_since, &*c.rectification_due),
            (CertificationStatus::Withdrawn, "2026-05-20", "")
        );
    }
    // Where the end is undone, nothing is to be mended either.
    world.add(1, vec![overturned(4, "2026-06-10")]).await;
    let c = world.get(1, "2026-06-15").await.certifications.remove(0);
    assert_eq!((c.status(), &*c.rectification_due), (CertificationStatus::Valid, ""));
    stays(world).await;
}

/// A notice of cancellation that fell hangs over nothing on any day, and stands again by a ruling that made the certification live on its day.
#[tokio::test]
async fn a_notice_of_cancellation_that_fell_is_open_on_no_day() {
    let noticed = RevocationNoticed {
        category: care(),
        certification: second(),
        ground: GroundCode::parse("overcharging").unwrap(),
        detail: text("乱收费"),
        noticed_on: day("2026-06-12"),
        hearing_until: day("2026-06-19"),
        hearing_ends_on: day("2026-06-19"),
        legal_basis: text("办法第9条"),
        document_number: text("告知1号"),
        kind: RevocationKind::Cancelled,
    };
    let left = CertificationWithdrawn {
        category: care(),
        certification: second(),
        requested_on: day("2026-06-01"),
        effective_on: day("2026-06-01"),
        reason: text("停业"),
    };
    let fell =
        MeasureFell { category: care(), certification: second(), measure: act(3), over_since: day("2026-06-01") };
    let mut world = world(vec![noticed.into()]).await;
    let told = |c: &v1::Certification| {
        let notice = &c.notices[0];
        (c.revocation_notice.is_some(), notice.is_closed, notice.fell.as_ref().map(|act| act.number))
    };
    assert_eq!(told(&world.get(1, "").await.certifications[0]), (true, false, None));
    world.add(1, vec![left.into(), fell.into()]).await;
    for on in ["2026-06-12", ""] {
        assert_eq!(told(&world.get(1, on).await.certifications[0]), (false, true, Some(5)), "{on}");
    }
    world.add(1, vec![overturned(4, "2026-06-11")]).await;
    assert_eq!(told(&world.get(1, "").await.certifications[0]), (true, false, None));
    stays(world).await;
}

/// A notice of cancellation hangs over nothing once its certification is over, by a later end as well, and again once that is undone; one of annulment
/// reaches back. All that are open are told, and of the last day first, whichever was typed last.
#[tokio::test]
async fn what_is_over_is_not_to_be_cancelled() {
    let noticed = |ground: &str, kind, on: &str, until: &str| RevocationNoticed {
        category: care(),
        certification: second(),
        ground: GroundCode::parse(ground).unwrap(),
        detail: text("情形"),
        noticed_on: day(on),
        hearing_until: day(until),
        hearing_ends_on: day(until),
        legal_basis: text("办法第9条"),
        document_number: text("告知1号"),
        kind,
    };
    let cancelling = noticed("overcharging", RevocationKind::Cancelled, "2026-06-08", "2026-06-15");
    let annulling = noticed("deceit", RevocationKind::Annulled, "2026-06-01", "2026-06-10");
    let left = CertificationWithdrawn {
        category: care(),
        certification: second(),
        requested_on: day("2026-06-18"),
        effective_on: day("2026-06-18"),
        reason: text("停业"),
    };
    let mut world = world(vec![cancelling.into(), annulling.into()]).await;
    let told = async |world: &World, on: &str| {
        let c = world.get(1, on).await.certifications.remove(0);
        let open: Vec<u32> =
            c.notices.iter().filter(|of| !of.is_closed).map(|of| of.act.as_ref().unwrap().number).collect();
        let request = v1::ListTasksRequest::default();
        let tasks = world.directory().await.list_tasks(Request::new(request)).await.unwrap().into_inner().tasks;
        let heard = tasks.iter().filter(|task| task.kind() == TaskKind::HearingEnded).map(|task| task.act).collect();
        (c.revocation_notice.map(|of| of.act.unwrap().number), open, heard)
    };
    let both = (Some(3), vec![3, 4], vec![4, 3]);
    assert_eq!(told(&world, "").await, both);
    world.add(1, vec![left.into()]).await;
    assert_eq!(told(&world, "").await, (Some(4), vec![4], vec![4]));
    assert_eq!(told(&world, "2026-06-17").await, (Some(3), vec![3, 4], vec![4]));
    world.add(1, vec![overturned(5, "2026-06-20")]).await;
    assert_eq!(told(&world, "").await, both);
    assert_eq!(told(&world, "2026-06-19").await, (Some(4), vec![4], vec![4, 3]));
    stays(world).await;
}

/// A suspension that fell stands again where a ruling says that the certification was live on its day, and falls again where that is undone by then.
#[tokio::test]
async fn a_suspension_that_fell_stands_again_by_a_ruling() {
    let suspended = CertificationSuspended {
        category: care(),
        certification: second(),
        ground: GroundCode::parse("pledge-broken").unwrap(),
        detail: text("乱收费"),
        suspended_on: day("2026-06-12"),
        legal_basis: text("办法第9条"),
        document_number: text("暂停1号"),
    };
    let left = CertificationWithdrawn {
        category: care(),
        certification: second(),
        requested_on: day("2026-06-01"),
        effective_on: day("2026-06-01"),
        reason: text("停业"),
    };
    let fell =
        MeasureFell { category: care(), certification: second(), measure: act(3), over_since: day("2026-06-01") };
    let mut world = world(vec![suspended.into()]).await;
    world.add(1, vec![left.into(), fell.clone().into()]).await;
    let told = |c: &v1::Certification| {
        (c.status(), c.status_since.clone(), c.suspensions[0].fell.as_ref().map(|act| act.number))
    };
    let on = "2026-06-13";
    let withdrawn = (CertificationStatus::Withdrawn, "2026-06-01".to_owned(), Some(5));
    assert_eq!(told(&world.get(1, on).await.certifications[0]), withdrawn);
    world.add(1, vec![overturned(4, "2026-06-11")]).await;
    let suspended = (CertificationStatus::Suspended, "2026-06-12".to_owned(), None);
    assert_eq!(told(&world.get(1, on).await.certifications[0]), suspended);
    world.add(1, vec![overturned(6, "2026-06-12"), fell.into()]).await;
    let (status, _, fell) = told(&world.get(1, on).await.certifications[0]);
    assert_eq!((status, fell), (CertificationStatus::Withdrawn, Some(8)));
    stays(world).await;
}
