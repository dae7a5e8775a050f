use domain::Position;

use super::*;

fn reached(log: LogId, position: u64) -> Reached {
    Reached::by(log, Position(position), &position.to_be_bytes())
}

fn read(path: &Path) -> Reached {
    ReachedFile::open(path).unwrap().unwrap().1
}

/// What cannot be put down is told, and put down once it can be.
#[test]
fn a_file_that_cannot_be_written_says_why_until_what_was_left_is_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let (path, log) = (folder.path().join("known"), crate::id::new_log_id());
    let file = KnownFile::replace(&path, &reached(log, 1)).unwrap();
    assert_eq!(std::os::unix::fs::MetadataExt::mode(&path.metadata().unwrap()) & 0o777, 0o600);
    let said = |what: &str| file.trouble().is_some_and(|why| why.contains(what) && why.contains("known"));
    for (first, is_noted_meanwhile) in [(2, true), (4, false)] {
        std::fs::rename(&path, folder.path().join("away")).unwrap();
        std::fs::create_dir(&path).unwrap();
        if is_noted_meanwhile {
            file.note(&reached(log, first)).unwrap_err();
            assert!(said("cannot be written") && !file.may_tell(Position(first)), "{:?}", file.trouble());
            assert!(file.may_tell(Position(first - 1)), "what was put down before");
        }
        file.look();
        assert!(said("a file of the user"), "{:?}", file.trouble());
        std::fs::remove_dir(&path).unwrap();
        std::fs::rename(folder.path().join("away"), &path).unwrap();
        file.look();
        assert_eq!(file.trouble(), None);
        assert!(file.may_tell(Position(first)));
        if is_noted_meanwhile {
            assert_eq!(read(&path), reached(log, first));
        }
    }
    // Somebody who may only read it locks it, and keeps it.
    let other = File::open(&path).unwrap();
    other.lock_shared().unwrap();
    file.look();
    assert_eq!(file.trouble(), None, "a moment");
    let began = Instant::now();
    while file.trouble().is_none() {
        assert!(began.elapsed() < 5 * LOCKED_MAX, "it is not told");
        std::thread::yield_now();
        file.look();
    }
    assert!(said("kept locked"), "{:?}", file.trouble());
    drop(other);
    file.look();
    assert_eq!(file.trouble(), None);
}

#[test]
fn what_another_process_put_down_is_gone_on_over_by_who_has_found_it() {
    let folder = tempfile::tempdir().unwrap();
    let (path, log) = (folder.path().join("known"), crate::id::new_log_id());
    let one = KnownFile::replace(&path, &Reached::nothing(log)).unwrap();
    let (two, _) = KnownFile::open(&path).unwrap().unwrap();
    assert_eq!(one.note(&reached(log, 1)).unwrap(), Noted::Down);
    assert_eq!(two.note(&reached(log, 2)).unwrap(), Noted::Unvouched(reached(log, 1)));
    assert_eq!(read(&path), reached(log, 1));
    two.vouch(&reached(log, 1));
    assert_eq!(two.note(&reached(log, 2)).unwrap(), Noted::Down);
    assert_eq!(one.note(&reached(log, 1)).unwrap(), Noted::Down, "it says more");
    assert_eq!(one.note(&reached(log, 3)).unwrap(), Noted::Unvouched(reached(log, 2)));
    let forked = Reached { sha256: reached(log, 9).sha256, ..reached(log, 2) };
    assert_eq!(one.note(&forked).unwrap(), Noted::Unvouched(reached(log, 2)));
    assert_eq!((read(&path), one.says().unwrap()), (reached(log, 2), reached(log, 2)));
    one.note(&reached(crate::id::new_log_id(), 9)).unwrap_err();
    // While another process is writing.
    let other = File::open(&path).unwrap();
    other.lock().unwrap();
    assert_eq!(two.note(&reached(log, 3)).unwrap(), Noted::Busy);
    drop(other);
    assert_eq!(two.note(&reached(log, 3)).unwrap(), Noted::Down);
}

/// Whatever happens to the file, what is noted is in the one that has the name.
#[test]
fn what_is_noted_is_in_the_file_that_has_the_name() {
    let folder = tempfile::tempdir().unwrap();
    let (path, log) = (folder.path().join("known"), crate::id::new_log_id());
    let file = KnownFile::replace(&path, &reached(log, 4)).unwrap();
    std::fs::remove_file(&path).unwrap();
    assert_eq!(file.note(&reached(log, 5)).unwrap(), Noted::Down);
    assert_eq!(read(&path), reached(log, 5));
    drop(KnownFile::replace(&path, &reached(log, 3)).unwrap());
    assert_eq!(file.note(&reached(log, 6)).unwrap(), Noted::Unvouched(reached(log, 3)), "accepted as shorter");
    // Emptied in place: by now it says less than this process knows.
    file.vouch(&reached(log, 3));
    for first in [7, 17] {
        std::fs::write(&path, []).unwrap();
        for position in first..first + 3 {
            assert_eq!(file.note(&reached(log, position)).unwrap(), Noted::Down);
            assert_eq!(read(&path), reached(log, position));
        }
        // The same of one that nobody else writes.
        file.is_alone();
    }
    // The folder was taken away with it: another in its place is not its own.
    let away = folder.path().with_extension("away");
    std::fs::rename(folder.path(), &away).unwrap();
    file.note(&reached(log, 20)).unwrap_err();
    std::fs::create_dir(folder.path()).unwrap();
    file.note(&reached(log, 20)).unwrap_err();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    std::fs::remove_dir(folder.path()).unwrap();
    std::fs::rename(&away, folder.path()).unwrap();
    assert_eq!(file.note(&reached(log, 20)).unwrap(), Noted::Down);
    file.sync().unwrap();
}

/// Somebody takes the file away again and again while several processes note: what one has noted the file with that name says, or more, unless it was
/// taken away since; and what each knows is in it after a look, whoever made it anew.
#[test]
fn what_several_note_is_in_the_file_however_often_it_is_taken_away() {
    const NOTES: u64 = 300;
    let folder = tempfile::tempdir().unwrap();
    let (path, log) = (folder.path().join("known"), crate::id::new_log_id());
    drop(KnownFile::replace(&path, &reached(log, 1)).unwrap());
    let files: Vec<KnownFile> = (0..3).map(|_| KnownFile::open(&path).unwrap().unwrap().0).collect();
    let taken = std::sync::atomic::AtomicU64::new(0);
    let next = std::sync::atomic::AtomicU64::new(2);
    let note = |file: &KnownFile, position: u64| loop {
        match file.note(&reached(log, position)) {
            Ok(Noted::Down) => return,
            Ok(Noted::Unvouched(other)) => file.vouch(&other),
            // Also where it was taken away in the middle of that: it is told as not noted.
            Ok(Noted::Busy) | Err(_) => std::thread::yield_now(),
        }
    };
    std::thread::scope(|scope| {
        for file in &files {
            scope.spawn(|| {
                loop {
                    let position = next.fetch_add(1, Ordering::Relaxed);
                    if position > NOTES {
                        return;
                    }
                    let before = taken.load(Ordering::SeqCst);
                    note(file, position);
                    let says = KnownFile::open(&path).ok().flatten().map(|(_, says)| says.position);
                    if taken.load(Ordering::SeqCst) == before {
                        assert!(says.is_some_and(|says| says >= Position(position)), "{position}: {says:?}");
                    }
                }
            });
        }
        scope.spawn(|| {
            while next.load(Ordering::Relaxed) <= NOTES {
                // Counted before and after: who finds it as it was had the file all the while.
                taken.fetch_add(1, Ordering::SeqCst);
                let _ = std::fs::remove_file(&path);
                taken.fetch_add(1, Ordering::SeqCst);
                let at = next.load(Ordering::Relaxed);
                while next.load(Ordering::Relaxed) < (at + 10).min(NOTES + 1) {
                    std::thread::yield_now();
                }
            }
        });
    });
    // One that knows less makes it anew, and the others' looks say what they know.
    std::fs::remove_file(&path).unwrap();
    for file in files.iter().chain(&files) {
        file.look();
        if let Ok(says) = file.says() {
            file.vouch(&says);
        }
    }
    files.iter().for_each(KnownFile::look);
    assert_eq!(read(&path), reached(log, NOTES));
}
