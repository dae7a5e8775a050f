//! Replays over the log's twin in memory.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use api::audit::v1;
use api::audit::v1::audit_service_server::AuditService;
use domain::*;
use event_log::conformance::{Double, Doubled};
use event_log::{EventLog, Followed, LogError, Memory, SetAside, StoredCommit, StoredLog};
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use prost::Message as _;
use tokio::runtime::Handle;
use tonic::{Code, Request};
use tonic_types::StatusExt;

use crate::audit::{Audit, READ, STREAMS};
use crate::replay::{Filter, PIECE_COMMITS_MAX, Piece};
use crate::run::COMMITS_BETWEEN;
use crate::telling::TAKEN_MAX;

/// A log that is away after so many commits of one reading.
#[derive(Debug, Clone)]
struct Away {
    log: Memory,
    after: usize,
}

impl Double for Away {
    fn log(&self) -> Memory {
        self.log.clone()
    }

    fn follow(&self, after: Position) -> BoxStream<'static, Result<Followed, LogError>> {
        let away = futures_util::stream::iter([Err(LogError::Unavailable("the server is away".to_owned()))]);
        self.log.follow(after).take(self.after).chain(away).boxed()
    }
}

/// Notes who follows the whole log: of each commit, how the thread that took it gives way to others. And how many commits of one stream were
/// handed on.
#[derive(Debug, Clone)]
struct Noted {
    log: Memory,
    followed: Arc<AtomicUsize>,
    handed_on: Arc<AtomicUsize>,
    gave_way: Arc<Mutex<Vec<bool>>>,
}

impl Double for Noted {
    fn log(&self) -> Memory {
        self.log.clone()
    }

    fn follow(&self, after: Position) -> BoxStream<'static, Result<Followed, LogError>> {
        self.followed.fetch_add(1, Ordering::Relaxed);
        let gave_way = Arc::clone(&self.gave_way);
        let noted = move |_: &_| gave_way.lock().unwrap().push(giving_way::gives_way().unwrap());
        self.log.follow(after).inspect(noted).boxed()
    }

    fn handed_on(&self, commits: usize) {
        self.handed_on.fetch_add(commits, Ordering::Relaxed);
    }
}

/// What a replay told to its end: the commits, and how far was looked.
async fn told_of<S>(replay: S) -> (Vec<v1::Commit>, u64)
where
    S: futures_util::Stream<Item = Result<v1::ReplayResponse, tonic::Status>>,
{
    let mut answers: Vec<_> = replay.map(Result::unwrap).collect().await;
    let end = answers.pop().expect("an end");
    assert!(end.commits.is_empty() && end.set_aside.is_none() && !end.log_id.is_empty(), "{end:?}");
    (answers.into_iter().flat_map(|answer| answer.commits).collect(), end.reached_position)
}

fn id(number: u32) -> ProviderId {
    let uscc = Uscc::synthetic("91", "321003", &format!("{number:08}")).unwrap();
    ProviderId::new(OperatorCode::Uscc(uscc), 1).unwrap()
}

async fn audit(providers: u32, commits: u128) -> Audit<Doubled<Noted>> {
    let log = Memory::new();
    for number in 1..=commits {
        let stream = StreamId::Provider(id(u32::try_from(number).unwrap() % providers));
        let particulars = Particulars {
            name: Text::parse("网点").unwrap(),
            operator_name: Text::parse("主体").unwrap(),
            division: Division::parse("321003").unwrap(),
            zone: None,
            address: None,
            phone: None,
            location: None,
            withhold_address: false,
            operator_class: None,
        };
        let commit = Commit {
            id: RequestId::from_bytes(number.to_be_bytes()),
            digest: domain::RequestDigest::of_no_request([0; 16]),
            bureau: BureauId::parse("321003-health").unwrap(),
            officer: OfficerId::parse("hj-1").unwrap(),
            recorded_at: Instant(1_782_864_000_000),
            scheme: Text::parse("test").unwrap(),
            rules: domain::Position(0),
            events: vec![ProviderRegistered { particulars }.into()],
        };
        let tail = log.tail(&stream).await.unwrap();
        log.append(&stream, tail, &commit).await.unwrap();
    }
    // A scheme that no longer names the bureau that acted.
    let bureaus = BTreeSet::from([BureauId::parse("321003-commerce").unwrap()]);
    let noted = Noted { log, followed: Arc::default(), handed_on: Arc::default(), gave_way: Arc::default() };
    Audit::new(Doubled(noted), bureaus.into())
}

#[tokio::test]
async fn one_providers_history_is_one_read_of_its_stream() {
    let audit = audit(5, 40).await;
    let ask = v1::ReplayRequest {
        provider_id: id(2).to_string(),
        after_position: 2,
        until_position: 32,
        ..Default::default()
    };
    let (told, reached) = told_of(audit.replay(Request::new(ask)).await.unwrap().into_inner()).await;
    let positions: Vec<u64> = told.iter().map(|told| told.position).collect();
    assert_eq!((positions, reached), (vec![7, 12, 17, 22, 27, 32], 32));
    assert_eq!(audit.log.0.followed.load(Ordering::Relaxed), 0, "the whole log was followed");
}

/// Of a long history a piece is read once there is room for it, and what was read is not read again: whoever takes nothing has a few pieces held.
#[tokio::test]
async fn of_a_history_no_more_is_read_than_its_caller_takes() {
    const COMMITS: u32 = 4_000;
    let audit = audit(1, COMMITS.into()).await;
    let handed_on = || audit.log.0.handed_on.load(Ordering::Relaxed);
    let ask = v1::ReplayRequest { provider_id: id(0).to_string(), ..Default::default() };
    let mut history = audit.replay(Request::new(ask)).await.unwrap().into_inner();
    let first = history.next().await.unwrap().unwrap();
    // On one thread: it has read what it may once it waits.
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    let piece = first.commits.len();
    println!("{} commits were read, of which a piece holds {piece}", handed_on());
    assert!(handed_on() <= 5 * piece && 10 * piece < COMMITS as usize, "{} commits were read", handed_on());
    let (told, reached) = told_of(history).await;
    assert_eq!((piece + told.len(), reached), (COMMITS as usize, COMMITS.into()));
    assert!(handed_on() < COMMITS as usize / 10 * 15, "{} commits were read", handed_on());
}

#[tokio::test]
async fn a_bureau_that_nobody_knows_is_told_with_the_nearest_and_one_of_an_earlier_scheme_is_not_refused() {
    let audit = audit(5, 40).await;
    let ask = |bureau: &str, provider: String| v1::ReplayRequest {
        bureau_id: bureau.to_owned(),
        provider_id: provider,
        ..Default::default()
    };
    // Asked for more narrowly, it has done nothing there, which is no mistake of who asks.
    for narrow in [
        v1::ReplayRequest { after_position: 40, ..ask("321003-health", String::new()) },
        v1::ReplayRequest { event_names: vec!["PlaqueHung".to_owned()], ..ask("321003-health", String::new()) },
        v1::ReplayRequest { after_position: 40, ..ask("321003-health", id(2).to_string()) },
    ] {
        let told = told_of(audit.replay(Request::new(narrow)).await.unwrap().into_inner()).await;
        assert_eq!(told, (Vec::new(), 40));
    }
    for (provider, commits) in [(String::new(), 40), (id(2).to_string(), 8)] {
        let told = audit.replay(Request::new(ask("321003-health", provider.clone()))).await.unwrap().into_inner();
        assert_eq!(told_of(told).await.0.len(), commits);
        // Named by the scheme, it only has done nothing.
        let told = audit.replay(Request::new(ask("321003-commerce", provider.clone()))).await.unwrap().into_inner();
        assert_eq!(told_of(told).await, (Vec::new(), 40));
        let error = match audit.replay(Request::new(ask("321003-comerce", provider))).await {
            Ok(told) => told.into_inner().next().await.unwrap().unwrap_err(),
            Err(error) => error,
        };
        assert_eq!(error.code(), Code::InvalidArgument);
        let violation = &error.get_details_bad_request().unwrap().field_violations[0];
        assert_eq!(violation.field, "bureau_id");
        assert!(violation.description.contains("321003-commerce"), "{violation:?}");
    }
}

#[tokio::test]
async fn a_name_of_no_event_is_told_with_the_nearest() {
    let audit = audit(1, 1).await;
    for (name, near) in [("certified", "Certified"), ("PlaqueHangs", "PlaqueHung"), ("x", "")] {
        let ask =
            v1::ReplayRequest { event_names: vec!["Certified".to_owned(), name.to_owned()], ..Default::default() };
        let error = audit.replay(Request::new(ask)).await.map(|_| ()).unwrap_err();
        let violations = error.get_details_bad_request().unwrap().field_violations.clone();
        assert_eq!((error.code(), violations.len()), (Code::InvalidArgument, 1));
        assert!(violations[0].description.contains(&format!("the nearest: {near}")), "{violations:?}");
    }
    let ask = v1::ReplayRequest { event_names: vec!["x".repeat(200_000); 47], ..Default::default() };
    let error = audit.replay(Request::new(ask)).await.map(|_| ()).unwrap_err();
    assert!(error.message().len() < 10_000 && error.message().contains("TOO_LONG"), "{}", error.message().len());
}

/// A replay of all commits that nothing fits.
fn in_vain() -> Request<v1::ReplayRequest> {
    Request::new(v1::ReplayRequest { event_names: vec!["Certified".to_owned()], ..Default::default() })
}

/// On one thread for all, so that the other task has a turn only where the replay lets it.
#[tokio::test]
async fn a_replay_that_nothing_fits_lets_others_come_first() {
    let audit = Audit { on: Handle::current(), ..audit(5, 1_000).await };
    let replay = audit.replay(in_vain()).await.unwrap().into_inner();
    let turns = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&turns);
    let other = tokio::spawn(async move {
        loop {
            counted.fetch_add(1, Ordering::Relaxed);
            tokio::task::yield_now().await;
        }
    });
    assert_eq!(told_of(replay).await, (Vec::new(), 1_000));
    other.abort();
    let turns = turns.load(Ordering::Relaxed);
    assert!(turns >= 1_000 / COMMITS_BETWEEN, "others had {turns} turns");
}

/// Served as it is, it runs on threads that the system leaves for any other: none of its commits is taken on a caller's thread.
#[tokio::test]
async fn a_replay_runs_where_no_other_thread_wants_to() {
    let audit = audit(5, 1_000).await;
    assert_eq!(told_of(audit.replay(in_vain()).await.unwrap().into_inner()).await, (Vec::new(), 1_000));
    let gave_way = audit.log.0.gave_way.lock().unwrap();
    assert_eq!(gave_way.len(), 1_000);
    assert!(gave_way.iter().all(|gave_way| *gave_way));
}

/// Also where the filter has left out all that was read.
#[tokio::test]
async fn a_replay_of_a_log_that_is_away_says_where_to_go_on() {
    let whole = audit(5, 10).await;
    let log = Doubled(Away { log: whole.log.0.log.clone(), after: 7 });
    let away = Audit::new(log, BTreeSet::new().into());
    for (ask, told) in [(Request::new(v1::ReplayRequest::default()), 7), (in_vain(), 0)] {
        let answers: Vec<_> = away.replay(ask).await.unwrap().into_inner().collect().await;
        let (last, before) = answers.split_last().unwrap();
        let status = last.as_ref().unwrap_err();
        let after = status.get_details_error_info().unwrap().metadata["after_position"].clone();
        let before: usize = before.iter().map(|answer| answer.as_ref().unwrap().commits.len()).sum();
        assert_eq!((before, status.code(), after.as_str()), (told, Code::Unavailable, "7"), "{status}");
        assert!(!status.message().contains("written"), "nobody asked for anything to be written: {status}");
    }
}

/// A question whose caller is gone reads no further, and gives its place up.
#[tokio::test]
async fn a_search_for_a_bureau_ends_with_its_call() {
    let audit = Audit { on: Handle::current(), ..audit(5, 1_000).await };
    let ask = v1::ReplayRequest {
        bureau_id: "321003-nobody".to_owned(),
        provider_id: id(2).to_string(),
        ..Default::default()
    };
    {
        let mut asked = audit.replay(Request::new(ask)).await.unwrap().into_inner();
        while audit.log.0.gave_way.lock().unwrap().is_empty() {
            tokio::select! {
                biased;
                _ = asked.next() => panic!("it ended before the log was read"),
                () = tokio::task::yield_now() => {}
            }
        }
    }
    let read = async || {
        tokio::task::yield_now().await;
        audit.log.0.gave_way.lock().unwrap().len()
    };
    let (before, after) = (read().await, read().await);
    assert!(before < 1_000 && before == after, "{before} {after}");
    let places: Vec<_> = (0..READ.all).map(|_| audit.read.take(None)).collect();
    assert!(futures_util::future::join_all(places).await.iter().all(Option::is_some), "a place is held");
}

/// On paused time: nothing else would end the wait.
#[tokio::test(start_paused = true)]
async fn whoever_takes_nothing_holds_no_place() {
    let audit = Audit { on: Handle::current(), ..audit(5, 1_000).await };
    let replay = async || audit.replay(Request::new(v1::ReplayRequest::default())).await.unwrap().into_inner();
    let mut held = Vec::new();
    for _ in 0..STREAMS.all - 1 {
        held.push(replay().await);
    }
    assert_eq!(told_of(replay().await).await.0.len(), 1_000);
    let history = v1::ReplayRequest { provider_id: id(2).to_string(), ..Default::default() };
    assert_eq!(told_of(audit.replay(Request::new(history)).await.unwrap().into_inner()).await.0.len(), 200);
    // Each goes on once it is taken, and no place is held for it meanwhile.
    let places: Vec<_> = (0..READ.all).filter_map(|_| audit.read.take_now(None)).collect();
    assert_eq!(places.len(), READ.all);
    drop(places);
    for held in held {
        let (told, reached) = told_of(held).await;
        assert!((told.len(), reached) == (1_000, 1_000) && told.iter().map(|told| told.position).eq(1..=1_000));
    }
}

/// On paused time. As many as may be under way: those that have waited longest end for the next, and say where they were.
#[tokio::test(start_paused = true)]
async fn of_replays_that_nobody_takes_the_longest_ends_for_another() {
    let audit = Audit { on: Handle::current(), ..audit(5, 1_000).await };
    let replay = async |last: Option<u8>| {
        let mut request = Request::new(v1::ReplayRequest::default());
        if let Some(last) = last {
            request.extensions_mut().insert(serve::Peer::at(([192, 0, 2, last], 1).into()));
        }
        audit.replay(request).await.map(tonic::Response::into_inner)
    };
    let mut one = Vec::new();
    for _ in 0..STREAMS.a_caller {
        one.push(replay(Some(1)).await.unwrap());
    }
    let mut others = Vec::new();
    for _ in one.len()..STREAMS.all {
        others.push(replay(None).await.unwrap());
    }
    for caller in [None, Some(1), Some(2)] {
        let Err(busy) = replay(caller).await else { panic!("more than may be") };
        assert_eq!((busy.code(), busy.get_details_error_info().unwrap().reason.as_str()), (Code::Unavailable, "BUSY"));
        assert!(busy.get_details_retry_info().is_some());
    }
    #[expect(clippy::disallowed_methods, reason = "the time is paused, and this is what passes")]
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    for caller in [None, Some(1), Some(2)] {
        let of = if caller == Some(1) { &mut one } else { &mut others };
        assert_eq!(told_of(replay(caller).await.unwrap()).await.0.len(), 1_000);
        // Its answers are let go of, and it says from where another goes on.
        let cut: Vec<_> = of.remove(0).collect().await;
        assert_eq!(cut.len(), 1, "of {caller:?}");
        let status = cut[0].as_ref().unwrap_err();
        let info = status.get_details_error_info().unwrap();
        assert_eq!(
            (status.code(), info.reason.as_str(), info.metadata["after_position"].as_str()),
            (Code::Unavailable, "REPLAY_CUT_SHORT", "0")
        );
        let another = if caller == Some(1) { caller } else { None };
        of.push(replay(another).await.unwrap());
    }
}

/// On paused time. Callers enough to hold all there are, each with as many as one may have, deny them to nobody.
#[tokio::test(start_paused = true)]
async fn callers_who_take_nothing_deny_replays_to_no_other() {
    let audit = Audit { on: Handle::current(), ..audit(5, 1_000).await };
    let peer = |last: u8| serve::Peer::at(([192, 0, 2, last], 1).into());
    for ask in
        [v1::ReplayRequest::default(), v1::ReplayRequest { provider_id: id(2).to_string(), ..Default::default() }]
    {
        let replay = async |last: u8| {
            let mut request = Request::new(ask.clone());
            request.extensions_mut().insert(peer(last));
            audit.replay(request).await.map(tonic::Response::into_inner)
        };
        let mut held = Vec::new();
        for number in 0..STREAMS.all {
            held.push(replay(u8::try_from(number / STREAMS.a_caller).unwrap()).await.unwrap());
        }
        #[expect(clippy::disallowed_methods, reason = "the time is paused, and this is what passes")]
        tokio::time::sleep(std::time::Duration::from_secs(2)).await;
        for another in 100..110 {
            let (told, _) = told_of(replay(another).await.unwrap()).await;
            assert!(!told.is_empty(), "{another}");
        }
        drop(held);
    }
}

/// On paused time. Who takes nothing is told where to go on if it comes back, after a bounded time.
#[tokio::test(start_paused = true)]
async fn a_replay_that_nobody_takes_ends_and_says_where_it_was() {
    let audit = Audit { on: Handle::current(), ..audit(5, 4_000).await };
    let history = v1::ReplayRequest { provider_id: id(2).to_string(), ..Default::default() };
    for ask in [v1::ReplayRequest::default(), history] {
        let mut replay = audit.replay(Request::new(ask)).await.unwrap().into_inner();
        let first = replay.next().await.unwrap().unwrap().reached_position;
        #[expect(clippy::disallowed_methods, reason = "the time is paused, and this is what passes")]
        tokio::time::sleep(2 * TAKEN_MAX).await;
        let told: Vec<_> = replay.collect().await;
        let status = told.last().unwrap().as_ref().unwrap_err();
        assert_eq!((told.len(), status.code()), (1, Code::Unavailable), "{status}");
        let info = status.get_details_error_info().unwrap();
        assert_eq!(
            (info.reason.as_str(), info.metadata["after_position"].as_str()),
            ("REPLAY_CUT_SHORT", &*first.to_string())
        );
    }
}

/// Where nothing fits for long, whoever asked knows how far was looked.
#[tokio::test]
async fn a_long_search_in_vain_says_how_far_it_is() {
    let commits = crate::run::COMMITS_UNTOLD_MAX + 100;
    let audit = audit(5, u128::from(commits)).await;
    let told: Vec<_> = audit.replay(in_vain()).await.unwrap().into_inner().map(Result::unwrap).collect().await;
    let reached: Vec<u64> = told.iter().map(|told| told.reached_position).collect();
    assert_eq!(reached, [crate::run::COMMITS_UNTOLD_MAX, commits]);
    assert!(told.iter().all(|told| told.commits.is_empty()));
}

/// What travels is what is stored, byte for byte, between its position and a time that was raised.
#[tokio::test]
async fn a_commit_travels_as_it_is_stored() {
    let audit = audit(5, 3).await;
    let log = audit.log.0.log.clone();
    let stored: Vec<_> = log.follow_stored(Position(0)).take(3).map(|next| next.unwrap()).collect().await;
    let filter = Filter { provider: None, operator: None, bureau: None, event_names: Vec::new() };
    let id = prost::bytes::Bytes::from(log.id().to_string());
    let told = |next: &Followed<StoredCommit>| {
        let mut piece = Piece::default();
        piece.add(next, &filter).unwrap();
        let answer = piece.answer(id.clone());
        assert_eq!(answer.encoded_len(), answer.encode_to_vec().len());
        (answer.encode_to_vec(), answer.decoded().unwrap())
    };
    for next in &stored {
        let Followed::Commit(commit) = next else { panic!("{next:?}") };
        let (sent, read) = told(next);
        let message = [&[8, u8::try_from(commit.position.0).unwrap()], commit.message()].concat();
        assert!(sent.windows(message.len()).any(|part| part == message));
        assert_eq!(read.encode_to_vec(), sent);
        assert_eq!((read.log_id, read.reached_position), (log.id().to_string(), commit.position.0));
        let [read] = &read.commits[..] else { panic!("{:?}", read.commits) };
        assert_eq!((read.position, read.events.len()), (commit.position.0, 1));
        let later = StoredCommit { recorded_at: Instant(commit.recorded_at.0 + 7), raised: true, ..commit.clone() };
        let (sent, later) = told(&Followed::Commit(later));
        assert_eq!(v1::ReplayResponse::decode(sent.as_slice()).unwrap(), later);
        let raised = v1::Commit { recorded_at_ms: read.recorded_at_ms + 7, ..read.clone() };
        assert_eq!(later.commits, [raised]);
    }
}

/// What was set aside comes behind the commits before it, and ends their answer.
#[test]
fn what_was_set_aside_follows_the_commits_before_it() {
    let aside = SetAside { position: Position(9), sha256: Sha256::from_bytes([7; 32]), by: Position(12) };
    let mut piece = Piece::default();
    piece.add(&Followed::SetAside(aside), &Filter::default()).unwrap();
    assert!(piece.is_full() && !piece.is_empty());
    let told = piece.answer(prost::bytes::Bytes::from_static(b"log")).decoded().unwrap();
    let aside = told.set_aside.unwrap();
    assert_eq!((told.reached_position, aside.position, aside.by_position), (9, 9, 12));
    assert_eq!(aside.sha256, "07".repeat(32));
    let mut piece = Piece::default();
    let filter = Filter { event_names: vec!["Certified".to_owned()], ..Filter::default() };
    let of_all = SetAside { position: Position(9), sha256: Sha256::from_bytes([7; 32]), by: Position(12) };
    piece.add(&Followed::SetAside(of_all), &filter).unwrap();
    assert!(piece.is_empty() && piece.reached == 9, "nothing of it fits a filter");
}

/// An answer holds as many as it may, and those of a log are all told, in as few answers.
#[tokio::test]
async fn commits_are_told_many_at_a_time() {
    let audit = audit(5, 1_000).await;
    let answers = audit.replay(Request::new(v1::ReplayRequest::default())).await.unwrap().into_inner();
    let answers: Vec<_> = answers.map(Result::unwrap).collect().await;
    let counts: Vec<_> = answers.iter().map(|answer| answer.commits.len()).collect();
    assert!(counts.iter().all(|count| *count <= PIECE_COMMITS_MAX), "{counts:?}");
    assert_eq!((counts.iter().sum::<usize>(), counts.last()), (1_000, Some(&0)));
    for answer in &answers[..answers.len() - 1] {
        assert_eq!(answer.commits.last().unwrap().position, answer.reached_position);
    }
}
