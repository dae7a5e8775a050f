//! One process has a generation open at a time.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::aside::{self, Why};
use super::names::{LOCK, ROWS};
use crate::clear::clear;

/// The lock of a folder, which goes when it is let go of, if it is to serve no more.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) folder: PathBuf,
    /// What becomes of the rows: they are removed, or put aside.
    pub(super) over: OnceLock<Option<Why>>,
    _lock: File,
}

impl Held {
    pub(super) fn new(folder: PathBuf, lock: File) -> Self {
        Self { folder, over: OnceLock::new(), _lock: lock }
    }

    fn go(&self, why: Option<Why>) -> io::Result<()> {
        if let Some(why) = why {
            let (parent, name) = (self.folder.parent(), self.folder.file_name().and_then(|name| name.to_str()));
            aside::put(parent.unwrap_or(Path::new(".")), &self.folder.join(ROWS), name.unwrap_or_default(), why)?;
        }
        fs::remove_dir_all(&self.folder)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(why) = self.over.get()
            && let Err(error) = self.go(*why)
        {
            tracing::warn!(%error, folder = %self.folder.display(), "rows that serve no more could not be removed");
        }
    }
}

/// The lock of a folder; `None` while somebody else has it.
pub(super) fn lock(folder: &Path) -> io::Result<Option<File>> {
    let path = folder.join(LOCK);
    if path.is_dir() {
        // Nobody can have it.
        clear(&path)?;
    }
    let file = File::options().create(true).truncate(false).write(true).open(path)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}
