//! A log that lacks what the rows were made from: they are kept, and answer nothing.

use std::path::Path;

use tokio::sync::watch;

use super::*;

fn asides(folder: &Path) -> Vec<String> {
    let found = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    found.filter(|name| name.starts_with("aside-")).collect()
}

/// Rows up to position 8, and the log they are of.
async fn made(folder: &Path) -> (Memory, Vec<Stored>) {
    let log = Memory::new();
    fill(&log, 8).await;
    let first = Running::start::<1>(folder, log.clone());
    first.at(8).await;
    (log, first.stop().await)
}

/// Waits until it has stopped; returns why.
async fn reason(running: &Running) -> String {
    running.health(|health| matches!(health, Health::Stopped { .. })).await;
    let progress = running.reader.progress().borrow().clone();
    let Health::Stopped { reason } = progress.health else { unreachable!("it does not go on by itself") };
    assert_eq!(progress.current, None, "it is not said that they are right");
    let parts = running.reader.parts();
    let follower = parts.iter().find(|part| part.name() == "rows-follower").unwrap();
    assert!(format!("{:?}", follower.state()).contains(&reason), "health says why");
    reason
}

/// Ends it; the error is why it had stopped.
async fn ended(running: Running, reason: &str) {
    running.stop.send(()).unwrap();
    assert_eq!(running.task.await.unwrap().unwrap_err().reason, reason);
}

#[tokio::test]
async fn rows_beyond_the_end_of_their_log_are_kept_and_answer_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (log, dump) = made(folder.path()).await;
    let all = recorded(&log).await;
    // Also after a restart: nothing is forgotten, and nothing made anew in silence.
    for _ in 0..2 {
        let (_head, ends) = watch::channel(5);
        let cut = Script::of(log.id(), ends, [all[..5].iter().cloned().map(Ok).collect()]);
        let running = Running::start::<1>(folder.path(), cut);
        let reason = reason(&running).await;
        for told in ["the rows hold it up to position 8, and it ends at position 5", "数据到位置8,日志只到位置5"]
        {
            assert!(reason.contains(told), "{reason}");
        }
        assert_eq!(running.reader.cursor(), Position(8));
        assert_eq!(asides(folder.path()), [""; 0]);
        assert_eq!(running.reader.rows().snapshot().dump().unwrap(), dump, "they are kept");
        ended(running, &reason).await;
    }
    // The log as it was: they go on where they were.
    let running = Running::start::<1>(folder.path(), log.clone());
    assert_eq!(running.reader.cursor(), Position(8));
    running.health(|health| *health == Health::Live).await;
    fill(&log, 1).await;
    running.at(9).await;
    running.stop().await;
}

#[tokio::test]
async fn a_log_that_was_cut_and_went_on_differently_is_found_out_and_the_rows_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let (log, dump) = made(folder.path()).await;
    let (_head, ends) = watch::channel(12);
    let follows = (0..100).map(|_| Vec::new());
    let others = others(12).await[7..].iter().cloned().map(Ok).collect();
    let forked = Script::of(log.id(), ends, std::iter::once(others).chain(follows));
    let running = Running::start::<1>(folder.path(), forked);
    let reason = reason(&running).await;
    for told in ["the rows are at position 8, the log ends at position 12", "数据到位置8,日志到位置12"] {
        assert!(reason.contains(told), "{reason}");
    }
    assert_eq!(asides(folder.path()), [""; 0]);
    assert_eq!(running.reader.rows().snapshot().dump().unwrap(), dump, "they are kept");
    ended(running, &reason).await;
}

/// Another log's commits, with as many of them.
async fn others(length: u64) -> Vec<Followed> {
    let other = Memory::new();
    for n in 100..100 + length {
        let stream = StreamId::Operator(operator(9));
        let tail = other.tail(&stream).await.unwrap();
        other.append(&stream, tail, &commit(n)).await.unwrap();
    }
    recorded(&other).await
}

/// The log ends just where the rows do: that alone says nothing of what they hold.
#[tokio::test]
async fn a_log_that_went_on_differently_to_the_length_of_the_rows_makes_them_current_at_no_moment() {
    let folder = tempfile::tempdir().unwrap();
    let (log, dump) = made(folder.path()).await;
    let (_head, ends) = watch::channel(8);
    // Followed again it says nothing.
    let forked = Script::of(log.id(), ends, [others(8).await[7..].iter().cloned().map(Ok).collect()]);
    let mut followed = forked.followed.subscribe();
    let running = Running::start::<1>(folder.path(), forked);
    reason(&running).await;
    followed.wait_for(|followed| *followed >= 2).await.unwrap();
    let progress = running.reader.progress().borrow().clone();
    assert_eq!(progress.current, None, "it is not said that they are right");
    assert!(matches!(progress.health, Health::Stopped { .. }), "{:?}", progress.health);
    assert_eq!(running.stop().await, dump, "they are kept");
}

/// What a building has made of a log that is cut meanwhile is nobody's last copy: it takes the place of none that is.
#[tokio::test]
async fn a_building_whose_log_is_cut_is_removed_and_evicts_nothing_that_was_put_aside() {
    let folder = tempfile::tempdir().unwrap();
    let log = Memory::new();
    fill(&log, 8).await;
    let all = recorded(&log).await;
    let kept = ["aside-2026-01-01T000000+0800-damaged-counts-v1", "aside-2026-01-02T000000+0800-log-cut-counts-v1"];
    for kept in kept {
        std::fs::create_dir(folder.path().join(kept)).unwrap();
    }
    let (head, ends) = watch::channel(8);
    let away = || Err(LogError::Unavailable("a test".to_owned()));
    let whole = all.iter().cloned().map(Ok).collect();
    let part = all[..5].iter().cloned().map(Ok).chain([away()]).collect();
    let again = (0..100).map(|_| vec![Ok(all[4].clone()), away()]);
    let script = Script::of(log.id(), ends, [whole, part].into_iter().chain(again));
    let running = Running::start::<1>(folder.path(), script);
    running.health(|health| *health == Health::Live).await;
    assert!(running.reader.rebuild().unwrap());
    let built = || running.reader.building();
    while built().0.and_then(|building| building.cursor) != Some(Position(5)) {
        tokio::task::yield_now().await;
    }
    head.send_replace(3);
    while built().1.is_none() {
        tokio::task::yield_now().await;
    }
    let mut found = asides(folder.path());
    found.sort();
    assert_eq!(found, kept);
    assert!(!folder.path().join("counts-v1-1/rows").exists());
    running.stop().await;
}

#[tokio::test]
async fn a_log_that_has_what_it_lacked_again_is_gone_on_with() {
    let folder = tempfile::tempdir().unwrap();
    let (log, _) = made(folder.path()).await;
    let (head, ends) = watch::channel(5);
    let whole = recorded(&log).await[7..].iter().cloned().map(Ok).collect();
    let running = Running::start::<1>(folder.path(), Script::of(log.id(), ends, [whole]));
    reason(&running).await;
    head.send_replace(8);
    running.health(|health| *health == Health::Live).await;
    assert!(running.reader.parts().iter().all(|part| part.state().is_well()), "{:?}", running.reader.parts());
    running.stop().await;
}

#[tokio::test]
async fn rows_of_a_log_that_was_cut_are_put_aside_where_somebody_wants_others() {
    let folder = tempfile::tempdir().unwrap();
    let (log, _) = made(folder.path()).await;
    let five = || recorded(&log);
    let (_head, ends) = watch::channel(5);
    let all = five().await;
    let good = || all[..5].iter().cloned().map(Ok).collect::<Vec<_>>();
    let last = || vec![Ok(all[4].clone())];
    let running = Running::start::<1>(folder.path(), Script::of(log.id(), ends, [good(), last()]));
    reason(&running).await;
    assert!(running.reader.rebuild().unwrap());
    running.health(|health| *health == Health::Live).await;
    assert_eq!((running.reader.generation(), running.reader.cursor()), (1, Position(5)));
    running.stop().await;
    while folder.path().join("counts-v1").exists() {
        tokio::task::yield_now().await;
    }
    let kept = asides(folder.path());
    assert!(matches!(kept.as_slice(), [one] if one.contains("-log-cut-counts-v1")), "{kept:?}");
}

#[tokio::test]
async fn rows_of_a_log_with_another_id_are_put_aside_though_its_commits_are_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let (log, _) = made(folder.path()).await;
    let (_head, ends) = watch::channel(8);
    let all = recorded(&log).await.iter().cloned().map(Ok).collect();
    let twin = Script::of(event_log::new_log_id(), ends, [all]);
    let running = Running::start::<1>(folder.path(), twin);
    running.health(|health| *health == Health::Live).await;
    assert_eq!(running.reader.progress().borrow().dropped, 1);
    let kept = asides(folder.path());
    assert!(matches!(kept.as_slice(), [one] if one.contains("-another-log-counts-v1")), "{kept:?}");
    running.stop().await;
}
