//! Messages that are no commits, and commits that do not belong where they stand: never believed, and gone on over once they were set
//! aside on record. On a real server somebody publishes them past the program; in an embedded log a newer program may have left one.

#![expect(clippy::unwrap_used, reason = "what is not as expected ends the test")]

use domain::{Commit, Event, MessageSetAside, Position, Revision, Sha256, StreamId, Text};
use event_log::conformance::{commit, provider};
use event_log::{
    AppendError, DecodeError, Embedded, EventLog, Followed, Inspect, JetStream, LogError, Memory, Misplacement,
    Reserves, Tail, bare, encode,
};
use futures_util::StreamExt;

use crate::support::Nats;

/// A commit that sets aside what stands at a position.
fn setting_aside(position: u64, sha256: Sha256) -> Commit {
    let aside = MessageSetAside {
        position: Position(position),
        sha256,
        reason: Text::parse("误发").unwrap(),
        document_number: Text::parse("扬数〔2026〕3号").unwrap(),
    };
    Commit { events: vec![Event::from(aside)], ..commit(1_000 + u128::from(position)) }
}

async fn set_aside(log: &impl Inspect, position: u64) -> Position {
    let standing = log.inspect(Position(position)).await.unwrap().unwrap();
    let tail = log.load(&StreamId::Log).await.unwrap().tail;
    assert_eq!(log.tail(&StreamId::Log).await.unwrap(), tail);
    log.append(&StreamId::Log, tail, &setting_aside(position, standing.sha256())).await.unwrap().position
}

/// The positions that are followed up to the head or the first error, those set aside as 0, and that error.
async fn followed(log: &impl Inspect) -> (Vec<u64>, Option<LogError>) {
    let head = usize::try_from(log.head().await.unwrap().0).unwrap();
    let mut follow = Box::pin(log.follow(Position(0)).take(head));
    let mut positions = Vec::new();
    while let Some(next) = follow.next().await {
        match next {
            Ok(next @ Followed::Commit(_)) => positions.push(next.position().0),
            Ok(Followed::SetAside(aside)) => {
                assert_eq!(aside.position.0, positions.len() as u64 + 1);
                positions.push(0);
            }
            Err(error) => return (positions, Some(error)),
        }
    }
    (positions, None)
}

/// Publishes on the server itself, past the program.
async fn publish(nats: &Nats, subject: &str, bytes: &[u8]) {
    let context = async_nats::jetstream::new(async_nats::connect(nats.url()).await.unwrap());
    context.publish(subject.to_owned(), bytes.to_vec().into()).await.unwrap().await.unwrap();
}

fn subject(stream: &StreamId) -> String {
    match stream {
        StreamId::Provider(id) => format!("puhui.provider.{id}"),
        StreamId::Operator(code) => format!("puhui.operator.{code}"),
        StreamId::Log => "puhui.log".to_owned(),
        StreamId::Rules => "puhui.rules".to_owned(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_is_no_commit_stops_readers_until_it_is_set_aside() {
    let nats = Nats::new();
    let log = JetStream::connect(&nats.config()).await.unwrap();
    let first = log.append(&provider(1), Tail::default(), &commit(1)).await.unwrap();
    publish(&nats, &subject(&provider(1)), b"hello").await;
    log.append(&provider(2), Tail::default(), &commit(2)).await.unwrap();
    stops_until_it_is_set_aside(&log, first, |error| {
        assert!(matches!(error, LogError::Undecodable { position: Position(2), error: DecodeError::NoCommit(b'h') }));
        let told = error.to_string();
        assert!(told.contains("position 2") && !told.contains("newer"), "{told}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_under_another_subject_is_never_believed() {
    let nats = Nats::new();
    let log = JetStream::connect(&nats.config()).await.unwrap();
    let first = log.append(&provider(1), Tail::default(), &commit(1)).await.unwrap();
    // It would be the first of provider 9, and makes provider 1 follow it.
    publish(&nats, &subject(&provider(1)), &encode(&provider(9), Revision(2), &commit(9))).await;
    log.append(&provider(2), Tail::default(), &commit(2)).await.unwrap();
    let odd = |error: &LogError| {
        assert!(
            matches!(error, LogError::Misplaced { position: Position(2), why: Misplacement::Subject { .. } }),
            "{error}"
        );
    };
    stops_until_it_is_set_aside(&log, first, odd).await;
    assert!(log.load(&provider(9)).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revision_that_does_not_follow_is_never_believed() {
    let nats = Nats::new();
    let log = JetStream::connect(&nats.config()).await.unwrap();
    let first = log.append(&provider(1), Tail::default(), &commit(1)).await.unwrap();
    // Another content than the one that is revision 1.
    publish(&nats, &subject(&provider(1)), &encode(&provider(1), Revision(1), &commit(9))).await;
    log.append(&provider(2), Tail::default(), &commit(2)).await.unwrap();
    let odd = |error: &LogError| {
        let LogError::Misplaced { position: Position(2), why: Misplacement::Revision { revision, expected, .. } } =
            error
        else {
            panic!("{error}")
        };
        assert_eq!((*revision, *expected), (Revision(1), Revision(2)));
    };
    odd(&log.load(&provider(1)).await.unwrap_err());
    // Who follows is told by whoever knows each stream's last revision; who looks at it, here.
    assert_eq!(followed(&log).await.0, [1, 2, 3]);
    odd(log.inspect(Position(2)).await.unwrap().unwrap().trouble.as_ref().unwrap());
    goes_on_once_it_is_set_aside(&log, first).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_embedded_log_is_read_over_what_was_set_aside() {
    let folder = tempfile::tempdir().unwrap();
    let log = Embedded::open(folder.path()).unwrap();
    let first = log.append(&provider(1), Tail::default(), &commit(1)).await.unwrap();
    let newer = [&[2], &encode(&provider(1), Revision(2), &commit(2))[1..]].concat();
    bare::append_bytes(&log, &provider(1), first, newer).await.unwrap();
    log.append(&provider(2), Tail::default(), &commit(2)).await.unwrap();
    drop(log);
    // One that cannot be read keeps nobody from opening the log.
    let log = reopened(folder.path()).await;
    let newer = |error: &LogError| {
        assert!(matches!(error, LogError::Undecodable { error: DecodeError::UnknownForm(2), .. }), "{error}");
        assert!(error.to_string().contains("written by a newer version: form 2 at position 2"), "{error}");
    };
    newer(&log.load(&provider(1)).await.unwrap_err());
    let (before, error) = followed(&log).await;
    assert_eq!(before, [1]);
    newer(&error.unwrap());
    assert_eq!(set_aside(&log, 2).await, Position(4));
    assert_eq!(followed(&log).await.0, [1, 0, 3, 4]);
    // Here the message took a revision of its stream.
    let loaded = log.load(&provider(1)).await.unwrap();
    assert_eq!((loaded.len(), loaded.tail), (1, log.tail(&provider(1)).await.unwrap()));
    let tail = log.append(&provider(1), loaded.tail, &commit(3)).await.unwrap();
    assert_eq!(tail, Tail { revision: Revision(3), position: Position(5) });
    assert_eq!(log.load(&provider(1)).await.unwrap().len(), 2);
    drop(log);
    assert_eq!(followed(&reopened(folder.path()).await).await.0, [1, 0, 3, 4, 5]);
}

async fn reopened(folder: &std::path::Path) -> Embedded {
    loop {
        // The writer's thread lets go of the folder when it sees that no sender is left.
        match Embedded::open_existing(folder, Reserves::default()) {
            Ok(log) => return log,
            Err(LogError::Unavailable(_)) => tokio::task::yield_now().await,
            Err(error) => panic!("{error}"),
        }
    }
}

#[tokio::test]
async fn the_twin_in_memory_knows_strays_too() {
    let log = Memory::new();
    let first = log.append(&provider(1), Tail::default(), &commit(1)).await.unwrap();
    log.publish(&provider(1), b"hello".to_vec());
    log.append(&provider(2), Tail::default(), &commit(2)).await.unwrap();
    stops_until_it_is_set_aside(&log, first, |error| assert_eq!(error.stray(), Some(Position(2)))).await;
}

/// Provider 1 has one commit at 1, a stray at 2; provider 2 has one at 3.
async fn stops_until_it_is_set_aside(log: &impl Inspect, first: Tail, odd: impl Fn(&LogError)) {
    let (before, error) = followed(log).await;
    assert_eq!(before, [1]);
    odd(&error.unwrap());
    odd(&log.load(&provider(1)).await.unwrap_err());
    odd(&log.tail(&provider(1)).await.unwrap_err());
    odd(log.inspect(Position(2)).await.unwrap().unwrap().trouble.as_ref().unwrap());
    goes_on_once_it_is_set_aside(log, first).await;
}

async fn goes_on_once_it_is_set_aside(log: &impl Inspect, first: Tail) {
    let error = log.append(&provider(1), first, &commit(3)).await.unwrap_err();
    assert!(matches!(error, AppendError::Conflict), "{error}");
    assert_eq!(log.load(&provider(2)).await.unwrap().len(), 1, "others go on");
    // Of other bytes, or of a commit that is one, nothing is said.
    let standing = log.inspect(Position(1)).await.unwrap().unwrap();
    assert!(standing.trouble.is_none() && log.inspect(Position(4)).await.unwrap().is_none());
    let tail = log.append(&StreamId::Log, Tail::default(), &setting_aside(2, standing.sha256())).await.unwrap();
    log.append(&StreamId::Log, tail, &setting_aside(1, standing.sha256())).await.unwrap();
    assert!(log.load(&provider(1)).await.is_err());
    assert_eq!(log.inspect(Position(2)).await.unwrap().unwrap().set_aside, None);
    // Of itself it goes on.
    assert_eq!(set_aside(log, 2).await, Position(6));
    assert_eq!(log.inspect(Position(2)).await.unwrap().unwrap().set_aside, Some(Position(6)));
    assert_eq!(followed(log).await.0, [1, 0, 3, 4, 5, 6]);
    let loaded = log.load(&provider(1)).await.unwrap();
    assert_eq!((loaded.len(), loaded.tail), (1, Tail { revision: Revision(1), position: Position(2) }));
    assert_eq!(log.tail(&provider(1)).await.unwrap(), loaded.tail);
    let next = log.append(&provider(1), loaded.tail, &commit(3)).await.unwrap();
    assert_eq!(next, Tail { revision: Revision(2), position: Position(7) });
    let loaded = log.load(&provider(1)).await.unwrap();
    assert_eq!((loaded.len(), loaded.tail), (2, next));
    assert_eq!(log.tail(&provider(1)).await.unwrap(), next);
    assert_eq!(followed(log).await.0, [1, 0, 3, 4, 5, 6, 7]);
}

/// What stands in the log's own stream and is no commit: it does not keep the log from setting it aside.
#[tokio::test(flavor = "multi_thread")]
async fn a_stray_in_the_logs_own_stream_is_set_aside_like_any_other() {
    let nats = Nats::new();
    let log = JetStream::connect(&nats.config()).await.unwrap();
    publish(&nats, "puhui.log", b"hello").await;
    publish(&nats, "puhui.provider.nobody", b"hello").await;
    assert_eq!(followed(&log).await.0, Vec::<u64>::new());
    for (position, rest) in [(1, vec![0]), (2, vec![0, 0, 3, 4])] {
        set_aside(&log, position).await;
        assert_eq!(followed(&log).await.0, rest);
    }
}

/// Who follows a log when a stray comes stops there; followed again after it was set aside, it goes on.
#[tokio::test(flavor = "multi_thread")]
async fn a_follower_that_stopped_goes_on_when_it_follows_again() {
    let nats = Nats::new();
    let log = JetStream::connect(&nats.config()).await.unwrap();
    log.append(&provider(1), Tail::default(), &commit(1)).await.unwrap();
    let mut live = Box::pin(log.follow(Position(0)));
    assert_eq!(live.next().await.unwrap().unwrap().position(), Position(1));
    publish(&nats, "puhui.operator.x", b"\x02").await;
    let stopped = live.next().await.unwrap().unwrap_err();
    assert!(matches!(stopped, LogError::Undecodable { error: DecodeError::UnknownForm(2), .. }), "{stopped}");
    assert!(live.next().await.is_none());
    set_aside(&log, 2).await;
    let again: Vec<_> = log.follow(Position(1)).take(2).map(Result::unwrap).collect().await;
    assert!(matches!(again[..], [Followed::SetAside(_), Followed::Commit(_)]), "{again:?}");
}
