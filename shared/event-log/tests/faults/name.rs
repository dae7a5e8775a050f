//! A log whose folder does not say any more which log it is: told by a commit that it is known to hold, and by nothing less.

use std::fs;
use std::path::Path;

use domain::{Position, Sha256};
use event_log::conformance::{commit, provider};
use event_log::{Embedded, EventLog, Inspect, Known, LogError, Reached, ReachedFile, Reserves, Shortfall, Tail};

use super::reopened;

/// A log of 5 commits in `folder`, closed; how far it has reached.
async fn written(folder: &Path) -> Reached {
    let log = Embedded::open(folder).expect("done");
    let mut tail = Tail::default();
    for id in 1..=5 {
        tail = log.append(&provider(1), tail, &commit(id)).await.expect("done");
    }
    drop(log);
    reopened(folder).await.reached().await.expect("done")
}

/// Opened once whoever had it open has let go of it.
async fn opened(open: impl Fn() -> Result<Embedded, LogError>) -> Result<Embedded, LogError> {
    loop {
        match open() {
            Err(LogError::Unavailable(_)) => tokio::task::yield_now().await,
            other => return other,
        }
    }
}

type Spoil = fn(&Path);

const SPOILS: [Spoil; 3] = [
    |id| fs::write(id, []).expect("done"),
    |id| fs::remove_file(id).expect("done"),
    |id| fs::write(id, [0xff; 37]).expect("done"),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_log_without_its_id_is_the_one_that_reached_what_it_holds() {
    for spoil in SPOILS {
        let folder = tempfile::tempdir().unwrap();
        let (reached, id) = (written(folder.path()).await, folder.path().join("id"));
        spoil(&id);
        let log = opened(|| Embedded::open_existing(folder.path(), Reserves::default())).await.unwrap();
        assert_eq!((log.id(), log.head().await.unwrap()), (reached.log, Position(5)));
        assert_eq!(event_log::log_id_in(&id).unwrap(), Some(reached.log), "it is written anew");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_nothing_in_its_folder_names_is_told_by_who_knows_it() {
    for spoil in SPOILS {
        let folder = tempfile::tempdir().unwrap();
        let (reached, id) = (written(folder.path()).await, folder.path().join("id"));
        spoil(&id);
        fs::remove_file(folder.path().join("reached")).unwrap();
        let refused = opened(|| Embedded::open_existing(folder.path(), Reserves::default())).await;
        assert!(matches!(&refused, Err(LogError::Damaged(why)) if why.contains("log_id")), "{refused:?}");
        // Another log, and one that is known to have reached further, or not even to hold a commit.
        let other = Reached { sha256: Sha256::from_bytes([7; 32]), ..reached };
        let longer = Reached { position: Position(6), ..reached };
        for (known, shortfall) in [(other, Known::Other(Position(5))), (longer, Known::Beyond(Position(6)))] {
            let refused = opened(|| Embedded::open_known(folder.path(), Reserves::default(), &known)).await;
            let expected = Shortfall { last: Position(5), known: shortfall };
            assert!(matches!(refused, Err(LogError::Shorter(shortfall)) if shortfall == expected), "{refused:?}");
        }
        let nothing = Reached::nothing(reached.log);
        let refused = opened(|| Embedded::open_known(folder.path(), Reserves::default(), &nothing)).await;
        assert!(matches!(refused, Err(LogError::Damaged(_))), "{refused:?}");
        assert!(!event_log::log_id_in(&id).is_ok_and(|id| id.is_some()), "it was named in spite of that");
        let log = opened(|| Embedded::open_known(folder.path(), Reserves::default(), &reached)).await.unwrap();
        assert_eq!((log.id(), log.head().await.unwrap()), (reached.log, Position(5)));
        drop(log);
        assert_eq!(reopened(folder.path()).await.reached().await.unwrap(), reached);
    }
}

/// What another log has reached says nothing of this one.
#[tokio::test(flavor = "multi_thread")]
async fn a_log_without_its_id_is_not_another_whose_file_lies_there() {
    let folder = tempfile::tempdir().unwrap();
    written(folder.path()).await;
    fs::write(folder.path().join("id"), []).unwrap();
    let nothing = Reached::nothing(event_log::new_log_id());
    drop(ReachedFile::replace(&folder.path().join("reached"), &nothing).unwrap());
    let refused = opened(|| Embedded::open(folder.path())).await;
    assert!(matches!(refused, Err(LogError::Damaged(_))), "{refused:?}");
    let another = Reached { position: Position(5), ..nothing };
    drop(ReachedFile::replace(&folder.path().join("reached"), &another).unwrap());
    let refused = opened(|| Embedded::open(folder.path())).await;
    assert!(matches!(refused, Err(LogError::Shorter(_))), "{refused:?}");
    assert_eq!(fs::read(folder.path().join("id")).unwrap(), b"");
}
