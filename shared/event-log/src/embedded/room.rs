//! What the log keeps in reserve: room on its disk, in its files, and file descriptors. A store that runs out of one in the middle of its work fails
//! there; so commits are refused before that, while what is under way still has what it needs.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustix::process::{Resource, getrlimit};

use super::loss::Loss;
use crate::error::{AppendError, Halt, Reserve};

/// Bytes of the disk that are left alone, unless told otherwise: the trees that wait in memory (16 MiB each) can still be written out.
pub const DISK_RESERVE_BYTES: u64 = 64 * 1024 * 1024;
/// Descriptors that are left alone, unless told otherwise: to write trees out and merge them the store opens some tens.
pub const DESCRIPTORS_RESERVE: u64 = 64;
/// Bytes that a file must be allowed to have, unless told otherwise: a journal has 64 MiB from its beginning, and one more group at its end.
pub const FILE_BYTES_MIN: u64 = 128 * 1024 * 1024;
/// Files the store keeps open at most, which is its own default, and at least, which is as few as it can be told.
const FILES_KEPT_MAX: usize = 900;
const FILES_KEPT_MIN: usize = 10;
/// Of a small limit, the part that those files may take.
const FILES_KEPT_PART: u64 = 4;
/// The reserve of descriptors is at most this part of the limit, so that a small limit leaves some to work with.
const DESCRIPTORS_RESERVE_PART: u64 = 4;
/// Once refused, commits are taken again when this part of the reserve is left beyond it: a log at its edge does not flap.
const SLACK_PART: u64 = 8;

/// How much an embedded log leaves alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reserves {
    /// Bytes free on the file system of its folder.
    pub disk_bytes: u64,
    /// File descriptors the process may still open; at most a quarter of its limit is held back.
    pub descriptors: u64,
    /// Bytes that a file of the process must be allowed to have.
    pub file_bytes: u64,
}

impl Default for Reserves {
    fn default() -> Self {
        Self { disk_bytes: DISK_RESERVE_BYTES, descriptors: DESCRIPTORS_RESERVE, file_bytes: FILE_BYTES_MIN }
    }
}

/// What there is too little of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Short {
    of: Reserve,
    left: u64,
    needed: u64,
}

impl Short {
    pub(super) fn refusal(self) -> AppendError {
        AppendError::NoRoom { of: self.of, left: self.left, needed: self.needed }
    }
}

/// Whether there is room to write.
pub(super) struct Room {
    folder: PathBuf,
    reserves: Reserves,
    /// Whether `short` holds something: asked for every commit.
    is_short: AtomicBool,
    short: Mutex<Option<Short>>,
    /// Whether `lost` holds something.
    is_lost: AtomicBool,
    /// Why what is written would not be found again.
    lost: Mutex<Option<Loss>>,
}

impl Room {
    /// As it is now.
    pub(super) fn new(folder: &Path, reserves: Reserves) -> Self {
        let room = Self {
            folder: folder.to_owned(),
            reserves,
            is_short: AtomicBool::new(false),
            short: Mutex::new(None),
            is_lost: AtomicBool::new(false),
            lost: Mutex::new(None),
        };
        room.look();
        room
    }

    /// Why nothing may be begun, as it was when it was last looked at.
    pub(super) fn refusal(&self) -> Option<AppendError> {
        if self.is_lost.load(Ordering::Acquire) {
            let lost = self.lost.lock().unwrap_or_else(PoisonError::into_inner);
            return lost.as_ref().map(|lost| AppendError::NotStoring { halt: Halt::Harmed, why: lost.to_string() });
        }
        self.short().map(Short::refusal)
    }

    /// Whether what is written would not be found again.
    pub(super) fn has_lost(&self) -> bool {
        self.is_lost.load(Ordering::Acquire)
    }

    /// Why what is written would not be found again, if it would not.
    pub(super) fn loss(&self) -> Option<String> {
        self.has_lost().then(|| {
            let lost = self.lost.lock().unwrap_or_else(PoisonError::into_inner);
            lost.as_ref().map(ToString::to_string).unwrap_or_default()
        })
    }

    /// Keeps why what is written would not be found again, or that it would.
    pub(super) fn is_lost(&self, lost: Option<Loss>) {
        // The reason first: who sees that there is one finds it.
        let mut reason = self.lost.lock().unwrap_or_else(PoisonError::into_inner);
        self.is_lost.store(lost.is_some(), Ordering::Release);
        *reason = lost;
    }

    /// What there was too little of when it was last looked at.
    pub(super) fn short(&self) -> Option<Short> {
        if self.is_short.load(Ordering::Acquire) { *self.state() } else { None }
    }

    /// Looks at the disk, the descriptors and how long files may be, and keeps what it saw.
    pub(super) fn look(&self) -> Option<Short> {
        let before = self.short();
        let now = self.disk(before).or_else(|| self.descriptors(before)).or_else(|| self.file_size(before));
        *self.state() = now;
        self.is_short.store(now.is_some(), Ordering::Release);
        now
    }

    fn state(&self) -> MutexGuard<'_, Option<Short>> {
        // Each change is one assignment, so a panic elsewhere leaves none half made.
        self.short.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn disk(&self, before: Option<Short>) -> Option<Short> {
        // A file system that does not tell holds nothing back: a write that fails is dealt with where it fails.
        let disk = rustix::fs::statvfs(&self.folder).ok()?;
        judge(Reserve::Disk, disk.f_bavail.saturating_mul(disk.f_frsize), self.reserves.disk_bytes, before)
    }

    fn descriptors(&self, before: Option<Short>) -> Option<Short> {
        let limit = getrlimit(Resource::Nofile).current?;
        let needed = self.reserves.descriptors.min(limit / DESCRIPTORS_RESERVE_PART);
        judge(Reserve::Descriptors, limit.saturating_sub(open_descriptors(limit)?), needed, before)
    }

    fn file_size(&self, before: Option<Short>) -> Option<Short> {
        judge(Reserve::FileSize, getrlimit(Resource::Fsize).current?, self.reserves.file_bytes, before)
    }
}

fn judge(of: Reserve, left: u64, needed: u64, before: Option<Short>) -> Option<Short> {
    let slack = if before.is_some_and(|short| short.of == of) { needed / SLACK_PART } else { 0 };
    (left < needed + slack).then_some(Short { of, left, needed })
}

/// Files of its own that the store may keep open between uses: as many as it takes by itself, and at most a quarter of the descriptors, so
/// that under a small limit some are left to open files with and for whoever connects.
pub(super) fn files_kept_open() -> usize {
    kept_open(getrlimit(Resource::Nofile).current)
}

fn kept_open(limit: Option<u64>) -> usize {
    let part = limit.map_or(usize::MAX, |limit| usize::try_from(limit / FILES_KEPT_PART).unwrap_or(usize::MAX));
    part.clamp(FILES_KEPT_MIN, FILES_KEPT_MAX)
}

/// Descriptors this process has open; all of them where the last one is taken and none is left to count with.
fn open_descriptors(limit: u64) -> Option<u64> {
    let folder = Path::new("/proc/self/fd");
    // Since Linux 6.2 the folder's size is their number, which costs nothing to ask for.
    match folder.metadata().ok()?.len() {
        0 => match std::fs::read_dir(folder) {
            Ok(open) => Some(open.count() as u64),
            Err(error) => (error.kind() != std::io::ErrorKind::NotFound).then_some(limit),
        },
        open => Some(open),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_store_keeps_a_part_of_few_descriptors_open() {
        for (limit, kept) in [(Some(65_536), 900), (Some(1_024), 256), (Some(256), 64), (Some(0), 10), (None, 900)] {
            assert_eq!(kept_open(limit), kept, "{limit:?}");
        }
    }

    #[test]
    fn a_log_at_the_edge_of_its_reserve_does_not_flap() {
        let short = Short { of: Reserve::Disk, left: 70, needed: 80 };
        for (left, before, expected) in [
            (80, None, None),
            (79, None, Some(Short { of: Reserve::Disk, left: 79, needed: 80 })),
            (80, Some(short), Some(Short { of: Reserve::Disk, left: 80, needed: 80 })),
            (90, Some(short), None),
            (80, Some(Short { of: Reserve::Descriptors, ..short }), None),
        ] {
            assert_eq!(judge(Reserve::Disk, left, 80, before), expected, "{left} {before:?}");
        }
    }

    #[test]
    fn what_is_held_back_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let room = Room::new(folder.path(), Reserves::default());
        assert_eq!(room.short(), None);
        let open = open_descriptors(u64::MAX).unwrap();
        let held: Vec<_> = (0..10).map(|_| std::fs::File::open("/dev/null").unwrap()).collect();
        // Other tests of this process open and close files too.
        assert!(open_descriptors(u64::MAX).unwrap() + 5 >= open + held.len() as u64);
        let all =
            Room::new(folder.path(), Reserves { disk_bytes: u64::MAX / 2, descriptors: 0, ..Reserves::default() });
        assert!(matches!(all.short(), Some(Short { of: Reserve::Disk, .. })));
    }
}
