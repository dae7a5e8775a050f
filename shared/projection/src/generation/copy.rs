//! A copy of rows that are only read: sled notes where it has read to whenever it opens files, and mends what it finds half written.

use std::env;
use std::fs::{self, DirBuilder, File, TryLockError};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use super::names::LOCK;

/// Folders of this name that a process may have at one time.
const COPIES_MAX: u32 = 1000;
/// Files and folders that are copied, at most.
const FILES_MAX: usize = 100_000;
/// What must be left where the copy is made, in bytes.
const LEFT_BYTES: u64 = 64 * 1024 * 1024;

/// A copy of a generation's files in a folder of its own, which goes with it.
#[derive(Debug)]
pub(crate) struct Copy {
    folder: PathBuf,
}

impl Drop for Copy {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.folder) {
            tracing::warn!(%error, folder = %self.folder.display(), "the copy that was read could not be removed");
        }
    }
}

impl Copy {
    /// Copies the files of `from` into a folder of this name, within one of its own in the folder for temporary files; `None` while a
    /// process has them open. Nothing is made or written in `from`.
    pub(crate) fn of(from: &Path, name: &str) -> io::Result<Option<Self>> {
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
        let files = files(from)?;
        let copy = Self { folder: made()? };
        room(&copy.folder, files.iter().map(|(_, bytes)| bytes).sum())?;
        let to = copy.folder.join(name);
        fs::create_dir(&to)?;
        for (path, _) in files {
            let to = to.join(&path);
            if let Some(parent) = to.parent() {
                fs::create_dir_all(parent)?;
            }
            fs::copy(from.join(&path), to)?;
        }
        Ok(Some(copy))
    }

    /// Where the generation's folder is.
    pub(crate) fn parent(&self) -> &Path {
        &self.folder
    }
}

/// The files below a folder, each with its length in bytes.
fn files(from: &Path) -> io::Result<Vec<(PathBuf, u64)>> {
    let (mut found, mut folders) = (Vec::new(), vec![PathBuf::new()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(from.join(&folder))? {
            let path = folder.join(entry?.file_name());
            let about = fs::metadata(from.join(&path))?;
            if about.is_dir() {
                folders.push(path);
            } else if about.is_file() && path != Path::new(LOCK) {
                found.push((path, about.len()));
            }
            if found.len() + folders.len() > FILES_MAX {
                return Err(io::Error::other("too many files to be copied"));
            }
        }
    }
    Ok(found)
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
            "{} MiB are free in {}, and {} are needed to read a copy of the rows: TMPDIR names another folder",
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
        let copy = Copy::of(from.path(), "counts-v1").unwrap().unwrap();
        assert_eq!(fs::read(copy.parent().join("counts-v1/rows/db")).unwrap(), b"blocks");
        let parent = copy.parent().to_owned();
        drop(copy);
        assert!(!parent.exists());
        // Not while a process has them open.
        let lock = File::open(from.path().join(LOCK)).unwrap();
        lock.try_lock().unwrap();
        assert!(Copy::of(from.path(), "counts-v1").unwrap().is_none());
    }
}
