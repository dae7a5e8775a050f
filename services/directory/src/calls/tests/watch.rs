//! Watches tell what the list of changes tells, each change once, and say where to go on.

use std::time::Duration;

use api::directory::v1;
use api::directory::v1::directory_service_server::DirectoryService;
use domain::Position;
use event_log::conformance::{Double, Doubled};
use event_log::{EventLog, Followed, LogError, Memory};
use futures_util::stream::BoxStream;
use futures_util::{Stream, StreamExt};
use projection::Health;
use tonic::{Code, Request, Status};
use tonic_types::StatusExt;

use crate::calls::directory::{Directory, WATCHERS_MAX};
use crate::world::{World, certified, clock, names, registered};

const LONGEST: Duration = Duration::from_secs(20);

type Told = Result<v1::WatchResponse, Status>;

async fn watch(world: &World, request: v1::WatchRequest) -> impl Stream<Item = Told> + Unpin + use<> {
    world.directory().await.watch(Request::new(request)).await.unwrap().into_inner()
}

/// Positions of the changes told until `end` was told of; messages without a change say how far the directory is.
async fn until(stream: &mut (impl Stream<Item = Told> + Unpin), end: u64) -> Vec<u64> {
    let mut told = Vec::new();
    let mut at = 0;
    while at < end {
        let message = stream.next().await.expect("it goes on").expect("no error");
        assert!(message.position >= at, "{} after {at}", message.position);
        at = message.position;
        told.extend(message.change.map(|change| change.position));
    }
    told
}

async fn listed(world: &World, division: &str, category: &str) -> Vec<u64> {
    let request = v1::ListChangesRequest {
        division: division.to_owned(),
        category: category.to_owned(),
        page_size: 1000,
        ..Default::default()
    };
    let answer = world.directory().await.list_changes(Request::new(request)).await.unwrap().into_inner();
    answer.changes.iter().map(|change| change.position).collect()
}

async fn outlets(world: &mut World, numbers: std::ops::Range<u32>) -> u64 {
    let mut last = 0;
    for number in numbers {
        let place = if number.is_multiple_of(3) { "321002001001" } else { "321003005007" };
        world.add(number, vec![registered("网点", place)]).await;
        last = world.add(number, vec![certified("2026-01-01", "2027-12-31")]).await.0;
    }
    last
}

#[tokio::test]
async fn what_was_and_what_comes_are_told_once_and_in_order() {
    let mut world = World::new();
    let first = outlets(&mut world, 0..10).await;
    let mut all = watch(&world, v1::WatchRequest::default()).await;
    let here =
        v1::WatchRequest { division: "321002".to_owned(), category: "childcare".to_owned(), ..Default::default() };
    let mut some = watch(&world, here.clone()).await;
    let mut told = until(&mut all, first).await;
    let mut told_here = until(&mut some, first).await;
    let second = outlets(&mut world, 10..20).await;
    told.extend(until(&mut all, second).await);
    told_here.extend(until(&mut some, second).await);
    assert_eq!(told, (1..=second).collect::<Vec<_>>());
    assert_eq!(told_here, listed(&world, "321002", "childcare").await);
    // Where nothing fits, the position goes on all the same, and another watch goes on from there.
    let nobody = v1::WatchRequest { division: "3201".to_owned(), ..Default::default() };
    let mut nothing = watch(&world, nobody).await;
    assert_eq!(until(&mut nothing, second).await, Vec::<u64>::new());
}

#[tokio::test]
async fn a_beat_says_when_that_was_all_and_another_watch_goes_on_from_it() {
    let mut world = World::new();
    let first = outlets(&mut world, 0..5).await;
    let here = v1::WatchRequest { division: "321002".to_owned(), ..Default::default() };
    let mut stream = watch(&world, here.clone()).await;
    let mut told = Vec::new();
    // The moment is not known before the log was asked once.
    let beat = loop {
        let message = stream.next().await.unwrap().unwrap();
        match message.change {
            Some(change) => told.push(change.position),
            None if message.true_at_ms > 0 => break message,
            None => assert_eq!(message.position, first, "told once it had caught up"),
        }
    };
    assert_eq!(beat.position, first, "the last commits are of another place");
    assert!((clock().0 - 60_000..=clock().0).contains(&beat.true_at_ms), "{}", beat.true_at_ms);
    drop(stream);
    let second = outlets(&mut world, 5..10).await;
    let mut again = watch(&world, v1::WatchRequest { after_position: beat.position, ..here }).await;
    told.extend(until(&mut again, second).await);
    assert_eq!(told, listed(&world, "321002", "").await);
}

#[tokio::test]
async fn a_slow_watcher_is_dropped_and_goes_on_without_gap_or_repeat() {
    let mut world = World::new();
    let head = outlets(&mut world, 0..100).await;
    let mut slow = watch(&world, v1::WatchRequest::default()).await;
    // Its place is free again when it was dropped.
    let places = world.directory().await.watchers.clone();
    let all = places.acquire_many(u32::try_from(WATCHERS_MAX).unwrap()).await.unwrap();
    let mut told = Vec::new();
    let error = loop {
        match slow.next().await.expect("an error comes last") {
            Ok(message) => told.extend(message.change.map(|change| change.position)),
            Err(error) => break error,
        }
    };
    assert!(slow.next().await.is_none());
    let info = error.get_details_error_info().unwrap();
    assert_eq!((error.code(), info.reason.as_str()), (Code::Aborted, "SLOW_READER"));
    let after_position: u64 = info.metadata["after_position"].parse().unwrap();
    assert_eq!(told, (1..=after_position).collect::<Vec<_>>());
    // No place is free: another is turned away at once.
    let refused = world.directory().await.watch(Request::new(v1::WatchRequest::default())).await.err().unwrap();
    assert_eq!(refused.code(), Code::ResourceExhausted);
    drop(all);
    let mut again = watch(&world, v1::WatchRequest { after_position, ..Default::default() }).await;
    told.extend(until(&mut again, head).await);
    assert_eq!(told, (1..=head).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_server_that_stops_says_where_to_go_on() {
    let mut world = World::new();
    let head = outlets(&mut world, 0..3).await;
    let mut stream = watch(&world, v1::WatchRequest::default()).await;
    until(&mut stream, head).await;
    world.started.drain();
    let error = loop {
        if let Err(error) = stream.next().await.expect("an error comes last") {
            break error;
        }
    };
    let info = error.get_details_error_info().unwrap();
    assert_eq!((error.code(), info.reason.as_str()), (Code::Unavailable, "DRAINING"));
    assert_eq!(info.metadata["after_position"], head.to_string());
}

#[tokio::test]
async fn an_answer_says_when_it_was_true_and_is_refused_when_it_is_too_old() {
    let mut world = World::new();
    outlets(&mut world, 0..2).await;
    let ask = |max_age_seconds| v1::ListProvidersRequest { max_age_seconds, ..Default::default() };
    let list = |request| async { world.directory().await.list_providers(Request::new(request)).await };
    let fresh = list(ask(60)).await.unwrap().into_inner();
    let now = crate::world::clock().0;
    assert!((now - 60_000..=now).contains(&fresh.true_at_ms), "{} at {now}", fresh.true_at_ms);
    assert_eq!(list(ask(86_401)).await.unwrap_err().code(), Code::InvalidArgument);
    // A log that cannot be asked: what was known a second ago is not known to be true any more.
    world.log.set_away(true);
    let directory = &world.started.directory;
    let stale = loop {
        // Until that second is over.
        if let Err(stale) = directory.list_providers(Request::new(ask(1))).await {
            break stale;
        }
    };
    assert_eq!((stale.code(), stale.get_details_error_info().unwrap().reason.as_str()), (Code::Unavailable, "STALE"));
    assert_eq!(directory.list_providers(Request::new(ask(60))).await.unwrap().into_inner().providers.len(), 2);
    assert_eq!(directory.list_providers(Request::new(ask(0))).await.unwrap().into_inner().providers.len(), 2);
    world.log.set_away(false);
    list(ask(1)).await.unwrap();
}

/// A log that is replaced while it is followed, as one that was restored from a copy.
#[derive(Clone)]
struct Replaced(tokio::sync::watch::Receiver<Memory>);

impl Double for Replaced {
    fn log(&self) -> Memory {
        self.0.borrow().clone()
    }

    fn follow(&self, after: Position) -> BoxStream<'static, Result<Followed, LogError>> {
        let mut log = self.0.clone();
        let now = log.borrow_and_update().clone();
        now.follow(after).take_until(async move { log.changed().await }).boxed()
    }
}

#[tokio::test]
async fn a_watch_does_not_go_on_with_another_log() {
    let mut first = World::new();
    let head = outlets(&mut first, 0..3).await;
    // A shorter log, and a longer one with another commit at the cursor.
    for (outlet_numbers, last) in [(0..2, 4), (0..9, 18)] {
        let mut other = World::new();
        other.commits = 1000;
        assert_eq!(outlets(&mut other, outlet_numbers).await, last);
        let (replace, log) = tokio::sync::watch::channel(first.log.clone());
        let folder = tempfile::tempdir().unwrap();
        let started = crate::start(Doubled(Replaced(log)), folder.path(), names(), clock).unwrap();
        let watch =
            async || started.directory.watch(Request::new(v1::WatchRequest::default())).await.unwrap().into_inner();
        let mut progress = started.progress();
        progress.wait_for(|now| now.health == Health::Live).await.unwrap();
        let mut stream = watch().await;
        assert_eq!(until(&mut stream, head).await, (1..=head).collect::<Vec<_>>());
        replace.send_replace(other.log.clone());
        let ended = async {
            loop {
                match stream.next().await.expect("an error comes last") {
                    Ok(message) => assert_eq!(message.change, None, "of another log"),
                    Err(error) => break error,
                }
            }
        };
        let error = tokio::time::timeout(LONGEST, ended).await.expect("it ends");
        let info = error.get_details_error_info().unwrap();
        assert_eq!((error.code(), info.reason.as_str()), (Code::Aborted, "OTHER_LOG"));
        assert_eq!(info.metadata["after_position"], "0");
        progress.wait_for(|now| now.health == Health::Live && now.dropped == 1).await.unwrap();
        assert_eq!(until(&mut watch().await, last).await, (1..=last).collect::<Vec<_>>());
    }
}

/// On paused time, with nothing that would have to be applied meanwhile.
#[tokio::test(start_paused = true)]
async fn a_position_that_does_not_come_has_a_reason() {
    let world = World::new();
    let ask = v1::ListProvidersRequest { min_position: 1, ..Default::default() };
    let behind = world.started.directory.list_providers(Request::new(ask)).await.unwrap_err();
    assert_eq!(
        (behind.code(), behind.get_details_error_info().unwrap().reason.as_str()),
        (Code::Unavailable, "BEHIND")
    );
    assert!(behind.get_details_retry_info().is_some());
}

/// Positions told until `end`; one that was too slow goes on from where it is told to, as its caller would.
async fn told_in_the_end(directory: Directory, mut request: v1::WatchRequest, end: u64) -> Vec<u64> {
    let mut told = Vec::new();
    loop {
        let mut stream = directory.watch(Request::new(request.clone())).await.unwrap().into_inner();
        let ended = loop {
            if told.last() == Some(&end) {
                return told;
            }
            match stream.next().await.expect("an error comes last") {
                Ok(message) => told.extend(message.change.map(|change| change.position)),
                Err(ended) => break ended,
            }
        };
        let info = ended.get_details_error_info().unwrap();
        assert_eq!(info.reason, "SLOW_READER");
        request.after_position = info.metadata["after_position"].parse().unwrap();
        assert!(told.last().copied().unwrap_or(0) <= request.after_position);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn those_who_join_while_commits_come_are_told_each_once_and_in_order() {
    const OUTLETS: u32 = 150;
    let end = u64::from(OUTLETS) * 2;
    let mut world = World::new();
    outlets(&mut world, 0..1).await;
    world.directory().await;
    let mut watches = Vec::new();
    for number in 1..OUTLETS {
        let after_position = u64::from(number);
        let before = world.log.head().await.unwrap().0;
        let first = v1::WatchRequest { after_position, ..Default::default() };
        let latest = v1::WatchRequest { after_position: before, ..Default::default() };
        for request in [first, latest] {
            let after = request.after_position;
            let watch = told_in_the_end(world.started.directory.clone(), request, end);
            watches.push((after, tokio::spawn(watch)));
        }
        // Nobody waits until the rows have it: watches come in before, during and after the look at it.
        assert_eq!(outlets(&mut world, number..number + 1).await, before + 2);
        tokio::task::yield_now().await;
    }
    for (after, watch) in watches {
        let told = tokio::time::timeout(LONGEST, watch).await.expect("it ends").unwrap();
        assert_eq!(told, (after + 1..=end).collect::<Vec<_>>(), "after {after}");
    }
}

#[tokio::test]
async fn one_that_falls_behind_those_who_are_in_goes_on_from_where_it_is() {
    let mut world = World::new();
    let first = outlets(&mut world, 0..2).await;
    let ask = v1::WatchRequest { after_position: first, ..Default::default() };
    let mut takes = watch(&world, ask.clone()).await;
    let mut leaves = watch(&world, ask).await;
    let mut last = first;
    let mut told = Vec::new();
    // Each is told before the next is recorded, so that more rounds are made than pieces may wait for one.
    for number in 2..10 {
        last = outlets(&mut world, number..number + 1).await;
        told.extend(until(&mut takes, last).await);
    }
    assert_eq!(told, (first + 1..=last).collect::<Vec<_>>());
    let mut after_all = Vec::new();
    let after = loop {
        match leaves.next().await.expect("an error comes last") {
            Ok(message) => after_all.extend(message.change.map(|change| change.position)),
            Err(slow) => {
                let info = slow.get_details_error_info().unwrap();
                assert_eq!(info.reason, "SLOW_READER");
                break info.metadata["after_position"].parse().unwrap();
            }
        }
        if after_all.last() == Some(&last) {
            break last;
        }
    };
    assert_eq!(after_all, (first + 1..=after).collect::<Vec<_>>());
}
