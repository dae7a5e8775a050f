//! The directory as its callers see it, over the log's twin in memory.

mod acts;
mod ahead;
mod bars;
mod by_day;
mod confirmed;
mod doubled;
mod endings;
mod feed;
mod gone;
mod last_day;
mod long;
mod midnight;
mod names;
mod pages;
mod plaque;
mod reasons;
mod recalls;
mod rows;
mod strays;
mod taken;
pub(crate) mod then;
mod undone;
mod watch;
mod whole;
mod withheld;
mod within_bar;

use std::collections::BTreeMap;
use std::time::Duration;

use api::directory::v1;
use api::directory::v1::PlaqueVerdict;
use api::directory::v1::directory_service_server::DirectoryService;
use api::registry::v1::{CertificationStatus, PledgeStatus};
use domain::*;
use event_log::{EventLog, Memory};
use proptest::prelude::*;
use tonic::{Code, Request};

use crate::world::{
    World, broken, care, certified, clock, day, id, names, pledge_form, recorded, registered, repaired, second, text,
    withdrawn,
};

fn status(provider: &v1::Provider) -> (CertificationStatus, &str) {
    let c = &provider.certifications[0];
    (c.status(), c.status_since.as_str())
}

#[tokio::test]
async fn a_page_goes_on_where_the_last_one_ended() {
    let mut world = World::new();
    for number in 0..7 {
        let division = if number < 5 { "321003005007" } else { "321002001001" };
        let name = format!("网点{number}");
        world.add(number, vec![registered(&name, division), certified("2026-01-01", "2028-12-31")]).await;
    }
    let ask = |division: &str, page_token: &str| v1::ListProvidersRequest {
        division: division.to_owned(),
        category: "childcare".to_owned(),
        page_size: 2,
        page_token: page_token.to_owned(),
        ..v1::ListProvidersRequest::default()
    };
    let (mut seen, mut token) = (Vec::new(), String::new());
    loop {
        let page = world.list(ask("321003", &token)).await;
        seen.extend(page.providers.iter().map(|provider| provider.provider_id.clone()));
        token = page.next_page_token;
        if token.is_empty() {
            break;
        }
        // A token of one question is none of another.
        let foreign = world.directory().await.list_providers(Request::new(ask("3210", &token))).await.unwrap_err();
        assert_eq!(foreign.code(), Code::InvalidArgument);
    }
    let mut expected: Vec<String> = (0..5).map(|number| id(number).to_string()).collect();
    expected.sort();
    assert_eq!(seen, expected);
    assert_eq!(world.list(ask("3210", "")).await.position, 7);
}

#[tokio::test]
async fn words_are_found_whatever_their_width_and_case() {
    let mut world = World::new();
    world.add(1, vec![registered("Happy托育園(一)", "321003"), certified("2026-01-01", "2028-12-31")]).await;
    for (words, found) in [("happy", 1), ("HAPPY 文昌", 1), ("托育", 1), ("幼儿园", 0)] {
        let request = v1::ListProvidersRequest { text: words.to_owned(), ..v1::ListProvidersRequest::default() };
        assert_eq!(world.list(request).await.providers.len(), found, "{words}");
    }
}

#[tokio::test]
async fn the_day_asked_about_decides() {
    let mut world = World::new();
    world.add(1, vec![registered("网点", "321003"), certified("2025-01-01", "2025-06-30")]).await;
    // A withdrawal after the term's end does not hide that the term had ended.
    world.add(1, vec![withdrawn("2025-09-01")]).await;
    assert_eq!(status(&world.get(1, "2025-10-01").await), (CertificationStatus::Expired, "2025-07-01"));
    assert!(world.get(1, "2024-12-31").await.certifications.is_empty());
    world
        .add(2, vec![registered("网点", "321003"), certified("2025-01-01", "2027-12-31"), withdrawn("2026-03-01")])
        .await;
    // Of two ends the earlier one holds, whichever was recorded last.
    world.add(2, vec![withdrawn("2026-05-01")]).await;
    assert_eq!(status(&world.get(2, "2026-02-28").await).0, CertificationStatus::Valid);
    assert_eq!(status(&world.get(2, "").await), (CertificationStatus::Withdrawn, "2026-03-01"));
    world.add(2, vec![withdrawn("2026-02-01")]).await;
    assert_eq!(status(&world.get(2, "").await), (CertificationStatus::Withdrawn, "2026-02-01"));
}

#[tokio::test]
async fn a_price_counts_from_its_day() {
    let mut world = World::new();
    let price = |fen| Price {
        amount_fen: Fen::new(fen).unwrap(),
        unit: PriceUnit::Month,
        rise_percent_max: Percent::new(10).unwrap(),
    };
    let mut acts = 2;
    let mut steps = |fen, from: &str| -> Vec<Event> {
        let (item, category, on): (Name, _, _) = (text("全日托"), care(), day("2026-01-01"));
        let proposal = Act::new(acts + 1).unwrap();
        acts += 2;
        vec![
            PriceProposed { category: category.clone(), item: item.clone(), price: price(fen), proposed_on: on }.into(),
            PriceApproved {
                category,
                item,
                proposal,
                decided_on: on,
                effective_on: day(from),
                from: None,
                to: price(fen),
                document_number: None,
            }
            .into(),
        ]
    };
    world.add(1, vec![registered("网点", "321003"), certified("2026-01-01", "2028-12-31")]).await;
    world.add(1, steps(200_000, "2026-02-01")).await;
    world.add(1, steps(210_000, "2026-09-01")).await;
    let promise = world.get(1, "").await.prices.remove(0);
    assert_eq!(promise.price.unwrap().amount_fen, 200_000);
    assert_eq!((promise.coming_price.unwrap().amount_fen, promise.coming_on.as_str()), (210_000, "2026-09-01"));
}

#[tokio::test]
async fn a_plaque_is_never_merely_not_found() {
    let mut world = World::new();
    let number = PlaqueNumber::new(id(1), 1).unwrap();
    let verdict = |answer: &v1::VerifyPlaqueResponse| answer.verdict();
    let unknown = world.verify(number.as_str(), "").await;
    assert_eq!(verdict(&unknown), PlaqueVerdict::NeverIssued);
    assert!(!unknown.sentence.unwrap().zh.is_empty());
    assert_eq!(verdict(&world.verify("扬州001号", "").await), PlaqueVerdict::NeverIssued);
    let plaque_number = number.clone();
    world.add(1, vec![registered("网点", "321003"), certified("2026-01-01", "2028-12-31")]).await;
    world
        .add(
            1,
            vec![PlaqueOrdered { plaque_number, ordered_on: day("2026-01-02"), replaces: None, place: None }.into()],
        )
        .await;
    assert_eq!(verdict(&world.verify(number.as_str(), "").await), PlaqueVerdict::NotYetIssued, "only ordered");
    let plaque_number = number.clone();
    world
        .add(1, vec![PlaqueIssued { plaque_number, issued_on: day("2026-01-05"), design_version: text("1") }.into()])
        .await;
    assert_eq!(verdict(&world.verify(number.as_str(), "2026-01-04").await), PlaqueVerdict::NotYetIssued);
    let valid = world.verify(&number.as_str().to_lowercase(), "").await;
    assert_eq!((verdict(&valid), valid.outlet_name.as_str()), (PlaqueVerdict::Valid, "网点"));
    let plaque_number = number.clone();
    world.add(1, vec![PlaqueLost { plaque_number, lost_on: day("2026-06-01"), statement: text("作废") }.into()]).await;
    assert!(world.verify(number.as_str(), "").await.sentence.unwrap().zh.contains("遗失"));
    assert_eq!(verdict(&world.verify(number.as_str(), "2029-01-01").await), PlaqueVerdict::Expired);
    for wrong in ["", &"9".repeat(65)] {
        let request = v1::VerifyPlaqueRequest { plaque_number: wrong.to_owned(), ..v1::VerifyPlaqueRequest::default() };
        let status = world.directory().await.verify_plaque(Request::new(request)).await.unwrap_err();
        assert_eq!(status.code(), Code::InvalidArgument);
    }
}

#[tokio::test]
async fn an_earlier_certification_answers_for_its_own_days() {
    let mut world = World::new();
    let number = PlaqueNumber::new(id(1), 1).unwrap();
    let (ordered, issued) = (number.clone(), number.clone());
    world.add(1, vec![registered("网点", "321003"), certified("2020-01-10", "2023-01-09")]).await;
    world
        .add(
            1,
            vec![
                PlaqueOrdered { plaque_number: ordered, ordered_on: day("2020-01-11"), replaces: None, place: None }
                    .into(),
            ],
        )
        .await;
    world
        .add(
            1,
            vec![
                PlaqueIssued { plaque_number: issued, issued_on: day("2020-01-12"), design_version: text("1") }.into(),
            ],
        )
        .await;
    // Certified again from a day that lies ahead of the clock, 2026-07-01.
    world.add(1, vec![certified("2026-09-01", "2029-08-31")]).await;
    for (on, verdict) in [
        ("2022-01-01", PlaqueVerdict::Valid),
        ("2024-01-01", PlaqueVerdict::Expired),
        ("", PlaqueVerdict::Expired),
        ("2026-09-01", PlaqueVerdict::Valid),
    ] {
        assert_eq!(world.verify(number.as_str(), on).await.verdict(), verdict, "{on}");
    }
    let tasks = world.directory().await.list_tasks(Request::new(v1::ListTasksRequest::default())).await.unwrap();
    let kinds: Vec<_> = tasks.into_inner().tasks.iter().map(v1::Task::kind).collect();
    assert_eq!(kinds, [v1::TaskKind::PlaqueToRecover], "nothing is in force today, and the plaque is out");
}

#[tokio::test]
async fn a_task_of_an_outlet_without_a_category_is_listed() {
    let log = Memory::new();
    let key = OperatorCode::to_be_completed("321003", [7; 8]).unwrap();
    let stream = StreamId::Provider(ProviderId::new(key, 1).unwrap());
    let commit = Commit {
        id: RequestId::from_bytes([1; 16]),
        digest: domain::RequestDigest::of_no_request([0; 16]),
        bureau: BureauId::parse("321003-health").unwrap(),
        officer: OfficerId::parse("hj-1").unwrap(),
        recorded_at: clock(),
        scheme: text("test"),
        rules: domain::Position(0),
        events: vec![registered("网点", "321003")],
    };
    log.append(&stream, event_log::Tail::default(), &commit).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let started = crate::start(log, folder.path(), names(), clock).unwrap();
    for (bureau, category, listed) in
        [("", "", 1), ("321003-health", "", 1), ("321002-health", "", 0), ("", "childcare", 0)]
    {
        let request = v1::ListTasksRequest {
            bureau_id: bureau.to_owned(),
            category: category.to_owned(),
            min_position: 1,
            ..v1::ListTasksRequest::default()
        };
        let answer = started.directory.list_tasks(Request::new(request)).await.unwrap().into_inner();
        assert_eq!(answer.tasks.len(), listed, "{bureau} {category}");
    }
}

#[tokio::test]
async fn of_two_breaches_the_one_that_is_not_repaired_is_shown() {
    let mut world = World::new();
    world.add(1, vec![registered("网点", "321003"), PledgeMade { pledge: pledge_form() }.into()]).await;
    world.add(1, vec![broken().into()]).await;
    world
        .add(1, vec![PledgeBroken { extent: BreachExtent::Wholly, unperformed: text("另一项"), ..broken() }.into()])
        .await;
    let shown = world.get(1, "").await.pledges.remove(0);
    assert_eq!((shown.status(), shown.breaches.len()), (PledgeStatus::Unfulfilled, 2));
    world.add(1, vec![repaired(4).into()]).await;
    let shown = world.get(1, "").await.pledges.remove(0);
    assert_eq!((shown.status(), shown.breaches[0].act), (PledgeStatus::PartlyFulfilled, 3));
    let changes = v1::ListChangesRequest::default();
    let changes = world.directory().await.list_changes(Request::new(changes)).await.unwrap().into_inner();
    assert_eq!(changes.changes.iter().map(|change| change.position).collect::<Vec<_>>(), [1, 2, 4]);
    world.add(1, vec![repaired(3).into()]).await;
    let shown = world.get(1, "").await.pledges.remove(0);
    assert_eq!((shown.status(), shown.breaches.len()), (PledgeStatus::Repaired, 0));
}

#[tokio::test]
async fn a_repaired_breach_is_not_shown_and_a_home_not_found() {
    let mut world = World::new();
    let Event::ProviderRegistered(mut home) = registered("家庭托育点", "321003005007") else { unreachable!() };
    home.particulars.withhold_address = true;
    let pledge = PledgeMade { pledge: pledge_form() };
    world.add(1, vec![home.into(), pledge.into(), certified("2026-01-01", "2028-12-31")]).await;
    world.add(1, vec![broken().into()]).await;
    let shown = world.get(1, "").await.pledges.remove(0);
    assert_eq!((shown.status(), shown.breaches.len()), (PledgeStatus::PartlyFulfilled, 1));
    world.add(1, vec![repaired(4).into()]).await;
    let provider = world.get(1, "").await;
    assert_eq!((provider.pledges[0].status(), provider.pledges[0].breaches.len()), (PledgeStatus::Repaired, 0));
    let changes = v1::ListChangesRequest::default();
    let changes = world.directory().await.list_changes(Request::new(changes)).await.unwrap().into_inner();
    let names: Vec<&str> = changes.changes.iter().flat_map(|c| &c.event_names).map(String::as_str).collect();
    assert!(!names.contains(&"PledgeBroken") && names.contains(&"PledgeRepaired"), "{names:?}");
    assert_eq!((changes.next_after_position, changes.has_more), (3, false));
    // The address is a home: shown and found down to the street.
    let particulars = provider.particulars.unwrap();
    assert_eq!((particulars.address.as_str(), particulars.division.as_str()), ("", "321003005000"));
    let found = |division: &str| v1::ListProvidersRequest { division: division.to_owned(), ..Default::default() };
    assert_eq!(world.list(found("321003005")).await.providers.len(), 1);
    assert_eq!(world.list(found("321003005007")).await.providers.len(), 0);
}

#[tokio::test]
async fn rows_that_were_deleted_come_back_byte_for_byte() {
    let mut world = World::new();
    for number in 0..40 {
        world.add(number % 9, vec![registered(&format!("网点{number}"), "321003")]).await;
        world.add(number % 9, vec![certified("2026-01-01", "2028-12-31")]).await;
    }
    world.directory().await;
    let other = tempfile::tempdir().unwrap();
    let rebuilt = crate::start(world.log.clone(), other.path(), names(), clock).unwrap();
    rebuilt.reader().wait_for(Position(80), Duration::from_secs(20)).await.unwrap();
    let (ours, theirs) = (world.started.reader().rows(), rebuilt.reader().rows());
    let (ours, theirs) = (ours.snapshot(), theirs.snapshot());
    assert_eq!(ours.dump().unwrap(), theirs.dump().unwrap());
    assert_eq!(ours.digest(), theirs.digest());
    assert_eq!(ours.digest(), ours.recount().unwrap(), "kept as the rows changed");
    assert!(world.folder.path().exists());
}

/// It is said alike of one that never had a pledge and of one whose pledge was broken.
#[tokio::test]
async fn what_was_back_entered_is_told_to_have_no_pledge_in_force() {
    let mut world = World::new();
    world.add(1, vec![registered("无承诺", "321003"), recorded()]).await;
    let made = PledgeMade { pledge: crate::world::pledge_form() };
    let broken = crate::world::broken().into();
    world.add(2, vec![registered("失信", "321003"), recorded(), made.into(), broken]).await;
    let request = Request::new(v1::ListTasksRequest::default());
    let tasks = world.directory().await.list_tasks(request).await.unwrap().into_inner().tasks;
    let told = tasks.into_iter().filter(|task| task.kind() == v1::TaskKind::PledgeToCheck);
    let told: Vec<_> = told.filter_map(|task| task.sentence).map(|said| said.zh).collect();
    assert_eq!(told, ["补录的认定没有履行中的信用承诺,请补签"; 2]);
}

#[tokio::test]
async fn the_work_list_says_what_is_due_and_by_when() {
    use v1::TaskKind::{
        CaseReturned as Papers, CertificationExpiring, HearingEnded, LastDayToState, NoticeEnded, PledgeToCheck,
        RectificationDue,
    };

    let mut world = World::new();
    let ground = || GroundCode::parse("overcharging").unwrap();
    let applied = |on: &str| Event::from(ApplicationFiled { category: care(), applied_on: day(on) });
    let notice = NoticeWindow::new(day("2026-06-01"), day("2026-06-05")).unwrap();
    world
        .add(
            1,
            vec![
                registered("公示", "321003"),
                applied("2026-05-01"),
                NoticeOpened { category: care(), notice, counted: crate::world::counted(), published_at: None }.into(),
            ],
        )
        .await;
    let returned = CaseReturned {
        category: care(),
        missing: text("缺件"),
        returned_on: day("2026-05-20"),
        due_on: day("2026-06-10"),
    };
    world.add(2, vec![registered("补正", "321003"), applied("2026-05-01"), returned.into()]).await;
    let rectify = RectificationOrdered {
        category: care(),
        certification: second(),
        ground: ground(),
        detail: text("情形"),
        ordered_on: day("2026-06-20"),
        due_on: day("2026-07-20"),
        legal_basis: Some(text("第十一条")),
        document_number: Some(text("责改1号")),
        because: None,
    };
    world.add(3, vec![registered("整改", "321003"), certified("2026-01-01", "2028-12-31"), rectify.into()]).await;
    let noticed = RevocationNoticed {
        category: care(),
        certification: second(),
        ground: ground(),
        detail: text("情形"),
        noticed_on: day("2026-06-10"),
        // A Saturday of a festival: what was counted is told, and when it is over.
        hearing_until: day("2026-06-20"),
        hearing_ends_on: day("2026-06-22"),
        legal_basis: text("第十二条"),
        document_number: text("告知1号"),
        kind: RevocationKind::Cancelled,
    };
    world.add(4, vec![registered("申辩", "321003"), certified("2026-01-01", "2028-12-31"), noticed.into()]).await;
    world.add(5, vec![registered("到期", "321003"), certified("2026-01-01", "2026-08-31")]).await;
    world.add(6, vec![registered("补录", "321002"), recorded()]).await;
    let ask = |request: v1::ListTasksRequest| async {
        let answer = world.directory().await.list_tasks(Request::new(request)).await.unwrap().into_inner();
        answer.tasks.iter().map(|task| (task.kind(), task.due_on.clone(), task.overdue)).collect::<Vec<_>>()
    };
    let due = |kind, on: &str, overdue| (kind, on.to_owned(), overdue);
    let expected = [
        due(NoticeEnded, "2026-06-06", true),
        due(Papers, "2026-06-10", true),
        due(HearingEnded, "2026-06-23", true),
        due(PledgeToCheck, "2026-07-01", false),
        due(LastDayToState, "2026-07-01", false),
        due(RectificationDue, "2026-07-20", false),
        due(CertificationExpiring, "2026-08-31", false),
    ];
    assert_eq!(ask(v1::ListTasksRequest::default()).await, expected);
    // A bureau sees its own area and categories, and a near horizon less.
    let own = v1::ListTasksRequest { bureau_id: "321002-health".to_owned(), ..Default::default() };
    assert_eq!(ask(own).await, expected[3..5]);
    let other = v1::ListTasksRequest { bureau_id: "321003-civil".to_owned(), ..Default::default() };
    assert_eq!(ask(other).await, []);
    let near = v1::ListTasksRequest { within_days: 10, ..Default::default() };
    assert_eq!(ask(near).await, expected[..5]);
    // Page by page it is the same list.
    let (mut seen, mut page_token) = (Vec::new(), String::new());
    loop {
        let request = v1::ListTasksRequest { page_size: 4, page_token, ..Default::default() };
        let page = world.directory().await.list_tasks(Request::new(request)).await.unwrap().into_inner();
        seen.extend(page.tasks.iter().map(v1::Task::kind));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    assert_eq!(seen, expected.map(|(kind, _, _)| kind));
}

#[tokio::test]
async fn a_work_list_goes_on_though_the_task_that_ended_a_page_is_done() {
    let mut world = World::new();
    for number in 1..=4 {
        let last = day("2026-08-01").plus_days(number.into()).to_string();
        world.add(number, vec![registered("到期", "321003"), certified("2026-01-01", &last)]).await;
    }
    let page = |page_token| v1::ListTasksRequest { page_size: 2, page_token, ..Default::default() };
    let ask = async |world: &World, page_token| {
        let page = world.directory().await.list_tasks(Request::new(page(page_token))).await.unwrap().into_inner();
        let due: Vec<String> = page.tasks.iter().map(|task| task.due_on.clone()).collect();
        (due, page.next_page_token)
    };
    let (first, token) = ask(&world, String::new()).await;
    assert_eq!(first, ["2026-08-02", "2026-08-03"]);
    world.add(2, vec![withdrawn("2026-06-01")]).await;
    assert_eq!(ask(&world, token).await, (vec!["2026-08-04".to_owned(), "2026-08-05".to_owned()], String::new()));
}

#[tokio::test]
async fn what_happened_is_counted_in_its_month() {
    let mut world = World::new();
    world.add(1, vec![registered("甲", "321003005007"), certified("2026-01-31", "2026-03-30")]).await;
    world.add(2, vec![registered("乙", "321003005007"), certified("2026-02-01", "2027-12-31")]).await;
    world.add(3, vec![registered("丙", "321002001001"), certified("2026-02-28", "2027-12-31")]).await;
    world.add(2, vec![withdrawn("2026-03-01")]).await;
    let ask = |from_month: &str, to_month: &str, division: &str| {
        let request = v1::GetFlowsRequest {
            from_month: from_month.to_owned(),
            to_month: to_month.to_owned(),
            division: division.to_owned(),
            ..Default::default()
        };
        async { world.directory().await.get_flows(Request::new(request)).await.map(tonic::Response::into_inner) }
    };
    let told = |answer: v1::GetFlowsResponse| -> Vec<(String, String, [u64; 3])> {
        let counts = |row: v1::FlowsRow| (row.month, row.division, [row.certified, row.withdrawn, row.expired]);
        answer.rows.into_iter().map(counts).collect()
    };
    let row = |month: &str, division: &str, counts| (month.to_owned(), division.to_owned(), counts);
    let all = told(ask("2026-01", "2026-12", "").await.unwrap());
    let expected = [
        row("2026-01", "321003", [1, 0, 0]),
        row("2026-02", "321002", [1, 0, 0]),
        row("2026-02", "321003", [1, 0, 0]),
        row("2026-03", "321003", [0, 0, 1]),
    ];
    assert_eq!(all, expected);
    // Whoever left asked for it a year before: that is when it was decided.
    let asked = told(ask("2025-01", "2025-01", "").await.unwrap());
    assert_eq!(asked, [row("2025-01", "321003", [0, 1, 0])]);
    assert_eq!(told(ask("2026-02", "2026-02", "321002").await.unwrap()), expected[1..2]);
    for (from, to) in [("2026-02", "2026-01"), ("2026-13", "2026-13"), ("2026", "2026-01"), ("2010-01", "2026-01")] {
        assert_eq!(ask(from, to, "").await.unwrap_err().code(), Code::InvalidArgument, "{from} to {to}");
    }
}

/// One provider of the property: where, from, to, and an end.
type Lot = (u8, i64, i64, Option<(bool, i64)>);

const PLACES: [&str; 4] = ["321003005007", "321003005000", "321003000000", "321002001001"];

/// Where a lot stands on a day, told another way than the directory tells it.
fn told(lot: &Lot, today: Day) -> Option<CertificationStatus> {
    let (from, to) = (day("2026-01-01").plus_days(lot.1), day("2026-01-01").plus_days(lot.1 + lot.2));
    if today < from {
        return None;
    }
    let lapse = (to.plus_days(1), CertificationStatus::Expired);
    let end = lot.3.map(|(revoked, after)| {
        let status = if revoked { CertificationStatus::Revoked } else { CertificationStatus::Withdrawn };
        (from.plus_days(after), status)
    });
    let (over, status) = end.filter(|(day, _)| *day <= lapse.0).unwrap_or(lapse);
    Some(if over <= today { status } else { CertificationStatus::Valid })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn lists_and_counts_equal_a_recount(
        lots in proptest::collection::vec((0_u8..4, 0_i64..40, 5_i64..60, proptest::option::of((any::<bool>(), 0_i64..80))), 1..12),
        asked in 0_i64..120,
    ) {
        let today = day("2026-01-01").plus_days(asked);
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let mut world = World::new();
            for (lot, number) in lots.iter().zip(0..) {
                let (from, to) = (day("2026-01-01").plus_days(lot.1), day("2026-01-01").plus_days(lot.1 + lot.2));
                world.add(number, vec![registered("网点", PLACES[usize::from(lot.0)]), certified(&from.to_string(), &to.to_string())]).await;
                match lot.3 {
                    Some((true, after)) => {
                        let effective_on = from.plus_days(after);
                        let revoked = CertificationRevoked {
                            category: care(), certification: second(), notice: second(), kind: RevocationKind::Cancelled, ground: GroundCode::parse("overcharging").unwrap(),
                            legal_basis: text("条"), document_number: text("号"), decided_on: effective_on, effective_on, bar_until: None,
                        };
                        world.add(number, vec![revoked.into()]).await;
                    }
                    Some((false, after)) => { world.add(number, vec![withdrawn(&from.plus_days(after).to_string())]).await; }
                    None => {}
                }
            }
            for area in ["", "32", "321003", "321003005", "321002"] {
                let mut expected: BTreeMap<(String, i32), u64> = BTreeMap::new();
                let mut live = Vec::new();
                for (lot, number) in lots.iter().zip(0..) {
                    let place = PLACES[usize::from(lot.0)];
                    let Some(status) = told(lot, today).filter(|_| place.starts_with(area)) else { continue };
                    *expected.entry((place[..6].to_owned(), status.into())).or_default() += 1;
                    if status == CertificationStatus::Valid {
                        live.push(id(number).to_string());
                    }
                }
                let request = v1::GetStatisticsRequest { division: area.to_owned(), as_of: today.to_string(), ..Default::default() };
                let counted = world.directory().await.get_statistics(Request::new(request)).await.unwrap().into_inner();
                let counted: BTreeMap<_, _> = counted.rows.into_iter().map(|row| ((row.division.clone(), row.status), row.count)).collect();
                prop_assert_eq!(counted, expected);
                let request = v1::ListProvidersRequest { division: area.to_owned(), as_of: today.to_string(), page_size: 100, ..Default::default() };
                let mut listed: Vec<String> = world.list(request).await.providers.into_iter().map(|p| p.provider_id).collect();
                listed.sort();
                live.sort();
                prop_assert_eq!(listed, live);
            }
            Ok(())
        })?;
    }
}
