//! The first commit of a log.

use domain::{BureauId, Instant, LogId, LogOpened, Name, OfficerId, Position, RequestId, StreamId};
use futures_util::future::join_all;

use super::samples::{commit, provider};
use crate::contract::EventLog;
use crate::error::LogError;
use crate::opened::{Opening, OpeningError, open, opened};
use crate::recorded::Tail;

const NOW: Instant = Instant(1_763_884_800_000);

fn opening(number: u128) -> Opening {
    Opening {
        name: Name::parse(&format!("登记簿{number}")).expect("a name"),
        bureau: BureauId::parse("registry").expect("a code"),
        officer: OfficerId::parse("puhui-serve").expect("a staff number"),
        id: RequestId::from_bytes(number.to_be_bytes()),
    }
}

pub(super) async fn of_several_that_open_it_at_once_one_does(log: impl EventLog + Clone) {
    assert_eq!(opened(&log).await.expect("read"), None);
    let openings: Vec<Opening> = (1..=8).map(opening).collect();
    let said = join_all(openings.iter().map(|opening| open(&log, opening, NOW))).await;
    let said: Vec<LogOpened> = said.into_iter().map(|said| said.expect("opened")).collect();
    assert!(said.iter().all(|one| *one == said[0] && one.log_id == log.id()), "{said:?}");
    assert_eq!(log.head().await.expect("head"), Position(1));
    let first = log.load(&StreamId::Log).await.expect("loaded");
    assert_eq!((first.len(), first[0].commit.events[..].to_vec()), (1, vec![said[0].clone().into()]));
    // Whatever comes after.
    log.append(&provider(1), Tail::default(), &commit(1)).await.expect("appended");
    assert_eq!(opened(&log).await.expect("read"), Some(said[0].clone()));
    assert_eq!(open(&log, &opening(9), NOW).await.expect("open"), said[0]);
}

pub(super) async fn one_that_begins_otherwise_is_refused_by_name(log: impl EventLog) {
    log.append(&provider(1), Tail::default(), &commit(1)).await.expect("appended");
    let refused = open(&log, &opening(1), NOW).await;
    assert!(matches!(refused, Err(OpeningError::Log(LogError::NotOpened(_)))), "{refused:?}");
    let written = log.head().await.expect("head");
    assert_eq!(written, Position(1), "nothing was written to it");
    // Nor is one that was opened afterwards.
    let late = LogOpened { log_id: log.id(), name: opening(1).name };
    let late = domain::Commit { events: vec![late.into()], ..commit(2) };
    log.append(&StreamId::Log, Tail::default(), &late).await.expect("appended");
    assert!(matches!(opened(&log).await, Err(LogError::NotOpened(_))));
}

pub(super) async fn one_that_says_that_it_is_another_is_refused_by_name(log: impl EventLog) {
    let other = LogId::from_bytes([7; 16]);
    let says = LogOpened { log_id: other, name: opening(1).name };
    let says = domain::Commit { events: vec![says.into()], ..commit(1) };
    log.append(&StreamId::Log, Tail::default(), &says).await.expect("appended");
    match open(&log, &opening(1), NOW).await {
        Err(OpeningError::Log(LogError::OpenedAsAnother { says, is })) => assert_eq!((says, is), (other, log.id())),
        refused => panic!("{refused:?}"),
    }
}
