//! What the journal itself says was written, so that the store cannot open with less and say nothing.
//!
//! The store cuts its journal off at the first entry it cannot read. At the end of the journal that is right: what was being written
//! when the power went was acknowledged to nobody. In the middle it would drop commits that were. So each group of commits ends with a
//! marker of its positions. A group is written only after the one before it was synced: a marker of a later group than the one that
//! is missing proves that the missing one was whole.

use std::fs;
use std::io::{self, Read, Write};
use std::ops::RangeInclusive;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use super::damage::{self, Damage};
use super::groups::{MARKER_BYTES, groups};
use super::identity::{JOURNAL, LOCK};
use super::store::IN_USE;
use crate::error::LogError;

/// More than the store writes between a group's marker, which is its last record, and the next group; less than a group has.
const END_BYTES_MAX: usize = 64;
/// What is compared with at one time.
const ZEROS: [u8; 4096] = [0; 4096];
/// Bytes that are written once more at one time.
const PIECE_BYTES: usize = 64 * 1024;
/// As many of the last journals may hold what was being written.
const JOURNALS_WRITTEN_AGAIN: usize = 2;

/// Writes the bytes of the last journals once more, in place and synced. They are the same, so wherever this ends nothing is lost; and
/// what of them was only in the system's memory, which forgets a write that failed, is on the disk.
pub(super) fn write_again(folder: &Path) -> io::Result<()> {
    // The store may have begun a new one after the write that failed.
    journals(folder)?.iter().rev().take(JOURNALS_WRITTEN_AGAIN).try_for_each(|(_, path)| write_again_file(path))
}

fn write_again_file(path: &Path) -> io::Result<()> {
    let file = fs::OpenOptions::new().read(true).write(true).open(path)?;
    let (mut piece, mut at) = (vec![0; PIECE_BYTES], 0);
    loop {
        let read = file.read_at(&mut piece, at)?;
        if read == 0 {
            return file.sync_all();
        }
        // Where nothing was written yet there may be no room for it either.
        if used(&piece[..read]) > 0 {
            file.write_all_at(&piece[..read], at)?;
        }
        at += read as u64;
    }
}

/// The journals in `folder` with their numbers, in order: later ones have higher numbers.
fn journals(folder: &Path) -> io::Result<Vec<(Option<u64>, PathBuf)>> {
    let paths = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    let number = |path: &Path| path.file_stem().and_then(|name| name.to_str()?.parse::<u64>().ok());
    let mut paths: Vec<_> = paths
        .into_iter()
        .filter(|path| path.extension().is_some_and(|ending| ending == JOURNAL))
        .map(|path| (number(&path), path))
        .collect();
    paths.sort();
    Ok(paths)
}

/// How many of these bytes are used: the store makes the file longer than it needs.
fn used(bytes: &[u8]) -> usize {
    // Piece by piece, whole ones of zeros at one comparison: nearly all of a new journal is zeros.
    let mut end = bytes.len();
    for piece in bytes.rchunks(ZEROS.len()) {
        if *piece != ZEROS[..piece.len()] {
            return end - piece.len() + piece.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
        }
        end -= piece.len();
    }
    0
}

/// A journal file as it was before the store opened it.
struct Journal {
    path: PathBuf,
    bytes: Vec<u8>,
    length: u64,
}

/// A group that the journal holds the marker of.
struct Group {
    /// Which of the kept journals it lies in, and where its marker begins there; `None` where its journal is whole.
    marker: Option<(usize, usize)>,
    positions: RangeInclusive<u64>,
}

/// The journal before the store opens it.
pub(super) struct Evidence {
    folder: PathBuf,
    /// Files that are not whole to their end. Of the others the store cuts off nothing but the zeros at the end.
    kept: Vec<Journal>,
    last: Option<Group>,
    damage: Option<Damage>,
    /// How many there are.
    journals: usize,
}

impl Evidence {
    /// Reads the journal in `folder`, one file after the other.
    pub(super) fn read(folder: &Path) -> io::Result<Self> {
        let mut evidence = Self { folder: folder.to_owned(), kept: Vec::new(), last: None, damage: None, journals: 0 };
        if !folder.exists() {
            return Ok(evidence);
        }
        let paths = journals(folder)?;
        evidence.journals = paths.len();
        // The log begins in the journal with number 0; what came before a later one is in the store's other files.
        let mut before = paths.first().filter(|(number, _)| *number == Some(0)).map(|_| 0);
        let mut bytes = Vec::new();
        for (_, path) in paths {
            bytes.clear();
            fs::File::open(&path)?.read_to_end(&mut bytes)?;
            let length = bytes.len() as u64;
            bytes.truncate(used(&bytes));
            match damage::read(&bytes, before) {
                Ok(None) => {}
                Ok(Some(positions)) => {
                    before = Some(*positions.end());
                    evidence.saw(Group { marker: None, positions });
                }
                Err(damage) => {
                    evidence.damage.get_or_insert(damage);
                    for (offset, positions) in groups(&bytes) {
                        evidence.saw(Group { marker: Some((evidence.kept.len(), offset)), positions });
                    }
                    evidence.kept.push(Journal { path, bytes: std::mem::take(&mut bytes), length });
                }
            }
        }
        Ok(evidence)
    }

    fn saw(&mut self, group: Group) {
        if self.last.as_ref().is_none_or(|last| last.positions.start() < group.positions.start()) {
            self.last = Some(group);
        }
    }

    /// The first position that was on disk before and is not there now, where the store opened with `head` as its last.
    pub(super) fn missing(&self, head: u64) -> Option<u64> {
        let last = self.last.as_ref()?;
        (*last.positions.start() > head + 1).then_some(head + 1)
    }

    /// What is said of damage that the store has found.
    pub(super) fn explained(&self, error: LogError) -> LogError {
        let LogError::Damaged(why) = error else { return error };
        LogError::Damaged(match (&self.damage, self.reaches()) {
            (Some(at), Some(position)) => format!("{at} ({why}); the journal reaches to position {position}"),
            (None, Some(position)) => format!("{why}; the journal reaches to position {position}"),
            (_, None) => why,
        })
    }

    /// Whether there are as many journals, whole to their ends, and the last of them reaches to `last`.
    pub(super) fn is_whole(&self, journals: usize, last: u64) -> bool {
        self.journals >= journals && self.damage.is_none() && self.reaches() >= Some(last)
    }

    /// The last position of a group the journal holds the marker of.
    fn reaches(&self) -> Option<u64> {
        self.last.as_ref().map(|last| *last.positions.end())
    }

    /// Where the journal is damaged, as far as can be told.
    pub(super) fn damage(&self) -> Option<&Damage> {
        self.damage.as_ref()
    }

    /// Cuts the end of the journal off within the last group, so that the store takes it for one whose writing was broken off.
    /// Returns the position the log must then end at; `None` where there is nothing to go by.
    pub(super) fn cut_last_group(&self) -> io::Result<Option<u64>> {
        let Some(last) = &self.last else { return Ok(None) };
        // Where its file is whole, the damage is elsewhere.
        let Some((journal, offset)) = last.marker else { return Ok(None) };
        let journal = &self.kept[journal];
        let after = offset + MARKER_BYTES + END_BYTES_MAX;
        let (at, head) = if journal.bytes.len() > after {
            // A group follows whose marker is not whole.
            (after, *last.positions.end())
        } else {
            (offset, last.positions.start() - 1)
        };
        let _alone = self.alone()?;
        let file = fs::OpenOptions::new().write(true).open(&journal.path)?;
        file.set_len(at as u64)?;
        file.sync_all()?;
        Ok(Some(head))
    }

    /// The folder, with every other process kept out of it until this is dropped.
    fn alone(&self) -> io::Result<fs::File> {
        let lock = fs::OpenOptions::new().write(true).open(self.folder.join(LOCK))?;
        lock.try_lock().map_err(|error| match error {
            fs::TryLockError::Error(error) => error,
            fs::TryLockError::WouldBlock => io::Error::other(IN_USE),
        })?;
        Ok(lock)
    }

    /// Puts what is damaged of the journal back as it was, for whoever repairs it, where it is not as it was; unless another process has
    /// the folder open, which goes by what it found.
    pub(super) fn restore(&self) -> io::Result<()> {
        if self.kept.is_empty() {
            return Ok(());
        }
        let _alone = self.alone()?;
        self.kept.iter().try_for_each(Journal::restore)
    }
}

impl Journal {
    fn restore(&self) -> io::Result<()> {
        if self.is_as_it_was() {
            return Ok(());
        }
        // Beside it first: a full disk, or an end in the middle, leaves the one that is there. The store takes no file of this
        // ending for one of its own.
        let beside = self.path.with_extension("restored");
        let written = fs::File::create(&beside).and_then(|mut file| {
            file.write_all(&self.bytes)?;
            file.set_len(self.length)?;
            file.sync_all()
        });
        // Half of it helps nobody, and takes the room.
        written.inspect_err(|_| drop(fs::remove_file(&beside)))?;
        fs::rename(&beside, &self.path)
    }

    /// Whether the file holds these bytes; how many zeros follow says nothing.
    fn is_as_it_was(&self) -> bool {
        fs::read(&self.path).is_ok_and(|bytes| bytes[..used(&bytes)] == self.bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::super::groups::marker;
    use super::*;

    #[test]
    fn the_used_part_ends_with_its_last_byte() {
        for (length, last) in [(0, None), (1, Some(0)), (5_000, Some(4_095)), (5_000, Some(4_096)), (9_000, None)] {
            let mut bytes = vec![0; length];
            if let Some(last) = last {
                bytes[last] = 1;
            }
            assert_eq!(used(&bytes), last.map_or(0, |last| last + 1), "{length} {last:?}");
        }
    }

    /// Journals with these bytes, in a folder that is locked by nobody.
    fn folder_with(journals: &[(&str, &[u8])]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(LOCK), []).unwrap();
        for (name, bytes) in journals {
            fs::write(folder.path().join(name), bytes).unwrap();
        }
        folder
    }

    fn inode(path: &Path) -> u64 {
        std::os::unix::fs::MetadataExt::ino(&fs::metadata(path).unwrap())
    }

    #[test]
    fn what_is_as_it_was_is_not_written_again() {
        let torn = [&[1, 2, 3][..], &marker(&(1..=3)), &[0; 64]].concat();
        let folder = folder_with(&[("0.jnl", &torn)]);
        let journal = folder.path().join("0.jnl");
        let (evidence, before) = (Evidence::read(folder.path()).unwrap(), inode(&journal));
        evidence.restore().unwrap();
        assert_eq!(inode(&journal), before, "written anew");
        fs::write(&journal, &torn[..20]).unwrap();
        let lock = fs::File::options().write(true).open(folder.path().join(LOCK)).unwrap();
        lock.lock().unwrap();
        assert!(evidence.restore().is_err() && fs::read(&journal).unwrap() == torn[..20], "another process's");
        assert!(evidence.cut_last_group().is_err() && fs::read(&journal).unwrap() == torn[..20], "another process's");
        lock.unlock().unwrap();
        evidence.restore().unwrap();
        assert_eq!(fs::read(&journal).unwrap(), torn);
        assert!(inode(&journal) != before && fs::read_dir(folder.path()).unwrap().count() == 2);
    }

    #[test]
    fn the_last_two_journals_are_written_again() {
        let files: [(&str, &[u8]); 4] =
            [("9.jnl", b"older"), ("10.jnl", b"the last group"), ("11.jnl", b""), ("x", b"?")];
        let folder = folder_with(&files);
        let changed = |name: &str| fs::metadata(folder.path().join(name)).unwrap().modified().unwrap();
        let long_ago = std::time::UNIX_EPOCH;
        for (name, _) in files {
            fs::File::options().write(true).open(folder.path().join(name)).unwrap().set_modified(long_ago).unwrap();
        }
        write_again(folder.path()).unwrap();
        assert!(changed("9.jnl") == long_ago && changed("x") == long_ago && changed("10.jnl") > long_ago);
        for (name, bytes) in files {
            assert_eq!(fs::read(folder.path().join(name)).unwrap(), bytes, "{name}");
        }
    }
}
