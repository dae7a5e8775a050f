//! A copy of rows that are only read: sled notes where it has read to whenever it opens files, and mends what it finds half written.

use std::env;
use std::fs::{self, DirBuilder, File, TryLockError};
use std::io::{self, Read};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use super::ending::{Ending, Making};
use super::files::files;
use super::names::LOCK;
use crate::clear::clear;

/// Folders of this name that a process may have at one time.
const COPIES_MAX: u32 = 1000;
/// Bytes that are copied before it is looked whether that was ended.
const PIECE_BYTES: u64 = 1024 * 1024;
/// What must be left where the copy is made, in bytes.
const LEFT_BYTES: u64 = 64 * 1024 * 1024;

/// A copy of a generation's files in a folder of its own, which goes with it.
#[derive(Debug)]
pub(crate) struct Copy {
    folder: PathBuf,
}

impl Drop for Copy {
    fn drop(&mut self) {
        if let Err(error) = clear(&self.folder) {
            tracing::warn!(%error, folder = %self.folder.display(), "the copy that was read could not be removed");
        }
    }
}

impl Copy {
    /// Copies the files of `from` into a folder of this name, within one of its own in the folder for temporary files; `None` while a
    /// process has them open. Nothing is made or written in `from`. An error once it is ended.
    pub(crate) fn of(from: &Path, name: &str, ending: &Ending, making: &mut Making<'_>) -> io::Result<Option<Self>> {
        // Held while they are copied. Where there is no lock, no process has had them open.
        let lock = match File::open(from.join(LOCK)) {
            Ok(lock) => Some(lock),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        match lock.as_ref().map_or(Ok(()), File::try_lock) {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        let mut wanted = Vec::new();
        for path in files(from)? {
            let about = fs::metadata(from.join(&path))?;
            if about.is_file() && path != Path::new(LOCK) {
                wanted.push((path, about.len()));
            }
        }
        let copy = Self { folder: made()? };
        making.below(&copy.folder);
        room(&copy.folder, wanted.iter().map(|(_, bytes)| bytes).sum())?;
        let to = copy.folder.join(name);
        fs::create_dir(&to)?;
        for (path, _) in wanted {
            let to = to.join(&path);
            if let Some(parent) = to.parent() {
                fs::create_dir_all(parent)?;
            }
            copied(&from.join(&path), &to, ending)?;
        }
        Ok(Some(copy))
    }

    /// Where the generation's folder is.
    pub(crate) fn parent(&self) -> &Path {
        &self.folder
    }
}

/// Copies a file piece by piece, so that it can be ended.
fn copied(from: &Path, to: &Path, ending: &Ending) -> io::Result<()> {
    let (mut from, mut to) = (File::open(from)?, File::create(to)?);
    loop {
        ending.go_on()?;
        if io::copy(&mut (&mut from).take(PIECE_BYTES), &mut to)? == 0 {
            return Ok(());
        }
    }
}

/// A folder that only this user may read: rows hold what the public is not told.
fn made() -> io::Result<PathBuf> {
    let (below, own) = (env::temp_dir(), std::process::id());
    for number in 0..COPIES_MAX {
        let folder = below.join(format!("puhui-rows-{own}-{number}"));
        match DirBuilder::new().mode(0o700).create(&folder) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            made => return made.map(|()| folder),
        }
    }
    Err(io::Error::other(format!("too many copies of rows in {}", below.display())))
}

fn room(folder: &Path, bytes: u64) -> io::Result<()> {
    let disk = rustix::fs::statvfs(folder)?;
    let (free, needed) = (disk.f_bavail.saturating_mul(disk.f_frsize), bytes.saturating_add(LEFT_BYTES));
    if free < needed {
        let why = format!(
            "{1} 仅余 {0} MiB,读目录数据的副本需 {2} MiB,可以 TMPDIR 另指 / {0} MiB are free in {1}, and {2} are needed to read a copy of the rows: \
             TMPDIR names another folder",
            free >> 20,
            folder.display(),
            needed >> 20
        );
        return Err(io::Error::new(io::ErrorKind::StorageFull, why));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_holds_every_file_and_goes_at_the_end() {
        let from = tempfile::tempdir().unwrap();
        fs::create_dir(from.path().join("rows")).unwrap();
        fs::write(from.path().join("rows/db"), b"blocks").unwrap();
        fs::write(from.path().join(LOCK), b"").unwrap();
        let ending = Ending::default();
        let of = || Copy::of(from.path(), "counts-v1", &ending, &mut ending.making()?);
        let copy = of().unwrap().unwrap();
        assert_eq!(fs::read(copy.parent().join("counts-v1/rows/db")).unwrap(), b"blocks");
        let parent = copy.parent().to_owned();
        drop(copy);
        assert!(!parent.exists());
        // Not while a process has them open.
        let lock = File::open(from.path().join(LOCK)).unwrap();
        lock.try_lock().unwrap();
        assert!(of().unwrap().is_none());
    }
}
