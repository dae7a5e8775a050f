//! Rows that are not whole do not speak.

use std::time::{Duration, Instant};

use api::directory::v1;
use api::directory::v1::PlaqueVerdict;
use api::directory::v1::directory_service_server::DirectoryService;
use domain::{PlaqueIssued, PlaqueNumber, PlaqueOrdered, Position, Revision, StreamId};
use event_log::conformance::{Double, Doubled};
use event_log::{EventLog, Followed, LogError, Memory, encode};
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use projection::Health;
use tokio::sync::watch;
use tonic::{Code, Request, Status};
use tonic_types::StatusExt;

use crate::calls::whole::{ABSENCE_AGE_MAX, BEHIND_MAX, STOPPED_MAX, Unwhole};
use crate::world::{World, certified, clock, day, id, names, registered, text};

/// A log whose followers are told commits up to a position only, until more is let through.
#[derive(Clone)]
struct Held(Memory, watch::Receiver<u64>);

impl Double for Held {
    fn log(&self) -> Memory {
        self.0.clone()
    }

    fn follow(&self, after: Position) -> BoxStream<'static, Result<Followed, LogError>> {
        let let_through = self.1.clone();
        let held = move |next: Result<Followed, LogError>| {
            let mut let_through = let_through.clone();
            async move {
                if let Ok(next) = &next {
                    // A closed channel means that the test is over.
                    let _ = let_through.wait_for(|to| *to >= next.position().0).await;
                }
                next
            }
        };
        self.0.follow(after).then(held).boxed()
    }
}

fn refusal<T>(answer: Result<T, Status>) -> (Code, String, String, String) {
    let Err(error) = answer else { panic!("rows that are not whole have spoken") };
    let info = error.get_details_error_info().unwrap();
    assert!(error.get_details_retry_info().is_some());
    (error.code(), info.reason, info.metadata["position"].clone(), info.metadata["head"].clone())
}

#[tokio::test]
async fn rows_that_catch_up_say_so_and_nothing_else() {
    let mut world = World::new();
    let number = PlaqueNumber::new(id(1), 1).unwrap();
    world.add(2, vec![registered("另一网点", "321003"), certified("2026-01-01", "2028-12-31")]).await;
    world.add(1, vec![registered("网点", "321003"), certified("2026-01-01", "2028-12-31")]).await;
    let (plaque_number, issued) = (number.clone(), number.clone());
    world
        .add(
            1,
            vec![PlaqueOrdered { plaque_number, ordered_on: day("2026-01-02"), replaces: None, place: None }.into()],
        )
        .await;
    let issued = PlaqueIssued { plaque_number: issued, issued_on: day("2026-01-05"), design_version: text("1") };
    world.add(1, vec![issued.into()]).await;
    let (let_through, log) = watch::channel(1);
    let folder = tempfile::tempdir().unwrap();
    let started = crate::start(Doubled(Held(world.log.clone(), log)), folder.path(), names(), clock).unwrap();
    started.reader().wait_for(Position(1), Duration::from_secs(20)).await.unwrap();
    let directory = &started.directory;
    let catching_up = || (Code::Unavailable, "CATCHING_UP".to_owned(), "1".to_owned(), "4".to_owned());
    let verify = || v1::VerifyPlaqueRequest { plaque_number: number.to_string(), ..Default::default() };
    let get =
        |min_position| v1::GetProviderRequest { provider_id: id(1).to_string(), min_position, ..Default::default() };
    assert_eq!(refusal(directory.verify_plaque(Request::new(verify())).await), catching_up());
    for min_position in [0, 1] {
        assert_eq!(refusal(directory.get_provider(Request::new(get(min_position))).await), catching_up());
    }
    let earlier = v1::GetProviderRequest { as_of_position: 1, ..get(0) };
    assert_eq!(refusal(directory.get_provider(Request::new(earlier)).await), catching_up());
    for text in ["", "网点"] {
        let list = v1::ListProvidersRequest { text: text.to_owned(), ..Default::default() };
        assert_eq!(refusal(directory.list_providers(Request::new(list)).await), catching_up());
    }
    let earlier = v1::ListProvidersRequest { as_of_position: 1, ..Default::default() };
    assert_eq!(refusal(directory.list_providers(Request::new(earlier)).await), catching_up());
    assert_eq!(
        refusal(directory.get_statistics(Request::new(v1::GetStatisticsRequest::default())).await),
        catching_up()
    );
    let months =
        v1::GetFlowsRequest { from_month: "2026-01".to_owned(), to_month: "2026-02".to_owned(), ..Default::default() };
    assert_eq!(refusal(directory.get_flows(Request::new(months)).await), catching_up());
    assert_eq!(refusal(directory.list_changes(Request::new(v1::ListChangesRequest::default())).await), catching_up());
    assert_eq!(refusal(directory.list_tasks(Request::new(v1::ListTasksRequest::default())).await), catching_up());
    assert_eq!(refusal(directory.watch(Request::new(v1::WatchRequest::default())).await), catching_up());
    // Once they hold what the log held at the start, they speak.
    let_through.send_replace(u64::MAX);
    started.progress().wait_for(|now| now.health == Health::Live).await.unwrap();
    let verdict = directory.verify_plaque(Request::new(verify())).await.unwrap().into_inner();
    assert_eq!((verdict.verdict(), verdict.position), (PlaqueVerdict::Valid, 4));
}

#[tokio::test]
async fn rows_that_have_been_whole_speak_for_some_time() {
    let mut world = World::new();
    world.add(1, vec![registered("网点", "321003")]).await;
    world.directory().await;
    let now = world.started.progress().borrow().clone();
    let stopped = Health::Stopped { reason: "no space".to_owned() };
    let ago = |age| Some(Instant::now().checked_sub(age).unwrap());
    let second = Duration::from_secs(1);
    let [fresh, young, stale] = [ago(STOPPED_MAX / 2), ago(ABSENCE_AGE_MAX / 2), ago(ABSENCE_AGE_MAX + second)];
    let [mature, old] = [ago(BEHIND_MAX / 2), ago(BEHIND_MAX + second)];
    let (catching_up, behind, stops) = (Some("CATCHING_UP"), Some("BEHIND"), Some("STOPPED"));
    // What is told at all, and what is told as absent.
    for (health, current, told, absent) in [
        (Health::Live, None, None, None),
        (Health::Live, young, None, None),
        (Health::LogAway, young, None, None),
        (Health::Live, stale, None, behind),
        (Health::LogAway, stale, None, behind),
        (Health::LogAway, mature, None, behind),
        (Health::Live, old, behind, behind),
        (Health::LogAway, old, behind, behind),
        (stopped.clone(), fresh, None, stops),
        (stopped.clone(), young, stops, stops),
        (stopped, None, stops, stops),
        (Health::CatchingUp, young, catching_up, catching_up),
        (Health::CatchingUp, None, catching_up, catching_up),
    ] {
        let mut progress = now.clone();
        (progress.health, progress.current) = (health, current);
        let reason = |why: Option<Unwhole>| {
            let answer = why?.answer(&progress);
            assert!(answer.message().contains("第1条") && answer.message().contains("position 1 of at least 1"));
            Some(answer.get_details_error_info().unwrap().reason)
        };
        assert_eq!(reason(Unwhole::of(&progress)).as_deref(), told, "{progress:?}");
        assert_eq!(reason(Unwhole::of_absence(&progress)).as_deref(), absent, "{progress:?}");
    }
}

/// What lies behind a message that stops the rows is on record, and is not told as absent.
#[tokio::test]
async fn rows_that_have_stopped_tell_nothing_as_absent() {
    let mut world = World::new();
    world.add(1, vec![registered("前", "321003"), certified("2026-01-01", "2028-12-31")]).await;
    world.directory().await;
    let stream = StreamId::Provider(id(2));
    let first = world.log.load(&StreamId::Provider(id(1))).await.unwrap()[0].commit.clone();
    // A revision that does not follow.
    world.log.publish(&stream, encode(&stream, Revision(7), &first));
    let number = PlaqueNumber::new(id(3), 1).unwrap();
    let (ordered, issued) = (number.clone(), number.clone());
    world.add(3, vec![registered("后", "321003"), certified("2026-01-01", "2028-12-31")]).await;
    world
        .add(
            3,
            vec![
                PlaqueOrdered { plaque_number: ordered, ordered_on: day("2026-01-02"), replaces: None, place: None }
                    .into(),
            ],
        )
        .await;
    let issued = PlaqueIssued { plaque_number: issued, issued_on: day("2026-01-05"), design_version: text("1") };
    world.add(3, vec![issued.into()]).await;
    let mut progress = world.started.progress();
    let stops = progress.wait_for(|now| matches!(now.health, Health::Stopped { .. }));
    tokio::time::timeout(Duration::from_secs(20), stops).await.unwrap().unwrap();

    // They are looked at again in between.
    let refused = |(code, reason, position, _): (Code, String, String, String)| {
        let said = (code, position.as_str(), ["STOPPED", "CATCHING_UP"].contains(&reason.as_str()));
        assert_eq!(said, (Code::Unavailable, "1", true), "{reason}");
    };
    let directory = &world.started.directory;
    let verify = v1::VerifyPlaqueRequest { plaque_number: number.to_string(), ..Default::default() };
    refused(refusal(directory.verify_plaque(Request::new(verify)).await));
    let get = v1::GetProviderRequest { provider_id: id(3).to_string(), ..Default::default() };
    refused(refusal(directory.get_provider(Request::new(get.clone())).await));
    let today = v1::GetProviderRequest { known_on: "2026-07-01".to_owned(), ..get };
    refused(refusal(directory.get_provider(Request::new(today)).await));
    for (text, division, known_on) in [("后", "", ""), ("", "321084", ""), ("后", "", "2026-07-01")] {
        let [text, division, known_on] = [text, division, known_on].map(str::to_owned);
        let list = v1::ListProvidersRequest { text, division, known_on, ..Default::default() };
        refused(refusal(directory.list_providers(Request::new(list)).await));
    }
    let nowhere = v1::GetStatisticsRequest { division: "321084".to_owned(), ..Default::default() };
    refused(refusal(directory.get_statistics(Request::new(nowhere.clone())).await));
    let today = v1::GetStatisticsRequest { known_on: "2026-07-01".to_owned(), ..nowhere };
    refused(refusal(directory.get_statistics(Request::new(today)).await));
    let [from_month, to_month] = ["2020-01", "2020-02"].map(str::to_owned);
    let months = v1::GetFlowsRequest { from_month, to_month, ..Default::default() };
    refused(refusal(directory.get_flows(Request::new(months)).await));
    let tasks = v1::ListTasksRequest { division: "321084".to_owned(), ..Default::default() };
    refused(refusal(directory.list_tasks(Request::new(tasks)).await));

    // What no rows would hold, and what is asked of an earlier position that they do hold, are told.
    let told = async {
        loop {
            let verify = v1::VerifyPlaqueRequest { plaque_number: "扬州001号".to_owned(), ..Default::default() };
            let get =
                v1::GetProviderRequest { provider_id: id(3).to_string(), as_of_position: 1, ..Default::default() };
            let verdict = directory.verify_plaque(Request::new(verify)).await;
            let nothing = directory.get_provider(Request::new(get)).await.unwrap_err();
            if verdict.is_ok_and(|answer| answer.get_ref().verdict() == PlaqueVerdict::NeverIssued)
                && nothing.code() == Code::NotFound
            {
                break;
            }
        }
    };
    tokio::time::timeout(STOPPED_MAX, told).await.unwrap();
}

/// An applier or a follower that hangs says nothing itself.
#[tokio::test]
async fn rows_that_get_nowhere_are_told_by_health() {
    let mut world = World::new();
    world.add(1, vec![registered("网点", "321003")]).await;
    let (let_through, log) = watch::channel(1);
    let folder = tempfile::tempdir().unwrap();
    let started = crate::start(Doubled(Held(world.log.clone(), log)), folder.path(), names(), clock).unwrap();
    let mut whole = started.parts().into_iter().find(|part| part.name() == "rows-whole").unwrap();
    let mut until = async |wanted: &str| {
        let reached = async {
            loop {
                let why = match whole.state() {
                    parts::State::Well | parts::State::Warns { .. } => String::new(),
                    parts::State::Unwell { why, .. } => why,
                };
                if why.split(" / ").next() == Some(wanted) {
                    break;
                }
                assert!(whole.changed().await);
            }
        };
        tokio::time::timeout(Duration::from_secs(20), reached).await.unwrap();
    };
    until("").await;
    world.add(1, vec![certified("2026-01-01", "2028-12-31")]).await;
    until("登记簿可以读取,而数据久未更新到位").await;
    // They answer on, of what they hold.
    let get = v1::GetProviderRequest { provider_id: id(1).to_string(), ..Default::default() };
    assert_eq!(started.directory.get_provider(Request::new(get)).await.unwrap().into_inner().position, 1);
    let_through.send_replace(u64::MAX);
    until("").await;
}
