//! Whether what is written is where a new start would find it. A process keeps what it has opened when somebody takes it away from under
//! it, and writes on behind what somebody cut off: nobody would read that again.
//!
//! Each group of commits is read back from the journal, right behind the one before it, and the journal's name looked at, before anybody
//! is answered: one read of what the system has in memory, and one look. Between them the folder is looked at ten times a second.

use std::fs;
use std::io;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use rustix::fs::{Access, AtFlags, CWD, accessat};
use rustix::io::Errno;

use super::identity::{CURRENT, ID, JOURNAL, LOCK, STORE, TABLES, TREES};
use super::journal::{Held, Journal, Sealed};
use super::loss::Loss;
use crate::id::log_id_in;
use crate::inode::{identity, named};
use domain::LogId;

/// Longest file that may name a log, in bytes: what is longer names none.
const ID_BYTES_MAX: u64 = 256;

/// What the store makes when it begins, and never again.
#[derive(Debug)]
struct Made {
    path: PathBuf,
    /// Device and number of it.
    opened: (u64, u64),
    /// Bytes of a file.
    length: Option<u64>,
}

impl Made {
    fn of(path: PathBuf) -> io::Result<Self> {
        let about = fs::metadata(&path)?;
        let length = about.is_file().then_some(about.len());
        Ok(Self { path, opened: identity(&about), length })
    }

    /// That its name is its own. What cannot be looked at, for want of descriptors, is taken to be there.
    fn look(&self) -> Result<(), Loss> {
        match named(&self.path) {
            Err(Errno::NOENT | Errno::NOTDIR) => Err(Loss::taken(&self.path)),
            Ok((there, _)) if there != self.opened => Err(Loss::replaced(&self.path)),
            Ok((_, length)) if self.length.is_some_and(|made| length < made) => Err(Loss::cut(&self.path)),
            Ok((_, length)) if self.length.is_some_and(|made| length != made) => Err(Loss::overwritten(&self.path)),
            Ok(_) | Err(_) => Ok(()),
        }
    }
}

/// What says which files of a part of the store are its own. The store replaces it by another now and then; it is always there, and says
/// something.
fn look_at_current(path: &Path) -> Result<(), Loss> {
    match named(path) {
        Err(Errno::NOENT | Errno::NOTDIR) => Err(Loss::taken(path)),
        Ok((_, 0)) => Err(Loss::cut(path)),
        Ok(_) | Err(_) => Ok(()),
    }
}

/// The folder of a log as it was opened.
#[derive(Debug)]
pub(super) struct Place {
    folder: PathBuf,
    /// Which log it is.
    id: LogId,
    /// Device and number of the folder.
    opened: Option<(u64, u64)>,
    /// Held by the store: another of its name would let a second process write.
    lock: Made,
    /// The file and the folders without which no start finds the store, whatever its journals hold.
    standing: Vec<Made>,
    /// What says which files are those of the store.
    currents: Vec<PathBuf>,
    /// The one that is written.
    journal: Journal,
    /// Those before it, which the store keeps until what is in them is in its other files.
    sealed: Vec<Sealed>,
    /// Whether there were fewer journals than the store has when they were last counted.
    were_fewer: bool,
}

/// The numbers of the journals in `folder`, in order: each new one has the next number, and the last is the one that is written.
fn numbers(folder: &Path) -> io::Result<Vec<u64>> {
    let mut numbers = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = PathBuf::from(entry?.file_name());
        if name.extension().is_some_and(|ending| ending == JOURNAL) {
            numbers.extend(name.file_stem().and_then(|stem| stem.to_str()).and_then(|stem| stem.parse::<u64>().ok()));
        }
    }
    numbers.sort_unstable();
    Ok(numbers)
}

impl Place {
    /// As it is now, with the store open in it and nothing being written.
    pub(super) fn of(folder: &Path, id: LogId) -> io::Result<Self> {
        let mut numbers = numbers(folder)?;
        let none = || io::Error::new(io::ErrorKind::NotFound, format!("{} has no journal", folder.display()));
        let last = numbers.pop().ok_or_else(none)?;
        // The store takes those away that it needs no more, also while it is looked at.
        let is_there =
            |sealed: &io::Result<Sealed>| !matches!(sealed, Err(error) if error.kind() == io::ErrorKind::NotFound);
        let sealed = numbers.into_iter().map(|number| Sealed::of(folder, number)).filter(is_there);
        let sealed = sealed.collect::<io::Result<_>>()?;
        let opened = fs::metadata(folder).ok().map(|about| identity(&about));
        let journal = Journal::opened(folder, last)?;
        let (mut standing, mut currents) = (vec![folder.join(STORE), folder.join(TREES)], Vec::new());
        for tree in fs::read_dir(folder.join(TREES))? {
            let tree = tree?.path();
            currents.push(tree.join(CURRENT));
            standing.extend([tree.join(TABLES), tree]);
        }
        let standing = standing.into_iter().map(Made::of).collect::<io::Result<_>>()?;
        let lock = Made::of(folder.join(LOCK))?;
        let folder = folder.to_owned();
        Ok(Self { folder, id, opened, lock, standing, currents, journal, sealed, were_fewer: false })
    }

    /// That the group with these positions, of `length` bytes in the journal, is there, behind all that was there before it.
    pub(super) fn confirm(&mut self, positions: &RangeInclusive<u64>, length: usize) -> Result<(), Loss> {
        loop {
            match self.journal.holds(positions, length)? {
                Held::Here => {
                    self.lock.look()?;
                    return self.journal.look_at_name(|| self.has_next());
                }
                Held::Not if self.has_next() => {
                    self.go_on().map_err(|error| Loss::unread(&self.journal.next_path(&self.folder), &error))?;
                }
                Held::Not | Held::Overwritten => return Err(self.changed()),
            }
        }
    }

    /// That what the store never makes again is there. Where it is not, the store is not closed: nothing opens it again.
    pub(super) fn stands(&self) -> Result<(), Loss> {
        self.standing.iter().try_for_each(Made::look)?;
        self.currents.iter().try_for_each(|current| look_at_current(current))?;
        self.is_open_to_us()?;
        self.is_named()
    }

    /// That the next start, and the next journal, find the folder open to this process.
    fn is_open_to_us(&self) -> Result<(), Loss> {
        let all = Access::READ_OK | Access::WRITE_OK | Access::EXEC_OK;
        match accessat(CWD, &self.folder, all, AtFlags::EACCESS) {
            Err(error @ (Errno::ACCESS | Errno::PERM | Errno::ROFS)) => Err(Loss::barred(&self.folder, error)),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// That no other log is named. Where none is, the next start finds by other files which one it is.
    fn is_named(&self) -> Result<(), Loss> {
        let path = self.folder.join(ID);
        // A pipe is never read to its end.
        if !fs::metadata(&path).is_ok_and(|about| about.is_file() && about.len() <= ID_BYTES_MAX) {
            return Ok(());
        }
        match log_id_in(&path) {
            Ok(Some(named)) if named != self.id => Err(Loss::replaced(&path)),
            Ok(_) | Err(_) => Ok(()),
        }
    }

    /// What was done to the journal that is written, whose bytes are not there.
    fn changed(&self) -> Loss {
        let named = self.journal.look_at_name(|| self.has_next());
        named.err().unwrap_or_else(|| Loss::overwritten(&self.journal.path))
    }

    fn has_next(&self) -> bool {
        self.journal.next_path(&self.folder).exists()
    }

    /// To the journal that the store has begun since.
    fn go_on(&mut self) -> io::Result<()> {
        let next = Journal::begun(&self.folder, self.journal.number + 1)?;
        self.sealed.push(std::mem::replace(&mut self.journal, next).sealed());
        Ok(())
    }

    /// What would not be found at a new start, if that is known; `count` journals are what the store has. What cannot be looked at, for
    /// want of descriptors, is taken to be there.
    pub(super) fn look(&mut self, count: usize) -> Result<(), Loss> {
        match fs::metadata(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(Loss::taken(&self.folder)),
            Ok(about) if self.opened.is_some_and(|opened| opened != identity(&about)) => {
                return Err(Loss::replaced(&self.folder));
            }
            Ok(_) | Err(_) => {}
        }
        self.lock.look()?;
        self.stands()?;
        let Ok(numbers) = numbers(&self.folder) else { return Ok(()) };
        while self.has_next() && self.go_on().is_ok() {}
        // The store may be between two steps, once.
        let are_fewer = numbers.len() < count;
        if are_fewer && self.were_fewer {
            let gone = self.sealed.iter().find(|sealed| !numbers.contains(&sealed.number));
            let path = gone.map_or_else(|| self.journal.path.as_path(), |gone| gone.path.as_path());
            return Err(Loss::taken(path));
        }
        self.were_fewer = are_fewer;
        if !are_fewer {
            self.sealed.retain(|sealed| numbers.contains(&sealed.number));
        }
        self.sealed.iter().try_for_each(Sealed::look)?;
        let is_followed = self.has_next();
        self.journal.look(|| is_followed)
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io::Write;

    use xxhash_rust::xxh3::xxh3_64;

    use super::super::groups::marker;
    use super::*;

    /// What the store writes for a group of this one position.
    fn batch(position: u64) -> Vec<u8> {
        let marker = marker(&(position..=position));
        let length = u32::try_from(marker.len()).unwrap().to_le_bytes();
        let item = [&[2, 0, 0][..], &[0; 8], &[8, 0], &length, &length, &position.to_be_bytes(), &marker].concat();
        let start = [&[1, 1, 0, 0, 0][..], &[0; 8]].concat();
        [&start, &item[..], &[3], &xxh3_64(&item).to_le_bytes(), b"FJL\x03"].concat()
    }

    fn written(path: &Path, position: u64) -> usize {
        let batch = batch(position);
        File::options().create(true).append(true).open(path).unwrap().write_all(&batch).unwrap();
        batch.len()
    }

    fn said(place: &mut Place, count: usize) -> String {
        place.look(count).map_or_else(|loss| loss.to_string(), |()| String::new())
    }

    /// A folder of a log that has written a group into each of two journals.
    fn two_journals() -> (tempfile::TempDir, Place) {
        let folder = tempfile::tempdir().unwrap();
        let path = |number: u64| folder.path().join(format!("{number}.jnl"));
        fs::write(path(0), []).unwrap();
        fs::create_dir_all(folder.path().join("keyspaces/1/tables")).unwrap();
        fs::write(folder.path().join("version"), [3]).unwrap();
        fs::write(folder.path().join("keyspaces/1/current"), [1]).unwrap();
        fs::write(folder.path().join("lock"), []).unwrap();
        let mut place = Place::of(folder.path(), LogId::from_bytes([7; 16])).unwrap();
        let length = written(&path(0), 1);
        place.confirm(&(1..=1), length).unwrap();
        fs::write(path(1), []).unwrap();
        let length = written(&path(1), 2);
        place.confirm(&(2..=2), length).unwrap();
        assert_eq!(place.look(2), Ok(()));
        (folder, place)
    }

    #[test]
    fn what_is_taken_away_is_told_until_it_is_back() {
        let (folder, mut place) = two_journals();
        let (path, away) = (folder.path().join("1.jnl"), folder.path().join("away"));
        fs::rename(&path, &away).unwrap();
        assert!(said(&mut place, 1).contains("1.jnl"));
        fs::rename(&away, &path).unwrap();
        assert_eq!(place.look(2), Ok(()));
        let (log, away) = (folder.path(), folder.path().with_extension("away"));
        fs::rename(log, &away).unwrap();
        assert!(said(&mut place, 2).contains("taken away"));
        fs::create_dir(log).unwrap();
        assert!(said(&mut place, 2).contains("replaced"));
        fs::remove_dir(log).unwrap();
        fs::rename(&away, log).unwrap();
        assert_eq!(place.look(2), Ok(()));
    }

    /// Neither what keeps a second process out nor what a start begins with.
    #[test]
    fn what_the_store_makes_once_is_missed() {
        let (folder, mut place) = two_journals();
        for name in ["lock", "version", "keyspaces", "keyspaces/1", "keyspaces/1/tables"] {
            let (path, away) = (folder.path().join(name), folder.path().join("away"));
            fs::rename(&path, &away).unwrap();
            assert!(said(&mut place, 2).contains("taken away"), "{name}");
            assert_eq!(place.stands().is_err(), name != "lock", "{name}");
            if away.is_dir() {
                fs::create_dir(&path).unwrap();
            } else {
                fs::write(&path, []).unwrap();
            }
            assert!(!said(&mut place, 2).is_empty(), "another stands in the place of {name}");
            if away.is_dir() {
                fs::remove_dir(&path).unwrap();
            } else {
                fs::remove_file(&path).unwrap();
            }
            fs::rename(&away, &path).unwrap();
            assert_eq!(said(&mut place, 2), "", "{name}");
        }
        fs::copy(folder.path().join("lock"), folder.path().join("copy")).unwrap();
        fs::rename(folder.path().join("copy"), folder.path().join("lock")).unwrap();
        let path = folder.path().join("1.jnl");
        let length = written(&path, 3);
        assert!(
            place.confirm(&(3..=3), length).unwrap_err().to_string().contains("lock"),
            "before anybody is answered"
        );
    }

    /// One that is full is followed by another, and stays until the store takes it away itself, which then has one less.
    #[test]
    fn a_journal_that_is_full_is_missed_for_as_long_as_the_store_has_it() {
        let (folder, mut place) = two_journals();
        let (full, away) = (folder.path().join("0.jnl"), folder.path().join("away"));
        fs::rename(&full, &away).unwrap();
        assert_eq!(said(&mut place, 2), "", "the store may be between two steps");
        assert!(said(&mut place, 2).contains("0.jnl"));
        fs::rename(&away, &full).unwrap();
        assert_eq!(said(&mut place, 2), "");
        let bytes = fs::read(&full).unwrap();
        fs::write(&full, &bytes[..bytes.len() - 1]).unwrap();
        assert!(said(&mut place, 2).contains("cut off"));
        // An older copy, as long as it: its end is blank.
        fs::write(&full, vec![0; bytes.len()]).unwrap();
        assert!(said(&mut place, 2).contains("was changed"));
        fs::write(&full, &bytes).unwrap();
        assert_eq!(said(&mut place, 2), "");
        // Also of one that was full before the log was opened.
        let mut opened = Place::of(folder.path(), LogId::from_bytes([7; 16])).unwrap();
        fs::write(&full, vec![0; bytes.len()]).unwrap();
        assert!(said(&mut opened, 2).contains("was changed"));
        fs::write(&full, &bytes).unwrap();
        assert_eq!(said(&mut opened, 2), "");
        fs::copy(&full, &away).unwrap();
        fs::rename(&away, &full).unwrap();
        assert!(said(&mut place, 2).contains("replaced"));
        fs::remove_file(&full).unwrap();
        assert_eq!((said(&mut place, 1), said(&mut place, 1)), Default::default());
    }

    /// A group is there only behind the one before it, whole, and in the file that has the name.
    #[test]
    fn a_group_is_confirmed_by_what_stands_in_the_file() {
        let (folder, mut place) = two_journals();
        let path = folder.path().join("1.jnl");
        let length = batch(3).len();
        assert!(place.confirm(&(3..=3), length).is_err(), "it was never written");
        written(&path, 3);
        assert!(place.confirm(&(4..=4), length).is_err(), "another was written");
        assert_eq!(place.confirm(&(3..=3), length), Ok(()));
        let mut bytes = fs::read(&path).unwrap();
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        fs::write(&path, [bytes, batch(4)].concat()).unwrap();
        assert!(place.confirm(&(4..=4), length).is_err(), "what was before it is another");
    }
}
