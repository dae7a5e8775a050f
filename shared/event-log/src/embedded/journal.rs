//! A journal of the open store as it must be found again: which file, how long, and what its last bytes are.

use std::fs::{self, File};
use std::io;
use std::ops::RangeInclusive;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use rustix::io::Errno;

use super::damage;
use super::identity::JOURNAL;
use super::loss::Loss;
use crate::inode::{identity, named};

/// As many of the last bytes are looked at when nothing is written: a group's marker and what ends its batch, and more than any number in
/// them repeats by chance.
const END_BYTES: usize = 64;

/// Room for what is read that is kept from one group to the next, in bytes: most groups have less.
const PIECE_KEPT_BYTES_MAX: usize = 1024 * 1024;

fn path_of(folder: &Path, number: u64) -> PathBuf {
    folder.join(format!("{number}.{JOURNAL}"))
}

/// What is read from `at` on, as much of it as there is.
fn read(file: &File, into: &mut Vec<u8>, at: u64, length: usize) -> io::Result<()> {
    into.resize(length, 0);
    let mut filled = 0;
    while filled < length {
        match file.read_at(&mut into[filled..], at + filled as u64) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    into.truncate(filled);
    Ok(())
}

/// What stands behind the last group.
pub(super) enum Held {
    /// The group that was asked about.
    Here,
    /// It does not.
    Not,
    /// What stood before it is no longer there.
    Overwritten,
}

/// The journal that is written.
#[derive(Debug)]
pub(super) struct Journal {
    pub(super) number: u64,
    pub(super) path: PathBuf,
    file: File,
    /// Which file that is.
    opened: (u64, u64),
    /// Where what is written ends, in bytes from the beginning.
    end: u64,
    /// The last bytes before it.
    last: Vec<u8>,
    /// What is read, kept for its room.
    piece: Vec<u8>,
}

impl Journal {
    /// One that the store has begun, and that ended nowhere yet.
    pub(super) fn begun(folder: &Path, number: u64) -> io::Result<Self> {
        let path = path_of(folder, number);
        let file = File::open(&path)?;
        let opened = identity(&file.metadata()?);
        Ok(Self { number, path, file, opened, end: 0, last: Vec::new(), piece: Vec::new() })
    }

    /// One that the store has opened: cut off behind its last byte, or made of zeros where it is new.
    pub(super) fn opened(folder: &Path, number: u64) -> io::Result<Self> {
        let mut journal = Self::begun(folder, number)?;
        let length = journal.file.metadata()?.len();
        read(&journal.file, &mut journal.piece, 0, 1)?;
        if journal.piece.first().is_some_and(|byte| *byte != 0) {
            journal.end = length;
            read(&journal.file, &mut journal.last, length.saturating_sub(END_BYTES as u64), END_BYTES)?;
        }
        Ok(journal)
    }

    pub(super) fn next_path(&self, folder: &Path) -> PathBuf {
        path_of(folder, self.number + 1)
    }

    /// Whether the group with these positions, of `length` bytes, stands behind what stood before; then it is what is looked for.
    pub(super) fn holds(&mut self, positions: &RangeInclusive<u64>, length: usize) -> Result<Held, Loss> {
        let before = self.last.len();
        let at = self.end - before as u64;
        read(&self.file, &mut self.piece, at, before + length).map_err(|error| Loss::unread(&self.path, &error))?;
        let Some(group) = self.piece.strip_prefix(&self.last[..]) else { return Ok(Held::Overwritten) };
        if !damage::is_group(group, positions) {
            return Ok(Held::Not);
        }
        self.end += length as u64;
        let kept = group.len().saturating_sub(END_BYTES);
        self.last = group[kept..].to_vec();
        if self.piece.capacity() > PIECE_KEPT_BYTES_MAX {
            self.piece = Vec::new();
        }
        Ok(Held::Here)
    }

    /// That its name is still its own. Without one it is followed by another, or was taken away.
    pub(super) fn look_at_name(&self, is_followed: impl FnOnce() -> bool) -> Result<(), Loss> {
        match named(&self.path) {
            Err(Errno::NOENT) if !is_followed() => Err(Loss::taken(&self.path)),
            Ok((file, _)) if file != self.opened => Err(Loss::replaced(&self.path)),
            Ok((_, length)) if length < self.end => Err(Loss::cut(&self.path)),
            Ok(_) | Err(_) => Ok(()),
        }
    }

    /// That its name is its own, and its last bytes are there.
    pub(super) fn look(&mut self, is_followed: impl FnOnce() -> bool) -> Result<(), Loss> {
        self.look_at_name(is_followed)?;
        let at = self.end - self.last.len() as u64;
        read(&self.file, &mut self.piece, at, self.last.len()).map_err(|error| Loss::unread(&self.path, &error))?;
        if self.piece == self.last { Ok(()) } else { Err(Loss::overwritten(&self.path)) }
    }

    /// The same, once another is written.
    pub(super) fn sealed(self) -> Sealed {
        Sealed {
            number: self.number,
            path: self.path,
            file: self.file,
            opened: self.opened,
            end: self.end,
            last: self.last,
        }
    }
}

/// A journal that is written no more.
#[derive(Debug)]
pub(super) struct Sealed {
    pub(super) number: u64,
    pub(super) path: PathBuf,
    file: File,
    opened: (u64, u64),
    /// Where what was written ends, in bytes from the beginning.
    end: u64,
    /// The last bytes before it.
    last: Vec<u8>,
}

impl Sealed {
    /// As it is.
    pub(super) fn of(folder: &Path, number: u64) -> io::Result<Self> {
        let path = path_of(folder, number);
        let file = File::open(&path)?;
        let about = file.metadata()?;
        let (end, mut last) = (about.len(), Vec::new());
        read(&file, &mut last, end.saturating_sub(END_BYTES as u64), END_BYTES)?;
        Ok(Self { number, path, file, opened: identity(&about), end, last })
    }

    /// An older copy that was written over it may be as long: the store makes the file longer than it needs.
    fn look_at_end(&self) -> Result<(), Loss> {
        let mut there = Vec::new();
        let at = self.end - self.last.len() as u64;
        read(&self.file, &mut there, at, self.last.len()).map_err(|error| Loss::unread(&self.path, &error))?;
        if there == self.last { Ok(()) } else { Err(Loss::overwritten(&self.path)) }
    }

    /// That it is what it was, or gone: the store removes those it needs no more.
    pub(super) fn look(&self) -> Result<(), Loss> {
        match fs::metadata(&self.path) {
            Ok(about) if identity(&about) != self.opened => Err(Loss::replaced(&self.path)),
            Ok(about) if about.len() < self.end => Err(Loss::cut(&self.path)),
            Ok(_) => self.look_at_end(),
            Err(_) => Ok(()),
        }
    }
}
