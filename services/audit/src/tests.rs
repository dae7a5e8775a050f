//! Replays over the log's twin in memory.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use api::audit::v1;
use api::audit::v1::audit_service_server::AuditService;
use domain::*;
use event_log::{AppendError, EventLog, Followed, Loaded, LogError, LogId, Memory, Tail};
use futures_util::{Stream, StreamExt};
use tonic::Request;

use crate::Audit;
use crate::turns::Turns;

/// Counts how often the whole log is followed.
#[derive(Debug, Clone)]
struct Counted(Memory, Arc<AtomicUsize>);

impl EventLog for Counted {
    fn id(&self) -> LogId {
        self.0.id()
    }

    async fn append(&self, stream: &StreamId, tail: Tail, commit: &Commit) -> Result<Tail, AppendError> {
        self.0.append(stream, tail, commit).await
    }

    async fn load(&self, stream: &StreamId) -> Result<Loaded, LogError> {
        self.0.load(stream).await
    }

    async fn tail(&self, stream: &StreamId) -> Result<Tail, LogError> {
        self.0.tail(stream).await
    }

    fn follow(&self, after: Position) -> impl Stream<Item = Result<Followed, LogError>> + Send + use<> {
        self.1.fetch_add(1, Ordering::Relaxed);
        self.0.follow(after)
    }

    fn newest(&self) -> Instant {
        self.0.newest()
    }

    async fn look(&self) -> Result<Instant, LogError> {
        self.0.look().await
    }

    async fn head(&self) -> Result<Position, LogError> {
        self.0.head().await
    }
}

fn id(number: u32) -> ProviderId {
    let uscc = Uscc::synthetic("91", "321003", &format!("{number:08}")).unwrap();
    ProviderId::new(OperatorCode::Uscc(uscc), 1).unwrap()
}

async fn audit(providers: u32, commits: u128) -> Audit<Counted> {
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
        };
        let commit = Commit {
            id: RequestId::from_bytes(number.to_be_bytes()),
            digest: [0; 16],
            bureau: BureauId::parse("321003-health").unwrap(),
            officer: OfficerId::parse("hj-1").unwrap(),
            recorded_at: Instant(1_782_864_000_000),
            scheme: Text::parse("test").unwrap(),
            events: vec![ProviderRegistered { particulars }.into()],
        };
        let tail = log.tail(&stream).await.unwrap();
        log.append(&stream, tail, &commit).await.unwrap();
    }
    Audit { log: Counted(log, Arc::default()), turns: Turns::default() }
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
    let told = audit.replay(Request::new(ask)).await.unwrap().into_inner();
    let positions: Vec<u64> = told.map(|told| told.unwrap().commit.unwrap().position).collect().await;
    assert_eq!(positions, [7, 12, 17, 22, 27, 32]);
    assert_eq!(audit.log.1.load(Ordering::Relaxed), 0, "the whole log was followed");
}

#[tokio::test]
async fn a_replay_that_nothing_fits_lets_others_come_first() {
    let audit = audit(5, 1_000).await;
    let ask = v1::ReplayRequest { event_names: vec!["Certified".to_owned()], ..Default::default() };
    let replay = audit.replay(Request::new(ask)).await.unwrap().into_inner();
    // The replay runs on threads of its own: this one is free all the while, for the other task.
    let turns = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&turns);
    let other = tokio::spawn(async move {
        loop {
            counted.fetch_add(1, Ordering::Relaxed);
            tokio::task::yield_now().await;
        }
    });
    assert_eq!(replay.count().await, 0);
    other.abort();
    assert!(turns.load(Ordering::Relaxed) > 0, "nobody else came first");
}
