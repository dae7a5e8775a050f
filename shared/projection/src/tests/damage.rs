//! Files of rows that are damaged, that cannot be looked at, or that are of another kind than they should be.

use std::fs;
use std::path::Path;

use super::*;
use crate::generation::{SAYS, Said};

fn asides(folder: &Path) -> Vec<String> {
    let found = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    found.filter(|name| name.starts_with("aside-")).collect()
}

/// Rows up to position 8, as a process leaves them that was killed.
async fn killed(folder: &Path) -> (Memory, Vec<Stored>) {
    let log = Memory::new();
    fill(&log, 8).await;
    let running = Running::start::<1>(folder, log.clone());
    running.at(8).await;
    let dump = running.stop().await;
    fs::remove_file(folder.join("counts-v1/seal")).unwrap();
    (log, dump)
}

fn opened(folder: &Path, look: Said) -> (Reader, Applier<Counts<1>>) {
    SAYS.set(Some(look));
    Reader::open(folder, Counts::<1>).unwrap()
}

fn because(reader: &Reader) -> String {
    reader.rows().dropped_because().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn rows_that_a_look_found_well_are_kept_whatever_was_left_of_an_opening() {
    let folder = tempfile::tempdir().unwrap();
    let (_, dump) = killed(folder.path()).await;
    let opening = folder.path().join("counts-v1/opening");
    fs::write(&opening, b"").unwrap();
    let (reader, _applier) = opened(folder.path(), Said::Well);
    assert_eq!((reader.cursor(), because(&reader).as_str()), (Position(8), ""));
    assert_eq!(reader.rows().snapshot().dump().unwrap(), dump);
    assert!(!opening.exists());
    assert_eq!(asides(folder.path()), [""; 0]);
}

#[tokio::test]
async fn rows_that_could_not_be_looked_at_are_kept_and_told_as_unconfirmed_until_they_are_made_from_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let (log, dump) = killed(folder.path()).await;
    let (reader, applier) = opened(folder.path(), Said::NotKnown("a test".to_owned()));
    assert_eq!((reader.cursor(), because(&reader).as_str()), (Position(8), ""));
    assert!(reader.progress().borrow().unconfirmed);
    let running = Running::run(reader, applier, log);
    let mut progress = running.reader.progress();
    let confirmed = progress.wait_for(|now| !now.unconfirmed && now.health == Health::Live);
    tokio::time::timeout(Duration::from_mins(2), confirmed).await.expect("in time").unwrap();
    assert_eq!((running.reader.generation(), because(&running.reader).as_str()), (1, ""));
    assert_eq!(running.stop().await, dump);
    assert_eq!(asides(folder.path()), [""; 0]);
}

#[tokio::test]
async fn rows_that_can_neither_be_looked_at_nor_opened_are_not_tried_for_ever() {
    let folder = tempfile::tempdir().unwrap();
    killed(folder.path()).await;
    fs::write(folder.path().join("counts-v1/opening"), b"").unwrap();
    let (reader, _applier) = opened(folder.path(), Said::NotKnown("it took longer than 180 s".to_owned()));
    assert_eq!(reader.cursor(), Position(0));
    assert!(because(&reader).contains("it took longer than 180 s"), "{}", because(&reader));
    assert_eq!(asides(folder.path()).len(), 1);
}

#[tokio::test]
async fn damage_is_told_until_the_rows_are_whole_again_also_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let (log, dump) = killed(folder.path()).await;
    let (reader, applier) = opened(folder.path(), Said::Damaged("a test found it".to_owned()));
    assert_eq!(reader.cursor(), Position(0));
    assert_eq!(because(&reader), "the rows are damaged: a test found it");
    drop((reader, applier));
    let running = Running::start::<1>(folder.path(), log.clone());
    assert_eq!(because(&running.reader), "the rows are damaged: a test found it");
    running.health(|health| *health == Health::Live).await;
    assert_eq!(running.stop().await, dump);
    let running = Running::start::<1>(folder.path(), log);
    assert_eq!((because(&running.reader).as_str(), running.reader.cursor()), ("", Position(8)));
    running.stop().await;
}

#[tokio::test]
async fn damaged_rows_are_made_anew_once_where_others_are_being_built() {
    let folder = tempfile::tempdir().unwrap();
    let (log, dump) = killed(folder.path()).await;
    // Others had come to 5, as a process leaves them that was stopped.
    let (beside, all) = (tempfile::tempdir().unwrap(), recorded(&log).await);
    let (_head, ends) = tokio::sync::watch::channel(5);
    let other =
        Running::start::<1>(beside.path(), Script::of(log.id(), ends, [all[..5].iter().cloned().map(Ok).collect()]));
    other.at(5).await;
    other.stop().await;
    fs::rename(beside.path().join("counts-v1"), folder.path().join("counts-v1-1")).unwrap();
    let (reader, applier) = opened(folder.path(), Said::Damaged("a test found it".to_owned()));
    assert_eq!((reader.cursor(), reader.generation()), (Position(5), 1), "what was begun goes on");
    assert_eq!(because(&reader), "the rows are damaged: a test found it");
    let running = Running::run(reader, applier, log.clone());
    running.health(|health| *health == Health::Live).await;
    assert_eq!((running.reader.generation(), running.reader.building()), (1, (None, None)));
    assert_eq!(running.stop().await, dump);
    assert!(!folder.path().join("counts-v1").exists());
}

fn folder_at(path: &Path) {
    let _ = fs::remove_file(path);
    fs::create_dir(path).unwrap();
    fs::write(path.join("within"), b"").unwrap();
}

#[tokio::test]
async fn a_folder_in_the_place_of_a_file_and_a_file_in_that_of_a_folder_heal() {
    let places = [
        ("", true),
        ("rows", true),
        ("rows/db", false),
        ("rows/conf", false),
        ("rows/blobs", true),
        ("seal", false),
        ("seal.made", false),
        ("redo", false),
        ("lock", false),
        ("opening", false),
        ("because", false),
        ("probe", false),
    ];
    for sealed in [true, false] {
        for (place, file) in places {
            let folder = tempfile::tempdir().unwrap();
            let (log, dump) = killed(folder.path()).await;
            if sealed {
                Running::start::<1>(folder.path(), log.clone()).stop().await;
            }
            let below = folder.path().join("counts-v1");
            let at = if place.is_empty() { below } else { below.join(place) };
            if file {
                fs::remove_dir_all(&at).unwrap();
                fs::write(&at, b"no folder").unwrap();
            } else {
                folder_at(&at);
            }
            let running = Running::start::<1>(folder.path(), log.clone());
            running.health(|health| *health == Health::Live).await;
            running.at(8).await;
            fill(&log, 1).await;
            running.at(9).await;
            running.stop().await;
            let again = Running::start::<1>(folder.path(), log.clone());
            assert_eq!((again.reader.cursor(), because(&again.reader).as_str()), (Position(9), ""), "{place}");
            assert_ne!(again.stop().await, dump, "{place}: one more");
        }
    }
}
